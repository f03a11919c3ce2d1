//! Patches of a kustomization (kustomize, PatchTransformer, PatchStrategicMergeTransformer, PatchJson6902Transformer).

use regex_lite::Regex;
use serde_json::Value;

use super::KustomizeFiles;
use super::kustomization::{Kustomization, KustomizePatch, PatchTarget};
use super::object::{KustomizedObject, documents_of, objects_of};
use crate::kubectl::patch::{PatchedOrder, json_patch, merge_patch, strategic_patch};
use crate::kubectl::selector::selector;
use crate::kubectl::value::entries;
use crate::kubectl::{UsageError, kubectl_error};

/// `patchesStrategicMerge` and `patches`
pub fn patch_all(
    objects: &mut Vec<KustomizedObject>,
    kustomization: &Kustomization,
    load: KustomizeFiles<'_>,
) -> Result<(), UsageError> {
    for named in &kustomization.patches_strategic_merge {
        // A patch is written out or stands in a file.
        let text = load(named).unwrap_or_else(|| named.clone());
        apply_patch(objects, &text, None)?;
    }
    kustomization
        .patches
        .iter()
        .try_for_each(|patch| apply_patch(objects, &patch_text(patch, load)?, patch.target.as_ref()))
}

/// `patchesJson6902`
pub fn patch_json(
    objects: &mut Vec<KustomizedObject>,
    kustomization: &Kustomization,
    load: KustomizeFiles<'_>,
) -> Result<(), UsageError> {
    let patches = kustomization.patches_json6902.iter();
    patches.into_iter().try_for_each(|patch| apply_patch(objects, &patch_text(patch, load)?, patch.target.as_ref()))
}

fn patch_text(patch: &KustomizePatch, load: KustomizeFiles<'_>) -> Result<String, UsageError> {
    match (&patch.path, &patch.patch) {
        (Some(path), None) => load(path).ok_or_else(|| {
            kubectl_error(format!(
                "error: failed to get the patch file from path({path}): evalsymlink failure on '{path}' : lstat {path}: no such \
                 file or directory"
            ))
        }),
        (None, Some(text)) => Ok(text.clone()),
        (None, None) => Err(kubectl_error("error: must specify one of patch and path in")),
        (Some(_), Some(_)) => Err(kubectl_error("error: patch and path can't be set at the same time")),
    }
}

/// A list is a JSON patch; everything else is merged.
fn apply_patch(
    objects: &mut Vec<KustomizedObject>,
    text: &str,
    target: Option<&PatchTarget>,
) -> Result<(), UsageError> {
    let unreadable = |_| kubectl_error(format!("error: unable to parse SM or JSON patch from [patch: {text:?}]"));
    let documents = documents_of(text).map_err(unreadable)?;
    match (documents.first().filter(|first| first.is_array()), target) {
        (Some(_), None) => Err(kubectl_error(format!("error: must specify a target for JSON patch [patch: {text:?}]"))),
        (Some(operations), Some(target)) => {
            for at in targets(objects, target)? {
                let Some(object) = objects.get_mut(at) else { continue };
                object.remember_identity();
                json_patch(&mut object.value, operations).map_err(|why| kubectl_error(format!("error: {why}")))?;
            }
            Ok(())
        }
        (None, Some(target)) => {
            // The patch needn't name its object.
            let chosen = targets(objects, target)?;
            merge_into(objects, &chosen, documents.first());
            Ok(())
        }
        (None, None) => {
            let parsed = objects_of(text).map_err(|why| kubectl_error(format!("error: {why}")))?;
            parsed.iter().try_for_each(|patch| merge_by_name(objects, patch))
        }
    }
}

fn merge_by_name(objects: &mut Vec<KustomizedObject>, patch: &KustomizedObject) -> Result<(), UsageError> {
    let id = patch.identity();
    let chosen: Vec<usize> = objects
        .iter()
        .enumerate()
        .filter(|(_, object)| object.was(|former| former.equals(&id)))
        .map(|(at, _)| at)
        .collect();
    if chosen.is_empty() {
        return Err(kubectl_error(format!(
            "error: no resource matches strategic merge patch \"{id}\": no matches for Id {id}; failed to find unique target for \
             patch {id}"
        )));
    }
    merge_into(objects, &chosen, Some(&patch.value));
    Ok(())
}

/// A patch changes neither kind nor name; `$patch: delete` takes the whole object away.
fn merge_into(objects: &mut Vec<KustomizedObject>, chosen: &[usize], patch: Option<&Value>) {
    let Some(patch) = patch else { return };
    if patch.get("$patch").is_some_and(|directive| directive == "delete") {
        let mut at = 0..;
        objects.retain(|_| !chosen.contains(&at.next().unwrap_or_default()));
        return;
    }
    for object in chosen.iter().copied().collect::<std::collections::BTreeSet<_>>() {
        let Some(object) = objects.get_mut(object) else { continue };
        let (id, before) = (object.identity(), object.value.clone());
        if object.is_built_in() {
            strategic_patch(&mut object.value, patch, PatchedOrder::First);
        } else {
            merge_patch(&mut object.value, patch);
        }
        for key in ["apiVersion", "kind"] {
            if let (Some(map), Some(own)) = (object.value.as_object_mut(), before.get(key)) {
                map.insert(key.to_owned(), own.clone());
            }
        }
        object.set_metadata("name", &id.name);
        if id.namespace.is_empty() {
            object
                .value
                .get_mut("metadata")
                .and_then(Value::as_object_mut)
                .map(|metadata| metadata.remove("namespace"));
        } else {
            object.set_metadata("namespace", &id.namespace);
        }
    }
}

/// The objects that a target selects (resmap, Select): by what they are called now or were called first.
fn targets(objects: &[KustomizedObject], target: &PatchTarget) -> Result<Vec<usize>, UsageError> {
    let label_selector = selector(&target.label_selector)?;
    let annotation_selector = selector(&target.annotation_selector)?;
    let mut chosen = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        let (first, now) = (object.original(), object.identity());
        let either = |pattern: &str, one: &str, other: &str| Ok(fits(pattern, one)? || fits(pattern, other)?);
        let is_it = either(&target.namespace, first.effective_namespace(), now.effective_namespace())?
            && fits(&target.group, &now.group)?
            && fits(&target.version, &now.version)?
            && fits(&target.kind, &now.kind)?
            && either(&target.name, &first.name, &now.name)?
            && label_selector.matches(&entries(&object.value, "/metadata/labels"))
            && annotation_selector.matches(&entries(&object.value, "/metadata/annotations"));
        if is_it {
            chosen.push(at);
        }
    }
    Ok(chosen)
}

/// An empty pattern fits everything.
fn fits(pattern: &str, text: &str) -> Result<bool, UsageError> {
    if pattern.is_empty() || pattern == text {
        return Ok(true);
    }
    let read = Regex::new(&format!("^(?:{pattern})$"));
    let read = read.map_err(|_| kubectl_error(format!("error: error parsing regexp: `{pattern}`")))?;
    Ok(read.is_match(text))
}
