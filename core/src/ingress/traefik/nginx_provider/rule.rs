//! Rules as the provider writes them (translator.go buildRule): hosts, a path, and a canary's headers. The length of the
//! text is the router's priority.

use super::canary::CanaryPolicy;
use crate::http::host::covers_one_label;
use crate::http::{Dialect, Pattern};
use crate::packet::HttpRequest;

#[derive(Clone, Debug, Default)]
pub struct ProviderRule {
    /// One of these hosts; empty for any.
    pub hosts: Vec<String>,
    /// The path; None for any.
    pub path: Option<PathRule>,
    /// One of these headers; None for any.
    pub headers: Option<Vec<HeaderRule>>,
    /// Its text in Traefik.
    pub text: String,
}

/// How paths compare.
#[derive(Clone, Debug)]
pub enum PathRule {
    /// `Path("/foo")`
    Exact(String),
    /// `(Path("/foo") || PathPrefix("/foo/"))`
    Elements(String),
    /// `PathRegexp("(?i)^/foo")`
    Regexp(Pattern),
}

/// A header or cookie.
#[derive(Clone, Debug)]
pub enum HeaderRule {
    /// `Header("X", "always")`
    Equals(String, String),
    /// `HeaderRegexp("X", "^v")`, unless another header says `never`.
    Fits(String, Pattern, Option<String>),
}

impl ProviderRule {
    /// buildRule.
    pub fn new(hosts: Vec<String>, path: &str, path_type: Option<&str>, is_regex: bool) -> Self {
        let mut parts = Vec::new();
        let quoted: Vec<String> = hosts.iter().map(|host| format!("Host({})", quote(host))).collect();
        match quoted.as_slice() {
            [] => {}
            [one] => parts.push(one.clone()),
            several => parts.push(format!("({})", several.join(" || "))),
        }
        let path = (!path.is_empty()).then(|| {
            let (rule, text) = path_rule(path, path_type, is_regex);
            parts.push(text);
            rule
        });
        Self { hosts, path, headers: None, text: parts.join(" && ") }
    }

    /// The rule with headers besides.
    pub fn with_headers(&self, headers: Vec<(HeaderRule, String)>) -> Self {
        let texts: Vec<&str> = headers.iter().map(|(_, text)| text.as_str()).collect();
        let text = format!("({}) && ({})", self.text, texts.join(" || "));
        Self { headers: Some(headers.into_iter().map(|(rule, _)| rule).collect()), text, ..self.clone() }
    }

    /// Whether the host and path fit; None if that depends on an expression that isn't supported.
    pub fn fits(&self, host: &str, path: &str, request: &HttpRequest) -> Option<bool> {
        if !self.fits_host(host) {
            return Some(false);
        }
        let on_path = match &self.path {
            None => Some(true),
            Some(PathRule::Exact(wanted)) => Some(wanted == path),
            Some(PathRule::Elements(wanted)) => {
                let rest = path.strip_prefix(wanted.as_str());
                Some(rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
            }
            Some(PathRule::Regexp(pattern)) => pattern.is_match(path),
        };
        match on_path {
            Some(true) => self.fits_headers(request),
            other => other,
        }
    }

    pub fn fits_host(&self, host: &str) -> bool {
        self.hosts.is_empty() || self.hosts.iter().any(|one| covers_one_label(one, host))
    }

    fn fits_headers(&self, request: &HttpRequest) -> Option<bool> {
        let Some(headers) = &self.headers else { return Some(true) };
        let verdicts: Vec<Option<bool>> = headers.iter().map(|header| header.fits(request)).collect();
        if verdicts.contains(&Some(true)) { Some(true) } else { (!verdicts.contains(&None)).then_some(false) }
    }

    /// An expression that can't be read here, and whether Go refuses it, too, can't be told.
    pub fn unsupported(&self) -> Option<&Pattern> {
        let of_path = match &self.path {
            Some(PathRule::Regexp(pattern)) => Some(pattern),
            _ => None,
        };
        let of_headers = self.headers.iter().flatten().filter_map(|header| match header {
            HeaderRule::Fits(_, pattern, _) => Some(pattern),
            HeaderRule::Equals(..) => None,
        });
        of_path.into_iter().chain(of_headers).find(|pattern| pattern.regex().is_none())
    }
}

/// A path of an Ingress; ImplementationSpecific is Prefix.
fn path_rule(path: &str, path_type: Option<&str>, is_regex: bool) -> (PathRule, String) {
    if path_type == Some("Exact") {
        return (PathRule::Exact(path.to_owned()), format!("Path({})", quote(path)));
    }
    if is_regex {
        let pattern = Pattern::new(format!("^{path}"), Dialect::Re2, true);
        return (PathRule::Regexp(pattern), format!("PathRegexp({})", quote(&format!("(?i)^{path}"))));
    }
    if path == "/" {
        return (PathRule::Elements(String::new()), "PathPrefix(\"/\")".to_owned());
    }
    let bare = path.strip_suffix('/').unwrap_or(path);
    let text = format!("(Path({}) || PathPrefix({}))", quote(bare), quote(&format!("{bare}/")));
    (PathRule::Elements(bare.to_owned()), text)
}

/// appendCanaryRule: what sends a request to the canary.
pub fn to_canary(policy: &CanaryPolicy) -> Vec<(HeaderRule, String)> {
    let mut rules = Vec::new();
    if let Some(name) = &policy.header {
        rules.push(match (&policy.value, &policy.pattern) {
            (None, Some(pattern)) => {
                let text = format!("HeaderRegexp({}, {})", quote(name), quote(pattern));
                (HeaderRule::Fits(name.clone(), Pattern::new(pattern.as_str(), Dialect::Re2, false), None), text)
            }
            (value, _) => {
                let value = value.as_deref().unwrap_or("always");
                (
                    HeaderRule::Equals(name.clone(), value.to_owned()),
                    format!("Header({}, {})", quote(name), quote(value)),
                )
            }
        });
    }
    if let Some(cookie) = &policy.cookie {
        let (pattern, text) = cookie_rule(cookie, "always");
        let unless = policy.header.as_ref().filter(|_| policy.value.is_none() && policy.pattern.is_none());
        let text = unless.map_or(text.clone(), |name| format!("({text} && !Header({}, \"never\"))", quote(name)));
        rules.push((HeaderRule::Fits("Cookie".to_owned(), pattern, unless.cloned()), text));
    }
    rules
}

/// appendNonCanaryRule: what keeps a request with the mainline.
pub fn to_mainline(policy: &CanaryPolicy) -> Vec<(HeaderRule, String)> {
    let mut rules = Vec::new();
    if let Some(name) = policy.header.as_ref().filter(|_| policy.value.is_none() && policy.pattern.is_none()) {
        let rule = HeaderRule::Equals(name.clone(), "never".to_owned());
        rules.push((rule, format!("Header({}, \"never\")", quote(name))));
    }
    if let Some(cookie) = &policy.cookie {
        let (pattern, text) = cookie_rule(cookie, "never");
        rules.push((HeaderRule::Fits("Cookie".to_owned(), pattern, None), text));
    }
    rules
}

fn cookie_rule(name: &str, value: &str) -> (Pattern, String) {
    let source = format!(r"(^|;\s*){}={value}(;|$)", regex_lite::escape(name));
    let text = format!("HeaderRegexp(\"Cookie\", {})", quote(&source));
    (Pattern::new(source, Dialect::Re2, false), text)
}

impl HeaderRule {
    fn fits(&self, request: &HttpRequest) -> Option<bool> {
        let values = |name: &str| {
            let of_name = request.headers.0.iter().filter(|(key, _)| key.eq_ignore_ascii_case(name));
            of_name.map(|(_, value)| value.clone()).collect::<Vec<_>>()
        };
        match self {
            Self::Equals(name, value) => Some(values(name).contains(value)),
            Self::Fits(name, pattern, unless) => {
                let blocked = unless.as_ref().is_some_and(|name| values(name).iter().any(|value| value == "never"));
                let verdicts: Vec<Option<bool>> = values(name).iter().map(|value| pattern.is_match(value)).collect();
                if blocked {
                    Some(false)
                } else if verdicts.contains(&None) {
                    None
                } else {
                    Some(verdicts.contains(&Some(true)))
                }
            }
        }
    }
}

/// Go's %q.
fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
