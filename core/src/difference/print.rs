//! A difference for people, for pull requests, for code scanning.

use serde_json::{Value, json};

use super::{ChangeGroup, DifferenceReport, ExampleAnswer};

/// As many requests of a group are told to people besides the example.
const TOLD: usize = 3;

/// "3 of 120 requests are answered differently"
fn headline(report: &DifferenceReport) -> String {
    match report.changed {
        0 => format!("All {} requests are answered alike.", report.requests),
        changed => format!("{changed} of {} requests are answered differently.", report.requests),
    }
}

/// For people.
pub fn to_text(report: &DifferenceReport) -> String {
    let mut text = String::new();
    for group in &report.groups {
        let some = if group.count == 1 { "1 request".to_owned() } else { format!("{} requests", group.count) };
        text += &format!("{}: {some}\n  - {}\n  + {}\n", group.title, group.before, group.after);
        let example = &group.example;
        text += &format!("    {} $ {}\n", example.from, example.command);
        text += &format!("      before  {}\n", answer(&example.before));
        text += &format!("      after   {}\n", answer(&example.after));
        let others = group.requests.iter().filter(|line| !line.ends_with(&example.command));
        for line in others.take(TOLD) {
            text += &format!("    also {line}\n");
        }
        text += "\n";
    }
    for left_out in &report.not_asked {
        text += &format!("not asked: {left_out}\n");
    }
    text + &headline(report) + "\n"
}

fn answer(answer: &ExampleAnswer) -> String {
    let why = if answer.why.is_empty() { String::new() } else { format!(", because {}", answer.why) };
    let place = match (&answer.file, answer.line) {
        (Some(file), Some(line)) => format!("  ({file}:{line})"),
        _ => String::new(),
    };
    format!("{}{why}{place}", answer.summary)
}

/// For a pull request.
pub fn to_markdown(report: &DifferenceReport) -> String {
    let mut text = format!("### {}\n\n`{}` → `{}`\n", headline(report), report.old, report.new);
    if !report.groups.is_empty() {
        text += "\n| what changed | requests | before | after | for example |\n|---|---|---|---|---|\n";
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
    for group in &report.groups {
        text += &details(group);
    }
    for left_out in &report.not_asked {
        text += &format!("\nNot asked: {left_out}.\n");
    }
    text
}

fn details(group: &ChangeGroup) -> String {
    let example = &group.example;
    let listed: String = group.requests.iter().map(|line| format!("- `{line}`\n")).collect();
    format!(
        "\n<details><summary>{}: {}</summary>\n\n- before: {}\n- after: {}\n\n{listed}\n</details>\n",
        group.title,
        group.after,
        answer(&example.before),
        answer(&example.after)
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
        answer(&example.before),
        answer(&example.after)
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
