//! Clusters as their installers make them: chosen by World's `spec.preset`. Each is a set of documents (its nodes, its networks,
//! and what is installed beside what every cluster has), and a row of what no document says.

use crate::model::World;

/// How a cluster was installed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Preset {
    /// Three machines with kubeadm.
    #[default]
    Kubeadm,
    /// Nodes in containers.
    Kind,
    /// One node on the desk.
    Minikube,
    /// With ServiceLB and Traefik.
    K3s,
    /// With load balancers.
    Cloud,
    /// Amazon's.
    Eks,
    /// Google's.
    Gke,
    /// Microsoft's.
    Aks,
    /// Canonical's, on one machine.
    Microk8s,
}

/// Which kinds of policies a network plugin enforces; the API server takes all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum EnforcedPolicies {
    Nothing,
    /// Without the administrator's (network-policy-api).
    NetworkPolicies,
    #[default]
    Everything,
}

/// What no document says.
#[derive(Clone, Copy, Debug)]
pub struct PresetFacts {
    /// As World names it.
    pub name: &'static str,
    pub documents: &'static str,
    /// Where the API server listens.
    pub api_server_port: u16,
    /// Whether its network plugin gives pods' packets to nodes and to the outside their node's address.
    pub masquerades_pods: bool,
    pub policies: EnforcedPolicies,
    /// Whether kubeadm runs the control plane, on nodes of the cluster.
    pub has_control_plane: bool,
}

impl Preset {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Kubeadm,
        Self::Kind,
        Self::Minikube,
        Self::K3s,
        Self::Cloud,
        Self::Eks,
        Self::Gke,
        Self::Aks,
        Self::Microk8s,
    ];

    /// As World names it.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// The preset of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name() == name)
    }

    /// The one that World asks for.
    pub fn of(world: Option<&World>) -> Self {
        world.and_then(|world| Self::from_name(world.spec.preset.as_deref()?)).unwrap_or_default()
    }

    /// Its row.
    pub fn facts(self) -> PresetFacts {
        let row = |name, documents, api_server_port, masquerades_pods, policies| PresetFacts {
            name,
            documents,
            api_server_port,
            masquerades_pods,
            policies,
            has_control_plane: matches!(self, Self::Kind | Self::Minikube),
        };
        let all = EnforcedPolicies::Everything;
        let (some, none) = (EnforcedPolicies::NetworkPolicies, EnforcedPolicies::Nothing);
        match self {
            // kubeadm installs no plugin: one that enforces all policies and keeps addresses is taken to be there.
            Self::Kubeadm => row("kubeadm", include_str!("supplied/nodes.yaml"), 6443, false, all),
            // kindnetd, cmd/kindnetd: masq.go; main.go runs kube-network-policies with NetworkPolicy alone (since 0.24).
            Self::Kind => row("kind", include_str!("supplied/preset/kind.yaml"), 6443, true, some),
            // minikube 1.38: pkg/minikube/cni, chooseDefault and bridge.go (ipMasq; nothing enforces policies);
            // pkg/minikube/constants, APIServerPort.
            Self::Minikube => row("minikube", include_str!("supplied/preset/minikube.yaml"), 8443, true, none),
            // k3s: pkg/agent/flannel, SetupAndEnsureMasqRules; pkg/agent/netpol, kube-router's controller.
            Self::K3s => row("k3s", include_str!("supplied/preset/k3s.yaml"), 6443, true, some),
            Self::Cloud => row("cloud", include_str!("supplied/preset/cloud.yaml"), 6443, false, all),
            // aws.github.io/amazon-vpc-cni-k8s/docs/network-policy-faq: not enabled by default.
            Self::Eks => row("eks", include_str!("supplied/preset/eks.yaml"), 443, false, none),
            // cloud.google.com/kubernetes-engine/docs/how-to/network-policy: to be enabled, but for Dataplane V2.
            Self::Gke => row("gke", include_str!("supplied/preset/gke.yaml"), 443, false, none),
            // learn.microsoft.com/azure/aks/use-network-policies: an engine is chosen, `--network-policy none` unless said.
            Self::Aks => row("aks", include_str!("supplied/preset/aks.yaml"), 443, false, none),
            // Calico: felix/rules, natOutgoing of an IPPool; microk8s-resources/default-args/kube-apiserver, --secure-port.
            Self::Microk8s => row("microk8s", include_str!("supplied/preset/microk8s.yaml"), 16443, true, all),
        }
    }
}
