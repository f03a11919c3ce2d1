//! Annotations of an Ingress: which there are, what each may say, and what becomes of it (internal/k8s/validation.go,
//! internal/configs/annotations.go).

use std::collections::{BTreeMap, BTreeSet};

use super::settings::F5Settings;
use crate::ingress::annotation_field;
use crate::ingress::config_value::parse_bool;
use crate::model::{Ingress, Text};
use crate::source::{FieldRef, ObjectRef};

/// What becomes of an annotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum F5AnnotationEffect {
    Modelled,
    /// With one the answer is unknown.
    NotModelled,
    /// It can't change where a request goes.
    WithoutEffect,
    /// NGINX Plus reads it; without it the Ingress is rejected.
    PlusOnly,
}

/// What an annotation may say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WantedForm {
    Any,
    Some,
    Switch,
    Number,
    Count,
    Time,
    Offset,
    Size,
    Buffers,
    Ports,
    HeaderNames,
    Headers,
    Services,
    Rewrites,
    RewriteTarget,
    StickyServices,
    Method,
    RedirectCode,
    AppRoot,
    PathRegex,
    MergeableType,
    Snippet,
    ErrorCodes,
    /// Another annotation must stand beside it.
    With(&'static str),
}

/// An annotation by name.
pub struct F5Annotation {
    pub name: &'static str,
    form: WantedForm,
    pub effect: F5AnnotationEffect,
}

use F5AnnotationEffect::{Modelled, NotModelled, PlusOnly, WithoutEffect};

const fn row(name: &'static str, form: WantedForm, effect: F5AnnotationEffect) -> F5Annotation {
    F5Annotation { name, form, effect }
}

/// All of them, in the order of their names.
pub const ANNOTATIONS: &[F5Annotation] = &[
    row("appprotect.f5.com/app-protect-enable", WantedForm::Any, PlusOnly),
    row("appprotect.f5.com/app-protect-policy", WantedForm::Any, PlusOnly),
    row("appprotect.f5.com/app-protect-security-log", WantedForm::Any, PlusOnly),
    row("appprotect.f5.com/app-protect-security-log-destination", WantedForm::Any, PlusOnly),
    row("appprotect.f5.com/app-protect-security-log-enable", WantedForm::Any, PlusOnly),
    row("appprotectdos.f5.com/app-protect-dos-resource", WantedForm::Any, PlusOnly),
    row("ingress.kubernetes.io/ssl-redirect", WantedForm::Switch, Modelled),
    row("nginx.com/health-checks", WantedForm::Any, PlusOnly),
    row("nginx.com/health-checks-mandatory", WantedForm::Any, PlusOnly),
    row("nginx.com/health-checks-mandatory-queue", WantedForm::Any, PlusOnly),
    row("nginx.com/jwt-key", WantedForm::Any, PlusOnly),
    row("nginx.com/jwt-login-url", WantedForm::Any, PlusOnly),
    row("nginx.com/jwt-realm", WantedForm::Any, PlusOnly),
    row("nginx.com/jwt-token", WantedForm::Any, PlusOnly),
    row("nginx.com/policies", WantedForm::Any, PlusOnly),
    row("nginx.com/slow-start", WantedForm::Any, PlusOnly),
    row("nginx.com/sticky-cookie-services", WantedForm::Any, PlusOnly),
    row("nginx.org/add-header", WantedForm::Headers, Modelled),
    row("nginx.org/add-header-inherit", WantedForm::Some, WithoutEffect),
    row("nginx.org/app-root", WantedForm::AppRoot, Modelled),
    row("nginx.org/basic-auth-realm", WantedForm::With("nginx.org/basic-auth-secret"), Modelled),
    row("nginx.org/basic-auth-secret", WantedForm::Some, Modelled),
    row("nginx.org/client-body-buffer-size", WantedForm::Size, WithoutEffect),
    row("nginx.org/client-max-body-size", WantedForm::Offset, Modelled),
    row("nginx.org/custom-http-errors", WantedForm::ErrorCodes, Modelled),
    row("nginx.org/fail-timeout", WantedForm::Time, WithoutEffect),
    row("nginx.org/grpc-services", WantedForm::Services, Modelled),
    row("nginx.org/hsts", WantedForm::Switch, Modelled),
    row("nginx.org/hsts-behind-proxy", WantedForm::With("nginx.org/hsts"), Modelled),
    row("nginx.org/hsts-include-subdomains", WantedForm::With("nginx.org/hsts"), Modelled),
    row("nginx.org/hsts-max-age", WantedForm::With("nginx.org/hsts"), Modelled),
    row("nginx.org/http-redirect-code", WantedForm::RedirectCode, Modelled),
    row("nginx.org/keepalive", WantedForm::Number, WithoutEffect),
    row("nginx.org/lb-method", WantedForm::Method, Modelled),
    row("nginx.org/limit-req-burst", WantedForm::Any, Modelled),
    row("nginx.org/limit-req-delay", WantedForm::Any, Modelled),
    row("nginx.org/limit-req-dry-run", WantedForm::Any, Modelled),
    row("nginx.org/limit-req-key", WantedForm::Some, Modelled),
    row("nginx.org/limit-req-log-level", WantedForm::Any, WithoutEffect),
    row("nginx.org/limit-req-no-delay", WantedForm::Any, Modelled),
    row("nginx.org/limit-req-rate", WantedForm::Any, Modelled),
    row("nginx.org/limit-req-reject-code", WantedForm::Any, Modelled),
    row("nginx.org/limit-req-scale", WantedForm::Any, Modelled),
    row("nginx.org/limit-req-zone-size", WantedForm::Any, WithoutEffect),
    row("nginx.org/listen-ports", WantedForm::Ports, Modelled),
    row("nginx.org/listen-ports-ssl", WantedForm::Ports, Modelled),
    row("nginx.org/location-snippets", WantedForm::Snippet, NotModelled),
    row("nginx.org/max-conns", WantedForm::Count, WithoutEffect),
    row("nginx.org/max-fails", WantedForm::Count, WithoutEffect),
    row("nginx.org/mergeable-ingress-type", WantedForm::MergeableType, Modelled),
    row("nginx.org/path-regex", WantedForm::PathRegex, Modelled),
    row("nginx.org/policies", WantedForm::Some, Modelled),
    row("nginx.org/proxy-buffer-size", WantedForm::Size, WithoutEffect),
    row("nginx.org/proxy-buffering", WantedForm::Switch, WithoutEffect),
    row("nginx.org/proxy-buffers", WantedForm::Buffers, WithoutEffect),
    row("nginx.org/proxy-busy-buffers-size", WantedForm::Size, WithoutEffect),
    row("nginx.org/proxy-connect-timeout", WantedForm::Time, WithoutEffect),
    row("nginx.org/proxy-hide-headers", WantedForm::HeaderNames, WithoutEffect),
    row("nginx.org/proxy-max-temp-file-size", WantedForm::Size, WithoutEffect),
    row("nginx.org/proxy-next-upstream", WantedForm::Some, WithoutEffect),
    row("nginx.org/proxy-next-upstream-timeout", WantedForm::Time, WithoutEffect),
    row("nginx.org/proxy-next-upstream-tries", WantedForm::Count, WithoutEffect),
    row("nginx.org/proxy-pass-headers", WantedForm::HeaderNames, WithoutEffect),
    row("nginx.org/proxy-read-timeout", WantedForm::Time, WithoutEffect),
    row("nginx.org/proxy-redirect-from", WantedForm::Some, WithoutEffect),
    row("nginx.org/proxy-redirect-to", WantedForm::With("nginx.org/proxy-redirect-from"), WithoutEffect),
    row("nginx.org/proxy-send-timeout", WantedForm::Time, WithoutEffect),
    row("nginx.org/proxy-set-headers", WantedForm::Headers, Modelled),
    row("nginx.org/redirect-to-https", WantedForm::Switch, Modelled),
    row("nginx.org/rewrite-target", WantedForm::RewriteTarget, Modelled),
    row("nginx.org/rewrites", WantedForm::Rewrites, Modelled),
    row("nginx.org/server-snippets", WantedForm::Snippet, NotModelled),
    row("nginx.org/server-tokens", WantedForm::Any, WithoutEffect),
    row("nginx.org/ssl-ciphers", WantedForm::Any, WithoutEffect),
    row("nginx.org/ssl-prefer-server-ciphers", WantedForm::Any, WithoutEffect),
    row("nginx.org/ssl-redirect", WantedForm::Switch, Modelled),
    row("nginx.org/ssl-services", WantedForm::Services, Modelled),
    row("nginx.org/sticky-cookie-services", WantedForm::StickyServices, Modelled),
    row("nginx.org/upstream-zone-size", WantedForm::Size, WithoutEffect),
    row("nginx.org/use-cluster-ip", WantedForm::Switch, Modelled),
    row("nginx.org/websocket-services", WantedForm::Services, Modelled),
];

/// What a master may not have (masterDenylist).
const NOT_OF_MASTERS: &[&str] = &[
    "nginx.com/health-checks",
    "nginx.com/health-checks-mandatory",
    "nginx.com/health-checks-mandatory-queue",
    "nginx.com/sticky-cookie-services",
    "nginx.org/grpc-services",
    "nginx.org/rewrites",
    "nginx.org/ssl-services",
    "nginx.org/sticky-cookie-services",
    "nginx.org/use-cluster-ip",
    "nginx.org/websocket-services",
];

/// What a minion may not have (minionDenylist).
const NOT_OF_MINIONS: &[&str] = &[
    "ingress.kubernetes.io/ssl-redirect",
    "nginx.org/app-root",
    "nginx.org/hsts",
    "nginx.org/hsts-include-subdomains",
    "nginx.org/hsts-max-age",
    "nginx.org/http-redirect-code",
    "nginx.org/listen-ports",
    "nginx.org/listen-ports-ssl",
    "nginx.org/proxy-hide-headers",
    "nginx.org/proxy-pass-headers",
    "nginx.org/redirect-to-https",
    "nginx.org/server-snippets",
    "nginx.org/server-tokens",
    "nginx.org/ssl-ciphers",
    "nginx.org/ssl-prefer-server-ciphers",
    "nginx.org/ssl-redirect",
];

/// What a minion takes from its master (minionInheritanceList), as far as it says something of where requests go.
const OF_MASTERS: &[&str] = &["nginx.org/client-max-body-size", "nginx.org/location-snippets", "nginx.org/lb-method"];

/// The same for whole families of names.
const FAMILY_OF_MASTERS: &str = "nginx.org/limit-req-";

/// An Ingress' annotations as they count, each with the object that it stands on.
#[derive(Clone, Debug, Default)]
pub struct AnnotationSet {
    entries: BTreeMap<Text, (Text, ObjectRef)>,
}

impl AnnotationSet {
    /// Those of an Ingress by itself.
    pub fn of(reference: &ObjectRef, ingress: &Ingress) -> Self {
        let entries = ingress.metadata.annotations.iter();
        Self { entries: entries.map(|(key, value)| (key.clone(), (value.clone(), reference.clone()))).collect() }
    }

    /// A master's, without those that it may not have (filterMasterAnnotations).
    pub fn of_master(mut self) -> Self {
        self.entries.retain(|key, _| !NOT_OF_MASTERS.contains(&&**key));
        self
    }

    /// A minion's, with those that it takes from its master (mergeMasterAnnotationsIntoMinion, filterMinionAnnotations).
    pub fn of_minion(mut self, master: &Self) -> Self {
        let is_taken = |key: &str| OF_MASTERS.contains(&key) || key.starts_with(FAMILY_OF_MASTERS);
        for (key, value) in master.entries.iter().filter(|(key, _)| is_taken(key)) {
            self.entries.entry(key.clone()).or_insert_with(|| value.clone());
        }
        self.entries.retain(|key, _| !NOT_OF_MINIONS.contains(&&**key));
        self
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.entries.get(name).map(|(value, _)| &**value)
    }

    /// Where an annotation is written.
    pub fn line(&self, name: &str) -> Option<FieldRef> {
        self.entries.get(name).map(|(_, object)| annotation_field(object, name))
    }

    pub fn switch(&self, name: &str) -> Option<bool> {
        self.text(name).and_then(parse_bool)
    }

    /// The names in a list separated by commas.
    pub fn list(&self, name: &str) -> BTreeSet<&str> {
        self.text(name).map(|list| list.split(',').collect()).unwrap_or_default()
    }

    /// The first annotation that isn't modelled, on NGINX Plus one of Plus, too.
    pub fn not_modelled(&self, is_plus: bool) -> Option<FieldRef> {
        let counts = |effect| effect == NotModelled || is_plus && effect == PlusOnly;
        ANNOTATIONS.iter().filter(|known| counts(known.effect)).find_map(|known| self.line(known.name))
    }
}

/// Why the controller rejects an Ingress: the line, and its words.
pub type Rejection = (FieldRef, String);

/// The first annotation that may not be as it is (validateIngressAnnotations).
pub fn annotation_fault(
    settings: &F5Settings,
    reference: &ObjectRef,
    ingress: &Ingress,
    services: &BTreeSet<&str>,
) -> Option<Rejection> {
    let annotations = &ingress.metadata.annotations;
    ANNOTATIONS.iter().find_map(|known| {
        let value = annotations.get(known.name)?;
        let said = |message: String| {
            (annotation_field(reference, known.name), format!("annotations.{}: {message}", known.name))
        };
        if known.effect == PlusOnly && !settings.is_plus() {
            return Some(said("Forbidden: annotation requires NGINX Plus".to_owned()));
        }
        if let WantedForm::With(beside) = known.form
            && !annotations.contains_key(beside)
        {
            return Some(said(format!("Forbidden: related annotation {beside}: must be set")));
        }
        if known.form == WantedForm::Snippet && !settings.switch("enable-snippets", false) {
            return Some(said("Forbidden: snippet specified but snippets feature is not enabled".to_owned()));
        }
        let may_be_empty = matches!(known.form, WantedForm::Any | WantedForm::With(_) | WantedForm::Snippet);
        if value.is_empty() && !may_be_empty {
            return Some(said("Required value".to_owned()));
        }
        known.form.fault(value, services).map(|why| said(format!("Invalid value: \"{value}\": {why}")))
    })
}

impl WantedForm {
    /// What is wrong with a value.
    fn fault(self, value: &str, services: &BTreeSet<&str>) -> Option<String> {
        let unless = |fits: bool, why: &str| (!fits).then(|| why.to_owned());
        match self {
            Self::Any | Self::Some | Self::Snippet | Self::With(_) => None,
            Self::Switch => unless(parse_bool(value).is_some(), "must be a boolean"),
            Self::Number => unless(value.parse::<i64>().is_ok(), "must be an integer"),
            Self::Count => unless(value.parse::<u64>().is_ok(), "must be a non-negative integer"),
            Self::Time => unless(is_time(value), "must be a time"),
            Self::Offset => unless(is_amount(value, "kKmMgG"), "must be an offset"),
            Self::Size => unless(is_amount(value, "kKmM"), "must be a size"),
            Self::Buffers => {
                let pair = value.trim().split_once(' ');
                let fits = pair.is_some_and(|(count, size)| count.parse::<u32>().is_ok() && is_amount(size, "kKmM"));
                unless(fits, "must be a proxy buffer spec")
            }
            Self::Ports => unless(parse_ports(value).is_some(), "must be a comma-separated list of port numbers"),
            Self::HeaderNames => {
                let fits = value.split(',').all(|name| is_header_name(name.trim()));
                unless(fits, "a valid HTTP header must consist of alphanumeric characters or '-'")
            }
            Self::Headers => {
                let fits = |entry: &str| {
                    let (name, value) = entry.split_once(':').unwrap_or((entry, ""));
                    is_header_name(name.trim()) && !value.contains(['$', '\n', '\r'])
                };
                unless(value.split(',').all(|entry| fits(entry.trim())), "must be a comma-separated list of headers")
            }
            Self::Services => {
                let unknown: Vec<&str> = value.split(',').filter(|name| !services.contains(name)).collect();
                let why = "must be a comma-separated list of services. The following services were not found: ";
                (!unknown.is_empty()).then(|| format!("{why}{}", unknown.join(",")))
            }
            Self::Rewrites => match parse_rewrites(value) {
                None => Some("is not a valid rewrite format, e.g. 'serviceName=tea-svc rewrite=/'".to_owned()),
                Some(rewrites) => {
                    let unknown = rewrites.keys().filter(|name| !services.contains(name.as_str()));
                    let unknown: Vec<&str> = unknown.map(String::as_str).collect();
                    let why = "The following services were not found: ";
                    (!unknown.is_empty()).then(|| format!("{why}{}", unknown.join(",")))
                }
            },
            Self::RewriteTarget => {
                let is_path = value.starts_with('/') && !value.starts_with("//") && !has_parent_segment(value);
                let fits = is_path
                    && !value.contains(|c: char| ";{}[]|<>,^`~".contains(c) || c.is_whitespace() || c.is_control());
                unless(fits, "must be a path without configuration syntax characters")
            }
            Self::StickyServices => unless(parse_sticky(value).is_some(), "invalid sticky-cookie service format"),
            Self::Method => unless(is_method(value), "invalid load balancing method"),
            Self::RedirectCode => unless(redirect_code(value).is_some(), "must be one of: 301, 302, 307 or 308"),
            Self::AppRoot => {
                let is_path = value.starts_with('/') && !value.starts_with("//") && !has_parent_segment(value);
                let plain = |c: char| c.is_ascii_alphanumeric() || "-_.!*'():@&=+,/?%".contains(c);
                unless(
                    is_path && !value.ends_with('/') && value.chars().all(plain),
                    "must be a path that doesn't end with '/'",
                )
            }
            Self::PathRegex => {
                let fits = ["case_sensitive", "case_insensitive", "exact"].contains(&value);
                unless(fits, "allowed values: 'case_sensitive', 'case_insensitive' or 'exact'")
            }
            Self::MergeableType => {
                unless(["master", "minion"].contains(&value), "must be one of: 'master' or 'minion'")
            }
            Self::ErrorCodes => {
                unless(parse_codes(value).is_some(), "must be status codes from 300 to 599, '4xx' or '5xx'")
            }
        }
    }
}

/// Whether a path has a `..` among its segments.
pub fn has_parent_segment(path: &str) -> bool {
    path.split(['/', '\\']).any(|segment| segment == "..")
}

fn is_amount(value: &str, units: &str) -> bool {
    let value = value.trim();
    let digits = value.strip_suffix(|unit: char| units.contains(unit)).unwrap_or(value);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// `1h 30m`: numbers with units, the largest first.
fn is_time(value: &str) -> bool {
    let value = value.trim();
    value.starts_with(|c: char| c.is_ascii_digit())
        && value.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "yMwdhms".contains(c))
}

fn is_header_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

pub fn is_method(value: &str) -> bool {
    let value = value.trim();
    let words: Vec<&str> = value.split(' ').collect();
    let plain = ["round_robin", "least_conn", "ip_hash", "random", "random two", "random two least_conn"];
    plain.contains(&value) || matches!(words.as_slice(), ["hash", _] | ["hash", _, "consistent"])
}

/// 301, 302, 307 or 308.
pub fn redirect_code(value: &str) -> Option<u16> {
    value.trim().parse().ok().filter(|code| matches!(code, 301 | 302 | 307 | 308))
}

pub fn parse_ports(value: &str) -> Option<Vec<u16>> {
    value.split(',').map(|port| port.parse().ok().filter(|port| *port > 0)).collect()
}

/// `serviceName=tea-svc rewrite=/;…`: the new path by Service.
pub fn parse_rewrites(value: &str) -> Option<BTreeMap<String, String>> {
    let one = |part: &str| {
        let (service, path) = part.trim().split_once(' ')?;
        let (service, path) = (service.strip_prefix("serviceName=")?, path.strip_prefix("rewrite=")?);
        let is_plain = path.starts_with('/') && !path.contains(|c: char| c.is_whitespace() || "{};$=".contains(c));
        is_plain.then(|| (service.to_owned(), path.to_owned()))
    };
    value.split(';').map(one).collect()
}

/// `serviceName=coffee-svc srv_id expires=1h;…`: the cookie's name by Service.
pub fn parse_sticky(value: &str) -> Option<BTreeMap<String, String>> {
    let one = |part: &str| {
        let (service, parameters) = part.split_once(' ')?;
        let (_, service) = service.split_once('=')?;
        let cookie = parameters.split(' ').next().filter(|cookie| !cookie.is_empty())?;
        Some((service.to_owned(), cookie.to_owned()))
    };
    value.split(';').map(one).collect()
}

/// The statuses of custom-http-errors.
pub fn parse_codes(value: &str) -> Option<Vec<u16>> {
    let mut codes: Vec<u16> = Vec::new();
    for token in value.split(',').map(str::trim).filter(|token| !token.is_empty()) {
        match token.to_ascii_lowercase().as_str() {
            "4xx" => codes.extend((400..=498).collect::<Vec<u16>>()),
            "5xx" => codes.extend((500..=599).collect::<Vec<u16>>()),
            number => codes.push(number.parse().ok().filter(|code| (300..=599).contains(code) && *code != 499)?),
        }
    }
    (!codes.is_empty()).then_some(codes)
}

/// `Name:value, Other` as headers; a value that isn't written is the request's own (ParseProxySetHeaders).
pub fn parse_set_headers(value: &str) -> Vec<(String, Text)> {
    let one = |entry: &str| {
        let (name, value) = entry.split_once(':').map_or((entry, None), |(name, value)| (name, Some(value.trim())));
        let name = name.trim().to_owned();
        let own = || format!("$http_{}", name.to_ascii_lowercase().replace('-', "_"));
        let value: Text = value.map_or_else(own, str::to_owned).into();
        (name, value)
    };
    value.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(one).collect()
}
