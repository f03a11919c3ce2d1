//! The answer: one sentence, the landings, and why not another pod.

use std::rc::Rc;

use yew::prelude::*;

use super::answering::{Answering, Progress};
use super::context::{Here, use_here};
use super::icon::{label, name, outcome_icon};
use super::landings::Landings;
use super::text::text;
use super::why_not::WhyNot;
use crate::answer::{Printed, Verdict};
use crate::words::Words;

/// Up to this many lines of output are shown unasked.
const SHORT: usize = 20;

/// What [`AnswerPanel`] is given.
#[derive(PartialEq, Properties)]
pub struct AnswerPanelProps {
    /// What is known.
    pub answering: Answering,
}

/// The sentence, announced to screen readers, and below it the landings.
#[component]
pub fn AnswerPanel(props: &AnswerPanelProps) -> Html {
    let here = use_here();
    let words = here.words();
    let Answering { progress, answer, verdict, .. } = &props.answering;
    let stale = answer.complaint.is_some() || matches!(progress, Progress::Stopped | Progress::Unable);
    let outcome = verdict.as_ref().map(|verdict| name(verdict.outcome));
    html! {
        <section class="answer" data-outcome={outcome} data-stale={stale.then_some("")}
            aria-busy={(*progress == Progress::Working).then_some("true")}>
            <div class="answer-sentence" role="status" aria-label={words.answer}>
                if let Some(trouble) = trouble(*progress, words) { <p class="answer-trouble">{ trouble }</p> }
                if let Some(verdict) = verdict { { sentence(verdict, stale, &here) } }
            </div>
            if let Some(verdict) = verdict { { below(verdict, &here) } }
        </section>
    }
}

/// What stands in the way of an answer.
fn trouble(progress: Progress, words: &'static Words) -> Option<&'static str> {
    match progress {
        Progress::Starting => Some(words.starting),
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
                <p class="soft">{ words.stale }{ " " }<code>{ &*verdict.command }</code></p>
            }
            <p class="answer-outcome">
                { outcome_icon(verdict.outcome) }
                <strong>{ label(verdict.outcome, words) }</strong>
            </p>
            <p class="answer-words">{ text(&verdict.sentence, here) }</p>
            if let Some(why) = verdict.why() {
                <p class="answer-why"><span>{ words.because }</span>{ text(why, here) }</p>
            }
        </>
    }
}

/// Landings, what the tool prints, gaps, and the pods that were not reached.
fn below(verdict: &Rc<Verdict>, here: &Here) -> Html {
    let words = here.words();
    let gaps = verdict.not_modelled.iter().enumerate();
    let gaps = gaps.map(|(at, gap)| html! { <li key={at}>{ text(gap, here) }</li> });
    html! {
        <>
            <Landings verdict={verdict.clone()} />
            if !verdict.not_modelled.is_empty() {
                <div class="answer-gaps"><h3>{ words.not_modelled }</h3><ul>{ for gaps }</ul></div>
            }
            <div class="answer-more">
                if let Some(printed) = &verdict.printed { { output(printed, words) } }
                <WhyNot others={verdict.others.clone()} />
            </div>
        </>
    }
}

fn output(printed: &Printed, words: &'static Words) -> Html {
    html! {
        <details class="answer-output" open={printed.text.lines().count() <= SHORT}>
            <summary>{ words.prints }</summary>
            <pre tabindex="0"><code>{ &*printed.text }</code></pre>
            <p class="soft">{ format!("{} {}", words.exit, printed.exit) }</p>
        </details>
    }
}
