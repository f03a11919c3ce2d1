//! Where a cursor stands in a manifest: the way from the root, what stands beside it, and what was typed so far.
//!
//! It is read from lines and indentation, because a document that somebody is typing seldom parses; only inside `{}` and
//! `[]` the tree is asked, if there is one.

use std::ops::Range;

use super::line::{LineToken, is_separator, tokens};
use crate::source::{FieldPath, FileId, Segment};
use crate::yaml::{self, Value, YamlNode};

/// A cursor in a document.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct EditorCursor {
    /// From the document's root to the map in which a key is typed, or to the value.
    pub path: Vec<Segment>,
    /// The maps around the cursor from the outermost, each with how many steps of the path lead to it.
    pub levels: Vec<IndentLevel>,
    pub place: CursorPosition,
    /// The word under the cursor, as bytes of the text: from its start to the cursor, and to its end.
    pub word: Range<usize>,
    /// Where the word ends.
    pub word_end: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum CursorPosition {
    /// A key, indented this far, of a map in block style.
    Key {
        /// Columns before it.
        indent: usize,
        /// Whether its colon stands already.
        complete: bool,
    },
    /// A key between braces.
    FlowKey,
    Value,
    /// A text of many lines, a comment: nothing to complete.
    #[default]
    Text,
}

/// A map around the cursor.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct IndentLevel {
    /// How many steps of the path lead here.
    pub depth: usize,
    /// Its entries so far, with the values that stand on the same line.
    pub entries: Vec<(String, String)>,
    indent: usize,
}

impl IndentLevel {
    /// The value of an entry.
    pub fn value(&self, key: &str) -> Option<&str> {
        self.entries.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

/// Finds the cursor in its document. `offset` counts bytes; one inside a character is moved to its start.
pub(super) fn find(text: &str, offset: usize) -> EditorCursor {
    let offset = (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let document = document_around(text, offset);
    let inner = text.get(document.clone()).unwrap_or("");
    let inner_offset = offset - document.start;
    let by_lines =
        if inner.trim_start().starts_with('{') { EditorCursor::default() } else { by_lines(inner, inner_offset) };
    let by_tree = || by_tree(inner, inner_offset);
    let mut cursor = if by_lines.place == CursorPosition::Text { by_tree().unwrap_or(by_lines) } else { by_lines };
    cursor.word = cursor.word.start + document.start..cursor.word.end + document.start;
    cursor.word_end += document.start;
    cursor
}

/// The document between the separator lines around the cursor.
fn document_around(text: &str, offset: usize) -> Range<usize> {
    let mut start = line_start(text, offset);
    while start > 0 {
        let before = line_start(text, start - 1);
        if text.get(before..start).is_some_and(is_separator) {
            break;
        }
        start = before;
    }
    let rest = text.get(offset..).unwrap_or("");
    let mut end = offset + rest.find('\n').map_or(rest.len(), |at| at + 1);
    for line in text.get(end..).unwrap_or("").split_inclusive('\n') {
        if is_separator(line) {
            break;
        }
        end += line.len();
    }
    start..end
}

fn line_start(text: &str, offset: usize) -> usize {
    text.get(..offset).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1)
}

fn by_lines(text: &str, offset: usize) -> EditorCursor {
    // 1. The line, up to the cursor.
    let start = line_start(text, offset);
    let rest = text.get(start..).unwrap_or("");
    let line = rest.lines().next().unwrap_or("");
    let (before, after) = line.split_at_checked(offset - start).unwrap_or((line, ""));
    let mut own = tokens(before);
    // 2. What its last token makes of the place: key, value, or text.
    let (place, word) = match own.pop() {
        Some((_, LineToken::Comment)) => (CursorPosition::Text, ""),
        Some((_, LineToken::Key { value, .. })) if value.starts_with(['{', '[', '|', '>', '&', '*']) => {
            (CursorPosition::Text, value)
        }
        Some((indent, LineToken::Key { name, value })) => {
            own.push((indent, LineToken::Key { name, value: "" }));
            (CursorPosition::Value, value)
        }
        Some((indent, LineToken::Text(word))) if !word.starts_with(['{', '[']) => {
            (CursorPosition::Key { indent, complete: has_colon(after) }, word)
        }
        Some((_, LineToken::Text(word))) => (CursorPosition::Text, word),
        Some((indent, LineToken::Dash)) => {
            own.push((indent, LineToken::Dash));
            (CursorPosition::Key { indent: before.len(), complete: has_colon(after) }, "")
        }
        None => (CursorPosition::Key { indent: before.len(), complete: has_colon(after) }, ""),
    };
    // 3. The keys above that this place lies under, and those beside it.
    let column = match place {
        CursorPosition::Key { indent, .. } => indent,
        _ => usize::MAX,
    };
    let climbed = ParentWalk::new(column).up(&own, text.get(..start).unwrap_or(""));
    let below = rest.split_once('\n').map_or("", |(_, below)| below);
    let (path, mut levels, is_text) = climbed.down(below);
    if place == CursorPosition::Value {
        levels.pop();
    }
    // 4. Where the word ends behind the cursor.
    let ending = after.len() - after.trim_start_matches(|c: char| c.is_alphanumeric() || "-_./".contains(c)).len();
    let place = if is_text { CursorPosition::Text } else { place };
    EditorCursor { path, levels, place, word: offset - word.len()..offset, word_end: offset + ending }
}

fn has_colon(after: &str) -> bool {
    after.trim_start_matches(|c: char| c.is_alphanumeric() || "-_./".contains(c)).starts_with(':')
}

/// The way up, from the cursor to the root.
struct ParentWalk {
    /// The innermost step first.
    steps: Vec<Segment>,
    /// The innermost first; `depth` counts from the cursor until it is turned round.
    levels: Vec<IndentLevel>,
    column: usize,
    /// Whether the last step is an element of a list that begins at `column`.
    is_element: bool,
    is_text: bool,
}

impl ParentWalk {
    fn new(column: usize) -> Self {
        let level = IndentLevel { depth: 0, entries: Vec::new(), indent: column };
        Self { steps: Vec::new(), levels: vec![level], column, is_element: false, is_text: false }
    }

    /// Reads what stands before the cursor, on its line and above.
    fn up(mut self, own: &[(usize, LineToken<'_>)], above: &str) -> Self {
        own.iter().rev().for_each(|(column, token)| self.token(*column, *token));
        for line in above.lines().rev() {
            tokens(line).into_iter().rev().for_each(|(column, token)| self.token(column, token));
        }
        self
    }

    fn token(&mut self, column: usize, token: LineToken<'_>) {
        match token {
            LineToken::Key { name, value } if !self.is_element && column == self.column => self.entry(name, value),
            LineToken::Key { name, value } if column < self.column || (self.is_element && column == self.column) => {
                self.is_text |= !is_open(value);
                self.step(Segment::Field(name.into()), column, false);
                self.levels.push(IndentLevel { depth: self.steps.len(), entries: Vec::new(), indent: column });
                self.entry(name, value);
            }
            LineToken::Dash if self.is_element && column == self.column => {
                if let Some(Segment::Index(index)) = self.steps.last_mut() {
                    *index += 1;
                }
            }
            LineToken::Dash if column < self.column => self.step(Segment::Index(0), column, true),
            LineToken::Key { .. } | LineToken::Dash | LineToken::Text(_) | LineToken::Comment => {}
        }
    }

    fn step(&mut self, segment: Segment, column: usize, is_element: bool) {
        self.steps.push(segment);
        self.column = column;
        self.is_element = is_element;
    }

    fn entry(&mut self, name: &str, value: &str) {
        if let Some(level) = self.levels.last_mut() {
            level.entries.push((name.to_owned(), unquoted(value).to_owned()));
        }
    }

    /// Adds what stands below the cursor in the same maps, and turns everything round: the root first.
    fn down(mut self, below: &str) -> (Vec<Segment>, Vec<IndentLevel>, bool) {
        let mut open = self.levels.iter_mut().peekable();
        for (column, token) in below.lines().flat_map(tokens) {
            if matches!(token, LineToken::Text(_) | LineToken::Comment) {
                continue;
            }
            while open.peek().is_some_and(|level| level.indent > column) {
                open.next();
            }
            match (open.peek_mut(), token) {
                (None, _) => break,
                (Some(level), LineToken::Key { name, value }) if level.indent == column => {
                    level.entries.push((name.to_owned(), unquoted(value).to_owned()));
                }
                _ => {}
            }
        }
        let total = self.steps.len();
        self.steps.reverse();
        self.levels.reverse();
        self.levels.iter_mut().for_each(|level| level.depth = total - level.depth);
        (self.steps, self.levels, self.is_text)
    }
}

/// Whether what stands on the lines below a key can be its value: nothing but an anchor or a tag follows the colon.
fn is_open(value: &str) -> bool {
    value.split_whitespace().all(|word| word.starts_with(['&', '!']))
}

fn unquoted(value: &str) -> &str {
    let value = value.split_once(" #").map_or(value, |(value, _)| value).trim();
    value.trim_matches(['"', '\''])
}

/// Between braces: the innermost value of the tree that holds the cursor.
fn by_tree(text: &str, offset: usize) -> Option<EditorCursor> {
    // 1. The tree, as far as it can be read.
    let (tree, _) = yaml::parse(FileId(0), text, 0);
    let tree = tree?;
    let mut cursor = EditorCursor { word: offset..offset, word_end: offset, ..EditorCursor::default() };
    let mut node = &tree;
    loop {
        match &node.value {
            // 2. Into a mapping: on one of its keys, in one of its values, or between.
            Value::Mapping(entries) => {
                cursor.levels.push(level(node, cursor.path.len()));
                let at = offset as u32;
                if let Some(entry) = entries.iter().find(|entry| holds(entry.key_span, at)) {
                    cursor.place = CursorPosition::FlowKey;
                    cursor.word = entry.key_span.start as usize..offset;
                    cursor.word_end = entry.key_span.end as usize;
                    return Some(cursor);
                }
                let Some(entry) = entries.iter().find(|entry| holds(entry.value.span, at)) else {
                    let is_flow = text.get(node.span.start as usize..).is_some_and(|text| text.starts_with('{'));
                    cursor.place = if is_flow { CursorPosition::FlowKey } else { CursorPosition::Text };
                    return Some(cursor);
                };
                cursor.path.push(Segment::Field(entry.key.clone()));
                node = &entry.value;
            }
            // 3. Into the element.
            Value::Sequence(elements) => {
                let position = elements.iter().position(|element| holds(element.span, offset as u32))?;
                cursor.path.push(Segment::Index(position));
                node = elements.get(position)?;
            }
            // 4. A scalar ends the way.
            _ => {
                let is_one_line = text.get(node.span.start as usize..node.span.end as usize)?.lines().count() <= 1;
                cursor.place = if is_one_line { CursorPosition::Value } else { CursorPosition::Text };
                cursor.word = node.span.start as usize..offset;
                cursor.word_end = node.span.end as usize;
                return Some(cursor);
            }
        }
    }
}

fn level(node: &YamlNode, depth: usize) -> IndentLevel {
    let entries = node.entries().iter().map(|entry| {
        let value = entry.value.text().map(std::string::ToString::to_string).unwrap_or_default();
        (entry.key.to_string(), value)
    });
    IndentLevel { depth, entries: entries.collect(), indent: 0 }
}

fn holds(span: crate::source::Span, offset: u32) -> bool {
    span.start <= offset && offset <= span.end
}

/// The path as the API prints it; what stands in a free map is a key.
pub(super) fn field_path(steps: &[Segment]) -> FieldPath {
    steps.iter().fold(FieldPath::root(), |path, step| match step {
        Segment::Field(name) => path.field(name),
        Segment::Index(index) => path.index(*index),
        Segment::Key(name) => path.key(name),
    })
}
