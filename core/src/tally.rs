//! What some requests one after another would meet: the exact shares, drawn from with a seeded sequence, so that the same
//! question always gives the same tally.

#![warn(missing_docs)]

use std::net::IpAddr;

use crate::trace::{
    CandidateSubject, Cause, ComponentPlace, ComponentRule, ConnectionHops, ConnectionPurpose, Hop,
    IngressControllerRule, Landing, PacketDecision, Resolution, ServiceRule,
};

/// Some requests of one client, one after another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestSeries {
    /// How many.
    pub requests: u32,
    /// Whether all go over one connection, rather than each over its own.
    pub one_connection: bool,
}

/// How many of some requests end at each landing, in the order of the landings. A connection stays where it was made, and
/// where a Service keeps a client's affinity, later connections go where the first one went. Every client has a sequence
/// of its own, drawn from its address.
pub fn tally(resolution: &Resolution, series: RequestSeries) -> Vec<u32> {
    let mut counts = vec![0; resolution.landings.len()];
    for place in arrivals(resolution, series) {
        if let Some(count) = counts.get_mut(place) {
            *count += 1;
        }
    }
    counts
}

/// Where the requests of a series end, one after another, as places in the list of landings.
pub fn arrivals(resolution: &Resolution, series: RequestSeries) -> Vec<usize> {
    let landings = &resolution.landings;
    let made: Vec<Vec<KeptConnection>> = landings.iter().map(|landing| choices(landing, series)).collect();
    let mut draws = RandomDraws(seed(resolution));
    let mut kept: Vec<KeptConnection> = Vec::new();
    let mut arrivals = Vec::new();
    for _ in 0..series.requests {
        let open: Vec<usize> = (0..made.len()).filter(|place| fits(made.get(*place), &kept)).collect();
        let Some(place) = draw(landings, &open, draws.next()) else { break };
        arrivals.push(place);
        for made in made.get(place).into_iter().flatten() {
            if !kept.contains(made) {
                kept.push(made.clone());
            }
        }
    }
    arrivals
}

/// The client's address as a number.
fn seed(resolution: &Resolution) -> u64 {
    let client = resolution.landings.first().and_then(|landing| {
        let hops = landing.trail.hops_backwards();
        hops.last().map(|hop| hop.before.source)
    });
    match client {
        Some(IpAddr::V4(address)) => u64::from(u32::from(address)),
        Some(IpAddr::V6(address)) => u128::from(address) as u64,
        None => 0,
    }
}

/// A choice that is kept: on which node, for which destination, and what was taken.
#[derive(Clone, Debug, PartialEq)]
struct KeptConnection {
    at: ComponentPlace,
    destination: String,
    taken: CandidateSubject,
}

/// The choices of a landing that later requests keep: those of affinity, and those of the client's own connection if it
/// stays open.
fn choices(landing: &Landing, series: RequestSeries) -> Vec<KeptConnection> {
    let legs = landing.trail.legs();
    let stays = |leg: &ConnectionHops<'_>| series.one_connection && leg.purpose == ConnectionPurpose::Connect;
    let address = legs.iter().find(|leg| stays(leg)).and_then(|leg| leg.hops().next()).map(|hop| KeptConnection {
        at: ComponentPlace::Network,
        destination: String::new(),
        taken: CandidateSubject::Address(hop.before.destination),
    });
    let hops = legs.iter().flat_map(|leg| leg.hops().filter(|hop| stays(leg) || keeps(hop)));
    address.into_iter().chain(hops.filter_map(choice)).collect()
}

/// Whether later requests, which are the same, are led where this one was: by the client's address, by a hash of the request,
/// or by a cookie that it carries.
fn keeps(hop: &Hop) -> bool {
    let says = |rule: ComponentRule| hop.because.contains(&Cause::Rule(rule));
    let carries_cookie = match &hop.decision {
        PacketDecision::Proxy(proxied) => proxied.set_cookie.is_none(),
        _ => false,
    };
    says(ComponentRule::Service(ServiceRule::SessionAffinityClientIp))
        || says(ComponentRule::Ingress(IngressControllerRule::HashedToOne))
        || says(ComponentRule::Ingress(IngressControllerRule::HashedByAddress))
        || carries_cookie && says(ComponentRule::Ingress(IngressControllerRule::StickyCookie))
}

fn choice(hop: &Hop) -> Option<KeptConnection> {
    let taken = hop.candidates.get(hop.chosen?)?.what.clone();
    Some(KeptConnection { at: hop.at.clone(), destination: hop.before.destination_text(), taken })
}

/// Whether a landing's choices agree with all that is kept.
fn fits(made: Option<&Vec<KeptConnection>>, kept: &[KeptConnection]) -> bool {
    made.into_iter()
        .flatten()
        .all(|made| kept.iter().all(|kept| kept.at != made.at || kept.destination != made.destination || kept == made))
}

/// One of the open landings, by their shares; `point` lies in 0..1.
fn draw(landings: &[Landing], open: &[usize], point: f64) -> Option<usize> {
    let share = |place: &usize| landings.get(*place).map_or(0.0, |landing| landing.share.to_f64());
    let whole: f64 = open.iter().map(share).sum();
    let mut rest = point * whole;
    for place in open {
        rest -= share(place);
        if rest < 0.0 {
            return Some(*place);
        }
    }
    open.last().copied()
}

/// Numbers in 0..1 (SplitMix64).
struct RandomDraws(u64);

impl RandomDraws {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) as f64 / u64::MAX as f64
    }
}
