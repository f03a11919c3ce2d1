//! Where implementations differ: one row for each controller that is modelled, each cell with its place in the source.
//!
//! The first row is the specification, which stands for controllers that don't exist (`example.com`). A controller without
//! a row is answered where all rows agree, and is unknown by name where they don't.

/// The filters that are modelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
pub enum FilterKind {
    #[strum(serialize = "CORS")]
    Cors,
    ExtensionRef,
    RequestHeaderModifier,
    RequestMirror,
    RequestRedirect,
    ResponseHeaderModifier,
    #[strum(serialize = "URLRewrite")]
    UrlRewrite,
}

/// How a controller's Gateways do what the API's text leaves open, or what they do otherwise.
#[derive(Clone, Copy, Debug)]
pub struct GatewayImplementation {
    /// `spec.controllerName` of its GatewayClasses; empty for the specification.
    pub controller: &'static str,
    /// What it makes of a request before it routes.
    pub intake: RequestIntake,
    /// Which routes compete for a host.
    pub competition: RouteCompetition,
    /// In which order competing matches are weighed.
    pub precedence: &'static [PrecedenceStep],
    /// What several headers or parameters of one name amount to.
    pub repeated: RepeatedValues,
    /// How much of a text a regular expression must cover.
    pub reach: ExpressionReach,
    /// What becomes of a regular expression that can't be read.
    pub broken_expression: BrokenExpression,
    /// Whether only gRPC calls reach GRPCRoutes.
    pub tells_grpc_apart: bool,
    /// Whether HTTPRoutes and GRPCRoutes exclude each other from a hostname.
    pub kinds_exclude: bool,
    /// The filters it has on rules.
    pub filters: &'static [FilterKind],
    /// The filters it has on single backends.
    pub backend_filters: &'static [FilterKind],
    /// Whether URLRewrite on a single backend may change the path.
    pub rewrites_backend_paths: bool,
    /// What becomes of requests on which it hasn't a filter.
    pub missing_filter: MissingFilter,
    /// How header filters are applied.
    pub header_filters: HeaderFilters,
    /// Which port a redirect names.
    pub redirect_port: RedirectPort,
    /// Whether a path that a filter puts in is taken to the letter, `?` being no query.
    pub literal_paths: bool,
    /// How ReplacePrefixMatch joins what it puts in with the rest.
    pub prefix: PrefixReplacement,
    /// Whether a mirror that can't be resolved spoils its rule.
    pub needs_mirrors: bool,
    /// What browsers are told of other origins.
    pub cross_origin: CrossOrigin,
    /// What backends are told of the client.
    pub forwarded: ForwardedHeaders,
    /// The answer where every backend has weight 0.
    pub weightless: u16,
    /// The answer where a backend can't be reached.
    pub unreachable: u16,
    /// The answer where a backend doesn't answer the connection.
    pub silent: u16,
    /// Whether ExternalName Services are refused as backends.
    pub refuses_external_names: bool,
}

/// What is done to a request before it is routed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestIntake {
    /// Nothing.
    Verbatim,
    /// Paths are normalized, and what HTTP/1.1 doesn't allow is refused.
    EnvoyGateway,
    /// Paths are cleaned.
    Traefik,
}

/// Which routes compete for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RouteCompetition {
    /// Those of the listener with the most specific hostname.
    Listener,
    /// Of all listeners on the port those under the most specific hostname.
    VirtualHost,
    /// Those of all listeners on the port.
    Port,
}

/// One step of precedence; the steps are taken in order until one match is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrecedenceStep {
    /// The more specific hostname.
    Hostname,
    /// Exact before all other paths.
    ExactPath,
    /// Exact, or a call by service and method, before all other paths.
    ExactPathOrCall,
    /// How an expression ranks among other paths isn't settled.
    UnsettledExpression,
    /// Expressions before prefixes.
    Expression,
    /// The longer path, a slash at its end counting nothing.
    PathLength,
    /// The longer path as it is written; `/` counts nothing.
    WrittenLength,
    /// A method before none.
    Method,
    /// More headers.
    Headers,
    /// More headers, a method counting as one.
    HeadersAndMethod,
    /// More headers that are no expressions, a method counting as one.
    PlainHeaders,
    /// More parameters.
    Parameters,
    /// More parameters that are no expressions.
    PlainParameters,
    /// HTTPRoutes before GRPCRoutes.
    HttpBeforeGrpc,
    /// The greater priority of Traefik's routers.
    RouterPriority,
    /// The older route, then the earlier rule.
    Age,
}

/// What several values of one name amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepeatedValues {
    /// Headers joined by commas, the first parameter.
    Joined,
    /// Any header; the first parameter, as it is encoded.
    AnyHeader,
    /// Any header, any parameter.
    Any,
}

/// How much of a text an expression must cover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpressionReach {
    /// All of it.
    Whole,
    /// Any part of it.
    Part,
}

/// What becomes of an expression that can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrokenExpression {
    /// Nobody says.
    Unsettled,
    /// Its rule is left out.
    DropsRule,
    /// Its match is left out.
    DropsMatch,
}

/// What becomes of requests on which a filter isn't there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingFilter {
    /// Nobody says.
    Unsettled,
    /// 500.
    Fails,
}

/// How header filters are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeaderFilters {
    /// Filter by filter: set, add, remove.
    InOrder,
    /// Removals first, then additions, of one name the first that is written; Host can't be changed.
    FirstOfName,
    /// Filter by filter; Host changes the request's host; of names that differ in case the first or last by chance.
    HostToo,
}

/// Which port a redirect names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectPort {
    /// The filter's, else the scheme's, else the listener's; a scheme's own port isn't written.
    Listener,
    /// As above, but where none is to be written, the one in the request's Host stays.
    ListenerOrHost,
    /// The filter's, as it is; none if it names a scheme; else the one in the request's Host.
    Host,
}

/// How ReplacePrefixMatch joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrefixReplacement {
    /// With one slash.
    Elements,
    /// As text is put for text.
    Text,
    /// With one slash, and none at the end unless the rest has one.
    JoinedPath,
}

/// What browsers are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrossOrigin {
    /// Nothing to origins that aren't allowed, `*` where all are.
    Specification,
    /// The origin by name, and to preflights of any origin all but that.
    EchoOrigin,
}

/// What backends are told of the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardedHeaders {
    /// Client, host, port and scheme, of the connection alone.
    Connection,
    /// The client behind those that the request names, and the scheme.
    Appended,
    /// Client, host, scheme, and the port in the request's Host.
    HostPort,
}

/// Controllers by name, the specification first.
pub const IMPLEMENTATIONS: &[GatewayImplementation] = &[SPECIFICATION, ENVOY_GATEWAY, TRAEFIK];

/// The filters that the API's text describes itself.
const STANDARD_FILTERS: &[FilterKind] = &[
    FilterKind::Cors,
    FilterKind::RequestHeaderModifier,
    FilterKind::RequestMirror,
    FilterKind::RequestRedirect,
    FilterKind::ResponseHeaderModifier,
    FilterKind::UrlRewrite,
];

/// httproute.go loadMiddlewares.
const TRAEFIK_FILTERS: &[FilterKind] = &[
    FilterKind::ExtensionRef,
    FilterKind::RequestHeaderModifier,
    FilterKind::RequestRedirect,
    FilterKind::ResponseHeaderModifier,
    FilterKind::UrlRewrite,
];

/// The API's text (apis/v1; conformance suite).
pub const SPECIFICATION: GatewayImplementation = GatewayImplementation {
    controller: "",
    intake: RequestIntake::Verbatim,
    competition: RouteCompetition::Listener, // GatewayHTTPListenerIsolation
    precedence: &[
        PrecedenceStep::Hostname,
        PrecedenceStep::ExactPath,
        PrecedenceStep::UnsettledExpression,
        PrecedenceStep::PathLength,
        PrecedenceStep::Method,
        PrecedenceStep::Headers,
        PrecedenceStep::Parameters,
        PrecedenceStep::Age,
    ],
    repeated: RepeatedValues::Joined,
    reach: ExpressionReach::Whole,
    broken_expression: BrokenExpression::Unsettled,
    tells_grpc_apart: true,
    kinds_exclude: true,
    filters: STANDARD_FILTERS,
    backend_filters: STANDARD_FILTERS,
    rewrites_backend_paths: true,
    missing_filter: MissingFilter::Unsettled, // ExtensionRef and what other objects decide
    header_filters: HeaderFilters::InOrder,
    redirect_port: RedirectPort::Listener,
    literal_paths: false,
    prefix: PrefixReplacement::Elements,
    needs_mirrors: false,
    cross_origin: CrossOrigin::Specification,
    forwarded: ForwardedHeaders::Connection,
    weightless: 500,
    unreachable: 502, // RFC 9110, 15.6.3
    silent: 504,
    refuses_external_names: false,
};

/// Envoy Gateway 1.9 with Envoy 1.40.
pub const ENVOY_GATEWAY: GatewayImplementation = GatewayImplementation {
    controller: "gateway.envoyproxy.io/gatewayclass-controller",
    intake: RequestIntake::EnvoyGateway, // gatewayapi/listener.go buildListeners, xds/translator/listener.go addHCMToXDSListener
    competition: RouteCompetition::VirtualHost, // xds/translator/translator.go addRouteToRouteConfig, one host a domain
    precedence: &[
        // gatewayapi/sort.go XdsIRRoutes.Less; a method is a header `:method` (route.go processHTTPRouteRule)
        PrecedenceStep::ExactPathOrCall,
        PrecedenceStep::Expression,
        PrecedenceStep::WrittenLength,
        PrecedenceStep::HeadersAndMethod,
        PrecedenceStep::PlainHeaders,
        PrecedenceStep::Parameters,
        PrecedenceStep::PlainParameters,
        PrecedenceStep::HttpBeforeGrpc,
        PrecedenceStep::Age,
    ],
    repeated: RepeatedValues::AnyHeader,
    reach: ExpressionReach::Whole,                  // Envoy's safe_regex
    broken_expression: BrokenExpression::DropsRule, // route.go processHTTPRouteRules: `continue`
    tells_grpc_apart: false,                        // route.go processGRPCRouteRule matches paths and headers only
    kinds_exclude: false,                           // route.go checkRouteOverlaps only says so
    filters: &[
        FilterKind::Cors,
        FilterKind::RequestHeaderModifier,
        FilterKind::RequestMirror,
        FilterKind::RequestRedirect,
        FilterKind::ResponseHeaderModifier,
        FilterKind::UrlRewrite,
        FilterKind::ExtensionRef,
    ],
    backend_filters: &[
        // validate.go validateBackendRefFilters
        FilterKind::RequestHeaderModifier,
        FilterKind::ResponseHeaderModifier,
        FilterKind::UrlRewrite,
        FilterKind::ExtensionRef,
    ],
    rewrites_backend_paths: false,               // validate.go validateBackendRefFilters
    missing_filter: MissingFilter::Fails,        // filters.go processUnsupportedHTTPFilter
    header_filters: HeaderFilters::FirstOfName,  // filters.go processRequestHeaderModifierFilter
    redirect_port: RedirectPort::ListenerOrHost, // xds/translator/route.go buildXdsRedirectAction
    literal_paths: false,
    prefix: PrefixReplacement::Text, // xds/translator/route.go buildXdsURLRewriteAction
    needs_mirrors: true,             // filters.go processRequestMirrorFilter
    cross_origin: CrossOrigin::EchoOrigin, // xds/translator/cors.go; Envoy's cors_filter.cc
    forwarded: ForwardedHeaders::Appended, // use_remote_address
    weightless: 500,
    unreachable: 503, // Envoy's response flags UF and UH
    silent: 503,
    refuses_external_names: true, // route.go processServiceDestinationSetting
};

/// Traefik 3.7 (pkg/provider/kubernetes/gateway).
pub const TRAEFIK: GatewayImplementation = GatewayImplementation {
    controller: "traefik.io/gateway-controller",
    intake: RequestIntake::Traefik, // server/server_entrypoint_tcp.go sanitizePath, normalizePath
    competition: RouteCompetition::Port, // routers of an entry point, httproute.go loadHTTPRoute
    precedence: &[PrecedenceStep::RouterPriority],
    repeated: RepeatedValues::Any,                   // muxer/http/matcher.go header, query
    reach: ExpressionReach::Part,                    // muxer/http/matcher.go pathRegexp, headerRegexp
    broken_expression: BrokenExpression::DropsMatch, // a router that can't be built
    tells_grpc_apart: false,                         // grpcroute.go buildGRPCMethodRule
    kinds_exclude: false,
    filters: TRAEFIK_FILTERS,
    backend_filters: TRAEFIK_FILTERS,
    rewrites_backend_paths: true,
    missing_filter: MissingFilter::Fails,
    header_filters: HeaderFilters::HostToo, // middlewares/gatewayapi/headermodifier
    redirect_port: RedirectPort::Host,      // middlewares/gatewayapi/redirect
    literal_paths: true,
    prefix: PrefixReplacement::JoinedPath, // middlewares/gatewayapi/urlrewrite
    needs_mirrors: false,
    cross_origin: CrossOrigin::Specification,
    forwarded: ForwardedHeaders::HostPort, // middlewares/forwardedheaders
    weightless: 503,                       // server/service/loadbalancer/wrr
    unreachable: 502,
    silent: 504,
    refuses_external_names: false,
};

impl GatewayImplementation {
    /// The row of a controller; None where it has none.
    pub fn of(controller: &str) -> Option<&'static Self> {
        if is_invented(controller) {
            return Some(&SPECIFICATION);
        }
        IMPLEMENTATIONS.iter().find(|row| row.controller == controller)
    }
}

/// Whether a controller's domain belongs to nobody (RFC 2606) or to this project: it follows the specification.
fn is_invented(controller: &str) -> bool {
    let domain = controller.split('/').next().unwrap_or_default();
    ["example.com", "example.net", "example.org", "whichpod.dev"]
        .iter()
        .any(|known| domain == *known || domain.strip_suffix(known).is_some_and(|rest| rest.ends_with('.')))
}
