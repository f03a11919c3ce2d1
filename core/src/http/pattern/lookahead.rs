//! Expressions of PCRE that the engine can't run by itself: a look-ahead right behind a fixed beginning
//! (`^/api/((?!_internal).*)`) is an expression without it and one that must match, or must not; and what begins otherwise
//! than an expression's fixed beginning doesn't match, whatever stands behind.

/// An expression without its look-aheads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitExpression {
    /// What is left; its groups have the numbers that they had.
    pub without: String,
    /// What must match besides.
    pub required: Vec<String>,
    /// What must not.
    pub forbidden: Vec<String>,
}

/// The beginning that every match has; None where an expression isn't tied to the text's begin, or has alternatives.
pub fn fixed_beginning(source: &str) -> Option<String> {
    if has_alternatives(source) {
        return None;
    }
    let mut literal = String::new();
    let mut rest = source.strip_prefix('^')?;
    while let Some((letter, behind)) = next_literal(rest) {
        // A quantifier makes the letter optional, or more than one.
        if behind.starts_with(['?', '*', '+', '{']) {
            break;
        }
        literal.push(letter);
        rest = behind;
    }
    Some(literal)
}

/// Whether a text has that beginning.
pub fn begins_with(text: &str, beginning: &str, ignore_case: bool) -> bool {
    let Some(head) = text.as_bytes().get(..beginning.len()) else { return false };
    if ignore_case { head.eq_ignore_ascii_case(beginning.as_bytes()) } else { head == beginning.as_bytes() }
}

/// A letter that stands for itself, and what is behind it.
fn next_literal(source: &str) -> Option<(char, &str)> {
    let mut letters = source.chars();
    match letters.next()? {
        '\\' => {
            letters.next().filter(|letter| !letter.is_ascii_alphanumeric()).map(|letter| (letter, letters.as_str()))
        }
        '(' | ')' | '[' | '.' | '^' | '$' | '|' | '?' | '*' | '+' | '{' => None,
        letter => Some((letter, letters.as_str())),
    }
}

/// Splits an expression whose look-aheads stand right behind its fixed beginning, in groups that are there once; None for
/// any other.
pub fn split(source: &str) -> Option<SplitExpression> {
    if has_alternatives(source) {
        return None;
    }
    // 1. The fixed beginning, and the groups that open behind it.
    let mut head = "^".to_owned();
    let mut rest = source.strip_prefix('^')?;
    let beginning = rest;
    while let Some((_, behind)) = next_literal(rest) {
        if behind.starts_with(['?', '*', '+', '{']) {
            return None;
        }
        rest = behind;
    }
    head.push_str(beginning.strip_suffix(rest)?);
    let (fixed, mut opened) = (head.clone(), 0usize);
    while let Some(behind) = rest.strip_prefix('(').filter(|behind| !behind.starts_with('?')) {
        head.push('(');
        opened += 1;
        rest = behind;
    }
    // 2. The look-aheads, one behind the other.
    let mut found = SplitExpression { without: String::new(), required: Vec::new(), forbidden: Vec::new() };
    while let Some((behind, negative)) =
        rest.strip_prefix("(?!").map(|behind| (behind, true)).or_else(|| Some((rest.strip_prefix("(?=")?, false)))
    {
        let end = closing(behind)?;
        let (inner, after) = behind.split_at_checked(end)?;
        if has_groups(inner) {
            return None;
        }
        let one = format!("{fixed}(?:{inner})");
        if negative {
            found.forbidden.push(one)
        } else {
            found.required.push(one)
        }
        rest = after.strip_prefix(')')?;
    }
    let looks_ahead = !(found.required.is_empty() && found.forbidden.is_empty());
    // 3. The groups that were opened are there once, and have no alternatives.
    if !looks_ahead || rest.contains("(?!") || rest.contains("(?=") || !closes_plainly(rest, opened) {
        return None;
    }
    found.without = format!("{head}{rest}");
    Some(found)
}

/// Letters with how many groups are open, outside of classes and escapes.
fn depths(source: &str) -> Vec<(usize, char, i32)> {
    let (mut depth, mut in_class, mut escaped) = (0i32, false, false);
    let mut all = Vec::new();
    for (at, letter) in source.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ']' if in_class => in_class = false,
            _ if in_class => {}
            '[' => in_class = true,
            '(' => {
                all.push((at, letter, depth));
                depth += 1;
            }
            ')' => {
                depth -= 1;
                all.push((at, letter, depth));
            }
            other => all.push((at, other, depth)),
        }
    }
    all
}

fn has_alternatives(source: &str) -> bool {
    depths(source).iter().any(|(_, letter, depth)| *letter == '|' && *depth == 0)
}

/// Whether groups inside would be counted.
fn has_groups(source: &str) -> bool {
    source.replace("(?:", "").contains('(')
}

/// Where the group ends that begins in front of a text.
fn closing(source: &str) -> Option<usize> {
    depths(source).iter().find(|(_, letter, depth)| *letter == ')' && *depth < 0).map(|(at, ..)| *at)
}

/// Whether so many groups end in a text, none of them repeated or with alternatives.
fn closes_plainly(source: &str, opened: usize) -> bool {
    let opened = i32::try_from(opened).unwrap_or(i32::MAX);
    let mut left = opened;
    for (at, letter, depth) in depths(source) {
        let open = depth.min(0) + opened;
        match letter {
            '|' if depth <= 0 && open > 0 => return false,
            ')' if depth < 0 => {
                let behind = source.get(at + 1..).unwrap_or_default();
                if behind.starts_with(['?', '*', '+', '{']) {
                    return false;
                }
                left -= 1;
            }
            _ => {}
        }
    }
    left == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_ahead_behind_a_fixed_beginning() {
        let found = split("^/api/((?!_internal|x).*)").unwrap();
        assert_eq!(found.without, "^/api/(.*)");
        assert_eq!(found.forbidden, ["^/api/(?:_internal|x)"]);
        assert_eq!(split("^/(?=a)(?!b)\\w+$").unwrap().required, ["^/(?:a)"]);
        for source in [
            "^/((?!x).)*$",
            "/api(?!x)",
            "^/a*(?!x)",
            "^/((?!x)a|b)",
            "^/a|^/(?!b)",
            "^/(?!(a))b",
            "^/a.(?!b)",
            "^/(a)(.*)",
            "^/(?!a)b(?!c)",
        ] {
            assert_eq!(split(source), None, "{source}");
        }
    }

    #[test]
    fn fixed_beginnings() {
        let of = |source: &str| fixed_beginning(source);
        assert_eq!(of("^/api/((?!x).*)").as_deref(), Some("/api/"));
        assert_eq!(of("^/a\\.b+").as_deref(), Some("/a."));
        assert_eq!(of("^/a|b"), None);
        assert_eq!(of("/a"), None);
        assert_eq!(of("^/(a|b)").as_deref(), Some("/"));
        assert!(begins_with("/API/x", "/api/", true) && !begins_with("/API/x", "/api/", false));
        assert!(!begins_with("/é", "/ee", true));
    }
}
