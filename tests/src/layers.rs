//! The layers of core: a module imports only modules above it, in the order of the `mod` lines of `core/src/lib.rs`, and
//! the deciders never import each other. Unit tests may import anything.

use proc_macro2::{Delimiter, Group, LexError, TokenStream, TokenTree};
use std::collections::BTreeSet;
use std::fmt;
use std::iter::Peekable;

/// What decides about one packet each; only `walk` knows them all.
pub const DECIDERS: [&str; 5] = ["dns", "service", "policy", "ingress", "gateway"];

/// An import that the layers forbid.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breach {
    /// The file that imports.
    pub file: String,
    /// Where, counted from 1.
    pub line: usize,
    /// The top module that is imported.
    pub import: String,
    /// What is wrong with it.
    pub why: Why,
}

/// What is wrong with an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// The imported module stands below.
    StandsBelow,
    /// Both are deciders.
    Decider,
    /// `crate::Name` of a thing that the top re-exports: the module it lives in stays unseen.
    NoModule,
}

/// The modules of `lib.rs`, from the top.
pub fn order(lib: &str) -> Result<Vec<String>, LexError> {
    let tokens: Vec<TokenTree> = lib.parse::<TokenStream>()?.into_iter().collect();
    let modules = tokens.windows(3).filter_map(|window| match window {
        [TokenTree::Ident(word), TokenTree::Ident(name), TokenTree::Punct(end)] => {
            (word == "mod" && end.as_char() == ';').then(|| name.to_string())
        }
        _ => None,
    });
    Ok(modules.collect())
}

/// The breaches in one file; its path is taken from `core/src`.
pub fn breaches(order: &[String], file: &str, text: &str) -> Result<Vec<Breach>, LexError> {
    let path: Vec<&str> = file.trim_end_matches(".rs").split('/').collect();
    let Some(here) = order.iter().position(|module| Some(&module.as_str()) == path.first()) else {
        return Ok(Vec::new());
    };
    if path.contains(&"tests") {
        return Ok(Vec::new());
    }
    let mut imports = BTreeSet::new();
    collect(text.parse()?, path.len(), &mut imports);
    let judged = imports.into_iter().filter_map(|(line, import)| {
        let why = objection(order, here, &import)?;
        Some(Breach { file: file.to_owned(), line, import, why })
    });
    Ok(judged.collect())
}

fn objection(order: &[String], here: usize, import: &str) -> Option<Why> {
    let Some(there) = order.iter().position(|module| module == import) else { return Some(Why::NoModule) };
    let is_decider = |place: usize| DECIDERS.contains(&order[place].as_str());
    if there != here && is_decider(here) && is_decider(there) {
        return Some(Why::Decider);
    }
    (there > here).then_some(Why::StandsBelow)
}

/// The top modules that these tokens name: after `crate::`, or after as many `super::` as lead out of the top module.
fn collect(tokens: TokenStream, depth: usize, imports: &mut BTreeSet<(usize, String)>) {
    let mut tokens = tokens.into_iter().peekable();
    let (mut supers, mut is_module) = (0, false);
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '#' && is_cfg_test(tokens.peek()) => skip_item(&mut tokens),
            TokenTree::Ident(word) if word == "crate" => {
                if follows_path(&mut tokens) {
                    names(&mut tokens, imports);
                }
                supers = 0;
            }
            TokenTree::Ident(word) if word == "super" => {
                supers += 1;
                if follows_path(&mut tokens) && supers == depth {
                    names(&mut tokens, imports);
                    supers = 0;
                }
            }
            TokenTree::Ident(word) => {
                is_module = word == "mod" || is_module;
                supers = 0;
            }
            TokenTree::Group(group) => {
                collect(group.stream(), depth + usize::from(is_module), imports);
                (supers, is_module) = (0, false);
            }
            TokenTree::Punct(mark) if mark.as_char() == ';' => (supers, is_module) = (0, false),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// What stands after `crate::`: one name, or a group of paths. A macro (`crate::name!`) belongs to no module.
fn names(tokens: &mut Peekable<impl Iterator<Item = TokenTree>>, imports: &mut BTreeSet<(usize, String)>) {
    match tokens.next() {
        Some(TokenTree::Ident(name)) => {
            let is_macro = matches!(tokens.peek(), Some(TokenTree::Punct(mark)) if mark.as_char() == '!');
            if !is_macro {
                imports.insert((name.span().start().line, name.to_string()));
            }
        }
        Some(TokenTree::Group(group)) => group_names(&group, imports),
        Some(TokenTree::Punct(mark)) => {
            imports.insert((mark.span().start().line, mark.to_string()));
        }
        Some(TokenTree::Literal(_)) | None => {}
    }
}

/// `{a::b, c::{d, e}}` -> a, c
fn group_names(group: &Group, imports: &mut BTreeSet<(usize, String)>) {
    let mut is_first = true;
    for token in group.stream() {
        match token {
            TokenTree::Ident(name) if is_first => {
                imports.insert((name.span().start().line, name.to_string()));
                is_first = false;
            }
            TokenTree::Punct(mark) if mark.as_char() == ',' => is_first = true,
            _ => is_first = false,
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

fn is_cfg_test(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Group(group))
        if group.delimiter() == Delimiter::Bracket && group.stream().to_string().replace(' ', "") == "cfg(test)")
}

/// Leaves out what an attribute stands on: to its `;` or its braces.
fn skip_item(tokens: &mut impl Iterator<Item = TokenTree>) {
    for token in tokens {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == ';' => return,
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return,
            _ => {}
        }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Self { file, line, import, why } = self;
        let why = match why {
            Why::StandsBelow => "which stands below it in lib.rs",
            Why::Decider => "but the deciders never import each other",
            Why::NoModule => "which is no module: name the module it lives in",
        };
        write!(f, "core/src/{file}:{line} imports `{import}`, {why}")
    }
}

#[cfg(test)]
mod tests {
    use super::{Why, breaches, order};

    const LIB: &str = "pub mod source;\npub mod packet;\nmod http;\npub mod dns;\npub mod service;\npub mod walk;\n";

    fn check(file: &str, text: &str, expected: &[(usize, &str, Why)]) {
        let order = order(LIB).expect("lib.rs is Rust");
        let found = breaches(&order, file, text).expect("the file is Rust");
        let found: Vec<_> = found.iter().map(|breach| (breach.line, breach.import.as_str(), breach.why)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn modules_are_read_in_order() {
        assert_eq!(order(LIB).expect("Rust"), ["source", "packet", "http", "dns", "service", "walk"]);
    }

    #[test]
    fn what_stands_above_may_be_imported() {
        check("walk.rs", "use crate::dns::Answer;\nuse crate::{packet::Packet, service};", &[]);
        check("dns/coredns.rs", "use crate::dns::Answer;\nuse super::client;", &[]);
    }

    #[test]
    fn what_stands_below_may_not() {
        check("packet.rs", "\nuse crate::walk::resolve;", &[(2, "walk", Why::StandsBelow)]);
        check("packet.rs", "use crate::{source, walk::{a, dns}};", &[(1, "walk", Why::StandsBelow)]);
        check(
            "packet/address.rs",
            "fn f() -> crate::dns::Answer { crate::walk::g() }",
            &[(1, "dns", Why::StandsBelow), (1, "walk", Why::StandsBelow)],
        );
        check("packet.rs", "macro_rules! m { () => { $crate::walk::f() } }", &[(1, "walk", Why::StandsBelow)]);
    }

    #[test]
    fn deciders_do_not_import_each_other() {
        check("service/iptables.rs", "use crate::dns::Answer;", &[(1, "dns", Why::Decider)]);
        check("dns.rs", "use crate::service;", &[(1, "service", Why::Decider)]);
    }

    #[test]
    fn the_way_over_super_counts_too() {
        check("packet.rs", "use super::walk::resolve;", &[(1, "walk", Why::StandsBelow)]);
        check("packet/address.rs", "use super::super::walk;", &[(1, "walk", Why::StandsBelow)]);
        check("packet/address.rs", "use super::walk;", &[]);
        check("packet.rs", "mod inner { use super::walk; use super::super::walk; }", &[(1, "walk", Why::StandsBelow)]);
    }

    #[test]
    fn a_re_export_hides_no_layer() {
        check("packet.rs", "use crate::resolve;", &[(1, "resolve", Why::NoModule)]);
        check("packet.rs", "use crate::*;", &[(1, "*", Why::NoModule)]);
        check("packet.rs", "crate::object!(Pod);", &[]);
    }

    #[test]
    fn comments_strings_and_tests_do_not_count() {
        check("packet.rs", "//! crate::walk\nconst A: &str = \"crate::walk\";\npub(crate) struct B;", &[]);
        check("packet.rs", "#[cfg(test)]\nmod tests { use crate::walk; }", &[]);
        check("packet.rs", "#[cfg(test)]\nuse crate::walk;\nuse crate::dns;", &[(3, "dns", Why::StandsBelow)]);
        check("packet/tests.rs", "use crate::walk;", &[]);
    }
}
