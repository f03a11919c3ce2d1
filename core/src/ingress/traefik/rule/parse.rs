//! Reading rules: an expression of Go (vulcand/predicate), so a line may not break where Go would put a semicolon.

use super::matcher::{MATCHERS, TCP_MATCHERS};
use super::{Matcher, RuleTree};
use crate::http::{Dialect, Pattern};
use crate::limits::MAX_RULE_DEPTH;

/// Reads a rule; None for one that Traefik refuses.
pub(super) fn rule(text: &str, major: u32, tcp: bool) -> Option<RuleTree> {
    if nests_too_deep(text) {
        return Some(unread(text));
    }
    let mut reader = RuleReader { rest: text, major, tcp, ends_line: false };
    let rule = reader.any(MAX_RULE_DEPTH + 1)?;
    reader.rest.trim().is_empty().then_some(rule)
}

/// Stands for a rule that isn't read: whether a request fits can't be told.
fn unread(text: &str) -> RuleTree {
    let start: String = text.chars().take(40).collect();
    RuleTree::Matcher(Matcher::PathPattern(vec![Pattern::new(format!("{start}… \\p"), Dialect::Re2, false)]))
}

/// Whether reading a rule would take more than [`MAX_RULE_DEPTH`] steps into it; brackets in texts don't count.
fn nests_too_deep(text: &str) -> bool {
    let mut quote = None;
    let (mut open, mut deepest) = (0usize, 0usize);
    for character in text.chars() {
        match (character, quote) {
            (mark, Some(end)) if mark == end => quote = None,
            (_, Some(_)) => {}
            ('`' | '"', None) => quote = Some(character),
            ('(' | '!', None) => open += 1,
            (')', None) => open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(open);
    }
    deepest > MAX_RULE_DEPTH
}

struct RuleReader<'t> {
    rest: &'t str,
    major: u32,
    /// Whether it is a rule for TCP.
    tcp: bool,
    /// Whether a line break here would be a semicolon: behind a name, a text, a closing parenthesis.
    ends_line: bool,
}

impl<'t> RuleReader<'t> {
    fn any(&mut self, depth: usize) -> Option<RuleTree> {
        let mut rules = vec![self.all(depth)?];
        while self.take("||") {
            rules.push(self.all(depth)?);
        }
        if rules.len() == 1 { rules.pop() } else { Some(RuleTree::Any(rules)) }
    }

    fn all(&mut self, depth: usize) -> Option<RuleTree> {
        let mut rules = vec![self.operand(depth)?];
        while self.take("&&") {
            rules.push(self.operand(depth)?);
        }
        if rules.len() == 1 { rules.pop() } else { Some(RuleTree::All(rules)) }
    }

    fn operand(&mut self, depth: usize) -> Option<RuleTree> {
        let depth = depth.checked_sub(1)?;
        if self.take("!") {
            return Some(RuleTree::Not(Box::new(self.operand(depth)?)));
        }
        if self.take("(") {
            let rule = self.any(depth)?;
            return self.take(")").then_some(rule);
        }
        let name = self.name()?;
        if !self.take("(") {
            return None;
        }
        let values = self.values()?;
        let matcher = if self.tcp {
            Matcher::of_connection(known_name(name, TCP_MATCHERS.iter().copied())?, values)
        } else {
            let of_syntax = MATCHERS.iter().filter(|(major, _)| *major == self.major).map(|(_, name)| *name);
            Matcher::named(known_name(name, of_syntax)?, values, self.major)
        };
        matcher.map(RuleTree::Matcher)
    }

    /// The texts up to the closing parenthesis.
    fn values(&mut self) -> Option<Vec<String>> {
        let mut values = Vec::new();
        while !self.take(")") {
            values.push(self.quoted()?);
            if !self.take(",") {
                return self.take(")").then_some(values);
            }
        }
        Some(values)
    }

    /// Skips blanks; what stands behind a line break that ends a line is left where it is, so that nothing fits.
    fn skip_space(&mut self) {
        let trimmed = self.rest.trim_start();
        let skipped = self.rest.len() - trimmed.len();
        let breaks = self.rest.get(..skipped).is_some_and(|space| space.contains('\n'));
        if !(breaks && self.ends_line) {
            self.rest = trimmed;
        }
    }

    fn take(&mut self, word: &str) -> bool {
        self.skip_space();
        let Some(rest) = self.rest.strip_prefix(word) else { return false };
        self.rest = rest;
        self.ends_line = word == ")";
        true
    }

    fn name(&mut self) -> Option<&'t str> {
        self.skip_space();
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        self.ends_line = true;
        (!name.is_empty()).then_some(name)
    }

    /// A Go string: between backquotes as it is, between double quotes with backslashes.
    fn quoted(&mut self) -> Option<String> {
        self.skip_space();
        self.ends_line = true;
        if let Some(rest) = self.rest.strip_prefix('`') {
            let (inside, behind) = rest.split_once('`')?;
            self.rest = behind;
            return Some(inside.replace('\r', ""));
        }
        let mut characters = self.rest.strip_prefix('"')?.chars();
        let mut text = String::new();
        loop {
            match characters.next()? {
                '"' => break,
                '\n' => return None,
                '\\' => text.push(match characters.next()? {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    plain @ ('\\' | '"') => plain,
                    _ => return None,
                }),
                plain => text.push(plain),
            }
        }
        self.rest = characters.as_str();
        Some(text)
    }
}

/// The matcher behind a name: as it is, in lower case, in upper case, or with the first letter large (pkg/rules/parser.go).
fn known_name(written: &str, mut names: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    names.find(|name| {
        let lower = name.to_ascii_lowercase();
        let capital = lower.get(..1).unwrap_or_default().to_ascii_uppercase() + lower.get(1..).unwrap_or_default();
        written == *name || written == lower || written == name.to_ascii_uppercase() || written == capital
    })
}

/// A text as Go quotes it (`%q`), for rules that Traefik writes itself.
pub fn quote(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            plain => quoted.push(plain),
        }
    }
    quoted.push('"');
    quoted
}
