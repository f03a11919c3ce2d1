//! The console: commands with their real output, and a prompt.

use std::rc::Rc;

use yew::prelude::*;

use super::prompt::Prompt;
use super::{Entry, EntryState, PanelAction, Panels};
use crate::answer::ClientGroup;
use crate::page::browser;
use crate::page::context::use_words;
use crate::page::state::Action;
use crate::protocol::{Output, Task};
use crate::words::Words;

/// What [`Console`] is given.
#[derive(PartialEq, Properties)]
pub struct ConsoleProps {
    /// Who can type.
    pub clients: Rc<[ClientGroup]>,
    /// Who asks the question.
    pub asker: Rc<str>,
    /// What was typed and printed.
    pub panels: UseReducerHandle<Panels>,
    /// Asks the worker.
    pub perform: Callback<Task>,
    /// Changes the state.
    pub act: Callback<Action>,
}

/// What was printed, the newest last, and below it the prompt.
#[component]
pub fn Console(props: &ConsoleProps) -> Html {
    let words = use_words();
    let log = use_node_ref();
    let entries = &props.panels.entries;
    use_effect_with((entries.clone(), log.clone()), |(_, log)| {
        // What was printed last is in sight.
        if let Some(log) = log.cast::<web_sys::Element>() {
            log.set_scroll_top(log.scroll_height());
        }
    });
    let dispatch = props.panels.dispatcher();
    let onclear = Callback::from(move |_: MouseEvent| dispatch.dispatch(PanelAction::Clear));
    let shown = entries.iter().map(|entry| {
        html! { <Printed key={entry.number} entry={entry.clone()} act={props.act.clone()} /> }
    });
    html! {
        <div class="console">
            <div class="console-log" role="log" aria-label={words.console_output} tabindex="0" ref={log}>
                if entries.is_empty() { <p class="soft">{ words.console_hint }</p> }
                { for shown }
            </div>
            <Prompt clients={props.clients.clone()} asker={props.asker.clone()} panels={props.panels.clone()}
                perform={props.perform.clone()} />
            if !entries.is_empty() {
                <button type="button" class="quiet console-clear" onclick={onclear}>{ words.console_clear }</button>
            }
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct PrintedProps {
    entry: Entry,
    act: Callback<Action>,
}

/// A command and what it printed.
#[component]
fn Printed(props: &PrintedProps) -> Html {
    let words = use_words();
    let Entry { request, state, .. } = &props.entry;
    let (asked, act) = (request.clone(), props.act.clone());
    let onclick = Callback::from(move |_: MouseEvent| {
        act.emit(Action::Ask(asked.clone()));
        browser::scroll_to(".question");
    });
    html! {
        <div class="console-entry">
            <p class="console-line">
                <span class="console-prompt">{ prompt(&request.from, words.console_outside) }</span>
                <code>{ &*request.command }</code>
            </p>
            {
                match state {
                    EntryState::Running => html! { <p class="soft">{ words.working }</p> },
                    EntryState::Missing => html! { <p class="console-errors">{ words.unanswered }</p> },
                    EntryState::Lost => html! { <p class="console-errors">{ words.console_lost }</p> },
                    EntryState::Done(output) => shown(output, onclick, words),
                }
            }
        </div>
    }
}

/// Standard output, standard error, exit status, and the way to the walk.
fn shown(output: &Output, onclick: Callback<MouseEvent>, words: &'static Words) -> Html {
    let Output { printed, errors, exit, has_walk, .. } = output;
    let text = |text: &str| (!text.is_empty()).then(|| text.trim_end().to_owned());
    html! {
        <>
            if printed.is_none() { <p class="soft">{ words.console_body }</p> }
            if let Some(printed) = printed.as_deref().and_then(text) { <pre><code>{ printed }</code></pre> }
            if let Some(errors) = text(errors) { <pre class="console-errors"><code>{ errors }</code></pre> }
            <p class="console-after">
                <span class="console-exit" data-failed={(*exit != 0).then_some("")}>
                    { format!("{} {exit}", words.exit) }
                </span>
                if *has_walk {
                    <button type="button" class="quiet" {onclick}>{ words.console_walk }</button>
                }
            </p>
        </>
    }
}

/// `pod/default/client $`.
pub fn prompt(from: &str, outside: &str) -> String {
    format!("{} $", if from == "external" { outside } else { from })
}
