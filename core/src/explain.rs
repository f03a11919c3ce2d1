//! Decisions in sentences, English and Japanese: fragments of text, objects and fields, never HTML.
//!
//! A rule and an objection have their words beside them, in [`crate::trace::reason`]; sentences about a hop, a landing, a
//! finding or a whole answer are composed here.

use crate::source::{FieldRef, ObjectRef};

pub use crate::language::{BilingualText, Language};

pub mod diagnostic;
mod rollout;
mod summary;
mod decision;
mod why;
mod elsewhere;

pub use decision::{candidate, cause, gap, gap_text, hop, subject};
pub use elsewhere::OtherDestination;
pub use rollout::step;
pub use summary::{landing, summary};
pub use why::why;

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum SentencePart {
    /// Words.
    Text(String),
    /// An object, shown by its name and linked to its document.
    Object(ObjectRef),
    /// A field, shown by its path and linked to its line.
    Field(FieldRef),
    /// Something typed or printed: an address, a name, a path.
    Code(String),
}

/// A sentence in pieces.
pub type Sentence = Vec<SentencePart>;

/// A sentence as plain text.
pub fn plain(sentence: &[SentencePart]) -> String {
    let words = sentence.iter().map(|fragment| match fragment {
        SentencePart::Text(text) | SentencePart::Code(text) => text.clone(),
        SentencePart::Object(object) => object.lowercase(),
        SentencePart::Field(field) => format!("{} {}", field.object.lowercase(), field.path),
    });
    words.collect()
}
