//! CoreDNS' hosts plugin: names and addresses in the way of /etc/hosts (plugin/hosts).

use crate::packet::{Answer, DnsName, Question, Rcode, Record, RecordData, RecordType};
use crate::trace::{DnsRule, HostsEntry};

use super::corefile::{CorefileError, Directive, Property};
use super::files::Files;
use super::kubernetes::setup;
use super::name::{longest_zone, reversed_address, zones_of};
use super::pod::hosts_entries;
use super::server::{Context, Plugin, Reply, cause};

/// The plugin's configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hosts {
    /// The zones in which it answers addresses.
    pub zones: Vec<DnsName>,
    /// The lines.
    pub entries: Vec<HostsEntry>,
    /// The TTL of its records.
    pub ttl: u32,
    /// Whether addresses have names.
    pub reverse: bool,
    /// Where a name that it doesn't list goes on; None: nowhere.
    pub fallthrough: Option<Vec<DnsName>>,
}

/// What every machine's /etc/hosts holds, CoreDNS' pod's too.
const LOCALHOST: &str = "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n";

/// Takes a `hosts` directive: [FILE [ZONE…]], lines, options. Of files those are known that CoreDNS' ConfigMaps
/// hold; None for any other.
pub fn read(directive: &Directive, zones: &[DnsName], files: &Files) -> Result<Option<Hosts>, CorefileError> {
    let (file, named) = directive.args.split_first().map_or((None, &[][..]), |(file, zones)| (Some(file), zones));
    let content = match file.map(String::as_str) {
        None | Some("/etc/hosts") => Some(LOCALHOST),
        Some(path) => files.get(path),
    };
    let named: Vec<DnsName> = named.iter().flat_map(|zone| zones_of(zone)).collect();
    let mut hosts = Hosts {
        zones: if named.is_empty() { zones.to_vec() } else { named },
        entries: content.map(hosts_entries).unwrap_or_default(),
        ttl: 3600,
        reverse: true,
        fallthrough: None,
    };
    for property in &directive.block {
        hosts.set(property)?;
    }
    Ok(content.map(|_| hosts))
}

impl Hosts {
    fn set(&mut self, property: &Property) -> Result<(), CorefileError> {
        match property.name.as_str() {
            "fallthrough" => self.fallthrough = Some(setup::fallthrough(property)),
            "no_reverse" => self.reverse = property.exactly::<0>().map(|_| false)?,
            "ttl" => {
                let [_] = property.exactly()?;
                self.ttl = setup::ttl(property, 65535)?;
            }
            "reload" => {
                property.exactly::<1>()?;
            }
            _ if self.fallthrough.is_none() => {
                let line = format!("{} {}", property.name, property.args.join(" "));
                self.entries.extend(hosts_entries(&line));
            }
            unknown => return Err(CorefileError::at(property.line, format!("unknown property '{unknown}'"))),
        }
        Ok(())
    }

    /// Answers, or hands on (hosts.go ServeDNS).
    pub(super) fn serve(&self, context: &Context<'_>, rest: &[Plugin], question: &Question) -> Reply {
        let name = &question.name;
        if question.record_type == RecordType::Ptr {
            let answers = self.pointers(name);
            return if answers.is_empty() { context.next(rest, question) } else { answered(answers) };
        }
        if longest_zone(&self.zones, name).is_none() {
            return context.next(rest, question);
        }
        let listed: Vec<&HostsEntry> = self.entries.iter().filter(|entry| has(entry, name)).collect();
        if listed.is_empty() {
            let on = self.fallthrough.as_ref().is_some_and(|zones| longest_zone(zones, name).is_some());
            return match on {
                true => context.next(rest, question),
                // Without a SOA to give it can't say NXDOMAIN.
                false => Reply::code(Rcode::ServFail, DnsRule::HostsEntry),
            };
        }
        let lower = DnsName::new(name.as_str().to_ascii_lowercase());
        let record = |entry: &&HostsEntry| {
            super::kubernetes::address_record(&lower, entry.address, self.ttl, question.record_type)
        };
        answered(listed.iter().filter_map(record).collect())
    }

    fn pointers(&self, name: &DnsName) -> Vec<Record> {
        let Some(address) = reversed_address(name).filter(|_| self.reverse) else { return Vec::new() };
        let listed = self.entries.iter().filter(|entry| entry.address == address);
        let record =
            |target: &String| Record { name: name.clone(), ttl: self.ttl, data: RecordData::Ptr(DnsName::new(target)) };
        listed.flat_map(|entry| &entry.names).map(record).collect()
    }
}

fn has(entry: &HostsEntry, name: &DnsName) -> bool {
    entry.names.iter().any(|known| DnsName::new(known) == *name)
}

fn answered(answers: Vec<Record>) -> Reply {
    let answer = Answer { authoritative: true, answers, ..Answer::default() };
    Reply { answer, because: vec![cause(DnsRule::HostsEntry)], gap: None }
}
