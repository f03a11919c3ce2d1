//! Language and colours.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::state::{Action, Settings, Theme};
use crate::words::Words;

/// A button to the other language, and a choice of colours.
pub fn settings_switches(settings: Settings, act: &Callback<Action>) -> Html {
    let words = Words::of(settings.language);
    let other = settings.language.other();
    let onlanguage = act.reform(move |_: MouseEvent| Action::Language(other));
    let ontheme = act.reform(|event: Event| {
        let chosen = event.target_unchecked_into::<HtmlSelectElement>().value();
        Action::Theme(Theme::of_name(&chosen))
    });
    let themes =
        [(Theme::System, words.theme_system), (Theme::Light, words.theme_light), (Theme::Dark, words.theme_dark)];
    let options = themes.map(|(theme, label)| {
        let selected = theme == settings.theme;
        html! { <option key={theme.name()} value={theme.name()} {selected}>{ label }</option> }
    });
    html! {
        <>
            <select class="theme" aria-label={words.theme} onchange={ontheme}>{ for options }</select>
            <button type="button" lang={other.code()} onclick={onlanguage}>{ words.language_switch }</button>
        </>
    }
}
