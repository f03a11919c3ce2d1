//! Values of built-in kinds that no slim struct has: enums, ranges, names, and what must be there
//! (pkg/apis/*/validation). A table says most of it, by the API's struct and field, wherever the struct stands.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::super::default::template_defaults;
use super::workload::template as workload_template;
use super::{Errors, metadata};
use crate::diagnostic::Diagnostic;
use crate::model::{Decode, KubernetesVersion, Metadata, Path, PodTemplate, values};
use crate::schema::{self, Struct, Type, TypeShape};
use crate::source::ObjectRef;
use crate::yaml::{Value, YamlNode};

mod rule;
mod autoscaling;
mod claim;
mod environment;
mod failure_policy;
mod placing;
mod role;
mod quota;
mod class;
mod secret;
mod names;
mod pod;
mod security;
mod small;
mod volume;
mod workload;
mod table;

/// What a struct must keep as a whole.
type Whole = fn(&Here<'_, '_>, &mut Errors<'_>);

/// A struct of the object, and where it stands.
struct Here<'n, 'p> {
    node: &'n YamlNode,
    at: &'p Path<'p>,
    version: KubernetesVersion,
}

/// Everything that the API server says of an object's values, without what was said before.
pub(in crate::manifest) fn check(
    kind: &schema::BuiltInKind,
    node: &YamlNode,
    object: &ObjectRef,
    version: KubernetesVersion,
    before: &[Diagnostic],
) -> Vec<Diagnostic> {
    let mut errors = Errors { object, node, version, found: Vec::new() };
    if before.is_empty()
        && let Some(metadata) = node.child("metadata")
        && let Some(metadata) = Metadata::decode(metadata, &Path::Root, &mut Vec::new())
    {
        metadata::validate(&metadata, names::form_of(kind.name, version), &mut errors);
    }
    names::names(kind, node, &mut errors);
    walk(node, kind.object, &Path::Root, version, &mut errors);
    if kind.name == "PodTemplate" {
        let at = Path::Root.field("template");
        let template = node.child("template").and_then(|node| PodTemplate::decode(node, &at, &mut Vec::new()));
        let mut template = template.unwrap_or_default();
        template_defaults(&mut template);
        workload_template(&template, &at, &mut errors);
    }
    pod::mounts_of_broken_volumes(before, &mut errors);
    let mut said: Vec<Diagnostic> = Vec::new();
    for found in errors.found {
        if !before.iter().chain(&said).any(|other| other.problem == found.problem) {
            said.push(found);
        }
    }
    said
}

/// Applies the table to every struct, from the outside in. What the server itself writes isn't read.
fn walk(node: &YamlNode, kind: Type, at: &Path<'_>, version: KubernetesVersion, errors: &mut Errors<'_>) {
    match (&node.value, kind.shape()) {
        (Value::Mapping(_) | Value::Null, TypeShape::Struct(object)) => fields(node, object, at, version, errors),
        (Value::Sequence(elements), TypeShape::List(inner)) => {
            for (index, element) in elements.iter().enumerate() {
                walk(element, inner, &at.index(index), version, errors);
            }
        }
        (Value::Mapping(entries), TypeShape::Map(inner)) => {
            for entry in entries {
                walk(&entry.value, inner, &at.field(&entry.key), version, errors);
            }
        }
        _ => {}
    }
}

fn fields(node: &YamlNode, object: &Struct, at: &Path<'_>, version: KubernetesVersion, errors: &mut Errors<'_>) {
    static BY_STRUCT: OnceLock<BTreeMap<&str, StructRules>> = OnceLock::new();
    let rules = BY_STRUCT.get_or_init(struct_rules).get(object.name());
    for (field, rule, values) in rules.iter().flat_map(|rules| &rules.fields) {
        rule.apply(values, node.child(field), &at.field(field), errors);
    }
    for whole in rules.iter().flat_map(|rules| &rules.wholes) {
        whole(&Here { node, at, version }, errors);
    }
    for field in rules.iter().flat_map(|rules| &rules.nested).filter(|field| node.child(field).is_none()) {
        if let Some(kind) = object.field(field) {
            let nothing = YamlNode { span: node.span, value: Value::Null };
            walk(&nothing, kind, &at.field(field), version, errors);
        }
    }
    let is_root = matches!(at, Path::Root);
    for entry in node.entries().iter().filter(|entry| entry.value.value != Value::Null) {
        if let Some(field) = object.field(&entry.key).filter(|_| !is_root || &*entry.key != "status") {
            walk(&entry.value, field, &at.field(&entry.key), version, errors);
        }
    }
}

/// What the tables say of one struct.
#[derive(Default)]
struct StructRules {
    fields: Vec<(&'static str, rule::FieldRule, &'static values::FieldValues)>,
    wholes: Vec<Whole>,
    /// Structs in it that Go has whether somebody wrote them or not.
    nested: Vec<&'static str>,
}

/// The tables by struct, since every struct of every object asks them.
fn struct_rules() -> BTreeMap<&'static str, StructRules> {
    let mut all: BTreeMap<&str, StructRules> = BTreeMap::new();
    for (names, field, rule) in table::RULES {
        for name in names.split(' ') {
            let values = values::field_values(name, field).unwrap_or(values::ANYTHING);
            all.entry(name).or_default().fields.push((field, *rule, values));
        }
    }
    for (name, whole) in table::WHOLES {
        all.entry(name).or_default().wholes.push(*whole);
    }
    for (name, field) in table::NESTED {
        all.entry(name).or_default().nested.push(field);
    }
    all
}

impl<'n> Here<'n, '_> {
    fn child(&self, field: &str) -> Option<&'n YamlNode> {
        self.node.child(field)
    }

    /// A text field; empty if it isn't there.
    fn text(&self, field: &str) -> &'n str {
        self.child(field).and_then(YamlNode::text).map_or("", |text| text)
    }

    fn number(&self, field: &str) -> Option<i64> {
        self.child(field).and_then(number)
    }

    fn is(&self, field: &str) -> bool {
        self.child(field).is_some_and(|node| node.value == Value::Bool(true))
    }

    /// The elements of a list field.
    fn list(&self, field: &str) -> &'n [YamlNode] {
        self.child(field).map_or(&[], YamlNode::elements)
    }

    fn has(&self, field: &str) -> bool {
        self.child(field).is_some()
    }

    /// A struct in a field.
    fn inner<'p>(&self, field: &str, at: &'p Path<'p>) -> Option<Here<'n, 'p>> {
        Some(Here { node: self.child(field)?, at, version: self.version })
    }
}

fn number(node: &YamlNode) -> Option<i64> {
    match node.value {
        Value::Integer(number) => Some(number),
        _ => None,
    }
}

/// Whether the way to a place leads through a field.
fn is_below(at: &Path<'_>, field: &str) -> bool {
    match at {
        Path::Root => false,
        Path::Key(_, key) if *key == field => true,
        Path::Key(parent, _) | Path::Index(parent, _) => is_below(parent, field),
    }
}
