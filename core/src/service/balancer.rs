//! In front of the nodes: which node a packet for a load balancer's address, or for an external address, arrives at.
//!
//! Nodes that would do the same with the packet are taken together where there are many: the share is exact, the walk
//! shows the first of them.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use self::alike::NodeDifferences;
use super::endpoints;
use super::node_ports::primary_address;
use super::{KubeProxy, ServicePortRef, is_proxied};
use crate::cluster::{AddressAnnouncement, Cluster, LoadBalancerIngress, Node, Service, TrafficPolicy};
use crate::http::network::is_public;
use crate::model::{Text, well_known};
use crate::order::Gather;
use crate::packet::{Packet, Protocol};
use crate::shortlist::{CandidateRejection, GatheredCandidates, Shortlist};
use crate::source::{FieldPath, FieldRef};
use crate::trace::{
    CandidateObjection, Cause, CauseList, Component, ComponentPlace, Judgement, JudgementBranch, ModelGap,
    PacketDecision, ServiceObjection,
};
use crate::trace::{CandidateSubject, ServiceRule, Share};

mod alike;

pub use alike::NodeKinds;

/// A packet in front of the nodes.
struct BalancedPacket<'c> {
    kinds: &'c NodeKinds,
    cluster: &'c Cluster,
    packet: &'c Packet,
    service: &'c Service,
    /// The Service port it is for; None for ping and for ports that no Service lists.
    found: Option<ServicePortRef<'c>>,
    differences: NodeDifferences<'c>,
    because: Vec<Cause>,
}

impl KubeProxy {
    /// What the load balancer that owns the packet's destination does with it; None if no balancer owns it.
    pub fn balance(&self, cluster: &Cluster, packet: &Packet) -> Option<Judgement> {
        let owners = cluster.services_at(packet.destination);
        let owners: Vec<(&Service, usize, &LoadBalancerIngress)> = owners
            .filter_map(|service| ingress_at(service, packet.destination).map(|(place, gate)| (service, place, gate)))
            .collect();
        let lists = |(service, _, _): &&(&Service, _, _)| service_port_of(service, packet).is_some();
        let (service, place, gate) = *owners.iter().find(lists).or(owners.first())?;
        let named = if gate.ip.is_some() { "ip" } else { "hostname" };
        let field = service.reference.field(&*format!("status.loadBalancer.ingress[{place}].{named}"));
        let because = vec![Cause::Field(field)];
        let approach = BalancedPacket::new(self, cluster, packet, service, because);
        Some(match (&gate.announcement, approach.found) {
            (AddressAnnouncement::Nobody, _) => approach.unannounced(),
            (AddressAnnouncement::Internal, _) if is_public(packet.source) => {
                approach.end(ServiceRule::BalancerIsInternal)
            }
            (AddressAnnouncement::Balancer | AddressAnnouncement::Internal, None) => match packet.protocol {
                Protocol::Icmp => approach.unknown(),
                Protocol::Tcp | Protocol::Udp | Protocol::Sctp => approach.end(ServiceRule::BalancerPortNotListed),
            },
            (AddressAnnouncement::Balancer | AddressAnnouncement::Internal, Some(found)) if !gate.vip => {
                approach.proxy(found, gate.keeps_source)
            }
            (AddressAnnouncement::Balancer | AddressAnnouncement::Internal, _) => {
                approach.spread(&[], ServiceRule::BalancerSpreads)
            }
            (AddressAnnouncement::Layer2 { node, candidates }, _) => approach.answered_by(node, candidates),
            (AddressAnnouncement::Bgp(nodes), _) => approach.spread(nodes, ServiceRule::BgpSpreads),
        })
    }

    /// A packet from outside for one of spec.externalIPs that no node owns: routing it to a node is the administrator's
    /// business, and taken as done, to any node. None if no Service has the address.
    pub fn route_external_ip(&self, cluster: &Cluster, packet: &Packet) -> Option<Judgement> {
        let owns = |service: &&Service| is_proxied(service) && external_ip(service, packet).is_some();
        let owners = || cluster.services_at(packet.destination).filter(owns);
        let service =
            owners().find(|service| service_port_of(service, packet).is_some()).or_else(|| owners().next())?;
        let because = external_ip(service, packet).map(Cause::Field).into_iter().collect();
        let approach = BalancedPacket::new(self, cluster, packet, service, because);
        let mut judgement = approach.spread(&[], ServiceRule::ExternalIpRouted);
        judgement.component = Component::Network;
        judgement.at = ComponentPlace::Network;
        Some(judgement)
    }
}

/// The entrance of a Service's balancer with an address.
fn ingress_at(service: &Service, address: IpAddr) -> Option<(usize, &LoadBalancerIngress)> {
    service.load_balancer.iter().enumerate().find(|(_, gate)| gate.address() == Some(address))
}

fn external_ip(service: &Service, packet: &Packet) -> Option<FieldRef> {
    let place = service.external_ips.iter().position(|address| *address == packet.destination)?;
    Some(service.reference.field(&*format!("spec.externalIPs[{place}]")))
}

fn service_port_of<'c>(service: &'c Service, packet: &Packet) -> Option<ServicePortRef<'c>> {
    if packet.protocol == Protocol::Icmp {
        return None;
    }
    let mut ports = service.ports.iter().enumerate();
    let (index, port) = ports.find(|(_, port)| port.port == packet.port && port.protocol == packet.protocol)?;
    Some(ServicePortRef { service, port, index })
}

impl<'c> BalancedPacket<'c> {
    fn new(
        kube_proxy: &'c KubeProxy,
        cluster: &'c Cluster,
        packet: &'c Packet,
        service: &'c Service,
        because: Vec<Cause>,
    ) -> Self {
        let found = service_port_of(service, packet);
        let differences = NodeDifferences::of(cluster, service, found.is_some());
        Self { kinds: &kube_proxy.nodes, cluster, packet, service, found, differences, because }
    }

    fn end(&self, rule: ServiceRule) -> Judgement {
        let mut because = self.because.clone();
        because.add_rule(rule);
        Judgement::certain(Component::LoadBalancer, ComponentPlace::Outside, PacketDecision::Unroutable, because)
    }

    /// No node answers for the address: why each doesn't.
    fn unannounced(&self) -> Judgement {
        let mut nodes = self.nodes(&BTreeSet::new());
        nodes.retain(|node| node.first.excluded.then(|| excluded(node.first)));
        nodes.retain(|_| Some(objection(ServiceObjection::CannotAnnounce)));
        self.finish(nodes, &[ServiceRule::NotAnnounced])
    }

    /// Some balancers answer ping by themselves, others don't.
    fn unknown(&self) -> Judgement {
        let gap = ModelGap::OutsideServer(format!("the load balancer {}", self.packet.destination));
        Judgement::certain(
            Component::LoadBalancer,
            ComponentPlace::Outside,
            PacketDecision::Unknown(gap),
            self.because.clone(),
        )
    }

    /// Layer 2: one node answers for the address and receives all its traffic.
    fn answered_by(&self, node: &Text, candidates: &[Text]) -> Judgement {
        let candidates: BTreeSet<&Text> = candidates.iter().into_set();
        let mut nodes = self.nodes(&candidates);
        nodes.retain(|other| {
            (!candidates.contains(&other.first.name)).then(|| objection(ServiceObjection::CannotAnnounce))
        });
        nodes.retain(|other| (other.first.name != *node).then(|| objection(ServiceObjection::NotTheAnnouncer)));
        self.finish(nodes, &[ServiceRule::Layer2Announcement])
    }

    /// Spread over nodes: all that a balancer uses, or those named.
    fn spread(&self, named: &[Text], rule: ServiceRule) -> Judgement {
        let named: BTreeSet<&Text> = named.iter().into_set();
        let mut nodes = self.nodes(&named);
        let mut rules = vec![rule];
        match rule {
            ServiceRule::BgpSpreads => nodes.retain(|node| {
                (!named.contains(&node.first.name)).then(|| objection(ServiceObjection::CannotAnnounce))
            }),
            ServiceRule::BalancerSpreads => rules.extend(self.healthy(&mut nodes)),
            _ => {}
        }
        self.finish(nodes, &rules)
    }

    /// Puts out the nodes that a balancer wouldn't use. With externalTrafficPolicy Local it asks each node's
    /// healthCheckNodePort, which wants a ready endpoint there; if no node is healthy, all are used, as common balancers
    /// fail open.
    fn healthy(&self, nodes: &mut Shortlist<GatheredCandidates<&'c Node>>) -> Option<ServiceRule> {
        nodes.retain(|node| node.first.excluded.then(|| excluded(node.first)));
        nodes.retain(|node| (!node.first.ready).then(|| objection(ServiceObjection::NodeNotReady)));
        if self.service.external_traffic_policy == TrafficPolicy::Cluster {
            return None;
        }
        let homes = alike::nodes_with_endpoints(self.cluster, self.service, |entry| entry.ready.unwrap_or(true));
        if !nodes.remaining().any(|node| homes.contains(&node.first.name)) {
            return Some(ServiceRule::AllUnhealthySpreads);
        }
        nodes.retain(|node| {
            let field = || self.service.reference.field("spec.externalTrafficPolicy");
            (!homes.contains(&node.first.name))
                .then(|| (CandidateObjection::Service(ServiceObjection::HealthCheckFails), vec![Cause::Field(field())]))
        });
        Some(ServiceRule::BalancerHealthChecks)
    }

    /// ipMode Proxy: the balancer ends the address itself and connects to the node port, as itself or as the client.
    fn proxy(&self, found: ServicePortRef<'c>, keeps_source: bool) -> Judgement {
        let Some(number) = found.port.node_port else {
            let gap = ModelGap::OutsideServer("the load balancer in mode Proxy without node port".to_owned());
            let because = self.because.clone();
            return Judgement::certain(
                Component::LoadBalancer,
                ComponentPlace::Outside,
                PacketDecision::Unknown(gap),
                because,
            );
        };
        let mut nodes = self.nodes(&BTreeSet::new());
        let health = self.healthy(&mut nodes);
        let connects = if keeps_source { ServiceRule::BalancerTargets } else { ServiceRule::BalancerConnects };
        let rules: Vec<ServiceRule> = std::iter::once(connects).chain(health).collect();
        let balancer = self.packet.destination;
        let source = if keeps_source { self.packet.source } else { balancer };
        self.finish_with(nodes, &rules, |node| {
            let address = primary_address(node, balancer.is_ipv6());
            address.map_or(PacketDecision::Unroutable, |address| {
                PacketDecision::Rewrite(self.packet.to(address, number).from(source))
            })
        })
    }

    /// All nodes, those named by themselves.
    fn nodes(&self, named: &BTreeSet<&Text>) -> Shortlist<GatheredCandidates<&'c Node>> {
        Shortlist::new(self.differences.nodes(self.kinds, self.cluster, named))
    }

    fn finish(&self, nodes: Shortlist<GatheredCandidates<&'c Node>>, rules: &[ServiceRule]) -> Judgement {
        self.finish_with(nodes, rules, |_| PacketDecision::Pass)
    }

    /// One branch per node, or per group of nodes that do the same.
    fn finish_with(
        &self,
        nodes: Shortlist<GatheredCandidates<&'c Node>>,
        rules: &[ServiceRule],
        decide: impl Fn(&Node) -> PacketDecision,
    ) -> Judgement {
        let nodes = nodes.gather(|node, is_in| self.differences.group(node, is_in));
        let (candidates, picks) = nodes.finish(subject, |nodes| nodes.count as u64);
        let because: Arc<[Cause]> =
            self.because.iter().cloned().chain(rules.iter().copied().map(Cause::rule)).collect();
        let branches = picks.into_iter().map(|pick| JudgementBranch {
            share: pick.share,
            chosen: Some(pick.place),
            decision: decide(pick.item.first),
            because: because.clone(),
        });
        let mut branches: Vec<JudgementBranch> = branches.collect();
        if branches.is_empty() {
            branches.push(JudgementBranch {
                share: Share::ONE,
                chosen: None,
                decision: PacketDecision::Unroutable,
                because,
            });
        }
        Judgement {
            component: Component::LoadBalancer,
            at: ComponentPlace::Outside,
            earlier: Arc::default(),
            candidates,
            branches,
        }
    }
}

impl KubeProxy {
    /// Whether a node's kube-proxy says on a healthCheckNodePort that it has ready endpoints: Some(healthy) if the port
    /// is one (HC: ready endpoints of the node count, terminating ones don't). It listens on the addresses of node ports
    /// (HC newServiceHealthServer), and on loopback only where it listens on all.
    pub fn health_check(&self, cluster: &Cluster, node: &Node, asked: (IpAddr, u16)) -> Option<(bool, FieldRef)> {
        let (address, port) = asked;
        let (_, found) = self.found(cluster, *self.health_checks.get(&port)?)?;
        if !self.node_port_addresses.listen(node, address) {
            return None;
        }
        let ready = [false, true].into_iter().flat_map(|ipv6| endpoints::of_port(cluster, found, node, ipv6));
        let healthy = ready.into_iter().any(|endpoint| endpoint.local && endpoint.is_ready());
        Some((healthy, found.service.reference.field("spec.healthCheckNodePort")))
    }
}

/// How the walk shows nodes that do the same.
fn subject(nodes: &GatheredCandidates<&Node>) -> CandidateSubject {
    let first = nodes.first.name.clone();
    match nodes.count {
        0 | 1 => CandidateSubject::Node(first),
        count => CandidateSubject::Nodes(first, count - 1),
    }
}

/// A node with the label that leaves it out.
fn excluded(node: &Node) -> CandidateRejection {
    let label = FieldPath::from("metadata.labels").key(well_known::EXCLUDE_FROM_BALANCERS);
    let field = FieldRef { object: node_reference(node), path: label };
    (CandidateObjection::Service(ServiceObjection::ExcludedFromBalancers), vec![Cause::Field(field)])
}

fn objection(objection: ServiceObjection) -> CandidateRejection {
    (CandidateObjection::Service(objection), Vec::new())
}

fn node_reference(node: &Node) -> crate::source::ObjectRef {
    crate::source::ObjectRef::cluster_scoped("Node", &node.name)
}
