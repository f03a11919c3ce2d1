//! Traefik's rules: matchers joined by `&&`, `||`, `!`.

use std::net::IpAddr;

pub use self::matcher::{MATCHERS, Matcher, TCP_MATCHERS, names_host};
pub use self::parse::quote;
use super::uri::routing_path;
use crate::http::Pattern;
use crate::packet::HttpRequest;

mod template;
mod matcher;
mod parse;

/// A rule as read.
#[derive(Clone, Debug, PartialEq)]
pub enum RuleTree {
    /// `&&`
    All(Vec<RuleTree>),
    /// `||`
    Any(Vec<RuleTree>),
    /// `!`
    Not(Box<RuleTree>),
    Matcher(Matcher),
}

/// What a matcher looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    Host,
    Path,
    /// Anything else.
    Other,
}

/// A request, or a connection, as rules see it.
#[derive(Clone, Debug)]
pub struct RequestAttributes<'r> {
    pub request: &'r HttpRequest,
    /// The host without port, in lower case.
    pub host: String,
    /// The path, with reserved characters still encoded.
    pub path: String,
    pub client: IpAddr,
}

impl<'r> RequestAttributes<'r> {
    /// Reads what rules look at. The path is the one that middlewares left, escaped.
    pub fn of(request: &'r HttpRequest, escaped_path: &str, client: IpAddr) -> Self {
        Self { request, host: request.hostname(), path: routing_path(escaped_path), client }
    }
}

impl RuleTree {
    /// Reads a rule; None for one that Traefik refuses. `major` is the syntax: 2 or 3.
    pub fn parse(text: &str, major: u32) -> Option<Self> {
        parse::rule(text, major, false)
    }

    /// Reads the rule of an IngressRouteTCP; None for one that Traefik refuses.
    pub fn parse_tcp(text: &str) -> Option<Self> {
        parse::rule(text, 3, true)
    }

    /// Whether a request fits; None if it depends on an expression that isn't supported.
    pub fn fits(&self, seen: &RequestAttributes<'_>) -> Option<bool> {
        match self {
            Self::All(rules) => both(rules, seen, false),
            Self::Any(rules) => both(rules, seen, true),
            Self::Not(rule) => rule.fits(seen).map(|fits| !fits),
            Self::Matcher(matcher) => matcher.fits(seen),
        }
    }

    /// The first part that doesn't fit, by what it looks at.
    pub fn misfit(&self, seen: &RequestAttributes<'_>) -> Aspect {
        match self {
            Self::All(rules) => {
                let failing = rules.iter().filter(|rule| rule.fits(seen) == Some(false));
                failing.map(|rule| rule.misfit(seen)).min().unwrap_or(Aspect::Other)
            }
            Self::Any(rules) => rules.iter().map(|rule| rule.misfit(seen)).max().unwrap_or(Aspect::Other),
            Self::Not(_) => Aspect::Other,
            Self::Matcher(matcher) => matcher.aspect(),
        }
    }

    /// The hosts it asks for, if nothing else can fit: by these it is found.
    pub fn hosts(&self) -> Option<Vec<&str>> {
        match self {
            Self::Matcher(Matcher::Host(hosts) | Matcher::PlainHost(hosts)) => {
                (!hosts.iter().any(|host| host == "*")).then(|| hosts.iter().map(String::as_str).collect())
            }
            Self::All(rules) => rules.iter().find_map(RuleTree::hosts),
            Self::Any(rules) => {
                let each: Option<Vec<Vec<&str>>> = rules.iter().map(RuleTree::hosts).collect();
                each.map(|hosts| hosts.concat())
            }
            Self::Not(_) | Self::Matcher(_) => None,
        }
    }

    /// The hosts that it names and doesn't negate (rules.ParsePositiveMatchers): these get TLS options. What is negated
    /// twice isn't negated.
    pub fn named_hosts(&self) -> Vec<&str> {
        self.hosts_named(true)
    }

    fn hosts_named(&self, positive: bool) -> Vec<&str> {
        match self {
            Self::All(rules) | Self::Any(rules) => rules.iter().flat_map(|rule| rule.hosts_named(positive)).collect(),
            Self::Not(rule) => rule.hosts_named(!positive),
            Self::Matcher(Matcher::Host(hosts) | Matcher::PlainHost(hosts)) if positive => {
                hosts.iter().map(String::as_str).collect()
            }
            Self::Matcher(_) => Vec::new(),
        }
    }

    /// ``HostSNI(`*`)`` and nothing else.
    pub fn is_catch_all(&self) -> bool {
        matches!(self, Self::Matcher(Matcher::AnyName))
    }

    /// Whether it asks for ALPN.
    pub fn asks_for_protocols(&self) -> bool {
        match self {
            Self::All(rules) | Self::Any(rules) => rules.iter().any(Self::asks_for_protocols),
            Self::Not(rule) => rule.asks_for_protocols(),
            Self::Matcher(matcher) => matches!(matcher, Matcher::Alpn(_)),
        }
    }

    /// An expression in it that isn't supported.
    pub fn unsupported(&self) -> Option<&Pattern> {
        match self {
            Self::All(rules) | Self::Any(rules) => rules.iter().find_map(RuleTree::unsupported),
            Self::Not(rule) => rule.unsupported(),
            Self::Matcher(matcher) => matcher.patterns().into_iter().find(|pattern| pattern.regex().is_none()),
        }
    }
}

/// Kleene's logic: `settling` is the value that settles it whatever the others are.
fn both(rules: &[RuleTree], seen: &RequestAttributes<'_>, settling: bool) -> Option<bool> {
    let mut known = true;
    for rule in rules {
        match rule.fits(seen) {
            Some(fits) if fits == settling => return Some(settling),
            Some(_) => {}
            None => known = false,
        }
    }
    known.then_some(!settling)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::Headers;

    fn fits(rule: &str, host: &str, target: &str) -> Option<bool> {
        let (path, query) =
            target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query.to_owned())));
        let request = HttpRequest {
            method: "GET".into(),
            host: host.into(),
            path: path.into(),
            query,
            headers: Headers(vec![("X-Env".into(), "canary".into())]),
            ..HttpRequest::default()
        };
        RuleTree::parse(rule, 3).unwrap().fits(&RequestAttributes::of(&request, path, "198.51.100.7".parse().unwrap()))
    }

    #[test]
    fn matchers_join() {
        let rule = "Host(`a.b`) && (Path(`/open`) || PathRegexp(`^/v[0-9]+/`)) && !Header(`X-Env`, `prod`)";
        assert_eq!(fits(rule, "A.b:80", "/open"), Some(true));
        assert_eq!(fits(rule, "a.b", "/v1/x"), Some(true));
        assert_eq!(fits(rule, "a.b", "/x"), Some(false));
        assert_eq!(fits("Query(`v`, `2`)", "a", "/?v=2"), Some(true));
        assert_eq!(fits("Query(\"v\")", "a", "/?v=2"), Some(false));
        assert_eq!(fits("Query(\"v\")", "a", "/?v"), Some(true));
        assert_eq!(fits("ClientIP(`198.51.100.0/24`)", "a", "/"), Some(true));
    }

    #[test]
    fn hosts() {
        for (rule, host, expected) in [
            ("Host(`*.foo.com`)", "x.foo.com", true),
            ("Host(`*.foo.com`)", ".foo.com", true),
            ("Host(`*.foo.com`)", "foo.com", false),
            ("Host(`foo.com.`)", "foo.com", true),
            ("Host(`foo.com`)", "foo.com.", true),
            ("Host(`*`)", "any", true),
            ("HOST(`foo.com`) && pathprefix(`/`)", "foo.com", true),
        ] {
            assert_eq!(fits(rule, host, "/"), Some(expected), "{rule} {host}");
        }
    }

    #[test]
    fn what_traefik_refuses() {
        for rule in [
            "Host(`a`) &&",
            "Host(`a`,`b`)",
            "Nope(`a`)",
            "hOst(`a`)",
            "Path(`a`)",
            "Host(`a`",
            "",
            "Host(`a`) Path(`/`)",
            "Host(``)",
            "Host(`é`)",
            "PathRegexp(`[`)",
            "Host(`a`)\n&& Path(`/`)",
            "Header(`a` `b`)",
        ] {
            assert_eq!(RuleTree::parse(rule, 3), None, "{rule}");
        }
        assert!(RuleTree::parse("Host(`a`) &&\n Path(`/`)\n", 3).is_some());
    }

    #[test]
    fn version_two() {
        let rule = RuleTree::parse("HostRegexp(`{sub:[a-z]+}.x.com`) && PathPrefix(`/a`, `/b`)", 2).unwrap();
        let request = HttpRequest { host: "w.x.com".into(), path: "/b/1".into(), ..HttpRequest::default() };
        assert_eq!(rule.fits(&RequestAttributes::of(&request, "/b/1", "10.0.0.1".parse().unwrap())), Some(true));
    }
}
