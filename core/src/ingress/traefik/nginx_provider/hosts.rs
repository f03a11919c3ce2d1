//! What the Ingresses say of hosts together: who has which alias, and where paths are expressions.

use std::collections::{BTreeMap, BTreeSet};

use super::served_ingress::ServedIngress;
use crate::ingress::nginx::Annotation;
use crate::source::ObjectRef;

/// What all Ingresses say of hosts.
#[derive(Default)]
pub struct HostFacts {
    /// All hosts of rules.
    all: BTreeSet<String>,
    /// Those of which paths are expressions.
    pub(super) with_regex: BTreeSet<String>,
    /// The oldest Ingress with an alias.
    aliases: BTreeMap<String, ObjectRef>,
}

impl HostFacts {
    pub(super) fn of(regular: &[ServedIngress]) -> Self {
        let mut facts = Self::default();
        for one in regular {
            let options = one.options();
            for alias in options.list(Annotation::ServerAlias).unwrap_or_default() {
                facts.aliases.entry(alias.to_ascii_lowercase()).or_insert_with(|| one.reference.clone());
            }
            let regex = options.is(Annotation::UseRegex) || options.filled(Annotation::RewriteTarget).is_some();
            for rule in &one.ingress.spec.rules {
                let host = rule.host.as_deref().unwrap_or_default();
                facts.all.insert(host.to_owned());
                if regex {
                    facts.with_regex.insert(host.to_owned());
                }
            }
        }
        facts
    }

    /// resolveAliases: names that no rule has and no older Ingress.
    pub(super) fn aliases(&self, one: &ServedIngress) -> Vec<String> {
        let written = one.options().list(Annotation::ServerAlias).unwrap_or_default();
        let own = |alias: &&str| self.aliases.get(&alias.to_ascii_lowercase()) == Some(&one.reference);
        let free = |alias: &&str| !self.all.contains(&alias.to_ascii_lowercase());
        written.into_iter().filter(free).filter(own).map(str::to_owned).collect()
    }

    /// buildFromToWwwRedirect: the other form of a host, where nobody has it.
    pub(super) fn other_form(&self, host: &str) -> Option<String> {
        if host.is_empty() || host.starts_with("*.") {
            return None;
        }
        let other = host.strip_prefix("www.").map_or_else(|| format!("www.{host}"), str::to_owned);
        (!self.all.contains(&other)).then_some(other)
    }
}
