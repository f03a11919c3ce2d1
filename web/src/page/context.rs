//! What every component may ask for: the language's words, and how to jump to lines.

use gloo_events::EventListener;
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

/// Whether a media query holds, now and when that changes.
#[hook]
pub fn use_media(query: &'static str) -> bool {
    let list = || web_sys::window().and_then(|window| window.match_media(query).ok()?);
    let holds = use_state_eq(|| list().is_some_and(|list| list.matches()));
    let setter = holds.setter();
    use_effect_with(query, move |_| {
        let listener = list().map(|list| {
            let told = list.clone();
            EventListener::new(&list, "change", move |_| setter.set(told.matches()))
        });
        move || drop(listener)
    });
    *holds
}
