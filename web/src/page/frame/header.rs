//! The head of the page: its name, the examples, the link to share, language and colours.

use std::rc::Rc;

use yew::prelude::*;

use crate::gallery::Example;
use crate::page::frame::gallery::Gallery;
use crate::page::frame::keys::Keys;
use crate::page::frame::settings::settings_switches;
use crate::page::icon::{Sign, sign_icon};
use crate::page::state::{Action, State};
use crate::words::Words;

/// The head of the page; `share` hands on what is there, `take` is what can be taken away.
pub fn header(state: &State, gallery: &Rc<[Example]>, act: &Callback<Action>, share: Html, take: Html) -> Html {
    let words = Words::of(state.settings.language);
    html! {
        <header class="header">
            <div class="brand">
                <svg class="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
                    <path d="M4 16h8M12 16c5 0 4-9 10-9M12 16c5 0 4 9 10 9" />
                    <circle cx="25" cy="7" r="3.5" />
                    <circle class="hit" cx="25" cy="25" r="3.5" />
                </svg>
                <h1>{ "whichpod" }</h1>
                <p class="soft brand-tagline">{ words.tagline }</p>
            </div>
            <div class="tools">
                <Gallery examples={gallery.clone()} open={state.example.clone()} act={act.clone()} />
                { share }
                { take }
                { settings_switches(state.settings, act) }
                <Keys />
                <a class="tool" href={words.modelled_page} target="_blank" rel="noopener" aria-label={words.modelled}
                    title={words.modelled}>{ sign_icon(Sign::Help) }</a>
            </div>
        </header>
    }
}
