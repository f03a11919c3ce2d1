//! A kustomization's own fields (kustomize, types.Kustomization).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::object::documents_of;
use crate::kubectl::{UsageError, kubectl_error, unsupported_error};

/// Fields that kustomize has and that aren't read.
const UNREAD: [&str; 12] = [
    "buildMetadata",
    "configurations",
    "crds",
    "generators",
    "helmChartInflationGenerator",
    "helmCharts",
    "helmGlobals",
    "openapi",
    "replacements",
    "transformers",
    "validators",
    "vars",
];

/// Fields that are read.
const READ: [&str; 24] = [
    "apiVersion",
    "bases",
    "commonAnnotations",
    "commonLabels",
    "components",
    "configMapGenerator",
    "generatorOptions",
    "images",
    "imageTags",
    "kind",
    "labels",
    "metadata",
    "namePrefix",
    "namespace",
    "nameSuffix",
    "patches",
    "patchesJson6902",
    "patchesStrategicMerge",
    "replicas",
    "resources",
    "secretGenerator",
    "sortOptions",
    "apiversion",
    "Kind",
];

/// Fields that are no longer to be used, with what is (CheckDeprecatedFields).
const DEPRECATED: [(&str, &str); 5] = [
    ("bases", "resources"),
    ("commonLabels", "labels"),
    ("imageTags", "images"),
    ("patchesJson6902", "patches"),
    ("patchesStrategicMerge", "patches"),
];

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Kustomization {
    pub resources: Vec<String>,
    pub bases: Vec<String>,
    pub components: Vec<String>,
    pub name_prefix: String,
    pub name_suffix: String,
    pub namespace: String,
    pub common_labels: BTreeMap<String, String>,
    pub labels: Vec<KustomizedLabels>,
    pub common_annotations: BTreeMap<String, String>,
    pub patches: Vec<KustomizePatch>,
    pub patches_json6902: Vec<KustomizePatch>,
    pub patches_strategic_merge: Vec<String>,
    pub images: Vec<KustomizedImage>,
    pub image_tags: Vec<KustomizedImage>,
    pub replicas: Vec<KustomizedReplicas>,
    pub config_map_generator: Vec<DataGenerator>,
    pub secret_generator: Vec<DataGenerator>,
    pub generator_options: GeneratorOptions,
    pub sort_options: KustomizedOrder,
    #[serde(skip)]
    deprecated: Vec<&'static str>,
}

/// An entry of `labels`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct KustomizedLabels {
    pub pairs: BTreeMap<String, String>,
    pub include_selectors: bool,
    pub include_templates: bool,
    pub fields: Vec<LabelField>,
}

/// A further field that labels go into.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct LabelField {
    pub kind: String,
    pub path: String,
    pub create: bool,
}

/// An entry of `patches`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct KustomizePatch {
    pub path: Option<String>,
    pub patch: Option<String>,
    pub target: Option<PatchTarget>,
}

/// What a patch is for; each word but the selectors a regular expression.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PatchTarget {
    pub group: String,
    pub version: String,
    pub kind: String,
    pub name: String,
    pub namespace: String,
    pub label_selector: String,
    pub annotation_selector: String,
}

/// An entry of `images`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct KustomizedImage {
    pub name: String,
    pub new_name: String,
    pub new_tag: String,
    pub tag_suffix: String,
    pub digest: String,
}

/// An entry of `replicas`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct KustomizedReplicas {
    pub name: String,
    pub count: i64,
}

/// An entry of `configMapGenerator` or `secretGenerator`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct DataGenerator {
    pub name: String,
    pub namespace: String,
    pub behavior: String,
    pub literals: Vec<String>,
    pub files: Vec<String>,
    pub envs: Vec<String>,
    pub env: String,
    #[serde(rename = "type")]
    pub secret_type: String,
    pub options: GeneratorOptions,
}

/// `generatorOptions`, and a generator's own.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct GeneratorOptions {
    pub labels: BTreeMap<String, String>,
    pub annotations: BTreeMap<String, String>,
    pub disable_name_suffix_hash: bool,
    pub immutable: bool,
}

/// `sortOptions`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct KustomizedOrder {
    order: String,
}

impl KustomizedOrder {
    /// Whether objects stand by their kinds; else as they were named.
    pub fn sorts(&self) -> bool {
        self.order != "fifo"
    }
}

impl Kustomization {
    /// Reads its file; what isn't read is refused by name.
    pub fn read(text: &str) -> Result<Self, UsageError> {
        // 1. One document, a map.
        let wrong = |why: String| kubectl_error(format!("error: invalid Kustomization: {why}"));
        let documents = documents_of(text).map_err(wrong)?;
        let Some(document) =
            documents.into_iter().next().filter(|one| one.as_object().is_some_and(|map| !map.is_empty()))
        else {
            return Err(kubectl_error("error: kustomization.yaml is empty"));
        };
        // 2. Its fields' names.
        let names: Vec<String> = document.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
        if let Some(name) = names.iter().find(|name| UNREAD.contains(&name.as_str())) {
            return Err(unsupported_error(format!(
                "kustomize: `{name}` isn't understood here: paste what `kubectl kustomize` prints"
            )));
        }
        if let Some(name) = names.iter().find(|name| !READ.contains(&name.as_str())) {
            return Err(kubectl_error(format!("error: invalid Kustomization: json: unknown field {name:?}")));
        }
        // 3. Their values; one that is empty isn't there.
        let document = match document {
            Value::Object(map) => map.into_iter().filter(|(_, value)| !value.is_null()).collect(),
            other => other,
        };
        let read: Self = serde_json::from_value(document).map_err(|error| wrong(format!("json: {error}")))?;
        let deprecated = DEPRECATED.iter().map(|(name, _)| *name).filter(|name| names.iter().any(|own| own == name));
        Ok(Self { deprecated: deprecated.collect(), ..read })
    }

    /// What kustomize says of its older fields.
    pub fn warnings(&self) -> String {
        let used = DEPRECATED.iter().filter(|(name, _)| self.deprecated.contains(name));
        used.map(|(name, instead)| {
            format!(
                "# Warning: '{name}' is deprecated. Please use '{instead}' instead. Run 'kustomize edit fix' to update your \
                 Kustomization automatically.\n"
            )
        })
        .collect()
    }
}
