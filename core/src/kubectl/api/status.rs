//! What the kubelet and the scheduler say of pods.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::super::json_tree::{at, merge, put};
use super::super::{KubectlView, age};
use crate::cluster::requisite::{NOT_CONFIGURED, NOT_MOUNTED};
use crate::cluster::{Phase, Pod};
use crate::model::Container;
use crate::terminal::session::{DebugContainer, DebugState};

/// The status as the kubelet and the scheduler write it.
pub fn put_status(view: KubectlView<'_>, pod: &Pod, object: &mut Value) {
    // 1. Phase and reason.
    let phase = match pod.phase {
        Phase::Pending => "Pending",
        Phase::Running => "Running",
        Phase::Succeeded => "Succeeded",
        Phase::Failed => "Failed",
        Phase::Unknown => "Unknown",
    };
    put(object, &["status", "phase"], phase);
    if let Some(reason) = &pod.refused_because {
        put(object, &["status", "reason"], reason);
    }
    // 2. Addresses, the pod's and its node's.
    let is_told = view.manifests.find(&pod.reference).is_some_and(|object| object.node.child("status").is_some());
    let host = pod.node.as_ref().and_then(|node| view.cluster.nodes.get(node));
    let host: Vec<IpAddr> = host.and_then(|node| node.addresses.first()).into_iter().copied().collect();
    let is_over = is_told && matches!(pod.phase, Phase::Succeeded | Phase::Failed);
    for (one, all, addresses) in [("podIP", "podIPs", &pod.addresses), ("hostIP", "hostIPs", &host)] {
        if let Some(first) = addresses.first().filter(|_| !is_over) {
            put(object, &["status", one], first);
            put(object, &["status", all], addresses.iter().map(|ip| json!({"ip": ip})).collect::<Vec<_>>());
        }
    }
    // 3. When its kubelet saw it first: nothing waits here.
    if let Some(created) = pod.node.as_ref().and_then(|_| age::created_at(view, &pod.reference)) {
        merge(at(object, &["status"]), json!({"startTime": age::timestamp(created)}));
    }
    // 4. Of a pod that is over, or that its kubelet refused, nothing more is written.
    if is_over || pod.refused_because.is_some() {
        return;
    }
    // 5. Conditions, then containers.
    conditions(pod, at(object, &["status", "conditions"]));
    if pod.node.is_some() || matches!(pod.phase, Phase::Succeeded | Phase::Failed) {
        container_statuses(pod, at(object, &["status"]));
        debug_statuses(view, pod, at(object, &["status"]));
    }
}

/// What the kubelet says of containers; what was pasted keeps its state.
fn container_statuses(pod: &Pod, status: &mut Value) {
    for (key, containers) in
        [("containerStatuses", &pod.spec.containers), ("initContainerStatuses", &pod.spec.init_containers)]
    {
        let is_told = status.get(key).is_some();
        let one = |container: &Container| {
            let goes_on = key == "containerStatuses" || container.is_sidecar();
            let started = pod.phase == Phase::Running && pod.waiting_because.is_none() && goes_on;
            // A readiness gate holds the pod back, not its containers.
            let waits_for_gate = !pod.spec.readiness_gates.is_empty() && pod.phase == Phase::Running;
            let ready = if goes_on { pod.ready || waits_for_gate } else { pod.phase != Phase::Pending };
            let state = (!is_told).then(|| state(pod, goes_on));
            let mut one = json!({
                "image": container.image, "name": container.name, "ready": ready, "restartCount": 0, "started": started,
            });
            merge(&mut one, json!({"state": state}));
            one
        };
        if !containers.is_empty() {
            let all: Vec<Value> = containers.iter().map(one).collect();
            merge(status, json!({key: all}));
        }
    }
}

/// What the kubelet says of containers that were added to debug the pod; they are never ready.
fn debug_statuses(view: KubectlView<'_>, pod: &Pod, status: &mut Value) {
    let added = view.clock.and_then(|session| session.debugged.get(&pod.reference.qualified_name()));
    let one = |container: &DebugContainer| {
        let state = match container.state {
            DebugState::Running | DebugState::Entered => json!({"running": {}}),
            DebugState::Ended(exit) => {
                let reason = if exit == 0 { "Completed" } else { "Error" };
                json!({"terminated": {"exitCode": exit, "reason": reason}})
            }
        };
        let (image, name) = (container.object.get("image"), container.object.get("name"));
        json!({"image": image, "name": name, "ready": false, "restartCount": 0, "state": state})
    };
    if let Some(added) = added.filter(|added| !added.is_empty()) {
        put(status, &["ephemeralContainerStatuses"], added.iter().map(one).collect::<Vec<_>>());
    }
}

/// What a container does; how a failed one ended isn't known (kubelet, convertToAPIContainerStatuses).
fn state(pod: &Pod, goes_on: bool) -> Value {
    match (pod.phase, pod.waiting_because) {
        (Phase::Pending, Some(why)) if why != NOT_MOUNTED => json!({"waiting": {"reason": why}}),
        (Phase::Pending, _) if pod.spec.init_containers.is_empty() => {
            json!({"waiting": {"reason": "ContainerCreating"}})
        }
        (Phase::Pending, _) => json!({"waiting": {"reason": "PodInitializing"}}),
        (Phase::Running, Some(why)) if goes_on => json!({"waiting": {"reason": why}}),
        (Phase::Running | Phase::Unknown, _) if goes_on => json!({"running": {}}),
        (Phase::Failed, _) if goes_on => json!({"terminated": {"reason": "Error"}}),
        _ => json!({"terminated": {"exitCode": 0, "reason": "Completed"}}),
    }
}

/// What the kubelet says of a pod, in its order; what was pasted keeps everything but whether it is ready.
fn conditions(pod: &Pod, conditions: &mut Value) {
    // 1. Pasted ones keep everything but whether the pod is ready.
    let text = |holds: bool| if holds { "True" } else { "False" };
    if let Value::Array(list) = conditions {
        for one in list.iter_mut() {
            if one.get("type").is_some_and(|kind| kind == "Ready") {
                put(one, &["status"], text(pod.ready));
            }
        }
        return;
    }
    // 2. On a node: those of the kubelet; without one: why.
    *conditions = match (&pod.node, &pod.pending_because) {
        (Some(_), _) => {
            // Volumes come before the sandbox, variables behind it.
            let has_sandbox = pod.phase == Phase::Running || pod.waiting_because == Some(NOT_CONFIGURED);
            let is_held_back = pod.phase == Phase::Pending && !pod.spec.init_containers.is_empty();
            let all = [
                ("PodReadyToStartContainers", has_sandbox),
                ("Initialized", !is_held_back),
                ("Ready", pod.ready),
                ("ContainersReady", pod.ready || (!pod.spec.readiness_gates.is_empty() && pod.phase == Phase::Running)),
                ("PodScheduled", true),
            ];
            all.iter().map(|(kind, holds)| json!({"status": text(*holds), "type": kind})).collect()
        }
        (None, Some(why)) => {
            let reason = if pod.spec.scheduling_gates.is_empty() { "Unschedulable" } else { "SchedulingGated" };
            json!([{"message": why, "reason": reason, "status": "False", "type": "PodScheduled"}])
        }
        (None, None) => json!([]),
    };
}

/// qos.ComputePodQOS, of cpu and memory in all containers.
pub fn quality(spec: &Value) -> &'static str {
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
