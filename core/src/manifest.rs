//! From text to objects: what a current API server would take from kubectl, and what it would refuse, with its words.
//!
//! Documents are split first, so that a broken one spoils only itself. Each object is read, checked against the real
//! API's fields, given the API's defaults and validated; one with an error is refused and so absent.

use std::collections::BTreeMap;
use std::sync::Arc;

use self::identify::{Identity, ListKind};
use crate::diagnostic::{Diagnostic, Fix, Problem};
use crate::model::{self, Body, Fault, Text};
use crate::schema::{self, Finding, Shape};
use crate::source::{FieldRef, FileId, Location, ObjectRef, Sources, Span};
use crate::yaml::{Node, Reader, Value};

mod default;
mod documents;
mod identify;
mod validate;
mod versions;

pub use identify::DEFAULT_NAMESPACE;

/// Everything that was read from the texts, in the order it stands there.
#[derive(Clone, Debug, Default)]
pub struct Manifests {
    /// The texts.
    pub sources: Sources,
    /// The objects of kinds that play a part.
    pub objects: Vec<Object>,
    /// The objects of kinds that play no part.
    pub seen: Vec<Seen>,
    /// What was found while reading, in the order of the texts.
    pub diagnostics: Vec<Diagnostic>,
    index: BTreeMap<ObjectRef, usize>,
}

/// An object that the API server accepts, of a kind that plays a part.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Kind, namespace and name.
    pub reference: ObjectRef,
    /// As written: `apps/v1`.
    pub api_version: Text,
    /// The tree, with every field's place.
    pub node: Arc<Node>,
    /// Its position among all objects of the texts.
    pub order: usize,
    /// The slim struct, defaults filled in.
    pub body: Body,
}

/// An object that was read but plays no part.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Kind, namespace and name.
    pub reference: ObjectRef,
    /// As written.
    pub api_version: Text,
    /// Where it stands.
    pub span: Span,
}

impl Manifests {
    /// Reads all texts. Cannot fail: what is wrong is in the diagnostics.
    pub fn read(sources: Sources) -> Self {
        let mut reading = Reading::default();
        for (id, file) in sources.iter() {
            reading.file(id, &file.text);
        }
        let read = reading.finish();
        Self { sources, ..read }
    }

    /// An object by its reference.
    pub fn find(&self, reference: &ObjectRef) -> Option<&Object> {
        self.objects.get(*self.index.get(reference)?)
    }

    /// Where a field stands, or the nearest field above it that somebody wrote. None for objects that stand in no text.
    pub fn span(&self, field: &FieldRef) -> Option<Span> {
        self.find(&field.object).map(|object| object.node.span_of(&field.path))
    }

    /// As [`Manifests::span`], as a person reads it.
    pub fn locate(&self, field: &FieldRef) -> Option<Location> {
        self.sources.locate(self.span(field)?)
    }
}

/// Objects as they come.
#[derive(Default)]
struct Reading<'t> {
    /// The file being read.
    text: &'t str,
    objects: Vec<Option<Object>>,
    seen: Vec<Seen>,
    diagnostics: Vec<Diagnostic>,
    index: BTreeMap<ObjectRef, usize>,
    order: usize,
}

impl<'t> Reading<'t> {
    fn file(&mut self, file: FileId, text: &'t str) {
        self.text = text;
        let mut reader = Reader::default();
        for (offset, document) in documents::split(text) {
            let (node, diagnostics) = reader.read(file, document, offset as u32);
            let first = self.diagnostics.len();
            self.diagnostics.extend(diagnostics);
            if let Some(node) = node {
                self.document(node, first);
            }
        }
    }

    /// Takes a document's object, or the objects of a list. `first` is its first diagnostic, for which no object was
    /// known yet.
    fn document(&mut self, node: Node, first: usize) {
        match identify::items(&node) {
            Some(list) => {
                let Node { value: Value::Mapping(entries), .. } = node else { return };
                let items = entries.into_iter().find(|entry| &*entry.key == "items");
                if let Some(Value::Sequence(items)) = items.map(|entry| entry.value.value) {
                    for item in items {
                        self.object(item, &list);
                    }
                }
            }
            None => {
                let reference = self.object(node, &ListKind::default());
                for diagnostic in self.diagnostics.iter_mut().skip(first) {
                    diagnostic.object = diagnostic.object.take().or_else(|| reference.clone());
                }
            }
        }
    }

    fn object(&mut self, node: Node, list: &ListKind) -> Option<ObjectRef> {
        self.order += 1;
        let identity = match identify::identify(&node, list, self.order) {
            Ok(identity) => identity,
            Err(refusal) => {
                self.diagnostics.push(*refusal);
                return None;
            }
        };
        let Identity { reference, api_version, model, schema } = identity;
        let fits = schema.is_none_or(|schema| self.fits(&node, schema, &reference));
        match model {
            None => self.seen.push(Seen { reference: reference.clone(), api_version, span: node.span }),
            Some(_) if !fits => {}
            Some(model) => {
                if let Some(body) = self.body(&node, model, &reference, schema.is_none()) {
                    let errors = validate::validate(&body, &node, &reference);
                    let refused = !errors.is_empty();
                    self.diagnostics.extend(errors);
                    if refused {
                        return Some(reference);
                    }
                    let node = Arc::new(node);
                    self.keep(Object { reference: reference.clone(), api_version, node, order: self.order, body });
                }
            }
        }
        Some(reference)
    }

    /// Holds the tree against the API's fields; false if the API server couldn't decode it. An unknown field is an
    /// error too, but the object is used without it.
    fn fits(&mut self, node: &Node, schema: &schema::Kind, reference: &ObjectRef) -> bool {
        let mut fits = true;
        for finding in schema::check(node, schema) {
            let diagnostic = match finding {
                Finding::UnknownField { path, key, nearest } => Diagnostic {
                    fix: nearest.map(|name| Fix { span: key, replacement: name.to_owned() }),
                    ..Diagnostic::at(key, Problem::UnknownField { nearest }).field(path)
                },
                Finding::WrongType { path, value, expected, message, refused } => {
                    fits &= !refused;
                    let fix = (expected == Shape::String).then(|| self.quoted(value)).flatten();
                    Diagnostic { fix, ..Diagnostic::at(value, Problem::WrongType { message }).field(path) }
                }
            };
            self.diagnostics.push(diagnostic.of(reference));
        }
        fits
    }

    /// Puts quotes around a number or a word that YAML reads as something else than text.
    fn quoted(&self, value: Span) -> Option<Fix> {
        let text = self.text.get(value.start as usize..value.end as usize)?;
        let plain =
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._+-".contains(&byte));
        plain.then(|| Fix { span: value, replacement: format!("\"{text}\"") })
    }

    /// The slim struct; None if it cannot be read. `say` is for kinds that no schema has judged yet.
    fn body(&mut self, node: &Node, model: &model::Kind, reference: &ObjectRef, say: bool) -> Option<Body> {
        let mut faults = Vec::new();
        let mut body = (model.decode)(node, &mut faults);
        if say {
            self.diagnostics.extend(faults.into_iter().map(|fault| wrong_type(node, reference, fault)));
        }
        if let Some(metadata) = body.as_mut().and_then(Body::metadata_mut) {
            metadata.name = reference.name.clone();
            metadata.namespace = reference.namespace.clone().unwrap_or_default();
        }
        if let Some(body) = &mut body {
            default::apply(body);
        }
        body
    }

    /// Of two objects with one name the later counts, as with `kubectl apply`.
    fn keep(&mut self, object: Object) {
        let position = self.objects.len();
        if let Some(earlier) = self.index.insert(object.reference.clone(), position) {
            let replaced = self.objects.get_mut(earlier).and_then(Option::take);
            self.diagnostics.push(Diagnostic {
                object: Some(object.reference.clone()),
                ..Diagnostic::at(
                    object.node.span,
                    Problem::SameObjectTwice { earlier: replaced.map(|object| object.node.span) },
                )
            });
        }
        self.objects.push(Some(object));
    }

    fn finish(self) -> Manifests {
        let objects: Vec<Object> = self.objects.into_iter().flatten().collect();
        let index = objects.iter().enumerate().map(|(at, object)| (object.reference.clone(), at)).collect();
        Manifests { sources: Sources::default(), objects, seen: self.seen, diagnostics: self.diagnostics, index }
    }
}

fn wrong_type(node: &Node, reference: &ObjectRef, fault: Fault) -> Diagnostic {
    let Fault { path, expected, found } = fault;
    let message = format!("json: cannot unmarshal {found} into Go struct field {path} of type {expected}");
    Diagnostic::at(node.span_of(&path), Problem::WrongType { message }).field(path).of(reference)
}

#[cfg(test)]
mod tests;
