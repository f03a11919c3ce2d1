//! Regular expressions in jq: `test`, `capture`, `sub` and their like.

use regex_lite::{Captures, Regex, RegexBuilder};

use super::scope::Values;
use super::value::{JqObject, JqValue};

/// A text; an error for everything else.
pub fn text_of(value: &JqValue) -> Result<&str, String> {
    value.text().ok_or_else(|| format!("{} ({value}) cannot be used as a string", value.kind()))
}

pub fn compiled(pattern: &JqValue, flags: &str) -> Result<Regex, String> {
    let typed = text_of(pattern)?;
    let built = RegexBuilder::new(typed)
        .case_insensitive(flags.contains('i'))
        .ignore_whitespace(flags.contains('x'))
        .dot_matches_new_line(flags.contains('s'))
        .build();
    built.map_err(|_| format!("{typed} (at offset 0) is not a valid regex"))
}

/// What the groups with names hold.
pub fn named(pattern: &Regex, found: &Captures<'_>) -> JqValue {
    let groups = pattern.capture_names().flatten();
    let value = |name: &str| found.name(name).map_or(JqValue::Null, |part| part.as_str().into());
    JqValue::Object(JqObject(groups.map(|name| (name.to_owned(), value(name))).collect()))
}

pub fn scanned(found: &Captures<'_>) -> JqValue {
    let groups = found.iter().skip(1).map(|part| part.map_or(JqValue::Null, |part| part.as_str().into()));
    let groups: Vec<JqValue> = groups.collect();
    if groups.is_empty() {
        found.get(0).map_or(JqValue::Null, |all| all.as_str().into())
    } else {
        JqValue::List(groups)
    }
}

pub fn matches(pattern: &Regex, text: &str, is_global: bool) -> Vec<JqValue> {
    let entry = |part: Option<regex_lite::Match<'_>>, name: Option<Option<&str>>| {
        let at = part.map_or(-1.0, |part| text.get(..part.start()).map_or(0, |before| before.chars().count()) as f64);
        let mut all = JqObject::default();
        all.set("offset", JqValue::Number(at));
        all.set("length", part.map_or(0, |part| part.as_str().chars().count()).into());
        all.set("string", part.map_or(JqValue::Null, |part| part.as_str().into()));
        if let Some(name) = name {
            all.set("name", name.map_or(JqValue::Null, JqValue::from));
        }
        all
    };
    let whole = |found: Captures<'_>| {
        let groups = found.iter().zip(pattern.capture_names()).skip(1);
        let groups = groups.map(|(part, name)| JqValue::Object(entry(part, Some(name)))).collect();
        let mut all = entry(found.get(0), None);
        all.set("captures", JqValue::List(groups));
        JqValue::Object(all)
    };
    let most = if is_global { usize::MAX } else { 1 };
    pattern.captures_iter(text).take(most).map(whole).collect()
}

/// `sub` and `gsub`: the text put in sees the groups with names.
pub fn replaced(
    pattern: &Regex,
    text: &str,
    is_global: bool,
    by: &dyn Fn(JqValue) -> Values,
) -> Result<String, String> {
    let mut out = String::new();
    let mut at = 0;
    for found in pattern.captures_iter(text).take(if is_global { usize::MAX } else { 1 }) {
        let Some(whole) = found.get(0) else { continue };
        out.push_str(text.get(at..whole.start()).unwrap_or_default());
        let value = by(named(pattern, &found))?.into_iter().next().unwrap_or_default();
        out.push_str(text_of(&value)?);
        at = whole.end();
    }
    Ok(out + text.get(at..).unwrap_or_default())
}
