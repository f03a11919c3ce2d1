//! A difference for people, for pull requests, for code scanning.

use serde_json::{Value, json};

use super::{AnnotationExample, AnnotationFate, ChangeGroup, DifferenceReport, ExampleAnswer, IngressFate};
use crate::language::{BilingualText, Language};

/// As many requests of a group are told to people besides the example.
const TOLD: usize = 3;

/// "3 of 120 requests are answered differently."
pub fn headline(report: &DifferenceReport) -> String {
    match (report.changed, report.language) {
        (0, Language::English) if report.requests == 1 => "The one request is answered alike.".to_owned(),
        (0, Language::English) => format!("All {} requests are answered alike.", report.requests),
        (0, Language::Japanese) => format!("{} 件のリクエストの答えはすべて同じ。", report.requests),
        (1, Language::English) if report.requests == 1 => "The one request is answered differently.".to_owned(),
        (1, Language::English) => format!("1 of {} requests is answered differently.", report.requests),
        (changed, Language::English) => format!("{changed} of {} requests are answered differently.", report.requests),
        (changed, Language::Japanese) => format!("{} 件中 {changed} 件のリクエストの答えが変わる。", report.requests),
    }
}

/// For people.
pub fn to_text(report: &DifferenceReport) -> String {
    let mut text = String::new();
    let say = |english, japanese| BilingualText::new(english, japanese).of(report.language);
    for group in &report.groups {
        let some = match (group.count, report.language) {
            (1, Language::English) => "1 request".to_owned(),
            (count, Language::English) => format!("{count} requests"),
            (count, Language::Japanese) => format!("{count} 件"),
        };
        text += &format!("{}: {some}\n  - {}\n  + {}\n", group.title, or_none(&group.before), or_none(&group.after));
        let example = &group.example;
        text += &format!("    {} $ {}\n", example.from, example.command);
        text += &format!("      {}  {}\n", say("before", "変更前"), answer(&example.before, report.language));
        text += &format!("      {}  {}\n", say("after ", "変更後"), answer(&example.after, report.language));
        let others = group.requests.iter().filter(|line| line.command != example.command);
        for line in others.take(TOLD) {
            text += &format!("    {} {line}\n", say("also", "ほか"));
        }
        text += "\n";
    }
    report.ingresses.iter().for_each(|ingress| text += &ingress_text(ingress, report));
    for left_out in &report.not_asked {
        text += &format!("{} {left_out}\n", say("not asked:", "調べていない:"));
    }
    text + &headline(report) + "\n"
}

/// A side that has nothing of what the other has.
fn or_none(side: &str) -> &str {
    if side.is_empty() { "(none)" } else { side }
}

fn answer(answer: &ExampleAnswer, language: Language) -> String {
    let because = BilingualText::new(", because", "、理由:").of(language);
    let why = if answer.why.is_empty() { String::new() } else { format!("{because} {}", answer.why) };
    let place = match (&answer.file, answer.line) {
        (Some(file), Some(line)) => format!("  ({file}:{line})"),
        _ => String::new(),
    };
    format!("{}{why}{place}", answer.summary)
}

/// For a pull request.
pub fn to_markdown(report: &DifferenceReport) -> String {
    // 1. The headline.
    let mut text = format!("### {}\n\n`{}` → `{}`\n", headline(report), report.old, report.new);
    // 2. A row for each group.
    if !report.groups.is_empty() {
        let header = BilingualText::new(
            "| what changed | requests | before | after | for example |",
            "| 変化 | 件数 | 変更前 | 変更後 | 例 |",
        );
        text += &format!("\n{}\n|---|---|---|---|---|\n", header.of(report.language));
    }
    let cell = |text: &str| text.replace('|', "\\|");
    for group in &report.groups {
        let command = &group.example.command;
        let from = if group.example.from == "external" { String::new() } else { format!("{} $ ", group.example.from) };
        text += &format!(
            "| {} | {} | {} | {} | `{from}{}` |\n",
            group.title,
            group.count,
            cell(&group.before),
            cell(&group.after),
            cell(command)
        );
    }
    // 3. The groups one by one.
    for group in &report.groups {
        text += &details(group, report.language);
    }
    // 4. The Ingresses one by one.
    report.ingresses.iter().for_each(|ingress| text += &ingress_markdown(ingress, report));
    // 5. What wasn't asked.
    for left_out in &report.not_asked {
        text += &format!("\n{} {left_out}.\n", BilingualText::new("Not asked:", "調べていない:").of(report.language));
    }
    text
}

/// "Ingress default/shop: of 26 requests at its hosts, 4 land differently."
pub fn ingress_headline(ingress: &IngressFate, language: Language) -> String {
    let IngressFate { ingress, requests, changed, .. } = ingress;
    match language {
        Language::English => {
            format!("Ingress {ingress}: {changed} of {requests} requests at its hosts land differently")
        }
        Language::Japanese => {
            format!("Ingress {ingress}: ホスト宛の {requests} 件のリクエストのうち {changed} 件の行き先が変わる")
        }
    }
}

/// "for other reasons than its annotations: 3 requests"
pub fn others_headline(ingress: &IngressFate, language: Language) -> String {
    match (ingress.others, language) {
        (1, Language::English) => "for another reason than its annotations: 1 request".to_owned(),
        (others, Language::English) => format!("for other reasons than its annotations: {others} requests"),
        (others, Language::Japanese) => format!("アノテーション以外の理由: {others} 件"),
    }
}

/// The answers of an example, each with what it is.
pub fn example_lines(example: &AnnotationExample, report: &DifferenceReport) -> Vec<(String, String)> {
    let without = BilingualText::new("without it", "これがない場合").of(report.language);
    let mut lines = vec![(report.old.clone(), example.before.clone())];
    lines.extend(example.without.iter().map(|answer| (format!("{} {without}", report.old), answer.clone())));
    lines.push((report.new.clone(), example.after.clone()));
    lines
}

fn ingress_text(ingress: &IngressFate, report: &DifferenceReport) -> String {
    let place = match (&ingress.file, ingress.line) {
        (Some(file), Some(line)) => format!("  ({file}:{line})"),
        _ => String::new(),
    };
    let mut text = format!("{}{place}\n", ingress_headline(ingress, report.language));
    let example_text = |example: &Option<AnnotationExample>| {
        let Some(example) = example else { return String::new() };
        let lines = example_lines(example, report);
        let lines = lines.into_iter().map(|(what, answer)| format!("      {what}: {answer}\n"));
        format!("    {} $ {}\n{}", example.from, example.command, lines.collect::<String>())
    };
    for AnnotationFate { name, value, outcome, why, example, .. } in &ingress.annotations {
        text += &format!("  {}: {name}: {}\n    {why}\n", outcome.title(report.language), first_line(value));
        text += &example_text(example);
    }
    if ingress.others > 0 {
        text += &format!("  {}\n{}", others_headline(ingress, report.language), example_text(&ingress.example));
    }
    text + "\n"
}

/// A value of several lines by its first.
pub fn first_line(value: &str) -> String {
    let mut lines = value.trim().lines();
    let first = lines.next().unwrap_or_default();
    if lines.next().is_some() { format!("{first} …") } else { first.to_owned() }
}

fn ingress_markdown(ingress: &IngressFate, report: &DifferenceReport) -> String {
    let mut text = format!("\n#### {}\n", ingress_headline(ingress, report.language));
    let cell = |text: &str| text.replace('|', "\\|");
    let shown = |example: &Option<AnnotationExample>| {
        let Some(example) = example else { return String::new() };
        let from = if example.from == "external" { String::new() } else { format!("{} $ ", example.from) };
        let lines = example_lines(example, report).into_iter().map(|(what, answer)| format!("<br>{what}: {answer}"));
        cell(&format!("`{from}{}`{}", example.command, lines.collect::<String>()))
    };
    let others = (ingress.others > 0).then(|| others_headline(ingress, report.language));
    if !ingress.annotations.is_empty() || others.is_some() {
        let header =
            BilingualText::new("| annotation | what becomes of it | for example |", "| アノテーション | 扱い | 例 |");
        text += &format!("\n{}\n|---|---|---|\n", header.of(report.language));
    }
    for AnnotationFate { name, value, outcome, why, example, .. } in &ingress.annotations {
        let title = outcome.title(report.language);
        text += &format!("| `{name}: {}` | **{title}**: {why} | {} |\n", cell(&first_line(value)), shown(example));
    }
    if let Some(others) = others {
        text += &format!("| | {others} | {} |\n", shown(&ingress.example));
    }
    text
}

fn details(group: &ChangeGroup, language: Language) -> String {
    let example = &group.example;
    let listed: String = group.requests.iter().map(|line| format!("- `{line}`\n")).collect();
    let (before, after) = (BilingualText::new("before", "変更前"), BilingualText::new("after", "変更後"));
    format!(
        "\n<details><summary>{}: {}</summary>\n\n- {}: {}\n- {}: {}\n\n{listed}\n</details>\n",
        group.title,
        group.after,
        before.of(language),
        answer(&example.before, language),
        after.of(language),
        answer(&example.after, language)
    )
}

/// SARIF 2.1.0, a result for each group, at the line that decides now.
pub fn to_sarif(report: &DifferenceReport) -> Value {
    let mut rules: Vec<Value> = Vec::new();
    for group in &report.groups {
        let rule = json!({"id": group.kind, "shortDescription": {"text": group.title}});
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
    let results: Vec<Value> = report.groups.iter().map(sarif_result).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "whichpod", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn sarif_result(group: &ChangeGroup) -> Value {
    let example = &group.example;
    let text = format!(
        "{} ({} requests): {} → {}; {} $ {}: before {}; after {}",
        group.title,
        group.count,
        group.before,
        group.after,
        example.from,
        example.command,
        answer(&example.before, Language::English),
        answer(&example.after, Language::English)
    );
    let places = example.after.file.as_ref().zip(example.after.line).map(
        |(file, line)| json!({"physicalLocation": {"artifactLocation": {"uri": file}, "region": {"startLine": line}}}),
    );
    json!({
        "ruleId": group.kind,
        "level": "warning",
        "message": {"text": text},
        "locations": places.into_iter().collect::<Vec<_>>(),
    })
}
