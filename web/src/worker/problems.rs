//! Diagnostics in words.

use std::rc::Rc;

use whichpod_core::diagnostic::{self, Diagnostic};
use whichpod_core::manifest::Manifests;

use super::words;
use crate::answer::{Fragment, Problem, Severity, Text};
use crate::language::Language;

/// All findings of the reader.
pub fn problems(manifests: &Manifests, language: Language) -> Rc<[Problem]> {
    manifests.diagnostics.iter().map(|diagnostic| problem(diagnostic, manifests, language)).collect()
}

fn problem(diagnostic: &Diagnostic, manifests: &Manifests, _language: Language) -> Problem {
    Problem {
        severity: match diagnostic.problem.severity() {
            diagnostic::Severity::Error => Severity::Error,
            diagnostic::Severity::Warning => Severity::Warning,
            diagnostic::Severity::Info => Severity::Info,
        },
        message: vec![Fragment::Words(diagnostic.problem.code().into())],
        help: Text::new(),
        place: diagnostic.span.and_then(|span| words::place(span, manifests)),
    }
}
