//! Findings as data: each case of `cases/check/*.yaml` holds manifests and all that is said of them, in the order of
//! the text: `LINE:COLUMN SEVERITY CODE: MESSAGE`.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use strum::VariantArray;
use whichpod_core::cluster::{Cluster, SettingOverrides};
use whichpod_core::diagnostic::{Diagnostic, ProblemKind};
use whichpod_core::explain::{Language, diagnostic};
use whichpod_core::manifest::Manifests;
use whichpod_core::problems::problems;
use whichpod_core::simulation::Simulation;
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
    /// All that is said in the end, by the control plane and the components too, if the case is about that.
    findings: Option<Vec<String>>,
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
        let cluster = Cluster::build(&manifests, &SettingOverrides::default());
        problems(&manifests, &cluster).iter().map(|found| line(found, &manifests)).collect()
    });
    let findings: Option<Vec<String>> = case.findings.as_ref().map(|_| {
        let simulation = Simulation::new(manifests.sources.clone(), &SettingOverrides::default());
        simulation.findings().iter().map(|found| line(found, &manifests)).collect()
    });
    if findings != case.findings {
        let found: Vec<String> = findings.iter().flatten().map(|line| format!("  - {line:?}")).collect();
        return Some(format!("{}: {}\n  findings:\n{}", path.display(), case.title, found.join("\n")));
    }
    let wrong_objects = case.objects.as_ref().is_some_and(|expected| *expected != objects);
    let read_differs = found != case.diagnostics && case.findings.is_none();
    (read_differs || whole != case.whole || wrong_objects).then(|| {
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

/// Every diagnostic occurs in a case: one that nothing finds is untested, or can't occur.
#[test]
fn every_diagnostic_occurs() {
    let folders = ["cases/check", "cases/cluster", "cases/routing"].into_iter();
    let texts = folders.flat_map(manifests_of).chain(generated());
    let seen: BTreeSet<&str> = texts.flat_map(|text| codes(&text)).collect();
    let all = ProblemKind::VARIANTS.iter().map(|code| <&str>::from(*code));
    let missing: Vec<&str> = all.filter(|code| !seen.contains(code)).collect();
    assert!(missing.is_empty(), "in no case: {missing:?}");
}

/// The manifests of all cases in a folder.
fn manifests_of(folder: &str) -> Vec<String> {
    #[derive(Deserialize)]
    struct AnyCase {
        #[serde(default)]
        manifests: String,
    }
    let listing = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).expect("a folder of cases");
    let texts = listing.map(|entry| std::fs::read_to_string(entry.expect("a file").path()).expect("text"));
    let cases = texts.flat_map(|text| serde_yaml::from_str::<Vec<AnyCase>>(&text).expect("cases"));
    cases.map(|case| case.manifests).collect()
}

/// The codes of all that is said of manifests.
fn codes(text: &str) -> Vec<&'static str> {
    let simulation = Simulation::new(Sources::new([("a.yaml", text)]), &SettingOverrides::default());
    simulation.findings().iter().map(|found| found.problem.code()).collect()
}

/// Texts beyond the limits, too long to be written as cases.
fn generated() -> [String; 4] {
    let (ones, aliases) = ("1, ".repeat(1000), "*x, ".repeat(98));
    let document =
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\nx: &x [{ones}]\ny: [{aliases}]\n---\n");
    [many_nodes(), many_fields(), format!("a: {}", "[".repeat(1000)), document.repeat(12)]
}

fn many_nodes() -> String {
    (0..300).map(|number| format!("kind: Node\napiVersion: v1\nmetadata: {{name: node-{number}}}\n---\n")).collect()
}

fn many_fields() -> String {
    let fields: String = (0..1500).map(|number| format!("  unknown{number}: 1\n")).collect();
    format!("kind: Service\napiVersion: v1\nmetadata: {{name: a}}\nspec:\n{fields}")
}

/// More nodes than the default pod network has room for.
#[test]
fn many_nodes_widen_the_pod_network() {
    assert_eq!(codes(&many_nodes()), ["pod-network-widened"]);
}

/// A text that is no manifest has something wrong in every line; nobody reads a thousand lines of it.
#[test]
fn what_is_too_much_to_say_is_counted() {
    let manifests = Manifests::read(Sources::new([("a.yaml", many_fields())]));
    let last = manifests.diagnostics.last().expect("findings");
    assert_eq!(last.problem.code(), "too-many-findings");
    assert!(manifests.diagnostics.len() <= 1001);
}
