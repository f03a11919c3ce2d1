//! ClientTrafficPolicy: what clients may send, and what is done with it first (gatewayapi/clienttrafficpolicy.go).

use super::super::intake::ClientSettings;
use super::EnvoyPolicy;
use crate::model::{Decode, EnvoyResource, HeaderFilter, Path};
use crate::packet::{HttpRequest, TlsVersion};
use crate::trace::ModelGap;

/// What a policy says of a listener's clients.
#[derive(Clone, Debug, Default)]
pub struct ClientPolicy<'p>(Option<&'p EnvoyPolicy>);

impl<'p> ClientPolicy<'p> {
    /// Of a policy, if there is one.
    pub fn new(policy: Option<&'p EnvoyPolicy>) -> Self {
        Self(policy)
    }

    fn resource(&self) -> Option<&EnvoyResource> {
        self.0.map(|policy| &*policy.resource)
    }

    /// How requests are taken in.
    pub fn settings(&self) -> ClientSettings {
        let Some(resource) = self.resource() else { return ClientSettings::default() };
        let escaped = resource.text("path.escapedSlashesAction").and_then(|text| text.parse().ok());
        let underscores = resource.text("headers.withUnderscoresAction").and_then(|text| text.parse().ok());
        ClientSettings {
            escaped_slashes: escaped.unwrap_or_default(),
            keeps_double_slashes: resource.is_true("path.disableMergeSlashes"),
            underscores: underscores.unwrap_or_default(),
            takes_http10: resource.find("http1.http10").is_some(),
        }
    }

    /// Changes of headers before anything is routed.
    pub fn early_headers(&self) -> HeaderFilter {
        self.headers("headers.earlyRequestHeaders")
    }

    /// Changes of the answer's headers at the very end.
    pub fn late_headers(&self) -> HeaderFilter {
        self.headers("headers.lateResponseHeaders")
    }

    fn headers(&self, path: &str) -> HeaderFilter {
        let node = self.resource().and_then(|resource| resource.find(path));
        node.and_then(|node| HeaderFilter::decode(node, &Path::Root, &mut Vec::new())).unwrap_or_default()
    }

    /// Whether the proxy answers this request itself, as a check of its health.
    pub fn is_health_check(&self, request: &HttpRequest) -> bool {
        self.resource().and_then(|it| it.text("healthCheck.path")).is_some_and(|path| **path == request.target())
    }

    /// Whether the client's address comes from headers.
    pub fn detects_address(&self) -> bool {
        self.resource().is_some_and(|resource| resource.find("clientIPDetection").is_some())
    }

    /// Whether clients must show a certificate.
    pub fn wants_certificate(&self) -> bool {
        let Some(resource) = self.resource() else { return false };
        let is_optional = resource.is_true("tls.clientValidation.optional");
        resource.find("tls.clientValidation").is_some() && !is_optional
    }

    /// The oldest version of TLS that is taken, where the policy says one.
    pub fn oldest_tls(&self) -> Option<TlsVersion> {
        TlsVersion::parse(self.resource()?.text("tls.minVersion")?)
    }

    /// What the answer depends on and isn't modelled: connections that must begin with the PROXY protocol.
    pub fn gap(&self) -> Option<ModelGap> {
        let policy = self.0?;
        let is_proxied = policy.resource.is_true("enableProxyProtocol");
        let field = if is_proxied { "enableProxyProtocol" } else { "proxyProtocol" };
        let is_there = is_proxied || policy.resource.find("proxyProtocol").is_some();
        is_there.then(|| ModelGap::Field(policy.field(field)))
    }
}
