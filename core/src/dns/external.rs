//! CoreDNS' k8s_external plugin: Services' external addresses under a zone of their own (plugin/k8s_external,
//! plugin/kubernetes/external.go).

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use crate::cluster::{Service, ServiceKind};
use crate::packet::{Answer, DnsName, DnsRecord, Question, Rcode, RecordData, RecordType};
use crate::trace::{Cause, DnsRule, ModelGap};

use super::context::{DnsPlugin, PluginChain, QueryContext};
use super::corefile::{CorefileError, Directive};
use super::kubernetes::{KubernetesPlugin, RecordHost, SERIAL, is_ready, name_servers_for};
use super::name::{address_data, address_record, join, longest_zone, reversed_address};
use super::reply::DnsReply;
use super::setup::{fallthrough, ttl, zones_or};

/// The plugin's configuration.
#[derive(Clone, Debug)]
pub struct ExternalNames {
    /// The plugin that knows the Services.
    pub kubernetes: Arc<KubernetesPlugin>,
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

/// Takes a `k8s_external` directive (setup.go); it needs the plugin kubernetes in its server block.
pub fn read(
    directive: &Directive,
    server_zones: &[DnsName],
    kubernetes: Option<&Arc<KubernetesPlugin>>,
) -> Result<ExternalNames, CorefileError> {
    let mut apex = "dns".to_owned();
    let (mut seconds, mut headless, mut through) = (5, false, None);
    for property in &directive.block {
        match property.name.as_str() {
            "ttl" => seconds = ttl(property, 3600)?,
            "apex" => apex = property.some()?.first().cloned().unwrap_or_default(),
            "headless" => headless = true,
            "fallthrough" => through = Some(fallthrough(property)),
            unknown => return Err(CorefileError::at(property.line, format!("unknown property '{unknown}'"))),
        }
    }
    let Some(kubernetes) = kubernetes.cloned() else {
        return Err(CorefileError::plain("kubernetes plugin not loaded"));
    };
    let zones = zones_or(&directive.args, server_zones);
    Ok(ExternalNames { kubernetes, zones, apex, ttl: seconds, headless, fallthrough: through })
}

/// An address or name that a Service has outside, with a port and its own name below the zone.
struct ExternalEndpoint {
    host: RecordHost,
    port: Option<u16>,
    owner: String,
}

impl DnsPlugin for ExternalNames {
    /// Answers in its zones (external.go ServeDNS).
    fn serve(&self, context: &QueryContext<'_>, rest: PluginChain<'_>, question: &Question) -> DnsReply {
        let Some(zone) = longest_zone(&self.zones, &question.name) else { return context.next(rest, question) };
        let below = question.name.within(zone).unwrap_or_default().to_ascii_lowercase();
        let apex = DnsName::new(&self.apex);
        if below.is_empty() || DnsName::new(&below).within(&apex).is_some() {
            return self.apex(context, zone, &below, question);
        }
        let found = match question.record_type {
            RecordType::Ptr if reversed_address(&question.name).is_some() => {
                return self.reverse(context, question, zone);
            }
            _ => self.entrances(context, &below),
        };
        match found {
            Err(_) if self.goes_on(&question.name) => context.next(rest, question),
            Err(rule) => self.negative(Rcode::NxDomain, rule, zone),
            Ok(entrances) => self.answer(context, question, entrances, zone),
        }
    }
}

impl ExternalNames {
    fn goes_on(&self, name: &DnsName) -> bool {
        self.fallthrough.as_ref().is_some_and(|zones| longest_zone(zones, name).is_some())
    }

    /// The zone itself and its name servers' names (apex.go).
    fn apex(&self, context: &QueryContext<'_>, zone: &DnsName, below: &str, question: &Question) -> DnsReply {
        // 1. The name server's name and addresses.
        let own = join(&format!("ns1.{}", self.apex), zone);
        let record = |data| DnsRecord { name: zone.clone(), ttl: self.ttl, data };
        let addresses = || self.name_server_addresses(context);
        let named = |address: IpAddr, name: &DnsName| DnsRecord {
            name: name.clone(),
            ttl: self.ttl,
            data: address_data(address),
        };
        // 2. What is asked of the zone or of that name.
        let is_server = below == format!("ns1.{}", self.apex);
        let (answers, additional) = match question.record_type {
            RecordType::Soa if below.is_empty() => (vec![self.soa(zone)], Vec::new()),
            RecordType::Ns if below.is_empty() => {
                let glue = join(&format!("ns1.{}", self.apex), &question.name);
                let additional = addresses().into_iter().map(|address| named(address, &glue)).collect();
                (vec![record(RecordData::Ns(own))], additional)
            }
            kind @ (RecordType::A | RecordType::Aaaa) if is_server => {
                let of_kind = |address| address_record(&question.name, address, self.ttl, kind);
                (addresses().into_iter().filter_map(of_kind).collect(), Vec::new())
            }
            _ => Default::default(),
        };
        // 3. Nothing of the type there, or no such name.
        match (answers.is_empty(), below.is_empty() || below == self.apex || is_server) {
            (false, _) => authoritative_reply(answers, additional, vec![Cause::rule(DnsRule::ZoneApex)], None),
            (true, true) => self.negative(Rcode::NoError, DnsRule::ZoneApex, zone),
            (true, false) => self.negative(Rcode::NxDomain, DnsRule::TooManyLabels, zone),
        }
    }

    /// The addresses outside of the Services in front of CoreDNS; of CoreDNS itself where the plugin kubernetes knows no
    /// endpoints (ExternalAddress).
    fn name_server_addresses(&self, context: &QueryContext<'_>) -> Vec<IpAddr> {
        let of_service = |service: &Service| {
            let outside = hosts_of(service).into_iter().filter_map(|host| match host {
                RecordHost::Address(address) => Some((String::new(), address, None)),
                RecordHost::Name(_) => None,
            });
            outside.collect()
        };
        let servers = name_servers_for(&self.kubernetes, context, &of_service);
        servers.map_or_else(
            || context.local.to_vec(),
            |servers| servers.into_iter().map(|(_, address, _)| address).collect(),
        )
    }

    /// What a name below the zone means: `[_port._protocol.|endpoint.]service.namespace` (external.go External).
    fn entrances(&self, context: &QueryContext<'_>, below: &str) -> Result<Vec<ExternalEndpoint>, DnsRule> {
        // 1. The labels from behind, the namespace first.
        let kubernetes = &*self.kubernetes;
        let labels: Vec<&str> = below.split('.').rev().collect();
        let bare = |label: &str| label.strip_prefix('_').unwrap_or(label).to_owned();
        let [namespace, rest @ ..] = labels.as_slice() else { return Ok(Vec::new()) };
        if !kubernetes.exposes(context.cluster, namespace) {
            return Err(DnsRule::NoSuchNamespace);
        }
        // 2. Service, endpoint, or port with protocol.
        let (service, endpoint, protocol, port) = match rest {
            [] => return Ok(Vec::new()),
            [service] => (*service, String::new(), String::new(), String::new()),
            [service, endpoint] => (*service, bare(endpoint), String::new(), String::new()),
            [service, protocol, port] => (*service, String::new(), bare(protocol), bare(port)),
            _ => return Err(DnsRule::TooManyLabels),
        };
        let service = kubernetes.service(context.cluster, namespace, service).ok_or(DnsRule::NoSuchService)?;
        // 3. The endpoints of a headless Service, else the addresses for the outside.
        let fits = |name: &str, of: &str| {
            (port.is_empty() || port.eq_ignore_ascii_case(name))
                && (protocol.is_empty() || protocol.eq_ignore_ascii_case(of))
        };
        let inside = self.headless && hosts_of(service).is_empty();
        let found = if inside && (service.kind == ServiceKind::Headless || !endpoint.is_empty()) {
            endpoints(context, kubernetes, service, &endpoint, &fits)
        } else {
            external_endpoints(service, &fits)
        };
        if found.is_empty() { Err(DnsRule::ExternalAddresses) } else { Ok(found) }
    }

    fn answer(
        &self,
        context: &QueryContext<'_>,
        question: &Question,
        entrances: Vec<ExternalEndpoint>,
        zone: &DnsName,
    ) -> DnsReply {
        let because = vec![Cause::rule(DnsRule::ExternalAddresses)];
        let (answers, additional, gap) = match question.record_type {
            RecordType::A | RecordType::Aaaa => self.addresses(context, question, entrances),
            RecordType::Srv => self.ports(context, question, entrances, zone),
            _ => Default::default(),
        };
        if answers.is_empty() && gap.is_none() {
            self.negative(Rcode::NoError, DnsRule::NoRecordsOfType, zone)
        } else {
            authoritative_reply(answers, additional, because, gap)
        }
    }

    fn addresses(
        &self,
        context: &QueryContext<'_>,
        question: &Question,
        entrances: Vec<ExternalEndpoint>,
    ) -> ExternalSections {
        let mut answers: Vec<DnsRecord> = Vec::new();
        let mut gap = None;
        let mut seen = BTreeSet::new();
        for entrance in entrances {
            match entrance.host {
                // An address of several ports stands once, a name once a port.
                RecordHost::Address(address) if !seen.insert(address) => {}
                RecordHost::Address(address) => {
                    answers.extend(address_record(&question.name, address, self.ttl, question.record_type));
                }
                RecordHost::Name(target) => {
                    let data = RecordData::Cname(target.clone());
                    // The TTL is that of the plugin kubernetes, as is SRV's.
                    answers.push(DnsRecord { name: question.name.clone(), ttl: self.kubernetes.ttl, data });
                    let reply = context.lookup(target, question.record_type);
                    answers.extend(reply.answer.answers);
                    gap = gap.or(reply.gap);
                }
            }
        }
        (answers, Vec::new(), gap)
    }

    fn ports(
        &self,
        context: &QueryContext<'_>,
        question: &Question,
        entrances: Vec<ExternalEndpoint>,
        zone: &DnsName,
    ) -> ExternalSections {
        // 1. All weigh the same.
        let weight = 100usize.checked_div(entrances.len()).unwrap_or(100).max(1) as u16;
        let mut sections = ExternalSections::default();
        let (mut seen, mut looked_up) = (BTreeSet::new(), BTreeSet::new());
        for entrance in entrances {
            let Some(port) = entrance.port else { continue };
            // 2. A record per target and port.
            let target = match &entrance.host {
                RecordHost::Address(_) => join(&entrance.owner, zone),
                RecordHost::Name(name) => name.clone(),
            };
            if seen.insert((target.clone(), port)) {
                let data = RecordData::Srv { priority: 0, weight, port, target: target.clone() };
                sections.0.push(DnsRecord { name: question.name.clone(), ttl: self.kubernetes.ttl, data });
            }
            // 3. The target's addresses, looked up where it is a name.
            match entrance.host {
                RecordHost::Address(address) => {
                    sections.1.push(DnsRecord { name: target, ttl: self.ttl, data: address_data(address) });
                }
                RecordHost::Name(name) if looked_up.insert(name.clone()) => {
                    for kind in [RecordType::A, RecordType::Aaaa] {
                        let reply = context.lookup(name.clone(), kind);
                        sections.1.extend(reply.answer.answers);
                        sections.2 = sections.2.or(reply.gap);
                    }
                }
                RecordHost::Name(_) => {}
            }
        }
        // 4. Each address once.
        sections.1 = super::kubernetes::deduplicated(sections.1);
        sections
    }

    /// The Services that have an address outside (ExternalReverse).
    fn reverse(&self, context: &QueryContext<'_>, question: &Question, zone: &DnsName) -> DnsReply {
        let kubernetes = &*self.kubernetes;
        let Some(address) = reversed_address(&question.name) else {
            return self.negative(Rcode::NxDomain, DnsRule::NoSuchAddress, zone);
        };
        let having = context.cluster.services_at(address).filter(|service| {
            hosts_of(service).iter().any(|host| matches!(host, RecordHost::Address(own) if *own == address))
        });
        let exposed = having.filter(|service| kubernetes.exposes(context.cluster, service.namespace()));
        let target_zone = self.zones.first().cloned().unwrap_or_default();
        let pointer = |service: &Service| DnsRecord {
            name: question.name.clone(),
            ttl: self.ttl,
            data: RecordData::Ptr(join(&format!("{}.{}", service.name(), service.namespace()), &target_zone)),
        };
        let answers: Vec<DnsRecord> = exposed.map(pointer).collect();
        if answers.is_empty() {
            self.negative(Rcode::NxDomain, DnsRule::NoSuchAddress, zone)
        } else {
            authoritative_reply(answers, Vec::new(), vec![Cause::rule(DnsRule::ExternalAddresses)], None)
        }
    }

    fn negative(&self, rcode: Rcode, rule: DnsRule, zone: &DnsName) -> DnsReply {
        let answer = Answer { rcode, authoritative: true, authority: vec![self.soa(zone)], ..Answer::default() };
        DnsReply::new(answer, rule)
    }

    fn soa(&self, zone: &DnsName) -> DnsRecord {
        let data = RecordData::Soa {
            mname: join(&format!("ns1.{}", self.apex), zone),
            rname: join(&format!("hostmaster.{}", self.apex), zone),
            serial: SERIAL,
            refresh: 7200,
            retry: 1800,
            expire: 86400,
            minimum: self.ttl,
        };
        DnsRecord { name: zone.clone(), ttl: self.ttl, data }
    }
}

/// Answers, additional records, what is missing.
type ExternalSections = (Vec<DnsRecord>, Vec<DnsRecord>, Option<ModelGap>);

fn authoritative_reply(
    answers: Vec<DnsRecord>,
    additional: Vec<DnsRecord>,
    because: Vec<Cause>,
    gap: Option<ModelGap>,
) -> DnsReply {
    let answer = Answer { authoritative: true, answers, additional, ..Answer::default() };
    DnsReply { answer, because, gap, ..DnsReply::default() }
}

/// spec.externalIPs and the load balancer's entrances (object/service.go: both make ExternalIPs).
fn hosts_of(service: &Service) -> Vec<RecordHost> {
    let own = service.external_ips.iter().map(|address| RecordHost::Address(*address));
    let given = service.load_balancer.iter().filter_map(|ingress| match (ingress.ip, &ingress.hostname) {
        (Some(address), _) => Some(RecordHost::Address(address)),
        (None, Some(name)) => Some(RecordHost::Name(DnsName::new(name))),
        (None, None) => None,
    });
    own.chain(given).collect()
}

fn external_endpoints(service: &Service, fits: &dyn Fn(&str, &str) -> bool) -> Vec<ExternalEndpoint> {
    let owner = format!("{}.{}", service.name(), service.namespace());
    let ports = || service.ports.iter().filter(|port| fits(&port.name, &port.protocol.to_string()));
    let hosts = hosts_of(service);
    let pairs = hosts.iter().flat_map(|host| ports().map(move |port| (host.clone(), port.port)));
    pairs.map(|(host, port)| ExternalEndpoint { host, port: Some(port), owner: owner.clone() }).collect()
}

fn endpoints(
    context: &QueryContext<'_>,
    kubernetes: &KubernetesPlugin,
    service: &Service,
    endpoint: &str,
    fits: &dyn Fn(&str, &str) -> bool,
) -> Vec<ExternalEndpoint> {
    let mut entrances = Vec::new();
    for slice in kubernetes.slices(context.cluster, service.namespace(), service.name()) {
        for ready in slice.endpoints.iter().filter(|endpoint| is_ready(endpoint)) {
            for (name, host) in kubernetes.named_hosts(ready) {
                if !endpoint.is_empty() && !name.eq_ignore_ascii_case(endpoint) {
                    continue;
                }
                let ports = slice
                    .ports
                    .iter()
                    .filter(|port| fits(port.name.as_deref().unwrap_or_default(), &port.protocol.to_string()));
                let owner = format!("{name}.{}.{}", service.name(), service.namespace());
                let entrance = |port: Option<u16>| ExternalEndpoint { host: host.clone(), port, owner: owner.clone() };
                if slice.ports.is_empty() && fits("", "") {
                    entrances.push(entrance(None))
                } else {
                    entrances.extend(ports.map(|port| entrance(port.port)))
                }
            }
        }
    }
    entrances
}
