//! Questions that make sense with these manifests, one click each.

use yew::prelude::*;

use crate::answer::Suggestion;
use crate::page::state::Action;
use crate::words::Words;
use crate::workspace::RequestLine;

/// A row of chips.
pub fn suggestions(suggestions: &[Suggestion], act: &Callback<Action>, words: &'static Words) -> Html {
    let chips = suggestions.iter().map(|Suggestion { from, command }| {
        chip(&RequestLine { from: from.clone(), command: command.clone() }, act, words)
    });
    html! {
        if !suggestions.is_empty() {
            <div class="suggestions" role="group" aria-label={words.suggestions}>
                <span class="soft" aria-hidden="true">{ words.suggestions }</span>
                { for chips }
            </div>
        }
    }
}

/// A question that is asked with one click.
pub fn chip(request: &RequestLine, act: &Callback<Action>, words: &'static Words) -> Html {
    let asked = request.clone();
    let onclick = act.reform(move |_: MouseEvent| Action::Ask(asked.clone()));
    let who = match &*request.from {
        "external" => words.outside,
        from => from.strip_prefix("pod/").unwrap_or(from),
    };
    html! {
        <button type="button" class="chip" {onclick}>
            <code>{ &*request.command }</code>
            <span class="chip-from">{ who }</span>
        </button>
    }
}
