//! What the user did, and what a user can do. Everything else on the page follows from it.

mod files;
mod workspaces;

use std::rc::Rc;

use yew::Reducible;

pub use self::files::{Closed, FileAction};
pub use self::workspaces::WorkspaceAction;

use crate::answer::Place;
use crate::gallery::Show;
use crate::language::Language;
use crate::protocol::{Change, Changed, Link, LinkFault, Sending, WhatIf};
use crate::workspace::{RequestLine, Rope, TextFile, Workspace};

/// As many changes can be taken back.
const MOST_CHANGES: usize = 50;

/// What the user did.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// Texts and request.
    pub workspace: Workspace,
    /// Under which name they are kept; empty for the workspace that everybody begins with.
    pub name: Rc<str>,
    /// The workspace that was deleted last, with its name.
    pub deleted: Option<Rc<(Rc<str>, Workspace)>>,
    /// Which file stands in the editor.
    pub active: usize,
    /// The file that was closed last.
    pub closed: Option<Closed>,
    /// Counts the times that the texts were replaced from outside the editor, which must then take them over.
    pub edition: u32,
    /// The example that was opened last, as long as it is of interest.
    pub example: Option<Rc<str>>,
    /// The example as it was opened, with its question.
    pub opened: Option<Rc<Workspace>>,
    /// What stood there before it was replaced.
    pub before: Option<Rc<Workspace>>,
    /// Whether the texts were edited since they were opened.
    pub touched: bool,
    /// What there is to tell.
    pub notice: Option<Notice>,
    /// The lines that were asked for last.
    pub shown: Option<Shown>,
    /// A link is being read: until then there is nothing to show.
    pub opening: bool,
    /// Another tab keeps what has this name: here nothing is written.
    pub elsewhere: bool,
    /// The page is a part of another site's: without the frame, and nothing is kept.
    pub embedded: bool,
    /// What of it is to be seen then.
    pub show: Show,
    /// The link that somebody asked for, or why there is none.
    pub link: Option<Result<Link, LinkFault>>,
    /// Whether the command is being typed: it is asked when that pauses.
    pub typing: bool,
    /// The question as it was when other manifests took the place of those there, until it is known whether it suits them.
    pub unsuited: Option<RequestLine>,
    /// How many times somebody sent requests.
    pub sent: u32,
    /// What was sent to the manifests as they are.
    pub sending: Option<Sending>,
    /// What is different in the answer to compare with.
    pub what_if: WhatIf,
    /// What was done to the cluster last, for the worker to write it into the texts; counted.
    pub wanted: Option<(u32, Change)>,
    /// What was written into the texts, the newest last, each with the texts before it.
    pub changes: Vec<(Rc<[TextFile]>, Change)>,
    /// Language and colours.
    pub settings: Settings,
}

/// Lines to jump to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    /// Which.
    pub place: Place,
    /// Counts the jumps, so that a second one to the same lines is one.
    pub jump: u32,
    /// Whether the focus goes there.
    pub focus: bool,
}

/// How the page looks and speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Settings {
    /// The language of all texts.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the operating system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Where a workspace came from that replaces the one there.
#[derive(Clone, Debug, PartialEq)]
pub enum Opened {
    /// From an example, by its id.
    Example(Rc<str>),
    /// From a link.
    Link,
    /// From nowhere: it is empty.
    Nothing,
}

/// Something to tell, above the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// An example replaced what was there.
    ExampleOpened,
    /// Everything was put aside for a new start.
    EmptyOpened,
    /// There is no example of this name.
    ExampleMissing(Rc<str>),
    /// An example did not load.
    ExampleFailed,
    /// A link replaced what was there.
    LinkOpened,
    /// A link could not be read.
    LinkBroken,
    /// A file was closed.
    FileClosed,
    /// Files were opened.
    FilesOpened,
    /// Files that are no text, or too long, were left out; or a folder holds no manifests.
    FilesRefused(Rc<[Refusal]>),
    /// A workspace was deleted.
    WorkspaceDeleted,
    /// A file holds no workspace.
    ImportFailed,
    /// The simulator stopped and was started again.
    Restarted,
    /// The browser keeps nothing.
    StorageFailed,
    /// What is kept under a name isn't what was written.
    RecordUnreadable,
    /// Something that was done to the cluster stands in the texts now.
    Changed(Change),
    /// Something that was done to the cluster could not be written.
    ChangeFailed,
    /// The walk is in the clipboard.
    WalkCopied,
    /// The browser lets nothing into the clipboard.
    CopyRefused,
    /// The browser could not draw the map as a picture.
    PictureFailed,
    /// The question made no sense with the new manifests; another one is asked. Whether what was there before can come back.
    QuestionReplaced(bool),
    /// Another tab keeps this workspace.
    OpenElsewhere,
    /// A newer version of the page is there.
    Update,
}

/// A file that was not opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// Its name.
    pub name: Rc<str>,
    /// Why.
    pub reason: RefusalReason,
}

/// Why a file was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalReason {
    /// It is no UTF-8 text.
    Binary,
    /// It is longer than the page takes.
    Large,
    /// A folder without any YAML or JSON file.
    Empty,
    /// The browser could not read it.
    Unreadable,
}

/// What a user can do, and what can happen to the state.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// The text of a file was edited.
    Typed {
        /// Its name.
        file: Rc<str>,
        /// What stands there now.
        text: Rope,
    },
    /// Another workspace takes this one's place, or this one gets another name.
    Workspace(WorkspaceAction),
    /// Something about files, rather than about what stands in them.
    File(FileAction),
    /// Somebody else asks.
    From(Rc<str>),
    /// The command was edited.
    Command(Rc<str>),
    /// A suggestion was taken: who asks, and what.
    Ask(RequestLine),
    /// So many requests were sent, on one connection or each on its own.
    Send(u32, bool),
    /// Everything is replaced by an example or a link.
    Open(Box<Workspace>, Opened),
    /// A link could not be opened.
    NotOpened,
    /// There is nobody who could open a link.
    StopOpening,
    /// Back to what stood there before.
    Undo,
    /// The same question under other circumstances, to compare.
    WhatIf(WhatIf),
    /// Something about the texts to compare with.
    Baseline(BaselineAction),
    /// Something was done to the cluster.
    Change(Change),
    /// It was written into the texts.
    Changed(Changed),
    /// It was written into these texts: if they are not those any more, it is wanted once more.
    ChangedIn(Rc<[TextFile]>, Changed),
    /// Back to the texts before the last change.
    TakeBack,
    /// There is something to tell.
    Tell(Notice),
    /// It was read.
    Dismiss,
    /// Typing the command has paused.
    Settle,
    /// The question suits the new manifests, or this one is asked in its place.
    Suit(Option<RequestLine>),
    /// Another tab keeps this workspace, or does not any more.
    Elsewhere(bool),
    /// Show these lines.
    Jump(Place),
    /// Speak this language.
    Language(Language),
    /// Use these colours.
    Theme(Theme),
    /// A link was made that somebody asked for.
    Linked(Result<Link, LinkFault>),
}

/// What can happen to the texts that are kept to compare with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BaselineAction {
    /// The texts as they are now.
    Keep,
    /// They and the texts at hand change places.
    Swap,
    /// There is nothing to compare with any more.
    Forget,
}

impl State {
    /// A page that begins with a workspace.
    pub fn new(workspace: Workspace, settings: Settings) -> Self {
        Self {
            workspace,
            name: "".into(),
            deleted: None,
            active: 0,
            closed: None,
            edition: 0,
            example: None,
            touched: false,
            opened: None,
            before: None,
            notice: None,
            shown: None,
            opening: false,
            elsewhere: false,
            embedded: false,
            show: Show::default(),
            link: None,
            typing: false,
            unsuited: None,
            sent: 0,
            sending: None,
            what_if: WhatIf::default(),
            wanted: None,
            changes: Vec::new(),
            settings,
        }
    }

    /// The example that is there as it was opened: nobody wrote or asked anything else.
    pub fn pristine(&self) -> Option<&Rc<str>> {
        let same = self.opened.as_deref().is_some_and(|opened| *opened == self.workspace);
        self.example.as_ref().filter(|_| same)
    }

    fn with_request(self, request: RequestLine) -> Self {
        Self { workspace: Workspace { request, ..self.workspace.clone() }, ..self }
    }

    fn with_baseline(self, action: BaselineAction) -> Self {
        let Workspace { files, baseline, request } = self.workspace.clone();
        let workspace = |files, baseline| Workspace { files, baseline, request };
        match action {
            BaselineAction::Keep => Self { workspace: workspace(files.clone(), files), ..self },
            BaselineAction::Forget => Self { workspace: workspace(files, Rc::default()), ..self },
            BaselineAction::Swap if baseline.is_empty() => self,
            BaselineAction::Swap => {
                let swapped =
                    Self { workspace: workspace(baseline, files), edition: self.edition + 1, ..self.settled() };
                Self { active: 0, shown: None, touched: true, ..swapped }
            }
        }
    }

    fn open(self, workspace: Workspace, opened: Opened) -> Self {
        let before = (!self.embedded && !self.workspace.is_blank()).then(|| Rc::new(self.workspace.clone()));
        let (example, notice) = match opened {
            Opened::Example(id) => (Some(id), Notice::ExampleOpened),
            Opened::Link => (None, Notice::LinkOpened),
            Opened::Nothing => (None, Notice::EmptyOpened),
        };
        let opening = self.opening;
        // What an example put there need not be kept: it can be opened again.
        let mine = before.is_some() && (self.touched || self.example.is_none());
        Self {
            opened: example.is_some().then(|| Rc::new(workspace.clone())),
            workspace,
            active: 0,
            edition: self.edition + 1,
            example,
            before: before.filter(|_| mine),
            // That the workspace couldn't be read is more than that the page's link could.
            notice: self
                .notice
                .filter(|it| opening && *it == Notice::RecordUnreadable)
                .or_else(|| mine.then_some(notice)),
            shown: None,
            opening: false,
            what_if: WhatIf::default(),
            touched: false,
            ..self
        }
    }

    fn undo(self) -> Self {
        if self.notice == Some(Notice::FileClosed) {
            return self.reopen();
        }
        if self.notice == Some(Notice::WorkspaceDeleted) {
            return self.undelete();
        }
        match self.before.as_deref().cloned() {
            Some(workspace) => {
                let active = self.active.min(workspace.files.len().saturating_sub(1));
                Self { workspace, active, before: None, edition: self.edition + 1, notice: None, shown: None, ..self }
            }
            None => self,
        }
    }

    pub(super) fn jump(self, place: Place) -> Self {
        let jump = self.shown.map_or(0, |shown| shown.jump) + 1;
        let active = (place.file as usize).min(self.workspace.files.len().saturating_sub(1));
        Self { shown: Some(Shown { place, jump, focus: true }), active, ..self }
    }

    /// The changed lines are shown, the focus stays.
    fn changed(mut self, changed: Changed) -> Self {
        let files = std::mem::replace(&mut self.workspace.files, changed.files);
        self.changes.push((files, changed.change.clone()));
        if self.changes.len() > MOST_CHANGES {
            self.changes.remove(0);
        }
        let jump = self.shown.map_or(0, |shown| shown.jump) + 1;
        Self {
            edition: self.edition + 1,
            touched: true,
            notice: Some(Notice::Changed(changed.change)),
            shown: Some(Shown { place: changed.place, jump, focus: false }),
            active: changed.place.file as usize,
            ..self
        }
    }

    fn take_back(mut self) -> Self {
        let Some((files, _)) = self.changes.pop() else { return self };
        self.workspace.files = files;
        let notice = self.changes.last().map(|(_, change)| Notice::Changed(change.clone()));
        let active = self.active.min(self.workspace.files.len().saturating_sub(1));
        Self { edition: self.edition + 1, active, notice, shown: None, ..self }
    }

    /// After an edit the texts before a change are no place to go back to.
    fn settled(self) -> Self {
        let notice = self.notice.filter(|notice| !matches!(notice, Notice::Changed(_)));
        Self { changes: Vec::new(), notice, ..self }
    }

    pub(crate) fn after(self, action: Action) -> Self {
        match action {
            Action::Typed { file, text } => self.settled().typed(file, text),
            Action::File(action @ (FileAction::Show(_) | FileAction::Back)) => self.with_files(action),
            Action::File(action) => self.settled().with_files(action),
            Action::Workspace(action) => self.settled().with_workspace(action),
            Action::From(from) => {
                let request = RequestLine { from, ..self.workspace.request.clone() };
                self.with_request(request)
            }
            Action::Command(command) => {
                let request = RequestLine { command, ..self.workspace.request.clone() };
                self.with_request(request)
            }
            Action::Ask(request) => self.with_request(request),
            Action::Send(requests, one_connection) => {
                let number = self.sent + 1;
                Self { sent: number, sending: Some(Sending { number, requests, one_connection }), ..self }
            }
            Action::Open(workspace, opened) => self.settled().open(*workspace, opened),
            Action::WhatIf(what_if) => Self { what_if, ..self },
            Action::Baseline(action) => self.with_baseline(action),
            Action::Change(change) => {
                let number = self.wanted.as_ref().map_or(0, |(number, _)| *number) + 1;
                Self { wanted: Some((number, change)), ..self }
            }
            Action::Changed(changed) => self.changed(changed),
            Action::ChangedIn(files, changed) if Rc::ptr_eq(&files, &self.workspace.files) => self.changed(changed),
            Action::ChangedIn(_, Changed { change, .. }) => self.after(Action::Change(change)),
            Action::TakeBack => self.take_back(),
            Action::NotOpened => Self { opening: false, notice: Some(Notice::LinkBroken), ..self },
            Action::StopOpening => Self { opening: false, ..self },
            Action::Undo => self.settled().undo(),
            Action::Tell(notice) => Self { notice: Some(notice), ..self },
            Action::Dismiss => Self { notice: None, ..self },
            Action::Settle => self,
            Action::Suit(None) => Self { unsuited: None, ..self },
            Action::Suit(Some(request)) => {
                let undoable = self.notice == Some(Notice::FilesOpened) && self.before.is_some();
                let notice = Some(Notice::QuestionReplaced(undoable));
                Self { unsuited: None, notice, ..self.with_request(request) }
            }
            Action::Elsewhere(elsewhere) => {
                let notice = self.notice.filter(|notice| elsewhere || *notice != Notice::OpenElsewhere);
                Self { elsewhere, notice, ..self }
            }
            Action::Jump(place) => self.jump(place),
            Action::Language(language) => Self { settings: Settings { language, ..self.settings }, ..self },
            Action::Linked(link) => Self { link: Some(link), ..self },
            Action::Theme(theme) => Self { settings: Settings { theme, ..self.settings }, ..self },
        }
    }
}

impl Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let workspace = self.workspace.clone();
        let typing = match &action {
            Action::Command(_) => true,
            // What comes by itself ends no typing.
            Action::Tell(_) | Action::Dismiss | Action::Settle | Action::Elsewhere(_) => {
                self.typing && action != Action::Settle
            }
            _ => false,
        };
        let next = Self { typing, ..Rc::unwrap_or_clone(self).after(action) };
        // Whoever asks something else knows what suits.
        let unsuited = next.unsuited.clone().filter(|request| *request == next.workspace.request);
        let next = Self { unsuited, ..next };
        // What was sent tells nothing about another question.
        let sending = next.sending.filter(|_| next.workspace == workspace);
        Rc::new(Self { sending, ..next })
    }
}

impl Theme {
    /// As the setting is kept, and as `data-theme` of `<html>`; nothing for the system's.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Reads [`Theme::name`]; anything else is the system's.
    pub fn of_name(name: &str) -> Self {
        match name {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(text: &str) -> State {
        State::new(Workspace::of(text, "external", "curl a"), Settings::default())
    }

    fn typed(text: &str) -> Action {
        Action::Typed { file: crate::workspace::FIRST_FILE.into(), text: text.into() }
    }

    #[test]
    fn what_an_example_replaces_comes_back() {
        let opened = state("mine").after(Action::Open(Box::new(Workspace::of("theirs", "x", "y")), Opened::Link));
        assert_eq!((&*opened.workspace.text(), opened.edition), ("theirs", 1));
        let back = opened.after(Action::Undo);
        assert_eq!((&*back.workspace.text(), back.edition, back.before), ("mine", 2, None));
    }

    #[test]
    fn an_untouched_example_is_replaced_without_a_word() {
        let example = || Action::Open(Box::new(Workspace::of("b", "x", "y")), Opened::Example("b".into()));
        let second = state("").after(example()).after(example());
        assert_eq!((second.before.clone(), second.notice.clone()), (None, None));
        let touched = second.after(typed("mine")).after(example());
        assert_eq!(touched.notice, Some(Notice::ExampleOpened));
    }

    #[test]
    fn an_examples_guide_stays_for_edits_and_goes_with_its_manifests() {
        let text = crate::gallery::first(Language::English).text();
        let open = Action::Open(Box::new(crate::gallery::first(Language::English)), Opened::Example("shop".into()));
        let example = state("").after(open);
        let edited = example.clone().after(typed(&text.replace("/cart", "/basket")));
        assert_eq!(edited.example.as_deref(), Some("shop"));
        assert_eq!(example.clone().after(typed("kind: Pod")).example, None);
        assert_eq!(example.after(typed("")).example, None);
    }

    #[test]
    fn an_empty_page_has_nothing_to_bring_back() {
        let opened = state(" ").after(Action::Open(Box::new(Workspace::of("b", "x", "y")), Opened::Link));
        assert_eq!((opened.before, opened.notice), (None, None));
    }

    #[test]
    fn typing_keeps_the_request_and_the_edition() {
        let typed = state("a").after(typed("b"));
        assert_eq!((&*typed.workspace.text(), typed.edition), ("b", 0));
        assert_eq!(&*typed.workspace.request.command, "curl a");
    }

    #[test]
    fn another_question_forgets_what_was_sent() {
        let sent = Rc::new(state("a")).reduce(Action::Send(10, false)).reduce(Action::Dismiss);
        assert_eq!(sent.sending.map(|sending| (sending.number, sending.requests)), Some((1, 10)));
        assert_eq!(sent.reduce(Action::Command("curl b".into())).sending, None);
    }

    #[test]
    fn changes_are_taken_back_one_by_one_until_somebody_types() {
        let change = |by| Change::Scale { workload: "deployment default/web".into(), by };
        let changed = |text: &str, by| {
            let files = Workspace::of(text, "", "").files;
            Action::Changed(Changed { files, place: Place::default(), change: change(by) })
        };
        let twice = state("a").after(changed("b", 1)).after(changed("c", 2));
        assert_eq!(twice.notice, Some(Notice::Changed(change(2))));
        let back = twice.clone().after(Action::TakeBack);
        assert_eq!((&*back.workspace.text(), back.notice.clone()), ("b", Some(Notice::Changed(change(1)))));
        assert_eq!(&*back.after(Action::TakeBack).workspace.text(), "a");
        let edited = twice.after(typed("d"));
        assert_eq!((edited.notice.clone(), edited.changes.len()), (None, 0));
        assert_eq!(&*edited.after(Action::TakeBack).workspace.text(), "d");
    }

    #[test]
    fn what_was_kept_changes_places_with_what_is_there() {
        let act = |state: State, action| state.after(Action::Baseline(action));
        let kept = act(state("old"), BaselineAction::Keep).after(typed("new"));
        let text = |files: &[TextFile]| files.first().map(|file| file.text.whole()).unwrap_or_default();
        let texts = |state: &State| (text(&state.workspace.files), text(&state.workspace.baseline));
        assert_eq!(texts(&kept), ("new".into(), "old".into()));
        let swapped = act(kept.clone(), BaselineAction::Swap);
        assert_eq!((texts(&swapped), swapped.edition), (("old".into(), "new".into()), kept.edition + 1));
        assert!(act(swapped, BaselineAction::Forget).workspace.baseline.is_empty());
    }

    #[test]
    fn a_second_jump_to_the_same_lines_is_one() {
        let place = Place { line: 3, ..Place::default() };
        let once = state("a").after(Action::Jump(place));
        let twice = once.clone().after(Action::Jump(place));
        assert_ne!(once.shown, twice.shown);
    }
}
