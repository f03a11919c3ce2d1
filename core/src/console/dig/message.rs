//! A DNS message as dig prints it.

use super::Shown;
use super::table::{question_line, record_line};
use crate::packet::{Answer, DnsName, Protocol, Question};
use crate::trace::Query;

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
pub(super) fn full(query: &Query, answer: &Answer, shown: Shown, asked: Asked<'_>) -> String {
    let mut text = String::new();
    if shown.comments {
        text.push_str(&header(&query.question, answer, asked));
        if let Some(buffer) = asked.edns {
            let flags = if asked.dnssec { " do" } else { "" };
            text.push_str(&format!(";; OPT PSEUDOSECTION:\n; EDNS: version: 0, flags:{flags}; udp: {buffer}\n"));
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
            let lines = records.iter().map(|record| record_line(record, shown)).collect();
            section(&mut text, name, shown.comments, lines);
        }
    }
    if shown.statistics {
        let Query { server, over, .. } = query;
        let bytes = answer.bytes(&query.question, asked.edns.is_some(), *over == Protocol::Udp);
        let typed = asked.server.map_or_else(|| server.to_string(), str::to_owned);
        let port = asked.port;
        text.push_str(&format!(
            ";; Query time: 0 msec\n;; SERVER: {server}#{port}({typed}) ({over})\n;; WHEN: {WHEN}\n;; MSG SIZE  rcvd: {bytes}\n\n"
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

fn header(question: &Question, answer: &Answer, asked: Asked<'_>) -> String {
    let mut text = String::from(";; Got answer:\n");
    if question.name.within(&DnsName::new("local")).is_some() {
        text.push_str(";; WARNING: .local is reserved for Multicast DNS\n");
        text.push_str(";; You are currently testing what happens when an mDNS query is leaked to DNS\n");
    }
    let aa = if answer.authoritative { " aa" } else { "" };
    let tc = if answer.truncated { " tc" } else { "" };
    let rd = if asked.recurse { " rd" } else { "" };
    let ra = if answer.recursion_available { " ra" } else { "" };
    text.push_str(&format!(
        ";; ->>HEADER<<- opcode: QUERY, status: {}, id: {ID}\n;; flags: qr{aa}{tc}{rd}{ra}; QUERY: 1, ANSWER: {}, AUTHORITY: {}, ADDITIONAL: {}\n",
        answer.rcode,
        answer.answers.len(),
        answer.authority.len(),
        answer.additional.len() + usize::from(asked.edns.is_some())
    ));
    if asked.recurse && !answer.recursion_available {
        text.push_str(";; WARNING: recursion requested but not available\n");
    }
    text.push('\n');
    text
}
