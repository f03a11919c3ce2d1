//! `kubectl describe endpoints` (pkg/describe, describeEndpoints).

use serde_json::Value;

use super::super::value::{annotations, entries, labels, list, said};
use super::DescribedObject;

/// One object as the API holds it.
pub fn describe(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let mut text = said("", object, &[("Name", "/metadata/name"), ("Namespace", "/metadata/namespace")]);
    text.push_str(&labels("Labels", &entries(object, "/metadata/labels")));
    text.push_str(&annotations("Annotations", &entries(object, "/metadata/annotations")));
    text.push_str("Subsets:\n");
    for subset in list(object, "/subsets") {
        for (title, key) in [("Addresses", "/addresses"), ("NotReadyAddresses", "/notReadyAddresses")] {
            let addresses = list(subset, key).iter().filter_map(|one| one.get("ip")?.as_str());
            let addresses = addresses.collect::<Vec<_>>().join(",");
            text.push_str(&format!("  {title}:\t{}\n", if addresses.is_empty() { "<none>" } else { &addresses }));
        }
        let ports = list(subset, "/ports");
        if !ports.is_empty() {
            text.push_str("  Ports:\n    Name\tPort\tProtocol\n    ----\t----\t--------\n");
        }
        for port in ports {
            let word = |key: &str| port.get(key).and_then(Value::as_str).filter(|word| !word.is_empty());
            let number = port.get("port").and_then(Value::as_i64).unwrap_or_default();
            let (name, protocol) = (word("name").unwrap_or("<unset>"), word("protocol").unwrap_or("TCP"));
            text.push_str(&format!("    {name}\t{number}\t{protocol}\n"));
        }
        text.push('\n');
    }
    Some(text)
}
