//! Slices that somebody pasted, with parsed addresses.

use std::net::IpAddr;

use super::super::objects::ClusterObject;
use super::{Endpoint, EndpointPort, EndpointSlice};
use crate::model::{self, Text};
use crate::packet::Protocol;
use crate::source::ObjectRef;

/// A pasted slice. Endpoints whose addresses are names (addressType FQDN) have names instead.
pub(super) fn slice(given: &ClusterObject<model::EndpointSlice>) -> EndpointSlice {
    let body = &given.body;
    let is_named = &*body.address_type == "FQDN";
    EndpointSlice {
        reference: given.reference.clone(),
        labels: body.metadata.labels.clone(),
        ports: body.ports.iter().filter_map(port).collect(),
        endpoints: body.endpoints.iter().map(|one| endpoint(one, given.namespace(), is_named)).collect(),
        ipv6: &*body.address_type == "IPv6",
    }
}

/// A port; None if its protocol is none we know. An empty name is no name.
pub(super) fn port(port: &model::EndpointPort) -> Option<EndpointPort> {
    Some(EndpointPort {
        name: port.name.clone(),
        protocol: Protocol::of_field(port.protocol.as_deref())?,
        port: port.port.and_then(|number| u16::try_from(number).ok()),
        app_protocol: port.app_protocol.clone(),
    })
}

fn endpoint(endpoint: &model::Endpoint, namespace: &str, is_named: bool) -> Endpoint {
    let hints = endpoint.hints.as_ref();
    let zones = hints.into_iter().flat_map(|hints| &hints.for_zones);
    let nodes = hints.into_iter().flat_map(|hints| &hints.for_nodes);
    Endpoint {
        addresses: endpoint.addresses.iter().filter_map(|address| address.parse::<IpAddr>().ok()).collect(),
        names: if is_named { endpoint.addresses.clone() } else { Vec::new() },
        ready: endpoint.conditions.ready,
        serving: endpoint.conditions.serving,
        terminating: endpoint.conditions.terminating,
        hostname: endpoint.hostname.clone(),
        node: endpoint.node_name.clone(),
        zone: endpoint.zone.clone(),
        zone_hints: zones.map(|zone| zone.name.clone()).collect(),
        node_hints: nodes.map(|node| node.name.clone()).collect(),
        pod: endpoint.target_ref.as_ref().and_then(|target| pod(target, namespace)),
    }
}

/// The pod that a targetRef names; in the slice's namespace unless it says another.
pub(super) fn pod(target: &model::TargetRef, namespace: &str) -> Option<ObjectRef> {
    let namespace: Text = target.namespace.clone().unwrap_or_else(|| namespace.into());
    (&*target.kind == "Pod").then(|| ObjectRef {
        kind: target.kind.clone(),
        namespace: Some(namespace),
        name: target.name.clone(),
    })
}
