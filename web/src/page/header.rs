//! The head of the page: its name, the examples, the link to share, language and colours.

use std::rc::Rc;

use yew::prelude::*;

use super::examples::Examples;
use super::settings::settings_switches;
use super::state::{Action, State};
use crate::gallery::Example;
use crate::words::Words;

/// The head of the page; `take` is what else can be taken away.
pub fn header(
    state: &State,
    gallery: &Rc<[Example]>,
    act: &Callback<Action>,
    onshare: &Callback<()>,
    take: Html,
) -> Html {
    let words = Words::of(state.settings.language);
    let share = onshare.reform(|_: MouseEvent| ());
    html! {
        <header class="header">
            <div class="brand">
                <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
                    <path d="M4 16h8M12 16c5 0 4-9 10-9M12 16c5 0 4 9 10 9" />
                    <circle cx="25" cy="7" r="3.5" />
                    <circle class="hit" cx="25" cy="25" r="3.5" />
                </svg>
                <h1>{ "whichpod" }</h1>
                <p class="soft">{ words.tagline }</p>
                <p class="soft brand-private">{ words.private }</p>
            </div>
            <div class="tools">
                <Examples examples={gallery.clone()} open={state.example.clone()} act={act.clone()} />
                <button type="button" onclick={share}>{ words.share }</button>
                { take }
                { settings_switches(state.settings, act) }
            </div>
        </header>
    }
}
