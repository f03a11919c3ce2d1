//! What happened, as the control plane tells it in Events: objects that controllers made, pods that were placed or weren't.
//! What a kubelet tells (images, starts, probes) isn't known here.

use serde_json::{Value, json};

use super::KubectlView;
use super::age::{age_text, created_at, timestamp};
use super::json_tree::merge;
use crate::cluster::{Pod, Workload};
use crate::order::Order;
use crate::source::ObjectRef;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterEvent {
    /// What it is about.
    pub object: ObjectRef,
    pub is_warning: bool,
    /// `Scheduled`
    pub reason: &'static str,
    /// `default-scheduler`
    pub from: String,
    /// In the component's words.
    pub message: String,
    /// What came into being with it, or was looked at.
    pub made: ObjectRef,
}

impl ClusterEvent {
    fn normal(object: &ObjectRef, reason: &'static str, from: &str, message: String) -> Self {
        let (object, made) = (object.clone(), object.clone());
        Self { object, is_warning: false, reason, from: from.to_owned(), message, made }
    }

    /// The same, told when another object was made.
    fn at_making_of(self, kind: &str, name: &str) -> Self {
        let namespace = self.object.namespace.as_deref().unwrap_or_default();
        Self { made: ObjectRef::namespaced(kind, namespace, name), ..self }
    }

    /// `Normal`, `Warning`
    pub fn kind(&self) -> &'static str {
        if self.is_warning { "Warning" } else { "Normal" }
    }

    /// Where it stands: events about what has no namespace are in `default`.
    pub fn namespace(&self) -> &str {
        self.object.namespace.as_deref().unwrap_or("default")
    }

    /// Its own name, which begins with that of its object (client-go, tools/record).
    pub fn name(&self) -> String {
        let seed = [&*self.object.kind, self.namespace(), &*self.object.name, self.reason, &self.message];
        format!("{}.{:016x}", self.object.name, crate::cluster::seeded_draw(&seed, 0))
    }

    /// How long it was ago.
    pub fn age(&self, view: KubectlView<'_>) -> String {
        age_text(view, &self.made)
    }

    /// As the API holds it, with its time where there is a clock.
    pub fn to_json(&self, view: KubectlView<'_>) -> Value {
        let mut object = self.to_bare_json();
        if let Some(time) = created_at(view, &self.made).map(timestamp) {
            merge(
                &mut object,
                json!({"firstTimestamp": time, "lastTimestamp": time, "metadata": {"creationTimestamp": time}}),
            );
        }
        object
    }

    fn to_bare_json(&self) -> Value {
        json!({
            "apiVersion": "v1",
            "count": 1,
            "involvedObject": {"kind": self.object.kind, "name": self.object.name, "namespace": self.object.namespace},
            "kind": "Event",
            "message": self.message,
            "metadata": {"name": self.name(), "namespace": self.namespace()},
            "reason": self.reason,
            "reportingComponent": self.from,
            "reportingInstance": "",
            "source": {"component": self.from},
            "type": self.kind(),
        })
    }
}

/// All events, by the name of what they are about.
pub fn cluster_events(view: KubectlView<'_>) -> Vec<ClusterEvent> {
    let cluster = view.cluster;
    // A running cluster has told its own.
    if view.is_live() {
        return Vec::new();
    }
    let mut all: Vec<ClusterEvent> = Vec::new();
    for (reference, workload) in &cluster.workloads {
        all.extend(events_of_workload(view, reference, workload));
    }
    all.extend(cluster.pods.values().filter_map(|pod| event_of_pod(view, pod)));
    let nodes = cluster.nodes.keys().map(|name| ObjectRef::cluster_scoped("Node", name));
    all.extend(nodes.map(|node| event_of_node(&node)));
    all.order_by_key(|event| (event.namespace().to_owned(), event.object.name.to_string()));
    all
}

pub fn events_about(view: KubectlView<'_>, reference: &ObjectRef) -> Vec<ClusterEvent> {
    if view.is_live() {
        return Vec::new();
    }
    let name = (reference.namespace.as_deref().unwrap_or_default(), &*reference.name);
    match &*reference.kind {
        "Pod" => {
            let pod = view.cluster.pods.get(name.0, name.1);
            pod.and_then(|pod| event_of_pod(view, pod)).into_iter().collect()
        }
        "Node" => vec![event_of_node(reference)],
        _ => {
            let workload = view.cluster.workloads.get(reference);
            workload.map(|workload| events_of_workload(view, reference, workload)).unwrap_or_default()
        }
    }
}

/// pkg/controller/nodelifecycle
fn event_of_node(node: &ObjectRef) -> ClusterEvent {
    let name = &node.name;
    let message = format!("Node {name} event: Registered Node {name} in Controller");
    ClusterEvent::normal(node, "RegisteredNode", "node-controller", message)
}

/// pkg/scheduler: a pod that names its node doesn't pass by it, and one with a gate isn't tried.
fn event_of_pod(view: KubectlView<'_>, pod: &Pod) -> Option<ClusterEvent> {
    let scheduler = pod.spec.scheduler_name.as_deref().filter(|name| !name.is_empty()).unwrap_or("default-scheduler");
    if let Some(why) = &pod.pending_because {
        let is_tried = pod.spec.scheduling_gates.is_empty();
        return is_tried.then(|| ClusterEvent {
            object: pod.reference.clone(),
            is_warning: true,
            reason: "FailedScheduling",
            from: scheduler.to_owned(),
            message: with_preemption(why),
            made: pod.reference.clone(),
        });
    }
    let node = pod.node.as_ref()?;
    let written = view.manifests.find(&pod.reference);
    let names_node =
        written.is_some_and(|object| object.node.child("spec").is_some_and(|spec| spec.child("nodeName").is_some()));
    let is_told = written.is_some_and(|object| object.node.child("status").is_some());
    (!names_node && !is_told).then(|| {
        let message = format!("Successfully assigned {} to {node}", pod.reference.qualified_name());
        ClusterEvent::normal(&pod.reference, "Scheduled", scheduler, message)
    })
}

/// Why nodes fall out whatever pods are evicted from them.
const WITHOUT_REMEDY: [&str; 3] =
    ["untolerated taint", "were unschedulable", "didn't match Pod's node affinity/selector"];

/// What preemption adds to the scheduler's message where it finds no pod to evict (preemption.go, Evaluator.Preempt).
fn with_preemption(message: &str) -> String {
    let read = || {
        let (nodes, reasons) = message.strip_prefix("0/")?.split_once(" nodes are available: ")?;
        let nodes: usize = nodes.parse().ok()?;
        let counted = reasons.trim_end_matches('.').split(", ").filter_map(|reason| {
            let (count, reason) = reason.split_once(' ')?;
            Some((count.parse::<usize>().ok()?, reason))
        });
        let hopeless = counted.filter(|(_, reason)| WITHOUT_REMEDY.iter().any(|known| reason.contains(known)));
        let hopeless: usize = hopeless.map(|(count, _)| count).sum();
        let all = [
            (nodes.checked_sub(hopeless)?, "No preemption victims found for incoming pod"),
            (hopeless, "Preemption is not helpful for scheduling"),
        ];
        let mut all: Vec<String> =
            all.iter().filter(|(count, _)| *count > 0).map(|(count, why)| format!("{count} {why}")).collect();
        all.order();
        Some(format!("{message} preemption: 0/{nodes} nodes are available: {}.", all.join(", ")))
    };
    read().unwrap_or_else(|| message.to_owned())
}

/// What a controller made.
fn events_of_workload(view: KubectlView<'_>, reference: &ObjectRef, workload: &Workload) -> Vec<ClusterEvent> {
    let namespace = reference.namespace.as_deref().unwrap_or_default();
    let made = workload.pods.iter().filter_map(|pod| view.cluster.pods.get(namespace, pod));
    let own = made.filter(|pod| pod.made && pod.owner.as_ref() == Some(reference));
    let names = own.map(super::super::cluster::pod::Pod::name);
    match &*reference.kind {
        "Deployment" => scaled(view, reference).into_iter().collect(),
        "StatefulSet" => names.flat_map(|pod| of_stateful_set(view, reference, pod)).collect(),
        kind => {
            let from = match kind {
                "ReplicaSet" => "replicaset-controller",
                "DaemonSet" => "daemonset-controller",
                "ReplicationController" => "replication-controller",
                "Job" => "job-controller",
                _ => return Vec::new(),
            };
            let created = |pod: &str| {
                let message = format!("Created pod: {pod}");
                ClusterEvent::normal(reference, "SuccessfulCreate", from, message).at_making_of("Pod", pod)
            };
            names.map(created).collect()
        }
    }
}

/// A Deployment that was never rolled out anew made its ReplicaSet in one go (deployment/sync.go, scaleReplicaSet).
fn scaled(view: KubectlView<'_>, reference: &ObjectRef) -> Option<ClusterEvent> {
    let rollout = view.cluster.rollouts.get(reference)?;
    let set = rollout.new_set().filter(|set| rollout.old_sets().is_empty() && set.replicas.wanted > 0)?;
    let message = format!("Scaled up replica set {} from 0 to {}", set.reference.name, set.replicas.wanted);
    let event = ClusterEvent::normal(reference, "ScalingReplicaSet", "deployment-controller", message);
    Some(event.at_making_of("ReplicaSet", &set.reference.name))
}

/// Each pod's claims come before it (statefulset/stateful_pod_control.go).
fn of_stateful_set(view: KubectlView<'_>, reference: &ObjectRef, pod: &str) -> Vec<ClusterEvent> {
    let written = super::documents::written_object(view, reference).unwrap_or_default();
    let templates = written.pointer("/spec/volumeClaimTemplates").and_then(Value::as_array).into_iter().flatten();
    let names = templates.filter_map(|template| template.pointer("/metadata/name")?.as_str());
    let set = &reference.name;
    let claims = names.map(|claim| format!("Create Claim {claim}-{pod} Pod {pod} in StatefulSet {set} success"));
    let all = claims.chain([format!("Create Pod {pod} in StatefulSet {set} successful")]);
    let created = |message| {
        ClusterEvent::normal(reference, "SuccessfulCreate", "statefulset-controller", message).at_making_of("Pod", pod)
    };
    all.map(created).collect()
}
