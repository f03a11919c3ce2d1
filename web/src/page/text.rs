//! The core's sentences as HTML: the only place where words become elements. Never by string, so that a manifest can
//! put nothing into the page but text.

use yew::prelude::*;

use super::context::{use_jump, use_place_name, use_words};
use crate::answer::{Fragment, Place};

/// What [`Text`] is given.
#[derive(PartialEq, Properties)]
pub struct TextProps {
    /// The sentence.
    pub text: crate::answer::Text,
}

/// A sentence whose names are links to their lines.
#[component]
pub fn Text(props: &TextProps) -> Html {
    let fragments = props.text.iter().map(|fragment| match fragment {
        Fragment::Words(words) => html! { { &**words } },
        Fragment::Code(code) => html! { <code>{ &**code }</code> },
        Fragment::Link(name, place) => html! { <PlaceLink name={name.to_string()} place={*place} /> },
    });
    html! { <>{ for fragments }</> }
}

/// What [`PlaceLink`] is given.
#[derive(PartialEq, Properties)]
pub struct PlaceLinkProps {
    /// What it is called.
    pub name: AttrValue,
    /// Where it stands.
    pub place: Place,
}

/// A name that shows its lines in the editor.
#[component]
pub fn PlaceLink(props: &PlaceLinkProps) -> Html {
    let (words, jump) = (use_words(), use_jump());
    let onclick = use_callback((props.place, jump), |_: MouseEvent, (place, jump)| jump.emit(*place));
    let line = use_place_name(props.place);
    html! {
        <button type="button" class="place-link" title={words.map_show} {onclick}>
            <code>{ &props.name }</code>
            <span class="place-line">{ line }</span>
        </button>
    }
}
