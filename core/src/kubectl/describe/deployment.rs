//! `kubectl describe deployment` (pkg/describe, describeDeployment).

use serde_json::Value;

use super::super::replicas::ReplicaCounts;
use super::super::selector::selector_text;
use super::super::value::{annotations, entries, labels, list, said, word, word_or};
use super::{DescribedObject, pod};
use crate::cluster::Cluster;
use crate::cluster::rollout::RolloutSet;
use crate::source::ObjectRef;

/// One Deployment, as the API holds it.
pub fn describe(described: &DescribedObject<'_>) -> Option<String> {
    let (object, workload) = (&described.object, described.workload()?);
    let number = |path: &str| word_or(object, path, "0");
    let mut text = said("", object, &[("Name", "/metadata/name"), ("Namespace", "/metadata/namespace")]);
    text += &described.created("CreationTimestamp");
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
    Some(text + &replica_sets(described.view.cluster, &described.reference))
}

/// The ReplicaSets of earlier templates, and that of this one.
fn replica_sets(cluster: &Cluster, reference: &ObjectRef) -> String {
    let Some(rollout) = cluster.rollouts.get(reference) else { return String::new() };
    let names = |sets: &[RolloutSet]| {
        let there = sets.iter().filter(|set| cluster.workloads.contains_key(&set.reference));
        let names = there.map(|set| {
            let ReplicaCounts { desired, current, .. } = ReplicaCounts::of_object(cluster, &set.reference);
            format!("{} ({current}/{desired} replicas created)", set.reference.name)
        });
        let names: Vec<String> = names.collect();
        if names.is_empty() { "<none>".to_owned() } else { names.join(", ") }
    };
    let new = rollout.new_set().map_or(&[][..], std::slice::from_ref);
    format!("OldReplicaSets:\t{}\nNewReplicaSet:\t{}\n", names(rollout.old_sets()), names(new))
}
