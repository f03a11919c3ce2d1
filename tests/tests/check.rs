//! Findings as data: each case of `cases/check/*.yaml` holds manifests and all that is said of them, in the order of
//! the text: `LINE:COLUMN SEVERITY CODE: MESSAGE`.

use std::path::Path;

use serde::Deserialize;
use whichpod_core::cluster::{Cluster, Overrides};
use whichpod_core::diagnostic::Diagnostic;
use whichpod_core::explain::{Language, diagnostic};
use whichpod_core::manifest::Manifests;
use whichpod_core::problems::problems;
use whichpod_core::source::Sources;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The rule, as a sentence.
    title: String,
    manifests: String,
    /// What is said; empty if nothing.
    #[serde(default)]
    diagnostics: Vec<String>,
    /// What only looking at the whole shows, if the case is about that.
    whole: Option<Vec<String>>,
    /// The objects that the API server takes, if the case is about that.
    objects: Option<Vec<String>>,
}

#[test]
fn manifests_get_the_findings_they_deserve() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/check");
    let mut failures = Vec::new();
    let mut cases = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder of cases") {
        let path = entry.expect("a file").path();
        let text = std::fs::read_to_string(&path).expect("text");
        let file: Vec<Case> = serde_yaml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        cases += file.len();
        failures.extend(file.iter().filter_map(|case| failure(&path, case)));
    }
    assert!(cases > 0, "no cases in {}", folder.display());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn failure(path: &Path, case: &Case) -> Option<String> {
    let manifests = Manifests::read(Sources::new([("case.yaml", case.manifests.as_str())]));
    let found: Vec<String> = manifests.diagnostics.iter().map(|found| line(found, &manifests)).collect();
    let objects: Vec<String> = manifests.objects.iter().map(|object| object.reference.to_string()).collect();
    let whole: Option<Vec<String>> = case.whole.as_ref().map(|_| {
        let cluster = Cluster::build(&manifests, &Overrides::default());
        problems(&manifests, &cluster).iter().map(|found| line(found, &manifests)).collect()
    });
    let wrong_objects = case.objects.as_ref().is_some_and(|expected| *expected != objects);
    (found != case.diagnostics || whole != case.whole || wrong_objects).then(|| {
        let found = found.iter().chain(whole.iter().flatten()).map(|line| format!("  - {line:?}"));
        let found: Vec<String> = found.collect();
        format!("{}: {}\n  diagnostics:\n{}\n  objects: {objects:?}", path.display(), case.title, found.join("\n"))
    })
}

fn line(found: &Diagnostic, manifests: &Manifests) -> String {
    let place = found.span.and_then(|span| manifests.sources.locate(span));
    let place = place.map_or("-".to_owned(), |place| format!("{}:{}", place.line, place.column));
    let (severity, code) = (found.problem.severity().name(), found.problem.code());
    format!("{place} {severity} {code}: {}", diagnostic::message(found, Language::English))
}
