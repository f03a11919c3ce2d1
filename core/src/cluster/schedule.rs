//! Places pods on nodes: those that name one, those that DaemonSets make for one, then the others where the scheduler's
//! filters let them, each workload evenly over its nodes.
//!
//! The real scheduler scores; scores depend on what else runs. Here a workload's pods go round its nodes from a place
//! drawn from its name, so that another workload never moves them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use self::filter::{NodeConstraints, NodeRejections};
use self::host_ports::HostPorts;
use self::neighbours::InterPodAffinity;
use self::spread::TopologySpread;
use super::hash;
use super::node::Node;
use super::objects::ClusterDiagnostics;
use super::pod::Phase;
use super::pod_draft::{MAX_PODS, PodDraft, PodTarget};
use super::premises::ClusterPremises;
use super::resource_amounts::{NodeRoom, RequestCache};
use crate::diagnostic::Problem;
use crate::model::{Labels, PodSpec, Text};
use crate::order::{Gather, Order};
use crate::source::{FieldRef, ObjectRef};

mod filter;
mod host_ports;
mod neighbours;
mod spread;

pub(super) use filter::{takes_daemon, takes_none};

/// What the condition PodScheduled says of a gated pod (scheduler, schedulinggates plugin and util.GetPodSchedulingGated).
const GATED: &str = "Scheduling is blocked due to non-empty scheduling gates";

/// The kubelet's reason for a pod whose node has a taint NoExecute that it doesn't tolerate.
const TAINT_TOLERATION: &str = "TaintToleration";

/// The scheduler of pods that name none (defaults.go, SetDefaults_PodSpec).
const DEFAULT_SCHEDULER: &str = "default-scheduler";

/// Gives every pod its node, or says why it has none.
pub(super) fn schedule_pods(
    mut drafts: Vec<PodDraft>,
    premises: &ClusterPremises,
    notes: &mut ClusterDiagnostics<'_>,
) -> Vec<PodDraft> {
    hold_gated(&mut drafts);
    hold_for_other_schedulers(&mut drafts, notes);
    let mut floor = ScheduledNodes::new(&drafts, &premises.nodes, &premises.namespaces);
    floor.stand_bound(&mut drafts, notes);
    floor.place_daemons(&mut drafts);
    for group in pod_groups(&drafts, &premises.supplied) {
        floor.place_group(&mut drafts, &group);
    }
    say_pending(&drafts, notes);
    say_not_modelled(&drafts, &floor.all, notes);
    // The taint that the kubelet refuses a pod for also deletes it (taint_eviction.go).
    drafts.retain(|draft| draft.pod.refused_because.as_deref() != Some(TAINT_TOLERATION));
    drafts
}

/// The scheduler doesn't look at pods with gates.
fn hold_gated(drafts: &mut [PodDraft]) {
    for draft in drafts {
        let waits = matches!(draft.target, PodTarget::Anywhere | PodTarget::Only(_));
        if waits && !draft.pod.spec.scheduling_gates.is_empty() {
            draft.target = PodTarget::Nowhere(GATED.to_owned());
        }
    }
}

/// Pods for another scheduler wait for it: none is among what every cluster has, and no scheduler says anything of them.
fn hold_for_other_schedulers(drafts: &mut [PodDraft], notes: &mut ClusterDiagnostics<'_>) {
    let mut said: BTreeMap<ObjectRef, (FieldRef, Text)> = BTreeMap::new();
    for draft in drafts.iter_mut().filter(|draft| matches!(draft.target, PodTarget::Anywhere | PodTarget::Only(_))) {
        let Some(name) = draft.pod.spec.scheduler_name.clone() else { continue };
        if !name.is_empty() && &*name != DEFAULT_SCHEDULER {
            draft.target = PodTarget::Unattended;
            let about = draft.pod.workload.as_ref().unwrap_or(&draft.pod.reference).clone();
            said.entry(about).or_insert_with(|| (draft.pod.field("spec.schedulerName"), name));
        }
    }
    for (field, scheduler) in said.into_values() {
        notes.say(field, Problem::OtherScheduler { scheduler });
    }
}

/// Over places of which the nodes say nothing nobody can spread pods.
fn say_not_modelled(drafts: &[PodDraft], nodes: &[&Node], notes: &mut ClusterDiagnostics<'_>) {
    let mut said: BTreeMap<FieldRef, Text> = BTreeMap::new();
    for PodDraft { pod, target, .. } in drafts {
        let constraints = pod.spec.topology_spread_constraints.iter().enumerate();
        for (index, constraint) in constraints.filter(|_| *target == PodTarget::Anywhere) {
            if spread::is_unknown(constraint, nodes) {
                let field = pod.field(&format!("spec.topologySpreadConstraints[{index}]"));
                said.insert(field, constraint.topology_key.clone());
            }
        }
    }
    for (field, key) in said {
        // Where nobody pasted a node, the label is all that is missing.
        let is_untold = nodes.iter().any(|node| node.may_have(&key));
        notes.say(field, if is_untold { Problem::NodeLabelAssumed { key } } else { Problem::FieldNotModelled });
    }
}

/// The nodes with what stands on them.
struct ScheduledNodes<'a> {
    all: Vec<&'a Node>,
    nodes: Vec<(&'a Node, NodeUsage)>,
    numbers: BTreeMap<&'a str, usize>,
    constraints: NodeConstraints,
    neighbours: InterPodAffinity<'a>,
    spread: TopologySpread,
    wishes: RequestCache,
}

/// What the pods on a node take of it.
struct NodeUsage {
    room: NodeRoom,
    host_ports: HostPorts,
}

/// Pods of one maker and one spec that may stand anywhere.
struct PodGroup {
    seed: ObjectRef,
    spec: Arc<PodSpec>,
    pods: Vec<usize>,
    /// Pods of the maker that stand already.
    kin: Vec<usize>,
    /// Whether nobody pasted the maker.
    supplied: bool,
    /// The value of its pods' PriorityClass.
    priority: i32,
}

/// The groups, system pods first (they have a priority class), then what is supplied, since it is taken to have been there
/// before, then in the order of their first pods.
fn pod_groups(drafts: &[PodDraft], supplied: &BTreeSet<ObjectRef>) -> Vec<PodGroup> {
    let mut groups: Vec<PodGroup> = Vec::new();
    let mut numbers: BTreeMap<(usize, *const PodSpec), usize> = BTreeMap::new();
    let mut kin: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    // 1. Pods to be placed, together where source and spec are the same; bound ones are only noted by source.
    for (number, draft) in drafts.iter().enumerate() {
        match (&draft.target, draft.source) {
            (PodTarget::Bound(_), _) if draft.gone => {}
            (PodTarget::Bound(_), Some(source)) => kin.entry(source).or_default().push(number),
            (PodTarget::Anywhere, source) => {
                let next = groups.len();
                let known = source.map(|source| *numbers.entry((source, Arc::as_ptr(&draft.pod.spec))).or_insert(next));
                match known.and_then(|known| groups.get_mut(known)) {
                    Some(group) => group.pods.push(number),
                    None => groups.push(PodGroup {
                        seed: draft.pod.owner.as_ref().unwrap_or(&draft.pod.reference).clone(),
                        spec: draft.pod.spec.clone(),
                        pods: vec![number],
                        kin: Vec::new(),
                        priority: draft.priority,
                        supplied: supplied.contains(draft.pod.workload.as_ref().unwrap_or(&draft.pod.reference)),
                    }),
                }
            }
            (
                PodTarget::Bound(_)
                | PodTarget::Only(_)
                | PodTarget::Nowhere(_)
                | PodTarget::Unattended
                | PodTarget::Done,
                _,
            ) => {}
        }
    }
    // 2. Each group learns of the pods of its source that already stand somewhere.
    for group in &mut groups {
        let source = group.pods.first().and_then(|number| drafts.get(*number)).and_then(|draft| draft.source);
        group.kin = source.and_then(|source| kin.get(&source)).cloned().unwrap_or_default();
    }
    // 3. Who has a higher priority drives out others (preemption), which comes to the same as being first.
    groups.order_by_key(|group| {
        let is_system = group.seed.namespace.as_deref() == Some("kube-system");
        (!is_system, !group.supplied, std::cmp::Reverse(group.priority))
    });
    groups
}

impl<'a> ScheduledNodes<'a> {
    fn new(drafts: &[PodDraft], nodes: &'a BTreeMap<Text, Node>, namespaces: &'a BTreeMap<Text, Arc<Labels>>) -> Self {
        let empty = |node| NodeUsage { room: NodeRoom::of(node), host_ports: HostPorts::default() };
        Self {
            all: nodes.values().collect(),
            nodes: nodes.values().map(|node| (node, empty(node))).collect(),
            numbers: nodes.keys().zip(0..).map(|(name, number)| (&**name, number)).into_map(),
            constraints: NodeConstraints::default(),
            neighbours: InterPodAffinity::new(drafts, namespaces),
            spread: TopologySpread::new(drafts),
            wishes: RequestCache::default(),
        }
    }

    /// Pods that name their node stand there, whatever the scheduler would say: those that have run first, then in the
    /// order in which they were made. The kubelet has a say (pkg/kubelet/lifecycle/predicate.go).
    fn stand_bound(&mut self, drafts: &mut [PodDraft], notes: &mut ClusterDiagnostics<'_>) {
        // 1. Who waits for the scheduler in vain.
        for draft in drafts.iter_mut() {
            match &draft.target {
                PodTarget::Nowhere(message) => {
                    let message = message.as_str().into();
                    leave_pending(draft, Some(message));
                }
                PodTarget::Unattended => leave_pending(draft, None),
                PodTarget::Bound(_) | PodTarget::Only(_) | PodTarget::Anywhere | PodTarget::Done => {}
            }
        }
        // 2. The others, each on the node it names.
        let mut lost: BTreeMap<ObjectRef, Text> = BTreeMap::new();
        let mut refused: BTreeMap<ObjectRef, (FieldRef, Text)> = BTreeMap::new();
        for number in bound_in_order(drafts) {
            let Some(draft) = drafts.get_mut(number) else { continue };
            let PodTarget::Bound(name) = draft.target.clone() else { continue };
            draft.pod.node = Some(name.clone());
            if draft.gone {
                continue;
            }
            let about = draft.pod.workload.as_ref().unwrap_or(&draft.pod.reference).clone();
            let Some(node) = self.numbers.get(&*name).copied() else {
                lost.entry(about).or_insert(name);
                if !draft.told {
                    (draft.pod.phase, draft.pod.ready) = (Phase::Pending, false);
                }
                continue;
            };
            match self.kubelet_objection(draft, node) {
                Some(reason) => {
                    refused.entry(about).or_insert_with(|| (draft.pod.field("spec.nodeName"), reason.clone()));
                    fail_refused(draft, reason);
                }
                None => self.stand(draft, number, node),
            }
        }
        // 3. What is to be said of them.
        for (about, node) in lost {
            notes.say(about.field("spec.nodeName"), Problem::UnknownNode { node });
        }
        for (field, reason) in refused.into_values() {
            notes.say(field, Problem::KubeletRefuses { reason });
        }
    }

    /// Why a node's kubelet doesn't take a pod that was bound past the scheduler, as the pod's status.reason
    /// (generalFilter, then the taints that evict). What has run was taken.
    fn kubelet_objection(&mut self, draft: &PodDraft, at: usize) -> Option<Text> {
        let (node, standing) = self.nodes.get(at).filter(|_| !draft.told)?;
        let short = standing.room.objections(&self.wishes.of(&draft.pod.spec));
        if let Some(first) = short.first() {
            let resource = first.strip_prefix("Insufficient ").unwrap_or("pods");
            return Some(format!("OutOf{resource}").into());
        }
        match () {
            () if !filter::is_wanted(node, &draft.pod.spec) => Some("NodeAffinity".into()),
            () if !standing.host_ports.are_free(&draft.pod.spec) => Some("NodePorts".into()),
            () if filter::evicting_taint(node, &draft.pod.spec).is_some() => Some(TAINT_TOLERATION.into()),
            () => None,
        }
    }

    fn stand(&mut self, draft: &PodDraft, number: usize, at: usize) {
        let Some((node, standing)) = self.nodes.get_mut(at) else { return };
        standing.room.take(&self.wishes.of(&draft.pod.spec));
        standing.host_ports.take(&draft.pod.spec);
        self.neighbours.stand(draft, number, node);
        self.spread.stand(draft, number, at);
    }

    fn place_daemons(&mut self, drafts: &mut [PodDraft]) {
        for (number, draft) in drafts.iter_mut().enumerate() {
            let PodTarget::Only(name) = &draft.target else { continue };
            let Some(at) = self.numbers.get(&**name).copied() else { continue };
            if draft.gone {
                draft.pod.node = Some(name.clone());
                continue;
            }
            self.neighbours.prepare(draft);
            self.spread.prepare(draft, &self.all);
            let objections = self.dynamic_objections(draft, at);
            if objections.is_empty() {
                draft.pod.node = Some(name.clone());
                self.stand(draft, number, at);
                continue;
            }
            let mut rejections = NodeRejections::default();
            objections.iter().for_each(|reason| rejections.add(reason, 1));
            rejections.add(filter::NODE_AFFINITY, self.nodes.len() - 1);
            leave_pending(draft, Some(rejections.message(self.nodes.len()).into()));
        }
    }

    /// What depends on the pods that already stand: host ports, room, other pods. The first of the scheduler's plugins
    /// that objects has said all it has to say.
    fn dynamic_objections(&mut self, draft: &PodDraft, at: usize) -> Vec<Text> {
        let Some((node, standing)) = self.nodes.get(at) else { return Vec::new() };
        if !standing.host_ports.are_free(&draft.pod.spec) {
            return vec!["node(s) didn't have free ports for the requested pod ports".into()];
        }
        let short = standing.room.objections(&self.wishes.of(&draft.pod.spec));
        if !short.is_empty() {
            return short;
        }
        let others = self.spread.objection(node).or_else(|| self.neighbours.objection(draft, node));
        others.map(Text::from).into_iter().collect()
    }

    /// Goes round the nodes that the template allows, once per pod of the workload on each. A pod has the node of its own
    /// number, so that none moves when another goes; only where that has no room for it does it take the next that has.
    fn place_group(&mut self, drafts: &mut [PodDraft], group: &PodGroup) {
        // 1. The node of each number.
        let feasible = self.constraints.feasible(&group.spec, &self.all);
        let before = self.standing(drafts, &group.kin);
        let seed = [&*group.seed.kind, group.seed.namespace.as_deref().unwrap_or_default(), &group.seed.name];
        // Before it becomes a usize, which has 32 bits in the page and 64 in the command line.
        let start = (hash::seeded_draw(&seed, 0) % feasible.nodes.len().max(1) as u64) as usize;
        let order = numbered(drafts, &group.pods);
        let last = order.last().map_or(0, |(number, _)| *number);
        let round = feasible.nodes.iter().cycle().skip(start).copied();
        let preferred: Vec<usize> = passing_over(round.clone(), before).take(last + 1).collect();
        // 2. Each pod there, or on the next node that takes it.
        let mut others = round;
        let mut message: Option<Text> = None;
        if let Some(first) = group.pods.first().and_then(|number| drafts.get(*number)) {
            self.spread.prepare(first, &self.all);
        }
        for (number, index) in order {
            let Some(draft) = drafts.get_mut(index) else { continue };
            let own = preferred.get(number).copied();
            if draft.gone {
                draft.pod.node = own.and_then(|at| self.nodes.get(at)).map(|(node, _)| node.name.clone());
                continue;
            }
            if message.is_none() {
                self.neighbours.prepare(draft);
            }
            let found = match (&message, own) {
                (None, Some(own)) if self.dynamic_objections(draft, own).is_empty() => Some(own),
                (None, Some(_)) => self.next_node(draft, &mut others, feasible.nodes.len()),
                (Some(_), _) | (_, None) => None,
            };
            match found.and_then(|at| Some((at, self.nodes.get(at)?.0.name.clone()))) {
                Some((at, name)) => {
                    draft.pod.node = Some(name);
                    self.stand(draft, index, at);
                }
                None => {
                    let message = message.get_or_insert_with(|| self.message(draft, &feasible)).clone();
                    leave_pending(draft, Some(message));
                }
            }
        }
    }

    /// How many pods of the workload stand on each node already.
    fn standing(&self, drafts: &[PodDraft], kin: &[usize]) -> BTreeMap<usize, usize> {
        let mut standing = BTreeMap::new();
        for number in kin {
            let node = drafts.get(*number).and_then(|draft| draft.pod.node.as_deref());
            if let Some(node) = node.and_then(|name| self.numbers.get(name)) {
                *standing.entry(*node).or_default() += 1;
            }
        }
        standing
    }

    /// The next node of the round that takes the pod.
    fn next_node(&mut self, draft: &PodDraft, round: &mut impl Iterator<Item = usize>, length: usize) -> Option<usize> {
        round.take(length).find(|at| self.dynamic_objections(draft, *at).is_empty())
    }

    fn message(&mut self, draft: &PodDraft, feasible: &filter::FeasibleNodes) -> Text {
        let mut rejections = feasible.rejections.clone();
        for at in &feasible.nodes {
            self.dynamic_objections(draft, *at).iter().for_each(|reason| rejections.add(reason, 1));
        }
        rejections.message(self.nodes.len()).into()
    }
}

/// Pods with their numbers, the lowest first: those that have none, pasted ones, before all others.
fn numbered(drafts: &[PodDraft], pods: &[usize]) -> Vec<(usize, usize)> {
    let number = |index: &usize| drafts.get(*index).and_then(|draft| draft.number);
    let (own, without): (Vec<usize>, Vec<usize>) = pods.iter().copied().partition(|index| number(index).is_some());
    let first = without.len();
    let behind = own.iter().map(|index| {
        let number = number(index).and_then(|number| usize::try_from(number).ok()).unwrap_or(0);
        (first + number.min(2 * MAX_PODS), *index)
    });
    let mut all: Vec<(usize, usize)> = without.into_iter().enumerate().chain(behind).collect();
    all.order();
    all
}

/// A round over nodes that passes over each as often as it has pods already.
fn passing_over(round: impl Iterator<Item = usize>, mut before: BTreeMap<usize, usize>) -> impl Iterator<Item = usize> {
    round.filter(move |at| match before.get_mut(at).filter(|count| **count > 0) {
        Some(count) => {
            *count -= 1;
            false
        }
        None => true,
    })
}

/// The pods that name their node, in the order in which its kubelet got them.
fn bound_in_order(drafts: &[PodDraft]) -> Vec<usize> {
    let bound = drafts.iter().enumerate().filter(|(_, draft)| matches!(draft.target, PodTarget::Bound(_)));
    let mut numbers: Vec<usize> = bound.map(|(number, _)| number).collect();
    numbers.order_by_key(|number| drafts.get(*number).map(|draft| (!draft.told, draft.since.clone(), *number)));
    numbers
}

/// A pod that its kubelet refuses has failed, and never gets an address.
fn fail_refused(draft: &mut PodDraft, reason: Text) {
    (draft.pod.phase, draft.pod.ready, draft.target) = (Phase::Failed, false, PodTarget::Done);
    draft.pod.refused_because = Some(reason);
}

/// A pod without node has no address and isn't ready.
fn leave_pending(draft: &mut PodDraft, message: Option<Text>) {
    let pod = &mut draft.pod;
    pod.node = None;
    pod.phase = Phase::Pending;
    pod.ready = false;
    pod.addresses.clear();
    pod.pending_because = message;
}

/// One finding for each workload with pods that have no node.
fn say_pending(drafts: &[PodDraft], notes: &mut ClusterDiagnostics<'_>) {
    let mut pending: BTreeMap<&ObjectRef, (usize, &Text)> = BTreeMap::new();
    for PodDraft { pod, .. } in drafts.iter().filter(|draft| !draft.gone) {
        if let Some(message) = &pod.pending_because {
            let about = pod.workload.as_ref().unwrap_or(&pod.reference);
            pending.entry(about).or_insert((0, message)).0 += 1;
        }
    }
    for (about, (pods, message)) in pending {
        notes.say(about.field(""), Problem::Unschedulable { pods, message: message.to_string() });
    }
}
