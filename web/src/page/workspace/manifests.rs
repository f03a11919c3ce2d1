//! The left side: files and their editor, and below it what is wrong with the manifests.

use std::rc::Rc;

use yew::prelude::*;

use crate::answer::Answer;
use crate::page::context::use_words;
use crate::page::simulator::Simulator;
use crate::page::state::{Action, FileAction, Shown};
use crate::page::workspace::cluster::cluster_choice;
use crate::page::workspace::editor::{Content, Editor};
use crate::page::workspace::files;
use crate::page::workspace::problems::Problems;
use crate::page::workspace::tabs::Tabs;
use crate::page::workspace::workspaces::Workspaces;
use crate::protocol::Assisted;
use crate::workspace::Workspace;

/// What [`Manifests`] is given.
#[derive(PartialEq, Properties)]
pub struct ManifestsProps {
    /// The texts.
    pub content: Content,
    /// Under which name everything is kept.
    pub name: Rc<str>,
    /// Everything that is kept.
    pub workspace: Workspace,
    /// What is known about the texts.
    pub answer: Rc<Answer>,
    /// What to jump to.
    pub shown: Option<Shown>,
    /// What is known about a position.
    pub assisted: Option<Rc<Assisted>>,
    /// Knows it.
    pub simulator: Rc<Simulator>,
    /// Whether it is a part of another site's page: then only the text is there.
    #[prop_or_default]
    pub embedded: bool,
    /// What there is to tell, at the foot.
    #[prop_or_default]
    pub notice: Html,
    /// Changes the state.
    pub act: Callback<Action>,
}

/// Files, the editor, a count of objects, and the list of problems.
#[component]
pub fn Manifests(props: &ManifestsProps) -> Html {
    let words = use_words();
    let noun = if props.answer.objects == 1 { words.objects_one } else { words.objects_many };
    let onedit = use_callback(props.act.clone(), |(file, text), act| act.emit(Action::Typed { file, text }));
    let onassist = use_callback(props.simulator.clone(), |ask, simulator| simulator.want(ask));
    let onback = use_callback(props.act.clone(), |(), act| act.emit(Action::File(FileAction::Back)));
    let onfix = use_callback(props.act.clone(), |mend, act| act.emit(Action::File(FileAction::Mend(mend))));
    let dropping = use_dropping(props);
    html! {
        <section class="manifests" id="manifests" aria-label={words.manifests} ondragover={dropping.over} ondragleave={dropping.left} ondrop={dropping.dropped}>
            <header class="panel-head">
                <h2>{ words.manifests }</h2>
                <span class="soft">{ format!("{} {noun}", props.answer.objects) }</span>
                if !props.embedded {
                    <Workspaces name={props.name.clone()} workspace={props.workspace.clone()} act={props.act.clone()} />
                    { cluster_choice(&props.answer.presets, &props.act, words) }
                }
            </header>
            if !props.embedded || props.content.files.len() > 1 {
                <Tabs files={props.content.files.clone()} active={props.content.active} act={props.act.clone()} />
            }
            <Editor
                content={props.content.clone()}
                problems={props.answer.problems.clone()}
                shown={props.shown}
                {onedit}
                {onassist}
                assisted={props.assisted.clone()}
                {onback}
            />
            <p class="visually-hidden">{ words.escape_hint }</p>
            <Problems problems={props.answer.problems.clone()} {onfix} />
            { props.notice.clone() }
            if dropping.hovers { <div class="manifests-drop">{ words.files_drop }</div> }
        </section>
    }
}

struct Dropping {
    hovers: bool,
    over: Callback<DragEvent>,
    left: Callback<DragEvent>,
    dropped: Callback<DragEvent>,
}

/// Files and folders that are dropped anywhere on the left side become tabs.
#[hook]
fn use_dropping(props: &ManifestsProps) -> Dropping {
    let hovers = use_state_eq(|| false);
    let setter = hovers.setter();
    let over = Callback::from(move |event: DragEvent| {
        if files::is_of_files(&event) {
            event.prevent_default();
            setter.set(true);
        }
    });
    let setter = hovers.setter();
    let left = Callback::from(move |_: DragEvent| setter.set(false));
    let (setter, files, act) = (hovers.setter(), props.content.files.clone(), props.act.clone());
    let dropped = Callback::from(move |event: DragEvent| {
        setter.set(false);
        let held = files.iter().map(|file| file.text.size()).sum();
        if files::open_dropped(&event, held, act.clone()) {
            event.prevent_default();
        }
    });
    Dropping { hovers: *hovers, over, left, dropped }
}
