//! The YAML tree: every value with its place, read as the API server reads it.

use std::sync::Arc;

use crate::source::{FieldPath, Segment, Span};

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value's text.
    pub span: Span,
    /// The value.
    pub value: Value,
}

/// What JSON can say, which is all that sigs.k8s.io/yaml lets through.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`, `~`, or nothing.
    Null,
    /// `true`, and with go-yaml also `yes` and `on`.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction or an exponent, or beyond 64 bits.
    Float(f64),
    /// A text.
    String(Arc<str>),
    /// A list.
    Sequence(Vec<Node>),
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
    /// The value.
    pub value: Node,
}

impl Node {
    /// The value under a key, if this is a map that has it and it isn't null.
    pub fn child(&self, key: &str) -> Option<&Node> {
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
    pub fn elements(&self) -> &[Node] {
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
            Value::Integer(_) | Value::Float(_) => "number",
            Value::String(_) => "string",
            Value::Sequence(_) => "array",
            Value::Mapping(_) => "object",
        }
    }
}
