//! Load balancers outside the cluster that a controller keeps: their addresses, and who has them.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use crate::cluster::Cluster;
use crate::model::Text;
use crate::order::Gather;
use crate::packet::{Packet, Protocol};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{
    Cause, Component, ComponentPlace, Judgement, JudgementBranch, PacketDecision, ProcessDelivery, ServiceRule, Share,
};

/// The addresses that balancers on the internet have here (TEST-NET-1, RFC 5737).
const PUBLIC: [u8; 3] = [192, 0, 2];

/// The first of them, beside those of supplied controllers.
const FIRST: u8 = 80;

/// A load balancer outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutsideBalancer {
    /// Where clients find it.
    pub address: IpAddr,
    /// The address from which it connects to targets.
    pub inside: IpAddr,
    /// The Ingresses that it serves.
    pub ingresses: Vec<ObjectRef>,
    /// The Service whose connections it hands on, where it takes no requests itself.
    pub service: Option<ObjectRef>,
    /// Its name, as an Ingress' status tells it.
    pub hostname: Option<(FieldRef, Text)>,
}

/// Addresses that nobody has yet, on the internet and in the nodes' network.
pub struct FreeAddresses {
    taken: BTreeSet<IpAddr>,
    inside: [u8; 3],
}

impl OutsideBalancer {
    /// One that hands everything to pods.
    pub fn for_pods(cluster: &Cluster) -> Option<Self> {
        let mut free = FreeAddresses::of(cluster);
        let address = free.public()?;
        Some(Self { address, inside: free.private()?, ingresses: Vec::new(), service: None, hostname: None })
    }
}

impl FreeAddresses {
    pub fn of(cluster: &Cluster) -> Self {
        let of_services = cluster.services.values().flat_map(|service| &service.load_balancer);
        let mut taken: BTreeSet<IpAddr> = of_services.filter_map(|entrance| entrance.address()).into_set();
        taken.extend(cluster.services.values().flat_map(|service| &service.external_ips).copied());
        taken.extend(cluster.nodes.values().flat_map(|node| node.addresses.iter().copied()));
        taken.extend(cluster.pods.values().flat_map(|pod| pod.addresses.iter().copied()));
        let first = cluster.nodes.values().find_map(|node| node.addresses_of("InternalIP").find(IpAddr::is_ipv4));
        let inside = match first {
            Some(IpAddr::V4(node)) => [node.octets()[0], node.octets()[1], node.octets()[2]],
            _ => [10, 0, 0],
        };
        Self { taken, inside }
    }

    /// The next one on the internet.
    pub fn public(&mut self) -> Option<IpAddr> {
        self.take(PUBLIC, FIRST)
    }

    /// The next one in the network of the first node.
    pub fn private(&mut self) -> Option<IpAddr> {
        self.take(self.inside, 200)
    }

    fn take(&mut self, [a, b, c]: [u8; 3], first: u8) -> Option<IpAddr> {
        let mut all = (first..=254).map(|last| IpAddr::V4(Ipv4Addr::new(a, b, c, last)));
        all.find(|address| self.taken.insert(*address))
    }
}

/// A packet handed to pods that stand in the place of load balancers, each as likely.
pub fn hand_to_pods(pods: &[ObjectRef], listens: impl Fn(u16) -> bool, packet: &Packet) -> Judgement {
    let at = ComponentPlace::Outside;
    if packet.protocol != Protocol::Tcp || !listens(packet.port) {
        let because = vec![Cause::rule(ServiceRule::BalancerPortNotListed)];
        return Judgement::certain(Component::LoadBalancer, at, PacketDecision::Unroutable, because);
    }
    let share = Share::of(1, pods.len() as u64);
    let branches = pods.iter().map(|pod| {
        let delivery = ProcessDelivery { pod: Some(pod.clone()), node: None, assumed: false };
        JudgementBranch { share, chosen: None, decision: PacketDecision::Deliver(delivery), because: [].into() }
    });
    Judgement {
        component: Component::LoadBalancer,
        at,
        earlier: [].into(),
        candidates: [].into(),
        branches: branches.collect(),
    }
}
