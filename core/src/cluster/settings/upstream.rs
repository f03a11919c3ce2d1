//! What the resolvers outside know, in World's notation: a list of records, a word that answers everything, or a
//! mapping of server addresses to either.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::UpstreamResolvers;
use super::source::{SettingWithSource, report_unreadable};
use crate::cluster::objects::ClusterDiagnostics;
use crate::diagnostic::ExpectedSetting;
use crate::packet::{DnsName, DnsRecord, Rcode, RecordData, RecordType};
use crate::source::FieldRef;
use crate::yaml::{Value, YamlNode};

/// How long a record holds that says nothing about it, in seconds.
const TTL: u32 = 300;

/// Reads it. A record that can't be read is said and left out.
pub(super) fn read(node: &YamlNode, at: &FieldRef, notes: &mut ClusterDiagnostics<'_>) -> UpstreamResolvers {
    match &node.value {
        Value::Null => UpstreamResolvers::Unsaid,
        Value::String(word) => code(word).unwrap_or_else(|| {
            report_unreadable(notes, SettingWithSource { value: word.clone(), by: at.clone() }, ExpectedSetting::Rcode);
            UpstreamResolvers::Unsaid
        }),
        Value::Sequence(elements) => UpstreamResolvers::Records(records(elements, at, notes)),
        Value::Mapping(entries) => {
            let servers = entries.iter().map(|entry| {
                let at = FieldRef { path: at.path.key(&entry.key), ..at.clone() };
                (entry.key.clone(), read(&entry.value, &at, notes))
            });
            UpstreamResolvers::Servers(servers.collect())
        }
        Value::Bool(_) | Value::Integer(_) | Value::Float(_) => {
            report_unreadable(
                notes,
                SettingWithSource { value: node.go_type().into(), by: at.clone() },
                ExpectedSetting::Record,
            );
            UpstreamResolvers::Unsaid
        }
    }
}

fn records(elements: &[YamlNode], at: &FieldRef, notes: &mut ClusterDiagnostics<'_>) -> Vec<DnsRecord> {
    let mut records = Vec::new();
    for (number, element) in elements.iter().enumerate() {
        let text = element.text().cloned().unwrap_or_else(|| element.go_type().into());
        match record(&text) {
            Some(record) => records.push(record),
            None => {
                let by = FieldRef { path: at.path.index(number), ..at.clone() };
                report_unreadable(notes, SettingWithSource { value: text, by }, ExpectedSetting::Record);
            }
        }
    }
    records
}

/// `SERVFAIL`: the code; `TIMEOUT`: silence.
fn code(word: &str) -> Option<UpstreamResolvers> {
    Some(match word.to_ascii_uppercase().as_str() {
        "TIMEOUT" | "SILENT" => UpstreamResolvers::Silent,
        "NOERROR" => UpstreamResolvers::Code(Rcode::NoError),
        "FORMERR" => UpstreamResolvers::Code(Rcode::FormErr),
        "SERVFAIL" => UpstreamResolvers::Code(Rcode::ServFail),
        "NXDOMAIN" => UpstreamResolvers::Code(Rcode::NxDomain),
        "NOTIMP" => UpstreamResolvers::Code(Rcode::NotImp),
        "REFUSED" => UpstreamResolvers::Code(Rcode::Refused),
        _ => return None,
    })
}

/// A line of a zone file: `www.example.com. [TTL] [IN] CNAME api.example.com.`
fn record(line: &str) -> Option<DnsRecord> {
    let mut words = line.split_whitespace().peekable();
    let name = DnsName::new(words.next()?);
    let ttl = words.peek().and_then(|word| word.parse().ok());
    if ttl.is_some() {
        words.next();
    }
    if words.peek().is_some_and(|word| word.eq_ignore_ascii_case("IN")) {
        words.next();
    }
    let kind = words.next()?.to_ascii_uppercase();
    let rest: Vec<&str> = words.collect();
    Some(DnsRecord { name, ttl: ttl.unwrap_or(TTL), data: data(&kind, &rest)? })
}

fn data(kind: &str, words: &[&str]) -> Option<RecordData> {
    Some(match (kind, words) {
        ("A", [address]) => RecordData::A(address.parse::<Ipv4Addr>().ok()?),
        ("AAAA", [address]) => RecordData::Aaaa(address.parse::<Ipv6Addr>().ok()?),
        ("CNAME", [name]) => RecordData::Cname(DnsName::new(name)),
        ("PTR", [name]) => RecordData::Ptr(DnsName::new(name)),
        ("NS", [name]) => RecordData::Ns(DnsName::new(name)),
        ("TXT", [_, ..]) => RecordData::Txt(texts(&words.join(" "))),
        ("MX", [preference, exchange]) => {
            RecordData::Mx { preference: preference.parse().ok()?, exchange: DnsName::new(exchange) }
        }
        ("SRV", [priority, weight, port, target]) => RecordData::Srv {
            priority: priority.parse().ok()?,
            weight: weight.parse().ok()?,
            port: port.parse().ok()?,
            target: DnsName::new(target),
        },
        ("CAA", [_, ..]) => RecordData::Other(RecordType::Other(257), words.join(" ")),
        ("HTTPS", [_, ..]) => RecordData::Other(RecordType::Other(65), words.join(" ")),
        _ => return None,
    })
}

/// Texts in quotes, or one without.
fn texts(words: &str) -> Vec<String> {
    if !words.starts_with('"') {
        return vec![words.to_owned()];
    }
    words.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_as_lines_of_a_zone_file() {
        let parsed = record("www.example.com. CNAME api.example.com.").unwrap();
        assert_eq!(parsed.data, RecordData::Cname(DnsName::new("api.example.com")));
        assert_eq!(parsed.ttl, TTL);
        assert_eq!(record("a.example. 60 IN A 192.0.2.1").unwrap().ttl, 60);
        assert_eq!(
            record("t.example. TXT \"a b\" \"c\"").unwrap().data,
            RecordData::Txt(vec!["a b".into(), "c".into()])
        );
        assert!(record("a.example. A 300.0.2.1").is_none());
        assert!(record("a.example.").is_none());
    }
}
