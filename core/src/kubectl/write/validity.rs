//! What the API server says of an object that a command makes: the same validation as of what is pasted, and what
//! allocating its addresses and ports finds.

use super::{KubectlVerb, KubectlView, UsageError, WriteCommand, create, kubectl_error};
use crate::change::{self, Change};
use crate::cluster::{Cluster, SettingOverrides};
use crate::diagnostic::Severity;
use crate::explain::{Language, diagnostic};
use crate::manifest::Manifests;
use crate::source::ObjectRef;

/// Refuses what the API server would refuse.
pub fn check_validity(write: &WriteCommand, view: KubectlView<'_>, changes: &[Change]) -> Result<(), UsageError> {
    let touched: Vec<ObjectRef> = changes.iter().filter_map(changed_object).collect();
    if touched.is_empty() {
        return Ok(());
    }
    let Ok(Some(changed)) = change::apply(view.manifests, changes) else { return Ok(()) };
    let manifests = Manifests::read(changed.sources);
    let cluster = Cluster::build(&manifests, &SettingOverrides::default());
    for reference in touched {
        let found = manifests.diagnostics.iter().chain(&cluster.diagnostics);
        let errors = found
            .filter(|found| found.problem.severity() == Severity::Error && found.object.as_ref() == Some(&reference));
        // What is wrong with it already is no fault of the command.
        let known = view.manifests.diagnostics.iter().filter(|found| found.object.as_ref() == Some(&reference));
        let known: Vec<String> = known.map(|found| diagnostic::message(found, Language::English)).collect();
        let errors = errors.map(|found| diagnostic::message(found, Language::English));
        let errors: Vec<String> = errors.filter(|error| !known.contains(error)).collect();
        if !errors.is_empty() {
            return Err(kubectl_error(invalid_message(write, &reference, &errors)));
        }
    }
    Ok(())
}

/// The object of a change that the API server validates.
fn changed_object(change: &Change) -> Option<ObjectRef> {
    match change {
        Change::Set(object, ..) => Some(object.clone()),
        Change::Add(value) => {
            let text = |path: &str| value.pointer(path).and_then(serde_json::Value::as_str);
            let (kind, name) = (text("/kind")?, text("/metadata/name")?);
            let is_namespaced =
                super::super::resource::resource_by_name(kind).map_or(true, |resource| resource.is_namespaced());
            Some(match is_namespaced {
                true => ObjectRef::namespaced(kind, text("/metadata/namespace").unwrap_or("default"), name),
                false => ObjectRef::cluster_scoped(kind, name),
            })
        }
        Change::Delete(_) | Change::Pod(..) | Change::Rollout(..) | Change::Preset(_) => None,
    }
}

/// In the words of the verb (apimachinery, NewInvalid; cmdutil, CheckErr).
fn invalid_message(write: &WriteCommand, object: &ObjectRef, errors: &[String]) -> String {
    let (kind, name) = (&*object.kind, &*object.name);
    let listed = match errors {
        [error] => error.clone(),
        errors => format!("[{}]", errors.join(", ")),
    };
    match write.verb {
        KubectlVerb::CreateDeployment => {
            format!("error: failed to create deployment: Deployment.apps {name:?} is invalid: {listed}")
        }
        KubectlVerb::CreateService => {
            let of = create::service_kind(write.flags.words.first().map_or("", String::as_str));
            format!("error: failed to create {of} service: Service {name:?} is invalid: {listed}")
        }
        _ => match errors {
            [error] => format!("The {kind} {name:?} is invalid: {error}"),
            errors => {
                let lines: String = errors.iter().map(|error| format!("\n* {error}")).collect();
                format!("The {kind} {name:?} is invalid: {lines}")
            }
        },
    }
}
