//! An answer as a routing test that holds it.

use whichpod_core::report::Report;
use whichpod_core::routing_test;
use whichpod_core::simulation::Simulation;

use crate::Unusable;
use crate::arguments::Question;
use crate::context::Context;
use crate::forgiving::command_line;

/// A case: of the files that were named, or of the texts themselves where they came from elsewhere.
pub fn test(
    question: &Question,
    simulation: &Simulation,
    report: &Report,
    context: &Context,
) -> Result<String, Unusable> {
    let client = super::client_of(simulation, &question.asker)?;
    let (from, command) = (super::asker::written(&client), command_line(&question.command));
    let settings = &context.settings;
    let named = question.input.files.iter().chain(&question.paths.paths).map(|path| path.display().to_string());
    let mut files: Vec<String> = named.collect();
    let elsewhere = files.iter().any(|file| file == "-")
        || !question.input.kustomize.is_empty()
        || !question.input.helm.is_empty()
        || question.input.live
        || question.input.context.is_some()
        || (files.is_empty() && context.is_plugin);
    if files.is_empty() {
        files.extend(settings.files.iter().map(|file| settings.folder.join(file).display().to_string()));
    }
    if files.is_empty() {
        files.push(".".to_owned());
    }
    let source = if elsewhere {
        let texts: Vec<&str> = simulation.manifests.sources.iter().map(|(_, file)| &*file.text).collect();
        routing_test::CaseSource::Manifests(texts.join("\n---\n"))
    } else {
        routing_test::CaseSource::Files(files)
    };
    let requests = [routing_test::WrittenRequest { from, run: command.clone(), report: report.clone() }];
    Ok(routing_test::write_case(&routing_test::id_of(&command), &command, &source, &requests))
}
