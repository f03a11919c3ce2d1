//! From a Corefile's directives to chains of plugins: every plugin that CoreDNS is built with, in plugin.cfg's order,
//! and what it means for answers.

use std::collections::BTreeSet;

use crate::packet::{DnsName, RecordType};

use super::corefile::{Corefile, CorefileError, Directive, ServerBlock};
use super::files::Files;
use super::name::zones_of;
use super::server::{NotModelled, Plugin, Server};
use super::{autopath, external, forward, hosts, kubernetes, rewrite, template};

mod arguments;

/// What a plugin means for answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It takes part in the chain.
    Modelled,
    /// It is known and changes no answer: logs, metrics, life cycle, transport. `cache` and `loadbalance` change TTLs
    /// and order only.
    None,
    /// It may change answers in ways that aren't modelled.
    NotModelled,
}

/// The plugin that chooses a server block by more than the zone.
pub(super) const VIEW: &str = "view";

/// plugin.cfg, in its order.
pub const PLUGINS: &[(&str, Effect)] = &[
    ("root", Effect::None),
    ("metadata", Effect::None),
    ("geoip", Effect::None),
    ("cancel", Effect::None),
    ("tls", Effect::None),
    ("proxyproto", Effect::None),
    ("quic", Effect::None),
    ("grpc_server", Effect::None),
    ("https", Effect::None),
    ("https3", Effect::None),
    ("timeouts", Effect::None),
    ("multisocket", Effect::None),
    ("reload", Effect::None),
    ("nsid", Effect::None),
    ("bufsize", Effect::None),
    ("bind", Effect::None),
    ("debug", Effect::None),
    ("trace", Effect::None),
    ("ready", Effect::None),
    ("health", Effect::None),
    ("pprof", Effect::None),
    ("prometheus", Effect::None),
    ("errors", Effect::None),
    ("log", Effect::None),
    ("dnstap", Effect::None),
    ("local", Effect::None),
    ("dns64", Effect::NotModelled),
    ("acl", Effect::NotModelled),
    ("any", Effect::NotModelled),
    ("chaos", Effect::None),
    ("loadbalance", Effect::None),
    ("tsig", Effect::None),
    ("cache", Effect::None),
    ("rewrite", Effect::Modelled),
    ("header", Effect::NotModelled),
    ("dnssec", Effect::NotModelled),
    ("autopath", Effect::Modelled),
    ("minimal", Effect::NotModelled),
    ("template", Effect::Modelled),
    ("transfer", Effect::None),
    ("hosts", Effect::Modelled),
    ("route53", Effect::NotModelled),
    ("azure", Effect::NotModelled),
    ("clouddns", Effect::NotModelled),
    ("k8s_external", Effect::Modelled),
    ("kubernetes", Effect::Modelled),
    ("file", Effect::NotModelled),
    ("auto", Effect::NotModelled),
    ("secondary", Effect::NotModelled),
    ("etcd", Effect::NotModelled),
    ("loop", Effect::None),
    ("forward", Effect::Modelled),
    ("grpc", Effect::NotModelled),
    ("erratic", Effect::NotModelled),
    ("whoami", Effect::NotModelled),
    ("on", Effect::None),
    ("sign", Effect::None),
    (VIEW, Effect::NotModelled),
    ("nomad", Effect::NotModelled),
];

/// Compiles the server blocks. The first mistake ends it: CoreDNS then doesn't start. `files` are what plugins may read.
pub fn compile(corefile: &Corefile, files: &Files) -> Result<Vec<Server>, CorefileError> {
    let blocks = || corefile.blocks.iter().filter(|block| !block.keys.is_empty());
    let servers = blocks().map(|block| servers_of(block, files)).collect::<Result<Vec<_>, _>>()?;
    let mut served: BTreeSet<(u16, String)> = BTreeSet::new();
    for (_, servers) in blocks().zip(&servers).filter(|(block, _)| !may_share(block)) {
        served = serve_once(served, servers)?;
    }
    Ok(servers.into_iter().flatten().collect())
}

/// Whether a block may stand for zones that another one serves: on other addresses, or for some clients.
fn may_share(block: &ServerBlock) -> bool {
    block.directives.iter().any(|directive| matches!(directive.name.as_str(), "bind" | "view"))
}

/// A zone can be served once per port (register.go, validateZonesAndListeningAddresses).
fn serve_once(
    mut served: BTreeSet<(u16, String)>,
    servers: &[Server],
) -> Result<BTreeSet<(u16, String)>, CorefileError> {
    for server in servers {
        for zone in &server.zones {
            if !served.insert((server.port, zone.to_string())) {
                let message = format!("cannot serve dns://{zone}:{} - it is already defined", server.port);
                return Err(CorefileError { plugin: None, line: None, message });
            }
        }
    }
    Ok(served)
}

/// A block is one server per port among its keys.
fn servers_of(block: &ServerBlock, files: &Files) -> Result<Vec<Server>, CorefileError> {
    for directive in &block.directives {
        let Some((name, _)) = PLUGINS.iter().find(|(name, _)| *name == directive.name) else {
            return Err(CorefileError::at(directive.line, format!("Unknown directive '{}'", directive.name)));
        };
        arguments::check(directive).map_err(|error| error.of(name))?;
    }
    let mut servers: Vec<Server> = Vec::new();
    for (port, host) in block.keys.iter().filter_map(|key| plain_dns(key)) {
        let zones = zones_of(host);
        match servers.iter_mut().find(|server| server.port == port) {
            Some(server) => server.zones.extend(zones),
            None => servers.push(Server { zones, port, chain: Vec::new() }),
        }
    }
    for server in &mut servers {
        server.chain = chain(block, &server.zones, files)?;
    }
    Ok(servers)
}

/// Port and zone of a key, if it speaks plain DNS: `.:53`, `dns://example.org`, `10.0.0.0/8`.
fn plain_dns(key: &str) -> Option<(u16, &str)> {
    let key = match key.split_once("://") {
        Some(("dns", rest)) => rest,
        Some(_) => return None,
        None => key,
    };
    match key.rsplit_once(':').map(|(host, port)| (host, port.parse::<u16>())) {
        Some((host, Ok(port))) => Some((port, host)),
        _ => Some((53, key)),
    }
}

fn chain(block: &ServerBlock, zones: &[DnsName], files: &Files) -> Result<Vec<Plugin>, CorefileError> {
    let mut chain = Vec::new();
    for (name, effect) in PLUGINS {
        let directives: Vec<&Directive> = block.directives.iter().filter(|directive| directive.name == *name).collect();
        match (directives.as_slice(), effect) {
            ([], _) | (_, Effect::None) => {}
            // Views are looked at before any plugin is.
            (directives, Effect::NotModelled) if *name == VIEW => {
                chain.insert(0, not_modelled(name, directives, zones))
            }
            (directives, Effect::NotModelled) => chain.push(not_modelled(name, directives, zones)),
            (directives, Effect::Modelled) => {
                chain.push(modelled(name, directives, zones, files).map_err(|error| error.of(name))?);
            }
        }
    }
    Ok(chain)
}

fn modelled(
    name: &'static str,
    directives: &[&Directive],
    zones: &[DnsName],
    files: &Files,
) -> Result<Plugin, CorefileError> {
    let all = || directives.iter().copied();
    match name {
        "rewrite" => all().map(rewrite::setup::read).collect::<Result<_, _>>().map(Plugin::Rewrite),
        "template" => all().map(|block| template::read(block, zones)).collect::<Result<_, _>>().map(Plugin::Template),
        "forward" => all().map(forward::read).collect::<Result<_, _>>().map(Plugin::Forward),
        "autopath" => autopath::read(once(directives)?, zones).map(|autopath| match autopath {
            Some(autopath) => Plugin::Autopath(autopath),
            None => not_modelled("autopath with a file", directives, zones),
        }),
        "hosts" => hosts::read(once(directives)?, zones, files).map(|hosts| match hosts {
            Some(hosts) => Plugin::Hosts(hosts),
            None => not_modelled("hosts with a file of its own", directives, zones),
        }),
        "k8s_external" => external::read(once(directives)?, zones).map(Plugin::External),
        _ => kubernetes::setup::read(once(directives)?, zones).map(|plugin| Plugin::Kubernetes(Box::new(plugin))),
    }
}

/// Most plugins stand once per server block (plugin.ErrOnce).
fn once<'d>(directives: &[&'d Directive]) -> Result<&'d Directive, CorefileError> {
    match directives {
        [only] => Ok(only),
        _ => Err(CorefileError {
            plugin: None,
            line: None,
            message: "this plugin can only be used once per Server Block".to_owned(),
        }),
    }
}

/// What a plugin that isn't modelled may answer: the zones are its arguments where it takes some, else the server
/// block's; `any` and `dns64` look at one type only.
fn not_modelled(name: &str, directives: &[&Directive], zones: &[DnsName]) -> Plugin {
    // Of `file` the first word is the file.
    let before = usize::from(name == "file");
    let arguments = directives.iter().flat_map(|directive| directive.args.iter().skip(before));
    let zone = |argument: &String| match (name, argument.split_once(':')) {
        // ZONE:ID, RESOURCE_GROUP:ZONE
        ("route53" | "clouddns", Some((zone, _))) | ("azure", Some((_, zone))) => zones_of(zone),
        _ => zones_of(argument),
    };
    let named: Vec<DnsName> = arguments.flat_map(zone).collect();
    let by_zone = matches!(name, "file" | "auto" | "secondary" | "etcd" | "route53" | "azure" | "clouddns" | "nomad");
    let record_type = match name {
        "any" => Some(RecordType::Other(255)),
        "dns64" => Some(RecordType::Aaaa),
        _ => None,
    };
    Plugin::NotModelled(NotModelled {
        name: name.to_owned(),
        zones: if by_zone && !named.is_empty() { named } else { zones.to_vec() },
        record_type,
        line: directives.first().map_or(1, |directive| directive.line),
    })
}
