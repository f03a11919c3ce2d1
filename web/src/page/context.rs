//! What every component may ask for: the language's words, and how to jump to lines.

use std::rc::Rc;

use gloo_events::EventListener;
use yew::prelude::*;

use crate::answer::Place;
use crate::language::Language;
use crate::words::Words;
use crate::workspace::TextFile;

/// Shows lines of the manifests in the editor.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Jump(pub Callback<Place>);

/// The names of all files, where a place must say in which one it is: empty while there is only one.
#[derive(Clone, Debug, PartialEq)]
pub struct FileNames(Rc<[Rc<str>]>);

impl FileNames {
    /// Of these files.
    pub fn of(files: &[TextFile]) -> Self {
        let names = files.iter().map(|file| file.name.clone());
        Self(if files.len() > 1 { names.collect() } else { Rc::new([]) })
    }
}

/// How a place is called: `line 3`, with the file's name before it where there are several.
#[hook]
pub fn use_place_name(place: Place) -> String {
    let (words, names) = (use_words(), use_context::<FileNames>());
    let name = names.and_then(|names| names.0.get(place.file as usize).cloned());
    name.map_or_else(String::new, |name| format!("{name} ")) + &format!("{} {}", words.line, place.line)
}

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
