//! Matchers: of version 3 (pkg/muxer/http/matcher.go), of version 2 (matcher_v2.go), of TCP (pkg/muxer/tcp/matcher.go).

use ipnet::IpNet;

use super::template::{TemplateKind, pattern};
use super::{Aspect, RequestAttributes};
use crate::http::network::parse_net;
use crate::http::{Dialect, Pattern, query};
use crate::packet::HttpVersion;

/// One matcher; of several values one must fit.
#[derive(Clone, Debug, PartialEq)]
pub enum Matcher {
    /// `Host`
    Host(Vec<String>),
    /// `Host` of version 2, which knows no wildcards.
    PlainHost(Vec<String>),
    /// `HostRegexp`
    HostPattern(Vec<Pattern>),
    /// `Path`
    Path(Vec<String>),
    /// `PathPrefix`
    PathPrefix(Vec<String>),
    /// `PathRegexp`, and version 2's paths with expressions.
    PathPattern(Vec<Pattern>),
    /// `Header`: pairs that must all fit; version 2 takes any value for an empty one.
    Headers(Vec<(String, Option<String>)>),
    /// `HeaderRegexp`: pairs that must all fit.
    HeaderPatterns(Vec<(String, Pattern)>),
    /// `Method`
    Method(Vec<String>),
    /// `Query`
    Query(String, String),
    /// `QueryRegexp`, and version 2's `Query`: pairs that must all fit.
    QueryPatterns(Vec<(String, Pattern)>),
    /// `ClientIP`
    ClientIp(Vec<IpNet>),
    /// `HostSNI(`*`)`: whatever the name, also none.
    AnyName,
    /// `ALPN`: a protocol that the client offers.
    Alpn(String),
}

/// The matchers that rules may name, with the syntax that has them: 3, or 2.
pub const MATCHERS: &[(u32, &str)] = &[
    (3, "ClientIP"),
    (3, "Header"),
    (3, "HeaderRegexp"),
    (3, "Host"),
    (3, "HostRegexp"),
    (3, "Method"),
    (3, "Path"),
    (3, "PathPrefix"),
    (3, "PathRegexp"),
    (3, "Query"),
    (3, "QueryRegexp"),
    (2, "ClientIP"),
    (2, "Headers"),
    (2, "HeadersRegexp"),
    (2, "Host"),
    (2, "HostHeader"),
    (2, "HostRegexp"),
    (2, "Method"),
    (2, "Path"),
    (2, "PathPrefix"),
    (2, "Query"),
];

/// The matchers that rules of an IngressRouteTCP may name.
pub const TCP_MATCHERS: &[&str] = &["ALPN", "ClientIP", "HostSNI", "HostSNIRegexp"];

impl Matcher {
    /// What it looks at.
    pub fn aspect(&self) -> Aspect {
        match self {
            Self::Host(_) | Self::PlainHost(_) | Self::HostPattern(_) => Aspect::Host,
            Self::Path(_) | Self::PathPrefix(_) | Self::PathPattern(_) => Aspect::Path,
            Self::Headers(..) | Self::HeaderPatterns(..) | Self::Method(_) | Self::Alpn(_) => Aspect::Other,
            Self::Query(..) | Self::QueryPatterns(..) | Self::ClientIp(_) | Self::AnyName => Aspect::Other,
        }
    }

    /// Its expressions.
    pub fn patterns(&self) -> Vec<&Pattern> {
        match self {
            Self::HostPattern(patterns) | Self::PathPattern(patterns) => patterns.iter().collect(),
            Self::HeaderPatterns(pairs) | Self::QueryPatterns(pairs) => {
                pairs.iter().map(|(_, pattern)| pattern).collect()
            }
            Self::Host(_)
            | Self::PlainHost(_)
            | Self::Path(_)
            | Self::PathPrefix(_)
            | Self::Headers(..)
            | Self::Alpn(_) => Vec::new(),
            Self::Method(_) | Self::Query(..) | Self::ClientIp(_) | Self::AnyName => Vec::new(),
        }
    }

    /// Whether it fits; None if that depends on an expression that isn't supported.
    pub fn fits(&self, seen: &RequestAttributes<'_>) -> Option<bool> {
        let request = seen.request;
        let values = |name: &str| {
            let of_name = request.headers.0.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
            of_name.map(|(_, value)| value.clone()).collect::<Vec<_>>()
        };
        let query = |name: &str| {
            let pairs = query::parameters(request.query.as_deref().unwrap_or_default());
            pairs.filter(|(key, _)| key == name).map(|(_, value)| value).collect::<Vec<_>>()
        };
        Some(match self {
            Self::Host(hosts) => hosts.iter().any(|host| names_host(host, &seen.host)),
            Self::PlainHost(hosts) => hosts.iter().any(|host| !host.starts_with('*') && names_host(host, &seen.host)),
            Self::Path(paths) => paths.contains(&seen.path),
            Self::PathPrefix(prefixes) => prefixes.iter().any(|prefix| seen.path.starts_with(prefix.as_str())),
            Self::HostPattern(patterns) => return any_match(patterns, std::slice::from_ref(&seen.host)),
            Self::PathPattern(patterns) => return any_match(patterns, std::slice::from_ref(&seen.path)),
            Self::Headers(pairs) => pairs.iter().all(|(name, value)| match value {
                Some(value) => values(name).contains(value),
                None => !values(name).is_empty(),
            }),
            Self::HeaderPatterns(pairs) => return all_match(pairs, values),
            Self::Method(methods) => methods.contains(&request.method),
            Self::Query(name, value) => query(name).contains(value),
            Self::QueryPatterns(pairs) => return all_match(pairs, query),
            Self::ClientIp(nets) => nets.iter().any(|net| net.contains(&seen.client)),
            Self::AnyName => true,
            // Clients that speak HTTP/2 offer both.
            Self::Alpn(protocol) => {
                protocol == "http/1.1" && request.version != HttpVersion::Grpc
                    || protocol == "h2" && request.version != HttpVersion::Http1
            }
        })
    }

    /// The matcher of a name with its values; None for what Traefik refuses.
    pub fn named(name: &str, values: Vec<String>, major: u32) -> Option<Self> {
        if values.is_empty() || values.iter().any(String::is_empty) {
            return None;
        }
        if major == 2 { version_two(name, values) } else { version_three(name, values) }
    }

    /// The matcher of a connection; None for what Traefik refuses.
    pub fn of_connection(name: &str, values: Vec<String>) -> Option<Self> {
        match (name, values.as_slice()) {
            ("HostSNI", [any]) if any == "*" => Some(Self::AnyName),
            ("HostSNI", [host]) if is_host_or_address(host) => version_three("Host", values),
            ("HostSNIRegexp", _) => version_three("HostRegexp", values),
            ("ALPN", [protocol]) => (protocol != "acme-tls/1").then(|| Self::Alpn(protocol.clone())),
            ("ClientIP", _) => version_three("ClientIP", values),
            _ => None,
        }
    }
}

fn version_three(name: &str, values: Vec<String>) -> Option<Matcher> {
    let absolute = |values: &[String]| values.iter().all(|value| value.starts_with('/'));
    match (name, values.as_slice()) {
        ("Host", [host]) => host.is_ascii().then(|| Matcher::Host(vec![host.to_ascii_lowercase()])),
        ("HostRegexp", [host]) => {
            host.is_ascii().then(|| go(host)).flatten().map(|one| Matcher::HostPattern(vec![one]))
        }
        ("Path", [_]) => absolute(&values).then_some(Matcher::Path(values)),
        ("PathPrefix", [_]) => absolute(&values).then_some(Matcher::PathPrefix(values)),
        ("PathRegexp", [path]) => Some(Matcher::PathPattern(vec![go(path)?])),
        ("Header", [key, value]) => Some(Matcher::Headers(vec![(key.clone(), Some(value.clone()))])),
        ("HeaderRegexp", [key, value]) => Some(Matcher::HeaderPatterns(vec![(key.clone(), go(value)?)])),
        ("Method", [method]) => Some(Matcher::Method(vec![method.to_uppercase()])),
        ("Query" | "QueryRegexp", [key]) => Some(Matcher::Query(key.clone(), String::new())),
        ("Query", [key, value]) => Some(Matcher::Query(key.clone(), value.clone())),
        ("QueryRegexp", [key, value]) => Some(Matcher::QueryPatterns(vec![(key.clone(), go(value)?)])),
        ("ClientIP", [_]) => networks(&values),
        _ => None,
    }
}

fn version_two(name: &str, values: Vec<String>) -> Option<Matcher> {
    let templates = |kind: TemplateKind| {
        let patterns: Vec<Pattern> = values.iter().map(|value| pattern(value, kind)).collect();
        (!patterns.iter().any(Pattern::is_refused)).then_some(patterns)
    };
    let absolute = values.iter().all(|value| value.starts_with('/'));
    let has_names = values.iter().any(|value| value.contains('{'));
    match name {
        "Host" | "HostHeader" => values
            .iter()
            .all(|value| value.is_ascii())
            .then(|| Matcher::PlainHost(values.iter().map(|value| value.to_ascii_lowercase()).collect())),
        "HostRegexp" => templates(TemplateKind::Host).map(Matcher::HostPattern),
        "Path" | "PathPrefix" if !absolute => None,
        "Path" if has_names => templates(TemplateKind::Path).map(Matcher::PathPattern),
        "PathPrefix" if has_names => templates(TemplateKind::PathPrefix).map(Matcher::PathPattern),
        "Path" => Some(Matcher::Path(values)),
        "PathPrefix" => Some(Matcher::PathPrefix(values)),
        "Headers" => {
            let pairs = pairs(&values)?.into_iter();
            Some(Matcher::Headers(pairs.map(|(key, value)| (key, Some(value).filter(|it| !it.is_empty()))).collect()))
        }
        "HeadersRegexp" => {
            let pairs = pairs(&values)?.into_iter().map(|(key, value)| Some((key, go(&value)?)));
            pairs.collect::<Option<_>>().map(Matcher::HeaderPatterns)
        }
        "Method" => Some(Matcher::Method(values.iter().map(|method| method.to_uppercase()).collect())),
        "Query" => {
            let pairs = values.iter().map(|value| {
                let (key, value) = value.split_once('=')?;
                Some((key.to_owned(), pattern(value, TemplateKind::Query)))
            });
            pairs.collect::<Option<_>>().map(Matcher::QueryPatterns)
        }
        "ClientIP" => networks(&values),
        _ => None,
    }
}

/// Values two by two; None for an odd number.
fn pairs(values: &[String]) -> Option<Vec<(String, String)>> {
    values
        .chunks(2)
        .map(|chunk| match chunk {
            [key, value] => Some((key.clone(), value.clone())),
            _ => None,
        })
        .collect()
}

/// An expression that Go takes.
fn go(source: &str) -> Option<Pattern> {
    let pattern = Pattern::new(source, Dialect::Re2, false);
    (!pattern.is_refused()).then_some(pattern)
}

fn networks(values: &[String]) -> Option<Matcher> {
    values.iter().map(|value| parse_net(value)).collect::<Option<_>>().map(Matcher::ClientIp)
}

/// hostSNI's hostOrIP.
fn is_host_or_address(host: &str) -> bool {
    let bare = host.strip_prefix("*.").unwrap_or(host);
    !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-:".contains(&byte))
}

/// Whether a host expression names a host (matcher.go host, muxer.go DomainMatchHostExpression): a wildcard stands for
/// the first label, which may be empty; a dot at the end of either is no matter.
pub fn names_host(expression: &str, host: &str) -> bool {
    if expression == "*" {
        return true;
    }
    let bare = |name: &str| name.strip_suffix('.').unwrap_or(name).to_owned();
    let (expression, host) = (bare(expression), bare(host));
    match expression.strip_prefix("*.") {
        Some(rest) => host.split_once('.').is_some_and(|(_, behind)| behind.eq_ignore_ascii_case(rest)),
        None => !host.is_empty() && expression.eq_ignore_ascii_case(&host),
    }
}

fn any_match(patterns: &[Pattern], values: &[String]) -> Option<bool> {
    let mut known = true;
    for pattern in patterns {
        for value in values {
            match pattern.is_match(value) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => known = false,
            }
        }
    }
    known.then_some(false)
}

fn all_match(pairs: &[(String, Pattern)], values: impl Fn(&str) -> Vec<String>) -> Option<bool> {
    let mut known = true;
    for (name, pattern) in pairs {
        match any_match(std::slice::from_ref(pattern), &values(name)) {
            Some(true) => {}
            Some(false) => return Some(false),
            None => known = false,
        }
    }
    known.then_some(true)
}
