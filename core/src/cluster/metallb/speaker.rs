//! MetalLB's speakers: which nodes announce an address.

use std::collections::BTreeSet;
use std::net::IpAddr;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::allocator::{Annotation, annotation};
use super::pools::{Pool, any};
use crate::cluster::{Announcement, EndpointSlice, Node, Service, TrafficPolicy};
use crate::model::{AdvertisementSpec, Text};
use crate::order::Order;

/// How packets for an address of a pool find a node. `elected_by` is the Service's first address. Where a pool is announced
/// both ways, the client is taken to stand on the nodes' network, where layer 2 counts.
pub(super) fn announcement(
    pool: &Pool,
    elected_by: IpAddr,
    service: &Service,
    slices: &[EndpointSlice],
    nodes: &BTreeMap<Text, Node>,
) -> Announcement {
    let usable = Usable::of(slices);
    let mut candidates = announcers(&pool.layer2, service, &usable, nodes);
    candidates.order_by_key(|node| Sha256::digest(format!("{node}#{elected_by}")));
    if let Some(node) = candidates.first().cloned() {
        return Announcement::Layer2 { node, candidates };
    }
    let announcers = announcers(&pool.bgp, service, &usable, nodes);
    match announcers.is_empty() {
        true => Announcement::Nobody,
        false => Announcement::Bgp(announcers),
    }
}

/// The nodes that may announce: with a speaker (taken to run everywhere), a network, a fitting advertisement, and, with
/// externalTrafficPolicy Local, an endpoint that serves. Without any such endpoint nobody announces.
fn announcers(
    advertisements: &[AdvertisementSpec],
    service: &Service,
    usable: &Usable,
    nodes: &BTreeMap<Text, Node>,
) -> Vec<Text> {
    if !usable.any {
        return Vec::new();
    }
    let fitting: Vec<&AdvertisementSpec> = advertisements.iter().filter(|it| is_for(it, service)).collect();
    let announces = |node: &&Node| {
        let chosen = |it: &&AdvertisementSpec| it.node_selectors.is_empty() || any(&it.node_selectors, &node.labels);
        fitting.iter().any(chosen)
            && !node.excluded
            && !network_unavailable(node)
            && (service.external_traffic_policy == TrafficPolicy::Cluster || usable.nodes.contains(&node.name))
    };
    nodes.values().filter(announces).map(|node| node.name.clone()).collect()
}

/// Whether an advertisement is for a Service. One with serviceSelectors never is for a shared address
/// (TestL2SharedIPWithServiceSelectors).
fn is_for(advertisement: &AdvertisementSpec, service: &Service) -> bool {
    let selectors = &advertisement.service_selectors;
    selectors.is_empty()
        || annotation(service, Annotation::AllowSharedIp).is_none() && any(selectors, &service.object.metadata.labels)
}

fn network_unavailable(node: &Node) -> bool {
    let mut conditions = node.object.status.conditions.iter();
    conditions.any(|condition| &*condition.kind == "NetworkUnavailable" && &*condition.status == "True")
}

/// Where endpoints serve: ready, or still serving while they terminate (epslices EndpointCanServe).
struct Usable {
    any: bool,
    nodes: BTreeSet<Text>,
}

impl Usable {
    fn of(slices: &[EndpointSlice]) -> Self {
        let endpoints = slices.iter().flat_map(|slice| &slice.endpoints);
        let mut usable = Self { any: false, nodes: BTreeSet::new() };
        for endpoint in endpoints.filter(|it| it.ready.unwrap_or(true) || it.serving.unwrap_or(false)) {
            usable.any = true;
            usable.nodes.extend(endpoint.node.clone());
        }
        usable
    }
}
