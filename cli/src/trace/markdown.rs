//! An answer as Markdown, for pull requests and chats.

use std::fmt::Write;

use whichpod_core::report::{CauseReport, Report};

use crate::text::Style;

/// The question, the answer, a table of the ends, and the walk folded away.
pub fn text(report: &Report, command: &str, from: &str, why_not: Option<&str>, style: Style) -> String {
    // 1. Question, answer and reason.
    let mut out = format!("`{from} $ {command}`\n\n**{}**", report.summary);
    if !report.why.is_empty() {
        let _ = write!(out, " {} {}", style.say("because", "理由:"), report.why);
    }
    out.push_str("\n\n");
    if let Some(why_not) = why_not {
        let _ = writeln!(out, "{why_not}\n");
    }
    // 2. The ends as a table.
    if !report.landings.is_empty() {
        out.push_str(style.say("| share | outcome | pod | address | by |", "| 割合 | 結果 | Pod | アドレス | 規則 |"));
        out.push_str("\n|---|---|---|---|---|\n");
    }
    for landing in &report.landings {
        let share = (landing.share * 1000.0).round() / 10.0;
        let status = landing.status.map(|status| format!(" {status}")).unwrap_or_default();
        let cell = |text: &Option<String>| text.clone().unwrap_or_default().replace('|', "\\|");
        let (pod, address) = (cell(&landing.pod), cell(&landing.address));
        let _ = writeln!(
            out,
            "| {share} % | {}{status} | {pod} | {address} | {} |",
            landing.outcome,
            landing.rules.join(", ")
        );
    }
    // 3. The walk, folded.
    if !report.legs.is_empty() {
        let _ = write!(out, "\n<details><summary>{}</summary>\n\n", style.say("The walk", "経路"));
        for hop in report.legs.iter().flat_map(|leg| &leg.hops) {
            let because: Vec<String> = hop.because.iter().map(cause).collect();
            let because = if because.is_empty() {
                String::new()
            } else {
                format!(" ({} {})", style.say("because", "理由:"), because.join("; "))
            };
            let _ = writeln!(out, "1. {}{because}", hop.text);
        }
        out.push_str("\n</details>\n");
    }
    out
}

fn cause(cause: &CauseReport) -> String {
    match (&cause.object, &cause.text) {
        (Some(object), _) => format!("`{object} {}`", cause.field.as_deref().unwrap_or_default()),
        (None, text) => text.as_deref().unwrap_or_default().to_owned(),
    }
}
