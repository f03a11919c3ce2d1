//! ResourceQuotas and LimitRanges (core/validation: ValidateResourceQuotaSpec, ValidateLimitRange).

use std::collections::BTreeSet;

use super::super::resources::{container_objections, is_container_standard, is_known_resource, name_objections};
use super::super::{ErrorValue, Errors, format};
use super::Here;
use crate::model::{Path, Quantity};
use crate::order::{Gather, Order};
use crate::source::FieldPath;
use crate::yaml::YamlNode;

/// Those of core/helper's standardQuotaResources that are counted, in whole numbers.
const COUNTED: [&str; 9] = [
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
];

const SCOPES: [&str; 6] =
    ["Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass", "VolumeAttributesClass"];

/// Scopes that exclude each other.
const CONFLICTS: [[&str; 2]; 2] = [["BestEffort", "NotBestEffort"], ["Terminating", "NotTerminating"]];

fn is_huge_page(name: &str) -> bool {
    name.starts_with("hugepages-") || name.starts_with("requests.hugepages-")
}

/// IsStandardQuotaResourceName.
fn is_standard(name: &str) -> bool {
    name != "storage" && is_known_resource(name)
}

/// IsResourceQuotaScopeValidForResource.
fn fits(scope: &str, resource: &str) -> bool {
    const COMPUTED: [&str; 6] = ["cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory"];
    match scope {
        "Terminating" | "NotTerminating" | "NotBestEffort" | "PriorityClass" | "CrossNamespacePodAffinity" => {
            resource == "pods" || COMPUTED.contains(&resource)
        }
        "BestEffort" => resource == "pods",
        "VolumeAttributesClass" => matches!(resource, "persistentvolumeclaims" | "requests.storage"),
        _ => true,
    }
}

pub(super) fn quota(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    // 1. What is limited, and to how much.
    let hard = here.child("hard").map_or(&[][..], YamlNode::entries);
    for entry in hard {
        let path = here.at.to_field_path().field("hard").key(&entry.key);
        let mut say = |words: String| errors.push_at(path.clone(), &path.to_string(), &words);
        let name = &*entry.key;
        for objection in name_objections(name) {
            say(format!("Invalid value: {name:?}: {objection}"));
        }
        if !name.contains('/') && !is_standard(name) {
            say(format!("Invalid value: {name:?}: must be a standard resource for quota"));
        }
        let Some(amount) = Quantity::read(&entry.value) else { continue };
        if amount.nano < 0 {
            say(format!("Invalid value: {:?}: must be greater than or equal to 0", amount.text()));
        }
        let is_extended = name.contains('/') && !name.contains("kubernetes.io/") && !name.starts_with("requests.");
        if (COUNTED.contains(&name) || is_extended) && !amount.is_whole() {
            say(format!("Invalid value: {:?}: must be an integer", amount.text()));
        }
    }
    let mut limited: Vec<&str> = hard.iter().map(|entry| &*entry.key).filter(|name| is_standard(name)).collect();
    limited.order_by_key(|name| *name);
    // 2. Of which pods.
    let scopes: Vec<&str> = here.list("scopes").iter().map(|scope| scope.text().map_or("", |text| text)).collect();
    let (at, shown) = (here.at.field("scopes"), || ErrorValue::json(&scopes));
    for scope in &scopes {
        if !SCOPES.contains(scope) {
            errors.invalid(&at, shown(), "unsupported scope");
        }
        for _ in limited.iter().filter(|resource| !fits(scope, resource)) {
            errors.invalid(&at, shown(), "unsupported scope applied to resource");
        }
    }
    conflicts(&scopes, &at, &scopes, errors);
    // 3. The same by a selector.
    let at_selector = here.at.field("scopeSelector");
    if let Some(selector) = here.inner("scopeSelector", &at_selector) {
        scope_selector(&selector, (&limited, &scopes, &at), errors);
    }
}

fn conflicts(found: &[&str], at: &Path<'_>, scopes: &[&str], errors: &mut Errors<'_>) {
    for _ in CONFLICTS.iter().filter(|pair| pair.iter().all(|scope| found.contains(scope))) {
        let shown = if scopes.is_empty() { ErrorValue("null".to_owned()) } else { ErrorValue::json(&scopes) };
        errors.invalid(at, shown, "conflicting scopes");
    }
}

/// validateScopedResourceSelectorRequirement: paths leave the index out.
fn scope_selector(
    here: &Here<'_, '_>,
    (limited, scopes, at_scopes): (&[&str], &[&str], &Path<'_>),
    errors: &mut Errors<'_>,
) {
    let at = here.at.field("matchExpressions");
    let shown: Vec<String> = here.list("matchExpressions").iter().map(shown_requirement).collect();
    let shown = format!("{{\"MatchExpressions\":[{}]}}", shown.join(","));
    let mut found = Vec::new();
    for requirement in here.list("matchExpressions") {
        let text = |field: &str| requirement.child(field).and_then(YamlNode::text).map_or("", |text| text);
        let (scope, operator) = (text("scopeName"), text("operator"));
        let values = requirement.child("values").map_or(&[][..], YamlNode::elements);
        // 1. The scope, and whether its resources have it.
        if !SCOPES.contains(&scope) {
            errors.invalid(&at.field("scopeName"), scope, "unsupported scope");
        }
        for _ in limited.iter().filter(|resource| !fits(scope, resource)) {
            errors.invalid(&at, ErrorValue(shown.clone()), "unsupported scope applied to resource");
        }
        // 2. The operator, with values or without.
        let only_exists = matches!(
            scope,
            "BestEffort" | "NotBestEffort" | "Terminating" | "NotTerminating" | "CrossNamespacePodAffinity"
        );
        if only_exists && operator != "Exists" {
            let words = "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, \
                         ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or \
                         ResourceQuotaScopeCrossNamespacePodAffinity";
            errors.invalid(&at.field("operator"), operator, words);
        }
        match operator {
            "In" | "NotIn" if values.is_empty() => {
                let words = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
                errors.required(&at.field("values"), words);
            }
            "Exists" | "DoesNotExist" if !values.is_empty() => {
                let words = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
                errors.invalid(&at.field("values"), ErrorValue::json(&values), words);
            }
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
            other => errors.invalid(&at.field("operator"), other, "not a valid selector operator"),
        }
        found.push(scope);
    }
    conflicts(&found, at_scopes, scopes, errors);
}

/// As Go prints the internal struct.
fn shown_requirement(requirement: &YamlNode) -> String {
    let shown =
        |field: &str, absent: &str| requirement.child(field).map_or(absent.to_owned(), |node| ErrorValue::json(node).0);
    format!(
        "{{\"ScopeName\":{},\"Operator\":{},\"Values\":{}}}",
        shown("scopeName", "\"\""),
        shown("operator", "\"\""),
        shown("values", "null")
    )
}

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
        bounds(limit, kind, &at, errors);
    }
}

/// The fields of a limit.
const BOUNDS: [&str; 5] = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"];

fn bounds(limit: &YamlNode, kind: &str, at: &Path<'_>, errors: &mut Errors<'_>) {
    // 1. What a limit of pods has no use for, and what one of claims must have.
    let has = |field: &str, name: &str| limit.child(field).is_some_and(|amounts| amounts.child(name).is_some());
    for field in ["default", "defaultRequest"] {
        let is_said = limit.child(field).is_some_and(|amounts| !amounts.entries().is_empty());
        if kind == "Pod" && is_said {
            errors.forbidden(&at.field(field), "may not be specified when `type` is 'Pod'");
        }
    }
    if kind == "PersistentVolumeClaim" && !has("min", "storage") && !has("max", "storage") {
        let words = "either minimum or maximum storage value is required, but neither was provided";
        errors.required(&at.field("limits"), words);
    }
    // 2. The resources that any of the fields names.
    let fields = || BOUNDS.into_iter().filter(|field| kind != "Pod" || !field.starts_with("default"));
    let amounts = |field: &str| limit.child(field).map_or(&[][..], YamlNode::entries);
    for field in fields() {
        for entry in amounts(field) {
            let of_container = matches!(kind, "Pod" | "Container");
            let objections = if of_container { container_objections(&entry.key) } else { name_objections(&entry.key) };
            for objection in objections {
                say(&at.to_field_path().field(field).key(&entry.key), &format!("{:?}: {objection}", entry.key), errors);
            }
        }
    }
    let names: BTreeSet<&str> = fields().flat_map(amounts).map(|entry| &*entry.key).into_set();
    for name in names {
        let amount = |field: &str| {
            fields().find(|known| *known == field)?;
            limit.child(field)?.child(name).and_then(Quantity::read)
        };
        compare(name, &amount, &at.to_field_path(), errors);
    }
}

fn say(path: &FieldPath, words: &str, errors: &mut Errors<'_>) {
    errors.push_at(path.clone(), &path.to_string(), &format!("Invalid value: {words}"));
}

/// A lower field with its name in messages, the upper one likewise; where the error stands, and whether it shows the upper.
type ComparedBounds = ((&'static str, &'static str), (&'static str, &'static str), &'static str, bool);

const COMPARED: [ComparedBounds; 6] = [
    (("min", "min"), ("max", "max"), "min", false),
    (("min", "min"), ("defaultRequest", "default request"), "defaultRequest", true),
    (("defaultRequest", "default request"), ("max", "max"), "defaultRequest", false),
    (("defaultRequest", "default request"), ("default", "default limit"), "defaultRequest", false),
    (("min", "min"), ("default", "default"), "default", false),
    (("default", "default"), ("max", "max"), "default", true),
];

fn compare(name: &str, amount: &dyn Fn(&str) -> Option<Quantity>, at: &FieldPath, errors: &mut Errors<'_>) {
    // 1. Amounts that must not be above others.
    for ((lower, lower_named), (upper, upper_named), place, shows_upper) in COMPARED {
        let (Some(low), Some(high)) = (amount(lower), amount(upper)) else { continue };
        if low.nano > high.nano {
            let shown = if shows_upper { high } else { low };
            let words = format!(
                "{:?}: {lower_named} value {} is greater than {upper_named} value {}",
                shown.text(),
                low.text(),
                high.text()
            );
            say(&at.field(place).key(name), &words, errors);
        }
    }
    // 2. The ratio.
    if let Some(ratio) = amount("maxLimitRequestRatio") {
        let path = at.field("maxLimitRequestRatio").key(name);
        if ratio.nano < 1_000_000_000 {
            say(&path, &format!("{:?}: ratio {} is less than 1", ratio.text(), ratio.text()), errors);
        }
        if let (Some(least), Some(most)) = (amount("min"), amount("max")) {
            let limit = most.nano as f64 / least.nano as f64;
            if ratio.nano as f64 / 1e9 > limit {
                let words = format!("{:?}: ratio {} is greater than max/min = {limit:.6}", ratio.text(), ratio.text());
                say(&path, &words, errors);
            }
        }
    }
    // 3. What nobody can have more of than there is.
    if let (Some(default), Some(request)) = (amount("default"), amount("defaultRequest"))
        && default.nano != request.nano
        && !is_container_standard(name)
        && (name.contains('/') && !name.contains("kubernetes.io/") || is_huge_page(name))
    {
        let words = format!(
            "{:?}: default value {} must equal to defaultRequest value {} in {name}",
            request.text(),
            default.text(),
            request.text()
        );
        say(&at.field("defaultRequest").key(name), &words, errors);
    }
}
