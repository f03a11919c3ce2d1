//! Decisions in sentences, English and Japanese: fragments of text, objects and fields, never HTML.
//!
//! The only place where reasons become prose. Every reason has a [`Phrase`]; sentences about a hop, a landing or a
//! whole answer are composed from them.

use serde::{Deserialize, Serialize};

use crate::source::{FieldRef, ObjectRef};
use crate::trace::{CandidateObjection, ComponentRule};

mod decision;
pub mod diagnostic;
mod dns;
mod elsewhere;
mod gateway;
mod ingress;
mod network;
mod policy;
mod rollout;
mod service;
mod summary;
mod why;

pub use decision::{candidate, cause, gap, gap_text, hop, subject};
pub use elsewhere::OtherDestination;
pub use rollout::step;
pub use summary::{landing, summary};
pub use why::why;

/// The languages of the page and the command line.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
pub enum Language {
    /// English
    #[default]
    #[strum(serialize = "en")]
    English,
    /// Japanese
    #[strum(serialize = "ja")]
    Japanese,
}

impl Language {
    /// As in `<html lang>`: `en`, `ja`.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Reads a language tag such as `ja-JP`; everything that is not Japanese is English.
    pub fn of_tag(tag: &str) -> Self {
        match tag.split('-').next() {
            Some("ja") => Self::Japanese,
            _ => Self::English,
        }
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::English => Self::Japanese,
            Self::Japanese => Self::English,
        }
    }
}

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

/// The same words in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BilingualText {
    /// English.
    pub english: &'static str,
    /// Japanese.
    pub japanese: &'static str,
}

impl BilingualText {
    /// Both languages at once.
    pub const fn new(english: &'static str, japanese: &'static str) -> Self {
        Self { english, japanese }
    }

    /// The words of one language.
    pub fn of(self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::Japanese => self.japanese,
        }
    }
}

/// A rule in a sentence without final period.
pub fn rule(rule: ComponentRule) -> BilingualText {
    match rule {
        ComponentRule::Network(rule) => network::rule(rule),
        ComponentRule::Service(rule) => service::rule(rule),
        ComponentRule::Dns(rule) => dns::rule(rule),
        ComponentRule::Ingress(rule) => ingress::rule(rule),
        ComponentRule::Gateway(rule) => gateway::rule(rule),
        ComponentRule::Policy(rule) => policy::rule(rule),
    }
}

/// Where a rule is documented.
pub fn documentation(rule: ComponentRule) -> &'static str {
    match rule {
        ComponentRule::Network(rule) => network::documentation(rule),
        ComponentRule::Service(rule) => service::documentation(rule),
        ComponentRule::Dns(rule) => dns::documentation(rule),
        ComponentRule::Ingress(rule) => ingress::documentation(rule),
        ComponentRule::Gateway(rule) => gateway::documentation(rule),
        ComponentRule::Policy(rule) => policy::documentation(rule),
    }
}

/// Why a candidate fell out, in a clause that follows its name: "isn't ready".
pub fn objection(objection: CandidateObjection) -> BilingualText {
    match objection {
        CandidateObjection::Service(objection) => service::objection(objection),
        CandidateObjection::Dns(objection) => dns::objection(objection),
        CandidateObjection::Ingress(objection) => ingress::objection(objection),
        CandidateObjection::Gateway(objection) => gateway::objection(objection),
        CandidateObjection::Policy(objection) => policy::objection(objection),
    }
}

/// A sentence as plain text.
pub fn plain(sentence: &[SentencePart]) -> String {
    let words = sentence.iter().map(|fragment| match fragment {
        SentencePart::Text(text) | SentencePart::Code(text) => text.clone(),
        SentencePart::Object(object) => object.lowercase(),
        SentencePart::Field(field) => format!("{} {}", field.object.lowercase(), field.path),
    });
    words.collect()
}
