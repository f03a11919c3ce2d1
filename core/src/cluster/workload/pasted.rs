//! Pods that somebody pasted: what their status says, or what a pod without status does.

use std::net::IpAddr;

use super::super::objects::{ClusterObject, Objects};
use super::super::pod::{Phase, Pod};
use super::super::settings::ClusterSettings;
use super::{PodDraft, PodTarget};
use crate::model::{self, PodSpec, PodStatus, Text, WorldPod};
use crate::source::ObjectRef;

/// The pasted pods, with those that World calls deleted.
pub(super) fn pasted_pods(objects: &Objects, settings: &ClusterSettings) -> Vec<PodDraft> {
    let mut drafts = Vec::with_capacity(objects.pods.len());
    for given in &objects.pods {
        let fate = settings.fate(given.namespace(), given.name());
        let gone = fate.is_some_and(|fate| fate.deleted);
        drafts.push(PodDraft { gone, ..draft_of_pasted(given, fate) });
    }
    drafts
}

fn draft_of_pasted(given: &ClusterObject<model::Pod>, fate: Option<&WorldPod>) -> PodDraft {
    // 1. Who owns it.
    let model::Pod { metadata, spec, status } = &*given.body;
    let phase = phase(status);
    let owner = metadata.owner_references.iter().find(|owner| owner.controller);
    let namespace = given.reference.namespace.clone();
    let owner = owner.map(|owner| ObjectRef { kind: owner.kind.clone(), namespace, name: owner.name.clone() });
    // 2. The pod as its manifest and status tell it.
    let mut pod = Pod {
        reference: given.reference.clone(),
        labels: metadata.labels.clone(),
        annotations: metadata.annotations.clone(),
        spec: spec.clone(),
        node: spec.node_name.clone().filter(|node| !node.is_empty()),
        addresses: addresses(status),
        phase,
        ready: is_ready(spec, status, phase),
        terminating: metadata.deletion_timestamp.is_some(),
        workload: owner.clone(),
        owner,
        template: None,
        hostname: spec.hostname.clone(),
        subdomain: spec.subdomain.clone(),
        made: false,
        started: started(&given.body),
        pending_because: None,
        refused_because: None,
        waiting_because: None,
    };
    // 3. What World says of it.
    apply_fate(fate, &mut pod);
    // 4. Where it may go, and how old it is.
    let target = target_of_pasted(&pod, status);
    let told = status.phase.is_some() || !status.conditions.is_empty() || !pod.addresses.is_empty();
    let (_, undated, created, order) = given.age();
    PodDraft {
        pod,
        target,
        source: None,
        told,
        number: None,
        gone: false,
        replaces: false,
        priority: 0,
        since: (undated, created.cloned(), order),
    }
}

/// What World says wins over the status.
pub(super) fn apply_fate(fate: Option<&WorldPod>, pod: &mut Pod) {
    let Some(fate) = fate else { return };
    pod.ready = fate.ready.unwrap_or(pod.ready);
    pod.terminating |= fate.terminating;
}

fn target_of_pasted(pod: &Pod, status: &PodStatus) -> PodTarget {
    if matches!(pod.phase, Phase::Succeeded | Phase::Failed) {
        return PodTarget::Done;
    }
    if let Some(node) = &pod.node {
        return PodTarget::Bound(node.clone());
    }
    let scheduled = status.conditions.iter().find(|condition| &*condition.kind == "PodScheduled");
    match scheduled.filter(|condition| &*condition.status == "False") {
        Some(condition) => PodTarget::Nowhere(condition.message.to_string()),
        None => PodTarget::Anywhere,
    }
}

/// When the first container started; where its status doesn't say, when the kubelet took the pod, or when it was made.
fn started(pod: &model::Pod) -> Option<Text> {
    let model::Pod { metadata, spec, status } = pod;
    let first = spec.containers.first().map(|container| &container.name);
    let running = status.container_statuses.iter().find(|status| Some(&status.name) == first);
    let since = running.and_then(|status| status.state.running.started_at.clone());
    since.or_else(|| status.start_time.clone()).or_else(|| metadata.creation_timestamp.clone())
}

fn phase(status: &PodStatus) -> Phase {
    match status.phase.as_deref() {
        None | Some("Running") => Phase::Running,
        Some("Pending") => Phase::Pending,
        Some("Succeeded") => Phase::Succeeded,
        Some("Failed") => Phase::Failed,
        Some(_) => Phase::Unknown,
    }
}

/// The Ready condition. Without any condition a running pod is ready, unless a readiness gate waits for one
/// (pkg/kubelet/status/generate.go, GeneratePodReadyCondition).
fn is_ready(spec: &PodSpec, status: &PodStatus, phase: Phase) -> bool {
    if status.conditions.is_empty() {
        return phase == Phase::Running && spec.readiness_gates.is_empty();
    }
    let ready = status.conditions.iter().find(|condition| &*condition.kind == "Ready");
    ready.is_some_and(|condition| &*condition.status == "True")
}

/// status.podIPs, or podIP.
fn addresses(status: &PodStatus) -> Vec<IpAddr> {
    let parse = |address: &Text| address.parse::<IpAddr>().ok();
    let addresses: Vec<IpAddr> = status.pod_ips.iter().filter_map(|ip| parse(&ip.ip)).collect();
    if addresses.is_empty() { status.pod_ip.as_ref().and_then(parse).into_iter().collect() } else { addresses }
}
