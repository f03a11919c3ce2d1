//! What the panels beside the question ask of the manifests: commands, completion, tables.

use std::rc::Rc;

use whichpod_core::console::{CommandRun, UsageError, client};
use whichpod_core::explain::BilingualText;
use whichpod_core::manifest::DEFAULT_NAMESPACE;
use whichpod_core::report::ReportDetail;
use whichpod_core::request::RequestClient;
use whichpod_core::routing_test;
use whichpod_core::shell;
use whichpod_core::shell::completion::complete_line;
use whichpod_core::source::FieldPath;

use super::answering::{Answering, answered};
use super::{changes, entrances, tables};
use crate::answer::{Fragment, Text, Verdict};
use crate::language::Language;
use crate::protocol::{Change, Done, Output, Sending, Task, Texts};
use crate::workspace::{RequestLine, one_text};

/// Why a question changes nothing.
const IN_CONSOLE: BilingualText = BilingualText::new(
    "This command changes the manifests: type it in the console below, where it takes effect and can be undone.",
    "このコマンドはマニフェストを書き換えます。下のコンソールに入力すると実行され、取り消すこともできます。",
);

impl Answering {
    /// Reads new texts, if there are any, and does what is asked.
    pub fn perform(&mut self, texts: &Texts, task: Task) -> Done {
        self.take(texts);
        match task {
            Task::Run { number, request } => Done::Output { number, output: Rc::new(self.shown(&request)) },
            Task::Answer { request, language, sending, what_if } => Done::Answered {
                answer: self.asked(&request, language, sending),
                instead: self.instead(&request, language, &what_if),
                problems: self.problems(language),
                request,
            },
            Task::Complete(request) => self.complete(request),
            Task::RoutingTest(request) => Done::RoutingTest(self.routing_test(&request)),
            Task::Entrances(language) => Done::Entrances(entrances::entrances(&self.simulation, self.voice(language))),
            Task::Compare { with, language } => Done::Compared(self.compare(with, language)),
            Task::Tables => Done::Tables(tables::tables(self.voice(Default::default()))),
        }
    }

    /// What the terminal shows, also of a command that the shell or the tool refuses, and the texts with what it changed.
    fn shown(&mut self, request: &RequestLine) -> Output {
        match self.terminal.run(&self.simulation, request) {
            Ok(CommandRun { resolution, output, changes, notes, opened, .. }) => Output {
                // What had to be written first is shown as a change.
                opened: opened
                    .filter(|_| changes.is_empty())
                    .and_then(|object| self.voice(Default::default()).place_of(&object.field(FieldPath::root()))),
                printed: output.stdout,
                errors: output.stderr + &notes.iter().map(|note| format!("whichpod: {note}\n")).collect::<String>(),
                exit: output.exit,
                has_walk: resolution.is_some() && changes.is_empty(),
                changed: changes::changed(
                    &self.simulation.manifests,
                    &changes,
                    &Change::Command(request.command.clone()),
                )
                .ok(),
            },
            Err(UsageError { message, exit, .. }) => {
                let printed = Some(String::new());
                Output { printed, errors: message, exit, has_walk: false, changed: None, opened: None }
            }
        }
    }

    /// Runs a command as its client, in a terminal of its own.
    fn run(&self, request: &RequestLine) -> Result<CommandRun, UsageError> {
        let client = client::parse(&request.from, DEFAULT_NAMESPACE)?;
        self.simulation.run(&client, &request.command, None)
    }

    /// The same as an answer: with everything that the page shows of it.
    fn asked(&self, request: &RequestLine, language: Language, sending: Option<Sending>) -> Result<Rc<Verdict>, Text> {
        let words = |words: &str| vec![Fragment::Words(words.into())];
        match self.run(request) {
            // A question is asked anew with every edit, so that it must not change what it is about.
            Ok(run) if !run.changes.is_empty() => Err(words(IN_CONSOLE.of(language))),
            Ok(run) => Ok(answered(request, sending, run, self.voice(language)).into()),
            Err(error) => Err(words(&error.message)),
        }
    }

    fn routing_test(&self, request: &RequestLine) -> Option<String> {
        let report = self.simulation.report(&self.run(request).ok()?, ReportDetail::default());
        let files = self.simulation.manifests.sources.iter().map(|(_, file)| (&*file.name, &*file.text));
        Some(routing_test::write(&one_text(files), &request.from, &request.command, &report))
    }

    fn complete(&self, request: RequestLine) -> Done {
        let client = client::parse(&request.from, DEFAULT_NAMESPACE).unwrap_or(RequestClient::External(None));
        let completion = complete_line(&self.simulation.plane.cluster, &client, &request.command);
        let words = completion.words.into_iter().map(Into::into).collect();
        let incomplete = shell::is_incomplete(&request.command);
        Done::Completed { request, start: completion.start as u32, words, incomplete }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Cell;
    use crate::workspace::Workspace;

    const TEXT: &str = "kind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec: {containers: [{name: a, image: a}]}\n";

    fn perform(task: Task) -> Done {
        Answering::default().perform(&Texts::All(Workspace::of(TEXT, "", "").files), task)
    }

    fn request(command: &str) -> RequestLine {
        RequestLine { from: "pod/default/a".into(), command: command.into() }
    }

    #[test]
    fn a_command_prints_and_exits_as_the_tool_does() {
        let output = |command| match perform(Task::Run { number: 3, request: request(command) }) {
            Done::Output { number: 3, output } => (*output).clone(),
            other => panic!("{other:?}"),
        };
        let looked = output("hostname");
        assert_eq!((looked.printed.as_deref(), looked.exit, looked.has_walk), (Some("a\n"), 0, false));
        let asked = output("nslookup nowhere");
        assert!(asked.exit == 1 && asked.has_walk);
        // The terminal remembers, whatever is read in between.
        let mut answering = Answering::default();
        let mut printed = |line: &str| {
            let task = Task::Run { number: 1, request: request(line) };
            match answering.perform(&Texts::All(Workspace::of(TEXT, "", "").files), task) {
                Done::Output { output, .. } => output.printed.clone().unwrap_or_default(),
                other => panic!("{other:?}"),
            }
        };
        printed("X=1; echo hello > /tmp/x");
        assert_eq!(printed("echo $X; cat /tmp/x"), "1\nhello\n");
        let refused = output("frobnicate");
        assert!(refused.exit == 127 && refused.errors.contains("frobnicate"));
    }

    #[test]
    fn the_table_of_pods_names_their_lines() {
        let Done::Tables(tables) = perform(Task::Tables) else { panic!("tables") };
        let pods = tables.iter().find(|table| &*table.resource == "pods");
        let rows = pods.map(|table| &table.rows[..]).unwrap_or_default();
        let own = rows.iter().find(|row| row.namespace.as_deref() == Some("default"));
        let name = own.and_then(|row| row.cells.iter().find(|cell| cell.place.is_some()));
        assert!(matches!(name, Some(Cell { text, place: Some(place) }) if &**text == "a" && place.line == 1));
    }
}
