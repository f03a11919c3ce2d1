//! Lists that are sets, or maps by some of their fields: no two elements alike (apiserver/schema/listtype/validation.go).

use serde_json::{Map, Value};

use super::CustomErrors;
use crate::model::Path;
use crate::schema::Definition;

pub(super) fn validate(value: &Value, schema: &Definition, at: &Path<'_>, refusals: &mut CustomErrors<'_>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let field = schema.properties.get(name).or(schema.additional_properties.as_deref());
                if let Some(field) = field {
                    validate(value, field, &at.field(name), refusals);
                }
            }
        }
        Value::Array(elements) => {
            match schema.list_type.as_deref() {
                Some("set") => unique(elements, at, refusals),
                Some("map") => unique_by_keys(elements, &schema.list_keys, at, refusals),
                _ => {}
            }
            if let Some(items) = &schema.items {
                for (index, element) in elements.iter().enumerate() {
                    validate(element, items, &at.index(index), refusals);
                }
            }
        }
        _ => {}
    }
}

/// Of equal elements the second is named, and no later one.
fn unique(elements: &[Value], at: &Path<'_>, refusals: &mut CustomErrors<'_>) {
    for (index, element) in elements.iter().enumerate() {
        let before = elements.iter().take(index).filter(|other| *other == element).count();
        if before == 1 {
            refusals.push(&at.index(index), false, &format!("Duplicate value: {element}"));
        }
    }
}

fn unique_by_keys(elements: &[Value], keys: &[String], at: &Path<'_>, refusals: &mut CustomErrors<'_>) {
    let other = elements.iter().enumerate().find(|(_, element)| !element.is_object() && !element.is_null());
    if let Some((index, element)) = other {
        return refusals.invalid(&at.index(index), element, "must be an object for an array of list-type map");
    }
    let keys_of = |element: &Value| -> Value {
        let fields = keys.iter().filter_map(|key| Some((key.clone(), element.get(key)?.clone())));
        Value::Object(fields.collect::<Map<_, _>>())
    };
    let keys: Vec<Value> = elements.iter().map(keys_of).collect();
    unique(&keys, at, refusals);
}
