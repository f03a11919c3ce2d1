//! The request as nginx sends it on: path, Host, X-Forwarded-*, protocol.

use std::sync::Arc;

use super::request::F5Request;
use super::server::{F5Location, F5PathChange, ProxyPass, UpstreamBalancing};
use crate::http::{Pattern, cookie, path};
use crate::ingress::verdict::{ForwardedRequest, redirect_response};
use crate::limits::expands_too_far;
use crate::packet::{HttpResponse, HttpVersion, Scheme};
use crate::source::FieldRef;
use crate::trace::ModelGap;

/// How a request goes to an upstream.
pub fn forward_request(
    view: &F5Request,
    location: &F5Location,
    pass: &ProxyPass,
) -> Result<ForwardedRequest, ModelGap> {
    let mut request = view.request.clone();
    // 1. The path.
    if let Some((path, query)) = changed_path(view, location, &pass.change)? {
        (request.path, request.query) = (path, query);
    }
    // 2. Headers: the client's, those that nginx writes, those that are asked for.
    if !pass.passes_headers {
        request.headers.0.clear();
    }
    ["Proxy", "TE", "Keep-Alive", "Expect", "Transfer-Encoding"]
        .into_iter()
        .for_each(|name| request.headers.remove(name));
    if !pass.upgrades {
        request.headers.remove("Upgrade");
    }
    let client = view.client.to_string();
    request.headers.set("X-Real-IP", &client);
    if let Some(scheme) = pass.forwarded_scheme {
        let before = view.request.headers.value("X-Forwarded-For").filter(|before| !before.is_empty());
        request.headers.set("X-Forwarded-For", &before.map_or(client.clone(), |before| format!("{before}, {client}")));
        request.headers.set("X-Forwarded-Host", &view.hostname);
        request.headers.set("X-Forwarded-Port", &view.port.to_string());
        request.headers.set("X-Forwarded-Proto", &view.expand(scheme, |_| "").unwrap_or_default());
    }
    let mut host = view.hostname.clone();
    for (name, value) in &pass.request_headers {
        let unknown = || ModelGap::ControllerSetting(value.to_string());
        let value = view.expand(value, |_| "").ok_or_else(unknown)?;
        if name.eq_ignore_ascii_case("host") {
            host = value;
        } else if value.is_empty() {
            request.headers.remove(name);
        } else {
            request.headers.set(name, &value);
        }
    }
    // 3. The connection.
    let is_grpc = pass.protocol.starts_with("grpc");
    request.host = host;
    request.scheme = if pass.protocol.ends_with('s') { Scheme::Https } else { Scheme::Http };
    request.server_name = None;
    request.version = if is_grpc { HttpVersion::Grpc } else { HttpVersion::Http1 };
    // 4. The cookie that keeps a client with its server.
    let set_cookie = match &pass.upstream.balancing {
        UpstreamBalancing::Cookie(name) if cookie::value(&view.request.headers, name).is_none() => {
            Some(format!("{name}="))
        }
        _ => None,
    };
    Ok(ForwardedRequest {
        rule: location.rule.clone(),
        request: Some(Arc::new(request)),
        protocol: pass.protocol.to_owned(),
        response_headers: pass.response_headers.clone(),
        set_cookie,
        ..ForwardedRequest::default()
    })
}

/// Both as they are sent on.
type PathWithQuery = (String, Option<String>);

/// The path and query to go on with; None where they stay as the client sent them.
fn changed_path(
    view: &F5Request,
    location: &F5Location,
    change: &F5PathChange,
) -> Result<Option<PathWithQuery>, ModelGap> {
    match change {
        F5PathChange::Kept => Ok(None),
        F5PathChange::Replaced(with) => {
            let rest = view.uri.get(location.path.len()..).unwrap_or_default();
            Ok(Some((format!("{with}{}", path::percent_encode(rest)), view.request.query.clone())))
        }
        F5PathChange::Rewritten(pattern, target) => {
            rewritten(view, &view.uri, (pattern, target), location.rule.as_ref())
        }
        F5PathChange::RewrittenRaw(pattern, target) => {
            rewritten(view, &view.request.path, (pattern, target), location.rule.as_ref())
        }
    }
}

/// Whether a location inside nginx leads back to the one before it: its rewrite changes the path to the client's own, and
/// the one behind it, which would end the rewriting, doesn't match (ngx_http_core_post_rewrite_phase counts to ten).
pub fn goes_round(view: &F5Request, pass: &ProxyPass) -> bool {
    match &pass.change {
        F5PathChange::RewrittenRaw(pattern, _) => pattern.is_match(&view.request.path) == Some(false),
        F5PathChange::Kept | F5PathChange::Replaced(_) | F5PathChange::Rewritten(..) => false,
    }
}

/// `rewrite EXPRESSION TARGET break`; None where the expression doesn't match. A question mark that stands in the target
/// begins its arguments; the request's follow unless the target ends with one.
fn rewritten(
    view: &F5Request,
    uri: &str,
    (pattern, target): (&Pattern, &str),
    line: Option<&FieldRef>,
) -> Result<Option<PathWithQuery>, ModelGap> {
    // 1. The expression against the path.
    let unsupported = || match line {
        Some(field) => ModelGap::RegularExpression { field: field.clone(), pattern: pattern.source().to_owned() },
        None => ModelGap::ControllerSetting(pattern.source().to_owned()),
    };
    let Some(captures) = pattern.regex().ok_or_else(unsupported)?.captures(uri) else { return Ok(None) };
    if expands_too_far(uri, target) {
        return Err(unsupported());
    }
    // 2. Its groups in the target.
    let group = |number: usize| captures.get(number).map_or("", |found| found.as_str());
    let expand = |text: &str| view.expand(text, group).ok_or_else(unsupported);
    let own = view.request.query.clone();
    let (path, query) = match target.split_once('?') {
        Some((path, "")) => (expand(path)?, None),
        Some((path, query)) => {
            let query = expand(query)?;
            let both = own.map_or_else(|| query.clone(), |own| format!("{query}&{own}"));
            (expand(path)?, Some(both))
        }
        None => (expand(target)?, own),
    };
    // 3. The new path is escaped again.
    Ok(Some((path::percent_encode(&path), query)))
}

/// A path that ends with a slash, asked for without it; the port is told unless it is the scheme's.
pub fn slash_redirect(view: &F5Request, location: &F5Location) -> HttpResponse {
    let scheme = view.request.scheme;
    let port = if view.port == scheme.default_port() { String::new() } else { format!(":{}", view.port) };
    let query = view.request.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
    let path = path::percent_encode(&location.path);
    redirect_response(301, format!("{}://{}{port}{path}{query}", scheme.name(), view.hostname))
}
