//! What the workload controllers make: pods by number, by ordinal, by node, by completion.
//!
//! Each workload becomes [`Source`]s, and a source is filled: pasted pods that are its own count first, missing ones
//! are made, surplus ones go. Names are drawn from the owner and a number, so that no workload changes another's pods.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use self::source::{JobProgress, PodCounting, PodSource, RolloutStage, completion_index};
use super::admission::AdmissionPlugins;
use super::hash;
use super::label_index::LabelIndex;
use super::node::Node;
use super::objects::{ClusterDiagnostics, Objects};
use super::pod::{Phase, Pod};
use super::pod_draft::{MAX_PODS, PodDraft, PodTarget};
use super::premises::ClusterPremises;
use super::rollout::Rollout;
use super::settings::ClusterSettings;
use super::{requisite, schedule};
use crate::diagnostic::Problem;
use crate::model::{LabelSelector, Labels, PodSpec, Text, well_known};
use crate::order::{Gather, Order};
use crate::source::ObjectRef;

mod ordered;
mod pasted;
mod source;

pub(super) use ordered::wait_for_predecessors;

/// The pods, and which workload has which.
#[derive(Default)]
pub(super) struct WorkloadPods {
    /// Pasted ones by name, then those of each maker.
    pub drafts: Vec<PodDraft>,
    /// Each workload and each ReplicaSet.
    pub workloads: BTreeMap<ObjectRef, Workload>,
    /// The roll-outs of Deployments.
    pub rollouts: BTreeMap<ObjectRef, Rollout>,
}

/// What owns pods.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its own labels.
    pub labels: Arc<Labels>,
    /// Which pods are its own.
    pub selector: Option<LabelSelector>,
    /// What its pods run.
    pub template: Arc<PodSpec>,
    /// How many pods it wants.
    pub replicas: usize,
    /// The names of its pods, in order.
    pub pods: Vec<Text>,
    /// Why the API server refuses pods of it.
    pub refusal: Option<Text>,
}

/// Makes all pods.
pub(super) fn make_pods(
    objects: &Objects,
    premises: &ClusterPremises,
    notes: &mut ClusterDiagnostics<'_>,
) -> WorkloadPods {
    let mut admission = AdmissionPlugins::read(objects, &premises.namespaces);
    let mut pasted = pasted::pasted_pods(objects, &premises.settings);
    if objects.are_live() {
        // Its scheduler has been at work: what has no node waits for one.
        let waiting = pasted.iter_mut().filter(|draft| !premises.supplied.contains(&draft.pod.reference));
        let waiting = waiting.filter(|draft| matches!(draft.target, PodTarget::Anywhere));
        waiting.for_each(|draft| draft.target = PodTarget::Unattended);
    }
    admit_pasted(&mut pasted, &mut admission, premises, notes);
    let mut making = PodMaking::new(pasted, premises, admission);
    let (mut sources, rollouts) = source::pod_sources(objects, &making);
    source::say_of_steps(objects, &rollouts, notes);
    let pasted_sources = sources.iter_mut().filter(|source| !premises.supplied.contains(&source.written));
    pasted_sources.for_each(|source| source.admit(&making.admission));
    limit_pods(&mut sources, MAX_PODS.saturating_sub(making.drafts.len()), notes);
    making.drafts.reserve(sources.iter().map(|source| source.wanted).sum());
    for (number, source) in sources.iter().enumerate() {
        // In a running cluster the controllers have been at work: what isn't there they didn't make.
        if objects.are_live() && !premises.supplied.contains(&source.written) {
            making.adopt(source, number);
        } else {
            making.fill(source, number);
        }
    }
    for (workload, message) in &making.refused {
        notes.say(workload.field(""), Problem::PodsForbidden { message: message.clone() });
    }
    WorkloadPods { rollouts, ..making.finish(sources, objects) }
}

/// Pasted pods that the API server takes, in the order in which they came; what has run was taken.
fn admit_pasted(
    drafts: &mut Vec<PodDraft>,
    admission: &mut AdmissionPlugins<'_>,
    premises: &ClusterPremises,
    notes: &mut ClusterDiagnostics<'_>,
) {
    let mut order: Vec<usize> = (0..drafts.len()).collect();
    order.order_by_key(|number| drafts.get(*number).map(|draft| (!draft.told, draft.since.clone())));
    let mut refused: BTreeSet<ObjectRef> = BTreeSet::new();
    for number in order {
        let Some(draft) = drafts.get_mut(number) else { continue };
        draft.priority = admission.priority(&draft.pod.spec);
        if draft.told || draft.gone || premises.supplied.contains(&draft.pod.reference) {
            admission.count(draft);
            continue;
        }
        let reference = draft.pod.reference.clone();
        let namespace = reference.namespace.as_deref().unwrap_or_default();
        if admission.default_limits(namespace, &mut draft.pod.spec) {
            let value: Text = "LimitRanger plugin set resources".into();
            Arc::make_mut(&mut draft.pod.annotations).insert(well_known::LIMIT_RANGER.into(), value);
        }
        let refusal = admission.refusal(namespace, &draft.pod.spec, false);
        if let Some(why) = refusal.or_else(|| admission.charge(namespace, &draft.pod.spec)) {
            let message = forbidden_message(&reference.name, &why);
            notes.say(reference.field(""), Problem::Invalid { message });
            refused.insert(reference);
        }
    }
    drafts.retain(|draft| !refused.contains(&draft.pod.reference));
}

/// As the API server says it.
fn forbidden_message(name: &str, why: &str) -> String {
    format!("pods \"{name}\" is forbidden: {why}")
}

/// Cuts what the largest workloads want, so that all together fit.
fn limit_pods(sources: &mut [PodSource], mut room: usize, notes: &mut ClusterDiagnostics<'_>) {
    let mut order: Vec<&mut PodSource> = sources.iter_mut().collect();
    order.order_by_key(|source| source.most());
    for source in order {
        if source.most() > room {
            let wanted = source.most();
            notes.say(source.workload.field("spec.replicas"), Problem::TooManyPods { wanted, limit: MAX_PODS });
            (source.wanted, source.stage) = (room.min(wanted), None);
        }
        room -= source.most();
    }
}

/// The pods while controllers are at work.
struct PodMaking<'a> {
    /// Pasted ones first.
    drafts: Vec<PodDraft>,
    /// Which of them a controller has deleted.
    deleted: BTreeSet<usize>,
    /// Pasted pods by the controller that their ownerReferences name.
    owned: BTreeMap<ObjectRef, Vec<usize>>,
    /// Pasted pods without controller.
    orphans: LabelIndex,
    /// What namespaces and names of pods come to; an equal number is as good as an equal name.
    names: BTreeSet<u64>,
    /// What the API server asks of pods.
    admission: AdmissionPlugins<'a>,
    /// Workloads of which it refused pods, and the first of its words.
    refused: BTreeMap<ObjectRef, Arc<str>>,
    /// What is known before there are pods: settings, nodes, configuration.
    premises: &'a ClusterPremises,
    settings: &'a ClusterSettings,
    nodes: &'a BTreeMap<Text, Node>,
}

/// Whether a pod's name is a StatefulSet's and a number (stateful_set_utils.go, isMemberOf).
fn is_ordinal_of(pod: &str, set: &str) -> bool {
    let ordinal = pod.strip_prefix(set).and_then(|rest| rest.strip_prefix('-'));
    ordinal.is_some_and(|ordinal| !ordinal.is_empty() && ordinal.bytes().all(|digit| digit.is_ascii_digit()))
}

impl<'a> PodMaking<'a> {
    fn new(drafts: Vec<PodDraft>, premises: &'a ClusterPremises, admission: AdmissionPlugins<'a>) -> Self {
        let ClusterPremises { settings, nodes, .. } = premises;
        let mut owned: BTreeMap<ObjectRef, Vec<usize>> = BTreeMap::new();
        let mut names = BTreeSet::new();
        for (number, draft) in drafts.iter().enumerate().filter(|(_, draft)| !draft.gone) {
            names.insert(hash::seeded_draw(&[draft.pod.namespace(), draft.pod.name()], 0));
            if let Some(owner) = &draft.pod.owner {
                owned.entry(owner.clone()).or_default().push(number);
            }
        }
        let orphans = drafts.iter().enumerate().filter(|(_, draft)| !draft.gone && draft.pod.owner.is_none());
        let orphans =
            LabelIndex::new(orphans.map(|(number, PodDraft { pod, .. })| (number, pod.namespace(), &pod.labels)));
        let deleted = BTreeSet::new();
        Self { drafts, deleted, owned, orphans, names, admission, refused: BTreeMap::new(), premises, settings, nodes }
    }

    fn fill(&mut self, source: &PodSource, number: usize) {
        let members = self.adopt(source, number);
        let made = self.drafts.len();
        match &source.maker {
            PodCounting::Replicas => self.fill_replicas(source, members),
            PodCounting::Ordinals { start, .. } => self.fill_ordinals(source, &members, *start),
            PodCounting::EachNode => self.fill_nodes(source, &members),
            PodCounting::Completions(progress) => self.fill_completions(source, &members, progress),
        }
        self.drafts.iter_mut().skip(made).for_each(|draft| draft.source = Some(number));
    }

    /// The source's own pods, and orphans that it adopts (controller_ref_manager.go, ClaimPods).
    fn adopt(&mut self, source: &PodSource, number: usize) -> Vec<usize> {
        let members = self.members(source);
        for member in &members {
            if let Some(draft) = self.drafts.get_mut(*member) {
                draft.pod.owner = Some(source.owner.clone());
                draft.pod.workload = Some(source.workload.clone());
                draft.source = Some(number);
            }
        }
        members
    }

    fn members(&self, source: &PodSource) -> Vec<usize> {
        let mut members = self.owned.get(&source.owner).cloned().unwrap_or_default();
        if let Some(selector) = &source.selector {
            let found = self.orphans.matching(&source.namespace, selector).into_iter();
            members.extend(found.filter(|pod| self.draft(*pod).is_some_and(|draft| draft.pod.owner.is_none())));
        }
        if matches!(source.maker, PodCounting::Ordinals { .. }) {
            // Others' pods with the same labels are left alone (stateful_set.go, getPodsForStatefulSet).
            members.retain(|pod| {
                self.draft(*pod).is_some_and(|draft| is_ordinal_of(draft.pod.name(), &source.owner.name))
            });
        }
        members
    }

    fn draft(&self, number: usize) -> Option<&PodDraft> {
        self.drafts.get(number)
    }

    /// As many active pods as wanted (replica_set.go, manageReplicas). Done and terminating pods don't count.
    fn fill_replicas(&mut self, source: &PodSource, members: Vec<usize>) {
        let mut active = self.active(members);
        let (mut number, mut new) = (0, Vec::new());
        let RolloutStage { start, fresh, terminating } = source.stage.unwrap_or_default();
        self.make(source, start.saturating_sub(active.len()), &mut active, &mut number);
        // The first to go: not placed, not ready, the youngest (controller_utils.go, ActivePodsWithRanks).
        active.order_by_key(|number| {
            self.draft(*number).map(|draft| (!draft.pod.made && draft.pod.node.is_none(), !draft.pod.ready, *number))
        });
        let surplus = active.split_off(source.wanted.min(active.len()));
        self.make(source, source.wanted - active.len(), &mut new, &mut number);
        self.deleted.extend(surplus.iter().skip(terminating));
        for pod in surplus.iter().take(terminating) {
            self.change(*pod, |pod| pod.terminating = true);
        }
        for pod in active.iter().chain(&new).skip(source.wanted - fresh) {
            self.change(*pod, |pod| pod.ready = false);
        }
    }

    /// Makes pods until there are so many more of them that aren't terminating.
    fn make(&mut self, source: &PodSource, mut missing: usize, made: &mut Vec<usize>, number: &mut u64) {
        while missing > 0 {
            let mut draft = self.next_draft(source, number);
            draft.replaces = draft.number.is_some_and(|number| number >= source.most() as u64);
            let (counts, place) = (!draft.gone && !draft.pod.terminating, self.drafts.len());
            if !self.create(source, draft) {
                break;
            }
            if counts {
                missing -= 1;
                made.push(place);
            }
        }
    }

    /// The next pod of a source whose generated name nobody has, gone or not.
    fn next_draft(&self, source: &PodSource, number: &mut u64) -> PodDraft {
        loop {
            let name: Text = source.generated_name(*number).into();
            let own = *number;
            *number += 1;
            if !self.has(&source.namespace, &name) {
                let gone = self.settings.fate(&source.namespace, &name).is_some_and(|fate| fate.deleted);
                return PodDraft { number: Some(own), gone, ..source.draft(name, self.settings) };
            }
        }
    }

    /// Those that count.
    fn active(&self, mut members: Vec<usize>) -> Vec<usize> {
        let counts = |draft: &PodDraft| match draft.pod.phase {
            Phase::Succeeded | Phase::Failed => false,
            Phase::Pending | Phase::Running | Phase::Unknown => !draft.pod.terminating,
        };
        members.retain(|number| self.draft(*number).is_some_and(counts));
        members
    }

    fn change(&mut self, pod: usize, change: impl FnOnce(&mut Pod)) {
        if let Some(draft) = self.drafts.get_mut(pod) {
            change(&mut draft.pod);
        }
    }

    /// Of the first so many pods of a ReplicaSet, how many get ready, if it has `start` at first and then more.
    fn ready(&self, source: &PodSource, start: usize, most: usize) -> Vec<usize> {
        let known = self.active(self.members(source));
        let mut ready: Vec<bool> =
            known.iter().filter_map(|number| self.draft(*number)).map(|draft| draft.pod.ready).collect();
        let starts = requisite::waits_for(self.premises, &source.spec, &source.namespace).is_none()
            && !schedule::takes_none(self.nodes, &source.spec);
        let mut number = 0;
        while ready.len() < start.max(most) {
            let name = self.free_name(source, &mut number);
            let said = self.settings.fate(&source.namespace, &name);
            if said.is_none_or(|said| !said.terminating) {
                let gated = !source.spec.readiness_gates.is_empty();
                ready.push(said.and_then(|said| said.ready).unwrap_or(starts && !gated));
            }
        }
        // Those that aren't ready are the first to go.
        if let Some((first, _)) = ready.split_at_mut_checked(start) {
            first.order_by_key(|ready| !ready);
        }
        let mut count = 0;
        let sums = ready.into_iter().map(|ready| {
            count += usize::from(ready);
            count
        });
        std::iter::once(0).chain(sums).collect()
    }

    /// The next generated name that nobody has, and that World doesn't call deleted.
    fn free_name(&self, source: &PodSource, number: &mut u64) -> Text {
        self.free_name_of(source, number, |number| source.generated_name(number))
    }

    fn free_name_of(&self, source: &PodSource, number: &mut u64, generated: impl Fn(u64) -> String) -> Text {
        loop {
            let name: Text = generated(*number).into();
            *number += 1;
            let is_deleted = self.settings.fate(&source.namespace, &name).is_some_and(|fate| fate.deleted);
            if !is_deleted && !self.has(&source.namespace, &name) {
                return name;
            }
        }
    }

    fn has(&self, namespace: &str, name: &str) -> bool {
        self.names.contains(&hash::seeded_draw(&[namespace, name], 0))
    }

    /// One pod for each ordinal (stateful_set_control.go); a deleted one comes back under its name.
    fn fill_ordinals(&mut self, source: &PodSource, members: &[usize], start: u64) {
        let names: Vec<Text> =
            (start..).take(source.wanted).map(|ordinal| format!("{}-{ordinal}", source.owner.name).into()).collect();
        let wanted: BTreeSet<&Text> = names.iter().into_set();
        let mut present = BTreeSet::new();
        for number in members {
            let Some(draft) = self.drafts.get(*number) else { continue };
            let name = draft.pod.reference.name.clone();
            if !wanted.contains(&name) {
                self.deleted.insert(*number);
            }
            present.insert(name);
        }
        for (name, ordinal) in names.iter().zip(start..) {
            if !present.contains(name) && !self.has(&source.namespace, name) {
                let draft = source.numbered_draft(name.clone(), ordinal, self.settings);
                if !self.create(source, PodDraft { number: Some(ordinal - start), ..draft }) {
                    break;
                }
            }
        }
    }

    /// The pods of a Job that have succeeded, and those at work; of an Indexed one each has a number, the lowest open ones
    /// first (indexed_job_utils.go, firstPendingIndexes).
    fn fill_completions(&mut self, source: &PodSource, members: &[usize], progress: &JobProgress) {
        // 1. How many there are, and which indexes they have.
        let drafts = || members.iter().filter_map(|number| self.draft(*number));
        let succeeded = drafts().filter(|draft| draft.pod.phase == Phase::Succeeded).count();
        let active = self.active(members.to_vec()).len();
        let is_failed = |draft: &&PodDraft| draft.pod.phase == Phase::Failed;
        let taken: BTreeSet<u64> =
            drafts().filter(|draft| !is_failed(draft)).filter_map(|draft| completion_index(&draft.pod)).into_set();
        // 2. The indexes that are left, those completed apart.
        let (done, open): (Vec<u64>, Vec<u64>) = match &progress.indexed {
            Some((done, all)) => {
                (0..*all).filter(|index| !taken.contains(index)).partition(|index| done.contains(index))
            }
            None => (Vec::new(), Vec::new()),
        };
        // 3. Succeeded pods up to the number told, then those at work; admission may end either.
        for (count, known, indices, is_done) in
            [(progress.succeeded, succeeded, done, true), (progress.active, active, open, false)]
        {
            let mut indices = indices.into_iter();
            let mut number = 0;
            for _ in known..count {
                let index = indices.next();
                let name = self.free_name_of(source, &mut number, |number| source.job_pod_name(index, number));
                let draft = source.job_draft(name, index, is_done, self.settings);
                if !self.create(source, draft) {
                    break;
                }
            }
        }
    }

    /// One pod on each eligible node (daemon_controller.go, NodeShouldRunDaemonPod).
    fn fill_nodes(&mut self, source: &PodSource, members: &[usize]) {
        let mut present: BTreeSet<Text> = BTreeSet::new();
        for number in members {
            present.extend(self.draft(*number).and_then(|draft| draft.pod.node.clone()));
        }
        let nodes = self.nodes;
        let eligible = nodes.values().filter(|node| schedule::takes_daemon(node, &source.spec));
        for node in eligible.take(source.wanted) {
            if present.contains(&node.name) {
                continue;
            }
            let mut number = hash::seeded_draw(&[&node.name], 0);
            let mut replaces = false;
            loop {
                let draft = self.next_draft(source, &mut number);
                let gone = draft.gone;
                let is_made =
                    self.create(source, PodDraft { target: PodTarget::Only(node.name.clone()), replaces, ..draft });
                if !gone || !is_made {
                    break;
                }
                replaces = true;
            }
        }
    }

    /// Asks the API server for a pod; whether it takes it.
    fn create(&mut self, source: &PodSource, mut draft: PodDraft) -> bool {
        let is_asked = !draft.gone && !self.premises.supplied.contains(&source.written);
        draft.priority = self.admission.priority(&draft.pod.spec);
        let refusal = source.refusal.clone().filter(|_| is_asked).or_else(|| {
            let counts = is_asked && !matches!(draft.pod.phase, Phase::Succeeded | Phase::Failed);
            counts.then(|| self.admission.charge(&source.namespace, &draft.pod.spec)).flatten()
        });
        match refusal {
            Some(why) => {
                let message = forbidden_message(draft.pod.name(), &why);
                self.refused.entry(source.workload.clone()).or_insert_with(|| message.into());
                false
            }
            None => {
                self.push(draft);
                true
            }
        }
    }

    fn push(&mut self, draft: PodDraft) {
        self.names.insert(hash::seeded_draw(&[draft.pod.namespace(), draft.pod.name()], 0));
        self.drafts.push(draft);
    }

    fn finish(self, sources: Vec<PodSource>, objects: &Objects) -> WorkloadPods {
        // 1. The pods that are left, and their names by source.
        let deleted = self.deleted;
        let drafts = self.drafts.into_iter().enumerate();
        let drafts: Vec<PodDraft> =
            drafts.filter(|(number, _)| !deleted.contains(number)).map(|(_, draft)| draft).collect();
        let mut names: Vec<Vec<Text>> = sources.iter().map(|_| Vec::new()).collect();
        for draft in drafts.iter().filter(|draft| !draft.gone) {
            if let Some(names) = draft.source.and_then(|source| names.get_mut(source)) {
                names.push(draft.pod.reference.name.clone());
            }
        }
        // 2. A workload per source; where that is a Deployment's or a CronJob's, the one above collects the pods.
        let mut workloads: BTreeMap<ObjectRef, Workload> = BTreeMap::new();
        for (source, names) in sources.into_iter().zip(names) {
            let (labels, template) = source.description();
            let replicas = source.wanted;
            let refusal = self.refused.get(&source.workload).cloned();
            let own = Workload { labels, template, selector: source.selector, replicas, pods: names, refusal };
            if source.owner.kind != source.workload.kind {
                match workloads.get_mut(&source.workload) {
                    Some(above) => above.pods.extend(own.pods.iter().cloned()),
                    None => drop(workloads.insert(source.workload, own.clone())),
                }
            }
            if !source.unmade {
                workloads.insert(source.owner, own);
            }
        }
        // 3. Pods in order, and what pasted objects say of themselves.
        workloads.values_mut().for_each(|workload| workload.pods.order());
        source::describe_workloads(&mut workloads, objects);
        WorkloadPods { drafts, workloads, ..WorkloadPods::default() }
    }
}

/// Labels with one more.
fn with_label(labels: &Arc<Labels>, key: &str, value: &str) -> Arc<Labels> {
    let mut labels = labels.clone();
    Arc::make_mut(&mut labels).insert(key.into(), value.into());
    labels
}
