//! What a run found, by how it reads without names and numbers: a first idea of the kinds.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex_lite::Regex;

use crate::verdict::{ComparedAnswer, Verdict};

/// Kinds of differences, how often each was met, and the first sample of it.
#[derive(Debug, Default)]
pub struct DifferenceTally {
    kinds: BTreeMap<String, (usize, String)>,
}

impl DifferenceTally {
    /// Counts an answer that differs.
    pub fn add(&mut self, answer: &ComparedAnswer) {
        let differences = match &answer.verdict {
            Verdict::Different(differences) => differences.as_slice(),
            Verdict::Unknown(why) => return self.count(format!("unknown: {}", general(why)), answer),
            Verdict::Equal | Verdict::EqualButChance => return,
        };
        for difference in differences {
            let (ours, real) = (general(&difference.ours), general(&difference.real));
            self.count(format!("{} {}\n    ours: {ours}\n    real: {real}", answer.measure, difference.aspect), answer);
        }
    }

    fn count(&mut self, kind: String, answer: &ComparedAnswer) {
        self.kinds.entry(kind).or_insert_with(|| (0, answer.id.clone())).0 += 1;
    }

    /// The most frequent first.
    pub fn lines(&self) -> Vec<String> {
        let mut kinds: Vec<_> = self.kinds.iter().collect();
        kinds.sort_by_key(|(kind, (count, _))| (std::cmp::Reverse(*count), *kind));
        kinds.iter().map(|(kind, (count, sample))| format!("{count} x {kind}\n    as in {sample}")).collect()
    }
}

const LONGEST: usize = 300;

static QUOTED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#""(?:[^"\\]|\\.)*"|\{[^\n]*\}|\d+"#).ok());

/// Without what changes from sample to sample.
fn general(text: &str) -> String {
    let text = QUOTED.as_ref().map_or_else(|| text.to_owned(), |quoted| quoted.replace_all(text, "~").into_owned());
    let line = text.lines().collect::<Vec<_>>().join(" | ");
    line.chars().take(LONGEST).collect()
}
