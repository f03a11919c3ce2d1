//! What Traefik's provider reads of an Ingress (annotations.go parseIngressConfig): a switch is on with `true` in any case,
//! a number that can't be read is absent, and whatever else is written there counts as absent, too.

use crate::ingress::annotation_field;
use crate::ingress::nginx::Annotation;
use crate::model::Ingress;
use crate::source::{FieldRef, ObjectRef};

/// The prefix, which can't be set.
pub const PREFIX: &str = "nginx.ingress.kubernetes.io";

/// Whether the provider reads an annotation (annotations.go IngressConfig); the others are as if they weren't there.
pub const fn is_read(name: Annotation) -> bool {
    use Annotation::*;
    matches!(
        name,
        Affinity
            | AffinityCanaryBehavior
            | AllowlistSourceRange
            | AppRoot
            | AuthMethod
            | AuthRealm
            | AuthResponseHeaders
            | AuthSecret
            | AuthSecretType
            | AuthSignin
            | AuthSnippet
            | AuthTlsPassCertificateToUpstream
            | AuthTlsSecret
            | AuthTlsVerifyClient
            | AuthType
            | AuthUrl
            | BackendProtocol
            | Canary
            | CanaryByCookie
            | CanaryByHeader
            | CanaryByHeaderPattern
            | CanaryByHeaderValue
            | CanaryWeight
            | CanaryWeightTotal
            | ClientBodyBufferSize
            | ConfigurationSnippet
            | CorsAllowCredentials
            | CorsAllowHeaders
            | CorsAllowMethods
            | CorsAllowOrigin
            | CorsExposeHeaders
            | CorsMaxAge
            | CustomHeaders
            | CustomHttpErrors
            | DefaultBackend
            | EnableAccessLog
            | EnableCors
            | EnableGlobalAuth
            | EnableModsecurity
            | EnableOwaspCoreRules
            | ForceSslRedirect
            | FromToWwwRedirect
            | LimitBurstMultiplier
            | LimitConnections
            | LimitRpm
            | LimitRps
            | ModsecuritySnippet
            | ModsecurityTransactionId
            | PermanentRedirect
            | PermanentRedirectCode
            | ProxyBodySize
            | ProxyBufferSize
            | ProxyBuffering
            | ProxyBuffersNumber
            | ProxyConnectTimeout
            | ProxyHttpVersion
            | ProxyMaxTempFileSize
            | ProxyNextUpstream
            | ProxyNextUpstreamTimeout
            | ProxyNextUpstreamTries
            | ProxyReadTimeout
            | ProxyRequestBuffering
            | ProxySendTimeout
            | ProxySslName
            | ProxySslSecret
            | ProxySslServerName
            | ProxySslVerify
            | RewriteTarget
            | ServerAlias
            | ServerSnippet
            | ServiceUpstream
            | SessionCookieDomain
            | SessionCookieExpires
            | SessionCookieMaxAge
            | SessionCookieName
            | SessionCookiePath
            | SessionCookieSamesite
            | SessionCookieSecure
            | SslPassthrough
            | SslRedirect
            | TemporalRedirect
            | TemporalRedirectCode
            | UpstreamHashBy
            | UpstreamVhost
            | UseRegex
            | WhitelistSourceRange
            | XForwardedPrefix
    )
}

/// One Ingress' annotations.
#[derive(Clone, Copy)]
pub struct ProviderOptions<'a> {
    /// The Ingress' name.
    pub reference: &'a ObjectRef,
    ingress: &'a Ingress,
}

impl<'a> ProviderOptions<'a> {
    /// Those of an Ingress.
    pub fn of(reference: &'a ObjectRef, ingress: &'a Ingress) -> Self {
        Self { reference, ingress }
    }

    /// The text as written.
    pub fn text(&self, name: Annotation) -> Option<&'a str> {
        debug_assert!(is_read(name));
        let key = format!("{PREFIX}/{}", name.name());
        self.ingress.metadata.annotations.get(key.as_str()).map(|text| &**text)
    }

    /// The text, if it isn't empty.
    pub fn filled(&self, name: Annotation) -> Option<&'a str> {
        self.text(name).filter(|text| !text.is_empty())
    }

    /// A switch, if it is written.
    pub fn switch(&self, name: Annotation) -> Option<bool> {
        self.text(name).map(|text| text.eq_ignore_ascii_case("true"))
    }

    /// Whether a switch is on.
    pub fn is(&self, name: Annotation) -> bool {
        self.switch(name).unwrap_or(false)
    }

    pub fn number(&self, name: Annotation) -> Option<i64> {
        self.text(name).and_then(|text| text.strip_prefix('+').unwrap_or(text).parse().ok())
    }

    /// A list, if it is written.
    pub fn list(&self, name: Annotation) -> Option<Vec<&'a str>> {
        self.text(name).map(|text| text.split(',').map(str::trim).collect())
    }

    /// Where an annotation stands.
    pub fn line(&self, name: Annotation) -> FieldRef {
        annotation_field(self.reference, &format!("{PREFIX}/{}", name.name()))
    }
}
