//! The list of examples, and what to try and notice in the one that is open.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::gallery::{Example, Theme};
use crate::language::Language;
use crate::page::browser;
use crate::page::context::use_here;
use crate::page::state::{Action, Notice, Opened};
use crate::words::Words;

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
    let here = use_here();
    let (words, language) = (here.words(), here.language);
    let (examples, act) = (props.examples.clone(), props.act.clone());
    let onchange = Callback::from(move |event: Event| {
        let chosen = event.target_unchecked_into::<HtmlSelectElement>().value();
        if let Some(example) = examples.iter().find(|example| *example.id == *chosen) {
            wasm_bindgen_futures::spawn_local(open(example.clone(), act.clone()));
        }
    });
    let option = |example: &Example| {
        let selected = props.open.as_ref() == Some(&example.id);
        html! {
            <option key={&*example.id} value={example.id.to_string()} {selected}>
                { example.title.of(language) }
            </option>
        }
    };
    let groups = Theme::ALL.map(|theme| {
        let examples = props.examples.iter().filter(|example| example.theme == theme);
        html! { <optgroup key={theme.name()} label={theme.title(words)}>{ for examples.map(option) }</optgroup> }
    });
    let none = !props.examples.iter().any(|example| props.open.as_ref() == Some(&example.id));
    html! {
        <select class="examples" aria-label={words.examples} {onchange}>
            <option value="" selected={none}>{ words.examples_choose }</option>
            if !props.examples.is_empty() { { for groups } }
        </select>
    }
}

/// Opens the example that a link leads to.
pub async fn open_linked(id: Rc<str>, act: Callback<Action>) {
    let rows = load_rows().await.map(|rows| read(&rows)).unwrap_or_default();
    match rows.iter().find(|example| example.id == id) {
        Some(example) => open(example.clone(), act.clone()).await,
        None => act.emit(Action::NotOpened),
    }
}

async fn open(example: Example, act: Callback<Action>) {
    match browser::fetch(&example.url()).await {
        Ok(text) => act.emit(Action::Open(Box::new(example.workspace(&text)), Opened::Example(example.id))),
        Err(_) => {
            act.emit(Action::StopOpening);
            act.emit(Action::Tell(Notice::ExampleFailed));
        }
    }
}

/// What the open example shows, and how to lead others to it. `embedded`: the page is a part of another site's.
pub fn guide(example: &Example, embedded: bool, act: &Callback<Action>, language: Language) -> Html {
    let words = Words::of(language);
    let Example { title, attempt, notice, .. } = example;
    let address = format!("#{}", example.link());
    let heading = html! { <>{ title.of(language) }</> };
    // An embedded page has no head of its own.
    let heading = if embedded {
        html! { <h1>{ heading }</h1> }
    } else {
        html! { <h2>{ heading }</h2> }
    };
    let links = if embedded {
        html! { <a href={address} target="_blank">{ words.guide_whole }</a> }
    } else {
        let (code, act) = (frame(&example.embedded(), title.of(language)), act.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            let (code, act) = (code.clone(), act.clone());
            wasm_bindgen_futures::spawn_local(async move {
                let copied = browser::copy(&code).await.is_ok();
                act.emit(Action::Tell(if copied { Notice::EmbeddingCopied } else { Notice::CopyRefused }));
            });
        });
        html! {
            <><a href={address}>{ words.guide_link }</a><button type="button" class="quiet" {onclick}>{ words.guide_embed }</button></>
        }
    };
    html! {
        <details class="guide">
            <summary>{ heading }</summary>
            <div class="guide-body">
                <p><strong>{ words.guide_try }</strong>{ " " }{ attempt.of(language) }</p>
                <p><strong>{ words.guide_notice }</strong>{ " " }{ notice.of(language) }</p>
                <p class="guide-links">{ links }</p>
            </div>
        </details>
    }
}

/// The HTML with which another site embeds an example.
fn frame(fragment: &str, title: &str) -> String {
    let address = browser::address_with(fragment).replace('&', "&amp;");
    format!("<iframe src=\"{address}\" title=\"{title}\" width=\"100%\" height=\"720\"></iframe>")
}
