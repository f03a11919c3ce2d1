//! One question at every step of a roll-out.

use serde::{Deserialize, Serialize};

use super::Report;
use crate::cluster::{Cluster, Rollout};
use crate::explain::{self, Language};

/// `trace --rollout … -o json` (`whichpod.dev/rollout/v1`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RolloutReport {
    /// `whichpod.dev/rollout/v1`
    pub schema: String,
    /// `default/web`
    pub deployment: String,
    /// Whether the last step is the end; else the roll-out is stuck there, or paused.
    pub completes: bool,
    /// The steps, the first before anything was changed.
    pub steps: Vec<StepReport>,
}

/// The state of a roll-out after one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StepReport {
    /// From 1.
    pub step: usize,
    /// What happened.
    pub text: String,
    /// The old ReplicaSets, the oldest first, then the new one.
    pub replica_sets: Vec<RolloutSetReport>,
    /// Where the request lands: what `trace -o json` prints.
    pub answer: Report,
}

/// A ReplicaSet in a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RolloutSetReport {
    /// `metadata.name`, in the namespace of the Deployment.
    pub name: String,
    /// Its revision; 0 if it says none.
    pub revision: u64,
    /// Whether it is that of the Deployment's template.
    pub new: bool,
    /// Those that it has at this step, terminating ones too.
    pub pods: Vec<StepPodReport>,
}

/// A pod as it is at one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StepPodReport {
    /// `metadata.name`, in the namespace of the Deployment.
    pub name: String,
    /// Its node; null while it has none.
    pub node: Option<String>,
    /// Whether Services send it requests.
    pub ready: bool,
    /// Whether it was told to end and hasn't yet.
    pub terminating: bool,
}

impl RolloutReport {
    /// The answers at the steps.
    pub fn new(deployment: &str, completes: bool, steps: Vec<StepReport>) -> Self {
        Self { schema: "whichpod.dev/rollout/v1".to_owned(), deployment: deployment.to_owned(), completes, steps }
    }
}

impl StepReport {
    /// The step at which the roll-out stands in a cluster.
    pub fn new(cluster: &Cluster, rollout: &Rollout, answer: Report) -> Self {
        let places = (1..=rollout.sets.len()).rev();
        let sets = rollout.sets.iter().zip(places).map(|(set, place)| {
            let namespace = set.reference.namespace.as_deref().unwrap_or_default();
            let pods = cluster.workloads.get(&set.reference).map_or(&[][..], |workload| &workload.pods).iter();
            let pods = pods.filter_map(|name| cluster.pods.get(namespace, name)).map(|pod| StepPodReport {
                name: pod.name().to_owned(),
                node: pod.node.as_deref().map(str::to_owned),
                ready: pod.ready,
                terminating: pod.terminating,
            });
            RolloutSetReport {
                name: set.reference.name.to_string(),
                revision: set.revision,
                new: place == 1,
                pods: pods.collect(),
            }
        });
        let text = explain::step(rollout, Language::English);
        Self { step: rollout.step, text, replica_sets: sets.collect(), answer }
    }
}
