//! The walk: every step from the name lookup to the port.

use std::rc::Rc;

use yew::prelude::*;

use super::context::{Here, use_here};
use super::hop::hop_card;
use crate::answer::{Hop, Leg, Purpose, Verdict};
use crate::words::Words;

/// What [`Walk`] is given.
#[derive(PartialEq, Properties)]
pub struct WalkProps {
    /// The walk's answer.
    pub verdict: Rc<Verdict>,
    /// What stands between the heading and the steps.
    #[prop_or_default]
    pub children: Html,
}

/// The steps in order, connection by connection.
#[component]
pub fn Walk(props: &WalkProps) -> Html {
    let here = use_here();
    let words = here.words();
    html! {
        <section class="walk">
            <header class="panel-head">
                <h2>{ words.walk }</h2>
                <span class="soft">{ words.walk_hint }</span>
            </header>
            { props.children.clone() }
            { steps(&props.verdict, words.walk, &here) }
        </section>
    }
}

/// The cards of a walk, in a list with this name.
pub fn steps(verdict: &Verdict, label: &'static str, here: &Here) -> Html {
    let steps = verdict.legs.iter().flat_map(|leg| headed(leg, here.words()));
    let steps = steps.enumerate().map(|(at, (heading, hop))| hop_card(at, heading, hop, here));
    html! { <ol aria-label={label}>{ for steps }</ol> }
}

/// The hops of a leg; the first carries what the leg is for.
fn headed<'l>(leg: &'l Leg, words: &'static Words) -> impl Iterator<Item = (Option<&'static str>, &'l Hop)> {
    let purpose = match leg.purpose {
        Purpose::Resolve => words.leg_resolve,
        Purpose::Connect => words.leg_connect,
        Purpose::Proxy => words.leg_proxy,
    };
    leg.hops.iter().enumerate().map(move |(at, hop)| ((at == 0).then_some(purpose), hop))
}
