//! The types of objects that kubectl knows here, under all their names.

use super::{UsageError, error, refused};
use crate::schema;

/// A type of objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    Pods,
    Services,
    Endpoints,
    EndpointSlices,
    Ingresses,
    IngressClasses,
    NetworkPolicies,
    ConfigMaps,
    Nodes,
    Namespaces,
    Deployments,
    ReplicaSets,
    ReplicationControllers,
    StatefulSets,
    DaemonSets,
}

/// A type's names: the plural, as errors name it, the other names that kubectl knows, its kind and version.
struct Names(Resource, &'static str, &'static [&'static str], &'static str, &'static str);

#[rustfmt::skip]
const NAMES: [Names; 15] = [
    Names(Resource::Pods, "pods", &["po", "pod"], "Pod", "v1"),
    Names(Resource::Services, "services", &["svc", "service"], "Service", "v1"),
    Names(Resource::Endpoints, "endpoints", &["ep"], "Endpoints", "v1"),
    Names(Resource::EndpointSlices, "endpointslices.discovery.k8s.io", &["endpointslice"], "EndpointSlice", "discovery.k8s.io/v1"),
    Names(Resource::Ingresses, "ingresses.networking.k8s.io", &["ing", "ingress"], "Ingress", "networking.k8s.io/v1"),
    Names(Resource::IngressClasses, "ingressclasses.networking.k8s.io", &["ingressclass"], "IngressClass", "networking.k8s.io/v1"),
    Names(Resource::NetworkPolicies, "networkpolicies.networking.k8s.io", &["netpol", "networkpolicy"], "NetworkPolicy", "networking.k8s.io/v1"),
    Names(Resource::ConfigMaps, "configmaps", &["cm", "configmap"], "ConfigMap", "v1"),
    Names(Resource::Nodes, "nodes", &["no", "node"], "Node", "v1"),
    Names(Resource::Namespaces, "namespaces", &["ns", "namespace"], "Namespace", "v1"),
    Names(Resource::Deployments, "deployments.apps", &["deploy", "deployment"], "Deployment", "apps/v1"),
    Names(Resource::ReplicaSets, "replicasets.apps", &["rs", "replicaset"], "ReplicaSet", "apps/v1"),
    Names(Resource::ReplicationControllers, "replicationcontrollers", &["rc", "replicationcontroller"], "ReplicationController", "v1"),
    Names(Resource::StatefulSets, "statefulsets.apps", &["sts", "statefulset"], "StatefulSet", "apps/v1"),
    Names(Resource::DaemonSets, "daemonsets.apps", &["ds", "daemonset"], "DaemonSet", "apps/v1"),
];

/// What `all` stands for, in the order in which it is printed (the category of each type's strategy), as far as it is
/// modelled.
const ALL: [Resource; 7] = [
    Resource::Pods,
    Resource::ReplicationControllers,
    Resource::Services,
    Resource::DaemonSets,
    Resource::Deployments,
    Resource::ReplicaSets,
    Resource::StatefulSets,
];

/// The kinds besides that `all` stands for.
pub const NOT_IN_ALL: [&str; 3] = ["HorizontalPodAutoscaler", "CronJob", "Job"];

/// The types that `kubectl get` understands, for completion.
pub fn resources() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(|names| short(names.1))
}

fn short(plural: &'static str) -> &'static str {
    plural.split('.').next().unwrap_or(plural)
}

impl Resource {
    fn names(self) -> &'static Names {
        NAMES.iter().find(|names| names.0 == self).unwrap_or(const { &NAMES[0] })
    }

    /// `deployments.apps`.
    pub fn plural(self) -> &'static str {
        self.names().1
    }

    /// `Deployment`.
    pub fn kind(self) -> &'static str {
        self.names().3
    }

    /// `apps/v1`.
    pub fn api_version(self) -> &'static str {
        self.names().4
    }

    /// The kind with its group as `-o name` has it: `service`, `deployment.apps`, `endpointslice.discovery.k8s.io`.
    pub fn singular(self) -> String {
        let kind = self.kind().to_ascii_lowercase();
        self.plural().split_once('.').map_or_else(|| kind.clone(), |(_, group)| format!("{kind}.{group}"))
    }

    /// Whether its objects live in namespaces.
    pub fn is_namespaced(self) -> bool {
        !matches!(self, Self::Nodes | Self::Namespaces | Self::IngressClasses)
    }
}

/// A type by any of its names.
pub fn resource(name: &str) -> Result<Resource, UsageError> {
    let is_named = |names: &&Names| {
        names.1 == name || short(names.1) == name || names.2.contains(&name) || names.0.singular() == name
    };
    NAMES.iter().find(is_named).map(|names| names.0).ok_or_else(|| {
        if is_real(name) {
            let known: Vec<&str> = resources().collect();
            return error(format!("kubectl: {name} isn't understood here: {} are", known.join(", ")));
        }
        refused(format!("error: the server doesn't have a resource type \"{name}\""))
    })
}

/// `svc,ep` or `all`.
pub fn list(names: &str) -> Result<Vec<Resource>, UsageError> {
    let mut all = Vec::new();
    for name in names.split(',') {
        match name {
            "all" => all.extend(ALL),
            name => all.push(resource(name)?),
        }
    }
    Ok(all)
}

/// Whether a server has a type of this name, one way or another.
fn is_real(name: &str) -> bool {
    let name = name.split('.').next().unwrap_or(name);
    let is_plural = |kind: &str| match kind.strip_suffix('y') {
        Some(stem) => name.strip_prefix(stem) == Some("ies"),
        None => name.strip_prefix(kind).is_some_and(|rest| matches!(rest, "s" | "es")),
    };
    let kinds = || schema::kinds().map(|kind| kind.name.to_ascii_lowercase());
    SHORT.contains(&name) || kinds().any(|kind| kind == name || is_plural(&kind))
}

/// Types that `kubectl api-resources` abbreviates.
const SHORT: [&str; 14] =
    ["cj", "crd", "cs", "csr", "ev", "hpa", "limits", "pc", "pdb", "pv", "pvc", "quota", "sa", "sc"];
