//! Reading templates, character by character (client-go, util/jsonpath: parser.go).

use serde_json::Value;

use super::{PathFilter, PathStep, TemplateAction};

/// `[START:END:STEP]`; `[N]` ends behind N.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Slice {
    start: Option<i64>,
    end: Option<i64>,
    step: Option<i64>,
    is_index: bool,
}

impl Slice {
    /// The elements meant; None for a slice of nothing, which ends everything (evalArray).
    pub fn of<'v>(&self, list: &'v [Value]) -> Result<Option<impl Iterator<Item = &'v Value> + use<'v>>, String> {
        let length = i64::try_from(list.len()).unwrap_or(i64::MAX);
        let from_end = |number: i64| if number < 0 { number.saturating_add(length) } else { number };
        let start = from_end(self.start.unwrap_or(0));
        let end = match self.end {
            Some(0) if self.is_index => length,
            Some(end) => from_end(end),
            None => length,
        };
        let out = |index: i64| Err(format!("array index out of bounds: index {index}, length {length}"));
        let step = self.step.unwrap_or(1);
        match () {
            () if start == end => return Ok(None),
            () if start >= length || start < 0 => return out(start),
            () if end > length || end < 0 => return out(end - 1),
            () if start > end => return Err(format!("starting index {start} is greater than ending index {end}")),
            () if step <= 0 => return Err("step must be > 0".to_owned()),
            () => {}
        }
        let size = |number: i64| usize::try_from(number).unwrap_or_default();
        let part = list.get(size(start)..size(end)).unwrap_or_default();
        Ok(Some(part.iter().step_by(size(step).max(1))))
    }
}

/// More ranges in one template aren't run through: each may stand in the one before it.
const MOST_RANGES: usize = 16;

/// Reads a template.
pub fn parse(text: &str) -> Result<Vec<TemplateAction>, String> {
    let actions = read(text)?;
    if actions.iter().flatten().filter(|step| **step == PathStep::Range).count() > MOST_RANGES {
        Err(format!("more than {MOST_RANGES} ranges aren't understood here"))
    } else {
        Ok(actions)
    }
}

fn read(text: &str) -> Result<Vec<TemplateAction>, String> {
    let mut reader = JsonPathReader { rest: text };
    let mut actions = Vec::new();
    loop {
        let (before, inside) = reader.rest.split_once('{').map_or((reader.rest, None), |(a, b)| (a, Some(b)));
        if !before.is_empty() {
            actions.push(vec![PathStep::Literal(before.into())]);
        }
        let Some(inside) = inside else { return Ok(actions) };
        reader.rest = inside;
        actions.push(reader.action()?);
    }
}

/// What stands between braces, given without them.
fn inner(text: &str) -> Result<TemplateAction, String> {
    JsonPathReader { rest: &format!("{text}}}") }.action()
}

struct JsonPathReader<'t> {
    rest: &'t str,
}

impl<'t> JsonPathReader<'t> {
    fn action(&mut self) -> Result<TemplateAction, String> {
        let mut steps = Vec::new();
        loop {
            // 1. A filter.
            if let Some(rest) = self.rest.strip_prefix("[?(") {
                self.rest = rest;
                steps.push(self.filter()?);
                continue;
            }
            // 2. A recursive descent, with the field behind it.
            if let Some(rest) = self.rest.strip_prefix("..") {
                if steps.last() == Some(&PathStep::Recursive) {
                    return Err("invalid multiple recursive descent".to_owned());
                }
                self.rest = rest;
                steps.push(PathStep::Recursive);
                if rest.starts_with(is_alphanumeric) {
                    steps.push(self.field());
                }
                continue;
            }
            // 3. Everything else tells by its first character what it is.
            match self.rest.chars().next() {
                None | Some('\r' | '\n') => return Err("unclosed action".to_owned()),
                Some('}') => {
                    self.take(1);
                    return Ok(steps);
                }
                Some(' ' | '@' | '$') => {
                    self.take(1);
                }
                Some('[') => steps.extend(self.array()?),
                Some(quote @ ('"' | '\'')) => steps.push(self.quote(quote)?),
                Some('.') => {
                    self.take(1);
                    steps.push(self.field());
                }
                Some(c) if c == '+' || c == '-' || c.is_numeric() => steps.push(self.number()?),
                Some(c) if is_alphanumeric(c) => steps.push(self.word()),
                Some(c) => {
                    return Err(format!("unrecognized character in action: U+{:04X} '{c}'", u32::from(c)));
                }
            }
        }
    }

    /// The next bytes.
    fn take(&mut self, bytes: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    fn word(&mut self) -> PathStep {
        let end = self.rest.find(is_terminator).unwrap_or(self.rest.len());
        match self.take(end) {
            "true" => PathStep::Literal(true.into()),
            "false" => PathStep::Literal(false.into()),
            "range" => PathStep::Range,
            "end" => PathStep::End,
            other => PathStep::Unknown(other.to_owned()),
        }
    }

    fn number(&mut self) -> Result<PathStep, String> {
        let signed = usize::from(self.rest.starts_with(['+', '-']));
        let digits = self.rest.get(signed..).unwrap_or_default();
        let end = digits.find(|c: char| c != '.' && !c.is_numeric()).unwrap_or(digits.len());
        let text = self.take(signed + end);
        let number = text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<f64>().map(Value::from));
        number.map(PathStep::Literal).map_err(|_| format!("cannot parse number {text}"))
    }

    /// Up to a character that ends it and has no backslash.
    fn field(&mut self) -> PathStep {
        let mut escaped = false;
        let end = self.rest.find(|c| {
            let ends = !escaped && is_terminator(c);
            escaped = !escaped && c == '\\';
            ends
        });
        match self.take(end.unwrap_or(self.rest.len())) {
            "*" => PathStep::Wildcard,
            name => PathStep::Field(name.replace('\\', "")),
        }
    }

    fn quote(&mut self, quote: char) -> Result<PathStep, String> {
        let inside = self.rest.get(1..).unwrap_or_default();
        let mut before = quote;
        let end = inside.find(|c| {
            let ends = c == '\n' || (c == quote && before != '\\');
            before = c;
            ends
        });
        let Some(end) = end.filter(|end| inside.get(*end..).is_some_and(|rest| rest.starts_with(quote))) else {
            return Err("unterminated quoted string".to_owned());
        };
        let whole = self.take(end + 2);
        let text = inside.get(..end).unwrap_or_default();
        let unquoted = unquote(text, quote).ok_or_else(|| format!("unquote string {whole} error invalid syntax"))?;
        Ok(PathStep::Literal(unquoted.into()))
    }

    fn array(&mut self) -> Result<Vec<PathStep>, String> {
        let end = self.rest.find([']', '\n']);
        let Some(end) = end.filter(|end| self.rest.get(*end..).is_some_and(|rest| rest.starts_with(']'))) else {
            return Err("unterminated array".to_owned());
        };
        let text = self.take(end + 1);
        let text = text.get(1..end).unwrap_or_default();
        if text.contains(',') {
            let parts = text.split(',').map(|part| inner(&format!("[{}]", part.trim_matches(' '))));
            return Ok(vec![PathStep::Union(parts.collect::<Result<_, _>>()?)]);
        }
        // A key is read as a field is: its dots part it, unless they have a backslash.
        let key = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
        if let Some(key) = key.filter(|key| !key.contains('\'')) {
            return inner(&format!(".{key}"));
        }
        slice(if text == "*" { ":" } else { text }).map(|slice| vec![PathStep::Slice(slice)])
    }

    fn filter(&mut self) -> Result<PathStep, String> {
        // 1. Up to the parenthesis that is in no quotes.
        let (mut pair, mut closed, mut before) = (None, false, '(');
        let end = self.rest.find(|c| {
            match c {
                '"' | '\'' if pair.is_none() => pair = Some(c),
                '"' | '\'' if pair == Some(c) && before != '\\' => closed = true,
                _ => {}
            }
            before = c;
            c == '\n' || (c == ')' && pair.is_some() == closed)
        });
        let Some(end) = end.filter(|end| self.rest.get(*end..).is_some_and(|rest| rest.starts_with(')'))) else {
            return Err("unterminated filter".to_owned());
        };
        // 2. The filter's text.
        let text = self.take(end);
        if self.take(2) != ")]" {
            return Err("unclosed array expect ]".to_owned());
        }
        // 3. Two sides around an operator, or one that must be there.
        let left_end = text.find(['!', '<', '>', '=']).filter(|end| *end > 0);
        let compared = left_end.and_then(|end| {
            let (left, rest) = text.split_at_checked(end)?;
            let end = rest.find(|c| !matches!(c, '!' | '<' | '>' | '='))?;
            Some((left, rest.split_at_checked(end)?))
        });
        Ok(PathStep::Filter(Box::new(match compared {
            None => PathFilter { left: inner(text)?, operator: None, right: Vec::new() },
            Some((left, (operator, right))) => {
                PathFilter { left: inner(left)?, operator: Some(operator.to_owned()), right: inner(right)? }
            }
        })))
    }
}

fn slice(text: &str) -> Result<Slice, String> {
    let invalid = || format!("invalid array index {text}");
    let parts: Vec<&str> = text.split(':').collect();
    let number = |part: Option<&&str>| match part.copied().unwrap_or_default() {
        "" => Ok(None),
        digits
            if digits.trim_start_matches('-').contains(|c: char| !c.is_ascii_digit()) || digits.starts_with("--") =>
        {
            Err(invalid())
        }
        digits => digits.parse().map(Some).map_err(|_| format!("array index {digits} is not a number")),
    };
    let [start, end, step] = [number(parts.first())?, number(parts.get(1))?, number(parts.get(2))?];
    match parts.len() {
        1 => Ok(Slice { start, end: Some(start.unwrap_or(0).saturating_add(1)), step, is_index: true }),
        2 | 3 => Ok(Slice { start, end, step, is_index: false }),
        _ => Err(invalid()),
    }
}

/// strconv.UnquoteChar for each character; None for an escape that Go doesn't know.
fn unquote(text: &str, quote: char) -> Option<String> {
    let mut characters = text.chars();
    let mut unquoted = String::new();
    while let Some(character) = characters.next() {
        // 1. What stands for itself.
        if character != '\\' {
            unquoted.push(character);
            continue;
        }
        // 2. What the escape means.
        let escape = characters.next()?;
        let mut number = |digits: usize| {
            let digits: String = characters.by_ref().take(digits).collect();
            u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32)
        };
        unquoted.push(match escape {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\x07',
            'b' => '\x08',
            'f' => '\x0c',
            'v' => '\x0b',
            'x' => number(2)?,
            'u' => number(4)?,
            'U' => number(8)?,
            '\\' => '\\',
            escape if escape == quote => quote,
            _ => return None,
        });
    }
    Some(unquoted)
}

fn is_alphanumeric(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

fn is_terminator(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\r' | '\n' | '.' | ',' | '[' | ']' | '$' | '@' | '{' | '}')
}
