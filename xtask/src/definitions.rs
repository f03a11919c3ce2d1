//! `cargo xtask bless definitions`: writes the schemas of custom resources from the CustomResourceDefinitions that Go modules
//! ship, slim: what the API server checks, without descriptions and status.
//!
//! `core/src/schema/definitions.json` has a line for each version of a kind, and `core/src/schema/further.json` those of kinds
//! that the page loads when it meets them. A schema that stands in several places has a line of its own, `"$1"`, and stands
//! there as `{"$":1}`. Needs `go`, which downloads the modules.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Modules, the toolchain that may download them, and where their definitions stand: a file, or the start of files' paths.
type Modules = &'static [(&'static str, &'static str, &'static str)];

/// What the page has at once.
const MODULES: Modules = &[
    ("sigs.k8s.io/gateway-api@v1.7.0", "go1.27.3", "config/crd/standard/gateway"),
    (
        "github.com/traefik/traefik/v3@v3.7.13",
        "local",
        "docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml",
    ),
    ("go.universe.tf/metallb@v0.15.2", "local", "config/crd/bases/"),
    ("sigs.k8s.io/network-policy-api@v0.2.0", "local", "config/crd/experimental/"),
    // The last one with AdminNetworkPolicy.
    ("sigs.k8s.io/network-policy-api@v0.1.7", "local", "config/crd/standard/"),
];

/// What the page loads when an object of these groups is there: `FURTHER_GROUPS` in core/src/schema/definition.rs.
const FURTHER: Modules = &[
    ("github.com/envoyproxy/gateway@v1.9.1", "local", "charts/gateway-helm/charts/crds/crds/generated/"),
    ("github.com/cert-manager/cert-manager@v1.21.2", "local", "deploy/crds/"),
    ("istio.io/api@v1.32.0", "local", "kubernetes/customresourcedefinitions.gen.yaml"),
    ("github.com/cilium/cilium@v1.20.2", "local", "pkg/k8s/apis/cilium.io/client/crds/v2/"),
    ("github.com/cilium/cilium@v1.20.2", "local", "pkg/k8s/apis/cilium.io/client/crds/v2alpha1/"),
    ("sigs.k8s.io/gateway-api@v1.7.0", "go1.27.3", "config/crd/experimental/gateway.networking.x-k8s.io"),
];

/// What a schema keeps, under which name.
const KEPT: &[(&str, &str)] = &[
    ("type", "type"),
    ("format", "format"),
    ("required", "required"),
    ("enum", "enum"),
    ("pattern", "pattern"),
    ("minLength", "minLength"),
    ("maxLength", "maxLength"),
    ("minItems", "minItems"),
    ("maxItems", "maxItems"),
    ("minProperties", "minProperties"),
    ("maxProperties", "maxProperties"),
    ("minimum", "minimum"),
    ("maximum", "maximum"),
    ("default", "default"),
    ("nullable", "nullable"),
    ("x-kubernetes-list-type", "listType"),
    ("x-kubernetes-list-map-keys", "listKeys"),
    ("x-kubernetes-int-or-string", "intOrString"),
    ("x-kubernetes-preserve-unknown-fields", "open"),
];

type Done<T> = Result<T, Box<dyn Error>>;

fn main() -> Done<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no workspace")?;
    write(MODULES, &root.join("core/src/schema/definitions.json"))?;
    write(FURTHER, &root.join("core/src/schema/further.json"))?;
    let fields = std::fs::read_to_string(root.join("core/src/schema/fields.txt"))?;
    std::fs::write(root.join("core/src/schema/type_names.txt"), type_names(&fields)?)?;
    Ok(())
}

fn write(modules: Modules, path: &Path) -> Done<()> {
    let mut kinds: Vec<(String, Value)> = Vec::new();
    for (module, toolchain, files) in modules {
        for file in definitions(&downloaded(module, toolchain)?, files)? {
            read(&std::fs::read_to_string(file)?, &mut kinds)?;
        }
    }
    let mut packing = Packing::default();
    kinds.iter().for_each(|(_, schema)| packing.count(schema));
    let packed: Vec<(String, Value)> = kinds.into_iter().map(|(name, schema)| (name, packing.packed(schema))).collect();
    let shared = packing.shared.iter().enumerate().map(|(number, schema)| (format!("${number}"), schema.clone()));
    let lines: Vec<String> =
        packed.iter().cloned().chain(shared).map(|(name, schema)| format!("{}:{schema}", json!(name))).collect();
    std::fs::write(path, format!("{{\n{}\n}}\n", lines.join(",\n")))?;
    println!("{}: {} kinds", path.display(), packed.len());
    Ok(())
}

/// What is shorter stands where it is.
const WORTH_SHARING: usize = 60;

/// Finds the schemas that stand in several places.
#[derive(Default)]
struct Packing {
    /// How often each stands, as text.
    counts: BTreeMap<String, usize>,
    /// The numbers of those that are shared.
    numbers: BTreeMap<String, usize>,
    shared: Vec<Value>,
}

impl Packing {
    fn count(&mut self, schema: &Value) {
        let count = self.counts.entry(schema.to_string()).or_default();
        *count += 1;
        if *count > 1 {
            return;
        }
        match schema {
            Value::Object(fields) => fields.values().for_each(|field| self.count(field)),
            Value::Array(elements) => elements.iter().for_each(|element| self.count(element)),
            _ => {}
        }
    }

    fn packed(&mut self, schema: Value) -> Value {
        let text = schema.to_string();
        match schema {
            Value::Array(elements) => elements.into_iter().map(|element| self.packed(element)).collect(),
            Value::Object(fields) => {
                let is_shared = self.counts.get(&text).is_some_and(|count| *count > 1) && text.len() > WORTH_SHARING;
                if let Some(number) = self.numbers.get(&text) {
                    return json!({"$": number});
                }
                let packed = fields.into_iter().map(|(name, field)| (name, self.packed(field))).collect();
                if !is_shared {
                    return Value::Object(packed);
                }
                self.shared.push(Value::Object(packed));
                self.numbers.insert(text, self.shared.len() - 1);
                json!({"$": self.shared.len() - 1})
            }
            plain => plain,
        }
    }
}

/// The modules with the Go types of built-in kinds, and where they stand.
const TYPES: &[(&str, &str)] = &[("k8s.io/api@v0.37.2", ""), ("k8s.io/apimachinery@v0.37.2", "pkg/apis")];

/// A line for each type of texts that has a name: the name, and the fields that have it.
fn type_names(known: &str) -> Done<String> {
    let texts: BTreeSet<String> = known.lines().flat_map(text_fields).collect();
    let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (module, below) in TYPES {
        let mut files = Vec::new();
        types_files(&downloaded(module, "local")?.join(below), &mut files)?;
        for file in files {
            let version = file.parent().and_then(Path::file_name).ok_or("no folder")?.to_string_lossy().into_owned();
            for (field, name) in named_fields(&std::fs::read_to_string(&file)?, &version) {
                if texts.contains(&field) {
                    names.entry(name).or_default().insert(field);
                }
            }
        }
    }
    let lines = names.iter().map(|(name, fields)| {
        let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
        format!("{name} {}\n", fields.join(" "))
    });
    Ok(lines.collect())
}

/// The fields of a line of `fields.txt` that are texts or lists of texts.
fn text_fields(line: &str) -> Vec<String> {
    let mut words = line.split(' ');
    let owner = words.next().unwrap_or("");
    let texts = words.filter_map(|word| word.split_once(':')).filter(|(_, code)| matches!(*code, "s" | "[s"));
    texts.map(|(field, _)| format!("{owner}.{field}")).collect()
}

/// Every types.go below a folder.
fn types_files(folder: &Path, files: &mut Vec<PathBuf>) -> Done<()> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            types_files(&entry, files)?;
        } else if entry.file_name().is_some_and(|name| name == "types.go") {
            files.push(entry);
        }
    }
    Ok(())
}

/// The fields of a file's structs whose type is a text with a name: `v1.ContainerPort.protocol`, `v1.Protocol`.
fn named_fields(source: &str, version: &str) -> Vec<(String, String)> {
    let is_text = |line: &&str| line.starts_with("type ") && line.ends_with(" string");
    let texts: BTreeSet<&str> = source.lines().filter(is_text).filter_map(|line| line.split(' ').nth(1)).collect();
    let (mut owner, mut found) = ("", Vec::new());
    for line in source.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["type", name, "struct", "{"] => owner = name,
            [_, kind, tag, ..] if tag.starts_with("`json:\"") => {
                let kind = kind.trim_start_matches(['*', '[', ']']);
                let name = match kind {
                    own if texts.contains(own) => format!("{version}.{own}"),
                    "types.UID" | "types.NodeName" => kind.to_owned(),
                    _ => match kind.split_once('.') {
                        Some(("v1" | "corev1" | "metav1", name)) => format!("v1.{name}"),
                        _ => continue,
                    },
                };
                let field = tag.trim_start_matches("`json:\"").split([',', '"']).next().unwrap_or("");
                found.push((format!("{version}.{owner}.{field}"), name));
            }
            _ => {}
        }
    }
    found
}

/// The folder of a module.
fn downloaded(module: &str, toolchain: &str) -> Done<PathBuf> {
    let mut go = Command::new("go");
    go.args(["mod", "download", "-json", module]).current_dir("/").env("GOTOOLCHAIN", toolchain);
    let answer: Value = serde_json::from_slice(&go.output()?.stdout)?;
    Ok(answer["Dir"].as_str().ok_or_else(|| format!("{module}: {answer}"))?.into())
}

/// The files whose paths begin so, in order.
fn definitions(module: &Path, start: &str) -> Done<Vec<PathBuf>> {
    let path = module.join(start);
    let folder = if start.ends_with('/') { path.as_path() } else { path.parent().ok_or("no folder")? };
    let text = path.to_string_lossy().into_owned();
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)?.filter_map(|file| Some(file.ok()?.path())).collect();
    files.retain(|file| file.to_string_lossy().starts_with(&text) && has_definitions(file));
    files.sort();
    Ok(files)
}

fn has_definitions(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// The served versions of the definitions in a file. A version that is as another one stands as its name.
fn read(text: &str, kinds: &mut Vec<(String, Value)>) -> Done<()> {
    for document in yaml_serde::Deserializer::from_str(text) {
        let document = Value::deserialize(document)?;
        let spec = &document["spec"];
        for version in spec["versions"].as_array().into_iter().flatten().filter(|version| version["served"] == true) {
            let (group, kind) = (spec["group"].as_str().unwrap_or(""), spec["names"]["kind"].as_str().unwrap_or(""));
            let name = format!("{group}/{} {kind}", version["name"].as_str().unwrap_or(""));
            let full = &version["schema"]["openAPIV3Schema"];
            let mut schema = slim(full);
            let fields = schema["properties"].as_object_mut().ok_or("no fields")?;
            fields.insert("status".to_owned(), json!({"type": "object", "open": true}));
            schema["hasRules"] = json!(full.to_string().contains("x-kubernetes-validations"));
            schema["scope"] = spec["scope"].clone();
            let twin = kinds.iter().find(|(other, twin)| {
                *twin == schema && other.ends_with(&format!(" {kind}")) && other.starts_with(&format!("{group}/"))
            });
            let schema = twin.map_or(schema, |(other, _)| json!(other));
            kinds.push((name, schema));
        }
    }
    Ok(())
}

/// What the API server checks of a schema.
fn slim(schema: &Value) -> Value {
    // 1. What is checked of a schema itself.
    let mut slim_one = Map::new();
    for (key, name) in KEPT {
        if let Some(value) = schema.get(*key).filter(|value| **value != json!("atomic")) {
            slim_one.insert((*name).to_owned(), value.clone());
        }
    }
    // 2. The schemas inside it.
    for key in ["items", "additionalProperties", "not"] {
        if let Some(inner) = schema.get(key).filter(|inner| inner.is_object()) {
            slim_one.insert(key.to_owned(), slim(inner));
        }
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        if let Some(inner) = schema[key].as_array() {
            slim_one.insert(key.to_owned(), inner.iter().map(slim).collect());
        }
    }
    if let Some(fields) = schema["properties"].as_object() {
        let fields: Map<String, Value> = fields.iter().map(|(name, field)| (name.clone(), slim(field))).collect();
        slim_one.insert("properties".to_owned(), fields.into());
    }
    // 3. Rules about changes have nothing to say of what is created.
    let rules = schema["x-kubernetes-validations"].as_array().into_iter().flatten();
    let rules: Vec<Value> = rules
        .filter(|rule| !rule["rule"].as_str().unwrap_or("").contains("oldSelf"))
        .map(|rule| {
            let kept = ["rule", "message", "fieldPath"].into_iter().filter(|key| !rule[*key].is_null());
            kept.map(|key| (key.to_owned(), rule[key].clone())).collect::<Map<_, _>>().into()
        })
        .collect();
    if !rules.is_empty() {
        slim_one.insert("rules".to_owned(), rules.into());
    }
    slim_one.into()
}
