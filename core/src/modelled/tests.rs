//! That the list holds everything, once, in both languages.

use std::collections::BTreeSet;

use strum::VariantArray;

use super::*;
use crate::console::TOOLS;
use crate::dns::plugins::PLUGINS;
use crate::explain::Language;
use crate::model::{self, KINDS, Shape};
use crate::schema;
use crate::trace::{ComponentRule, GapKind, IngressControllerRule, ServiceRule};

fn section(id: &str) -> Section {
    sections().into_iter().find(|section| section.id == id).unwrap()
}

/// Everything that a section lists, in English.
fn listed(id: &str) -> Vec<String> {
    let text = |label: &Label| match label {
        Label::Name(name) => name.clone(),
        Label::Words(words) => words.english.to_owned(),
    };
    let groups = section(id).groups;
    groups.iter().flat_map(|group| &group.entries).map(|entry| text(&entry.label)).collect()
}

#[test]
fn every_kind_is_used_or_not() {
    let used: BTreeSet<String> =
        section("kinds").groups.iter().map(|group| print::label(&group.title, Language::English).to_owned()).collect();
    assert!(KINDS.iter().all(|kind| used.contains(kind.name)));
    assert_eq!(used.len(), KINDS.iter().map(|kind| kind.name).collect::<BTreeSet<_>>().len() + 1);
    let unused = listed("unused");
    let missing =
        schema::kinds().find(|kind| !used.contains(kind.name) && !unused.iter().any(|name| name == kind.name));
    assert_eq!(missing, None);
}

/// The fields of the structs that objects are read into, wherever those stand.
#[test]
fn every_field_that_is_read_is_listed() {
    fn leaves(shape: Shape, name: &str, depth: usize, found: &mut BTreeSet<String>) {
        match shape {
            Shape::Value => _ = found.insert(name.to_owned()),
            // Told shortly, in words.
            Shape::Struct("LabelSelector", _) => {}
            Shape::List(inner) | Shape::Map(inner) if depth > 0 => leaves(inner(), name, depth - 1, found),
            Shape::Struct(_, fields) if depth > 0 => {
                fields.iter().for_each(|(name, shape)| leaves(shape(), name, depth - 1, found));
            }
            Shape::List(_) | Shape::Map(_) | Shape::Struct(..) => panic!("{name} is too deep to be listed"),
        }
    }
    let mut fields = BTreeSet::new();
    model::shapes().into_iter().for_each(|(kind, shape)| leaves(shape, kind.name, 16, &mut fields));
    let listed: BTreeSet<String> = listed("kinds")
        .iter()
        .flat_map(|path| path.split(['.', ',', '{', '}', ' ']).map(|part| part.trim_end_matches("[]").to_owned()))
        .collect();
    let missing: Vec<_> = fields.difference(&listed).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(fields.len() > 150, "{}", fields.len());
}

#[test]
fn every_plugin_tool_and_gap_is_listed() {
    let dns = listed("dns");
    assert!(PLUGINS.iter().all(|(plugin, _)| dns.iter().any(|name| name == plugin)));
    let tools = section("tools").groups;
    let titles: Vec<&str> = tools.iter().map(|group| print::label(&group.title, Language::English)).collect();
    assert!(TOOLS.iter().all(|tool| titles.contains(&tool.name)));
    assert_eq!(listed("gaps").len(), GapKind::VARIANTS.len());
}

#[test]
fn every_rule_is_listed_with_its_documentation() {
    let rules = section("rules");
    let entries = || rules.groups.iter().flat_map(|group| &group.entries);
    let has = |rule: ComponentRule| entries().any(|entry| entry.label == Label::Words(rule.words()));
    assert!(IngressControllerRule::VARIANTS.iter().all(|rule| has(ComponentRule::Ingress(*rule))));
    assert!(ServiceRule::VARIANTS.iter().all(|rule| has(ComponentRule::Service(*rule))));
    assert!(entries().all(|entry| entry.documentation.is_some_and(|link| link.starts_with("https://"))));
}

#[test]
fn nothing_is_listed_twice_or_without_words() {
    for section in sections() {
        for group in &section.groups {
            let mut seen = BTreeSet::new();
            for entry in &group.entries {
                let name = print::label(&entry.label, Language::English);
                assert!(!name.is_empty() && seen.insert(name), "{}: {name}", section.id);
                assert!(!print::label(&entry.label, Language::Japanese).is_empty());
            }
        }
        // Some tools take no option, and of a Namespace only metadata is read.
        let may_be_empty = ["kinds", "tools"].contains(&section.id);
        assert!(may_be_empty || !section.groups.iter().any(|group| group.entries.is_empty()), "{}", section.id);
    }
}
