//! What decides for all Ingresses: the controller's arguments and its ConfigMap.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::str::FromStr;

use super::annotation_risk::AnnotationRisk;
use crate::cluster::Cluster;
use crate::cluster::ingress_implementation::IngressImplementation;
pub use crate::http::network::parse_net;
use crate::http::{Dialect, Pattern};
use crate::ingress::ControllerPremises;
pub use crate::ingress::config_value::{parse_bool, parse_size};
use crate::ingress::recognise::ControllerPods;
use crate::model::{LabelSelector, Labels, Text};
use crate::order::Gather;
use crate::packet::TlsVersion;
use crate::source::{FieldPath, FieldRef, ObjectRef};

/// The controller's arguments that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum ControllerArgument {
    AnnotationsPrefix,
    #[strum(serialize = "configmap")]
    ConfigMap,
    ControllerClass,
    DefaultBackendService,
    DefaultSslCertificate,
    DisableSvcExternalName,
    EnableAnnotationValidation,
    EnableSslPassthrough,
    HttpPort,
    HttpsPort,
    IngressClass,
    IngressClassByName,
    TcpServicesConfigmap,
    ValidatingWebhook,
    WatchIngressWithoutClass,
    WatchNamespace,
    WatchNamespaceSelector,
}

/// The keys of the controller's ConfigMap that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum ConfigKey {
    AddHeaders,
    AllowCrossNamespaceResources,
    AllowSnippetAnnotations,
    AllowlistSourceRange,
    AnnotationValueWordBlocklist,
    AnnotationsRiskLevel,
    BindAddress,
    BlockCidrs,
    BlockReferers,
    BlockUserAgents,
    ComputeFullForwardedFor,
    CustomHttpErrors,
    DenylistSourceRange,
    EnableModsecurity,
    EnableRealIp,
    EnableUnderscoresInHeaders,
    ForceSslRedirect,
    ForwardedForHeader,
    ForwardedHostHeader,
    GlobalAllowedResponseHeaders,
    GlobalAuthUrl,
    Hsts,
    HstsIncludeSubdomains,
    HstsMaxAge,
    HstsPreload,
    HttpRedirectCode,
    HttpSnippet,
    IgnoreInvalidHeaders,
    LocationSnippet,
    NoAuthLocations,
    NoTlsRedirectLocations,
    PreserveTrailingSlash,
    ProxyBodySize,
    ProxyRealIpCidr,
    ProxySetHeaders,
    RelativeRedirects,
    ServerSnippet,
    ServiceUpstream,
    SslProtocols,
    SslRedirect,
    SslRejectHandshake,
    StrictValidatePathType,
    UseForwardedHeaders,
    UsePortInRedirects,
    UseProxyProtocol,
    WhitelistSourceRange,
}

/// Arguments and ConfigMap, with the controller's defaults.
#[derive(Clone, Debug)]
pub struct NginxSettings {
    pub controller_class: Text,
    /// --ingress-class: the value of the annotation.
    pub annotation_class: Text,
    /// --watch-ingress-without-class
    pub watch_without_class: bool,
    /// --ingress-class-by-name
    pub class_by_name: bool,
    /// --watch-namespace; empty for all.
    pub watch_namespace: String,
    /// --watch-namespace-selector: the labels of the namespaces that are watched.
    pub watch_namespace_selector: Option<LabelSelector>,
    /// --default-backend-service: namespace and name.
    pub default_backend: Option<(Text, Text)>,
    /// --default-ssl-certificate: namespace and name.
    pub default_certificate: Option<(Text, Text)>,
    /// --enable-ssl-passthrough
    pub ssl_passthrough: bool,
    pub http_port: u16,
    pub https_port: u16,
    /// --annotations-prefix
    pub prefix: String,
    /// --validating-webhook: the webhook looks at Ingresses before they are stored.
    pub webhook: bool,
    /// --tcp-services-configmap: the ports whose connections nginx hands on as they are, with their lines.
    pub streams: BTreeMap<u16, FieldRef>,
    /// --disable-svc-external-name
    pub external_names_disabled: bool,
    /// --enable-annotation-validation
    pub validate_annotations: bool,
    /// The ConfigMap of proxy-set-headers: headers that backends get.
    pub request_headers: Labels,
    /// The ConfigMap of add-headers: headers of answers.
    pub response_headers: Labels,
    /// The ConfigMap, if there is one.
    config: Option<(ObjectRef, BTreeMap<Text, Text>)>,
}

impl Default for NginxSettings {
    /// The controller's own defaults (pkg/flags, internal/ingress/controller/config).
    fn default() -> Self {
        Self {
            controller_class: IngressImplementation::IngressNginx.facts().class_controller.unwrap_or_default().into(),
            annotation_class: "nginx".into(),
            watch_without_class: false,
            class_by_name: false,
            watch_namespace: String::new(),
            watch_namespace_selector: None,
            default_backend: None,
            default_certificate: None,
            ssl_passthrough: false,
            http_port: 80,
            https_port: 443,
            prefix: "nginx.ingress.kubernetes.io".to_owned(),
            webhook: false,
            streams: BTreeMap::new(),
            external_names_disabled: false,
            validate_annotations: true,
            request_headers: Labels::default(),
            response_headers: Labels::default(),
            config: None,
        }
    }
}

impl NginxSettings {
    /// Reads the arguments of a controller as found, and its ConfigMap.
    pub fn read(cluster: &Cluster, found: &ControllerPods) -> Self {
        // Its chart installs the webhook with it.
        let mut settings = Self { webhook: found.supplied, ..Self::default() };
        for (name, value) in &found.arguments {
            settings.argument(cluster, found, name, value);
        }
        settings.request_headers = settings.headers(cluster, found, ConfigKey::ProxySetHeaders);
        settings.response_headers = settings.headers(cluster, found, ConfigKey::AddHeaders);
        settings
    }

    /// Those of a controller as found; the defaults on the ports of another in whose place it stands.
    pub(in crate::ingress) fn of(premises: &ControllerPremises<'_>) -> Self {
        match premises.ports {
            Some((http_port, https_port)) => Self { http_port, https_port, ..Self::default() },
            None => Self::read(premises.cluster, premises.found),
        }
    }

    /// The ports for http and https.
    pub fn ports(&self) -> (u16, u16) {
        (self.http_port, self.https_port)
    }

    fn argument(&mut self, cluster: &Cluster, found: &ControllerPods, name: &str, value: &str) {
        let Ok(argument) = ControllerArgument::from_str(name) else { return };
        let truth = value == "true" || value == "1";
        match argument {
            ControllerArgument::ControllerClass => self.controller_class = value.into(),
            ControllerArgument::IngressClass => self.annotation_class = value.into(),
            ControllerArgument::WatchIngressWithoutClass => self.watch_without_class = truth,
            ControllerArgument::IngressClassByName => self.class_by_name = truth,
            ControllerArgument::WatchNamespace => self.watch_namespace = value.to_owned(),
            ControllerArgument::WatchNamespaceSelector => self.watch_namespace_selector = LabelSelector::parse(value),
            ControllerArgument::DefaultBackendService => self.default_backend = split_name(value, &found.namespace),
            ControllerArgument::DefaultSslCertificate => self.default_certificate = split_name(value, &found.namespace),
            ControllerArgument::EnableSslPassthrough => self.ssl_passthrough = truth,
            ControllerArgument::HttpPort => self.http_port = value.parse().unwrap_or(self.http_port),
            ControllerArgument::HttpsPort => self.https_port = value.parse().unwrap_or(self.https_port),
            ControllerArgument::AnnotationsPrefix => self.prefix = value.to_owned(),
            ControllerArgument::TcpServicesConfigmap => {
                self.streams = tcp_services(cluster, split_name(value, &found.namespace));
            }
            ControllerArgument::ValidatingWebhook => self.webhook = !value.is_empty(),
            ControllerArgument::DisableSvcExternalName => self.external_names_disabled = truth,
            ControllerArgument::EnableAnnotationValidation => self.validate_annotations = truth,
            ControllerArgument::ConfigMap => {
                self.config = split_name(value, &found.namespace).and_then(|(namespace, name)| {
                    let map = cluster.config_maps.get(&namespace, &name)?;
                    Some((ObjectRef::namespaced("ConfigMap", &namespace, &name), Labels::clone(&map.data)))
                });
            }
        }
    }

    /// The headers in the ConfigMap that a key names.
    fn headers(&self, cluster: &Cluster, found: &ControllerPods, key: ConfigKey) -> Labels {
        let name = self.text(key).and_then(|name| split_name(name, &found.namespace));
        let map = name.and_then(|(namespace, name)| cluster.config_maps.get(&namespace, &name));
        map.map(|map| Labels::clone(&map.data)).unwrap_or_default()
    }

    /// The text of a key of the ConfigMap.
    pub fn text(&self, key: ConfigKey) -> Option<&str> {
        let (_, data) = self.config.as_ref()?;
        data.get(<&str>::from(key)).map(|text| text.trim())
    }

    /// A switch of the ConfigMap.
    pub fn is(&self, key: ConfigKey, default: bool) -> bool {
        self.text(key).and_then(parse_bool).unwrap_or(default)
    }

    /// Whether a client of this version and older ones finds one that nginx takes (ssl-protocols; config.go's default).
    pub fn takes_tls(&self, newest: TlsVersion) -> bool {
        let taken = self.text(ConfigKey::SslProtocols).unwrap_or("TLSv1.2 TLSv1.3").split_whitespace();
        let version = |name: &str| match name {
            "TLSv1" => Some(TlsVersion::Tls10),
            name => name.strip_prefix("TLSv").and_then(TlsVersion::parse),
        };
        taken.filter_map(version).any(|taken| taken <= newest)
    }

    /// A list of the ConfigMap, separated by commas.
    pub fn list(&self, key: ConfigKey) -> Vec<&str> {
        let list = self.text(key).unwrap_or_default().split(',').map(str::trim);
        list.filter(|entry| !entry.is_empty()).collect()
    }

    /// The place of a key of the ConfigMap.
    pub fn field(&self, key: ConfigKey) -> Option<FieldRef> {
        let (reference, data) = self.config.as_ref()?;
        let key: &str = key.into();
        data.contains_key(key).then(|| reference.field(FieldPath::root().field("data").key(key)))
    }

    /// The status of redirects to https and to or from www (http-redirect-code, 308).
    pub fn redirect_code(&self) -> u16 {
        let code = self.text(ConfigKey::HttpRedirectCode).and_then(|code| code.parse().ok());
        code.filter(|code| matches!(code, 301 | 302 | 307 | 308)).unwrap_or(308)
    }

    /// Whether a location is among those of no-tls-redirect-locations or no-auth-locations (template.go
    /// isLocationInLocationList): those that begin so.
    pub fn spares(&self, key: ConfigKey, location: &str) -> bool {
        let spared = match self.text(key) {
            Some(_) => self.list(key),
            None => vec!["/.well-known/acme-challenge"],
        };
        spared.into_iter().any(|path| location.starts_with(path))
    }

    /// The highest risk of an annotation that is let in (annotations-risk-level, High unless said; StringRiskToRisk).
    pub fn highest_risk(&self) -> AnnotationRisk {
        let level = self.text(ConfigKey::AnnotationsRiskLevel);
        level.map_or(AnnotationRisk::High, |level| level.parse().unwrap_or(AnnotationRisk::Low))
    }

    /// Addresses on which alone it listens, and modules that may refuse any request.
    pub fn not_modelled(&self) -> Option<FieldRef> {
        let bound =
            [ConfigKey::BindAddress].into_iter().find(|key| self.text(*key).is_some_and(|text| !text.is_empty()));
        let module = || self.is(ConfigKey::EnableModsecurity, false).then_some(ConfigKey::EnableModsecurity);
        self.field(bound.or_else(module)?)
    }

    /// The header Strict-Transport-Security (lua_ingress.lua header), unless it is switched off.
    pub fn transport_security(&self) -> Option<String> {
        let age = self.text(ConfigKey::HstsMaxAge).unwrap_or("31536000");
        let below = if self.is(ConfigKey::HstsIncludeSubdomains, true) { "; includeSubDomains" } else { "" };
        let preload = if self.is(ConfigKey::HstsPreload, false) { "; preload" } else { "" };
        self.is(ConfigKey::Hsts, true).then(|| format!("max-age={age}{below}{preload}"))
    }

    /// Whether nginx reads a header of this name: not one with an underscore or a dot, unless it is told to
    /// (underscores_in_headers, ignore_invalid_headers).
    pub fn reads_header(&self, name: &str) -> bool {
        let underscores = self.is(ConfigKey::EnableUnderscoresInHeaders, false);
        let valid = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' && underscores;
        !self.is(ConfigKey::IgnoreInvalidHeaders, true) || name.chars().all(valid)
    }

    /// Whether an address is in block-cidrs.
    pub fn blocks(&self, client: IpAddr) -> bool {
        self.list(ConfigKey::BlockCidrs).into_iter().filter_map(parse_net).any(|net| net.contains(&client))
    }

    /// Whether a header is blocked: a list of texts, of which `~` and `~*` begin expressions (nginx' map). None where
    /// an expression isn't supported.
    pub fn blocks_header(&self, key: ConfigKey, value: &str) -> Option<bool> {
        for entry in self.list(key) {
            let matched = match (entry.strip_prefix("~*"), entry.strip_prefix('~')) {
                (Some(pattern), _) => Pattern::new(pattern, Dialect::Pcre, true).is_match(value)?,
                (None, Some(pattern)) => Pattern::new(pattern, Dialect::Pcre, false).is_match(value)?,
                (None, None) => entry.eq_ignore_ascii_case(value),
            };
            if matched {
                return Some(true);
            }
        }
        Some(false)
    }
}

fn tcp_services(cluster: &Cluster, name: Option<(Text, Text)>) -> BTreeMap<u16, FieldRef> {
    let Some((namespace, name)) = name else { return BTreeMap::new() };
    let map = cluster.config_maps.get(&namespace, &name);
    let object = ObjectRef::namespaced("ConfigMap", &namespace, &name);
    let line = |port: &Text| object.field(FieldPath::root().field("data").key(port));
    let ports = map.into_iter().flat_map(|map| map.data.keys());
    ports.filter_map(|port| Some((port.parse().ok()?, line(port)))).into_map()
}

/// `namespace/name`; a name alone is in the controller's namespace.
pub fn split_name(text: &str, namespace: &str) -> Option<(Text, Text)> {
    let (namespace, name) = text.split_once('/').unwrap_or((namespace, text));
    (!name.is_empty()).then(|| (namespace.into(), name.into()))
}
