//! How an answer of ours compares with the real one.

use crate::parts::OraclePart;

/// One thing that was compared; a record may hold many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedAnswer {
    /// The component.
    pub part: OraclePart,
    /// The record.
    pub id: String,
    /// What was compared of it; empty where it is one thing.
    pub measure: &'static str,
    /// What was asked, for people.
    pub question: String,
    /// Whether both agree.
    pub verdict: Verdict,
}

/// A verdict on one of the things that a record holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasuredVerdict {
    /// What was compared.
    pub measure: &'static str,
    /// What was asked, for people.
    pub question: String,
    /// Whether both agree.
    pub verdict: Verdict,
}

impl ComparedAnswer {
    /// A verdict on a record.
    pub fn new(part: OraclePart, id: &str, MeasuredVerdict { measure, question, verdict }: MeasuredVerdict) -> Self {
        Self { part, id: id.to_owned(), measure, question, verdict }
    }

    /// The level that it counts for: `names`, `validation: 1.37 verdicts`.
    pub fn level(&self) -> String {
        let part = self.part.name();
        if self.measure.is_empty() { part.to_owned() } else { format!("{part}: {}", self.measure) }
    }
}

/// Whether both agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// In everything that is compared.
    Equal,
    /// In everything but what the component draws anew with every run: a client's port, a counter.
    EqualButChance,
    /// We say ourselves that we don't know.
    Unknown(String),
    /// Not.
    Different(Vec<Difference>),
}

/// What differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The part of the answer.
    pub aspect: String,
    /// What we say.
    pub ours: String,
    /// What the component said.
    pub real: String,
}

impl Difference {
    /// A difference in one part of the answer.
    pub fn new(aspect: impl Into<String>, ours: impl Into<String>, real: impl Into<String>) -> Self {
        Self { aspect: aspect.into(), ours: ours.into(), real: real.into() }
    }

    /// A difference in one part of the answer, as Rust shows both.
    pub fn of_values(aspect: impl Into<String>, ours: &impl std::fmt::Debug, real: &impl std::fmt::Debug) -> Self {
        Self::new(aspect, format!("{ours:?}"), format!("{real:?}"))
    }
}

impl Verdict {
    /// Equal where nothing differs.
    pub fn of(differences: Vec<Difference>) -> Self {
        if differences.is_empty() { Self::Equal } else { Self::Different(differences) }
    }
}
