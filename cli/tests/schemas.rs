//! What every command prints as JSON is what its JSON Schema says.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What of a value a schema doesn't take, each with its path: the keywords that our schemas have.
fn faults(whole: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    // 1. A schema of another place, or none.
    let Some(keywords) = schema.as_object() else {
        return if schema == false { vec![format!("{at}: nothing is taken here")] } else { Vec::new() };
    };
    if let Some(place) = keywords.get("$ref").and_then(Value::as_str) {
        let found = whole.pointer(place.trim_start_matches('#')).unwrap_or_else(|| panic!("{place} is nowhere"));
        return faults(whole, found, value, at);
    }
    let mut found = Vec::new();
    for (keyword, wanted) in keywords {
        match (keyword.as_str(), value) {
            // 2. Type and value.
            ("type", _) => {
                let types: Vec<&str> = match wanted {
                    Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
                    one => one.as_str().into_iter().collect(),
                };
                if !types.iter().any(|name| is_type(value, name)) {
                    found.push(format!("{at}: {value} is none of {types:?}"));
                }
            }
            ("const", _) if value != wanted => found.push(format!("{at}: {value} isn't {wanted}")),
            ("enum", _) if !wanted.as_array().is_some_and(|all| all.contains(value)) => {
                found.push(format!("{at}: {value} is none of {wanted}"));
            }
            // 3. One of several.
            ("anyOf" | "oneOf", _) => {
                let tried: Vec<_> =
                    wanted.as_array().into_iter().flatten().map(|one| faults(whole, one, value, at)).collect();
                if tried.iter().all(|faults| !faults.is_empty()) {
                    found.push(format!("{at}: {value} fits none: {tried:?}"));
                }
            }
            ("allOf", _) => {
                found.extend(wanted.as_array().into_iter().flatten().flat_map(|one| faults(whole, one, value, at)));
            }
            // 4. What is inside.
            ("required", Value::Object(object)) => {
                let names = wanted.as_array().into_iter().flatten().filter_map(Value::as_str);
                found.extend(
                    names.filter(|name| !object.contains_key(*name)).map(|name| format!("{at}.{name} is missing")),
                );
            }
            ("properties", Value::Object(object)) => {
                for (name, inner) in object {
                    match (wanted.get(name), keywords.get("additionalProperties")) {
                        (Some(schema), _) => found.extend(faults(whole, schema, inner, &format!("{at}.{name}"))),
                        (None, Some(other)) => found.extend(faults(whole, other, inner, &format!("{at}.{name}"))),
                        // A key of which the schema knows nothing.
                        (None, None) => found.push(format!("{at}.{name}: no such key")),
                    }
                }
            }
            ("additionalProperties", Value::Object(object)) if !keywords.contains_key("properties") => {
                found.extend(
                    object.iter().flat_map(|(name, inner)| faults(whole, wanted, inner, &format!("{at}.{name}"))),
                );
            }
            ("prefixItems", Value::Array(items)) => {
                let places = wanted.as_array().into_iter().flatten().zip(items).enumerate();
                found.extend(
                    places.flat_map(|(place, (schema, item))| faults(whole, schema, item, &format!("{at}[{place}]"))),
                );
            }
            ("items", Value::Array(items)) if !keywords.contains_key("prefixItems") => {
                let places = items.iter().enumerate();
                found.extend(places.flat_map(|(place, item)| faults(whole, wanted, item, &format!("{at}[{place}]"))));
            }
            _ => {}
        }
    }
    found
}

fn is_type(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0),
        _ => false,
    }
}

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schemas");
    fs::create_dir_all(&folder).expect("a folder");
    let roll_out = include_str!("../../static/examples/rollouts.yaml");
    for (name, text) in [
        (".whichpod.yaml", ""),
        ("shop.yaml", include_str!("shop.yaml")),
        ("rollout.yaml", roll_out),
        ("bad.yaml", "kind: Sevice\n"),
    ] {
        fs::write(folder.join(name), text).expect("a file");
    }
    folder
}

fn json(folder: &Path, arguments: &str) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_whichpod"));
    let output = command.args(arguments.split(' ')).current_dir(folder).env("LC_ALL", "C").output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{arguments}: {error}: {said}"))
}

#[test]
fn every_output_is_what_its_schema_says() {
    let folder = folder();
    let written = Command::new(env!("CARGO_BIN_EXE_whichpod"))
        .args(["test", "--init", "shop.yaml"])
        .current_dir(&folder)
        .output()
        .expect("it runs");
    fs::write(folder.join("routing-tests.yaml"), &written.stdout).expect("a file");
    let asked = [
        ("trace", "trace shop.yaml -o json -- curl -k https://shop.example.com/cart"),
        ("trace", "trace shop.yaml -o json --all --repeat 10 --from deploy/front -- curl http://cart"),
        ("trace", "trace shop.yaml -o json --why-not front --from client -- curl http://cart"),
        ("trace", "trace shop.yaml -o json --from client -- nslookup cart"),
        ("trace", "trace shop.yaml -o json -- kubectl get pods"),
        ("trace", "trace shop.yaml -o json -- curl http://nowhere.example/"),
        ("check", "check shop.yaml bad.yaml -o json"),
        ("comparison", "trace shop.yaml -o json --as all -- curl -k https://shop.example.com/"),
        ("matrix", "matrix shop.yaml -o json"),
        ("matrix", "matrix shop.yaml -o json --exposure"),
        ("matrix", "matrix shop.yaml -o json --policies"),
        ("diff", "diff shop.yaml -o json --as nginx,traefik --annotations"),
        ("entrances", "entrances shop.yaml -o json"),
        ("test", "test routing-tests.yaml -o json"),
        ("modelled", "modelled -o json"),
        ("rollout", "trace rollout.yaml -o json --rollout web --from client -- curl http://web/"),
    ];
    let mut wrong = BTreeSet::new();
    for (name, arguments) in asked {
        let schema = json(&folder, &format!("schema {name}"));
        let answer = json(&folder, arguments);
        wrong.extend(
            faults(&schema, &schema, &answer, "").into_iter().take(8).map(|fault| format!("{arguments}: {fault}")),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.into_iter().collect::<Vec<_>>().join("\n"));
}
