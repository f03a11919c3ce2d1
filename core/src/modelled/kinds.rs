//! Kinds and fields: from the structs that objects are read into, and from the API's own list of kinds.

use std::collections::BTreeSet;

use super::{Label, ModelledEntry, ModelledGroup, Section};
use crate::explain::BilingualText;
use crate::manifest;
use crate::model::{self, KINDS, Shape};
use crate::schema;

/// Structs that stand in several places and are told shortly: their name in the model, and what is said of them.
const TOLD_SHORTLY: &[(&str, BilingualText)] = &[
    ("LabelSelector", BilingualText::new("matchLabels, matchExpressions", "matchLabels、matchExpressions")),
    ("PodTemplate", BilingualText::new("as of a Pod", "Pod と同じ")),
    ("JobTemplate", BilingualText::new("as of a Job", "Job と同じ")),
];

const METADATA: BilingualText = BilingualText::new("metadata, of every kind", "metadata（すべての種類）");

/// Deeper than any object is.
const DEPTH: usize = 16;

/// The kinds that play a part, with the fields that are read of each.
pub(super) fn used() -> Section {
    let mut groups =
        vec![ModelledGroup { title: Label::Words(METADATA), ..fields(<model::Metadata as model::Decode>::shape()) }];
    groups.extend(model::shapes().into_iter().map(|(kind, shape)| ModelledGroup {
        title: Label::Name(kind.name.to_owned()),
        detail: versions(&kind),
        ..fields(shape)
    }));
    Section {
        id: "kinds",
        title: BilingualText::new("Kinds and fields that are read", "読み取る種類とフィールド"),
        about: BilingualText::new(
            "These fields can change an answer. Every other field of a kind is checked as the API server checks it, and \
             then left alone.",
            "答えを変えうるフィールドです。ほかのフィールドは、API サーバーと同じように検査するだけで、答えには使いません。",
        ),
        groups,
    }
}

/// `apps/v1`; the group alone where any version is taken.
fn versions(kind: &model::Kind) -> String {
    let versions = manifest::versions_of(kind.group, kind.name);
    if versions.is_empty() { kind.group.to_owned() } else { versions.join(", ") }
}

fn fields(shape: Shape) -> ModelledGroup {
    let mut entries = Vec::new();
    collect(shape, "", DEPTH, &mut entries);
    ModelledGroup { title: Label::Name(String::new()), detail: String::new(), entries }
}

/// The paths below `path`: `spec.ports[].{name, port}`, `spec.pods.*.ready`. metadata is told once, for all kinds.
fn collect(shape: Shape, path: &str, depth: usize, entries: &mut Vec<ModelledEntry>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match shape {
        Shape::List(element) => collect(element(), &format!("{path}[]"), depth, entries),
        Shape::Map(value) => collect(value(), &format!("{path}.*"), depth, entries),
        Shape::Value => entries.push(ModelledEntry::name(path)),
        Shape::Struct(name, fields) => {
            let told = TOLD_SHORTLY.iter().find(|(told, _)| *told == name && !path.is_empty());
            if let Some((_, instead)) = told {
                entries.push(ModelledEntry::name(path).with_note(*instead));
                return;
            }
            let below = |field: &str| if path.is_empty() { field.to_owned() } else { format!("{path}.{field}") };
            let fields =
                fields.iter().map(|(field, shape)| (*field, shape())).filter(|(_, shape)| !is_metadata(*shape));
            let (values, deeper): (Vec<_>, Vec<_>) = fields.partition(|(_, shape)| is_value(*shape));
            let names: Vec<&str> = values.into_iter().map(|(field, _)| field).collect();
            match names.as_slice() {
                [_, _, ..] if !path.is_empty() => {
                    entries.push(ModelledEntry::name(below(&format!("{{{}}}", names.join(", ")))));
                }
                names => entries.extend(names.iter().map(|field| ModelledEntry::name(below(field)))),
            }
            deeper.into_iter().for_each(|(field, shape)| collect(shape, &below(field), depth, entries));
        }
    }
}

/// Whether a field is taken as a whole: a value, or a list or map of values.
fn is_value(shape: Shape) -> bool {
    match shape {
        Shape::Value => true,
        Shape::List(inner) | Shape::Map(inner) => matches!(inner(), Shape::Value),
        Shape::Struct(..) => false,
    }
}

fn is_metadata(shape: Shape) -> bool {
    matches!(shape, Shape::Struct("Metadata", _))
}

/// What an API server has beside those: seen, checked, and not used.
pub(super) fn unused() -> Section {
    let is_used = |built: &&schema::BuiltInKind| {
        let group = built.api_version.split_once('/').map_or("", |(group, _)| group);
        KINDS.iter().any(|kind| kind.name == built.name && kind.group == group)
    };
    let names: BTreeSet<&str> = schema::kinds().filter(|built| !is_used(built)).map(|built| built.name).collect();
    Section {
        id: "unused",
        title: BilingualText::new("Kinds that are seen and not used", "読み込むが使わない種類"),
        about: BilingualText::new(
            "Checked as the API server checks them, and without effect on an answer. Custom resources of any other kind \
             are let through, too.",
            "API サーバーと同じように検査しますが、答えには影響しません。ほかのカスタムリソースも、そのまま受け付けます。",
        ),
        groups: vec![ModelledGroup::of_names(
            BilingualText::new("Of Kubernetes itself", "Kubernetes 自身のもの"),
            names,
        )],
    }
}
