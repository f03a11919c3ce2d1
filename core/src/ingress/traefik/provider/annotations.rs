//! Annotations that say how the paths of an Ingress become routers, and Services servers (ingress/annotations.go). One that
//! Traefik doesn't know, or whose value it can't read, takes the whole Ingress or path out.

use std::str::FromStr;

use crate::model::Labels;

/// The prefix of Traefik's annotations.
pub const PREFIX: &str = "traefik.ingress.kubernetes.io";

/// The annotations of an Ingress about its routers, behind `traefik.ingress.kubernetes.io/router.`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum RouterAnnotation {
    EntryPoints,
    Middlewares,
    PathMatcher,
    Priority,
    RuleSyntax,
    Tls,
    #[strum(serialize = "tls.certresolver")]
    TlsCertResolver,
    #[strum(serialize = "tls.options")]
    TlsOptions,
    #[strum(serialize = "observability.accesslogs")]
    ObservabilityAccessLogs,
    #[strum(serialize = "observability.metrics")]
    ObservabilityMetrics,
    #[strum(serialize = "observability.traceverbosity")]
    ObservabilityTraceVerbosity,
    #[strum(serialize = "observability.tracing")]
    ObservabilityTracing,
}

/// The annotations of a Service, behind `traefik.ingress.kubernetes.io/service.`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase")]
pub enum ServiceAnnotation {
    Middlewares,
    NativeLb,
    NodePortLb,
    PassHostHeader,
    ServersScheme,
    ServersTransport,
    Sticky,
    #[strum(serialize = "sticky.cookie")]
    StickyCookie,
    #[strum(serialize = "sticky.cookie.domain")]
    StickyCookieDomain,
    #[strum(serialize = "sticky.cookie.httponly")]
    StickyCookieHttpOnly,
    #[strum(serialize = "sticky.cookie.maxage")]
    StickyCookieMaxAge,
    #[strum(serialize = "sticky.cookie.name")]
    StickyCookieName,
    #[strum(serialize = "sticky.cookie.path")]
    StickyCookiePath,
    #[strum(serialize = "sticky.cookie.samesite")]
    StickyCookieSameSite,
    #[strum(serialize = "sticky.cookie.secure")]
    StickyCookieSecure,
}

/// What an annotation's value must be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ValueForm {
    Text,
    Bool,
    Number,
}

pub fn router_key(annotation: RouterAnnotation) -> String {
    format!("{PREFIX}/router.{}", <&str>::from(annotation))
}

pub fn service_key(annotation: ServiceAnnotation) -> String {
    format!("{PREFIX}/service.{}", <&str>::from(annotation))
}

/// The first annotation about routers that Traefik can't read.
pub fn unreadable_of_router(annotations: &Labels) -> Option<&str> {
    unreadable(annotations, "router.", |name| {
        let form = |annotation| match annotation {
            RouterAnnotation::Priority => ValueForm::Number,
            RouterAnnotation::ObservabilityAccessLogs
            | RouterAnnotation::ObservabilityMetrics
            | RouterAnnotation::ObservabilityTracing => ValueForm::Bool,
            _ => ValueForm::Text,
        };
        let domains = name.strip_prefix("tls.domains.").and_then(|rest| rest.split_once('.'));
        match domains {
            Some((number, "main" | "sans")) if number.parse::<u32>().is_ok() => Some(ValueForm::Text),
            _ => RouterAnnotation::from_str(name).ok().map(form),
        }
    })
}

/// The first annotation of a Service that Traefik can't read.
pub fn unreadable_of_service(annotations: &Labels) -> Option<&str> {
    unreadable(annotations, "service.", |name| {
        ServiceAnnotation::from_str(name).ok().map(|annotation| match annotation {
            ServiceAnnotation::NativeLb
            | ServiceAnnotation::NodePortLb
            | ServiceAnnotation::PassHostHeader
            | ServiceAnnotation::StickyCookieHttpOnly
            | ServiceAnnotation::StickyCookieSecure => ValueForm::Bool,
            ServiceAnnotation::StickyCookieMaxAge => ValueForm::Number,
            _ => ValueForm::Text,
        })
    })
}

fn unreadable<'a>(annotations: &'a Labels, part: &str, form: impl Fn(&str) -> Option<ValueForm>) -> Option<&'a str> {
    let prefix = format!("{PREFIX}/{part}");
    annotations.iter().find_map(|(key, value)| {
        let name = key.strip_prefix(prefix.as_str())?.to_ascii_lowercase();
        let is_read = match form(&name) {
            Some(ValueForm::Text) => true,
            Some(ValueForm::Bool) => is_bool(value),
            Some(ValueForm::Number) => value.parse::<i64>().is_ok(),
            None => false,
        };
        (!is_read).then_some(&**key)
    })
}

/// Go's strconv.ParseBool.
fn is_bool(text: &str) -> bool {
    matches!(text, "1" | "t" | "T" | "true" | "TRUE" | "True" | "0" | "f" | "F" | "false" | "FALSE" | "False")
}

/// Whether a value that is a bool is true.
pub fn is_true(text: &str) -> bool {
    is_bool(text) && matches!(text.as_bytes().first(), Some(b'1' | b't' | b'T'))
}

/// An annotation whatever its letters' case.
pub fn value<'a>(annotations: &'a Labels, key: &str) -> Option<&'a str> {
    let found = annotations.iter().find(|(name, _)| name.eq_ignore_ascii_case(key));
    found.map(|(_, value)| &**value)
}
