//! Everything in one value: the manifests, the cluster made of them, and the components that read it. What the command
//! line, the tests and the page ask.

use std::sync::OnceLock;

use crate::change::{self, Change, NotWritten};
use crate::cluster::{Cluster, Overrides};
use crate::console::words::{self, Joint};
use crate::console::{self, Output, Run, UsageError};
use crate::diagnostic::Diagnostic;
use crate::explain::Language;
use crate::ingress::IngressImplementation;
use crate::manifest::Manifests;
use crate::problems;
use crate::report::{CheckReport, ConditionReport, Detail, Report};
use crate::request::{Client, Libc};
use crate::source::Sources;
use crate::walk::DataPlane;

/// A cluster to ask.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// What was pasted.
    pub manifests: Manifests,
    /// What follows from it.
    pub plane: DataPlane,
    /// What it was built with, to build it again after changes.
    overrides: Overrides,
    /// The findings, once somebody asked for them: they are the same for every request.
    checked: OnceLock<CheckReport>,
}

impl Simulation {
    /// Reads manifests and builds the cluster. Cannot fail: what is wrong is in the diagnostics.
    pub fn new(sources: Sources, overrides: &Overrides) -> Self {
        let manifests = Manifests::read(sources);
        let plane = DataPlane::read(Cluster::build(&manifests, overrides), overrides.serve_as);
        Self { manifests, plane, overrides: overrides.clone(), checked: OnceLock::new() }
    }

    /// The same manifests, every Ingress served by one implementation (`--as`), as with [`Overrides::serve_as`].
    pub fn serve_as(&self, implementation: IngressImplementation) -> Self {
        let serve_as = Some(implementation);
        Self {
            manifests: self.manifests.clone(),
            plane: DataPlane::read(self.plane.cluster.clone(), serve_as),
            overrides: Overrides { serve_as, ..self.overrides.clone() },
            checked: OnceLock::new(),
        }
    }

    /// Runs commands as a client: one, or several joined with `&&` and `;`, each of which sees what those before it changed.
    /// Nothing changes here; the changes are part of what comes back. An error is what the tool or kubectl says before
    /// anything is sent.
    pub fn run(&self, client: &Client, line: &str, libc: Option<Libc>) -> Result<Run, UsageError> {
        match &words::sequence(line)[..] {
            [_] => self.run_one(client, line, libc),
            commands => self.run_all(client, commands, libc),
        }
    }

    /// The changes of a command are tried, so that it doesn't say what can't be written.
    fn run_one(&self, client: &Client, line: &str, libc: Option<Libc>) -> Result<Run, UsageError> {
        let run = console::run(&self.manifests, &self.plane, client, line, libc)?;
        let written = change::apply(&self.manifests, &run.changes);
        written.map(|_| run).map_err(|NotWritten| UsageError::new(1, "this can't be written into the manifests"))
    }

    fn run_all(&self, client: &Client, commands: &[(Joint, &str)], libc: Option<Libc>) -> Result<Run, UsageError> {
        let stdout = Some(String::new());
        let mut all = Run { resolution: None, output: Output { stdout, ..Output::default() }, changes: Vec::new() };
        let mut after: Option<Self> = None;
        for (joint, command) in commands {
            if *joint == Joint::Success && all.output.exit != 0 {
                continue;
            }
            let run = match after.as_ref().unwrap_or(self).run_one(client, command, libc) {
                Err(refusal) if refusal.by_tool => {
                    let output =
                        Output { stderr: refusal.message + "\n", exit: refusal.exit, stdout: Some(String::new()) };
                    Run { resolution: None, output, changes: Vec::new() }
                }
                run => run?,
            };
            let printed = all.output.stdout.zip(run.output.stdout).map(|(before, more)| before + &more);
            let stderr = all.output.stderr + &run.output.stderr;
            all.output = Output { stdout: printed, stderr, exit: run.output.exit };
            all.resolution = run.resolution;
            if !run.changes.is_empty() {
                after = Some(after.as_ref().unwrap_or(self).after(&run.changes));
                all.changes.extend(run.changes);
            }
        }
        Ok(all)
    }

    /// The same after changes; as it is where they can't be written.
    pub fn after(&self, changes: &[Change]) -> Self {
        let Ok(Some(changed)) = change::apply(&self.manifests, changes) else { return self.clone() };
        Self::new(changed.sources, &self.overrides)
    }

    /// The same at a step of a roll-out, from 1; `default/web` is the Deployment.
    pub fn at_step(&self, deployment: &str, step: usize) -> Self {
        self.after(&[Change::Rollout(deployment.into(), Some(step))])
    }

    /// The JSON contract of a run, diagnostics included.
    pub fn report(&self, run: &Run, detail: Detail) -> Report {
        if !run.changes.is_empty() {
            let after = self.after(&run.changes);
            return after.report(&Run { changes: Vec::new(), ..run.clone() }, detail);
        }
        let report = match &run.resolution {
            Some(resolution) => Report::new(resolution, &self.manifests, detail),
            None => Report::empty(),
        };
        Report {
            stdout: run.output.stdout.clone(),
            stderr: run.output.stderr.clone(),
            exit: Some(run.output.exit),
            conditions: self.conditions(),
            diagnostics: self.checked().diagnostics.clone(),
            ..report
        }
    }

    /// Everything found in the input: while reading, by the control plane, and by looking at the whole.
    pub fn findings(&self) -> Vec<Diagnostic> {
        let cluster = &self.plane.cluster;
        let mut findings = self.manifests.diagnostics.clone();
        findings.extend(cluster.diagnostics.iter().cloned().map(|finding| self.placed(finding)));
        findings.extend(problems::problems(&self.manifests, cluster));
        findings.extend(self.plane.diagnostics().into_iter().map(|finding| self.placed(finding)));
        findings
    }

    /// The findings as programs read them: `whichpod check`.
    pub fn check(&self) -> CheckReport {
        self.checked().clone()
    }

    fn checked(&self) -> &CheckReport {
        self.checked.get_or_init(|| CheckReport::new(&self.findings(), &self.manifests, Language::English))
    }

    /// Status that controllers write.
    pub fn conditions(&self) -> Vec<ConditionReport> {
        self.plane.gateways.conditions(&self.plane.cluster).iter().map(ConditionReport::new).collect()
    }

    /// A finding about an object gets the place of its field.
    fn placed(&self, finding: Diagnostic) -> Diagnostic {
        let place = || {
            let object = finding.object.as_ref()?;
            self.manifests.span(&object.field(finding.field.clone().unwrap_or_default()))
        };
        let span = finding.span.or_else(place);
        Diagnostic { span, ..finding }
    }
}
