//! How a program's C library turns a name into addresses: /etc/hosts, then the search list, by glibc's or musl's rules.

use std::net::IpAddr;

use crate::cluster::Cluster;
use crate::request::{AddressFamily, ClientLibc, TransportAsk};

use super::super::asker::DnsClient;
use super::super::coredns::ClusterDns;
use super::super::resolv_conf::ResolvConf;
use super::super::route::{RouteOf, WalkedLookup};
use super::super::wire::QueryLog;
use super::results::{from_hosts, in_hosts_file, without_dns};
use super::{glibc, musl, order};

/// What a program such as curl does with a name: /etc/hosts first, then DNS for the families it wants, by the rules of
/// its C library. An address needs no lookup and gives a lookup without hops.
pub fn lookup_host(
    dns: &ClusterDns,
    cluster: &Cluster,
    asker: DnsClient<'_>,
    name: &str,
    (libc, family): (ClientLibc, AddressFamily),
    route: &RouteOf<'_>,
) -> WalkedLookup {
    if let Ok(address) = name.parse::<IpAddr>() {
        return without_dns(name, Vec::new(), vec![address]);
    }
    let conf = asker.resolv_conf(cluster);
    let transport = transport(asker, &conf, libc);
    let mut wire = QueryLog::new(dns, cluster, asker, route, transport);
    let mut hosts = in_hosts_file(cluster, asker, name);
    hosts.retain(|entry| family.has(entry.address));
    if !hosts.is_empty() {
        return from_hosts(&wire, &conf, name, hosts);
    }
    let search = match libc {
        ClientLibc::Glibc | ClientLibc::Busybox => glibc::search(&mut wire, &conf, name, &glibc::types(&conf, family)),
        ClientLibc::Musl => musl::search(&mut wire, &conf, name, &musl::types(family)),
    };
    let sorted = order::AddressOrder { own: asker.addresses(cluster), libc };
    search.finish(wire, name, |addresses| sorted.sort(addresses))
}

/// How a C library sends its questions: glibc by the options of resolv.conf, musl without any.
fn transport(asker: DnsClient<'_>, conf: &ResolvConf, libc: ClientLibc) -> TransportAsk {
    match libc {
        ClientLibc::Glibc | ClientLibc::Busybox => glibc::transport(conf),
        ClientLibc::Musl => musl::transport(asker),
    }
}
