//! Records in columns, with tabs, as BIND's master files have them (lib/dns/masterdump.c).

use super::DigDisplay;
use crate::packet::{DnsRecord, Question};

/// The columns of dig's style: TTL, class, type, data. Without TTL or class the others move.
const FULL: [usize; 4] = [24, 32, 40, 48];
const REDUCED: [usize; 4] = [24, 24, 32, 40];
const TAB: usize = 8;

/// Name, TTL, class, type and data of a record, in one line.
pub(super) fn record_line(record: &DnsRecord, shown: DigDisplay) -> String {
    let DigDisplay { ttl, class, .. } = shown;
    let [ttl_column, class_column, type_column, data_column] = if ttl && class { FULL } else { REDUCED };
    let mut line = DigLine::default();
    line.put(0, &record.name.to_string());
    if ttl {
        line.put(ttl_column, &if shown.units { in_units(record.ttl) } else { record.ttl.to_string() });
    }
    if class {
        line.put(class_column, "IN");
    }
    line.put(type_column, &record.data.record_type().to_string());
    line.put(data_column, &record.data.to_string());
    line.text
}

/// `1h30m` (dns_ttl_totext).
fn in_units(seconds: u32) -> String {
    let mut rest = seconds;
    let mut text = String::new();
    for (letter, size) in [('w', 604_800), ('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)] {
        if rest >= size {
            text.push_str(&format!("{}{letter}", rest / size));
            rest %= size;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// Name, class and type of a question behind a semicolon.
pub(super) fn question_line(question: &Question) -> String {
    let [_, class_column, type_column, _] = FULL;
    let mut line = DigLine::default();
    line.put(0, &question.name.to_string());
    line.put(class_column, "IN");
    line.put(type_column, &question.record_type.to_string());
    format!(";{}", line.text)
}

#[derive(Default)]
struct DigLine {
    text: String,
    column: usize,
}

impl DigLine {
    /// Puts a word at a column, at least one blank after the last word (masterdump.c indent): tabs as far as they go, then
    /// blanks.
    fn put(&mut self, column: usize, word: &str) {
        if !self.text.is_empty() {
            let to = column.max(self.column + 1);
            let tabs = (to / TAB).saturating_sub(self.column / TAB);
            let from = if tabs > 0 { to / TAB * TAB } else { self.column };
            self.text.push_str(&"\t".repeat(tabs));
            self.text.push_str(&" ".repeat(to - from));
            self.column = to;
        }
        self.text.push_str(word);
        self.column += word.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::{DnsName, RecordData, RecordType};

    #[test]
    fn columns_are_bind_s() {
        let check = |name: &str, ttl: u32, data: RecordData, expected: &str| {
            let record = DnsRecord { name: DnsName::new(name), ttl, data };
            assert_eq!(record_line(&record, DigDisplay::all(true)), expected);
        };
        let cname = |name: &str| RecordData::Cname(DnsName::new(name));
        let a = || RecordData::A("10.244.1.10".parse().unwrap());
        check("api.default.svc.cluster.local", 30, cname("a.b"), "api.default.svc.cluster.local. 30 IN\tCNAME\ta.b.");
        check("api.example.com", 300, a(), "api.example.com.\t300\tIN\tA\t10.244.1.10");
        let long = "10-244-1-10.db.default.svc.cluster.local";
        check(long, 30, a(), "10-244-1-10.db.default.svc.cluster.local. 30 IN\tA 10.244.1.10");
        assert_eq!((in_units(30), in_units(5400), in_units(0)), ("30s".into(), "1h30m".into(), "0s".into()));
        let question = Question { name: DnsName::new("nosuch"), record_type: RecordType::A };
        assert_eq!(question_line(&question), ";nosuch.\t\t\t\tIN\tA");
    }
}
