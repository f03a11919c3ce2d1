//! What every component may ask for: the language's words, and how to jump to lines.

use yew::prelude::*;

use crate::answer::Place;
use crate::language::Language;
use crate::words::Words;

/// Shows lines of the manifests in the editor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Jump(pub Callback<Place>);

/// The language; English outside any page.
#[hook]
pub fn use_language() -> Language {
    use_context::<Language>().unwrap_or_default()
}

/// The words of the language.
#[hook]
pub fn use_words() -> &'static Words {
    Words::of(use_language())
}

/// How to jump; nowhere outside any page.
#[hook]
pub fn use_jump() -> Callback<Place> {
    use_context::<Jump>().unwrap_or_default().0
}
