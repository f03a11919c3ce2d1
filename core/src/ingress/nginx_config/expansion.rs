//! Variables in texts: `$name`, `${name}`, `$1` (ngx_http_script_compile).

/// What a `$` in a text stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextVariable<'t> {
    /// A group of the expression that matched last: `$` and one digit from 1.
    Group(usize),
    /// A variable; its name is empty where none follows.
    Named(&'t str),
    /// A name behind `${` that no bracket closes.
    Unclosed(&'t str),
}

/// A text in pieces: what stands before each variable, and the variable.
pub fn split_variables(text: &str) -> impl Iterator<Item = (&str, Option<TextVariable<'_>>)> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let Some((before, after)) = rest?.split_once('$') else { return rest.take().map(|last| (last, None)) };
        let (variable, behind) = split_variable(after);
        rest = Some(behind);
        Some((before, Some(variable)))
    })
}

/// The variable right behind a `$`, and what follows it.
fn split_variable(after: &str) -> (TextVariable<'_>, &str) {
    let digit = after.bytes().next().filter(|first| (b'1'..=b'9').contains(first));
    if let Some(digit) = digit {
        return (TextVariable::Group(usize::from(digit - b'0')), after.get(1..).unwrap_or_default());
    }
    let inside = after.strip_prefix('{');
    let after = inside.unwrap_or(after);
    let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(after.len());
    let (name, behind) = after.split_at_checked(end).unwrap_or((after, ""));
    match (inside, behind.strip_prefix('}')) {
        (Some(_), Some(behind)) => (TextVariable::Named(name), behind),
        (Some(_), None) => (TextVariable::Unclosed(name), behind),
        (None, _) => (TextVariable::Named(name), behind),
    }
}

/// Whether a replacement is a URL, to which the client is redirected (ngx_http_rewrite).
pub fn is_url(text: &str) -> bool {
    ["http://", "https://", "$scheme"].iter().any(|scheme| text.starts_with(scheme))
}
