//! Two trees, without what depends on the moment.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::verdict::Difference;

/// Names, hashes, addresses, times, ports from a range and messages don't count: paths that end so.
const IGNORED: [&str; 16] = [
    "Time",
    "/uid",
    "/ip",
    "observedGeneration",
    "message",
    "/nodeName",
    "Revision",
    "HASH",
    "terminatingReplicas",
    "collisionCount",
    "trigger-time",
    "/clusterIP",
    "/nodePort",
    "/generateName",
    "/owner",
    "/healthCheckNodePort",
];

/// Whether what stands at a path isn't compared.
pub(super) fn is_ignored(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    IGNORED.iter().any(|end| path.ends_with(end)) || last.starts_with("clusterIPs") || path.ends_with("controller-uid")
}

/// What differs between an object of the real cluster and ours.
pub(super) fn objects(real: Option<&Value>, ours: Option<&Value>, path: &str) -> Vec<Difference> {
    let mut differences = Vec::new();
    match (real, ours) {
        (Some(real), Some(ours)) => values(real, ours, path, &mut differences),
        _ => differences.push(Difference::new(path, shown(ours), shown(real))),
    }
    differences
}

fn values(real: &Value, ours: &Value, path: &str, differences: &mut Vec<Difference>) {
    if is_ignored(path) || is_empty(real) && is_empty(ours) {
        return;
    }
    match (real, ours) {
        (Value::Object(real), Value::Object(ours)) => {
            let names: BTreeSet<&String> = real.keys().chain(ours.keys()).collect();
            for name in names {
                let below = format!("{path}/{name}");
                match (real.get(name), ours.get(name)) {
                    (Some(real), Some(ours)) => values(real, ours, &below, differences),
                    (real, ours) => one_sided(real, ours, below, differences),
                }
            }
        }
        (Value::Array(real), Value::Array(ours)) if real.len() == ours.len() => {
            for (at, (real, ours)) in real.iter().zip(ours).enumerate() {
                values(real, ours, &format!("{path}[{at}]"), differences);
            }
        }
        _ if real != ours => differences.push(Difference::new(path, ours.to_string(), real.to_string())),
        _ => {}
    }
}

fn one_sided(real: Option<&Value>, ours: Option<&Value>, path: String, differences: &mut Vec<Difference>) {
    let says_nothing = |value: Option<&Value>| value.is_none_or(|value| is_empty(value) || is_zero(value));
    if !(is_ignored(&path) || says_nothing(real) && says_nothing(ours)) {
        differences.push(Difference::new(path, shown(ours), shown(real)));
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// What Go leaves out of JSON.
fn is_zero(value: &Value) -> bool {
    matches!(value, Value::Bool(false)) || value == "" || value.as_f64() == Some(0.0)
}

fn shown(value: Option<&Value>) -> String {
    value.map(Value::to_string).unwrap_or_else(|| "absent".to_owned())
}
