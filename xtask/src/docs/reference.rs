//! Reference pages that the code writes: commands from their help, reasons and what is modelled from the core's tables, formats from the
//! documents that tests hold true.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::{BookLanguage, whichpod, write_text};
use crate::project::{Done, at};

/// The sections of `modelled` that say why something is decided so.
const REASONS: [&str; 2] = ["rules", "objections"];

/// Documents of `docs/` that are pages of the book, too; a language that has one of its own keeps it.
const FORMATS: [(&str, &str); 5] = [
    ("docs/command-line.md", "reference/command-line.md"),
    ("docs/routing-tests.md", "reference/routing-tests.md"),
    ("docs/world.md", "reference/world.md"),
    ("docs/json.md", "reference/json.md"),
    ("docs/versions.md", "versions.md"),
];

/// Writes the pages into the book's sources.
pub fn write(language: &BookLanguage, modelled: &Value, source: &Path) -> Done {
    for (document, page) in FORMATS {
        if !source.join(page).exists() {
            let text = fs::read_to_string(at(document)).map_err(|error| format!("{document}: {error}"))?;
            write_text(&source.join(page), &text.replace("(world.md)", "(./world.md)"))?;
        }
    }
    write_text(&source.join("reference/commands.md"), &commands(language)?)?;
    let words = language.words;
    let is_reason = |section: &Value| REASONS.iter().any(|id| section["id"] == *id);
    let reasons = tables(language, words.reasons, words.reasons_lead, modelled, is_reason);
    write_text(&source.join("reference/reasons.md"), &reasons)?;
    let rest = tables(language, words.modelled, words.modelled_lead, modelled, |section| !is_reason(section));
    write_text(&source.join("reference/modelled.md"), &rest)?;
    let accuracy = source.join("accuracy.md");
    let text = fs::read_to_string(&accuracy).map_err(|error| format!("{}: {error}", accuracy.display()))?;
    write_text(&accuracy, &text.replace("<!-- figures -->", &format!("{}\n{}", figures(language)?, compared()?)))
}

/// What the last comparison with the real components has written, below its title.
fn compared() -> Done<String> {
    let text = fs::read_to_string(at("docs/accuracy.md")).map_err(|error| format!("docs/accuracy.md: {error}"))?;
    let below = text.split_once("\n\n").map_or("", |(_, below)| below);
    Ok(below.replace("\n## ", "\n### "))
}

/// Each command's help, as it prints it.
fn commands(language: &BookLanguage) -> Done<String> {
    let help = whichpod(&["--help"], "")?;
    let mut page = format!("# {}\n\n```text\n{}\n```\n", language.words.commands, help.trim_end());
    let listed = help.split("Commands:").nth(1).unwrap_or_default();
    let names = listed.lines().skip(1).take_while(|line| line.starts_with("  ")).filter_map(|line| {
        line.strip_prefix("  ").filter(|line| !line.starts_with(' ')).and_then(|line| line.split_whitespace().next())
    });
    for name in names.filter(|name| *name != "help") {
        let help = whichpod(&[name, "--help"], "")?;
        let _ = write!(page, "\n## whichpod {name}\n\n```text\n{}\n```\n", help.trim_end());
    }
    Ok(page)
}

/// Sections as lists of names or of sentences.
fn tables(
    language: &BookLanguage,
    title: &str,
    lead: &str,
    modelled: &Value,
    wanted: impl Fn(&Value) -> bool,
) -> String {
    let mut page = format!("# {title}\n\n{lead}\n");
    for section in elements(&modelled["sections"]).filter(|section| wanted(section)) {
        let _ = write!(page, "\n## {}\n\n{}\n", text(language, &section["title"]), text(language, &section["about"]));
        for group in elements(&section["groups"]) {
            let _ = write!(page, "\n### {}", text(language, &group["title"]));
            if let Some(detail) = group["detail"].as_str().filter(|detail| !detail.is_empty()) {
                let _ = write!(page, " `{detail}`");
            }
            page.push_str("\n\n");
            entries(language, &mut page, &group["entries"]);
        }
    }
    page
}

fn entries(language: &BookLanguage, page: &mut String, entries: &Value) {
    let is_plain =
        |entry: &Value| entry["label"].is_string() && entry["note"].is_null() && entry["documentation"].is_null();
    if elements(entries).all(is_plain) {
        let names: Vec<String> =
            elements(entries).map(|entry| format!("`{}`", text(language, &entry["label"]))).collect();
        let _ = writeln!(page, "{}", names.join(" "));
        return;
    }
    for entry in elements(entries) {
        let mut line = text(language, &entry["label"]);
        if entry["label"].is_string() {
            line = format!("`{line}`");
        }
        if let Some(link) = entry["documentation"].as_str() {
            line = format!("[{line}]({link})");
        }
        if !entry["note"].is_null() {
            line = format!("{line}: {}", text(language, &entry["note"]));
        }
        let _ = writeln!(page, "* {line}");
    }
}

/// How many cases of which kind are tested, counted in their files.
fn figures(language: &BookLanguage) -> Done<String> {
    let [cases_of, in_all, pending, examples] = language.words.figures;
    let mut table = format!("| {cases_of} | {in_all} | {pending} |\n|---|---|---|\n");
    for (folder, mark) in [
        ("tests/conformance", "\n  - "),
        ("tests/cases/routing", "\n  - "),
        ("tests/scenarios", "\n  - "),
        ("tests/cases/check", "\n- title:"),
    ] {
        let (mut count, mut open) = (0, 0);
        let listing = fs::read_dir(at(folder)).map_err(|error| format!("{folder}: {error}"))?;
        for path in listing.filter_map(|entry| Some(entry.ok()?.path())) {
            let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("yaml") if mark == "\n  - " => count += text.matches("\n    expect:").count(),
                Some("yaml") => count += text.matches(mark).count(),
                Some("pending") => open += text.lines().filter(|line| !line.trim().is_empty()).count(),
                _ => {}
            }
        }
        let _ = writeln!(table, "| `{folder}/` | {count} | {open} |");
    }
    let gallery = fs::read_dir(at("static/examples")).map_err(|error| format!("static/examples: {error}"))?;
    let gallery = gallery.filter_map(|entry| Some(entry.ok()?.path()));
    let gallery = gallery.filter(|path| path.extension().is_some_and(|extension| extension == "yaml")).count();
    Ok(format!("{table}\n{gallery} {examples}.\n"))
}

/// The elements of a list of JSON.
fn elements(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// A name, or words in the book's language.
fn text(language: &BookLanguage, label: &Value) -> String {
    let text = label.as_str().or_else(|| label[language.tag].as_str()).unwrap_or_default();
    text.replace('|', "\\|").replace('<', "&lt;")
}
