//! What there is to tell, beneath what it is about: a link was made, an example was opened, storage failed.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use crate::page::browser;
use crate::page::context::use_words;
use crate::page::state::{Action, Notice, Refusal, RefusalReason};
use crate::protocol::{Change, PodFate};
use crate::words::Words;

/// How long good news stay by themselves.
const STAY_MS: u32 = 8000;

/// What [`NoticeBar`] is given.
#[derive(PartialEq, Properties)]
pub struct NoticeBarProps {
    /// What there is to tell.
    pub notice: Notice,
    /// Changes the state.
    pub act: Callback<Action>,
}

/// A sentence, and what can be done about it. Good news go by themselves, unless somebody is at them.
#[component]
pub fn NoticeBar(props: &NoticeBarProps) -> Html {
    let words = use_words();
    let NoticeBarProps { notice, act } = props;
    let held = use_state_eq(|| false);
    let passes = passes(notice) && !*held;
    use_effect_with((notice.clone(), passes), {
        let act = act.clone();
        move |(_, passes)| {
            let timeout = passes.then(|| Timeout::new(STAY_MS, move || act.emit(Action::Dismiss)));
            move || drop(timeout)
        }
    });
    let hold = |holds: bool| {
        let setter = held.setter();
        move || setter.set(holds)
    };
    let (enter, leave, focus, blur) = (hold(true), hold(false), hold(true), hold(false));
    let close = act.reform(|_: MouseEvent| Action::Dismiss);
    let undo = way_back(notice).map(|back| {
        let onclick = act.reform(move |_: MouseEvent| back.clone());
        html! { <button type="button" {onclick}>{ words.undo }</button> }
    });
    let made = match notice {
        Notice::FilesRefused(files) => refusals(files, words),
        Notice::Update => {
            let onclick = |_: MouseEvent| browser::update();
            html! { <button type="button" {onclick}>{ words.update_now }</button> }
        }
        _ => Html::default(),
    };
    html! {
        <div class="notice" data-bad={is_bad(notice).then_some("")} role="alert"
            onpointerenter={move |_: PointerEvent| enter()} onpointerleave={move |_: PointerEvent| leave()}
            onfocusin={move |_: FocusEvent| focus()} onfocusout={move |_: FocusEvent| blur()}>
            <div class="notice-words">
                <p>
                    if let Notice::Changed(change) = notice { <code>{ subject(change) }</code>{ " " } }
                    if let Notice::ExampleMissing(id) = notice { <code>{ &**id }</code>{ ": " } }
                    { sentence(notice, words) }
                </p>
                { made }
            </div>
            { undo.unwrap_or_default() }
            <button type="button" class="quiet" onclick={close}>{ words.close }</button>
        </div>
    }
}

fn refusals(files: &[Refusal], words: &'static Words) -> Html {
    let rows = files.iter().map(|Refusal { name, reason }| {
        let why = match reason {
            RefusalReason::Binary => words.refused_binary,
            RefusalReason::Large => words.refused_large,
            RefusalReason::Empty => words.refused_empty,
            RefusalReason::Unreadable => words.refused_unreadable,
        };
        html! { <li key={&**name}><code>{ &**name }</code>{ ": " }{ why }</li> }
    });
    html! { <ul>{ for rows }</ul> }
}

/// What a change is about.
fn subject(change: &Change) -> Rc<str> {
    match change {
        Change::Pod { name, .. } => name.clone(),
        Change::Scale { workload, .. } => workload.clone(),
        Change::Rollout { deployment, .. } => deployment.clone(),
        Change::Preset(name) | Change::Version(name) | Change::Command(name) => name.clone(),
    }
}

fn done(change: &Change, words: &'static Words) -> &'static str {
    match change {
        Change::Pod { fate: PodFate::Ready, .. } => words.made_ready,
        Change::Pod { fate: PodFate::Unready, .. } => words.made_unready,
        Change::Pod { fate: PodFate::Terminating, .. } => words.made_terminating,
        Change::Pod { fate: PodFate::Deleted, .. } => words.deleted,
        Change::Scale { by, .. } if *by > 0 => words.scaled_up,
        Change::Scale { .. } => words.scaled_down,
        Change::Rollout { .. } => words.rollout_moved,
        Change::Preset(_) => words.preset_chosen,
        Change::Version(_) => words.version_chosen,
        Change::Command(_) => words.command_written,
    }
}

/// What brings back what was there before.
fn way_back(notice: &Notice) -> Option<Action> {
    match notice {
        Notice::Changed(_) => Some(Action::TakeBack),
        Notice::QuestionReplaced(undoable) => undoable.then_some(Action::Undo),
        Notice::ExampleOpened
        | Notice::EmptyOpened
        | Notice::LinkOpened
        | Notice::FileClosed
        | Notice::FilesOpened
        | Notice::WorkspaceDeleted => Some(Action::Undo),
        _ => None,
    }
}

/// Whether it need not be answered: everything that was done went well, and nothing is to be copied by hand.
fn passes(notice: &Notice) -> bool {
    !is_bad(notice) && *notice != Notice::Update && *notice != Notice::OpenElsewhere
}

fn is_bad(notice: &Notice) -> bool {
    match notice {
        Notice::ExampleFailed
        | Notice::ExampleMissing(_)
        | Notice::LinkBroken
        | Notice::StorageFailed
        | Notice::ChangeFailed
        | Notice::CopyRefused
        | Notice::PictureFailed
        | Notice::FilesRefused(_)
        | Notice::ImportFailed
        | Notice::RecordUnreadable
        | Notice::Restarted => true,
        Notice::ExampleOpened | Notice::EmptyOpened | Notice::LinkOpened => false,
        Notice::FileClosed | Notice::FilesOpened | Notice::WorkspaceDeleted => false,
        Notice::Changed(_) | Notice::WalkCopied | Notice::Update => false,
        Notice::QuestionReplaced(_) | Notice::OpenElsewhere => false,
    }
}

fn sentence(notice: &Notice, words: &'static Words) -> &'static str {
    match notice {
        Notice::ExampleOpened => words.example_opened,
        Notice::EmptyOpened => words.empty_opened,
        Notice::ExampleFailed => words.example_failed,
        Notice::ExampleMissing(_) => words.example_missing,
        Notice::LinkOpened => words.link_opened,
        Notice::LinkBroken => words.link_broken,
        Notice::FileClosed => words.file_closed,
        Notice::FilesOpened => words.files_opened,
        Notice::FilesRefused(_) => words.files_refused,
        Notice::WorkspaceDeleted => words.workspace_deleted,
        Notice::ImportFailed => words.import_failed,
        Notice::Restarted => words.restarted,
        Notice::StorageFailed => words.storage_failed,
        Notice::Changed(change) => done(change, words),
        Notice::ChangeFailed => words.change_failed,
        Notice::WalkCopied => words.walk_copied,
        Notice::CopyRefused => words.copy_refused,
        Notice::PictureFailed => words.picture_failed,
        Notice::QuestionReplaced(_) => words.question_replaced,
        Notice::RecordUnreadable => words.record_unreadable,
        Notice::OpenElsewhere => words.open_elsewhere,
        Notice::Update => words.update,
    }
}
