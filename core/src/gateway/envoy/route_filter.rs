//! HTTPRouteFilter: answers of its own, new hosts and paths, credentials for backends (gatewayapi/filters.go
//! processExtensionRefHTTPFilter).

use super::super::ending::RequestEnd;
use super::{body, secret, text_at, whole_number};
use crate::cluster::Cluster;
use crate::http::{Dialect, Pattern};
use crate::model::{BackendRef, Decode, EnvoyResource, HeaderFilter, Path, Text};
use crate::packet::{Headers, HttpRequest, HttpResponse};
use crate::proxy::verdict::status_response;
use crate::source::ObjectRef;
use crate::trace::{GatewayRule, ModelGap};

/// What a filter makes of a request; None where it goes on, changed.
pub fn apply_route_filter(
    cluster: &Cluster,
    reference: &ObjectRef,
    filter: &EnvoyResource,
    backends: &[BackendRef],
    request: &mut HttpRequest,
) -> Option<RequestEnd> {
    let invalid = || Some(RequestEnd::Respond(status_response(500), GatewayRule::FilterInvalid));
    // 1. An answer whose body isn't there, or a credential that isn't, spoils the whole.
    let Ok(response) = direct_response(cluster, reference, filter) else { return invalid() };
    let Ok(credential) = credential(cluster, reference, filter) else { return invalid() };
    // 2. Hosts and paths, then the credential.
    if let Some(gap) = rewrite(reference, filter, backends, request) {
        return Some(RequestEnd::Unknown(gap));
    }
    if let Some(value) = credential {
        inject(filter, &value, request);
    }
    response.map(|response| RequestEnd::Respond(response, GatewayRule::DirectResponse))
}

/// The answer that a filter gives itself.
fn direct_response(
    cluster: &Cluster,
    reference: &ObjectRef,
    filter: &EnvoyResource,
) -> Result<Option<HttpResponse>, ()> {
    let Some(direct) = filter.find("directResponse") else { return Ok(None) };
    let namespace = reference.namespace.as_deref().unwrap_or_default();
    let code = direct.child("statusCode").and_then(whole_number).unwrap_or(200);
    let text = direct.child("body").map_or(Ok(None), |node| body(cluster, namespace, node))?;
    let mut headers = Headers::default();
    if let Some(kind) = text_at(direct, "contentType") {
        headers.set("Content-Type", kind);
    }
    let changes = direct.child("header").and_then(|it| HeaderFilter::decode(it, &Path::Root, &mut Vec::new()));
    let changes = changes.unwrap_or_default();
    changes.add.iter().for_each(|header| headers.add(&header.name, &header.value));
    changes.set.iter().for_each(|header| headers.set(&header.name, &header.value));
    Ok(Some(HttpResponse { headers, body: text.and_then(|text| fixed_text(&text)), ..status_response(code) }))
}

/// A text in which Envoy puts nothing in: `%REQ(:path)%` and its likes aren't followed.
pub(super) fn fixed_text(text: &Text) -> Option<String> {
    (!text.contains('%')).then(|| text.to_string())
}

/// The credential that requests get, an error where it isn't there.
fn credential(cluster: &Cluster, reference: &ObjectRef, filter: &EnvoyResource) -> Result<Option<String>, ()> {
    let Some(wanted) = filter.find("credentialInjection.credential.valueRef") else { return Ok(None) };
    let value = secret(cluster, reference, wanted).and_then(|secret| secret.value("credential"));
    value.map(|value| value.to_string()).filter(|value| !value.is_empty()).map(Some).ok_or(())
}

/// Envoy's credential_injector: a header that is there stays unless it is to be overwritten.
fn inject(filter: &EnvoyResource, value: &str, request: &mut HttpRequest) {
    let name = filter.text("credentialInjection.header").filter(|name| !name.is_empty());
    let name = name.map_or("Authorization", |name| name);
    if filter.is_true("credentialInjection.overwrite") || request.headers.value(name).is_none() {
        request.headers.set(name, value);
    }
}

/// Changes host and path; the gap is what of it isn't modelled.
fn rewrite(
    reference: &ObjectRef,
    filter: &EnvoyResource,
    backends: &[BackendRef],
    request: &mut HttpRequest,
) -> Option<ModelGap> {
    let unknown = |path: &str| Some(ModelGap::Field(reference.field(format!("spec.{path}").as_str())));
    // 1. Further conditions: cookies.
    if filter.find("matches").is_some() {
        return unknown("matches");
    }
    // 2. The host, which comes from the path as it was. Endpoints of Services have no name that could take its place.
    let is_service = |backend: &BackendRef| backend.kind.as_deref().is_none_or(|kind| kind == "Service");
    match filter.text("urlRewrite.hostname.type").map(|kind| &**kind) {
        Some("Header") => {
            let name = filter.text("urlRewrite.hostname.header").map_or("", |name| name);
            if let Some(host) = request.headers.value(name) {
                request.host = host.to_owned();
            }
        }
        Some("PathRegex") => match replaced(filter, "urlRewrite.hostname.pathRegex", &request.path) {
            Some(host) => request.host = host,
            None => return unknown("urlRewrite.hostname"),
        },
        Some("Backend") if backends.iter().all(is_service) => {}
        Some(_) => return unknown("urlRewrite.hostname"),
        None => {}
    }
    // 3. The path.
    if filter.find("urlRewrite.path.replaceRegexMatch").is_some() {
        match replaced(filter, "urlRewrite.path.replaceRegexMatch", &request.path) {
            Some(path) => request.path = path,
            None => return unknown("urlRewrite.path"),
        }
    }
    None
}

/// A text after its pattern's matches have given way; None where the pattern can't be run.
fn replaced(filter: &EnvoyResource, at: &str, text: &str) -> Option<String> {
    let node = filter.find(at)?;
    let pattern = Pattern::new(text_at(node, "pattern")?, Dialect::Re2, false);
    let new = in_rust(text_at(node, "substitution").unwrap_or_default());
    Some(pattern.regex()?.replace_all(text, new.as_str()).into_owned())
}

/// RE2's `\1` as this library writes it.
fn in_rust(substitution: &str) -> String {
    let mut text = String::new();
    let mut letters = substitution.chars();
    while let Some(letter) = letters.next() {
        match (letter, letter == '\\') {
            ('$', _) => text.push_str("$$"),
            (_, true) => match letters.next() {
                Some(digit) if digit.is_ascii_digit() => text.push_str(&format!("${{{digit}}}")),
                Some(other) => text.push(other),
                None => {}
            },
            (plain, _) => text.push(plain),
        }
    }
    text
}
