//! One line of YAML in block style: its dashes, its key, its value, each with its column.

/// What stands in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineToken<'t> {
    /// An element of a list begins.
    Dash,
    /// A key with what follows the colon.
    Key {
        /// Without quotes.
        name: &'t str,
        /// Trimmed at its start.
        value: &'t str,
    },
    /// Something else.
    Text(&'t str),
    Comment,
}

/// The tokens of a line with their columns, from the left. A tab is no indentation, so a line that begins with one is text.
pub(super) fn tokens(line: &str) -> Vec<(usize, LineToken<'_>)> {
    let mut found = Vec::new();
    let mut rest = line.trim_end_matches('\r');
    loop {
        let inner = rest.trim_start_matches(' ');
        let column = line.trim_end_matches('\r').len() - inner.len();
        match inner.strip_prefix('-').filter(|after| after.is_empty() || after.starts_with(' ')) {
            Some(after) => {
                found.push((column, LineToken::Dash));
                rest = after;
            }
            None => {
                found.extend(content(inner).map(|token| (column, token)));
                return found;
            }
        }
    }
}

fn content(text: &str) -> Option<LineToken<'_>> {
    if text.is_empty() {
        return None;
    }
    if text.starts_with('#') {
        return Some(LineToken::Comment);
    }
    let key = if text.starts_with(['{', '[']) { None } else { key(text) };
    Some(key.map_or(LineToken::Text(text), |(name, value)| LineToken::Key { name, value }))
}

/// A key ends at a colon before a blank or the end of the line.
fn key(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|first| matches!(first, '"' | '\''));
    let (name, rest) = match quote {
        Some(quote) => text.strip_prefix(quote)?.split_once(quote)?,
        None => {
            let colon = text.match_indices(':').map(|(at, _)| at);
            let end = colon.into_iter().find(|at| {
                let after = text.get(at + 1..).unwrap_or("");
                after.is_empty() || after.starts_with([' ', '\t'])
            })?;
            text.split_at_checked(end)?
        }
    };
    let value = rest.trim_start().strip_prefix(':')?;
    Some((name.trim_end(), value.trim_start()))
}

/// Whether a line parts two documents.
pub(super) fn is_separator(line: &str) -> bool {
    line.strip_prefix("---").is_some_and(|rest| rest.trim().is_empty() || rest.trim_start().starts_with('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_keys_and_values_have_columns() {
        assert_eq!(
            tokens("  - name: web # x"),
            [(2, LineToken::Dash), (4, LineToken::Key { name: "name", value: "web # x" })]
        );
        assert_eq!(tokens("- - a:1"), [(0, LineToken::Dash), (2, LineToken::Dash), (4, LineToken::Text("a:1"))]);
        assert_eq!(tokens("\"a:b\": {c: 1}"), [(0, LineToken::Key { name: "a:b", value: "{c: 1}" })]);
        assert_eq!(tokens("  # a: b"), [(2, LineToken::Comment)]);
        assert_eq!(tokens("  {a: b}"), [(2, LineToken::Text("{a: b}"))]);
        assert_eq!(tokens(""), []);
    }
}
