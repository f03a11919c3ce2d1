//! The questions that were asked before, kept by this browser.

use std::rc::Rc;

use yew::prelude::*;

use super::browser;
use super::context::use_words;
use super::state::Action;
use super::suggestions::Chip;
use crate::answer::Suggestion;
use crate::workspace::RequestLine;

/// As many are kept.
const MOST: usize = 30;

/// Under this name.
const SETTING: &str = "history";

/// The questions, the newest first.
pub type Asked = Rc<[RequestLine]>;

/// The history, and what adds to it.
#[hook]
pub fn use_history() -> (UseStateHandle<Asked>, Callback<RequestLine>) {
    let history = use_state_eq(|| read(&browser::setting(SETTING).unwrap_or_default()));
    let add = use_callback(history.clone(), |request: RequestLine, history| {
        let next = with(history, request);
        browser::keep_setting(SETTING, &written(&next));
        history.set(next);
    });
    (history, add)
}

/// A question asked again moves to the front.
fn with(history: &[RequestLine], request: RequestLine) -> Asked {
    let rest = history.iter().filter(|other| **other != request).cloned();
    std::iter::once(request.clone()).chain(rest).take(MOST).collect()
}

/// A line for each: who, a tab, the command.
fn written(history: &[RequestLine]) -> String {
    history.iter().map(|request| format!("{}\t{}\n", request.from, request.command)).collect()
}

fn read(text: &str) -> Asked {
    let lines = text.lines().filter_map(|line| line.split_once('\t'));
    lines.map(|(from, command)| RequestLine { from: from.into(), command: command.into() }).take(MOST).collect()
}

/// What [`HistoryList`] is given.
#[derive(PartialEq, Properties)]
pub struct HistoryListProps {
    /// The questions, and how to forget them.
    pub history: UseStateHandle<Asked>,
    /// Asks one again.
    pub act: Callback<Action>,
}

/// The questions as a list that opens.
#[component]
pub fn HistoryList(props: &HistoryListProps) -> Html {
    let words = use_words();
    let onclick = use_callback(props.history.clone(), |_: MouseEvent, history| {
        browser::keep_setting(SETTING, "");
        history.set(Rc::default());
    });
    let chips = props.history.iter().map(|request| {
        let suggestion = Suggestion { from: request.from.clone(), command: request.command.clone() };
        html! { <li key={format!("{} {}", request.from, request.command)}><Chip {suggestion} act={props.act.clone()} /></li> }
    });
    html! {
        if !props.history.is_empty() {
            <details class="history">
                <summary>{ words.history }<span class="count">{ props.history.len() }</span></summary>
                <ul aria-label={words.history}>{ for chips }</ul>
                <button type="button" class="quiet" {onclick}>{ words.history_clear }</button>
            </details>
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(command: &str) -> RequestLine {
        RequestLine { from: "external".into(), command: command.into() }
    }

    #[test]
    fn the_newest_stands_first_and_once() {
        let history =
            ["a", "b", "a"].iter().fold(Asked::default(), |history, command| with(&history, request(command)));
        assert_eq!(*history, [request("a"), request("b")]);
        assert_eq!(read(&written(&history)), history);
    }

    #[test]
    fn it_does_not_grow_for_ever() {
        let history = (0..50).fold(Asked::default(), |history, at| with(&history, request(&at.to_string())));
        assert_eq!((history.len(), &*history[0].command), (MOST, "49"));
    }
}
