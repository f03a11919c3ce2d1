//! Traefik 3.7, and 2 where it differs. Providers read Kubernetes' objects into a dynamic configuration (`provider`,
//! `dynamic`); the engine builds routers, middlewares and services from it (`router`, `chain`, `service`) and sends requests
//! through them: of the routers that match the one with the longest rule wins, whatever its host.

use std::collections::BTreeMap;
use std::net::IpAddr;

use self::chain::ChainState;
use self::context::{ChainContext, refusal_of};
use self::dynamic::{BuildRefusal, DynamicConfig, RouterConfig, line};
use self::middleware::{SchemeRedirect, redirect};
use self::provider::ProviderContext;
use self::router::{HttpRouter, RouterTable, TreeFault};
use self::rule::{Aspect, RequestAttributes};
use self::serve::Passage;
use self::service::LoadedService;
use self::settings::EntryPoint;
use self::tcp::{HttpsHosts, TcpConnection, TcpRouter};
use self::tls_options::EntryPointTls;
use self::uri::{RequestUrl, normalize_escapes};
use super::class::{ExcludedIngress, first_candidates};
use super::tls::CertificateStore;
use super::verdict::{JudgementBuilder, status_response};
use super::{ControllerArrival, ControllerPremises, IngressController, IngressImplementation};
use crate::cluster::Cluster;
use crate::order::Gather;
use crate::packet::{HttpRequest, Scheme};
use crate::source::ObjectRef;
use crate::trace::{
    Candidate, CandidateFate, CandidateObjection, CandidateSubject, Cause, CauseList, Component, ComponentPlace,
    IngressControllerRule, IngressObjection, Judgement, ModelGap, PacketDecision, Share,
};

mod service_config;
mod page;
mod settings;
mod forwarded;
mod nginx_provider;
mod uri;
mod middleware;
mod dynamic;
mod context;
mod rule;
mod provider;
mod router;
mod service;
mod build;
mod tcp;
mod tls_options;
mod upstream;
mod chain;
mod serve;
mod beside;

pub use beside::TraefikProviders;
pub use settings::StaticConfig;

/// The names that are read.
pub mod read {
    pub use super::middleware::{NOT_MODELLED, WITHOUT_EFFECT};
    pub use super::nginx_provider::is_read as is_read_by_nginx_provider;
    pub use super::provider::{PREFIX, RouterAnnotation, ServiceAnnotation};
    pub use super::rule::{MATCHERS, TCP_MATCHERS};
}

/// The configuration of one Traefik.
#[derive(Clone, Debug)]
pub struct Traefik {
    settings: StaticConfig,
    config: DynamicConfig,
    routers: RouterTable,
    tcp: Vec<TcpRouter>,
}

/// The router that takes a request, and those that chance puts in its place.
#[derive(Default)]
struct RouterChoice<'t> {
    /// Those of the highest priority that match, with their services.
    first: Vec<(&'t HttpRouter, Option<LoadedService>)>,
    /// A rule before them that can't be run.
    unknown: Option<(ModelGap, Vec<Cause>)>,
}

/// How deep children may nest.
const DEPTH: usize = 16;

impl IngressController for Traefik {
    /// Those of its store (tls/certificate_store.go), in which every name of a certificate gets it.
    fn certificates(&self, cluster: &Cluster, arrival: &ControllerArrival<'_>) -> Option<&CertificateStore> {
        (!self.passes_tls(cluster, arrival)).then_some(&self.config.certificates)
    }

    fn listens_on(&self, port: u16) -> bool {
        // Where its file isn't read, any port may be an entry point.
        self.settings.unread.is_some() || self.settings.entry_point(port).is_some()
    }

    fn judge(&self, cluster: &Cluster, arrival: &ControllerArrival<'_>) -> Judgement {
        let mut verdict = JudgementBuilder::new(TRAEFIK, arrival.place(), [].into());
        // 1. Settings that can't be read, and ports without entry point.
        if let Some(file) = &self.settings.unread {
            return verdict.unknown(ModelGap::Field(file.clone()), vec![Cause::line(file)]);
        }
        let Some((name, entry)) = self.settings.entry_point(arrival.port) else {
            return verdict.respond(status_response(404), vec![Cause::rule(IngressControllerRule::NoRuleMatches)]);
        };
        if let Some(setting) = self.settings.unread_setting() {
            return verdict.unknown(ModelGap::ControllerSetting(setting.to_owned()), Vec::new());
        }
        // 2. TCP routers come before everything of HTTP.
        let connection = self.connection(name, arrival);
        if let Some((router, loaded)) = self.tcp_router(cluster, &connection) {
            return router.judge(verdict, &connection, loaded);
        }
        // 3. The TLS options that the server name leads to.
        let tls = connection.server_name.map(|server_name| {
            let tls = EntryPointTls::read(&self.routers, &self.config, &self.settings, name);
            let options = tls.of_connection(server_name);
            (tls, options, server_name)
        });
        if let Some((tls, options, server_name)) = &tls
            && let Some(line) = tls.failing(options, server_name, arrival.request.client_certificate)
        {
            let because = vec![Cause::line(&line), Cause::rule(IngressControllerRule::TlsOptionsRefuse)];
            return verdict.end(PacketDecision::BreakOff, because);
        }
        if let Some((tls, options, _)) = &tls
            && let Some(line) = tls.is_too_old(options, arrival.request.newest_tls)
        {
            let mut because: Vec<Cause> = line.iter().map(Cause::line).collect();
            because.add_rule(IngressControllerRule::TlsVersionTooOld);
            return verdict.end(PacketDecision::BreakOff, because);
        }
        // 4. The entry point cleans the path, and refuses broken escapes.
        let Some(state) = enter(arrival, entry) else {
            return verdict.respond(status_response(400), vec![Cause::rule(IngressControllerRule::BrokenEscape)]);
        };
        // 5. The HTTP routers of the host.
        let context = ChainContext {
            client: arrival.client,
            is_tls: arrival.request.scheme == Scheme::Https,
            ..chain_context(cluster, &self.settings, &self.config)
        };
        let routers = self.routers.for_host(&arrival.request.hostname());
        let (candidates, choice) = self.choose(&context, name, &state, &routers);
        verdict.consider(candidates);
        verdict.consider(first_candidates(self.config.left_out.iter().map(ExcludedIngress::candidate)));
        if let Some((gap, because)) = choice.unknown {
            return verdict.unknown(gap, because);
        }
        // 6. The entry point's redirection, a router of its own with a priority.
        if let Some(to) = entry.redirect.as_ref().filter(|to| !context.is_tls && is_before(to.priority, &choice)) {
            let port = to.port.map(|port| port.to_string());
            let to = SchemeRedirect { scheme: to.scheme.clone(), port, permanent: to.permanent };
            let scheme = chain::told_scheme(&state);
            if let redirect::Redirection::Moved(response) =
                redirect::to_scheme(&to, &state.request, &state.url.request_uri, scheme)
            {
                return verdict.respond(response, vec![Cause::rule(IngressControllerRule::EntryPointRedirect)]);
            }
        }
        // 7. Nobody takes it, or only routers with other TLS options than the connection has.
        if choice.first.is_empty() {
            return verdict.respond(status_response(404), vec![Cause::rule(IngressControllerRule::NoRuleMatches)]);
        }
        if let Some((tls, options, _)) = &tls
            && choice.first.iter().all(|(router, _)| tls.of_router(router) != *options)
        {
            return verdict.respond(status_response(421), vec![Cause::rule(IngressControllerRule::OtherTlsOptions)]);
        }
        // 8. Through the routers chosen.
        self.serve_all(&context, name, state, choice, &mut verdict);
        verdict.finish()
    }

    /// None where no TCP router takes it.
    fn judge_connection(&self, cluster: &Cluster, pod: &ObjectRef, port: u16, client: IpAddr) -> Option<Judgement> {
        let (entry_point, _) = self.settings.entry_point(port)?;
        let connection = TcpConnection { entry_point, server_name: None, client, request: None };
        let (router, loaded) = self.tcp_router(cluster, &connection)?;
        let verdict = JudgementBuilder::new(TRAEFIK, ComponentPlace::Pod(pod.clone()), [].into());
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
    pub(super) fn read(premises: &ControllerPremises<'_>) -> Self {
        Self::compile(premises.cluster, StaticConfig::of(premises), premises.all)
    }

    /// Builds the routers. `all` serves every Ingress, whatever its class.
    pub fn compile(cluster: &Cluster, settings: StaticConfig, all: bool) -> Self {
        let context = ProviderContext { cluster, settings: &settings, all };
        let mut config = provider::read(&context);
        let refused = build::refused_middlewares(&chain_context(cluster, &settings, &config));
        config.refused_middlewares = refused;
        let routers = std::mem::take(&mut config.routers);
        let context = chain_context(cluster, &settings, &config);
        let routers = leave_out_unprovided(&context, leave_out_replaced(&context, routers));
        let named = routers.iter().filter(|router| router.refusal.is_none());
        let named = named.filter_map(|router| router.tls.as_ref()?.options.as_ref());
        let missing = named.filter(|named| !config.tls_options.contains_key(&named.name));
        let missing = missing.map(|named| (named.name.clone(), named.clone())).into_map();
        config.missing_tls_options = missing;
        let routers = RouterTable::new(routers, &settings);
        let tcp = if settings.provides("kubernetescrd") { tcp::build(cluster, &settings) } else { Vec::new() };
        Self { settings, config, routers, tcp }
    }

    /// Whether the TLS handshake of a request is its server's affair.
    fn passes_tls(&self, cluster: &Cluster, arrival: &ControllerArrival<'_>) -> bool {
        self.settings.entry_point(arrival.port).is_some_and(|(name, _)| {
            let chosen = self.tcp_router(cluster, &self.connection(name, arrival));
            chosen.is_some_and(|(router, _)| router.passes_tls())
        })
    }

    fn connection<'a>(&self, entry_point: &'a str, arrival: &ControllerArrival<'a>) -> TcpConnection<'a> {
        let request = arrival.request;
        let server_name = (request.scheme == Scheme::Https).then(|| request.server_name.as_deref().unwrap_or_default());
        TcpConnection { entry_point, server_name, client: arrival.client, request: Some(request) }
    }

    fn tcp_router(&self, cluster: &Cluster, connection: &TcpConnection<'_>) -> Option<(&TcpRouter, LoadedService)> {
        let context =
            ChainContext { client: connection.client, ..chain_context(cluster, &self.settings, &self.config) };
        let of_entry_point = |router: &&HttpRouter| {
            router.config.refusal.is_none()
                && router.listens_at(connection.entry_point, &self.settings)
                && router.speaks_tls(connection.entry_point, &self.settings)
        };
        // Who names hosts gets their connections; who names none, all that nobody else gets (SetHTTPSForwarder).
        let routers = self.routers.roots().filter(of_entry_point);
        let https =
            HttpsHosts { routers: routers.filter_map(|router| Some(router.rule.as_ref()?.named_hosts())).collect() };
        tcp::choose(&context, &self.tcp, connection, &https)
    }

    /// The routers in order of priority, each with what became of it, and those that take the request.
    fn choose<'t>(
        &'t self,
        context: &ChainContext<'_>,
        entry_point: &str,
        state: &ChainState,
        routers: &[&'t HttpRouter],
    ) -> (Vec<Candidate>, RouterChoice<'t>) {
        // 1. The request as rules see it.
        let request = HttpRequest { query: state.url.query.clone(), ..state.request.clone() };
        let seen = RequestAttributes::of(&request, &state.url.escaped_path(), context.client);
        let mut candidates = Vec::new();
        let mut choice = RouterChoice::default();
        // 2. By priority: who doesn't fit, comes later, isn't modelled, can't be built, or takes it.
        for router in routers {
            if let Some((objection, because)) = self.misfit(context, entry_point, router, &seen) {
                candidates.push(rejected(router, objection, because));
            } else if choice.unknown.is_some()
                || choice.first.first().is_some_and(|(first, _)| !self.is_tie(first, router))
            {
                candidates.push(rejected(router, IngressObjection::LowerPriority, Vec::new()));
            } else if let Some(gap) = unsupported(router, &seen) {
                choice.unknown = Some((gap, vec![Cause::line(&router.config.field)]));
            } else {
                match self.build(context, entry_point, router, DEPTH) {
                    Err((objection, because)) => candidates.push(rejected(router, objection, because)),
                    Ok(loaded) => choice.first.push((router, loaded)),
                }
            }
        }
        // 3. Of routers whose order isn't settled each may be the first.
        let share = Share::of(1, choice.first.len() as u64);
        candidates.extend(choice.first.iter().map(|(router, _)| Candidate {
            what: CandidateSubject::Field(router.config.field.clone()),
            fate: CandidateFate::Eligible(share),
            because: router.config.priority_line.iter().cloned().map(Cause::Field).collect(),
        }));
        (candidates, choice)
    }

    /// Two routers of one priority: providers.precedence decides between providers, nothing inside one.
    fn is_tie(&self, first: &HttpRouter, other: &HttpRouter) -> bool {
        first.priority == other.priority && router::rank(&self.settings, first) == router::rank(&self.settings, other)
    }

    /// Why a router doesn't take a request.
    fn misfit(
        &self,
        context: &ChainContext<'_>,
        entry_point: &str,
        router: &HttpRouter,
        seen: &RequestAttributes<'_>,
    ) -> Option<BuildRefusal> {
        let Some(rule) = &router.rule else {
            return Some((IngressObjection::InvalidRule, vec![Cause::line(&router.config.rule_line)]));
        };
        if router.config.parents.is_empty() {
            if !router.listens_at(entry_point, &self.settings) {
                return Some((IngressObjection::OtherEntryPoint, Vec::new()));
            }
            match (router.speaks_tls(entry_point, &self.settings), context.is_tls) {
                (true, false) => return Some((IngressObjection::TlsOnly, Vec::new())),
                (false, true) => return Some((IngressObjection::PlainOnly, Vec::new())),
                (true, true) | (false, false) => {}
            }
        }
        (rule.fits(seen) == Some(false)).then(|| {
            let objection = match rule.misfit(seen) {
                Aspect::Host => IngressObjection::HostDiffers,
                Aspect::Path => IngressObjection::PathDiffers,
                Aspect::Other => IngressObjection::MatcherDiffers,
            };
            (objection, vec![Cause::line(&router.config.rule_line)])
        })
    }

    /// Builds a router with its service, or with children of which at least one can be built; or says why it can't.
    fn build(
        &self,
        context: &ChainContext<'_>,
        entry_point: &str,
        router: &HttpRouter,
        depth: usize,
    ) -> Result<Option<LoadedService>, BuildRefusal> {
        // 1. What refuses the router itself: its configuration, its TLS options, its place in the tree.
        if let Some(refusal) = &router.config.refusal {
            return Err(refusal.clone());
        }
        let lines = |part: &str| vec![Cause::line(&line(&router.config.field, part))];
        if router.speaks_tls(entry_point, &self.settings)
            && let Some(line) = tls_options::broken(&self.config, &self.settings, entry_point, router)
        {
            return Err((IngressObjection::TlsOptionsBroken, vec![Cause::line(&line)]));
        }
        match router.fault {
            Some(TreeFault::NoService) => return Err((IngressObjection::NoServices, lines("services"))),
            Some(TreeFault::InvalidChild) => return Err((IngressObjection::InvalidChild, Vec::new())),
            None => {}
        }
        // 2. Middlewares, the entry point's and its own: one that can't be built refuses the router.
        let before = self.settings.entry_points.get(entry_point).filter(|_| router.config.parents.is_empty());
        let before = before.map(|entry| entry_middlewares(entry, router)).unwrap_or_default();
        let refusal = refusal_of(context, &before);
        if let Some(refusal) = refusal.or_else(|| refusal_of(context, &router.config.middlewares)) {
            return Err(refusal);
        }
        // 3. Its service.
        if router.children.is_empty() {
            let service = router.config.service.as_ref().map(|service| service::load(context, service));
            return service.transpose();
        }
        // 4. Or its children, as deep as they may go.
        let Some(depth) = depth.checked_sub(1) else { return Err((IngressObjection::NoServices, Vec::new())) };
        let children = self.routers.children(router);
        let mut built = children.iter().filter(|child| child.rule.is_some());
        if built.any(|child| self.build(context, entry_point, child, depth).is_ok()) {
            Ok(None)
        } else {
            Err((IngressObjection::NoServices, Vec::new()))
        }
    }

    /// Each router that may have come first, with its share.
    fn serve_all(
        &self,
        context: &ChainContext<'_>,
        entry_point: &str,
        state: ChainState,
        choice: RouterChoice<'_>,
        verdict: &mut JudgementBuilder,
    ) {
        let share = Share::of(1, choice.first.len() as u64);
        let by_chance = choice.first.len() > 1;
        for (router, loaded) in choice.first {
            let mut passage =
                Passage { context: *context, rule: router.config.field.clone(), state: state.clone(), share };
            passage.state.because.add_line(&router.config.field).add_lines(&router.config.priority_line);
            passage.state.because.add_rule(if by_chance {
                IngressControllerRule::EqualPriority
            } else {
                IngressControllerRule::HighestPriority
            });
            self.serve(entry_point, (router, loaded), passage, DEPTH, verdict);
        }
    }

    /// Through a router's middlewares, to its children or its service.
    fn serve(
        &self,
        entry_point: &str,
        (router, loaded): (&HttpRouter, Option<LoadedService>),
        mut passage: Passage<'_>,
        depth: usize,
        verdict: &mut JudgementBuilder,
    ) {
        // 1. What the entry point does before its routers: refused characters, its middlewares.
        let entry = self.settings.entry_points.get(entry_point).filter(|_| router.config.parents.is_empty());
        if let Some(entry) = entry {
            if chain::denies_path(&entry.denied, &passage.state.url) {
                passage.state.because.add_rule(IngressControllerRule::EncodedCharacter);
                return passage.answer(status_response(400), verdict);
            }
            if !passage.through(&entry_middlewares(entry, router), verdict) {
                return;
            }
        }
        // 2. The router's own middlewares.
        if !passage.through(&router.config.middlewares, verdict) {
            return;
        }
        // 3. Its service.
        if let Some(loaded) = loaded {
            return passage.to_service(router, loaded, verdict);
        }
        // 4. Or the children that take the request as it is by now.
        let children = self.routers.children(router);
        let (candidates, choice) = self.choose(&passage.context, entry_point, &passage.state, &children);
        verdict.consider(candidates);
        if let Some((gap, _)) = choice.unknown {
            return passage.unknown(gap, verdict);
        }
        let Some(depth) = depth.checked_sub(1).filter(|_| !choice.first.is_empty()) else {
            passage.state.because.add_rule(IngressControllerRule::NoRuleMatches);
            return passage.answer(status_response(404), verdict);
        };
        // 5. Each with its share.
        let share = passage.share.times(Share::of(1, choice.first.len() as u64));
        for (child, loaded) in choice.first {
            let mut next = Passage { share, rule: child.config.field.clone(), ..passage.clone() };
            next.state
                .because
                .extend([Cause::line(&child.config.field), Cause::rule(IngressControllerRule::ChildRouter)]);
            self.serve(entry_point, (child, loaded), next, depth, verdict);
        }
    }
}

fn chain_context<'a>(cluster: &'a Cluster, settings: &'a StaticConfig, config: &'a DynamicConfig) -> ChainContext<'a> {
    ChainContext { cluster, settings, config, client: IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED), is_tls: false }
}

/// The middlewares that an entry point puts before those of routers.
fn entry_middlewares(entry: &EntryPoint, router: &HttpRouter) -> Vec<dynamic::QualifiedName> {
    let names = entry.middlewares.iter();
    names.map(|name| dynamic::QualifiedName { name: name.clone(), line: router.config.field.clone() }).collect()
}

/// Of routers with one name the last that can be made counts.
fn leave_out_replaced(context: &ChainContext<'_>, mut routers: Vec<RouterConfig>) -> Vec<RouterConfig> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    routers.iter().for_each(|router| *counts.entry(router.name.clone()).or_default() += 1);
    let is_shared = |router: &RouterConfig| counts.get(&router.name).is_some_and(|count| *count > 1);
    let loads = |it: &RouterConfig| it.service.as_ref().is_none_or(|service| service::load(context, service).is_ok());
    let made = routers.iter().enumerate().filter(|(_, it)| is_shared(it) && it.refusal.is_none() && loads(it));
    let last: BTreeMap<String, usize> = made.map(|(index, router)| (router.name.clone(), index)).into_map();
    for (index, router) in routers.iter_mut().enumerate() {
        if last.get(&router.name).is_some_and(|last| *last != index) && router.refusal.is_none() {
            router.refusal = Some((IngressObjection::ReplacedByLater, vec![Cause::line(&router.field)]));
        }
    }
    routers
}

/// A router whose service its provider can't make isn't in the configuration at all: its hosts get no TLS options either.
fn leave_out_unprovided(context: &ChainContext<'_>, mut routers: Vec<RouterConfig>) -> Vec<RouterConfig> {
    for router in routers.iter_mut().filter(|router| router.refusal.is_none()) {
        router.refusal = router.service.as_ref().and_then(|service| service::provider_refusal(context, service));
    }
    routers
}

/// The request behind the entry point: its path read and cleaned (server_entrypoint_tcp.go), its headers rewritten; None for
/// a path that can't be read.
fn enter(arrival: &ControllerArrival<'_>, entry: &EntryPoint) -> Option<ChainState> {
    let query = arrival.request.query.as_deref();
    let mut url = RequestUrl::parse(&normalize_escapes(&arrival.request.path), query)?;
    if entry.cleans {
        url.join_path();
        url.refresh_request_uri();
    }
    // What stands for a semicolon; the request line keeps it, unless it is encoded.
    url.query = query.map(|query| query.replace(';', if entry.encodes_semicolons { "%3B" } else { "&" }));
    if entry.encodes_semicolons {
        url.refresh_request_uri();
    }
    let request = forwarded::entered(arrival, entry);
    Some(ChainState { request, url, layers: Vec::new(), because: Vec::new(), steps: 0 })
}

/// Whether an entry point's redirect, a router that takes every host, comes before those chosen.
fn is_before(priority: i64, choice: &RouterChoice<'_>) -> bool {
    choice.first.first().is_none_or(|(router, _)| router.priority <= priority)
}

fn unsupported(router: &HttpRouter, seen: &RequestAttributes<'_>) -> Option<ModelGap> {
    let rule = router.rule.as_ref().filter(|rule| rule.fits(seen).is_none())?;
    let pattern = rule.unsupported()?.source().to_owned();
    Some(ModelGap::RegularExpression { field: router.config.field.clone(), pattern })
}

fn rejected(router: &HttpRouter, objection: IngressObjection, because: Vec<Cause>) -> Candidate {
    Candidate {
        what: CandidateSubject::Field(router.config.field.clone()),
        fate: CandidateFate::Rejected(CandidateObjection::Ingress(objection)),
        because,
    }
}
