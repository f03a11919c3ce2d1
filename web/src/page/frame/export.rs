//! What can be taken away: the walk, the map, the case as a routing test, all files as one.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{HtmlElement, Node};
use yew::prelude::*;

use crate::answer::Verdict;
use crate::page::browser;
use crate::page::context::use_here;
use crate::page::frame::markdown;
use crate::page::icon::{Sign, sign_icon};
use crate::page::simulator::Simulator;
use crate::page::state::{Action, Notice};
use crate::protocol::{Ask, Task, Texts};
use crate::words::Words;
use crate::workspace::Workspace;

#[wasm_bindgen(module = "/js/take.js")]
extern "C" {
    fn save(name: &str, content: &str, kind: &str);

    #[wasm_bindgen(js_name = saveMapAsSvg)]
    fn save_map_as_svg(name: &str) -> bool;

    #[wasm_bindgen(catch, js_name = saveMapAsPng)]
    async fn save_map_as_png(name: &str) -> Result<JsValue, JsValue>;
}

const YAML: &str = "application/yaml";

/// Saves a routing test that the worker wrote.
pub fn save_routing_test(text: &str) {
    save("whichpod-test.yaml", text, YAML);
}

/// Something to take away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Walk,
    MapAsSvg,
    MapAsPng,
    RoutingTest,
    Manifests,
}

const PIECES: [Piece; 5] = [Piece::Walk, Piece::MapAsSvg, Piece::MapAsPng, Piece::RoutingTest, Piece::Manifests];

/// What [`TakeMenu`] is given.
#[derive(PartialEq, Properties)]
pub struct TakeMenuProps {
    /// Texts and question.
    pub workspace: Workspace,
    /// The answer; without one there is no walk and no map.
    pub verdict: Option<Rc<Verdict>>,
    /// Writes routing tests.
    pub simulator: Rc<Simulator>,
    /// Tells what was done.
    pub act: Callback<Action>,
}

/// A button that opens a menu. Arrows go through it, Escape closes it.
#[component]
pub fn TakeMenu(props: &TakeMenuProps) -> Html {
    let words = use_here().words();
    let open = use_state_eq(|| false);
    let menu = use_node_ref();
    use_effect_with((*open, menu.clone()), |(open, menu)| {
        if *open {
            focus(menu, 0, 0);
        }
    });
    let setter = open.setter();
    let is_open = *open;
    let toggled = setter.clone();
    let onclick = Callback::from(move |_: MouseEvent| toggled.set(!is_open));
    let (keyed, closed) = (menu.clone(), setter.clone());
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        match &*event.key() {
            "ArrowDown" => focus(&keyed, current(&keyed) + 1, 0),
            "ArrowUp" => focus(&keyed, current(&keyed) - 1, -1),
            "Home" => focus(&keyed, 0, 0),
            "End" => focus(&keyed, -1, -1),
            "Escape" => {
                closed.set(false);
                focus_button(&keyed);
            }
            _ => return,
        }
        event.prevent_default();
    });
    let (left, closed) = (menu.clone(), setter.clone());
    let onfocusout = Callback::from(move |event: FocusEvent| {
        let next = event.related_target().and_then(|target| target.dyn_into::<Node>().ok());
        let whole = left.cast::<Node>().and_then(|menu| menu.parent_node());
        if !whole.is_some_and(|whole| whole.contains(next.as_ref())) {
            closed.set(false);
        }
    });
    let items = PIECES.map(|piece| {
        let TakeMenuProps { workspace, verdict, simulator, act } = props;
        let (workspace, verdict, simulator) = (workspace.clone(), verdict.clone(), simulator.clone());
        let (act, setter, menu) = (act.clone(), setter.clone(), menu.clone());
        let missing = verdict.as_ref().is_none_or(|verdict| verdict.legs.is_empty());
        let disabled = missing && matches!(piece, Piece::Walk | Piece::MapAsSvg | Piece::MapAsPng);
        let onclick = Callback::from(move |_: MouseEvent| {
            setter.set(false);
            focus_button(&menu);
            let taking = Taking { workspace: &workspace, verdict: verdict.as_deref(), words };
            taking.take(piece, &simulator, &act);
        });
        html! {
            <button key={label(piece, words)} type="button" role="menuitem" tabindex="-1" {disabled} {onclick}>
                { label(piece, words) }
            </button>
        }
    });
    html! {
        <div class="export" {onfocusout}>
            <button type="button" class="labelled" aria-haspopup="menu" aria-expanded={is_open.to_string()} {onclick}>
                { sign_icon(Sign::Export) }{ " " }<span>{ words.take }</span>
            </button>
            <div class="export-menu" role="menu" aria-label={words.take} hidden={!is_open} ref={menu} {onkeydown}>
                { for items }
            </div>
        </div>
    }
}

/// What is there to take from.
struct Taking<'t> {
    workspace: &'t Workspace,
    verdict: Option<&'t Verdict>,
    words: &'static Words,
}

impl Taking<'_> {
    fn take(&self, piece: Piece, simulator: &Simulator, act: &Callback<Action>) {
        let Workspace { files, request, .. } = self.workspace;
        match piece {
            Piece::Walk => {
                let Some(verdict) = self.verdict else { return };
                let (text, act) = (markdown::walk(request, verdict, self.words), act.clone());
                wasm_bindgen_futures::spawn_local(async move {
                    let copied = browser::copy(&text).await.is_ok();
                    act.emit(Action::Tell(if copied { Notice::WalkCopied } else { Notice::CopyRefused }));
                });
            }
            Piece::MapAsSvg => drop(save_map_as_svg("whichpod-map.svg")),
            Piece::MapAsPng => {
                let act = act.clone();
                wasm_bindgen_futures::spawn_local(async move {
                    if save_map_as_png("whichpod-map.png").await.is_err() {
                        act.emit(Action::Tell(Notice::PictureFailed));
                    }
                });
            }
            Piece::RoutingTest => {
                let task = Task::RoutingTest(request.clone());
                simulator.want(Ask::Task { texts: Texts::All(files.clone()), task });
            }
            Piece::Manifests => save("manifests.yaml", &self.workspace.one_text(), YAML),
        }
    }
}

fn label(piece: Piece, words: &'static Words) -> &'static str {
    match piece {
        Piece::Walk => words.take_walk,
        Piece::MapAsSvg => words.take_svg,
        Piece::MapAsPng => words.take_png,
        Piece::RoutingTest => words.take_test,
        Piece::Manifests => words.take_manifests,
    }
}

fn items(menu: &NodeRef) -> Vec<HtmlElement> {
    let found = menu.cast::<web_sys::Element>().and_then(|menu| menu.query_selector_all("button:enabled").ok());
    let Some(found) = found else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.get(at)?.dyn_into().ok()).collect()
}

/// Which item has the focus; -1 for none.
fn current(menu: &NodeRef) -> i32 {
    let focused = web_sys::window().and_then(|window| window.document()?.active_element());
    let at = items(menu).iter().position(|item| focused.as_ref().is_some_and(|focused| **item == *focused));
    at.map_or(-1, |at| at as i32)
}

/// Focuses an item; beyond the ends, it begins again. `past` is where it goes from nowhere: the first or the last.
fn focus(menu: &NodeRef, at: i32, past: i32) {
    let items = items(menu);
    let at = if at < 0 { past } else { at };
    let at = at.rem_euclid(items.len().max(1) as i32);
    if let Some(item) = items.get(at as usize) {
        // Fails only for elements that take no focus.
        let _ = item.focus();
    }
}

fn focus_button(menu: &NodeRef) {
    let button = menu.cast::<web_sys::Element>().and_then(|menu| menu.previous_element_sibling());
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        let _ = button.focus();
    }
}
