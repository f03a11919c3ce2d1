//! Bad input: whatever is pasted gets a message with a place and what to do, and the other documents still work.

#![cfg(not(target_arch = "wasm32"))]

use whichpod_core::cluster::{MAX_PODS, SettingOverrides};
use whichpod_core::explain::Language;
use whichpod_core::manifest::Manifests;
use whichpod_core::report::{CheckReport, DiagnosticReport};
use whichpod_core::simulation::Simulation;
use whichpod_core::source::Sources;

/// What stands after every bad document and must still be read.
const GOOD: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: good\n";

/// The findings about a bad text; the good document behind it must have been read.
fn findings(bad: &str) -> Vec<DiagnosticReport> {
    let text = format!("{bad}\n---\n{GOOD}");
    let manifests = Manifests::read(Sources::new([("bad.yaml", text)]));
    assert!(
        manifests.objects.iter().any(|object| &*object.reference.name == "good"),
        "the good document is lost behind {bad:.100}"
    );
    for language in [Language::English, Language::Japanese] {
        let report = CheckReport::new(&manifests.diagnostics, &manifests, language);
        for finding in &report.diagnostics {
            // The API server's refusals say themselves what a value must be.
            let helped = finding.help.is_some() || finding.code == "invalid";
            assert!(!finding.message.is_empty() && helped, "what to do? {finding:?}");
        }
    }
    CheckReport::new(&manifests.diagnostics, &manifests, Language::English).diagnostics
}

/// There is a finding of a code at a line and column.
#[track_caller]
fn finds(bad: &str, code: &str, line: u32, column: u32) {
    let findings = findings(bad);
    let place = (Some("bad.yaml"), Some(line), Some(column));
    let there = |one: &DiagnosticReport| one.code == code && (one.file.as_deref(), one.line, one.column) == place;
    assert!(findings.iter().any(there), "no {code} at {line}:{column} among {findings:#?}");
}

#[test]
fn broken_yaml() {
    finds("apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n spec: {}", "syntax", 5, 2);
    finds("apiVersion: v1\nkind: Service\nmetadata: {name: web", "syntax", 4, 1);
    finds("apiVersion: v1\nkind: Service\nmetadata:\n\tname: web", "syntax", 4, 1);
    finds("a: *nobody", "syntax", 1, 4);
}

#[test]
fn no_manifest_at_all() {
    finds("just some words", "not-an-object", 1, 1);
    finds("- a\n- b", "not-an-object", 1, 1);
    finds("name: web", "missing-kind", 1, 1);
    finds("kind: Service\nmetadata: {name: web}", "missing-api-version", 1, 1);
    finds("apiVersion: v1\nkind: Service\nspec: {}", "missing-name", 1, 1);
}

#[test]
fn unknown_kind() {
    finds("apiVersion: v1\nkind: Servise\nmetadata: {name: web}", "no-matches", 1, 1);
    finds("apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: web}", "no-matches", 1, 1);
}

#[test]
fn wrong_type() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n";
    finds(&format!("{service}  ports: 80"), "wrong-type", 5, 10);
    finds(&format!("{service}  ports:\n  - port: eighty"), "wrong-type", 6, 11);
    finds(&format!("{service}  selector: {{app: 1}}"), "wrong-type", 5, 19);
    finds(&format!("{service}  ports: [{{port: 99999999999999999999}}]"), "wrong-type", 5, 18);
}

#[test]
fn unknown_field() {
    finds(
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  selecter: {app: web}\n  ports: [{port: 80}]",
        "unknown-field",
        5,
        3,
    );
}

#[test]
fn refused_values() {
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n";
    finds(&format!("{service}  ports: [{{port: 0}}]"), "invalid", 5, 12);
    finds(&format!("{service}  ports: [{{port: 80, nodePort: 30080}}]"), "invalid", 5, 22);
    finds("apiVersion: v1\nkind: Service\nmetadata: {name: Web}\nspec: {ports: [{port: 80}]}", "invalid", 3, 12);
}

#[test]
fn duplicate_name() {
    let service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\nspec:\n  ports: [{port: 80}]";
    finds(&format!("{service}\n---\n{service}"), "same-object-twice", 8, 1);
}

#[test]
fn duplicate_key() {
    finds("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n  a: b\n  a: c", "duplicate-key", 5, 3);
}

/// Nine levels of ten: a billion strings if somebody wrote them out.
#[test]
fn alias_bomb() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..10 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb += &format!("a{level}: &a{level} [{aliases}]\n");
    }
    let findings = findings(&bomb);
    assert!(findings.iter().any(|one| one.code == "syntax" && one.line.is_some_and(|line| line > 1)), "{findings:#?}");
}

#[test]
fn deep_nesting() {
    let (open, close) = ("[".repeat(100_000), "]".repeat(100_000));
    let findings = findings(&format!("a: {open}{close}"));
    assert!(findings.iter().any(|one| one.code == "too-deep" && one.line == Some(1)), "{findings:#?}");
}

#[test]
fn binary_rubbish() {
    // A PNG's head, then every byte in turn, as a tool would hand it over: what is no UTF-8 becomes U+FFFD.
    let bytes: Vec<u8> = b"\x89PNG\r\n\x1a\n".iter().copied().chain((0..=255).cycle().take(20_000)).collect();
    finds(&String::from_utf8_lossy(&bytes), "syntax", 2, 1);
}

#[test]
fn ten_megabytes() {
    let text = "lorem ipsum dolor sit amet\n".repeat(10 * 1024 * 1024 / 27);
    finds(&text, "not-an-object", 1, 1);
    let mut manifests = String::new();
    for number in 0..120_000 {
        manifests += &format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c{number}\ndata:\n  a: 'words that fill'\n---\n"
        );
    }
    assert!(manifests.len() > 9_000_000);
    let read = Manifests::read(Sources::new([("big.yaml", manifests)]));
    assert_eq!((read.objects.len(), read.diagnostics.len()), (120_000, 0));
}

/// Two thousand million pods: as many as are simulated, and the limit is said where it was passed.
#[test]
fn too_many_replicas() {
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2147483647\n  \
                      selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: \
                      [{name: web, image: web}]}\n";
    let other = deployment.replace("web", "other").replace("2147483647", "2");
    let text = format!("{other}---\n{deployment}");
    let simulation = Simulation::new(Sources::new([("bad.yaml", text)]), &SettingOverrides::default());
    let pods = simulation.plane.cluster.pods.values();
    let (mut webs, mut others) = (0, 0);
    for pod in pods {
        webs += usize::from(pod.name().starts_with("web-"));
        others += usize::from(pod.name().starts_with("other-"));
    }
    assert_eq!(others, 2, "the other workload has its pods");
    assert!((150_000..=MAX_PODS).contains(&webs), "{webs} pods");
    let findings = simulation.check().diagnostics;
    let limit = findings.iter().find(|one| one.code == "too-many-pods").expect("the limit is said");
    assert_eq!((limit.line, limit.column), (Some(15), Some(3)), "{limit:?}");
    assert!(limit.help.is_some() && limit.message.contains("2147483647"), "{limit:?}");
}
