//! What stands in the brackets of `if` (ngx_http_rewrite_if_condition).

use super::pattern::read_pattern;
use super::syntax::{ConfigDirective, ConfigError};
use crate::http::Pattern;
use crate::model::Text;

#[derive(Clone, Debug, PartialEq)]
pub enum ScriptCondition {
    /// `($x)`: neither empty nor `0`.
    IsSet(Text),
    /// `=`, `!=`
    Equal { variable: Text, value: Text, negated: bool },
    /// `~`, `~*`, `!~`, `!~*`
    Matches { variable: Text, pattern: Pattern, negated: bool },
    /// `-f` and its kin, as written.
    File { test: Text, path: Text },
}

impl ScriptCondition {
    /// As ngx_http_rewrite_if_condition reads its words.
    pub fn read(directive: &ConfigDirective) -> Result<Self, ConfigError> {
        let invalid = |word: &str| ConfigError::new(directive.line, format!("invalid condition \"{word}\""));
        // 1. The words between the brackets, which may stand by themselves or at a word.
        let Some((first, _)) = directive.arguments.split_first() else {
            return Err(ConfigError::new(directive.line, "invalid number of arguments in \"if\" directive"));
        };
        let mut words: Vec<&str> = directive.arguments.iter().map(AsRef::as_ref).collect();
        match first.strip_prefix('(') {
            None => return Err(invalid(first)),
            Some("") => drop(words.remove(0)),
            Some(rest) => words = std::iter::once(rest).chain(words.into_iter().skip(1)).collect(),
        }
        let last = words.pop().unwrap_or_default();
        match last.strip_suffix(')') {
            None => return Err(invalid(last)),
            Some("") => {}
            Some(rest) => words.push(rest),
        }
        let shown = words.first().copied().unwrap_or(last);
        // 2. A variable, alone or compared; or a test for a file.
        match words.as_slice() {
            [variable] if variable_name(variable).is_some() => {
                Ok(Self::IsSet(variable_name(variable).ok_or_else(|| invalid(shown))?))
            }
            [variable, operator, operand] => {
                let variable = variable_name(variable).ok_or_else(|| invalid(shown))?;
                let pattern = |ignore_case| read_pattern(&(*operand).into(), ignore_case, directive.line);
                Ok(match *operator {
                    "=" => Self::Equal { variable, value: (*operand).into(), negated: false },
                    "!=" => Self::Equal { variable, value: (*operand).into(), negated: true },
                    "~" => Self::Matches { variable, pattern: pattern(false)?, negated: false },
                    "~*" => Self::Matches { variable, pattern: pattern(true)?, negated: false },
                    "!~" => Self::Matches { variable, pattern: pattern(false)?, negated: true },
                    "!~*" => Self::Matches { variable, pattern: pattern(true)?, negated: true },
                    other => {
                        return Err(ConfigError::new(directive.line, format!("unexpected \"{other}\" in condition")));
                    }
                })
            }
            [test, path] if is_file_test(test) => Ok(Self::File { test: (*test).into(), path: (*path).into() }),
            _ => Err(invalid(shown)),
        }
    }
}

fn variable_name(word: &str) -> Option<Text> {
    word.strip_prefix('$').filter(|name| !name.is_empty()).map(Into::into)
}

fn is_file_test(word: &str) -> bool {
    matches!(word, "-f" | "!-f" | "-d" | "!-d" | "-e" | "!-e" | "-x" | "!-x")
}
