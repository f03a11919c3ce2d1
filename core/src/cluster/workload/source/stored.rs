//! A pod template as the API server stores it, so that one from a file can be compared with one from a cluster.

use crate::model::{Quantity, default_pull_policy};
use crate::yaml::{Entry, Value, YamlNode};

/// Texts that the API server fills in (pkg/apis/core/v1/defaults.go), whatever has a field of the name.
const TEXTS: &[(&str, &str)] = &[
    ("dnsPolicy", "ClusterFirst"),
    ("divisor", "0"),
    ("protocol", "TCP"),
    ("schedulerName", "default-scheduler"),
    ("scheme", "HTTP"),
    ("terminationMessagePath", "/dev/termination-log"),
    ("terminationMessagePolicy", "File"),
];

/// The same of numbers.
const NUMBERS: &[(&str, i64)] = &[
    ("defaultMode", 0o644),
    ("expirationSeconds", 3600),
    ("failureThreshold", 3),
    ("periodSeconds", 10),
    ("successThreshold", 1),
    ("terminationGracePeriodSeconds", 30),
    ("timeoutSeconds", 1),
];

/// A template without what the API server would fill in, and with quantities as it writes them.
pub(super) fn without_defaults(template: &YamlNode) -> YamlNode {
    let mut template = template.clone();
    strip(&mut template);
    template
}

fn strip(node: &mut YamlNode) {
    match &mut node.value {
        Value::Mapping(entries) => {
            let defaults = TemplateDefaults::of(entries);
            for entry in entries.iter_mut() {
                strip(&mut entry.value);
                if matches!(&*entry.key, "limits" | "requests" | "overhead") {
                    canonical(&mut entry.value);
                }
            }
            entries.retain(|entry| !defaults.hold(entry));
        }
        Value::Sequence(elements) => elements.iter_mut().for_each(strip),
        Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Float(_) | Value::String(_) => {}
    }
}

/// What a map says that decides about its defaults.
struct TemplateDefaults {
    /// A pod's spec; a container has a restartPolicy too, of which Always is no default.
    is_pod_spec: bool,
    /// A container's imagePullPolicy, if nobody says one.
    pull_policy: Option<&'static str>,
    /// An action or a field selector, whose `path` and `apiVersion` have defaults.
    is_http_get: bool,
    is_field: bool,
}

impl TemplateDefaults {
    fn of(entries: &[Entry]) -> Self {
        let find = |key: &str| entries.iter().find(|entry| &*entry.key == key);
        let image = find("image").and_then(|entry| entry.value.text());
        Self {
            is_pod_spec: find("containers").is_some(),
            pull_policy: image.map(|image| default_pull_policy(image)),
            is_http_get: find("port").is_some(),
            is_field: find("fieldPath").is_some(),
        }
    }

    /// Whether an entry says what would hold without it.
    fn hold(&self, entry: &Entry) -> bool {
        let key = &*entry.key;
        match &entry.value.value {
            Value::Null => true,
            Value::Mapping(entries) => entries.is_empty(),
            Value::Sequence(elements) => elements.is_empty(),
            Value::Integer(number) => NUMBERS.contains(&(key, *number)),
            Value::String(text) => {
                text.is_empty() && matches!(key, "type" | "service")
                    || TEXTS.contains(&(key, text))
                    // The old name of serviceAccountName, which is filled in beside it.
                    || self.is_pod_spec && key == "serviceAccount"
                    || self.is_pod_spec && (key, &**text) == ("restartPolicy", "Always")
                    || self.is_http_get && (key, &**text) == ("path", "/")
                    || self.is_field && (key, &**text) == ("apiVersion", "v1")
                    || key == "imagePullPolicy" && self.pull_policy == Some(&**text)
            }
            Value::Bool(_) | Value::Float(_) => false,
        }
    }
}

fn canonical(amounts: &mut YamlNode) {
    let Value::Mapping(entries) = &mut amounts.value else { return };
    for entry in entries {
        if let Some(quantity) = Quantity::read(&entry.value) {
            entry.value.value = Value::String(quantity.text().into());
        }
    }
}
