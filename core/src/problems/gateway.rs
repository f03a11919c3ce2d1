//! Gateways and routes that name a class, a Secret, a Gateway or a Service that isn't there.

use super::About;
use super::ingress::CERT_MANAGER;
use crate::diagnostic::{Diagnostic, Problem};
use crate::model::{BackendRef, BackendTlsPolicy, Body, EnvoyResource, Gateway, ParentReference, Text, unread_fields};
use crate::source::{FieldPath, ObjectRef};

/// A Gateway's class and the Secrets of its listeners.
pub(super) fn gateway(about: &About<'_>, gateway: &Gateway, found: &mut Vec<Diagnostic>) {
    let spec = FieldPath::root().field("spec");
    let class = &gateway.spec.gateway_class_name;
    if !about.cluster.gateway_classes.contains_key(class) {
        let object = ObjectRef::cluster_scoped("GatewayClass", class);
        found.push(about.at(spec.field("gatewayClassName"), Problem::Missing { object }));
    }
    let parameters = gateway.spec.infrastructure.as_ref().and_then(|it| it.parameters_ref.as_ref());
    let is_read = parameters.is_some_and(|it| {
        let object = ObjectRef::namespaced(&it.kind, about.namespace(), &it.name);
        about.cluster.envoy_resources.contains_key(&object)
    });
    if parameters.is_some() && !is_read {
        found.push(about.at(spec.field("infrastructure").field("parametersRef"), Problem::FieldNotModelled));
    }
    // cert-manager's gateway-shim makes the Secrets.
    let made = gateway.metadata.annotations.keys().any(|key| key.starts_with(CERT_MANAGER));
    for (index, listener) in gateway.spec.listeners.iter().enumerate().filter(|_| !made) {
        let references = listener.tls.iter().flat_map(|tls| &tls.certificate_refs).enumerate();
        for (place, reference) in references.filter(|(_, it)| it.kind.as_deref().is_none_or(|kind| kind == "Secret")) {
            let namespace = reference.namespace.as_deref().unwrap_or(about.namespace());
            let field = spec.field("listeners").index(index).field("tls").field("certificateRefs").index(place);
            found.extend(about.missing_secret(field, namespace, &reference.name));
        }
    }
}

/// The ConfigMaps and Secrets with the authorities that a BackendTLSPolicy trusts.
pub(super) fn authorities(about: &About<'_>, policy: &BackendTlsPolicy, found: &mut Vec<Diagnostic>) {
    for (index, reference) in policy.spec.validation.ca_certificate_refs.iter().enumerate() {
        let field = FieldPath::from("spec.validation.caCertificateRefs").index(index);
        let kind = reference.kind.as_deref().unwrap_or("ConfigMap");
        if kind == "Secret" {
            found.extend(about.missing_secret(field, about.namespace(), &reference.name));
        } else if kind == "ConfigMap" && about.cluster.config_maps.get(about.namespace(), &reference.name).is_none() {
            let object = ObjectRef::namespaced("ConfigMap", about.namespace(), &reference.name);
            found.push(about.at(field, Problem::Missing { object }));
        }
    }
}

/// What of an object of Envoy Gateway's isn't read.
pub(super) fn envoy(about: &About<'_>, kind: &str, resource: &EnvoyResource, found: &mut Vec<Diagnostic>) {
    let fields = unread_fields(kind, resource);
    found.extend(fields.map(|key| about.at(FieldPath::root().field("spec").field(key), Problem::FieldNotModelled)));
}

/// Regular expressions that can't be read. What looks like another dialect's is left alone.
fn patterns(about: &About<'_>, body: &Body, found: &mut Vec<Diagnostic>) {
    let rules = FieldPath::from("spec.rules");
    let mut say = |kind: Option<&str>, pattern: &Text, field: FieldPath| {
        let is_ours = kind == Some("RegularExpression") && !pattern.contains("(?") && !pattern.contains("\\p");
        if is_ours && regex_lite::Regex::new(pattern).is_err() {
            found.push(about.at(field, Problem::UnreadablePattern { pattern: pattern.clone() }));
        }
    };
    match body {
        Body::HttpRoute(route) => {
            for (index, rule) in route.spec.rules.iter().enumerate() {
                for (place, one) in rule.matches.iter().enumerate() {
                    let at = rules.index(index).field("matches").index(place);
                    if let Some((path, value)) = one.path.as_ref().and_then(|path| Some((path, path.value.as_ref()?))) {
                        say(path.kind.as_deref(), value, at.field("path").field("value"));
                    }
                    for (name, all) in [("headers", &one.headers), ("queryParams", &one.query_params)] {
                        for (number, named) in all.iter().enumerate() {
                            say(named.kind.as_deref(), &named.value, at.field(name).index(number).field("value"));
                        }
                    }
                }
            }
        }
        Body::GrpcRoute(route) => {
            for (index, rule) in route.spec.rules.iter().enumerate() {
                for (place, one) in rule.matches.iter().enumerate() {
                    let at = rules.index(index).field("matches").index(place);
                    let method = one.method.iter();
                    let parts = method.flat_map(|it| [(it, "service", &it.service), (it, "method", &it.method)]);
                    for (method, name, value) in parts {
                        if let Some(value) = value {
                            say(method.kind.as_deref(), value, at.field("method").field(name));
                        }
                    }
                    for (number, named) in one.headers.iter().enumerate() {
                        say(named.kind.as_deref(), &named.value, at.field("headers").index(number).field("value"));
                    }
                }
            }
        }
        _ => {}
    }
}

/// The parents, patterns and backends of a route of any kind.
pub(super) fn route(about: &About<'_>, body: &Body, found: &mut Vec<Diagnostic>) {
    patterns(about, body, found);
    let (parents, rules): (_, Vec<&[BackendRef]>) = match body {
        Body::HttpRoute(it) => (&it.spec.parent_refs, it.spec.rules.iter().map(|rule| &*rule.backend_refs).collect()),
        Body::GrpcRoute(it) => (&it.spec.parent_refs, it.spec.rules.iter().map(|rule| &*rule.backend_refs).collect()),
        Body::TlsRoute(it) => (&it.spec.parent_refs, it.spec.rules.iter().map(|rule| &*rule.backend_refs).collect()),
        Body::TcpRoute(it) => (&it.spec.parent_refs, it.spec.rules.iter().map(|rule| &*rule.backend_refs).collect()),
        Body::UdpRoute(it) => (&it.spec.parent_refs, it.spec.rules.iter().map(|rule| &*rule.backend_refs).collect()),
        _ => return,
    };
    missing_parents(about, parents, found);
    missing_backends(about, &rules, found);
}

fn missing_parents(about: &About<'_>, parents: &[ParentReference], found: &mut Vec<Diagnostic>) {
    for (index, parent) in parents.iter().enumerate() {
        let namespace = parent.namespace.as_deref().unwrap_or(about.namespace());
        let kind = parent.kind.as_deref().unwrap_or("Gateway");
        let exists = match kind {
            "Gateway" => about.cluster.gateways.get(namespace, &parent.name).is_some(),
            "ListenerSet" => about.cluster.listener_sets.get(namespace, &parent.name).is_some(),
            _ => true,
        };
        let field = FieldPath::from("spec.parentRefs").index(index);
        // A Service as parent is a mesh's affair (GAMMA).
        if kind == "Service" {
            found.push(about.at(field, Problem::FieldNotModelled));
        } else if !exists {
            let object = ObjectRef::namespaced(kind, namespace, &parent.name);
            found.push(about.at(field, Problem::Missing { object }));
        }
    }
}

fn missing_backends(about: &About<'_>, rules: &[&[BackendRef]], found: &mut Vec<Diagnostic>) {
    for (rule, backends) in rules.iter().enumerate() {
        for (place, backend) in backends.iter().enumerate() {
            let namespace = backend.namespace.as_deref().unwrap_or(about.namespace());
            let is_service = backend.kind.as_deref().is_none_or(|kind| kind == "Service");
            if is_service && about.cluster.services.get(namespace, &backend.name).is_none() {
                let field = FieldPath::from("spec.rules").index(rule).field("backendRefs").index(place);
                let object = ObjectRef::namespaced("Service", namespace, &backend.name);
                found.push(about.at(field, Problem::Missing { object }));
            }
        }
    }
}
