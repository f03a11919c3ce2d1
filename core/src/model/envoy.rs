//! Envoy Gateway's own kinds, as trees: what is read of one is looked up where it takes effect.

use super::{Metadata, Text};
use crate::source::FieldPath;
use crate::yaml;

object! {
    /// An object of Envoy Gateway's own.
    pub struct EnvoyResource {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// What it says.
        pub spec: Option<yaml::YamlNode> = "spec",
    }
}

/// What clients may send.
pub type ClientTrafficPolicy = EnvoyResource;
/// How backends are asked.
pub type BackendTrafficPolicy = EnvoyResource;
/// Who may ask.
pub type SecurityPolicy = EnvoyResource;
/// Code that looks at requests.
pub type EnvoyExtensionPolicy = EnvoyResource;
/// Changes of Envoy's configuration itself.
pub type EnvoyPatchPolicy = EnvoyResource;
/// How the proxies themselves run.
pub type EnvoyProxy = EnvoyResource;
pub type HttpRouteFilter = EnvoyResource;
/// A backend that is no Service.
pub type EnvoyBackend = EnvoyResource;

/// The group of these kinds.
pub const ENVOY_GROUP: &str = "gateway.envoyproxy.io";

/// What is read of each kind, besides what it is about.
const READ: &[(&str, &[&str])] = &[
    (
        "ClientTrafficPolicy",
        &[
            "path",
            "headers",
            "http1",
            "healthCheck",
            "enableProxyProtocol",
            "proxyProtocol",
            "clientIPDetection",
            "tls",
        ],
    ),
    ("BackendTrafficPolicy", &["mergeType", "faultInjection", "routingType", "responseOverride"]),
    (
        "SecurityPolicy",
        &["mergeType", "cors", "csrf", "extAuth", "apiKeyAuth", "basicAuth", "oidc", "jwt", "authorization"],
    ),
    ("EnvoyExtensionPolicy", &["mergeType", "lua", "wasm", "dynamicModule", "extProc"]),
    ("EnvoyPatchPolicy", &["type", "jsonPatches"]),
    ("EnvoyProxy", &["provider", "routingType", "bootstrap", "preserveRouteOrder", "mergeGateways", "filterOrder"]),
    ("HTTPRouteFilter", &["matches", "urlRewrite", "directResponse", "credentialInjection"]),
    ("Backend", &["type", "fallback", "endpoints"]),
];

/// The fields of spec that are read: `SecurityPolicy spec.basicAuth`.
pub fn read_envoy_fields() -> impl Iterator<Item = String> {
    READ.iter().flat_map(|(kind, fields)| fields.iter().map(move |field| format!("{kind} spec.{field}")))
}

/// The fields of spec that nothing here reads; they don't change where a request goes.
pub fn unread_fields<'r>(kind: &str, resource: &'r EnvoyResource) -> impl Iterator<Item = &'r Text> {
    let read = READ.iter().find(|(known, _)| *known == kind).map_or(&[][..], |(_, read)| *read);
    let entries = resource.spec.as_ref().map_or(&[][..], yaml::YamlNode::entries);
    let fields = entries.iter().map(|entry| &entry.key);
    fields.filter(move |&key| !key.starts_with("target") && !read.contains(&&**key))
}

impl EnvoyResource {
    /// What stands at a place in spec: `path.escapedSlashesAction`.
    pub fn find(&self, path: &str) -> Option<&yaml::YamlNode> {
        self.spec.as_ref()?.find(&FieldPath::from(path)).filter(|node| node.value != yaml::Value::Null)
    }

    /// A text in spec.
    pub fn text(&self, path: &str) -> Option<&Text> {
        self.find(path)?.text()
    }

    /// Whether a field in spec is true.
    pub fn is_true(&self, path: &str) -> bool {
        self.find(path).is_some_and(|node| node.value == yaml::Value::Bool(true))
    }
}
