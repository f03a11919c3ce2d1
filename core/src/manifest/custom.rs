//! Custom resources, held against the schemas of their definitions as the API server holds them: unknown fields, defaults,
//! the schema, lists that are sets or maps, rules (apiextensions-apiserver, pkg/registry/customresource/strategy.go).

use serde_json::{Map, Value};

use crate::diagnostic::{Diagnostic, Fix, Problem};
use crate::model::{KubernetesVersion, Path};
use crate::schema::{Definition, FurtherDefinitions, definition, nearest};
use crate::source::{FieldPath, ObjectRef};
use crate::yaml::{self, YamlNode};

mod lists;
mod rules;
mod schema;

/// What the API server says of a custom resource: nothing if it takes it, or if its definition isn't known.
/// Whether it keeps the object away comes second: a plain `y` or `n` is a boolean to it, and surely meant as text.
pub(super) fn check(
    node: &YamlNode,
    api_version: &str,
    object: &ObjectRef,
    version: KubernetesVersion,
    further: Option<FurtherDefinitions>,
) -> (Vec<Diagnostic>, bool) {
    let Some(definition) = definition(api_version, &object.kind, further) else { return (Vec::new(), false) };
    let as_read = refusals(node, definition, (object, version), Letters::Boolean);
    let refused =
        !as_read.errors.is_empty() && !refusals(node, definition, (object, version), Letters::Text).errors.is_empty();
    (as_read.into_diagnostics(), refused)
}

/// What a plain `y` or `n` is taken for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Letters {
    Boolean,
    Text,
}

fn refusals<'a>(
    node: &'a YamlNode,
    definition: &'static Definition,
    (object, version): (&'a ObjectRef, KubernetesVersion),
    letters: Letters,
) -> CustomErrors<'a> {
    let mut refusals = CustomErrors { node, object, version, errors: Vec::new(), said: Vec::new() };
    // 1. Fields that nobody knows: strict decoding.
    unknown_fields(node, Some(definition), &Path::Root, &mut refusals);
    // 2. Defaults, and nulls that stand for nothing.
    let mut value = with_defaults(node, definition, letters);
    if let Value::Object(fields) = &mut value {
        fields.extend(identity(node));
    }
    // 3. The schema, and what makes elements of lists unique.
    schema::validate(&value, definition, &Path::Root, &mut refusals);
    lists::validate(&value, definition, &Path::Root, &mut refusals);
    // 4. Rules, unless a value's form would mislead them (hasBlockingErr).
    if definition.has_rules && (is_nameless(node) || refusals.errors.iter().any(|error| error.blocks)) {
        refusals.nowhere(
            "null",
            "some validation rules were not checked because the object was invalid; correct the existing errors to \
             complete validation",
        );
    } else if definition.has_rules {
        rules::validate(&value, definition, &Path::Root, &mut refusals);
    }
    refusals
}

/// Whether its name is missing, which is an error that blocks as a missing field does.
fn is_nameless(node: &YamlNode) -> bool {
    let metadata = node.child("metadata");
    let is_empty =
        |key: &str| metadata.and_then(|metadata| metadata.child(key)?.text()).is_none_or(|name| name.is_empty());
    is_empty("name") && is_empty("generateName")
}

/// What rules of the root see of an object's identity.
fn identity(node: &YamlNode) -> impl Iterator<Item = (String, Value)> {
    let text = |node: &YamlNode, key: &str| Some((key.to_owned(), Value::from(node.child(key)?.text()?.to_string())));
    let metadata = node.child("metadata");
    let named = ["name", "generateName"].into_iter().filter_map(move |key| text(metadata?, key));
    let kept = ["apiVersion", "kind"].into_iter().filter_map(move |key| text(node, key));
    kept.chain([("metadata".to_owned(), Value::Object(named.collect()))])
}

/// Collects errors as field.ErrorList does.
struct CustomErrors<'a> {
    node: &'a YamlNode,
    object: &'a ObjectRef,
    version: KubernetesVersion,
    errors: Vec<CustomError>,
    /// Unknown fields.
    said: Vec<Diagnostic>,
}

/// One error of the API server.
struct CustomError {
    path: FieldPath,
    message: String,
    /// Whether rules aren't asked any more.
    blocks: bool,
}

impl CustomErrors<'_> {
    fn push(&mut self, at: &Path<'_>, blocks: bool, words: &str) {
        let path = at.to_field_path();
        let message = if path.segments().is_empty() { words.to_owned() } else { format!("{path}: {words}") };
        self.errors.push(CustomError { path, message, blocks });
    }

    /// `Invalid value: VALUE: WORDS`, the value as JSON.
    fn invalid(&mut self, at: &Path<'_>, value: &Value, words: &str) {
        self.push(at, false, &format!("Invalid value: {}: {words}", shown(value)));
    }

    /// An error that names no field.
    fn nowhere(&mut self, value: &str, words: &str) {
        let message = format!("Invalid value: {value}: {words}");
        self.errors.push(CustomError { path: FieldPath::root(), message, blocks: false });
    }

    fn into_diagnostics(self) -> Vec<Diagnostic> {
        let errors = self.errors.into_iter().map(|CustomError { path, message, .. }| {
            let span = self.node.span_of(&path);
            Diagnostic::at(span, Problem::Invalid { message }).field(path).of(self.object)
        });
        self.said.into_iter().chain(errors).collect()
    }
}

/// A value as errors show it: texts quoted as Go quotes them, the rest as JSON.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        Value::Number(number) => match number.as_f64().filter(|_| number.as_i64().is_none()) {
            Some(number) => yaml::float_text(number),
            None => number.to_string(),
        },
        other => other.to_string(),
    }
}

/// metadata is checked as that of every kind; apiVersion and kind are known by now.
fn is_object_meta(at: &Path<'_>, key: &str) -> bool {
    matches!(at, Path::Root) && matches!(key, "metadata" | "apiVersion" | "kind")
}

/// `schema` is None below values that have no fields at all.
fn unknown_fields(
    node: &YamlNode,
    schema: Option<&'static Definition>,
    at: &Path<'_>,
    refusals: &mut CustomErrors<'_>,
) {
    let is_open = schema.is_some_and(|schema| schema.open);
    for entry in node.entries().iter().filter(|entry| !is_object_meta(at, &entry.key)) {
        let here = at.field(&entry.key);
        let field = schema.and_then(|schema| schema.properties.get(&*entry.key));
        let field = field.or_else(|| schema?.additional_properties.as_deref());
        match field {
            Some(field) => unknown_fields(&entry.value, Some(field), &here, refusals),
            None if is_open => {}
            None => {
                let known = schema.into_iter().flat_map(|schema| schema.properties.keys());
                let nearest = nearest(&entry.key, known.map(String::as_str));
                let fix = nearest.map(|name| Fix { span: entry.key_span, replacement: name.to_owned() });
                let found = Diagnostic::at(entry.key_span, Problem::UnknownField { nearest });
                let found = found.field(here.to_field_path()).of(refusals.object);
                refusals.said.push(Diagnostic { fix, ..found });
            }
        }
    }
    let items = schema.and_then(|schema| schema.items.as_deref());
    for (index, element) in node.elements().iter().enumerate().filter(|_| !is_open) {
        unknown_fields(element, items, &at.index(index), refusals);
    }
}

/// A value below one that should have no parts: its fields are unknown, and cut off.
fn plain(node: &YamlNode, letters: Letters) -> Value {
    match &node.value {
        yaml::Value::Sequence(elements) => elements.iter().map(|element| plain(element, letters)).collect(),
        _ => with_defaults(node, &Definition::default(), letters),
    }
}

/// The object as it is validated: without unknown fields, without nulls that nobody allows, with defaults
/// (structural schemas, defaulting and pruning).
fn with_defaults(node: &YamlNode, schema: &Definition, letters: Letters) -> Value {
    match &node.value {
        yaml::Value::Null => Value::Null,
        yaml::Value::Bool(value) => (*value).into(),
        yaml::Value::Integer(number) => (*number).into(),
        yaml::Value::Float(number) => (*number).into(),
        yaml::Value::String(text) => {
            let letter = node.letter().filter(|_| letters == Letters::Boolean);
            letter.map_or_else(|| Value::from(&**text), Value::from)
        }
        // 1. Lists: each element by the list's schema.
        yaml::Value::Sequence(elements) => {
            let items = schema.items.as_deref();
            elements
                .iter()
                .map(|element| {
                    items.map_or_else(|| plain(element, letters), |items| with_defaults(element, items, letters))
                })
                .collect()
        }
        // 2. Objects: the fields that are known, without nulls that they don't take.
        yaml::Value::Mapping(entries) => {
            let mut object = Map::new();
            for entry in entries {
                let field = schema.properties.get(&*entry.key).or(schema.additional_properties.as_deref());
                let is_void = |field: &Definition| entry.value.value == yaml::Value::Null && !field.nullable;
                if let Some(field) = field.filter(|field| !is_void(field)) {
                    object.insert(entry.key.to_string(), with_defaults(&entry.value, field, letters));
                }
            }
            // 3. Defaults of those that aren't there.
            for (name, field) in &schema.properties {
                if let Some(default) = field.default.as_ref().filter(|_| !object.contains_key(name)) {
                    object.insert(name.clone(), default.clone());
                }
            }
            Value::Object(object)
        }
    }
}
