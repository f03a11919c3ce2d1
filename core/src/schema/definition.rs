//! The schemas of custom resources: what the API server holds Gateways, IngressRoutes and their kin against.
//!
//! `schema/definitions.json` and `schema/further.json` are written by `cargo xtask bless definitions`, a line for each version
//! of a kind and for each schema that stands in several places (`{"$":1}`); a line is read when an object of it is first met.
//! The second file is the greater one: a program that carries none of it says how it comes by it ([`FurtherDefinitions`]).

use std::collections::BTreeMap;
use std::sync::OnceLock;

use regex_lite::Regex;
use serde::Deserialize;
use serde_json::Value;

use crate::cel::Expression;
use crate::order::Gather;

const LINES: &str = include_str!("definitions.json");

/// How a program comes by the second file; None where it can't.
pub type FurtherDefinitions = fn() -> Option<&'static str>;

/// The second file, as part of the program.
pub fn further_definitions() -> Option<&'static str> {
    Some(include_str!("further.json"))
}

/// The groups whose kinds stand in the first file, and those that end so.
const GROUPS: &[&str] =
    &["gateway.networking.k8s.io", "policy.networking.k8s.io", "traefik.io", "traefik.containo.us", "metallb.io"];

/// The groups whose kinds stand in the second file, and those that end so.
const FURTHER_GROUPS: &[&str] =
    &["gateway.envoyproxy.io", "cert-manager.io", "istio.io", "cilium.io", "gateway.networking.x-k8s.io"];

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

/// What `\PC` matches: letters but those of the class Other, as far as somebody types them.
const PRINTED: &str = r"[^\x00-\x1f\x7f-\x9f\u{ad}\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2060}-\u{206f}\u{feff}]";

impl LazyText<Regex> {
    /// The expression; None if it can't be run as Go would.
    pub fn regex(&self) -> Option<&Regex> {
        self.read.get_or_init(|| Regex::new(&self.source.replace(r"\PC", PRINTED)).ok()).as_ref()
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

/// A file's lines by their names.
type DefinitionLines = BTreeMap<&'static str, DefinitionLine>;

/// The schema of a kind in a version, such as `gateway.networking.k8s.io/v1`.
pub fn definition(api_version: &str, kind: &str, further: Option<FurtherDefinitions>) -> Option<&'static Definition> {
    let name = format!("{api_version} {kind}");
    let group = api_version.split('/').next().unwrap_or_default();
    let lines = if is_one_of(group, FURTHER_GROUPS) { further_lines(further)? } else { lines() };
    let line = lines.get(name.as_str())?;
    if let Some(twin) = line.text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        return read(lines, lines.get(twin)?);
    }
    read(lines, line)
}

/// Whether the kinds of a group have definitions here.
pub fn is_defined_group(group: &str) -> bool {
    is_one_of(group, GROUPS) || is_one_of(group, FURTHER_GROUPS)
}

fn is_one_of(group: &str, known: &[&str]) -> bool {
    known.iter().filter_map(|known| group.strip_suffix(known)).any(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn read(lines: &DefinitionLines, line: &'static DefinitionLine) -> Option<&'static Definition> {
    line.read.get_or_init(|| serde_json::from_str(&unpacked(lines, line.text)).ok()).as_ref()
}

/// A line with the schemas that it shares with others; these have their own numbers below.
fn unpacked(lines: &DefinitionLines, text: &str) -> String {
    let mut parts = text.split("{\"$\":");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let Some((number, rest)) = part.split_once('}') else { continue };
        let shared = lines.get(format!("${number}").as_str()).map_or("{}", |line| line.text);
        whole.push_str(&unpacked(lines, shared));
        whole.push_str(rest);
    }
    whole
}

fn lines() -> &'static DefinitionLines {
    static READ: OnceLock<DefinitionLines> = OnceLock::new();
    READ.get_or_init(|| read_lines(LINES))
}

/// None as long as the file can't be had.
fn further_lines(further: Option<FurtherDefinitions>) -> Option<&'static DefinitionLines> {
    static READ: OnceLock<DefinitionLines> = OnceLock::new();
    if let Some(read) = READ.get() {
        return Some(read);
    }
    let text = further?()?;
    Some(READ.get_or_init(|| read_lines(text)))
}

fn read_lines(text: &'static str) -> DefinitionLines {
    let pairs = text.lines().filter_map(|line| {
        let (name, text) = line.strip_prefix('"')?.split_once("\":")?;
        Some((name, DefinitionLine { text: text.trim_end_matches(','), read: OnceLock::new() }))
    });
    pairs.into_map()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rules and patterns below a schema that aren't understood.
    fn riddles(schema: &Definition, found: &mut Vec<String>) {
        let rules = schema.rules.iter().filter(|rule| rule.rule.expression().is_none());
        found.extend(rules.map(|rule| rule.rule.source.clone()));
        let patterns = schema.pattern.iter().filter(|pattern| pattern.regex().is_none());
        found.extend(patterns.map(|pattern| pattern.source.clone()));
        let inner =
            schema.properties.values().chain(schema.items.as_deref()).chain(schema.additional_properties.as_deref());
        let inner =
            inner.chain(schema.not.as_deref()).chain(&schema.any_of).chain(&schema.one_of).chain(&schema.all_of);
        inner.for_each(|schema| riddles(schema, found));
    }

    #[test]
    fn every_definition_is_understood() {
        let all = [(lines(), 30), (further_lines(Some(further_definitions)).expect("the second file"), 60)];
        for (lines, least) in all {
            let names: Vec<_> = lines.keys().filter(|name| !name.starts_with('$')).collect();
            assert!(names.len() > least);
            let mut found = Vec::new();
            for name in names {
                let (api_version, kind) = name.split_once(' ').expect("a version and a kind");
                let schema = definition(api_version, kind, Some(further_definitions)).expect("a schema");
                riddles(schema, &mut found);
            }
            assert_eq!(found, Vec::<String>::new());
        }
    }
}
