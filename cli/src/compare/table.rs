//! Answers side by side as text: a column per controller, a row per aspect, `≠` before those that differ.

use std::fmt::Write;

use comfy_table::{ContentArrangement, Table, presets};
use whichpod_core::explain::Language;
use whichpod_core::ingress::IngressImplementation;
use whichpod_core::report::{ComparedAspect, ControllerComparison, Report};

use crate::context::Context;
use crate::text::Style;

/// As wide as a table gets where no terminal says.
const WIDEST: u16 = 140;

/// How many lines a cell shows before the rest is counted.
const LINES: usize = 8;

/// `trace --as … --as …`
pub fn text(comparison: &ControllerComparison, command: &str, from: &str, context: &Context) -> String {
    if comparison.aspects.is_empty() {
        let printed = comparison.answers.first().and_then(|answer| answer.answer.stdout.as_deref()).unwrap_or_default();
        return format!("{from} $ {command}\n\n{printed}\n{}", nothing_asked(Style::of(context)));
    }
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(context.width.and_then(|width| u16::try_from(width).ok()).unwrap_or(WIDEST));
    let heads = comparison.answers.iter().map(|answer| answer.controller.clone());
    table.set_header(std::iter::once(String::new()).chain(heads));
    for aspect in &comparison.aspects {
        table.add_row(std::iter::once(label(aspect)).chain(aspect.values.iter().map(|lines| cell(lines))));
    }
    format!("{from} $ {command}\n\n{}\n\n{}", table.trim_fmt(), verdict(comparison, Style::of(context)))
}

/// The same for a pull request.
pub fn markdown(comparison: &ControllerComparison, command: &str, from: &str) -> String {
    if comparison.aspects.is_empty() {
        let style = Style { language: Language::English, colour: false };
        return format!("`{from} $ {command}`\n\n{}", nothing_asked(style));
    }
    let heads: Vec<&str> = comparison.answers.iter().map(|answer| answer.controller.as_str()).collect();
    let mut out = format!("`{from} $ {command}`\n\n| | {} |\n|---|{}\n", heads.join(" | "), "---|".repeat(heads.len()));
    for aspect in &comparison.aspects {
        let cells = aspect.values.iter().map(|lines| cell(lines).replace('|', "\\|").replace('\n', "<br>"));
        let _ = writeln!(out, "| {} | {} |", label(aspect), cells.collect::<Vec<_>>().join(" | "));
    }
    format!("{out}\n{}", verdict(comparison, Style { language: Language::English, colour: false }))
}

/// Of a command that asks the network nothing.
fn nothing_asked(style: Style) -> &'static str {
    style.say(
        "The command asks the network nothing: no controller has a part in it.\n",
        "このコマンドはネットワークに何も問い合わせない: コントローラーは関係しない。\n",
    )
}

/// In what the answers differ, and what isn't known of them.
fn verdict(comparison: &ControllerComparison, style: Style) -> String {
    let differing: Vec<&str> = comparison.differences().map(|aspect| aspect.name.as_str()).collect();
    let met = comparison.answers.iter().any(|answer| met_a_controller(&answer.answer));
    let mut out = match (differing.as_slice(), comparison.answers.as_slice()) {
        _ if !met => style
            .say(
                "No Ingress is on this way: whichever controller serves them makes no difference.\n",
                "この経路に Ingress はない: どのコントローラーでも同じ。\n",
            )
            .to_owned(),
        (_, [_]) => String::new(),
        ([], _) => style.say("All answer alike.\n", "すべて同じ答え。\n").to_owned(),
        (names, _) => format!("{} {}.\n", style.say("The answers differ:", "答えが異なる:"), names.join(", ")),
    };
    for answer in &comparison.answers {
        for gap in &answer.answer.not_modelled {
            let words = style.say("not modelled under", "モデル化されていない:");
            let _ = writeln!(out, "{words} {}: {gap}", answer.controller);
        }
    }
    out
}

/// Whether an Ingress controller decided anything.
fn met_a_controller(answer: &Report) -> bool {
    let controllers: Vec<&str> = IngressImplementation::ALL.iter().map(|one| one.facts().component).collect();
    answer.legs.iter().flat_map(|leg| &leg.hops).any(|hop| controllers.contains(&&*hop.component))
}

fn label(aspect: &ComparedAspect) -> String {
    format!("{} {}", if aspect.differs { "≠" } else { " " }, aspect.name)
}

/// The lines of a cell, long lists cut.
fn cell(lines: &[String]) -> String {
    let mut shown: Vec<String> = lines.iter().take(LINES).cloned().collect();
    if lines.len() > LINES {
        shown.push(format!("… and {} more", lines.len() - LINES));
    }
    if shown.is_empty() { "-".to_owned() } else { shown.join("\n") }
}
