//! Which ports of a node are taken by pods (scheduler, NodePorts; framework/types.go, HostPortInfo).

use std::collections::BTreeSet;

use crate::model::{PodSpec, Text};

/// The taken ports of a node: (number, protocol, address).
#[derive(Default)]
pub(super) struct HostPorts(BTreeSet<(i32, Text, Text)>);

/// All addresses of the node.
const ANY: &str = "0.0.0.0";

impl HostPorts {
    /// Takes a pod's ports.
    pub fn take(&mut self, spec: &PodSpec) {
        self.0.extend(wanted_host_ports(spec));
    }

    /// Whether a pod's ports are free: two addresses differ, and neither is all addresses.
    pub fn are_free(&self, spec: &PodSpec) -> bool {
        self.0.is_empty()
            || !wanted_host_ports(spec).any(|(port, protocol, address)| {
                let same_port = self.0.range((port, protocol.clone(), "".into())..);
                same_port
                    .take_while(|(other, other_protocol, _)| *other == port && *other_protocol == protocol)
                    .any(|(_, _, other)| *other == address || &*address == ANY || &**other == ANY)
            })
    }
}

/// The host ports that a pod asks for. In the node's network every container port is one (defaults.go,
/// defaultHostNetworkPorts).
fn wanted_host_ports(spec: &PodSpec) -> impl Iterator<Item = (i32, Text, Text)> {
    spec.declared_ports().filter_map(|port| {
        let number =
            port.host_port.or(spec.host_network.then_some(port.container_port)).filter(|number| *number > 0)?;
        let protocol = port.protocol.clone().unwrap_or_else(|| "TCP".into());
        let address = port.host_ip.clone().filter(|address| !address.is_empty()).unwrap_or_else(|| ANY.into());
        Some((number, protocol, address))
    })
}
