//! HorizontalPodAutoscalers (autoscaling/validation).

use super::super::{ErrorValue, Errors};
use super::Here;
use crate::model::{Quantity, values};

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

pub(super) fn metric(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let kind = here.text("type");
    if kind.is_empty() {
        errors.required(&here.at.field("type"), "must specify a metric source type");
    }
    if !values::METRIC_SOURCE.contains(kind) {
        return errors.not_supported(&here.at.field("type"), kind, &values::METRIC_SOURCE.in_messages());
    }
    // Each type's own field has its name, but for the first letter.
    for source in values::METRIC_SOURCE.in_messages() {
        let field = source.replacen(|_| true, &source.get(..1).unwrap_or_default().to_lowercase(), 1);
        match (source == kind, here.has(&field)) {
            (true, false) => {
                errors.required(&here.at.field(&field), "must populate information for the given metric source");
            }
            (false, true) => errors.forbidden(&here.at.field(&field), "must populate the given metric source only"),
            _ => {}
        }
    }
}

pub(super) fn resource(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    if here.text("name").is_empty() {
        errors.required(&here.at.field("name"), "must specify a resource name");
    }
    let at = here.at.field("target");
    let has = |field: &str| here.child("target").is_some_and(|target| target.child(field).is_some());
    match (has("averageUtilization"), has("averageValue")) {
        (false, false) => errors
            .required(&at.field("averageUtilization"), "must set either a target raw value or a target utilization"),
        (true, true) => {
            errors.forbidden(&at.field("averageValue"), "may not set both a target raw value and a target utilization");
        }
        _ => {}
    }
    if !here.has("target") {
        target_type("", &at, errors);
    }
}

pub(super) fn target(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
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
