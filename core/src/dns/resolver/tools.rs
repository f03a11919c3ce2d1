//! What dig, nslookup, host and getent ask: BIND's tools search differently from the C library, BusyBox' nslookup too.

use std::net::IpAddr;

use crate::cluster::Cluster;
use crate::request::{AddressFamily, LookupAsk, LookupTool, RequestHost};
use crate::trace::LookupFailure;

use super::super::asker::DnsClient;
use super::super::coredns::ClusterDns;
use super::super::resolv_conf::ResolvConf;
use super::super::route::{RouteOf, WalkedLookup};
use super::super::wire::QueryLog;
use super::program::lookup_host;
use super::results::{servers, without_dns};
use super::{bind, busybox, getent, glibc};

/// What a tool that asks DNS does with a name. Tools never look into /etc/hosts, getent does.
pub fn lookup_tool(
    dns: &ClusterDns,
    cluster: &Cluster,
    asker: DnsClient<'_>,
    ask: &LookupAsk,
    route: &RouteOf<'_>,
) -> WalkedLookup {
    let conf = asker.resolv_conf(cluster);
    let Some(servers) = servers_of(dns, cluster, asker, ask, &conf, route) else {
        let failed = without_dns(&ask.name, Vec::new(), Vec::new());
        let lookup = crate::trace::NameLookup { result: Err(LookupFailure::NoName), ..failed.lookup };
        return WalkedLookup { lookup, hops: Vec::new() };
    };
    let conf = with_options(ResolvConf { nameservers: servers, ..conf }, ask);
    let transport = if ask.tool.asks_by_libc() { glibc::transport(&conf) } else { ask.transport };
    let mut wire = QueryLog::new(dns, cluster, asker, route, transport);
    let search = match ask.tool {
        LookupTool::Dig => bind::dig(&mut wire, &conf, ask),
        LookupTool::Nslookup => bind::nslookup(&mut wire, &conf, ask),
        LookupTool::Host => bind::host(&mut wire, &conf, ask),
        LookupTool::BusyboxNslookup => busybox::nslookup(&mut wire, &conf, ask),
        LookupTool::GetentHosts
        | LookupTool::GetentAhosts
        | LookupTool::GetentAhostsV4
        | LookupTool::GetentAhostsV6 => {
            return getent::lookup(wire, &conf, ask);
        }
    };
    search.finish(wire, &ask.name, |addresses| addresses)
}

/// A search list and ndots given as options count instead of resolv.conf's.
fn with_options(mut conf: ResolvConf, ask: &LookupAsk) -> ResolvConf {
    conf.options.extend(ask.ndots.map(|ndots| format!("ndots:{ndots}")));
    ResolvConf { search: ask.domains.clone().unwrap_or(conf.search), ..conf }
}

/// The servers a tool asks: the one named, itself looked up as a program does, or resolv.conf's. None if the name of the
/// server has no address.
fn servers_of(
    dns: &ClusterDns,
    cluster: &Cluster,
    asker: DnsClient<'_>,
    ask: &LookupAsk,
    conf: &ResolvConf,
    route: &RouteOf<'_>,
) -> Option<Vec<IpAddr>> {
    match &ask.server {
        None => Some(servers(conf)),
        Some(RequestHost::Address(address)) => Some(vec![*address]),
        Some(RequestHost::Name(name)) => {
            let found = lookup_host(dns, cluster, asker, name, (asker.libc(), AddressFamily::Any), route).lookup.result;
            found.ok().filter(|addresses| !addresses.is_empty())
        }
    }
}
