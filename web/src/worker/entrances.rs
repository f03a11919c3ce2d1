//! Every entrance with its answer, in words.

use std::rc::Rc;

use whichpod_core::entrances::{self, Entrance as Asked};
use whichpod_core::explain;
use whichpod_core::order::Order;
use whichpod_core::simulation::Simulation;

use super::words::Voice;
use super::{outcome, verdict};
use crate::answer::{Entrance, Fragment, Outcome, Text};
use crate::workspace::RequestLine;

/// What comes of each, the failures first.
pub fn entrances(simulation: &Simulation, voice: Voice<'_>) -> Rc<[Entrance]> {
    let asked = entrances::entrances(voice.cluster);
    let mut rows: Vec<Entrance> = asked.iter().map(|entrance| row(simulation, entrance, voice)).collect();
    rows.order_by_key(|row| rank(row.outcome));
    rows.into()
}

fn row(simulation: &Simulation, asked: &Asked, voice: Voice<'_>) -> Entrance {
    let Asked { object, from, command, .. } = asked;
    let run = entrances::ask(simulation, asked);
    let resolution = run.as_ref().ok().and_then(|run| run.resolution.as_ref());
    let why = resolution.and_then(|resolution| resolution.landings.first());
    Entrance {
        object: vec![voice.object(object, &object.lowercase())],
        request: RequestLine { from: from.as_str().into(), command: command.as_str().into() },
        outcome: resolution.map(outcome::of_all),
        sentence: match (resolution, &run) {
            (Some(resolution), _) => verdict::sentence(resolution, voice),
            (None, Err(refusal)) => vec![Fragment::Words(refusal.as_str().into())],
            (None, Ok(_)) => Text::new(),
        },
        why: why.map_or_else(Text::new, |landing| voice.text(explain::why(&landing.trail, voice.language))),
    }
}

/// Failures, then what is not known, then what leaves or is answered on the way, then what goes well.
fn rank(outcome: Option<Outcome>) -> u8 {
    match outcome {
        Some(Outcome::Delivered | Outcome::Found) => 3,
        Some(Outcome::External | Outcome::Responded) => 2,
        Some(Outcome::Unknown) | None => 1,
        Some(_) => 0,
    }
}
