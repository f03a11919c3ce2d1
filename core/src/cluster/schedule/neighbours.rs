//! Required affinity and anti-affinity between pods (scheduler, InterPodAffinity).
//!
//! A cluster in which no pod asks for either costs nothing here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::label_index::LabelIndex;
use super::super::node::Node;
use super::super::pod_draft::PodDraft;
use crate::model::{LabelSelector, Labels, PodAffinityTerm, PodSpec, Text};
use crate::order::Gather;

/// The pods that stand, as far as others care.
pub(super) struct InterPodAffinity<'a> {
    /// The labels of each namespace.
    namespaces: &'a BTreeMap<Text, Arc<Labels>>,
    /// None if no pod cares.
    index: Option<LabelIndex>,
    /// The node's labels of each pod that stands.
    standing: BTreeMap<usize, Arc<Labels>>,
    /// Templates with anti-affinity that stand, and the labels of their nodes.
    averse: Vec<AntiAffinityTerm>,
    /// What holds for the pods that are being placed.
    current: CurrentPodTerms,
}

struct AntiAffinityTerm {
    spec: Arc<PodSpec>,
    namespace: Text,
    terms: Vec<AffinityTerm>,
    nodes: Vec<Arc<Labels>>,
}

/// The places that the pods being placed may not or must stand in.
#[derive(Default)]
struct CurrentPodTerms {
    /// Own anti-affinity, by term.
    shunned: Vec<TopologyCounts>,
    /// Others' anti-affinity.
    closed: Vec<TopologyCounts>,
    /// Own affinity, by term.
    sought: Vec<TopologyCounts>,
    /// Own affinity can only be met by oneself, and is.
    is_first: bool,
}

/// A term, with the namespaces that it means.
struct AffinityTerm {
    namespaces: BTreeSet<Text>,
    selector: Option<LabelSelector>,
    key: Text,
}

impl AffinityTerm {
    /// Those named, and those that the selector selects; without either the pod's own (framework/types.go,
    /// newAffinityTerm and mergeAffinityTermNamespacesIfNotEmpty).
    fn of(term: &PodAffinityTerm, own: &str, all: &BTreeMap<Text, Arc<Labels>>) -> Self {
        let mut namespaces: BTreeSet<Text> = term.namespaces.iter().cloned().into_set();
        if let Some(selector) = &term.namespace_selector {
            let selected = all.iter().filter(|(_, labels)| selector.matches(labels));
            namespaces.extend(selected.map(|(name, _)| name.clone()));
        } else if namespaces.is_empty() {
            namespaces.insert(own.into());
        }
        Self { namespaces, selector: term.label_selector.clone(), key: term.topology_key.clone() }
    }

    fn selects(&self, namespace: &str, labels: &Labels) -> bool {
        let selects = |selector: &LabelSelector| selector.matches(labels);
        self.namespaces.contains(namespace) && self.selector.as_ref().is_some_and(selects)
    }
}

/// The values of a node label.
struct TopologyCounts {
    key: Text,
    values: BTreeSet<Text>,
}

impl TopologyCounts {
    fn hold(&self, node: &Labels) -> bool {
        node.get(&self.key).is_some_and(|value| self.values.contains(value))
    }
}

impl<'a> InterPodAffinity<'a> {
    /// Indexes the pods if any of them cares.
    pub fn new(drafts: &[PodDraft], namespaces: &'a BTreeMap<Text, Arc<Labels>>) -> Self {
        let cares = |draft: &PodDraft| {
            let affinity = &draft.pod.spec.affinity;
            !affinity.pod_affinity.required.is_empty() || !affinity.pod_anti_affinity.required.is_empty()
        };
        let pods =
            || drafts.iter().enumerate().map(|(number, PodDraft { pod, .. })| (number, pod.namespace(), &pod.labels));
        Self {
            namespaces,
            index: drafts.iter().any(cares).then(|| LabelIndex::new(pods())),
            standing: BTreeMap::new(),
            averse: Vec::new(),
            current: CurrentPodTerms::default(),
        }
    }

    pub fn stand(&mut self, draft: &PodDraft, number: usize, node: &Node) {
        if self.index.is_none() {
            return;
        }
        self.standing.insert(number, node.labels.clone());
        let terms = &draft.pod.spec.affinity.pod_anti_affinity.required;
        if !terms.is_empty() {
            let same = |averse: &&mut AntiAffinityTerm| {
                Arc::ptr_eq(&averse.spec, &draft.pod.spec) && *averse.namespace == *draft.pod.namespace()
            };
            match self.averse.iter_mut().find(same) {
                Some(averse) => averse.nodes.push(node.labels.clone()),
                None => self.averse.push(AntiAffinityTerm {
                    spec: draft.pod.spec.clone(),
                    namespace: draft.pod.namespace().into(),
                    terms: self.terms(draft, terms),
                    nodes: vec![node.labels.clone()],
                }),
            }
        }
    }

    /// Looks up what holds for a pod before it is placed.
    pub fn prepare(&mut self, draft: &PodDraft) {
        let Some(index) = &self.index else { return };
        let affinity = &draft.pod.spec.affinity;
        let wanted = self.terms(draft, &affinity.pod_affinity.required);
        let sought: Vec<TopologyCounts> = wanted.iter().map(|term| self.places(index, term)).collect();
        let shunned = self.terms(draft, &affinity.pod_anti_affinity.required);
        let shunned = shunned.iter().map(|term| self.places(index, term)).collect();
        let own = |term: &AffinityTerm| term.selects(draft.pod.namespace(), &draft.pod.labels);
        let is_first = sought.iter().all(|places| places.values.is_empty()) && wanted.iter().all(own);
        self.current = CurrentPodTerms { shunned, closed: self.closed(draft), sought, is_first };
    }

    fn terms(&self, draft: &PodDraft, terms: &[PodAffinityTerm]) -> Vec<AffinityTerm> {
        terms.iter().map(|term| AffinityTerm::of(term, draft.pod.namespace(), self.namespaces)).collect()
    }

    /// Where the pods stand that a term selects.
    fn places(&self, index: &LabelIndex, term: &AffinityTerm) -> TopologyCounts {
        let mut values = BTreeSet::new();
        for (namespace, selector) in term.namespaces.iter().zip(term.selector.iter().cycle()) {
            let pods = index.matching(namespace, selector);
            let nodes = pods.iter().filter_map(|number| self.standing.get(number));
            values.extend(nodes.filter_map(|node| node.get(&term.key).cloned()));
        }
        TopologyCounts { key: term.key.clone(), values }
    }

    fn closed(&self, draft: &PodDraft) -> Vec<TopologyCounts> {
        let mut closed = Vec::new();
        for averse in &self.averse {
            for term in averse.terms.iter().filter(|term| term.selects(draft.pod.namespace(), &draft.pod.labels)) {
                let values = averse.nodes.iter().filter_map(|node| node.get(&term.key).cloned());
                closed.push(TopologyCounts { key: term.key.clone(), values: values.into_set() });
            }
        }
        closed
    }

    /// Why the pod that was prepared can't stand on a node (interpodaffinity/filtering.go, in its order).
    pub fn objection(&self, draft: &PodDraft, node: &Node) -> Option<&'static str> {
        self.index.as_ref()?;
        let CurrentPodTerms { shunned, closed, sought, is_first } = &self.current;
        let has_keys = draft.pod.spec.affinity.pod_affinity.required.iter();
        let mut has_keys = has_keys.map(|term| node.labels.contains_key(&term.topology_key));
        let is_near = sought.iter().all(|places| places.hold(&node.labels)) || (*is_first && has_keys.all(|has| has));
        if !is_near {
            Some("node(s) didn't match pod affinity rules")
        } else if shunned.iter().any(|places| places.hold(&node.labels)) {
            Some("node(s) didn't match pod anti-affinity rules")
        } else if closed.iter().any(|places| places.hold(&node.labels)) {
            Some("node(s) didn't satisfy existing pods anti-affinity rules")
        } else {
            None
        }
    }
}
