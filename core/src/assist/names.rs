//! Names that exist: Services for an Ingress, labels for a selector, ports for a targetPort.

use std::collections::BTreeMap;

use super::{Completion, CompletionKind, CompletionSpot, CursorPosition};
use crate::cluster::Cluster;
use crate::model::{Labels, well_known};
use crate::order;
use crate::schema::TypeShape;
use crate::simulation::Simulation;
use crate::source::{FileId, Segment};
use crate::yaml;

/// Labels with which controllers tell their own pods apart: nobody selects by them.
const OF_CONTROLLERS: [&str; 4] =
    ["pod-template-hash", "controller-revision-hash", "controller-uid", well_known::JOB_CONTROLLER_UID];

impl CompletionSpot<'_> {
    /// The names that the field under the cursor can point at: keys of its map, or values.
    pub(super) fn names(&self, simulation: &Simulation, keys: bool) -> Vec<Completion> {
        let cluster = &simulation.plane.cluster;
        let names = if keys { self.label_keys(cluster) } else { self.objects(cluster) };
        let completion = |(name, detail): (String, String)| Completion {
            insert: match (keys, self.cursor.place) {
                (true, CursorPosition::Key { complete: true, .. }) => name.clone(),
                (true, _) => format!("{name}: "),
                (false, _) if self.kind_of_value.shape() == TypeShape::String => quoted(&name),
                (false, _) => name.clone(),
            },
            label: name.into(),
            kind: CompletionKind::Name,
            detail,
            description: None,
        };
        names.into_iter().map(completion).collect()
    }

    fn objects(&self, cluster: &Cluster) -> BTreeMap<String, String> {
        if let Some(Segment::Key(label)) = self.path.last() {
            return self.label_values(cluster, label);
        }
        let Some((owner, field)) = self.owner else { return BTreeMap::new() };
        let namespace = self.namespace.as_str();
        match (owner.name(), field) {
            ("IngressServiceBackend", "name") | ("StatefulSetSpec", "serviceName") => {
                let services = cluster.services.in_namespace(namespace);
                order::map(services.map(|(name, service)| (name.to_string(), service.reference.lowercase())))
            }
            ("ServiceBackendPort", "name" | "number") => self.service_ports(cluster, field),
            ("ServicePort", "targetPort") | ("HTTPGetAction" | "TCPSocketAction", "port") => {
                self.container_ports(cluster)
            }
            ("IngressTLS" | "SecretVolumeSource", "secretName") | ("SecretKeySelector" | "SecretEnvSource", "name") => {
                plain(cluster.secrets.in_namespace(namespace).map(|(name, _)| name), "secret")
            }
            ("ConfigMapKeySelector" | "ConfigMapEnvSource" | "ConfigMapVolumeSource", "name") => {
                plain(cluster.config_maps.in_namespace(namespace).map(|(name, _)| name), "configmap")
            }
            ("IngressSpec", "ingressClassName") => plain(cluster.ingress_classes.keys(), "ingressclass"),
            ("ObjectMeta", "namespace") => plain(cluster.namespaces.keys(), "namespace"),
            ("PodSpec", "nodeName") => plain(cluster.nodes.keys(), "node"),
            _ => BTreeMap::new(),
        }
    }

    /// The ports of the Service named beside `port`; of all Services if none is named yet.
    fn service_ports(&self, cluster: &Cluster, field: &str) -> BTreeMap<String, String> {
        let named = self.level(1).and_then(|level| level.value("name")).filter(|name| !name.is_empty());
        let services = cluster.services.in_namespace(&self.namespace);
        let services = services.filter(|&(name, _)| named.is_none_or(|named| named == &**name));
        let ports = services.flat_map(|(_, service)| service.ports.iter().map(move |port| (service, port)));
        let shown = ports.map(|(service, port)| {
            let name = if field == "name" { port.name.to_string() } else { port.port.to_string() };
            (name, service.reference.lowercase())
        });
        order::map(shown.filter(|(name, _)| !name.is_empty()))
    }

    fn container_ports(&self, cluster: &Cluster) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        for (_, pod) in cluster.pods.in_namespace(&self.namespace) {
            for port in pod.spec.containers.iter().flat_map(|container| &container.ports) {
                let detail = || pod.workload.as_ref().unwrap_or(&pod.reference).lowercase();
                let name = port.name.as_deref().unwrap_or_default();
                if !name.is_empty() && !found.contains_key(name) {
                    found.insert(name.to_owned(), detail());
                }
                found.entry(port.container_port.to_string()).or_insert_with(detail);
            }
        }
        found
    }

    /// Labels that something has: pods for most selectors, namespaces and nodes for theirs.
    fn labels<'a>(&self, cluster: &'a Cluster) -> Box<dyn Iterator<Item = &'a Labels> + 'a> {
        let is_in = |field: &str| self.path.iter().any(|step| matches!(step, Segment::Field(name) if &**name == field));
        if is_in("namespaceSelector") {
            Box::new(cluster.namespaces.values().map(|labels| &**labels))
        } else if is_in("nodeSelector") {
            Box::new(cluster.nodes.values().map(|node| &*node.labels))
        } else if is_in("selector") || is_in("matchLabels") {
            let namespace = self.namespace.clone();
            let pods = cluster.pods.values().filter(move |pod| pod.namespace() == namespace);
            Box::new(pods.map(|pod| &*pod.labels))
        } else {
            Box::new(std::iter::empty())
        }
    }

    fn label_keys(&self, cluster: &Cluster) -> BTreeMap<String, String> {
        let labels = self.labels(cluster).flat_map(|labels| labels.iter());
        let labels = labels.filter(|&(key, _)| !OF_CONTROLLERS.contains(&&**key));
        order::map(labels.map(|(key, value)| (key.to_string(), value.to_string())))
    }

    fn label_values(&self, cluster: &Cluster, label: &str) -> BTreeMap<String, String> {
        let values = self.labels(cluster).filter_map(|labels| labels.get(label));
        order::map(values.map(|value| (value.to_string(), String::new())))
    }
}

fn plain<'a>(names: impl Iterator<Item = &'a crate::model::Text>, kind: &str) -> BTreeMap<String, String> {
    order::map(names.map(|name| (name.to_string(), kind.to_owned())))
}

/// A text that YAML would read as something else (`1.0`, `true`) needs quotes.
fn quoted(name: &str) -> String {
    let (read, _) = yaml::parse(FileId(0), name, 0);
    let is_itself = read.is_some_and(|node| node.text().is_some_and(|text| **text == *name) && node.letter().is_none());
    if is_itself { name.to_owned() } else { format!("\"{name}\"") }
}
