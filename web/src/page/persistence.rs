//! What a page begins with, and how it keeps what the user did: in IndexedDB always, in the address bar up to a size.
//!
//! A link lacks Secrets' values and may be a second old. So the address that this browser wrote itself counts as less
//! than what it kept; only an address that came from elsewhere is opened.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use yew::prelude::*;

use crate::answer::Answer;
use crate::gallery;
use crate::given::{self, Given};
use crate::language::Language;
use crate::page::browser;
use crate::page::simulator::Simulator;
use crate::page::state::{Action, Notice, Settings, State, Theme};
use crate::page::storage::{self, Entries, UnreadableRecord};
use crate::protocol::Ask;
use crate::workspace::{MOST_IN_A_LINK, Workspace};

/// How often the address bar may change.
const LINK_PAUSE_MS: u32 = 1000;

/// How long typing in long texts must pause for them to be kept.
const KEEP_PAUSE_MS: u32 = 300;

/// The record's entry for the fragment that was written last.
const LINK: &str = "link";

/// The setting that holds the name of the workspace.
const NAME: &str = "workspace";

/// What a page begins with.
#[derive(Clone, Debug, PartialEq)]
pub struct Start {
    /// Texts, request and settings.
    pub state: State,
    /// A link to open first.
    pub link: Option<Rc<str>>,
    /// The answer to the first example, if that is what there is to begin with.
    pub answer: Option<Rc<Answer>>,
}

/// A link from elsewhere, else what was kept, else the first example.
pub async fn start() -> Start {
    let name = browser::setting(NAME).unwrap_or_default();
    let embedding = gallery::embedding(&browser::fragment());
    let embedded = embedding.is_some();
    let (name, kept, notice) = if embedded { (name, Vec::new(), None) } else { opened(name).await };
    let written = kept.iter().find(|(name, _)| name == LINK).map(|(_, link)| link.clone());
    let fragment = browser::fragment();
    let foreign = !fragment.is_empty() && written.as_ref() != Some(&fragment);
    let wanted = embedding.clone().unwrap_or_default();
    let own = settings();
    let settings = Settings {
        language: wanted.language.unwrap_or(own.language),
        theme: wanted.theme.as_deref().map_or(own.theme, Theme::of_name),
    };
    let kept = Workspace::from_entries(kept).filter(|workspace| !gallery::is_first(workspace));
    let example = kept.is_none().then(|| gallery::FIRST.into());
    let workspace = kept.unwrap_or_else(|| gallery::first(settings.language));
    let is_first = example.is_some() && !foreign;
    let answer = if is_first { first_answer(settings.language).await } else { None };
    let show = wanted.show;
    let state = State {
        opening: foreign,
        embedded,
        show,
        example,
        notice,
        name: name.into(),
        ..State::new(workspace, settings)
    };
    Start { state, link: foreign.then(|| fragment.into()), answer }
}

/// What is kept under this name. What can't be read stays as it is: the page goes on under a name of its own, and says so.
async fn opened(name: String) -> (String, Entries, Option<Notice>) {
    match storage::load(&name).await {
        Ok(kept) => (name, kept, None),
        Err(UnreadableRecord) => {
            (storage::another_name(settings().language).await, Vec::new(), Some(Notice::RecordUnreadable))
        }
    }
}

/// The answer that was found when the site was built; None if it cannot be loaded: the worker will find it, too.
async fn first_answer(language: Language) -> Option<Rc<Answer>> {
    let bytes = browser::fetch_bytes(&given::file(language)).await.ok()?;
    Given::read(&bytes)?.answer_to(&given::question(language))
}

fn settings() -> Settings {
    let language = browser::setting("language").unwrap_or_else(browser::language_tag);
    let theme = browser::setting("theme").unwrap_or_default();
    Settings { language: Language::of_tag(&language), theme: Theme::of_name(&theme) }
}

/// Keeps every change of the workspace, and has a link made for the address bar when there is a pause.
#[hook]
pub fn use_keeping(state: &UseReducerHandle<State>, simulator: &Rc<Simulator>) {
    // 1. Whether there is anything to keep; the workspace's name.
    let (dispatch, simulator) = (state.dispatcher(), simulator.clone());
    let untouched = state.edition == 0 && gallery::is_first(&state.workspace);
    let nothing = state.opening || state.embedded || untouched;
    use_effect_with((state.name.clone(), nothing), |(name, nothing)| {
        if !nothing {
            browser::keep_setting(NAME, name);
        }
    });
    // 2. An example keeps its short address until somebody changes it.
    let short = state.pristine().map(|id| gallery::link_to(id));
    // 3. One tab alone keeps a workspace.
    use_holding(state);
    // 4. Written at every change, a long one in a pause; again, once another tab has let go of it.
    let kept = (state.name.clone(), state.workspace.clone(), nothing, short, state.elsewhere);
    use_effect_with(kept, move |(name, workspace, nothing, short, _)| {
        if let Some(short) = short.as_ref().filter(|_| !nothing) {
            browser::push_fragment(short);
        }
        let is_short = short.is_some();
        let pauses = (!nothing).then(|| {
            let (name, kept) = (name.clone(), workspace.clone());
            let keep = move || keep(&name, &kept, &browser::fragment(), dispatch);
            let keeping = if workspace.size() > storage::LONG {
                Some(Timeout::new(KEEP_PAUSE_MS, keep))
            } else {
                keep();
                None
            };
            // 5. A link to more would be refused; the worker need not get all of it to say so.
            let linked = (workspace.size() <= MOST_IN_A_LINK && !is_short).then(|| workspace.clone());
            let linking = linked.map(|workspace| {
                Timeout::new(LINK_PAUSE_MS, move || simulator.want(Ask::Link { workspace, wanted: false }))
            });
            (keeping, linking)
        });
        move || drop(pauses)
    });
}

/// One tab keeps a workspace; the others say so as soon as something is changed there.
#[hook]
fn use_holding(state: &UseReducerHandle<State>) {
    let dispatch = state.dispatcher();
    use_effect_with((state.name.clone(), state.embedded), move |(name, embedded)| {
        let (name, granted) = (name.clone(), dispatch.clone());
        if !embedded {
            wasm_bindgen_futures::spawn_local(async move {
                let held = storage::hold(&name, move || granted.dispatch(Action::Elsewhere(false))).await;
                dispatch.dispatch(Action::Elsewhere(!held));
            });
        }
    });
    let dispatch = state.dispatcher();
    use_effect_with(state.elsewhere && state.touched, move |unkept| {
        if *unkept {
            dispatch.dispatch(Action::Tell(Notice::OpenElsewhere));
        }
    });
}

/// Writes the record; tells when the browser does not let it.
pub fn keep(name: &Rc<str>, workspace: &Workspace, link: &str, dispatch: UseReducerDispatcher<State>) {
    let name = name.clone();
    let mut entries = workspace.entries();
    entries.push((LINK.to_owned(), link.to_owned()));
    wasm_bindgen_futures::spawn_local(async move {
        if storage::save(&name, entries).await.is_err() {
            dispatch.dispatch(Action::Tell(Notice::StorageFailed));
        }
    });
}

/// Speaks the language and uses the colours from the next frame on, and in later visits.
#[hook]
pub fn use_settings(settings: Settings, embedded: bool) {
    use_effect_with((settings, embedded), |(settings, embedded)| {
        browser::set_root_attribute("lang", settings.language.code());
        browser::set_root_attribute("data-theme", settings.theme.name());
        if !embedded {
            browser::keep_setting("language", settings.language.code());
            browser::keep_setting("theme", settings.theme.name());
        }
    });
}
