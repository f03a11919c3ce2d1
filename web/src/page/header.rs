//! The head of the page: its name, the examples, the link to share, language and colours.

use std::rc::Rc;

use yew::prelude::*;

use super::context::use_words;
use super::examples::Examples;
use super::settings::SettingsSwitches;
use super::state::{Action, State};
use crate::gallery::Example;

/// What [`Header`] is given.
#[derive(PartialEq, Properties)]
pub struct HeaderProps {
    /// Language, colours, and the example that is open.
    pub state: State,
    /// All examples.
    pub gallery: Rc<[Example]>,
    /// Changes the state.
    pub act: Callback<Action>,
    /// Wants a link.
    pub onshare: Callback<()>,
    /// What else can be taken away.
    pub take: Html,
}

/// The head of the page.
#[component]
pub fn Header(props: &HeaderProps) -> Html {
    let words = use_words();
    let share = props.onshare.reform(|_: MouseEvent| ());
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
                <Examples examples={props.gallery.clone()} open={props.state.example.clone()} act={props.act.clone()} />
                <button type="button" onclick={share}>{ words.share }</button>
                { props.take.clone() }
                <SettingsSwitches settings={props.state.settings} act={props.act.clone()} />
            </div>
        </header>
    }
}
