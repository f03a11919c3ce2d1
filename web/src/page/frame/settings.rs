//! Language and colours.

use yew::prelude::*;

use crate::page::icon::{Sign, sign_icon};
use crate::page::state::{Action, Settings, Theme};
use crate::words::Words;

/// A button to the other language, and one that goes through the colours.
pub fn settings_switches(settings: Settings, act: &Callback<Action>) -> Html {
    let words = Words::of(settings.language);
    let other = settings.language.other();
    let onlanguage = act.reform(move |_: MouseEvent| Action::Language(other));
    let (next, label) = match settings.theme {
        Theme::System => (Theme::Light, words.theme_system),
        Theme::Light => (Theme::Dark, words.theme_light),
        Theme::Dark => (Theme::System, words.theme_dark),
    };
    let ontheme = act.reform(move |_: MouseEvent| Action::Theme(next));
    let label = format!("{}: {label}", words.theme);
    html! {
        <>
            <button type="button" class="tool theme" aria-label={label.clone()} title={label} onclick={ontheme}>
                { sign_icon(Sign::Light) }
            </button>
            <button type="button" lang={other.code()} onclick={onlanguage}>{ words.language_switch }</button>
        </>
    }
}
