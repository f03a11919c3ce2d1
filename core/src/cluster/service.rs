//! Services with parsed addresses, resolved defaults and everything that was allocated.

use std::net::IpAddr;
use std::sync::Arc;

use super::load_balancer::LoadBalancerIngress;
use crate::model::{self, Text};
use crate::packet::Protocol;
use crate::source::ObjectRef;

mod family;
pub(super) mod build;

pub use family::IpFamily;

/// A Service with everything the API server and the controllers have given it.
#[derive(Clone, Debug)]
pub struct Service {
    /// `Service default/web`.
    pub reference: ObjectRef,
    /// The object as pasted, defaults filled in.
    pub object: Arc<model::Service>,
    pub kind: ServiceKind,
    /// The families of its addresses and endpoints, the primary first; none for ExternalName.
    pub ip_families: Vec<IpFamily>,
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

impl Service {
    pub fn namespace(&self) -> &str {
        self.reference.namespace.as_deref().unwrap_or_default()
    }

    pub fn name(&self) -> &str {
        &self.reference.name
    }

    /// Whether clients reach it under an address of its own.
    pub fn has_cluster_ip(&self) -> bool {
        !matches!(self.kind, ServiceKind::Headless | ServiceKind::ExternalName(_))
    }

    /// Whether it is of a type that has ports on every node.
    pub fn has_node_ports(&self) -> bool {
        matches!(self.kind, ServiceKind::NodePort | ServiceKind::LoadBalancer)
    }

    /// Whether node ports are drawn that nobody asked for (allocateLoadBalancerNodePorts).
    fn draws_node_ports(&self) -> bool {
        self.kind == ServiceKind::NodePort || self.object.spec.allocate_load_balancer_node_ports != Some(false)
    }

    /// Whether every node tells a balancer if it has endpoints.
    fn has_health_check(&self) -> bool {
        self.kind == ServiceKind::LoadBalancer && self.external_traffic_policy == TrafficPolicy::Local
    }
}
