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

use crate::answer::Verdict;
use crate::page::answering::{Answering, Progress};
use crate::page::context::{Here, use_here};
use crate::page::icon::{label, name, outcome_icon};
use crate::page::text::text;
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
            if let Some(verdict) = verdict.as_ref().filter(|verdict| !verdict.not_modelled.is_empty()) {
                { gaps(verdict, &here) }
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

/// What the answer depends on that is not modelled.
fn gaps(verdict: &Verdict, here: &Here) -> Html {
    let gaps = verdict.not_modelled.iter().enumerate();
    let gaps = gaps.map(|(at, gap)| html! { <li key={at}>{ text(gap, here) }</li> });
    html! { <div class="answer-gaps"><h3>{ here.words().not_modelled }</h3><ul>{ for gaps }</ul></div> }
}
