//! The virtual servers of mode ipvs (pkg/proxy/ipvs/proxier.go, syncProxyRules).

use std::net::IpAddr;

use super::NodeView;
use crate::packet::{Protocol, socket_text};

/// An address and port that the kernel balances, and whereto.
#[derive(Clone, Debug, PartialEq)]
pub struct VirtualServer {
    /// TCP, UDP, SCTP.
    pub protocol: Protocol,
    /// `10.96.0.1:443`
    pub address: String,
    /// `rr`
    pub scheduler: String,
    /// How long a client keeps its endpoint, in seconds.
    pub persistent: Option<i32>,
    pub endpoints: Vec<String>,
}

/// The virtual servers on a node, by protocol and address.
pub fn servers(view: NodeView<'_>) -> Vec<VirtualServer> {
    let mut servers: Vec<(Protocol, IpAddr, u16, VirtualServer)> = Vec::new();
    for port in view.ports() {
        // 1. How one address and port becomes a virtual server.
        let mut add = |address: IpAddr, number: u16, endpoints: &[String]| {
            let server = VirtualServer {
                protocol: port.protocol(),
                address: socket_text(address, number),
                scheduler: view.proxy.scheduler.to_string(),
                persistent: port.sticky_seconds(),
                endpoints: endpoints.to_vec(),
            };
            servers.push((port.protocol(), address, number, server));
        };
        // 2. Without an endpoint here a Local policy leads to all (syncEndpoint).
        let of_policy = |is_local: bool| if is_local && !port.local.is_empty() { &port.local } else { &port.cluster };
        let internal = if port.internal_local() { &port.local } else { &port.cluster };
        // 3. The cluster IP, then external IPs and those of load balancers.
        add(port.cluster_ip, port.found.port.port, internal);
        for address in port.external.iter().chain(&port.balancers) {
            add(*address, port.found.port.port, of_policy(port.external_local()));
        }
        // 4. The node port, on the node's own addresses that take node ports.
        if let Some(number) = port.found.port.node_port {
            let own = view.node.addresses.iter().filter(|address| address.is_ipv6() == view.ipv6);
            for address in own.filter(|address| view.proxy.node_port_addresses.hold(view.node, **address)) {
                add(*address, number, of_policy(port.external_local()));
            }
        }
    }
    // 5. By protocol, address and port.
    crate::order::Order::order_by_key(&mut servers[..], |(protocol, address, port, _)| (*protocol, *address, *port));
    servers.into_iter().map(|(.., server)| server).collect()
}
