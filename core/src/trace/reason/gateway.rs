//! Gateway API.

super::reasons! {
    /// Rules of Gateways.
    pub enum GatewayRule {
        /// No listener is on the port: the connection is refused.
        NoListenerOnPort,
        /// No listener has the host: 404.
        NoListenerForHost,
        /// No listener has the name of the TLS handshake: the connection is closed.
        NoListenerForServerName,
        /// Plain HTTP on a port for TLS: the connection is closed.
        PlainHttpToTlsListener,
        /// TLS on a port for plain HTTP: the handshake fails.
        TlsToHttpListener,
        /// The listener wants a client certificate and the client shows none: the handshake fails.
        ClientCertificateMissing,
        /// The host belongs to another listener than the name of the TLS handshake: 421.
        MisdirectedRequest,
        /// Of the listeners on a port the one with the most specific hostname serves a host, alone.
        ListenerIsolation,
        /// No route of the listener matches: 404.
        NoRouteMatches,
        /// No route of the listener matches a gRPC call: Unimplemented.
        CallUnimplemented,
        /// The path is equal.
        ExactPath,
        /// The longest prefix wins.
        LongestPrefix,
        /// A regular expression must cover the whole path; where it ranks is the implementation's affair.
        PathExpression,
        /// Service and method of a gRPC call.
        CallMatches,
        /// The name of the TLS handshake.
        ServerNameMatches,
        /// No route has the name of the TLS handshake: the connection is closed.
        NoRouteForServerName,
        /// Of several routes on a listener without anything to match, the oldest gets all traffic.
        OldestRoute,
        /// A listener without any route closes connections.
        NoRouteAttached,
        /// The rule names no backend: 500.
        NoBackends,
        /// All weights are zero: 500.
        AllWeightsZero,
        /// Backends share the traffic by weight; an invalid one keeps its share.
        Weighted,
        /// The backend is of a kind that isn't supported: 500.
        BackendKindUnknown,
        /// The backend is in another namespace and no ReferenceGrant there permits the reference: 500.
        BackendNotPermitted,
        /// The backend Service doesn't exist: 500.
        BackendMissing,
        /// The backend Service has no such port: 500.
        BackendPortMissing,
        /// The backend is a Service of type ExternalName, which the controller doesn't take.
        BackendExternalName,
        /// The BackendTLSPolicy of a backend names no certificate that could be used: 5xx.
        BackendTlsPolicyInvalid,
        /// The backend Service has no ready endpoint: 503.
        NoEndpoints,
        /// A connection that has no backend is closed.
        NoBackendForConnection,
        /// A ReferenceGrant permits the reference into another namespace.
        Granted,
        /// The proxy connects to endpoints, past the Service's own address.
        PastTheService,
        /// A RequestRedirect filter answers.
        RequestRedirect,
        /// The path is normalized before routes are looked at.
        PathNormalized,
        /// A path with an escaped slash is answered with a redirect to the path without.
        EscapedSlashRedirect,
        /// The proxy refuses the request as malformed.
        RequestMalformed,
        /// The proxy doesn't take HTTP/1.0.
        VersionRefused,
        /// A filter can't be applied, so that its rule answers with an error.
        FilterInvalid,
        /// Routers of equal priority: the controller takes one by chance when it loads its configuration.
        EqualPriority,
        /// A SecurityPolicy denies the request.
        PolicyDenies,
        /// A SecurityPolicy wants credentials that the request doesn't show.
        CredentialsRefused,
        /// A policy can't be applied, so that its routes answer with an error.
        PolicyInvalid,
        /// A BackendTrafficPolicy injects a fault.
        FaultInjected,
        /// An HTTPRouteFilter answers by itself.
        DirectResponse,
        /// The proxy answers a check of its health.
        HealthCheckAnswered,
        /// Envoy refuses the listener because of a policy that it can't load.
        ListenerRefused,
        /// The controller isn't modelled, and those that are differ.
        ImplementationsDiffer,
        /// The proxy answers a CORS preflight by itself.
        CorsPreflight,
        /// The backend is taken to answer within the timeouts.
        WithinTimeouts,
        /// Sessions keep a client with one endpoint; the first request may go to any.
        SessionStarts,
        /// The proxy ends TLS.
        TlsTerminated,
        /// TLS goes to the backend as it is.
        TlsPassedThrough,
    }

    /// Why a listener, route or rule doesn't serve a request.
    pub enum GatewayObjection {
        /// Another host was asked for.
        HostnameDiffers,
        /// More than are shown don't come into question either.
        NotShown,
        /// A listener with a more specific hostname has the host.
        LessSpecificListener,
        /// The listener isn't programmed.
        ListenerNotProgrammed,
        /// The path doesn't match.
        PathDiffers,
        /// The method doesn't match.
        MethodDiffers,
        /// A header doesn't match.
        HeaderDiffers,
        /// A parameter of the query doesn't match.
        QueryParamDiffers,
        /// The call's service or method doesn't match.
        CallDiffers,
        /// Its regular expression can't be read, so that the controller leaves it out.
        BrokenExpression,
        /// A router with a greater priority matches too.
        LowerPriority,
        /// A GRPCRoute takes gRPC only.
        NotGrpc,
        /// A more specific hostname matches too.
        LessSpecificHostname,
        /// A match by an exact path comes before it.
        LessExactPath,
        /// A longer path matches too.
        ShorterPath,
        /// A match with a method comes before it.
        WithoutMethod,
        /// A match with more headers comes before it.
        FewerHeaders,
        /// A match with more query parameters comes before it.
        FewerQueryParams,
        /// An older route, or an earlier rule, has the same.
        LaterRoute,
        /// The route's parentRef fits no listener's name and port.
        NoMatchingParent,
        /// The listeners allow no route of this kind or namespace.
        NotAllowedByListeners,
        /// The route and the listeners have no hostname in common.
        NoCommonHostname,
        /// An older route of the other kind, HTTPRoute or GRPCRoute, has a hostname of its on that listener.
        HostnameConflict,
        /// Its weight is zero.
        WeightZero,
        /// Its kind isn't supported.
        BackendKindUnknown,
        /// No ReferenceGrant permits it.
        BackendNotPermitted,
        /// It doesn't exist.
        BackendMissing,
        /// It has no such port.
        BackendPortMissing,
        /// It is of type ExternalName, which the controller doesn't take.
        BackendExternalName,
        /// Its BackendTLSPolicy names no certificate that could be used.
        BackendTlsPolicyInvalid,
        /// It has no ready endpoint.
        NoEndpoints,
    }
}
