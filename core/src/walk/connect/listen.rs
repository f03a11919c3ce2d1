//! At the end: whether a pod, or a process on a node, takes the packet.

use std::sync::Arc;

use super::{PacketBranch, PacketWalk};
use crate::cluster::{Node, Pod, known_server};
use crate::model::{Container, PodSpec};
use crate::packet::{HttpResponse, Packet, Payload, Protocol};
use crate::service::port_map;
use crate::source::FieldRef;
use crate::trace::{
    Cause, CauseList, Component, ComponentPlace, NetworkRule, PacketDecision, ProcessDelivery, ServiceRule,
};

/// The ports on which the kubelet and kube-proxy listen on every node.
const NODE_AGENTS: [u16; 2] = [10250, 10256];

impl<'c> PacketWalk<'c> {
    /// Whether a pod takes the packet: it declares the port, or none at all. Pods that have ended have no address, so none
    /// comes here. What a pod asks of its own loopback is nothing that others could have assumed: there only declared ports
    /// listen.
    pub(super) fn listen(&mut self, flow: PacketBranch, pod: &'c Pod, own: Option<NetworkRule>) {
        let at = ComponentPlace::Pod(pod.reference.clone());
        // 1. The usual case: nothing holds the pod back, and it declares the port.
        if own.is_none()
            && pod.waiting_because.is_none()
            && let Some(because) = self.declares(pod, &flow.packet)
        {
            let delivery = ProcessDelivery { pod: Some(pod.reference.clone()), node: pod.node.clone(), assumed: false };
            return self.land(flow, Component::Pod, at, PacketDecision::Deliver(delivery), because);
        }
        // 2. What else a declaration means: refused while the container waits or by a pod that lists other ports.
        let mut because: Vec<Cause> = own.map(Cause::rule).into_iter().collect();
        let delivery = |assumed| {
            PacketDecision::Deliver(ProcessDelivery {
                pod: Some(pod.reference.clone()),
                node: pod.node.clone(),
                assumed,
            })
        };
        let decision = match declaration_of_port(pod, &flow.packet) {
            declaration @ (PortDeclaration::Port(..) | PortDeclaration::None)
                if self.network.cluster.waits(pod, declaration.container()) =>
            {
                let field = pod.field("spec.containers");
                because.add_line(&field).add_rule(NetworkRule::ContainerWaits);
                PacketDecision::Refuse
            }
            PortDeclaration::Ping => {
                because.add_rule(NetworkRule::PodAnswersPing);
                delivery(false)
            }
            PortDeclaration::Port(field, _) => {
                because.add_line(&field).add_rule(NetworkRule::DeclaredPortListens);
                delivery(false)
            }
            PortDeclaration::None if own != Some(NetworkRule::OwnLoopback) => {
                because.add_rule(NetworkRule::UndeclaredPortAssumed);
                delivery(true)
            }
            // The API's own words: not naming a port doesn't prevent it from being exposed (core/v1, Container.ports).
            PortDeclaration::Others if self.is_led_to(pod, &flow.packet) && may_listen(pod, &flow.packet) => {
                because.add_rule(NetworkRule::TargetPortAssumed);
                delivery(true)
            }
            PortDeclaration::None | PortDeclaration::Others => {
                let field = pod.field("spec.containers");
                because.add_line(&field).add_rule(NetworkRule::PortNotDeclared);
                PacketDecision::Refuse
            }
        };
        // 3. The packet ends here.
        self.land(flow, Component::Pod, at, decision, because);
    }

    /// Whether a Service leads to a pod's port.
    fn is_led_to(&self, pod: &Pod, packet: &Packet) -> bool {
        let cluster = self.network.cluster;
        let services = cluster.services.in_namespace(pod.namespace());
        let slices = services.flat_map(|(name, _)| cluster.slices_of(pod.namespace(), name));
        slices.into_iter().any(|slice| {
            let has_port =
                slice.ports.iter().any(|port| port.port == Some(packet.port) && port.protocol == packet.protocol);
            has_port && slice.endpoints.iter().any(|endpoint| endpoint.addresses.contains(&packet.destination))
        })
    }

    /// Where a pod declares the port of a packet. Pods of one template declare it in one place.
    fn declares(&mut self, pod: &'c Pod, packet: &Packet) -> Option<Arc<[Cause]>> {
        let known = self.declared.as_ref().filter(|known| known.is_for(pod, packet));
        if let Some(known) = known {
            return Some(known.because.clone());
        }
        let PortDeclaration::Port(field, _) = declaration_of_port(pod, packet) else { return None };
        let because: Arc<[Cause]> = Arc::new([Cause::Field(field), Cause::rule(NetworkRule::DeclaredPortListens)]);
        self.declared = Some(DeclaredPort {
            spec: pod.spec.clone(),
            made: pod.made,
            port: (packet.port, packet.protocol),
            because: because.clone(),
        });
        Some(because)
    }

    /// Whether anybody on a node takes a packet for one of its addresses.
    pub(super) fn listen_on_node(&mut self, flow: PacketBranch, node: &'c Node) {
        let at = ComponentPlace::Node(node.name.clone());
        if flow.packet.protocol == Protocol::Icmp {
            let because = vec![Cause::rule(NetworkRule::NodeAnswersPing)];
            return self.land(flow, Component::NodeStack, at, delivery_to_node(node, false), because);
        }
        if let Some(pod) = self.host_network_pod(&flow, node) {
            return self.listen(flow, pod, None);
        }
        if let Some((decision, because)) = self.health_check(&flow.packet, node) {
            return self.land(flow, Component::KubeProxy, at, decision, because);
        }
        let known = self.is_node_process(&flow.packet, node);
        let (decision, rule) = if known || flow.translated {
            (delivery_to_node(node, !known), NetworkRule::NodeProcessListens)
        } else {
            (PacketDecision::Refuse, NetworkRule::NodePortClosed)
        };
        self.land(flow, Component::NodeStack, at, decision, vec![Cause::rule(rule)]);
    }

    /// The hostNetwork pod on a node that takes a port: the one a translation meant, or the first that declares it.
    fn host_network_pod(&self, flow: &PacketBranch, node: &Node) -> Option<&'c Pod> {
        let cluster = self.network.cluster;
        let pods = || {
            let pods = node.addresses.iter().flat_map(|address| cluster.pods_at(*address));
            pods.filter(|pod| pod.spec.host_network && pod.waiting_because.is_none())
        };
        let meant = pods().find(|pod| Some(&pod.reference) == flow.endpoint.as_ref());
        meant.or_else(|| pods().find(|pod| matches!(declaration_of_port(pod, &flow.packet), PortDeclaration::Port(..))))
    }

    /// kube-proxy's answer on a healthCheckNodePort.
    fn health_check(&self, packet: &Packet, node: &Node) -> Option<(PacketDecision, Vec<Cause>)> {
        let asked = Some((packet.destination, packet.port)).filter(|_| packet.protocol == Protocol::Tcp)?;
        let (healthy, field) = self.network.kube_proxy.health_check(self.network.cluster, node, asked)?;
        let (status, rule) =
            if healthy { (200, ServiceRule::HealthCheckPasses) } else { (503, ServiceRule::HealthCheckFails) };
        let decision = match packet.payload {
            Payload::Http(_) => PacketDecision::Respond(HttpResponse { status, ..HttpResponse::default() }),
            Payload::Opaque | Payload::Dns(_) => delivery_to_node(node, false),
        };
        Some((decision, vec![Cause::Field(field), Cause::rule(rule)]))
    }

    /// Whether a component of the cluster is known to listen there: the kubelet, kube-proxy, the API server (as the
    /// endpoints of `kubernetes` say).
    fn is_node_process(&self, packet: &Packet, node: &Node) -> bool {
        let slices = self.network.cluster.slices_of("default", "kubernetes");
        let serves_api = slices.iter().any(|slice| {
            let addresses = slice.endpoints.iter().flat_map(|endpoint| &endpoint.addresses);
            slice.ports.iter().any(|port| port.port == Some(packet.port))
                && addresses.into_iter().any(|address| node.addresses.contains(address))
        });
        packet.protocol == Protocol::Tcp && (serves_api || NODE_AGENTS.contains(&packet.port))
    }

    /// A slice's endpoint that stands for a pod nobody pasted.
    pub(super) fn unknown_pod(&self, flow: &PacketBranch) -> Option<PacketDecision> {
        let pod = flow.endpoint.clone()?;
        let known = self.network.cluster.pods.get(pod.namespace.as_deref().unwrap_or_default(), &pod.name);
        known.is_none().then_some(PacketDecision::Deliver(ProcessDelivery {
            pod: Some(pod),
            node: None,
            assumed: true,
        }))
    }
}

/// A declared port, of all pods with a template.
pub(super) struct DeclaredPort {
    spec: Arc<PodSpec>,
    /// Whether the pods are their workload's, so that the place is in its template.
    made: bool,
    port: (u16, Protocol),
    because: Arc<[Cause]>,
}

impl DeclaredPort {
    fn is_for(&self, pod: &Pod, packet: &Packet) -> bool {
        self.made && pod.made && Arc::ptr_eq(&self.spec, &pod.spec) && self.port == (packet.port, packet.protocol)
    }
}

/// Whether a container of a pod can listen on a packet's port: it is known to, or nobody can tell where it listens.
fn may_listen(pod: &Pod, packet: &Packet) -> bool {
    let listens_there = |container: &Container| known_server::port_of(container) == Some(packet.port);
    pod.spec.containers.iter().any(|container| !known_server::is_port_known(container) || listens_there(container))
}

/// A process on the node.
fn delivery_to_node(node: &Node, assumed: bool) -> PacketDecision {
    PacketDecision::Deliver(ProcessDelivery { pod: None, node: Some(node.name.clone()), assumed })
}

/// What a pod declares about a packet's port.
enum PortDeclaration<'c> {
    /// It declares it, here, for this container.
    Port(FieldRef, Option<&'c Container>),
    /// It declares no port at all.
    None,
    /// It declares others.
    Others,
    /// The packet has no port.
    Ping,
}

impl<'c> PortDeclaration<'c> {
    fn container(&self) -> Option<&'c Container> {
        match self {
            Self::Port(_, container) => *container,
            Self::None | Self::Others | Self::Ping => None,
        }
    }
}

fn declaration_of_port<'c>(pod: &'c Pod, packet: &Packet) -> PortDeclaration<'c> {
    if packet.protocol == Protocol::Icmp {
        return PortDeclaration::Ping;
    }
    let mut none = true;
    for (field, port) in port_map::declared_container_ports(&pod.spec) {
        none = false;
        let protocol = Protocol::of_field(port.protocol.as_deref());
        if port.container_port == i32::from(packet.port) && protocol == Some(packet.protocol) {
            return PortDeclaration::Port(pod.field(&field.field("containerPort")), field.container(&pod.spec));
        }
    }
    if none { PortDeclaration::None } else { PortDeclaration::Others }
}
