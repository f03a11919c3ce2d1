//! The annotations that ingress-nginx 1.15 has: which values it takes, and what a value that it doesn't take does.

use crate::ingress::nginx::settings::{parse_bool, parse_size};
use crate::trace::IngressRule;

/// What a value must look like, and what follows if it doesn't.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// The annotation, without prefix.
    pub name: &'static str,
    /// What its Validator takes.
    shape: Shape,
    /// What its parser makes of another value.
    pub otherwise: Otherwise,
}

/// What becomes of an Ingress with a value of the wrong form. (internal/ingress/annotations/annotations.go Extract: a
/// ValidationError that the annotation's parser hands on drops the Ingress; most parsers fall back to a default.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Otherwise {
    /// The Ingress is dropped.
    Drops,
    /// The annotation is ignored.
    Ignored,
    /// Its locations are denied.
    Denies,
}

/// The validators (internal/ingress/annotations/parser/validators.go).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Bool,
    Int,
    Size,
    /// One of these, in this case.
    OneOf(&'static [&'static str]),
    /// One of these, in any case.
    OneOfAnyCase(&'static [&'static str]),
    /// Contains one of these.
    Contains(&'static [&'static str]),
    /// Letters, digits, and these characters; spaces don't count.
    Spaced(&'static str),
    /// Letters, digits, and these characters.
    Letters(&'static str),
    /// Codes from 400 to 599, separated by commas.
    ErrorCodes,
    /// The name of a Service.
    ServiceName,
    /// Letters with a comma or a space between.
    Methods,
    /// Origins, separated by commas.
    Origins,
}

const BASIC: &str = "-._~/:";
const CAPTURES: &str = "-._~/:$";
const SPACED_TEXT: &str = "-._~/: ";
const URL: &str = "-._~/:?&=";
const URL_WITH_VARIABLES: &str = "-._~/:?&=$, ";
const EXPRESSION: &str = r"-._~/:^$[](){}*+?|&=\";
const SERVER_NAMES: &str = r"-._~/:^$[](){}*+?|&=\, ";
const HASHED: &str = "-_${}";
const HEADERS: &str = "-_, ";
const HEADERS_OR_ANY: &str = "-_, *";

/// The forms that matter for where a request goes (internal/ingress/annotations/*: each annotation's Validator, and what
/// its Parse does with the error).
pub const FORMS: &[Form] = &[
    form("use-regex", Shape::Bool, Otherwise::Ignored),
    form("ssl-redirect", Shape::Bool, Otherwise::Ignored),
    form("force-ssl-redirect", Shape::Bool, Otherwise::Ignored),
    form("preserve-trailing-slash", Shape::Bool, Otherwise::Ignored),
    form("rewrite-target", Shape::Letters(CAPTURES), Otherwise::Ignored),
    form("app-root", Shape::Letters(CAPTURES), Otherwise::Ignored),
    form("from-to-www-redirect", Shape::Bool, Otherwise::Drops),
    form("temporal-redirect", Shape::Letters(URL), Otherwise::Drops),
    form("temporal-redirect-code", Shape::Int, Otherwise::Drops),
    form("permanent-redirect", Shape::Letters(URL), Otherwise::Drops),
    form("permanent-redirect-code", Shape::Int, Otherwise::Drops),
    form("relative-redirects", Shape::Bool, Otherwise::Ignored),
    form("use-port-in-redirects", Shape::Bool, Otherwise::Ignored),
    form("service-upstream", Shape::Bool, Otherwise::Ignored),
    form("ssl-passthrough", Shape::Bool, Otherwise::Drops),
    form("server-alias", Shape::Letters(SERVER_NAMES), Otherwise::Drops),
    form("upstream-vhost", Shape::Letters(EXPRESSION), Otherwise::Drops),
    form("x-forwarded-prefix", Shape::Spaced(CAPTURES), Otherwise::Drops),
    form(
        "backend-protocol",
        Shape::OneOfAnyCase(&["auto_http", "fcgi", "grpc", "grpcs", "http", "https"]),
        Otherwise::Ignored,
    ),
    form("default-backend", Shape::ServiceName, Otherwise::Drops),
    form("custom-http-errors", Shape::ErrorCodes, Otherwise::Drops),
    form("canary", Shape::Bool, Otherwise::Ignored),
    form("canary-weight", Shape::Int, Otherwise::Ignored),
    form("canary-weight-total", Shape::Int, Otherwise::Ignored),
    form("canary-by-header", Shape::Spaced(BASIC), Otherwise::Ignored),
    form("canary-by-header-value", Shape::Spaced(BASIC), Otherwise::Ignored),
    form("canary-by-header-pattern", Shape::Letters(EXPRESSION), Otherwise::Ignored),
    form("canary-by-cookie", Shape::Spaced(BASIC), Otherwise::Ignored),
    form("affinity", Shape::OneOf(&["cookie"]), Otherwise::Ignored),
    form("affinity-mode", Shape::OneOf(&["balanced", "persistent"]), Otherwise::Ignored),
    form("affinity-canary-behavior", Shape::OneOf(&["legacy", "sticky"]), Otherwise::Ignored),
    form("session-cookie-name", Shape::Spaced(BASIC), Otherwise::Ignored),
    form("upstream-hash-by", Shape::Spaced(HASHED), Otherwise::Drops),
    form("upstream-hash-by-subset", Shape::Bool, Otherwise::Drops),
    form("upstream-hash-by-subset-size", Shape::Int, Otherwise::Drops),
    form(
        "load-balance",
        Shape::OneOf(&["chash", "chashsubset", "ewma", "round_robin", "sticky_balanced", "sticky_persistent"]),
        Otherwise::Drops,
    ),
    form("satisfy", Shape::OneOfAnyCase(&["all", "any"]), Otherwise::Ignored),
    form("proxy-body-size", Shape::Size, Otherwise::Ignored),
    form("auth-type", Shape::Contains(&["basic", "digest"]), Otherwise::Drops),
    form("auth-secret", Shape::Spaced(BASIC), Otherwise::Denies),
    form("auth-secret-type", Shape::OneOf(&["auth-file", "auth-map"]), Otherwise::Drops),
    form("auth-realm", Shape::Letters(SPACED_TEXT), Otherwise::Drops),
    form("auth-url", Shape::Letters(URL_WITH_VARIABLES), Otherwise::Drops),
    form("limit-rps", Shape::Int, Otherwise::Drops),
    form("limit-rpm", Shape::Int, Otherwise::Drops),
    form("limit-connections", Shape::Int, Otherwise::Drops),
    form("enable-cors", Shape::Bool, Otherwise::Ignored),
    form("cors-allow-credentials", Shape::Bool, Otherwise::Ignored),
    form("cors-allow-origin", Shape::Origins, Otherwise::Ignored),
    form("cors-allow-methods", Shape::Methods, Otherwise::Ignored),
    form("cors-allow-headers", Shape::Letters(HEADERS), Otherwise::Ignored),
    form("cors-max-age", Shape::Int, Otherwise::Ignored),
    form("cors-expose-headers", Shape::Letters(HEADERS_OR_ANY), Otherwise::Ignored),
    form("enable-global-auth", Shape::Bool, Otherwise::Ignored),
];

const fn form(name: &'static str, shape: Shape, otherwise: Otherwise) -> Form {
    Form { name, shape, otherwise }
}

impl Form {
    /// Whether it takes a value. No annotation takes line breaks (MaliciousRegex).
    pub fn takes(&self, text: &str) -> bool {
        let letters = |text: &str, beside: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || beside.contains(c));
        let without_spaces = || text.replace(' ', "");
        match self.shape {
            Shape::Bool => parse_bool(text).is_some(),
            Shape::Int => text.parse::<i64>().is_ok(),
            Shape::Size => parse_size(text.trim_end_matches(['b', 'B'])).is_some(),
            Shape::OneOf(words) => words.contains(&text),
            Shape::OneOfAnyCase(words) => words.contains(&text.to_ascii_lowercase().as_str()),
            Shape::Contains(words) => words.iter().any(|word| text.contains(word)),
            Shape::Spaced(beside) => letters(&without_spaces(), beside),
            Shape::Letters(beside) => letters(text, beside),
            Shape::ErrorCodes => without_spaces().split(',').all(|code| code.is_empty() || is_error(code)),
            Shape::ServiceName => {
                text.len() <= 63
                    && text.starts_with(|c: char| c.is_ascii_lowercase())
                    && !text.ends_with('-')
                    && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            }
            Shape::Methods => without_spaces().split(',').all(|method| method.chars().all(|c| c.is_ascii_alphabetic())),
            Shape::Origins => without_spaces().split(',').all(|origin| {
                let bare = origin.trim_start_matches("https://").trim_start_matches("http://");
                origin == "*" || letters(bare.trim_start_matches("*."), "-.:")
            }),
        }
    }
}

fn is_error(code: &str) -> bool {
    code.len() == 3 && code.starts_with(['4', '5']) && code.chars().all(|c| c.is_ascii_digit())
}

/// Annotations that change the answer in ways that aren't modelled.
pub const NOT_MODELLED: &[&str] = &["auth-tls-secret", "ssl-passthrough", "enable-modsecurity"];
/// Of critical risk: the Ingress is dropped unless annotations-risk-level takes that.
pub const SNIPPETS: &[&str] =
    &["configuration-snippet", "server-snippet", "auth-snippet", "modsecurity-snippet", "stream-snippet"];

/// Annotations on which it depends whether a request comes through, and what they do.
pub const CONDITIONS: &[(&str, IngressRule)] = &[
    ("auth-url", IngressRule::AuthRequest),
    ("limit-rps", IngressRule::RateLimited),
    ("limit-rpm", IngressRule::RateLimited),
    ("limit-connections", IngressRule::RateLimited),
    ("custom-http-errors", IngressRule::ErrorsReplaced),
    ("mirror-target", IngressRule::Mirrored),
];

/// Annotations that are known and change nothing about where a request goes.
const WITHOUT_EFFECT: &[&str] = &[
    "auth-always-set-cookie",
    "auth-cache-duration",
    "auth-cache-key",
    "auth-keepalive",
    "auth-keepalive-requests",
    "auth-keepalive-share-vars",
    "auth-keepalive-timeout",
    "auth-method",
    "auth-proxy-set-headers",
    "auth-request-redirect",
    "auth-response-headers",
    "auth-signin",
    "auth-signin-redirect-param",
    "auth-tls-error-page",
    "auth-tls-match-cn",
    "auth-tls-pass-certificate-to-upstream",
    "auth-tls-verify-client",
    "auth-tls-verify-depth",
    "client-body-buffer-size",
    "connection-proxy-header",
    "custom-headers",
    "disable-proxy-intercept-errors",
    "enable-access-log",
    "enable-opentelemetry",
    "enable-opentracing",
    "enable-owasp-core-rules",
    "enable-rewrite-log",
    "fastcgi-index",
    "fastcgi-params-configmap",
    "http2-push-preload",
    "limit-allowlist",
    "limit-burst-multiplier",
    "limit-rate",
    "limit-rate-after",
    "limit-whitelist",
    "mirror-host",
    "mirror-request-body",
    "modsecurity-transaction-id",
    "opentelemetry-operation-name",
    "opentelemetry-trust-incoming-span",
    "proxy-buffer-size",
    "proxy-buffering",
    "proxy-buffers-number",
    "proxy-busy-buffers-size",
    "proxy-connect-timeout",
    "proxy-cookie-domain",
    "proxy-cookie-path",
    "proxy-http-version",
    "proxy-max-temp-file-size",
    "proxy-next-upstream",
    "proxy-next-upstream-timeout",
    "proxy-next-upstream-tries",
    "proxy-read-timeout",
    "proxy-redirect-from",
    "proxy-redirect-to",
    "proxy-request-buffering",
    "proxy-send-timeout",
    "proxy-ssl-ciphers",
    "proxy-ssl-name",
    "proxy-ssl-protocols",
    "proxy-ssl-secret",
    "proxy-ssl-server-name",
    "proxy-ssl-verify",
    "proxy-ssl-verify-depth",
    "session-cookie-change-on-failure",
    "session-cookie-conditional-samesite-none",
    "session-cookie-domain",
    "session-cookie-expires",
    "session-cookie-max-age",
    "session-cookie-partitioned",
    "session-cookie-path",
    "session-cookie-samesite",
    "session-cookie-secure",
    "ssl-ciphers",
    "ssl-prefer-server-ciphers",
];

/// Annotations of [`FORMS`] that change nothing unless their value is of the wrong form.
const ONLY_CHECKED: &[&str] =
    &["affinity-mode", "load-balance", "upstream-hash-by-subset", "upstream-hash-by-subset-size"];

/// Annotations that are read and have no form of their own in [`FORMS`].
const READ: &[&str] = &["allowlist-source-range", "denylist-source-range", "mirror-target", "whitelist-source-range"];

/// Whether ingress-nginx has an annotation of this name (without prefix).
pub fn is_known(name: &str) -> bool {
    known().any(|known| known == name)
}

/// The annotations that ingress-nginx has, without prefix, each once.
pub fn known() -> impl Iterator<Item = &'static str> {
    let others = [WITHOUT_EFFECT, READ, NOT_MODELLED, SNIPPETS].into_iter().flatten().copied();
    let others = others.filter(|name| FORMS.iter().all(|form| form.name != *name));
    FORMS.iter().map(|form| form.name).chain(others)
}

/// What becomes of an annotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It does what it does there.
    Modelled,
    /// It depends on something else whether a request comes through; a rule names it.
    Depends(IngressRule),
    /// It changes the answer in ways that aren't modelled.
    NotModelled,
    /// nginx' own configuration: with it the Ingress is dropped unless the ConfigMap allows the risk.
    Snippet,
    /// It changes nothing about where a request goes.
    WithoutEffect,
}

/// What becomes of an annotation that ingress-nginx has.
pub fn meaning(name: &str) -> Meaning {
    let condition = CONDITIONS.iter().find(|(condition, _)| *condition == name);
    match condition {
        Some((_, rule)) => Meaning::Depends(*rule),
        None if NOT_MODELLED.contains(&name) => Meaning::NotModelled,
        None if SNIPPETS.contains(&name) => Meaning::Snippet,
        None if WITHOUT_EFFECT.contains(&name) || ONLY_CHECKED.contains(&name) => Meaning::WithoutEffect,
        None => Meaning::Modelled,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name stands in one table; only what a value of the wrong form does may stand beside what isn't modelled.
    #[test]
    fn each_is_listed_once() {
        let form = |name: &str| FORMS.iter().any(|form| form.name == name);
        let twice: Vec<_> = WITHOUT_EFFECT.iter().chain(READ).chain(SNIPPETS).filter(|name| form(name)).collect();
        assert!(twice.is_empty(), "{twice:?}");
        assert!(ONLY_CHECKED.iter().all(|name| form(name)));
        let names: std::collections::BTreeSet<_> = known().collect();
        assert_eq!(names.len(), known().count());
    }

    /// Every annotation that is read by name is in the tables, as one that has an effect.
    #[test]
    fn what_is_read_is_known() {
        const CALLS: [&str; 9] = [
            "reader.text(",
            "reader.is(",
            "reader.is_strictly(",
            "reader.list(",
            "networks(reader, ",
            "self.text(",
            "self.is(",
            "weight(",
            "text(",
        ];
        let files = [include_str!("../annotations.rs"), include_str!("reader.rs")];
        let read = CALLS.iter().flat_map(|call| files.iter().flat_map(move |file| file.split(call).skip(1)));
        let read = read.filter_map(|rest| rest.strip_prefix('"')?.split('"').next());
        let read: std::collections::BTreeSet<&str> = read.collect();
        assert!(read.len() > 40, "{read:?}");
        // Keys of the ConfigMap are read with the same words.
        let config = crate::ingress::nginx::settings::CONFIG_MAP;
        let wrong = |name: &&&str| !is_known(name) || meaning(name) == Meaning::WithoutEffect;
        let wrong: Vec<_> = read.iter().filter(wrong).filter(|name| !config.contains(name)).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
    }
}
