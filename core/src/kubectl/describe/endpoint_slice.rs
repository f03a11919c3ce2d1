//! `kubectl describe endpointslice` (pkg/describe, describeEndpointSliceV1).

use serde_json::Value;

use super::super::value::{annotations, entries, labels, list, said, word, word_or};
use super::DescribedObject;

const UNSET: &str = "<unset>";

/// One slice.
pub fn describe(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let mut text = said("", object, &[("Name", "/metadata/name"), ("Namespace", "/metadata/namespace")]);
    text += &labels("Labels", &entries(object, "/metadata/labels"));
    text += &annotations("Annotations", &entries(object, "/metadata/annotations"));
    text += &format!("AddressType:\t{}\n", word(object, "/addressType"));
    let ports = list(object, "/ports");
    text +=
        if ports.is_empty() { "Ports: <unset>\n" } else { "Ports:\n  Name\tPort\tProtocol\n  ----\t----\t--------\n" };
    for port in ports {
        let (name, number) = (word_or(port, "/name", UNSET), word_or(port, "/port", UNSET));
        text += &format!("  {name}\t{number}\t{}\n", word_or(port, "/protocol", "TCP"));
    }
    let endpoints = list(object, "/endpoints");
    text += if endpoints.is_empty() { "Endpoints: <none>\n" } else { "Endpoints:\n" };
    Some(text + &endpoints.iter().map(endpoint).collect::<String>())
}

fn endpoint(one: &Value) -> String {
    let addresses: Vec<&str> = list(one, "/addresses").iter().filter_map(Value::as_str).collect();
    let addresses = if addresses.is_empty() { "<none>".to_owned() } else { addresses.join(", ") };
    let mut text = format!("  - Addresses:\t{addresses}\n    Conditions:\n");
    text += &format!("      Ready:\t{}\n", word_or(one, "/conditions/ready", UNSET));
    text += &format!("    Hostname:\t{}\n", word_or(one, "/hostname", UNSET));
    if let Some(target) = one.get("targetRef") {
        text += &format!("    TargetRef:\t{}/{}\n", word(target, "/kind"), word(target, "/name"));
    }
    text += &format!("    NodeName:\t{}\n", word_or(one, "/nodeName", UNSET));
    text + &format!("    Zone:\t{}\n", word_or(one, "/zone", UNSET))
}
