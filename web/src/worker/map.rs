//! The picture of an answer: the ways of all landings, and around them the Services and pods that were not taken.

mod drawing;
mod way;

use whichpod_core::cluster::{Cluster, Pod, Service};
use whichpod_core::source::{FieldPath, ObjectRef};
use whichpod_core::trace::Resolution;

use self::drawing::Drawing;
use self::way::Way;
use super::words::Voice;
use super::written;
use crate::answer::{Column, Map, Spot};

/// As many Services are shown, those on the way included.
const MOST_SERVICES: usize = 10;

/// As many pods are shown, those that are reached included.
const MOST_PODS: usize = 30;

/// Draws the ways first, then what lies around them.
pub fn map(resolution: &Resolution, voice: Voice<'_>) -> Map {
    let mut drawing = Drawing::default();
    for landing in &resolution.landings {
        Way::begin(&mut drawing, resolution, voice).follow(landing);
    }
    surroundings(&mut drawing, voice);
    drawing.finish()
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
        drawing.room(pod_spot(pod, voice), MOST_PODS);
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
        column: Column::Service,
        title: title(&service.reference).into(),
        note: address.unwrap_or_else(|| kind(service).to_owned()).into(),
        node: None,
        lit: false,
        outcome: None,
        place: voice.place_of(&service.reference.field(FieldPath::root())),
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
    let address = pod.addresses.first().map(ToString::to_string);
    Spot {
        column: Column::Pod,
        title: title(&pod.reference).into(),
        note: address.unwrap_or_else(|| "Pending".to_owned()).into(),
        node: pod.node.as_deref().map(Into::into),
        lit: false,
        outcome: None,
        place: voice.place_of(&pod.reference.field(FieldPath::root())),
    }
}
