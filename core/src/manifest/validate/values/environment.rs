//! Where a variable's value comes from (core/validation: validateEnvVarValueFrom, validateObjectFieldSelector).

use super::super::{Errors, format};
use super::{Here, is_below};
use crate::model::{Path, Quantity};

const ENVIRONMENT_FIELDS: &[&str] = &[
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];
const VOLUME_FIELDS: &[&str] =
    &["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"];
/// Fields that a label may name at all (ConvertDownwardAPIFieldLabel).
const LABELS: &[&str] = &[
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.serviceAccountName",
    "spec.schedulerName",
    "status.phase",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
    "spec.host",
];
const RESOURCES: &[&str] = &[
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];

/// validateEnvVarValueFrom: a source, if `valueFrom` is there at all.
pub(super) fn variable(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    let at = here.at.field("valueFrom");
    let Some(from) = here.inner("valueFrom", &at) else { return };
    let sources = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];
    let said = sources.iter().filter(|source| from.has(source)).count();
    match said {
        0 => errors.invalid(
            &at,
            "",
            "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`",
        ),
        _ if !here.text("value").is_empty() => {
            errors.invalid(&at, "", "may not be specified when `value` is not empty");
        }
        1 => {}
        _ => errors.invalid(&at, "", "may not have more than one field specified at a time"),
    }
}

/// A field of the pod, as a variable or a file.
pub(super) fn field_reference(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    // 1. A path, of a version that is known.
    let at = here.at.field("fieldPath");
    let path = here.text("fieldPath");
    let in_volume = is_below(here.at, "volumes");
    if path.is_empty() {
        return say(errors, here, &at, "Required value");
    }
    let version = here.text("apiVersion");
    if !matches!(version, "" | "v1") {
        let words = format!("Invalid value: {path:?}: error converting fieldPath: unsupported pod version: {version}");
        return say(errors, here, &at, &words);
    }
    // 2. A field that is known, with a key only where it has keys.
    let subscript = path.strip_suffix("']").and_then(|path| path.split_once("['"));
    let (name, key) = subscript.map_or((path, None), |(name, key)| (name, Some(key)));
    let known = LABELS.contains(&name) && (key.is_none() || matches!(name, "metadata.annotations" | "metadata.labels"));
    if !known {
        let words = format!("Invalid value: {path:?}: error converting fieldPath: field label not supported: {path}");
        return say(errors, here, &at, &words);
    }
    // 3. Which may stand here.
    let allowed = if in_volume { VOLUME_FIELDS } else { ENVIRONMENT_FIELDS };
    match key {
        Some(key) => {
            let key = if name == "metadata.annotations" { key.to_lowercase() } else { key.to_owned() };
            for objection in format::qualified_name(&key) {
                say(errors, here, here.at, &format!("Invalid value: {key:?}: {objection}"));
            }
        }
        None if !allowed.contains(&path) => {
            let allowed: Vec<String> = allowed.iter().map(|field| format!("{field:?}")).collect();
            say(errors, here, &at, &format!("Unsupported value: {path:?}: supported values: {}", allowed.join(", ")));
        }
        None => {}
    }
}

/// How much a container may use, as a variable or a file.
pub(super) fn resource_reference(here: &Here<'_, '_>, errors: &mut Errors<'_>) {
    // 1. The resource, and whose in a volume.
    let resource = here.text("resource");
    let huge = ["limits.hugepages-", "requests.hugepages-"].iter().any(|prefix| resource.starts_with(prefix));
    if is_below(here.at, "volumes") && here.text("containerName").is_empty() {
        say(errors, here, &here.at.field("containerName"), "Required value");
    } else if resource.is_empty() {
        say(errors, here, &here.at.field("resource"), "Required value");
    } else if !RESOURCES.contains(&resource) && !huge {
        let resources: Vec<String> = RESOURCES.iter().map(|name| format!("{name:?}")).collect();
        let words = format!("Unsupported value: {resource:?}: supported values: {}", resources.join(", "));
        say(errors, here, &here.at.field("resource"), &words);
    }
    // 2. The divisor, as the resource takes it.
    let Some(divisor) = here.child("divisor").and_then(Quantity::read).filter(|divisor| divisor.nano != 0) else {
        return;
    };
    let text = divisor.text();
    let sizes = ["1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];
    let kind = resource.split_once('.').map_or("", |(_, kind)| kind);
    let words = match kind {
        "cpu" if !matches!(text.as_str(), "1m" | "1") => {
            "only divisor's values 1m and 1 are supported with the cpu resource".to_owned()
        }
        "memory" | "ephemeral-storage" if !sizes.contains(&text.as_str()) => {
            let named = if kind == "memory" { "memory" } else { "local ephemeral storage" };
            format!("only divisor's values {} are supported with the {named} resource", sizes.join(", "))
        }
        _ if huge && !sizes.contains(&text.as_str()) => {
            format!("only divisor's values {} are supported with the hugepages resource", sizes.join(", "))
        }
        _ => return,
    };
    say(errors, here, &here.at.field("divisor"), &format!("Invalid value: {resource:?}: {words}"));
}

/// The API server leaves `items[N]` out of the paths of files below `downwardAPI`.
fn say(errors: &mut Errors<'_>, here: &Here<'_, '_>, at: &Path<'_>, message: &str) {
    let printed = at.to_field_path().to_string();
    let printed = if is_below(here.at, "downwardAPI") { without_items(&printed) } else { printed };
    errors.push_at(at.to_field_path(), &printed, message);
}

/// `volumes[0].downwardAPI.items[1].path` as `volumes[0].downwardAPI.path`.
pub(super) fn without_items(path: &str) -> String {
    match path.split_once("downwardAPI.items[") {
        Some((before, after)) => {
            let behind = after.split_once(']').map_or("", |(_, behind)| behind);
            format!("{before}downwardAPI{behind}")
        }
        None => path.to_owned(),
    }
}
