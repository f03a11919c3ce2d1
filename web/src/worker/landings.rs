//! Where a request can land, in words.

use std::collections::BTreeMap;

use whichpod_core::explain;
use whichpod_core::order::{Gather, Order};
use whichpod_core::trace::{self, Hop, PacketDecision, Resolution};

use super::outcome;
use super::walk::share;
use super::words::Voice;
use crate::answer::{Landing, Outcome, Text, plain};

/// The landings, those that read the same taken together, the greatest share first; and for each of the core's landings
/// its position among them.
pub fn landings(resolution: &Resolution, voice: Voice<'_>) -> (Vec<Landing>, Vec<u32>) {
    let mut places: BTreeMap<(Outcome, String), usize> = BTreeMap::new();
    let mut landings: Vec<(trace::Share, Landing)> = Vec::new();
    let mut members = Vec::with_capacity(resolution.landings.len());
    for landing in &resolution.landings {
        let row = self::landing(landing, voice);
        let place = *places.entry((row.outcome, plain(&row.title))).or_insert(landings.len());
        members.push(place);
        match landings.get_mut(place) {
            Some((sum, _)) => *sum = sum.plus(landing.share),
            None => landings.push((landing.share, row)),
        }
    }
    let mut order: Vec<(usize, (trace::Share, Landing))> = landings.into_iter().enumerate().collect();
    order.order_by(|(_, (one, _)), (_, (other, _))| other.cmp(one));
    let positions: BTreeMap<usize, u32> = order.iter().map(|(place, _)| *place).zip(0..).into_map();
    let members = members.iter().map(|place| positions.get(place).copied().unwrap_or_default()).collect();
    let landings = order.into_iter().map(|(_, (sum, landing))| Landing { share: share(sum), ..landing }).collect();
    (landings, members)
}

fn landing(landing: &trace::Landing, voice: Voice<'_>) -> Landing {
    let last = landing.trail.last();
    let title = last.map_or_else(Text::new, |hop| voice.text(explain::landing(hop, voice.language)));
    let taken = last.and_then(taken);
    Landing {
        share: share(landing.share),
        outcome: outcome::outcome(landing),
        title,
        why: voice.text(explain::why(&landing.trail, voice.language)),
        node: taken.and_then(|(_, node)| node).map(Into::into),
        address: taken.map(|(hop, _)| hop.before.destination_text().into()),
        source: taken.map(|(hop, _)| hop.before.source.to_string().into()),
        protocol: taken.and_then(|_| landing.trail.hops_backwards().find_map(spoken)).map(Into::into),
    }
}

/// What a proxy speaks to the one it sends the request to.
fn spoken(hop: &Hop) -> Option<&str> {
    match &hop.decision {
        PacketDecision::Proxy(proxied) => proxied.backend_protocol.as_deref(),
        _ => None,
    }
}

/// The hop of a process that took the packet, and its node.
fn taken(hop: &Hop) -> Option<(&Hop, Option<&str>)> {
    match &hop.decision {
        PacketDecision::Deliver(delivery) => Some((hop, delivery.node.as_deref())),
        _ => None,
    }
}
