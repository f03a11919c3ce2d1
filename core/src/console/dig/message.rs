//! A DNS message as dig prints it.

use super::Shown;
use super::table::{question_line, record_line};
use crate::packet::{Answer, DnsName, Question, Record, RecordData};
use crate::trace::Query;

/// Message ids and dates are no part of an answer.
const ID: u16 = 0;
const WHEN: &str = "Thu Jan 01 00:00:00 UTC 1970";
/// The buffer size that dig offers and CoreDNS repeats.
const BUFFER: u16 = 1232;

/// +short: the data of every answer.
pub(super) fn short(answer: &Answer) -> String {
    answer.answers.iter().map(|record| format!("{}\n", record.data)).collect()
}

/// The whole message, as far as it is to be shown.
pub(super) fn full(query: &Query, answer: &Answer, shown: Shown, edns: usize, transport: &str) -> String {
    let mut text = String::new();
    if shown.comments {
        text.push_str(&header(&query.question, answer, edns));
        if edns > 0 {
            text.push_str(&format!(";; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:; udp: {BUFFER}\n"));
        }
    }
    if shown.question {
        section(&mut text, "QUESTION", shown.comments, vec![question_line(&query.question)]);
    }
    for (name, records, wanted) in [
        ("ANSWER", &answer.answers, shown.answer),
        ("AUTHORITY", &answer.authority, shown.authority),
        ("ADDITIONAL", &answer.additional, shown.additional),
    ] {
        if wanted && !records.is_empty() {
            let lines = records.iter().map(|record| record_line(record, shown.ttl, shown.class)).collect();
            section(&mut text, name, shown.comments, lines);
        }
    }
    if shown.statistics {
        let server = query.server;
        text.push_str(&format!(
            ";; Query time: 0 msec\n;; SERVER: {server}#53({server}) ({transport})\n;; WHEN: {WHEN}\n;; MSG SIZE  rcvd: {}\n\n",
            size(&query.question, answer, edns)
        ));
    }
    text
}

fn section(text: &mut String, name: &str, comments: bool, lines: Vec<String>) {
    if comments {
        text.push_str(&format!(";; {name} SECTION:\n"));
    }
    for line in lines {
        text.push_str(&line);
        text.push('\n');
    }
    if comments {
        text.push('\n');
    }
}

fn header(question: &Question, answer: &Answer, edns: usize) -> String {
    let mut text = String::from(";; Got answer:\n");
    if question.name.within(&DnsName::new("local")).is_some() {
        text.push_str(";; WARNING: .local is reserved for Multicast DNS\n");
        text.push_str(";; You are currently testing what happens when an mDNS query is leaked to DNS\n");
    }
    let aa = if answer.authoritative { " aa" } else { "" };
    let ra = if answer.recursion_available { " ra" } else { "" };
    text.push_str(&format!(
        ";; ->>HEADER<<- opcode: QUERY, status: {}, id: {ID}\n;; flags: qr{aa} rd{ra}; QUERY: 1, ANSWER: {}, AUTHORITY: {}, ADDITIONAL: {}\n",
        answer.rcode,
        answer.answers.len(),
        answer.authority.len(),
        answer.additional.len() + edns
    ));
    if !answer.recursion_available {
        text.push_str(";; WARNING: recursion requested but not available\n");
    }
    text.push('\n');
    text
}

/// The message's bytes: CoreDNS doesn't compress what fits into a packet.
fn size(question: &Question, answer: &Answer, edns: usize) -> usize {
    let records = answer.answers.iter().chain(&answer.authority).chain(&answer.additional);
    let sizes: usize = records.map(record_size).sum();
    12 + name_size(&question.name) + 4 + sizes + 11 * edns
}

fn record_size(record: &Record) -> usize {
    let data = match &record.data {
        RecordData::A(_) => 4,
        RecordData::Aaaa(_) => 16,
        RecordData::Cname(name) | RecordData::Ptr(name) | RecordData::Ns(name) => name_size(name),
        RecordData::Srv { target, .. } => 6 + name_size(target),
        RecordData::Txt(texts) => texts.iter().map(|text| text.len() + 1).sum(),
        RecordData::Soa { mname, rname, .. } => name_size(mname) + name_size(rname) + 20,
        RecordData::Mx { exchange, .. } => 2 + name_size(exchange),
        RecordData::Other(_, text) => text.len(),
    };
    name_size(&record.name) + 10 + data
}

fn name_size(name: &DnsName) -> usize {
    name.labels().map(|label| label.len() + 1).sum::<usize>() + 1
}
