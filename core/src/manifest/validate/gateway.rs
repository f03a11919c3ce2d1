//! Gateway API: the schemas of its CRDs, and their CEL rules (apis/v1, XValidation markers) with their messages.

use std::collections::BTreeSet;

use super::crd::{self, Table};
use super::{Errors, Shown, format, metadata};
use crate::model::{
    BackendRef, Gateway, GatewayAddress, GatewayClass, GrpcMethodMatch, GrpcRoute, HttpRoute, HttpRouteRule, Listener,
    ListenerSet, Metadata, ParentReference, Path, PathMatch, PathModifier, ReferenceGrant, RouteFilter, TcpRoute, Text,
    TlsRoute, UdpRoute,
};
use crate::yaml::Node;

mod filter;
mod policy;
mod schema;

pub(super) use policy::backend_tls_policy;

use filter::filters;

/// What may not stand in a path, and not at its end.
const FORBIDDEN: [&str; 6] = ["//", "/./", "/../", "%2f", "%2F", "#"];
const FORBIDDEN_ENDS: [&str; 2] = ["/..", "/."];
const LITERAL: &str = "when type one of ['Exact', 'PathPrefix']";
const CHARACTERS: &str = "must only contain valid characters (matching ^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|[%][0-9a-fA-F]{2})+$) for types ['Exact', 'PathPrefix']";
const MOST_MATCHES: usize = 128;
const TOO_MANY_MATCHES: &str = "While 16 rules and 64 matches per rule are allowed, the total number of matches across all rules in a route must be less than 128";
const EXACTLY_ONE: &str = "filter with path.replacePrefixMatch, exactly one PathPrefix match must be specified";

pub(super) fn gateway_class(class: &GatewayClass, errors: &mut Errors<'_>) {
    fits(&class.metadata, schema::GATEWAY_CLASS, errors);
}

pub(super) fn gateway(gateway: &Gateway, errors: &mut Errors<'_>) {
    if fits(&gateway.metadata, schema::GATEWAY, errors) {
        listeners(&gateway.spec.listeners, errors);
        addresses(&gateway.spec.addresses, errors);
    }
}

pub(super) fn listener_set(set: &ListenerSet, errors: &mut Errors<'_>) {
    if fits(&set.metadata, schema::LISTENER_SET, errors) {
        listeners(&set.spec.listeners, errors);
    }
}

pub(super) fn reference_grant(grant: &ReferenceGrant, errors: &mut Errors<'_>) {
    fits(&grant.metadata, schema::REFERENCE_GRANT, errors);
}

/// Whether the CRD's rules are asked, after its schema.
fn fits(metadata: &Metadata, table: Table, errors: &mut Errors<'_>) -> bool {
    metadata::validate(metadata, format::dns1123_subdomain, errors);
    crd::check(table, errors)
}

fn addresses(addresses: &[GatewayAddress], errors: &mut Errors<'_>) {
    let spec = Path::Root.field("spec");
    let at = &spec.field("addresses");
    let kind = |one: &GatewayAddress| one.kind.clone().unwrap_or_else(|| "IPAddress".into());
    for name in ["IPAddress", "Hostname"] {
        let values: Vec<_> =
            addresses.iter().filter(|one| *kind(one) == *name).filter_map(|it| it.value.clone()).collect();
        if values.iter().collect::<BTreeSet<_>>().len() < values.len() {
            errors.invalid(at, Shown("\"array\"".to_owned()), format!("{name} values must be unique"));
        }
    }
    for (index, one) in addresses.iter().enumerate().filter(|(_, one)| &*kind(one) == "Hostname") {
        if one.value.as_ref().is_some_and(|value| !(schema::HOSTNAME.takes)(value)) {
            let pattern = schema::HOSTNAME.pattern;
            let message = format!("Hostname value must be empty or contain only valid characters (matching {pattern})");
            errors.invalid(&at.index(index), Shown("\"object\"".to_owned()), message);
        }
    }
}

fn listeners(listeners: &[Listener], errors: &mut Errors<'_>) {
    let spec = Path::Root.field("spec");
    let at = &spec.field("listeners");
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
    if listeners.iter().any(|one| &*one.protocol == "TLS" && one.tls.is_none()) {
        invalid(at, "tls mode must be set for protocol TLS");
    }
    for (index, listener) in listeners.iter().enumerate() {
        certificates(listener, &at.index(index).field("tls"), errors);
    }
}

/// The mode is Terminate unless said.
fn certificates(listener: &Listener, at: &Path<'_>, errors: &mut Errors<'_>) {
    let Some(tls) = &listener.tls else { return };
    let has_options = errors.tree(at).and_then(|tls| tls.child("options")).is_some_and(|it| !it.entries().is_empty());
    let terminates = tls.mode.as_deref().is_none_or(|mode| mode == "Terminate");
    if terminates && tls.certificate_refs.is_empty() && !has_options {
        let message = "certificateRefs or options must be specified when mode is Terminate";
        errors.invalid(at, Shown("\"object\"".to_owned()), message);
    }
}

pub(super) fn http_route(route: &HttpRoute, errors: &mut Errors<'_>) {
    if !fits(&route.metadata, schema::HTTP_ROUTE, errors) {
        return;
    }
    let spec = Path::Root.field("spec");
    parents(&route.spec.parent_refs, errors);
    rules(route.spec.rules.iter().map(|rule| rule.matches.len()).sum(), errors);
    for (index, rule) in route.spec.rules.iter().enumerate() {
        http_rule(rule, &spec.field("rules").index(index), errors);
    }
}

pub(super) fn grpc_route(route: &GrpcRoute, errors: &mut Errors<'_>) {
    if !fits(&route.metadata, schema::GRPC_ROUTE, errors) {
        return;
    }
    parents(&route.spec.parent_refs, errors);
    rules(route.spec.rules.iter().map(|rule| rule.matches.len()).sum(), errors);
    let spec = Path::Root.field("spec");
    for (index, rule) in route.spec.rules.iter().enumerate() {
        let rules = spec.field("rules");
        let at = rules.index(index);
        filters(&rule.filters, &at.field("filters"), errors);
        backends(&rule.backend_refs, &at.field("backendRefs"), errors);
        let matches = at.field("matches");
        for (index, one) in rule.matches.iter().enumerate() {
            let Some(method) = &one.method else { continue };
            call(method, &matches.index(index).field("method"), errors);
        }
    }
}

fn call(method: &GrpcMethodMatch, at: &Path<'_>, errors: &mut Errors<'_>) {
    let object = || Shown("\"object\"".to_owned());
    if method.service.is_none() && method.method.is_none() {
        errors.invalid(at, object(), "One or both of 'service' or 'method' must be specified");
    }
    if method.kind.as_deref().is_some_and(|kind| kind != "Exact") {
        return;
    }
    let is_word = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    let is_service = |text: &str| text.strip_prefix('.').unwrap_or(text).split('.').all(is_word);
    if method.service.as_ref().is_some_and(|service| !is_service(service)) {
        let pattern = r"^(?i)\.?[a-z_][a-z_0-9]*(\.[a-z_][a-z_0-9]*)*$";
        errors.invalid(at, object(), format!("service must only contain valid characters (matching {pattern})"));
    }
    if method.method.as_ref().is_some_and(|method| !is_word(method)) {
        let pattern = "^[A-Za-z_][A-Za-z_0-9]*$";
        errors.invalid(at, object(), format!("method must only contain valid characters (matching {pattern})"));
    }
}

/// What holds for the rules of a route together.
fn rules(matches: usize, errors: &mut Errors<'_>) {
    let spec = Path::Root.field("spec");
    let at = spec.field("rules");
    let rules = errors.tree(&at).map_or(&[][..], Node::elements);
    let names: Vec<_> = rules.iter().filter_map(|rule| rule.child("name").and_then(Node::text)).collect();
    if names.iter().collect::<BTreeSet<_>>().len() < names.len() {
        errors.invalid(&at, Shown("\"array\"".to_owned()), "Rule name must be unique within the route");
    }
    if matches > MOST_MATCHES {
        errors.invalid(&at, Shown("\"array\"".to_owned()), TOO_MANY_MATCHES);
    }
}

pub(super) fn tls_route(route: &TlsRoute, errors: &mut Errors<'_>) {
    if fits(&route.metadata, schema::TLS_ROUTE, errors) {
        if route.spec.hostnames.iter().any(|hostname| format::parse_ip(hostname).is_some()) {
            let spec = Path::Root.field("spec");
            errors.invalid(&spec.field("hostnames"), Shown("\"array\"".to_owned()), "Hostnames cannot contain an IP");
        }
        parents(&route.spec.parent_refs, errors);
        forward(route.spec.rules.iter().map(|rule| &*rule.backend_refs), errors);
    }
}

pub(super) fn tcp_route(route: &TcpRoute, errors: &mut Errors<'_>) {
    if fits(&route.metadata, schema::FORWARD_ROUTE, errors) {
        parents(&route.spec.parent_refs, errors);
        forward(route.spec.rules.iter().map(|rule| &*rule.backend_refs), errors);
    }
}

pub(super) fn udp_route(route: &UdpRoute, errors: &mut Errors<'_>) {
    if fits(&route.metadata, schema::FORWARD_ROUTE, errors) {
        parents(&route.spec.parent_refs, errors);
        forward(route.spec.rules.iter().map(|rule| &*rule.backend_refs), errors);
    }
}

fn forward<'r>(rules: impl Iterator<Item = &'r [BackendRef]>, errors: &mut Errors<'_>) {
    let spec = Path::Root.field("spec");
    let at = spec.field("rules");
    for (index, backend_refs) in rules.enumerate() {
        backends(backend_refs, &at.index(index).field("backendRefs"), errors);
    }
}

/// Two references to one parent must say which of its listeners they mean.
fn parents(parents: &[ParentReference], errors: &mut Errors<'_>) {
    let spec = Path::Root.field("spec");
    let at = &spec.field("parentRefs");
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
    if let Some(timeouts) = &rule.timeouts {
        let length = |text: &Option<Text>| text.as_deref().and_then(schema::milliseconds);
        let (request, backend) = (length(&timeouts.request), length(&timeouts.backend_request));
        if request.zip(backend).is_some_and(|(request, backend)| request != 0 && backend > request) {
            let message = "backendRequest timeout cannot be longer than request timeout";
            errors.invalid(&at.field("timeouts"), object(), message);
        }
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

fn backends(backends: &[BackendRef], at: &Path<'_>, errors: &mut Errors<'_>) {
    for (index, backend) in backends.iter().enumerate() {
        let at = at.index(index);
        self::backend(backend, &at, errors);
        filters(&backend.filters, &at.field("filters"), errors);
    }
}

/// A Service is meant by one of its ports.
fn backend(backend: &BackendRef, at: &Path<'_>, errors: &mut Errors<'_>) {
    let is_service = backend.group.as_deref().is_none_or(str::is_empty)
        && backend.kind.as_deref().is_none_or(|kind| kind == "Service");
    if is_service && backend.port.is_none() {
        errors.invalid(at, Shown("\"object\"".to_owned()), "Must have port for Service reference");
    }
}

fn path_match(path: &PathMatch, at: &Path<'_>, errors: &mut Errors<'_>) {
    let object = || Shown("\"object\"".to_owned());
    let kind = path.kind.as_deref().unwrap_or("PathPrefix");
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
    if !has_valid_characters(value) {
        errors.invalid(at, object(), CHARACTERS);
    }
}

/// RFC 3986's pchar, and slashes.
fn has_valid_characters(value: &str) -> bool {
    let mut rest = value.chars();
    while let Some(character) = rest.next() {
        let valid = match character {
            '%' => (0..2).all(|_| rest.next().is_some_and(|digit| digit.is_ascii_hexdigit())),
            _ => character.is_ascii_alphanumeric() || "-/._~!$&'()*+,;=:@".contains(character),
        };
        if !valid {
            return false;
        }
    }
    !value.is_empty()
}
