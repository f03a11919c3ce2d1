//! What the controller is told: its arguments and its ConfigMap, with its own defaults (cmd/nginx-ingress/flags.go,
//! internal/configs/config_params.go and configmaps.go).

use std::net::IpAddr;

use crate::cluster::Cluster;
use crate::http::network::parse_net;
use crate::ingress::ControllerPremises;
use crate::ingress::config_value::parse_bool;
use crate::ingress::recognise::ControllerPods;
use crate::model::{LabelSelector, Labels, Text};
use crate::packet::TlsVersion;
use crate::source::{FieldPath, FieldRef, ObjectRef};

/// The arguments that are read.
pub const ARGUMENTS: &[&str] = &[
    "allow-empty-ingress-host",
    "default-http-listener-port",
    "default-https-listener-port",
    "default-server-tls-secret",
    "enable-custom-resources",
    "enable-snippets",
    "enable-tls-passthrough",
    "global-configuration",
    "health-status",
    "health-status-uri",
    "ingress-class",
    "nginx-configmaps",
    "nginx-plus",
    "tls-passthrough-port",
    "watch-namespace",
    "watch-namespace-label",
    "wildcard-tls-secret",
];

/// The keys of the ConfigMap that are read.
pub const CONFIG_KEYS: &[&str] = &[
    "add-header",
    "client-max-body-size",
    "default-server-return",
    "disable-forwarded-headers",
    "hsts",
    "hsts-behind-proxy",
    "hsts-include-subdomains",
    "hsts-max-age",
    "http-redirect-code",
    "http2",
    "lb-method",
    "real-ip-header",
    "real-ip-recursive",
    "redirect-to-https",
    "set-real-ip-from",
    "ssl-protocols",
    "ssl-redirect",
];

/// Keys with nginx' own configuration or another connection than the one that arrives.
pub const UNREAD_KEYS: &[&str] = &[
    "http-snippets",
    "ingress-template",
    "location-snippets",
    "main-snippets",
    "main-template",
    "proxy-protocol",
    "server-snippets",
    "stream-snippets",
    "transportserver-template",
    "virtualserver-template",
];

/// Arguments and ConfigMap.
#[derive(Clone, Debug)]
pub struct F5Settings {
    /// Names without dashes, in the order given.
    arguments: Vec<(String, String)>,
    /// The ports of the default server.
    pub ports: (u16, u16),
    /// The ConfigMap, if there is one.
    config: Option<(ObjectRef, Labels)>,
}

impl F5Settings {
    /// Those of a controller as found; the defaults on the ports of another in whose place it stands.
    pub fn of(premises: &ControllerPremises<'_>) -> Self {
        match premises.ports {
            Some(ports) => Self { arguments: Vec::new(), ports, config: None },
            None => Self::read(premises.cluster, premises.found),
        }
    }

    fn read(cluster: &Cluster, found: &ControllerPods) -> Self {
        let mut settings = Self { arguments: found.arguments.clone(), ports: (80, 443), config: None };
        let port = |name: &str| settings.argument(name).and_then(|port| port.parse().ok());
        settings.ports =
            (port("default-http-listener-port").unwrap_or(80), port("default-https-listener-port").unwrap_or(443));
        settings.config = settings.named("nginx-configmaps").and_then(|(namespace, name)| {
            let map = cluster.config_maps.get(&namespace, &name)?;
            Some((ObjectRef::namespaced("ConfigMap", &namespace, &name), Labels::clone(&map.data)))
        });
        settings
    }

    /// The last value of an argument.
    pub fn argument(&self, name: &str) -> Option<&str> {
        self.arguments.iter().rev().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
    }

    /// A switch among the arguments.
    pub fn switch(&self, name: &str, default: bool) -> bool {
        self.argument(name).and_then(parse_bool).unwrap_or(default)
    }

    /// An argument that names an object as `namespace/name`.
    pub fn named(&self, argument: &str) -> Option<(Text, Text)> {
        let (namespace, name) = self.argument(argument)?.split_once('/')?;
        Some((namespace.into(), name.into()))
    }

    /// --ingress-class
    pub fn class(&self) -> &str {
        self.argument("ingress-class").unwrap_or("nginx")
    }

    /// Where the default server says that it is healthy, if it does.
    pub fn health_uri(&self) -> Option<&str> {
        let uri = self.argument("health-status-uri").unwrap_or("/nginx-health");
        self.switch("health-status", false).then_some(uri)
    }

    /// The port on which servers of hosts take TLS: behind the one that passes TLS through, if there is one.
    pub fn https_port(&self) -> u16 {
        let passthrough = self.argument("tls-passthrough-port").filter(|_| self.passes_tls());
        passthrough.and_then(|port| port.parse().ok()).unwrap_or(443)
    }

    /// -enable-tls-passthrough
    pub fn passes_tls(&self) -> bool {
        self.switch("enable-tls-passthrough", false)
    }

    pub fn is_plus(&self) -> bool {
        self.switch("nginx-plus", false)
    }

    /// Whether it looks into a namespace (-watch-namespace and -watch-namespace-label).
    pub fn watches(&self, cluster: &Cluster, namespace: &str) -> bool {
        let named = self.argument("watch-namespace").filter(|list| !list.is_empty());
        let listed = named.is_none_or(|list| list.split(',').any(|one| one.trim() == namespace));
        let selector = self.argument("watch-namespace-label").and_then(LabelSelector::parse);
        let labels = cluster.namespaces.get(namespace);
        listed && selector.is_none_or(|selector| labels.is_some_and(|labels| selector.matches(labels)))
    }

    /// The text of a key of the ConfigMap.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.config.as_ref()?.1.get(key).map(|text| text.trim())
    }

    /// The place of a key of the ConfigMap.
    pub fn field(&self, key: &str) -> Option<FieldRef> {
        let (reference, data) = self.config.as_ref()?;
        data.contains_key(key).then(|| reference.field(FieldPath::root().field("data").key(key)))
    }

    /// A key that isn't read and may change where anything goes.
    pub fn unread(&self) -> Option<FieldRef> {
        let written = |key: &&&str| self.text(key).is_some_and(|text| !text.is_empty() && text != "false");
        self.field(UNREAD_KEYS.iter().find(written)?)
    }

    /// Whether a client of this version and older ones finds one that nginx takes (ssl-protocols; nginx' default).
    pub fn takes_tls(&self, newest: TlsVersion) -> bool {
        let taken = self.text("ssl-protocols").unwrap_or("TLSv1.2 TLSv1.3").split_whitespace();
        let version = |name: &str| match name {
            "TLSv1" => Some(TlsVersion::Tls10),
            name => name.strip_prefix("TLSv").and_then(TlsVersion::parse),
        };
        taken.filter_map(version).any(|taken| taken <= newest)
    }

    /// The client behind proxies that are trusted (set-real-ip-from, real-ip-header, real-ip-recursive).
    pub fn real_client(&self, connection: IpAddr, header: impl Fn(&str) -> Vec<String>) -> IpAddr {
        let trusted: Vec<_> = self.text("set-real-ip-from").unwrap_or_default().split(',').map(str::trim).collect();
        let trusts =
            |address: &IpAddr| trusted.iter().filter_map(|net| parse_net(net)).any(|net| net.contains(address));
        let recursive = self.text("real-ip-recursive").and_then(parse_bool).unwrap_or(false);
        let mut client = connection;
        for before in header(self.text("real-ip-header").unwrap_or("X-Real-IP")).iter().rev() {
            let Some(address) = before.parse().ok().filter(|_| trusts(&client)) else { break };
            client = address;
            if !recursive {
                break;
            }
        }
        client
    }
}
