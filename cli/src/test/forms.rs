//! What came of routing tests, for people and for CI servers.

use std::collections::BTreeMap;
use std::fmt::Write;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde_json::json;
use whichpod_core::routing_test::{CaseReport, RequestReport, RequestResult, TestReport};

use super::RanCase;
use crate::Unusable;

/// For people; the last line counts.
pub fn text(ran: &[RanCase]) -> String {
    let mut out = String::new();
    for case in ran {
        let result = &case.result;
        let mark = if result.passed() { "ok  " } else { "FAIL" };
        let place = if result.passed() { String::new() } else { format!("  {}:{}", case.file, case.place.line) };
        let _ = writeln!(out, "{mark} {} {}{place}", result.id, result.title);
        for difference in &result.differences {
            let _ = writeln!(out, "       {difference}");
        }
        for (number, request) in
            result.requests.iter().enumerate().filter(|(_, request)| !request.differences.is_empty())
        {
            let _ = writeln!(out, "     {}:{}: {} $ {}", case.file, line(case, number), request.from, request.run);
            for difference in &request.differences {
                let _ = writeln!(out, "       {difference}");
            }
        }
    }
    let failed = ran.iter().filter(|case| !case.result.passed()).count();
    let _ = writeln!(out, "{} passed, {failed} failed", ran.len() - failed);
    out
}

fn line(case: &RanCase, request: usize) -> usize {
    case.place.requests.get(request).copied().unwrap_or(case.place.line)
}

/// Every request, and the case itself where something is wrong with it, as tests of their own: name, line, differences.
fn single_tests(case: &RanCase) -> Vec<(String, usize, &[String])> {
    let name = |request: &RequestResult| format!("{}: {} $ {}", case.result.id, request.from, request.run);
    let requests = case.result.requests.iter().enumerate();
    let mut tests: Vec<(String, usize, &[String])> =
        requests.map(|(number, request)| (name(request), line(case, number), request.differences.as_slice())).collect();
    if tests.is_empty() || !case.result.differences.is_empty() {
        tests.insert(0, (case.result.id.clone(), case.place.line, case.result.differences.as_slice()));
    }
    tests
}

/// The Test Anything Protocol, version 14.
pub fn tap(ran: &[RanCase]) -> String {
    let tests: Vec<_> =
        ran.iter().flat_map(|case| single_tests(case).into_iter().map(move |test| (case, test))).collect();
    let mut out = format!("TAP version 14\n1..{}\n", tests.len());
    for (number, (case, (name, line, differences))) in tests.into_iter().enumerate() {
        let mark = if differences.is_empty() { "ok" } else { "not ok" };
        let _ = writeln!(out, "{mark} {} - {}", number + 1, name.replace('#', "\\#"));
        if !differences.is_empty() {
            let _ = writeln!(out, "  ---\n  at: {}:{line}\n  differences:", case.file);
            for difference in differences {
                let _ = writeln!(out, "  - {}", json!(difference));
            }
            out.push_str("  ...\n");
        }
    }
    out
}

/// For programs.
pub fn json(ran: &[RanCase]) -> Result<String, Unusable> {
    let cases = ran.iter().map(case_report).collect();
    crate::trace::json(&TestReport { schema: "whichpod.dev/test/v1".to_owned(), cases })
}

fn case_report(case: &RanCase) -> CaseReport {
    let result = &case.result;
    let requests = result.requests.iter().enumerate().map(|(number, request)| RequestReport {
        from: request.from.clone(),
        run: request.run.clone(),
        passed: request.differences.is_empty(),
        differences: request.differences.clone(),
        line: line(case, number),
    });
    CaseReport {
        id: result.id.clone(),
        title: result.title.clone(),
        passed: result.passed(),
        differences: result.differences.clone(),
        requests: requests.collect(),
        file: case.file.clone(),
        line: case.place.line,
    }
}

/// JUnit: a suite for each file, a test for each request.
pub fn junit(ran: &[RanCase]) -> Result<String, Unusable> {
    // 1. The cases by file.
    let mut suites: BTreeMap<&str, Vec<&RanCase>> = BTreeMap::new();
    for case in ran {
        suites.entry(&case.file).or_default().push(case);
    }
    let mut report = Report::new("whichpod test");
    for (file, cases) in suites {
        let mut suite = TestSuite::new(file);
        for case in cases {
            // 2. A test for each request, which all share the case's time.
            let tests = single_tests(case);
            let each = case.took / u32::try_from(tests.len().max(1)).unwrap_or(1);
            for (name, line, differences) in tests {
                // 3. What differs, with its place.
                let mut status = match differences {
                    [] => TestCaseStatus::success(),
                    _ => TestCaseStatus::non_success(NonSuccessKind::Failure),
                };
                if let Some(first) = differences.first() {
                    status
                        .set_message(first.as_str())
                        .set_description(format!("{file}:{line}\n{}", differences.join("\n")));
                }
                let mut written = TestCase::new(name.as_str(), status);
                written.set_classname(case.result.id.as_str()).set_time(each);
                suite.add_test_case(written);
            }
        }
        report.add_test_suite(suite);
    }
    report.to_string().map(|text| text + "\n").map_err(|error| Unusable(error.to_string()))
}
