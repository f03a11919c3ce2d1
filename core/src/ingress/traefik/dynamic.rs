//! Traefik's dynamic configuration (pkg/config/dynamic): what providers make of Kubernetes' objects, and what the engine
//! builds routers from. Things are named as Traefik names them: `default-strip@kubernetescrd`.

use std::collections::BTreeMap;

use super::middleware::MiddlewareKind;
pub use super::service_config::{
    BuildRefusal, FailoverConfig, LoadBalancer, Provider, QualifiedName, ServiceConfig, ServiceRef, StatusRanges,
    StickyCookieConfig, TransportConfig, WeightedConfig,
};
use crate::ingress::class::ExcludedIngress;
use crate::ingress::tls::CertificateStore;
use crate::packet::TlsVersion;
use crate::source::FieldRef;
use crate::trace::IngressObjection;

/// What all providers make together.
#[derive(Clone, Debug, Default)]
pub struct DynamicConfig {
    /// The routers in the order of their objects.
    pub routers: Vec<RouterConfig>,
    /// The middlewares by qualified name.
    pub middlewares: BTreeMap<String, MiddlewareConfig>,
    /// The middlewares that can't be built.
    pub refused_middlewares: BTreeMap<String, IngressObjection>,
    /// The services that are named, by qualified name; those of routers stand in the routers.
    pub services: BTreeMap<String, ServiceConfig>,
    /// The ServersTransports by qualified name.
    pub transports: BTreeMap<String, TransportConfig>,
    /// The TLS options by qualified name; `default` is everybody's.
    pub tls_options: BTreeMap<String, TlsOptions>,
    /// TLS options that routers name and that don't exist, by name.
    pub missing_tls_options: BTreeMap<String, QualifiedName>,
    /// The certificates that served objects name.
    pub certificates: CertificateStore,
    /// The objects that make nothing.
    pub left_out: Vec<ExcludedIngress>,
}

/// A router as a provider makes it.
#[derive(Clone, Debug)]
pub struct RouterConfig {
    /// Its qualified name: of two with one name the later counts.
    pub name: String,
    /// Whose it is.
    pub provider: Provider,
    /// The path of an Ingress, or the route of an IngressRoute.
    pub field: FieldRef,
    /// Where the rule is written.
    pub rule_line: FieldRef,
    /// The rule's text.
    pub rule: String,
    /// The syntax of the rule: 2 or 3.
    pub syntax: u32,
    /// The priority given; 0 is the length of the rule.
    pub priority: i64,
    /// Where the priority is given.
    pub priority_line: Option<FieldRef>,
    /// The entry points; empty for the usual ones.
    pub entry_points: Vec<String>,
    /// Present for HTTPS.
    pub tls: Option<RouterTls>,
    /// What requests go through.
    pub middlewares: Vec<QualifiedName>,
    /// Where they go; None for a router whose children say.
    pub service: Option<ServiceRef>,
    /// The routers that hand requests on to it.
    pub parents: Vec<String>,
    /// Why the provider leaves it out.
    pub refusal: Option<BuildRefusal>,
}

/// How a router speaks TLS.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RouterTls {
    /// The TLS options, if they aren't the default ones.
    pub options: Option<QualifiedName>,
}

/// A middleware as a provider makes it.
#[derive(Clone, Debug)]
pub struct MiddlewareConfig {
    /// What it does, and the line that says so.
    pub kind: Result<MiddlewareKind, IngressObjection>,
    pub line: FieldRef,
}

/// What a TLSOption asks of clients.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TlsOptions {
    /// Its object's line; None for Traefik's own.
    pub line: Option<FieldRef>,
    /// Whether Traefik can't make a configuration of it: such connections are closed.
    pub is_broken: bool,
    /// Whether a client must ask for a name that has a certificate.
    pub is_strict: bool,
    /// Whether a client must show a certificate.
    pub wants_certificate: bool,
    /// The oldest version of TLS that is taken; None is Go's own choice, 1.2 (crypto/tls, supportedVersions).
    pub oldest_tls: Option<TlsVersion>,
}

impl Provider {
    /// The suffix of its names.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ingress => "kubernetes",
            Self::Crd => "kubernetescrd",
        }
    }

    /// The name of its settings.
    pub fn setting(self) -> &'static str {
        match self {
            Self::Ingress => "kubernetesingress",
            Self::Crd => "kubernetescrd",
        }
    }
}

/// `provider.Normalize`: letters and digits, everything else a dash.
pub fn normalize_name(name: &str) -> String {
    let words = name.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}

/// The qualified name of an object of Traefik's own.
pub fn object_name(namespace: &str, name: &str) -> String {
    format!("{}@{}", normalize_name(&format!("{namespace}-{name}")), Provider::Crd.name())
}

/// A line of an object that a router comes from.
pub fn line(router_field: &FieldRef, part: &str) -> FieldRef {
    FieldRef { object: router_field.object.clone(), path: router_field.path.field(part) }
}

impl StickyCookieConfig {
    /// A cookie as named, or as Traefik names it after its service (pkg/server/cookie).
    pub fn named(given: &str, service: &str) -> Self {
        if !given.is_empty() {
            return Self { name: given.to_owned() };
        }
        let sum = crate::http::password::sha1(format!("_TRAEFIK_BACKEND_{service}").as_bytes());
        let hex: String = sum.iter().take(3).map(|byte| format!("{byte:02x}")).collect();
        Self { name: format!("_{}", hex.get(..5).unwrap_or_default()) }
    }
}
