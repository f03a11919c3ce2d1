//! Where the request can land, with exact shares.

use yew::prelude::*;

use super::context::use_words;
use super::icon::{OutcomeIcon, label, name};
use super::text::Text;
use crate::answer::Landing;

/// How many are listed at first.
const SHORT: usize = 12;

/// What [`Landings`] is given.
#[derive(PartialEq, Properties)]
pub struct LandingsProps {
    /// All of them, the greatest share first.
    pub landings: Vec<Landing>,
}

/// A row for each landing: share, outcome, pod.
#[component]
pub fn Landings(props: &LandingsProps) -> Html {
    let words = use_words();
    let all = use_state(|| false);
    let onall = use_callback(all.setter(), |_: MouseEvent, all| all.set(true));
    let listed = if *all { props.landings.len() } else { SHORT };
    let rows = props.landings.iter().take(listed).enumerate();
    let rows = rows.map(|(at, landing)| html! { <Row key={at} landing={landing.clone()} /> });
    html! {
        <div class="landings">
            <ul aria-label={words.landings}>{ for rows }</ul>
            if listed < props.landings.len() {
                <button type="button" class="quiet" onclick={onall}>
                    { format!("{} ({})", words.show_all, props.landings.len()) }
                </button>
            }
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct RowProps {
    landing: Landing,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let words = use_words();
    let Landing { share, outcome, title, node, address, source } = &props.landing;
    let facts = [(words.on_node, node), (words.at_address, address), (words.sees_source, source)];
    let facts = facts.into_iter().filter_map(|(label, fact)| Some((label, fact.as_ref()?)));
    let facts = facts.map(|(label, fact)| html! { <span key={label}>{ label }{ " " }<code>{ &**fact }</code></span> });
    html! {
        <li class="landing" data-outcome={name(*outcome)}>
            <OutcomeIcon outcome={*outcome} />
            <div class="landing-what">
                <p>
                    <span class="visually-hidden">{ label(*outcome, words) }{ ": " }</span>
                    <Text text={title.clone()} />
                </p>
                <p class="landing-details soft">{ for facts }</p>
            </div>
            <div class="landing-share">
                <strong>{ share.percent() }</strong>
                <svg class="bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
                    <rect class="bar-whole" width="100" height="6" />
                    <rect class="bar-part" width={format!("{:.2}", share.fraction() * 100.0)} height="6" />
                </svg>
            </div>
        </li>
    }
}
