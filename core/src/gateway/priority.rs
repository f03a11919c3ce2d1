//! The priority that Traefik gives to the router of a match (httproute.go buildMatchRule, grpcroute.go buildGRPCMatchRule).

use super::matching::RouteTableEntry;
use super::route::{PathMatcher, RouteKind, WordMatcher};

/// The greater one takes a request; of equal ones Traefik takes one by chance.
pub fn router_priority(entry: &RouteTableEntry) -> usize {
    match entry.route.kind {
        RouteKind::Grpc => entry.longest_host + call_rule(entry).len(),
        RouteKind::Http | RouteKind::Tls | RouteKind::Tcp | RouteKind::Udp => {
            let wanted = entry.wanted();
            let method = if wanted.method.is_some() { 1000 } else { 0 };
            let rest = wanted.headers.len() * 100 + wanted.query.len() * 10;
            let earlier = entry.route.rules.len().saturating_sub(entry.rule);
            path_priority(&wanted.path) + method + rest + entry.longest_host + earlier
        }
    }
}

fn path_priority(path: &PathMatcher) -> usize {
    match path {
        PathMatcher::Exact(_) => 100_000,
        PathMatcher::Prefix(text) if &**text == "/" => 1,
        PathMatcher::Prefix(text) => 10_000 + text.len() * 100,
        PathMatcher::Expression(expression) => 10_000 + expression.source().len() * 100,
        PathMatcher::Call { .. } => 0,
    }
}

/// The rule of a call, but for its hosts; its length counts.
fn call_rule(entry: &RouteTableEntry) -> String {
    let (service, method) = match entry.path() {
        PathMatcher::Call { service, method } => (service.as_ref(), method.as_ref()),
        PathMatcher::Exact(_) | PathMatcher::Prefix(_) | PathMatcher::Expression(_) => (None, None),
    };
    let part = |word: Option<&WordMatcher>| match word {
        None => "[^/]+".to_owned(),
        Some(WordMatcher::Exact(text)) => regex_quoted(text),
        Some(WordMatcher::Expression(expression)) => expression.source().to_owned(),
    };
    let path = match (service, method) {
        (None, None) => "PathPrefix(\"/\")".to_owned(),
        _ => format!("PathRegexp({:?})", format!("/{}/{}", part(service), part(method))),
    };
    let headers = entry.wanted().headers.iter().map(|(name, word)| {
        let kind = if word.expression().is_some() { "HeaderRegexp" } else { "Header" };
        format!(" && {kind}({:?},{:?})", &**name, word.text())
    });
    std::iter::once(path).chain(headers).collect()
}

/// As Go's regexp.QuoteMeta does.
fn regex_quoted(text: &str) -> String {
    let quoted = text.chars().map(|letter| match letter {
        '\\' | '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$' => format!("\\{letter}"),
        plain => plain.to_string(),
    });
    quoted.collect()
}
