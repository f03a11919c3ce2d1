//! The requests that manifests themselves suggest: each host and path with its boundaries, methods and headers that rules
//! name, every entrance, every workload against every Service.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;

use super::paths;
use super::probe::{ProbeAsk, ProbeHttp, ProbeRequest};
use crate::cluster::{Cluster, Service, ServiceKind, ServicePort};
use crate::manifest::DEFAULT_NAMESPACE;
use crate::model::{HttpRoute, HttpRouteMatch, Ingress, IngressRoute, Labels, Metadata, NamedMatch};
use crate::packet::Protocol;
use crate::routing_test;
use crate::source::ObjectRef;

/// What is asked, and what is left out.
#[derive(Clone, Debug, Default)]
pub struct DerivedRequests {
    /// The requests.
    pub requests: Vec<ProbeRequest>,
    /// What was left out, in words.
    pub not_asked: Vec<String>,
}

/// A rule that takes HTTP requests.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct HttpRuleShape {
    entrance: String,
    host: Option<String>,
    secure: bool,
    path: String,
    is_regex: bool,
    method: Option<String>,
    headers: Vec<(String, String)>,
    query: Option<String>,
    /// What makes rules alike at their boundaries: kind of path, annotations.
    alike: String,
}

/// The requests of a file of routing tests, whatever they expect.
pub fn requests_of_tests(text: &str) -> Result<DerivedRequests, String> {
    let cases = routing_test::read(text)?;
    let asked = cases.into_iter().flat_map(|case| case.requests);
    let requests = asked.map(|asked| ProbeRequest { from: asked.from, command: asked.run, ask: ProbeAsk::Command });
    let requests: BTreeSet<ProbeRequest> = requests.collect();
    Ok(DerivedRequests { requests: requests.into_iter().collect(), not_asked: Vec::new() })
}

/// Requests for both sets together: each is asked of both.
pub fn derive_requests(clusters: &[&Cluster], limit: usize) -> DerivedRequests {
    let mut derived = DerivedRequests::default();
    let rules: BTreeSet<HttpRuleShape> = clusters.iter().flat_map(|cluster| http_rules(cluster)).collect();
    // 1. Every rule's own path, in the clear and inside TLS; then without the method and the headers that it names.
    let mut all: Vec<ProbeRequest> = rules.iter().flat_map(own_requests).collect();
    // 2. Every entrance that isn't HTTP's, and every pair inside.
    all.extend(clusters.iter().flat_map(|cluster| entrances(cluster)));
    let pairs: BTreeSet<ProbeRequest> = clusters.iter().flat_map(|cluster| pairs(cluster)).collect();
    if all.len() + pairs.len() > limit {
        derived
            .not_asked
            .push(format!("{} pairs of workload and Service", (all.len() + pairs.len()).saturating_sub(limit)));
    }
    all.extend(pairs);
    // 3. The boundaries of every rule; where those are too many, of one rule among those that are alike.
    let around = |rule: &HttpRuleShape| {
        let rule = rule.clone();
        paths::boundaries(&rule.path, rule.is_regex).into_iter().map(move |path| request(&rule, path, rule.secure))
    };
    let left = limit.saturating_sub(all.len());
    let edges: Vec<ProbeRequest> = rules.iter().take(limit).flat_map(around).take(left + 1).collect();
    if edges.len() > left {
        let mut kinds: BTreeMap<(&str, bool), &HttpRuleShape> = BTreeMap::new();
        for rule in &rules {
            kinds.entry((&rule.alike, rule.is_regex)).or_insert(rule);
        }
        derived.not_asked.push(format!(
            "the boundaries of {} paths: of rules that are alike, those of one were asked",
            rules.len().saturating_sub(kinds.len())
        ));
        all.extend(kinds.into_values().flat_map(around));
    } else {
        all.extend(edges);
    }
    let mut seen = BTreeSet::new();
    all.retain(|request| seen.insert(request.clone()));
    all.truncate(limit);
    derived.requests = all;
    derived
}

fn request(rule: &HttpRuleShape, path: String, secure: bool) -> ProbeRequest {
    let target = match (&rule.query, path.contains('?')) {
        (Some(query), false) => format!("{path}?{query}"),
        _ => path,
    };
    ProbeRequest::http(ProbeHttp {
        secure,
        host: rule.host.clone(),
        entrance: rule.entrance.clone(),
        method: rule.method.clone().unwrap_or_else(|| "GET".to_owned()),
        target,
        headers: rule.headers.clone(),
    })
}

/// The path of a rule as the rule wants it, and without what it wants besides.
fn own_requests(rule: &HttpRuleShape) -> Vec<ProbeRequest> {
    let mut requests = Vec::new();
    let plain = HttpRuleShape { method: None, headers: Vec::new(), query: None, ..rule.clone() };
    for path in paths::exact(&rule.path, rule.is_regex) {
        requests.push(request(rule, path.clone(), false));
        if rule.secure || rule.host.is_some() && path == "/" {
            requests.push(request(rule, path.clone(), true));
        }
        if plain != *rule {
            requests.push(request(&plain, path.clone(), rule.secure));
            let other = |(name, _): &(String, String)| (name.clone(), "other".to_owned());
            let headers: Vec<(String, String)> = rule.headers.iter().map(other).collect();
            requests.push(request(&HttpRuleShape { headers, ..rule.clone() }, path, rule.secure));
        }
    }
    requests
}

fn http_rules(cluster: &Cluster) -> Vec<HttpRuleShape> {
    let ingresses = cluster.ingresses.values().flat_map(|ingress| of_ingress(ingress));
    let routes = cluster.http_routes.values().flat_map(|route| of_route(cluster, route));
    let traefik = cluster.ingress_routes.values().flat_map(|route| of_ingress_route(route));
    ingresses.chain(routes).chain(traefik).collect()
}

/// A host with a wildcard gets a label.
fn named(host: &str) -> String {
    host.replacen('*', "a", 1)
}

const NGINX: &str = "nginx.ingress.kubernetes.io/";

fn annotation<'a>(annotations: &'a Labels, name: &str) -> Option<&'a str> {
    annotations.get(format!("{NGINX}{name}").as_str()).map(|value| &**value)
}

fn of_ingress(ingress: &Ingress) -> Vec<HttpRuleShape> {
    let annotations = &ingress.metadata.annotations;
    let secured = |host: &str| ingress.spec.tls.iter().any(|tls| tls.hosts.iter().any(|name| &**name == host));
    let names: Vec<&str> = annotations.keys().map(|name| &**name).collect();
    let uses_regex =
        annotation(annotations, "use-regex") == Some("true") || annotation(annotations, "rewrite-target").is_some();
    let mut rules = Vec::new();
    for rule in &ingress.spec.rules {
        let host = rule.host.as_deref();
        let secure = host.is_some_and(secured);
        for path in rule.http.iter().flat_map(|http| &http.paths) {
            let kind = path.path_type.as_deref().unwrap_or("ImplementationSpecific");
            let text = path.path.as_deref().unwrap_or("/");
            let shape = HttpRuleShape {
                entrance: "INGRESS".to_owned(),
                host: host.map(named),
                secure,
                path: text.to_owned(),
                is_regex: uses_regex && kind != "Exact" && paths::is_expression(text),
                alike: format!("{kind} {} {}", text == "/", names.join(" ")),
                ..HttpRuleShape::default()
            };
            rules.extend(by_annotations(annotations, &shape));
            rules.push(shape);
        }
    }
    if ingress.spec.default_backend.is_some() {
        let path = "/".to_owned();
        rules.push(HttpRuleShape { entrance: "INGRESS".to_owned(), path, ..HttpRuleShape::default() });
    }
    rules
}

/// What annotations of ingress-nginx let somebody ask besides: canaries, other hosts, the root.
fn by_annotations(annotations: &Labels, shape: &HttpRuleShape) -> Vec<HttpRuleShape> {
    let mut more = Vec::new();
    if let Some(header) = annotation(annotations, "canary-by-header") {
        let value = annotation(annotations, "canary-by-header-value").unwrap_or("always");
        more.push(HttpRuleShape { headers: vec![(header.to_owned(), value.to_owned())], ..shape.clone() });
    }
    if let Some(cookie) = annotation(annotations, "canary-by-cookie") {
        let headers = vec![("Cookie".to_owned(), format!("{cookie}=always"))];
        more.push(HttpRuleShape { headers, ..shape.clone() });
    }
    let aliases = annotation(annotations, "server-alias").unwrap_or_default();
    for alias in aliases.split(',').map(str::trim).filter(|alias| !alias.is_empty() && !alias.starts_with('~')) {
        more.push(HttpRuleShape { host: Some(named(alias)), ..shape.clone() });
    }
    if let (Some("true"), Some(host)) = (annotation(annotations, "from-to-www-redirect"), &shape.host) {
        let other = host.strip_prefix("www.").map_or_else(|| format!("www.{host}"), str::to_owned);
        more.push(HttpRuleShape { host: Some(other), ..shape.clone() });
    }
    if annotation(annotations, "app-root").is_some() {
        more.push(HttpRuleShape { path: "/".to_owned(), ..shape.clone() });
    }
    if annotation(annotations, "enable-cors") == Some("true") {
        let headers = vec![("Origin".to_owned(), "https://origin.example".to_owned())];
        more.push(HttpRuleShape { method: Some("OPTIONS".to_owned()), headers, ..shape.clone() });
    }
    more
}

fn namespace_of(metadata: &Metadata) -> &str {
    if metadata.namespace.is_empty() { DEFAULT_NAMESPACE } else { &metadata.namespace }
}

fn of_route(cluster: &Cluster, route: &HttpRoute) -> Vec<HttpRuleShape> {
    let namespace = namespace_of(&route.metadata);
    let is_gateway = |kind: Option<&str>| kind.is_none_or(|kind| kind == "Gateway");
    let parent = route.spec.parent_refs.iter().find(|parent| is_gateway(parent.kind.as_deref()));
    let gateway = parent.map(|parent| (parent.namespace.as_deref().unwrap_or(namespace), &*parent.name));
    let entrance =
        gateway.map_or_else(|| "GATEWAY".to_owned(), |(namespace, name)| format!("GATEWAY({namespace}/{name})"));
    let listeners = gateway.and_then(|(namespace, name)| cluster.gateways.get(namespace, name));
    let listeners = || listeners.iter().flat_map(|gateway| &gateway.spec.listeners);
    let secure = listeners().any(|listener| &*listener.protocol == "HTTPS");
    let mut hosts: Vec<Option<String>> = route.spec.hostnames.iter().map(|host| Some(named(host))).collect();
    if hosts.is_empty() {
        hosts.extend(listeners().filter_map(|listener| listener.hostname.as_deref()).map(|host| Some(named(host))));
    }
    if hosts.is_empty() {
        hosts.push(None);
    }
    let mut rules = Vec::new();
    for rule in &route.spec.rules {
        let filters: Vec<&str> = rule.filters.iter().map(|filter| &*filter.kind).collect();
        let everything = [HttpRouteMatch::default()];
        let matches = if rule.matches.is_empty() { &everything[..] } else { &rule.matches };
        for (one, host) in matches.iter().flat_map(|one| hosts.iter().map(move |host| (one, host))) {
            let kind = one.path.as_ref().and_then(|path| path.kind.as_deref()).unwrap_or("PathPrefix");
            let text = one.path.as_ref().and_then(|path| path.value.as_deref()).unwrap_or("/");
            rules.push(HttpRuleShape {
                entrance: entrance.clone(),
                host: host.clone(),
                secure,
                path: text.to_owned(),
                is_regex: kind == "RegularExpression",
                method: one.method.as_deref().map(str::to_owned),
                headers: one.headers.iter().map(sample_of).collect(),
                query: query(&one.query_params),
                alike: format!("{kind} {} {}", text == "/", filters.join(" ")),
            });
        }
    }
    rules
}

/// A header or a parameter that holds.
fn sample_of(one: &NamedMatch) -> (String, String) {
    let value = match one.kind.as_deref() {
        Some("RegularExpression") => {
            let sample = paths::samples(&one.value).into_iter().next().unwrap_or_default();
            sample.strip_prefix('/').map_or(sample.clone(), str::to_owned)
        }
        _ => one.value.to_string(),
    };
    (one.name.to_string(), value)
}

fn query(parameters: &[NamedMatch]) -> Option<String> {
    let parts: Vec<String> = parameters.iter().map(sample_of).map(|(name, value)| format!("{name}={value}")).collect();
    (!parts.is_empty()).then(|| parts.join("&"))
}

fn of_ingress_route(route: &IngressRoute) -> Vec<HttpRuleShape> {
    let secure = route.spec.tls.is_some() || route.spec.entry_points.iter().any(|point| &**point == "websecure");
    route.spec.routes.iter().flat_map(|route| of_rule_text(&route.rule, secure)).collect()
}

/// The literals in a rule of Traefik: each host with each path, and the methods and headers that are named.
fn of_rule_text(rule: &str, secure: bool) -> Vec<HttpRuleShape> {
    let calls = calls(rule);
    let of = |names: &[&str]| -> Vec<&Vec<String>> {
        calls.iter().filter(|(name, _)| names.contains(&name.as_str())).map(|(_, arguments)| arguments).collect()
    };
    let mut hosts: Vec<Option<String>> = of(&["Host"]).into_iter().flatten().map(|host| Some(named(host))).collect();
    hosts.extend(of(&["HostRegexp"]).into_iter().flatten().filter_map(|expression| {
        let sample = paths::samples(expression).into_iter().next()?;
        Some(sample.strip_prefix('/').map(str::to_owned))
    }));
    if hosts.is_empty() {
        hosts.push(None);
    }
    let plain = of(&["Path", "PathPrefix"]).into_iter().flatten().map(|path| (path.clone(), false));
    let regex = of(&["PathRegexp"]).into_iter().flatten().map(|path| (path.clone(), true));
    let mut paths: Vec<(String, bool)> = plain.chain(regex).collect();
    if paths.is_empty() {
        paths.push(("/".to_owned(), false));
    }
    let method = of(&["Method"]).into_iter().flatten().next().cloned();
    let pair = |arguments: &Vec<String>| match arguments.as_slice() {
        [name, value, ..] => Some((name.clone(), value.clone())),
        _ => None,
    };
    let headers: Vec<(String, String)> = of(&["Header", "Headers"]).into_iter().filter_map(pair).collect();
    let query = of(&["Query"]).into_iter().filter_map(pair).map(|(name, value)| format!("{name}={value}")).next();
    let shape = |(host, (path, is_regex)): (&Option<String>, &(String, bool))| HttpRuleShape {
        entrance: "INGRESS".to_owned(),
        host: host.clone(),
        secure,
        path: path.clone(),
        is_regex: *is_regex,
        method: method.clone(),
        headers: headers.clone(),
        query: query.clone(),
        alike: calls.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" "),
    };
    hosts.iter().flat_map(|host| paths.iter().map(move |path| (host, path))).map(shape).collect()
}

/// ``Name(`a`, `b`)``, each with what stands in its quotes.
fn calls(rule: &str) -> Vec<(String, Vec<String>)> {
    let mut calls = Vec::new();
    let mut rest = rule;
    while let Some((before, after)) = rest.split_once('(') {
        let name: String = before.chars().rev().take_while(|c| c.is_ascii_alphanumeric()).collect();
        let name: String = name.chars().rev().collect();
        let quote = |c: char| c == '`' || c == '"' || c == '\'';
        if name.is_empty() || !after.trim_start().starts_with(quote) {
            rest = after;
            continue;
        }
        let (mut arguments, mut text) = (Vec::new(), after);
        while let Some(inner) = text.trim_start().strip_prefix(quote) {
            let Some((argument, behind)) = inner.split_once(quote) else { break };
            arguments.push(argument.to_owned());
            text = behind.trim_start().trim_start_matches(',');
        }
        calls.push((name, arguments));
        rest = text;
    }
    calls
}

/// Load balancers, external addresses and node ports.
fn entrances(cluster: &Cluster) -> Vec<ProbeRequest> {
    let mut requests = Vec::new();
    for service in own_services(cluster) {
        let whole = service.reference.qualified_name();
        for port in service.ports.iter().filter(|port| port.protocol == Protocol::Tcp) {
            let outside = |command: String, ask| ProbeRequest { from: "external".to_owned(), command, ask };
            if service.kind == ServiceKind::LoadBalancer {
                requests.push(outside(format!("nc -zv LB({whole}) {}", port.port), ProbeAsk::Command));
            }
            for address in &service.external_ips {
                requests
                    .push(outside(format!("nc -zv {address} {}", port.port), ProbeAsk::Address(*address, port.port)));
            }
            if port.node_port.is_some() {
                let ask = ProbeAsk::NodePort {
                    namespace: service.namespace().to_owned(),
                    name: service.name().to_owned(),
                    port: port.port,
                };
                requests.push(outside(format!("nc -zv NODE-PORT-OF({whole}) {}", port.port), ask));
            }
        }
    }
    requests
}

fn own_services(cluster: &Cluster) -> impl Iterator<Item = &Service> {
    cluster.services.values().filter(|service| !cluster.is_supplied(&service.reference))
}

/// Every workload and pod by itself asks every Service, and the addresses outside that policies are about.
fn pairs(cluster: &Cluster) -> Vec<ProbeRequest> {
    let addresses = addresses(cluster);
    let services: Vec<(&Service, &ServicePort)> =
        own_services(cluster).flat_map(|service| service.ports.iter().map(move |port| (service, port))).collect();
    let mut requests = Vec::new();
    for from in callers(cluster) {
        for (service, port) in &services {
            let name = format!("{}.{}", service.name(), service.namespace());
            let command = match port.protocol {
                Protocol::Udp => format!("nc -zuv {name} {}", port.port),
                _ => format!("nc -zv {name} {}", port.port),
            };
            let ask = ProbeAsk::Service { name, port: port.port, protocol: port.protocol };
            requests.push(ProbeRequest { from: from.clone(), command, ask });
        }
        for address in &addresses {
            let command = format!("nc -zv {address} 443");
            requests.push(ProbeRequest { from: from.clone(), command, ask: ProbeAsk::Address(*address, 443) });
        }
    }
    requests
}

/// Who asks inside: workloads, pods by themselves.
fn callers(cluster: &Cluster) -> Vec<String> {
    let own = cluster.pods.values().filter_map(|pod| pod.workload.as_ref());
    // A client is named by kinds that `--from` takes.
    let is_caller = |workload: &&ObjectRef| !cluster.is_supplied(workload) && cluster.workloads.contains_key(*workload);
    let workloads: BTreeSet<&ObjectRef> =
        own.filter(is_caller).filter(|workload| &*workload.kind != "CronJob").collect();
    let workloads =
        workloads.into_iter().map(|one| format!("{}/{}", one.kind.to_ascii_lowercase(), one.qualified_name()));
    let alone = cluster.pods.values().filter(|pod| pod.workload.is_none() && !cluster.is_supplied(&pod.reference));
    workloads.chain(alone.map(|pod| format!("pod/{}", pod.reference.qualified_name()))).collect()
}

/// An address outside, and the first of each network that a policy names or leaves out.
fn addresses(cluster: &Cluster) -> BTreeSet<IpAddr> {
    let mut all: BTreeSet<IpAddr> = BTreeSet::new();
    if cluster.network_policies.values().next().is_none() {
        return all;
    }
    all.insert([198, 51, 100, 1].into());
    for policy in cluster.network_policies.values() {
        let peers = policy.spec.egress.iter().flat_map(|rule| &rule.to);
        for block in peers.filter_map(|peer| peer.ip_block.as_ref()) {
            let networks = std::iter::once(&block.cidr).chain(&block.except);
            all.extend(
                networks
                    .filter_map(|network| network.parse::<IpNet>().ok())
                    .filter_map(|network| network.hosts().next()),
            );
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_a_rule() {
        let found = calls("Host(`a.example.com`, `b`) && (PathPrefix(`/x`) || !Method(\"POST\"))");
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["Host", "PathPrefix", "Method"]);
        assert_eq!(found[0].1, ["a.example.com", "b"]);
    }
}
