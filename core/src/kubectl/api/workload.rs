//! What makes pods: defaults, and what their controllers say of them.

use serde_json::{Value, json};

use super::super::json_tree::{at, merge, parsed, put, without_null};
use super::super::jsonpath::go_text;
use super::super::replicas::ReplicaCounts;
use super::super::{KubectlView, ResourceType};
use super::pod::{owner_reference, pod_spec};
use crate::cluster::{Pod, Rollout, Workload};
use crate::model::{Encode, well_known};
use crate::source::ObjectRef;

const DEPLOYMENT: &str = r#"{"progressDeadlineSeconds":600,"revisionHistoryLimit":10}"#;
const STATEFUL_SET: &str = r#"{"persistentVolumeClaimRetentionPolicy":{"whenDeleted":"Retain","whenScaled":"Retain"},
    "podManagementPolicy":"OrderedReady","revisionHistoryLimit":10,"serviceName":"",
    "updateStrategy":{"rollingUpdate":{"maxUnavailable":1,"partition":0},"type":"RollingUpdate"}}"#;
/// The generation of a DaemonSet's template (apps/v1, DeprecatedTemplateGeneration).
const TEMPLATE_GENERATION: &str = "deprecated.daemonset.template.generation";
const DAEMON_SET: &str = r#"{"revisionHistoryLimit":10,
    "updateStrategy":{"rollingUpdate":{"maxSurge":0,"maxUnavailable":1},"type":"RollingUpdate"}}"#;

pub fn workload(
    view: KubectlView<'_>,
    resource: &ResourceType,
    reference: &ObjectRef,
    workload: &Workload,
    object: &mut Value,
) {
    // 1. Its pods and how many are ready.
    let namespace = reference.namespace.as_deref().unwrap_or_default();
    let pods: Vec<&Pod> = workload.pods.iter().filter_map(|pod| view.cluster.pods.get(namespace, pod)).collect();
    let replicas = ReplicaCounts::of(view.cluster, reference, workload);
    let ReplicaCounts { current: all, ready, .. } = replicas;
    // 2. Labels and owner.
    if !workload.labels.is_empty() {
        merge(object, json!({"metadata": {"labels": &workload.labels}}));
    }
    if let Some(maker) = pods.first().and_then(|pod| pod.workload.as_ref()).filter(|maker| *maker != reference) {
        merge(object, json!({"metadata": {"ownerReferences": [owner_reference(maker)]}}));
    }
    // 3. Selector, template and replicas.
    let labels = workload.selector.as_ref().map(|selector| &selector.match_labels);
    let template = json!({"metadata": {"labels": labels}, "spec": workload.template.encode()});
    let spec = json!({"selector": workload.selector.encode(), "template": template});
    merge(object, json!({"spec": without_null(spec)}));
    pod_spec(at(object, &["spec", "template", "spec"]));
    if *resource != ResourceType::DaemonSets {
        put(object, &["spec", "replicas"], replicas.desired);
    }
    // 4. The kind's defaults, and the status that its controller writes; that of a running cluster has.
    let is_told = view.is_live() && object.get("status").is_some();
    let (defaults, status) = match resource {
        ResourceType::Deployments => {
            let rollout = view.cluster.rollouts.get(reference);
            let revision = rollout.and_then(Rollout::new_set).map_or(1, |set| set.revision);
            if !(is_told || rollout.is_some_and(|rollout| rollout.paused) && all == 0) {
                put(object, &["metadata", "annotations", well_known::REVISION], revision.to_string());
            }
            let ReplicaCounts { desired, updated, .. } = replicas;
            let (available, why) = if ready + unavailable(at(object, &["spec", "strategy"]), desired) >= desired {
                ("True", "MinimumReplicasAvailable")
            } else {
                ("False", "MinimumReplicasUnavailable")
            };
            let is_done = (all, ready, updated) == (desired, desired, desired);
            // progress.go, checkPausedConditions
            let (progresses, progress) = match (rollout.is_some_and(|rollout| rollout.paused), is_done) {
                (true, _) => ("Unknown", "DeploymentPaused"),
                (false, true) => ("True", "NewReplicaSetAvailable"),
                (false, false) => ("True", "ReplicaSetUpdated"),
            };
            let conditions = match (&workload.refusal, rollout.is_some_and(|rollout| rollout.paused) && all == 0) {
                (_, true) => json!([{"reason": progress, "status": progresses, "type": "Progressing"}]),
                (Some(message), false) => json!([
                    {"reason": "NewReplicaSetCreated", "status": "True", "type": "Progressing"},
                    {"reason": why, "status": available, "type": "Available"},
                    {"message": message, "reason": "FailedCreate", "status": "True", "type": "ReplicaFailure"},
                ]),
                (None, false) => json!([
                    {"reason": why, "status": available, "type": "Available"},
                    {"reason": progress, "status": progresses, "type": "Progressing"},
                ]),
            };
            let status = json!({
                "availableReplicas": ready, "conditions": conditions, "readyReplicas": ready, "replicas": all,
                "unavailableReplicas": all - ready, "updatedReplicas": updated,
            });
            (DEPLOYMENT, status)
        }
        ResourceType::StatefulSets => {
            let status = json!({
                "availableReplicas": ready, "currentReplicas": all, "readyReplicas": ready, "replicas": all,
                "updatedReplicas": all,
            });
            (STATEFUL_SET, status)
        }
        ResourceType::DaemonSets => {
            put(object, &["metadata", "annotations", TEMPLATE_GENERATION], "1");
            let status = json!({
                "currentNumberScheduled": all, "desiredNumberScheduled": all, "numberAvailable": ready,
                "numberReady": ready, "numberUnavailable": all - ready, "updatedNumberScheduled": all,
            });
            (DAEMON_SET, status)
        }
        _ => {
            let of_it =
                |rollout: &Rollout| rollout.sets.iter().find(|set| set.reference == *reference).map(|set| set.revision);
            if let Some(revision) = view.cluster.rollouts.values().find_map(of_it).filter(|revision| *revision > 0) {
                put(object, &["metadata", "annotations", well_known::REVISION], revision.to_string());
            }
            let status = json!({
                "availableReplicas": ready, "fullyLabeledReplicas": all, "readyReplicas": ready, "replicas": all,
            });
            ("{}", status)
        }
    };
    merge(at(object, &["spec"]), parsed(defaults));
    if is_told {
        return;
    }
    put(object, &["status"], without_zero(status));
    // 5. Numbers that are always printed.
    let always = match resource {
        ResourceType::DaemonSets => {
            ["currentNumberScheduled", "desiredNumberScheduled", "numberMisscheduled", "numberReady"]
        }
        ResourceType::ReplicaSets | ResourceType::ReplicationControllers | ResourceType::StatefulSets => {
            ["replicas"; 4]
        }
        _ => return,
    };
    always.iter().for_each(|key| merge(object, json!({"status": {*key: 0}})));
}

/// How many of a Deployment's pods need not be available (deployment/util, MaxUnavailable, ResolveFenceposts).
fn unavailable(strategy: &Value, all: usize) -> usize {
    let of = |key: &str| {
        let text = strategy.pointer(&format!("/rollingUpdate/{key}")).map(go_text).unwrap_or_default();
        let percent = text.strip_suffix('%').and_then(|number| number.parse::<usize>().ok());
        (text.parse().unwrap_or(0), percent.unwrap_or(0).saturating_mul(all))
    };
    if all == 0 || strategy.get("type").is_some_and(|kind| kind == "Recreate") {
        return 0;
    }
    let ((surge, surge_percent), (number, percent)) = (of("maxSurge"), of("maxUnavailable"));
    let at_once: usize = number + percent / 100;
    if at_once == 0 && surge + surge_percent == 0 { 1 } else { at_once.min(all) }
}

/// Numbers that Go leaves out where they are zero.
fn without_zero(mut status: Value) -> Value {
    if let Some(map) = status.as_object_mut() {
        map.retain(|_, value| *value != 0);
    }
    status
}
