//! CoreDNS' hosts plugin: names and addresses in the way of /etc/hosts (plugin/hosts).

use crate::duration::parse_duration;
use crate::packet::{Answer, DnsName, DnsRecord, Question, Rcode, RecordData, RecordType};
use crate::trace::{DnsRule, HostsEntry};

use super::context::{DnsPlugin, PluginChain, QueryContext};
use super::corefile::{CorefileError, Directive, PluginOption};
use super::files::CorednsFiles;
use super::name::{address_record, longest_zone, reversed_address};
use super::pod::hosts_entries;
use super::reply::DnsReply;
use super::setup::{atoi, fallthrough, zones_or};

/// The plugin's configuration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HostsPlugin {
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
    /// `fallthrough_unsupported`: types other than A, AAAA and PTR go on, too.
    pub unsupported: bool,
}

/// What every machine's /etc/hosts holds, CoreDNS' pod's too.
const LOCALHOST: &str = "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n";

/// Takes a `hosts` directive: [FILE [ZONE…]], lines, options (setup.go hostsParse). Of files those are known that CoreDNS'
/// ConfigMaps hold; a file that isn't there has no lines.
pub fn read(directive: &Directive, zones: &[DnsName], files: &CorednsFiles) -> Result<HostsPlugin, CorefileError> {
    let (file, named) = directive.args.split_first().map_or((None, &[][..]), |(file, zones)| (Some(file), zones));
    let content = match file.map(String::as_str) {
        None | Some("/etc/hosts") => LOCALHOST,
        Some(path) => files.get(path).unwrap_or_default(),
    };
    let mut hosts = HostsPlugin {
        zones: zones_or(named, zones),
        entries: hosts_entries(content),
        ttl: 3600,
        reverse: true,
        fallthrough: None,
        unsupported: false,
    };
    for property in &directive.block {
        hosts.set(property)?;
    }
    if hosts.unsupported && hosts.fallthrough.is_none() {
        return Err(CorefileError::at(directive.end.0, "fallthrough_unsupported requires fallthrough"));
    }
    Ok(hosts)
}

impl HostsPlugin {
    fn set(&mut self, property: &PluginOption) -> Result<(), CorefileError> {
        let error = |message: String| CorefileError::at(property.line, message);
        match property.name.as_str() {
            "fallthrough" => self.fallthrough = Some(fallthrough(property)),
            "fallthrough_unsupported" => self.unsupported = property.exactly::<0>().map(|_| true)?,
            "no_reverse" => self.reverse = false,
            "ttl" => self.ttl = ttl(property)?,
            "reload" => {
                let [text] = property
                    .exactly()
                    .map_err(|_| error("reload needs a duration (zero seconds to disable)".to_owned()))?;
                match parse_duration(text) {
                    Err(_) => return Err(error(format!("invalid duration for reload '{text}'"))),
                    Ok(negative) if negative < 0 => {
                        return Err(error(format!("invalid negative duration for reload '{text}'")));
                    }
                    Ok(_) => {}
                }
            }
            _ if self.fallthrough.is_none() => {
                let line = format!("{} {}", property.name, property.args.join(" "));
                self.entries.extend(hosts_entries(&line));
            }
            unknown => return Err(error(format!("unknown property '{unknown}'"))),
        }
        Ok(())
    }

    fn goes_on(&self, name: &DnsName) -> bool {
        self.fallthrough.as_ref().is_some_and(|zones| longest_zone(zones, name).is_some())
    }

    fn pointers(&self, name: &DnsName) -> Vec<DnsRecord> {
        let Some(address) = reversed_address(name).filter(|_| self.reverse) else { return Vec::new() };
        let listed = self.entries.iter().filter(|entry| entry.address == address);
        let record = |target: &String| {
            let target = DnsName::new(target.to_ascii_lowercase());
            DnsRecord { name: lower(name), ttl: self.ttl, data: RecordData::Ptr(target) }
        };
        listed.flat_map(|entry| &entry.names).map(record).collect()
    }
}

/// `ttl SECONDS`
fn ttl(property: &PluginOption) -> Result<u32, CorefileError> {
    let error = |message: &str| CorefileError::at(property.line, message);
    let Some(text) = property.args.first() else { return Err(error("ttl needs a time in second")) };
    let seconds = atoi(text).map_err(|_| error("ttl needs a number of second"))?;
    let inside = u32::try_from(seconds).ok().filter(|ttl| (1..=65535).contains(ttl));
    inside.ok_or_else(|| error("ttl provided is invalid"))
}

impl DnsPlugin for HostsPlugin {
    /// Answers, or hands on (hosts.go ServeDNS).
    fn serve(&self, context: &QueryContext<'_>, rest: PluginChain<'_>, question: &Question) -> DnsReply {
        let name = &question.name;
        if question.record_type == RecordType::Ptr {
            let answers = self.pointers(name);
            return if answers.is_empty() { context.next(rest, question) } else { answered(answers) };
        }
        let simple = matches!(question.record_type, RecordType::A | RecordType::Aaaa);
        let unsupported = !simple && self.unsupported && self.goes_on(name);
        if longest_zone(&self.zones, name).is_none() || unsupported {
            return context.next(rest, question);
        }
        let listed: Vec<&HostsEntry> = self.entries.iter().filter(|entry| has(entry, name)).collect();
        if listed.is_empty() {
            return if self.goes_on(name) {
                context.next(rest, question)
            } else {
                DnsReply::code(Rcode::ServFail, DnsRule::HostsEntry)
            };
        }
        let record = |entry: &&HostsEntry| address_record(&lower(name), entry.address, self.ttl, question.record_type);
        answered(listed.iter().filter_map(record).collect())
    }
}

fn lower(name: &DnsName) -> DnsName {
    DnsName::new(name.as_str().to_ascii_lowercase())
}

fn has(entry: &HostsEntry, name: &DnsName) -> bool {
    entry.names.iter().any(|known| DnsName::new(known) == *name)
}

fn answered(answers: Vec<DnsRecord>) -> DnsReply {
    DnsReply::new(Answer { authoritative: true, answers, ..Answer::default() }, DnsRule::HostsEntry)
}
