//! Requests across origins: what browsers are told, and the answer to preflights (Fetch standard; apis/v1, HTTPCORSFilter).

use super::implementation::CrossOrigin;
use crate::model::{CorsFilter, Text};
use crate::packet::{Headers, HttpRequest, HttpResponse, host_and_port};

/// What a filter makes of a request from another origin.
pub enum CorsAnswer {
    /// Headers for the answer.
    Headers(Vec<(String, String)>),
    /// The answer to a preflight.
    Preflight(HttpResponse),
}

/// What a filter makes of a request; None if it names no origin.
pub fn answer_cross_origin(cors: &CorsFilter, request: &HttpRequest, style: CrossOrigin) -> Option<CorsAnswer> {
    let origin = request.headers.value("Origin")?;
    let asked = request.headers.value("Access-Control-Request-Method");
    let is_allowed = cors.allow_origins.iter().any(|allowed| allows_origin(allowed, origin));
    let mut headers = if is_allowed { origin_headers(cors, origin, style) } else { Vec::new() };
    let Some(method) = asked.filter(|_| request.method == "OPTIONS") else { return Some(CorsAnswer::Headers(headers)) };
    if !is_allowed && style == CrossOrigin::EchoOrigin {
        headers.extend(credential_headers(cors));
    }
    if is_allowed || style == CrossOrigin::EchoOrigin {
        let wanted = request.headers.value("Access-Control-Request-Headers");
        headers.extend(preflight_headers(cors, method, wanted, style));
    }
    let headers = Headers(headers);
    Some(CorsAnswer::Preflight(HttpResponse { status: 200, headers, ..HttpResponse::default() }))
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

/// Whether a text is what is written, each `*` standing for anything.
pub fn covers_with_stars(written: &str, text: &str) -> bool {
    let mut parts = written.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some((_, behind)) = rest.split_once(part) else { return false };
        rest = behind;
    }
    true
}

fn origin_headers(cors: &CorsFilter, origin: &str, style: CrossOrigin) -> Vec<(String, String)> {
    let any = cors.allow_origins.iter().any(|allowed| &**allowed == "*");
    let is_star = any && cors.allow_credentials != Some(true) && style == CrossOrigin::Specification;
    let origin = if is_star { "*" } else { origin };
    let mut headers = vec![("Access-Control-Allow-Origin".to_owned(), origin.to_owned())];
    headers.extend(credential_headers(cors));
    if !cors.expose_headers.is_empty() {
        headers.push(("Access-Control-Expose-Headers".to_owned(), cors.expose_headers.join(", ")));
    }
    headers
}

fn credential_headers(cors: &CorsFilter) -> Option<(String, String)> {
    (cors.allow_credentials == Some(true)).then(|| ("Access-Control-Allow-Credentials".to_owned(), "true".to_owned()))
}

/// A `*` is echoed where cookies are allowed, since browsers take it by the letter there.
fn preflight_headers(
    cors: &CorsFilter,
    method: &str,
    asked: Option<&str>,
    style: CrossOrigin,
) -> Vec<(String, String)> {
    let echoes = cors.allow_credentials == Some(true);
    let list = |allowed: &[Text], asked: &str| {
        if !allowed.iter().any(|one| &**one == "*") {
            allowed.join(", ")
        } else if echoes {
            asked.to_owned()
        } else if style == CrossOrigin::EchoOrigin {
            // xds/translator/cors.go: a star among others stands alone.
            "*".to_owned()
        } else {
            allowed.join(", ")
        }
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
