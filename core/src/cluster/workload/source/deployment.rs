//! Deployments: the ReplicaSet of the current template, those of earlier ones, and how far the roll-out between them has
//! come.
//!
//! An export holds Deployment, ReplicaSets and pods. The ReplicaSet whose template is the Deployment's is the current
//! one; its roll-out is over, unless World says a step, the Deployment is paused, or its pods aren't ready: then the
//! ReplicaSets have the pods that they say.

use std::collections::{BTreeMap, BTreeSet};

use super::super::super::hash;
use super::super::super::objects::{ClusterDiagnostics, ClusterObject, Objects};
use super::super::super::rollout::{
    ReplicaSetState, Rollout, RolloutEvent, RolloutPlan, RolloutReplicas, RolloutSet, RolloutSteps, RolloutStrategy,
    TEMPLATE_HASH,
};
use super::super::{MAX_PODS, PodMaking, with_label};
use super::{PodSource, RolloutStage, replica_count, stored_hash, template_hash};
use crate::diagnostic::Problem;
use crate::model::{self, LabelSelector, Text, well_known};
use crate::order::{Gather, Order};
use crate::source::{FieldPath, ObjectRef};

/// The ReplicaSets of Deployments, and those of nobody; the roll-outs between the former.
pub(super) fn sources(objects: &Objects, making: &PodMaking<'_>) -> (Vec<PodSource>, BTreeMap<ObjectRef, Rollout>) {
    let mut sets: BTreeMap<ObjectRef, Vec<&ClusterObject<model::ReplicaSet>>> = BTreeMap::new();
    for set in &objects.replica_sets {
        if let Some(deployment) = owning_deployment(set) {
            sets.entry(deployment).or_default().push(set);
        }
    }
    let (mut sources, mut rollouts, mut room) = (Vec::new(), BTreeMap::new(), MAX_PODS);
    for deployment in &objects.deployments {
        let mut own = sets.remove(&deployment.reference).unwrap_or_default();
        own.order_by(|one, other| one.age().cmp(&other.age()));
        let (own, rollout) = deployment_rollout(deployment, &own, making, &mut room);
        sources.extend(own);
        rollouts.insert(deployment.reference.clone(), rollout);
    }
    let deployments: BTreeSet<&ObjectRef> =
        objects.deployments.iter().map(|deployment| &deployment.reference).into_set();
    let has_maker = |set: &&ClusterObject<model::ReplicaSet>| {
        owning_deployment(set).is_some_and(|deployment| deployments.contains(&deployment))
    };
    let alone = objects.replica_sets.iter().filter(|set| !has_maker(set));
    sources.extend(alone.map(|set| replica_set(set, replica_count(set.body.spec.replicas))));
    (sources, rollouts)
}

/// Says which of World's steps there aren't.
pub(in super::super) fn say_of_steps(
    objects: &Objects,
    rollouts: &BTreeMap<ObjectRef, Rollout>,
    notes: &mut ClusterDiagnostics<'_>,
) {
    let Some(world) = objects.worlds.first() else { return };
    for (name, said) in &world.body.spec.rollouts {
        let field = world.reference.field(FieldPath::from("spec.rollouts").key(name));
        let (namespace, bare) = name.split_once('/').unwrap_or(("default", name));
        let step = said.step.map(|step| usize::try_from(step).unwrap_or(0));
        let rollout = rollouts.get(&ObjectRef::namespaced("Deployment", namespace, bare));
        match (rollout.filter(|rollout| !rollout.old_sets().is_empty()), step) {
            (None, _) => notes.say(field, Problem::NoRollout),
            (Some(rollout), Some(step)) if step == 0 || step > rollout.last => {
                notes.say(field, Problem::NoRolloutStep { step, last: rollout.last, completes: rollout.completes });
            }
            (Some(_), _) => {}
        }
    }
}

fn owning_deployment(set: &ClusterObject<model::ReplicaSet>) -> Option<ObjectRef> {
    let owner =
        set.body.metadata.owner_references.iter().find(|owner| owner.controller && &*owner.kind == "Deployment")?;
    Some(ObjectRef::namespaced("Deployment", set.namespace(), &owner.name))
}

fn replica_set(set: &ClusterObject<model::ReplicaSet>, wanted: usize) -> PodSource {
    let spec = &set.body.spec;
    PodSource { selector: spec.selector.clone(), wanted, ..PodSource::new(set, &spec.template) }
}

/// The ReplicaSets of one Deployment, old ones first, and how far the roll-out between them has come. One with more pods
/// than there is room for is over.
fn deployment_rollout(
    deployment: &ClusterObject<model::Deployment>,
    own: &[&ClusterObject<model::ReplicaSet>],
    making: &PodMaking<'_>,
    room: &mut usize,
) -> (Vec<PodSource>, Rollout) {
    // 1. The current ReplicaSet, whose template is the Deployment's.
    let current = match own {
        [] => None,
        // deployment_util.go, EqualIgnoreHash: both as the API server stores them.
        own => own.iter().position(|set| stored_hash(set) == stored_hash(deployment)),
    };
    let old: Vec<&&ClusterObject<model::ReplicaSet>> =
        own.iter().enumerate().filter(|(number, _)| Some(*number) != current).map(|(_, set)| set).collect();
    let current = current.and_then(|current| own.get(current));
    // 2. A source for each, the new one last.
    let source = |set: &ClusterObject<model::ReplicaSet>| {
        let wanted = replica_count(set.body.spec.replicas).min(MAX_PODS);
        PodSource { workload: deployment.reference.clone(), ..replica_set(set, wanted) }
    };
    let mut sources: Vec<PodSource> = old.iter().map(|set| source(set)).collect();
    sources.push(match current {
        // Its template is the Deployment's, which is the one that people change.
        Some(set) => PodSource { written: deployment.reference.clone(), ..source(set) },
        None => PodSource { wanted: 0, ..new_set(deployment, template_hash(deployment), own, making) },
    });
    // 3. How the Deployment rolls out, and whether it has come to a halt.
    let is_held = deployment.body.spec.paused || current.is_some_and(|set| has_unready_pod(set, making));
    let plan = RolloutPlan::new(&deployment.body.spec, MAX_PODS);
    let revisions = revisions(deployment, &old, current.copied());
    let left = room.checked_sub(sources.iter().fold(plan.replicas, |sum, source| sum + source.wanted));
    // 4. Nothing to roll out, or no room for it: all pods are the new one's.
    if old.is_empty() || left.is_none() {
        // A paused Deployment makes no ReplicaSet (sync.go, sync), but may have one already.
        let is_new = current.is_none() && !has_pods(sources.last(), making);
        sources.iter_mut().filter(|_| !plan.paused).for_each(|source| source.wanted = 0);
        if let Some(new) = sources.last_mut() {
            new.unmade = plan.paused && is_new;
            new.wanted = match (plan.paused, current) {
                (true, None) if is_new => 0,
                (true, Some(_)) => new.wanted,
                _ => replica_count(deployment.body.spec.replicas),
            };
        }
        let sets = sources.iter().zip(revisions).map(|(source, revision)| {
            let replicas = RolloutReplicas { wanted: source.wanted, ..RolloutReplicas::default() };
            RolloutSet { reference: source.owner.clone(), revision, replicas }
        });
        let rollout = Rollout {
            sets: sets.collect(),
            step: 1,
            last: 1,
            event: RolloutEvent::Begun,
            completes: true,
            said: false,
            paused: plan.paused,
        };
        return (sources, rollout);
    }
    // 5. Else as far as the roll-out has come.
    *room = left.unwrap_or(0);
    let said = making.settings.rollouts.get(&Rollout::key(&deployment.reference)).copied();
    let rollout = apply_stage(&mut sources, plan, RolloutStanding { said, is_held, revisions }, making);
    // 6. Whether the new ReplicaSet is made yet.
    if let Some(new) = sources.last_mut() {
        // The controller makes the ReplicaSet when it first looks; with Recreate, once the old pods are gone.
        let waits = plan.pace == RolloutStrategy::Recreate && !(rollout.completes && rollout.step == rollout.last);
        new.unmade = current.is_none() && new.wanted == 0 && (rollout.step == 1 || waits);
    }
    (sources, rollout)
}

/// What decides how far a roll-out has come.
struct RolloutStanding {
    /// The step that World says.
    said: Option<usize>,
    /// Whether it isn't over, although World says no step.
    is_held: bool,
    revisions: Vec<u64>,
}

/// Brings the sources to where the roll-out stands.
fn apply_stage(
    sources: &mut [PodSource],
    plan: RolloutPlan,
    standing: RolloutStanding,
    making: &PodMaking<'_>,
) -> Rollout {
    // 1. The ReplicaSets as the roll-out finds them.
    let runners = sources.iter().zip((0..sources.len()).rev()).map(|(source, behind)| ReplicaSetState {
        replicas: RolloutReplicas { wanted: source.wanted, ..RolloutReplicas::default() },
        ready: making.ready(source, source.wanted, if behind == 0 { plan.replicas } else { 0 }),
    });
    let mut course = RolloutSteps::new(plan, runners.collect());
    // 2. How far it comes: as World says, held at the first step, or to the end.
    let wanted_step = match standing.said {
        Some(step) => step.max(1),
        None if standing.is_held => 1,
        None => usize::MAX,
    };
    // 3. All steps are taken; what held at the wanted one is kept.
    let (mut last, mut at, mut replicas) = (0, (0, RolloutEvent::Begun), Vec::new());
    while let Some(event) = course.next() {
        last += 1;
        if last <= wanted_step {
            (at, replicas) = ((last, event), course.replicas().collect());
        }
    }
    // 4. A roll-out that can't complete is taken for over.
    let completes = course.is_complete();
    let is_over = standing.said.is_none() && !standing.is_held;
    if is_over && !completes {
        at.0 = last + 1;
        replicas = sources.iter().map(|_| RolloutReplicas::default()).collect();
        replicas.last_mut().into_iter().for_each(|new| new.wanted = plan.replicas);
    }
    // 5. The sources get the replicas of that step.
    let mut sets = Vec::new();
    for ((source, replicas), revision) in sources.iter_mut().zip(replicas).zip(standing.revisions) {
        let RolloutReplicas { wanted, fresh, terminating } = replicas;
        sets.push(RolloutSet { reference: source.owner.clone(), revision, replicas });
        source.stage = Some(RolloutStage { start: source.wanted, fresh, terminating });
        source.wanted = wanted;
    }
    let (step, event) = at;
    Rollout { sets, step, last, event, completes, said: standing.said.is_some(), paused: plan.paused }
}

/// The revisions of the old ReplicaSets and of the new one, which is numbered behind all others
/// (deployment_util.go, SetNewReplicaSetAnnotations).
fn revisions(
    deployment: &ClusterObject<model::Deployment>,
    old: &[&&ClusterObject<model::ReplicaSet>],
    current: Option<&ClusterObject<model::ReplicaSet>>,
) -> Vec<u64> {
    let mut revisions: Vec<u64> = old.iter().map(|set| revision(&set.body.metadata)).collect();
    let next = match revisions.iter().max() {
        Some(newest) => newest.saturating_add(1),
        None => revision(&deployment.body.metadata).max(1),
    };
    revisions.push(current.map_or(0, |set| revision(&set.body.metadata)).max(next));
    revisions
}

fn revision(metadata: &model::Metadata) -> u64 {
    metadata.annotations.get(well_known::REVISION).and_then(|revision| revision.parse().ok()).unwrap_or(0)
}

fn has_unready_pod(set: &ClusterObject<model::ReplicaSet>, making: &PodMaking<'_>) -> bool {
    let pods = making.owned.get(&set.reference).into_iter().flatten();
    pods.filter_map(|number| making.draft(*number)).any(|draft| !draft.pod.ready)
}

fn has_pods(set: Option<&PodSource>, making: &PodMaking<'_>) -> bool {
    set.is_some_and(|set| !making.members(set).is_empty())
}

/// The ReplicaSet that the Deployment makes: named after the template's hash, unless pasted pods name it.
fn new_set(
    deployment: &ClusterObject<model::Deployment>,
    hash: u32,
    own: &[&ClusterObject<model::ReplicaSet>],
    making: &PodMaking<'_>,
) -> PodSource {
    let spec = &deployment.body.spec;
    let known = if own.is_empty() { named_by_pods(deployment, making) } else { None };
    let hash = known.unwrap_or_else(|| hash::safe_encode(hash).into());
    let name = format!("{}-{hash}", deployment.name());
    let mut source = PodSource::new(deployment, &spec.template);
    source.template.labels = with_label(&source.template.labels, TEMPLATE_HASH, &hash);
    let mut selector = spec.selector.clone().unwrap_or_default();
    selector.match_labels.insert(TEMPLATE_HASH.into(), hash);
    PodSource {
        owner: ObjectRef::namespaced("ReplicaSet", deployment.namespace(), &name),
        selector: Some(selector),
        wanted: replica_count(spec.replicas),
        ..source
    }
}

/// The hash in the names of ReplicaSets that nobody pasted but pasted pods name as their owner, or in such pods'
/// labels: that of the most pods.
fn named_by_pods(deployment: &ClusterObject<model::Deployment>, making: &PodMaking<'_>) -> Option<Text> {
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
fn labelled(deployment: &ClusterObject<model::Deployment>, making: &PodMaking<'_>) -> Option<Text> {
    let selector: &LabelSelector = deployment.body.spec.selector.as_ref()?;
    let pods = making.orphans.matching(deployment.namespace(), selector);
    pods.into_iter().find_map(|number| making.draft(number)?.pod.labels.get(TEMPLATE_HASH).cloned())
}
