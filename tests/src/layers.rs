//! The layers of core: a module imports only modules above it, in the order of the `mod` lines of `core/src/lib.rs`, and
//! the deciders never import each other. Unit tests may import anything.

use crate::imports::{self, imports};
use proc_macro2::LexError;
use std::collections::BTreeSet;
use std::fmt;

/// What decides about one packet each; only `walk` knows them all.
pub const DECIDERS: [&str; 5] = ["dns", "service", "policy", "ingress", "gateway"];

/// An import that the layers forbid.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breach {
    /// The file that imports.
    pub file: String,
    /// Where, counted from 1.
    pub line: usize,
    /// The top module that is imported.
    pub import: String,
    /// What is wrong with it.
    pub why: Why,
}

/// What is wrong with an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The imported module stands below.
    StandsBelow,
    /// Both are deciders.
    Decider,
    /// `crate::Name` of a thing that the top re-exports: the module it lives in stays unseen.
    NoModule,
}

/// The breaches in one file; its path is taken from `core/src`.
pub fn breaches(order: &[String], file: &str, text: &str) -> Result<Vec<Breach>, LexError> {
    let module = imports::module(file);
    let Some(here) = module.first().and_then(|top| order.iter().position(|module| module == top)) else {
        return Ok(Vec::new());
    };
    let tops = imports(&module, text)?
        .into_iter()
        .map(|import| (import.line, import.path.first().cloned().unwrap_or_default()));
    let judged = tops.collect::<BTreeSet<_>>().into_iter().filter_map(|(line, import)| {
        let why = objection(order, here, &import)?;
        Some(Breach { file: file.to_owned(), line, import, why })
    });
    Ok(judged.collect())
}

fn objection(order: &[String], here: usize, import: &str) -> Option<Why> {
    let Some(there) = order.iter().position(|module| module == import) else { return Some(Why::NoModule) };
    let is_decider = |place: usize| DECIDERS.contains(&order[place].as_str());
    if there != here && is_decider(here) && is_decider(there) {
        return Some(Why::Decider);
    }
    (there > here).then_some(Why::StandsBelow)
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { file, line, import, why } = self;
        let why = match why {
            Why::StandsBelow => "which stands below it in lib.rs",
            Why::Decider => "but the deciders never import each other",
            Why::NoModule => "which is no module: name the module it lives in",
        };
        write!(f, "core/src/{file}:{line} imports `{import}`, {why}")
    }
}

#[cfg(test)]
mod tests {
    use super::{Why, breaches};
    use crate::imports::children;

    const LIB: &str = "pub mod source;\npub mod packet;\nmod http;\npub mod dns;\npub mod service;\npub mod walk;\n";

    fn check(file: &str, text: &str, expected: &[(usize, &str, Why)]) {
        let order = children(LIB).expect("lib.rs is Rust");
        let found = breaches(&order, file, text).expect("the file is Rust");
        let found: Vec<_> = found.iter().map(|breach| (breach.line, breach.import.as_str(), breach.why)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn what_stands_above_may_be_imported() {
        check("walk.rs", "use crate::dns::Answer;\nuse crate::{packet::Packet, service};", &[]);
        check("dns/coredns.rs", "use crate::dns::Answer;\nuse super::client;", &[]);
    }

    #[test]
    fn what_stands_below_may_not() {
        check("packet.rs", "\nuse crate::walk::resolve;", &[(2, "walk", Why::StandsBelow)]);
        check("packet.rs", "use crate::{source, walk::{a, dns}};", &[(1, "walk", Why::StandsBelow)]);
        check(
            "packet/address.rs",
            "fn f() -> crate::dns::Answer { crate::walk::g() }",
            &[(1, "dns", Why::StandsBelow), (1, "walk", Why::StandsBelow)],
        );
        check("packet.rs", "macro_rules! m { () => { $crate::walk::f() } }", &[(1, "walk", Why::StandsBelow)]);
    }

    #[test]
    fn deciders_do_not_import_each_other() {
        check("service/iptables.rs", "use crate::dns::Answer;", &[(1, "dns", Why::Decider)]);
        check("dns.rs", "use crate::service;", &[(1, "service", Why::Decider)]);
    }

    #[test]
    fn the_way_over_super_counts_too() {
        check("packet.rs", "use super::walk::resolve;", &[(1, "walk", Why::StandsBelow)]);
        check("packet/address.rs", "use super::super::walk;", &[(1, "walk", Why::StandsBelow)]);
        check("packet/address.rs", "use super::walk;", &[]);
        check("packet.rs", "mod inner { use super::walk; use super::super::walk; }", &[(1, "walk", Why::StandsBelow)]);
    }

    #[test]
    fn a_re_export_hides_no_layer() {
        check("packet.rs", "use crate::resolve;", &[(1, "resolve", Why::NoModule)]);
        check("packet.rs", "use crate::*;", &[(1, "*", Why::NoModule)]);
        check("packet.rs", "crate::object!(Pod);", &[]);
    }

    #[test]
    fn comments_strings_and_tests_do_not_count() {
        check("packet.rs", "//! crate::walk\nconst A: &str = \"crate::walk\";\npub(crate) struct B;", &[]);
        check("packet.rs", "#[cfg(test)]\nmod tests { use crate::walk; }", &[]);
        check("packet.rs", "#[cfg(test)]\nuse crate::walk;\nuse crate::dns;", &[(3, "dns", Why::StandsBelow)]);
        check("packet/tests.rs", "use crate::walk;", &[]);
    }
}
