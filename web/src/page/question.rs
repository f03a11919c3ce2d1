//! The question: who asks, the command as one would type it, and how often it is sent.

pub mod clients;
pub mod suggestions;
pub mod completion;
pub mod command;
pub mod history;

use std::rc::Rc;

use yew::prelude::*;

use crate::answer::Answer;
use crate::page::context::use_here;
use crate::page::icon::{Sign, sign_icon};
use crate::page::question::clients::Clients;
use crate::page::question::command::{Command, Known};
use crate::page::question::history::{history_list, use_history};
use crate::page::question::suggestions::suggestions;
use crate::page::state::Action;
use crate::page::text::text;
use crate::words::Words;
use crate::workspace::RequestLine;

/// What [`Question`] is given.
#[derive(PartialEq, Properties)]
pub struct QuestionProps {
    /// The question.
    pub request: RequestLine,
    /// Who can ask, what makes sense to ask, and what is wrong with the command.
    pub answer: Rc<Answer>,
    /// What the open example is about.
    #[prop_or_default]
    pub guide: Html,
    /// Changes the state.
    pub act: Callback<Action>,
}

/// One line: From, Command, Send; below it, in another, suggestions and what was asked before.
#[component]
pub fn Question(props: &QuestionProps) -> Html {
    let here = use_here();
    let words = here.words();
    let (history, add) = use_history();
    let one = use_state(|| false);
    // What is asked with one click is remembered as what is sent.
    let act = use_callback((props.act.clone(), add.clone()), |action: Action, (act, add)| {
        if let Action::Ask(request) = &action {
            add.emit(request.clone());
        }
        act.emit(action);
    });
    let Answer { complaint, clients, targets, .. } = &*props.answer;
    let known = Known { targets: targets.clone(), complaint: complaint.is_some() };
    let fields = html! {
        <>
            <div class="question-from">
                <label for="from" class="visually-hidden">{ words.from }</label>
                <Clients from={props.request.from.clone()} clients={clients.clone()} act={props.act.clone()} />
            </div>
            <Command request={props.request.clone()} {known} history={(*history).clone()} act={props.act.clone()} />
        </>
    };
    let (request, sent, one_connection) = (props.request.clone(), props.act.clone(), *one);
    let send = Callback::from(move |requests| {
        add.emit(request.clone());
        sent.emit(Action::Send(requests, one_connection));
    });
    html! {
        <section class="question" aria-label={words.question}>
            { send_form(fields, &send, &one, words) }
            if props.request.command.trim().is_empty() {
                <p class="soft" id="complaint">{ words.command_missing }</p>
            } else if let Some(complaint) = complaint {
                <p class="complaint" id="complaint">{ text(complaint, &here) }</p>
            } else if names_an_entrance(&props.request.command) {
                <p class="soft">{ words.entrance_named }</p>
            }
            <div class="question-more">
                { props.guide.clone() }
                { suggestions(&props.answer.suggestions, &act, words) }
                { history_list(&history, &act, words) }
            </div>
        </section>
    }
}

/// Whether words stand in it that no shell and no DNS knows, only this page.
fn names_an_entrance(command: &str) -> bool {
    ["//INGRESS", "//GATEWAY("].iter().any(|word| command.contains(word))
}

/// The fields, and the buttons that send once, ten and a hundred times, on one connection or on many.
fn send_form(fields: Html, send: &Callback<u32>, one: &UseStateHandle<bool>, words: &'static Words) -> Html {
    let onsubmit = send.reform(|event: SubmitEvent| {
        event.prevent_default();
        1
    });
    let (setter, is_one) = (one.setter(), **one);
    let onone = Callback::from(move |_: MouseEvent| setter.set(!is_one));
    let many = [10, 100].map(|requests: u32| {
        let onclick = send.reform(move |_: MouseEvent| requests);
        let label = format!("×{requests} {}", words.requests);
        html! { <button key={requests} type="button" aria-label={label} {onclick}>{ format!("×{requests}") }</button> }
    });
    html! {
        <form {onsubmit}>
            { fields }
            <div class="question-send">
                <button type="submit" class="primary">{ words.send }</button>
                { for many }
                <button type="button" class="tool" aria-label={words.one_connection} title={words.one_connection}
                    aria-pressed={is_one.to_string()} onclick={onone}>{ sign_icon(Sign::Chain) }</button>
            </div>
        </form>
    }
}
