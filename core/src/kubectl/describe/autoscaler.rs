//! `kubectl describe hpa` (pkg/describe, describeHorizontalPodAutoscalerV2). What is measured isn't known here.

use serde_json::Value;

use super::super::replicas::ReplicaCounts;
use super::super::table_row::UNKNOWN;
use super::super::value::{annotations, entries, labels, list, said, word, word_or};
use super::DescribedObject;
use crate::source::ObjectRef;

/// One autoscaler.
pub fn describe(described: &DescribedObject<'_>) -> Option<String> {
    let object = &described.object;
    let mut text = said("", object, &[("Name", "/metadata/name"), ("Namespace", "/metadata/namespace")]);
    text += &labels("Labels", &entries(object, "/metadata/labels"));
    text += &annotations("Annotations", &entries(object, "/metadata/annotations"));
    text += &described.created("CreationTimestamp");
    let (kind, name) = (word(object, "/spec/scaleTargetRef/kind"), word(object, "/spec/scaleTargetRef/name"));
    text += &format!("Reference:\t{kind}/{name}\nMetrics:\t( current / target )\n");
    text += &list(object, "/spec/metrics").iter().map(metric).collect::<String>();
    text += &old_metric(object);
    text += &format!("Min replicas:\t{}\n", word_or(object, "/spec/minReplicas", "<unset>"));
    text += &format!("Max replicas:\t{}\n", word(object, "/spec/maxReplicas"));
    if let Some(behaviour) = object.pointer("/spec/behavior") {
        text += "Behavior:\n";
        text += &direction("Scale Up", behaviour.get("scaleUp"));
        text += &direction("Scale Down", behaviour.get("scaleDown"));
    }
    let target = ObjectRef::namespaced(&kind, described.reference.namespace.as_deref().unwrap_or_default(), &name);
    let counts = ReplicaCounts::of_object(described.view.cluster, &target);
    Some(text + &format!("{kind} pods:\t{} current / {} desired\n", counts.current, counts.desired))
}

fn metric(metric: &Value) -> String {
    let kind = word(metric, "/type");
    let (of, name) = match kind.as_str() {
        "Resource" => (metric.get("resource"), format!("resource {} on pods", word(metric, "/resource/name"))),
        "ContainerResource" => {
            let (name, container) =
                (word(metric, "/containerResource/name"), word(metric, "/containerResource/container"));
            (metric.get("containerResource"), format!("resource {name} of container {container:?} on pods"))
        }
        "Pods" => (metric.get("pods"), format!("{:?} on pods", word(metric, "/pods/metric/name"))),
        "Object" => {
            let object = metric.get("object");
            let of = |path: &str| object.map_or_else(String::new, |object| word(object, path));
            let (kind, name) = (of("/describedObject/kind"), of("/describedObject/name"));
            (object, format!("{:?} on {kind}/{name}", of("/metric/name")))
        }
        "External" => (metric.get("external"), format!("{:?}", word(metric, "/external/metric/name"))),
        other => return format!("  <unknown metric type {other:?}>\n"),
    };
    let target = |key: &str| of.map_or_else(String::new, |of| word(of, &format!("/target/{key}")));
    let (usage, average, value) = (target("averageUtilization"), target("averageValue"), target("value"));
    let is_resource = kind.ends_with("Resource");
    match (usage.is_empty(), average.is_empty()) {
        (false, _) => format!("  {name}  (as a percentage of request):\t{UNKNOWN} / {usage}%\n"),
        (true, false) if is_resource || kind == "Pods" => format!("  {name}:\t{UNKNOWN} / {average}\n"),
        (true, false) => format!("  {name} (target average value):\t{UNKNOWN} / {average}\n"),
        (true, true) if is_resource => format!("  {name}  (as a percentage of request):\t{UNKNOWN} / <auto>\n"),
        (true, true) => format!("  {name} (target value):\t{UNKNOWN} / {value}\n"),
    }
}

/// autoscaling/v1 has one field for the processor.
fn old_metric(object: &Value) -> String {
    match word(object, "/spec/targetCPUUtilizationPercentage") {
        percent if percent.is_empty() => percent,
        percent => format!("  resource cpu on pods  (as a percentage of request):\t{UNKNOWN} / {percent}%\n"),
    }
}

/// printDirectionBehavior
fn direction(title: &str, rules: Option<&Value>) -> String {
    let Some(rules) = rules else { return String::new() };
    let mut text = format!("  {title}:\n");
    let window = word(rules, "/stabilizationWindowSeconds");
    if !window.is_empty() {
        text += &format!("    Stabilization Window: {window} seconds\n");
    }
    let policies = list(rules, "/policies");
    if !policies.is_empty() {
        text += &format!("    Select Policy: {}\n    Policies:\n", word_or(rules, "/selectPolicy", "Max"));
    }
    for policy in policies {
        let (kind, value, period) = (word(policy, "/type"), word(policy, "/value"), word(policy, "/periodSeconds"));
        text += &format!("      - Type: {kind}\tValue: {value}\tPeriod: {period} seconds\n");
    }
    text
}
