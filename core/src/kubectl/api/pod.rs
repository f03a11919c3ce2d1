//! Pods, and the templates they are made of.

use serde_json::{Value, json};

use super::super::KubectlView;
use super::{at, merge, parsed, put, status};
use crate::cluster::Pod;
use crate::model::{Encode, Toleration, default_pull_policy};
use crate::source::ObjectRef;
use crate::yaml::YamlNode;

/// What pod templates have that say nothing else (core/v1, defaults.go).
const POD_SPEC: &str = r#"{"dnsPolicy":"ClusterFirst","restartPolicy":"Always","schedulerName":"default-scheduler",
    "securityContext":{},"terminationGracePeriodSeconds":30}"#;
/// What pods have besides, by defaults and admission (Priority, ServiceAccount, DefaultTolerationSeconds).
const POD: &str = r#"{"enableServiceLinks":true,"preemptionPolicy":"PreemptLowerPriority"}"#;
const CONTAINER: &str = r#"{"resources":{},"terminationMessagePath":"/dev/termination-log",
    "terminationMessagePolicy":"File"}"#;
const PROBE: &str = r#"{"failureThreshold":3,"periodSeconds":10,"successThreshold":1,"timeoutSeconds":1}"#;
const HTTP_GET: &str = r#"{"path":"/","scheme":"HTTP"}"#;

/// A pod as the API holds it: what was written or is in its template, defaults, admission, status.
pub fn pod(view: KubectlView<'_>, pod: &Pod, object: &mut Value) {
    if pod.made {
        let template = pod.template.as_ref().and_then(|written| template(view, written));
        merge(object, json!({"spec": template.and_then(|template| template.child("spec"))}));
    }
    for (key, map) in [("labels", &pod.labels), ("annotations", &pod.annotations)] {
        if !map.is_empty() {
            put(object, &["metadata", key], map);
        }
    }
    owned(pod, object);
    if pod.made {
        for (key, name) in [("hostname", &pod.hostname), ("subdomain", &pod.subdomain)] {
            name.iter().for_each(|name| put(object, &["spec", key], name));
        }
        added_tolerations(at(object, &["spec", "tolerations"]), &pod.spec.tolerations);
    }
    merge(object, json!({"spec": pod.spec.encode()}));
    pod_spec(at(object, &["spec"]));
    complete(at(object, &["spec"]));
    merge(object, json!({"spec": {"nodeName": &pod.node}}));
    tolerate(at(object, &["spec", "tolerations"]));
    status::put_status(view, pod, object);
}

/// Defaults and admission of pods alone.
fn complete(spec: &mut Value) {
    merge(spec, parsed(POD));
    let account = spec.get("serviceAccountName").or(spec.get("serviceAccount")).cloned();
    let account = account.unwrap_or_else(|| "default".into());
    // What another class stands for, only its cluster knows.
    let priority = match spec.get("priorityClassName").and_then(Value::as_str) {
        None | Some("") => Some(0),
        Some("system-cluster-critical") => Some(2_000_000_000),
        Some("system-node-critical") => Some(2_000_001_000),
        Some(_) => None,
    };
    merge(spec, json!({"priority": priority, "serviceAccount": account, "serviceAccountName": account}));
    let on_host = spec.get("hostNetwork") == Some(&Value::Bool(true));
    for key in ["containers", "initContainers"] {
        for container in spec.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten() {
            // Who says only how much it may use asks for as much (SetDefaults_Pod).
            if let Some(limits) = container.pointer("/resources/limits").cloned() {
                merge(container, json!({"resources": {"requests": limits}}));
            }
            let ports = container.get_mut("ports").and_then(Value::as_array_mut);
            for port in ports.into_iter().flatten().filter(|_| on_host) {
                let same = port.get("containerPort").cloned();
                merge(port, json!({"hostPort": same}));
            }
        }
    }
}

/// Those that a controller adds behind the template's.
fn added_tolerations(written: &mut Value, all: &[Toleration]) {
    let known = written.as_array().map_or(0, Vec::len);
    let added = all.iter().skip(known).map(Encode::encode);
    if let Value::Array(list) = written {
        list.extend(added);
    } else {
        *written = added.collect();
    }
}

/// The template of a workload as it was written.
fn template<'v>(view: KubectlView<'v>, workload: &ObjectRef) -> Option<&'v YamlNode> {
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

/// Defaults of a pod's spec, in a pod or a template.
pub fn pod_spec(spec: &mut Value) {
    merge(spec, parsed(POD_SPEC));
    for key in ["containers", "initContainers"] {
        for container in spec.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten() {
            let image = container.get("image").and_then(Value::as_str).unwrap_or_default();
            merge(container, json!({"imagePullPolicy": default_pull_policy(image)}));
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
