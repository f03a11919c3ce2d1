//! An answer in a few lines, complete for whoever has to act on it: the end, what decided with its line, what is wrong on the
//! way, what isn't known.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::report::{CauseReport, DiagnosticReport, LandingReport, LegReport, Report};

/// As many findings are told; of more, their number.
const TOLD: usize = 10;

/// The answer in short: `trace -o agent`, and what agents read.
pub fn brief(report: &Report) -> String {
    let mut text = String::new();
    // Writing into a String can't fail.
    let _ = write_brief(&mut text, report);
    text
}

fn write_brief(text: &mut String, report: &Report) -> std::fmt::Result {
    // 1. The end, in one word and in a sentence.
    writeln!(text, "outcome: {}", report.outcome)?;
    if !report.summary.is_empty() {
        writeln!(text, "answer: {}", report.summary)?;
    }
    // 2. Each landing, and why the first one.
    for landing in &report.landings {
        writeln!(text, "- {}", landing_line(landing))?;
    }
    if !report.why.is_empty() {
        writeln!(text, "why: {}", report.why)?;
    }
    // 3. The lines of the manifests that decided on the way.
    for line in deciding_lines(&report.legs) {
        writeln!(text, "decided by: {line}")?;
    }
    // 4. What the tool prints, what is wrong, what isn't known.
    if let Some(exit) = report.exit.filter(|exit| *exit != 0) {
        writeln!(text, "exit: {exit} {}", report.stderr.trim())?;
    }
    let (told, more) = report.diagnostics.split_at(report.diagnostics.len().min(TOLD));
    for finding in told {
        writeln!(text, "{}", finding_line(finding))?;
    }
    if !more.is_empty() {
        writeln!(text, "and {} more findings: see check", more.len())?;
    }
    report.not_modelled.iter().try_for_each(|gap| writeln!(text, "not modelled: {gap}"))
}

/// `50 % delivered pod default/web-1 10.244.1.10:8080, Service default/web, the pod sees as caller the node`
fn landing_line(landing: &LandingReport) -> String {
    let mut line = format!("{} % {}", (landing.share * 1000.0).round() / 10.0, landing.outcome);
    let mut add = |before: &str, what: &Option<String>| {
        if let Some(what) = what {
            line.push_str(before);
            line.push_str(what);
        }
    };
    add(" pod ", &landing.pod);
    add(" ", &landing.address);
    add(", Service ", &landing.service);
    add(", status ", &landing.status.map(|status| status.to_string()));
    add(", leads to ", &landing.location);
    add(", the pod sees as caller the ", &landing.source_kind);
    add(", path ", &landing.path);
    add(", denied at ", &landing.denied_at);
    add(", by ", &Some(landing.rules.join(", ")).filter(|rules| !rules.is_empty()));
    line
}

/// `Service default/web spec.selector (web.yaml:12), kube-proxy`, each once.
fn deciding_lines(legs: &[LegReport]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let hops = legs.iter().flat_map(|leg| &leg.hops);
    let causes = hops.flat_map(|hop| hop.because.iter().map(|cause| (&hop.component, cause)));
    let lines = causes.filter_map(|(component, cause)| Some(format!("{}, {component}", cause_line(cause)?)));
    lines.filter(|line| seen.insert(line.clone())).collect()
}

/// What the manifests say; what is supplied or a rule has no line.
fn cause_line(cause: &CauseReport) -> Option<String> {
    let field =
        cause.field.iter().filter(|field| !field.is_empty()).map(|field| format!(" {field}")).collect::<String>();
    Some(format!("{}{field} ({}:{})", cause.object.as_ref()?, cause.file.as_ref()?, cause.line?))
}

fn finding_line(finding: &DiagnosticReport) -> String {
    let place = match (&finding.file, finding.line) {
        (Some(file), Some(line)) => format!(" {file}:{line}"),
        _ => String::new(),
    };
    let help = finding.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    format!("{}: {}{place}: {}{help}", finding.severity, finding.code, finding.message)
}
