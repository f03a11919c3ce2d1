//! LimitRanges: what containers get that say nothing, and what they may not ask for (plugin/pkg/admission/limitranger).

use std::sync::Arc;

use super::resource_amounts::{ResourceAmounts, amounts_of};
use crate::model::{Container, LimitRange, LimitRangeItem, PodSpec, Quantities, Quantity};

/// The items of a type with the defaults of the API (defaults.go, SetDefaults_LimitRangeItem): the most is the limit, the
/// limit what is asked for, else the least.
fn items_of_type(ranges: &[&LimitRange], kind: &str) -> Vec<LimitRangeItem> {
    let items = ranges.iter().flat_map(|range| &range.spec.limits).filter(|item| &*item.kind == kind).cloned();
    let with_defaults = items.map(|mut item| {
        if kind == "Container" {
            add_missing(&mut item.default, &item.max);
            add_missing(&mut item.default_request, &item.default);
            add_missing(&mut item.default_request, &item.min);
        }
        item
    });
    with_defaults.collect()
}

fn add_missing(known: &mut Quantities, more: &Quantities) {
    for (name, quantity) in more {
        known.entry(name.clone()).or_insert(*quantity);
    }
}

/// Fills in limits and requests; whether anything was missing (defaultContainerResourceRequirements).
pub(super) fn apply_limit_ranges(ranges: &[&LimitRange], spec: &mut Arc<PodSpec>) -> bool {
    let mut filled = Arc::unwrap_or_clone(spec.clone());
    for container in filled.containers.iter_mut().chain(&mut filled.init_containers) {
        // Limits that were written are requests by then (SetDefaults_Pod).
        let written = container.resources.limits.clone();
        add_missing(&mut container.resources.requests, &written);
        for item in items_of_type(ranges, "Container") {
            add_missing(&mut container.resources.limits, &item.default);
            add_missing(&mut container.resources.requests, &item.default_request);
        }
    }
    let changes = filled != **spec;
    if changes {
        *spec = Arc::new(filled);
    }
    changes
}

/// What a pod asks for that the ranges forbid (PodValidateLimitFunc).
pub(super) fn limit_range_violation(ranges: &[&LimitRange], spec: &PodSpec) -> Option<String> {
    let mut found = Vec::new();
    let containers = || spec.containers.iter().chain(&spec.init_containers);
    for item in items_of_type(ranges, "Container") {
        for container in containers() {
            let (requests, limits) = amounts(container);
            found.extend(bound_violations("Container", &item, &requests, &limits));
        }
    }
    for item in items_of_type(ranges, "Pod") {
        let (requests, limits) =
            (super::resource_amounts::pod_requests(spec), super::resource_amounts::pod_limits(spec));
        found.extend(bound_violations("Pod", &item, &requests, &limits));
    }
    match found.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        several => Some(format!("[{}]", several.join(", "))),
    }
}

fn amounts(container: &Container) -> (ResourceAmounts, ResourceAmounts) {
    (amounts_of(&container.resources, false), amounts_of(&container.resources, true))
}

/// minConstraint, maxConstraint
fn bound_violations(
    kind: &str,
    item: &LimitRangeItem,
    requests: &ResourceAmounts,
    limits: &ResourceAmounts,
) -> Vec<String> {
    let text = |nano: i128, like: &Quantity| like.with_nano(nano).text();
    let mut found = Vec::new();
    // 1. Minima: a request must be there, and neither it nor the limit below.
    for (name, least) in &item.min {
        let told = |what: &str| format!("minimum {name} usage per {kind} is {}{what}", least.text());
        match (requests.get(name), limits.get(name)) {
            (None, _) => found.push(told(".  No request is specified")),
            (Some(request), _) if *request < least.nano => {
                found.push(told(&format!(", but request is {}", text(*request, least))));
            }
            (_, Some(limit)) if *limit < least.nano => {
                found.push(told(&format!(", but limit is {}", text(*limit, least))));
            }
            _ => {}
        }
    }
    // 2. Maxima: a limit must be there, and neither it nor the request above.
    for (name, most) in &item.max {
        let told = |what: &str| format!("maximum {name} usage per {kind} is {}{what}", most.text());
        match (requests.get(name), limits.get(name)) {
            (_, None) => found.push(told(".  No limit is specified")),
            (_, Some(limit)) if *limit > most.nano => {
                found.push(told(&format!(", but limit is {}", text(*limit, most))));
            }
            (Some(request), _) if *request > most.nano => {
                found.push(told(&format!(", but request is {}", text(*request, most))));
            }
            _ => {}
        }
    }
    found
}
