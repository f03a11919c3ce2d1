//! The core's sentences for the page: names become links where their lines are known.

use whichpod_core::cluster::Cluster;
use whichpod_core::explain::{self, Sentence};
use whichpod_core::manifest::Manifests;
use whichpod_core::source::{FieldPath, FieldRef, ObjectRef, Span};

use crate::answer::{Fragment, Place, Text};
use crate::language::Language;

/// Puts things into words in one language, with links into the manifests.
#[derive(Clone, Copy)]
pub struct Voice<'s> {
    /// Where lines are looked up.
    pub manifests: &'s Manifests,
    /// Where pods without lines of their own find those of their workload.
    pub cluster: &'s Cluster,
    /// The language.
    pub language: Language,
}

impl Voice<'_> {
    /// A sentence of the core.
    pub fn text(&self, sentence: Sentence) -> Text {
        sentence.into_iter().map(|fragment| self.fragment(fragment)).collect()
    }

    fn fragment(&self, fragment: explain::SentencePart) -> Fragment {
        match fragment {
            explain::SentencePart::Text(words) => Fragment::Words(words.into()),
            explain::SentencePart::Code(code) => Fragment::Code(code.into()),
            explain::SentencePart::Object(object) => self.link(object.lowercase(), &object.field(FieldPath::root())),
            explain::SentencePart::Field(field) => {
                self.link(format!("{} {}", field.object.lowercase(), field.path), &field)
            }
        }
    }

    fn link(&self, name: String, field: &FieldRef) -> Fragment {
        match self.place_of(field) {
            Some(place) => Fragment::Link(name.into(), place),
            None => Fragment::Code(name.into()),
        }
    }

    /// A link to an object, by another name.
    pub fn object(&self, object: &ObjectRef, name: &str) -> Fragment {
        self.link(name.to_owned(), &object.field(FieldPath::root()))
    }

    /// Where a field stands; of a pod that nobody wrote, the workload that made it.
    pub fn place_of(&self, field: &FieldRef) -> Option<Place> {
        let written = self.manifests.span(field).or_else(|| {
            let workload = self.workload(&field.object)?;
            self.manifests.span(&workload.field(FieldPath::root()))
        });
        self.place(written?)
    }

    fn workload(&self, object: &ObjectRef) -> Option<&ObjectRef> {
        let namespace = object.namespace.as_deref().filter(|_| &*object.kind == "Pod")?;
        self.cluster.pods.get(namespace, &object.name)?.workload.as_ref()
    }

    /// Where a span stands.
    pub fn place(&self, span: Span) -> Option<Place> {
        let at = self.manifests.sources.locate(span)?;
        let (end_line, end_column) = (at.end_line, at.end_column);
        Some(Place { file: span.file.0, line: at.line, column: at.column, end_line, end_column })
    }
}
