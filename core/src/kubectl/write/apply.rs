//! `apply`, `create`, `replace` and `delete` of files, and `patch` (pkg/cmd/apply, create, replace, delete, patch).

use serde_json::Value;

use super::difference::differences;
use super::service_type::drop_type_fields;
use super::{
    KubectlVerb, KubectlView, OutputFormat, UsageError, WriteCommand, WriteResult, kubectl_error, unsupported_error,
    write_output,
};
use crate::change::Change;
use crate::kubectl::documents::{is_supplied, written_object};
use crate::kubectl::file_objects::{FileObject, file_objects};
use crate::kubectl::patch::{PatchedOrder, json_patch, merge_patch, strategic_patch};
use crate::kubectl::selector;
use crate::kubectl::value::entries;
use crate::source::FileId;
use crate::yaml;

impl WriteCommand {
    fn named_files(&self) -> Vec<&str> {
        [self.flags.values("filename"), self.flags.values("kustomize")].concat()
    }

    /// Whether objects are named by `-f`.
    pub fn reads_files(&self) -> bool {
        !self.named_files().is_empty()
    }

    pub fn documents(&self, view: KubectlView<'_>) -> Result<Vec<FileObject>, UsageError> {
        if !self.flags.values("kustomize").is_empty() && !self.flags.values("filename").is_empty() {
            return Err(kubectl_error("error: only one of -f or -k can be specified"));
        }
        let mut all = file_objects(view, &self.named_files(), self.flags.value("namespace"))?;
        let verb = match self.flags.verb {
            KubectlVerb::Apply => Some("apply"),
            KubectlVerb::CreateFile => Some("create"),
            _ => None,
        };
        if let Some(verb) = verb.filter(|_| all.is_empty()) {
            return Err(kubectl_error(format!("error: no objects passed to {verb}")));
        }
        if let Some(text) = self.flags.value("selector") {
            let chosen = selector::selector(text)?;
            all.retain(|document| chosen.matches(&entries(&document.object, "/metadata/labels")));
        }
        Ok(all)
    }

    fn say_document(&self, document: &FileObject, done: &str) -> Result<String, UsageError> {
        let name = &*document.reference.name;
        match &self.format {
            None => Ok(format!("{}/{name} {done}{}\n", document.singular, self.suffix())),
            Some(OutputFormat::Name) => Ok(format!("{}/{name}\n", document.singular)),
            Some(format) => format.print(vec![document.object.clone()], true, true),
        }
    }
}

/// `apply -f`
pub fn apply(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    // 1. The documents of the files.
    if !write.reads_files() {
        return Err(kubectl_error("error: must specify one of -f and -k"));
    }
    let (mut said, mut changes) = (String::new(), Vec::new());
    for mut document in write.documents(view)? {
        let old = written_object(view, &document.reference);
        if let Some(old) = &old {
            drop_type_fields(old, &mut document.object);
        }
        // 2. What differs from what is written, or all of it.
        let own = match &old {
            Some(old) => differences(&document.reference, old, &document.object),
            None => vec![Change::Add(document.object.clone())],
        };
        // 3. What is said.
        let done = match (&old, own.is_empty()) {
            (Some(_), true) => "unchanged",
            (Some(_), false) => "configured",
            (None, _) if is_supplied(view, &document.reference) => "configured",
            (None, _) => "created",
        };
        let done = if write.flags.is("server-side") { "serverside-applied" } else { done };
        said.push_str(&write.say_document(&document, done)?);
        changes.extend(own);
    }
    Ok((write_output(said, String::new()), changes))
}

/// `create -f`
pub fn create(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    if !write.flags.words.is_empty() {
        let words = write.flags.words.join(" ");
        return Err(kubectl_error(format!(
            "error: Unexpected args: [{words}]\nSee 'kubectl create -h' for help and examples"
        )));
    }
    if !write.reads_files() {
        return Err(kubectl_error("error: must specify one of -f and -k"));
    }
    let (mut said, mut failed, mut changes) = (String::new(), String::new(), Vec::new());
    for document in write.documents(view)? {
        let there = written_object(view, &document.reference).is_some() || is_supplied(view, &document.reference);
        if there && !write.is_client_side() {
            failed.push_str(&refusal("AlreadyExists", "creating", &document, "already exists"));
            continue;
        }
        said.push_str(&write.say_document(&document, "created")?);
        changes.push(Change::Add(document.object));
    }
    Ok((write_output(said, failed), changes))
}

/// `replace -f`; with --force, what isn't there comes.
pub fn replace(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    if !write.reads_files() {
        return Err(kubectl_error("error: must specify one of -f and -k"));
    }
    let (mut said, mut failed, mut changes) = (String::new(), String::new(), Vec::new());
    for mut document in write.documents(view)? {
        match written_object(view, &document.reference) {
            Some(old) => {
                drop_type_fields(&old, &mut document.object);
                // With --force the old one goes first (replace.go, forceReplace).
                if write.flags.is("force") {
                    said.push_str(&deleted_line(write, &document));
                }
                said.push_str(&write.say_document(&document, "replaced")?);
                changes.extend(differences(&document.reference, &old, &document.object));
            }
            None if write.flags.is("force") || is_supplied(view, &document.reference) => {
                said.push_str(&write.say_document(&document, "replaced")?);
                changes.push(Change::Add(document.object));
            }
            None => failed.push_str(&refusal("NotFound", "replacing", &document, "not found")),
        }
    }
    Ok((write_output(said, failed), changes))
}

/// `delete -f`
pub fn delete_files(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    let (mut said, mut failed, mut gone) = (String::new(), String::new(), Vec::new());
    for document in write.documents(view)? {
        if written_object(view, &document.reference).is_none() {
            if !write.flags.is("ignore-not-found") {
                failed.push_str(&refusal("NotFound", "deleting", &document, "not found"));
            }
            continue;
        }
        said.push_str(&deleted_line(write, &document));
        gone.push(document.reference);
    }
    super::delete::collect_owned(view, &mut gone);
    Ok((write_output(said, failed), gone.into_iter().map(Change::Delete).collect()))
}

/// `pod "web" deleted from default namespace`
fn deleted_line(write: &WriteCommand, document: &FileObject) -> String {
    let name = &*document.reference.name;
    let from = document.reference.namespace.as_ref().map(|namespace| format!(" from {namespace} namespace"));
    match write.format {
        Some(_) => format!("{}/{name}\n", document.singular),
        None => format!("{} {name:?} deleted{}{}\n", document.singular, from.unwrap_or_default(), write.suffix()),
    }
}

/// `Error from server (NotFound): error when deleting "a.yaml": pods "web" not found`
fn refusal(reason: &str, doing: &str, document: &FileObject, what: &str) -> String {
    let (plural, name) = (&document.plural, &*document.reference.name);
    format!("Error from server ({reason}): error when {doing} {:?}: {plural} {name:?} {what}\n", document.file)
}

/// `patch TYPE NAME -p PATCH --type=strategic|merge|json`
pub fn patch(write: &WriteCommand, view: KubectlView<'_>) -> WriteResult {
    // 1. The patch: its kind and text, as JSON or YAML.
    let of_file = write.flags.value("patch-file").and_then(|path| view.files.get(path)?.first());
    let kind = write.flags.value("type").unwrap_or("strategic");
    if !["json", "merge", "strategic"].contains(&kind) {
        return Err(kubectl_error(format!("error: --type must be one of [json merge strategic], not {kind:?}")));
    }
    let text = write.flags.value("patch").map(str::to_owned).or_else(|| of_file.map(|(_, text)| text.clone()));
    let text = text.ok_or_else(|| {
        kubectl_error("error: must specify --patch or --patch-file containing the contents of the patch")
    })?;
    let patch = serde_json::from_str(&text).ok().or_else(|| {
        let node = yaml::parse(FileId(0), &text, 0).0?;
        Some(crate::model::Encode::encode(&node))
    });
    let patch: Value = patch.ok_or_else(|| {
        kubectl_error(format!("error: unable to parse {text:?}: yaml: did not find expected node content"))
    })?;
    // 2. The objects; how many there are can be patched as a Scale.
    let part = write.flags.value("subresource").unwrap_or_default();
    if !["", "scale"].contains(&part) {
        return Err(unsupported_error(format!("kubectl patch --subresource={part} isn't understood here")));
    }
    let (selected, missing) = write.selected(&write.flags.words, view)?;
    let (mut said, mut changes) = (String::new(), Vec::new());
    for one in &selected {
        changes.extend(one.written(view)?);
        let old = written_object(view, &one.reference).unwrap_or_default();
        // 3. Fields that nobody wrote have their defaults, which a patch may name.
        let mut new = one.object(view);
        let whole = new.clone();
        match kind {
            "strategic" => strategic_patch(&mut new, &patch, PatchedOrder::Behind),
            "merge" => merge_patch(&mut new, &patch),
            "json" => json_patch(&mut new, &patch).map_err(|why| {
                kubectl_error(format!(
                    "The request is invalid: the server rejected our request due to an error in our request: {why}"
                ))
            })?,
            _ => {}
        }
        drop_type_fields(&whole, &mut new);
        // 4. What is said.
        let done = if new == whole { "patched (no change)" } else { "patched" };
        said.push_str(&match part {
            "scale" => format!("scale.autoscaling/{} {done}\n", one.name()),
            _ => write.say(&one.resource, one.name(), done, || new.clone())?,
        });
        // 5. Only what the patch changed is written, into what was written.
        let mut target = old.clone();
        carry_over(&mut target, &whole, &new);
        let own = differences(&one.reference, &old, &target);
        if own.iter().any(is_of_template) {
            changes.extend(super::left::old_replica_set(view, &one.reference));
        }
        changes.extend(own);
    }
    Ok((write_output(said, missing), changes))
}

fn is_of_template(change: &Change) -> bool {
    matches!(change, Change::Set(_, path, _) if path.to_string().starts_with("spec.template"))
}

/// Puts what differs between two forms into a third that holds less.
pub(super) fn carry_over(target: &mut Value, before: &Value, after: &Value) {
    match (&mut *target, before, after) {
        (_, before, after) if before == after => {}
        (Value::Object(map), Value::Object(before), Value::Object(after)) => {
            for (key, value) in after {
                match (map.get_mut(key), before.get(key)) {
                    (_, Some(known)) if known == value => {}
                    (Some(own), Some(known)) => carry_over(own, known, value),
                    _ => drop(map.insert(key.clone(), value.clone())),
                }
            }
            map.retain(|key, _| after.contains_key(key) || !before.contains_key(key));
        }
        (Value::Array(own), Value::Array(before), Value::Array(after)) if own.len() == before.len() => {
            for (at, value) in after.iter().enumerate() {
                match (own.get_mut(at), before.get(at)) {
                    (Some(own), Some(known)) => carry_over(own, known, value),
                    _ => own.push(value.clone()),
                }
            }
            own.truncate(after.len());
        }
        _ => *target = after.clone(),
    }
}
