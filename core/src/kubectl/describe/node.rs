//! `kubectl describe node` (pkg/describe, describeNode). What only a running kubelet reports is unknown.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::KubectlView;
use super::super::age::age_text;
use super::super::objects::node_roles;
use super::super::table_row::UNKNOWN;
use super::super::value::{annotations, entries, labels, list, multiline, quantity_text, said, time_text, word};
use super::DescribedObject;
use crate::cluster::{Phase, Pod};
use crate::model::{Container, Quantities, Quantity};
use crate::order::Order;

/// What is asked for and allowed, in nano units, by resource.
type ResourceTotals = BTreeMap<String, Quantity>;

/// One node.
pub fn describe(described: &DescribedObject<'_>) -> Option<String> {
    let (object, cluster) = (&described.object, described.view.cluster);
    let node = cluster.nodes.get(&*described.reference.name)?;
    let mut text = format!("Name:\t{}\nRoles:\t{}\n", node.name, node_roles(node));
    text += &labels("Labels", &entries(object, "/metadata/labels"));
    text += &annotations("Annotations", &entries(object, "/metadata/annotations"));
    text += &described.created("CreationTimestamp");
    text += &taints(object);
    text += &format!("Unschedulable:\t{}\n", node.object.spec.unschedulable);
    text += &format!("Lease:\n  HolderIdentity:\t{}\n  AcquireTime:\t<unset>\n  RenewTime:\t{UNKNOWN}\n", node.name);
    text += &conditions(object);
    text += "Addresses:\n";
    for address in list(object, "/status/addresses") {
        text += &format!("  {}:\t{}\n", word(address, "/type"), word(address, "/address"));
    }
    text += &amounts("Capacity", object, "/status/capacity");
    text += &amounts("Allocatable", object, "/status/allocatable");
    text += &system_info(object);
    let networks: Vec<&str> = list(object, "/spec/podCIDRs").iter().filter_map(Value::as_str).collect();
    text += &said("", object, &[("PodCIDR", "/spec/podCIDR")]);
    text += &if networks.is_empty() { String::new() } else { format!("PodCIDRs:\t{}\n", networks.join(",")) };
    text += &said("", object, &[("ProviderID", "/spec/providerID")]);
    let is_here =
        |pod: &&Pod| pod.node.as_ref() == Some(&node.name) && !matches!(pod.phase, Phase::Succeeded | Phase::Failed);
    let mut pods: Vec<&Pod> = cluster.pods.values().filter(is_here).collect();
    pods.order_by_key(|pod| (pod.namespace().to_owned(), pod.name().to_owned()));
    Some(text + &pod_resources(described.view, object, &pods))
}

/// printNodeTaintsMultiline
fn taints(object: &Value) -> String {
    let mut all: Vec<&Value> = list(object, "/spec/taints").iter().collect();
    all.order_by_key(|taint| (word(taint, "/effect"), word(taint, "/key")));
    let line = |taint: &&Value| {
        let (key, value, effect) = (word(taint, "/key"), word(taint, "/value"), word(taint, "/effect"));
        match (value.is_empty(), effect.is_empty()) {
            (true, true) => key,
            (true, false) => format!("{key}:{effect}"),
            (false, true) => format!("{key}={value}:"),
            (false, false) => format!("{key}={value}:{effect}"),
        }
    };
    multiline("Taints", &all.iter().map(line).collect::<Vec<_>>())
}

fn conditions(object: &Value) -> String {
    let all = list(object, "/status/conditions");
    if all.is_empty() {
        return String::new();
    }
    let head = "Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n  \
                ----\t------\t-----------------\t------------------\t------\t-------\n";
    let lines = all.iter().map(|one| {
        let (kind, status) = (word(one, "/type"), word(one, "/status"));
        let (reason, message) = (word(one, "/reason"), word(one, "/message"));
        let time = |path: &str| time_text(&word(one, path)).unwrap_or_else(|| UNKNOWN.to_owned());
        let (beat, changed) = (time("/lastHeartbeatTime"), time("/lastTransitionTime"));
        format!("  {kind} \t{status} \t{beat} \t{changed} \t{reason} \t{message}\n")
    });
    format!("{head}{}", lines.collect::<String>())
}

fn amounts(title: &str, object: &Value, path: &str) -> String {
    let map = object.pointer(path).and_then(Value::as_object).into_iter().flatten();
    let lines: String = map.map(|(name, amount)| format!("  {name}:\t{}\n", quantity_text(amount))).collect();
    if lines.is_empty() { lines } else { format!("{title}:\n{lines}") }
}

fn system_info(object: &Value) -> String {
    let info = object.pointer("/status/nodeInfo");
    let lines = [
        ("Machine ID", "machineID"),
        ("System UUID", "systemUUID"),
        ("Boot ID", "bootID"),
        ("Kernel Version", "kernelVersion"),
        ("OS Image", "osImage"),
        ("Operating System", "operatingSystem"),
        ("Architecture", "architecture"),
        ("Container Runtime Version", "containerRuntimeVersion"),
        ("Kubelet Version", "kubeletVersion"),
    ];
    let line = |(title, key): (&str, &str)| {
        let value = info.map_or_else(|| UNKNOWN.to_owned(), |info| word(info, &format!("/{key}")));
        format!("  {title}:\t{value}\n")
    };
    format!("System Info:\n{}", lines.map(line).concat())
}

/// describeNodeResource
fn pod_resources(view: KubectlView<'_>, object: &Value, pods: &[&Pod]) -> String {
    // 1. What the node can give, and which share of it an amount is.
    let allocatable = match object.pointer("/status/allocatable") {
        Some(amounts) => amounts,
        None => object.pointer("/status/capacity").unwrap_or(&Value::Null),
    };
    let whole = |resource: &str| Quantity::parse(&word(allocatable, &format!("/{resource}"))).map(|amount| amount.nano);
    let share = |totals: &ResourceTotals, resource: &str| {
        let amount = totals.get(resource);
        let text = amount.map_or_else(|| "0".to_owned(), Quantity::text);
        let percent = match (amount.map_or(0, |amount| amount.nano), whole(resource)) {
            (0, _) => "0%".to_owned(),
            (_, None | Some(0)) => UNKNOWN.to_owned(),
            (amount, Some(whole)) => format!("{}%", amount.saturating_mul(100) / whole),
        };
        format!("{text} ({percent})")
    };
    // 2. Every pod with what it asks for.
    let mut text = format!("Non-terminated Pods:\t({} in total)\n", pods.len());
    text += "  Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n  \
             ---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n";
    let (mut all_requests, mut all_limits) = (ResourceTotals::new(), ResourceTotals::new());
    for pod in pods {
        let (requests, limits) = totals_of(pod);
        let cells = [("cpu", &requests), ("cpu", &limits), ("memory", &requests), ("memory", &limits)];
        let cells = cells.map(|(resource, totals)| share(totals, resource)).join("\t");
        let age = age_text(view, &pod.reference);
        text += &format!("  {}\t{}\t\t{cells}\t{age}\n", pod.namespace(), pod.name());
        requests.into_iter().for_each(|(name, amount)| add(&mut all_requests, name, amount));
        limits.into_iter().for_each(|(name, amount)| add(&mut all_limits, name, amount));
    }
    // 3. The sums.
    text += "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n";
    text += "  Resource\tRequests\tLimits\n  --------\t--------\t------\n";
    for resource in ["cpu", "memory", "ephemeral-storage"] {
        text += &format!("  {resource}\t{}\t{}\n", share(&all_requests, resource), share(&all_limits, resource));
    }
    text
}

fn add(totals: &mut ResourceTotals, name: String, amount: Quantity) {
    let nano = totals.get(&name).map_or(0, |known| known.nano).saturating_add(amount.nano);
    totals.insert(name, amount.with_nano(nano));
}

/// Its containers together, or one that starts before them if that asks for more (component-helpers, PodRequests).
fn totals_of(pod: &Pod) -> (ResourceTotals, ResourceTotals) {
    let (mut requests, mut limits) = (ResourceTotals::new(), ResourceTotals::new());
    for container in pod.spec.running_containers() {
        let (own_requests, own_limits) = container_amounts(container);
        own_requests.into_iter().for_each(|(name, amount)| add(&mut requests, name, amount));
        own_limits.into_iter().for_each(|(name, amount)| add(&mut limits, name, amount));
    }
    for container in pod.spec.init_containers.iter().filter(|container| !container.is_sidecar()) {
        let (own_requests, own_limits) = container_amounts(container);
        for (totals, own) in [(&mut requests, own_requests), (&mut limits, own_limits)] {
            for (name, amount) in own {
                if totals.get(&name).is_none_or(|known| known.nano < amount.nano) {
                    totals.insert(name, amount);
                }
            }
        }
    }
    (requests, limits)
}

fn container_amounts(container: &Container) -> (ResourceTotals, ResourceTotals) {
    let owned = |amounts: &Quantities| amounts.iter().map(|(name, amount)| (name.to_string(), *amount)).collect();
    let (mut requests, limits): (ResourceTotals, ResourceTotals) =
        (owned(&container.resources.requests), owned(&container.resources.limits));
    // Who says only how much it may use asks for as much (SetDefaults_Pod).
    for (name, amount) in &limits {
        requests.entry(name.clone()).or_insert(*amount);
    }
    (requests, limits)
}
