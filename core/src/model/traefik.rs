//! Traefik's own kinds, as far as they route HTTP and TCP: IngressRoute, IngressRouteTCP, Middleware, TraefikService.

use super::{IntOrString, Metadata, Text};
use crate::yaml;

pub mod middleware;

pub use middleware::{Middleware, MiddlewareSpec};

/// The group of these kinds before Traefik 2.10; Traefik 3 doesn't read it.
pub const LEGACY_TRAEFIK: &str = "traefik.containo.us";

impl IngressRoute {
    /// Whether it is of the group that only Traefik 2 reads.
    pub fn is_legacy(&self) -> bool {
        self.api_version.split('/').next() == Some(LEGACY_TRAEFIK)
    }
}

object! {
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

    pub struct IngressRouteSpec {
        /// The entry points; all unless said.
        pub entry_points: Vec<Text> = "entryPoints",
        pub routes: Vec<Route> = "routes",
        /// Present for HTTPS; what it holds chooses certificates.
        pub tls: Option<RouteTls> = "tls",
        pub ingress_class_name: Option<Text> = "ingressClassName",
        /// IngressRoutes whose routes hand requests on to these.
        pub parent_refs: Vec<MiddlewareRef> = "parentRefs",
    }

    /// How the routes of an IngressRoute speak TLS.
    pub struct RouteTls {
        /// The Secret of the certificate.
        pub secret_name: Option<Text> = "secretName",
        /// The TLSOption.
        pub options: Option<MiddlewareRef> = "options",
        /// The TLSStore, which Traefik ignores: there is one.
        pub store: Option<MiddlewareRef> = "store",
        /// Who gets certificates from outside.
        pub cert_resolver: Option<Text> = "certResolver",
        /// For which names it gets them.
        pub domains: Vec<yaml::YamlNode> = "domains",
        /// TCP: whether TLS goes on to the servers.
        pub passthrough: bool = "passthrough",
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
        /// What is written down about requests.
        pub observability: Option<yaml::YamlNode> = "observability",
    }

    /// A Middleware by name, or another of Traefik's objects.
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
        pub sticky: Option<Sticky> = "sticky",
        /// `wrr` unless said, `p2c`, `hrw`, `leasttime`.
        pub strategy: Option<Text> = "strategy",
        /// What requests to this Service go through besides.
        pub middlewares: Vec<MiddlewareRef> = "middlewares",
        /// How servers are connected to.
        pub servers_transport: Option<Text> = "serversTransport",
        /// How answers are handed on.
        pub response_forwarding: Option<yaml::YamlNode> = "responseForwarding",
        /// Questions that tell whether servers live.
        pub health_check: Option<yaml::YamlNode> = "healthCheck",
        /// Errors that tell whether servers live.
        pub passive_health_check: Option<yaml::YamlNode> = "passiveHealthCheck",
        /// TCP: whether servers get TLS.
        pub tls: Option<bool> = "tls",
        /// TCP: how long a closed connection lingers.
        pub termination_delay: Option<i32> = "terminationDelay",
        /// TCP: whether servers are told the client by the PROXY protocol.
        pub proxy_protocol: Option<yaml::YamlNode> = "proxyProtocol",
    }

    /// What keeps a client with one server.
    pub struct Sticky {
        /// By a cookie; without it nothing does.
        pub cookie: Option<StickyCookie> = "cookie",
    }

    /// The cookie that keeps a client with one server.
    pub struct StickyCookie {
        /// Its name; made from the service's unless said.
        pub name: Option<Text> = "name",
        /// Whether browsers send it over HTTPS only.
        pub secure: bool = "secure",
        /// Whether scripts see it.
        pub http_only: bool = "httpOnly",
        /// `none`, `lax`, `strict`.
        pub same_site: Option<Text> = "sameSite",
        /// How many seconds it holds.
        pub max_age: Option<i64> = "maxAge",
        /// The path; `/` unless said.
        pub path: Option<Text> = "path",
        pub domain: Option<Text> = "domain",
    }

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
        /// One Service, and another where that one fails.
        pub failover: Option<Failover> = "failover",
    }

    pub struct MiddlewareTcp {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// One key, which says what it does.
        pub spec: MiddlewareTcpSpec = "spec",
    }

    /// spec of a MiddlewareTCP: one of these.
    pub struct MiddlewareTcpSpec {
        /// How many connections at once.
        pub in_flight_conn: Option<InFlightConn> = "inFlightConn",
        /// As ipAllowList, of version 2.
        pub ip_white_list: Option<middleware::IpAllowList> = "ipWhiteList",
        /// Addresses that may connect.
        pub ip_allow_list: Option<middleware::IpAllowList> = "ipAllowList",
    }

    /// How many connections at once.
    pub struct InFlightConn {
        /// Of one client.
        pub amount: i64 = "amount",
    }

    pub struct ServersTransport {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: ServersTransportSpec = "spec",
    }

    /// spec of a ServersTransport: how Traefik connects to servers.
    pub struct ServersTransportSpec {
        /// The name in the TLS handshake.
        pub server_name: Option<Text> = "serverName",
        /// Whether any certificate will do.
        pub insecure_skip_verify: bool = "insecureSkipVerify",
        /// Authorities that are trusted.
        pub root_cas: Vec<yaml::YamlNode> = "rootCAs",
        /// The same by Secret.
        pub root_cas_secrets: Vec<Text> = "rootCAsSecrets",
        /// Certificates of Traefik's own.
        pub certificates_secrets: Vec<Text> = "certificatesSecrets",
        /// How it encrypts.
        pub cipher_suites: Vec<Text> = "cipherSuites",
        /// The oldest TLS.
        pub min_version: Option<Text> = "minVersion",
        /// The newest TLS.
        pub max_version: Option<Text> = "maxVersion",
        /// How many connections wait.
        pub max_idle_conns_per_host: Option<i64> = "maxIdleConnsPerHost",
        /// How long it waits.
        pub forwarding_timeouts: Option<yaml::YamlNode> = "forwardingTimeouts",
        /// Whether HTTP/2 is left alone.
        pub disable_http2: bool = "disableHTTP2",
        /// The URI in the servers' certificate.
        pub peer_cert_uri: Option<Text> = "peerCertURI",
        /// Certificates by SPIFFE.
        pub spiffe: Option<yaml::YamlNode> = "spiffe",
    }

    pub struct TlsOption {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: TlsOptionSpec = "spec",
    }

    /// spec of a TLSOption: what is asked of clients.
    pub struct TlsOptionSpec {
        /// The oldest TLS.
        pub min_version: Option<Text> = "minVersion",
        /// The newest TLS.
        pub max_version: Option<Text> = "maxVersion",
        /// How it encrypts.
        pub cipher_suites: Vec<Text> = "cipherSuites",
        pub curve_preferences: Vec<Text> = "curvePreferences",
        /// Certificates of clients.
        pub client_auth: TlsClientAuth = "clientAuth",
        /// Whether a name without certificate is refused.
        pub sni_strict: bool = "sniStrict",
        /// Protocols offered.
        pub alpn_protocols: Vec<Text> = "alpnProtocols",
        /// Whether sessions can't be taken up again.
        pub disable_session_tickets: bool = "disableSessionTickets",
        /// Of version 2; not read.
        pub prefer_server_cipher_suites: Option<bool> = "preferServerCipherSuites",
    }

    /// Certificates of clients.
    pub struct TlsClientAuth {
        /// Secrets with the authorities.
        pub secret_names: Vec<Text> = "secretNames",
        /// `RequireAndVerifyClientCert` and the like.
        pub client_auth_type: Option<Text> = "clientAuthType",
    }

    pub struct TlsStore {
        /// Its name; only `default` counts.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: TlsStoreSpec = "spec",
    }

    /// spec of a TLSStore: certificates.
    pub struct TlsStoreSpec {
        /// For names that have none.
        pub default_certificate: Option<StoreCertificate> = "defaultCertificate",
        /// From outside, for names that have none.
        pub default_generated_cert: Option<yaml::YamlNode> = "defaultGeneratedCert",
        /// For the names in them.
        pub certificates: Vec<StoreCertificate> = "certificates",
    }

    /// A certificate of a TLSStore.
    pub struct StoreCertificate {
        pub secret_name: Text = "secretName",
    }

    pub struct WeightedServices {
        pub services: Vec<RouteService> = "services",
        /// A cookie that keeps a client with one Service.
        pub sticky: Option<Sticky> = "sticky",
    }

    /// A Service, and another that stands in for it.
    pub struct Failover {
        /// The one that answers.
        pub service: RouteService = "service",
        /// The one that stands in.
        pub fallback: RouteService = "fallback",
        /// Answers that count as failures.
        pub errors: FailoverErrors = "errors",
    }

    /// Answers that count as failures.
    pub struct FailoverErrors {
        /// Their status codes: `500`, `500-599`.
        pub status: Vec<Text> = "status",
        /// Larger requests aren't asked again.
        pub max_request_body_bytes: Option<i64> = "maxRequestBodyBytes",
    }

    /// A Service whose requests are copied: the Service's own fields beside the copies'.
    pub struct Mirroring {
        /// `Service` unless said, or `TraefikService`.
        pub kind: Option<Text> = "kind",
        pub name: Text = "name",
        /// Its namespace, if it is another.
        pub namespace: Option<Text> = "namespace",
        pub port: Option<IntOrString> = "port",
        /// `http`, `https`, `h2c`.
        pub scheme: Option<Text> = "scheme",
        /// Whether the Host header is kept; true unless said.
        pub pass_host_header: Option<bool> = "passHostHeader",
        /// Whether the Service's own address is used.
        pub native_lb: Option<bool> = "nativeLB",
        /// Whether nodes' addresses and the node port are used.
        pub node_port_lb: Option<bool> = "nodePortLB",
        /// A cookie that keeps a client with one server.
        pub sticky: Option<Sticky> = "sticky",
        /// `wrr` unless said, `p2c`, `hrw`, `leasttime`.
        pub strategy: Option<Text> = "strategy",
        /// What requests to this Service go through besides.
        pub middlewares: Vec<MiddlewareRef> = "middlewares",
        /// How servers are connected to.
        pub servers_transport: Option<Text> = "serversTransport",
        /// How answers are handed on.
        pub response_forwarding: Option<yaml::YamlNode> = "responseForwarding",
        /// Questions that tell whether servers live.
        pub health_check: Option<yaml::YamlNode> = "healthCheck",
        /// Errors that tell whether servers live.
        pub passive_health_check: Option<yaml::YamlNode> = "passiveHealthCheck",
        /// Means nothing here.
        pub weight: Option<i32> = "weight",
        /// Whether copies have the body; true unless said.
        pub mirror_body: Option<bool> = "mirrorBody",
        /// Larger requests aren't copied.
        pub max_body_size: Option<i64> = "maxBodySize",
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
            pass_host_header: self.pass_host_header,
            native_lb: self.native_lb,
            node_port_lb: self.node_port_lb,
            sticky: self.sticky.clone(),
            strategy: self.strategy.clone(),
            middlewares: self.middlewares.clone(),
            servers_transport: self.servers_transport.clone(),
            health_check: self.health_check.clone(),
            ..RouteService::default()
        }
    }
}
