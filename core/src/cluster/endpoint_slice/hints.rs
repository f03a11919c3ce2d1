//! Which zones and nodes an endpoint should serve, as the EndpointSlice controller writes it for
//! spec.trafficDistribution (repository kubernetes/endpointslice, trafficdist).

use super::super::service::Service;
use super::Endpoint;

/// Writes the hints of ready endpoints. The annotation topology-mode comes first where it is `Auto`: its hints need
/// zones and CPU of all nodes, and without them there are none.
pub(super) fn write<'e>(service: &Service, endpoints: impl Iterator<Item = &'e mut Endpoint>) {
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

/// `service.kubernetes.io/topology-mode: Auto`, or the older annotation.
fn is_topology_aware(service: &Service) -> bool {
    let annotations = &service.object.metadata.annotations;
    let keys = ["service.kubernetes.io/topology-mode", "service.kubernetes.io/topology-aware-hints"];
    let mode = keys.into_iter().find_map(|key| annotations.get(key));
    mode.is_some_and(|mode| matches!(&**mode, "Auto" | "auto"))
}
