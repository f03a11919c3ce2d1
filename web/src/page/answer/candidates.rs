//! Who was considered in a step, and why the others are out.

use yew::prelude::*;

use crate::answer::{Candidate, Fate};
use crate::page::context::Here;
use crate::page::text::text;

/// Up to this many are shown unasked.
const FEW: usize = 6;

/// A list that opens by itself if it is short: all of them or the first, and how many more there are.
pub fn candidates(candidates: &[Candidate], more: u32, here: &Here) -> Html {
    let words = here.words();
    let rows = candidates.iter().enumerate().map(|(at, candidate)| row(at, candidate, here));
    let count = candidates.len() + more as usize;
    html! {
        <details class="candidates" open={count <= FEW}>
            <summary>{ words.considered }<span class="count">{ count }</span></summary>
            <ul>
                { for rows }
                if more > 0 { <li class="soft">{ format!("… {} {}", more, words.more) }</li> }
            </ul>
        </details>
    }
}

fn row(at: usize, candidate: &Candidate, here: &Here) -> Html {
    let words = here.words();
    let (fate, label) = match candidate.fate {
        Fate::Chosen => ("chosen", words.chosen.to_owned()),
        Fate::Eligible(share) => ("eligible", format!("{} {}", words.eligible, share.percent())),
        Fate::Rejected => ("rejected", words.rejected.to_owned()),
    };
    html! {
        <li key={at} class="candidate" data-fate={fate}>
            <span class="candidate-fate">{ label }</span>
            { " " }
            <span>{ text(&candidate.what, here) }</span>
            { " " }
            if !candidate.reason.is_empty() {
                <span class="candidate-reason">{ text(&candidate.reason, here) }</span>
            }
        </li>
    }
}
