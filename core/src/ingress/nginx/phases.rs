//! A request through nginx' phases: server rewrite, location, rewrite (redirects, the balancer), access, content.

use super::annotations::Annotation;
use super::balance::{self, Balanced, BalancedWay};
use super::considered::considered;
use super::early::{self, EarlyAnswer};
use super::proxy::View;
use super::server::{Backend, Found, Location, Modifier, Server};
use super::settings::ConfigKey;
use super::{Nginx, ServerFound, access, auth_request, page, proxy};
use crate::cluster::Cluster;
use crate::http::path;
use crate::ingress::verdict::{Verdict, field, rule, status};
use crate::ingress::{Arrival, annotation};
use crate::packet::{HttpRequest, HttpResponse, Scheme};
use crate::source::FieldRef;
use crate::trace::{Cause, Decision, Gap, IngressRule, Judgement, Share};

/// A request in a server of nginx.
#[derive(Clone, Copy)]
pub struct ServerRequest<'a> {
    /// The controller.
    pub nginx: &'a Nginx,
    /// The cluster.
    pub cluster: &'a Cluster,
    /// The request as nginx sees it.
    pub view: &'a View<'a>,
    /// The server.
    pub server: &'a Server,
    /// The decoded path.
    pub uri: &'a str,
}

/// What nginx makes of a request.
pub fn judge(nginx: &Nginx, cluster: &Cluster, arrival: &Arrival<'_>) -> Judgement {
    let verdict = Verdict::new(super::NGINX, arrival.place(), [].into());
    let verdict = match before_servers(nginx, verdict, arrival) {
        Ok(verdict) => verdict,
        Err(judgement) => return *judgement,
    };
    let readable = readable(nginx, arrival.request);
    let arrival = &Arrival { request: readable.as_ref().unwrap_or(arrival.request), ..*arrival };
    let view = View::of(nginx, arrival);
    match nginx.find_server(&view.hostname) {
        ServerFound::Www(to, server) => early::www(nginx, verdict, &view, to, server),
        ServerFound::Server(server) => {
            let Some(uri) = path::normalize(&view.request.path) else {
                return verdict.respond(status(400), vec![rule(IngressRule::BadPath)]);
            };
            ServerRequest { nginx, cluster, view: &view, server, uri: &uri }.judge(verdict)
        }
    }
}

/// What is settled before nginx looks for a server.
fn before_servers(nginx: &Nginx, verdict: Verdict, arrival: &Arrival<'_>) -> Result<Verdict, Box<Judgement>> {
    if let Some(refused) = &nginx.refused {
        let because = vec![field(&refused.field), rule(IngressRule::ConfigurationRefused)];
        return Err(Box::new(verdict.unknown(Gap::Field(refused.field.clone()), because)));
    }
    if nginx.settings.is(ConfigKey::UseProxyProtocol, false) {
        // Who speaks the PROXY protocol to nginx nobody has pasted; without it nginx hangs up.
        let because: Vec<Cause> = nginx.settings.field(ConfigKey::UseProxyProtocol).iter().map(field).collect();
        return Err(Box::new(verdict.unknown(Gap::ControllerSetting("use-proxy-protocol".to_owned()), because)));
    }
    let encrypted = arrival.port == nginx.settings.https_port;
    match arrival.request.scheme {
        Scheme::Http if encrypted => {
            let page = HttpResponse { body: Some(page::plain_http_to_tls_port()), ..status(400) };
            return Err(Box::new(verdict.respond(page, vec![rule(IngressRule::PlainHttpToTlsPort)])));
        }
        Scheme::Https if !encrypted => {
            let gap = Gap::ControllerSetting("TLS to the port of plain HTTP".to_owned());
            return Err(Box::new(verdict.unknown(gap, Vec::new())));
        }
        Scheme::Http | Scheme::Https => {}
    }
    // ngx_http_process_request_header
    if matches!(arrival.request.method.as_str(), "TRACE" | "CONNECT") {
        return Err(Box::new(verdict.respond(status(405), vec![rule(IngressRule::MethodRefused)])));
    }
    match nginx.settings.not_modelled() {
        Some(key) => Err(Box::new(verdict.unknown(Gap::Field(key.clone()), vec![field(&key)]))),
        None => Ok(verdict),
    }
}

/// The request without the headers that nginx doesn't read, if there are any.
fn readable(nginx: &Nginx, request: &HttpRequest) -> Option<HttpRequest> {
    let strange = |name: &str| !nginx.settings.reads_header(name);
    request.headers.0.iter().any(|(name, _)| strange(name)).then(|| {
        let mut readable = request.clone();
        readable.headers.0.retain(|(name, _)| !strange(name));
        readable
    })
}

impl ServerRequest<'_> {
    fn judge(self, mut verdict: Verdict) -> Judgement {
        let Self { nginx, view, server, uri, .. } = self;
        match early::server_rewrite(self) {
            Some(EarlyAnswer::Respond(response, because)) => return verdict.respond(response, because),
            Some(EarlyAnswer::Unknown(gap, because)) => return verdict.unknown(gap, because),
            None => {}
        }
        let found = server.find(uri);
        if let Some(code) = own_page(server, &found, uri) {
            return verdict.respond(status(code), vec![rule(IngressRule::OwnPage)]);
        }
        verdict.consider(considered(nginx, server, &found, uri));
        let location = match found {
            Found::Location(location) | Found::WithSlash(location) => Some(location),
            Found::Unsupported(_) | Found::Nothing => None,
        };
        let judgement = match found {
            Found::Location(location) => self.in_location(verdict, location),
            Found::WithSlash(location) if view.too_large(location) => self.too_large(verdict, location),
            Found::WithSlash(location) => early::slash(verdict, view, location),
            Found::Unsupported(location) => unsupported(verdict, location),
            Found::Nothing => verdict.respond(status(404), vec![rule(IngressRule::NoRuleMatches)]),
        };
        with_headers(nginx, view, location, judgement)
    }

    /// The phases inside a location, in nginx' order.
    fn in_location(self, verdict: Verdict, location: &Location) -> Judgement {
        if self.view.too_large(location) {
            return self.too_large(verdict, location);
        }
        // 1. Rewrite: what the location answers by itself, then redirects to https.
        match early::answer(self, location) {
            Some(EarlyAnswer::Unknown(gap, because)) => return verdict.unknown(gap, because),
            Some(EarlyAnswer::Respond(response, because)) => return verdict.respond(response, because),
            None => {}
        }
        if let Some(gap) = location.annotations.not_modelled.first() {
            return verdict.unknown(Gap::Field(gap.clone()), vec![field(gap)]);
        }
        // 2. The balancer, which looks for a backend at the end of that phase.
        match balance::choose(self, location) {
            Balanced::Unavailable(because, excluded) => {
                let mut verdict = verdict;
                verdict.consider(excluded);
                let causes = rule_causes(location).into_iter().chain(because).collect();
                self.refuse(verdict, location, status(503), causes)
            }
            Balanced::Unknown(gap) => verdict.unknown(gap, rule_causes(location)),
            // 3. Access: addresses, passwords, and a server that is asked. 4. Content.
            Balanced::To(ways) => match access::check(self.nginx, self.view, location) {
                access::Access::Refused(response, because) => self.refuse(verdict, location, response, because),
                access::Access::Unknown(gap, because) => verdict.unknown(gap, because),
                access::Access::Granted => match auth_request::failure(self, location) {
                    Some(because) => self.refuse(verdict, location, status(500), because),
                    None => content(verdict, self.view, location, self.uri, &ways),
                },
            },
        }
    }

    fn too_large(self, verdict: Verdict, location: &Location) -> Judgement {
        let mut because = rule_causes(location);
        because.extend(self.view.annotation_of(location, Annotation::ProxyBodySize).iter().map(field));
        because.push(rule(IngressRule::BodyTooLarge));
        verdict.respond(status(413), because)
    }

    /// An answer of nginx' own, which the default backend may replace.
    fn refuse(self, verdict: Verdict, location: &Location, response: HttpResponse, because: Vec<Cause>) -> Judgement {
        if location.annotations.error_codes.contains(&response.status) {
            self.replaced(verdict, location, response.status, because)
        } else {
            verdict.respond(response, because)
        }
    }

    /// A status of custom-http-errors: the default backend answers for it, at `/`; the controller's own with 404.
    fn replaced(self, verdict: Verdict, location: &Location, code: u16, mut because: Vec<Cause>) -> Judgement {
        let line = self.view.annotation_of(location, Annotation::CustomHttpErrors);
        because.extend(line.or_else(|| self.nginx.settings.field(ConfigKey::CustomHttpErrors)).iter().map(field));
        because.push(rule(IngressRule::ErrorsReplaced));
        match balance::instead_of(self, location, code, because.clone()) {
            Some(way) => content(verdict, self.view, location, "/", &[way]),
            None => verdict.respond(status(404), because),
        }
    }
}

/// Two locations that the template writes into the catch-all server: the health check, and nginx' status, which only
/// the controller itself may see. A longer path goes before them, and so do expressions.
fn own_page(server: &Server, found: &Found<'_>, uri: &str) -> Option<u16> {
    let (own, code) = [("/healthz", 200), ("/nginx_status", 403)].into_iter().find(|(own, _)| uri.starts_with(own))?;
    let shorter = match found {
        Found::Location(location) => matches!(location.modifier, Modifier::Prefix) && location.path.len() < own.len(),
        Found::Nothing => true,
        Found::WithSlash(_) | Found::Unsupported(_) => false,
    };
    (server.name.is_empty() && shorter).then_some(code)
}

/// Headers of every answer of a location: those of add-headers and custom-headers, and over TLS
/// Strict-Transport-Security, whatever the certificate (lua_ingress.lua header asks a function whether it is there).
fn with_headers(nginx: &Nginx, view: &View<'_>, location: Option<&Location>, mut judgement: Judgement) -> Judgement {
    let own = nginx.settings.response_headers.iter().map(|(name, value)| (name.to_string(), value.to_string()));
    let mut headers: Vec<(String, String)> = own.collect();
    headers.extend(location.iter().flat_map(|location| location.annotations.custom_headers.iter().cloned()));
    let security = nginx.settings.transport_security().filter(|_| view.request.scheme == Scheme::Https);
    headers.extend(security.map(|value| ("Strict-Transport-Security".to_owned(), value)));
    for branch in judgement.branches.iter_mut().filter(|_| !headers.is_empty()) {
        match &mut branch.decision {
            Decision::Respond(response) => response.headers.0.extend(headers.iter().cloned()),
            Decision::Proxy(proxied) => proxied.response_headers.extend(headers.iter().cloned()),
            _ => {}
        }
    }
    judgement
}

fn unsupported(verdict: Verdict, location: &Location) -> Judgement {
    let Modifier::Regex(pattern) = &location.modifier else {
        return verdict.respond(status(404), vec![rule(IngressRule::NoRuleMatches)]);
    };
    let because = rule_causes(location);
    match location.field() {
        Some(field) => verdict.unknown(Gap::RegularExpression { field, pattern: pattern.source().to_owned() }, because),
        None => verdict.unknown(Gap::ControllerSetting(pattern.source().to_owned()), because),
    }
}

/// Proxies, or answers 404 where the default backend is the controller's own.
fn content(mut verdict: Verdict, view: &View<'_>, location: &Location, uri: &str, ways: &[BalancedWay]) -> Judgement {
    if ways.is_empty() {
        let mut because = rule_causes(location);
        because.push(rule(match location.backend {
            Backend::Resource => IngressRule::ResourceBackend,
            Backend::Default | Backend::Service(..) => IngressRule::NoRuleMatches,
        }));
        return verdict.respond(status(404), because);
    }
    for way in ways {
        match proxy::forward(view, location, uri, way) {
            Ok(forward) => {
                let because = proxied_because(view, location, way);
                verdict.forward(way.share, &way.upstream, &forward, &because);
            }
            Err(gap) => verdict.add(way.share, None, Decision::Unknown(gap), rule_causes(location)),
        }
    }
    debug_assert_eq!(Share::sum(ways.iter().map(|way| way.share)), Share::ONE);
    verdict.finish()
}

fn proxied_because(view: &View<'_>, location: &Location, way: &BalancedWay) -> Vec<Cause> {
    let mut because: Vec<Cause> = match &way.rule {
        Some(of_canary) => vec![field(of_canary)],
        None => rule_causes(location),
    };
    because.extend(how_found(location));
    because.extend(way.because.iter().cloned());
    let spared = view.settings.spares(ConfigKey::NoAuthLocations, &location.path);
    let conditions = location.annotations.conditions.iter();
    let conditions = conditions.filter(|(_, which)| !spared || *which != IngressRule::AuthRequest);
    because.extend(conditions.flat_map(|(line, which)| [field(line), rule(*which)]));
    because
}

/// The rule of nginx by which the location was found.
fn how_found(location: &Location) -> Option<Cause> {
    location.rule.as_ref()?;
    Some(rule(match &location.modifier {
        Modifier::Exact if location.ingress_path == location.path => IngressRule::ExactPath,
        Modifier::Exact | Modifier::Prefix => IngressRule::LongestPath,
        Modifier::Regex(_) => IngressRule::FirstExpression,
    }))
}

/// The rule of a location as a cause.
pub fn rule_causes(location: &Location) -> Vec<Cause> {
    location.field().map(Cause::Field).into_iter().collect()
}

impl View<'_> {
    /// The annotation of a location's Ingress, if it is written.
    pub fn annotation_of(&self, location: &Location, name: Annotation) -> Option<FieldRef> {
        let ingress = location.annotations.ingress.as_ref()?;
        location.annotations.written.contains(&name).then(|| self.annotation_on(ingress, name))
    }

    /// An annotation of an Ingress.
    pub fn annotation_on(&self, ingress: &crate::source::ObjectRef, name: Annotation) -> FieldRef {
        annotation(ingress, &format!("{}/{}", self.prefix, name.name()))
    }

    /// Whether the body, by its Content-Length where the client writes one, is larger than allowed
    /// (ngx_http_core_find_config_phase).
    pub fn too_large(&self, location: &Location) -> bool {
        let limit = location.annotations.body_size;
        let written = self.request.headers.value("Content-Length").and_then(|length| length.trim().parse().ok());
        limit > 0 && written.unwrap_or(self.request.body_length) > limit
    }
}
