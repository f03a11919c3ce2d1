//! Every way in and every Service, tried once: the failures first. A click asks the question of the page.

use std::rc::Rc;

use yew::prelude::*;

use crate::answer::{Answer, Entrance, Outcome};
use crate::page::context::{Here, use_here};
use crate::page::icon::{label, name, outcome_icon};
use crate::page::question::suggestions::chip;
use crate::page::state::Action;
use crate::page::text::text;
use crate::protocol::Task;

/// What [`Entrances`] is given.
#[derive(PartialEq, Properties)]
pub struct EntrancesProps {
    /// All of them, as they were tried last; None before.
    pub entrances: Option<Rc<[Entrance]>>,
    /// The newest answer: after each, they are tried anew.
    pub answer: Rc<Answer>,
    /// Asks the worker.
    pub perform: Callback<Task>,
    /// Changes the state.
    pub act: Callback<Action>,
}

/// A row for each; tried while they are looked at.
#[component]
pub fn Entrances(props: &EntrancesProps) -> Html {
    let here = use_here();
    let (words, language, perform) = (here.words(), here.language, props.perform.clone());
    use_effect_with((props.answer.clone(), language), move |_| perform.emit(Task::Entrances(language)));
    let Some(entrances) = &props.entrances else { return html! { <p class="soft">{ words.working }</p> } };
    let rows = entrances.iter().enumerate().map(|(at, entrance)| row(at, entrance, &props.act, &here));
    html! {
        if entrances.is_empty() {
            <p class="soft">{ words.entrances_none }</p>
        } else {
            <ul class="entrances" aria-label={words.entrances}>{ for rows }</ul>
        }
    }
}

fn row(at: usize, entrance: &Entrance, act: &Callback<Action>, here: &Here) -> Html {
    let Entrance { object, request, outcome, sentence, why } = entrance;
    let outcome = outcome.unwrap_or(Outcome::Unknown);
    html! {
        <li key={at} class="entrance" data-outcome={name(outcome)}>
            <span class="entrance-outcome">{ outcome_icon(outcome) }{ " " }{ label(outcome, here.words()) }</span>
            { " " }{ chip(request, act, here.words()) }{ " " }
            <span class="entrance-object">{ text(object, here) }</span>
            { " " }
            <span class="entrance-answer">
                { text(sentence, here) }
                if !why.is_empty() { <span class="soft">{ " · " }{ text(why, here) }</span> }
            </span>
        </li>
    }
}
