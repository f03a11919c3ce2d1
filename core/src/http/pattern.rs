//! Regular expressions, compiled when first needed. What regex-lite can't run the way the component would is
//! unsupported, never approximated.

use std::sync::{Arc, OnceLock};

mod re2;
mod lookahead;

use regex_lite::{Regex, RegexBuilder};

/// Whose expressions they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dialect {
    /// PCRE, as nginx uses it: bytes, with lookaround and backreferences.
    Pcre,
    /// RE2, as Go uses it.
    Re2,
}

/// A regular expression; cloning shares it.
#[derive(Clone, Debug)]
pub struct Pattern {
    source: Arc<str>,
    dialect: Dialect,
    ignore_case: bool,
    compiled: Arc<OnceLock<Option<CompiledPattern>>>,
}

/// What runs an expression.
#[derive(Debug)]
struct CompiledPattern {
    regex: Regex,
    /// What must match besides, of look-aheads.
    required: Vec<Regex>,
    /// What must not.
    forbidden: Vec<Regex>,
}

impl CompiledPattern {
    fn allows(&self, text: &str) -> bool {
        self.required.iter().all(|one| one.is_match(text)) && !self.forbidden.iter().any(|one| one.is_match(text))
    }
}

/// Go's expression, ready to run; None if Go refuses it or it can't be run here.
pub fn go_expression(source: &str) -> Option<Regex> {
    Pattern::new(source, Dialect::Re2, false).regex().cloned()
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        (&self.source, self.dialect, self.ignore_case) == (&other.source, other.dialect, other.ignore_case)
    }
}

impl Pattern {
    /// Takes an expression as written.
    pub fn new(source: impl Into<Arc<str>>, dialect: Dialect, ignore_case: bool) -> Self {
        Self { source: source.into(), dialect, ignore_case, compiled: Arc::default() }
    }

    /// As written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The engine, for what is known to match; None if this expression isn't supported.
    pub fn regex(&self) -> Option<&Regex> {
        self.compiled().map(|compiled| &compiled.regex)
    }

    fn compiled(&self) -> Option<&CompiledPattern> {
        self.compiled.get_or_init(|| self.compile()).as_ref()
    }

    /// Whether Go refuses it, so that what holds it doesn't come to be; an expression that only regex-lite can't run isn't.
    pub fn is_refused(&self) -> bool {
        self.dialect == Dialect::Re2 && self.regex().is_none() && !re2::is_beyond_reach(&self.source)
    }

    /// Whether it is an expression that Go takes and regex-lite can't run.
    pub fn is_beyond_reach(&self) -> bool {
        self.dialect == Dialect::Re2 && re2::is_beyond_reach(&self.source)
    }

    /// Whether it is found in a text; None if it isn't supported, unless the text begins otherwise than every match.
    pub fn is_match(&self, text: &str) -> Option<bool> {
        if let Some(compiled) = self.compiled() {
            return Some(compiled.allows(text) && compiled.regex.is_match(text));
        }
        let beginning = lookahead::fixed_beginning(&self.source).filter(|_| self.dialect == Dialect::Pcre)?;
        (!lookahead::begins_with(text, &beginning, self.ignore_case)).then_some(false)
    }

    fn compile(&self) -> Option<CompiledPattern> {
        let plain = |regex| CompiledPattern { regex, required: Vec::new(), forbidden: Vec::new() };
        self.compile_plainly().map(plain).or_else(|| self.compile_look_ahead())
    }

    /// A look-ahead right behind a fixed beginning, as expressions of their own.
    fn compile_look_ahead(&self) -> Option<CompiledPattern> {
        let split = lookahead::split(&self.source).filter(|_| self.dialect == Dialect::Pcre)?;
        let build = |source: &String| Self::new(source.as_str(), self.dialect, self.ignore_case).compile_plainly();
        let all = |sources: &[String]| sources.iter().map(build).collect::<Option<Vec<_>>>();
        Some(CompiledPattern {
            regex: build(&split.without)?,
            required: all(&split.required)?,
            forbidden: all(&split.forbidden)?,
        })
    }

    fn compile_plainly(&self) -> Option<Regex> {
        if self.dialect == Dialect::Pcre && !means_the_same_in_pcre(&self.source) {
            return None;
        }
        let source = match self.dialect {
            Dialect::Pcre => self.source.to_string(),
            Dialect::Re2 if re2::is_beyond_reach(&self.source) => return None,
            Dialect::Re2 => re2::rewrite(&self.source)?,
        };
        RegexBuilder::new(&source).case_insensitive(self.ignore_case).build().ok()
    }
}

/// Whether PCRE refuses an expression: unbalanced brackets or parentheses, or nothing to repeat.
pub fn is_refused_by_pcre(source: &str) -> bool {
    let mut depth = 0i32;
    let mut in_class = false;
    let mut characters = source.chars();
    let mut before = None;
    // 1. Character by character, with classes and escapes apart; a repetition needs something before it.
    while let Some(character) = characters.next() {
        match character {
            '\\' if characters.next().is_none() => return true,
            '\\' => {}
            ']' if in_class => in_class = false,
            _ if in_class => {}
            '[' => in_class = true,
            '(' => depth += 1,
            ')' => depth -= 1,
            '*' | '+' | '?'
                if matches!(before, None | Some('(' | '|')) && !(before == Some('(') && character == '?') =>
            {
                return true;
            }
            _ => {}
        }
        if depth < 0 {
            return true;
        }
        before = Some(character);
    }
    // 2. Whatever was opened must be closed.
    depth != 0 || in_class
}

/// Whether PCRE and regex-lite read an expression alike: no possessive quantifier (`a++`, which regex-lite takes for a
/// quantifier of a quantifier) and no `--`, `&&` or `~~` inside a class.
fn means_the_same_in_pcre(source: &str) -> bool {
    let mut characters = source.chars();
    let mut quantified = false;
    let mut in_class = false;
    let mut before = ' ';
    while let Some(character) = characters.next() {
        // 1. An escape means the same in both.
        if character == '\\' {
            characters.next();
            quantified = false;
            before = ' ';
            continue;
        }
        // 2. Inside a class: doubled operators.
        if in_class {
            if character == before && matches!(character, '-' | '&' | '~') {
                return false;
            }
            in_class = character != ']' || before == '[';
        } else {
            // 3. Outside: a plus behind a quantifier.
            if quantified && character == '+' {
                return false;
            }
            quantified = matches!(character, '*' | '+' | '?' | '}');
            in_class = character == '[';
        }
        before = character;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn supported_and_not() {
        for source in ["^/a(/|$)(.*)", "^/[A-Z0-9]{3}", "/a\\.b", "^/[a-z]+?x"] {
            assert!(Pattern::new(source, Dialect::Pcre, true).regex().is_some(), "{source}");
        }
        for source in ["/(?!api)", "^/((?!a).)*$", "(a)\\1", "a++b", "(?>a)", "[a--b]", "(", "(?<=a)b"] {
            assert!(Pattern::new(source, Dialect::Pcre, true).regex().is_none(), "{source}");
        }
    }

    #[test]
    fn look_aheads_and_beginnings() {
        let pattern = Pattern::new("^/api/((?!_internal).*)", Dialect::Pcre, true);
        for (text, matches) in [("/api/x", true), ("/API/x", true), ("/api/_internal/x", false), ("/other", false)] {
            assert_eq!(pattern.is_match(text), Some(matches), "{text}");
        }
        assert_eq!(&pattern.regex().unwrap().captures("/api/x").unwrap()[1], "x");
        let beyond = Pattern::new("^/api/((?!a).)*$", Dialect::Pcre, true);
        assert_eq!((beyond.is_match("/other"), beyond.is_match("/api/x")), (Some(false), None));
    }

    #[test]
    fn what_go_refuses() {
        for source in
            ["(", "[", "^/(?!api)", "(a)\\1", "a++b", "a**", "(?<=a)b", "x{1001}", "\\C", "\\8", "\\u0041", "(?x)a"]
        {
            assert!(Pattern::new(source, Dialect::Re2, false).is_refused(), "{source}");
        }
        for source in ["\\pL", "{n:[a-z]+}", "a{2,3}", "a{,3}", "^[a-z]+?x$", "}"] {
            assert!(!Pattern::new(source, Dialect::Re2, false).is_refused(), "{source}");
        }
        for (source, text) in
            [("^\\Qa.b\\E$", "a.b"), ("^\\141\\x{61}$", "aa"), ("^\\Qa.b", "a.b"), ("^\\_\\07$", "_\u{7}")]
        {
            assert_eq!(Pattern::new(source, Dialect::Re2, false).is_match(text), Some(true), "{source}");
        }
        assert_eq!(Pattern::new("{n:[a-z]+}.test", Dialect::Re2, false).is_match("{n:ab}.test"), Some(true));
    }

    #[test]
    fn case() {
        assert_eq!(Pattern::new("^/foo", Dialect::Pcre, true).is_match("/FOO"), Some(true));
        assert_eq!(Pattern::new("^/foo", Dialect::Re2, false).is_match("/FOO"), Some(false));
    }
}
