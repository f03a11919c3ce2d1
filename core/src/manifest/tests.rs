//! Reading as a whole: what becomes an object, what is refused, what is said.

use super::*;
use crate::diagnostic::Problem;
use crate::diagnostic::Severity;

fn read(text: &str) -> Manifests {
    Manifests::read(Sources::new([("a.yaml", text)]))
}

fn names(manifests: &Manifests) -> Vec<String> {
    manifests.objects.iter().map(|object| object.reference.to_string()).collect()
}

fn codes(manifests: &Manifests) -> Vec<&'static str> {
    manifests.diagnostics.iter().map(|diagnostic| diagnostic.problem.code()).collect()
}

#[test]
fn a_broken_document_spoils_only_itself() {
    let text = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n---\nkind: [\n---\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: b, namespace: x}\n";
    let manifests = read(text);
    assert_eq!(names(&manifests), ["ConfigMap default/a", "ConfigMap x/b"]);
    assert_eq!(codes(&manifests), ["syntax"]);
    let at = manifests.sources.locate(manifests.diagnostics[0].span.unwrap()).unwrap();
    assert_eq!(at.line, 6);
}

#[test]
fn lists_hold_objects() {
    let text = "kind: List\napiVersion: v1\nitems:\n- kind: ConfigMap\n  apiVersion: v1\n  metadata: {name: a}\n";
    assert_eq!(names(&read(text)), ["ConfigMap default/a"]);
    let text = r#"{"kind": "ConfigMapList", "apiVersion": "v1", "items": [{"metadata": {"name": "b"}}]}"#;
    assert_eq!(names(&read(text)), ["ConfigMap default/b"]);
}

#[test]
fn old_versions_are_refused_with_the_version_to_use() {
    let manifests = read("kind: Ingress\napiVersion: extensions/v1beta1\nmetadata: {name: a}\n");
    assert!(manifests.objects.is_empty());
    let problem = &manifests.diagnostics[0].problem;
    let instead = Some("networking.k8s.io/v1".into());
    assert_eq!(
        *problem,
        Problem::NoMatches { kind: "Ingress".into(), api_version: "extensions/v1beta1".into(), instead }
    );
}

#[test]
fn the_later_of_two_equal_names_counts() {
    let text = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {a: b}\n---\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: a, namespace: default}\n";
    let manifests = read(text);
    assert_eq!(manifests.objects.len(), 1);
    assert_eq!(manifests.objects[0].order, 2);
    assert_eq!(codes(&manifests), ["same-object-twice"]);
    assert_eq!(manifests.diagnostics[0].problem.severity(), Severity::Warning);
}

/// A Pod without a name lacks containers as well, and both are told.
#[test]
fn what_is_no_object_is_said() {
    assert_eq!(
        codes(&read("hello\n---\n- a\n---\na: 1\n---\nkind: Pod\n---\nkind: Pod\napiVersion: v1\n")),
        ["not-an-object", "not-an-object", "missing-kind", "missing-api-version", "missing-name", "invalid"]
    );
}

#[test]
fn kinds_without_a_part_are_seen() {
    let manifests = read("kind: Widget\napiVersion: example.com/v1\nmetadata: {name: a, namespace: b}\n");
    assert_eq!(manifests.seen[0].reference.to_string(), "Widget b/a");
    assert!(manifests.diagnostics.is_empty());
}

#[test]
fn fields_have_places() {
    let manifests = read("kind: Service\napiVersion: v1\nmetadata: {name: a}\nspec:\n  ports:\n  - port: 80\n");
    let object = &manifests.objects[0].reference;
    let place = |path: &str| manifests.locate(&object.field(path)).map(|at| (at.line, at.column));
    assert_eq!(place("spec.ports[0].port"), Some((6, 5)));
    assert_eq!(place("spec.ports[0].targetPort"), Some((6, 5)));
    assert_eq!(place("spec.type"), Some((4, 1)));
}

#[test]
fn what_is_nearly_right_has_a_fix() {
    let fix = |text: &str| {
        let manifests = read(text);
        let fix = manifests.diagnostics.first().and_then(|finding| finding.fix.clone());
        fix.map(|fix| (manifests.sources.text(fix.span).to_owned(), fix.replacement))
    };
    let service = |port: &str, kind: &str| {
        format!(
            "apiVersion: v1\nkind: {kind}\nmetadata: {{name: a}}\nspec: {{type: ClusterIP, ports: [{{port: {port}}}]}}\n"
        )
    };
    let is = |before: &str, after: &str| Some((before.to_owned(), after.to_owned()));
    assert_eq!(fix(&service("\"5432\"", "Service")), is("\"5432\"", "5432"));
    assert_eq!(fix(&service("\"http\"", "Service")), None);
    assert_eq!(fix(&service("80", "Servce")), is("Servce", "Service"));
    assert_eq!(fix(&service("80", "Service").replace("ClusterIP", "clusterip")), is("clusterip", "ClusterIP"));
}
