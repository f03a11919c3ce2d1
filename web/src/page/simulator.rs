//! The page's end of the wire to the worker.
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

/// Where the worker's script is, relative to the page.
const WORKER: &str = "worker.js";

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
    /// A worker died; what it was asked beside the question is lost.
    Died,
    /// There is no worker to be had.
    Unable,
}

/// The worker, replaced when it dies.
pub struct Simulator {
    wire: Rc<RefCell<Wire>>,
}

struct Wire {
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
        let wire = Rc::new(RefCell::new(Wire { line: Line::default(), worker: None, tell }));
        start(&wire);
        Self { wire }
    }

    /// Asks; an earlier question that is still unanswered is of no interest any more.
    pub fn ask(&self, question: Question) {
        let asks = self.wire.borrow_mut().line.ask(question);
        post(&self.wire, asks);
        tell(&self.wire, Event::Asked);
    }

    /// Wants something that is no question; always answered.
    pub fn want(&self, ask: Ask) {
        let asks = self.wire.borrow_mut().line.want(ask);
        post(&self.wire, asks);
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
    let worker = Worker::new_with_options(WORKER, &options)?;
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
                mourn(&wire);
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
    if let (Reply::Answer { .. }, Some(running)) = (&reply, &mut wire.borrow_mut().worker) {
        running.patience = None;
    }
    post(wire, asks);
    if current {
        tell(wire, Event::Said(reply));
    }
}

fn mourn(wire: &Rc<RefCell<Wire>>) {
    let verdict = wire.borrow_mut().line.bury();
    wire.borrow_mut().worker = None;
    tell(wire, Event::Died);
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
            if matches!(ask, Ask::Question { .. }) {
                let wire = Rc::downgrade(wire);
                let lost = move || wire.upgrade().iter().for_each(mourn);
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
