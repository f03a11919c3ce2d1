//! Values against their schema, with the words of kube-openapi (pkg/validation/validate).

use serde_json::Value;

use super::{CustomErrors, is_object_meta, shown};
use crate::model::Path;
use crate::schema::Definition;

/// Everything that breaks the schema, from the outside in.
pub(super) fn validate(value: &Value, schema: &Definition, at: &Path<'_>, refusals: &mut CustomErrors<'_>) {
    types(value, schema, at, refusals);
    if *value == Value::Null {
        return enumeration(value, schema, at, refusals);
    }
    alternatives(value, schema, at, refusals);
    match value {
        Value::String(text) => text_form(text, schema, at, refusals),
        Value::Number(_) => number(value, schema, at, refusals),
        Value::Array(elements) => list(elements, schema, at, refusals),
        _ => {}
    }
    enumeration(value, schema, at, refusals);
    if let Value::Object(fields) = value {
        object(fields, schema, at, refusals);
    }
}

/// What JSON Schema calls a value's type, and Go's format of it.
fn type_of(value: &Value) -> (&'static str, &'static str) {
    match value {
        Value::Null => ("null", ""),
        Value::Bool(_) => ("boolean", ""),
        Value::Number(number) if number.is_f64() => ("number", "float64"),
        Value::Number(_) => ("integer", "int64"),
        Value::String(_) => ("string", ""),
        Value::Array(_) => ("array", ""),
        Value::Object(_) => ("object", ""),
    }
}

fn is_whole(value: &Value) -> bool {
    value.as_f64().is_some_and(|number| number.fract() == 0.0 && number.abs() < 9e15)
}

/// validate/type.go
fn types(value: &Value, schema: &Definition, at: &Path<'_>, refusals: &mut CustomErrors<'_>) {
    let wanted: &[&str] = match (schema.int_or_string, schema.kind.as_deref()) {
        (true, _) => &["integer", "string"],
        (false, Some(kind)) => &[kind],
        (false, None) => return format(value, schema, at, refusals),
    };
    let (found, found_format) = type_of(value);
    let whole = found == "number" && is_whole(value) && wanted.contains(&"integer");
    let fits = wanted.contains(&found) || whole || (found == "integer" && wanted.contains(&"number"));
    let nullable = *value == Value::Null && schema.nullable;
    if fits || nullable {
        return format(value, schema, at, refusals);
    }
    match (&schema.format, value) {
        (Some(format), Value::Bool(_) | Value::Number(_) | Value::Object(_)) => {
            wrong_type(format, found_format, at, refusals);
        }
        // A text's own format is looked at later.
        (Some(_), Value::String(_) | Value::Array(_))
            if !wanted.iter().any(|it| matches!(*it, "integer" | "number")) => {}
        _ => wrong_type(&wanted.join(","), found, at, refusals),
    }
}

fn wrong_type(wanted: &str, found: &str, at: &Path<'_>, refusals: &mut CustomErrors<'_>) {
    let path = at.to_field_path();
    let words = format!("{path} in body must be of type {wanted}: {found:?}");
    refusals.push(at, true, &format!("Invalid value: {found:?}: {words}"));
}

/// Formats of texts (apiextensions-apiserver, validation/formats.go); of those that definitions use.
fn format(value: &Value, schema: &Definition, at: &Path<'_>, refusals: &mut CustomErrors<'_>) {
    let (Some(format), Value::String(text)) = (schema.format.as_deref(), value) else { return };
    let fits = match format {
        "ipv4" => text.parse::<std::net::Ipv4Addr>().is_ok(),
        "ipv6" => text.parse::<std::net::Ipv6Addr>().is_ok(),
        "cidr" => text.parse::<ipnet::IpNet>().is_ok(),
        _ => true,
    };
    if !fits {
        let words = format!("{} in body must be of type {format}: {text:?}", at.to_field_path());
        refusals.push(at, true, &format!("Invalid value: {text:?}: {words}"));
    }
}

/// anyOf, oneOf, allOf, not (validate/schema_props.go).
fn alternatives(value: &Value, schema: &Definition, at: &Path<'_>, refusals: &mut CustomErrors<'_>) {
    let name = || format!("{:?}", at.to_field_path().to_string());
    if !schema.any_of.is_empty() && !schema.any_of.iter().any(|one| fits(value, one, refusals)) {
        refusals.nowhere("\"\"", &format!("{} must validate at least one schema (anyOf)", name()));
        schema.any_of.first().into_iter().for_each(|one| validate(value, one, at, refusals));
    }
    if !schema.one_of.is_empty() {
        let fitting = schema.one_of.iter().filter(|one| fits(value, one, refusals)).count();
        let found = match fitting {
            0 => "Found none valid".to_owned(),
            more => format!("Found {more} valid alternatives"),
        };
        if fitting != 1 {
            let words = format!("{} must validate one and only one schema (oneOf). {found}", name());
            refusals.nowhere("\"\"", &words);
        }
        if fitting == 0 {
            schema.one_of.first().into_iter().for_each(|one| validate(value, one, at, refusals));
        }
    }
    schema.all_of.iter().for_each(|one| validate(value, one, at, refusals));
    if schema.not.as_ref().is_some_and(|not| fits(value, not, refusals)) {
        refusals.nowhere("\"\"", &format!("{} must not validate the schema (not)", name()));
    }
}

/// Whether a value keeps a schema, without saying anything.
fn fits(value: &Value, schema: &Definition, refusals: &CustomErrors<'_>) -> bool {
    let mut silent = CustomErrors { errors: Vec::new(), said: Vec::new(), ..*refusals };
    validate(value, schema, &Path::Root, &mut silent);
    silent.errors.is_empty()
}

/// The first of length and pattern that a text breaks.
fn text_form(text: &str, schema: &Definition, at: &Path<'_>, refusals: &mut CustomErrors<'_>) {
    let length = text.chars().count();
    let path = at.to_field_path();
    if let Some(most) = schema.max_length.filter(|most| length > *most) {
        return refusals.push(at, true, &format!("Too long: may not be more than {most} bytes"));
    }
    if let Some(least) = schema.min_length.filter(|least| length < *least) {
        return refusals.invalid(at, &text.into(), &format!("{path} in body should be at least {least} chars long"));
    }
    if let Some(pattern) = &schema.pattern
        && pattern.regex().is_some_and(|regex| !regex.is_match(text))
    {
        refusals.invalid(at, &text.into(), &format!("{path} in body should match '{}'", pattern.source));
    }
}

/// validate/validator.go, numberValidator: the range of the type, then the bounds.
fn number(value: &Value, schema: &Definition, at: &Path<'_>, refusals: &mut CustomErrors<'_>) {
    // 1. What the type and format can hold.
    let path = at.to_field_path();
    let Some(number) = value.as_f64() else { return };
    let format = schema.format.as_deref().unwrap_or_default();
    let holds = |number: f64| match format {
        "int32" => number.fract() == 0.0 && (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&number),
        _ => number.fract() == 0.0 && number.abs() < 9.3e18,
    };
    let named = if format.is_empty() { "(default format)".to_owned() } else { format!("with format {format}") };
    let is_whole = schema.kind.as_deref() == Some("integer");
    // 2. The number and its bounds must fit the type.
    let mut range = |prefix: &str, number: f64| {
        if is_whole && !holds(number) {
            refusals.nowhere("\"\"", &format!("{prefix} value must be of type integer {named} in {path}"));
        }
    };
    range("Checked", number);
    schema.minimum.into_iter().for_each(|bound| range("Minimum boundary", bound));
    schema.maximum.into_iter().for_each(|bound| range("Maximum boundary", bound));
    // 3. The bounds.
    if let Some(least) = schema.minimum.filter(|least| number < *least) {
        refusals.invalid(
            at,
            value,
            &format!("{path} in body should be greater than or equal to {}", shown(&bound(least))),
        );
    }
    if let Some(most) = schema.maximum.filter(|most| number > *most) {
        refusals.invalid(at, value, &format!("{path} in body should be less than or equal to {}", shown(&bound(most))));
    }
}

fn bound(number: f64) -> Value {
    if number.fract() == 0.0 { (number as i64).into() } else { number.into() }
}

fn list(elements: &[Value], schema: &Definition, at: &Path<'_>, refusals: &mut CustomErrors<'_>) {
    for (index, element) in elements.iter().enumerate() {
        if let Some(items) = &schema.items {
            validate(element, items, &at.index(index), refusals);
        }
    }
    if let Some(least) = schema.min_items.filter(|least| elements.len() < *least) {
        let words = format!("{} in body should have at least {least} items", at.to_field_path());
        refusals.invalid(at, &elements.len().into(), &words);
    }
    if let Some(most) = schema.max_items.filter(|most| elements.len() > *most) {
        too_many(elements.len(), most, at, refusals);
    }
}

fn too_many(number: usize, most: usize, at: &Path<'_>, refusals: &mut CustomErrors<'_>) {
    let items = if most == 1 { "item" } else { "items" };
    refusals.push(at, true, &format!("Too many: {number}: must have at most {most} {items}"));
}

fn enumeration(value: &Value, schema: &Definition, at: &Path<'_>, refusals: &mut CustomErrors<'_>) {
    if schema.values.is_empty() || schema.values.contains(value) {
        return;
    }
    let quoted = |value: &Value| value.as_str().map_or_else(|| format!("\"{value}\""), |text| format!("{text:?}"));
    let supported: Vec<String> = schema.values.iter().map(quoted).collect();
    let words = format!("Unsupported value: {}: supported values: {}", shown(value), supported.join(", "));
    refusals.push(at, true, &words);
}

/// validate/object_validator.go
fn object(
    fields: &serde_json::Map<String, Value>,
    schema: &Definition,
    at: &Path<'_>,
    refusals: &mut CustomErrors<'_>,
) {
    let path = at.to_field_path();
    if let Some(least) = schema.min_properties.filter(|least| fields.len() < *least) {
        let words = format!("{path} in body should have at least {least} properties");
        refusals.invalid(at, &fields.len().into(), &words);
    }
    if let Some(most) = schema.max_properties.filter(|most| fields.len() > *most) {
        too_many(fields.len(), most, at, refusals);
    }
    for (name, value) in fields.iter().filter(|(name, _)| !is_object_meta(at, name)) {
        let field = schema.properties.get(name).or(schema.additional_properties.as_deref());
        if let Some(field) = field {
            validate(value, field, &at.field(name), refusals);
        }
    }
    for name in schema.required.iter().filter(|name| !fields.contains_key(*name)) {
        refusals.push(&at.field(name), true, "Required value");
    }
}
