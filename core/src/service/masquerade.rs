//! Which source address an endpoint sees: when kube-proxy marks a packet for masquerading, and as whom.

use std::net::IpAddr;

use ipnet::IpNet;

use super::PacketArrival;
use super::node_ports::primary_address;
use crate::cluster::{ClusterSettings, Node};
use crate::packet::Packet;
use crate::trace::ServiceRule;

/// How kube-proxy tells pods' packets from others (`detectLocalMode`).
#[derive(Clone, Debug, PartialEq)]
pub enum LocalDetector {
    /// The source lies in the pods' network (ClusterCIDR, the default; kubeadm fills clusterCIDR with its podSubnet).
    Networks(Vec<IpNet>),
    /// The source lies in the node's own pod network (NodeCIDR).
    NodeNetwork,
    /// The packet comes in by a pod's interface (BridgeInterface, InterfaceNamePrefix).
    Interface {
        /// What it is called, or how its name begins.
        name: String,
        /// Whether it only begins so.
        is_prefix: bool,
    },
    /// Nothing tells them: clusterCIDR is empty.
    None,
}

impl LocalDetector {
    /// Reads kube-proxy's configuration.
    pub fn read(settings: &ClusterSettings) -> Self {
        match settings.kube_proxy.detect_local_mode.as_deref() {
            Some("NodeCIDR") => Self::NodeNetwork,
            Some(mode @ ("BridgeInterface" | "InterfaceNamePrefix")) => {
                let given = &settings.kube_proxy.detect_local;
                let is_prefix = mode == "InterfaceNamePrefix";
                let name = if is_prefix { &given.interface_name_prefix } else { &given.bridge_interface };
                Self::Interface { name: name.as_deref().unwrap_or_default().to_owned(), is_prefix }
            }
            _ => match settings.kube_proxy.cluster_cidr.as_deref() {
                None => Self::Networks(settings.pod_subnets.clone()),
                Some("") => Self::None,
                Some(text) => Self::Networks(text.split(',').filter_map(|part| part.trim().parse().ok()).collect()),
            },
        }
    }

    /// Whether a packet counts as a pod's.
    pub fn is_pod(&self, node: &Node, arrival: PacketArrival, source: IpAddr) -> bool {
        match self {
            Self::Networks(networks) => networks.iter().any(|network| network.contains(&source)),
            Self::NodeNetwork => node.pod_cidrs.iter().any(|network| network.contains(&source)),
            Self::Interface { .. } => arrival == PacketArrival::Pod,
            Self::None => false,
        }
    }
}

/// The packet towards an endpoint, and the rule that settled its source. `mark` is the rule by which it is marked for
/// masquerading.
///
/// Masquerading happens in POSTROUTING, which a packet for the node's own processes never reaches unless it comes from
/// them: a hostNetwork endpoint on the receiving node sees the caller.
pub fn rewrite_towards(
    node: &Node,
    arrival: PacketArrival,
    packet: &Packet,
    endpoint: (IpAddr, u16),
    mark: Option<ServiceRule>,
) -> (Packet, ServiceRule) {
    let (address, port) = endpoint;
    let onward = packet.to(address, port);
    let Some(rule) = mark else { return (onward, ServiceRule::SourceKept) };
    if arrival != PacketArrival::Output && node.addresses.contains(&address) {
        return (onward, ServiceRule::OwnProcessSeesCaller);
    }
    match primary_address(node, address.is_ipv6()) {
        Some(source) => (onward.from(source), rule),
        None => (onward, ServiceRule::SourceKept),
    }
}
