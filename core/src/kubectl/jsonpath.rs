//! JSONPath templates as kubectl understands them (client-go, util/jsonpath: jsonpath.go). Map entries come in the order
//! of their keys, where Go has none.

use std::cmp::Ordering;

use serde_json::Value;

mod parser;

use parser::Slice;

/// A template that could be read.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonPathTemplate(Vec<TemplateAction>);

/// Text, or what stands between braces.
type TemplateAction = Vec<PathStep>;

/// What each [`Action`] found.
type FoundValues<'v> = Vec<Vec<&'v Value>>;

#[derive(Clone, Debug, PartialEq)]
enum PathStep {
    /// Text, a number or a boolean.
    Literal(Value),
    Field(String),
    Wildcard,
    Recursive,
    Slice(Slice),
    Union(Vec<TemplateAction>),
    Filter(Box<PathFilter>),
    Range,
    End,
    /// Any other word.
    Unknown(String),
}

/// `[?(LEFT OPERATOR RIGHT)]`; without operator it asks whether the left side is there.
#[derive(Clone, Debug, PartialEq)]
struct PathFilter {
    left: TemplateAction,
    operator: Option<String>,
    right: TemplateAction,
}

impl JsonPathTemplate {
    /// Reads a template; the error is upstream's.
    pub fn parse(text: &str) -> Result<Self, String> {
        parser::parse(text).map(Self)
    }

    /// What each part finds, ranges run through. A missing key finds nothing.
    pub fn find<'v>(&'v self, data: &'v Value) -> Result<FoundValues<'v>, String> {
        Ok(find(&self.0, data, false)?.0)
    }

    /// What it prints: several values of one part with blanks between, maps and lists as JSON.
    pub fn print(&self, data: &Value) -> Result<String, String> {
        let parts = self.find(data)?;
        Ok(parts.iter().map(|found| found.iter().map(|value| text(value)).collect::<Vec<_>>().join(" ")).collect())
    }
}

/// The results, and how many actions there are before the `end` that was met.
fn find<'v>(
    actions: &'v [TemplateAction],
    data: &'v Value,
    in_range: bool,
) -> Result<(FoundValues<'v>, Option<usize>), String> {
    let (mut all, mut at) = (Vec::new(), 0);
    while let Some(action) = actions.get(at) {
        let found = follow(vec![data], action)?;
        let rest = actions.get(at + 1..).unwrap_or_default();
        if action.contains(&PathStep::End) {
            return if in_range { Ok((all, Some(at))) } else { Err("not in range, nothing to end".to_owned()) };
        }
        if !action.contains(&PathStep::Range) {
            all.push(found);
            at += 1;
            continue;
        }
        let mut end = None;
        for value in &found {
            let (results, met) = find(rest, value, true)?;
            all.extend(results);
            end = met;
        }
        if found.is_empty() {
            // Nothing is printed; where the range ends has to be found all the same.
            end = find(rest, &Value::Null, true)?.1;
        }
        at += end.map_or(1, |end| end + 2);
    }
    Ok((all, None))
}

fn follow<'v>(values: Vec<&'v Value>, action: &'v [PathStep]) -> Result<Vec<&'v Value>, String> {
    action.iter().try_fold(values, |values, step| step.follow(&values))
}

impl PathStep {
    fn follow<'v>(&'v self, values: &[&'v Value]) -> Result<Vec<&'v Value>, String> {
        let some = values.iter().copied().filter(|value| !value.is_null());
        Ok(match self {
            // Text stands once, a number for each value (evalInt).
            Self::Literal(text @ Value::String(_)) => vec![text],
            Self::Literal(literal) => values.iter().map(|_| literal).collect(),
            Self::Field(key) => some.filter_map(|value| value.as_object()?.get(key)).collect(),
            Self::Wildcard => some.flat_map(children).collect(),
            Self::Recursive => {
                let mut all = Vec::new();
                some.for_each(|value| descend(value, &mut all));
                all
            }
            Self::Slice(slice) => {
                let mut all = Vec::new();
                for value in some {
                    let list = value.as_array().ok_or_else(|| format!("{} is not array or slice", go_type(value)))?;
                    match slice.of(list)? {
                        Some(part) => all.extend(part),
                        None => return Ok(all),
                    }
                }
                all
            }
            Self::Union(union) => {
                let parts = union.iter().map(|part| follow(values.to_vec(), part));
                parts.collect::<Result<Vec<_>, _>>()?.concat()
            }
            Self::Filter(filter) => filter.follow(values)?,
            Self::Range => values.to_vec(),
            Self::End => Vec::new(),
            Self::Unknown(word) => return Err(format!("unrecognized identifier {word}")),
        })
    }
}

impl PathFilter {
    fn follow<'v>(&'v self, values: &[&'v Value]) -> Result<Vec<&'v Value>, String> {
        let mut all = Vec::new();
        for value in values {
            let is_no_list = || format!("{} is not array or slice and cannot be filtered", go_text(value));
            for element in value.as_array().ok_or_else(is_no_list)? {
                if self.holds(element)? {
                    all.push(element);
                }
            }
        }
        Ok(all)
    }

    fn holds(&self, element: &Value) -> Result<bool, String> {
        let left = follow(vec![element], &self.left);
        let Some(operator) = &self.operator else { return Ok(left.is_ok_and(|found| !found.is_empty())) };
        let (left, right) = (left?, follow(vec![element], &self.right)?);
        match (&left[..], &right[..]) {
            ([], _) | (_, []) => Ok(false),
            ([left], [right]) => compare(left, operator, right),
            _ => Err("can only compare one element at a time".to_owned()),
        }
    }
}

/// text/template's comparisons, which take basic types only.
fn compare(left: &Value, operator: &str, right: &Value) -> Result<bool, String> {
    // 1. Both of one basic type.
    let (equal, order) = match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => (left == right, None),
        (Value::String(left), Value::String(right)) => (left == right, Some(left.cmp(right))),
        (Value::Number(left), Value::Number(right)) if left.is_f64() == right.is_f64() => {
            let order = match (left.as_i64(), right.as_i64()) {
                (Some(left), Some(right)) => Some(left.cmp(&right)),
                _ => left.as_f64().partial_cmp(&right.as_f64()),
            };
            (order == Some(Ordering::Equal), order)
        }
        (Value::Object(_) | Value::Array(_) | Value::Null, _)
        | (_, Value::Object(_) | Value::Array(_) | Value::Null) => {
            return Err("invalid type for comparison".to_owned());
        }
        _ => return Err("incompatible types for comparison".to_owned()),
    };
    // 2. What the operator makes of them; booleans have no order.
    let order = || order.ok_or("invalid type for comparison");
    Ok(match operator {
        "==" => equal,
        "!=" => !equal,
        "<" => order()?.is_lt(),
        "<=" => order()?.is_le(),
        ">" => order()?.is_gt(),
        ">=" => order()?.is_ge(),
        other => return Err(format!("unrecognized filter operator {other}")),
    })
}

fn children(value: &Value) -> Vec<&Value> {
    match value {
        Value::Object(map) => map.values().collect(),
        Value::Array(list) => list.iter().collect(),
        _ => Vec::new(),
    }
}

/// Everything that has something in it, from the top.
fn descend<'v>(value: &'v Value, all: &mut Vec<&'v Value>) {
    let is_text = value.as_str().is_some_and(|text| !text.is_empty());
    let children = children(value);
    if is_text || !children.is_empty() {
        all.push(value);
    }
    children.into_iter().for_each(|child| descend(child, all));
}

/// What Go calls the type of decoded JSON.
fn go_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "<nil>",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float64",
        Value::Number(_) => "int64",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    }
}

/// A value as Go's `%v` prints it: `map[a:1 b:[2 3]]`.
pub fn go_text(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(list) => format!("[{}]", list.iter().map(go_text).collect::<Vec<_>>().join(" ")),
        Value::Object(map) => {
            let entries = map.iter().map(|(key, value)| format!("{key}:{}", go_text(value)));
            format!("map[{}]", entries.collect::<Vec<_>>().join(" "))
        }
    }
}

/// A value as a template prints it (PrintResults).
fn text(value: &Value) -> String {
    match value {
        Value::Array(_) | Value::Object(_) => escaped(&value.to_string()),
        other => go_text(other),
    }
}

/// What encoding/json escapes besides.
pub fn escaped(json: &str) -> String {
    json.replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(template: &str) -> Result<String, String> {
        let data = serde_json::json!({
            "kind": "List",
            "items": [
                {"name": "a", "n": 1, "labels": {"app.io/x": "web"}, "ports": [80, 443, 8080]},
                {"name": "b", "n": 2, "conditions": [{"type": "Ready", "status": "True"}, {"type": "Other", "status": "<no>"}]},
            ],
        });
        JsonPathTemplate::parse(template)?.print(&data)
    }

    /// The rules of util/jsonpath's own tests (jsonpath_test.go), on other data.
    #[test]
    fn templates_print_what_kubectl_prints() {
        for (template, expected) in [
            ("kind is {.kind}", "kind is List"),
            ("{$.kind}{@.kind}", "ListList"),
            ("{.items[*].name}", "a b"),
            ("{.items[0].ports[1]} {.items[-2].name}", "443 a"),
            ("{.items[0].ports[0:2]}|{.items[0].ports[::2]}|{.items[0].ports[1:]}", "80 443|80 8080|443 8080"),
            ("{.items[0].ports}", "[80,443,8080]"),
            ("{.items[*].missing}{.nothing.at.all}", ""),
            ("{.items[*]['name','n']}", "a b 1 2"),
            ("{.items[0,1].name}", "a b"),
            ("{.items[0].labels.app\\.io/x}{.items[0].labels['app\\.io/x']}", "webweb"),
            ("{..name}", "a b"),
            ("{.items[?(@.name==\"b\")].n}", "2"),
            ("{.items[?(@.n>1)].name}{.items[?(@.conditions)].name}", "bb"),
            ("{.items[1].conditions[?(@.type=='Ready')].status}", "True"),
            ("{range .items[*]}{.name}{\"\\t\"}{.n}{\"\\n\"}{end}.", "a\t1\nb\t2\n."),
            ("{range .items[*]}{.name}:{range .conditions[*]}{.type},{end};{end}", "a:;b:Ready,Other,;"),
            ("{range .nothing[*]}{.name}{end}after", "after"),
            ("{.items[1].conditions[1]}", "{\"status\":\"\\u003cno\\u003e\",\"type\":\"Other\"}"),
            ("{'single'}{3}{true}", "single3true"),
        ] {
            assert_eq!(printed(template).as_deref(), Ok(expected), "{template}");
        }
    }

    #[test]
    fn ranges_end_somewhere() {
        let ranges = |count: usize| printed(&format!("{}{}", "{range .items[*]}".repeat(count), "{end}".repeat(count)));
        assert_eq!(ranges(16).as_deref(), Ok(""));
        assert!(ranges(100_000).is_err());
    }

    #[test]
    fn errors_are_upstream_s() {
        for (template, expected) in [
            ("{.kind", "unclosed action"),
            ("{.items[x]}", "invalid array index x"),
            ("{.items[0", "unterminated array"),
            ("{.items[5].name}", "array index out of bounds: index 5, length 2"),
            ("{.kind[0]}", "string is not array or slice"),
            ("{end}", "not in range, nothing to end"),
            ("{foo}", "unrecognized identifier foo"),
            ("{'x}", "unterminated quoted string"),
            ("{*}", "unrecognized character in action: U+002A '*'"),
            ("{.items[?(@.name==1)]}", "incompatible types for comparison"),
            ("{.items[?(@.name=~\"a\")]}", "unrecognized character in action: U+007E '~'"),
        ] {
            assert_eq!(printed(template), Err(expected.to_owned()), "{template}");
        }
    }
}
