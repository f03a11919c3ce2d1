//! Networks as lists of addresses name them.

use std::net::IpAddr;

use ipnet::IpNet;

/// A network, or an address as a network of its own.
pub fn parse_net(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}
