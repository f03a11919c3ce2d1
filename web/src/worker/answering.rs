//! Holds the cluster that was read last, and answers questions about it.

use std::rc::Rc;

use whichpod_core::cluster::SettingOverrides;
use whichpod_core::console::{self, CommandRun, Output, UsageError, client};
use whichpod_core::diagnostic::Diagnostic;
use whichpod_core::ingress::FurtherControllers;
use whichpod_core::manifest::DEFAULT_NAMESPACE;
use whichpod_core::simulation::{CarriedParts, Simulation};
use whichpod_core::source::Sources;

use super::terminal::KeptTerminal;
use super::words::Voice;
use super::{assist, changes, clients, definitions, instead, problems, suggestions, targets, verdict};
use crate::answer::{Answer, ClientGroup, Fragment, Printed, Problem, Suggestion, Target, Text, Verdict};
use crate::language::Language;
use crate::protocol::{
    Assistance, Assisted, Change, ChangeFault, Changed, CompareWith, Question, Sending, Texts, WhatIf,
};
use crate::workspace::{RequestLine, Splice};

/// What was read last, and everything that is made of it once for all questions.
pub struct Answering {
    /// Of the last question.
    pub revision: u32,
    pub(super) simulation: Simulation,
    /// Controllers that this program carries beside those that every program has.
    controllers: FurtherControllers,
    /// The same under other circumstances, those that were asked for last.
    instead: Option<(WhatIf, Simulation)>,
    findings: Vec<Diagnostic>,
    clients: Rc<[ClientGroup]>,
    suggestions: Rc<[Suggestion]>,
    targets: Rc<[Target]>,
    /// What the manifests were held against last.
    pub(super) compared: Option<(CompareWith, Simulation)>,
    /// What the console remembers.
    pub(super) terminal: KeptTerminal,
}

impl Default for Answering {
    /// Nothing was pasted yet, and every controller is known.
    fn default() -> Self {
        Self::with_controllers(FurtherControllers::ALL)
    }
}

impl Answering {
    /// Nothing was pasted yet.
    pub fn with_controllers(controllers: FurtherControllers) -> Self {
        Self::read(Sources::default(), controllers)
    }

    /// Reads new texts, if there are any, and answers.
    pub fn answer(&mut self, revision: u32, question: Question) -> Answer {
        self.take(&question.texts);
        self.revision = revision;
        let instead = self.instead(&question.request, question.language, &question.what_if);
        let is_instead_beyond = instead.is_none() && question.what_if != WhatIf::default();
        let voice = self.voice(question.language);
        let manifests = &self.simulation.manifests;
        let asked = ask(&self.simulation, &question.request);
        let beyond = (asked.is_none() || is_instead_beyond).then(|| question.request.clone());
        let (verdict, complaint) = match asked {
            None => (None, None),
            Some(Ok(run)) => (Some(answered(&question.request, question.sending, run, voice)), None),
            Some(Err(error)) => (None, Some(vec![Fragment::Words(error.message.into())])),
        };
        Answer {
            complaint,
            verdict: verdict.map(Rc::new),
            beyond,
            instead,
            problems: problems::problems(&self.findings, voice),
            clients: self.clients.clone(),
            suggestions: self.suggestions.clone(),
            targets: self.targets.clone(),
            presets: Rc::new(changes::presets(manifests)),
            rollouts: changes::rollouts(&self.simulation.plane.cluster, voice.language),
            objects: (manifests.objects.len() + manifests.seen.len()) as u32,
        }
    }

    /// Reads the texts, if anything in them is new.
    pub fn take(&mut self, texts: &Texts) {
        let sources = match texts {
            Texts::All(files) => Sources::new(files.iter().map(|file| (&*file.name, file.text.whole()))),
            Texts::Held(changes) if changes.is_empty() => return,
            Texts::Held(changes) => self.with(changes),
        };
        let terminal = std::mem::take(&mut self.terminal);
        *self = Self { revision: self.revision, terminal, ..Self::read(sources, self.controllers) };
    }

    /// The texts at hand with changes in them.
    fn with(&self, changes: &[(u32, Splice)]) -> Sources {
        let files = self.simulation.manifests.sources.iter().map(|(id, file)| {
            let change = changes.iter().find(|(at, _)| *at == id.0);
            let text = change.and_then(|(_, splice)| splice.applied(&file.text));
            (file.name.clone(), text.map_or_else(|| file.text.clone(), Into::into))
        });
        Sources::new(files)
    }

    /// The texts with a change in them.
    pub fn change(&self, change: &Change) -> Result<Changed, ChangeFault> {
        changes::change(&self.simulation.manifests, change)
    }

    /// What is known about a position in the texts that were read last.
    pub fn assist(&self, ticket: u32, wants: Assistance, file: &str, position: u32) -> Assisted {
        assist::assist(&self.simulation, ticket, wants, file, position)
    }

    fn read(sources: Sources, controllers: FurtherControllers) -> Self {
        let parts = CarriedParts { checks: definitions::CHECKS, controllers };
        let simulation = Simulation::with_parts(sources, &SettingOverrides::default(), parts);
        let cluster = &simulation.plane.cluster;
        Self {
            revision: 0,
            instead: None,
            findings: simulation.findings(),
            clients: clients::clients(cluster),
            suggestions: suggestions::suggestions(cluster),
            targets: targets::targets(cluster),
            compared: None,
            terminal: KeptTerminal::default(),
            controllers,
            simulation,
        }
    }

    pub(super) fn voice(&self, language: Language) -> Voice<'_> {
        voice(&self.simulation, language)
    }

    /// What is wrong with the manifests, or worth knowing.
    pub(super) fn problems(&self, language: Language) -> Rc<[Problem]> {
        problems::problems(&self.findings, self.voice(language))
    }

    /// The same question under other circumstances, if there are any.
    pub(super) fn instead(
        &mut self,
        request: &RequestLine,
        language: Language,
        what_if: &WhatIf,
    ) -> Option<Result<Rc<Verdict>, Text>> {
        if *what_if == WhatIf::default() {
            return None;
        }
        let circumstances = WhatIf { from: None, ..what_if.clone() };
        let parts = CarriedParts { checks: definitions::CHECKS, controllers: self.controllers };
        if self.instead.as_ref().is_none_or(|(kept, _)| *kept != circumstances) {
            let simulation = instead::simulation(&self.simulation.manifests.sources, &circumstances, parts);
            self.instead = simulation.map(|simulation| (circumstances, simulation));
        }
        let simulation = self.instead.as_ref().map_or(&self.simulation, |(_, simulation)| simulation);
        let request = instead::request(request, what_if);
        Some(match ask(simulation, &request)? {
            Ok(run) => Ok(answered(&request, None, run, voice(simulation, language)).into()),
            Err(error) => Err(vec![Fragment::Words(error.message.into())]),
        })
    }
}

fn voice(simulation: &Simulation, language: Language) -> Voice<'_> {
    Voice { manifests: &simulation.manifests, cluster: &simulation.plane.cluster, language }
}

/// Runs a tool that asks the network; None for everything else that can be typed, and where a controller isn't known here.
fn ask(simulation: &Simulation, request: &RequestLine) -> Option<Result<CommandRun, UsageError>> {
    if simulation.plane.controllers.lack_any() {
        return None;
    }
    match client::parse(&request.from, DEFAULT_NAMESPACE) {
        Ok(client) => console::ask(&simulation.manifests, &simulation.plane, &client, &request.command),
        Err(error) => Some(Err(error)),
    }
}

/// What came of a command, for the page.
pub(super) fn answered(request: &RequestLine, sending: Option<Sending>, run: CommandRun, voice: Voice<'_>) -> Verdict {
    let printed = printed(&run.output);
    match &run.resolution {
        Some(resolution) => verdict::verdict(&request.command, resolution, sending, printed, voice),
        None => verdict::local(&request.command, printed, voice),
    }
}

/// What the terminal shows: standard error too, as it is what explains a failure.
fn printed(output: &Output) -> Option<Printed> {
    let texts = [output.stdout.as_deref().unwrap_or_default(), &output.stderr];
    let text = texts.map(str::trim_end).into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n");
    (!text.is_empty()).then(|| Printed { text: text.into(), exit: output.exit })
}
