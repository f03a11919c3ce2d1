//! `kubectl describe replicaset` (pkg/describe, describeReplicaSet).

use serde_json::Value;

use super::super::objects::selector_text;
use super::super::replicas::ReplicaCounts;
use super::super::table::align_tabs;
use super::value::{annotations, entries, labels, said};
use super::{none, pod};
use crate::cluster::{Cluster, Phase, Workload};
use crate::source::ObjectRef;

/// One object as the API holds it.
pub fn describe(cluster: &Cluster, reference: &ObjectRef, workload: &Workload, object: &Value) -> String {
    let mut text = said("", object, &[("Name", "/metadata/name"), ("Namespace", "/metadata/namespace")]);
    let selector = workload.selector.as_ref().map_or_else(String::new, selector_text);
    text += &format!("Selector:\t{selector}\n");
    text += &labels("Labels", &entries(object, "/metadata/labels"));
    text += &annotations("Annotations", &entries(object, "/metadata/annotations"));
    let owner = object.pointer("/metadata/ownerReferences/0");
    if let Some(owner) = owner {
        let word = |key: &str| owner.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        text += &format!("Controlled By:\t{}/{}\n", word("kind"), word("name"));
    }
    let ReplicaCounts { desired, current, .. } = ReplicaCounts::of(cluster, reference, workload);
    text += &format!("Replicas:\t{current} current / {desired} desired\n");
    let namespace = reference.namespace.as_deref().unwrap_or_default();
    let phases: Vec<Phase> =
        workload.pods.iter().filter_map(|pod| cluster.pods.get(namespace, pod)).map(|pod| pod.phase).collect();
    let count = |wanted: Phase| phases.iter().filter(|phase| **phase == wanted).count();
    text += &format!(
        "Pods Status:\t{} Running / {} Waiting / {} Succeeded / {} Failed\n",
        count(Phase::Running),
        count(Phase::Pending),
        count(Phase::Succeeded),
        count(Phase::Failed)
    );
    text += &pod::template(object.pointer("/spec/template").unwrap_or(&Value::Null));
    align_tabs(&(text + none()))
}
