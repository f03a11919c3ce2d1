//! `cargo xtask bless definitions`: writes the schemas of custom resources from the CustomResourceDefinitions that Go modules
//! ship, slim: what the API server checks, without descriptions and status.
//!
//! `core/src/schema/definitions.json` has a line for each version of a kind. Needs `go`, which downloads the modules.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Modules, the toolchain that may download them, and where their definitions stand: a file, or the start of files' paths.
const MODULES: &[(&str, &str, &str)] = &[
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
    let mut kinds: Vec<(String, Value)> = Vec::new();
    for (module, toolchain, files) in MODULES {
        for file in definitions(&downloaded(module, toolchain)?, files)? {
            read(&std::fs::read_to_string(file)?, &mut kinds)?;
        }
    }
    let lines: Vec<String> = kinds.iter().map(|(name, schema)| format!("{}:{schema}", json!(name))).collect();
    let path = root.join("core/src/schema/definitions.json");
    std::fs::write(&path, format!("{{\n{}\n}}\n", lines.join(",\n")))?;
    println!("{}: {} kinds", path.display(), kinds.len());
    Ok(())
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
    files.retain(|file| file.to_string_lossy().starts_with(&text));
    files.sort();
    Ok(files)
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
    let mut slim_one = Map::new();
    for (key, name) in KEPT {
        if let Some(value) = schema.get(*key).filter(|value| **value != json!("atomic")) {
            slim_one.insert((*name).to_owned(), value.clone());
        }
    }
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
    // Rules about changes have nothing to say of what is created.
    let rules = schema["x-kubernetes-validations"].as_array().into_iter().flatten();
    let rules: Vec<Value> = rules
        .filter(|rule| !rule["rule"].as_str().unwrap_or("").contains("oldSelf"))
        .map(|rule| json!({"rule": rule["rule"], "message": rule["message"], "fieldPath": rule["fieldPath"]}))
        .collect();
    if !rules.is_empty() {
        slim_one.insert("rules".to_owned(), rules.into());
    }
    slim_one.into()
}
