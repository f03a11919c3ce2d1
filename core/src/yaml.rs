//! The YAML tree: every value with its place, read as the API server reads it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, MAX_FINDINGS, Problem};
pub use crate::limits::{MAX_ALIASED_NODES, MAX_DEPTH};
use crate::order::Gather;
use crate::source::{FieldPath, FileId, Segment, Span};

pub mod base64;
mod json;
mod scalar;
mod scanner;
mod reader;
mod write;

pub use json::end_of_first_object;
pub use reader::Reader;
pub(crate) use scalar::{float_text, letter};
pub use write::{write, write_value};

/// Reads one YAML or JSON document that stands at a byte offset of a file, as [`Reader::read`] does.
pub fn parse(file: FileId, text: &str, offset: u32) -> (Option<YamlNode>, Vec<Diagnostic>) {
    Reader::default().read(file, text, offset)
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct YamlNode {
    /// The value's text.
    pub span: Span,
    pub value: Value,
}

/// What JSON can say, which is all that sigs.k8s.io/yaml lets through.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`, `~`, or nothing.
    Null,
    /// `true`, and with go-yaml also `yes` and `on`; for `y` see [`YamlNode::letter`].
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction or an exponent, or beyond 64 bits.
    Float(f64),
    /// A text.
    String(Arc<str>),
    /// A list.
    Sequence(Vec<YamlNode>),
    /// A map in the order written; of equal keys only the last is kept.
    Mapping(Vec<Entry>),
}

/// One entry of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key as JSON text (a number or boolean key becomes its text).
    pub key: Arc<str>,
    /// Where the key stands.
    pub key_span: Span,
    pub value: YamlNode,
}

impl YamlNode {
    /// The value under a key, if this is a map that has it and it isn't null.
    pub fn child(&self, key: &str) -> Option<&YamlNode> {
        self.entry(key).map(|entry| &entry.value).filter(|node| node.value != Value::Null)
    }

    /// The entry of a key, if this is a map that has it.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| &*entry.key == key)
    }

    /// The entries, if this is a map; else none.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The elements, if this is a list; else none.
    pub fn elements(&self) -> &[YamlNode] {
        match &self.value {
            Value::Sequence(elements) => elements,
            _ => &[],
        }
    }

    /// The text, if this is one.
    pub fn text(&self) -> Option<&Arc<str>> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean that go-yaml makes of a plain `y` or `n`.
    pub fn letter(&self) -> Option<bool> {
        let plain = self.span.end.saturating_sub(self.span.start) == 1;
        self.text().and_then(|text| letter(text)).filter(|_| plain)
    }

    /// The value at a path, if somebody wrote one.
    pub fn find(&self, path: &FieldPath) -> Option<&YamlNode> {
        path.segments().iter().try_fold(self, |node, segment| match segment {
            Segment::Index(index) => node.elements().get(*index),
            Segment::Field(key) | Segment::Key(key) => node.entry(key).map(|entry| &entry.value),
        })
    }

    /// The span to underline for a path: the field's key and value, or the nearest ancestor that exists.
    pub fn span_of(&self, path: &FieldPath) -> Span {
        let mut node = self;
        let mut span = self.span;
        for segment in path.segments() {
            let step = match segment {
                Segment::Index(index) => node.elements().get(*index).map(|node| (node, node.span)),
                Segment::Field(key) | Segment::Key(key) => {
                    node.entry(key).map(|entry| (&entry.value, entry.key_span.to(entry.value.span)))
                }
            };
            let Some((next, next_span)) = step else { return span };
            (node, span) = (next, next_span);
        }
        span
    }

    /// What Go's JSON decoder calls this value in an error: `number`, `bool`, `string`, `array`, `object`, `null`.
    pub fn go_type(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "bool",
            Value::String(_) if self.letter().is_some() => "bool",
            Value::Integer(_) | Value::Float(_) => "number",
            Value::String(_) => "string",
            Value::Sequence(_) => "array",
            Value::Mapping(_) => "object",
        }
    }
}

impl serde::Serialize for YamlNode {
    /// As JSON; what is null is left out of maps, as the API server leaves it out.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.value {
            Value::Null => serializer.serialize_unit(),
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Integer(number) => serializer.serialize_i64(*number),
            Value::Float(number) => serializer.serialize_f64(*number),
            Value::String(text) => serializer.serialize_str(text),
            Value::Sequence(elements) => serializer.collect_seq(elements),
            Value::Mapping(entries) => {
                let entries = entries.iter().filter(|entry| entry.value.value != Value::Null);
                serializer.collect_map(entries.map(|entry| (&entry.key, &entry.value)))
            }
        }
    }
}

/// The keys seen so far: equal keys share their text, which also makes them quick to compare.
#[derive(Default)]
struct Keys(BTreeSet<Arc<str>>);

impl Keys {
    fn intern(&mut self, key: &str) -> Arc<str> {
        if let Some(known) = self.0.get(key) {
            return known.clone();
        }
        let key: Arc<str> = key.into();
        self.0.insert(key.clone());
        key
    }
}

/// Of equal keys the last counts; each one before it goes into the report, if there is one.
fn last_of_equal(entries: Vec<Entry>, mut report: Option<&mut Vec<Diagnostic>>) -> Vec<Entry> {
    if !has_duplicates(&entries) {
        return entries;
    }
    let last: BTreeMap<Arc<str>, usize> =
        entries.iter().enumerate().map(|(position, entry)| (entry.key.clone(), position)).into_map();
    let mut kept = Vec::with_capacity(last.len());
    for (position, entry) in entries.into_iter().enumerate() {
        if last.get(&entry.key) == Some(&position) {
            kept.push(entry);
        } else if let Some(diagnostics) = report.as_mut().filter(|diagnostics| diagnostics.len() <= MAX_FINDINGS) {
            let problem = Problem::DuplicateKey { key: entry.key };
            diagnostics.push(Diagnostic::at(entry.key_span.to(entry.value.span), problem));
        }
    }
    kept
}

/// Most maps are small; a few (the data of a ConfigMap) are not.
fn has_duplicates(entries: &[Entry]) -> bool {
    const FEW: usize = 24;
    if entries.len() <= FEW {
        return entries
            .iter()
            .enumerate()
            .any(|(position, entry)| entries.iter().take(position).any(|other| Arc::ptr_eq(&other.key, &entry.key)));
    }
    let distinct: BTreeSet<&str> = entries.iter().map(|entry| &*entry.key).into_set();
    distinct.len() < entries.len()
}

#[cfg(test)]
mod tests;
