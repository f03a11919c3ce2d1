//! Middlewares: what they do, and which of them Traefik can't build (pkg/server/middleware, pkg/middlewares).

use ipnet::IpNet;

use super::service_config::{QualifiedName, ServiceRef, StatusRanges};
use crate::duration::{SECOND, parse_duration};
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

/// `10` in seconds, or `1m30s`: in nanoseconds (ptypes.Duration); None for anything else.
pub fn seconds_or_duration(text: &str) -> Option<i128> {
    match text.parse::<i64>() {
        Ok(seconds) => Some(i128::from(seconds) * SECOND),
        Err(_) => parse_duration(text).ok(),
    }
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
            assert_eq!(seconds_or_duration(text), expected, "{text}");
        }
    }
}
