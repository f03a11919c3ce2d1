//! The slices that the EndpointSlice controller writes for a Service with selector (repository kubernetes/endpointslice,
//! reconciler.go and utils.go).

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::hash;
use super::super::label_index::LabelIndex;
use super::super::node::Node;
use super::super::pod::{Phase, Pod};
use super::super::service::{IpFamily, Service, ServiceKind, ServicePort};
use super::super::table::Namespaced;
use super::{Endpoint, EndpointPort, EndpointSlice, hints};
use crate::model::{IntOrString, Labels, PodSpec, Text, well_known};
use crate::packet::Protocol;
use crate::source::ObjectRef;

/// How many endpoints a slice holds (--max-endpoints-per-slice).
const MAX_ENDPOINTS: usize = 100;

/// Everything that slices are derived from.
pub(in super::super) struct SliceDerivation<'c> {
    pods: Vec<&'c Pod>,
    index: LabelIndex,
    nodes: &'c BTreeMap<Text, Node>,
}

impl<'c> SliceDerivation<'c> {
    /// Indexes the pods that can be endpoints: not done, and with an address (endpointslice util, ShouldPodBeInEndpoints).
    pub fn new(pods: &'c Namespaced<Pod>, nodes: &'c BTreeMap<Text, Node>) -> Self {
        let can = |pod: &&Pod| !matches!(pod.phase, Phase::Succeeded | Phase::Failed) && !pod.addresses.is_empty();
        let pods: Vec<&Pod> = pods.values().filter(can).collect();
        let index =
            LabelIndex::new(pods.iter().enumerate().map(|(number, pod)| (number, pod.namespace(), &pod.labels)));
        Self { pods, index, nodes }
    }

    pub fn selected(&self, service: &Service) -> Vec<&'c Pod> {
        let nothing = Labels::new();
        let selector = service.object.spec.selector.as_ref().unwrap_or(&nothing);
        let selected = self.index.equal(service.namespace(), selector);
        selected.into_iter().filter_map(|number| self.pods.get(number).copied()).collect()
    }

    /// The slices of a Service: at least one for each of its families, 100 endpoints in each.
    pub fn slices(&self, service: &Service) -> Vec<EndpointSlice> {
        let pods = self.selected(service);
        let labels = labels(service);
        let mut slices = Vec::new();
        for family in &service.ip_families {
            let first = slices.len();
            for (ports, endpoints) in self.endpoints(service, &pods, *family) {
                for chunk in endpoints.chunks(MAX_ENDPOINTS) {
                    slices.push(slice(service, *family, ports.clone(), chunk.to_vec(), &labels, slices.len()));
                }
            }
            if slices.len() == first {
                // A placeholder (newEndpointSlice without endpoints and ports).
                slices.push(slice(service, *family, Vec::new(), Vec::new(), &labels, first));
            }
        }
        slices
    }

    /// The endpoints of a family, by the ports that their pods resolve to.
    fn endpoints(
        &self,
        service: &Service,
        pods: &[&Pod],
        family: IpFamily,
    ) -> BTreeMap<Vec<EndpointPort>, Vec<Endpoint>> {
        let mut resolved: BTreeMap<*const PodSpec, Vec<EndpointPort>> = BTreeMap::new();
        let mut grouped: BTreeMap<Vec<EndpointPort>, Vec<Endpoint>> = BTreeMap::new();
        let publishes = service.object.spec.publish_not_ready_addresses;
        for pod in pods {
            let node = pod.node.as_ref().and_then(|node| self.nodes.get(node));
            // A pod on a node that doesn't exist is left out (reconciler.go, TestReconcilerPodMissingNode).
            if pod.node.is_some() && node.is_none() && !publishes {
                continue;
            }
            let Some(endpoint) = endpoint(service, pod, node, family) else { continue };
            let ports = resolved.entry(Arc::as_ptr(&pod.spec)).or_insert_with(|| ports(service, &pod.spec));
            match grouped.get_mut(ports) {
                Some(endpoints) => endpoints.push(endpoint),
                None => {
                    grouped.insert(ports.clone(), vec![endpoint]);
                }
            }
        }
        hints::write_hints(service, grouped.values_mut().flatten());
        grouped
    }
}

fn slice(
    service: &Service,
    family: IpFamily,
    ports: Vec<EndpointPort>,
    endpoints: Vec<Endpoint>,
    labels: &Arc<Labels>,
    number: usize,
) -> EndpointSlice {
    let base = format!("{}-", service.name());
    let name = hash::generated_name(&base, &[service.namespace(), service.name()], number as u64);
    EndpointSlice {
        reference: ObjectRef::namespaced("EndpointSlice", service.namespace(), &name),
        labels: labels.clone(),
        ports,
        endpoints,
        ipv6: family == IpFamily::V6,
    }
}

/// The Service's own labels, and the controller's (utils.go, setEndpointSliceLabels).
fn labels(service: &Service) -> Arc<Labels> {
    let mut labels = service.object.metadata.labels.clone();
    let set = Arc::make_mut(&mut labels);
    set.insert(well_known::SERVICE_NAME.into(), service.reference.name.clone());
    set.insert(well_known::SLICE_MANAGED_BY.into(), well_known::SLICE_CONTROLLER.into());
    if service.kind == ServiceKind::Headless {
        set.insert(well_known::HEADLESS.into(), "".into());
    }
    labels
}

/// A pod as endpoint of one family; None if it has no address of it (utils.go, podToEndpoint).
fn endpoint(service: &Service, pod: &Pod, node: Option<&Node>, family: IpFamily) -> Option<Endpoint> {
    let addresses: Vec<_> = pod.addresses.iter().copied().filter(|address| IpFamily::of(*address) == family).collect();
    if addresses.is_empty() {
        return None;
    }
    let publishes = service.object.spec.publish_not_ready_addresses;
    Some(Endpoint {
        addresses,
        names: Vec::new(),
        ready: Some(publishes || (pod.ready && !pod.terminating)),
        serving: Some(pod.ready),
        terminating: Some(pod.terminating),
        hostname: service_hostname(service, pod),
        node: pod.node.clone(),
        zone: node.and_then(|node| node.zone.clone()),
        zone_hints: Vec::new(),
        node_hints: Vec::new(),
        pod: Some(pod.reference.clone()),
    })
}

/// A pod's name below a Service, which only one has that says both (ShouldSetHostname).
pub(in super::super) fn service_hostname(service: &Service, pod: &Pod) -> Option<Text> {
    let is_named = pod.subdomain.as_deref() == Some(service.name());
    pod.hostname.clone().filter(|hostname| is_named && !hostname.is_empty())
}

/// The Service's ports as a pod has them; those it can't resolve are left out (utils.go, getEndpointPorts).
fn ports(service: &Service, spec: &PodSpec) -> Vec<EndpointPort> {
    let ports = service.ports.iter().filter_map(|port| {
        Some(EndpointPort {
            name: Some(port.name.clone()),
            protocol: port.protocol,
            port: Some(port_of_pod(port, spec)?),
            app_protocol: port.app_protocol.clone(),
        })
    });
    ports.collect()
}

/// A number is used as it is; a name must be declared with the protocol (utils.go, FindPort).
pub(in super::super) fn port_of_pod(port: &ServicePort, spec: &PodSpec) -> Option<u16> {
    let number = match &port.target_port {
        IntOrString::Int(number) => *number,
        IntOrString::String(name) => {
            let declared = spec.declared_ports().find(|declared| {
                declared.name.as_ref() == Some(name)
                    && Protocol::of_field(declared.protocol.as_deref()) == Some(port.protocol)
            });
            declared?.container_port
        }
    };
    u16::try_from(number).ok()
}
