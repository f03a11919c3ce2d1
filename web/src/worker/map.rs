//! The picture of an answer: the ways of all landings, and around them the Services and pods that were not taken.

mod drawing;
mod way;

use std::collections::BTreeMap;
use std::rc::Rc;

use whichpod_core::cluster::{Cluster, Phase, Pod, Service};
use whichpod_core::order::Gather;
use whichpod_core::source::{FieldPath, ObjectRef};
use whichpod_core::trace::Resolution;

use self::drawing::Drawing;
use self::way::Way;
use super::words::Voice;
use super::{changes, written};
use crate::answer::{Column, Map, Other, PodState, Spot, Text};
use crate::words::Words;

/// As many Services are shown, those on the way included.
const MOST_SERVICES: usize = 10;

/// As many pods are shown, those that are reached included.
const MOST_PODS: usize = 400;

/// Draws the ways first, then what lies around them. `members` are the positions of the landings in the list, `others`
/// the pods that are not reached, with the reasons. Gives the spot of each step of the first landing's walk, too.
pub fn map(resolution: &Resolution, members: &[u32], others: &[Other], voice: Voice<'_>) -> (Map, Vec<Option<u32>>) {
    let mut drawing = Drawing::default();
    let mut ways: BTreeMap<u32, Rc<[u32]>> = BTreeMap::new();
    let mut steps = None;
    for (landing, member) in resolution.landings.iter().zip(members) {
        let (way, spots) = Way::begin(&mut drawing, resolution, voice).follow(landing);
        ways.entry(*member).or_insert_with(|| way.into());
        steps.get_or_insert(spots);
    }
    surroundings(&mut drawing, voice);
    let mut map = Map { ways: ways.into_values().collect(), ..drawing.finish() };
    let reasons: BTreeMap<&str, &Text> = others.iter().map(|other| (&*other.pod, &other.reason)).into_map();
    for spot in map.spots.iter_mut().filter(|spot| !spot.lit) {
        let reason = spot.pod.as_ref().and_then(|pod| reasons.get(&*pod.name));
        spot.why = reason.map(|reason| (*reason).clone()).unwrap_or_default();
    }
    (map, steps.unwrap_or_default())
}

/// The Services that somebody wrote, with the pods behind them, and the pods behind none.
fn surroundings(drawing: &mut Drawing, voice: Voice<'_>) {
    let cluster = voice.cluster;
    for service in written::services(cluster) {
        let Some(from) = drawing.room(service_spot(service, voice), MOST_SERVICES) else { continue };
        for pod in behind(cluster, service) {
            if let Some(to) = drawing.room(pod_spot(pod, voice), MOST_PODS) {
                drawing.dim(from, to);
            }
        }
    }
    for pod in written::pods(cluster) {
        if drawing.room(pod_spot(pod, voice), MOST_PODS).is_none() {
            drawing.leave_out();
        }
    }
}

fn behind<'c>(cluster: &'c Cluster, service: &Service) -> impl Iterator<Item = &'c Pod> {
    let slices = cluster.slices_of(service.namespace(), service.name());
    let pods = slices.iter().flat_map(|slice| &slice.endpoints).filter_map(|endpoint| endpoint.pod.as_ref());
    pods.filter_map(|pod| cluster.pods.get(pod.namespace.as_deref()?, &pod.name)).take(MOST_PODS)
}

/// A Service with its address.
fn service_spot(service: &Service, voice: Voice<'_>) -> Spot {
    let address = service.cluster_ips.first().map(ToString::to_string);
    Spot {
        place: voice.place_of(&service.reference.field(FieldPath::root())),
        ..Spot::new(Column::Service, &title(&service.reference), &address.unwrap_or_else(|| kind(service).to_owned()))
    }
}

/// The name; with the namespace where it is not `default`.
pub fn title(object: &ObjectRef) -> String {
    match object.namespace.as_deref() {
        Some("default") => object.name.to_string(),
        _ => object.qualified_name(),
    }
}

/// What a Service without an address is.
fn kind(service: &Service) -> &str {
    match &service.kind {
        whichpod_core::cluster::ServiceKind::Headless => "headless",
        whichpod_core::cluster::ServiceKind::ExternalName(name) => name,
        whichpod_core::cluster::ServiceKind::ClusterIp => "ClusterIP",
        whichpod_core::cluster::ServiceKind::NodePort => "NodePort",
        whichpod_core::cluster::ServiceKind::LoadBalancer => "LoadBalancer",
    }
}

/// A pod with its address, on its node.
fn pod_spot(pod: &Pod, voice: Voice<'_>) -> Spot {
    let words = Words::of(voice.language);
    let note = match pod.addresses.first() {
        _ if pod.terminating => words.map_terminating.to_owned(),
        Some(_) if !pod.ready && pod.phase == Phase::Running => words.map_not_ready.to_owned(),
        Some(address) => address.to_string(),
        None => "Pending".to_owned(),
    };
    Spot {
        node: pod.node.as_deref().map(Into::into),
        place: voice.place_of(&pod.reference.field(FieldPath::root())),
        pod: pod_state(pod, voice),
        ..Spot::new(Column::Pod, &title(&pod.reference), &note)
    }
}

/// How a pod is that somebody wrote, or whose workload somebody wrote.
fn pod_state(pod: &Pod, voice: Voice<'_>) -> Option<PodState> {
    let workload = pod.workload.as_ref();
    let supplied = |object: &ObjectRef| voice.cluster.is_supplied(object);
    (!supplied(&pod.reference) && !workload.is_some_and(supplied)).then(|| PodState {
        name: pod.reference.qualified_name().into(),
        ready: pod.ready,
        terminating: pod.terminating,
        workload: workload.map(|workload| workload.lowercase().into()),
        replicas: workload.and_then(|workload| changes::replicas(voice.manifests, workload)),
    })
}
