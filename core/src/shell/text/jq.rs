//! jq, as far as posts use it: paths, pipes, `select`, `map`, comparisons, texts with values in them, new objects.

use super::super::stream::CommandOutput;
use super::TextTool;
use crate::console::option::{ToolOption, TypedWord};
use crate::shell::arguments::TextArguments;
use crate::terminal::UsageError;
use evaluate::evaluate;
use scope::{JqScope, JqVariables};
use value::{JqStyle, JqValue};

mod value;
mod scope;
mod path;
mod expression;
mod function;
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
    /// `a?`, `try a catch b`
    Try(Box<JqFilter>, Option<Box<JqFilter>>),
    /// `a | b`
    Pipe(Box<JqFilter>, Box<JqFilter>),
    /// `a, b`
    Comma(Box<JqFilter>, Box<JqFilter>),
    /// A number, a text, true, false, null.
    Literal(JqValue),
    /// `"a \(.b)"`, each part written by a format: `@uri "a \(.b)"`
    Interpolated(String, Vec<JqFilter>),
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
    /// `a = b`, `a |= b`, `a += b`
    Assign(&'static str, Box<JqFilter>, Box<JqFilter>),
    /// `reduce a as $name (b; c)`, and `foreach` with what it gives at each step
    Fold(Box<JqFilter>, String, Box<JqFilter>, Box<JqFilter>, Option<Box<JqFilter>>),
    /// `def name(f): a; b`
    Define(String, Vec<String>, Box<JqFilter>, Box<JqFilter>),
}

/// What the options ask for.
#[derive(Default)]
struct JqOptions {
    raw: bool,
    joins: bool,
    compact: bool,
    slurps: bool,
    null_input: bool,
    raw_input: bool,
    by_exit: bool,
    sorts_keys: bool,
    indent: Option<String>,
    variables: JqVariables,
}

impl JqOptions {
    /// An option without value.
    fn take(&mut self, option: &str) {
        match option {
            "r" | "raw-output" => self.raw = true,
            "j" | "join-output" => (self.raw, self.joins) = (true, true),
            "c" | "compact-output" => self.compact = true,
            "s" | "slurp" => self.slurps = true,
            "n" | "null-input" => self.null_input = true,
            "R" | "raw-input" => self.raw_input = true,
            "e" | "exit-status" => self.by_exit = true,
            "S" | "sort-keys" => self.sorts_keys = true,
            "tab" => self.indent = Some("\t".to_owned()),
            _ => {}
        }
    }

    fn style(&self) -> JqStyle {
        let indent = self.indent.clone().unwrap_or_else(|| "  ".to_owned());
        let indent = Some(indent).filter(|indent| !self.compact && !indent.is_empty());
        JqStyle { raw: self.raw, indent, sorts_keys: self.sorts_keys }
    }

    /// The values to work on, and what is wrong with the text behind them.
    fn inputs(&self, text: &str) -> (Vec<JqValue>, Option<String>) {
        if self.raw_input {
            let lines = || text.lines().map(JqValue::from).collect();
            return (if self.slurps { vec![text.into()] } else { lines() }, None);
        }
        let mut values = Vec::new();
        for value in serde_json::Deserializer::from_str(text).into_iter::<JqValue>() {
            match value {
                Ok(value) => values.push(value),
                Err(error) => return (values, Some(format!("jq: parse error: {error}"))),
            }
        }
        (if self.slurps { vec![JqValue::List(values)] } else { values }, None)
    }
}

pub const OPTIONS: &[ToolOption<()>] = &[
    ToolOption::by_name("-c --compact-output", false),
    ToolOption::by_name("-e --exit-status", false),
    ToolOption::by_name("-j --join-output", false),
    ToolOption::by_name("-n --null-input", false),
    ToolOption::by_name("-R --raw-input", false),
    ToolOption::by_name("-r --raw-output", false),
    ToolOption::by_name("-S --sort-keys", false),
    ToolOption::by_name("-s --slurp", false),
    ToolOption::by_name("--arg", true),
    ToolOption::by_name("--argjson", true),
    ToolOption::by_name("--args", false),
    ToolOption::by_name("--indent", true),
    ToolOption::by_name("--jsonargs", false),
    ToolOption::by_name("--tab", false),
    ToolOption::ignored("-a -C -M --ascii-output --color-output --monochrome-output --unbuffered"),
];

/// Reads the words behind `jq`.
pub fn read(_: &str, arguments: TextArguments) -> Result<TextTool, UsageError> {
    // 1. Options, the program and files.
    let mut options = JqOptions::default();
    let (mut program, mut files) = (None, Vec::new());
    let mut positional: Option<Vec<JqValue>> = None;
    let mut rest = arguments.typed().iter();
    while let Some(TypedWord { option, value }) = rest.next() {
        let value = value.clone().unwrap_or_default();
        let json = |text: &str, option: &str| {
            let wrong = |_| UsageError::of_tool(2, format!("jq: Invalid JSON text passed to {option}"));
            serde_json::from_str::<JqValue>(text).map_err(wrong)
        };
        match option.as_deref() {
            // The name is the option's value, what it stands for the next word.
            Some(option @ ("--arg" | "--argjson")) => {
                let text = rest.next().and_then(|word| word.value.clone()).unwrap_or_default();
                let meant = if option == "--arg" { JqValue::Text(text) } else { json(&text, option)? };
                options.variables.insert(value, meant);
            }
            Some("--args" | "--jsonargs") => positional = Some(Vec::new()),
            Some("--indent") => {
                let wrong = || UsageError::new(2, format!("jq: --indent {value} isn't known here"));
                let width: usize = value.parse().ok().filter(|width| *width < 8).ok_or_else(wrong)?;
                options.indent = Some(" ".repeat(width));
            }
            Some(option) => options.take(option.trim_start_matches('-')),
            None if program.is_none() => program = Some(value),
            None => match &mut positional {
                Some(named) if arguments.has(&["--jsonargs"]) => named.push(json(&value, "--jsonargs")?),
                Some(named) => named.push(JqValue::Text(value)),
                None => files.push(value),
            },
        }
    }
    if let Some(named) = positional {
        let named = value::JqObject(vec![("positional".to_owned(), JqValue::List(named))]);
        options.variables.insert("ARGS".to_owned(), JqValue::Object(named));
    }
    // 2. The filter.
    let program = program.unwrap_or_else(|| ".".to_owned());
    let filter = parser::parse(&program)
        .map_err(|what| UsageError::new(3, format!("jq: `{what}` in `{program}` isn't understood here")))?;
    // 3. It runs over each text.
    Ok(TextTool::of_text(files, move |text| run(&options, &filter, text)))
}

fn run(options: &JqOptions, filter: &JqFilter, text: &str) -> CommandOutput {
    // 1. The inputs, as far as they can be read.
    let (inputs, wrong) = options.inputs(text);
    let style = options.style();
    let mut written = CommandOutput::status(0);
    let mut last = None;
    let scope = JqScope::new(options.variables.clone(), evaluate);
    // 2. With -n the program itself asks for the inputs.
    let (inputs, asked) = if options.null_input { (vec![JqValue::Null], inputs) } else { (inputs, Vec::new()) };
    let scope = scope.with("__inputs", JqValue::List(asked));
    // 3. Each input's values; an error ends its own input only.
    for input in &inputs {
        match evaluate(filter, input, &scope) {
            Ok(values) => {
                for value in values {
                    written.text.push_str(&value.printed(&style));
                    written.text.push_str(if options.joins { "" } else { "\n" });
                    last = Some(value);
                }
            }
            Err(why) => written.append(CommandOutput::failure(5, format!("jq: error (at <stdin>:0): {why}"))),
        }
    }
    // 4. What couldn't be read, and the exit status.
    if let Some(wrong) = wrong.filter(|_| !options.null_input) {
        written.append(CommandOutput::failure(5, wrong));
    }
    if options.by_exit && written.exit == 0 && !last.as_ref().is_some_and(JqValue::is_true) {
        written.exit = if last.is_none() { 4 } else { 1 };
    }
    written
}

#[cfg(test)]
mod tests {
    fn run(args: &[&str]) -> Result<String, String> {
        const TEXT: &str = r#"{"items": [{"metadata": {"name": "a", "labels": {"app.kubernetes.io/name": "x"}}, "status": {"podIP": "1"}},
            {"metadata": {"name": "b"}, "status": {"podIP": "2", "ready": true}}]}"#;
        let args: Vec<String> = args.iter().map(ToString::to_string).collect();
        let tool = super::super::read("jq", &args).unwrap().map_err(|error| error.message)?;
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
            ("reduce .items[] as $i (0; . + 1)", "2\n"),
            ("[foreach (1, 2, 3) as $i (0; . + $i; [$i, .])] | tojson", "[[1,1],[2,3],[3,6]]\n"),
            ("def name: .metadata.name; .items[] | name", "a\nb\n"),
            ("def twice(f): f | f; 3 | twice(. * 2)", "12\n"),
            (".items[0].metadata.labels = {x: 1} | .items[0].metadata.labels.x", "1\n"),
            ("[.items[].status.podIP |= tonumber | .items[].status.podIP] | add", "3\n"),
            ("del(.items[0]) | .items[0].metadata.name", "b\n"),
            ("del(.items[] | select(.metadata.name == \"a\")) | .items | length", "1\n"),
            ("first(.items[].metadata.name), (.items | last.metadata.name)", "a\nb\n"),
            ("[limit(1; .items[])] | length", "1\n"),
            ("[range(2; 5)] | map(. * .) | join(\" \")", "4 9 16\n"),
            ("any(.items[]; .status.ready), all(.items[]; .status.ready)", "true\nfalse\n"),
            (
                "\"web-6d4b\" | sub(\"-(?<h>.*)$\"; \"+\\(.h)\"), [scan(\"[0-9]\")][0], (capture(\"(?<a>w.)\").a)",
                "web+6d4b\n6\nwe\n",
            ),
            ("\"a b&c\" | @uri, @sh, @html, @base64", "a%20b%26c\n'a b&c'\na b&amp;c\nYSBiJmM=\n"),
            ("try error(\"x\") catch \"caught \\(.)\"", "caught x\n"),
            ("[paths(type == \"boolean\")] | map(join(\".\")) | .[]", "items.1.status.ready\n"),
            ("1767225600 | todate | ., fromdate", "2026-01-01T00:00:00Z\n1767225600\n"),
            (
                "[3, 1, 2] | (min, max, (sort | tojson), index(1), (map(tostring) | join(\"\")))",
                "1\n3\n[1,2,3]\n1\n312\n",
            ),
            (
                ".items | map({(.metadata.name): .status.podIP}) | add | to_entries[] | \"\\(.key)=\\(.value)\"",
                "a=1\nb=2\n",
            ),
            ("[.items[] | .metadata.name] as [$a, $b] | $b", "b\n"),
            (".items[0].metadata as {name: $n} | $n", "a\n"),
            ("[.. | strings] | length", "5\n"),
            ("walk(if type == \"string\" then ascii_upcase else . end) | .items[0].metadata.name", "A\n"),
        ] {
            assert_eq!(run(&["-r", program]).as_deref(), Ok(expected), "{program}");
        }
        assert_eq!(
            run(&["-c", "{n: .items[0].metadata.name, l: [1,2]}"]).as_deref(),
            Ok("{\"n\":\"a\",\"l\":[1,2]}\n")
        );
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert!(run(&["label $out | 1"]).unwrap_err().contains("label"));
        assert_eq!(run(&["-n", "--arg", "a", "1", "[$a, $ENV.HOME] | length"]).as_deref(), Ok("2\n"));
        assert!(run(&[".items.name"]).unwrap_err().contains("Cannot index array"));
    }
}
