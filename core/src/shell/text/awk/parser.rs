//! The text of an awk program into rules.

use super::syntax::{AwkExpression, AwkLoop, AwkPattern, AwkRule, AwkStatement};

/// How deep expressions may stand in one another.
const DEPTH: usize = 60;

/// The functions, each with the most arguments that it takes.
pub const FUNCTIONS: [(&str, usize); 16] = [
    ("length", 1),
    ("substr", 3),
    ("index", 2),
    ("split", 3),
    ("sub", 3),
    ("gsub", 3),
    ("match", 2),
    ("sprintf", 100),
    ("toupper", 1),
    ("tolower", 1),
    ("int", 1),
    ("sqrt", 1),
    ("exp", 1),
    ("log", 1),
    ("rand", 0),
    ("srand", 1),
];

/// Operators of one rank, the weakest first; joining texts stands between the fourth and the fifth.
const RANKS: [&[&str]; 6] =
    [&["||"], &["&&"], &["~", "!~"], &["<=", "==", "!=", ">=", "<", ">"], &["+", "-"], &["*", "/", "%"]];

/// All that is longer than a sign, so that `=` isn't seen in `==`.
const LONGER: [&str; 17] =
    ["||", "&&", "!~", "<=", "==", "!=", ">=", "+=", "-=", "*=", "/=", "%=", "^=", "++", "--", "**", ">>"];

/// Reads a program; an error is what isn't understood.
pub fn parse_program(text: &str) -> Result<Vec<AwkRule>, String> {
    let mut parser = AwkParser { rest: text, depth: 0, in_print: false };
    let mut rules = Vec::new();
    parser.skip_lines();
    while !parser.rest.is_empty() {
        rules.push(parser.rule()?);
        parser.skip_lines();
    }
    Ok(rules)
}

struct AwkParser<'t> {
    rest: &'t str,
    depth: usize,
    /// In the words of print, `>` leads into a file.
    in_print: bool,
}

type Parsed<T> = Result<T, String>;

impl AwkParser<'_> {
    fn here<T>(&self) -> Parsed<T> {
        Err(self.rest.split_whitespace().next().unwrap_or("the end").chars().take(20).collect())
    }

    fn skip(&mut self, signs: &[char]) {
        loop {
            self.rest = self.rest.trim_start_matches(signs);
            if let Some(comment) = self.rest.strip_prefix('#') {
                self.rest = comment.trim_start_matches(|c: char| c != '\n');
            } else if let Some(rest) = self.rest.strip_prefix("\\\n") {
                self.rest = rest;
            } else {
                return;
            }
        }
    }

    fn skip_blanks(&mut self) {
        self.skip(&[' ', '\t', '\r']);
    }

    fn skip_lines(&mut self) {
        self.skip(&[' ', '\t', '\r', '\n', ';']);
    }

    /// Takes a sign or a word, if it comes, and no longer one.
    fn take(&mut self, wanted: &str) -> bool {
        self.skip_blanks();
        let Some(rest) = self.rest.strip_prefix(wanted) else { return false };
        let is_word = wanted.starts_with(|c: char| c.is_alphabetic());
        let goes_on = if is_word {
            rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')
        } else {
            LONGER.iter().any(|one| one.len() > wanted.len() && self.rest.starts_with(one))
        };
        if goes_on {
            return false;
        }
        self.rest = rest;
        true
    }

    fn expect(&mut self, wanted: &str) -> Parsed<()> {
        if self.take(wanted) { Ok(()) } else { self.here() }
    }

    fn name(&mut self) -> Option<String> {
        self.skip_blanks();
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at_checked(end)?;
        if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        self.rest = rest;
        Some(name.to_owned())
    }

    fn rule(&mut self) -> Parsed<AwkRule> {
        let when = if self.take("BEGIN") {
            AwkPattern::Begin
        } else if self.take("END") {
            AwkPattern::End
        } else if self.rest.starts_with('{') {
            AwkPattern::Always
        } else if self.rest.starts_with("function ") {
            return self.here();
        } else {
            let first = self.expression()?;
            if self.take(",") { AwkPattern::Range(first, self.expression()?) } else { AwkPattern::When(first) }
        };
        self.skip_blanks();
        let does = if self.rest.starts_with('{') { Some(self.block()?) } else { None };
        Ok(AwkRule { when, does })
    }

    /// `{ … }`, or one statement.
    fn block(&mut self) -> Parsed<Vec<AwkStatement>> {
        self.skip(&[' ', '\t', '\r', '\n']);
        if !self.take("{") {
            return Ok(vec![self.statement()?]);
        }
        let mut all = Vec::new();
        loop {
            self.skip_lines();
            if self.take("}") {
                return Ok(all);
            }
            if self.rest.is_empty() {
                return self.here();
            }
            all.push(self.statement()?);
        }
    }

    fn statement(&mut self) -> Parsed<AwkStatement> {
        self.depth += 1;
        if self.depth > DEPTH {
            return self.here();
        }
        let statement = self.statement_here();
        self.depth -= 1;
        statement
    }

    fn statement_here(&mut self) -> Parsed<AwkStatement> {
        // 1. Printing.
        for (word, is_formatted) in [("printf", true), ("print", false)] {
            if self.take(word) {
                let words = self.printed()?;
                return Ok(if is_formatted { AwkStatement::Printf(words) } else { AwkStatement::Print(words) });
            }
        }
        // 2. A condition, whose `else` may stand behind lines.
        if self.take("if") {
            let condition = self.in_brackets()?;
            let then = self.block()?;
            let before = self.rest;
            self.skip_lines();
            if self.take("else") {
                return Ok(AwkStatement::If(condition, then, self.block()?));
            }
            self.rest = before;
            return Ok(AwkStatement::If(condition, then, Vec::new()));
        }
        // 3. Loops.
        if self.take("while") {
            let condition = Some(self.in_brackets()?);
            let body = self.block()?;
            return Ok(loop_of(Vec::new(), condition, Vec::new(), body, false));
        }
        if self.take("do") {
            let body = self.block()?;
            self.skip_lines();
            self.expect("while")?;
            let condition = Some(self.in_brackets()?);
            return Ok(loop_of(Vec::new(), condition, Vec::new(), body, true));
        }
        if self.take("for") {
            return self.for_loop();
        }
        // 4. An array or an element that goes.
        if self.take("delete") {
            let Some(name) = self.name() else { return self.here() };
            let index = if self.take("[") { Some(self.list("]")?) } else { None };
            return Ok(AwkStatement::Delete(name, index));
        }
        // 5. Jumps.
        for (word, statement) in
            [("next", AwkStatement::Next), ("break", AwkStatement::Break), ("continue", AwkStatement::Continue)]
        {
            if self.take(word) {
                return Ok(statement);
            }
        }
        if self.take("exit") {
            self.skip_blanks();
            let is_bare = self.rest.is_empty() || self.rest.starts_with([';', '}', '\n']);
            return Ok(AwkStatement::Exit(if is_bare { None } else { Some(self.expression()?) }));
        }
        // 6. Anything else is an expression.
        Ok(AwkStatement::Expression(self.expression()?))
    }

    fn for_loop(&mut self) -> Parsed<AwkStatement> {
        self.expect("(")?;
        let start = self.rest;
        if let Some(name) = self.name()
            && self.take("in")
            && let Some(array) = self.name()
            && self.take(")")
        {
            return Ok(AwkStatement::Each(name, array, self.block()?));
        }
        self.rest = start;
        let part = |parser: &mut Self, end: &str| -> Parsed<Option<AwkExpression>> {
            if parser.take(end) {
                return Ok(None);
            }
            let part = parser.expression()?;
            parser.expect(end)?;
            Ok(Some(part))
        };
        let before = part(self, ";")?.map(AwkStatement::Expression).into_iter().collect();
        let condition = part(self, ";")?;
        let behind = part(self, ")")?.map(AwkStatement::Expression).into_iter().collect();
        let body = if self.take(";") { Vec::new() } else { self.block()? };
        Ok(loop_of(before, condition, behind, body, false))
    }

    /// The words of print, in brackets or not.
    fn printed(&mut self) -> Parsed<Vec<AwkExpression>> {
        self.skip_blanks();
        if self.rest.is_empty() || self.rest.starts_with([';', '}', '\n']) {
            return Ok(Vec::new());
        }
        let start = self.rest;
        if self.take("(") {
            let words = self.list(")");
            self.skip_blanks();
            if words.is_ok() && (self.rest.is_empty() || self.rest.starts_with([';', '}', '\n', '>'])) {
                return self.without_file(words?);
            }
            self.rest = start;
        }
        self.in_print = true;
        let mut words = vec![self.expression()?];
        while self.take(",") {
            words.push(self.expression()?);
        }
        self.in_print = false;
        self.without_file(words)
    }

    /// What is printed into files or commands isn't understood.
    fn without_file(&mut self, words: Vec<AwkExpression>) -> Parsed<Vec<AwkExpression>> {
        self.skip_blanks();
        if self.rest.starts_with(['>', '|']) { self.here() } else { Ok(words) }
    }

    fn in_brackets(&mut self) -> Parsed<AwkExpression> {
        self.expect("(")?;
        let inner = self.expression()?;
        self.expect(")")?;
        Ok(inner)
    }

    /// Expressions between commas, and the sign that ends them.
    fn list(&mut self, end: &str) -> Parsed<Vec<AwkExpression>> {
        let in_print = std::mem::take(&mut self.in_print);
        let mut all = Vec::new();
        while !self.take(end) {
            all.push(self.expression()?);
            if !self.take(",") {
                self.expect(end)?;
                break;
            }
            self.skip(&[' ', '\t', '\n']);
        }
        self.in_print = in_print;
        Ok(all)
    }

    fn expression(&mut self) -> Parsed<AwkExpression> {
        self.depth += 1;
        if self.depth > DEPTH {
            return self.here();
        }
        let expression = self.assigned();
        self.depth -= 1;
        expression
    }

    fn assigned(&mut self) -> Parsed<AwkExpression> {
        let left = self.choice()?;
        let is_place =
            matches!(left, AwkExpression::Field(_) | AwkExpression::Variable(_) | AwkExpression::Element(..));
        for (sign, operator) in
            [("=", ""), ("+=", "+"), ("-=", "-"), ("*=", "*"), ("/=", "/"), ("%=", "%"), ("^=", "^")]
        {
            if is_place && self.take(sign) {
                return Ok(AwkExpression::Assign(operator, Box::new(left), Box::new(self.expression()?)));
            }
        }
        Ok(left)
    }

    fn choice(&mut self) -> Parsed<AwkExpression> {
        let condition = self.ranked(0)?;
        if !self.take("?") {
            return Ok(condition);
        }
        let then = Box::new(self.expression()?);
        self.expect(":")?;
        Ok(AwkExpression::Choice(Box::new(condition), then, Box::new(self.expression()?)))
    }

    fn ranked(&mut self, rank: usize) -> Parsed<AwkExpression> {
        let Some(signs) = RANKS.get(rank) else { return self.unary() };
        let mut left = self.ranked(rank + 1)?;
        loop {
            if rank == 2 && self.take("in") {
                let Some(name) = self.name() else { return self.here() };
                left = AwkExpression::In(vec![left], name);
                continue;
            }
            if rank == 3 {
                left = self.joined(left)?;
            }
            let file = self.in_print;
            let sign = signs.iter().copied().find(|sign| !(file && *sign == ">") && self.take(sign));
            let Some(sign) = sign else { return Ok(left) };
            self.skip(&[' ', '\t', '\n']);
            left = AwkExpression::Binary(sign, Box::new(left), Box::new(self.ranked(rank + 1)?));
            if rank == 3 {
                left = match left {
                    AwkExpression::Binary(sign, one, other) => {
                        AwkExpression::Binary(sign, one, Box::new(self.joined(*other)?))
                    }
                    other => other,
                };
            }
        }
    }

    /// Texts that stand side by side.
    fn joined(&mut self, left: AwkExpression) -> Parsed<AwkExpression> {
        let mut left = left;
        loop {
            self.skip_blanks();
            let goes_on = self.rest.starts_with(|c: char| c.is_ascii_alphanumeric() || "\"$(_.".contains(c))
                && !["in ", "in\t"].iter().any(|word| self.rest.starts_with(word));
            if !goes_on {
                return Ok(left);
            }
            left = AwkExpression::Binary(" ", Box::new(left), Box::new(self.ranked(4)?));
        }
    }

    fn unary(&mut self) -> Parsed<AwkExpression> {
        for sign in ["!", "-", "+"] {
            if self.take(sign) {
                return Ok(AwkExpression::Unary(sign, Box::new(self.unary()?)));
            }
        }
        let base = self.postfix()?;
        if self.take("^") || self.take("**") {
            return Ok(AwkExpression::Binary("^", Box::new(base), Box::new(self.unary()?)));
        }
        Ok(base)
    }

    fn postfix(&mut self) -> Parsed<AwkExpression> {
        for (sign, by) in [("++", 1.0), ("--", -1.0)] {
            if self.take(sign) {
                return Ok(AwkExpression::Step(by, false, Box::new(self.term()?)));
            }
        }
        let term = self.term()?;
        let is_place =
            matches!(term, AwkExpression::Field(_) | AwkExpression::Variable(_) | AwkExpression::Element(..));
        for (sign, by) in [("++", 1.0), ("--", -1.0)] {
            if is_place && self.take(sign) {
                return Ok(AwkExpression::Step(by, true, Box::new(term)));
            }
        }
        Ok(term)
    }

    fn term(&mut self) -> Parsed<AwkExpression> {
        // 1. A field.
        self.skip_blanks();
        if self.take("$") {
            let of = if self.take("-") {
                AwkExpression::Unary("-", Box::new(self.term()?))
            } else {
                self.postfix_of_field()?
            };
            return Ok(AwkExpression::Field(Box::new(of)));
        }
        // 2. Brackets: around one expression, or the index before `in`.
        if self.take("(") {
            let mut all = self.list(")")?;
            if self.take("in") {
                let Some(name) = self.name() else { return self.here() };
                return Ok(AwkExpression::In(all, name));
            }
            return match (all.pop(), all.is_empty()) {
                (Some(one), true) => Ok(in_brackets(one)),
                _ => self.here(),
            };
        }
        // 3. A text, a pattern, a number.
        if let Some(rest) = self.rest.strip_prefix('"') {
            let (text, rest) = quoted(rest, '"').ok_or("a text without end")?;
            self.rest = rest;
            return Ok(AwkExpression::Text(crate::shell::echo::unescaped(&text)));
        }
        if let Some(rest) = self.rest.strip_prefix('/') {
            let (text, rest) = quoted(rest, '/').ok_or("a pattern without end")?;
            self.rest = rest;
            return Ok(AwkExpression::Pattern(text.replace("\\/", "/")));
        }
        if self.rest.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            let end = number_end(self.rest);
            let (number, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
            let Ok(number) = number.parse() else { return self.here() };
            self.rest = rest;
            return Ok(AwkExpression::Number(number));
        }
        // 4. A function that is known.
        let before = self.rest;
        let Some(name) = self.name() else { return self.here() };
        if let Some((_, most)) = FUNCTIONS.iter().find(|(own, _)| *own == name) {
            let args = if self.take("(") { self.list(")")? } else { Vec::new() };
            let is_bare = args.is_empty() && !matches!(name.as_str(), "length" | "rand" | "srand");
            if args.len() > *most || is_bare {
                self.rest = before;
                return self.here();
            }
            return Ok(AwkExpression::Call(name, args));
        }
        // 5. What isn't understood.
        let is_reserved = ["getline", "function", "system", "close", "func"].contains(&name.as_str());
        if is_reserved || self.rest.starts_with('(') {
            self.rest = before;
            return self.here();
        }
        // 6. An element, or a variable.
        if self.take("[") {
            Ok(AwkExpression::Element(name, self.list("]")?))
        } else {
            Ok(AwkExpression::Variable(name))
        }
    }

    /// `$NF`, `$(NF-1)`, `$i++` is `($i)++`.
    fn postfix_of_field(&mut self) -> Parsed<AwkExpression> {
        for (sign, by) in [("++", 1.0), ("--", -1.0)] {
            if self.take(sign) {
                return Ok(AwkExpression::Step(by, false, Box::new(self.term()?)));
            }
        }
        self.term()
    }
}

/// An expression in brackets is no place to write to.
fn in_brackets(one: AwkExpression) -> AwkExpression {
    match one {
        AwkExpression::Variable(_) | AwkExpression::Field(_) => AwkExpression::Unary("(", Box::new(one)),
        other => other,
    }
}

fn loop_of(
    before: Vec<AwkStatement>,
    condition: Option<AwkExpression>,
    behind: Vec<AwkStatement>,
    body: Vec<AwkStatement>,
    body_first: bool,
) -> AwkStatement {
    AwkStatement::Loop(Box::new(AwkLoop { before, condition, behind, body, body_first }))
}

/// Where the number ends that a text begins with: digits, a point, an exponent that has digits.
pub fn number_end(text: &str) -> usize {
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let end = digits(text);
    let exponent = text.get(end..).and_then(|rest| rest.strip_prefix(['e', 'E']));
    let power = exponent.map(|rest| rest.strip_prefix(['+', '-']).unwrap_or(rest));
    match power.map(|power| (power, power.find(|c: char| !c.is_ascii_digit()).unwrap_or(power.len()))) {
        Some((power, length)) if length > 0 => text.len() - power.len() + length,
        _ => end,
    }
}

/// The text up to a sign that no backslash stands before, and what is behind it.
fn quoted(text: &str, end: char) -> Option<(String, &str)> {
    let mut is_escaped = false;
    let (at, _) = text.char_indices().find(|(_, letter)| {
        let ends = *letter == end && !is_escaped;
        is_escaped = *letter == '\\' && !is_escaped;
        ends
    })?;
    Some((text.get(..at)?.to_owned(), text.get(at + end.len_utf8()..)?))
}
