//! The names that core declares, read from its tokens: types, and functions with or without a receiver. Unit tests and
//! associated types don't count; what a macro's arguments declare does.

use crate::imports::{is_cfg_test, skip_item};
use proc_macro2::{Delimiter, LexError, TokenStream, TokenTree};
use std::iter::Peekable;

/// What a file declares.
#[derive(Debug, Default)]
pub struct Identifiers {
    /// Of each struct, enum, union, trait and type alias.
    pub types: Vec<String>,
    /// Of each function without a receiver.
    pub functions: Vec<String>,
}

impl Identifiers {
    /// The names that a text declares.
    pub fn read(text: &str) -> Result<Self, LexError> {
        let mut found = Self::default();
        found.collect(text.parse()?, false);
        Ok(found)
    }

    fn collect(&mut self, tokens: TokenStream, in_impl: bool) {
        let mut tokens = tokens.into_iter().peekable();
        let mut opens_impl = false;
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(mark) if mark.as_char() == '#' && is_cfg_test(tokens.peek()) => skip_item(&mut tokens),
                TokenTree::Ident(word) => {
                    let word = word.to_string();
                    let Some(TokenTree::Ident(name)) = tokens.peek() else {
                        opens_impl |= word == "impl";
                        continue;
                    };
                    let name = name.to_string();
                    opens_impl |= matches!(&*word, "impl" | "trait");
                    match &*word {
                        "type" if in_impl => {}
                        "struct" | "enum" | "union" | "trait" | "type" => self.types.push(name),
                        "fn" if !has_receiver(&mut tokens) => self.functions.push(name),
                        _ => {}
                    }
                }
                TokenTree::Group(group) => {
                    let is_body = group.delimiter() == Delimiter::Brace;
                    self.collect(group.stream(), is_body && opens_impl);
                    opens_impl &= !is_body;
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
}

/// Whether the first parameter is `self`; stands at the function's name and goes on to its parameters.
fn has_receiver(tokens: &mut Peekable<impl Iterator<Item = TokenTree>>) -> bool {
    for token in tokens.by_ref() {
        if let TokenTree::Group(group) = token {
            let first = group.stream().into_iter();
            return first
                .take_while(|token| !matches!(token, TokenTree::Punct(mark) if matches!(mark.as_char(), ',' | ':')))
                .any(|token| matches!(token, TokenTree::Ident(word) if word == "self"));
        }
    }
    false
}

/// `Pod` and `Dns` are one word, `PodName` and `DNSName` are two.
pub fn is_one_word_type(name: &str) -> bool {
    let mut starts = 0;
    let mut was_upper = false;
    for letter in name.chars() {
        starts += usize::from(letter.is_uppercase() && !was_upper);
        was_upper = letter.is_uppercase();
    }
    starts < 2
}

/// `find` is one word, `find_pod` is two.
pub fn is_one_word_function(name: &str) -> bool {
    !name.trim_matches('_').contains('_')
}

#[cfg(test)]
mod tests {
    use super::{Identifiers, is_one_word_function, is_one_word_type};

    #[test]
    fn types_and_functions_are_told_apart() {
        let text = "pub struct Pod<'a> { a: u8 } enum Kind {} type Names = Vec<u8>; trait Named { type Of; fn name(&self); fn make() -> Self; }
            impl Iterator for Pod<'_> { type Item = u8; fn next(&mut self) -> Option<u8> { fn inner(self_: u8) {} None } }
            impl Pod<'_> { fn new<F: Fn(u8)>(f: F) -> Self {} fn into(mut self: Box<Self>) {} }
            object! { pub struct Service { a: u8 } }
            #[cfg(test)] mod tests { struct Hidden; }";
        let found = Identifiers::read(text).expect("Rust");
        assert_eq!(found.types, ["Pod", "Kind", "Names", "Named", "Service"]);
        assert_eq!(found.functions, ["make", "inner", "new"]);
    }

    #[test]
    fn words_are_counted() {
        assert!(is_one_word_type("Pod") && is_one_word_type("DNS") && is_one_word_type("Ipv4"));
        assert!(!is_one_word_type("PodName"));
        assert!(is_one_word_function("find") && !is_one_word_function("find_pod"));
    }
}
