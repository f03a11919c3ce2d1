//! What people paste, in shapes seen in public projects and in our own words: none of it is refused.

use std::path::Path;

use whichpod_core::diagnostic::Severity;
use whichpod_core::explain::{Language, diagnostic};
use whichpod_core::manifest::Manifests;
use whichpod_core::source::Sources;

/// The fewest fixtures that count as having looked around.
const ENOUGH: usize = 40;

#[test]
fn nothing_seen_in_the_wild_is_refused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut failures = Vec::new();
    let mut fixtures = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder of fixtures") {
        let path = entry.expect("a file").path();
        let text = std::fs::read_to_string(&path).expect("text");
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).expect("a name");
        fixtures += 1;
        failures.extend(errors(&name, &text));
    }
    assert!(fixtures >= ENOUGH, "{fixtures} fixtures in {}", folder.display());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn errors(name: &str, text: &str) -> Vec<String> {
    let manifests = Manifests::read(Sources::new([(name, text)]));
    let found = manifests.diagnostics.iter().filter(|found| found.problem.severity() == Severity::Error);
    let mut failures: Vec<String> = found
        .map(|found| {
            let line = found.span.and_then(|span| manifests.sources.locate(span)).map_or(0, |place| place.line);
            format!("{name}:{line}: {}", diagnostic::message(found, Language::English))
        })
        .collect();
    if manifests.objects.is_empty() && manifests.seen.is_empty() {
        failures.push(format!("{name}: nothing was read"));
    }
    failures
}
