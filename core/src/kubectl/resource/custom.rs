//! Types that the manifests bring: those of pasted definitions, and those of objects whose definition nobody pasted.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::KubectlView;
use super::super::documents::written_object;
use super::{known_kind, plural_of};
use crate::source::ObjectRef;

/// A type of custom resources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomType {
    /// `widgets.example.com`
    pub plural: String,
    /// `widget`
    pub singular: String,
    /// `wd`
    pub short_names: Vec<String>,
    /// `Widget`
    pub kind: String,
    /// `example.com/v1`
    pub api_version: String,
    /// Where its objects live.
    pub is_namespaced: bool,
    /// What `get` shows besides the name; None where no definition says.
    pub columns: Option<Vec<PrinterColumn>>,
}

/// A column of `additionalPrinterColumns`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrinterColumn {
    /// As it stands above the column.
    pub name: String,
    /// `.spec.size`
    pub path: String,
    /// `string`, `integer`, `date` …
    pub kind: String,
    /// Whether only `-o wide` shows it.
    pub is_wide: bool,
}

/// This program's own kind, and files that programs read, are no types of the API server.
const NO_TYPES: [&str; 3] = ["World", "ClusterConfiguration", "Config"];

/// All of them, by kind.
pub fn custom_types(view: KubectlView<'_>) -> Vec<CustomType> {
    let manifests = view.manifests;
    let is_definition = |reference: &&ObjectRef| &*reference.kind == "CustomResourceDefinition";
    let seen = || manifests.seen.iter().map(|seen| (&seen.reference, &seen.api_version));
    let all = || manifests.objects.iter().map(|object| (&object.reference, &object.api_version)).chain(seen());
    let definitions = all().map(|(reference, _)| reference).filter(is_definition);
    let mut types: Vec<CustomType> =
        definitions.filter_map(|reference| defined_type(&written_object(view, reference)?)).collect();
    let mut kinds: BTreeSet<String> = types.iter().map(|custom| custom.kind.clone()).collect();
    for (reference, api_version) in all() {
        let kind = &*reference.kind;
        if known_kind(kind).is_some() || NO_TYPES.contains(&kind) || !kinds.insert(kind.to_owned()) {
            continue;
        }
        types.push(guessed_type(reference, api_version));
    }
    // A definition of a type that is known anyway adds nothing but its columns, which are known, too.
    types.retain(|custom| known_kind(&custom.kind).is_none_or(|known| known.api_version() != custom.api_version));
    types
}

fn guessed_type(reference: &ObjectRef, api_version: &str) -> CustomType {
    let singular = reference.kind.to_lowercase();
    let group = api_version.split_once('/').map(|(group, _)| format!(".{group}")).unwrap_or_default();
    CustomType {
        plural: format!("{}{group}", plural_of(&singular)),
        singular,
        kind: reference.kind.to_string(),
        api_version: api_version.to_owned(),
        is_namespaced: reference.namespace.is_some(),
        ..CustomType::default()
    }
}

/// What a CustomResourceDefinition says of its storage version.
fn defined_type(definition: &Value) -> Option<CustomType> {
    let spec = definition.get("spec")?;
    let word = |value: &Value, path: &str| value.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let versions = spec.get("versions")?.as_array()?;
    let is_on = |version: &&Value, key: &str| version.get(key) == Some(&Value::Bool(true));
    let version = versions.iter().find(|version| is_on(version, "storage")).or_else(|| versions.first())?;
    let columns = version.get("additionalPrinterColumns").and_then(Value::as_array).into_iter().flatten();
    let columns = columns.map(|column| PrinterColumn {
        name: word(column, "/name"),
        path: word(column, "/jsonPath"),
        kind: word(column, "/type"),
        is_wide: column.get("priority").and_then(Value::as_i64).unwrap_or(0) > 0,
    });
    let columns: Vec<PrinterColumn> = columns.collect();
    let (group, kind) = (word(spec, "/group"), word(spec, "/names/kind"));
    let short = spec.pointer("/names/shortNames").and_then(Value::as_array).into_iter().flatten();
    let singular = word(spec, "/names/singular");
    Some(CustomType {
        plural: format!("{}.{group}", word(spec, "/names/plural")),
        singular: if singular.is_empty() { kind.to_lowercase() } else { singular },
        short_names: short.filter_map(Value::as_str).map(str::to_owned).collect(),
        api_version: format!("{group}/{}", word(version, "/name")),
        is_namespaced: word(spec, "/scope") != "Cluster",
        columns: (!columns.is_empty()).then_some(columns),
        kind,
    })
}
