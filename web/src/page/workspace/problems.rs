//! What is wrong with the manifests, or worth knowing.

use std::rc::Rc;

use yew::prelude::*;

use crate::answer::{Mend, Problem, Severity};
use crate::page::context::{Here, use_here};
use crate::page::text::{place_link, text};
use crate::words::Words;
use whichpod_core::order::Order;

/// A fix of more characters than this is not written on its button.
const MOST_SHOWN: usize = 60;

/// How many are listed at first.
const SHORT: usize = 20;

/// What [`Problems`] is given.
#[derive(PartialEq, Properties)]
pub struct ProblemsProps {
    /// All of them, in the order of the texts.
    pub problems: Rc<[Problem]>,
    /// Mends one.
    #[prop_or_default]
    pub onfix: Callback<Mend>,
}

/// The list of problems, errors first, each with its line and what to do.
#[component]
pub fn Problems(props: &ProblemsProps) -> Html {
    let here = use_here();
    let words = here.words();
    let all = use_state(|| false);
    let setter = all.setter();
    let onall = Callback::from(move |_: MouseEvent| setter.set(true));
    let mut sorted: Vec<&Problem> = props.problems.iter().collect();
    sorted.order_by_key(|problem| problem.severity);
    let listed = if *all { sorted.len() } else { SHORT.min(sorted.len()) };
    let rows = sorted.iter().take(listed).enumerate();
    let rows = rows.map(|(at, problem)| row(at, problem, &props.onfix, &here));
    html! {
        <div class="problems" data-some={(!sorted.is_empty()).then_some("")}>
            <h3>
                { if sorted.is_empty() { words.problems_none } else { words.problems } }
                if !sorted.is_empty() { <span class="count">{ sorted.len() }</span> }
            </h3>
            <ul aria-label={words.problems}>{ for rows }</ul>
            if listed < sorted.len() {
                <button type="button" class="quiet" onclick={onall}>{ words.show_all }</button>
            }
        </div>
    }
}

fn row(at: usize, problem: &Problem, onfix: &Callback<Mend>, here: &Here) -> Html {
    let words = here.words();
    let Problem { severity, message, help, place, fix } = problem;
    let fix = fix.as_ref().map(|fix| mend_button(fix, onfix, words));
    let link = place.map(|place| place_link("", place, here));
    html! {
        <li key={at} class="problem" data-severity={name(*severity)}>
            <strong class="problem-severity">{ label(*severity, words) }</strong>
            <div>
                <p>{ text(message, here) }{ " " }{ link.unwrap_or_default() }</p>
                if !help.is_empty() {
                    <p class="soft">{ text(help, here) }</p>
                }
                { fix.unwrap_or_default() }
            </div>
        </li>
    }
}

/// The button that mends a problem.
pub fn mend_button(fix: &Mend, onfix: &Callback<Mend>, words: &'static Words) -> Html {
    let mend = fix.clone();
    let onclick = onfix.reform(move |_: MouseEvent| mend.clone());
    html! {
        <button type="button" class="problem-fix" {onclick}>
            if fix.before.contains('\n') || fix.after.contains('\n') || fix.before.len() > MOST_SHOWN {
                { words.fix_whole }
            } else {
                { words.fix }{ " " }<del>{ &*fix.before }</del>{ " → " }<ins>{ &*fix.after }</ins>
            }
        </button>
    }
}

fn name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    }
}

fn label(severity: Severity, words: &'static Words) -> &'static str {
    match severity {
        Severity::Error => words.error,
        Severity::Warning => words.warning,
        Severity::Info => words.info,
    }
}
