//! CoreDNS' kubernetes plugin: what of the cluster stands in the zone (plugin/kubernetes, the Kubernetes DNS
//! specification 1.1.0).

use std::collections::BTreeSet;

use crate::packet::{Answer, DnsName, DnsRecord, Question, Rcode, RecordData, RecordType};
use crate::trace::{Cause, DnsRule, ModelGap};

use super::context::{DnsPlugin, PluginChain, QueryContext};
use super::name::{join, longest_zone, zone_as_asked};
use super::reply::DnsReply;

mod watched;
mod records;
mod reverse;
mod answer;
pub mod setup;

pub(super) use records::{RecordHost, is_ready};
pub(super) use reverse::name_servers_for;
pub use watched::{KubernetesPlugin, PodMode, SERIAL};

use watched::{NameError, ZoneQuery, ZoneRecords};

/// The kinds from which the plugin makes records (kubernetes/controller.go).
const WATCHED: [&str; 4] = ["services", "endpointslices", "namespaces", "pods"];

impl DnsPlugin for KubernetesPlugin {
    /// Answers, or hands on what lies in no zone of its own (handler.go ServeDNS).
    fn serve(&self, context: &QueryContext<'_>, rest: PluginChain<'_>, question: &Question) -> DnsReply {
        let Some(zone) = longest_zone(&self.zones, &question.name) else { return context.next(rest, question) };
        if matches!(question.record_type, RecordType::Other(251 | 252)) {
            return DnsReply::code(Rcode::Refused, DnsRule::TransferRefused);
        }
        if longest_zone(&self.multicluster, &question.name).is_some() {
            return DnsReply::unknown(ModelGap::CoreDnsPlugin("kubernetes multicluster".to_owned()));
        }
        let asked = ZoneQuery { plugin: self, context, zone: zone_as_asked(&question.name, zone) };
        let found = asked.find(question);
        // What isn't there may only be unread.
        let is_absent = found.as_ref().map_or(true, |found| found.answers.is_empty() && found.gap.is_none());
        if let Some(kind) = context.cluster.unread.find(&WATCHED, &[], None).filter(|_| is_absent) {
            return DnsReply::unknown(ModelGap::Unread(kind.clone()));
        }
        match found {
            Ok(found) => asked.reply(found, question),
            Err(_) if self.falls_through(&question.name) => context.next(rest, question),
            Err(NameError(because)) => asked.negative(Rcode::NxDomain, because),
        }
    }
}

impl ZoneQuery<'_> {
    fn find(&self, question: &Question) -> Result<ZoneRecords, NameError> {
        let name = &question.name;
        let apex = *name == self.zone;
        match question.record_type {
            RecordType::A | RecordType::Aaaa => self.addresses(name, question.record_type, &mut Vec::new()),
            RecordType::Cname => self.cname(name),
            RecordType::Srv => self.srv(name),
            RecordType::Txt => self.txt(name),
            RecordType::Ptr => self.ptr(name),
            RecordType::Soa => Ok(self.soa_question(apex)),
            // The zone is compared with the name in small letters (handler.go, TypeNS).
            RecordType::Ns if apex && self.zone_is_lower() => Ok(self.name_servers()),
            // A hidden lookup tells a name without such records from one that doesn't exist.
            RecordType::Ns | RecordType::Mx | RecordType::Other(_) => {
                let found = self.addresses(name, RecordType::A, &mut Vec::new())?;
                Ok(ZoneRecords { answers: Vec::new(), gap: None, ..found })
            }
        }
    }

    /// Below the apex nothing is looked up: even names that don't exist have no SOA record (handler.go, TypeSOA).
    fn soa_question(&self, apex: bool) -> ZoneRecords {
        let answers = if apex { vec![self.soa()] } else { Vec::new() };
        let rule = if apex { DnsRule::ZoneApex } else { DnsRule::NoRecordsOfType };
        ZoneRecords { answers, because: vec![Cause::rule(rule)], ..ZoneRecords::default() }
    }

    fn reply(&self, found: ZoneRecords, question: &Question) -> DnsReply {
        if found.answers.is_empty() && found.gap.is_none() {
            let mut because = found.because;
            if question.record_type != RecordType::Soa {
                because.insert(0, Cause::rule(DnsRule::NoRecordsOfType));
            }
            return self.negative(Rcode::NoError, because);
        }
        let answer = Answer {
            authoritative: true,
            answers: deduplicated(found.answers),
            additional: deduplicated(found.additional),
            ..Answer::default()
        };
        DnsReply { answer, because: found.because, gap: found.gap, ..DnsReply::default() }
    }

    /// NXDOMAIN or NODATA, with the zone's SOA (plugin.BackendError).
    fn negative(&self, rcode: Rcode, because: Vec<Cause>) -> DnsReply {
        let answer = Answer { rcode, authoritative: true, authority: vec![self.soa()], ..Answer::default() };
        DnsReply { answer, because, ..DnsReply::default() }
    }

    fn soa(&self) -> DnsRecord {
        soa(&self.zone, self.plugin.ttl)
    }
}

/// The SOA that CoreDNS makes up for a zone (plugin.SOA): its own TTL is at most 300.
pub(super) fn soa(zone: &DnsName, ttl: u32) -> DnsRecord {
    let data = RecordData::Soa {
        mname: join("ns.dns", zone),
        rname: join("hostmaster", zone),
        serial: SERIAL,
        refresh: 7200,
        retry: 1800,
        expire: 86400,
        minimum: ttl,
    };
    DnsRecord { name: zone.clone(), ttl: ttl.min(300), data }
}

/// Without repeated records (dnsutil.Dedup), the first of each kept. Few answers are long; those are sorted by text.
pub(super) fn deduplicated(records: Vec<DnsRecord>) -> Vec<DnsRecord> {
    if records.len() < 2 {
        return records;
    }
    let mut seen = BTreeSet::new();
    records.into_iter().filter(|record| seen.insert(format!("{} {}", record.name, record.data))).collect()
}
