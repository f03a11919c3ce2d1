//! Where a backend leads: the endpoints of a Service that a proxy connects to, past the Service's own address.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::cluster::{Cluster, Endpoint, EndpointSlice, Service, ServiceKind, ServicePort, known_server};
use crate::model::{IngressServiceBackend, IntOrString, Text};
use crate::packet::{Protocol, socket_text};
use crate::source::ObjectRef;
use crate::trace::{CandidateObjection, CandidateSubject, ProxyTarget, ServiceObjection};

/// The servers behind a Service, as a proxy sees them.
#[derive(Clone, Debug)]
pub struct ProxyUpstream {
    pub service: ObjectRef,
    /// Whom the proxy may connect to.
    pub peers: Vec<UpstreamPeer>,
    /// Whom it may not, and why.
    pub excluded: Vec<(UpstreamPeer, CandidateObjection)>,
}

/// One server.
#[derive(Clone, Debug, PartialEq)]
pub struct UpstreamPeer {
    /// Where to connect.
    pub target: ProxyTarget,
    pub pod: Option<ObjectRef>,
    pub node: Option<Text>,
}

/// Which endpoints a controller uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointReadiness {
    /// Those that are ready (absent counts as ready).
    Ready,
    /// Those that serve (absent falls back to ready) and are not terminating.
    Serving,
}

impl UpstreamPeer {
    /// `10.244.1.5:8080`
    pub fn authority(&self) -> String {
        match &self.target {
            ProxyTarget::Endpoint(address, port) | ProxyTarget::ClusterIp(address, port) => {
                socket_text(*address, *port)
            }
            ProxyTarget::Name(name, port) => format!("{name}:{port}"),
        }
    }

    /// As a candidate is shown.
    pub fn subject(&self, service: &ObjectRef) -> CandidateSubject {
        match &self.target {
            ProxyTarget::Endpoint(address, port) => CandidateSubject::Endpoint {
                address: *address,
                port: Some(*port),
                protocol: Protocol::Tcp,
                pod: self.pod.clone(),
                node: self.node.clone(),
            },
            ProxyTarget::ClusterIp(address, _) => CandidateSubject::Address(*address),
            ProxyTarget::Name(..) => CandidateSubject::Object(service.clone()),
        }
    }
}

impl ProxyUpstream {
    /// A Service through its own address.
    pub fn cluster_ip(service: &Service, port: u16) -> Option<Self> {
        let address = *service.cluster_ips.first()?;
        Some(Self::single(service, ProxyTarget::ClusterIp(address, port)))
    }

    /// A name outside the cluster.
    pub fn name(service: &Service, name: &str, port: u16) -> Self {
        Self::single(service, ProxyTarget::Name(name.to_owned(), port))
    }

    /// One target for the whole Service.
    pub fn single(service: &Service, target: ProxyTarget) -> Self {
        let peer = UpstreamPeer { target, pod: None, node: None };
        Self { service: service.reference.clone(), peers: vec![peer], excluded: Vec::new() }
    }

    /// The endpoints of a port; `port_of` says which number of a slice is meant.
    pub fn endpoints(
        cluster: &Cluster,
        service: &Service,
        readiness: EndpointReadiness,
        port_of: impl Fn(&EndpointSlice) -> Vec<u16>,
    ) -> Self {
        let mut upstream = Self { service: service.reference.clone(), peers: Vec::new(), excluded: Vec::new() };
        let mut seen: BTreeSet<(IpAddr, u16)> = BTreeSet::new();
        for slice in cluster.slices_of(service.namespace(), service.name()) {
            let ports = port_of(slice);
            for endpoint in &slice.endpoints {
                for (address, port) in endpoint.addresses.iter().flat_map(|a| ports.iter().map(|p| (*a, *p))) {
                    if seen.insert((address, port)) {
                        upstream.add(endpoint, ProxyTarget::Endpoint(address, port), readiness);
                    }
                }
            }
        }
        upstream
    }

    fn add(&mut self, endpoint: &Endpoint, target: ProxyTarget, readiness: EndpointReadiness) {
        let peer = UpstreamPeer { target, pod: endpoint.pod.clone(), node: endpoint.node.clone() };
        let ready = endpoint.ready.unwrap_or(true);
        let usable = match readiness {
            EndpointReadiness::Ready => ready,
            EndpointReadiness::Serving => endpoint.serving.unwrap_or(ready) && !endpoint.terminating.unwrap_or(false),
        };
        if usable {
            self.peers.push(peer)
        } else {
            self.excluded.push((peer, CandidateObjection::Service(ServiceObjection::NotReady)))
        }
    }
}

/// The status that all these servers answer to a GET; None where that isn't known of one, or they answer differently.
pub fn known_status(cluster: &Cluster, peers: &[UpstreamPeer], path: &str) -> Option<u16> {
    let status = |peer: &UpstreamPeer| {
        let pod = peer.pod.as_ref()?;
        let pod = cluster.pods.get(pod.namespace.as_deref()?, &pod.name)?;
        let ProxyTarget::Endpoint(_, port) = peer.target else { return None };
        pod.spec.containers.iter().find_map(|container| known_server::status_of(container, port, path))
    };
    let mut statuses = peers.iter().map(status);
    let first = statuses.next()??;
    statuses.all(|status| status == Some(first)).then_some(first)
}

/// The Service of a backend.
pub fn find_service<'c>(cluster: &'c Cluster, namespace: &str, name: &str) -> Option<&'c Service> {
    cluster.services.get(namespace, name)
}

/// The Service port that a backend names, by number or by name.
pub fn find_service_port<'s>(service: &'s Service, backend: &IngressServiceBackend) -> Option<&'s ServicePort> {
    service.ports.iter().find(|port| names_port(backend, port))
}

fn names_port(backend: &IngressServiceBackend, port: &ServicePort) -> bool {
    let by_number = backend.port.number.is_some_and(|number| number == i32::from(port.port));
    let by_name = backend.port.name.as_deref().is_some_and(|name| !name.is_empty() && name == &*port.name);
    by_number || by_name
}

/// The endpoint's number for a Service port: the slice's port of the same name and protocol.
pub fn endpoint_port(slice: &EndpointSlice, port: &ServicePort) -> Vec<u16> {
    let matching = slice.ports.iter().filter(|candidate| {
        candidate.protocol == port.protocol && candidate.name.as_deref().unwrap_or("") == &*port.name
    });
    matching.filter_map(|candidate| candidate.port).take(1).collect()
}

/// A target port that is a number.
pub fn numeric_target(port: &ServicePort) -> Option<u16> {
    match port.target_port {
        IntOrString::Int(number) => u16::try_from(number).ok().filter(|number| *number > 0),
        IntOrString::String(_) => None,
    }
}

/// The name an ExternalName Service stands for.
pub fn external_name(service: &Service) -> Option<&str> {
    match &service.kind {
        ServiceKind::ExternalName(name) => Some(name),
        ServiceKind::ClusterIp | ServiceKind::NodePort | ServiceKind::LoadBalancer | ServiceKind::Headless => None,
    }
}
