//! Fields by their paths (kustomize, filters/fieldspec): `spec/template/metadata/labels`, through lists to every element.
//! `~1` stands for a slash in a key.

use serde_json::{Map, Value};

/// Visits whatever stands at a path; elements of a list one by one. With `creates`, maps that are missing on the way are made,
/// but no list (`volumeClaimTemplates[]`).
pub fn visit_field(value: &mut Value, path: &str, creates: bool, act: &mut dyn FnMut(&mut Value)) {
    if let Value::Array(list) = value {
        list.iter_mut().for_each(|element| visit_field(element, path, creates, act));
        return;
    }
    let (key, rest) = path.split_once('/').unwrap_or((path, ""));
    if key.is_empty() {
        act(value);
        return;
    }
    let (name, is_list) = (key.trim_end_matches("[]").replace("~1", "/"), key.ends_with("[]"));
    if value.is_null() && creates {
        *value = Value::Object(Map::new());
    }
    let Some(map) = value.as_object_mut() else { return };
    if creates && !is_list && map.get(&name).is_none_or(Value::is_null) {
        map.insert(name.clone(), if rest.is_empty() { Value::Null } else { Value::Object(Map::new()) });
    }
    if let Some(next) = map.get_mut(&name) {
        visit_field(next, rest, creates, act);
    }
}
