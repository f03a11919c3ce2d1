//! MetalLB's configuration: pools of addresses with the advertisements that cover them.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ipnet::IpNet;

use super::{MetalLbReport, MetalLbResources};
use crate::model::{AdvertisementSpec, Labels, ServiceAllocation, Text};
use crate::order::Order;
use crate::source::{FileId, ObjectRef};
use crate::yaml::{self, Value};

/// Who refuses a pool, as kubectl prints it.
const WEBHOOK: &str = "admission webhook \"ipaddresspoolvalidationwebhook.metallb.io\" denied the request";

/// A pool that MetalLB has accepted.
#[derive(Clone, Debug)]
pub(super) struct AddressPool {
    pub name: Text,
    /// Its addresses, in the order listed.
    pub ranges: Vec<AddressRange>,
    /// Whether Services that ask for nothing get an address of it.
    pub auto_assign: bool,
    /// Whether .0 and .255 are left out.
    pub avoid_buggy: bool,
    /// For whom it is kept.
    pub allocation: Option<ServiceAllocation>,
    /// How it is announced by ARP and NDP.
    pub layer2: Vec<AdvertisementSpec>,
    /// How it is announced to routers.
    pub bgp: Vec<AdvertisementSpec>,
}

/// Addresses of one family, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AddressRange {
    first: u128,
    last: u128,
    ipv6: bool,
}

/// The pools in the order of their names, and what MetalLB's webhook refuses.
pub(super) fn read(resources: &MetalLbResources, namespace: &str) -> (Vec<AddressPool>, Vec<MetalLbReport>) {
    let mut reading = PoolReading::default();
    let here = |reference: &ObjectRef| reference.namespace.as_deref() == Some(namespace);
    for (reference, pool) in resources.pools.iter().filter(|(reference, _)| here(reference)) {
        let spec = &pool.spec;
        let covers =
            |advertisement: &&AdvertisementSpec| covers_pool(advertisement, &pool.metadata.name, &pool.metadata.labels);
        let layer2 = resources.layer2.iter().filter(|(reference, _)| here(reference)).map(|(_, it)| &it.spec);
        let bgp = resources.bgp.iter().filter(|(reference, _)| here(reference)).map(|(_, it)| &it.spec);
        let layer2 = layer2.filter(covers).cloned().collect();
        let bgp = bgp.filter(covers).cloned().collect();
        reading.add(reference, "spec.addresses", &spec.addresses, |ranges| AddressPool {
            name: reference.name.clone(),
            ranges,
            auto_assign: spec.auto_assign.unwrap_or(true),
            avoid_buggy: spec.avoid_buggy_ips,
            allocation: spec.service_allocation.clone(),
            layer2,
            bgp,
        });
    }
    if resources.pools.is_empty() {
        reading.add_legacy(resources);
    }
    reading.pools.order_by(|one, other| one.name.cmp(&other.name));
    (reading.pools, reading.reports)
}

#[derive(Default)]
struct PoolReading {
    pools: Vec<AddressPool>,
    reports: Vec<MetalLbReport>,
}

impl PoolReading {
    fn add(
        &mut self,
        reference: &ObjectRef,
        field: &str,
        addresses: &[Text],
        pool: impl FnOnce(Vec<AddressRange>) -> AddressPool,
    ) {
        match self.ranges(&reference.name, addresses) {
            Ok(ranges) => self.pools.push(pool(ranges)),
            Err(why) => self.reports.push(MetalLbReport::Refused(reference.field(field), format!("{WEBHOOK}: {why}"))),
        }
    }

    /// The ranges of a pool's addresses; MetalLB's words where it refuses them (internal/config, poolsFor).
    fn ranges(&self, name: &str, addresses: &[Text]) -> Result<Vec<AddressRange>, String> {
        if addresses.is_empty() {
            return Err("pool has no prefixes defined".to_owned());
        }
        let mut ranges: Vec<AddressRange> = Vec::new();
        for text in addresses {
            let range = AddressRange::parse(text)
                .map_err(|why| format!("invalid CIDR \"{text}\" in pool \"{name}\": {why}"))?;
            let known = self.pools.iter().flat_map(|pool| &pool.ranges).chain(&ranges);
            if let Some(other) = known.into_iter().find(|other| other.overlaps(&range)) {
                let (range, other) = (range.text(), other.text());
                return Err(format!(
                    "CIDR \"{range}\" in pool \"{name}\" overlaps with already defined CIDR \"{other}\""
                ));
            }
            ranges.push(range);
        }
        Ok(ranges)
    }

    /// The list `address-pools` of the ConfigMap (configmaptocrs): protocol layer2 or bgp implies announcement.
    fn add_legacy(&mut self, resources: &MetalLbResources) {
        // 1. The list in the ConfigMap's text.
        let Some((reference, map)) = &resources.legacy else { return };
        let Some(text) = map.data.get("config") else { return };
        let (tree, _) = yaml::parse(FileId::default(), text, 0);
        let pools = tree.as_ref().and_then(|tree| tree.child("address-pools"));
        for node in pools.map_or(&[][..], yaml::YamlNode::elements) {
            // 2. How fields of a pool are read.
            let text = |key: &str| node.child(key).and_then(yaml::YamlNode::text).cloned();
            let flag = |key: &str| {
                node.child(key).and_then(|value| match value.value {
                    Value::Bool(value) => Some(value),
                    _ => None,
                })
            };
            let addresses = node.child("addresses").map_or(&[][..], yaml::YamlNode::elements);
            let addresses: Vec<Text> = addresses.iter().filter_map(|address| address.text().cloned()).collect();
            let announced = |protocol: &str| {
                if text("protocol").as_deref() == Some(protocol) {
                    vec![AdvertisementSpec::default()]
                } else {
                    Vec::new()
                }
            };
            // 3. The pool, with the advertisement that its protocol implies.
            self.add(reference, "data.config", &addresses, |ranges| AddressPool {
                name: text("name").unwrap_or_else(|| "".into()),
                ranges,
                auto_assign: flag("auto-assign").unwrap_or(true),
                avoid_buggy: flag("avoid-buggy-ips").unwrap_or(false),
                allocation: None,
                layer2: announced("layer2"),
                bgp: announced("bgp"),
            });
        }
    }
}

/// Whether an advertisement covers a pool: named, or chosen by label, or all of them if it names and chooses none
/// (internal/config, setL2AdvertisementsToPools).
fn covers_pool(advertisement: &AdvertisementSpec, name: &Text, labels: &Arc<Labels>) -> bool {
    let AdvertisementSpec { ip_address_pools, ip_address_pool_selectors, .. } = advertisement;
    ip_address_pools.is_empty() && ip_address_pool_selectors.is_empty()
        || ip_address_pools.contains(name)
        || ip_address_pool_selectors.iter().any(|selector| selector.matches(labels))
}

impl AddressPool {
    /// Whether it holds an address. .0 and .255 may be left out.
    pub fn holds(&self, address: IpAddr) -> bool {
        self.ranges.iter().any(|range| range.contains(address)) && !(self.avoid_buggy && is_buggy(address))
    }

    /// Whether it may serve a Service (isPoolCompatibleWithService): in one of its namespaces, and of its kind.
    pub fn serves(&self, namespace: &str, labels: &Labels, namespaces: &BTreeMap<Text, Arc<Labels>>) -> bool {
        let Some(allocation) = &self.allocation else { return true };
        let by_label = || {
            namespaces
                .get(namespace)
                .is_some_and(|labels| any_selector_matches(&allocation.namespace_selectors, labels))
        };
        let anywhere = allocation.namespaces.is_empty() && allocation.namespace_selectors.is_empty();
        let here = anywhere || allocation.namespaces.iter().any(|name| **name == *namespace) || by_label();
        here && (allocation.service_selectors.is_empty() || any_selector_matches(&allocation.service_selectors, labels))
    }

    /// Its addresses of one family that MetalLB gives, from the place of `skip` on.
    pub fn addresses(&self, ipv6: bool, skip: u128) -> impl Iterator<Item = (u128, IpAddr)> {
        let ranges = self.ranges.iter().filter(move |range| range.ipv6 == ipv6);
        let mut place = 0u128;
        let numbers = ranges.flat_map(move |range| {
            let before = place;
            place = place.saturating_add((range.last - range.first).saturating_add(1));
            let from = range.first.saturating_add(skip.saturating_sub(before));
            let places = (from.saturating_sub(range.first)).saturating_add(before)..;
            places.zip((from..=range.last).filter_map(|number| address(number, range.ipv6)))
        });
        numbers.filter(|(_, address)| !(self.avoid_buggy && is_buggy(*address)))
    }
}

pub(super) fn any_selector_matches(selectors: &[crate::model::LabelSelector], labels: &Labels) -> bool {
    selectors.iter().any(|selector| selector.matches(labels))
}

/// IPv4 addresses that end in 0 or 255, at which some firmware takes offence (ipConfusesBuggyFirmwares).
fn is_buggy(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => matches!(address.octets(), [_, _, _, 0 | 255]),
        IpAddr::V6(_) => false,
    }
}

impl AddressRange {
    /// `10.0.0.0/24`, or `10.0.0.5-10.0.0.9` with spaces allowed (config.ParseCIDR).
    fn parse(text: &str) -> Result<Self, String> {
        let Some((first, last)) = text.split_once('-') else {
            let net: IpNet = text.parse().map_err(|_| format!("invalid CIDR \"{text}\""))?;
            return Ok(Self::new(net.network(), net.broadcast(), net.addr().is_ipv6()));
        };
        let parse = |end: &str, part: &str| {
            let part = part.trim();
            part.parse().map_err(|_| format!("invalid IP range \"{text}\": invalid {end} IP \"{part}\""))
        };
        let (first, last): (IpAddr, IpAddr) = (parse("start", first)?, parse("end", last)?);
        if first.is_ipv6() != last.is_ipv6() {
            return Err(format!("invalid IP range \"{text}\": both ends must be of one family"));
        }
        if first > last {
            return Err(format!("invalid IP range \"{text}\": start IP \"{first}\" is after the end IP \"{last}\""));
        }
        Ok(Self::new(first, last, first.is_ipv6()))
    }

    fn new(first: IpAddr, last: IpAddr, ipv6: bool) -> Self {
        Self { first: number(first), last: number(last), ipv6 }
    }

    fn contains(&self, address: IpAddr) -> bool {
        address.is_ipv6() == self.ipv6 && (self.first..=self.last).contains(&number(address))
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.ipv6 == other.ipv6 && self.first <= other.last && other.first <= self.last
    }

    fn text(&self) -> String {
        let text = |number| address(number, self.ipv6).map(|address| address.to_string()).unwrap_or_default();
        format!("{}-{}", text(self.first), text(self.last))
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

fn address(number: u128, ipv6: bool) -> Option<IpAddr> {
    if ipv6 {
        Some(IpAddr::V6(Ipv6Addr::from(number)))
    } else {
        u32::try_from(number).ok().map(|number| IpAddr::V4(Ipv4Addr::from(number)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_cidrs() {
        let parse = |text: &str| AddressRange::parse(text).map(|range| range.text());
        assert_eq!(parse("10.0.0.0/30").unwrap(), "10.0.0.0-10.0.0.3");
        assert_eq!(parse("10.0.0.5 - 10.0.0.9").unwrap(), "10.0.0.5-10.0.0.9");
        assert_eq!(parse("10.0.0.1").unwrap_err(), "invalid CIDR \"10.0.0.1\"");
        assert!(parse("10.0.0.9-10.0.0.5").unwrap_err().contains("is after the end IP"));
    }

    #[test]
    fn addresses_go_on_from_a_place() {
        let ranges =
            vec![AddressRange::parse("10.0.0.254-10.0.1.1").unwrap(), AddressRange::parse("10.0.9.0/31").unwrap()];
        let pool = AddressPool {
            name: "a".into(),
            ranges,
            auto_assign: true,
            avoid_buggy: true,
            allocation: None,
            layer2: Vec::new(),
            bgp: Vec::new(),
        };
        let from = |skip| pool.addresses(false, skip).map(|(place, it)| format!("{place} {it}")).collect::<Vec<_>>();
        assert_eq!(from(0), ["0 10.0.0.254", "3 10.0.1.1", "5 10.0.9.1"]);
        assert_eq!(from(4), ["5 10.0.9.1"]);
    }
}
