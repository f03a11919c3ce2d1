//! Hosts: exact names and wildcards as first label.

use std::collections::BTreeMap;

/// Whether `pattern` covers `host` with a wildcard for exactly one label, as the Ingress API says. `host` is in lower
/// case and without a port.
pub fn covers_one_label(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(suffix) => {
            host.split_once('.').is_some_and(|(label, rest)| !label.is_empty() && rest.eq_ignore_ascii_case(suffix))
        }
        None => pattern.eq_ignore_ascii_case(host),
    }
}

/// Whether `pattern` covers `host` with a wildcard for one label or more, as the Gateway API says.
pub fn covers_any_labels(pattern: &str, host: &str) -> bool {
    match pattern.strip_prefix("*.") {
        Some(suffix) => {
            let suffix = suffix.to_ascii_lowercase();
            let rest = host.strip_suffix(suffix.as_str()).and_then(|rest| rest.strip_suffix('.'));
            rest.is_some_and(|label| !label.is_empty())
        }
        None => pattern.eq_ignore_ascii_case(host),
    }
}

/// How specific a hostname is (Gateway API, HTTPRouteRule): by its characters outside the wildcard, then by all.
pub fn specificity(pattern: &str) -> (usize, usize) {
    let wild = pattern.strip_prefix("*.").map_or(pattern.len(), str::len);
    (wild, pattern.len())
}

/// What two hostnames with wildcards for any number of labels have in common: the narrower one, if it lies in the other.
pub fn intersection<'h>(one: &'h str, other: &'h str) -> Option<&'h str> {
    if one.eq_ignore_ascii_case(other) {
        return Some(one);
    }
    let within =
        |narrow: &str, wide: &str| wide.starts_with("*.") && covers_any_labels(wide, &narrow.to_ascii_lowercase());
    if within(one, other) {
        return Some(one);
    }
    within(other, one).then_some(other)
}

/// Things by host: found without scanning, exact names before wildcards of one label.
#[derive(Clone, Debug)]
pub struct HostTable<T> {
    exact: BTreeMap<String, T>,
    wildcards: BTreeMap<String, T>,
}

impl<T> Default for HostTable<T> {
    fn default() -> Self {
        Self { exact: BTreeMap::new(), wildcards: BTreeMap::new() }
    }
}

impl<T> HostTable<T> {
    /// The entry of a host as written, made if it isn't there.
    pub fn entry(&mut self, host: &str) -> &mut T
    where
        T: Default,
    {
        let host = host.to_ascii_lowercase();
        match host.strip_prefix("*.") {
            Some(suffix) => self.wildcards.entry(suffix.to_owned()).or_default(),
            None => self.exact.entry(host).or_default(),
        }
    }

    /// The entry of a host as written.
    pub fn written(&self, host: &str) -> Option<&T> {
        let host = host.to_ascii_lowercase();
        match host.strip_prefix("*.") {
            Some(suffix) => self.wildcards.get(suffix),
            None => self.exact.get(&host),
        }
    }

    /// The entry of exactly this host.
    pub fn exact(&self, host: &str) -> Option<&T> {
        self.exact.get(host)
    }

    /// The entry whose wildcard covers this host.
    pub fn wildcard(&self, host: &str) -> Option<&T> {
        let (label, suffix) = host.split_once('.')?;
        self.wildcards.get(suffix).filter(|_| !label.is_empty())
    }

    /// The entry for a host: its own, else that of a wildcard.
    pub fn find(&self, host: &str) -> Option<&T> {
        self.exact(host).or_else(|| self.wildcard(host))
    }

    /// All hosts as written, wildcards last, with their entries.
    pub fn iter(&self) -> impl Iterator<Item = (String, &T)> {
        let exact = self.exact.iter().map(|(host, entry)| (host.clone(), entry));
        exact.chain(self.wildcards.iter().map(|(suffix, entry)| (format!("*.{suffix}"), entry)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wildcard_is_one_label_for_ingress_and_more_for_gateway() {
        for (host, one, any) in [
            ("a.foo.com", true, true),
            ("a.b.foo.com", false, true),
            ("foo.com", false, false),
            (".foo.com", false, false),
            ("afoo.com", false, false),
        ] {
            assert_eq!(covers_one_label("*.foo.com", host), one, "{host}");
            assert_eq!(covers_any_labels("*.Foo.com", host), any, "{host}");
        }
    }

    #[test]
    fn intersections() {
        for (one, other, common) in [
            ("a.foo.com", "*.foo.com", Some("a.foo.com")),
            ("*.foo.com", "A.foo.com", Some("A.foo.com")),
            ("*.foo.com", "*.b.foo.com", Some("*.b.foo.com")),
            ("*.foo.com", "*.foo.com", Some("*.foo.com")),
            ("*.foo.com", "foo.com", None),
            ("a.foo.com", "b.foo.com", None),
        ] {
            assert_eq!(intersection(one, other), common, "{one} {other}");
        }
        assert!(specificity("foo.bar.com") > specificity("*.bar.com"));
    }

    #[test]
    fn exact_before_wildcard() {
        let mut table = HostTable::<u8>::default();
        *table.entry("*.Foo.com") = 1;
        *table.entry("api.foo.com") = 2;
        assert_eq!(table.find("api.foo.com"), Some(&2));
        assert_eq!(table.find("web.foo.com"), Some(&1));
        assert_eq!(table.find("a.web.foo.com"), None);
    }
}
