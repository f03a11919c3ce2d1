//! `kubectl describe networkpolicy` (pkg/describe, describeNetworkPolicy).

use serde_json::Value;

use super::super::age;
use super::super::selector::selector_text;
use super::super::value::{annotations, entries, labels, list, said, selector, word, word_or};
use super::DescribedObject;
use crate::terminal::clock;

/// The words of one direction.
struct Direction {
    title: &'static str,
    rules: &'static str,
    peers: &'static str,
    /// `From`
    word: &'static str,
    /// What none stands for.
    any: &'static str,
}

const DIRECTIONS: [Direction; 2] = [
    Direction {
        title: "ingress",
        rules: "/spec/ingress",
        peers: "/from",
        word: "From",
        any: "traffic not restricted by source",
    },
    Direction {
        title: "egress",
        rules: "/spec/egress",
        peers: "/to",
        word: "To",
        any: "traffic not restricted by destination",
    },
];

pub fn describe(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let mut text = said("", object, &[("Name", "/metadata/name"), ("Namespace", "/metadata/namespace")]);
    let created = age::created_at(described.view, &described.reference);
    let created = created.map(|seconds| clock::formatted(seconds, "%F %T %z %Z"));
    text += &format!("Created on:\t{}\n", created.as_deref().unwrap_or("<unknown>"));
    text += &labels("Labels", &entries(object, "/metadata/labels"));
    text += &annotations("Annotations", &entries(object, "/metadata/annotations"));
    text += "Spec:\n";
    let chosen = selector(object.pointer("/spec/podSelector").unwrap_or(&Value::Null));
    text += &if chosen.match_labels.is_empty() && chosen.match_expressions.is_empty() {
        "  PodSelector:     <none> (Allowing the specific traffic to all pods in this namespace)\n".to_owned()
    } else {
        format!("  PodSelector:     {}\n", selector_text(&chosen))
    };
    let types: Vec<&str> = list(object, "/spec/policyTypes").iter().filter_map(Value::as_str).collect();
    for direction in &DIRECTIONS {
        let title = direction.title;
        if types.iter().any(|kind| kind.eq_ignore_ascii_case(title)) {
            text += &format!("  Allowing {title} traffic:\n{}", rules(object, direction));
        } else {
            text += &format!("  Not affecting {title} traffic\n");
        }
    }
    Some(text + &format!("  Policy Types: {}\n", types.join(", ")))
}

/// printNetworkPolicySpecIngressFrom, printNetworkPolicySpecEgressTo
fn rules(object: &Value, direction: &Direction) -> String {
    let rules = list(object, direction.rules);
    if rules.is_empty() {
        return format!("    <none> (Selected pods are isolated for {} connectivity)\n", direction.title);
    }
    let all: Vec<String> = rules.iter().map(|rule| ports(rule) + &peers(rule, direction)).collect();
    all.join("    ----------\n")
}

fn ports(rule: &Value) -> String {
    let ports = list(rule, "/ports");
    let one = |port: &Value| {
        let (number, protocol) = (word_or(port, "/port", "<nil>"), word_or(port, "/protocol", "TCP"));
        match word(port, "/endPort") {
            end if end.is_empty() => format!("    To Port: {number}/{protocol}\n"),
            end => format!("    To Port Range: {number}-{end}/{protocol}\n"),
        }
    };
    if ports.is_empty() {
        "    To Port: <any> (traffic allowed to all ports)\n".to_owned()
    } else {
        ports.iter().map(one).collect()
    }
}

fn peers(rule: &Value, direction: &Direction) -> String {
    let (peers, word) = (list(rule, direction.peers), direction.word);
    if peers.is_empty() {
        return format!("    {word}: <any> ({})\n", direction.any);
    }
    peers.iter().map(|peer| format!("    {word}:\n{}", self::peer(peer))).collect()
}

fn peer(peer: &Value) -> String {
    let by = |key: &str, title: &str| {
        peer.get(key).map(|own| format!("      {title}: {}\n", selector_text(&selector(own)))).unwrap_or_default()
    };
    let selectors = by("namespaceSelector", "NamespaceSelector") + &by("podSelector", "PodSelector");
    match peer.get("ipBlock").filter(|_| selectors.is_empty()) {
        Some(block) => {
            let except: Vec<&str> = list(block, "/except").iter().filter_map(Value::as_str).collect();
            let cidr = word(block, "/cidr");
            format!("      IPBlock:\n        CIDR: {cidr}\n        Except: {}\n", except.join(", "))
        }
        None => selectors,
    }
}
