//! Handing on what is there: a link, a part of another site's page, Markdown. One dialog for all of them.

use std::rc::Rc;

use web_sys::{HtmlDialogElement, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::answer::Verdict;
use crate::gallery::{self, Embedding, Show};
use crate::language::Language;
use crate::page::browser;
use crate::page::context::use_words;
use crate::page::frame::markdown;
use crate::page::icon::{Sign, sign_icon};
use crate::protocol::{Link, LinkFault};
use crate::words::Words;
use crate::workspace::RequestLine;

/// How high a part of another page is, unless somebody says otherwise.
const HEIGHT: u32 = 480;

/// What [`Share`] is given.
#[derive(PartialEq, Properties)]
pub struct ShareProps {
    /// The link, or why there is none; None before it was asked for.
    pub link: Option<Result<Link, LinkFault>>,
    /// The example that is open, as long as nobody changed it.
    pub example: Option<Rc<str>>,
    /// The question, and its answer.
    pub request: RequestLine,
    /// The answer.
    pub verdict: Option<Rc<Verdict>>,
    /// Has a link made.
    pub onlink: Callback<()>,
}

/// A button, and the dialog it opens.
#[component]
pub fn Share(props: &ShareProps) -> Html {
    let words = use_words();
    let (open, copied) = (use_state_eq(|| false), use_state_eq(|| None::<&'static str>));
    let (embedding, height) = (use_state_eq(Embedding::default), use_state_eq(|| HEIGHT));
    let dialog = use_node_ref();
    use_effect_with((*open, dialog.clone()), |(open, dialog)| {
        if let Some(dialog) = dialog.cast::<HtmlDialogElement>().filter(|dialog| *open && !dialog.open()) {
            // Fails only for a dialog outside the page.
            let _ = dialog.show_modal();
        }
    });
    let address =
        props.link.as_ref().and_then(|link| link.as_ref().ok()).map(|link| browser::address_with(&link.fragment));
    let copy = Callback::from({
        let setter = copied.setter();
        move |(what, text): (&'static str, String)| {
            let setter = setter.clone();
            wasm_bindgen_futures::spawn_local(async move {
                // Where it is refused, the field beside the button still holds the text.
                setter.set(browser::copy(&text).await.is_ok().then_some(what));
            });
        }
    });
    // Whoever shares wants the link: it is copied as soon as it is made.
    let first = copy.clone();
    use_effect_with((*open, address.clone()), move |(open, address)| {
        address.iter().filter(|_| *open).for_each(|address| first.emit(("link", address.clone())));
    });
    let (setter, asked) = (open.setter(), props.onlink.clone());
    let onopen = Callback::from(move |_: MouseEvent| {
        setter.set(true);
        asked.emit(());
    });
    let (setter, forgotten) = (open.setter(), copied.setter());
    let onclose = Callback::from(move |_: Event| {
        setter.set(false);
        forgotten.set(None);
    });
    let shown = dialog.clone();
    let dismiss = Callback::from(move |_: MouseEvent| {
        shown.cast::<HtmlDialogElement>().iter().for_each(HtmlDialogElement::close);
    });
    let copier = |what: &'static str, text: String| {
        let onclick = copy.reform(move |_: MouseEvent| (what, text.clone()));
        let label = if *copied == Some(what) { words.copied } else { words.copy };
        html! { <button type="button" {onclick}>{ label }</button> }
    };
    let field = |what: &'static str, label: &'static str, text: String| {
        html! {
            <div class="share-field">
                <input readonly=true aria-label={label} value={text.clone()} />{ copier(what, text) }
            </div>
        }
    };
    let carried = props.example.as_deref().map(str::to_owned);
    let carried = carried.or_else(|| Some(props.link.as_ref()?.as_ref().ok()?.fragment.clone()));
    let code = carried.map(|carried| frame(&gallery::embedded(&carried, &embedding), &props.request.command, *height));
    html! {
        <>
            <button type="button" class="labelled" aria-haspopup="dialog" onclick={onopen}>
                { sign_icon(Sign::Share) }{ " " }<span>{ words.share }</span>
            </button>
            <dialog class="share" aria-labelledby="share-title" ref={dialog} {onclose}>
                if *open {
                    <div class="share-head">
                        <h2 id="share-title">{ words.share }</h2>
                        <button type="button" onclick={dismiss}>{ words.close }</button>
                    </div>
                    <section>
                        <h3>{ words.link_field }</h3>
                        <div role="status">{ told(props, *copied == Some("link"), words) }</div>
                        if let Some(address) = address { { field("link", words.link_field, address) } }
                        if let Some(id) = &props.example {
                            { field("short", words.guide_link, browser::address_with(&format!("example={id}"))) }
                        }
                        <p class="soft">{ words.link_carries }</p>
                    </section>
                    if let Some(code) = code {
                        <section>
                            <h3>{ words.embed }</h3>
                            { options(&embedding, &height, words) }
                            { field("code", words.embed_code, code) }
                        </section>
                    }
                    if let Some(verdict) = props.verdict.as_ref().filter(|verdict| !verdict.legs.is_empty()) {
                        <section>
                            <h3>{ words.walk }</h3>
                            { field("walk", words.take_walk, markdown::walk(&props.request, verdict, words)) }
                        </section>
                    }
                }
            </dialog>
        </>
    }
}

/// What became of the link.
fn told(props: &ShareProps, copied: bool, words: &'static Words) -> Html {
    match &props.link {
        None => html! { <p class="soft">{ words.working }</p> },
        Some(Err(LinkFault::TooLong)) => html! { <p class="complaint">{ words.link_too_long }</p> },
        Some(Err(LinkFault::Broken)) => html! { <p class="complaint">{ words.link_broken }</p> },
        Some(Ok(Link { secrets, .. })) => html! {
            <>
                <p>{ if copied { words.link_made } else { words.link_ready } }</p>
                if *secrets > 0 { <p><strong>{ format!("{} {secrets}", words.link_secrets) }</strong></p> }
            </>
        },
    }
}

/// What a part of another page shows, in which language and colours, and how high it is.
fn options(embedding: &UseStateHandle<Embedding>, height: &UseStateHandle<u32>, words: &'static Words) -> Html {
    let choose = |change: fn(&Embedding, &str) -> Embedding| {
        let embedding = embedding.clone();
        Callback::from(move |event: Event| {
            let value = event.target_unchecked_into::<HtmlSelectElement>().value();
            embedding.set(change(&embedding, &value));
        })
    };
    let option = |value: &'static str, label: &'static str, selected: bool| {
        html! { <option {value} {selected}>{ label }</option> }
    };
    let onshow = choose(|embedding, name| Embedding {
        show: Show::ALL.into_iter().find(|show| show.name() == name).unwrap_or_default(),
        ..embedding.clone()
    });
    let onlanguage = choose(|embedding, tag| Embedding {
        language: (!tag.is_empty()).then(|| Language::of_tag(tag)),
        ..embedding.clone()
    });
    let ontheme =
        choose(|embedding, name| Embedding { theme: (!name.is_empty()).then(|| name.to_owned()), ..embedding.clone() });
    let setter = height.setter();
    let onheight = Callback::from(move |event: Event| {
        let value = event.target_unchecked_into::<HtmlInputElement>().value();
        setter.set(value.parse().unwrap_or(HEIGHT));
    });
    let shows = [(Show::Map, words.map), (Show::Yaml, words.embed_yaml), (Show::Console, words.console)];
    let shows = shows.map(|(show, label)| option(show.name(), label, embedding.show == show));
    let is = |language: Language| embedding.language == Some(language);
    let colours = |name: &str| embedding.theme.as_deref() == Some(name);
    html! {
        <div class="share-options">
            <label>{ words.embed_show }<select onchange={onshow}>{ for shows }</select></label>
            <label>{ words.embed_language }<select onchange={onlanguage}>
                { option("", words.embed_readers, embedding.language.is_none()) }
                { option("en", "English", is(Language::English)) }{ option("ja", "日本語", is(Language::Japanese)) }
            </select></label>
            <label>{ words.theme }<select onchange={ontheme}>
                { option("", words.embed_readers, embedding.theme.is_none()) }
                { option("light", words.theme_light, colours("light")) }{ option("dark", words.theme_dark, colours("dark")) }
            </select></label>
            <label>{ words.embed_height }<input type="number" min="240" max="2000" step="20" value={height.to_string()} onchange={onheight} /></label>
        </div>
    }
}

/// The HTML with which another site shows this.
fn frame(fragment: &str, title: &str, height: u32) -> String {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    let (address, title) = (escaped(&browser::address_with(fragment)), escaped(title));
    format!(
        "<iframe src=\"{address}\" title=\"{title}\" width=\"100%\" height=\"{height}\" loading=\"lazy\" allow=\"clipboard-write\"></iframe>"
    )
}
