//! What is compared of a world, out of what `kubectl get … -o json` prints.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::asking::{AskedWorld, AskingClient};

/// What is compared field by field.
const KINDS: [&str; 10] = [
    "deployments",
    "replicasets",
    "statefulsets",
    "daemonsets",
    "jobs",
    "cronjobs",
    "ingresses",
    "networkpolicies",
    "services",
    "endpoints",
];

type Objects = BTreeMap<String, Value>;

/// Kind, then `namespace/name`, then what is compared.
pub(super) fn project(world: &AskedWorld<'_>, namespaces: &BTreeSet<String>) -> Vec<(&'static str, Objects)> {
    let pods = listing(world, "pods");
    let slices = listing(world, "endpointslices");
    let names: BTreeMap<(&str, &str), String> = pods
        .iter()
        .map(|pod| ((text(pod, "/metadata/namespace"), text(pod, "/metadata/name")), generated(pod)))
        .collect();
    let mut kinds =
        vec![("pods", group_pods(&pods, namespaces)), ("slices", group_slices(&slices, namespaces, &names))];
    for kind in KINDS {
        kinds.push((kind, objects(&listing(world, kind), kind, namespaces)));
    }
    kinds
}

/// The objects of a kind.
pub(crate) fn listing(world: &AskedWorld<'_>, kind: &str) -> Vec<Value> {
    let printed = world.exec(AskingClient::default(), &format!("kubectl get {kind} -A -o json"));
    let list: Option<Map<String, Value>> = serde_json::from_str(&printed.stdout).ok();
    let items = list.and_then(|mut list| list.remove("items"));
    if let Some(Value::Array(items)) = items { items } else { Vec::new() }
}

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// A pod's name without what is generated.
pub(in crate::parts) fn generated(pod: &Value) -> String {
    let owners = pod.pointer("/metadata/ownerReferences").and_then(Value::as_array);
    let is_ordinal = owners.into_iter().flatten().any(|owner| owner["kind"] == "StatefulSet");
    let prefix = text(pod, "/metadata/generateName");
    if prefix.is_empty() || is_ordinal {
        return text(pod, "/metadata/name").to_owned();
    }
    let hash = hash(pod);
    let prefix = if hash.is_empty() { prefix.to_owned() } else { prefix.replace(hash, "HASH") };
    prefix + "*"
}

fn hash(object: &Value) -> &str {
    let labels = object.pointer("/metadata/labels");
    labels.and_then(|labels| labels.get("pod-template-hash")).and_then(Value::as_str).unwrap_or_default()
}

fn without_hash(text: &str, hash: &str) -> String {
    if hash.is_empty() { text.to_owned() } else { text.replace(hash, "HASH") }
}

/// A CronJob's Jobs are named by minutes since 1970: `-T` at the end.
fn without_minutes(name: &str) -> String {
    match name.rsplit_once('-') {
        Some((before, minutes)) if is_minutes(minutes) => format!("{before}-T"),
        _ => name.to_owned(),
    }
}

fn is_minutes(word: &str) -> bool {
    word.len() == 8 && word.chars().all(|c| c.is_ascii_digit())
}

/// The same in the middle of a pod's name: `-T-`.
fn without_inner_minutes(name: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut joins = false;
    for (at, word) in name.split('-').enumerate() {
        if at > 0 && is_minutes(word) {
            words.push("T".to_owned());
            joins = true;
        } else if joins && word.is_empty() {
            joins = false;
        } else {
            words.push(word.to_owned());
            joins = false;
        }
    }
    let text = words.join("-");
    if joins { text + "-" } else { text }
}

fn group_pods(pods: &[Value], namespaces: &BTreeSet<String>) -> Objects {
    let mut groups: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for pod in pods.iter().filter(|pod| namespaces.contains(text(pod, "/metadata/namespace"))) {
        let owners = owners(pod);
        let of_job = owners.iter().any(|owner| owner[0] == "Job");
        let name = if of_job { without_inner_minutes(&generated(pod)) } else { generated(pod) };
        let key = format!("{}/{name}", text(pod, "/metadata/namespace"));
        groups.entry(key).or_default().push(pod_facts(pod, owners));
    }
    sorted(groups)
}

fn owners(pod: &Value) -> Vec<Value> {
    let owners = pod.pointer("/metadata/ownerReferences").and_then(Value::as_array);
    let hash = hash(pod);
    let owner = |owner: &Value| json!([owner["kind"], without_minutes(&without_hash(text(owner, "/name"), hash))]);
    owners.into_iter().flatten().map(owner).collect()
}

fn pod_facts(pod: &Value, owners: Vec<Value>) -> Value {
    let status = |name: &str| pod.pointer(&format!("/status/{name}")).cloned().unwrap_or_default();
    let spec = |name: &str| pod.pointer(&format!("/spec/{name}")).cloned().unwrap_or_default();
    let conditions = pod.pointer("/status/conditions").and_then(Value::as_array);
    let ready = conditions.into_iter().flatten().find(|condition| condition["type"] == "Ready");
    let annotations = keys(pod, "annotations").filter(|key| *key != "oracle/status-given");
    json!({
        "owner": owners,
        "labels": labels(pod),
        "scheduled": !spec("nodeName").is_null(),
        "phase": status("phase"),
        "ready": ready.map(|ready| ready["status"].clone()),
        "hostname": spec("hostname"),
        "subdomain": spec("subdomain"),
        "ip": status("podIP").as_str().is_some_and(|address| !address.is_empty()),
        "qos": status("qosClass"),
        "host": !status("podIP").is_null() && status("podIP") == status("hostIP"),
        "tolerations": spec("tolerations"),
        "annotations": annotations.collect::<Vec<_>>(),
    })
}

fn keys<'v>(object: &'v Value, field: &str) -> impl Iterator<Item = &'v str> {
    let fields = object.pointer(&format!("/metadata/{field}")).and_then(Value::as_object);
    fields.into_iter().flatten().map(|(key, _)| key.as_str())
}

fn labels(pod: &Value) -> Value {
    let labels = pod.pointer("/metadata/labels").and_then(Value::as_object);
    let kept = labels.into_iter().flatten().filter(|(key, _)| !key.contains("controller-uid"));
    let value = |(key, value): (&String, &Value)| {
        let value = value.as_str().unwrap_or_default();
        let value = if key.contains("-hash") { "HASH".to_owned() } else { without_minutes(value) };
        (key.clone(), Value::String(value))
    };
    Value::Object(kept.map(value).collect())
}

fn group_slices(slices: &[Value], namespaces: &BTreeSet<String>, names: &BTreeMap<(&str, &str), String>) -> Objects {
    let mut groups: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let own = |slice: &&Value| {
        namespaces.contains(text(slice, "/metadata/namespace")) && text(slice, "/metadata/name") != "kubernetes"
    };
    for slice in slices.iter().filter(own) {
        let service = slice.pointer("/metadata/labels/kubernetes.io~1service-name").and_then(Value::as_str);
        let (namespace, family) = (text(slice, "/metadata/namespace"), text(slice, "/addressType"));
        let key = format!("{namespace}/{} {family}", service.unwrap_or("None"));
        groups.entry(key).or_default().push(slice_facts(slice, names));
    }
    sorted(groups)
}

fn slice_facts(slice: &Value, names: &BTreeMap<(&str, &str), String>) -> Value {
    let items = |name: &str| slice[name].as_array().into_iter().flatten();
    let endpoints: Vec<Value> = items("endpoints").map(|endpoint| endpoint_facts(endpoint, names)).collect();
    let mut ports: Vec<String> = items("ports").map(|port| sorted_text(&without_empty(port))).collect();
    ports.sort();
    let owners = slice.pointer("/metadata/ownerReferences").and_then(Value::as_array).into_iter().flatten();
    json!({
        "ports": ports,
        "endpoints": endpoints,
        "labels": slice.pointer("/metadata/labels").cloned().unwrap_or_else(|| json!({})),
        "owner": owners.map(|owner| owner["kind"].clone()).collect::<Vec<_>>(),
        "generateName": slice.pointer("/metadata/generateName"),
        "annotations": keys(slice, "annotations").filter(|key| !key.contains("trigger-time")).collect::<Vec<_>>(),
    })
}

fn without_empty(port: &Value) -> Value {
    let fields = port.as_object().into_iter().flatten().filter(|(_, value)| *value != "");
    Value::Object(fields.map(|(key, value)| (key.clone(), value.clone())).collect())
}

fn endpoint_facts(endpoint: &Value, names: &BTreeMap<(&str, &str), String>) -> Value {
    let (namespace, name) = (text(endpoint, "/targetRef/namespace"), text(endpoint, "/targetRef/name"));
    let addresses = endpoint["addresses"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let addresses = addresses.collect::<Vec<_>>().join(",");
    let own = if name.is_empty() { addresses } else { name.to_owned() };
    let conditions = &endpoint["conditions"];
    json!([
        names.get(&(namespace, name)).cloned().unwrap_or(own),
        conditions["ready"],
        conditions["serving"],
        conditions["terminating"],
        !endpoint["nodeName"].is_null(),
        endpoint["zone"],
        endpoint["hostname"],
        sorted_text(&endpoint["hints"]),
    ])
}

fn objects(items: &[Value], kind: &str, namespaces: &BTreeSet<String>) -> Objects {
    let is_own = |item: &&Value| {
        let is_kubernetes = matches!(kind, "services" | "endpoints") && text(item, "/metadata/name") == "kubernetes";
        namespaces.contains(text(item, "/metadata/namespace")) && !is_kubernetes
    };
    let object = |item: &Value| {
        let hash = hash(item);
        let name = without_minutes(&format!("{}/{}", text(item, "/metadata/namespace"), text(item, "/metadata/name")));
        let facts = json!({
            "spec": item["spec"],
            "subsets": subsets(&item["subsets"]),
            "status": item["status"],
            "labels": item.pointer("/metadata/labels"),
            "annotations": item.pointer("/metadata/annotations").cloned().unwrap_or_else(|| json!({})),
        });
        (without_hash(&name, hash), replace_hash(facts, hash))
    };
    items.iter().filter(is_own).map(object).collect()
}

fn replace_hash(facts: Value, hash: &str) -> Value {
    if hash.is_empty() {
        return facts;
    }
    serde_json::from_str(&facts.to_string().replace(hash, "HASH")).unwrap_or(facts)
}

fn subsets(subsets: &Value) -> Value {
    let Some(subsets) = subsets.as_array() else { return Value::Null };
    let facts = |subset: &Value| {
        let count = |name: &str| subset[name].as_array().map_or(0, Vec::len);
        let addresses = subset["addresses"].as_array().into_iter().flatten();
        let mut hostnames: Vec<&str> =
            addresses.map(|address| address["hostname"].as_str().unwrap_or("None")).collect();
        hostnames.sort();
        json!({
            "ports": subset["ports"],
            "ready": count("addresses"),
            "notReady": count("notReadyAddresses"),
            "hostnames": hostnames,
        })
    };
    Value::Array(subsets.iter().map(facts).collect())
}

/// Members of a group in an order of their own, whatever the order in which they were listed.
fn sorted(groups: BTreeMap<String, Vec<Value>>) -> Objects {
    groups.into_iter().map(|(name, members)| (name, in_order(Value::Array(members)))).collect()
}

/// The same for a recorded group: pods by phase and readiness, slices by ports, their endpoints by all they say.
pub(super) fn in_order(group: Value) -> Value {
    let Value::Array(mut members) = group else { return group };
    for member in &mut members {
        if let Some(Value::Array(endpoints)) = member.get_mut("endpoints") {
            endpoints.sort_by_cached_key(sorted_text);
        }
    }
    let word = |value: Option<&Value>| value.map(sorted_text).unwrap_or_default();
    members.sort_by_cached_key(|member| {
        let first = ["phase", "ready", "ports"].map(|name| word(member.get(name)));
        (first, sorted_text(member))
    });
    Value::Array(members)
}

/// As Python's json.dumps with sorted keys writes it: recorded ports and hints are such texts.
fn sorted_text(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let field =
                |(key, value): (&String, &Value)| format!("{}: {}", Value::from(key.as_str()), sorted_text(value));
            let sorted: BTreeMap<&String, &Value> = fields.iter().collect();
            format!("{{{}}}", sorted.into_iter().map(field).collect::<Vec<_>>().join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(sorted_text).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
