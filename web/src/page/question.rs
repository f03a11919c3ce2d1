//! The question: who asks, and the command as one would type it.

use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::clients::Clients;
use super::context::use_words;
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

/// One line: From, Command, Send; below it suggestions.
#[component]
pub fn Question(props: &QuestionProps) -> Html {
    let words = use_words();
    let onsubmit = use_callback(props.act.clone(), |event: SubmitEvent, act| {
        event.prevent_default();
        act.emit(Action::Send);
    });
    let oninput = use_callback(props.act.clone(), |event: InputEvent, act| {
        act.emit(Action::Command(event.target_unchecked_into::<HtmlInputElement>().value().into()));
    });
    let complaint = &props.answer.complaint;
    html! {
        <section class="question" aria-label={words.question}>
            <form {onsubmit}>
                <label class="question-from">
                    <span>{ words.from }</span>
                    <Clients from={props.request.from.clone()} clients={props.answer.clients.clone()} act={props.act.clone()} />
                </label>
                <label class="question-command">
                    <span>{ words.command }</span>
                    <input type="text" spellcheck="false" autocapitalize="off" autocomplete="off" enterkeyhint="send"
                        aria-invalid={complaint.is_some().then_some("true")}
                        aria-describedby={complaint.is_some().then_some("complaint")}
                        value={props.request.command.to_string()} {oninput} />
                </label>
                <button type="submit" class="primary">{ words.send }</button>
            </form>
            if let Some(complaint) = complaint {
                <p class="complaint" id="complaint"><Text text={complaint.clone()} /></p>
            }
            <Suggestions suggestions={props.answer.suggestions.clone()} act={props.act.clone()} />
        </section>
    }
}
