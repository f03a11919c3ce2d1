//! Which cluster the manifests run in: one of the presets, written into the World document.

use std::rc::Rc;

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::context::use_words;
use super::state::Action;
use crate::answer::Presets;
use crate::protocol::Change;

/// What [`ClusterChoice`] is given.
#[derive(PartialEq, Properties)]
pub struct ClusterChoiceProps {
    /// Those there are, and the one at work.
    pub presets: Rc<Presets>,
    /// Changes the state.
    pub act: Callback<Action>,
}

/// A list of presets.
#[component]
pub fn ClusterChoice(props: &ClusterChoiceProps) -> Html {
    let words = use_words();
    let onchange = use_callback(props.act.clone(), |event: Event, act| {
        let name = event.target_unchecked_into::<HtmlSelectElement>().value();
        act.emit(Action::Change(Change::Preset(name.into())));
    });
    let Presets { all, chosen } = &*props.presets;
    let options = all.iter().map(|name| {
        html! { <option key={&**name} value={name.to_string()} selected={name == chosen}>{ &**name }</option> }
    });
    html! {
        <label class="cluster"><span class="soft">{ words.cluster }</span><select {onchange}>{ for options }</select></label>
    }
}
