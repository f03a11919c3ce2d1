//! Networks as lists of addresses name them.

use std::net::IpAddr;

use ipnet::IpNet;

/// A network, or an address as a network of its own.
pub fn parse_net(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// Whether an address is one of the internet's, from which nothing leads into a provider's network.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !address.is_private() && !address.is_link_local(),
        IpAddr::V6(address) => !address.is_unique_local() && !address.is_unicast_link_local(),
    }
}
