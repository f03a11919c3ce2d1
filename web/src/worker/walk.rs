//! The walk of a landing in words.

use whichpod_core::explain;
use whichpod_core::order::Order;
use whichpod_core::packet::{Packet, Payload};
use whichpod_core::trace::{self, PacketDecision, Trail};

use super::words::Voice;
use crate::answer::{Candidate, Change, Fate, Fragment, Hop, Leg, PacketField, Share, Text, Turn};

/// As many candidates of a step are listed.
const MOST_CANDIDATES: usize = 50;

/// The walk, connection by connection; `spots` says where on the map each step happens.
pub fn legs(trail: &Trail, spots: &[Option<u32>], voice: Voice<'_>) -> Vec<Leg> {
    let mut legs: Vec<Leg> = trail.legs().iter().map(|leg| self::leg(leg, voice)).collect();
    for (hop, spot) in legs.iter_mut().flat_map(|leg| &mut leg.hops).zip(spots) {
        hop.spot = *spot;
    }
    legs
}

fn leg(leg: &trace::ConnectionHops<'_>, voice: Voice<'_>) -> Leg {
    Leg { purpose: leg.purpose, hops: leg.hops().map(|hop| self::hop(hop, voice)).collect() }
}

fn hop(hop: &trace::Hop, voice: Voice<'_>) -> Hop {
    let language = voice.language;
    let because = hop.because.iter().map(|cause| voice.text(explain::cause(cause, language)));
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut more = 0;
    for choice in hop.choices() {
        candidates.extend(considered(&choice, voice));
        more += choice.candidates.len().saturating_sub(MOST_CANDIDATES) as u32;
    }
    Hop {
        sentence: voice.text(explain::hop(hop, language)),
        packet: packet(&hop.before).into(),
        turn: turn(&hop.decision),
        changes: changes(hop),
        because: because.collect(),
        candidates,
        more,
        spot: None,
    }
}

/// The candidates of a choice that are shown, the one taken first.
fn considered(choice: &trace::HopChoice, voice: Voice<'_>) -> Vec<Candidate> {
    let mut order: Vec<usize> = (0..choice.candidates.len()).collect();
    order.order_by_key(|at| choice.chosen != Some(*at));
    let listed = order.iter().take(MOST_CANDIDATES).filter_map(|at| Some((*at, choice.candidates.get(*at)?)));
    listed.map(|(at, one)| candidate(one, choice.chosen == Some(at), voice)).collect()
}

fn candidate(candidate: &trace::Candidate, chosen: bool, voice: Voice<'_>) -> Candidate {
    let (fate, reason) = match candidate.fate {
        trace::CandidateFate::Eligible(_) if chosen => (Fate::Chosen, Text::new()),
        trace::CandidateFate::Eligible(weight) => (Fate::Eligible(share(weight)), Text::new()),
        trace::CandidateFate::Rejected(objection) => {
            (Fate::Rejected, self::reason(objection, &candidate.because, voice))
        }
    };
    Candidate { what: voice.text(explain::subject(&candidate.what)), fate, reason }
}

/// Why a candidate fell out: the objection and the fields that settled it.
pub fn reason(objection: trace::CandidateObjection, because: &[trace::Cause], voice: Voice<'_>) -> Text {
    let words = objection.words().of(voice.language);
    let mut text = vec![Fragment::Words(words.into())];
    for cause in because {
        text.push(Fragment::Words(" · ".into()));
        text.extend(voice.text(explain::cause(cause, voice.language)));
    }
    text
}

/// `203.0.113.50 → 192.0.2.80:80  GET http://shop.example.com/cart`
fn packet(packet: &Packet) -> String {
    let addresses = format!("{} → {}", packet.source, packet.destination_text());
    match &packet.payload {
        Payload::Opaque => format!("{} {addresses}", packet.protocol),
        Payload::Http(request) => {
            format!("{addresses}  {} {}://{}{}", request.method, request.scheme.name(), request.host, request.target())
        }
        Payload::Dns(question) => format!("{addresses}  {} {}", question.name, question.record_type),
    }
}

/// What a hop changes: addresses, or what a proxy sends on.
fn changes(hop: &trace::Hop) -> Vec<Change> {
    let change = |field, before: String, after: String| {
        (before != after).then(|| Change { field, before: before.into(), after: after.into() })
    };
    let after = hop.after();
    let addresses = [
        change(PacketField::Destination, hop.before.destination_text(), after.destination_text()),
        change(PacketField::Source, hop.before.source.to_string(), after.source.to_string()),
    ];
    let sent = match &hop.decision {
        PacketDecision::Proxy(proxied) => hop.before.http().zip(proxied.request.as_deref()),
        _ => None,
    };
    let sent = sent.map(|(before, after)| {
        [
            change(PacketField::Host, before.host.clone(), after.host.clone()),
            change(PacketField::Path, before.target(), after.target()),
        ]
    });
    addresses.into_iter().chain(sent.into_iter().flatten()).flatten().collect()
}

fn turn(decision: &PacketDecision) -> Turn {
    match decision {
        PacketDecision::Pass => Turn::Pass,
        PacketDecision::Rewrite(_) => Turn::Rewrite,
        PacketDecision::Answer(_) | PacketDecision::Resolved(_) | PacketDecision::Respond(_) => Turn::Answer,
        PacketDecision::Proxy(_) => Turn::Proxy,
        PacketDecision::Deliver(_) => Turn::Deliver,
        PacketDecision::Leave => Turn::Leave,
        PacketDecision::Drop | PacketDecision::Unroutable => Turn::Drop,
        PacketDecision::Refuse | PacketDecision::Abort | PacketDecision::BreakOff => Turn::Refuse,
        PacketDecision::Unresolved(_) => Turn::Fail,
        PacketDecision::Unknown(_) => Turn::Unknown,
    }
}

/// A share as the page writes it; one whose terms are longer than 64 bits is rounded.
pub fn share(share: trace::Share) -> Share {
    let (numerator, denominator) = share.parts();
    match (u64::try_from(numerator), u64::try_from(denominator)) {
        (Ok(numerator), Ok(denominator)) => Share { numerator, denominator },
        _ => Share { numerator: (share.to_f64() * 1e9).round() as u64, denominator: 1_000_000_000 },
    }
}
