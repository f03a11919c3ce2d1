//! What is modelled, and what is not: one list, made from the tables and enums that the simulator itself reads with.
//!
//! Nothing here is kept by hand but the words: a kind, a field, an annotation, a plugin, an option or a gap that the code
//! gains is on the list. [`print`] writes it as text and as JSON, from which the site's page is made.

use crate::explain::BilingualText;
use crate::ingress::IngressImplementation;

mod cluster;
mod dns;
mod gateway;
mod ingress;
mod kinds;
mod print;
mod reasons;
mod tools;
mod versions;

pub use print::{to_json, to_text};

/// A part of the list.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Its name in links: `coredns`.
    pub id: &'static str,
    pub title: BilingualText,
    /// What its entries are, in a sentence or two.
    pub about: BilingualText,
    /// The entries in groups.
    pub groups: Vec<ModelledGroup>,
}

/// Entries that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelledGroup {
    /// What they have in common.
    pub title: Label,
    /// Where it is from: an API version, a prefix; empty for none.
    pub detail: String,
    pub entries: Vec<ModelledEntry>,
}

/// One thing that is modelled, or isn't.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelledEntry {
    /// What it is called.
    pub label: Label,
    /// What is to be said about it.
    pub note: Option<BilingualText>,
    /// Where it is documented.
    pub documentation: Option<&'static str>,
}

/// A name, the same in every language, or words.
#[derive(Clone, Debug, PartialEq)]
pub enum Label {
    /// As one types it.
    Name(String),
    /// A sentence or a title.
    Words(BilingualText),
}

/// The whole list.
pub fn sections() -> Vec<Section> {
    let mut all = vec![
        versions::section(),
        reasons::gaps(),
        kinds::used(),
        kinds::unused(),
        cluster::section(),
        dns::section(),
        ingress::section(),
    ];
    all.extend(
        IngressImplementation::ALL.iter().filter_map(|implementation| ingress::of_implementation(*implementation)),
    );
    all.extend([gateway::section(), tools::section(), reasons::rules(), reasons::objections()]);
    all
}

impl ModelledEntry {
    /// A name that says everything.
    fn name(name: impl Into<String>) -> Self {
        Self { label: Label::Name(name.into()), note: None, documentation: None }
    }

    /// A sentence.
    fn words(words: BilingualText) -> Self {
        Self { label: Label::Words(words), note: None, documentation: None }
    }

    fn with_note(self, note: BilingualText) -> Self {
        Self { note: Some(note), ..self }
    }
}

impl ModelledGroup {
    fn of(title: BilingualText, entries: Vec<ModelledEntry>) -> Self {
        Self { title: Label::Words(title), detail: String::new(), entries }
    }

    /// The entries behind a common prefix.
    fn behind(self, prefix: impl Into<String>) -> Self {
        Self { detail: prefix.into(), ..self }
    }

    /// Names in the order given.
    fn of_names<N: Into<String>>(title: BilingualText, names: impl IntoIterator<Item = N>) -> Self {
        Self::of(title, names.into_iter().map(ModelledEntry::name).collect())
    }
}

/// What becomes of something that is known.
const MODELLED: BilingualText = BilingualText::new("Modelled", "モデル化しているもの");
const WITHOUT_EFFECT: BilingualText =
    BilingualText::new("Known, and without effect on where a request goes", "既知で、到達先を変えないもの");
const NOT_MODELLED: BilingualText = BilingualText::new(
    "Known, but not modelled: an answer that depends on one names it",
    "既知だがモデル化していないもの（答えがこれに左右されるときは、その名前を示します）",
);

#[cfg(test)]
mod tests;
