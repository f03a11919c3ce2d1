//! docs/accuracy.md: for readers, what the levels say.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::filed::FiledKnowledge;
use crate::levels::{self, AgreementLevels};
use crate::parts::OraclePart;
use crate::runs::{self, FreshRun};

/// What stands before the table.
const HEAD: &str = "# Accuracy

whichpod's answers are held against those of the real components. Each was built from its own modules, given clusters and
questions, and its answers were recorded; every change of whichpod is asked the same again (`cargo xtask oracle replay`).
This page is written from the last such run.

*Compared* counts answers: a whole DNS message, all pods that one client reaches at one address, one object of a cluster,
one HTTP request with everything that the backend and the client see of it. *Equal* means in everything. *Unknown* are those of
the rest for which whichpod says itself that it doesn't know. *Chance* are answers beside those compared that differ in nothing but
what the component draws anew with every run: a client's port, a counter.

";

/// The page.
pub fn page(levels: &AgreementLevels, runs: &[FreshRun], filed: &FiledKnowledge) -> String {
    // 1. The levels as a table.
    let mut page = HEAD.to_owned();
    page += "| part | component | compared | equal | share | unknown | chance |\n|---|---|---:|---:|---:|---:|---:|\n";
    for (part, name, level) in in_order(levels) {
        let _ = writeln!(
            page,
            "| {name} | {} | {} | {} | {:.2} % | {} | {} |",
            part.components(),
            level.compared,
            level.equal,
            level.share(),
            level.unknown,
            level.chance
        );
    }
    // 2. Runs that asked anew.
    page += &fresh_runs(runs);
    // 3. What is known to differ, part by part.
    page += "\n## Known differences\n\n";
    for (_, name, level) in in_order(levels).filter(|(_, _, level)| level.compared > level.equal) {
        let _ = writeln!(page, "### {name}\n");
        for kind in filed.kinds.iter().filter(|kind| level.kinds.contains_key(&kind.kind)) {
            let reason = kind.reason.trim();
            let _ =
                writeln!(page, "- **{}** ({}, as in `{}`): {reason}", kind.kind, level.kinds[&kind.kind], kind.sample);
        }
        let others = level.compared - level.equal - level.kinds.values().sum::<usize>();
        if others > 0 {
            let _ = writeln!(page, "- {others} not yet looked into");
        }
        page += "\n";
    }
    // 4. What chance decides.
    page += "## Decided by chance\n\n";
    for kind in filed.kinds.iter().filter(|kind| kind.chance) {
        let _ = writeln!(page, "- {}, **{}** (as in `{}`): {}", kind.part, kind.kind, kind.sample, kind.reason.trim());
    }
    // 5. Records that the laboratory caused.
    page += "\n## Not compared\n\nWhat the laboratory caused, and not the component:\n\n";
    for disputed in &filed.disputed {
        let _ = writeln!(page, "- {}, {} records: {}", disputed.part, disputed.ids.len(), disputed.evidence.trim());
    }
    page
}

/// Runs with the component itself.
fn fresh_runs(runs: &[FreshRun]) -> String {
    if runs.is_empty() {
        return String::new();
    }
    let mut text = String::from(
        "\n## Fresh runs\n\nRandom worlds, put before the component itself (`cargo xtask oracle PART`).\n\n",
    );
    text += "| part | seed | compared | equal | share | commit |\n|---|---:|---:|---:|---:|---|\n";
    for FreshRun { part, seed, compared, equal, commit } in runs {
        let share = 100.0 * *equal as f64 / (*compared).max(1) as f64;
        let _ = writeln!(text, "| {part} | {seed} | {compared} | {equal} | {share:.2} % | {commit} |");
    }
    text
}

fn in_order(levels: &AgreementLevels) -> impl Iterator<Item = (OraclePart, &String, &crate::levels::AgreementLevel)> {
    OraclePart::ALL.into_iter().flat_map(move |part| {
        let is_of_part = move |name: &str| name.split(':').next() == Some(part.name());
        levels.iter().filter(move |(name, _)| is_of_part(name)).map(move |(name, level)| (part, name, level))
    })
}

/// Writes the page as things stand.
pub fn write(filed: &FiledKnowledge) -> Result<(), String> {
    let page = page(&levels::reached()?, &runs::kept()?, filed);
    std::fs::write(path(), page).map_err(|error| format!("{}: {error}", path().display()))
}

/// Where it lies.
pub fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/accuracy.md")
}
