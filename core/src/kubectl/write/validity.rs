//! What the API server says of an object that a command makes: the same validation as of what is pasted, and what
//! allocating its addresses and ports finds.

use std::collections::BTreeMap;

use super::{KubectlView, UsageError, WriteCommand, kubectl_error};
use crate::change::{self, Change};
use crate::cluster::{Cluster, SettingOverrides};
use crate::diagnostic::{Diagnostic, Severity};
use crate::explain::{Language, diagnostic};
use crate::kubectl::resource;
use crate::manifest::Manifests;
use crate::source::ObjectRef;

/// What is there after changes.
pub struct StateAfter {
    pub manifests: Manifests,
    pub cluster: Cluster,
}

/// Refuses what the API server would refuse; None where nothing is changed.
pub fn check_validity(
    write: &WriteCommand,
    view: KubectlView<'_>,
    changes: &[Change],
) -> Result<Option<StateAfter>, UsageError> {
    let touched: Vec<ObjectRef> = changes.iter().filter_map(|change| changed_object(view, change)).collect();
    if touched.is_empty() {
        return Ok(None);
    }
    let Ok(Some(changed)) = change::apply(view.manifests, changes) else { return Ok(None) };
    let manifests = Manifests::read_with(changed.sources, view.manifests.checks);
    let cluster = Cluster::build(&manifests, &SettingOverrides::default());
    let diagnostics = manifests.diagnostics.iter().chain(&cluster.diagnostics);
    let (found, known) = (by_object(diagnostics), by_object(&view.manifests.diagnostics));
    for reference in touched {
        let errors = of(&found, &reference).filter(|found| found.problem.severity() == Severity::Error);
        // What is wrong with it already is no fault of the command.
        let known: Vec<String> =
            of(&known, &reference).map(|found| diagnostic::message(found, Language::English)).collect();
        let errors = errors.map(|found| diagnostic::message(found, Language::English));
        let errors: Vec<String> = errors.filter(|error| !known.contains(error)).collect();
        if !errors.is_empty() {
            return Err(kubectl_error(invalid_message(write, &reference, &errors)));
        }
    }
    drop(found);
    Ok(Some(StateAfter { manifests, cluster }))
}

/// What was found, object by object.
type ByObject<'f> = BTreeMap<&'f ObjectRef, Vec<&'f Diagnostic>>;

fn by_object<'f>(found: impl IntoIterator<Item = &'f Diagnostic>) -> ByObject<'f> {
    let mut all = ByObject::new();
    for one in found {
        if let Some(object) = &one.object {
            all.entry(object).or_default().push(one);
        }
    }
    all
}

fn of<'f>(all: &ByObject<'f>, object: &ObjectRef) -> impl Iterator<Item = &'f Diagnostic> {
    all.get(object).cloned().unwrap_or_default().into_iter()
}

/// The object of a change that the API server validates.
pub fn changed_object(view: KubectlView<'_>, change: &Change) -> Option<ObjectRef> {
    match change {
        Change::Set(object, ..) => Some(object.clone()),
        Change::Add(value) => {
            let text = |path: &str| value.pointer(path).and_then(serde_json::Value::as_str);
            let (kind, name) = (text("/kind")?, text("/metadata/name")?);
            let is_namespaced =
                super::super::resource::resource_by_name(view, kind).map_or(true, |resource| resource.is_namespaced());
            Some(if is_namespaced {
                ObjectRef::namespaced(kind, text("/metadata/namespace").unwrap_or("default"), name)
            } else {
                ObjectRef::cluster_scoped(kind, name)
            })
        }
        Change::Delete(_)
        | Change::Pod(..)
        | Change::Rollout(..)
        | Change::Preset(_)
        | Change::KubernetesVersion(_) => None,
    }
}

/// In the words of the verb (apimachinery, NewInvalid; cmdutil, CheckErr).
fn invalid_message(write: &WriteCommand, object: &ObjectRef, errors: &[String]) -> String {
    let (kind, name) = (&*object.kind, &*object.name);
    let listed = match errors {
        [error] => error.clone(),
        errors => format!("[{}]", errors.join(", ")),
    };
    if let Some(failure) = write.failure() {
        let group = resource::known_kind(kind).map_or_else(String::new, |known| {
            known.plural().split_once('.').map(|(_, group)| format!(".{group}")).unwrap_or_default()
        });
        return format!("error: {failure}{kind}{group} {name:?} is invalid: {listed}");
    }
    match errors {
        [error] => format!("The {kind} {name:?} is invalid: {error}"),
        errors => {
            let lines: String = errors.iter().map(|error| format!("\n* {error}")).collect();
            format!("The {kind} {name:?} is invalid: {lines}")
        }
    }
}
