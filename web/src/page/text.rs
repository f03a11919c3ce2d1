//! The core's sentences as HTML: the only place where words become elements. Never by string, so that a manifest can
//! put nothing into the page but text.

use yew::prelude::*;

use crate::answer::{Fragment, Place};
use crate::page::context::Here;

/// A sentence whose names are links to their lines.
pub fn text(text: &[Fragment], here: &Here) -> Html {
    let fragments = text.iter().map(|fragment| match fragment {
        Fragment::Words(words) => html! { { &**words } },
        Fragment::Code(code) => html! { <code>{ &**code }</code> },
        Fragment::Link(name, place) => place_link(name, *place, here),
    });
    html! { <>{ for fragments }</> }
}

/// A name that shows its lines in the editor.
pub fn place_link(name: &str, place: Place, here: &Here) -> Html {
    let onclick = here.jump.reform(move |_: MouseEvent| place);
    html! {
        <button type="button" class="place-link" title={here.words().map_show} {onclick}>
            <code>{ name }</code>
            { " " }
            <span class="place-line">{ here.place_name(place) }</span>
        </button>
    }
}
