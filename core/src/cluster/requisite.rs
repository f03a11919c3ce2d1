//! What a pod needs before its containers start: ConfigMaps, Secrets, and keys of them.
//!
//! A cluster that has nothing but what was pasted never starts a pod whose ConfigMap or Secret isn't there, or lacks the key
//! that the pod asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Cluster;
use super::issued_secret::IssuedSecrets;
use super::pod::{Phase, Pod};
use super::pod_draft::PodDraft;
use super::premises::ClusterPremises;
use super::settings::ClusterSettings;
use super::table::Namespaced;
use crate::model::{self, Container, IntOrString, KeyToPath, PodSpec, Text, Volume};
use crate::order::Gather;
use crate::source::{FieldPath, ObjectRef};

/// Something without which a pod doesn't start.
#[derive(Clone, Debug)]
pub struct ConfigReference<'s> {
    /// The ConfigMap or Secret.
    pub object: ObjectRef,
    /// The key that is asked for; None for whatever it holds.
    pub key: Option<&'s Text>,
    /// Where it is asked for.
    pub field: FieldPath,
    /// What the kubelet says while it waits.
    pub waiting: &'static str,
}

/// Whether a requisite is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReferencePresence {
    There,
    /// Nobody pasted the object.
    NotPasted,
    /// The object is there, and the key isn't.
    WithoutKey,
}

/// A variable's source is missing (kubelet, makeEnvironmentVariables).
pub const NOT_CONFIGURED: &str = "CreateContainerConfigError";
/// A volume can't be set up, which all containers wait for (volume/configmap, volume/secret, volume/projected).
pub const NOT_MOUNTED: &str = "ContainerCreating";

/// A container ends as soon as it starts (kubelet, doBackOff).
pub const CRASHING: &str = "CrashLoopBackOff";

/// A pod whose containers don't stay.
pub(super) fn crash(pod: &mut Pod) {
    (pod.ready, pod.waiting_because) = (false, Some(CRASHING));
}

/// All that a pod needs, in the order of its fields; what is optional isn't needed.
pub fn config_references<'s>(spec: &'s PodSpec, namespace: &str, at: &FieldPath) -> Vec<ConfigReference<'s>> {
    let mut found = ConfigReferences { namespace, all: Vec::new() };
    for (field, containers) in [("initContainers", &spec.init_containers), ("containers", &spec.containers)] {
        for (index, container) in containers.iter().enumerate() {
            found.container(container, &at.field(field).index(index));
        }
    }
    for (index, volume) in spec.volumes.iter().enumerate() {
        found.volume(volume, &at.field("volumes").index(index));
    }
    found.all
}

/// The requisites as they are found.
struct ConfigReferences<'n, 's> {
    namespace: &'n str,
    all: Vec<ConfigReference<'s>>,
}

impl<'s> ConfigReferences<'_, 's> {
    fn container(&mut self, container: &'s Container, at: &FieldPath) {
        for (index, source) in container.env_from.iter().enumerate() {
            let at = at.field("envFrom").index(index);
            for (kind, field, source) in
                [("ConfigMap", "configMapRef", &source.config_map_ref), ("Secret", "secretRef", &source.secret_ref)]
            {
                if let Some(source) = source.as_ref().filter(|source| !source.optional) {
                    self.add(kind, &source.name, None, at.field(field), NOT_CONFIGURED);
                }
            }
        }
        for (index, variable) in container.env.iter().enumerate() {
            let Some(from) = &variable.value_from else { continue };
            let at = at.field("env").index(index).field("valueFrom");
            for (kind, field, source) in [
                ("ConfigMap", "configMapKeyRef", &from.config_map_key_ref),
                ("Secret", "secretKeyRef", &from.secret_key_ref),
            ] {
                if let Some(source) = source.as_ref().filter(|source| !source.optional) {
                    self.add(kind, &source.name, Some(&source.key), at.field(field), NOT_CONFIGURED);
                }
            }
        }
    }

    fn volume(&mut self, volume: &'s Volume, at: &FieldPath) {
        if let Some(map) = volume.config_map.as_ref().filter(|map| !map.optional) {
            self.files("ConfigMap", &map.name, &map.items, &at.field("configMap"));
        }
        if let Some(secret) = volume.secret.as_ref().filter(|secret| !secret.optional) {
            self.files("Secret", &secret.secret_name, &secret.items, &at.field("secret"));
        }
        let sources = volume.projected.iter().flat_map(|projected| &projected.sources);
        for (index, source) in sources.enumerate() {
            let at = at.field("projected").field("sources").index(index);
            for (kind, field, source) in
                [("ConfigMap", "configMap", &source.config_map), ("Secret", "secret", &source.secret)]
            {
                if let Some(source) = source.as_ref().filter(|source| !source.optional) {
                    self.files(kind, &source.name, &source.items, &at.field(field));
                }
            }
        }
    }

    fn files(&mut self, kind: &str, name: &str, items: &'s [KeyToPath], at: &FieldPath) {
        if items.is_empty() {
            self.add(kind, name, None, at.clone(), NOT_MOUNTED);
        }
        for (index, item) in items.iter().enumerate() {
            let field = at.field("items").index(index).field("key");
            self.add(kind, name, Some(&item.key), field, NOT_MOUNTED);
        }
    }

    fn add(&mut self, kind: &str, name: &str, key: Option<&'s Text>, field: FieldPath, waiting: &'static str) {
        let object = ObjectRef::namespaced(kind, self.namespace, name);
        self.all.push(ConfigReference { object, key, field, waiting });
    }
}

/// The ConfigMaps and Secrets that there are.
#[derive(Clone, Copy)]
pub(super) struct ConfigObjects<'c> {
    config_maps: &'c Namespaced<Arc<model::ConfigMap>>,
    secrets: &'c Namespaced<Arc<model::Secret>>,
    issued: &'c IssuedSecrets,
}

impl Cluster {
    /// Whether a requisite is there.
    pub fn presence(&self, requisite: &ConfigReference<'_>) -> ReferencePresence {
        self.configuration().presence(requisite)
    }

    /// Whether a container of a pod waits for a key; of no container in particular, whether all do. None starts before the
    /// init containers have.
    pub fn waits(&self, pod: &Pod, container: Option<&Container>) -> bool {
        self.configuration().waits(pod, container)
    }

    fn configuration(&self) -> ConfigObjects<'_> {
        ConfigObjects { config_maps: &self.config_maps, secrets: &self.secrets, issued: &self.issued_secrets }
    }
}

impl ClusterPremises {
    fn configuration(&self) -> ConfigObjects<'_> {
        ConfigObjects { config_maps: &self.config_maps, secrets: &self.secrets, issued: &self.issued_secrets }
    }
}

impl ConfigObjects<'_> {
    /// Whether a requisite is there. An object without any data is taken for one whose data was left out, or comes later.
    pub fn presence(&self, requisite: &ConfigReference<'_>) -> ReferencePresence {
        let ConfigReference { object, key, .. } = requisite;
        let keys: Option<Vec<&Text>> = match &*object.kind {
            "ConfigMap" => self.config_map_keys(object),
            _ => self.secret_keys(object),
        };
        match (keys, key) {
            _ if is_written_by_controllers(object, *key) => ReferencePresence::There,
            (None, _) if self.is_issued(object) => ReferencePresence::There,
            (None, _) => ReferencePresence::NotPasted,
            (Some(keys), Some(key)) if !keys.is_empty() && !keys.contains(key) => ReferencePresence::WithoutKey,
            (Some(_), _) => ReferencePresence::There,
        }
    }

    /// Whether a container of a pod waits for a key; of no container in particular, whether all do. None starts before the
    /// init containers have.
    pub fn waits(&self, pod: &Pod, container: Option<&Container>) -> bool {
        let lacks = |container: &Container| {
            let mut found = ConfigReferences { namespace: pod.namespace(), all: Vec::new() };
            found.container(container, &FieldPath::root());
            found.all.iter().any(|one| self.presence(one) != ReferencePresence::There)
        };
        pod.waiting_because.is_some()
            && (pod.spec.init_containers.iter().any(lacks)
                || container.map_or_else(|| pod.spec.containers.iter().all(lacks), lacks))
    }

    /// Whether a controller makes the Secret of another object.
    fn is_issued(&self, object: &ObjectRef) -> bool {
        let place = || (object.namespace.clone().unwrap_or_default(), object.name.clone());
        &*object.kind == "Secret" && self.issued.contains(&place())
    }

    fn config_map_keys(&self, object: &ObjectRef) -> Option<Vec<&Text>> {
        let map = self.config_maps.get(object.namespace.as_deref()?, &object.name)?;
        Some(map.data.keys().chain(map.binary_data.keys()).collect())
    }

    /// What a token's Secret holds comes from a controller (tokens_controller.go).
    fn secret_keys(&self, object: &ObjectRef) -> Option<Vec<&Text>> {
        let secret = self.secrets.get(object.namespace.as_deref()?, &object.name)?;
        let is_token = secret.kind.as_deref() == Some("kubernetes.io/service-account-token");
        let keys = secret.data.keys().chain(secret.string_data.keys());
        Some(keys.filter(|_| !is_token).collect())
    }
}

/// Every namespace has kube-root-ca.crt (rootcacertpublisher); k3s writes NodeHosts into CoreDNS' ConfigMap
/// (k3s, pkg/node/controller.go).
fn is_written_by_controllers(object: &ObjectRef, key: Option<&Text>) -> bool {
    let is_corefile = object.namespace.as_deref() == Some("kube-system") && &*object.name == "coredns";
    &*object.kind == "ConfigMap"
        && (&*object.name == "kube-root-ca.crt" || is_corefile && key.is_some_and(|key| &**key == "NodeHosts"))
}

/// The named port of a readiness probe that isn't its container's own, with the field of the probe: such a probe never
/// succeeds (pkg/probe, ResolveContainerPort).
pub fn unknown_probe_port(container: &Container) -> Option<(&'static str, &Text)> {
    let probe = container.readiness_probe.as_ref()?;
    let (field, target) = match (&probe.http_get, &probe.tcp_socket) {
        (Some(target), _) => ("httpGet", target),
        (None, Some(target)) => ("tcpSocket", target),
        (None, None) => return None,
    };
    let Some(IntOrString::String(name)) = &target.port else { return None };
    let declared = container.ports.iter().any(|port| port.name.as_ref() == Some(name));
    // A number in quotes is taken as a number.
    (!declared && name.parse::<u16>().is_err()).then_some((field, name))
}

/// A template by where it is kept, with the namespace of its pods.
type TemplateInNamespace = (*const PodSpec, Option<Text>);

/// Pods that lack a key wait for ever, not ready; so are those whose probe can't succeed, and those on nodes that aren't
/// ready (node_lifecycle_controller.go, MarkPodsNotReady). What a pod's own status says, or World, counts more.
pub(super) fn mark_waiting(premises: &ClusterPremises, mut drafts: Vec<PodDraft>) -> Vec<PodDraft> {
    let unready: BTreeSet<&Text> = premises.nodes.values().filter(|node| !node.ready).map(|node| &node.name).into_set();
    let mut known: BTreeMap<TemplateInNamespace, (Option<&'static str>, bool)> = BTreeMap::new();
    for PodDraft { pod, .. } in drafts.iter_mut().filter(|draft| has_unknown_fate(&premises.settings, &draft.pod)) {
        let template = (Arc::as_ptr(&pod.spec), pod.reference.namespace.clone());
        let (waits, fails) = known.entry(template).or_insert_with(|| {
            let fails = pod.spec.running_containers().any(|container| unknown_probe_port(container).is_some());
            (waits_for(premises, &pod.spec, pod.namespace()), fails)
        });
        pod.ready &= !*fails && pod.node.as_ref().is_none_or(|node| !unready.contains(node));
        if waits.is_some() {
            (pod.phase, pod.ready, pod.waiting_because) = (Phase::Pending, false, *waits);
        }
    }
    drafts
}

/// For what the pods of a template wait for ever, in the kubelet's word.
pub(super) fn waits_for(premises: &ClusterPremises, spec: &PodSpec, namespace: &str) -> Option<&'static str> {
    let all = config_references(spec, namespace, &FieldPath::root());
    let missing = |one: &&ConfigReference<'_>| premises.configuration().presence(one) != ReferencePresence::There;
    // Volumes are set up before any container is made (kubelet, SyncPod).
    let mounted = all.iter().filter(|one| one.waiting == NOT_MOUNTED).find(missing);
    mounted.or_else(|| all.iter().find(missing)).map(|missing| missing.waiting)
}

/// Whether nobody has said how the pod fares.
fn has_unknown_fate(settings: &ClusterSettings, pod: &Pod) -> bool {
    let is_told = !pod.made && (pod.started.is_some() || !pod.addresses.is_empty());
    let said = settings.fate(pod.namespace(), pod.name());
    pod.phase == Phase::Running && !is_told && said.is_none_or(|said| said.ready.is_none())
}
