//! Language and colours.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::context::use_words;
use super::state::{Action, Settings, Theme};

/// What [`SettingsSwitches`] is given.
#[derive(PartialEq, Properties)]
pub struct SettingsSwitchesProps {
    /// What holds.
    pub settings: Settings,
    /// Changes it.
    pub act: Callback<Action>,
}

/// A button to the other language, and a choice of colours.
#[component]
pub fn SettingsSwitches(props: &SettingsSwitchesProps) -> Html {
    let words = use_words();
    let other = props.settings.language.other();
    let onlanguage = use_callback((other, props.act.clone()), |_: MouseEvent, (language, act)| {
        act.emit(Action::Language(*language));
    });
    let ontheme = use_callback(props.act.clone(), |event: Event, act| {
        let chosen = event.target_unchecked_into::<HtmlSelectElement>().value();
        act.emit(Action::Theme(Theme::of_name(&chosen)));
    });
    let themes =
        [(Theme::System, words.theme_system), (Theme::Light, words.theme_light), (Theme::Dark, words.theme_dark)];
    let options = themes.map(|(theme, label)| {
        let selected = theme == props.settings.theme;
        html! { <option key={theme.name()} value={theme.name()} {selected}>{ label }</option> }
    });
    html! {
        <>
            <select class="theme" aria-label={words.theme} onchange={ontheme}>{ for options }</select>
            <button type="button" lang={other.code()} onclick={onlanguage}>{ words.language_switch }</button>
        </>
    }
}
