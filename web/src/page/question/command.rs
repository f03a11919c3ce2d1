//! The field of the command: it offers completions, and brings earlier questions back with the arrow keys, as a shell does.

use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::answer::Target;
use crate::page::context::use_words;
use crate::page::question::completion::{Completion, completions};
use crate::page::question::history::Asked;
use crate::page::state::Action;
use crate::workspace::RequestLine;

/// What [`Command`] is given.
#[derive(PartialEq, Properties)]
pub struct CommandProps {
    /// The question.
    pub request: RequestLine,
    /// What it can name, and what is wrong with it.
    pub known: Known,
    /// What was asked before, the newest first.
    pub history: Asked,
    /// Changes the state.
    pub act: Callback<Action>,
}

/// What the newest answer tells about the command.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// What it can name.
    pub targets: Rc<[Target]>,
    /// Whether it could not be read; why stands in the element `complaint`.
    pub complaint: bool,
}

/// The list below the field.
#[derive(Clone, Debug, Default, PartialEq)]
struct Offer {
    /// The ways to go on; none while the list is closed.
    ways: Vec<Completion>,
    /// The one that Enter takes.
    active: Option<usize>,
    /// Which earlier question stands in the field, from 1; 0 for the one that is being typed.
    recalled: usize,
    /// What was typed before an earlier question took its place.
    draft: Option<RequestLine>,
}

/// What a key does.
enum Step {
    Offer(Offer),
    Take(Completion),
    Recall(Offer, RequestLine),
}

/// A text field with a list of ways to go on.
#[component]
pub fn Command(props: &CommandProps) -> Html {
    let words = use_words();
    let offer = use_state_eq(Offer::default);
    let (request, known) = (&props.request, &props.known);
    let oninput = {
        let (act, offer, targets, from) =
            (props.act.clone(), offer.clone(), known.targets.clone(), request.from.clone());
        Callback::from(move |event: InputEvent| {
            let field = event.target_unchecked_into::<HtmlInputElement>();
            offer.set(Offer { ways: ways(&field, &from, &targets), ..Offer::default() });
            act.emit(Action::Command(field.value().into()));
        })
    };
    let onkeydown = {
        let (act, offer, history) = (props.act.clone(), offer.clone(), props.history.clone());
        let (request, targets) = (request.clone(), known.targets.clone());
        Callback::from(move |event: KeyboardEvent| {
            let open = || ways(&event.target_unchecked_into(), &request.from, &targets);
            let Some(step) = step(&offer, &event.key(), event.alt_key(), &request, &history, open) else { return };
            event.prevent_default();
            match step {
                Step::Offer(next) => offer.set(next),
                Step::Take(way) => {
                    offer.set(Offer::default());
                    act.emit(Action::Ask(RequestLine { command: way.line.into(), ..request.clone() }));
                }
                Step::Recall(next, request) => {
                    offer.set(next);
                    act.emit(Action::Ask(request));
                }
            }
        })
    };
    let onblur = {
        let offer = offer.clone();
        Callback::from(move |_: FocusEvent| offer.set(Offer::default()))
    };
    let options = offer.ways.iter().enumerate().map(|(at, way)| {
        let (act, closed) = (props.act.clone(), offer.clone());
        let taken = RequestLine { command: way.line.as_str().into(), ..request.clone() };
        let onclick = Callback::from(move |_: MouseEvent| {
            closed.set(Offer::default());
            act.emit(Action::Ask(taken.clone()));
        });
        let selected = if offer.active == Some(at) { "true" } else { "false" };
        html! {
            <li key={at} id={option_id(at)} role="option" aria-selected={selected} {onclick}>
                <code>{ &way.word }</code><span class="soft">{ &way.what }</span>
            </li>
        }
    });
    // The field keeps the focus while the list is clicked.
    let onmousedown = Callback::from(|event: MouseEvent| event.prevent_default());
    let is_open = !offer.ways.is_empty();
    html! {
        <div class="command">
            <label for="command" class="visually-hidden">{ words.command }</label>
            <input id="command" type="text" spellcheck="false" autocapitalize="off" autocomplete="off"
                enterkeyhint="send" aria-autocomplete="list" aria-haspopup="listbox"
                aria-controls={is_open.then_some("command-list")} aria-activedescendant={offer.active.map(option_id)}
                aria-invalid={known.complaint.then_some("true")} aria-describedby={known.complaint.then_some("complaint")}
                value={request.command.to_string()} {oninput} {onkeydown} {onblur} />
            if is_open {
                <ul id="command-list" role="listbox" aria-label={words.completions} {onmousedown}>{ for options }</ul>
            }
        </div>
    }
}

fn option_id(at: usize) -> String {
    format!("command-option-{at}")
}

/// The ways to go on from the caret of the field.
fn ways(field: &HtmlInputElement, from: &str, targets: &[Target]) -> Vec<Completion> {
    let line = field.value();
    let units = field.selection_start().ok().flatten().unwrap_or(u32::MAX);
    // The browser counts in UTF-16.
    let mut seen = 0;
    let caret = line.chars().take_while(|c| {
        seen += c.len_utf16() as u32;
        seen <= units
    });
    let namespace = from.strip_prefix("pod/").and_then(|pod| Some(pod.split_once('/')?.0));
    completions(&line, caret.count(), namespace, targets)
}

/// What a key does; None for those that are left to the browser.
fn step(
    offer: &Offer,
    key: &str,
    alt: bool,
    request: &RequestLine,
    history: &[RequestLine],
    open: impl Fn() -> Vec<Completion>,
) -> Option<Step> {
    let last = offer.ways.len().checked_sub(1);
    match (key, last, offer.active) {
        ("ArrowDown", None, _) if alt => Some(Step::Offer(Offer { ways: open(), ..Offer::default() })),
        ("Escape", Some(_), _) => Some(Step::Offer(Offer::default())),
        ("Enter", Some(_), Some(at)) => Some(Step::Take(offer.ways.get(at)?.clone())),
        ("ArrowDown", Some(last), active) => {
            let active = active.map_or(0, |at| if at == last { 0 } else { at + 1 });
            Some(Step::Offer(Offer { active: Some(active), ..offer.clone() }))
        }
        ("ArrowUp", Some(last), active) => {
            let active = active.and_then(|at| at.checked_sub(1)).unwrap_or(last);
            Some(Step::Offer(Offer { active: Some(active), ..offer.clone() }))
        }
        ("ArrowUp", None, _) => {
            let older = history.iter().enumerate().skip(offer.recalled).find(|(_, other)| *other != request)?;
            let draft = offer.draft.clone().or_else(|| Some(request.clone()));
            Some(Step::Recall(Offer { recalled: older.0 + 1, draft, ..Offer::default() }, older.1.clone()))
        }
        ("ArrowDown", None, _) => match offer.recalled {
            0 => None,
            1 => Some(Step::Recall(Offer::default(), offer.draft.clone()?)),
            recalled => {
                let newer = history.get(recalled - 2)?.clone();
                Some(Step::Recall(Offer { recalled: recalled - 1, ..offer.clone() }, newer))
            }
        },
        _ => None,
    }
}
