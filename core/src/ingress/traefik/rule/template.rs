//! Version 2's templates: `{name:expression}` inside plain text (gorilla/mux).

use crate::http::{Dialect, Pattern};

/// What a template is matched with: what a name without expression takes, and how it ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum TemplateKind {
    /// A whole host.
    Host,
    /// A whole path.
    Path,
    /// The beginning of a path.
    PathPrefix,
    /// A value of the query.
    Query,
}

/// A template as an expression.
pub(super) fn pattern(text: &str, kind: TemplateKind) -> Pattern {
    let (usual, end) = match kind {
        TemplateKind::Host => ("[^.]+", "$"),
        TemplateKind::Path => ("[^/]+", "$"),
        TemplateKind::PathPrefix => ("[^/]+", ""),
        TemplateKind::Query => (".*", "$"),
    };
    let mut expression = "^".to_owned();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        expression.push_str(&regex_lite::escape(before));
        let (inner, behind) = split_braces(after);
        expression.push_str("(?:");
        expression.push_str(inner.split_once(':').map_or(usual, |(_, expression)| expression));
        expression.push(')');
        rest = behind;
    }
    expression.push_str(&regex_lite::escape(rest));
    if text.is_empty() && matches!(kind, TemplateKind::Query) {
        expression.push_str(usual);
    }
    expression.push_str(end);
    Pattern::new(expression, Dialect::Re2, false)
}

/// What stands up to the closing brace, and what behind it.
fn split_braces(text: &str) -> (&str, &str) {
    let mut depth = 1usize;
    let close = text.char_indices().find(|(_, character)| {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    let (inner, behind) = close.and_then(|(at, _)| text.split_at_checked(at)).unwrap_or((text, ""));
    (inner, behind.strip_prefix('}').unwrap_or(behind))
}
