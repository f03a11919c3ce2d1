//! `whichpod test`: routing tests.

use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

use serde_json::json;
use whichpod_core::routing_test::{self, CaseResult};

use crate::arguments::{Test, TestFormat};
use crate::{Unusable, files, print};

/// Runs every case of every file; exits 1 if one fails.
pub fn run(arguments: &Test) -> Result<ExitCode, Unusable> {
    let mut results = Vec::new();
    for file in &arguments.files {
        let cases = routing_test::read(&files::text(file)?);
        let cases = cases.map_err(|error| Unusable(format!("{}: {error}", file.display())))?;
        let folder = file.parent().unwrap_or(Path::new("."));
        results.extend(cases.iter().map(|case| routing_test::run(case, &|pattern| load(folder, pattern))));
    }
    let failed = results.iter().filter(|result| !result.passed()).count();
    print(&match arguments.output {
        TestFormat::Text => text(&results),
        TestFormat::Json => format!("{:#}\n", json!({ "cases": results.iter().map(case_json).collect::<Vec<_>>() })),
        TestFormat::Junit => junit(&results),
    })?;
    Ok(if failed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The files of a `files` entry, relative to the test's file; `*` matches within a file name.
fn load(folder: &Path, pattern: &str) -> Result<Vec<(String, String)>, String> {
    let path = folder.join(pattern);
    let mut loaded = Vec::new();
    let Some((before, after)) = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.split_once('*'))
    else {
        if is_special(&path) {
            return Err(format!("{pattern}: neither a file nor a folder"));
        }
        files::read(&path, &mut loaded).map_err(|error| error.0)?;
        return Ok(loaded);
    };
    let parent = path.parent().unwrap_or(folder);
    let listing = std::fs::read_dir(parent).map_err(|error| format!("{}: {error}", parent.display()))?;
    let mut names: Vec<_> = listing.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    names.sort();
    for file in names {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let fits = name.len() >= before.len() + after.len() && name.starts_with(before) && name.ends_with(after);
        if fits && !is_special(&file) {
            files::read(&file, &mut loaded).map_err(|error| error.0)?;
        }
    }
    match loaded.is_empty() {
        true => Err(format!("{pattern}: no such file")),
        false => Ok(loaded),
    }
}

/// A device or a pipe, which a routing test has no business to read.
fn is_special(path: &Path) -> bool {
    path.exists() && !path.is_file() && !path.is_dir()
}

fn text(results: &[CaseResult]) -> String {
    let mut out = String::new();
    for result in results {
        let mark = if result.passed() { "ok  " } else { "FAIL" };
        let _ = writeln!(out, "{mark} {} {}", result.id, result.title);
        for difference in &result.differences {
            let _ = writeln!(out, "       {difference}");
        }
        for request in result.requests.iter().filter(|request| !request.differences.is_empty()) {
            let _ = writeln!(out, "     {} $ {}", request.from, request.run);
            for difference in &request.differences {
                let _ = writeln!(out, "       {difference}");
            }
        }
    }
    let failed = results.iter().filter(|result| !result.passed()).count();
    let _ = writeln!(out, "{} passed, {failed} failed", results.len() - failed);
    out
}

fn case_json(result: &CaseResult) -> serde_json::Value {
    let requests = result.requests.iter().map(|request| {
        json!({ "from": request.from, "run": request.run, "passed": request.differences.is_empty(), "differences": request.differences })
    });
    let requests: Vec<serde_json::Value> = requests.collect();
    json!({ "id": result.id, "title": result.title, "passed": result.passed(), "differences": result.differences, "requests": requests })
}

fn junit(results: &[CaseResult]) -> String {
    let failed = results.iter().filter(|result| !result.passed()).count();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuite name=\"whichpod\" tests=\"{}\" failures=\"{failed}\">", results.len());
    for result in results {
        let _ = write!(
            out,
            "  <testcase name=\"{}\" classname=\"whichpod\"",
            escaped(&format!("{} {}", result.id, result.title))
        );
        if result.passed() {
            out.push_str("/>\n");
            continue;
        }
        let requests = result.requests.iter().flat_map(|request| {
            request
                .differences
                .iter()
                .map(move |difference| format!("{} $ {}: {difference}", request.from, request.run))
        });
        let differences: Vec<String> = result.differences.iter().cloned().chain(requests).collect();
        let _ = writeln!(out, ">\n    <failure>{}</failure>\n  </testcase>", escaped(&differences.join("\n")));
    }
    out.push_str("</testsuite>\n");
    out
}

/// Text for XML; characters that XML can't hold are left out.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(character),
            control if control.is_control() => {}
            other => out.push(other),
        }
    }
    out
}
