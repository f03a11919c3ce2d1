//! Every case of `cases/routing/*.yaml`: behaviours beyond the conformance cases. None may be pending.

use std::fs;
use std::path::Path;

use whichpod_core::routing_test::{self, CaseResult};

#[test]
fn every_case_passes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/routing");
    let listing = fs::read_dir(&folder).expect("tests/cases/routing can be read");
    let mut files: Vec<_> = listing.map(|entry| entry.expect("an entry can be read").path()).collect();
    files.sort();
    assert!(!files.is_empty(), "no cases found");
    let wrong: Vec<String> = files.iter().flat_map(|file| failures(file)).collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

fn failures(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).expect("a case file can be read");
    let cases = routing_test::read(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let no_files = |pattern: &str| Err(format!("{pattern}: these cases carry their manifests"));
    let failed = cases.iter().map(|case| routing_test::run(case, &no_files)).filter(|result| !result.passed());
    failed.map(|result| describe(&result)).collect()
}

fn describe(result: &CaseResult) -> String {
    let requests = result.requests.iter().filter(|request| !request.differences.is_empty());
    let requests = requests.map(|request| format!("{}: {}", request.run, request.differences.join("; ")));
    let all: Vec<String> = result.differences.iter().cloned().chain(requests).collect();
    format!("{}: {}", result.id, all.join("\n  "))
}
