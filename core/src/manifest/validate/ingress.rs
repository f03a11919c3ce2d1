//! Ingress and IngressClass (pkg/apis/networking/validation).

use super::{ErrorValue, Errors, format, metadata};
use crate::model::{
    HttpIngressPath, Ingress, IngressBackend, IngressClass, IngressRule, IngressServiceBackend, IngressSpec,
    IngressTls, Path, TypedLocalReference, TypedReference, values, well_known,
};
use crate::source::FieldPath;

const CONTROLLER_LIMIT: usize = 250;
const NOT_AN_ADDRESS: &str = "must be a DNS name, not an IP address";

pub(super) fn ingress(ingress: &Ingress, errors: &mut Errors<'_>) {
    metadata::validate(&ingress.metadata, format::dns1123_subdomain, errors);
    spec(&ingress.spec, &Path::Root.field("spec"), errors);
    let annotation = ingress.metadata.annotations.get(well_known::INGRESS_CLASS);
    if let Some((annotation, class)) = annotation.zip(ingress.spec.ingress_class_name.as_ref())
        && annotation != class
    {
        let field = FieldPath::root().field("metadata").field("annotations").key(well_known::INGRESS_CLASS);
        let message = format!("Invalid value: {annotation:?}: must match `ingressClassName` when both are specified");
        errors.push_at(field, &format!("annotations.{}", well_known::INGRESS_CLASS), &message);
    }
}

fn spec(spec: &IngressSpec, at: &Path<'_>, errors: &mut Errors<'_>) {
    if spec.rules.is_empty() && spec.default_backend.is_none() {
        let rules = ErrorValue(
            if errors.tree(at).is_some_and(|spec| spec.child("rules").is_some()) { "[]" } else { "null" }.to_owned(),
        );
        errors.invalid(at, rules, "either `defaultBackend` or `rules` must be specified");
    }
    if let Some(one) = &spec.default_backend {
        backend(one, &at.field("defaultBackend"), errors);
    }
    for (index, one) in spec.rules.iter().enumerate() {
        rule(one, &at.field("rules").index(index), errors);
    }
    for (index, one) in spec.tls.iter().enumerate() {
        tls(one, &at.field("tls").index(index), errors);
    }
    if let Some(class) = &spec.ingress_class_name {
        errors.malformed(&at.field("ingressClassName"), class, format::dns1123_subdomain(class));
    }
}

fn rule(rule: &IngressRule, at: &Path<'_>, errors: &mut Errors<'_>) {
    if let Some(host) = rule.host.as_deref().filter(|host| !host.is_empty()) {
        if format::parse_ip(host).is_some() {
            errors.invalid(&at.field("host"), host, NOT_AN_ADDRESS);
        }
        errors.malformed(&at.field("host"), host, host_objections(host));
    }
    let Some(http) = &rule.http else { return };
    let http_at = at.field("http");
    let paths = http_at.field("paths");
    if http.paths.is_empty() {
        errors.required(&paths, "");
    }
    for (index, one) in http.paths.iter().enumerate() {
        path(one, &paths.index(index), errors);
    }
}

fn host_objections(host: &str) -> Vec<String> {
    if host.contains('*') { format::wildcard_subdomain(host) } else { format::dns1123_subdomain(host) }
}

fn path(path: &HttpIngressPath, at: &Path<'_>, errors: &mut Errors<'_>) {
    let at_path = at.field("path");
    let text = path.path.as_deref().unwrap_or_default();
    match path.path_type.as_deref() {
        None => {
            errors.required(&at.field("pathType"), "pathType must be specified");
            return;
        }
        Some("Exact" | "Prefix") => exact_or_prefix(text, &at_path, errors),
        Some("ImplementationSpecific") => {
            if !text.is_empty() && !text.starts_with('/') {
                errors.invalid(&at_path, text, "must be an absolute path");
            }
        }
        Some(other) => errors.not_supported(&at.field("pathType"), other, &values::PATH_TYPE.in_messages()),
    }
    backend(&path.backend, &at.field("backend"), errors);
}

fn exact_or_prefix(text: &str, at: &Path<'_>, errors: &mut Errors<'_>) {
    if !text.starts_with('/') {
        errors.invalid(at, text, "must be an absolute path");
    }
    for sequence in ["//", "/./", "/../", "%2f", "%2F"].into_iter().filter(|sequence| text.contains(sequence)) {
        errors.invalid(at, text, format!("must not contain '{sequence}'"));
    }
    for suffix in ["/..", "/."].into_iter().filter(|suffix| text.ends_with(suffix)) {
        errors.invalid(at, text, format!("cannot end with '{suffix}'"));
    }
}

fn backend(backend: &IngressBackend, at: &Path<'_>, errors: &mut Errors<'_>) {
    match (&backend.resource, &backend.service) {
        (Some(_), Some(_)) => errors.invalid(at, "", "cannot set both resource and service backends"),
        (Some(resource), None) => reference(resource, &at.field("resource"), errors),
        (None, Some(one)) => service(one, at, errors),
        (None, None) => errors.invalid(at, "", "resource or service backend is required"),
    }
}

fn service(service: &IngressServiceBackend, at: &Path<'_>, errors: &mut Errors<'_>) {
    let at_service = at.field("service");
    if service.name.is_empty() {
        errors.required(&at_service.field("name"), "");
    } else {
        errors.malformed(&at_service.field("name"), &service.name, format::service_name(errors.version)(&service.name));
    }
    let name = service.port.name.as_deref().filter(|name| !name.is_empty());
    let number = service.port.number.filter(|number| *number != 0);
    let port = at_service.field("port");
    match (name, number) {
        (Some(_), Some(_)) => errors.invalid(at, "", "cannot set both port name & port number"),
        (Some(name), None) => errors.malformed(&port.field("name"), name, format::port_name(name)),
        (None, Some(number)) => errors.malformed_number(&port.field("number"), number, format::port_number(number)),
        (None, None) => errors.required(at, "port name or number is required"),
    }
}

fn reference(reference: &TypedLocalReference, at: &Path<'_>, errors: &mut Errors<'_>) {
    if let Some(group) = &reference.api_group {
        errors.malformed(&at.field("apiGroup"), group, format::dns1123_subdomain(group));
    }
    for (field, value) in [("kind", &reference.kind), ("name", &reference.name)] {
        if value.is_empty() {
            errors.required(&at.field(field), "");
        }
    }
}

fn tls(tls: &IngressTls, at: &Path<'_>, errors: &mut Errors<'_>) {
    for (index, host) in tls.hosts.iter().enumerate() {
        errors.malformed(&at.field("hosts").index(index), host, host_objections(host));
    }
    if let Some(name) = tls.secret_name.as_deref().filter(|name| !name.is_empty()) {
        errors.malformed(&at.field("secretName"), name, format::dns1123_subdomain(name));
    }
}

pub(super) fn class(class: &IngressClass, errors: &mut Errors<'_>) {
    metadata::validate(&class.metadata, format::dns1123_subdomain, errors);
    let spec = Path::Root.field("spec");
    let at = spec.field("controller");
    let controller = &*class.spec.controller;
    if controller.is_empty() {
        errors.required(&at, "");
    } else {
        if controller.len() > CONTROLLER_LIMIT {
            errors.too_long(&at, CONTROLLER_LIMIT);
        }
        match controller.split_once('/') {
            Some((domain, path)) if !domain.is_empty() && !path.is_empty() => {
                errors.malformed(&at, domain, format::dns1123_subdomain(domain));
            }
            _ => errors.invalid(&at, controller, "must be a domain-prefixed path (such as \"acme.io/foo\")"),
        }
    }
    if let Some(reference) = &class.spec.parameters {
        parameters(reference, &spec.field("parameters"), errors);
    }
}

fn parameters(reference: &TypedReference, at: &Path<'_>, errors: &mut Errors<'_>) {
    if let Some(group) = &reference.api_group {
        errors.malformed(&at.field("apiGroup"), group, format::dns1123_subdomain(group));
    }
    for (field, value) in [("kind", &reference.kind), ("name", &reference.name)] {
        if value.is_empty() {
            errors.required(&at.field(field), "");
        }
    }
    let namespace = at.field("namespace");
    match (reference.scope.as_deref(), &reference.namespace) {
        (Some("Namespace"), None) => errors.required(&namespace, "`parameters.scope` is set to 'Namespace'"),
        (Some("Namespace"), Some(name)) => errors.malformed(&namespace, name, format::dns1123_label(name)),
        (Some("Cluster"), Some(_)) => errors.forbidden(&namespace, "`parameters.scope` is set to 'Cluster'"),
        (Some("Cluster"), None) | (None, _) => {}
        (Some(other), _) => errors.not_supported(&at.field("scope"), other, &values::PARAMETERS_SCOPE.in_messages()),
    }
}
