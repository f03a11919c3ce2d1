//! HorizontalPodAutoscalers (autoscaling/validation).

use super::super::resources::container_objections;
use super::super::{ErrorValue, Errors, format};
use super::Here;
use super::rule::path_segment;
use crate::model::{Quantity, values};
use crate::yaml::YamlNode;

pub(super) fn autoscaler(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    // 1. The bounds, each by itself and against the other.
    let (least, most) = (here.number("minReplicas"), here.number("maxReplicas").unwrap_or(0));
    let at_most = here.at.field("maxReplicas");
    if let Some(least) = least.filter(|least| *least < 0) {
        let words = "must be greater than or equal to 0";
        errors.invalid(&here.at.field("minReplicas"), ErrorValue(least.to_string()), words);
    }
    match most {
        0 => errors.required(&at_most, "must be set and greater than 0"),
        ..0 => errors.invalid(&at_most, ErrorValue(most.to_string()), "must be greater than or equal to 1"),
        _ => {}
    }
    // SetDefaults_HorizontalPodAutoscaler: 1.
    if least.unwrap_or(1) > most {
        errors.invalid(&at_most, ErrorValue(most.to_string()), "must be greater than or equal to `minReplicas`");
    }
    // 2. Down to zero only by metrics from outside.
    let types = here.list("metrics").iter().map(|metric| metric.child("type").and_then(|kind| kind.text()));
    let from_outside = types.flatten().any(|kind| matches!(&**kind, "Object" | "External"));
    if least == Some(0) && !from_outside {
        let words = "must specify at least one Object or External metric to support scaling to zero replicas";
        errors.forbidden(&here.at.field("metrics"), words);
    }
    // 3. What is scaled.
    let at = here.at.field("scaleTargetRef");
    let target = here.child("scaleTargetRef").and_then(|target| target.child("apiVersion"));
    let version = target.and_then(|version| version.text()).map_or("", |version| version);
    if version.split_once('/').is_none_or(|(group, _)| group.is_empty()) {
        errors.invalid(&at.field("apiVersion"), version, "apiVersion must specify API group");
    }
}

/// The sources of a metric, in the order in which they are looked at: only the first is.
const SOURCES: [&str; 5] = ["object", "external", "pods", "resource", "containerResource"];

/// validateMetricSpec.
pub(super) fn metric(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    // 1. The type.
    let kind = here.text("type");
    if kind.is_empty() {
        errors.required(&here.at.field("type"), "must specify a metric source type");
    }
    let is_known = values::METRIC_SOURCE.contains(kind);
    if !is_known {
        errors.not_supported(&here.at.field("type"), kind, &values::METRIC_SOURCE.in_messages());
    }
    // 2. The first source, by its own rules.
    let said: Vec<&str> = SOURCES.into_iter().filter(|source| here.has(source)).collect();
    if let Some(first) = said.first() {
        let at = here.at.field(first);
        here.inner(first, &at).into_iter().for_each(|source| metric_source(&source, first, errors));
    }
    // 3. That of the type must be there, alone. Its field has its name, but for the first letter.
    let expected = kind.replacen(|_| true, &kind.get(..1).unwrap_or_default().to_lowercase(), 1);
    if is_known && !here.has(&expected) {
        errors.required(&here.at.field(&expected), "must populate information for the given metric source");
    }
    for other in said.iter().filter(|other| said.len() != 1 && **other != expected) {
        errors.forbidden(&here.at.field(other), "must populate the given metric source only");
    }
}

fn metric_source(source: &Here<'_, '_>, name: &str, errors: &mut Errors<'_>) {
    let at = source.at.field("target");
    let has = |field: &str| source.child("target").is_some_and(|target| target.child(field).is_some());
    // 1. What is measured.
    if matches!(name, "resource" | "containerResource") {
        measured_resource(source, name == "containerResource", errors);
    } else {
        let metric = source.child("metric").and_then(|metric| metric.child("name")).and_then(YamlNode::text);
        let metric_at = source.at.field("metric");
        match metric.map_or("", |name| name) {
            "" => errors.required(&metric_at.field("name"), "must specify a metric name"),
            name => errors.malformed(&metric_at.field("name"), name, path_segment(name)),
        }
    }
    // 2. What it should be.
    match source.inner("target", &at) {
        Some(found) => target(&found, errors),
        None => target_type("", &at, errors),
    }
    let needed = |field: &str, words: &str, errors: &mut Errors<'_>| errors.required(&at.field(field), words);
    match name {
        "object" if !has("value") && !has("averageValue") => {
            needed("averageValue", "must set either a target value or averageValue", errors);
        }
        "external" if !has("value") && !has("averageValue") => {
            needed("averageValue", "must set either a target value for metric or a per-pod target", errors);
        }
        "external" if has("value") && has("averageValue") => {
            let words = "may not set both a target value for metric and a per-pod target";
            errors.forbidden(&at.field("value"), words);
        }
        "pods" if !has("averageValue") => needed("averageValue", "must specify a positive target averageValue", errors),
        "resource" | "containerResource" => match (has("averageUtilization"), has("averageValue")) {
            (false, false) => {
                needed("averageUtilization", "must set either a target raw value or a target utilization", errors);
            }
            (true, true) => {
                let words = "may not set both a target raw value and a target utilization";
                errors.forbidden(&at.field("averageValue"), words);
            }
            _ => {}
        },
        _ => {}
    }
}

fn measured_resource(source: &Here<'_, '_>, of_container: bool, errors: &mut Errors<'_>) {
    let (at, name) = (source.at.field("name"), source.text("name"));
    match name {
        "" => errors.required(&at, "must specify a resource name"),
        name if of_container => errors.malformed(&at, name, container_objections(name)),
        _ => {}
    }
    if of_container {
        let at = source.at.field("container");
        match source.text("container") {
            "" => errors.required(&at, "must specify a container"),
            container => errors.malformed(&at, container, format::dns1123_label(container)),
        }
    }
}

fn target(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    target_type(here.text("type"), here.at, errors);
    for field in ["value", "averageValue"] {
        if let Some(quantity) = here.child(field).and_then(Quantity::read).filter(|quantity| quantity.nano <= 0) {
            errors.invalid(&here.at.field(field), quantity.text().as_str(), "must be positive");
        }
    }
    if let Some(share) = here.number("averageUtilization").filter(|share| *share < 1) {
        errors.invalid(&here.at.field("averageUtilization"), ErrorValue(share.to_string()), "must be greater than 0");
    }
}

fn target_type(kind: &str, at: &crate::model::Path<'_>, errors: &mut Errors<'_>) {
    if kind.is_empty() {
        errors.required(&at.field("type"), "must specify a metric target type");
    }
    if !matches!(kind, "Utilization" | "Value" | "AverageValue") {
        errors.invalid(&at.field("type"), kind, "must be either Utilization, Value, or AverageValue");
    }
}

pub(super) fn rules(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    // Absent policies are defaulted; an empty list isn't.
    if here.has("policies") && here.list("policies").is_empty() {
        errors.required(&here.at.field("policies"), "must specify at least one Policy");
    }
}

pub(super) fn policy(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    for (field, most) in [("value", i64::MAX), ("periodSeconds", 1800)] {
        let number = here.number(field).unwrap_or(0);
        if number <= 0 {
            errors.invalid(&here.at.field(field), ErrorValue(number.to_string()), "must be greater than zero");
        } else if number > most {
            errors.invalid(
                &here.at.field(field),
                ErrorValue(number.to_string()),
                format!("must be less than or equal to {most}"),
            );
        }
    }
}
