//! Roles and their bindings (rbac/validation).

use super::super::{ErrorValue, Errors, format};
use super::rule::path_segment;
use super::{Here, placing};
use crate::model::values;
use crate::yaml::YamlNode;

/// ValidatePolicyRule, of every rule; ValidateClusterRole.
pub(super) fn role(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let at = here.at.field("rules");
    let is_namespaced = here.text("kind") == "Role";
    for (index, rule) in here.list("rules").iter().enumerate() {
        let at = at.index(index);
        let is_empty = |field: &str| rule.child(field).is_none_or(|list| list.elements().is_empty());
        if is_empty("verbs") {
            errors.required(&at.field("verbs"), "");
        }
        if !is_empty("nonResourceURLs") {
            let at = at.field("nonResourceURLs");
            let shown = || ErrorValue::json(&rule.child("nonResourceURLs"));
            if is_namespaced {
                errors.invalid(&at, shown(), "namespaced rules cannot apply to non-resource URLs");
            }
            if ["apiGroups", "resources", "resourceNames"].into_iter().any(|field| !is_empty(field)) {
                let words = "rules cannot apply to both regular resources and non-resource URLs";
                errors.invalid(&at, shown(), words);
            }
            continue;
        }
        if is_empty("apiGroups") {
            errors.required(&at.field("apiGroups"), "resource rules must supply at least one api group");
        }
        if is_empty("resources") {
            errors.required(&at.field("resources"), "resource rules must supply at least one resource");
        }
    }
    let at = here.at.field("aggregationRule");
    if let Some(aggregation) = here.inner("aggregationRule", &at) {
        let at = at.field("clusterRoleSelectors");
        if aggregation.list("clusterRoleSelectors").is_empty() {
            errors.required(&at, "at least one clusterRoleSelector required if aggregationRule is non-nil");
        }
        for (index, selector) in aggregation.list("clusterRoleSelectors").iter().enumerate() {
            let (at, before) = (at.index(index), errors.found.len());
            placing::selector(Some(selector), &at, errors);
            if errors.found.len() > before {
                errors.invalid(&at, ErrorValue("null".to_owned()), "invalid label selector.");
            }
        }
    }
}

/// ValidateRoleBinding.
pub(super) fn role_binding(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    const GROUP: &str = "rbac.authorization.k8s.io";
    // 1. The role.
    let at = here.at.field("roleRef");
    let role = here.child("roleRef");
    let text = |node: Option<&YamlNode>, field: &str| {
        node.and_then(|node| node.child(field))
            .and_then(YamlNode::text)
            .map_or(String::new(), std::string::ToString::to_string)
    };
    let group = text(role, "apiGroup");
    if !matches!(group.as_str(), "" | GROUP) {
        errors.not_supported(&at.field("apiGroup"), &group, &[GROUP]);
    }
    let kind = text(role, "kind");
    let cluster_wide =
        errors.node.child("kind").and_then(YamlNode::text).is_some_and(|kind| &**kind == "ClusterRoleBinding");
    let kinds: &[&str] = if cluster_wide { &["ClusterRole"] } else { &["Role", "ClusterRole"] };
    if !kinds.contains(&kind.as_str()) {
        errors.not_supported(&at.field("kind"), &kind, kinds);
    }
    match text(role, "name").as_str() {
        "" => errors.required(&at.field("name"), ""),
        name => errors.malformed(&at.field("name"), name, path_segment(name)),
    }
    // 2. The subjects, each by its kind.
    let at = here.at.field("subjects");
    for (index, subject) in here.list("subjects").iter().enumerate() {
        let at = at.index(index);
        let (kind, name) = (text(Some(subject), "kind"), text(Some(subject), "name"));
        let group = text(Some(subject), "apiGroup");
        if name.is_empty() {
            errors.required(&at.field("name"), "");
        }
        match kind.as_str() {
            "ServiceAccount" => {
                if !name.is_empty() {
                    errors.malformed(&at.field("name"), &name, format::dns1123_subdomain(&name));
                }
                if !group.is_empty() {
                    errors.not_supported(&at.field("apiGroup"), &group, &[""]);
                }
                if cluster_wide && text(Some(subject), "namespace").is_empty() {
                    errors.required(&at.field("namespace"), "");
                }
            }
            "User" | "Group" => {
                if !matches!(group.as_str(), "" | GROUP) {
                    errors.not_supported(&at.field("apiGroup"), &group, &[GROUP]);
                }
            }
            other => errors.not_supported(&at.field("kind"), other, &values::SUBJECT_KIND.in_messages()),
        }
    }
}
