//! Classes of storage and of runtimes, Leases, volumes of a cluster (storage, node, coordination, core validation).

use std::collections::{BTreeMap, BTreeSet};

use super::super::placing::toleration;
use super::super::{ErrorValue, Errors, format, metadata, resources};
use super::Here;
use super::rule::no_backsteps;
use crate::model::{Decode, Labels, Quantity, Toleration, values};
use crate::source::FieldPath;
use crate::yaml::YamlNode;

pub(super) fn storage_class(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let at = here.at.field("provisioner");
    match here.text("provisioner") {
        "" => errors.required(&at, ""),
        name => errors.malformed(&at, name, format::qualified_name(&name.to_lowercase())),
    }
    topologies(here, errors);
}

/// validateAllowedTopologies: each term another, each key in it once, each value once.
fn topologies(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let at = here.at.field("allowedTopologies");
    let mut terms: Vec<BTreeMap<&str, BTreeSet<&str>>> = Vec::new();
    for (index, term) in here.list("allowedTopologies").iter().enumerate() {
        let at = at.index(index);
        let at = at.field("matchLabelExpressions");
        let mut keys = BTreeMap::new();
        for (index, expression) in
            term.child("matchLabelExpressions").map_or(&[][..], YamlNode::elements).iter().enumerate()
        {
            let at = at.index(index);
            let key = expression.child("key").and_then(YamlNode::text).map_or("", |key| key);
            let found = expression.child("values").map_or(&[][..], YamlNode::elements);
            if found.is_empty() {
                errors.required(&at.field("values"), "");
            }
            let mut values = BTreeSet::new();
            for (index, value) in found.iter().enumerate() {
                let value = value.text().map_or("", |value| value);
                if !values.insert(value) {
                    errors.duplicate(&at.field("values").index(index), value);
                }
            }
            errors.malformed(&at.field("key"), key, format::qualified_name(key));
            if keys.insert(key, values).is_some() {
                errors.duplicate(&at.field("key"), key);
            }
        }
        for _ in terms.iter().filter(|term| **term == keys) {
            errors.duplicate(&at, "");
        }
        terms.push(keys);
    }
}

/// ValidateRuntimeClass.
pub(super) fn runtime_class(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let at = here.at.field("overhead");
    let amounts = here.child("overhead").and_then(|overhead| overhead.child("podFixed"));
    resources::limits(amounts, &at, errors);
    let at = here.at.field("scheduling");
    let Some(scheduling) = here.inner("scheduling", &at) else { return };
    let at_selector = at.field("nodeSelector");
    let labels = scheduling.child("nodeSelector").and_then(|node| Labels::decode(node, &at_selector, &mut Vec::new()));
    metadata::labels(&labels.unwrap_or_default(), &at_selector, errors);
    let at = at.field("tolerations");
    let mut seen = BTreeSet::new();
    for (index, node) in scheduling.list("tolerations").iter().enumerate() {
        let at = at.index(index);
        let Some(found) = Toleration::decode(node, &at, &mut Vec::new()) else { continue };
        toleration(&found, &at, errors);
        let Toleration { key, operator, value, effect } = &found;
        if !seen.insert([key.clone(), operator.clone(), value.clone(), effect.clone()]) {
            let seconds = node.child("tolerationSeconds").map_or("null".to_owned(), |node| ErrorValue::json(node).0);
            let shown = format!(
                r#"{{"Key":{key:?},"Operator":{operator:?},"Value":{value:?},"Effect":{effect:?},"TolerationSeconds":{seconds}}}"#
            );
            errors.duplicate(&at, ErrorValue(shown));
        }
    }
}

/// ValidateLeaseSpec; strategy and preferredHolder are dropped before (CoordinatedLeaderElection is off).
pub(super) fn lease(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    for (field, least, words) in [
        ("leaseDurationSeconds", 1, "must be greater than 0"),
        ("leaseTransitions", 0, "must be greater than or equal to 0"),
    ] {
        if let Some(found) = here.number(field).filter(|found| *found < least) {
            errors.invalid(&here.at.field(field), ErrorValue(found.to_string()), words);
        }
    }
}

/// The sources of a volume, in the order in which they are looked at (core/validation: ValidatePersistentVolumeSpec).
const SOURCES: [&str; 22] = [
    "hostPath",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "glusterfs",
    "flocker",
    "nfs",
    "rbd",
    "quobyte",
    "cephfs",
    "iscsi",
    "cinder",
    "fc",
    "flexVolume",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "scaleIO",
    "local",
    "storageos",
    "csi",
];

pub(super) fn persistent_volume(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    // 1. Its size, and nothing else.
    let at = here.at.field("capacity");
    let capacity = here.child("capacity").map_or(&[][..], YamlNode::entries);
    if capacity.is_empty() {
        errors.required(&at, "");
    }
    if capacity.len() != 1 || capacity.iter().any(|entry| &*entry.key != "storage") {
        let shown = here.child("capacity").map_or("null".to_owned(), |node| ErrorValue::json(node).0);
        errors.unsupported(&at, &shown, &["storage"]);
    }
    for entry in capacity {
        if Quantity::read(&entry.value).is_some_and(|amount| amount.nano <= 0) {
            let path = FieldPath::root().field("spec").field("capacity").key(&entry.key);
            let shown = Quantity::read(&entry.value).map(|amount| amount.text()).unwrap_or_default();
            let words = format!("Invalid value: {shown:?}: must be greater than zero");
            errors.push_at(path.clone(), &path.to_string(), &words);
        }
    }
    // 2. Its source, of which there is one.
    let mut sources = SOURCES.into_iter().filter(|source| here.has(source));
    match sources.next() {
        None => errors.required(here.at, "must specify a volume type"),
        Some(source) => volume_source(here, source, errors),
    }
    for other in sources {
        let printed = if other == "cephfs" { "cephFS" } else { other };
        errors.forbidden(&here.at.field(printed), "may not specify more than 1 volume type");
    }
    // 3. Where it can be mounted.
    let affinity = here.child("nodeAffinity");
    let at = here.at.field("nodeAffinity");
    if affinity.is_some_and(|affinity| affinity.child("required").is_none()) {
        errors.required(&at.field("required"), "must specify required node constraints");
    }
    if here.has("local") && affinity.is_none() {
        errors.required(&at, "Local volume requires node affinity");
    }
    if let Some(class) = here.child("volumeAttributesClassName").and_then(YamlNode::text) {
        let at = here.at.field("volumeAttributesClassName");
        if class.is_empty() {
            errors.required(&at, "an empty string is disallowed");
        } else {
            errors.malformed(&at, class, format::dns1123_subdomain(class));
        }
        if !here.has("csi") {
            errors.required(&here.at.field("csi"), "has to be specified when using volumeAttributesClassName");
        }
    }
}

fn volume_source(here: &Here<'_, '_>, source: &str, errors: &mut Errors<'_>) {
    let at = here.at.field(source);
    let Some(volume) = here.inner(source, &at) else { return };
    let mut needed = |field: &str| {
        let is_empty = volume.text(field).is_empty();
        if is_empty {
            errors.required(&at.field(field), "");
        }
        !is_empty
    };
    match source {
        "hostPath" | "local" if needed("path") => {
            no_backsteps(volume.text("path"), &at.field("path"), errors);
            if let Some(kind) = volume.child("type").and_then(YamlNode::text) {
                errors.one_of_if_said(&at.field("type"), Some(kind), values::HOST_PATH_TYPE);
            }
        }
        "flexVolume" => drop(needed("driver")),
        "csi" => {
            needed("driver");
            needed("volumeHandle");
        }
        "iscsi" => {
            needed("targetPortal");
            needed("iqn");
        }
        "nfs" => {
            let path = volume.text("path");
            if !path.is_empty() && !path.starts_with('/') {
                errors.invalid(&at.field("path"), path, "must be an absolute path");
            }
        }
        _ => {}
    }
}
