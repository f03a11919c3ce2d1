//! Differences that are known by kind, and records that are disputed.

use std::path::Path;

use regex_lite::Regex;
use serde::Deserialize;

use crate::verdict::{ComparedAnswer, Verdict};

/// A kind of difference, with its smallest sample.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownKind {
    /// A short name.
    pub kind: String,
    /// The part.
    pub part: String,
    /// The record that shows it best.
    pub sample: String,
    /// Why it is so, and stays so for now.
    pub reason: String,
    /// The component itself draws: there is nothing to agree with, and it isn't counted.
    #[serde(default)]
    pub chance: bool,
    /// Which differences are of this kind.
    #[serde(rename = "match")]
    pub pattern: DifferencePattern,
}

/// All that is said must be found; regular expressions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DifferencePattern {
    /// In the record's id.
    id: Option<String>,
    /// In what was asked.
    question: Option<String>,
    /// In the name of the part that differs, or `unknown`.
    aspect: Option<String>,
    /// In our answer.
    ours: Option<String>,
    /// In the real one.
    real: Option<String>,
}

/// A record that the laboratory caused, and not the component.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisputedRecords {
    /// The part.
    pub part: String,
    /// Their ids.
    pub ids: Vec<String>,
    /// Only of these questions, where a record holds many; a regular expression.
    pub question: Option<String>,
    /// How one knows.
    pub evidence: String,
}

/// What is filed.
#[derive(Debug)]
pub struct FiledKnowledge {
    /// In the order in which they are tried.
    pub kinds: Vec<KnownKind>,
    /// Not compared.
    pub disputed: Vec<DisputedRecords>,
}

impl FiledKnowledge {
    /// Reads both files.
    pub fn read() -> Result<Self, String> {
        Ok(Self { kinds: yaml("known.yaml")?, disputed: yaml("disputed.yaml")? })
    }

    /// Whether a record is disputed.
    pub fn is_disputed(&self, answer: &ComparedAnswer) -> bool {
        let part = answer.part.name();
        let is_of = |disputed: &DisputedRecords| disputed.part == part && disputed.ids.contains(&answer.id);
        self.disputed.iter().any(|disputed| is_of(disputed) && finds(&disputed.question, &answer.question))
    }

    /// The kind of a difference; None where it isn't filed.
    pub fn kind_of(&self, answer: &ComparedAnswer) -> Option<&KnownKind> {
        self.kinds.iter().find(|kind| kind.part == answer.part.name() && kind.pattern.fits(answer))
    }
}

impl DifferencePattern {
    /// Whether everything that differs is of this kind.
    fn fits(&self, answer: &ComparedAnswer) -> bool {
        let asked = finds(&self.id, &answer.id) && finds(&self.question, &answer.question);
        asked
            && match &answer.verdict {
                Verdict::Equal | Verdict::EqualButChance => false,
                Verdict::Unknown(ours) => finds(&self.aspect, "unknown") && finds(&self.ours, ours),
                Verdict::Different(differences) => differences.iter().any(|difference| {
                    finds(&self.aspect, &difference.aspect)
                        && finds(&self.ours, &difference.ours)
                        && finds(&self.real, &difference.real)
                }),
            }
    }
}

/// Whether a pattern is found; none finds everything.
fn finds(pattern: &Option<String>, text: &str) -> bool {
    pattern.as_ref().is_none_or(|pattern| Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(text)))
}

/// A file of this package.
fn yaml<T: serde::de::DeserializeOwned>(name: &str) -> Result<T, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
    serde_yaml::from_str(&text).map_err(|error| format!("{name}: {error}"))
}
