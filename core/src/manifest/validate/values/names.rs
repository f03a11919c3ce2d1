//! Which form the name of each built-in kind has (pkg/apis/*/validation: the ValidateNameFunc of each).

use super::super::{Errors, format};
use super::rule::path_segment;
use crate::model::{KubernetesVersion, Path};
use crate::schema;
use crate::yaml::YamlNode;

/// The form of a kind's names.
pub(super) fn form_of(kind: &str, version: KubernetesVersion) -> format::Form {
    match kind {
        "Namespace" | "StatefulSet" => format::dns1123_label,
        "Service" if version < KubernetesVersion::V1_37 => format::dns1035_label,
        "Service" => format::dns1123_label,
        "Role" | "ClusterRole" | "RoleBinding" | "ClusterRoleBinding" | "PodDisruptionBudget" => path_segment,
        "IPAddress" => format::ip,
        _ => format::dns1123_subdomain,
    }
}

/// Names that go on into other names.
pub(super) fn names(kind: &schema::BuiltInKind, node: &YamlNode, errors: &mut Errors<'_>) {
    let metadata = node.child("metadata");
    let name = metadata.and_then(|metadata| metadata.child("name")).and_then(YamlNode::text).map_or("", |name| name);
    let at = Path::Root.field("metadata");
    let at = at.field("name");
    let spec = |field: &str| node.child("spec").and_then(|spec| spec.child(field));
    if kind.name == "Job"
        && !name.is_empty()
        && spec("completionMode").and_then(YamlNode::text).is_some_and(|mode| &**mode == "Indexed")
    {
        let last = spec("completions").and_then(super::number).unwrap_or(1) - 1;
        let pod = format!("{name}-{last}");
        for _ in format::dns1123_label(&pod).iter().take(1) {
            errors.invalid(&at, name, format!("will not able to create pod with invalid DNS label: {pod}"));
        }
    }
    if kind.name == "Job" && name.len() > 63 {
        errors.invalid(&at, name, "must be no more than 63 characters");
    }
}
