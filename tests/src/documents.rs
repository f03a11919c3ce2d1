//! Single documents, most of them spoilt: of every kind a valid one with about every field, those of the conformance cases, and what
//! hands make of them. Fields that are put in come from the schemas, values mostly from fields of the same name.

use std::collections::BTreeMap;
use std::fs;
use std::sync::OnceLock;

use proptest::collection::vec;
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::Value;

use crate::repository::root;

mod place;
mod spoil;

use spoil::Chance;

/// What documents are made of.
struct DocumentStock {
    /// Rich ones, of each kind.
    rich: Vec<Value>,
    /// As people write them.
    real: Vec<Value>,
    /// Values by the names of their fields.
    values: BTreeMap<String, Vec<Value>>,
}

/// A document, and what is done to it.
#[derive(Clone, Debug)]
struct DocumentRecipe {
    is_rich: bool,
    base: usize,
    /// Each a stream of random numbers.
    changes: Vec<u64>,
}

/// Random documents: one change in most of them, none or several in others.
pub fn documents() -> impl Strategy<Value = Value> {
    let changes = prop_oneof![1 => vec(any::<u64>(), 0), 6 => vec(any::<u64>(), 1), 3 => vec(any::<u64>(), 2..4)];
    let recipe = (prop::bool::weighted(0.7), any::<usize>(), changes);
    recipe.prop_map(|(is_rich, base, changes)| DocumentRecipe { is_rich, base, changes }.document())
}

/// Documents as they are, nothing spoilt.
pub fn sound_documents() -> impl Strategy<Value = Value> {
    let recipe = (prop::bool::weighted(0.7), any::<usize>());
    recipe.prop_map(|(is_rich, base)| DocumentRecipe { is_rich, base, changes: Vec::new() }.document())
}

impl DocumentRecipe {
    fn document(&self) -> Value {
        let stock = stock();
        let bases = if self.is_rich { &stock.rich } else { &stock.real };
        let mut document = bases[self.base % bases.len()].clone();
        for seed in &self.changes {
            spoil::spoil(&mut document, &mut Chance::new(*seed), &stock.values);
        }
        document
    }
}

/// One of each kind, with about every field.
const RICH: [&str; 2] = [include_str!("documents/core.yaml"), include_str!("documents/custom.yaml")];

fn stock() -> &'static DocumentStock {
    static STOCK: OnceLock<DocumentStock> = OnceLock::new();
    STOCK.get_or_init(|| {
        let rich: Vec<Value> = RICH.into_iter().flat_map(read).collect();
        let real = real_documents();
        let mut values = BTreeMap::new();
        rich.iter().chain(&real).for_each(|document| collect_values(document, &mut values));
        DocumentStock { rich, real, values }
    })
}

fn read(text: &str) -> Vec<Value> {
    let documents = serde_yaml::Deserializer::from_str(text).map_while(|document| Value::deserialize(document).ok());
    documents.filter(is_object).collect()
}

/// Of kinds that an API server has.
fn is_object(document: &Value) -> bool {
    let version = document["apiVersion"].as_str().unwrap_or_default();
    let own = ["whichpod.dev/", "kubeadm.k8s.io/", "kubeproxy.config.k8s.io/", "kubelet.config.k8s.io/"];
    !version.is_empty()
        && document["kind"].as_str().is_some_and(|kind| !kind.ends_with("List"))
        && !own.iter().any(|group| version.starts_with(group))
        && place::is_known(document)
}

/// Of the conformance cases, each once.
fn real_documents() -> Vec<Value> {
    let folder = root().join("tests/conformance");
    let mut files: Vec<_> = fs::read_dir(&folder).expect("cases").filter_map(|file| Some(file.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    let mut found = BTreeMap::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a case file can be read");
        let cases: Value = serde_yaml::from_str(&text).unwrap_or_default();
        let cases = cases.as_array().or_else(|| cases["cases"].as_array()).into_iter().flatten();
        for manifests in cases.filter_map(|case| case["manifests"].as_str()) {
            found.extend(read(manifests).into_iter().map(|document| (document.to_string(), document)));
        }
    }
    found.into_values().collect()
}

/// Values beyond these are seldom of another kind.
const MOST_VALUES: usize = 60;

fn collect_values(value: &Value, values: &mut BTreeMap<String, Vec<Value>>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let known = values.entry(name.clone()).or_default();
                if known.len() < MOST_VALUES && !known.contains(value) {
                    known.push(value.clone());
                }
                collect_values(value, values);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_values(item, values)),
        _ => {}
    }
}

/// A document with one thing taken away; None where there is no such thing.
pub fn reduced(document: &Value, number: usize) -> Option<Value> {
    let mut places = place::places(document);
    // The larger things stand higher.
    places.sort_by_key(Vec::len);
    let place = places.get(number)?;
    let mut smaller = document.clone();
    place::remove(&mut smaller, place);
    Some(smaller)
}

/// How many things [`reduced`] can take away.
pub fn count_of_parts(document: &Value) -> usize {
    place::places(document).len()
}

/// As somebody would write it.
pub fn text(document: &Value) -> String {
    serde_yaml::to_string(document).unwrap_or_else(|_| document.to_string())
}

/// `v1 Pod`.
pub fn title(document: &Value) -> String {
    let word = |name: &str| document[name].as_str().unwrap_or_default();
    format!("{} {}", word("apiVersion"), word("kind"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_stock_holds_every_kind_of_the_files() {
        let written: usize =
            RICH.iter().flat_map(|text| text.lines()).filter(|line| line.starts_with("apiVersion:")).count();
        assert_eq!(stock().rich.len(), written);
        assert!(stock().real.len() > 1000, "{}", stock().real.len());
    }

    #[test]
    fn a_recipe_makes_the_same_document_each_time() {
        let recipe = DocumentRecipe { is_rich: true, base: 3, changes: vec![7, 9] };
        assert_eq!(recipe.document(), recipe.document());
    }

    #[test]
    fn what_is_taken_away_is_gone() {
        let document = json!({"kind": "Pod", "apiVersion": "v1", "spec": {"a": 1}});
        assert_eq!(reduced(&document, 0), Some(json!({"kind": "Pod", "apiVersion": "v1"})));
        assert_eq!(reduced(&document, 1), Some(json!({"kind": "Pod", "apiVersion": "v1", "spec": {}})));
        assert_eq!(reduced(&document, 2), None);
    }
}
