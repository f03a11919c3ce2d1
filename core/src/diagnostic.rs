//! What is wrong with an input, or worth knowing: a stable code, a place, the words of the real tool where there are
//! any, and where possible an edit that mends it.

use serde::{Deserialize, Serialize};

use crate::source::{FieldPath, ObjectRef, Span};

/// One finding. Made by reading, by the control plane, or by looking at the whole.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// What was found, with its arguments.
    pub problem: Problem,
    /// The object it is about, if that much could be read.
    pub object: Option<ObjectRef>,
    /// The field of the object.
    pub field: Option<FieldPath>,
    /// Where to underline; None for what stands in no file (a supplied object).
    pub span: Option<Span>,
    /// An edit that mends it.
    pub fix: Option<Fix>,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// A real API server or kubectl refuses it.
    Error,
    /// Accepted, but surely not meant.
    Warning,
    /// Worth knowing.
    Info,
}

/// Replaces a span by a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// What stands there afterwards.
    pub replacement: String,
}

/// Every kind of finding. The words come from [`crate::explain`], except those of real tools, which stay verbatim.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Problem {
    /// The YAML or JSON reader refuses the document, in its own words.
    Syntax {
        /// `did not find expected key`.
        message: String,
    },
    /// kubectl or the API server refuses the object, in its own words.
    Invalid {
        /// `spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive`.
        message: String,
    },
}

impl Problem {
    /// A stable name for programs: kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "syntax",
            Self::Invalid { .. } => "invalid",
        }
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        match self {
            Self::Syntax { .. } | Self::Invalid { .. } => Severity::Error,
        }
    }
}
