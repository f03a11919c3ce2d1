//! What only shows when one looks at the whole: selectors that match nothing, ports that nobody has, names that lead
//! nowhere. Accepted by every API server, but surely not meant, or worth knowing.

use std::collections::{BTreeMap, BTreeSet};

use crate::cluster::{Cluster, Phase, PluginPolicy, Pod};
use crate::diagnostic::{Diagnostic, Problem};
use crate::manifest::{Manifests, Object};
use crate::model::{Body, Labels, PodSpec, Text};
use crate::order::{Gather, Order};
use crate::schema;
use crate::source::{FieldPath, ObjectRef};

mod ingress;
mod gateway;
mod metallb;
mod network;
mod pod;
mod readiness;
mod service;
mod traefik;

/// The problems of the whole, in the order of the texts.
pub fn problems(manifests: &Manifests, cluster: &Cluster) -> Vec<Diagnostic> {
    // 1. What concerns the whole.
    let pods = Pods::new(cluster);
    let mut found = supplied_namespaces(manifests, cluster);
    found.extend(kinds_not_modelled(manifests));
    // 2. What each kind has of its own.
    for object in &manifests.objects {
        let about = About { cluster, pods: &pods, manifests, object };
        match &object.body {
            Body::Service(service) => service::problems(&about, service, &mut found),
            Body::StatefulSet(set) => service::governing_service(&about, set, &mut found),
            Body::Endpoints(endpoints) => service::endpoints_names(&about, endpoints, &mut found),
            Body::EndpointSlice(slice) => service::slice_names(&about, slice, &mut found),
            Body::Ingress(ingress) => ingress::problems(&about, ingress, &mut found),
            Body::Gateway(gateway) => gateway::gateway(&about, gateway, &mut found),
            Body::ClientTrafficPolicy(own)
            | Body::BackendTrafficPolicy(own)
            | Body::SecurityPolicy(own)
            | Body::EnvoyExtensionPolicy(own)
            | Body::EnvoyPatchPolicy(own)
            | Body::EnvoyProxy(own)
            | Body::HttpRouteFilter(own)
            | Body::EnvoyBackend(own) => gateway::envoy(&about, &object.reference.kind, own, &mut found),
            Body::BackendTlsPolicy(policy) => gateway::authorities(&about, policy, &mut found),
            _ if traefik::is_legacy(&about, &mut found) => {}
            Body::IngressRoute(_) | Body::IngressRouteTcp(_) => traefik::route(&about, &mut found),
            Body::Middleware(_) => traefik::middleware(&about, &mut found),
            body => gateway::route(&about, body, &mut found),
        }
        // 3. What any object may have.
        pod::problems(&about, &mut found);
        readiness::problems(&about, &mut found);
        network::problems(&about, &mut found);
        metallb::problems(&about, &mut found);
    }
    // 4. In the order of the texts.
    found.order_by_key(|diagnostic| diagnostic.span);
    found
}

/// An object and what is needed to judge it.
struct About<'a> {
    cluster: &'a Cluster,
    pods: &'a Pods<'a>,
    manifests: &'a Manifests,
    object: &'a Object,
}

impl About<'_> {
    /// A finding at a field of the object.
    fn at(&self, field: FieldPath, problem: Problem) -> Diagnostic {
        Diagnostic::at(self.object.node.span_of(&field), problem).field(field).of(&self.object.reference)
    }

    /// What its pods run, and where that stands; None where the cluster has said how the pod fares.
    fn pod_spec(&self) -> Option<(&PodSpec, FieldPath)> {
        let spec = FieldPath::root().field("spec");
        let template = spec.field("template").field("spec");
        match &self.object.body {
            Body::Pod(pod) if pod.status.conditions.is_empty() => Some((&pod.spec, spec)),
            Body::ReplicationController(controller) => Some((&controller.spec.template.spec, template)),
            Body::ReplicaSet(set) => Some((&set.spec.template.spec, template)),
            Body::Deployment(deployment) => Some((&deployment.spec.template.spec, template)),
            Body::StatefulSet(set) => Some((&set.spec.template.spec, template)),
            Body::DaemonSet(set) => Some((&set.spec.template.spec, template)),
            _ => None,
        }
    }

    /// Whether a Secret was pasted, or cert-manager makes it, or nobody could read them.
    fn has_secret(&self, namespace: &str, name: &str) -> bool {
        self.cluster.secrets.get(namespace, name).is_some()
            || self.cluster.issued_secrets.contains(&(namespace.into(), name.into()))
            || self.cluster.unread.secrets(Some(namespace)).is_some()
    }

    /// Whether an object was pasted.
    fn is_pasted(&self, object: &ObjectRef) -> bool {
        self.manifests.find(object).is_some() || self.manifests.seen.iter().any(|seen| seen.reference == *object)
    }

    /// A Secret that isn't there.
    fn missing_secret(&self, field: FieldPath, namespace: &str, name: &str) -> Option<Diagnostic> {
        let object = ObjectRef::namespaced("Secret", namespace, name);
        (!self.has_secret(namespace, name)).then(|| self.at(field, Problem::Missing { object }))
    }

    /// The object's namespace.
    fn namespace(&self) -> &str {
        self.object.reference.namespace.as_deref().unwrap_or_default()
    }
}

/// Pods of equal labels and spec, as their maker made them: what people think of as one thing.
struct Group<'c> {
    /// What makes the pods, or the pod itself.
    reference: &'c ObjectRef,
    labels: &'c Labels,
    spec: &'c PodSpec,
    /// Whether any of them can take requests: those that are done can't.
    serves: bool,
}

/// The groups of pods, found by namespace and label. Many pods come from one template, so there are few.
struct Pods<'c> {
    groups: Vec<Group<'c>>,
    by_label: BTreeMap<(&'c str, &'c str, &'c str), Vec<usize>>,
    by_namespace: BTreeMap<&'c str, Vec<usize>>,
}

impl<'c> Pods<'c> {
    fn new(cluster: &'c Cluster) -> Self {
        let mut pods = Self { groups: Vec::new(), by_label: BTreeMap::new(), by_namespace: BTreeMap::new() };
        let mut seen: BTreeMap<&ObjectRef, usize> = BTreeMap::new();
        let mut last: Option<(&ObjectRef, usize)> = None;
        for pod in cluster.pods.values() {
            let reference = pod.workload.as_ref().unwrap_or(&pod.reference);
            // Pods of one maker mostly follow each other.
            let known = last.filter(|(last, _)| *last == reference).map(|(_, place)| place);
            let place = known.or_else(|| seen.get(reference).copied()).unwrap_or_else(|| {
                pods.add(pod, reference);
                pods.groups.len() - 1
            });
            seen.insert(reference, place);
            last = Some((reference, place));
            if let Some(group) = pods.groups.get_mut(place) {
                group.serves |= matches!(pod.phase, Phase::Pending | Phase::Running);
            }
        }
        pods
    }

    fn add(&mut self, pod: &'c Pod, reference: &'c ObjectRef) {
        let position = self.groups.len();
        self.by_namespace.entry(pod.namespace()).or_default().push(position);
        for (key, value) in pod.labels.iter() {
            self.by_label.entry((pod.namespace(), key, value)).or_default().push(position);
        }
        self.groups.push(Group { reference, labels: &pod.labels, spec: &pod.spec, serves: false });
    }

    /// The groups that a Service's selector matches.
    fn selected(&self, namespace: &str, selector: &Labels) -> Vec<&Group<'c>> {
        let rarest =
            selector.iter().map(|(key, value)| self.with(namespace, key, value)).min_by_key(|found| found.len());
        let candidates = rarest.unwrap_or_default().iter().filter_map(|position| self.groups.get(*position));
        candidates.filter(|group| misses(selector, group.labels).is_empty()).collect()
    }

    /// The group that satisfies all of a selector but one label, and that label. One that
    /// has nothing in common is not near.
    fn nearest(&self, namespace: &str, selector: &Labels) -> Option<(&Group<'c>, Text, Text)> {
        let sharing = selector.iter().flat_map(|(key, value)| self.with(namespace, key, value));
        let mut candidates: BTreeSet<usize> = sharing.copied().into_set();
        if candidates.is_empty() {
            let all = self.by_namespace.get(namespace).into_iter().flatten().copied();
            candidates = all.filter(|position| self.resembles(*position, selector)).into_set();
        }
        let groups = candidates.into_iter().filter_map(|position| self.groups.get(position));
        let nearest = groups.min_by_key(|group| misses(selector, group.labels).len())?;
        // Of several labels that differ none is the one that was mistyped.
        let [(key, wanted)] = misses(selector, nearest.labels)[..] else { return None };
        Some((nearest, key.clone(), wanted.clone()))
    }

    /// Whether a label of the group has the selector's key and almost its value.
    fn resembles(&self, position: usize, selector: &Labels) -> bool {
        let Some(group) = self.groups.get(position) else { return false };
        selector.iter().any(|(key, wanted)| {
            let value = group.labels.get(key).map(|value| &**value);
            crate::schema::nearest(wanted, value.into_iter()).is_some()
        })
    }

    fn with<'s>(&'s self, namespace: &'s str, key: &'s str, value: &'s str) -> &'s [usize] {
        self.by_label.get(&(namespace, key, value)).map_or(&[], Vec::as_slice)
    }
}

/// What of a selector labels don't satisfy.
fn misses<'s>(selector: &'s Labels, labels: &Labels) -> Vec<(&'s Text, &'s Text)> {
    selector.iter().filter(|(key, value)| labels.get(*key) != Some(*value)).collect()
}

/// Namespaces that every cluster has.
const BUILT_IN_NAMESPACES: [&str; 4] = ["default", "kube-system", "kube-public", "kube-node-lease"];

/// Each namespace that is used but not declared, once.
fn supplied_namespaces(manifests: &Manifests, cluster: &Cluster) -> Vec<Diagnostic> {
    let declared = |name: &str| manifests.find(&ObjectRef::cluster_scoped("Namespace", name)).is_some();
    let mut said = BTreeSet::new();
    let field = FieldPath::root().field("metadata").field("namespace");
    let mut found = Vec::new();
    for object in &manifests.objects {
        let Some(name) = &object.reference.namespace else { continue };
        let known = BUILT_IN_NAMESPACES.contains(&&**name) || cluster.is_supplied(&object.reference);
        if !known && !declared(name) && said.insert(name) {
            let problem = Problem::SuppliedNamespace { name: name.clone() };
            let span = object.node.span_of(&field);
            found.push(Diagnostic::at(span, problem).field(field.clone()).of(&object.reference));
        }
    }
    found
}

/// Groups of kinds that are there to decide about traffic: network policies beyond Kubernetes' own, meshes, gateways.
const DECIDING_GROUPS: &[&str] = &[
    "cilium.io",
    "crd.antrea.io",
    "crd.projectcalico.org",
    "projectcalico.org",
    "networking.istio.io",
    "security.istio.io",
    "policy.linkerd.io",
    "split.smi-spec.io",
    "gateway.envoyproxy.io",
    "gateway.nginx.org",
    "gateway.networking.x-k8s.io",
    "k8s.nginx.org",
    "configuration.konghq.com",
    "getambassador.io",
    "projectcontour.io",
    "route.openshift.io",
    "traefik.io",
];

/// Each kind of no built-in group that nothing here reads, once.
fn kinds_not_modelled(manifests: &Manifests) -> Vec<Diagnostic> {
    let group = |version: &str| version.split_once('/').map_or_else(String::new, |(group, _)| group.to_owned());
    let built: BTreeSet<String> = schema::kinds().map(|kind| group(kind.api_version)).into_set();
    let mut said = BTreeSet::new();
    let mut found = Vec::new();
    for seen in &manifests.seen {
        let (group, kind) = (group(&seen.api_version), &seen.reference.kind);
        if built.contains(&group) || !said.insert((group.clone(), kind.clone())) {
            continue;
        }
        let (kind, api_version) = (kind.clone(), seen.api_version.clone());
        let problem = match PluginPolicy::read(seen) {
            Some(_) => Problem::PluginPolicy { kind, api_version },
            None => {
                let decides = DECIDING_GROUPS.contains(&&*group);
                Problem::KindNotModelled { kind, api_version, decides }
            }
        };
        let diagnostic = Diagnostic::at(seen.span, problem);
        // A kustomization needs no name.
        found.push(if seen.reference.name.is_empty() { diagnostic } else { diagnostic.of(&seen.reference) });
    }
    found
}

#[cfg(test)]
mod tests;
