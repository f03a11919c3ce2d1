//! NetworkPolicy itself: a pod that some policy selects in a direction gets only what their rules allow together.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::{PolicyTraffic, TrafficDirection, ports};
use crate::model::{NetworkPolicy, PolicyPeer, PolicyPort};
use crate::packet::Protocol;
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{
    Candidate, CandidateFate, CandidateObjection, CandidateSubject, Cause, Judgement, ModelGap, PacketDecision,
    PolicyObjection, PolicyRule, Share,
};

/// A rule of a policy that isolates the subject.
struct ConsideredRule {
    field: FieldRef,
    objection: Option<PolicyObjection>,
}

/// The judgement of the policies that isolate the subject; None if none does.
pub fn judge_network_policies(
    policies: &[(ObjectRef, Arc<NetworkPolicy>)],
    flow: &PolicyTraffic<'_>,
) -> Option<Judgement> {
    // 1. The policies that isolate the subject in this direction.
    let isolating: Vec<&(ObjectRef, Arc<NetworkPolicy>)> =
        policies.iter().filter(|(_, policy)| isolates(policy, flow)).collect();
    if isolating.is_empty() {
        return None;
    }
    // 2. What they don't decide: traffic with the pod's own node, and ICMP.
    if flow.is_with_own_node() {
        let allowed = match flow.direction {
            TrafficDirection::Ingress => PolicyRule::OwnNodeAllowed,
            TrafficDirection::Egress => PolicyRule::OwnNodeReachable,
        };
        return Some(flow.judgement(PacketDecision::Pass, vec![Cause::rule(allowed)]));
    }
    if let Some((first, _)) = isolating.first().filter(|_| flow.protocol == Protocol::Icmp) {
        // Policies are about TCP, UDP and SCTP; what becomes of ICMP is undefined, whether rules allow the peer or not
        // (NetworkPolicy documentation, network traffic filtering).
        let causes = isolating.iter().map(|(reference, _)| Cause::Field(reference.field("")));
        return Some(
            flow.judgement(PacketDecision::Unknown(ModelGap::IcmpUnderPolicy(first.clone())), causes.collect()),
        );
    }
    // 3. Every rule, with why it doesn't allow the traffic.
    let considered: Vec<ConsideredRule> =
        isolating.iter().flat_map(|(reference, policy)| consider(reference, policy, flow)).collect();
    // 4. One that allows is enough; without one the traffic is dropped.
    let (allowed, denied) = match flow.direction {
        TrafficDirection::Ingress => (PolicyRule::IngressAllowed, PolicyRule::IngressDenied),
        TrafficDirection::Egress => (PolicyRule::EgressAllowed, PolicyRule::EgressDenied),
    };
    let judgement = match considered.iter().find(|it| it.objection.is_none()) {
        Some(allowing) => {
            flow.judgement(PacketDecision::Pass, vec![Cause::Field(allowing.field.clone()), Cause::rule(allowed)])
        }
        None => {
            let policies = isolating.iter().map(|(reference, _)| Cause::Field(reference.field("")));
            flow.judgement(PacketDecision::Drop, policies.chain([Cause::rule(denied)]).collect())
        }
    };
    Some(Judgement { candidates: considered.into_iter().map(candidate).collect(), ..judgement })
}

/// Whether a policy selects the subject for the flow's direction. Without policyTypes it is about incoming traffic, and
/// about outgoing traffic if it has an egress rule.
fn isolates(policy: &NetworkPolicy, flow: &PolicyTraffic<'_>) -> bool {
    let spec = &policy.spec;
    let named = |name: &str| spec.policy_types.iter().any(|kind| &**kind == name);
    let directed = match flow.direction {
        TrafficDirection::Ingress => spec.policy_types.is_empty() || named("Ingress"),
        TrafficDirection::Egress if spec.policy_types.is_empty() => !spec.egress.is_empty(),
        TrafficDirection::Egress => named("Egress"),
    };
    directed && spec.pod_selector.matches(&flow.subject.labels)
}

/// A policy's rules in the flow's direction; the policy itself if it has none.
fn consider(reference: &ObjectRef, policy: &NetworkPolicy, flow: &PolicyTraffic<'_>) -> Vec<ConsideredRule> {
    let namespace = reference.namespace.as_deref().unwrap_or_default();
    let rules: Vec<(&[PolicyPeer], &[PolicyPort])> = match flow.direction {
        TrafficDirection::Ingress => policy.spec.ingress.iter().map(|rule| (&*rule.from, &*rule.ports)).collect(),
        TrafficDirection::Egress => policy.spec.egress.iter().map(|rule| (&*rule.to, &*rule.ports)).collect(),
    };
    if rules.is_empty() {
        return vec![ConsideredRule { field: reference.field(""), objection: Some(PolicyObjection::NoRules) }];
    }
    let name = match flow.direction {
        TrafficDirection::Ingress => "ingress",
        TrafficDirection::Egress => "egress",
    };
    let considered = rules.into_iter().enumerate().map(|(index, (peers, ports))| ConsideredRule {
        field: reference.field(format!("spec.{name}[{index}]").as_str()),
        objection: objection(peers, ports, namespace, flow),
    });
    considered.collect()
}

fn objection(
    peers: &[PolicyPeer],
    ports: &[PolicyPort],
    namespace: &str,
    flow: &PolicyTraffic<'_>,
) -> Option<PolicyObjection> {
    if !peers.is_empty() && !peers.iter().any(|peer| is_peer(peer, namespace, flow)) {
        return Some(PolicyObjection::PeerDiffers);
    }
    (!ports::any_port_covers(ports, flow)).then_some(PolicyObjection::PortDiffers)
}

/// Whether the other side is among a rule's peers. Selectors know pods only, never addresses outside or nodes.
fn is_peer(peer: &PolicyPeer, namespace: &str, flow: &PolicyTraffic<'_>) -> bool {
    if let Some(block) = &peer.ip_block {
        return cidr_contains(&block.cidr, flow.address)
            && !block.except.iter().any(|except| cidr_contains(except, flow.address));
    }
    let Some(pod) = flow.peer else { return false };
    let in_namespace = match &peer.namespace_selector {
        Some(selector) => flow.cluster.namespaces.get(pod.namespace()).is_some_and(|labels| selector.matches(labels)),
        None => pod.namespace() == namespace,
    };
    in_namespace && peer.pod_selector.as_ref().is_none_or(|selector| selector.matches(&pod.labels))
}

/// Whether a CIDR holds an address; one that can't be read holds none.
pub fn cidr_contains(cidr: &str, address: IpAddr) -> bool {
    cidr.parse::<IpNet>().is_ok_and(|net| net.contains(&address))
}

fn candidate(considered: ConsideredRule) -> Candidate {
    let fate = match considered.objection {
        Some(objection) => CandidateFate::Rejected(CandidateObjection::Policy(objection)),
        None => CandidateFate::Eligible(Share::ONE),
    };
    let what = if considered.field.path.is_root() {
        CandidateSubject::Object(considered.field.object.clone())
    } else {
        CandidateSubject::Field(considered.field.clone())
    };
    Candidate { what, fate, because: vec![Cause::Field(considered.field)] }
}
