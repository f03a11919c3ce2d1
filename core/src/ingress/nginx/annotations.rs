//! The annotations of an Ingress as ingress-nginx reads them. A value of the wrong form drops the whole Ingress, denies its
//! locations (503) or is ignored, as the annotation's parser has it ([`table`]).

use std::collections::BTreeSet;
use std::str::FromStr;
use std::sync::Arc;

use ipnet::IpNet;

use self::reader::{AnnotationReader, RedirectNotHttp};
pub use self::table::{Annotation, AnnotationSupport};
use super::settings::{ConfigKey, NginxSettings, parse_net, parse_size, split_name};
use super::snippet::{ConfigSnippet, SharedSnippet};
use crate::cluster::Cluster;
use crate::http::Pattern;
use crate::ingress::annotation_field;
use crate::ingress::nginx_config::BlockPlace;
use crate::model::{Ingress, Text};
use crate::schema::nearest;
use crate::source::{FieldRef, ObjectRef};
use crate::trace::IngressControllerRule;

pub mod table;
mod reader;
mod secrets;

/// What the annotations of one Ingress say.
#[derive(Clone, Debug, Default)]
pub struct IngressOptions {
    pub ingress: Option<ObjectRef>,
    pub use_regex: bool,
    pub rewrite_target: Option<Text>,
    pub app_root: Option<Text>,
    /// temporal-redirect, else permanent-redirect.
    pub redirect: Option<FixedRedirect>,
    pub relative_redirects: bool,
    /// from-to-www-redirect
    pub from_to_www: bool,
    pub ssl_redirect: bool,
    pub force_ssl_redirect: bool,
    pub preserve_trailing_slash: bool,
    /// use-port-in-redirects
    pub port_in_redirects: bool,
    /// canary and what follows.
    pub canary: Option<TrafficShaping>,
    /// server-alias
    pub aliases: Vec<Text>,
    pub upstream_vhost: Option<Text>,
    pub default_backend: Option<Text>,
    /// allowlist-source-range; an empty list allows all.
    pub allow: Vec<IpNet>,
    /// denylist-source-range
    pub deny: Vec<IpNet>,
    /// What denies every location.
    pub denied: Option<FieldRef>,
    /// auth-tls-secret, if it can't be used: the whole server answers 403.
    pub tls_error: Option<FieldRef>,
    /// auth-tls-secret with a certificate of an authority.
    pub client_auth: Option<ClientAuth>,
    /// ssl-passthrough, where the controller allows it.
    pub ssl_passthrough: bool,
    /// custom-headers: headers of answers.
    pub custom_headers: Vec<(String, String)>,
    /// auth-url, else the ConfigMap's.
    pub auth_request: Option<AuthRequest>,
    /// auth-type with a secret that exists.
    pub auth: Option<BasicAuthFile>,
    pub satisfy_any: bool,
    /// affinity: cookie, with the cookie's name.
    pub cookie: Option<Text>,
    /// Whether canaries leave affinity alone (affinity-canary-behavior: legacy).
    pub legacy_canary_affinity: bool,
    /// upstream-hash-by
    pub hash_by: Option<Text>,
    pub service_upstream: bool,
    /// ssl-ciphers
    pub ciphers: Option<Text>,
    /// backend-protocol
    pub protocol: Option<Text>,
    /// proxy-body-size, in bytes; 0 for no limit.
    pub body_size: u64,
    /// enable-cors with its origins and methods.
    pub cors: Option<CorsOptions>,
    /// x-forwarded-prefix
    pub forwarded_prefix: Option<Text>,
    /// Annotations that say when a request doesn't come through, each with its rule.
    pub conditions: Vec<(FieldRef, IngressControllerRule)>,
    /// custom-http-errors
    pub error_codes: Vec<u16>,
    /// configuration-snippet, where the ConfigMap allows it.
    pub configuration_snippet: Option<SharedSnippet>,
    pub server_snippet: Option<SharedSnippet>,
    pub auth_snippet: Option<SharedSnippet>,
    /// What changes the answer and isn't modelled.
    pub not_modelled: Vec<FieldRef>,
    /// The names written, without prefix.
    pub written: BTreeSet<Annotation>,
}

/// A server that is asked first whether a request may go on.
#[derive(Clone, Debug, PartialEq)]
pub struct AuthRequest {
    pub url: Text,
    /// Where that stands.
    pub field: FieldRef,
    /// Whether it is asked by GET, and by an annotation: the ConfigMap's further settings for it aren't read.
    pub is_plain: bool,
    /// auth-signin, which a 401 becomes.
    pub signin: Option<FieldRef>,
}

/// Clients show certificates (auth-tls-secret).
#[derive(Clone, Debug, PartialEq)]
pub struct ClientAuth {
    /// auth-tls-secret
    pub field: FieldRef,
    /// auth-tls-verify-client: on.
    pub required: bool,
}

/// A redirect to a fixed address.
#[derive(Clone, Debug, PartialEq)]
pub struct FixedRedirect {
    /// Its status.
    pub code: u16,
    /// Its address.
    pub url: Text,
    /// The annotation.
    pub field: FieldRef,
}

/// How traffic is split off to a canary.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrafficShaping {
    /// canary-by-header
    pub header: Option<Text>,
    /// canary-by-header-value
    pub header_value: Option<Text>,
    /// canary-by-header-pattern
    pub header_pattern: Option<Pattern>,
    /// canary-by-cookie
    pub cookie: Option<Text>,
    /// canary-weight
    pub weight: u64,
    /// canary-weight-total
    pub total: u64,
}

/// Users and their hashed passwords.
#[derive(Clone, Debug, PartialEq)]
pub struct BasicAuthFile {
    /// auth-realm
    pub realm: Text,
    pub secret: FieldRef,
    /// Whether the client answers a challenge instead of sending the password (auth-type: digest).
    pub digest: bool,
    /// User to hash.
    pub users: Vec<(String, String)>,
}

/// Cross-origin requests.
#[derive(Clone, Debug, PartialEq)]
pub struct CorsOptions {
    /// cors-allow-origin
    pub origins: Vec<String>,
    /// cors-allow-methods
    pub methods: Text,
    /// cors-allow-headers
    pub headers: Text,
    /// cors-allow-credentials
    pub credentials: bool,
    /// cors-expose-headers
    pub expose_headers: Option<Text>,
    /// cors-max-age
    pub max_age: Text,
}

/// An annotation whose value drops the whole Ingress.
#[derive(Clone, Debug, PartialEq)]
pub struct InvalidAnnotation(pub FieldRef, pub Annotation);

/// An annotation with the prefix that ingress-nginx doesn't have, and the nearest one that it has.
pub type UnknownAnnotation = (FieldRef, Option<&'static str>);

impl IngressOptions {
    /// Reads the annotations of an Ingress.
    pub fn read(
        cluster: &Cluster,
        settings: &NginxSettings,
        reference: &ObjectRef,
        ingress: &Ingress,
    ) -> Result<Self, InvalidAnnotation> {
        let reader = AnnotationReader::new(settings, reference, ingress)?;
        let mut annotations = Self { ingress: Some(reference.clone()), ..Self::defaults(settings) };
        annotations.routing(&reader);
        annotations.redirects(&reader);
        annotations.backend(&reader);
        annotations.access(&reader);
        annotations.basic_auth(cluster, &reader);
        annotations.auth_request(&reader);
        annotations.certificates(cluster, &reader);
        annotations.custom_headers(cluster, &reader);
        annotations.snippets(&reader);
        annotations.cors = reader.cors();
        annotations.canary = reader.canary();
        annotations.not_modelled = reader.not_modelled();
        annotations.written = reader.written();
        Ok(annotations)
    }

    /// What holds for locations of no Ingress: the ConfigMap's own defaults.
    pub fn defaults(settings: &NginxSettings) -> Self {
        let nets = |key: ConfigKey| settings.list(key).into_iter().filter_map(parse_net).collect();
        let mut allow: Vec<IpNet> = nets(ConfigKey::WhitelistSourceRange);
        allow.extend(nets(ConfigKey::AllowlistSourceRange));
        Self {
            ssl_redirect: settings.is(ConfigKey::SslRedirect, true),
            force_ssl_redirect: settings.is(ConfigKey::ForceSslRedirect, false),
            preserve_trailing_slash: settings.is(ConfigKey::PreserveTrailingSlash, false),
            relative_redirects: settings.is(ConfigKey::RelativeRedirects, false),
            port_in_redirects: settings.is(ConfigKey::UsePortInRedirects, false),
            service_upstream: settings.is(ConfigKey::ServiceUpstream, false),
            allow,
            deny: nets(ConfigKey::DenylistSourceRange),
            error_codes: settings
                .list(ConfigKey::CustomHttpErrors)
                .into_iter()
                .filter_map(|code| code.parse().ok())
                .collect(),
            body_size: settings.text(ConfigKey::ProxyBodySize).and_then(parse_size).unwrap_or(1 << 20),
            ..Self::default()
        }
    }

    fn routing(&mut self, reader: &AnnotationReader<'_>) {
        self.use_regex = reader.is(Annotation::UseRegex, false);
        self.rewrite_target = reader.text(Annotation::RewriteTarget);
        self.app_root = reader.text(Annotation::AppRoot).filter(|root| root.starts_with('/'));
        let mut aliases: Vec<Text> = reader.list(Annotation::ServerAlias).into_iter().map(Into::into).collect();
        aliases.dedup();
        self.aliases = aliases;
        self.body_size =
            reader.text(Annotation::ProxyBodySize).and_then(|size| parse_size(&size)).unwrap_or(self.body_size);
        self.conditions = reader.conditions();
        self.error_codes = reader.error_codes().unwrap_or_else(|| std::mem::take(&mut self.error_codes));
    }

    fn redirects(&mut self, reader: &AnnotationReader<'_>) {
        // The ConfigMap's stands in the http block, and a location only ever turns it on (template: absolute_redirect off).
        self.relative_redirects |= reader.is(Annotation::RelativeRedirects, false);
        self.from_to_www = reader.is(Annotation::FromToWwwRedirect, false);
        self.ssl_redirect = reader.is(Annotation::SslRedirect, self.ssl_redirect);
        self.force_ssl_redirect = reader.is(Annotation::ForceSslRedirect, self.force_ssl_redirect);
        self.preserve_trailing_slash = reader.is(Annotation::PreserveTrailingSlash, self.preserve_trailing_slash);
        self.port_in_redirects = reader.is(Annotation::UsePortInRedirects, self.port_in_redirects);
        match reader.redirect() {
            Ok(redirect) => self.redirect = redirect,
            Err(RedirectNotHttp) => self.from_to_www = false,
        }
    }

    fn backend(&mut self, reader: &AnnotationReader<'_>) {
        self.ciphers = reader.text(Annotation::SslCiphers);
        self.upstream_vhost = reader.text(Annotation::UpstreamVhost);
        self.default_backend = reader.text(Annotation::DefaultBackend);
        self.service_upstream = reader.is_strictly(Annotation::ServiceUpstream, self.service_upstream);
        self.protocol = reader.text(Annotation::BackendProtocol).map(|protocol| protocol.to_ascii_uppercase().into());
        self.forwarded_prefix = reader.text(Annotation::XForwardedPrefix);
        self.hash_by = reader.text(Annotation::UpstreamHashBy);
        if reader.text(Annotation::Affinity).as_deref() == Some("cookie") {
            self.cookie = Some(reader.text(Annotation::SessionCookieName).unwrap_or_else(|| "INGRESSCOOKIE".into()));
        }
        self.legacy_canary_affinity = reader.text(Annotation::AffinityCanaryBehavior).as_deref() == Some("legacy");
    }

    /// The controller drops them where allow-snippet-annotations is off (controller.go dropSnippetDirectives).
    fn snippets(&mut self, reader: &AnnotationReader<'_>) {
        if !reader.settings.is(ConfigKey::AllowSnippetAnnotations, false) {
            return;
        }
        let read = |name: Annotation, place: BlockPlace| {
            reader.text(name).map(|text| ConfigSnippet::read(reader.field(name), &text, place))
        };
        self.configuration_snippet = read(Annotation::ConfigurationSnippet, BlockPlace::Location);
        self.server_snippet = read(Annotation::ServerSnippet, BlockPlace::Server);
        self.auth_snippet = read(Annotation::AuthSnippet, BlockPlace::Location);
    }

    /// A list with an entry that is no network denies the locations (ipallowlist: NewLocationDenied).
    fn access(&mut self, reader: &AnnotationReader<'_>) {
        self.satisfy_any = reader.text(Annotation::Satisfy).as_deref() == Some("any");
        let allow = self
            .networks(reader, Annotation::AllowlistSourceRange)
            .or_else(|| self.networks(reader, Annotation::WhitelistSourceRange));
        self.allow = allow.unwrap_or_else(|| std::mem::take(&mut self.allow));
        self.deny =
            self.networks(reader, Annotation::DenylistSourceRange).unwrap_or_else(|| std::mem::take(&mut self.deny));
    }

    /// The networks of a list, if there is one.
    fn networks(&mut self, reader: &AnnotationReader<'_>, name: Annotation) -> Option<Vec<IpNet>> {
        let entries = reader.list(name);
        let nets: Vec<IpNet> = entries.iter().filter_map(|entry| parse_net(entry)).collect();
        if nets.len() < entries.len() {
            self.denied.get_or_insert(reader.field(name));
        }
        (!entries.is_empty()).then_some(nets)
    }

    /// Basic authentication: a missing secret, or one without the key `auth`, denies the locations.
    fn basic_auth(&mut self, cluster: &Cluster, reader: &AnnotationReader<'_>) {
        if reader.text(Annotation::AuthType).is_none() {
            return;
        }
        if let Some(line) = reader.denies.first() {
            self.denied.get_or_insert(line.clone());
            return;
        }
        let name = reader.text(Annotation::AuthSecret).unwrap_or_default();
        let own = reader.reference.namespace.as_deref().unwrap_or_default();
        let secret = split_name(&name, own)
            .filter(|(namespace, _)| reader.may_use(namespace))
            .and_then(|(namespace, name)| cluster.secrets.get(&namespace, &name));
        let by_user = reader.text(Annotation::AuthSecretType).as_deref() == Some("auth-map");
        let users = secret.and_then(|secret| users_of_secret(secret, by_user));
        match users {
            Some(users) => {
                let realm = reader.text(Annotation::AuthRealm).unwrap_or_default();
                let digest = reader.text(Annotation::AuthType).is_some_and(|kind| &*kind != "basic");
                self.auth = Some(BasicAuthFile { realm, secret: reader.field(Annotation::AuthSecret), digest, users });
            }
            None => {
                self.denied.get_or_insert(reader.field(Annotation::AuthSecret));
            }
        }
    }

    /// Whether the rewrite target changes the path (controller/location.go needsRewrite).
    pub fn rewrites(&self, path: &str) -> bool {
        self.rewrite_target.as_deref().is_some_and(|target| !target.is_empty() && target != path)
    }
}

/// htpasswd lines of the key `auth`, or one key per user (auth-map).
fn users_of_secret(secret: &crate::model::Secret, by_user: bool) -> Option<Vec<(String, String)>> {
    let decoded = |key: &str| secret.value(key);
    if by_user {
        let keys = secret.data.keys().chain(secret.string_data.keys());
        return Some(keys.filter_map(|key| Some((key.to_string(), decoded(key)?.trim().to_owned()))).collect());
    }
    let lines = decoded("auth")?;
    Some(
        lines
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(user, hash)| (user.into(), hash.trim().into()))
            .collect(),
    )
}

/// The annotations of an Ingress with the prefix that ingress-nginx doesn't have.
pub fn unknown_annotations(
    settings: &NginxSettings,
    reference: &ObjectRef,
    ingress: &Ingress,
) -> Vec<UnknownAnnotation> {
    let prefix = format!("{}/", settings.prefix);
    let names = ingress.metadata.annotations.keys().filter_map(|key| Some((key, key.strip_prefix(&prefix)?)));
    let unknown = names.filter(|(_, name)| Annotation::from_str(name).is_err());
    unknown.map(|(key, name)| (annotation_field(reference, key), nearest(name, Annotation::names()))).collect()
}

/// The annotations that an Ingress has, with the names as written.
pub fn annotations_on<'i>(prefix: &'i str, ingress: &'i Ingress) -> impl Iterator<Item = (Annotation, &'i str)> {
    let keys = ingress.metadata.annotations.keys();
    keys.filter_map(move |key| {
        let name = key.strip_prefix(prefix)?.strip_prefix('/')?;
        Some((Annotation::from_str(name).ok()?, &**key))
    })
}

/// Shared by the locations of one Ingress.
pub type SharedOptions = Arc<IngressOptions>;
