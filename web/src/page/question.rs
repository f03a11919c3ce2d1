//! The question: who asks, the command as one would type it, and how often it is sent.

use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::clients::Clients;
use super::command::{Command, Known};
use super::context::use_words;
use super::history::{HistoryList, use_history};
use super::state::Action;
use super::suggestions::Suggestions;
use super::text::Text;
use crate::answer::Answer;
use crate::workspace::RequestLine;

/// What [`Question`] is given.
#[derive(PartialEq, Properties)]
pub struct QuestionProps {
    /// The question.
    pub request: RequestLine,
    /// Who can ask, what makes sense to ask, and what is wrong with the command.
    pub answer: Rc<Answer>,
    /// Changes the state.
    pub act: Callback<Action>,
}

/// One line: From, Command, Send; below it suggestions and what was asked before.
#[component]
pub fn Question(props: &QuestionProps) -> Html {
    let words = use_words();
    let (history, add) = use_history();
    // What is asked with one click is remembered as what is sent.
    let act = use_callback((props.act.clone(), add.clone()), |action: Action, (act, add)| {
        if let Action::Ask(request) = &action {
            add.emit(request.clone());
        }
        act.emit(action);
    });
    let Answer { complaint, clients, suggestions, targets, .. } = &*props.answer;
    let known = Known { targets: targets.clone(), complaint: complaint.is_some() };
    html! {
        <section class="question" aria-label={words.question}>
            <SendForm request={props.request.clone()} onsend={add} act={props.act.clone()}>
                <label class="question-from">
                    <span>{ words.from }</span>
                    <Clients from={props.request.from.clone()} clients={clients.clone()} act={props.act.clone()} />
                </label>
                <Command request={props.request.clone()} {known} history={(*history).clone()} act={props.act.clone()} />
            </SendForm>
            if props.request.command.trim().is_empty() {
                <p class="soft" id="complaint">{ words.command_missing }</p>
            } else if let Some(complaint) = complaint {
                <p class="complaint" id="complaint"><Text text={complaint.clone()} /></p>
            }
            <Suggestions suggestions={suggestions.clone()} act={act.clone()} />
            <HistoryList {history} {act} />
        </section>
    }
}

#[derive(PartialEq, Properties)]
struct SendFormProps {
    request: RequestLine,
    onsend: Callback<RequestLine>,
    act: Callback<Action>,
    children: Html,
}

/// The fields, and the buttons that send once, ten and a hundred times.
#[component]
fn SendForm(props: &SendFormProps) -> Html {
    let words = use_words();
    let one = use_state(|| false);
    let send = use_callback(
        (props.request.clone(), props.onsend.clone(), props.act.clone(), *one),
        |requests: u32, (request, onsend, act, one)| {
            onsend.emit(request.clone());
            act.emit(Action::Send(requests, *one));
        },
    );
    let onsubmit = use_callback(send.clone(), |event: SubmitEvent, send| {
        event.prevent_default();
        send.emit(1);
    });
    let onchange = use_callback(one.setter(), |event: Event, one| {
        one.set(event.target_unchecked_into::<HtmlInputElement>().checked());
    });
    let many = [10, 100].map(|requests: u32| {
        let onclick = send.reform(move |_: MouseEvent| requests);
        let label = format!("×{requests} {}", words.requests);
        html! { <button key={requests} type="button" aria-label={label} {onclick}>{ format!("×{requests}") }</button> }
    });
    html! {
        <form {onsubmit}>
            { props.children.clone() }
            <div class="question-send">
                <button type="submit" class="primary">{ words.send }</button>
                { for many }
            </div>
            <label class="question-one">
                <input type="checkbox" checked={*one} {onchange} />{ words.one_connection }
            </label>
        </form>
    }
}
