//! The request as nginx sends it on: rewritten path, Host, X-Forwarded-*, protocol, cookies.

use std::net::IpAddr;
use std::sync::Arc;

use super::Nginx;
use super::annotations::{Annotation, CorsOptions};
use super::balanced_upstream::BalancedUpstream;
use super::server::NginxLocation;
use super::settings::{ConfigKey, NginxSettings, parse_net};
use crate::http::{Dialect, Pattern, cookie, path};
use crate::ingress::ControllerArrival;
use crate::ingress::forwarded::{ForwardedClient, forwarded_addresses};
use crate::ingress::verdict::ForwardedRequest;
use crate::limits::expands_too_far;
use crate::packet::{HttpRequest, HttpVersion, Scheme};
use crate::trace::ModelGap;

/// A request as nginx sees it.
pub struct NginxRequest<'a> {
    /// The request.
    pub request: &'a HttpRequest,
    /// The annotations' prefix.
    pub prefix: &'a str,
    /// The host without a port and without a dot at its end (ngx_http_validate_host).
    pub hostname: String,
    /// What the controller is told.
    pub settings: &'a NginxSettings,
    /// The address and port of the connection itself.
    pub connection: IpAddr,
    pub port: u16,
    /// The client, host and scheme that are believed.
    pub forwarded: ForwardedClient,
}

impl<'a> NginxRequest<'a> {
    /// With use-forwarded-headers, what the X-Forwarded-* headers say is believed.
    pub fn of(nginx: &'a Nginx, arrival: &ControllerArrival<'a>) -> Self {
        let request = arrival.request;
        let mut forwarded = ForwardedClient::of(arrival.client, request);
        if nginx.settings.is(ConfigKey::UseForwardedHeaders, false) {
            let first =
                |name: &str| request.headers.value(name).and_then(|value| value.split(',').next()).map(str::trim);
            if let Some(scheme) = first("X-Forwarded-Proto") {
                forwarded.scheme = scheme.to_owned();
            }
            if let Some(host) = first("X-Forwarded-Host").filter(|host| !host.is_empty()) {
                forwarded.host = host.to_owned();
            }
            let port = first("X-Forwarded-Port").and_then(|port| port.parse().ok());
            forwarded.port = port.unwrap_or(forwarded.port);
        }
        if uses_real_ip(&nginx.settings) {
            forwarded.client = real_client(nginx, arrival);
        }
        let hostname = request.hostname();
        let hostname = hostname.strip_suffix('.').unwrap_or(&hostname).to_owned();
        Self {
            request,
            hostname,
            prefix: &nginx.settings.prefix,
            settings: &nginx.settings,
            connection: arrival.client,
            port: arrival.port,
            forwarded,
        }
    }

    /// X-Forwarded-For with compute-full-forwarded-for: what came, and the address of the connection
    /// ($full_x_forwarded_for), which counts only where forwarded headers do.
    fn all_addresses(&self) -> Option<String> {
        let both = [ConfigKey::UseForwardedHeaders, ConfigKey::ComputeFullForwardedFor];
        if !both.into_iter().all(|key| self.settings.is(key, false)) {
            return None;
        }
        let before = self.request.headers.value("X-Forwarded-For").filter(|before| !before.is_empty());
        let own = self.connection.to_string();
        Some(before.map_or(own.clone(), |before| format!("{before}, {own}")))
    }
}

/// Whether nginx' real_ip module is on (the template, "Enable the real_ip module").
fn uses_real_ip(settings: &NginxSettings) -> bool {
    settings.is(ConfigKey::UseForwardedHeaders, false) || settings.is(ConfigKey::EnableRealIp, false)
}

/// The client behind proxies that are trusted (proxy-real-ip-cidr, everybody unless said): nginx goes through
/// forwarded-for-header, X-Forwarded-For unless said, from its end while it trusts (real_ip_recursive).
fn real_client(nginx: &Nginx, arrival: &ControllerArrival<'_>) -> IpAddr {
    let trusted: Vec<_> = nginx.settings.list(ConfigKey::ProxyRealIpCidr).into_iter().filter_map(parse_net).collect();
    let trusts = |address: &IpAddr| trusted.is_empty() || trusted.iter().any(|net| net.contains(address));
    let mut client = arrival.client;
    let header = nginx.settings.text(ConfigKey::ForwardedForHeader).filter(|name| !name.is_empty());
    for before in forwarded_addresses(arrival.request, header.unwrap_or("X-Forwarded-For")).iter().rev() {
        match before.parse().ok().filter(|_| trusts(&client)) {
            Some(address) => client = address,
            None => break,
        }
    }
    client
}

/// How a request goes to one of the ways.
pub fn forward_request(
    view: &NginxRequest<'_>,
    location: &NginxLocation,
    uri: &str,
    way: &BalancedUpstream,
) -> Result<ForwardedRequest, ModelGap> {
    let annotations = &location.annotations;
    let protocol = match annotations.protocol.as_deref().unwrap_or("HTTP").to_ascii_lowercase() {
        automatic if automatic == "auto_http" => view.request.scheme.name().to_owned(),
        protocol => protocol,
    };
    let mut request = view.request.clone();
    if way.instead.is_some_and(|instead| !instead.path_kept) {
        request.path = "/".to_owned();
    } else if let Some((path, query)) = rewrite_path(view, location, uri)? {
        (request.path, request.query) = (path, query);
    }
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
    request.host = host;
    request.scheme = if matches!(&*protocol, "https" | "grpcs") { Scheme::Https } else { Scheme::Http };
    request.server_name = None;
    request.version = if protocol.starts_with("grpc") { HttpVersion::Grpc } else { HttpVersion::Http1 };
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

/// A line that isn't modelled.
pub fn unmodelled_annotation(location: &NginxLocation, view: &NginxRequest<'_>, name: Annotation) -> ModelGap {
    match view.annotation_of(location, name) {
        Some(field) => ModelGap::Field(field),
        None => ModelGap::ControllerSetting(name.name().to_owned()),
    }
}

/// `rewrite "(?i)PATH" TARGET break`: the target replaces the whole path, the query is kept (template.go buildProxyPass).
/// A question mark that stands in the target begins its arguments; one that a variable brings is part of the path.
pub fn rewrite_path(
    view: &NginxRequest<'_>,
    location: &NginxLocation,
    uri: &str,
) -> Result<Option<(String, Option<String>)>, ModelGap> {
    let Some(target) = location.annotations.rewrite_target.as_deref() else { return Ok(None) };
    if !location.annotations.rewrites(&location.path) {
        return Ok(None);
    }
    let pattern = Pattern::new(&*location.path, Dialect::Pcre, true);
    let unsupported = || match location.field() {
        Some(field) => ModelGap::RegularExpression { field, pattern: pattern.source().to_owned() },
        None => ModelGap::ControllerSetting(pattern.source().to_owned()),
    };
    // The location is the same expression, tied to the path's begin: where that matches, this one does first there.
    let tied = Pattern::new(format!("^{}", location.path), Dialect::Pcre, true);
    let regex = pattern.regex().or_else(|| tied.regex().filter(|_| tied.is_match(uri) == Some(true)));
    let Some(captures) = regex.ok_or_else(unsupported)?.captures(uri) else { return Ok(None) };
    let group = |number: usize| captures.get(number).map_or("", |found| found.as_str());
    if expands_too_far(uri, target) {
        return Err(unmodelled_annotation(location, view, Annotation::RewriteTarget));
    }
    let expand = |text: &str| {
        view.expand(text, group).ok_or_else(|| unmodelled_annotation(location, view, Annotation::RewriteTarget))
    };
    let own = view.request.query.clone();
    let (path, query) = match target.split_once('?') {
        // The request's arguments follow those of the target, unless the target ends with a question mark.
        Some((path, "")) => (expand(path)?, None),
        Some((path, query)) => {
            let query = expand(query)?;
            let both = own.map_or_else(|| query.clone(), |own| format!("{query}&{own}"));
            (expand(path)?, Some(both))
        }
        None => (expand(target)?, own),
    };
    Ok(Some((path::percent_encode(&path), query)))
}

/// What the template sets for the backend.
fn set_proxy_headers(
    view: &NginxRequest<'_>,
    location: &NginxLocation,
    way: &BalancedUpstream,
    request: &mut HttpRequest,
) {
    let headers = &mut request.headers;
    if let Some(before) = view.request.headers.value("X-Forwarded-For") {
        let before = before.to_owned();
        headers.set("X-Original-Forwarded-For", &before);
    }
    let forwarded_host = view.settings.text(ConfigKey::ForwardedHostHeader).filter(|name| !name.is_empty());
    let forwarded_host = view.request.headers.value(forwarded_host.unwrap_or("X-Forwarded-Host"));
    if let Some(before) = forwarded_host.filter(|before| !before.is_empty()) {
        headers.set("X-Original-Forwarded-Host", before);
    }
    // ngx_http_proxy_headers, and the template against HTTPoxy.
    ["Proxy", "TE", "Keep-Alive", "Expect", "Transfer-Encoding"].into_iter().for_each(|name| headers.remove(name));
    headers.set("X-Real-IP", &view.forwarded.client.to_string());
    view.forwarded.write(headers);
    if let Some(addresses) = view.all_addresses() {
        headers.set("X-Forwarded-For", &addresses);
    }
    for (name, value) in &view.settings.request_headers {
        headers.set(name, value);
    }
    // The backend never sees a password that nginx has checked.
    if location.annotations.auth.is_some() && !view.settings.spares(ConfigKey::NoAuthLocations, &location.path) {
        headers.remove("Authorization");
    }
    headers.set("X-Forwarded-Scheme", &view.forwarded.scheme);
    headers.set("X-Scheme", &view.forwarded.scheme);
    let prefix = location.annotations.forwarded_prefix.as_ref();
    if let Some(prefix) = prefix.filter(|_| location.annotations.rewrites(&location.path)) {
        headers.set("X-Forwarded-Prefix", prefix);
    }
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
