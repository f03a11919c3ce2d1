//! World's records outside, found by name.

use std::collections::BTreeMap;

use crate::packet::{DnsName, DnsRecord};

/// Records by their names, whose labels stand from the last to the first: what is below a name stands behind it.
pub(super) struct RecordList<'r>(BTreeMap<String, Vec<&'r DnsRecord>>);

impl<'r> RecordList<'r> {
    /// The records of a name keep their order.
    pub fn new(records: &'r [DnsRecord]) -> Self {
        let mut by_name: BTreeMap<String, Vec<&DnsRecord>> = BTreeMap::new();
        for record in records {
            by_name.entry(reversed(&record.name)).or_default().push(record);
        }
        Self(by_name)
    }

    /// The records of a name, or those of the wildcard that covers it, in the name's place (RFC 4592).
    pub fn records_of(&self, name: &DnsName) -> Vec<DnsRecord> {
        let named = |records: &[&DnsRecord]| -> Vec<DnsRecord> {
            records.iter().map(|record| DnsRecord { name: name.clone(), ..DnsRecord::clone(record) }).collect()
        };
        if self.has_within(name) {
            return named(self.own(name));
        }
        self.wildcard(name).map(|covering| named(self.own(&covering))).unwrap_or_default()
    }

    /// Whether a name or one below it has records.
    pub fn has_within(&self, name: &DnsName) -> bool {
        if name.as_str().is_empty() {
            return !self.0.is_empty();
        }
        let own = reversed(name);
        let below = format!("{own}.");
        let next = self.0.range(below.clone()..).next();
        self.0.contains_key(&own) || next.is_some_and(|(name, _)| name.starts_with(&below))
    }

    /// The wildcard that covers a name.
    pub fn wildcard(&self, name: &DnsName) -> Option<DnsName> {
        let mut rest = name.as_str();
        while let Some((_, parent)) = rest.split_once('.') {
            let star = DnsName::new(format!("*.{parent}"));
            if !self.own(&star).is_empty() {
                return Some(star);
            }
            if self.has_within(&DnsName::new(parent)) {
                return None;
            }
            rest = parent;
        }
        None
    }

    fn own(&self, name: &DnsName) -> &[&'r DnsRecord] {
        self.0.get(&reversed(name)).map_or(&[], Vec::as_slice)
    }
}

/// `com.example.www`
fn reversed(name: &DnsName) -> String {
    let name = name.as_str().to_ascii_lowercase();
    name.rsplit('.').collect::<Vec<_>>().join(".")
}
