//! The page's end of the wires to its workers: one answers questions, the other has the console's tools and is started when
//! those are first wanted.
//!
//! At most one question is under way; of those that come meanwhile only the newest waits ([`Line`]). An answer to
//! anything but the newest question is dropped. A worker that dies, or is silent for [`PATIENCE_MS`], is replaced and
//! asked once more; a question that costs two workers is given up.

mod line;

use std::cell::RefCell;
use std::rc::Rc;

use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};
use yew::prelude::*;

use self::line::{Line, Verdict};
use crate::protocol::{Ask, Question, Reply, decode, encode};

/// Where the workers' scripts are, relative to the page.
const ANSWERS: &str = "worker.js";
const TOOLS: &str = "console.js";

/// How long one answer may take before the worker counts as dead.
const PATIENCE_MS: u32 = 30_000;

/// What the wire brings.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The worker says something that is still of interest.
    Said(Reply),
    /// A question is on its way.
    Asked,
    /// The worker died; another one got its question.
    Restarted,
    /// The newest question cost two workers: there will be no answer to it.
    GaveUp,
    /// The worker with the tools died; what it was asked is lost.
    Died,
    /// The worker with the tools isn't to be had; what it was asked is lost.
    Missing,
    /// There is no worker to be had.
    Unable,
    /// Another attempt is made to get one.
    Retrying,
}

/// The workers, replaced when they die.
pub struct Simulator {
    wire: Rc<RefCell<Wire>>,
    tools: Rc<RefCell<Wire>>,
}

struct Wire {
    script: &'static str,
    line: Line,
    worker: Option<Running>,
    tell: Callback<Event>,
}

struct Running {
    worker: Worker,
    patience: Option<Timeout>,
    _listeners: [EventListener; 2],
}

impl Drop for Running {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}

impl PartialEq for Simulator {
    /// There is one; two handles to it are the same.
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.wire, &other.wire)
    }
}

impl Simulator {
    /// Starts a worker.
    pub fn new(tell: Callback<Event>) -> Self {
        let wire = |script| {
            let tell = tell.clone();
            Rc::new(RefCell::new(Wire { script, line: Line::default(), worker: None, tell }))
        };
        let simulator = Self { wire: wire(ANSWERS), tools: wire(TOOLS) };
        start(&simulator.wire);
        simulator
    }

    /// Asks; an earlier question that is still unanswered is of no interest any more.
    pub fn ask(&self, question: Question) {
        self.tools.borrow_mut().line.note(&question.texts);
        let asks = self.wire.borrow_mut().line.ask(question);
        post(&self.wire, asks);
        tell(&self.wire, Event::Asked);
    }

    /// Tries once more to get the workers that are missing.
    pub fn retry(&self) {
        if self.wire.borrow().worker.is_none() {
            start(&self.wire);
        }
        tell(&self.wire, Event::Retrying);
    }

    /// Wants something that is no question; always answered.
    pub fn want(&self, ask: Ask) {
        let wire = if matches!(ask, Ask::Task { .. }) { &self.tools } else { &self.wire };
        let asks = wire.borrow_mut().line.want(ask);
        if wire.borrow().worker.is_none() {
            start(wire);
        }
        post(wire, asks);
    }
}

/// The simulator of a component's life.
#[hook]
pub fn use_simulator(tell: Callback<Event>) -> Rc<Simulator> {
    use_memo((), |()| Simulator::new(tell))
}

fn start(wire: &Rc<RefCell<Wire>>) {
    match run(wire) {
        Ok(running) => wire.borrow_mut().worker = Some(running),
        Err(_) => tell(wire, Event::Unable),
    }
}

fn run(wire: &Rc<RefCell<Wire>>) -> Result<Running, JsValue> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    let worker = Worker::new_with_options(wire.borrow().script, &options)?;
    let heard = EventListener::new(&worker, "message", {
        let wire = Rc::downgrade(wire);
        move |event| {
            let reply = event.dyn_ref::<MessageEvent>().and_then(|event| read(&event.data()));
            if let (Some(wire), Some(reply)) = (wire.upgrade(), reply) {
                hear(&wire, reply);
            }
        }
    });
    let died = EventListener::new(&worker, "error", {
        let wire = Rc::downgrade(wire);
        move |_| {
            if let Some(wire) = wire.upgrade() {
                replace_lost_worker(&wire);
            }
        }
    });
    Ok(Running { worker, patience: None, _listeners: [heard, died] })
}

fn read(data: &JsValue) -> Option<Reply> {
    decode(&data.dyn_ref::<Uint8Array>()?.to_vec())
}

fn hear(wire: &Rc<RefCell<Wire>>, reply: Reply) {
    let (asks, current) = wire.borrow_mut().line.hear(&reply);
    if let (Reply::Answer { .. } | Reply::Done(_), Some(running)) = (&reply, &mut wire.borrow_mut().worker) {
        running.patience = None;
    }
    post(wire, asks);
    if current {
        tell(wire, Event::Said(reply));
    }
}

fn replace_lost_worker(wire: &Rc<RefCell<Wire>>) {
    wire.borrow_mut().worker = None;
    if wire.borrow().script == TOOLS {
        let ran = wire.borrow_mut().line.forget();
        return tell(wire, if ran { Event::Died } else { Event::Missing });
    }
    let verdict = wire.borrow_mut().line.judge_loss();
    match verdict {
        Verdict::Unable => tell(wire, Event::Unable),
        Verdict::Again => {
            start(wire);
            tell(wire, Event::Restarted);
        }
        Verdict::GiveUp => {
            start(wire);
            tell(wire, Event::GaveUp);
        }
    }
}

fn post(wire: &Rc<RefCell<Wire>>, asks: Vec<Ask>) {
    for ask in asks {
        if let Some(running) = &mut wire.borrow_mut().worker {
            if matches!(ask, Ask::Question { .. } | Ask::Task { .. }) {
                let wire = Rc::downgrade(wire);
                let lost = move || wire.upgrade().iter().for_each(replace_lost_worker);
                running.patience = Some(Timeout::new(PATIENCE_MS, lost));
            }
            // Fails only for values that cannot be copied; bytes can.
            let _ = running.worker.post_message(&Uint8Array::from(&*encode(&ask)));
        }
    }
}

/// Without a borrow: whoever listens may ask at once.
fn tell(wire: &Rc<RefCell<Wire>>, event: Event) {
    let tell = wire.borrow().tell.clone();
    tell.emit(event);
}
