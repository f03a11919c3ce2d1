//! Filters: what is done with a request on its way, in the order in which they are written, a rule's before a backend's.

use std::str::FromStr;

use super::matching::Entry;
use super::route::PathMatcher;
use crate::http::path;
use crate::model::{CorsFilter, HeaderFilter, PathModifier, RequestMirror, RequestRedirect, RouteFilter, UrlRewrite};
use crate::packet::{Headers, HttpRequest, HttpResponse, Scheme, host_and_port, host_without_port};
use crate::source::FieldRef;
use crate::trace::{Gap, GatewayRule};

/// A request after its filters.
#[derive(Clone, Debug)]
pub struct Filtered {
    /// As the backend sees it.
    pub request: HttpRequest,
    /// Headers added to the answer.
    pub response_headers: Vec<(String, String)>,
    /// Where copies go.
    pub mirrors: Vec<RequestMirror>,
    /// Where it ends, if it ends here.
    pub end: Option<End>,
}

/// How a filter ends a request.
#[derive(Clone, Debug)]
pub enum End {
    /// With an answer.
    Respond(HttpResponse, GatewayRule),
    /// With something that isn't modelled.
    Unknown(Gap),
}

/// The filters that are modelled. Of ExtensionRef, ExternalAuth and whatever else another object decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[allow(missing_docs)]
pub enum FilterKind {
    #[strum(serialize = "CORS")]
    Cors,
    RequestHeaderModifier,
    RequestMirror,
    RequestRedirect,
    ResponseHeaderModifier,
    #[strum(serialize = "URLRewrite")]
    UrlRewrite,
}

impl Filtered {
    /// A request before any filter.
    pub fn new(request: HttpRequest) -> Self {
        Self { request, response_headers: Vec::new(), mirrors: Vec::new(), end: None }
    }

    /// Goes through some filters. `at` is where they stand, `entry` the match that holds, `port` the listener's.
    pub fn through(mut self, filters: &[RouteFilter], at: &FieldRef, entry: &Entry, port: u16) -> Self {
        // Redirects and rewrites start from the request as it came, whatever other filters say of the host.
        for (index, filter) in filters.iter().enumerate() {
            if self.end.is_some() {
                return self;
            }
            self.apply(filter, entry, port, || {
                let FieldRef { object, path } = at.clone();
                FieldRef { object, path: path.field("filters").index(index) }
            });
        }
        self
    }

    fn apply(&mut self, filter: &RouteFilter, entry: &Entry, port: u16, field: impl Fn() -> FieldRef) {
        let Ok(kind) = FilterKind::from_str(&filter.kind) else {
            self.end = Some(End::Unknown(Gap::Field(field())));
            return;
        };
        match kind {
            FilterKind::RequestHeaderModifier => {
                modify(&mut self.request.headers, filter.request_header_modifier.as_ref());
            }
            FilterKind::ResponseHeaderModifier => self.answer_with(filter.response_header_modifier.as_ref()),
            FilterKind::RequestRedirect => {
                let redirect = filter.request_redirect.clone().unwrap_or_default();
                let response = redirected(&self.request, &redirect, entry, port);
                self.end = Some(End::Respond(response, GatewayRule::RequestRedirect));
            }
            FilterKind::UrlRewrite => {
                rewrite(&mut self.request, &filter.url_rewrite.clone().unwrap_or_default(), entry)
            }
            FilterKind::RequestMirror => self.mirrors.extend(filter.request_mirror.clone()),
            FilterKind::Cors => self.cross_origin(&filter.cors.clone().unwrap_or_default()),
        }
    }

    /// Headers that a backend sends itself can't be known, so that what is set or added is all that shows.
    fn answer_with(&mut self, modifier: Option<&HeaderFilter>) {
        let mut headers = Headers(std::mem::take(&mut self.response_headers));
        modify(&mut headers, modifier);
        self.response_headers = headers.0;
    }

    /// Answers a preflight, and tells the browser about other requests (Fetch standard; apis/v1, HTTPCORSFilter).
    fn cross_origin(&mut self, cors: &CorsFilter) {
        let Some(origin) = self.request.headers.value("Origin").map(str::to_owned) else { return };
        let asked = self.request.headers.value("Access-Control-Request-Method").map(str::to_owned);
        let preflight = asked.filter(|_| self.request.method == "OPTIONS");
        let mut headers = match cors.allow_origins.iter().any(|allowed| allows_origin(allowed, &origin)) {
            true => cors_headers(cors, &origin),
            false => Vec::new(),
        };
        let Some(method) = preflight else {
            self.response_headers.append(&mut headers);
            return;
        };
        if !headers.is_empty() {
            headers.extend(preflight_headers(
                cors,
                &method,
                self.request.headers.value("Access-Control-Request-Headers"),
            ));
        }
        let response = HttpResponse { status: 200, headers: Headers(headers), ..HttpResponse::default() };
        self.end = Some(End::Respond(response, GatewayRule::CorsPreflight));
    }
}

fn modify(headers: &mut Headers, modifier: Option<&HeaderFilter>) {
    let Some(modifier) = modifier else { return };
    for header in &modifier.set {
        headers.set(&header.name, &header.value);
    }
    for header in &modifier.add {
        headers.add(&header.name, &header.value);
    }
    for name in &modifier.remove {
        headers.remove(name);
    }
}

fn rewrite(request: &mut HttpRequest, rewrite: &UrlRewrite, entry: &Entry) {
    if let Some(hostname) = &rewrite.hostname {
        request.host = hostname.to_string();
    }
    if let Some(modifier) = &rewrite.path {
        request.path = replaced(&request.path, modifier, entry);
    }
}

/// The path as a modifier leaves it. A prefix is replaced with slashes joined once; the result is at least `/`
/// (apis/v1, HTTPPathModifier).
fn replaced(asked: &str, modifier: &PathModifier, entry: &Entry) -> String {
    let new = match (&*modifier.kind, &modifier.replace_full_path, &modifier.replace_prefix_match) {
        ("ReplaceFullPath", full, _) => full.as_deref().unwrap_or("/").to_owned(),
        (_, _, Some(prefix)) => {
            let matched = match entry.path() {
                PathMatcher::Prefix(matched) if path::has_element_prefix(asked, matched) => {
                    matched.trim_end_matches('/')
                }
                _ => "",
            };
            let rest = asked.strip_prefix(matched).unwrap_or(asked);
            match rest.is_empty() {
                true => prefix.to_string(),
                false => format!("{}/{}", prefix.trim_end_matches('/'), rest.trim_start_matches('/')),
            }
        }
        (_, _, None) => asked.to_owned(),
    };
    if new.is_empty() { "/".to_owned() } else { new }
}

/// The answer of a redirect. Its port is the one given, else the well-known one of the scheme if that is given, else the
/// listener's; a scheme's own port isn't written (apis/v1, HTTPRequestRedirectFilter).
fn redirected(request: &HttpRequest, redirect: &RequestRedirect, entry: &Entry, port: u16) -> HttpResponse {
    let given = redirect.scheme.as_deref();
    let scheme = given.unwrap_or(request.scheme.name());
    let well_known = if scheme == Scheme::Https.name() { 443 } else { 80 };
    let asked = redirect.port.and_then(|port| u16::try_from(port).ok());
    let port = asked.unwrap_or(if given.is_some() { well_known } else { port });
    let host = redirect.hostname.as_deref().unwrap_or(host_without_port(&request.host));
    let (host, _) = host_and_port(host);
    let path = redirect.path.as_ref().map_or(request.path.clone(), |path| replaced(&request.path, path, entry));
    let query = request.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
    let authority = if port == well_known { host.to_owned() } else { format!("{host}:{port}") };
    let status = redirect.status_code.and_then(|code| u16::try_from(code).ok()).unwrap_or(302);
    HttpResponse { status, location: Some(format!("{scheme}://{authority}{path}{query}")), ..HttpResponse::default() }
}

/// `*`, or an origin whose host may have a wildcard for its first labels.
fn allows_origin(allowed: &str, origin: &str) -> bool {
    let parts =
        |text: &str| text.split_once("://").map(|(scheme, rest)| (scheme.to_ascii_lowercase(), rest.to_owned()));
    if allowed == "*" {
        return true;
    }
    let Some(((scheme, pattern), (asked, host))) = parts(allowed).zip(parts(origin)) else { return false };
    let (pattern, port) = host_and_port(&pattern);
    let (host, asked_port) = host_and_port(&host);
    let covers = pattern == "*" || crate::http::host::covers_any_labels(pattern, &host.to_ascii_lowercase());
    scheme == asked && port == asked_port && covers
}

fn cors_headers(cors: &CorsFilter, origin: &str) -> Vec<(String, String)> {
    let credentials = cors.allow_credentials == Some(true);
    let any = cors.allow_origins.iter().any(|allowed| &**allowed == "*");
    let origin = if any && !credentials { "*" } else { origin };
    let mut headers = vec![("Access-Control-Allow-Origin".to_owned(), origin.to_owned())];
    if credentials {
        headers.push(("Access-Control-Allow-Credentials".to_owned(), "true".to_owned()));
    }
    if !cors.expose_headers.is_empty() {
        headers.push(("Access-Control-Expose-Headers".to_owned(), cors.expose_headers.join(", ")));
    }
    headers
}

/// A `*` is echoed where cookies are allowed, since browsers take it by the letter there.
fn preflight_headers(cors: &CorsFilter, method: &str, asked: Option<&str>) -> Vec<(String, String)> {
    let credentials = cors.allow_credentials == Some(true);
    let list =
        |allowed: &[crate::model::Text], asked: &str| match allowed.iter().any(|one| &**one == "*") && credentials {
            true => asked.to_owned(),
            false => allowed.join(", "),
        };
    let mut headers = Vec::new();
    if !cors.allow_methods.is_empty() {
        headers.push(("Access-Control-Allow-Methods".to_owned(), list(&cors.allow_methods, method)));
    }
    if !cors.allow_headers.is_empty() {
        headers.push(("Access-Control-Allow-Headers".to_owned(), list(&cors.allow_headers, asked.unwrap_or_default())));
    }
    headers.push(("Access-Control-Max-Age".to_owned(), cors.max_age.unwrap_or(5).to_string()));
    headers
}
