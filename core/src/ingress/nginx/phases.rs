//! A request through nginx' phases: server rewrite, location, rewrite (redirects, the balancer), access, content.

use super::annotations::Annotation;
use super::balance::{self, BalancerResult};
use super::balanced_upstream::BalancedUpstream;
use super::considered::considered_candidates;
use super::early::{self, EarlyAnswer};
use super::request::NginxRequest;
use super::server::{LocationBackend, LocationMatch, LocationModifier, NginxLocation, NginxServer};
use super::server_request::{ServerRequest, rule_causes};
use super::settings::ConfigKey;
use super::{Nginx, ServerMatch, access, auth_request, page, proxy};
use crate::cluster::Cluster;
use crate::http::path;
use crate::ingress::verdict::{JudgementBuilder, field_as_cause, ingress_rule_cause, status_response};
use crate::ingress::{ControllerArrival, annotation_field};
use crate::packet::{HttpRequest, HttpResponse, Scheme};
use crate::source::FieldRef;
use crate::trace::{Cause, IngressControllerRule, Judgement, ModelGap, PacketDecision, Share};

/// What nginx makes of a request.
pub fn judge_request(nginx: &Nginx, cluster: &Cluster, arrival: &ControllerArrival<'_>) -> Judgement {
    let verdict = JudgementBuilder::new(super::NGINX, arrival.place(), [].into());
    let verdict = match check_connection(nginx, verdict, arrival) {
        Ok(verdict) => verdict,
        Err(judgement) => return *judgement,
    };
    let readable = drop_invalid_headers(nginx, arrival.request);
    let arrival = &ControllerArrival { request: readable.as_ref().unwrap_or(arrival.request), ..*arrival };
    let view = NginxRequest::of(nginx, arrival);
    match nginx.find_server(&view.hostname) {
        ServerMatch::Www(to, server) => early::redirect_www(nginx, verdict, &view, to, server),
        ServerMatch::Server(server) => {
            // The catch-all server of nginx.tmpl rejects the handshake.
            let rejects =
                nginx.settings.is(ConfigKey::SslRejectHandshake, false).then_some(ConfigKey::SslRejectHandshake);
            let field = rejects.and_then(|key| nginx.settings.field(key));
            if let Some(field) = field.filter(|_| server.name.is_empty() && arrival.request.scheme == Scheme::Https) {
                return verdict.unknown(ModelGap::Field(field.clone()), vec![field_as_cause(&field)]);
            }
            let Some(uri) = path::normalize(&view.request.path) else {
                return verdict.respond(status_response(400), vec![ingress_rule_cause(IngressControllerRule::BadPath)]);
            };
            ServerRequest { nginx, cluster, view: &view, server, uri: &uri }.judge(verdict)
        }
    }
}

/// What is settled before nginx looks for a server.
fn check_connection(
    nginx: &Nginx,
    verdict: JudgementBuilder,
    arrival: &ControllerArrival<'_>,
) -> Result<JudgementBuilder, Box<Judgement>> {
    // 1. A configuration that nginx doesn't take, and a PROXY protocol that nobody has pasted.
    if let Some(refused) = &nginx.refused {
        let because =
            vec![field_as_cause(&refused.field), ingress_rule_cause(IngressControllerRule::ConfigurationRefused)];
        return Err(Box::new(verdict.unknown(ModelGap::Field(refused.field.clone()), because)));
    }
    if nginx.settings.is(ConfigKey::UseProxyProtocol, false) {
        // Who speaks the PROXY protocol to nginx nobody has pasted; without it nginx hangs up.
        let because: Vec<Cause> =
            nginx.settings.field(ConfigKey::UseProxyProtocol).iter().map(field_as_cause).collect();
        return Err(Box::new(verdict.unknown(ModelGap::ControllerSetting("use-proxy-protocol".to_owned()), because)));
    }
    // 2. Plain HTTP to the port of TLS, and the other way round.
    let encrypted = arrival.port == nginx.settings.https_port;
    match arrival.request.scheme {
        Scheme::Http if encrypted => {
            let page = HttpResponse { body: Some(page::plain_http_to_tls_port()), ..status_response(400) };
            return Err(Box::new(
                verdict.respond(page, vec![ingress_rule_cause(IngressControllerRule::PlainHttpToTlsPort)]),
            ));
        }
        Scheme::Https if !encrypted => {
            let gap = ModelGap::ControllerSetting("TLS to the port of plain HTTP".to_owned());
            return Err(Box::new(verdict.unknown(gap, Vec::new())));
        }
        Scheme::Http | Scheme::Https => {}
    }
    // 3. Clients whose newest version of TLS is too old.
    if let Some(newest) = arrival.request.newest_tls.filter(|_| encrypted)
        && !nginx.settings.takes_tls(newest)
    {
        let mut because: Vec<Cause> =
            nginx.settings.field(ConfigKey::SslProtocols).iter().map(field_as_cause).collect();
        because.push(ingress_rule_cause(IngressControllerRule::TlsVersionTooOld));
        return Err(Box::new(verdict.end(PacketDecision::BreakOff, because)));
    }
    // 4. Methods that nginx refuses (ngx_http_process_request_header).
    if matches!(arrival.request.method.as_str(), "TRACE" | "CONNECT") {
        return Err(Box::new(
            verdict.respond(status_response(405), vec![ingress_rule_cause(IngressControllerRule::MethodRefused)]),
        ));
    }
    // 5. Settings that aren't modelled leave everything open.
    match nginx.settings.not_modelled() {
        Some(key) => Err(Box::new(verdict.unknown(ModelGap::Field(key.clone()), vec![field_as_cause(&key)]))),
        None => Ok(verdict),
    }
}

/// The request without the headers that nginx doesn't read, if there are any.
fn drop_invalid_headers(nginx: &Nginx, request: &HttpRequest) -> Option<HttpRequest> {
    let strange = |name: &str| !nginx.settings.reads_header(name);
    request.headers.0.iter().any(|(name, _)| strange(name)).then(|| {
        let mut readable = request.clone();
        readable.headers.0.retain(|(name, _)| !strange(name));
        readable
    })
}

impl ServerRequest<'_> {
    fn judge(self, mut verdict: JudgementBuilder) -> Judgement {
        let Self { nginx, view, server, uri, .. } = self;
        match early::server_rewrite(self) {
            Some(EarlyAnswer::Respond(response, because)) => return verdict.respond(response, because),
            Some(EarlyAnswer::Unknown(gap, because)) => return verdict.unknown(gap, because),
            None => {}
        }
        let found = server.find(uri);
        if let Some(code) = controller_page(server, &found, uri) {
            return verdict.respond(status_response(code), vec![ingress_rule_cause(IngressControllerRule::OwnPage)]);
        }
        verdict.consider(considered_candidates(nginx, server, &found, uri));
        let location = match found {
            LocationMatch::Location(location) | LocationMatch::WithSlash(location) => Some(location),
            LocationMatch::Unsupported(_) | LocationMatch::Nothing => None,
        };
        let judgement = match found {
            LocationMatch::Location(location) => self.in_location(verdict, location),
            LocationMatch::WithSlash(location) if view.too_large(location) => self.too_large(verdict, location),
            LocationMatch::WithSlash(location) => early::add_slash(verdict, view, location),
            LocationMatch::Unsupported(location) => unsupported_expression(verdict, location),
            LocationMatch::Nothing => {
                verdict.respond(status_response(404), vec![ingress_rule_cause(IngressControllerRule::NoRuleMatches)])
            }
        };
        add_response_headers(nginx, view, location, judgement)
    }

    /// The phases inside a location, in nginx' order.
    fn in_location(self, verdict: JudgementBuilder, location: &NginxLocation) -> Judgement {
        if self.view.too_large(location) {
            return self.too_large(verdict, location);
        }
        // 1. Rewrite: what the location answers by itself, then redirects to https.
        match early::early_answer(self, location) {
            Some(EarlyAnswer::Unknown(gap, because)) => return verdict.unknown(gap, because),
            Some(EarlyAnswer::Respond(response, because)) => return verdict.respond(response, because),
            None => {}
        }
        if let Some(gap) = location.annotations.not_modelled.first() {
            return verdict.unknown(ModelGap::Field(gap.clone()), vec![field_as_cause(gap)]);
        }
        // 2. The balancer, which looks for a backend at the end of that phase.
        match balance::choose_upstream(self, location) {
            BalancerResult::Unavailable(because, excluded) => {
                let mut verdict = verdict;
                verdict.consider(excluded);
                let causes = rule_causes(location).into_iter().chain(because).collect();
                self.refuse(verdict, location, status_response(503), causes)
            }
            BalancerResult::Unknown(gap) => verdict.unknown(gap, rule_causes(location)),
            // 3. Access: addresses, passwords, and a server that is asked. 4. Content.
            BalancerResult::To(ways) => match access::check_access(self.nginx, self.view, location) {
                access::AccessDecision::Refused(response, because) => self.refuse(verdict, location, response, because),
                access::AccessDecision::Unknown(gap, because) => verdict.unknown(gap, because),
                access::AccessDecision::Granted => match auth_request::auth_request_failure(self, location) {
                    Some(because) => self.refuse(verdict, location, status_response(500), because),
                    None => proxy_pass(verdict, self.view, location, self.uri, &ways),
                },
            },
        }
    }

    fn too_large(self, verdict: JudgementBuilder, location: &NginxLocation) -> Judgement {
        let mut because = rule_causes(location);
        because.extend(self.view.annotation_of(location, Annotation::ProxyBodySize).iter().map(field_as_cause));
        because.push(ingress_rule_cause(IngressControllerRule::BodyTooLarge));
        verdict.respond(status_response(413), because)
    }

    /// An answer of nginx' own, which the default backend may replace.
    fn refuse(
        self,
        verdict: JudgementBuilder,
        location: &NginxLocation,
        response: HttpResponse,
        because: Vec<Cause>,
    ) -> Judgement {
        if location.annotations.error_codes.contains(&response.status) {
            self.replaced(verdict, location, response.status, because)
        } else {
            verdict.respond(response, because)
        }
    }

    /// A status of custom-http-errors: the default backend answers for it, at `/`; the controller's own with 404.
    fn replaced(
        self,
        verdict: JudgementBuilder,
        location: &NginxLocation,
        code: u16,
        mut because: Vec<Cause>,
    ) -> Judgement {
        let line = self.view.annotation_of(location, Annotation::CustomHttpErrors);
        because
            .extend(line.or_else(|| self.nginx.settings.field(ConfigKey::CustomHttpErrors)).iter().map(field_as_cause));
        because.push(ingress_rule_cause(IngressControllerRule::ErrorsReplaced));
        match balance::error_page_upstream(self, location, code, because.clone()) {
            Some(way) => proxy_pass(verdict, self.view, location, "/", &[way]),
            None => verdict.respond(status_response(404), because),
        }
    }
}

/// Two locations that the template writes into the catch-all server: the health check, and nginx' status, which only
/// the controller itself may see. A longer path goes before them, and so do expressions.
fn controller_page(server: &NginxServer, found: &LocationMatch<'_>, uri: &str) -> Option<u16> {
    let (own, code) = [("/healthz", 200), ("/nginx_status", 403)].into_iter().find(|(own, _)| uri.starts_with(own))?;
    let shorter = match found {
        LocationMatch::Location(location) => {
            matches!(location.modifier, LocationModifier::Prefix) && location.path.len() < own.len()
        }
        LocationMatch::Nothing => true,
        LocationMatch::WithSlash(_) | LocationMatch::Unsupported(_) => false,
    };
    (server.name.is_empty() && shorter).then_some(code)
}

/// Headers of every answer of a location: those of add-headers and custom-headers, and over TLS
/// Strict-Transport-Security, whatever the certificate (lua_ingress.lua header asks a function whether it is there).
fn add_response_headers(
    nginx: &Nginx,
    view: &NginxRequest<'_>,
    location: Option<&NginxLocation>,
    mut judgement: Judgement,
) -> Judgement {
    let own = nginx.settings.response_headers.iter().map(|(name, value)| (name.to_string(), value.to_string()));
    let mut headers: Vec<(String, String)> = own.collect();
    headers.extend(location.iter().flat_map(|location| location.annotations.custom_headers.iter().cloned()));
    let security = nginx.settings.transport_security().filter(|_| view.request.scheme == Scheme::Https);
    headers.extend(security.map(|value| ("Strict-Transport-Security".to_owned(), value)));
    for branch in judgement.branches.iter_mut().filter(|_| !headers.is_empty()) {
        match &mut branch.decision {
            PacketDecision::Respond(response) => response.headers.0.extend(headers.iter().cloned()),
            PacketDecision::Proxy(proxied) => proxied.response_headers.extend(headers.iter().cloned()),
            _ => {}
        }
    }
    judgement
}

fn unsupported_expression(verdict: JudgementBuilder, location: &NginxLocation) -> Judgement {
    let LocationModifier::Regex(pattern) = &location.modifier else {
        return verdict.respond(status_response(404), vec![ingress_rule_cause(IngressControllerRule::NoRuleMatches)]);
    };
    let because = rule_causes(location);
    match location.field() {
        Some(field) => {
            verdict.unknown(ModelGap::RegularExpression { field, pattern: pattern.source().to_owned() }, because)
        }
        None => verdict.unknown(ModelGap::ControllerSetting(pattern.source().to_owned()), because),
    }
}

/// Proxies, or answers 404 where the default backend is the controller's own.
fn proxy_pass(
    mut verdict: JudgementBuilder,
    view: &NginxRequest<'_>,
    location: &NginxLocation,
    uri: &str,
    ways: &[BalancedUpstream],
) -> Judgement {
    if ways.is_empty() {
        let mut because = rule_causes(location);
        because.push(ingress_rule_cause(match location.backend {
            LocationBackend::Resource => IngressControllerRule::ResourceBackend,
            LocationBackend::Default | LocationBackend::Service(..) => IngressControllerRule::NoRuleMatches,
        }));
        return verdict.respond(status_response(404), because);
    }
    for way in ways {
        match proxy::forward_request(view, location, uri, way) {
            Ok(forward) => {
                let because = proxied_because(view, location, way);
                verdict.forward(way.share, &way.upstream, &forward, &because);
            }
            Err(gap) => verdict.add(way.share, None, PacketDecision::Unknown(gap), rule_causes(location)),
        }
    }
    debug_assert_eq!(Share::sum(ways.iter().map(|way| way.share)), Share::ONE);
    verdict.finish()
}

fn proxied_because(view: &NginxRequest<'_>, location: &NginxLocation, way: &BalancedUpstream) -> Vec<Cause> {
    let mut because: Vec<Cause> = match &way.rule {
        Some(of_canary) => vec![field_as_cause(of_canary)],
        None => rule_causes(location),
    };
    because.extend(location_rule(location));
    because.extend(way.because.iter().cloned());
    let spared = view.settings.spares(ConfigKey::NoAuthLocations, &location.path);
    let conditions = location.annotations.conditions.iter();
    let conditions = conditions.filter(|(_, which)| !spared || *which != IngressControllerRule::AuthRequest);
    because.extend(conditions.flat_map(|(line, which)| [field_as_cause(line), ingress_rule_cause(*which)]));
    because
}

/// The rule of nginx by which the location was found.
fn location_rule(location: &NginxLocation) -> Option<Cause> {
    location.rule.as_ref()?;
    Some(ingress_rule_cause(match &location.modifier {
        LocationModifier::Exact if location.ingress_path == location.path => IngressControllerRule::ExactPath,
        LocationModifier::Exact | LocationModifier::Prefix => IngressControllerRule::LongestPath,
        LocationModifier::Regex(_) => IngressControllerRule::FirstExpression,
    }))
}

impl NginxRequest<'_> {
    /// The annotation of a location's Ingress, if it is written.
    pub fn annotation_of(&self, location: &NginxLocation, name: Annotation) -> Option<FieldRef> {
        let ingress = location.annotations.ingress.as_ref()?;
        location.annotations.written.contains(&name).then(|| self.annotation_on(ingress, name))
    }

    pub fn annotation_on(&self, ingress: &crate::source::ObjectRef, name: Annotation) -> FieldRef {
        annotation_field(ingress, &format!("{}/{}", self.prefix, name.name()))
    }

    /// Whether the body, by its Content-Length where the client writes one, is larger than allowed
    /// (ngx_http_core_find_config_phase).
    pub fn too_large(&self, location: &NginxLocation) -> bool {
        let limit = location.annotations.body_size;
        let written = self.request.headers.value("Content-Length").and_then(|length| length.trim().parse().ok());
        limit > 0 && written.unwrap_or(self.request.body_length) > limit
    }
}
