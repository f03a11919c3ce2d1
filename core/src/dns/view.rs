//! CoreDNS' view plugin: a server block for the questions that its expressions hold for (plugin/view,
//! plugin/pkg/expression, expr-lang). Comparisons of a question's facts with texts and numbers are understood; anything
//! else is named as not modelled.

use std::net::IpAddr;

use crate::http::pattern::go_expression;
use crate::packet::{Protocol, Question};

use super::corefile::{CorefileError, Directive};

/// The expressions of one `view`: all must hold.
#[derive(Clone, Debug, Default)]
pub struct ViewFilter {
    expressions: Vec<String>,
}

/// What is known about a question.
#[derive(Clone, Copy, Debug)]
pub struct QueryFacts<'q> {
    /// Name and type.
    pub question: &'q Question,
    /// The address it comes from.
    pub client: Option<IpAddr>,
    /// The address it was sent to, as the server sees it.
    pub server: Option<IpAddr>,
    /// The server's port.
    pub port: u16,
    /// UDP or TCP.
    pub over: Protocol,
}

/// Takes `view NAME { expr … }` (setup.go parse).
pub fn read(directive: &Directive) -> Result<ViewFilter, CorefileError> {
    directive.head().exactly::<1>()?;
    let mut view = ViewFilter::default();
    for property in &directive.block {
        if property.name != "expr" {
            return Err(CorefileError::at(property.line, format!("unknown property '{}'", property.name)));
        }
        view.expressions.push(property.args.join(" "));
    }
    Ok(view)
}

impl ViewFilter {
    /// Whether a question belongs here (View.Filter); else what isn't understood.
    pub fn passes(&self, facts: &QueryFacts<'_>) -> Result<bool, String> {
        for expression in &self.expressions {
            let words = expression_tokens(expression).ok_or_else(|| expression.clone())?;
            let mut reader = ViewReader { words: &words, facts, depth: 0 };
            let value = reader.any_of().filter(|_| reader.words.is_empty()).ok_or_else(|| expression.clone())?;
            // Whatever isn't true is false.
            if value != ExpressionValue::Truth(true) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

#[derive(Clone, Debug, PartialEq)]
enum ExpressionToken {
    Name(String),
    Text(String),
    Number(i64),
    Mark(&'static str),
}

#[derive(Clone, Debug, PartialEq)]
enum ExpressionValue {
    Truth(bool),
    Text(String),
    Number(i64),
    List(Vec<ExpressionValue>),
    /// What stops the expression: the block isn't taken.
    Error,
}

/// Longer marks stand before those that they begin with.
const MARKS: &[&str] = &["==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "(", ")", "[", "]", ","];

/// How deep parentheses may stand in one another.
const DEPTH: u8 = 32;

/// Takes an expression apart; None for what isn't understood.
fn expression_tokens(text: &str) -> Option<Vec<ExpressionToken>> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if let Some(mark) = MARKS.iter().find(|mark| rest.starts_with(**mark)) {
            words.push(ExpressionToken::Mark(mark));
            rest = rest.strip_prefix(mark)?;
        } else if matches!(first, '\'' | '"') {
            let (quoted, after) = rest.strip_prefix(first)?.split_once(first)?;
            // Escapes aren't followed.
            words.push(ExpressionToken::Text(Some(quoted).filter(|quoted| !quoted.contains('\\'))?.to_owned()));
            rest = after;
        } else {
            let end = rest.find(|character: char| !(character.is_ascii_alphanumeric() || character == '_'));
            let (word, after) =
                rest.split_at_checked(end.unwrap_or(rest.len())).filter(|(word, _)| !word.is_empty())?;
            let number = word.parse().map(ExpressionToken::Number);
            words.push(number.unwrap_or_else(|_| ExpressionToken::Name(word.to_owned())));
            rest = after;
        }
        rest = rest.trim_start();
    }
    Some(words)
}

/// Reads and evaluates at once; None for what isn't understood.
struct ViewReader<'w> {
    words: &'w [ExpressionToken],
    facts: &'w QueryFacts<'w>,
    depth: u8,
}

impl ViewReader<'_> {
    fn any_of(&mut self) -> Option<ExpressionValue> {
        let mut value = self.all_of()?;
        while self.takes("||") || self.takes_name("or") {
            value = joined(value, self.all_of()?, |one, other| one || other);
        }
        Some(value)
    }

    fn all_of(&mut self) -> Option<ExpressionValue> {
        let mut value = self.comparison()?;
        while self.takes("&&") || self.takes_name("and") {
            value = joined(value, self.comparison()?, |one, other| one && other);
        }
        Some(value)
    }

    fn comparison(&mut self) -> Option<ExpressionValue> {
        if self.takes("!") || self.takes_name("not") {
            return Some(negated(self.comparison()?));
        }
        let left = self.operand()?;
        let negates = self.takes_name("not");
        let value = match self.words.first() {
            Some(ExpressionToken::Mark(mark @ ("==" | "!=" | "<" | ">" | "<=" | ">="))) => {
                self.skip();
                compared(mark, &left, &self.operand()?)?
            }
            Some(ExpressionToken::Name(operator)) if OPERATORS.contains(&operator.as_str()) => {
                self.skip();
                matched(operator, &left, &self.operand()?)?
            }
            _ if negates => return None,
            _ => left,
        };
        Some(if negates { negated(value) } else { value })
    }

    /// A literal, a list, a fact about the question, or an expression in parentheses.
    fn operand(&mut self) -> Option<ExpressionValue> {
        let (word, rest) = self.words.split_first()?;
        self.words = rest;
        match word {
            ExpressionToken::Text(text) => Some(ExpressionValue::Text(text.clone())),
            ExpressionToken::Number(number) => Some(ExpressionValue::Number(*number)),
            ExpressionToken::Mark("[") => self.list("]").map(ExpressionValue::List),
            ExpressionToken::Mark("(") if self.depth < DEPTH => {
                self.depth += 1;
                let value = self.any_of()?;
                self.depth -= 1;
                self.takes(")").then_some(value)
            }
            ExpressionToken::Name(name) if name == "true" || name == "false" => {
                Some(ExpressionValue::Truth(name == "true"))
            }
            ExpressionToken::Name(name) if self.takes("(") => {
                let arguments = self.list(")")?;
                self.call(name, &arguments)
            }
            ExpressionToken::Mark(_) | ExpressionToken::Name(_) => None,
        }
    }

    fn list(&mut self, end: &'static str) -> Option<Vec<ExpressionValue>> {
        let mut values = Vec::new();
        while !self.takes(end) {
            if !values.is_empty() && !self.takes(",") {
                return None;
            }
            values.push(self.operand()?);
        }
        Some(values)
    }

    /// expression.DefaultEnv, as far as the question decides it.
    fn call(&self, name: &str, arguments: &[ExpressionValue]) -> Option<ExpressionValue> {
        let QueryFacts { question, client, server, port, over } = self.facts;
        let text = |text: String| Some(ExpressionValue::Text(text));
        match (name, arguments) {
            ("name", []) => text(question.name.to_string().to_ascii_lowercase()),
            ("type", []) => text(question.record_type.to_string()),
            ("class", []) => text("IN".to_owned()),
            ("proto", []) => text(if *over == Protocol::Tcp { "tcp" } else { "udp" }.to_owned()),
            ("client_ip", []) => text((*client)?.to_string()),
            ("server_ip", []) => text((*server)?.to_string()),
            ("server_port", []) => text(port.to_string()),
            ("opcode", []) => Some(ExpressionValue::Number(0)),
            ("incidr", [ExpressionValue::Text(address), ExpressionValue::Text(range)]) => {
                let inside = address.parse::<IpAddr>().ok().zip(range.parse::<ipnet::IpNet>().ok());
                Some(inside.map_or(ExpressionValue::Error, |(address, range)| {
                    ExpressionValue::Truth(range.contains(&address))
                }))
            }
            _ => None,
        }
    }

    fn skip(&mut self) {
        self.words = self.words.get(1..).unwrap_or_default();
    }

    fn takes(&mut self, mark: &'static str) -> bool {
        let there = self.words.first() == Some(&ExpressionToken::Mark(mark));
        if there {
            self.skip();
        }
        there
    }

    fn takes_name(&mut self, name: &str) -> bool {
        let there = matches!(self.words.first(), Some(ExpressionToken::Name(word)) if word == name);
        if there {
            self.skip();
        }
        there
    }
}

/// The operators that are words.
const OPERATORS: &[&str] = &["in", "contains", "startsWith", "endsWith", "matches"];

fn joined(one: ExpressionValue, other: ExpressionValue, how: impl Fn(bool, bool) -> bool) -> ExpressionValue {
    match (one, other) {
        (ExpressionValue::Truth(one), ExpressionValue::Truth(other)) => ExpressionValue::Truth(how(one, other)),
        _ => ExpressionValue::Error,
    }
}

fn negated(value: ExpressionValue) -> ExpressionValue {
    if let ExpressionValue::Truth(truth) = value { ExpressionValue::Truth(!truth) } else { ExpressionValue::Error }
}

fn compared(mark: &str, left: &ExpressionValue, right: &ExpressionValue) -> Option<ExpressionValue> {
    let order = match (left, right) {
        (ExpressionValue::Number(one), ExpressionValue::Number(other)) => Some(one.cmp(other)),
        (ExpressionValue::Text(one), ExpressionValue::Text(other)) => Some(one.cmp(other)),
        _ => None,
    };
    Some(ExpressionValue::Truth(match (mark, order) {
        ("==", _) => left == right,
        ("!=", _) => left != right,
        ("<", Some(order)) => order.is_lt(),
        (">", Some(order)) => order.is_gt(),
        ("<=", Some(order)) => order.is_le(),
        (">=", Some(order)) => order.is_ge(),
        _ => return None,
    }))
}

fn matched(operator: &str, left: &ExpressionValue, right: &ExpressionValue) -> Option<ExpressionValue> {
    Some(ExpressionValue::Truth(match (operator, left, right) {
        ("in", one, ExpressionValue::List(values)) => values.contains(one),
        ("contains", ExpressionValue::Text(text), ExpressionValue::Text(part)) => text.contains(part.as_str()),
        ("startsWith", ExpressionValue::Text(text), ExpressionValue::Text(part)) => text.starts_with(part.as_str()),
        ("endsWith", ExpressionValue::Text(text), ExpressionValue::Text(part)) => text.ends_with(part.as_str()),
        ("matches", ExpressionValue::Text(text), ExpressionValue::Text(pattern)) => {
            go_expression(pattern)?.is_match(text)
        }
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::{DnsName, RecordType};

    #[test]
    fn expressions_about_a_question() {
        let question = Question { name: DnsName::new("Web.example.com"), record_type: RecordType::A };
        let facts = QueryFacts {
            question: &question,
            client: "10.244.1.5".parse().ok(),
            server: None,
            port: 53,
            over: Protocol::Udp,
        };
        let passes = |text: &str| ViewFilter { expressions: vec![text.to_owned()] }.passes(&facts);
        assert_eq!(passes("name() == 'web.example.com.'"), Ok(true));
        assert_eq!(passes("incidr(client_ip(), '10.0.0.0/8') && type() in ['A', \"AAAA\"]"), Ok(true));
        assert_eq!(passes("not (name() endsWith '.com.') or proto() == 'tcp'"), Ok(false));
        assert_eq!(passes("type() not in ['TXT']"), Ok(true));
        assert_eq!(passes("incidr('x', '10.0.0.0/8')"), Ok(false));
        assert!(passes("metadata('a/b') == 'c'").is_err());
        assert!(passes("name() ==").is_err());
    }
}
