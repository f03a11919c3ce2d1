//! Places in a document, and what the schemas say may stand there.

use serde_json::Value;
use whichpod_core::schema::{self, Definition, Type, TypeShape};

/// A name of a field, or a number in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PlaceStep {
    Field(String),
    Item(usize),
}

/// All places below the top but the kind's own name.
pub(super) fn places(document: &Value) -> Vec<Vec<PlaceStep>> {
    let mut all = Vec::new();
    collect(document, &mut Vec::new(), &mut all);
    all.retain(
        |place| !matches!(place.as_slice(), [PlaceStep::Field(name)] if matches!(name.as_str(), "apiVersion" | "kind")),
    );
    all
}

fn collect(value: &Value, at: &mut Vec<PlaceStep>, all: &mut Vec<Vec<PlaceStep>>) {
    let steps: Vec<PlaceStep> = match value {
        Value::Object(fields) => fields.keys().map(|name| PlaceStep::Field(name.clone())).collect(),
        Value::Array(items) => (0..items.len()).map(PlaceStep::Item).collect(),
        _ => return,
    };
    for step in steps {
        let Some(inner) = child(value, &step) else { continue };
        at.push(step);
        all.push(at.clone());
        collect(inner, at, all);
        at.pop();
    }
}

fn child<'v>(value: &'v Value, step: &PlaceStep) -> Option<&'v Value> {
    match step {
        PlaceStep::Field(name) => value.get(name),
        PlaceStep::Item(number) => value.get(number),
    }
}

/// What stands there.
pub(super) fn at<'v>(document: &'v mut Value, place: &[PlaceStep]) -> Option<&'v mut Value> {
    place.iter().try_fold(document, |value, step| match step {
        PlaceStep::Field(name) => value.get_mut(name),
        PlaceStep::Item(number) => value.get_mut(number),
    })
}

/// Takes it away.
pub(super) fn remove(document: &mut Value, place: &[PlaceStep]) {
    let Some((last, parent)) = place.split_last() else { return };
    match (at(document, parent), last) {
        (Some(Value::Object(fields)), PlaceStep::Field(name)) => drop(fields.remove(name)),
        (Some(Value::Array(items)), PlaceStep::Item(number)) if *number < items.len() => drop(items.remove(*number)),
        _ => {}
    }
}

/// What a schema says of a place.
#[derive(Clone, Copy)]
pub(super) enum PlaceSchema {
    BuiltIn(Type),
    Custom(&'static Definition),
}

/// Whether there is a schema for it.
pub(super) fn is_known(document: &Value) -> bool {
    of_document(document).is_some()
}

fn of_document(document: &Value) -> Option<PlaceSchema> {
    let (version, kind) = (document["apiVersion"].as_str()?, document["kind"].as_str()?);
    match schema::kind(version, kind) {
        Some(kind) => Some(PlaceSchema::BuiltIn(kind.object)),
        None => schema::definition(version, kind, Some(schema::further_definitions)).map(PlaceSchema::Custom),
    }
}

/// The schema of a place; None where anything may stand.
pub(super) fn schema_at(document: &Value, place: &[PlaceStep]) -> Option<PlaceSchema> {
    place.iter().try_fold(of_document(document)?, |schema, step| schema.below(step))
}

impl PlaceSchema {
    fn below(self, step: &PlaceStep) -> Option<Self> {
        match (self, step) {
            (Self::BuiltIn(kind), _) => match (kind.shape(), step) {
                (TypeShape::Struct(object), PlaceStep::Field(name)) => object.field(name).map(Self::BuiltIn),
                (TypeShape::Map(inner), PlaceStep::Field(_)) | (TypeShape::List(inner), PlaceStep::Item(_)) => {
                    Some(Self::BuiltIn(inner))
                }
                _ => None,
            },
            (Self::Custom(definition), PlaceStep::Field(name)) => {
                let known = definition.properties.get(name);
                known.or(definition.additional_properties.as_deref()).map(Self::Custom)
            }
            (Self::Custom(definition), PlaceStep::Item(_)) => definition.items.as_deref().map(Self::Custom),
        }
    }

    /// The fields that may stand there.
    pub(super) fn fields(self) -> Vec<(String, Self)> {
        match self {
            Self::BuiltIn(kind) => match kind.shape() {
                TypeShape::Struct(object) => {
                    object.fields().map(|(name, inner)| (name.to_owned(), Self::BuiltIn(inner))).collect()
                }
                _ => Vec::new(),
            },
            Self::Custom(definition) => {
                definition.properties.iter().map(|(name, inner)| (name.clone(), Self::Custom(inner))).collect()
            }
        }
    }

    /// The only values, if there are such.
    pub(super) fn only_values(self) -> &'static [Value] {
        match self {
            Self::BuiltIn(_) => &[],
            Self::Custom(definition) => &definition.values,
        }
    }

    /// What stands there is a text, a number and so on.
    pub(super) fn form(self) -> ValueForm {
        match self {
            Self::BuiltIn(kind) => match kind.shape() {
                TypeShape::String | TypeShape::Bytes => ValueForm::Text,
                TypeShape::Time => ValueForm::Time,
                TypeShape::Int32 | TypeShape::Int64 | TypeShape::Double => ValueForm::Number,
                TypeShape::Bool => ValueForm::Truth,
                TypeShape::Quantity => ValueForm::Quantity,
                TypeShape::IntOrString => ValueForm::NumberOrText,
                TypeShape::Any | TypeShape::Struct(_) => ValueForm::Object,
                TypeShape::List(inner) => ValueForm::List(Self::BuiltIn(inner)),
                TypeShape::Map(inner) => ValueForm::Map(Self::BuiltIn(inner)),
            },
            Self::Custom(definition) => match definition.kind.as_deref() {
                Some("string") => ValueForm::Text,
                Some("integer" | "number") => ValueForm::Number,
                Some("boolean") => ValueForm::Truth,
                Some("array") => {
                    definition.items.as_deref().map_or(ValueForm::Object, |inner| ValueForm::List(Self::Custom(inner)))
                }
                _ => match definition.additional_properties.as_deref() {
                    Some(inner) => ValueForm::Map(Self::Custom(inner)),
                    None if definition.int_or_string => ValueForm::NumberOrText,
                    None => ValueForm::Object,
                },
            },
        }
    }
}

/// The form of a value.
#[derive(Clone, Copy)]
pub(super) enum ValueForm {
    Text,
    Time,
    Number,
    Truth,
    Quantity,
    NumberOrText,
    Object,
    List(PlaceSchema),
    Map(PlaceSchema),
}
