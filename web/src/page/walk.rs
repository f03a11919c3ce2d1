//! The walk: every step from the name lookup to the port.

use std::rc::Rc;

use yew::prelude::*;

use super::context::use_words;
use super::hop::HopCard;
use crate::answer::{Leg, Purpose, Verdict};
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
    let words = use_words();
    html! {
        <section class="walk">
            <header class="panel-head">
                <h2>{ words.walk }</h2>
                <span class="soft">{ words.walk_hint }</span>
            </header>
            { props.children.clone() }
            <Steps verdict={props.verdict.clone()} label={words.walk} />
        </section>
    }
}

/// What [`Steps`] is given.
#[derive(PartialEq, Properties)]
pub struct StepsProps {
    /// The walk's answer.
    pub verdict: Rc<Verdict>,
    /// What the list is called.
    pub label: &'static str,
}

/// The cards of a walk.
#[component]
pub fn Steps(props: &StepsProps) -> Html {
    let words = use_words();
    let steps = props.verdict.legs.iter().flat_map(|leg| steps(leg, words));
    let steps = steps.enumerate().map(|(at, (heading, hop))| {
        html! { <HopCard key={at} number={at + 1} {heading} {hop} /> }
    });
    html! { <ol aria-label={props.label}>{ for steps }</ol> }
}

/// The hops of a leg; the first carries what the leg is for.
fn steps<'l>(
    leg: &'l Leg,
    words: &'static Words,
) -> impl Iterator<Item = (Option<&'static str>, crate::answer::Hop)> + 'l {
    let purpose = match leg.purpose {
        Purpose::Resolve => words.leg_resolve,
        Purpose::Connect => words.leg_connect,
        Purpose::Proxy => words.leg_proxy,
    };
    leg.hops.iter().enumerate().map(move |(at, hop)| ((at == 0).then_some(purpose), hop.clone()))
}
