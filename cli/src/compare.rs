//! `whichpod trace --as …`: the same question under several Ingress controllers, side by side.

use std::process::ExitCode;

use whichpod_core::report::{ControllerComparison, Report};

use crate::arguments::{Format, Trace};
use crate::context::Context;
use crate::forgiving::command_line;
use crate::{Unusable, print_styled, trace};

mod table;

/// Prints every controller's answer.
pub fn run(arguments: &Trace, context: &Context) -> Result<ExitCode, Unusable> {
    let question = &arguments.question;
    let pasted = trace::read(question, context)?;
    let mut answers: Vec<(&str, Report)> = Vec::new();
    for implementation in arguments.controllers() {
        let simulation = pasted.serve_as(implementation);
        let run = trace::run_in(&simulation, question)?;
        answers.push((implementation.name(), simulation.report(&run, arguments.detail(context.language))));
    }
    let comparison = ControllerComparison::new(answers);
    let text = match arguments.output {
        Format::Text | Format::Agent => {
            table::text(&comparison, &command_line(&question.command), &question.asker.from, context)
        }
        Format::Md => table::markdown(&comparison, &command_line(&question.command), &question.asker.from),
        Format::Json => trace::json(&comparison)?,
        Format::Link | Format::Mermaid | Format::Svg | Format::Test => {
            return Err(Unusable("--as is printed as text, md or json".to_owned()));
        }
    };
    print_styled(&text, context.colour)?;
    Ok(ExitCode::SUCCESS)
}
