//! What load balancers give to Services, and how packets for it find a node.

use std::net::IpAddr;

use crate::model::{self, Text};

/// An entrance that a load balancer gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadBalancerIngress {
    /// Its address.
    pub ip: Option<IpAddr>,
    /// Its name.
    pub hostname: Option<Text>,
    /// Where the name leads, for one without address.
    pub named_address: Option<IpAddr>,
    /// Whether packets keep the address as destination (ipMode VIP).
    pub vip: bool,
    /// Whether endpoints see the client although the balancer connects to node ports.
    pub keeps_source: bool,
    /// How packets find a node.
    pub announcement: AddressAnnouncement,
}

impl LoadBalancerIngress {
    /// An entrance with an address.
    pub fn at(address: IpAddr, announcement: AddressAnnouncement) -> Self {
        let (hostname, named_address, keeps_source) = (None, None, false);
        Self { ip: Some(address), hostname, named_address, vip: true, keeps_source, announcement }
    }

    /// Where packets for it go.
    pub fn address(&self) -> Option<IpAddr> {
        self.ip.or(self.named_address)
    }
}

/// How packets for a load balancer's address find a node.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AddressAnnouncement {
    /// A balancer outside spreads over the nodes (a given status; a cloud).
    #[default]
    Balancer,
    /// The same, reached only from inside the provider's network.
    Internal,
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

/// What the status says that a load balancer gave. The status of any other type is cleared (strategy.go,
/// dropTypeDependentFields).
pub(super) fn written_ingress(service: &model::Service) -> Vec<LoadBalancerIngress> {
    if service.spec.kind.as_deref() != Some("LoadBalancer") {
        return Vec::new();
    }
    let entrances = service.status.load_balancer.ingress.iter().map(|entrance| LoadBalancerIngress {
        ip: entrance.ip.as_ref().and_then(|address| address.parse().ok()),
        hostname: entrance.hostname.clone(),
        named_address: None,
        vip: entrance.ip_mode.as_deref() != Some("Proxy"),
        keeps_source: false,
        announcement: AddressAnnouncement::Balancer,
    });
    entrances.filter(|entrance| entrance.ip.is_some() || entrance.hostname.is_some()).collect()
}
