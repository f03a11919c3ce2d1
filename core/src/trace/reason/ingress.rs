//! Ingress: the API and its controllers.

super::reasons! {
    /// Rules of Ingress controllers.
    pub enum IngressControllerRule {
        /// An Exact path is equal.
        ExactPath,
        /// The longest matching path wins.
        LongestPath,
        /// ImplementationSpecific is taken as Prefix.
        ImplementationSpecificIsPrefix,
        /// No rule of the host matches and there is no default backend: the controller answers 404.
        NoRuleMatches,
        /// `spec.defaultBackend` takes what no rule takes.
        DefaultBackend,
        /// The Service of --default-backend-service takes what no rule takes.
        DefaultBackendService,
        /// The backend is a resource, which this controller doesn't know.
        ResourceBackend,
        /// The Service doesn't exist.
        ServiceMissing,
        /// The Service has no such port.
        PortMissing,
        /// The Service has no ready endpoint.
        NoEndpoints,
        /// The controller connects to the endpoints, past the Service's own address.
        PastTheService,
        /// The controller connects to the Service's own address.
        ThroughTheService,
        /// Endpoints take turns.
        RoundRobin,
        /// A cookie keeps a client with one endpoint; without the cookie any may be first.
        StickyCookie,
        /// A hash of the request chooses one endpoint; which one isn't modelled.
        HashedToOne,
        /// One endpoint of the Service's nodes and their node port.
        NodePortLoadBalancing,
        /// nginx: in regular expression mode the first match in order of length wins.
        FirstExpression,
        /// nginx: a path that ends with a slash, asked for without it, is a redirect.
        SlashAdded,
        /// nginx: app-root redirects `/`.
        AppRoot,
        /// nginx: a redirect to a fixed address comes before anything else of the location.
        FixedRedirect,
        /// http is redirected to https.
        HttpsRedirect,
        /// The host with or without www. is redirected to the one that has rules.
        WwwRedirect,
        /// The request's method or headers are a CORS preflight, which the controller answers.
        CorsPreflight,
        /// nginx: an annotation that can't be kept denies the location.
        LocationDenied,
        /// nginx refuses the configuration; the one before stays in force.
        ConfigurationRefused,
        /// nginx: plain HTTP on the port for TLS.
        PlainHttpToTlsPort,
        /// nginx: the catch-all server keeps /healthz and /nginx_status for the controller.
        OwnPage,
        /// nginx: a path that leaves the root, or with a broken escape.
        BadPath,
        /// nginx: TRACE and CONNECT are refused.
        MethodRefused,
        /// nginx: rewrite-target is a URL, to which the client is redirected.
        RewrittenToUrl,
        /// nginx: auth-tls-secret asks for a certificate of the client.
        ClientCertificateRequired,
        /// nginx: nobody answers at auth-url.
        AuthServerUnreachable,
        /// nginx: the body is larger than proxy-body-size.
        BodyTooLarge,
        /// nginx: the ConfigMap blocks the address, the user agent or the referer.
        BlockedByConfigMap,
        /// The address is on the deny list.
        AddressDenied,
        /// The address isn't on the allow list.
        AddressNotAllowed,
        /// A password is asked for.
        PasswordRequired,
        /// nginx: the default-backend annotation takes over for a Service without endpoints.
        DefaultBackendStandsIn,
        /// nginx: a header decides between mainline and canary.
        CanaryByHeader,
        /// nginx: a broken header pattern means mainline.
        CanaryPatternBroken,
        /// nginx: a cookie decides between mainline and canary.
        CanaryByCookie,
        /// nginx: the canary takes its weight.
        CanaryByWeight,
        /// nginx: a canary without endpoints leaves everything to the mainline.
        CanaryWithoutEndpoints,
        /// nginx: canary, affinity, hashing and service-upstream are kept once per Service, not per path.
        SharedService,
        /// ExternalName backends are switched off.
        ExternalNameDisabled,
        /// An ExternalName backend may not be the controller itself.
        ExternalNameIsLoopback,
        /// nginx: auth-url is asked first, and only 2xx lets a request through.
        AuthRequest,
        /// nginx: requests beyond the limit are answered 503.
        RateLimited,
        /// nginx: answers with the codes of custom-http-errors are replaced by the default backend's.
        ErrorsReplaced,
        /// nginx: mirror-target gets a copy.
        Mirrored,
        /// The certificate's names cover the host.
        CertificateCovers,
        /// The certificate is for other names.
        CertificateOfAnother,
        /// The certificate is signed by itself.
        CertificateSelfSigned,
        /// The controller's own certificate, as no Secret has one for the name.
        OwnCertificate,
        /// Traefik: the router with the longest rule, or the highest priority, wins.
        HighestPriority,
        /// Traefik: TCP routers see a connection before HTTP routers do.
        TcpRouterFirst,
        /// Traefik: routers of the same priority have no defined order.
        EqualPriority,
        /// Traefik: services share the traffic by weight.
        Weighted,
        /// Traefik: an empty Service is kept (allowEmptyServices) and answers 503.
        EmptyServiceKept,
        /// Traefik: a redirect middleware answers.
        RedirectMiddleware,
        /// Traefik: a middleware refuses the address.
        IpAllowList,
        /// Traefik: a headers middleware refuses the host.
        HostNotAllowed,
        /// Traefik: an entry point redirects everything.
        EntryPointRedirect,
        /// Traefik: a request that its parent router hands on.
        ChildRouter,
        /// Traefik: inFlightReq without an amount lets nobody in.
        NoneAtOnce,
        /// Traefik: the path holds an escape that isn't allowed.
        EncodedCharacter,
        /// Traefik: middlewares leave a path that isn't canonical, which is answered 400.
        PathNotCanonical,
        /// Traefik: the path holds a broken escape, which is answered 400.
        BrokenEscape,
        /// Traefik: the TLS options of the name end the handshake.
        TlsOptionsRefuse,
        /// Traefik: the host has other TLS options than the name of the handshake, which is answered 421.
        OtherTlsOptions,
        /// Traefik: the password is right.
        PasswordAccepted,
        /// Traefik: the server that forwardAuth asks can't be reached.
        AuthServerOutOfReach,
        /// Traefik: the client's address chooses one server.
        HashedByAddress,
        /// Traefik: nobody speaks the scheme that is given.
        UnknownScheme,
        /// Traefik: the fallback of a failover stands in.
        Failover,
        /// Traefik: an errors middleware shows a page of its service instead.
        ErrorPage,
    }

    /// Why an Ingress, rule or path doesn't match.
    pub enum IngressObjection {
        /// Another host was asked for.
        HostDiffers,
        /// More than are shown are for other hosts, or left out for reasons like those shown.
        NotShown,
        /// The path doesn't match.
        PathDiffers,
        /// A longer path matches too.
        ShorterPath,
        /// A rule for this very host matches too.
        LessSpecificHost,
        /// An Exact path of the same length matches too.
        PrefixBesideExact,
        /// An older Ingress, or an earlier rule, has the same.
        LaterIngress,
        /// nginx: an expression before it matches.
        LaterExpression,
        /// nginx: another Ingress has the same host, path and type already.
        DuplicatePath,
        /// nginx: another Ingress configures the catch-all server already.
        SecondDefaultBackend,
        /// Its class belongs to another controller.
        OtherClass,
        /// Its class doesn't exist.
        UnknownClass,
        /// It has no class, and this controller asks for one.
        NoClass,
        /// A path that is no plain path drops the whole Ingress.
        InvalidPath,
        /// An annotation of the wrong form drops the whole Ingress.
        InvalidAnnotation,
        /// nginx: an annotation of higher risk than the controller takes drops the whole Ingress.
        RiskyAnnotation,
        /// A canary without a mainline of the same host, path and type serves nothing.
        CanaryWithoutMainline,
        /// A canary with the mainline's own Service splits nothing.
        CanaryIsMainline,
        /// The location has a canary already.
        SecondCanary,
        /// Traefik: the Service doesn't exist, so the router is left out.
        ServiceMissing,
        /// Traefik: the Service has no such port, so the router is left out.
        PortMissing,
        /// Traefik: the Service has no endpoints, so the router is left out.
        ServiceEmpty,
        /// Traefik: ExternalName Services aren't allowed, so the router is left out.
        ExternalNameNotAllowed,
        /// Traefik: a resource isn't a backend, so the router is left out.
        ResourceBackend,
        /// Traefik: another router has a higher priority.
        LowerPriority,
        /// Traefik: the rule isn't valid, so the router is left out.
        InvalidRule,
        /// Traefik: a header, query, method or client address doesn't match.
        MatcherDiffers,
        /// Traefik: the router is for other entry points.
        OtherEntryPoint,
        /// Traefik: a router with TLS takes no plain HTTP.
        TlsOnly,
        /// Traefik: a router without TLS takes no HTTPS.
        PlainOnly,
        /// Traefik: a middleware is missing, so the router is in error.
        MiddlewareMissing,
        /// Traefik: an IngressRoute names something in another namespace, so the route is left out.
        OtherNamespace,
        /// Traefik: defaultBackend beside rules is ignored.
        DefaultBackendIgnored,
        /// Traefik: it is of the group that only Traefik 2 reads.
        LegacyGroup,
        /// Traefik: a middleware can't be built, so the router is in error.
        MiddlewareInvalid,
        /// Traefik: what is said of the Service can't be used, so the router is left out.
        ServiceInvalid,
        /// Traefik: health checks are for ExternalName Services only, so the router is left out.
        HealthCheckNotAllowed,
        /// Traefik: the ServersTransport doesn't exist, so the router is in error.
        ServersTransportMissing,
        /// Traefik: the parent doesn't exist, so the IngressRoute is left out.
        ParentMissing,
        /// Traefik: the router leads nowhere.
        NoServices,
        /// Traefik: a child may have no TLS and no entry points of its own.
        InvalidChild,
        /// Traefik: a later route with the same rule takes its place.
        ReplacedByLater,
        /// The Secret doesn't exist.
        SecretMissing,
        /// The Secret holds no certificate and key.
        CertificateUnreadable,
        /// The certificate is for other names.
        CertificateForOthers,
    }
}
