//! Before and after: which requests are answered otherwise than with the manifests that were kept, or than under another
//! controller. A click asks one of them on the page.

use std::rc::Rc;

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::answer::{Answer, AnswerChange, Comparison, FatePart, IngressFate};
use crate::page::context::{Here, use_here};
use crate::page::question::suggestions::chip;
use crate::page::state::{Action, BaselineAction};
use crate::page::text::text;
use crate::protocol::{CompareWith, IngressImplementation, Task};
use crate::words::Words;
use crate::workspace::TextFile;

/// What [`Compare`] is given.
#[derive(PartialEq, Properties)]
pub struct CompareProps {
    /// The texts that were kept; none if nobody did.
    pub baseline: Rc<[TextFile]>,
    /// What is answered differently, as it was found last; None before.
    pub comparison: Option<Rc<Comparison>>,
    /// The newest answer: after each, everything is asked anew.
    pub answer: Rc<Answer>,
    /// Asks the worker.
    pub perform: Callback<Task>,
    /// Changes the state.
    pub act: Callback<Action>,
}

/// What to compare with, and the changes; asked while they are looked at.
#[component]
pub fn Compare(props: &CompareProps) -> Html {
    let here = use_here();
    let (words, language) = (here.words(), here.language);
    let controller = use_state_eq(|| None::<IngressImplementation>);
    let kept = (!props.baseline.is_empty()).then(|| CompareWith::Baseline(props.baseline.clone()));
    let with = (*controller).map(CompareWith::Controller).or(kept);
    let perform = props.perform.clone();
    use_effect_with((props.answer.clone(), with.clone(), language), move |(_, with, language)| {
        if let Some(with) = with.clone() {
            perform.emit(Task::Compare { with, language: *language });
        }
    });
    let setter = controller.setter();
    let onchange = Callback::from(move |event: Event| {
        let name = event.target_unchecked_into::<HtmlSelectElement>().value();
        setter.set(IngressImplementation::from_name(&name));
    });
    let choices = IngressImplementation::ALL.iter().map(|one| {
        html! { <option key={one.name()} value={one.name()} selected={*controller == Some(*one)}>{ one.name() }</option> }
    });
    html! {
        <section class="compare" aria-label={words.compare}>
            <div class="compare-with">
                <label>
                    <span>{ words.compare_with }</span>
                    <select {onchange}>
                        <option value="" selected={controller.is_none()}>{ words.compare_kept }</option>
                        <optgroup label={words.compare_controller}>{ for choices }</optgroup>
                    </select>
                </label>
                if controller.is_none() { { baseline_tools(props, words) } }
            </div>
            { found(with.as_ref(), props, &here) }
        </section>
    }
}

fn baseline_tools(props: &CompareProps, words: &'static Words) -> Html {
    let button = |action: BaselineAction, title: &'static str| {
        let onclick = props.act.reform(move |_: MouseEvent| Action::Baseline(action));
        html! { <button type="button" {onclick}>{ title }</button> }
    };
    html! {
        <>
            { button(BaselineAction::Keep, words.compare_keep) }
            if !props.baseline.is_empty() {
                { button(BaselineAction::Swap, words.compare_swap) }
                { button(BaselineAction::Forget, words.compare_forget) }
            }
        </>
    }
}

fn found(with: Option<&CompareWith>, props: &CompareProps, here: &Here) -> Html {
    let words = here.words();
    let Some(with) = with else { return html! { <p class="soft">{ words.compare_how }</p> } };
    let Some(comparison) = &props.comparison else { return html! { <p class="soft">{ words.working }</p> } };
    let heads = match with {
        CompareWith::Baseline(_) => (words.compare_before, words.compare_now),
        CompareWith::Controller(_) => (words.compare_now, words.compare_then),
    };
    let changes = comparison.changes.iter().enumerate();
    html! {
        <>
            <p role="status">{ &*comparison.headline }</p>
            <ul class="compare-changes">{ for changes.map(|(at, change)| row(at, change, heads, &props.act, here)) }</ul>
            { for comparison.ingresses.iter().map(|ingress| fate(ingress, heads, &props.act, here)) }
            if !comparison.not_asked.is_empty() {
                <p class="soft">{ words.compare_not_asked }{ " " }{ comparison.not_asked.join("; ") }</p>
            }
        </>
    }
}

fn row(
    at: usize,
    change: &AnswerChange,
    (was, is): (&'static str, &'static str),
    act: &Callback<Action>,
    here: &Here,
) -> Html {
    let AnswerChange { title, count, example, before, after, others } = change;
    let words = here.words();
    html! {
        <li key={at} class="compare-change">
            <p><strong>{ &**title }</strong>{ " " }<span class="count">{ count }</span>{ " " }{ chip(example, act, words) }</p>
            <dl>
                <div><dt>{ was }</dt><dd>{ text(before, here) }</dd></div>
                <div><dt>{ is }</dt><dd>{ text(after, here) }</dd></div>
            </dl>
            if !others.is_empty() {
                <details>
                    <summary>{ words.compare_others }</summary>
                    <div class="compare-others">{ for others.iter().map(|other| chip(other, act, words)) }</div>
                </details>
            }
        </li>
    }
}

/// What becomes of an Ingress, annotation by annotation.
fn fate(ingress: &IngressFate, heads: (&'static str, &'static str), act: &Callback<Action>, here: &Here) -> Html {
    html! {
        <>
            <h3>{ &*ingress.headline }</h3>
            <ul class="compare-changes">{ for ingress.parts.iter().map(|part| fate_part(part, heads, act, here)) }</ul>
        </>
    }
}

fn fate_part(part: &FatePart, (was, is): (&'static str, &'static str), act: &Callback<Action>, here: &Here) -> Html {
    let FatePart { title, annotation, why, example } = part;
    let words = here.words();
    let answers = example.iter().flat_map(|example| {
        let without = example.without.as_ref().map(|answer| (words.compare_without, answer));
        [Some((was, &example.before)), without, Some((is, &example.after))].into_iter().flatten()
    });
    html! {
        <li class="compare-change">
            <p><strong>{ &**title }</strong>{ " " }{ text(annotation, here) }{ " " }<span class="soft">{ &**why }</span>
                { for example.iter().map(|example| chip(&example.request, act, words)) }
            </p>
            if example.is_some() {
                <dl>{ for answers.map(|(what, answer)| html! { <div><dt>{ what }</dt><dd>{ &**answer }</dd></div> }) }</dl>
            }
        </li>
    }
}
