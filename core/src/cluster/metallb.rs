//! MetalLB: addresses for Services of type LoadBalancer out of pools, and the nodes that announce them.
//!
//! The controller gives addresses ([`allocator`]) out of what is configured ([`pools`]); the speakers settle among
//! themselves who announces them ([`speaker`]). MetalLB is there when a pool is; it serves the Services of
//! the class that its pods are told (`--lb-class`), or those without one.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use super::objects::{ClusterObject, Objects};
use super::{EndpointSlice, LoadBalancerIngress, Namespaced, Node, Pod, Service, ServiceKind, Workload};
use crate::model::{self, Labels, Text};
use crate::order::Order;
use crate::source::{FieldRef, ObjectRef};

mod pools;
mod allocator;
mod speaker;

use allocator::PoolAllocator;
pub use allocator::{MetalLbAnnotation, PREFIXES};
use pools::AddressPool;
use speaker::SpeakerNodes;

/// Where MetalLB lives: its manifests' and its chart's namespace. Pools elsewhere are nobody's.
const NAMESPACE: &str = "metallb-system";

/// MetalLB's objects.
#[derive(Clone, Debug, Default)]
pub(super) struct MetalLbResources {
    pub pools: Vec<(ObjectRef, Arc<model::IpAddressPool>)>,
    pub layer2: Vec<(ObjectRef, Arc<model::L2Advertisement>)>,
    pub bgp: Vec<(ObjectRef, Arc<model::BgpAdvertisement>)>,
    /// The ConfigMap `config`, by which releases up to 0.12 were configured. It counts where there is no pool.
    pub legacy: Option<(ObjectRef, Arc<model::ConfigMap>)>,
}

impl MetalLbResources {
    /// MetalLB's objects among all.
    pub fn of(objects: &Objects) -> Self {
        fn all<T>(given: &[ClusterObject<T>]) -> Vec<(ObjectRef, Arc<T>)> {
            given.iter().map(|it| (it.reference.clone(), it.body.clone())).collect()
        }
        let legacy = objects.config_maps.iter().find(|map| map.is(NAMESPACE, "config"));
        Self {
            pools: all(&objects.ip_address_pools),
            layer2: all(&objects.l2_advertisements),
            bgp: all(&objects.bgp_advertisements),
            legacy: legacy.map(|map| (map.reference.clone(), map.body.clone())),
        }
    }
}

/// What MetalLB sees of the cluster.
#[derive(Clone, Copy)]
pub(super) struct BalancerSurroundings<'c> {
    /// The pods, MetalLB's among them.
    pub pods: &'c Namespaced<Pod>,
    /// What makes them.
    pub workloads: &'c BTreeMap<ObjectRef, Workload>,
    pub nodes: &'c BTreeMap<Text, Node>,
    pub namespaces: &'c BTreeMap<Text, Arc<Labels>>,
    /// The slices by Service.
    pub slices: &'c Namespaced<Vec<EndpointSlice>>,
}

/// Something MetalLB has to say.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum MetalLbReport {
    /// Its webhook refuses a configuration, in its words.
    Refused(FieldRef, String),
    /// No address for a Service, in the words of its event.
    AllocationFailed(FieldRef, String),
}

/// Gives addresses to the Services that MetalLB serves and settles who announces them. Services that have an address come
/// first, then those that ask for one, then the others, each in the order of age and name.
pub(super) fn assign_metallb_addresses(
    resources: &MetalLbResources,
    around: BalancerSurroundings<'_>,
    services: &mut Namespaced<Service>,
) -> Vec<MetalLbReport> {
    // 1. The pools; without any nothing is served.
    let (pools, mut reports) = pools::read(resources, NAMESPACE);
    if pools.is_empty() {
        return reports;
    }
    // 2. Who announces, and what can be given.
    let class = served_class(around.pods);
    let speakers = SpeakerNodes::read(around);
    let mut allocator = PoolAllocator::new(&pools, around.namespaces);
    // 3. The Services in the order in which they are served.
    let mut order: Vec<(u8, bool, Option<Text>, Text, Text)> = Vec::new();
    for (namespace, name, service) in services.iter().filter(|(_, _, service)| is_served(service, class)) {
        let created = service.object.metadata.creation_timestamp.clone();
        order.push((allocation_rank(service), created.is_none(), created, namespace.clone(), name.clone()));
    }
    order.order();
    // 4. Each keeps or gets addresses, with an elected announcer; or the reason is told.
    for (_, _, _, namespace, name) in order {
        let Some(service) = services.get_mut(&namespace, &name) else { continue };
        match allocator.converge(service) {
            Ok(given) => {
                let slices = around.slices.get(&namespace, &name).map_or(&[][..], Vec::as_slice);
                let ingress = given.iter().map(|(pool, address)| {
                    let elected = election_address(&given, *address);
                    let announcement = speaker::elect_announcers(pool, elected, service, slices, &speakers);
                    LoadBalancerIngress::at(*address, announcement)
                });
                service.load_balancer = ingress.collect();
            }
            Err(why) => {
                service.load_balancer.clear();
                let words = format!("Failed to allocate IP for \"{namespace}/{name}\": {why}");
                reports.push(MetalLbReport::AllocationFailed(service.reference.field("spec.type"), words));
            }
        }
    }
    reports
}

/// Layer 2 elects by a Service's first address, for all of them.
fn election_address(given: &[(&AddressPool, IpAddr)], address: IpAddr) -> IpAddr {
    given.first().map_or(address, |(_, first)| *first)
}

/// The class that MetalLB is told to serve, by its flag.
fn served_class(pods: &Namespaced<Pod>) -> Option<&str> {
    let containers = pods.in_namespace(NAMESPACE).flat_map(|(_, pod)| &pod.spec.containers);
    let mut words = containers.flat_map(|container| container.command.iter().chain(&container.args));
    words.find_map(|word| word.strip_prefix("--lb-class=")).filter(|class| !class.is_empty())
}

/// Told a class, MetalLB leaves Services without one alone too (filterByLoadBalancerClass).
fn is_served(service: &Service, class: Option<&str>) -> bool {
    let balanced = match service.kind {
        ServiceKind::LoadBalancer => true,
        ServiceKind::ClusterIp | ServiceKind::NodePort | ServiceKind::Headless | ServiceKind::ExternalName(_) => false,
    };
    balanced && service.object.spec.load_balancer_class.as_deref() == class
}

fn allocation_rank(service: &Service) -> u8 {
    match (service.load_balancer.is_empty(), allocator::requests_address(service)) {
        (false, _) => 0,
        (true, true) => 1,
        (true, false) => 2,
    }
}
