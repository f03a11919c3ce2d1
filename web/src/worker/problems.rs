//! Findings in words.

use std::rc::Rc;

use whichpod_core::diagnostic::{self, Diagnostic};
use whichpod_core::explain;
use whichpod_core::order::Order;
use whichpod_core::source::Span;

use super::words::Voice;
use crate::answer::{Fragment, Mend, Problem, Severity, Text};

/// As many are told: beyond that, nobody reads on.
const MOST: usize = 500;

/// The findings, the gravest first where there are too many.
pub fn problems(findings: &[Diagnostic], voice: Voice<'_>) -> Rc<[Problem]> {
    let mut findings: Vec<&Diagnostic> = findings.iter().collect();
    if findings.len() > MOST {
        findings.order_by_key(|finding| finding.problem.severity());
    }
    findings.into_iter().take(MOST).map(|finding| problem(finding, voice)).collect()
}

/// Where a finding stands; of one about an object as a whole its kind, so that not all of it is underlined.
fn shown(finding: &Diagnostic, voice: Voice<'_>) -> Option<Span> {
    let object = finding.object.as_ref().and_then(|object| voice.manifests.find(object));
    let kind =
        object.filter(|object| Some(object.node.span) == finding.span).and_then(|object| object.node.child("kind"));
    kind.map(|kind| kind.span).or(finding.span)
}

fn problem(finding: &Diagnostic, voice: Voice<'_>) -> Problem {
    let language = voice.language;
    let words = |text: String| vec![Fragment::Words(text.into())];
    let object = finding.object.as_ref().filter(|_| finding.span.is_none());
    let mut message = object.map_or_else(Text::new, |object| words(format!("{object}: ")));
    message.extend(words(explain::diagnostic::message(finding, language)));
    Problem {
        severity: match finding.problem.severity() {
            diagnostic::Severity::Error => Severity::Error,
            diagnostic::Severity::Warning => Severity::Warning,
            diagnostic::Severity::Info => Severity::Info,
        },
        message,
        help: explain::diagnostic::help(finding, language).map_or_else(Text::new, words),
        place: shown(finding, voice).and_then(|span| voice.place(span)),
        fix: finding.fix.as_ref().and_then(|fix| {
            let before = voice.manifests.sources.text(fix.span).into();
            Some(Mend { place: voice.place(fix.span)?, before, after: fix.replacement.as_str().into() })
        }),
    }
}
