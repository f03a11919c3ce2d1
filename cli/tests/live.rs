//! The live cluster, answered for by a kubectl of our own on PATH: a script that prints files.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Prints `KIND.json` of its folder; of what has no file it says what kubectl says.
const KUBECTL: &str = r#"#!/bin/sh
here=$(dirname "$0")
echo "$@" >> "$here/asked"
case "$1" in
kustomize) cat "$here/kustomized.yaml"; exit 0;;
api-resources) if [ -f "$here/served" ]; then cat "$here/served"; exit 0; fi; exit 1;;
esac
kind=$2
if [ -f "$here/$kind.here" ]; then
  case "$*" in
  *--all-namespaces*) echo "Error from server (Forbidden): $kind is forbidden: User \"dev\" cannot list resource \"$kind\" at the cluster scope" >&2; exit 1;;
  esac
fi
if [ -f "$here/$kind.forbidden" ]; then
  echo "Error from server (Forbidden): $kind is forbidden: User \"dev\" cannot list resource \"$kind\" at the cluster scope" >&2; exit 1
fi
if [ -f "$here/$kind.json" ]; then cat "$here/$kind.json"; exit 0; fi
echo "error: the server doesn't have a resource type \"$kind\"" >&2; exit 1
"#;

fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a folder");
    fs::write(path.join(".whichpod.yaml"), "").expect("settings of its own");
    fs::write(path.join("kubectl"), KUBECTL).expect("a kubectl");
    fs::set_permissions(path.join("kubectl"), fs::Permissions::from_mode(0o755)).expect("a program");
    let list = |items: &str| format!("{{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [{items}]}}");
    let write = |kind: &str, items: &str| fs::write(path.join(format!("{kind}.json")), list(items)).expect("a file");
    write(
        "services",
        r#"{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "default", "uid": "1", "managedFields": [{"manager": "x"}]},
        "spec": {"clusterIP": "10.96.0.7", "selector": {"app": "web"}, "ports": [{"port": 80, "targetPort": 8080}]}}"#,
    );
    write(
        "pods",
        r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web-1", "namespace": "default", "uid": "2", "labels": {"app": "web"}},
        "spec": {"nodeName": "n1", "containers": [{"name": "web", "image": "web", "ports": [{"containerPort": 8080}]}]},
        "status": {"phase": "Running", "podIP": "10.1.0.7", "podIPs": [{"ip": "10.1.0.7"}], "conditions": [{"type": "Ready", "status": "True"}]}}"#,
    );
    write(
        "nodes",
        r#"{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}, "spec": {"podCIDR": "10.1.0.0/24"},
        "status": {"addresses": [{"type": "InternalIP", "address": "192.0.2.11"}], "conditions": [{"type": "Ready", "status": "True"}]}}"#,
    );
    fs::write(path.join("configmaps.forbidden"), "").expect("a file");
    path
}

fn run(folder: &Path, program: &Path, arguments: &[&str]) -> Output {
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default());
    Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env("PATH", path)
        .env("LANG", "C")
        .output()
        .expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn as_a_plugin_it_asks_the_live_cluster() {
    let folder = folder("plugin");
    let plugin = folder.join("kubectl-whichpod");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_whichpod"), &plugin).expect("a link");
    let output = run(&folder, &plugin, &["trace", "--from", "pod/web-1", "curl", "http://10.96.0.7/"]);
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert!(stdout.contains("pod default/web-1") && stdout.contains("10.1.0.7:8080"), "{stdout}{stderr}");
    assert!(stderr.contains("RBAC refuses to list configmaps"), "{stderr}");
    let asked = fs::read_to_string(folder.join("asked")).expect("what was asked");
    assert!(!asked.contains("secrets"), "{asked}");
    for kind in
        ["networkpolicies.networking.k8s.io", "httproutes.gateway.networking.k8s.io", "endpointslices.discovery.k8s.io"]
    {
        assert!(asked.contains(kind), "{kind} wasn't asked for");
    }
}

#[test]
fn an_export_is_what_is_read_again() {
    let folder = folder("export");
    let program = Path::new(env!("CARGO_BIN_EXE_whichpod"));
    let output = run(&folder, program, &["export", "--with-secrets", "--context", "prod"]);
    let exported = text(&output.stdout);
    assert!(exported.contains("kind: Service") && !exported.contains("managedFields"), "{exported}");
    let asked = fs::read_to_string(folder.join("asked")).expect("what was asked");
    assert!(asked.contains("get secrets -o json --all-namespaces --context prod"), "{asked}");
    fs::write(folder.join("cluster.yaml"), exported).expect("a file");
    let again =
        run(&folder, program, &["trace", "-f", "cluster.yaml", "--from", "pod/web-1", "curl", "http://10.96.0.7/"]);
    assert!(text(&again.stdout).contains("pod default/web-1"), "{}", text(&again.stderr));
}

#[test]
fn a_kustomization_that_holds_more_than_is_understood_is_built_by_kubectl() {
    let folder = folder("kustomize");
    fs::write(folder.join("kustomization.yaml"), "helmCharts: [{name: web}]\n").expect("a file");
    fs::write(
        folder.join("kustomized.yaml"),
        "apiVersion: v1\nkind: Pod\nmetadata: {name: made}\nspec: {containers: [{name: a, image: a}]}\n",
    )
    .expect("a file");
    let output =
        run(&folder, Path::new(env!("CARGO_BIN_EXE_whichpod")), &["exec", "-k", ".", "--", "kubectl", "get", "pods"]);
    assert!(text(&output.stdout).contains("made"), "{}", text(&output.stderr));
    let helm = run(&folder, Path::new(env!("CARGO_BIN_EXE_whichpod")), &["check", "--helm", "nowhere"]);
    assert_eq!(helm.status.code(), Some(2), "{}", text(&helm.stderr));
}

#[test]
fn what_depends_on_a_kind_that_rbac_refuses_is_unknown() {
    let program = Path::new(env!("CARGO_BIN_EXE_whichpod"));
    for (kind, command) in [
        ("networkpolicies.networking.k8s.io", "http://10.96.0.7/"),
        ("services", "http://10.96.0.9/"),
        ("configmaps", "http://web.default.svc.cluster.local/"),
    ] {
        let folder = folder(&format!("refused-{kind}"));
        let _ = fs::remove_file(folder.join("configmaps.forbidden"));
        let _ = fs::remove_file(folder.join(format!("{kind}.json")));
        fs::write(folder.join(format!("{kind}.forbidden")), "").expect("a file");
        let ask = |arguments: &[&str]| {
            let output = run(&folder, program, &[arguments, &["--from", "pod/web-1", "curl", command]].concat());
            (text(&output.stdout), text(&output.stderr))
        };
        let (stdout, stderr) = ask(&["trace", "--live"]);
        let refused = format!("RBAC refuses to list {kind}: what depends on them is answered as unknown");
        assert!(stderr.contains(&refused), "{stderr}");
        assert!(stdout.contains(&format!("the list of {kind}, which RBAC refuses,")), "{kind}: {stdout}{stderr}");
        let exported = run(&folder, program, &["export"]);
        fs::write(folder.join("cluster.yaml"), &exported.stdout).expect("a file");
        let (again, stderr) = ask(&["trace", "-f", "cluster.yaml"]);
        assert!(again.contains(&format!("the list of {kind}, which RBAC refuses,")), "{kind}: {again}{stderr}");
    }
}

#[test]
fn what_rbac_shows_in_one_namespace_counts_there() {
    let folder = folder("own-namespace");
    fs::write(folder.join("networkpolicies.networking.k8s.io.here"), "").expect("a file");
    let list = r#"{"apiVersion": "v1", "kind": "List", "items": []}"#;
    fs::write(folder.join("networkpolicies.networking.k8s.io.json"), list).expect("a file");
    let program = Path::new(env!("CARGO_BIN_EXE_whichpod"));
    let output = run(&folder, program, &["trace", "--live", "--from", "pod/web-1", "curl", "http://10.96.0.7/"]);
    assert!(text(&output.stdout).contains("pod default/web-1"), "{}", text(&output.stderr));
}

#[test]
fn only_what_the_server_has_is_asked_for_and_own_namespaces_are_told() {
    let folder = folder("served");
    fs::write(folder.join("served"), "pods\nservices\nnodes\nconfigmaps\n").expect("a file");
    fs::write(folder.join("services.here"), "").expect("a file");
    let program = Path::new(env!("CARGO_BIN_EXE_whichpod"));
    let output = run(&folder, program, &["trace", "--live", "--from", "pod/web-1", "curl", "http://10.96.0.7/"]);
    let stderr = text(&output.stderr);
    assert!(text(&output.stdout).contains("pod default/web-1"), "{stderr}");
    assert!(stderr.contains("RBAC lets services be listed in the context's own namespace only"), "{stderr}");
    let asked = fs::read_to_string(folder.join("asked")).expect("what was asked");
    assert!(!asked.contains("httproutes") && asked.contains("get nodes"), "{asked}");
}
