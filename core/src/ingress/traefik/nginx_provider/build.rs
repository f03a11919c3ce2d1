//! From Ingresses to routers (build.go, translator.go): a router for each path, a further one for what a canary's header
//! decides, and one for the other form of a host with or without www.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::backend::ProviderBackend;
use super::canary::{CanaryPolicy, PolicyKey, canary_policies, policy_key, port_text};
use super::hosts::HostFacts;
use super::options::{PREFIX, ProviderOptions, is_read};
use super::rule::{self, ProviderRule};
use super::served_ingress::ServedIngress;
use super::step::{ProviderStep, StepContext, StepRefusal};
use crate::cluster::Cluster;
use crate::ingress::class::{ClassClaim, ExcludedIngress};
use crate::ingress::nginx::{Annotation, annotations_of};
use crate::ingress::tls::CertificateStore;
use crate::ingress::traefik::settings::StaticConfig;
use crate::ingress::{RulePlace, annotation_field, ingresses_by_age};
use crate::model::{HttpIngressPath, Ingress, IngressServiceBackend};
use crate::order::{Gather, Order};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::IngressObjection;

/// What the provider makes.
#[derive(Clone, Debug, Default)]
pub struct ProviderConfig {
    /// The routers, the highest priority first.
    pub routers: Vec<ProviderRouter>,
    /// Hosts whose TLS goes on to the servers.
    pub passthrough: Vec<(String, ProviderBackend)>,
    /// The certificates of `tls` sections.
    pub certificates: CertificateStore,
    /// The Ingresses that make nothing.
    pub left_out: Vec<ExcludedIngress>,
    /// Annotations of ingress-nginx that the provider doesn't read.
    pub unread: Vec<FieldRef>,
}

/// A rule and where it leads.
#[derive(Clone, Debug)]
pub struct ProviderRouter {
    /// The path of the Ingress.
    pub field: FieldRef,
    pub rule: ProviderRule,
    /// The length of the rule's text, but for the default backend's.
    pub priority: i64,
    /// Which of its location's ways it takes.
    pub role: RouterRole,
    /// What it leads to.
    pub location: Arc<ProviderLocation>,
}

/// Which way of a location a router takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RouterRole {
    /// To the Service, or by weight to its canary.
    Weighted,
    Canary,
    /// To the Service.
    Mainline,
    /// To the host with or without www.
    OtherForm(String),
}

/// What a path leads to.
#[derive(Clone, Debug)]
pub struct ProviderLocation {
    pub ingress: ObjectRef,
    /// The middlewares.
    pub steps: Result<Vec<ProviderStep>, StepRefusal>,
    /// custom-headers that may not be sent: 503.
    pub denied: Option<FieldRef>,
    /// The Service.
    pub backend: ProviderBackend,
    pub canary: Option<Arc<CanaryPolicy>>,
    /// auth-tls-secret with a certificate of an authority, unless nothing is verified.
    pub client_auth: Option<FieldRef>,
}

/// Reads all Ingresses.
pub fn build(cluster: &Cluster, settings: &StaticConfig, all: bool) -> ProviderConfig {
    let mut config = ProviderConfig::default();
    let (canaries, regular): (Vec<ServedIngress>, Vec<ServedIngress>) =
        served(cluster, settings, all, &mut config).into_iter().partition(|one| one.options().is(Annotation::Canary));
    let facts = HostFacts::of(&regular);
    let policies = canary_policies(cluster, &canaries, &regular);
    let mut builder = Builder { cluster, settings, facts, policies, config, has_default: false };
    builder.provider_default();
    regular.iter().for_each(|one| builder.add(one));
    let mut config = builder.config;
    config.routers.order_by(|one, other| other.priority.cmp(&one.priority).then_with(|| one.field.cmp(&other.field)));
    config
}

/// The Ingresses, the oldest first, ties by name from the end of the alphabet.
fn served(cluster: &Cluster, settings: &StaticConfig, all: bool, config: &mut ProviderConfig) -> Vec<ServedIngress> {
    let backwards =
        |one: &(ObjectRef, _), other: &(ObjectRef, _)| other.0.qualified_name().cmp(&one.0.qualified_name());
    let mut served = Vec::new();
    for (reference, ingress) in ingresses_by_age(cluster, backwards) {
        let claim = ClassClaim::of(cluster, &ingress);
        if !all && !serves(cluster, settings, &reference, &claim) {
            config.left_out.push(ExcludedIngress::by_class(&reference, &claim));
            continue;
        }
        let unread = annotations_of(PREFIX, &ingress).filter(|(name, _)| !is_read(*name));
        config.unread.extend(unread.map(|(_, key)| annotation_field(&reference, key)));
        match refusal(settings, &reference, &ingress) {
            Some((objection, field)) => {
                config.left_out.push(ExcludedIngress { ingress: reference, objection, because: vec![field] });
            }
            None => served.push(ServedIngress { reference, ingress }),
        }
    }
    served
}

/// shouldProcess and filterIngressClass.
fn serves(cluster: &Cluster, settings: &StaticConfig, reference: &ObjectRef, claim: &ClassClaim<'_>) -> bool {
    let text = |name: &str| settings.text(&format!("providers.kubernetesingressnginx.{name}"));
    let watched = text("watchnamespace").unwrap_or_default();
    if !watched.is_empty() && reference.namespace.as_deref() != Some(watched) {
        return false;
    }
    let controller = text("controllerclass").unwrap_or("k8s.io/ingress-nginx");
    let named = text("ingressclass").unwrap_or("nginx");
    let by_name = text("ingressclassbyname") == Some("true");
    let is_ours = |name: &str, class: &str| class == controller || by_name && name == named;
    let any = cluster.ingress_classes.iter().any(|(name, class)| is_ours(name, &class.spec.controller));
    match claim {
        ClassClaim::Class(name, class) if any => class.is_some_and(|class| is_ours(name, &class.spec.controller)),
        ClassClaim::Annotation(value) => &***value == named,
        ClassClaim::Class(..) | ClassClaim::Nothing => text("watchingresswithoutclass") == Some("true"),
    }
}

/// validateIngress, and annotations for which an Ingress is skipped as a whole.
fn refusal(settings: &StaticConfig, reference: &ObjectRef, ingress: &Ingress) -> Option<(IngressObjection, FieldRef)> {
    let options = ProviderOptions::of(reference, ingress);
    let is = |name: &str| settings.text(&format!("providers.kubernetesingressnginx.{name}"));
    if is("allowsnippetannotations") != Some("true") {
        let snippets = [Annotation::ServerSnippet, Annotation::ConfigurationSnippet, Annotation::AuthSnippet];
        if let Some(name) = snippets.into_iter().find(|name| options.filled(*name).is_some()) {
            return Some((IngressObjection::RiskyAnnotation, options.line(name)));
        }
    }
    if is("strictvalidatepathtype") != Some("false") {
        let strange = crate::ingress::nginx::invalid_paths(ingress).map(|(place, _)| place).next();
        if let Some(place) = strange {
            let field = place.field(reference);
            let path = field.path.field("path");
            return Some((IngressObjection::InvalidPath, FieldRef { object: field.object, path }));
        }
    }
    None
}

struct Builder<'a> {
    cluster: &'a Cluster,
    settings: &'a StaticConfig,
    facts: HostFacts,
    policies: BTreeMap<PolicyKey, Arc<CanaryPolicy>>,
    config: ProviderConfig,
    has_default: bool,
}

impl Builder<'_> {
    /// --providers.kubernetesingressnginx.defaultbackendservice takes what no rule takes.
    fn provider_default(&mut self) {
        let named = self.settings.text("providers.kubernetesingressnginx.defaultbackendservice");
        let Some((namespace, name)) = named.and_then(|named| named.split_once('/')) else { return };
        let reference = ObjectRef::namespaced("Service", namespace, name);
        let one = ServedIngress { reference: reference.clone(), ingress: Arc::default() };
        let service = IngressServiceBackend { name: name.into(), port: Default::default() };
        let location = ProviderLocation {
            ingress: reference.clone(),
            steps: Ok(Vec::new()),
            denied: None,
            backend: ProviderBackend::of(&one, &service),
            canary: None,
            client_auth: None,
        };
        self.has_default = true;
        self.catch_all(reference.field("spec"), location);
    }

    fn catch_all(&mut self, field: FieldRef, location: ProviderLocation) {
        let rule = ProviderRule::new(Vec::new(), "/", None, false);
        let (priority, location) = (i64::from(i32::MIN), Arc::new(location));
        self.config.routers.push(ProviderRouter { field, rule, priority, role: RouterRole::Weighted, location });
    }

    fn add(&mut self, one: &ServedIngress) {
        // 1. Its certificates.
        let namespace = one.namespace();
        for name in one.ingress.spec.tls.iter().filter_map(|tls| tls.secret_name.as_deref()) {
            self.config.certificates.show_by_names(self.cluster, namespace, name);
        }
        // 2. TLS that is passed through has no router of HTTP.
        if one.options().is(Annotation::SslPassthrough) {
            self.pass_through(one);
            return;
        }
        // 3. An annotation that can't be read leaves the whole Ingress out.
        if let Err(line) = self.transport(one).and_then(|()| self.client_auth(one)) {
            let objection = IngressObjection::InvalidAnnotation;
            self.config.left_out.push(ExcludedIngress {
                ingress: one.reference.clone(),
                objection,
                because: vec![line],
            });
            return;
        }
        // 4. A router per path, then its default backend.
        for (position, rule) in one.ingress.spec.rules.iter().enumerate() {
            for (index, path) in rule.http.iter().flat_map(|http| http.paths.iter().enumerate()) {
                if let Some(service) = &path.backend.service {
                    let field = RulePlace::Path(position, index).field(&one.reference);
                    self.add_path(one, field, rule.host.as_deref().unwrap_or_default(), Some(path), service);
                }
            }
        }
        self.add_default(one);
    }

    /// spec.defaultBackend: for each host of the rules, or for everything.
    fn add_default(&mut self, one: &ServedIngress) {
        let default = one.ingress.spec.default_backend.as_ref().and_then(|backend| backend.service.as_ref());
        let Some(service) = default else { return };
        let field = RulePlace::DefaultBackend.field(&one.reference);
        if one.ingress.spec.rules.is_empty() {
            if self.has_default {
                let objection = IngressObjection::SecondDefaultBackend;
                self.config.left_out.push(ExcludedIngress {
                    ingress: one.reference.clone(),
                    objection,
                    because: vec![field],
                });
                return;
            }
            self.has_default = true;
            let location = self.location(one, "", false, service);
            self.catch_all(field, location);
            return;
        }
        let hosts: BTreeSet<&str> =
            one.ingress.spec.rules.iter().map(|rule| rule.host.as_deref().unwrap_or_default()).into_set();
        for host in hosts {
            self.add_path(one, field.clone(), host, None, service);
        }
    }

    fn add_path(
        &mut self,
        one: &ServedIngress,
        field: FieldRef,
        host: &str,
        path: Option<&HttpIngressPath>,
        service: &IngressServiceBackend,
    ) {
        // 1. The location, which all routers of the path share.
        let is_regex = self.facts.with_regex.contains(host);
        let text = path.and_then(|path| path.path.as_deref()).unwrap_or_default();
        let location = Arc::new(self.location(one, text, is_regex, service));
        // 2. The rule: host with aliases, path by its type.
        let hosts = Some(host)
            .filter(|host| !host.is_empty())
            .map(|host| std::iter::once(host.to_owned()).chain(self.facts.aliases(one)).collect());
        let kind = path.and_then(|path| path.path_type.as_deref());
        let rule = ProviderRule::new(hosts.unwrap_or_default(), text, kind, is_regex);
        if rule.text.is_empty() {
            return;
        }
        // 3. A router's priority is its rule's length.
        let mut push = |rule: ProviderRule, role: RouterRole| {
            let priority = i64::try_from(rule.text.len()).unwrap_or(i64::MAX);
            let (field, location) = (field.clone(), location.clone());
            self.config.routers.push(ProviderRouter { field, rule, priority, role, location });
        };
        // 4. Routers of the canary, whose headers decide before weights do.
        if let Some(policy) = &location.canary {
            let (to_canary, to_mainline) = (rule::to_canary(policy), rule::to_mainline(policy));
            if !to_canary.is_empty() {
                push(rule.with_headers(to_canary), RouterRole::Canary);
            }
            if policy.weight > 0 && !to_mainline.is_empty() {
                push(rule.with_headers(to_mainline), RouterRole::Mainline);
            }
        }
        // 5. The other form of the host, with or without www.
        let wants_redirect = one.options().is(Annotation::FromToWwwRedirect) && location.denied.is_none();
        if let Some(other) = self.facts.other_form(host).filter(|_| wants_redirect) {
            push(ProviderRule::new(vec![other], "", None, false), RouterRole::OtherForm(host.to_owned()));
        }
        // 6. The path's own.
        push(rule, RouterRole::Weighted);
    }

    fn location(
        &self,
        one: &ServedIngress,
        path: &str,
        is_regex: bool,
        service: &IngressServiceBackend,
    ) -> ProviderLocation {
        let options = one.options();
        let variables = vec![
            ("namespace", one.namespace().to_owned()),
            ("ingress_name", one.reference.name.to_string()),
            ("location_path", path.to_owned()),
            ("service_name", service.name.to_string()),
            ("service_port", port_text(service)),
        ];
        let has_tls = !one.ingress.spec.tls.is_empty();
        let context =
            StepContext { cluster: self.cluster, settings: self.settings, options, path, is_regex, has_tls, variables };
        let verifies = options.text(Annotation::AuthTlsVerifyClient).is_none_or(|text| text != "off");
        let secret = options.text(Annotation::AuthTlsSecret).filter(|_| verifies);
        ProviderLocation {
            ingress: one.reference.clone(),
            steps: context.steps(),
            denied: context.is_denied().then(|| options.line(Annotation::CustomHeaders)),
            backend: ProviderBackend::of(one, service),
            canary: self.policies.get(&policy_key(one.namespace(), service)).cloned(),
            client_auth: secret.map(|_| options.line(Annotation::AuthTlsSecret)),
        }
    }

    /// buildServersTransport: of an https backend a malformed or missing proxy-ssl-secret.
    fn transport(&self, one: &ServedIngress) -> Result<(), FieldRef> {
        let options = one.options();
        let is_https = options
            .text(Annotation::BackendProtocol)
            .is_some_and(|protocol| matches!(protocol.to_ascii_uppercase().as_str(), "HTTPS" | "GRPCS"));
        let wanted = options.filled(Annotation::ProxySslSecret).filter(|_| is_https);
        let fine = wanted.is_none_or(|name| self.holds(one, name, &["tls.crt", "ca.crt"]));
        if fine { Ok(()) } else { Err(options.line(Annotation::ProxySslSecret)) }
    }

    /// buildClientAuthTLSOption: a Secret with an authority's certificate.
    fn client_auth(&self, one: &ServedIngress) -> Result<(), FieldRef> {
        let wanted = one.options().text(Annotation::AuthTlsSecret);
        let fine = wanted.is_none_or(|name| self.holds(one, name, &["ca.crt"]));
        if fine { Ok(()) } else { Err(one.options().line(Annotation::AuthTlsSecret)) }
    }

    fn holds(&self, one: &ServedIngress, name: &str, keys: &[&str]) -> bool {
        let allowed = self.settings.is("providers.kubernetesingressnginx.allowcrossnamespaceresources");
        let secret = name.split_once('/').filter(|(namespace, _)| allowed || *namespace == one.namespace());
        let secret = secret.and_then(|(namespace, name)| self.cluster.secrets.get(namespace, name));
        secret.is_some_and(|secret| keys.iter().any(|key| secret.value(key).is_some_and(|value| !value.is_empty())))
    }

    /// ssl-passthrough: TLS by its name to the Service of `/`, plain HTTP by its host.
    fn pass_through(&mut self, one: &ServedIngress) {
        for (position, rule) in one.ingress.spec.rules.iter().enumerate() {
            let Some(host) = rule.host.as_deref().filter(|host| !host.is_empty()) else { continue };
            let root = rule
                .http
                .as_ref()
                .map(|http| http.paths.iter().enumerate().find(|(_, path)| path.path.as_deref() == Some("/")));
            let (field, backend) = match root {
                Some(Some((index, path))) => {
                    (RulePlace::Path(position, index).field(&one.reference), Some(&path.backend))
                }
                Some(None) => continue,
                None => (RulePlace::DefaultBackend.field(&one.reference), one.ingress.spec.default_backend.as_ref()),
            };
            let Some(service) = backend.and_then(|backend| backend.service.as_ref()) else { continue };
            let backend = ProviderBackend::of(one, service);
            self.config.passthrough.push((host.to_ascii_lowercase(), backend.clone()));
            let mut location = self.location(one, "", false, service);
            let redirects = |step: &ProviderStep| matches!(step.kind, super::step::StepKind::RedirectToHttps);
            location.steps = location.steps.map(|steps| steps.into_iter().filter(redirects).collect());
            location.canary = None;
            let rule = ProviderRule::new(vec![host.to_owned()], "", None, false);
            let priority = i64::try_from(rule.text.len()).unwrap_or(i64::MAX);
            let (role, location) = (RouterRole::Mainline, Arc::new(location));
            self.config.routers.push(ProviderRouter { field, rule, priority, role, location });
        }
    }
}
