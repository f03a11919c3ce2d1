//! `kubectl describe pod` (pkg/describe, describePod) and the templates of pods (DescribePodTemplate).

use serde_json::Value;

use super::super::selector::selector_text;
use super::super::value::{annotations, controller, entries, labels, list, multiline, said, selector, word, word_or};
use super::{DescribedObject, container, volume};
use crate::cluster::{Phase, Pod};
use crate::order::Order;

/// One pod, as the API holds it.
pub fn describe(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let namespace = described.reference.namespace.as_deref().unwrap_or_default();
    let pod = described.view.cluster.pods.get(namespace, &described.reference.name)?;
    let spec = object.get("spec").unwrap_or(&Value::Null);
    let started = if pod.node.is_some() { described.created("Start Time") } else { String::new() };
    let mut text = head(object, &started);
    text += &status(pod, object);
    text += &addresses(object);
    text += &said("", object, &[("NominatedNodeName", "/status/nominatedNodeName")]);
    let resources = container::resources(spec, "  ");
    text += &if resources.is_empty() { resources } else { format!("Resources:\n{resources}") };
    text += &container::all(spec, Some(object), "");
    text += &conditions(object);
    text += &volume::all(spec, "");
    text += &said("", object, &[("QoS Class", "/status/qosClass")]);
    text += &labels("Node-Selectors", &entries(spec, "/nodeSelector"));
    text += &tolerations(spec, "");
    Some(text + &spread(spec, ""))
}

/// The pods that a workload makes.
pub fn template(template: &Value) -> String {
    let spec = template.get("spec").unwrap_or(&Value::Null);
    let mut text = labels("Pod Template:\n  Labels", &entries(template, "/metadata/labels"));
    let said_of_it = entries(template, "/metadata/annotations");
    if !said_of_it.is_empty() {
        text += &annotations("  Annotations", &said_of_it);
    }
    text += &said("  ", spec, &[("Service Account", "/serviceAccountName")]);
    text += &container::all(spec, None, "  ");
    text += &volume::all(spec, "  ");
    text += &spread(spec, "  ");
    text += &said("  ", spec, &[("Priority Class Name", "/priorityClassName")]);
    text += &labels("  Node-Selectors", &entries(spec, "/nodeSelector"));
    text + &tolerations(spec, "  ")
}

fn head(object: &Value, started: &str) -> String {
    let fields = [
        ("Name", "/metadata/name"),
        ("Namespace", "/metadata/namespace"),
        ("Priority", "/spec/priority"),
        ("Priority Class Name", "/spec/priorityClassName"),
        ("Runtime Class Name", "/spec/runtimeClassName"),
        ("Service Account", "/spec/serviceAccountName"),
    ];
    let node = match word(object, "/spec/nodeName") {
        node if node.is_empty() => "<none>".to_owned(),
        node => format!("{node}/{}", word(object, "/status/hostIP")),
    };
    let text = said("", object, &fields) + &format!("Node:\t{node}\n{started}");
    let text = text + &labels("Labels", &entries(object, "/metadata/labels"));
    text + &annotations("Annotations", &entries(object, "/metadata/annotations"))
}

fn status(pod: &Pod, object: &Value) -> String {
    let is_leaving = pod.terminating && !matches!(pod.phase, Phase::Succeeded | Phase::Failed);
    let text = if is_leaving {
        let grace = word(object, "/spec/terminationGracePeriodSeconds");
        let grace = word_or(object, "/metadata/deletionGracePeriodSeconds", &grace);
        format!("Status:\tTerminating (lasts <unknown>)\nTermination Grace Period:\t{grace}s\n")
    } else {
        format!("Status:\t{}\n", word(object, "/status/phase"))
    };
    let fields = [
        ("Reason", "/status/reason"),
        ("Message", "/status/message"),
        ("SeccompProfile", "/spec/securityContext/seccompProfile/type"),
        ("LocalhostProfile", "/spec/securityContext/seccompProfile/localhostProfile"),
    ];
    text + &said("", object, &fields)
}

fn addresses(object: &Value) -> String {
    let all: String =
        list(object, "/status/podIPs").iter().map(|one| format!("  IP:\t{}\n", word(one, "/ip"))).collect();
    let all = if all.is_empty() { "IPs:\t<none>\n".to_owned() } else { format!("IPs:\n{all}") };
    format!("IP:\t{}\n{all}{}", word(object, "/status/podIP"), controller(object))
}

fn conditions(object: &Value) -> String {
    let conditions = list(object, "/status/conditions");
    let table = |title: &str, lines: String| {
        if lines.is_empty() { lines } else { format!("{title}:\n  Type\tStatus\n{lines}") }
    };
    let gate = |gate: &Value| {
        let kind = word(gate, "/conditionType");
        let found = conditions.iter().find(|one| word(one, "/type") == kind);
        format!("  {kind} \t{} \n", found.map_or_else(|| "<none>".to_owned(), |one| word(one, "/status")))
    };
    let gates = list(object, "/spec/readinessGates").iter().map(gate).collect();
    let all = conditions.iter().map(|one| format!("  {} \t{} \n", word(one, "/type"), word(one, "/status"))).collect();
    table("Readiness Gates", gates) + &table("Conditions", all)
}

/// printPodTolerationsMultiline.
fn tolerations(spec: &Value, indent: &str) -> String {
    let mut all: Vec<&Value> = list(spec, "/tolerations").iter().collect();
    all.order_by_key(|one| word(one, "/key"));
    let line = |one: &&Value| {
        let behind = |before: &str, path: &str, after: &str| {
            let word = word(one, path);
            if word.is_empty() { word } else { format!("{before}{word}{after}") }
        };
        let (value, effect) = (behind("=", "/value", ""), behind(":", "/effect", ""));
        let taint = format!("{}{value}{effect}", word(one, "/key"));
        let exists = match word(one, "/operator") == "Exists" && value.is_empty() {
            true if taint.is_empty() => "op=Exists",
            true => " op=Exists",
            false => "",
        };
        format!("{taint}{exists}{}", behind(" for ", "/tolerationSeconds", "s"))
    };
    multiline(&format!("{indent}Tolerations"), &all.iter().map(line).collect::<Vec<_>>())
}

/// describeTopologySpreadConstraints.
fn spread(spec: &Value, indent: &str) -> String {
    let mut all: Vec<&Value> = list(spec, "/topologySpreadConstraints").iter().collect();
    all.order_by_key(|one| word(one, "/topologyKey"));
    let line = |one: &&Value| {
        let selector = one.get("labelSelector").map(|of| format!(" for selector {}", selector_text(&selector(of))));
        let (key, when) = (word(one, "/topologyKey"), word(one, "/whenUnsatisfiable"));
        let skew = word(one, "/maxSkew");
        format!("{key}:{when} when max skew {skew} is exceeded{}", selector.unwrap_or_default())
    };
    let lines: Vec<String> = all.iter().map(line).collect();
    let title = format!("{indent}Topology Spread Constraints");
    if lines.is_empty() { String::new() } else { multiline(&title, &lines).replace("\n\t", &format!("\n{indent}\t")) }
}
