//! Findings as CI servers and code hosts read them.

use std::collections::BTreeMap;
use std::fmt::Write;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde_json::{Value, json};
use whichpod_core::report::{CheckReport, DiagnosticReport};
use whichpod_core::simulation::Simulation;

use crate::Unusable;

fn message(finding: &DiagnosticReport) -> String {
    let object = finding.object.as_ref().map(|object| format!("{object}: ")).unwrap_or_default();
    let help = finding.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    format!("{object}{}{help}", finding.message)
}

/// Workflow commands of GitHub Actions: annotations in the pull request.
pub fn github(report: &CheckReport) -> String {
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let mut out = String::new();
    for finding in &report.diagnostics {
        let level = if finding.severity == "info" { "notice" } else { finding.severity.as_str() };
        let mut place = String::new();
        if let (Some(file), Some(line), Some(column)) = (&finding.file, finding.line, finding.column) {
            let end = finding.end_line.map(|end| format!(",endLine={end}")).unwrap_or_default();
            let _ = write!(place, "file={},line={line},col={column}{end},", property(file));
        }
        let _ = writeln!(out, "::{level} {place}title={}::{}", property(&finding.code), data(&message(finding)));
    }
    out
}

/// GitLab's code quality report, which is Code Climate's.
pub fn gitlab(report: &CheckReport) -> Result<String, Unusable> {
    let issues: Vec<Value> = report.diagnostics.iter().map(|finding| {
        let severity = match finding.severity.as_str() {
            "error" => "critical",
            "warning" => "major",
            _ => "info",
        };
        json!({
            "description": message(finding),
            "check_name": finding.code,
            "fingerprint": finding.fingerprint(),
            "severity": severity,
            "location": {"path": finding.file.as_deref().unwrap_or("-"), "lines": {"begin": finding.line.unwrap_or(1)}},
        })
    }).collect();
    crate::trace::json(&issues)
}

/// A suite for each file, a case for each finding; a file without any is one that passed.
pub fn junit(report: &CheckReport, simulation: &Simulation) -> Result<String, Unusable> {
    // 1. The findings by file, every file among them.
    let mut by_file: BTreeMap<String, Vec<&DiagnosticReport>> = BTreeMap::new();
    for (_, file) in simulation.manifests.sources.iter() {
        by_file.entry(file.name.to_string()).or_default();
    }
    for finding in &report.diagnostics {
        by_file.entry(finding.file.clone().unwrap_or_else(|| "-".to_owned())).or_default().push(finding);
    }
    // 2. A suite for each.
    let mut written = Report::new("whichpod check");
    for (file, findings) in by_file {
        let mut suite = TestSuite::new(file.as_str());
        if findings.is_empty() {
            suite.add_test_case(TestCase::new("nothing found", TestCaseStatus::success()));
        }
        // 3. A case for each finding; what is only told has passed.
        for finding in findings {
            let mut status = match finding.severity.as_str() {
                "info" => TestCaseStatus::success(),
                _ => TestCaseStatus::non_success(NonSuccessKind::Failure),
            };
            status.set_type(finding.code.as_str()).set_message(message(finding));
            let line = finding.line.map(|line| format!(":{line}")).unwrap_or_default();
            let name = format!("{}{line} {}", finding.code, finding.object.as_deref().unwrap_or_default());
            let mut case = TestCase::new(name.trim(), status);
            case.set_classname(file.as_str());
            suite.add_test_case(case);
        }
        written.add_test_suite(suite);
    }
    written.to_string().map(|text| text + "\n").map_err(|error| Unusable(error.to_string()))
}
