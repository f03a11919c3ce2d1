//! `${NAME%pattern}` and the like: a variable's value, changed (POSIX 2.6.2, and what bash adds).

use super::super::syntax::ValueEdit;

/// The value as the edit leaves it.
pub(super) fn edited(value: &str, edit: &ValueEdit) -> String {
    match edit {
        ValueEdit::Length => value.chars().count().to_string(),
        ValueEdit::TrimStart { pattern, longest } => {
            let rests = ends(value).into_iter().filter_map(|end| value.split_at_checked(end));
            let mut rests: Vec<&str> = rests.filter(|(start, _)| fits(pattern, start)).map(|(_, rest)| rest).collect();
            if *longest {
                rests.reverse();
            }
            rests.first().copied().unwrap_or(value).to_owned()
        }
        ValueEdit::TrimEnd { pattern, longest } => {
            let starts = ends(value).into_iter().filter_map(|end| value.split_at_checked(end));
            let mut starts: Vec<&str> = starts.filter(|(_, end)| fits(pattern, end)).map(|(start, _)| start).collect();
            if !*longest {
                starts.reverse();
            }
            starts.first().copied().unwrap_or(value).to_owned()
        }
        ValueEdit::Replace { from, to, all } => {
            let Some(pattern) = regex_lite::Regex::new(&as_regex(from, true)).ok() else { return value.to_owned() };
            let limit = usize::from(!*all);
            pattern.replacen(value, limit, regex_lite::NoExpand(to)).into_owned()
        }
        ValueEdit::Slice { from, length } => {
            let count = value.chars().count();
            let start = if *from < 0 { count.saturating_sub(from.unsigned_abs()) } else { from.unsigned_abs() };
            value.chars().skip(start).take(length.unwrap_or(count)).collect()
        }
    }
}

/// Where a value can be cut.
fn ends(value: &str) -> Vec<usize> {
    value.char_indices().map(|(at, _)| at).chain([value.len()]).collect()
}

fn fits(pattern: &str, text: &str) -> bool {
    regex_lite::Regex::new(&format!("^(?s:{})$", as_regex(pattern, false))).is_ok_and(|pattern| pattern.is_match(text))
}

/// `*` and `?` as a regular expression.
fn as_regex(pattern: &str, whole: bool) -> String {
    let escaped = regex_lite::escape(pattern).replace(r"\*", ".*").replace(r"\?", ".");
    if whole { format!("(?s:{escaped})") } else { escaped }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_bash_does() {
        let end = |pattern: &str, longest| ValueEdit::TrimEnd { pattern: pattern.into(), longest };
        let start = |pattern: &str, longest| ValueEdit::TrimStart { pattern: pattern.into(), longest };
        assert_eq!(edited("web-1-a", &end("-*", false)), "web-1");
        assert_eq!(edited("web-1-a", &end("-*", true)), "web");
        assert_eq!(edited("a/b/c", &start("*/", false)), "b/c");
        assert_eq!(edited("a/b/c", &start("*/", true)), "c");
        assert_eq!(edited("aXbX", &ValueEdit::Replace { from: "X".into(), to: "-".into(), all: true }), "a-b-");
        assert_eq!(edited("abcdef", &ValueEdit::Slice { from: 1, length: Some(2) }), "bc");
        assert_eq!(edited("abc", &ValueEdit::Length), "3");
        assert_eq!(edited("abc", &end("x", false)), "abc");
    }
}
