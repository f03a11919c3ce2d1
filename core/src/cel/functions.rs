//! The functions that rules call: CEL's own, and those of Kubernetes' libraries (apiserver, pkg/cel/library).

use std::borrow::Cow;
use std::net::IpAddr;

use serde_json::Value;

use super::Operand;
use super::evaluate::no_overload;
use crate::duration::parse_duration;

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

/// Nanoseconds, as far as Go counts them.
pub(crate) fn duration(text: &str) -> Option<i64> {
    i64::try_from(parse_duration(text).ok()?).ok()
}
