//! What a file of core imports, read from its tokens: comments, strings and unit tests don't count, macros' bodies do.

use proc_macro2::{Delimiter, Group, LexError, TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::iter::Peekable;

/// A path that a file names, from the top of the crate.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Import {
    /// Where, counted from 1.
    pub line: usize,
    /// `["dns", "Answer"]` for `crate::dns::Answer`; `*` for everything.
    pub path: Vec<String>,
}

/// The module that a file below `core/src` holds: `["dns", "cache"]` for `dns/cache.rs`.
pub fn module(file: &str) -> Vec<String> {
    file.trim_end_matches(".rs").split('/').map(str::to_owned).collect()
}

/// The modules that a file declares in files of their own (`mod a;`), from the top.
pub fn children(text: &str) -> Result<Vec<String>, LexError> {
    let tokens: Vec<TokenTree> = text.parse::<TokenStream>()?.into_iter().collect();
    let modules = tokens.windows(3).filter_map(|window| match window {
        [TokenTree::Ident(word), TokenTree::Ident(name), TokenTree::Punct(end)] => {
            (word == "mod" && end.as_char() == ';' && name != "tests").then(|| name.to_string())
        }
        _ => None,
    });
    Ok(modules.collect())
}

/// What the text of a module imports by `crate::` or `super::`. A module of unit tests imports nothing.
pub fn imports(module: &[String], text: &str) -> Result<BTreeSet<Import>, LexError> {
    let mut found = BTreeSet::new();
    if !module.iter().any(|name| name == "tests") {
        collect(text.parse()?, module, &mut found);
    }
    Ok(found)
}

/// The paths of these tokens, which stand in the module `here`.
fn collect(tokens: TokenStream, here: &[String], imports: &mut BTreeSet<Import>) {
    let mut tokens = tokens.into_iter().peekable();
    // As many `super::` as were read in a row, and the module whose braces come next.
    let (mut supers, mut inner) = (0, None);
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '#' && is_cfg_test(tokens.peek()) => skip_item(&mut tokens),
            TokenTree::Ident(word) if word == "crate" => {
                if follows_path(&mut tokens) {
                    read_path(&mut tokens, Vec::new(), imports);
                }
                supers = 0;
            }
            TokenTree::Ident(word) if word == "super" => {
                supers += 1;
                let goes_on = follows_path(&mut tokens);
                let is_last = !matches!(tokens.peek(), Some(TokenTree::Ident(next)) if next == "super");
                if goes_on && is_last {
                    read_path(&mut tokens, here[..here.len().saturating_sub(supers)].to_vec(), imports);
                    supers = 0;
                }
            }
            TokenTree::Ident(word) if word == "mod" => {
                inner = match tokens.peek() {
                    Some(TokenTree::Ident(name)) => Some(name.to_string()),
                    _ => None,
                };
            }
            TokenTree::Ident(_) => supers = 0,
            TokenTree::Group(group) => {
                let mut module = here.to_vec();
                module.extend(inner.take());
                collect(group.stream(), &module, imports);
                supers = 0;
            }
            TokenTree::Punct(mark) if mark.as_char() == ';' => (supers, inner) = (0, None),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// The rest of a path, or of a group of paths. A macro (`crate::name!`) belongs to no module.
fn read_path(
    tokens: &mut Peekable<impl Iterator<Item = TokenTree>>,
    mut path: Vec<String>,
    imports: &mut BTreeSet<Import>,
) {
    match tokens.next() {
        Some(TokenTree::Ident(name)) => {
            let line = name.span().start().line;
            if matches!(tokens.peek(), Some(TokenTree::Punct(mark)) if mark.as_char() == '!') {
                return;
            }
            path.push(name.to_string());
            if follows_path(tokens) {
                read_path(tokens, path, imports);
            } else {
                imports.insert(Import { line, path });
            }
        }
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => read_group(&group, &path, imports),
        Some(TokenTree::Punct(mark)) if mark.as_char() == '*' => {
            let line = mark.span().start().line;
            path.push(mark.to_string());
            imports.insert(Import { line, path });
        }
        _ => {}
    }
}

/// `{a::b, c::{d, e}}` below a path.
fn read_group(group: &Group, path: &[String], imports: &mut BTreeSet<Import>) {
    let mut tokens = group.stream().into_iter().peekable();
    while tokens.peek().is_some() {
        read_path(&mut tokens, path.to_vec(), imports);
        while matches!(tokens.next(), Some(token) if !matches!(&token, TokenTree::Punct(mark) if mark.as_char() == ','))
        {
        }
    }
}

/// Takes `::`, if it comes.
fn follows_path(tokens: &mut Peekable<impl Iterator<Item = TokenTree>>) -> bool {
    let is_colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
    if !is_colon(tokens.peek()) {
        return false;
    }
    tokens.next();
    is_colon(tokens.peek()) && tokens.next().is_some()
}

/// Whether an attribute leaves what it stands on to tests.
pub(crate) fn is_cfg_test(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Group(group))
        if group.delimiter() == Delimiter::Bracket && group.stream().to_string().replace(' ', "") == "cfg(test)")
}

/// Leaves out what an attribute stands on: to its `;` or its braces.
pub(crate) fn skip_item(tokens: &mut impl Iterator<Item = TokenTree>) {
    for token in tokens {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == ';' => return,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{children, imports, module};

    fn check(file: &str, text: &str, expected: &[(usize, &str)]) {
        let found = imports(&module(file), text).expect("the file is Rust");
        let found: Vec<_> = found.into_iter().map(|import| (import.line, import.path.join("::"))).collect();
        let found: Vec<_> = found.iter().map(|(line, path)| (*line, path.as_str())).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn modules_are_read_in_order() {
        let text = "pub mod source;\nmod packet;\nmod inner {}\n#[cfg(test)]\nmod tests;\npub(crate) mod walk;\n";
        assert_eq!(children(text).expect("Rust"), ["source", "packet", "walk"]);
    }

    #[test]
    fn a_path_is_read_to_its_end() {
        check(
            "walk.rs",
            "use crate::{packet::Packet, dns::{self, cache::*}};",
            &[(1, "dns::cache::*"), (1, "dns::self"), (1, "packet::Packet")],
        );
        check(
            "walk.rs",
            "fn f() {\n crate::dns::answer(crate::packet::new()) }",
            &[(2, "dns::answer"), (2, "packet::new")],
        );
    }

    #[test]
    fn super_leads_to_the_parent() {
        check("dns/cache.rs", "use super::zone::Zone; use super::super::walk;", &[(1, "dns::zone::Zone"), (1, "walk")]);
        check("dns/cache.rs", "mod inner { use super::super::zone; }", &[(1, "dns::zone")]);
    }

    #[test]
    fn macros_comments_and_tests_are_no_imports() {
        check("dns.rs", "//! crate::walk\nconst A: &str = \"crate::walk\"; crate::object!(Pod);", &[]);
        check("dns.rs", "#[cfg(test)]\nmod tests { use crate::walk; }", &[]);
        check("dns/tests.rs", "use crate::walk;", &[]);
    }
}
