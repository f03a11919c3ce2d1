//! The questions that were asked before, kept by this browser.

use std::rc::Rc;

use yew::prelude::*;

use crate::page::browser;
use crate::page::question::suggestions::chip;
use crate::page::state::Action;
use crate::words::Words;
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

/// The questions as a list that opens; each can be asked again, and all can be forgotten.
pub fn history_list(history: &UseStateHandle<Asked>, act: &Callback<Action>, words: &'static Words) -> Html {
    let forgotten = history.setter();
    let onclick = Callback::from(move |_: MouseEvent| {
        browser::keep_setting(SETTING, "");
        forgotten.set(Rc::default());
    });
    let chips = history.iter().map(|request| {
        html! { <li key={format!("{} {}", request.from, request.command)}>{ chip(request, act, words) }</li> }
    });
    html! {
        if !history.is_empty() {
            <details class="history over">
                <summary>{ words.history }<span class="count">{ history.len() }</span></summary>
                <div class="history-body">
                    <ul aria-label={words.history}>{ for chips }</ul>
                    <button type="button" class="quiet" {onclick}>{ words.history_clear }</button>
                </div>
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
