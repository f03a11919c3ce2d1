//! SecurityPolicy: who may ask (gatewayapi/securitypolicy.go; the order is that of xds/translator/httpfilters.go).

use std::net::IpAddr;

use ipnet::IpNet;

use super::super::ending::RequestEnd;
use super::{EnvoyPolicy, PolicyClient, secret_value};
use crate::cluster::Cluster;
use crate::http::{Dialect, Pattern, cookie, path, query};
use crate::model::{CorsFilter, Decode, Path, Text};
use crate::packet::{HttpRequest, HttpResponse};
use crate::proxy::verdict::status_response;
use crate::trace::{GatewayRule, ModelGap};
use crate::yaml::YamlNode;

/// Whether a rule speaks for a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum RuleMatch {
    Yes,
    No,
    /// It depends on something that isn't modelled.
    Maybe,
}

/// The origins that a policy lets in.
pub fn cors(policy: &EnvoyPolicy) -> Option<CorsFilter> {
    let node = policy.resource.find("cors")?;
    // A policy's maxAge is a duration, which changes nothing here.
    let cors = CorsFilter::decode(node, &Path::Root, &mut Vec::new())?;
    Some(CorsFilter { max_age: None, ..cors })
}

/// How a policy ends a request; None where it lets it pass.
pub fn guard(
    cluster: &Cluster,
    policy: &EnvoyPolicy,
    client: &PolicyClient,
    request: &HttpRequest,
) -> Option<RequestEnd> {
    let resource = &policy.resource;
    let unknown = |path: &str| RequestEnd::Unknown(ModelGap::Field(policy.field(path)));
    let has = |path: &str| resource.find(path).is_some();
    // 1. Servers outside, and forged requests.
    for path in ["mergeType", "csrf", "extAuth"] {
        if has(path) {
            return Some(unknown(path));
        }
    }
    // 2. Keys and passwords.
    let by_key = resource.find("apiKeyAuth").and_then(|keys| api_key(cluster, policy, keys, request));
    if by_key.is_some() {
        return by_key;
    }
    if let Some(users) = resource.find("basicAuth.users") {
        if secret_value(cluster, policy, users, Some(".htpasswd")).is_none_or(|values| values.is_empty()) {
            return Some(invalid());
        }
        let is_shown = request.headers.value("Authorization").is_some_and(|it| it.starts_with("Basic "));
        return Some(if is_shown { unknown("basicAuth") } else { refused() });
    }
    // 3. Tokens.
    if has("oidc") {
        return Some(unknown("oidc"));
    }
    if has("jwt") {
        let is_shown = request.headers.value("Authorization").is_some_and(|it| it.starts_with("Bearer "));
        let is_plain = !has("jwt.optional") && token_sources(policy).next().is_none();
        return Some(if is_plain && !is_shown { refused() } else { unknown("jwt") });
    }
    // 4. Addresses, methods, paths, headers.
    authorization(policy, client, request)
}

/// Where tokens are looked for, other than in Authorization.
fn token_sources(policy: &EnvoyPolicy) -> impl Iterator<Item = &YamlNode> {
    let providers = policy.resource.find("jwt.providers").map_or(&[][..], YamlNode::elements);
    providers.iter().filter_map(|provider| provider.child("extractFrom"))
}

/// Whether Envoy refuses the configuration of every listener with such a policy: a set of keys without a key
/// (Envoy's jwt_authn, "Issuer … local jwks is invalid").
pub fn spoils_listener(policy: &EnvoyPolicy) -> bool {
    let providers = policy.resource.find("jwt.providers").map_or(&[][..], YamlNode::elements);
    let inline = providers.iter().filter_map(|it| it.child("localJWKS")?.child("inline")?.text());
    let is_empty = |text: &Text| {
        let parsed: Result<serde_json::Value, _> = serde_json::from_str(text);
        let keys = parsed.ok().and_then(|it| it.get("keys").and_then(|keys| keys.as_array().map(Vec::len)));
        keys.is_none_or(|count| count == 0)
    };
    inline.into_iter().any(is_empty)
}

/// 403.
fn denied() -> RequestEnd {
    RequestEnd::Respond(status_response(403), GatewayRule::PolicyDenies)
}

/// 401.
fn refused() -> RequestEnd {
    RequestEnd::Respond(HttpResponse { status: 401, ..HttpResponse::default() }, GatewayRule::CredentialsRefused)
}

/// 500: the routes of a policy that can't be applied answer so (translateSecurityPolicyForRoute).
fn invalid() -> RequestEnd {
    RequestEnd::Respond(status_response(500), GatewayRule::PolicyInvalid)
}

fn api_key(cluster: &Cluster, policy: &EnvoyPolicy, auth: &YamlNode, request: &HttpRequest) -> Option<RequestEnd> {
    let mut known = Vec::new();
    for reference in auth.child("credentialRefs").map_or(&[][..], YamlNode::elements) {
        let Some(values) = secret_value(cluster, policy, reference, None) else { return Some(invalid()) };
        known.extend(values);
    }
    let mut shown = Vec::new();
    for source in auth.child("extractFrom").map_or(&[][..], YamlNode::elements) {
        let names = |key: &str| source.child(key).map_or(&[][..], YamlNode::elements).iter().filter_map(YamlNode::text);
        shown.extend(names("headers").filter_map(|name| request.headers.value(name).map(str::to_owned)));
        let written = request.query.as_deref().unwrap_or_default();
        shown.extend(
            names("params")
                .filter_map(|name| query::parameters(written).find(|(key, _)| *key == **name).map(|(_, value)| value)),
        );
        shown.extend(names("cookies").filter_map(|name| cookie::value(&request.headers, name).map(str::to_owned)));
    }
    let is_known = |key: &String| known.iter().any(|it| it.trim() == key);
    (!shown.first().is_some_and(is_known)).then(refused)
}

/// The first rule that speaks for the request decides, else defaultAction (xds/translator/authorization.go
/// buildRBACPerRoute).
fn authorization(policy: &EnvoyPolicy, client: &PolicyClient, request: &HttpRequest) -> Option<RequestEnd> {
    let authorization = policy.resource.find("authorization")?;
    let allows = |node: Option<&YamlNode>| node.and_then(YamlNode::text).is_some_and(|text| &**text == "Allow");
    for (index, rule) in authorization.child("rules").map_or(&[][..], YamlNode::elements).iter().enumerate() {
        match speaks_for(rule, client, request) {
            RuleMatch::No => {}
            RuleMatch::Yes => return (!allows(rule.child("action"))).then(denied),
            RuleMatch::Maybe => {
                let field = policy.field(&format!("authorization.rules[{index}]"));
                return Some(RequestEnd::Unknown(ModelGap::Field(field)));
            }
        }
    }
    (!allows(authorization.child("defaultAction"))).then(denied)
}

fn speaks_for(rule: &YamlNode, client: &PolicyClient, request: &HttpRequest) -> RuleMatch {
    // 1. What the rule asks for.
    let principal = |key: &str| rule.child("principal").and_then(|principal| principal.child(key));
    let operation = |key: &str| rule.child("operation").and_then(|operation| operation.child(key));
    let texts = |node: &YamlNode| -> Vec<Text> { node.elements().iter().filter_map(YamlNode::text).cloned().collect() };
    let methods = operation("methods").map(texts);
    let headers = principal("headers").map_or(&[][..], YamlNode::elements);
    let header_fits = |header: &YamlNode| {
        let value = header.child("name").and_then(YamlNode::text).and_then(|name| request.headers.value(name));
        let values = header.child("values").map(texts).unwrap_or_default();
        value.is_some_and(|value| values.iter().any(|it| **it == *value))
    };
    // 2. Method, headers and path, which are known.
    let excludes = methods.is_some_and(|methods| !methods.iter().any(|it| **it == *request.method))
        || !headers.iter().all(header_fits)
        || operation("path").is_some_and(|path| !path_fits(path, &request.path));
    let networks: Option<Vec<Text>> = principal("clientCIDRs").map(texts);
    if excludes {
        return RuleMatch::No;
    }
    // 3. The client's network, unless headers tell who it is.
    if let Some(networks) = networks {
        if client.is_told_by_headers && request.headers.value("X-Forwarded-For").is_some() {
            return RuleMatch::Maybe;
        }
        if !networks.iter().any(|network| contains(network, client.address)) {
            return RuleMatch::No;
        }
    }
    // 4. What else it asks for isn't known.
    let is_open = principal("jwt").or(principal("clientIPGeoLocations")).or(rule.child("cel")).is_some();
    if is_open { RuleMatch::Maybe } else { RuleMatch::Yes }
}

fn contains(network: &str, address: IpAddr) -> bool {
    let parsed: Option<IpNet> = network.parse().ok().or_else(|| network.parse::<IpAddr>().ok().map(IpNet::from));
    parsed.is_some_and(|network| network.contains(&address))
}

fn path_fits(wanted: &YamlNode, asked: &str) -> bool {
    let text = |key: &str| wanted.child(key).and_then(YamlNode::text).map(|text| &**text);
    let value = text("value").unwrap_or("/");
    match text("type") {
        Some("Exact") => value == asked,
        Some("RegularExpression") => {
            Pattern::new(format!("^(?:{value})$"), Dialect::Re2, false).is_match(asked).unwrap_or(false)
        }
        _ => path::has_element_prefix(asked, value),
    }
}
