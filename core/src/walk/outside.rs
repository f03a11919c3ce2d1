//! A name outside whose address nobody knows: the client's policies may forbid all that is outside.

use std::net::{IpAddr, Ipv4Addr};

use super::{DataPlane, PacketOrigin, PacketSender};
use crate::cluster::{Cluster, Pod};
use crate::packet::{Packet, Payload, Protocol};
use crate::policy::TrafficDirection;
use crate::trace::{ConnectionPurpose, Hop, Judgement, JudgementBranch, Landing, ModelGap, PacketDecision, TrailStep};

/// The landing as it is, or the silence of a policy that lets nothing out whatever the address is.
pub(super) fn forbidden_by_policy(
    plane: &DataPlane,
    sender: &PacketSender<'_>,
    (protocol, port): (Protocol, u16),
    landing: Landing,
) -> Landing {
    let last = landing.trail.last().map(|hop| &hop.decision);
    let (PacketOrigin::Pod(pod), Some(PacketDecision::Unknown(ModelGap::OutsideAddress(_)))) = (sender.origin, last)
    else {
        return landing;
    };
    // Stands for any address: it is nobody's in the cluster.
    let destination = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let source = sender.addresses.first().copied().unwrap_or(destination);
    let packet = Packet { protocol, source, destination, port, payload: Payload::Opaque };
    if depends_on_address(&plane.cluster, pod) {
        return landing;
    }
    let judgement = plane.policies.judge(&plane.cluster, TrafficDirection::Egress, pod, &packet);
    let Some(Judgement { component, at, earlier, candidates, branches }) = judgement else { return landing };
    match branches.into_iter().next() {
        Some(JudgementBranch { chosen, decision: PacketDecision::Drop, because, .. }) => {
            let decision = PacketDecision::Drop;
            let hop = Hop { component, at, before: packet, earlier, candidates, chosen, decision, because };
            Landing { trail: landing.trail.then(TrailStep::Begin(ConnectionPurpose::Connect)).hop(hop), ..landing }
        }
        _ => landing,
    }
}

/// Whether some policy that may concern the pod tells addresses apart.
fn depends_on_address(cluster: &Cluster, pod: &Pod) -> bool {
    let has_admin = !cluster.cluster_network_policies.is_empty()
        || !cluster.admin_network_policies.is_empty()
        || !cluster.baseline_admin_network_policies.is_empty();
    let mut peers = cluster
        .network_policies
        .in_namespace(pod.namespace())
        .flat_map(|(_, policy)| policy.spec.egress.iter().flat_map(|rule| &rule.to));
    has_admin || peers.any(|peer| peer.ip_block.is_some())
}
