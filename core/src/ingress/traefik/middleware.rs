//! Middlewares: what they do, and which of them Traefik can't build (pkg/server/middleware, pkg/middlewares).

use ipnet::IpNet;

use super::service_config::{QualifiedName, ServiceRef, StatusRanges};
use crate::http::{Dialect, Pattern};
use crate::model::Text;
use crate::model::middleware::MiddlewareHeaders;

pub mod tcp;
pub mod address;
pub mod auth;
pub mod expression;
pub mod headers;
pub mod path;
pub mod redirect;

/// What a middleware does.
#[derive(Clone, Debug)]
pub enum MiddlewareKind {
    /// `addPrefix`
    AddPrefix(Text),
    /// `stripPrefix`, and whether the rest begins with a slash in any case.
    StripPrefix(Vec<Text>, bool),
    /// `stripPrefixRegex`
    StripPrefixRegex(Vec<Pattern>),
    /// `replacePath`
    ReplacePath(Text),
    /// `replacePathRegex`
    ReplacePathRegex(Pattern, String),
    /// `chain`
    Chain(Vec<QualifiedName>),
    /// `ipAllowList`
    AllowList(AllowList),
    /// `headers`, with the expressions for origins.
    Headers(Box<MiddlewareHeaders>, Vec<Pattern>),
    /// `encodedCharacters`: the escapes that are refused.
    EncodedCharacters(Vec<&'static str>),
    /// `errors`
    Errors(Box<ErrorPages>),
    /// `redirectRegex`: expression, replacement, whether for good.
    RedirectRegex(Pattern, String, bool),
    /// `redirectScheme`
    RedirectScheme(SchemeRedirect),
    /// `basicAuth`
    BasicAuth(Box<auth::BasicAuthUsers>),
    /// `digestAuth`
    DigestAuth,
    /// `forwardAuth`: the address that is asked, and whether of the answer nothing but the status counts.
    ForwardAuth(Text, bool),
    /// `inFlightReq`: how many at once.
    InFlight(i64),
    /// `buffering`: the largest body; 0 for any.
    Buffering(u64),
    /// One that lets every request through as it is.
    Transparent,
    /// One that isn't modelled.
    NotModelled,
}

/// Kinds that let every request through as it is.
pub const WITHOUT_EFFECT: &[&str] =
    &["circuitBreaker", "compress", "contentType", "grpcWeb", "passTLSClientCert", "rateLimit", "retry"];

/// Kinds of which it isn't known what they do.
pub const NOT_MODELLED: &[&str] = &["plugin"];

/// Addresses that may pass.
#[derive(Clone, Debug)]
pub struct AllowList {
    pub networks: Vec<IpNet>,
    /// Which address is the client's.
    pub strategy: AddressStrategy,
    /// What others get.
    pub status: u16,
}

/// Which address is the client's (pkg/ip/strategy.go).
#[derive(Clone, Debug)]
pub enum AddressStrategy {
    Connection,
    /// This one of X-Forwarded-For, from the end.
    Depth(usize),
    /// The last of X-Forwarded-For that isn't in these.
    Excluding(Vec<IpNet>),
}

/// Pages instead of errors.
#[derive(Clone, Debug)]
pub struct ErrorPages {
    /// Which answers they stand for.
    pub statuses: StatusRanges,
    /// Whose pages.
    pub service: ServiceRef,
    /// Their path.
    pub query: String,
    /// Other codes for clients.
    pub rewrites: Vec<(StatusRanges, u16)>,
}

/// A redirect to another scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemeRedirect {
    /// `https`
    pub scheme: String,
    /// The port, if it isn't the scheme's own.
    pub port: Option<String>,
    /// Whether for good.
    pub permanent: bool,
}

/// An expression of Go's.
pub fn go_pattern(source: &str) -> Pattern {
    Pattern::new(source.trim(), Dialect::Re2, false)
}

/// Whether http.StatusText knows a code.
pub fn is_known_status(status: i64) -> bool {
    matches!(status, 100..=103 | 200..=208 | 226 | 300..=305 | 307 | 308 | 400..=418 | 421..=426 | 428 | 429 | 431 | 451 | 500..=508 | 510 | 511)
}

/// `10`, `1m30s`, as Go's time.ParseDuration and ptypes.Duration read it: in nanoseconds; None for anything else.
pub fn parse_duration(text: &str) -> Option<i128> {
    // 1. A bare number is seconds (ptypes.Duration).
    if let Ok(seconds) = text.parse::<i64>() {
        return Some(i128::from(seconds) * 1_000_000_000);
    }
    // 2. The sign.
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest.is_empty() {
        return None;
    }
    let mut whole = 0i128;
    // 3. Number and unit by turns, added up (time.ParseDuration).
    while !rest.is_empty() {
        let digits = rest.find(|character: char| !(character.is_ascii_digit() || character == '.'))?;
        let (number, behind) = rest.split_at_checked(digits)?;
        let letters =
            behind.find(|character: char| character.is_ascii_digit() || character == '.').unwrap_or(behind.len());
        let (unit, after) = behind.split_at_checked(letters)?;
        let factor = match unit {
            "ns" => 1.0,
            "us" | "µs" | "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            _ => return None,
        };
        whole += (number.parse::<f64>().ok()? * factor) as i128;
        rest = after;
    }
    Some(sign * whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, expected) in [
            ("10", Some(10_000_000_000)),
            ("1m30s", Some(90_000_000_000)),
            ("-1.5ms", Some(-1_500_000)),
            ("x", None),
            ("", None),
            ("5 s", None),
        ] {
            assert_eq!(parse_duration(text), expected, "{text}");
        }
    }
}
