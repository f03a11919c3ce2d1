//! What if: the same question from another client, under another Ingress controller or mode of kube-proxy, and what
//! differs from the answer above. The question itself stays.

use std::collections::BTreeMap;
use std::rc::Rc;

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::answer::{Answer, Landing, Share, Verdict, plain};
use crate::page::answer::walk::Walk;
use crate::page::context::{Here, use_here};
use crate::page::icon::{label, name, outcome_icon};
use crate::page::question::clients::options;
use crate::page::state::Action;
use crate::page::text::text;
use crate::protocol::{IngressImplementation, KubeProxyMode, WhatIf};
use crate::words::Words;
use strum::VariantArray;

/// What [`WhatIfPanel`] is given.
#[derive(PartialEq, Properties)]
pub struct WhatIfPanelProps {
    /// What is different.
    pub what_if: WhatIf,
    /// Who can ask, and the other answer.
    pub answer: Rc<Answer>,
    /// The answer to the question as it is.
    pub verdict: Rc<Verdict>,
    /// Changes the state.
    pub act: Callback<Action>,
}

/// Three choices, and the other answer while one of them is made.
#[component]
pub fn WhatIfPanel(props: &WhatIfPanelProps) -> Html {
    let here = use_here();
    let words = here.words();
    let WhatIfPanelProps { what_if, answer, verdict, act } = props;
    let choose = |change: fn(&WhatIf, &str) -> WhatIf| {
        let (what_if, act) = (what_if.clone(), act.clone());
        Callback::from(move |event: Event| {
            let value = event.target_unchecked_into::<HtmlSelectElement>().value();
            act.emit(Action::WhatIf(change(&what_if, &value)));
        })
    };
    let onclient =
        choose(|what_if, value| WhatIf { from: (!value.is_empty()).then(|| value.into()), ..what_if.clone() });
    let oncontroller =
        choose(|what_if, value| WhatIf { controller: IngressImplementation::from_name(value), ..what_if.clone() });
    let onmode = choose(|what_if, value| WhatIf { proxy_mode: KubeProxyMode::from_name(value), ..what_if.clone() });
    let chosen: Rc<str> = what_if.from.clone().unwrap_or_default();
    let clients = answer.clients.iter().map(|group| options(group, &chosen, words));
    let onback = act.reform(|_: MouseEvent| Action::WhatIf(WhatIf::default()));
    let is_open = *what_if != WhatIf::default();
    html! {
        <section class="what-if" aria-label={words.what_if} data-open={is_open.then_some("")}>
            <div class="what-if-choices">
                <label>
                    <span>{ words.what_if_client }</span>
                    <select onchange={onclient}>
                        <option value="" selected={what_if.from.is_none()}>{ words.as_it_is }</option>
                        { for clients }
                    </select>
                </label>
                <label>
                    <span>{ words.what_if_controller }</span>
                    <select onchange={oncontroller}>{ choices(&controllers(), what_if.controller, words) }</select>
                </label>
                <label>
                    <span>{ words.what_if_mode }</span>
                    <select onchange={onmode}>{ choices(&proxy_modes(), what_if.proxy_mode, words) }</select>
                </label>
            </div>
            <div role="status" aria-label={words.what_if_answer}>
                if let Some(Err(complaint)) = answer.instead.as_ref().filter(|_| is_open) {
                    <p class="complaint">{ text(complaint, &here) }</p>
                }
                if let Some(Ok(other)) = answer.instead.as_ref().filter(|_| is_open) {
                    { difference(verdict, other, &here) }
                }
            </div>
            if is_open { <button type="button" class="primary" onclick={onback}>{ words.what_if_back }</button> }
        </section>
    }
}

fn controllers() -> Vec<(IngressImplementation, &'static str)> {
    IngressImplementation::ALL.iter().map(|one| (*one, one.name())).collect()
}

fn proxy_modes() -> Vec<(KubeProxyMode, &'static str)> {
    KubeProxyMode::VARIANTS.iter().map(|mode| (*mode, mode.into())).collect()
}

fn choices<T: PartialEq>(all: &[(T, &'static str)], chosen: Option<T>, words: &'static Words) -> Html {
    let options = all.iter().map(|(choice, name)| {
        let selected = chosen.as_ref() == Some(choice);
        html! { <option key={*name} value={*name} {selected}>{ *name }</option> }
    });
    html! { <><option value="" selected={chosen.is_none()}>{ words.as_it_is }</option>{ for options }</> }
}

/// The other answer, and each landing whose share is another one.
fn difference(verdict: &Verdict, other: &Rc<Verdict>, here: &Here) -> Html {
    let words = here.words();
    let rows = differences(&verdict.landings, &other.landings);
    let row = |row: &Row| {
        let share = |share: Option<Share>| share.map_or_else(|| "0 %".to_owned(), Share::percent);
        html! { <tr key={row.what.clone()}><th scope="row">{ &row.what }</th><td>{ share(row.now) }</td><td>{ share(row.then) }</td></tr> }
    };
    html! {
        <>
            <p class="answer-outcome" data-outcome={name(other.outcome)}>
                { outcome_icon(other.outcome) }<strong>{ label(other.outcome, words) }</strong>
            </p>
            <p>{ text(&other.sentence, here) }</p>
            if rows.is_empty() {
                <p class="soft">{ words.what_if_same }</p>
            } else {
                <table>
                    <thead><tr>
                        <th scope="col">{ words.landings }</th><th scope="col">{ words.what_if_now }</th><th scope="col">{ words.what_if_then }</th>
                    </tr></thead>
                    <tbody>{ for rows.iter().map(row) }</tbody>
                </table>
            }
            <details>
                <summary>{ words.what_if_walk }</summary>
                <Walk verdict={other.clone()} label={words.what_if_walk} />
            </details>
        </>
    }
}

/// A landing whose share is another one.
#[derive(Debug, PartialEq)]
struct Row {
    what: String,
    now: Option<Share>,
    then: Option<Share>,
}

/// Landings are the same if they read the same and the pod sees the same source.
fn differences(now: &[Landing], then: &[Landing]) -> Vec<Row> {
    let mut shares: BTreeMap<String, (Option<Share>, Option<Share>)> = BTreeMap::new();
    let what = |landing: &Landing| match &landing.source {
        Some(source) => format!("{} ← {source}", plain(&landing.title)),
        None => plain(&landing.title),
    };
    for landing in now {
        shares.entry(what(landing)).or_default().0 = Some(landing.share);
    }
    for landing in then {
        shares.entry(what(landing)).or_default().1 = Some(landing.share);
    }
    let rows = shares.into_iter().filter(|(_, (now, then))| now != then);
    rows.map(|(what, (now, then))| Row { what, now, then }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::{Fragment, Outcome};

    fn landing(title: &str, source: &str, denominator: u64) -> Landing {
        Landing {
            share: Share { numerator: 1, denominator },
            outcome: Outcome::Delivered,
            title: vec![Fragment::Code(title.into())],
            why: Vec::new(),
            node: None,
            address: None,
            source: Some(source.into()),
            protocol: None,
        }
    }

    #[test]
    fn only_what_differs_is_told() {
        let now = [landing("web-1", "10.0.0.1", 2), landing("web-2", "10.0.0.1", 2)];
        assert_eq!(differences(&now, &now), []);
        let told = differences(&now, &[landing("web-1", "10.0.0.1", 1)]);
        let half = Some(Share { numerator: 1, denominator: 2 });
        assert_eq!(
            told,
            [
                Row { what: "web-1 ← 10.0.0.1".into(), now: half, then: Some(Share::WHOLE) },
                Row { what: "web-2 ← 10.0.0.1".into(), now: half, then: None },
            ]
        );
    }
}
