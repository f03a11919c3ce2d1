//! ip route and route -n: the way to the node's pods, to those of other nodes, and to everybody else.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{MachineReport, PLUGIN_NOTE, ToolMachine, option_table, read_options, refused};
use crate::console::option::{OptionStyle, OptionTable, ToolOption};
use crate::shell::stream::CommandOutput;

/// A line of the table.
struct RouteEntry {
    /// None: everything else.
    to: Option<IpNet>,
    through: Option<IpAddr>,
    device: &'static str,
    source: Option<IpAddr>,
}

/// The networks of the pods on a machine's node.
pub(super) fn pod_networks(machine: ToolMachine<'_>) -> Vec<IpNet> {
    let cluster = &machine.plane.cluster;
    let of_pod = machine.pod.and_then(|pod| cluster.nodes.get(pod.node.as_ref()?));
    machine.node.or(of_pod).map(|node| node.pod_cidrs.clone()).unwrap_or_default()
}

/// The bridge has the first address of a node's pod network.
fn bridge(network: IpNet) -> Option<IpAddr> {
    network.hosts().next()
}

fn entries(machine: ToolMachine<'_>, ipv6: bool) -> Vec<RouteEntry> {
    let of_family = |network: &IpNet| network.addr().is_ipv6() == ipv6;
    let own: Vec<IpNet> = pod_networks(machine).into_iter().filter(of_family).collect();
    let direct = |network: IpNet, device, source| RouteEntry { to: Some(network), through: None, device, source };
    if let Some(pod) = machine.pod {
        let address = pod.addresses.iter().find(|address| address.is_ipv6() == ipv6).copied();
        let default =
            own.iter().map(|network| RouteEntry { to: None, through: bridge(*network), device: "eth0", source: None });
        return default.chain(own.iter().map(|network| direct(*network, "eth0", address))).collect();
    }
    let Some(node) = machine.node else { return Vec::new() };
    let others = machine.plane.cluster.nodes.values().filter(|other| other.name != node.name).flat_map(|other| {
        let through = other.addresses.iter().find(|address| address.is_ipv6() == ipv6).copied();
        let networks = other.pod_cidrs.iter().filter(|network| of_family(network));
        networks.map(move |network| RouteEntry { to: Some(*network), through, device: "eth0", source: None })
    });
    let mut all: Vec<RouteEntry> = others.collect();
    all.extend(own.iter().map(|network| direct(*network, "cni0", bridge(*network))));
    let own_network = machine.interfaces().into_iter().find(|one| one.name == "eth0");
    let addresses = own_network.map(|one| one.addresses).unwrap_or_default();
    let first = addresses.iter().find(|network| of_family(network));
    all.extend(first.map(|network| direct(network.trunc(), "eth0", Some(network.addr()))));
    crate::order::Order::order_by_key(&mut all[..], |entry| entry.to);
    all
}

/// `ip route`
pub(super) fn ip_route(machine: ToolMachine<'_>, ipv6: bool) -> MachineReport {
    let lines = entries(machine, ipv6).into_iter().map(|entry| {
        let to = entry.to.map_or_else(|| "default".to_owned(), |to| to.to_string());
        let through = entry.through.map(|through| format!(" via {through}")).unwrap_or_default();
        let source = entry.source.map(|source| format!(" proto kernel scope link src {source}")).unwrap_or_default();
        format!("{to}{through} dev {}{source} \n", entry.device)
    });
    Ok((CommandOutput::text(lines.collect::<String>()), Some(PLUGIN_NOTE)))
}

pub(super) const ROUTE: OptionTable<()> = option_table(OptionStyle::Gnu, &[ToolOption::ignored("-n")]);

/// `route -n`
pub(super) fn route(machine: ToolMachine<'_>, tool: &str, args: &[String]) -> MachineReport {
    let ((), words) = read_options(&ROUTE, tool, args)?;
    if let Some(other) = words.first() {
        return Err(refused(tool, other));
    }
    let lines = entries(machine, false).into_iter().filter_map(|entry| {
        let (to, mask) = match entry.to {
            None => ("0.0.0.0".to_owned(), "0.0.0.0".to_owned()),
            Some(IpNet::V4(net)) => (net.addr().to_string(), net.netmask().to_string()),
            Some(IpNet::V6(_)) => return None,
        };
        let through = entry.through.map_or_else(|| "0.0.0.0".to_owned(), |through| through.to_string());
        let flags = if entry.through.is_some() { "UG" } else { "U" };
        Some(format!("{to:<15} {through:<15} {mask:<15} {flags:<5} 0      0        0 {}\n", entry.device))
    });
    let head =
        "Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n";
    Ok((CommandOutput::text(format!("{head}{}", lines.collect::<String>())), Some(PLUGIN_NOTE)))
}
