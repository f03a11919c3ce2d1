//! What the resolvers share: names tried, what a search came to, answers taken together, /etc/hosts.

use std::net::{IpAddr, Ipv4Addr};

use crate::cluster::Cluster;
use crate::packet::{DnsName, DnsRecord, Protocol, Question, Rcode, RecordData, RecordType};
use crate::request::LookupAsk;
use crate::trace::{
    Candidate, CandidateFate, CandidateObjection, CandidateSubject, Cause, Component, DnsObjection, DnsRule,
    HostsEntry, LookupFailure, ModelGap, NameLookup, PacketDecision, Share,
};

use super::super::asker::DnsClient;
use super::super::pod;
use super::super::resolv_conf::ResolvConf;
use super::super::route::WalkedLookup;
use super::super::wire::{LoggedQuery, QueryLog};

/// The entries of the client's /etc/hosts that have a name.
pub(super) fn in_hosts_file(cluster: &Cluster, asker: DnsClient<'_>, name: &str) -> Vec<HostsEntry> {
    let bare = name.strip_suffix('.').unwrap_or(name);
    let has = |entry: &HostsEntry| entry.names.iter().any(|known| known.eq_ignore_ascii_case(bare));
    pod::hosts_entries(&pod::hosts_file(cluster, asker)).into_iter().filter(has).collect()
}

pub(super) fn without_dns(name: &str, hosts: Vec<HostsEntry>, addresses: Vec<IpAddr>) -> WalkedLookup {
    let lookup = NameLookup {
        name: name.to_owned(),
        server: None,
        queries: Vec::new(),
        used: Vec::new(),
        hosts,
        result: Ok(addresses),
    };
    WalkedLookup { lookup, hops: Vec::new() }
}

/// One hop: the resolver answers out of /etc/hosts. The packet is the query that it saves.
pub(super) fn from_hosts(wire: &QueryLog<'_>, conf: &ResolvConf, name: &str, hosts: Vec<HostsEntry>) -> WalkedLookup {
    let addresses: Vec<IpAddr> = hosts.iter().map(|entry| entry.address).collect();
    let question = Question { name: DnsName::new(name), record_type: RecordType::A };
    let server = servers(conf).first().copied().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let packet = wire.packet(server, Protocol::Udp, &question);
    let decision = PacketDecision::Resolved(addresses.clone());
    let because = vec![Cause::rule(DnsRule::HostsFileFirst)];
    let hop = wire.hop(Component::Resolver, wire.asker.place(), &packet, decision, because);
    WalkedLookup { hops: vec![hop], ..without_dns(name, hosts, addresses) }
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
pub(super) struct TriedName {
    /// The full name.
    pub name: DnsName,
    /// Its questions on the wire.
    pub places: Vec<usize>,
    /// Why it didn't do; None for the one that settled the lookup well.
    pub objection: Option<DnsObjection>,
}

/// What a search came to.
#[derive(Clone, Debug)]
pub(super) struct SearchResult {
    /// The names in the order they are tried, those not reached included.
    pub tried: Vec<TriedName>,
    /// Why in this order.
    pub rules: Vec<DnsRule>,
    pub result: Result<Vec<IpAddr>, LookupFailure>,
    /// The questions whose answers count.
    pub used: Vec<usize>,
    /// What is missing to know the result.
    pub gap: Option<ModelGap>,
}

impl SearchResult {
    /// The lookup with its walk.
    pub fn finish(
        mut self,
        wire: QueryLog<'_>,
        typed: &str,
        sort: impl Fn(Vec<IpAddr>) -> Vec<IpAddr>,
    ) -> WalkedLookup {
        // 1. The rules that follow from what was asked: another server, answers cut short.
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
        // 2. The result, and the exchange that settled it.
        let result = self.result.clone().map(sort);
        let settled = self.used.first().copied().or(wire.asked.len().checked_sub(1));
        let decision = match (&result, &self.gap) {
            (_, Some(gap)) => PacketDecision::Unknown(gap.clone()),
            (Ok(addresses), None) => PacketDecision::Resolved(addresses.clone()),
            (Err(failure), None) => PacketDecision::Unresolved(*failure),
        };
        // 3. The hops, with the names tried as candidates.
        let chosen = self.tried.iter().position(|tried| settled.is_some_and(|place| tried.places.contains(&place)));
        let candidates: Vec<Candidate> = self.tried.iter().map(|tried| tried.candidate(&wire)).collect();
        let because = self.rules.iter().map(|rule| Cause::rule(*rule)).collect();
        let hops = settled.map(|place| wire.hops(place, candidates, chosen, because, decision)).unwrap_or_default();
        let server = settled.and_then(|place| wire.get(place)).map(|asked| asked.query.server);
        // 4. The lookup as a whole.
        let lookup = NameLookup {
            name: typed.to_owned(),
            server,
            used: if self.used.is_empty() { settled.into_iter().collect() } else { self.used },
            hosts: Vec::new(),
            result,
            queries: wire.queries(),
        };
        WalkedLookup { lookup, hops }
    }
}

impl SearchResult {
    /// What became of answers that didn't fit into a packet.
    fn truncation(&self, wire: &QueryLog<'_>) -> Option<DnsRule> {
        let truncated = (0..wire.asked.len()).any(|place| wire.is_truncated(place));
        let used = self.used.iter().any(|place| wire.is_truncated(*place));
        match (truncated, used) {
            (_, true) => Some(DnsRule::TruncatedAnswerUsed),
            (true, false) => Some(DnsRule::TruncatedThenTcp),
            (false, false) => None,
        }
    }
}

impl TriedName {
    /// Not asked, since something before has ended the walk.
    pub fn not_reached(name: DnsName, objection: DnsObjection) -> Self {
        Self { name, places: Vec::new(), objection: Some(objection) }
    }

    fn candidate(&self, wire: &QueryLog<'_>) -> Candidate {
        let because: Vec<Cause> = self
            .places
            .first()
            .and_then(|place| wire.get(*place))
            .map(|asked| asked.because.clone())
            .unwrap_or_default();
        let fate = match self.objection {
            None => CandidateFate::Eligible(Share::ONE),
            Some(objection) => CandidateFate::Rejected(CandidateObjection::Dns(objection)),
        };
        Candidate { what: CandidateSubject::Name(self.name.clone()), fate, because }
    }
}

/// The addresses in records, following aliases from a name; with `strict` only records whose owner is the name asked or
/// an alias' target count, as glibc insists (nss_dns getanswer_r).
pub(super) fn addresses_in(records: &[DnsRecord], asked: &DnsName, strict: bool) -> Vec<IpAddr> {
    let mut owner = asked.clone();
    // Aliases stand first in an answer (CoreDNS, plugin/loadbalance).
    for record in records.iter().filter(|_| strict) {
        if let RecordData::Cname(target) = &record.data
            && record.name == owner
        {
            owner = target.clone();
        }
    }
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

/// A search that has asked nothing yet.
pub(super) fn empty_search(rules: Vec<DnsRule>) -> SearchResult {
    SearchResult { tried: Vec::new(), rules, result: Err(LookupFailure::NoName), used: Vec::new(), gap: None }
}

/// The result that the answers at some places make together: addresses if any, no failure if any record came.
pub(super) fn result_of(wire: &QueryLog<'_>, used: &[usize], name: &DnsName) -> Result<Vec<IpAddr>, LookupFailure> {
    let asked = || used.iter().filter_map(|place| wire.get(*place));
    // A part of an answer isn't what the tool would print.
    if asked().any(|asked| asked.gap.is_some()) {
        return Err(LookupFailure::NotKnown);
    }
    let answers = || asked().filter_map(|asked| asked.query.answer.as_ref().ok());
    let addresses: Vec<IpAddr> = answers().flat_map(|answer| addresses_in(&answer.answers, name, false)).collect();
    if !addresses.is_empty() || answers().any(|answer| !answer.answers.is_empty()) {
        return Ok(addresses);
    }
    Err(asked().map(failure_of).next_back().unwrap_or(LookupFailure::TimedOut))
}

fn failure_of(asked: &LoggedQuery) -> LookupFailure {
    match &asked.query.answer {
        Err(failure) => *failure,
        Ok(answer) => match answer.rcode {
            Rcode::NoError => LookupFailure::NoData,
            Rcode::NxDomain => LookupFailure::NoName,
            Rcode::ServFail | Rcode::Refused | Rcode::FormErr | Rcode::NotImp | Rcode::Other(_) => {
                LookupFailure::TryAgain
            }
        },
    }
}

/// Why a question's answer didn't do, for the walk; None if it has records.
pub(super) fn objection_of(wire: &QueryLog<'_>, place: usize) -> Option<DnsObjection> {
    let asked = wire.get(place)?;
    let empty = asked.query.answer.as_ref().is_ok_and(|answer| answer.answers.is_empty());
    if asked.gap.is_some() || (asked.query.answer.is_ok() && !empty) {
        return None;
    }
    Some(match (failure_of(asked), asked.query.answer.as_ref()) {
        (LookupFailure::NoData, _) => DnsObjection::NoAddress,
        (LookupFailure::NoName, _) => DnsObjection::DoesNotExist,
        (LookupFailure::TryAgain, Ok(answer)) if answer.rcode == Rcode::Refused => DnsObjection::ServerRefusedToAnswer,
        (LookupFailure::TryAgain, _) => DnsObjection::ServerFailed,
        (LookupFailure::Refused, _) => DnsObjection::ConnectionRefused,
        (LookupFailure::TimedOut | LookupFailure::NotKnown, _) => DnsObjection::NoReply,
    })
}

/// The types asked, or the tool's own choice.
pub(super) fn types_or(ask: &LookupAsk, default: &[RecordType]) -> Vec<RecordType> {
    if ask.types.is_empty() { default.to_vec() } else { ask.types.clone() }
}
