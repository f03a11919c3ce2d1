//! Where a controller can be reached: what the words INGRESS and INGRESS(class) of a command stand for.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::recognise::find_controllers;
use super::traefik::StaticConfig;
use super::{Controller, Controllers, IngressImplementation};
use crate::cluster::{Cluster, LoadBalancerIngress, Pod, Service, ServiceKind, TrafficPolicy};
use crate::model::{Ingress, Text, well_known};
use crate::order::{Gather, Order};
use crate::source::{FieldPath, FieldRef, ObjectRef};

/// An address, and a port where the usual 80 and 443 don't lead in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicAddress {
    pub address: IpAddr,
    /// The node port or hostPort, if the address is a node's and the port isn't 80.
    pub port: Option<u16>,
}

/// An entry point of a Traefik, as somebody outside gets to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenEntryPoint {
    /// As routes name it.
    pub name: String,
    /// The load balancer's port that leads to it, or the node port.
    pub port: u16,
    /// Whether all its routers are for TLS.
    pub tls: bool,
    /// Whether routers that name none use it.
    pub usual: bool,
}

/// The entry points of all Traefiks that a Service opens to the outside.
pub fn open_entry_points(cluster: &Cluster) -> BTreeSet<OpenEntryPoint> {
    let mut open = BTreeSet::new();
    let traefiks = [IngressImplementation::Traefik, IngressImplementation::TraefikNginx];
    for found in find_controllers(cluster).iter().filter(|found| traefiks.contains(&found.implementation)) {
        let settings = StaticConfig::read(cluster, found);
        let pods: BTreeSet<&ObjectRef> = found.pods.iter().into_set();
        let services = cluster.services.values().filter(|service| selects_controller(cluster, service, &pods));
        for service in services {
            let balanced = !service.load_balancer.is_empty() || !service.external_ips.is_empty();
            let slices = cluster.slices_of(service.namespace(), service.name());
            for port in &service.ports {
                let ends = slices.iter().flat_map(|slice| &slice.ports);
                let ends = ends.filter(|end| end.name.as_deref().unwrap_or_default() == &*port.name);
                let ends: BTreeSet<u16> = ends.filter_map(|end| end.port).collect();
                let outside = if balanced { Some(port.port) } else { port.node_port };
                let points = settings.entry_points.iter().filter(|(_, point)| ends.contains(&point.port));
                open.extend(points.filter_map(|(name, point)| {
                    Some(OpenEntryPoint { name: name.clone(), port: outside?, tls: point.tls, usual: point.usual })
                }));
            }
        }
    }
    open
}

/// Why there is no entrance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoPublicAddress {
    /// No controller runs, or none for this class.
    NoController,
    /// The controller can't be reached from outside.
    NotReachable(ObjectRef),
}

/// The entrance of the preferred controller, or of the one that serves a class.
///
/// Pasted controllers come before supplied ones, ingress-nginx before Traefik before others; of supplied ones the known
/// come first, in the order in which the manifests name them, which is the order of their addresses.
pub fn find_public_address(
    controllers: &Controllers,
    cluster: &Cluster,
    class: Option<&str>,
) -> Result<PublicAddress, NoPublicAddress> {
    let fitting = controllers_of_class(controllers, cluster, class);
    let first =
        fitting.first().and_then(|controller| controller.pods.first()).ok_or(NoPublicAddress::NoController)?.clone();
    fitting
        .into_iter()
        .find_map(|controller| controller_address(cluster, controller))
        .ok_or(NoPublicAddress::NotReachable(first))
}

/// The controllers that serve a class, the preferred one first.
fn controllers_of_class<'c>(
    controllers: &'c Controllers,
    cluster: &Cluster,
    class: Option<&str>,
) -> Vec<&'c Controller> {
    let fitting = controllers.iter().filter(|controller| class.is_none_or(|it| serves_class(cluster, controller, it)));
    let mut fitting: Vec<_> =
        fitting.map(|controller| (controller_preference(cluster, controller), controller)).collect();
    fitting.order_by(|one, other| one.0.cmp(&other.0));
    fitting.into_iter().map(|(_, controller)| controller).collect()
}

/// The controller that serves an Ingress by its class; without a class, the preferred one.
pub fn controller_of<'c>(controllers: &'c Controllers, cluster: &Cluster, ingress: &Ingress) -> Option<&'c Controller> {
    controllers_of_class(controllers, cluster, class_name(ingress).as_deref()).into_iter().next()
}

/// The class that an Ingress names, by the field or by the annotation from before it.
fn class_name(ingress: &Ingress) -> Option<Text> {
    let annotation = || ingress.metadata.annotations.get(well_known::INGRESS_CLASS).cloned();
    ingress.spec.ingress_class_name.clone().or_else(annotation)
}

/// Each rule's host with the address of its class' controller; without a class, of the preferred one. Entrances that
/// need a port of their own are left out: a name has none.
pub fn ingress_hosts(controllers: &Controllers, cluster: &Cluster) -> Vec<(FieldRef, Text, IpAddr)> {
    let mut entrances: BTreeMap<Option<Text>, Option<IpAddr>> = BTreeMap::new();
    let mut hosts = Vec::new();
    for (namespace, name, ingress) in cluster.ingresses.iter() {
        let class = class_name(ingress);
        let object = ObjectRef::namespaced("Ingress", namespace, name);
        let entrance = entrances.entry(class.clone()).or_insert_with(|| {
            let found = find_public_address(controllers, cluster, class.as_deref()).ok()?;
            // A load balancer outside is that of its own Ingresses.
            let is_shared = controllers.at_address(found.address).is_none();
            (found.port.is_none() && is_shared).then_some(found.address)
        });
        let own = controllers.balancer_of(&object).map(|balancer| balancer.address);
        let Some(address) = own.or(*entrance) else { continue };
        let named = ingress.spec.rules.iter().enumerate().filter_map(|(at, rule)| Some((at, rule.host.clone()?)));
        let path = |at: usize| FieldPath::from("spec.rules").index(at).field("host");
        hosts.extend(named.map(|(at, host)| (object.field(path(at)), host, address)));
    }
    hosts
}

fn serves_class(cluster: &Cluster, controller: &Controller, class: &str) -> bool {
    let of_class = cluster.ingress_classes.get(class).map(|class| class.spec.controller.clone());
    // A Traefik with the provider for ingress-nginx may run its own beside it.
    let own = match controller.implementation {
        IngressImplementation::TraefikNginx => IngressImplementation::Traefik.facts().class_controller,
        _ => None,
    };
    of_class.is_some_and(|of_class| of_class == controller.class_controller || own == Some(&*of_class))
        || controller.implementation.name() == class
}

/// Least is preferred: pasted before supplied, then the order of implementations; supplied ones that are known alike, by
/// their addresses.
fn controller_preference(
    cluster: &Cluster,
    controller: &Controller,
) -> (bool, bool, Option<IngressImplementation>, Option<IpAddr>) {
    let supplied = controller.pods.iter().filter_map(|pod| find_pod(cluster, pod)).any(|pod| {
        let maker = pod.workload.as_ref().or(pod.owner.as_ref()).unwrap_or(&pod.reference);
        cluster.is_supplied(maker) || cluster.is_supplied(&pod.reference)
    });
    let implementation = controller.implementation;
    let unknown = implementation.facts().class_controller.is_none();
    if supplied {
        (true, unknown, None, preferred_address(cluster, controller))
    } else {
        (false, unknown, Some(implementation), None)
    }
}

fn preferred_address(cluster: &Cluster, controller: &Controller) -> Option<IpAddr> {
    controller_address(cluster, controller).map(|entrance| entrance.address)
}

/// A load balancer's address, else a node's with its port, else the ClusterIP's absence says it can't be reached.
fn controller_address(cluster: &Cluster, controller: &Controller) -> Option<PublicAddress> {
    // 1. A load balancer outside, else the Services that lead to its pods.
    if let Some(balancer) = controller.balancers().iter().find(|balancer| balancer.service.is_none()) {
        return Some(PublicAddress { address: balancer.address, port: None });
    }
    let pods: BTreeSet<&ObjectRef> = controller.pods.iter().into_set();
    let services: Vec<&Service> = cluster
        .services
        .values()
        .filter(|service| matches!(service.kind, ServiceKind::LoadBalancer | ServiceKind::NodePort))
        .filter(|service| selects_controller(cluster, service, &pods))
        .collect();
    // 2. A load balancer's address, then an external IP.
    let balanced = services.iter().flat_map(|service| &service.load_balancer).find_map(LoadBalancerIngress::address);
    if let Some(address) = balanced {
        return Some(PublicAddress { address, port: None });
    }
    let external = services.iter().flat_map(|service| &service.external_ips).next();
    if let Some(address) = external {
        return Some(PublicAddress { address: *address, port: None });
    }
    // 3. A host port, else a node port on a node that answers there.
    host_port_address(cluster, controller).or_else(|| {
        let (service, port) =
            services.iter().find_map(|service| Some((service, http_node_port(controller, service)?)))?;
        // With externalTrafficPolicy Local only nodes with a pod of it answer.
        let is_local = service.external_traffic_policy == TrafficPolicy::Local;
        let homes: BTreeSet<&Text> =
            controller.pods.iter().filter_map(|pod| find_pod(cluster, pod)?.node.as_ref()).collect();
        let serving = cluster.nodes.values().filter(|node| !is_local || homes.contains(&node.name));
        let node = serving.chain(cluster.nodes.values()).find_map(|node| node.addresses.first())?;
        Some(PublicAddress { address: *node, port: Some(port) })
    })
}

fn selects_controller(cluster: &Cluster, service: &Service, pods: &BTreeSet<&ObjectRef>) -> bool {
    let slices = cluster.slices_of(service.namespace(), service.name());
    slices
        .iter()
        .flat_map(|slice| &slice.endpoints)
        .any(|endpoint| endpoint.pod.as_ref().is_some_and(|pod| pods.contains(pod)))
}

/// The node port that leads to plain HTTP: port 80's, or one named http or web.
fn http_node_port(controller: &Controller, service: &Service) -> Option<u16> {
    let plain = |port: &&crate::cluster::ServicePort| port.port == 80 || matches!(&*port.name, "http" | "web");
    let targeted = |port: &&crate::cluster::ServicePort| {
        super::backend::numeric_target(port).is_some_and(|number| controller.listens_on(number))
    };
    let port = service.ports.iter().find(plain).or_else(|| service.ports.iter().find(targeted))?;
    port.node_port
}

/// hostNetwork or hostPort: the node's own address.
fn host_port_address(cluster: &Cluster, controller: &Controller) -> Option<PublicAddress> {
    controller.pods.iter().filter_map(|pod| find_pod(cluster, pod)).find_map(|pod| {
        let node = cluster.nodes.get(pod.node.as_ref()?)?;
        let address = *node.addresses.first()?;
        let mut ports = pod
            .spec
            .declared_ports()
            .filter(|port| u16::try_from(port.container_port).is_ok_and(|number| controller.listens_on(number)));
        let port = ports.find_map(|port| {
            let on_host = if pod.spec.host_network { Some(port.container_port) } else { port.host_port };
            on_host.and_then(|port| u16::try_from(port).ok())
        })?;
        Some(PublicAddress { address, port: Some(port).filter(|port| *port != 80) })
    })
}

fn find_pod<'c>(cluster: &'c Cluster, pod: &ObjectRef) -> Option<&'c Pod> {
    cluster.pods.get(pod.namespace.as_deref().unwrap_or_default(), &pod.name)
}
