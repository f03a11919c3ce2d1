//! What is wrong with a file of routing tests before anything runs, each with its line: what nobody expects can't fail, and
//! a word that nothing answers can't hold.

use std::collections::BTreeMap;

use strum::VariantArray;

use super::Case;
use crate::report::NO_OUTCOME;
use crate::schema;
use crate::source::FileId;
use crate::trace::Outcome;
use crate::yaml::{self, YamlNode};

/// Something wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseProblem {
    /// From 1.
    pub line: usize,
    /// `[2].requests[0].expect`
    pub key: String,
    /// What, and what to do.
    pub message: String,
}

/// Where a case stands, and each of its requests: lines from 1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CasePlace {
    /// The case.
    pub line: usize,
    /// Its requests, in order.
    pub requests: Vec<usize>,
}

/// Where the cases of a file stand.
pub fn places(text: &str) -> Vec<CasePlace> {
    let tree = yaml::parse(FileId::default(), text, 0).0;
    let cases = tree.iter().flat_map(super::super::yaml::YamlNode::elements);
    cases.map(|case| CasePlace { line: line(text, case), requests: request_lines(text, case) }).collect()
}

fn request_lines(text: &str, case: &YamlNode) -> Vec<usize> {
    let requests = case.child("requests").map(YamlNode::elements).unwrap_or_default();
    requests.iter().map(|request| line(text, request)).collect()
}

fn line(text: &str, node: &YamlNode) -> usize {
    let before = text.as_bytes().get(..node.span.start as usize).unwrap_or_default();
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

/// What is wrong with cases that can be read.
pub fn problems(text: &str, cases: &[Case]) -> Vec<CaseProblem> {
    // 1. A file without cases.
    let places = places(text);
    let mut found = Vec::new();
    if cases.is_empty() {
        found.push(CaseProblem { line: 1, key: String::new(), message: "no case: nothing would be tested".to_owned() });
    }
    let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
    for (number, case) in cases.iter().enumerate() {
        let place = places.get(number).cloned().unwrap_or_default();
        let mut say = |line: usize, key: &str, message: String| {
            found.push(CaseProblem { line, key: format!("[{number}]{key}"), message });
        };
        // 2. An id that occurs twice.
        if let Some(first) = ids.insert(&case.id, place.line) {
            say(place.line, ".id", format!("`{}` names the case in line {first} too", case.id));
        }
        // 3. A case that asks nothing.
        if case.requests.is_empty() && case.conditions.is_empty() && case.apply_errors.is_empty() {
            say(place.line, ".requests", "nothing is asked, so nothing can fail".to_owned());
        }
        // 4. Requests that expect nothing, or an outcome that there isn't.
        for (at, request) in case.requests.iter().enumerate() {
            let line = place.requests.get(at).copied().unwrap_or(place.line);
            if request.expect.is_empty() {
                say(line, &format!(".requests[{at}].expect"), "nothing is expected, so nothing can fail".to_owned());
            }
            if let Some(message) = request.expect.outcome.as_deref().and_then(wrong_outcome) {
                say(line, &format!(".requests[{at}].expect.outcome"), message);
            }
        }
    }
    found
}

/// Why a word is no outcome, with the one that was meant.
fn wrong_outcome(word: &str) -> Option<String> {
    let names: Vec<&'static str> =
        Outcome::VARIANTS.iter().map(|outcome| outcome.name()).chain(["mixed", NO_OUTCOME]).collect();
    if names.contains(&word) {
        return None;
    }
    let nearest = schema::nearest(word, names.iter().copied());
    let meant = nearest.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
    Some(format!("`{word}` is no outcome: {}{meant}", names.join(", ")))
}
