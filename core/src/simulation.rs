//! Everything in one value: the manifests, the cluster made of them, and the components that read it. What the command
//! line, the tests and the page ask.

use std::sync::OnceLock;

use crate::cluster::{Cluster, Overrides};
use crate::console::{self, Run, UsageError};
use crate::diagnostic::Diagnostic;
use crate::explain::Language;
use crate::ingress::{Controllers, Flavour};
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
    /// The findings, once somebody asked for them: they are the same for every request.
    checked: OnceLock<CheckReport>,
}

impl Simulation {
    /// Reads manifests and builds the cluster. Cannot fail: what is wrong is in the diagnostics.
    pub fn new(sources: Sources, overrides: &Overrides) -> Self {
        let manifests = Manifests::read(sources);
        let plane = DataPlane::read(Cluster::build(&manifests, overrides));
        Self { manifests, plane, checked: OnceLock::new() }
    }

    /// From now on, every Ingress is served by one kind of controller (`--as`).
    pub fn serve_as(&mut self, flavour: Flavour) {
        self.plane.controllers = Controllers::read_as(&self.plane.cluster, flavour);
        self.checked = OnceLock::new();
    }

    /// Runs a command as a client. An error is what the tool or kubectl says before anything is sent.
    pub fn run(&self, client: &Client, line: &str, libc: Option<Libc>) -> Result<Run, UsageError> {
        console::run(&self.manifests, &self.plane, client, line, libc)
    }

    /// The JSON contract of a run, diagnostics included.
    pub fn report(&self, run: &Run, detail: Detail) -> Report {
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
