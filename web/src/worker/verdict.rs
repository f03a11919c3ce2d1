//! An answer of the core for the page.

use std::rc::Rc;

use whichpod_core::entrances::{self, EntranceKind};
use whichpod_core::explain::{self, OtherDestination};
use whichpod_core::tally::{self, RequestSeries};
use whichpod_core::trace::{Hop, Landing, ModelGap, PacketDecision, Resolution};

use super::words::Voice;
use super::{landings, map, outcome, walk, written};
use crate::answer::{Fragment, Map, Other, Outcome, Printed, Sent, Text, Verdict};
use crate::protocol::Sending;
use crate::words::Words;
use crate::workspace::RequestLine;

/// As many pods can be asked about: why not there?
const MOST_OTHERS: usize = 200;

/// Everything that the page shows about a resolution.
pub fn verdict(
    command: &Rc<str>,
    resolution: &Resolution,
    sending: Option<Sending>,
    printed: Option<Printed>,
    voice: Voice<'_>,
) -> Verdict {
    let (landings, members) = landings::landings(resolution, voice);
    let others = others(resolution, voice);
    let trail = resolution.landings.first().map(|landing| &landing.trail);
    let sentence = sentence(resolution, voice);
    // Where a name leads outside, the sentence says that nobody knows.
    let gaps = resolution.gaps.iter().filter(|gap| !matches!(gap, ModelGap::OutsideAddress(_)));
    let gaps = gaps.map(|gap| Fragment::Code(explain::gap_text(gap).into()));
    let gaps = gaps.filter(|gap| !sentence.contains(gap)).map(|gap| vec![gap]);
    let not_modelled = gaps.collect();
    let (map, spots) = map::map(resolution, &members, &others, voice);
    Verdict {
        command: command.clone(),
        outcome: outcome::of_all(resolution),
        sentence,
        sent: sending.map(|sending| sent(resolution, sending, &members)),
        landings,
        legs: trail.map_or_else(Vec::new, |trail| walk::legs(trail, &spots, voice)),
        map,
        others,
        printed,
        not_modelled,
        advised: at_the_controller(resolution, voice),
    }
}

/// The answer in one sentence. Beside it stands what the outcome is called, so of what fails it says who fails it.
pub fn sentence(resolution: &Resolution, voice: Voice<'_>) -> Text {
    let summary = || voice.text(explain::summary(resolution, voice.language));
    if matches!(
        outcome::of_all(resolution),
        Outcome::Delivered | Outcome::Found | Outcome::External | Outcome::Mixed | Outcome::TlsFailed
    ) {
        return summary();
    }
    let ends = resolution.landings.iter().filter_map(|landing| landing.trail.last());
    let is_leaving = |hop: &Hop| matches!(hop.decision, PacketDecision::Unknown(ModelGap::OutsideAddress(_)));
    let mut ends = ends.map(|hop| (!is_leaving(hop)).then(|| explain::hop(hop, voice.language)));
    match ends.next().flatten() {
        Some(first) if ends.all(|end| end.as_ref() == Some(&first)) => voice.text(first),
        _ => summary(),
    }
}

/// Whoever asks a node at a port where nothing listens mostly means an Ingress: how that is asked.
fn at_the_controller(resolution: &Resolution, voice: Voice<'_>) -> Option<RequestLine> {
    let is_refused_by_node = |landing: &Landing| {
        let nodes = voice.cluster.nodes.values();
        let last = landing.trail.last().filter(|hop| hop.decision == PacketDecision::Refuse);
        last.is_some_and(|hop| nodes.clone().any(|node| node.addresses.contains(&hop.before.destination)))
    };
    if !resolution.landings.iter().all(is_refused_by_node) {
        return None;
    }
    let entrances = entrances::entrances(voice.cluster);
    let ingress = entrances.iter().find(|entrance| entrance.kind == EntranceKind::Ingress)?;
    Some(RequestLine { from: ingress.from.as_str().into(), command: ingress.command.as_str().into() })
}

/// A command that asks the network nothing: all there is to show is what it prints.
pub fn local(command: &Rc<str>, printed: Option<Printed>, voice: Voice<'_>) -> Verdict {
    let failed = printed.as_ref().is_some_and(|printed| printed.exit != 0);
    Verdict {
        command: command.clone(),
        outcome: if failed { Outcome::Refused } else { Outcome::Delivered },
        sentence: vec![Fragment::Words(Words::of(voice.language).local.into())],
        landings: Vec::new(),
        sent: None,
        legs: Vec::new(),
        map: Map::default(),
        others: Vec::new(),
        printed,
        not_modelled: Vec::new(),
        advised: None,
    }
}

/// Where requests land that are sent one after another; `members` are the positions of the core's landings in the list.
fn sent(resolution: &Resolution, sending: Sending, members: &[u32]) -> Sent {
    let series = RequestSeries { requests: sending.requests, one_connection: sending.one_connection };
    let arrivals = tally::arrivals(resolution, series);
    let arrivals = arrivals.into_iter().filter_map(|place| members.get(place).copied());
    Sent { number: sending.number, arrivals: arrivals.collect() }
}

/// The pods that somebody wrote and that the request doesn't reach; none where only a name was asked for.
fn others(resolution: &Resolution, voice: Voice<'_>) -> Vec<Other> {
    if resolution.landings.iter().all(outcome::is_lookup) {
        return Vec::new();
    }
    let cluster = voice.cluster;
    let elsewhere = OtherDestination::new(resolution, cluster);
    let others = written::pods(cluster).filter_map(|pod| {
        let reason = elsewhere.reason(pod, voice.language)?;
        let place = voice.place_of(&pod.reference.field(whichpod_core::source::FieldPath::root()));
        Some(Other { pod: pod.reference.qualified_name().into(), place, reason: voice.text(reason) })
    });
    others.take(MOST_OTHERS).collect()
}
