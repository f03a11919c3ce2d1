//! Which requests two sets of manifests answer differently: requests that follow from the manifests themselves, asked of
//! both, and the answers grouped by what changed.

#![warn(missing_docs)]

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::explain::{self, Language};
use crate::order::Order;
use crate::report;
use crate::simulation::Simulation;

mod facts;
mod paths;
mod print;
mod probe;
mod requests;
mod annotations;

use annotations::IngressQuestion;
pub use annotations::{AnnotationExample, AnnotationFate, AnnotationOutcome, IngressFate};
pub use facts::{AnswerFacts, ChangeKind, LandingFacts};
pub use print::{
    example_lines, first_line, headline, ingress_headline, others_headline, to_markdown, to_sarif, to_text,
};
pub use probe::{ProbeAsk, ProbeHttp, ProbeLine, ProbeRequest, ProbeSide};
pub use requests::{DerivedRequests, LeftOut, derive_requests, requests_of_tests};

/// As many requests are asked of each set unless the caller says otherwise.
pub const DEFAULT_LIMIT: usize = 60_000;

/// As many annotations are tried.
pub const ANNOTATION_LIMIT: usize = 2_000;

/// As many requests of a group are listed.
const LISTED: usize = 20;

/// What changed between two sets (`whichpod.dev/diff/v1`).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DifferenceReport {
    /// `whichpod.dev/diff/v1`
    pub schema: String,
    /// What the old set is called.
    pub old: String,
    /// What the new set is called.
    pub new: String,
    /// How many requests were asked of both.
    pub requests: usize,
    /// How many of them are answered differently.
    pub changed: usize,
    /// The changes, weightiest first.
    pub groups: Vec<ChangeGroup>,
    /// What becomes of each Ingress of the old set and of its annotations, if that was asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ingresses: Vec<IngressFate>,
    /// What was not asked, and why.
    pub not_asked: Vec<String>,
    /// Of its words.
    #[serde(skip)]
    pub language: Language,
}

/// Requests whose answers changed in the same way.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChangeGroup {
    /// What changed.
    pub kind: ChangeKind,
    /// In words: "goes to another backend".
    pub title: String,
    /// What it was, in short.
    pub before: String,
    /// What it is, in short.
    pub after: String,
    /// How many requests.
    pub count: usize,
    /// One that shows it.
    pub example: ChangeExample,
    /// The first of them, as commands.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
    pub requests: Vec<ProbeLine>,
}

/// A request, and its two answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChangeExample {
    /// Who asks.
    pub from: String,
    /// The command.
    pub command: String,
    /// The old answer.
    pub before: ExampleAnswer,
    /// The new one.
    pub after: ExampleAnswer,
}

/// One answer of an example.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExampleAnswer {
    /// Where it lands, in a sentence.
    pub summary: String,
    /// Why.
    pub why: String,
    /// The rules that decided.
    pub rules: Vec<String>,
    /// The line that decided, where it stands in a file.
    pub file: Option<String>,
    /// From 1.
    pub line: Option<u32>,
}

/// A changed request, until it is in its group.
struct ChangedRequest<'r> {
    request: &'r ProbeRequest,
    before: AnswerFacts,
    after: AnswerFacts,
}

/// Asks both sets for everything, and groups what differs.
pub fn compare(old: (&str, &Simulation), new: (&str, &Simulation), requests: &DerivedRequests) -> DifferenceReport {
    let answers = [old.1, new.1].map(|set| ProbeSide::new(set).answers(&requests.requests));
    compare_answers(old, new, requests, answers, Language::English, 0)
}

/// Groups what differs between the answers of two sets, request by request; and tells what becomes of as many annotations of
/// the old set's Ingresses.
pub fn compare_answers(
    old: (&str, &Simulation),
    new: (&str, &Simulation),
    requests: &DerivedRequests,
    [before, after]: [Vec<Option<AnswerFacts>>; 2],
    language: Language,
    annotations: usize,
) -> DifferenceReport {
    let question = IngressQuestion { old: old.1, new: new.1, requests, before: &before, after: &after, language };
    let (ingresses, passed_over) = if annotations > 0 { question.answer(annotations) } else { (Vec::new(), None) };
    let mut asked = 0;
    let mut groups: BTreeMap<(ChangeKind, String, String), Vec<ChangedRequest<'_>>> = BTreeMap::new();
    for (request, answers) in requests.requests.iter().zip(before.into_iter().zip(after)) {
        let (Some(before), Some(after)) = answers else { continue };
        asked += 1;
        if let Some((kind, was, is)) = facts::difference(&before, &after) {
            groups.entry((kind, was, is)).or_default().push(ChangedRequest { request, before, after });
        }
    }
    let changed = groups.values().map(Vec::len).sum();
    let (old_side, new_side) = (ProbeSide::new(old.1), ProbeSide::new(new.1));
    let mut groups: Vec<ChangeGroup> =
        groups.into_iter().map(|(key, requests)| group(key, &requests, [&old_side, &new_side], language)).collect();
    groups.order_by_key(|group| (group.kind, std::cmp::Reverse(group.count)));
    DifferenceReport {
        schema: "whichpod.dev/diff/v1".to_owned(),
        old: old.0.to_owned(),
        new: new.0.to_owned(),
        requests: asked,
        changed,
        groups,
        ingresses,
        not_asked: requests.not_asked.iter().chain(&passed_over).map(|left_out| left_out.text(language)).collect(),
        language,
    }
}

fn group(
    (kind, before, after): (ChangeKind, String, String),
    requests: &[ChangedRequest<'_>],
    [old, new]: [&ProbeSide<'_>; 2],
    language: Language,
) -> ChangeGroup {
    // The shortest command shows it best.
    let shortest = requests.iter().min_by_key(|changed| (changed.request.command.len(), &changed.request.command));
    let example = shortest.map(|changed| ChangeExample {
        from: changed.request.from.clone(),
        command: changed.request.command.clone(),
        before: example_answer(old, changed.request, &changed.before, language),
        after: example_answer(new, changed.request, &changed.after, language),
    });
    let empty = || ChangeExample {
        from: String::new(),
        command: String::new(),
        before: ExampleAnswer::default(),
        after: ExampleAnswer::default(),
    };
    let lines = requests.iter().map(|changed| changed.request.line());
    let listed: BTreeMap<String, ProbeLine> = lines.map(|line| (line.to_string(), line)).collect();
    ChangeGroup {
        kind,
        title: kind.title(language).to_owned(),
        before,
        after,
        count: requests.len(),
        example: example.unwrap_or_else(empty),
        requests: listed.into_values().take(LISTED).collect(),
    }
}

/// The answer once more, with words and places.
fn example_answer(
    side: &ProbeSide<'_>,
    request: &ProbeRequest,
    facts: &AnswerFacts,
    language: Language,
) -> ExampleAnswer {
    let rules: BTreeSet<&String> = facts.landings.keys().flat_map(|landing| &landing.rules).collect();
    let rules = rules.into_iter().cloned().collect();
    let Some(resolution) = side.resolve(request) else {
        return ExampleAnswer { summary: facts.short(), rules, ..ExampleAnswer::default() };
    };
    let why = resolution.landings.first().map(|landing| explain::why(&landing.trail, language));
    let why = why.unwrap_or_default();
    let field = why.iter().find_map(|part| match part {
        explain::SentencePart::Field(field) => Some(field.clone()),
        _ => None,
    });
    let place = field.and_then(|field| side.simulation.manifests.locate(&field));
    ExampleAnswer {
        summary: explain::plain(&explain::summary(&resolution, language)),
        why: explain::plain(&why),
        rules,
        file: place.as_ref().map(|place| place.file.to_string()),
        line: place.as_ref().map(|place| place.line),
    }
}

/// The landings of an answer without the walk.
fn landings_of(resolution: &crate::trace::Resolution) -> Vec<report::LandingReport> {
    report::landing_reports(resolution)
}
