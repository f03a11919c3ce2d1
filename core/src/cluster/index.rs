//! Finds objects by address and by node port: sorted lists, searched by halves.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::Cluster;
use crate::model::Text;
use crate::packet::Protocol;

/// Who has which address.
#[derive(Clone, Debug, Default)]
pub(super) struct Index {
    /// Pods, by address, then namespace and name.
    pub pods: Addresses,
    /// Nodes.
    pub nodes: BTreeMap<IpAddr, Text>,
    /// Services: cluster, external and load balancer addresses.
    pub services: Addresses,
    /// Services with a port on every node.
    pub node_ports: BTreeMap<(u16, Protocol), (Text, Text)>,
}

/// Objects by address, then namespace and name.
#[derive(Clone, Debug, Default)]
pub(super) struct Addresses(Vec<(IpAddr, Text, Text)>);

impl Addresses {
    fn new(mut entries: Vec<(IpAddr, Text, Text)>) -> Self {
        entries.sort();
        entries.dedup();
        Self(entries)
    }

    /// Namespace and name of the objects that have an address.
    pub fn at(&self, address: IpAddr) -> impl Iterator<Item = (&Text, &Text)> {
        let first = self.0.partition_point(|(other, _, _)| *other < address);
        let entries = self.0.iter().skip(first).take_while(move |(other, _, _)| *other == address);
        entries.map(|(_, namespace, name)| (namespace, name))
    }
}

impl Index {
    /// Indexes a cluster's objects.
    pub fn new(cluster: &Cluster) -> Self {
        let mut pods = Vec::new();
        for (namespace, name, pod) in cluster.pods.iter() {
            pods.extend(pod.addresses.iter().map(|address| (*address, namespace.clone(), name.clone())));
        }
        let mut nodes = BTreeMap::new();
        for node in cluster.nodes.values() {
            for address in &node.addresses {
                nodes.entry(*address).or_insert_with(|| node.name.clone());
            }
        }
        let mut services = Vec::new();
        let mut node_ports = BTreeMap::new();
        for (namespace, name, service) in cluster.services.iter() {
            let entrances = service.load_balancer.iter().filter_map(|entrance| entrance.ip);
            let addresses = service.cluster_ips.iter().chain(&service.external_ips).copied().chain(entrances);
            services.extend(addresses.map(|address| (address, namespace.clone(), name.clone())));
            for port in &service.ports {
                if let Some(number) = port.node_port {
                    node_ports.entry((number, port.protocol)).or_insert_with(|| (namespace.clone(), name.clone()));
                }
            }
        }
        Self { pods: Addresses::new(pods), nodes, services: Addresses::new(services), node_ports }
    }
}
