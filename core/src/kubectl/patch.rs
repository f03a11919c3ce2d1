//! Patches of objects: strategic merge, JSON merge and JSON patch.

use serde_json::{Map, Value};

/// JSON merge patch (RFC 7396).
pub fn merge_patch(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    for (key, value) in patch {
        let Some(map) = target.as_object_mut() else { return };
        match value {
            Value::Null => drop(map.remove(key)),
            value => merge_patch(map.entry(key.clone()).or_insert(Value::Null), value),
        }
    }
}

/// Lists that are merged by a key of their elements (patchMergeKey of the API's types).
const MERGE_KEYS: [(&str, &str); 13] = [
    ("containers", "name"),
    ("initContainers", "name"),
    ("ephemeralContainers", "name"),
    ("env", "name"),
    ("volumes", "name"),
    ("volumeMounts", "mountPath"),
    ("imagePullSecrets", "name"),
    ("hostAliases", "ip"),
    ("conditions", "type"),
    ("ownerReferences", "uid"),
    ("addresses", "type"),
    ("topologySpreadConstraints", "topologyKey"),
    ("secrets", "name"),
];

/// Where elements go that a patch adds to a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchedOrder {
    /// Behind those that are there, as the API server puts them.
    Behind,
    /// The patch's elements stand first, in its order, as kustomize puts them (kyaml, MergeOptionsListPrepend).
    First,
}

/// Strategic merge patch (apimachinery, strategicpatch; kyaml, merge2).
pub fn strategic_patch(target: &mut Value, patch: &Value, order: PatchedOrder) {
    strategic(target, patch, "", order);
}

fn strategic(target: &mut Value, patch: &Value, field: &str, order: PatchedOrder) {
    match (&mut *target, patch) {
        (Value::Object(map), Value::Object(patch)) => {
            if patch.get("$patch").is_some_and(|directive| directive == "replace") {
                map.clear();
            }
            for (key, value) in patch.iter().filter(|(key, _)| !key.starts_with('$')) {
                match value {
                    Value::Null => drop(map.remove(key)),
                    value => match map.get_mut(key) {
                        Some(known) => strategic(known, value, key, order),
                        None => drop(map.insert(key.clone(), without_directives(value))),
                    },
                }
            }
        }
        (Value::Array(list), Value::Array(patch)) => match merge_key(field, patch) {
            Some(key) if !patch.iter().any(|element| directive(element) == "replace") => {
                merge_list(list, patch, key, order);
            }
            _ => *target = without_directives(&Value::Array(patch.clone())),
        },
        _ => *target = without_directives(patch),
    }
}

/// Elements of one key are one.
fn merge_list(list: &mut Vec<Value>, patch: &[Value], key: &str, order: PatchedOrder) {
    let mut first = Vec::new();
    for element in patch {
        let known = list.iter().position(|own| own.get(key) == element.get(key));
        let is_deleted = directive(element) == "delete";
        let merged = match (known, order) {
            (Some(at), PatchedOrder::Behind) if !is_deleted => {
                if let Some(own) = list.get_mut(at) {
                    strategic(own, element, "", order);
                }
                continue;
            }
            (Some(at), _) => {
                let mut own = list.remove(at);
                strategic(&mut own, element, "", order);
                own
            }
            (None, _) => without_directives(element),
        };
        match order {
            _ if is_deleted => {}
            PatchedOrder::Behind => list.push(merged),
            PatchedOrder::First => first.push(merged),
        }
    }
    list.splice(0..0, first);
}

/// `$patch`
fn directive(element: &Value) -> &str {
    element.get("$patch").and_then(Value::as_str).unwrap_or_default()
}

/// Ports of containers are merged by containerPort, those of Services by port.
fn merge_key(field: &str, patch: &[Value]) -> Option<&'static str> {
    if field == "ports" {
        let of_container = patch.iter().any(|port| port.get("containerPort").is_some());
        return Some(if of_container { "containerPort" } else { "port" });
    }
    MERGE_KEYS.iter().find(|(name, _)| *name == field).map(|(_, key)| *key)
}

fn without_directives(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.iter().filter(|(key, value)| !key.starts_with('$') && !value.is_null());
            Value::Object(kept.map(|(key, value)| (key.clone(), without_directives(value))).collect())
        }
        Value::Array(list) => {
            let is_word = |element: &&Value| {
                directive(element).is_empty() || element.as_object().is_some_and(|map| map.len() > 1)
            };
            list.iter().filter(is_word).map(without_directives).collect()
        }
        other => other.clone(),
    }
}

/// JSON patch (RFC 6902); an error is what can't be done.
pub fn json_patch(target: &mut Value, patch: &Value) -> Result<(), String> {
    let operations = patch.as_array().ok_or("the patch is no list")?;
    for operation in operations {
        // 1. The operation's parts.
        let text = |key: &str| operation.get(key).and_then(Value::as_str).unwrap_or_default();
        let (name, path) = (text("op"), text("path"));
        let value = operation.get("value").cloned().unwrap_or_default();
        // 2. Where it takes place: a key or a number inside its parent (RFC 6901).
        let (parent, key) = path.rsplit_once('/').ok_or_else(|| format!("{path}: no path"))?;
        let key = key.replace("~1", "/").replace("~0", "~");
        let parent = target
            .pointer_mut(parent)
            .ok_or_else(|| format!("{name} operation does not apply: doc is missing path: {path:?}: missing value"))?;
        // 3. What it does there.
        match (parent, name) {
            (Value::Object(map), "add" | "replace") => drop(map.insert(key, value)),
            (Value::Object(map), "remove") => {
                map.remove(&key).ok_or_else(|| {
                    format!("remove operation does not apply: doc is missing key: {path}: missing value")
                })?;
            }
            (Value::Object(map), "test") if map.get(&key) == Some(&value) => {}
            (Value::Array(list), "add") if key == "-" => list.push(value),
            (Value::Array(list), name) => {
                let at: usize = key.parse().map_err(|_| format!("{path}: no place in a list"))?;
                match name {
                    "add" if at <= list.len() => list.insert(at, value),
                    "replace" if at < list.len() => {
                        if let Some(own) = list.get_mut(at) {
                            *own = value;
                        }
                    }
                    "remove" if at < list.len() => drop(list.remove(at)),
                    "test" if list.get(at) == Some(&value) => {}
                    _ => return Err(format!("{name} operation does not apply: {path}")),
                }
            }
            _ => return Err(format!("{name} operation does not apply: {path}")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn patches_change_what_they_name() {
        let object = json!({"spec": {"replicas": 1, "template": {"spec": {"containers": [{"name": "a", "image": "x"}, {"name": "b", "image": "y"}]}}}});
        let mut patched = object.clone();
        let patch = json!({"spec": {"template": {"spec": {"containers": [{"name": "b", "image": "z"}, {"name": "c", "image": "w"}]}}}});
        strategic_patch(&mut patched, &patch, PatchedOrder::Behind);
        assert_eq!(patched.pointer("/spec/template/spec/containers/1/image"), Some(&json!("z")));
        assert_eq!(patched.pointer("/spec/template/spec/containers/2/name"), Some(&json!("c")));
        let mut patched = object.clone();
        merge_patch(&mut patched, &json!({"spec": {"replicas": null, "paused": true}}));
        assert_eq!((patched.pointer("/spec/replicas"), patched.pointer("/spec/paused")), (None, Some(&json!(true))));
        let mut patched = object.clone();
        json_patch(&mut patched, &json!([{"op": "replace", "path": "/spec/replicas", "value": 3}])).unwrap();
        assert_eq!(patched.pointer("/spec/replicas"), Some(&json!(3)));
        assert!(json_patch(&mut patched, &json!([{"op": "remove", "path": "/spec/none"}])).is_err());
    }
}
