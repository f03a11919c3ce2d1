//! Which cluster the manifests run in: one of the presets, and a version of Kubernetes, written into the World document.

use std::rc::Rc;

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::answer::Presets;
use crate::page::state::Action;
use crate::protocol::Change;
use crate::words::Words;

/// A version is marked as one: a number alone says nothing.
fn shown(name: &str) -> String {
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("v{name}") } else { name.to_owned() }
}

/// Lists of those there are, with the ones at work.
pub fn cluster_choice(presets: &Presets, act: &Callback<Action>, words: &'static Words) -> Html {
    let Presets { all, chosen, versions, version } = presets;
    let list = |label: &'static str, names: &[Rc<str>], chosen: &Rc<str>, change: fn(Rc<str>) -> Change| {
        let onchange = act.reform(move |event: Event| {
            Action::Change(change(event.target_unchecked_into::<HtmlSelectElement>().value().into()))
        });
        let options = names.iter().map(|name| {
            html! { <option key={&**name} value={name.to_string()} selected={name == chosen}>{ shown(name) }</option> }
        });
        html! {
            <label class="cluster"><span class="visually-hidden">{ label }</span><select title={label} {onchange}>{ for options }</select></label>
        }
    };
    html! {
        <>
            { list(words.cluster, all, chosen, Change::Preset) }
            { list(words.version, versions, version, Change::Version) }
        </>
    }
}
