//! The administrator's policies (network-policy-api): tiers before and after NetworkPolicy, rules in order of priority,
//! the first that matches decides or passes the decision on.

use std::collections::BTreeSet;

use super::isolation::cidr_contains;
use super::{PolicyTraffic, TrafficDirection, ports};
use crate::cluster::Cluster;
use crate::model::{AdminPeer, AdminPolicySpec, AdminPort, AdminProtocol};
use crate::order::Order;
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{
    Candidate, CandidateFate, CandidateObjection, CandidateSubject, Cause, Judgement, ModelGap, PacketDecision,
    PolicyObjection, PolicyRule, Share,
};

/// A policy of one tier.
#[derive(Clone, Debug)]
pub struct AdminPolicy {
    reference: ObjectRef,
    spec: AdminPolicySpec,
}

/// One rule, whichever its direction.
struct AdminRule<'p> {
    field: FieldRef,
    priority: i32,
    action: &'p str,
    peers: &'p [AdminPeer],
    ports: &'p [AdminPort],
    protocols: &'p [AdminProtocol],
}

/// The policies of the Admin tier and of the Baseline tier, lower priority numbers first, then by name.
pub fn read(cluster: &Cluster) -> (Vec<AdminPolicy>, Vec<AdminPolicy>) {
    let of = |kind: &str, name: &str, spec: &AdminPolicySpec| AdminPolicy {
        reference: ObjectRef::cluster_scoped(kind, name),
        spec: spec.clone(),
    };
    let tiered = cluster.cluster_network_policies.iter();
    let tiered = tiered.map(|(name, policy)| of("ClusterNetworkPolicy", name, &policy.spec));
    let (mut baseline, mut admin): (Vec<_>, Vec<_>) =
        tiered.partition(|policy| policy.spec.tier.as_deref() == Some("Baseline"));
    let older = cluster.admin_network_policies.iter();
    admin.extend(older.map(|(name, policy)| of("AdminNetworkPolicy", name, &policy.spec)));
    let older = cluster.baseline_admin_network_policies.iter();
    baseline.extend(older.map(|(name, policy)| of("BaselineAdminNetworkPolicy", name, &policy.spec)));
    for tier in [&mut admin, &mut baseline] {
        tier.order_by(|one, other| {
            one.spec.priority.cmp(&other.spec.priority).then_with(|| one.reference.name.cmp(&other.reference.name))
        });
    }
    (admin, baseline)
}

/// The tier's decision; None if no rule matches or the one that does passes.
pub fn judge_admin_tier(tier: &[AdminPolicy], flow: &PolicyTraffic<'_>) -> Option<Judgement> {
    // 1. The rules of the policies that have the subject, in their order.
    let rules: Vec<AdminRule<'_>> = tier
        .iter()
        .filter(|policy| is_subject(&policy.spec.subject, flow))
        .flat_map(|policy| rules(policy, flow))
        .collect();
    // 2. The first that matches or may match decides; one that only may leaves it open.
    let place = rules.iter().position(|rule| matches(rule, flow) || may_match(rule, flow))?;
    let decisive = rules.get(place)?;
    if !matches(decisive, flow) {
        return Some(flow.judgement(PacketDecision::Unknown(ModelGap::Field(decisive.field.clone())), Vec::new()));
    }
    // 3. So does another of the same priority that says otherwise.
    if has_rival(&rules, decisive, flow) {
        let priority = decisive.field.object.field("spec.priority");
        return Some(flow.judgement(PacketDecision::Unknown(ModelGap::Field(priority)), Vec::new()));
    }
    // 4. Its action; Pass leaves the decision to the next tier.
    let accepted = match decisive.action {
        "Accept" | "Allow" => true,
        "Deny" => false,
        _ => return None,
    };
    let named = match (flow.direction, accepted) {
        (TrafficDirection::Ingress, true) => PolicyRule::AdminIngressAccepted,
        (TrafficDirection::Ingress, false) => PolicyRule::AdminIngressDenied,
        (TrafficDirection::Egress, true) => PolicyRule::AdminEgressAccepted,
        (TrafficDirection::Egress, false) => PolicyRule::AdminEgressDenied,
    };
    // 5. The judgement, with the other rules as candidates.
    let decision = if accepted { PacketDecision::Pass } else { PacketDecision::Drop };
    let judgement = flow.judgement(decision, vec![Cause::Field(decisive.field.clone()), Cause::rule(named)]);
    let candidates = rules.iter().enumerate().map(|(index, rule)| candidate(rule, index.cmp(&place)));
    Some(Judgement { candidates: candidates.collect(), ..judgement })
}

/// Whether another policy with the same priority says otherwise: an implementation may apply any of them
/// (network-policy-api, spec.priority).
fn has_rival(rules: &[AdminRule<'_>], decisive: &AdminRule<'_>, flow: &PolicyTraffic<'_>) -> bool {
    let mut decided = BTreeSet::new();
    let equals = rules.iter().filter(|rule| rule.priority == decisive.priority && matches(rule, flow));
    let mut first_of_each = equals.filter(|rule| decided.insert(&rule.field.object));
    first_of_each.any(|rule| rule.action != decisive.action)
}

fn candidate(rule: &AdminRule<'_>, order: std::cmp::Ordering) -> Candidate {
    let fate = match order {
        std::cmp::Ordering::Less => CandidateFate::Rejected(CandidateObjection::Policy(PolicyObjection::PeerDiffers)),
        std::cmp::Ordering::Equal => CandidateFate::Eligible(Share::ONE),
        std::cmp::Ordering::Greater => {
            CandidateFate::Rejected(CandidateObjection::Policy(PolicyObjection::DecidedBefore))
        }
    };
    Candidate { what: CandidateSubject::Field(rule.field.clone()), fate, because: Vec::new() }
}

fn rules<'p>(policy: &'p AdminPolicy, flow: &PolicyTraffic<'_>) -> Vec<AdminRule<'p>> {
    let field = |name: &str, index: usize| policy.reference.field(format!("spec.{name}[{index}]").as_str());
    match flow.direction {
        TrafficDirection::Ingress => {
            let rules = policy.spec.ingress.iter().enumerate();
            let rules = rules.map(|(index, rule)| AdminRule {
                field: field("ingress", index),
                priority: policy.spec.priority,
                action: &rule.action,
                peers: &rule.from,
                ports: &rule.ports,
                protocols: &rule.protocols,
            });
            rules.collect()
        }
        TrafficDirection::Egress => {
            let rules = policy.spec.egress.iter().enumerate();
            let rules = rules.map(|(index, rule)| AdminRule {
                field: field("egress", index),
                priority: policy.spec.priority,
                action: &rule.action,
                peers: &rule.to,
                ports: &rule.ports,
                protocols: &rule.protocols,
            });
            rules.collect()
        }
    }
}

fn is_subject(subject: &AdminPeer, flow: &PolicyTraffic<'_>) -> bool {
    selects(subject, flow, flow.subject)
}

fn matches(rule: &AdminRule<'_>, flow: &PolicyTraffic<'_>) -> bool {
    rule.peers.iter().any(|peer| is_peer(peer, flow))
        && ports::cover_admin(rule.ports, flow)
        && ports::cover_protocols(rule.protocols, flow)
}

/// Whether it depends on what a plugin has seen of DNS: `domainNames` mean addresses outside.
fn may_match(rule: &AdminRule<'_>, flow: &PolicyTraffic<'_>) -> bool {
    let outside = flow.peer.is_none() && flow.cluster.node_at(flow.address).is_none();
    let named = rule.peers.iter().any(|peer| !peer.domain_names.is_empty());
    outside && named && ports::cover_admin(rule.ports, flow) && ports::cover_protocols(rule.protocols, flow)
}

/// Whether the other side is meant: pods and namespaces select pods, networks any address (pods' included), nodes the
/// nodes' own addresses.
fn is_peer(peer: &AdminPeer, flow: &PolicyTraffic<'_>) -> bool {
    let pods = flow.peer.is_some_and(|pod| selects(peer, flow, pod));
    let networks = peer.networks.iter().any(|network| cidr_contains(network, flow.address));
    let node = || flow.cluster.node_at(flow.address);
    let nodes = peer.nodes.as_ref().is_some_and(|selector| node().is_some_and(|node| selector.matches(&node.labels)));
    pods || networks || nodes
}

fn selects(peer: &AdminPeer, flow: &PolicyTraffic<'_>, pod: &crate::cluster::Pod) -> bool {
    let Some(labels) = flow.cluster.namespaces.get(pod.namespace()) else { return false };
    let namespaces = peer.namespaces.as_ref().is_some_and(|selector| selector.matches(labels));
    let pods = peer
        .pods
        .as_ref()
        .is_some_and(|pods| pods.namespace_selector.matches(labels) && pods.pod_selector.matches(&pod.labels));
    namespaces || pods
}
