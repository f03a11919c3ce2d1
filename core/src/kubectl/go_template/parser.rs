//! Reads templates (text/template/parse).

use serde_json::Value;

use super::function;
use super::{Block, OperandRoot, Pipeline, TemplateNode, TemplateOperand};

/// How deep blocks and parentheses go.
const MAX_DEPTH: usize = 50;

/// A piece of text between actions, or what stands between braces, with its place.
enum TemplateSegment<'t> {
    Text(&'t str),
    Action(&'t str, usize),
}

/// A word of an action, with its place in the text.
#[derive(Clone, Debug, PartialEq)]
struct Word {
    text: String,
    column: usize,
    /// Whether a blank stands before it: `.a .b` are two operands, `.a.b` one.
    is_apart: bool,
}

pub(super) fn parse(text: &str) -> Result<Vec<TemplateNode>, String> {
    let segments = segments(text).map_err(at_line)?;
    let mut reader = NodeReader { segments, at: 0 };
    let (nodes, end) = reader.list(0).map_err(at_line)?;
    match end {
        ListEnd::Eof => Ok(nodes),
        ListEnd::End | ListEnd::Else(_) => Err(at_line("unexpected {{end}}".to_owned())),
    }
}

fn at_line(why: String) -> String {
    format!("template: output:1: {why}")
}

/// Text and actions; `{{-` and `-}}` take the blanks around away, comments are dropped.
fn segments(text: &str) -> Result<Vec<TemplateSegment<'_>>, String> {
    let (mut all, mut rest, mut offset, mut trims) = (Vec::new(), text, 0, false);
    while let Some((before, behind)) = rest.split_once("{{") {
        let trims_left = behind.starts_with("- ") || behind.starts_with("-\n");
        let own = if trims { before.trim_start() } else { before };
        all.push(TemplateSegment::Text(if trims_left { own.trim_end() } else { own }));
        let close = end_of_action(behind).ok_or("unclosed action")?;
        let (action, after) = behind.split_at_checked(close).unwrap_or((behind, ""));
        let inner = if trims_left { action.get(1..).unwrap_or("") } else { action };
        trims = inner.ends_with(" -") || inner.ends_with("\n-");
        let inner = if trims { inner.strip_suffix('-').unwrap_or(inner) } else { inner };
        let start = offset + before.len() + 2 + usize::from(trims_left);
        if !inner.trim_start().starts_with("/*") {
            all.push(TemplateSegment::Action(inner, start));
        }
        offset += before.len() + 2 + close + 2;
        rest = after.get(2..).unwrap_or("");
    }
    all.push(TemplateSegment::Text(if trims { rest.trim_start() } else { rest }));
    Ok(all)
}

/// Where `}}` stands, outside of quotes.
fn end_of_action(text: &str) -> Option<usize> {
    let (mut quote, mut escaped) = (None, false);
    for (at, letter) in text.char_indices() {
        match (quote, letter) {
            (Some('"'), '\\') if !escaped => escaped = true,
            (Some(open), letter) => {
                if letter == open && !escaped {
                    quote = None;
                }
                escaped = false;
            }
            (None, '"' | '`') => quote = Some(letter),
            (None, '}') if text.get(at..).is_some_and(|rest| rest.starts_with("}}")) => return Some(at),
            (None, _) => {}
        }
    }
    None
}

/// What ends a list of nodes.
enum ListEnd {
    Eof,
    End,
    /// With what stands behind the word: `if .x`.
    Else(Vec<Word>),
}

struct NodeReader<'t> {
    segments: Vec<TemplateSegment<'t>>,
    at: usize,
}

/// Words that open a block, and `else`.
const KEYWORDS: [&str; 4] = ["range", "if", "with", "else"];

impl NodeReader<'_> {
    fn list(&mut self, depth: usize) -> Result<(Vec<TemplateNode>, ListEnd), String> {
        if depth > MAX_DEPTH {
            return Err("too many blocks inside one another".to_owned());
        }
        let mut nodes = Vec::new();
        while let Some(segment) = self.segments.get(self.at) {
            self.at += 1;
            // 1. Text stands as it is.
            let (action, start) = match segment {
                TemplateSegment::Text(text) => {
                    nodes.push(TemplateNode::Text((*text).to_owned()));
                    continue;
                }
                TemplateSegment::Action(action, start) => (*action, *start),
            };
            // 2. A word of the language ends where a field begins: `{{range.items}}`.
            let spaced = KEYWORDS.iter().find(|word| {
                action.trim_start().strip_prefix(**word).is_some_and(|rest| rest.starts_with(['.', '$', '(']))
            });
            let spaced = spaced.map(|word| action.trim_start().replacen(word, &format!("{word} "), 1));
            let words = words(spaced.as_deref().unwrap_or(action), start)?;
            // 3. What the first word makes of the action; `end` and `else` end the list.
            let (first, rest) = words.split_first().ok_or("missing value for command")?;
            match first.text.as_str() {
                "end" => return Ok((nodes, ListEnd::End)),
                "else" => return Ok((nodes, ListEnd::Else(rest.to_vec()))),
                "if" => nodes.push(TemplateNode::If(self.block(rest, depth)?)),
                "with" => nodes.push(TemplateNode::With(self.block(rest, depth)?)),
                "range" => nodes.push(TemplateNode::Range(self.block(rest, depth)?)),
                "break" => nodes.push(TemplateNode::Break),
                "continue" => nodes.push(TemplateNode::Continue),
                "define" | "template" | "block" => return Err(format!("{{{{{}}}}} isn't understood here", first.text)),
                _ => nodes.push(TemplateNode::Print(pipeline(&words, depth)?)),
            }
        }
        Ok((nodes, ListEnd::Eof))
    }

    fn block(&mut self, words: &[Word], depth: usize) -> Result<Block, String> {
        let pipeline = pipeline(words, depth)?;
        let (body, end) = self.list(depth + 1)?;
        let otherwise = match end {
            ListEnd::Eof => return Err("unexpected EOF".to_owned()),
            ListEnd::End => Vec::new(),
            // `{{else if .x}}` has no end of its own.
            ListEnd::Else(rest) if rest.first().is_some_and(|word| word.text == "if") => {
                vec![TemplateNode::If(self.block(rest.get(1..).unwrap_or_default(), depth + 1)?)]
            }
            ListEnd::Else(_) => match self.list(depth + 1)? {
                (nodes, ListEnd::End) => nodes,
                _ => return Err("unexpected EOF".to_owned()),
            },
        };
        Ok(Block { pipeline, body, otherwise })
    }
}

/// Texts in quotes, fields, variables, numbers, names, and the signs between them.
fn words(action: &str, start: usize) -> Result<Vec<Word>, String> {
    let (mut all, mut rest) = (Vec::new(), action);
    loop {
        let trimmed = rest.trim_start();
        let is_apart = trimmed.len() < rest.len() || all.is_empty();
        rest = trimmed;
        let Some(first) = rest.chars().next() else { return Ok(all) };
        let length = match first {
            '"' | '`' => quoted(rest).ok_or("unterminated quoted string")?,
            '|' | '(' | ')' | ',' => 1,
            ':' if rest.starts_with(":=") => 2,
            '=' => 1,
            '.' => 1 + name_length(rest.get(1..).unwrap_or("")),
            '$' => 1 + name_length(rest.get(1..).unwrap_or("")),
            _ => rest.find(|c: char| c.is_whitespace() || "|(),=:".contains(c)).unwrap_or(rest.len()),
        };
        let (text, after) = rest.split_at_checked(length.max(first.len_utf8())).unwrap_or((rest, ""));
        let column = start + action.len() - rest.len();
        all.push(Word { text: text.to_owned(), column, is_apart });
        rest = after;
    }
}

fn name_length(text: &str) -> usize {
    text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())
}

fn quoted(text: &str) -> Option<usize> {
    let quote = text.chars().next()?;
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            letter if letter == quote && !escaped => return Some(at + 1),
            '\\' if quote == '"' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    None
}

fn pipeline(words: &[Word], depth: usize) -> Result<Pipeline, String> {
    // 1. Variables, before the sign that assigns to them.
    if words.is_empty() {
        return Err("missing value for command".to_owned());
    }
    let sign = words.iter().position(|word| word.text == ":=" || word.text == "=").filter(|at| *at <= 3);
    let (names, commands) = match sign {
        Some(at) => (words.get(..at).unwrap_or_default(), words.get(at + 1..).unwrap_or_default()),
        None => (&[][..], words),
    };
    let assigns = sign.and_then(|at| words.get(at)).is_some_and(|word| word.text == "=");
    let variables = names.iter().filter(|word| word.text != ",").map(|word| word.text.clone()).collect();
    // 2. Commands between bars, operand by operand.
    let mut pipeline = Pipeline { variables, assigns, commands: vec![Vec::new()] };
    let mut at = 0;
    while let Some(word) = commands.get(at) {
        if word.text == "|" {
            pipeline.commands.push(Vec::new());
            at += 1;
            continue;
        }
        let (operand, length) = operand(commands.get(at..).unwrap_or_default(), depth + 1)?;
        at += length;
        pipeline.commands.last_mut().into_iter().for_each(|command| command.push(operand.clone()));
    }
    // 3. None may be empty.
    if pipeline.commands.iter().any(Vec::is_empty) {
        return Err("missing value for command".to_owned());
    }
    Ok(pipeline)
}

/// An operand with the fields that follow it without a blank, and how many words it takes.
fn operand(words: &[Word], depth: usize) -> Result<(TemplateOperand, usize), String> {
    if depth > MAX_DEPTH {
        return Err("too many parentheses inside one another".to_owned());
    }
    let Some(first) = words.first() else { return Err("unexpected EOF".to_owned()) };
    let (root, mut fields, mut length) = match first.text.as_str() {
        "(" => {
            let close = closing(words).ok_or("unclosed left paren")?;
            let inner = pipeline(words.get(1..close).unwrap_or_default(), depth)?;
            (OperandRoot::Parentheses(Box::new(inner)), Vec::new(), close + 1)
        }
        "." => (OperandRoot::Dot, Vec::new(), 1),
        text if text.starts_with('.') => (OperandRoot::Dot, vec![text.trim_start_matches('.').to_owned()], 1),
        text if text.starts_with('$') => (OperandRoot::Variable(text.to_owned()), Vec::new(), 1),
        text => (literal(text)?, Vec::new(), 1),
    };
    let mut column = first.column;
    while let Some(next) = words.get(length).filter(|next| !next.is_apart && next.text.starts_with('.')) {
        if fields.len() <= 1 {
            column = next.column;
        }
        fields.push(next.text.trim_start_matches('.').to_owned());
        length += 1;
    }
    let text = words.get(..length).unwrap_or_default().iter().map(|word| word.text.as_str()).collect();
    Ok((TemplateOperand { root, fields, text, column }, length))
}

fn closing(words: &[Word]) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, word) in words.iter().enumerate() {
        match word.text.as_str() {
            "(" => depth += 1,
            ")" if depth <= 1 => return Some(at),
            ")" => depth -= 1,
            _ => {}
        }
    }
    None
}

fn literal(text: &str) -> Result<OperandRoot, String> {
    let value = match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        "nil" => Value::Null,
        _ if text.starts_with('`') => Value::from(text.trim_matches('`')),
        _ if text.starts_with('"') => {
            let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
            Value::from(unescaped(inner))
        }
        _ => match serde_json::from_str::<serde_json::Number>(text) {
            Ok(number) => Value::Number(number),
            Err(_) if function::is_known(text) => return Ok(OperandRoot::Function(text.to_owned())),
            Err(_) if text.chars().all(|c| c.is_alphanumeric() || c == '_') => {
                return Err(format!("function {text:?} not defined"));
            }
            Err(_) => return Err(format!("unexpected {text:?} in operand")),
        },
    };
    Ok(OperandRoot::Literal(value))
}

fn unescaped(text: &str) -> String {
    let mut all = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some('n') => all.push('\n'),
                Some('t') => all.push('\t'),
                Some('r') => all.push('\r'),
                Some(other) => all.push(other),
                None => {}
            },
            letter => all.push(letter),
        }
    }
    all
}
