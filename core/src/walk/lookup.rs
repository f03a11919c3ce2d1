//! Names on the way: the client's resolver asks, and its queries are routed as any packet.

use super::connect::connect;
use super::{DataPlane, Origin, Sender};
use crate::dns::{self, DnsClient, PacketRoute, RouteEnd, WalkedLookup};
use crate::packet::Packet;
use crate::request::{Family, Libc, LookupAsk};
use crate::trace::{Decision, Gap, Landing, Leg, Lookup, Outcome, Purpose, Share, Step, Trail};

/// Looks a host name up as the sender's programs do; the trail has the walk.
pub fn host(
    plane: &DataPlane,
    sender: &Sender<'_>,
    name: &str,
    (libc, family): (Libc, Family),
    trail: &Trail,
) -> (Lookup, Trail) {
    let route = |from: DnsClient<'_>, packet: &Packet| route(plane, from, packet);
    let walked = dns::lookup_host(&plane.dns, &plane.cluster, sender.origin.asker(), name, (libc, family), &route);
    with_trail(walked, trail)
}

/// Asks what a DNS tool asks.
pub fn tool(plane: &DataPlane, sender: &Sender<'_>, ask: &LookupAsk) -> (Lookup, Trail) {
    let route = |from: DnsClient<'_>, packet: &Packet| route(plane, from, packet);
    let walked = dns::lookup_tool(&plane.dns, &plane.cluster, sender.origin.asker(), ask, &route);
    with_trail(walked, &Trail::default())
}

fn with_trail(walked: WalkedLookup, trail: &Trail) -> (Lookup, Trail) {
    if walked.hops.is_empty() {
        return (walked.lookup, trail.clone());
    }
    let begin = trail.then(Step::Begin(Purpose::Resolve));
    (walked.lookup, walked.hops.into_iter().fold(begin, |trail, hop| trail.hop(hop)))
}

/// How a query fares. A resolver asks again when it hears nothing, and the servers answer alike, so one way that reaches
/// a server stands for all.
fn route(plane: &DataPlane, from: DnsClient<'_>, packet: &Packet) -> PacketRoute {
    let origin = match from {
        DnsClient::Outside => Origin::Outside,
        DnsClient::Pod(pod) => Origin::Pod(pod),
        DnsClient::Node(node) => Origin::Node(node),
    };
    let landings = connect(&plane.network(), origin, packet.clone(), Share::ONE, Trail::default());
    let best = landings.iter().min_by_key(|landing| preference(landing));
    let Some(best) = best else { return PacketRoute { hops: Vec::new(), end: RouteEnd::Silent } };
    let hops = best.trail.legs().iter().flat_map(Leg::hops).cloned().collect();
    PacketRoute { hops, end: end(best) }
}

fn preference(landing: &Landing) -> u8 {
    match landing.outcome() {
        Outcome::Delivered => 0,
        Outcome::External => 1,
        Outcome::Unknown => 2,
        Outcome::Refused => 3,
        Outcome::Dropped | Outcome::Unroutable | Outcome::Unresolved | Outcome::Responded => 4,
    }
}

fn end(landing: &Landing) -> RouteEnd {
    let Some(hop) = landing.trail.last() else { return RouteEnd::Silent };
    match &hop.decision {
        Decision::Deliver(delivery) => match &delivery.pod {
            Some(pod) => RouteEnd::Pod { pod: pod.clone(), source: hop.before.source, port: hop.before.port },
            None => RouteEnd::Unknown(Gap::OutsideServer(hop.before.destination_text())),
        },
        Decision::Leave => RouteEnd::Outside,
        Decision::Refuse => RouteEnd::Refused,
        Decision::Unknown(gap) => RouteEnd::Unknown(gap.clone()),
        Decision::Drop
        | Decision::Unroutable
        | Decision::Unresolved(_)
        | Decision::Pass
        | Decision::Rewrite(_)
        | Decision::Answer(_)
        | Decision::Resolved(_)
        | Decision::Respond(_)
        | Decision::Proxy(_) => RouteEnd::Silent,
    }
}
