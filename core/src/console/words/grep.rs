//! `grep PATTERN` behind a pipe: GNU grep's basic and extended expressions, as filters of lines.

use regex_lite::{Regex, RegexBuilder};

use super::super::UsageError;

/// `grep -i web`.
#[derive(Clone, Debug)]
pub(super) struct Grep {
    pattern: Regex,
    /// -v
    invert: bool,
    shown: Shown,
}

/// What is shown of the lines that match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Shown {
    #[default]
    Lines,
    /// -c
    Count,
    /// -o
    Matches,
    /// -q
    Nothing,
}

impl PartialEq for Grep {
    fn eq(&self, other: &Self) -> bool {
        let own = (self.pattern.as_str(), self.invert, self.shown);
        own == (other.pattern.as_str(), other.invert, other.shown)
    }
}

impl Eq for Grep {}

/// How the pattern is to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Syntax {
    Basic,
    Extended,
    Fixed,
}

impl Grep {
    /// What is shown of a text, and whether any line matches.
    pub(super) fn filter(&self, text: &str) -> (String, bool) {
        let lines: Vec<&str> = text.lines().filter(|line| self.pattern.is_match(line) != self.invert).collect();
        let found = !lines.is_empty();
        let shown = match self.shown {
            Shown::Lines => lines.iter().map(|line| format!("{line}\n")).collect(),
            Shown::Count => format!("{}\n", lines.len()),
            Shown::Nothing => String::new(),
            Shown::Matches if self.invert => String::new(),
            Shown::Matches => {
                let parts = lines.iter().flat_map(|line| self.pattern.find_iter(line));
                parts.filter(|part| !part.is_empty()).map(|part| format!("{}\n", part.as_str())).collect()
            }
        };
        (shown, found)
    }
}

/// Reads the words behind a `|`: only grep is understood.
pub(super) fn read(words: Vec<String>) -> Result<Grep, UsageError> {
    let mut words = words.into_iter();
    let mut syntax = match words.next().as_deref() {
        Some("grep") => Syntax::Basic,
        Some("egrep") => Syntax::Extended,
        Some("fgrep") => Syntax::Fixed,
        Some(other) => {
            return Err(UsageError::new(2, format!("only `grep PATTERN` is understood behind |, not `{other}`")));
        }
        None => return Err(UsageError::new(2, "a command is missing behind |")),
    };
    let (mut ignore_case, mut invert, mut whole_words, mut shown) = (false, false, false, Shown::default());
    let mut pattern = None;
    while let Some(argument) = words.next() {
        let letters = argument.strip_prefix('-').filter(|letters| !letters.is_empty() && pattern.is_none());
        let Some(letters) = letters else {
            if pattern.replace(argument).is_some() {
                return Err(UsageError::new(2, "grep takes one pattern here, and no file"));
            }
            continue;
        };
        for letter in letters.chars() {
            match letter {
                '-' if argument == "--" => {}
                'i' => ignore_case = true,
                'v' => invert = true,
                'w' => whole_words = true,
                'F' => syntax = Syntax::Fixed,
                'E' => syntax = Syntax::Extended,
                'G' => syntax = Syntax::Basic,
                'c' => shown = Shown::Count,
                'o' => shown = Shown::Matches,
                'q' => shown = Shown::Nothing,
                'e' => pattern = words.next(),
                _ => return Err(UsageError::new(2, format!("grep: unknown option `{argument}`"))),
            }
        }
    }
    let typed = pattern.ok_or_else(|| UsageError::new(2, "grep: the pattern is missing"))?;
    let text = expression(&typed, syntax);
    let text = if whole_words { format!(r"\b(?:{text})\b") } else { text };
    let pattern = RegexBuilder::new(&text).case_insensitive(ignore_case).build();
    let pattern =
        pattern.map_err(|_| UsageError::new(2, format!("grep: the pattern `{typed}` isn't understood here")))?;
    Ok(Grep { pattern, invert, shown })
}

/// A pattern in the notation of extended expressions. Basic ones write the signs of groups, repeats and choices with a
/// backslash, and mean themselves by the bare ones.
fn expression(typed: &str, syntax: Syntax) -> String {
    const SIGNS: [char; 7] = ['+', '?', '|', '(', ')', '{', '}'];
    match syntax {
        Syntax::Extended => typed.to_owned(),
        Syntax::Fixed => regex_lite::escape(typed),
        Syntax::Basic => {
            let mut text = String::new();
            let mut characters = typed.chars();
            while let Some(character) = characters.next() {
                match character {
                    '\\' => match characters.next() {
                        Some(sign) if SIGNS.contains(&sign) => text.push(sign),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(line: &str, text: &str) -> Option<(String, bool)> {
        let words = line.split(' ').map(str::to_owned).collect();
        read(words).ok().map(|grep| grep.filter(text))
    }

    #[test]
    fn basic_and_extended_expressions() {
        const TEXT: &str = "WEB_PORT=80\nMY_WEB=1\na+b\n";
        let lines = |line: &str| filter(line, TEXT).map(|(text, _)| text);
        assert_eq!(lines("grep ^WEB").as_deref(), Some("WEB_PORT=80\n"));
        assert_eq!(lines("grep a+b").as_deref(), Some("a+b\n"));
        assert_eq!(lines(r"grep PORT\|MY").as_deref(), Some("WEB_PORT=80\nMY_WEB=1\n"));
        assert_eq!(lines("grep -E PORT|MY").as_deref(), Some("WEB_PORT=80\nMY_WEB=1\n"));
        assert_eq!(lines("grep -ci web").as_deref(), Some("2\n"));
        assert_eq!(lines("grep -oE [0-9]+").as_deref(), Some("80\n1\n"));
        assert_eq!(filter("grep -q nothing", TEXT), Some((String::new(), false)));
        assert_eq!(lines("grep -P x"), None);
        assert_eq!(lines("wc -l"), None);
    }
}
