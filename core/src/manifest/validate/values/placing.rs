//! Where pods may stand: what the slim structs leave out (core/validation: ValidateNodeSelectorTerm,
//! validatePodAffinityTerm, validateTopologySpreadConstraints).

use super::super::{Errors, format, metadata};
use super::Here;
use crate::model::{Decode, LabelSelector, Path};
use crate::yaml::YamlNode;

pub(super) fn node_term(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let at = here.at.field("matchExpressions");
    for (index, requirement) in here.list("matchExpressions").iter().enumerate() {
        let at = at.index(index);
        expression(&Here { node: requirement, at: &at, version: here.version }, errors);
    }
    let at = here.at.field("matchFields");
    for (index, requirement) in here.list("matchFields").iter().enumerate() {
        let at = at.index(index);
        field(&Here { node: requirement, at: &at, version: here.version }, errors);
    }
}

/// ValidateNodeSelectorRequirement.
fn expression(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let values = here.at.field("values");
    let found = here.list("values");
    match here.text("operator") {
        "In" | "NotIn" if found.is_empty() => {
            errors.required(&values, "must be specified when `operator` is 'In' or 'NotIn'");
        }
        "Exists" | "DoesNotExist" if !found.is_empty() => {
            errors.forbidden(&values, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
        }
        "Gt" | "Lt" if found.len() != 1 => {
            errors.required(&values, "must be specified single value when `operator` is 'Lt' or 'Gt'");
        }
        "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt" => {}
        other => errors.invalid(&here.at.field("operator"), other, "not a valid selector operator"),
    }
    let key = here.text("key");
    errors.malformed(&here.at.field("key"), key, format::qualified_name(key));
    for (index, value) in found.iter().enumerate() {
        let value = value.text().map_or("", |value| value);
        errors.malformed(&values.index(index), value, format::label_value(value));
    }
}

/// ValidateNodeFieldSelectorRequirement.
fn field(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let values = here.at.field("values");
    match here.text("operator") {
        "In" | "NotIn" if here.list("values").len() != 1 => {
            let words = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
            errors.required(&values, words);
        }
        "In" | "NotIn" => {}
        other => errors.invalid(&here.at.field("operator"), other, "not a valid selector operator"),
    }
    match here.text("key") {
        "metadata.name" => {
            for (index, value) in here.list("values").iter().enumerate() {
                let value = value.text().map_or("", |value| value);
                errors.malformed(&values.index(index), value, format::dns1123_subdomain(value));
            }
        }
        other => errors.invalid(&here.at.field("key"), other, "not a valid field selector key"),
    }
}

pub(super) fn pod_term(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    for name in ["labelSelector", "namespaceSelector"] {
        selector(here.child(name), &here.at.field(name), errors);
    }
    // The index is left out.
    for namespace in here.list("namespaces") {
        let name = namespace.text().map_or("", |name| name);
        errors.malformed(&here.at.field("namespace"), name, format::dns1123_label(name));
    }
    for keys in ["matchLabelKeys", "mismatchLabelKeys"] {
        if !here.list(keys).is_empty() && !here.has("labelSelector") {
            errors.forbidden(&here.at.field(keys), "must not be specified when labelSelector is not set");
        }
    }
}

pub(super) fn spread(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    if !here.list("matchLabelKeys").is_empty() && !here.has("labelSelector") {
        errors.forbidden(&here.at.field("matchLabelKeys"), "must not be specified when labelSelector is not set");
    }
}

/// A selector that no slim struct has.
pub(super) fn selector(node: Option<&YamlNode>, at: &Path<'_>, errors: &mut Errors<'_>) {
    let selector = node.and_then(|node| LabelSelector::decode(node, at, &mut Vec::new()));
    if let Some(selector) = selector {
        metadata::selector(&selector, at, errors);
    }
}
