//! metadata, and labels wherever they stand (apimachinery, pkg/api/validation/objectmeta.go).

use super::{ErrorValue, Errors, format};
use crate::model::{LabelSelector, Labels, Metadata, Path};

/// All annotations together.
const ANNOTATIONS_LIMIT: usize = 256 * 1024;

/// metadata of an object whose name has a form.
pub(super) fn validate(metadata: &Metadata, form: format::Form, errors: &mut Errors<'_>) {
    let at = Path::Root.field("metadata");
    if let Some(prefix) = metadata.generate_name.as_deref().filter(|prefix| !prefix.is_empty()) {
        // A prefix may end with a dash (maskTrailingDash).
        let masked = prefix.strip_suffix('-').map(|prefix| format!("{prefix}a"));
        let objections = form(masked.as_deref().unwrap_or(prefix));
        errors.malformed(&at.field("generateName"), prefix, objections);
    }
    // That there is none was said before.
    if !errors.node_has_no_name() {
        errors.malformed(&at.field("name"), &metadata.name, form(&metadata.name));
    }
    // Of an object beside the namespaces the API server takes it away first.
    if !metadata.namespace.is_empty() && errors.object.namespace.is_some() {
        errors.malformed(&at.field("namespace"), &metadata.namespace, format::dns1123_label(&metadata.namespace));
    }
    labels(&metadata.labels, &at.field("labels"), errors);
    annotations(&metadata.annotations, &at.field("annotations"), errors);
}

/// Labels: keys and values.
pub(super) fn labels(labels: &Labels, at: &Path<'_>, errors: &mut Errors<'_>) {
    labels_printed(labels, at, at, errors);
}

/// Labels whose errors the API server prints at another path than where they stand.
pub(super) fn labels_printed(labels: &Labels, at: &Path<'_>, printed: &Path<'_>, errors: &mut Errors<'_>) {
    for (key, value) in labels {
        errors.malformed_entry(at, printed, key, key, format::qualified_name(key));
        errors.malformed_entry(at, printed, key, value, format::label_value(value));
    }
}

/// Annotations: keys, which may have capitals in their domain, and the size of all.
fn annotations(all: &Labels, at: &Path<'_>, errors: &mut Errors<'_>) {
    annotations_printed(all, at, at, errors);
}

/// Annotations whose errors the API server prints at another path than where they stand.
pub(super) fn annotations_printed(annotations: &Labels, at: &Path<'_>, printed: &Path<'_>, errors: &mut Errors<'_>) {
    let mut size = 0;
    for (key, value) in annotations {
        size += key.len() + value.len();
        errors.malformed_entry(at, printed, key, key, format::qualified_name(&key.to_lowercase()));
    }
    if size > ANNOTATIONS_LIMIT {
        errors.too_long(at, ANNOTATIONS_LIMIT);
    }
}

/// As Go prints it in errors.
pub(super) fn shown_selector(selector: &LabelSelector) -> ErrorValue {
    let mut fields = Vec::new();
    if !selector.match_labels.is_empty() {
        fields.push(format!("\"matchLabels\":{}", ErrorValue::json(&selector.match_labels).0));
    }
    let expressions = selector.match_expressions.iter().map(|requirement| {
        let values = if requirement.values.is_empty() {
            String::new()
        } else {
            format!(",\"values\":{}", ErrorValue::json(&requirement.values).0)
        };
        format!("{{\"key\":{:?},\"operator\":{:?}{values}}}", requirement.key, requirement.operator)
    });
    let expressions: Vec<String> = expressions.collect();
    if !expressions.is_empty() {
        fields.push(format!("\"matchExpressions\":[{}]", expressions.join(",")));
    }
    ErrorValue(format!("{{{}}}", fields.join(",")))
}

pub(super) fn selector(selector: &LabelSelector, at: &Path<'_>, errors: &mut Errors<'_>) {
    labels(&selector.match_labels, &at.field("matchLabels"), errors);
    for (index, requirement) in selector.match_expressions.iter().enumerate() {
        let expressions = at.field("matchExpressions");
        let at = expressions.index(index);
        match &*requirement.operator {
            "In" | "NotIn" if requirement.values.is_empty() => {
                errors.required(&at.field("values"), "must be specified when `operator` is 'In' or 'NotIn'");
            }
            "Exists" | "DoesNotExist" if !requirement.values.is_empty() => {
                errors.forbidden(
                    &at.field("values"),
                    "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
                );
            }
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
            other => errors.invalid(&at.field("operator"), other, "not a valid selector operator"),
        }
        errors.malformed(&at.field("key"), &requirement.key, format::qualified_name(&requirement.key));
        for (index, value) in requirement.values.iter().enumerate() {
            errors.malformed(&at.field("values").index(index), value, format::label_value(value));
        }
    }
}

impl Errors<'_> {
    fn node_has_no_name(&self) -> bool {
        let name = self.node.child("metadata").and_then(|metadata| metadata.child("name"));
        name.and_then(crate::yaml::YamlNode::text).is_none_or(|name| name.is_empty())
    }
}
