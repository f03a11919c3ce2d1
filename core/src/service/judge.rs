//! One packet on one node: which Service it is for, whether it may enter, which endpoints take it, as whom they see it.

use std::sync::Arc;

use ipnet::IpNet;

use super::endpoints::{self, EndpointScope};
use super::node_ports::is_local;
use super::{KubeProxy, PacketArrival, ProxiedPort, ServiceAddress, ServicePortRef, masquerade};
use crate::cluster::{AddressAnnouncement, Cluster, KubeProxyMode, Node, Pod, TrafficPolicy};
use crate::packet::{Packet, Protocol};
use crate::shortlist::Shortlist;
use crate::source::FieldRef;
use crate::trace::{
    Candidate, Cause, CauseList, Component, ComponentPlace, Judgement, JudgementBranch, ModelGap, PacketDecision,
    ProcessDelivery, ServiceRule, Share,
};

impl KubeProxy {
    /// What the rules on a node make of a packet; None if none matches and it goes its way.
    pub fn judge(&self, cluster: &Cluster, node: &Node, arrival: PacketArrival, packet: &Packet) -> Option<Judgement> {
        if packet.protocol == Protocol::Icmp {
            return self.unlisted(cluster, node, packet);
        }
        let entrance = self.entrance(node, packet.destination, packet.port, packet.protocol);
        let entrance = entrance.or_else(|| self.node_port_anywhere(cluster, arrival, packet));
        let Some((place, entrance)) = entrance else {
            return self.unserved_node_port(cluster, node, packet).or_else(|| self.unlisted(cluster, node, packet));
        };
        let (proxied, found) = self.found(cluster, place)?;
        let mut judgement =
            ServicePacket { proxy: self, cluster, node, arrival, packet, entrance, proxied, found }.judge()?;
        if entrance.is_external() && arrival == PacketArrival::Wire && self.replacement.is_none() {
            let lost = |branch: &&mut JudgementBranch| loses_replies(cluster, node, packet, &branch.decision);
            judgement.branches.iter_mut().filter(lost).for_each(lose_replies);
        }
        Some(judgement)
    }

    /// A node port on an address where node ports aren't served. iptables drops it all the same where the policy is Local
    /// and no endpoint is here: that rule matches every address of the node (IPT syncProxyRules, "has no local endpoints").
    fn unserved_node_port(&self, cluster: &Cluster, node: &Node, packet: &Packet) -> Option<Judgement> {
        let place = *self.node_ports.get(&(packet.port, packet.protocol))?;
        let (_, found) = self.found(cluster, place)?;
        let applies = self.mode == KubeProxyMode::Iptables
            && is_local(node, packet.destination)
            && found.service.external_traffic_policy == TrafficPolicy::Local
            && endpoints::any_usable(cluster, found, packet.destination.is_ipv6());
        let listed = applies
            .then(|| endpoints::in_scope(cluster, found, node, packet.destination.is_ipv6(), EndpointScope::Local))?;
        endpoints::categorize_endpoints(listed, EndpointScope::Local, node).shortlist.is_empty().then(|| {
            let because = vec![
                Cause::Field(port_field(found, ServiceAddress::NodePort)),
                Cause::Field(endpoints::policy_field(found, false)),
                Cause::rule(ServiceRule::NoLocalEndpointsDrop),
            ];
            let at = ComponentPlace::Node(node.name.clone());
            Judgement::certain(Component::KubeProxy, at, PacketDecision::Drop, because)
        })
    }

    /// Whether a packet for an external address of a Service leaves a node unhindered although no rule serves it: iptables
    /// rejects such packets only in INPUT and FORWARD, so a process's own one goes out to a balancer or router that is
    /// the outside's business (iptablesJumpChains).
    pub fn escapes(&self, cluster: &Cluster, packet: &Packet) -> bool {
        let entrance = self.entrances.get(&(packet.destination, packet.port, packet.protocol));
        let found = entrance.and_then(|(place, _)| Some(self.found(cluster, *place)?.1));
        let is_outside = |found: ServicePortRef<'_>| {
            let gates = found.service.load_balancer.iter();
            let mut gates = gates.filter(|gate| gate.ip == Some(packet.destination));
            gates.all(|gate| matches!(gate.announcement, AddressAnnouncement::Balancer | AddressAnnouncement::Internal))
        };
        let unserved = |found| !endpoints::any_usable(cluster, found, packet.destination.is_ipv6());
        self.mode == KubeProxyMode::Iptables && found.is_some_and(|found| unserved(found) && is_outside(found))
    }

    /// Addresses of Services on ports that no Service lists, and pings to them.
    fn unlisted(&self, cluster: &Cluster, node: &Node, packet: &Packet) -> Option<Judgement> {
        // 1. The Service that owns the address, if one does.
        let owner = self.addresses.get(&packet.destination);
        let owner = owner.and_then(|(place, entrance)| Some((self.found(cluster, *place)?.1, *entrance)));
        let settle = |decision: PacketDecision, rule: ServiceRule| {
            let ports = owner.iter().map(|(found, _)| Cause::Field(found.service.reference.field("spec.ports")));
            let mut because: Vec<Cause> = ports.collect();
            because.add_rule(rule);
            Judgement::certain(Component::KubeProxy, ComponentPlace::Node(node.name.clone()), decision, because)
        };
        let in_service_network =
            || cluster.settings.service_subnets.iter().any(|net| net.contains(&packet.destination));
        if let (Some(replacement), Some(_)) = (&self.replacement, owner) {
            let gap = ModelGap::Field(replacement.said.clone());
            let at = ComponentPlace::Node(node.name.clone());
            return Some(Judgement::certain(Component::KubeProxy, at, PacketDecision::Unknown(gap), Vec::new()));
        }
        // 2. What each mode does with the ports that it doesn't list.
        match (self.mode, owner) {
            (KubeProxyMode::Iptables, _) => None,
            // Reject traffic to invalid ports of ClusterIPs, drop traffic to unallocated ClusterIPs (NFT cluster-ips-check).
            (KubeProxyMode::Nftables, Some((_, ServiceAddress::ClusterIp(_)))) => {
                Some(settle(PacketDecision::Refuse, ServiceRule::UnlistedPortRejected))
            }
            (KubeProxyMode::Nftables, _) if in_service_network() => {
                Some(settle(PacketDecision::Drop, ServiceRule::UnallocatedAddressDropped))
            }
            (KubeProxyMode::Nftables, _) => None,
            // Addresses of Services are bound to kube-ipvs0 on every node.
            (KubeProxyMode::Ipvs, Some(_)) if packet.protocol == Protocol::Icmp => {
                let delivery = ProcessDelivery { pod: None, node: Some(node.name.clone()), assumed: false };
                Some(settle(PacketDecision::Deliver(delivery), ServiceRule::BoundAddressAnswersPing))
            }
            (KubeProxyMode::Ipvs, Some(_)) if !node.addresses.contains(&packet.destination) => {
                Some(settle(PacketDecision::Refuse, ServiceRule::BoundAddressUnlistedPort))
            }
            (KubeProxyMode::Ipvs, _) => None,
        }
    }
}

/// Whether the caller, who asked this node over the network, never sees an answer: the packet goes on to an endpoint
/// elsewhere with the caller's own address, so that replies go straight back, with the pod's address, and are discarded.
/// That befalls pods that ask another node than their own, which are spared a Local policy (IPT, the KUBE-EXT chain), and
/// whoever comes to ipvs without endpoint here (IPVS syncEndpoint).
fn loses_replies(cluster: &Cluster, node: &Node, packet: &Packet, decision: &PacketDecision) -> bool {
    let PacketDecision::Rewrite(onward) = decision else { return false };
    let here = |pod: &Pod| pod.node.as_ref() == Some(&node.name);
    onward.source == packet.source
        && !is_local(node, onward.destination)
        && !cluster.pods_at(onward.destination).any(here)
}

fn lose_replies(branch: &mut JudgementBranch) {
    let rule = Cause::rule(ServiceRule::RepliesFromPodsLost);
    branch.because = branch.because.iter().cloned().chain([rule]).collect();
    branch.decision = PacketDecision::Drop;
}

impl ServiceAddress {
    /// Whether it is meant for callers outside the cluster.
    pub(super) fn is_external(self) -> bool {
        match self {
            Self::ClusterIp(_) => false,
            Self::ExternalIp(_) | Self::LoadBalancer(_) | Self::NodePort => true,
        }
    }
}

/// One packet that a Service port matches.
pub(super) struct ServicePacket<'c> {
    pub(super) proxy: &'c KubeProxy,
    cluster: &'c Cluster,
    node: &'c Node,
    pub(super) arrival: PacketArrival,
    pub(super) packet: &'c Packet,
    pub(super) entrance: ServiceAddress,
    proxied: &'c ProxiedPort,
    pub(super) found: ServicePortRef<'c>,
}

/// Which set serves a packet, whether its source is masqueraded, and the rule that says so.
pub(super) struct TrafficPath {
    pub scope: EndpointScope,
    pub mark: Option<ServiceRule>,
    pub because: Vec<Cause>,
}

impl<'c> ServicePacket<'c> {
    fn judge(&self) -> Option<Judgement> {
        let usable = endpoints::any_usable(self.cluster, self.found, self.packet.destination.is_ipv6());
        // iptables writes the firewall chain only for Services with endpoints (usesFWChain); the others check it first.
        let firewall = usable || self.proxy.mode != KubeProxyMode::Iptables;
        let ranges = self.source_ranges().filter(|_| firewall);
        if let Some(range) = ranges.clone().filter(|_| !self.source_allowed()) {
            let rule = Cause::rule(ServiceRule::SourceRangesDrop);
            return Some(self.end(PacketDecision::Drop, self.because([Cause::Field(range), rule])));
        }
        if !usable {
            return self.without_endpoints();
        }
        let mut course = self.course();
        if let Some(range) = ranges {
            course.because.add_line(&range).add_rule(ServiceRule::SourceRangesAllow);
        }
        let set = endpoints::categorize_endpoints(self.listed(course.scope), course.scope, self.node);
        if !set.shortlist.is_empty() {
            return Some(self.translate(set, course));
        }
        Some(self.without_local_endpoints(set.shortlist, course))
    }

    /// REJECT comes before every policy (IPT TestNoEndpointsReject). iptables rejects packets for external addresses
    /// only in INPUT and FORWARD: a process's own packet to an address elsewhere leaves the node (iptablesJumpChains).
    fn without_endpoints(&self) -> Option<Judgement> {
        if let Some(replacement) = &self.proxy.replacement {
            let (decision, rule) = self.replaced_end(replacement, false);
            let mut causes = self.because(endpoints::endpoint_causes(self.found, &[]));
            causes.extend(rule.map(Cause::rule));
            return Some(self.end(decision, causes));
        }
        let escapes = self.proxy.mode == KubeProxyMode::Iptables
            && self.arrival == PacketArrival::Output
            && self.entrance.is_external()
            && !is_local(self.node, self.packet.destination);
        if escapes {
            return None;
        }
        let set =
            endpoints::categorize_endpoints(self.listed(EndpointScope::Cluster), EndpointScope::Cluster, self.node);
        let rule = match self.proxy.mode {
            KubeProxyMode::Iptables | KubeProxyMode::Nftables => ServiceRule::NoEndpointsReject,
            KubeProxyMode::Ipvs => ServiceRule::NoDestinationRejected,
        };
        let mut causes = self.because(endpoints::endpoint_causes(self.found, &[]));
        causes.push(Cause::rule(rule));
        Some(self.end_with(self.candidates(set.shortlist), PacketDecision::Refuse, causes))
    }

    /// A Local policy without an endpoint here: DROP, but for ipvs, which takes the cluster set (IPVS syncEndpoint).
    fn without_local_endpoints(&self, local: Shortlist<endpoints::PortEndpoint<'c>>, course: TrafficPath) -> Judgement {
        if let Some(replacement) = &self.proxy.replacement {
            let (decision, rule) = self.replaced_end(replacement, true);
            let mut causes = self.because(course.because);
            causes.extend(rule.map(Cause::rule));
            return self.end_with(self.candidates(local), decision, causes);
        }
        match self.proxy.mode {
            KubeProxyMode::Iptables | KubeProxyMode::Nftables => {
                let mut causes = self.because(course.because);
                causes.push(Cause::rule(ServiceRule::NoLocalEndpointsDrop));
                self.end_with(self.candidates(local), PacketDecision::Drop, causes)
            }
            KubeProxyMode::Ipvs => {
                let listed = endpoints::of_port(self.cluster, self.found, self.node, self.packet.destination.is_ipv6());
                let mut set = endpoints::categorize_endpoints(listed, EndpointScope::Cluster, self.node);
                set.rules.insert(0, ServiceRule::NoLocalEndpointsAllServe);
                self.translate(set, course)
            }
        }
    }

    fn listed(&self, scope: EndpointScope) -> Vec<endpoints::PortEndpoint<'c>> {
        endpoints::in_scope(self.cluster, self.found, self.node, self.packet.destination.is_ipv6(), scope)
    }

    /// Which endpoints serve, and as whom they see the caller.
    fn course(&self) -> TrafficPath {
        if let Some(replacement) = &self.proxy.replacement {
            return self.replaced_course(replacement);
        }
        let service = self.found.service;
        if !self.entrance.is_external() {
            let scope = endpoints::scope_of_policy(service.internal_traffic_policy);
            let because = match scope {
                EndpointScope::Local => vec![Cause::Field(endpoints::policy_field(self.found, true))],
                EndpointScope::Cluster => Vec::new(),
            };
            return TrafficPath { scope, mark: self.cluster_mark(), because };
        }
        let policy = vec![Cause::Field(endpoints::policy_field(self.found, false))];
        match (service.external_traffic_policy, self.proxy.mode) {
            (TrafficPolicy::Cluster, _) => TrafficPath {
                scope: EndpointScope::Cluster,
                mark: Some(ServiceRule::MasqueradeExternalTraffic),
                because: Vec::new(),
            },
            (TrafficPolicy::Local, KubeProxyMode::Ipvs) => {
                TrafficPath { scope: EndpointScope::Local, mark: None, because: policy }
            }
            (TrafficPolicy::Local, KubeProxyMode::Iptables | KubeProxyMode::Nftables) => self.local_course(policy),
        }
    }

    /// externalTrafficPolicy Local: pods and the node itself are spared, as if their packets had gone out to the balancer
    /// and come back (IPT, the KUBE-EXT chain).
    fn local_course(&self, mut because: Vec<Cause>) -> TrafficPath {
        let source = self.packet.source;
        if self.proxy.detector.is_pod(self.node, self.arrival, source) {
            because.add_rule(ServiceRule::PodsBypassLocal);
            return TrafficPath { scope: EndpointScope::Cluster, mark: None, because };
        }
        if is_local(self.node, source) {
            because.add_rule(ServiceRule::NodeBypassesLocal);
            return TrafficPath { scope: EndpointScope::Cluster, mark: Some(ServiceRule::MasqueradeNode), because };
        }
        TrafficPath { scope: EndpointScope::Local, mark: None, because }
    }

    /// Traffic to a cluster address is masqueraded if it isn't a pod's, or always with masqueradeAll.
    fn cluster_mark(&self) -> Option<ServiceRule> {
        let detector = &self.proxy.detector;
        if self.proxy.masquerade_all {
            return Some(ServiceRule::MasqueradeAll);
        }
        let foreign = *detector != masquerade::LocalDetector::None
            && !detector.is_pod(self.node, self.arrival, self.packet.source);
        foreign.then_some(ServiceRule::MasqueradeOffCluster)
    }

    /// One branch per endpoint in force.
    fn translate(&self, set: endpoints::EndpointSet<'c>, course: TrafficPath) -> Judgement {
        // 1. The causes that all branches share.
        let mut rules = set.rules;
        rules.push(self.proxy.choice_rule());
        let mut causes = self.because(course.because);
        causes.extend(endpoints::endpoint_causes(self.found, &rules));
        let protocol = self.packet.protocol;
        // 2. The endpoints with their shares; those left out become candidates.
        let (candidates, picks) = set.shortlist.finish(|endpoint| endpoint.subject(protocol), |_| 1);
        let mut settled: Vec<(ServiceRule, Arc<[Cause]>)> = Vec::new();
        let branches = picks.into_iter().map(|pick| {
            let endpoint = (pick.item.address, pick.item.port);
            // 3. The packet rewritten towards each, masqueraded where it is marked or comes back to its sender.
            let replacement = self.proxy.replacement.as_ref();
            let mark = match replacement {
                Some(replacement) => self.replaced_mark(replacement, &pick.item),
                None => course.mark.or_else(|| self.hairpin(&pick.item)),
            };
            let unknown = replacement.and_then(|replacement| self.replaced_hairpin(replacement, &pick.item));
            let (packet, rule) = masquerade::rewrite_towards(self.node, self.arrival, self.packet, endpoint, mark);
            // 4. Its causes, made once for each rule of the source address.
            let because = match settled.iter().find(|(known, _)| *known == rule) {
                Some((_, because)) => because.clone(),
                None => {
                    let assumed = rule.masquerades().then_some(ServiceRule::MasqueradeAddressAssumed);
                    let own = std::iter::once(rule).chain(assumed).map(Cause::rule);
                    let because: Arc<[Cause]> = causes.iter().cloned().chain(own).collect();
                    settled.push((rule, because.clone()));
                    because
                }
            };
            JudgementBranch {
                share: pick.share,
                chosen: Some(pick.place),
                decision: unknown.unwrap_or(PacketDecision::Rewrite(packet)),
                because,
            }
        });
        Judgement {
            component: Component::KubeProxy,
            at: self.at(),
            earlier: Arc::default(),
            branches: branches.collect(),
            candidates,
        }
    }

    /// An endpoint that is the caller itself is masqueraded by a rule of its own; ipvs and nftables have it for local ones
    /// only (KUBE-LOOP-BACK, hairpin-connections).
    fn hairpin(&self, endpoint: &endpoints::PortEndpoint<'_>) -> Option<ServiceRule> {
        let same = endpoint.address == self.packet.source;
        let known =
            endpoint.local || self.proxy.mode == KubeProxyMode::Iptables || same && self.is_local_elsewhere(endpoint);
        (known && same).then_some(ServiceRule::MasqueradeHairpin)
    }

    /// The set of local endpoints is one for all Services: one that another Service has here is in it.
    fn is_local_elsewhere(&self, endpoint: &endpoints::PortEndpoint<'_>) -> bool {
        let proxy = self.proxy;
        let ports = (0..proxy.ports.len()).filter_map(|place| Some(proxy.found(self.cluster, place)?.1));
        let mut same = ports.filter(|found| found.port.protocol == self.packet.protocol);
        same.any(|found| endpoints::is_usable_here(self.cluster, found, self.node, (endpoint.address, endpoint.port)))
    }

    /// spec.loadBalancerSourceRanges, where it applies: node ports and externalIPs are never filtered.
    fn source_ranges(&self) -> Option<FieldRef> {
        let applies = match self.entrance {
            ServiceAddress::LoadBalancer(_) if self.has_no_ranges() => false,
            ServiceAddress::LoadBalancer(_) => self.source_ranges_of_family().next().is_some(),
            ServiceAddress::ClusterIp(_) | ServiceAddress::ExternalIp(_) | ServiceAddress::NodePort => false,
        };
        applies.then(|| self.found.service.reference.field("spec.loadBalancerSourceRanges"))
    }

    /// Each family has a firewall of its own, from its own ranges (SP newBaseServiceInfo, MapCIDRsByIPFamily): ranges of
    /// the other family filter nothing.
    fn source_ranges_of_family(&self) -> impl Iterator<Item = &IpNet> {
        let is_v4 = self.packet.destination.is_ipv4();
        self.proxied.source_ranges.iter().filter(move |range| range.addr().is_ipv4() == is_v4)
    }

    /// A node whose own address is listed also passes with the balancer's address as source.
    fn source_allowed(&self) -> bool {
        let listed = |address| self.source_ranges_of_family().any(|range| range.contains(&address));
        let own = self.packet.source == self.packet.destination;
        listed(self.packet.source) || own && self.node.addresses.iter().any(|address| listed(*address))
    }

    /// The port and the address by which the Service was asked, as far as they were written, then what else counted.
    fn because(&self, causes: impl IntoIterator<Item = Cause>) -> Vec<Cause> {
        let mut because = vec![Cause::Field(port_field(self.found, self.entrance))];
        because.extend(address_field(self.found, self.entrance).map(Cause::Field));
        because.add_rule(match self.entrance {
            ServiceAddress::ClusterIp(_) => ServiceRule::ClusterIp,
            ServiceAddress::ExternalIp(_) => ServiceRule::ExternalIp,
            ServiceAddress::LoadBalancer(_) => ServiceRule::LoadBalancerAddress,
            ServiceAddress::NodePort => ServiceRule::NodePort,
        });
        because.extend(causes);
        because
    }

    fn candidates(&self, shortlist: Shortlist<endpoints::PortEndpoint<'c>>) -> Arc<[Candidate]> {
        shortlist.finish(|endpoint| endpoint.subject(self.packet.protocol), |_| 1).0
    }

    fn end(&self, decision: PacketDecision, because: Vec<Cause>) -> Judgement {
        self.end_with(Arc::default(), decision, because)
    }

    fn end_with(&self, candidates: Arc<[Candidate]>, decision: PacketDecision, because: Vec<Cause>) -> Judgement {
        let branch = JudgementBranch { share: Share::ONE, chosen: None, decision, because: because.into() };
        Judgement {
            component: Component::KubeProxy,
            at: self.at(),
            earlier: Arc::default(),
            candidates,
            branches: vec![branch],
        }
    }

    fn at(&self) -> ComponentPlace {
        ComponentPlace::Node(self.node.name.clone())
    }
}

impl KubeProxy {
    /// How one endpoint of the set is taken. ipvs' hashing and least-connection schedulers depend on the order in which
    /// destinations were added or on connections that exist: which endpoint comes first can't be told, so that each has
    /// the same chance.
    fn choice_rule(&self) -> ServiceRule {
        match (self.mode, &*self.scheduler) {
            (KubeProxyMode::Iptables | KubeProxyMode::Nftables, _) => ServiceRule::RandomEndpoint,
            (KubeProxyMode::Ipvs, "sh" | "mh") => ServiceRule::SourceHash,
            (KubeProxyMode::Ipvs, "dh") => ServiceRule::DestinationHash,
            (KubeProxyMode::Ipvs, "lc" | "wlc" | "sed" | "nq") => ServiceRule::LeastConnections,
            (KubeProxyMode::Ipvs, _) => ServiceRule::RoundRobin,
        }
    }
}

/// The field with the address by which a Service is asked; None where nobody wrote it (an address that was allocated).
fn address_field(found: ServicePortRef<'_>, entrance: ServiceAddress) -> Option<FieldRef> {
    let object = &found.service.object;
    let (written, path) = match entrance {
        ServiceAddress::ClusterIp(0) => (object.spec.cluster_ip.is_some(), "spec.clusterIP".to_owned()),
        ServiceAddress::ClusterIp(place) => {
            (object.spec.cluster_ips.len() > place, format!("spec.clusterIPs[{place}]"))
        }
        ServiceAddress::ExternalIp(place) => (true, format!("spec.externalIPs[{place}]")),
        ServiceAddress::LoadBalancer(place) => {
            let given = object.status.load_balancer.ingress.len() > place;
            (given, format!("status.loadBalancer.ingress[{place}].ip"))
        }
        ServiceAddress::NodePort => return None,
    };
    written.then(|| found.service.reference.field(&*path))
}

/// The field with the port by which a Service is asked; the port as a whole where its node port was allocated.
fn port_field(found: ServicePortRef<'_>, entrance: ServiceAddress) -> FieldRef {
    let index = found.index;
    let written = found.service.object.spec.ports.get(index).is_some_and(|port| port.node_port.is_some());
    found.service.reference.field(&*match entrance {
        ServiceAddress::NodePort if written => format!("spec.ports[{index}].nodePort"),
        ServiceAddress::NodePort => format!("spec.ports[{index}]"),
        ServiceAddress::ClusterIp(_) | ServiceAddress::ExternalIp(_) | ServiceAddress::LoadBalancer(_) => {
            format!("spec.ports[{index}].port")
        }
    })
}
