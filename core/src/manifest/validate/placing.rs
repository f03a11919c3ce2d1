//! Where a pod may stand (pkg/apis/core/validation): tolerations, affinity, spread constraints.

use super::{ErrorValue, Errors, format, metadata};
use crate::model::{
    Affinity, NodeSelectorTerm, Path, PodAffinityTerm, PodSpec, SelectorRequirement, Toleration,
    TopologySpreadConstraint, values,
};

const EMPTY: &str = "can not be empty";
const NOT_POSITIVE: &str = "must be greater than zero";

/// All that a pod says of its place.
pub(super) fn placing(spec: &PodSpec, at: &Path<'_>, errors: &mut Errors<'_>) {
    affinity(&spec.affinity, &at.field("affinity"), errors);
    let at_tolerations = at.field("tolerations");
    for (index, one) in spec.tolerations.iter().enumerate() {
        toleration(one, &at_tolerations.index(index), errors);
    }
    let at_constraints = at.field("topologySpreadConstraints");
    for (index, one) in spec.topology_spread_constraints.iter().enumerate() {
        let at = at_constraints.index(index);
        spread_constraint(one, &at, errors);
        let same = |other: &&TopologySpreadConstraint| {
            other.topology_key == one.topology_key && other.when_unsatisfiable == one.when_unsatisfiable
        };
        if spec.topology_spread_constraints.iter().skip(index + 1).any(|other| same(&other)) {
            let pair = format!("{{{}, {}}}", one.topology_key, one.when_unsatisfiable);
            errors.duplicate(&at.field("{topologyKey, whenUnsatisfiable}"), pair.as_str());
        }
    }
}

/// ValidateTolerations.
pub(super) fn toleration(toleration: &Toleration, at: &Path<'_>, errors: &mut Errors<'_>) {
    // 1. The key; without one everything is tolerated.
    let Toleration { key, operator, value, effect } = toleration;
    let at_operator = at.field("operator");
    if !key.is_empty() {
        errors.malformed(&at.field("key"), key, format::qualified_name(key));
    } else if &**operator != "Exists" {
        let words = "operator must be Exists when `key` is empty, which means \"match all values and all keys\"";
        // SetDefaults_Toleration gives an operator to those that have a value alone; an empty one stays empty.
        let shown = if operator.is_empty() && !value.is_empty() { "Equal" } else { operator };
        errors.invalid(&at_operator, shown, words);
    }
    // 2. How long, which only NoExecute asks.
    let seconds = errors.tree(at).is_some_and(|tree| tree.child("tolerationSeconds").is_some());
    if seconds && &**effect != "NoExecute" {
        errors.invalid(&at.field("effect"), &**effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
    }
    // 3. Operator and value.
    match &**operator {
        "" | "Equal" => errors.malformed(&at_operator, value, format::label_value(value)),
        "Exists" if !value.is_empty() => {
            let shown = format!(
                r#"{{"Key":{key:?},"Operator":{operator:?},"Value":{value:?},"Effect":{effect:?},"TolerationSeconds":null}}"#
            );
            errors.invalid(&at_operator, ErrorValue(shown), "value must be empty when `operator` is 'Exists'");
        }
        "Exists" => {}
        _ => errors.not_supported(&at_operator, operator, &values::TOLERATION_OPERATOR.in_messages()),
    }
    // 4. The effect.
    errors.one_of_if_said(&at.field("effect"), said(effect), values::TAINT_EFFECT);
}

/// A text that isn't empty.
fn said(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// validateTopologySpreadConstraints.
fn spread_constraint(constraint: &TopologySpreadConstraint, at: &Path<'_>, errors: &mut Errors<'_>) {
    if constraint.max_skew <= 0 {
        errors.invalid(&at.field("maxSkew"), constraint.max_skew, NOT_POSITIVE);
    }
    if constraint.topology_key.is_empty() {
        errors.required(&at.field("topologyKey"), EMPTY);
    }
    let when = &*constraint.when_unsatisfiable;
    errors.one_of_if_said(&at.field("whenUnsatisfiable"), Some(when), values::WHEN_UNSATISFIABLE);
    if let Some(least) = constraint.min_domains {
        if least <= 0 {
            errors.invalid(&at.field("minDomains"), least, NOT_POSITIVE);
        }
        if when != "DoNotSchedule" {
            let words = format!("can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {when}");
            errors.invalid(&at.field("minDomains"), least, words);
        }
    }
    let (affinity, taints) = (said(&constraint.node_affinity_policy), said(&constraint.node_taints_policy));
    errors.one_of_if_said(&at.field("nodeAffinityPolicy"), affinity, values::NODE_AFFINITY_POLICY);
    errors.one_of_if_said(&at.field("nodeTaintsPolicy"), taints, values::NODE_TAINTS_POLICY);
    if let Some(selector) = &constraint.label_selector {
        metadata::selector(selector, &at.field("labelSelector"), errors);
    }
}

/// validateAffinity, as far as it must hold.
fn affinity(affinity: &Affinity, at: &Path<'_>, errors: &mut Errors<'_>) {
    const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
    if let Some(selector) = &affinity.node_affinity.required {
        let at = at.field("nodeAffinity");
        let at = at.field(REQUIRED);
        let at = at.field("nodeSelectorTerms");
        if selector.node_selector_terms.is_empty() {
            errors.required(&at, "must have at least one node selector term");
        }
        for (index, term) in selector.node_selector_terms.iter().enumerate() {
            node_term(term, &at.index(index), errors);
        }
    }
    for (field, affinity) in [("podAffinity", &affinity.pod_affinity), ("podAntiAffinity", &affinity.pod_anti_affinity)]
    {
        let at = at.field(field);
        let at = at.field(REQUIRED);
        for (index, term) in affinity.required.iter().enumerate() {
            pod_term(term, &at.index(index), errors);
        }
    }
}

/// ValidateNodeSelectorTerm.
fn node_term(term: &NodeSelectorTerm, at: &Path<'_>, errors: &mut Errors<'_>) {
    let at_expressions = at.field("matchExpressions");
    for (index, requirement) in term.match_expressions.iter().enumerate() {
        node_requirement(requirement, &at_expressions.index(index), errors);
    }
}

/// ValidateNodeSelectorRequirement.
fn node_requirement(requirement: &SelectorRequirement, at: &Path<'_>, errors: &mut Errors<'_>) {
    let values = at.field("values");
    match &*requirement.operator {
        "In" | "NotIn" if requirement.values.is_empty() => {
            errors.required(&values, "must be specified when `operator` is 'In' or 'NotIn'");
        }
        "Exists" | "DoesNotExist" if !requirement.values.is_empty() => {
            errors.forbidden(&values, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
        "Gt" | "Lt" if requirement.values.len() != 1 => {
            errors.required(&values, "must be specified single value when `operator` is 'Lt' or 'Gt'");
        }
        "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt" => {}
        other => errors.invalid(&at.field("operator"), other, "not a valid selector operator"),
    }
    errors.malformed(&at.field("key"), &requirement.key, format::qualified_name(&requirement.key));
}

/// validatePodAffinityTerm.
fn pod_term(term: &PodAffinityTerm, at: &Path<'_>, errors: &mut Errors<'_>) {
    for (field, selector) in [("labelSelector", &term.label_selector), ("namespaceSelector", &term.namespace_selector)]
    {
        if let Some(selector) = selector {
            metadata::selector(selector, &at.field(field), errors);
        }
    }
    if term.topology_key.is_empty() {
        errors.required(&at.field("topologyKey"), EMPTY);
    }
    errors.malformed(&at.field("topologyKey"), &term.topology_key, format::qualified_name(&term.topology_key));
}
