//! dig's text, as far as it is compared: ids, times, the order within a section and serials don't count.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::verdict::{Difference, Verdict};

/// A whole answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct DigAnswer {
    /// `NOERROR`
    pub status: Option<String>,
    /// `qr aa rd`
    pub flags: Option<String>,
    /// Sorted records, blanks squeezed.
    #[serde(rename = "ANSWER")]
    pub answer: Vec<String>,
    /// Likewise.
    #[serde(rename = "AUTHORITY")]
    pub authority: Vec<String>,
    /// Likewise.
    #[serde(rename = "ADDITIONAL")]
    pub additional: Vec<String>,
    /// `version: 0, flags:; udp: 1232`
    pub edns: Option<String>,
    /// Bytes.
    pub size: Option<u32>,
    /// dig's own warnings.
    pub other: Vec<String>,
    /// `201 records`, or `Transfer failed`.
    pub xfr: Option<String>,
}

/// Lines that begin so are dig's own warnings.
const WARNINGS: [&str; 7] =
    ["communications error", "no servers", "connection timed out", "Truncated", "WARNING", "Got bad", "Warning"];

/// Of those, what dig says of every name below .local.
const ALWAYS: [&str; 3] = ["mDNS", "reserved", "leaked"];

impl DigAnswer {
    /// Reads what dig printed.
    pub fn from_text(text: &str) -> Self {
        let mut answer = Self::default();
        let mut section = None;
        for line in text.lines() {
            if let Some(name) = line.strip_prefix(";; ").and_then(|rest| rest.split_once(" SECTION")) {
                section = Some(name.0.to_owned());
                continue;
            }
            answer.read_remark(line);
            if line.trim().is_empty() {
                section = None;
            } else if !line.starts_with(';') {
                let records = section.as_deref().and_then(|section| answer.section(section));
                records.into_iter().for_each(|records| records.push(squeezed(line)));
            }
        }
        [&mut answer.answer, &mut answer.authority, &mut answer.additional].into_iter().for_each(|lines| lines.sort());
        answer
    }

    fn section(&mut self, name: &str) -> Option<&mut Vec<String>> {
        match name {
            "ANSWER" => Some(&mut self.answer),
            "AUTHORITY" => Some(&mut self.authority),
            "ADDITIONAL" => Some(&mut self.additional),
            _ => None,
        }
    }

    fn read_remark(&mut self, line: &str) {
        if let Some((_, rest)) = line.split_once("status: ") {
            self.status = Some(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
        if let Some(rest) = line.strip_prefix(";; flags: ") {
            self.flags = rest.split_once(';').map(|(flags, _)| flags.to_owned()).filter(|flags| !flags.is_empty());
        }
        if let Some(rest) = line.strip_prefix(";; MSG SIZE  rcvd: ") {
            self.size = rest.trim().parse().ok();
        }
        if let Some(rest) = line.strip_prefix(";; XFR size: ") {
            self.xfr = rest.split_once(" records").map(|(count, _)| format!("{count} records"));
        }
        if line.starts_with("; Transfer failed") {
            self.xfr = Some("Transfer failed".to_owned());
        }
        if let Some(rest) = line.strip_prefix("; EDNS: ") {
            self.edns = Some(rest.to_owned());
        }
        let warns = |rest: &str| WARNINGS.iter().any(|warning| rest.starts_with(warning));
        if line.strip_prefix(";; ").is_some_and(warns) && !ALWAYS.iter().any(|words| line.contains(words)) {
            self.other.push(line.split('#').next().unwrap_or_default().to_owned());
        }
    }

    /// What differs from the real answer.
    pub fn compare(&self, real: &Self) -> Verdict {
        let differences = self.differences(real);
        let chance = |record: &Self| record.without_chance().differences(&real.without_chance()).is_empty();
        if !differences.is_empty() && chance(self) { Verdict::EqualButChance } else { Verdict::of(differences) }
    }

    fn differences(&self, real: &Self) -> Vec<Difference> {
        let (ours, real) = (self.aspects(), real.aspects());
        let differ = ours.iter().filter(|(aspect, ours)| real.get(*aspect) != Some(ours));
        differ
            .map(|(aspect, ours)| Difference::new(*aspect, ours, real.get(aspect).cloned().unwrap_or_default()))
            .collect()
    }

    /// Each part of the answer as text.
    fn aspects(&self) -> BTreeMap<&'static str, String> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        BTreeMap::from([
            ("status", text(&self.status)),
            ("flags", text(&self.flags)),
            ("ANSWER", self.answer.join("\n")),
            ("AUTHORITY", self.authority.join("\n")),
            ("ADDITIONAL", self.additional.join("\n")),
            ("edns", text(&self.edns)),
            ("size", self.size.map(|size| size.to_string()).unwrap_or_default()),
            ("other", self.other.join("\n")),
            ("xfr", text(&self.xfr)),
        ])
    }

    /// whoami tells the port that the client was given for this one question.
    fn without_chance(&self) -> Self {
        Self { additional: self.additional.iter().map(|record| without_client_port(record)).collect(), ..self.clone() }
    }
}

/// `_udp.NAME 0 IN SRV 0 0 PORT .` is whoami's (plugin/whoami, ServeDNS); a cache may change its TTL.
fn without_client_port(record: &str) -> String {
    let words: Vec<&str> = record.split(' ').collect();
    match words.as_slice() {
        [name, ttl, "IN", "SRV", "0", "0", _, "."] if name.starts_with("_udp.") || name.starts_with("_tcp.") => {
            format!("{name} {ttl} IN SRV 0 0 PORT .")
        }
        _ => record.to_owned(),
    }
}

/// One blank between words, and no serial.
fn squeezed(line: &str) -> String {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    for at in 3..words.len() {
        if words[at - 3] == "SOA" && words[at].chars().all(|c| c.is_ascii_digit()) {
            words[at] = "SERIAL";
        }
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::DigAnswer;
    use crate::verdict::Verdict;

    const TEXT: &str = "
;; Got answer:
;; WARNING: .local is reserved for Multicast DNS
;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 7
;; flags: qr aa rd; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 1
;; WARNING: recursion requested but not available

;; OPT PSEUDOSECTION:
; EDNS: version: 0, flags:; udp: 1232
;; AUTHORITY SECTION:
cluster.local.\t\t5\tIN\tSOA\tns.dns. host. 1700000000 7200 1800 86400 5

;; MSG SIZE  rcvd: 93
";

    #[test]
    fn all_that_is_compared_is_read() {
        let answer = DigAnswer::from_text(TEXT);
        assert_eq!(answer.status.as_deref(), Some("NXDOMAIN"));
        assert_eq!(answer.flags.as_deref(), Some("qr aa rd"));
        assert_eq!(answer.authority, ["cluster.local. 5 IN SOA ns.dns. host. SERIAL 7200 1800 86400 5"]);
        assert_eq!(answer.edns.as_deref(), Some("version: 0, flags:; udp: 1232"));
        assert_eq!((answer.size, answer.other.len()), (Some(93), 1));
    }

    #[test]
    fn a_port_of_chance_is_said_to_be_chance() {
        let with_port = |port: &str| DigAnswer {
            additional: vec![format!("_udp.a. 0 IN SRV 0 0 {port} .")],
            ..DigAnswer::default()
        };
        assert_eq!(with_port("40000").compare(&with_port("51234")), Verdict::EqualButChance);
        assert_eq!(with_port("51234").compare(&with_port("51234")), Verdict::Equal);
        assert!(matches!(with_port("1").compare(&DigAnswer::default()), Verdict::Different(_)));
    }
}
