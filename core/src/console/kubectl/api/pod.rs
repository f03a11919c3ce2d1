//! Pods, and the templates they are made of.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::super::View;
use super::{at, merge, parsed, put};
use crate::cluster::{Phase, Pod};
use crate::model::Encode;
use crate::source::ObjectRef;
use crate::yaml::Node;

/// What pod templates have that say nothing else (core/v1, defaults.go).
const POD_SPEC: &str = r#"{"dnsPolicy":"ClusterFirst","restartPolicy":"Always","schedulerName":"default-scheduler",
    "securityContext":{},"terminationGracePeriodSeconds":30}"#;
/// What pods have besides, by defaults and admission (Priority, ServiceAccount, DefaultTolerationSeconds).
const POD: &str = r#"{"enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority","priority":0,
    "serviceAccount":"default","serviceAccountName":"default"}"#;
const CONTAINER: &str = r#"{"resources":{},"terminationMessagePath":"/dev/termination-log",
    "terminationMessagePolicy":"File"}"#;
const PROBE: &str = r#"{"failureThreshold":3,"periodSeconds":10,"successThreshold":1,"timeoutSeconds":1}"#;
const HTTP_GET: &str = r#"{"path":"/","scheme":"HTTP"}"#;
pub fn pod(view: View<'_>, pod: &Pod, object: &mut Value) {
    if pod.made {
        let template = pod.workload.as_ref().and_then(|workload| template(view, workload));
        merge(object, json!({"spec": template.and_then(|template| template.child("spec"))}));
    }
    for (key, map) in [("labels", &pod.labels), ("annotations", &pod.annotations)] {
        if !map.is_empty() {
            put(object, &["metadata", key], map);
        }
    }
    owned(pod, object);
    merge(object, json!({"spec": pod.spec.encode()}));
    pod_spec(at(object, &["spec"]));
    merge(at(object, &["spec"]), parsed(POD));
    merge(object, json!({"spec": {"nodeName": &pod.node}}));
    tolerate(at(object, &["spec", "tolerations"]));
    pod_status(view, pod, object);
}

/// The template of a workload as it was written.
fn template<'v>(view: View<'v>, workload: &ObjectRef) -> Option<&'v Node> {
    let spec = view.manifests.find(workload)?.node.child("spec")?;
    let spec = spec.child("jobTemplate").and_then(|template| template.child("spec")).unwrap_or(spec);
    spec.child("template")
}

fn owned(pod: &Pod, object: &mut Value) {
    let Some(owner) = pod.owner.as_ref().filter(|_| pod.made) else { return };
    put(object, &["metadata", "ownerReferences"], [owner_reference(owner)]);
    if !matches!(&*owner.kind, "StatefulSet" | "Node") {
        put(object, &["metadata", "generateName"], format!("{}-", owner.name));
    }
}

pub fn owner_reference(owner: &ObjectRef) -> Value {
    let version = match &*owner.kind {
        "ReplicationController" | "Service" => "v1",
        "Job" | "CronJob" => "batch/v1",
        _ => "apps/v1",
    };
    json!({"apiVersion": version, "blockOwnerDeletion": true, "controller": true, "kind": owner.kind, "name": owner.name})
}

/// Every pod stays five minutes on a node that is lost (DefaultTolerationSeconds).
fn tolerate(tolerations: &mut Value) {
    let list = match tolerations {
        Value::Array(list) => list,
        other => {
            *other = json!([]);
            return tolerate(other);
        }
    };
    for key in ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"] {
        let is_there = list.iter().any(|one| {
            let same_key = one.get("key").and_then(Value::as_str).is_none_or(|other| other.is_empty() || other == key);
            same_key && matches!(one.get("effect").and_then(Value::as_str), None | Some("" | "NoExecute"))
        });
        if !is_there {
            list.push(json!({"effect": "NoExecute", "key": key, "operator": "Exists", "tolerationSeconds": 300}));
        }
    }
}

fn pod_status(view: View<'_>, pod: &Pod, object: &mut Value) {
    let phase = match pod.phase {
        Phase::Pending => "Pending",
        Phase::Running => "Running",
        Phase::Succeeded => "Succeeded",
        Phase::Failed => "Failed",
        Phase::Unknown => "Unknown",
    };
    put(object, &["status", "phase"], phase);
    let host = pod.node.as_ref().and_then(|node| view.cluster.nodes.get(node));
    let host: Vec<IpAddr> = host.and_then(|node| node.addresses.first()).into_iter().copied().collect();
    for (one, all, addresses) in [("podIP", "podIPs", &pod.addresses), ("hostIP", "hostIPs", &host)] {
        if let Some(first) = addresses.first() {
            put(object, &["status", one], first);
            put(object, &["status", all], addresses.iter().map(|ip| json!({"ip": ip})).collect::<Vec<_>>());
        }
    }
    let qos = quality(at(object, &["spec"]));
    merge(object, json!({"status": {"qosClass": qos}}));
    conditions(pod, at(object, &["status", "conditions"]));
    let running = pod.phase == Phase::Running;
    let containers = pod.spec.containers.iter().map(|container| {
        json!({"image": container.image, "name": container.name, "ready": pod.ready, "restartCount": 0, "started": running})
    });
    if pod.node.is_some() {
        merge(object, json!({"status": {"containerStatuses": containers.collect::<Vec<_>>()}}));
    }
}

/// What the kubelet says of a pod, in its order; what was pasted keeps everything but whether it is ready.
fn conditions(pod: &Pod, conditions: &mut Value) {
    let text = |holds: bool| if holds { "True" } else { "False" };
    if let Value::Array(list) = conditions {
        for one in list.iter_mut() {
            if one.get("type").is_some_and(|kind| kind == "Ready") {
                put(one, &["status"], text(pod.ready));
            }
        }
        return;
    }
    *conditions = match (&pod.node, &pod.pending_because) {
        (Some(_), _) => {
            let all = [
                ("PodReadyToStartContainers", true),
                ("Initialized", true),
                ("Ready", pod.ready),
                ("ContainersReady", pod.ready),
                ("PodScheduled", true),
            ];
            all.iter().map(|(kind, holds)| json!({"status": text(*holds), "type": kind})).collect()
        }
        (None, Some(why)) => {
            json!([{"message": why, "reason": "Unschedulable", "status": "False", "type": "PodScheduled"}])
        }
        (None, None) => json!([]),
    };
}

/// qos.ComputePodQOS, of cpu and memory in all containers.
fn quality(spec: &Value) -> &'static str {
    let containers = ["initContainers", "containers"].iter().filter_map(|key| spec.get(*key)?.as_array()).flatten();
    let amounts = |container: &Value, key: &str| -> Vec<String> {
        let map = container.get("resources").and_then(|resources| resources.get(key));
        let of = |name: &str| Some(format!("{name}={}", map?.get(name)?));
        ["cpu", "memory"].iter().filter_map(|name| of(name)).collect()
    };
    let (mut any, mut guaranteed) = (false, true);
    for container in containers {
        let (limits, requests) = (amounts(container, "limits"), amounts(container, "requests"));
        any |= !limits.is_empty() || !requests.is_empty();
        guaranteed &= limits.len() == 2 && (requests.is_empty() || requests == limits);
    }
    match (any, guaranteed) {
        (false, _) => "BestEffort",
        (true, true) => "Guaranteed",
        (true, false) => "Burstable",
    }
}

/// Defaults of a pod's spec, in a pod or a template.
pub fn pod_spec(spec: &mut Value) {
    merge(spec, parsed(POD_SPEC));
    for key in ["containers", "initContainers"] {
        for container in spec.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten() {
            let image = container.get("image").and_then(Value::as_str).unwrap_or_default();
            merge(container, json!({"imagePullPolicy": pull_policy(image)}));
            merge(container, parsed(CONTAINER));
            for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
                let Some(probe) = container.get_mut(probe) else { continue };
                merge(probe, parsed(PROBE));
                if let Some(get) = probe.get_mut("httpGet") {
                    merge(get, parsed(HTTP_GET));
                }
            }
        }
    }
    for volume in spec.get_mut("volumes").and_then(Value::as_array_mut).into_iter().flatten() {
        for kind in ["configMap", "secret", "projected", "downwardAPI"] {
            if let Some(source) = volume.get_mut(kind) {
                merge(source, json!({"defaultMode": 420}));
            }
        }
    }
}

/// SetDefaults_Container: an image without tag is the latest.
fn pull_policy(image: &str) -> &'static str {
    let name = image.rsplit('/').next().unwrap_or(image);
    let tag = name.split_once(':').map(|(_, tag)| tag);
    if !name.contains('@') && tag.is_none_or(|tag| tag == "latest") { "Always" } else { "IfNotPresent" }
}
