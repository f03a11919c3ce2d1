//! The core's sentences for the page: names become links where their lines are known.

use whichpod_core::explain::{self, Sentence};
use whichpod_core::manifest::Manifests;
use whichpod_core::source::{FieldPath, FieldRef, Span};

use crate::answer::{Fragment, Place, Text};
use crate::language::Language;

/// A sentence of the core.
pub fn text(sentence: Sentence, manifests: &Manifests) -> Text {
    sentence.into_iter().map(|fragment| self::fragment(fragment, manifests)).collect()
}

fn fragment(fragment: explain::Fragment, manifests: &Manifests) -> Fragment {
    match fragment {
        explain::Fragment::Text(words) => Fragment::Words(words.into()),
        explain::Fragment::Code(code) => Fragment::Code(code.into()),
        explain::Fragment::Object(object) => link(object.lowercase(), &object.field(FieldPath::root()), manifests),
        explain::Fragment::Field(field) => {
            link(format!("{} {}", field.object.lowercase(), field.path), &field, manifests)
        }
    }
}

fn link(name: String, field: &FieldRef, manifests: &Manifests) -> Fragment {
    match manifests.span(field).and_then(|span| place(span, manifests)) {
        Some(place) => Fragment::Link(name.into(), place),
        None => Fragment::Code(name.into()),
    }
}

/// Where a span stands.
pub fn place(span: Span, manifests: &Manifests) -> Option<Place> {
    let at = manifests.sources.locate(span)?;
    let (end_line, end_column) = (at.end_line, at.end_column);
    Some(Place { file: span.file.0, line: at.line, column: at.column, end_line, end_column })
}

/// The core's language.
pub fn language(language: Language) -> explain::Language {
    match language {
        Language::English => explain::Language::English,
        Language::Japanese => explain::Language::Japanese,
    }
}
