//! Who asks: outside, nodes, pods grouped by workload.

use std::rc::Rc;

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::answer::{ClientGroup, ClientKind};
use crate::page::context::use_words;
use crate::page::state::Action;
use crate::words::Words;

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

/// The list of clients. One that the manifests no longer have stays in it, so that the question says what it asks.
#[component]
pub fn Clients(props: &ClientsProps) -> Html {
    let words = use_words();
    let onchange = props
        .act
        .reform(|event: Event| Action::From(event.target_unchecked_into::<HtmlSelectElement>().value().into()));
    let known = props.clients.iter().flat_map(|group| &group.clients).any(|client| client.from == props.from);
    let groups = props.clients.iter().map(|group| options(group, &props.from, words));
    html! {
        <select {onchange}>
            if !known {
                <option value={props.from.to_string()} selected=true>{ shown(&props.from, words) }</option>
            }
            { for groups }
        </select>
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

/// A client that is not in the list.
fn shown(from: &str, words: &'static Words) -> String {
    match from {
        "external" => words.outside.to_owned(),
        other => other.to_owned(),
    }
}
