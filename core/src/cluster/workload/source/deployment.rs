//! Deployments: the ReplicaSet of the current template has all pods, older ones none.
//!
//! An export holds Deployment, ReplicaSets and pods. The ReplicaSet whose template is the Deployment's is the current
//! one. Where its pods aren't ready yet, the older ones keep theirs: a roll-out that is stuck stays as it is.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::hash;
use super::super::super::objects::{Given, Objects};
use super::super::{Making, with_label};
use super::{Source, count, stored_hash, template_hash};
use crate::model::{self, LabelSelector, Text};
use crate::source::ObjectRef;

/// The label by which a Deployment tells its ReplicaSets' pods apart.
const TEMPLATE_HASH: &str = "pod-template-hash";

/// The ReplicaSets of Deployments, and those of nobody.
pub(super) fn sources(objects: &Objects, making: &Making<'_>) -> Vec<Source> {
    let mut sets: BTreeMap<ObjectRef, Vec<&Given<model::ReplicaSet>>> = BTreeMap::new();
    for set in &objects.replica_sets {
        if let Some(deployment) = owner(set) {
            sets.entry(deployment).or_default().push(set);
        }
    }
    let mut sources = Vec::new();
    for deployment in &objects.deployments {
        let own = sets.remove(&deployment.reference).unwrap_or_default();
        rollout(deployment, &own, making, &mut sources);
    }
    let deployments: BTreeSet<&ObjectRef> =
        objects.deployments.iter().map(|deployment| &deployment.reference).collect();
    let has_maker =
        |set: &&Given<model::ReplicaSet>| owner(set).is_some_and(|deployment| deployments.contains(&deployment));
    let alone = objects.replica_sets.iter().filter(|set| !has_maker(set));
    sources.extend(alone.map(|set| replica_set(set, count(set.body.spec.replicas))));
    sources
}

/// The Deployment that owns a ReplicaSet.
fn owner(set: &Given<model::ReplicaSet>) -> Option<ObjectRef> {
    let owner =
        set.body.metadata.owner_references.iter().find(|owner| owner.controller && &*owner.kind == "Deployment")?;
    Some(ObjectRef::namespaced("Deployment", set.namespace(), &owner.name))
}

fn replica_set(set: &Given<model::ReplicaSet>, wanted: usize) -> Source {
    let spec = &set.body.spec;
    Source { selector: spec.selector.clone(), wanted, ..Source::new(set, &spec.template) }
}

/// The ReplicaSets of one Deployment.
fn rollout(
    deployment: &Given<model::Deployment>,
    own: &[&Given<model::ReplicaSet>],
    making: &Making<'_>,
    sources: &mut Vec<Source>,
) {
    let current = match own {
        [] => None,
        // deployment_util.go, EqualIgnoreHash: both as the API server stores them.
        own => own.iter().find(|set| stored_hash(set) == stored_hash(deployment)),
    };
    let stuck = current.is_some_and(|set| has_unready_pod(set, making));
    for set in own {
        let is_current = current.is_some_and(|current| current.reference == set.reference);
        let wanted = match (is_current, stuck) {
            (true, false) => count(deployment.body.spec.replicas),
            (_, true) => count(set.body.spec.replicas),
            (false, false) => 0,
        };
        sources.push(Source { workload: deployment.reference.clone(), ..replica_set(set, wanted) });
    }
    if current.is_none() {
        sources.push(new_set(deployment, template_hash(deployment), own, making));
    }
}

fn has_unready_pod(set: &Given<model::ReplicaSet>, making: &Making<'_>) -> bool {
    let pods = making.owned.get(&set.reference).into_iter().flatten();
    pods.filter_map(|number| making.draft(*number)).any(|draft| !draft.pod.ready)
}

/// The ReplicaSet that the Deployment makes: named after the template's hash, unless pasted pods name it.
fn new_set(
    deployment: &Given<model::Deployment>,
    hash: u32,
    own: &[&Given<model::ReplicaSet>],
    making: &Making<'_>,
) -> Source {
    let spec = &deployment.body.spec;
    let known = if own.is_empty() { named_by_pods(deployment, making) } else { None };
    let hash = known.unwrap_or_else(|| hash::safe_encode(hash).into());
    let name = format!("{}-{hash}", deployment.name());
    let mut source = Source::new(deployment, &spec.template);
    source.template.labels = with_label(&source.template.labels, TEMPLATE_HASH, &hash);
    let mut selector = spec.selector.clone().unwrap_or_default();
    selector.match_labels.insert(TEMPLATE_HASH.into(), hash);
    Source {
        owner: ObjectRef::namespaced("ReplicaSet", deployment.namespace(), &name),
        selector: Some(selector),
        wanted: count(spec.replicas),
        ..source
    }
}

/// The hash in the names of ReplicaSets that nobody pasted but pasted pods name as their owner, or in such pods'
/// labels: that of the most pods.
fn named_by_pods(deployment: &Given<model::Deployment>, making: &Making<'_>) -> Option<Text> {
    let prefix = format!("{}-", deployment.name());
    let first = ObjectRef::namespaced("ReplicaSet", deployment.namespace(), &prefix);
    let owners = making.owned.range(first.clone()..);
    let owners = owners.take_while(|(owner, _)| owner.namespace == first.namespace && owner.name.starts_with(&prefix));
    let hashes = owners.filter_map(|(owner, pods)| {
        let hash = owner.name.strip_prefix(&prefix).filter(|hash| !hash.contains('-'))?;
        Some((pods.len(), Text::from(hash)))
    });
    hashes.max().map(|(_, hash)| hash).or_else(|| labelled(deployment, making))
}

/// The hash that pods without owner carry.
fn labelled(deployment: &Given<model::Deployment>, making: &Making<'_>) -> Option<Text> {
    let selector: &LabelSelector = deployment.body.spec.selector.as_ref()?;
    let pods = making.orphans.matching(deployment.namespace(), selector);
    pods.into_iter().find_map(|number| making.draft(number)?.pod.labels.get(TEMPLATE_HASH).cloned())
}
