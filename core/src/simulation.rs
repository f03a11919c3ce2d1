//! Everything in one value: the manifests, the cluster made of them, and the components that read it. What the command
//! line, the tests and the page ask.

#![warn(missing_docs)]

use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use crate::change::{self, Change, NotWritten};
use crate::cluster::{Cluster, SettingOverrides};
use crate::console::{CommandRun, UsageError};
use crate::diagnostic::Diagnostic;
use crate::explain::{self, Language};
use crate::ingress::{FurtherControllers, IngressImplementation};
use crate::manifest::{Checks, Manifests};
use crate::model::Ingress;
use crate::problems;
use crate::report::{CheckReport, ConditionReport, LandingReport, Report, ReportDetail};
use crate::request::{ClientLibc, RequestClient};
use crate::shell::{self, ChangingCluster};
use crate::source::{ObjectRef, Sources};
use crate::terminal::Session;
use crate::walk::DataPlane;

/// A cluster while commands change it.
struct ChangedState<'s> {
    before: &'s Simulation,
    after: Option<Rc<Simulation>>,
    changes: Vec<Change>,
    saved: Option<(Option<Rc<Simulation>>, usize)>,
}

impl ChangedState<'_> {
    fn now(&self) -> &Simulation {
        self.after.as_deref().unwrap_or(self.before)
    }
}

impl ChangingCluster for ChangedState<'_> {
    fn manifests(&self) -> &Manifests {
        &self.now().manifests
    }

    fn plane(&self) -> &DataPlane {
        &self.now().plane
    }

    fn change(&mut self, changes: Vec<Change>) -> Result<(), NotWritten> {
        let after = self.now().changed(&changes)?;
        if let Some(after) = after {
            self.after = Some(Rc::new(after));
        }
        self.changes.extend(changes);
        Ok(())
    }

    fn save(&mut self) {
        self.saved = Some((self.after.clone(), self.changes.len()));
    }

    fn restore(&mut self, made: usize) {
        let Some((after, count)) = self.saved.take().filter(|_| made == self.changes.len()) else { return };
        self.after = after;
        self.changes.truncate(count);
    }

    fn count(&self) -> usize {
        self.changes.len()
    }
}

/// What not every program carries, for one that must be small.
#[derive(Clone, Copy, Debug)]
pub struct CarriedParts {
    /// What the manifests are held against.
    pub checks: Checks,
    /// Controllers beside those that every program has.
    pub controllers: FurtherControllers,
}

impl CarriedParts {
    /// Everything.
    pub const ALL: Self = Self { checks: Checks::ALL, controllers: FurtherControllers::ALL };
}

/// A cluster to ask.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// What was pasted.
    pub manifests: Manifests,
    /// What follows from it.
    pub plane: DataPlane,
    /// What it was built with, to build it again after changes.
    overrides: SettingOverrides,
    parts: CarriedParts,
    /// The findings, once somebody asked for them: they are the same for every request.
    checked: OnceLock<CheckReport>,
}

impl Simulation {
    /// Reads manifests and builds the cluster. Cannot fail: what is wrong is in the diagnostics.
    pub fn new(sources: Sources, overrides: &SettingOverrides) -> Self {
        Self::with_parts(sources, overrides, CarriedParts::ALL)
    }

    /// The same with what a program carries.
    pub fn with_parts(sources: Sources, overrides: &SettingOverrides, parts: CarriedParts) -> Self {
        let manifests = Manifests::read_with(sources, parts.checks);
        let cluster = Cluster::build(&manifests, overrides);
        let plane = DataPlane::read(cluster, overrides.serve_as, parts.controllers);
        // What CoreDNS does with its Corefile the control plane learns from its pods.
        let crashing = plane.dns.crashing_pods(&plane.cluster);
        let plane = if crashing.is_empty() {
            plane
        } else {
            let cluster = Cluster::build_with_crashing(&manifests, overrides, &crashing);
            DataPlane::read(cluster, overrides.serve_as, parts.controllers)
        };
        Self { manifests, plane, overrides: overrides.clone(), parts, checked: OnceLock::new() }
    }

    /// The same manifests, every Ingress served by one implementation (`--as`), as with [`SettingOverrides::serve_as`].
    pub fn serve_as(&self, implementation: IngressImplementation) -> Self {
        let serve_as = Some(implementation);
        Self {
            manifests: self.manifests.clone(),
            plane: DataPlane::read(self.plane.cluster.clone(), serve_as, self.parts.controllers),
            overrides: SettingOverrides { serve_as, ..self.overrides.clone() },
            parts: self.parts,
            checked: OnceLock::new(),
        }
    }

    /// The same, one Ingress without an annotation.
    pub fn without_annotation(&self, ingress: &ObjectRef, annotation: &str) -> Self {
        let mut cluster = self.plane.cluster.clone();
        let namespace = ingress.namespace.as_deref().unwrap_or_default();
        if let Some(ingress) = cluster.ingresses.get_mut(namespace, &ingress.name) {
            let mut bare = Ingress::clone(ingress);
            Arc::make_mut(&mut bare.metadata.annotations).remove(annotation);
            *ingress = Arc::new(bare);
        }
        Self {
            manifests: self.manifests.clone(),
            plane: DataPlane::read(cluster, self.overrides.serve_as, self.parts.controllers),
            overrides: self.overrides.clone(),
            parts: self.parts,
            checked: OnceLock::new(),
        }
    }

    /// Runs commands as a client, in a terminal of their own: one line or many, each of which sees what those before it
    /// changed. Nothing changes here; the changes are part of what comes back. An error is what the first command says before
    /// anything is sent.
    pub fn run(&self, client: &RequestClient, text: &str, libc: Option<ClientLibc>) -> Result<CommandRun, UsageError> {
        self.run_in(&mut Session::default(), client, text, libc)
    }

    /// The same in a terminal that remembers.
    pub fn run_in(
        &self,
        session: &mut Session,
        client: &RequestClient,
        text: &str,
        libc: Option<ClientLibc>,
    ) -> Result<CommandRun, UsageError> {
        let mut state = ChangedState { before: self, after: None, changes: Vec::new(), saved: None };
        let run = shell::run_text(&mut state, session, client, libc, text)?;
        Ok(CommandRun { changes: state.changes, ..run })
    }

    /// The same after changes; as it is where they can't be written.
    pub fn after(&self, changes: &[Change]) -> Self {
        self.changed(changes).ok().flatten().unwrap_or_else(|| self.clone())
    }

    /// The same after changes; None where there are none.
    fn changed(&self, changes: &[Change]) -> Result<Option<Self>, NotWritten> {
        let changed = change::apply(&self.manifests, changes)?;
        Ok(changed.map(|changed| Self::with_parts(changed.sources, &self.overrides, self.parts)))
    }

    /// The same at a step of a roll-out, from 1; `default/web` is the Deployment.
    pub fn at_step(&self, deployment: &str, step: usize) -> Self {
        self.after(&[Change::Rollout(deployment.into(), Some(step))])
    }

    /// The JSON contract of a run, diagnostics included.
    pub fn report(&self, run: &CommandRun, detail: ReportDetail) -> Report {
        if !run.changes.is_empty() {
            let after = self.after(&run.changes);
            return after.report(&CommandRun { changes: Vec::new(), ..run.clone() }, detail);
        }
        let report = match &run.resolution {
            Some(resolution) => Report::new(resolution, &self.manifests, detail),
            None => Report::empty(),
        };
        let landings = report.landings.iter().map(|landing| self.with_workload(landing)).collect();
        let trusting = run.trusting.as_ref().map(|trusting| explain::summary(trusting, detail.language));
        let diagnostics = match detail.language {
            Language::English => self.checked().diagnostics.clone(),
            language => CheckReport::new(&self.findings(), &self.manifests, language).diagnostics,
        };
        Report {
            landings,
            if_trusted: trusting.map(|summary| explain::plain(&summary)),
            stdout: run.output.stdout.clone(),
            stderr: run.output.stderr.clone(),
            exit: Some(run.output.exit),
            conditions: self.conditions(),
            diagnostics,
            ..report
        }
    }

    /// A landing with the workload of its pod.
    fn with_workload(&self, landing: &LandingReport) -> LandingReport {
        let pod = landing.pod.as_ref().and_then(|pod| pod.split_once('/'));
        let pod = pod.and_then(|(namespace, name)| self.plane.cluster.pods.get(namespace, name));
        let workload = pod.and_then(|pod| pod.workload.as_ref());
        let workload = workload.map(|one| format!("{}/{}", one.kind.to_ascii_lowercase(), one.qualified_name()));
        LandingReport { workload, ..landing.clone() }
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
