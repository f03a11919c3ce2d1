//! Routing tests: manifests, requests and what must come out, as YAML. The runner does no IO: files come in through a
//! loader.

#![warn(missing_docs)]

use crate::limits::MAX_DEPTH;
use serde::Deserialize;

mod check;
mod expect;
mod run;
mod report;
mod write;

pub use check::{CasePlace, CaseProblem, places, problems};
pub use expect::{CaseExpectation, OneOrMany};
pub use report::{CaseReport, RequestReport, TestReport};
pub use run::{CaseResult, FileLoader, RequestResult, Texts, run, simulation};
pub use write::{CaseSource, WrittenRequest, id_of, write, write_case};

/// One case: manifests and the requests asked of them.
#[derive(Clone, Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Names the case in results.
    pub id: String,
    /// What it is about.
    #[serde(default)]
    pub title: String,
    /// The manifests themselves.
    #[serde(default)]
    pub manifests: Option<String>,
    /// Or the files they stand in: files, folders, globs.
    #[serde(default)]
    pub files: Vec<String>,
    /// kube-proxy's mode.
    #[serde(default)]
    pub proxy_mode: Option<String>,
    /// What serves every Ingress, whichever controller runs (`--as`).
    #[serde(default, rename = "as")]
    pub serve_as: Option<String>,
    /// What resolvers outside know, in the World's notation.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<serde_json::Value>"))]
    pub upstream: Option<serde_yaml::Value>,
    /// The nodes' /etc/resolv.conf.
    #[serde(default)]
    pub node_resolv_conf: Option<String>,
    /// Settings of supplied controllers.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Option<serde_json::Value>"))]
    pub settings: Option<serde_yaml::Value>,
    /// The status that controllers must write.
    #[serde(default)]
    pub conditions: Vec<ConditionExpectation>,
    /// What the API server must refuse.
    #[serde(default)]
    pub apply_errors: Vec<ApplyError>,
    /// The questions.
    #[serde(default)]
    pub requests: Vec<RequestCase>,
    /// For readers.
    #[serde(default)]
    pub note: Option<String>,
    /// `low` where the expectation is a best reading.
    #[serde(default)]
    pub confidence: Option<String>,
    /// Where the expectation comes from.
    #[serde(default)]
    pub source: Option<String>,
}

/// One question and its expected answer.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RequestCase {
    /// Who asks; outside unless said.
    #[serde(default = "external")]
    pub from: String,
    /// The command.
    pub run: String,
    /// The client's C library.
    #[serde(default)]
    pub resolver: Option<String>,
    /// What must come out.
    pub expect: CaseExpectation,
    /// For readers.
    #[serde(default)]
    pub note: Option<String>,
    /// `low` where the expectation is a best reading.
    #[serde(default)]
    pub confidence: Option<String>,
}

/// A status that a controller must write.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ConditionExpectation {
    /// `Gateway infra/gw`.
    pub object: String,
    /// Towards which parent.
    #[serde(default)]
    pub parent: Option<String>,
    /// The listener's name; None asks for a condition of the Gateway as a whole.
    #[serde(default)]
    pub listener: Option<String>,
    /// The condition's type.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// `True`, `False`, `Unknown`; None takes any.
    #[serde(default)]
    pub status: Option<String>,
    /// In the API's words, `ResolvedRefs`; None takes any.
    #[serde(default)]
    pub reason: Option<String>,
    /// How many routes a listener counts.
    #[serde(default)]
    pub attached_routes: Option<u32>,
    /// The route kinds a listener supports.
    #[serde(default)]
    pub supported_kinds: Option<Vec<String>>,
}

/// An object that the API server must refuse.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ApplyError {
    /// `Ingress default/bad`.
    pub object: String,
    /// A part of the message.
    pub error: String,
}

/// Reads a file of cases: a YAML list. The error is one line with the place.
pub fn read(text: &str) -> Result<Vec<Case>, String> {
    if text.lines().all(|line| line.trim().is_empty() || line.starts_with('#')) {
        return Ok(Vec::new());
    }
    if let Some((line, column)) = too_deep(text) {
        return Err(format!("line {line} column {column}: brackets nest deeper than {MAX_DEPTH} levels"));
    }
    let mut lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with(['#', '%']));
    let first = lines.find(|line| !line.starts_with("---"));
    match first.filter(|line| !line.trim_start().starts_with(['-', '['])) {
        Some(first) => Err(format!(
            "a file of routing tests is a list of cases, each with `- id: …` in front; this begins with `{first}`"
        )),
        None => serde_yaml::from_str(text).map_err(|error| error.to_string()),
    }
}

/// Where brackets nest too deep, from 1: the parser's time grows with the square of what is open.
fn too_deep(text: &str) -> Option<(usize, usize)> {
    let mut depth = 0_usize;
    for (line, number) in text.lines().zip(1..) {
        // The next case closes whatever a text of the one before left open.
        depth = if line.starts_with("- ") { 0 } else { depth };
        for (letter, column) in line.chars().zip(1..) {
            match letter {
                '[' | '{' if depth == MAX_DEPTH => return Some((number, column)),
                '[' | '{' => depth += 1,
                ']' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }
    None
}

fn external() -> String {
    "external".to_owned()
}
