//! `kubectl describe deployment` (pkg/describe, describeDeployment). When it was created is left out.

use serde_json::Value;

use super::super::objects::selector_text;
use super::super::table::tabbed;
use super::value::{annotations, entries, labels, list, said, word, word_or};
use super::{none, pod};
use crate::cluster::{Cluster, Workload};
use crate::source::ObjectRef;

/// One Deployment, as the API holds it.
pub fn describe(cluster: &Cluster, reference: &ObjectRef, workload: &Workload, object: &Value) -> String {
    let number = |path: &str| word_or(object, path, "0");
    let mut text = said("", object, &[("Name", "/metadata/name"), ("Namespace", "/metadata/namespace")]);
    text += &labels("Labels", &entries(object, "/metadata/labels"));
    text += &annotations("Annotations", &entries(object, "/metadata/annotations"));
    let selector = workload.selector.as_ref().map_or_else(String::new, selector_text);
    text += &format!(
        "Selector:\t{selector}\nReplicas:\t{} desired | {} updated | {} total | {} available | {} unavailable\n\
         StrategyType:\t{}\nMinReadySeconds:\t{}\n",
        number("/spec/replicas"),
        number("/status/updatedReplicas"),
        number("/status/replicas"),
        number("/status/availableReplicas"),
        number("/status/unavailableReplicas"),
        word(object, "/spec/strategy/type"),
        number("/spec/minReadySeconds"),
    );
    if let Some(pace) = object.pointer("/spec/strategy/rollingUpdate") {
        let (unavailable, surge) = (word(pace, "/maxUnavailable"), word(pace, "/maxSurge"));
        text += &format!("RollingUpdateStrategy:\t{unavailable} max unavailable, {surge} max surge\n");
    }
    text += &pod::template(object.pointer("/spec/template").unwrap_or(&Value::Null));
    text += "Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------\n";
    for one in list(object, "/status/conditions") {
        text += &format!("  {} \t{}\t{}\n", word(one, "/type"), word(one, "/status"), word(one, "/reason"));
    }
    text += &replica_sets(cluster, reference);
    tabbed(&(text + none()))
}

/// The ReplicaSet of this template, and what is left of those before, by the hash in their names.
fn replica_sets(cluster: &Cluster, reference: &ObjectRef) -> String {
    let own = cluster.workloads.iter().filter(|(set, workload)| {
        let hash = workload.labels.get("pod-template-hash");
        let name = hash.map(|hash| format!("{}-{hash}", reference.name));
        &*set.kind == "ReplicaSet"
            && set.namespace == reference.namespace
            && name.is_some_and(|name| *set.name == *name)
    });
    let own: Vec<_> = own.collect();
    let (new, old): (Vec<_>, Vec<_>) = own.iter().partition(|(_, set)| own.len() == 1 || !set.pods.is_empty());
    let names = |sets: Vec<&(&ObjectRef, &Workload)>| {
        let text = |(set, workload): &&(&ObjectRef, &Workload)| {
            let pods = workload.pods.len();
            format!("{} ({pods}/{pods} replicas created)", set.name)
        };
        let names: Vec<String> = sets.iter().map(text).collect();
        if names.is_empty() { "<none>".to_owned() } else { names.join(", ") }
    };
    if own.is_empty() {
        return String::new();
    }
    format!("OldReplicaSets:\t{}\nNewReplicaSet:\t{}\n", names(old), names(new))
}
