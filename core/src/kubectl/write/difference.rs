//! From one form of an object to another: the changes between.

use serde_json::Value;

use crate::change::Change;
use crate::source::{FieldPath, ObjectRef};

/// The fields that differ, each as a change of its own, so that what stands beside them in the texts stays.
pub fn differences(object: &ObjectRef, old: &Value, new: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    compare(object, &FieldPath::root(), old, new, &mut changes);
    changes
}

fn compare(object: &ObjectRef, path: &FieldPath, old: &Value, new: &Value, changes: &mut Vec<Change>) {
    match (old, new) {
        (old, new) if old == new => {}
        (Value::Object(old), Value::Object(new)) if !old.is_empty() || path.is_root() => {
            for (key, value) in new {
                match old.get(key) {
                    Some(before) => compare(object, &path.key(key), before, value, changes),
                    None => changes.push(Change::Set(object.clone(), path.key(key), Some(value.clone()))),
                }
            }
            for key in old.keys().filter(|key| !new.contains_key(*key)) {
                changes.push(Change::Set(object.clone(), path.key(key), None));
            }
        }
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            for (index, (before, value)) in old.iter().zip(new).enumerate() {
                // An element itself is no entry that could be set.
                match (before, value) {
                    (before, value) if before == value => {}
                    (Value::Object(_), Value::Object(_)) => compare(object, &path.index(index), before, value, changes),
                    _ => {
                        changes.push(Change::Set(object.clone(), path.clone(), Some(new.clone().into())));
                        return;
                    }
                }
            }
        }
        (_, new) => changes.push(Change::Set(object.clone(), path.clone(), Some(new.clone()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_differs_is_changed() {
        let reference = ObjectRef::namespaced("Deployment", "default", "web");
        let old = json!({"spec": {"a": 1, "b": 2, "list": [{"name": "x", "image": "1"}]}});
        let new = json!({"spec": {"a": 1, "c": 3, "list": [{"name": "x", "image": "2"}]}});
        let changed: Vec<String> = differences(&reference, &old, &new)
            .iter()
            .map(|change| match change {
                Change::Set(_, path, value) => format!("{path}={value:?}"),
                other => format!("{other:?}"),
            })
            .collect();
        assert_eq!(changed.len(), 3, "{changed:?}");
    }
}
