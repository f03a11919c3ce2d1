//! The request as nginx sends it on: Host, X-Forwarded-*, protocol, cookies.

use std::sync::Arc;

use super::annotations::{Annotation, CorsOptions};
use super::balanced_upstream::BalancedUpstream;
use super::request::{NginxRequest, unmodelled_annotation};
use super::rewrite::rewrite_path;
use super::server::NginxLocation;
use super::settings::ConfigKey;
use crate::http::cookie;
use crate::ingress::verdict::ForwardedRequest;
use crate::packet::{HttpRequest, HttpVersion, Scheme};
use crate::trace::ModelGap;

/// How a request goes to one of the ways.
pub fn forward_request(
    view: &NginxRequest<'_>,
    location: &NginxLocation,
    uri: &str,
    way: &BalancedUpstream,
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
    } else if let Some((path, query)) = rewrite_path(view, location, uri)? {
        (request.path, request.query) = (path, query);
    }
    // 3. The Host header and the headers that the template sets.
    let host = match &annotations.upstream_vhost {
        Some(vhost) => view
            .expand(vhost, |_| "")
            .ok_or_else(|| unmodelled_annotation(location, view, Annotation::UpstreamVhost))?,
        None => view.forwarded.host.clone(),
    };
    set_proxy_headers(view, location, way, &mut request);
    if protocol.starts_with("grpc") {
        request.headers.set("Host", &host);
    }
    // 4. The connection: host, scheme, version.
    request.host = host;
    request.scheme = if matches!(&*protocol, "https" | "grpcs") { Scheme::Https } else { Scheme::Http };
    request.server_name = None;
    request.version = if protocol.starts_with("grpc") { HttpVersion::Grpc } else { HttpVersion::Http1 };
    // 5. What is added to the answer: CORS headers, the cookie of affinity.
    let origin = view.request.headers.value("Origin").unwrap_or_default();
    let cors = annotations.cors.as_ref().and_then(|cors| Some((cors, allowed_origin(cors, origin)?)));
    let cookie = annotations.cookie.as_ref().and(way.cookie.as_ref());
    let sticky = cookie.filter(|name| cookie::value(&view.request.headers, name).is_none());
    Ok(ForwardedRequest {
        rule: way.rule.clone().or_else(|| location.field()),
        request: Some(Arc::new(request)),
        protocol,
        response_headers: cors.map(|(cors, origin)| cors_headers(cors, &origin)).unwrap_or_default(),
        set_cookie: sticky.map(|name| format!("{name}=")),
        mirrors: Vec::new(),
        host_of_server: false,
    })
}

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

/// The origin that is answered, if it is allowed: `*`, an origin, or one with `*.` for one label.
pub fn allowed_origin(cors: &CorsOptions, origin: &str) -> Option<String> {
    if cors.origins.iter().any(|allowed| allowed == "*") {
        return Some("*".to_owned());
    }
    let fits = |allowed: &String| match allowed.split_once("*.") {
        Some((scheme, domain)) => {
            origin.strip_prefix(scheme).and_then(|rest| rest.split_once('.')).is_some_and(|(label, rest)| {
                rest.eq_ignore_ascii_case(domain)
                    && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            })
        }
        None => allowed.eq_ignore_ascii_case(origin),
    };
    cors.origins.iter().any(fits).then(|| origin.to_owned())
}

/// The headers of an answer to an allowed origin (the template's CORS).
pub fn cors_headers(cors: &CorsOptions, origin: &str) -> Vec<(String, String)> {
    let mut headers = vec![("Access-Control-Allow-Origin".to_owned(), origin.to_owned())];
    if cors.credentials {
        headers.push(("Access-Control-Allow-Credentials".to_owned(), "true".to_owned()));
    }
    headers.push(("Access-Control-Allow-Methods".to_owned(), cors.methods.to_string()));
    headers.push(("Access-Control-Allow-Headers".to_owned(), cors.headers.to_string()));
    if let Some(exposed) = &cors.expose_headers {
        headers.push(("Access-Control-Expose-Headers".to_owned(), exposed.to_string()));
    }
    headers.push(("Access-Control-Max-Age".to_owned(), cors.max_age.to_string()));
    headers
}
