//! Holds a tree against the schema as the API server's strict decoder does: unknown fields, wrong types.

use crate::source::{FieldPath, Span};
use crate::yaml::{Value, YamlNode, float_text};

use super::time::time_objection;
use super::{BuiltInKind, Struct, Type, TypeShape, nearest};

/// What the decoder says of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Finding {
    /// The struct has no such field.
    UnknownField {
        /// Where.
        path: FieldPath,
        key: Span,
        /// The real name nearest to it.
        nearest: Option<&'static str>,
    },
    /// The value doesn't fit the field's type.
    WrongType {
        /// Where.
        path: FieldPath,
        value: Span,
        /// What the field takes.
        expected: TypeShape,
        /// The decoder's words.
        message: String,
        /// Whether the object can't be read; false for a plain `y` or `n`, which surely is meant as text.
        refused: bool,
    },
}

/// Go's name of a field's type where it is a text with a name of its own, by struct and field.
pub type TypeNames = fn(&str, &str) -> Option<&'static str>;

/// Compares an object's tree with its kind. The findings stand in the order of the text.
pub fn check(node: &YamlNode, kind: &BuiltInKind, names: Option<TypeNames>) -> Vec<Finding> {
    let mut checking = Checking { findings: Vec::new() };
    checking.value(node, kind.object, &At { step: Step::Root, owner: None, names });
    checking.findings
}

/// Compares the metadata of an object whose other fields the API server holds against a definition.
pub fn check_metadata(node: &YamlNode, names: Option<TypeNames>) -> Vec<Finding> {
    let mut checking = Checking { findings: Vec::new() };
    let namespace = super::kind("v1", "Namespace").and_then(|kind| match kind.object.shape() {
        TypeShape::Struct(object) => object.field("metadata"),
        _ => None,
    });
    if let (Some(metadata), Some(kind)) = (node.child("metadata"), namespace) {
        let root = At { step: Step::Root, owner: None, names };
        checking.value(metadata, kind, &At { step: Step::Metadata(&root), owner: None, names });
    }
    checking.findings
}

struct Checking {
    findings: Vec<Finding>,
}

/// The way from the root, and the struct whose field is being read (Go's decoder names it in its errors).
struct At<'a> {
    step: Step<'a>,
    owner: Option<&'static Struct>,
    names: Option<TypeNames>,
}

enum Step<'a> {
    Root,
    /// metadata of a custom resource, which is decoded by itself.
    Metadata(&'a At<'a>),
    Field(&'a At<'a>, &'a str),
    Key(&'a At<'a>, &'a str),
    Index(&'a At<'a>, usize),
}

impl At<'_> {
    fn path(&self) -> FieldPath {
        match self.step {
            Step::Root => FieldPath::root(),
            Step::Metadata(parent) => parent.path().field("metadata"),
            Step::Field(parent, name) => parent.path().field(name),
            Step::Key(parent, key) => parent.path().key(key),
            Step::Index(parent, index) => parent.path().index(index),
        }
    }

    /// The name that a text's type has in Go: `v1.Protocol`.
    fn named(&self, kind: Type) -> Option<String> {
        let field = self.field()?;
        let name = || (self.names?)(self.owner?.go_name, field);
        match kind.shape() {
            TypeShape::String => name().map(str::to_owned),
            TypeShape::List(inner) if inner.shape() == TypeShape::String => Some(format!("[]{}", name()?)),
            _ => None,
        }
    }

    /// The struct's field that this is, or is in.
    fn field(&self) -> Option<&str> {
        match &self.step {
            Step::Field(_, name) => Some(name),
            Step::Key(parent, _) | Step::Index(parent, _) => parent.field(),
            Step::Root | Step::Metadata(_) => None,
        }
    }

    /// The fields alone, as Go's decoder prints them: `spec.template.spec.containers.ports`.
    fn go_path(&self) -> String {
        match self.step {
            Step::Root | Step::Metadata(_) => String::new(),
            Step::Field(parent, name) => {
                let embedded = self.owner.and_then(|owner| embedded(owner.name(), name));
                let steps = [Some(parent.go_path()), embedded.map(str::to_owned), Some(name.to_owned())];
                let steps: Vec<String> = steps.into_iter().flatten().filter(|step| !step.is_empty()).collect();
                steps.join(".")
            }
            Step::Key(parent, _) | Step::Index(parent, _) => parent.go_path(),
        }
    }
}

/// The struct inside a struct that has a field in Go, where JSON shows one struct.
fn embedded(owner: &str, field: &str) -> Option<&'static str> {
    match (owner, field) {
        ("Volume", "name") | ("EphemeralContainer", "targetContainerName") => None,
        ("Volume", _) => Some("VolumeSource"),
        ("Probe", "exec" | "httpGet" | "tcpSocket" | "grpc") => Some("ProbeHandler"),
        ("IngressRule", "http") => Some("IngressRuleValue"),
        ("EphemeralContainer", _) => Some("EphemeralContainerCommon"),
        (
            "ConfigMapKeySelector"
            | "SecretKeySelector"
            | "ConfigMapEnvSource"
            | "SecretEnvSource"
            | "ConfigMapProjection"
            | "SecretProjection"
            | "ConfigMapVolumeSource",
            "name",
        ) => Some("LocalObjectReference"),
        _ => None,
    }
}

impl Checking {
    fn value(&mut self, node: &YamlNode, kind: Type, at: &At<'_>) {
        let shape = kind.shape();
        match (&node.value, shape) {
            (Value::Null, _) | (_, TypeShape::Any) => {}
            (Value::Mapping(entries), TypeShape::Struct(object)) => {
                for entry in entries {
                    let at = At { step: Step::Field(at, &entry.key), owner: Some(object), names: at.names };
                    match object.field(&entry.key) {
                        Some(field) => self.value(&entry.value, field, &at),
                        None => self.unknown(&at, object, entry.key_span),
                    }
                }
            }
            (Value::Mapping(entries), TypeShape::Map(inner)) => {
                for entry in entries {
                    self.value(
                        &entry.value,
                        inner,
                        &At { step: Step::Key(at, &entry.key), owner: at.owner, names: at.names },
                    );
                }
            }
            (Value::Sequence(elements), TypeShape::List(inner)) => {
                for (index, element) in elements.iter().enumerate() {
                    self.value(element, inner, &At { step: Step::Index(at, index), owner: at.owner, names: at.names });
                }
            }
            _ => {
                if let Some(message) = objection(node, kind, shape, at) {
                    let refused = shape != TypeShape::String || node.letter().is_none();
                    let (path, value, expected) = (at.path(), node.span, shape);
                    self.findings.push(Finding::WrongType { path, value, expected, message, refused });
                }
            }
        }
    }

    fn unknown(&mut self, at: &At<'_>, object: &'static Struct, key: Span) {
        let Step::Field(_, name) = at.step else { return };
        let nearest = nearest(name, object.fields().map(|(field, _)| field));
        self.findings.push(Finding::UnknownField { path: at.path(), key, nearest });
    }
}

impl At<'_> {
    /// Empty below lists and maps.
    fn field_name(&self) -> &str {
        match self.step {
            Step::Field(_, name) => name,
            _ => "",
        }
    }
}

/// Why a value doesn't fit, in the decoder's words; None if it does.
fn objection(node: &YamlNode, kind: Type, shape: TypeShape, at: &At<'_>) -> Option<String> {
    match (shape, &node.value) {
        (TypeShape::String, Value::String(_)) if node.letter().is_some() => Some(unmarshal("bool", kind, at)),
        (TypeShape::Bool, Value::String(_)) if node.letter().is_some() => None,
        (TypeShape::String, Value::String(_))
        | (TypeShape::Bool, Value::Bool(_))
        | (TypeShape::Int64, Value::Integer(_)) => None,
        (TypeShape::Double, Value::Integer(_) | Value::Float(_)) => None,
        (TypeShape::Time, Value::String(text)) => time_objection(text, at.field_name()),
        (TypeShape::Int32, Value::Integer(number)) if i32::try_from(*number).is_ok() => None,
        (TypeShape::Int32 | TypeShape::Int64, Value::Integer(_) | Value::Float(_)) => {
            Some(unmarshal(&number(node), kind, at))
        }
        (TypeShape::Bytes, Value::String(text)) => {
            base64_objection(text).map(|byte| format!("illegal base64 data at input byte {byte}"))
        }
        (TypeShape::Quantity, Value::Integer(_) | Value::Float(_)) => None,
        (TypeShape::Quantity, Value::String(text)) => quantity_objection(text).map(str::to_owned),
        (TypeShape::Quantity, _) => Some(QUANTITY.to_owned()),
        (TypeShape::IntOrString, Value::String(_)) => None,
        (TypeShape::IntOrString, Value::Integer(value)) if i32::try_from(*value).is_ok() => None,
        (TypeShape::IntOrString, Value::Integer(_) | Value::Float(_)) => Some(unmarshal_as(&number(node), "int32", at)),
        (TypeShape::IntOrString, _) => Some(unmarshal_as(node.go_type(), "int32", at)),
        (TypeShape::Time, _) => Some(format!("json: cannot unmarshal {} into Go value of type string", node.go_type())),
        _ => Some(unmarshal(node.go_type(), kind, at)),
    }
}

/// Go's decoder shows a number that a whole-numbered field cannot hold.
fn number(node: &YamlNode) -> String {
    match node.value {
        Value::Integer(number) => format!("number {number}"),
        Value::Float(value) => format!("number {}", float_text(value)),
        _ => node.go_type().to_owned(),
    }
}

fn unmarshal(found: &str, kind: Type, at: &At<'_>) -> String {
    unmarshal_as(found, &at.named(kind).unwrap_or_else(|| kind.go_name()), at)
}

fn unmarshal_as(found: &str, expected: &str, at: &At<'_>) -> String {
    match at.owner {
        Some(owner) => {
            format!(
                "json: cannot unmarshal {found} into Go struct field {}.{} of type {expected}",
                owner.name(),
                at.go_path()
            )
        }
        None => format!("json: cannot unmarshal {found} into Go value of type {expected}"),
    }
}

const QUANTITY: &str = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const SUFFIX: &str = "unable to parse quantity's suffix";

/// What is wrong with a quantity (apimachinery, resource.ParseQuantity); blanks around it are cut off.
fn quantity_objection(text: &str) -> Option<&'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Some(QUANTITY);
    }
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let behind = unsigned.trim_start_matches(|c: char| c.is_ascii_digit());
    let behind = behind.strip_prefix('.').map_or(behind, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    let letters = behind.trim_start_matches(|c: char| "eEinumkKMGTP".contains(c));
    let exponent = letters.strip_prefix(['+', '-']).unwrap_or(letters);
    if !exponent.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(QUANTITY);
    }
    let known = ["", "n", "u", "m", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].contains(&behind);
    let power = behind.strip_prefix(['e', 'E']).is_some_and(|power| power.parse::<i64>().is_ok());
    (!known && !power).then_some(SUFFIX)
}

/// The byte at which Go's standard decoder stops; it skips line breaks and insists on padding.
fn base64_objection(text: &str) -> Option<usize> {
    let mut letters = 0usize;
    let mut padding = 0usize;
    for (position, byte) in text.bytes().enumerate() {
        match byte {
            b'\r' | b'\n' => {}
            b'=' if (letters % 4 == 2 && padding < 2) || (letters % 4 == 3 && padding < 1) => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => letters += 1,
            _ => return Some(position),
        }
    }
    (!(letters + padding).is_multiple_of(4)).then_some(text.len() - (letters + padding) % 4)
}
