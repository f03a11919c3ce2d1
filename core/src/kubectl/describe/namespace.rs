//! `kubectl describe namespace` (pkg/describe, NamespaceDescriber). Quotas and LimitRanges aren't modelled.

use serde_json::Value;

use super::super::table::align_tabs;
use super::value::{annotations, entries, labels, said};

/// One object as the API holds it.
pub fn describe(object: &Value) -> String {
    let mut text = said("", object, &[("Name", "/metadata/name")]);
    text.push_str(&labels("Labels", &entries(object, "/metadata/labels")));
    text.push_str(&annotations("Annotations", &entries(object, "/metadata/annotations")));
    text.push_str("Status:\tActive\n\nNo resource quota.\n\nNo LimitRange resource.\n");
    align_tabs(&text)
}
