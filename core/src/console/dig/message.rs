//! A DNS message as dig prints it.

use super::DigDisplay;
use super::table::{question_line, record_line};
use crate::packet::{Answer, DnsName, EdnsOption, Protocol, Question};
use crate::trace::WireQuery;

/// Message ids and dates are no part of an answer.
const ID: u16 = 0;
const WHEN: &str = "Thu Jan 01 00:00:00 UTC 1970";

/// What of the question the message repeats.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// The buffer that EDNS offers, which CoreDNS repeats; None without EDNS.
    pub edns: Option<u16>,
    /// The flag rd.
    pub recurse: bool,
    /// The flag do.
    pub dnssec: bool,
    /// The flag cd.
    pub checking_disabled: bool,
    /// The server as it was typed.
    pub server: Option<&'a str>,
    /// The server's port.
    pub port: u16,
}

/// +short: the data of every answer.
pub(super) fn short(answer: &Answer) -> String {
    answer.answers.iter().map(|record| format!("{}\n", record.data)).collect()
}

/// The whole message, as far as it is to be shown.
pub(super) fn full(query: &WireQuery, answer: &Answer, shown: DigDisplay, asked: Asked<'_>) -> String {
    // 1. The header.
    let mut text = String::new();
    if shown.comments {
        text.push_str(&header(&query.question, answer, asked));
        text.push_str(&opt(answer, asked));
    }
    // 2. The sections.
    if shown.question {
        section(&mut text, "QUESTION", shown.comments, vec![question_line(&query.question)]);
    }
    for (name, records, wanted) in [
        ("ANSWER", &answer.answers, shown.answer),
        ("AUTHORITY", &answer.authority, shown.authority),
        ("ADDITIONAL", &answer.additional, shown.additional),
    ] {
        if wanted && !records.is_empty() {
            let lines = records.iter().map(|record| record_line(record, shown)).collect();
            section(&mut text, name, shown.comments, lines);
        }
    }
    // 3. The statistics.
    if shown.statistics {
        let WireQuery { server, over, .. } = query;
        let bytes = answer.bytes(&query.question, asked.edns.is_some(), *over == Protocol::Udp);
        let typed = asked.server.map_or_else(|| server.to_string(), str::to_owned);
        let port = asked.port;
        text.push_str(&format!(
            ";; Query time: 0 msec\n;; SERVER: {server}#{port}({typed}) ({over})\n;; WHEN: {WHEN}\n;; MSG SIZE  rcvd: {bytes}\n\n"
        ));
    }
    text
}

/// The OPT record with its options (lib/dns/message.c dns_message_pseudosectiontotext).
fn opt(answer: &Answer, asked: Asked<'_>) -> String {
    let Some(buffer) = answer.edns.buffer_for(asked.edns) else { return String::new() };
    let flags = if asked.dnssec || answer.edns.dnssec { " do" } else { "" };
    let mut text = format!(";; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:{flags}; udp: {buffer}\n");
    for option in &answer.edns.options {
        text.push_str(&match option {
            EdnsOption::ExtendedError(code, extra) => {
                let name = EXTENDED_ERRORS.get(usize::from(*code)).map(|name| format!(" ({name})")).unwrap_or_default();
                let extra = if extra.is_empty() { String::new() } else { format!(": ({extra})") };
                format!("; EDE: {code}{name}{extra}\n")
            }
            EdnsOption::Local(code, data) => {
                let bytes: String = data.iter().map(|byte| format!(" {byte:02x}")).collect();
                let printable =
                    |byte: &u8| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '.' };
                let text: String = data.iter().map(printable).collect();
                let text = if data.is_empty() { String::new() } else { format!(" (\"{text}\")") };
                format!("; OPT={code}:{bytes}{text}\n")
            }
        });
    }
    text
}

/// IANA's extended DNS errors, from 0 (RFC 8914).
const EXTENDED_ERRORS: &[&str] = &[
    "Other",
    "Unsupported DNSKEY Algorithm",
    "Unsupported DS Digest Type",
    "Stale Answer",
    "Forged Answer",
    "DNSSEC Indeterminate",
    "DNSSEC Bogus",
    "Signature Expired",
    "Signature Not Yet Valid",
    "DNSKEY Missing",
    "RRSIGs Missing",
    "No Zone Key Bit Set",
    "NSEC Missing",
    "Cached Error",
    "Not Ready",
    "Blocked",
    "Censored",
    "Filtered",
    "Prohibited",
    "Stale NXDOMAIN Answer",
    "Not Authoritative",
    "Not Supported",
    "No Reachable Authority",
    "Network Error",
    "Invalid Data",
];

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

fn header(question: &Question, answer: &Answer, asked: Asked<'_>) -> String {
    let mut text = String::from(";; Got answer:\n");
    if question.name.within(&DnsName::new("local")).is_some() {
        text.push_str(";; WARNING: .local is reserved for Multicast DNS\n");
        text.push_str(";; You are currently testing what happens when an mDNS query is leaked to DNS\n");
    }
    let aa = if answer.authoritative { " aa" } else { "" };
    let tc = if answer.truncated { " tc" } else { "" };
    let recurse = answer.recursion_desired.unwrap_or(asked.recurse);
    let rd = if recurse { " rd" } else { "" };
    let ra = if answer.recursion_available { " ra" } else { "" };
    let cd = if asked.checking_disabled { " cd" } else { "" };
    text.push_str(&format!(
        ";; ->>HEADER<<- opcode: QUERY, status: {}, id: {ID}\n;; flags: qr{aa}{tc}{rd}{ra}{cd}; QUERY: 1, ANSWER: {}, AUTHORITY: {}, ADDITIONAL: {}\n",
        answer.rcode,
        answer.answers.len(),
        answer.authority.len(),
        answer.additional.len() + usize::from(asked.edns.is_some() || answer.edns.always)
    ));
    if recurse && !answer.recursion_available {
        text.push_str(";; WARNING: recursion requested but not available\n");
    }
    text.push('\n');
    text
}
