//! Arithmetic on networks of either family.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// The address at a distance from the network's first; None outside the network.
pub(super) fn nth(net: IpNet, offset: u128) -> Option<IpAddr> {
    let address = number(net.network()).checked_add(offset)?;
    let address = match net {
        IpNet::V4(_) => IpAddr::V4(Ipv4Addr::from(u32::try_from(address).ok()?)),
        IpNet::V6(_) => IpAddr::V6(Ipv6Addr::from(address)),
    };
    net.contains(&address).then_some(address)
}

/// The distance from the network's first address; None outside the network.
pub(super) fn offset(net: IpNet, address: IpAddr) -> Option<u128> {
    net.contains(&address).then(|| number(address) - number(net.network()))
}

/// How many addresses; one less than that for all of IPv6.
pub(super) fn size(net: IpNet) -> u128 {
    1u128.checked_shl(u32::from(net.max_prefix_len() - net.prefix_len())).unwrap_or(u128::MAX)
}

/// The smallest network with at most this prefix length that holds all addresses, which must be of one family.
pub(super) fn cover(addresses: &[IpAddr], longest_prefix: u8) -> Option<IpNet> {
    let first = *addresses.first()?;
    let bits = if first.is_ipv4() { 32 } else { 128 };
    let differing = addresses.iter().fold(0, |bits, address| bits | (number(*address) ^ number(first)));
    let common = bits - (128 - differing.leading_zeros()).min(bits);
    IpNet::new(first, longest_prefix.min(common as u8)).ok().map(|net| net.trunc())
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> IpNet {
        text.parse().unwrap()
    }

    #[test]
    fn addresses_are_counted_from_the_first() {
        let address: IpAddr = "10.96.0.10".parse().unwrap();
        assert_eq!(nth(net("10.96.0.0/12"), 10), Some(address));
        assert_eq!(offset(net("10.96.0.0/12"), address), Some(10));
        assert_eq!(nth(net("10.96.0.0/30"), 4), None);
        assert_eq!(size(net("10.96.0.0/12")), 1 << 20);
        assert_eq!(nth(net("fd00::/112"), 1), "fd00::1".parse().ok());
    }

    #[test]
    fn a_network_covers_what_was_given() {
        let cover = |addresses: &[&str], prefix| {
            let addresses: Vec<IpAddr> = addresses.iter().map(|address| address.parse().unwrap()).collect();
            super::cover(&addresses, prefix).unwrap().to_string()
        };
        assert_eq!(cover(&["10.32.0.2", "10.32.0.3", "10.40.0.3", "10.46.0.2"], 16), "10.32.0.0/12");
        assert_eq!(cover(&["10.4.2.40", "10.4.1.14"], 16), "10.4.0.0/16");
        assert_eq!(cover(&["fd00:10:96::20"], 112), "fd00:10:96::/112");
    }
}
