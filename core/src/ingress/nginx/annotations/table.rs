//! The annotations that ingress-nginx 1.15 has: which values each takes, what a value that it doesn't take does, how risky
//! it is, and what becomes of it here.

use crate::ingress::nginx::annotation_risk::AnnotationRisk;
use strum::VariantArray;

use self::AnnotationRisk::{Critical, High, Low, Medium};
use self::AnnotationSupport::{Depends, Modelled, NotModelled, Snippet, WithoutEffect};
use self::AnnotationValidator::{
    Anything, Bool, Ciphers, CommonName, Contains, ErrorCodes, Int, Letters, Methods, Networks, OneOf, OneOfAnyCase,
    Origins, ServerNames, ServiceName, Size, Spaced,
};
use self::InvalidEffect::{Denies, Drops, Ignored};
use crate::ingress::nginx::settings::{parse_bool, parse_net, parse_size};
use crate::trace::IngressControllerRule;

/// An annotation, named without prefix.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::EnumString, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Annotation {
    Affinity,
    AffinityCanaryBehavior,
    AffinityMode,
    AllowlistSourceRange,
    AppRoot,
    AuthAlwaysSetCookie,
    AuthCacheDuration,
    AuthCacheKey,
    AuthKeepalive,
    AuthKeepaliveRequests,
    AuthKeepaliveShareVars,
    AuthKeepaliveTimeout,
    AuthMethod,
    AuthProxySetHeaders,
    AuthRealm,
    AuthRequestRedirect,
    AuthResponseHeaders,
    AuthSecret,
    AuthSecretType,
    AuthSignin,
    AuthSigninRedirectParam,
    AuthSnippet,
    AuthTlsErrorPage,
    AuthTlsMatchCn,
    AuthTlsPassCertificateToUpstream,
    AuthTlsSecret,
    AuthTlsVerifyClient,
    AuthTlsVerifyDepth,
    AuthType,
    AuthUrl,
    BackendProtocol,
    Canary,
    CanaryByCookie,
    CanaryByHeader,
    CanaryByHeaderPattern,
    CanaryByHeaderValue,
    CanaryWeight,
    CanaryWeightTotal,
    ClientBodyBufferSize,
    ConfigurationSnippet,
    ConnectionProxyHeader,
    CorsAllowCredentials,
    CorsAllowHeaders,
    CorsAllowMethods,
    CorsAllowOrigin,
    CorsExposeHeaders,
    CorsMaxAge,
    CustomHeaders,
    CustomHttpErrors,
    DefaultBackend,
    DenylistSourceRange,
    DisableProxyInterceptErrors,
    EnableAccessLog,
    EnableCors,
    EnableGlobalAuth,
    EnableModsecurity,
    EnableOpentelemetry,
    EnableOpentracing,
    EnableOwaspCoreRules,
    EnableRewriteLog,
    FastcgiIndex,
    FastcgiParamsConfigmap,
    ForceSslRedirect,
    FromToWwwRedirect,
    Http2PushPreload,
    LimitAllowlist,
    LimitBurstMultiplier,
    LimitConnections,
    LimitRate,
    LimitRateAfter,
    LimitRpm,
    LimitRps,
    LimitWhitelist,
    LoadBalance,
    MirrorHost,
    MirrorRequestBody,
    MirrorTarget,
    ModsecuritySnippet,
    ModsecurityTransactionId,
    OpentelemetryOperationName,
    OpentelemetryTrustIncomingSpan,
    PermanentRedirect,
    PermanentRedirectCode,
    PreserveTrailingSlash,
    ProxyBodySize,
    ProxyBufferSize,
    ProxyBuffering,
    ProxyBuffersNumber,
    ProxyBusyBuffersSize,
    ProxyConnectTimeout,
    ProxyCookieDomain,
    ProxyCookiePath,
    ProxyHttpVersion,
    ProxyMaxTempFileSize,
    ProxyNextUpstream,
    ProxyNextUpstreamTimeout,
    ProxyNextUpstreamTries,
    ProxyReadTimeout,
    ProxyRedirectFrom,
    ProxyRedirectTo,
    ProxyRequestBuffering,
    ProxySendTimeout,
    ProxySslCiphers,
    ProxySslName,
    ProxySslProtocols,
    ProxySslSecret,
    ProxySslServerName,
    ProxySslVerify,
    ProxySslVerifyDepth,
    RelativeRedirects,
    RewriteTarget,
    Satisfy,
    ServerAlias,
    ServerSnippet,
    ServiceUpstream,
    SessionCookieChangeOnFailure,
    SessionCookieConditionalSamesiteNone,
    SessionCookieDomain,
    SessionCookieExpires,
    SessionCookieMaxAge,
    SessionCookieName,
    SessionCookiePartitioned,
    SessionCookiePath,
    SessionCookieSamesite,
    SessionCookieSecure,
    SslCiphers,
    SslPassthrough,
    SslPreferServerCiphers,
    SslRedirect,
    StreamSnippet,
    TemporalRedirect,
    TemporalRedirectCode,
    UpstreamHashBy,
    UpstreamHashBySubset,
    UpstreamHashBySubsetSize,
    UpstreamVhost,
    UsePortInRedirects,
    UseRegex,
    WhitelistSourceRange,
    XForwardedPrefix,
}

/// What is known of an annotation.
#[derive(Clone, Copy, Debug)]
pub struct AnnotationForm {
    /// What its Validator takes.
    shape: AnnotationValidator,
    /// What its parser makes of another value.
    pub otherwise: InvalidEffect,
    /// How risky it is.
    pub risk: AnnotationRisk,
    /// What becomes of it here.
    pub meaning: AnnotationSupport,
}

/// What becomes of an Ingress with a value of the wrong form. (internal/ingress/annotations/annotations.go Extract: a
/// ValidationError that the annotation's parser hands on drops the Ingress; most parsers fall back to a default.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidEffect {
    /// The Ingress is dropped.
    Drops,
    /// The annotation is ignored.
    Ignored,
    /// Its locations are denied.
    Denies,
}

/// What becomes of an annotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnnotationSupport {
    /// It does what it does there.
    Modelled,
    /// It depends on something else whether a request comes through; a rule names it.
    Depends(IngressControllerRule),
    /// It changes the answer in ways that aren't modelled.
    NotModelled,
    /// nginx' own configuration: with it the Ingress is dropped unless the ConfigMap allows the risk.
    Snippet,
    /// It changes nothing about where a request goes.
    WithoutEffect,
}

/// The validators (internal/ingress/annotations/parser/validators.go).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AnnotationValidator {
    Anything,
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
    ServiceName,
    /// Letters with a comma or a space between.
    Methods,
    /// Origins, separated by commas.
    Origins,
    /// Addresses and networks, separated by commas.
    Networks,
    /// Names of servers or expressions for them, separated by commas.
    ServerNames,
    /// OpenSSL's list of ciphers.
    Ciphers,
    /// `CN=` and an expression.
    CommonName,
}

const BASIC: &str = "-._~/:";
const CAPTURES: &str = "-._~/:$";
const SPACED_TEXT: &str = "-._~/: ";
const LISTED: &str = "-._~/:, ";
const URL: &str = "-._~/:?&=,";
const URL_WITH_VARIABLES: &str = "-._~/:?&=$, ";
const EXPRESSION: &str = r"-._~/:^$[](){}*+?|&=\";
const ERROR_PAGE: &str = "@-._:/";
const HASHED: &str = "-_${}";
const HEADERS: &str = "-_, ";
const HEADERS_OR_ANY: &str = "-_, *";
const METHODS: &[&str] = &["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];

impl Annotation {
    /// Its name, without prefix.
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The names of all, without prefix.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::VARIANTS.iter().map(|annotation| annotation.name())
    }

    /// Its form (internal/ingress/annotations/*: each annotation's Validator and Risk, and what its Parse does with the
    /// error) and what becomes of it.
    #[rustfmt::skip]
    pub const fn form(self) -> AnnotationForm {
        match self {
            Self::Affinity => form(OneOf(&["cookie"]), Ignored, Low, Modelled),
            Self::AffinityCanaryBehavior => form(OneOf(&["legacy", "sticky"]), Ignored, Low, Modelled),
            Self::AffinityMode => form(OneOf(&["balanced", "persistent"]), Ignored, Medium, WithoutEffect),
            Self::AllowlistSourceRange => form(Anything, Ignored, Medium, Modelled),
            Self::AppRoot => form(Letters(CAPTURES), Ignored, Medium, Modelled),
            Self::AuthAlwaysSetCookie => form(Bool, Ignored, Low, WithoutEffect),
            Self::AuthCacheDuration => form(Letters(LISTED), Ignored, Medium, WithoutEffect),
            Self::AuthCacheKey => form(Spaced(HASHED), Ignored, Medium, WithoutEffect),
            Self::AuthKeepalive => form(Int, Ignored, Low, WithoutEffect),
            Self::AuthKeepaliveRequests => form(Int, Ignored, Low, WithoutEffect),
            Self::AuthKeepaliveShareVars => form(Bool, Ignored, Low, WithoutEffect),
            Self::AuthKeepaliveTimeout => form(Int, Ignored, Low, WithoutEffect),
            Self::AuthMethod => form(OneOf(METHODS), Denies, Low, WithoutEffect),
            Self::AuthProxySetHeaders => form(Spaced(BASIC), Ignored, Medium, WithoutEffect),
            Self::AuthRealm => form(Letters(SPACED_TEXT), Drops, Medium, Modelled),
            Self::AuthRequestRedirect => form(Spaced(URL), Ignored, Medium, WithoutEffect),
            Self::AuthResponseHeaders => form(Letters(HEADERS), Denies, Medium, WithoutEffect),
            Self::AuthSecret => form(Spaced(BASIC), Denies, Medium, Modelled),
            Self::AuthSecretType => form(Contains(&["auth-file", "auth-map"]), Drops, Low, Modelled),
            Self::AuthSignin => form(Letters(URL_WITH_VARIABLES), Ignored, High, WithoutEffect),
            Self::AuthSigninRedirectParam => form(Spaced(URL), Ignored, Medium, WithoutEffect),
            Self::AuthSnippet => form(Anything, Ignored, Critical, Snippet),
            Self::AuthTlsErrorPage => form(Letters(ERROR_PAGE), Drops, High, WithoutEffect),
            Self::AuthTlsMatchCn => form(CommonName, Drops, High, WithoutEffect),
            Self::AuthTlsPassCertificateToUpstream => form(Bool, Drops, Low, WithoutEffect),
            Self::AuthTlsSecret => form(Spaced(BASIC), Drops, Medium, Modelled),
            Self::AuthTlsVerifyClient => form(OneOf(&["off", "on", "optional", "optional_no_ca"]), Ignored, Medium, Modelled),
            Self::AuthTlsVerifyDepth => form(Int, Ignored, Low, WithoutEffect),
            Self::AuthType => form(Contains(&["basic", "digest"]), Drops, Low, Modelled),
            Self::AuthUrl => form(Letters(URL_WITH_VARIABLES), Drops, High, Depends(IngressControllerRule::AuthRequest)),
            Self::BackendProtocol => form(OneOfAnyCase(&["auto_http", "fcgi", "grpc", "grpcs", "http", "https"]), Ignored, Low, Modelled),
            Self::Canary => form(Bool, Ignored, Low, Modelled),
            Self::CanaryByCookie => form(Spaced(BASIC), Ignored, Medium, Modelled),
            Self::CanaryByHeader => form(Spaced(BASIC), Ignored, Medium, Modelled),
            Self::CanaryByHeaderPattern => form(Letters(EXPRESSION), Ignored, Medium, Modelled),
            Self::CanaryByHeaderValue => form(Spaced(BASIC), Ignored, Medium, Modelled),
            Self::CanaryWeight => form(Int, Ignored, Low, Modelled),
            Self::CanaryWeightTotal => form(Int, Ignored, Low, Modelled),
            Self::ClientBodyBufferSize => form(Size, Drops, Low, WithoutEffect),
            Self::ConfigurationSnippet => form(Anything, Ignored, Critical, Snippet),
            Self::ConnectionProxyHeader => form(Anything, Ignored, Low, WithoutEffect),
            Self::CorsAllowCredentials => form(Bool, Ignored, Low, Modelled),
            Self::CorsAllowHeaders => form(Letters(HEADERS), Ignored, Medium, Modelled),
            Self::CorsAllowMethods => form(Methods, Ignored, Medium, Modelled),
            Self::CorsAllowOrigin => form(Origins, Ignored, Medium, Modelled),
            Self::CorsExposeHeaders => form(Letters(HEADERS_OR_ANY), Ignored, Medium, Modelled),
            Self::CorsMaxAge => form(Int, Ignored, Low, Modelled),
            Self::CustomHeaders => form(Spaced(BASIC), Ignored, Medium, Modelled),
            Self::CustomHttpErrors => form(ErrorCodes, Drops, Low, Depends(IngressControllerRule::ErrorsReplaced)),
            Self::DefaultBackend => form(ServiceName, Drops, Low, Modelled),
            Self::DenylistSourceRange => form(Anything, Ignored, Medium, Modelled),
            Self::DisableProxyInterceptErrors => form(Bool, Ignored, Low, WithoutEffect),
            Self::EnableAccessLog => form(Bool, Ignored, Low, WithoutEffect),
            Self::EnableCors => form(Bool, Ignored, Low, Modelled),
            Self::EnableGlobalAuth => form(Bool, Ignored, Low, Modelled),
            Self::EnableModsecurity => form(Bool, Ignored, Low, NotModelled),
            Self::EnableOpentelemetry => form(Bool, Ignored, Low, WithoutEffect),
            Self::EnableOpentracing => form(Anything, Ignored, Low, WithoutEffect),
            Self::EnableOwaspCoreRules => form(Bool, Ignored, Low, WithoutEffect),
            Self::EnableRewriteLog => form(Bool, Ignored, Low, WithoutEffect),
            Self::FastcgiIndex => form(Spaced("-._"), Drops, Medium, WithoutEffect),
            Self::FastcgiParamsConfigmap => form(Spaced(BASIC), Drops, Medium, WithoutEffect),
            Self::ForceSslRedirect => form(Bool, Ignored, Medium, Modelled),
            Self::FromToWwwRedirect => form(Bool, Drops, Low, Modelled),
            Self::Http2PushPreload => form(Bool, Ignored, Low, WithoutEffect),
            Self::LimitAllowlist => form(Networks, Drops, Low, WithoutEffect),
            Self::LimitBurstMultiplier => form(Int, Ignored, Low, WithoutEffect),
            Self::LimitConnections => form(Int, Drops, Low, Depends(IngressControllerRule::RateLimited)),
            Self::LimitRate => form(Int, Ignored, Low, WithoutEffect),
            Self::LimitRateAfter => form(Int, Ignored, Low, WithoutEffect),
            Self::LimitRpm => form(Int, Drops, Low, Depends(IngressControllerRule::RateLimited)),
            Self::LimitRps => form(Int, Drops, Low, Depends(IngressControllerRule::RateLimited)),
            Self::LimitWhitelist => form(Networks, Drops, Low, WithoutEffect),
            Self::LoadBalance => form(OneOf(&["chash", "chashsubset", "ewma", "round_robin", "sticky_balanced", "sticky_persistent"]), Drops, Low, WithoutEffect),
            Self::MirrorHost => form(Letters(EXPRESSION), Ignored, High, WithoutEffect),
            Self::MirrorRequestBody => form(OneOf(&["off", "on"]), Ignored, Low, WithoutEffect),
            Self::MirrorTarget => form(Letters(EXPRESSION), Ignored, High, Depends(IngressControllerRule::Mirrored)),
            Self::ModsecuritySnippet => form(Anything, Ignored, Critical, Snippet),
            Self::ModsecurityTransactionId => form(Spaced(HASHED), Ignored, High, WithoutEffect),
            Self::OpentelemetryOperationName => form(Spaced("-_"), Ignored, Medium, WithoutEffect),
            Self::OpentelemetryTrustIncomingSpan => form(Bool, Ignored, Low, WithoutEffect),
            Self::PermanentRedirect => form(Letters(URL), Drops, Medium, Modelled),
            Self::PermanentRedirectCode => form(Int, Drops, Low, Modelled),
            Self::PreserveTrailingSlash => form(Bool, Ignored, Medium, Modelled),
            Self::ProxyBodySize => form(Size, Ignored, Medium, Modelled),
            Self::ProxyBufferSize => form(Size, Ignored, Low, WithoutEffect),
            Self::ProxyBuffering => form(OneOf(&["off", "on"]), Ignored, Low, WithoutEffect),
            Self::ProxyBuffersNumber => form(Int, Ignored, Low, WithoutEffect),
            Self::ProxyBusyBuffersSize => form(Size, Ignored, Low, WithoutEffect),
            Self::ProxyConnectTimeout => form(Int, Ignored, Low, WithoutEffect),
            Self::ProxyCookieDomain => form(Anything, Ignored, Medium, WithoutEffect),
            Self::ProxyCookiePath => form(Spaced(URL), Ignored, Medium, WithoutEffect),
            Self::ProxyHttpVersion => form(OneOf(&["1.0", "1.1"]), Ignored, Low, WithoutEffect),
            Self::ProxyMaxTempFileSize => form(Size, Ignored, Low, WithoutEffect),
            Self::ProxyNextUpstream => form(Anything, Ignored, Medium, WithoutEffect),
            Self::ProxyNextUpstreamTimeout => form(Int, Ignored, Low, WithoutEffect),
            Self::ProxyNextUpstreamTries => form(Int, Ignored, Low, WithoutEffect),
            Self::ProxyReadTimeout => form(Int, Ignored, Low, WithoutEffect),
            Self::ProxyRedirectFrom => form(Spaced(URL), Ignored, Medium, WithoutEffect),
            Self::ProxyRedirectTo => form(Spaced(URL), Ignored, Medium, WithoutEffect),
            Self::ProxyRequestBuffering => form(OneOf(&["off", "on"]), Ignored, Low, WithoutEffect),
            Self::ProxySendTimeout => form(Int, Ignored, Low, WithoutEffect),
            Self::ProxySslCiphers => form(Spaced("+:_-!"), Ignored, Medium, WithoutEffect),
            Self::ProxySslName => form(Letters(EXPRESSION), Ignored, High, WithoutEffect),
            Self::ProxySslProtocols => form(Anything, Ignored, Low, WithoutEffect),
            Self::ProxySslSecret => form(Spaced(BASIC), Drops, Medium, Modelled),
            Self::ProxySslServerName => form(OneOf(&["off", "on"]), Ignored, Low, WithoutEffect),
            Self::ProxySslVerify => form(OneOf(&["off", "on"]), Ignored, Low, WithoutEffect),
            Self::ProxySslVerifyDepth => form(Int, Ignored, Low, WithoutEffect),
            Self::RelativeRedirects => form(Bool, Ignored, Low, Modelled),
            Self::RewriteTarget => form(Letters(CAPTURES), Ignored, Medium, Modelled),
            Self::Satisfy => form(OneOf(&["all", "any"]), Ignored, Low, Modelled),
            Self::ServerAlias => form(ServerNames, Drops, High, Modelled),
            Self::ServerSnippet => form(Anything, Ignored, Critical, Snippet),
            Self::ServiceUpstream => form(Bool, Ignored, Low, Modelled),
            Self::SessionCookieChangeOnFailure => form(Bool, Ignored, Low, WithoutEffect),
            Self::SessionCookieConditionalSamesiteNone => form(Bool, Ignored, Low, WithoutEffect),
            Self::SessionCookieDomain => form(Spaced(BASIC), Ignored, Medium, WithoutEffect),
            Self::SessionCookieExpires => form(Anything, Ignored, Medium, WithoutEffect),
            Self::SessionCookieMaxAge => form(Anything, Ignored, Medium, WithoutEffect),
            Self::SessionCookieName => form(Spaced(BASIC), Ignored, Medium, Modelled),
            Self::SessionCookiePartitioned => form(Bool, Ignored, Low, WithoutEffect),
            Self::SessionCookiePath => form(Spaced(URL), Ignored, Medium, WithoutEffect),
            Self::SessionCookieSamesite => form(OneOfAnyCase(&["lax", "none", "strict"]), Ignored, Low, WithoutEffect),
            Self::SessionCookieSecure => form(Bool, Ignored, Low, WithoutEffect),
            Self::SslCiphers => form(Ciphers, Drops, Low, WithoutEffect),
            Self::SslPassthrough => form(Bool, Drops, Low, Modelled),
            Self::SslPreferServerCiphers => form(Bool, Ignored, Low, WithoutEffect),
            Self::SslRedirect => form(Bool, Ignored, Low, Modelled),
            Self::StreamSnippet => form(Anything, Ignored, Critical, Snippet),
            Self::TemporalRedirect => form(Letters(URL), Drops, Medium, Modelled),
            Self::TemporalRedirectCode => form(Int, Drops, Low, Modelled),
            Self::UpstreamHashBy => form(Spaced(HASHED), Drops, High, Modelled),
            Self::UpstreamHashBySubset => form(Bool, Drops, Low, WithoutEffect),
            Self::UpstreamHashBySubsetSize => form(Int, Drops, Low, WithoutEffect),
            Self::UpstreamVhost => form(Letters(EXPRESSION), Drops, Low, Modelled),
            Self::UsePortInRedirects => form(Bool, Ignored, Low, Modelled),
            Self::UseRegex => form(Bool, Ignored, Low, Modelled),
            Self::WhitelistSourceRange => form(Anything, Ignored, Medium, Modelled),
            Self::XForwardedPrefix => form(Spaced(CAPTURES), Drops, Medium, Modelled),
        }
    }

    /// What becomes of it.
    pub const fn meaning(self) -> AnnotationSupport {
        self.form().meaning
    }
}

const fn form(
    shape: AnnotationValidator,
    otherwise: InvalidEffect,
    risk: AnnotationRisk,
    meaning: AnnotationSupport,
) -> AnnotationForm {
    AnnotationForm { shape, otherwise, risk, meaning }
}

impl AnnotationForm {
    /// Whether it takes a value. No annotation takes line breaks (MaliciousRegex).
    pub fn takes(&self, text: &str) -> bool {
        let letters = |text: &str, beside: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || beside.contains(c));
        let without_spaces = || text.replace(' ', "");
        match self.shape {
            Anything => true,
            Bool => parse_bool(text).is_some(),
            Int => text.parse::<i64>().is_ok(),
            Size => parse_size(text.trim_end_matches(['b', 'B'])).is_some(),
            OneOf(words) => words.contains(&text),
            OneOfAnyCase(words) => words.contains(&text.to_ascii_lowercase().as_str()),
            Contains(words) => words.iter().any(|word| text.contains(word)),
            Spaced(beside) => letters(&without_spaces(), beside),
            Letters(beside) => letters(text, beside),
            ErrorCodes => without_spaces().split(',').all(|code| code.is_empty() || is_error_code(code)),
            ServiceName => is_service_name(text),
            Methods => without_spaces().split(',').all(|method| method.chars().all(|c| c.is_ascii_alphabetic())),
            Origins => without_spaces().split(',').all(is_cors_origin),
            Networks => text.split(',').all(|net| parse_net(net.trim()).is_some()),
            ServerNames => text.split(',').all(|name| letters(name.trim(), EXPRESSION)),
            Ciphers => letters(&text.replace("@STRENGTH", "").replace("@SECLEVEL=", ""), "!:+-_"),
            CommonName => text.starts_with("CN="),
        }
    }
}

fn is_error_code(code: &str) -> bool {
    code.len() == 3 && code.starts_with(['4', '5']) && code.chars().all(|c| c.is_ascii_digit())
}

/// A DNS label of RFC 1035.
fn is_service_name(text: &str) -> bool {
    text.len() <= 63
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn is_cors_origin(origin: &str) -> bool {
    let bare = origin.trim_start_matches("https://").trim_start_matches("http://");
    let bare = bare.trim_start_matches("*.");
    origin == "*" || bare.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':'))
}
