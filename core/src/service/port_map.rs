//! hostPort: the rules that the CNI's portmap plugin writes on a pod's node.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::node_ports::{is_local, primary_address};
use crate::cluster::{Cluster, Node, Phase, Pod, Service, TrafficPolicy, service_lb};
use crate::model::{Container, PodSpec, Text};
use crate::packet::{Packet, Protocol};
use crate::source::FieldRef;
use crate::trace::CandidateSubject;
use crate::trace::{
    Candidate, CandidateFate, Cause, Component, ComponentPlace, Judgement, JudgementBranch, PacketDecision,
    ServiceRule, Share,
};

/// The hostPorts of all pods with a network of their own, by node.
#[derive(Clone, Debug, Default)]
pub struct PortMap {
    ports: BTreeMap<(Text, u16, Protocol), Vec<HostPort>>,
}

/// Who gets a packet from portmap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortMapEnd {
    Pod,
    /// A pod that sends it back into its node's rules.
    ServiceLb,
}

/// A port of a pod that stands open on its node.
#[derive(Clone, Debug)]
struct HostPort {
    namespace: Text,
    name: Text,
    address: Option<IpAddr>,
    container_port: u16,
    /// Where a pod of ServiceLB sends it on.
    onward: Option<(IpAddr, u16)>,
    field: FieldRef,
}

impl PortMap {
    /// Reads the pods.
    pub fn read(cluster: &Cluster) -> Self {
        let mut map = Self::default();
        for pod in cluster.pods.values().filter(|pod| has_ports(pod)) {
            let served = service_lb::service_of_pod(pod, &cluster.services);
            for ((port, protocol), mut host_port) in host_ports(pod) {
                let Some(node) = pod.node.clone() else { continue };
                host_port.onward =
                    served.and_then(|service| service_lb_target(cluster, service, &node, (port, protocol)));
                map.ports.entry((node, port, protocol)).or_default().push(host_port);
            }
        }
        map
    }

    /// What the rules on a node make of a packet for one of its addresses; None if no hostPort matches.
    pub fn judge(&self, cluster: &Cluster, node: &Node, packet: &Packet) -> Option<(Judgement, PortMapEnd)> {
        // 1. The hostPort that listens there, and its pod's address of the packet's family.
        if !is_local(node, packet.destination) {
            return None;
        }
        let open = self.ports.get(&(node.name.clone(), packet.port, packet.protocol))?;
        let matching = |port: &&HostPort| port.address.is_none_or(|address| address == packet.destination);
        let host_port = open.iter().find(matching)?;
        let pod = cluster.pods.get(&host_port.namespace, &host_port.name)?;
        let address =
            pod.addresses.iter().copied().find(|address| address.is_ipv6() == packet.destination.is_ipv6())?;
        // 2. On to the container, masqueraded where the sender wouldn't see the answers otherwise.
        let onward = packet.to(address, host_port.container_port);
        let (onward, source) = match primary_address(node, address.is_ipv6()).filter(|_| masquerades(node, packet)) {
            Some(own) => (onward.from(own), ServiceRule::HostPortMasquerade),
            None => (onward, ServiceRule::SourceKept),
        };
        let (onward, forwarding) = match host_port.onward {
            Some((address, port)) => {
                (onward.to(address, port).from(onward.destination), Some(ServiceRule::ServiceLbForwards))
            }
            None => (onward, None),
        };
        // 3. The one candidate and its branch.
        let what = CandidateSubject::Endpoint {
            address,
            port: Some(host_port.container_port),
            protocol: packet.protocol,
            pod: Some(pod.reference.clone()),
            node: pod.node.clone(),
        };
        let rules = [Some(ServiceRule::HostPort), Some(source).filter(|_| forwarding.is_none()), forwarding];
        let rules = rules.into_iter().flatten().map(Cause::rule);
        let because: Arc<[Cause]> = [Cause::Field(host_port.field.clone())].into_iter().chain(rules).collect();
        let branch =
            JudgementBranch { share: Share::ONE, chosen: Some(0), decision: PacketDecision::Rewrite(onward), because };
        let end = if forwarding.is_some() { PortMapEnd::ServiceLb } else { PortMapEnd::Pod };
        let judgement = Judgement {
            component: Component::PortMap,
            at: ComponentPlace::Node(node.name.clone()),
            earlier: Arc::default(),
            candidates: Arc::new([Candidate { what, fate: CandidateFate::Eligible(Share::ONE), because: Vec::new() }]),
            branches: vec![branch],
        };
        Some((judgement, end))
    }
}

/// What the rules in a pod of ServiceLB make of a packet, with the pod's own address as source: the Service's address, with
/// externalTrafficPolicy Local its node port (klipper-lb, entry; newDaemonSet: DEST_IPS, DEST_PORT).
fn service_lb_target(
    cluster: &Cluster,
    service: &Service,
    node: &str,
    (number, protocol): (u16, Protocol),
) -> Option<(IpAddr, u16)> {
    let port = service.ports.iter().find(|port| port.port == number && port.protocol == protocol)?;
    match service.external_traffic_policy {
        TrafficPolicy::Cluster => Some((*service.cluster_ips.first()?, number)),
        TrafficPolicy::Local => Some((*cluster.nodes.get(node)?.addresses.first()?, port.node_port?)),
    }
}

/// Replies from the node's own pods and from loopback would not come back without masquerading (portmap's CNI-HOSTPORT-
/// SETMARK); all others keep their source.
fn masquerades(node: &Node, packet: &Packet) -> bool {
    packet.source.is_loopback() || node.pod_cidrs.iter().any(|network| network.contains(&packet.source))
}

/// Whether portmap has set something up for a pod: it runs, and not in its node's network, where the container listens
/// itself.
fn has_ports(pod: &Pod) -> bool {
    let runs = match pod.phase {
        Phase::Pending | Phase::Running | Phase::Unknown => !pod.addresses.is_empty(),
        Phase::Succeeded | Phase::Failed => false,
    };
    runs && !pod.spec.host_network
}

fn host_ports(pod: &Pod) -> Vec<((u16, Protocol), HostPort)> {
    let mut ports = Vec::new();
    for (field, port) in declared_container_ports(&pod.spec) {
        let host_port = port.host_port.and_then(|number| u16::try_from(number).ok()).filter(|number| *number != 0);
        let container_port = u16::try_from(port.container_port).ok();
        let protocol = Protocol::of_field(port.protocol.as_deref());
        let (Some(host_port), Some(container_port), Some(protocol)) = (host_port, container_port, protocol) else {
            continue;
        };
        let address = port.host_ip.as_deref().and_then(|text| text.parse().ok());
        let entry = HostPort {
            namespace: pod.namespace().into(),
            name: pod.name().into(),
            address: address.filter(|address: &IpAddr| !address.is_unspecified()),
            container_port,
            onward: None,
            field: pod.field(&field.field("hostPort")),
        };
        ports.push(((host_port, protocol), entry));
    }
    ports
}

/// Where a container port is declared.
#[derive(Clone, Copy, Debug)]
pub struct DeclaredPortField {
    list: &'static str,
    container: usize,
    port: usize,
}

impl DeclaredPortField {
    pub fn container(self, spec: &PodSpec) -> Option<&Container> {
        let containers = if self.list == "containers" { &spec.containers } else { &spec.init_containers };
        containers.get(self.container)
    }

    /// A field of the port: `spec.containers[0].ports[1].hostPort`.
    pub fn field(self, name: &str) -> String {
        let Self { list, container, port } = self;
        format!("spec.{list}[{container}].ports[{port}].{name}")
    }
}

/// The declared ports of the running containers, and where they stand.
pub fn declared_container_ports(
    spec: &PodSpec,
) -> impl Iterator<Item = (DeclaredPortField, &crate::model::ContainerPort)> {
    let containers = spec.containers.iter().enumerate().map(|(index, container)| ("containers", index, container));
    let sidecars = spec.init_containers.iter().enumerate().filter(|(_, container)| container.is_sidecar());
    let sidecars = sidecars.map(|(index, container)| ("initContainers", index, container));
    containers.chain(sidecars).flat_map(|(list, container, declaring)| {
        let ports = declaring.ports.iter().enumerate();
        ports.map(move |(port, declared)| (DeclaredPortField { list, container, port }, declared))
    })
}
