//! A page for each finding: its example is the shortest case of `tests/cases/check/` in which it is found, so it is tested.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{BookLanguage, whichpod, write_text};
use crate::project::{Done, at};

/// A finding's code, the example, and what is said of it.
pub struct Finding {
    code: String,
    manifests: String,
    severity: String,
    line: u64,
    message: String,
    help: Option<String>,
    has_fix: bool,
}

/// All codes that cases know, each with its shortest example and what is said of it in a language.
pub fn findings(language: &str) -> Done<Vec<Finding>> {
    let mut shortest: BTreeMap<String, String> = BTreeMap::new();
    let folder = at("tests/cases/check");
    let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(&folder).map_err(|error| failed(&error))? {
        let text = fs::read_to_string(entry.map_err(|error| failed(&error))?.path()).map_err(|error| failed(&error))?;
        let cases: Vec<Value> = yaml_serde::from_str(&text).map_err(|error| failed(&error))?;
        for case in &cases {
            let Some(manifests) = case["manifests"].as_str() else { continue };
            for code in codes(case) {
                let known = shortest.entry(code).or_insert_with(|| manifests.to_owned());
                if manifests.len() < known.len() {
                    manifests.clone_into(known);
                }
            }
        }
    }
    println!("asking for {} findings ({language}) …", shortest.len());
    let found = shortest.into_iter().map(|(code, manifests)| finding(code, manifests, language));
    found.filter_map(Result::transpose).collect()
}

/// The codes in a case's expectations: `LINE:COLUMN SEVERITY CODE: MESSAGE`.
fn codes(case: &Value) -> Vec<String> {
    let lines = case.as_object().into_iter().flat_map(|case| case.values()).filter_map(Value::as_array).flatten();
    let code = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().take(3).collect();
        let [_, "error" | "warning" | "info", code] = words[..] else { return None };
        Some(code.strip_suffix(':')?.to_owned())
    };
    lines.filter_map(Value::as_str).filter_map(code).collect()
}

/// What `check` says of the example; None where the case is checked in parts.
fn finding(code: String, manifests: String, language: &str) -> Done<Option<Finding>> {
    let report: Value =
        serde_json::from_str(&whichpod(&["--lang", language, "check", "-f", "-", "-o", "json"], &manifests)?)
            .map_err(|error| format!("whichpod check: {error}"))?;
    let all = report["diagnostics"].as_array().into_iter().flatten();
    Ok(all.clone().find(|found| found["code"] == code.as_str()).map(|found| Finding {
        severity: found["severity"].as_str().unwrap_or_default().to_owned(),
        line: found["line"].as_u64().unwrap_or_default(),
        message: found["message"].as_str().unwrap_or_default().to_owned(),
        help: found["help"].as_str().map(str::to_owned),
        has_fix: !found["fix"].is_null(),
        code,
        manifests,
    }))
}

/// Writes the index and the pages, and names them in SUMMARY.md.
pub fn write(language: &BookLanguage, findings: &[Finding], source: &Path) -> Done {
    let words = language.words;
    let mut index = format!(
        "# {}\n\n{}\n\n| {} | {} | |\n|---|---|---|\n",
        words.findings, words.findings_lead, words.code, words.severity
    );
    let mut summary = String::new();
    for finding in findings {
        let Finding { code, severity, message, .. } = finding;
        let _ = writeln!(index, "| [`{code}`](findings/{code}.md) | {severity} | {} |", cell(message));
        let _ = writeln!(summary, "  - [{code}](reference/findings/{code}.md)");
        write_text(&source.join(format!("reference/findings/{code}.md")), &page(language, finding))?;
    }
    write_text(&source.join("reference/findings.md"), &index)?;
    let path = source.join("SUMMARY.md");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    write_text(&path, &text.replace("<!-- findings -->\n", &summary))
}

fn page(language: &BookLanguage, finding: &Finding) -> String {
    let (words, Finding { code, severity, manifests, line, message, help, has_fix }) = (language.words, finding);
    let mut page = format!("# {code}\n\n{}: **{severity}**. ", words.severity);
    page.push_str(if severity == "error" { words.failing } else { words.not_failing });
    let _ = write!(page, "\n\n## {}\n\n```yaml\n{}\n```\n", words.example, manifests.trim_end());
    let _ = write!(page, "\n## {}\n\n```text\n{line}: {severity}: {message} [{code}]\n```\n", words.says);
    if help.is_some() || *has_fix {
        let _ = write!(page, "\n## {}\n\n", words.mend);
        help.iter().for_each(|help| _ = writeln!(page, "{help}\n"));
        if *has_fix {
            let _ = writeln!(page, "{}", words.mended);
        }
    }
    let _ = write!(page, "\n## {}\n\n{}\n", words.silence, words.silencing.replace("CODE", code));
    page
}

/// A message in a table.
fn cell(message: &str) -> String {
    let first = message.lines().next().unwrap_or_default();
    first.replace('|', "\\|").replace('<', "&lt;").replace('*', "\\*").replace('[', "\\[").replace('_', "\\_")
}

#[cfg(test)]
mod tests {
    use super::codes;
    use serde_json::json;

    #[test]
    fn codes_are_read_from_expectations() {
        let case = json!({ "title": "t", "whole": ["14:24 warning selects-nothing: the selector", "no finding"] });
        assert_eq!(codes(&case), ["selects-nothing"]);
    }
}
