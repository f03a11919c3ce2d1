//! ip addr, ip link, ifconfig: the interfaces of a pod or a node, as far as they follow from addresses and networks.

use std::net::IpAddr;

use ipnet::IpNet;

use super::{MachineReport, PLUGIN_NOTE, ToolMachine, option_table, read_options, refused, routes};
use crate::cluster::KubeProxyMode;
use crate::console::option::{OptionStyle, OptionTable, ToolOption};
use crate::service::ruleset::{NodeView, ipvs};
use crate::shell::stream::CommandOutput;

/// An interface with its addresses.
pub(super) struct NetworkInterface {
    /// `eth0`
    pub name: &'static str,
    /// Its addresses with the length of their network.
    pub addresses: Vec<IpNet>,
    kind: InterfaceKind,
}

#[derive(Clone, Copy, PartialEq)]
enum InterfaceKind {
    Loopback,
    /// The pod's end of a pair.
    PodEnd,
    Card,
    /// kube-ipvs0, which holds the addresses of Services.
    Dummy,
}

/// How addresses are shown.
#[derive(Default)]
pub(super) struct IpOptions {
    brief: bool,
    one_line: bool,
    family: Option<bool>,
}

impl ToolMachine<'_> {
    /// Its interfaces in order.
    pub(super) fn interfaces(self) -> Vec<NetworkInterface> {
        let loopback = ["127.0.0.1/8", "::1/128"].iter().filter_map(|text| text.parse().ok()).collect();
        let mut all = vec![NetworkInterface { name: "lo", addresses: loopback, kind: InterfaceKind::Loopback }];
        let (own, kind) = match (self.pod, self.node) {
            (Some(pod), _) => (&pod.addresses, InterfaceKind::PodEnd),
            (None, Some(node)) => (&node.addresses, InterfaceKind::Card),
            (None, None) => return all,
        };
        let addresses = own.iter().filter_map(|address| self.with_prefix(*address)).collect();
        all.push(NetworkInterface { name: "eth0", addresses, kind });
        if let Some(node) = self.node.filter(|_| self.plane.kube_proxy.mode() == KubeProxyMode::Ipvs) {
            let view = |ipv6| NodeView { proxy: &self.plane.kube_proxy, cluster: &self.plane.cluster, node, ipv6 };
            let servers = [false, true].into_iter().flat_map(|ipv6| ipvs::servers(view(ipv6)));
            let mut bound: Vec<IpNet> = Vec::new();
            for server in servers {
                let address = server.address.rsplit_once(':').map(|(address, _)| address.trim_matches(['[', ']']));
                let address = address.and_then(|address| address.parse::<IpAddr>().ok()).map(IpNet::from);
                bound.extend(address.filter(|net| !node.addresses.contains(&net.addr()) && !bound.contains(net)));
            }
            all.push(NetworkInterface { name: "kube-ipvs0", addresses: bound, kind: InterfaceKind::Dummy });
        }
        all
    }

    /// An address with the length of the network around it: the node's pods', or that of the nodes.
    fn with_prefix(self, address: IpAddr) -> Option<IpNet> {
        let around = routes::pod_networks(self).into_iter().find(|network| network.contains(&address));
        let length = around.map_or(if address.is_ipv4() { 24 } else { 64 }, |network| network.prefix_len());
        IpNet::new(address, length).ok()
    }
}

pub(super) const IP: OptionTable<IpOptions> = option_table(
    OptionStyle::Go,
    &[
        ToolOption::switch("-4", |options| options.family = Some(false)),
        ToolOption::switch("-6", |options| options.family = Some(true)),
        ToolOption::switch("-br -brief", |options| options.brief = true),
        ToolOption::switch("-o", |options| options.one_line = true),
        ToolOption::ignored("-c -color -d"),
    ],
);

pub(super) const IFCONFIG: OptionTable<()> = option_table(OptionStyle::Gnu, &[ToolOption::ignored("-a")]);

/// `ip addr`, `ip link`, `ip route`
pub(super) fn ip(machine: ToolMachine<'_>, tool: &str, args: &[String]) -> MachineReport {
    // 1. The object, a verb that may be left out, and the device; all may be shortened.
    let (options, words) = read_options(&IP, tool, args)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let is = |word: &str, whole: &str| !word.is_empty() && whole.starts_with(word);
    let (object, rest) = words.split_first().map_or(("", &[][..]), |(object, rest)| (*object, rest));
    let rest = match rest {
        [verb, rest @ ..] if is(verb, "show") || is(verb, "list") || *verb == "ls" => rest,
        all => all,
    };
    let device = match rest {
        [] => None,
        ["dev", device] | [device] if *device != "dev" => Some(*device),
        [other, ..] => return Err(refused(tool, other)),
    };
    // 2. Routes, or the interfaces with or without addresses.
    match object {
        object if is(object, "route") => routes::ip_route(machine, options.family.unwrap_or(false)),
        object if is(object, "address") || is(object, "link") => {
            let with_addresses = is(object, "address");
            let interfaces = machine.interfaces();
            let shown = interfaces.iter().zip(1..).filter(|(one, _)| device.is_none_or(|device| one.name == device));
            let text: String = shown.map(|(one, number)| one.shown(number, with_addresses, &options)).collect();
            match device.filter(|_| text.is_empty()) {
                Some(device) => Ok((CommandOutput::failure(1, format!("Device \"{device}\" does not exist.")), None)),
                None => Ok((CommandOutput::text(text), Some(PLUGIN_NOTE))),
            }
        }
        other => Err(refused(tool, &format!("`{other}`"))),
    }
}

impl NetworkInterface {
    fn shown(&self, number: usize, with_addresses: bool, options: &IpOptions) -> String {
        // 1. The addresses of the family, and the interface's name.
        let addresses = self.addresses.iter();
        let addresses: Vec<&IpNet> =
            addresses.filter(|net| options.family.is_none_or(|ipv6| net.addr().is_ipv6() == ipv6)).collect();
        let name = if self.kind == InterfaceKind::PodEnd {
            format!("{}@if{}", self.name, number + 3)
        } else {
            self.name.to_owned()
        };
        // 2. Brief, or an address a line.
        if options.brief {
            let texts: Vec<String> = if with_addresses {
                addresses.iter().map(ToString::to_string).collect()
            } else {
                vec![self.hardware()]
            };
            return format!("{name:<16} {:<14} {} \n", self.state(), texts.join(" "));
        }
        if options.one_line && with_addresses {
            return addresses
                .iter()
                .map(|net| {
                    format!(
                        "{number}: {}    {}\\       valid_lft forever preferred_lft forever\n",
                        self.name,
                        self.inet(net)
                    )
                })
                .collect();
        }
        // 3. The interface in full.
        let (flags, rest) = match self.kind {
            InterfaceKind::Loopback => {
                ("LOOPBACK,UP,LOWER_UP", "mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000")
            }
            InterfaceKind::PodEnd => {
                ("BROADCAST,MULTICAST,UP,LOWER_UP", "mtu 1500 qdisc noqueue state UP group default")
            }
            InterfaceKind::Card => {
                ("BROADCAST,MULTICAST,UP,LOWER_UP", "mtu 1500 qdisc fq_codel state UP group default qlen 1000")
            }
            InterfaceKind::Dummy => ("BROADCAST,NOARP", "mtu 1500 qdisc noop state DOWN group default"),
        };
        let (kind, everybody) = match self.kind {
            InterfaceKind::Loopback => ("loopback", "00:00:00:00:00:00"),
            _ => ("ether", "ff:ff:ff:ff:ff:ff"),
        };
        let mut text =
            format!("{number}: {name}: <{flags}> {rest}\n    link/{kind} {} brd {everybody}\n", self.hardware());
        // 4. Its addresses.
        for net in addresses.iter().filter(|_| with_addresses) {
            text.push_str(&format!("    {}\n       valid_lft forever preferred_lft forever\n", self.inet(net)));
        }
        text
    }

    fn state(&self) -> &'static str {
        match self.kind {
            InterfaceKind::Loopback => "UNKNOWN",
            InterfaceKind::PodEnd | InterfaceKind::Card => "UP",
            InterfaceKind::Dummy => "DOWN",
        }
    }

    /// Bridge plugins make it of the address.
    fn hardware(&self) -> String {
        let address = self.addresses.iter().find_map(|net| match net.addr() {
            IpAddr::V4(address) => Some(address.octets()),
            IpAddr::V6(_) => None,
        });
        match (self.kind, address) {
            (InterfaceKind::PodEnd | InterfaceKind::Card, Some([a, b, c, d])) => {
                format!("0a:58:{a:02x}:{b:02x}:{c:02x}:{d:02x}")
            }
            (InterfaceKind::Loopback, _) => "00:00:00:00:00:00".to_owned(),
            _ => "0a:58:00:00:00:01".to_owned(),
        }
    }

    fn inet(&self, net: &IpNet) -> String {
        let is_loopback = self.kind == InterfaceKind::Loopback;
        let scope = if is_loopback { "host" } else { "global" };
        match net {
            IpNet::V4(_) if is_loopback || self.kind == InterfaceKind::Dummy => {
                format!("inet {net} scope {scope} {}", self.name)
            }
            IpNet::V4(four) => format!("inet {net} brd {} scope {scope} {}", four.broadcast(), self.name),
            IpNet::V6(_) => format!("inet6 {net} scope {scope} "),
        }
    }
}

/// `ifconfig eth0`
pub(super) fn ifconfig(machine: ToolMachine<'_>, tool: &str, args: &[String]) -> MachineReport {
    // 1. The one device, or all.
    let ((), words) = read_options(&IFCONFIG, tool, args)?;
    let device = match &words[..] {
        [] => None,
        [device] => Some(device.as_str()),
        [other, ..] => return Err(refused(tool, other)),
    };
    let interfaces = machine.interfaces();
    // 2. Interfaces by name, as the tool sorts them.
    let mut chosen: Vec<&NetworkInterface> =
        interfaces.iter().filter(|one| device.is_none_or(|device| one.name == device)).collect();
    crate::order::Order::order_by_key(&mut chosen[..], |one| one.name);
    if let Some(device) = device.filter(|_| chosen.is_empty()) {
        let why = format!("{device}: error fetching interface information: Device not found");
        return Ok((CommandOutput::failure(1, why), None));
    }
    // 3. Each with its flags and addresses.
    let texts = chosen.iter().map(|one| {
        let (flags, mtu) = match one.kind {
            InterfaceKind::Loopback => ("73<UP,LOOPBACK,RUNNING>", 65536),
            InterfaceKind::Dummy => ("130<BROADCAST,NOARP>", 1500),
            InterfaceKind::PodEnd | InterfaceKind::Card => ("4163<UP,BROADCAST,RUNNING,MULTICAST>", 1500),
        };
        let addresses: String = one
            .addresses
            .iter()
            .map(|net| match net {
                IpNet::V4(four) if one.kind == InterfaceKind::Loopback => {
                    format!("        inet {}  netmask {}\n", four.addr(), four.netmask())
                }
                IpNet::V4(four) => format!(
                    "        inet {}  netmask {}  broadcast {}\n",
                    four.addr(),
                    four.netmask(),
                    four.broadcast()
                ),
                IpNet::V6(six) => {
                    format!("        inet6 {}  prefixlen {}  scopeid 0x0<global>\n", six.addr(), six.prefix_len())
                }
            })
            .collect();
        format!("{}: flags={flags}  mtu {mtu}\n{addresses}", one.name)
    });
    Ok((CommandOutput::text(texts.collect::<Vec<_>>().join("\n")), Some(PLUGIN_NOTE)))
}
