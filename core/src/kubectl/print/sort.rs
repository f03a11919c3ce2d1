//! --sort-by (kubectl, pkg/cmd/get/sorter.go).

use std::cmp::Ordering;

use serde_json::Value;

use super::super::jsonpath::JsonPathTemplate;
use super::relaxed_jsonpath;
use crate::model::Quantity;
use crate::order::Order;

/// Puts things in the order of a field of their objects; those without it come first. The error is kubectl's.
pub fn sort<T>(things: Vec<(T, Value)>, field: &str) -> Result<Vec<(T, Value)>, String> {
    let path = relaxed_jsonpath(field)?;
    let template = JsonPathTemplate::parse(&path)?;
    let mut keyed = Vec::with_capacity(things.len());
    for (thing, object) in things {
        let key = template.find(&object)?.first().and_then(|found| found.first().copied().cloned());
        keyed.push((key, (thing, object)));
    }
    let is_time = ["Timestamp}", "Time}", "startedAt}"].iter().any(|end| path.ends_with(end));
    if is_time && keyed.iter().all(|(key, _)| key.is_none()) {
        return Ok(keyed.into_iter().map(|(_, thing)| thing).collect());
    }
    if !keyed.is_empty() && keyed.iter().all(|(key, _)| key.is_none()) {
        return Err(format!("couldn't find any field with path {path:?} in the list of objects"));
    }
    if keyed.iter().any(|(key, _)| key.as_ref().is_some_and(Value::is_object)) {
        return Err("unsortable type: map".to_owned());
    }
    keyed.order_by(|(one, _), (other, _)| compare(one.as_ref(), other.as_ref()));
    Ok(keyed.into_iter().map(|(_, thing)| thing).collect())
}

/// Values of one type by what they are. In a list of several types, or of quantities and other texts, kubectl's order depends
/// on how it happened to compare; here each type stands by itself.
fn compare(one: Option<&Value>, other: Option<&Value>) -> Ordering {
    match (one, other) {
        (Some(Value::Number(one)), Some(Value::Number(other))) => {
            one.as_f64().partial_cmp(&other.as_f64()).unwrap_or(Ordering::Equal)
        }
        (Some(Value::String(one)), Some(Value::String(other))) => match (quantity(one), quantity(other)) {
            (Some(one), Some(other)) => one.cmp(&other),
            (None, None) => natural(one, other),
            (one, other) => other.is_some().cmp(&one.is_some()),
        },
        (Some(Value::Array(one)), Some(Value::Array(other))) => {
            let pairs = one.iter().zip(other).map(|(one, other)| compare(Some(one), Some(other)));
            pairs.chain([one.len().cmp(&other.len())]).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        }
        (one, other) => rank(one).cmp(&rank(other)),
    }
}

fn rank(value: Option<&Value>) -> u8 {
    match value {
        None => 0,
        Some(Value::Null) => 1,
        Some(Value::Bool(_)) => 2,
        Some(Value::Number(_)) => 3,
        Some(Value::String(_)) => 4,
        Some(Value::Array(_)) => 5,
        Some(Value::Object(_)) => 6,
    }
}

fn quantity(text: &str) -> Option<i128> {
    let begins = text.trim_start_matches(['+', '-']).starts_with(|c: char| c.is_ascii_digit() || c == '.');
    Quantity::parse(text).filter(|_| begins && text != ".").map(|quantity| quantity.nano)
}

/// Numbers in texts count as numbers: `web-2` before `web-10` (sortorder.NaturalLess).
fn natural(one: &str, other: &str) -> Ordering {
    let (mut one, mut other) = (one, other);
    loop {
        let (digits, rest) = run(one);
        let (others, other_rest) = run(other);
        let order = if digits.is_empty() || others.is_empty() {
            match (one.chars().next(), other.chars().next()) {
                (Some(a), Some(b)) if a == b => {
                    (one, other) = (one.get(a.len_utf8()..).unwrap_or(""), other.get(b.len_utf8()..).unwrap_or(""));
                    continue;
                }
                (a, b) => return a.cmp(&b),
            }
        } else {
            let (a, b) = (digits.trim_start_matches('0'), others.trim_start_matches('0'));
            a.len().cmp(&b.len()).then_with(|| a.cmp(b)).then_with(|| digits.len().cmp(&others.len()))
        };
        if order.is_ne() {
            return order;
        }
        (one, other) = (rest, other_rest);
    }
}

/// The digits in front, and what follows.
fn run(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_in_kubectl_s_order() {
        let sorted = |values: &[Value]| {
            let things = values.iter().map(|value| ((), serde_json::json!({"v": value}))).collect();
            let sorted = sort(things, ".v").unwrap();
            sorted.iter().map(|(_, object)| object["v"].clone()).collect::<Vec<_>>()
        };
        for (values, expected) in [
            (["web-10", "web-9", "Web"], ["Web", "web-9", "web-10"]),
            (["1Gi", "200Mi", "1500Mi"], ["200Mi", "1Gi", "1500Mi"]),
        ] {
            assert_eq!(sorted(&values.map(Value::from)), expected.map(Value::from));
        }
        assert_eq!(sorted(&[10.into(), 9.into()]), [Value::from(9), 10.into()]);
        let mixed = [Value::from("a"), "1Gi".into(), 3.into(), "2".into(), true.into(), serde_json::json!([1])];
        let many: Vec<Value> = mixed.iter().cycle().take(200).cloned().collect();
        assert_eq!(sorted(&many).first(), Some(&true.into()));
        assert_eq!(sorted(&many).last(), Some(&serde_json::json!([1])));
        let missing = sort(vec![((), serde_json::json!({}))], "a.b");
        assert_eq!(missing.unwrap_err(), "couldn't find any field with path \"{.a.b}\" in the list of objects");
    }
}
