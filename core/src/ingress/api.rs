//! A controller that follows the API's text: longest path first, Exact before Prefix, the exact host before a wildcard.
//!
//! Stands for every class whose controller we don't know. Where the text leaves a choice it takes the usual one and
//! says so by its rule: ImplementationSpecific is Prefix, a Service without endpoints is 503.

use std::net::IpAddr;
use std::sync::Arc;

use super::class::{Claim, LeftOut, SHOWN, few, more};
use super::forwarded::Forwarded;
use super::tls::Certificates;
use super::verdict::{Forward, Verdict, field, rule, status};
use super::{Arrival, IngressController, IngressImplementation, Premises, RulePlace, backend, by_age};
use crate::cluster::Cluster;
use crate::http::{HostTable, path};
use crate::model::{HttpIngressPath, Ingress, IngressBackend, IngressServiceBackend};
use crate::packet::HttpRequest;
use crate::shortlist::{Rejection, Shortlist};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{
    Candidate, Cause, Component, Fate, IngressObjection, IngressRule, Judgement, Objection, Share, Subject,
};

/// The rules by host.
#[derive(Clone, Debug, Default)]
pub struct Api {
    hosts: HostTable<Vec<Entry>>,
    any_host: Vec<Entry>,
    default_backends: Vec<Entry>,
    left_out: Vec<LeftOut>,
    certificates: Certificates,
    rules: usize,
    ports: (u16, u16),
}

/// Where it listens for http and https, unless it stands in another's place.
pub const PORTS: (u16, u16) = (80, 443);

/// One path, or a default backend.
#[derive(Clone, Debug)]
struct Entry {
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

impl IngressController for Api {
    fn listens_on(&self, port: u16) -> bool {
        port == self.ports.0 || port == self.ports.1
    }

    /// Those that `tls` sections name.
    fn certificates(&self, _: &Cluster, _: &Arrival<'_>) -> Option<&Certificates> {
        Some(&self.certificates)
    }

    fn judge(&self, cluster: &Cluster, arrival: &Arrival<'_>) -> Judgement {
        let (candidates, chosen) = self.choose(arrival.request);
        let mut verdict = Verdict::new(Component::Ingress(IngressImplementation::Api), arrival.place(), candidates);
        verdict.consider(few(self.left_out.iter().map(LeftOut::candidate)));
        match chosen {
            Some(entry) => proxy(cluster, verdict, arrival, entry),
            None => verdict.respond(status(404), vec![rule(IngressRule::NoRuleMatches)]),
        }
    }

    fn judge_connection(&self, _: &Cluster, _: &ObjectRef, _: u16, _: IpAddr) -> Option<Judgement> {
        None
    }

    /// The text asks for no particular page.
    fn page(&self, _: u16) -> Option<String> {
        None
    }
}

impl Api {
    /// Collects the rules of the Ingresses whose class names this controller, or of all.
    pub fn read(premises: &Premises<'_>) -> Self {
        let Premises { cluster, found, ports, all } = *premises;
        let controller = &*found.class_controller;
        let mut api = Self { ports: ports.unwrap_or(PORTS), ..Self::default() };
        for (reference, ingress) in by_age(cluster, |one, other| one.0.cmp(&other.0)) {
            let claim = Claim::of(cluster, &ingress);
            match all || is_served(cluster, controller, &claim) {
                true => {
                    api.add(&reference, &ingress);
                    let namespace = &ingress.metadata.namespace;
                    let sections = ingress.spec.tls.iter();
                    sections.for_each(|tls| api.certificates.show_by_hosts(cluster, namespace, tls));
                }
                false => api.left_out.push(LeftOut::by_class(&reference, &claim)),
            }
        }
        api
    }

    fn add(&mut self, reference: &ObjectRef, ingress: &Ingress) {
        for (position, rule) in ingress.spec.rules.iter().enumerate() {
            let host = rule.host.clone().filter(|host| !host.is_empty());
            let paths = rule.http.iter().flat_map(|http| http.paths.iter().enumerate());
            let entries =
                paths.map(|(index, path)| Entry::new(reference, RulePlace::Path(position, index), &host, path));
            let list = match &host {
                Some(host) => self.hosts.entry(host),
                None => &mut self.any_host,
            };
            let before = list.len();
            list.extend(entries);
            self.rules += list.len() - before;
        }
        if let Some(backend) = &ingress.spec.default_backend {
            self.default_backends.push(Entry {
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
    fn choose(&self, request: &HttpRequest) -> (Arc<[Candidate]>, Option<&Entry>) {
        let host = request.hostname();
        let own = self.hosts.exact(&host).into_iter().chain(self.hosts.wildcard(&host)).flatten();
        let mut entries = Shortlist::new(own.chain(&self.any_host));
        entries.retain(|entry| entry.path_objection(&request.path));
        entries.keep_best(|entry| entry.host_rank(), objection(IngressObjection::LessSpecificHost));
        entries.keep_best(|entry| entry.path.trim_end_matches('/').len(), objection(IngressObjection::ShorterPath));
        entries.keep_best(|entry| entry.kind == PathType::Exact, objection(IngressObjection::PrefixBesideExact));
        entries.keep_first(objection(IngressObjection::LaterIngress));
        let (candidates, picks) = entries.finish(|entry| Subject::Field(entry.field()), |_| 1);
        let mut candidates = candidates.to_vec();
        candidates.extend(self.for_other_hosts(&host, candidates.len()));
        let chosen = picks.into_iter().next().map(|pick| pick.item).or_else(|| self.default_backends.first());
        (candidates.into(), chosen)
    }

    /// The rules of other hosts, while there are few; of many, how many beside those `considered`.
    fn for_other_hosts(&self, host: &str, considered: usize) -> Vec<Candidate> {
        if self.rules > SHOWN {
            return more(self.rules.saturating_sub(considered)).into_iter().collect();
        }
        let others = self.hosts.iter().filter(|(pattern, _)| !crate::http::host::covers_one_label(pattern, host));
        others.flat_map(|(_, entries)| entries).map(Entry::for_another_host).collect()
    }
}

/// By class, by the annotation with a class's name, or for the supplied controller by nothing at all.
fn is_served(cluster: &Cluster, controller: &str, claim: &Claim<'_>) -> bool {
    match claim {
        Claim::Class(_, class) => class.is_some_and(|class| &*class.spec.controller == controller),
        Claim::Annotation(name) => {
            cluster.ingress_classes.get(*name).is_some_and(|class| &*class.spec.controller == controller)
        }
        Claim::Nothing => false,
    }
}

impl Entry {
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

    fn path_objection(&self, path: &str) -> Option<Rejection> {
        let matches = match self.kind {
            PathType::Exact => path == &*self.path,
            PathType::Prefix | PathType::ImplementationSpecific => path::has_element_prefix(path, &self.path),
        };
        let cause = || Cause::Field(self.part("path"));
        (!matches).then(|| (objection(IngressObjection::PathDiffers), vec![cause()]))
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
            what: Subject::Field(self.field()),
            fate: Fate::Rejected(objection(IngressObjection::HostDiffers)),
            because: vec![Cause::Field(host)],
        }
    }

    fn because(&self) -> Vec<Cause> {
        let rules = match (&self.place, self.kind) {
            (RulePlace::DefaultBackend, _) => vec![IngressRule::DefaultBackend],
            (_, PathType::Exact) => vec![IngressRule::ExactPath],
            (_, PathType::Prefix) => vec![IngressRule::LongestPath],
            (_, PathType::ImplementationSpecific) => {
                vec![IngressRule::LongestPath, IngressRule::ImplementationSpecificIsPrefix]
            }
        };
        std::iter::once(field(&self.field())).chain(rules.into_iter().map(rule)).collect()
    }
}

/// On to the endpoints, or 503 where there are none.
fn proxy(cluster: &Cluster, mut verdict: Verdict, arrival: &Arrival<'_>, entry: &Entry) -> Judgement {
    let mut because = entry.because();
    let Some(wanted) = &entry.backend.service else {
        because.push(rule(IngressRule::ResourceBackend));
        return verdict.respond(status(404), because);
    };
    let upstream = match upstream(cluster, &entry.ingress, wanted) {
        Ok(upstream) => upstream,
        Err(why) => {
            because.push(rule(why));
            return verdict.respond(status(503), because);
        }
    };
    if upstream.peers.is_empty() {
        verdict.consider_excluded(&upstream);
        because.push(rule(IngressRule::NoEndpoints));
        return verdict.respond(status(503), because);
    }
    let mut request = arrival.request.clone();
    Forwarded::of(arrival.client, arrival.request).write(&mut request.headers);
    request.scheme = crate::packet::Scheme::Http;
    request.server_name = None;
    let forward = Forward {
        rule: Some(entry.field()),
        request: Some(Arc::new(request)),
        protocol: "http".to_owned(),
        ..Forward::default()
    };
    because.push(rule(IngressRule::PastTheService));
    verdict.forward(Share::ONE, &upstream, &forward, &because);
    verdict.finish()
}

fn upstream(
    cluster: &Cluster,
    ingress: &ObjectRef,
    wanted: &IngressServiceBackend,
) -> Result<backend::Upstream, IngressRule> {
    let namespace = ingress.namespace.as_deref().unwrap_or_default();
    let service = backend::service(cluster, namespace, &wanted.name).ok_or(IngressRule::ServiceMissing)?;
    if let Some(name) = backend::external_name(service) {
        let port = wanted.port.number.and_then(|number| u16::try_from(number).ok()).unwrap_or(80);
        return Ok(backend::Upstream::name(service, name, port));
    }
    let port = backend::port(service, wanted).ok_or(IngressRule::PortMissing)?;
    let ready = backend::Readiness::Ready;
    Ok(backend::Upstream::endpoints(cluster, service, ready, |slice| backend::same_name(slice, port)))
}

fn objection(objection: IngressObjection) -> Objection {
    Objection::Ingress(objection)
}
