//! The prompt: who types, the line, its history and its completion.

use std::rc::Rc;

use web_sys::{HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

use super::console::prompt;
use super::{Completion, PanelAction, Panels};
use crate::answer::ClientGroup;
use crate::page::context::use_words;
use crate::protocol::Task;
use crate::words::Words;
use crate::workspace::RequestLine;

/// As many words are offered at once.
const MOST: usize = 16;

/// As many lines are seen at once.
const MOST_LINES: usize = 8;

/// What [`Prompt`] is given.
#[derive(PartialEq, Properties)]
pub struct PromptProps {
    /// Who can type.
    pub clients: Rc<[ClientGroup]>,
    /// Who asks the question.
    pub asker: Rc<str>,
    /// What was typed before.
    pub panels: UseReducerHandle<Panels>,
    /// Asks the worker.
    pub perform: Callback<Task>,
}

/// Lines to type or paste. Enter runs them, or adds a line where one is missing; up and down go through those before, Tab
/// completes as long as that adds something.
#[component]
pub fn Prompt(props: &PromptProps) -> Html {
    let words = use_words();
    let line = use_state(String::new);
    // How many commands back; 0 is the line that is being typed.
    let back = use_state(|| 0_usize);
    let draft = use_mut_ref(String::new);
    if *back == 0 {
        draft.replace((*line).clone());
    }
    let input = use_node_ref();
    let from = props.panels.client.clone().unwrap_or_else(|| props.asker.clone());
    let request = RequestLine { from: from.clone(), command: line.as_str().into() };
    let perform = props.perform.clone();
    use_effect_with(request.clone(), move |request| perform.emit(Task::Complete(request.clone())));
    let completion = props.panels.completion.clone().filter(|completion| completion.request == request);

    let write = {
        let (line, back) = (line.setter(), back.setter());
        Callback::from(move |(text, steps): (String, usize)| {
            line.set(text);
            back.set(steps);
        })
    };
    let onkeydown = {
        let (panels, perform, write) = (props.panels.clone(), props.perform.clone(), write.clone());
        let (completion, back, draft) = (completion.clone(), *back, draft.clone());
        Callback::from(move |event: KeyboardEvent| {
            let draft = draft.borrow().clone();
            let key = Key { request: &request, panels: &panels, completion: completion.as_ref(), back, draft: &draft };
            match key.pressed(&event) {
                Some(Pressed::Run) => {
                    perform.emit(Task::Run { number: panels.count + 1, request: request.clone() });
                    panels.dispatch(PanelAction::Ran(request.clone()));
                    write.emit((String::new(), 0));
                }
                Some(Pressed::Write(text, steps)) => write.emit((text, steps)),
                None => return,
            }
            event.prevent_default();
        })
    };
    let oninput = write.reform(|event: InputEvent| (event.target_unchecked_into::<HtmlTextAreaElement>().value(), 0));
    let onpick = {
        let (write, input) = (write, input.clone());
        Callback::from(move |text: String| {
            write.emit((text, 0));
            if let Some(input) = input.cast::<HtmlTextAreaElement>() {
                // Fails only for elements that take no focus.
                let _ = input.focus();
            }
        })
    };
    html! {
        <div class="console-typing">
            <label class="console-from">
                <span class="visually-hidden">{ words.console_client }</span>
                <Client clients={props.clients.clone()} {from} panels={props.panels.clone()} />
            </label>
            <textarea ref={input} class="console-input" aria-label={words.console_line} spellcheck="false"
                autocapitalize="off" autocomplete="off" enterkeyhint="send" aria-describedby="console-keys"
                data-incomplete={completion.as_ref().is_some_and(|completion| completion.incomplete).then_some("")}
                rows={line.split('\n').count().min(MOST_LINES).to_string()} value={(*line).clone()} {oninput} {onkeydown} />
            <p id="console-keys" class="visually-hidden">{ words.console_keys }</p>
            { ways(completion.as_ref(), &onpick, words) }
        </div>
    }
}

/// What is known when a key is pressed.
struct Key<'k> {
    request: &'k RequestLine,
    panels: &'k Panels,
    completion: Option<&'k Completion>,
    back: usize,
    /// What was typed before an earlier command took its place.
    draft: &'k str,
}

/// What a key does.
enum Pressed {
    Run,
    /// This line, so many commands back.
    Write(String, usize),
}

impl Key<'_> {
    fn pressed(&self, event: &KeyboardEvent) -> Option<Pressed> {
        let modified = event.shift_key() || event.ctrl_key() || event.alt_key() || event.meta_key();
        match &*event.key() {
            "Enter" if event.is_composing() || event.shift_key() || self.is_incomplete() => None,
            "Enter" if self.request.command.trim().is_empty() => Some(Pressed::Write(String::new(), 0)),
            "Enter" => Some(Pressed::Run),
            "Tab" if !modified && !self.request.command.is_empty() => {
                Some(Pressed::Write(self.completion?.extended()?, 0))
            }
            // Among lines that are being typed, they move the caret.
            "ArrowUp" | "ArrowDown" if self.back == 0 && self.request.command.contains('\n') => None,
            "ArrowUp" => self.recalled(self.back + 1),
            "ArrowDown" => self.recalled(self.back.checked_sub(1)?),
            _ => None,
        }
    }

    /// Whether a quote, a here-document or a loop is still open.
    fn is_incomplete(&self) -> bool {
        self.completion.is_some_and(|completion| completion.incomplete)
    }

    /// The command so many back; what was being typed for none.
    fn recalled(&self, back: usize) -> Option<Pressed> {
        let text = match back.checked_sub(1) {
            None => self.draft.to_owned(),
            Some(before) => self.panels.history.iter().rev().nth(before)?.to_string(),
        };
        Some(Pressed::Write(text, back))
    }
}

#[derive(PartialEq, Properties)]
struct ClientProps {
    clients: Rc<[ClientGroup]>,
    from: Rc<str>,
    panels: UseReducerHandle<Panels>,
}

/// The prompt itself is the choice of the client.
#[component]
fn Client(props: &ClientProps) -> Html {
    let words = use_words();
    let dispatch = props.panels.dispatcher();
    let onchange = Callback::from(move |event: Event| {
        let from = event.target_unchecked_into::<HtmlSelectElement>().value();
        dispatch.dispatch(PanelAction::Client(from.into()));
    });
    let clients = props.clients.iter().flat_map(|group| &group.clients);
    let known = clients.clone().any(|client| client.from == props.from);
    let options = clients.map(|client| &client.from).chain((!known).then_some(&props.from));
    let options = options.map(|from| {
        let selected = *from == props.from;
        let text = prompt(from, words.console_outside);
        html! { <option key={&**from} value={from.to_string()} {selected}>{ text }</option> }
    });
    html! { <select class="console-client" {onchange}>{ for options }</select> }
}

/// The words that can follow, each a button. The row is always there, so that the log above keeps its height.
fn ways(completion: Option<&Completion>, onpick: &Callback<String>, words: &'static Words) -> Html {
    let buttons = completion.into_iter().flat_map(|completion| {
        // A word that is there already need not be offered.
        let typed = completion.request.command.get(completion.start..).unwrap_or_default();
        let offered = completion.words.iter().filter(move |&word| &**word != typed).take(MOST);
        offered.map(|word| {
            let line = completion.with(word);
            let onclick = onpick.reform(move |_: MouseEvent| line.clone());
            html! { <button key={&**word} type="button" class="chip" {onclick}><code>{ &**word }</code></button> }
        })
    });
    html! { <div class="console-words" role="group" aria-label={words.console_words}>{ for buttons }</div> }
}
