//! The middlewares of a router, in their order (translator.go applyMiddlewares), made of one Ingress' annotations.

use ipnet::IpNet;

use super::options::ProviderOptions;
use crate::cluster::Cluster;
use crate::http::network::parse_net;
use crate::http::{Dialect, Pattern};
use crate::ingress::nginx::Annotation;
use crate::ingress::traefik::settings::StaticConfig;
use crate::model::Secret;
use crate::source::FieldRef;
use crate::trace::IngressObjection;

/// A middleware, with the line that asks for it.
#[derive(Clone, Debug)]
pub struct ProviderStep {
    /// What it does.
    pub kind: StepKind,
    pub line: FieldRef,
}

/// What a middleware does.
#[derive(Clone, Debug)]
pub enum StepKind {
    /// To https, on plain entry points only.
    RedirectToHttps,
    /// Pages of another Service instead of answers with these codes.
    ErrorPages(Vec<(u16, u16)>, String),
    /// `/` leads there.
    AppRoot(String),
    /// To another address: expression, replacement, status.
    Redirect(Pattern, String, u16),
    /// A password by these users and their hashes.
    Password(Vec<(String, String)>, String),
    /// A digest of a password.
    Digest,
    /// A body may not be longer.
    BodyLimit(u64),
    /// Only these addresses.
    AllowList(Vec<IpNet>),
    /// Cross-origin requests.
    CrossOrigin(Box<CorsStep>),
    /// Another path.
    Rewrite(RewriteTarget),
    /// Another Host header.
    Host(String),
    /// Headers of the answer.
    ResponseHeaders(Vec<(String, String)>),
    /// A server is asked first.
    AskServer(String),
    /// It isn't modelled.
    NotModelled,
}

/// What browsers are told.
#[derive(Clone, Debug)]
pub struct CorsStep {
    /// cors-allow-origin
    pub origins: Vec<String>,
    /// cors-allow-methods
    pub methods: Vec<String>,
    /// cors-allow-headers
    pub headers: Vec<String>,
    /// cors-expose-headers
    pub exposed: Vec<String>,
    /// cors-allow-credentials
    pub credentials: bool,
    /// cors-max-age
    pub max_age: i64,
}

/// rewrite-target (ingressnginx/rewritetarget): what the expression matches of the path is replaced, wherever it stands.
#[derive(Clone, Debug)]
pub struct RewriteTarget {
    /// The Ingress' path as an expression; None for an empty one.
    pub pattern: Option<Pattern>,
    /// What stands in its place.
    pub replacement: String,
    /// Whether that is a URL, to which the client is redirected.
    pub is_url: bool,
    /// x-forwarded-prefix
    pub prefix: Option<String>,
}

/// Why something isn't made, and the line.
pub type StepRefusal = (IngressObjection, FieldRef);

/// What is known of the location for which middlewares are made.
pub struct StepContext<'a> {
    pub cluster: &'a Cluster,
    /// The static configuration.
    pub settings: &'a StaticConfig,
    /// The annotations.
    pub options: ProviderOptions<'a>,
    /// The path of the rule; empty for a default backend.
    pub path: &'a str,
    /// Whether the path is an expression.
    pub is_regex: bool,
    /// Whether the Ingress has a `tls` section.
    pub has_tls: bool,
    /// Variables of the location.
    pub variables: Vec<(&'static str, String)>,
}

impl StepContext<'_> {
    /// All middlewares in their order. An error refuses the router, as Traefik can't build the middleware.
    pub fn steps(&self) -> Result<Vec<ProviderStep>, StepRefusal> {
        let mut steps = Vec::new();
        let mut add = |name: Annotation, kind: Option<StepKind>| {
            steps.extend(kind.map(|kind| ProviderStep { kind, line: self.options.line(name) }));
        };
        // 1. What sends elsewhere: TLS, error pages, the root, redirects.
        let (by, redirect) = self.to_https();
        add(by, redirect);
        add(Annotation::CustomHttpErrors, self.error_pages()?);
        let root = self.options.text(Annotation::AppRoot).filter(|root| root.starts_with('/'));
        add(Annotation::AppRoot, root.map(|root| StepKind::AppRoot(root.to_owned())));
        let (by, redirect) = self.redirect();
        add(by, redirect);
        // 2. Who may ask, and how much.
        add(Annotation::AuthType, self.password()?);
        add(Annotation::ProxyBodySize, self.body_limit());
        let (by, list) = self.allow_list()?;
        add(by, list);
        // 3. What changes request and answer.
        add(Annotation::EnableCors, self.cross_origin().map(Box::new).map(StepKind::CrossOrigin));
        add(Annotation::RewriteTarget, self.rewrite()?);
        let vhost = self.options.text(Annotation::UpstreamVhost);
        if vhost == Some("") {
            return Err((IngressObjection::InvalidAnnotation, self.options.line(Annotation::UpstreamVhost)));
        }
        add(Annotation::UpstreamVhost, vhost.map(|vhost| StepKind::Host(self.with_variables(vhost))));
        add(Annotation::CustomHeaders, self.custom_headers());
        // 4. What isn't modelled, and the server that is asked for leave.
        for name in [Annotation::ServerSnippet, Annotation::ConfigurationSnippet, Annotation::AuthSnippet] {
            add(name, self.options.filled(name).map(|_| StepKind::NotModelled));
        }
        let global = self.settings.text("providers.kubernetesingressnginx.globalauthurl");
        let global = global.filter(|_| self.options.switch(Annotation::EnableGlobalAuth).unwrap_or(true));
        let asked = self.options.filled(Annotation::AuthUrl).or(global).filter(|url| !url.is_empty());
        add(Annotation::AuthUrl, asked.map(|url| StepKind::AskServer(url.to_owned())));
        Ok(steps)
    }

    /// middleware.go sslRedirectEnabled.
    fn to_https(&self) -> (Annotation, Option<StepKind>) {
        let forced = self.options.is(Annotation::ForceSslRedirect);
        let wanted = self.has_tls && self.options.switch(Annotation::SslRedirect).unwrap_or(true);
        let by = if forced { Annotation::ForceSslRedirect } else { Annotation::SslRedirect };
        (by, (forced || wanted).then_some(StepKind::RedirectToHttps))
    }

    /// Only with a default backend; its codes must be codes.
    fn error_pages(&self) -> Result<Option<StepKind>, StepRefusal> {
        let Some(codes) = self.options.list(Annotation::CustomHttpErrors) else { return Ok(None) };
        let Some(service) = self.options.filled(Annotation::DefaultBackend) else { return Ok(None) };
        let refused = || (IngressObjection::InvalidAnnotation, self.options.line(Annotation::CustomHttpErrors));
        let ranges = codes.into_iter().map(|code| {
            let (first, last) = code.split_once('-').unwrap_or((code, code));
            Some((first.parse().ok()?, last.parse().ok()?))
        });
        let ranges = ranges.collect::<Option<Vec<(u16, u16)>>>().ok_or_else(refused)?;
        let namespace = self.options.reference.namespace.as_deref().unwrap_or_default();
        let exists = crate::ingress::backend::find_service(self.cluster, namespace, service).is_some();
        if exists { Ok(Some(StepKind::ErrorPages(ranges, service.to_owned()))) } else { Err(refused()) }
    }

    /// buildRedirect: a temporal one before a permanent one; what isn't a code is the usual one.
    fn redirect(&self) -> (Annotation, Option<StepKind>) {
        let to = |name: Annotation, code: Annotation, usual: u16| {
            let url = self.options.text(name)?.trim();
            let code = self.options.number(code).and_then(|code| u16::try_from(code).ok());
            let pattern = if self.is_regex { format!("^https?://[^/]+{}", self.path) } else { ".*".to_owned() };
            let code = code.filter(|code| (300..=308).contains(code)).unwrap_or(usual);
            Some(StepKind::Redirect(Pattern::new(pattern, Dialect::Re2, false), url.to_owned(), code))
        };
        match to(Annotation::TemporalRedirect, Annotation::TemporalRedirectCode, 302) {
            Some(step) => (Annotation::TemporalRedirect, Some(step)),
            None => {
                let permanent = to(Annotation::PermanentRedirect, Annotation::PermanentRedirectCode, 301);
                (Annotation::PermanentRedirect, permanent)
            }
        }
    }

    /// resolveBasicAuth: what can't be resolved leaves the path out.
    fn password(&self) -> Result<Option<StepKind>, StepRefusal> {
        let Some(kind) = self.options.text(Annotation::AuthType) else { return Ok(None) };
        let refused = |name: Annotation| (IngressObjection::InvalidAnnotation, self.options.line(name));
        if !matches!(kind, "basic" | "digest") {
            return Err(refused(Annotation::AuthType));
        }
        let missing = || refused(Annotation::AuthSecret);
        let named = self.options.filled(Annotation::AuthSecret).ok_or_else(missing)?;
        let own = self.options.reference.namespace.as_deref().unwrap_or_default();
        let (namespace, name) = named.split_once('/').unwrap_or((own, named));
        let allowed = namespace == own || self.is_set("allowcrossnamespaceresources");
        let secret = self.cluster.secrets.get(namespace, name).filter(|_| allowed).ok_or_else(missing)?;
        let users = match self.options.text(Annotation::AuthSecretType).unwrap_or("auth-file") {
            "auth-file" => users_of_file(secret),
            "auth-map" => users_of_map(secret),
            _ => return Err(refused(Annotation::AuthSecretType)),
        };
        let users = users.ok_or_else(missing)?;
        let realm = self.options.filled(Annotation::AuthRealm).unwrap_or("traefik").to_owned();
        Ok(Some(if kind == "digest" { StepKind::Digest } else { StepKind::Password(users, realm) }))
    }

    /// Bodies are held only where that is asked for (buildBuffering); else their length doesn't matter.
    fn body_limit(&self) -> Option<StepKind> {
        let held = self
            .options
            .text(Annotation::ProxyRequestBuffering)
            .map_or_else(|| self.is_set("proxyrequestbuffering"), |text| text == "on");
        let most = self.options.filled(Annotation::ProxyBodySize).and_then(bytes).unwrap_or(1 << 20);
        (held && most > 0).then_some(StepKind::BodyLimit(most))
    }

    /// A list with an entry that is no network can't be built.
    fn allow_list(&self) -> Result<(Annotation, Option<StepKind>), StepRefusal> {
        let by = match self.options.text(Annotation::AllowlistSourceRange) {
            Some(_) => Annotation::AllowlistSourceRange,
            None => Annotation::WhitelistSourceRange,
        };
        let Some(list) = self.options.filled(by) else { return Ok((by, None)) };
        let nets: Option<Vec<IpNet>> = list.split(',').map(|net| parse_net(net.trim())).collect();
        match nets {
            Some(nets) => Ok((by, Some(StepKind::AllowList(nets)))),
            None => Err((IngressObjection::InvalidAnnotation, self.options.line(by))),
        }
    }

    fn cross_origin(&self) -> Option<CorsStep> {
        let list = |name: Annotation, usual: &[&str]| {
            let written = self.options.list(name).unwrap_or_else(|| usual.to_vec());
            written.into_iter().map(str::to_owned).collect::<Vec<_>>()
        };
        self.options.is(Annotation::EnableCors).then(|| CorsStep {
            origins: list(Annotation::CorsAllowOrigin, &["*"]),
            methods: list(Annotation::CorsAllowMethods, &["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"]),
            headers: list(Annotation::CorsAllowHeaders, CORS_HEADERS),
            exposed: list(Annotation::CorsExposeHeaders, &[]),
            credentials: self.options.switch(Annotation::CorsAllowCredentials).unwrap_or(true),
            max_age: self.options.number(Annotation::CorsMaxAge).unwrap_or(1_728_000),
        })
    }

    fn rewrite(&self) -> Result<Option<StepKind>, StepRefusal> {
        let target = self.options.filled(Annotation::RewriteTarget).filter(|target| *target != self.path);
        let Some(target) = target else { return Ok(None) };
        let is_url = has_scheme(target);
        let of = |source: String| Pattern::new(source, Dialect::Re2, true);
        let pattern = (!self.path.is_empty()).then(|| of(self.path.trim().to_owned()));
        let groups = pattern.as_ref().and_then(|pattern| pattern.regex()).map(regex_lite::Regex::captures_len);
        let pattern = match groups {
            Some(1) if is_url => Some(of(format!("{}.*", self.path.trim()))),
            _ => pattern,
        };
        let prefix = self
            .options
            .filled(Annotation::XForwardedPrefix)
            .filter(|prefix| prefix.chars().all(|c| c.is_ascii_alphanumeric() || "-._~/$:".contains(c)));
        let (replacement, prefix) = (target.trim().to_owned(), prefix.map(str::to_owned));
        Ok(Some(StepKind::Rewrite(RewriteTarget { pattern, replacement, is_url, prefix })))
    }

    /// Headers that may be sent (globalAllowedResponseHeaders); `is_denied` tells of those that may not.
    fn custom_headers(&self) -> Option<StepKind> {
        self.read_headers().filter(|headers| !headers.is_empty()).map(StepKind::ResponseHeaders)
    }

    /// Whether custom-headers shuts the location: no such ConfigMap, or a header that isn't allowed.
    pub fn is_denied(&self) -> bool {
        self.options.text(Annotation::CustomHeaders).is_some() && self.read_headers().is_none()
    }

    fn read_headers(&self) -> Option<Vec<(String, String)>> {
        let (namespace, name) = self.options.text(Annotation::CustomHeaders)?.split_once('/')?;
        let own = self.options.reference.namespace.as_deref().unwrap_or_default();
        let allowed = namespace == own || self.is_set("allowcrossnamespaceresources");
        let map = self.cluster.config_maps.get(namespace, name).filter(|_| allowed)?;
        let known = self.settings.list("providers.kubernetesingressnginx.globalallowedresponseheaders");
        let marks = "_ :;.,\\/\"'?!(){}[]@<>=-+*#$&`|~^%";
        let is_value =
            |value: &str| !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || marks.contains(c));
        let fits = map.data.iter().all(|(name, value)| known.contains(&&**name) && is_value(value));
        fits.then(|| map.data.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect())
    }

    fn is_set(&self, name: &str) -> bool {
        self.settings.is(&format!("providers.kubernetesingressnginx.{name}"))
    }

    fn with_variables(&self, text: &str) -> String {
        self.variables.iter().fold(text.to_owned(), |text, (name, value)| {
            text.replace(&format!("${{{name}}}"), value).replace(&format!("${name}"), value)
        })
    }
}

const CORS_HEADERS: &[&str] = &[
    "DNT",
    "Keep-Alive",
    "User-Agent",
    "X-Requested-With",
    "If-Modified-Since",
    "Cache-Control",
    "Content-Type",
    "Range",
    "Authorization",
];

/// Lines of the key `auth`; each must be a user and a hash.
fn users_of_file(secret: &Secret) -> Option<Vec<(String, String)>> {
    let lines = secret.value("auth")?;
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(user_of_line).collect()
}

fn users_of_map(secret: &Secret) -> Option<Vec<(String, String)>> {
    let keys: Vec<_> = secret.data.keys().chain(secret.string_data.keys()).collect();
    let users = keys.iter().filter_map(|key| Some((key.to_string(), secret.value(key)?)));
    Some(users.collect()).filter(|_| !keys.is_empty())
}

fn user_of_line(line: &str) -> Option<(String, String)> {
    let (user, hash) = line.split_once(':').filter(|(_, hash)| !hash.contains(':'))?;
    Some((user.to_owned(), hash.to_owned()))
}

/// nginx' sizes: a number, and `b`, `k`, `m` or `g`.
fn bytes(text: &str) -> Option<u64> {
    let text = text.to_ascii_lowercase();
    let (digits, factor) = match text.char_indices().next_back()? {
        (at, 'b') => (text.get(..at)?, 1),
        (at, 'k') => (text.get(..at)?, 1 << 10),
        (at, 'm') => (text.get(..at)?, 1 << 20),
        (at, 'g') => (text.get(..at)?, 1 << 30),
        _ => (text.as_str(), 1),
    };
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

/// Whether Go's url.Parse finds a scheme.
fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}
