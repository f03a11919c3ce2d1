//! What a change of a Deployment's template leaves behind, as the API holds it: the ReplicaSet of the template before,
//! with as many pods as it has now.
//!
//! StatefulSets and DaemonSets leave a ControllerRevision.
//!
//! Nobody writes the ReplicaSets that controllers make; the first change of the template does, so that there are two
//! templates to roll out between.

use serde_json::{Value, json};

use super::super::api::owner_reference;
use super::super::json_tree::merge;
use super::{KubectlView, revisions};
use crate::change::Change;
use crate::cluster::Rollout;
use crate::cluster::rollout::{RolloutSet, TEMPLATE_HASH};
use crate::model::well_known;
use crate::source::{FieldPath, ObjectRef};

/// The changes before a Deployment's template changes: every ReplicaSet says how many pods it has, and World's step, which
/// was one of the roll-out before, goes.
pub fn old_replica_set(view: KubectlView<'_>, deployment: &ObjectRef) -> Vec<Change> {
    // 1. StatefulSets and DaemonSets keep a ControllerRevision.
    if matches!(&*deployment.kind, "StatefulSet" | "DaemonSet") {
        return revisions::revision_before(view, deployment).map(Change::Add).into_iter().collect();
    }
    // 2. Each ReplicaSet with its pods and revision, written where it isn't yet.
    let Some(rollout) = view.cluster.rollouts.get(deployment) else { return Vec::new() };
    let mut changes = Vec::new();
    for set in &rollout.sets {
        match view.manifests.find(&set.reference).map(|object| &object.node) {
            Some(node) => {
                let set_to = |path: FieldPath, value: Value| {
                    let known = node.find(&path).and_then(|node| serde_json::to_value(node).ok());
                    let is_known = known.as_ref() == Some(&value);
                    (!is_known).then(|| Change::Set(set.reference.clone(), path, Some(value)))
                };
                changes.extend(set_to("spec.replicas".into(), json!(set.replicas.wanted)));
                let revision = FieldPath::from("metadata.annotations").key(well_known::REVISION);
                changes.extend(set_to(revision, json!(set.revision.to_string())));
            }
            // One that the controller hasn't made yet is never made.
            None if !view.cluster.workloads.contains_key(&set.reference) => {}
            None => changes.extend(replica_set(view, deployment, set).map(Change::Add)),
        }
    }
    // 3. World's step was about the roll-out before.
    if rollout.said {
        changes.push(Change::Rollout(Rollout::key(deployment), None));
    }
    changes
}

/// The ReplicaSet that the controller has made of the present template.
fn replica_set(view: KubectlView<'_>, deployment: &ObjectRef, set: &RolloutSet) -> Option<Value> {
    // 1. The Deployment as it is written, and the hash in the ReplicaSet's name.
    let written = serde_json::to_value(&*view.manifests.find(deployment)?.node).ok()?;
    let said = |path: &str| written.pointer(path).cloned();
    let hash = set.reference.name.strip_prefix(&*format!("{}-", deployment.name))?;
    // 2. Template and selector, with the hash.
    let mut labelled = json!({"metadata": {"labels": {TEMPLATE_HASH: hash}}});
    let mut template = said("/spec/template")?;
    merge(&mut template, labelled.clone());
    let mut selector = said("/spec/selector")?;
    merge(&mut selector, json!({"matchLabels": {TEMPLATE_HASH: hash}}));
    // 3. Its owner.
    let mut owner = owner_reference(deployment);
    if let Some(uid) = said("/metadata/uid") {
        merge(&mut owner, json!({"uid": uid}));
    }
    // 4. The ReplicaSet around them, with what caused it.
    merge(
        &mut labelled,
        json!({"metadata": {
            "name": set.reference.name,
            "namespace": said("/metadata/namespace"),
            "labels": template.pointer("/metadata/labels"),
            "annotations": {well_known::REVISION: set.revision.to_string()},
            "ownerReferences": [owner],
        }}),
    );
    if let Some(cause) = written.pointer("/metadata/annotations").and_then(|all| all.get(well_known::CHANGE_CAUSE)) {
        merge(&mut labelled, json!({"metadata": {"annotations": {well_known::CHANGE_CAUSE: cause}}}));
    }
    merge(
        &mut labelled,
        json!({"apiVersion": "apps/v1", "kind": "ReplicaSet",
            "spec": {"replicas": set.replicas.wanted, "selector": selector, "template": template}}),
    );
    Some(labelled)
}
