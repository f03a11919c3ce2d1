//! A bar for each roll-out: at which step it is, what happened there, and the way to the other steps.

use yew::prelude::*;

use crate::answer::Rollout;
use crate::page::state::Action;
use crate::protocol::Change;
use crate::words::Words;

/// The bar. A button that leads nowhere stays where it is, and keeps the focus.
pub fn bar(rollout: &Rollout, act: &Callback<Action>, words: &'static Words) -> Html {
    let Rollout { deployment, step, last, text } = rollout;
    let button = |label: &'static str, to: u32| {
        let leads = (1..=*last).contains(&to) && to != *step;
        let change = Change::Rollout { deployment: deployment.clone(), step: to };
        let act = act.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            if leads {
                act.emit(Action::Change(change.clone()));
            }
        });
        html! { <button type="button" aria-disabled={(!leads).then_some("true")} {onclick}>{ label }</button> }
    };
    let at = match step > last {
        true => words.rollout_over.to_owned(),
        false => format!("{} {step} {} {last}", words.rollout_step, words.rollout_of),
    };
    html! {
        <div key={&**deployment} class="rollout" role="group" aria-label={format!("{} {deployment}", words.rollout)}>
            <p aria-live="polite"><strong>{ words.rollout }{ " " }<code>{ &**deployment }</code>{ ", " }{ at }</strong>{ " " }{ &**text }</p>
            <span class="rollout-steps">
                { button(words.rollout_first, 1) }
                { button(words.rollout_back, step.saturating_sub(1)) }
                { button(words.rollout_next, step + 1) }
                { button(words.rollout_last, *last) }
            </span>
        </div>
    }
}
