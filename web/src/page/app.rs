//! The root: owns the state, asks the worker, and hands values and callbacks down.

use std::rc::Rc;

use gloo_events::EventListener;
use yew::prelude::*;

use super::answer::AnswerPanel;
use super::answering::{Answering, Progress};
use super::browser;
use super::context::Here;
use super::editor::Content;
use super::empty::Empty;
use super::examples::{guide, open_linked, use_gallery};
use super::header::header;
use super::keeping::{Start, keep, use_keeping, use_settings};
use super::manifests::Manifests;
use super::map::MapPanel;
use super::notice::notice_bar;
use super::panels::{PanelAction, PanelTabs, Panels};
use super::question::Question;
use super::share::hand_over;
use super::simulator::{Event, Simulator, use_simulator};
use super::state::{Action, Notice, Opened, State};
use super::take::{TakeMenu, save_routing_test};
use super::walk::Walk;
use super::what_if::WhatIfPanel;
use crate::gallery::{self, Example};
use crate::protocol::{self, Ask, Done, LinkFault, Reply, Texts};
use crate::words::Words;

/// What [`App`] is given.
#[derive(PartialEq, Properties)]
pub struct AppProps {
    /// What the page begins with.
    pub start: Start,
}

/// The whole page.
#[component]
pub fn App(props: &AppProps) -> Html {
    let state = use_reducer({
        let start = props.start.state.clone();
        || start
    });
    let answering = use_reducer({
        let given = props.start.answer.clone();
        || Answering::given(given)
    });
    let act = use_callback(state.dispatcher(), |action, state| state.dispatch(action));
    let panels = use_reducer(Panels::default);
    let hear = use_hearing(&state, &answering, &panels);
    let simulator = use_simulator(hear);
    use_updates(&act);
    use_links(props.start.link.clone(), &simulator, &act);
    use_asking(&state, &simulator);
    use_changing(&state, &simulator);
    use_keeping(&state, &simulator);
    use_settings(state.settings);
    let gallery = use_gallery(answering.progress != Progress::Starting, &act);
    let jump = use_callback(act.clone(), |place, act| act.emit(Action::Jump(place)));
    let here = Here::new(state.settings.language, jump, &state.workspace.files);
    let onshare = use_callback((state.workspace.clone(), simulator.clone()), |(), (workspace, simulator)| {
        simulator.want(Ask::Link { workspace: workspace.clone(), wanted: true });
    });
    let take = html! {
        <TakeMenu workspace={state.workspace.clone()} verdict={answering.verdict.clone()}
            simulator={simulator.clone()} act={act.clone()} />
    };
    html! {
        <ContextProvider<Here> context={here}>
            if !state.embedded { { header(&state, &gallery, &act, &onshare, take) } }
            if !state.opening { { body(&state, &answering, &gallery, &panels, &simulator, &act) } }
        </ContextProvider<Here>>
    }
}

/// Manifests on the left; question, answer, map and walk on the right.
fn body(
    state: &State,
    answering: &Answering,
    gallery: &[Example],
    panels: &UseReducerHandle<Panels>,
    simulator: &Rc<Simulator>,
    act: &Callback<Action>,
) -> Html {
    let language = state.settings.language;
    let words = Words::of(language);
    let example = gallery.iter().find(|example| Some(&example.id) == state.example.as_ref());
    let content = Content {
        files: state.workspace.files.clone(),
        active: state.active,
        edition: state.edition,
        rich: answering.is_simulated(),
    };
    html! {
        <main class="page" aria-label={words.tagline}>
            // Each optional part is one node, there or not: those after it keep their place, and so their state.
            if let Some(notice) = &state.notice { { notice_bar(notice, act, words) } }
            <Manifests {content} answer={answering.answer.clone()} shown={state.shown} name={state.name.clone()}
                workspace={state.workspace.clone()} assisted={answering.assisted.clone()} simulator={simulator.clone()} act={act.clone()} />
            <div class="results">
                if let Some(example) = example { { guide(example, state.embedded, act, language) } }
                <Question request={state.workspace.request.clone()} answer={answering.answer.clone()} act={act.clone()} />
                if state.workspace.is_blank() { <Empty /> } else { { results(state, answering, act) } }
            </div>
            if !state.embedded {
                <PanelTabs workspace={state.workspace.clone()} answer={answering.answer.clone()}
                simulator={simulator.clone()} panels={panels.clone()} act={act.clone()} />
            }
        </main>
    }
}

/// Everything that follows from the question.
fn results(state: &State, answering: &Answering, act: &Callback<Action>) -> Html {
    html! {
        <>
            <AnswerPanel answering={answering.clone()} />
            if let Some(verdict) = &answering.verdict {
                <MapPanel verdict={verdict.clone()} rollouts={answering.answer.rollouts.clone()} undoable={!state.changes.is_empty()} act={act.clone()} />
                <Walk verdict={verdict.clone()}>
                    <WhatIfPanel what_if={state.what_if.clone()} answer={answering.answer.clone()} verdict={verdict.clone()}
                        act={act.clone()} />
                </Walk>
            }
        </>
    }
}

/// What happens when the worker says something.
#[hook]
fn use_hearing(
    state: &UseReducerHandle<State>,
    answering: &UseReducerHandle<Answering>,
    panels: &UseReducerHandle<Panels>,
) -> Callback<Event> {
    let (dispatch, answering, panels) = (state.dispatcher(), answering.dispatcher(), panels.dispatcher());
    let latest = use_mut_ref(|| (state.name.clone(), state.workspace.clone()));
    latest.replace((state.name.clone(), state.workspace.clone()));
    use_callback((), move |event: Event, ()| {
        match &event {
            Event::Said(Reply::Opened(Ok(workspace))) => {
                dispatch.dispatch(Action::Open(Box::new(workspace.clone()), Opened::Link));
            }
            Event::Said(Reply::Opened(Err(_))) => dispatch.dispatch(Action::NotOpened),
            Event::Said(Reply::Changed { changed, .. }) => dispatch.dispatch(match changed {
                Ok(changed) => Action::Changed(changed.clone()),
                Err(_) => Action::Tell(Notice::ChangeFailed),
            }),
            Event::Said(Reply::Done(Done::Output { output, .. })) => {
                if let Some(changed) = &output.changed {
                    dispatch.dispatch(Action::Changed(changed.clone()));
                }
            }
            Event::Said(Reply::Link { wanted, link }) => {
                if let Ok(protocol::Link { fragment, .. }) = link {
                    browser::set_fragment(fragment);
                    let (name, workspace) = &*latest.borrow();
                    keep(name, workspace, fragment, dispatch.clone());
                }
                if *wanted {
                    let (dispatch, link): (_, Result<_, LinkFault>) = (dispatch.clone(), link.clone());
                    wasm_bindgen_futures::spawn_local(async move { dispatch.dispatch(hand_over(link).await) });
                }
            }
            Event::Restarted => dispatch.dispatch(Action::Tell(Notice::Restarted)),
            Event::Unable => dispatch.dispatch(Action::StopOpening),
            Event::Said(Reply::Done(Done::RoutingTest(Some(text)))) => save_routing_test(text),
            Event::Said(Reply::Ready | Reply::Answer { .. } | Reply::Done(_) | Reply::Assisted(_))
            | Event::Asked
            | Event::Died
            | Event::GaveUp => {}
        }
        panels.dispatch(PanelAction::Heard(event.clone()));
        answering.dispatch(event);
    })
}

/// Opens the link that the page came with, and those that are put into the address bar later.
#[hook]
fn use_links(first: Option<Rc<str>>, simulator: &Rc<Simulator>, act: &Callback<Action>) {
    let (simulator, act) = (simulator.clone(), act.clone());
    use_effect_with((), move |()| {
        let open = move |fragment: &str| match gallery::linked(fragment) {
            Some(id) => wasm_bindgen_futures::spawn_local(open_linked(id.into(), act.clone())),
            None => simulator.want(Ask::Open(fragment.to_owned())),
        };
        if let Some(link) = first {
            open(&link);
        }
        let window = web_sys::window();
        let listener =
            window.map(|window| EventListener::new(&window, "hashchange", move |_| open(&browser::fragment())));
        move || drop(listener)
    });
}

/// Has the worker write into the texts what was done to the cluster.
#[hook]
fn use_changing(state: &UseReducerHandle<State>, simulator: &Rc<Simulator>) {
    let simulator = simulator.clone();
    use_effect_with(state.wanted.clone(), move |wanted| {
        if let Some((_, change)) = wanted {
            simulator.want(Ask::Change(change.clone()));
        }
    });
}

/// Tells when a newer version of the site is kept: `static/offline.js` finds out.
#[hook]
fn use_updates(act: &Callback<Action>) {
    let act = act.clone();
    use_effect_with((), move |()| {
        if browser::has_update() {
            act.emit(Action::Tell(Notice::Update));
        }
        let window = web_sys::window();
        let listener = window.map(|window| {
            EventListener::new(&window, "whichpod-update", move |_| act.emit(Action::Tell(Notice::Update)))
        });
        move || drop(listener)
    });
}

/// Asks whenever texts, request or language change, and when Send is pressed.
#[hook]
fn use_asking(state: &UseReducerHandle<State>, simulator: &Rc<Simulator>) {
    let simulator = simulator.clone();
    let subject =
        (state.workspace.clone(), state.settings.language, state.sending, state.what_if.clone(), state.opening);
    use_effect_with(subject, move |(workspace, language, sending, what_if, opening)| {
        if !opening {
            simulator.ask(protocol::Question {
                texts: Texts::All(workspace.files.clone()),
                request: workspace.request.clone(),
                language: *language,
                sending: *sending,
                what_if: what_if.clone(),
            });
        }
    });
}
