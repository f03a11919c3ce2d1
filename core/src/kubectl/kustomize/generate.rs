//! ConfigMaps and Secrets that a kustomization generates, and names by their content (kustomize, internal/generators, hasher).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::KustomizeFiles;
use super::kustomization::{DataGenerator, GeneratorOptions, Kustomization};
use super::object::KustomizedObject;
use crate::kubectl::{UsageError, kubectl_error};
use crate::model::base64;

/// How many characters of Base64 stand in a line of a Secret.
const LINE: usize = 70;

/// An object, and what becomes of one that is there: `create`, `merge`, `replace`.
pub struct GeneratedObject {
    object: KustomizedObject,
    behavior: String,
}

pub fn generated(kustomization: &Kustomization, load: KustomizeFiles<'_>) -> Result<Vec<GeneratedObject>, UsageError> {
    let global = &kustomization.generator_options;
    let maps = kustomization.config_map_generator.iter().map(|generator| (generator, "ConfigMap"));
    let secrets = kustomization.secret_generator.iter().map(|generator| (generator, "Secret"));
    maps.chain(secrets).map(|(generator, kind)| generate(generator, kind, global, load)).collect()
}

fn generate(
    generator: &DataGenerator,
    kind: &str,
    global: &GeneratorOptions,
    load: KustomizeFiles<'_>,
) -> Result<GeneratedObject, UsageError> {
    // 1. The data; a Secret's in Base64.
    if generator.name.is_empty() {
        return Err(kubectl_error("error: a configmap must have a name"));
    }
    let is_secret = kind == "Secret";
    let data = pairs(generator, load)?.into_iter();
    let data: Map<String, Value> =
        data.map(|(key, text)| (key, if is_secret { base64_lines(&text) } else { text }.into())).collect();
    // 2. The object with its options, its own before those of all.
    let mut value = json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": generator.name}});
    let mut put = |key: &str, field: Value| value.as_object_mut().map(|map| map.insert(key.to_owned(), field));
    if !data.is_empty() {
        put("data", Value::Object(data));
    }
    if is_secret {
        put("type", (if generator.secret_type.is_empty() { "Opaque" } else { &generator.secret_type }).into());
    }
    let own = &generator.options;
    if own.immutable || global.immutable {
        put("immutable", true.into());
    }
    let mut object = KustomizedObject::new(value);
    if !generator.namespace.is_empty() {
        object.set_metadata("namespace", &generator.namespace);
    }
    let joined = |of: fn(&GeneratorOptions) -> &BTreeMap<String, String>| {
        let all: BTreeMap<&String, &String> = of(global).iter().chain(of(own)).collect();
        json!(all)
    };
    let of_all =
        [("labels", joined(|options| &options.labels)), ("annotations", joined(|options| &options.annotations))];
    for (key, map) in of_all.into_iter().filter(|(_, map)| map.as_object().is_some_and(|map| !map.is_empty())) {
        object
            .value
            .get_mut("metadata")
            .and_then(Value::as_object_mut)
            .map(|metadata| metadata.insert(key.to_owned(), map));
    }
    // 3. Whether its name tells its content.
    object.is_hashed = !(own.disable_name_suffix_hash || global.disable_name_suffix_hash);
    Ok(GeneratedObject { object, behavior: generator.behavior.clone() })
}

/// A generator's data, in whatever order it is given (kv.Loader: variables, literals, files).
fn pairs(generator: &DataGenerator, load: KustomizeFiles<'_>) -> Result<BTreeMap<String, String>, UsageError> {
    let file = |path: &str| {
        let missing = || {
            kubectl_error(format!(
                "error: loading KV pairs: file sources: [{path}]: evalsymlink failure on '{path}' : lstat {path}: no such file \
                 or directory"
            ))
        };
        load(path).ok_or_else(missing)
    };
    let mut found: Vec<(String, String)> = Vec::new();
    for path in generator.envs.iter().chain(Some(&generator.env).filter(|path| !path.is_empty())) {
        let text = file(path)?;
        let lines = text.lines().map(str::trim_start).filter(|line| !line.is_empty() && !line.starts_with('#'));
        found.extend(lines.map(|line| line.split_once('=').unwrap_or((line, ""))).map(owned));
    }
    for literal in &generator.literals {
        let wrong = || kubectl_error(format!("error: invalid literal source {literal}, expected key=value"));
        let (key, text) = literal.split_once('=').filter(|(key, _)| !key.is_empty()).ok_or_else(wrong)?;
        found.push(owned((key, without_quotes(text))));
    }
    for named in &generator.files {
        let (key, path) = named.split_once('=').unwrap_or((named.rsplit('/').next().unwrap_or(named), named));
        found.push((key.to_owned(), file(path)?));
    }
    let mut all = BTreeMap::new();
    for (key, text) in found {
        if all.contains_key(&key) {
            let name = &generator.name;
            return Err(kubectl_error(format!("error: configmap {name} illegally repeats the key `{key}`")));
        }
        all.insert(key, text);
    }
    Ok(all)
}

fn owned((key, text): (&str, &str)) -> (String, String) {
    (key.to_owned(), text.to_owned())
}

/// Quotes around all of a text go (removeQuotes).
fn without_quotes(text: &str) -> &str {
    let inner = |quote: char| text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

/// Base64 that is longer than a line stands in several (kyaml, encodeBase64).
fn base64_lines(text: &str) -> String {
    let whole = base64::encode(text);
    if whole.len() < LINE {
        return whole;
    }
    let letters: Vec<char> = whole.chars().collect();
    letters.chunks(LINE).map(|line| line.iter().collect::<String>() + "\n").collect()
}

/// A generated object among the others (appendReplaceOrMerge).
pub fn absorb(objects: &mut Vec<KustomizedObject>, generated: GeneratedObject) -> Result<(), UsageError> {
    let GeneratedObject { mut object, behavior } = generated;
    let id = object.identity();
    let known = objects.iter_mut().find(|known| known.was(|former| former.equals(&id)));
    match (known, behavior.as_str()) {
        (None, "merge" | "replace") => {
            Err(kubectl_error(format!("error: id {id} does not exist; cannot merge or replace")))
        }
        (None, _) => {
            objects.push(object);
            Ok(())
        }
        (Some(known), "merge" | "replace") => {
            // It keeps the name, the labels and annotations of the one that is there; merged, its data too.
            let mut metadata = known.value.get("metadata").cloned().unwrap_or_default();
            add_into(&mut metadata, object.value.get("metadata"), &["labels", "annotations"]);
            let mut data =
                known.value.get("data").cloned().filter(|_| behavior == "merge").unwrap_or_else(|| json!({}));
            if let (Some(all), Some(own)) = (data.as_object_mut(), object.value.get("data").and_then(Value::as_object))
            {
                all.extend(own.clone());
            }
            if let Some(map) = object.value.as_object_mut() {
                map.insert("metadata".to_owned(), metadata);
                if data.as_object().is_some_and(|data| !data.is_empty()) {
                    map.insert("data".to_owned(), data);
                }
            }
            known.value = object.value;
            known.is_hashed |= object.is_hashed;
            Ok(())
        }
        (Some(_), other) => Err(kubectl_error(format!(
            "error: id {id} exists; can not use behavior: '{}', behavior must be merge or replace",
            if other.is_empty() { "unspecified" } else { other }
        ))),
    }
}

fn add_into(metadata: &mut Value, own: Option<&Value>, keys: &[&str]) {
    for key in keys {
        let Some(pairs) = own.and_then(|own| own.get(*key)).and_then(Value::as_object) else { continue };
        let Some(map) = metadata.as_object_mut() else { continue };
        let all = map.entry((*key).to_owned()).or_insert_with(|| json!({}));
        if let Some(all) = all.as_object_mut() {
            all.extend(pairs.clone());
        }
    }
}

/// A hash of the content behind the name (HashTransformer).
pub fn add_hash(object: &mut KustomizedObject) {
    if object.is_hashed {
        let name = format!("{}-{}", object.identity().name, content_hash(&object.value));
        object.remember_identity();
        object.set_metadata("name", &name);
    }
}

/// Ten letters of SHA-256 over kind, data and type, without vowels and digits that look like them. The name's place is looked
/// up by a path that is none, so that it is always empty (hasher, getNodeValues).
fn content_hash(object: &Value) -> String {
    let or_empty = |key: &str| object.get(key).cloned().unwrap_or_else(|| "".into());
    let mut hashed = Map::new();
    hashed.insert("kind".to_owned(), or_empty("kind"));
    hashed.insert("name".to_owned(), "".into());
    hashed.insert("data".to_owned(), or_empty("data"));
    let more = if object.get("kind") == Some(&json!("Secret")) { "stringData" } else { "binaryData" };
    hashed.extend(object.get(more).map(|data| (more.to_owned(), data.clone())));
    if more == "stringData" {
        hashed.insert("type".to_owned(), or_empty("type"));
    }
    // Go's encoder escapes what HTML would read (encoding/json, HTMLEscape).
    let text = Value::Object(hashed).to_string();
    let escaped =
        [('<', "\\u003c"), ('>', "\\u003e"), ('&', "\\u0026"), ('\u{2028}', "\\u2028"), ('\u{2029}', "\\u2029")];
    let text = escaped.iter().fold(text, |text, (letter, code)| text.replace(*letter, code));
    let mut hex = String::new();
    for byte in Sha256::digest(text.as_bytes()).iter().take(5) {
        // Writing into a text can't fail.
        _ = write!(hex, "{byte:02x}");
    }
    let replaced = |letter: char| match letter {
        '0' => 'g',
        '1' => 'h',
        '3' => 'k',
        'a' => 'm',
        'e' => 't',
        other => other,
    };
    hex.chars().map(replaced).collect()
}
