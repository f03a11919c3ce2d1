//! What came of routing tests, in the JSON contract (`whichpod.dev/test/v1`).

use serde::Serialize;

/// All cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct TestReport {
    /// `whichpod.dev/test/v1`
    pub schema: String,
    /// In the order of the files.
    pub cases: Vec<CaseReport>,
}

/// A case with what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CaseReport {
    /// Its name.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// Whether everything came out as expected.
    pub passed: bool,
    /// What is wrong with the case as a whole.
    pub differences: Vec<String>,
    /// In the order of the case.
    pub requests: Vec<RequestReport>,
    /// Where it stands.
    pub file: String,
    /// From 1.
    pub line: usize,
}

/// A request with what differs from the expectation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RequestReport {
    /// Who asks.
    pub from: String,
    /// The command.
    pub run: String,
    /// Whether everything came out as expected.
    pub passed: bool,
    /// What didn't.
    pub differences: Vec<String>,
    /// From 1.
    pub line: usize,
}
