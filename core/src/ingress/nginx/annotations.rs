//! The annotations of an Ingress as ingress-nginx reads them, validated: a value of the wrong form drops the whole
//! Ingress, one that can't be kept denies its locations (503), any other is ignored.

use std::collections::BTreeSet;
use std::sync::Arc;

use ipnet::IpNet;

use super::settings::{Settings, parse_bool, parse_net, parse_size};
use crate::cluster::Cluster;
use crate::http::{Dialect, Pattern};
use crate::ingress::annotation;
use crate::model::{Ingress, Text};
use crate::schema::nearest;
use crate::source::{FieldRef, ObjectRef};
use crate::trace::IngressRule;

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
    /// cors-max-age
    pub max_age: Text,
}

/// An annotation whose value drops the whole Ingress.
#[derive(Clone, Debug, PartialEq)]
pub struct InvalidAnnotation(pub FieldRef);

/// What a value must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Bool,
    Int,
    Word(&'static str),
}

/// Annotations that change the answer in ways that aren't modelled. Snippets are ignored unless allowed.
const NOT_MODELLED: &[&str] = &["auth-tls-secret", "ssl-passthrough", "enable-modsecurity", "modsecurity-snippet"];
const SNIPPETS: &[&str] = &["configuration-snippet", "server-snippet", "auth-snippet"];

/// Annotations on which it depends whether a request comes through, and what they do.
const CONDITIONS: &[(&str, IngressRule)] = &[
    ("auth-url", IngressRule::AuthRequest),
    ("limit-rps", IngressRule::RateLimited),
    ("limit-rpm", IngressRule::RateLimited),
    ("limit-connections", IngressRule::RateLimited),
    ("custom-http-errors", IngressRule::ErrorsReplaced),
    ("mirror-target", IngressRule::Mirrored),
];

/// The forms that decide about routing (internal/ingress/annotations/*: each parser's Validator).
const FORMS: &[(&str, Form)] = &[
    ("use-regex", Form::Bool),
    ("ssl-redirect", Form::Bool),
    ("force-ssl-redirect", Form::Bool),
    ("preserve-trailing-slash", Form::Bool),
    ("relative-redirects", Form::Bool),
    ("from-to-www-redirect", Form::Bool),
    ("use-port-in-redirects", Form::Bool),
    ("service-upstream", Form::Bool),
    ("enable-cors", Form::Bool),
    ("cors-allow-credentials", Form::Bool),
    ("ssl-passthrough", Form::Bool),
    ("canary", Form::Bool),
    ("canary-weight", Form::Int),
    ("canary-weight-total", Form::Int),
    ("permanent-redirect-code", Form::Int),
    ("temporal-redirect-code", Form::Int),
    ("cors-max-age", Form::Int),
    ("limit-rps", Form::Int),
    ("limit-rpm", Form::Int),
    ("limit-connections", Form::Int),
    ("rewrite-target", Form::Word(r"^[/\-_.~A-Za-z0-9!*'();:@&=+$,?#%\[\]{}|^ ]*$")),
    ("app-root", Form::Word(r"^[/\-_.~A-Za-z0-9:]*$")),
    ("server-alias", Form::Word(r"^[A-Za-z0-9\-.:_,* ~\^$\[\]()|?+\\]*$")),
    ("upstream-vhost", Form::Word(r"^[A-Za-z0-9\-.:_$]*$")),
    ("backend-protocol", Form::Word(r"^(?i)(HTTP|HTTPS|AJP|GRPC|GRPCS|FCGI|AUTO_HTTP)$")),
    ("affinity", Form::Word(r"^cookie$")),
    ("affinity-mode", Form::Word(r"^(balanced|persistent)$")),
    ("affinity-canary-behavior", Form::Word(r"^(sticky|legacy)$")),
    ("session-cookie-name", Form::Word(r"^[A-Za-z0-9\-_]+$")),
    ("auth-type", Form::Word(r"^(basic|digest)$")),
    ("auth-secret", Form::Word(r"^[A-Za-z0-9\-_.]*/?[A-Za-z0-9\-_.]*$")),
    ("canary-by-header", Form::Word(r"^[A-Za-z0-9\-_]+$")),
    ("canary-by-header-value", Form::Word(r"^[A-Za-z0-9\-_]+$")),
    ("canary-by-cookie", Form::Word(r"^[A-Za-z0-9\-_]+$")),
    ("load-balance", Form::Word(r"^(round_robin|chash|chashsubset|sticky_balanced|sticky_persistent|ewma)$")),
    ("satisfy", Form::Word(r"^(any|all)$")),
    ("proxy-body-size", Form::Word(r"^(?i)[0-9]+[kmg]?b?$")),
    ("default-backend", Form::Word(r"^[A-Za-z0-9\-_.]+$")),
];

/// Annotations that are known and change nothing about where a request goes.
const WITHOUT_EFFECT: &[&str] = &[
    "affinity-mode",
    "auth-always-set-cookie",
    "auth-cache-duration",
    "auth-cache-key",
    "auth-keepalive",
    "auth-keepalive-requests",
    "auth-keepalive-share-vars",
    "auth-keepalive-timeout",
    "auth-method",
    "auth-proxy-set-headers",
    "auth-realm",
    "auth-request-redirect",
    "auth-response-headers",
    "auth-secret-type",
    "auth-signin",
    "auth-signin-redirect-param",
    "auth-tls-error-page",
    "auth-tls-match-cn",
    "auth-tls-pass-certificate-to-upstream",
    "auth-tls-verify-client",
    "auth-tls-verify-depth",
    "client-body-buffer-size",
    "connection-proxy-header",
    "cors-expose-headers",
    "custom-headers",
    "denylist-source-range",
    "disable-proxy-intercept-errors",
    "enable-access-log",
    "enable-global-auth",
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
    "load-balance",
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
    "session-cookie-path",
    "session-cookie-samesite",
    "session-cookie-secure",
    "ssl-ciphers",
    "ssl-prefer-server-ciphers",
    "stream-snippet",
    "upstream-hash-by-subset",
    "upstream-hash-by-subset-size",
];

/// Annotations read below that have no form of their own in [`FORMS`].
const READ: &[&str] = &[
    "allowlist-source-range",
    "auth-secret",
    "auth-url",
    "canary-by-header-pattern",
    "cors-allow-headers",
    "cors-allow-methods",
    "cors-allow-origin",
    "custom-http-errors",
    "mirror-target",
    "permanent-redirect",
    "temporal-redirect",
    "upstream-hash-by",
    "whitelist-source-range",
    "x-forwarded-prefix",
];

/// Whether ingress-nginx has an annotation of this name (without prefix).
fn is_known(name: &str) -> bool {
    known().any(|known| known == name)
}

/// The annotations that ingress-nginx has, without prefix.
fn known() -> impl Iterator<Item = &'static str> {
    let forms = FORMS.iter().map(|(known, _)| *known);
    forms.chain([WITHOUT_EFFECT, READ, NOT_MODELLED, SNIPPETS].into_iter().flatten().copied())
}

/// An annotation with the prefix that ingress-nginx doesn't have, and the nearest one that it has.
pub type Unknown = (FieldRef, Option<&'static str>);

/// Reads one Ingress' annotations with their prefix.
struct Reader<'a> {
    settings: &'a Settings,
    reference: &'a ObjectRef,
    ingress: &'a Ingress,
}

impl Annotations {
    /// Reads the annotations of an Ingress.
    pub fn read(
        cluster: &Cluster,
        settings: &Settings,
        reference: &ObjectRef,
        ingress: &Ingress,
    ) -> Result<Self, InvalidAnnotation> {
        let reader = Reader { settings, reference, ingress };
        if settings.validate_annotations {
            reader.validate()?;
        }
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
        let conditions = CONDITIONS.iter().filter(|(name, _)| reader.text(name).is_some());
        self.conditions = conditions.map(|(name, rule)| (reader.field(name), *rule)).collect();
        let codes = reader.list("custom-http-errors");
        if !codes.is_empty() {
            self.error_codes = codes.iter().filter_map(|code| code.parse().ok()).collect();
        }
    }

    fn redirects(&mut self, reader: &Reader<'_>) {
        self.relative_redirects = reader.is("relative-redirects", self.relative_redirects);
        self.from_to_www = reader.is("from-to-www-redirect", false);
        self.ssl_redirect = reader.is("ssl-redirect", self.ssl_redirect);
        self.force_ssl_redirect = reader.is("force-ssl-redirect", self.force_ssl_redirect);
        self.preserve_trailing_slash = reader.is("preserve-trailing-slash", self.preserve_trailing_slash);
        self.port_in_redirects = reader.is("use-port-in-redirects", self.port_in_redirects);
        self.redirect = reader
            .redirect("temporal-redirect", "temporal-redirect-code", 302, 300..=307)
            .or_else(|| reader.redirect("permanent-redirect", "permanent-redirect-code", 301, 300..=308));
    }

    fn backend(&mut self, reader: &Reader<'_>) {
        self.upstream_vhost = reader.text("upstream-vhost");
        self.default_backend = reader.text("default-backend");
        self.service_upstream = reader.is("service-upstream", self.service_upstream);
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
                self.auth = Some(BasicAuth { realm, secret: reader.field("auth-secret"), users });
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

impl Reader<'_> {
    fn key(&self, name: &str) -> String {
        format!("{}/{name}", self.settings.prefix)
    }

    fn field(&self, name: &str) -> FieldRef {
        annotation(self.reference, &self.key(name))
    }

    /// The text; an empty one counts as absent (parser.GetStringAnnotation).
    fn text(&self, name: &str) -> Option<Text> {
        let text = self.ingress.metadata.annotations.get(self.key(name).as_str())?;
        let trimmed = text.trim();
        (!trimmed.is_empty()).then(|| if trimmed.len() == text.len() { text.clone() } else { trimmed.into() })
    }

    fn is(&self, name: &str, default: bool) -> bool {
        self.text(name).and_then(|text| parse_bool(&text)).unwrap_or(default)
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.text(name).and_then(|text| text.parse().ok())
    }

    fn list(&self, name: &str) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
    }

    fn validate(&self) -> Result<(), InvalidAnnotation> {
        for (name, form) in FORMS {
            let Some(text) = self.text(name) else { continue };
            let fits = match form {
                Form::Bool => parse_bool(&text).is_some(),
                Form::Int => text.parse::<i64>().is_ok(),
                Form::Word(pattern) => Pattern::new(*pattern, Dialect::Re2, false).is_match(&text).unwrap_or(true),
            };
            if !fits {
                return Err(InvalidAnnotation(self.field(name)));
            }
        }
        Ok(())
    }

    fn redirect(&self, name: &str, code: &str, usual: u16, allowed: std::ops::RangeInclusive<u16>) -> Option<Redirect> {
        let url = self.text(name)?;
        let code = self.number(code).and_then(|code| u16::try_from(code).ok()).filter(|code| allowed.contains(code));
        Some(Redirect { code: code.unwrap_or(usual), url, field: self.field(name) })
    }

    fn cors(&self) -> Option<Cors> {
        if !self.is("enable-cors", false) {
            return None;
        }
        let text = |name: &str, default: &str| self.text(name).unwrap_or_else(|| default.into());
        let origins = self.list("cors-allow-origin");
        Some(Cors {
            origins: if origins.is_empty() { vec!["*".to_owned()] } else { origins },
            methods: text("cors-allow-methods", "GET, PUT, POST, DELETE, PATCH, OPTIONS"),
            headers: text(
                "cors-allow-headers",
                "DNT,Keep-Alive,User-Agent,X-Requested-With,If-Modified-Since,Cache-Control,Content-Type,Range,Authorization",
            ),
            credentials: self.is("cors-allow-credentials", true),
            max_age: text("cors-max-age", "1728000"),
        })
    }

    /// Only with `canary: "true"`; the other canary annotations alone are ignored (canary/main.go).
    fn canary(&self) -> Option<Canary> {
        if !self.is("canary", false) {
            return None;
        }
        let weight = |name: &str| self.number(name).and_then(|weight| u64::try_from(weight).ok());
        let value = self.text("canary-by-header-value");
        let pattern = self.text("canary-by-header-pattern").filter(|_| value.is_none());
        Some(Canary {
            header: self.text("canary-by-header"),
            header_value: value,
            header_pattern: pattern.map(|pattern| Pattern::new(pattern, Dialect::Pcre, false)),
            cookie: self.text("canary-by-cookie"),
            weight: weight("canary-weight").unwrap_or(0),
            total: weight("canary-weight-total").filter(|total| *total > 100).unwrap_or(100),
        })
    }

    fn written(&self) -> BTreeSet<String> {
        let prefix = format!("{}/", self.settings.prefix);
        let names = self.ingress.metadata.annotations.keys();
        names.filter_map(|name| name.strip_prefix(&prefix)).map(str::to_owned).collect()
    }

    fn not_modelled(&self) -> Vec<FieldRef> {
        let snippets = if self.settings.is("allow-snippet-annotations", false) { SNIPPETS } else { &[] };
        let present = NOT_MODELLED.iter().chain(snippets).filter(|name| match **name {
            // Without the controller's argument the annotation does nothing.
            "ssl-passthrough" => self.settings.ssl_passthrough && self.is(name, false),
            "enable-modsecurity" => self.is(name, false),
            _ => self.text(name).is_some(),
        });
        present.map(|name| self.field(name)).collect()
    }
}

/// The annotations of an Ingress with the prefix that ingress-nginx doesn't have.
pub fn unknown(settings: &Settings, reference: &ObjectRef, ingress: &Ingress) -> Vec<Unknown> {
    let prefix = format!("{}/", settings.prefix);
    let names = ingress.metadata.annotations.keys().filter_map(|key| Some((key, key.strip_prefix(&prefix)?)));
    let unknown = names.filter(|(_, name)| !is_known(name));
    unknown.map(|(key, name)| (annotation(reference, key), nearest(name, known()))).collect()
}

/// Shared by the locations of one Ingress.
pub type Shared = Arc<Annotations>;
