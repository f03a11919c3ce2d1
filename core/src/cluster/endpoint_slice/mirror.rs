//! The slices that mirror an Endpoints object of a Service without selector (endpointslicemirroring controller).

use std::net::IpAddr;
use std::sync::Arc;

use super::super::hash;
use super::super::objects::ClusterObject;
use super::super::service::{IpFamily, Service};
use super::{Endpoint, EndpointSlice, pasted};
use crate::model::{self, EndpointAddress, EndpointSubset, Text, well_known};
use crate::source::ObjectRef;

/// How many addresses of a subset are mirrored (--mirroring-max-endpoints-per-subset).
const MAX_ENDPOINTS: usize = 1000;

/// One slice for each subset and family; none if the Endpoints say that nobody should mirror them.
pub(super) fn slices(service: &Service, endpoints: &ClusterObject<model::Endpoints>) -> Vec<EndpointSlice> {
    let metadata = &endpoints.body.metadata;
    let skips = metadata.labels.get(well_known::SKIP_MIRROR).is_some_and(|skip| &**skip == "true");
    if skips || metadata.annotations.contains_key(well_known::LEADER) {
        return Vec::new();
    }
    let mut slices = Vec::new();
    for subset in &endpoints.body.subsets {
        for family in [IpFamily::V4, IpFamily::V6] {
            slices.extend(slice(service, endpoints, subset, family, slices.len()));
        }
    }
    slices
}

fn slice(
    service: &Service,
    endpoints: &ClusterObject<model::Endpoints>,
    subset: &EndpointSubset,
    family: IpFamily,
    number: usize,
) -> Option<EndpointSlice> {
    let namespace = endpoints.namespace();
    let ready = subset.addresses.iter().map(|address| (address, true));
    let unready = subset.not_ready_addresses.iter().map(|address| (address, false));
    let parsed = ready.chain(unready).filter_map(|(address, ready)| {
        let ip: IpAddr = address.ip.parse().ok()?;
        (IpFamily::of(ip) == family).then(|| endpoint(address, ip, ready, namespace))
    });
    let mirrored: Vec<Endpoint> = parsed.take(MAX_ENDPOINTS).collect();
    if mirrored.is_empty() {
        return None;
    }
    let base = format!("{}-", service.name());
    let name = hash::generated_name(&base, &["mirror", namespace, service.name()], number as u64);
    let mut labels = endpoints.body.metadata.labels.clone();
    let set = Arc::make_mut(&mut labels);
    set.insert(well_known::SERVICE_NAME.into(), service.reference.name.clone());
    set.insert(well_known::SLICE_MANAGED_BY.into(), well_known::SLICE_MIRRORING.into());
    Some(EndpointSlice {
        reference: ObjectRef::namespaced("EndpointSlice", namespace, &name),
        labels,
        ports: subset.ports.iter().filter_map(|port| pasted::port(&named(port))).collect(),
        endpoints: mirrored,
        ipv6: family == IpFamily::V6,
    })
}

/// In Endpoints a port without name has the empty name.
fn named(port: &model::EndpointPort) -> model::EndpointPort {
    let name: Text = port.name.clone().unwrap_or_else(|| "".into());
    model::EndpointPort { name: Some(name), ..port.clone() }
}

fn endpoint(address: &EndpointAddress, ip: IpAddr, ready: bool, namespace: &str) -> Endpoint {
    Endpoint {
        addresses: vec![ip],
        names: Vec::new(),
        ready: Some(ready),
        serving: None,
        terminating: None,
        hostname: address.hostname.clone(),
        node: address.node_name.clone(),
        zone: None,
        zone_hints: Vec::new(),
        node_hints: Vec::new(),
        pod: address.target_ref.as_ref().and_then(|target| pasted::pod(target, namespace)),
    }
}
