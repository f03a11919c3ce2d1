//! What a jq filter makes of a value.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::{JqFilter, JqVariables};
use crate::model::base64;
use crate::order::Order;

/// How many values a filter may give.
const VALUES: usize = 100_000;

type Values = Result<Vec<Value>, String>;

/// The functions, with how many arguments each takes.
#[rustfmt::skip]
const FUNCTIONS: [(&str, usize); 48] = [
    ("length", 0), ("keys", 0), ("values", 0), ("add", 0), ("not", 0), ("empty", 0), ("type", 0), ("tostring", 0),
    ("tonumber", 0), ("tojson", 0), ("fromjson", 0), ("first", 0), ("last", 0), ("sort", 0), ("unique", 0),
    ("reverse", 0), ("flatten", 0), ("min", 0), ("max", 0), ("any", 0), ("all", 0), ("to_entries", 0),
    ("from_entries", 0), ("ascii_downcase", 0), ("ascii_upcase", 0), ("@base64", 0), ("@base64d", 0), ("@csv", 0),
    ("@tsv", 0), ("@json", 0), ("@text", 0), ("map", 1), ("select", 1), ("has", 1), ("contains", 1), ("test", 1),
    ("startswith", 1), ("endswith", 1), ("split", 1), ("join", 1), ("sort_by", 1), ("group_by", 1), ("unique_by", 1),
    ("with_entries", 1), ("ltrimstr", 1), ("rtrimstr", 1), ("any", 1), ("all", 1),
];

/// Whether there is such a function.
pub fn is_function(name: &str, arguments: usize) -> bool {
    FUNCTIONS.contains(&(name, arguments))
}

/// All values that a filter gives.
pub fn evaluate(filter: &JqFilter, input: &Value, variables: &JqVariables) -> Values {
    let values = match filter {
        JqFilter::Identity => vec![input.clone()],
        JqFilter::Literal(value) => vec![value.clone()],
        JqFilter::Variable(name) => {
            vec![variables.get(name).cloned().ok_or_else(|| format!("${name} is not defined"))?]
        }
        JqFilter::Descend => {
            let mut all = Vec::new();
            descend(input, &mut all);
            all
        }
        JqFilter::Index(of, index) => {
            let mut all = Vec::new();
            for value in evaluate(of, input, variables)? {
                for index in evaluate(index, input, variables)? {
                    all.push(indexed(&value, &index)?);
                }
            }
            all
        }
        JqFilter::Slice(of, from, to) => {
            each(evaluate(of, input, variables)?, |value| Ok(vec![slice(&value, *from, *to)]))?
        }
        JqFilter::Iterate(of) => each(evaluate(of, input, variables)?, |value| elements(&value))?,
        JqFilter::Try(of) => evaluate(of, input, variables).unwrap_or_default(),
        JqFilter::Pipe(left, right) => {
            each(evaluate(left, input, variables)?, |value| evaluate(right, &value, variables))?
        }
        JqFilter::Comma(left, right) => {
            let mut all = evaluate(left, input, variables)?;
            all.extend(evaluate(right, input, variables)?);
            all
        }
        JqFilter::Bind(value, name, rest) => each(evaluate(value, input, variables)?, |value| {
            let mut more = variables.clone();
            more.insert(name.clone(), value);
            evaluate(rest, input, &more)
        })?,
        JqFilter::Interpolated(parts) => {
            let mut text = String::new();
            for part in parts {
                for value in evaluate(part, input, variables)? {
                    text.push_str(&as_text(&value));
                }
            }
            vec![text.into()]
        }
        JqFilter::Array(None) => vec![json!([])],
        JqFilter::Array(Some(inner)) => vec![evaluate(inner, input, variables)?.into()],
        JqFilter::Object(entries) => objects(entries, input, variables)?,
        JqFilter::If(condition, then, otherwise) => each(evaluate(condition, input, variables)?, |value| {
            evaluate(if is_true(&value) { then } else { otherwise }, input, variables)
        })?,
        JqFilter::Binary("//", left, right) => {
            let found: Vec<Value> = evaluate(left, input, variables).unwrap_or_default();
            let found: Vec<Value> = found.into_iter().filter(is_true).collect();
            if found.is_empty() { evaluate(right, input, variables)? } else { found }
        }
        JqFilter::Binary(sign, left, right) => each(evaluate(left, input, variables)?, |left| {
            each(evaluate(right, input, variables)?, |right| Ok(vec![combined(sign, &left, &right)?]))
        })?,
        JqFilter::Call(name, args) => called(name, args, input, variables)?,
    };
    if values.len() > VALUES { Err("too many values".to_owned()) } else { Ok(values) }
}

fn each(values: Vec<Value>, of: impl Fn(Value) -> Values) -> Values {
    let mut all = Vec::new();
    for value in values {
        all.extend(of(value)?);
        if all.len() > VALUES {
            return Err("too many values".to_owned());
        }
    }
    Ok(all)
}

fn descend(value: &Value, all: &mut Vec<Value>) {
    all.push(value.clone());
    for inner in elements(value).unwrap_or_default() {
        descend(&inner, all);
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn indexed(value: &Value, index: &Value) -> Result<Value, String> {
    match (value, index) {
        (Value::Null, _) => Ok(Value::Null),
        (Value::Object(map), Value::String(key)) => Ok(map.get(key).cloned().unwrap_or_default()),
        (Value::Array(list), Value::Number(number)) => {
            let number = number.as_i64().unwrap_or_default();
            let at = if number < 0 { number + list.len() as i64 } else { number };
            Ok(usize::try_from(at).ok().and_then(|at| list.get(at)).cloned().unwrap_or_default())
        }
        (value, Value::String(key)) => Err(format!("Cannot index {} with \"{key}\"", kind(value))),
        (value, index) => Err(format!("Cannot index {} with {}", kind(value), kind(index))),
    }
}

fn slice(value: &Value, from: Option<i64>, to: Option<i64>) -> Value {
    let bounds = |length: usize| {
        let place =
            |bound: i64| (if bound < 0 { bound + length as i64 } else { bound }).clamp(0, length as i64) as usize;
        (from.map_or(0, place), to.map_or(length, place))
    };
    match value {
        Value::Array(list) => {
            let (from, to) = bounds(list.len());
            list.get(from..to.max(from)).unwrap_or_default().to_vec().into()
        }
        Value::String(text) => {
            let (from, to) = bounds(text.chars().count());
            text.chars().skip(from).take(to.saturating_sub(from)).collect::<String>().into()
        }
        _ => Value::Null,
    }
}

fn elements(value: &Value) -> Values {
    match value {
        Value::Array(list) => Ok(list.clone()),
        Value::Object(map) => Ok(map.values().cloned().collect()),
        other => Err(format!("Cannot iterate over {}", kind(other))),
    }
}

fn objects(entries: &[(JqFilter, JqFilter)], input: &Value, variables: &JqVariables) -> Values {
    let mut all = vec![Map::new()];
    for (key, value) in entries {
        let keys = evaluate(key, input, variables)?;
        let values = evaluate(value, input, variables)?;
        let mut more = Vec::new();
        for map in &all {
            for key in &keys {
                for value in &values {
                    let mut map = map.clone();
                    map.insert(as_text(key), value.clone());
                    more.push(map);
                }
            }
        }
        all = more;
    }
    Ok(all.into_iter().map(Value::Object).collect())
}

fn is_true(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(false))
}

fn as_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// jq's order: null, false, true, numbers, texts, lists, objects.
fn compare(left: &Value, right: &Value) -> Ordering {
    let rank = |value: &Value| match value {
        Value::Null => 0,
        Value::Bool(false) => 1,
        Value::Bool(true) => 2,
        Value::Number(_) => 3,
        Value::String(_) => 4,
        Value::Array(_) => 5,
        Value::Object(_) => 6,
    };
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => {
            left.as_f64().unwrap_or_default().total_cmp(&right.as_f64().unwrap_or_default())
        }
        (Value::String(left), Value::String(right)) => left.cmp(right),
        (Value::Array(left), Value::Array(right)) => {
            let orders = left.iter().zip(right).map(|(left, right)| compare(left, right));
            orders.into_iter().find(|order| order.is_ne()).unwrap_or(left.len().cmp(&right.len()))
        }
        (Value::Object(_), Value::Object(_)) => left.to_string().cmp(&right.to_string()),
        _ => rank(left).cmp(&rank(right)),
    }
}

fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 1e15 { Value::from(value as i64) } else { Value::from(value) }
}

fn combined(sign: &str, left: &Value, right: &Value) -> Result<Value, String> {
    let order = || compare(left, right);
    Ok(match sign {
        "==" => order().is_eq().into(),
        "!=" => order().is_ne().into(),
        "<" => order().is_lt().into(),
        ">" => order().is_gt().into(),
        "<=" => order().is_le().into(),
        ">=" => order().is_ge().into(),
        "and" => (is_true(left) && is_true(right)).into(),
        "or" => (is_true(left) || is_true(right)).into(),
        "+" => return added(left, right),
        _ => match (left.as_f64(), right.as_f64(), sign) {
            (Some(left), Some(right), "-") => number(left - right),
            (Some(left), Some(right), "*") => number(left * right),
            (Some(left), Some(right), "/") if right != 0.0 => number(left / right),
            (Some(left), Some(right), "%") if right != 0.0 => number(left % right),
            _ => return Err(format!("{} and {} cannot be combined by {sign}", kind(left), kind(right))),
        },
    })
}

fn added(left: &Value, right: &Value) -> Result<Value, String> {
    Ok(match (left, right) {
        (Value::Null, other) | (other, Value::Null) => other.clone(),
        (Value::Number(left), Value::Number(right)) => {
            number(left.as_f64().unwrap_or_default() + right.as_f64().unwrap_or_default())
        }
        (Value::String(left), Value::String(right)) => format!("{left}{right}").into(),
        (Value::Array(left), Value::Array(right)) => left.iter().chain(right).cloned().collect(),
        (Value::Object(left), Value::Object(right)) => {
            let all = left.iter().chain(right).map(|(key, value)| (key.clone(), value.clone()));
            Value::Object(all.collect())
        }
        _ => return Err(format!("{} and {} cannot be added", kind(left), kind(right))),
    })
}

/// The first value of an argument, as a text.
fn text_of(args: &[JqFilter], input: &Value, variables: &JqVariables) -> Result<String, String> {
    let filter = args.first().unwrap_or(&JqFilter::Identity);
    Ok(evaluate(filter, input, variables)?.first().map(as_text).unwrap_or_default())
}

fn called(name: &str, args: &[JqFilter], input: &Value, variables: &JqVariables) -> Values {
    let argument = args.first().unwrap_or(&JqFilter::Identity);
    let text = || text_of(args, input, variables);
    let own = || input.as_str().unwrap_or_default();
    let keyed = |value: &Value| evaluate(argument, value, variables).map(Value::from).unwrap_or_default();
    let sorted = || {
        let mut list: Vec<(Value, Value)> =
            elements(input).unwrap_or_default().into_iter().map(|value| (keyed(&value), value)).collect();
        list.order_by(|left, right| compare(&left.0, &right.0));
        list
    };
    let values = || sorted().into_iter().map(|(_, value)| value);
    let one = |value: Value| Ok(vec![value]);
    match name {
        "length" => one(match input {
            Value::Null => 0.into(),
            Value::String(text) => text.chars().count().into(),
            Value::Array(list) => list.len().into(),
            Value::Object(map) => map.len().into(),
            other => other.clone(),
        }),
        "keys" => match input {
            Value::Object(map) => one(map.keys().cloned().collect::<Vec<_>>().into()),
            Value::Array(list) => one((0..list.len()).collect::<Vec<_>>().into()),
            other => Err(format!("{} has no keys", kind(other))),
        },
        "values" => Ok(if input.is_null() { Vec::new() } else { vec![input.clone()] }),
        "add" => one(elements(input)?.iter().try_fold(Value::Null, |sum, value| added(&sum, value))?),
        "not" => one((!is_true(input)).into()),
        "empty" => Ok(Vec::new()),
        "type" => one(kind(input).into()),
        "tostring" | "@text" => one(as_text(input).into()),
        "tojson" | "@json" => one(input.to_string().into()),
        "fromjson" => one(serde_json::from_str(own()).map_err(|error| error.to_string())?),
        "tonumber" => match input {
            Value::Number(_) => one(input.clone()),
            other => one(number(as_text(other).parse().map_err(|_| format!("{other} cannot be parsed as a number"))?)),
        },
        "first" => one(indexed(input, &json!(0))?),
        "last" => one(indexed(input, &json!(-1))?),
        "sort" | "sort_by" => one(values().collect()),
        "reverse" => one(elements(input)?.into_iter().rev().collect()),
        "min" => one(values().next().unwrap_or_default()),
        "max" => one(values().next_back().unwrap_or_default()),
        "unique" | "unique_by" | "group_by" => {
            let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
            for (key, value) in sorted() {
                match groups.last_mut().filter(|(last, _)| *last == key) {
                    Some((_, group)) => group.push(value),
                    None => groups.push((key, vec![value])),
                }
            }
            one(match name {
                "group_by" => groups.into_iter().map(|(_, group)| Value::from(group)).collect(),
                _ => groups.into_iter().filter_map(|(_, group)| group.into_iter().next()).collect(),
            })
        }
        "flatten" => {
            let flat = elements(input)?.into_iter().flat_map(|value| match value {
                Value::Array(list) => list,
                other => vec![other],
            });
            one(flat.collect())
        }
        "any" | "all" => {
            let mut all = elements(input)?.into_iter().map(|value| match args.is_empty() {
                true => is_true(&value),
                false => evaluate(argument, &value, variables).is_ok_and(|values| values.iter().any(is_true)),
            });
            one(if name == "any" { all.any(|it| it) } else { all.all(|it| it) }.into())
        }
        "to_entries" => match input {
            Value::Object(map) => one(map.iter().map(|(key, value)| json!({"key": key, "value": value})).collect()),
            other => Err(format!("{} has no keys", kind(other))),
        },
        "from_entries" => one(from_entries(elements(input)?)),
        "with_entries" => {
            let entries = called("to_entries", &[], input, variables)?;
            let entries = each(entries, |list| elements(&list))?;
            one(from_entries(each(entries, |entry| evaluate(argument, &entry, variables))?))
        }
        "map" => one(each(elements(input)?, |value| evaluate(argument, &value, variables))?.into()),
        "select" => {
            let keeps = evaluate(argument, input, variables)?.iter().filter(|value| is_true(value)).count();
            Ok(vec![input.clone(); keeps])
        }
        "has" => {
            let index = evaluate(argument, input, variables)?.into_iter().next().unwrap_or_default();
            one(match (input, &index) {
                (Value::Object(map), Value::String(key)) => map.contains_key(key),
                (Value::Array(list), Value::Number(at)) => at.as_u64().is_some_and(|at| at < list.len() as u64),
                _ => false,
            }
            .into())
        }
        "contains" => {
            let part = evaluate(argument, input, variables)?.into_iter().next().unwrap_or_default();
            one(contains(input, &part).into())
        }
        "test" => {
            let typed = text()?;
            let pattern = regex_lite::Regex::new(&typed).map_err(|_| format!("{typed} is not a valid regex"))?;
            one(pattern.is_match(own()).into())
        }
        "startswith" => one(own().starts_with(&text()?).into()),
        "endswith" => one(own().ends_with(&text()?).into()),
        "ltrimstr" => one(own().strip_prefix(&text()?).unwrap_or(own()).into()),
        "rtrimstr" => one(own().strip_suffix(&text()?).unwrap_or(own()).into()),
        "split" => one(own().split(&text()?).collect::<Vec<_>>().into()),
        "join" => {
            let parts: Vec<String> = elements(input)?
                .iter()
                .map(|value| if value.is_null() { String::new() } else { as_text(value) })
                .collect();
            one(parts.join(&text()?).into())
        }
        "ascii_downcase" => one(own().to_ascii_lowercase().into()),
        "ascii_upcase" => one(own().to_ascii_uppercase().into()),
        "@base64" => one(base64::encode(&as_text(input)).into()),
        "@base64d" => one(base64::decode_text(own()).ok_or("not valid base64 data")?.into()),
        "@tsv" => one(elements(input)?.iter().map(as_text).collect::<Vec<_>>().join("\t").into()),
        "@csv" => {
            let cells = elements(input)?.into_iter().map(|value| match value {
                Value::String(text) => format!("\"{}\"", text.replace('"', "\"\"")),
                other => other.to_string(),
            });
            one(cells.collect::<Vec<_>>().join(",").into())
        }
        other => Err(format!("{other} isn't understood here")),
    }
}

fn from_entries(entries: Vec<Value>) -> Value {
    let pairs = entries.into_iter().map(|entry| {
        let key = ["key", "name", "k"].into_iter().find_map(|key| entry.get(key)).map(as_text).unwrap_or_default();
        (key, entry.get("value").cloned().unwrap_or_default())
    });
    Value::Object(pairs.collect())
}

fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::String(whole), Value::String(part)) => whole.contains(part.as_str()),
        (Value::Array(whole), Value::Array(part)) => part.iter().all(|part| whole.iter().any(|it| contains(it, part))),
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, part)| whole.get(key).is_some_and(|it| contains(it, part)))
        }
        (whole, part) => whole == part,
    }
}
