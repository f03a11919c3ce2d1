//! Between machines: whom a destination belongs to, seen from a node and from outside.

use std::net::IpAddr;

use super::super::PacketOrigin;
use super::{PacketBranch, PacketNetwork, PacketWalk};
use crate::cluster::{Cluster, Node, Pod, ServiceKind, UpstreamResolvers};
use crate::packet::{Packet, Payload, Protocol, RecordData};
use crate::policy::TrafficDirection;
use crate::service::{PacketArrival, node_ports};
use crate::trace::{
    CandidateSubject, Component, ComponentPlace, Hop, Judgement, ModelGap, NetworkRule, PacketDecision,
};

impl<'c> PacketWalk<'c> {
    /// A packet that leaves a node's rules: by its destination, to the node itself, a pod, another node, a balancer, or out.
    pub(super) fn route(&mut self, flow: PacketBranch, node: &'c Node) {
        let PacketNetwork { cluster, kube_proxy, controllers, .. } = self.network;
        let destination = flow.packet.destination;
        // 1. What the sending side's policies make of it.
        let Some(flow) = self.sent(flow) else { return };
        // 2. Without translation of the source: the node itself, then pods.
        if node_ports::is_local(node, destination) {
            return self.listen_on_node(flow, node);
        }
        if let Some(pod) = pod_at(cluster, &flow, destination) {
            return self.reach_pod(flow, pod, NetworkRule::FlatPodNetwork);
        }
        // 3. Behind masquerading: another node.
        let flow = self.masquerade(flow, node);
        if let Some(other) = cluster.node_at(destination) {
            let flow = self.pass(flow, ComponentPlace::Network, NetworkRule::NodeHasAddress);
            return self.at_node(flow, other, PacketArrival::Wire);
        }
        // 4. A load balancer's address or an external IP, unless the packet came from one or is taken past the nodes.
        if !flow.balanced
            && let Some(judgement) = controllers.admit(&flow.packet)
        {
            return self.through_balancer(flow, judgement);
        }
        if !flow.balanced
            && let Some(judgement) = kube_proxy.balance(cluster, &flow.packet)
        {
            let leaves = leaves_for_proxy(cluster, destination) || kube_proxy.escapes(cluster, &flow.packet);
            return if leaves {
                self.end(
                    flow,
                    Component::Network,
                    ComponentPlace::Network,
                    PacketDecision::Leave,
                    NetworkRule::AddressIsOutside,
                );
            } else {
                self.through_nodes(flow, judgement);
            };
        }
        if !flow.balanced
            && let Some(judgement) = kube_proxy.route_external_ip(cluster, &flow.packet)
        {
            if kube_proxy.escapes(cluster, &flow.packet) {
                let outside = NetworkRule::AddressIsOutside;
                return self.end(flow, Component::Network, ComponentPlace::Network, PacketDecision::Leave, outside);
            }
            return self.through_nodes(flow, judgement);
        }
        // 5. Nobody has the address: a Service network's, an unknown pod's, inside or outside.
        let (decision, rule) = match unowned_service_address(cluster, &flow) {
            Some(rule) => (PacketDecision::Unroutable, rule),
            None => match self.unknown_pod(&flow) {
                Some(decision) => (decision, NetworkRule::UnknownPodAssumed),
                None if is_inside_cluster(cluster, destination) => {
                    (PacketDecision::Unroutable, NetworkRule::NobodyHasAddress)
                }
                None => (PacketDecision::Leave, NetworkRule::AddressIsOutside),
            },
        };
        self.end(flow, Component::Network, ComponentPlace::Network, decision, rule);
    }

    /// The sender's policies, asked once, about the packet as its node has translated it.
    fn sent(&mut self, flow: PacketBranch) -> Option<PacketBranch> {
        match self.origin {
            PacketOrigin::Pod(pod) if !flow.judged => {
                let flow = PacketBranch { judged: true, ..flow };
                self.policed(flow, TrafficDirection::Egress, pod)
            }
            PacketOrigin::Pod(_) | PacketOrigin::Node(_) | PacketOrigin::Outside => Some(flow),
        }
    }

    /// What the network plugin makes of a pod's packet that leaves its node for something that is no pod: POSTROUTING
    /// on the pod's own node, unless kube-proxy has masqueraded it already.
    fn masquerade(&mut self, flow: PacketBranch, node: &Node) -> PacketBranch {
        let Packet { source, destination, .. } = flow.packet;
        let PacketOrigin::Pod(pod) = self.origin else { return flow };
        let settings = &self.network.cluster.settings;
        let in_pod_network = settings.pod_subnets.iter().any(|network| network.contains(&destination));
        let applies = settings.pods_masqueraded && !pod.spec.host_network && pod.addresses.contains(&source);
        let Some(address) =
            node_ports::primary_address(node, destination.is_ipv6()).filter(|_| applies && !in_pod_network)
        else {
            return flow;
        };
        let packet = flow.packet.from(address);
        let because = self.because(NetworkRule::PodMasqueraded);
        let decision = PacketDecision::Rewrite(packet.clone());
        let hop =
            Hop::plain(Component::Network, ComponentPlace::Node(node.name.clone()), flow.packet, decision, because);
        PacketBranch { packet, trail: flow.trail.hop(hop), ..flow }
    }

    /// A packet from outside.
    pub(super) fn enter(&mut self, flow: PacketBranch) {
        let PacketNetwork { cluster, kube_proxy, controllers, .. } = self.network;
        let destination = flow.packet.destination;
        // 1. A node's own address.
        if let Some(node) = cluster.node_at(destination) {
            return self.at_node(flow, node, PacketArrival::Wire);
        }
        // 2. Addresses that lead to several nodes: a load balancer's, then external IPs.
        if let Some(judgement) = controllers.admit(&flow.packet) {
            return self.through_balancer(flow, judgement);
        }
        if let Some(judgement) = kube_proxy.balance(cluster, &flow.packet) {
            return self.through_nodes(flow, judgement);
        }
        if let Some(judgement) = kube_proxy.route_external_ip(cluster, &flow.packet) {
            return self.through_nodes(flow, judgement);
        }
        // 3. A pod, where the pod network is routed to the outside.
        if let Some(pod) = pod_at(cluster, &flow, destination)
            && has_route(cluster, &flow)
        {
            return self.reach_pod(flow, pod, NetworkRule::PodNetworkRouted);
        }
        // 4. The sender's own machine.
        if destination.is_loopback() {
            // A port-forward, a mapping of kind's or Docker Desktop's, anything may listen there.
            let gap = ModelGap::OutsideServer(flow.packet.destination_text());
            let decision = PacketDecision::Unknown(gap);
            return self.end(flow, Component::Network, ComponentPlace::Network, decision, NetworkRule::OwnLoopback);
        }
        // 5. Nobody takes it: inside the cluster's networks unreachable, else known outside or unroutable.
        let contains = |networks: &[ipnet::IpNet]| networks.iter().any(|network| network.contains(&destination));
        let (decision, rule) = match () {
            () if cluster.services_at(destination).next().is_some() => {
                (PacketDecision::Unroutable, NetworkRule::ServiceNetworkIsInside)
            }
            () if contains(&cluster.settings.service_subnets) => {
                (PacketDecision::Unroutable, NetworkRule::ServiceNetworkIsInside)
            }
            () if cluster.pods_at(destination).next().is_some() || contains(&cluster.settings.pod_subnets) => {
                (PacketDecision::Unroutable, NetworkRule::PodNetworkIsInside)
            }
            () if is_known_outside(&cluster.settings.upstream, destination) => {
                (PacketDecision::Leave, NetworkRule::AddressIsOutside)
            }
            // The name server of a machine outside is outside as well, whatever its address.
            () if matches!(flow.packet.payload, Payload::Dns(_)) => {
                (PacketDecision::Leave, NetworkRule::AddressIsOutside)
            }
            () => (PacketDecision::Unroutable, NetworkRule::NobodyHasAddress),
        };
        self.end(flow, Component::Network, ComponentPlace::Network, decision, rule);
    }

    /// What a load balancer that an Ingress controller keeps hands on.
    fn through_balancer(&mut self, flow: PacketBranch, judgement: Judgement) {
        let flow = PacketBranch { balanced: true, ..flow };
        for (onward, _) in self.fork(flow, judgement) {
            self.enter(onward);
        }
    }

    /// The nodes that a balancer chose, each with its part.
    fn through_nodes(&mut self, flow: PacketBranch, judgement: Judgement) {
        let flow = PacketBranch { balanced: true, ..flow };
        let candidates = judgement.candidates.clone();
        for (onward, chosen) in self.fork(flow, judgement) {
            let chosen = chosen.and_then(|place| candidates.get(place)).map(|chosen| &chosen.what);
            let Some(CandidateSubject::Node(name) | CandidateSubject::Nodes(name, _)) = chosen else { continue };
            let Some(node) = self.network.cluster.nodes.get(name) else { continue };
            self.at_node(onward, node, PacketArrival::Wire);
        }
    }

    /// A pod with a network of its own.
    fn reach_pod(&mut self, flow: PacketBranch, pod: &'c Pod, rule: NetworkRule) {
        let flow = self.pass(flow, ComponentPlace::Network, rule);
        if let Some(flow) = self.policed(flow, TrafficDirection::Ingress, pod) {
            self.listen(flow, pod, None);
        }
    }
}

/// The pod with an address and a network of its own: the one that a translation meant, else the first.
fn pod_at<'c>(cluster: &'c Cluster, flow: &PacketBranch, address: IpAddr) -> Option<&'c Pod> {
    let pods = || cluster.pods_at(address).filter(|pod| !pod.spec.host_network);
    let meant = flow.endpoint.as_ref().and_then(|meant| pods().find(|pod| pod.reference == *meant));
    meant.or_else(|| pods().next())
}

/// Whether a balancer with this address works as a proxy, so that kube-proxy doesn't catch packets for it and they go
/// out to the balancer (IPT TestLoadBalancerIngressRouteTypeProxy).
fn leaves_for_proxy(cluster: &Cluster, address: IpAddr) -> bool {
    let mut gates = cluster.services_at(address).flat_map(|service| &service.load_balancer);
    gates.any(|gate| gate.ip == Some(address) && !gate.vip)
}

/// Why no machine has a Service's address.
fn unowned_service_address(cluster: &Cluster, flow: &PacketBranch) -> Option<NetworkRule> {
    let mut owners = cluster.services_at(flow.packet.destination);
    let owned = owners.any(|service| match service.kind {
        ServiceKind::ClusterIp | ServiceKind::NodePort | ServiceKind::LoadBalancer => true,
        ServiceKind::Headless | ServiceKind::ExternalName(_) => false,
    });
    owned.then_some(match flow.packet.protocol {
        Protocol::Icmp => NetworkRule::ServiceAddressAnswersNoPing,
        Protocol::Tcp | Protocol::Udp | Protocol::Sctp => NetworkRule::ServicePortNotListed,
    })
}

/// Whether an address belongs to the cluster's own networks.
fn is_inside_cluster(cluster: &Cluster, address: IpAddr) -> bool {
    let settings = &cluster.settings;
    settings.service_subnets.iter().chain(&settings.pod_subnets).any(|network| network.contains(&address))
}

/// Whether a client outside reaches pods by their addresses. The World's own client doesn't; one that is named by its
/// address is taken to stand where the pod network is routed, as is a balancer.
fn has_route(cluster: &Cluster, flow: &PacketBranch) -> bool {
    flow.balanced || flow.packet.source != cluster.settings.external.address
}

/// Whether resolvers outside know a machine with this address.
fn is_known_outside(upstream: &UpstreamResolvers, address: IpAddr) -> bool {
    match upstream {
        UpstreamResolvers::Records(records) => records.iter().any(|record| match record.data {
            RecordData::A(known) => IpAddr::V4(known) == address,
            RecordData::Aaaa(known) => IpAddr::V6(known) == address,
            _ => false,
        }),
        UpstreamResolvers::Servers(servers) => servers.values().any(|upstream| is_known_outside(upstream, address)),
        UpstreamResolvers::Unsaid | UpstreamResolvers::Code(_) | UpstreamResolvers::Silent => false,
    }
}
