//! Writing into JSON trees: values at paths, and what one tree adds to another.

use serde::Serialize;
use serde_json::{Map, Value};

/// Leaves out what is null.
pub fn without_null(mut value: Value) -> Value {
    if let Some(map) = value.as_object_mut() {
        map.retain(|_, value| !value.is_null());
    }
    value
}

pub fn json<T: Serialize>(value: T) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// A text as JSON; null if it isn't.
pub fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// What stands at a path; maps are made on the way there.
pub fn at<'o>(object: &'o mut Value, path: &[&str]) -> &'o mut Value {
    path.iter().fold(object, |object, key| {
        if !object.is_object() {
            *object = Value::Object(Map::new());
        }
        &mut object[*key]
    })
}

/// Writes a value at a path.
pub fn put(object: &mut Value, path: &[&str], value: impl Serialize) {
    *at(object, path) = json(value);
}

/// Adds what isn't there yet; lists are added to element by element if they are of one length.
pub fn merge(object: &mut Value, more: Value) {
    match (object, more) {
        (Value::Object(map), Value::Object(more)) => {
            for (key, value) in more {
                match map.get_mut(&key) {
                    Some(known) => merge(known, value),
                    None if value.is_null() => {}
                    None => {
                        map.insert(key, value);
                    }
                }
            }
        }
        (Value::Array(list), Value::Array(more)) if list.len() == more.len() => {
            list.iter_mut().zip(more).for_each(|(known, value)| merge(known, value));
        }
        (null @ Value::Null, more) => *null = more,
        _ => {}
    }
}
