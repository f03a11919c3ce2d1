//! Ports of policies: numbers, ranges, names that the receiving pod's container ports resolve, whole protocols.

use super::PolicyTraffic;
use crate::model::{AdminPort, AdminProtocol, AdminProtocolPorts, IntOrString, PolicyPort};
use crate::packet::Protocol;

/// Whether a NetworkPolicy's ports cover the packet's; none means all.
pub fn any_port_covers(ports: &[PolicyPort], flow: &PolicyTraffic<'_>) -> bool {
    ports.is_empty() || ports.iter().any(|port| port_covers(port, flow))
}

fn port_covers(port: &PolicyPort, flow: &PolicyTraffic<'_>) -> bool {
    if Protocol::of_field(port.protocol.as_deref()) != Some(flow.protocol) {
        return false;
    }
    match (&port.port, port.end_port) {
        (None, _) => true,
        (Some(IntOrString::Int(first)), last) => in_range(flow.port, *first, last.unwrap_or(*first)),
        (Some(IntOrString::String(name)), _) => is_named(flow, name),
    }
}

fn in_range(port: u16, first: i32, last: i32) -> bool {
    (first..=last).contains(&i32::from(port))
}

/// Whether the receiving pod calls the packet's port by that name, for the packet's protocol.
fn is_named(flow: &PolicyTraffic<'_>, name: &str) -> bool {
    let mut ports = flow.receiver().into_iter().flat_map(|pod| pod.spec.declared_ports());
    ports.any(|port| {
        port.name.as_deref() == Some(name)
            && port.container_port == i32::from(flow.port)
            && Protocol::of_field(port.protocol.as_deref()) == Some(flow.protocol)
    })
}

/// Whether an AdminNetworkPolicy's ports cover the packet's; none means all.
pub fn cover_admin(ports: &[AdminPort], flow: &PolicyTraffic<'_>) -> bool {
    ports.is_empty() || ports.iter().any(|port| covers_admin(port, flow))
}

fn covers_admin(port: &AdminPort, flow: &PolicyTraffic<'_>) -> bool {
    let is = |protocol: &Option<_>| Protocol::of_field(protocol.as_deref()) == Some(flow.protocol);
    let number = port.port_number.as_ref().is_some_and(|it| is(&it.protocol) && it.port == i32::from(flow.port));
    let range = port.port_range.as_ref().is_some_and(|it| is(&it.protocol) && in_range(flow.port, it.start, it.end));
    number || range || port.named_port.as_ref().is_some_and(|name| is_named(flow, name))
}

/// Whether a ClusterNetworkPolicy's protocols cover the packet's; none means all.
pub fn cover_protocols(protocols: &[AdminProtocol], flow: &PolicyTraffic<'_>) -> bool {
    protocols.is_empty() || protocols.iter().any(|protocol| covers_protocol(protocol, flow))
}

fn covers_protocol(protocol: &AdminProtocol, flow: &PolicyTraffic<'_>) -> bool {
    let of = |ports: &Option<AdminProtocolPorts>, which| {
        flow.protocol == which && ports.as_ref().is_some_and(|ports| covers_destination(ports, flow.port))
    };
    of(&protocol.tcp, Protocol::Tcp)
        || of(&protocol.udp, Protocol::Udp)
        || of(&protocol.sctp, Protocol::Sctp)
        || protocol.destination_named_port.as_ref().is_some_and(|name| is_named(flow, name))
}

fn covers_destination(ports: &AdminProtocolPorts, port: u16) -> bool {
    ports.destination_port.as_ref().is_none_or(|destination| {
        destination.number == Some(i32::from(port))
            || destination.range.as_ref().is_some_and(|range| in_range(port, range.start, range.end))
    })
}
