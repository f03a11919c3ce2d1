//! jq, as far as posts use it: paths, pipes, `select`, `map`, comparisons, texts with values in them, new objects.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::stream::CommandOutput;
use super::TextTool;
use crate::terminal::UsageError;

mod evaluate;
mod parser;

/// A filter, as it is written.
#[derive(Clone, Debug, PartialEq)]
enum JqFilter {
    /// `.`
    Identity,
    /// `..`
    Descend,
    /// `.name`, `.["name"]`, `.[0]`
    Index(Box<JqFilter>, Box<JqFilter>),
    /// `.[1:3]`
    Slice(Box<JqFilter>, Option<i64>, Option<i64>),
    /// `.[]`
    Iterate(Box<JqFilter>),
    /// `?` behind a filter
    Try(Box<JqFilter>),
    /// `a | b`
    Pipe(Box<JqFilter>, Box<JqFilter>),
    /// `a, b`
    Comma(Box<JqFilter>, Box<JqFilter>),
    /// A number, a text, true, false, null.
    Literal(Value),
    /// `"a \(.b)"`
    Interpolated(Vec<JqFilter>),
    /// `[…]`
    Array(Option<Box<JqFilter>>),
    /// `{a: .b}`
    Object(Vec<(JqFilter, JqFilter)>),
    /// `a == b`, `a + b`, `a and b`, `a // b`
    Binary(&'static str, Box<JqFilter>, Box<JqFilter>),
    /// `if a then b else c end`
    If(Box<JqFilter>, Box<JqFilter>, Box<JqFilter>),
    /// `map(…)`
    Call(String, Vec<JqFilter>),
    /// `$name`
    Variable(String),
    /// `a as $name | b`
    Bind(Box<JqFilter>, String, Box<JqFilter>),
}

/// Values by their names: `--arg`, and `as`.
type JqVariables = BTreeMap<String, Value>;

/// Reads the words behind `jq`.
pub fn read(args: &[String]) -> Result<TextTool, UsageError> {
    let (mut raw, mut compact, mut slurps, mut null_input, mut by_exit, mut joins) =
        (false, false, false, false, false, false);
    let (mut program, mut files) = (None, Vec::new());
    let mut variables = JqVariables::new();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        match arg.as_str() {
            "--raw-output" => raw = true,
            "--compact-output" => compact = true,
            "--slurp" => slurps = true,
            "--null-input" => null_input = true,
            "--exit-status" => by_exit = true,
            "--arg" | "--argjson" => {
                let (name, text) = (rest.next().cloned().unwrap_or_default(), rest.next().cloned().unwrap_or_default());
                let value =
                    if arg == "--arg" { Value::from(text) } else { serde_json::from_str(&text).unwrap_or_default() };
                variables.insert(name, value);
            }
            "--color-output" | "--monochrome-output" | "--sort-keys" | "--tab" => {}
            option if option.starts_with('-') && option.len() > 1 && !option.starts_with("--") => {
                for letter in option.chars().skip(1) {
                    match letter {
                        'r' => raw = true,
                        'j' => (raw, joins) = (true, true),
                        'c' => compact = true,
                        's' => slurps = true,
                        'n' => null_input = true,
                        'e' => by_exit = true,
                        'C' | 'M' | 'S' | 'a' => {}
                        _ => return Err(UsageError::new(2, format!("jq: option {option} isn't known here"))),
                    }
                }
            }
            option if option.starts_with("--") => {
                return Err(UsageError::new(2, format!("jq: option {option} isn't known here")));
            }
            _ if program.is_none() => program = Some(arg.clone()),
            _ => files.push(arg.clone()),
        }
    }
    let program = program.unwrap_or_else(|| ".".to_owned());
    let filter = parser::parse(&program)
        .map_err(|what| UsageError::new(3, format!("jq: `{what}` in `{program}` isn't understood here")))?;
    Ok(TextTool::of_text(files, move |text| {
        let mut inputs = Vec::new();
        for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
            match value {
                Ok(value) => inputs.push(value),
                Err(error) => {
                    return CommandOutput::failure(5, format!("jq: parse error: {error}"));
                }
            }
        }
        if slurps {
            inputs = vec![Value::Array(inputs)];
        }
        if null_input {
            inputs = vec![Value::Null];
        }
        let mut written = CommandOutput::status(0);
        let mut last = None;
        for input in &inputs {
            match evaluate::evaluate(&filter, input, &variables) {
                Ok(values) => {
                    for value in values {
                        written.text.push_str(&shown(&value, raw, compact));
                        written.text.push_str(if joins { "" } else { "\n" });
                        last = Some(value);
                    }
                }
                Err(why) => written.append(CommandOutput::failure(5, format!("jq: error (at <stdin>:0): {why}"))),
            }
        }
        if by_exit && written.exit == 0 && matches!(last, None | Some(Value::Null | Value::Bool(false))) {
            written.exit = if last.is_none() { 4 } else { 1 };
        }
        written
    }))
}

fn shown(value: &Value, raw: bool, compact: bool) -> String {
    match value {
        Value::String(text) if raw => text.clone(),
        value if compact => value.to_string(),
        value => serde_json::to_string_pretty(value).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(args: &[&str]) -> Result<String, String> {
        const TEXT: &str = r#"{"items": [{"metadata": {"name": "a", "labels": {"app.kubernetes.io/name": "x"}}, "status": {"podIP": "1"}},
            {"metadata": {"name": "b"}, "status": {"podIP": "2", "ready": true}}]}"#;
        let args: Vec<String> = args.iter().map(ToString::to_string).collect();
        let tool = read(&args).map_err(|error| error.message)?;
        let written = (tool.filter)(&[super::super::NamedText { name: String::new(), text: TEXT.to_owned() }]);
        if written.exit == 0 { Ok(written.text) } else { Err(written.errors) }
    }

    #[test]
    fn as_posts_use_it() {
        for (program, expected) in [
            (".items[].metadata.name", "a\nb\n"),
            (".items[0].status.podIP", "1\n"),
            (".items | length", "2\n"),
            (".items[-1].metadata.name", "b\n"),
            ("[.items[] | select(.status.ready == true) | .metadata.name] | join(\",\")", "b\n"),
            (".items[] | select(.metadata.name != \"a\").status.podIP", "2\n"),
            (".items[] | \"\\(.metadata.name)=\\(.status.podIP)\"", "a=1\nb=2\n"),
            (".items[0].metadata.labels[\"app.kubernetes.io/name\"]", "x\n"),
            (".items[0].metadata.labels.\"app.kubernetes.io/name\"", "x\n"),
            (".items | map(.metadata.name) | .[1:] | .[]", "b\n"),
            (".items[1].metadata.labels // \"none\"", "none\n"),
            (".items[] | .metadata | keys | .[]", "labels\nname\nname\n"),
            (".items[] | select(.metadata.name | test(\"^a\")) | .status.podIP | tonumber + 1", "2\n"),
            (".items[1].status | to_entries[] | .key", "podIP\nready\n"),
            (".nothing.at.all", "null\n"),
            (".items[] | if .status.ready then \"yes\" else \"no\" end", "no\nyes\n"),
            (".items as $all | $all | length", "2\n"),
        ] {
            assert_eq!(run(&["-r", program]).as_deref(), Ok(expected), "{program}");
        }
        assert_eq!(
            run(&["-c", "{n: .items[0].metadata.name, l: [1,2]}"]).as_deref(),
            Ok("{\"l\":[1,2],\"n\":\"a\"}\n")
        );
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert!(run(&["reduce .[] as $x (0; . + $x)"]).unwrap_err().contains("reduce"));
        assert!(run(&[".items.name"]).unwrap_err().contains("Cannot index array"));
    }
}
