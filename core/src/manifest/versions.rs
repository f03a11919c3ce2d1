//! Which kinds an API server of the version we follow (Kubernetes 1.35) serves, and in which versions.

use std::sync::Arc;

use crate::model::Scope::{self, Cluster, Namespaced, Settings};

/// Whether a kind is served in a version.
pub(super) enum Served {
    /// It is.
    Yes { scope: Scope },
    /// It isn't; `instead` is the version in which the kind is.
    No { instead: Option<Arc<str>> },
    /// A custom resource: it depends on what is installed.
    Unknown,
}

/// Group, kind, where it lives, the versions served (the preferred one first).
type Row = (&'static str, &'static str, Scope, &'static [&'static str]);

const KINDS: &[Row] = &[
    ("", "Namespace", Cluster, &["v1"]),
    ("", "Node", Cluster, &["v1"]),
    ("", "Pod", Namespaced, &["v1"]),
    ("", "ReplicationController", Namespaced, &["v1"]),
    ("", "Service", Namespaced, &["v1"]),
    ("", "Endpoints", Namespaced, &["v1"]),
    ("", "ConfigMap", Namespaced, &["v1"]),
    ("", "Secret", Namespaced, &["v1"]),
    ("apps", "ReplicaSet", Namespaced, &["v1"]),
    ("apps", "Deployment", Namespaced, &["v1"]),
    ("apps", "StatefulSet", Namespaced, &["v1"]),
    ("apps", "DaemonSet", Namespaced, &["v1"]),
    ("batch", "Job", Namespaced, &["v1"]),
    ("batch", "CronJob", Namespaced, &["v1"]),
    ("discovery.k8s.io", "EndpointSlice", Namespaced, &["v1"]),
    ("networking.k8s.io", "IngressClass", Cluster, &["v1"]),
    ("networking.k8s.io", "Ingress", Namespaced, &["v1"]),
    ("networking.k8s.io", "NetworkPolicy", Namespaced, &["v1"]),
    ("kubeadm.k8s.io", "ClusterConfiguration", Settings, &["v1beta4", "v1beta3"]),
    ("kubeproxy.config.k8s.io", "KubeProxyConfiguration", Settings, &["v1alpha1"]),
    ("kubelet.config.k8s.io", "KubeletConfiguration", Settings, &["v1beta1"]),
    ("whichpod.dev", "World", Settings, &["v1"]),
];

/// Whether a kind is served in a version of a group.
pub(super) fn served(group: &str, version: &str, kind: &str) -> Served {
    let row = KINDS.iter().find(|row| row.0 == group && row.1 == kind);
    match row {
        Some((_, _, scope, versions)) if versions.contains(&version) => Served::Yes { scope: *scope },
        Some(row) => Served::No { instead: Some(api_version(row)) },
        None if group == "extensions" => Served::No { instead: moved(kind) },
        None => Served::Unknown,
    }
}

/// Where a kind of the former group `extensions` lives now.
fn moved(kind: &str) -> Option<Arc<str>> {
    KINDS.iter().find(|row| row.1 == kind && !row.0.is_empty()).map(api_version)
}

fn api_version((group, _, _, versions): &Row) -> Arc<str> {
    let version = versions.first().copied().unwrap_or("v1");
    if group.is_empty() { version.into() } else { format!("{group}/{version}").into() }
}
