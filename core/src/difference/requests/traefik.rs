//! What Traefik's own routes take: the literals in their rules.

use std::collections::BTreeSet;

use super::{HttpRuleShape, named, route};
use crate::difference::paths;
use crate::difference::probe::ProbeRequest;
use crate::ingress::OpenEntryPoint;
use crate::model::{IngressRoute, IngressRouteTcp, Labels};

/// The rules of a route, at the usual ports and at those of the entry points that it names.
pub fn of_ingress_route(route: &IngressRoute, points: &BTreeSet<OpenEntryPoint>) -> Vec<HttpRuleShape> {
    let secure = route.spec.tls.is_some() || route.spec.entry_points.iter().any(|point| &**point == "websecure");
    let usual: Vec<HttpRuleShape> =
        route.spec.routes.iter().flat_map(|route| of_rule_text(&route.rule, secure)).collect();
    let names: Vec<&str> = route.spec.entry_points.iter().map(|name| &**name).collect();
    let own = at_entry_points(&usual, points, &names, route.spec.tls.is_some());
    usual.into_iter().chain(own).collect()
}

/// The annotation by which an Ingress names entry points.
const ENTRY_POINTS: &str = "traefik.ingress.kubernetes.io/router.entrypoints";
/// The annotation by which an Ingress is for TLS alone.
const TLS: &str = "traefik.ingress.kubernetes.io/router.tls";

/// The rules of an Ingress at the entry points that its annotation names.
pub fn of_annotations(
    annotations: &Labels,
    rules: &[HttpRuleShape],
    points: &BTreeSet<OpenEntryPoint>,
) -> Vec<HttpRuleShape> {
    let names = annotations.get(ENTRY_POINTS).map(|names| &**names).unwrap_or_default();
    let names: Vec<&str> = names.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    at_entry_points(rules, points, &names, annotations.get(TLS).is_some_and(|value| &**value == "true"))
}

/// Rules at the entry points that are named, or at those which routers without names use; but for the usual ports, at which
/// they are asked anyway.
fn at_entry_points(
    rules: &[HttpRuleShape],
    points: &BTreeSet<OpenEntryPoint>,
    names: &[&str],
    tls: bool,
) -> Vec<HttpRuleShape> {
    let meant = |point: &&OpenEntryPoint| {
        let named = if names.is_empty() { point.usual } else { names.contains(&point.name.as_str()) };
        let has_usual_port = [80, 443].contains(&point.port) || ["web", "websecure"].contains(&point.name.as_str());
        named && !has_usual_port
    };
    let at = |point: &OpenEntryPoint, rule: &HttpRuleShape| {
        let only_secure = tls || point.tls;
        HttpRuleShape { port: Some(point.port), secure: only_secure, only_secure, ..rule.clone() }
    };
    points.iter().filter(meant).flat_map(|point| rules.iter().map(move |rule| at(point, rule))).collect()
}

/// A handshake for each name, and for one beside it.
pub fn of_ingress_route_tcp(route: &IngressRouteTcp) -> Vec<ProbeRequest> {
    let rules = route.spec.routes.iter().flat_map(|route| calls(&route.rule));
    let names = rules.filter(|(name, _)| name == "HostSNI").flat_map(|(_, names)| names);
    let names = names.filter(|name| name != "*").flat_map(|name| [format!("deeper.{name}"), named(&name)]);
    names.map(|name| route::handshake(name, "INGRESS", None)).collect()
}

/// The literals in a rule of Traefik: each host with each path, and the methods and headers that are named.
fn of_rule_text(rule: &str, secure: bool) -> Vec<HttpRuleShape> {
    // 1. The matchers that the rule calls.
    let calls = calls(rule);
    let of = |names: &[&str]| -> Vec<&Vec<String>> {
        calls.iter().filter(|(name, _)| names.contains(&name.as_str())).map(|(_, arguments)| arguments).collect()
    };
    // 2. Hosts, those of expressions by a sample.
    let mut hosts: Vec<Option<String>> = of(&["Host"]).into_iter().flatten().map(|host| Some(named(host))).collect();
    hosts.extend(of(&["HostRegexp"]).into_iter().flatten().filter_map(|expression| {
        let sample = paths::samples(expression).into_iter().next()?;
        Some(sample.strip_prefix('/').map(str::to_owned))
    }));
    if hosts.is_empty() {
        hosts.push(None);
    }
    // 3. Paths.
    let plain = of(&["Path", "PathPrefix"]).into_iter().flatten().map(|path| (path.clone(), false));
    let regex = of(&["PathRegexp"]).into_iter().flatten().map(|path| (path.clone(), true));
    let mut paths: Vec<(String, bool)> = plain.chain(regex).collect();
    if paths.is_empty() {
        paths.push(("/".to_owned(), false));
    }
    // 4. The first method, header and query parameter of each kind.
    let method = of(&["Method"]).into_iter().flatten().next().cloned();
    let pair = |arguments: &Vec<String>| match arguments.as_slice() {
        [name, value, ..] => Some((name.clone(), value.clone())),
        _ => None,
    };
    let headers: Vec<(String, String)> = of(&["Header", "Headers"]).into_iter().filter_map(pair).collect();
    let query = of(&["Query"]).into_iter().filter_map(pair).map(|(name, value)| format!("{name}={value}")).next();
    // 5. Each host with each path.
    let shape = |(host, (path, is_regex)): (&Option<String>, &(String, bool))| HttpRuleShape {
        host: host.clone(),
        secure,
        path: path.clone(),
        is_regex: *is_regex,
        method: method.clone(),
        headers: headers.clone(),
        query: query.clone(),
        alike: calls.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" "),
        ..HttpRuleShape::default()
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
