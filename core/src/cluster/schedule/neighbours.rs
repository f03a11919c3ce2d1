//! Required affinity and anti-affinity between pods (scheduler, InterPodAffinity).
//!
//! A cluster in which no pod asks for either costs nothing here. The places of a term follow each pod that stands, so that pods
//! with the same term don't look for them anew.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::label_index::LabelIndex;
use super::super::node::Node;
use super::super::pod_draft::PodDraft;
use super::super::selector_index::SelectorIndex;
use crate::model::{LabelSelector, Labels, PodAffinityTerm, Text};
use crate::order::Gather;

/// The pods that stand, as far as others care.
pub(super) struct InterPodAffinity<'a> {
    /// The labels of each namespace.
    namespaces: &'a BTreeMap<Text, Arc<Labels>>,
    /// None if no pod cares.
    index: Option<LabelIndex>,
    /// The node's labels of each pod that stands.
    standing: BTreeMap<usize, Arc<Labels>>,
    /// Where the pods stand that a term selects.
    selected: TermTable,
    /// Where the pods stand that have a term of anti-affinity.
    averse: TermTable,
    /// What holds for the pods that are being placed.
    current: CurrentPodTerms,
}

/// Terms with places, each once.
#[derive(Default)]
struct TermTable {
    terms: Vec<TermPlaces>,
    /// By what they say, and the namespace of the pod that says it.
    numbers: BTreeMap<String, usize>,
    selectors: SelectorIndex,
}

/// A term, and values of its node label.
struct TermPlaces {
    term: AffinityTerm,
    values: BTreeSet<Text>,
}

/// The terms, by number, whose places the pods being placed may not or must stand in.
#[derive(Default)]
struct CurrentPodTerms {
    /// Own anti-affinity.
    shunned: Vec<usize>,
    /// Others' anti-affinity.
    closed: Vec<usize>,
    /// Own affinity.
    sought: Vec<usize>,
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

impl TermPlaces {
    fn add(&mut self, node: &Labels) {
        self.values.extend(node.get(&self.term.key).cloned());
    }

    fn hold(&self, node: &Labels) -> bool {
        node.get(&self.term.key).is_some_and(|value| self.values.contains(value))
    }
}

impl TermTable {
    /// The number of a pod's term; a new one has the places that are given.
    fn number(
        &mut self,
        term: &PodAffinityTerm,
        own: &str,
        all: &BTreeMap<Text, Arc<Labels>>,
        places: impl FnOnce(&AffinityTerm) -> BTreeSet<Text>,
    ) -> usize {
        let name = format!("{:?}", (own, term));
        if let Some(known) = self.numbers.get(&name) {
            return *known;
        }
        let (number, term) = (self.terms.len(), AffinityTerm::of(term, own, all));
        self.selectors.insert(number, term.selector.as_ref());
        self.terms.push(TermPlaces { values: places(&term), term });
        self.numbers.insert(name, number);
        number
    }

    /// The numbers of the terms that select a pod.
    fn selecting(&self, draft: &PodDraft) -> Vec<usize> {
        let (namespace, labels) = (draft.pod.namespace(), &draft.pod.labels);
        let selects = |number: &usize| self.terms.get(*number).is_some_and(|it| it.term.selects(namespace, labels));
        self.selectors.candidates(labels).filter(selects).collect()
    }

    fn add(&mut self, number: usize, node: &Labels) {
        if let Some(places) = self.terms.get_mut(number) {
            places.add(node);
        }
    }

    /// Whether a node is in the places of a term.
    fn hold(&self, number: usize, node: &Labels) -> bool {
        self.terms.get(number).is_some_and(|places| places.hold(node))
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
            selected: TermTable::default(),
            averse: TermTable::default(),
            current: CurrentPodTerms::default(),
        }
    }

    pub fn stand(&mut self, draft: &PodDraft, number: usize, node: &Node) {
        if self.index.is_none() {
            return;
        }
        self.standing.insert(number, node.labels.clone());
        for selecting in self.selected.selecting(draft) {
            self.selected.add(selecting, &node.labels);
        }
        for term in &draft.pod.spec.affinity.pod_anti_affinity.required {
            let number = self.averse.number(term, draft.pod.namespace(), self.namespaces, |_| BTreeSet::new());
            self.averse.add(number, &node.labels);
        }
    }

    /// Looks up what holds for a pod before it is placed.
    pub fn prepare(&mut self, draft: &PodDraft) {
        if self.index.is_none() {
            return;
        }
        let affinity = &draft.pod.spec.affinity;
        let sought = self.numbers(draft, &affinity.pod_affinity.required);
        let shunned = self.numbers(draft, &affinity.pod_anti_affinity.required);
        let mut wanted = sought.iter().filter_map(|number| self.selected.terms.get(*number));
        let is_first =
            wanted.all(|it| it.values.is_empty() && it.term.selects(draft.pod.namespace(), &draft.pod.labels));
        self.current = CurrentPodTerms { shunned, closed: self.averse.selecting(draft), sought, is_first };
    }

    /// The numbers of a pod's terms; a new one learns where the pods stand that it selects.
    fn numbers(&mut self, draft: &PodDraft, terms: &[PodAffinityTerm]) -> Vec<usize> {
        let (index, standing) = (&self.index, &self.standing);
        let places = |term: &AffinityTerm| {
            let mut values = BTreeSet::new();
            for (namespace, selector) in term.namespaces.iter().zip(term.selector.iter().cycle()) {
                let pods = index.iter().flat_map(|index| index.matching(namespace, selector));
                let nodes = pods.filter_map(|number| standing.get(&number));
                values.extend(nodes.filter_map(|node| node.get(&term.key).cloned()));
            }
            values
        };
        let own = draft.pod.namespace();
        terms.iter().map(|term| self.selected.number(term, own, self.namespaces, places)).collect()
    }

    /// Why the pod that was prepared can't stand on a node (interpodaffinity/filtering.go, in its order).
    pub fn objection(&self, draft: &PodDraft, node: &Node) -> Option<&'static str> {
        self.index.as_ref()?;
        let CurrentPodTerms { shunned, closed, sought, is_first } = &self.current;
        let has_keys = draft.pod.spec.affinity.pod_affinity.required.iter();
        let mut has_keys = has_keys.map(|term| node.labels.contains_key(&term.topology_key));
        let selected = |number: &usize| self.selected.hold(*number, &node.labels);
        let is_near = sought.iter().all(selected) || (*is_first && has_keys.all(|has| has));
        if !is_near {
            Some("node(s) didn't match pod affinity rules")
        } else if shunned.iter().any(selected) {
            Some("node(s) didn't match pod anti-affinity rules")
        } else if closed.iter().any(|number| self.averse.hold(*number, &node.labels)) {
            Some("node(s) didn't satisfy existing pods anti-affinity rules")
        } else {
            None
        }
    }
}
