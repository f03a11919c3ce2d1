//! glibc's getent: hosts, ahosts, ahostsv4, ahostsv6 (nss/getent.c), through /etc/hosts and DNS.

use std::net::IpAddr;

use crate::packet::{DnsName, RecordType};
use crate::request::{ClientLibc, LookupAsk, LookupTool};
use crate::trace::{DnsRule, HostsEntry};

use super::super::name::reverse_name;
use super::super::pod;
use super::super::resolv_conf::ResolvConf;
use super::super::route::WalkedLookup;
use super::super::wire::QueryLog;
use super::results::{
    SearchResult, TriedName, empty_search, from_hosts, in_hosts_file, objection_of, result_of, without_dns,
};
use super::{glibc, musl, order};

/// One lookup of getent.
pub(super) fn lookup(mut wire: QueryLog<'_>, conf: &ResolvConf, ask: &LookupAsk) -> WalkedLookup {
    if let (Ok(address), LookupTool::GetentHosts) = (ask.name.parse::<IpAddr>(), ask.tool) {
        return reverse(wire, conf, ask, address);
    }
    if let Ok(address) = ask.name.parse::<IpAddr>() {
        return without_dns(&ask.name, Vec::new(), vec![address]);
    }
    let hosts = in_hosts_file(wire.cluster, wire.asker, &ask.name);
    match ask.tool {
        LookupTool::GetentHosts if wire.asker.libc() == ClientLibc::Musl => of_musl(wire, conf, ask, hosts),
        LookupTool::GetentHosts => one_family_after_the_other(wire, conf, ask, hosts),
        _ => {
            let types = families(ask.tool);
            let hosts = of_types(hosts, &types);
            if !hosts.is_empty() {
                return from_hosts(&wire, conf, &ask.name, hosts);
            }
            let search = glibc::search(&mut wire, conf, &ask.name, &types);
            let own = wire.asker.addresses(wire.cluster);
            let order = order::AddressOrder { own, libc: ClientLibc::Glibc };
            search.finish(wire, &ask.name, |addresses| order.sort(addresses))
        }
    }
}

/// Alpine's own `getent hosts` asks for IPv4 only (musl-utils getent.c: gethostbyname).
fn of_musl(mut wire: QueryLog<'_>, conf: &ResolvConf, ask: &LookupAsk, hosts: Vec<HostsEntry>) -> WalkedLookup {
    let listed = of_types(hosts, &[RecordType::A]);
    if !listed.is_empty() {
        return from_hosts(&wire, conf, &ask.name, listed);
    }
    let search = musl::search(&mut wire, conf, &ask.name, &[RecordType::A]);
    search.finish(wire, &ask.name, |addresses| addresses)
}

/// `getent hosts`: IPv6 through /etc/hosts and the whole search, then IPv4 (hosts_keys, gethostbyname2).
fn one_family_after_the_other(
    mut wire: QueryLog<'_>,
    conf: &ResolvConf,
    ask: &LookupAsk,
    hosts: Vec<HostsEntry>,
) -> WalkedLookup {
    let mut search = empty_search(vec![DnsRule::NoSearchList]);
    for kind in [RecordType::Aaaa, RecordType::A] {
        let listed = of_types(hosts.clone(), &[kind]);
        if !listed.is_empty() {
            let WalkedLookup { lookup, hops } = from_hosts(&wire, conf, &ask.name, listed);
            let lookup = crate::trace::NameLookup { queries: wire.queries(), ..lookup };
            return WalkedLookup { lookup, hops };
        }
        search = glibc::search(&mut wire, conf, &ask.name, &[kind]);
        if search.result.is_ok() || search.gap.is_some() {
            break;
        }
    }
    search.finish(wire, &ask.name, |addresses| addresses)
}

/// An address: /etc/hosts, then one PTR question without search.
fn reverse(mut wire: QueryLog<'_>, conf: &ResolvConf, ask: &LookupAsk, address: IpAddr) -> WalkedLookup {
    let file = pod::hosts_file(wire.cluster, wire.asker);
    let listed = pod::hosts_entries(&file).into_iter().find(|entry| entry.address == address);
    if let Some(entry) = listed {
        return from_hosts(&wire, conf, &ask.name, vec![entry]);
    }
    let name: DnsName = reverse_name(address);
    let (_, places) = glibc::ask(&mut wire, conf, &name, &[RecordType::Ptr]);
    let last: Vec<usize> = places.last().copied().into_iter().collect();
    let objection = last.first().and_then(|place| objection_of(&wire, *place));
    let search = SearchResult {
        result: result_of(&wire, &last, &name),
        gap: last.first().and_then(|place| wire.get(*place)?.gap.clone()),
        used: last,
        tried: vec![TriedName { name, places, objection }],
        ..empty_search(vec![DnsRule::FinalDot])
    };
    search.finish(wire, &ask.name, |addresses| addresses)
}

/// The types asked. getent ahosts would leave out a family of which the host has no address (AI_ADDRCONFIG), but a
/// link-local one counts, which every interface has where the node doesn't switch IPv6 off.
fn families(tool: LookupTool) -> Vec<RecordType> {
    match tool {
        LookupTool::GetentAhostsV4 => vec![RecordType::A],
        LookupTool::GetentAhostsV6 => vec![RecordType::Aaaa],
        _ => vec![RecordType::A, RecordType::Aaaa],
    }
}

fn of_types(hosts: Vec<HostsEntry>, types: &[RecordType]) -> Vec<HostsEntry> {
    let kind = |address: IpAddr| if address.is_ipv4() { RecordType::A } else { RecordType::Aaaa };
    hosts.into_iter().filter(|entry| types.contains(&kind(entry.address))).collect()
}
