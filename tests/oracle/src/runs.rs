//! Fresh runs that were kept: `runs.yaml`, of which docs/accuracy.md tells.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};

use crate::levels::AgreementLevels;

/// One level of one run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FreshRun {
    /// The part, or one measure of it.
    pub part: String,
    /// Of its worlds.
    pub seed: u64,
    /// Answers compared.
    pub compared: usize,
    /// Of those, equal.
    pub equal: usize,
    /// The commit that was asked.
    pub commit: String,
}

/// How many runs of a part are kept, the newest.
const KEPT: usize = 4;

/// Those kept.
pub fn kept() -> Result<Vec<FreshRun>, String> {
    if !path().exists() {
        return Ok(Vec::new());
    }
    let text = std::fs::read_to_string(path()).map_err(|error| format!("{}: {error}", path().display()))?;
    serde_yaml::from_str(&text).map_err(|error| format!("{}: {error}", path().display()))
}

/// Keeps a run.
pub fn keep(seed: u64, levels: &AgreementLevels) -> Result<(), String> {
    let (mut runs, commit) = (kept()?, commit());
    for (part, level) in levels {
        let of_part = |run: &FreshRun| run.part == *part;
        runs.retain(|run| !(of_part(run) && run.seed == seed));
        while runs.iter().filter(|run| of_part(run)).count() >= KEPT {
            let oldest = runs.iter().position(of_part).unwrap_or_default();
            runs.remove(oldest);
        }
        let (compared, equal) = (level.compared, level.equal);
        runs.push(FreshRun { part: part.clone(), seed, compared, equal, commit: commit.clone() });
    }
    let body = serde_yaml::to_string(&runs).map_err(|error| error.to_string())?;
    let text = format!("# Written by `cargo xtask oracle PART --keep`.\n{body}");
    std::fs::write(path(), text).map_err(|error| format!("{}: {error}", path().display()))
}

fn commit() -> String {
    let told = Command::new("git").args(["rev-parse", "--short", "HEAD"]).output();
    let told = told.ok().filter(|told| told.status.success());
    told.map_or_else(|| "unknown".to_owned(), |told| String::from_utf8_lossy(&told.stdout).trim().to_owned())
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("runs.yaml")
}
