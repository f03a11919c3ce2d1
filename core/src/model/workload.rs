//! What makes pods: Deployment, ReplicaSet, ReplicationController, StatefulSet, DaemonSet, Job, CronJob.

use std::sync::Arc;

use super::{IntOrString, LabelSelector, Labels, Metadata, PodSpec, Text};

object! {
    pub struct Deployment {
        /// Its name and labels.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: DeploymentSpec = "spec",
    }

    pub struct DeploymentSpec {
        /// 1 unless said.
        pub replicas: Option<i32> = "replicas",
        /// Which pods are its own.
        pub selector: Option<LabelSelector> = "selector",
        /// The pods it makes.
        pub template: PodTemplate = "template",
        /// How a new template replaces the old.
        pub strategy: DeploymentStrategy = "strategy",
        /// No rollout happens while true.
        pub paused: bool = "paused",
    }

    /// How a new template replaces the old.
    pub struct DeploymentStrategy {
        /// `RollingUpdate` unless said, or `Recreate`.
        pub kind: Option<Text> = "type",
        /// The pace.
        pub rolling_update: Option<RollingUpdate> = "rollingUpdate",
    }

    /// The pace of a rolling update; numbers or percentages.
    pub struct RollingUpdate {
        /// How many pods more than wanted; 25 % unless said.
        pub max_surge: Option<IntOrString> = "maxSurge",
        /// How many fewer; 25 % unless said.
        pub max_unavailable: Option<IntOrString> = "maxUnavailable",
    }

    pub struct ReplicaSet {
        /// Its name and labels.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: ReplicaSetSpec = "spec",
    }

    pub struct ReplicaSetSpec {
        /// 1 unless said.
        pub replicas: Option<i32> = "replicas",
        /// Which pods are its own.
        pub selector: Option<LabelSelector> = "selector",
        /// The pods it makes.
        pub template: PodTemplate = "template",
    }

    pub struct ReplicationController {
        /// Its name and labels.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: ReplicationControllerSpec = "spec",
    }

    pub struct ReplicationControllerSpec {
        /// 1 unless said.
        pub replicas: Option<i32> = "replicas",
        /// Which pods are its own; the template's labels unless said.
        pub selector: Labels = "selector",
        /// The pods it makes.
        pub template: PodTemplate = "template",
    }

    pub struct StatefulSet {
        /// Its name and labels.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: StatefulSetSpec = "spec",
    }

    pub struct StatefulSetSpec {
        /// 1 unless said.
        pub replicas: Option<i32> = "replicas",
        /// Which pods are its own.
        pub selector: Option<LabelSelector> = "selector",
        /// The pods it makes.
        pub template: PodTemplate = "template",
        /// The headless Service that names its pods.
        pub service_name: Option<Text> = "serviceName",
        /// The first ordinal.
        pub ordinals: StatefulSetOrdinals = "ordinals",
        /// `OrderedReady` unless said, or `Parallel`.
        pub pod_management_policy: Text = "podManagementPolicy",
    }

    /// How a StatefulSet counts.
    pub struct StatefulSetOrdinals {
        /// The first number.
        pub start: i32 = "start",
    }

    pub struct DaemonSet {
        /// Its name and labels.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: DaemonSetSpec = "spec",
    }

    pub struct DaemonSetSpec {
        /// Which pods are its own.
        pub selector: Option<LabelSelector> = "selector",
        /// The pods it makes.
        pub template: PodTemplate = "template",
    }

    pub struct Job {
        /// Its name and labels.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: JobSpec = "spec",
        /// How far it is.
        pub status: JobStatus = "status",
    }

    pub struct JobSpec {
        /// How many pods at once; 1 unless said.
        pub parallelism: Option<i32> = "parallelism",
        /// How many must succeed; 1 unless said.
        pub completions: Option<i32> = "completions",
        /// The pods it makes.
        pub template: PodTemplate = "template",
        /// No pods while true.
        pub suspend: bool = "suspend",
        /// `NonIndexed` unless said, or `Indexed`.
        pub completion_mode: Option<Text> = "completionMode",
    }

    pub struct JobStatus {
        /// How many pods have succeeded.
        pub succeeded: Option<i32> = "succeeded",
        /// How many pods are at work.
        pub active: Option<i32> = "active",
        /// The numbers that are done: `0-2,5`.
        pub completed_indexes: Option<Text> = "completedIndexes",
        /// Set once it is done.
        pub completion_time: Option<Text> = "completionTime",
        /// Whether it is complete, or has failed.
        pub conditions: Vec<JobCondition> = "conditions",
    }

    /// What a Job's controller says of it.
    pub struct JobCondition {
        /// `Complete`, `Failed`.
        pub kind: Text = "type",
        /// `True`, `False`, `Unknown`.
        pub status: Text = "status",
    }

    pub struct CronJob {
        /// Its name and labels.
        pub metadata: Metadata = "metadata",
        /// What it wants.
        pub spec: CronJobSpec = "spec",
    }

    pub struct CronJobSpec {
        /// When.
        pub schedule: Text = "schedule",
        /// The Job it makes.
        pub job_template: JobTemplate = "jobTemplate",
    }

    /// The Job that a CronJob makes.
    pub struct JobTemplate {
        /// Its labels.
        pub metadata: Metadata = "metadata",
        pub spec: JobSpec = "spec",
    }

    /// The pods that a workload makes.
    pub struct PodTemplate {
        /// Their labels and annotations.
        pub metadata: Metadata = "metadata",
        /// What they run.
        pub spec: Arc<PodSpec> = "spec",
    }
}
