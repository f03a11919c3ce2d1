//! CoreDNS' k8s_external plugin: Services' external addresses under a zone of their own (plugin/k8s_external,
//! plugin/kubernetes/external.go).

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::cluster::{Service, ServiceKind};
use crate::packet::{Answer, DnsName, Question, Rcode, Record, RecordData, RecordType};
use crate::trace::{Cause, DnsRule, Gap};

use super::corefile::{CorefileError, Directive};
use super::kubernetes::{Kubernetes, SERIAL, address_data, address_record, is_ready, setup};
use super::name::{join, longest_zone, reversed_address, zone_as_asked, zones_of};
use super::server::{Context, Plugin, Reply, cause};

/// The plugin's configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct External {
    /// Its zones.
    pub zones: Vec<DnsName>,
    /// The label below which its name servers stand: `dns`.
    pub apex: String,
    /// The TTL of its records.
    pub ttl: u32,
    /// Whether headless Services have names too.
    pub headless: bool,
    /// Where a name that doesn't exist goes on; None: nowhere.
    pub fallthrough: Option<Vec<DnsName>>,
}

/// Takes a `k8s_external` directive (setup.go).
pub fn read(directive: &Directive, server_zones: &[DnsName]) -> Result<External, CorefileError> {
    let named: Vec<DnsName> = directive.args.iter().flat_map(|zone| zones_of(zone)).collect();
    let zones = if named.is_empty() { server_zones.to_vec() } else { named };
    let mut external = External { zones, apex: "dns".to_owned(), ttl: 5, headless: false, fallthrough: None };
    for property in &directive.block {
        match property.name.as_str() {
            "ttl" => external.ttl = setup::ttl(property, 3600)?,
            "apex" => {
                let [apex] = property.exactly()?;
                external.apex = apex.clone();
            }
            "headless" => external.headless = true,
            "fallthrough" => external.fallthrough = Some(setup::fallthrough(property)),
            unknown => return Err(CorefileError::at(property.line, format!("unknown property '{unknown}'"))),
        }
    }
    Ok(external)
}

/// An address or name that a Service has outside, with a port and its own name below the zone.
struct Entrance {
    host: Host,
    port: Option<u16>,
    owner: String,
}

enum Host {
    Address(IpAddr),
    Name(DnsName),
}

impl External {
    /// Answers in its zones; it needs the kubernetes plugin further down the chain (external.go ServeDNS).
    pub(super) fn serve(&self, context: &Context<'_>, rest: &[Plugin], question: &Question) -> Reply {
        let kubernetes = rest.iter().find_map(|plugin| match plugin {
            Plugin::Kubernetes(kubernetes) => Some(kubernetes),
            _ => None,
        });
        let (Some(zone), Some(kubernetes)) = (longest_zone(&self.zones, &question.name), kubernetes) else {
            return context.next(rest, question);
        };
        let zone = zone_as_asked(&question.name, zone);
        let below = question.name.within(&zone).unwrap_or_default().to_ascii_lowercase();
        let apex = DnsName::new(&self.apex);
        if below.is_empty() || DnsName::new(&below).within(&apex).is_some() {
            return self.apex(&zone, &below, question);
        }
        let found = match question.record_type {
            RecordType::Ptr if reversed_address(&question.name).is_some() => {
                return self.reverse(context, kubernetes, question, &zone);
            }
            _ => self.entrances(context, kubernetes, &below),
        };
        match found {
            Err(_) if self.goes_on(&question.name) => context.next(rest, question),
            Err(rule) => self.negative(Rcode::NxDomain, rule, &zone),
            Ok(entrances) => self.answer(context, question, entrances, &zone),
        }
    }

    fn goes_on(&self, name: &DnsName) -> bool {
        self.fallthrough.as_ref().is_some_and(|zones| longest_zone(zones, name).is_some())
    }

    /// The zone itself and its name servers' names (apex.go).
    fn apex(&self, zone: &DnsName, below: &str, question: &Question) -> Reply {
        let server = join(&format!("ns1.{}", self.apex), zone);
        let record = |data| Record { name: zone.clone(), ttl: self.ttl, data };
        let answers = match question.record_type {
            RecordType::Soa if below.is_empty() => vec![self.soa(zone)],
            RecordType::Ns if below.is_empty() => vec![record(RecordData::Ns(server))],
            _ => Vec::new(),
        };
        let known = below.is_empty() || below == self.apex || below == format!("ns1.{}", self.apex);
        match (answers.is_empty(), known) {
            (false, _) => replied(answers, Vec::new(), vec![cause(DnsRule::ZoneApex)], None),
            (true, true) => self.negative(Rcode::NoError, DnsRule::ZoneApex, zone),
            (true, false) => self.negative(Rcode::NxDomain, DnsRule::TooManyLabels, zone),
        }
    }

    /// What a name below the zone means: `[_port._protocol.|endpoint.]service.namespace` (external.go External).
    fn entrances(&self, context: &Context<'_>, kubernetes: &Kubernetes, below: &str) -> Result<Vec<Entrance>, DnsRule> {
        let labels: Vec<&str> = below.split('.').rev().collect();
        let bare = |label: &str| label.strip_prefix('_').unwrap_or(label).to_owned();
        let [namespace, rest @ ..] = labels.as_slice() else { return Ok(Vec::new()) };
        if !kubernetes.exposes(context.cluster, namespace) {
            return Err(DnsRule::NoSuchNamespace);
        }
        let (service, endpoint, protocol, port) = match rest {
            [] => return Ok(Vec::new()),
            [service] => (*service, String::new(), String::new(), String::new()),
            [service, endpoint] => (*service, bare(endpoint), String::new(), String::new()),
            [service, protocol, port] => (*service, String::new(), bare(protocol), bare(port)),
            _ => return Err(DnsRule::TooManyLabels),
        };
        let service = kubernetes.service(context.cluster, namespace, service).ok_or(DnsRule::NoSuchService)?;
        let fits = |name: &str, of: &str| {
            (port.is_empty() || port.eq_ignore_ascii_case(name))
                && (protocol.is_empty() || protocol.eq_ignore_ascii_case(of))
        };
        let inside = self.headless && hosts_of(service).is_empty();
        let found = match inside && (service.kind == ServiceKind::Headless || !endpoint.is_empty()) {
            true => endpoints(context, kubernetes, service, &endpoint, &fits),
            false => outside(service, &fits),
        };
        if found.is_empty() { Err(DnsRule::ExternalAddresses) } else { Ok(found) }
    }

    fn answer(&self, context: &Context<'_>, question: &Question, entrances: Vec<Entrance>, zone: &DnsName) -> Reply {
        let because = vec![cause(DnsRule::ExternalAddresses)];
        let (answers, additional, gap) = match question.record_type {
            RecordType::A | RecordType::Aaaa => self.addresses(context, question, entrances),
            RecordType::Srv => self.ports(question, entrances, zone),
            _ => Default::default(),
        };
        match answers.is_empty() && gap.is_none() {
            true => self.negative(Rcode::NoError, DnsRule::NoRecordsOfType, zone),
            false => replied(answers, additional, because, gap),
        }
    }

    fn addresses(&self, context: &Context<'_>, question: &Question, entrances: Vec<Entrance>) -> Sections {
        let mut answers: Vec<Record> = Vec::new();
        let mut gap = None;
        for entrance in entrances {
            match entrance.host {
                Host::Address(address) => {
                    answers.extend(address_record(&question.name, address, self.ttl, question.record_type));
                }
                Host::Name(target) => {
                    let data = RecordData::Cname(target.clone());
                    answers.push(Record { name: question.name.clone(), ttl: self.ttl, data });
                    let reply = context.lookup(target, question.record_type);
                    answers.extend(reply.answer.answers);
                    gap = gap.or(reply.gap);
                }
            }
        }
        (super::kubernetes::deduplicated(answers), Vec::new(), gap)
    }

    fn ports(&self, question: &Question, entrances: Vec<Entrance>, zone: &DnsName) -> Sections {
        let weight = 100usize.checked_div(entrances.len()).unwrap_or(100).max(1) as u16;
        let mut sections = Sections::default();
        let mut seen = BTreeSet::new();
        for entrance in entrances {
            let (Host::Address(address), Some(port)) = (entrance.host, entrance.port) else { continue };
            let target = join(&entrance.owner, zone);
            if seen.insert((entrance.owner.clone(), port)) {
                let data = RecordData::Srv { priority: 0, weight, port, target: target.clone() };
                sections.0.push(Record { name: question.name.clone(), ttl: self.ttl, data });
            }
            sections.1.push(Record { name: target, ttl: self.ttl, data: address_data(address) });
        }
        sections.1 = super::kubernetes::deduplicated(sections.1);
        sections
    }

    /// The Services that have an address outside (ExternalReverse).
    fn reverse(&self, context: &Context<'_>, kubernetes: &Kubernetes, question: &Question, zone: &DnsName) -> Reply {
        let Some(address) = reversed_address(&question.name) else {
            return self.negative(Rcode::NxDomain, DnsRule::NoSuchAddress, zone);
        };
        let having = context.cluster.services_at(address).filter(|service| {
            hosts_of(service).iter().any(|host| matches!(host, Host::Address(own) if *own == address))
        });
        let exposed = having.filter(|service| kubernetes.exposes(context.cluster, service.namespace()));
        let target_zone = self.zones.first().cloned().unwrap_or_default();
        let pointer = |service: &Service| Record {
            name: question.name.clone(),
            ttl: self.ttl,
            data: RecordData::Ptr(join(&format!("{}.{}", service.name(), service.namespace()), &target_zone)),
        };
        let answers: Vec<Record> = exposed.map(pointer).collect();
        match answers.is_empty() {
            true => self.negative(Rcode::NxDomain, DnsRule::NoSuchAddress, zone),
            false => replied(answers, Vec::new(), vec![cause(DnsRule::ExternalAddresses)], None),
        }
    }

    fn negative(&self, rcode: Rcode, rule: DnsRule, zone: &DnsName) -> Reply {
        let answer = Answer { rcode, authoritative: true, authority: vec![self.soa(zone)], ..Answer::default() };
        Reply { answer, because: vec![cause(rule)], gap: None }
    }

    fn soa(&self, zone: &DnsName) -> Record {
        let data = RecordData::Soa {
            mname: join(&format!("ns1.{}", self.apex), zone),
            rname: join(&format!("hostmaster.{}", self.apex), zone),
            serial: SERIAL,
            refresh: 7200,
            retry: 1800,
            expire: 86400,
            minimum: self.ttl,
        };
        Record { name: zone.clone(), ttl: self.ttl, data }
    }
}

/// Answers, additional records, what is missing.
type Sections = (Vec<Record>, Vec<Record>, Option<Gap>);

fn replied(answers: Vec<Record>, additional: Vec<Record>, because: Vec<Cause>, gap: Option<Gap>) -> Reply {
    let answer = Answer { authoritative: true, answers, additional, ..Answer::default() };
    Reply { answer, because, gap }
}

/// spec.externalIPs and the load balancer's entrances (object/service.go: both make ExternalIPs).
fn hosts_of(service: &Service) -> Vec<Host> {
    let own = service.external_ips.iter().map(|address| Host::Address(*address));
    let given = service.load_balancer.iter().filter_map(|ingress| match (ingress.ip, &ingress.hostname) {
        (Some(address), _) => Some(Host::Address(address)),
        (None, Some(name)) => Some(Host::Name(DnsName::new(name))),
        (None, None) => None,
    });
    own.chain(given).collect()
}

fn outside(service: &Service, fits: &dyn Fn(&str, &str) -> bool) -> Vec<Entrance> {
    let owner = format!("{}.{}", service.name(), service.namespace());
    let ports = || service.ports.iter().filter(|port| fits(&port.name, &port.protocol.to_string()));
    let at = |host: &Host| match host {
        Host::Address(address) => Host::Address(*address),
        Host::Name(name) => Host::Name(name.clone()),
    };
    let hosts = hosts_of(service);
    let pairs = hosts.iter().flat_map(|host| ports().map(move |port| (at(host), port.port)));
    let entrances: Vec<Entrance> =
        pairs.map(|(host, port)| Entrance { host, port: Some(port), owner: owner.clone() }).collect();
    without_repeated_names(entrances)
}

/// A name of several ports is one alias.
fn without_repeated_names(entrances: Vec<Entrance>) -> Vec<Entrance> {
    let mut names: Vec<DnsName> = Vec::new();
    let keep = |entrance: &Entrance| match &entrance.host {
        Host::Address(_) => true,
        Host::Name(name) if names.contains(name) => false,
        Host::Name(name) => {
            names.push(name.clone());
            true
        }
    };
    let mut keep = keep;
    entrances.into_iter().filter(|entrance| keep(entrance)).collect()
}

fn endpoints(
    context: &Context<'_>,
    kubernetes: &Kubernetes,
    service: &Service,
    endpoint: &str,
    fits: &dyn Fn(&str, &str) -> bool,
) -> Vec<Entrance> {
    let mut entrances = Vec::new();
    for slice in kubernetes.slices(context.cluster, service.namespace(), service.name()) {
        for ready in slice.endpoints.iter().filter(|endpoint| is_ready(endpoint)) {
            for address in &ready.addresses {
                let name = kubernetes.endpoint_name(ready, *address);
                if !endpoint.is_empty() && !name.eq_ignore_ascii_case(endpoint) {
                    continue;
                }
                let ports = slice
                    .ports
                    .iter()
                    .filter(|port| fits(port.name.as_deref().unwrap_or_default(), &port.protocol.to_string()));
                let owner = format!("{name}.{}.{}", service.name(), service.namespace());
                let entrance =
                    |port: Option<u16>| Entrance { host: Host::Address(*address), port, owner: owner.clone() };
                match slice.ports.is_empty() && fits("", "") {
                    true => entrances.push(entrance(None)),
                    false => entrances.extend(ports.map(|port| entrance(port.port))),
                }
            }
        }
    }
    entrances
}
