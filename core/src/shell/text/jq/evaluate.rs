//! What a jq filter makes of a value.

use super::JqFilter;
use super::function::{called, formatted};
use super::path::{delete_path, get_path, paths_of, set_path};
use super::scope::{DefinedFunction, JqScope, VALUES, Values, added, described, each, elements, indexed};
use super::value::{JqObject, JqValue};

/// All values that a filter gives.
pub fn evaluate<'p>(filter: &'p JqFilter, input: &JqValue, scope: &JqScope<'p>) -> Values {
    let values = match filter {
        JqFilter::Identity => vec![input.clone()],
        JqFilter::Literal(value) => vec![value.clone()],
        JqFilter::Variable(name) => vec![variable(name, scope)?],
        JqFilter::Descend => {
            let mut all = Vec::new();
            descend(input, &mut all);
            all
        }
        JqFilter::Index(of, index) => each(evaluate(of, input, scope)?, |value| {
            each(evaluate(index, input, scope)?, |index| Ok(vec![indexed(&value, &index)?]))
        })?,
        JqFilter::Slice(of, from, to) => {
            each(evaluate(of, input, scope)?, |value| Ok(vec![slice(&value, *from, *to)?]))?
        }
        JqFilter::Iterate(of) => each(evaluate(of, input, scope)?, |value| elements(&value))?,
        JqFilter::Try(of, caught) => match (evaluate(of, input, scope), caught) {
            (Ok(values), _) => values,
            (Err(why), Some(caught)) => evaluate(caught, &why.into(), scope)?,
            (Err(_), None) => partial(of, input, scope),
        },
        JqFilter::Pipe(left, right) => each(evaluate(left, input, scope)?, |value| evaluate(right, &value, scope))?,
        JqFilter::Comma(left, right) => {
            let mut all = evaluate(left, input, scope)?;
            all.extend(evaluate(right, input, scope)?);
            all
        }
        JqFilter::Bind(value, name, rest) => {
            each(evaluate(value, input, scope)?, |value| evaluate(rest, input, &scope.with(name, value)))?
        }
        JqFilter::Interpolated(format, parts) => {
            let mut text = String::new();
            for (at, part) in parts.iter().enumerate() {
                for value in evaluate(part, input, scope)? {
                    // Every other part is the text between.
                    text.push_str(&if at % 2 == 0 { value.as_text() } else { formatted(format, &value)? });
                }
            }
            vec![text.into()]
        }
        JqFilter::Array(None) => vec![JqValue::List(Vec::new())],
        JqFilter::Array(Some(inner)) => vec![JqValue::List(evaluate(inner, input, scope)?)],
        JqFilter::Object(entries) => objects(entries, input, scope)?,
        JqFilter::If(condition, then, otherwise) => each(evaluate(condition, input, scope)?, |value| {
            evaluate(if value.is_true() { then } else { otherwise }, input, scope)
        })?,
        JqFilter::Binary("//", left, right) => {
            let mut found = evaluate(left, input, scope).unwrap_or_default();
            found.retain(JqValue::is_true);
            if found.is_empty() { evaluate(right, input, scope)? } else { found }
        }
        JqFilter::Binary(sign @ ("and" | "or"), left, right) => each(evaluate(left, input, scope)?, |left| {
            if left.is_true() == (*sign == "or") {
                return Ok(vec![left.is_true().into()]);
            }
            each(evaluate(right, input, scope)?, |right| Ok(vec![right.is_true().into()]))
        })?,
        JqFilter::Binary(sign, left, right) => each(evaluate(right, input, scope)?, |right| {
            each(evaluate(left, input, scope)?, |left| Ok(vec![combined(sign, &left, &right)?]))
        })?,
        JqFilter::Assign(sign, place, value) => assigned(sign, place, value, input, scope)?,
        JqFilter::Fold(of, name, start, update, step) => {
            let mut state = evaluate(start, input, scope)?.into_iter().next_back().unwrap_or_default();
            let mut steps = Vec::new();
            for value in evaluate(of, input, scope)? {
                let inner = scope.with(name, value);
                state = evaluate(update, &state, &inner)?.into_iter().next_back().unwrap_or_default();
                if let Some(step) = step {
                    steps.extend(evaluate(step, &state, &inner)?);
                }
            }
            if step.is_some() { steps } else { vec![state] }
        }
        JqFilter::Define(name, arguments, body, rest) => {
            let function = DefinedFunction { name, arguments, body, scope: scope.clone(), is_argument: false };
            evaluate(rest, input, &scope.with_function(function))?
        }
        JqFilter::Call(name, args) => match scope.call(name, args, input) {
            Some(values) => values?,
            None => called(name, args, input, scope)?,
        },
    };
    if values.len() > VALUES { Err("too many values".to_owned()) } else { Ok(values) }
}

/// What comes before an error: `.[].a?` gives those that have one.
fn partial<'p>(filter: &'p JqFilter, input: &JqValue, scope: &JqScope<'p>) -> Vec<JqValue> {
    let one_by_one = |of: &'p JqFilter, then: &dyn Fn(JqValue) -> Values| {
        let values = evaluate(of, input, scope).unwrap_or_default();
        values.into_iter().flat_map(|value| then(value).unwrap_or_default()).collect()
    };
    match filter {
        JqFilter::Index(of, index) => {
            one_by_one(of, &|value| each(evaluate(index, input, scope)?, |index| Ok(vec![indexed(&value, &index)?])))
        }
        JqFilter::Iterate(of) => one_by_one(of, &|value| elements(&value)),
        _ => Vec::new(),
    }
}

fn variable(name: &str, scope: &JqScope<'_>) -> Result<JqValue, String> {
    match (scope.variables.get(name), name) {
        (Some(value), _) => Ok(value.clone()),
        (None, "ENV") => Ok(JqValue::Object(JqObject::default())),
        (None, _) => Err(format!("${name} is not defined")),
    }
}

fn descend(value: &JqValue, all: &mut Vec<JqValue>) {
    all.push(value.clone());
    for inner in elements(value).unwrap_or_default() {
        descend(&inner, all);
    }
}

fn slice(value: &JqValue, from: Option<i64>, to: Option<i64>) -> Result<JqValue, String> {
    let bounds = |length: usize| {
        let place =
            |bound: i64| (if bound < 0 { bound + length as i64 } else { bound }).clamp(0, length as i64) as usize;
        (from.map_or(0, place), to.map_or(length, place))
    };
    Ok(match value {
        JqValue::Null => JqValue::Null,
        JqValue::List(list) => {
            let (from, to) = bounds(list.len());
            JqValue::List(list.get(from..to.max(from)).unwrap_or_default().to_vec())
        }
        JqValue::Text(text) => {
            let (from, to) = bounds(text.chars().count());
            text.chars().skip(from).take(to.saturating_sub(from)).collect::<String>().into()
        }
        other => return Err(format!("Cannot index {} with object", other.kind())),
    })
}

fn objects<'p>(entries: &'p [(JqFilter, JqFilter)], input: &JqValue, scope: &JqScope<'p>) -> Values {
    let mut all = vec![JqObject::default()];
    for (key, value) in entries {
        let keys = evaluate(key, input, scope)?;
        let values = evaluate(value, input, scope)?;
        let mut more = Vec::new();
        for map in &all {
            for key in &keys {
                let key = key.text().ok_or_else(|| format!("Object keys must be strings, not {}", key.kind()))?;
                for value in &values {
                    let mut map = map.clone();
                    map.set(key, value.clone());
                    more.push(map);
                }
            }
        }
        if more.len() > VALUES {
            return Err("too many values".to_owned());
        }
        all = more;
    }
    Ok(all.into_iter().map(JqValue::Object).collect())
}

fn combined(sign: &str, left: &JqValue, right: &JqValue) -> Result<JqValue, String> {
    let order = || left.compare(right);
    Ok(match sign {
        "==" => order().is_eq().into(),
        "!=" => order().is_ne().into(),
        "<" => order().is_lt().into(),
        ">" => order().is_gt().into(),
        "<=" => order().is_le().into(),
        ">=" => order().is_ge().into(),
        "+" => return added(left, right),
        _ => match (left, right, sign) {
            (JqValue::Number(left), JqValue::Number(right), sign) => JqValue::Number(match sign {
                "-" => left - right,
                "*" => left * right,
                "/" if *right != 0.0 => left / right,
                "%" if right.trunc() != 0.0 => left.trunc() % right.trunc(),
                _ => return Err(format!("{left} and {right} cannot be divided because the divisor is zero")),
            }),
            (JqValue::List(left), JqValue::List(right), "-") => {
                JqValue::List(left.iter().filter(|value| !right.contains(value)).cloned().collect())
            }
            (JqValue::Object(left), JqValue::Object(right), "*") => JqValue::Object(merged(left, right)),
            (JqValue::Text(text), JqValue::Number(times), "*") if *times > 0.0 => {
                text.repeat((times.ceil() as usize).min(VALUES / text.len().max(1))).into()
            }
            (JqValue::Text(text), JqValue::Text(by), "/") => {
                JqValue::List(text.split(by.as_str()).map(JqValue::from).collect())
            }
            _ => {
                let done = match sign {
                    "-" => "subtracted",
                    "*" => "multiplied",
                    _ => "divided",
                };
                return Err(format!("{} and {} cannot be {done}", described(left), described(right)));
            }
        },
    })
}

/// `*` of objects goes into those below.
fn merged(left: &JqObject, right: &JqObject) -> JqObject {
    let mut all = left.clone();
    for (key, value) in &right.0 {
        let both = match (all.get(key), value) {
            (Some(JqValue::Object(own)), JqValue::Object(value)) => JqValue::Object(merged(own, value)),
            _ => value.clone(),
        };
        all.set(key, both);
    }
    all
}

/// `a = b` sets every place to the value, `a |= b` to what `b` makes of what stands there; without one it goes.
fn assigned<'p>(sign: &str, place: &'p JqFilter, value: &'p JqFilter, input: &JqValue, scope: &JqScope<'p>) -> Values {
    // 1. The places.
    let paths = paths_of(place, input, scope)?;
    // 2. Each by what stands there; those without a value go, the last first.
    if sign == "|=" {
        let mut changed = input.clone();
        let mut gone = Vec::new();
        for path in paths {
            match evaluate(value, &get_path(&changed, &path)?, scope)?.into_iter().next() {
                Some(part) => changed = set_path(changed, &path, part)?,
                None => gone.push(path),
            }
        }
        for path in gone.iter().rev() {
            changed = delete_path(changed, path)?;
        }
        return Ok(vec![changed]);
    }
    // 3. All by the same value, or combined with it.
    each(evaluate(value, input, scope)?, |value| {
        let mut changed = input.clone();
        for path in &paths {
            let before = get_path(&changed, path)?;
            let part = match sign.strip_suffix('=').unwrap_or_default() {
                "" => value.clone(),
                "//" if before.is_true() => before,
                "//" => value.clone(),
                sign => combined(sign, &before, &value)?,
            };
            changed = set_path(changed, path, part)?;
        }
        Ok(vec![changed])
    })
}
