//! The worker's end of the wire: bytes in, bytes out.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use super::answering::Answering;
use super::link;
use crate::protocol::{Ask, Reply, decode, encode};

/// Listens to the page, and says so.
pub fn serve() {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else { return };
    let mut answering = Answering::default();
    let page = scope.clone();
    let listen = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let bytes = event.data().dyn_into::<Uint8Array>().map(|bytes| bytes.to_vec());
        if let Some(ask) = bytes.ok().and_then(|bytes| decode(&bytes)) {
            say(&page, &answer(&mut answering, ask));
        }
    });
    scope.set_onmessage(Some(listen.as_ref().unchecked_ref()));
    // The worker listens as long as it lives.
    listen.forget();
    say(&scope, &Reply::Ready);
}

fn answer(answering: &mut Answering, ask: Ask) -> Reply {
    match ask {
        Ask::Question { revision, question } => {
            Reply::Answer { revision, answer: answering.answer(revision, question).into() }
        }
        Ask::Link { workspace, wanted } => Reply::Link { wanted, link: link::make(&workspace) },
        Ask::Open(fragment) => Reply::Opened(link::open(&fragment)),
        Ask::Task { texts, task } => Reply::Done(answering.perform(&texts, task)),
        Ask::Change(change) => Reply::Changed { revision: answering.revision, changed: answering.change(&change) },
        Ask::Assist { ticket, wants, file, position } => {
            Reply::Assisted(answering.assist(ticket, wants, &file, position))
        }
    }
}

/// The bytes move to the page instead of being copied.
fn say(page: &DedicatedWorkerGlobalScope, reply: &Reply) {
    let bytes = Uint8Array::from(&*encode(reply));
    // Fails only for values that cannot be moved; a buffer can.
    let _ = page.post_message_with_transfer(&bytes, &Array::of1(&bytes.buffer()));
}
