//! A bar for each roll-out: at which step it is, what happened there, and the way to the other steps, by itself if wanted.

use gloo_timers::callback::Timeout;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::answer::Rollout;
use crate::page::context::use_words;
use crate::page::state::Action;
use crate::protocol::Change;

/// How long each step stays while it plays.
const STAY_MS: u32 = 1500;

/// What [`RolloutBar`] is given.
#[derive(PartialEq, Properties)]
pub struct RolloutBarProps {
    /// At which step it is.
    pub rollout: Rollout,
    /// Changes the state.
    pub act: Callback<Action>,
}

/// The bar. A button that leads nowhere stays where it is, and keeps the focus.
#[component]
pub fn RolloutBar(props: &RolloutBarProps) -> Html {
    let words = use_words();
    let Rollout { deployment, step, last, text } = &props.rollout;
    // The step that is waited for while it plays; 0 while it does not.
    let aim = use_state_eq(|| 0_u32);
    let goto = {
        let (act, deployment, step, last) = (props.act.clone(), deployment.clone(), *step, *last);
        Callback::from(move |to: u32| {
            if (1..=last).contains(&to) && to != step {
                act.emit(Action::Change(Change::Rollout { deployment: deployment.clone(), step: to }));
            }
        })
    };
    use_effect_with((*aim, *step), {
        let (goto, setter, last) = (goto.clone(), aim.setter(), *last);
        move |(aim, step)| {
            let (is_there, next) = (*aim > 0 && aim == step, *step + 1);
            let timeout = is_there.then(|| {
                Timeout::new(if next > last { 0 } else { STAY_MS }, move || {
                    setter.set(if next > last { 0 } else { next });
                    goto.emit(next);
                })
            });
            move || drop(timeout)
        }
    });
    let button = |label: &'static str, to: u32| {
        let leads = (1..=*last).contains(&to) && to != *step;
        let onclick = goto.reform(move |_: MouseEvent| to);
        html! { <button type="button" aria-disabled={(!leads).then_some("true")} {onclick}>{ label }</button> }
    };
    let onplay = {
        let (goto, setter, plays) = (goto.clone(), aim.setter(), *aim > 0);
        let first = if step >= last { 1 } else { *step };
        Callback::from(move |_: MouseEvent| {
            setter.set(if plays { 0 } else { first });
            if !plays {
                goto.emit(first);
            }
        })
    };
    let onchange = goto
        .reform(|event: Event| event.target_unchecked_into::<HtmlInputElement>().value().parse().unwrap_or_default());
    let at = if step > last {
        words.rollout_over.to_owned()
    } else {
        format!("{} {step} {} {last}", words.rollout_step, words.rollout_of)
    };
    html! {
        <div class="rollout" role="group" aria-label={format!("{} {deployment}", words.rollout)}>
            <p aria-live="polite"><strong>{ words.rollout }{ " " }<code>{ &**deployment }</code>{ ", " }{ at.clone() }</strong>{ " " }{ &**text }</p>
            <span class="rollout-steps">
                { button(words.rollout_first, 1) }
                { button(words.rollout_back, step.saturating_sub(1)) }
                <input type="range" min="1" max={last.to_string()} value={step.min(last).to_string()} aria-label={words.rollout_step}
                    aria-valuetext={at} {onchange} />
                { button(words.rollout_next, step + 1) }
                { button(words.rollout_last, *last) }
                <button type="button" aria-pressed={(*aim > 0).to_string()} onclick={onplay}>{ words.rollout_play }</button>
            </span>
        </div>
    }
}
