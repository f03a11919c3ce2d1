//! Findings beside an answer: those about objects on the way; of all others their number.

use std::collections::BTreeSet;

use whichpod_core::explain::Language;
use whichpod_core::report::{DiagnosticReport, LegReport, Report};

use crate::text::Style;

/// As many findings are told.
const TOLD: usize = 5;

/// The findings worth telling about the objects on the way.
pub fn on_the_way(report: &Report, style: Style) -> String {
    let told = of_the_way(report);
    let mut out = String::new();
    for finding in told.iter().take(TOLD) {
        out.push('\n');
        out += &finding.to_text();
    }
    if told.len() > TOLD {
        let more = told.len() - TOLD;
        out += &match style.language {
            Language::English => style.faint(&format!("… and {more} more about objects on this way\n")),
            Language::Japanese => style.faint(&format!("… この経路のオブジェクトについて ほか {more} 件\n")),
        };
    }
    out
}

/// "; 2 errors and 5 findings elsewhere: whichpod check"
pub fn elsewhere(report: &Report, style: Style) -> String {
    let on_the_way = of_the_way(report);
    let is_told = |finding: &&DiagnosticReport| !on_the_way.iter().any(|told| std::ptr::eq(*told, *finding));
    let rest: Vec<&DiagnosticReport> =
        report.diagnostics.iter().filter(|one| one.severity != "info").filter(is_told).collect();
    let errors: Vec<&&DiagnosticReport> = rest.iter().filter(|one| one.severity == "error").collect();
    let refused: BTreeSet<&str> = errors.iter().filter_map(|one| one.object.as_deref()).collect();
    let absent = match refused.into_iter().take(3).collect::<Vec<_>>().as_slice() {
        [] => String::new(),
        some => format!(" (an API server refuses {})", some.join(", ")),
    };
    if style.language == Language::Japanese {
        return elsewhere_in_japanese(errors.len(), rest.len() - errors.len());
    }
    let some = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    match (errors.len(), rest.len() - errors.len()) {
        (0, 0) => String::new(),
        (0, warnings) => format!("; {} elsewhere: whichpod check", some(warnings, "warning")),
        (errors, 0) => format!("; {}{absent}: whichpod check", some(errors, "error")),
        (errors, warnings) => {
            format!("; {}{absent} and {} elsewhere: whichpod check", some(errors, "error"), some(warnings, "warning"))
        }
    }
}

fn elsewhere_in_japanese(errors: usize, warnings: usize) -> String {
    let parts = [(errors, "エラー"), (warnings, "警告")];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{word} {count} 件"));
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() { String::new() } else { format!("; ほかに{}: whichpod check", parts.join("、")) }
}

fn of_the_way(report: &Report) -> Vec<&DiagnosticReport> {
    let objects = objects(report);
    let about = |finding: &&DiagnosticReport| {
        finding.object.as_ref().is_some_and(|object| objects.contains(&object.to_ascii_lowercase()))
    };
    report.diagnostics.iter().filter(|finding| finding.severity != "info").filter(about).collect()
}

/// All objects that were considered on the way, in small letters: `service default/web`.
fn objects(report: &Report) -> BTreeSet<String> {
    let legs: Vec<&LegReport> = report.legs.iter().chain(report.walks.iter().flatten()).collect();
    let hops = || legs.iter().flat_map(|leg| &leg.hops);
    let causes = hops().flat_map(|hop| hop.because.iter());
    let considered = hops().flat_map(|hop| &hop.candidates).filter_map(|candidate| candidate.cause.as_ref());
    let named =
        causes.chain(considered).filter_map(|cause| cause.object.as_ref()).map(|object| object.to_ascii_lowercase());
    let services = report.landings.iter().filter_map(|landing| landing.service.as_ref());
    let pods = report.landings.iter().filter_map(|landing| landing.pod.as_ref());
    named
        .chain(services.map(|service| format!("service {service}")))
        .chain(pods.map(|pod| format!("pod {pod}")))
        .collect()
}
