//! Services on a node: what kube-proxy's rules make of a packet.
//!
//! [`KubeProxy`] reads the Services once into tables by address and by node port; one packet is then judged by looking
//! up its destination and weighing the endpoints of one Service port. The modes differ in what they do with ports and
//! addresses that nobody listed, with loopback, with empty sets (`judge`); the endpoint sets ([`endpoints`]) and the
//! source addresses ([`masquerade`]) are mostly the same. [`balancer`] stands in front of the nodes, [`port_map`] beside
//! kube-proxy on each of them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::cluster::{Cluster, KubeProxyMode, Node, ProxyReplacement, Service, ServiceKind, ServicePort};
use crate::model::{Labels, Text, well_known};
use crate::packet::Protocol;

pub mod endpoints;
pub mod node_ports;
pub mod balancer;
pub mod masquerade;
mod judge;
pub mod port_map;
pub mod ruleset;
mod replacement;

pub use port_map::{PortMap, PortMapEnd};

use balancer::NodeKinds;
use masquerade::LocalDetector;
use node_ports::NodePortAddresses;

/// What kube-proxy has read: the same tables on every node, which each node applies from its own place.
#[derive(Clone, Debug)]
pub struct KubeProxy {
    mode: KubeProxyMode,
    replacement: Option<ProxyReplacement>,
    scheduler: Text,
    detector: LocalDetector,
    masquerade_all: bool,
    node_port_addresses: NodePortAddresses,
    ports: Vec<ProxiedPort>,
    entrances: BTreeMap<(IpAddr, u16, Protocol), (usize, ServiceAddress)>,
    node_ports: BTreeMap<(u16, Protocol), usize>,
    addresses: BTreeMap<IpAddr, (usize, ServiceAddress)>,
    health_checks: BTreeMap<u16, usize>,
    nodes: NodeKinds,
}

/// How a packet reaches a process on a node or kube-proxy's rules there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PacketArrival {
    /// A process of the node sends it, a hostNetwork pod included: the OUTPUT hook.
    Output,
    /// A pod of the node sends it: PREROUTING, from the pod's interface.
    Pod,
    /// It comes over the network: PREROUTING, from outside or another node.
    Wire,
}

/// By which of its addresses a Service is asked; the place is that in the list of the Service's addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServiceAddress {
    /// A cluster address.
    ClusterIp(usize),
    /// One of spec.externalIPs.
    ExternalIp(usize),
    /// One of status.loadBalancer.ingress with ipMode VIP.
    LoadBalancer(usize),
    /// The node port, on an address of the node.
    NodePort,
}

/// A port of a Service that kube-proxy handles.
#[derive(Clone, Debug)]
struct ProxiedPort {
    namespace: Text,
    name: Text,
    index: usize,
    source_ranges: Vec<IpNet>,
}

/// A port found in the cluster.
#[derive(Clone, Copy)]
pub(crate) struct ServicePortRef<'c> {
    pub(crate) service: &'c Service,
    pub(crate) port: &'c ServicePort,
    pub(crate) index: usize,
}

impl KubeProxy {
    /// Reads the Services and kube-proxy's configuration.
    pub fn read(cluster: &Cluster) -> Self {
        let settings = &cluster.settings;
        let configuration = &settings.kube_proxy;
        // Whatever replaces it knows no modes; where nothing else is known of it, it does as iptables does.
        let replacement = settings.proxy_replacement.clone();
        let mode = if replacement.is_some() { KubeProxyMode::Iptables } else { settings.kube_proxy_mode };
        let mut proxy = Self {
            mode,
            replacement,
            scheduler: configuration.ipvs.scheduler.clone().unwrap_or_else(|| "rr".into()),
            detector: LocalDetector::read(settings),
            masquerade_all: match mode {
                KubeProxyMode::Nftables => configuration.nftables.masquerade_all,
                KubeProxyMode::Iptables | KubeProxyMode::Ipvs => configuration.iptables.masquerade_all,
            },
            node_port_addresses: NodePortAddresses::read(settings),
            ports: Vec::new(),
            entrances: BTreeMap::new(),
            node_ports: BTreeMap::new(),
            addresses: BTreeMap::new(),
            health_checks: BTreeMap::new(),
            nodes: NodeKinds::read(cluster),
        };
        for service in cluster.services.values().filter(|service| is_proxied(service)) {
            proxy.add(service);
        }
        proxy
    }

    /// Which mode the nodes' kube-proxies run in.
    pub fn mode(&self) -> KubeProxyMode {
        self.mode
    }

    fn add(&mut self, service: &Service) {
        let first = self.ports.len();
        let ranges = &service.object.spec.load_balancer_source_ranges;
        let source_ranges: Vec<IpNet> = ranges.iter().filter_map(|range| range.trim().parse().ok()).collect();
        for (index, port) in service.ports.iter().enumerate() {
            let place = self.ports.len();
            self.ports.push(ProxiedPort {
                namespace: service.namespace().into(),
                name: service.name().into(),
                index,
                source_ranges: source_ranges.clone(),
            });
            for (address, entrance) in service_addresses(service) {
                self.entrances.entry((address, port.port, port.protocol)).or_insert((place, entrance));
            }
            if let Some(number) = port.node_port {
                self.node_ports.entry((number, port.protocol)).or_insert(place);
            }
        }
        for (address, entrance) in service_addresses(service) {
            self.addresses.entry(address).or_insert((first, entrance));
        }
        if let Some(number) = service.health_check_node_port {
            self.health_checks.entry(number).or_insert(first);
        }
    }

    /// The Service port that a destination means, as any node sees it; node ports only on an address of `node`.
    fn entrance(&self, node: &Node, address: IpAddr, port: u16, protocol: Protocol) -> Option<(usize, ServiceAddress)> {
        // KUBE-SERVICES matches addresses first and jumps to KUBE-NODEPORTS last.
        if let Some(found) = self.entrances.get(&(address, port, protocol)) {
            return Some(*found);
        }
        let place = *self.node_ports.get(&(port, protocol))?;
        self.node_port_addresses.hold(node, address).then_some((place, ServiceAddress::NodePort))
    }

    /// The Service and its port behind a place in the table.
    fn found<'c>(&self, cluster: &'c Cluster, place: usize) -> Option<(&ProxiedPort, ServicePortRef<'c>)> {
        let proxied = self.ports.get(place)?;
        let service = cluster.services.get(&proxied.namespace, &proxied.name)?;
        let port = service.ports.get(proxied.index)?;
        Some((proxied, ServicePortRef { service, port, index: proxied.index }))
    }
}

/// Whether kube-proxy handles a Service: it has a cluster address, and nobody else claims it (kube-proxy's informers
/// leave out the labels of other proxies; ShouldSkipService the headless and ExternalName ones).
fn is_proxied(service: &Service) -> bool {
    let kind = match service.kind {
        ServiceKind::ClusterIp | ServiceKind::NodePort | ServiceKind::LoadBalancer => true,
        ServiceKind::Headless | ServiceKind::ExternalName(_) => false,
    };
    kind && !service.cluster_ips.is_empty() && !claimed_by_others(&service.object.metadata.labels)
}

/// Whether a Service or slice bears a label by which kube-proxy doesn't see it (cmd/kube-proxy, informer selectors).
pub(crate) fn claimed_by_others(labels: &Labels) -> bool {
    labels.contains_key(well_known::SERVICE_PROXY_NAME) || labels.contains_key(well_known::HEADLESS)
}

/// The addresses by which kube-proxy knows a Service, in the order in which it writes its rules.
fn service_addresses(service: &Service) -> impl Iterator<Item = (IpAddr, ServiceAddress)> {
    let cluster =
        service.cluster_ips.iter().enumerate().map(|(place, address)| (*address, ServiceAddress::ClusterIp(place)));
    let external =
        service.external_ips.iter().enumerate().map(|(place, address)| (*address, ServiceAddress::ExternalIp(place)));
    let balancers = service.load_balancer.iter().enumerate().filter(|(_, ingress)| ingress.vip);
    let balancers = balancers
        .filter_map(|(place, ingress)| ingress.ip.map(|address| (address, ServiceAddress::LoadBalancer(place))));
    cluster.chain(external).chain(balancers)
}
