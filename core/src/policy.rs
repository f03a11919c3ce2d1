//! NetworkPolicy as network plugins enforce it: isolation per direction, rules that only add, silence for the rest.
//!
//! The tiers are asked in order: the administrator's first, then NetworkPolicy, which has the last word about pods it
//! isolates, then the administrator's baseline (network-policy-api, tier order). Where a policy of a network plugin's own kind
//! may hold, nothing is said.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use crate::cluster::{Cluster, EnforcedPolicies, Pod};
use crate::model::{NetworkPolicy, Text};
use crate::packet::{Packet, Protocol};
use crate::source::ObjectRef;
use crate::trace::{Cause, Component, ComponentPlace, Judgement, ModelGap, PacketDecision, PolicyRule};

mod ports;
mod isolation;
mod admin;

/// The policies that each pod may be subject to.
#[derive(Clone, Debug, Default)]
pub struct NetworkPolicies {
    namespaced: BTreeMap<Text, Vec<(ObjectRef, Arc<NetworkPolicy>)>>,
    admin: Vec<admin::AdminPolicy>,
    baseline: Vec<admin::AdminPolicy>,
}

/// The side of a connection that is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrafficDirection {
    /// The receiving pod's.
    Ingress,
    /// The sending pod's.
    Egress,
}

/// Kinds of policies, network plugins' own among them.
const UNREAD_POLICIES: [&str; 7] = [
    "networkpolicies",
    "adminnetworkpolicies",
    "baselineadminnetworkpolicies",
    "clusternetworkpolicies",
    "ciliumnetworkpolicies",
    "ciliumclusterwidenetworkpolicies",
    "globalnetworkpolicies",
];

/// A packet as policies look at it: after every translation, between a pod and somebody.
#[derive(Clone, Copy, Debug)]
struct PolicyTraffic<'c> {
    cluster: &'c Cluster,
    direction: TrafficDirection,
    /// The pod whose policies are asked.
    subject: &'c Pod,
    /// The other side's pod, if its address is a pod's own.
    peer: Option<&'c Pod>,
    /// The other side's address.
    address: IpAddr,
    protocol: Protocol,
    port: u16,
}

impl NetworkPolicies {
    /// Sorts the policies by namespace and tier.
    pub fn read(cluster: &Cluster) -> Self {
        let mut policies = Self::default();
        for (namespace, name, policy) in cluster.network_policies.iter() {
            let reference = ObjectRef::namespaced("NetworkPolicy", namespace, name);
            policies.namespaced.entry(namespace.clone()).or_default().push((reference, policy.clone()));
        }
        (policies.admin, policies.baseline) = admin::read(cluster);
        policies
    }

    /// What the pod's policies make of a packet that it sends or receives; None if they have nothing to say, or if the
    /// pod shares its node's network, where policies have no hold on it.
    pub fn judge(
        &self,
        cluster: &Cluster,
        direction: TrafficDirection,
        subject: &Pod,
        packet: &Packet,
    ) -> Option<Judgement> {
        let unread = self.unread(cluster, subject);
        if subject.spec.host_network || self.is_empty() && cluster.plugin_policies.is_empty() && unread.is_none() {
            return None;
        }
        let flow = PolicyTraffic::new(cluster, direction, subject, packet);
        if flow.is_own() {
            return None;
        }
        if let Some(kind) = unread {
            return Some(flow.judgement(PacketDecision::Unknown(ModelGap::Unread(kind.clone())), Vec::new()));
        }
        // Plugins let their own policies and Kubernetes' decide together, each in its way.
        if let Some(policy) = cluster.plugin_policies.iter().find(|policy| policy.may_hold_in(subject.namespace())) {
            return Some(
                flow.judgement(PacketDecision::Unknown(ModelGap::Field(policy.reference.field("spec"))), Vec::new()),
            );
        }
        // Policies that the plugin doesn't enforce are as good as none, which is said where they would decide.
        let enforced = cluster.settings.enforced_policies;
        self.judge_tiers(&flow, enforced).or_else(|| {
            let unenforced = self.judge_tiers(&flow, EnforcedPolicies::Everything)?;
            let because = unenforced.branches.iter().flat_map(|branch| branch.because.iter());
            let about = because.filter(|cause| matches!(cause, Cause::Field(_))).cloned();
            Some(flow.judgement(PacketDecision::Pass, about.chain([Cause::rule(PolicyRule::NotEnforced)]).collect()))
        })
    }

    fn judge_tiers(&self, flow: &PolicyTraffic<'_>, enforced: EnforcedPolicies) -> Option<Judgement> {
        let admin = |policies| match enforced {
            EnforcedPolicies::Everything => admin::judge_admin_tier(policies, flow),
            EnforcedPolicies::NetworkPolicies | EnforcedPolicies::Nothing => None,
        };
        if enforced == EnforcedPolicies::Nothing {
            return None;
        }
        let policies = self.namespaced.get(flow.subject.namespace()).map_or(&[][..], Vec::as_slice);
        admin(&self.admin)
            .or_else(|| isolation::judge_network_policies(policies, flow))
            .or_else(|| admin(&self.baseline))
    }

    /// A kind that may have decided and couldn't be read; namespaces and their labels only where there are policies.
    fn unread<'c>(&self, cluster: &'c Cluster, subject: &Pod) -> Option<&'c Text> {
        let policies = cluster.unread.find(&UNREAD_POLICIES, &[], Some(subject.namespace()));
        policies.or_else(|| cluster.unread.find(&["namespaces"], &[], None).filter(|_| !self.is_empty()))
    }

    fn is_empty(&self) -> bool {
        self.namespaced.is_empty() && self.admin.is_empty() && self.baseline.is_empty()
    }
}

impl<'c> PolicyTraffic<'c> {
    fn new(cluster: &'c Cluster, direction: TrafficDirection, subject: &'c Pod, packet: &Packet) -> Self {
        let address = match direction {
            TrafficDirection::Ingress => packet.source,
            TrafficDirection::Egress => packet.destination,
        };
        // A pod that shares its node's network is its node to others.
        let peer = cluster.pods_at(address).find(|pod| !pod.spec.host_network);
        let (protocol, port) = (packet.protocol, packet.port);
        Self { cluster, direction, subject, peer, address, protocol, port }
    }

    /// Traffic of a pod to itself is exempt (network-policy-api; the e2e suite ignores loopback).
    fn is_own(&self) -> bool {
        self.subject.addresses.contains(&self.address)
    }

    /// The pod whose container ports give port names their numbers: the receiving one.
    fn receiver(&self) -> Option<&'c Pod> {
        match self.direction {
            TrafficDirection::Ingress => Some(self.subject),
            TrafficDirection::Egress => self.peer,
        }
    }

    /// Whether the other side is the subject's own node: traffic to and from it is always allowed (NetworkPolicy
    /// documentation, the exception for IP blocks).
    fn is_with_own_node(&self) -> bool {
        let node = self.subject.node.as_ref().and_then(|node| self.cluster.nodes.get(node));
        node.is_some_and(|node| node.addresses.contains(&self.address))
    }

    fn judgement(&self, decision: PacketDecision, because: Vec<Cause>) -> Judgement {
        let at = ComponentPlace::Pod(self.subject.reference.clone());
        Judgement::certain(Component::NetworkPolicy, at, decision, because)
    }
}
