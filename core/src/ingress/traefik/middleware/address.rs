//! Addresses that may pass (ipallowlist, pkg/ip).

use std::net::IpAddr;

use super::{AddressStrategy, AllowList, is_known_status};
use crate::http::network::parse_net;
use crate::model::middleware::{IpAllowList, IpStrategy, SourceCriterion};
use crate::packet::HttpRequest;
use crate::proxy::forwarded::forwarded_addresses;

/// The list as Traefik reads it; None if it can't.
pub fn read(list: &IpAllowList) -> Option<AllowList> {
    let networks: Option<Vec<_>> = list.source_range.iter().map(|range| parse_net(range)).collect();
    let networks = networks.filter(|networks| !networks.is_empty())?;
    let status = match list.reject_status_code {
        0 => 403,
        status if is_known_status(status) => u16::try_from(status).ok()?,
        _ => return None,
    };
    Some(AllowList { networks, strategy: strategy(list.ip_strategy.as_ref())?, status })
}

/// IPStrategy.Get; None for one that Traefik refuses.
pub fn strategy(strategy: Option<&IpStrategy>) -> Option<AddressStrategy> {
    let Some(strategy) = strategy else { return Some(AddressStrategy::Connection) };
    let valid_subnet = strategy.ipv6_subnet.is_none_or(|bits| (1..=128).contains(&bits));
    match usize::try_from(strategy.depth) {
        Ok(depth) if depth > 0 => valid_subnet.then_some(AddressStrategy::Depth(depth)),
        _ if strategy.excluded_ips.is_empty() => valid_subnet.then_some(AddressStrategy::Connection),
        _ => {
            let networks: Option<Vec<_>> = strategy.excluded_ips.iter().map(|range| parse_net(range)).collect();
            networks.map(AddressStrategy::Excluding)
        }
    }
}

/// Whether Traefik takes a criterion by which requests are counted (middlewares/extractor.go).
pub fn is_valid_criterion(criterion: Option<&SourceCriterion>) -> bool {
    criterion.is_none_or(|criterion| {
        let by_address = criterion.ip_strategy.is_some();
        let given = [by_address, !criterion.request_header_name.is_empty(), criterion.request_host];
        given.iter().filter(|given| **given).count() < 2 && strategy(criterion.ip_strategy.as_ref()).is_some()
    })
}

impl AllowList {
    /// Whether a request may pass. One without the address that is asked for may not.
    pub fn allows(&self, client: IpAddr, request: &HttpRequest) -> bool {
        self.client(client, request).is_some_and(|client| self.networks.iter().any(|net| net.contains(&client)))
    }

    fn client(&self, client: IpAddr, request: &HttpRequest) -> Option<IpAddr> {
        match &self.strategy {
            AddressStrategy::Connection => Some(client),
            AddressStrategy::Depth(depth) => {
                let forwarded = request.headers.value("X-Forwarded-For").unwrap_or_default();
                forwarded.split(',').rev().nth(depth - 1)?.trim().parse().ok()
            }
            AddressStrategy::Excluding(excluded) => {
                let forwarded = forwarded_addresses(request, "X-Forwarded-For");
                let is_excluded = |entry: &&String| {
                    entry.parse::<IpAddr>().is_ok_and(|address| excluded.iter().any(|net| net.contains(&address)))
                };
                forwarded.iter().rev().find(|entry| !is_excluded(entry))?.parse().ok()
            }
        }
    }
}
