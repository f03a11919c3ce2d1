//! One tab for each file, and what can be done with files.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use crate::page::context::use_words;
use crate::page::icon::{Sign, sign_icon};
use crate::page::state::{Action, FileAction};
use crate::page::workspace::editor::PANEL;
use crate::page::workspace::files;
use crate::words::Words;
use crate::workspace::TextFile;

/// What [`Tabs`] is given.
#[derive(PartialEq, Properties)]
pub struct TabsProps {
    /// All files.
    pub files: Rc<[TextFile]>,
    /// The one in the editor.
    pub active: usize,
    /// Changes the state.
    pub act: Callback<Action>,
}

/// The tabs, or in their place the name that is being changed; then what opens, renames and closes files.
#[component]
pub fn Tabs(props: &TabsProps) -> Html {
    let words = use_words();
    let renaming = use_state(|| false);
    let inputs = (use_node_ref(), use_node_ref());
    let (active, setter) = (props.active, renaming.setter());
    let act = props.act.reform(Action::File);
    let begin = Callback::from(move |()| setter.set(true));
    let (named, setter) = (act.clone(), renaming.setter());
    let done = Callback::from(move |name: Option<Rc<str>>| {
        setter.set(false);
        name.into_iter().for_each(|name| named.emit(FileAction::Rename(active, name)));
    });
    let add = act.reform(|_: MouseEvent| FileAction::Add);
    let close = act.reform(move |_: MouseEvent| FileAction::Close(active));
    let rename = begin.reform(|_: MouseEvent| ());
    let name = props.files.get(props.active).map(|file| file.name.clone()).unwrap_or_else(|| "".into());
    html! {
        <div class="tabs">
            if *renaming {
                <Renaming {name} {done} />
            } else {
                <TabList files={props.files.clone()} active={props.active} {act} rename={begin} />
            }
            <div class="tabs-tools">
                <button type="button" class="tool" aria-label={words.file_new} title={words.file_new} onclick={add}>
                    { sign_icon(Sign::Plus) }
                </button>
                <button type="button" class="tool" aria-label={words.file_rename} title={words.file_rename} onclick={rename}>
                    { sign_icon(Sign::Pencil) }
                </button>
                <button type="button" class="tool" aria-label={words.file_close} title={words.file_close} onclick={close}>
                    { sign_icon(Sign::Cross) }
                </button>
                { openers(props, inputs, words) }
            </div>
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct TabListProps {
    files: Rc<[TextFile]>,
    active: usize,
    act: Callback<FileAction>,
    rename: Callback<()>,
}

/// The tabs proper: one stop of the Tab key, arrows from one to the next (the tabs pattern of the ARIA practices).
#[component]
fn TabList(props: &TabListProps) -> Html {
    let words = use_words();
    let list = use_node_ref();
    // The tab that takes a closed one's place takes the focus, too.
    let refocus = use_mut_ref(|| false);
    let closed = refocus.clone();
    use_effect_with((props.active, props.files.len(), list.clone()), move |(active, _, list)| {
        let tab = tab(list, *active);
        tab.iter().for_each(|tab| {
            if closed.replace(false) {
                let _ = tab.focus();
            }
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            options.set_inline(web_sys::ScrollLogicalPosition::Nearest);
            tab.scroll_into_view_with_scroll_into_view_options(&options);
        });
    });
    let onkeydown = {
        let (active, count, list) = (props.active, props.files.len(), list.clone());
        let (act, rename) = (props.act.clone(), props.rename.clone());
        Callback::from(move |event: KeyboardEvent| {
            let to = match event.key().as_str() {
                "ArrowRight" => (active + 1) % count,
                "ArrowLeft" => (active + count - 1) % count,
                "Home" => 0,
                "End" => count - 1,
                "Delete" => {
                    refocus.replace(true);
                    return act.emit(FileAction::Close(active));
                }
                "F2" => return rename.emit(()),
                _ => return,
            };
            event.prevent_default();
            act.emit(FileAction::Show(to));
            tab(&list, to).iter().for_each(|tab| _ = tab.focus());
        })
    };
    let tabs = props.files.iter().enumerate().map(|(at, file)| {
        let selected = at == props.active;
        let onclick = props.act.reform(move |_: MouseEvent| FileAction::Show(at));
        let ondblclick = props.rename.reform(|_: MouseEvent| ());
        html! {
            <button key={&*file.name} type="button" role="tab" class="tab" aria-selected={selected.to_string()}
                aria-controls={PANEL} tabindex={if selected { "0" } else { "-1" }} {onclick} {ondblclick}>
                { &*file.name }
            </button>
        }
    });
    html! {
        <div class="tabs-list" role="tablist" aria-label={words.files} aria-description={words.tabs_hint} ref={list} {onkeydown}>
            { for tabs }
        </div>
    }
}

fn tab(list: &NodeRef, at: usize) -> Option<HtmlElement> {
    list.cast::<HtmlElement>()?.children().item(at as u32)?.dyn_into().ok()
}

#[derive(PartialEq, Properties)]
struct RenamingProps {
    name: Rc<str>,
    done: Callback<Option<Rc<str>>>,
}

/// A field for the name: Enter or leaving it takes the name over, Escape does not.
#[component]
fn Renaming(props: &RenamingProps) -> Html {
    let words = use_words();
    let field = use_node_ref();
    use_effect_with(field.clone(), |field| {
        if let Some(field) = field.cast::<HtmlInputElement>() {
            let _ = field.focus();
            field.select();
        }
    });
    let take = {
        let (field, done) = (field.clone(), props.done.clone());
        move || done.emit(field.cast::<HtmlInputElement>().map(|field| field.value().into()))
    };
    let onsubmit = {
        let take = take.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            take();
        })
    };
    let onblur = Callback::from(move |_: FocusEvent| take());
    let done = props.done.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if event.key() == "Escape" {
            done.emit(None);
        }
    });
    html! {
        <form class="tabs-rename" {onsubmit}>
            <input ref={field} aria-label={words.file_name} value={props.name.to_string()} {onblur} {onkeydown} />
        </form>
    }
}

/// Opens files, or a folder with everything in it: buttons that press the browser's own, which are hidden.
fn openers(props: &TabsProps, (one, many): (NodeRef, NodeRef), words: &'static Words) -> Html {
    let (files, act) = (props.files.clone(), props.act.clone());
    let onchange = Callback::from(move |event: Event| {
        let held = files.iter().map(|file| file.text.size()).sum();
        files::open_chosen(event.target_unchecked_into(), held, act.clone());
    });
    let press = |field: &NodeRef| {
        let field = field.clone();
        Callback::from(move |_: MouseEvent| field.cast::<HtmlInputElement>().iter().for_each(|field| field.click()))
    };
    html! {
        <>
            <button type="button" class="tool" aria-label={words.files_open} title={words.files_open} onclick={press(&one)}>
                { sign_icon(Sign::Page) }
            </button>
            <button type="button" class="tool" aria-label={words.folder_open} title={words.folder_open} onclick={press(&many)}>
                { sign_icon(Sign::Folder) }
            </button>
            <input ref={one} type="file" hidden=true multiple=true aria-label={words.files_open} onchange={onchange.clone()} />
            <input ref={many} type="file" hidden=true webkitdirectory=true aria-label={words.folder_open} {onchange} />
        </>
    }
}
