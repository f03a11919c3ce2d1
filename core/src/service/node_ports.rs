//! On which of a node's addresses node ports are open: `nodePortAddresses`, loopback, and what each mode makes of them.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::cluster::{ClusterSettings, KubeProxyMode, Node};

/// Where node ports are open.
#[derive(Clone, Debug)]
pub struct NodePortAddresses {
    choice: AddressChoice,
    /// Whether 127.0.0.0/8 counts: only iptables can, by route_localnet, unless switched off (`localhostNodePorts`);
    /// nftables and ipvs never do (NFT TestNodePorts; IPVS syncProxyRules leaves loopback out).
    loopback: bool,
}

#[derive(Clone, Debug)]
enum AddressChoice {
    /// All local addresses: the default of iptables and ipvs, and any list with a zero CIDR.
    All,
    /// The node's first address of each family: the default of nftables, and the word `primary`.
    Primary,
    /// Local addresses inside these networks.
    Inside(Vec<IpNet>),
}

impl NodePortAddresses {
    /// Reads kube-proxy's configuration.
    pub fn read(settings: &ClusterSettings) -> Self {
        let texts = &settings.kube_proxy.node_port_addresses;
        let networks: Vec<IpNet> = texts.iter().filter_map(|text| text.trim().parse().ok()).collect();
        let choice = match settings.kube_proxy_mode {
            _ if texts.iter().any(|text| &**text == "primary") => AddressChoice::Primary,
            KubeProxyMode::Nftables if texts.is_empty() => AddressChoice::Primary,
            KubeProxyMode::Iptables | KubeProxyMode::Ipvs if texts.is_empty() => AddressChoice::All,
            _ if networks.iter().any(|network| network.prefix_len() == 0) => AddressChoice::All,
            _ => AddressChoice::Inside(networks),
        };
        let loopback = match settings.kube_proxy_mode {
            KubeProxyMode::Iptables => settings.kube_proxy.iptables.localhost_node_ports.unwrap_or(true),
            KubeProxyMode::Nftables | KubeProxyMode::Ipvs => false,
        };
        Self { choice, loopback }
    }

    /// Whether node ports are open on this address of the node. Never on ::1 (IPT TestNodePorts).
    pub fn hold(&self, node: &Node, address: IpAddr) -> bool {
        if address.is_loopback() {
            return self.loopback && address.is_ipv4() && self.includes(node, address);
        }
        node.addresses.contains(&address) && self.includes(node, address)
    }

    /// Whether they are open on all addresses of a node.
    pub fn are_all(&self) -> bool {
        matches!(self.choice, AddressChoice::All)
    }

    /// Whether 127.0.0.0/8 counts.
    pub fn include_loopback(&self) -> bool {
        self.loopback
    }

    /// Whether a server that kube-proxy starts beside its rules listens on this address: the rules' loopback is none of
    /// its business.
    pub fn listen(&self, node: &Node, address: IpAddr) -> bool {
        is_local(node, address) && self.includes(node, address)
    }

    fn includes(&self, node: &Node, address: IpAddr) -> bool {
        match &self.choice {
            AddressChoice::All => true,
            AddressChoice::Primary => primary_address(node, address.is_ipv6()) == Some(address),
            AddressChoice::Inside(networks) => networks.iter().any(|network| network.contains(&address)),
        }
    }
}

/// The node's first address of a family.
pub fn primary_address(node: &Node, ipv6: bool) -> Option<IpAddr> {
    node.addresses.iter().copied().find(|address| address.is_ipv6() == ipv6)
}

/// Whether a node takes an address for its own: one of its addresses, or loopback (iptables' addrtype LOCAL).
pub fn is_local(node: &Node, address: IpAddr) -> bool {
    address.is_loopback() || node.addresses.contains(&address)
}
