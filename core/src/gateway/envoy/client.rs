//! ClientTrafficPolicy: what clients may send, and what is done with it first (gatewayapi/clienttrafficpolicy.go).

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::super::grant;
use super::super::intake::ClientSettings;
use super::super::policy::ca_fault;
use super::{EnvoyPolicy, elements, secret, text_at};
use crate::cluster::Cluster;
use crate::http::{Dialect, Pattern};
use crate::model::{Decode, EnvoyResource, HeaderFilter, ObjectReference, Path};
use crate::packet::{Headers, HttpRequest, TlsVersion};
use crate::trace::ModelGap;
use crate::yaml::YamlNode;

/// What a policy says of a listener's clients.
#[derive(Clone, Debug, Default)]
pub struct ClientPolicy(Option<Arc<EnvoyPolicy>>);

/// What clients must show when TLS begins (tls.clientValidation.mode).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateDemand {
    /// None, or any that they like to show.
    Nothing,
    /// One that is checked if it is shown.
    CheckedIfShown,
    /// One, whoever signed it.
    Any,
    /// One that is checked.
    Checked,
}

impl ClientPolicy {
    /// Of a policy, if there is one.
    pub fn new(policy: Option<Arc<EnvoyPolicy>>) -> Self {
        Self(policy)
    }

    fn resource(&self) -> Option<&EnvoyResource> {
        self.0.as_ref().map(|policy| &*policy.resource)
    }

    fn is_true(&self, path: &str) -> bool {
        self.resource().is_some_and(|resource| resource.is_true(path))
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
            strips_host_dot: resource.is_true("headers.host.stripTrailingHostDot"),
        }
    }

    /// Changes headers before anything is routed: removals come first (clienttrafficpolicy.go translateHeaderModifier).
    pub fn change_early(&self, headers: &mut Headers) {
        self.change_headers("headers.earlyRequestHeaders", headers);
    }

    /// Changes the answer's headers at the very end, as far as they are known.
    pub fn change_late(&self, known: &mut Vec<(String, String)>) {
        let mut headers = Headers(std::mem::take(known));
        self.change_headers("headers.lateResponseHeaders", &mut headers);
        *known = headers.0;
    }

    fn change_headers(&self, path: &str, headers: &mut Headers) {
        let Some(node) = self.resource().and_then(|resource| resource.find(path)) else { return };
        // 1. Removals.
        let changes = HeaderFilter::decode(node, &Path::Root, &mut Vec::new()).unwrap_or_default();
        changes.remove.iter().for_each(|name| headers.remove(name));
        for matcher in elements(node, "removeOnMatch") {
            headers.0.retain(|(name, _)| !fits_string_match(matcher, &name.to_ascii_lowercase()));
        }
        // 2. Of one name the first that is written: additions, settings, then what is added where nothing is.
        let absent = elements(node, "addIfAbsent");
        let pair = |node: &YamlNode| Some((text_at(node, "name")?.to_owned(), text_at(node, "value")?.to_owned()));
        let mut done: Vec<String> = Vec::new();
        let mut is_new = |name: &str| {
            let is_new = !done.iter().any(|known| known.eq_ignore_ascii_case(name));
            done.push(name.to_owned());
            is_new
        };
        for header in changes.add.iter().filter(|header| is_new(&header.name)) {
            headers.add(&header.name, &header.value);
        }
        for header in changes.set.iter().filter(|header| is_new(&header.name)) {
            headers.set(&header.name, &header.value);
        }
        for (name, value) in absent.iter().filter_map(pair).filter(|(name, _)| is_new(name)) {
            if headers.value(&name).is_none() {
                headers.add(&name, &value);
            }
        }
    }

    /// Whether the proxy answers this request itself, as a check of its health.
    pub fn is_health_check(&self, request: &HttpRequest) -> bool {
        self.resource().and_then(|it| it.text("healthCheck.path")).is_some_and(|path| **path == request.target())
    }

    /// Who the client is, by the connection or by a header that is believed (xds/translator/listener.go
    /// originalIPDetectionExtensions; Envoy's original_ip_detection). None where a request without that header is refused.
    pub fn client_address(&self, connection: IpAddr, headers: &Headers) -> Option<IpAddr> {
        let Some(detection) = self.resource().and_then(|it| it.find("clientIPDetection")) else {
            return Some(connection);
        };
        if let Some(custom) = detection.child("customHeader") {
            let told = text_at(custom, "name").and_then(|name| headers.value(name)?.trim().parse().ok());
            return told.or(Some(connection).filter(|_| custom.child("failClosed").is_none_or(is_false)));
        }
        let Some(forwarded) = detection.child("xForwardedFor") else { return Some(connection) };
        let lines = headers.0.iter().filter(|(name, _)| name.eq_ignore_ascii_case("x-forwarded-for"));
        let mut named = lines.flat_map(|(_, value)| value.split(',')).map(str::trim).rev();
        let trusted = elements(forwarded, "trustedCIDRs");
        if !trusted.is_empty() {
            let networks: Vec<IpNet> = trusted.iter().filter_map(|network| network.text()?.parse().ok()).collect();
            return Some(last_untrusted(&networks, connection, named));
        }
        let hops = forwarded.child("numTrustedHops").and_then(super::whole_number).unwrap_or_default();
        let told = named.nth(usize::from(hops.saturating_sub(1))).and_then(|text| text.parse().ok());
        Some(told.unwrap_or(connection))
    }

    /// Whether backends are told who has connected.
    pub fn appends_client(&self) -> bool {
        !self.is_true("clientIPDetection.xForwardedFor.disableXForwardedForAppend")
    }

    /// What clients must show.
    pub fn certificate_demand(&self) -> CertificateDemand {
        let Some(validation) = self.resource().and_then(|it| it.find("tls.clientValidation")) else {
            return CertificateDemand::Nothing;
        };
        match text_at(validation, "mode") {
            Some("Request") => CertificateDemand::Nothing,
            Some("RequireAny") => CertificateDemand::Any,
            Some("VerifyIfGiven") => CertificateDemand::CheckedIfShown,
            None if validation.child("optional").is_some_and(|it| !is_false(it)) => CertificateDemand::CheckedIfShown,
            _ => CertificateDemand::Checked,
        }
    }

    /// Whether routes answer 500 because the policy names authorities that aren't there (buildListenerTLSParameters).
    pub fn is_invalid(&self, cluster: &Cluster) -> bool {
        let Some(policy) = &self.0 else { return false };
        let Some(validation) = policy.resource.find("tls.clientValidation") else { return false };
        let demand = self.certificate_demand();
        let authorities = elements(validation, "caCertificateRefs");
        let needs_some = matches!(demand, CertificateDemand::Checked | CertificateDemand::CheckedIfShown);
        needs_some && authorities.is_empty() || authorities.iter().any(|it| !is_authority(cluster, policy, it))
    }

    /// The oldest version of TLS that is taken, where the policy says one.
    pub fn oldest_tls(&self) -> Option<TlsVersion> {
        TlsVersion::parse(self.resource()?.text("tls.minVersion")?)
    }

    /// What the answer depends on and isn't modelled: connections that must begin with the PROXY protocol.
    pub fn gap(&self) -> Option<ModelGap> {
        let policy = self.0.as_ref()?;
        let is_told = policy.resource.find("proxyProtocol").is_some();
        if is_told && policy.resource.is_true("proxyProtocol.optional") {
            return None;
        }
        let field = if is_told { "proxyProtocol" } else { "enableProxyProtocol" };
        (is_told || policy.resource.is_true(field)).then(|| ModelGap::Field(policy.field(field)))
    }
}

fn is_false(node: &YamlNode) -> bool {
    node.value == crate::yaml::Value::Bool(false)
}

/// The last address that isn't one of the proxies; the first one where all are (Envoy's getLastNonTrustedAddressFromXFF).
fn last_untrusted<'h>(trusted: &[IpNet], connection: IpAddr, named: impl Iterator<Item = &'h str>) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut last = connection;
    for text in named {
        if !is_trusted(&last) {
            return last;
        }
        let Ok(address) = text.parse() else { return connection };
        last = address;
    }
    last
}

/// A StringMatch: a name or part of it.
pub(super) fn fits_string_match(matcher: &YamlNode, text: &str) -> bool {
    let Some(value) = text_at(matcher, "value") else { return false };
    match text_at(matcher, "type") {
        Some("Prefix") => text.starts_with(value),
        Some("Suffix") => text.ends_with(value),
        Some("RegularExpression") => {
            Pattern::new(format!("^(?:{value})$"), Dialect::Re2, false).is_match(text).unwrap_or(false)
        }
        _ => text == value,
    }
}

/// Whether a Secret or ConfigMap with the key `ca.crt` is there.
fn is_authority(cluster: &Cluster, policy: &EnvoyPolicy, reference: &YamlNode) -> bool {
    let object = ObjectReference::decode(reference, &Path::Root, &mut Vec::new()).unwrap_or_default();
    if object.kind.as_deref() == Some("ConfigMap") {
        return ca_fault(cluster, &policy.reference, &object).is_none();
    }
    grant::names_core_object(&object, "Secret")
        && secret(cluster, &policy.reference, reference).is_some_and(|secret| secret.value("ca.crt").is_some())
}
