//! How evenly pods must be spread over places (scheduler, PodTopologySpread): constraints that say DoNotSchedule.
//!
//! ScheduleAnyway only scores. A cluster in which no pod has a constraint costs nothing here.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::label_index::LabelIndex;
use super::super::node::Node;
use super::super::pod_draft::PodDraft;
use super::filter;
use crate::model::{LabelSelector, Labels, PodSpec, Text, TopologySpreadConstraint};

/// The pods that stand, and what the constraints make of them.
#[derive(Default)]
pub(super) struct TopologySpread {
    /// None if no pod has a constraint.
    index: Option<LabelIndex>,
    /// The node's number of each pod that stands and isn't about to go.
    standing: BTreeMap<usize, usize>,
    /// The constraints of the pods being placed.
    current: Vec<DomainCount>,
}

/// A constraint with the pods that count, by place.
struct DomainCount {
    constraint: TopologySpreadConstraint,
    selector: Option<LabelSelector>,
    namespace: Text,
    places: BTreeMap<Text, i64>,
    /// Whether the pod being placed would count itself.
    is_self: bool,
}

const UNEVEN: &str = "node(s) didn't match pod topology spread constraints";
const UNLABELLED: &str = "node(s) didn't match pod topology spread constraints (missing required label)";

/// The constraints of a pod that can keep it from a node, as far as the nodes tell of the places: where nobody pasted
/// nodes, labels that no node has aren't known.
fn hard_constraints<'s>(spec: &'s PodSpec, nodes: &[&Node]) -> Vec<&'s TopologySpreadConstraint> {
    spec.topology_spread_constraints
        .iter()
        .filter(|constraint| is_strict(constraint) && is_known(constraint, nodes))
        .collect()
}

fn is_strict(constraint: &TopologySpreadConstraint) -> bool {
    &*constraint.when_unsatisfiable != "ScheduleAnyway"
}

fn is_known(constraint: &TopologySpreadConstraint, nodes: &[&Node]) -> bool {
    !nodes.iter().any(|node| node.may_have(&constraint.topology_key))
}

/// Whether a constraint counts, and the nodes don't tell of its places.
pub(super) fn is_unknown(constraint: &TopologySpreadConstraint, nodes: &[&Node]) -> bool {
    is_strict(constraint) && !is_known(constraint, nodes)
}

impl TopologySpread {
    /// Indexes the pods if any of them has a constraint.
    pub fn new(drafts: &[PodDraft]) -> Self {
        let has = |draft: &PodDraft| draft.pod.spec.topology_spread_constraints.iter().any(is_strict);
        let pods =
            || drafts.iter().enumerate().map(|(number, PodDraft { pod, .. })| (number, pod.namespace(), &pod.labels));
        Self { index: drafts.iter().any(has).then(|| LabelIndex::new(pods())), ..Self::default() }
    }

    pub fn stand(&mut self, draft: &PodDraft, number: usize, at: usize, node: &Node) {
        if self.index.is_none() || draft.pod.terminating {
            return;
        }
        self.standing.insert(number, at);
        for counted in &mut self.current {
            if counted.selects(draft.pod.namespace(), &draft.pod.labels) {
                let place = node.labels.get(&counted.constraint.topology_key);
                if let Some(count) = place.and_then(|place| counted.places.get_mut(place)) {
                    *count += 1;
                }
            }
        }
    }

    /// Counts what stands, before the pods of a template are placed (filtering.go, calPreFilterState).
    pub fn prepare(&mut self, draft: &PodDraft, nodes: &[&Node]) {
        let Some(index) = &self.index else { return };
        let constraints = hard_constraints(&draft.pod.spec, nodes);
        let has_keys = |node: &Node| constraints.iter().all(|one| node.labels.contains_key(&one.topology_key));
        let counted = constraints.iter().map(|constraint| {
            let selector = selector(constraint, &draft.pod.labels);
            let mut places: BTreeMap<Text, i64> = BTreeMap::new();
            let counts = |node: &Node| has_keys(node) && filter::is_included(node, &draft.pod.spec, constraint);
            for node in nodes.iter().filter(|node| counts(node)) {
                places.extend(node.labels.get(&constraint.topology_key).map(|place| (place.clone(), 0)));
            }
            let pods = selector.iter().flat_map(|selector| index.matching(draft.pod.namespace(), selector));
            let homes = pods.filter_map(|pod| nodes.get(*self.standing.get(&pod)?).copied());
            for home in homes.filter(|node| counts(node)) {
                let place = home.labels.get(&constraint.topology_key);
                if let Some(count) = place.and_then(|place| places.get_mut(place)) {
                    *count += 1;
                }
            }
            let is_self = selector.as_ref().is_some_and(|selector| selector.matches(&draft.pod.labels));
            let namespace = draft.pod.namespace().into();
            DomainCount { constraint: (*constraint).clone(), selector, namespace, places, is_self }
        });
        self.current = counted.collect();
    }

    /// Why the pods that were prepared can't stand on a node (filtering.go, Filter).
    pub fn objection(&self, node: &Node) -> Option<&'static str> {
        self.current.iter().find_map(|counted| match node.labels.get(&counted.constraint.topology_key) {
            None => Some(UNLABELLED),
            Some(place) => (counted.skew(place) > i64::from(counted.constraint.max_skew)).then_some(UNEVEN),
        })
    }
}

impl DomainCount {
    fn selects(&self, namespace: &str, labels: &Arc<Labels>) -> bool {
        *self.namespace == *namespace && self.selector.as_ref().is_some_and(|selector| selector.matches(labels))
    }

    /// By how much a place would be ahead of the emptiest with one more pod.
    fn skew(&self, place: &Text) -> i64 {
        let is_too_few = self.constraint.min_domains.is_some_and(|least| (self.places.len() as i64) < i64::from(least));
        let emptiest = if is_too_few { 0 } else { self.places.values().copied().min().unwrap_or(0) };
        self.places.get(place).copied().unwrap_or(0) + i64::from(self.is_self) - emptiest
    }
}

/// The pods that count; None: none. Those of one roll-out are told by labels that the pod shares with them.
fn selector(constraint: &TopologySpreadConstraint, labels: &Labels) -> Option<LabelSelector> {
    let mut selector = constraint.label_selector.clone()?;
    for key in &constraint.match_label_keys {
        if let Some(value) = labels.get(key) {
            selector.match_labels.insert(key.clone(), value.clone());
        }
    }
    Some(selector)
}
