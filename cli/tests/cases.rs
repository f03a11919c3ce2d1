//! What somebody types who has read nothing but `--help`: `tests/cases/commands/line.yaml`.

#![cfg(unix)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

/// The file of cases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineCases {
    files: BTreeMap<String, String>,
    cases: Vec<LineCase>,
}

/// A line that is typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineCase {
    id: String,
    run: String,
    #[serde(default)]
    exit: i32,
    #[serde(default)]
    has: Vec<String>,
    #[serde(default)]
    lacks: Vec<String>,
}

fn folder(files: &BTreeMap<String, String>) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("line-cases");
    // What an earlier run left.
    let _ = fs::remove_dir_all(&folder);
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    fs::write(folder.join(".whichpod.yaml"), "").expect("settings of its own");
    folder
}

/// What is wrong with what a line prints; empty if nothing is.
fn faults(case: &LineCase, folder: &Path) -> Vec<String> {
    let program = Path::new(env!("CARGO_BIN_EXE_whichpod")).parent().expect("a folder");
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap_or_default());
    let mut sh = Command::new("sh");
    sh.arg("-c").arg(format!("{{ {}\n}} 2>&1", case.run)).current_dir(folder).stdin(Stdio::null());
    sh.env("PATH", path).env("LC_ALL", "C.UTF-8").env_remove("NO_COLOR").env_remove("COLUMNS");
    let output = sh.output().expect("sh runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut faults = Vec::new();
    if output.status.code() != Some(case.exit) {
        faults.push(format!("exits {:?}, not {}", output.status.code(), case.exit));
    }
    faults.extend(case.has.iter().filter(|part| !text.contains(*part)).map(|part| format!("lacks {part:?}")));
    faults.extend(case.lacks.iter().filter(|part| text.contains(*part)).map(|part| format!("has {part:?}")));
    if !faults.is_empty() {
        faults.push(text);
    }
    faults
}

#[test]
fn whoever_reads_only_the_help_gets_on() {
    let all: LineCases =
        serde_yaml::from_str(include_str!("../../tests/cases/commands/line.yaml")).expect("the cases can be read");
    let folder = folder(&all.files);
    let wrong: Vec<String> = all
        .cases
        .iter()
        .filter_map(|case| {
            let faults = faults(case, &folder);
            (!faults.is_empty()).then(|| format!("{}: {}\n  {}", case.id, case.run, faults.join("\n  ")))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), all.cases.len(), wrong.join("\n"));
}
