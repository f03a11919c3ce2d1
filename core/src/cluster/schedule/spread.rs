//! How evenly pods must be spread over places (scheduler, PodTopologySpread): constraints that say DoNotSchedule.
//!
//! ScheduleAnyway only scores. A cluster in which no pod has a constraint costs nothing here. What a constraint counts is
//! kept and follows each pod that stands, so that templates with the same constraint don't count anew.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::super::label_index::LabelIndex;
use super::super::node::Node;
use super::super::pod_draft::PodDraft;
use super::super::selector_index::SelectorIndex;
use super::filter;
use crate::model::{LabelSelector, Labels, PodSpec, Text, TopologySpreadConstraint};

/// The pods that stand, and what the constraints make of them.
#[derive(Default)]
pub(super) struct TopologySpread {
    /// None if no pod has a constraint.
    index: Option<LabelIndex>,
    /// The node's number of each pod that stands and isn't about to go.
    standing: BTreeMap<usize, usize>,
    /// Whether the nodes tell of a label's places.
    known_keys: BTreeMap<Text, bool>,
    /// The nodes that count, by what decides that.
    domains: BTreeMap<String, Rc<CountedNodes>>,
    /// What was counted so far, and where to find it.
    counts: Vec<DomainCount>,
    numbers: BTreeMap<String, usize>,
    selectors: SelectorIndex,
    /// The constraints of the pods being placed.
    current: Vec<CurrentConstraint>,
}

/// The nodes that count for a constraint.
struct CountedNodes {
    /// The place of each, by the node's number.
    places: BTreeMap<usize, Text>,
    /// How many places that are.
    distinct: usize,
}

/// The pods that count for a constraint, by place.
struct DomainCount {
    namespace: Text,
    selector: Option<LabelSelector>,
    nodes: Rc<CountedNodes>,
    /// The pods of each place that has some.
    pods: BTreeMap<Text, i64>,
    /// How many places have so many pods.
    places: BTreeMap<i64, usize>,
}

/// A constraint of the pods being placed.
struct CurrentConstraint {
    key: Text,
    max_skew: i64,
    min_domains: Option<i32>,
    /// Whether such a pod counts itself.
    is_self: bool,
    /// Its number among the counts.
    count: usize,
}

const UNEVEN: &str = "node(s) didn't match pod topology spread constraints";
const UNLABELLED: &str = "node(s) didn't match pod topology spread constraints (missing required label)";

fn is_strict(constraint: &TopologySpreadConstraint) -> bool {
    &*constraint.when_unsatisfiable != "ScheduleAnyway"
}

/// As far as the nodes tell of the places: where nobody pasted nodes, labels that no node has aren't known.
fn is_known(key: &str, nodes: &[&Node]) -> bool {
    !nodes.iter().any(|node| node.may_have(key))
}

/// Whether a constraint counts, and the nodes don't tell of its places.
pub(super) fn is_unknown(constraint: &TopologySpreadConstraint, nodes: &[&Node]) -> bool {
    is_strict(constraint) && !is_known(&constraint.topology_key, nodes)
}

impl TopologySpread {
    /// Indexes the pods if any of them has a constraint.
    pub fn new(drafts: &[PodDraft]) -> Self {
        let has = |draft: &PodDraft| draft.pod.spec.topology_spread_constraints.iter().any(is_strict);
        let pods =
            || drafts.iter().enumerate().map(|(number, PodDraft { pod, .. })| (number, pod.namespace(), &pod.labels));
        Self { index: drafts.iter().any(has).then(|| LabelIndex::new(pods())), ..Self::default() }
    }

    pub fn stand(&mut self, draft: &PodDraft, number: usize, at: usize) {
        if self.index.is_none() || draft.pod.terminating {
            return;
        }
        self.standing.insert(number, at);
        for candidate in self.selectors.candidates(&draft.pod.labels) {
            if let Some(count) = self.counts.get_mut(candidate)
                && count.selects(draft.pod.namespace(), &draft.pod.labels)
            {
                count.add(at);
            }
        }
    }

    /// Looks up what stands, before the pods of a template are placed (filtering.go, calPreFilterState).
    pub fn prepare(&mut self, draft: &PodDraft, nodes: &[&Node]) {
        if self.index.is_none() {
            return;
        }
        let constraints = self.hard_constraints(&draft.pod.spec, nodes);
        let keys: Vec<&Text> = constraints.iter().map(|constraint| &constraint.topology_key).collect();
        self.current = Vec::with_capacity(constraints.len());
        for constraint in &constraints {
            let selector = selector(constraint, &draft.pod.labels);
            let is_self = selector.as_ref().is_some_and(|selector| selector.matches(&draft.pod.labels));
            let count = self.count(draft, selector, constraint, &keys, nodes);
            self.current.push(CurrentConstraint {
                key: constraint.topology_key.clone(),
                max_skew: i64::from(constraint.max_skew),
                min_domains: constraint.min_domains,
                is_self,
                count,
            });
        }
    }

    /// The constraints of a pod that can keep it from a node.
    fn hard_constraints<'s>(&mut self, spec: &'s PodSpec, nodes: &[&Node]) -> Vec<&'s TopologySpreadConstraint> {
        let strict = spec.topology_spread_constraints.iter().filter(|constraint| is_strict(constraint));
        let known = strict.filter(|constraint| {
            let key = &constraint.topology_key;
            *self.known_keys.entry(key.clone()).or_insert_with(|| is_known(key, nodes))
        });
        known.collect()
    }

    /// The number of what a constraint counts: known from another pod, or counted now.
    fn count(
        &mut self,
        draft: &PodDraft,
        selector: Option<LabelSelector>,
        constraint: &TopologySpreadConstraint,
        keys: &[&Text],
        nodes: &[&Node],
    ) -> usize {
        // 1. The nodes that count, and what is counted on them.
        let spec = &draft.pod.spec;
        let policies = (&constraint.node_affinity_policy, &constraint.node_taints_policy);
        let asks = (&spec.node_selector, &spec.affinity.node_affinity, &spec.tolerations);
        let domain = format!("{:?}", (&constraint.topology_key, keys, policies, asks));
        let name = format!("{:?}", (draft.pod.namespace(), &selector, &domain));
        if let Some(known) = self.numbers.get(&name) {
            return *known;
        }
        let counted = self.domains.entry(domain);
        let counted = counted.or_insert_with(|| Rc::new(CountedNodes::of(spec, constraint, keys, nodes))).clone();
        // 2. The pods that stand there.
        let matching = match (&self.index, &selector) {
            (Some(index), Some(selector)) => index.matching(draft.pod.namespace(), selector),
            _ => Vec::new(),
        };
        let mut count = DomainCount {
            namespace: draft.pod.namespace().into(),
            selector,
            nodes: counted,
            pods: BTreeMap::new(),
            places: BTreeMap::new(),
        };
        matching.into_iter().filter_map(|pod| self.standing.get(&pod)).for_each(|at| count.add(*at));
        // 3. It follows what will stand.
        let number = self.counts.len();
        self.selectors.insert(number, count.selector.as_ref());
        self.counts.push(count);
        self.numbers.insert(name, number);
        number
    }

    /// Why the pods that were prepared can't stand on a node (filtering.go, Filter).
    pub fn objection(&self, node: &Node) -> Option<&'static str> {
        self.current.iter().find_map(|constraint| {
            let Some(place) = node.labels.get(&constraint.key) else { return Some(UNLABELLED) };
            let count = self.counts.get(constraint.count)?;
            let least = if constraint.min_domains.is_some_and(|least| (count.nodes.distinct as i64) < i64::from(least))
            {
                0
            } else {
                count.emptiest()
            };
            let own = count.pods.get(place).copied().unwrap_or(0) + i64::from(constraint.is_self);
            (own - least > constraint.max_skew).then_some(UNEVEN)
        })
    }
}

impl CountedNodes {
    /// Nodes that have all keys, and that the policies include.
    fn of(spec: &PodSpec, constraint: &TopologySpreadConstraint, keys: &[&Text], nodes: &[&Node]) -> Self {
        let counts = |node: &Node| {
            keys.iter().all(|key| node.labels.contains_key(*key)) && filter::is_included(node, spec, constraint)
        };
        let counted = nodes.iter().enumerate().filter(|(_, node)| counts(node));
        let places: BTreeMap<usize, Text> =
            counted.filter_map(|(at, node)| Some((at, node.labels.get(&constraint.topology_key)?.clone()))).collect();
        let distinct = places.values().collect::<std::collections::BTreeSet<_>>().len();
        Self { places, distinct }
    }
}

impl DomainCount {
    fn selects(&self, namespace: &str, labels: &Arc<Labels>) -> bool {
        *self.namespace == *namespace && self.selector.as_ref().is_some_and(|selector| selector.matches(labels))
    }

    /// One pod more on a node.
    fn add(&mut self, at: usize) {
        let Some(place) = self.nodes.places.get(&at) else { return };
        let pods = self.pods.entry(place.clone()).or_default();
        if let Some(places) = self.places.get_mut(pods) {
            *places -= 1;
            if *places == 0 {
                self.places.remove(pods);
            }
        }
        *pods += 1;
        *self.places.entry(*pods).or_default() += 1;
    }

    /// How many pods the place with the fewest has.
    fn emptiest(&self) -> i64 {
        let fewest = self.places.keys().next().copied().unwrap_or(0);
        if self.pods.len() < self.nodes.distinct { 0 } else { fewest }
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
