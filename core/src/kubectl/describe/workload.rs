//! `kubectl describe` of StatefulSets, DaemonSets, ReplicaSets and ReplicationControllers (pkg/describe). When they were
//! created is left out.

use serde_json::Value;

use super::super::replicas::ReplicaCounts;
use super::super::selector::selector_text;
use super::super::value::{annotations, entries, label_line, labels, list, said, word, word_or};
use super::{DescribedObject, pod};
use crate::cluster::{Phase, Workload};

/// describeStatefulSet
pub fn stateful_set(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let workload = described.workload()?;
    let mut text = head(object) + &described.created("CreationTimestamp") + &selector_line(workload);
    text += &labels_and_annotations(object);
    text += &said(
        "",
        object,
        &[("Service Name", "/spec/serviceName"), ("Pod Management Policy", "/spec/podManagementPolicy")],
    );
    let (desired, total) = (word_or(object, "/spec/replicas", "1"), word_or(object, "/status/replicas", "0"));
    text += &format!("Replicas:\t{desired} desired | {total} total\n");
    text += &format!("Update Strategy:\t{}\n", word(object, "/spec/updateStrategy/type"));
    if let Some(rolling) = object.pointer("/spec/updateStrategy/rollingUpdate") {
        text += &said("  ", rolling, &[("Partition", "/partition"), ("MaxUnavailable", "/maxUnavailable")]);
    }
    if let Some(policy) = object.pointer("/spec/persistentVolumeClaimRetentionPolicy") {
        text += "Persistent Volume Claim Retention Policy:\n";
        text += &said("  ", policy, &[("WhenDeleted", "/whenDeleted"), ("WhenScaled", "/whenScaled")]);
    }
    text += &pods_status(described, workload);
    text += &template_of(object);
    Some(text + &claim_templates(list(object, "/spec/volumeClaimTemplates")))
}

/// describeVolumeClaimTemplates
fn claim_templates(templates: &[Value]) -> String {
    if templates.is_empty() {
        return "Volume Claims:\t<none>\n".to_owned();
    }
    let one = |claim: &Value| {
        let capacity = claim.pointer("/spec/resources/requests/storage").map(super::super::value::quantity_text);
        format!(
            "  Name:\t{}\n  StorageClass:\t{}\n  Labels:\t{}\n  Annotations:\t{}\n  Capacity:\t{}\n  Access Modes:\t{}\n",
            word(claim, "/metadata/name"),
            word(claim, "/spec/storageClassName"),
            label_line(&entries(claim, "/metadata/labels")),
            label_line(&entries(claim, "/metadata/annotations")),
            capacity.unwrap_or_else(|| "<default>".to_owned()),
            word_or(claim, "/spec/accessModes", "[]"),
        )
    };
    format!("Volume Claims:\n{}", templates.iter().map(one).collect::<String>())
}

/// describeDaemonSet
pub fn daemon_set(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let workload = described.workload()?;
    let mut text = head(object) + &selector_line(workload);
    text += &format!("Node-Selector:\t{}\n", label_line(&entries(object, "/spec/template/spec/nodeSelector")));
    text += &labels_and_annotations(object);
    for (title, path) in [
        ("Desired Number of Nodes Scheduled", "/status/desiredNumberScheduled"),
        ("Current Number of Nodes Scheduled", "/status/currentNumberScheduled"),
        ("Number of Nodes Scheduled with Up-to-date Pods", "/status/updatedNumberScheduled"),
        ("Number of Nodes Scheduled with Available Pods", "/status/numberAvailable"),
        ("Number of Nodes Misscheduled", "/status/numberMisscheduled"),
    ] {
        text += &format!("{title}: {}\n", word_or(object, path, "0"));
    }
    text += &pods_status(described, workload);
    Some(text + &template_of(object))
}

/// describeReplicaSet
pub fn replica_set(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let workload = described.workload()?;
    let mut text = head(object) + &selector_line(workload);
    text += &labels_and_annotations(object);
    if let Some(owner) = object.pointer("/metadata/ownerReferences/0") {
        text += &format!("Controlled By:\t{}/{}\n", word(owner, "/kind"), word(owner, "/name"));
    }
    text += &replicas(described, workload);
    text += &pods_status(described, workload);
    text += &template_of(object);
    Some(text + &conditions(object))
}

/// describeReplicationController
pub fn replication_controller(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let workload = described.workload()?;
    let mut text = head(object);
    text += &format!("Selector:\t{}\n", label_line(&entries(object, "/spec/selector")));
    text += &labels_and_annotations(object);
    text += &replicas(described, workload);
    text += &pods_status(described, workload);
    text += &template_of(object);
    Some(text + &conditions(object))
}

fn head(object: &Value) -> String {
    said("", object, &[("Name", "/metadata/name"), ("Namespace", "/metadata/namespace")])
}

fn labels_and_annotations(object: &Value) -> String {
    let text = labels("Labels", &entries(object, "/metadata/labels"));
    text + &annotations("Annotations", &entries(object, "/metadata/annotations"))
}

fn selector_line(workload: &Workload) -> String {
    let selector = workload.selector.as_ref().map_or_else(String::new, selector_text);
    format!("Selector:\t{selector}\n")
}

fn replicas(described: &DescribedObject<'_>, workload: &Workload) -> String {
    let counts = ReplicaCounts::of(described.view.cluster, &described.reference, workload);
    format!("Replicas:\t{} current / {} desired\n", counts.current, counts.desired)
}

/// What its pods do (getPodStatusForController).
fn pods_status(described: &DescribedObject<'_>, workload: &Workload) -> String {
    let namespace = described.reference.namespace.as_deref().unwrap_or_default();
    let pods = workload.pods.iter().filter_map(|pod| described.view.cluster.pods.get(namespace, pod));
    let phases: Vec<Phase> = pods.map(|pod| pod.phase).collect();
    let count = |wanted: Phase| phases.iter().filter(|phase| **phase == wanted).count();
    format!(
        "Pods Status:\t{} Running / {} Waiting / {} Succeeded / {} Failed\n",
        count(Phase::Running),
        count(Phase::Pending),
        count(Phase::Succeeded),
        count(Phase::Failed)
    )
}

fn template_of(object: &Value) -> String {
    pod::template(object.pointer("/spec/template").unwrap_or(&Value::Null))
}

fn conditions(object: &Value) -> String {
    let all = list(object, "/status/conditions");
    let lines = all
        .iter()
        .map(|one| format!("  {} \t{}\t{}\n", word(one, "/type"), word(one, "/status"), word(one, "/reason")));
    if all.is_empty() {
        String::new()
    } else {
        format!("Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------\n{}", lines.collect::<String>())
    }
}
