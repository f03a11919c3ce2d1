//! Middlewares: those that change where a request goes or what the backend sees. One that isn't modelled and could
//! makes the answer unknown.

use std::net::IpAddr;
use std::str::FromStr;

use super::secure;
use crate::cluster::Cluster;
use crate::http::{Dialect, Pattern, path};
use crate::ingress::forwarded::addresses;
use crate::ingress::verdict::{field, redirect, status};
use crate::limits::{MAX_MIDDLEWARES, expands_too_far};
use crate::model::Text;
use crate::packet::{HttpRequest, HttpResponse, Scheme};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{Cause, IngressRule};
use crate::yaml::{Node, Value};

/// A Middleware that a router names.
#[derive(Clone, Debug, PartialEq)]
pub struct Name {
    /// Its namespace.
    pub namespace: Text,
    /// Its name; with `@` another provider's.
    pub name: Text,
    /// Where it is named.
    pub line: FieldRef,
}

/// What came of a chain.
pub enum Passed {
    /// The request went on, changed perhaps.
    On(Passing),
    /// A middleware answered: because of its line and a rule.
    Answered(HttpResponse, FieldRef, IngressRule),
    /// It depends on this middleware, which isn't modelled.
    Unknown(FieldRef),
}

/// What middlewares added on the way.
#[derive(Default)]
pub struct Passing {
    /// Headers of the answer.
    pub response_headers: Vec<(String, String)>,
    /// The middlewares that changed something.
    pub because: Vec<Cause>,
    /// How many middlewares the request has passed, those of chains counted each time.
    pub passed: usize,
}

/// How deep chains may nest.
const DEPTH: usize = 16;

/// What a Middleware does: the key under its spec. One with another key isn't modelled.
#[allow(missing_docs)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "camelCase")]
pub enum Kind {
    AddPrefix,
    BasicAuth,
    Chain,
    DigestAuth,
    Headers,
    IpAllowList,
    IpWhiteList,
    RedirectRegex,
    RedirectScheme,
    ReplacePath,
    ReplacePathRegex,
    StripPrefix,
    StripPrefixRegex,
    Buffering,
    CircuitBreaker,
    Compress,
    ContentType,
    Errors,
    GrpcWeb,
    InFlightReq,
    #[strum(serialize = "passTLSClientCert")]
    PassTlsClientCert,
    RateLimit,
    Retry,
}

impl Kind {
    /// Whether it changes where a request goes, or what the backend sees; the others let every request through as it is.
    pub fn has_effect(self) -> bool {
        !matches!(
            self,
            Self::CircuitBreaker
                | Self::Compress
                | Self::ContentType
                | Self::Errors
                | Self::GrpcWeb
                | Self::InFlightReq
                | Self::PassTlsClientCert
                | Self::RateLimit
                | Self::Retry
        )
    }
}

/// `ns-name@kubernetescrd`, separated by commas. The namespace can't be told from the name, so both are tried.
pub fn by_annotation(names: &str, line: &FieldRef) -> Vec<Name> {
    let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
    names.map(|name| Name { namespace: "".into(), name: name.into(), line: line.clone() }).collect()
}

/// Whether a Middleware of this name exists. A chain that names another namespace's doesn't come to be, unless that is
/// allowed (kubernetes.go createChainMiddleware, makeMiddlewareKeys).
pub fn exists(cluster: &Cluster, name: &Name, crosses: bool) -> bool {
    find(cluster, name).is_some_and(|(reference, spec)| {
        let own = reference.namespace.clone().unwrap_or_default();
        let names = spec.child("chain").map_or_else(Vec::new, |chain| chained(&reference, chain));
        crosses || names.iter().all(|name| !name.is_outside(&own))
    })
}

impl Name {
    /// Whether a reference in an object of Traefik's own leaves its namespace; `ns-name@kubernetescrd` might.
    pub fn is_outside(&self, own: &str) -> bool {
        *self.namespace != *own || self.name.ends_with("@kubernetescrd")
    }
}

/// The request's way as a chain sees it.
pub struct Passage<'a> {
    /// Where Middlewares are found.
    pub cluster: &'a Cluster,
    /// The client.
    pub client: IpAddr,
    /// The scheme that redirects start from: X-Forwarded-Proto where the entry point believes it.
    pub scheme: Scheme,
}

fn find<'c>(cluster: &'c Cluster, name: &Name) -> Option<(ObjectRef, &'c Node)> {
    let flat = match name.name.split_once('@') {
        Some((flat, "kubernetescrd")) => flat,
        Some(_) => return None,
        None if name.namespace.is_empty() => return None,
        None => return found(cluster, &name.namespace, &name.name),
    };
    let dashes = flat.match_indices('-').map(|(at, _)| at);
    let mut splits = dashes.filter_map(|at| Some((flat.get(..at)?, flat.get(at + 1..)?)));
    splits.find_map(|(namespace, name)| found(cluster, namespace, name))
}

fn found<'c>(cluster: &'c Cluster, namespace: &str, name: &str) -> Option<(ObjectRef, &'c Node)> {
    let spec = cluster.middlewares.get(namespace, name)?.spec.as_ref()?;
    Some((ObjectRef::namespaced("Middleware", namespace, name), spec))
}

/// Sends a request through a chain, in order.
pub fn pass(passage: &Passage<'_>, names: &[Name], request: &mut HttpRequest) -> Passed {
    let mut passing = Passing::default();
    match through(passage, names, request, &mut passing, DEPTH) {
        None => Passed::On(passing),
        Some(end) => end,
    }
}

fn through(
    passage: &Passage<'_>,
    names: &[Name],
    request: &mut HttpRequest,
    passing: &mut Passing,
    depth: usize,
) -> Option<Passed> {
    for name in names {
        let Some((reference, spec)) = find(passage.cluster, name) else {
            return Some(Passed::Unknown(name.line.clone()));
        };
        for entry in spec.entries() {
            let line = reference.field(format!("spec.{}", entry.key).as_str());
            passing.passed += 1;
            if passing.passed > MAX_MIDDLEWARES {
                return Some(Passed::Unknown(line));
            }
            let end = match (Kind::from_str(&entry.key).ok(), depth.checked_sub(1)) {
                (None, _) | (Some(Kind::Chain), None) => Some(Passed::Unknown(line)),
                (Some(Kind::Chain), Some(depth)) => {
                    let names = chained(&reference, &entry.value);
                    through(passage, &names, request, passing, depth)
                }
                (Some(kind), _) => one(passage, kind, &entry.value, line, request, passing),
            };
            if end.is_some() {
                return end;
            }
        }
    }
    None
}

/// The Middlewares of a chain, in the chain's namespace unless they say.
fn chained(reference: &ObjectRef, chain: &Node) -> Vec<Name> {
    let own = reference.namespace.clone().unwrap_or_default();
    let elements = chain.child("middlewares").map_or(&[][..], Node::elements).iter().enumerate();
    elements
        .filter_map(|(index, node)| {
            Some(Name {
                namespace: node.child("namespace").and_then(Node::text).cloned().unwrap_or_else(|| own.clone()),
                name: node.child("name")?.text()?.clone(),
                line: reference.field(format!("spec.chain.middlewares[{index}]").as_str()),
            })
        })
        .collect()
}

/// One middleware: None if the request goes on.
fn one(
    passage: &Passage<'_>,
    kind: Kind,
    node: &Node,
    line: FieldRef,
    request: &mut HttpRequest,
    passing: &mut Passing,
) -> Option<Passed> {
    let before = request.clone();
    let end = match kind {
        Kind::AddPrefix => add_prefix(node, request),
        Kind::StripPrefix => strip_prefix(node, request),
        Kind::StripPrefixRegex => strip_prefix_regex(node, request, &line),
        Kind::ReplacePath => replace_path(node, request),
        Kind::ReplacePathRegex => replace_path_regex(node, request, &line),
        Kind::RedirectScheme => redirect_scheme(node, request, passage.scheme, &line),
        Kind::RedirectRegex => redirect_regex(node, request, passage.scheme, &line),
        Kind::Headers => headers(node, request, passage.scheme, &line, passing),
        Kind::IpAllowList | Kind::IpWhiteList => allow_list(node, passage.client, request, &line),
        Kind::Buffering => too_large(node, request, &line),
        Kind::BasicAuth | Kind::DigestAuth if request.headers.value("Authorization").is_none() => {
            let mut response = HttpResponse { status: 401, ..HttpResponse::default() };
            if kind == Kind::BasicAuth {
                let realm = Some(text(node, "realm")).filter(|realm| !realm.is_empty()).unwrap_or("traefik");
                response.headers.add("WWW-Authenticate", &format!("Basic realm=\"{realm}\""));
            }
            Some(Passed::Answered(response, line.clone(), IngressRule::PasswordRequired))
        }
        quiet if !quiet.has_effect() => None,
        // Credentials that were sent may be right or wrong.
        _ => Some(Passed::Unknown(line.clone())),
    };
    if *request != before {
        passing.because.push(field(&line));
    }
    end
}

pub(super) fn text<'n>(node: &'n Node, key: &str) -> &'n str {
    node.child(key).and_then(Node::text).map_or("", |text| text)
}

pub(super) fn is(node: &Node, key: &str) -> bool {
    node.child(key).is_some_and(|node| node.value == Value::Bool(true))
}

pub(super) fn texts<'n>(node: &'n Node, key: &str) -> impl Iterator<Item = &'n str> {
    node.child(key).map_or(&[][..], Node::elements).iter().filter_map(|node| node.text().map(|text| &**text))
}

fn with_slash(path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("/{path}") }
}

fn add_prefix(node: &Node, request: &mut HttpRequest) -> Option<Passed> {
    request.path = format!("{}{}", with_slash(text(node, "prefix")), with_slash(&request.path));
    None
}

/// strip_prefix.go: the first prefix that fits; the rest begins with a slash.
fn strip_prefix(node: &Node, request: &mut HttpRequest) -> Option<Passed> {
    let fitting = texts(node, "prefixes").find_map(|prefix| {
        let prefix = prefix.trim();
        Some((prefix.to_owned(), request.path.strip_prefix(prefix)?.to_owned()))
    });
    if let Some((prefix, rest)) = fitting {
        request.path = with_slash(&rest);
        request.headers.add("X-Forwarded-Prefix", &prefix);
    }
    None
}

/// strip_prefix_regex.go: the first expression that matches at the start takes that part away.
fn strip_prefix_regex(node: &Node, request: &mut HttpRequest, line: &FieldRef) -> Option<Passed> {
    for expression in texts(node, "regex") {
        let pattern = Pattern::new(expression.trim(), Dialect::Re2, false);
        let Some(regex) = pattern.regex() else { return Some(Passed::Unknown(line.clone())) };
        let Some(found) = regex.find(&request.path).filter(|found| found.start() == 0 && !found.is_empty()) else {
            continue;
        };
        let (prefix, rest) = request.path.split_at_checked(found.end())?;
        let (prefix, rest) = (prefix.to_owned(), with_slash(rest));
        request.headers.add("X-Forwarded-Prefix", &prefix);
        request.path = rest;
        return None;
    }
    None
}

fn replace_path(node: &Node, request: &mut HttpRequest) -> Option<Passed> {
    let replaced = std::mem::replace(&mut request.path, with_slash(text(node, "path")));
    request.headers.add("X-Replaced-Path", &replaced);
    None
}

fn replace_path_regex(node: &Node, request: &mut HttpRequest, line: &FieldRef) -> Option<Passed> {
    let pattern = Pattern::new(text(node, "regex").trim(), Dialect::Re2, false);
    let Some(regex) = pattern.regex() else { return Some(Passed::Unknown(line.clone())) };
    let decoded = path::percent_decode(&request.path).unwrap_or_else(|| request.path.clone());
    if regex.is_match(&decoded) {
        if expands_too_far(&decoded, text(node, "replacement")) {
            return Some(Passed::Unknown(line.clone()));
        }
        let replaced = regex.replace_all(&decoded, text(node, "replacement").trim()).into_owned();
        let before = std::mem::replace(&mut request.path, path::percent_encode(&replaced));
        request.headers.add("X-Replaced-Path", &before);
    }
    None
}

/// The status of a redirect: 301 and 302 for GET, 308 and 307 for other methods (redirect.go).
pub fn redirect_code(method: &str, permanent: bool) -> u16 {
    match (method, permanent) {
        ("GET", true) => 301,
        ("GET", false) => 302,
        (_, true) => 308,
        (_, false) => 307,
    }
}

/// The request's address as redirects see it: the usual port is left out (redirect.go clientRequestURL).
fn address(request: &HttpRequest, scheme: Scheme) -> String {
    let usual = format!(":{}", scheme.default_port());
    let host = request.host.strip_suffix(usual.as_str()).unwrap_or(&request.host);
    format!("{}://{host}{}", scheme.name(), request.target())
}

fn redirect_scheme(node: &Node, request: &HttpRequest, from: Scheme, line: &FieldRef) -> Option<Passed> {
    let scheme = text(node, "scheme");
    let usual = if scheme == "https" { "443" } else { "80" };
    let port = Some(text(node, "port")).filter(|port| !port.is_empty() && *port != usual);
    let host = crate::packet::http::host_without_port(&request.host);
    let port = port.map(|port| format!(":{port}")).unwrap_or_default();
    let to = format!("{scheme}://{host}{port}{}", request.target());
    moved(node, request, from, line, to)
}

fn redirect_regex(node: &Node, request: &HttpRequest, scheme: Scheme, line: &FieldRef) -> Option<Passed> {
    let pattern = Pattern::new(text(node, "regex").trim(), Dialect::Re2, false);
    let Some(regex) = pattern.regex() else { return Some(Passed::Unknown(line.clone())) };
    let from = address(request, scheme);
    if expands_too_far(&from, text(node, "replacement")) {
        return Some(Passed::Unknown(line.clone()));
    }
    let to = regex.is_match(&from).then(|| regex.replace_all(&from, text(node, "replacement").trim()).into_owned())?;
    moved(node, request, scheme, line, to)
}

/// An address that stays the same is no redirect.
fn moved(node: &Node, request: &HttpRequest, scheme: Scheme, line: &FieldRef, to: String) -> Option<Passed> {
    if to == address(request, scheme) {
        return None;
    }
    let code = redirect_code(&request.method, is(node, "permanent"));
    Some(Passed::Answered(redirect(code, to), line.clone(), IngressRule::RedirectMiddleware))
}

/// An empty value takes a header away (headers.go). Host is the request's own host.
fn headers(
    node: &Node,
    request: &mut HttpRequest,
    scheme: Scheme,
    line: &FieldRef,
    passing: &mut Passing,
) -> Option<Passed> {
    let pairs = |key: &str| node.child(key).map_or(&[][..], Node::entries).iter();
    if let Some(end) = cross_origin(node, request, line, passing) {
        return Some(end);
    }
    if secure::refuses(node, request) {
        return Some(Passed::Answered(status(500), line.clone(), IngressRule::HostNotAllowed));
    }
    passing.response_headers.extend(secure::headers(node, scheme));
    for entry in pairs("customRequestHeaders") {
        let value = entry.value.text().map_or("", |text| text);
        match (entry.key.eq_ignore_ascii_case("host"), value.is_empty()) {
            (true, false) => request.host = value.to_owned(),
            (_, true) => request.headers.remove(&entry.key),
            (false, false) => request.headers.set(&entry.key, value),
        }
    }
    let added = pairs("customResponseHeaders").filter_map(|entry| {
        let value = entry.value.text().filter(|value| !value.is_empty())?;
        Some((entry.key.to_string(), value.to_string()))
    });
    passing.response_headers.extend(added);
    None
}

/// Cross-origin requests (headers.go processCorsHeaders, PostRequestModifyResponseHeaders): a preflight is answered, other
/// requests get to know their origin.
fn cross_origin(node: &Node, request: &HttpRequest, line: &FieldRef, passing: &mut Passing) -> Option<Passed> {
    let any = |key: &str| node.child(key).is_some_and(|list| !list.elements().is_empty());
    let lists = ["AllowHeaders", "AllowMethods", "AllowOriginList", "AllowOriginListRegex", "ExposeHeaders"];
    let is_configured = lists.iter().any(|name| any(&format!("accessControl{name}")))
        || is(node, "accessControlAllowCredentials")
        || is(node, "addVaryHeader")
        || matches!(node.child("accessControlMaxAge").map(|age| &age.value), Some(Value::Integer(1..)));
    let origin = request.headers.value("Origin").filter(|_| is_configured)?;
    let listed = texts(node, "accessControlAllowOriginList").find(|one| *one == "*" || *one == origin);
    let by_pattern = || {
        let mut patterns = texts(node, "accessControlAllowOriginListRegex");
        patterns.any(|pattern| Pattern::new(pattern, Dialect::Re2, false).is_match(origin) == Some(true))
    };
    let allowed = listed.or_else(|| by_pattern().then_some(origin));
    let mut headers: Vec<(String, String)> = Vec::new();
    headers.extend(allowed.map(|origin| ("Access-Control-Allow-Origin".to_owned(), origin.to_owned())));
    if is(node, "accessControlAllowCredentials") {
        headers.push(("Access-Control-Allow-Credentials".to_owned(), "true".to_owned()));
    }
    let mut list = |name: &str, key: &str| {
        let values: Vec<&str> = texts(node, key).collect();
        if !values.is_empty() {
            headers.push((name.to_owned(), values.join(",")));
        }
    };
    if request.method == "OPTIONS" && request.headers.value("Access-Control-Request-Method").is_some() {
        list("Access-Control-Allow-Headers", "accessControlAllowHeaders");
        list("Access-Control-Allow-Methods", "accessControlAllowMethods");
        let mut response = status(200);
        response.headers.0 = headers;
        return Some(Passed::Answered(response, line.clone(), IngressRule::CorsPreflight));
    }
    list("Access-Control-Expose-Headers", "accessControlExposeHeaders");
    passing.response_headers.append(&mut headers);
    None
}

/// A body beyond maxRequestBodyBytes (buffering.go).
fn too_large(node: &Node, request: &HttpRequest, line: &FieldRef) -> Option<Passed> {
    let limit = match node.child("maxRequestBodyBytes").map(|limit| &limit.value) {
        Some(Value::Integer(limit @ 1..)) => u64::try_from(*limit).ok()?,
        _ => return None,
    };
    (request.body_length > limit).then(|| Passed::Answered(status(413), line.clone(), IngressRule::BodyTooLarge))
}

/// The client as ipStrategy says (pkg/ip/strategy.go): the entry of X-Forwarded-For at a depth from its end, or the last
/// that isn't excluded; None where there is none, which no list allows.
fn by_strategy(node: &Node, client: IpAddr, request: &HttpRequest) -> Option<IpAddr> {
    let forwarded = addresses(request, "X-Forwarded-For");
    let depth = match node.child("ipStrategy").and_then(|it| it.child("depth")).map(|depth| &depth.value) {
        Some(Value::Integer(depth @ 1..)) => usize::try_from(*depth).ok(),
        _ => None,
    };
    let excluded: Vec<_> = node
        .child("ipStrategy")
        .map(|strategy| texts(strategy, "excludedIPs").filter_map(crate::ingress::nginx::parse_net).collect())
        .unwrap_or_default();
    match depth {
        Some(depth) => forwarded.iter().rev().nth(depth - 1)?.parse().ok(),
        None if excluded.is_empty() => Some(client),
        None => {
            let read = forwarded.iter().rev().filter_map(|entry| entry.parse::<IpAddr>().ok());
            let mut kept = read.filter(|address| !excluded.iter().any(|net| net.contains(address)));
            kept.next()
        }
    }
}

fn allow_list(node: &Node, client: IpAddr, request: &HttpRequest, line: &FieldRef) -> Option<Passed> {
    let nets: Vec<_> = texts(node, "sourceRange").filter_map(crate::ingress::nginx::parse_net).collect();
    let client = by_strategy(node, client, request);
    let allowed = client.is_some_and(|client| nets.iter().any(|net| net.contains(&client)));
    let code = match node.child("rejectStatusCode").map(|code| &code.value) {
        Some(Value::Integer(code)) => u16::try_from(*code).unwrap_or(403),
        _ => 403,
    };
    (!allowed).then(|| Passed::Answered(status(code), line.clone(), IngressRule::IpAllowList))
}
