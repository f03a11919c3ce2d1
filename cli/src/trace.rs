//! `whichpod trace`: where a request lands, and why.

use std::process::ExitCode;

use serde_json::Value;
use whichpod_core::call::brief;
use whichpod_core::console::{CommandRun, UsageError};
use whichpod_core::explain;
use whichpod_core::manifest::DEFAULT_NAMESPACE;
use whichpod_core::report::Report;
use whichpod_core::simulation::Simulation;
use whichpod_core::terminal::Session;

use crate::arguments::{Format, Question, Trace};
use crate::context::Context;
use crate::forgiving::command_line;
use crate::text::Style;
use crate::{Unusable, compare, complain, input, print_styled, rollout, text};

mod asker;
mod drawing;
mod findings;
mod hint;
mod link;
mod markdown;
mod saved;

pub use asker::{client_of, names as client_names, written as written_client};

/// Prints the answer. Exits 0 whenever there is one, also a negative one.
pub fn run(arguments: &Trace, context: &Context) -> Result<ExitCode, Unusable> {
    // 1. Questions of another kind: controllers compared, a roll-out's steps.
    if !arguments.controllers.is_empty() {
        return compare::run(arguments, context);
    }
    if let Some(deployment) = &arguments.rollout {
        return rollout::run(arguments, deployment, context);
    }
    // 2. The answer, and why it isn't some pod.
    let question = &arguments.question;
    let simulation = read(question, context)?;
    let run = run_in(&simulation, question)?;
    let report = simulation.report(&run, arguments.detail(context.language));
    let why_not = arguments.why_not.as_deref().map(|pod| asker::why_not(&simulation, &run, pod, question, context));
    let why_not = why_not.transpose()?;
    // 3. In the form asked for.
    let command = command_line(&question.command);
    let text = match arguments.output {
        Format::Text => self::text(&simulation, &report, arguments, why_not.as_deref(), context),
        Format::Md => markdown::text(&report, &command, &question.asker.from, why_not.as_deref(), Style::of(context)),
        Format::Link => link::link(&simulation, &command, &question.asker.from, arguments.page.as_deref(), context)?,
        Format::Mermaid => drawing::mermaid(&report, &question.asker.from),
        Format::Svg => drawing::walk(&report, &question.asker.from),
        Format::Test => saved::test(question, &simulation, &report, context)?,
        Format::Agent => brief(&report),
        Format::Json => json_with(&report, why_not)?,
    };
    // 4. Printed, and what the command would have written.
    print_styled(&text, context.colour)?;
    say_unwritten(&run);
    Ok(ExitCode::SUCCESS)
}

/// The answer first; behind it the walk where it is asked for, findings about what is on the way, and what was read.
fn text(
    simulation: &Simulation,
    report: &Report,
    arguments: &Trace,
    why_not: Option<&str>,
    context: &Context,
) -> String {
    let style = Style::of(context);
    let question = &arguments.question;
    let (command, from) = (command_line(&question.command), &question.asker.from);
    let mut out = text::answer(report, &command, from, style);
    if let Some(why_not) = why_not {
        out += &format!("\n{why_not}\n");
    }
    for hint in hint::hints(simulation, report, question, style) {
        out += &format!("\n{hint}\n");
    }
    if arguments.verbose || arguments.all {
        out += &text::walks(report, style);
    }
    out += &findings::on_the_way(report, style);
    let elsewhere = findings::elsewhere(report, style);
    let told = arguments.verbose || arguments.all || report.legs.is_empty();
    let walk = if told { "" } else { style.say("; -v shows the walk", "; 経路は -v で表示") };
    out + &format!("\n{}\n", style.faint(&format!("{}{elsewhere}{walk}", input::what_was_read(simulation, style))))
}

/// The answer for programs, with the reason asked for.
fn json_with(report: &Report, why_not: Option<String>) -> Result<String, Unusable> {
    let mut value = serde_json::to_value(report).map_err(|error| Unusable(error.to_string()))?;
    if let (Some(why_not), Some(report)) = (why_not, value.as_object_mut()) {
        report.insert("whyNot".to_owned(), Value::from(why_not));
    }
    json(&value)
}

/// What a command changes is seen by those joined to it with `&&`, and by nobody else.
pub fn say_unwritten(run: &CommandRun) {
    if !run.changes.is_empty() {
        complain("whichpod: the files were not changed; commands joined with && see the changes of those before them");
    }
}

/// Reads the manifests.
pub fn read(question: &Question, context: &Context) -> Result<Simulation, Unusable> {
    question.input.simulation(&question.paths.paths, context)
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
    let client = client_of(simulation, &question.asker)?;
    let line = in_namespace(command_line(&question.command), &question.asker.namespace);
    let run = simulation.run_in(session, &client, &line, question.libc);
    Ok(run.map_err(|error| UsageError { message: hint::refusal(simulation, &line, &error.message), ..error }))
}

/// kubectl in the namespace of `-n`, as the context's own, unless the command names one.
fn in_namespace(line: String, namespace: &str) -> String {
    let says_one = |word: &str| {
        word == "-A" || word.starts_with("-n") || word.starts_with("--namespace") || word == "--all-namespaces"
    };
    let own = line.split(" -- ").next().unwrap_or(&line);
    match line.strip_prefix("kubectl ") {
        Some(rest) if namespace != DEFAULT_NAMESPACE && !own.split_whitespace().any(says_one) => {
            format!("kubectl -n {namespace} {rest}")
        }
        _ => line,
    }
}

/// A sentence of core's in plain words.
pub fn plain(sentence: &[explain::SentencePart]) -> String {
    explain::plain(sentence)
}

/// The answer for programs.
pub fn json(answer: &impl serde::Serialize) -> Result<String, Unusable> {
    let written = serde_json::to_string_pretty(answer).map_err(|error| Unusable(error.to_string()))?;
    Ok(written + "\n")
}
