//! Services of the dynamic configuration, and how its parts name each other.

use crate::model::{ServiceBackendPort, Text};
use crate::source::FieldRef;
use crate::trace::{Cause, IngressObjection};

/// Something named in an object.
#[derive(Clone, Debug, PartialEq)]
pub struct QualifiedName {
    /// `default-strip@kubernetescrd`
    pub name: String,
    /// Where it is named.
    pub line: FieldRef,
}

/// A service: its definition, or its name.
#[derive(Clone, Debug, PartialEq)]
pub enum ServiceRef {
    /// Defined where it is used.
    Inline(Box<ServiceConfig>),
    Named(QualifiedName),
}

/// Status codes by range, as errors middlewares name them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusRanges(pub Vec<(u16, u16)>);

impl StatusRanges {
    /// `404`, `500-599`; None if one isn't a code (types.NewHTTPCodeRanges).
    pub fn parse<'t>(texts: impl IntoIterator<Item = &'t str>) -> Option<Self> {
        let ranges = texts.into_iter().map(|text| {
            let (first, last) = text.split_once('-').unwrap_or((text, text));
            Some((first.parse().ok()?, last.parse().ok()?))
        });
        ranges.collect::<Option<Vec<(u16, u16)>>>().map(Self)
    }

    /// Whether a code is among them.
    pub fn contains(&self, status: u16) -> bool {
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&status))
    }
}

/// Why something doesn't come to be, and the lines that say so.
pub type BuildRefusal = (IngressObjection, Vec<Cause>);

/// A service as a provider makes it.
#[derive(Clone, Debug, PartialEq)]
pub enum ServiceConfig {
    /// A Kubernetes Service.
    LoadBalancer(Box<LoadBalancer>),
    /// Several, by weight.
    Weighted(WeightedConfig),
    /// One that answers, and copies for others with their per cent.
    Mirroring(ServiceRef, Vec<(ServiceRef, u64)>),
    /// One that answers, and one that stands in.
    Failover(FailoverConfig),
    /// Can't be made.
    Refused(BuildRefusal),
}

/// Services that share requests.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightedConfig {
    /// The services with their weights.
    pub services: Vec<(ServiceRef, u64)>,
    /// A cookie that keeps clients.
    pub cookie: Option<StickyCookieConfig>,
    /// Whether the client's address chooses (highestRandomWeight).
    pub hashed: bool,
    /// The line of a TraefikService.
    pub line: Option<FieldRef>,
}

/// One service, and one that stands in.
#[derive(Clone, Debug, PartialEq)]
pub struct FailoverConfig {
    /// The one that answers.
    pub service: ServiceRef,
    /// The one that stands in.
    pub fallback: ServiceRef,
    /// The status codes that are failures, by range.
    pub statuses: Option<StatusRanges>,
    /// Where they stand.
    pub line: FieldRef,
}

/// A cookie that keeps a client with one server or service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StickyCookieConfig {
    pub name: String,
}

/// A Kubernetes Service as a router uses it.
#[derive(Clone, Debug, PartialEq)]
pub struct LoadBalancer {
    /// Whose options hold.
    pub provider: Provider,
    /// The Service's namespace.
    pub namespace: Text,
    /// The Service's name.
    pub name: Text,
    /// Its port by number or name.
    pub port: ServiceBackendPort,
    /// The scheme given.
    pub scheme: Option<Text>,
    /// Whether the client's address chooses the server (strategy hrw).
    pub hashed: bool,
    /// Whether the Host header is kept.
    pub pass_host: bool,
    /// Whether the Service's own address is used, where that is said.
    pub native: Option<bool>,
    /// Whether nodes' addresses and the node port are used.
    pub node_port: bool,
    /// A cookie that keeps clients.
    pub cookie: Option<StickyCookieConfig>,
    /// Whether health checks are asked for.
    pub health_check: bool,
    /// How servers are connected to, if not as usual.
    pub transport: Option<QualifiedName>,
    /// What requests go through besides.
    pub middlewares: Vec<QualifiedName>,
    /// The line that names it.
    pub line: FieldRef,
}

/// How servers are connected to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TransportConfig {
    /// Whether any certificate will do.
    pub skips_verification: bool,
    /// Whether authorities of one's own are trusted.
    pub has_authorities: bool,
}

/// Who makes a part of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Provider {
    Ingress,
    /// IngressRoute and what belongs to it.
    Crd,
}
