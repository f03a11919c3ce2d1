//! Small questions about names: which zone holds one, what stands left of it, reverse names, records of addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::packet::{DnsName, DnsRecord, RecordData, RecordType};

/// The longest of the zones that holds a name (plugin.Zones.Matches).
pub fn longest_zone<'z>(zones: impl IntoIterator<Item = &'z DnsName>, name: &DnsName) -> Option<&'z DnsName> {
    let holding = zones.into_iter().filter(|zone| name.within(zone).is_some());
    holding.max_by_key(|zone| zone.as_str().len())
}

/// A zone in the letters that the question uses: answers keep them (kubernetes handler.go, TestPreserveCase).
pub fn zone_as_asked(name: &DnsName, zone: &DnsName) -> DnsName {
    let split = name.as_str().len().saturating_sub(zone.as_str().len());
    name.as_str().split_at_checked(split).map_or_else(|| zone.clone(), |(_, asked)| DnsName::new(asked))
}

/// `left.zone`, either of which may be empty.
pub fn join(left: &str, zone: &DnsName) -> DnsName {
    match (left, zone.as_str()) {
        ("", zone) => DnsName::new(zone),
        (left, "") => DnsName::new(left),
        (left, zone) => DnsName::new(format!("{left}.{zone}")),
    }
}

/// Whether a name can be put into a question at all (RFC 1035 2.3.4: labels of 1 to 63, 255 bytes in a message, which are
/// 253 characters).
pub fn fits_a_question(name: &DnsName) -> bool {
    let text = name.as_str();
    text.len() <= 253 && (text.is_empty() || text.split('.').all(|label| (1..=63).contains(&label.len())))
}

/// Whether a text is a name at all (dns.IsDomainName): labels of 1 to 63 characters, the root, escapes.
pub fn is_domain_name(text: &str) -> bool {
    let bare = text.strip_suffix('.').unwrap_or(text);
    match (text, bare) {
        ("", _) => false,
        (_, "") => true,
        _ => text.len() <= 255 && bare.split('.').all(|label| (1..=63).contains(&label.len())),
    }
}

/// The name under which an address is looked up: `20.0.96.10.in-addr.arpa`.
pub fn reverse_name(address: IpAddr) -> DnsName {
    match address {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            DnsName::new(format!("{d}.{c}.{b}.{a}.in-addr.arpa"))
        }
        IpAddr::V6(address) => {
            let nibbles = address.octets().into_iter().rev().flat_map(|octet| [octet & 15, octet >> 4]);
            let labels: Vec<String> = nibbles.map(|nibble| format!("{nibble:x}")).collect();
            DnsName::new(format!("{}.ip6.arpa", labels.join(".")))
        }
    }
}

/// The address that a reverse name stands for; None for any other name, parts of an address included
/// (dnsutil.ExtractAddressFromReverse).
pub fn reversed_address(name: &DnsName) -> Option<IpAddr> {
    if let Some(below) = name.within(&DnsName::new("in-addr.arpa")) {
        let mut labels: Vec<&str> = below.split('.').collect();
        labels.reverse();
        return labels.join(".").parse::<Ipv4Addr>().ok().map(IpAddr::V4);
    }
    let below = name.within(&DnsName::new("ip6.arpa"))?;
    let nibbles: Vec<&str> = below.split('.').collect();
    let single = nibbles.len() == 32 && nibbles.iter().all(|nibble| nibble.len() == 1);
    let digits: String = nibbles.into_iter().rev().collect();
    let bits = single.then(|| u128::from_str_radix(&digits, 16).ok()).flatten()?;
    Some(IpAddr::V6(Ipv6Addr::from(bits)))
}

/// Whether a zone holds reverse names (dnsutil.IsReverse).
pub fn is_reverse(zone: &DnsName) -> bool {
    ["in-addr.arpa", "ip6.arpa"].into_iter().any(|arpa| zone.within(&DnsName::new(arpa)).is_some())
}

/// A zone as a Corefile writes it: a name, or a CIDR that becomes the reverse zones on octet or nibble borders
/// (plugin.Host.NormalizeExact, dnsserver zone splitting).
pub fn zones_of(text: &str) -> Vec<DnsName> {
    match text.parse::<ipnet::IpNet>() {
        Ok(ipnet::IpNet::V4(net)) => reverse_zones_v4(net),
        Ok(ipnet::IpNet::V6(net)) => reverse_zones_v6(net),
        Err(_) => vec![DnsName::new(text.to_ascii_lowercase())],
    }
}

fn reverse_zones_v4(net: ipnet::Ipv4Net) -> Vec<DnsName> {
    let border = net.prefix_len().next_multiple_of(8).clamp(8, 32);
    let subnets = net.subnets(border).into_iter().flatten();
    let zone = |subnet: ipnet::Ipv4Net| {
        let kept = usize::from(border / 8);
        let labels: Vec<String> = subnet.network().octets().iter().take(kept).rev().map(u8::to_string).collect();
        DnsName::new(format!("{}.in-addr.arpa", labels.join(".")))
    };
    subnets.map(zone).collect()
}

fn reverse_zones_v6(net: ipnet::Ipv6Net) -> Vec<DnsName> {
    let border = net.prefix_len().next_multiple_of(4).clamp(4, 128);
    let subnets = net.subnets(border).into_iter().flatten();
    let zone = |subnet: ipnet::Ipv6Net| {
        let full = reverse_name(IpAddr::V6(subnet.network()));
        let dropped = 32 - usize::from(border / 4);
        DnsName::new(full.labels().skip(dropped).collect::<Vec<_>>().join("."))
    };
    subnets.map(zone).collect()
}

/// The A or AAAA data of an address.
pub fn address_data(address: IpAddr) -> RecordData {
    match address {
        IpAddr::V4(address) => RecordData::A(address),
        IpAddr::V6(address) => RecordData::Aaaa(address),
    }
}

/// The record of an address, if it is of the family asked for.
pub fn address_record(name: &DnsName, address: IpAddr, ttl: u32, kind: RecordType) -> Option<DnsRecord> {
    let data = address_data(address);
    (data.record_type() == kind).then(|| DnsRecord { name: name.clone(), ttl, data })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reverse_names_and_back() {
        for text in ["10.96.0.20", "fd00:10:244::1"] {
            let address: IpAddr = text.parse().unwrap();
            assert_eq!(reversed_address(&reverse_name(address)), Some(address));
        }
        assert_eq!(reversed_address(&DnsName::new("0.96.10.in-addr.arpa")), None);
    }

    #[test]
    fn cidrs_become_reverse_zones() {
        let zones = |text| zones_of(text).iter().map(|zone| zone.as_str().to_owned()).collect::<Vec<_>>();
        assert_eq!(zones("10.0.0.0/8"), ["10.in-addr.arpa"]);
        assert_eq!(zones("10.2.0.0/15"), ["2.10.in-addr.arpa", "3.10.in-addr.arpa"]);
        assert_eq!(zones("fd00:10::/32"), ["0.1.0.0.0.0.d.f.ip6.arpa"]);
        assert_eq!(zones("Cluster.Local"), ["cluster.local"]);
    }

    #[test]
    fn longest_zone_wins() {
        let zones = [DnsName::new(""), DnsName::new("b.c"), DnsName::new("c")];
        assert_eq!(longest_zone(&zones, &DnsName::new("a.B.c")).unwrap().as_str(), "b.c");
        assert_eq!(zone_as_asked(&DnsName::new("a.B.c"), &zones[1]).as_str(), "B.c");
    }
}
