//! Endpoints: what somebody pasted, and what the endpoint controller writes for Services with selector
//! (pkg/controller/endpoint/endpoints_controller.go). Requests follow the slices; Endpoints are there to be read.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::endpoint_slice::{EndpointSlice, SliceDerivation, port_of_pod, service_hostname};
use super::objects::Objects;
use super::pod::Pod;
use super::service::{IpFamily, Service, ServiceKind, ServicePort};
use super::table::Namespaced;
use crate::model::{
    self, EndpointAddress, EndpointPort, EndpointSubset, Labels, Metadata, TargetRef, Text, well_known,
};
use crate::order::Gather;

/// Says who writes an Endpoints object.
const MANAGED_BY: (&str, &str) = (well_known::ENDPOINTS_MANAGED_BY, "endpoint-controller");

/// An address, and whether it is ready; by what the controller sorts them: the text of the address, then the pod.
type SubsetMembers = BTreeMap<(Text, Text), (EndpointAddress, bool)>;

/// All Endpoints: written by hand, by the controller, and by the API server for itself.
pub(super) fn build_endpoints(
    objects: &Objects,
    services: &Namespaced<Service>,
    derivation: &SliceDerivation<'_>,
    slices: &Namespaced<Vec<EndpointSlice>>,
) -> Namespaced<Arc<model::Endpoints>> {
    let mut all = Namespaced::default();
    for given in &objects.endpoints {
        all.insert(given.namespace().into(), given.name().clone(), given.body.clone());
    }
    for (namespace, name, service) in services.iter().filter(|(_, _, service)| has_controller(service)) {
        let subsets = repack_subsets(service, &derivation.selected(service));
        // An export may hold the controller's words without the pods that they are about.
        let exported = all.get(namespace, name).is_some_and(|known: &Arc<model::Endpoints>| !known.subsets.is_empty());
        if !(subsets.is_empty() && exported) {
            let metadata = endpoints_metadata(service, controller_labels(service));
            all.insert(namespace.clone(), name.clone(), Arc::new(model::Endpoints { metadata, subsets }));
        }
    }
    if let (None, Some(service)) = (all.get("default", "kubernetes"), services.get("default", "kubernetes")) {
        let labels = Labels::from([(well_known::SKIP_MIRROR.into(), "true".into())]);
        let own = slices.get("default", "kubernetes").map_or(&[][..], Vec::as_slice);
        let endpoints = model::Endpoints { metadata: endpoints_metadata(service, labels), subsets: of_slices(own) };
        all.insert("default".into(), "kubernetes".into(), Arc::new(endpoints));
    }
    all
}

fn has_controller(service: &Service) -> bool {
    let selects = service.object.spec.selector.as_ref().is_some_and(|selector| !selector.is_empty());
    selects && !matches!(service.kind, ServiceKind::ExternalName(_))
}

fn endpoints_metadata(service: &Service, labels: Labels) -> Metadata {
    let (namespace, name) = (service.namespace().into(), service.reference.name.clone());
    Metadata { name, namespace, labels: Arc::new(labels), ..Metadata::default() }
}

/// The Service's own labels, and the controller's (syncService).
fn controller_labels(service: &Service) -> Labels {
    let mut labels = Labels::clone(&service.object.metadata.labels);
    if service.kind == ServiceKind::Headless {
        labels.insert(well_known::HEADLESS.into(), "".into());
    } else {
        labels.remove(well_known::HEADLESS);
    }
    labels.insert(MANAGED_BY.0.into(), MANAGED_BY.1.into());
    labels
}

/// The addresses of pods by the ports that they resolve to; ports with the same addresses share a subset
/// (RepackSubsets). A pod that lacks a named port is absent from it (syncService, FindPort).
fn repack_subsets(service: &Service, pods: &[&Pod]) -> Vec<EndpointSubset> {
    let Some(family) = service.ip_families.first() else { return Vec::new() };
    let publishes = service.object.spec.publish_not_ready_addresses;
    let mut members: Vec<(&Pod, EndpointAddress)> = Vec::new();
    // 1. Each port with the numbers of its members, in the Service's order.
    let mut by_port: Vec<(Option<EndpointPort>, Vec<usize>)> = Vec::new();
    let mut places: BTreeMap<PortKey, usize> = BTreeMap::new();
    for pod in pods.iter().filter(|pod| publishes || !pod.terminating) {
        let Some(address) = pod_endpoint_address(service, pod, *family) else { continue };
        let ports = service.ports.iter().filter_map(|port| Some(Some(endpoint_port(port, pod)?)));
        let without = (service.kind == ServiceKind::Headless && service.ports.is_empty()).then_some(None);
        for port in ports.chain(without) {
            let place = *places.entry(port_key(port.as_ref())).or_insert(by_port.len());
            match by_port.get_mut(place) {
                Some((_, numbers)) if numbers.last() == Some(&members.len()) => {}
                Some((_, numbers)) => numbers.push(members.len()),
                None => by_port.push((port, vec![members.len()])),
            }
        }
        members.push((pod, address));
    }
    // 2. Ports with the same members come together.
    let mut subsets: Vec<(Vec<EndpointPort>, Vec<usize>)> = Vec::new();
    let mut places: BTreeMap<Vec<usize>, usize> = BTreeMap::new();
    for (port, numbers) in by_port {
        let place = *places.entry(numbers.clone()).or_insert(subsets.len());
        match subsets.get_mut(place) {
            Some((ports, _)) => ports.extend(port),
            None => subsets.push((port.into_iter().collect(), numbers)),
        }
    }
    // 3. Each with its addresses in the controller's order.
    let build = |(ports, numbers): (Vec<EndpointPort>, Vec<usize>)| {
        let own = numbers.iter().filter_map(|number| members.get(*number));
        let keyed = own.map(|(pod, address)| {
            let key = (address.ip.clone(), pod.reference.name.clone());
            (key, (address.clone(), publishes || pod.ready))
        });
        build_subset(ports, keyed.into_map())
    };
    subsets.into_iter().map(build).collect()
}

/// By what ports are the same: name, number, protocol, the application's protocol; None for no port.
type PortKey = Option<(Option<Text>, Option<i32>, Option<Text>, Option<Text>)>;

fn port_key(port: Option<&EndpointPort>) -> PortKey {
    port.map(|port| (port.name.clone(), port.port, port.protocol.clone(), port.app_protocol.clone()))
}

fn build_subset(ports: Vec<EndpointPort>, members: SubsetMembers) -> EndpointSubset {
    let (ready, unready): (Vec<_>, Vec<_>) = members.into_values().partition(|(_, ready)| *ready);
    let addresses = |list: Vec<(EndpointAddress, bool)>| list.into_iter().map(|(address, _)| address).collect();
    EndpointSubset { addresses: addresses(ready), not_ready_addresses: addresses(unready), ports }
}

/// A pod's address of the Service's first family (podToEndpointAddressForService).
fn pod_endpoint_address(service: &Service, pod: &Pod, family: IpFamily) -> Option<EndpointAddress> {
    let ip = pod.addresses.iter().find(|address| IpFamily::of(**address) == family)?;
    let target = TargetRef {
        kind: pod.reference.kind.clone(),
        namespace: pod.reference.namespace.clone(),
        name: pod.reference.name.clone(),
    };
    Some(EndpointAddress {
        ip: ip.to_string().into(),
        hostname: service_hostname(service, pod),
        node_name: pod.node.clone(),
        target_ref: Some(target),
    })
}

fn endpoint_port(port: &ServicePort, pod: &Pod) -> Option<EndpointPort> {
    Some(EndpointPort {
        name: Some(port.name.clone()).filter(|name| !name.is_empty()),
        port: Some(i32::from(port_of_pod(port, &pod.spec)?)),
        protocol: Some(port.protocol.to_string().into()),
        app_protocol: port.app_protocol.clone(),
    })
}

/// What slices say, as Endpoints.
fn of_slices(slices: &[EndpointSlice]) -> Vec<EndpointSubset> {
    let filled = slices.iter().filter(|slice| !slice.endpoints.is_empty());
    let subsets = filled.map(|slice| {
        let addresses: BTreeSet<String> =
            slice.endpoints.iter().flat_map(|one| &one.addresses).map(ToString::to_string).into_set();
        let address = |ip: String| EndpointAddress { ip: ip.into(), ..EndpointAddress::default() };
        let ports = slice.ports.iter().map(|port| EndpointPort {
            name: port.name.clone().filter(|name| !name.is_empty()),
            port: port.port.map(i32::from),
            protocol: Some(port.protocol.to_string().into()),
            app_protocol: port.app_protocol.clone(),
        });
        EndpointSubset {
            addresses: addresses.into_iter().map(address).collect(),
            not_ready_addresses: Vec::new(),
            ports: ports.collect(),
        }
    });
    subsets.collect()
}
