//! A record for people.

use std::fmt::Write;

use serde_json::Value;

use crate::parts::OraclePart;
use crate::recording;
use crate::replay::{RecordSelection, replay};
use crate::verdict::{ComparedAnswer, Verdict};

/// What differs in an answer.
pub fn answer(answer: &ComparedAnswer) -> String {
    let mut text = format!("--- {}: {} {}", answer.id, answer.question, answer.measure);
    match &answer.verdict {
        Verdict::Equal => text += "\n    equal",
        Verdict::EqualButChance => text += "\n    equal, but for chance",
        Verdict::Unknown(why) => text += &format!("\n    unknown: {}", why.trim()),
        Verdict::Different(differences) => {
            for difference in differences {
                let _ = write!(text, "\n    {}", difference.aspect);
                let _ = write!(text, "\n      ours: {}", indented(&difference.ours));
                let _ = write!(text, "\n      real: {}", indented(&difference.real));
            }
        }
    }
    text
}

fn indented(text: &str) -> String {
    text.trim_end().replace('\n', "\n            ")
}

/// The first record whose id begins so: its world, what was asked, the real answer and how ours differs.
pub fn record(id: &str) -> Result<String, String> {
    for part in OraclePart::ALL {
        let text = recording::text(&recording::path(part.name()))?;
        let quoted = Value::from(id).to_string();
        let quoted = quoted.trim_end_matches('"');
        let lines = text.lines().filter(|line| line.contains(quoted));
        let records = lines.filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut found = records.filter(|record| record["kind"] != "world" && begins(record, id));
        if let Some(record) = found.next() {
            return shown(part, &record, &text);
        }
    }
    Err(format!("no record has an id that begins with {id}"))
}

fn begins(record: &Value, id: &str) -> bool {
    record["id"].as_str().is_some_and(|own| own.starts_with(id))
}

fn shown(part: OraclePart, record: &Value, text: &str) -> Result<String, String> {
    let id = record["id"].as_str().unwrap_or_default();
    let mut shown = format!("{id} ({}, {})\n", part.name(), part.components());
    let world = record["world"].as_str().and_then(|world| manifests(text, world));
    let own = ["text", "manifests", "object"].into_iter().filter_map(|name| record[name].as_str());
    for manifests in world.iter().map(String::as_str).chain(own) {
        let _ = writeln!(shown, "\nmanifests:\n{}", manifests.trim_end());
    }
    for (name, value) in record.as_object().into_iter().flatten() {
        if !matches!(name.as_str(), "id" | "part" | "world" | "text" | "manifests" | "object") {
            let value = value.as_str().map(str::to_owned).unwrap_or_else(|| format!("{value:#}"));
            let _ = writeln!(shown, "\n{name}: {value}");
        }
    }
    let selection = RecordSelection { only: id.to_owned() };
    for compared in replay(part, &selection)?.iter().filter(|compared| compared.id == id) {
        let _ = writeln!(shown, "\n{}", answer(compared));
    }
    Ok(shown)
}

fn manifests(text: &str, world: &str) -> Option<String> {
    let worlds =
        text.lines().filter(|line| line.starts_with("{\"kind\": \"world\"") || line.contains("\"kind\":\"world\""));
    let mut worlds = worlds.filter_map(|line| serde_json::from_str::<Value>(line).ok());
    worlds.find(|found| found["id"] == world)?["manifests"].as_str().map(str::to_owned)
}
