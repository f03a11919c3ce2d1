//! Questions that make sense with these manifests, one click each.

use std::rc::Rc;

use yew::prelude::*;

use super::context::use_words;
use super::state::Action;
use crate::answer::Suggestion;
use crate::workspace::RequestLine;

/// What [`Suggestions`] is given.
#[derive(PartialEq, Properties)]
pub struct SuggestionsProps {
    /// The questions.
    pub suggestions: Rc<[Suggestion]>,
    /// Changes the state.
    pub act: Callback<Action>,
}

/// A row of chips.
#[component]
pub fn Suggestions(props: &SuggestionsProps) -> Html {
    let words = use_words();
    let chips = props.suggestions.iter().enumerate().map(|(at, suggestion)| {
        html! { <Chip key={at} suggestion={suggestion.clone()} act={props.act.clone()} /> }
    });
    html! {
        if !props.suggestions.is_empty() {
            <div class="suggestions" role="group" aria-label={words.suggestions}>
                <span class="soft" aria-hidden="true">{ words.suggestions }</span>
                { for chips }
            </div>
        }
    }
}

/// What [`Chip`] is given.
#[derive(PartialEq, Properties)]
pub struct ChipProps {
    /// The question.
    pub suggestion: Suggestion,
    /// Asks it.
    pub act: Callback<Action>,
}

/// A question that is asked with one click.
#[component]
pub fn Chip(props: &ChipProps) -> Html {
    let words = use_words();
    let Suggestion { from, command } = &props.suggestion;
    let request = RequestLine { from: from.clone(), command: command.clone() };
    let onclick = use_callback((request, props.act.clone()), |_: MouseEvent, (request, act)| {
        act.emit(Action::Ask(request.clone()));
    });
    let who = match &**from {
        "external" => words.outside,
        from => from.strip_prefix("pod/").unwrap_or(from),
    };
    html! {
        <button type="button" class="chip" {onclick}>
            <code>{ &**command }</code>
            <span class="chip-from">{ who }</span>
        </button>
    }
}
