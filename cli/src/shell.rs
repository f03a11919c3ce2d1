//! `whichpod shell`: a prompt for commands, with history and completion. What they change is seen by those that follow; the
//! files stay as they are.

use std::process::ExitCode;
use std::rc::Rc;

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::DefaultHistory;
use rustyline::validate::Validator;
use rustyline::{Context, Editor, Helper};
use whichpod_core::request::RequestClient;
use whichpod_core::shell;
use whichpod_core::shell::completion::complete_line;
use whichpod_core::simulation::Simulation;
use whichpod_core::terminal::{Session, session};

use crate::arguments::ShellArguments;
use crate::context::Context as CommandContext;
use crate::{Unusable, complain, files, print, trace};

/// Reads lines until the input ends.
pub fn run(arguments: &ShellArguments, context: &CommandContext) -> Result<ExitCode, Unusable> {
    let simulation = Rc::new(arguments.input.simulation(&arguments.paths.paths, context)?);
    let client = trace::client_of(&simulation, &arguments.asker)?;
    let mut session = Session::default();
    if arguments.asker.namespace != "default" {
        session.namespace = Some(arguments.asker.namespace.clone());
    }
    let mut editor: Editor<ClusterHelper, DefaultHistory> =
        Editor::new().map_err(|error| Unusable(format!("no line can be read: {error}")))?;
    editor.set_helper(Some(ClusterHelper { simulation, client, session }));
    loop {
        match read_command(&mut editor) {
            Ok(text) => run_text(&mut editor, &text)?,
            Err(ReadlineError::Interrupted) => {}
            Err(_) => return Ok(ExitCode::SUCCESS),
        }
    }
}

/// A command, over as many lines as it takes.
fn read_command(editor: &mut Editor<ClusterHelper, DefaultHistory>) -> Result<String, ReadlineError> {
    let prompt = editor.helper().map(ClusterHelper::prompt).unwrap_or_default();
    let mut text = editor.readline(&prompt)?;
    while shell::is_incomplete(&text) {
        text = format!("{text}\n{}", editor.readline("> ")?);
    }
    // A line that can't be kept in the history is run all the same.
    let _ = editor.add_history_entry(&text);
    Ok(text)
}

fn run_text(editor: &mut Editor<ClusterHelper, DefaultHistory>, text: &str) -> Result<(), Unusable> {
    let Some(helper) = editor.helper_mut().filter(|_| !text.trim().is_empty()) else { return Ok(()) };
    files::offer(&mut helper.session, text);
    match helper.simulation.run_in(&mut helper.session, &helper.client, text, None) {
        Err(refusal) => complain(&refusal.message),
        Ok(run) => {
            print(run.output.stdout.as_deref().unwrap_or_default())?;
            if !run.output.stderr.is_empty() {
                complain(run.output.stderr.trim_end_matches('\n'));
            }
            run.notes.iter().for_each(|note| complain(&format!("whichpod: {note}")));
            if !run.changes.is_empty() {
                helper.simulation = Rc::new(helper.simulation.after(&run.changes));
            }
        }
    }
    Ok(())
}

/// What the line editor asks: the cluster, and who types.
struct ClusterHelper {
    simulation: Rc<Simulation>,
    client: RequestClient,
    session: Session,
}

impl ClusterHelper {
    /// Who runs what is typed next.
    fn typist(&self) -> &RequestClient {
        self.session.inside.last().map_or(&self.client, |entered| &entered.client)
    }

    fn prompt(&self) -> String {
        format!("{}$ ", session::machine(self.typist()))
    }
}

impl Completer for ClusterHelper {
    type Candidate = String;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        let before = line.get(..at).unwrap_or(line);
        let completion = complete_line(&self.simulation.plane.cluster, self.typist(), before);
        Ok((completion.start, completion.words))
    }
}

impl Hinter for ClusterHelper {
    type Hint = String;
}

impl Highlighter for ClusterHelper {}
impl Validator for ClusterHelper {}
impl Helper for ClusterHelper {}
