//! The provider of Traefik's own kinds (pkg/provider/kubernetes/crd): a router for each route of an IngressRoute.

use super::resolve::resolve_all;
use super::{ProviderContext, middleware, tls, watches};
use crate::ingress::class::ExcludedIngress;
use crate::ingress::traefik::dynamic::{
    BuildRefusal, DynamicConfig, FailoverConfig, LoadBalancer, Provider, QualifiedName, RouterConfig, RouterTls,
    ServiceConfig, ServiceRef, StatusRanges, StickyCookieConfig, TransportConfig, WeightedConfig, line, object_name,
};
use crate::ingress::traefik::settings::StaticConfig;
use crate::model::{
    IngressRoute, IntOrString, Metadata, Route, RouteService, ServiceBackendPort, Sticky, Text, TraefikService,
    WeightedServices, well_known,
};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{Cause, IngressObjection};

/// The value of the class annotation without configuration.
const CLASS: &str = "traefik";

/// Adds what all objects of Traefik's own make.
pub fn read(context: &ProviderContext<'_>, config: &mut DynamicConfig) {
    let cluster = context.cluster;
    for (namespace, name, route) in cluster.ingress_routes.iter() {
        read_route(context, &ObjectRef::namespaced("IngressRoute", namespace, name), route, config);
    }
    for (namespace, name, object) in cluster.middlewares.iter() {
        if watches(context.settings, Provider::Crd.setting(), namespace, &object.metadata.labels) {
            let qualified = object_name(namespace, name);
            config.middlewares.insert(qualified, middleware::read(context, namespace, name, object));
        }
    }
    for (namespace, name, object) in cluster.traefik_services.iter() {
        if watches(context.settings, Provider::Crd.setting(), namespace, &object.metadata.labels) {
            let reference = ObjectRef::namespaced("TraefikService", namespace, name);
            config.services.insert(object_name(namespace, name), traefik_service(context, &reference, object));
        }
    }
    for (namespace, name, object) in cluster.servers_transports.iter() {
        let has_authorities = !object.spec.root_cas.is_empty() || !object.spec.root_cas_secrets.is_empty();
        let transport = TransportConfig { skips_verification: object.spec.insecure_skip_verify, has_authorities };
        config.transports.insert(object_name(namespace, name), transport);
    }
    tls::read(context, config);
}

/// shouldProcessIngress: the field, else the annotation.
pub fn serves(settings: &StaticConfig, metadata: &Metadata, class: Option<&Text>) -> bool {
    let configured = settings.text("providers.kubernetescrd.ingressclass").unwrap_or_default();
    let annotated = metadata.annotations.get(well_known::INGRESS_CLASS);
    let named = class.or(annotated).map_or("", |name| &**name);
    let watched = watches(settings, Provider::Crd.setting(), &metadata.namespace, &metadata.labels);
    watched && (named == configured || configured.is_empty() && named == CLASS)
}

fn read_route(context: &ProviderContext<'_>, reference: &ObjectRef, object: &IngressRoute, config: &mut DynamicConfig) {
    if object.is_legacy() && context.settings.version.0 >= 3 {
        let because = vec![reference.field("apiVersion")];
        let objection = IngressObjection::LegacyGroup;
        config.left_out.push(ExcludedIngress { ingress: reference.clone(), objection, because });
        return;
    }
    if !serves(context.settings, &object.metadata, object.spec.ingress_class_name.as_ref()) {
        return;
    }
    if let Some(name) = object.spec.tls.as_ref().and_then(|tls| tls.secret_name.as_deref()) {
        config.certificates.show_by_names(context.cluster, &object.metadata.namespace, name);
    }
    let parents = parents(context, reference, object);
    for (index, route) in object.spec.routes.iter().enumerate() {
        let place = reference.field(format!("spec.routes[{index}]").as_str());
        config.routers.push(router(context, reference, object, route, place, parents.clone()));
    }
}

/// The names of the routers of the IngressRoutes that parentRefs name (resolveParentRouterNames).
fn parents(
    context: &ProviderContext<'_>,
    reference: &ObjectRef,
    object: &IngressRoute,
) -> Result<Vec<String>, BuildRefusal> {
    let own = &object.metadata.namespace;
    let mut names = Vec::new();
    for (index, parent) in object.spec.parent_refs.iter().enumerate() {
        let place = reference.field(format!("spec.parentRefs[{index}]").as_str());
        let namespace = parent.namespace.as_ref().filter(|namespace| !namespace.is_empty()).unwrap_or(own);
        if namespace != own && !context.settings.crosses_namespaces() {
            return Err((IngressObjection::OtherNamespace, vec![Cause::line(&place)]));
        }
        let missing = || (IngressObjection::ParentMissing, vec![Cause::line(&place)]);
        let found = context.cluster.ingress_routes.get(namespace, &parent.name).ok_or_else(missing)?;
        let routes = found.spec.routes.iter().enumerate();
        names.extend(routes.map(|(index, route)| router_name(context, namespace, &parent.name, index, route)));
    }
    Ok(names)
}

/// Two routes of one IngressRoute with one rule are one router, unless names are safe (name_builder.go).
fn router_name(context: &ProviderContext<'_>, namespace: &str, name: &str, index: usize, route: &Route) -> String {
    if context.settings.is("providers.kubernetescrd.safenaming") {
        format!("{namespace}_{name}_{index}@kubernetescrd")
    } else {
        format!("{namespace}-{name}-{}@kubernetescrd", route.rule)
    }
}

fn router(
    context: &ProviderContext<'_>,
    reference: &ObjectRef,
    object: &IngressRoute,
    route: &Route,
    place: FieldRef,
    parents: Result<Vec<String>, BuildRefusal>,
) -> RouterConfig {
    // 1. What refuses it by itself: another kind than Rule, an empty rule.
    let own = reference.namespace.as_deref().unwrap_or_default();
    let index = object.spec.routes.iter().position(|known| std::ptr::eq(known, route)).unwrap_or_default();
    let is_rule = matches!(route.kind.as_deref(), None | Some("" | "Rule"));
    let mut refusal = (!is_rule || route.rule.is_empty()).then(|| {
        (IngressObjection::InvalidRule, vec![Cause::line(&line(&place, if is_rule { "match" } else { "kind" }))])
    });
    // 2. The first reference that doesn't resolve refuses it too: middlewares, TLS options, parents.
    let mut keep = |result: Result<Vec<QualifiedName>, BuildRefusal>| match result {
        Ok(names) => names,
        Err(why) => {
            refusal.get_or_insert(why);
            Vec::new()
        }
    };
    let middlewares = keep(resolve_all(context, own, &route.middlewares, &place));
    let options = object.spec.tls.as_ref().and_then(|tls| tls.options.as_ref()).filter(|it| !it.name.is_empty());
    let options = options.map(|options| tls::resolve(context, own, options, reference.field("spec.tls.options")));
    let options = keep(options.map_or(Ok(Vec::new()), |found| found.map(|name| vec![name]))).into_iter().next();
    let parents = match parents {
        Ok(parents) => parents,
        Err(why) => {
            refusal.get_or_insert(why);
            Vec::new()
        }
    };
    // 3. The syntax of its rule.
    let syntax = match route.syntax.as_deref() {
        Some("v2") => 2,
        Some("") | None => context.settings.rule_syntax(),
        Some(_) => 3,
    };
    // 4. The router.
    RouterConfig {
        name: router_name(context, own, &reference.name, index, route),
        provider: Provider::Crd,
        rule_line: line(&place, "match"),
        rule: route.rule.to_string(),
        syntax,
        priority: route.priority.unwrap_or(0),
        priority_line: route.priority.filter(|number| *number != 0).map(|_| line(&place, "priority")),
        entry_points: object.spec.entry_points.iter().map(ToString::to_string).collect(),
        tls: object.spec.tls.as_ref().map(|_| RouterTls { options }),
        middlewares,
        service: services(context, own, &route.services, None, &line(&place, "services")),
        parents,
        refusal,
        field: place,
    }
}

/// The services of a route, each with its weight; None without any.
fn services(
    context: &ProviderContext<'_>,
    own: &str,
    services: &[RouteService],
    sticky: Option<StickyCookieConfig>,
    place: &FieldRef,
) -> Option<ServiceRef> {
    match services {
        [] => None,
        [one] if sticky.is_none() => Some(service(context, own, one, place)),
        _ => Some(ServiceRef::Inline(Box::new(ServiceConfig::Weighted(WeightedConfig {
            services: services.iter().map(|one| (service(context, own, one, place), weight(one))).collect(),
            cookie: sticky,
            hashed: false,
            line: None,
        })))),
    }
}

fn weight(service: &RouteService) -> u64 {
    u64::try_from(service.weight.unwrap_or(1)).unwrap_or(0)
}

/// nameAndService: a Kubernetes Service, or a service by name.
pub fn service(context: &ProviderContext<'_>, own: &str, service: &RouteService, place: &FieldRef) -> ServiceRef {
    // 1. Whether it may stand in another namespace or at another provider.
    let refuse = |objection| {
        let refused = ServiceConfig::Refused((objection, vec![Cause::line(place)]));
        ServiceRef::Inline(Box::new(refused))
    };
    let namespace = service.namespace.as_deref().filter(|namespace| !namespace.is_empty()).unwrap_or(own);
    let crosses = context.settings.crosses_namespaces();
    let is_named = service.name.contains('@');
    if (!is_named && namespace != own || service.name.ends_with("@kubernetescrd")) && !crosses {
        return refuse(IngressObjection::OtherNamespace);
    }
    if is_named && !context.settings.crosses_providers(own) {
        return refuse(IngressObjection::OtherNamespace);
    }
    // 2. A Service of Kubernetes, or a TraefikService by its full name.
    match service.kind.as_deref() {
        None | Some("" | "Service") => {
            load_balancer(context, namespace, service, place).unwrap_or_else(|(objection, because)| {
                ServiceRef::Inline(Box::new(ServiceConfig::Refused((objection, because))))
            })
        }
        Some("TraefikService") => {
            let name = match service.name.strip_suffix("@kubernetescrd") {
                Some(name) => format!("{name}@kubernetescrd"),
                None if is_named => service.name.to_string(),
                None => object_name(namespace, &service.name),
            };
            ServiceRef::Named(QualifiedName { name, line: place.clone() })
        }
        Some(_) => refuse(IngressObjection::ServiceInvalid),
    }
}

/// buildServersLB.
fn load_balancer(
    context: &ProviderContext<'_>,
    namespace: &str,
    service: &RouteService,
    place: &FieldRef,
) -> Result<ServiceRef, BuildRefusal> {
    // 1. A strategy that is known.
    let strategy = service.strategy.as_deref().unwrap_or_default();
    if !matches!(strategy, "" | "wrr" | "p2c" | "hrw" | "leasttime" | "RoundRobin") {
        return Err((IngressObjection::ServiceInvalid, vec![Cause::line(place)]));
    }
    // 2. The port by number or name.
    let port = match &service.port {
        Some(IntOrString::Int(number)) => ServiceBackendPort { number: Some(*number), name: None },
        // A number between quotes is a name too (getServicePort).
        Some(IntOrString::String(name)) => ServiceBackendPort { number: None, name: Some(name.clone()) },
        None => ServiceBackendPort::default(),
    };
    // 3. The name that its cookie is made of.
    let written = service.port.as_ref().map(ToString::to_string).unwrap_or_default();
    let own_name = format!("{namespace}-{}-{written}@kubernetescrd", service.name);
    let transport = service.servers_transport.as_deref().filter(|name| !name.is_empty());
    // 4. The balancer with transport and middlewares, which may refuse it.
    let balancer = LoadBalancer {
        provider: Provider::Crd,
        namespace: namespace.into(),
        name: service.name.clone(),
        port,
        scheme: service.scheme.clone().filter(|scheme| !scheme.is_empty()),
        hashed: strategy == "hrw",
        pass_host: service.pass_host_header.unwrap_or(true),
        native: service.native_lb,
        node_port: service.node_port_lb.unwrap_or(false),
        cookie: cookie(service.sticky.as_ref(), &own_name),
        health_check: service.health_check.is_some(),
        transport: transport.map(|name| tls::transport(context, namespace, name, place)).transpose()?,
        middlewares: resolve_all(context, namespace, &service.middlewares, place)?,
        line: place.clone(),
    };
    Ok(ServiceRef::Inline(Box::new(ServiceConfig::LoadBalancer(Box::new(balancer)))))
}

fn cookie(sticky: Option<&Sticky>, service: &str) -> Option<StickyCookieConfig> {
    let cookie = sticky?.cookie.as_ref()?;
    Some(StickyCookieConfig::named(cookie.name.as_deref().unwrap_or_default(), service))
}

/// buildTraefikService.
fn traefik_service(context: &ProviderContext<'_>, reference: &ObjectRef, object: &TraefikService) -> ServiceConfig {
    let own = reference.namespace.as_deref().unwrap_or_default();
    let spec = &object.spec;
    let place = reference.field("spec");
    // 1. Weighted.
    if let Some(weighted) = &spec.weighted {
        let sticky = cookie(weighted.sticky.as_ref(), &object_name(own, &reference.name));
        return weighted_services(context, own, weighted, sticky, false, &place);
    }
    // 2. Mirrored.
    if let Some(mirroring) = &spec.mirroring {
        let main = service(context, own, &mirroring.main(), &place);
        let mirrors = mirroring.mirrors.iter().map(|mirror| {
            let percent = u64::try_from(mirror.percent.unwrap_or(0).clamp(0, 100)).unwrap_or(0);
            (service(context, own, mirror, &place), percent)
        });
        return ServiceConfig::Mirroring(main, mirrors.collect());
    }
    // 3. By the highest random weight.
    if let Some(hashed) = &spec.highest_random_weight {
        return weighted_services(context, own, hashed, None, true, &place);
    }
    // 4. With a fallback, for the statuses given.
    let Some(failover) = &spec.failover else {
        return ServiceConfig::Refused((IngressObjection::ServiceInvalid, vec![Cause::line(&place)]));
    };
    let given = Some(&failover.errors.status).filter(|statuses| !statuses.is_empty());
    let statuses = given.map(|given| StatusRanges::parse(given.iter().map(|status| &**status)));
    match statuses {
        Some(None) => ServiceConfig::Refused((IngressObjection::ServiceInvalid, vec![Cause::line(&place)])),
        statuses => ServiceConfig::Failover(FailoverConfig {
            service: service(context, own, &failover.service, &place),
            fallback: service(context, own, &failover.fallback, &place),
            statuses: statuses.flatten(),
            line: place,
        }),
    }
}

fn weighted_services(
    context: &ProviderContext<'_>,
    own: &str,
    weighted: &WeightedServices,
    cookie: Option<StickyCookieConfig>,
    hashed: bool,
    place: &FieldRef,
) -> ServiceConfig {
    let services = weighted.services.iter().map(|one| (service(context, own, one, place), weight(one)));
    ServiceConfig::Weighted(WeightedConfig { services: services.collect(), cookie, hashed, line: Some(place.clone()) })
}
