//! requests and limits of a container (pkg/apis/core/validation, ValidateContainerResourceRequirements).

use super::{Errors, format};
use crate::model::{Path, Quantity};
use crate::order::Order;
use crate::yaml::YamlNode;

/// Whoever asks for these may get more than there is (IsOvercommitAllowed): all but huge pages and extended resources.
const STANDARD: [&str; 3] = ["cpu", "ephemeral-storage", "memory"];

/// resources of a container that stands at a path.
pub(super) fn resources(container: &Path<'_>, errors: &mut Errors<'_>) {
    // 1. The limits.
    let at = container.field("resources");
    let Some(resources) = errors.tree(&at) else { return };
    let (at_limits, at_requests) = (at.field("limits"), at.field("requests"));
    let limits = quantities(resources.child("limits"));
    for (name, quantity) in &limits {
        resource(name, quantity, &at_limits.field(name), errors);
    }
    // 2. The requests, against their limits.
    for (name, quantity) in quantities(resources.child("requests")) {
        resource(name, &quantity, &at_requests.field(name), errors);
        let limit = limits.iter().find(|(limited, _)| *limited == name).map(|(_, limit)| limit);
        let over_committed = STANDARD.contains(&name);
        let words = match limit {
            None if !over_committed => {
                errors.required(&at_limits, "Limit must be set for non overcommitable resources");
                continue;
            }
            Some(limit) if !over_committed && quantity.nano != limit.nano => {
                format!("must be equal to {name} limit of {}", limit.text())
            }
            Some(limit) if quantity.nano > limit.nano => {
                format!("must be less than or equal to {name} limit of {}", limit.text())
            }
            None | Some(_) => continue,
        };
        let printed = at_requests.to_field_path();
        let message = format!("Invalid value: {:?}: {words}", quantity.text());
        errors.push_at(printed.field(name), &printed.to_string(), &message);
    }
}

/// The names that any field of a limit or a quota may have beside those of others' domains (core/helper: standardResources).
const KNOWN: [&str; 20] = [
    "cpu",
    "memory",
    "ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.ephemeral-storage",
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "storage",
    "requests.storage",
    "services.nodeports",
    "services.loadbalancers",
];

/// Whether it is one of them, or one of huge pages.
pub(super) fn is_known_resource(name: &str) -> bool {
    KNOWN.contains(&name) || name.starts_with("hugepages-") || name.starts_with("requests.hugepages-")
}

/// What is wrong with a resource's name (validateResourceName).
pub(super) fn name_objections(name: &str) -> Vec<String> {
    let objections = format::qualified_name(name);
    if objections.is_empty() && !name.contains('/') && !is_known_resource(name) {
        return vec!["must be a standard resource type or fully qualified".to_owned()];
    }
    objections
}

/// Whether containers share it out as it is.
pub(super) fn is_container_standard(name: &str) -> bool {
    STANDARD.contains(&name) || name.starts_with("hugepages-")
}

/// What is wrong with the name of a container's resource (ValidateContainerResourceName).
pub(super) fn container_objections(name: &str) -> Vec<String> {
    let mut objections = name_objections(name);
    if !name.contains('/') && !is_container_standard(name) {
        objections.push("must be a standard resource for containers".to_owned());
    } else if name.contains('/') && !name.contains("kubernetes.io/") && !is_extended(name) {
        objections.push("doesn't follow extended resource name standard".to_owned());
    }
    objections
}

/// IsExtendedResourceName, of a name of another domain than Kubernetes'.
fn is_extended(name: &str) -> bool {
    !name.starts_with("requests.") && format::qualified_name(&format!("requests.{name}")).is_empty()
}

/// Limits alone, as a class of runtimes has them: all at one path.
pub(super) fn limits(amounts: Option<&YamlNode>, container: &Path<'_>, errors: &mut Errors<'_>) {
    for (name, quantity) in quantities(amounts) {
        resource(name, &quantity, &container.field("limits").field(name), errors);
    }
}

fn resource(name: &str, quantity: &Quantity, at: &Path<'_>, errors: &mut Errors<'_>) {
    let is_standard = is_container_standard(name);
    let printed = at_key(at);
    let mut say = |message: String| errors.push_at(at.to_field_path(), &printed, &message);
    for objection in container_objections(name) {
        say(format!("Invalid value: {name:?}: {objection}"));
    }
    if quantity.nano < 0 {
        say(format!("Invalid value: {:?}: must be greater than or equal to 0", quantity.text()));
    }
    if !is_standard && name.contains('/') && !quantity.is_whole() {
        say(format!("Invalid value: {:?}: must be an integer", quantity.text()));
    }
}

/// The API server prints the last step as a key: `limits[cpu]`.
fn at_key(at: &Path<'_>) -> String {
    match at {
        Path::Key(parent, key) => parent.to_field_path().key(key).to_string(),
        Path::Root | Path::Index(..) => at.to_field_path().to_string(),
    }
}

/// In the order of names; what the schema refuses isn't there.
fn quantities(map: Option<&YamlNode>) -> Vec<(&str, Quantity)> {
    let entries = map.map(YamlNode::entries).unwrap_or_default().iter();
    let mut found: Vec<(&str, Quantity)> =
        entries.filter_map(|entry| Some((&*entry.key, Quantity::read(&entry.value)?))).collect();
    found.order_by_key(|(name, _)| *name);
    found
}
