//! Every case of `conformance/*.yaml` through the core.
//!
//! Requests that don't pass yet stand in `conformance/NAME.pending`, one a line (`svc-007#0`; a case's own conditions and
//! refusals as `gw-012`). A pending one that passes fails the run as much as another that doesn't, so the lists are
//! always true. `cargo xtask bless` takes out those that pass by now; nothing but a new file ever adds a line. Cases whose
//! expectation is disputed stand in `conformance/disputed.md` with the evidence, and in the pending list.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use whichpod_core::routing_test::{self, CaseResult};

#[test]
fn conformance() {
    let files = case_files();
    assert!(!files.is_empty(), "no cases found");
    let threads: Vec<_> = files.into_iter().map(|file| std::thread::spawn(move || judge(&file))).collect();
    let wrong: Vec<String> = threads.into_iter().flat_map(|thread| thread.join().expect("a case panicked")).collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

fn case_files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
    let listing = fs::read_dir(&folder).expect("tests/conformance can be read");
    let files = listing.map(|entry| entry.expect("an entry can be read").path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|it| it == "yaml")).collect();
    files.sort();
    files
}

/// What is wrong with a file's results, one line each.
fn judge(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).expect("a case file can be read");
    let cases = routing_test::read(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let outcomes: Vec<Outcome> = cases.iter().flat_map(|case| outcomes(routing_test::run(case, &no_files))).collect();
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    let passed = outcomes.iter().filter(|outcome| outcome.differences.is_empty()).count();
    println!("{name}: {passed} of {} pass", outcomes.len());
    let list = file.with_extension("pending");
    let pending = pending(&list);
    if std::env::var_os("WHICHPOD_BLESS").is_some() {
        bless(&list, pending.as_ref(), &outcomes);
        return Vec::new();
    }
    compare(&name, &pending.unwrap_or_default(), &outcomes)
}

struct Outcome {
    id: String,
    differences: Vec<String>,
}

/// A case's requests, and its own expectations if it has any that don't hold.
fn outcomes(result: CaseResult) -> Vec<Outcome> {
    let id = result.id;
    let requests = result.requests.into_iter().enumerate().map(|(number, request)| {
        let asked = format!("{} $ {}", request.from, request.run);
        let differences = request.differences.into_iter().map(|difference| format!("{asked}: {difference}")).collect();
        Outcome { id: format!("{id}#{number}"), differences }
    });
    let mut outcomes: Vec<Outcome> = requests.collect();
    outcomes.push(Outcome { id, differences: result.differences });
    outcomes
}

fn no_files(pattern: &str) -> Result<Vec<(String, String)>, String> {
    Err(format!("{pattern}: conformance cases carry their manifests"))
}

/// The ids of a pending list; None if there is no list yet.
fn pending(list: &Path) -> Option<BTreeSet<String>> {
    let text = fs::read_to_string(list).ok()?;
    Some(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

fn bless(list: &Path, pending: Option<&BTreeSet<String>>, outcomes: &[Outcome]) {
    let failing = outcomes.iter().filter(|outcome| !outcome.differences.is_empty());
    let kept = failing.filter(|outcome| pending.is_none_or(|pending| pending.contains(&outcome.id)));
    let lines: String = kept.map(|outcome| format!("{}\n", outcome.id)).collect();
    fs::write(list, lines).expect("a pending list can be written");
}

fn compare(name: &str, pending: &BTreeSet<String>, outcomes: &[Outcome]) -> Vec<String> {
    let mut wrong = Vec::new();
    let known: BTreeSet<&String> = outcomes.iter().map(|outcome| &outcome.id).collect();
    for id in pending.iter().filter(|id| !known.contains(id)) {
        wrong.push(format!("{name}: {id} is pending, but there is no such request"));
    }
    for Outcome { id, differences } in outcomes {
        match (differences.is_empty(), pending.contains(id)) {
            (true, true) => {
                wrong.push(format!("{name}: {id} passes: take it out of the pending list (cargo xtask bless)"));
            }
            (false, false) => wrong.extend(differences.iter().map(|difference| format!("{name}: {id}: {difference}"))),
            (true, false) | (false, true) => {}
        }
    }
    wrong
}
