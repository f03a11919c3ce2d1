//! jq's functions.

use super::JqFilter;
use super::expression::{compiled, matches, named, replaced, scanned, text_of};
use super::path::{all_paths, delete_path, get_path, paths_of, set_path};
use super::scope::{JqScope, VALUES, Values, added, each, elements, indexed};
use super::value::{JqObject, JqValue};
use crate::model::base64;
use crate::order::Order;
use crate::terminal::clock;

/// The functions, each by the number of its arguments.
#[rustfmt::skip]
const FUNCTIONS: [&str; 4] = [
    "length utf8bytelength keys keys_unsorted values add not empty type tostring tonumber tojson fromjson first last sort unique \
     reverse flatten min max any all to_entries from_entries ascii_downcase ascii_upcase paths leaf_paths recurse env input \
     inputs error floor ceil round sqrt abs transpose explode implode trim ltrim rtrim objects arrays strings numbers booleans \
     nulls scalars iterables todate fromdate todateiso8601 fromdateiso8601 now debug ascii \
     @base64 @base64d @csv @tsv @json @text @uri @html @sh",
    "map select has contains inside test startswith endswith split join sort_by group_by unique_by min_by max_by with_entries \
     ltrimstr rtrimstr any all first last range flatten recurse path paths getpath delpaths del map_values walk index rindex \
     indices in error match capture scan splits add pick strftime isvalid IN nth",
    "any all limit range sub gsub setpath test match capture scan split nth until while",
    "range sub gsub",
];

/// Whether there is such a function.
pub fn is_function(name: &str, arguments: usize) -> bool {
    FUNCTIONS.get(arguments).is_some_and(|names| names.split_whitespace().any(|own| own == name))
}

type One = Result<JqValue, String>;

/// What a function gives.
pub fn called<'p>(name: &str, args: &'p [JqFilter], input: &JqValue, scope: &JqScope<'p>) -> Values {
    match args {
        [] => plain(name, input, scope),
        [first, rest @ ..] => with_arguments(name, first, rest, input, scope),
    }
}

fn number_of(value: &JqValue) -> Result<f64, String> {
    value.number().ok_or_else(|| format!("{} ({value}) number required", value.kind()))
}

fn list_of(value: &JqValue) -> Values {
    match value {
        JqValue::List(list) => Ok(list.clone()),
        other => Err(format!("{} ({other}) is not an array", other.kind())),
    }
}

fn texts<'t>(all: impl IntoIterator<Item = &'t str>) -> JqValue {
    JqValue::List(all.into_iter().map(JqValue::from).collect())
}

/// Functions without arguments.
fn plain(name: &str, input: &JqValue, scope: &JqScope<'_>) -> Values {
    let keep = |is: bool| Ok(if is { vec![input.clone()] } else { Vec::new() });
    let is_scalar = !matches!(input, JqValue::List(_) | JqValue::Object(_));
    let one = match name {
        "empty" => return Ok(Vec::new()),
        "values" => return keep(*input != JqValue::Null),
        "objects" | "arrays" | "strings" | "numbers" | "booleans" | "nulls" => {
            return keep(format!("{}s", input.kind()) == name);
        }
        "scalars" => return keep(is_scalar),
        "iterables" => return keep(!is_scalar),
        "recurse" => return all_paths(input).iter().map(|path| get_path(input, path)).collect(),
        "paths" => return Ok(all_paths(input).into_iter().skip(1).map(JqValue::List).collect()),
        "leaf_paths" => {
            let is_leaf = |path: &Vec<JqValue>| get_path(input, path).is_ok_and(|value| elements(&value).is_err());
            return Ok(all_paths(input).into_iter().filter(is_leaf).map(JqValue::List).collect());
        }
        "inputs" => return elements(&scope.variables.get("__inputs").cloned().unwrap_or_default()),
        "input" => indexed(&scope.variables.get("__inputs").cloned().unwrap_or_default(), &JqValue::Number(0.0))?,
        "error" => return Err(input.as_text()),
        "debug" => input.clone(),
        "env" => JqValue::Object(JqObject::default()),
        "not" => (!input.is_true()).into(),
        "type" => input.kind().into(),
        "tostring" | "@text" => input.as_text().into(),
        "tojson" | "@json" => input.to_string().into(),
        "fromjson" => {
            serde_json::from_str(text_of(input)?).map_err(|error| format!("{error} (while parsing '{input}')"))?
        }
        "length" => match input {
            JqValue::Null => JqValue::Number(0.0),
            JqValue::Bool(_) => return Err(format!("boolean ({input}) has no length")),
            JqValue::Number(number) => JqValue::Number(number.abs()),
            JqValue::Text(text) => text.chars().count().into(),
            JqValue::List(list) => list.len().into(),
            JqValue::Object(map) => map.0.len().into(),
        },
        "utf8bytelength" => text_of(input)?.len().into(),
        "keys" | "keys_unsorted" => match input {
            JqValue::Object(map) if name == "keys" => texts(map.sorted_keys()),
            JqValue::Object(map) => texts(map.0.iter().map(|(key, _)| key.as_str())),
            JqValue::List(list) => JqValue::List((0..list.len()).map(JqValue::from).collect()),
            other => return Err(format!("{} ({other}) has no keys", other.kind())),
        },
        "tonumber" => match input {
            JqValue::Number(_) => input.clone(),
            other => {
                let wrong = || format!("Cannot parse '{}' as a number", other.as_text());
                JqValue::Number(text_of(other)?.trim().parse().map_err(|_| wrong())?)
            }
        },
        "add" => elements(input)?.iter().try_fold(JqValue::Null, |sum, value| added(&sum, value))?,
        "first" => indexed(input, &JqValue::Number(0.0))?,
        "last" => indexed(input, &JqValue::Number(-1.0))?,
        "any" => elements(input)?.iter().any(JqValue::is_true).into(),
        "all" => elements(input)?.iter().all(JqValue::is_true).into(),
        "reverse" => match input {
            JqValue::Text(text) => text.chars().rev().collect::<String>().into(),
            other => JqValue::List(elements(other)?.into_iter().rev().collect()),
        },
        "flatten" => JqValue::List(flattened(list_of(input)?, 100)),
        "sort" | "unique" | "min" | "max" => by_key(name, list_of(input)?, &|value| Ok(value.clone()))?,
        "to_entries" => match input {
            JqValue::Object(map) => {
                let entry = |(key, value): &(String, JqValue)| {
                    JqValue::Object(JqObject(vec![
                        ("key".to_owned(), key.as_str().into()),
                        ("value".to_owned(), value.clone()),
                    ]))
                };
                JqValue::List(map.0.iter().map(entry).collect())
            }
            JqValue::List(list) => {
                let entry = |(at, value): (usize, &JqValue)| {
                    JqValue::Object(JqObject(vec![("key".to_owned(), at.into()), ("value".to_owned(), value.clone())]))
                };
                JqValue::List(list.iter().enumerate().map(entry).collect())
            }
            other => return Err(format!("{} ({other}) has no keys", other.kind())),
        },
        "from_entries" => from_entries(elements(input)?),
        "transpose" => {
            let rows: Vec<Vec<JqValue>> = elements(input)?.iter().map(list_of).collect::<Result<_, _>>()?;
            let width = rows.iter().map(Vec::len).max().unwrap_or_default();
            let column =
                |at: usize| JqValue::List(rows.iter().map(|row| row.get(at).cloned().unwrap_or_default()).collect());
            JqValue::List((0..width).map(column).collect())
        }
        "ascii_downcase" => text_of(input)?.to_ascii_lowercase().into(),
        "ascii_upcase" => text_of(input)?.to_ascii_uppercase().into(),
        "trim" => text_of(input)?.trim().into(),
        "ltrim" => text_of(input)?.trim_start().into(),
        "rtrim" => text_of(input)?.trim_end().into(),
        "explode" => {
            JqValue::List(text_of(input)?.chars().map(|letter| JqValue::Number(f64::from(letter as u32))).collect())
        }
        "implode" => {
            let letters = elements(input)?.into_iter().filter_map(|code| char::from_u32(code.number()? as u32));
            letters.collect::<String>().into()
        }
        "ascii" => char::from_u32(number_of(input)? as u32).map(String::from).unwrap_or_default().into(),
        "floor" => JqValue::Number(number_of(input)?.floor()),
        "ceil" => JqValue::Number(number_of(input)?.ceil()),
        "round" => JqValue::Number(number_of(input)?.round()),
        "sqrt" => JqValue::Number(number_of(input)?.sqrt()),
        "abs" => JqValue::Number(number_of(input)?.abs()),
        "now" => JqValue::Number(crate::terminal::session::BEGINNING as f64),
        "todate" | "todateiso8601" => clock::formatted(number_of(input)?.max(0.0) as u64, "%FT%TZ").into(),
        "fromdate" | "fromdateiso8601" => {
            let text = text_of(input)?;
            let seconds = clock::seconds_of(text);
            JqValue::Number(
                seconds.ok_or_else(|| format!("date \"{text}\" does not match format \"%Y-%m-%dT%H:%M:%SZ\""))? as f64,
            )
        }
        format => formatted(format, input)?.into(),
    };
    Ok(vec![one])
}

/// `@csv` and its like.
pub fn formatted(format: &str, value: &JqValue) -> Result<String, String> {
    let cells = |of: &dyn Fn(&JqValue) -> String, between: &str| {
        Ok(elements(value)?.iter().map(of).collect::<Vec<_>>().join(between))
    };
    let escaped = |text: &str, signs: &[(char, &str)]| {
        let one = |letter: char| match signs.iter().find(|(sign, _)| *sign == letter) {
            Some((_, meant)) => (*meant).to_owned(),
            None => letter.to_string(),
        };
        text.chars().map(one).collect::<String>()
    };
    let plain = |value: &JqValue| if *value == JqValue::Null { String::new() } else { value.as_text() };
    match format {
        "@text" => Ok(value.as_text()),
        "@json" => Ok(value.to_string()),
        "@base64" => Ok(base64::encode(&value.as_text())),
        "@base64d" => base64::decode_text(&value.as_text()).ok_or_else(|| format!("{value} is not valid base64 data")),
        "@tsv" => {
            cells(&|cell| escaped(&plain(cell), &[('\t', "\\t"), ('\n', "\\n"), ('\r', "\\r"), ('\\', "\\\\")]), "\t")
        }
        "@csv" => cells(
            &|cell| cell.text().map_or_else(|| plain(cell), |text| format!("\"{}\"", text.replace('"', "\"\""))),
            ",",
        ),
        "@html" => Ok(escaped(
            &value.as_text(),
            &[('&', "&amp;"), ('<', "&lt;"), ('>', "&gt;"), ('\'', "&#39;"), ('"', "&quot;")],
        )),
        "@uri" => {
            let text = value.as_text();
            let bytes = text.bytes().map(|byte| match byte {
                b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
                byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
                byte => format!("%{byte:02X}"),
            });
            Ok(bytes.collect())
        }
        "@sh" => {
            let quoted = |value: &JqValue| match value {
                JqValue::Text(text) => format!("'{}'", text.replace('\'', "'\\''")),
                other => other.to_string(),
            };
            if matches!(value, JqValue::List(_)) { cells(&quoted, " ") } else { Ok(quoted(value)) }
        }
        other => Err(format!("{other} is not a valid format")),
    }
}

/// Functions with arguments. Most take each value of the first in turn.
fn with_arguments<'p>(
    name: &str,
    first: &'p JqFilter,
    rest: &'p [JqFilter],
    input: &JqValue,
    scope: &JqScope<'p>,
) -> Values {
    let inner = |filter: &'p JqFilter, value: &JqValue| scope.evaluate(filter, value);
    let key = |value: &JqValue| Ok(JqValue::List(scope.evaluate(first, value)?));
    let holds =
        |filter: &'p JqFilter, value: &JqValue| Ok::<bool, String>(inner(filter, value)?.iter().any(JqValue::is_true));
    let one = |value: JqValue| Ok(vec![value]);
    match (name, rest) {
        ("map", []) => one(JqValue::List(each(elements(input)?, |value| inner(first, &value))?)),
        ("map_values", []) => {
            let mut changed = input.clone();
            for path in all_paths(input).into_iter().filter(|path| path.len() == 1) {
                let part = inner(first, &get_path(&changed, &path)?)?.into_iter().next();
                changed = part.map_or_else(
                    || delete_path(changed.clone(), &path),
                    |part| set_path(changed.clone(), &path, part),
                )?;
            }
            one(changed)
        }
        ("select", []) => {
            let keeps = inner(first, input)?.iter().filter(|value| value.is_true()).count();
            Ok(vec![input.clone(); keeps])
        }
        ("recurse", []) => {
            let mut all = vec![input.clone()];
            let mut at = 0;
            while let Some(value) = all.get(at).cloned() {
                let more = inner(first, &value)?;
                all.splice(at + 1..at + 1, more);
                at += 1;
                if all.len() > VALUES {
                    return Err("too many values".to_owned());
                }
            }
            Ok(all)
        }
        ("walk", []) => walk(first, input, scope),
        ("with_entries", []) => {
            let entries = each(plain("to_entries", input, scope)?, |list| elements(&list))?;
            one(from_entries(each(entries, |entry| inner(first, &entry))?))
        }
        ("sort_by" | "group_by" | "unique_by" | "min_by" | "max_by", []) => one(by_key(name, list_of(input)?, &key)?),
        ("add", []) => one(inner(first, input)?.iter().try_fold(JqValue::Null, |sum, value| added(&sum, value))?),
        ("any" | "all", _) => {
            let (of, condition) = match rest {
                [condition, ..] => (inner(first, input)?, condition),
                [] => (elements(input)?, first),
            };
            let mut found = name == "all";
            for value in of {
                if holds(condition, &value)? != found {
                    found = !found;
                    break;
                }
            }
            one(found.into())
        }
        ("first" | "last", []) => {
            let mut values = inner(first, input)?.into_iter();
            Ok(if name == "first" { values.next() } else { values.next_back() }.into_iter().collect())
        }
        ("limit" | "nth", [of]) => each(inner(first, input)?, |count| {
            let count = number_of(&count)?.max(0.0) as usize;
            let values = inner(of, input)?.into_iter();
            Ok(if name == "nth" { values.skip(count).take(1).collect() } else { values.take(count).collect() })
        }),
        ("until" | "while", [update]) => {
            let mut value = input.clone();
            let mut all = Vec::new();
            for _ in 0..10_000 {
                if holds(first, &value)? == (name == "until") {
                    return Ok(if name == "until" { vec![value] } else { all });
                }
                all.push(value.clone());
                value = inner(update, &value)?.into_iter().next().unwrap_or_default();
            }
            Err("too many values".to_owned())
        }
        ("path", []) => Ok(paths_of(first, input, scope)?.into_iter().map(JqValue::List).collect()),
        ("paths", []) => {
            let mut all = Vec::new();
            for path in all_paths(input).into_iter().skip(1) {
                if holds(first, &get_path(input, &path)?)? {
                    all.push(JqValue::List(path));
                }
            }
            Ok(all)
        }
        ("del", []) => {
            let mut paths: Vec<JqValue> = paths_of(first, input, scope)?.into_iter().map(JqValue::List).collect();
            // From the last to the first, so that those before keep their places.
            paths.order_by(|left, right| right.compare(left));
            one(paths.iter().try_fold(input.clone(), |value, path| delete_path(value, &list_of(path)?))?)
        }
        ("pick", []) => {
            let paths = paths_of(first, input, scope)?;
            one(paths.iter().try_fold(JqValue::Null, |picked, path| set_path(picked, path, get_path(input, path)?))?)
        }
        ("isvalid", []) => one(inner(first, input).is_ok().into()),
        ("IN", []) => one(inner(first, input)?.contains(input).into()),
        ("range", _) => {
            let mut bounds = vec![inner(first, input)?];
            for more in rest {
                bounds.push(inner(more, input)?);
            }
            let bound = |at: usize| bounds.get(at).and_then(|values| values.first()).map(number_of).transpose();
            let (from, to) =
                if rest.is_empty() { (0.0, bound(0)?) } else { (bound(0)?.unwrap_or_default(), bound(1)?) };
            let (to, step) = (to.unwrap_or_default(), bound(2)?.unwrap_or(1.0));
            let mut all = Vec::new();
            let mut at = from;
            while (step > 0.0 && at < to) || (step < 0.0 && at > to) {
                all.push(JqValue::Number(at));
                at += step;
                if all.len() > VALUES {
                    return Err("too many values".to_owned());
                }
            }
            Ok(all)
        }
        ("setpath", [value]) => {
            let part = inner(value, input)?.into_iter().next().unwrap_or_default();
            each(inner(first, input)?, |path| one(set_path(input.clone(), &list_of(&path)?, part.clone())?))
        }
        ("test" | "match" | "capture" | "scan" | "splits", _) | ("sub" | "gsub", [_, ..]) | ("split", [_]) => {
            let flags_at = usize::from(matches!(name, "sub" | "gsub"));
            let flags = rest.get(flags_at).map(|flags| inner(flags, input)).transpose()?;
            let flags = flags.and_then(|flags| flags.first().map(JqValue::as_text)).unwrap_or_default();
            each(inner(first, input)?, |pattern| {
                let pattern = compiled(&pattern, &flags)?;
                let text = text_of(input)?;
                match (name, rest) {
                    ("sub" | "gsub", [by, ..]) => {
                        let is_global = name == "gsub" || flags.contains('g');
                        one(replaced(&pattern, text, is_global, &|named| inner(by, &named))?.into())
                    }
                    ("test", _) => one(pattern.is_match(text).into()),
                    ("split", _) => one(texts(pattern.split(text))),
                    ("splits", _) => Ok(pattern.split(text).map(JqValue::from).collect()),
                    ("scan", _) => Ok(pattern.captures_iter(text).map(|found| scanned(&found)).collect()),
                    ("capture", _) => {
                        Ok(pattern.captures(text).map(|found| named(&pattern, &found)).into_iter().collect())
                    }
                    _ => Ok(matches(&pattern, text, flags.contains('g'))),
                }
            })
        }
        _ => each(inner(first, input)?, |argument| one(of_value(name, input, &argument)?)),
    }
}

/// Functions of the input and one more value.
fn of_value(name: &str, input: &JqValue, argument: &JqValue) -> One {
    Ok(match name {
        "has" | "in" => {
            let (whole, key) = if name == "in" { (argument, input) } else { (input, argument) };
            match (whole, key) {
                (JqValue::Object(map), JqValue::Text(key)) => map.get(key).is_some(),
                (JqValue::List(list), JqValue::Number(at)) => (0.0..list.len() as f64).contains(at),
                _ => return Err(format!("Cannot check whether {} has a {} key", whole.kind(), key.kind())),
            }
            .into()
        }
        "contains" => contains(input, argument).into(),
        "inside" => contains(argument, input).into(),
        "startswith" => text_of(input)?.starts_with(text_of(argument)?).into(),
        "endswith" => text_of(input)?.ends_with(text_of(argument)?).into(),
        "ltrimstr" | "rtrimstr" => {
            let (Some(text), Some(part)) = (input.text(), argument.text()) else { return Ok(input.clone()) };
            let less = if name == "ltrimstr" { text.strip_prefix(part) } else { text.strip_suffix(part) };
            less.unwrap_or(text).into()
        }
        "split" => {
            let (text, by) = (text_of(input)?, text_of(argument)?);
            match by {
                "" => JqValue::List(text.chars().map(|letter| letter.to_string().into()).collect()),
                by if text.is_empty() => texts(text.split(by).filter(|part| !part.is_empty())),
                by => texts(text.split(by)),
            }
        }
        "join" => {
            let text = |value: &JqValue| match value {
                JqValue::Null => Ok(String::new()),
                JqValue::List(_) | JqValue::Object(_) => Err(format!("Cannot join with {}", value.kind())),
                value => Ok(value.as_text()),
            };
            let parts = elements(input)?.iter().map(text).collect::<Result<Vec<_>, _>>()?;
            parts.join(text_of(argument)?).into()
        }
        "flatten" => JqValue::List(flattened(list_of(input)?, number_of(argument)?.max(0.0) as usize)),
        "getpath" => get_path(input, &list_of(argument)?)?,
        "delpaths" => {
            let mut paths = list_of(argument)?;
            paths.order_by(|left, right| right.compare(left));
            paths.iter().try_fold(input.clone(), |value, path| delete_path(value, &list_of(path)?))?
        }
        "index" | "rindex" | "indices" => {
            let at = places(input, argument)?;
            match name {
                "index" => at.first().cloned().unwrap_or_default(),
                "rindex" => at.last().cloned().unwrap_or_default(),
                _ => JqValue::List(at),
            }
        }
        "error" => return Err(argument.as_text()),
        "nth" => indexed(input, argument)?,
        "strftime" => clock::formatted(number_of(input)?.max(0.0) as u64, text_of(argument)?).into(),
        other => return Err(format!("{other} isn't understood here")),
    })
}

/// Where a part stands, in a text or in a list.
fn places(whole: &JqValue, part: &JqValue) -> Values {
    Ok(match (whole, part) {
        (JqValue::Null, _) => Vec::new(),
        (JqValue::Text(text), JqValue::Text(part)) if !part.is_empty() => text
            .match_indices(part.as_str())
            .map(|(at, _)| text.get(..at).map_or(0, |before| before.chars().count()).into())
            .collect(),
        (JqValue::List(list), JqValue::List(part)) if !part.is_empty() => {
            let fits = list.windows(part.len()).enumerate().filter(|(_, window)| window == part);
            fits.map(|(at, _)| at.into()).collect()
        }
        (JqValue::List(list), part) => {
            list.iter().enumerate().filter(|(_, value)| *value == part).map(|(at, _)| at.into()).collect()
        }
        (whole, part) => return Err(format!("Cannot determine indices of {} in {}", part.kind(), whole.kind())),
    })
}

/// sort, unique, group, min and max by what a filter gives of each.
fn by_key(name: &str, values: Vec<JqValue>, key: &dyn Fn(&JqValue) -> One) -> One {
    let keyed = values.into_iter().map(|value| Ok((key(&value)?, value)));
    let mut keyed = keyed.collect::<Result<Vec<(JqValue, JqValue)>, String>>()?;
    keyed.order_by(|left, right| left.0.compare(&right.0));
    let name = name.trim_end_matches("_by");
    if name == "max" {
        return Ok(keyed.pop().map(|(_, value)| value).unwrap_or_default());
    }
    let mut groups: Vec<(JqValue, Vec<JqValue>)> = Vec::new();
    let mut sorted = Vec::new();
    for (key, value) in keyed {
        sorted.push(value.clone());
        match groups.last_mut().filter(|(last, _)| *last == key) {
            Some((_, group)) => group.push(value),
            None => groups.push((key, vec![value])),
        }
    }
    Ok(match name {
        "min" => sorted.into_iter().next().unwrap_or_default(),
        "group" => JqValue::List(groups.into_iter().map(|(_, group)| JqValue::List(group)).collect()),
        "unique" => JqValue::List(groups.into_iter().filter_map(|(_, group)| group.into_iter().next()).collect()),
        _ => JqValue::List(sorted),
    })
}

fn walk<'p>(filter: &'p JqFilter, input: &JqValue, scope: &JqScope<'p>) -> Values {
    let walked = match input {
        JqValue::List(list) => JqValue::List(each(list.clone(), |value| walk(filter, &value, scope))?),
        JqValue::Object(map) => {
            let mut all = JqObject::default();
            for (key, value) in &map.0 {
                if let Some(value) = walk(filter, value, scope)?.into_iter().next() {
                    all.set(key, value);
                }
            }
            JqValue::Object(all)
        }
        other => other.clone(),
    };
    scope.evaluate(filter, &walked)
}

fn flattened(list: Vec<JqValue>, depth: usize) -> Vec<JqValue> {
    let one = |value| match value {
        JqValue::List(inner) if depth > 0 => flattened(inner, depth - 1),
        other => vec![other],
    };
    list.into_iter().flat_map(one).collect()
}

fn from_entries(entries: Vec<JqValue>) -> JqValue {
    let mut all = JqObject::default();
    for entry in entries {
        let JqValue::Object(entry) = entry else { continue };
        let key = ["key", "k", "name", "Name", "Key", "K"].into_iter().find_map(|key| entry.get(key));
        let value = ["value", "v", "Value", "V"].into_iter().find_map(|key| entry.get(key));
        all.set(&key.map_or_else(|| "null".to_owned(), JqValue::as_text), value.cloned().unwrap_or_default());
    }
    JqValue::Object(all)
}

fn contains(whole: &JqValue, part: &JqValue) -> bool {
    match (whole, part) {
        (JqValue::Text(whole), JqValue::Text(part)) => whole.contains(part.as_str()),
        (JqValue::List(whole), JqValue::List(part)) => {
            part.iter().all(|part| whole.iter().any(|it| contains(it, part)))
        }
        (JqValue::Object(whole), JqValue::Object(part)) => {
            part.0.iter().all(|(key, part)| whole.get(key).is_some_and(|it| contains(it, part)))
        }
        (whole, part) => whole == part,
    }
}
