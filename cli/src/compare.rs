//! `whichpod trace --as …`: the same question under several Ingress controllers, side by side.

use std::process::ExitCode;

use whichpod_core::ingress::Flavour;
use whichpod_core::report::{Comparison, Report};

use crate::arguments::{Controller, Format, Trace};
use crate::{Unusable, print, trace};

mod table;

/// Prints every controller's answer.
pub fn run(arguments: &Trace) -> Result<ExitCode, Unusable> {
    let question = &arguments.question;
    let mut simulation = trace::read(question)?;
    let mut answers: Vec<(&str, Report)> = Vec::new();
    for controller in &arguments.controllers {
        let flavour = flavour(*controller);
        simulation.serve_as(flavour);
        let run = trace::run_in(&simulation, question)?;
        answers.push((flavour.name(), simulation.report(&run, arguments.detail())));
    }
    let comparison = Comparison::new(answers);
    print(&match arguments.output {
        Format::Text => table::text(&comparison, &trace::command_line(question), &question.from),
        Format::Json => trace::json(&comparison)?,
    });
    Ok(ExitCode::SUCCESS)
}

fn flavour(controller: Controller) -> Flavour {
    match controller {
        Controller::IngressNginx => Flavour::IngressNginx,
        Controller::Traefik => Flavour::Traefik,
        Controller::Api => Flavour::Api,
    }
}
