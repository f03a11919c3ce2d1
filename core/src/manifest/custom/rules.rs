//! Rules in CEL, from the outside in (apiserver/schema/cel/validation.go).

use serde_json::Value;

use super::{CustomErrors, shown};
use crate::model::{KubernetesVersion, Path};
use crate::schema::{CelRule, Definition};

pub(super) fn validate(value: &Value, schema: &Definition, at: &Path<'_>, refusals: &mut CustomErrors<'_>) {
    if *value == Value::Null {
        return;
    }
    schema.rules.iter().for_each(|rule| apply(rule, value, schema, at, refusals));
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
            for (index, element) in elements.iter().enumerate() {
                schema.items.iter().for_each(|items| validate(element, items, &at.index(index), refusals));
            }
        }
        _ => {}
    }
}

fn apply(rule: &CelRule, value: &Value, schema: &Definition, at: &Path<'_>, refusals: &mut CustomErrors<'_>) {
    let Some(expression) = rule.rule.expression() else { return };
    let message = rule.message.clone().unwrap_or_else(|| format!("failed rule: {}", rule.rule.source.trim()));
    let kind = schema.kind.as_deref().unwrap_or_default();
    let told = expression.holds(value);
    let words = match &told {
        Ok(true) => return,
        Err(error) => format!("Invalid value: {kind:?}: {error} evaluating rule: {message}"),
        // 1.36 leaves out the type that stood for the value.
        Ok(false) if matches!(kind, "object" | "array") && refusals.version >= KubernetesVersion::V1_37 => {
            format!("Invalid value: {message}")
        }
        Ok(false) if refusals.version >= KubernetesVersion::V1_37 => {
            format!("Invalid value: {}: {message}", shown(value))
        }
        Ok(false) => format!("Invalid value: {kind:?}: {message}"),
    };
    match rule.field_path.as_ref().map(|path| path.trim_start_matches('.')).filter(|_| told.is_ok()) {
        Some(field) => refusals.push(&at.field(field), false, &words),
        None => refusals.push(at, false, &words),
    }
}
