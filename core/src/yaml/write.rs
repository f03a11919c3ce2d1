//! YAML as kubectl writes it (sigs.k8s.io/yaml: go-yaml v2): keys in order, lists not indented, text in quotes only
//! where it would be read as something else.

use serde_json::Value;

use super::scalar::means_text;

/// A value as a document.
pub fn write(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Object(map) if !map.is_empty() => block(value, "", &mut out),
        other => out.push_str(&format!("{}\n", flow(other, ""))),
    }
    out
}

/// The lines of a map or list that isn't empty.
fn block(value: &Value, indent: &str, out: &mut String) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                out.push_str(&format!("{indent}{}:", scalar(key, None)));
                match value {
                    Value::Object(map) if !map.is_empty() => {
                        out.push('\n');
                        block(value, &format!("{indent}  "), out);
                    }
                    Value::Array(list) if !list.is_empty() => {
                        out.push('\n');
                        block(value, indent, out);
                    }
                    other => out.push_str(&format!(" {}\n", flow(other, indent))),
                }
            }
        }
        Value::Array(list) => {
            for element in list {
                let inner = format!("{indent}  ");
                match element {
                    Value::Object(map) if !map.is_empty() => nested(element, indent, &inner, out),
                    Value::Array(list) if !list.is_empty() => nested(element, indent, &inner, out),
                    other => out.push_str(&format!("{indent}- {}\n", flow(other, indent))),
                }
            }
        }
        _ => {}
    }
}

/// An element begins on the line of its dash.
fn nested(element: &Value, indent: &str, inner: &str, out: &mut String) {
    let mut lines = String::new();
    block(element, inner, &mut lines);
    out.push_str(&format!("{indent}- {}", lines.strip_prefix(inner).unwrap_or(&lines)));
}

/// A value behind a key that stands at an indentation: on its line, or in lines of its own below it, without the last
/// line break.
pub fn write_value(value: &Value, indent: &str) -> String {
    let inner = if value.is_array() { indent.to_owned() } else { format!("{indent}  ") };
    match value {
        Value::Object(map) if map.is_empty() => " {}".to_owned(),
        Value::Array(list) if list.is_empty() => " []".to_owned(),
        Value::Object(_) | Value::Array(_) => {
            let mut lines = String::from("\n");
            block(value, &inner, &mut lines);
            lines.trim_end_matches('\n').to_owned()
        }
        other => format!(" {}", flow(other, indent)),
    }
}

/// What stands on the line of its key.
fn flow(value: &Value, indent: &str) -> String {
    match value {
        Value::String(text) => scalar(text, Some(indent)),
        Value::Object(_) => "{}".to_owned(),
        Value::Array(_) => "[]".to_owned(),
        other => other.to_string(),
    }
}

/// A text. Several lines become a literal block where that is allowed; `indent` is None for a key.
fn scalar(text: &str, indent: Option<&str>) -> String {
    let special = text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{feff}');
    let space_break = text.contains(" \n");
    if text.contains('\n') {
        return match indent.filter(|_| !special && !space_break && !text.ends_with(' ')) {
            Some(indent) => literal(text, indent),
            None => double(text),
        };
    }
    if special || !means_text(text) {
        return double(text);
    }
    if is_plain(text) { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}

/// Whether it may stand without quotes (yaml_emitter_analyze_scalar, in a block).
fn is_plain(text: &str) -> bool {
    let begins = text.starts_with(|c| "#,[]{}&*!|>'\"%@`".contains(c));
    let mark = text.strip_prefix(['?', ':', '-']).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
    let document = text.starts_with("---") || text.starts_with("...");
    let inside = text.contains(": ") || text.ends_with(':') || text.contains(" #");
    !(text.is_empty() || begins || mark || document || inside || text.starts_with(' ') || text.ends_with(' '))
}

fn literal(text: &str, indent: &str) -> String {
    let hint = if text.starts_with([' ', '\n']) { "2" } else { "" };
    let chomping = match text.strip_suffix('\n') {
        None => "-",
        Some(rest) if rest.is_empty() || rest.ends_with('\n') => "+",
        Some(_) => "",
    };
    let body = text.strip_suffix('\n').unwrap_or(text);
    let lines = body.split('\n').map(|line| if line.is_empty() { String::new() } else { format!("{indent}  {line}") });
    format!("|{hint}{chomping}\n{}", lines.collect::<Vec<_>>().join("\n"))
}

fn double(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|c| match c {
            '"' => "\\\"".to_owned(),
            '\\' => "\\\\".to_owned(),
            '\n' => "\\n".to_owned(),
            '\t' => "\\t".to_owned(),
            '\r' => "\\r".to_owned(),
            c if c.is_control() || c == '\u{feff}' => format!("\\u{:04X}", u32::from(c)),
            c => c.to_string(),
        })
        .collect();
    format!("\"{escaped}\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// As sigs.k8s.io/yaml writes them.
    #[test]
    fn text_has_quotes_where_it_would_be_read_as_something_else() {
        let value = json!({
            "a": "80", "b": "true", "c": "y", "d": "", "e": "*", "f": "a: b", "g": "10.0.0.1", "h": "2020-01-01",
            "i": [{"x": 1, "y": {}}, [], "web"], "j": "a\n\nb\n", "k": "a\tb", "l": "it's #1", "m": "x\ny",
        });
        let expected = "a: \"80\"\nb: \"true\"\nc: \"y\"\nd: \"\"\ne: '*'\nf: 'a: b'\ng: 10.0.0.1\nh: \"2020-01-01\"\n\
            i:\n- x: 1\n  \"y\": {}\n- []\n- web\nj: |\n  a\n\n  b\nk: \"a\\tb\"\nl: 'it''s #1'\nm: |-\n  x\n  y\n";
        assert_eq!(write(&value), expected);
    }
}
