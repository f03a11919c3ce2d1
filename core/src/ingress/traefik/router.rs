//! Routers: one per path of an Ingress, one per route of an IngressRoute, sorted by priority.

use std::sync::Arc;

use super::line;
use super::middleware::{self, Name};
use super::rule::Rule;
use super::settings::Settings;
use crate::cluster::Cluster;
use crate::cluster::ingress_implementation::IngressImplementation;
use crate::http::HostTable;
use crate::ingress::class::{self, Claim, LeftOut};
use crate::ingress::tls::Certificates;
use crate::ingress::{RulePlace, annotation, by_age};
use crate::model::{
    HttpIngressPath, Ingress, IngressBackend, IngressRoute, IngressRule, LabelSelector, Labels, Metadata, Route,
    RouteService, Text,
};
use crate::order::Order;
use crate::source::{FieldRef, ObjectRef};
use crate::trace::IngressObjection;

/// The prefix of Traefik's annotations.
pub const PREFIX: &str = "traefik.ingress.kubernetes.io";

/// The value of the class annotation without configuration.
const CLASS: &str = "traefik";

/// A rule, and where it leads.
#[derive(Clone, Debug)]
pub struct Router {
    /// Whose it is.
    pub provider: Provider,
    /// The path of an Ingress, or the route of an IngressRoute.
    pub field: FieldRef,
    /// Where the rule is written.
    pub rule_line: FieldRef,
    /// The rule; None if Traefik refuses it.
    pub rule: Option<Rule>,
    /// The length of the rule's text, or the number given.
    pub priority: i64,
    /// Where the number is given.
    pub priority_line: Option<FieldRef>,
    /// The entry points; empty for the usual ones.
    pub entry_points: Vec<String>,
    /// Whether it is for HTTPS.
    pub tls: bool,
    /// What requests go through.
    pub middlewares: Vec<Name>,
    /// The first middleware that it may not name, for it is another namespace's.
    pub outside: Option<FieldRef>,
    /// Where they go.
    pub target: Target,
}

/// Traefik's providers for Kubernetes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Provider {
    /// Ingress.
    Ingress,
    /// IngressRoute.
    Crd,
}

/// Where a router leads.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    /// The backend of an Ingress.
    Backend(IngressBackend),
    /// The services of a route.
    Services(Vec<RouteService>),
}

/// The routers, found by host.
#[derive(Clone, Debug, Default)]
pub struct Routers {
    routers: Vec<Router>,
    by_host: HostTable<Vec<usize>>,
    any_host: Vec<usize>,
}

impl Provider {
    /// As providers.precedence names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ingress => "kubernetesingress",
            Self::Crd => "kubernetescrd",
        }
    }
}

impl Router {
    /// Whether it listens at an entry point; without names of its own at the usual ones.
    pub fn listens_at(&self, entry_point: &str, settings: &Settings) -> bool {
        match self.entry_points.is_empty() {
            true => settings.entry_points.get(entry_point).is_some_and(|entry| entry.usual),
            false => self.entry_points.iter().any(|name| name.eq_ignore_ascii_case(entry_point)),
        }
    }

    /// The namespace of its object.
    pub fn namespace(&self) -> &str {
        self.field.object.namespace.as_deref().unwrap_or_default()
    }
}

impl Routers {
    /// The routers that may match a host, the highest priority first, ties by provider and name.
    pub fn for_host(&self, host: &str) -> Vec<&Router> {
        let exact = self.by_host.exact(host).into_iter().flatten();
        let wildcard = self.by_host.wildcard(host).into_iter().flatten();
        let mut places: Vec<usize> = exact.chain(wildcard).chain(&self.any_host).copied().collect();
        places.order();
        places.dedup();
        places.into_iter().filter_map(|place| self.routers.get(place)).collect()
    }

    /// Sorts by priority and indexes by host.
    fn new(mut routers: Vec<Router>, precedence: &[&str]) -> Self {
        let rank =
            |router: &Router| precedence.iter().position(|name| name.eq_ignore_ascii_case(router.provider.name()));
        routers.order_by(|one, other| {
            let by_provider = rank(one).unwrap_or(usize::MAX).cmp(&rank(other).unwrap_or(usize::MAX));
            other.priority.cmp(&one.priority).then(by_provider).then_with(|| one.field.cmp(&other.field))
        });
        let mut by_host: HostTable<Vec<usize>> = HostTable::default();
        let mut any_host = Vec::new();
        for (place, router) in routers.iter().enumerate() {
            match router.rule.as_ref().and_then(Rule::hosts) {
                Some(hosts) => hosts.into_iter().for_each(|host| by_host.entry(host.trim_end_matches('.')).push(place)),
                None => any_host.push(place),
            }
        }
        Self { routers, by_host, any_host }
    }
}

/// What becomes of the objects.
pub struct Built {
    /// The routers of those that are served.
    pub routers: Routers,
    /// The Ingresses that aren't.
    pub left_out: Vec<LeftOut>,
    /// The certificates that served objects name.
    pub certificates: Certificates,
}

/// Reads all objects.
pub fn build(cluster: &Cluster, settings: &Settings, all: bool) -> Built {
    let mut certificates = Certificates::default();
    let mut routers = Vec::new();
    let mut left_out = Vec::new();
    if settings.provides("kubernetesingress") || all {
        let mut default_taken = false;
        for (reference, ingress) in by_age(cluster, |one, other| one.0.cmp(&other.0)) {
            let claim = Claim::of(cluster, &ingress);
            if !all && !serves_ingress(settings, &reference, &claim, cluster) {
                left_out.push(LeftOut::by_class(&reference, &claim));
                continue;
            }
            for name in ingress.spec.tls.iter().filter_map(|tls| tls.secret_name.as_deref()) {
                certificates.show_by_names(cluster, &ingress.metadata.namespace, name);
            }
            of_ingress(settings, &reference, &ingress, &mut default_taken, &mut routers, &mut left_out);
        }
    }
    if settings.provides("kubernetescrd") {
        for (namespace, name, route) in cluster.ingress_routes.iter() {
            let reference = ObjectRef::namespaced("IngressRoute", namespace, name);
            if route.is_legacy() && settings.version.0 >= 3 {
                let because = vec![reference.field("apiVersion")];
                left_out.push(LeftOut { ingress: reference, objection: IngressObjection::LegacyGroup, because });
                continue;
            }
            if serves(settings, &route.metadata, route.spec.ingress_class_name.as_ref()) {
                of_route(settings, &reference, route, &mut routers);
                let secret =
                    route.spec.tls.as_ref().and_then(|tls| tls.child("secretName")).and_then(|name| name.text());
                if let Some(name) = secret {
                    certificates.show_by_names(cluster, namespace, name);
                }
            }
        }
    }
    let routers = Routers::new(routers, &settings.list("providers.precedence"));
    Built { routers, left_out, certificates }
}

/// kubernetes.go shouldProcessIngress.
fn serves_ingress(settings: &Settings, reference: &ObjectRef, claim: &Claim<'_>, cluster: &Cluster) -> bool {
    let configured = settings.text("providers.kubernetesingress.ingressclass").unwrap_or_default();
    let namespaces = settings.list("providers.kubernetesingress.namespaces");
    let own = reference.namespace.as_deref().unwrap_or_default();
    if !namespaces.is_empty() && !namespaces.contains(&own) {
        return false;
    }
    let labels = cluster.ingresses.get(own, &reference.name).map(|ingress| &ingress.metadata.labels);
    if labels.is_some_and(|labels| !is_selected(settings, "kubernetesingress", labels)) {
        return false;
    }
    match claim {
        Claim::Class(name, Some(_)) => {
            let controller = cluster.ingress_classes.get(*name).map(|class| class.spec.controller.clone());
            controller.as_deref() == IngressImplementation::Traefik.facts().class_controller
                && (configured.is_empty() || configured == &***name)
        }
        Claim::Class(_, None) => false,
        Claim::Annotation(value) => ***value == *configured || configured.is_empty() && &***value == CLASS,
        Claim::Nothing => configured.is_empty(),
    }
}

/// labelSelector of a provider; one that can't be read lets everything in.
fn is_selected(settings: &Settings, provider: &str, labels: &Labels) -> bool {
    let selector = settings.text(&format!("providers.{provider}.labelselector")).and_then(LabelSelector::parse);
    selector.is_none_or(|selector| selector.matches(labels))
}

/// kubernetes_http.go shouldProcessIngress: the field, else the annotation.
pub fn serves(settings: &Settings, metadata: &Metadata, class: Option<&Text>) -> bool {
    let configured = settings.text("providers.kubernetescrd.ingressclass").unwrap_or_default();
    let annotated = metadata.annotations.get(class::ANNOTATION);
    let named = class.or(annotated).map_or("", |name| &**name);
    let namespaces = settings.list("providers.kubernetescrd.namespaces");
    let watched = namespaces.is_empty() || namespaces.contains(&&*metadata.namespace);
    let watched = watched && is_selected(settings, "kubernetescrd", &metadata.labels);
    watched && (named == configured || configured.is_empty() && named == CLASS)
}

/// The annotations of an Ingress about its routers, behind `traefik.ingress.kubernetes.io/router.`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase")]
#[allow(missing_docs)]
pub enum RouterAnnotation {
    EntryPoints,
    Middlewares,
    PathMatcher,
    Priority,
    RuleSyntax,
    Tls,
}

/// What an Ingress' annotations say about all its routers.
struct Options {
    priority: Option<(i64, FieldRef)>,
    entry_points: Vec<String>,
    tls: bool,
    middlewares: Vec<Name>,
    path_matcher: Option<(Text, FieldRef)>,
    major: u32,
}

impl Options {
    fn read(settings: &Settings, reference: &ObjectRef, ingress: &Ingress) -> Self {
        let key = |name: RouterAnnotation| format!("{PREFIX}/router.{}", <&str>::from(name));
        let text = |name| ingress.metadata.annotations.get(key(name).as_str());
        let place = |name| annotation(reference, &key(name));
        let list =
            |text: &Text| text.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
        let number = text(RouterAnnotation::Priority)
            .and_then(|text| text.trim().parse::<i64>().ok())
            .filter(|number| *number != 0);
        let tls_options = format!("{PREFIX}/router.tls.");
        let has_options = ingress.metadata.annotations.keys().any(|name| name.starts_with(&tls_options));
        let syntax = text(RouterAnnotation::RuleSyntax).filter(|_| settings.version.0 >= 3);
        Self {
            priority: number.map(|number| (number, place(RouterAnnotation::Priority))),
            entry_points: text(RouterAnnotation::EntryPoints).map(list).unwrap_or_default(),
            tls: text(RouterAnnotation::Tls).map_or(has_options, |value| &**value == "true"),
            middlewares: text(RouterAnnotation::Middlewares)
                .map(|names| middleware::by_annotation(names, &place(RouterAnnotation::Middlewares)))
                .unwrap_or_default(),
            path_matcher: text(RouterAnnotation::PathMatcher)
                .map(|name| (name.clone(), place(RouterAnnotation::PathMatcher))),
            major: if syntax.is_some_and(|syntax| &**syntax == "v2") { 2 } else { settings.version.0.clamp(2, 3) },
        }
    }
}

fn of_ingress(
    settings: &Settings,
    reference: &ObjectRef,
    ingress: &Ingress,
    default_taken: &mut bool,
    routers: &mut Vec<Router>,
    left_out: &mut Vec<LeftOut>,
) {
    let options = Options::read(settings, reference, ingress);
    let field = RulePlace::DefaultBackend.field(reference);
    match &ingress.spec.default_backend {
        Some(backend) if ingress.spec.rules.is_empty() && !*default_taken => {
            *default_taken = true;
            let rule = Some("PathPrefix(`/`)".to_owned());
            let mut router = router(&options, field, rule, Target::Backend(backend.clone()));
            (router.priority, router.priority_line) = (i64::from(i32::MIN), None);
            routers.push(router);
        }
        Some(_) => {
            let objection = match ingress.spec.rules.is_empty() {
                true => IngressObjection::SecondDefaultBackend,
                false => IngressObjection::DefaultBackendIgnored,
            };
            left_out.push(LeftOut { ingress: reference.clone(), objection, because: vec![field] });
        }
        None => {}
    }
    for (position, rule) in ingress.spec.rules.iter().enumerate() {
        let paths = rule.http.iter().flat_map(|http| http.paths.iter().enumerate());
        for (index, path) in paths {
            let field = RulePlace::Path(position, index).field(reference);
            let text = rule_text(settings, &options, rule, path);
            routers.push(router(&options, field, text, Target::Backend(path.backend.clone())));
        }
    }
}

fn router(options: &Options, field: FieldRef, rule: Option<String>, target: Target) -> Router {
    let length = rule.as_ref().map_or(0, |rule| rule.len() as i64);
    Router {
        provider: Provider::Ingress,
        rule_line: if matches!(target, Target::Backend(_)) { field.clone() } else { line(&field, "match") },
        rule: rule.and_then(|rule| Rule::parse(&rule, options.major)),
        priority: options.priority.as_ref().map_or(length, |(number, _)| *number),
        priority_line: options.priority.as_ref().map(|(_, line)| line.clone()),
        entry_points: options.entry_points.clone(),
        tls: options.tls,
        middlewares: options.middlewares.clone(),
        outside: None,
        target,
        field,
    }
}

/// ``Host("h") && PathPrefix("/p")`` (kubernetes.go loadRouter); None for a matcher that isn't one of paths.
fn rule_text(settings: &Settings, options: &Options, rule: &IngressRule, path: &HttpIngressPath) -> Option<String> {
    let host = rule.host.as_deref().filter(|host| !host.is_empty()).map(|host| host_rule(settings.version, host));
    let text = path.path.as_deref().filter(|text| !text.is_empty());
    let matcher = match (path.path_type.as_deref(), &options.path_matcher) {
        (Some("Exact"), _) => "Path",
        (Some("Prefix"), _) | (_, None) => "PathPrefix",
        (_, Some((name, _))) => match &**name {
            "Path" => "Path",
            "PathPrefix" => "PathPrefix",
            "PathRegexp" if options.major >= 3 => "PathRegexp",
            _ => return None,
        },
    };
    let strict =
        settings.is("providers.kubernetesingress.strictprefixmatching") && path.path_type.as_deref() == Some("Prefix");
    let path = text.map(|text| match strict && text != "/" {
        true => {
            let bare = text.trim_end_matches('/');
            format!("(Path(`{bare}`) || PathPrefix(`{bare}/`))")
        }
        false => format!("{matcher}(`{text}`)"),
    });
    let parts: Vec<String> = host.into_iter().chain(path).collect();
    (!parts.is_empty()).then(|| parts.join(" && "))
}

/// One label for a wildcard: an expression before 3.7, in v2's notation before 3.
fn host_rule(version: (u32, u32), host: &str) -> String {
    match host.strip_prefix("*.").filter(|_| version < (3, 7)) {
        Some(rest) if version.0 < 3 => format!("HostRegexp(`{{subdomain:[a-zA-Z0-9-]+}}.{rest}`)"),
        Some(rest) => format!("HostRegexp(`^[a-zA-Z0-9-]+\\.{}$`)", rest.replace('.', "\\.")),
        None => format!("Host(`{host}`)"),
    }
}

fn of_route(settings: &Settings, reference: &ObjectRef, object: &Arc<IngressRoute>, routers: &mut Vec<Router>) {
    for (index, route) in object.spec.routes.iter().enumerate() {
        let field = reference.field(format!("spec.routes[{index}]").as_str());
        let major = match route.syntax.as_deref() {
            Some("v2") => 2,
            _ => settings.version.0.clamp(2, 3),
        };
        routers.push(Router {
            provider: Provider::Crd,
            rule_line: line(&field, "match"),
            rule: Rule::parse(&route.rule, major).filter(|_| route.kind.as_deref().unwrap_or("Rule") == "Rule"),
            priority: route.priority.filter(|number| *number != 0).unwrap_or(route.rule.len() as i64),
            priority_line: route.priority.filter(|number| *number != 0).map(|_| line(&field, "priority")),
            entry_points: object.spec.entry_points.iter().map(ToString::to_string).collect(),
            tls: object.spec.tls.is_some(),
            outside: middlewares_of(reference, &field, route)
                .into_iter()
                .find(|name| !settings.crosses_namespaces() && name.is_outside(&object.metadata.namespace))
                .map(|name| name.line),
            middlewares: middlewares_of(reference, &field, route),
            target: Target::Services(route.services.clone()),
            field,
        });
    }
}

fn middlewares_of(reference: &ObjectRef, field: &FieldRef, route: &Route) -> Vec<Name> {
    let own = reference.namespace.as_deref().unwrap_or_default();
    let named = route.middlewares.iter().enumerate().map(|(index, name)| Name {
        namespace: name.namespace.clone().unwrap_or_else(|| own.into()),
        name: name.name.clone(),
        line: FieldRef { object: field.object.clone(), path: field.path.field("middlewares").index(index) },
    });
    named.collect()
}
