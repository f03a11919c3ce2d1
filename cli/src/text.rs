//! Answers as text for people: the answer first, then the walk, each step with its reason and its line.

use std::fmt::Write;

use whichpod_core::report::{
    CandidateReport, CauseReport, DiagnosticReport, HopReport, LandingReport, LegReport, Report,
};

/// How many candidates of a hop are listed before the rest is counted.
const CANDIDATES: usize = 12;

/// `trace -o text`.
pub fn trace(report: &Report, command: &str, from: &str) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{from} $ {command}\n");
    for landing in &report.landings {
        let _ = writeln!(out, "{}", landing_line(landing));
        for line in seen(landing) {
            let _ = writeln!(out, "          {line}");
        }
    }
    if let Some(stdout) = report.stdout.as_ref().filter(|stdout| !stdout.is_empty()) {
        let _ = writeln!(out, "\n{}", stdout.trim_end());
    }
    if !report.stderr.is_empty() {
        let _ = writeln!(out, "\n{}", report.stderr.trim_end());
    }
    for gap in &report.not_modelled {
        let _ = writeln!(out, "\nnot modelled: {gap}");
    }
    let queries = report.dns.as_ref().map_or(0, |dns| dns.query_count);
    if report.walks.is_empty() {
        walk(&mut out, &report.legs, queries);
    }
    for (landing, legs) in report.landings.iter().zip(&report.walks) {
        let _ = writeln!(out, "\n── {}", landing_line(landing).trim_start());
        walk(&mut out, legs, queries);
    }
    let worth_saying: Vec<&DiagnosticReport> = report.diagnostics.iter().filter(|one| one.severity != "info").collect();
    if !worth_saying.is_empty() {
        out.push('\n');
        worth_saying.into_iter().for_each(|finding| out.push_str(&finding.to_text()));
    }
    out
}

/// ` 33.3 %  pod default/web-1  10.244.1.10:8080 on node-1`
pub fn landing_line(landing: &LandingReport) -> String {
    let share = format!("{} %", (landing.share * 1000.0).round() / 10.0);
    let what = match (&landing.pod, landing.status, landing.outcome.as_str()) {
        (_, Some(status), _) => match &landing.location {
            Some(location) => format!("answered by the proxy: {status}, to {location}"),
            None => format!("answered by the proxy: {status}"),
        },
        (Some(pod), None, "delivered") => format!("pod {pod}"),
        (_, None, outcome) => outcome_words(outcome).to_owned(),
    };
    let address = landing.address.as_ref().map(|address| format!("  {address}")).unwrap_or_default();
    let node = landing.node.as_ref().map(|node| format!(" on {node}")).unwrap_or_default();
    let count = landing.count.map(|count| format!("{count:>6} ×")).unwrap_or_default();
    format!("{share:>8}{count}  {what}{address}{node}")
}

/// What a person calls an outcome.
fn outcome_words(outcome: &str) -> &str {
    match outcome {
        "delivered" => "delivered",
        "refused" => "connection refused",
        "dropped" => "timed out (dropped in silence)",
        "unroutable" => "no route",
        "unresolved" => "the name can't be resolved",
        "external" => "leaves the cluster",
        "unknown" => "not known",
        other => other,
    }
}

/// What the pod sees, where it isn't what the client sent.
fn seen(landing: &LandingReport) -> Vec<String> {
    let mut lines = Vec::new();
    if landing.outcome == "delivered" {
        let source = landing.source_ip.map(|source| source.to_string());
        let kind = landing.source_kind.as_deref();
        lines.extend(source.zip(kind).map(|(source, kind)| format!("sees {source} ({kind}) as the caller")));
    }
    if let (Some(host), Some(path)) = (&landing.host, &landing.path) {
        lines.push(format!("sees host {host}, path {path}"));
    }
    if landing.outcome == "delivered" {
        lines.extend(landing.backend_protocol.iter().map(|protocol| format!("the proxy speaks {protocol} to it")));
    }
    lines.extend(landing.rules.iter().map(|rule| format!("by {rule}")));
    lines.extend(landing.denied_at.iter().map(|direction| format!("denied at {direction}")));
    lines
}

/// The connections, one after the other. The first lookup says how many questions it took.
fn walk(out: &mut String, legs: &[LegReport], queries: usize) {
    for (place, leg) in legs.iter().enumerate() {
        let count = match (&*leg.purpose, place, queries) {
            ("resolve", 0, 1) => " (1 query)".to_owned(),
            ("resolve", 0, queries) => format!(" ({queries} queries)"),
            _ => String::new(),
        };
        let _ = writeln!(out, "\n{}{count}", purpose(&leg.purpose));
        for hop in &leg.hops {
            hop_lines(out, hop);
        }
    }
}

fn purpose(purpose: &str) -> &str {
    match purpose {
        "resolve" => "Looking the name up",
        "connect" => "The connection",
        "proxy" => "The proxy's own connection",
        other => other,
    }
}

fn hop_lines(out: &mut String, hop: &HopReport) {
    let _ = writeln!(out, "  {}", hop.text);
    for cause in hop.because.iter() {
        let _ = writeln!(out, "      because {}", cause_text(cause));
    }
    let shown = hop.candidates.iter().take(CANDIDATES);
    for candidate in shown {
        let _ = writeln!(out, "      {}", candidate_text(candidate));
    }
    // The last may stand for more than itself: +39.
    let rest = hop.candidates.iter().skip(CANDIDATES).map(|candidate| candidate.what.strip_prefix('+'));
    let more: usize = rest.map(|count| count.and_then(|count| count.parse().ok()).unwrap_or(1)).sum();
    if more > 0 {
        let _ = writeln!(out, "      … and {more} more (-o json lists them)");
    }
}

/// `service default/web spec.ports[0]  (shop.yaml:12)`, or the rule in words.
fn cause_text(cause: &CauseReport) -> String {
    match (&cause.object, &cause.text) {
        (Some(object), _) => {
            let field = cause.field.as_deref().unwrap_or_default();
            let place = match (&cause.file, cause.line) {
                (Some(file), Some(line)) => format!("  ({file}:{line})"),
                _ => "  (supplied)".to_owned(),
            };
            format!("{object} {field}{place}")
        }
        (None, text) => text.as_deref().unwrap_or_default().to_owned(),
    }
}

/// `✓ pod default/web-1 (10.244.1.10:80)  50 %`, `✗ pod default/web-2 isn't ready  (shop.yaml:40)`.
fn candidate_text(candidate: &CandidateReport) -> String {
    let mark = match &*candidate.fate {
        "chosen" => "✓",
        "eligible" => "·",
        _ => "✗",
    };
    let share = candidate.share.map(|share| format!("  {} %", (share * 1000.0).round() / 10.0)).unwrap_or_default();
    let text = candidate.text.as_ref().map(|text| format!(" {text}")).unwrap_or_default();
    let cause = candidate.cause.as_ref().map(|cause| format!(": {}", cause_text(cause))).unwrap_or_default();
    format!("{mark} {}{share}{text}{cause}", candidate.what)
}
