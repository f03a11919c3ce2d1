//! Objects as `kubectl get` prints them, with names that lead to their lines.

use std::collections::BTreeSet;
use std::rc::Rc;

use web_sys::{HtmlInputElement, HtmlSelectElement};
use whichpod_core::order::Order;
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

/// Columns that say little here: shown when somebody asks for all.
const MINOR: [&str; 4] = ["AGE", "RESTARTS", "NOMINATED NODE", "READINESS GATES"];

/// Which part of a table is to be seen, and in which order.
#[derive(Clone, Debug, Default, PartialEq)]
struct Choice {
    /// Only this namespace.
    namespace: Option<Rc<str>>,
    /// Only rows with this text in a cell, in lower case.
    filter: String,
    /// By this column; the other way round.
    sort: Option<(Rc<str>, bool)>,
    /// The minor columns, too.
    all_columns: bool,
}

/// One kind at a time, of one namespace or of all; made while they are looked at.
#[component]
pub fn Tables(props: &TablesProps) -> Html {
    let here = use_here();
    let words = here.words();
    let perform = props.perform.clone();
    use_effect_with(props.answer.clone(), move |_| perform.emit(Task::Tables));
    let (resource, choice) = (use_state_eq(|| Rc::<str>::from("pods")), use_state_eq(Choice::default));
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
    let chosen = choice.clone();
    let onchange = Callback::from(move |event: Event| {
        let name = event.target_unchecked_into::<HtmlSelectElement>().value();
        chosen.set(Choice { namespace: (!name.is_empty()).then(|| name.into()), ..(*chosen).clone() });
    });
    let chosen = choice.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        let filter = event.target_unchecked_into::<HtmlInputElement>().value().to_ascii_lowercase();
        chosen.set(Choice { filter, ..(*chosen).clone() });
    });
    let chosen = choice.clone();
    let onall = Callback::from(move |_: MouseEvent| {
        chosen.set(Choice { all_columns: !chosen.all_columns, ..(*chosen).clone() });
    });
    let chosen = choice.clone();
    let onsort = Callback::from(move |column: Rc<str>| {
        let sort = match &chosen.sort {
            Some((sorted, false)) if *sorted == column => Some((column, true)),
            Some((sorted, true)) if *sorted == column => None,
            _ => Some((column, false)),
        };
        chosen.set(Choice { sort, ..(*chosen).clone() });
    });
    let known = namespaces(&props.tables);
    let only = choice.namespace.as_ref().filter(|only| known.contains(*only));
    let seen = Choice { namespace: only.cloned(), ..(*choice).clone() };
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
                <input type="search" class="tables-filter" aria-label={words.tables_filter} placeholder={words.tables_filter} {oninput} />
                <button type="button" aria-pressed={choice.all_columns.to_string()} onclick={onall}>{ words.tables_columns }</button>
            </div>
            { shown(table, &seen, &onsort, &here) }
        </div>
    }
}

/// The namespaces that any table names.
fn namespaces(tables: &[Table]) -> BTreeSet<Rc<str>> {
    tables.iter().flat_map(|table| &table.rows).filter_map(|row| row.namespace.clone()).collect()
}

/// A table that scrolls by itself where the page is narrow.
fn shown(table: &Table, choice: &Choice, onsort: &Callback<Rc<str>>, here: &Here) -> Html {
    let words = here.words();
    let Table { resource, columns, more, .. } = table;
    let rows = rows(table, choice);
    let says = |at: usize| table.rows.iter().any(|row| row.cells.get(at).is_some_and(|cell| !is_nothing(&cell.text)));
    let is_major = |at: usize| columns.get(at).is_some_and(|name| !MINOR.contains(&&**name)) && says(at);
    let seen: Vec<bool> = (0..columns.len()).map(|at| choice.all_columns || is_major(at)).collect();
    let is_seen = |at: usize| seen.get(at).copied().unwrap_or_default();
    let lines = rows.iter().enumerate().map(|(at, row)| {
        let cells = row.cells.iter().enumerate().filter(|(at, _)| is_seen(*at));
        let cells = cells.map(|(at, cell)| html! { <td key={at}>{ entry(cell, here) }</td> });
        html! { <tr key={at}>{ for cells }</tr> }
    });
    let heads = columns.iter().enumerate().filter(|(at, _)| is_seen(*at)).map(|(_, column)| {
        let sorted = choice.sort.as_ref().filter(|(sorted, _)| sorted == column).map(|(_, falling)| *falling);
        let (order, sign) = match sorted {
            Some(true) => (Some("descending"), " ↓"),
            Some(false) => (Some("ascending"), " ↑"),
            None => (None, ""),
        };
        let name = column.clone();
        let onclick = onsort.reform(move |_: MouseEvent| name.clone());
        html! {
            <th key={&**column} scope="col" aria-sort={order}>
                <button type="button" class="tables-sort" title={words.tables_sort} {onclick}>
                    { &**column }<span aria-hidden="true">{ sign }</span>
                </button>
            </th>
        }
    });
    let name = format!("kubectl get {resource}");
    html! {
        if rows.is_empty() {
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

/// What kubectl prints where nothing is known.
fn is_nothing(cell: &str) -> bool {
    matches!(cell, "" | "<unknown>")
}

/// The rows that are chosen, in the order that is chosen: numbers by their value.
fn rows<'t>(table: &'t Table, choice: &Choice) -> Vec<&'t Row> {
    let has = |row: &&Row| row.cells.iter().any(|cell| cell.text.to_ascii_lowercase().contains(&choice.filter));
    let mut rows: Vec<&Row> =
        table.rows.iter().filter(|row| belongs(row, choice.namespace.as_ref())).filter(has).collect();
    let Some((column, falling)) = &choice.sort else { return rows };
    let Some(at) = table.columns.iter().position(|name| name == column) else { return rows };
    let text = |row: &Row| row.cells.get(at).map_or("".into(), |cell| cell.text.clone());
    let leading = |text: &str| {
        text.bytes()
            .take_while(u8::is_ascii_digit)
            .fold(0_u64, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
    };
    rows.order_by_key(|row| (leading(&text(row)), text(row)));
    if *falling {
        rows.reverse();
    }
    rows
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_filtered_and_sorted_numbers_by_their_value() {
        let row = |namespace: &str, ports: &str| {
            let cell = |text: &str| Cell { text: text.into(), place: None };
            Row { namespace: Some(namespace.into()), cells: vec![cell(namespace), cell(ports)] }
        };
        let table = Table {
            resource: "services".into(),
            columns: vec!["NAMESPACE".into(), "PORT(S)".into()],
            rows: vec![row("b", "443/TCP"), row("a", "80/TCP"), row("a", "53/UDP")],
            more: 0,
        };
        let ports = |choice: &Choice| {
            rows(&table, choice).iter().map(|row| row.cells[1].text.to_string()).collect::<Vec<_>>().join(" ")
        };
        let by = |falling| Choice { sort: Some(("PORT(S)".into(), falling)), ..Choice::default() };
        assert_eq!(ports(&by(false)), "53/UDP 80/TCP 443/TCP");
        assert_eq!(ports(&by(true)), "443/TCP 80/TCP 53/UDP");
        assert_eq!(ports(&Choice { filter: "tcp".into(), namespace: Some("a".into()), ..Choice::default() }), "80/TCP");
    }
}
