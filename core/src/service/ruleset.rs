//! What kube-proxy has written on a node, as one reads it there: rules of iptables, a table of nftables, virtual servers of
//! IPVS (pkg/proxy, syncProxyRules of each mode).

use std::net::IpAddr;

use ipnet::IpNet;

use super::endpoints::{self, EndpointScope, PortEndpoint};
use super::{KubeProxy, ServiceAddress, ServicePortRef, service_addresses};
use crate::cluster::{Cluster, Node, TrafficPolicy};
use crate::model::Text;
use crate::order::Order;
use crate::packet::{Protocol, socket_text};

pub mod chain_name;
pub mod iptables;
pub mod ipvs;
pub mod nftables;

/// What a node's rules are made from.
#[derive(Clone, Copy)]
pub struct NodeView<'c> {
    /// The tables that every node reads.
    pub proxy: &'c KubeProxy,
    pub cluster: &'c Cluster,
    /// Where.
    pub node: &'c Node,
    /// Of which family; kube-proxy keeps rules for each.
    pub ipv6: bool,
}

/// A port of a Service with the endpoints that a node's rules lead to (topology.go, CategorizeEndpoints).
struct ProgrammedPort<'c> {
    /// `default/web:http`
    name: String,
    found: ServicePortRef<'c>,
    cluster_ip: IpAddr,
    external: Vec<IpAddr>,
    balancers: Vec<IpAddr>,
    source_ranges: Vec<IpNet>,
    cluster: Vec<String>,
    local: Vec<String>,
    /// Those of both, each once.
    reachable: Vec<String>,
    /// The node's own among them.
    on_node: Vec<String>,
    has_endpoints: bool,
}

impl<'c> NodeView<'c> {
    /// The ports in the order of their Services' names; kube-proxy's own order is chance.
    fn ports(&self) -> Vec<ProgrammedPort<'c>> {
        let places = 0..self.proxy.ports.len();
        places.filter_map(|place| self.port(place)).collect()
    }

    fn port(&self, place: usize) -> Option<ProgrammedPort<'c>> {
        // 1. The port's addresses of this family.
        let (proxied, found) = self.proxy.found(self.cluster, place)?;
        let of_family = |wanted: fn(ServiceAddress) -> bool| {
            let all = service_addresses(found.service).filter(|(_, entrance)| wanted(*entrance));
            all.map(|(address, _)| address).filter(|address| address.is_ipv6() == self.ipv6).collect::<Vec<_>>()
        };
        let cluster_ip = of_family(|entrance| matches!(entrance, ServiceAddress::ClusterIp(_))).into_iter().next()?;
        let source_ranges = proxied.source_ranges.iter().filter(|range| range.addr().is_ipv6() == self.ipv6);
        let mut port = ProgrammedPort {
            name: port_name(&proxied.namespace, &proxied.name, &found.port.name),
            found,
            cluster_ip,
            external: of_family(|entrance| matches!(entrance, ServiceAddress::ExternalIp(_))),
            balancers: of_family(|entrance| matches!(entrance, ServiceAddress::LoadBalancer(_))),
            source_ranges: source_ranges.copied().collect(),
            cluster: Vec::new(),
            local: Vec::new(),
            reachable: Vec::new(),
            on_node: Vec::new(),
            has_endpoints: endpoints::any_usable(self.cluster, found, self.ipv6),
        };
        // 2. The endpoints that each traffic policy in use leads to, those on this node noted.
        if port.uses_cluster() {
            port.cluster = self.endpoints(found, EndpointScope::Cluster, &mut port.on_node);
        }
        if port.uses_local() {
            port.local = self.endpoints(found, EndpointScope::Local, &mut port.on_node);
        }
        // 3. All that can be reached, and those on this node, in order.
        port.reachable = ordered(port.cluster.iter().chain(&port.local).cloned().collect());
        port.on_node = ordered(std::mem::take(&mut port.on_node));
        Some(port)
    }

    /// The endpoints of a scope as texts, in kube-proxy's order, which is that of the texts (EPC byEndpoint).
    fn endpoints(&self, found: ServicePortRef<'c>, scope: EndpointScope, on_node: &mut Vec<String>) -> Vec<String> {
        let listed = endpoints::in_scope(self.cluster, found, self.node, self.ipv6, scope);
        let set = endpoints::categorize_endpoints(listed, scope, self.node).shortlist;
        let text = |endpoint: &PortEndpoint<'_>| socket_text(endpoint.address, endpoint.port);
        on_node.extend(set.remaining().filter(|endpoint| endpoint.local).map(text));
        ordered(set.remaining().map(text).collect())
    }
}

fn ordered(mut texts: Vec<String>) -> Vec<String> {
    texts.order();
    texts.dedup();
    texts
}

/// `default/web`, with the port's name behind it if it has one (ServicePortName).
fn port_name(namespace: &Text, name: &Text, port: &Text) -> String {
    if port.is_empty() { format!("{namespace}/{name}") } else { format!("{namespace}/{name}:{port}") }
}

impl ProgrammedPort<'_> {
    fn protocol(&self) -> Protocol {
        self.found.port.protocol
    }

    fn internal_local(&self) -> bool {
        self.found.service.internal_traffic_policy == TrafficPolicy::Local
    }

    fn external_local(&self) -> bool {
        self.found.service.external_traffic_policy == TrafficPolicy::Local
    }

    fn is_external(&self) -> bool {
        self.found.port.node_port.is_some() || !self.external.is_empty() || !self.balancers.is_empty()
    }

    fn uses_cluster(&self) -> bool {
        !self.internal_local() || self.is_external()
    }

    fn uses_local(&self) -> bool {
        self.internal_local() || (self.external_local() && self.is_external())
    }

    fn has_internal(&self) -> bool {
        self.has_endpoints && !(self.internal_local() && self.local.is_empty())
    }

    fn has_external(&self) -> bool {
        self.has_endpoints && !(self.external_local() && self.local.is_empty())
    }

    /// How long a client keeps its endpoint, in seconds; None without affinity.
    fn sticky_seconds(&self) -> Option<i32> {
        let spec = &self.found.service.object.spec;
        let given = spec.session_affinity_config.as_ref().and_then(|config| config.client_ip.as_ref()?.timeout_seconds);
        (spec.session_affinity.as_deref() == Some("ClientIP")).then(|| given.unwrap_or(10_800))
    }
}
