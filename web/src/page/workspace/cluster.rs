//! Which cluster the manifests run in: one of the presets, written into the World document.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::answer::Presets;
use crate::page::state::Action;
use crate::protocol::Change;
use crate::words::Words;

/// A list of those there are, with the one at work.
pub fn cluster_choice(presets: &Presets, act: &Callback<Action>, words: &'static Words) -> Html {
    let onchange = act.reform(|event: Event| {
        let name = event.target_unchecked_into::<HtmlSelectElement>().value();
        Action::Change(Change::Preset(name.into()))
    });
    let Presets { all, chosen } = presets;
    let options = all.iter().map(|name| {
        html! { <option key={&**name} value={name.to_string()} selected={name == chosen}>{ &**name }</option> }
    });
    html! {
        <label class="cluster"><span class="visually-hidden">{ words.cluster }</span><select {onchange}>{ for options }</select></label>
    }
}
