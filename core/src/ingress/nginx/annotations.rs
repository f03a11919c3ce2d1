//! The annotations of an Ingress as ingress-nginx reads them. A value of the wrong form drops the whole Ingress, denies its
//! locations (503) or is ignored, as the annotation's parser has it ([`known`]).

use std::collections::BTreeSet;
use std::sync::Arc;

use ipnet::IpNet;

use self::reader::{NotHttp, Reader};
use super::settings::{Settings, parse_net, parse_size};
use crate::cluster::Cluster;
use crate::http::Pattern;
use crate::ingress::annotation;
use crate::model::{Ingress, Text};
use crate::schema::nearest;
use crate::source::{FieldRef, ObjectRef};
use crate::trace::IngressRule;

pub mod known;
mod reader;

/// What the annotations of one Ingress say.
#[derive(Clone, Debug, Default)]
pub struct Annotations {
    /// The Ingress.
    pub ingress: Option<ObjectRef>,
    /// use-regex
    pub use_regex: bool,
    /// rewrite-target
    pub rewrite_target: Option<Text>,
    /// app-root
    pub app_root: Option<Text>,
    /// temporal-redirect, else permanent-redirect.
    pub redirect: Option<Redirect>,
    /// relative-redirects
    pub relative_redirects: bool,
    /// from-to-www-redirect
    pub from_to_www: bool,
    /// ssl-redirect
    pub ssl_redirect: bool,
    /// force-ssl-redirect
    pub force_ssl_redirect: bool,
    /// preserve-trailing-slash
    pub preserve_trailing_slash: bool,
    /// use-port-in-redirects
    pub port_in_redirects: bool,
    /// canary and what follows.
    pub canary: Option<Canary>,
    /// server-alias
    pub aliases: Vec<Text>,
    /// upstream-vhost
    pub upstream_vhost: Option<Text>,
    /// default-backend
    pub default_backend: Option<Text>,
    /// allowlist-source-range; an empty list allows all.
    pub allow: Vec<IpNet>,
    /// denylist-source-range
    pub deny: Vec<IpNet>,
    /// What denies every location.
    pub denied: Option<FieldRef>,
    /// auth-type with a secret that exists.
    pub auth: Option<BasicAuth>,
    /// satisfy any
    pub satisfy_any: bool,
    /// affinity: cookie, with the cookie's name.
    pub cookie: Option<Text>,
    /// Whether canaries leave affinity alone (affinity-canary-behavior: legacy).
    pub legacy_canary_affinity: bool,
    /// upstream-hash-by
    pub hash_by: Option<Text>,
    /// service-upstream
    pub service_upstream: bool,
    /// backend-protocol
    pub protocol: Option<Text>,
    /// proxy-body-size, in bytes; 0 for no limit.
    pub body_size: u64,
    /// enable-cors with its origins and methods.
    pub cors: Option<Cors>,
    /// x-forwarded-prefix
    pub forwarded_prefix: Option<Text>,
    /// Annotations that say when a request doesn't come through, each with its rule.
    pub conditions: Vec<(FieldRef, IngressRule)>,
    /// custom-http-errors
    pub error_codes: Vec<u16>,
    /// What changes the answer and isn't modelled.
    pub not_modelled: Vec<FieldRef>,
    /// The names written, without prefix.
    pub written: BTreeSet<String>,
}

/// A redirect to a fixed address.
#[derive(Clone, Debug, PartialEq)]
pub struct Redirect {
    /// Its status.
    pub code: u16,
    /// Its address.
    pub url: Text,
    /// The annotation.
    pub field: FieldRef,
}

/// How traffic is split off to a canary.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Canary {
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
pub struct BasicAuth {
    /// auth-realm
    pub realm: Text,
    /// The secret.
    pub secret: FieldRef,
    /// Whether the client answers a challenge instead of sending the password (auth-type: digest).
    pub digest: bool,
    /// User to hash.
    pub users: Vec<(String, String)>,
}

/// Cross-origin requests.
#[derive(Clone, Debug, PartialEq)]
pub struct Cors {
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
pub struct InvalidAnnotation(pub FieldRef);

/// An annotation with the prefix that ingress-nginx doesn't have, and the nearest one that it has.
pub type Unknown = (FieldRef, Option<&'static str>);

impl Annotations {
    /// Reads the annotations of an Ingress.
    pub fn read(
        cluster: &Cluster,
        settings: &Settings,
        reference: &ObjectRef,
        ingress: &Ingress,
    ) -> Result<Self, InvalidAnnotation> {
        let reader = Reader::new(settings, reference, ingress)?;
        let mut annotations = Self { ingress: Some(reference.clone()), ..Self::defaults(settings) };
        annotations.routing(&reader);
        annotations.redirects(&reader);
        annotations.backend(&reader);
        annotations.access(&reader);
        annotations.basic_auth(cluster, &reader);
        annotations.cors = reader.cors();
        annotations.canary = reader.canary();
        annotations.not_modelled = reader.not_modelled();
        annotations.written = reader.written();
        Ok(annotations)
    }

    /// What holds for locations of no Ingress: the ConfigMap's own defaults.
    pub fn defaults(settings: &Settings) -> Self {
        let nets = |key: &str| settings.list(key).into_iter().filter_map(parse_net).collect();
        let mut allow: Vec<IpNet> = nets("whitelist-source-range");
        allow.extend(nets("allowlist-source-range"));
        Self {
            ssl_redirect: settings.is("ssl-redirect", true),
            force_ssl_redirect: settings.is("force-ssl-redirect", false),
            preserve_trailing_slash: settings.is("preserve-trailing-slash", false),
            relative_redirects: settings.is("relative-redirects", false),
            port_in_redirects: settings.is("use-port-in-redirects", false),
            service_upstream: settings.is("service-upstream", false),
            allow,
            deny: nets("denylist-source-range"),
            error_codes: settings.list("custom-http-errors").into_iter().filter_map(|code| code.parse().ok()).collect(),
            body_size: settings.text("proxy-body-size").and_then(parse_size).unwrap_or(1 << 20),
            ..Self::default()
        }
    }

    fn routing(&mut self, reader: &Reader<'_>) {
        self.use_regex = reader.is("use-regex", false);
        self.rewrite_target = reader.text("rewrite-target");
        self.app_root = reader.text("app-root").filter(|root| root.starts_with('/'));
        let mut aliases: Vec<Text> = reader.list("server-alias").into_iter().map(Into::into).collect();
        aliases.dedup();
        self.aliases = aliases;
        self.body_size = reader.text("proxy-body-size").and_then(|size| parse_size(&size)).unwrap_or(self.body_size);
        let conditions = known::CONDITIONS.iter().filter(|(name, _)| reader.text(name).is_some());
        self.conditions = conditions.map(|(name, rule)| (reader.field(name), *rule)).collect();
        let global = reader.settings.text("global-auth-url").filter(|url| !url.is_empty());
        if global.is_some() && reader.is("enable-global-auth", true) && reader.text("auth-url").is_none() {
            let key = reader.settings.field("global-auth-url");
            self.conditions.extend(key.map(|key| (key, IngressRule::AuthRequest)));
        }
        self.error_codes = reader.error_codes().unwrap_or_else(|| std::mem::take(&mut self.error_codes));
    }

    fn redirects(&mut self, reader: &Reader<'_>) {
        // The ConfigMap's stands in the http block, and a location only ever turns it on (template: absolute_redirect off).
        self.relative_redirects |= reader.is("relative-redirects", false);
        self.from_to_www = reader.is("from-to-www-redirect", false);
        self.ssl_redirect = reader.is("ssl-redirect", self.ssl_redirect);
        self.force_ssl_redirect = reader.is("force-ssl-redirect", self.force_ssl_redirect);
        self.preserve_trailing_slash = reader.is("preserve-trailing-slash", self.preserve_trailing_slash);
        self.port_in_redirects = reader.is("use-port-in-redirects", self.port_in_redirects);
        match reader.redirect() {
            Ok(redirect) => self.redirect = redirect,
            Err(NotHttp) => self.from_to_www = false,
        }
    }

    fn backend(&mut self, reader: &Reader<'_>) {
        self.upstream_vhost = reader.text("upstream-vhost");
        self.default_backend = reader.text("default-backend");
        self.service_upstream = reader.is_strictly("service-upstream", self.service_upstream);
        self.protocol = reader.text("backend-protocol").map(|protocol| protocol.to_ascii_uppercase().into());
        self.forwarded_prefix = reader.text("x-forwarded-prefix");
        self.hash_by = reader.text("upstream-hash-by");
        if reader.text("affinity").as_deref() == Some("cookie") {
            self.cookie = Some(reader.text("session-cookie-name").unwrap_or_else(|| "INGRESSCOOKIE".into()));
        }
        self.legacy_canary_affinity = reader.text("affinity-canary-behavior").as_deref() == Some("legacy");
    }

    /// A list with an entry that is no network denies the locations (ipallowlist: NewLocationDenied).
    fn access(&mut self, reader: &Reader<'_>) {
        self.satisfy_any = reader.text("satisfy").as_deref() == Some("any");
        let allow =
            self.networks(reader, "allowlist-source-range").or_else(|| self.networks(reader, "whitelist-source-range"));
        self.allow = allow.unwrap_or_else(|| std::mem::take(&mut self.allow));
        self.deny = self.networks(reader, "denylist-source-range").unwrap_or_else(|| std::mem::take(&mut self.deny));
    }

    /// The networks of a list, if there is one.
    fn networks(&mut self, reader: &Reader<'_>, name: &str) -> Option<Vec<IpNet>> {
        let entries = reader.list(name);
        let nets: Vec<IpNet> = entries.iter().filter_map(|entry| parse_net(entry)).collect();
        if nets.len() < entries.len() {
            self.denied.get_or_insert(reader.field(name));
        }
        (!entries.is_empty()).then_some(nets)
    }

    /// Basic authentication: a missing secret, or one without the key `auth`, denies the locations.
    fn basic_auth(&mut self, cluster: &Cluster, reader: &Reader<'_>) {
        if reader.text("auth-type").is_none() {
            return;
        }
        if let Some(line) = reader.denies.first() {
            self.denied.get_or_insert(line.clone());
            return;
        }
        let name = reader.text("auth-secret").unwrap_or_default();
        let own = reader.reference.namespace.as_deref().unwrap_or_default();
        let secret = super::settings::split_name(&name, own)
            .filter(|(namespace, _)| {
                &**namespace == own || reader.settings.is("allow-cross-namespace-resources", false)
            })
            .and_then(|(namespace, name)| cluster.secrets.get(&namespace, &name));
        let by_user = reader.text("auth-secret-type").as_deref() == Some("auth-map");
        let users = secret.and_then(|secret| users(secret, by_user));
        match users {
            Some(users) => {
                let realm = reader.text("auth-realm").unwrap_or_default();
                let digest = reader.text("auth-type").is_some_and(|kind| &*kind != "basic");
                self.auth = Some(BasicAuth { realm, secret: reader.field("auth-secret"), digest, users });
            }
            None => {
                self.denied.get_or_insert(reader.field("auth-secret"));
            }
        }
    }

    /// Whether the rewrite target changes the path (controller/location.go needsRewrite).
    pub fn rewrites(&self, path: &str) -> bool {
        self.rewrite_target.as_deref().is_some_and(|target| !target.is_empty() && target != path)
    }
}

/// htpasswd lines of the key `auth`, or one key per user (auth-map).
fn users(secret: &crate::model::Secret, by_user: bool) -> Option<Vec<(String, String)>> {
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
pub fn unknown(settings: &Settings, reference: &ObjectRef, ingress: &Ingress) -> Vec<Unknown> {
    let prefix = format!("{}/", settings.prefix);
    let names = ingress.metadata.annotations.keys().filter_map(|key| Some((key, key.strip_prefix(&prefix)?)));
    let unknown = names.filter(|(_, name)| !known::is_known(name));
    unknown.map(|(key, name)| (annotation(reference, key), nearest(name, known::known()))).collect()
}

/// Shared by the locations of one Ingress.
pub type Shared = Arc<Annotations>;
