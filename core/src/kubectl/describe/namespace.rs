//! `kubectl describe namespace` (pkg/describe, NamespaceDescriber). Quotas and LimitRanges aren't modelled.

use super::super::value::{annotations, entries, labels, said};
use super::DescribedObject;

/// One object as the API holds it.
pub fn describe(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let mut text = said("", object, &[("Name", "/metadata/name")]);
    text.push_str(&labels("Labels", &entries(object, "/metadata/labels")));
    text.push_str(&annotations("Annotations", &entries(object, "/metadata/annotations")));
    text.push_str("Status:\tActive\n\nNo resource quota.\n\nNo LimitRange resource.\n");
    Some(text)
}
