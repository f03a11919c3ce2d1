//! The strip of tabs, and the panel of the one that is open.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use super::compare::Compare;
use super::console::Console;
use super::entrances::Entrances;
use super::pods::pods;
use super::tables::Tables;
use super::{Layout, PanelAction, Panels, Tab};
use crate::answer::Verdict;
use crate::page::answer::walk::Walk;
use crate::page::answer::what_if::WhatIfPanel;
use crate::page::answering::Answering;
use crate::page::context::{Here, use_here};
use crate::page::simulator::Simulator;
use crate::page::state::Action;
use crate::protocol::{Ask, Texts, WhatIf};
use crate::words::Words;
use crate::workspace::Workspace;

/// What [`Below`] is given.
#[derive(PartialEq, Properties)]
pub struct BelowProps {
    /// How much stands side by side.
    pub layout: Layout,
    /// Texts and question.
    pub workspace: Workspace,
    /// What is known.
    pub answering: Answering,
    /// What is different in the answer to compare with.
    pub what_if: WhatIf,
    /// Runs commands and makes tables.
    pub simulator: Rc<Simulator>,
    /// What is open, and what was said.
    pub panels: UseReducerHandle<Panels>,
    /// Changes the state.
    pub act: Callback<Action>,
}

/// Tabs by the pattern of the ARIA practices: one stop of the Tab key, arrows from one to the next.
#[component]
pub fn Below(props: &BelowProps) -> Html {
    let here = use_here();
    let (words, tabs) = (here.words(), props.layout.tabs());
    let open = props.layout.seen(props.panels.open);
    let dispatch = props.panels.dispatcher();
    let reach = dispatch.clone();
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if let Some(tab) = reached(&event.key(), open, tabs) {
            event.prevent_default();
            reach.dispatch(PanelAction::Open(tab));
            focus(&format!("#{}", id(tab)));
        }
    });
    let verdict = props.answering.verdict.as_deref().filter(|_| !props.workspace.is_blank());
    let strip = tabs.iter().map(|tab| {
        let (tab, dispatch) = (*tab, dispatch.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            dispatch.dispatch(PanelAction::Open(tab));
            if tab == Tab::Console {
                // Whoever presses it wants to type; the prompt is there in the next task.
                Timeout::new(0, || focus(".console-input")).forget();
            }
        });
        let is_open = open == tab;
        let count = verdict.and_then(|verdict| count(tab, verdict));
        html! {
            <button key={id(tab)} type="button" role="tab" id={id(tab)} aria-selected={is_open.to_string()}
                aria-controls={is_open.then(|| controlled(tab))} tabindex={if is_open { "0" } else { "-1" }} {onclick}>
                { title(tab, words) }
                if let Some(count) = count { <span class="count">{ count }</span> }
            </button>
        }
    });
    html! {
        <>
            <div class="strip" role="tablist" aria-label={words.panels} {onkeydown}>{ for strip }</div>
            if let Some(panel) = panel(open, props, &here) {
                <div class="panel" role="tabpanel" id="panel" aria-labelledby={id(open)} data-tab={id(open)}
                    tabindex={(open != Tab::Console).then_some("0")}>
                    { panel }
                </div>
            }
        </>
    }
}

/// What stands in a tab's panel; None where a part of the page does that stands elsewhere.
fn panel(tab: Tab, props: &BelowProps, here: &Here) -> Option<Html> {
    let BelowProps { workspace, answering, simulator, panels, act, what_if, .. } = props;
    let (files, simulator) = (workspace.files.clone(), simulator.clone());
    let perform = Callback::from(move |task| simulator.want(Ask::Task { texts: Texts::All(files.clone()), task }));
    let answer = answering.answer.clone();
    let verdict = answering.verdict.clone().filter(|_| !workspace.is_blank());
    let nothing = || html! { <p class="soft">{ here.words().nothing_asked }</p> };
    let of_verdict = |draw: &dyn Fn(Rc<Verdict>) -> Html| verdict.clone().map_or_else(nothing, draw);
    Some(match tab {
        Tab::Map | Tab::Yaml => return None,
        Tab::Walk => of_verdict(&|verdict| html! { <Walk {verdict} /> }),
        Tab::Answer | Tab::Pods => of_verdict(&|verdict| pods(&verdict, here)),
        Tab::WhatIf => of_verdict(&|verdict| {
            html! { <WhatIfPanel what_if={what_if.clone()} answer={answer.clone()} {verdict} act={act.clone()} /> }
        }),
        Tab::Console => {
            let (clients, asker) = (answer.clients.clone(), workspace.request.from.clone());
            html! { <Console {clients} {asker} panels={panels.clone()} {perform} act={act.clone()} /> }
        }
        Tab::Entrances => {
            let entrances = panels.entrances.clone();
            html! { <Entrances {entrances} {answer} {perform} act={act.clone()} /> }
        }
        Tab::Compare => {
            let (baseline, comparison) = (workspace.baseline.clone(), panels.comparison.clone());
            html! { <Compare {baseline} {comparison} {answer} {perform} act={act.clone()} /> }
        }
        Tab::Tables => {
            let tables = panels.tables.clone().unwrap_or_default();
            html! { <Tables {tables} {answer} {perform} /> }
        }
    })
}

/// The number beside a tab's name.
fn count(tab: Tab, verdict: &Verdict) -> Option<usize> {
    match tab {
        Tab::Walk => Some(verdict.legs.iter().map(|leg| leg.hops.len()).sum()),
        Tab::Pods => Some(verdict.landings.len()),
        _ => None,
    }
    .filter(|count| *count > 0)
}

/// The tab that a key leads to from the one that is open.
fn reached(key: &str, open: Tab, tabs: &[Tab]) -> Option<Tab> {
    let at = tabs.iter().position(|tab| *tab == open)?;
    let to = match key {
        "ArrowRight" => (at + 1) % tabs.len(),
        "ArrowLeft" => (at + tabs.len() - 1) % tabs.len(),
        "Home" => 0,
        "End" => tabs.len() - 1,
        _ => return None,
    };
    tabs.get(to).copied()
}

fn focus(selector: &str) {
    let document = web_sys::window().and_then(|window| window.document());
    let element = document.and_then(|document| document.query_selector(selector).ok()?);
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // Fails only for elements that take no focus.
        let _ = element.focus();
    }
}

/// The id of what a tab shows.
fn controlled(tab: Tab) -> &'static str {
    match tab {
        Tab::Map => "map",
        Tab::Yaml => "manifests",
        _ => "panel",
    }
}

/// The tab's id, by which `data-tab` of the page and the style sheet know it, too.
pub fn id(tab: Tab) -> &'static str {
    match tab {
        Tab::Answer => "tab-answer",
        Tab::Map => "tab-map",
        Tab::Walk => "tab-walk",
        Tab::Yaml => "tab-yaml",
        Tab::Console => "tab-console",
        Tab::Pods => "tab-pods",
        Tab::Entrances => "tab-entrances",
        Tab::WhatIf => "tab-what-if",
        Tab::Compare => "tab-compare",
        Tab::Tables => "tab-tables",
    }
}

fn title(tab: Tab, words: &'static Words) -> &'static str {
    match tab {
        Tab::Answer => words.answer,
        Tab::Map => words.map,
        Tab::Walk => words.walk,
        Tab::Yaml => words.yaml,
        Tab::Console => words.console,
        Tab::Pods => words.landings,
        Tab::Entrances => words.entrances,
        Tab::WhatIf => words.what_if,
        Tab::Compare => words.compare,
        Tab::Tables => words.tables,
    }
}
