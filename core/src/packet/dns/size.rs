//! How long a message is, and what is left out of one that doesn't fit (RFC 1035 4.1.4, RFC 6891), as CoreDNS does it
//! (coredns request.Scrub, miekg/dns Msg.Truncate).

use std::collections::BTreeSet;

use super::{Answer, DnsName, DnsRecord, EdnsOption, Question, RecordData, RecordType};

/// The header's bytes.
const HEADER: usize = 12;
/// An OPT record's without options.
const OPT: usize = 11;
/// An option's code and length.
const OPTION: usize = 4;
/// What is longer than this is compressed even where it fits (request.Scrub).
const FRAGMENT: usize = 1480;

impl Answer {
    /// The bytes of the message that carries it. Names are compressed where something was left out or it is too long for
    /// one packet.
    pub fn bytes(&self, question: &Question, edns: bool, udp: bool) -> usize {
        let plain = self.length(question, Length::default()) + self.opt(edns);
        if self.truncated || self.compressed || (udp && plain > FRAGMENT) {
            self.length(question, Length::compressing()) + self.opt(edns)
        } else {
            plain
        }
    }

    /// The OPT record's bytes, options included.
    fn opt(&self, edns: bool) -> usize {
        let bytes = |option: &EdnsOption| match option {
            EdnsOption::ExtendedError(_, text) => OPTION + 2 + text.len(),
            EdnsOption::Local(_, data) => OPTION + data.len(),
        };
        if edns || self.edns.always { OPT + self.edns.options.iter().map(bytes).sum::<usize>() } else { 0 }
    }

    /// The same without the records that exceed a number of bytes, marked as truncated if there are any. Names are
    /// compressed first.
    pub fn cut_to(mut self, question: &Question, limit: usize, edns: bool) -> Self {
        if self.bytes(question, edns, false) <= limit {
            return self;
        }
        self.compressed = true;
        let mut length = Length::compressing();
        length.question(question);
        let room = limit.saturating_sub(self.opt(edns));
        for section in [&mut self.answers, &mut self.authority, &mut self.additional] {
            let before = section.len();
            section.truncate(fitting(section, &mut length, room));
            self.truncated |= section.len() < before;
        }
        self
    }

    fn length(&self, question: &Question, mut length: Length) -> usize {
        length.question(question);
        let records = self.answers.iter().chain(&self.authority).chain(&self.additional);
        records.for_each(|record| length.record(record));
        length.bytes
    }
}

/// How many records of a section fit. After the first that doesn't nothing does.
fn fitting(records: &[DnsRecord], length: &mut Length, room: usize) -> usize {
    for (place, record) in records.iter().enumerate() {
        length.record(record);
        if length.bytes > room {
            length.bytes = usize::MAX / 2;
            return place;
        }
    }
    records.len()
}

/// A message's bytes, counted from the front.
#[derive(Default)]
struct Length {
    bytes: usize,
    /// The names that later ones can point to; None without compression.
    known: Option<BTreeSet<String>>,
}

impl Length {
    fn compressing() -> Self {
        Self { bytes: 0, known: Some(BTreeSet::new()) }
    }

    fn question(&mut self, question: &Question) {
        self.bytes += HEADER;
        self.name(&question.name, true);
        self.bytes += 4;
    }

    fn record(&mut self, record: &DnsRecord) {
        self.name(&record.name, true);
        self.bytes += 10;
        match &record.data {
            RecordData::A(_) => self.bytes += 4,
            RecordData::Aaaa(_) => self.bytes += 16,
            RecordData::Cname(name) | RecordData::Ptr(name) | RecordData::Ns(name) => self.name(name, true),
            // RFC 2782: a target isn't compressed.
            RecordData::Srv { target, .. } => {
                self.bytes += 6;
                self.name(target, false);
            }
            RecordData::Txt(texts) => self.bytes += texts.iter().map(|text| text.len() + 1).sum::<usize>(),
            RecordData::Soa { mname, rname, .. } => {
                self.name(mname, true);
                self.name(rname, true);
                self.bytes += 20;
            }
            RecordData::Mx { exchange, .. } => {
                self.bytes += 2;
                self.name(exchange, true);
            }
            // A HINFO's two texts, without their quotes and blank but with a byte for the length of each.
            RecordData::Other(RecordType::Other(13), text) => self.bytes += text.len().saturating_sub(3),
            RecordData::Other(_, text) => self.bytes += text.len(),
        }
    }

    /// A name: its labels, up to an end that stood before; that takes two bytes.
    fn name(&mut self, name: &DnsName, compressed: bool) {
        let labels: Vec<&str> = name.labels().collect();
        for (place, label) in labels.iter().enumerate() {
            let end = labels.get(place..).unwrap_or_default().join(".");
            if let Some(known) = &mut self.known
                && !known.insert(end)
                && compressed
            {
                self.bytes += 2;
                return;
            }
            self.bytes += label.len() + 1;
        }
        self.bytes += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(addresses: usize) -> (Question, Answer) {
        let name = DnsName::new("web.default.svc.cluster.local");
        let data = |last: usize| RecordData::A([10, 244, 0, last as u8].into());
        let answers = (0..addresses).map(|last| DnsRecord { name: name.clone(), ttl: 30, data: data(last) }).collect();
        (Question { name, record_type: RecordType::A }, Answer { answers, ..Answer::default() })
    }

    #[test]
    fn addresses_of_one_name_fit_up_to_a_number() {
        let cut = |addresses: usize, limit| {
            let (question, answer) = answer(addresses);
            let cut = answer.cut_to(&question, limit, limit > 512);
            (cut.answers.len(), cut.truncated)
        };
        assert_eq!(cut(29, 512), (29, false));
        assert_eq!(cut(30, 512), (29, true));
        assert_eq!(cut(73, 1232), (73, false));
        assert_eq!(cut(74, 1232), (73, true));
    }

    #[test]
    fn names_are_compressed_only_where_needed() {
        let (question, answer) = answer(3);
        assert_eq!(answer.bytes(&question, true, true), 12 + 35 + 3 * 45 + 11);
        let (question, answer) = self::answer(40);
        let cut = answer.cut_to(&question, 512, false);
        assert_eq!(cut.bytes(&question, false, true), 12 + 35 + 29 * 16);
    }
}
