//! Regular expressions as grep and sed write them.

use regex_lite::{Regex, RegexBuilder};

/// How a pattern is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PatternSyntax {
    /// Signs of groups, repeats and choices have a backslash.
    #[default]
    Basic,
    /// They stand bare.
    Extended,
    /// Everything means itself.
    Fixed,
}

/// How a pattern is matched.
#[derive(Clone, Copy, Debug, Default)]
pub struct PatternMatching {
    /// How it is written.
    pub syntax: PatternSyntax,
    /// -i
    pub ignores_case: bool,
    /// -w
    pub whole_words: bool,
    /// -x
    pub whole_lines: bool,
}

/// A pattern ready to match; None where it isn't understood.
pub fn compile_pattern(typed: &str, matching: PatternMatching) -> Option<Regex> {
    // Several patterns stand on lines of their own.
    let parts: Vec<String> = typed.split('\n').map(|part| expression(part, matching.syntax)).collect();
    let mut text = if parts.len() > 1 { format!("(?:{})", parts.join("|")) } else { parts.concat() };
    if matching.whole_words {
        text = format!(r"\b(?:{text})\b");
    }
    if matching.whole_lines {
        text = format!("^(?:{text})$");
    }
    RegexBuilder::new(&text).case_insensitive(matching.ignores_case).build().ok()
}

/// A pattern in the notation of extended expressions. Basic ones write the signs of groups, repeats and choices with a
/// backslash, and mean themselves by the bare ones.
fn expression(typed: &str, syntax: PatternSyntax) -> String {
    const SIGNS: [char; 7] = ['+', '?', '|', '(', ')', '{', '}'];
    let typed = &classes(typed);
    match syntax {
        PatternSyntax::Extended => literal_braces(typed),
        PatternSyntax::Fixed => regex_lite::escape(typed),
        PatternSyntax::Basic => {
            let mut text = String::new();
            let mut characters = typed.chars();
            while let Some(character) = characters.next() {
                match character {
                    '\\' => match characters.next() {
                        Some(sign) if SIGNS.contains(&sign) => text.push(sign),
                        Some(quote @ ('"' | '\'' | '/' | '-' | ':' | '@' | '<' | '>')) => text.push(quote),
                        Some(other) => text.extend(['\\', other]),
                        None => text.push_str(r"\\"),
                    },
                    sign if SIGNS.contains(&sign) => text.extend(['\\', sign]),
                    // A star that begins a pattern is a star.
                    '*' if text.is_empty() => text.push_str(r"\*"),
                    other => text.push(other),
                }
            }
            text
        }
    }
}

/// A brace that begins no repetition means itself.
fn literal_braces(typed: &str) -> String {
    let mut text = String::new();
    let mut rest = typed;
    while let Some((before, after)) = rest.split_once('{') {
        let counts = after
            .split_once('}')
            .is_some_and(|(inside, _)| !inside.is_empty() && inside.chars().all(|c| c.is_ascii_digit() || c == ','));
        text.push_str(before);
        text.push_str(if counts || before.ends_with('\\') { "{" } else { r"\{" });
        rest = after;
    }
    text + rest
}

/// POSIX classes, which regex-lite lacks.
fn classes(typed: &str) -> String {
    let classes = [
        ("[:digit:]", "0-9"),
        ("[:alpha:]", "a-zA-Z"),
        ("[:alnum:]", "a-zA-Z0-9"),
        ("[:upper:]", "A-Z"),
        ("[:lower:]", "a-z"),
        ("[:space:]", r" \t\r\n"),
        ("[:blank:]", r" \t"),
        ("[:punct:]", r"!-/:-@\[-`{-~"),
    ];
    classes.iter().fold(typed.to_owned(), |text, (class, meant)| text.replace(class, meant))
}
