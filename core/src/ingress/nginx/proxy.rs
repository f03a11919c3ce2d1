//! The request as nginx sends it on: Host, X-Forwarded-*, protocol, cookies.

use std::sync::Arc;

use super::annotations::Annotation;
use super::balanced_upstream::BalancedUpstream;
use super::request::{NginxRequest, unmodelled_annotation};
use super::response_headers::{BlocksInForce, apply_change};
use super::rewrite::rewrite_path;
use super::server::NginxLocation;
use super::settings::ConfigKey;
use crate::http::cookie;
use crate::ingress::nginx_config::{ConfigBlock, escape_uri};
use crate::ingress::verdict::ForwardedRequest;
use crate::packet::{HttpRequest, HttpVersion, Scheme};
use crate::trace::ModelGap;

/// How a request goes to one of the ways.
pub fn forward_request(
    view: &NginxRequest<'_>,
    location: &NginxLocation,
    uri: &str,
    way: &BalancedUpstream,
    force: &BlocksInForce<'_>,
) -> Result<ForwardedRequest, ModelGap> {
    let annotations = &location.annotations;
    // 1. What is spoken to the backend.
    let protocol = match annotations.protocol.as_deref().unwrap_or("HTTP").to_ascii_lowercase() {
        automatic if automatic == "auto_http" => view.request.scheme.name().to_owned(),
        protocol => protocol,
    };
    // 2. The path: `/` for error pages, or rewritten.
    let mut request = view.request.clone();
    if way.instead.is_some_and(|instead| !instead.path_kept) {
        request.path = "/".to_owned();
    } else if !view.target_applied && rewrite_path(view, location, uri)?.is_some() {
        return Err(unmodelled_annotation(location, view, Annotation::RewriteTarget));
    } else if view.script.is_rewritten {
        let is_escaped = view.script.is_internal || view.script.is_escaped;
        request.path = if is_escaped { escape_uri(uri) } else { uri.to_owned() };
        request.query = view.script.query.clone();
    } else {
        request.query = view.script.query.clone();
    }
    // 3. The Host header and the headers that the template sets.
    let host = match &annotations.upstream_vhost {
        Some(vhost) => view
            .expand(vhost, |number| view.captured(number))
            .ok_or_else(|| unmodelled_annotation(location, view, Annotation::UpstreamVhost))?,
        None => view.forwarded.host.clone(),
    };
    set_proxy_headers(view, location, way, &mut request);
    set_snippet_headers(view, force, protocol.starts_with("grpc"), &mut request);
    if protocol.starts_with("grpc") {
        request.headers.set("Host", &host);
    }
    // 4. The connection: host, scheme, version.
    request.host = host;
    request.scheme = if matches!(&*protocol, "https" | "grpcs") { Scheme::Https } else { Scheme::Http };
    request.server_name = None;
    request.version = if protocol.starts_with("grpc") { HttpVersion::Grpc } else { HttpVersion::Http1 };
    // 5. What is added to the answer: the cookie of affinity.
    let cookie = annotations.cookie.as_ref().and(way.cookie.as_ref());
    let sticky = cookie.filter(|name| cookie::value(&view.request.headers, name).is_none());
    Ok(ForwardedRequest {
        rule: way.rule.clone().or_else(|| location.field()),
        request: Some(Arc::new(request)),
        protocol,
        response_headers: Vec::new(),
        set_cookie: sticky.map(|name| format!("{name}=")),
        mirrors: Vec::new(),
        host_of_server: false,
    })
}

/// What snippets change about the request that came: more_set_input_headers, proxy_method.
pub fn change_input(view: &NginxRequest<'_>, force: &BlocksInForce<'_>) -> HttpRequest {
    let mut request = view.request.clone();
    for change in force.all().flat_map(|(_, block)| &block.input_changes) {
        apply_change(view, change, &mut request.headers);
    }
    let level = force.innermost(|block| block.method.is_some());
    if let Some(method) = level.iter().find_map(|(_, block)| block.method.as_ref()) {
        request.method = method.to_string();
    }
    request
}

/// proxy_set_header in a location's snippets stands beside the template's own: a header that both set is sent twice
/// (ngx_http_proxy_create_request). With grpc_pass it is grpc_set_header.
fn set_snippet_headers(view: &NginxRequest<'_>, force: &BlocksInForce<'_>, is_grpc: bool, request: &mut HttpRequest) {
    let of_block = |block: &ConfigBlock| if is_grpc { block.grpc_headers.clone() } else { block.proxy_headers.clone() };
    let mut own: Vec<String> = Vec::new();
    for (name, value) in force.location.iter().flat_map(|(_, block)| of_block(block)) {
        let Some(value) = view.expand(&value, |number| view.captured(number)) else { continue };
        let twice = OF_TEMPLATE.iter().any(|known| name.eq_ignore_ascii_case(known))
            || own.contains(&name.to_ascii_lowercase());
        if !twice {
            request.headers.remove(&name);
        }
        own.push(name.to_ascii_lowercase());
        if !value.is_empty() {
            request.headers.add(&name, &value);
        }
    }
}

/// The headers that the template sets for every backend.
const OF_TEMPLATE: &[&str] = &[
    "Connection",
    "Host",
    "Upgrade",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Port",
    "X-Forwarded-Proto",
    "X-Forwarded-Scheme",
    "X-Original-Forwarded-For",
    "X-Original-Forwarded-Host",
    "X-Real-IP",
    "X-Request-ID",
    "X-Scheme",
];

/// What the template sets for the backend.
fn set_proxy_headers(
    view: &NginxRequest<'_>,
    location: &NginxLocation,
    way: &BalancedUpstream,
    request: &mut HttpRequest,
) {
    let headers = &mut request.headers;
    // 1. What the client claimed is kept under another name.
    if let Some(before) = view.request.headers.value("X-Forwarded-For") {
        let before = before.to_owned();
        headers.set("X-Original-Forwarded-For", &before);
    }
    let forwarded_host = view.settings.text(ConfigKey::ForwardedHostHeader).filter(|name| !name.is_empty());
    let forwarded_host = view.request.headers.value(forwarded_host.unwrap_or("X-Forwarded-Host"));
    if let Some(before) = forwarded_host.filter(|before| !before.is_empty()) {
        headers.set("X-Original-Forwarded-Host", before);
    }
    // 2. What is never passed on (ngx_http_proxy_headers, and the template against HTTPoxy).
    ["Proxy", "TE", "Keep-Alive", "Expect", "Transfer-Encoding"].into_iter().for_each(|name| headers.remove(name));
    // 3. Who the client is, then the ConfigMap's own headers.
    headers.set("X-Real-IP", &view.forwarded.client.to_string());
    view.forwarded.write(headers);
    if let Some(addresses) = view.all_addresses() {
        headers.set("X-Forwarded-For", &addresses);
    }
    for (name, value) in &view.settings.request_headers {
        headers.set(name, value);
    }
    // 4. The backend never sees a password that nginx has checked.
    if location.annotations.auth.is_some() && !view.settings.spares(ConfigKey::NoAuthLocations, &location.path) {
        headers.remove("Authorization");
    }
    // 5. The scheme, and the prefix that rewriting took away.
    headers.set("X-Forwarded-Scheme", &view.forwarded.scheme);
    headers.set("X-Scheme", &view.forwarded.scheme);
    let prefix = location.annotations.forwarded_prefix.as_ref();
    if let Some(prefix) = prefix.filter(|_| location.annotations.rewrites(&location.path)) {
        headers.set("X-Forwarded-Prefix", prefix);
    }
    // 6. What an error backend is told of the request that it stands in for.
    if let Some(instead) = way.instead {
        headers.set("X-Code", &instead.code.to_string());
        headers.set("X-Format", view.request.headers.value("Accept").unwrap_or_default());
        if !instead.path_kept {
            headers.set("X-Original-URI", &view.request.target());
        }
        if let super::server::LocationBackend::Service(service, ingress) = &location.backend {
            headers.set("X-Namespace", ingress.namespace.as_deref().unwrap_or_default());
            headers.set("X-Ingress-Name", &ingress.name);
            headers.set("X-Service-Name", &service.name);
            let port = service.port.number.map(|number| number.to_string());
            headers.set(
                "X-Service-Port",
                &port.or(service.port.name.as_ref().map(ToString::to_string)).unwrap_or_default(),
            );
        }
    }
}
