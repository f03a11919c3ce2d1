//! The list as text for people, and as JSON in both languages at once.

use serde_json::{Value, json};

use super::{Label, ModelledEntry, ModelledGroup, Section};
use crate::explain::{BilingualText, Language};

/// How wide lines of names get.
const WIDTH: usize = 100;

/// Titles, sentences, names; names side by side, sentences one a line.
pub fn to_text(sections: &[Section], language: Language) -> String {
    let sections = sections.iter().map(|section| {
        let (title, about) = (section.title.of(language), section.about.of(language));
        let groups: String = section.groups.iter().map(|group| group_text(group, language)).collect();
        format!("# {title}\n\n{about}\n{groups}")
    });
    sections.collect::<Vec<_>>().join("\n")
}

fn group_text(group: &ModelledGroup, language: Language) -> String {
    let detail = if group.detail.is_empty() { String::new() } else { format!("  ({})", group.detail) };
    let names = group.entries.iter().all(|entry| matches!(entry.label, Label::Name(_)));
    let entries: Vec<String> = group.entries.iter().map(|entry| entry_text(entry, language)).collect();
    let lines = if names { wrapped(&entries) } else { entries };
    let lines: String = lines.into_iter().map(|line| format!("  {line}\n")).collect();
    format!("\n{}{detail}\n{lines}", label(&group.title, language))
}

fn entry_text(entry: &ModelledEntry, language: Language) -> String {
    match entry.note {
        Some(note) => format!("{} ({})", label(&entry.label, language), note.of(language)),
        None => label(&entry.label, language).to_owned(),
    }
}

pub(super) fn label(label: &Label, language: Language) -> &str {
    match label {
        Label::Name(name) => name,
        Label::Words(words) => words.of(language),
    }
}

/// Names separated by commas, in lines.
fn wrapped(names: &[String]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for name in names {
        match lines.last_mut().filter(|line| line.len() + name.len() + 2 <= WIDTH) {
            Some(line) => line.push_str(&format!(", {name}")),
            None => lines.push(name.clone()),
        }
    }
    lines
}

/// `{"schema": "whichpod.dev/modelled/v1", "sections": [{"id", "title", "about", "groups": [{"title", "detail", "entries":
/// [{"label", "note", "documentation"}]}]}]}`. Words are `{"en", "ja"}`; a name is a text; what there is none of is null.
pub fn to_json(sections: &[Section]) -> Value {
    let sections: Vec<Value> = sections.iter().map(section_json).collect();
    json!({ "schema": "whichpod.dev/modelled/v1", "sections": sections })
}

fn section_json(section: &Section) -> Value {
    let groups: Vec<Value> = section.groups.iter().map(group_json).collect();
    json!({
        "id": section.id,
        "title": words_json(section.title),
        "about": words_json(section.about),
        "groups": groups,
    })
}

fn group_json(group: &ModelledGroup) -> Value {
    let entries = group.entries.iter().map(|entry| {
        json!({
            "label": label_json(&entry.label),
            "note": entry.note.map(words_json),
            "documentation": entry.documentation,
        })
    });
    json!({ "title": label_json(&group.title), "detail": group.detail, "entries": entries.collect::<Vec<_>>() })
}

fn label_json(label: &Label) -> Value {
    match label {
        Label::Name(name) => json!(name),
        Label::Words(words) => words_json(*words),
    }
}

fn words_json(words: BilingualText) -> Value {
    json!({ "en": words.english, "ja": words.japanese })
}
