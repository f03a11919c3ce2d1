//! `kubectl kustomize`: what a folder's kustomization makes of the files that it names (sigs.k8s.io/kustomize/api 0.21,
//! internal/target/kusttarget.go).

use serde_json::Value;

use super::{UsageError, kubectl_error, unsupported_error};
use crate::order::Order;
use crate::yaml;

mod fields;
mod object;
mod kustomization;
mod generate;
mod patching;
mod labels;
mod images;
mod names;

use kustomization::Kustomization;
use object::{KustomizedObject, objects_of};

/// How deep kustomizations may name one another.
const DEPTH: usize = 24;

/// How many objects are kept.
const OBJECTS: usize = 5000;

/// Names under which a folder's kustomization is looked for (konfig, RecognizedKustomizationFileNames).
const FILE_NAMES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// Which kinds stand first (SortOrderTransformer, defaultOrderFirst).
const FIRST: [&str; 22] = [
    "Namespace",
    "ResourceQuota",
    "StorageClass",
    "CustomResourceDefinition",
    "ServiceAccount",
    "PodSecurityPolicy",
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "ConfigMap",
    "Secret",
    "Endpoints",
    "Service",
    "LimitRange",
    "PriorityClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
];

/// Which kinds stand last.
const LAST: [&str; 2] = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

/// The text of a file by its path; None if it isn't there.
pub type KustomizeFiles<'l> = &'l dyn Fn(&str) -> Option<String>;

/// What a kustomization makes.
#[derive(Clone, Debug)]
pub struct KustomizedManifests {
    /// Documents, as kustomize writes them.
    pub text: String,
    /// What it says of fields that are no longer to be used.
    pub warnings: String,
}

pub fn build(folder: &str, load: KustomizeFiles<'_>) -> Result<KustomizedManifests, UsageError> {
    let mut build = KustomizeBuild { load, objects: Vec::new(), warnings: String::new(), depth: 0 };
    // 1. The objects with their changes, from the innermost base outwards.
    let sorts = build.accumulate(folder)?;
    // 2. Names by content, then whatever names them.
    build.objects.iter_mut().for_each(generate::add_hash);
    names::follow_names(&mut build.objects)?;
    // 3. Objects that are only for tools are left out; the others stand in order.
    let is_local = |object: &KustomizedObject| object.annotation("config.kubernetes.io/local-config") == Some("true");
    build.objects.retain(|object| !is_local(object));
    if sorts {
        build.objects.order_by_key(rank);
    }
    let documents: Vec<String> = build.objects.iter().map(|object| yaml::write(&object.value)).collect();
    Ok(KustomizedManifests { text: documents.join("---\n"), warnings: build.warnings })
}

/// A folder and a path in it, `.` and `..` resolved.
pub fn joined_path(folder: &str, path: &str) -> String {
    let whole = if path.starts_with('/') || folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("{}{}", if whole.starts_with('/') { "/" } else { "" }, parts.join("/"))
}

/// Where an object stands (legacyIDSorter): by kind, group and version, namespace, name.
fn rank(object: &KustomizedObject) -> (i64, String, String, String) {
    let id = object.identity();
    let first = FIRST.iter().position(|kind| *kind == id.kind).map(|at| at as i64 - FIRST.len() as i64);
    let last = LAST.iter().position(|kind| *kind == id.kind).map(|at| at as i64 + 1);
    let or = |text: &str, absent: &str| if text.is_empty() { absent.to_owned() } else { text.to_owned() };
    let kind = format!("{}_{}_{}", or(&id.group, "~G"), or(&id.version, "~V"), id.kind);
    (first.or(last).unwrap_or(0), kind, or(&id.namespace, "~X"), or(&id.name, "~N"))
}

struct KustomizeBuild<'l> {
    load: KustomizeFiles<'l>,
    objects: Vec<KustomizedObject>,
    warnings: String,
    depth: usize,
}

impl KustomizeBuild<'_> {
    /// A folder's objects behind those that are there, and its changes to all of them (accumulateTarget). Whether the result
    /// is sorted.
    fn accumulate(&mut self, folder: &str) -> Result<bool, UsageError> {
        // 1. The kustomization.
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(kubectl_error(format!("error: cycle detected: {folder}")));
        }
        let kustomization = self.kustomization(folder)?;
        self.warnings.push_str(&kustomization.warnings());
        // 2. What it names, what it generates, its components.
        for path in kustomization.resources.iter().chain(&kustomization.bases) {
            self.add_resource(folder, path)?;
        }
        let load = self.load;
        let load_here = |path: &str| load(&joined_path(folder, path));
        for generated in generate::generated(&kustomization, &load_here)? {
            generate::absorb(&mut self.objects, generated)?;
        }
        for path in &kustomization.components {
            self.accumulate(&joined_path(folder, path))?;
        }
        // 3. Its changes, in kustomize's order (configureBuiltinTransformers).
        let objects = &mut self.objects;
        patching::patch_all(objects, &kustomization, &load_here)?;
        names::set_namespace(objects, &kustomization.namespace);
        names::add_affixes(objects, &kustomization.name_prefix, &kustomization.name_suffix);
        labels::add_labels(objects, &kustomization);
        patching::patch_json(objects, &kustomization, &load_here)?;
        images::set_replicas(objects, &kustomization.replicas)?;
        let images = kustomization.images.iter().chain(&kustomization.image_tags);
        images.for_each(|image| objects.iter_mut().for_each(|object| images::set_image(object, image)));
        self.depth -= 1;
        Ok(kustomization.sort_options.sorts())
    }

    fn kustomization(&self, folder: &str) -> Result<Kustomization, UsageError> {
        let text = FILE_NAMES.iter().find_map(|name| (self.load)(&joined_path(folder, name)));
        let missing = || {
            if is_remote(folder) {
                return missing_resource(folder, folder);
            }
            kubectl_error(format!(
                "error: unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '{}'",
                if folder.is_empty() { "." } else { folder }
            ))
        };
        Kustomization::read(&text.ok_or_else(missing)?)
    }

    /// A file of objects, or another folder.
    fn add_resource(&mut self, folder: &str, named: &str) -> Result<(), UsageError> {
        let path = joined_path(folder, named);
        let Some(text) = (self.load)(&path) else {
            if FILE_NAMES.iter().any(|name| (self.load)(&joined_path(&path, name)).is_some()) {
                let before = std::mem::take(&mut self.objects);
                self.accumulate(&path)?;
                let made = std::mem::replace(&mut self.objects, before);
                return made.into_iter().try_for_each(|object| self.append(object, named));
            }
            return Err(missing_resource(named, &path));
        };
        let wrong = |why| kubectl_error(format!("error: accumulating resources from '{named}': {why}"));
        objects_of(&text).map_err(wrong)?.into_iter().try_for_each(|object| self.append(object, named))
    }

    fn append(&mut self, object: KustomizedObject, named: &str) -> Result<(), UsageError> {
        let id = object.identity();
        if self.objects.len() >= OBJECTS {
            return Err(unsupported_error(format!("kustomize: more than {OBJECTS} objects aren't understood here")));
        }
        if self.objects.iter().any(|known| known.identity().equals(&id)) {
            return Err(kubectl_error(format!(
                "error: accumulating resources: accumulation err='merging resources from '{named}': may not add resource with \
                 an already registered id: {id}'"
            )));
        }
        self.objects.push(object);
        Ok(())
    }
}

/// Whether it is loaded from elsewhere. Slashes of an address have become one on the way.
fn is_remote(named: &str) -> bool {
    ["http:/", "https:/", "ssh:/", "git:/", "github.com/", "git@"].iter().any(|start| named.starts_with(start))
}

fn missing_resource(named: &str, path: &str) -> UsageError {
    if is_remote(named) {
        return unsupported_error(format!(
            "kustomize: {named}: nothing is loaded from the network: open it, and put its text into a file here"
        ));
    }
    kubectl_error(format!(
        "error: accumulating resources: accumulation err='accumulating resources from '{named}': evalsymlink failure on \
         '{path}' : lstat {path}: no such file or directory'"
    ))
}

/// A field's text, empty without it.
fn text_at<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined() {
        assert_eq!(joined_path("over/prod", "../../base/a.yaml"), "base/a.yaml");
        assert_eq!(joined_path("", "../base"), "../base");
        assert_eq!(joined_path("/a/x", "./../b"), "/a/b");
        assert_eq!(joined_path(".", "a"), "a");
    }

    #[test]
    fn a_kustomization_that_names_itself_ends() {
        let load = |path: &str| (path == "a/kustomization.yaml").then(|| "resources: [../a]\n".to_owned());
        assert!(build("a", &load).unwrap_err().message.contains("cycle detected"));
    }
}
