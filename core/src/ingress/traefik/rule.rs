//! Traefik's rules: matchers joined by `&&`, `||`, `!`; v3's syntax, and v2's where it differs.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::http::host::covers_one_label;
use crate::http::{Dialect, Pattern, path, query};
use crate::limits::MAX_RULE_DEPTH;
use crate::packet::HttpRequest;

/// A rule as read.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// `&&`
    All(Vec<Rule>),
    /// `||`
    Any(Vec<Rule>),
    /// `!`
    Not(Box<Rule>),
    /// A matcher.
    Matcher(Matcher),
}

/// What a matcher looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    /// The host.
    Host,
    /// The path.
    Path,
    /// Anything else.
    Other,
}

/// One matcher; of several values one must fit.
#[derive(Clone, Debug, PartialEq)]
pub enum Matcher {
    /// `Host`
    Host(Vec<String>),
    /// `HostRegexp`
    HostPattern(Vec<Pattern>),
    /// `Path`
    Path(Vec<String>),
    /// `PathPrefix`
    PathPrefix(Vec<String>),
    /// `PathRegexp`, and v2's paths with expressions.
    PathPattern(Vec<Pattern>),
    /// `Header`
    Header(String, String),
    /// `HeaderRegexp`
    HeaderPattern(String, Pattern),
    /// `Method`
    Method(Vec<String>),
    /// `Query`
    Query(String, Option<String>),
    /// `QueryRegexp`
    QueryPattern(String, Pattern),
    /// `ClientIP`
    ClientIp(Vec<IpNet>),
    /// ``HostSNI(`*`)``: whatever the name, also none.
    AnyName,
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

/// A request as rules see it.
#[derive(Clone, Debug)]
pub struct Seen<'r> {
    /// The request.
    pub request: &'r HttpRequest,
    /// The host without port, in lower case, without a final dot.
    pub host: String,
    /// The path, decoded and cleaned.
    pub path: String,
    /// The client.
    pub client: IpAddr,
}

impl<'r> Seen<'r> {
    /// Reads what rules look at.
    pub fn of(request: &'r HttpRequest, client: IpAddr) -> Self {
        let mut host = request.hostname();
        if host.ends_with('.') {
            host.pop();
        }
        let path = path::normalize(&request.path).unwrap_or_else(|| request.path.clone());
        Self { request, host, path, client }
    }
}

impl Rule {
    /// Reads a rule; None for one that Traefik refuses. `major` is the syntax: 2 or 3.
    pub fn parse(text: &str, major: u32) -> Option<Self> {
        Self::read(Reader { rest: text, major, tcp: false })
    }

    /// Reads the rule of an IngressRouteTCP; None for one that Traefik refuses.
    pub fn parse_tcp(text: &str) -> Option<Self> {
        Self::read(Reader { rest: text, major: 3, tcp: true })
    }

    fn read(mut reader: Reader<'_>) -> Option<Self> {
        if nests_too_deep(reader.rest) {
            return Some(Self::unread(reader.rest));
        }
        let rule = reader.any()?;
        reader.skip_space();
        reader.rest.is_empty().then_some(rule)
    }

    /// Stands for a rule that isn't read: whether a request fits can't be told.
    fn unread(text: &str) -> Self {
        let start: String = text.chars().take(40).collect();
        Self::Matcher(Matcher::PathPattern(vec![Pattern::new(format!("{start}… ("), Dialect::Re2, false)]))
    }

    /// Whether a request fits; None if it depends on an expression that isn't supported.
    pub fn fits(&self, seen: &Seen<'_>) -> Option<bool> {
        match self {
            Self::All(rules) => both(rules, seen, false),
            Self::Any(rules) => both(rules, seen, true),
            Self::Not(rule) => rule.fits(seen).map(|fits| !fits),
            Self::Matcher(matcher) => matcher.fits(seen),
        }
    }

    /// The first part that doesn't fit, by what it looks at.
    pub fn misfit(&self, seen: &Seen<'_>) -> Aspect {
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
            Self::Matcher(Matcher::Host(hosts)) => Some(hosts.iter().map(String::as_str).collect()),
            Self::All(rules) => rules.iter().find_map(Rule::hosts),
            Self::Any(rules) => {
                let each: Option<Vec<Vec<&str>>> = rules.iter().map(Rule::hosts).collect();
                each.map(|hosts| hosts.concat())
            }
            Self::Not(_) | Self::Matcher(_) => None,
        }
    }

    /// Whether it asks for a host, and not for any.
    pub fn asks_for_names(&self) -> bool {
        match self {
            Self::All(rules) | Self::Any(rules) => rules.iter().any(Self::asks_for_names),
            Self::Not(rule) => rule.asks_for_names(),
            Self::Matcher(matcher) => matches!(matcher, Matcher::Host(_) | Matcher::HostPattern(_)),
        }
    }

    /// An expression in it that isn't supported.
    pub fn unsupported(&self) -> Option<&Pattern> {
        match self {
            Self::All(rules) | Self::Any(rules) => rules.iter().find_map(Rule::unsupported),
            Self::Not(rule) => rule.unsupported(),
            Self::Matcher(matcher) => matcher.patterns().into_iter().find(|pattern| pattern.regex().is_none()),
        }
    }
}

/// Whether reading a rule would take more than [`MAX_RULE_DEPTH`] steps into it; brackets in texts don't count.
fn nests_too_deep(text: &str) -> bool {
    let mut quote = None;
    let (mut open, mut deepest) = (0usize, 0usize);
    for character in text.chars() {
        match (character, quote) {
            (mark, Some(end)) if mark == end => quote = None,
            (_, Some(_)) => {}
            ('`' | '"', None) => quote = Some(character),
            ('(' | '!', None) => open += 1,
            (')', None) => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest > MAX_RULE_DEPTH
}

/// Kleene's logic: `settling` is the value that settles it whatever the others are.
fn both(rules: &[Rule], seen: &Seen<'_>, settling: bool) -> Option<bool> {
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

impl Matcher {
    fn aspect(&self) -> Aspect {
        match self {
            Self::Host(_) | Self::HostPattern(_) => Aspect::Host,
            Self::Path(_) | Self::PathPrefix(_) | Self::PathPattern(_) => Aspect::Path,
            Self::Header(..) | Self::HeaderPattern(..) | Self::Method(_) => Aspect::Other,
            Self::Query(..) | Self::QueryPattern(..) | Self::ClientIp(_) | Self::AnyName => Aspect::Other,
        }
    }

    fn patterns(&self) -> Vec<&Pattern> {
        match self {
            Self::HostPattern(patterns) | Self::PathPattern(patterns) => patterns.iter().collect(),
            Self::HeaderPattern(_, pattern) | Self::QueryPattern(_, pattern) => vec![pattern],
            Self::Host(_) | Self::Path(_) | Self::PathPrefix(_) | Self::Header(..) => Vec::new(),
            Self::Method(_) | Self::Query(..) | Self::ClientIp(_) | Self::AnyName => Vec::new(),
        }
    }

    fn fits(&self, seen: &Seen<'_>) -> Option<bool> {
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
            Self::Host(hosts) => hosts.iter().any(|host| covers_one_label(host.trim_end_matches('.'), &seen.host)),
            Self::Path(paths) => paths.contains(&seen.path),
            Self::PathPrefix(prefixes) => prefixes.iter().any(|prefix| seen.path.starts_with(prefix.as_str())),
            Self::HostPattern(patterns) => return any_match(patterns, std::slice::from_ref(&seen.host)),
            Self::PathPattern(patterns) => return any_match(patterns, std::slice::from_ref(&seen.path)),
            Self::Header(name, value) => values(name).contains(value),
            Self::HeaderPattern(name, pattern) => return any_match(std::slice::from_ref(pattern), &values(name)),
            Self::Method(methods) => methods.iter().any(|method| method.eq_ignore_ascii_case(&request.method)),
            Self::Query(name, None) => !query(name).is_empty(),
            Self::Query(name, Some(value)) => query(name).contains(value),
            Self::QueryPattern(name, pattern) => return any_match(std::slice::from_ref(pattern), &query(name)),
            Self::ClientIp(nets) => nets.iter().any(|net| net.contains(&seen.client)),
            Self::AnyName => true,
        })
    }

    /// The matcher of a name with its values; None for what Traefik refuses.
    fn named(name: &str, values: Vec<String>, major: u32) -> Option<Self> {
        let absolute = |values: &[String]| values.iter().all(|value| value.starts_with('/'));
        let go = |value: String| Pattern::new(value, Dialect::Re2, false);
        if !MATCHERS.contains(&(major, name)) {
            return None;
        }
        match (major, name, values.as_slice()) {
            (_, _, []) => None,
            (2, "Host" | "HostHeader", _) | (3, "Host", [_]) => {
                Some(Self::Host(values.iter().map(|value| value.to_ascii_lowercase()).collect()))
            }
            (2, "HostRegexp", _) => Some(Self::HostPattern(values.iter().map(|value| template(value, "$")).collect())),
            (3, "HostRegexp", [_]) => Some(Self::HostPattern(values.into_iter().map(go).collect())),
            (2, "Path", _) if values.iter().any(|value| value.contains('{')) => {
                Some(Self::PathPattern(values.iter().map(|value| template(value, "$")).collect()))
            }
            (2, "PathPrefix", _) if values.iter().any(|value| value.contains('{')) => {
                Some(Self::PathPattern(values.iter().map(|value| template(value, "")).collect()))
            }
            (2, "Path", _) | (3, "Path", [_]) => absolute(&values).then_some(Self::Path(values)),
            (2, "PathPrefix", _) | (3, "PathPrefix", [_]) => absolute(&values).then_some(Self::PathPrefix(values)),
            (3, "PathRegexp", [_]) => Some(Self::PathPattern(values.into_iter().map(go).collect())),
            (2, "Headers", [key, value]) | (3, "Header", [key, value]) => {
                Some(Self::Header(key.clone(), value.clone()))
            }
            (2, "HeadersRegexp", [key, value]) | (3, "HeaderRegexp", [key, value]) => {
                Some(Self::HeaderPattern(key.clone(), go(value.clone())))
            }
            (2, "Method", _) | (3, "Method", [_]) => Some(Self::Method(values)),
            (2, "Query", [pair]) => {
                let (key, value) = pair.split_once('=')?;
                Some(Self::Query(key.to_owned(), Some(value.to_owned())))
            }
            (3, "Query", [key]) => Some(Self::Query(key.clone(), None)),
            (3, "Query", [key, value]) => Some(Self::Query(key.clone(), Some(value.clone()))),
            (3, "QueryRegexp", [key, value]) => Some(Self::QueryPattern(key.clone(), go(value.clone()))),
            (2, "ClientIP", _) | (3, "ClientIP", [_]) => {
                let nets: Option<Vec<IpNet>> = values
                    .iter()
                    .map(|value| value.parse().ok().or_else(|| Some(value.parse::<IpAddr>().ok()?.into())))
                    .collect();
                nets.map(Self::ClientIp)
            }
            _ => None,
        }
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

/// v2's `{name:expression}` inside plain text (gorilla/mux).
fn template(text: &str, end: &str) -> Pattern {
    let mut expression = "^".to_owned();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        expression.push_str(&escape(before));
        let mut depth = 1usize;
        let close = after.char_indices().find(|(_, character)| {
            match character {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let (inner, behind) = close.and_then(|(at, _)| after.split_at_checked(at)).unwrap_or((after, ""));
        expression.push_str("(?:");
        expression.push_str(inner.split_once(':').map_or("[^/]+", |(_, expression)| expression));
        expression.push(')');
        rest = behind.strip_prefix('}').unwrap_or(behind);
    }
    expression.push_str(&escape(rest));
    expression.push_str(end);
    Pattern::new(expression, Dialect::Re2, false)
}

fn escape(text: &str) -> String {
    regex_lite::escape(text)
}

struct Reader<'t> {
    rest: &'t str,
    major: u32,
    /// Whether it is a rule for TCP.
    tcp: bool,
}

impl<'t> Reader<'t> {
    fn any(&mut self) -> Option<Rule> {
        let mut rules = vec![self.all()?];
        while self.take("||") {
            rules.push(self.all()?);
        }
        if rules.len() == 1 { rules.pop() } else { Some(Rule::Any(rules)) }
    }

    fn all(&mut self) -> Option<Rule> {
        let mut rules = vec![self.one()?];
        while self.take("&&") {
            rules.push(self.one()?);
        }
        if rules.len() == 1 { rules.pop() } else { Some(Rule::All(rules)) }
    }

    fn one(&mut self) -> Option<Rule> {
        if self.take("!") {
            return Some(Rule::Not(Box::new(self.one()?)));
        }
        if self.take("(") {
            let rule = self.any()?;
            return self.take(")").then_some(rule);
        }
        let name = self.name()?;
        let mut values = Vec::new();
        if !self.take("(") {
            return None;
        }
        while !self.take(")") {
            values.push(self.quoted()?);
            self.take(",");
        }
        let matcher = match (self.tcp, name, values.as_slice()) {
            (true, unknown, _) if !TCP_MATCHERS.contains(&unknown) => None,
            (false, ..) => Matcher::named(name, values, self.major),
            (true, "HostSNI", [any]) if any == "*" => Some(Matcher::AnyName),
            (true, "HostSNI", _) => Matcher::named("Host", values, self.major),
            (true, "HostSNIRegexp", _) => Matcher::named("HostRegexp", values, self.major),
            // May fit: who chooses the router says that it can't be told.
            (true, "ALPN", [_, ..]) => Some(Matcher::AnyName),
            (true, "ClientIP", _) => Matcher::named("ClientIP", values, self.major),
            (true, ..) => None,
        };
        matcher.map(Rule::Matcher)
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, word: &str) -> bool {
        self.skip_space();
        match self.rest.strip_prefix(word) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn name(&mut self) -> Option<&'t str> {
        self.skip_space();
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        (!name.is_empty()).then_some(name)
    }

    /// A Go string: between backquotes as it is, between double quotes with backslashes.
    fn quoted(&mut self) -> Option<String> {
        self.skip_space();
        if let Some(rest) = self.rest.strip_prefix('`') {
            let (inside, behind) = rest.split_once('`')?;
            self.rest = behind;
            return Some(inside.to_owned());
        }
        let mut characters = self.rest.strip_prefix('"')?.chars();
        let mut text = String::new();
        loop {
            match characters.next()? {
                '"' => break,
                '\\' => text.push(match characters.next()? {
                    'n' => '\n',
                    't' => '\t',
                    other => other,
                }),
                other => text.push(other),
            }
        }
        self.rest = characters.as_str();
        Some(text)
    }
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
        Rule::parse(rule, 3).unwrap().fits(&Seen::of(&request, "198.51.100.7".parse().unwrap()))
    }

    #[test]
    fn matchers_join() {
        let rule = "Host(`a.b`) && (Path(`/open`) || PathRegexp(`^/v[0-9]+/`)) && !Header(`X-Env`, `prod`)";
        assert_eq!(fits(rule, "A.b:80", "/open"), Some(true));
        assert_eq!(fits(rule, "a.b", "/v1/x"), Some(true));
        assert_eq!(fits(rule, "a.b", "/x"), Some(false));
        assert_eq!(fits("Query(`v`, `2`)", "a", "/?v=2"), Some(true));
        assert_eq!(fits("Query(\"v\")", "a", "/?w=2"), Some(false));
        assert_eq!(fits("ClientIP(`198.51.100.0/24`)", "a", "/"), Some(true));
        assert_eq!(fits("Host(`*.foo.com`)", "x.foo.com", "/"), Some(true));
    }

    #[test]
    fn what_traefik_refuses() {
        for rule in ["Host(`a`) &&", "Host(`a`,`b`)", "Nope(`a`)", "Path(`a`)", "Host(`a`", "", "Host(`a`) Path(`/`)"] {
            assert_eq!(Rule::parse(rule, 3), None, "{rule}");
        }
    }

    #[test]
    fn version_two() {
        let rule = Rule::parse("HostRegexp(`{sub:[a-z]+}.x.com`) && PathPrefix(`/a`, `/b`)", 2).unwrap();
        let request = HttpRequest { host: "w.x.com".into(), path: "/b/1".into(), ..HttpRequest::default() };
        assert_eq!(rule.fits(&Seen::of(&request, "10.0.0.1".parse().unwrap())), Some(true));
    }
}
