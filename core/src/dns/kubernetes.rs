//! CoreDNS' kubernetes plugin: what of the cluster stands in the zone (plugin/kubernetes, the Kubernetes DNS
//! specification 1.1.0).

use std::collections::BTreeSet;

use crate::cluster::{Cluster, EndpointSlice, Service};
use crate::model::LabelSelector;
use crate::packet::{Answer, DnsName, Question, Rcode, Record, RecordData, RecordType};
use crate::trace::{Cause, DnsRule, Gap};

use super::name::{join, longest_zone, zone_as_asked};
use super::server::{Context, Plugin, Reply, cause};

mod answer;
mod records;
mod reverse;
pub mod setup;

pub(super) use answer::{address_data, address_record};
pub(super) use records::is_ready;

/// The plugin's configuration.
#[derive(Clone, Debug)]
pub struct Kubernetes {
    /// The zones, reverse ones included.
    pub zones: Vec<DnsName>,
    /// The first zone that isn't reverse: PTR records point into it.
    pub primary: DnsName,
    /// What becomes of names of pod addresses.
    pub pods: PodMode,
    /// The TTL of its records.
    pub ttl: u32,
    /// The zones in which a name that doesn't exist goes on to the next plugin; None: nowhere.
    pub fallthrough: Option<Vec<DnsName>>,
    /// `namespaces`; empty for all.
    pub namespaces: BTreeSet<String>,
    /// `namespace_labels`
    pub namespace_labels: Option<LabelSelector>,
    /// `labels`, of Services and slices.
    pub labels: Option<LabelSelector>,
    /// False with `noendpoints`.
    pub endpoints: bool,
    /// `endpoint_pod_names`
    pub endpoint_pod_names: bool,
    /// `ignore empty_service`
    pub ignore_empty_service: bool,
    /// `zonal`
    pub zonal: bool,
    /// `ptr_hostname_only`
    pub ptr_hostname_only: bool,
    /// `multicluster`: zones of ServiceImports, which aren't modelled.
    pub multicluster: Vec<DnsName>,
}

/// `pods`: what becomes of names of pod addresses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PodMode {
    /// They don't exist.
    #[default]
    Disabled,
    /// Every address has a name in every namespace.
    Insecure,
    /// Only addresses of running pods.
    Verified,
}

/// The SOA's serial. CoreDNS takes the time of the last change; here time stands still.
pub const SERIAL: u32 = 1_700_000_000;

/// A name doesn't exist, and why.
struct Missing(Vec<Cause>);

/// What was found for a name of a type.
#[derive(Default)]
struct Found {
    answers: Vec<Record>,
    additional: Vec<Record>,
    because: Vec<Cause>,
    gap: Option<Gap>,
}

impl Kubernetes {
    /// Answers, or hands on what lies in no zone of its own (handler.go ServeDNS).
    pub fn serve(&self, context: &Context<'_>, rest: &[Plugin], question: &Question) -> Reply {
        let Some(zone) = longest_zone(&self.zones, &question.name) else { return context.next(rest, question) };
        if matches!(question.record_type, RecordType::Other(251 | 252)) {
            return Reply::code(Rcode::Refused, DnsRule::TransferRefused);
        }
        if longest_zone(&self.multicluster, &question.name).is_some() {
            return Reply::unknown(Gap::CoreDnsPlugin("kubernetes multicluster".to_owned()));
        }
        let asked = Asked { plugin: self, context, zone: zone_as_asked(&question.name, zone) };
        match asked.find(question) {
            Ok(found) => asked.reply(found, question),
            Err(_) if self.falls_through(&question.name) => context.next(rest, question),
            Err(Missing(because)) => asked.negative(Rcode::NxDomain, because),
        }
    }

    fn falls_through(&self, name: &DnsName) -> bool {
        self.fallthrough.as_ref().is_some_and(|zones| longest_zone(zones, name).is_some())
    }

    /// Whether a namespace exists and is served.
    pub(super) fn exposes(&self, cluster: &Cluster, namespace: &str) -> bool {
        let named = self.namespaces.is_empty() || self.namespaces.contains(namespace);
        let labels = cluster.namespaces.get(namespace);
        let selected = |selector: &LabelSelector| labels.is_some_and(|labels| selector.matches(labels));
        named && labels.is_some() && self.namespace_labels.as_ref().is_none_or(selected)
    }

    /// A Service that the plugin watches.
    pub(super) fn service<'c>(&self, cluster: &'c Cluster, namespace: &str, name: &str) -> Option<&'c Service> {
        cluster.services.get(namespace, name).filter(|service| self.selects(service))
    }

    /// Whether `labels` lets a Service in.
    pub(super) fn selects(&self, service: &Service) -> bool {
        self.labels.as_ref().is_none_or(|selector| selector.matches(&service.object.metadata.labels))
    }

    /// The slices of a Service that the plugin watches; none with `noendpoints`.
    pub(super) fn slices<'c>(
        &'c self,
        cluster: &'c Cluster,
        namespace: &str,
        name: &str,
    ) -> impl Iterator<Item = &'c EndpointSlice> {
        let slices = cluster.slices_of(namespace, name).iter();
        let selected = |slice: &&EndpointSlice| self.labels.as_ref().is_none_or(|labels| labels.matches(&slice.labels));
        slices.filter(|_| self.endpoints).filter(selected)
    }
}

/// A question within one of the plugin's zones.
struct Asked<'a> {
    plugin: &'a Kubernetes,
    context: &'a Context<'a>,
    /// The zone, in the question's letters.
    zone: DnsName,
}

impl Asked<'_> {
    fn find(&self, question: &Question) -> Result<Found, Missing> {
        let name = &question.name;
        let apex = *name == self.zone;
        match question.record_type {
            RecordType::A | RecordType::Aaaa => self.addresses(name, question.record_type, &mut Vec::new()),
            RecordType::Cname => self.cname(name),
            RecordType::Srv => self.srv(name),
            RecordType::Txt => self.txt(name),
            RecordType::Ptr => self.ptr(name),
            RecordType::Soa => Ok(self.soa_question(apex)),
            RecordType::Ns if apex => Ok(self.name_servers()),
            // A hidden lookup tells a name without such records from one that doesn't exist.
            RecordType::Ns | RecordType::Mx | RecordType::Other(_) => {
                let found = self.addresses(name, RecordType::A, &mut Vec::new())?;
                Ok(Found { answers: Vec::new(), gap: None, ..found })
            }
        }
    }

    /// Below the apex nothing is looked up: even names that don't exist have no SOA record (handler.go, TypeSOA).
    fn soa_question(&self, apex: bool) -> Found {
        let answers = if apex { vec![self.soa()] } else { Vec::new() };
        let rule = if apex { DnsRule::ZoneApex } else { DnsRule::NoRecordsOfType };
        Found { answers, because: vec![cause(rule)], ..Found::default() }
    }

    fn reply(&self, found: Found, question: &Question) -> Reply {
        if found.answers.is_empty() && found.gap.is_none() {
            let mut because = found.because;
            if question.record_type != RecordType::Soa {
                because.insert(0, cause(DnsRule::NoRecordsOfType));
            }
            return self.negative(Rcode::NoError, because);
        }
        let answer = Answer {
            authoritative: true,
            answers: deduplicated(found.answers),
            additional: deduplicated(found.additional),
            ..Answer::default()
        };
        Reply { answer, because: found.because, gap: found.gap }
    }

    /// NXDOMAIN or NODATA, with the zone's SOA (plugin.BackendError).
    fn negative(&self, rcode: Rcode, because: Vec<Cause>) -> Reply {
        let answer = Answer { rcode, authoritative: true, authority: vec![self.soa()], ..Answer::default() };
        Reply { answer, because, gap: None }
    }

    fn soa(&self) -> Record {
        soa(&self.zone, self.plugin.ttl)
    }
}

/// The SOA that CoreDNS makes up for a zone (plugin.SOA): its own TTL is at most 300.
pub(super) fn soa(zone: &DnsName, ttl: u32) -> Record {
    let data = RecordData::Soa {
        mname: join("ns.dns", zone),
        rname: join("hostmaster", zone),
        serial: SERIAL,
        refresh: 7200,
        retry: 1800,
        expire: 86400,
        minimum: ttl,
    };
    Record { name: zone.clone(), ttl: ttl.min(300), data }
}

/// Without repeated records (dnsutil.Dedup), the first of each kept. Few answers are long; those are sorted by text.
pub(super) fn deduplicated(records: Vec<Record>) -> Vec<Record> {
    if records.len() < 2 {
        return records;
    }
    let mut seen = BTreeSet::new();
    records.into_iter().filter(|record| seen.insert(format!("{} {}", record.name, record.data))).collect()
}
