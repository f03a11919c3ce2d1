//! What an editor asks while somebody types: what can stand at the cursor, and what the field under it is.
//!
//! Fields and types come from the API's schema, values from the API's own lists, names from the cluster that was read last.
//! Descriptions stand in `static/schema/descriptions.json`, which only the page loads; [`Description`] says where in it.

use std::sync::Arc;

use crate::schema::{self, Struct, Type, TypeShape};
use crate::simulation::Simulation;
use crate::source::{FieldPath, FileId, Segment, Span};

mod line;
mod cursor;
mod names;
mod values;

use cursor::{CursorPosition, EditorCursor, IndentLevel};
pub use values::values;

/// How many completions are offered at once.
pub const MAX_COMPLETIONS: usize = 500;

/// What can stand at a cursor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Completions {
    /// The word that a completion replaces.
    pub replaced: Span,
    /// The fields in alphabetical order, or the values in the API's, or the names in alphabetical order.
    pub items: Vec<Completion>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    /// The field or value.
    pub label: Arc<str>,
    /// The text to put in, with line breaks and indentation where a map or list has to follow.
    pub insert: String,
    pub kind: CompletionKind,
    /// A field's type as Go writes it, the object that a name is of; else empty.
    pub detail: String,
    /// Where a field's description stands.
    pub description: Option<Description>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletionKind {
    /// A field of the API.
    Field,
    /// A value that the API knows.
    Value,
    /// A name, label or port that exists in the cluster.
    Name,
}

/// A field under the cursor.
#[derive(Clone, Debug, PartialEq)]
pub struct HoverText {
    /// The word under the cursor.
    pub span: Span,
    /// The object's kind.
    pub kind: Arc<str>,
    /// The field from the object's root.
    pub path: FieldPath,
    /// Its type as Go writes it: `[]v1.ServicePort`.
    pub go_type: String,
    /// The values that the API knows; empty if it may be anything.
    pub values: Vec<String>,
    /// Where its description stands; none for entries of maps and elements of lists.
    pub description: Option<Description>,
}

/// Where in `static/schema/descriptions.json`: `[structure].fields[field]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    /// Position in the list.
    pub structure: usize,
    /// Key in its `fields`.
    pub field: &'static str,
}

/// What can stand at a byte of a file; nothing if the file or the kind is unknown, or inside a text.
pub fn complete(simulation: &Simulation, file: FileId, offset: usize) -> Completions {
    let Some(source) = simulation.manifests.sources.file(file) else { return Completions::default() };
    let cursor = cursor::find(&source.text, offset);
    let replaced = Span { file, start: cursor.word.start as u32, end: cursor.word.end as u32 };
    let mut items = CompletionSpot::of(&cursor).map(|spot| spot.completions(simulation)).unwrap_or_default();
    items.truncate(MAX_COMPLETIONS);
    Completions { replaced, items }
}

/// The field at a byte of a file: the one whose key or value stands there.
pub fn hover(simulation: &Simulation, file: FileId, offset: usize) -> Option<HoverText> {
    let source = simulation.manifests.sources.file(file)?;
    let mut cursor = cursor::find(&source.text, offset);
    let span = Span { file, start: cursor.word.start as u32, end: cursor.word_end as u32 };
    let word = source.text.get(cursor.word.start..cursor.word_end)?;
    match cursor.place {
        CursorPosition::Key { complete: true, .. } | CursorPosition::FlowKey if !word.is_empty() => {
            cursor.path.push(Segment::Field(word.trim_matches(['"', '\'']).into()));
        }
        CursorPosition::Value => {}
        CursorPosition::Key { .. } | CursorPosition::FlowKey | CursorPosition::Text => return None,
    }
    let spot = CompletionSpot::of(&cursor)?;
    Some(HoverText {
        span,
        kind: spot.kind.as_str().into(),
        path: cursor::field_path(&spot.path),
        go_type: spot.kind_of_value.go_name(),
        values: spot.owner.map_or(Vec::new(), |(owner, field)| values(owner.name(), field)),
        description: spot.description(),
    })
}

/// A cursor with what the schema says of its place.
struct CompletionSpot<'c> {
    cursor: &'c EditorCursor,
    /// The object's apiVersion, kind and namespace, as far as they are typed.
    api_version: String,
    kind: String,
    namespace: String,
    /// The path from the object's root, map keys marked as such.
    path: Vec<Segment>,
    /// The type of what the path leads to.
    kind_of_value: Type,
    /// The struct and field that the value belongs to.
    owner: Option<(&'static Struct, &'static str)>,
}

impl<'c> CompletionSpot<'c> {
    /// None where the schema knows no such place.
    fn of(cursor: &'c EditorCursor) -> Option<Self> {
        let (start, level) = object_root(cursor);
        let value = |key| level.and_then(|level| level.value(key)).unwrap_or("").to_owned();
        let (api_version, mut kind) = (value("apiVersion"), value("kind"));
        if start > 0 && kind.is_empty() {
            let list = cursor.levels.first().and_then(|level| level.value("kind"));
            kind = list.and_then(|list| list.strip_suffix("List")).unwrap_or("").to_owned();
        }
        let metadata = cursor.levels.iter().find(|level| level.depth == start + 1);
        let namespace = metadata.and_then(|level| level.value("namespace")).unwrap_or("default").to_owned();
        let object = schema::kind(&api_version, &kind).or_else(|| schema::kinds().find(|known| known.name == kind));
        let object = object.or_else(|| schema::kind("v1", "ConfigMap"))?;
        let is_known = object.name == kind;
        let mut spot =
            Self { cursor, api_version, kind, namespace, path: Vec::new(), kind_of_value: object.object, owner: None };
        let steps = cursor.path.get(start..).unwrap_or(&[]);
        let is_common = steps.first().is_none_or(is_common_field);
        if !is_known && !is_common {
            return None;
        }
        steps.iter().all(|step| spot.step(step)).then_some(spot)
    }

    fn step(&mut self, step: &Segment) -> bool {
        match (self.kind_of_value.shape(), step) {
            (TypeShape::Struct(object), Segment::Field(name)) => {
                let Some((field, kind)) = object.fields().find(|(field, _)| *field == &**name) else { return false };
                self.owner = Some((object, field));
                self.kind_of_value = kind;
                self.path.push(step.clone());
            }
            (TypeShape::Map(inner), Segment::Field(name)) => {
                self.kind_of_value = inner;
                self.path.push(Segment::Key(name.clone()));
            }
            (TypeShape::List(inner), Segment::Index(_)) => {
                self.kind_of_value = inner;
                self.path.push(step.clone());
            }
            _ => return false,
        }
        true
    }

    /// Only a field that a struct has is described, not what stands in its map or list.
    fn description(&self) -> Option<Description> {
        let (owner, field) = self.owner.filter(|_| matches!(self.path.last(), Some(Segment::Field(_))))?;
        Some(Description { structure: owner.described?, field })
    }

    fn completions(&self, simulation: &Simulation) -> Vec<Completion> {
        let is_key = matches!(self.cursor.place, CursorPosition::Key { .. } | CursorPosition::FlowKey);
        match (self.cursor.place, self.kind_of_value.shape()) {
            (CursorPosition::Text, _) => Vec::new(),
            (_, TypeShape::Struct(object)) if is_key => self.fields(object),
            (_, TypeShape::Map(_)) if is_key => self.names(simulation, true),
            _ => {
                let mut offered = self.values();
                offered.extend(self.names(simulation, false));
                offered
            }
        }
    }

    /// The fields of a struct that don't stand there yet.
    fn fields(&self, object: &'static Struct) -> Vec<Completion> {
        let level = self.level(0);
        let is_there = |field: &str| level.is_some_and(|level| level.value(field).is_some());
        let is_common = schema::kind(&self.api_version, &self.kind).is_some() || !self.path.is_empty();
        let fields = object.fields().filter(|(field, _)| !is_there(field));
        let fields = fields.filter(|(field, _)| is_common || is_common_field(&Segment::Field((*field).into())));
        let completion = |(field, kind): (&'static str, Type)| Completion {
            label: field.into(),
            insert: format!("{field}{}", self.after_key(kind)),
            kind: CompletionKind::Field,
            detail: kind.go_name(),
            description: object.described.map(|structure| Description { structure, field }),
        };
        fields.map(completion).collect()
    }

    /// What follows a key: a map or a list begins on the next line.
    fn after_key(&self, kind: Type) -> String {
        let CursorPosition::Key { indent, complete } = self.cursor.place else { return ": ".to_owned() };
        match kind.shape() {
            _ if complete => String::new(),
            TypeShape::Struct(_) | TypeShape::Map(_) => format!(":\n{}", " ".repeat(indent + 2)),
            TypeShape::List(_) => format!(":\n{}- ", " ".repeat(indent)),
            _ => ": ".to_owned(),
        }
    }

    /// The values that the API knows.
    fn values(&self) -> Vec<Completion> {
        let value = |label: &str| Completion {
            label: label.into(),
            insert: label.to_owned(),
            kind: CompletionKind::Value,
            detail: String::new(),
            description: None,
        };
        match (self.path.as_slice(), self.owner, self.kind_of_value.shape()) {
            ([Segment::Field(name)], _, _) if &**name == "apiVersion" => {
                values::api_versions(&self.kind).map(value).collect()
            }
            ([Segment::Field(name)], _, _) if &**name == "kind" => {
                values::kinds(&self.api_version).map(value).collect()
            }
            (_, _, TypeShape::Bool) => ["true", "false"].map(value).into(),
            (_, Some((owner, field)), _) => values(owner.name(), field).iter().map(|label| value(label)).collect(),
            _ => Vec::new(),
        }
    }

    /// A map around the cursor; 0 is the innermost.
    fn level(&self, up: usize) -> Option<&'c IndentLevel> {
        self.cursor.levels.iter().rev().nth(up)
    }
}

/// Where the object begins in the path: 0, or behind `items[n]` of a list of objects; and its outermost map.
fn object_root(cursor: &EditorCursor) -> (usize, Option<&IndentLevel>) {
    let first = cursor.levels.first();
    let is_list = first.and_then(|level| level.value("kind")).is_some_and(|kind| kind.ends_with("List"));
    let is_items =
        matches!(cursor.path.as_slice(), [Segment::Field(name), Segment::Index(_), ..] if &**name == "items");
    let start = if is_list && is_items { 2 } else { 0 };
    (start, cursor.levels.iter().find(|level| level.depth == start))
}

/// What every object has, whatever its kind.
fn is_common_field(step: &Segment) -> bool {
    matches!(step, Segment::Field(name) if ["apiVersion", "kind", "metadata"].contains(&&**name))
}

#[cfg(test)]
mod tests;
