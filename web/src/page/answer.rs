//! The answer: one sentence, and the line that decided. Beside it the map, the walk, the pods.

pub mod arrivals;
pub mod landings;
pub mod map;
pub mod walk;
pub mod what_if;
pub mod hop;
pub mod candidates;
pub mod why_not;
pub mod pointing;

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use crate::answer::{Fragment, Mend, Outcome, Place, Problem, Verdict};
use crate::page::answering::{Answering, Progress};
use crate::page::context::{Here, use_here};
use crate::page::icon::{label, name, outcome_icon};
use crate::page::question::suggestions::chip;
use crate::page::state::Action;
use crate::page::text::text;
use crate::page::workspace::problems::mend_button;
use crate::words::Words;

/// An answer that takes longer than this is waited for in words.
const LATE_MS: u32 = 150;

/// What [`AnswerPanel`] is given.
#[derive(PartialEq, Properties)]
pub struct AnswerPanelProps {
    /// What is known.
    pub answering: Answering,
    /// Whether the question is still being typed.
    #[prop_or_default]
    pub typing: bool,
    /// Asks something else.
    #[prop_or_default]
    pub onask: Callback<Action>,
    /// Mends a problem.
    #[prop_or_default]
    pub onfix: Callback<Mend>,
    /// Tries once more to get a simulator.
    #[prop_or_default]
    pub onretry: Callback<MouseEvent>,
}

/// The sentence, announced to screen readers. An answer to another question than the one that stands there is pale.
#[component]
pub fn AnswerPanel(props: &AnswerPanelProps) -> Html {
    let here = use_here();
    let words = here.words();
    let Answering { progress, answer, verdict, .. } = &props.answering;
    let working = *progress == Progress::Working;
    let late = use_late(working);
    let stale = answer.complaint.is_some() || matches!(progress, Progress::Stopped | Progress::Unable);
    let outcome = verdict.as_ref().map(|verdict| name(verdict.outcome));
    let pale = stale || late || props.typing;
    html! {
        <section class="answer" id="answer" data-outcome={outcome} data-stale={pale.then_some("")}
            aria-busy={(working || props.typing).then_some("true")}>
            <div class="answer-sentence" role="status" aria-label={words.answer}>
                if let Some(trouble) = trouble(&props.answering, late, words) {
                    <p class="answer-trouble">{ trouble }</p>
                }
                if let Some(verdict) = verdict { { sentence(verdict, stale, &here) } }
            </div>
            if *progress == Progress::Unable {
                <button type="button" class="primary" onclick={props.onretry.clone()}>{ words.try_again }</button>
            }
            if let Some(verdict) = verdict.as_ref().filter(|verdict| !verdict.not_modelled.is_empty()) {
                { gaps(verdict, &here) }
            }
            if let Some(request) = verdict.as_ref().filter(|_| !pale).and_then(|verdict| verdict.advised.as_ref()) {
                <p class="answer-instead">{ words.answer_instead }{ " " }{ chip(request, &props.onask, words) }</p>
            }
            if let Some(verdict) = verdict.as_ref().filter(|_| !pale) {
                { for mends(verdict, &answer.problems).map(|mend| mend_button(mend, &props.onfix, words)) }
            }
        </section>
    }
}

/// Whether something has been going on for a while.
#[hook]
fn use_late(going: bool) -> bool {
    let late = use_state_eq(|| false);
    let setter = late.setter();
    use_effect_with(going, move |going| {
        setter.set(false);
        let timeout = going.then(|| Timeout::new(LATE_MS, move || setter.set(true)));
        move || drop(timeout)
    });
    *late && going
}

/// What stands in the way of an answer.
fn trouble(answering: &Answering, late: bool, words: &'static Words) -> Option<&'static str> {
    match answering.progress {
        Progress::Starting => Some(words.starting),
        Progress::Working if late && !answering.simulated => Some(words.starting),
        Progress::Working if late => Some(words.working),
        Progress::Given | Progress::Confirming | Progress::Working | Progress::Answered => None,
        Progress::Stopped => Some(words.stopped),
        Progress::Unable => Some(words.unanswered),
    }
}

fn sentence(verdict: &Verdict, stale: bool, here: &Here) -> Html {
    let words = here.words();
    html! {
        <>
            if stale {
                <p class="answer-of soft">{ words.stale }{ " " }<code>{ &*verdict.command }</code></p>
            }
            <p class="answer-outcome">
                { outcome_icon(verdict.outcome) }
                <strong>{ label(verdict.outcome, words) }</strong>
            </p>
            { " " }
            <p class="answer-words">{ text(&verdict.sentence, here) }</p>
            if let Some(why) = verdict.why() {
                <p class="answer-why"><span>{ words.because }</span>{ " " }{ text(why, here) }</p>
            }
        </>
    }
}

/// How many fixes are offered beside an answer.
const MOST_MENDS: usize = 2;

/// The fixes of problems at objects that the walk or its reason names, where the request fails.
fn mends<'p>(verdict: &'p Verdict, problems: &'p [Problem]) -> impl Iterator<Item = &'p Mend> {
    let fails = !matches!(verdict.outcome, Outcome::Delivered | Outcome::Found | Outcome::External);
    let walk = verdict.legs.iter().flat_map(|leg| &leg.hops).flat_map(|hop| {
        let reasons = hop.candidates.iter().flat_map(|candidate| candidate.what.iter().chain(&candidate.reason));
        hop.sentence.iter().chain(hop.because.iter().flatten()).chain(reasons)
    });
    let why = verdict.landings.iter().flat_map(|landing| landing.title.iter().chain(&landing.why));
    let places: Vec<Place> = walk.chain(why).chain(&verdict.sentence).filter_map(linked).collect();
    let concerns = move |mend: &Mend| places.iter().any(|place| place.holds(&mend.place));
    let mends = problems.iter().filter_map(|problem| problem.fix.as_ref());
    mends.filter(move |mend| fails && concerns(mend)).take(MOST_MENDS)
}

fn linked(fragment: &Fragment) -> Option<Place> {
    match fragment {
        Fragment::Link(_, place) => Some(*place),
        Fragment::Words(_) | Fragment::Code(_) => None,
    }
}

/// What the answer depends on that is not modelled.
fn gaps(verdict: &Verdict, here: &Here) -> Html {
    let gaps = verdict.not_modelled.iter().enumerate();
    let gaps = gaps.map(|(at, gap)| html! { <li key={at}>{ text(gap, here) }</li> });
    html! { <div class="answer-gaps"><h3>{ here.words().not_modelled }</h3><ul>{ for gaps }</ul></div> }
}
