//! How many answers agree: counted by a run, and kept in `levels.yaml`, where they may only rise.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::filed::FiledKnowledge;
use crate::verdict::{ComparedAnswer, Verdict};

/// The count of one part, or of one measure of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgreementLevel {
    /// Answers compared.
    pub compared: usize,
    /// Of those, equal.
    pub equal: usize,
    /// Of the others, those where we say ourselves that we don't know.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unknown: usize,
    /// Not compared, since they differ in nothing but what the component draws anew with every run.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub chance: usize,
    /// Not compared, since the laboratory decided.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub disputed: usize,
    /// Differences by kind.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub kinds: BTreeMap<String, usize>,
}

/// By part and measure.
pub type AgreementLevels = BTreeMap<String, AgreementLevel>;

fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl AgreementLevel {
    /// In per cent.
    pub fn share(&self) -> f64 {
        100.0 * self.equal as f64 / self.compared.max(1) as f64
    }

    /// For people.
    pub fn shown(&self) -> String {
        let Self { compared, equal, unknown, chance, disputed, .. } = self;
        format!(
            "{equal} of {compared} equal ({:.2} %), {unknown} unknown; {chance} by chance, {disputed} disputed",
            self.share()
        )
    }

    fn count(&mut self, answer: &ComparedAnswer, filed: &FiledKnowledge) {
        if filed.is_disputed(answer) {
            self.disputed += 1;
            return;
        }
        let kind = filed.kind_of(answer);
        if answer.verdict == Verdict::EqualButChance || kind.is_some_and(|kind| kind.chance) {
            self.chance += 1;
            return;
        }
        self.compared += 1;
        self.equal += usize::from(answer.verdict == Verdict::Equal);
        self.unknown += usize::from(matches!(answer.verdict, Verdict::Unknown(_)));
        if let Some(kind) = kind {
            *self.kinds.entry(kind.kind.clone()).or_default() += 1;
        }
    }
}

/// Counts the answers of a run.
pub fn count(answers: &[ComparedAnswer], filed: &FiledKnowledge) -> AgreementLevels {
    let mut levels = AgreementLevels::new();
    add(&mut levels, answers, filed);
    levels
}

/// Counts further answers.
pub fn add(levels: &mut AgreementLevels, answers: &[ComparedAnswer], filed: &FiledKnowledge) {
    for answer in answers {
        levels.entry(answer.level()).or_default().count(answer, filed);
    }
}

/// Where a run is below what was reached before, in words.
pub fn fallen(reached: &AgreementLevels, now: &AgreementLevels) -> Vec<String> {
    let below = now.iter().filter_map(|(name, now)| {
        let reached = reached.get(name)?;
        let fell = now.compared - now.equal > reached.compared - reached.equal;
        fell.then(|| {
            format!("{name}: {} of {} equal, {} of {} before", now.equal, now.compared, reached.equal, reached.compared)
        })
    });
    below.collect()
}

/// The levels that were reached.
pub fn reached() -> Result<AgreementLevels, String> {
    let text = std::fs::read_to_string(path()).map_err(|error| format!("{}: {error}", path().display()))?;
    serde_yaml::from_str(&text).map_err(|error| format!("{}: {error}", path().display()))
}

/// Writes the levels of a run over those of the same parts.
pub fn write(now: AgreementLevels) -> Result<(), String> {
    let mut levels = if path().exists() { reached()? } else { AgreementLevels::new() };
    levels.extend(now);
    let body = serde_yaml::to_string(&levels).map_err(|error| error.to_string())?;
    let text = format!("# Written by `cargo xtask bless oracle`. `equal` may only rise.\n{body}");
    std::fs::write(path(), text).map_err(|error| format!("{}: {error}", path().display()))
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("levels.yaml")
}
