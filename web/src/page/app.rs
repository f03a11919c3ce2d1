//! The root: owns the state, asks the worker, and hands values and callbacks down.

use std::rc::Rc;

use gloo_events::{EventListener, EventListenerOptions};
use gloo_timers::callback::Timeout;
use yew::prelude::*;

use crate::gallery::{self, Example};
use crate::page::answer::AnswerPanel;
use crate::page::answer::map::MapPanel;
use crate::page::answer::pointing::use_pointing;
use crate::page::answering::{Answering, Progress};
use crate::page::below::{self, Below, Layout, PanelAction, Panels};
use crate::page::browser;
use crate::page::context::{Here, NARROW, use_media};
use crate::page::frame::divider::{Divider, Edge};
use crate::page::frame::export::{TakeMenu, save_routing_test};
use crate::page::frame::gallery::{guide, open_linked, use_gallery};
use crate::page::frame::header::header;
use crate::page::frame::notice::NoticeBar;
use crate::page::frame::share::Share;
use crate::page::persistence::{Start, keep, use_keeping, use_settings};
use crate::page::question::Question;
use crate::page::simulator::{Event, Simulator, use_simulator};
use crate::page::state::{Action, FileAction, Notice, Opened, State};
use crate::page::workspace::editor::Content;
use crate::page::workspace::empty::Empty;
use crate::page::workspace::files;
use crate::page::workspace::manifests::Manifests;
use crate::protocol::{self, Ask, Done, Reply, Task, Texts};
use crate::words::Words;
use crate::workspace::RequestLine;

/// What [`App`] is given.
#[derive(PartialEq, Properties)]
pub struct AppProps {
    /// What the page begins with.
    pub start: Start,
}

/// The setting that keeps what was typed in the console.
const CONSOLE: &str = "console";

/// Everything that the page shows.
#[derive(Clone, Copy)]
struct Page<'p> {
    state: &'p State,
    answering: &'p UseReducerHandle<Answering>,
    gallery: &'p [Example],
    panels: &'p UseReducerHandle<Panels>,
    simulator: &'p Rc<Simulator>,
    act: &'p Callback<Action>,
    layout: Layout,
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
    let panels = use_reducer(|| Panels { history: browser::lines(CONSOLE), ..Panels::default() });
    use_effect_with(panels.history.clone(), |history| browser::keep_setting(CONSOLE, &history.join("\n")));
    let hear = use_hearing(&state, &answering, &panels);
    let simulator = use_simulator(hear);
    use_pointing();
    use_mark(answering.is_simulated());
    use_updates(&act);
    use_links(props.start.link.clone(), &state, &simulator, &act);
    use_asking(&state, &simulator);
    use_changing(&state, &simulator);
    use_tools(&state, &answering, &simulator);
    use_suiting(&state, &answering);
    use_pasting(&state, &act);
    use_keeping(&state, &simulator);
    use_settings(state.settings, state.embedded);
    let gallery = use_gallery(answering.progress != Progress::Starting, &act);
    use_title(&state, &gallery);
    let jump = use_callback(act.clone(), |place, act| act.emit(Action::Jump(place)));
    let here = Here::new(state.settings.language, jump, &state.workspace.files);
    let onshare = use_callback((state.workspace.clone(), simulator.clone()), |(), (workspace, simulator)| {
        simulator.want(Ask::Link { workspace: workspace.clone(), wanted: true });
    });
    let narrow = use_media(NARROW);
    let layout = match (state.embedded, narrow) {
        (true, _) => Layout::Embedded(state.show),
        (false, true) => Layout::Narrow,
        (false, false) => Layout::Wide,
    };
    let take = html! {
        <TakeMenu workspace={state.workspace.clone()} verdict={answering.verdict.clone()}
            simulator={simulator.clone()} act={act.clone()} />
    };
    let share = html! {
        <Share link={state.link.clone()} example={state.example.clone().filter(|_| !state.touched)}
            request={state.workspace.request.clone()} verdict={answering.verdict.clone()} onlink={onshare} />
    };
    html! {
        <ContextProvider<Here> context={here}>
            if !state.embedded { { header(&state, &gallery, &act, share, take) } }
            if !state.opening {
                {
                    body(Page {
                        state: &state,
                        answering: &answering,
                        gallery: &gallery,
                        panels: &panels,
                        simulator: &simulator,
                        act: &act,
                        layout,
                    })
                }
            }
        </ContextProvider<Here>>
    }
}

/// Everything that stands side by side, or in tabs where there is less room; `static/styles/layout.css` places it.
fn body(page: Page<'_>) -> Html {
    let Page { state, answering, gallery, panels, simulator, act, layout } = page;
    let language = state.settings.language;
    let words = Words::of(language);
    let example = gallery.iter().find(|example| Some(&example.id) == state.example.as_ref());
    let whole = state.embedded.then(|| {
        let address = format!("#{}", gallery::whole(&browser::fragment()));
        html! {
            <>
                if state.example.is_none() { <h1 class="visually-hidden">{ "whichpod" }</h1> }
                <a class="question-whole" href={address} target="_blank" rel="noopener">{ words.guide_whole }</a>
            </>
        }
    });
    let guide = example.map(|example| guide(example, gallery, state.embedded, act, language)).unwrap_or_default();
    let guide = html! { <>{ guide }{ whole.unwrap_or_default() }</> };
    let content = Content {
        files: state.workspace.files.clone(),
        active: state.active,
        edition: state.edition,
        rich: answering.is_simulated(),
    };
    let tab = below::id(layout.seen(panels.open));
    // It takes room of its own: at the foot of the manifests where they always stand, else below everything.
    let notice = state.notice.clone().map(|notice| html! { <NoticeBar {notice} act={act.clone()} /> });
    let notice = notice.unwrap_or_default();
    let (inside, beneath) = if layout == Layout::Wide { (notice, None) } else { (Html::default(), Some(notice)) };
    html! {
        <main class="page" aria-label={words.tagline} data-layout={layout.name()} data-tab={tab}>
            // Each optional part is one node, there or not: those after it keep their place, and so their state.
            if let Some(notice) = beneath { { notice } }
            <Manifests {content} notice={inside} answer={answering.answer.clone()} shown={state.shown} name={state.name.clone()}
                workspace={state.workspace.clone()} assisted={answering.assisted.clone()} simulator={simulator.clone()}
                embedded={state.embedded} act={act.clone()} />
            if layout == Layout::Wide { <Divider edge={Edge::Manifests} /> }
            <Question request={state.workspace.request.clone()} answer={answering.answer.clone()} {guide} act={act.clone()} />
            if state.workspace.is_blank() { <Empty act={act.clone()} /> } else { { answered(page) } }
            if layout == Layout::Wide { <Divider edge={Edge::Below} /> }
            <Below layout={layout} workspace={state.workspace.clone()} answering={(**answering).clone()}
                what_if={state.what_if.clone()} simulator={simulator.clone()} panels={panels.clone()} act={act.clone()} />
        </main>
    }
}

/// The answer and the map.
fn answered(page: Page<'_>) -> Html {
    let Page { state, answering, act, simulator, .. } = page;
    let simulator = simulator.clone();
    let retry = Callback::from(move |_: MouseEvent| simulator.retry());
    html! {
        <>
            <AnswerPanel answering={(**answering).clone()} typing={state.typing} onask={act.clone()}
                onfix={act.reform(|mend| Action::File(FileAction::Mend(mend)))} onretry={retry} />
            if let Some(verdict) = &answering.verdict {
                <MapPanel verdict={verdict.clone()} rollouts={answering.answer.rollouts.clone()} undoable={!state.changes.is_empty()} act={act.clone()} />
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
                Ok(changed) => Action::ChangedIn(latest.borrow().1.files.clone(), changed.clone()),
                Err(_) => Action::Tell(Notice::ChangeFailed),
            }),
            Event::Said(Reply::Done(Done::Output { output, .. })) => {
                if let Some(changed) = &output.changed {
                    dispatch.dispatch(Action::Changed(changed.clone()));
                }
                if let Some(place) = output.opened {
                    dispatch.dispatch(Action::Jump(place));
                }
            }
            Event::Said(Reply::Link { wanted, link }) => {
                if let Ok(protocol::Link { fragment, .. }) = link {
                    browser::set_fragment(fragment);
                    let (name, workspace) = &*latest.borrow();
                    keep(name, workspace, fragment, dispatch.clone());
                }
                if *wanted {
                    dispatch.dispatch(Action::Linked(link.clone()));
                }
            }
            Event::Restarted => dispatch.dispatch(Action::Tell(Notice::Restarted)),
            Event::Unable => dispatch.dispatch(Action::StopOpening),
            Event::Said(Reply::Done(Done::RoutingTest(Some(text)))) => save_routing_test(text),
            Event::Said(Reply::Ready | Reply::Answer { .. } | Reply::Done(_) | Reply::Assisted(_))
            | Event::Asked
            | Event::Died
            | Event::Missing
            | Event::Retrying
            | Event::GaveUp => {}
        }
        panels.dispatch(PanelAction::Heard(event.clone()));
        answering.dispatch(event);
    })
}

/// Opens the link that the page came with, and those that are put into the address bar later.
#[hook]
fn use_links(
    first: Option<Rc<str>>,
    state: &UseReducerHandle<State>,
    simulator: &Rc<Simulator>,
    act: &Callback<Action>,
) {
    let (simulator, act) = (simulator.clone(), act.clone());
    let spoken = use_mut_ref(|| state.settings.language);
    spoken.replace(state.settings.language);
    use_effect_with((), move |()| {
        let open = move |fragment: &str| match (gallery::linked(fragment), *spoken.borrow()) {
            // Back to where everybody begins.
            (None, language) if fragment.is_empty() => {
                act.emit(Action::Open(Box::new(gallery::first(language)), Opened::Example(gallery::FIRST.into())));
            }
            (Some(id), language) => wasm_bindgen_futures::spawn_local(open_linked(id.into(), language, act.clone())),
            (None, _) => simulator.want(Ask::Open(gallery::payload(fragment).to_owned())),
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

/// Has the worker with the tools answer what the other one does not understand.
#[hook]
fn use_tools(state: &UseReducerHandle<State>, answering: &UseReducerHandle<Answering>, simulator: &Rc<Simulator>) {
    let (simulator, state) = (simulator.clone(), state.clone());
    use_effect_with((answering.answer.clone(), answering.tries), move |(answer, _)| {
        if let Some(request) = answer.beyond.clone() {
            let (language, sending) = (state.settings.language, state.sending);
            let texts = Texts::All(state.workspace.files.clone());
            let what_if = state.what_if.clone();
            simulator.want(Ask::Task { texts, task: Task::Answer { request, language, sending, what_if } });
        }
    });
}

/// Asks something that suits new manifests, where the question that is there does not.
#[hook]
fn use_suiting(state: &UseReducerHandle<State>, answering: &UseReducerHandle<Answering>) {
    let (dispatch, unsuited) = (state.dispatcher(), state.unsuited.clone());
    let answered = answering.progress == Progress::Answered;
    use_effect_with((answering.answer.clone(), answered), move |(answer, answered)| {
        if *answered && unsuited.is_some() && answer.objects > 0 {
            let best = answer.suggestions.first().filter(|_| !answer.suits());
            let request = best.map(|best| RequestLine { from: best.from.clone(), command: best.command.clone() });
            dispatch.dispatch(Action::Suit(request));
        }
    });
}

/// Takes manifests that are pasted anywhere on the page, not only in the editor.
#[hook]
fn use_pasting(state: &UseReducerHandle<State>, act: &Callback<Action>) {
    let act = act.clone();
    use_effect_with((state.embedded, state.opening), move |(embedded, opening)| {
        let window = web_sys::window().filter(|_| !embedded && !opening);
        let options = EventListenerOptions::enable_prevent_default();
        let listener = window.map(|window| {
            EventListener::new_with_options(&window, "paste", options, move |event| {
                if let Some(text) = files::pasted(event) {
                    event.prevent_default();
                    act.emit(Action::File(FileAction::Paste(text.as_str().into())));
                }
            })
        });
        move || drop(listener)
    });
}

/// Marks the page as soon as the simulator answers: `static/offline.js` waits for that.
#[hook]
fn use_mark(simulated: bool) {
    use_effect_with(simulated, |simulated| {
        if *simulated {
            browser::set_root_attribute("data-simulated", "true");
        }
    });
}

/// Calls the page by its example, else by its question, so that tabs and bookmarks tell what they hold.
#[hook]
fn use_title(state: &UseReducerHandle<State>, gallery: &Rc<[Example]>) {
    let language = state.settings.language;
    let example = gallery.iter().find(|example| state.pristine() == Some(&example.id));
    let first = state.pristine().is_none_or(|id| &**id == gallery::FIRST) && !state.touched && state.edition == 0;
    let title = match example.filter(|_| !first) {
        Some(example) => format!("{} · whichpod", example.title.of(language)),
        None if first => format!("whichpod: {}", Words::of(language).tagline),
        None => format!("{} · whichpod", state.workspace.request.command),
    };
    use_effect_with(title, |title| browser::set_title(title));
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

/// How long typing the command must pause for it to be asked.
const TYPING_MS: u32 = 500;

/// Asks whenever texts, request or language change, and when Send is pressed.
#[hook]
fn use_asking(state: &UseReducerHandle<State>, simulator: &Rc<Simulator>) {
    // 1. Who types for a while is waited for.
    let simulator = simulator.clone();
    use_effect_with((state.workspace.request.clone(), state.typing), {
        let dispatch = state.dispatcher();
        move |(_, typing)| {
            let pause = typing.then(|| Timeout::new(TYPING_MS, move || dispatch.dispatch(Action::Settle)));
            move || drop(pause)
        }
    });
    // 2. Until then the request before it counts.
    let settled = use_mut_ref(|| state.workspace.request.clone());
    if !state.typing {
        settled.replace(state.workspace.request.clone());
    }
    let request = settled.borrow().clone();
    // 3. Asks when any of it changes.
    let files = state.workspace.files.clone();
    let subject = (files, request, state.settings.language, state.sending, state.what_if.clone(), state.opening);
    use_effect_with(subject, move |(files, request, language, sending, what_if, opening)| {
        if !opening {
            simulator.ask(protocol::Question {
                texts: Texts::All(files.clone()),
                request: request.clone(),
                language: *language,
                sending: *sending,
                what_if: what_if.clone(),
            });
        }
    });
}
