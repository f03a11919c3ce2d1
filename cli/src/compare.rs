//! `whichpod trace --as …`: the same question under several Ingress controllers, side by side.

use std::process::ExitCode;

use whichpod_core::report::{ControllerComparison, Report};

use crate::arguments::{Format, Trace};
use crate::{Unusable, print, trace};

mod table;

/// Prints every controller's answer.
pub fn run(arguments: &Trace) -> Result<ExitCode, Unusable> {
    let question = &arguments.question;
    let pasted = trace::read(question)?;
    let mut answers: Vec<(&str, Report)> = Vec::new();
    for implementation in &arguments.controllers {
        let simulation = pasted.serve_as(*implementation);
        let run = trace::run_in(&simulation, question)?;
        answers.push((implementation.name(), simulation.report(&run, arguments.detail())));
    }
    let comparison = ControllerComparison::new(answers);
    print(&match arguments.output {
        Format::Text => table::text(&comparison, &trace::command_line(question), &question.from),
        Format::Json => trace::json(&comparison)?,
    })?;
    Ok(ExitCode::SUCCESS)
}
