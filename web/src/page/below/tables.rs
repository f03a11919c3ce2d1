//! Objects as `kubectl get` prints them, with names that lead to their lines.

use std::collections::BTreeSet;
use std::rc::Rc;

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::answer::{Answer, Cell, Row, Table};
use crate::page::context::{Here, use_here};
use crate::protocol::Task;

/// What [`Tables`] is given.
#[derive(PartialEq, Properties)]
pub struct TablesProps {
    /// One per kind, as they were read last.
    pub tables: Rc<[Table]>,
    /// The newest answer: after each, the tables are read anew.
    pub answer: Rc<Answer>,
    /// Asks the worker.
    pub perform: Callback<Task>,
}

/// One kind at a time, of one namespace or of all; made while they are looked at.
#[component]
pub fn Tables(props: &TablesProps) -> Html {
    let here = use_here();
    let words = here.words();
    let perform = props.perform.clone();
    use_effect_with(props.answer.clone(), move |_| perform.emit(Task::Tables));
    let (resource, namespace) = (use_state_eq(|| Rc::<str>::from("pods")), use_state_eq(Option::<Rc<str>>::default));
    let Some(table) = props.tables.iter().find(|table| table.resource == *resource).or(props.tables.first()) else {
        return html! { <p class="soft">{ words.working }</p> };
    };
    let kinds = props.tables.iter().map(|table| {
        let (name, setter) = (table.resource.clone(), resource.setter());
        let onclick = Callback::from(move |_: MouseEvent| setter.set(name.clone()));
        let pressed = table.resource == *resource;
        html! {
            <button key={&*table.resource} type="button" class="chip" aria-pressed={pressed.to_string()} {onclick}>
                <code>{ &*table.resource }</code>
                <span class="chip-from">{ table.rows.len() + table.more as usize }</span>
            </button>
        }
    });
    let setter = namespace.setter();
    let onchange = Callback::from(move |event: Event| {
        let chosen = event.target_unchecked_into::<HtmlSelectElement>().value();
        setter.set((!chosen.is_empty()).then(|| chosen.into()));
    });
    let known = namespaces(&props.tables);
    let only = namespace.as_ref().filter(|only| known.contains(*only));
    let options = known.iter().map(|name| {
        let selected = Some(name) == only;
        html! { <option key={&**name} value={name.to_string()} {selected}>{ &**name }</option> }
    });
    html! {
        <div class="tables">
            <div class="tables-choice">
                <div class="tables-kinds" role="group" aria-label={words.tables_kind}>{ for kinds }</div>
                <label>
                    <span class="soft">{ words.tables_namespace }</span>
                    <select {onchange}>
                        <option value="" selected={only.is_none()}>{ words.tables_all }</option>
                        { for options }
                    </select>
                </label>
            </div>
            { shown(table, only, &here) }
        </div>
    }
}

/// The namespaces that any table names.
fn namespaces(tables: &[Table]) -> BTreeSet<Rc<str>> {
    tables.iter().flat_map(|table| &table.rows).filter_map(|row| row.namespace.clone()).collect()
}

/// A table that scrolls by itself where the page is narrow.
fn shown(table: &Table, only: Option<&Rc<str>>, here: &Here) -> Html {
    let words = here.words();
    let Table { resource, columns, rows, more } = table;
    let shown: Vec<&Row> = rows.iter().filter(|row| belongs(row, only)).collect();
    let lines = shown.iter().enumerate().map(|(at, row)| {
        let cells = row.cells.iter().enumerate();
        let cells = cells.map(|(at, cell)| html! { <td key={at}>{ entry(cell, here) }</td> });
        html! { <tr key={at}>{ for cells }</tr> }
    });
    let heads = columns.iter().map(|column| html! { <th key={&**column} scope="col">{ &**column }</th> });
    let name = format!("kubectl get {resource}");
    html! {
        if shown.is_empty() {
            <p class="soft">{ words.tables_none }</p>
        } else {
            <div class="tables-scroll" role="region" aria-label={name.clone()} tabindex="0">
                <table>
                    <caption class="visually-hidden">{ name }</caption>
                    <thead><tr>{ for heads }</tr></thead>
                    <tbody>{ for lines }</tbody>
                </table>
            </div>
            if *more > 0 { <p class="soft">{ format!("… {more} {}", words.more) }</p> }
        }
    }
}

/// Objects of no namespace belong to every choice.
fn belongs(row: &Row, only: Option<&Rc<str>>) -> bool {
    match (&row.namespace, only) {
        (Some(namespace), Some(only)) => namespace == only,
        (None, _) | (_, None) => true,
    }
}

/// A cell; a link if it names something that stands in the manifests.
fn entry(Cell { text, place }: &Cell, here: &Here) -> Html {
    let Some(place) = *place else { return html! { { &**text } } };
    let onclick = here.jump.reform(move |_: MouseEvent| place);
    html! {
        <button type="button" class="place-link" title={here.words().map_show} {onclick}><code>{ &**text }</code></button>
    }
}
