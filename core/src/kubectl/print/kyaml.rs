//! `-o kyaml`: YAML in braces with texts in quotes (sigs.k8s.io/yaml, kyaml/kyaml.go).

use serde_json::Value;

/// A document.
pub fn kyaml_text(value: &Value) -> String {
    let mut out = String::from("---\n");
    write_node(value, 0, &mut out);
    out + "\n"
}

fn line(indent: usize, out: &mut String) {
    out.push('\n');
    out.push_str(&"  ".repeat(indent));
}

fn write_node(value: &Value, indent: usize, out: &mut String) {
    match value {
        Value::Object(map) if map.is_empty() => out.push_str("{}"),
        Value::Array(list) if list.is_empty() => out.push_str("[]"),
        Value::Object(map) => {
            out.push('{');
            for (key, value) in map {
                line(indent + 1, out);
                out.push_str(&if needs_quotes(key) { format!("{key:?}") } else { key.clone() });
                out.push_str(": ");
                write_node(value, indent + 1, out);
                out.push(',');
            }
            line(indent, out);
            out.push('}');
        }
        // Lists of lists and of objects stand close to their brackets.
        Value::Array(list) if list.iter().all(|value| value.is_object() || value.is_array()) => {
            out.push('[');
            for (at, value) in list.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                write_node(value, indent, out);
            }
            out.push(']');
        }
        Value::Array(list) => {
            out.push('[');
            for value in list {
                line(indent + 1, out);
                write_node(value, indent + 1, out);
                out.push(',');
            }
            line(indent, out);
            out.push(']');
        }
        Value::String(text) => write_text(text, indent + 1, out),
        other => out.push_str(&other.to_string()),
    }
}

/// A text of several lines is folded, each line one blank further in.
fn write_text(text: &str, indent: usize, out: &mut String) {
    let escaped = |text: &str| {
        let quoted = serde_json::to_string(text).unwrap_or_default().replace("\\t", "\t");
        quoted.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_default().to_owned()
    };
    if !text.contains('\n') {
        out.push_str(&format!("\"{}\"", escaped(text)));
        return;
    }
    out.push_str("\"\\");
    for part in text.split_inclusive('\n') {
        line(indent, out);
        let (body, end) = part.strip_suffix('\n').map_or((part, "\\"), |body| (body, "\\n\\"));
        out.push(if body.starts_with([' ', '\t']) { '\\' } else { ' ' });
        out.push_str(&escaped(body));
        out.push_str(end);
    }
    line(indent, out);
    out.push('"');
}

/// Names that YAML could read as something else than a text.
fn needs_quotes(text: &str) -> bool {
    const WORDS: [&str; 12] = ["null", "~", "true", "y", "yes", "on", "false", "n", "no", "off", "t", "f"];
    let lower = text.to_lowercase();
    let is_number = text.replace('_', "").parse::<f64>().is_ok() || lower.starts_with("0x") || lower.starts_with("0o");
    let is_date =
        text.len() >= 8 && text.split('-').count() == 3 && text.split('-').all(|part| part.parse::<u32>().is_ok());
    let last = text.chars().count().saturating_sub(1);
    let is_plain = |(at, letter): (usize, char)| {
        letter.is_alphanumeric() || letter == '_' || (at > 0 && at < last && matches!(letter, '-' | '.' | '/'))
    };
    text.is_empty()
        || WORDS.contains(&lower.as_str())
        || is_number
        || is_date
        || !text.chars().enumerate().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn objects_lists_and_texts() {
        let value = json!({"a": {"on": "x", "b.c/d": 1}, "list": [{"p": 80}, {"p": "81"}], "names": ["x", true], "none": [], "text": "one\n  two\n"});
        let expected = "---
{
  a: {
    b.c/d: 1,
    \"on\": \"x\",
  },
  list: [{
    p: 80,
  }, {
    p: \"81\",
  }],
  names: [
    \"x\",
    true,
  ],
  none: [],
  text: \"\\
     one\\n\\
    \\  two\\n\\
    \",
}
";
        assert_eq!(kyaml_text(&value), expected);
    }
}
