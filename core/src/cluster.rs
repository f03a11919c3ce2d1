//! The cluster as the control plane would make it from the manifests: pods placed, addresses given, endpoints found.
//!
//! [`Cluster`] is immutable. Its objects carry parsed addresses and resolved defaults, so that the data plane never
//! reads text. Everything a decision needs is found by index, never by scanning.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::model::{self, Labels, Text};
use crate::packet::Protocol;
use crate::source::ObjectRef;

pub mod settings;
pub mod table;

pub use settings::{External, KubeProxyMode, Overrides, Settings, Upstream};
pub use table::Namespaced;

/// Everything that exists, and what nobody pasted but every cluster has.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// Networks, domain, kube-proxy, kubelet, the world outside.
    pub settings: Settings,
    /// Labels of each namespace, `kubernetes.io/metadata.name` included.
    pub namespaces: BTreeMap<Text, Arc<Labels>>,
    /// The nodes by name.
    pub nodes: BTreeMap<Text, Node>,
    /// The pods, made ones included.
    pub pods: Namespaced<Pod>,
    /// The workloads that own pods, for choosing a client: (kind, namespace, name) -> pods in order.
    pub workloads: BTreeMap<ObjectRef, Vec<Text>>,
    /// The Services.
    pub services: Namespaced<Service>,
    /// The slices of each Service, by the Service's name: pasted ones, and those that the controllers write.
    pub slices: Namespaced<Vec<EndpointSlice>>,
    /// ConfigMaps.
    pub config_maps: Namespaced<Arc<model::ConfigMap>>,
    /// Secrets.
    pub secrets: Namespaced<Arc<model::Secret>>,
    /// IngressClasses by name.
    pub ingress_classes: BTreeMap<Text, Arc<model::IngressClass>>,
    /// Ingresses, with the class that admission filled in.
    pub ingresses: Namespaced<Arc<model::Ingress>>,
    /// NetworkPolicies.
    pub network_policies: Namespaced<Arc<model::NetworkPolicy>>,
    /// The administrator's policies by name.
    pub cluster_network_policies: BTreeMap<Text, Arc<model::ClusterNetworkPolicy>>,
    /// Their predecessors of the Admin tier.
    pub admin_network_policies: BTreeMap<Text, Arc<model::AdminNetworkPolicy>>,
    /// Their predecessors of the Baseline tier.
    pub baseline_admin_network_policies: BTreeMap<Text, Arc<model::BaselineAdminNetworkPolicy>>,
    /// What nobody pasted.
    pub supplied: BTreeSet<ObjectRef>,
    /// What the control plane has to say: refused addresses, unplaceable pods.
    pub diagnostics: Vec<Diagnostic>,
    index: Index,
}

/// Finds objects by address.
#[derive(Clone, Debug, Default)]
struct Index {
    pods: BTreeMap<IpAddr, Vec<(Text, Text)>>,
    nodes: BTreeMap<IpAddr, Text>,
    services: BTreeMap<IpAddr, Vec<(Text, Text)>>,
    node_ports: BTreeMap<(u16, Protocol), (Text, Text)>,
}

/// A node.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its name.
    pub name: Text,
    /// Its labels.
    pub labels: Arc<Labels>,
    /// Its addresses inside and outside, InternalIPs first.
    pub addresses: Vec<IpAddr>,
    /// Its pods' networks, one per family.
    pub pod_cidrs: Vec<ipnet::IpNet>,
    /// `topology.kubernetes.io/zone`.
    pub zone: Option<Text>,
    /// Whether it is ready.
    pub ready: bool,
    /// The object as pasted, or as supplied.
    pub object: Arc<model::Node>,
}

/// A pod, pasted or made by a controller.
#[derive(Clone, Debug)]
pub struct Pod {
    /// `Pod default/web-1`.
    pub reference: ObjectRef,
    /// Its labels.
    pub labels: Arc<Labels>,
    /// Its annotations.
    pub annotations: Arc<Labels>,
    /// What it runs; shared with the other pods of its template.
    pub spec: Arc<model::PodSpec>,
    /// Its node; None while Pending.
    pub node: Option<Text>,
    /// Its addresses, the primary first; none while Pending.
    pub addresses: Vec<IpAddr>,
    /// What it does.
    pub phase: Phase,
    /// The Ready condition.
    pub ready: bool,
    /// Whether it is being deleted.
    pub terminating: bool,
    /// The object that made it: a ReplicaSet, a StatefulSet ….
    pub owner: Option<ObjectRef>,
    /// What people call its maker: the Deployment rather than its ReplicaSet.
    pub workload: Option<ObjectRef>,
    /// Host name, if it isn't the pod's name (StatefulSets set it).
    pub hostname: Option<Text>,
    /// The Service below which it has a name (StatefulSets set it).
    pub subdomain: Option<Text>,
    /// Why it isn't placed, in the scheduler's words.
    pub pending_because: Option<String>,
}

/// A pod's phase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Not placed, or not started.
    Pending,
    /// Its containers run.
    #[default]
    Running,
    /// All done well.
    Succeeded,
    /// All done, not well.
    Failed,
    /// Its node doesn't say.
    Unknown,
}

/// A Service with everything the API server and the controllers have given it.
#[derive(Clone, Debug)]
pub struct Service {
    /// `Service default/web`.
    pub reference: ObjectRef,
    /// The object as pasted, defaults filled in.
    pub object: Arc<model::Service>,
    /// What it is.
    pub kind: ServiceKind,
    /// Its cluster addresses, the primary first; none for headless and ExternalName.
    pub cluster_ips: Vec<IpAddr>,
    /// Its ports, in order: their places are those of `spec.ports`.
    pub ports: Vec<ServicePort>,
    /// spec.externalIPs.
    pub external_ips: Vec<IpAddr>,
    /// What a load balancer has given: pasted status, or what the modelled balancer assigns.
    pub load_balancer: Vec<LoadBalancerIngress>,
    /// Given or allocated, for type LoadBalancer with externalTrafficPolicy Local.
    pub health_check_node_port: Option<u16>,
    /// spec.internalTrafficPolicy.
    pub internal_traffic_policy: TrafficPolicy,
    /// spec.externalTrafficPolicy.
    pub external_traffic_policy: TrafficPolicy,
}

/// What a Service is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceKind {
    /// It has cluster addresses; `NodePort` and `LoadBalancer` have more.
    ClusterIp,
    /// Also a port on every node.
    NodePort,
    /// Also a load balancer.
    LoadBalancer,
    /// Only names: clusterIP None.
    Headless,
    /// Another name.
    ExternalName(Text),
}

/// Which endpoints a kind of traffic may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TrafficPolicy {
    /// All.
    #[default]
    Cluster,
    /// Those of the node.
    Local,
}

/// A port of a Service.
#[derive(Clone, Debug)]
pub struct ServicePort {
    /// Its name; empty if it has none.
    pub name: Text,
    /// TCP, UDP, SCTP.
    pub protocol: Protocol,
    /// The number that clients use.
    pub port: u16,
    /// The pods' port.
    pub target_port: model::IntOrString,
    /// The number on every node, given or allocated.
    pub node_port: Option<u16>,
    /// `kubernetes.io/h2c` ….
    pub app_protocol: Option<Text>,
}

/// An entrance that a load balancer gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadBalancerIngress {
    /// Its address.
    pub ip: Option<IpAddr>,
    /// Its name.
    pub hostname: Option<Text>,
    /// Whether packets keep the address as destination (ipMode VIP).
    pub vip: bool,
    /// How packets find a node.
    pub announcement: Announcement,
}

/// How packets for a load balancer's address find a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Announcement {
    /// A balancer outside spreads over the nodes (a given status; a cloud).
    #[default]
    Balancer,
    /// One node answers ARP or NDP for it (MetalLB layer 2); the losers in order.
    Layer2 {
        /// The node that answers.
        node: Text,
        /// The candidates, best first.
        candidates: Vec<Text>,
    },
    /// These nodes announce a route (MetalLB BGP).
    Bgp(Vec<Text>),
    /// Nobody answers for it.
    Nobody,
}

/// A slice, pasted or derived, with parsed addresses.
#[derive(Clone, Debug)]
pub struct EndpointSlice {
    /// Its name.
    pub reference: ObjectRef,
    /// Whether kube-proxy sees it (no service-proxy-name or headless label).
    pub labels: Arc<Labels>,
    /// The ports of all endpoints.
    pub ports: Vec<EndpointPort>,
    /// The endpoints.
    pub endpoints: Vec<Endpoint>,
    /// Whether it is of the IPv6 family.
    pub ipv6: bool,
}

/// A port of a slice.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EndpointPort {
    /// The Service port's name; None where the slice says none.
    pub name: Option<Text>,
    /// TCP, UDP, SCTP.
    pub protocol: Protocol,
    /// The number on the endpoint; None means all, and nobody uses it.
    pub port: Option<u16>,
    /// `kubernetes.io/h2c` ….
    pub app_protocol: Option<Text>,
}

/// One endpoint.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Its addresses; kube-proxy uses the first.
    pub addresses: Vec<IpAddr>,
    /// Absent is read as true.
    pub ready: Option<bool>,
    /// Absent is read as true by kube-proxy.
    pub serving: Option<bool>,
    /// Absent is read as false.
    pub terminating: Option<bool>,
    /// Its own name below the Service's.
    pub hostname: Option<Text>,
    /// Its node.
    pub node: Option<Text>,
    /// Its zone.
    pub zone: Option<Text>,
    /// The zones it should serve.
    pub zone_hints: Vec<Text>,
    /// The nodes it should serve.
    pub node_hints: Vec<Text>,
    /// The pod behind it.
    pub pod: Option<ObjectRef>,
}

impl Cluster {
    /// The pods that have an address; several where they share their node's.
    pub fn pods_at(&self, address: IpAddr) -> impl Iterator<Item = &Pod> {
        let names = self.index.pods.get(&address).map_or(&[][..], Vec::as_slice);
        names.iter().filter_map(|(namespace, name)| self.pods.get(namespace, name))
    }

    /// The node that has an address.
    pub fn node_at(&self, address: IpAddr) -> Option<&Node> {
        self.nodes.get(self.index.nodes.get(&address)?)
    }

    /// The Services that answer to an address as cluster, external or load balancer address.
    pub fn services_at(&self, address: IpAddr) -> impl Iterator<Item = &Service> {
        let names = self.index.services.get(&address).map_or(&[][..], Vec::as_slice);
        names.iter().filter_map(|(namespace, name)| self.services.get(namespace, name))
    }

    /// The Service that has a node port.
    pub fn service_of_node_port(&self, port: u16, protocol: Protocol) -> Option<&Service> {
        let (namespace, name) = self.index.node_ports.get(&(port, protocol))?;
        self.services.get(namespace, name)
    }

    /// The slices of a Service.
    pub fn slices_of(&self, namespace: &str, name: &str) -> &[EndpointSlice] {
        self.slices.get(namespace, name).map_or(&[], Vec::as_slice)
    }

    /// Whether an object was supplied rather than pasted.
    pub fn is_supplied(&self, object: &ObjectRef) -> bool {
        self.supplied.contains(object)
    }
}

impl Pod {
    /// Its namespace.
    pub fn namespace(&self) -> &str {
        self.reference.namespace.as_deref().unwrap_or_default()
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.reference.name
    }
}

impl Service {
    /// Its namespace.
    pub fn namespace(&self) -> &str {
        self.reference.namespace.as_deref().unwrap_or_default()
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.reference.name
    }
}
