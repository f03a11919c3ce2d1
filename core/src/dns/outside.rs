//! What resolvers outside the cluster say: the World's list, or that it isn't known.

use std::net::IpAddr;

use crate::cluster::{Cluster, UpstreamResolvers};
use crate::packet::{Answer, DnsName, DnsRecord, Question, Rcode, RecordData};
use crate::source::FieldRef;
use crate::trace::{Cause, DnsRule, ModelGap};

use super::reply::DnsReply;

mod tld;
mod record_list;

use record_list::RecordList;

/// A name that leads to the cluster, for those who ask outside, as external-dns writes it.
#[derive(Clone, Debug, PartialEq)]
pub struct PublishedRecord {
    /// The name, its first label perhaps a wildcard.
    pub name: DnsName,
    /// Where it leads.
    pub address: IpAddr,
    /// Who wants it: the host of an Ingress' rule.
    pub because: FieldRef,
}

/// Seconds; what external-dns writes where nobody says another.
const TTL: u32 = 300;

/// What a resolver outside makes of a question; None is silence.
pub fn ask_upstream(
    cluster: &Cluster,
    published: &[PublishedRecord],
    server: IpAddr,
    question: &Question,
) -> Option<DnsReply> {
    match of_server(&cluster.settings.upstream, server) {
        UpstreamResolvers::Unsaid | UpstreamResolvers::Servers(_) => {
            Some(of_ingress(published, question).unwrap_or_else(|| reply_of_unlisted(cluster, question)))
        }
        UpstreamResolvers::Records(records) => Some(from_list(records, question)),
        UpstreamResolvers::Code(rcode) => Some(DnsReply {
            answer: Answer { rcode: *rcode, recursion_available: true, ..Answer::default() },
            because: vec![Cause::rule(DnsRule::OutsideCode)],
            ..DnsReply::default()
        }),
        UpstreamResolvers::Silent => None,
    }
}

/// Whether the World names a server.
pub fn names_upstream(cluster: &Cluster, server: IpAddr) -> bool {
    match &cluster.settings.upstream {
        UpstreamResolvers::Servers(servers) => servers.contains_key(server.to_string().as_str()),
        _ => false,
    }
}

/// A mapping is by the server's address, `default` for the others.
fn of_server(upstream: &UpstreamResolvers, server: IpAddr) -> &UpstreamResolvers {
    match upstream {
        UpstreamResolvers::Servers(servers) => {
            let own = servers.get(server.to_string().as_str());
            own.or_else(|| servers.get("default")).unwrap_or(&UpstreamResolvers::Unsaid)
        }
        whole => whole,
    }
}

/// Where the hosts of Ingresses lead, exact ones before wildcards. With a list of names outside, the list alone counts.
fn of_ingress(published: &[PublishedRecord], question: &Question) -> Option<DnsReply> {
    let labels = |name: &DnsName| name.as_str().split_once('.').map(|(_, rest)| DnsName::new(rest));
    let covers =
        |one: &&PublishedRecord| one.name.as_str().starts_with("*.") && labels(&one.name) == labels(&question.name);
    let exact = || published.iter().filter(|one| one.name == question.name);
    let found: Vec<&PublishedRecord> = match exact().next() {
        Some(_) => exact().collect(),
        None => published.iter().filter(covers).collect(),
    };
    let first = found.first()?;
    let data = match first.address {
        IpAddr::V4(address) => RecordData::A(address),
        IpAddr::V6(address) => RecordData::Aaaa(address),
    };
    let wanted = data.record_type() == question.record_type;
    let record = DnsRecord { name: question.name.clone(), ttl: TTL, data };
    let answers = if wanted { vec![record] } else { Vec::new() };
    let because = vec![Cause::Field(first.because.clone()), Cause::rule(DnsRule::OutsideIngressHost)];
    Some(DnsReply {
        answer: Answer { recursion_available: true, answers, ..Answer::default() },
        because,
        ..DnsReply::default()
    })
}

/// Nobody has said what is outside: names exist, without a known address; those that can't exist there don't.
fn reply_of_unlisted(cluster: &Cluster, question: &Question) -> DnsReply {
    if tld::cannot_exist(cluster, &question.name) {
        with_flags(DnsReply::code(Rcode::NxDomain, DnsRule::NoSuchTopLevelDomain))
    } else {
        with_flags(DnsReply::unknown(ModelGap::OutsideAddress(question.name.to_string())))
    }
}

fn with_flags(mut reply: DnsReply) -> DnsReply {
    reply.answer.recursion_available = true;
    reply
}

/// Answers from a list of records, following aliases; a name that only has names below it exists (RFC 8020).
fn from_list(records: &[DnsRecord], question: &Question) -> DnsReply {
    let mut answers: Vec<DnsRecord> = Vec::new();
    let mut name = question.name.clone();
    let list = RecordList::new(records);
    for _ in 0..=records.len() {
        // The owner stands as it was asked for: servers point to the question's name.
        let own = list.records_of(&name);
        let wanted = own.iter().filter(|record| record.data.record_type() == question.record_type);
        let wanted: Vec<DnsRecord> = wanted.cloned().collect();
        if !wanted.is_empty() {
            answers.extend(wanted);
            break;
        }
        let Some((alias, target)) = own.into_iter().find_map(alias_of) else { break };
        answers.push(alias);
        name = target;
    }
    let exists = list.has_within(&name) || list.wildcard(&name).is_some();
    let rcode = if exists { Rcode::NoError } else { Rcode::NxDomain };
    let rule = if exists { DnsRule::OutsideRecord } else { DnsRule::OutsideUnknown };
    let answer = Answer { rcode, recursion_available: true, answers, ..Answer::default() };
    DnsReply { answer, because: vec![Cause::rule(rule)], ..DnsReply::default() }
}

fn alias_of(record: DnsRecord) -> Option<(DnsRecord, DnsName)> {
    match &record.data {
        RecordData::Cname(target) => Some((record.clone(), target.clone())),
        _ => None,
    }
}
