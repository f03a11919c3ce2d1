//! The provider of Ingresses (pkg/provider/kubernetes/ingress): a router for each path.

use super::annotations::{
    self, RouterAnnotation, ServiceAnnotation, is_true, router_key, service_key, unreadable_of_router,
    unreadable_of_service,
};
use super::{ProviderContext, watches};
use crate::cluster::ingress_implementation::IngressImplementation;
use crate::ingress::class::{ClassClaim, ExcludedIngress};
use crate::ingress::traefik::dynamic::{
    DynamicConfig, LoadBalancer, Provider, QualifiedName, RouterConfig, RouterTls, ServiceConfig, ServiceRef,
    StickyCookieConfig,
};
use crate::ingress::traefik::rule::quote;
use crate::ingress::traefik::settings::StaticConfig;
use crate::ingress::{RulePlace, annotation_field, ingresses_by_age};
use crate::model::{HttpIngressPath, Ingress, IngressBackend, IngressRule, Labels};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{Cause, IngressObjection};

/// The value of the class annotation without configuration.
const CLASS: &str = "traefik";

/// Adds the routers of all Ingresses.
pub fn read(context: &ProviderContext<'_>, config: &mut DynamicConfig) {
    for (reference, ingress) in ingresses_by_age(context.cluster, |one, other| one.0.cmp(&other.0)) {
        let claim = ClassClaim::of(context.cluster, &ingress);
        if !context.all && !serves(context, &reference, &ingress, &claim) {
            config.left_out.push(ExcludedIngress::by_class(&reference, &claim));
            continue;
        }
        if let Some(key) = unreadable_of_router(&ingress.metadata.annotations) {
            let because = vec![annotation_field(&reference, key)];
            let objection = IngressObjection::InvalidAnnotation;
            config.left_out.push(ExcludedIngress { ingress: reference, objection, because });
            continue;
        }
        for name in ingress.spec.tls.iter().filter_map(|tls| tls.secret_name.as_deref()) {
            config.certificates.show_by_names(context.cluster, &ingress.metadata.namespace, name);
        }
        read_default_backend(context, &reference, &ingress, config);
        read_paths(context, &reference, &ingress, config);
    }
}

/// shouldProcessIngress.
fn serves(context: &ProviderContext<'_>, reference: &ObjectRef, ingress: &Ingress, claim: &ClassClaim<'_>) -> bool {
    let settings = context.settings;
    let own = reference.namespace.as_deref().unwrap_or_default();
    if !watches(settings, Provider::Ingress.setting(), own, &ingress.metadata.labels) {
        return false;
    }
    let configured = settings.text("providers.kubernetesingress.ingressclass").unwrap_or_default();
    match claim {
        ClassClaim::Class(name, Some(_)) => {
            let class = context.cluster.ingress_classes.get(*name).map(|class| class.spec.controller.clone());
            let is_ours = class.as_deref() == IngressImplementation::Traefik.facts().class_controller;
            is_ours && (configured.is_empty() || configured == &***name)
        }
        ClassClaim::Class(_, None) => false,
        ClassClaim::Annotation(value) => ***value == *configured || configured.is_empty() && &***value == CLASS,
        ClassClaim::Nothing => configured.is_empty(),
    }
}

/// What an Ingress' annotations say about all its routers.
struct RouterOptions {
    priority: Option<(i64, FieldRef)>,
    entry_points: Vec<String>,
    tls: Option<RouterTls>,
    middlewares: Vec<QualifiedName>,
    path_matcher: Option<String>,
    syntax: u32,
}

impl RouterOptions {
    fn read(settings: &StaticConfig, reference: &ObjectRef, ingress: &Ingress) -> Self {
        let said = &ingress.metadata.annotations;
        let text = |name| annotations::value(said, &router_key(name));
        let place = |name| annotation_field(reference, &router_key(name));
        let list = |text: &str| {
            text.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect::<Vec<_>>()
        };
        let number = text(RouterAnnotation::Priority).and_then(|text| text.parse::<i64>().ok()).filter(|it| *it != 0);
        let named = |name, names: &str| {
            let names = list(names).into_iter();
            names
                .map(|name| qualified(&name))
                .map(|qualified| QualifiedName { name: qualified, line: place(name) })
                .collect()
        };
        let syntax = text(RouterAnnotation::RuleSyntax).filter(|_| settings.version.0 >= 3);
        Self {
            priority: number.map(|number| (number, place(RouterAnnotation::Priority))),
            entry_points: text(RouterAnnotation::EntryPoints).map(list).unwrap_or_default(),
            tls: router_tls(said, &place(RouterAnnotation::TlsOptions)),
            middlewares: text(RouterAnnotation::Middlewares)
                .map_or_else(Vec::new, |names| named(RouterAnnotation::Middlewares, names)),
            path_matcher: text(RouterAnnotation::PathMatcher).map(str::to_owned),
            syntax: match syntax {
                Some("v2") => 2,
                Some(_) => 3,
                None => settings.rule_syntax(),
            },
        }
    }
}

/// `router.tls: "true"`, or anything below it; another value takes what is below away, too (paerser: allowEmpty).
fn router_tls(annotations: &Labels, line: &FieldRef) -> Option<RouterTls> {
    let switch = annotations::value(annotations, &router_key(RouterAnnotation::Tls));
    let below = format!("{}.", router_key(RouterAnnotation::Tls));
    let has_options = annotations.keys().any(|name| name.to_ascii_lowercase().starts_with(&below));
    let is_on = match switch {
        Some(value) if !value.is_empty() => value.eq_ignore_ascii_case("true"),
        Some(_) | None => has_options,
    };
    let options = annotations::value(annotations, &router_key(RouterAnnotation::TlsOptions));
    is_on
        .then(|| RouterTls { options: options.map(|name| QualifiedName { name: qualified(name), line: line.clone() }) })
}

/// A name without provider is this provider's own.
fn qualified(name: &str) -> String {
    if name.contains('@') { name.to_owned() } else { format!("{name}@{}", Provider::Ingress.name()) }
}

/// The default backend counts only without rules. The first Ingress to have one makes the router, and which is first is as
/// much by chance as the order of equal routers.
fn read_default_backend(
    context: &ProviderContext<'_>,
    reference: &ObjectRef,
    ingress: &Ingress,
    config: &mut DynamicConfig,
) {
    let Some(backend) = &ingress.spec.default_backend else { return };
    let place = RulePlace::DefaultBackend.field(reference);
    if !ingress.spec.rules.is_empty() {
        let objection = IngressObjection::DefaultBackendIgnored;
        config.left_out.push(ExcludedIngress { ingress: reference.clone(), objection, because: vec![place] });
        return;
    }
    let options = RouterOptions::read(context.settings, reference, ingress);
    let rule = "PathPrefix(\"/\")".to_owned();
    let name = format!("default-router-{}-{}", ingress.metadata.namespace, reference.name);
    let mut router = router(&options, name, place.clone(), rule);
    router.syntax = 3;
    (router.priority, router.priority_line) = (i64::from(i32::MIN), None);
    lead_to(context, &mut router, &place, &ingress.metadata.namespace, backend);
    config.routers.push(router);
}

fn read_paths(context: &ProviderContext<'_>, reference: &ObjectRef, ingress: &Ingress, config: &mut DynamicConfig) {
    let options = RouterOptions::read(context.settings, reference, ingress);
    for (position, rule) in ingress.spec.rules.iter().enumerate() {
        for (index, path) in rule.http.iter().flat_map(|http| http.paths.iter().enumerate()) {
            let place = RulePlace::Path(position, index).field(reference);
            let text = rule_text(context.settings, &options, rule, path);
            let name = format!(
                "{}-{}-{}",
                reference.namespace.as_deref().unwrap_or_default(),
                reference.name,
                text.as_deref().unwrap_or_default()
            );
            let mut router = router(&options, name, place.clone(), text.clone().unwrap_or_default());
            let line = FieldRef { object: place.object.clone(), path: place.path.field("backend") };
            lead_to(context, &mut router, &line, &ingress.metadata.namespace, &path.backend);
            if text.is_none() && router.refusal.is_none() {
                router.refusal = Some((IngressObjection::InvalidRule, vec![Cause::line(&place)]));
            }
            config.routers.push(router);
        }
    }
}

fn router(options: &RouterOptions, name: String, place: FieldRef, rule: String) -> RouterConfig {
    RouterConfig {
        name: format!("{name}@{}", Provider::Ingress.name()),
        provider: Provider::Ingress,
        rule_line: place.clone(),
        field: place,
        rule,
        syntax: options.syntax,
        priority: options.priority.as_ref().map_or(0, |(number, _)| *number),
        priority_line: options.priority.as_ref().map(|(_, line)| line.clone()),
        entry_points: options.entry_points.clone(),
        tls: options.tls.clone(),
        middlewares: options.middlewares.clone(),
        service: None,
        parents: Vec::new(),
        refusal: None,
    }
}

/// loadService: annotations of the Service say more.
fn lead_to(
    context: &ProviderContext<'_>,
    router: &mut RouterConfig,
    line: &FieldRef,
    namespace: &str,
    backend: &IngressBackend,
) {
    // 1. The Service and its annotations; one that can't be read refuses the router.
    let Some(named) = &backend.service else {
        router.refusal = Some((IngressObjection::ResourceBackend, vec![Cause::line(line)]));
        return;
    };
    let none = Labels::default();
    let service = context.cluster.services.get(namespace, &named.name);
    let said = service.map_or(&none, |service| &service.object.metadata.annotations);
    let place = |key: &str| service.map_or_else(|| line.clone(), |service| annotation_field(&service.reference, key));
    if let Some(key) = unreadable_of_service(said) {
        router.refusal = Some((IngressObjection::ServiceInvalid, vec![Cause::line(&place(key))]));
        return;
    }
    // 2. How those are read.
    let text = |name| annotations::value(said, &service_key(name)).filter(|value| !value.is_empty());
    let is = |name| text(name).map(is_true);
    let qualify =
        |name: &str, annotation| QualifiedName { name: qualified(name.trim()), line: place(&service_key(annotation)) };
    let middlewares = text(ServiceAnnotation::Middlewares).into_iter().flat_map(|names| names.split(','));
    // 3. The balancer that they describe.
    let balancer = LoadBalancer {
        provider: Provider::Ingress,
        namespace: namespace.into(),
        name: named.name.clone(),
        port: named.port.clone(),
        scheme: text(ServiceAnnotation::ServersScheme).map(Into::into),
        hashed: false,
        pass_host: is(ServiceAnnotation::PassHostHeader).unwrap_or(true),
        native: is(ServiceAnnotation::NativeLb),
        node_port: is(ServiceAnnotation::NodePortLb).unwrap_or(false),
        cookie: sticky(said).map(|given| {
            let port = named.port.number.map(|port| port.to_string());
            let port = port.or_else(|| named.port.name.as_ref().map(ToString::to_string)).unwrap_or_default();
            StickyCookieConfig::named(&given, &format!("{namespace}-{}-{port}@kubernetes", named.name))
        }),
        health_check: false,
        transport: text(ServiceAnnotation::ServersTransport)
            .map(|name| qualify(name, ServiceAnnotation::ServersTransport)),
        middlewares: middlewares.map(|name| qualify(name, ServiceAnnotation::Middlewares)).collect(),
        line: line.clone(),
    };
    router.service = Some(ServiceRef::Inline(Box::new(ServiceConfig::LoadBalancer(Box::new(balancer)))));
}

/// The cookie's name as given, empty for one of Traefik's making; None without a cookie.
fn sticky(annotations: &Labels) -> Option<String> {
    let text = |name| annotations::value(annotations, &service_key(name));
    let switch = text(ServiceAnnotation::StickyCookie);
    let below = format!("{}.", service_key(ServiceAnnotation::StickyCookie));
    let has_options = annotations.keys().any(|name| name.to_ascii_lowercase().starts_with(&below));
    let is_on = match switch {
        Some(value) if !value.is_empty() => value.eq_ignore_ascii_case("true"),
        Some(_) | None => has_options,
    };
    is_on.then(|| text(ServiceAnnotation::StickyCookieName).unwrap_or_default().to_owned())
}

/// ``Host("h") && PathPrefix("/p")`` (loadRouter); None for a matcher that isn't one of paths.
fn rule_text(
    settings: &StaticConfig,
    options: &RouterOptions,
    rule: &IngressRule,
    path: &HttpIngressPath,
) -> Option<String> {
    let host = rule.host.as_deref().filter(|host| !host.is_empty());
    let host = host.map(|host| host_rule(settings.version, options.syntax, host));
    let matcher = match (path.path_type.as_deref(), options.path_matcher.as_deref().filter(|name| !name.is_empty())) {
        (Some("Exact"), _) => "Path",
        (Some("Prefix"), _) | (_, None) => "PathPrefix",
        (_, Some("Path")) => "Path",
        (_, Some("PathPrefix")) => "PathPrefix",
        (_, Some("PathRegexp")) => "PathRegexp",
        (_, Some(_)) => return None,
    };
    let is_strict = settings.is("providers.kubernetesingress.strictprefixmatching") && matcher == "PathPrefix";
    let text = path.path.as_deref().filter(|text| !text.is_empty()).map(|text| {
        if is_strict && text != "/" {
            let bare = text.strip_suffix('/').unwrap_or(text);
            format!("(Path({}) || PathPrefix({}))", quote(bare), quote(&format!("{bare}/")))
        } else {
            format!("{matcher}({})", quote(text))
        }
    });
    let parts: Vec<String> = host.into_iter().chain(text).collect();
    (!parts.is_empty()).then(|| parts.join(" && "))
}

/// One label for a wildcard: an expression before 3.7, in version 2's notation for its syntax.
fn host_rule(version: (u32, u32), syntax: u32, host: &str) -> String {
    match host.strip_prefix("*.") {
        Some(rest) if syntax == 2 => format!("HostRegexp({})", quote(&format!("{{subdomain:[a-zA-Z0-9-]+}}.{rest}"))),
        Some(rest) if version < (3, 7) => {
            format!("HostRegexp(`^[a-zA-Z0-9-]+\\.{}$`)", rest.replace('.', "\\."))
        }
        Some(_) | None => format!("Host({})", quote(host)),
    }
}
