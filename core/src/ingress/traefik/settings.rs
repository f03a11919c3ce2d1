//! Traefik's static configuration: entry points and what its providers look for. Names compare without case.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::cluster::Cluster;
use crate::http::network::parse_net;
use crate::ingress::ControllerPremises;
use crate::ingress::recognise::{ConfigFile, ControllerPods};
use crate::order::Gather;
use crate::source::FieldRef;

/// The static configuration, with defaults.
#[derive(Clone, Debug)]
pub struct StaticConfig {
    /// The ports it listens on, by name.
    pub entry_points: BTreeMap<String, EntryPoint>,
    /// Its version: 2 or 3, and the minor one.
    pub version: (u32, u32),
    /// A configuration file that isn't read here (TOML).
    pub unread: Option<FieldRef>,
    values: BTreeMap<String, String>,
}

/// A port that Traefik listens on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryPoint {
    /// The number.
    pub port: u16,
    /// Whether all its routers are for TLS (http.tls).
    pub tls: bool,
    /// Whether routers without entry points use it.
    pub usual: bool,
    /// Redirects everything there.
    pub redirect: Option<EntryPointRedirect>,
    /// Middlewares before those of routers.
    pub middlewares: Vec<String>,
    /// TLS options of routers that name none.
    pub tls_options: Option<String>,
    /// The escapes that a path may not hold.
    pub denied: Vec<&'static str>,
    /// Whether paths are cleaned (sanitizePath).
    pub cleans: bool,
    /// Whether semicolons of the query are encoded; else they become `&`.
    pub encodes_semicolons: bool,
    /// Headers that Connection may name and that go on.
    pub connection: Vec<String>,
    /// Whose X-Forwarded-* are believed (forwardedHeaders.insecure is everybody's).
    pub trusted: Vec<IpNet>,
}

impl EntryPoint {
    /// Whether X-Forwarded-* from this address are believed; else Traefik drops them.
    pub fn believes(&self, client: IpAddr) -> bool {
        self.trusted.iter().any(|net| net.contains(&client))
    }
}

/// http.redirections.entryPoint
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryPointRedirect {
    /// `https` unless said.
    pub scheme: String,
    /// The port, if it isn't the scheme's own.
    pub port: Option<u16>,
    /// Whether for good; true unless said.
    pub permanent: bool,
    /// The priority of its router, which takes every host.
    pub priority: i64,
}

/// The escapes that an entry point can refuse, by the option that lets them in.
const ESCAPES: &[(&str, &str)] = &[
    ("allowencodedslash", "%2F"),
    ("allowencodedbackslash", "%5C"),
    ("allowencodednullcharacter", "%00"),
    ("allowencodedsemicolon", "%3B"),
    ("allowencodedpercent", "%25"),
    ("allowencodedquestionmark", "%3F"),
    ("allowencodedhash", "%23"),
];

/// Options of entry points that are read, or that can't change where a request goes; with a dot at the end, all below.
const ENTRY_POINT_OPTIONS: &[&str] = &[
    "address",
    "allowacmebypass",
    "asdefault",
    "forwardedheaders.connection",
    "forwardedheaders.insecure",
    "forwardedheaders.trustedips",
    "http",
    "http.encodedcharacters.",
    "http.encodequerysemicolons",
    "http.maxheaderbytes",
    "http.middlewares",
    "http.redirections.entrypoint.",
    "http.sanitizepath",
    "http.tls",
    "http.tls.",
    "http2.",
    "http3",
    "http3.",
    "observability.",
    "reuseport",
    "transport.",
    "udp.",
];

/// Options of the providers for Kubernetes, likewise.
const PROVIDER_OPTIONS: &[&str] = &[
    "allowcrossnamespace",
    "allowemptyservices",
    "allowexternalnameservices",
    "certauthfilepath",
    "crossprovidernamespaces",
    "defaultrulesyntax",
    "disableingressclasslookup",
    "endpoint",
    "ingressclass",
    "ingressendpoint.",
    "labelselector",
    "namespaces",
    "nativelbbydefault",
    "safenaming",
    "strictprefixmatching",
    "throttleduration",
    "token",
];

/// Providers that are read somewhere, and what isn't one.
const KNOWN_PROVIDERS: &[&str] = &[
    "kubernetescrd",
    "kubernetesgateway",
    "kubernetesingress",
    "kubernetesingressnginx",
    "precedence",
    "providersthrottleduration",
];

/// Whether an option is listed, or stands below one that is.
fn is_known(option: &str, known: &[&str]) -> bool {
    known.iter().any(|it| option == *it || it.ends_with('.') && option.starts_with(it))
}

/// Traefik's providers in the order in which their routers come where priorities are equal (static_config.go).
const PRECEDENCE: &[&str] = &["kubernetesgateway", "kubernetescrd", "kubernetes", "kubernetesingressnginx"];

impl Default for StaticConfig {
    /// The chart's entry points, and a provider for each kind.
    fn default() -> Self {
        Self {
            entry_points: BTreeMap::from([
                ("web".to_owned(), EntryPoint { port: 8000, usual: true, cleans: true, ..EntryPoint::default() }),
                ("websecure".to_owned(), EntryPoint { port: 8443, usual: true, cleans: true, ..EntryPoint::default() }),
            ]),
            version: (3, 7),
            unread: None,
            values: BTreeMap::new(),
        }
    }
}

impl StaticConfig {
    /// Reads arguments and environment of a controller as found.
    pub fn read(_: &Cluster, found: &ControllerPods) -> Self {
        let arguments = found.arguments.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
        let settings = found.settings.iter().map(|(name, value)| (name.clone(), value.clone()));
        // What the World says of a supplied Traefik counts before the arguments that it is supplied with.
        let values: BTreeMap<String, String> =
            if found.supplied { arguments.chain(settings).into_map() } else { settings.chain(arguments).into_map() };
        // The first source found counts alone: file, arguments, environment (cmd/traefik: loaders in that order).
        let (values, unread) = match &found.file {
            Some(ConfigFile::Read(of_file)) => (of_file.clone(), None),
            Some(ConfigFile::Unread(line)) => (BTreeMap::new(), Some(line.clone())),
            None => (values, None),
        };
        let version = version(&found.tag);
        let mut settings = Self { entry_points: BTreeMap::new(), version, values, unread };
        settings.entry_points = settings.read_entry_points();
        settings
    }

    /// Two entry points, for http and https, and no further settings.
    pub fn on_ports((plain, tls): (u16, u16)) -> Self {
        let entry = |port, tls| EntryPoint { port, tls, usual: true, cleans: true, ..EntryPoint::default() };
        let entry_points = [("web", entry(plain, false)), ("websecure", entry(tls, true))];
        let entry_points = entry_points.map(|(name, entry)| (name.to_owned(), entry)).into_iter().into_map();
        Self { entry_points, ..Self::default() }
    }

    /// Those of a controller as found; the defaults on the ports of another in whose place it stands.
    pub(in crate::ingress) fn of(premises: &ControllerPremises<'_>) -> Self {
        match premises.ports {
            Some(ports) => Self::on_ports(ports),
            None => Self::read(premises.cluster, premises.found),
        }
    }

    /// The ports of the entry points for http and https: by their names, else the first two.
    pub fn ports(&self) -> (u16, u16) {
        let named =
            |names: [&str; 2]| names.iter().find_map(|name| self.entry_points.get(*name)).map(|entry| entry.port);
        let mut all = self.entry_points.values().map(|entry| entry.port);
        let (first, second) = (all.next().unwrap_or(80), all.next().unwrap_or(443));
        (named(["web", "http"]).unwrap_or(first), named(["websecure", "https"]).unwrap_or(second))
    }

    /// One value.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.values.get(&name.to_ascii_lowercase()).map(String::as_str)
    }

    /// A switch.
    pub fn is(&self, name: &str) -> bool {
        self.text(name).is_some_and(|value| matches!(value, "true" | "1"))
    }

    /// Whether IngressRoutes may name things in other namespaces (allowCrossNamespace).
    pub fn crosses_namespaces(&self) -> bool {
        self.is("providers.kubernetescrd.allowcrossnamespace")
    }

    /// Whether objects of a namespace may name what other providers made (crossProviderNamespaces).
    pub fn crosses_providers(&self, namespace: &str) -> bool {
        let option = "providers.kubernetescrd.crossprovidernamespaces";
        self.text(option).is_none() || self.list(option).contains(&namespace)
    }

    /// Whether anything is said about a part: `api`, `api.insecure`.
    pub fn mentions(&self, part: &str) -> bool {
        let under = format!("{part}.");
        match self.text(part) {
            Some(value) => value != "false",
            None => self.values.keys().any(|key| key.starts_with(&under)),
        }
    }

    /// A setting that isn't read and that could change where requests go: of an entry point, of a provider, another provider.
    pub fn unread_setting(&self) -> Option<&str> {
        self.values.keys().map(String::as_str).find(|key| {
            let mut parts = key.splitn(3, '.');
            match (parts.next(), parts.next(), parts.next()) {
                (Some("entrypoints"), Some(_), Some(option)) => !is_known(option, ENTRY_POINT_OPTIONS),
                (Some("providers"), Some("kubernetesingress" | "kubernetescrd"), Some(option)) => {
                    !is_known(option, PROVIDER_OPTIONS)
                }
                (Some("providers"), Some(provider), _) => !KNOWN_PROVIDERS.contains(&provider),
                (Some("hostresolver"), ..) => true,
                _ => false,
            }
        })
    }

    /// The names of providers, who comes first where priorities are equal.
    pub fn precedence(&self) -> Vec<&str> {
        let said = self.list("providers.precedence");
        if said.is_empty() { PRECEDENCE.to_vec() } else { said }
    }

    /// The syntax of rules that don't say theirs: 2 or 3.
    pub fn rule_syntax(&self) -> u32 {
        let said = self.text("core.defaultrulesyntax") == Some("v2");
        if said { 2 } else { self.version.0.clamp(2, 3) }
    }

    /// A list, separated by commas.
    pub fn list(&self, name: &str) -> Vec<&str> {
        let list = self.text(name).unwrap_or_default().split(',').map(str::trim);
        list.filter(|entry| !entry.is_empty()).collect()
    }

    /// Whether a provider runs: asked for, or nothing at all is said of providers (its file isn't known).
    pub fn provides(&self, provider: &str) -> bool {
        let name = format!("providers.{provider}");
        let nothing_said = || !self.values.keys().any(|key| key.starts_with("providers.kubernetes"));
        match self.text(&name) {
            Some(value) => value != "false",
            None => self.mentions(&name) || nothing_said(),
        }
    }

    /// The entry point that listens on a port of the pod.
    pub fn entry_point(&self, port: u16) -> Option<(&str, &EntryPoint)> {
        self.entry_points.iter().find(|(_, entry)| entry.port == port).map(|(name, entry)| (name.as_str(), entry))
    }

    /// Without any: one named http, on port 80.
    fn read_entry_points(&self) -> BTreeMap<String, EntryPoint> {
        let mut entries: BTreeMap<String, EntryPoint> = BTreeMap::new();
        // 1. Every name that has an address, with its options.
        for (key, value) in &self.values {
            let Some((name, "address")) = key.strip_prefix("entrypoints.").and_then(|rest| rest.split_once('.')) else {
                continue;
            };
            let Some(port) = port_of(value) else { continue };
            let under = |option: &str| format!("entrypoints.{name}.{option}");
            let tls = self.is(&under("http.tls")) || self.values.keys().any(|key| key.starts_with(&under("http.tls.")));
            let is_believed = self.is(&under("forwardedheaders.insecure"));
            let list = |option: &str| self.list(&under(option)).into_iter().map(str::to_owned).collect::<Vec<_>>();
            let trusted = if is_believed {
                vec![IpNet::V4(Ipv4Net::default()), IpNet::V6(Ipv6Net::default())]
            } else {
                self.list(&under("forwardedheaders.trustedips")).into_iter().filter_map(parse_net).collect()
            };
            let entry = EntryPoint {
                port,
                tls: tls && self.text(&under("http.tls")) != Some("false"),
                usual: self.is(&under("asdefault")),
                redirect: None,
                middlewares: list("http.middlewares"),
                tls_options: self.text(&under("http.tls.options")).map(str::to_owned),
                denied: self.denied_escapes(name),
                cleans: self.cleans_paths() && self.text(&under("http.sanitizepath")) != Some("false"),
                encodes_semicolons: self.is(&under("http.encodequerysemicolons")),
                connection: list("forwardedheaders.connection"),
                trusted,
            };
            entries.insert(name.to_owned(), entry);
        }
        // 2. None at all: one for HTTP.
        if entries.is_empty() {
            let cleans = self.cleans_paths();
            entries.insert("http".to_owned(), EntryPoint { port: 80, cleans, ..EntryPoint::default() });
        }
        // 3. Routers that name none listen on all of them, unless some are marked for that.
        if !entries.values().any(|entry| entry.usual) {
            // metrics and traefik (the dashboard) are made for themselves.
            entries.iter_mut().for_each(|(name, entry)| entry.usual = !matches!(name.as_str(), "traefik" | "metrics"));
        }
        // 4. Redirections, which may name another entry point.
        let names: Vec<String> = entries.keys().cloned().collect();
        for name in names {
            let redirect = self.redirect(&name, &entries);
            if let Some(entry) = entries.get_mut(&name) {
                entry.redirect = redirect;
            }
        }
        entries
    }

    fn redirect(&self, name: &str, entries: &BTreeMap<String, EntryPoint>) -> Option<EntryPointRedirect> {
        let under = |option: &str| format!("entrypoints.{name}.http.redirections.entrypoint.{option}");
        let to = self.text(&under("to"))?;
        let scheme = self.text(&under("scheme")).unwrap_or("https").to_owned();
        let port = entries.get(&to.to_ascii_lowercase()).map(|entry| entry.port).or_else(|| port_of(to));
        let usual = if scheme == "https" { 443 } else { 80 };
        let permanent = self.text(&under("permanent")).is_none_or(|value| value == "true");
        let priority = self.text(&under("priority")).and_then(|number| number.parse().ok()).unwrap_or(i64::MAX - 1);
        Some(EntryPointRedirect { scheme, port: port.filter(|port| *port != usual), permanent, priority })
    }

    /// Since 3.4, and in 2.11 (server_entrypoint_tcp.go sanitizePath).
    fn cleans_paths(&self) -> bool {
        self.version >= (3, 4) || self.version == (2, 11)
    }

    /// entryPoints.*.http.encodedCharacters: everything is let in unless said.
    fn denied_escapes(&self, name: &str) -> Vec<&'static str> {
        let option = |option: &str| format!("entrypoints.{name}.http.encodedcharacters.{option}");
        let denied = ESCAPES.iter().filter(|(allow, _)| self.text(&option(allow)) == Some("false"));
        denied.map(|(_, escape)| *escape).collect()
    }
}

/// `:8000/tcp`
fn port_of(address: &str) -> Option<u16> {
    let (_, port) = address.rsplit_once(':')?;
    let (number, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
    number.parse().ok().filter(|_| protocol == "tcp")
}

/// `v2.11.3` is (2, 11); what says nothing is the version we follow.
fn version(tag: &str) -> (u32, u32) {
    let mut numbers = tag.trim_start_matches('v').split(['.', '-']).map_while(|part| part.parse::<u32>().ok());
    match (numbers.next(), numbers.next()) {
        (Some(major), Some(minor)) => (major, minor),
        (Some(2), None) => (2, 11),
        _ => (3, 7),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingress::IngressImplementation;

    fn read(arguments: &[(&str, &str)]) -> StaticConfig {
        let found = ControllerPods {
            implementation: IngressImplementation::Traefik,
            class_controller: "".into(),
            pods: Vec::new(),
            namespace: "traefik".into(),
            arguments: arguments.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect(),
            settings: BTreeMap::new(),
            file: None,
            tag: "v2.10".to_owned(),
            supplied: false,
        };
        StaticConfig::read(&Cluster::default(), &found)
    }

    #[test]
    fn entry_points() {
        let settings = read(&[
            ("entryPoints.web.address", ":8000/tcp"),
            ("entryPoints.web.http.redirections.entryPoint.to", "websecure"),
            ("entrypoints.websecure.address", ":8443"),
            ("entrypoints.websecure.http.tls", "true"),
        ]);
        let (name, web) = settings.entry_point(8000).unwrap();
        assert_eq!((name, web.redirect.as_ref().unwrap().port), ("web", Some(8443)));
        assert!(settings.entry_point(8443).unwrap().1.tls);
        assert_eq!(settings.version, (2, 10));
    }

    #[test]
    fn one_entry_point_by_itself() {
        assert_eq!(read(&[]).entry_point(80).map(|(name, _)| name), Some("http"));
    }

    #[test]
    fn providers_that_are_asked_for() {
        assert!(read(&[]).provides("kubernetescrd"));
        assert!(!read(&[("providers.kubernetesIngress", "true")]).provides("kubernetescrd"));
    }
}
