//! The load balancers that come with a platform, told by the label `node.kubernetes.io/instance-type` that its cloud
//! controller sets: k3s' ServiceLB, or a cloud's.
//!
//! ServiceLB runs a pod on every node that opens the Service's ports there; the Service's addresses are those nodes'
//! (k3s, pkg/cloudprovider/servicelb.go). A cloud's balancer has an address of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use super::load_balancer::{AddressAnnouncement, LoadBalancerIngress};
use super::node::Node;
use super::objects::{ClusterObject, Objects};
use super::pod::{Phase, Pod};
use super::service::{IpFamily, Service, ServiceKind, TrafficPolicy};
use super::table::Namespaced;
use super::{EndpointSlice, hash};
use crate::model::{self, Text, well_known};
use crate::order::{Gather, Order};
use crate::packet::Protocol;

const SERVICE_LB_CLASS: &str = "svccontroller.k3s.cattle.io/nodelb";

/// Where a cloud's balancers have their addresses: TEST-NET-2 (RFC 5737), beyond the preset's nodes.
const CLOUD_NETWORK: [u8; 3] = [198, 51, 100];

/// Gives addresses to the Services that have none yet.
pub(in crate::cluster) fn assign_platform_addresses(
    objects: &Objects,
    nodes: &BTreeMap<Text, Node>,
    pods: &Namespaced<Pod>,
    slices: &Namespaced<Vec<EndpointSlice>>,
    services: &mut Namespaced<Service>,
) {
    let types: BTreeSet<&str> =
        nodes.values().filter_map(|node| node.labels.get(well_known::INSTANCE_TYPE)).map(|kind| &**kind).collect();
    if types.contains("k3s") {
        service_lb(objects, nodes, pods, slices, services);
    } else if !types.is_empty() && !types.contains("rke2") {
        assign_cloud_addresses(nodes, services);
    }
}

/// The nodes whose ports are free and, with externalTrafficPolicy Local, that have an endpoint.
fn service_lb(
    objects: &Objects,
    nodes: &BTreeMap<Text, Node>,
    pods: &Namespaced<Pod>,
    slices: &Namespaced<Vec<EndpointSlice>>,
    services: &mut Namespaced<Service>,
) {
    // 1. Services by age, as the older one keeps a port.
    let mut order: Vec<&ClusterObject<model::Service>> = objects.services.iter().collect();
    // What k3s installs by itself was there before.
    order.order_by(|one, other| (!one.supplied, one.age()).cmp(&(!other.supplied, other.age())));
    // 2. Ports that pods have on nodes, and whether labels choose the nodes.
    let mut taken = host_ports(pods);
    let enabled = nodes.values().any(|node| node.labels.contains_key(well_known::ENABLE_LB));
    for given in order {
        let Some(service) = services.get_mut(given.namespace(), given.name()) else { continue };
        // 3. Whether it is for ServiceLB.
        let class = service.object.spec.load_balancer_class.as_deref();
        if service.kind != ServiceKind::LoadBalancer || class.is_some_and(|class| class != SERVICE_LB_CLASS) {
            continue;
        }
        let ports: Vec<(u16, Protocol)> = service.ports.iter().map(|port| (port.port, port.protocol)).collect();
        let slices = slices.get(given.namespace(), given.name()).map_or(&[][..], Vec::as_slice);
        let mut found = Vec::new();
        // 4. The nodes that would run its pods.
        let takes = |node: &&Node| {
            let is_chosen = !enabled || is_enabled(service, node);
            node.ready && is_chosen && is_tolerated(node) && serves(service, slices, node)
        };
        // 5. On each whose ports are all free they are taken, and its addresses announced.
        for node in nodes.values().filter(takes) {
            let wanted = ports.iter().map(|(port, protocol)| (node.name.clone(), *port, *protocol));
            if wanted.clone().any(|port| taken.contains(&port)) {
                continue;
            }
            taken.extend(wanted);
            let fits = |address: &&IpAddr| service.ip_families.contains(&IpFamily::of(**address));
            found.extend(node.addresses.iter().filter(fits).take(service.ip_families.len()).map(|address| {
                LoadBalancerIngress {
                    ip: Some(*address),
                    hostname: None,
                    vip: true,
                    announcement: AddressAnnouncement::Layer2 {
                        node: node.name.clone(),
                        candidates: vec![node.name.clone()],
                    },
                }
            }));
        }
        // 6. An address that the status tells stays.
        if service.load_balancer.is_empty() {
            service.load_balancer = found;
        }
    }
}

/// The ports of nodes that pods have for themselves.
fn host_ports(pods: &Namespaced<Pod>) -> BTreeSet<(Text, u16, Protocol)> {
    let mut taken = BTreeSet::new();
    for pod in pods.values().filter(|pod| !matches!(pod.phase, Phase::Succeeded | Phase::Failed)) {
        let Some(node) = &pod.node else { continue };
        for port in pod.spec.declared_ports() {
            let number = port.host_port.and_then(|port| u16::try_from(port).ok()).filter(|port| *port != 0);
            let protocol = Protocol::of_field(port.protocol.as_deref());
            taken.extend(number.zip(protocol).map(|(number, protocol)| (node.clone(), number, protocol)));
        }
    }
    taken
}

/// Once a node has the label, only those with it count, of the Service's pool if it names one (newDaemonSet,
/// nodeHasDaemonSetLabel).
fn is_enabled(service: &Service, node: &Node) -> bool {
    let is = |key: &str, value: &str| node.labels.get(key).is_some_and(|label| &**label == value);
    let pool = service.object.metadata.labels.get(well_known::LB_POOL).filter(|pool| !pool.is_empty());
    is(well_known::ENABLE_LB, "true") && pool.is_none_or(|pool| is(well_known::LB_POOL, pool))
}

/// What the DaemonSet's pods tolerate: the control plane, CriticalAddonsOnly, and what all DaemonSets' do.
fn is_tolerated(node: &Node) -> bool {
    let tolerated = |key: &str| {
        matches!(key, well_known::CONTROL_PLANE | well_known::MASTER | "CriticalAddonsOnly")
            || key.starts_with("node.kubernetes.io/")
    };
    node.object.spec.taints.iter().all(|taint| &*taint.effect == "PreferNoSchedule" || tolerated(&taint.key))
}

fn serves(service: &Service, slices: &[EndpointSlice], node: &Node) -> bool {
    let mut endpoints = slices.iter().flat_map(|slice| &slice.endpoints);
    service.external_traffic_policy == TrafficPolicy::Cluster
        || endpoints.any(|endpoint| endpoint.node.as_ref() == Some(&node.name) && endpoint.ready != Some(false))
}

/// One address each, drawn from the name; loadBalancerIP is honoured.
fn assign_cloud_addresses(nodes: &BTreeMap<Text, Node>, services: &mut Namespaced<Service>) {
    let takes = |node: &Node| node.ready && !node.excluded;
    if !nodes.values().any(takes) {
        return;
    }
    let given = |service: &Service| {
        let asked = service.object.spec.load_balancer_ip.as_ref().and_then(|address| address.parse().ok());
        service.load_balancer.iter().filter_map(|entrance| entrance.ip).chain(asked).collect::<Vec<IpAddr>>()
    };
    let mut taken: BTreeSet<IpAddr> = nodes.values().flat_map(|node| node.addresses.iter().copied()).into_set();
    taken.extend(services.values().flat_map(given));
    for service in services.values_mut() {
        let has_class = service.object.spec.load_balancer_class.is_some();
        if service.kind != ServiceKind::LoadBalancer || has_class || !service.load_balancer.is_empty() {
            continue;
        }
        let asked = given(service).into_iter().next();
        let address = asked.or_else(|| candidate_addresses(service).find(|address| taken.insert(*address)));
        service.load_balancer.extend(address.map(|address| LoadBalancerIngress {
            ip: Some(address),
            hostname: None,
            vip: true,
            announcement: AddressAnnouncement::Balancer,
        }));
    }
}

/// The addresses of the network in the order in which a Service tries them.
fn candidate_addresses(service: &Service) -> impl Iterator<Item = IpAddr> {
    let [a, b, c] = CLOUD_NETWORK;
    let first = 64;
    let start = first + (hash::seeded_draw(&[service.namespace(), service.name()], 0) % 190) as u8;
    (start..=254).chain(first..start).map(move |last| IpAddr::V4(Ipv4Addr::new(a, b, c, last)))
}
