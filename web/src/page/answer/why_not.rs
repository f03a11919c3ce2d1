//! Why not the pod that somebody expected.

use std::rc::Rc;

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::answer::Other;
use crate::page::context::{Here, use_here};
use crate::page::text::{place_link, text};

/// What [`WhyNot`] is given.
#[derive(PartialEq, Properties)]
pub struct WhyNotProps {
    /// Pods on which the request cannot land.
    pub others: Vec<Other>,
}

/// A list of pods, and the reason for the one that is chosen.
#[component]
pub fn WhyNot(props: &WhyNotProps) -> Html {
    let here = use_here();
    let words = here.words();
    let chosen = use_state(|| None::<Rc<str>>);
    let setter = chosen.setter();
    let onchange = Callback::from(move |event: Event| {
        setter.set(Some(event.target_unchecked_into::<HtmlSelectElement>().value().into()));
    });
    let other = props.others.iter().find(|other| Some(&other.pod) == chosen.as_ref());
    let options = props.others.iter().map(|option| {
        let selected = other == Some(option);
        html! { <option key={&*option.pod} value={option.pod.to_string()} {selected}>{ &*option.pod }</option> }
    });
    html! {
        if !props.others.is_empty() {
            <div class="why-not">
                <label>
                    <span>{ words.why_not }</span>
                    <select aria-label={words.why_not_pod} {onchange}>
                        <option value="" selected={other.is_none()}>{ words.why_not_choose }</option>
                        { for options }
                    </select>
                </label>
                <div aria-live="polite">{ other.map(|other| reason(other, &here)).unwrap_or_default() }</div>
            </div>
        }
    }
}

fn reason(other: &Other, here: &Here) -> Html {
    html! {
        <p class="why-not-reason">
            { match other.place {
                Some(place) => place_link(&other.pod, place, here),
                None => html! { <code>{ &*other.pod }</code> },
            } }
            { ": " }
            { text(&other.reason, here) }
        </p>
    }
}
