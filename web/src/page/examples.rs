//! The list of examples, and what to try and notice in the one that is open.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::browser;
use super::context::{use_language, use_words};
use super::state::{Action, Notice, Opened};
use crate::gallery::Example;

#[wasm_bindgen(module = "/js/gallery.js")]
extern "C" {
    #[wasm_bindgen(catch, js_name = load)]
    async fn load_rows() -> Result<JsValue, JsValue>;
}

/// The examples, once they are loaded: after the first answer.
#[hook]
pub fn use_gallery(answered: bool, act: &Callback<Action>) -> Rc<[Example]> {
    let examples = use_state(|| Rc::<[Example]>::from([]));
    let (setter, act) = (examples.setter(), act.clone());
    use_effect_with(answered, move |answered| {
        if *answered {
            wasm_bindgen_futures::spawn_local(async move {
                match load_rows().await {
                    Ok(rows) => setter.set(read(&rows)),
                    Err(_) => act.emit(Action::Tell(Notice::ExampleFailed)),
                }
            });
        }
    });
    (*examples).clone()
}

fn read(rows: &JsValue) -> Rc<[Example]> {
    let rows = Array::from(rows);
    let rows = rows.iter().map(|row| Array::from(&row).iter().filter_map(|text| text.as_string()).collect::<Vec<_>>());
    rows.filter_map(|row| Example::from_row(&row)).collect()
}

/// What [`Examples`] is given.
#[derive(PartialEq, Properties)]
pub struct ExamplesProps {
    /// All of them.
    pub examples: Rc<[Example]>,
    /// The one that is open.
    pub open: Option<Rc<str>>,
    /// Opens one.
    pub act: Callback<Action>,
}

/// A list of which each entry opens an example, manifests and question.
#[component]
pub fn Examples(props: &ExamplesProps) -> Html {
    let (words, language) = (use_words(), use_language());
    let onchange = use_callback((props.examples.clone(), props.act.clone()), |event: Event, (examples, act)| {
        let chosen = event.target_unchecked_into::<HtmlSelectElement>().value();
        if let Some(example) = examples.iter().find(|example| *example.id == *chosen) {
            wasm_bindgen_futures::spawn_local(open(example.clone(), act.clone()));
        }
    });
    let options = props.examples.iter().map(|example| {
        let selected = props.open.as_ref() == Some(&example.id);
        html! {
            <option key={&*example.id} value={example.id.to_string()} {selected}>
                { example.title.of(language) }
            </option>
        }
    });
    let none = !props.examples.iter().any(|example| props.open.as_ref() == Some(&example.id));
    html! {
        <select class="examples" aria-label={words.examples} {onchange}>
            <option value="" selected={none}>{ words.examples_choose }</option>
            { for options }
        </select>
    }
}

async fn open(example: Example, act: Callback<Action>) {
    match browser::fetch(&example.url()).await {
        Ok(text) => act.emit(Action::Open(Box::new(example.workspace(&text)), Opened::Example(example.id))),
        Err(_) => act.emit(Action::Tell(Notice::ExampleFailed)),
    }
}

/// What [`Guide`] is given.
#[derive(PartialEq, Properties)]
pub struct GuideProps {
    /// The example that is open.
    pub example: Example,
}

/// What the open example shows.
#[component]
pub fn Guide(props: &GuideProps) -> Html {
    let (words, language) = (use_words(), use_language());
    let Example { title, attempt, notice, .. } = &props.example;
    html! {
        <section class="guide">
            <h2>{ title.of(language) }</h2>
            <p><strong>{ words.guide_try }</strong>{ " " }{ attempt.of(language) }</p>
            <p><strong>{ words.guide_notice }</strong>{ " " }{ notice.of(language) }</p>
        </section>
    }
}
