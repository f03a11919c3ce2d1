//! Paths at which two rules that look alike part: the path of a rule and its boundaries, and samples of a regular expression.

use std::collections::BTreeSet;

/// As many samples are made of one expression.
const SAMPLES: usize = 6;
/// As deep groups are followed.
const DEPTH: usize = 8;

/// Whether a path has signs of a regular expression.
pub fn is_expression(path: &str) -> bool {
    path.contains(['(', '[', '*', '$', '^', '?', '\\', '|', '+'])
}

/// The path itself; of an expression, texts that match it.
pub fn exact(path: &str, is_regex: bool) -> Vec<String> {
    if is_regex || is_expression(path) {
        samples(path)
    } else {
        vec![if path.starts_with('/') { path.to_owned() } else { format!("/{path}") }]
    }
}

/// What lies at the edges of a path: a slash more or less, one element deeper, one letter longer, in other case, encoded.
pub fn boundaries(path: &str, is_regex: bool) -> Vec<String> {
    let mut all: BTreeSet<String> = BTreeSet::new();
    for base in exact(path, is_regex) {
        let bare = base.trim_end_matches('/');
        all.insert(format!("{bare}/"));
        all.insert(format!("{bare}/deeper"));
        all.insert(format!("{bare}?a=b"));
        if !bare.is_empty() {
            all.insert(bare.to_owned());
            all.insert(format!("{bare}x"));
            all.insert(other_case(bare));
            all.extend(encoded(bare));
        }
        if is_regex || is_expression(path) {
            all.extend(nearly(&base));
        }
    }
    let exact: BTreeSet<String> = exact(path, is_regex).into_iter().collect();
    // A query behind an empty path wants the slash.
    let all = all.into_iter().map(|path| if path.starts_with('/') { path } else { format!("/{path}") });
    all.filter(|path| !exact.contains(path)).collect()
}

/// The last element in the other case.
fn other_case(path: &str) -> String {
    let (before, last) = path.rsplit_once('/').unwrap_or(("", path));
    let has_small = last.chars().any(|c| c.is_ascii_lowercase());
    let last = if has_small { last.to_ascii_uppercase() } else { last.to_ascii_lowercase() };
    format!("{before}/{last}")
}

/// The first letter of the last element, percent-encoded.
fn encoded(path: &str) -> Option<String> {
    let (before, last) = path.rsplit_once('/')?;
    let mut letters = last.chars();
    let first = letters.next().filter(char::is_ascii_alphanumeric)?;
    Some(format!("{before}/%{:02X}{}", u32::from(first), letters.as_str()))
}

/// Texts that nearly match: one letter less, and something in front.
fn nearly(sample: &str) -> Vec<String> {
    let mut shorter = sample.to_owned();
    shorter.pop();
    let shorter = Some(shorter).filter(|shorter| shorter.len() > 1);
    shorter.into_iter().chain([format!("/x{sample}")]).collect()
}

/// Some texts that match an expression, as far as it is one of those that paths are written in; they begin with a slash.
pub fn samples(expression: &str) -> Vec<String> {
    let letters: Vec<char> = expression.chars().collect();
    let mut reader = SampleReader { letters: &letters, at: 0 };
    let found: BTreeSet<String> = reader.alternatives(DEPTH).into_iter().collect();
    let with_slash = found.into_iter().map(|text| if text.starts_with('/') { text } else { format!("/{text}") });
    let clean = with_slash.filter(|text| text.chars().all(|c| c.is_ascii_graphic()));
    // What an anchor in the middle forbids falls out; the slash in front is a path's, and may be more than is written.
    let pattern = regex_lite::Regex::new(&format!("^(?:{expression})$")).ok();
    let is_match = |text: &str| {
        let bare = text.strip_prefix('/').unwrap_or(text);
        pattern.as_ref().is_none_or(|pattern| pattern.is_match(text) || pattern.is_match(bare))
    };
    clean.filter(|text| is_match(text)).take(SAMPLES).collect()
}

/// Reads an expression and makes texts of it.
struct SampleReader<'e> {
    letters: &'e [char],
    at: usize,
}

impl SampleReader<'_> {
    fn peek(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += 1;
        Some(letter)
    }

    fn takes(&mut self, letter: char) -> bool {
        let there = self.peek() == Some(letter);
        self.at += usize::from(there);
        there
    }

    /// `a|b`, up to the end or a closing parenthesis.
    fn alternatives(&mut self, depth: usize) -> Vec<String> {
        let mut all = self.sequence(depth);
        while self.takes('|') {
            all.extend(self.sequence(depth));
        }
        all.truncate(SAMPLES);
        all
    }

    fn sequence(&mut self, depth: usize) -> Vec<String> {
        let mut made = vec![String::new()];
        while let Some(letter) = self.peek().filter(|letter| !matches!(letter, '|' | ')')) {
            self.at += 1;
            let one = self.atom(letter, depth);
            let repeated = self.repeated(one);
            made = made
                .iter()
                .flat_map(|head| repeated.iter().map(move |tail| format!("{head}{tail}")))
                .take(SAMPLES)
                .collect();
        }
        made
    }

    fn atom(&mut self, letter: char, depth: usize) -> Vec<String> {
        match letter {
            '^' | '$' => vec![String::new()],
            '.' => vec!["x".to_owned()],
            '[' => vec![self.class().to_string()],
            '\\' => vec![match self.next() {
                Some('d') => "1".to_owned(),
                Some('w' | 'S' | 'D') => "x".to_owned(),
                Some('b' | 'B' | 'A' | 'z' | 's' | 'W') | None => String::new(),
                Some(other) => other.to_string(),
            }],
            '(' if depth > 0 => {
                self.group_mark();
                let inner = self.alternatives(depth - 1);
                self.takes(')');
                inner
            }
            other => vec![other.to_string()],
        }
    }

    /// `?:`, `?i)`, `?P<name>`; what looks ahead is passed over, its group makes nothing of use.
    fn group_mark(&mut self) {
        if !self.takes('?') {
            return;
        }
        if self.takes('P') || self.peek() == Some('<') {
            while self.next().is_some_and(|letter| letter != '>') {}
            return;
        }
        while let Some(letter) = self.peek().filter(|letter| *letter != ')') {
            self.at += 1;
            if letter == ':' {
                return;
            }
        }
    }

    /// A letter that a class has; one that it hasn't, of a class of all others.
    fn class(&mut self) -> char {
        let others = self.takes('^');
        let mut first = None;
        while let Some(letter) = self.next().filter(|letter| *letter != ']') {
            let letter = match letter {
                '\\' => match self.next() {
                    Some('d') => '1',
                    Some('w') => 'x',
                    Some(escaped) => escaped,
                    None => 'x',
                },
                letter => letter,
            };
            first = first.or(Some(letter));
        }
        let wanted = if others { None } else { first };
        wanted.unwrap_or(if first == Some('x') { 'y' } else { 'x' })
    }

    /// `?`, `*`, `+`, `{n,m}`: without it and with it once, as often as it must.
    fn repeated(&mut self, one: Vec<String>) -> Vec<String> {
        let least = match self.peek() {
            Some('?' | '*') => {
                self.at += 1;
                0
            }
            Some('+') => {
                self.at += 1;
                1
            }
            Some('{') => self.count(),
            _ => return one,
        };
        self.takes('?');
        match least {
            0 => one.into_iter().chain([String::new()]).collect(),
            times => one.into_iter().map(|text| text.repeat(times.min(16))).collect(),
        }
    }

    /// The least of `{n}`, `{n,}`, `{n,m}`.
    fn count(&mut self) -> usize {
        self.takes('{');
        let mut digits = String::new();
        let mut ended = false;
        while let Some(letter) = self.next().filter(|letter| *letter != '}') {
            ended |= letter == ',';
            if !ended {
                digits.push(letter);
            }
        }
        digits.parse().unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_of_a_path() {
        let found = boundaries("/cart", false);
        for path in ["/cart/", "/cart/deeper", "/cartx", "/CART", "/%63art", "/cart?a=b"] {
            assert!(found.iter().any(|one| one == path), "{path}: {found:?}");
        }
        assert!(!found.contains(&"/cart".to_owned()));
        assert!(boundaries("/", false).iter().all(|path| path.starts_with('/')));
    }

    #[test]
    fn samples_match() {
        for expression in
            ["/foo(/|$)(.*)", "/api/v[0-9]+/(users|orders)", "/a\\.b/\\d{3}", "^/(?:x|y)?/z$", "/[^/]+/end"]
        {
            let pattern = regex_lite::Regex::new(&format!("^(?:{expression})$")).unwrap();
            let found = samples(expression);
            assert!(!found.is_empty(), "{expression}");
            for sample in found {
                // A slash in front is a path's, and may be more than the expression has.
                assert!(pattern.is_match(&sample) || pattern.is_match(&sample[1..]), "{expression}: {sample}");
            }
        }
    }
}
