//! The list of examples.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::browser;
use super::context::{use_language, use_words};
use super::state::{Action, Notice};
use crate::gallery::{self, EXAMPLES, Example};

/// What [`Examples`] is given.
#[derive(PartialEq, Properties)]
pub struct ExamplesProps {
    /// Opens one.
    pub act: Callback<Action>,
}

/// A list of which each entry opens an example, manifests and question.
#[component]
pub fn Examples(props: &ExamplesProps) -> Html {
    let (words, language) = (use_words(), use_language());
    let onchange = use_callback(props.act.clone(), |event: Event, act| {
        let list = event.target_unchecked_into::<HtmlSelectElement>();
        if let Some(example) = gallery::find(&list.value()) {
            wasm_bindgen_futures::spawn_local(open(example, act.clone()));
        }
        // The list is a menu, not a state: the manifests may be edited at once.
        list.set_selected_index(0);
    });
    let options = EXAMPLES.iter().map(|example| {
        html! { <option key={example.id} value={example.id}>{ example.title(language) }</option> }
    });
    html! {
        <select class="examples" aria-label={words.examples} {onchange}>
            <option value="" selected=true>{ words.examples_choose }</option>
            { for options }
        </select>
    }
}

async fn open(example: &'static Example, act: Callback<Action>) {
    match browser::fetch(&example.url()).await {
        Ok(text) => act.emit(Action::Open(Box::new(example.workspace(&text)), Notice::ExampleOpened)),
        Err(_) => act.emit(Action::Tell(Notice::ExampleFailed)),
    }
}
