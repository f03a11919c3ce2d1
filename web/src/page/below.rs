//! What stands in tabs: the walk, the pods, what if, a console, tables; on a narrow page everything. Which tab is open, what
//! was said in the console, and what the worker says to it.

mod compare;
mod console;
mod entrances;
mod pods;
mod prompt;
mod tables;
mod tabs;

use std::rc::Rc;

use yew::Reducible;

pub use self::tabs::{Below, id};
use crate::answer::{Comparison, Entrance, Table};
use crate::gallery::Show;
use crate::page::simulator::Event;
use crate::protocol::{Done, Output, Reply};
use crate::workspace::RequestLine;

/// How many commands of the console are remembered.
pub const MOST_REMEMBERED: usize = 100;

/// Which tab is open, and what was said in them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Panels {
    /// The tab that somebody opened.
    pub open: Option<Tab>,
    /// The commands of the console, in order.
    pub entries: Vec<Entry>,
    /// What was typed before, in earlier visits, too; the newest last.
    pub history: Vec<Rc<str>>,
    /// Counts the commands.
    pub count: u32,
    /// Who types in the console; None as long as it is who asks the question.
    pub client: Option<Rc<str>>,
    /// What can follow in the prompt.
    pub completion: Option<Completion>,
    /// The tables that were read last.
    pub tables: Option<Rc<[Table]>>,
    /// The entrances that were tried last.
    pub entrances: Option<Rc<[Entrance]>>,
    /// What was found to be answered differently last.
    pub comparison: Option<Rc<Comparison>>,
}

/// A tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// Where it lands, and on which pods.
    Answer,
    /// The picture.
    Map,
    /// Step by step.
    Walk,
    /// The manifests.
    Yaml,
    /// Commands and what they print.
    Console,
    /// The pods it can land on.
    Pods,
    /// Every way in, with its answer.
    Entrances,
    /// Under other circumstances.
    WhatIf,
    /// Against what was there before.
    Compare,
    /// Objects as `kubectl get` prints them.
    Tables,
}

/// How much stands side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Manifests, question, answer and map at once; the rest in tabs.
    Wide,
    /// The question, and one tab for everything else.
    Narrow,
    /// A part of another site's page: question, answer, and a tab, or the manifests and a tab.
    Embedded(Show),
}

impl Layout {
    /// As `data-layout`, by which the style sheet places everything.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wide => "wide",
            Self::Narrow => "narrow",
            Self::Embedded(Show::Yaml) => "beside",
            Self::Embedded(_) => "embedded",
        }
    }

    /// What there is a tab for; the first is open at first.
    pub fn tabs(self) -> &'static [Tab] {
        match self {
            Self::Wide => &[Tab::Walk, Tab::Pods, Tab::Entrances, Tab::WhatIf, Tab::Compare, Tab::Console, Tab::Tables],
            Self::Narrow => &[
                Tab::Answer,
                Tab::Map,
                Tab::Walk,
                Tab::Yaml,
                Tab::Console,
                Tab::Entrances,
                Tab::WhatIf,
                Tab::Compare,
                Tab::Tables,
            ],
            Self::Embedded(Show::Map) => &[Tab::Map, Tab::Walk, Tab::Yaml],
            Self::Embedded(Show::Yaml) => &[Tab::Map, Tab::Walk],
            Self::Embedded(Show::Console) => &[Tab::Console, Tab::Map, Tab::Walk, Tab::Yaml],
        }
    }

    /// The tab that is seen when this one was opened last.
    pub fn seen(self, open: Option<Tab>) -> Tab {
        let first = self.tabs().first().copied().unwrap_or(Tab::Walk);
        open.filter(|open| self.tabs().contains(open)).unwrap_or(first)
    }
}

/// A command of the console.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Counts from 1.
    pub number: u32,
    /// Who typed what.
    pub request: RequestLine,
    /// What came of it.
    pub state: EntryState,
}

/// What came of a command.
#[derive(Clone, Debug, PartialEq)]
pub enum EntryState {
    /// Nothing yet.
    Running,
    /// The simulator stopped on it.
    Lost,
    /// The tools aren't to be had.
    Missing,
    /// This.
    Done(Rc<Output>),
}

/// What can follow in the prompt.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    /// The line that it completes.
    pub request: RequestLine,
    /// How much of it stays, in bytes.
    pub start: usize,
    /// What can stand behind that.
    pub words: Rc<[Rc<str>]>,
    /// Whether it needs further lines before it can run.
    pub incomplete: bool,
}

/// What can happen to the panels.
#[derive(Clone, Debug, PartialEq)]
pub enum PanelAction {
    /// Open a tab.
    Open(Tab),
    /// Somebody else types.
    Client(Rc<str>),
    /// A command was typed.
    Ran(RequestLine),
    /// Forget what was printed.
    Clear,
    /// The worker said something.
    Heard(Event),
}

impl Panels {
    fn run(self, request: RequestLine) -> Self {
        let number = self.count + 1;
        let mut history = self.history;
        history.retain(|command| *command != request.command);
        history.push(request.command.clone());
        history.drain(..history.len().saturating_sub(MOST_REMEMBERED));
        let entry = Entry { number, request, state: EntryState::Running };
        let entries = self.entries.into_iter().chain([entry]).collect();
        Self { entries, history, count: number, completion: None, ..self }
    }

    fn hear(mut self, event: Event) -> Self {
        match event {
            Event::Said(Reply::Done(Done::Output { number, output })) => {
                // The texts with its changes are the page's; the log keeps none.
                let output = Rc::new(Output { changed: None, ..Rc::unwrap_or_clone(output) });
                self.settle(|entry| entry.number == number, &EntryState::Done(output));
            }
            Event::Said(Reply::Done(Done::Completed { request, start, words, incomplete })) => {
                self.completion = Some(Completion { request, start: start as usize, words, incomplete });
            }
            Event::Said(Reply::Done(Done::Tables(tables))) => self.tables = Some(tables),
            Event::Said(Reply::Done(Done::Entrances(entrances))) => self.entrances = Some(entrances),
            Event::Said(Reply::Done(Done::Compared(comparison))) => self.comparison = Some(comparison),
            Event::Died | Event::Unable => self.settle(|_| true, &EntryState::Lost),
            Event::Missing => self.settle(|_| true, &EntryState::Missing),
            Event::Said(_) | Event::Asked | Event::Restarted | Event::GaveUp | Event::Retrying => {}
        }
        self
    }

    /// Says what came of commands that still run.
    fn settle(&mut self, is_meant: impl Fn(&Entry) -> bool, state: &EntryState) {
        let running = self.entries.iter_mut().filter(|entry| entry.state == EntryState::Running);
        for entry in running.filter(|entry| is_meant(entry)) {
            entry.state = state.clone();
        }
    }
}

impl Reducible for Panels {
    type Action = PanelAction;

    fn reduce(self: Rc<Self>, action: PanelAction) -> Rc<Self> {
        let this = Rc::unwrap_or_clone(self);
        Rc::new(match action {
            PanelAction::Open(tab) => Self { open: Some(tab), ..this },
            PanelAction::Client(client) => Self { client: Some(client), ..this },
            PanelAction::Ran(request) => this.run(request),
            PanelAction::Clear => Self { entries: Vec::new(), ..this },
            PanelAction::Heard(event) => this.hear(event),
        })
    }
}

impl Completion {
    /// The line with as much added as is certain; None if nothing is.
    pub fn extended(&self) -> Option<String> {
        let first = self.words.first()?;
        let common = self.words.iter().fold(&**first, |common, word| shared(common, word));
        let space = if self.words.len() == 1 && !common.ends_with(['=', '/']) { " " } else { "" };
        let line = format!("{}{common}{space}", self.request.command.get(..self.start)?);
        (line.len() > self.request.command.len()).then_some(line)
    }

    /// The line with one of the words.
    pub fn with(&self, word: &str) -> String {
        format!("{}{word}", self.request.command.get(..self.start).unwrap_or_default())
    }
}

fn shared<'a>(one: &'a str, other: &str) -> &'a str {
    let end = one.char_indices().zip(other.chars()).find(|((_, a), b)| a != b).map(|((at, _), _)| at);
    one.get(..end.unwrap_or(one.len().min(other.len()))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(command: &str) -> RequestLine {
        RequestLine { from: "external".into(), command: command.into() }
    }

    fn completion(line: &str, start: usize, words: &[&str]) -> Completion {
        Completion {
            request: request(line),
            start,
            words: words.iter().map(|word| Rc::from(*word)).collect(),
            incomplete: false,
        }
    }

    #[test]
    fn a_line_is_extended_by_what_is_certain() {
        assert_eq!(completion("nsl", 0, &["nslookup"]).extended().as_deref(), Some("nslookup "));
        assert_eq!(completion("dig web", 4, &["web-a", "web-b"]).extended().as_deref(), Some("dig web-"));
        assert_eq!(completion("dig web-", 4, &["web-a", "web-b"]).extended(), None);
        assert_eq!(completion("dig x", 4, &[]).extended(), None);
        assert_eq!(completion("curl -", 5, &["-v"]).with("-v"), "curl -v");
    }

    #[test]
    fn outputs_find_their_commands_and_a_death_loses_those_that_run() {
        let panels = Rc::new(Panels::default());
        let panels = panels.reduce(PanelAction::Ran(request("a"))).reduce(PanelAction::Ran(request("b")));
        let output = Rc::new(Output {
            printed: None,
            errors: String::new(),
            exit: 0,
            has_walk: true,
            changed: None,
            opened: None,
        });
        let done = Done::Output { number: 2, output: output.clone() };
        let panels = panels.reduce(PanelAction::Heard(Event::Said(Reply::Done(done))));
        let panels = panels.reduce(PanelAction::Heard(Event::Died));
        let states: Vec<_> = panels.entries.iter().map(|entry| entry.state.clone()).collect();
        assert_eq!(states, [EntryState::Lost, EntryState::Done(output)]);
    }

    #[test]
    fn a_tab_that_a_layout_lacks_gives_way_to_its_first() {
        assert_eq!(Layout::Wide.seen(None), Tab::Walk);
        assert_eq!(Layout::Wide.seen(Some(Tab::Map)), Tab::Walk);
        assert_eq!(Layout::Narrow.seen(Some(Tab::Map)), Tab::Map);
        assert_eq!(Layout::Embedded(Show::Map).seen(Some(Tab::Console)), Tab::Map);
    }
}
