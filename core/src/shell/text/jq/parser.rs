//! A jq program's text into a filter.

use super::JqFilter;
use super::function::is_function;
use super::value::JqValue;

/// How deep filters may stand in one another.
const DEPTH: usize = 60;

/// Reads a program; an error is what isn't understood.
pub fn parse(text: &str) -> Result<JqFilter, String> {
    let mut parser = JqParser { rest: text.trim_start(), depth: 0, defined: Vec::new() };
    let filter = parser.pipe()?;
    if parser.rest.is_empty() { Ok(filter) } else { Err(parser.here()) }
}

struct JqParser<'t> {
    rest: &'t str,
    depth: usize,
    /// Functions that `def` made, with how many arguments each takes.
    defined: Vec<(String, usize)>,
}

/// Operators of one rank, the weakest first.
const RANKS: [&[&str]; 7] = [
    &["//"],
    &["=", "|=", "+=", "-=", "*=", "/=", "//="],
    &["or"],
    &["and"],
    &["==", "!=", "<=", ">=", "<", ">"],
    &["+", "-"],
    &["*", "/", "%"],
];

impl JqParser<'_> {
    fn here(&self) -> String {
        self.rest.split_whitespace().next().unwrap_or("the end").to_owned()
    }

    /// Takes a sign or a word, if it comes.
    fn take(&mut self, wanted: &str) -> bool {
        let Some(rest) = self.rest.strip_prefix(wanted) else { return false };
        let is_word = wanted.starts_with(|c: char| c.is_alphabetic());
        if is_word && rest.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
            return false;
        }
        self.rest = rest.trim_start();
        while let Some((_, behind)) =
            self.rest.strip_prefix('#').map(|comment| comment.split_once('\n').unwrap_or_default())
        {
            self.rest = behind.trim_start();
        }
        true
    }

    fn expect(&mut self, wanted: &str) -> Result<(), String> {
        if self.take(wanted) { Ok(()) } else { Err(self.here()) }
    }

    fn pipe(&mut self) -> Result<JqFilter, String> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.here());
        }
        let filter = if self.take("def") {
            self.definition()?
        } else {
            let left = self.comma()?;
            if self.take("as") {
                self.binding(left)?
            } else if !self.rest.starts_with("|=") && self.take("|") {
                JqFilter::Pipe(Box::new(left), Box::new(self.pipe()?))
            } else {
                left
            }
        };
        self.depth -= 1;
        Ok(filter)
    }

    /// Behind `def`.
    fn definition(&mut self) -> Result<JqFilter, String> {
        let name = self.name().ok_or_else(|| self.here())?;
        let mut names = Vec::new();
        if self.take("(") {
            while !self.take(")") {
                names.push(self.name().ok_or_else(|| self.here())?);
                self.take(";");
            }
        }
        self.expect(":")?;
        let known = self.defined.len();
        self.defined.push((name.clone(), names.len()));
        self.defined.extend(names.iter().map(|name| (name.clone(), 0)));
        let body = self.pipe()?;
        self.defined.truncate(known + 1);
        self.expect(";")?;
        let rest = self.pipe()?;
        Ok(JqFilter::Define(name, names, Box::new(body), Box::new(rest)))
    }

    /// Behind `as`: a name, or a list or an object of names.
    fn binding(&mut self, left: JqFilter) -> Result<JqFilter, String> {
        let names = self.pattern(JqFilter::Variable("__whole".to_owned()))?;
        self.expect("|")?;
        let rest = self.pipe()?;
        Ok(bound(left, names, rest))
    }

    /// What each name of a pattern gets of the whole.
    fn pattern(&mut self, of: JqFilter) -> Result<Vec<(String, JqFilter)>, String> {
        // 1. A name takes the whole.
        let part = |key: JqFilter| JqFilter::Index(Box::new(of.clone()), Box::new(key));
        if self.take("$") {
            return Ok(vec![(self.name().ok_or_else(|| self.here())?, of)]);
        }
        // 2. A list's parts by number.
        let mut all = Vec::new();
        if self.take("[") {
            let mut at = 0_usize;
            while !self.take("]") {
                all.extend(self.pattern(part(JqFilter::Literal(at.into())))?);
                self.take(",");
                at += 1;
            }
            return Ok(all);
        }
        // 3. An object's parts by key, which may be its name.
        self.expect("{")?;
        while !self.take("}") {
            if self.take("$") {
                let name = self.name().ok_or_else(|| self.here())?;
                all.push((name.clone(), part(JqFilter::Literal(name.into()))));
            } else {
                let key = if self.rest.starts_with('"') {
                    self.text("@text")?
                } else {
                    JqFilter::Literal(self.name().ok_or_else(|| self.here())?.into())
                };
                self.expect(":")?;
                all.extend(self.pattern(part(key))?);
            }
            self.take(",");
        }
        Ok(all)
    }

    fn comma(&mut self) -> Result<JqFilter, String> {
        let mut left = self.ranked(0)?;
        while self.take(",") {
            left = JqFilter::Comma(Box::new(left), Box::new(self.ranked(0)?));
        }
        Ok(left)
    }

    fn ranked(&mut self, rank: usize) -> Result<JqFilter, String> {
        let Some(signs) = RANKS.get(rank) else { return self.postfix() };
        let mut left = self.ranked(rank + 1)?;
        loop {
            // The longest sign counts: `//=` is none of `//`, `/` and `=`.
            let is_other = |sign: &&&str| {
                let longer = RANKS.iter().flat_map(|signs| signs.iter()).filter(|one| one.len() > sign.len());
                longer.into_iter().any(|one| one.starts_with(**sign) && self.rest.starts_with(one))
            };
            let Some(sign) = signs.iter().find(|sign| self.rest.starts_with(**sign) && !is_other(sign)).copied() else {
                return Ok(left);
            };
            if !self.take(sign) {
                return Ok(left);
            }
            let right = Box::new(if sign == "//" { self.ranked(rank)? } else { self.ranked(rank + 1)? });
            left = match rank {
                1 => JqFilter::Assign(sign, Box::new(left), right),
                _ => JqFilter::Binary(sign, Box::new(left), right),
            };
        }
    }

    /// A term with what stands behind it: `.a[0].b?`
    fn postfix(&mut self) -> Result<JqFilter, String> {
        let mut filter = self.term()?;
        loop {
            let of = Box::new(filter.clone());
            if self.take("[") {
                filter = self.brackets(of)?;
            } else if self.take("?") {
                filter = JqFilter::Try(of, None);
            } else if self.rest.starts_with('.') && !self.rest.starts_with("..") {
                filter = self.field(filter)?;
            } else {
                return Ok(filter);
            }
        }
    }

    /// `.name`, `."a name"`, `.[0]`
    fn field(&mut self, of: JqFilter) -> Result<JqFilter, String> {
        self.rest = self.rest.strip_prefix('.').unwrap_or(self.rest);
        if self.rest.starts_with('"') {
            let name = self.text("@text")?;
            return Ok(JqFilter::Index(Box::new(of), Box::new(name)));
        }
        if self.rest.starts_with('[') {
            self.take("[");
            return self.brackets(Box::new(of));
        }
        match self.name() {
            Some(name) => Ok(JqFilter::Index(Box::new(of), Box::new(JqFilter::Literal(name.into())))),
            None => Err(self.here()),
        }
    }

    /// Behind `[`.
    fn brackets(&mut self, of: Box<JqFilter>) -> Result<JqFilter, String> {
        if self.take("]") {
            return Ok(JqFilter::Iterate(of));
        }
        let number = |text: &str| text.trim().parse::<i64>().ok();
        if let Some((inside, rest)) = self.rest.split_once(']')
            && let Some((first, last)) = inside.split_once(':')
        {
            let (from, to) = (number(first), number(last));
            let is_slice = |text: &str, number: Option<i64>| text.trim().is_empty() || number.is_some();
            if is_slice(first, from) && is_slice(last, to) {
                self.rest = rest.trim_start();
                return Ok(JqFilter::Slice(of, from, to));
            }
        }
        let index = self.pipe()?;
        self.expect("]")?;
        Ok(JqFilter::Index(of, Box::new(index)))
    }

    fn term(&mut self) -> Result<JqFilter, String> {
        // 1. The input, its fields, all below it.
        if self.take("..") {
            return Ok(JqFilter::Descend);
        }
        if let Some(behind) = self.rest.strip_prefix('.') {
            if behind.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '"') {
                return self.field(JqFilter::Identity);
            }
            self.rest = behind.trim_start();
            return Ok(JqFilter::Identity);
        }
        // 2. Texts, brackets, lists, objects, variables.
        if self.rest.starts_with('"') {
            return self.text("@text");
        }
        if self.take("(") {
            let inner = self.pipe()?;
            self.expect(")")?;
            return Ok(inner);
        }
        if self.take("[") {
            if self.take("]") {
                return Ok(JqFilter::Array(None));
            }
            let inner = self.pipe()?;
            self.expect("]")?;
            return Ok(JqFilter::Array(Some(Box::new(inner))));
        }
        if self.take("{") {
            return self.object();
        }
        if self.take("$") {
            return self.name().map(JqFilter::Variable).ok_or_else(|| self.here());
        }
        // 3. Words of the language.
        if self.take("if") {
            return self.condition();
        }
        if self.take("try") {
            let of = Box::new(self.postfix()?);
            let caught = if self.take("catch") { Some(Box::new(self.postfix()?)) } else { None };
            return Ok(JqFilter::Try(of, caught));
        }
        for (word, has_step) in [("reduce", false), ("foreach", true)] {
            if self.take(word) {
                return self.fold(has_step);
            }
        }
        // 4. Negation, numbers.
        if self.rest.starts_with('-') && !self.rest.chars().nth(1).is_some_and(|c| c.is_ascii_digit()) {
            self.take("-");
            let zero = Box::new(JqFilter::Literal(JqValue::Number(0.0)));
            return Ok(JqFilter::Binary("-", zero, Box::new(self.postfix()?)));
        }
        let digits = self.rest.strip_prefix('-').unwrap_or(self.rest);
        if digits.starts_with(|c: char| c.is_ascii_digit()) {
            let signs = self.rest.len() - digits.len();
            let length = digits.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(digits.len());
            let (number, rest) = self.rest.split_at_checked(signs + length).ok_or_else(|| self.here())?;
            let value = serde_json::from_str(number).map_err(|_| self.here())?;
            self.rest = rest.trim_start();
            return Ok(JqFilter::Literal(value));
        }
        // 5. Else a function.
        self.call()
    }

    /// Behind `reduce` and `foreach`.
    fn fold(&mut self, has_step: bool) -> Result<JqFilter, String> {
        let of = Box::new(self.postfix()?);
        self.expect("as")?;
        self.expect("$")?;
        let name = self.name().ok_or_else(|| self.here())?;
        self.expect("(")?;
        let start = Box::new(self.pipe()?);
        self.expect(";")?;
        let update = Box::new(self.pipe()?);
        let step = match (has_step, has_step && self.take(";")) {
            (true, true) => Some(Box::new(self.pipe()?)),
            (true, false) => Some(Box::new(JqFilter::Identity)),
            (false, _) => None,
        };
        self.expect(")")?;
        Ok(JqFilter::Fold(of, name, start, update, step))
    }

    /// `name`, `name(a; b)`, `@base64d`
    fn call(&mut self) -> Result<JqFilter, String> {
        // 1. The name, or a format.
        let unknown = self.here();
        let at = self.rest.starts_with('@');
        if at {
            self.rest = self.rest.strip_prefix('@').unwrap_or_default();
        }
        let name = self.name().ok_or_else(|| unknown.clone())?;
        // 2. Words that are values.
        match name.as_str() {
            "true" => return Ok(JqFilter::Literal(JqValue::Bool(true))),
            "false" => return Ok(JqFilter::Literal(JqValue::Bool(false))),
            "null" => return Ok(JqFilter::Literal(JqValue::Null)),
            _ => {}
        }
        // 3. A format before a text.
        let name = if at { format!("@{name}") } else { name };
        if at && self.rest.starts_with('"') {
            return self.text(&name);
        }
        // 4. A function that is known with so many arguments.
        let mut args = Vec::new();
        if self.take("(") {
            loop {
                args.push(self.pipe()?);
                if !self.take(";") {
                    break;
                }
            }
            self.expect(")")?;
        }
        let is_defined = self.defined.iter().any(|(own, arguments)| *own == name && *arguments == args.len());
        if is_defined || is_function(&name, args.len()) { Ok(JqFilter::Call(name, args)) } else { Err(unknown) }
    }

    fn condition(&mut self) -> Result<JqFilter, String> {
        let condition = Box::new(self.pipe()?);
        self.expect("then")?;
        let then = Box::new(self.pipe()?);
        let otherwise = if self.take("elif") {
            return Ok(JqFilter::If(condition, then, Box::new(self.condition()?)));
        } else if self.take("else") {
            self.pipe()?
        } else {
            JqFilter::Identity
        };
        self.expect("end")?;
        Ok(JqFilter::If(condition, then, Box::new(otherwise)))
    }

    /// Behind `{`.
    fn object(&mut self) -> Result<JqFilter, String> {
        let mut entries = Vec::new();
        while !self.take("}") {
            // 1. The key: a text, an expression, a variable, or a name.
            let key = if self.rest.starts_with('"') {
                self.text("@text")?
            } else if self.take("(") {
                let key = self.pipe()?;
                self.expect(")")?;
                key
            } else if self.take("$") {
                let name = self.name().ok_or_else(|| self.here())?;
                entries.push((JqFilter::Literal(name.clone().into()), JqFilter::Variable(name)));
                self.take(",");
                continue;
            } else {
                JqFilter::Literal(self.name().ok_or_else(|| self.here())?.into())
            };
            // 2. Its value, or the input's own of that key.
            let value = if self.take(":") {
                self.entry()?
            } else {
                JqFilter::Index(Box::new(JqFilter::Identity), Box::new(key.clone()))
            };
            // 3. A comma, or the end.
            entries.push((key, value));
            if !self.take(",") && !self.rest.starts_with('}') {
                return Err(self.here());
            }
        }
        Ok(JqFilter::Object(entries))
    }

    /// The value of an entry: a comma ends it.
    fn entry(&mut self) -> Result<JqFilter, String> {
        let mut value = self.ranked(0)?;
        while !self.rest.starts_with("|=") && self.take("|") {
            value = JqFilter::Pipe(Box::new(value), Box::new(self.ranked(0)?));
        }
        Ok(value)
    }

    /// A text in quotes, with `\(…)` in it.
    fn text(&mut self, format: &str) -> Result<JqFilter, String> {
        // 1. Up to the closing quote: letters, escapes, and expressions between.
        let mut parts: Vec<JqFilter> = Vec::new();
        let mut plain = String::new();
        self.rest = self.rest.strip_prefix('"').unwrap_or(self.rest);
        loop {
            let mut characters = self.rest.chars();
            let character = characters.next().ok_or("a text without end")?;
            self.rest = characters.as_str();
            match character {
                '"' => break,
                '\\' => {
                    if let Some(inside) = self.rest.strip_prefix('(') {
                        self.rest = inside.trim_start();
                        parts.push(JqFilter::Literal(std::mem::take(&mut plain).into()));
                        parts.push(self.pipe()?);
                        self.rest = self.rest.strip_prefix(')').ok_or_else(|| self.here())?;
                        continue;
                    }
                    let mut characters = self.rest.chars();
                    plain.push(match characters.next() {
                        Some('n') => '\n',
                        Some('t') => '\t',
                        Some('r') => '\r',
                        Some('u') => {
                            let code = characters.as_str().get(..4).and_then(|code| u32::from_str_radix(code, 16).ok());
                            characters = characters.as_str().get(4..).unwrap_or_default().chars();
                            code.and_then(char::from_u32).unwrap_or('\u{fffd}')
                        }
                        Some(other) => other,
                        None => return Err("a text without end".to_owned()),
                    });
                    self.rest = characters.as_str();
                }
                other => plain.push(other),
            }
        }
        // 2. Without expressions it is a literal, else its parts by turns.
        self.rest = self.rest.trim_start();
        if parts.is_empty() {
            return Ok(JqFilter::Literal(plain.into()));
        }
        parts.push(JqFilter::Literal(plain.into()));
        Ok(JqFilter::Interpolated(format.to_owned(), parts))
    }

    fn name(&mut self) -> Option<String> {
        let end = self.rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at_checked(end)?;
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        self.rest = rest.trim_start();
        Some(name.to_owned())
    }
}

/// Each name with its part of a value.
fn bound(value: JqFilter, names: Vec<(String, JqFilter)>, rest: JqFilter) -> JqFilter {
    let inner =
        names.into_iter().rev().fold(rest, |rest, (name, part)| JqFilter::Bind(Box::new(part), name, Box::new(rest)));
    JqFilter::Bind(Box::new(value), "__whole".to_owned(), Box::new(inner))
}
