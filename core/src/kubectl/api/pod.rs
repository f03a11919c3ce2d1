//! Pods, and the templates they are made of.

use serde_json::{Value, json};

use super::super::KubectlView;
use super::super::json_tree::{at, merge, parsed, put};
use super::status;
use crate::cluster::{Pod, generated_name};
use crate::model::{Encode, Toleration, default_pull_policy, well_known};
use crate::source::ObjectRef;
use crate::terminal::session::DebugContainer;
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
    // 1. Of a pod that a controller made, its template; labels and owner.
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
    // 2. What its controller gave it besides.
    if pod.made {
        for (key, name) in [("hostname", &pod.hostname), ("subdomain", &pod.subdomain)] {
            name.iter().for_each(|name| put(object, &["spec", key], name));
        }
        added_tolerations(at(object, &["spec", "tolerations"]), &pod.spec.tolerations);
    }
    // 3. Defaults, the node, and what admission adds.
    merge(object, json!({"spec": pod.spec.encode()}));
    pod_spec(at(object, &["spec"]));
    complete(at(object, &["spec"]));
    merge(object, json!({"spec": {"nodeName": &pod.node}}));
    tolerate(at(object, &["spec", "tolerations"]));
    if mounts_token(view, pod, at(object, &["spec"])) {
        mount_token(pod, at(object, &["spec"]));
    }
    // 4. What was added to debug it.
    let added = view.clock.and_then(|session| session.debugged.get(&pod.reference.qualified_name()));
    let added = added.map_or(&[][..], Vec::as_slice);
    if !added.is_empty() {
        put(object, &["spec", "ephemeralContainers"], added.iter().map(debug_container).collect::<Vec<_>>());
    }
    // 5. The status.
    let quality = status::quality(at(object, &["spec"]));
    merge(object, json!({"status": {"qosClass": quality}}));
    status::put_status(view, pod, object);
}

/// A debugging container with the defaults of its fields.
fn debug_container(added: &DebugContainer) -> Value {
    let mut own = added.object.clone();
    let image = own.get("image").and_then(Value::as_str).unwrap_or_default();
    let policy = json!({"imagePullPolicy": default_pull_policy(image)});
    merge(&mut own, policy);
    merge(&mut own, parsed(CONTAINER));
    own
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

/// Where a pod finds the token of its service account.
const TOKEN_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";
/// The volume it is in (plugin/pkg/admission/serviceaccount, TokenVolumeSource).
const TOKEN_SOURCES: &str = r#"[{"serviceAccountToken":{"expirationSeconds":3607,"path":"token"}},
    {"configMap":{"items":[{"key":"ca.crt","path":"ca.crt"}],"name":"kube-root-ca.crt"}},
    {"downwardAPI":{"items":[{"fieldRef":{"apiVersion":"v1","fieldPath":"metadata.namespace"},"path":"namespace"}]}}]"#;

/// Whether the pod gets a token: neither it nor its service account says no, in this order.
fn mounts_token(view: KubectlView<'_>, pod: &Pod, spec: &Value) -> bool {
    let says = |object: &Value| object.get("automountServiceAccountToken").and_then(Value::as_bool);
    let account = spec.get("serviceAccountName").and_then(Value::as_str).unwrap_or("default");
    let account = ObjectRef::namespaced("ServiceAccount", pod.namespace(), account);
    let account = || super::super::documents::written_object(view, &account).and_then(|account| says(&account));
    says(spec).or_else(account).unwrap_or(true)
}

/// A volume with the token, in every container that has nothing in its place.
fn mount_token(pod: &Pod, spec: &mut Value) {
    const PREFIX: &str = "kube-api-access-";
    let volumes = spec.get("volumes").and_then(Value::as_array).into_iter().flatten();
    let known = volumes.filter_map(|volume| volume.get("name")?.as_str()).find(|name| name.starts_with(PREFIX));
    let is_new = known.is_none();
    let name = known.map_or_else(|| generated_name(PREFIX, &[pod.namespace(), pod.name()], 0), str::to_owned);
    let mount = json!({"mountPath": TOKEN_PATH, "name": name, "readOnly": true});
    let mut is_needed = false;
    for key in ["containers", "initContainers"] {
        for container in spec.get_mut(key).and_then(Value::as_array_mut).into_iter().flatten() {
            merge(container, json!({"volumeMounts": []}));
            let Some(mounts) = container.get_mut("volumeMounts").and_then(Value::as_array_mut) else { continue };
            if !mounts.iter().any(|one| one.get("mountPath").is_some_and(|path| path == TOKEN_PATH)) {
                mounts.push(mount.clone());
                is_needed = true;
            }
        }
    }
    if is_needed && is_new {
        let volume = json!({"name": name, "projected": {"defaultMode": 420, "sources": parsed(TOKEN_SOURCES)}});
        merge(spec, json!({"volumes": []}));
        spec.get_mut("volumes").and_then(Value::as_array_mut).into_iter().for_each(|all| all.push(volume.clone()));
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

/// The uid of what has never been in a cluster: an owner reference can't be without.
const NO_UID: &str = "00000000-0000-0000-0000-000000000000";

/// What an object says of the controller that made it.
pub fn owner_reference(owner: &ObjectRef) -> Value {
    let version = match &*owner.kind {
        "ReplicationController" | "Service" => "v1",
        "Job" | "CronJob" => "batch/v1",
        _ => "apps/v1",
    };
    json!({
        "apiVersion": version, "blockOwnerDeletion": true, "controller": true, "kind": owner.kind, "name": owner.name,
        "uid": NO_UID,
    })
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
    for key in [well_known::NOT_READY, well_known::UNREACHABLE] {
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
