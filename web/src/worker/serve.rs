//! A worker's end of the wire: bytes in, bytes out. Two programs are made of it: one that answers questions, and one that
//! has the console's tools, too, which is much more and is needed much later.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};
use whichpod_core::ingress::FurtherControllers;

use super::answering::Answering;
use super::link;
use crate::protocol::{Ask, Done, Reply, Task, Texts, decode, encode};

/// What is asked beside the question, and who knows it. A program that is not given one carries none of it.
pub type Perform = fn(&mut Answering, &Texts, Task) -> Done;

/// Listens to the page, and says so; of Ingress controllers it knows those that every program has, and these.
pub fn serve(controllers: FurtherControllers, perform: Option<Perform>) {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else { return };
    let mut answering = Answering::with_controllers(controllers);
    let page = scope.clone();
    let listen = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let bytes = event.data().dyn_into::<Uint8Array>().map(|bytes| bytes.to_vec());
        let ask = bytes.ok().and_then(|bytes| decode(&bytes));
        if let Some(reply) = ask.and_then(|ask| answer(&mut answering, ask, perform)) {
            say(&page, &reply);
        }
    });
    scope.set_onmessage(Some(listen.as_ref().unchecked_ref()));
    // The worker listens as long as it lives.
    listen.forget();
    say(&scope, &Reply::Ready);
}

/// None for what this program does not know; the page asks the other one.
fn answer(answering: &mut Answering, ask: Ask, perform: Option<Perform>) -> Option<Reply> {
    Some(match ask {
        Ask::Question { revision, question } => {
            Reply::Answer { revision, answer: answering.answer(revision, question).into() }
        }
        Ask::Link { workspace, wanted } => Reply::Link { wanted, link: link::make(&workspace) },
        Ask::Open(fragment) => Reply::Opened(link::open(&fragment)),
        Ask::Task { texts, task } => Reply::Done(perform?(answering, &texts, task)),
        Ask::Change(change) => Reply::Changed { revision: answering.revision, changed: answering.change(&change) },
        Ask::Assist { ticket, wants, file, position } => {
            Reply::Assisted(answering.assist(ticket, wants, &file, position))
        }
    })
}

/// The bytes move to the page instead of being copied.
fn say(page: &DedicatedWorkerGlobalScope, reply: &Reply) {
    let bytes = Uint8Array::from(&*encode(reply));
    // Fails only for values that cannot be moved; a buffer can.
    let _ = page.post_message_with_transfer(&bytes, &Array::of1(&bytes.buffer()));
}
