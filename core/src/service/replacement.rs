//! What callers and pods see differently where Cilium or Calico does kube-proxy's work: connections that are translated in the
//! caller's socket, and clients' addresses that are kept (cilium, bpf/bpf_sock.c, bpf/lib/nodeport.h; calico,
//! felix/bpf-gpl/connect_balancer.h, nat_lookup.h).

use super::endpoints::{self, EndpointScope, PortEndpoint};
use super::judge::{ServicePacket, TrafficPath};
use super::{KubeProxy, PacketArrival, ServiceAddress};
use crate::cluster::{Cluster, KeptClients, ProxyReplacement, ReplacementProgram, TrafficPolicy};
use crate::packet::{Packet, Protocol};
use crate::trace::{Cause, CauseList, ModelGap, PacketDecision, ServiceRule};

impl ProxyReplacement {
    /// Whether the caller's socket is connected to the endpoint itself. Calico leaves datagrams of pods to its programs on the way.
    fn is_at_socket(&self, arrival: PacketArrival, protocol: Protocol) -> bool {
        let takes = self.program == ReplacementProgram::Cilium || protocol == Protocol::Tcp;
        match arrival {
            PacketArrival::Output => takes,
            PacketArrival::Pod => takes && self.translates_in_pods,
            PacketArrival::Wire => false,
        }
    }

    fn gap(&self) -> PacketDecision {
        PacketDecision::Unknown(ModelGap::Field(self.said.clone()))
    }
}

impl KubeProxy {
    /// A node port on any node's address: Cilium knows all nodes where the caller's socket is
    /// (sock4_nodeport_wildcard_lookup).
    pub(super) fn node_port_anywhere(
        &self,
        cluster: &Cluster,
        arrival: PacketArrival,
        packet: &Packet,
    ) -> Option<(usize, ServiceAddress)> {
        let replacement = self.replacement.as_ref()?;
        let applies = replacement.program == ReplacementProgram::Cilium
            && replacement.is_at_socket(arrival, packet.protocol)
            && cluster.node_at(packet.destination).is_some();
        let place = *self.node_ports.get(&(packet.port, packet.protocol))?;
        applies.then_some((place, ServiceAddress::NodePort))
    }
}

impl<'c> ServicePacket<'c> {
    fn is_at_socket(&self, replacement: &ProxyReplacement) -> bool {
        replacement.is_at_socket(self.arrival, self.packet.protocol)
    }

    /// Which endpoints serve: callers inside the cluster are spared externalTrafficPolicy, as behind kube-proxy.
    pub(super) fn replaced_course(&self, replacement: &ProxyReplacement) -> TrafficPath {
        let service = self.found.service;
        let mut because = vec![Cause::Field(replacement.said.clone())];
        let is_external = self.entrance.is_external();
        let scope = match (is_external, service.external_traffic_policy, self.arrival) {
            (false, ..) => endpoints::scope_of_policy(service.internal_traffic_policy),
            (true, TrafficPolicy::Local, PacketArrival::Wire) => EndpointScope::Local,
            (true, ..) => EndpointScope::Cluster,
        };
        if scope == EndpointScope::Local {
            because.add_line(&endpoints::policy_field(self.found, !is_external));
        }
        if self.is_at_socket(replacement) {
            because.add_rule(ServiceRule::SocketTranslated);
        } else if is_external && self.arrival == PacketArrival::Wire {
            because.add_rule(ServiceRule::ClientKeptOnNode);
        }
        TrafficPath { scope, mark: None, because }
    }

    /// The rule by which an endpoint sees this node instead of the client.
    pub(super) fn replaced_mark(
        &self,
        replacement: &ProxyReplacement,
        endpoint: &PortEndpoint<'_>,
    ) -> Option<ServiceRule> {
        let keeps = match replacement.keeps_client {
            KeptClients::Nobodys => false,
            KeptClients::OverTcp => self.packet.protocol == Protocol::Tcp,
            KeptClients::Everybodys => true,
        };
        let crosses = self.arrival == PacketArrival::Wire && self.entrance.is_external() && !endpoint.local;
        (crosses && !keeps).then_some(ServiceRule::MasqueradeExternalTraffic)
    }

    /// What comes of a packet that is its sender's own again, on the way and not in the socket: each has an address of its own
    /// for that.
    pub(super) fn replaced_hairpin(
        &self,
        replacement: &ProxyReplacement,
        endpoint: &PortEndpoint<'_>,
    ) -> Option<PacketDecision> {
        let returns = endpoint.address == self.packet.source && !self.is_at_socket(replacement);
        returns.then(|| replacement.gap())
    }

    /// What a caller meets where nobody serves: Cilium lets connect() fail, and tells those who come over the network as
    /// kube-proxy does (service-no-backend-response). Of Calico it isn't known.
    pub(super) fn replaced_end(
        &self,
        replacement: &ProxyReplacement,
        has_others: bool,
    ) -> (PacketDecision, Option<ServiceRule>) {
        match replacement.program {
            ReplacementProgram::Cilium if self.is_at_socket(replacement) => {
                (PacketDecision::Unroutable, Some(ServiceRule::SocketWithoutEndpoint))
            }
            ReplacementProgram::Cilium if !has_others => (PacketDecision::Refuse, Some(ServiceRule::NoEndpointsReject)),
            _ => (replacement.gap(), None),
        }
    }

    /// Source ranges are looked at where packets come in by the network.
    pub(super) fn has_no_ranges(&self) -> bool {
        self.proxy.replacement.as_ref().is_some_and(|replacement| self.is_at_socket(replacement))
    }
}
