//! `whichpod exec`: what the tool itself would print.

use std::process::ExitCode;

use crate::arguments::Exec;
use crate::context::Context;
use crate::forgiving::command_line;
use crate::{Unusable, complain, files, print, trace};
use whichpod_core::terminal::Session;

/// Prints what the tool prints and exits as it does, also where it refuses an option. Output that isn't determined (a server's page) is said to be so on
/// standard error.
pub fn run(arguments: &Exec, context: &Context) -> Result<ExitCode, Unusable> {
    let simulation = trace::read(&arguments.question, context)?;
    let mut session = Session::default();
    files::offer(&mut session, &command_line(&arguments.question.command));
    let run = match trace::try_in(&simulation, &mut session, &arguments.question)? {
        Ok(run) => run,
        Err(refusal) if refusal.by_tool => {
            complain(&refusal.message);
            return Ok(ExitCode::from(u8::try_from(refusal.exit).unwrap_or(1)));
        }
        Err(refusal) => return Err(Unusable(refusal.message)),
    };
    match &run.output.stdout {
        Some(stdout) => print(stdout)?,
        None => complain(
            "whichpod: the output is a server's own, or isn't modelled; `whichpod trace` shows where the request lands",
        ),
    }
    if !run.output.stderr.is_empty() {
        complain(run.output.stderr.trim_end_matches('\n'));
    }
    run.notes.iter().for_each(|note| complain(&format!("whichpod: {note}")));
    trace::say_unwritten(&run);
    Ok(ExitCode::from(u8::try_from(run.output.exit).unwrap_or(1)))
}
