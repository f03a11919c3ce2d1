//! Traefik's provider for the annotations of ingress-nginx (3.7, providers.kubernetesIngressNGINX): Ingresses become routers
//! with middlewares, so that rules win by their length and redirects to https come before anything else.

use std::net::IpAddr;

use self::backend::ProviderBackend;
use self::build::{ProviderConfig, ProviderRouter, RouterRole};
use self::serve::Visit;
use super::forwarded;
use super::settings::StaticConfig;
use crate::cluster::Cluster;
use crate::diagnostic::{Diagnostic, Problem};
use crate::ingress::class::{ExcludedIngress, first_candidates};
use crate::ingress::tls::CertificateStore;
use crate::ingress::verdict::{ForwardedRequest, JudgementBuilder, redirect_response, status_response};
use crate::ingress::{ControllerArrival, ControllerPremises, IngressController, IngressImplementation};
use crate::packet::{HttpRequest, Scheme};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{
    Candidate, CandidateFate, CandidateObjection, CandidateSubject, Cause, Component, IngressControllerRule,
    IngressObjection, Judgement, ModelGap, PacketDecision, Share,
};

mod options;
mod served_ingress;
mod backend;
mod canary;
mod hosts;
mod path;
mod rule;
mod step;
mod build;
mod serve;
mod change;
mod variable;

pub use options::is_read;

/// The configuration of one Traefik with this provider.
#[derive(Clone, Debug)]
pub struct NginxProvider {
    settings: StaticConfig,
    config: ProviderConfig,
}

/// Who decides here.
const TRAEFIK_NGINX: Component = Component::Ingress(IngressImplementation::TraefikNginx);

impl IngressController for NginxProvider {
    fn certificates(&self, _: &Cluster, arrival: &ControllerArrival<'_>) -> Option<&CertificateStore> {
        self.passed_through(arrival).is_none().then_some(&self.config.certificates)
    }

    fn listens_on(&self, port: u16) -> bool {
        self.settings.entry_point(port).is_some()
    }

    fn judge(&self, cluster: &Cluster, arrival: &ControllerArrival<'_>) -> Judgement {
        let mut verdict = JudgementBuilder::new(TRAEFIK_NGINX, arrival.place(), [].into());
        // 1. A port without entry point, then connections that are passed through.
        let Some((_, entry)) = self.settings.entry_point(arrival.port) else {
            return verdict.respond(status_response(404), vec![Cause::rule(IngressControllerRule::NoRuleMatches)]);
        };
        if let Some(backend) = self.passed_through(arrival) {
            return pass_tls(verdict, cluster, backend);
        }
        // 2. The entry point's redirection.
        let tls = arrival.request.scheme == Scheme::Https;
        if let Some(to) = entry.redirect.as_ref().filter(|_| !tls) {
            let host = crate::packet::http::host_without_port(&arrival.request.host);
            let port = to.port.map(|port| format!(":{port}")).unwrap_or_default();
            let code = super::redirect::redirect_code(&arrival.request.method, to.permanent);
            let location = format!("{}://{host}{port}{}", to.scheme, arrival.request.target());
            return verdict.respond(
                redirect_response(code, location),
                vec![Cause::rule(IngressControllerRule::EntryPointRedirect)],
            );
        }
        // 3. The entry point cleans the path and the forwarded headers.
        let Some(path) = path::entered(&arrival.request.path) else {
            return verdict.respond(status_response(400), vec![Cause::rule(IngressControllerRule::BadPath)]);
        };
        let mut request = forwarded::entered(arrival, entry);
        request.path = path;
        // 4. The routers that take the request, or 404.
        let (candidates, chosen) = self.choose(&request, entry.tls == tls);
        verdict.consider(candidates);
        verdict.consider(first_candidates(self.config.left_out.iter().map(ExcludedIngress::candidate)));
        match chosen {
            NginxRouterChoice::Routers(routers) => {
                let share = Share::of(1, routers.len() as u64);
                for router in routers {
                    Visit { cluster, arrival, router, tls, share }.serve(&mut verdict, request.clone());
                }
                verdict.finish()
            }
            NginxRouterChoice::Unknown(gap, because) => verdict.unknown(gap, because),
            NginxRouterChoice::None => {
                verdict.respond(status_response(404), vec![Cause::rule(IngressControllerRule::NoRuleMatches)])
            }
        }
    }

    fn judge_connection(&self, _: &Cluster, _: &ObjectRef, _: u16, _: IpAddr) -> Option<Judgement> {
        None
    }

    fn page(&self, status: u16) -> Option<String> {
        super::page::of_status(status).map(str::to_owned)
    }

    /// Annotations of ingress-nginx that the provider doesn't read.
    fn diagnostics(&self) -> Vec<Diagnostic> {
        let unread = self.config.unread.iter().map(|field| {
            let FieldRef { object, path } = field.clone();
            Diagnostic {
                problem: Problem::AnnotationNotRead,
                object: Some(object),
                field: Some(path),
                span: None,
                fix: None,
            }
        });
        unread.collect()
    }
}

/// The routers of which one takes a request, as chance has it when Traefik loads; or why that can't be said.
enum NginxRouterChoice<'p> {
    Routers(Vec<&'p ProviderRouter>),
    Unknown(ModelGap, Vec<Cause>),
    None,
}

impl NginxProvider {
    /// Reads the Ingresses by the settings of its pods.
    pub(in crate::ingress) fn read(premises: &ControllerPremises<'_>) -> Self {
        let settings = StaticConfig::of(premises);
        let config = build::build(premises.cluster, &settings, premises.all);
        Self { settings, config }
    }

    /// Whether one of its routers may take a request.
    pub(super) fn claims(&self, arrival: &ControllerArrival<'_>) -> bool {
        let Some((_, entry)) = self.settings.entry_point(arrival.port) else { return false };
        let Some(path) = path::entered(&arrival.request.path) else { return false };
        let request = HttpRequest { path, ..forwarded::entered(arrival, entry) };
        let chosen = self.choose(&request, entry.tls == (arrival.request.scheme == Scheme::Https)).1;
        self.passed_through(arrival).is_some() || !matches!(chosen, NginxRouterChoice::None)
    }

    /// The Service to which TLS for a name goes as it is.
    fn passed_through(&self, arrival: &ControllerArrival<'_>) -> Option<&ProviderBackend> {
        let name = arrival.request.server_name.as_deref().filter(|_| arrival.request.scheme == Scheme::Https)?;
        let mut hosts = self.config.passthrough.iter();
        hosts.find(|(host, _)| host.eq_ignore_ascii_case(name)).map(|(_, backend)| backend)
    }

    /// The routers in order of priority, each with what became of it, and the one that takes the request. Routers for TLS
    /// listen where the entry point has TLS, the others elsewhere.
    fn choose(&self, request: &HttpRequest, listens: bool) -> (Vec<Candidate>, NginxRouterChoice<'_>) {
        // 1. Host and path as rules see them.
        let host = request.hostname();
        let host = host.strip_suffix('.').unwrap_or(&host);
        let path = path::for_routing(&request.path);
        let (mut candidates, mut chosen) = (Vec::new(), NginxRouterChoice::None);
        for router in self.config.routers.iter().filter(|_| listens) {
            // 2. Routers that don't fit.
            let objection = router.objection(host, &path, request);
            if let Some(objection) = objection {
                candidates.push(rejected(router, objection));
                continue;
            }
            // 3. The first that fits takes the request, with those between which chance decides.
            match &mut chosen {
                NginxRouterChoice::None => {
                    let fits = router.rule.fits(host, &path, request);
                    let unsupported = router.rule.unsupported().filter(|_| fits.is_none());
                    chosen = match unsupported {
                        Some(pattern) => {
                            let (field, pattern) = (router.field.clone(), pattern.source().to_owned());
                            NginxRouterChoice::Unknown(
                                ModelGap::RegularExpression { field, pattern },
                                vec![field_of(router)],
                            )
                        }
                        None => NginxRouterChoice::Routers(vec![router]),
                    };
                }
                NginxRouterChoice::Routers(tied) if tied.first().is_some_and(|first| first.is_tie(router)) => {
                    tied.push(router);
                }
                NginxRouterChoice::Routers(_) | NginxRouterChoice::Unknown(..) => {
                    candidates.push(rejected(router, IngressObjection::LowerPriority));
                }
            }
        }
        // 4. Each of those has the same share.
        if let NginxRouterChoice::Routers(tied) = &chosen {
            let share = Share::of(1, tied.len() as u64);
            candidates.extend(tied.iter().map(|router| eligible(router, share)));
        }
        (candidates, chosen)
    }
}

fn field_of(router: &ProviderRouter) -> Cause {
    Cause::line(&router.field)
}

fn eligible(router: &ProviderRouter, share: Share) -> Candidate {
    Candidate {
        what: CandidateSubject::Field(router.field.clone()),
        fate: CandidateFate::Eligible(share),
        because: Vec::new(),
    }
}

fn rejected(router: &ProviderRouter, objection: IngressObjection) -> Candidate {
    let because = match &router.location.steps {
        Err((_, line)) => vec![Cause::line(line)],
        Ok(_) => Vec::new(),
    };
    let fate = CandidateFate::Rejected(CandidateObjection::Ingress(objection));
    Candidate { what: CandidateSubject::Field(router.field.clone()), fate, because }
}

impl ProviderRouter {
    /// Why it doesn't come into question; one with a middleware that can't be built isn't there at all.
    fn objection(&self, host: &str, path: &str, request: &HttpRequest) -> Option<IngressObjection> {
        if !self.rule.fits_host(host) {
            return Some(IngressObjection::HostDiffers);
        }
        let is_redirect = matches!(self.role, RouterRole::OtherForm(_));
        if let Err((objection, _)) = &self.location.steps
            && !is_redirect
            && self.location.denied.is_none()
        {
            return Some(*objection);
        }
        (self.rule.fits(host, path, request) == Some(false)).then_some(IngressObjection::PathDiffers)
    }

    /// Whether chance decides between two routers when Traefik loads its configuration.
    fn is_tie(&self, other: &Self) -> bool {
        let same_end = self.role == other.role && matches!(self.role, RouterRole::OtherForm(_));
        self.priority == other.priority && self.field != other.field && !same_end
    }
}

/// TLS goes to the servers as it is.
fn pass_tls(mut verdict: JudgementBuilder, cluster: &Cluster, backend: &ProviderBackend) -> Judgement {
    let because = vec![Cause::rule(IngressControllerRule::TcpRouterFirst)];
    match backend.servers(cluster) {
        Ok(servers) if !servers.peers.is_empty() => {
            let forward = ForwardedRequest { protocol: "tls".to_owned(), ..ForwardedRequest::default() };
            verdict.forward(Share::ONE, &servers, &forward, &because);
            verdict.finish()
        }
        _ => verdict.end(PacketDecision::Refuse, because),
    }
}
