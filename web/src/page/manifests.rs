//! The left side: the editor, and below it what is wrong with the manifests.

use std::rc::Rc;

use yew::prelude::*;

use super::context::use_words;
use super::editor::{Content, Editor};
use super::problems::Problems;
use super::state::Shown;
use crate::answer::Answer;

/// What [`Manifests`] is given.
#[derive(PartialEq, Properties)]
pub struct ManifestsProps {
    /// The text.
    pub content: Content,
    /// What is known about it.
    pub answer: Rc<Answer>,
    /// What to jump to.
    pub shown: Option<Shown>,
    /// The text was edited.
    pub onedit: Callback<Rc<str>>,
}

/// The editor, a count of objects, and the list of problems.
#[component]
pub fn Manifests(props: &ManifestsProps) -> Html {
    let words = use_words();
    let noun = if props.answer.objects == 1 { words.objects_one } else { words.objects_many };
    html! {
        <section class="manifests">
            <header class="panel-head">
                <h2>{ words.manifests }</h2>
                <span class="soft">{ format!("{} {noun}", props.answer.objects) }</span>
                <span class="soft manifests-private">{ words.private }</span>
            </header>
            <Editor
                content={props.content.clone()}
                problems={props.answer.problems.clone()}
                shown={props.shown}
                onedit={props.onedit.clone()}
            />
            <p class="visually-hidden">{ words.escape_hint }</p>
            <Problems problems={props.answer.problems.clone()} />
        </section>
    }
}
