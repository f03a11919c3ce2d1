//! What routes of the Gateway API take, at each listener that they attach to.

use std::collections::BTreeSet;

use super::{HttpRuleShape, named};
use crate::cluster::Cluster;
use crate::difference::paths;
use crate::difference::probe::{ProbeAsk, ProbeHttp, ProbeRequest};
use crate::entrances::{AttachedListener, attached_listeners};
use crate::manifest::DEFAULT_NAMESPACE;
use crate::model::{GrpcMethodMatch, GrpcRoute, HttpRoute, HttpRouteMatch, Metadata, NamedMatch, Text, TlsRoute};

fn namespace_of(metadata: &Metadata) -> &str {
    if metadata.namespace.is_empty() { DEFAULT_NAMESPACE } else { &metadata.namespace }
}

/// The port that clients must name, at a listener.
fn own_port(listener: &AttachedListener<'_>, usual: u16) -> Option<u16> {
    u16::try_from(listener.listener.port).ok().filter(|port| *port != usual)
}

/// The route's hosts, else the listener's; None for its address.
fn hosts(hostnames: &[Text], listener: &AttachedListener<'_>) -> Vec<Option<String>> {
    let of_listener = || listener.listener.hostname.as_deref().filter(|host| !host.is_empty());
    match hostnames {
        [] => vec![of_listener().map(named)],
        some => some.iter().map(|host| Some(named(host))).collect(),
    }
}

/// Each match of an HTTPRoute at each listener and host.
pub fn of_http(cluster: &Cluster, route: &HttpRoute) -> Vec<HttpRuleShape> {
    let namespace = namespace_of(&route.metadata);
    let mut rules = Vec::new();
    for attached in attached_listeners(cluster, namespace, &route.spec.parent_refs, &["HTTP", "HTTPS"]) {
        let secure = &*attached.listener.protocol == "HTTPS";
        let shape = HttpRuleShape {
            entrance: attached.gateway.clone(),
            port: own_port(&attached, if secure { 443 } else { 80 }),
            secure,
            only_secure: secure,
            ..HttpRuleShape::default()
        };
        for host in hosts(&route.spec.hostnames, &attached) {
            rules.extend(matches(route, &HttpRuleShape { host, ..shape.clone() }));
        }
    }
    rules
}

fn matches(route: &HttpRoute, shape: &HttpRuleShape) -> Vec<HttpRuleShape> {
    let mut rules = Vec::new();
    for rule in &route.spec.rules {
        let filters: Vec<&str> = rule.filters.iter().map(|filter| &*filter.kind).collect();
        let everything = [HttpRouteMatch::default()];
        let matches = if rule.matches.is_empty() { &everything[..] } else { &rule.matches };
        for one in matches {
            let kind = one.path.as_ref().and_then(|path| path.kind.as_deref()).unwrap_or("PathPrefix");
            let text = one.path.as_ref().and_then(|path| path.value.as_deref()).unwrap_or("/");
            rules.push(HttpRuleShape {
                path: text.to_owned(),
                is_regex: kind == "RegularExpression",
                method: one.method.as_deref().map(str::to_owned),
                headers: one.headers.iter().map(sample_of).collect(),
                query: query(&one.query_params),
                alike: format!("{kind} {} {}", text == "/", filters.join(" ")),
                ..shape.clone()
            });
        }
    }
    rules
}

/// A text that an expression takes, without the slash in front.
fn sample(expression: &str) -> String {
    let sample = paths::samples(expression).into_iter().next().unwrap_or_default();
    sample.strip_prefix('/').map_or(sample.clone(), str::to_owned)
}

/// A header or a parameter that holds.
fn sample_of(one: &NamedMatch) -> (String, String) {
    let value = match one.kind.as_deref() {
        Some("RegularExpression") => sample(&one.value),
        _ => one.value.to_string(),
    };
    (one.name.to_string(), value)
}

fn query(parameters: &[NamedMatch]) -> Option<String> {
    let parts: Vec<String> = parameters.iter().map(sample_of).map(|(name, value)| format!("{name}={value}")).collect();
    (!parts.is_empty()).then(|| parts.join("&"))
}

/// A call of gRPC, until it is a command.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct GrpcCall {
    service: String,
    method: String,
    headers: Vec<(String, String)>,
}

/// Each match of a GRPCRoute as a call, and the calls beside it: without its headers, of another method, of another
/// service, in other case.
pub fn of_grpc(cluster: &Cluster, route: &GrpcRoute) -> Vec<ProbeRequest> {
    let calls: BTreeSet<GrpcCall> = route
        .spec
        .rules
        .iter()
        .flat_map(|rule| match rule.matches.as_slice() {
            [] => beside(&call(None, &[])),
            some => some.iter().flat_map(|one| beside(&call(one.method.as_ref(), &one.headers))).collect(),
        })
        .collect();
    let mut requests = Vec::new();
    for attached in
        attached_listeners(cluster, namespace_of(&route.metadata), &route.spec.parent_refs, &["HTTP", "HTTPS"])
    {
        for host in hosts(&route.spec.hostnames, &attached) {
            requests.extend(calls.iter().map(|call| call.request(&attached, host.as_deref())));
        }
    }
    requests
}

fn call(method: Option<&GrpcMethodMatch>, headers: &[NamedMatch]) -> GrpcCall {
    let is_regex = method.is_some_and(|method| method.kind.as_deref() == Some("RegularExpression"));
    let part = |text: Option<&Text>, usual: &str| match text {
        Some(expression) if is_regex => sample(expression),
        Some(text) => text.to_string(),
        None => usual.to_owned(),
    };
    GrpcCall {
        service: part(method.and_then(|method| method.service.as_ref()), "example.Service"),
        method: part(method.and_then(|method| method.method.as_ref()), "Method"),
        headers: headers.iter().map(sample_of).collect(),
    }
}

fn beside(call: &GrpcCall) -> Vec<GrpcCall> {
    vec![
        call.clone(),
        GrpcCall { headers: Vec::new(), ..call.clone() },
        GrpcCall { method: "Other".to_owned(), ..call.clone() },
        GrpcCall { method: call.method.to_ascii_uppercase(), ..call.clone() },
        GrpcCall { service: format!("{}s", call.service), ..call.clone() },
    ]
}

impl GrpcCall {
    fn request(&self, attached: &AttachedListener<'_>, host: Option<&str>) -> ProbeRequest {
        let option = if &*attached.listener.protocol == "HTTPS" { "-insecure" } else { "-plaintext" };
        let headers: String = self.headers.iter().map(|(name, value)| format!(" -H '{name}: {value}'")).collect();
        let host = host.map(|host| format!(" -authority {host}")).unwrap_or_default();
        let (gateway, port) = (&attached.gateway, attached.listener.port);
        let command = format!("grpcurl {option}{headers}{host} {gateway}:{port} {}/{}", self.service, self.method);
        ProbeRequest::command(command)
    }
}

/// A handshake for each name of a TLSRoute, and for one that it doesn't name.
pub fn of_tls(cluster: &Cluster, route: &TlsRoute) -> Vec<ProbeRequest> {
    let mut requests = Vec::new();
    for attached in attached_listeners(cluster, namespace_of(&route.metadata), &route.spec.parent_refs, &["TLS"]) {
        let named = hosts(&route.spec.hostnames, &attached).into_iter().flatten();
        let names: Vec<String> = named.flat_map(|host| [format!("deeper.{host}"), host]).collect();
        let port = own_port(&attached, 443);
        requests.extend(names.into_iter().map(|host| handshake(host, &attached.gateway, port)));
    }
    requests
}

/// TLS to a name, by way of an entrance.
pub fn handshake(host: String, entrance: &str, port: Option<u16>) -> ProbeRequest {
    ProbeRequest::http(ProbeHttp {
        secure: true,
        host: Some(host),
        entrance: entrance.to_owned(),
        port,
        method: "GET".to_owned(),
        target: "/".to_owned(),
        headers: Vec::new(),
    })
}

/// A connection to each listener that hands everything on.
pub fn forwarded(cluster: &Cluster) -> Vec<ProbeRequest> {
    let tcp = cluster.tcp_routes.values().map(|route| (&route.metadata, &route.spec, "TCP", "nc -zv"));
    let udp = cluster.udp_routes.values().map(|route| (&route.metadata, &route.spec, "UDP", "nc -zuv"));
    let mut requests = Vec::new();
    for (metadata, spec, protocol, tool) in tcp.chain(udp) {
        let listeners = attached_listeners(cluster, namespace_of(metadata), &spec.parent_refs, &[protocol]);
        requests.extend(listeners.into_iter().map(|attached| ProbeRequest {
            from: "external".to_owned(),
            command: format!("{tool} {} {}", attached.gateway, attached.listener.port),
            ask: ProbeAsk::Command,
        }));
    }
    requests
}
