//! Who was considered in a step, and why the others are out.

use yew::prelude::*;

use super::context::use_words;
use super::text::Text;
use crate::answer::{Candidate, Fate};
use crate::words::Words;

/// Up to this many are shown unasked.
const FEW: usize = 6;

/// What [`Candidates`] is given.
#[derive(PartialEq, Properties)]
pub struct CandidatesProps {
    /// All of them, or the first.
    pub candidates: Vec<Candidate>,
    /// How many more there are.
    pub more: u32,
}

/// A list that opens by itself if it is short.
#[component]
pub fn Candidates(props: &CandidatesProps) -> Html {
    let words = use_words();
    let rows = props.candidates.iter().enumerate().map(|(at, candidate)| row(at, candidate, words));
    let count = props.candidates.len() + props.more as usize;
    html! {
        <details class="candidates" open={count <= FEW}>
            <summary>{ words.considered }<span class="count">{ count }</span></summary>
            <ul>
                { for rows }
                if props.more > 0 { <li class="soft">{ format!("… {} {}", props.more, words.more) }</li> }
            </ul>
        </details>
    }
}

fn row(at: usize, candidate: &Candidate, words: &'static Words) -> Html {
    let (fate, label) = match candidate.fate {
        Fate::Chosen => ("chosen", words.chosen.to_owned()),
        Fate::Eligible(share) => ("eligible", format!("{} {}", words.eligible, share.percent())),
        Fate::Rejected => ("rejected", words.rejected.to_owned()),
    };
    html! {
        <li key={at} class="candidate" data-fate={fate}>
            <span class="candidate-fate">{ label }</span>
            <span><Text text={candidate.what.clone()} /></span>
            if !candidate.reason.is_empty() {
                <span class="candidate-reason"><Text text={candidate.reason.clone()} /></span>
            }
        </li>
    }
}
