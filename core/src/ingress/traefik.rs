//! Traefik 3.7, and 2 where it differs: a router per Ingress path and per route of an IngressRoute; of the routers that
//! match the one with the longest rule wins, whatever its host.

use std::net::IpAddr;

use self::middleware::{Passage, Passed};
use self::router::{Router, Routers};
use self::rule::{Aspect, Seen};
use self::service::{Loaded, Way};
use self::tcp::{Connection, TcpRouter};
use super::class::{LeftOut, few};
use super::tls::Certificates;
use super::verdict::{Verdict, field, redirect, rule, status};
use super::{Arrival, IngressController, IngressImplementation, Premises};
use crate::cluster::Cluster;
use crate::packet::{HttpRequest, Scheme};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{
    Candidate, Cause, Component, Decision, Fate, Gap, IngressObjection, IngressRule, Judgement, Objection, Place,
    Share, Subject,
};

mod forwarded;
mod middleware;
mod page;
mod router;
mod secure;
mod rule;
mod service;
mod settings;
mod tcp;

pub use settings::Settings;

/// The names that are read.
pub mod read {
    pub use super::middleware::Kind as MiddlewareKind;
    pub use super::router::{PREFIX, RouterAnnotation};
    pub use super::rule::{MATCHERS, TCP_MATCHERS};
    pub use super::service::ServiceAnnotation;
}

/// The configuration of one Traefik.
#[derive(Clone, Debug)]
pub struct Traefik {
    settings: Settings,
    routers: Routers,
    left_out: Vec<LeftOut>,
    certificates: Certificates,
    tcp: Vec<TcpRouter>,
}

/// The router that takes a request, or why that can't be said.
enum Choice<'t> {
    Router(&'t Router, Loaded),
    Unknown(Gap, Vec<Cause>),
    None,
}

/// A request on its way into Traefik.
struct Visit<'a> {
    cluster: &'a Cluster,
    seen: Seen<'a>,
    entry_point: &'a str,
    tls: bool,
}

impl IngressController for Traefik {
    /// Those of its store (tls/certificate_store.go), in which every name of a certificate gets it.
    fn certificates(&self, cluster: &Cluster, arrival: &Arrival<'_>) -> Option<&Certificates> {
        (!self.passes_tls(cluster, arrival)).then_some(&self.certificates)
    }

    fn listens_on(&self, port: u16) -> bool {
        // Where its file isn't read, any port may be an entry point.
        self.settings.unread.is_some() || self.settings.entry_point(port).is_some()
    }

    fn judge(&self, cluster: &Cluster, arrival: &Arrival<'_>) -> Judgement {
        let mut verdict = Verdict::new(TRAEFIK, arrival.place(), [].into());
        if let Some(file) = &self.settings.unread {
            return verdict.unknown(Gap::Field(file.clone()), vec![field(file)]);
        }
        let Some((name, entry)) = self.settings.entry_point(arrival.port) else {
            return verdict.respond(status(404), vec![rule(IngressRule::NoRuleMatches)]);
        };
        let cleaned = cleaned(&self.settings, name, arrival.request);
        let arrival = &Arrival { request: cleaned.as_ref().unwrap_or(arrival.request), ..*arrival };
        let request = arrival.request;
        let connection = self.connection(name, arrival);
        if let Some((router, loaded)) = self.tcp_router(cluster, &connection) {
            return router.judge(verdict, &connection, loaded);
        }
        let tls = request.scheme == Scheme::Https;
        if let Some(to) = entry.redirect.as_ref().filter(|_| !tls) {
            let host = crate::packet::http::host_without_port(&request.host);
            let port = to.port.map(|port| format!(":{port}")).unwrap_or_default();
            let code = middleware::redirect_code(&request.method, to.permanent);
            let location = format!("{}://{host}{port}{}", to.scheme, request.target());
            return verdict.respond(redirect(code, location), vec![rule(IngressRule::EntryPointRedirect)]);
        }
        let visit = Visit { cluster, seen: Seen::of(request, arrival.client), entry_point: name, tls };
        let (candidates, choice) = self.choose(&visit);
        verdict.consider(candidates);
        verdict.consider(few(self.left_out.iter().map(LeftOut::candidate)));
        match choice {
            Choice::Router(router, loaded) => self.serve(verdict, &visit, arrival, router, loaded),
            Choice::Unknown(gap, because) => verdict.unknown(gap, because),
            Choice::None => verdict.respond(status(404), vec![rule(IngressRule::NoRuleMatches)]),
        }
    }

    /// None where no TCP router takes it.
    fn judge_connection(&self, cluster: &Cluster, pod: &ObjectRef, port: u16, client: IpAddr) -> Option<Judgement> {
        let (entry_point, _) = self.settings.entry_point(port)?;
        let connection = Connection { entry_point, server_name: None, client, request: None };
        let (router, loaded) = self.tcp_router(cluster, &connection)?;
        let verdict = Verdict::new(TRAEFIK, Place::Pod(pod.clone()), [].into());
        Some(router.judge(verdict, &connection, loaded))
    }

    fn page(&self, status: u16) -> Option<String> {
        page::of_status(status).map(str::to_owned)
    }
}

/// Who decides here.
const TRAEFIK: Component = Component::Ingress(IngressImplementation::Traefik);

impl Traefik {
    /// Builds the routers by the settings of its pods.
    pub(super) fn read(premises: &Premises<'_>) -> Self {
        Self::compile(premises.cluster, Settings::of(premises), premises.all)
    }

    /// Builds the routers. `all` serves every Ingress, whatever its class.
    pub fn compile(cluster: &Cluster, settings: Settings, all: bool) -> Self {
        let router::Built { routers, left_out, certificates } = router::build(cluster, &settings, all);
        let tcp = if settings.provides("kubernetescrd") { tcp::build(cluster, &settings) } else { Vec::new() };
        Self { settings, routers, left_out, certificates, tcp }
    }

    /// Whether the TLS handshake of a request is its server's affair.
    fn passes_tls(&self, cluster: &Cluster, arrival: &Arrival<'_>) -> bool {
        self.settings.entry_point(arrival.port).is_some_and(|(name, _)| {
            let chosen = self.tcp_router(cluster, &self.connection(name, arrival));
            chosen.is_some_and(|(router, _)| router.passes_tls())
        })
    }

    fn connection<'a>(&self, entry_point: &'a str, arrival: &Arrival<'a>) -> Connection<'a> {
        let request = arrival.request;
        let server_name = (request.scheme == Scheme::Https).then(|| request.server_name.as_deref().unwrap_or_default());
        Connection { entry_point, server_name, client: arrival.client, request: Some(request) }
    }

    fn tcp_router(&self, cluster: &Cluster, connection: &Connection<'_>) -> Option<(&TcpRouter, Loaded)> {
        let entry = self.settings.entry_points.get(connection.entry_point);
        let names_host = |router: &&Router| {
            let tls = router.tls || entry.is_some_and(|entry| entry.tls);
            let named = router.rule.as_ref().is_some_and(|rule| rule.hosts().is_some());
            tls && named && router.listens_at(connection.entry_point, &self.settings)
        };
        let has_https = |host: &str| self.routers.for_host(host).iter().any(names_host);
        tcp::choose(&self.tcp, cluster, &self.settings, connection, has_https)
    }

    /// The routers for the host in order of priority, each with what became of it, and the one that takes the request.
    fn choose(&self, visit: &Visit<'_>) -> (Vec<Candidate>, Choice<'_>) {
        let mut candidates = Vec::new();
        let mut choice = Choice::None;
        for router in self.routers.for_host(&visit.seen.host) {
            if let Some((objection, because)) = self.objection(router, visit) {
                candidates.push(rejected(router, objection, because));
                continue;
            }
            match &choice {
                Choice::None => {
                    choice = self.take(router, visit, &mut candidates);
                }
                Choice::Router(first, _) if self.is_tie(first, router) => {
                    let because = vec![field(&first.field), field(&router.field), rule(IngressRule::EqualPriority)];
                    let gap = Gap::ControllerSetting("the order of routers with equal priority".to_owned());
                    candidates.push(rejected(router, IngressObjection::LowerPriority, Vec::new()));
                    choice = Choice::Unknown(gap, because);
                }
                Choice::Router(..) | Choice::Unknown(..) => {
                    candidates.push(rejected(router, IngressObjection::LowerPriority, Vec::new()));
                }
            }
        }
        (candidates, choice)
    }

    /// Takes a router that matches, if its Service can be loaded.
    fn take<'t>(&self, router: &'t Router, visit: &Visit<'_>, candidates: &mut Vec<Candidate>) -> Choice<'t> {
        if let Some(pattern) =
            router.rule.as_ref().and_then(|rule| rule.unsupported().filter(|_| rule.fits(&visit.seen).is_none()))
        {
            let gap = Gap::RegularExpression { field: router.field.clone(), pattern: pattern.source().to_owned() };
            return Choice::Unknown(gap, vec![field(&router.field)]);
        }
        match service::load(visit.cluster, &self.settings, router) {
            Ok(loaded) => {
                candidates.push(Candidate {
                    what: Subject::Field(router.field.clone()),
                    fate: Fate::Eligible(Share::ONE),
                    because: router.priority_line.iter().cloned().map(Cause::Field).collect(),
                });
                Choice::Router(router, loaded)
            }
            Err((objection, because)) => {
                candidates.push(rejected(router, objection, because));
                Choice::None
            }
        }
    }

    /// Two routers of the same priority: providers.precedence decides between providers, nothing inside one.
    fn is_tie(&self, first: &Router, other: &Router) -> bool {
        let precedence = self.settings.list("providers.precedence");
        let rank =
            |router: &Router| precedence.iter().position(|name| name.eq_ignore_ascii_case(router.provider.name()));
        first.priority == other.priority && first.target != other.target && rank(first) == rank(other)
    }

    /// Why a router doesn't come into question.
    fn objection(&self, router: &Router, visit: &Visit<'_>) -> Option<(IngressObjection, Vec<Cause>)> {
        let Some(rule) = &router.rule else {
            return Some((IngressObjection::InvalidRule, vec![field(&router.rule_line)]));
        };
        if !router.listens_at(visit.entry_point, &self.settings) {
            return Some((IngressObjection::OtherEntryPoint, Vec::new()));
        }
        let tls = router.tls || self.settings.entry_points.get(visit.entry_point).is_some_and(|entry| entry.tls);
        match (tls, visit.tls) {
            (true, false) => return Some((IngressObjection::TlsOnly, Vec::new())),
            (false, true) => return Some((IngressObjection::PlainOnly, Vec::new())),
            (true, true) | (false, false) => {}
        }
        if rule.fits(&visit.seen) == Some(false) {
            let objection = match rule.misfit(&visit.seen) {
                Aspect::Host => IngressObjection::HostDiffers,
                Aspect::Path => IngressObjection::PathDiffers,
                Aspect::Other => IngressObjection::MatcherDiffers,
            };
            return Some((objection, vec![field(&router.rule_line)]));
        }
        if let Some(line) = &router.outside {
            return Some((IngressObjection::OtherNamespace, vec![field(line)]));
        }
        let crosses = self.settings.crosses_namespaces();
        let missing = router.middlewares.iter().find(|name| !middleware::exists(visit.cluster, name, crosses));
        missing.map(|missing| (IngressObjection::MiddlewareMissing, vec![field(&missing.line)]))
    }

    /// Through the middlewares to the servers.
    fn serve(
        &self,
        verdict: Verdict,
        visit: &Visit<'_>,
        arrival: &Arrival<'_>,
        router: &Router,
        loaded: Loaded,
    ) -> Judgement {
        let mut because = vec![field(&router.field)];
        because.extend(router.priority_line.iter().map(field));
        because.push(rule(IngressRule::HighestPriority));
        let entry = self.settings.entry_points.get(visit.entry_point);
        let before =
            entry.into_iter().flat_map(|entry| middleware::by_annotation(&entry.middlewares.join(","), &router.field));
        let chain: Vec<middleware::Name> = before.chain(router.middlewares.iter().cloned()).collect();
        let believes = entry.is_some_and(|entry| entry.believes(arrival.client));
        let mut request = forwarded::entered(arrival, believes);
        let scheme = match request.headers.value("X-Forwarded-Proto") {
            Some("https" | "wss") => Scheme::Https,
            _ => Scheme::Http,
        };
        let passage = Passage { cluster: visit.cluster, client: arrival.client, scheme };
        match middleware::pass(&passage, &chain, &mut request) {
            Passed::On(passing) => {
                because.extend(passing.because);
                if let Some(name) = loaded.internal.as_deref() {
                    return internal(verdict, router, name, because);
                }
                serve_ways(verdict, arrival, router, loaded, request, passing.response_headers, because)
            }
            Passed::Answered(response, line, why) => {
                because.extend([field(&line), rule(why)]);
                verdict.respond(response, because)
            }
            Passed::Unknown(line) => verdict.unknown(Gap::Field(line), because),
        }
    }
}

/// A path without doubled slashes and dots, unless the entry point is told to leave it (server_entrypoint_tcp.go
/// sanitizePath, since 3.4 and in 2.11).
fn cleaned(settings: &Settings, entry_point: &str, request: &HttpRequest) -> Option<HttpRequest> {
    let is_told = settings.text(&format!("entrypoints.{entry_point}.http.sanitizepath"));
    let cleans = settings.version >= (3, 4) || (2, 11) == settings.version;
    if !cleans || is_told == Some("false") {
        return None;
    }
    let mut path = crate::http::path::remove_dot_segments(&request.path);
    while path.contains("//") {
        path = path.replace("//", "/");
    }
    (path != request.path).then(|| HttpRequest { path, ..request.clone() })
}

/// Services of Traefik's own, behind `@internal`: noop answers 418 (cmd/internal service.go), the others show what
/// Traefik knows.
fn internal(verdict: Verdict, router: &Router, name: &str, because: Vec<Cause>) -> Judgement {
    match name {
        "noop@internal" => verdict.respond(status(418), because),
        _ => verdict.unknown(Gap::Field(line(&router.field, "services")), because),
    }
}

fn serve_ways(
    mut verdict: Verdict,
    arrival: &Arrival<'_>,
    router: &Router,
    loaded: Loaded,
    request: HttpRequest,
    response_headers: Vec<(String, String)>,
    because: Vec<Cause>,
) -> Judgement {
    for Way { share, upstream, because: why, options } in loaded.ways {
        let mut because = because.clone();
        because.extend(why);
        if upstream.peers.is_empty() {
            verdict.consider_excluded(&upstream);
            verdict.add(share, None, Decision::Respond(status(503)), because);
            continue;
        }
        let forward = options.forward(arrival, router, &request, response_headers.clone(), loaded.mirrors.clone());
        verdict.forward(share, &upstream, &forward, &because);
    }
    verdict.finish()
}

fn rejected(router: &Router, objection: IngressObjection, because: Vec<Cause>) -> Candidate {
    Candidate {
        what: Subject::Field(router.field.clone()),
        fate: Fate::Rejected(Objection::Ingress(objection)),
        because,
    }
}

/// A line of an object that a router comes from.
fn line(router_field: &FieldRef, part: &str) -> FieldRef {
    FieldRef { object: router_field.object.clone(), path: router_field.path.field(part) }
}
