//! Objects that only stand in the manifests: what was written, with the API's defaults.

use serde_json::{Value, json};

use super::super::KubectlView;
use super::super::events::cluster_events;
use super::super::json_tree::{merge, parsed, put};
use crate::cluster::Phase;
use crate::model::base64;
use crate::source::ObjectRef;

/// What the API server fills in (pkg/apis, each group's defaults.go).
const DEFAULTS: [(&str, &str); 9] = [
    (
        "CronJob",
        r#"{"spec":{"concurrencyPolicy":"Allow","failedJobsHistoryLimit":1,"successfulJobsHistoryLimit":3,"suspend":false}}"#,
    ),
    ("HorizontalPodAutoscaler", r#"{"spec":{"minReplicas":1}}"#),
    (
        "Job",
        r#"{"spec":{"backoffLimit":6,"completionMode":"NonIndexed","parallelism":1,"podReplacementPolicy":"TerminatingOrFailed",
        "suspend":false}}"#,
    ),
    ("PersistentVolume", r#"{"spec":{"persistentVolumeReclaimPolicy":"Retain","volumeMode":"Filesystem"}}"#),
    ("PersistentVolumeClaim", r#"{"spec":{"volumeMode":"Filesystem"}}"#),
    ("PriorityClass", r#"{"preemptionPolicy":"PreemptLowerPriority"}"#),
    ("Secret", r#"{"type":"Opaque"}"#),
    ("StorageClass", r#"{"reclaimPolicy":"Delete","volumeBindingMode":"Immediate"}"#),
    ("Lease", r#"{"spec":{}}"#),
];

pub fn complete(view: KubectlView<'_>, reference: &ObjectRef, object: &mut Value) {
    let kind = &*reference.kind;
    if kind == "Event" {
        let mut events = cluster_events(view).into_iter();
        if let Some(event) = events.find(|event| event.name() == *reference.name) {
            merge(object, event.to_json(view));
        }
    }
    if kind == "Secret" {
        plain_texts(object);
    }
    if let Some((_, defaults)) = DEFAULTS.iter().find(|(known, _)| *known == kind) {
        merge(object, parsed(defaults));
    }
    if kind == "Job" {
        job(view, reference, object);
    }
}

/// The API server keeps Secrets' plain texts as data, in Base64.
fn plain_texts(object: &mut Value) {
    let plain = object.as_object_mut().and_then(|map| map.remove("stringData"));
    for (key, text) in plain.as_ref().and_then(Value::as_object).into_iter().flatten() {
        put(object, &["data", key], base64::encode(text.as_str().unwrap_or_default()));
    }
}

/// Without a number of completions one is enough where one runs at a time; its pods tell the status (job_controller.go).
fn job(view: KubectlView<'_>, reference: &ObjectRef, object: &mut Value) {
    if object.pointer("/spec/parallelism") == Some(&json!(1)) {
        merge(object, json!({"spec": {"completions": 1}}));
    }
    let namespace = reference.namespace.as_deref().unwrap_or_default();
    let pods = view.cluster.workloads.get(reference).map(|workload| workload.pods.iter()).into_iter().flatten();
    let pods: Vec<_> = pods.filter_map(|pod| view.cluster.pods.get(namespace, pod)).collect();
    let count = |phases: &[Phase]| pods.iter().filter(|pod| phases.contains(&pod.phase)).count();
    let (active, done, failed) =
        (count(&[Phase::Pending, Phase::Running]), count(&[Phase::Succeeded]), count(&[Phase::Failed]));
    for (key, number) in [("active", active), ("succeeded", done), ("failed", failed)] {
        if number > 0 {
            merge(object, json!({"status": {key: number}}));
        }
    }
    let wanted = object.pointer("/spec/completions").and_then(Value::as_u64).unwrap_or(1);
    if done as u64 >= wanted {
        merge(object, json!({"status": {"conditions": [{"status": "True", "type": "Complete"}]}}));
    }
}
