//! Probes of a container, and what it mounts (pkg/apis/core/validation: validateProbe, ValidateVolumeMounts,
//! validateVolumeSource). Read from the tree: the slim structs have only what decides where a request goes.

use std::collections::BTreeSet;

use super::{ErrorValue, Errors, format};
use crate::model::{Path, values};
use crate::order::Order;
use crate::yaml::{Entry as YamlEntry, Value, YamlNode};

/// In the order in which the API server looks at them (validateHandler).
const HANDLERS: [&str; 4] = ["exec", "httpGet", "tcpSocket", "grpc"];

/// Where in a volume each source names what it is made of.
const SOURCES: [(&str, &str); 4] =
    [("hostPath", "path"), ("secret", "secretName"), ("persistentVolumeClaim", "claimName"), ("configMap", "name")];

/// The probes of a container that stands at a path. `may_have` is false for init containers that end.
pub(super) fn probes(container: &Path<'_>, may_have: bool, errors: &mut Errors<'_>) {
    for kind in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let at = container.field(kind);
        let Some(found) = errors.tree(&at) else { continue };
        if may_have {
            probe(found, &at, kind, errors);
        } else {
            errors.forbidden(&at, "may not be set for init containers without restartPolicy=Always");
        }
    }
}

fn probe(probe: &YamlNode, at: &Path<'_>, kind: &str, errors: &mut Errors<'_>) {
    let handlers: Vec<(&str, &YamlNode)> =
        HANDLERS.iter().filter_map(|handler| Some((*handler, probe.child(handler)?))).collect();
    match handlers.split_first() {
        None => errors.required(at, "must specify a handler type"),
        Some(((name, first), others)) => {
            handler(name, first, &at.field(name), errors);
            for (name, _) in others {
                errors.forbidden(&at.field(name), "may not specify more than 1 handler type");
            }
        }
    }
    let numbers = ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"];
    for field in numbers {
        if let Some(number) = number(probe, field).filter(|number| *number < 0) {
            errors.invalid(&at.field(field), number, "must be greater than or equal to 0");
        }
    }
    let successes = number(probe, "successThreshold").filter(|number| *number > 1);
    if let Some(successes) = successes.filter(|_| kind != "readinessProbe") {
        errors.invalid(&at.field("successThreshold"), successes, "must be 1");
    }
    if kind == "readinessProbe" && probe.child("terminationGracePeriodSeconds").is_some() {
        let value = number(probe, "terminationGracePeriodSeconds").unwrap_or(0);
        errors.invalid(&at.field("terminationGracePeriodSeconds"), value, "must not be set for readinessProbes");
    }
}

fn handler(name: &str, handler: &YamlNode, at: &Path<'_>, errors: &mut Errors<'_>) {
    match name {
        "exec" if handler.child("command").is_none_or(|command| command.elements().is_empty()) => {
            errors.required(&at.field("command"), "");
        }
        "httpGet" => {
            port(handler, at, errors);
            let scheme = handler.child("scheme").and_then(YamlNode::text);
            let scheme = scheme.map(|scheme| &**scheme).filter(|scheme| !scheme.is_empty());
            errors.one_of_if_said(&at.field("scheme"), scheme, values::PROBE_SCHEME);
        }
        "tcpSocket" | "grpc" => port(handler, at, errors),
        _ => {}
    }
}

/// A number or a name (ValidatePortNumOrName).
fn port(handler: &YamlNode, at: &Path<'_>, errors: &mut Errors<'_>) {
    let at = at.field("port");
    match handler.child("port").map(|node| &node.value) {
        Some(Value::String(name)) => errors.malformed(&at, name, format::port_name(name)),
        found => {
            let number = match found {
                Some(Value::Integer(number)) => i32::try_from(*number).unwrap_or(0),
                _ => 0,
            };
            errors.malformed_number(&at, number, format::port_number(number));
        }
    }
}

/// The sources of a volume, in the order in which they are looked at (validateVolumeSource).
const ORDER: [&str; 30] = [
    "emptyDir",
    "hostPath",
    "gitRepo",
    "gcePersistentDisk",
    "awsElasticBlockStore",
    "secret",
    "nfs",
    "iscsi",
    "glusterfs",
    "flocker",
    "persistentVolumeClaim",
    "rbd",
    "cinder",
    "cephfs",
    "quobyte",
    "downwardAPI",
    "fc",
    "flexVolume",
    "configMap",
    "azureFile",
    "vsphereVolume",
    "photonPersistentDisk",
    "portworxVolume",
    "azureDisk",
    "storageos",
    "projected",
    "scaleIO",
    "csi",
    "ephemeral",
    "image",
];

/// What a volume is made of; without a source it is an emptyDir (SetDefaults_Volume).
pub(super) fn source(volume: &YamlNode, at: &Path<'_>, errors: &mut Errors<'_>) {
    let is_source = |entry: &&YamlEntry| &*entry.key != "name" && entry.value.value != Value::Null;
    let mut sources: Vec<&YamlEntry> = volume.entries().iter().filter(is_source).collect();
    sources.order_by_key(|entry| ORDER.iter().position(|source| *source == &*entry.key));
    for second in sources.iter().skip(1) {
        let printed = match &*second.key {
            "cephfs" => "cephFS",
            "downwardAPI" => "downwarAPI",
            key => key,
        };
        let printed = at.to_field_path().field(printed).to_string();
        let words = "Forbidden: may not specify more than 1 volume type";
        errors.push_at(at.to_field_path().field(&second.key), &printed, words);
    }
    for first in sources.into_iter().take(1) {
        let named = SOURCES.iter().find(|(source, _)| *source == &*first.key);
        let is_missing =
            |field: &str| first.value.child(field).and_then(YamlNode::text).is_none_or(|name| name.is_empty());
        if let Some((source, field)) = named.filter(|(_, field)| is_missing(field)) {
            errors.required(&at.field(source).field(field), "");
        }
    }
}

/// mountPath of the mounts of a container that stands at a path: there, and no two alike.
pub(super) fn mount_paths(container: &Path<'_>, errors: &mut Errors<'_>) {
    let Some(node) = errors.tree(container) else { return };
    let mut taken = BTreeSet::new();
    for (index, mount) in node.child("volumeMounts").map(YamlNode::elements).unwrap_or_default().iter().enumerate() {
        let mounts = container.field("volumeMounts");
        let mounts = mounts.index(index);
        let at = mounts.field("mountPath");
        match mount.child("mountPath").and_then(YamlNode::text).filter(|path| !path.is_empty()) {
            None => errors.required(&at, ""),
            Some(path) if !taken.insert(path) => errors.invalid(&at, ErrorValue::from(&**path), "must be unique"),
            Some(_) => {}
        }
    }
}

fn number(node: &YamlNode, field: &str) -> Option<i32> {
    match node.child(field)?.value {
        Value::Integer(number) => i32::try_from(number).ok(),
        _ => None,
    }
}
