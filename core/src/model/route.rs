//! Gateway API's routes: HTTPRoute, GRPCRoute, TLSRoute, TCPRoute, UDPRoute. They differ in what they match; parents,
//! backends and filters are the same.

use super::{Metadata, ObjectReference, Text};
use crate::yaml;

object! {
    pub struct HttpRoute {
        /// Its name and age.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: HttpRouteSpec = "spec",
    }

    pub struct HttpRouteSpec {
        /// What it attaches to.
        pub parent_refs: Vec<ParentReference> = "parentRefs",
        /// The hosts; all of the listener without them.
        pub hostnames: Vec<Text> = "hostnames",
        pub rules: Vec<HttpRouteRule> = "rules",
    }

    pub struct HttpRouteRule {
        /// Its name, for policies.
        pub name: Option<Text> = "name",
        /// What it takes: one of them must hold; everything without any.
        pub matches: Vec<HttpRouteMatch> = "matches",
        /// What is done with a request.
        pub filters: Vec<RouteFilter> = "filters",
        /// Where it goes.
        pub backend_refs: Vec<BackendRef> = "backendRefs",
        /// How long a backend may take.
        pub timeouts: Option<HttpRouteTimeouts> = "timeouts",
        /// Keeps a client with one endpoint.
        pub session_persistence: Option<yaml::YamlNode> = "sessionPersistence",
    }

    /// How long a backend may take.
    pub struct HttpRouteTimeouts {
        /// The whole request.
        pub request: Option<Text> = "request",
        /// One attempt.
        pub backend_request: Option<Text> = "backendRequest",
    }

    /// Conditions that must all hold.
    pub struct HttpRouteMatch {
        /// The path; PathPrefix `/` unless said.
        pub path: Option<PathMatch> = "path",
        pub headers: Vec<NamedMatch> = "headers",
        /// Parameters of the query.
        pub query_params: Vec<NamedMatch> = "queryParams",
        pub method: Option<Text> = "method",
    }

    pub struct PathMatch {
        /// `PathPrefix` unless said, `Exact`, `RegularExpression`.
        pub kind: Option<Text> = "type",
        /// `/` unless said.
        pub value: Option<Text> = "value",
    }

    /// A header or a parameter.
    pub struct NamedMatch {
        /// `Exact` unless said, or `RegularExpression`.
        pub kind: Option<Text> = "type",
        pub name: Text = "name",
        pub value: Text = "value",
    }

    pub struct GrpcRoute {
        /// Its name and age.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: GrpcRouteSpec = "spec",
    }

    pub struct GrpcRouteSpec {
        /// What it attaches to.
        pub parent_refs: Vec<ParentReference> = "parentRefs",
        /// The hosts.
        pub hostnames: Vec<Text> = "hostnames",
        pub rules: Vec<GrpcRouteRule> = "rules",
    }

    pub struct GrpcRouteRule {
        /// Its name, for policies.
        pub name: Option<Text> = "name",
        /// What it takes.
        pub matches: Vec<GrpcRouteMatch> = "matches",
        /// What is done with a call.
        pub filters: Vec<RouteFilter> = "filters",
        /// Where it goes.
        pub backend_refs: Vec<BackendRef> = "backendRefs",
        /// Keeps a client with one endpoint.
        pub session_persistence: Option<yaml::YamlNode> = "sessionPersistence",
    }

    /// Conditions that must all hold.
    pub struct GrpcRouteMatch {
        /// Service and method.
        pub method: Option<GrpcMethodMatch> = "method",
        pub headers: Vec<NamedMatch> = "headers",
    }

    /// Service and method of a call.
    pub struct GrpcMethodMatch {
        /// `Exact` unless said, or `RegularExpression`.
        pub kind: Option<Text> = "type",
        /// The service with its package; all without it.
        pub service: Option<Text> = "service",
        /// The method; all without it.
        pub method: Option<Text> = "method",
    }

    pub struct TlsRoute {
        /// Its name and age.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: TlsRouteSpec = "spec",
    }

    pub struct TlsRouteSpec {
        /// What it attaches to.
        pub parent_refs: Vec<ParentReference> = "parentRefs",
        /// The names of TLS handshakes.
        pub hostnames: Vec<Text> = "hostnames",
        pub rules: Vec<ForwardRule> = "rules",
    }

    pub struct TcpRoute {
        /// Its name and age.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: ForwardRouteSpec = "spec",
    }

    pub struct UdpRoute {
        /// Its name and age.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: ForwardRouteSpec = "spec",
    }

    /// spec of a TCPRoute or UDPRoute.
    pub struct ForwardRouteSpec {
        /// What it attaches to.
        pub parent_refs: Vec<ParentReference> = "parentRefs",
        pub rules: Vec<ForwardRule> = "rules",
    }

    /// Where connections go.
    pub struct ForwardRule {
        pub backend_refs: Vec<BackendRef> = "backendRefs",
    }

    /// What a route attaches to.
    pub struct ParentReference {
        /// `gateway.networking.k8s.io` unless said.
        pub group: Option<Text> = "group",
        /// `Gateway` unless said, `ListenerSet`, `Service`.
        pub kind: Option<Text> = "kind",
        pub name: Text = "name",
        /// Its namespace, if it is another.
        pub namespace: Option<Text> = "namespace",
        /// One listener.
        pub section_name: Option<Text> = "sectionName",
        /// The listeners of one port.
        pub port: Option<i32> = "port",
    }

    /// Where requests go.
    pub struct BackendRef {
        /// The core group unless said.
        pub group: Option<Text> = "group",
        /// `Service` unless said.
        pub kind: Option<Text> = "kind",
        pub name: Text = "name",
        /// Its namespace, if it is another.
        pub namespace: Option<Text> = "namespace",
        /// The Service's port.
        pub port: Option<i32> = "port",
        /// 1 unless said.
        pub weight: Option<i32> = "weight",
        /// What is done with requests to this backend.
        pub filters: Vec<RouteFilter> = "filters",
    }

    /// Something done with a request.
    pub struct RouteFilter {
        /// `RequestHeaderModifier`, `RequestRedirect` …
        pub kind: Text = "type",
        /// Changes headers of the request.
        pub request_header_modifier: Option<HeaderFilter> = "requestHeaderModifier",
        /// Changes headers of the answer.
        pub response_header_modifier: Option<HeaderFilter> = "responseHeaderModifier",
        /// Answers with a redirect.
        pub request_redirect: Option<RequestRedirect> = "requestRedirect",
        /// Changes host and path.
        pub url_rewrite: Option<UrlRewrite> = "urlRewrite",
        /// Sends a copy elsewhere.
        pub request_mirror: Option<RequestMirror> = "requestMirror",
        /// Cross-origin requests.
        pub cors: Option<CorsFilter> = "cors",
        /// What an object of the implementation's own says.
        pub extension_ref: Option<ExtensionReference> = "extensionRef",
    }

    /// An object of the implementation's own, in the route's namespace.
    pub struct ExtensionReference {
        pub group: Text = "group",
        pub kind: Text = "kind",
        pub name: Text = "name",
    }

    /// Changes headers.
    pub struct HeaderFilter {
        /// Overwrites.
        pub set: Vec<HttpHeader> = "set",
        /// Appends.
        pub add: Vec<HttpHeader> = "add",
        /// Takes away.
        pub remove: Vec<Text> = "remove",
    }

    pub struct HttpHeader {
        pub name: Text = "name",
        pub value: Text = "value",
    }

    /// Answers with a redirect.
    pub struct RequestRedirect {
        /// The request's unless said.
        pub scheme: Option<Text> = "scheme",
        /// The request's unless said.
        pub hostname: Option<Text> = "hostname",
        /// The request's unless said.
        pub path: Option<PathModifier> = "path",
        /// The scheme's, else the listener's.
        pub port: Option<i32> = "port",
        /// 302 unless said.
        pub status_code: Option<i32> = "statusCode",
    }

    /// Changes host and path.
    pub struct UrlRewrite {
        /// The host that the backend sees.
        pub hostname: Option<Text> = "hostname",
        /// The path that the backend sees.
        pub path: Option<PathModifier> = "path",
    }

    /// A new path.
    pub struct PathModifier {
        /// `ReplaceFullPath` or `ReplacePrefixMatch`.
        pub kind: Text = "type",
        /// The whole path.
        pub replace_full_path: Option<Text> = "replaceFullPath",
        /// What the matched prefix becomes.
        pub replace_prefix_match: Option<Text> = "replacePrefixMatch",
    }

    /// Sends a copy elsewhere.
    pub struct RequestMirror {
        /// Where.
        pub backend_ref: MirrorBackend = "backendRef",
        /// How many of a hundred.
        pub percent: Option<i32> = "percent",
        /// How many of how many.
        pub fraction: Option<MirrorFraction> = "fraction",
    }

    /// Where copies go.
    pub struct MirrorBackend {
        /// The object.
        pub group: Option<Text> = "group",
        /// `Service` unless said.
        pub kind: Option<Text> = "kind",
        pub name: Text = "name",
        pub namespace: Option<Text> = "namespace",
        /// The Service's port.
        pub port: Option<i32> = "port",
    }

    /// How many of how many.
    pub struct MirrorFraction {
        /// How many.
        pub numerator: i32 = "numerator",
        /// Of how many; 100 unless said.
        pub denominator: Option<i32> = "denominator",
    }

    /// Cross-origin requests.
    pub struct CorsFilter {
        /// Who may ask; `*` for all.
        pub allow_origins: Vec<Text> = "allowOrigins",
        /// Whether with cookies.
        pub allow_credentials: Option<bool> = "allowCredentials",
        pub allow_methods: Vec<Text> = "allowMethods",
        pub allow_headers: Vec<Text> = "allowHeaders",
        /// What scripts may read of the answer.
        pub expose_headers: Vec<Text> = "exposeHeaders",
        /// How long a browser may remember; 5 seconds unless said.
        pub max_age: Option<i32> = "maxAge",
    }
}

impl BackendRef {
    /// Which object it names.
    pub fn reference(&self) -> ObjectReference {
        let Self { group, kind, name, namespace, .. } = self.clone();
        ObjectReference { group, kind, name, namespace }
    }
}

impl MirrorBackend {
    /// As a backend of a rule is written.
    pub fn backend(&self) -> BackendRef {
        let Self { group, kind, name, namespace, port } = self.clone();
        BackendRef { group, kind, name, namespace, port, ..BackendRef::default() }
    }
}
