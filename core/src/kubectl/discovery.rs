//! `api-resources` and `api-versions` (pkg/cmd/apiresources): what the API server serves, as far as the manifests tell.

use std::collections::BTreeSet;

use super::flags::KubectlFlags;
use super::resource::{ResourceType, all_types};
use super::table::align_columns;
use super::{KubectlView, UsageError, kubectl_error, unsupported_error};
use crate::order::Order;

/// Versions of kinds that are served in another one, or of which nothing is kept.
const MORE_VERSIONS: [&str; 4] =
    ["authentication.k8s.io/v1", "authorization.k8s.io/v1", "autoscaling/v1", "events.k8s.io/v1"];

/// `api-versions`
pub fn api_versions(view: KubectlView<'_>) -> String {
    let types = all_types(view);
    let versions = types.iter().map(ResourceType::api_version).chain(MORE_VERSIONS);
    let versions: BTreeSet<&str> = versions.collect();
    versions.iter().map(|version| format!("{version}\n")).collect()
}

/// `api-resources`
pub fn api_resources(view: KubectlView<'_>, flags: &KubectlFlags) -> Result<String, UsageError> {
    // 1. What isn't understood.
    for flag in ["verbs", "categories"] {
        if flags.value(flag).is_some() {
            return Err(unsupported_error(format!("kubectl api-resources --{flag} isn't understood here")));
        }
    }
    // 2. The types that are asked for, in order.
    let group = |kind: &ResourceType| kind.plural().split_once('.').map_or("", |(_, group)| group).to_owned();
    let name = |kind: &ResourceType| kind.plural().split('.').next().unwrap_or_default().to_owned();
    let mut types = all_types(view);
    types.retain(|kind| flags.value("api-group").is_none_or(|wanted| group(kind) == wanted));
    types.retain(|kind| flags.value("namespaced").is_none() || kind.is_namespaced() == flags.is("namespaced"));
    match flags.value("sort-by") {
        None | Some("") => types.order_by_key(|kind| (group(kind), name(kind))),
        Some("name") => types.order_by_key(name),
        Some("kind") => types.order_by_key(|kind| (kind.kind().to_owned(), name(kind))),
        Some(_) => return Err(kubectl_error("error: --sort-by accepts only name or kind")),
    }
    // 3. Their names alone, or a table.
    let mut rows: Vec<Vec<String>> = Vec::new();
    match flags.value("output") {
        Some("name") => return Ok(types.iter().map(|kind| format!("{}\n", kind.plural())).collect()),
        None | Some("") => {}
        Some(other) => {
            return Err(unsupported_error(format!("kubectl api-resources -o {other} isn't understood here: name is")));
        }
    }
    if !flags.is("no-headers") {
        rows.push(["NAME", "SHORTNAMES", "APIVERSION", "NAMESPACED", "KIND"].map(str::to_owned).to_vec());
    }
    rows.extend(types.iter().map(|kind| {
        let namespaced = kind.is_namespaced().to_string();
        vec![
            name(kind),
            kind.short_names().join(","),
            kind.api_version().to_owned(),
            namespaced,
            kind.kind().to_owned(),
        ]
    }));
    Ok(align_columns(&rows, 6, 3))
}
