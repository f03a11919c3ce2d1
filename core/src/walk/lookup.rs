//! Names on the way: the client's resolver asks, and its queries are routed as any packet.

use super::connect::walk_connection;
use super::{DataPlane, PacketOrigin, PacketSender};
use crate::dns::{self, ChoiceSequence, DnsClient, PacketRoute, QuestionRoutes, RouteEnd, WalkedLookup};
use crate::limits::AnswerLimit;
use crate::packet::{Packet, Question};
use crate::request::{AddressFamily, ClientLibc, LookupAsk};
use crate::trace::{
    ConnectionHops, ConnectionPurpose, Hop, Landing, LookupFailure, ModelGap, NameLookup, Outcome, PacketDecision,
    Share, Trail, TrailStep,
};

/// One thing that a lookup can come to.
pub struct LookupEnd {
    /// How likely.
    pub share: Share,
    /// What was asked and what came of it.
    pub lookup: NameLookup,
    /// The walk, from where the question stood before.
    pub trail: Trail,
}

/// Everything that looking a host name up can come to, as the sender's programs do it.
pub fn lookup_host_name(
    plane: &DataPlane,
    sender: &PacketSender<'_>,
    name: &str,
    (libc, family): (ClientLibc, AddressFamily),
    trail: &Trail,
) -> Vec<LookupEnd> {
    let walk = |routes: &DrawnRoutes<'_>| {
        dns::lookup_host(&plane.dns, &plane.cluster, sender.origin.asker(), name, (libc, family), routes)
    };
    lookup_ends(plane, trail, walk)
}

/// Everything that a DNS tool's question can come to.
pub fn lookup_as_tool(plane: &DataPlane, sender: &PacketSender<'_>, ask: &LookupAsk) -> Vec<LookupEnd> {
    let walk =
        |routes: &DrawnRoutes<'_>| dns::lookup_tool(&plane.dns, &plane.cluster, sender.origin.asker(), ask, routes);
    lookup_ends(plane, &Trail::default(), walk)
}

/// The data plane as a lookup asks it, on one of the ways that chance leaves open.
struct DrawnRoutes<'a> {
    plane: &'a DataPlane,
    chance: &'a ChoiceSequence,
}

impl QuestionRoutes for DrawnRoutes<'_> {
    fn route(&self, from: DnsClient<'_>, packet: &Packet) -> PacketRoute {
        route_to_server(self.plane, from, packet)
    }

    fn choose(&self, question: &Question, of: usize) -> usize {
        self.chance.choose(question, of)
    }
}

/// The ends of all ways; ways that come to the same are one.
fn lookup_ends(plane: &DataPlane, trail: &Trail, walk: impl Fn(&DrawnRoutes<'_>) -> WalkedLookup) -> Vec<LookupEnd> {
    let mut ends: Vec<LookupEnd> = Vec::new();
    for (share, walked) in dns::every_way(|chance| walk(&DrawnRoutes { plane, chance })) {
        let (lookup, trail) = with_trail(walked, trail);
        let same = ends.iter_mut().find(|end| end.lookup.result == lookup.result && end.lookup.is_answered_as(&lookup));
        match same {
            Some(end) => end.share = end.share.plus(share),
            None => ends.push(LookupEnd { share, lookup, trail }),
        }
    }
    let rest = Share::sum(ends.iter().map(|end| end.share)).rest();
    let unfollowed = ends.first().filter(|_| !rest.is_zero()).and_then(|end| end.unfollowed(rest));
    ends.into_iter().chain(unfollowed).collect()
}

impl LookupEnd {
    /// The ways beyond those that are followed.
    fn unfollowed(&self, share: Share) -> Option<Self> {
        let Hop { component, at, before, .. } = self.trail.last()?;
        let gap = PacketDecision::Unknown(ModelGap::TooLarge(AnswerLimit::LookupWays));
        let trail = self.trail.hop(Hop::plain(*component, at.clone(), before.clone(), gap, Vec::new()));
        let lookup = NameLookup { result: Err(LookupFailure::NotKnown), used: Vec::new(), ..self.lookup.clone() };
        Some(Self { share, lookup, trail })
    }
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
        | PacketDecision::BreakOff
        | PacketDecision::Unresolved(_)
        | PacketDecision::Pass
        | PacketDecision::Rewrite(_)
        | PacketDecision::Answer(_)
        | PacketDecision::Resolved(_)
        | PacketDecision::Respond(_)
        | PacketDecision::Proxy(_) => RouteEnd::Silent,
    }
}
