//! Small objects: metadata, nodes, Secrets, roles, budgets, classes (core, policy, rbac, storage, networking validation).

use std::collections::BTreeSet;

use super::super::{ErrorValue, Errors, format, unsupported_words};
use super::rule::{at_most_everything, int_or_percent, path_segment};
use super::{Here, is_below};
use crate::model::{Path, Quantity, values, well_known};
use crate::order::Gather;
use crate::source::FieldPath;
use crate::yaml::YamlNode;

/// finalizers and ownerReferences (apimachinery, api/validation/objectmeta.go).
pub(super) fn metadata(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    if is_below(here.at, "template") || is_below(here.at, "volumeClaimTemplate") {
        return;
    }
    finalizers(here, "finalizers", true, errors);
    let owners = here.list("ownerReferences");
    let controls =
        |owner: &&YamlNode| owner.child("controller").is_some_and(|it| it.value == crate::yaml::Value::Bool(true));
    let mut controllers = owners.iter().filter(controls);
    if let (Some(first), Some(second)) = (controllers.next(), controllers.next()) {
        let named = |owner: &YamlNode| owner.child("name").and_then(YamlNode::text).map_or("", |name| name).to_owned();
        let words = format!(
            "Only one reference can have Controller set to true. Found \"true\" in references for {} and {}",
            named(first),
            named(second)
        );
        errors.invalid(&here.at.field("ownerReferences"), ErrorValue::json(&owners), words);
    }
}

/// ValidateFinalizerName: a qualified name, with a domain unless it is one of Kubernetes' own.
fn finalizers(here: &Here<'_, '_>, field: &str, indexed: bool, errors: &mut Errors<'_>) {
    let at = here.at.field(field);
    for (index, finalizer) in here.list(field).iter().enumerate() {
        let name = finalizer.text().map_or("", |name| name);
        let objections = format::qualified_name(name);
        let standard = ["kubernetes", "orphan", "foregroundDeletion"].contains(&name);
        if !name.contains('/') && !standard {
            let words = "name is neither a standard finalizer name nor is it fully qualified";
            if indexed { errors.invalid(&at.index(index), name, words) } else { errors.invalid(&at, name, words) }
        }
        errors.malformed(&at, name, objections);
    }
}

pub(super) fn namespace(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    finalizers(here, "finalizers", false, errors);
}

/// validateNodeTaints, whose errors stand below metadata; podCIDRs.
pub(super) fn node(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    // 1. Taints: key, value, effect, each pair once.
    let mut pairs = BTreeSet::new();
    for (index, taint) in here.list("taints").iter().enumerate() {
        let text = |field: &str| taint.child(field).and_then(YamlNode::text).map_or("", |text| text);
        let written = here.at.to_field_path().field("taints").index(index);
        let printed = FieldPath::root().field("metadata").field("taints").index(index);
        let mut say = |field: &str, words: &str| {
            errors.push_at(written.field(field), &printed.field(field).to_string(), words);
        };
        for objection in format::qualified_name(text("key")) {
            say("key", &format!("Invalid value: {:?}: {objection}", text("key")));
        }
        for objection in format::label_value(text("value")) {
            say("value", &format!("Invalid value: {:?}: {objection}", text("value")));
        }
        match text("effect") {
            "" => say("effect", "Required value"),
            effect if !values::TAINT_EFFECT.contains(effect) => {
                say("effect", &unsupported_words(&format!("{effect:?}"), &values::TAINT_EFFECT.in_messages()));
            }
            _ => {}
        }
        if !pairs.insert((text("key"), text("effect"))) {
            let words = format!(
                "Duplicate value: {{\"Key\":{:?},\"Value\":{:?},\"Effect\":{:?},\"TimeAdded\":null}}: taints must be unique by \
                 key and effect pair",
                text("key"),
                text("value"),
                text("effect")
            );
            errors.push_at(written.clone(), &printed.to_string(), &words);
        }
    }
    // 2. Pod networks: each by itself, then one per family.
    let mut cidrs: Vec<&str> = here.list("podCIDRs").iter().map(|cidr| cidr.text().map_or("", |cidr| cidr)).collect();
    // podCIDR goes before a list that begins with another (Convert_v1_NodeSpec_To_core_NodeSpec).
    let single = here.text("podCIDR");
    if !single.is_empty() && cidrs.first() != Some(&single) {
        cidrs = vec![single];
    }
    networks(here, "podCIDRs", &cidrs, errors);
    let families: BTreeSet<bool> = cidrs.iter().map(|cidr| cidr.contains(':')).into_set();
    if cidrs.len() > 1 && families.len() < cidrs.len() {
        let at = here.at.field("podCIDRs");
        errors.invalid(&at, ErrorValue::json(&cidrs), "may specify no more than one CIDR for each IP family");
    }
}

fn networks(here: &Here<'_, '_>, field: &str, cidrs: &[&str], errors: &mut Errors<'_>) {
    for (index, cidr) in cidrs.iter().enumerate() {
        errors.malformed(&here.at.field(field).index(index), cidr, format::cidr(cidr, here.version));
    }
}

pub(super) fn service_cidr(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let cidrs: Vec<&str> = here.list("cidrs").iter().map(|cidr| cidr.text().map_or("", |cidr| cidr)).collect();
    networks(here, "cidrs", &cidrs, errors);
    let at = here.at.field("cidrs");
    if cidrs.len() > 2 {
        errors.too_many(&at, cidrs.len(), 2);
    }
    let families: BTreeSet<bool> = cidrs.iter().map(|cidr| cidr.contains(':')).into_set();
    if cidrs.len() == 2 && families.len() < 2 {
        let words = "may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64";
        errors.invalid(&at, ErrorValue::json(&cidrs), words);
    }
}

pub(super) fn disruption_budget(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    if here.has("minAvailable") && here.has("maxUnavailable") {
        let shown = |field: &str| here.child(field).map_or("null".to_owned(), |node| ErrorValue::json(node).0);
        let selector = "null";
        let words = format!(
            "Invalid value: {{\"MinAvailable\":{},\"Selector\":{selector},\"MaxUnavailable\":{},\
             \"UnhealthyPodEvictionPolicy\":null}}: minAvailable and maxUnavailable cannot be both set",
            shown("minAvailable"),
            shown("maxUnavailable")
        );
        errors.push(here.at, words);
    }
    for field in ["minAvailable", "maxUnavailable"] {
        int_or_percent(here.child(field), &here.at.field(field), errors);
        at_most_everything(here.child(field), &here.at.field(field), errors);
    }
    super::placing::selector(here.child("selector"), &here.at.field("selector"), errors);
}

/// ValidatePolicyRule.
pub(super) fn role(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let at = here.at.field("rules");
    for (index, rule) in here.list("rules").iter().enumerate() {
        let at = at.index(index);
        let is_empty = |field: &str| rule.child(field).is_none_or(|list| list.elements().is_empty());
        if is_empty("verbs") {
            errors.required(&at.field("verbs"), "");
        }
        if !is_empty("nonResourceURLs") {
            continue;
        }
        if is_empty("apiGroups") {
            errors.required(&at.field("apiGroups"), "resource rules must supply at least one api group");
        }
        if is_empty("resources") {
            errors.required(&at.field("resources"), "resource rules must supply at least one resource");
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

pub(super) fn storage_class(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let at = here.at.field("provisioner");
    match here.text("provisioner") {
        "" => errors.required(&at, ""),
        name => errors.malformed(&at, name, format::qualified_name(&name.to_lowercase())),
    }
}

/// ValidateLimitRange.
pub(super) fn limit_range(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let mut types = BTreeSet::new();
    let at = here.at.field("limits");
    for (index, limit) in here.list("limits").iter().enumerate() {
        let at = at.index(index);
        let kind = limit.child("type").and_then(YamlNode::text).map_or("", |kind| kind);
        let objections = format::qualified_name(kind);
        if objections.is_empty()
            && !kind.contains('/')
            && !["Pod", "Container", "PersistentVolumeClaim"].contains(&kind)
        {
            errors.invalid(&at.field("type"), kind, "must be a standard limit type or fully qualified");
        }
        errors.malformed(&at.field("type"), kind, objections);
        if !types.insert(kind) {
            errors.duplicate(&at.field("type"), kind);
        }
        bounds(limit, &at, errors);
    }
}

fn bounds(limit: &YamlNode, at: &Path<'_>, errors: &mut Errors<'_>) {
    // 1. The resources that any of the fields names.
    let amount = |field: &str, resource: &str| {
        limit.child(field).and_then(|amounts| amounts.child(resource)).and_then(Quantity::read)
    };
    let fields = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"];
    let names: BTreeSet<&str> = fields
        .iter()
        .filter_map(|field| limit.child(field))
        .flat_map(YamlNode::entries)
        .map(|entry| &*entry.key)
        .into_set();
    for name in names {
        // 2. Names that limits may have.
        for field in fields.iter().filter(|field| amount(field, name).is_some()) {
            let standard =
                ["cpu", "memory", "ephemeral-storage", "storage"].contains(&name) || name.starts_with("hugepages-");
            if !standard && !name.contains('/') {
                let path = at.to_field_path().field(field).key(name);
                let words = format!("Invalid value: {name:?}: must be a standard resource type or fully qualified");
                errors.push_at(path.clone(), &path.to_string(), &words);
            }
        }
        // 3. Amounts that must not be above others.
        let compared: [(&str, &str, &str, &str); 5] = [
            ("min", "min", "max", "max"),
            ("defaultRequest", "default request", "max", "max"),
            ("default", "default", "max", "max"),
            ("defaultRequest", "default request", "default", "default limit"),
            ("min", "min", "default", "default"),
        ];
        for (lower, lower_named, upper, upper_named) in compared {
            let (Some(low), Some(high)) = (amount(lower, name), amount(upper, name)) else { continue };
            if low.nano > high.nano {
                let path = at.to_field_path().field(lower).key(name);
                let text = low.text();
                let words = format!(
                    "Invalid value: {text:?}: {lower_named} value {text} is greater than {upper_named} value {}",
                    high.text()
                );
                errors.push_at(path.clone(), &path.to_string(), &words);
            }
        }
    }
}

/// ValidateSecret, of the types that the slim struct doesn't know.
pub(super) fn secret(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let has = |key: &str| {
        ["data", "stringData"].iter().any(|field| here.child(field).is_some_and(|data| data.entry(key).is_some()))
    };
    let at = FieldPath::root().field("data");
    match here.text("type") {
        "kubernetes.io/basic-auth" if !has("username") && !has("password") => {
            for key in ["username", "password"] {
                let key = at.key(key);
                errors.push_at(key.clone(), &key.to_string(), "Required value");
            }
        }
        "kubernetes.io/dockercfg" if !has(".dockercfg") => {
            let key = at.key(".dockercfg");
            errors.push_at(key.clone(), &key.to_string(), "Required value");
        }
        "kubernetes.io/service-account-token" => {
            let annotations = here.child("metadata").and_then(|metadata| metadata.child("annotations"));
            if annotations.and_then(|all| all.child(well_known::SERVICE_ACCOUNT_NAME)).is_none() {
                let key =
                    FieldPath::root().field("metadata").field("annotations").key(well_known::SERVICE_ACCOUNT_NAME);
                errors.push_at(key.clone(), &key.to_string(), "Required value");
            }
        }
        _ => {}
    }
}

/// A key stands in one of the two maps only.
pub(super) fn config_map(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let Some(data) = here.child("data") else { return };
    for entry in here.child("binaryData").map_or(&[][..], YamlNode::entries) {
        if data.entry(&entry.key).is_some() {
            let key = FieldPath::root().field("data").key(&entry.key);
            let words = format!("Invalid value: {:?}: duplicate of key present in binaryData", entry.key);
            errors.push_at(key.clone(), &key.to_string(), &words);
        }
    }
}

/// validateHints: up to eight, each once.
pub(super) fn hints(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    for field in ["forNodes", "forZones"] {
        let at = here.at.field(field);
        let list = here.list(field);
        if list.len() > 8 {
            errors.too_many(&at, list.len(), 8);
        }
        let mut names = BTreeSet::new();
        for (index, hint) in list.iter().enumerate() {
            let name = hint.child("name").and_then(YamlNode::text).map_or("", |name| name);
            if !names.insert(name) {
                errors.duplicate(&at.index(index).field("name"), name);
            }
        }
    }
}
