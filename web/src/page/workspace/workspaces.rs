//! Several workspaces, each kept in this browser under its name: chosen, created, renamed, deleted, exported, imported.

use std::rc::Rc;

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::gallery;
use crate::language::Language;
use crate::page::context::use_here;
use crate::page::state::{Action, Notice, WorkspaceAction};
use crate::page::storage::{self, UnreadableRecord};
use crate::words::Words;
use crate::workspace::Workspace;
use whichpod_core::order::Order;

/// What [`Workspaces`] is given.
#[derive(PartialEq, Properties)]
pub struct WorkspacesProps {
    /// The name of the one at hand; empty for the one that everybody begins with.
    pub name: Rc<str>,
    /// The one at hand.
    pub workspace: Workspace,
    /// Changes the state.
    pub act: Callback<Action>,
}

/// A list to choose from, and below it, when unfolded, what can be done with workspaces.
#[component]
pub fn Workspaces(props: &WorkspacesProps) -> Html {
    let here = use_here();
    let words = here.words();
    let names = use_names(&props.name);
    let fields = (use_node_ref(), use_node_ref());
    let (name, workspace, act) = (props.name.clone(), props.workspace.clone(), props.act.clone());
    let desk = Desk { name, workspace, language: here.language, act };
    let onchange = {
        let desk = desk.clone();
        Callback::from(move |event: Event| desk.go(event.target_unchecked_into::<HtmlSelectElement>().value()))
    };
    let options = names.iter().map(|name| {
        let label = if name.is_empty() { words.workspace_first } else { name };
        html! { <option key={name.clone()} value={name.clone()} selected={**name == *props.name}>{ label }</option> }
    });
    html! {
        <details class="workspaces over">
            <summary><span class="visually-hidden">{ words.workspace }{ ": " }</span>{ shown(&props.name, words.workspace_first) }</summary>
            <div class="workspaces-body">
                <select aria-label={words.workspace} {onchange}>{ for options }</select>
                { tools(&desk, &names, fields, words) }
            </div>
        </details>
    }
}

fn shown(name: &str, first: &'static str) -> String {
    if name.is_empty() { first } else { name }.to_owned()
}

/// A name to create or rename with; delete, export, import. The nodes are the field of the name and that of the file.
fn tools(desk: &Desk, names: &[String], (field, file): (NodeRef, NodeRef), words: &'static Words) -> Html {
    let named = |then: fn(&Desk, String)| {
        let (desk, field, names) = (desk.clone(), field.clone(), names.to_vec());
        move || {
            let Some(field) = field.cast::<HtmlInputElement>() else { return };
            let wanted = field.value().trim().to_owned();
            if wanted.is_empty() {
                let _ = field.focus();
            } else {
                field.set_value("");
                then(&desk, storage::free_name(&names, &wanted));
            }
        }
    };
    let create = named(Desk::create);
    let onsubmit = Callback::from(move |event: SubmitEvent| {
        event.prevent_default();
        create();
    });
    let rename = named(Desk::rename);
    let rename = Callback::from(move |_: MouseEvent| rename());
    let press = |then: fn(&Desk)| {
        let desk = desk.clone();
        Callback::from(move |_: MouseEvent| then(&desk))
    };
    let choose = {
        let file = file.clone();
        Callback::from(move |_: MouseEvent| file.cast::<HtmlInputElement>().iter().for_each(|file| file.click()))
    };
    let onimport = {
        let (desk, names) = (desk.clone(), names.to_vec());
        Callback::from(move |event: Event| desk.import(event.target_unchecked_into(), names.clone()))
    };
    html! {
        <>
            <form class="workspaces-name" {onsubmit}>
                <input ref={field} aria-label={words.workspace_name} placeholder={words.workspace_name} />
                <button type="submit">{ words.workspace_create }</button>
                <button type="button" onclick={rename}>{ words.file_rename }</button>
            </form>
            <div class="workspaces-tools">
                <button type="button" onclick={press(Desk::delete)}>{ words.workspace_delete }</button>
                <button type="button" onclick={press(Desk::export)}>{ words.workspace_export }</button>
                <button type="button" onclick={choose}>{ words.workspace_import }</button>
                <input ref={file} type="file" hidden=true accept=".json" aria-label={words.workspace_import} onchange={onimport} />
            </div>
        </>
    }
}

/// The names of all that are kept, and of the one at hand.
#[hook]
fn use_names(name: &Rc<str>) -> UseStateHandle<Vec<String>> {
    let names = use_state_eq(Vec::new);
    let setter = names.setter();
    use_effect_with(name.clone(), move |name| {
        let here = name.to_string();
        wasm_bindgen_futures::spawn_local(async move {
            let mut names = storage::names().await;
            names.push(here);
            names.order();
            names.dedup();
            setter.set(names);
        });
    });
    names
}

/// The workspace at hand, and how to do something with it. What is at hand is written before another takes its place:
/// where that fails, it stays.
#[derive(Clone)]
struct Desk {
    name: Rc<str>,
    workspace: Workspace,
    language: Language,
    act: Callback<Action>,
}

impl Desk {
    fn go(&self, name: String) {
        let desk = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            if desk.keep().await {
                desk.act.emit(match kept(&name, desk.language).await {
                    Ok(there) => Action::Workspace(WorkspaceAction::Switch(name.into(), Box::new(there))),
                    Err(UnreadableRecord) => Action::Tell(Notice::RecordUnreadable),
                });
            }
        });
    }

    fn create(&self, name: String) {
        self.open(name, Workspace::of("", "external", ""));
    }

    fn open(&self, name: String, workspace: Workspace) {
        let desk = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            if desk.keep().await && desk.save(&name, &workspace).await {
                desk.act.emit(Action::Workspace(WorkspaceAction::Switch(name.into(), Box::new(workspace))));
            }
        });
    }

    fn rename(&self, name: String) {
        let desk = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            if desk.save(&name, &desk.workspace).await && storage::remove(&desk.name).await.is_ok() {
                desk.act.emit(Action::Workspace(WorkspaceAction::Rename(name.into())));
            }
        });
    }

    fn delete(&self) {
        let desk = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            if storage::remove(&desk.name).await.is_err() {
                return desk.act.emit(Action::Tell(Notice::StorageFailed));
            }
            let (next, workspace) = next(desk.language).await;
            desk.act.emit(Action::Workspace(WorkspaceAction::Deleted(next.into(), Box::new(workspace))));
        });
    }

    fn export(&self) {
        let name = if self.name.is_empty() { "manifests" } else { &*self.name };
        storage::export(&format!("{name}.whichpod.json"), self.workspace.entries());
    }

    fn import(&self, input: HtmlInputElement, names: Vec<String>) {
        let desk = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let read = storage::import(&input).await.ok();
            match read.and_then(|(name, entries)| Some((name, Workspace::from_entries(entries)?))) {
                Some((name, workspace)) => desk.open(storage::free_name(&names, &name), workspace),
                None => desk.act.emit(Action::Tell(Notice::ImportFailed)),
            }
        });
    }

    async fn keep(&self) -> bool {
        self.save(&self.name, &self.workspace).await
    }

    async fn save(&self, name: &str, workspace: &Workspace) -> bool {
        let saved = storage::save(name, workspace.entries()).await.is_ok();
        if !saved {
            self.act.emit(Action::Tell(Notice::StorageFailed));
        }
        saved
    }
}

/// What is kept under a name; the first example if that is nothing.
async fn kept(name: &str, language: Language) -> Result<Workspace, UnreadableRecord> {
    let kept = storage::load(name).await?;
    Ok(Workspace::from_entries(kept).unwrap_or_else(|| gallery::first(language)))
}

/// The first workspace that can be read; where there is none, the first example under a name that is free.
async fn next(language: Language) -> (String, Workspace) {
    let names = storage::names().await;
    for name in &names {
        if let Ok(there) = kept(name, language).await {
            return (name.clone(), there);
        }
    }
    let name = if names.is_empty() { String::new() } else { storage::another_name(language).await };
    (name, gallery::first(language))
}
