//! Who asks: outside, nodes, pods grouped by workload. A field that finds one of three hundred by a part of its name.

use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::answer::{Client, ClientGroup, ClientKind};
use crate::page::context::use_words;
use crate::page::state::Action;
use crate::words::Words;

/// How many are listed at once.
const MOST: usize = 60;

/// What [`Clients`] is given.
#[derive(PartialEq, Properties)]
pub struct ClientsProps {
    /// Who asks now.
    pub from: Rc<str>,
    /// Who can.
    pub clients: Rc<[ClientGroup]>,
    /// Changes the state.
    pub act: Callback<Action>,
}

/// What is typed while the list is open, and which of the found ones Enter takes.
#[derive(Clone, Debug, Default, PartialEq)]
struct Search {
    text: String,
    active: usize,
}

/// A combobox of the ARIA practices, with a list that narrows. A client that the manifests no longer have stays in the
/// field, so that the question says what it asks.
#[component]
pub fn Clients(props: &ClientsProps) -> Html {
    let words = use_words();
    let search = use_state_eq(|| None::<Search>);
    let title = title_of(&props.from, words);
    let found = search.as_ref().map(|search| found(&props.clients, &search.text, words)).unwrap_or_default();
    let active = search.as_ref().map_or(0, |search| search.active.min(found.len().saturating_sub(1)));
    let setter = search.setter();
    let open = move |event: &Event| {
        if let Some(field) = event.target_dyn_into::<HtmlInputElement>() {
            field.select();
        }
        setter.set(Some(Search::default()));
    };
    let (clicked, is_open) = (open.clone(), search.is_some());
    let onclick = Callback::from(move |event: MouseEvent| {
        if !is_open {
            clicked(&event);
        }
    });
    let setter = search.setter();
    let oninput = Callback::from(move |event: InputEvent| {
        let text = event.target_unchecked_into::<HtmlInputElement>().value();
        setter.set(Some(Search { text, active: 0 }));
    });
    let setter = search.setter();
    let onblur = Callback::from(move |_: FocusEvent| setter.set(None));
    let take = {
        let (act, setter) = (props.act.clone(), search.setter());
        Callback::from(move |from: Rc<str>| {
            setter.set(None);
            act.emit(Action::From(from));
        })
    };
    let onkeydown = {
        let (search, take) = (search.clone(), take.clone());
        let chosen = found.get(active).map(|found| found.from.clone());
        let count = found.len();
        Callback::from(move |event: KeyboardEvent| {
            let Some(typed) = search.as_ref() else {
                if matches!(&*event.key(), "ArrowDown" | "ArrowUp" | "Enter") {
                    event.prevent_default();
                    open(&event);
                }
                return;
            };
            let to = match &*event.key() {
                "ArrowDown" => (active + 1) % count.max(1),
                "ArrowUp" => (active + count.max(1) - 1) % count.max(1),
                "Enter" => {
                    event.prevent_default();
                    return chosen.iter().for_each(|from| take.emit(from.clone()));
                }
                "Escape" => {
                    event.prevent_default();
                    return search.set(None);
                }
                _ => return,
            };
            event.prevent_default();
            search.set(Some(Search { active: to, ..typed.clone() }));
        })
    };
    let value = search.as_ref().map_or(title.clone(), |search| search.text.clone());
    let rows = found.iter().enumerate().map(|(at, found)| row(at, found, at == active, &take));
    // The field keeps the focus while the list is clicked.
    let onmousedown = Callback::from(|event: MouseEvent| event.prevent_default());
    html! {
        <>
            <input id="from" type="text" role="combobox" spellcheck="false" autocomplete="off" autocapitalize="off"
                aria-autocomplete="list" aria-expanded={is_open.to_string()} aria-controls={is_open.then_some("from-list")}
                aria-activedescendant={(is_open && !found.is_empty()).then(|| option_id(active))}
                data-from={props.from.to_string()} title={title.clone()} placeholder={title} {value}
                {onclick} {oninput} {onkeydown} {onblur} />
            if is_open {
                <ul id="from-list" role="listbox" aria-label={words.from} {onmousedown}>
                    { for rows }
                    if found.is_empty() { <li class="soft" role="option" aria-disabled="true" aria-selected="false">{ words.from_none }</li> }
                </ul>
            }
        </>
    }
}

/// A client that the list offers.
struct Found {
    from: Rc<str>,
    title: String,
    group: Option<String>,
}

fn found(clients: &[ClientGroup], text: &str, words: &'static Words) -> Vec<Found> {
    let text = text.trim().to_ascii_lowercase();
    let all = clients.iter().flat_map(|group| group.clients.iter().map(move |client| (group, client)));
    let offered = all.map(|(group, client): (&ClientGroup, &Client)| Found {
        from: client.from.clone(),
        title: title_of(&client.from, words),
        group: group_name(group, words),
    });
    let fits = |found: &Found| {
        found.title.to_ascii_lowercase().contains(&text)
            || found.group.as_ref().is_some_and(|group| group.to_ascii_lowercase().contains(&text))
    };
    offered.filter(fits).take(MOST).collect()
}

fn row(at: usize, found: &Found, active: bool, take: &Callback<Rc<str>>) -> Html {
    let from = found.from.clone();
    let onclick = take.reform(move |_: MouseEvent| from.clone());
    html! {
        <li key={&*found.from} id={option_id(at)} role="option" aria-selected={active.to_string()} {onclick}>
            <code>{ &found.title }</code>
            if let Some(group) = &found.group { { " " }<span class="soft">{ group }</span> }
        </li>
    }
}

fn option_id(at: usize) -> String {
    format!("from-option-{at}")
}

fn group_name(group: &ClientGroup, words: &'static Words) -> Option<String> {
    match &group.kind {
        ClientKind::Outside => None,
        ClientKind::Nodes => Some(words.nodes.to_owned()),
        ClientKind::Workload(name) => Some(name.to_string()),
        ClientKind::Pods => Some(words.pods.to_owned()),
    }
}

/// How a client is shown.
fn title_of(from: &str, words: &'static Words) -> String {
    match from {
        "external" => words.outside.to_owned(),
        other => other.strip_prefix("pod/").or_else(|| other.strip_prefix("node/")).unwrap_or(other).to_owned(),
    }
}

/// A group of clients as options of a list.
pub fn options(group: &ClientGroup, from: &Rc<str>, words: &'static Words) -> Html {
    let options = group.clients.iter().map(|client| {
        let title = if group.kind == ClientKind::Outside { words.outside } else { &client.title };
        let selected = client.from == *from;
        html! { <option key={&*client.from} value={client.from.to_string()} {selected}>{ title }</option> }
    });
    let more = (group.more > 0).then(|| {
        html! { <option key="more" disabled=true>{ format!("… {} {}", group.more, words.more) }</option> }
    });
    let label = match &group.kind {
        ClientKind::Outside => return html! { <>{ for options }</> },
        ClientKind::Nodes => words.nodes.to_owned(),
        ClientKind::Workload(name) => name.to_string(),
        ClientKind::Pods => words.pods.to_owned(),
    };
    html! { <optgroup key={label.clone()} label={label}>{ for options }{ more.unwrap_or_default() }</optgroup> }
}
