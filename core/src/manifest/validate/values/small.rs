//! Small objects: metadata, nodes, networks of Services, budgets, hints (core, policy, networking, discovery validation).

use std::collections::BTreeSet;

use super::super::{ErrorValue, Errors, format, unsupported_words};
use super::rule::{at_most_everything, int_or_percent};
use super::{Here, is_below};
use crate::model::{Decode, LabelSelector, values};
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
    if cidrs.is_empty() {
        errors.required(&at, "at least one CIDR required");
    }
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
        let selector = here.child("selector").and_then(|node| LabelSelector::decode(node, here.at, &mut Vec::new()));
        let selector =
            selector.map_or("null".to_owned(), |selector| super::super::metadata::shown_selector(&selector).0);
        let words = format!(
            "Invalid value: {{\"MinAvailable\":{},\"Selector\":{selector},\"MaxUnavailable\":{},\
             \"UnhealthyPodEvictionPolicy\":{}}}: minAvailable and maxUnavailable cannot be both set",
            shown("minAvailable"),
            shown("maxUnavailable"),
            shown("unhealthyPodEvictionPolicy")
        );
        errors.push(here.at, words);
    }
    for field in ["minAvailable", "maxUnavailable"] {
        int_or_percent(here.child(field), &here.at.field(field), errors);
        at_most_everything(here.child(field), &here.at.field(field), errors);
    }
    super::placing::selector(here.child("selector"), &here.at.field("selector"), errors);
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
