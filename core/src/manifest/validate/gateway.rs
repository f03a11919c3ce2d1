//! Gateway API: the CEL rules of its CRDs (apis/v1, XValidation markers), with their messages.

use std::collections::BTreeSet;

use super::{Errors, Shown, format, metadata};
use crate::model::{BackendRef, Gateway, HttpRoute, HttpRouteRule, Listener, ListenerSet, ParentReference, Path};
use crate::model::{PathMatch, PathModifier, RouteFilter};

/// What may not stand in a path, and not at its end.
const FORBIDDEN: [&str; 6] = ["//", "/./", "/../", "%2f", "%2F", "#"];
const FORBIDDEN_ENDS: [&str; 2] = ["/..", "/."];
const LITERAL: &str = "when type one of ['Exact', 'PathPrefix']";
const EXACTLY_ONE: &str = "filter with path.replacePrefixMatch, exactly one PathPrefix match must be specified";

pub(super) fn gateway(gateway: &Gateway, errors: &mut Errors<'_>) {
    metadata::validate(&gateway.metadata, format::dns1123_subdomain, errors);
    let spec = Path::Root.field("spec");
    let at = spec.field("listeners");
    if gateway.spec.gateway_class_name.is_empty() {
        errors.required(&spec.field("gatewayClassName"), "");
    }
    if gateway.spec.listeners.is_empty() {
        errors.required(&at, "");
    }
    listeners(&gateway.spec.listeners, &at, errors);
}

pub(super) fn listener_set(set: &ListenerSet, errors: &mut Errors<'_>) {
    metadata::validate(&set.metadata, format::dns1123_subdomain, errors);
    let spec = Path::Root.field("spec");
    listeners(&set.spec.listeners, &spec.field("listeners"), errors);
}

fn listeners(listeners: &[Listener], at: &Path<'_>, errors: &mut Errors<'_>) {
    let mut invalid = |at: &Path<'_>, message: &str| errors.invalid(at, Shown("\"array\"".to_owned()), message);
    let names: BTreeSet<_> = listeners.iter().map(|listener| &listener.name).collect();
    if names.len() < listeners.len() {
        invalid(at, "Listener name must be unique within the Gateway");
    }
    let hostname = |listener: &Listener| listener.hostname.clone().unwrap_or_default();
    let places = listeners.iter().map(|listener| (listener.port, listener.protocol.clone(), hostname(listener)));
    if places.collect::<BTreeSet<_>>().len() < listeners.len() {
        invalid(at, "Combination of port, protocol and hostname must be unique for each listener");
    }
    if listeners.iter().any(|one| one.tls.is_some() && matches!(&*one.protocol, "HTTP" | "TCP" | "UDP")) {
        invalid(at, "tls must not be specified for protocols ['HTTP', 'TCP', 'UDP']");
    }
    let mode = |listener: &Listener| listener.tls.as_ref().and_then(|tls| tls.mode.clone());
    if listeners.iter().any(|one| &*one.protocol == "HTTPS" && mode(one).is_some_and(|mode| &*mode == "Passthrough")) {
        invalid(at, "tls mode must be Terminate for protocol HTTPS");
    }
    if listeners.iter().any(|one| !hostname(one).is_empty() && matches!(&*one.protocol, "TCP" | "UDP")) {
        invalid(at, "hostname must not be specified for protocols ['TCP', 'UDP']");
    }
    for (index, listener) in listeners.iter().enumerate() {
        if !(1..=65535).contains(&listener.port) {
            errors.invalid(&at.index(index).field("port"), listener.port, "must be between 1 and 65535");
        }
    }
}

pub(super) fn http_route(route: &HttpRoute, errors: &mut Errors<'_>) {
    metadata::validate(&route.metadata, format::dns1123_subdomain, errors);
    let spec = Path::Root.field("spec");
    parents(&route.spec.parent_refs, &spec.field("parentRefs"), errors);
    for (index, rule) in route.spec.rules.iter().enumerate() {
        http_rule(rule, &spec.field("rules").index(index), errors);
    }
}

/// Two references to one parent must say which of its listeners they mean.
pub(super) fn parents(parents: &[ParentReference], at: &Path<'_>, errors: &mut Errors<'_>) {
    let name = |one: &ParentReference| (one.group.clone(), one.kind.clone(), one.namespace.clone(), one.name.clone());
    let pairs = || {
        let others = |place: usize| parents.get(place + 1..).unwrap_or_default();
        let all =
            parents.iter().enumerate().flat_map(move |(place, one)| others(place).iter().map(move |it| (one, it)));
        all.filter(|(one, other)| name(one) == name(other))
    };
    let is_open = |one: &ParentReference| one.section_name.is_none() && one.port.is_none();
    let message = if pairs().any(|(one, other)| is_open(one) || is_open(other)) {
        "sectionName or port must be specified when parentRefs includes 2 or more references to the same parent"
    } else if pairs().any(|(one, other)| one.section_name == other.section_name && one.port == other.port) {
        "sectionName or port must be unique when parentRefs includes 2 or more references to the same parent"
    } else {
        return;
    };
    errors.invalid(at, Shown("\"array\"".to_owned()), message);
}

fn http_rule(rule: &HttpRouteRule, at: &Path<'_>, errors: &mut Errors<'_>) {
    let object = || Shown("\"object\"".to_owned());
    if !rule.backend_refs.is_empty() && rule.filters.iter().any(|filter| filter.request_redirect.is_some()) {
        errors.invalid(at, object(), "RequestRedirect filter must not be used together with backendRefs");
    }
    let one_prefix = has_one_prefix(rule);
    for message in prefix_messages(&rule.filters, "").into_iter().filter(|_| !one_prefix) {
        errors.invalid(at, object(), message);
    }
    let nested = rule.backend_refs.iter().flat_map(|backend| prefix_messages(&backend.filters, "Within backendRefs, "));
    for message in nested.filter(|_| !one_prefix) {
        errors.invalid(at, object(), message);
    }
    filters(&rule.filters, &at.field("filters"), errors);
    backends(&rule.backend_refs, &at.field("backendRefs"), errors);
    for (index, one) in rule.matches.iter().enumerate() {
        if let Some(path) = &one.path {
            path_match(path, &at.field("matches").index(index).field("path"), errors);
        }
    }
}

fn has_one_prefix(rule: &HttpRouteRule) -> bool {
    let is_prefix = |path: &PathMatch| path.kind.as_deref().is_none_or(|kind| kind == "PathPrefix");
    match rule.matches.as_slice() {
        [only] => only.path.as_ref().is_none_or(is_prefix),
        // The CRD's default for absent matches is one PathPrefix `/`.
        [] => true,
        _ => false,
    }
}

fn prefix_messages(filters: &[RouteFilter], place: &str) -> Vec<String> {
    let replaces = |path: Option<&PathModifier>| path.is_some_and(|path| path.replace_prefix_match.is_some());
    let redirect = filters.iter().filter_map(|filter| filter.request_redirect.as_ref());
    let rewrite = filters.iter().filter_map(|filter| filter.url_rewrite.as_ref());
    let when = if place.is_empty() { "When" } else { "when" };
    let redirect = redirect.filter(|it| replaces(it.path.as_ref())).map(|_| "RequestRedirect");
    let rewrite = rewrite.filter(|it| replaces(it.path.as_ref())).map(|_| "URLRewrite");
    redirect.chain(rewrite).map(|filter| format!("{place}{when} using {filter} {EXACTLY_ONE}")).collect()
}

pub(super) fn filters(filters: &[RouteFilter], at: &Path<'_>, errors: &mut Errors<'_>) {
    let array = || Shown("\"array\"".to_owned());
    let count = |kind: &str| filters.iter().filter(|filter| &*filter.kind == kind).count();
    if count("RequestRedirect") > 0 && count("URLRewrite") > 0 {
        let message =
            "May specify either httpRouteFilterRequestRedirect or httpRouteFilterRequestRewrite, but not both";
        errors.invalid(at, array(), message);
    }
    for kind in ["CORS", "RequestHeaderModifier", "RequestRedirect", "ResponseHeaderModifier", "URLRewrite"] {
        if count(kind) > 1 {
            errors.invalid(at, array(), format!("{kind} filter cannot be repeated"));
        }
    }
    for (index, filter) in filters.iter().enumerate() {
        if let Some((field, false)) = body(filter) {
            let message = format!("filter.{field} must be specified for {} filter.type", filter.kind);
            errors.invalid(&at.index(index), Shown("\"object\"".to_owned()), message);
        }
    }
}

/// The field that a filter's type asks for, and whether it is there.
fn body(filter: &RouteFilter) -> Option<(&'static str, bool)> {
    Some(match &*filter.kind {
        "RequestHeaderModifier" => ("requestHeaderModifier", filter.request_header_modifier.is_some()),
        "ResponseHeaderModifier" => ("responseHeaderModifier", filter.response_header_modifier.is_some()),
        "RequestRedirect" => ("requestRedirect", filter.request_redirect.is_some()),
        "URLRewrite" => ("urlRewrite", filter.url_rewrite.is_some()),
        "RequestMirror" => ("requestMirror", filter.request_mirror.is_some()),
        "CORS" => ("cors", filter.cors.is_some()),
        _ => return None,
    })
}

pub(super) fn backends(backends: &[BackendRef], at: &Path<'_>, errors: &mut Errors<'_>) {
    for (index, backend) in backends.iter().enumerate() {
        let at = at.index(index);
        let is_service = backend.group.as_deref().is_none_or(str::is_empty)
            && backend.kind.as_deref().is_none_or(|kind| kind == "Service");
        if is_service && backend.port.is_none() {
            errors.invalid(&at, Shown("\"object\"".to_owned()), "Must have port for Service reference");
        }
        if let Some(weight) = backend.weight.filter(|weight| !(0..=1_000_000).contains(weight)) {
            errors.invalid(&at.field("weight"), weight, "must be between 0 and 1000000");
        }
        filters(&backend.filters, &at.field("filters"), errors);
    }
}

fn path_match(path: &PathMatch, at: &Path<'_>, errors: &mut Errors<'_>) {
    let object = || Shown("\"object\"".to_owned());
    let kind = path.kind.as_deref().unwrap_or("PathPrefix");
    // The schema's enum; the CRD's rule of the same content isn't asked any more (apiextensions-apiserver, hasBlockingErr).
    errors.one_of(&at.field("type"), Some(kind), &["Exact", "PathPrefix", "RegularExpression"]);
    if !matches!(kind, "Exact" | "PathPrefix") {
        return;
    }
    let value = path.value.as_deref().unwrap_or("/");
    if !value.starts_with('/') {
        errors.invalid(at, object(), format!("value must be an absolute path and start with '/' {LITERAL}"));
    }
    for part in FORBIDDEN.iter().filter(|part| value.contains(**part)) {
        errors.invalid(at, object(), format!("must not contain '{part}' {LITERAL}"));
    }
    for end in FORBIDDEN_ENDS.iter().filter(|end| value.ends_with(**end)) {
        errors.invalid(at, object(), format!("must not end with '{end}' {LITERAL}"));
    }
}
