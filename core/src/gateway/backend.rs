//! The backends of a rule: which Service each means, and what stands in the way.

use super::envoy::extension;
use super::implementation::{ENVOY_GATEWAY, GatewayImplementation, TRAEFIK};
use super::route::GatewayRoute;
use super::{grant, policy};
use crate::cluster::{Cluster, Service};
use crate::model::{BackendRef, ENVOY_GROUP};
use crate::packet::Protocol;
use crate::proxy::backend::{self, EndpointReadiness, ProxyUpstream};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{GatewayObjection, GatewayRule, ModelGap};

/// Why a backend can't be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BackendFault {
    /// Its kind isn't supported.
    Kind,
    /// No ReferenceGrant permits it.
    NotPermitted,
    /// It doesn't exist.
    Missing,
    /// It has no such port.
    PortMissing,
    /// It is of type ExternalName, which the controller doesn't take.
    ExternalName,
    /// The policy for TLS to it names no certificate to check it by.
    TlsPolicy,
}

/// A backend that exists.
#[derive(Clone, Debug)]
pub enum ResolvedBackend {
    /// A Service's endpoints.
    Upstream(Box<ProxyUpstream>, &'static str),
    /// What it does depends on something that isn't modelled.
    Unknown(ModelGap),
}

impl BackendFault {
    /// The rule by which a request gets no further.
    pub fn rule(self) -> GatewayRule {
        match self {
            Self::Kind => GatewayRule::BackendKindUnknown,
            Self::NotPermitted => GatewayRule::BackendNotPermitted,
            Self::Missing => GatewayRule::BackendMissing,
            Self::PortMissing => GatewayRule::BackendPortMissing,
            Self::ExternalName => GatewayRule::BackendExternalName,
            Self::TlsPolicy => GatewayRule::BackendTlsPolicyInvalid,
        }
    }

    /// As a candidate's objection.
    pub fn objection(self) -> GatewayObjection {
        match self {
            Self::Kind => GatewayObjection::BackendKindUnknown,
            Self::NotPermitted => GatewayObjection::BackendNotPermitted,
            Self::Missing => GatewayObjection::BackendMissing,
            Self::PortMissing => GatewayObjection::BackendPortMissing,
            Self::ExternalName => GatewayObjection::BackendExternalName,
            Self::TlsPolicy => GatewayObjection::BackendTlsPolicyInvalid,
        }
    }

    /// The reason of the ResolvedRefs condition (apis/v1, RouteConditionReason).
    pub fn reason(self) -> &'static str {
        match self {
            Self::Kind => "InvalidKind",
            Self::NotPermitted => "RefNotPermitted",
            Self::ExternalName => "UnsupportedValue",
            // A policy's faults stand in its own status; first_fault doesn't look at policies.
            Self::Missing | Self::PortMissing | Self::TlsPolicy => "BackendNotFound",
        }
    }
}

/// The first backend of a route that can't be used; mirrors count too.
pub fn first_backend_fault(
    cluster: &Cluster,
    implementation: &GatewayImplementation,
    route: &GatewayRoute,
) -> Option<BackendFault> {
    route.rules.iter().find_map(|rule| {
        let nested = rule.backends.iter().flat_map(|backend| &backend.filters);
        let mirrors = rule.filters.iter().chain(nested).filter_map(|filter| filter.request_mirror.as_ref());
        let mirrors = mirrors.map(|mirror| mirror.backend_ref.backend());
        let mut all = rule.backends.iter().cloned().chain(mirrors);
        all.find_map(|backend| match resolve_own_kind(cluster, implementation, &route.reference, &backend) {
            Some(found) => found.err(),
            None => find_backend_service(cluster, &route.reference, &backend, transport_of_route(route)).err(),
        })
    })
}

/// UDP for UDPRoutes, TCP for all others.
pub fn transport_of_route(route: &GatewayRoute) -> Protocol {
    match route.kind {
        super::route::RouteKind::Udp => Protocol::Udp,
        _ => Protocol::Tcp,
    }
}

/// The Service that a backend means, and the place of its port.
pub fn find_backend_service<'c>(
    cluster: &'c Cluster,
    from: &ObjectRef,
    wanted: &BackendRef,
    protocol: Protocol,
) -> Result<(&'c Service, usize), BackendFault> {
    let reference = wanted.reference();
    if !grant::names_core_object(&reference, "Service") {
        return Err(BackendFault::Kind);
    }
    if !grant::grant_permits(cluster, from, "Service", &reference) {
        return Err(BackendFault::NotPermitted);
    }
    let own = from.namespace.as_deref().unwrap_or_default();
    let namespace = wanted.namespace.as_deref().unwrap_or(own);
    let service = backend::find_service(cluster, namespace, &wanted.name).ok_or(BackendFault::Missing)?;
    let number = wanted.port.and_then(|port| u16::try_from(port).ok());
    let fits = |port: &crate::cluster::ServicePort| Some(port.port) == number && port.protocol == protocol;
    let is_name = backend::external_name(service).is_some();
    let place = service.ports.iter().position(fits).or(is_name.then_some(0));
    Ok((service, place.ok_or(BackendFault::PortMissing)?))
}

/// Where a backend of the controller's own kinds leads; None for other kinds.
fn resolve_own_kind(
    cluster: &Cluster,
    implementation: &GatewayImplementation,
    from: &ObjectRef,
    wanted: &BackendRef,
) -> Option<Result<ResolvedBackend, BackendFault>> {
    let (group, kind) = (wanted.group.as_deref()?, wanted.kind.as_deref()?);
    let namespace = wanted.namespace.as_deref().or(from.namespace.as_deref()).unwrap_or_default();
    let object = ObjectRef::namespaced(kind, namespace, &wanted.name);
    match (implementation.controller, group, kind) {
        (controller, ENVOY_GROUP, "Backend") if controller == ENVOY_GATEWAY.controller => {
            if !grant::grant_permits(cluster, from, "Backend", &wanted.reference()) {
                return Some(Err(BackendFault::NotPermitted));
            }
            let Some(resource) = cluster.envoy_resources.get(&object) else { return Some(Err(BackendFault::Missing)) };
            let upstream = extension::upstream(&object, resource);
            Some(Ok(upstream
                .map_or_else(ResolvedBackend::Unknown, |upstream| ResolvedBackend::Upstream(Box::new(upstream), ""))))
        }
        (controller, "multicluster.x-k8s.io", "ServiceImport") if controller == ENVOY_GATEWAY.controller => {
            Some(Ok(ResolvedBackend::Unknown(ModelGap::Field(object.field("spec")))))
        }
        (controller, "traefik.io", _) if controller == TRAEFIK.controller => {
            Some(Ok(ResolvedBackend::Unknown(ModelGap::Field(object.field("spec")))))
        }
        _ => None,
    }
}

/// Where a backend leads, and what is spoken there.
pub fn resolve_backend(
    cluster: &Cluster,
    implementation: &GatewayImplementation,
    route: &GatewayRoute,
    wanted: &BackendRef,
    field: &FieldRef,
    asks_services: bool,
) -> Result<ResolvedBackend, BackendFault> {
    // 1. Kinds of the implementation's own.
    if let Some(found) = resolve_own_kind(cluster, implementation, &route.reference, wanted) {
        return found;
    }
    // 2. The Service and its port; an ExternalName has none.
    let (service, place) = find_backend_service(cluster, &route.reference, wanted, transport_of_route(route))?;
    if backend::external_name(service).is_some() {
        if implementation.refuses_external_names {
            return Err(BackendFault::ExternalName);
        }
        // BackendObjectReference leaves ExternalName Services to the implementation and advises against them.
        return Ok(ResolvedBackend::Unknown(ModelGap::Field(field.clone())));
    }
    let Some(port) = service.ports.get(place) else { return Err(BackendFault::PortMissing) };
    // 3. A BackendTLSPolicy, whose certificate nobody sees.
    if let Some(policy) = policy::tls_policy_for_port(cluster, service, &port.name) {
        // Whether the backend shows a certificate that passes isn't in the manifests.
        let field = policy.reference.field("spec.validation");
        return if policy.is_usable() {
            Ok(ResolvedBackend::Unknown(ModelGap::Field(field)))
        } else {
            Err(BackendFault::TlsPolicy)
        };
    }
    // 4. The endpoints that are ready, or the ClusterIP where a policy asks for it.
    let by_service = ProxyUpstream::cluster_ip(service, port.port).filter(|_| asks_services);
    let endpoints = || {
        ProxyUpstream::endpoints(cluster, service, EndpointReadiness::Ready, |slice| {
            backend::endpoint_port(slice, port)
        })
    };
    let upstream = by_service.unwrap_or_else(endpoints);
    // 5. What is spoken there, by appProtocol.
    let spoken = match port.app_protocol.as_deref() {
        Some("kubernetes.io/h2c") => "h2c",
        Some("kubernetes.io/ws") => "ws",
        Some("kubernetes.io/wss") => "wss",
        _ => "",
    };
    Ok(ResolvedBackend::Upstream(Box::new(upstream), spoken))
}
