//! ConfigMaps, Secrets, and the settings that Kubernetes has kinds for: kubeadm's, kube-proxy's and the kubelet's.

use super::{Labels, Metadata, Text};

object! {
    pub struct ConfigMap {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// Its texts.
        pub data: Labels = "data",
        /// What is no text, in Base64.
        pub binary_data: Labels = "binaryData",
    }

    /// A Secret. Values stay as written; nothing is decoded before it is needed.
    pub struct Secret {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// `kubernetes.io/tls` ….
        pub kind: Option<Text> = "type",
        /// Base64 values.
        pub data: Labels = "data",
        /// Plain values, which win.
        pub string_data: Labels = "stringData",
    }

    /// kubeadm's ClusterConfiguration (kubeadm.k8s.io).
    pub struct ClusterConfiguration {
        /// The cluster's networks.
        pub networking: Networking = "networking",
        /// The API server, whose arguments set the node port range.
        pub api_server: ControlPlaneComponent = "apiServer",
        /// The controllers, whose arguments may set the pod network.
        pub controller_manager: ControlPlaneComponent = "controllerManager",
    }

    /// The cluster's networks.
    pub struct Networking {
        /// `10.244.0.0/16`.
        pub pod_subnet: Option<Text> = "podSubnet",
        /// `10.96.0.0/12`.
        pub service_subnet: Option<Text> = "serviceSubnet",
        /// `cluster.local`.
        pub dns_domain: Option<Text> = "dnsDomain",
    }

    /// A component of the control plane. kubeadm v1beta3 writes extraArgs as a map, v1beta4 as a list.
    pub struct ControlPlaneComponent {
        /// Its arguments.
        pub extra_args: Option<crate::yaml::YamlNode> = "extraArgs",
    }

    /// kube-proxy's configuration (kubeproxy.config.k8s.io).
    pub struct KubeProxyConfiguration {
        /// `iptables` unless said, `nftables`, `ipvs`.
        pub mode: Option<Text> = "mode",
        /// The pods' network, by which pods are told from others.
        pub cluster_cidr: Option<Text> = "clusterCIDR",
        /// `ClusterCIDR` unless said, `NodeCIDR`, `BridgeInterface`, `InterfaceNamePrefix`.
        pub detect_local_mode: Option<Text> = "detectLocalMode",
        /// By which interfaces pods' packets come.
        pub detect_local: KubeProxyDetectLocal = "detectLocal",
        /// On which node addresses node ports are open.
        pub node_port_addresses: Vec<Text> = "nodePortAddresses",
        /// For mode iptables.
        pub iptables: KubeProxyIptables = "iptables",
        /// For mode nftables.
        pub nftables: KubeProxyNftables = "nftables",
        /// For mode ipvs.
        pub ipvs: KubeProxyIpvs = "ipvs",
    }

    /// By which interfaces pods' packets come.
    pub struct KubeProxyDetectLocal {
        /// The bridge's name.
        pub bridge_interface: Option<Text> = "bridgeInterface",
        /// How pods' interfaces are called.
        pub interface_name_prefix: Option<Text> = "interfaceNamePrefix",
    }

    /// kube-proxy in mode iptables.
    pub struct KubeProxyIptables {
        /// Whether everything to a ClusterIP is masqueraded.
        pub masquerade_all: bool = "masqueradeAll",
        /// Whether node ports answer on 127.0.0.1; true unless said.
        pub localhost_node_ports: Option<bool> = "localhostNodePorts",
    }

    /// kube-proxy in mode nftables.
    pub struct KubeProxyNftables {
        /// Whether everything to a ClusterIP is masqueraded.
        pub masquerade_all: bool = "masqueradeAll",
    }

    /// kube-proxy in mode ipvs.
    pub struct KubeProxyIpvs {
        /// `rr` unless said.
        pub scheduler: Option<Text> = "scheduler",
    }

    /// The kubelet's configuration (kubelet.config.k8s.io).
    pub struct KubeletConfiguration {
        /// The name servers of pods; an empty list leaves them without the cluster's.
        pub cluster_dns: Option<Vec<Text>> = "clusterDNS",
        pub cluster_domain: Option<Text> = "clusterDomain",
        /// The file with the node's own name servers; an empty name: none.
        pub resolv_conf: Option<Text> = "resolvConf",
    }
}

impl Secret {
    /// A value in the clear; None where there is none, or no text.
    pub fn value(&self, key: &str) -> Option<String> {
        let plain = self.string_data.get(key).map(ToString::to_string);
        plain.or_else(|| self.data.get(key).and_then(|value| super::base64::decode_text(value)))
    }
}
