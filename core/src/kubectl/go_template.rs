//! Go templates (text/template) as `-o go-template` prints objects with them (cli-runtime, printers/template.go). A missing
//! key is `<no value>`.

use serde_json::Value;

mod function;
mod parser;

use super::jsonpath::go_text;

/// How many nodes are run through before a template is too much.
const MAX_STEPS: usize = 1_000_000;

/// A template that could be read.
#[derive(Clone, Debug, PartialEq)]
pub struct GoTemplate {
    nodes: Vec<TemplateNode>,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq)]
enum TemplateNode {
    Text(String),
    Print(Pipeline),
    If(Block),
    With(Block),
    Range(Block),
    Break,
    Continue,
}

/// `{{if PIPELINE}}BODY{{else}}OTHERWISE{{end}}`
#[derive(Clone, Debug, PartialEq)]
struct Block {
    pipeline: Pipeline,
    body: Vec<TemplateNode>,
    otherwise: Vec<TemplateNode>,
}

/// `$a, $b := COMMAND | COMMAND`
#[derive(Clone, Debug, Default, PartialEq)]
struct Pipeline {
    variables: Vec<String>,
    /// `=` instead of `:=`
    assigns: bool,
    commands: Vec<Vec<TemplateOperand>>,
}

/// One word of a command, with the fields behind it.
#[derive(Clone, Debug, PartialEq)]
struct TemplateOperand {
    root: OperandRoot,
    fields: Vec<String>,
    /// As it was typed, and its column, for errors.
    text: String,
    column: usize,
}

#[derive(Clone, Debug, PartialEq)]
enum OperandRoot {
    Dot,
    Variable(String),
    Literal(Value),
    Function(String),
    Parentheses(Box<Pipeline>),
}

/// How a list of nodes ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BodyEnd {
    Through,
    Break,
    Continue,
}

impl GoTemplate {
    /// Reads a template; the error is upstream's.
    pub fn parse(text: &str) -> Result<Self, String> {
        parser::parse(text).map(|nodes| Self { nodes })
    }

    /// What it prints of an object.
    pub fn print(&self, data: &Value) -> Result<String, String> {
        let variables = vec![("$".to_owned(), data.clone())];
        let mut run = TemplateRun { variables, text: String::new(), steps: 0 };
        run.nodes(&self.nodes, data)?;
        Ok(run.text)
    }
}

/// A template being printed.
struct TemplateRun {
    variables: Vec<(String, Value)>,
    text: String,
    steps: usize,
}

impl TemplateRun {
    fn nodes(&mut self, nodes: &[TemplateNode], dot: &Value) -> Result<BodyEnd, String> {
        for node in nodes {
            self.steps += 1;
            if self.steps > MAX_STEPS {
                return Err(format!("more than {MAX_STEPS} steps"));
            }
            match node {
                TemplateNode::Text(text) => self.text.push_str(text),
                TemplateNode::Print(pipeline) => {
                    let value = self.pipeline(pipeline, dot)?;
                    if pipeline.variables.is_empty() {
                        self.text.push_str(&shown(&value));
                    }
                }
                TemplateNode::If(block) | TemplateNode::With(block) => {
                    let depth = self.variables.len();
                    let value = self.pipeline(&block.pipeline, dot)?;
                    let inner = if matches!(node, TemplateNode::With(_)) { &value } else { dot };
                    let end = if is_true(&value) {
                        self.nodes(&block.body, inner)?
                    } else {
                        self.nodes(&block.otherwise, dot)?
                    };
                    self.variables.truncate(depth);
                    if end != BodyEnd::Through {
                        return Ok(end);
                    }
                }
                TemplateNode::Range(block) => self.range(block, dot)?,
                TemplateNode::Break => return Ok(BodyEnd::Break),
                TemplateNode::Continue => return Ok(BodyEnd::Continue),
            }
        }
        Ok(BodyEnd::Through)
    }

    fn range(&mut self, block: &Block, dot: &Value) -> Result<(), String> {
        // 1. What is iterated over.
        let depth = self.variables.len();
        let bare = Pipeline { variables: Vec::new(), ..block.pipeline.clone() };
        let elements: Vec<(Value, Value)> = match self.pipeline(&bare, dot)? {
            Value::Array(list) => list.into_iter().enumerate().map(|(at, one)| (Value::from(at), one)).collect(),
            Value::Object(map) => map.into_iter().map(|(key, one)| (Value::from(key), one)).collect(),
            Value::Null => Vec::new(),
            Value::Number(number) => {
                let count = number.as_u64().unwrap_or(0).min(MAX_STEPS as u64);
                (0..count).map(|at| (Value::from(at), Value::from(at))).collect()
            }
            other => return Err(format!("range can't iterate over {}", go_text(&other))),
        };
        // 2. Nothing: the other branch.
        if elements.is_empty() {
            self.nodes(&block.otherwise, dot)?;
        }
        // 3. Each element, with its variables anew.
        for (key, element) in elements {
            self.variables.truncate(depth);
            match &block.pipeline.variables[..] {
                [one] => self.variables.push((one.clone(), element.clone())),
                [first, second] => {
                    self.variables.extend([(first.clone(), key), (second.clone(), element.clone())]);
                }
                _ => {}
            }
            if self.nodes(&block.body, &element)? == BodyEnd::Break {
                break;
            }
        }
        self.variables.truncate(depth);
        Ok(())
    }

    fn pipeline(&mut self, pipeline: &Pipeline, dot: &Value) -> Result<Value, String> {
        let mut value = None;
        for command in &pipeline.commands {
            value = Some(self.command(command, dot, value)?);
        }
        let value = value.unwrap_or_default();
        for name in &pipeline.variables {
            let known = self.variables.iter_mut().rev().find(|(known, _)| known == name);
            match known.filter(|_| pipeline.assigns) {
                Some((_, old)) => *old = value.clone(),
                None => self.variables.push((name.clone(), value.clone())),
            }
        }
        Ok(value)
    }

    /// A function with its arguments, the result of the command before it as the last; or one operand.
    fn command(&mut self, words: &[TemplateOperand], dot: &Value, piped: Option<Value>) -> Result<Value, String> {
        let Some((first, rest)) = words.split_first() else { return Ok(Value::Null) };
        let OperandRoot::Function(name) = &first.root else {
            if !rest.is_empty() || piped.is_some() {
                return Err(located(first, "can't give argument to non-function"));
            }
            return self.operand(first, dot);
        };
        let mut arguments = Vec::new();
        for word in rest {
            let value = self.operand(word, dot)?;
            // What decides is found before what stands behind it is looked at.
            let decides = (name == "and" && !is_true(&value)) || (name == "or" && is_true(&value));
            if decides {
                return Ok(value);
            }
            arguments.push(value);
        }
        arguments.extend(piped);
        let value = function::call(name, &arguments).map_err(|why| located(first, &why))?;
        fields_of(value, first)
    }

    fn operand(&mut self, operand: &TemplateOperand, dot: &Value) -> Result<Value, String> {
        let value = match &operand.root {
            OperandRoot::Dot => return found(dot, operand),
            OperandRoot::Variable(name) => {
                let own = self.variables.iter().rev().find(|(known, _)| known == name);
                own.map(|(_, value)| value.clone()).unwrap_or_default()
            }
            OperandRoot::Literal(value) => value.clone(),
            OperandRoot::Function(name) => function::call(name, &[]).map_err(|why| located(operand, &why))?,
            OperandRoot::Parentheses(pipeline) => self.pipeline(pipeline, dot)?,
        };
        fields_of(value, operand)
    }
}

fn found(value: &Value, operand: &TemplateOperand) -> Result<Value, String> {
    let mut value = value;
    for field in &operand.fields {
        match value {
            Value::Object(map) => match map.get(field) {
                Some(inner) => value = inner,
                None => return Ok(Value::Null),
            },
            Value::Null => return Ok(Value::Null),
            _ => return Err(located(operand, &format!("can't evaluate field {field} in type interface {{}}"))),
        }
    }
    Ok(value.clone())
}

fn fields_of(value: Value, operand: &TemplateOperand) -> Result<Value, String> {
    if operand.fields.is_empty() { Ok(value) } else { found(&value, operand) }
}

/// An error at its place (text/template, ErrorContext).
fn located(operand: &TemplateOperand, why: &str) -> String {
    format!("template: output:1:{}: executing \"output\" at <{}>: {why}", operand.column, operand.text)
}

/// Empty things are false (text/template, IsTrue).
fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
    }
}

fn shown(value: &Value) -> String {
    if value.is_null() { "<no value>".to_owned() } else { go_text(value) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn templates_print_as_go_prints_them() {
        let data = json!({
            "kind": "List", "n": 80, "none": null, "m": {"b": "2", "a": "1"},
            "items": [{"metadata": {"name": "web"}, "ports": [80, 443]}, {"metadata": {"name": "db"}}],
        });
        for (template, expected) in [
            ("{{.kind}} {{.n}} {{.nosuch}} {{.nosuch.deeper}}", "List 80 <no value> <no value>"),
            ("{{range .items}}{{.metadata.name}}{{\"\\n\"}}{{end}}", "web\ndb\n"),
            ("{{range $i, $e := .items}}{{$i}}={{$e.metadata.name}};{{end}}", "0=web;1=db;"),
            ("{{range $k, $v := .m}}{{$k}}{{$v}} {{end}}", "a1 b2 "),
            ("{{range .items -}}  {{if .ports}}yes{{else}}no{{end}}  {{- end}}", "yesno"),
            ("{{(index .items 0).metadata.name}} {{len .items}} {{index .m \"a\"}}", "web 2 1"),
            ("{{with .m}}{{.a}}{{end}}{{with .nosuch}}x{{else}}none{{end}}", "1none"),
            (
                "{{printf \"%s-%v-%q\" .kind .n \"x\"}} {{eq .kind \"List\"}} {{and .n .none}}",
                "List-80-\"x\" true <no value>",
            ),
            ("{{if eq .n 80}}a{{else if .n}}b{{end}}{{/* nothing */}}", "a"),
            (
                "{{\"d2Vi\" | base64decode}} {{not .none}} {{.m}} {{(index .items 0).ports}}",
                "web true map[a:1 b:2] [80 443]",
            ),
            ("{{$x := 1}}{{range .items}}{{$x = 2}}{{end}}{{$x}}", "2"),
        ] {
            let printed = GoTemplate::parse(template).and_then(|read| read.print(&data));
            assert_eq!(printed, Ok(expected.to_owned()), "{template}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_as_go_says_it() {
        let data = json!({"kind": "x"});
        let run = |text: &str| GoTemplate::parse(text).and_then(|read| read.print(&data)).unwrap_err();
        let field =
            "template: output:1:7: executing \"output\" at <.kind.a>: can't evaluate field a in type interface {}";
        assert_eq!(run("{{.kind.a}}"), field);
        assert_eq!(run("{{.kind"), "template: output:1: unclosed action");
        assert_eq!(run("{{nosuch}}"), "template: output:1: function \"nosuch\" not defined");
        assert_eq!(run("{{if .a}}"), "template: output:1: unexpected EOF");
        assert!(run("{{(((").contains("unclosed"));
    }
}
