//! The schemas of custom resources: what the API server holds Gateways, IngressRoutes and their kin against.
//!
//! `schema/definitions.json` is written by `cargo xtask bless definitions`, a line for each version of a kind; a line is read
//! when an object of it is first met.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use regex_lite::Regex;
use serde::Deserialize;
use serde_json::Value;

use crate::cel::Expression;
use crate::order::Gather;

const LINES: &str = include_str!("definitions.json");

/// A structural schema (apiextensions/v1, JSONSchemaProps).
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Definition {
    /// `object`, `array`, `string`, `integer`, `number`, `boolean`; none where values of several types are allowed.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// `int32`, `ipv4`
    pub format: Option<String>,
    /// The fields of an object.
    pub properties: BTreeMap<String, Definition>,
    /// The elements of a list.
    pub items: Option<Box<Definition>>,
    /// The values of a map.
    pub additional_properties: Option<Box<Definition>>,
    /// Fields that must be there.
    pub required: Vec<String>,
    /// The only values.
    #[serde(rename = "enum")]
    pub values: Vec<Value>,
    /// What a text must match.
    pub pattern: Option<LazyText<Regex>>,
    /// Letters.
    pub min_length: Option<usize>,
    /// Letters.
    pub max_length: Option<usize>,
    /// Elements.
    pub min_items: Option<usize>,
    /// Elements.
    pub max_items: Option<usize>,
    /// Entries.
    pub min_properties: Option<usize>,
    /// Entries.
    pub max_properties: Option<usize>,
    /// The least number.
    pub minimum: Option<f64>,
    /// The greatest number.
    pub maximum: Option<f64>,
    /// What stands there if nothing does.
    pub default: Option<Value>,
    /// Whether null is a value.
    pub nullable: bool,
    /// `set`, `map`
    pub list_type: Option<String>,
    /// By which fields the elements of a list of type map are told apart.
    pub list_keys: Vec<String>,
    /// Whether it is a number or a text.
    pub int_or_string: bool,
    /// Whether fields that nobody lists are kept.
    pub open: bool,
    /// One of these must hold.
    pub any_of: Vec<Definition>,
    /// Exactly one of these must hold.
    pub one_of: Vec<Definition>,
    /// All of these must hold.
    pub all_of: Vec<Definition>,
    /// This must not hold.
    pub not: Option<Box<Definition>>,
    pub rules: Vec<CelRule>,
    /// Of the root: whether there are rules anywhere.
    pub has_rules: bool,
}

/// A rule of a schema.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CelRule {
    pub rule: LazyText<Expression>,
    /// What is said of an object that breaks it.
    pub message: Option<String>,
    /// The field that it is said of, below the rule's own place.
    pub field_path: Option<String>,
}

/// A text that is read when it is first needed.
#[derive(Debug)]
pub struct LazyText<T> {
    /// As written.
    pub source: String,
    read: OnceLock<Option<T>>,
}

impl<'de, T> Deserialize<'de> for LazyText<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { source: String::deserialize(deserializer)?, read: OnceLock::new() })
    }
}

impl LazyText<Regex> {
    /// The expression; None if it can't be run as Go would.
    pub fn regex(&self) -> Option<&Regex> {
        self.read.get_or_init(|| Regex::new(&self.source).ok()).as_ref()
    }
}

impl LazyText<Expression> {
    /// The rule; None if it uses what isn't known here.
    pub fn expression(&self) -> Option<&Expression> {
        self.read.get_or_init(|| Expression::parse(&self.source)).as_ref()
    }
}

struct DefinitionLine {
    text: &'static str,
    read: OnceLock<Option<Definition>>,
}

/// The schema of a kind in a version, such as `gateway.networking.k8s.io/v1`.
pub fn definition(api_version: &str, kind: &str) -> Option<&'static Definition> {
    let name = format!("{api_version} {kind}");
    let line = lines().get(name.as_str())?;
    if let Some(twin) = line.text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        return read(lines().get(twin)?);
    }
    read(line)
}

fn read(line: &'static DefinitionLine) -> Option<&'static Definition> {
    line.read.get_or_init(|| serde_json::from_str(line.text).ok()).as_ref()
}

fn lines() -> &'static BTreeMap<&'static str, DefinitionLine> {
    static READ: OnceLock<BTreeMap<&str, DefinitionLine>> = OnceLock::new();
    READ.get_or_init(|| {
        let pairs = LINES.lines().filter_map(|line| {
            let (name, text) = line.strip_prefix('"')?.split_once("\":")?;
            Some((name, DefinitionLine { text: text.trim_end_matches(','), read: OnceLock::new() }))
        });
        pairs.into_map()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every rule and every pattern below a schema is one that is understood.
    fn assert_understood(name: &str, schema: &Definition) {
        for rule in &schema.rules {
            assert!(rule.rule.expression().is_some(), "{name}: {}", rule.rule.source);
        }
        assert!(
            schema.pattern.as_ref().is_none_or(|pattern| pattern.regex().is_some()),
            "{name}: {:?}",
            schema.pattern
        );
        let inner =
            schema.properties.values().chain(schema.items.as_deref()).chain(schema.additional_properties.as_deref());
        let inner =
            inner.chain(schema.not.as_deref()).chain(&schema.any_of).chain(&schema.one_of).chain(&schema.all_of);
        inner.for_each(|schema| assert_understood(name, schema));
    }

    #[test]
    fn every_definition_is_understood() {
        assert!(lines().len() > 30);
        for name in lines().keys() {
            let (api_version, kind) = name.split_once(' ').expect("a version and a kind");
            assert_understood(name, definition(api_version, kind).expect("a schema"));
        }
    }
}
