//! Regular expressions in directives.

use super::syntax::ConfigError;
use crate::http::{Dialect, Pattern};
use crate::model::Text;

/// An expression, which PCRE must be able to read.
pub fn read_pattern(text: &Text, ignore_case: bool, line: usize) -> Result<Pattern, ConfigError> {
    if has_open_group(text) {
        let message = format!("pcre2_compile() failed: missing closing parenthesis in \"{text}\"");
        return Err(ConfigError::new(line, message));
    }
    Ok(Pattern::new(text.clone(), Dialect::Pcre, ignore_case))
}

/// Whether a parenthesis stays open: outside classes of characters, and not behind a backslash.
fn has_open_group(text: &str) -> bool {
    let (mut depth, mut in_class, mut escaped) = (0_usize, false, false);
    for letter in text.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ']' => in_class = false,
            '[' => in_class = true,
            '(' if !in_class => depth += 1,
            ')' if !in_class => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    depth > 0
}
