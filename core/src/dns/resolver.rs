//! How a program's C library turns a name into addresses: /etc/hosts, then the search list, by glibc's or musl's rules.

use std::net::{IpAddr, Ipv4Addr};

use crate::cluster::Cluster;
use crate::packet::{DnsName, Protocol, Question, Record, RecordData, RecordType};
use crate::request::{Family, Libc, Transport};
use crate::trace::{
    Candidate, Cause, Component, Decision, DnsObjection, DnsRule, Fate, Gap, HostsEntry, Lookup, LookupFailure,
    Objection, Share, Subject,
};

use super::server::cause;
use super::wire::Wire;
use super::{Asker, Dns, ResolvConf, RouteOf, Walked, pod};

mod glibc;
mod musl;
pub mod order;
pub(crate) mod bind;
mod busybox;
mod getent;
mod tools;

pub use tools::lookup_tool;

/// What a program such as curl does with a name: /etc/hosts first, then DNS for the families it wants, by the rules of
/// its C library. An address needs no lookup and gives a lookup without hops.
pub fn lookup_host(
    dns: &Dns,
    cluster: &Cluster,
    asker: Asker<'_>,
    name: &str,
    (libc, family): (Libc, Family),
    route: &RouteOf<'_>,
) -> Walked {
    if let Ok(address) = name.parse::<IpAddr>() {
        return without_dns(name, Vec::new(), vec![address]);
    }
    let conf = asker.resolv_conf(cluster);
    let transport = transport(asker, &conf, libc);
    let mut wire = Wire::new(dns, cluster, asker, route, transport);
    let mut hosts = in_hosts_file(cluster, asker, name);
    hosts.retain(|entry| family.has(entry.address));
    if !hosts.is_empty() {
        return from_hosts(&wire, &conf, name, hosts);
    }
    let search = match libc {
        Libc::Glibc | Libc::Busybox => glibc::search(&mut wire, &conf, name, &glibc::types(&conf, family)),
        Libc::Musl => musl::search(&mut wire, &conf, name, &musl::types(family)),
    };
    let sorted = order::Order { own: asker.addresses(cluster), libc };
    search.finish(wire, name, |addresses| sorted.sort(addresses))
}

/// How a C library sends its questions: glibc by the options of resolv.conf, musl without any.
fn transport(asker: Asker<'_>, conf: &ResolvConf, libc: Libc) -> Transport {
    match libc {
        Libc::Glibc | Libc::Busybox => glibc::transport(conf),
        Libc::Musl => musl::transport(asker),
    }
}

/// The entries of the client's /etc/hosts that have a name.
pub(super) fn in_hosts_file(cluster: &Cluster, asker: Asker<'_>, name: &str) -> Vec<HostsEntry> {
    let bare = name.strip_suffix('.').unwrap_or(name);
    let has = |entry: &HostsEntry| entry.names.iter().any(|known| known.eq_ignore_ascii_case(bare));
    pod::hosts_entries(&pod::hosts_file(cluster, asker)).into_iter().filter(has).collect()
}

fn without_dns(name: &str, hosts: Vec<HostsEntry>, addresses: Vec<IpAddr>) -> Walked {
    let lookup = Lookup {
        name: name.to_owned(),
        server: None,
        queries: Vec::new(),
        used: Vec::new(),
        hosts,
        result: Ok(addresses),
    };
    Walked { lookup, hops: Vec::new() }
}

/// One hop: the resolver answers out of /etc/hosts. The packet is the query that it saves.
fn from_hosts(wire: &Wire<'_>, conf: &ResolvConf, name: &str, hosts: Vec<HostsEntry>) -> Walked {
    let addresses: Vec<IpAddr> = hosts.iter().map(|entry| entry.address).collect();
    let question = Question { name: DnsName::new(name), record_type: RecordType::A };
    let server = servers(conf).first().copied().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let packet = wire.packet(server, Protocol::Udp, &question);
    let decision = Decision::Resolved(addresses.clone());
    let because = vec![cause(DnsRule::HostsFileFirst)];
    let hop = wire.hop(Component::Resolver, wire.asker.place(), &packet, decision, because);
    Walked { hops: vec![hop], ..without_dns(name, hosts, addresses) }
}

/// The first three name servers; without any, this machine's (glibc and musl alike).
pub(super) fn servers(conf: &ResolvConf) -> Vec<IpAddr> {
    match conf.nameservers.as_slice() {
        [] => vec![IpAddr::V4(Ipv4Addr::LOCALHOST)],
        some => some.iter().take(3).copied().collect(),
    }
}

/// A name that a resolver tries, and what became of it.
#[derive(Clone, Debug)]
pub(super) struct Tried {
    /// The full name.
    pub name: DnsName,
    /// Its questions on the wire.
    pub places: Vec<usize>,
    /// Why it didn't do; None for the one that settled the lookup well.
    pub objection: Option<DnsObjection>,
}

/// What a search came to.
#[derive(Clone, Debug)]
pub(super) struct Search {
    /// The names in the order they are tried, those not reached included.
    pub tried: Vec<Tried>,
    /// Why in this order.
    pub rules: Vec<DnsRule>,
    /// The result.
    pub result: Result<Vec<IpAddr>, LookupFailure>,
    /// The questions whose answers count.
    pub used: Vec<usize>,
    /// What is missing to know the result.
    pub gap: Option<Gap>,
}

impl Search {
    /// The lookup with its walk.
    pub fn finish(mut self, wire: Wire<'_>, typed: &str, sort: impl Fn(Vec<IpAddr>) -> Vec<IpAddr>) -> Walked {
        let at_once = self.rules.contains(&DnsRule::MuslAsksAll);
        if !at_once
            && wire
                .asked
                .iter()
                .any(|asked| Some(asked.query.server) != wire.asked.first().map(|first| first.query.server))
        {
            self.rules.push(DnsRule::NextServer);
        }
        self.rules.extend(self.truncation(&wire));
        let result = self.result.clone().map(sort);
        let settled = self.used.first().copied().or(wire.asked.len().checked_sub(1));
        let decision = match (&result, &self.gap) {
            (_, Some(gap)) => Decision::Unknown(gap.clone()),
            (Ok(addresses), None) => Decision::Resolved(addresses.clone()),
            (Err(failure), None) => Decision::Unresolved(*failure),
        };
        let chosen = self.tried.iter().position(|tried| settled.is_some_and(|place| tried.places.contains(&place)));
        let candidates: Vec<Candidate> = self.tried.iter().map(|tried| tried.candidate(&wire)).collect();
        let because = self.rules.iter().map(|rule| cause(*rule)).collect();
        let hops = settled.map(|place| wire.hops(place, candidates, chosen, because, decision)).unwrap_or_default();
        let server = settled.and_then(|place| wire.get(place)).map(|asked| asked.query.server);
        let lookup = Lookup {
            name: typed.to_owned(),
            server,
            used: if self.used.is_empty() { settled.into_iter().collect() } else { self.used },
            hosts: Vec::new(),
            result,
            queries: wire.queries(),
        };
        Walked { lookup, hops }
    }
}

impl Search {
    /// What became of answers that didn't fit into a packet.
    fn truncation(&self, wire: &Wire<'_>) -> Option<DnsRule> {
        let truncated = (0..wire.asked.len()).any(|place| wire.is_truncated(place));
        let used = self.used.iter().any(|place| wire.is_truncated(*place));
        match (truncated, used) {
            (_, true) => Some(DnsRule::TruncatedAnswerUsed),
            (true, false) => Some(DnsRule::TruncatedThenTcp),
            (false, false) => None,
        }
    }
}

impl Tried {
    /// Not asked, since something before has ended the walk.
    pub fn not_reached(name: DnsName, objection: DnsObjection) -> Self {
        Self { name, places: Vec::new(), objection: Some(objection) }
    }

    fn candidate(&self, wire: &Wire<'_>) -> Candidate {
        let because: Vec<Cause> = self
            .places
            .first()
            .and_then(|place| wire.get(*place))
            .map(|asked| asked.because.clone())
            .unwrap_or_default();
        let fate = match self.objection {
            None => Fate::Eligible(Share::ONE),
            Some(objection) => Fate::Rejected(Objection::Dns(objection)),
        };
        Candidate { what: Subject::Name(self.name.clone()), fate, because }
    }
}

/// The addresses in records, following aliases from a name; with `strict` only records whose owner is the name asked or
/// an alias' target count, as glibc insists (nss_dns getanswer_r).
pub(super) fn addresses_in(records: &[Record], asked: &DnsName, strict: bool) -> Vec<IpAddr> {
    let mut owner = asked.clone();
    let mut addresses = Vec::new();
    for record in records {
        match &record.data {
            RecordData::Cname(target) if record.name == owner => owner = target.clone(),
            RecordData::A(address) if !strict || record.name == owner => addresses.push(IpAddr::V4(*address)),
            RecordData::Aaaa(address) if !strict || record.name == owner => addresses.push(IpAddr::V6(*address)),
            _ => {}
        }
    }
    addresses
}
