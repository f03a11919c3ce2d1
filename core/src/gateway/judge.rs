//! What a Gateway makes of a connection: the listener that has it, the rule that takes it, the backends that share it.

use std::net::IpAddr;
use std::sync::Arc;

use super::backend::{self, ResolvedBackend};
use super::choice::choose_match;
use super::ending::RequestEnd;
use super::envoy::client::{CertificateDemand, ClientPolicy};
use super::envoy::effects::PolicyEffects;
use super::envoy::{EnvoyPolicy, PolicyScope, extension, overriding, security, traffic};
use super::filter::FilteredRequest;
use super::implementation::{ForwardedHeaders, RouteCompetition};
use super::intake;
use super::listener::{GatewayListener, ListenerProtocol};
use super::matching::{RouteTable, RouteTableEntry, first_candidates, gateway_objection};
use super::rewriting::UrlRewriting;
use super::{Gateway, GatewayArrival};
use crate::cluster::Cluster;
use crate::model::{BackendRef, RequestMirror, RouteFilter};
use crate::packet::{Headers, HttpRequest, HttpResponse, HttpVersion, Scheme, TlsVersion, host_and_port};
use crate::proxy::forwarded::ForwardedClient;
use crate::proxy::verdict::{ForwardedRequest, JudgementBuilder, status_response};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{
    Candidate, CandidateFate, Cause, CauseList, Component, GatewayObjection, GatewayRule, Judgement, ModelGap,
    PacketDecision,
};
use crate::trace::{CandidateSubject, ComponentPlace, Share};

/// A connection being judged.
struct GatewayJudging<'a> {
    cluster: &'a Cluster,
    gateway: &'a Gateway,
    arrival: &'a GatewayArrival<'a>,
    port: u16,
    /// Whether other listeners of the port leave the host to one that is more specific.
    isolates: bool,
    verdict: JudgementBuilder,
}

/// What a Gateway makes of a connection; None where it takes it without looking at it, as nc to a port for HTTP.
pub fn judge_gateway_connection(
    cluster: &Cluster,
    gateway: &Gateway,
    arrival: &GatewayArrival<'_>,
    port: u16,
) -> Option<Judgement> {
    let at = ComponentPlace::Pod(arrival.pod.clone());
    let verdict = JudgementBuilder::new(Component::Gateway, at, Arc::default());
    let judging = GatewayJudging { cluster, gateway, arrival, port, isolates: false, verdict };
    let on_port =
        |listener: &&GatewayListener| listener.port == port && listener.protocol.transport() == arrival.protocol;
    let (listeners, broken): (Vec<&GatewayListener>, Vec<&GatewayListener>) =
        gateway.listeners.iter().filter(on_port).partition(|listener| listener.is_programmed());
    judging.listeners(listeners, &broken)
}

impl<'a> GatewayJudging<'a> {
    fn listeners(mut self, listeners: Vec<&GatewayListener>, broken: &[&GatewayListener]) -> Option<Judgement> {
        self.reject(broken.iter().copied(), GatewayObjection::ListenerNotProgrammed);
        if self.gateway.spoiled_ports.contains(&self.port) {
            return Some(self.refuse(GatewayRule::ListenerRefused));
        }
        let Some(first) = listeners.first() else { return Some(self.refuse(GatewayRule::NoListenerOnPort)) };
        match (first.protocol, self.arrival.request) {
            (ListenerProtocol::Tcp | ListenerProtocol::Udp, _) => Some(self.oldest_route(first)),
            (_, None) => None,
            (ListenerProtocol::Http, Some(request)) if request.scheme == Scheme::Https => {
                Some(self.refuse(GatewayRule::TlsToHttpListener))
            }
            (ListenerProtocol::Http, Some(request)) => Some(self.http(&listeners, request)),
            (_, Some(request)) if request.scheme == Scheme::Http => {
                Some(self.refuse(GatewayRule::PlainHttpToTlsListener))
            }
            (_, Some(request)) => Some(self.tls(&listeners, request)),
        }
    }

    /// The listener with the most specific hostname serves a host (GatewayHTTPListenerIsolation), or all of the port do.
    fn http(mut self, listeners: &[&GatewayListener], request: &HttpRequest) -> Judgement {
        if self.gateway.implementation.competition != RouteCompetition::Listener {
            return self.route(listeners, request);
        }
        let host = request.hostname();
        let Some(listener) = most_specific(listeners, &host) else {
            self.reject(listeners.iter().copied(), GatewayObjection::HostnameDiffers);
            return self.nothing(GatewayRule::NoListenerForHost, request, Vec::new());
        };
        self.leave_out(listeners, listener, &host);
        self.route(&[listener], request)
    }

    /// The name of the handshake chooses the listener; a request for another one's host is misdirected (RFC 9110, 15.5.20).
    fn tls(mut self, listeners: &[&GatewayListener], request: &HttpRequest) -> Judgement {
        // 1. The listener of the name.
        let name = request.server_name.clone().unwrap_or_default().to_ascii_lowercase();
        let Some(listener) = most_specific(listeners, &name) else {
            self.reject(listeners.iter().copied(), GatewayObjection::HostnameDiffers);
            return self.refuse(GatewayRule::NoListenerForServerName);
        };
        self.leave_out(listeners, listener, &name);
        // 2. The versions of TLS: by Envoy Gateway's policy, 1.2 and newer without one (translator/listener.go, Go's crypto/tls).
        let policy = self.client_policy(listener);
        let oldest = policy.oldest_tls().unwrap_or(TlsVersion::Tls12);
        if listener.protocol != ListenerProtocol::TlsPassthrough
            && request.newest_tls.is_some_and(|newest| newest < oldest)
        {
            let because = vec![Cause::rule(GatewayRule::TlsVersionTooOld), Cause::line(&listener.field())];
            return self.verdict.end(PacketDecision::BreakOff, because);
        }
        // 3. Certificates of clients: by Envoy Gateway's policy, then by the Gateway itself.
        match (policy.certificate_demand(), request.client_certificate) {
            (CertificateDemand::Nothing, _) | (CertificateDemand::CheckedIfShown, false) => {}
            (CertificateDemand::Any, true) => {}
            (CertificateDemand::Any | CertificateDemand::Checked, false) => {
                let missing = GatewayRule::ClientCertificateMissing;
                let because = vec![Cause::rule(missing), Cause::line(&listener.field())];
                return self.verdict.end(PacketDecision::Refuse, because);
            }
            (CertificateDemand::Checked | CertificateDemand::CheckedIfShown, true) => {
                return self.verdict.unknown(ModelGap::Field(listener.field()), Vec::new());
            }
        }
        if listener.client_check.is_some_and(|check| !check.falls_back) {
            let frontend = self.gateway.reference.field("spec.tls.frontend");
            if !request.client_certificate {
                let because = vec![Cause::rule(GatewayRule::ClientCertificateMissing), Cause::line(&frontend)];
                return self.verdict.end(PacketDecision::Refuse, because);
            }
            // Whether the Gateway trusts the client's certificate isn't in the manifests.
            return self.verdict.unknown(ModelGap::Field(frontend), vec![Cause::line(&listener.field())]);
        }
        // 4. HTTPS is looked into, and a host of another listener refused; other protocols go by the name alone.
        match listener.protocol {
            ListenerProtocol::Https if self.gateway.implementation.competition != RouteCompetition::Listener => {
                self.route(&[listener], request)
            }
            ListenerProtocol::Https => {
                let by_host = most_specific(listeners, &request.hostname());
                if by_host.is_some_and(|by_host| by_host.field() != listener.field()) {
                    let because = vec![Cause::rule(GatewayRule::MisdirectedRequest), Cause::line(&listener.field())];
                    return self.respond(status_response(421), because);
                }
                self.route(&[listener], request)
            }
            _ => self.server_name(listener, &name, request),
        }
    }

    /// A TLSRoute by the name of the handshake.
    fn server_name(mut self, listener: &GatewayListener, name: &str, request: &HttpRequest) -> Judgement {
        self.consider_left_out();
        let Some(entry) = listener.table.for_name(name) else {
            return self.refuse(GatewayRule::NoRouteForServerName);
        };
        let passes = listener.protocol == ListenerProtocol::TlsPassthrough;
        let how = if passes { GatewayRule::TlsPassedThrough } else { GatewayRule::TlsTerminated };
        let request = (!passes).then(|| HttpRequest { scheme: Scheme::Http, server_name: None, ..request.clone() });
        let because = vec![Cause::line(&entry.field()), Cause::rule(GatewayRule::ServerNameMatches), Cause::rule(how)];
        self.connection(listener, entry, request, because)
    }

    /// All connections go to the oldest route (TCPRoute, UDPRoute).
    fn oldest_route(mut self, listener: &GatewayListener) -> Judgement {
        self.consider_left_out();
        let Some(entry) = listener.table.oldest() else { return self.refuse(GatewayRule::NoRouteAttached) };
        let later = listener.table.shown().filter(|other| other.route.reference != entry.route.reference);
        self.verdict.consider(later.map(|other| rejected_candidate(other.field(), GatewayObjection::LaterRoute)));
        let because =
            vec![Cause::line(&entry.field()), Cause::rule(GatewayRule::OldestRoute), Cause::line(&listener.field())];
        self.connection(listener, entry, None, because)
    }

    /// The backends of a connection that isn't looked into; one without backend is closed.
    fn connection(
        mut self,
        listener: &GatewayListener,
        entry: &RouteTableEntry,
        request: Option<HttpRequest>,
        because: Vec<Cause>,
    ) -> Judgement {
        // 1. Who may connect.
        if let Some(policy) = self.denying_policy(listener, entry) {
            let because = with_causes(&because, [Cause::rule(GatewayRule::ConnectionDenied), Cause::line(&policy)]);
            return self.verdict.end(PacketDecision::Refuse, because);
        }
        // 2. How the connection goes on.
        let is_tls = self.arrival.request.is_some_and(|request| request.scheme == Scheme::Https);
        let protocol = if is_tls { "tls" } else { "" };
        let protocol = if request.is_some() { "tcp" } else { protocol };
        let forward = ForwardedRequest {
            rule: Some(entry.field()),
            request: request.map(Arc::new),
            protocol: protocol.to_owned(),
            ..ForwardedRequest::default()
        };
        let closed = |why: GatewayRule| {
            (PacketDecision::Refuse, vec![Cause::rule(GatewayRule::NoBackendForConnection), Cause::rule(why)])
        };
        // 3. The backends with their weights.
        let Some(shares) = weighted_backends(entry) else {
            let (decision, more) = closed(GatewayRule::NoBackends);
            return self.verdict.end(decision, because.into_iter().chain(more).collect());
        };
        for (share, at, wanted) in shares {
            // 4. Each is forwarded to, or closes its share.
            match backend::resolve_backend(self.cluster, self.gateway.implementation, &entry.route, wanted, &at, false)
            {
                Ok(ResolvedBackend::Upstream(upstream, _)) if !upstream.peers.is_empty() => {
                    let because = with_causes(&because, [Cause::rule(GatewayRule::PastTheService), Cause::line(&at)]);
                    self.verdict.forward(share, &upstream, &forward, &because);
                }
                Ok(ResolvedBackend::Upstream(..)) => {
                    let (decision, more) = closed(GatewayRule::NoEndpoints);
                    self.verdict.add(share, None, decision, with_causes(&because, more));
                }
                Ok(ResolvedBackend::Unknown(gap)) => {
                    self.verdict.add(share, None, PacketDecision::Unknown(gap), because.clone());
                }
                Err(fault) => {
                    let (decision, more) = closed(fault.rule());
                    self.verdict.add(share, None, decision, with_causes(&because, more));
                }
            }
        }
        self.verdict.finish()
    }

    /// The SecurityPolicy that has a connection closed, by its client's address; one that says more doesn't count
    /// (securitypolicy.go processSecurityPolicyForRoute). UDP has none.
    fn denying_policy(&self, listener: &GatewayListener, entry: &RouteTableEntry) -> Option<FieldRef> {
        let scope = self.gateway.scope(listener, Some((&entry.route, entry.rule)));
        let policy = self.gateway.policies.of("SecurityPolicy", &scope)?;
        let applies = listener.protocol != ListenerProtocol::Udp && security::is_for_connections(&policy);
        let denied = security::authorize(&policy, self.arrival.client, None).filter(|_| applies);
        denied.map(|_| policy.field("authorization"))
    }

    /// The rule of some listeners' routes that takes a request.
    fn route(mut self, listeners: &[&GatewayListener], request: &HttpRequest) -> Judgement {
        // 1. What the proxy makes of the request before it routes.
        let implementation = self.gateway.implementation;
        let client = listeners.first().map(|listener| self.client_policy(listener)).unwrap_or_default();
        if let Some(gap) = client.gap().or_else(|| self.patch(listeners)) {
            return self.verdict.unknown(gap, Vec::new());
        }
        let mut taken = match intake::take_request(implementation.intake, &client.settings(), request) {
            Ok(taken) => taken,
            Err((response, why)) => return self.respond(response, vec![Cause::rule(why)]),
        };
        let Some(address) = client.client_address(self.arrival.client, &taken.headers) else {
            return self.respond(status_response(403), vec![Cause::rule(GatewayRule::ClientUnknown)]);
        };
        client.change_early(&mut taken.headers);
        if client.is_health_check(&taken) {
            return self.respond(status_response(200), vec![Cause::rule(GatewayRule::HealthCheckAnswered)]);
        }
        let request = &taken;
        // 2. The matches that compete.
        let tables: Vec<&RouteTable> = listeners.iter().map(|listener| &listener.table).collect();
        let choice = choose_match(&tables, request, implementation);
        self.verdict.consider(choice.candidates);
        self.consider_left_out();
        let mut because = Vec::new();
        if self.arrival.request.is_some_and(|asked| asked.path != request.path) {
            because.add_rule(GatewayRule::PathNormalized);
        }
        if self.isolates {
            because.add_rule(GatewayRule::ListenerIsolation);
        }
        // 3. None, one, or several between which chance decides.
        let Some(last) = choice.entries.last() else {
            let why = match request.version {
                HttpVersion::Grpc => GatewayRule::CallUnimplemented,
                HttpVersion::Http10 | HttpVersion::Http1 | HttpVersion::Http2 => GatewayRule::NoRouteMatches,
            };
            because.extend(listeners.iter().take(1).map(|listener| Cause::line(&listener.field())));
            return self.nothing(why, request, because);
        };
        if let Some(gap) = choice.rank {
            because.insert(0, Cause::line(&last.field()));
            return self.verdict.unknown(gap, because);
        }
        let whole = u64::try_from(choice.entries.len()).unwrap_or(1);
        if whole > 1 {
            because.add_rule(GatewayRule::EqualPriority);
        }
        for entry in choice.entries {
            let effects = self.effects(listeners, entry);
            self.entry(Share::of(1, whole), entry, (request, address), &effects, because.clone());
        }
        self.verdict.finish()
    }

    /// One match, through the filters of its rule.
    fn entry(
        &mut self,
        share: Share,
        entry: &RouteTableEntry,
        (request, client): (&HttpRequest, IpAddr),
        effects: &PolicyEffects,
        more: Vec<Cause>,
    ) {
        // 1. The match; one that isn't modelled leaves it open.
        let mut because = vec![Cause::line(&entry.field())];
        because.extend(entry.path().rule().map(Cause::rule));
        because.extend(more);
        if let Some(gap) = entry.gap() {
            return self.verdict.add(share, None, PacketDecision::Unknown(gap), because);
        }
        let Some(written) = entry.rule() else { return };
        // 2. Who may ask; then the rule's filters, CORS before them, mirrors behind.
        let rewriting = self.rewriting(entry);
        let at = entry.route.rule_field(entry.rule);
        let known = self.gateway.implementation.filters;
        let mut shown = request.clone();
        let guard = effects.guard(self.cluster, client, &mut shown);
        let mut filtered = FilteredRequest::new(shown);
        if let Some(cors) = effects.cors(written) {
            filtered.cross_origin(&cors, self.gateway.implementation);
        }
        let filtered = filtered.through(&written.filters, &at, &rewriting, known);
        let mut filtered = self.with_mirrors(entry, filtered);
        // 3. Faults come first, then preflights, then who may ask, then what filters answer (httpfilters.go).
        let fault = effects.fault();
        let rest = fault.as_ref().map_or(Share::ONE, |(often, _)| often.rest());
        if let Some((often, response)) = fault.filter(|(often, _)| !often.is_zero()) {
            self.answer_on_route(effects, share.times(often), response, GatewayRule::FaultInjected, &because);
        }
        let share = share.times(rest);
        if share.is_zero() {
            return;
        }
        // 4. A preflight is answered whoever asks.
        if !matches!(filtered.end, Some(RequestEnd::Respond(_, GatewayRule::CorsPreflight))) {
            filtered.end = guard.or(filtered.end);
        }
        // 5. The filters' answer, or on to the backends.
        effects.client.change_late(&mut filtered.response_headers);
        match filtered.end.clone() {
            Some(RequestEnd::Respond(response, why)) => {
                self.answer_on_route(effects, share, with_headers(response, &filtered), why, &because);
            }
            Some(RequestEnd::Unknown(gap)) => self.verdict.add(share, None, PacketDecision::Unknown(gap), because),
            None => self.backends(share, entry, &filtered, effects, because),
        }
    }

    fn rewriting<'e>(&'e self, entry: &'e RouteTableEntry) -> UrlRewriting<'e> {
        let implementation = self.gateway.implementation;
        UrlRewriting { cluster: self.cluster, implementation, entry, port: self.port }
    }

    /// What a ClientTrafficPolicy says of a listener.
    fn client_policy(&self, listener: &GatewayListener) -> ClientPolicy {
        let gateway = self.gateway;
        let scope = gateway.scope(listener, None);
        ClientPolicy::new(gateway.policies.of_clients(&scope, &gateway.listeners))
    }

    /// What changes the proxy's own configuration.
    fn patch(&self, listeners: &[&GatewayListener]) -> Option<ModelGap> {
        let scope = self.gateway.scope(listeners.first()?, None);
        let patch = self.gateway.policies.of("EnvoyPatchPolicy", &scope).map(|patch| patch.field("jsonPatches"));
        let proxy = self.gateway.proxy.as_ref().and_then(|(name, proxy)| extension::proxy_gap(name, proxy));
        patch.or(proxy).map(ModelGap::Field)
    }

    /// What policies say of a match; the listener is the one that has it.
    fn effects(&self, listeners: &[&GatewayListener], entry: &RouteTableEntry) -> PolicyEffects {
        let gateway = self.gateway;
        let policies = &gateway.policies;
        if policies.is_empty() && gateway.proxy.is_none() {
            return PolicyEffects::default();
        }
        let has = |listener: &&&GatewayListener| listener.table.entries().any(|it| it.place() == entry.place());
        let Some(listener) = listeners.iter().find(has) else { return PolicyEffects::default() };
        let scope = self.gateway.scope(listener, Some((&entry.route, entry.rule)));
        // A policy that can't be applied leaves the place to the listener's (applyTrafficFeatureToRoute).
        let is_sound = |policy: &Arc<EnvoyPolicy>| !overriding::is_body_missing(self.cluster, policy);
        let closest = policies.of("BackendTrafficPolicy", &scope);
        let is_traffic_invalid = closest.as_ref().is_some_and(|policy| !is_sound(policy));
        let outer = || policies.of("BackendTrafficPolicy", &PolicyScope { route: None, ..scope });
        let traffic = closest.filter(|_| !is_traffic_invalid).or_else(|| outer().filter(is_sound));
        PolicyEffects {
            client: self.client_policy(listener),
            security: policies.of("SecurityPolicy", &scope),
            extension: policies.of("EnvoyExtensionPolicy", &scope),
            asks_services: traffic::asks_services(
                traffic.as_deref(),
                self.gateway.proxy.as_ref().map(|(_, proxy)| &**proxy),
            ),
            traffic,
            is_traffic_invalid,
        }
    }

    /// A mirror that can't be resolved spoils the rule where the controller says so (filters.go
    /// processRequestMirrorFilter).
    fn with_mirrors(&self, entry: &RouteTableEntry, mut filtered: FilteredRequest) -> FilteredRequest {
        let transport = backend::transport_of_route(&entry.route);
        let is_missing = |mirror: &RequestMirror| {
            let wanted = mirror.backend_ref.backend();
            backend::find_backend_service(self.cluster, &entry.route.reference, &wanted, transport).is_err()
        };
        let spoils = self.gateway.implementation.needs_mirrors && filtered.mirrors.iter().any(is_missing);
        if spoils {
            filtered.end = Some(RequestEnd::Respond(status_response(500), GatewayRule::FilterInvalid));
        }
        filtered
    }

    /// The backends of a rule, by weight; an invalid one keeps its share (apis/v1, HTTPRouteRule.backendRefs).
    fn backends(
        &mut self,
        share: Share,
        entry: &RouteTableEntry,
        filtered: &FilteredRequest,
        effects: &PolicyEffects,
        mut because: Vec<Cause>,
    ) {
        let written = entry.rule().map_or(&[][..], |rule| rule.backends.as_slice());
        if entry.rule().is_some_and(|rule| rule.has_timeouts) {
            because.add_rule(GatewayRule::WithinTimeouts);
        }
        if entry.rule().is_some_and(|rule| rule.has_sessions) {
            because.add_rule(GatewayRule::SessionStarts);
        }
        let Some(shares) = weighted_backends(entry) else {
            let why = if written.is_empty() { GatewayRule::NoBackends } else { GatewayRule::AllWeightsZero };
            let code = if written.is_empty() { 500 } else { self.gateway.implementation.weightless };
            return self.answer_on_route(effects, share, backend_failure(code, &filtered.request), why, &because);
        };
        if written.len() > 1 {
            because.add_rule(GatewayRule::Weighted);
        }
        let idle = written.iter().enumerate().filter(|(_, backend)| backend.weight == Some(0));
        let idle = idle.map(|(place, _)| rejected_candidate(backend_field(entry, place), GatewayObjection::WeightZero));
        self.verdict.consider(idle.collect::<Vec<_>>());
        for (part, at, wanted) in shares {
            self.backend(entry, filtered, effects, (share.times(part), at, wanted), &because);
        }
    }

    fn backend(
        &mut self,
        entry: &RouteTableEntry,
        filtered: &FilteredRequest,
        effects: &PolicyEffects,
        (share, at, wanted): (Share, FieldRef, &BackendRef),
        because: &[Cause],
    ) {
        // 1. The backend's own filters, which may end the request.
        let rewriting = self.rewriting(entry);
        let known = self.gateway.implementation.backend_filters;
        let changes_path = |filter: &RouteFilter| filter.url_rewrite.as_ref().is_some_and(|it| it.path.is_some());
        if !self.gateway.implementation.rewrites_backend_paths && wanted.filters.iter().any(changes_path) {
            let response = backend_failure(500, &filtered.request);
            return self.answer_on_route(effects, share, response, GatewayRule::FilterInvalid, because);
        }
        let filtered = filtered.clone().through(&wanted.filters, &at, &rewriting, known).settled();
        match filtered.end {
            Some(RequestEnd::Respond(response, why)) => {
                return self.answer_on_route(effects, share, response, why, because);
            }
            Some(RequestEnd::Unknown(gap)) => {
                return self.verdict.add(share, None, PacketDecision::Unknown(gap), because.to_vec());
            }
            None => {}
        }
        // 2. Where it leads: on, or an answer for want of endpoints or by a fault.
        match backend::resolve_backend(
            self.cluster,
            self.gateway.implementation,
            &entry.route,
            wanted,
            &at,
            effects.asks_services,
        ) {
            Ok(ResolvedBackend::Upstream(upstream, spoken)) if !upstream.peers.is_empty() => {
                let mut causes = with_causes(because, [Cause::rule(GatewayRule::PastTheService), Cause::line(&at)]);
                if wanted.namespace.as_deref().is_some_and(|namespace| namespace != entry.route.namespace()) {
                    causes.push(Cause::rule(GatewayRule::Granted));
                }
                let forward = self.forward(entry, filtered, effects, spoken);
                self.verdict.forward(share, &upstream, &forward, &causes);
            }
            Ok(ResolvedBackend::Upstream(upstream, _)) => {
                self.verdict.consider([rejected_candidate(at, GatewayObjection::NoEndpoints)]);
                self.verdict.consider_excluded(&upstream);
                let response = backend_failure(503, &filtered.request);
                self.answer_on_route(effects, share, response, GatewayRule::NoEndpoints, because);
            }
            Ok(ResolvedBackend::Unknown(gap)) => {
                self.verdict.add(share, None, PacketDecision::Unknown(gap), because.to_vec());
            }
            Err(fault) => {
                self.verdict.consider([rejected_candidate(at, fault.objection())]);
                let response = backend_failure(500, &filtered.request);
                self.answer_on_route(effects, share, response, fault.rule(), because);
            }
        }
    }

    /// The request as the backend sees it.
    fn forward(
        &self,
        entry: &RouteTableEntry,
        filtered: FilteredRequest,
        effects: &PolicyEffects,
        spoken: &str,
    ) -> ForwardedRequest {
        let FilteredRequest { mut request, response_headers, mirrors, .. } = filtered;
        if let Some(original) = self.arrival.request {
            self.tell_client(original, &effects.client, &mut request);
        }
        request.scheme = Scheme::Http;
        request.server_name = None;
        let protocol = match (spoken, request.version) {
            ("", HttpVersion::Grpc) => "grpc",
            ("", HttpVersion::Http10 | HttpVersion::Http1 | HttpVersion::Http2) => "http",
            (spoken, _) => spoken,
        };
        ForwardedRequest {
            rule: Some(entry.field()),
            request: Some(Arc::new(request)),
            protocol: protocol.to_owned(),
            response_headers,
            mirrors: mirrors.iter().filter_map(|mirror| self.mirror(entry, mirror)).collect(),
            ..ForwardedRequest::default()
        }
    }

    /// What the backend is told of the client.
    fn tell_client(&self, original: &HttpRequest, policy: &ClientPolicy, request: &mut HttpRequest) {
        let style = self.gateway.implementation.forwarded;
        if style != ForwardedHeaders::Connection {
            intake::drop_connection_headers(&mut request.headers);
        }
        let mut forwarded = ForwardedClient::of(self.arrival.client, original);
        match style {
            ForwardedHeaders::Connection => forwarded.write(&mut request.headers),
            ForwardedHeaders::HostPort => {
                forwarded.port = host_and_port(&original.host).1.unwrap_or(forwarded.port);
                forwarded.write(&mut request.headers);
            }
            ForwardedHeaders::Appended => {
                let client = self.arrival.client.to_string();
                let named = original.headers.value("X-Forwarded-For").map(|named| format!("{named},{client}"));
                if policy.appends_client() {
                    request.headers.set("X-Forwarded-For", &named.unwrap_or(client));
                }
                request.headers.set("X-Forwarded-Proto", &forwarded.scheme);
                if request.host != original.host {
                    request.headers.set("X-Forwarded-Host", &original.host);
                }
            }
        }
    }

    /// Where a copy goes, and how many requests are copied; an invalid mirror gets none.
    fn mirror(&self, entry: &RouteTableEntry, mirror: &RequestMirror) -> Option<(ObjectRef, Share)> {
        let wanted = mirror.backend_ref.backend();
        let transport = backend::transport_of_route(&entry.route);
        let (service, _) =
            backend::find_backend_service(self.cluster, &entry.route.reference, &wanted, transport).ok()?;
        let count = |number: i32| u64::try_from(number).unwrap_or_default();
        let share = match (mirror.percent, &mirror.fraction) {
            (Some(percent), _) => Share::of(count(percent), 100),
            (None, Some(fraction)) => {
                Share::of(count(fraction.numerator), count(fraction.denominator.unwrap_or(100)).max(1))
            }
            (None, None) => Share::ONE,
        };
        Some((service.reference.clone(), share))
    }

    /// The proxy's own answer to what a route takes, or what a policy puts in its place.
    fn answer_on_route(
        &mut self,
        effects: &PolicyEffects,
        share: Share,
        response: HttpResponse,
        why: GatewayRule,
        because: &[Cause],
    ) {
        let mut causes = with_causes(because, [Cause::rule(why)]);
        let decision = match effects.override_answer(self.cluster, &response) {
            None => PacketDecision::Respond(response),
            Some(RequestEnd::Respond(instead, why)) => {
                causes.push(Cause::rule(why));
                PacketDecision::Respond(instead)
            }
            Some(RequestEnd::Unknown(gap)) => PacketDecision::Unknown(gap),
        };
        self.verdict.add(share, None, decision, causes);
    }

    fn respond(self, response: HttpResponse, because: Vec<Cause>) -> Judgement {
        self.verdict.respond(response, because)
    }

    fn refuse(self, why: GatewayRule) -> Judgement {
        self.verdict.end(PacketDecision::Refuse, vec![Cause::rule(why)])
    }

    /// 404, or for a gRPC call Unimplemented.
    fn nothing(self, why: GatewayRule, request: &HttpRequest, because: Vec<Cause>) -> Judgement {
        let response = match request.version {
            HttpVersion::Grpc => HttpResponse { grpc_status: Some("Unimplemented".to_owned()), ..status_response(200) },
            HttpVersion::Http10 | HttpVersion::Http1 | HttpVersion::Http2 => status_response(404),
        };
        self.respond(response, with_causes(&[Cause::rule(why)], because))
    }

    /// The listeners of a port that leave a host to another.
    fn leave_out(&mut self, listeners: &[&GatewayListener], chosen: &GatewayListener, host: &str) {
        let others = listeners.iter().filter(|listener| listener.field() != chosen.field());
        let (covering, others): (Vec<&GatewayListener>, Vec<&GatewayListener>) =
            others.partition(|listener| listener.covers(host));
        self.isolates = !covering.is_empty();
        self.reject(covering, GatewayObjection::LessSpecificListener);
        self.reject(others, GatewayObjection::HostnameDiffers);
    }

    fn reject<'l>(&mut self, listeners: impl IntoIterator<Item = &'l GatewayListener>, objection: GatewayObjection) {
        let listeners: Vec<&GatewayListener> = listeners.into_iter().collect();
        let candidates = listeners.into_iter().map(|listener| rejected_candidate(listener.field(), objection));
        self.verdict.consider(first_candidates(candidates));
    }

    /// The routes that name this Gateway and weren't accepted.
    fn consider_left_out(&mut self) {
        let candidates = self.gateway.left_out.iter().map(|(route, parent, objection)| Candidate {
            what: CandidateSubject::Object(route.clone()),
            fate: CandidateFate::Rejected(gateway_objection(*objection)),
            because: vec![Cause::line(parent)],
        });
        self.verdict.consider(first_candidates(candidates));
    }
}

/// The answer where no backend can be used; to a gRPC call UNAVAILABLE (apis/v1, GRPCRouteRule.backendRefs;
/// GRPCRouteAllBackendsWeightZero).
fn backend_failure(code: u16, request: &HttpRequest) -> HttpResponse {
    match request.version {
        HttpVersion::Grpc => HttpResponse { grpc_status: Some("Unavailable".to_owned()), ..status_response(200) },
        HttpVersion::Http10 | HttpVersion::Http1 | HttpVersion::Http2 => status_response(code),
    }
}

/// An answer with the headers that filters add.
fn with_headers(response: HttpResponse, filtered: &FilteredRequest) -> HttpResponse {
    let Headers(mut headers) = response.headers;
    headers.extend(filtered.response_headers.iter().cloned());
    HttpResponse { headers: Headers(headers), ..response }
}

/// The listener with the most specific hostname that covers a name.
fn most_specific<'l>(listeners: &[&'l GatewayListener], name: &str) -> Option<&'l GatewayListener> {
    let covering = listeners.iter().copied().filter(|listener| listener.covers(name));
    covering.max_by_key(|listener| (listener.specificity(), std::cmp::Reverse(listener.index)))
}

/// The backends of a rule that get traffic, each with its share and place; None if there are none.
fn weighted_backends(entry: &RouteTableEntry) -> Option<Vec<(Share, FieldRef, &BackendRef)>> {
    let backends = entry.rule()?.backends.as_slice();
    let weight = |backend: &BackendRef| backend.weight.map_or(1, |weight| u64::try_from(weight).unwrap_or_default());
    let whole: u64 = backends.iter().map(weight).sum();
    let weighty = backends.iter().enumerate().filter(|(_, backend)| weight(backend) > 0);
    let shares = weighty.map(|(place, it)| (Share::of(weight(it), whole), backend_field(entry, place), it));
    Some(shares.collect()).filter(|_| whole > 0)
}

fn backend_field(entry: &RouteTableEntry, place: usize) -> FieldRef {
    let FieldRef { object, path } = entry.route.rule_field(entry.rule);
    FieldRef { object, path: path.field("backendRefs").index(place) }
}

fn rejected_candidate(what: FieldRef, objection: GatewayObjection) -> Candidate {
    let because = vec![Cause::line(&what)];
    Candidate {
        what: CandidateSubject::Field(what),
        fate: CandidateFate::Rejected(gateway_objection(objection)),
        because,
    }
}

fn with_causes(causes: &[Cause], more: impl IntoIterator<Item = Cause>) -> Vec<Cause> {
    causes.iter().cloned().chain(more).collect()
}
