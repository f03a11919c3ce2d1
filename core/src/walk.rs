//! From a request to everywhere it can land: the only module that knows the order in which components are asked.
//!
//! [`DataPlane`] is what the components have read out of the API: kube-proxy's tables, CoreDNS' Corefile, the
//! controllers' configuration. Built once per cluster, asked once per request: the name is looked up, the connection
//! followed to its end, and where that is a proxy, the proxy's own connection after it.

use std::net::IpAddr;

use crate::cluster::{Cluster, Node, Pod};
use crate::diagnostic::Diagnostic;
use crate::dns::{ClusterDns, DnsClient, PublishedRecord};
use crate::gateway::Gateways;
use crate::ingress::{Controllers, FurtherControllers, IngressImplementation};
use crate::model::Text;
use crate::packet::DnsName;
use crate::policy::NetworkPolicies;
use crate::request::{Request, RequestClient};
use crate::service::{KubeProxy, PortMap};
use crate::source::FieldRef;
use crate::trace::Resolution;

mod client;
pub mod connect;
mod addresses;
mod lookup;
mod outside;
mod proxy;
mod redirect;
mod ask;

pub use client::{ClientError, PacketSender};
pub use connect::{PacketNetwork, walk_connection};

/// The cluster and what its components have read out of it.
#[derive(Clone, Debug)]
pub struct DataPlane {
    /// The objects.
    pub cluster: Cluster,
    /// kube-proxy on every node.
    pub kube_proxy: KubeProxy,
    /// portmap on every node.
    pub port_map: PortMap,
    pub policies: NetworkPolicies,
    /// CoreDNS.
    pub dns: ClusterDns,
    /// Ingress controllers.
    pub controllers: Controllers,
    pub gateways: Gateways,
}

/// Where a connection starts.
#[derive(Clone, Copy, Debug)]
pub enum PacketOrigin<'c> {
    /// A machine outside the cluster.
    Outside,
    /// A process in a pod with a network of its own, or of its node's (hostNetwork).
    Pod(&'c Pod),
    /// A process on a node.
    Node(&'c Node),
}

impl DataPlane {
    /// Lets every component read the cluster. With `serve_as`, every Ingress is served by that implementation.
    pub fn read(cluster: Cluster, serve_as: Option<IngressImplementation>, further: FurtherControllers) -> Self {
        let controllers = Controllers::read(&cluster, serve_as, further);
        let gateways = Gateways::read(&cluster);
        let hosts = controllers.hosts(&cluster).into_iter().chain(gateways.hosts(&cluster));
        let hosts = hosts.chain(balancer_names(&cluster)).chain(controllers.balancer_names());
        let published =
            hosts.map(|(because, host, address)| PublishedRecord { name: DnsName::new(host), address, because });
        Self {
            kube_proxy: KubeProxy::read(&cluster),
            port_map: PortMap::read(&cluster),
            policies: NetworkPolicies::read(&cluster),
            dns: ClusterDns::read(&cluster).publishing(published.collect()),
            controllers,
            gateways,
            cluster,
        }
    }

    /// What the components have to say about their configuration.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        let mut diagnostics = self.dns.diagnostics();
        diagnostics.extend(self.controllers.diagnostics());
        diagnostics
    }

    /// What a packet meets.
    pub fn network(&self) -> PacketNetwork<'_> {
        let Self { cluster, kube_proxy, port_map, policies, controllers, .. } = self;
        PacketNetwork { cluster, kube_proxy, port_map, policies, controllers }
    }

    /// The client's place and addresses.
    pub fn sender(&self, client: &RequestClient) -> Result<PacketSender<'_>, ClientError> {
        client::find_client(&self.cluster, client)
    }

    /// Everywhere a request can land, with exact shares.
    pub fn resolve(&self, sender: &PacketSender<'_>, request: &Request) -> Resolution {
        ask::resolve_request(self, sender, request)
    }
}

/// The names of load balancers, whose provider publishes them.
fn balancer_names(cluster: &Cluster) -> impl Iterator<Item = (FieldRef, Text, IpAddr)> {
    let entrances = cluster.services.values().flat_map(|service| {
        service.load_balancer.iter().enumerate().map(move |(place, entrance)| (service, place, entrance))
    });
    entrances.filter_map(|(service, place, entrance)| {
        let field = service.reference.field(&*format!("status.loadBalancer.ingress[{place}].hostname"));
        Some((field, entrance.hostname.clone()?, entrance.named_address?))
    })
}

impl<'c> PacketOrigin<'c> {
    /// The node whose rules the first packet meets; None outside, and for a pod that has no node.
    pub fn node(self, cluster: &'c Cluster) -> Option<&'c Node> {
        match self {
            Self::Outside => None,
            Self::Pod(pod) => cluster.nodes.get::<Text>(pod.node.as_ref()?),
            Self::Node(node) => Some(node),
        }
    }

    /// The same client as the resolver knows it.
    pub fn asker(self) -> DnsClient<'c> {
        match self {
            Self::Outside => DnsClient::Outside,
            Self::Pod(pod) => DnsClient::Pod(pod),
            Self::Node(node) => DnsClient::Node(node),
        }
    }
}
