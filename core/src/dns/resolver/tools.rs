//! What dig, nslookup, host and getent ask: BIND's tools search differently from the C library, BusyBox' nslookup too.

use std::net::IpAddr;

use crate::cluster::Cluster;
use crate::packet::{DnsName, RecordType};
use crate::request::{Family, Host, LookupAsk, LookupTool};
use crate::trace::{DnsObjection, DnsRule, LookupFailure};

use super::super::wire::Wire;
use super::super::{Asker, Dns, ResolvConf, RouteOf, Walked};
use super::{Search, bind, busybox, getent, lookup_host, servers, without_dns};

/// What a tool that asks DNS does with a name. Tools never look into /etc/hosts, getent does.
pub fn lookup_tool(dns: &Dns, cluster: &Cluster, asker: Asker<'_>, ask: &LookupAsk, route: &RouteOf<'_>) -> Walked {
    let conf = asker.resolv_conf(cluster);
    let Some(servers) = servers_of(dns, cluster, asker, ask, &conf, route) else {
        let failed = without_dns(&ask.name, Vec::new(), Vec::new());
        let lookup = crate::trace::Lookup { result: Err(LookupFailure::NoName), ..failed.lookup };
        return Walked { lookup, hops: Vec::new() };
    };
    let conf = with_options(ResolvConf { nameservers: servers, ..conf }, ask);
    let transport = if ask.tool.asks_by_libc() { super::glibc::transport(&conf) } else { ask.transport };
    let mut wire = Wire::new(dns, cluster, asker, route, transport);
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
    dns: &Dns,
    cluster: &Cluster,
    asker: Asker<'_>,
    ask: &LookupAsk,
    conf: &ResolvConf,
    route: &RouteOf<'_>,
) -> Option<Vec<IpAddr>> {
    match &ask.server {
        None => Some(servers(conf)),
        Some(Host::Address(address)) => Some(vec![*address]),
        Some(Host::Name(name)) => {
            let found = lookup_host(dns, cluster, asker, name, (asker.libc(), Family::Any), route).lookup.result;
            found.ok().filter(|addresses| !addresses.is_empty())
        }
    }
}

/// A search that has asked nothing yet.
pub(super) fn nothing(rules: Vec<DnsRule>) -> Search {
    Search { tried: Vec::new(), rules, result: Err(LookupFailure::NoName), used: Vec::new(), gap: None }
}

/// The result that the answers at some places make together: addresses if any, no failure if any record came.
pub(super) fn result_of(wire: &Wire<'_>, used: &[usize], name: &DnsName) -> Result<Vec<IpAddr>, LookupFailure> {
    let asked = || used.iter().filter_map(|place| wire.get(*place));
    // A part of an answer isn't what the tool would print.
    if asked().any(|asked| asked.gap.is_some()) {
        return Err(LookupFailure::NotKnown);
    }
    let answers = || asked().filter_map(|asked| asked.query.answer.as_ref().ok());
    let addresses: Vec<IpAddr> =
        answers().flat_map(|answer| super::addresses_in(&answer.answers, name, false)).collect();
    if !addresses.is_empty() || answers().any(|answer| !answer.answers.is_empty()) {
        return Ok(addresses);
    }
    Err(asked().map(failure_of).next_back().unwrap_or(LookupFailure::TimedOut))
}

fn failure_of(asked: &super::super::wire::Asked) -> LookupFailure {
    use crate::packet::Rcode;
    match &asked.query.answer {
        Err(failure) => *failure,
        Ok(answer) => match answer.rcode {
            Rcode::NoError => LookupFailure::NoData,
            Rcode::NxDomain => LookupFailure::NoName,
            Rcode::ServFail | Rcode::Refused | Rcode::FormErr | Rcode::NotImp => LookupFailure::TryAgain,
        },
    }
}

/// Why a question's answer didn't do, for the walk; None if it has records.
pub(super) fn objection_of(wire: &Wire<'_>, place: usize) -> Option<DnsObjection> {
    let asked = wire.get(place)?;
    let empty = asked.query.answer.as_ref().is_ok_and(|answer| answer.answers.is_empty());
    if asked.gap.is_some() || (asked.query.answer.is_ok() && !empty) {
        return None;
    }
    Some(match (failure_of(asked), asked.query.answer.as_ref()) {
        (LookupFailure::NoData, _) => DnsObjection::NoAddress,
        (LookupFailure::NoName, _) => DnsObjection::DoesNotExist,
        (LookupFailure::TryAgain, Ok(answer)) if answer.rcode == crate::packet::Rcode::Refused => {
            DnsObjection::ServerRefusedToAnswer
        }
        (LookupFailure::TryAgain, _) => DnsObjection::ServerFailed,
        (LookupFailure::Refused, _) => DnsObjection::ConnectionRefused,
        (LookupFailure::TimedOut | LookupFailure::NotKnown, _) => DnsObjection::NoReply,
    })
}

/// The types asked, or the tool's own choice.
pub(super) fn types_or(ask: &LookupAsk, default: &[RecordType]) -> Vec<RecordType> {
    if ask.types.is_empty() { default.to_vec() } else { ask.types.clone() }
}
