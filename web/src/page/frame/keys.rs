//! Which keys do what on the page: a dialog that a button opens, and `?` where nothing is being typed.

use gloo_events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement, HtmlInputElement, KeyboardEvent};
use yew::prelude::*;

use crate::page::browser;
use crate::page::context::use_words;
use crate::page::icon::{Sign, sign_icon};
use crate::words::Words;

/// The setting that leaves `?` to the browser: people who speak to their computer send single characters by accident,
/// so it must be possible to do without them (WCAG 2.2, 2.1.4).
const SETTING: &str = "question-mark";

/// Where a character is text.
const TYPING: &str = "input:not([type=checkbox]), textarea, [contenteditable=true]";

/// A button, and the dialog it opens. The browser keeps the focus in the dialog, closes it on Escape and gives the focus
/// back.
#[component]
pub fn Keys() -> Html {
    let words = use_words();
    let open = use_state_eq(|| false);
    let listens = use_state_eq(|| browser::setting(SETTING).as_deref() != Some("off"));
    let dialog = use_node_ref();
    use_effect_with((*open, dialog.clone()), |(open, dialog)| {
        if let Some(dialog) = dialog.cast::<HtmlDialogElement>().filter(|dialog| *open && !dialog.open()) {
            // Fails only for a dialog outside the page.
            let _ = dialog.show_modal();
        }
    });
    let onopen = use_callback(open.setter(), |(), open| open.set(true));
    use_question_mark(*listens, &onopen);
    let (setter, shown) = (open.setter(), dialog.clone());
    let onclose = Callback::from(move |_: Event| setter.set(false));
    let dismiss = Callback::from(move |_: MouseEvent| {
        shown.cast::<HtmlDialogElement>().iter().for_each(HtmlDialogElement::close);
    });
    let setter = listens.setter();
    let onlisten = Callback::from(move |event: Event| {
        let wanted = event.target_unchecked_into::<HtmlInputElement>().checked();
        browser::keep_setting(SETTING, if wanted { "on" } else { "off" });
        setter.set(wanted);
    });
    html! {
        <>
            <button type="button" class="tool keys-open" aria-haspopup="dialog" aria-label={words.keys} title={words.keys}
                onclick={onopen.reform(|_: MouseEvent| ())}>
                { sign_icon(Sign::Keys) }
            </button>
            <dialog class="keys" aria-labelledby="keys-title" ref={dialog} {onclose}>
                if *open {
                    <div class="keys-head">
                        <h2 id="keys-title">{ words.keys }</h2>
                        <button type="button" onclick={dismiss}>{ words.close }</button>
                    </div>
                    <div class="keys-groups">{ for groups(words).iter().map(group) }</div>
                    <p class="soft">{ words.keys_mac }</p>
                    <label class="keys-setting">
                        <input type="checkbox" checked={*listens} onchange={onlisten} />{ words.keys_setting }
                    </label>
                }
            </dialog>
        </>
    }
}

/// Calls `open` when `?` is pressed where nothing is being typed.
#[hook]
fn use_question_mark(listens: bool, open: &Callback<()>) {
    use_effect_with((listens, open.clone()), |(listens, open)| {
        let open = open.clone();
        let window = web_sys::window().filter(|_| *listens);
        let listener = window.map(|window| {
            EventListener::new(&window, "keydown", move |event| {
                if event.dyn_ref::<KeyboardEvent>().is_some_and(is_question_mark) {
                    open.emit(());
                }
            })
        });
        move || drop(listener)
    });
}

fn is_question_mark(event: &KeyboardEvent) -> bool {
    let at = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let typing = at.and_then(|at| at.closest(TYPING).ok().flatten()).is_some();
    let modified = event.ctrl_key() || event.alt_key() || event.meta_key();
    event.key() == "?" && !modified && !event.is_composing() && !typing
}

/// A part of the page and its keys.
struct Group {
    title: &'static str,
    keys: Vec<(&'static [&'static str], &'static str)>,
}

fn group(group: &Group) -> Html {
    let rows = group.keys.iter().map(|(keys, what)| {
        let keys = keys.iter().map(|key| html! { <kbd key={*key}>{ *key }</kbd> });
        html! { <div key={*what}><dt>{ for keys }</dt><dd>{ *what }</dd></div> }
    });
    html! { <section key={group.title}><h3>{ group.title }</h3><dl>{ for rows }</dl></section> }
}

/// Every key that does something, where it does.
fn groups(words: &'static Words) -> [Group; 7] {
    let group = |title, keys: &[(&'static [&'static str], &'static str)]| Group { title, keys: keys.to_vec() };
    [
        group(words.keys_everywhere, &[(&["?"], words.key_keys), (&["Escape"], words.key_close)]),
        group(
            words.keys_editor,
            &[
                (&["Ctrl-Space"], words.key_complete),
                (&["F1"], words.key_explain),
                (&["F8"], words.key_problem),
                (&["Ctrl-Shift-M"], words.key_problems),
                (&["Alt-←"], words.key_back),
                (&["Ctrl-Shift-[", "Ctrl-Shift-]"], words.key_fold),
                (&["Ctrl-Alt-[", "Ctrl-Alt-]"], words.key_fold_all),
                (&["Ctrl-F"], words.key_search),
                (&["F3", "Shift-F3"], words.key_found),
                (&["Ctrl-Alt-G"], words.key_line),
                (&["Ctrl-Z", "Ctrl-Y"], words.key_undo),
                (&["Tab", "Shift-Tab"], words.key_indent),
                (&["Ctrl-/"], words.key_comment),
                (&["Alt-↑", "Alt-↓"], words.key_move),
                (&["Escape", "Tab"], words.key_leave),
            ],
        ),
        group(
            words.files,
            &[
                (&["←", "→", "Home", "End"], words.key_file),
                (&["F2"], words.key_file_name),
                (&["Delete"], words.key_file_close),
            ],
        ),
        group(
            words.command,
            &[
                (&["Enter"], words.key_send),
                (&["Alt-↓"], words.key_offer),
                (&["↓", "↑", "Enter"], words.key_take),
                (&["↑", "↓"], words.key_recall),
            ],
        ),
        group(words.map, &[(&["Tab"], words.key_spot), (&["Enter", "Space"], words.key_press)]),
        group(
            words.console,
            &[(&["Enter"], words.key_run), (&["↑", "↓"], words.key_earlier), (&["Tab"], words.key_word)],
        ),
        group(words.keys_menus, &[(&["↑", "↓"], words.key_menu), (&["←", "→", "Home", "End"], words.key_panel)]),
    ]
}
