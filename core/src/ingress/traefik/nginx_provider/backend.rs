//! Services as an Ingress uses them, and their servers (build.go getBackendEndpoints).

use super::served_ingress::ServedIngress;
use crate::cluster::Cluster;
use crate::ingress::backend::{self, EndpointReadiness, ProxyUpstream};
use crate::ingress::nginx::Annotation;
use crate::model::{IngressServiceBackend, IntOrString, Text};
use crate::source::FieldRef;
use crate::trace::IngressControllerRule;

/// A Service as an Ingress uses it.
#[derive(Clone, Debug)]
pub struct ProviderBackend {
    pub namespace: Text,
    /// Its name and port.
    pub service: IngressServiceBackend,
    /// default-backend
    pub instead: Option<String>,
    /// service-upstream
    pub through: bool,
    /// `http`, `https`, `h2c`.
    pub scheme: &'static str,
    /// The cookie of affinity.
    pub cookie: Option<String>,
    /// upstream-hash-by
    pub hashed: Option<FieldRef>,
    /// proxy-ssl-verify, where the servers' certificates matter.
    pub verified: Option<FieldRef>,
}

impl ProviderBackend {
    pub(super) fn of(one: &ServedIngress, service: &IngressServiceBackend) -> Self {
        let options = one.options();
        let protocol = options.text(Annotation::BackendProtocol).unwrap_or("HTTP").to_ascii_uppercase();
        let scheme = match protocol.as_str() {
            "HTTPS" | "GRPCS" => "https",
            "GRPC" => "h2c",
            _ => "http",
        };
        let sticky = options.text(Annotation::Affinity) == Some("cookie");
        let verifies = options.text(Annotation::ProxySslVerify).is_some_and(|text| text.eq_ignore_ascii_case("on"));
        let hashed = options.filled(Annotation::UpstreamHashBy);
        Self {
            namespace: one.namespace().into(),
            service: service.clone(),
            instead: options.filled(Annotation::DefaultBackend).map(str::to_owned),
            through: options.is(Annotation::ServiceUpstream),
            scheme,
            cookie: sticky.then(|| options.text(Annotation::SessionCookieName).unwrap_or("INGRESSCOOKIE").to_owned()),
            hashed: hashed.map(|_| options.line(Annotation::UpstreamHashBy)),
            verified: (verifies && scheme == "https").then(|| options.line(Annotation::ProxySslVerify)),
        }
    }

    /// getBackendEndpoints; default-backend stands in for a Service without endpoints.
    pub fn servers(&self, cluster: &Cluster) -> Result<ProxyUpstream, IngressControllerRule> {
        let service = backend::find_service(cluster, &self.namespace, &self.service.name)
            .ok_or(IngressControllerRule::ServiceMissing)?;
        let unnamed = self.service.port.number.unwrap_or(0) == 0
            && self.service.port.name.as_ref().is_none_or(|name| name.is_empty());
        let port = if unnamed { service.ports.first() } else { backend::find_service_port(service, &self.service) };
        if let Some(name) = backend::external_name(service) {
            let number = match port.map(|port| &port.target_port) {
                Some(IntOrString::Int(number)) => u16::try_from(*number).unwrap_or(0),
                Some(IntOrString::String(_)) => 0,
                None => self.service.port.number.and_then(|number| u16::try_from(number).ok()).unwrap_or(0),
            };
            return Ok(ProxyUpstream::name(service, name, number));
        }
        let port = port.ok_or(IngressControllerRule::PortMissing)?;
        if let Some(upstream) = ProxyUpstream::cluster_ip(service, port.port).filter(|_| self.through) {
            return Ok(upstream);
        }
        let same = |slice: &_| backend::endpoint_port(slice, port);
        let upstream = ProxyUpstream::endpoints(cluster, service, EndpointReadiness::Serving, same);
        match &self.instead {
            Some(instead) if upstream.peers.is_empty() && *instead != *self.service.name => {
                pages_of(cluster, &self.namespace, instead).ok_or(IngressControllerRule::NoEndpoints)
            }
            _ => Ok(upstream),
        }
    }
}

/// The servers of a Service's first port.
pub fn pages_of(cluster: &Cluster, namespace: &str, name: &str) -> Option<ProxyUpstream> {
    let service = backend::find_service(cluster, namespace, name)?;
    let port = service.ports.first()?;
    Some(ProxyUpstream::endpoints(cluster, service, EndpointReadiness::Serving, |slice| {
        backend::endpoint_port(slice, port)
    }))
}
