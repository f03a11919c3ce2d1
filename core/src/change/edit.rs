//! Edits of texts by the places of values in them.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Changed, NotWritten};
use crate::order::Order;
use crate::source::{FieldPath, Segment, SourceFile, Sources, Span};
use crate::yaml::{YamlNode, write_value};

/// A file for what is added where the first text is no YAML.
const ADDED_FILE: &str = "added.yaml";

/// A text in the place of another.
pub struct Edit {
    /// The other's place.
    pub span: Span,
    /// Stands there now.
    pub text: String,
    /// Whether it counts what stands beside it, so that nothing else may change in the same texts.
    pub alone: bool,
}

impl Edit {
    /// One that others may stand beside.
    pub fn new(span: Span, text: String) -> Self {
        Self { span, text, alone: false }
    }

    /// Whether it is about some of these bytes, or the same place between two.
    pub fn overlaps(&self, other: Span) -> bool {
        let one = self.span;
        one.file == other.file && (one.start == other.start || (one.start < other.end && other.start < one.end))
    }
}

/// The texts with edits in them that don't overlap; where the last of them was written.
pub fn apply(edits: Vec<Edit>, sources: &Sources) -> Result<Changed, NotWritten> {
    // 1. The texts, with an empty one for what is added.
    let last = edits.last().map(|edit| edit.span).ok_or(NotWritten)?;
    let mut files: Vec<(Arc<str>, Arc<str>)> =
        sources.iter().map(|(_, file)| (file.name.clone(), file.text.clone())).collect();
    if edits.iter().any(|edit| edit.span.file.0 as usize == files.len()) {
        files.push((ADDED_FILE.into(), "".into()));
    }
    // 2. Edits by file and place.
    let mut edits = edits;
    edits.order_by_key(|edit| (edit.span.file, edit.span.start));
    let mut at = last;
    // 3. Each file anew from what stands between its edits and what they write.
    for edits in edits.chunk_by(|one, other| one.span.file == other.span.file) {
        let file = edits.first().map_or(0, |edit| edit.span.file.0 as usize);
        let (_, file) = files.get_mut(file).ok_or(NotWritten)?;
        let (mut text, mut from) = (String::with_capacity(file.len()), 0);
        for Edit { span, text: written, .. } in edits {
            text += file.get(from..span.start as usize).ok_or(NotWritten)?;
            if *span == last {
                let start = text.len() as u32;
                at = Span { start, end: start + written.len() as u32, ..last };
            }
            text += written;
            from = span.end as usize;
        }
        text += file.get(from..).ok_or(NotWritten)?;
        *file = text.into();
    }
    Ok(Changed { sources: Sources::new(files), at })
}

/// Sets a field: its value where it has one, else a new entry in the nearest map above it that is there.
pub fn set(sources: &Sources, object: &YamlNode, path: &FieldPath, value: &Value) -> Result<Edit, NotWritten> {
    let mut node = object;
    let mut segments = path.segments();
    while let Some((segment, rest)) = segments.split_first() {
        let next = match segment {
            Segment::Index(index) => node.elements().get(*index).ok_or(NotWritten)?,
            Segment::Field(key) | Segment::Key(key) => {
                let value = rest.iter().rev().try_fold(value.clone(), |value, segment| match segment {
                    Segment::Field(key) | Segment::Key(key) => Ok(json!({&**key: value})),
                    Segment::Index(_) => Err(NotWritten),
                });
                match node.entry(key) {
                    None => return first_entry(sources, node, key, &value?),
                    // What is empty is written anew, in one style.
                    Some(entry) if !rest.is_empty() && !is_filled(&entry.value) => {
                        return replace(sources, node, key, &value?);
                    }
                    Some(_) if rest.is_empty() => return replace(sources, node, key, &value?),
                    Some(entry) => &entry.value,
                }
            }
        };
        (node, segments) = (next, rest);
    }
    Err(NotWritten)
}

/// Takes a field away, and leaves an empty map where it was the only one.
pub fn remove(sources: &Sources, object: &YamlNode, path: &FieldPath) -> Result<Edit, NotWritten> {
    let Some(Segment::Field(key) | Segment::Key(key)) = path.segments().last() else { return Err(NotWritten) };
    let parent = object.find(&path.parent()).ok_or(NotWritten)?;
    let at = parent.entries().iter().position(|entry| entry.key == *key).ok_or(NotWritten)?;
    let entry = parent.entries().get(at).ok_or(NotWritten)?;
    let span = entry.key_span.to(entry.value.span);
    if let Some(next) = parent.entries().get(at + 1) {
        return Ok(Edit::new(Span { end: next.key_span.start, ..span }, String::new()));
    }
    match at.checked_sub(1).and_then(|before| parent.entries().get(before)) {
        Some(before) => Ok(Edit::new(Span { start: before.value.span.end, ..span }, String::new())),
        None => set(sources, object, &path.parent(), &json!({})),
    }
}

/// Takes an object away: its document with the line between it and the others, or the element of a list.
pub fn delete(sources: &Sources, object: &YamlNode) -> Result<Edit, NotWritten> {
    // 1. What stands before and behind the object.
    let span = object.span;
    let file = sources.file(span.file).ok_or(NotWritten)?;
    let text = &*file.text;
    let (start, end) = (span.start as usize, span.end as usize);
    let (before, after) = text.get(..start).zip(text.get(end..)).ok_or(NotWritten)?;
    let cut =
        |start: usize, end: usize| Edit::new(Span { start: start as u32, end: end as u32, ..span }, String::new());
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let own_line = before.get(line..).unwrap_or_default();
    let last = before.trim_end().chars().next_back();
    // 2. An element of a list in lines.
    if own_line.trim() == "-" {
        return Ok(element(file, span, line));
    }
    // 3. An element between brackets, with the comma that would be left.
    if matches!(last, Some('[' | ',')) {
        let rest = after.trim_start();
        let blank = after.len() - rest.len();
        return Ok(match rest.strip_prefix(',') {
            Some(rest) => cut(start, text.len() - rest.trim_start().len()),
            None if last == Some(',') => cut(before.trim_end().len() - 1, end + blank),
            None => cut(start, end),
        });
    }
    // 4. One of several objects in JSON without anything between.
    if matches!(last, Some('}')) || after.trim_start().starts_with('{') {
        return Ok(cut(start, text.len() - after.trim_start().len()));
    }
    // 5. Else its whole document.
    Ok(document(text, start, end).map_or_else(|| cut(0, text.len()), |(start, end)| cut(start, end)))
}

/// The bytes of a document in its text, with a line `---` beside it; None if it is the only one.
fn document(text: &str, start: usize, end: usize) -> Option<(usize, usize)> {
    // 1. The nearest separators: from the object outwards, so that among many documents only its own is looked at.
    let mut at = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let mut lines_above = text.get(..at)?.split_inclusive('\n').rev().map(|line| {
        let line_end = at;
        at -= line.len();
        (at, line_end, line)
    });
    let before = lines_above.find(|(_, _, line)| is_separator(line));
    let mut at = text.get(end..)?.find('\n').map_or(text.len(), |at| end + at + 1);
    // Where the object ends with its last line break, a separator may stand right behind it.
    at = if text.get(..end)?.ends_with('\n') { end } else { at };
    let mut lines_below = text.get(at..)?.split_inclusive('\n').map(|line| {
        let begin = at;
        at += line.len();
        (begin, at, line)
    });
    let after = lines_below.find(|(_, _, line)| is_separator(line));
    // 2. The document goes with the separator above it, the first with the one below.
    match (before, after) {
        (None, None) => None,
        (None, Some((_, after, _))) => Some((0, after)),
        (Some((before, ..)), None) => Some((before, text.len())),
        (Some((before, ..)), Some((after, ..))) => Some((before, after)),
    }
}

/// Whether a line parts documents.
fn is_separator(line: &str) -> bool {
    line.strip_prefix("---").is_some_and(|rest| rest.trim().is_empty() || rest.starts_with(' '))
}

/// An element of a list in lines; the last one leaves an empty list.
fn element(file: &SourceFile, span: Span, line: usize) -> Edit {
    let text = &*file.text;
    let (start, end) = (span.start as usize, span.end as usize);
    let dash = text.get(line..start).unwrap_or_default().find('-').unwrap_or(0);
    let rest = text.get(end..).unwrap_or_default();
    let own = rest.find('\n').map_or(rest.len(), |at| at + 1);
    // Where the value ends with its last line break, nothing of its own stands behind it.
    let end = if text.get(..end).is_some_and(|text| text.ends_with('\n')) { end } else { end + own };
    let is_element = |text: &str| {
        let indent = text.len() - text.trim_start_matches(' ').len();
        indent == dash && text.trim_start_matches(' ').starts_with('-') && !text.starts_with("---")
    };
    let before = text.get(..line).unwrap_or_default();
    let earlier =
        before.lines().rev().find(|line| !line.trim().is_empty() && line.len() - line.trim_start().len() <= dash);
    let follows =
        text.get(end..).unwrap_or_default().lines().find(|line| !line.trim().is_empty()).is_some_and(is_element);
    let alone = !follows && !earlier.is_some_and(is_element);
    let start = if alone { before.trim_end().len() } else { line };
    let text = if alone { " []\n" } else { "" };
    // Those with another behind them can go together: the last one stays, and tells in a text of its own whether it is the only one.
    Edit { span: Span { start: start as u32, end: end as u32, ..span }, text: text.to_owned(), alone: !follows }
}

fn is_filled(node: &YamlNode) -> bool {
    !node.entries().is_empty() || !node.elements().is_empty()
}

/// An entry's value by another.
fn replace(sources: &Sources, parent: &YamlNode, key: &str, value: &Value) -> Result<Edit, NotWritten> {
    let entry = parent.entry(key).ok_or(NotWritten)?;
    let file = sources.file(entry.key_span.file).ok_or(NotWritten)?;
    let (from, to) = (entry.key_span.end as usize, entry.value.span.end as usize);
    let between = file.text.get(from..to.max(from)).unwrap_or_default();
    let colon = file.text.get(from..).and_then(|rest| rest.find(':')).ok_or(NotWritten)?;
    let written = between.trim_end().len().max(colon + 1);
    let start = entry.key_span.end + colon as u32 + 1;
    let span = Span { start, end: entry.key_span.end + written as u32, ..entry.key_span };
    Ok(Edit::new(span, text_of(sources, parent, value)))
}

/// A new entry before the first one, in the same style.
fn first_entry(sources: &Sources, parent: &YamlNode, key: &str, value: &Value) -> Result<Edit, NotWritten> {
    let first = parent.entries().first().ok_or(NotWritten)?;
    let span = Span { end: first.key_span.start, ..first.key_span };
    let text = if in_braces(sources, parent) {
        format!("{}: {value}, ", Value::from(key))
    } else {
        let entry = json!({key: value});
        let indent = indent(sources, parent);
        // As an element's own lines: the first without indentation.
        let lines = write_value(&entry, &indent).replace(&format!("\n{indent}  "), &format!("\n{indent}"));
        format!("{}\n{indent}", lines.trim_start())
    };
    Ok(Edit::new(span, text))
}

/// A value behind the colon of its key.
fn text_of(sources: &Sources, parent: &YamlNode, value: &Value) -> String {
    match in_braces(sources, parent) {
        true if value.is_string() && !sources.text(parent.span).starts_with("{\"") => write_value(value, ""),
        true => format!(" {value}"),
        false => write_value(value, &indent(sources, parent)),
    }
}

fn in_braces(sources: &Sources, parent: &YamlNode) -> bool {
    sources.text(parent.span).starts_with('{')
}

/// The blanks before the entries of a map in lines.
fn indent(sources: &Sources, parent: &YamlNode) -> String {
    let first = parent.entries().first().and_then(|entry| sources.locate(entry.key_span));
    " ".repeat(first.map_or(0, |at| at.column as usize - 1))
}
