//! Records as lines of a zone file: `www.example.com. 60 IN CNAME api.example.com.`

use super::{DnsName, DnsRecord, RecordData, RecordType};

impl DnsRecord {
    /// Reads a line; TTL and class may be left out. None if it is no record of a type known here.
    pub fn from_line(line: &str, default_ttl: u32) -> Option<Self> {
        // Parentheses only hold lines together.
        let outside_quotes = line.split('"').enumerate().map(|(place, part)| match place % 2 {
            0 => part.replace(['(', ')'], " "),
            _ => part.to_owned(),
        });
        let line = outside_quotes.collect::<Vec<_>>().join("\"");
        let mut words = line.split_whitespace().peekable();
        let name = DnsName::new(words.next()?);
        let mut ttl = default_ttl;
        // TTL and class stand in either order.
        while let Some(word) = words.next_if(|word| word.parse::<u32>().is_ok() || word.eq_ignore_ascii_case("IN")) {
            ttl = word.parse().unwrap_or(ttl);
        }
        let kind = RecordType::from_text(words.next()?)?;
        let rest: Vec<&str> = words.collect();
        Some(Self { name, ttl, data: data(kind, &rest)? })
    }
}

fn data(kind: RecordType, words: &[&str]) -> Option<RecordData> {
    let name = |text: &&str| DnsName::new(text);
    Some(match (kind, words) {
        (RecordType::A, [address]) => RecordData::A(address.parse().ok()?),
        (RecordType::Aaaa, [address]) => RecordData::Aaaa(address.parse().ok()?),
        (RecordType::Cname, [target]) => RecordData::Cname(name(target)),
        (RecordType::Ptr, [target]) => RecordData::Ptr(name(target)),
        (RecordType::Ns, [target]) => RecordData::Ns(name(target)),
        (RecordType::Txt, [_, ..]) => RecordData::Txt(texts(&words.join(" "))),
        (RecordType::Mx, [preference, exchange]) => {
            RecordData::Mx { preference: preference.parse().ok()?, exchange: name(exchange) }
        }
        (RecordType::Srv, [priority, weight, port, target]) => RecordData::Srv {
            priority: priority.parse().ok()?,
            weight: weight.parse().ok()?,
            port: port.parse().ok()?,
            target: name(target),
        },
        (RecordType::Soa, [mname, rname, serial, refresh, retry, expire, minimum]) => RecordData::Soa {
            mname: name(mname),
            rname: name(rname),
            serial: serial.parse().ok()?,
            refresh: refresh.parse().ok()?,
            retry: retry.parse().ok()?,
            expire: expire.parse().ok()?,
            minimum: minimum.parse().ok()?,
        },
        (kind @ RecordType::Other(_), [_, ..]) => RecordData::Other(kind, words.join(" ")),
        _ => return None,
    })
}

/// Texts in quotes, or one without.
fn texts(words: &str) -> Vec<String> {
    if words.starts_with('"') {
        words.split('"').skip(1).step_by(2).map(str::to_owned).collect()
    } else {
        vec![words.to_owned()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_read_what_records_print() {
        for line in [
            "a.example. 60 IN A 192.0.2.1",
            "a.example. 60 IN TXT \"a b\" \"c\"",
            "a.example. 60 IN SRV 0 100 80 b.example.",
            "a.example. 60 IN CAA 0 issue \"ca\"",
        ] {
            let record = DnsRecord::from_line(line, 300).unwrap();
            let printed = format!("{} {} IN {} {}", record.name, record.ttl, record.data.record_type(), record.data);
            assert_eq!(printed, line);
        }
        assert_eq!(DnsRecord::from_line("a.example. A 192.0.2.1", 300).unwrap().ttl, 300);
        assert_eq!(DnsRecord::from_line("a.example. A 300.0.2.1", 300), None);
        assert_eq!(DnsRecord::from_line("a.example.", 300), None);
    }
}
