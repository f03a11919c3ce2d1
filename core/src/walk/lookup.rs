//! Names on the way: the client's resolver asks, and its queries are routed as any packet.

use super::connect::walk_connection;
use super::{DataPlane, PacketOrigin, PacketSender};
use crate::dns::{self, DnsClient, PacketRoute, RouteEnd, WalkedLookup};
use crate::packet::Packet;
use crate::request::{AddressFamily, ClientLibc, LookupAsk};
use crate::trace::{
    ConnectionHops, ConnectionPurpose, Landing, ModelGap, NameLookup, Outcome, PacketDecision, Share, Trail, TrailStep,
};

/// Looks a host name up as the sender's programs do; the trail has the walk.
pub fn lookup_host_name(
    plane: &DataPlane,
    sender: &PacketSender<'_>,
    name: &str,
    (libc, family): (ClientLibc, AddressFamily),
    trail: &Trail,
) -> (NameLookup, Trail) {
    let route = |from: DnsClient<'_>, packet: &Packet| route_to_server(plane, from, packet);
    let walked = dns::lookup_host(&plane.dns, &plane.cluster, sender.origin.asker(), name, (libc, family), &route);
    with_trail(walked, trail)
}

/// Asks what a DNS tool asks.
pub fn lookup_as_tool(plane: &DataPlane, sender: &PacketSender<'_>, ask: &LookupAsk) -> (NameLookup, Trail) {
    let route = |from: DnsClient<'_>, packet: &Packet| route_to_server(plane, from, packet);
    let walked = dns::lookup_tool(&plane.dns, &plane.cluster, sender.origin.asker(), ask, &route);
    with_trail(walked, &Trail::default())
}

fn with_trail(walked: WalkedLookup, trail: &Trail) -> (NameLookup, Trail) {
    if walked.hops.is_empty() {
        return (walked.lookup, trail.clone());
    }
    let begin = trail.then(TrailStep::Begin(ConnectionPurpose::Resolve));
    (walked.lookup, walked.hops.into_iter().fold(begin, |trail, hop| trail.hop(hop)))
}

/// How a query fares. A resolver asks again when it hears nothing, and the servers answer alike, so one way that reaches
/// a server stands for all.
fn route_to_server(plane: &DataPlane, from: DnsClient<'_>, packet: &Packet) -> PacketRoute {
    let origin = match from {
        DnsClient::Outside => PacketOrigin::Outside,
        DnsClient::Pod(pod) => PacketOrigin::Pod(pod),
        DnsClient::Node(node) => PacketOrigin::Node(node),
    };
    let landings = walk_connection(&plane.network(), origin, packet.clone(), Share::ONE, Trail::default());
    let best = landings.iter().min_by_key(|landing| landing_preference(landing));
    let Some(best) = best else { return PacketRoute { hops: Vec::new(), end: RouteEnd::Silent } };
    let hops = best.trail.legs().iter().flat_map(ConnectionHops::hops).cloned().collect();
    PacketRoute { hops, end: route_end_of(best) }
}

fn landing_preference(landing: &Landing) -> u8 {
    match landing.outcome() {
        Outcome::Delivered => 0,
        Outcome::External => 1,
        Outcome::Unknown => 2,
        Outcome::Refused => 3,
        Outcome::Dropped | Outcome::Unroutable | Outcome::Unresolved | Outcome::Responded | Outcome::TlsFailed => 4,
    }
}

fn route_end_of(landing: &Landing) -> RouteEnd {
    let Some(hop) = landing.trail.last() else { return RouteEnd::Silent };
    match &hop.decision {
        PacketDecision::Deliver(delivery) => match &delivery.pod {
            Some(pod) => RouteEnd::Pod { pod: pod.clone(), source: hop.before.source, port: hop.before.port },
            None => RouteEnd::Unknown(ModelGap::OutsideServer(hop.before.destination_text())),
        },
        PacketDecision::Leave => RouteEnd::Outside,
        PacketDecision::Refuse => RouteEnd::Refused,
        PacketDecision::Unknown(gap) => RouteEnd::Unknown(gap.clone()),
        PacketDecision::Drop
        | PacketDecision::Unroutable
        | PacketDecision::Abort
        | PacketDecision::Unresolved(_)
        | PacketDecision::Pass
        | PacketDecision::Rewrite(_)
        | PacketDecision::Answer(_)
        | PacketDecision::Resolved(_)
        | PacketDecision::Respond(_)
        | PacketDecision::Proxy(_) => RouteEnd::Silent,
    }
}
