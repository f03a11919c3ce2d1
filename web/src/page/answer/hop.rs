//! One step of the walk.

use yew::prelude::*;

use crate::answer::{Change, Fragment, Hop, PacketField, Place, Turn};
use crate::page::answer::candidates::candidates;
use crate::page::answer::pointing::lines;
use crate::page::context::Here;
use crate::page::text::{place_link, text};
use crate::words::Words;

/// Where a step stands in the walk, and how.
pub struct Step {
    /// Which, from 0.
    pub at: usize,
    /// What the connection is for that begins here.
    pub heading: Option<&'static str>,
    /// Whether everything about it is shown.
    pub is_open: bool,
    /// Whether the answer names it as its reason.
    pub decides: bool,
}

/// A line: who did what, and where that is written; opened, why, and who else was considered.
pub fn hop_row(step: &Step, hop: &Hop, onturn: &Callback<usize>, here: &Here) -> Html {
    let words = here.words();
    let Step { at, heading, is_open, decides } = *step;
    let onclick = onturn.reform(move |_: MouseEvent| at);
    let details = format!("step-{at}");
    let spot = hop.spot.map(|spot| spot.to_string());
    html! {
        <li key={at} class="hop" data-turn={name(hop.turn)} data-decides={decides.then_some("")} data-at={spot} data-lines={lines(written(hop))}>
            if let Some(heading) = heading { <h3 class="hop-leg visually-hidden">{ heading }</h3> }
            <div class="hop-line">
                <button type="button" class="hop-turner" aria-expanded={is_open.to_string()}
                    aria-controls={is_open.then(|| details.clone())} {onclick}>
                    <span class="hop-number">{ at + 1 }</span>{ " " }<span class="hop-turn">{ label(hop.turn, words) }</span>
                </button>
                { " " }
                <p class="hop-sentence">{ text(&hop.sentence, here) }</p>
                { " " }
                if let Some(place) = written(hop) { <span class="hop-place">{ place_link("", place, here) }</span> }
            </div>
            if is_open { { opened(hop, details, here) } }
        </li>
    }
}

/// The first line of the manifests that settled it.
fn written(hop: &Hop) -> Option<Place> {
    hop.because.iter().flatten().find_map(|fragment| match fragment {
        Fragment::Link(_, place) => Some(*place),
        Fragment::Words(_) | Fragment::Code(_) => None,
    })
}

fn opened(hop: &Hop, id: String, here: &Here) -> Html {
    let words = here.words();
    let because = hop.because.iter().enumerate();
    let because = because.map(|(at, cause)| html! { <li key={at}>{ text(cause, here) }</li> });
    html! {
        <div class="hop-details" {id}>
            if !hop.because.is_empty() {
                <div class="hop-because"><span class="soft">{ words.because }</span>{ " " }<ul>{ for because }</ul></div>
            }
            if !hop.changes.is_empty() { { changes(&hop.changes, words) } }
            <p class="hop-packet soft"><code>{ &*hop.packet }</code></p>
            if !hop.candidates.is_empty() { { candidates(&hop.candidates, hop.more, here) } }
        </div>
    }
}

/// What a hop changed in the packet.
fn changes(changes: &[Change], words: &'static Words) -> Html {
    let rows = changes.iter().map(|change| {
        let field = match change.field {
            PacketField::Source => words.packet_source,
            PacketField::Destination => words.packet_destination,
            PacketField::Host => words.packet_host,
            PacketField::Path => words.packet_path,
        };
        html! {
            <div key={field}>
                <dt>{ field }</dt>
                <dd><del>{ &*change.before }</del>{ " → " }<ins>{ &*change.after }</ins></dd>
            </div>
        }
    });
    html! { <dl class="hop-changes">{ for rows }</dl> }
}

fn name(turn: Turn) -> &'static str {
    match turn {
        Turn::Pass => "pass",
        Turn::Rewrite => "rewrite",
        Turn::Answer => "answer",
        Turn::Proxy => "proxy",
        Turn::Deliver => "deliver",
        Turn::Leave => "leave",
        Turn::Drop => "drop",
        Turn::Refuse => "refuse",
        Turn::Fail => "fail",
        Turn::Unknown => "unknown",
    }
}

fn label(turn: Turn, words: &'static Words) -> &'static str {
    match turn {
        Turn::Pass => words.turn_pass,
        Turn::Rewrite => words.turn_rewrite,
        Turn::Answer => words.turn_answer,
        Turn::Proxy => words.turn_proxy,
        Turn::Deliver => words.turn_deliver,
        Turn::Leave => words.turn_leave,
        Turn::Drop => words.turn_drop,
        Turn::Refuse => words.turn_refuse,
        Turn::Fail => words.turn_fail,
        Turn::Unknown => words.turn_unknown,
    }
}
