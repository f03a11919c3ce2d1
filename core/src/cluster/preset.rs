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
}

impl Preset {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Kubeadm, Self::Kind, Self::Minikube, Self::K3s, Self::Cloud];

    /// As World names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Kubeadm => "kubeadm",
            Self::Kind => "kind",
            Self::Minikube => "minikube",
            Self::K3s => "k3s",
            Self::Cloud => "cloud",
        }
    }

    /// The preset of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name() == name)
    }

    /// Whether its network plugin gives pods' packets to nodes and to the outside their node's address.
    pub fn masquerades_pods(self) -> bool {
        match self {
            // kubeadm installs no plugin; clouds' plugins leave addresses inside the VPC alone.
            Self::Kubeadm | Self::Cloud => false,
            // kindnetd, cmd/kindnetd/masq.go: everything beyond the pods' networks. minikube runs kindnet where it runs
            // Kubernetes in a container (pkg/minikube/cni, chooseDefault).
            Self::Kind | Self::Minikube => true,
            // k3s, pkg/agent/flannel: SetupAndEnsureMasqRules.
            Self::K3s => true,
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
        }
    }
}
