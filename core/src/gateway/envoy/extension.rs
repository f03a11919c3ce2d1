//! HTTPRouteFilter, Backend, EnvoyProxy, EnvoyExtensionPolicy: what they change on the way to a backend
//! (gatewayapi/filters.go processExtensionRefHTTPFilter, route.go processBackendDestinationSetting).

use std::net::IpAddr;

use super::EnvoyPolicy;
use crate::http::{Dialect, Pattern};
use crate::model::{Decode, EnvoyResource, HeaderFilter, Path};
use crate::packet::{Headers, HttpRequest, HttpResponse};
use crate::proxy::backend::{ProxyUpstream, UpstreamPeer};
use crate::proxy::verdict::status_response;
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{ModelGap, ProxyTarget};
use crate::yaml::{Value, YamlNode};

/// The answer that an HTTPRouteFilter gives itself.
pub fn direct_response(filter: &EnvoyResource) -> Option<HttpResponse> {
    let direct = filter.find("directResponse")?;
    let code = direct.child("statusCode").and_then(port_number).unwrap_or(200);
    let mut headers = Headers::default();
    if let Some(kind) = direct.child("contentType").and_then(YamlNode::text) {
        headers.set("Content-Type", kind);
    }
    let changes = direct.child("header").and_then(|it| HeaderFilter::decode(it, &Path::Root, &mut Vec::new()));
    let changes = changes.unwrap_or_default();
    changes.add.iter().for_each(|header| headers.add(&header.name, &header.value));
    changes.set.iter().for_each(|header| headers.set(&header.name, &header.value));
    let body = direct.child("body").and_then(|body| body.child("inline")).and_then(YamlNode::text);
    Some(HttpResponse { headers, body: body.map(ToString::to_string), ..status_response(code) })
}

/// Changes host and path as an HTTPRouteFilter says; the gap is what of it isn't modelled.
pub fn rewrite(reference: &ObjectRef, filter: &EnvoyResource, request: &mut HttpRequest) -> Option<ModelGap> {
    let unknown = |path: &str| Some(ModelGap::Field(reference.field(format!("spec.{path}").as_str())));
    if filter.find("matches").is_some() {
        return unknown("matches");
    }
    let kind = filter.text("urlRewrite.hostname.type").map(|kind| &**kind);
    match kind {
        Some("Header") => {
            let name = filter.text("urlRewrite.hostname.header").map_or("", |name| name);
            if let Some(host) = request.headers.value(name) {
                request.host = host.to_owned();
            }
        }
        Some(_) => return unknown("urlRewrite.hostname"),
        None => {}
    }
    if let Some(pattern) = filter.text("urlRewrite.path.replaceRegexMatch.pattern") {
        let pattern = Pattern::new(pattern.clone(), Dialect::Re2, false);
        let Some(regex) = pattern.regex() else { return unknown("urlRewrite.path") };
        let new = filter.text("urlRewrite.path.replaceRegexMatch.substitution").map_or("", |text| text);
        request.path = regex.replace_all(&request.path, in_rust(new).as_str()).into_owned();
    }
    None
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

/// Where a Backend leads; the gap is what of it isn't modelled.
pub fn upstream(reference: &ObjectRef, backend: &EnvoyResource) -> Result<ProxyUpstream, ModelGap> {
    let gap = |path: &str| ModelGap::Field(reference.field(format!("spec.{path}").as_str()));
    if backend.text("type").is_some_and(|kind| &**kind == "DynamicResolver") {
        return Err(gap("type"));
    }
    if backend.find("fallback").is_some() {
        return Err(gap("fallback"));
    }
    let mut upstream = ProxyUpstream { service: reference.clone(), peers: Vec::new(), excluded: Vec::new() };
    for (index, endpoint) in backend.find("endpoints").map_or(&[][..], YamlNode::elements).iter().enumerate() {
        let target = target(endpoint).ok_or_else(|| gap(&format!("endpoints[{index}]")))?;
        upstream.peers.push(UpstreamPeer { target, pod: None, node: None });
    }
    Ok(upstream)
}

fn target(endpoint: &YamlNode) -> Option<ProxyTarget> {
    let part = |kind: &str, key: &str| endpoint.child(kind).and_then(|it| it.child(key));
    if let Some(address) = part("ip", "address").and_then(YamlNode::text) {
        let address: IpAddr = address.parse().ok()?;
        return Some(ProxyTarget::Endpoint(address, port_number(part("ip", "port")?)?));
    }
    let name = part("fqdn", "hostname").and_then(YamlNode::text)?;
    Some(ProxyTarget::Name(name.to_string(), port_number(part("fqdn", "port")?)?))
}

fn port_number(node: &YamlNode) -> Option<u16> {
    match node.value {
        Value::Integer(number) => u16::try_from(number).ok(),
        _ => None,
    }
}

/// Code that looks at requests and may answer them. An external processor that is sent neither requests nor answers
/// does nothing (xds/translator/extproc.go).
pub fn extension_gap(policy: &EnvoyPolicy) -> Option<ModelGap> {
    let has = |key: &str| policy.resource.find(key).is_some_and(|node| !node.elements().is_empty());
    if let Some(key) = ["lua", "wasm", "dynamicModule"].into_iter().find(|key| has(key)) {
        return Some(ModelGap::Field(policy.field(key)));
    }
    let processors = policy.resource.find("extProc").map_or(&[][..], YamlNode::elements);
    let is_asked =
        |processor: &YamlNode| processor.child("processingMode").is_some_and(|mode| !mode.entries().is_empty());
    let index = processors.iter().position(is_asked)?;
    Some(ModelGap::Field(policy.field(&format!("extProc[{index}]"))))
}

/// What of an EnvoyProxy changes routing and isn't modelled.
pub fn proxy_gap(reference: &ObjectRef, proxy: &EnvoyResource) -> Option<FieldRef> {
    let changes = ["bootstrap", "preserveRouteOrder", "mergeGateways"];
    let changed = changes.into_iter().find(|key| proxy.find(key).is_some_and(|it| it.value != Value::Bool(false)))?;
    Some(reference.field(format!("spec.{changed}").as_str()))
}
