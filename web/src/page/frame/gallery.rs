//! The examples, to look through and to open, and what to try and notice in the one that is open.

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{Element, HtmlDialogElement, HtmlElement, HtmlInputElement};
use yew::prelude::*;

use crate::gallery::{Example, Theme, course_next, course_step};
use crate::language::Language;
use crate::page::browser;
use crate::page::context::use_here;
use crate::page::icon::{Sign, sign_icon};
use crate::page::state::{Action, Notice, Opened};
use crate::words::Words;
use crate::workspace::Workspace;

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

/// What [`Gallery`] is given.
#[derive(PartialEq, Properties)]
pub struct GalleryProps {
    /// All of them.
    pub examples: Rc<[Example]>,
    /// The one that is open.
    pub open: Option<Rc<str>>,
    /// Opens one.
    pub act: Callback<Action>,
}

/// A button, and the dialog in which an example is looked for: by words, by what it is about, by its picture.
#[component]
pub fn Gallery(props: &GalleryProps) -> Html {
    let here = use_here();
    let (words, language) = (here.words(), here.language);
    let (open, text, theme) = (use_state_eq(|| false), use_state_eq(String::new), use_state_eq(|| None::<Theme>));
    let dialog = use_node_ref();
    use_effect_with((*open, dialog.clone()), |(open, dialog)| {
        if let Some(dialog) = dialog.cast::<HtmlDialogElement>().filter(|dialog| *open && !dialog.open()) {
            // Fails only for a dialog outside the page.
            let _ = dialog.show_modal();
        }
    });
    let (setter, unsearched, all) = (open.setter(), text.setter(), theme.setter());
    let onopen = Callback::from(move |_: MouseEvent| {
        unsearched.set(String::new());
        all.set(None);
        setter.set(true);
    });
    let setter = open.setter();
    let onclose = Callback::from(move |_: Event| setter.set(false));
    let shown = dialog.clone();
    let close = Callback::from(move |()| shown.cast::<HtmlDialogElement>().iter().for_each(HtmlDialogElement::close));
    let setter = text.setter();
    let oninput = Callback::from(move |event: InputEvent| {
        setter.set(event.target_unchecked_into::<HtmlInputElement>().value());
    });
    let chips = Theme::ALL.map(|one| {
        let (setter, pressed) = (theme.setter(), *theme == Some(one));
        let onclick = Callback::from(move |_: MouseEvent| setter.set((!pressed).then_some(one)));
        html! {
            <button key={one.name()} type="button" class="chip" aria-pressed={pressed.to_string()} {onclick}>{ one.title(words) }</button>
        }
    });
    let needle = text.to_ascii_lowercase();
    let fits =
        |example: &&Example| theme.is_none_or(|theme| theme == example.theme) && example.mentions(&needle, language);
    let pick = Callback::from({
        let (act, close) = (props.act.clone(), close.clone());
        move |example: Option<Example>| {
            close.emit(());
            match example {
                Some(example) => wasm_bindgen_futures::spawn_local(self::open(example, language, act.clone())),
                None => act.emit(Action::Open(Box::new(Workspace::of("", "external", "")), Opened::Nothing)),
            }
        }
    });
    let found: Vec<&Example> = props.examples.iter().filter(fits).collect();
    let first = found.first().map(|example| (*example).clone());
    let taken = pick.clone();
    let onsubmit = Callback::from(move |event: SubmitEvent| {
        event.prevent_default();
        first.iter().for_each(|example| taken.emit(Some(example.clone())));
    });
    let onkeydown = Callback::from(|event: KeyboardEvent| match &*event.key() {
        "ArrowDown" => move_focus(&event, 1),
        "ArrowUp" => move_focus(&event, -1),
        _ => {}
    });
    let cards = found.iter().map(|example| card(example, props.open.as_ref() == Some(&example.id), &pick, language));
    html! {
        <>
            <button type="button" class="gallery-open" aria-haspopup="dialog" onclick={onopen}>{ words.examples }</button>
            <button type="button" class="labelled" onclick={pick.reform(|_: MouseEvent| None)}>
                { sign_icon(Sign::Plus) }{ " " }<span>{ words.new }</span>
            </button>
            <dialog class="gallery" aria-label={words.examples} ref={dialog} {onclose} {onkeydown}>
                if *open {
                    <form class="gallery-head" {onsubmit}>
                        <input type="search" aria-label={words.examples_search} placeholder={words.examples_search}
                            value={(*text).clone()} {oninput} />
                        <button type="button" onclick={close.reform(|_: MouseEvent| ())}>{ words.close }</button>
                    </form>
                    <div class="gallery-themes" role="group" aria-label={words.examples_theme}>{ for chips }</div>
                    <ul class="gallery-cards" aria-label={words.examples}>
                        { for cards }
                        if found.is_empty() { <li class="soft">{ words.examples_none }</li> }
                    </ul>
                }
            </dialog>
        </>
    }
}

fn card(example: &Example, is_open: bool, pick: &Callback<Option<Example>>, language: Language) -> Html {
    let taken = example.clone();
    let onclick = pick.reform(move |_: MouseEvent| Some(taken.clone()));
    let step = course_step(&example.id).map(|(at, of)| format!("{at}/{of} "));
    html! {
        <li key={&*example.id}>
            <button type="button" class="gallery-card" data-example={example.id.to_string()} aria-current={is_open.then_some("true")} {onclick}>
                <img src={example.picture()} alt="" loading="lazy" width="150" height="60" />
                <strong>{ step.unwrap_or_default() }{ example.title.of(language) }</strong>
                { " " }<span class="soft">{ example.notice.of(language) }</span>
            </button>
        </li>
    }
}

/// From card to card, and from the search to the first.
fn move_focus(event: &KeyboardEvent, step: i32) {
    let target = event.target_dyn_into::<Element>();
    let Some(dialog) = target.as_ref().and_then(|target| target.closest(".gallery").ok()?) else { return };
    let Some(cards) = dialog.query_selector_all(".gallery-card").ok() else { return };
    let own =
        |at: &u32| cards.item(*at).is_some_and(|card| target.as_ref().is_some_and(|at| card.is_same_node(Some(at))));
    let next = (0..cards.length()).find(own).map_or(0, |at| at as i32 + step);
    let next = cards.item(next.clamp(0, cards.length() as i32 - 1) as u32);
    if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
        event.prevent_default();
        // Fails only for elements that take no focus.
        let _ = next.focus();
    }
}

/// Opens the example that a link leads to.
pub async fn open_linked(id: Rc<str>, language: Language, act: Callback<Action>) {
    let rows = load_rows().await.map(|rows| read(&rows)).unwrap_or_default();
    match rows.iter().find(|example| example.id == id) {
        Some(example) => open(example.clone(), language, act.clone()).await,
        None => {
            act.emit(Action::StopOpening);
            act.emit(Action::Tell(if rows.is_empty() { Notice::ExampleFailed } else { Notice::ExampleMissing(id) }));
        }
    }
}

async fn open(example: Example, language: Language, act: Callback<Action>) {
    match browser::fetch(&example.url()).await {
        Ok(text) => act.emit(Action::Open(Box::new(example.workspace(&text, language)), Opened::Example(example.id))),
        Err(_) => {
            act.emit(Action::StopOpening);
            act.emit(Action::Tell(Notice::ExampleFailed));
        }
    }
}

/// What the open example shows, and how to lead others to it. `embedded`: the page is a part of another site's.
pub fn guide(example: &Example, all: &[Example], embedded: bool, act: &Callback<Action>, language: Language) -> Html {
    let words = Words::of(language);
    let Example { title, notice, .. } = example;
    let heading = html! { <>{ title.of(language) }</> };
    // An embedded page has no head of its own.
    let heading = if embedded {
        html! { <h1>{ heading }</h1> }
    } else {
        html! { <h2>{ heading }</h2> }
    };
    let step = course_step(&example.id).filter(|_| !embedded);
    let next =
        course_next(&example.id).and_then(|id| all.iter().find(|example| *example.id == *id)).filter(|_| !embedded);
    let next = next.map(|next| {
        let (next, act) = (next.clone(), act.clone());
        let title = next.title.of(language).to_owned();
        let onclick = Callback::from(move |_: MouseEvent| {
            wasm_bindgen_futures::spawn_local(open(next.clone(), language, act.clone()));
        });
        html! { <button type="button" class="chip guide-next" {title} {onclick}>{ words.guide_next }{ " →" }</button> }
    });
    let attempt = example.attempts(language).map(|(piece, ask)| match ask {
        Some(ask) => {
            let onclick = act.reform(move |_: MouseEvent| Action::Ask(ask.clone()));
            html! { <button type="button" class="guide-ask" {onclick}><code>{ piece }</code></button> }
        }
        None => html! { { piece } },
    });
    html! {
        <>
        <details class="guide" data-example={example.id.to_string()}>
            <summary>
                if let Some((at, of)) = step { <span class="soft">{ format!("{at} {} {of}: ", words.guide_of) }</span> }
                { heading }
            </summary>
            <div class="guide-body">
                <p><strong>{ words.guide_try }</strong>{ " " }{ for attempt }</p>
                <p><strong>{ words.guide_notice }</strong>{ " " }{ notice.of(language) }</p>
            </div>
        </details>
        { next.unwrap_or_default() }
        </>
    }
}
