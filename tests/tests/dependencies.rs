//! What the project is made of: crates.io only, pinned, under the licences that deny.toml allows.
//!
//! cargo-deny says the same and more (advisories), but takes minutes to build and asks the network; this asks cargo alone.

#![cfg(not(target_family = "wasm"))]

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::Value;
use whichpod_tests::repository::root;

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The strings of a list in deny.toml, and the crates of which it clarifies the licence.
fn allowed() -> (BTreeSet<String>, BTreeSet<String>) {
    let deny = text("deny.toml");
    let list = deny.split("\nallow = [").nth(1).and_then(|rest| rest.split(']').next()).expect("deny.toml has a list");
    let quoted = |text: &str| text.split('"').skip(1).step_by(2).map(str::to_owned).collect::<BTreeSet<_>>();
    let clarified = deny.lines().filter_map(|line| line.strip_prefix("crate = ")).flat_map(quoted).collect();
    (quoted(list), clarified)
}

/// Whether an SPDX expression (or the old form with `/`) can be fulfilled with what is allowed.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    expression.replace(['(', ')'], "").split(" AND ").all(|part| {
        let choices = part.split(" OR ").flat_map(|choice| choice.split('/'));
        choices.map(str::trim).any(|licence| allowed.contains(licence))
    })
}

#[test]
fn every_licence_is_allowed() {
    let (allowed, clarified) = allowed();
    assert!(allowed.contains("MIT") && clarified.contains("libyaml-safer"), "{allowed:?} {clarified:?}");
    // Without --offline a machine that has never built the page would need its packages; with it cargo would refuse.
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--locked", "--format-version", "1"]).current_dir(root());
    let output = cargo.output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    assert!(packages.len() > 100, "{} packages", packages.len());
    let refused = packages.iter().filter(|package| {
        let licence = package["license"].as_str().unwrap_or_default();
        !is_allowed(licence, &allowed) && !clarified.contains(package["name"].as_str().unwrap_or_default())
    });
    let refused: Vec<String> = refused.map(|package| format!("{} {}", package["name"], package["license"])).collect();
    assert_eq!(refused, Vec::<String>::new());
}

#[test]
fn everything_comes_from_crates_io() {
    for lock in ["Cargo.lock", "fuzz/Cargo.lock"] {
        let Ok(lock) = fs::read_to_string(root().join(lock)) else { continue };
        let sources: BTreeSet<&str> = lock.lines().filter_map(|line| line.strip_prefix("source = ")).collect();
        let crates_io = "\"registry+https://github.com/rust-lang/crates.io-index\"";
        assert_eq!(sources, BTreeSet::from([crates_io]));
    }
}

#[test]
fn every_dependency_is_pinned() {
    for package in ["core", "cli", "web", "wasm", "tests", "tests/oracle", "xtask"] {
        let manifest = text(&format!("{package}/Cargo.toml"));
        let mut dependencies = false;
        for line in manifest.lines() {
            if line.starts_with('[') {
                dependencies = line.contains("dependencies");
            }
            let is_outside = dependencies && line.contains(" = ") && !line.starts_with([' ', '"', '[', ']', '#']);
            let is_ours = line.contains("path = ") || line.contains("workspace = true") || line.starts_with("features");
            if is_outside && !is_ours {
                assert!(line.contains("\"="), "{package}/Cargo.toml: `{line}` isn't pinned to one version");
            }
        }
    }
}

#[test]
fn licences_are_read_as_expressions() {
    let allowed = BTreeSet::from(["MIT".to_owned(), "ISC".to_owned()]);
    for (expression, holds) in [
        ("MIT OR Apache-2.0", true),
        ("MIT/Apache-2.0", true),
        ("(MIT OR Apache-2.0) AND ISC", true),
        ("MIT AND GPL-3.0", false),
        ("", false),
    ] {
        assert_eq!(is_allowed(expression, &allowed), holds, "{expression}");
    }
}
