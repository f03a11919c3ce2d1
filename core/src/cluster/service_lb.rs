//! k3s' ServiceLB: a DaemonSet for every Service of type LoadBalancer, whose pods open the Service's ports on their nodes; the
//! Service's addresses are those nodes' (k3s, pkg/cloudprovider/servicelb.go).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::load_balancer::{AddressAnnouncement, LoadBalancerIngress};
use super::node::Node;
use super::objects::{ClusterObject, Objects};
use super::pod::Pod;
use super::service::{IpFamily, Service, ServiceKind, TrafficPolicy};
use super::table::Namespaced;
use super::{EndpointSlice, hash};
use crate::model::{self, Text, well_known};
use crate::order::{Gather, Order};
use crate::yaml::YamlNode;

const CLASS: &str = "svccontroller.k3s.cattle.io/nodelb";

/// Whose pods they are.
const SERVICE_NAME: &str = "svccontroller.k3s.cattle.io/svcname";
const SERVICE_NAMESPACE: &str = "svccontroller.k3s.cattle.io/svcnamespace";

/// The longest part of a Service's name in the DaemonSet's (generateName).
const NAME_LENGTH: usize = 48;

const DAEMON_SET: &str = include_str!("supplied/svclb.yaml");

/// What nodes of k3s have as their instance type.
const INSTANCE_TYPE: &str = "k3s";

/// Whether k3s runs the nodes.
pub(super) fn runs_on(labels: &model::Labels) -> bool {
    labels.get(well_known::INSTANCE_TYPE).is_some_and(|kind| &**kind == INSTANCE_TYPE)
}

/// A DaemonSet that nobody pasted.
pub(super) struct ServiceLbSet {
    pub name: String,
    pub text: String,
    /// Whether it was there before anything that is pasted.
    pub is_first: bool,
}

/// The DaemonSets that nobody pasted, those of older Services first: an older one keeps its ports. A balancer
/// that is supplied with an address needs none.
pub(super) fn daemon_sets(objects: &Objects) -> Vec<ServiceLbSet> {
    let nodes = || objects.nodes.iter().map(|node| &node.body.metadata.labels);
    if !nodes().any(|labels| runs_on(labels)) || !objects.ip_address_pools.is_empty() {
        return Vec::new();
    }
    let is_chosen = nodes().any(|labels| labels.contains_key(well_known::ENABLE_LB));
    let has_address = |given: &ClusterObject<model::Service>| !given.body.status.load_balancer.ingress.is_empty();
    let served =
        objects.services.iter().filter(|given| is_served(&given.body) && !(given.supplied && has_address(given)));
    let pasted: BTreeSet<(&str, &str)> =
        objects.daemon_sets.iter().filter_map(|set| served_by(&set.body.metadata.labels)).into_set();
    let mut order: Vec<_> = served.filter(|given| !pasted.contains(&(given.namespace(), given.name()))).collect();
    // What k3s installs by itself was there before.
    order.order_by(|one, other| (!one.supplied, one.age()).cmp(&(!other.supplied, other.age())));
    let set = |given: &ClusterObject<model::Service>| ServiceLbSet {
        name: daemon_set_name(given),
        text: daemon_set(given, is_chosen),
        is_first: given.supplied,
    };
    order.into_iter().map(set).collect()
}

fn is_served(service: &model::Service) -> bool {
    let class = service.spec.load_balancer_class.as_deref();
    service.spec.kind.as_deref() == Some("LoadBalancer") && class.is_none_or(|class| class == CLASS)
}

/// The Service whose DaemonSet or pod has these labels.
fn served_by(labels: &model::Labels) -> Option<(&str, &str)> {
    Some((labels.get(SERVICE_NAMESPACE)?, labels.get(SERVICE_NAME)?))
}

/// The name is the Service's with the beginning of its uid, drawn where nobody knows it.
fn daemon_set_name(given: &ClusterObject<model::Service>) -> String {
    let name: String = given.name().chars().take(NAME_LENGTH).collect();
    let uid = given.node.child("metadata").and_then(|metadata| metadata.child("uid")).and_then(YamlNode::text);
    let uid: String = match uid {
        Some(uid) => uid.chars().take(8).collect(),
        None => format!("{:08x}", hash::seeded_draw(&[given.namespace(), given.name()], 0) & 0xffff_ffff),
    };
    format!("svclb-{}-{uid}", name.trim_end_matches('-'))
}

fn daemon_set(given: &ClusterObject<model::Service>, is_chosen: bool) -> String {
    let pool = given.body.metadata.labels.get(well_known::LB_POOL).filter(|pool| !pool.is_empty());
    let pool = pool.map_or_else(String::new, |pool| format!(", {}: {pool:?}", well_known::LB_POOL));
    let selector = if is_chosen { format!("{{{}: \"true\"{pool}}}", well_known::ENABLE_LB) } else { "{}".to_owned() };
    let container = |port: &model::ServicePort| {
        let protocol = port.protocol.as_deref().unwrap_or("TCP");
        let name = format!("lb-{}-{}", protocol.to_lowercase(), port.port);
        let ports = format!("{{name: {name}, containerPort: {0}, hostPort: {0}, protocol: {protocol}}}", port.port);
        format!("{{name: {name}, image: \"rancher/klipper-lb:v0.4.9\", ports: [{ports}]}}")
    };
    let containers: Vec<String> = given.body.spec.ports.iter().map(container).collect();
    DAEMON_SET
        .replace("DAEMON", &daemon_set_name(given))
        .replace("NAMESPACE", given.namespace())
        .replace("SERVICE", given.name())
        .replace("CHOSEN", &is_chosen.to_string())
        .replace("SELECTOR", &selector)
        .replace("CONTAINERS", &containers.join(", "))
}

/// The Service that a pod of ServiceLB is for.
pub fn service_of_pod<'c>(pod: &Pod, services: &'c Namespaced<Service>) -> Option<&'c Service> {
    let (namespace, name) = served_by(&pod.labels).filter(|_| pod.namespace() == "kube-system")?;
    services.get(namespace, name)
}

/// Gives the Services the addresses of the nodes where their pods are ready and, with externalTrafficPolicy Local, that have
/// an endpoint (getStatus). An address that the status tells stays.
pub(super) fn assign_addresses(
    nodes: &BTreeMap<Text, Node>,
    pods: &Namespaced<Pod>,
    slices: &Namespaced<Vec<EndpointSlice>>,
    services: &mut Namespaced<Service>,
) {
    let mut homes: BTreeMap<(Text, Text), Vec<&Node>> = BTreeMap::new();
    for (_, pod) in pods.in_namespace("kube-system").filter(|(_, pod)| pod.ready && !pod.addresses.is_empty()) {
        let (Some(service), Some(node)) = (service_of_pod(pod, services), pod.node.as_ref()) else { continue };
        let key = (service.namespace().into(), service.name().into());
        homes.entry(key).or_default().extend(nodes.get(node).filter(|node| node.ready));
    }
    for ((namespace, name), mut homes) in homes {
        let slices = slices.get(&namespace, &name).map_or(&[][..], Vec::as_slice);
        let Some(service) = services.get_mut(&namespace, &name) else { continue };
        homes.retain(|node| serves(service, slices, node));
        if service.kind == ServiceKind::LoadBalancer && service.load_balancer.is_empty() {
            service.load_balancer = entrances(service, &homes);
        }
    }
}

fn serves(service: &Service, slices: &[EndpointSlice], node: &Node) -> bool {
    let mut endpoints = slices.iter().flat_map(|slice| &slice.endpoints);
    service.external_traffic_policy == TrafficPolicy::Cluster
        || endpoints.any(|endpoint| endpoint.node.as_ref() == Some(&node.name) && endpoint.ready != Some(false))
}

/// The external addresses if a node has one, else the internal ones, by family and in the order of their text (podIPs,
/// filterByIPFamily).
fn entrances(service: &Service, homes: &[&Node]) -> Vec<LoadBalancerIngress> {
    let of_kind = |kind: &str| -> Vec<(IpAddr, &Node)> {
        let pairs = homes.iter().flat_map(|node| node.addresses_of(kind).map(|address| (address, *node)));
        pairs.collect()
    };
    let external = of_kind("ExternalIP");
    let mut found = if external.is_empty() { of_kind("InternalIP") } else { external };
    found.order_by_key(|(address, _)| {
        let family = service.ip_families.iter().position(|family| *family == IpFamily::of(*address));
        (family, address.to_string())
    });
    found.retain(|(address, _)| service.ip_families.contains(&IpFamily::of(*address)));
    let entrance = |(address, node): (IpAddr, &Node)| {
        let candidates = vec![node.name.clone()];
        LoadBalancerIngress::at(address, AddressAnnouncement::Layer2 { node: node.name.clone(), candidates })
    };
    found.into_iter().map(entrance).collect()
}
