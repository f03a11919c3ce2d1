//! The functions of templates (text/template, funcs.go), and kubectl's own two, `exists` and `base64decode`.

use std::cmp::Ordering;

use serde_json::Value;

use super::super::jsonpath::go_text;
use super::{is_true, shown};
use crate::model::base64;

const KNOWN: [&str; 18] = [
    "and",
    "base64decode",
    "eq",
    "exists",
    "ge",
    "gt",
    "html",
    "index",
    "le",
    "len",
    "lt",
    "ne",
    "not",
    "or",
    "print",
    "printf",
    "println",
    "urlquery",
];

pub(super) fn is_known(name: &str) -> bool {
    KNOWN.contains(&name)
}

pub(super) fn call(name: &str, arguments: &[Value]) -> Result<Value, String> {
    let first = arguments.first();
    let missing = || format!("wrong number of args for {name}: want at least 1 got 0");
    Ok(match name {
        "and" | "or" => arguments.last().cloned().ok_or_else(missing)?,
        "not" => Value::Bool(!is_true(first.ok_or_else(missing)?)),
        "len" => length(first.ok_or_else(missing)?)?,
        "index" => index(first.ok_or_else(missing)?, arguments.get(1..).unwrap_or_default())?,
        "exists" => {
            let inside = index(first.ok_or_else(missing)?, arguments.get(1..).unwrap_or_default());
            Value::Bool(inside.is_ok_and(|found| !found.is_null()))
        }
        "eq" | "ne" | "lt" | "le" | "gt" | "ge" => {
            let (left, rest) = arguments.split_first().filter(|(_, rest)| !rest.is_empty()).ok_or_else(missing)?;
            Value::Bool(compared(name, left, rest)?)
        }
        "print" => Value::from(printed(arguments)),
        "println" => {
            let all: Vec<String> = arguments.iter().map(shown).collect();
            Value::from(format!("{}\n", all.join(" ")))
        }
        "printf" => {
            let format = first.and_then(Value::as_str).ok_or_else(missing)?;
            Value::from(formatted(format, arguments.get(1..).unwrap_or_default()))
        }
        "base64decode" => {
            let text = first.and_then(Value::as_str).ok_or_else(missing)?;
            let bytes = base64::decode(text);
            let bytes = bytes.ok_or_else(|| "base64 decode failed: illegal base64 data at input byte 0".to_owned())?;
            Value::from(String::from_utf8_lossy(&bytes).into_owned())
        }
        "html" | "urlquery" => Value::from(printed(arguments)),
        _ => return Err(format!("function {name:?} not defined")),
    })
}

fn length(value: &Value) -> Result<Value, String> {
    Ok(Value::from(match value {
        Value::Array(list) => list.len(),
        Value::Object(map) => map.len(),
        Value::String(text) => text.len(),
        Value::Null => return Err("error calling len: len of nil pointer".to_owned()),
        other => return Err(format!("error calling len: len of type {}", go_text(other))),
    }))
}

fn index(value: &Value, keys: &[Value]) -> Result<Value, String> {
    let mut value = value;
    for key in keys {
        let inner = match (value, key) {
            (Value::Array(list), Value::Number(number)) => {
                let at = number.as_u64().and_then(|at| usize::try_from(at).ok());
                let wrong = || format!("error calling index: error index out of range: {number}");
                list.get(at.ok_or_else(wrong)?).ok_or_else(wrong)?
            }
            (Value::Object(map), Value::String(key)) => map.get(key).unwrap_or(&Value::Null),
            (Value::Null, _) => return Err("error calling index: index of untyped nil".to_owned()),
            (other, _) => return Err(format!("error calling index: can't index item of type {}", go_text(other))),
        };
        value = inner;
    }
    Ok(value.clone())
}

fn compared(name: &str, left: &Value, rest: &[Value]) -> Result<bool, String> {
    let order = |right: &Value| match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64().partial_cmp(&right.as_f64()),
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        (Value::Bool(left), Value::Bool(right)) => Some(left.cmp(right)),
        (left, right) if left.is_null() || right.is_null() => Some(left.is_null().cmp(&right.is_null())),
        _ => None,
    };
    let wrong = || format!("error calling {name}: incompatible types for comparison");
    let mut orders = Vec::new();
    for right in rest {
        orders.push(order(right).ok_or_else(wrong)?);
    }
    let first = orders.first().copied().unwrap_or(Ordering::Equal);
    Ok(match name {
        "eq" => orders.contains(&Ordering::Equal),
        "ne" => first.is_ne(),
        "lt" => first.is_lt(),
        "le" => first.is_le(),
        "gt" => first.is_gt(),
        _ => first.is_ge(),
    })
}

/// Blanks stand between what isn't text (fmt.Sprint).
fn printed(arguments: &[Value]) -> String {
    let mut text = String::new();
    let mut was_text = true;
    for (number, argument) in arguments.iter().enumerate() {
        if number > 0 && !was_text && !argument.is_string() {
            text.push(' ');
        }
        was_text = argument.is_string();
        text.push_str(&shown(argument));
    }
    text
}

/// `%s`, `%v`, `%d`, `%q` with a width (fmt.Sprintf).
fn formatted(format: &str, arguments: &[Value]) -> String {
    let (mut text, mut arguments) = (String::new(), arguments.iter());
    let mut letters = format.chars().peekable();
    while let Some(letter) = letters.next() {
        // 1. What stands for itself.
        if letter != '%' {
            text.push(letter);
            continue;
        }
        // 2. Flags, width and verb.
        let (mut left, mut width) = (false, String::new());
        while let Some(next) = letters.next_if(|next| *next == '-' || next.is_ascii_digit()) {
            if next == '-' { left = true } else { width.push(next) }
        }
        let Some(verb) = letters.next() else { break };
        if verb == '%' {
            text.push('%');
            continue;
        }
        // 3. The argument, filled up to its width.
        let shown = match (verb, arguments.next()) {
            (_, None) => format!("%!{verb}(MISSING)"),
            ('q', Some(argument)) => format!("{:?}", shown(argument)),
            (_, Some(argument)) => shown(argument),
        };
        let blanks = width.parse().unwrap_or(0_usize).min(1000).saturating_sub(shown.chars().count());
        let blanks = " ".repeat(blanks);
        text.push_str(&if left { shown + &blanks } else { blanks + &shown });
    }
    text
}
