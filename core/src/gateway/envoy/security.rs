//! SecurityPolicy: who may ask (gatewayapi/securitypolicy.go; the order is that of xds/translator/httpfilters.go).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;

use super::super::ending::RequestEnd;
use super::{EnvoyPolicy, elements, secret, secret_values, text_at};
use crate::cluster::Cluster;
use crate::http::password::{self, PasswordCheck};
use crate::http::{Dialect, Pattern, cookie, path, query};
use crate::model::{CorsFilter, Decode, Path, Text, base64};
use crate::packet::{HttpRequest, HttpResponse, Scheme};
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

/// What a policy that can't be applied leaves out (translateSecurityPolicyForRoute).
enum SecurityFault {
    /// A Secret, a ConfigMap or a backend isn't there, or its value is none.
    Reference,
}

/// The origins that a policy lets in.
pub fn cors(policy: &EnvoyPolicy) -> Option<CorsFilter> {
    let node = policy.resource.find("cors")?;
    // A policy's maxAge is a duration, which changes nothing here.
    let cors = CorsFilter::decode(node, &Path::Root, &mut Vec::new())?;
    Some(CorsFilter { max_age: None, ..cors })
}

/// How a policy ends a request that doesn't show who sends it; None where it lets it pass, with what it changes.
pub fn authenticate(cluster: &Cluster, policy: &EnvoyPolicy, request: &mut HttpRequest) -> Option<RequestEnd> {
    let unknown = |path: &str| Some(RequestEnd::Unknown(ModelGap::Field(policy.field(path))));
    let has = |path: &str| policy.resource.find(path).is_some();
    // 1. Forged requests, and servers outside.
    if policy.resource.find("csrf").is_some_and(|csrf| is_forged(csrf, request)) {
        return Some(RequestEnd::Respond(status_response(403), GatewayRule::OriginForged));
    }
    if has("extAuth") && missing_server(cluster, policy).is_none() {
        return unknown("extAuth");
    }
    // 2. Keys and passwords.
    if let Ok(Some(keys)) = api_keys(cluster, policy) {
        let Some(client) = shown_key(policy, request).and_then(|key| keys.get(&key).cloned()) else {
            return Some(refused());
        };
        forward_client(policy, request, &client);
    }
    if let Ok(Some(users)) = users(cluster, policy) {
        let Some(user) = shown_user(&users, request) else { return Some(refused()) };
        if let Some(header) = policy.resource.text("basicAuth.forwardUsernameHeader") {
            request.headers.set(header, &user);
        }
    }
    // 3. Tokens.
    if has("oidc") && !is_client_secret_missing(cluster, policy) {
        return unknown("oidc");
    }
    if has("jwt") {
        let is_shown = request.headers.value("Authorization").is_some_and(|it| it.starts_with("Bearer "));
        let is_plain = !policy.resource.is_true("jwt.optional")
            && !policy.resource.is_true("jwt.failOpen")
            && token_sources(policy).next().is_none();
        return if is_plain && !is_shown { Some(refused()) } else { unknown("jwt") };
    }
    None
}

/// Whether the routes of a policy answer 500 because it can't be applied. Of servers that are asked, only those that aren't
/// let through when they fail.
pub fn is_invalid(cluster: &Cluster, policy: &EnvoyPolicy) -> bool {
    let open = policy.resource.is_true("extAuth.failOpen");
    api_keys(cluster, policy).is_err()
        || users(cluster, policy).is_err()
        || is_client_secret_missing(cluster, policy)
        || missing_server(cluster, policy).is_some() && !open
        || rules(policy).any(is_rule_broken)
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

/// Whether a request that changes something comes from elsewhere: its Origin, or else its Referer, is neither the host's own
/// nor one that is added (Envoy's csrf_filter.cc; securitypolicy.go buildCSRF). One that is only watched passes.
fn is_forged(csrf: &YamlNode, request: &HttpRequest) -> bool {
    let changes = ["POST", "PUT", "DELETE", "PATCH"].contains(&&*request.method);
    if !changes || csrf.child("shadowFraction").is_some() {
        return false;
    }
    let named = |name: &str| request.headers.value(name).map(host_of_origin).filter(|host| !host.is_empty());
    let Some(source) = named("Origin").or_else(|| named("Referer")) else { return true };
    let scheme = if request.scheme == Scheme::Https { "https" } else { "http" };
    let own = format!("{scheme}://{}", request.host);
    let added = elements(csrf, "additionalOrigins").iter().filter_map(YamlNode::text);
    source != host_of_origin(&own) && !added.map(|origin| host_of_origin(origin)).any(|it| covers_text(it, source))
}

/// Host and port of an origin.
fn host_of_origin(origin: &str) -> &str {
    let rest = origin.split_once("://").map_or(origin, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// Whether a text is what is written, each `*` standing for anything (securitypolicy.go wildcard2regex).
fn covers_text(written: &str, text: &str) -> bool {
    super::super::cors::covers_with_stars(written, text)
}

/// The keys with the clients they belong to, if the policy asks for any. The same key twice can't be.
fn api_keys(cluster: &Cluster, policy: &EnvoyPolicy) -> Result<Option<BTreeMap<String, String>>, SecurityFault> {
    let Some(auth) = policy.resource.find("apiKeyAuth") else { return Ok(None) };
    let owner = policy.owner("apiKeyAuth.credentialRefs");
    let (mut keys, mut clients) = (BTreeMap::new(), BTreeSet::new());
    for reference in elements(auth, "credentialRefs") {
        let secret = secret(cluster, owner, reference).ok_or(SecurityFault::Reference)?;
        for (client, key) in secret_values(secret) {
            let key = key.trim().to_owned();
            if clients.insert(client.to_owned()) && keys.insert(key, client.to_owned()).is_some() {
                return Err(SecurityFault::Reference);
            }
        }
    }
    Ok(Some(keys))
}

/// The first key that a request shows, where the policy looks for one.
fn shown_key(policy: &EnvoyPolicy, request: &HttpRequest) -> Option<String> {
    let sources = policy.resource.find("apiKeyAuth.extractFrom").map_or(&[][..], YamlNode::elements);
    sources.iter().find_map(|source| {
        let names = |key: &str| elements(source, key).iter().filter_map(YamlNode::text);
        let header = |name: &Text| request.headers.value(name).map(str::to_owned);
        let written = request.query.as_deref().unwrap_or_default();
        let parameter = |name: &Text| query::parameters(written).find(|(key, _)| *key == **name).map(|it| it.1);
        let cookie = |name: &Text| cookie::value(&request.headers, name).map(str::to_owned);
        let by_header = names("headers").find_map(header);
        by_header.or_else(|| names("params").find_map(parameter)).or_else(|| names("cookies").find_map(cookie))
    })
}

/// Tells backends whose key it was, and not the key where it is to be kept from them.
fn forward_client(policy: &EnvoyPolicy, request: &mut HttpRequest, client: &str) {
    if policy.resource.is_true("apiKeyAuth.sanitize") {
        let sources = policy.resource.find("apiKeyAuth.extractFrom").map_or(&[][..], YamlNode::elements);
        for source in sources {
            let names = |key: &str| elements(source, key).iter().filter_map(YamlNode::text);
            names("headers").for_each(|name| request.headers.remove(name));
            let is_key = |pair: &&str| names("params").any(|name| pair.split('=').next() == Some(&**name));
            let kept = request
                .query
                .as_deref()
                .map(|query| query.split('&').filter(|pair| !is_key(pair)).collect::<Vec<_>>().join("&"));
            request.query = kept.filter(|query| !query.is_empty());
        }
    }
    if let Some(header) = policy.resource.text("apiKeyAuth.forwardClientIDHeader") {
        request.headers.set(header, client);
    }
}

/// The users with their hashed passwords, if the policy asks for any (buildBasicAuth, validateHtpasswdFormat): only SHA-1.
fn users(cluster: &Cluster, policy: &EnvoyPolicy) -> Result<Option<BTreeMap<String, String>>, SecurityFault> {
    let Some(reference) = policy.resource.find("basicAuth.users") else { return Ok(None) };
    let secret = secret(cluster, policy.owner("basicAuth"), reference).ok_or(SecurityFault::Reference)?;
    let text = secret.value(".htpasswd").filter(|text| !text.is_empty()).ok_or(SecurityFault::Reference)?;
    let mut users = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (user, hash) = line.split_once(':').ok_or(SecurityFault::Reference)?;
        let sum = hash.strip_prefix("{SHA}").and_then(base64::decode).filter(|sum| sum.len() == SHA1_BYTES);
        sum.ok_or(SecurityFault::Reference)?;
        users.insert(user.to_owned(), hash.to_owned());
    }
    Ok(Some(users))
}

const SHA1_BYTES: usize = 20;

/// The user whose password a request shows.
fn shown_user(users: &BTreeMap<String, String>, request: &HttpRequest) -> Option<String> {
    let sent = request.headers.value("Authorization")?.strip_prefix("Basic ")?;
    let sent = base64::decode_text(sent.trim())?;
    let (user, shown) = sent.split_once(':')?;
    let hash = users.get(user)?;
    (password::check(shown, hash) == PasswordCheck::Right).then(|| user.to_owned())
}

/// The backend of an external server that isn't there (buildExtAuth).
fn missing_server<'p>(cluster: &Cluster, policy: &'p EnvoyPolicy) -> Option<&'p YamlNode> {
    let own = policy.owner("extAuth").namespace.as_deref().unwrap_or_default();
    let servers = ["http", "grpc"].into_iter().filter_map(|kind| policy.resource.find("extAuth")?.child(kind));
    let mut backends =
        servers.flat_map(|server| elements(server, "backendRefs").iter().chain(server.child("backendRef")));
    backends.find(|backend| {
        let is_service = text_at(backend, "kind").is_none_or(|kind| kind == "Service");
        let namespace = text_at(backend, "namespace").unwrap_or(own);
        let name = text_at(backend, "name").unwrap_or_default();
        is_service && cluster.services.get(namespace, name).is_none()
    })
}

/// Whether the Secret with the client's password isn't there (buildOIDC).
fn is_client_secret_missing(cluster: &Cluster, policy: &EnvoyPolicy) -> bool {
    let reference = policy.resource.find("oidc.clientSecret");
    let secret = reference.map(|reference| secret(cluster, policy.owner("oidc"), reference));
    secret.is_some_and(|secret| secret.is_none_or(|secret| secret.value("client-secret").is_none()))
}

fn rules(policy: &EnvoyPolicy) -> impl Iterator<Item = &YamlNode> {
    policy.resource.find("authorization.rules").map_or(&[][..], YamlNode::elements).iter()
}

/// Whether a rule can't be translated: a network or an expression that is none (buildAuthorization).
fn is_rule_broken(rule: &YamlNode) -> bool {
    let networks = rule.child("principal").map_or(&[][..], |principal| elements(principal, "clientCIDRs"));
    let mut networks = networks.iter().filter_map(YamlNode::text);
    let path = rule.child("operation").and_then(|operation| operation.child("path"));
    let expression = path.filter(|path| text_at(path, "type") == Some("RegularExpression"));
    let is_broken = |text: &str| Pattern::new(text, Dialect::Re2, false).regex().is_none() && !text.contains("\\p");
    networks.any(|text| network(text).is_none())
        || expression.and_then(|path| text_at(path, "value")).is_some_and(is_broken)
}

/// How a policy ends a request that isn't permitted: the first rule that speaks for it decides, else defaultAction
/// (xds/translator/authorization.go buildRBACPerRoute).
pub fn authorize(policy: &EnvoyPolicy, client: IpAddr, request: Option<&HttpRequest>) -> Option<RequestEnd> {
    let authorization = policy.resource.find("authorization")?;
    let allows = |node: &YamlNode, key: &str| text_at(node, key) == Some("Allow");
    for (index, rule) in rules(policy).enumerate() {
        match speaks_for(rule, client, request) {
            RuleMatch::No => {}
            RuleMatch::Yes => return (!allows(rule, "action")).then(denied),
            RuleMatch::Maybe => {
                let field = policy.field(&format!("authorization.rules[{index}]"));
                return Some(RequestEnd::Unknown(ModelGap::Field(field)));
            }
        }
    }
    (!allows(authorization, "defaultAction")).then(denied)
}

/// Whether a policy can hold for connections, which have nothing but an address (validateSecurityPolicyForTCP).
pub fn is_for_connections(policy: &EnvoyPolicy) -> bool {
    const BEYOND: [&str; 7] = ["cors", "csrf", "jwt", "oidc", "apiKeyAuth", "basicAuth", "extAuth"];
    let is_plain = |rule: &YamlNode| {
        let principal = |key: &str| rule.child("principal").and_then(|principal| principal.child(key));
        let beyond = principal("jwt").or(principal("headers")).or(principal("clientIPGeoLocations"));
        rule.child("cel").or(beyond).is_none() && !is_rule_broken(rule)
    };
    BEYOND.iter().all(|path| policy.resource.find(path).is_none()) && rules(policy).all(is_plain)
}

fn speaks_for(rule: &YamlNode, client: IpAddr, request: Option<&HttpRequest>) -> RuleMatch {
    let principal = |key: &str| rule.child("principal").and_then(|principal| principal.child(key));
    // 1. Method, headers, path and network, which are known.
    if request.is_some_and(|request| !fits_request(rule, request)) {
        return RuleMatch::No;
    }
    let networks = principal("clientCIDRs").map(|node| node.elements().iter().filter_map(YamlNode::text));
    let contains = |text: &Text| network(text).is_some_and(|network| network.contains(&client));
    if networks.is_some_and(|mut networks| !networks.any(contains)) {
        return RuleMatch::No;
    }
    // 2. What else it asks for isn't.
    let is_open = principal("jwt").or(principal("clientIPGeoLocations")).or(rule.child("cel")).is_some();
    if is_open { RuleMatch::Maybe } else { RuleMatch::Yes }
}

fn fits_request(rule: &YamlNode, request: &HttpRequest) -> bool {
    let operation = |key: &str| rule.child("operation").and_then(|operation| operation.child(key));
    let texts = |node: &YamlNode| -> Vec<Text> { node.elements().iter().filter_map(YamlNode::text).cloned().collect() };
    let methods = operation("methods").map(texts);
    let headers = rule.child("principal").map_or(&[][..], |principal| elements(principal, "headers"));
    let header_fits = |header: &YamlNode| {
        let value = text_at(header, "name").and_then(|name| request.headers.value(name));
        let values = header.child("values").map(texts).unwrap_or_default();
        value.is_some_and(|value| values.iter().any(|it| **it == *value))
    };
    methods.is_none_or(|methods| methods.iter().any(|it| **it == *request.method))
        && headers.iter().all(header_fits)
        && operation("path").is_none_or(|path| path_fits(path, &request.path))
}

fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

fn path_fits(wanted: &YamlNode, asked: &str) -> bool {
    let value = text_at(wanted, "value").unwrap_or("/");
    match text_at(wanted, "type") {
        Some("Exact") => value == asked,
        Some("RegularExpression") => {
            Pattern::new(format!("^(?:{value})$"), Dialect::Re2, false).is_match(asked).unwrap_or(false)
        }
        _ => path::has_element_prefix(asked, value),
    }
}
