//! The walk: every step from the name lookup to the port, a line each. The step that decided stands open.

use std::collections::BTreeSet;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

use crate::answer::{ConnectionPurpose, Fragment, Hop, Leg, Turn, Verdict};
use crate::page::answer::hop::{Step, hop_row};
use crate::page::context::use_here;
use crate::words::Words;

/// What [`Walk`] is given.
#[derive(PartialEq, Properties)]
pub struct WalkProps {
    /// The walk's answer.
    pub verdict: Rc<Verdict>,
    /// What the list is called; the walk, unless said.
    #[prop_or_default]
    pub label: Option<&'static str>,
}

/// The steps in order, connection by connection.
#[component]
pub fn Walk(props: &WalkProps) -> Html {
    let here = use_here();
    // Those that somebody opened or closed, against what they are by themselves.
    let turned = use_state_eq(BTreeSet::<usize>::new);
    let setter = turned.setter();
    use_effect_with(props.verdict.clone(), move |_| setter.set(BTreeSet::new()));
    let onturn = use_callback(turned.clone(), |at: usize, turned| {
        let mut next = (**turned).clone();
        if !next.remove(&at) {
            next.insert(at);
        }
        turned.set(next);
    });
    let decided = deciding(&props.verdict);
    let steps = props.verdict.legs.iter().flat_map(|leg| headed(leg, here.words()));
    let steps = steps.enumerate().map(|(at, (heading, hop))| {
        let is_open = (decided == Some(at)) != turned.contains(&at);
        hop_row(&Step { at, heading, is_open, decides: decided == Some(at) }, hop, &onturn, &here)
    });
    let onkeydown = Callback::from(|event: KeyboardEvent| {
        let step = match &*event.key() {
            "j" | "ArrowDown" => 1,
            "k" | "ArrowUp" => -1,
            _ => return,
        };
        event.prevent_default();
        move_focus(&event, step);
    });
    html! {
        <ol class="walk" aria-label={props.label.unwrap_or(here.words().walk)} {onkeydown}>{ for steps }</ol>
    }
}

/// The step that the answer names as its reason, else the last one where the request goes no further.
fn deciding(verdict: &Verdict) -> Option<usize> {
    let hops: Vec<&Hop> = verdict.legs.iter().flat_map(|leg| &leg.hops).collect();
    let why = verdict.why().or_else(|| verdict.landings.first().map(|landing| &landing.why));
    let named = why.into_iter().flatten().find(|fragment| matches!(fragment, Fragment::Link(..)));
    let names = |hop: &&Hop| hop.because.iter().flatten().any(|fragment| Some(fragment) == named);
    let last = hops.last().filter(|hop| matches!(hop.turn, Turn::Drop | Turn::Refuse | Turn::Unknown));
    last.map(|_| hops.len() - 1).or_else(|| hops.iter().rposition(names))
}

/// The hops of a leg; the first carries what the leg is for.
fn headed<'l>(leg: &'l Leg, words: &'static Words) -> impl Iterator<Item = (Option<&'static str>, &'l Hop)> {
    let purpose = match leg.purpose {
        ConnectionPurpose::Resolve => words.leg_resolve,
        ConnectionPurpose::Connect => words.leg_connect,
        ConnectionPurpose::Proxy => words.leg_proxy,
    };
    leg.hops.iter().enumerate().map(move |(at, hop)| ((at == 0).then_some(purpose), hop))
}

/// To the next step's button, or the one before.
fn move_focus(event: &KeyboardEvent, step: i32) {
    let target = event.target_dyn_into::<Element>();
    let Some(list) = target.as_ref().and_then(|target| target.closest(".walk").ok()?) else { return };
    let Some(rows) = list.query_selector_all(".hop-turner").ok() else { return };
    let current = target.and_then(|target| target.closest(".hop").ok()?);
    let own = |at: &u32| {
        let row = rows.item(*at).and_then(|row| row.dyn_into::<Element>().ok());
        row.and_then(|row| row.closest(".hop").ok()?) == current
    };
    let at = (0..rows.length()).find(own).map_or(0, |at| at as i32 + step);
    let next = rows.item(at.clamp(0, rows.length() as i32 - 1) as u32);
    if let Some(next) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
        // Fails only for elements that take no focus.
        let _ = next.focus();
    }
}
