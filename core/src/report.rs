//! The JSON contract: an answer as programs read it (`whichpod.dev/trace/v1`).
//!
//! Keys may be added; those here stay. Absent facts are null, lists are in a stable order, lines and columns count from
//! 1 in Unicode characters.

#![warn(missing_docs)]

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::diagnostic::Diagnostic;
use crate::explain::{self, Language};
use crate::gateway::{ListenerCounts, StatusCondition};
use crate::manifest::Manifests;
use crate::source::FieldRef;
use crate::tally::RequestSeries;
use crate::trace::{ModelGap, Outcome, Resolution};

mod check;
mod comparison;
mod dns;
mod landing;
mod legs;
mod rollout;

pub use check::CheckReport;
pub use comparison::{ComparedAspect, ControllerAnswer, ControllerComparison};
pub use dns::{DnsReport, RecordReport};
pub use landing::LandingReport;
pub use legs::{CandidateReport, CauseReport, HopReport, LegReport, PacketReport};
pub use rollout::{RolloutReport, RolloutSetReport, StepPodReport, StepReport};

/// `trace -o json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Report {
    /// `whichpod.dev/trace/v1`
    pub schema: String,
    /// Of all landings, or `mixed`; `none` where the command asks the network nothing.
    pub outcome: String,
    /// Where it lands, in one sentence.
    #[serde(default)]
    pub summary: String,
    /// What settled that, in one clause; empty where nothing more is to say.
    #[serde(default)]
    pub why: String,
    /// The lines that settled it.
    #[serde(default)]
    pub decided_by: Vec<CauseReport>,
    /// Where it would land if the client didn't check certificates; null where that makes no difference.
    #[serde(default)]
    pub if_trusted: Option<String>,
    /// One per outcome and pod (or address, or status).
    pub landings: Vec<LandingReport>,
    /// The name lookup; null without one.
    pub dns: Option<DnsReport>,
    /// The walk of the first landing.
    pub legs: Vec<LegReport>,
    /// All walks, one per landing, if asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub walks: Vec<Vec<LegReport>>,
    /// What the client connects to once the name is resolved.
    pub connect: Option<String>,
    /// What the tool would print, where that is determined.
    pub stdout: Option<String>,
    /// What the tool would say of a failure.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stderr: String,
    /// How the tool would exit.
    pub exit: Option<i32>,
    /// Status that controllers write.
    pub conditions: Vec<ConditionReport>,
    /// What was found in the input.
    pub diagnostics: Vec<DiagnosticReport>,
    /// What the answer depends on and isn't modelled.
    pub not_modelled: Vec<String>,
}

/// A condition that a controller writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ConditionReport {
    /// `Gateway infra/gw`.
    pub object: String,
    /// The name of the Gateway's listener; None for the Gateway as a whole.
    pub listener: Option<String>,
    /// Towards which parent.
    pub parent: Option<String>,
    /// `Programmed`.
    #[serde(rename = "type")]
    pub kind: String,
    /// `True`.
    pub status: String,
    /// `Programmed`.
    pub reason: String,
    /// How many routes the listener counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attached_routes: Option<u32>,
    /// The route kinds the listener takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supported_kinds: Option<Vec<String>>,
}

impl ConditionReport {
    /// A condition as programs read it.
    pub fn new(condition: &StatusCondition) -> Self {
        let listener = condition.listener.as_ref();
        let kinds = |counts: &ListenerCounts| counts.supported_kinds.iter().map(ToString::to_string).collect();
        let status: &'static str = condition.status.into();
        Self {
            object: condition.object.to_string(),
            listener: listener.map(|counts| counts.name.to_string()),
            parent: condition.parent.as_ref().map(ToString::to_string),
            kind: condition.kind.to_owned(),
            status: status.to_owned(),
            reason: condition.reason.to_owned(),
            attached_routes: listener.map(|counts| counts.attached_routes),
            supported_kinds: listener.map(kinds),
        }
    }
}

/// A finding, as `check -o json` prints it too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DiagnosticReport {
    /// `error`, `warning`, `info`.
    pub severity: String,
    /// The stable code.
    pub code: String,
    /// One sentence.
    pub message: String,
    /// `Service default/web`.
    pub object: Option<String>,
    /// `spec.ports[0].port`.
    pub field: Option<String>,
    /// The name of the file in which it stands; None where it was supplied.
    pub file: Option<String>,
    /// From 1.
    pub line: Option<u32>,
    /// From 1, in characters.
    pub column: Option<u32>,
    /// The end of what is meant.
    #[serde(rename = "endLine")]
    pub end_line: Option<u32>,
    /// The column one past it.
    #[serde(rename = "endColumn")]
    pub end_column: Option<u32>,
    /// What to do.
    pub help: Option<String>,
    /// An edit that mends it.
    pub fix: Option<FixReport>,
}

/// An edit: the text between two places is replaced.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FixReport {
    /// From this line.
    pub line: u32,
    /// And column.
    pub column: u32,
    /// To this line.
    pub end_line: u32,
    /// And column, excluded.
    pub end_column: u32,
    /// What stands there afterwards.
    pub replacement: String,
}

/// How much of an answer is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportDetail {
    /// All walks rather than the first landing's.
    pub all: bool,
    /// The requests to tally.
    pub repeat: Option<RequestSeries>,
    /// In which language sentences are.
    pub language: Language,
}

/// The outcome of a command that asks the network nothing.
pub const NO_OUTCOME: &str = "none";

impl Report {
    /// The report of an answer to a question about these manifests.
    pub fn new(resolution: &Resolution, manifests: &Manifests, detail: ReportDetail) -> Self {
        let landings = landing::landings(resolution, detail.repeat);
        let language = detail.language;
        let mut writer = legs::LegWriter::new(manifests, language);
        let why = resolution.landings.first().map(|landing| explain::why(&landing.trail, language)).unwrap_or_default();
        let walks = landings.iter().map(|(_, first)| writer.legs(first));
        let walks: Vec<Vec<LegReport>> = if detail.all { walks.collect() } else { walks.take(1).collect() };
        Self {
            schema: "whichpod.dev/trace/v1".to_owned(),
            outcome: outcome(resolution.outcome()).to_owned(),
            summary: explain::plain(&explain::summary(resolution, language)),
            decided_by: legs::places(&why, manifests),
            why: explain::plain(&why),
            if_trusted: None,
            dns: dns::dns(resolution),
            legs: walks.first().cloned().unwrap_or_default(),
            walks: if detail.all { walks } else { Vec::new() },
            landings: landings.into_iter().map(|(report, _)| report).collect(),
            connect: resolution.connects_to.map(|(address, port)| crate::packet::socket_text(address, port)),
            stdout: None,
            stderr: String::new(),
            exit: None,
            conditions: Vec::new(),
            diagnostics: Vec::new(),
            not_modelled: resolution.gaps.iter().map(gap).collect(),
        }
    }

    /// A report of a command that asks the network nothing (`cat /etc/resolv.conf`).
    pub fn empty() -> Self {
        Self {
            schema: "whichpod.dev/trace/v1".to_owned(),
            outcome: NO_OUTCOME.to_owned(),
            summary: String::new(),
            why: String::new(),
            decided_by: Vec::new(),
            if_trusted: None,
            landings: Vec::new(),
            dns: None,
            legs: Vec::new(),
            walks: Vec::new(),
            connect: None,
            stdout: None,
            stderr: String::new(),
            exit: None,
            conditions: Vec::new(),
            diagnostics: Vec::new(),
            not_modelled: Vec::new(),
        }
    }
}

/// The landings of an answer, without their walks.
pub fn landing_reports(resolution: &Resolution) -> Vec<LandingReport> {
    landing::landings(resolution, None).into_iter().map(|(report, _)| report).collect()
}

impl DiagnosticReport {
    /// A finding with its place in the files. `message` and `help` are [`crate::explain`]'s.
    pub fn new(diagnostic: &Diagnostic, manifests: &Manifests, message: String, help: Option<String>) -> Self {
        let location = manifests.place(diagnostic).and_then(|span| manifests.sources.locate(span));
        let fix = diagnostic.fix.as_ref().and_then(|fix| {
            let at = manifests.sources.locate(fix.span)?;
            let replacement = fix.replacement.clone();
            Some(FixReport {
                line: at.line,
                column: at.column,
                end_line: at.end_line,
                end_column: at.end_column,
                replacement,
            })
        });
        Self {
            severity: diagnostic.problem.severity().name().to_owned(),
            code: diagnostic.problem.code().to_owned(),
            message,
            object: diagnostic.object.as_ref().map(ToString::to_string),
            field: diagnostic.field.as_ref().filter(|path| !path.is_root()).map(ToString::to_string),
            file: location.as_ref().map(|location| location.file.to_string()),
            line: location.as_ref().map(|location| location.line),
            column: location.as_ref().map(|location| location.column),
            end_line: location.as_ref().map(|location| location.end_line),
            end_column: location.as_ref().map(|location| location.end_column),
            help,
            fix,
        }
    }
}

fn outcome(outcome: Option<Outcome>) -> &'static str {
    outcome.map_or("mixed", Outcome::name)
}

/// What isn't modelled, by name.
fn gap(gap: &ModelGap) -> String {
    match gap {
        ModelGap::Field(field) => field_text(field),
        ModelGap::RegularExpression { field, pattern } => {
            format!("{}: regular expression {pattern}", field_text(field))
        }
        ModelGap::Directive { field, directive, line } => {
            format!("{}: {directive} (line {line})", field_text(field))
        }
        ModelGap::NotBuilt { field, message } => format!("{}: {message}", field_text(field)),
        ModelGap::CoreDnsPlugin(name) => format!("CoreDNS plugin {name}"),
        ModelGap::ControllerSetting(name) => format!("controller setting {name}"),
        ModelGap::OutsideAddress(name) => format!("the address of {name} outside"),
        ModelGap::OutsideServer(name) => format!("what {name} outside does"),
        ModelGap::NodeLocalDns(address) => format!("what NodeLocal DNS at {address} answers"),
        ModelGap::IcmpUnderPolicy(policy) => format!("ICMP under {policy}"),
        ModelGap::GatewayController { controller, specification } => {
            format!("the Gateway controller {controller} (by the specification alone: {})", specification.join(", "))
        }
        ModelGap::IngressController { controller, specification } => {
            format!("the Ingress controller {controller} (by the API's text alone: {})", specification.join(", "))
        }
        ModelGap::Unread(kind) => format!("{kind}, which could not be read"),
        ModelGap::ProxyLoop => "a request that proxies hand on in a circle".to_owned(),
        ModelGap::TooLarge(limit) => limit.text(),
    }
}

/// `Ingress default/shop metadata.annotations[…]`.
fn field_text(field: &FieldRef) -> String {
    format!("{} {}", field.object, field.path)
}

/// Headers as a JSON object; repeated ones joined by commas (RFC 9110, 5.3), with a space behind or not, names in lower case.
fn headers(pairs: &[(String, String)], separator: &str) -> BTreeMap<String, String> {
    let mut map: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in pairs {
        let entry = map.entry(name.to_ascii_lowercase()).or_default();
        if !entry.is_empty() {
            entry.push_str(separator);
        }
        entry.push_str(value);
    }
    map
}
