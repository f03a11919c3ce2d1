//! What every component may ask for: the language's words, and how to jump to lines. A component has state, or spares
//! the drawing of much that stays the same; every other part of the page is a function that takes what it shows.

use std::rc::Rc;

use gloo_events::EventListener;
use yew::prelude::*;

use crate::answer::Place;
use crate::language::Language;
use crate::words::Words;
use crate::workspace::TextFile;

/// Where a component stands: in which language, and how places in the manifests are called and shown. English and
/// without any manifests outside the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Here {
    /// The language of all texts.
    pub language: Language,
    /// Shows lines of the manifests in the editor.
    pub jump: Callback<Place>,
    /// The names of all files, where a place must say in which one it is: empty while there is only one.
    names: Rc<[Rc<str>]>,
}

impl Here {
    /// Where there are these files.
    pub fn new(language: Language, jump: Callback<Place>, files: &[TextFile]) -> Self {
        let names = files.iter().map(|file| file.name.clone());
        Self { language, jump, names: if files.len() > 1 { names.collect() } else { Rc::new([]) } }
    }

    /// The words of the language.
    pub fn words(&self) -> &'static Words {
        Words::of(self.language)
    }

    /// How a place is called: `line 3`, with the file's name before it where there are several.
    pub fn place_name(&self, place: Place) -> String {
        let name = self.names.get(place.file as usize);
        name.map_or_else(String::new, |name| format!("{name} ")) + &format!("{} {}", self.words().line, place.line)
    }
}

/// Where there is room for one thing at a time.
pub const NARROW: &str = "(max-width: 60rem)";

/// Where the component stands.
#[hook]
pub fn use_here() -> Here {
    use_context().unwrap_or_default()
}

/// The words of the language.
#[hook]
pub fn use_words() -> &'static Words {
    use_here().words()
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
