//! `kubectl get pods` (printers.go, printPod): what the statuses of containers say, and the pod's own where they don't.

use serde_json::Value;

use super::super::table_row::{NONE, ObjectTable, UNKNOWN, namespaced_row};
use super::super::value::{list, word, word_or};
use super::super::{KubectlView, ObjectQuery, api};
use crate::cluster::Pod;

pub fn pods(query: &ObjectQuery, view: KubectlView<'_>) -> ObjectTable {
    let pods = view.cluster.pods.values();
    let wanted = pods.filter(|pod| query.wants(pod.namespace(), pod.name(), &pod.labels));
    let rows = wanted.map(|pod| {
        let cells = pod_cells(pod, &api::pod_status(view, pod));
        namespaced_row(query, pod.namespace(), pod.name(), &pod.labels, cells)
    });
    let wide: &[&str] = &["IP", "NODE", "NOMINATED NODE", "READINESS GATES"];
    ObjectTable::of(&["NAME", "READY", "STATUS", "RESTARTS", "AGE"], wide, rows.collect())
}

/// How far a pod's containers are.
struct ContainerTally {
    ready: usize,
    restarts: i64,
    /// Their own word for it.
    reason: Option<String>,
    /// Whether one that runs before the others isn't through.
    is_initializing: bool,
}

fn pod_cells(pod: &Pod, object: &Value) -> Vec<String> {
    // 1. The reason that the status gives (printPod).
    let phase = word(object, "/status/phase");
    let mut reason = word_or(object, "/status/reason", &phase);
    let conditions = list(object, "/status/conditions");
    let is_gated = |one: &Value| word(one, "/type") == "PodScheduled" && word(one, "/reason") == "SchedulingGated";
    if conditions.iter().any(is_gated) {
        reason = "SchedulingGated".to_owned();
    }
    // 2. What containers say instead, init containers first.
    let mut tally = initial_tally(pod, object);
    let is_initialized =
        conditions.iter().any(|one| word(one, "/type") == "Initialized" && word(one, "/status") == "True");
    reason = tally.reason.take().unwrap_or(reason);
    if !tally.is_initializing || is_initialized {
        reason = main_reason(object, &mut tally, reason);
    }
    // 3. Whether it is going.
    if pod.terminating && word(object, "/status/reason") == "NodeLost" {
        reason = "Unknown".to_owned();
    } else if pod.terminating && !matches!(phase.as_str(), "Succeeded" | "Failed") {
        reason = "Terminating".to_owned();
    }
    // 4. The cells.
    let restarts = match (tally.restarts, was_restarted(object)) {
        (restarts, true) if restarts > 0 => format!("{restarts} ({UNKNOWN} ago)"),
        (restarts, _) => restarts.to_string(),
    };
    vec![
        format!("{}/{}", tally.ready, pod.spec.running_containers().count()),
        reason,
        restarts,
        UNKNOWN.to_owned(),
        word_or(object, "/status/podIPs/0/ip", NONE),
        pod.node.as_ref().map_or(NONE.to_owned(), ToString::to_string),
        word_or(object, "/status/nominatedNodeName", NONE),
        readiness_gates(pod, object),
    ]
}

/// Whether a container's last end is known, of which kubectl says how long ago it was.
fn was_restarted(object: &Value) -> bool {
    let statuses = list(object, "/status/containerStatuses").iter();
    statuses.clone().any(|status| !word(status, "/lastState/terminated/finishedAt").is_empty())
}

/// The containers that run before the others, in their order.
fn initial_tally(pod: &Pod, object: &Value) -> ContainerTally {
    let mut tally = ContainerTally { ready: 0, restarts: 0, reason: None, is_initializing: false };
    let all = &pod.spec.init_containers;
    for (at, status) in list(object, "/status/initContainerStatuses").iter().enumerate() {
        let name = word(status, "/name");
        let is_sidecar = all.iter().any(|container| *container.name == *name && container.is_sidecar());
        tally.restarts += restart_count(status);
        let terminated = status.pointer("/state/terminated");
        let waiting = word(status, "/state/waiting/reason");
        if terminated.is_some_and(|state| word_or(state, "/exitCode", "0") == "0") {
            continue;
        }
        if is_sidecar && word(status, "/started") == "true" {
            tally.ready += usize::from(word(status, "/ready") == "true");
            continue;
        }
        tally.is_initializing = true;
        tally.reason = Some(match terminated {
            Some(state) => format!("Init:{}", end_of(state)),
            None if !waiting.is_empty() && waiting != "PodInitializing" => format!("Init:{waiting}"),
            None => format!("Init:{at}/{}", all.len()),
        });
        break;
    }
    tally
}

fn restart_count(status: &Value) -> i64 {
    status.get("restartCount").and_then(Value::as_i64).unwrap_or(0)
}

/// `Error`, `Signal:9`, `ExitCode:1`
fn end_of(state: &Value) -> String {
    let (reason, signal) = (word(state, "/reason"), word_or(state, "/signal", "0"));
    match (reason.is_empty(), signal.as_str()) {
        (false, _) => reason,
        (true, "0") => format!("ExitCode:{}", word_or(state, "/exitCode", "0")),
        (true, signal) => format!("Signal:{signal}"),
    }
}

/// The last container that says something has the word.
fn main_reason(object: &Value, tally: &mut ContainerTally, mut reason: String) -> String {
    let (mut is_running, mut failure) = (false, None);
    for status in list(object, "/status/containerStatuses").iter().rev() {
        tally.restarts += restart_count(status);
        let waiting = word(status, "/state/waiting/reason");
        if !waiting.is_empty() {
            reason = waiting;
        } else if let Some(state) = status.pointer("/state/terminated") {
            reason = end_of(state);
            if word_or(state, "/exitCode", "0") != "0" {
                failure = Some(reason.clone());
            }
        } else if word(status, "/ready") == "true" && status.pointer("/state/running").is_some() {
            is_running = true;
            tally.ready += 1;
        }
    }
    let is_ready = list(object, "/status/conditions")
        .iter()
        .any(|one| word(one, "/type") == "Ready" && word(one, "/status") == "True");
    match (reason == "Completed", is_running, is_ready, failure) {
        (true, true, true, _) => "Running".to_owned(),
        (true, _, _, Some(failure)) => failure,
        (true, true, false, None) => "NotReady".to_owned(),
        _ => reason,
    }
}

fn readiness_gates(pod: &Pod, object: &Value) -> String {
    let conditions = list(object, "/status/conditions");
    let holds = |kind: &str| conditions.iter().any(|one| word(one, "/type") == kind && word(one, "/status") == "True");
    let gates = &pod.spec.readiness_gates;
    match gates.len() {
        0 => NONE.to_owned(),
        all => format!("{}/{all}", gates.iter().filter(|gate| holds(&gate.condition_type)).count()),
    }
}
