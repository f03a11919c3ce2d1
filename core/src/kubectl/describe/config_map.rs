//! `kubectl describe configmap` (pkg/describe, ConfigMapDescriber).

use super::super::value::{annotations, entries, labels, said};
use super::DescribedObject;

/// One object as the API holds it.
pub fn describe(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let mut text = said("", object, &[("Name", "/metadata/name"), ("Namespace", "/metadata/namespace")]);
    text.push_str(&labels("Labels", &entries(object, "/metadata/labels")));
    text.push_str(&annotations("Annotations", &entries(object, "/metadata/annotations")));
    text.push_str("\nData\n====\n");
    for (key, value) in entries(object, "/data") {
        text.push_str(&format!("{key}:\n----\n{value}\n\n"));
    }
    text.push_str("\nBinaryData\n====\n");
    let binary = entries(object, "/binaryData");
    for (key, value) in &binary {
        let bytes = crate::model::base64::decode(value).map_or(0, |bytes| bytes.len());
        text.push_str(&format!("{key}: {bytes} bytes\n"));
    }
    text.push('\n');
    Some(text)
}
