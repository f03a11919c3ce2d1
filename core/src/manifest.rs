//! From text to objects: what a current API server would take from kubectl, and what it would refuse, with its words.
//!
//! Documents are split first, so that a broken one spoils only itself. Each object is read, checked against the real
//! API's fields, given the API's defaults and validated; one with an error is refused and so absent.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{Diagnostic, Problem};
use crate::model::{Body, Text};
use crate::source::{FieldRef, Location, ObjectRef, Sources, Span};
use crate::yaml::YamlNode;

mod copied;
mod custom;
mod default;
mod documents;
mod validate;
mod versions;
mod identify;
mod reading;

pub use documents::split as split_documents;
pub use identify::DEFAULT_NAMESPACE;
pub use validate::Checks;
pub use versions::of as versions_of;

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
    /// What was checked of each object.
    pub checks: Checks,
}

/// An object that the API server accepts, of a kind that plays a part.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Kind, namespace and name.
    pub reference: ObjectRef,
    /// As written: `apps/v1`.
    pub api_version: Text,
    /// The tree, with every field's place.
    pub node: Arc<YamlNode>,
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
    /// The Secret that its controller makes of it.
    pub makes_secret: Option<Text>,
}

impl Manifests {
    /// Reads all texts. Cannot fail: what is wrong is in the diagnostics.
    pub fn read(sources: Sources) -> Self {
        Self::read_with(sources, Checks::ALL)
    }

    /// The same with fewer checks, for a program that must be small: see [`Checks`].
    pub fn read_with(sources: Sources, checks: Checks) -> Self {
        let read = reading::read(&sources, checks);
        Self { sources, checks, ..read }
    }

    pub fn find(&self, reference: &ObjectRef) -> Option<&Object> {
        self.objects.get(*self.index.get(reference)?)
    }

    /// Where a field stands, or the nearest field above it that somebody wrote. None for objects that stand in no text.
    pub fn span(&self, field: &FieldRef) -> Option<Span> {
        self.find(&field.object).map(|object| object.node.span_of(&field.path))
    }

    /// Where a finding stands: its own span, else its field's, for a Corefile the line in it.
    pub fn place(&self, finding: &Diagnostic) -> Option<Span> {
        let (Some(object), Some(path)) = (&finding.object, &finding.field) else { return finding.span };
        let field = FieldRef { object: object.clone(), path: path.clone() };
        let span = finding.span.or_else(|| self.span(&field))?;
        let line = match &finding.problem {
            Problem::Corefile { line, .. } => *line,
            Problem::PluginNotModelled { line, .. } => Some(*line),
            _ => None,
        };
        Some(line.and_then(|line| self.line_of_block(span, line)).unwrap_or(span))
    }

    /// A line, from 1, of the literal block (`key: |`) that a span covers.
    fn line_of_block(&self, span: Span, line: usize) -> Option<Span> {
        let text = self.sources.text(span);
        let is_literal = text.lines().next().is_some_and(|first| first.contains('|'));
        let before: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        let found = text.lines().nth(line).filter(|_| is_literal)?;
        let indent = found.len() - found.trim_start().len();
        let start = span.start + (before + indent) as u32;
        Some(Span { start, end: start + found.trim().len() as u32, ..span })
    }

    /// As [`Manifests::span`], as a person reads it.
    pub fn locate(&self, field: &FieldRef) -> Option<Location> {
        self.sources.locate(self.span(field)?)
    }
}

#[cfg(test)]
mod tests;
