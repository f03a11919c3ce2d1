//! The strip of tabs, and the panel of the one that is open.

use std::rc::Rc;

use web_sys::HtmlElement;
use yew::prelude::*;

use super::console::Console;
use super::tables::Tables;
use super::{PanelAction, Panels, Tab};
use crate::answer::{Answer, ClientGroup};
use crate::page::context::use_words;
use crate::page::simulator::Simulator;
use crate::page::state::Action;
use crate::protocol::{Ask, Texts};
use crate::words::Words;
use crate::workspace::Workspace;

/// What [`PanelTabs`] is given.
#[derive(PartialEq, Properties)]
pub struct PanelTabsProps {
    /// Texts and question.
    pub workspace: Workspace,
    /// The last answer: who can ask.
    pub answer: Rc<Answer>,
    /// Runs commands and makes tables.
    pub simulator: Rc<Simulator>,
    /// What is open, and what was said.
    pub panels: UseReducerHandle<Panels>,
    /// Changes the state.
    pub act: Callback<Action>,
}

const TABS: [Tab; 2] = [Tab::Console, Tab::Tables];

/// Tabs; pressing the open one closes it.
#[component]
pub fn PanelTabs(props: &PanelTabsProps) -> Html {
    let words = use_words();
    let open = props.panels.open;
    let dispatch = props.panels.dispatcher();
    let reach = dispatch.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if let Some(tab) = reached(&event.key(), open) {
            event.prevent_default();
            reach.dispatch(PanelAction::Open(tab));
            focus(tab);
        }
    });
    let tabs = TABS.map(|tab| {
        let onclick = dispatch.clone();
        let onclick = Callback::from(move |_: MouseEvent| onclick.dispatch(PanelAction::Toggle(tab)));
        let is_open = open == Some(tab);
        let reachable = is_open || (open.is_none() && tab == TABS[0]);
        html! {
            <button key={id(tab)} type="button" role="tab" id={id(tab)} aria-selected={is_open.to_string()}
                aria-controls={is_open.then(|| format!("{}-panel", id(tab)))}
                tabindex={if reachable { "0" } else { "-1" }} {onclick}>{ title(tab, words) }</button>
        }
    });
    let onclose = Callback::from(move |_: MouseEvent| dispatch.dispatch(PanelAction::Close));
    html! {
        <section class="panels" data-open={open.map(|_| "")} aria-label={words.panels}>
            <div class="panels-head">
                <div role="tablist" aria-label={words.panels} {onkeydown}>{ for tabs }</div>
                if open.is_some() {
                    <button type="button" class="quiet" onclick={onclose}>{ words.close }</button>
                }
            </div>
            if let Some(tab) = open {
                <div class="panel" role="tabpanel" id={format!("{}-panel", id(tab))} aria-labelledby={id(tab)}>
                    { panel(tab, props) }
                </div>
            }
        </section>
    }
}

fn panel(tab: Tab, props: &PanelTabsProps) -> Html {
    let PanelTabsProps { workspace, answer, simulator, panels, act } = props;
    let files = workspace.files.clone();
    let simulator = simulator.clone();
    let perform = Callback::from(move |task| simulator.want(Ask::Task { texts: Texts::All(files.clone()), task }));
    match tab {
        Tab::Console => {
            let clients: Rc<[ClientGroup]> = answer.clients.clone();
            let asker = workspace.request.from.clone();
            html! { <Console {clients} {asker} panels={panels.clone()} {perform} act={act.clone()} /> }
        }
        Tab::Tables => {
            let tables = panels.tables.clone().unwrap_or_default();
            html! { <Tables {tables} answer={answer.clone()} {perform} /> }
        }
    }
}

/// The tab that a key leads to from the one that is open.
fn reached(key: &str, open: Option<Tab>) -> Option<Tab> {
    match (key, open) {
        ("ArrowRight" | "ArrowLeft", Some(Tab::Console)) | ("End", _) => Some(Tab::Tables),
        ("ArrowRight" | "ArrowLeft", Some(Tab::Tables) | None) | ("Home", _) => Some(Tab::Console),
        _ => None,
    }
}

fn focus(tab: Tab) {
    use wasm_bindgen::JsCast;
    let document = web_sys::window().and_then(|window| window.document());
    let element = document.and_then(|document| document.get_element_by_id(id(tab)));
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // Fails only for elements that take no focus.
        let _ = element.focus();
    }
}

fn id(tab: Tab) -> &'static str {
    match tab {
        Tab::Console => "tab-console",
        Tab::Tables => "tab-tables",
    }
}

fn title(tab: Tab, words: &'static Words) -> &'static str {
    match tab {
        Tab::Console => words.console,
        Tab::Tables => words.tables,
    }
}
