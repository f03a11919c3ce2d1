//! The one document of our own: what Kubernetes has no kind for.

use std::collections::BTreeMap;

use super::Text;

/// The version of Kubernetes that is followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum KubernetesVersion {
    V1_35,
    #[default]
    V1_37,
}

impl KubernetesVersion {
    /// All of them, the newest first.
    pub const ALL: [Self; 2] = [Self::V1_37, Self::V1_35];

    /// As World says it: `1.35`, `v1.37.2`, or the number that YAML makes of it.
    pub fn read(node: &crate::yaml::YamlNode) -> Option<Self> {
        let text = match &node.value {
            crate::yaml::Value::String(text) => text.trim_start_matches('v').to_owned(),
            crate::yaml::Value::Float(number) => number.to_string(),
            _ => return None,
        };
        let minor = text.split('.').take(2).collect::<Vec<_>>().join(".");
        match minor.as_str() {
            "1.35" => Some(Self::V1_35),
            "1.37" => Some(Self::V1_37),
            _ => None,
        }
    }

    /// `1.37`
    pub fn name(self) -> &'static str {
        match self {
            Self::V1_35 => "1.35",
            Self::V1_37 => "1.37",
        }
    }
}

impl WorldSpec {
    /// The version that is followed.
    pub fn version(&self) -> KubernetesVersion {
        self.kubernetes_version.as_ref().and_then(KubernetesVersion::read).unwrap_or_default()
    }
}

object! {
    /// `apiVersion: whichpod.dev/v1, kind: World`.
    pub struct World {
        /// What holds around the cluster.
        pub spec: WorldSpec = "spec",
    }

    /// What can be said of a cluster from outside.
    pub struct WorldSpec {
        /// What the resolvers outside know: a list of records, a word that answers everything (`SERVFAIL`), or a mapping
        /// of server addresses to either. Absent: outside names exist with an unknown address.
        pub upstream: Option<crate::yaml::YamlNode> = "upstream",
        /// The nodes' /etc/resolv.conf.
        pub node_resolv_conf: Option<Text> = "nodeResolvConf",
        /// The client outside.
        pub external: WorldExternal = "external",
        /// The pod network, as its plugin makes it.
        pub pod_network: WorldPodNetwork = "podNetwork",
        /// What happened to pods, by `namespace/name`.
        pub pods: BTreeMap<Text, WorldPod> = "pods",
        /// How far roll-outs have come, by `namespace/name` of the Deployment.
        pub rollouts: BTreeMap<Text, WorldRollout> = "rollouts",
        /// Settings of supplied controllers, by name: ingress-nginx, traefik.
        pub controllers: BTreeMap<Text, crate::yaml::YamlNode> = "controllers",
        /// `kubeadm` unless said, `kind`, `minikube`, `k3s`, `cloud`, `eks`, `gke`, `aks`, `microk8s`.
        pub preset: Option<Text> = "preset",
        /// The version whose API server validates and whose controllers run: `1.37` unless said, or `1.35`.
        pub kubernetes_version: Option<crate::yaml::YamlNode> = "kubernetesVersion",
        /// Kinds of a live cluster that could not be read, as kubectl names them, each with the namespaces in which it was:
        /// what depends on them is unknown.
        pub unread: BTreeMap<Text, Vec<Text>> = "unread",
        /// Whether the objects are all that a running cluster has: no pod is made of a workload, and the slices that
        /// controllers wrote count as they are.
        pub live: Option<bool> = "live",
    }

    /// How pods reach each other, which a plugin decides.
    pub struct WorldPodNetwork {
        /// Whether pods' packets to nodes and to the outside bear their node's address.
        pub masquerade: Option<bool> = "masquerade",
        /// Whether policies are enforced.
        pub policies: Option<bool> = "policies",
    }

    /// The client outside.
    pub struct WorldExternal {
        /// 203.0.113.50 unless said.
        pub address: Option<Text> = "address",
    }

    /// How far a roll-out has come.
    pub struct WorldRollout {
        /// The step, from 1, where nothing has happened yet; the last, where it is over, unless said.
        pub step: Option<i32> = "step",
    }

    /// What happened to a pod.
    pub struct WorldPod {
        /// Whether its readiness probe succeeds.
        pub ready: Option<bool> = "ready",
        /// Whether it is being deleted, still answering.
        pub terminating: bool = "terminating",
        /// Whether it is gone; its controller has made another.
        pub deleted: bool = "deleted",
    }
}
