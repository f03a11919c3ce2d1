//! The pods that are reached, what the tool prints, and why not another pod.

use std::rc::Rc;

use yew::prelude::*;

use crate::answer::{Printed, Verdict};
use crate::page::answer::landings::Landings;
use crate::page::answer::why_not::WhyNot;
use crate::page::context::Here;
use crate::words::Words;

/// Up to this many lines of output are shown unasked.
const SHORT: usize = 20;

/// Everything that is known about where it lands.
pub fn pods(verdict: &Rc<Verdict>, here: &Here) -> Html {
    html! {
        <div class="pods">
            <Landings verdict={verdict.clone()} />
            <div class="pods-more">
                if let Some(printed) = &verdict.printed { { output(printed, here.words()) } }
                <WhyNot others={verdict.others.clone()} />
            </div>
        </div>
    }
}

/// What the tool prints; folded where it is long.
pub fn output(printed: &Printed, words: &'static Words) -> Html {
    html! {
        <details class="output" open={printed.text.lines().count() <= SHORT}>
            <summary>{ words.prints }</summary>
            <pre tabindex="0"><code>{ &*printed.text }</code></pre>
            <p class="soft">{ format!("{} {}", words.exit, printed.exit) }</p>
        </details>
    }
}
