//! What printing objects has in common: an object's fields, and lines of them.

use serde_json::Value;

use super::jsonpath::go_text;
use crate::model::{LabelSelector, Labels, Quantity, SelectorRequirement, well_known};
use crate::terminal::clock;

/// Longer annotations stand on lines of their own (maxAnnotationLen).
const ANNOTATION: usize = 140;

/// A field's text; empty if it isn't there.
pub fn word(value: &Value, path: &str) -> String {
    value.pointer(path).filter(|found| !found.is_null()).map_or_else(String::new, go_text)
}

/// A field's text, or what stands for its absence.
pub fn word_or(value: &Value, path: &str, absent: &str) -> String {
    let word = word(value, path);
    if word.is_empty() { absent.to_owned() } else { word }
}

/// A field's list.
pub fn list<'v>(value: &'v Value, path: &str) -> &'v [Value] {
    value.pointer(path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A field's map.
pub fn entries(value: &Value, path: &str) -> Labels {
    let entries = value.pointer(path).and_then(Value::as_object).into_iter().flatten();
    entries.map(|(key, value)| (key.as_str().into(), go_text(value).into())).collect()
}

/// A line for each field that is there.
pub fn said(indent: &str, value: &Value, fields: &[(&str, &str)]) -> String {
    let there = fields.iter().map(|(title, path)| (title, word(value, path))).filter(|(_, word)| !word.is_empty());
    there.map(|(title, word)| format!("{indent}{title}:\t{word}\n")).collect()
}

/// Lines of times that are there, as Go's RFC 1123 has them.
pub fn times(value: &Value, fields: &[(&str, &str)]) -> String {
    let time = |(title, path): &(&str, &str)| Some(format!("{title}:\t{}\n", time_text(&word(value, path))?));
    fields.iter().filter_map(time).collect()
}

/// `Thu, 01 Jan 2026 00:00:00 +0000`; None of what is no time.
pub fn time_text(text: &str) -> Option<String> {
    Some(clock::formatted(clock::seconds_of(text)?, "%a, %d %b %Y %H:%M:%S %z"))
}

/// `app=web,tier=front` (apimachinery, FormatLabels).
pub fn label_line(labels: &Labels) -> String {
    let pairs: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    if pairs.is_empty() { "<none>".to_owned() } else { pairs.join(",") }
}

/// An amount in its canonical form.
pub fn quantity_text(value: &Value) -> String {
    let text = go_text(value);
    Quantity::parse(&text).map_or(text, |amount| amount.text())
}

/// A label selector of the API.
pub fn selector(selector: &Value) -> LabelSelector {
    let requirement = |one: &Value| SelectorRequirement {
        key: word(one, "/key").into(),
        operator: word(one, "/operator").into(),
        values: list(one, "/values").iter().filter_map(Value::as_str).map(Into::into).collect(),
    };
    let match_expressions = list(selector, "/matchExpressions").iter().map(requirement).collect();
    LabelSelector { match_labels: entries(selector, "/matchLabels"), match_expressions }
}

/// `RWO,ROX,RWX,RWOP`, in this order (GetAccessModesAsString).
pub fn access_modes(modes: &[Value]) -> String {
    let known =
        [("ReadWriteOnce", "RWO"), ("ReadOnlyMany", "ROX"), ("ReadWriteMany", "RWX"), ("ReadWriteOncePod", "RWOP")];
    let there = known.into_iter().filter(|(name, _)| modes.iter().any(|mode| mode == name));
    there.map(|(_, short)| short).collect::<Vec<_>>().join(",")
}

/// The controller that an object belongs to (printController).
pub fn controller(object: &Value) -> String {
    let mut owners = list(object, "/metadata/ownerReferences").iter();
    let owner = owners.find(|owner| owner.get("controller") == Some(&Value::Bool(true)));
    owner
        .map(|owner| format!("Controlled By:\t{}/{}\n", word(owner, "/kind"), word(owner, "/name")))
        .unwrap_or_default()
}

/// Lines one below the other.
pub fn multiline(title: &str, lines: &[String]) -> String {
    format!("{title}:\t{}\n", if lines.is_empty() { "<none>".to_owned() } else { lines.join("\n\t") })
}

/// Labels one below the other (printLabelsMultiline).
pub fn labels(title: &str, map: &Labels) -> String {
    let lines: Vec<String> = map.iter().map(|(key, value)| format!("{key}={value}")).collect();
    multiline(title, &lines)
}

/// Annotations one below the other (printAnnotationsMultiline).
pub fn annotations(title: &str, map: &Labels) -> String {
    multiline(title, &annotation_lines(map))
}

/// The lines of annotations: long ones, and those of several lines, below their key.
pub fn annotation_lines(map: &Labels) -> Vec<String> {
    let shown = map.iter().filter(|&(key, _)| &**key != well_known::LAST_APPLIED);
    let lines = shown.flat_map(|(key, value)| {
        let value = value.strip_suffix('\n').unwrap_or(value);
        if value.len() + key.len() + 2 <= ANNOTATION && !value.contains('\n') {
            return vec![format!("{key}: {value}")];
        }
        let below = value.split('\n').map(|line| format!("  {}", shortened(line, ANNOTATION - 2)));
        std::iter::once(format!("{key}:")).chain(below).collect()
    });
    lines.collect()
}

fn shortened(line: &str, length: usize) -> String {
    if line.len() <= length {
        return line.to_owned();
    }
    let kept = line.char_indices().take_while(|(at, letter)| at + letter.len_utf8() <= length);
    kept.map(|(_, letter)| letter).collect::<String>() + "..."
}
