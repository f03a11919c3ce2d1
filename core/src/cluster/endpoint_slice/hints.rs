//! Which zones and nodes an endpoint should serve, as the EndpointSlice controller writes it for
//! spec.trafficDistribution (repository kubernetes/endpointslice, trafficdist).
//!
//! The annotation topology-mode comes first where it is `Auto`. Its hints need a zone and allocatable CPU of every
//! node; without them there are none, with them the share of each zone isn't modelled, and that is said.

use std::collections::{BTreeMap, BTreeSet};

use super::super::node::Node;
use super::super::objects::ClusterDiagnostics;
use super::super::service::Service;
use super::super::table::Namespaced;
use super::Endpoint;
use crate::diagnostic::Problem;
use crate::model::{Text, well_known};
use crate::order::Gather;
use crate::source::FieldPath;

/// The annotation, and its older name.
pub const TOPOLOGY_MODE: [&str; 2] = [well_known::TOPOLOGY_MODE, well_known::TOPOLOGY_AWARE_HINTS];

/// Writes the hints of ready endpoints.
pub(super) fn write_hints<'e>(service: &Service, endpoints: impl Iterator<Item = &'e mut Endpoint>) {
    if is_topology_aware(service) {
        return;
    }
    let (zones, nodes) = match service.object.spec.traffic_distribution.as_deref() {
        Some("PreferClose" | "PreferSameZone") => (true, false),
        Some("PreferSameNode") => (true, true),
        _ => return,
    };
    for endpoint in endpoints.filter(|endpoint| endpoint.ready == Some(true)) {
        endpoint.zone_hints = endpoint.zone.iter().filter(|_| zones).cloned().collect();
        endpoint.node_hints = endpoint.node.iter().filter(|_| nodes).cloned().collect();
    }
}

/// Says which Services would get hints from the annotation that aren't modelled (topologycache.go, SetNodes).
pub(in crate::cluster) fn say_not_modelled(
    services: &Namespaced<Service>,
    nodes: &BTreeMap<Text, Node>,
    notes: &mut ClusterDiagnostics<'_>,
) {
    let is_control_plane = |node: &&Node| {
        [well_known::CONTROL_PLANE, well_known::MASTER].into_iter().any(|label| node.labels.contains_key(label))
    };
    let eligible: Vec<&Node> = nodes.values().filter(|node| node.ready && !is_control_plane(node)).collect();
    let zones: BTreeSet<Option<&Text>> = eligible.iter().map(|node| node.zone.as_ref()).into_set();
    let has_cpu = eligible.iter().all(|node| node.object.status.allocatable.contains_key("cpu"));
    if zones.len() < 2 || zones.contains(&None) || !has_cpu {
        return;
    }
    for service in services.values() {
        if let Some(key) = topology_mode(service) {
            let field = FieldPath::from("metadata.annotations").key(key);
            notes.say(service.reference.field(field), Problem::TopologyModeNotModelled);
        }
    }
}

fn is_topology_aware(service: &Service) -> bool {
    topology_mode(service).is_some()
}

/// The annotation by which zones share the endpoints by their CPU, if it is set so.
fn topology_mode(service: &Service) -> Option<&'static str> {
    let annotations = &service.object.metadata.annotations;
    let key = TOPOLOGY_MODE.into_iter().find(|key| annotations.contains_key(*key))?;
    annotations.get(key).is_some_and(|mode| matches!(&**mode, "Auto" | "auto")).then_some(key)
}
