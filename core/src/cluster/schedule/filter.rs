//! The scheduler's filters that depend on pod template and node alone, in its order: unschedulable nodes, taints,
//! node selector and affinity (pkg/scheduler/framework/plugins).

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::node::Node;
use crate::model::{
    Labels, NodeSelectorTerm, PodSpec, SelectorRequirement, Taint, Text, Toleration, TopologySpreadConstraint,
    well_known,
};
use crate::order::Order;

/// NodeAffinity's reason.
pub(super) const NODE_AFFINITY: &str = "node(s) didn't match Pod's node affinity/selector";

/// Remembers which nodes fit for templates that ask for the same.
#[derive(Default)]
pub(super) struct NodeConstraints {
    known: BTreeMap<String, Rc<FeasibleNodes>>,
}

/// The nodes that a template allows, and why not the others.
#[derive(Default)]
pub(super) struct FeasibleNodes {
    /// By number.
    pub nodes: Vec<usize>,
    /// The others.
    pub rejections: NodeRejections,
}

/// Why nodes fell out, and how many.
#[derive(Clone, Debug, Default)]
pub(super) struct NodeRejections(BTreeMap<String, usize>);

impl NodeConstraints {
    /// Judges every node, or remembers.
    pub fn feasible(&mut self, spec: &PodSpec, nodes: &[&Node]) -> Rc<FeasibleNodes> {
        let asks = (&spec.node_selector, &spec.affinity.node_affinity, &spec.tolerations);
        let known = self.known.entry(format!("{asks:?}"));
        known.or_insert_with(|| Rc::new(filter_nodes(spec, nodes))).clone()
    }
}

fn filter_nodes(spec: &PodSpec, nodes: &[&Node]) -> FeasibleNodes {
    let mut feasible = FeasibleNodes::default();
    for (number, node) in nodes.iter().enumerate() {
        match node_objection(node, spec) {
            None => feasible.nodes.push(number),
            Some(reason) => feasible.rejections.add(&reason, 1),
        }
    }
    feasible
}

impl NodeRejections {
    /// Counts nodes.
    pub fn add(&mut self, reason: &str, nodes: usize) {
        if nodes > 0 {
            *self.0.entry(reason.to_owned()).or_default() += nodes;
        }
    }

    /// The scheduler's message (framework/types.go, FitError).
    pub fn message(&self, nodes: usize) -> String {
        if nodes == 0 {
            return "no nodes available to schedule pods".to_owned();
        }
        let mut reasons: Vec<String> = self.0.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        reasons.order();
        format!("0/{nodes} nodes are available: {}.", reasons.join(", "))
    }
}

/// Why a node can't take pods of a template; None: it can.
fn node_objection(node: &Node, spec: &PodSpec) -> Option<String> {
    let unschedulable = Taint { key: well_known::UNSCHEDULABLE.into(), value: "".into(), effect: "NoSchedule".into() };
    if node.object.spec.unschedulable && !is_tolerated(&unschedulable, &spec.tolerations) {
        return Some("node(s) were unschedulable".to_owned());
    }
    if let Some(taint) = untolerated_taint(node, spec) {
        return Some(format!("node(s) had untolerated taint {{{}: {}}}", taint.key, taint.value));
    }
    (!is_wanted(node, spec)).then(|| NODE_AFFINITY.to_owned())
}

/// Whether no node at all takes pods of a template, however empty it is.
pub(in super::super) fn takes_none(nodes: &BTreeMap<Text, Node>, spec: &PodSpec) -> bool {
    let is_bound = spec.node_name.as_ref().is_some_and(|name| !name.is_empty());
    !is_bound && (!spec.scheduling_gates.is_empty() || nodes.values().all(|node| node_objection(node, spec).is_some()))
}

/// Whether a DaemonSet makes a pod for a node (daemon_controller.go, NodeShouldRunDaemonPod).
pub(in super::super) fn takes_daemon(node: &Node, spec: &PodSpec) -> bool {
    let is_named = spec.node_name.as_ref().is_none_or(|name| name.is_empty() || *name == node.name);
    is_named && is_wanted(node, spec) && untolerated_taint(node, spec).is_none()
}

/// Whether a node counts for a spread constraint (podtopologyspread/common.go, matchNodeInclusionPolicies).
pub(super) fn is_included(node: &Node, spec: &PodSpec, constraint: &TopologySpreadConstraint) -> bool {
    (&*constraint.node_affinity_policy == "Ignore" || is_wanted(node, spec))
        && (&*constraint.node_taints_policy != "Honor" || untolerated_taint(node, spec).is_none())
}

/// The first taint that keeps the pod away. A node that isn't ready has one (node lifecycle controller).
fn untolerated_taint(node: &Node, spec: &PodSpec) -> Option<Taint> {
    let not_ready = Taint { key: well_known::NOT_READY.into(), value: "".into(), effect: "NoSchedule".into() };
    let not_ready = (!node.ready).then_some(not_ready);
    let taints = node.object.spec.taints.iter().cloned().chain(not_ready);
    let mut taints = taints.filter(|taint| matches!(&*taint.effect, "NoSchedule" | "NoExecute"));
    taints.find(|taint| !is_tolerated(taint, &spec.tolerations))
}

/// The first taint that drives the pod away even if it is there already.
pub(super) fn evicting_taint<'n>(node: &'n Node, spec: &PodSpec) -> Option<&'n Taint> {
    let mut taints = node.object.spec.taints.iter().filter(|taint| &*taint.effect == "NoExecute");
    taints.find(|taint| !is_tolerated(taint, &spec.tolerations))
}

/// api/core/v1, Toleration.ToleratesTaint
fn is_tolerated(taint: &Taint, tolerations: &[Toleration]) -> bool {
    tolerations.iter().any(|toleration| {
        let effect = toleration.effect.is_empty() || toleration.effect == taint.effect;
        let key = toleration.key.is_empty() || toleration.key == taint.key;
        let value = match &*toleration.operator {
            "Exists" => true,
            "" | "Equal" => toleration.value == taint.value,
            _ => false,
        };
        effect && key && value
    })
}

/// nodeSelector and required node affinity (component-helpers, nodeaffinity.go): all labels, and one of the terms.
pub(super) fn is_wanted(node: &Node, spec: &PodSpec) -> bool {
    let has = |(key, value): (&Text, &Text)| node.may_have(key) || node.labels.get(key) == Some(value);
    let selected = spec.node_selector.iter().all(has);
    let required = spec.affinity.node_affinity.required.as_ref();
    selected && required.is_none_or(|selector| selector.node_selector_terms.iter().any(|term| matches_term(node, term)))
}

/// A term without any requirement fits no node.
fn matches_term(node: &Node, term: &NodeSelectorTerm) -> bool {
    let is_empty = term.match_expressions.is_empty() && term.match_fields.is_empty();
    let fields = Labels::from([("metadata.name".into(), node.name.clone())]);
    let labels =
        |requirement: &SelectorRequirement| node.may_have(&requirement.key) || requirement.matches(&node.labels);
    !is_empty
        && term.match_expressions.iter().all(labels)
        && term.match_fields.iter().all(|requirement| requirement.matches(&fields))
}
