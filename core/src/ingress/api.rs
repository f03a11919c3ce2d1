//! A controller that follows the API's text: longest path first, Exact before Prefix, the exact host before a wildcard.
//!
//! Stands for every class whose controller we don't know. Where the text leaves a choice it takes the usual one and
//! says so by its rule: ImplementationSpecific is Prefix, a Service without endpoints is 503.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use super::class::{ClassClaim, ExcludedIngress, SHOWN, first_candidates, remaining_count};
use super::forwarded::ForwardedClient;
use super::tls::CertificateStore;
use super::verdict::{ForwardedRequest, JudgementBuilder, status_response};
use super::{
    ControllerArrival, ControllerPremises, IngressController, IngressImplementation, RulePlace, backend,
    ingresses_by_age,
};
use crate::cluster::Cluster;
use crate::cluster::annotation_owner::may_concern;
use crate::http::{HostTable, path};
use crate::model::{HttpIngressPath, Ingress, IngressBackend, IngressServiceBackend, Text};
use crate::packet::HttpRequest;
use crate::proxy::agreement::unknown_instead;
use crate::shortlist::{CandidateRejection, Shortlist};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{
    Candidate, CandidateFate, CandidateObjection, CandidateSubject, Cause, CauseList, Component, IngressControllerRule,
    IngressObjection, Judgement, ModelGap, Share,
};

/// The rules by host.
#[derive(Clone, Debug, Default)]
pub struct ApiController {
    hosts: HostTable<Vec<ApiRule>>,
    any_host: Vec<ApiRule>,
    default_backends: Vec<ApiRule>,
    left_out: Vec<ExcludedIngress>,
    certificates: CertificateStore,
    rules: usize,
    ports: (u16, u16),
    /// `spec.controller` of its classes, where a real controller stands behind it that isn't modelled.
    stands_for: Option<Text>,
    /// Served Ingresses with annotations that may tell that controller something.
    annotated: BTreeSet<ObjectRef>,
}

/// Where it listens for http and https, unless it stands in another's place.
pub const PORTS: (u16, u16) = (80, 443);

/// One path, or a default backend.
#[derive(Clone, Debug)]
struct ApiRule {
    ingress: ObjectRef,
    place: RulePlace,
    host: Option<Arc<str>>,
    path: Arc<str>,
    kind: PathType,
    backend: IngressBackend,
}

/// The API's path types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum PathType {
    ImplementationSpecific,
    Prefix,
    Exact,
}

impl IngressController for ApiController {
    fn listens_on(&self, port: u16) -> bool {
        port == self.ports.0 || port == self.ports.1
    }

    /// Those that `tls` sections name.
    fn certificates(&self, _: &Cluster, _: &ControllerArrival<'_>) -> Option<&CertificateStore> {
        Some(&self.certificates)
    }

    fn judge(&self, cluster: &Cluster, arrival: &ControllerArrival<'_>) -> Judgement {
        let (candidates, chosen) = self.choose(arrival.request);
        let mut verdict =
            JudgementBuilder::new(Component::Ingress(IngressImplementation::Api), arrival.place(), candidates);
        verdict.consider(first_candidates(self.left_out.iter().map(ExcludedIngress::candidate)));
        let judgement = match chosen {
            Some(entry) => proxy_to_service(cluster, verdict, arrival, entry),
            None => verdict.respond(status_response(404), vec![Cause::rule(IngressControllerRule::NoRuleMatches)]),
        };
        let Some(controller) = &self.stands_for else { return judgement };
        if self.controllers_agree(arrival.request) {
            return marked(judgement);
        }
        let why = Cause::rule(IngressControllerRule::ControllersDiffer);
        unknown_instead(judgement, why, |specification| ModelGap::IngressController {
            controller: controller.clone(),
            specification,
        })
    }

    fn judge_connection(&self, _: &Cluster, _: &ObjectRef, _: u16, _: IpAddr) -> Option<Judgement> {
        None
    }

    /// The text asks for no particular page.
    fn page(&self, _: u16) -> Option<String> {
        None
    }
}

impl ApiController {
    /// Collects the rules of the Ingresses whose class names this controller, or of all.
    pub fn read(premises: &ControllerPremises<'_>) -> Self {
        let ControllerPremises { cluster, found, ports, all } = *premises;
        let controller = &*found.class_controller;
        let stands_for = Some(&found.class_controller).filter(|controller| !all && !is_example(controller)).cloned();
        let mut api = Self { ports: ports.unwrap_or(PORTS), stands_for, ..Self::default() };
        for (reference, ingress) in ingresses_by_age(cluster, |one, other| one.0.cmp(&other.0)) {
            let claim = ClassClaim::of(cluster, &ingress);
            if all || is_served(cluster, controller, &claim) {
                api.add(&reference, &ingress);
                let namespace = &ingress.metadata.namespace;
                let sections = ingress.spec.tls.iter();
                sections.for_each(|tls| api.certificates.show_by_hosts(cluster, namespace, tls));
            } else {
                api.left_out.push(ExcludedIngress::by_class(&reference, &claim))
            }
        }
        api
    }

    fn add(&mut self, reference: &ObjectRef, ingress: &Ingress) {
        // 1. Whether an annotation may change what this Ingress means.
        if let Some(controller) = &self.stands_for {
            let mut annotations = ingress.metadata.annotations.keys();
            if annotations.any(|key| may_concern(key, controller)) {
                self.annotated.insert(reference.clone());
            }
        }
        // 2. Its paths, below their host or below any.
        for (position, rule) in ingress.spec.rules.iter().enumerate() {
            let host = rule.host.clone().filter(|host| !host.is_empty());
            let paths = rule.http.iter().flat_map(|http| http.paths.iter().enumerate());
            let entries =
                paths.map(|(index, path)| ApiRule::new(reference, RulePlace::Path(position, index), &host, path));
            let list = match &host {
                Some(host) => self.hosts.entry(host),
                None => &mut self.any_host,
            };
            let before = list.len();
            list.extend(entries);
            self.rules += list.len() - before;
        }
        // 3. Its default backend.
        if let Some(backend) = &ingress.spec.default_backend {
            self.default_backends.push(ApiRule {
                ingress: reference.clone(),
                place: RulePlace::DefaultBackend,
                host: None,
                path: "/".into(),
                kind: PathType::Prefix,
                backend: backend.clone(),
            });
        }
    }

    /// The rule that takes a request; a default backend takes what no rule does.
    fn choose(&self, request: &HttpRequest) -> (Arc<[Candidate]>, Option<&ApiRule>) {
        let host = request.hostname();
        let own = self.hosts.exact(&host).into_iter().chain(self.hosts.wildcard(&host)).flatten();
        let mut entries = Shortlist::new(own.chain(&self.any_host));
        entries.retain(|entry| entry.path_objection(&request.path));
        entries.keep_best(|entry| entry.host_rank(), ingress_objection(IngressObjection::LessSpecificHost));
        entries.keep_best(
            |entry| entry.path.trim_end_matches('/').len(),
            ingress_objection(IngressObjection::ShorterPath),
        );
        entries
            .keep_best(|entry| entry.kind == PathType::Exact, ingress_objection(IngressObjection::PrefixBesideExact));
        entries.keep_first(ingress_objection(IngressObjection::LaterIngress));
        let (candidates, picks) = entries.finish(|entry| CandidateSubject::Field(entry.field()), |_| 1);
        let mut candidates = candidates.to_vec();
        candidates.extend(self.for_other_hosts(&host, candidates.len()));
        let chosen = picks.into_iter().next().map(|pick| pick.item).or_else(|| self.default_backends.first());
        (candidates.into(), chosen)
    }

    /// Whether every controller makes the same of a request: one Ingress has its host, without annotations, with paths of the
    /// types that the API defines, of which none is a prefix by characters only, and the path needs no cleaning.
    fn controllers_agree(&self, request: &HttpRequest) -> bool {
        let host = request.hostname();
        // 1. The rules that a controller may look at: of the host, of the wildcard, of any host.
        let own: Vec<&ApiRule> = self
            .hosts
            .exact(&host)
            .into_iter()
            .chain(self.hosts.wildcard(&host))
            .flatten()
            .chain(&self.any_host)
            .collect();
        let ingresses: BTreeSet<&ObjectRef> = own.iter().map(|entry| &entry.ingress).collect();
        // 2. What makes a rule doubtful.
        let is_plain = |entry: &ApiRule| {
            let only_characters =
                request.path.starts_with(&*entry.path) && entry.path_objection(&request.path).is_some();
            entry.kind != PathType::ImplementationSpecific
                && entry.backend.service.is_some()
                && !(entry.kind == PathType::Prefix && only_characters)
        };
        // 3. A wildcard some labels up, which some controllers take.
        let deeper = self.hosts.iter().any(|(pattern, _)| {
            let suffix = pattern.strip_prefix('*').filter(|suffix| host.ends_with(suffix));
            suffix.is_some() && !crate::http::host::covers_one_label(&pattern, &host)
        });
        // 4. Characters that some controllers clean away.
        let is_clean = !["//", "/./", "/../", "%", ";"].iter().any(|mark| request.path.contains(mark));
        // 5. All must hold.
        ingresses.len() <= 1
            && !ingresses.iter().any(|ingress| self.annotated.contains(*ingress))
            && own.iter().all(|entry| is_plain(entry))
            && !deeper
            && is_clean
    }

    /// The rules of other hosts, while there are few; of many, how many beside those `considered`.
    fn for_other_hosts(&self, host: &str, considered: usize) -> Vec<Candidate> {
        if self.rules > SHOWN {
            return remaining_count(self.rules.saturating_sub(considered)).into_iter().collect();
        }
        let others = self.hosts.iter().filter(|(pattern, _)| !crate::http::host::covers_one_label(pattern, host));
        others.flat_map(|(_, entries)| entries).map(ApiRule::for_another_host).collect()
    }
}

/// Controllers of these names stand for the API's text itself.
fn is_example(controller: &str) -> bool {
    let reserved = ["example.com", "example.net", "example.org", "whichpod.dev"];
    let domain = controller.split('/').next().unwrap_or_default();
    let covers = |name: &str| domain == name || domain.strip_suffix(name).is_some_and(|rest| rest.ends_with("."));
    controller.is_empty() || reserved.iter().any(|name| covers(name))
}

/// Says that the API's text is followed.
fn marked(mut judgement: Judgement) -> Judgement {
    for branch in &mut judgement.branches {
        let because = branch.because.iter().cloned().chain([Cause::rule(IngressControllerRule::ApiTextFollowed)]);
        branch.because = because.collect();
    }
    judgement
}

/// By class, by the annotation with a class's name, or for the supplied controller by nothing at all.
fn is_served(cluster: &Cluster, controller: &str, claim: &ClassClaim<'_>) -> bool {
    match claim {
        ClassClaim::Class(_, class) => class.is_some_and(|class| &*class.spec.controller == controller),
        ClassClaim::Annotation(name) => {
            cluster.ingress_classes.get(*name).is_some_and(|class| &*class.spec.controller == controller)
        }
        ClassClaim::Nothing => false,
    }
}

impl ApiRule {
    fn new(ingress: &ObjectRef, place: RulePlace, host: &Option<Arc<str>>, path: &HttpIngressPath) -> Self {
        Self {
            ingress: ingress.clone(),
            place,
            host: host.clone(),
            path: path.path.clone().filter(|path| !path.is_empty()).unwrap_or_else(|| "/".into()),
            kind: match path.path_type.as_deref() {
                Some("Exact") => PathType::Exact,
                Some("Prefix") => PathType::Prefix,
                _ => PathType::ImplementationSpecific,
            },
            backend: path.backend.clone(),
        }
    }

    fn field(&self) -> FieldRef {
        self.place.field(&self.ingress)
    }

    fn path_objection(&self, path: &str) -> Option<CandidateRejection> {
        let matches = match self.kind {
            PathType::Exact => path == &*self.path,
            PathType::Prefix | PathType::ImplementationSpecific => path::has_element_prefix(path, &self.path),
        };
        let cause = || Cause::Field(self.part("path"));
        (!matches).then(|| (ingress_objection(IngressObjection::PathDiffers), vec![cause()]))
    }

    fn host_rank(&self) -> u8 {
        match self.host.as_deref() {
            Some(host) if host.starts_with("*.") => 1,
            Some(_) => 2,
            None => 0,
        }
    }

    fn part(&self, name: &str) -> FieldRef {
        let field = self.field();
        FieldRef { path: field.path.field(name), object: field.object }
    }

    fn for_another_host(&self) -> Candidate {
        let host = match &self.place {
            RulePlace::Path(rule, _) => self.ingress.field(format!("spec.rules[{rule}].host").as_str()),
            RulePlace::DefaultBackend => self.field(),
        };
        Candidate {
            what: CandidateSubject::Field(self.field()),
            fate: CandidateFate::Rejected(ingress_objection(IngressObjection::HostDiffers)),
            because: vec![Cause::Field(host)],
        }
    }

    fn because(&self) -> Vec<Cause> {
        let rules = match (&self.place, self.kind) {
            (RulePlace::DefaultBackend, _) => vec![IngressControllerRule::DefaultBackend],
            (_, PathType::Exact) => vec![IngressControllerRule::ExactPath],
            (_, PathType::Prefix) => vec![IngressControllerRule::LongestPath],
            (_, PathType::ImplementationSpecific) => {
                vec![IngressControllerRule::LongestPath, IngressControllerRule::ImplementationSpecificIsPrefix]
            }
        };
        std::iter::once(Cause::line(&self.field())).chain(rules.into_iter().map(Cause::rule)).collect()
    }
}

/// On to the endpoints, or 503 where there are none.
fn proxy_to_service(
    cluster: &Cluster,
    mut verdict: JudgementBuilder,
    arrival: &ControllerArrival<'_>,
    entry: &ApiRule,
) -> Judgement {
    let mut because = entry.because();
    // 1. A backend that is no Service, or one that isn't there.
    let Some(wanted) = &entry.backend.service else {
        because.add_rule(IngressControllerRule::ResourceBackend);
        return verdict.respond(status_response(404), because);
    };
    let upstream = match resolve_api_backend(cluster, &entry.ingress, wanted) {
        Ok(upstream) => upstream,
        Err(why) => {
            because.add_rule(why);
            return verdict.respond(status_response(503), because);
        }
    };
    // 2. Nobody to send to.
    if upstream.peers.is_empty() {
        verdict.consider_excluded(&upstream);
        because.add_rule(IngressControllerRule::NoEndpoints);
        return verdict.respond(status_response(503), because);
    }
    // 3. The request as the backend gets it, in the clear, with the headers that tell of the client.
    let mut request = arrival.request.clone();
    ForwardedClient::of(arrival.client, arrival.request).write(&mut request.headers);
    request.scheme = crate::packet::Scheme::Http;
    request.server_name = None;
    let forward = ForwardedRequest {
        rule: Some(entry.field()),
        request: Some(Arc::new(request)),
        protocol: "http".to_owned(),
        ..ForwardedRequest::default()
    };
    // 4. Past the Service, to its endpoints.
    because.add_rule(IngressControllerRule::PastTheService);
    verdict.forward(Share::ONE, &upstream, &forward, &because);
    verdict.finish()
}

fn resolve_api_backend(
    cluster: &Cluster,
    ingress: &ObjectRef,
    wanted: &IngressServiceBackend,
) -> Result<backend::ProxyUpstream, IngressControllerRule> {
    let namespace = ingress.namespace.as_deref().unwrap_or_default();
    let service =
        backend::find_service(cluster, namespace, &wanted.name).ok_or(IngressControllerRule::ServiceMissing)?;
    if let Some(name) = backend::external_name(service) {
        let port = wanted.port.number.and_then(|number| u16::try_from(number).ok()).unwrap_or(80);
        return Ok(backend::ProxyUpstream::name(service, name, port));
    }
    let port = backend::find_service_port(service, wanted).ok_or(IngressControllerRule::PortMissing)?;
    let ready = backend::EndpointReadiness::Ready;
    Ok(backend::ProxyUpstream::endpoints(cluster, service, ready, |slice| backend::endpoint_port(slice, port)))
}

fn ingress_objection(objection: IngressObjection) -> CandidateObjection {
    CandidateObjection::Ingress(objection)
}
