//! How many pods a workload wants and has, as its controller writes it into its status.

use crate::cluster::{Cluster, Phase, Pod, Workload};
use crate::source::ObjectRef;

/// The numbers of replicas. Pods that are done or terminating don't count (controller_utils.go, IsPodActive).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReplicaCounts {
    /// spec.replicas
    pub desired: usize,
    /// status.replicas
    pub current: usize,
    /// Those of a Deployment's current template.
    pub updated: usize,
    /// status.readyReplicas
    pub ready: usize,
    /// status.availableReplicas: what is ready has been so for long enough.
    pub available: usize,
}

impl ReplicaCounts {
    /// Those of a workload.
    pub fn of(cluster: &Cluster, reference: &ObjectRef, workload: &Workload) -> Self {
        let namespace = reference.namespace.as_deref().unwrap_or_default();
        let pods = workload.pods.iter().filter_map(|pod| cluster.pods.get(namespace, pod));
        let active: Vec<&Pod> = pods.filter(|pod| is_active(pod)).collect();
        let new = cluster.rollouts.get(reference).and_then(|rollout| rollout.new_set());
        let is_new = |pod: &&&Pod| new.is_none_or(|new| pod.owner.as_ref() == Some(&new.reference));
        let ready = active.iter().filter(|pod| pod.ready).count();
        let desired = if &*reference.kind == "DaemonSet" { active.len() } else { workload.replicas };
        Self { desired, current: active.len(), updated: active.iter().filter(is_new).count(), ready, available: ready }
    }

    /// Those of a workload by its name; none of one that isn't there.
    pub fn of_object(cluster: &Cluster, reference: &ObjectRef) -> Self {
        let workload = cluster.workloads.get(reference);
        workload.map_or(Self::default(), |workload| Self::of(cluster, reference, workload))
    }
}

fn is_active(pod: &Pod) -> bool {
    !pod.terminating && !matches!(pod.phase, Phase::Succeeded | Phase::Failed)
}
