//! `label` and `annotate` (pkg/cmd/label, annotate).

use serde_json::{Value, json};

use super::{WriteCommand, WriteResult, kubectl_error, write_output};
use crate::kubectl::value::entries;
use crate::kubectl::{KubectlView, query};
use crate::source::FieldPath;

/// What apimachinery says of a label's value (IsValidLabelValue).
const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and \
                           must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', \
                           regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

fn is_label_value(value: &str) -> bool {
    let inside = value.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    let ends = |c: char| !c.is_ascii_alphanumeric();
    inside && !value.starts_with(ends) && !value.ends_with(ends)
}

/// pkg/cmd/label and annotate: `KEY=VALUE`, and `KEY-` to take one away.
pub fn label(write: &WriteCommand, view: KubectlView<'_>, field: &str) -> WriteResult {
    // 1. Objects, and behind them what is set or taken away.
    let is_label = field == "labels";
    let first = write.flags.words.iter().position(|word| word.contains('=') || word.ends_with('-'));
    let (words, pairs) = write.flags.words.split_at(first.unwrap_or(write.flags.words.len()));
    if words.is_empty() && !write.reads_files() {
        return Err(query::nothing_named(&write.flags));
    }
    if pairs.is_empty() && write.flags.is("list") {
        return list_pairs(write, view, words, field);
    }
    if pairs.is_empty() {
        let what = if is_label {
            "at least one label update is required"
        } else {
            "at least one annotation update is required"
        };
        return Err(kubectl_error(format!("error: {what}")));
    }
    // 2. Values that labels can have.
    let invalid = pairs.iter().find(|pair| pair.split_once('=').is_some_and(|(_, value)| !is_label_value(value)));
    if let Some(pair) = invalid.filter(|_| is_label) {
        return Err(kubectl_error(format!("error: invalid label value: {pair:?}: {LABEL_VALUE}")));
    }
    let (selected, missing) = write.selected(words, view)?;
    let (mut said, mut changes) = (String::new(), Vec::new());
    for one in &selected {
        // 3. What changes of each: another value needs --overwrite.
        let object = one.object(view);
        let known = object.get("metadata").and_then(|metadata| metadata.get(field));
        let (mut set, mut taken) = (Vec::new(), Vec::new());
        for pair in pairs {
            let path = |key: &str| FieldPath::from("metadata").field(field).key(key);
            match pair.split_once('=') {
                Some((key, value)) => {
                    let other = known.and_then(|known| known.get(key)).and_then(Value::as_str);
                    if let Some(other) = other.filter(|other| *other != value && !write.flags.is("overwrite")) {
                        return Err(kubectl_error(if is_label {
                            format!("error: '{key}' already has a value ({other}), and --overwrite is false")
                        } else {
                            format!(
                                "error: --overwrite is false but found the following declared annotation(s): '{key}' already has a value ({other})"
                            )
                        }));
                    }
                    if other != Some(value) {
                        set.push(one.set(path(key), Some(json!(value))));
                    }
                }
                None => {
                    let key = pair
                        .strip_suffix('-')
                        .ok_or_else(|| kubectl_error(format!("error: unknown {field} spec: {pair}")))?;
                    match known.and_then(|known| known.get(key)) {
                        Some(_) => taken.push(one.set(path(key), None)),
                        None if is_label => said.push_str(&format!("label {key:?} not found.\n")),
                        None => {}
                    }
                }
            }
        }
        // 4. What is said, and only what changes is written.
        let done = match (is_label, set.is_empty(), taken.is_empty()) {
            (false, ..) => "annotated",
            (true, false, _) => "labeled",
            (true, true, false) => "unlabeled",
            (true, true, true) => "not labeled",
        };
        if !set.is_empty() || !taken.is_empty() {
            changes.extend(one.written(view)?);
        }
        said.push_str(&write.say(&one.resource, one.name(), done, || object.clone())?);
        changes.extend(set.into_iter().chain(taken));
    }
    Ok((write_output(said, missing), changes))
}

fn list_pairs(write: &WriteCommand, view: KubectlView<'_>, words: &[String], field: &str) -> WriteResult {
    let (selected, missing) = write.selected(words, view)?;
    let mut said = String::new();
    for one in &selected {
        if selected.len() > 1 {
            said.push_str(&format!("Listing {field} for {}:\n", one.text()));
        }
        let pairs = entries(&one.object(view), &format!("/metadata/{field}"));
        said.extend(pairs.iter().map(|(key, value)| format!("{key}={value}\n")));
    }
    Ok((write_output(said, missing), Vec::new()))
}
