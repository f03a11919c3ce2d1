//! MetalLB's speakers: which nodes announce an address.

use std::collections::BTreeSet;
use std::net::IpAddr;

use sha2::{Digest, Sha256};

use super::allocator::{MetalLbAnnotation, metallb_annotation};
use super::pools::{AddressPool, any_selector_matches};
use super::{BalancerSurroundings, NAMESPACE};
use crate::cluster::{AddressAnnouncement, EndpointSlice, Node, Phase, Service, TrafficPolicy, Workload};
use crate::model::{AdvertisementSpec, PodSpec, Text};
use crate::order::{Gather, Order};

/// The nodes where speakers run, and how they are told to behave. Where nobody pasted their DaemonSet they are taken to run
/// everywhere, as MetalLB's manifests have them.
pub(super) struct SpeakerNodes<'c> {
    nodes: Vec<&'c Node>,
    /// `--ignore-exclude-lb`
    ignore_exclusion: bool,
}

impl<'c> SpeakerNodes<'c> {
    /// By the pods of a DaemonSet of MetalLB's with a container `speaker` (of its manifests or its chart).
    pub fn read(around: BalancerSurroundings<'c>) -> Self {
        let is_speaker = |spec: &PodSpec| spec.containers.iter().any(|container| container.image.contains("/speaker"));
        let own = around.workloads.iter().filter(|(reference, workload)| {
            &*reference.kind == "DaemonSet"
                && reference.namespace.as_deref() == Some(NAMESPACE)
                && is_speaker(&workload.template)
        });
        let own: Vec<&Workload> = own.map(|(_, workload)| workload).collect();
        let pods = own.iter().flat_map(|workload| &workload.pods);
        let pods = pods.filter_map(|pod| around.pods.get(NAMESPACE, pod)).filter(|pod| pod.phase == Phase::Running);
        let places: BTreeSet<&Text> = pods.filter_map(|pod| pod.node.as_ref()).into_set();
        let arguments = own.iter().flat_map(|workload| &workload.template.containers);
        let mut arguments = arguments.flat_map(|container| container.command.iter().chain(&container.args));
        let told = ["--ignore-exclude-lb", "--ignore-exclude-lb=true"];
        Self {
            nodes: around.nodes.values().filter(|node| own.is_empty() || places.contains(&node.name)).collect(),
            ignore_exclusion: arguments.any(|word| told.contains(&&**word)),
        }
    }
}

/// How packets for an address of a pool find a node. `elected_by` is the Service's first address. Where a pool is announced
/// both ways, the client is taken to stand on the nodes' network, where layer 2 counts.
pub(super) fn elect_announcers(
    pool: &AddressPool,
    elected_by: IpAddr,
    service: &Service,
    slices: &[EndpointSlice],
    speakers: &SpeakerNodes<'_>,
) -> AddressAnnouncement {
    let usable = ServingEndpoints::of(slices);
    let mut candidates = announcing_nodes(&pool.layer2, service, &usable, speakers);
    candidates.order_by_key(|node| Sha256::digest(format!("{node}#{elected_by}")));
    if let Some(node) = candidates.first().cloned() {
        return AddressAnnouncement::Layer2 { node, candidates };
    }
    let announcers = announcing_nodes(&pool.bgp, service, &usable, speakers);
    if announcers.is_empty() { AddressAnnouncement::Nobody } else { AddressAnnouncement::Bgp(announcers) }
}

/// The nodes that may announce: with a speaker, a network, a fitting advertisement, and, with
/// externalTrafficPolicy Local, an endpoint that serves. Without any such endpoint nobody announces.
fn announcing_nodes(
    advertisements: &[AdvertisementSpec],
    service: &Service,
    usable: &ServingEndpoints,
    speakers: &SpeakerNodes<'_>,
) -> Vec<Text> {
    if !usable.any {
        return Vec::new();
    }
    let fitting: Vec<&AdvertisementSpec> = advertisements.iter().filter(|it| is_for(it, service)).collect();
    let announces = |node: &&Node| {
        let chosen = |it: &&AdvertisementSpec| {
            it.node_selectors.is_empty() || any_selector_matches(&it.node_selectors, &node.labels)
        };
        fitting.iter().any(chosen)
            && (!node.excluded || speakers.ignore_exclusion)
            && !network_unavailable(node)
            && (service.external_traffic_policy == TrafficPolicy::Cluster || usable.nodes.contains(&node.name))
    };
    speakers.nodes.iter().copied().filter(announces).map(|node| node.name.clone()).collect()
}

/// Whether an advertisement is for a Service. One with serviceSelectors never is for a shared address
/// (TestL2SharedIPWithServiceSelectors).
fn is_for(advertisement: &AdvertisementSpec, service: &Service) -> bool {
    let selectors = &advertisement.service_selectors;
    selectors.is_empty()
        || metallb_annotation(service, MetalLbAnnotation::AllowSharedIp).is_none()
            && any_selector_matches(selectors, &service.object.metadata.labels)
}

fn network_unavailable(node: &Node) -> bool {
    let mut conditions = node.object.status.conditions.iter();
    conditions.any(|condition| &*condition.kind == "NetworkUnavailable" && &*condition.status == "True")
}

/// Where endpoints serve: ready, or still serving while they terminate (epslices EndpointCanServe).
struct ServingEndpoints {
    any: bool,
    nodes: BTreeSet<Text>,
}

impl ServingEndpoints {
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
