//! Places: the files somebody pasted, byte spans in them, and the names of objects and fields.
//!
//! A decision names an object and a field ([`FieldRef`]); a document knows where its fields stand ([`Span`]); only
//! for showing does a span become a line and a column ([`Location`]).

#![warn(missing_docs)]

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The texts that were pasted, in the order given. Spans point into them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sources {
    files: Vec<SourceFile>,
}

/// One text: a file, a pasted tab, or standard input.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceFile {
    /// As the user knows it: a path, or the name of a tab.
    pub name: Arc<str>,
    /// The text as given.
    pub text: Arc<str>,
    line_starts: Vec<u32>,
    /// How many characters stand before each [`BLOCK`] of bytes; empty where every byte is one.
    characters_before: Vec<u32>,
}

/// Which text of [`Sources`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FileId(pub u32);

/// A range of bytes in one file, end excluded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// Its number in [`Sources`].
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A span as a person reads it. Lines and columns count from 1, in Unicode characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Location {
    /// The file's name.
    pub file: Arc<str>,
    /// The line of the first character.
    pub line: u32,
    /// The column of the first character.
    pub column: u32,
    /// The line on which it ends, counted from 1.
    pub end_line: u32,
    /// The column one past the last character.
    pub end_column: u32,
}

/// An object by kind, namespace and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ObjectRef {
    /// The kind as written in manifests: `Service`.
    pub kind: Arc<str>,
    /// None for cluster-scoped objects.
    pub namespace: Option<Arc<str>>,
    /// metadata.name.
    pub name: Arc<str>,
}

/// The way to a field from an object's root, printed as the API server prints it: `spec.ports[0].targetPort`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FieldPath(Vec<Segment>);

/// One step of a [`FieldPath`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Segment {
    /// A field of a struct: `.ports`.
    Field(Arc<str>),
    /// An element of a list: `[0]`.
    Index(usize),
    /// An entry of a map, which the API server prints in brackets: `[app.kubernetes.io/name]`.
    Key(Arc<str>),
}

/// A field of an object: what a decision or a diagnostic is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FieldRef {
    /// The object in which the field stands.
    pub object: ObjectRef,
    /// The field; empty for the object as a whole.
    pub path: FieldPath,
}

impl Sources {
    /// Takes (name, text) pairs. Texts beyond 4 GiB are cut at that length.
    pub fn new<N: Into<Arc<str>>, T: Into<Arc<str>>>(files: impl IntoIterator<Item = (N, T)>) -> Self {
        let files = files.into_iter().map(|(name, text)| SourceFile::new(name.into(), text.into()));
        Self { files: files.collect() }
    }

    /// The files with their ids.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        (0u32..).map(FileId).zip(&self.files)
    }

    /// One file; None for an id of other sources.
    pub fn file(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// The text of a span; empty if it lies outside.
    pub fn text(&self, span: Span) -> &str {
        let text = self.file(span.file).map_or("", |file| &file.text);
        text.get(span.start as usize..span.end as usize).unwrap_or("")
    }

    /// Where a span stands; None for a file of other sources.
    pub fn locate(&self, span: Span) -> Option<Location> {
        let file = self.file(span.file)?;
        let (line, column) = file.line_and_column(span.start);
        let (end_line, end_column) = file.line_and_column(span.end);
        Some(Location { file: file.name.clone(), line, column, end_line, end_column })
    }
}

impl Span {
    /// From the start of this to the end of another in the same file.
    pub fn to(self, other: Span) -> Span {
        Span { end: other.end.max(self.end), ..self }
    }
}

impl SourceFile {
    fn new(name: Arc<str>, text: Arc<str>) -> Self {
        let ends = text.bytes().zip(1u32..).filter(|(byte, _)| *byte == b'\n').map(|(_, next)| next);
        let line_starts = std::iter::once(0).chain(ends).collect();
        let blocks = text.as_bytes().chunks(BLOCK).scan(0, |before, block| {
            let here = *before;
            *before += characters(block);
            Some(here)
        });
        let characters_before = if text.is_ascii() { Vec::new() } else { blocks.collect() };
        Self { name, text, line_starts, characters_before }
    }

    /// The text from the beginning of a line, from 1, to the end of the file; empty past the last line.
    pub fn text_from(&self, line: u32) -> &str {
        let start = line.checked_sub(1).and_then(|line| self.line_starts.get(line as usize));
        start.and_then(|start| self.text.get(*start as usize..)).unwrap_or("")
    }

    /// The byte at a line and column, both from 1; a column past the line's end is its end. None past the last line.
    pub fn byte_at(&self, line: u32, column: u32) -> Option<usize> {
        let (line, column) = (line.checked_sub(1)? as usize, column.checked_sub(1)?);
        // 1. The line, without what ends it.
        let start = *self.line_starts.get(line)? as usize;
        let end = self.line_starts.get(line + 1).map_or(self.text.len(), |next| *next as usize - 1);
        if self.characters_before.is_empty() {
            return Some((start + column as usize).min(end));
        }
        // 2. The last block that doesn't begin beyond the column, and the rest of the way on foot.
        let wanted = self.characters_to(start) + column;
        let block = self.characters_before.partition_point(|before| *before <= wanted).saturating_sub(1);
        let from = (block * BLOCK).clamp(start, end);
        let rest = self.text.as_bytes().get(from..end)?.iter().enumerate();
        let mut beginnings = rest.filter(|(_, byte)| !is_continuation(**byte)).map(|(at, _)| from + at);
        Some(beginnings.nth((wanted - self.characters_to(from)) as usize).unwrap_or(end))
    }

    /// Line and column of a byte, both from 1; a byte past the end is the end.
    fn line_and_column(&self, byte: u32) -> (u32, u32) {
        let line = self.line_starts.partition_point(|start| *start <= byte).max(1);
        let start = self.line_starts.get(line - 1).copied().unwrap_or(0) as usize;
        let end = (byte as usize).min(self.text.len());
        (line as u32, self.characters_to(end) - self.characters_to(start) + 1)
    }

    /// How many characters begin before a byte.
    fn characters_to(&self, byte: usize) -> u32 {
        if self.characters_before.is_empty() {
            return byte as u32;
        }
        // At the end of a text whose last block is full, no block begins.
        let block = (byte / BLOCK).min(self.characters_before.len() - 1);
        let before = self.characters_before.get(block).copied().unwrap_or(0);
        before + characters(self.text.as_bytes().get(block * BLOCK..byte).unwrap_or(&[]))
    }
}

/// Characters are counted once for so many bytes, so that a place far out in a long line is found soon.
const BLOCK: usize = 1024;

/// How many characters begin in these bytes.
fn characters(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|byte| !is_continuation(**byte)).count() as u32
}

/// Bytes of a UTF-8 character after its first.
fn is_continuation(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}

impl ObjectRef {
    /// An object in a namespace.
    pub fn namespaced(kind: &str, namespace: &str, name: &str) -> Self {
        Self { kind: kind.into(), namespace: Some(namespace.into()), name: name.into() }
    }

    /// A cluster-scoped object.
    pub fn cluster_scoped(kind: &str, name: &str) -> Self {
        Self { kind: kind.into(), namespace: None, name: name.into() }
    }

    /// A field of this object.
    pub fn field(&self, path: impl Into<FieldPath>) -> FieldRef {
        FieldRef { object: self.clone(), path: path.into() }
    }

    /// `default/web`, or `node-1` where there is no namespace.
    pub fn qualified_name(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{namespace}/{}", self.name),
            None => self.name.to_string(),
        }
    }

    /// As kubectl users read it: `service default/web`.
    pub fn lowercase(&self) -> String {
        format!("{} {}", self.kind.to_ascii_lowercase(), self.qualified_name())
    }
}

impl fmt::Display for ObjectRef {
    /// `Service default/web`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.qualified_name())
    }
}

impl FieldPath {
    /// The object itself.
    pub fn root() -> Self {
        Self::default()
    }

    /// The steps from the root.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// Whether it is the object itself.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// One field further.
    pub fn field(&self, name: &str) -> Self {
        self.then(Segment::Field(name.into()))
    }

    /// One element further.
    pub fn index(&self, index: usize) -> Self {
        self.then(Segment::Index(index))
    }

    /// One map entry further.
    pub fn key(&self, key: &str) -> Self {
        self.then(Segment::Key(key.into()))
    }

    /// One step back; the root stays the root.
    pub fn parent(&self) -> Self {
        let mut segments = self.0.clone();
        segments.pop();
        Self(segments)
    }

    fn then(&self, segment: Segment) -> Self {
        let mut segments = self.0.clone();
        segments.push(segment);
        Self(segments)
    }
}

impl From<&str> for FieldPath {
    /// Reads `spec.ports[0].targetPort` and `metadata.annotations[example.com/a]`: a number in brackets is an index,
    /// anything else in brackets a map key.
    fn from(text: &str) -> Self {
        let mut segments = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            if let Some((inner, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                segments.push(inner.parse().map_or_else(|_| Segment::Key(inner.into()), Segment::Index));
                rest = after;
            } else {
                let name = rest.strip_prefix('.').unwrap_or(rest);
                let end = name.find(['.', '[']).unwrap_or(name.len());
                let (field, after) = name.split_at_checked(end).unwrap_or((name, ""));
                segments.push(Segment::Field(field.into()));
                rest = after;
            }
        }
        Self(segments)
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Field(name) if position == 0 => write!(f, "{name}")?,
                Segment::Field(name) => write!(f, ".{name}")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
                Segment::Key(key) => write!(f, "[{key}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let sources = Sources::new([("a.yaml", "é: 1\nname: ü x\n")]);
        let span = Span { file: FileId(0), start: 15, end: 16 };
        assert_eq!(sources.text(span), "x");
        let location = sources.locate(span).unwrap();
        assert_eq!((location.line, location.column, location.end_column), (2, 9, 10));
    }

    #[test]
    fn a_place_far_out_in_a_line_is_told_and_found() {
        for letter in ["a", "é", "日"] {
            let text = format!("first\n{}\r\nlast", format!("{letter}b").repeat(2 * BLOCK));
            let sources = Sources::new([("a.yaml", text.as_str())]);
            let file = sources.file(FileId(0)).unwrap();
            for (place, (at, _)) in text.char_indices().enumerate().skip(6).take(4 * BLOCK) {
                let column = place as u32 - 5;
                assert_eq!(file.line_and_column(at as u32), (2, column));
                assert_eq!(file.byte_at(2, column), Some(at));
            }
            assert_eq!(file.byte_at(2, u32::MAX / 2), Some(text.len() - 5));
            assert_eq!(file.byte_at(3, 9), Some(text.len()));
            assert_eq!((file.byte_at(4, 1), file.text_from(4), file.text_from(0)), (None, "", ""));
            assert_eq!(file.line_and_column(text.len() as u32), (3, 5));
            assert_eq!(file.text_from(3), "last");
        }
    }

    #[test]
    fn paths_read_what_they_print() {
        for text in ["", "spec", "spec.ports[0].targetPort", "metadata.annotations[example.com/a.b]"] {
            assert_eq!(FieldPath::from(text).to_string(), text);
        }
    }
}
