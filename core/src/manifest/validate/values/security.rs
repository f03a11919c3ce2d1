//! Who a container runs as and what it may (core/validation: ValidateSecurityContext, ValidatePodSecurityContext).

use std::collections::BTreeSet;

use super::super::{ErrorValue, Errors};
use super::rule::relative_path;
use super::{Here, number};
use crate::yaml::{Value, YamlNode};

pub(super) fn container(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let refuses = here.child("allowPrivilegeEscalation").is_some_and(|node| node.value == Value::Bool(false));
    if refuses && here.is("privileged") {
        errors.push(here.at, shown(here, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"));
    }
    let added = here.child("capabilities").and_then(|capabilities| capabilities.child("add"));
    let mut added = added.map_or(&[][..], YamlNode::elements).iter().filter_map(YamlNode::text);
    if refuses && added.any(|name| matches!(&**name, "CAP_SYS_ADMIN")) {
        let words = "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN";
        errors.push(here.at, shown(here, words));
    }
}

fn shown(here: &Here<'_, '_>, words: &str) -> String {
    format!("Invalid value: {}: {words}", ErrorValue::json(here.node).0)
}

pub(super) fn pod(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    for (index, group) in here.list("supplementalGroups").iter().enumerate() {
        let at = here.at.field("supplementalGroups");
        if let Some(found) = number(group).filter(|found| !(0..=2_147_483_647).contains(found)) {
            errors.invalid(
                &at.index(index),
                ErrorValue(found.to_string()),
                "must be between 0 and 2147483647, inclusive",
            );
        }
    }
    let mut names = BTreeSet::new();
    for (index, sysctl) in here.list("sysctls").iter().enumerate() {
        let at = here.at.field("sysctls");
        let at = at.index(index);
        let name = sysctl.child("name").and_then(YamlNode::text).map_or("", |name| name);
        if !name.is_empty() && !is_sysctl(name) {
            let words = "must have at most 253 characters and match regex \
                         ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$";
            errors.invalid(&at.field("name"), name, words);
        } else if !name.is_empty() && !names.insert(name) {
            errors.duplicate(&at.field("name"), name);
        }
    }
}

/// IsValidSysctlName.
fn is_sysctl(name: &str) -> bool {
    let is_edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_part = |part: &str| {
        let inner = part.chars().all(|c| is_edge(c) || matches!(c, '-' | '_'));
        inner && part.starts_with(is_edge) && part.ends_with(is_edge)
    };
    name.len() <= 253 && name.split(['.', '/']).all(is_part)
}

pub(super) fn seccomp(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let at = here.at.field("localhostProfile");
    let is_local = here.text("type") == "Localhost";
    match here.child("localhostProfile").and_then(YamlNode::text) {
        None if is_local => errors.required(&at, "must be set when seccomp type is Localhost"),
        Some(profile) if is_local => relative_path(profile, &at, errors),
        Some(profile) => {
            let shown = format!("{{\"Type\":{:?},\"LocalhostProfile\":{profile:?}}}", here.text("type"));
            errors.invalid(&at, ErrorValue(shown), "can only be set when seccomp type is Localhost");
        }
        None => {}
    }
}
