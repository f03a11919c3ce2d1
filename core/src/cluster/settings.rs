//! How the cluster is set up: networks, names, kube-proxy, kubelet, and the world outside.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net};
use serde::{Deserialize, Serialize};

use super::ingress_implementation::IngressImplementation;
use super::network_plugin::ProxyReplacement;
use super::preset::EnforcedPolicies;
use crate::model::{KubeProxyConfiguration, Text, WorldPod};
use crate::packet::{DnsRecord, Rcode};
use crate::yaml;

mod source;
mod networks;
mod upstream;
pub(super) mod read;

/// What decides the same for all objects.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterSettings {
    /// Pod networks, one per family.
    pub pod_subnets: Vec<IpNet>,
    /// Service networks, one per family, the cluster's first family first.
    pub service_subnets: Vec<IpNet>,
    /// Whether somebody said the service networks; else they are kubeadm's, or taken from given addresses.
    pub service_subnets_said: bool,
    /// First and last node port.
    pub node_port_range: (u16, u16),
    /// `cluster.local`.
    pub cluster_domain: Text,
    /// The name servers that the kubelet writes into pods.
    pub cluster_dns: Vec<IpAddr>,
    /// Whether somebody said them, even none.
    pub cluster_dns_said: bool,
    /// Whether the kubelets read the nodes' /etc/resolv.conf (`resolvConf`).
    pub kubelet_reads_nodes_file: bool,
    /// Whether pods' packets to nodes and to the outside bear their node's address, as the network plugin makes it.
    pub pods_masqueraded: bool,
    pub enforced_policies: EnforcedPolicies,
    /// Who does its work, if not kube-proxy.
    pub proxy_replacement: Option<ProxyReplacement>,
    /// How kube-proxy works.
    pub kube_proxy_mode: KubeProxyMode,
    /// kube-proxy's configuration as pasted, or its defaults.
    pub kube_proxy: KubeProxyConfiguration,
    /// The nodes' /etc/resolv.conf.
    pub node_resolv_conf: Text,
    /// The client outside.
    pub external: ExternalClient,
    /// What resolvers outside know.
    pub upstream: UpstreamResolvers,
    /// What happened to pods, by `namespace/name`.
    pub pods: BTreeMap<Text, WorldPod>,
    /// The steps of roll-outs, by `namespace/name` of the Deployment.
    pub rollouts: BTreeMap<Text, usize>,
    /// Settings of supplied controllers, by name.
    pub controllers: BTreeMap<Text, yaml::YamlNode>,
}

/// kube-proxy's modes.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "lowercase")]
pub enum KubeProxyMode {
    /// The default on Linux.
    #[default]
    Iptables,
    /// The newer one.
    Nftables,
    /// The kernel's load balancer.
    Ipvs,
}

impl KubeProxyMode {
    /// Reads `iptables`, `nftables`, `ipvs`.
    pub fn from_name(name: &str) -> Option<Self> {
        name.parse().ok()
    }
}

/// The client outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalClient {
    pub address: IpAddr,
}

/// What resolvers outside know.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum UpstreamResolvers {
    /// Outside names exist; their addresses aren't known.
    #[default]
    Unsaid,
    /// These records and nothing else.
    Records(Vec<DnsRecord>),
    /// Every question gets this code (SERVFAIL).
    Code(Rcode),
    /// Every question gets silence.
    Silent,
    /// By server address; `default` is the server of nodes that say none.
    Servers(BTreeMap<Text, UpstreamResolvers>),
}

/// Settings from outside the manifests: the command line's, a routing test's, the page's. They win over pasted ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SettingOverrides {
    /// `--proxy-mode`, `proxy_mode`.
    pub kube_proxy_mode: Option<KubeProxyMode>,
    /// `upstream` of a routing test, in the World's notation.
    pub upstream: Option<yaml::YamlNode>,
    /// `node_resolv_conf` of a routing test.
    pub node_resolv_conf: Option<Text>,
    /// `settings` of a routing test: arguments of supplied controllers.
    pub controllers: BTreeMap<Text, yaml::YamlNode>,
    /// `--as`: what serves every Ingress, whichever controller runs.
    pub serve_as: Option<IngressImplementation>,
}

impl ClusterSettings {
    /// What the World says happened to a pod.
    pub fn fate(&self, namespace: &str, name: &str) -> Option<&WorldPod> {
        if self.pods.is_empty() {
            return None;
        }
        self.pods.get(format!("{namespace}/{name}").as_str())
    }
}

impl Default for ClusterSettings {
    /// kubeadm's defaults with the pod network that most plugins' manifests use.
    fn default() -> Self {
        let net = |a, b, prefix| Ipv4Net::new(Ipv4Addr::new(a, b, 0, 0), prefix).map(IpNet::V4).into_iter().collect();
        Self {
            pod_subnets: net(10, 244, 16),
            service_subnets: net(10, 96, 12),
            service_subnets_said: false,
            node_port_range: (30000, 32767),
            cluster_domain: "cluster.local".into(),
            cluster_dns: vec![Ipv4Addr::new(10, 96, 0, 10).into()],
            cluster_dns_said: false,
            kubelet_reads_nodes_file: true,
            pods_masqueraded: false,
            enforced_policies: EnforcedPolicies::default(),
            proxy_replacement: None,
            kube_proxy_mode: KubeProxyMode::default(),
            kube_proxy: KubeProxyConfiguration::default(),
            node_resolv_conf: "nameserver 192.0.2.53\n".into(),
            external: ExternalClient { address: Ipv4Addr::new(203, 0, 113, 50).into() },
            upstream: UpstreamResolvers::default(),
            pods: BTreeMap::new(),
            rollouts: BTreeMap::new(),
            controllers: BTreeMap::new(),
        }
    }
}
