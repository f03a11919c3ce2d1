//! The ports of a GlobalConfiguration by name (pkg/apis/configuration/validation/globalconfiguration.go).

use super::maker::ServerMaker;
use super::policies::{read_spec, resources_of};
use super::route_validation::is_name;
use super::settings::F5Settings;
use crate::cluster::Cluster;
use crate::model::{GlobalConfigurationSpec, GlobalListener, VirtualServerListener};
use crate::source::{FieldPath, FieldRef, ObjectRef};

/// Ports that the controller or nginx itself has (createGlobalConfigurationValidator): nginx' status, Prometheus.
const FORBIDDEN: [i64; 4] = [80, 443, 8080, 9113];

/// The listeners that are valid.
#[derive(Clone, Debug, Default)]
pub struct Listeners {
    listeners: Vec<GlobalListener>,
    /// Whether there is a GlobalConfiguration.
    exists: bool,
    /// Those that aren't valid, with the words.
    pub rejected: Vec<(FieldRef, String)>,
}

impl Listeners {
    /// Those of -global-configuration.
    pub fn read(cluster: &Cluster, settings: &F5Settings) -> Self {
        let mut found = Self::default();
        let named = settings.named("global-configuration");
        let resources = resources_of(cluster, settings, "GlobalConfiguration");
        let own = resources.into_iter().find(|(reference, _)| {
            let named = named.as_ref().filter(|(_, name)| *name == reference.name);
            named.is_some_and(|(namespace, _)| reference.namespace.as_ref() == Some(namespace))
        });
        let Some((reference, resource)) = own else { return found };
        found.exists = true;
        let spec: GlobalConfigurationSpec = read_spec(resource);
        let at = FieldPath::from("spec.listeners");
        for (number, listener) in spec.listeners.into_iter().enumerate() {
            match found.fault(&listener, &at.index(number)) {
                Some((path, message)) => {
                    let name = reference.qualified_name();
                    let message = format!("GlobalConfiguration {name} is invalid: {path}: {message}");
                    found.rejected.push((reference.field(path), message));
                }
                None => found.listeners.push(listener),
            }
        }
        found
    }

    /// What is wrong with a listener, by itself and beside the valid ones before it.
    fn fault(&self, listener: &GlobalListener, at: &FieldPath) -> Option<(FieldPath, String)> {
        let GlobalListener { name, port, protocol, .. } = listener;
        // 1. Its name, port and protocol.
        if &**name == TLS_PASSTHROUGH {
            return Some((at.field("name"), "Forbidden: is the name of a built-in listener".to_owned()));
        }
        if !is_name(name) {
            let why = "a DNS-1035 label must consist of lower case alphanumeric characters or '-'";
            return Some((at.field("name"), format!("Invalid value: \"{name}\": {why}")));
        }
        if FORBIDDEN.contains(port) {
            return Some((at.field("port"), format!("Forbidden: Listener {name}: port {port} is forbidden")));
        }
        if !(1..=65535).contains(port) {
            let why = "must be between 1 and 65535, inclusive";
            return Some((at.field("port"), format!("Invalid value: {port}: {why}")));
        }
        if !["HTTP", "TCP", "UDP"].contains(&&**protocol) {
            let why = "must specify a valid protocol. Accepted values: HTTP,TCP,UDP";
            return Some((at.field("protocol"), format!("Invalid value: \"{protocol}\": {why}")));
        }
        // 2. Its name and port once; TCP and HTTP are one protocol there.
        if self.listeners.iter().any(|other| other.name == *name) {
            return Some((at.field("name"), format!("Duplicate value: \"{name}\"")));
        }
        let is_udp = |protocol: &str| protocol == "UDP";
        let mut others = self.listeners.iter();
        let taken = others.any(|other| other.port == *port && is_udp(&other.protocol) == is_udp(protocol));
        let why = format!("Listener {name}: Duplicated ip:port protocol combination 0.0.0.0:{port} {protocol}");
        taken.then(|| (at.parent().field("protocol"), format!("Invalid value: \"{protocol}\": {why}")))
    }

    /// The port of a listener by name and protocol.
    pub fn port(&self, name: &str, protocol: &str) -> Option<u16> {
        let listener = self.listeners.iter().find(|one| &*one.name == name && &*one.protocol == protocol)?;
        u16::try_from(listener.port).ok()
    }

    /// The ports of a VirtualServer that names listeners (buildListenersForVSConfiguration); it has no others.
    pub fn ports_of(
        &self,
        maker: &mut ServerMaker<'_>,
        (object, host): (&ObjectRef, &str),
        named: &VirtualServerListener,
    ) -> (Vec<u16>, Vec<u16>) {
        let line = object.field("spec.listener");
        if !self.exists {
            let why = "Listeners defined, but no GlobalConfiguration is deployed";
            maker.warnings.push((line, format!("{host}: {why}")));
            return (Vec::new(), Vec::new());
        }
        let mut ports = |name: Option<&str>, field: &str, is_encrypted: bool| {
            let name = name.filter(|name| !name.is_empty())?;
            let listener = self.listeners.iter().find(|one| &*one.name == name);
            let message = match listener {
                None => format!("Listener {name} is not defined in GlobalConfiguration"),
                Some(listener) if listener.ssl != is_encrypted => {
                    let state = if listener.ssl { "enabled" } else { "not enabled" };
                    let why = format!("as SSL is {state} for that listener.");
                    format!("Listener {name} can't be use in `listener.{field}` context {why}")
                }
                Some(listener) if &*listener.protocol != "HTTP" => return None,
                Some(listener) => return u16::try_from(listener.port).ok(),
            };
            maker.warnings.push((line.clone(), message));
            None
        };
        let http = ports(named.http.as_deref(), "http", false);
        let https = ports(named.https.as_deref(), "https", true);
        (http.into_iter().collect(), https.into_iter().collect())
    }
}

/// The listener of TransportServers that pass TLS through.
pub const TLS_PASSTHROUGH: &str = "tls-passthrough";
