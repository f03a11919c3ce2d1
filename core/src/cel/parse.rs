//! Rules from text: tokens, then expressions by precedence (CEL's grammar).

use std::str::{Chars, FromStr};

use serde_json::{Map, Value};

use super::{Expression, MAX_RULE_NESTING, Macro};

/// A word, a mark or a literal.
#[derive(Clone, Debug, PartialEq)]
enum CelToken {
    Word(String),
    Mark(&'static str),
    Literal(Value),
}

/// Marks, the longer ones first.
const MARKS: &[&str] = &[
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "?", ":", "+", "-", "*", "/", "%", "(", ")", "[", "]", "{", "}",
    ",", ".",
];

/// Operators by how tightly they bind, the loosest first.
const BINARY: &[&[&str]] =
    &[&["||"], &["&&"], &["==", "!=", "<=", ">=", "<", ">", "in"], &["+", "-"], &["*", "/", "%"]];

/// A whole rule; None if it isn't one that is understood.
pub(super) fn rule(text: &str) -> Option<Expression> {
    let mut parser = CelParser { tokens: tokens(text)?, place: 0, depth: 0 };
    let expression = parser.expression()?;
    parser.peek().is_none().then_some(expression)
}

fn tokens(text: &str) -> Option<Vec<CelToken>> {
    let mut rest = text.trim_start();
    let mut tokens = Vec::new();
    while let Some(first) = rest.chars().next() {
        let (token, behind) = if first.is_ascii_digit() {
            number(rest)?
        } else if let Some(raw) = rest.strip_prefix("r\"\"\"") {
            let (inside, behind) = raw.split_once("\"\"\"")?;
            (CelToken::Literal(inside.into()), behind)
        } else if let Some(raw) = rest.strip_prefix("r\"") {
            let (inside, behind) = raw.split_once('"')?;
            (CelToken::Literal(inside.into()), behind)
        } else if first == '\'' || first == '"' {
            quoted(rest, first)?
        } else if first.is_ascii_alphabetic() || first == '_' {
            word(rest)?
        } else {
            let mark = MARKS.iter().find(|mark| rest.starts_with(**mark))?;
            (CelToken::Mark(mark), rest.strip_prefix(mark)?)
        };
        tokens.push(token);
        rest = behind.trim_start();
    }
    Some(tokens)
}

fn number(text: &str) -> Option<(CelToken, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, behind) = text.split_at_checked(end)?;
    Some((CelToken::Literal(digits.parse::<i64>().ok()?.into()), behind))
}

fn word(text: &str) -> Option<(CelToken, &str)> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let (word, behind) = text.split_at_checked(end)?;
    let token = match word {
        "true" => CelToken::Literal(true.into()),
        "false" => CelToken::Literal(false.into()),
        "null" => CelToken::Literal(Value::Null),
        "in" => CelToken::Mark("in"),
        // Names that CEL keeps for itself are written with underscores around them.
        "__namespace__" => CelToken::Word("namespace".to_owned()),
        other => CelToken::Word(other.to_owned()),
    };
    Some((token, behind))
}

/// A text between quotes, with backslashes.
fn quoted(text: &str, quote: char) -> Option<(CelToken, &str)> {
    let mut characters = text.chars();
    characters.next();
    let mut inside = String::new();
    while let Some(character) = characters.next() {
        match character {
            end if end == quote => return Some((CelToken::Literal(inside.into()), characters.as_str())),
            '\\' => inside.push(escaped(&mut characters)?),
            other => inside.push(other),
        }
    }
    None
}

fn escaped(characters: &mut Chars<'_>) -> Option<char> {
    match characters.next()? {
        'n' => Some('\n'),
        't' => Some('\t'),
        'r' => Some('\r'),
        same @ ('\\' | '\'' | '"' | '?' | '`') => Some(same),
        _ => None,
    }
}

struct CelParser {
    tokens: Vec<CelToken>,
    place: usize,
    depth: usize,
}

impl CelParser {
    fn peek(&self) -> Option<&CelToken> {
        self.tokens.get(self.place)
    }

    fn take(&mut self, mark: &str) -> bool {
        let there = self.peek().is_some_and(|token| matches!(token, CelToken::Mark(found) if *found == mark));
        self.place += usize::from(there);
        there
    }

    fn name(&mut self) -> Option<String> {
        let CelToken::Word(name) = self.peek()?.clone() else { return None };
        self.place += 1;
        Some(name)
    }

    /// `a ? b : c`, or what binds tighter.
    fn expression(&mut self) -> Option<Expression> {
        self.depth += 1;
        if self.depth > MAX_RULE_NESTING {
            return None;
        }
        let condition = self.binary(BINARY)?;
        let expression = if self.take("?") {
            let yes = self.expression()?;
            let no = self.take(":").then(|| self.expression())??;
            Expression::Choice(Box::new([condition, yes, no]))
        } else {
            condition
        };
        self.depth -= 1;
        Some(expression)
    }

    /// Operators of one level, from left to right.
    fn binary(&mut self, levels: &[&[&'static str]]) -> Option<Expression> {
        let Some((level, tighter)) = levels.split_first() else { return self.unary() };
        let mut left = self.binary(tighter)?;
        while let Some(operator) = level.iter().find(|operator| self.take(operator)) {
            let right = self.binary(tighter)?;
            left = Expression::Binary(operator, Box::new(left), Box::new(right));
        }
        Some(left)
    }

    fn unary(&mut self) -> Option<Expression> {
        self.depth += 1;
        if self.depth > MAX_RULE_NESTING {
            return None;
        }
        let expression = if self.take("!") {
            Expression::Not(Box::new(self.unary()?))
        } else if self.take("-") {
            Expression::Minus(Box::new(self.unary()?))
        } else {
            let primary = self.primary()?;
            self.behind(primary)?
        };
        self.depth -= 1;
        Some(expression)
    }

    fn primary(&mut self) -> Option<Expression> {
        if self.take("(") {
            let inner = self.expression()?;
            return self.take(")").then_some(inner);
        }
        if self.take("[") {
            return Some(Expression::List(self.arguments("]")?));
        }
        if self.take("{") {
            return self.literal_map();
        }
        if let Some(value) = self.literal() {
            return Some(Expression::Literal(value));
        }
        let name = self.name()?;
        if !self.take("(") {
            return Some(Expression::Name(name));
        }
        let arguments = self.arguments(")")?;
        match (name.as_str(), arguments.as_slice()) {
            ("has", [Expression::Field(target, field)]) => Some(Expression::Has(target.clone(), field.clone())),
            ("has", _) => None,
            _ => Some(Expression::Call(name, arguments)),
        }
    }

    fn literal(&mut self) -> Option<Value> {
        let Some(CelToken::Literal(value)) = self.peek() else { return None };
        let value = value.clone();
        self.place += 1;
        Some(value)
    }

    /// `"a": 1, "b": 2}`: of literals alone.
    fn literal_map(&mut self) -> Option<Expression> {
        let mut map = Map::new();
        while !self.take("}") {
            let Value::String(key) = self.literal()? else { return None };
            let value = self.take(":").then(|| self.literal())??;
            map.insert(key, value);
            self.take(",");
        }
        Some(Expression::Literal(Value::Object(map)))
    }

    /// Fields, indices and calls behind a value.
    fn behind(&mut self, mut target: Expression) -> Option<Expression> {
        loop {
            if self.take("[") {
                let index = self.expression()?;
                target = self.take("]").then(|| Expression::Index(Box::new(target), Box::new(index)))?;
            } else if self.take(".") {
                let name = self.name()?;
                target =
                    if self.take("(") { self.call(target, name)? } else { Expression::Field(Box::new(target), name) };
            } else {
                return Some(target);
            }
        }
    }

    fn call(&mut self, target: Expression, name: String) -> Option<Expression> {
        let mut arguments = self.arguments(")")?;
        let Ok(which) = Macro::from_str(&name) else {
            arguments.insert(0, target);
            return Some(Expression::Call(name, arguments));
        };
        let [Expression::Name(variable), body] = arguments.as_slice() else { return None };
        Some(Expression::Macro(which, Box::new(target), variable.clone(), Box::new(body.clone())))
    }

    fn arguments(&mut self, end: &str) -> Option<Vec<Expression>> {
        let mut arguments = Vec::new();
        while !self.take(end) {
            arguments.push(self.expression()?);
            if !self.take(",") {
                return self.take(end).then_some(arguments);
            }
        }
        Some(arguments)
    }
}
