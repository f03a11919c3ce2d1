//! Traefik's own kinds, as far as they route HTTP and TCP: IngressRoute, IngressRouteTCP, Middleware, TraefikService.

use super::{IntOrString, Metadata, Text};
use crate::yaml;

/// The group of these kinds before Traefik 2.10; Traefik 3 doesn't read it.
pub const LEGACY_TRAEFIK: &str = "traefik.containo.us";

impl IngressRoute {
    /// Whether it is of the group that only Traefik 2 reads.
    pub fn is_legacy(&self) -> bool {
        self.api_version.split('/').next() == Some(LEGACY_TRAEFIK)
    }
}

object! {
    /// An IngressRoute.
    pub struct IngressRoute {
        /// Tells the group, of which there were two.
        pub api_version: Text = "apiVersion",
        /// Its name, and the class as an annotation.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: IngressRouteSpec = "spec",
    }

    /// An IngressRouteTCP; its routes match by HostSNI, and have TCP's middlewares.
    pub struct IngressRouteTcp {
        /// Its name, and the class as an annotation.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: IngressRouteSpec = "spec",
    }

    /// spec of an IngressRoute.
    pub struct IngressRouteSpec {
        /// The entry points; all unless said.
        pub entry_points: Vec<Text> = "entryPoints",
        /// The routes.
        pub routes: Vec<Route> = "routes",
        /// Present for HTTPS; what it holds chooses certificates.
        pub tls: Option<yaml::Node> = "tls",
        /// The class.
        pub ingress_class_name: Option<Text> = "ingressClassName",
    }

    /// A route of an IngressRoute.
    pub struct Route {
        /// ``Host(`shop.example.com`) && PathPrefix(`/cart`)``
        pub rule: Text = "match",
        /// `Rule`
        pub kind: Option<Text> = "kind",
        /// The length of the rule unless said.
        pub priority: Option<i64> = "priority",
        /// `v2` or `v3`.
        pub syntax: Option<Text> = "syntax",
        /// What requests go through, in order.
        pub middlewares: Vec<MiddlewareRef> = "middlewares",
        /// Where they go.
        pub services: Vec<RouteService> = "services",
    }

    /// A Middleware by name.
    pub struct MiddlewareRef {
        /// Its name; `name@provider` for another provider's.
        pub name: Text = "name",
        /// Its namespace, if it is another.
        pub namespace: Option<Text> = "namespace",
    }

    /// A Service or TraefikService, with a weight.
    pub struct RouteService {
        /// `Service` unless said, or `TraefikService`.
        pub kind: Option<Text> = "kind",
        /// Its name.
        pub name: Text = "name",
        /// Its namespace, if it is another.
        pub namespace: Option<Text> = "namespace",
        /// The Service's port by number or name.
        pub port: Option<IntOrString> = "port",
        /// `http`, `https`, `h2c`.
        pub scheme: Option<Text> = "scheme",
        /// 1 unless said.
        pub weight: Option<i32> = "weight",
        /// For mirrors: the share of requests copied.
        pub percent: Option<i32> = "percent",
        /// Whether the Host header is kept; true unless said.
        pub pass_host_header: Option<bool> = "passHostHeader",
        /// Whether the Service's own address is used.
        pub native_lb: Option<bool> = "nativeLB",
        /// Whether nodes' addresses and the node port are used.
        pub node_port_lb: Option<bool> = "nodePortLB",
        /// A cookie that keeps a client with one server.
        pub sticky: Option<yaml::Node> = "sticky",
        /// `wrr` unless said, `p2c`, `hrw`, `leasttime`.
        pub strategy: Option<Text> = "strategy",
    }

    /// A Middleware.
    pub struct Middleware {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// One key, which says what it does.
        pub spec: Option<yaml::Node> = "spec",
    }

    /// A TraefikService.
    pub struct TraefikService {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: TraefikServiceSpec = "spec",
    }

    /// spec of a TraefikService: one of these.
    pub struct TraefikServiceSpec {
        /// Shares by weight.
        pub weighted: Option<WeightedServices> = "weighted",
        /// One Service, and copies to others.
        pub mirroring: Option<Mirroring> = "mirroring",
        /// A Service by a hash of the client's address.
        pub highest_random_weight: Option<WeightedServices> = "highestRandomWeight",
    }

    /// Services with weights.
    pub struct WeightedServices {
        /// The Services.
        pub services: Vec<RouteService> = "services",
        /// A cookie that keeps a client with one Service.
        pub sticky: Option<yaml::Node> = "sticky",
    }

    /// A Service whose requests are copied.
    pub struct Mirroring {
        /// `Service` unless said, or `TraefikService`.
        pub kind: Option<Text> = "kind",
        /// Its name.
        pub name: Text = "name",
        /// Its namespace, if it is another.
        pub namespace: Option<Text> = "namespace",
        /// Its port.
        pub port: Option<IntOrString> = "port",
        /// `http`, `https`, `h2c`.
        pub scheme: Option<Text> = "scheme",
        /// Whom copies go to.
        pub mirrors: Vec<RouteService> = "mirrors",
    }
}

impl Mirroring {
    /// The Service that answers.
    pub fn main(&self) -> RouteService {
        RouteService {
            kind: self.kind.clone(),
            name: self.name.clone(),
            namespace: self.namespace.clone(),
            port: self.port.clone(),
            scheme: self.scheme.clone(),
            ..RouteService::default()
        }
    }
}
