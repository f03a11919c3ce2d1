//! Where the request can land, with exact shares, and how many landed there of those that were sent.

use std::cmp::Reverse;
use std::rc::Rc;

use whichpod_core::order::Order;
use yew::prelude::*;

use crate::answer::{Landing, Sent, Verdict, plain};
use crate::page::answer::arrivals::use_arrived;
use crate::page::context::{Here, use_here};
use crate::page::icon::{label, name, outcome_icon};
use crate::page::text::text;
use crate::words::Words;

/// How many are listed at first.
const SHORT: usize = 12;

/// What [`Landings`] is given.
#[derive(PartialEq, Properties)]
pub struct LandingsProps {
    /// With all of them, the greatest share first, and what was sent.
    pub verdict: Rc<Verdict>,
}

/// A row for each landing: share, outcome, pod.
#[component]
pub fn Landings(props: &LandingsProps) -> Html {
    let here = use_here();
    let words = here.words();
    let all = use_state(|| false);
    let setter = all.setter();
    let onall = Callback::from(move |_: MouseEvent| setter.set(true));
    let Verdict { landings, sent, .. } = &*props.verdict;
    let arrived = use_arrived(sent.as_ref());
    let counts = sent.as_ref().map(|sent| counts(sent, arrived, landings.len()));
    let listed = if *all { landings.len() } else { SHORT };
    let apart = props.verdict.why().is_none();
    let whole = sent.as_ref().map_or(0, |sent| sent.arrivals.len());
    let told = counts.as_ref().filter(|_| arrived == whole && whole > 0);
    let mut order: Vec<usize> = (0..landings.len()).collect();
    if let Some(counts) = told.filter(|_| landings.len() > SHORT) {
        // Of many, those where something landed are listed.
        order.order_by_key(|at| Reverse(counts.get(*at).copied()));
    }
    let rows = order.into_iter().take(listed).filter_map(|at| {
        let count = counts.as_ref().and_then(|counts| counts.get(at)).map(|count| (*count, arrived as u32));
        Some(row(at, landings.get(at)?, count, apart, &here))
    });
    html! {
        <div class="landings">
            <p class="landings-told" role="status" aria-label={words.tally}>
                { told.map(|counts| tally(counts, landings, words)).unwrap_or_default() }
            </p>
            <ul aria-label={words.landings}>{ for rows }</ul>
            if listed < landings.len() {
                <button type="button" class="quiet" onclick={onall}>
                    { format!("{} ({})", words.show_all, landings.len()) }
                </button>
            }
        </div>
    }
}

/// How many of those that have arrived landed where.
fn counts(sent: &Sent, arrived: usize, landings: usize) -> Vec<u32> {
    let mut counts = vec![0; landings];
    for place in sent.arrivals.iter().take(arrived) {
        if let Some(count) = counts.get_mut(*place as usize) {
            *count += 1;
        }
    }
    counts
}

/// `10 requests sent: pod default/web-1 6, pod default/web-2 4`
fn tally(counts: &[u32], landings: &[Landing], words: &'static Words) -> String {
    let mut parts: Vec<(u32, String)> =
        counts.iter().zip(landings).map(|(count, landing)| (*count, plain(&landing.title))).collect();
    parts.retain(|(count, _)| *count > 0);
    let rest = parts.len().saturating_sub(SHORT);
    let told = parts.iter().take(SHORT).map(|(count, title)| format!("{title} {count}"));
    let more = (rest > 0).then(|| format!("… {rest} {}", words.more));
    let told: Vec<String> = told.chain(more).collect();
    let sent = counts.iter().sum::<u32>();
    format!("{sent} {} {}", if sent == 1 { words.tally_one } else { words.tally_done }, told.join(", "))
}

/// A landing, how many landed there of all that have arrived, and its reason if it isn't that of all.
fn row(at: usize, landing: &Landing, count: Option<(u32, u32)>, apart: bool, here: &Here) -> Html {
    let words = here.words();
    let Landing { share, outcome, title, node, address, source, protocol, why } = landing;
    let facts = [
        (words.on_node, node),
        (words.at_address, address),
        (words.sees_source, source),
        (words.proxy_speaks, protocol),
    ];
    let facts = facts.into_iter().filter_map(|(label, fact)| Some((label, fact.as_ref()?)));
    let facts = facts.map(|(label, fact)| html! { <span key={label}>{ label }{ " " }<code>{ &**fact }</code></span> });
    html! {
        <li key={at} class="landing" data-outcome={name(*outcome)}>
            { outcome_icon(*outcome) }
            <div class="landing-what">
                <p>
                    <span class="visually-hidden">{ label(*outcome, words) }{ ": " }</span>
                    { text(title, here) }
                </p>
                <p class="landing-details soft">{ for facts }</p>
                if apart && !why.is_empty() {
                    <p class="landing-why">{ text(why, here) }</p>
                }
            </div>
            <div class="landing-share">
                <strong>{ share.percent() }</strong>
                { bar(share.fraction(), "bar-part") }
                if let Some((count, arrived)) = count {
                    { bar(f64::from(count) / f64::from(arrived.max(1)), "bar-count") }
                    <span class="landing-count">{ format!("{count} {} {arrived}", words.tally_of) }</span>
                }
            </div>
        </li>
    }
}

/// A fraction in steps of a thousandth, finer than it can be drawn.
fn bar(fraction: f64, part: &'static str) -> Html {
    let thousandths = (fraction * 1000.0).round() as u32;
    html! {
        <svg class="bar" viewBox="0 0 1000 6" preserveAspectRatio="none" aria-hidden="true">
            <rect class="bar-whole" width="1000" height="6" />
            <rect class={part} width={thousandths.to_string()} height="6" />
        </svg>
    }
}
