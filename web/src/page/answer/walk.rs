//! The walk: every step from the name lookup to the port, a line each. The step that decided stands open; several in a row in
//! which nothing that somebody wrote decides are one line until somebody wants them.

use std::collections::BTreeSet;
use std::ops::Range;
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
    let unfolded = use_state_eq(BTreeSet::<usize>::new);
    let setter = unfolded.setter();
    use_effect_with(props.verdict.clone(), move |_| setter.set(BTreeSet::new()));
    let onfold = use_callback(unfolded.clone(), |at: usize, unfolded| {
        let mut next = (**unfolded).clone();
        if !next.remove(&at) {
            next.insert(at);
        }
        unfolded.set(next);
    });
    let decided = deciding(&props.verdict);
    let folds = folds(&props.verdict, decided);
    let steps = props.verdict.legs.iter().flat_map(|leg| headed(leg, here.words()));
    let steps = steps.enumerate().flat_map(|(at, (heading, hop))| {
        let fold = folds.iter().find(|fold| fold.contains(&at));
        let is_shown = fold.is_none_or(|fold| unfolded.contains(&fold.start));
        let begun = fold.filter(|fold| fold.start == at);
        let head = begun.map(|fold| fold_row(fold, heading, is_shown, &onfold, here.words()));
        // A line that stands for several says what the connection is for.
        let heading = heading.filter(|_| begun.is_none());
        let is_open = (decided == Some(at)) != turned.contains(&at);
        let step = Step { at, heading, is_open, decides: decided == Some(at) };
        [head, is_shown.then(|| hop_row(&step, hop, &onturn, &here))].into_iter().flatten()
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

/// So many steps in a row are one line.
const FOLDED: usize = 3;

/// Runs of steps, each within one connection, to which the manifests say nothing.
fn folds(verdict: &Verdict, decided: Option<usize>) -> Vec<Range<usize>> {
    let mut folds = Vec::new();
    let mut begin = 0;
    for leg in &verdict.legs {
        let end = begin + leg.hops.len();
        let says = |(at, hop): (usize, &Hop)| {
            let is_written = hop.because.iter().flatten().any(|fragment| matches!(fragment, Fragment::Link(..)));
            let ends = !matches!(hop.turn, Turn::Pass | Turn::Rewrite | Turn::Answer | Turn::Deliver);
            is_written || ends || decided == Some(at)
        };
        let mut from = begin;
        for (at, hop) in (begin..).zip(&leg.hops) {
            if says((at, hop)) {
                folds.push(from..at);
                from = at + 1;
            }
        }
        // The last step of all is what it comes to.
        folds.push(from..if begin + leg.hops.len() == count(verdict) { end.saturating_sub(1) } else { end });
        begin = end;
    }
    folds.retain(|fold| fold.len() >= FOLDED);
    folds
}

fn count(verdict: &Verdict) -> usize {
    verdict.legs.iter().map(|leg| leg.hops.len()).sum()
}

/// The line that stands for several.
fn fold_row(
    fold: &Range<usize>,
    heading: Option<&'static str>,
    is_open: bool,
    onfold: &Callback<usize>,
    words: &'static Words,
) -> Html {
    let start = fold.start;
    let onclick = onfold.reform(move |_: MouseEvent| start);
    html! {
        <li key={format!("fold {start}")} class="hop hop-fold">
            if let Some(heading) = heading { <h3 class="hop-leg visually-hidden">{ heading }</h3> }
            <div class="hop-line">
                <button type="button" class="hop-turner" aria-expanded={is_open.to_string()} {onclick}>
                    <span class="hop-number">{ format!("{}–{}", start + 1, fold.end) }</span>
                    { " " }<span class="hop-folded">{ words.walk_folded }</span>
                </button>
            </div>
        </li>
    }
}

/// The step that the answer names as its reason, else the last one where the request goes no further.
fn deciding(verdict: &Verdict) -> Option<usize> {
    let hops: Vec<&Hop> = verdict.legs.iter().flat_map(|leg| &leg.hops).collect();
    let why = verdict.why().or_else(|| verdict.landings.first().map(|landing| &landing.why));
    let named = why.into_iter().flatten().find(|fragment| matches!(fragment, Fragment::Link(..)));
    let names = |hop: &&Hop| hop.because.iter().flatten().any(|fragment| Some(fragment) == named);
    let last = hops.last().filter(|hop| matches!(hop.turn, Turn::Drop | Turn::Refuse | Turn::Fail | Turn::Unknown));
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
