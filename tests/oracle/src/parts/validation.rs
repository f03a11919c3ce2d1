//! The API server: single documents, accepted or refused, and its words.

use std::collections::BTreeSet;

use serde::Deserialize;
use whichpod_core::report::{CheckReport, DiagnosticReport};

use crate::asking;
use crate::recording::RecordedQuestion;
use crate::verdict::{Difference, MeasuredVerdict, Verdict};

/// A document, and what two versions said of it.
#[derive(Debug, Deserialize)]
pub struct DocumentRecord {
    id: String,
    text: String,
    #[serde(rename = "v1.37")]
    newer: RealVerdict,
    /// Where the older server said otherwise.
    #[serde(rename = "v1.35")]
    older: Option<RealVerdict>,
}

#[derive(Debug, Deserialize)]
struct RealVerdict {
    accepted: bool,
    errors: Vec<String>,
    warnings: Vec<String>,
}

impl RecordedQuestion for DocumentRecord {
    fn id(&self) -> &str {
        &self.id
    }

    fn world(&self) -> Option<&str> {
        None
    }
}

/// Compares the verdict, the warnings, and of what both refuse the words.
pub fn compare_document(record: &DocumentRecord) -> Vec<MeasuredVerdict> {
    let newer = answers(&asking::check(&record.text), &record.newer, NEWER);
    let older = record.older.as_ref().map(|older| answers(&asking::check_as(&record.text, "1.35"), older, OLDER));
    newer.into_iter().chain(older.into_iter().flatten()).collect()
}

/// The measures of a version: verdicts, words, warnings.
type Measures = [&'static str; 3];

const NEWER: Measures = ["1.37 verdicts", "1.37 words", "1.37 warnings"];
const OLDER: Measures = ["1.35 verdicts", "1.35 words", "1.35 warnings"];

fn answers(report: &CheckReport, real: &RealVerdict, [verdicts, words, warnings]: Measures) -> Vec<MeasuredVerdict> {
    let messages = |is_meant: fn(&DiagnosticReport) -> bool| {
        let found = report.diagnostics.iter().filter(|found| is_meant(found));
        found.map(|found| found.message.as_str()).collect::<Vec<_>>()
    };
    let errors = messages(|found| found.severity == "error");
    let said = same_warnings(&messages(|found| found.code == "api-warning"), &real.warnings);
    let said = said.map(|verdict| measured(warnings, verdict));
    let mut found: Vec<MeasuredVerdict> = said.into_iter().collect();
    if errors.is_empty() != real.accepted {
        let aspect = if real.accepted { "refused here, accepted there" } else { "accepted here, refused there" };
        let difference = Difference::new(aspect, errors.join("\n"), real.errors.join("\n"));
        found.push(measured(verdicts, Verdict::Different(vec![difference])));
        return found;
    }
    found.push(measured(verdicts, Verdict::Equal));
    found.extend(words_said(&errors, &real.errors).map(|verdict| measured(words, verdict)));
    found
}

/// Whether both warn of the same; None where neither does.
fn same_warnings(ours: &[&str], real: &[String]) -> Option<Verdict> {
    let ours: BTreeSet<&str> = ours.iter().copied().collect();
    let real: BTreeSet<&str> = real.iter().map(String::as_str).collect();
    let differences = if ours == real { Vec::new() } else { vec![Difference::of_values("warnings", &ours, &real)] };
    (!ours.is_empty() || !real.is_empty()).then(|| Verdict::of(differences))
}

/// Whether each of the API server's sentences stands in one of ours; None where it said nothing.
fn words_said(ours: &[&str], real: &[String]) -> Option<Verdict> {
    let missing = real.iter().filter(|said| !ours.iter().any(|ours| ours.contains(said.as_str())));
    let missing: Vec<&str> = missing.map(String::as_str).collect();
    let difference = || Difference::new("words", ours.join("\n"), missing.join("\n"));
    let differences = if missing.is_empty() { Vec::new() } else { vec![difference()] };
    (!real.is_empty()).then(|| Verdict::of(differences))
}

fn measured(measure: &'static str, verdict: Verdict) -> MeasuredVerdict {
    MeasuredVerdict { measure, question: "check".to_owned(), verdict }
}
