//! `whichpod check`: what is wrong with the manifests.

use std::process::ExitCode;

use whichpod_core::diagnostic::{ProblemKind, Severity};
use whichpod_core::explain::Language;
use whichpod_core::report::CheckReport;
use whichpod_core::schema::nearest;
use whichpod_core::simulation::Simulation;

use crate::arguments::{Check, CheckFormat, FailOn};
use crate::context::Context;
use crate::text::Style;
use crate::{Unusable, complain, files, input, print, print_styled, trace};

mod fix;
mod forms;
mod frame;
mod suppress;
mod upgrade;

/// Prints the findings; exits 1 if one is as bad as asked for.
pub fn run(arguments: &Check, context: &Context) -> Result<ExitCode, Unusable> {
    // 1. The findings, of codes that there are.
    known_codes(arguments.select.iter().chain(&arguments.ignore))?;
    let mut simulation = arguments.input.simulation(&arguments.paths.paths, context)?;
    let mut report = findings(&simulation, arguments, context);
    // 2. What fixing would change, or the fixes, after which everything is read again.
    if arguments.diff {
        print(&fix::difference(&simulation, &report)?)?;
        return Ok(exit(&report, arguments, context));
    }
    if arguments.fix {
        let mended = fix::write(&simulation, &report)?;
        complain(&format!("whichpod: {mended} mended"));
        simulation = arguments.input.simulation(&arguments.paths.paths, context)?;
        report = findings(&simulation, arguments, context);
    }
    // 3. The findings in the form asked for.
    let style = Style::of(context);
    let text = match arguments.output {
        CheckFormat::Text => {
            frame::text(&report, &simulation.manifests.sources, style) + &summary(&report, &simulation, style)
        }
        CheckFormat::Short => report.to_text(),
        CheckFormat::Github => forms::github(&report),
        CheckFormat::Gitlab => forms::gitlab(&report)?,
        CheckFormat::Sarif => format!("{:#}\n", report.to_sarif()),
        CheckFormat::Junit => forms::junit(&report, &simulation)?,
        CheckFormat::Json => trace::json(&report)?,
    };
    print_styled(&text, context.colour)?;
    Ok(exit(&report, arguments, context))
}

/// What was found, without what is silenced, and of a Corefile with its own lines.
fn findings(simulation: &Simulation, arguments: &Check, context: &Context) -> CheckReport {
    let found = suppress::left(simulation.findings(), simulation, arguments, context);
    let mut report = CheckReport::new(&found, &simulation.manifests, context.language);
    for one in report.diagnostics.iter_mut().filter(|one| one.file.as_deref().is_some_and(files::is_corefile)) {
        if let (Some(line), Some(column)) = (one.line, one.column) {
            let (line, column) = files::in_corefile(line, column);
            (one.line, one.column) = (Some(line), Some(column));
        }
        if let (Some(line), Some(column)) = (one.end_line, one.end_column) {
            let (line, column) = files::in_corefile(line, column);
            (one.end_line, one.end_column) = (Some(line), Some(column));
        }
    }
    report
}

/// A code that no finding has is a mistake in writing.
fn known_codes<'c>(codes: impl Iterator<Item = &'c String>) -> Result<(), Unusable> {
    let all: Vec<&str> = all_codes().collect();
    for code in codes {
        if !all.contains(&code.as_str()) {
            let meant = nearest(code, all.iter().copied());
            let meant = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
            return Err(Unusable(format!("no finding has the code `{code}`{meant}; there are {}", all.join(", "))));
        }
    }
    Ok(())
}

/// The codes of all findings.
pub fn all_codes() -> impl Iterator<Item = &'static str> {
    <ProblemKind as strum::VariantArray>::VARIANTS.iter().map(<&str>::from)
}

/// "12 objects in 3 files: 1 error, 2 warnings"
fn summary(report: &CheckReport, simulation: &Simulation, style: Style) -> String {
    let read = input::what_was_read(simulation, style);
    let counts = match style.language {
        Language::English => report.counts(),
        Language::Japanese => counts_in_japanese(report),
    };
    format!("{}: {}\n", style.faint(&read), style.bold(&counts))
}

fn counts_in_japanese(report: &CheckReport) -> String {
    let count = |severity: Severity| report.diagnostics.iter().filter(|one| one.severity == severity.name()).count();
    let words = [(Severity::Error, "エラー"), (Severity::Warning, "警告"), (Severity::Info, "注記")];
    let counts = words.map(|(severity, word)| (count(severity), word)).into_iter().filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts.map(|(count, word)| format!("{word} {count} 件")).collect();
    if counts.is_empty() { "問題なし".to_owned() } else { counts.join("、") }
}

fn exit(report: &CheckReport, arguments: &Check, context: &Context) -> ExitCode {
    let from = arguments.fail_on.or(context.settings.fails_on()).unwrap_or(FailOn::Error);
    let fails = |severity: &str| match from {
        FailOn::Never => false,
        FailOn::Error => severity == Severity::Error.name(),
        FailOn::Warning => severity != Severity::Info.name(),
        FailOn::Note => true,
    };
    if report.diagnostics.iter().any(|finding| fails(&finding.severity)) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
