//! The name lookup in the JSON contract.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::order::Order;
use crate::packet::{Answer, DnsRecord, Rcode};
use crate::trace::{NameLookup, Resolution};

/// The lookup that decided where to connect, or what a DNS tool asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DnsReport {
    /// Of the answer used, or of the last one if none was usable; null if no server answered.
    pub rcode: Option<String>,
    /// Both families when both were asked.
    pub answers: Vec<RecordReport>,
    /// Further records.
    pub additional: Vec<RecordReport>,
    /// The zone's authority.
    pub authority: Vec<RecordReport>,
    /// What went on the wire, in order, repeats in a row once.
    pub queries: Vec<String>,
    /// How many questions went on the wire, each family and each repeat counted.
    #[serde(rename = "queryCount")]
    pub query_count: usize,
    /// The address of the server that answered; None where none did.
    pub server: Option<IpAddr>,
}

/// A record of the answer, as a zone file has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RecordReport {
    /// With final dot.
    pub name: String,
    /// Seconds.
    pub ttl: u32,
    /// `A`.
    #[serde(rename = "type")]
    pub kind: String,
    /// As dig prints it.
    pub data: String,
}

/// The report of the last lookup; None if nothing was looked up.
pub fn dns(resolution: &Resolution) -> Option<DnsReport> {
    resolution.lookups.first().map(report)
}

fn report(lookup: &NameLookup) -> DnsReport {
    let used = used(lookup);
    let all = |section: fn(&Answer) -> &Vec<DnsRecord>| {
        let mut seen = BTreeSet::new();
        let records = used.iter().flat_map(|answer| section(answer)).map(record);
        records.filter(|one| seen.insert((one.name.clone(), one.ttl, one.kind.clone(), one.data.clone()))).collect()
    };
    let mut queries: Vec<String> = Vec::new();
    for name in lookup.queries.iter().map(|query| query.question.name.to_string()) {
        if queries.last() != Some(&name) {
            queries.push(name);
        }
    }
    DnsReport {
        rcode: used.last().map(|answer| answer.rcode.to_string()),
        answers: all(|answer| &answer.answers),
        additional: all(|answer| &answer.additional),
        authority: all(|answer| &answer.authority),
        queries,
        query_count: lookup.queries.len(),
        server: lookup.server,
    }
}

/// The answers that count, a NOERROR last.
fn used(lookup: &NameLookup) -> Vec<&Answer> {
    let counting = lookup.used.iter().filter_map(|place| lookup.queries.get(*place));
    let mut answers: Vec<&Answer> = counting.filter_map(|query| query.answer.as_ref().ok()).collect();
    answers.order_by_key(|answer| answer.rcode == Rcode::NoError);
    answers
}

fn record(record: &DnsRecord) -> RecordReport {
    RecordReport {
        name: record.name.to_string(),
        ttl: record.ttl,
        kind: record.data.record_type().to_string(),
        data: record.data.to_string(),
    }
}
