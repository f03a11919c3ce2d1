//! Runs routing tests: each case is a cluster of its own, each request a command in it.

use super::{Case, ConditionExpectation, RequestCase};
use crate::cluster::{KubeProxyMode, SettingOverrides};
use crate::console::{UsageError, client};
use crate::diagnostic::{Diagnostic, ProblemKind, Severity};
use crate::explain::Language;
use crate::ingress::IngressImplementation;
use crate::report::{CheckReport, ConditionReport, DiagnosticReport, Report, ReportDetail};
use crate::request::ClientLibc;
use crate::simulation::Simulation;
use crate::source::{FileId, Sources};
use crate::yaml;

/// Gives the texts of a `files` entry, as (name, text), or says in one line why it can't.
pub type FileLoader<'l> = dyn Fn(&str) -> Result<Texts, String> + 'l;

/// Names and texts of files.
pub type Texts = Vec<(String, String)>;

/// What came of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseResult {
    /// As the case has it, unique in its file.
    pub id: String,
    /// What the case shows, for a person.
    pub title: String,
    /// What is wrong with the case as a whole: settings, conditions, refused objects.
    pub differences: Vec<String>,
    /// Its requests, in order.
    pub requests: Vec<RequestResult>,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct RequestResult {
    /// Who asked.
    pub from: String,
    /// The command.
    pub run: String,
    /// What differs from the expectation; nothing if it passed.
    pub differences: Vec<String>,
}

impl CaseResult {
    /// Whether all is as expected.
    pub fn passed(&self) -> bool {
        self.differences.is_empty() && self.requests.iter().all(|request| request.differences.is_empty())
    }
}

/// Runs a case. `load` gives the texts of a `files` entry, as (name, text).
pub fn run(case: &Case, load: &FileLoader<'_>) -> CaseResult {
    let (simulation, differences) = simulation(case, load);
    let mut result = CaseResult { id: case.id.clone(), title: case.title.clone(), differences, requests: Vec::new() };
    result.differences.extend(unreadable(&simulation));
    result.differences.extend(apply_errors(case, &simulation));
    result
        .differences
        .extend(case.conditions.iter().filter_map(|expected| condition(expected, &simulation.conditions())));
    result.requests = case.requests.iter().map(|one| request(one, &simulation)).collect();
    result
}

/// The cluster of a case, and what of the case can't be read.
pub fn simulation(case: &Case, load: &FileLoader<'_>) -> (Simulation, Vec<String>) {
    let mut differences = Vec::new();
    let mut files: Vec<(String, String)> =
        case.manifests.iter().map(|text| ("manifests".to_owned(), text.clone())).collect();
    for pattern in &case.files {
        match load(pattern) {
            Ok(loaded) => files.extend(loaded),
            Err(error) => differences.push(error),
        }
    }
    let overrides = overrides(case).unwrap_or_else(|error| {
        differences.push(error);
        SettingOverrides::default()
    });
    (Simulation::new(Sources::new(files), &overrides), differences)
}

/// The case's settings, as they stand over the manifests.
fn overrides(case: &Case) -> Result<SettingOverrides, String> {
    let mode = case.proxy_mode.as_deref().map(|mode| {
        KubeProxyMode::from_name(mode).ok_or(format!("proxy_mode: {mode} is none of iptables, nftables, ipvs"))
    });
    let serve_as = case.serve_as.as_deref().map(|name| {
        let known = || IngressImplementation::ALL.iter().map(|one| one.name()).collect::<Vec<_>>().join(", ");
        IngressImplementation::from_name(name).ok_or_else(|| format!("as: {name} is none of {}", known()))
    });
    let mut overrides = SettingOverrides {
        serve_as: serve_as.transpose()?,
        kube_proxy_mode: mode.transpose()?,
        upstream: case.upstream.as_ref().map(tree).transpose()?,
        node_resolv_conf: case.node_resolv_conf.as_deref().map(Into::into),
        ..SettingOverrides::default()
    };
    if let Some(settings) = case.settings.as_ref().map(tree).transpose()? {
        for entry in settings.entries() {
            // Arguments are ingress-nginx' way to be configured; Traefik's static configuration has names of its own.
            let controller = if &*entry.key == "controller_args" { "ingress-nginx".into() } else { entry.key.clone() };
            overrides.controllers.insert(controller, entry.value.clone());
        }
    }
    Ok(overrides)
}

/// A value of the test file as a tree of ours.
fn tree(value: &serde_yaml::Value) -> Result<yaml::YamlNode, String> {
    let text = serde_yaml::to_string(value).map_err(|error| error.to_string())?;
    yaml::parse(FileId(0), &text, 0).0.ok_or_else(|| "a setting can't be read".to_owned())
}

/// Texts that no YAML reader takes, and documents that are no objects: what was meant isn't in the cluster, so that nothing
/// asked of it says anything.
fn unreadable(simulation: &Simulation) -> Vec<String> {
    let is_unreadable = |one: &&Diagnostic| {
        let problem = ProblemKind::from(&one.problem);
        matches!(
            problem,
            ProblemKind::Syntax
                | ProblemKind::TooDeep
                | ProblemKind::TooManyAliases
                | ProblemKind::NotAnObject
                | ProblemKind::MissingKind
                | ProblemKind::MissingApiVersion
        )
    };
    let found: Vec<Diagnostic> = simulation.manifests.diagnostics.iter().filter(is_unreadable).cloned().collect();
    let report = CheckReport::new(&found, &simulation.manifests, Language::English);
    let words = |one: DiagnosticReport| {
        let place = one.file.zip(one.line).map(|(file, line)| format!("{file}:{line}: ")).unwrap_or_default();
        format!("the manifests can't be read: {place}{}", one.message)
    };
    report.diagnostics.into_iter().map(words).collect()
}

/// Every refusal expected must be among the diagnostics.
fn apply_errors(case: &Case, simulation: &Simulation) -> Vec<String> {
    let found: Vec<DiagnosticReport> =
        simulation.check().diagnostics.into_iter().filter(|one| one.severity == Severity::Error.name()).collect();
    let missing = case.apply_errors.iter().filter(|expected| {
        !found
            .iter()
            .any(|one| one.object.as_deref() == Some(&expected.object) && one.message.contains(&expected.error))
    });
    let missing = missing.map(|expected| {
        let said = found.iter().filter(|one| one.object.as_deref() == Some(&expected.object));
        let said: Vec<&str> = said.map(|one| one.message.as_str()).collect();
        format!("apply_errors: {}: {} is missing among {said:?}", expected.object, expected.error)
    });
    missing.collect()
}

fn condition(expected: &ConditionExpectation, found: &[ConditionReport]) -> Option<String> {
    let same = |one: &&ConditionReport| {
        one.object == expected.object
            && expected.listener.is_none_or_is(&one.listener)
            && expected.parent.is_none_or_is(&one.parent)
            && expected.kind.as_ref().is_none_or(|kind| *kind == one.kind)
    };
    let hit = found.iter().find(same);
    let holds = hit.is_some_and(|one| {
        expected.status.as_ref().is_none_or(|status| *status == one.status)
            && expected.reason.as_ref().is_none_or(|reason| *reason == one.reason)
            && expected.attached_routes.is_none_or(|routes| one.attached_routes == Some(routes))
            && expected.supported_kinds.as_ref().is_none_or(|kinds| one.supported_kinds.as_ref() == Some(kinds))
    });
    (!holds).then(|| format!("conditions: expected {expected:?}, found {hit:?}"))
}

/// An expectation that may be left open.
trait OpenFile {
    fn is_none_or_is(&self, found: &Option<String>) -> bool;
}

impl OpenFile for Option<String> {
    fn is_none_or_is(&self, found: &Option<String>) -> bool {
        self.is_none() || self == found
    }
}

fn request(case: &RequestCase, simulation: &Simulation) -> RequestResult {
    let differences = match answer(case, simulation) {
        Ok(report) => case.expect.differences(&report),
        Err(error) => vec![format!("the command can't be run: {}", error.message)],
    };
    RequestResult { from: case.from.clone(), run: case.run.clone(), differences }
}

fn answer(case: &RequestCase, simulation: &Simulation) -> Result<Report, UsageError> {
    let client = client::parse(&case.from, "default")?;
    let libc = case.resolver.as_deref().map(|name| {
        ClientLibc::from_name(name)
            .ok_or_else(|| UsageError::new(2, format!("resolver: {name} is none of glibc, musl, busybox")))
    });
    let run = simulation.run(&client, &case.run, libc.transpose()?)?;
    Ok(simulation.report(&run, ReportDetail::default()))
}
