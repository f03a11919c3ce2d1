//! The order in which a program tries a name's addresses (RFC 6724, getaddrinfo in glibc and musl).

use crate::order::Order as _;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};

use crate::request::ClientLibc;

/// Whose order.
pub struct AddressOrder {
    /// The client's own addresses.
    pub own: Vec<IpAddr>,
    /// Its C library.
    pub libc: ClientLibc,
}

impl AddressOrder {
    /// Without repeats; addresses that the client has no source for last, then by the C library's precedence. Addresses of
    /// equal rank keep the order of the answer.
    pub fn sort(&self, addresses: Vec<IpAddr>) -> Vec<IpAddr> {
        let mut seen = BTreeSet::new();
        let mut kept: Vec<IpAddr> = addresses.into_iter().filter(|address| seen.insert(*address)).collect();
        // musl leaves addresses of IPv4 alone as they came (lookup_name.c: "only IPv4 results").
        if self.libc == ClientLibc::Musl && kept.iter().all(IpAddr::is_ipv4) {
            return kept;
        }
        kept.order_by_key(|address| {
            (
                !self.reachable(*address),
                std::cmp::Reverse(self.precedence(*address)),
                std::cmp::Reverse(self.common_prefix(*address)),
            )
        });
        kept
    }

    /// Rule 1: avoid unusable destinations. Without an address of the family there is no source.
    fn reachable(&self, address: IpAddr) -> bool {
        address.is_loopback() || self.own.iter().any(|own| own.is_ipv4() == address.is_ipv4())
    }

    /// Rule 9: musl prefers the longest prefix in common with the client's own address, of IPv4 too where there
    /// are both, and whatever the network's length (lookup_name.c, prefixmatch). glibc does so inside the interface's network only, whose length is the
    /// network plugin's: it counts as none.
    fn common_prefix(&self, address: IpAddr) -> u32 {
        let own = self.own.iter().find(|own| own.is_ipv4() == address.is_ipv4());
        match (self.libc, own, address) {
            (ClientLibc::Musl, Some(IpAddr::V4(own)), IpAddr::V4(address)) => {
                (u32::from(*own) ^ u32::from(address)).leading_zeros()
            }
            (ClientLibc::Musl, Some(IpAddr::V6(own)), IpAddr::V6(address)) => {
                (u128::from(*own) ^ u128::from(address)).leading_zeros()
            }
            _ => 0,
        }
    }

    /// Rule 6. glibc's table knows no unique local addresses; musl's puts them below IPv4.
    fn precedence(&self, address: IpAddr) -> u8 {
        match (address, self.libc) {
            (IpAddr::V4(_), ClientLibc::Musl) => 35,
            (IpAddr::V4(_), ClientLibc::Glibc | ClientLibc::Busybox) => 10,
            (IpAddr::V6(Ipv6Addr::LOCALHOST), _) => 50,
            (IpAddr::V6(address), ClientLibc::Musl) if address.is_unique_local() => 3,
            (IpAddr::V6(_), _) => 40,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(libc: ClientLibc, own: &[&str], addresses: &[&str], expected: &[&str]) {
        let parse = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<IpAddr>>();
        assert_eq!(AddressOrder { own: parse(own), libc }.sort(parse(addresses)), parse(expected));
    }

    #[test]
    fn families() {
        check(ClientLibc::Glibc, &["10.0.0.1"], &["fd00::1", "10.0.0.2"], &["10.0.0.2", "fd00::1"]);
        check(ClientLibc::Glibc, &["10.0.0.1", "fd00::9"], &["10.0.0.2", "fd00::1"], &["fd00::1", "10.0.0.2"]);
        check(ClientLibc::Musl, &["10.0.0.1", "fd00::9"], &["10.0.0.2", "fd00::1"], &["10.0.0.2", "fd00::1"]);
        let pods = ["10.244.1.9", "10.244.2.7", "10.244.2.9"];
        check(ClientLibc::Musl, &["10.244.2.6"], &pods, &pods);
        let pods_of_both = ["10.244.1.9", "10.244.2.7", "fd00::1"];
        check(ClientLibc::Musl, &["10.244.2.6"], &pods_of_both, &["10.244.2.7", "10.244.1.9", "fd00::1"]);
        check(ClientLibc::Glibc, &["10.244.2.6"], &pods, &pods);
    }
}
