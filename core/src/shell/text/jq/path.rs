//! Places in a value, for filters that change it: `.a = 1`, `.a |= …`, `del(.a)`, `paths`.

use super::JqFilter;
use super::scope::{JqScope, VALUES, Values, indexed};
use super::value::{JqObject, JqValue};

/// Keys and indexes from the whole down to a part.
pub type JqPath = Vec<JqValue>;

/// Places, or what is wrong.
type Paths = Result<Vec<JqPath>, String>;

/// The places that a filter points at.
pub fn paths_of<'p>(filter: &'p JqFilter, input: &JqValue, scope: &JqScope<'p>) -> Paths {
    // 1. How places are continued below others.
    let below = |of: &'p JqFilter, each: &dyn Fn(JqPath, &JqValue) -> Paths| {
        let mut all = Vec::new();
        for path in paths_of(of, input, scope)? {
            let value = get_path(input, &path)?;
            all.extend(each(path, &value)?);
            if all.len() > VALUES {
                return Err("too many values".to_owned());
            }
        }
        Ok(all)
    };
    let with = |path: &JqPath, key: JqValue| path.iter().cloned().chain([key]).collect::<JqPath>();
    // 2. What the filter points at; what makes new values is no path.
    match filter {
        JqFilter::Identity => Ok(vec![Vec::new()]),
        JqFilter::Index(of, index) => below(of, &|path, _| {
            let keys = scope.evaluate(index, input)?;
            Ok(keys.into_iter().map(|key| with(&path, key)).collect())
        }),
        JqFilter::Iterate(of) => {
            below(of, &|path, value| Ok(keys_of(value)?.into_iter().map(|key| with(&path, key)).collect()))
        }
        JqFilter::Descend => Ok(all_paths(input)),
        JqFilter::Try(of, _) => Ok(paths_of(of, input, scope).unwrap_or_default()),
        JqFilter::Pipe(left, right) => below(left, &|path, value| {
            let inner = paths_of(right, value, scope)?;
            Ok(inner.into_iter().map(|rest| path.iter().cloned().chain(rest).collect()).collect())
        }),
        JqFilter::Comma(left, right) => {
            let mut all = paths_of(left, input, scope)?;
            all.extend(paths_of(right, input, scope)?);
            Ok(all)
        }
        JqFilter::If(condition, then, otherwise) => {
            let holds = scope.evaluate(condition, input)?.iter().any(JqValue::is_true);
            paths_of(if holds { then } else { otherwise }, input, scope)
        }
        JqFilter::Bind(value, name, rest) => {
            let mut all = Vec::new();
            for value in scope.evaluate(value, input)? {
                all.extend(paths_of(rest, input, &scope.with(name, value))?);
            }
            Ok(all)
        }
        JqFilter::Binary("//", left, right) => {
            let found = paths_of(left, input, scope).unwrap_or_default();
            let is_there = |path: &JqPath| get_path(input, path).is_ok_and(|value| value.is_true());
            let found: Vec<JqPath> = found.into_iter().filter(is_there).collect();
            if found.is_empty() { paths_of(right, input, scope) } else { Ok(found) }
        }
        JqFilter::Call(name, args) => match (name.as_str(), &args[..]) {
            ("empty", _) => Ok(Vec::new()),
            ("select", [condition]) => {
                let keeps = scope.evaluate(condition, input)?.iter().filter(|value| value.is_true()).count();
                Ok(vec![Vec::new(); keeps])
            }
            ("recurse", []) => Ok(all_paths(input)),
            ("first", []) => Ok(vec![vec![JqValue::Number(0.0)]]),
            ("last", []) => Ok(vec![vec![JqValue::Number(-1.0)]]),
            ("first", [of]) => Ok(paths_of(of, input, scope)?.into_iter().take(1).collect()),
            ("getpath", [path]) => Ok(scope.evaluate(path, input)?.into_iter().filter_map(list_of).collect()),
            (
                "objects" | "arrays" | "strings" | "numbers" | "scalars" | "values" | "nulls" | "booleans"
                | "iterables",
                [],
            ) => {
                let is_kept = !scope.evaluate(filter, input)?.is_empty();
                Ok(vec![Vec::new(); usize::from(is_kept)])
            }
            _ => Err(format!("Invalid path expression with {name}")),
        },
        _ => Err("Invalid path expression".to_owned()),
    }
}

fn list_of(value: JqValue) -> Option<JqPath> {
    if let JqValue::List(list) = value { Some(list) } else { None }
}

fn keys_of(value: &JqValue) -> Values {
    match value {
        JqValue::List(list) => Ok((0..list.len()).map(JqValue::from).collect()),
        JqValue::Object(map) => Ok(map.0.iter().map(|(key, _)| key.as_str().into()).collect()),
        JqValue::Null => Ok(Vec::new()),
        other => Err(format!("Cannot iterate over {}", other.kind())),
    }
}

/// Every place in a value, the whole first.
pub fn all_paths(value: &JqValue) -> Vec<JqPath> {
    let mut all = vec![Vec::new()];
    for key in keys_of(value).unwrap_or_default() {
        let inner = indexed(value, &key).unwrap_or_default();
        all.extend(all_paths(&inner).into_iter().map(|path| [key.clone()].into_iter().chain(path).collect()));
    }
    all
}

/// What stands at a place.
pub fn get_path(value: &JqValue, path: &[JqValue]) -> Result<JqValue, String> {
    path.iter().try_fold(value.clone(), |value, key| indexed(&value, key))
}

/// The value with another part at a place.
pub fn set_path(value: JqValue, path: &[JqValue], part: JqValue) -> Result<JqValue, String> {
    // 1. The part below the first key.
    let Some((key, rest)) = path.split_first() else { return Ok(part) };
    let inner = indexed(&value, key)?;
    let inner = set_path(inner, rest, part)?;
    // 2. Into an object or a list, which is made where there is none.
    match (value, key) {
        (JqValue::Object(mut map), JqValue::Text(key)) => {
            map.set(key, inner);
            Ok(JqValue::Object(map))
        }
        (JqValue::Null, JqValue::Text(key)) => Ok(JqValue::Object(JqObject(vec![(key.clone(), inner)]))),
        (value @ (JqValue::List(_) | JqValue::Null), JqValue::Number(at)) => {
            let mut list = list_of(value).unwrap_or_default();
            let at = if *at < 0.0 { *at + list.len() as f64 } else { *at };
            if !(0.0..1e5).contains(&at) {
                return Err("Out of bounds negative array index".to_owned());
            }
            let at = at as usize;
            if list.len() <= at {
                list.resize(at + 1, JqValue::Null);
            }
            if let Some(slot) = list.get_mut(at) {
                *slot = inner;
            }
            Ok(JqValue::List(list))
        }
        (value, key) => Err(format!("Cannot update field at {} index of {}", key.kind(), value.kind())),
    }
}

/// The value without what stands at a place.
pub fn delete_path(value: JqValue, path: &[JqValue]) -> Result<JqValue, String> {
    let Some((last, above)) = path.split_last() else { return Ok(JqValue::Null) };
    let holder = get_path(&value, above)?;
    let less = match (holder, last) {
        (JqValue::Null, _) => return Ok(value),
        (JqValue::Object(mut map), JqValue::Text(key)) => {
            map.remove(key);
            JqValue::Object(map)
        }
        (JqValue::List(mut list), JqValue::Number(at)) => {
            let at = if *at < 0.0 { *at + list.len() as f64 } else { *at };
            if at >= 0.0 && (at as usize) < list.len() {
                list.remove(at as usize);
            }
            JqValue::List(list)
        }
        (holder, key) => return Err(format!("Cannot delete field at {} index of {}", key.kind(), holder.kind())),
    };
    set_path(value, above, less)
}
