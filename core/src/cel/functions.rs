//! The functions that rules call: CEL's own, and those of Kubernetes' libraries (apiserver, pkg/cel/library).

use std::borrow::Cow;
use std::net::IpAddr;

use serde_json::Value;

use super::Operand;
use super::evaluate::no_overload;

/// Calls a function; a method's target is its first argument.
pub(super) fn call<'v>(name: &str, arguments: &[Operand<'v>]) -> Result<Operand<'v>, String> {
    match (name, arguments) {
        ("size", [operand]) => size(operand),
        ("duration", [Operand::Text(text)]) => duration(text)
            .map(Operand::Duration)
            .ok_or_else(|| "type conversion error from 'string' to 'google.protobuf.Duration'".to_owned()),
        ("getSeconds", [Operand::Duration(time)]) => Ok(Operand::Int(time / 1_000_000_000)),
        ("getMilliseconds", [Operand::Duration(time)]) => Ok(Operand::Int(time / 1_000_000)),
        (_, [Operand::Text(text), rest @ ..]) => of_text(name, text, rest),
        _ => no_overload(),
    }
}

fn size<'v>(operand: &Operand<'v>) -> Result<Operand<'v>, String> {
    let size = match operand {
        Operand::Text(text) => text.chars().count(),
        Operand::Json(Value::Object(fields)) => fields.len(),
        list => list.elements()?.len(),
    };
    Ok(Operand::Int(size as i64))
}

fn of_text<'v>(name: &str, text: &Cow<'v, str>, rest: &[Operand<'v>]) -> Result<Operand<'v>, String> {
    let told = |told| Ok(Operand::Bool(told));
    match (name, rest) {
        ("isIP", []) => told(text.parse::<IpAddr>().is_ok()),
        ("isCIDR", []) => told(text.parse::<ipnet::IpNet>().is_ok()),
        ("lowerAscii", []) => Ok(Operand::Text(Cow::Owned(text.to_ascii_lowercase()))),
        ("startsWith", [Operand::Text(start)]) => told(text.starts_with(&**start)),
        ("endsWith", [Operand::Text(end)]) => told(text.ends_with(&**end)),
        ("contains", [Operand::Text(part)]) => told(text.contains(&**part)),
        ("matches", [Operand::Text(pattern)]) => match regex_lite::Regex::new(pattern) {
            Ok(regex) => told(regex.is_match(text)),
            Err(error) => Err(error.to_string()),
        },
        ("split", [Operand::Text(separator)]) => {
            let parts = text.split(&**separator).map(|part| Operand::Text(Cow::Owned(part.to_owned())));
            Ok(Operand::List(parts.collect()))
        }
        ("substring", [Operand::Int(start)]) => {
            let skipped = usize::try_from(*start).ok().filter(|start| *start <= text.chars().count());
            let skipped = skipped.ok_or_else(|| format!("index out of range: {start}"))?;
            Ok(Operand::Text(Cow::Owned(text.chars().skip(skipped).collect())))
        }
        _ => no_overload(),
    }
}

/// Go's durations in nanoseconds: `1h30m`, `1.5s` (time.ParseDuration).
pub(crate) fn duration(text: &str) -> Option<i64> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    let mut total = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, behind) = rest.split_at_checked(end)?;
        let end = behind.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(behind.len());
        let (unit, behind) = behind.split_at_checked(end)?;
        total += number.parse::<f64>().ok()? * nanoseconds(unit)?;
        rest = behind;
    }
    (total <= i64::MAX as f64).then_some((sign * total) as i64)
}

fn nanoseconds(unit: &str) -> Option<f64> {
    Some(match unit {
        "ns" => 1.0,
        "us" | "µs" | "μs" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        "m" => 60e9,
        "h" => 3600e9,
        _ => return None,
    })
}
