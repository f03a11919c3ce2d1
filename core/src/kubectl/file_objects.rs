//! What `-f` names: the objects in files, as kubectl reads them (cli-runtime, resource.Builder).

use serde_json::Value;

use super::age::leave_out_times;
use super::documents::written_object;
use super::json_tree::merge;
use super::{KubectlView, UsageError, kubectl_error, resource, unsupported_error};
use crate::diagnostic::{Problem, Severity};
use crate::explain::{Language, diagnostic};
use crate::manifest::Manifests;
use crate::model::Encode;
use crate::order::Order;
use crate::source::{ObjectRef, Sources};
use crate::yaml;

pub struct FileObject {
    /// Kind, namespace and name.
    pub reference: ObjectRef,
    /// `deployment.apps`
    pub singular: String,
    /// `deployments.apps`
    pub plural: String,
    pub object: Value,
    pub file: String,
}

/// The objects of all files, in order.
pub fn file_objects(
    view: KubectlView<'_>,
    paths: &[&str],
    namespace: Option<&str>,
) -> Result<Vec<FileObject>, UsageError> {
    let mut all = Vec::new();
    for path in paths.iter().flat_map(|paths| paths.split(',')) {
        let Some(files) = view.files.get(path) else {
            return Err(missing_file(path));
        };
        for (file, text) in files {
            all.extend(of_file(view, file, text, namespace)?);
        }
    }
    Ok(all)
}

/// A file that isn't there, or an address from which nothing is loaded.
fn missing_file(path: &str) -> UsageError {
    if path.starts_with("http://") || path.starts_with("https://") {
        return unsupported_error(format!(
            "kubectl -f {path}: nothing is loaded from the network: open it, and paste its text into the manifests"
        ));
    }
    kubectl_error(format!("error: the path {path:?} does not exist"))
}

/// `apps/v1`
fn version_of(manifests: &Manifests, reference: &ObjectRef) -> String {
    let object = manifests.objects.iter().find(|object| object.reference == *reference);
    object.map_or_else(String::new, |object| object.api_version.to_string())
}

fn of_file(
    view: KubectlView<'_>,
    file: &str,
    text: &str,
    namespace: Option<&str>,
) -> Result<Vec<FileObject>, UsageError> {
    // 1. The file is read as manifests are; its first error is kubectl's.
    let manifests = Manifests::read_with(Sources::new([(file.to_owned(), text.to_owned())]), view.manifests.checks);
    let mut errors = manifests.diagnostics.iter().filter(|found| found.problem.severity() == Severity::Error);
    if let Some(first) = errors.next() {
        let message = diagnostic::message(first, Language::English);
        return Err(kubectl_error(match &first.object {
            // The server can't read it at all, and says so of the file.
            Some(object)
                if message.starts_with("strict decoding error") || message.contains("cannot be handled as a") =>
            {
                let (kind, version) = (&object.kind, version_of(&manifests, object));
                let reason = message.split_once(": ").filter(|_| message.contains("cannot be handled as a"));
                let reason = reason.map_or(message.as_str(), |(_, reason)| reason);
                format!(
                    "Error from server (BadRequest): error when creating {file:?}: {kind} in version {version:?} cannot be handled \
                     as a {kind}: {reason}"
                )
            }
            Some(object) => format!("The {} {:?} is invalid: {message}", object.kind, &*object.name),
            None if matches!(first.problem, Problem::MissingApiVersion) => format!(
                "error: error validating {file:?}: error validating data: {message}; if you choose to ignore these errors, turn \
                 validation off with --validate=false"
            ),
            None => format!("error: error parsing {file}: {message}"),
        }));
    }
    // 2. All its objects, modelled or only seen, in the order of the text.
    let objects = manifests
        .objects
        .iter()
        .map(|object| (object.node.span.start, &object.reference, &object.api_version, object.node.encode()));
    let seen = manifests.seen.iter().filter_map(|seen| {
        let node = yaml::parse(seen.span.file, manifests.sources.text(seen.span), seen.span.start).0?;
        Some((seen.span.start, &seen.reference, &seen.api_version, node.encode()))
    });
    let mut all: Vec<_> = objects.chain(seen).collect();
    all.order_by_key(|(start, ..)| *start);
    // 3. One after the other; what is only about the simulation isn't kubectl's.
    let mut documents = Vec::new();
    for (_, reference, api_version, mut object) in all {
        if &*reference.kind == "World" {
            continue;
        }
        // 4. The namespace of the flag, which the object's own may not contradict.
        let mut reference = reference.clone();
        if let (Some(wanted), Some(_)) = (namespace, &reference.namespace) {
            let own = object.pointer("/metadata/namespace").and_then(Value::as_str).map(str::to_owned);
            if let Some(own) = own.filter(|own| own != wanted) {
                return Err(kubectl_error(format!(
                    "error: the namespace from the provided object {own:?} does not match the namespace {wanted:?}. You must pass '--namespace={own}' to perform this operation."
                )));
            }
            merge(&mut object, serde_json::json!({"metadata": {"namespace": wanted}}));
            reference = ObjectRef::namespaced(&reference.kind, wanted, &reference.name);
        }
        // 5. What the API server has filled in, where the text is one that `get -o yaml` printed.
        if view.clock.is_some() {
            leave_out_times(&mut object, written_object(view, &reference).as_ref());
        }
        // 6. The names of its kind.
        let group = api_version.split_once('/').map(|(group, _)| format!(".{group}")).unwrap_or_default();
        let singular = format!("{}{group}", reference.kind.to_lowercase());
        let known = resource::resource_by_name(view, &singular);
        let guessed = format!("{}{group}", resource::plural_of(&reference.kind.to_lowercase()));
        let plural = known.map_or(guessed, |known| known.plural().to_owned());
        documents.push(FileObject { reference, singular, plural, object, file: file.to_owned() });
    }
    Ok(documents)
}
