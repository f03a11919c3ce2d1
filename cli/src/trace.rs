//! `whichpod trace`: where a request lands, and why.

use std::process::ExitCode;

use whichpod_core::cluster::SettingOverrides;
use whichpod_core::console::{CommandRun, UsageError, client};
use whichpod_core::simulation::Simulation;
use whichpod_core::terminal::Session;

use crate::arguments::{Format, Question, Trace};
use crate::{Unusable, compare, complain, files, print, rollout, text};

/// Prints the answer. Exits 0 whenever there is one, also a negative one.
pub fn run(arguments: &Trace) -> Result<ExitCode, Unusable> {
    if !arguments.controllers.is_empty() {
        return compare::run(arguments);
    }
    if let Some(deployment) = &arguments.rollout {
        return rollout::run(arguments, deployment);
    }
    let (simulation, run) = ask(&arguments.question)?;
    let report = simulation.report(&run, arguments.detail());
    match arguments.output {
        Format::Text => print(&text::trace(&report, &command_line(&arguments.question), &arguments.question.from))?,
        Format::Json => print(&json(&report)?)?,
    }
    say_unwritten(&run);
    Ok(ExitCode::SUCCESS)
}

/// What a command changes is seen by those joined to it with `&&`, and by nobody else.
pub fn say_unwritten(run: &CommandRun) {
    if !run.changes.is_empty() {
        complain("whichpod: the files were not changed; commands joined with && see the changes of those before them");
    }
}

/// Reads the manifests and runs the command in them.
pub fn ask(question: &Question) -> Result<(Simulation, CommandRun), Unusable> {
    let simulation = read(question)?;
    let run = run_in(&simulation, question)?;
    Ok((simulation, run))
}

/// Reads the manifests.
pub fn read(question: &Question) -> Result<Simulation, Unusable> {
    let overrides = SettingOverrides { kube_proxy_mode: question.proxy_mode, ..SettingOverrides::default() };
    Ok(Simulation::new(files::sources(&question.files)?, &overrides))
}

/// Runs the command.
pub fn run_in(simulation: &Simulation, question: &Question) -> Result<CommandRun, Unusable> {
    try_in(simulation, &mut Session::default(), question)?.map_err(|error| Unusable(error.message))
}

/// Runs the command; what the tool itself refuses is left to the caller.
pub fn try_in(
    simulation: &Simulation,
    session: &mut Session,
    question: &Question,
) -> Result<Result<CommandRun, UsageError>, Unusable> {
    let client = client::parse(&question.from, &question.namespace).map_err(|error| Unusable(error.message))?;
    Ok(simulation.run_in(session, &client, &command_line(question), question.libc))
}

/// The command as it would be typed: words with spaces or special characters are quoted again.
pub fn command_line(question: &Question) -> String {
    match question.command.as_slice() {
        [line] => line.clone(),
        words => words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "),
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:=,@%+{}[]?*#~^!()".contains(c);
    match !word.is_empty() && word.chars().all(plain) || word == "|" {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// The answer for programs.
pub fn json(answer: &impl serde::Serialize) -> Result<String, Unusable> {
    let written = serde_json::to_string_pretty(answer).map_err(|error| Unusable(error.to_string()))?;
    Ok(written + "\n")
}
