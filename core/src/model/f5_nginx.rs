//! The kinds of F5's NGINX Ingress Controller (pkg/apis/configuration/v1/types.go). Their specs stay trees until the controller
//! reads them: who has none of these objects needs nothing of it.

use super::{LabelSelector, Labels, Metadata, Text};
use crate::yaml;

object! {
    /// An object of F5's own.
    pub struct F5Resource {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// What it says.
        pub spec: Option<yaml::YamlNode> = "spec",
    }

    /// spec of a VirtualServer, or of a VirtualServerRoute, whose routes are called subroutes.
    pub struct VirtualServerSpec {
        pub ingress_class: Option<Text> = "ingressClassName",
        pub host: Text = "host",
        /// Ports other than the usual, by names of a GlobalConfiguration.
        pub listener: Option<VirtualServerListener> = "listener",
        pub tls: Option<VirtualServerTls> = "tls",
        pub policies: Vec<PolicyName> = "policies",
        pub upstreams: Vec<VirtualServerUpstream> = "upstreams",
        pub routes: Vec<VirtualServerPath> = "routes",
        /// A VirtualServerRoute's routes.
        pub subroutes: Vec<VirtualServerPath> = "subroutes",
        /// nginx' own configuration.
        pub http_snippets: Option<Text> = "http-snippets",
        /// nginx' own configuration.
        pub server_snippets: Option<Text> = "server-snippets",
    }

    /// Listeners of a GlobalConfiguration by name.
    pub struct VirtualServerListener {
        pub http: Option<Text> = "http",
        pub https: Option<Text> = "https",
    }

    /// The certificate of a VirtualServer.
    pub struct VirtualServerTls {
        pub secret: Option<Text> = "secret",
        pub redirect: Option<VirtualServerTlsRedirect> = "redirect",
    }

    /// Whether plain HTTP is redirected.
    pub struct VirtualServerTlsRedirect {
        pub enable: bool = "enable",
        /// 301 unless said.
        pub code: Option<i64> = "code",
        /// `scheme` unless said, or `x-forwarded-proto`.
        pub based_on: Option<Text> = "basedOn",
    }

    /// Where a Policy is found.
    pub struct PolicyName {
        pub name: Text = "name",
        /// Its namespace, if it is another.
        pub namespace: Option<Text> = "namespace",
    }

    /// A Service's port under a name of its own.
    pub struct VirtualServerUpstream {
        pub name: Text = "name",
        /// `web`, or `namespace/web`.
        pub service: Text = "service",
        /// Labels that the pods must have besides.
        pub subselector: Labels = "subselector",
        pub port: i64 = "port",
        pub lb_method: Option<Text> = "lb-method",
        pub client_max_body_size: Option<Text> = "client-max-body-size",
        pub tls: VirtualServerUpstreamTls = "tls",
        pub session_cookie: Option<VirtualServerCookie> = "sessionCookie",
        pub use_cluster_ip: bool = "use-cluster-ip",
        /// `http` unless said, or `grpc`.
        pub kind: Option<Text> = "type",
        /// NGINX Plus'.
        pub health_check: Option<yaml::YamlNode> = "healthCheck",
        /// NGINX Plus'.
        pub slow_start: Option<Text> = "slow-start",
        /// NGINX Plus'.
        pub queue: Option<yaml::YamlNode> = "queue",
        /// NGINX Plus'.
        pub ntlm: bool = "ntlm",
        /// A Service of type ExternalName that stands in.
        pub backup: Option<Text> = "backup",
    }

    /// Whether servers get TLS.
    pub struct VirtualServerUpstreamTls {
        pub enable: bool = "enable",
    }

    /// The cookie that keeps a client with one server.
    pub struct VirtualServerCookie {
        pub enable: bool = "enable",
        pub name: Text = "name",
    }

    /// A route, or a subroute.
    pub struct VirtualServerPath {
        /// `/tea`, `= /tea`, `~ ^/tea`, `~* ^/tea`, `^~ /tea`
        pub path: Text = "path",
        pub policies: Vec<PolicyName> = "policies",
        /// A VirtualServerRoute: `name`, or `namespace/name`.
        pub route: Option<Text> = "route",
        /// VirtualServerRoutes by their labels.
        pub route_selector: Option<LabelSelector> = "routeSelector",
        pub action: Option<VirtualServerAction> = "action",
        pub splits: Vec<VirtualServerSplit> = "splits",
        pub matches: Vec<VirtualServerMatch> = "matches",
        pub error_pages: Vec<VirtualServerErrorPage> = "errorPages",
        /// nginx' own configuration.
        pub location_snippets: Option<Text> = "location-snippets",
    }

    /// What is done with a request: one of these.
    pub struct VirtualServerAction {
        /// An upstream by name.
        pub pass: Option<Text> = "pass",
        pub redirect: Option<VirtualServerRedirect> = "redirect",
        pub answer: Option<VirtualServerReturn> = "return",
        pub proxy: Option<VirtualServerProxy> = "proxy",
    }

    /// Where a client is sent, with which status.
    pub struct VirtualServerRedirect {
        /// With variables.
        pub url: Text = "url",
        pub code: i64 = "code",
    }

    /// An answer.
    pub struct VirtualServerReturn {
        pub code: i64 = "code",
        /// `text/plain` unless said.
        pub kind: Option<Text> = "type",
        /// With variables.
        pub body: Text = "body",
        pub headers: Vec<VirtualServerHeader> = "headers",
    }

    pub struct VirtualServerHeader {
        pub name: Text = "name",
        pub value: Text = "value",
        /// Whether errors have it, too.
        pub always: bool = "always",
    }

    /// An upstream, and what changes on the way.
    pub struct VirtualServerProxy {
        pub upstream: Text = "upstream",
        pub rewrite_path: Option<Text> = "rewritePath",
        pub request_headers: VirtualServerRequestHeaders = "requestHeaders",
        pub response_headers: VirtualServerResponseHeaders = "responseHeaders",
    }

    /// What becomes of the client's headers.
    pub struct VirtualServerRequestHeaders {
        /// Whether the client's are kept; true unless said.
        pub pass: Option<bool> = "pass",
        pub set: Vec<VirtualServerHeader> = "set",
    }

    /// Headers of answers.
    pub struct VirtualServerResponseHeaders {
        pub add: Vec<VirtualServerHeader> = "add",
    }

    /// A part of the requests, in percent.
    pub struct VirtualServerSplit {
        pub weight: i64 = "weight",
        pub action: Option<VirtualServerAction> = "action",
    }

    /// Conditions and where requests go that meet them all.
    pub struct VirtualServerMatch {
        pub conditions: Vec<VirtualServerCondition> = "conditions",
        pub action: Option<VirtualServerAction> = "action",
        pub splits: Vec<VirtualServerSplit> = "splits",
    }

    /// One of these, and its value.
    pub struct VirtualServerCondition {
        pub header: Option<Text> = "header",
        pub cookie: Option<Text> = "cookie",
        pub argument: Option<Text> = "argument",
        /// `$request_method`
        pub variable: Option<Text> = "variable",
        pub value: Text = "value",
    }

    /// What stands in for answers of these statuses.
    pub struct VirtualServerErrorPage {
        pub codes: Vec<i64> = "codes",
        pub answer: Option<VirtualServerReturn> = "return",
        pub redirect: Option<VirtualServerRedirect> = "redirect",
    }

    /// A listener, and where its connections go.
    pub struct TransportServerSpec {
        pub ingress_class: Option<Text> = "ingressClassName",
        pub listener: TransportListener = "listener",
        /// The name of TLS handshakes; all without it.
        pub host: Option<Text> = "host",
        /// Where TLS ends.
        pub tls: Option<TransportServerTls> = "tls",
        pub upstreams: Vec<TransportUpstream> = "upstreams",
        pub action: Option<VirtualServerAction> = "action",
        /// nginx' own configuration.
        pub server_snippets: Option<Text> = "serverSnippets",
        /// nginx' own configuration.
        pub stream_snippets: Option<Text> = "streamSnippets",
    }

    /// The certificate of a TransportServer.
    pub struct TransportServerTls {
        pub secret: Option<Text> = "secret",
    }

    /// A listener by name: one of a GlobalConfiguration, or `tls-passthrough`.
    pub struct TransportListener {
        pub name: Text = "name",
        /// `TCP`, `UDP`, `TLS_PASSTHROUGH`
        pub protocol: Text = "protocol",
    }

    /// A Service's port.
    pub struct TransportUpstream {
        pub name: Text = "name",
        pub service: Text = "service",
        pub port: i64 = "port",
        pub lb_method: Option<Text> = "loadBalancingMethod",
        pub backup: Option<Text> = "backup",
    }

    /// Ports of the controller as a whole.
    pub struct GlobalConfigurationSpec {
        pub listeners: Vec<GlobalListener> = "listeners",
    }

    /// A port by name.
    pub struct GlobalListener {
        pub name: Text = "name",
        pub port: i64 = "port",
        /// `TCP`, `UDP`, `HTTP`
        pub protocol: Text = "protocol",
        /// Whether it takes TLS.
        pub ssl: bool = "ssl",
    }

    /// spec of a Policy: one of these.
    pub struct F5PolicySpec {
        pub ingress_class: Option<Text> = "ingressClassName",
        pub access_control: Option<F5AccessControl> = "accessControl",
        pub basic_auth: Option<BasicAuthPolicy> = "basicAuth",
        pub rate_limit: Option<yaml::YamlNode> = "rateLimit",
        pub jwt: Option<yaml::YamlNode> = "jwt",
        pub ingress_mtls: Option<IngressMtls> = "ingressMTLS",
        pub egress_mtls: Option<yaml::YamlNode> = "egressMTLS",
        pub oidc: Option<yaml::YamlNode> = "oidc",
        pub waf: Option<yaml::YamlNode> = "waf",
        pub api_key: Option<yaml::YamlNode> = "apiKey",
        pub cache: Option<yaml::YamlNode> = "cache",
        pub cors: Option<CorsPolicy> = "cors",
        pub external_auth: Option<yaml::YamlNode> = "externalAuth",
        pub hsts: Option<HstsPolicy> = "hsts",
    }

    /// Addresses that may ask, or may not.
    pub struct F5AccessControl {
        pub allow: Vec<Text> = "allow",
        pub deny: Vec<Text> = "deny",
    }

    /// Who has a password.
    pub struct BasicAuthPolicy {
        pub realm: Option<Text> = "realm",
        pub secret: Text = "secret",
    }

    /// Certificates of clients.
    pub struct IngressMtls {
        pub client_cert_secret: Text = "clientCertSecret",
        /// `on` unless said, `off`, `optional`, `optional_no_ca`.
        pub verify_client: Option<Text> = "verifyClient",
    }

    /// What browsers may do with answers.
    pub struct CorsPolicy {
        pub allow_origin: Vec<Text> = "allowOrigin",
        pub allow_methods: Vec<Text> = "allowMethods",
        pub allow_headers: Vec<Text> = "allowHeaders",
        pub allow_credentials: Option<bool> = "allowCredentials",
        pub expose_headers: Vec<Text> = "exposeHeaders",
        pub max_age: Option<i64> = "maxAge",
    }

    /// Strict-Transport-Security.
    pub struct HstsPolicy {
        pub max_age: Option<i64> = "maxAge",
        pub include_sub_domains: bool = "includeSubDomains",
        pub behind_proxy: bool = "behindProxy",
        pub preload: bool = "preload",
    }
}

/// A host, its upstreams and routes.
pub type F5VirtualServer = F5Resource;
/// Routes of a host that a VirtualServer leads to.
pub type VirtualServerRoute = F5Resource;
/// Connections that aren't looked into.
pub type TransportServer = F5Resource;
/// Ports by name.
pub type GlobalConfiguration = F5Resource;
/// What comes before the content.
pub type F5Policy = F5Resource;

/// The group of these kinds.
pub const F5_GROUP: &str = "k8s.nginx.org";
