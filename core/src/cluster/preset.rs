//! Clusters as their installers make them, each a set of documents: chosen by World's `spec.preset`.

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
        match self {
            Self::Kubeadm => "kubeadm",
            Self::Kind => "kind",
            Self::Minikube => "minikube",
            Self::K3s => "k3s",
            Self::Cloud => "cloud",
            Self::Eks => "eks",
            Self::Gke => "gke",
            Self::Aks => "aks",
            Self::Microk8s => "microk8s",
        }
    }

    /// The preset of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name() == name)
    }

    /// Whether its network plugin gives pods' packets to nodes and to the outside their node's address.
    pub fn masquerades_pods(self) -> bool {
        match self {
            // kubeadm installs no plugin; clouds' plugins leave addresses inside their network alone (see each one's file).
            Self::Kubeadm | Self::Cloud | Self::Eks | Self::Gke | Self::Aks => false,
            // kindnetd, cmd/kindnetd/masq.go: everything beyond the pods' networks. minikube runs kindnet where it runs
            // Kubernetes in a container (pkg/minikube/cni, chooseDefault).
            Self::Kind | Self::Minikube => true,
            // k3s, pkg/agent/flannel: SetupAndEnsureMasqRules.
            Self::K3s => true,
            // Calico, felix/rules: natOutgoing of an IPPool.
            Self::Microk8s => true,
        }
    }

    /// Its documents: nodes, networks, and what is installed beside what every cluster has.
    pub fn documents(self) -> &'static str {
        match self {
            Self::Kubeadm => include_str!("supplied/nodes.yaml"),
            Self::Kind => include_str!("supplied/preset/kind.yaml"),
            Self::Minikube => include_str!("supplied/preset/minikube.yaml"),
            Self::K3s => include_str!("supplied/preset/k3s.yaml"),
            Self::Cloud => include_str!("supplied/preset/cloud.yaml"),
            Self::Eks => include_str!("supplied/preset/eks.yaml"),
            Self::Gke => include_str!("supplied/preset/gke.yaml"),
            Self::Aks => include_str!("supplied/preset/aks.yaml"),
            Self::Microk8s => include_str!("supplied/preset/microk8s.yaml"),
        }
    }
}
