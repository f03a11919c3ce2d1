//! Where pods come from: each ReplicaSet, ReplicationController, StatefulSet, DaemonSet and Job.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::admission::AdmissionPlugins;
use super::super::hash;
use super::super::objects::{ClusterObject, Objects};
use super::super::pod::{Phase, Pod};
use super::super::pod_draft::{PodDraft, PodTarget};
use super::super::rollout::Rollout;
use super::super::settings::ClusterSettings;
use super::{PodMaking, Workload, pasted, with_label};
use crate::model::{self, LabelSelector, Labels, PodSpec, PodTemplate, Text, Toleration, well_known};
use crate::source::ObjectRef;
use crate::yaml::YamlNode;

mod deployment;
mod job;
mod stored;

pub(super) use deployment::say_of_steps;
pub(super) use job::{JobProgress, completion_index};

/// What makes pods of one template.
#[derive(Clone, Debug)]
pub(super) struct PodSource {
    /// The controller that owns the pods.
    pub owner: ObjectRef,
    /// What people call it: the Deployment rather than its ReplicaSet.
    pub workload: ObjectRef,
    /// In whose manifest the template stands.
    pub written: ObjectRef,
    pub namespace: Text,
    /// Which orphans it adopts; None: none.
    pub selector: Option<LabelSelector>,
    /// How many pods it wants.
    pub wanted: usize,
    /// How far it is in a roll-out.
    pub stage: Option<RolloutStage>,
    /// Whether its owner doesn't exist yet.
    pub unmade: bool,
    /// How it counts.
    pub maker: PodCounting,
    /// What its pods run.
    pub spec: Arc<PodSpec>,
    /// Why the API server takes none of its pods, in its words.
    pub refusal: Option<String>,
    /// Whether it is from a cluster, by its uid.
    pub exported: bool,
    template: SourceTemplate,
    pod_kind: Text,
}

/// How far a ReplicaSet is in a roll-out.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RolloutStage {
    /// How many pods it had when the roll-out began, and still has more than it wants.
    pub start: usize,
    /// How many of those it wants have only just been made.
    pub fresh: usize,
    /// How many of those that it doesn't want any more are terminating.
    pub terminating: usize,
}

/// How a controller counts its pods.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum PodCounting {
    /// ReplicaSet, ReplicationController.
    Replicas,
    /// StatefulSet.
    Ordinals {
        /// The first.
        start: u64,
        /// The Service that names the pods.
        service: Option<Text>,
    },
    /// DaemonSet.
    EachNode,
    Completions(JobProgress),
}

/// What all pods of a template share.
#[derive(Clone, Debug)]
pub(super) struct SourceTemplate {
    pub labels: Arc<Labels>,
    pub annotations: Arc<Labels>,
    pub spec: Arc<PodSpec>,
}

/// The sources, in the order in which they adopt orphans.
pub(super) fn pod_sources(objects: &Objects, making: &PodMaking<'_>) -> (Vec<PodSource>, BTreeMap<ObjectRef, Rollout>) {
    let (mut sources, rollouts) = deployment::sources(objects, making);
    sources.extend(objects.replication_controllers.iter().map(replication_controller));
    sources.extend(objects.stateful_sets.iter().map(stateful_set));
    sources.extend(objects.daemon_sets.iter().map(|set| daemon_set(set, making)));
    sources.extend(objects.jobs.iter().map(job::job_source));
    (sources, rollouts)
}

fn replication_controller(given: &ClusterObject<model::ReplicationController>) -> PodSource {
    let spec = &given.body.spec;
    let match_labels =
        if spec.selector.is_empty() { Labels::clone(&spec.template.metadata.labels) } else { spec.selector.clone() };
    let selector = LabelSelector { match_labels, match_expressions: Vec::new() };
    PodSource {
        selector: Some(selector),
        wanted: replica_count(spec.replicas),
        ..PodSource::new(given, &spec.template)
    }
}

/// One more label tells the revision (stateful_set_utils.go, newRevision: the name and a hash of the template).
fn stateful_set(given: &ClusterObject<model::StatefulSet>) -> PodSource {
    let spec = &given.body.spec;
    let mut source = PodSource::new(given, &spec.template);
    let revision = format!("{}-{}", given.name(), hash::safe_encode(template_hash(given)));
    source.template.labels = with_label(&source.template.labels, "controller-revision-hash", &revision);
    PodSource {
        selector: spec.selector.clone(),
        wanted: replica_count(spec.replicas),
        maker: PodCounting::Ordinals {
            start: u64::try_from(spec.ordinals.start).unwrap_or(0),
            service: spec.service_name.clone(),
        },
        ..source
    }
}

fn daemon_set(given: &ClusterObject<model::DaemonSet>, making: &PodMaking<'_>) -> PodSource {
    let spec = &given.body.spec;
    let mut source = PodSource::new(given, &spec.template);
    let labels = with_label(&source.template.labels, "pod-template-generation", "1");
    let revision = hash::safe_encode(template_hash(given));
    source.template.labels = with_label(&labels, "controller-revision-hash", &revision);
    tolerate_node_troubles(Arc::make_mut(&mut source.template.spec));
    source.spec = source.template.spec.clone();
    PodSource { selector: spec.selector.clone(), wanted: making.nodes.len(), maker: PodCounting::EachNode, ..source }
}

/// The tolerations of every DaemonSet pod (daemon/util, AddOrUpdateDaemonPodTolerations).
fn tolerate_node_troubles(spec: &mut PodSpec) {
    let mut tolerate = |trouble: &str, effect: &str| {
        spec.tolerations.push(Toleration {
            key: format!("node.kubernetes.io/{trouble}").into(),
            operator: "Exists".into(),
            value: "".into(),
            effect: effect.into(),
        });
    };
    tolerate("not-ready", "NoExecute");
    tolerate("unreachable", "NoExecute");
    for pressure in ["disk-pressure", "memory-pressure", "pid-pressure", "unschedulable"] {
        tolerate(pressure, "NoSchedule");
    }
    if spec.host_network {
        spec.tolerations.push(Toleration {
            key: well_known::NETWORK_UNAVAILABLE.into(),
            operator: "Exists".into(),
            value: "".into(),
            effect: "NoSchedule".into(),
        });
    }
}

/// Writes into workloads what their pasted objects say of themselves.
pub(super) fn describe_workloads(workloads: &mut BTreeMap<ObjectRef, Workload>, objects: &Objects) {
    // 1. A Deployment's replicas are its own, not those of its ReplicaSets.
    for ClusterObject { reference, body, .. } in &objects.deployments {
        let workload = workloads.get_mut(reference);
        workload.into_iter().for_each(|workload| workload.replicas = replica_count(body.spec.replicas));
    }
    // 2. Labels, template and selector of those that have one.
    let mut say =
        |reference: &ObjectRef, labels: &Arc<Labels>, selector: Option<&LabelSelector>, spec: &Arc<PodSpec>| {
            if let Some(workload) = workloads.get_mut(reference) {
                workload.labels = labels.clone();
                workload.template = spec.clone();
                if selector.is_some() {
                    workload.selector = selector.cloned();
                }
            }
        };
    macro_rules! say {
        ($($kind:ident)*) => {$(for ClusterObject { reference, body, .. } in &objects.$kind {
            say(reference, &body.metadata.labels, body.spec.selector.as_ref(), &body.spec.template.spec);
        })*};
    }
    say!(deployments replica_sets stateful_sets daemon_sets);
    // 3. ReplicationControllers and Jobs, without their selectors.
    for ClusterObject { reference, body, .. } in &objects.replication_controllers {
        say(reference, &body.metadata.labels, None, &body.spec.template.spec);
    }
    for ClusterObject { reference, body, .. } in &objects.jobs {
        say(reference, &body.metadata.labels, None, &body.spec.template.spec);
    }
}

/// Replicas; 1 unless said.
fn replica_count(replicas: Option<i32>) -> usize {
    usize::try_from(replicas.unwrap_or(1)).unwrap_or(0)
}

/// A hash of spec.template as written, without what controllers and exports add.
fn template_hash<T>(given: &ClusterObject<T>) -> u32 {
    template(given).map_or(0, |template| hash::of_tree(template, &is_added))
}

/// The same of the template as the API server stores it: equal for a file and for what a cluster has made of it.
fn stored_hash<T>(given: &ClusterObject<T>) -> u32 {
    template(given).map_or(0, |template| hash::of_tree(&stored::without_defaults(template), &is_added))
}

fn template<T>(given: &ClusterObject<T>) -> Option<&YamlNode> {
    given.node.child("spec")?.child("template")
}

fn is_added(path: &[&str]) -> bool {
    matches!(path, ["metadata", "labels", "pod-template-hash"] | ["metadata", "creationTimestamp" | "name"])
}

impl PodSource {
    fn new<T>(given: &ClusterObject<T>, template: &PodTemplate) -> Self {
        Self {
            owner: given.reference.clone(),
            workload: given.reference.clone(),
            written: given.reference.clone(),
            namespace: given.namespace().into(),
            selector: None,
            wanted: 1,
            stage: None,
            unmade: false,
            maker: PodCounting::Replicas,
            spec: template.spec.clone(),
            template: SourceTemplate {
                labels: template.metadata.labels.clone(),
                annotations: template.metadata.annotations.clone(),
                spec: template.spec.clone(),
            },
            pod_kind: "Pod".into(),
            refusal: None,
            exported: given.node.child("metadata").and_then(|metadata| metadata.child("uid")).is_some(),
        }
    }

    /// What admission makes of the template of pods that somebody asks for.
    pub fn admit(&mut self, admission: &AdmissionPlugins<'_>) {
        if admission.default_limits(&self.namespace, &mut self.template.spec) {
            self.spec = self.template.spec.clone();
            let value: Text = "LimitRanger plugin set resources".into();
            Arc::make_mut(&mut self.template.annotations).insert(well_known::LIMIT_RANGER.into(), value);
        }
        self.refusal = admission.refusal(&self.namespace, &self.template.spec, self.exported);
    }

    /// The labels and the template of the controller that owns the pods, where nobody pasted it.
    pub fn description(&self) -> (Arc<Labels>, Arc<PodSpec>) {
        (self.template.labels.clone(), self.spec.clone())
    }

    /// How many pods it takes to make, terminating ones included.
    pub fn most(&self) -> usize {
        self.stage.map_or(self.wanted, |stage| stage.start.max(self.wanted))
    }

    /// The name of a pod that isn't counted by ordinal.
    pub fn generated_name(&self, number: u64) -> String {
        self.generated_name_of(&self.owner.name, number)
    }

    /// The same below another name than the owner's.
    fn generated_name_of(&self, base: &str, number: u64) -> String {
        let seed = [&*self.owner.kind, &*self.namespace, &*self.owner.name];
        hash::generated_name(&format!("{base}-"), &seed, number)
    }

    /// A pod of this source.
    pub fn draft(&self, name: Text, settings: &ClusterSettings) -> PodDraft {
        let fate = settings.fate(&self.namespace, &name);
        let reference = ObjectRef { kind: self.pod_kind.clone(), namespace: Some(self.namespace.clone()), name };
        let mut pod = pod_of_template(reference, &self.template);
        pod.owner = Some(self.owner.clone());
        pod.workload = Some(self.workload.clone());
        pod.template = Some(self.written.clone());
        pasted::apply_fate(fate, &mut pod);
        let target = match &pod.spec.node_name {
            Some(node) if !node.is_empty() => PodTarget::Bound(node.clone()),
            _ => PodTarget::Anywhere,
        };
        PodDraft {
            pod,
            target,
            source: None,
            told: false,
            number: None,
            gone: false,
            replaces: false,
            priority: 0,
            since: (true, None, usize::MAX),
        }
    }

    /// A pod of a StatefulSet (stateful_set_utils.go, initIdentity and updateIdentity).
    pub fn numbered_draft(&self, name: Text, ordinal: u64, settings: &ClusterSettings) -> PodDraft {
        let mut draft = self.draft(name.clone(), settings);
        if let PodCounting::Ordinals { service, .. } = &self.maker {
            let labels = Arc::make_mut(&mut draft.pod.labels);
            labels.insert(well_known::POD_NAME.into(), name.clone());
            labels.insert(well_known::POD_INDEX.into(), ordinal.to_string().into());
            draft.pod.hostname = Some(name);
            draft.pod.subdomain = service.clone();
        }
        draft
    }
}

/// A pod that a controller makes: running and ready, where nothing says otherwise.
fn pod_of_template(reference: ObjectRef, template: &SourceTemplate) -> Pod {
    Pod {
        reference,
        labels: template.labels.clone(),
        annotations: template.annotations.clone(),
        spec: Arc::clone(&template.spec),
        node: None,
        addresses: Vec::new(),
        phase: Phase::Running,
        ready: template.spec.readiness_gates.is_empty(),
        terminating: false,
        owner: None,
        workload: None,
        template: None,
        hostname: template.spec.hostname.clone(),
        subdomain: template.spec.subdomain.clone(),
        made: true,
        started: None,
        pending_because: None,
        refused_because: None,
        waiting_because: None,
    }
}
