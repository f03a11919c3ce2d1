//! Finds objects by address and by node port: sorted lists, searched by halves.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use super::{EndpointSlice, LoadBalancerIngress, Namespaced, Node, Pod, Service};
use crate::model::{ReferenceGrant, Text};
use crate::order::Order;
use crate::packet::Protocol;

/// Who has which address.
#[derive(Clone, Debug, Default)]
pub(super) struct ClusterIndex {
    /// Pods, by address, then namespace and name.
    pub pods: AddressIndex,
    pub nodes: BTreeMap<IpAddr, Text>,
    /// Services: cluster, external and load balancer addresses.
    pub services: AddressIndex,
    /// Services by the addresses of their endpoints, ready or not.
    pub endpoints: AddressIndex,
    /// Services with a port on every node.
    pub node_ports: BTreeMap<(u16, Protocol), (Text, Text)>,
    /// The names that ReferenceGrants permit, the empty one for all.
    pub grants: BTreeMap<GrantKey, BTreeSet<Text>>,
}

/// A ReferenceGrant's namespace; group, kind and namespace of what refers; group and kind of what is referred to.
pub(super) type GrantKey = [Text; 6];

/// Numbers of objects by address, then namespace and name.
#[derive(Clone, Debug, Default)]
pub(super) struct AddressIndex(Vec<(IpAddr, usize)>);

impl AddressIndex {
    /// Of entries in the order of namespace and name.
    fn new(mut entries: Vec<(IpAddr, usize)>) -> Self {
        entries.order_by_key(|(address, _)| *address);
        entries.dedup();
        Self(entries)
    }

    /// The numbers of the objects that have an address.
    pub fn at(&self, address: IpAddr) -> impl Iterator<Item = usize> {
        let first = self.0.partition_point(|(other, _)| *other < address);
        let entries = self.0.iter().skip(first).take_while(move |(other, _)| *other == address);
        entries.map(|(_, number)| *number)
    }
}

impl ClusterIndex {
    /// Indexes a cluster's objects.
    pub fn new(
        all_pods: &Namespaced<Pod>,
        all_nodes: &BTreeMap<Text, Node>,
        all_services: &Namespaced<Service>,
        slices: &Namespaced<Vec<EndpointSlice>>,
        reference_grants: &Namespaced<Arc<ReferenceGrant>>,
    ) -> Self {
        // 1. Pods by address.
        let mut pods = Vec::new();
        for (_, _, number) in all_pods.numbers() {
            let addresses = all_pods.numbered(number).into_iter().flat_map(|pod| &pod.addresses);
            pods.extend(addresses.map(|address| (*address, number)));
        }
        // 2. Nodes, of which the first has an address.
        let mut nodes = BTreeMap::new();
        for node in all_nodes.values() {
            for address in &node.addresses {
                nodes.entry(*address).or_insert_with(|| node.name.clone());
            }
        }
        // 3. Services by all their addresses, and by node port.
        let mut services = Vec::new();
        let mut node_ports = BTreeMap::new();
        for (namespace, name, number) in all_services.numbers() {
            let Some(service) = all_services.numbered(number) else { continue };
            let entrances = service.load_balancer.iter().filter_map(LoadBalancerIngress::address);
            let addresses = service.cluster_ips.iter().chain(&service.external_ips).copied().chain(entrances);
            services.extend(addresses.map(|address| (address, number)));
            for port in &service.ports {
                if let Some(node_port) = port.node_port {
                    node_ports.entry((node_port, port.protocol)).or_insert_with(|| (namespace.clone(), name.clone()));
                }
            }
        }
        // 4. Services by their endpoints' addresses.
        let mut endpoints = Vec::new();
        for (namespace, name, own) in slices.iter() {
            let Some(service) = all_services.number(namespace, name) else { continue };
            let addresses = own.iter().flat_map(|slice| &slice.endpoints).flat_map(|endpoint| &endpoint.addresses);
            endpoints.extend(addresses.map(|address| (*address, service)));
        }
        // 5. The lists are sorted for look-ups.
        let [pods, services, endpoints] = [pods, services, endpoints].map(AddressIndex::new);
        Self { pods, nodes, services, endpoints, node_ports, grants: grants(reference_grants) }
    }
}

/// A grant permits each of its senders each of its targets.
fn grants(reference_grants: &Namespaced<Arc<ReferenceGrant>>) -> BTreeMap<GrantKey, BTreeSet<Text>> {
    let mut grants: BTreeMap<GrantKey, BTreeSet<Text>> = BTreeMap::new();
    for (own, _, grant) in reference_grants.iter() {
        for from in &grant.spec.from {
            for to in &grant.spec.to {
                let key = [own, &from.group, &from.kind, &from.namespace, &to.group, &to.kind].map(Text::clone);
                grants.entry(key).or_default().insert(to.name.clone().unwrap_or_default());
            }
        }
    }
    grants
}
