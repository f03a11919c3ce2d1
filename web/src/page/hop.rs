//! One step of the walk.

use yew::prelude::*;

use super::candidates::candidates;
use super::context::Here;
use super::text::text;
use crate::answer::{Change, Hop, PacketField, Turn};
use crate::words::Words;

/// Who decided, what, why, and who else was considered. `at` counts from 0; `heading` says what the connection is for that
/// begins here.
pub fn hop_card(at: usize, heading: Option<&'static str>, hop: &Hop, here: &Here) -> Html {
    let words = here.words();
    let because = hop.because.iter().enumerate();
    let because = because.map(|(at, cause)| html! { <li key={at}>{ text(cause, here) }</li> });
    html! {
        <li key={at} class="hop" data-turn={name(hop.turn)}>
            if let Some(heading) = heading { <h3 class="hop-leg">{ heading }</h3> }
            <div class="hop-card">
                <span class="hop-number" aria-hidden="true">{ at + 1 }</span>
                <p class="hop-sentence">
                    <span class="hop-turn">{ label(hop.turn, words) }</span>
                    { text(&hop.sentence, here) }
                </p>
                <p class="hop-packet soft"><code>{ &*hop.packet }</code></p>
                if !hop.changes.is_empty() { { changes(&hop.changes, words) } }
                if !hop.because.is_empty() {
                    <div class="hop-because">
                        <span class="soft">{ words.because }</span>
                        <ul>{ for because }</ul>
                    </div>
                }
                if !hop.candidates.is_empty() { { candidates(&hop.candidates, hop.more, here) } }
            </div>
        </li>
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
        Turn::Unknown => words.turn_unknown,
    }
}
