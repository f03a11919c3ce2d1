//! Services of type LoadBalancer: a Network Load Balancer each, which hands connections to node ports or pods
//! (pkg/service/model_build_target_group.go, model_build_listener.go).

use std::net::IpAddr;
use std::sync::Arc;

use super::settings::AlbSettings;
use super::targets::{nodes_of_port, pods_of_port};
use crate::cluster::{Cluster, Service, ServicePort, network_balancer};
use crate::http::network::{is_public, parse_net};
use crate::ingress::annotation_field;
use crate::ingress::backend::ProxyUpstream;
use crate::ingress::config_value::parse_bool;
use crate::ingress::outside::{FreeAddresses, OutsideBalancer};
use crate::packet::{Packet, Protocol};
use crate::source::FieldRef;
use crate::trace::{
    Candidate, CandidateFate, Cause, CauseList, Component, ComponentPlace, IngressControllerRule, Judgement,
    JudgementBranch, ModelGap, PacketDecision, ProxyTarget, ServiceRule, Share,
};

/// A Network Load Balancer.
#[derive(Clone, Debug)]
pub struct NetworkBalancer {
    ports: Vec<BalancedPort>,
    is_internal: bool,
    /// The networks that may connect, with the line.
    ranges: Option<(Vec<String>, FieldRef)>,
    /// A line whose effect isn't modelled.
    gap: Option<FieldRef>,
    line: FieldRef,
}

/// A port, and who stands behind it.
#[derive(Clone, Debug)]
struct BalancedPort {
    port: ServicePort,
    upstream: ProxyUpstream,
    /// Whether pods are targets, past the Service.
    is_past_service: bool,
    keeps_source: bool,
    /// Whether it ends TLS.
    tls: Option<FieldRef>,
}

/// Annotations that are read, behind `service.beta.kubernetes.io/`.
pub const SERVICE_ANNOTATIONS: &[&str] = &[
    "aws-load-balancer-internal",
    "aws-load-balancer-nlb-target-type",
    "aws-load-balancer-scheme",
    "aws-load-balancer-target-group-attributes",
    "aws-load-balancer-target-node-labels",
    "aws-load-balancer-type",
    "load-balancer-source-ranges",
];

/// Those that make the answer unknown.
pub const SERVICE_GAPS: &[&str] = &[
    "aws-load-balancer-multi-cluster-target-group",
    "aws-load-balancer-proxy-protocol",
    "aws-load-balancer-proxy-protocol-per-target-group",
    "aws-load-balancer-quic-enabled-ports",
    "aws-load-balancer-security-group-prefix-lists",
    "aws-load-balancer-ssl-cert",
];

/// The balancers of all Services that are the controller's, each with its place.
pub fn find_balancers(
    cluster: &Cluster,
    settings: &AlbSettings,
    free: &mut FreeAddresses,
) -> Vec<(OutsideBalancer, NetworkBalancer)> {
    let mut found = Vec::new();
    for service in cluster.services.values().filter(|service| network_balancer::is_kept(service)) {
        let entrance = service.load_balancer.iter().find_map(|gate| gate.named_address);
        let Some((address, inside)) = entrance.zip(free.private()) else { continue };
        let place = OutsideBalancer {
            address,
            inside,
            ingresses: Vec::new(),
            service: Some(service.reference.clone()),
            hostname: None,
        };
        found.push((place, NetworkBalancer::of(cluster, settings, service)));
    }
    found
}

impl NetworkBalancer {
    fn of(cluster: &Cluster, settings: &AlbSettings, service: &Service) -> Self {
        let annotations = &service.object.metadata.annotations;
        let written = |name: &str| {
            let key = format!("{}{name}", network_balancer::PREFIX);
            Some((annotations.get(key.as_str())?.to_string(), annotation_field(&service.reference, &key)))
        };
        // 1. What the targets are, and whose address they see.
        let kind = written("aws-load-balancer-nlb-target-type").map(|(kind, _)| kind);
        let kind = kind.unwrap_or_else(|| settings.target_type().to_owned());
        let is_ip = kind == "ip" || written("aws-load-balancer-type").is_some_and(|(kind, _)| kind == "nlb-ip");
        let attributes = written("aws-load-balancer-target-group-attributes").unzip().0.unwrap_or_default();
        let pairs = |text: &str| -> Vec<(String, String)> {
            let pairs = text.split(',').filter_map(|pair| pair.split_once('='));
            pairs.map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned())).collect()
        };
        let kept = pairs(&attributes).into_iter().find(|(key, _)| key == "preserve_client_ip.enabled");
        let kept = kept.and_then(|(_, value)| parse_bool(&value));
        let labels = written("aws-load-balancer-target-node-labels").unzip().0.unwrap_or_default();
        let labels = pairs(&labels).into_iter().map(|(key, value)| (key.into(), value.into()));
        let labels = crate::order::map(labels);
        let tls = written("aws-load-balancer-ssl-cert");
        let tls_ports = written("aws-load-balancer-ssl-ports").unzip().0.unwrap_or_default();
        // 2. Each port.
        let ports = service.ports.iter().map(|port| {
            let ends_tls = tls_ports.is_empty()
                || tls_ports.split(',').any(|one| one.trim() == port.port.to_string() || one.trim() == &*port.name);
            BalancedPort {
                port: port.clone(),
                upstream: if is_ip {
                    pods_of_port(cluster, service, port)
                } else {
                    nodes_of_port(cluster, service, port, &labels)
                },
                is_past_service: is_ip,
                keeps_source: kept.unwrap_or(!is_ip) || port.protocol == Protocol::Udp,
                tls: tls.as_ref().map(|(_, line)| line.clone()).filter(|_| ends_tls),
            }
        });
        let ports = ports.collect();
        // 3. Who may connect.
        let of_spec = &service.object.spec.load_balancer_source_ranges;
        let ranges = if of_spec.is_empty() {
            written("load-balancer-source-ranges").map(|(text, line)| {
                (text.split(',').map(|range| range.trim().to_owned()).collect::<Vec<String>>(), line)
            })
        } else {
            let ranges = of_spec.iter().map(|range| range.trim().to_owned()).collect();
            Some((ranges, service.reference.field("spec.loadBalancerSourceRanges")))
        };
        let gaps = SERVICE_GAPS.iter().filter(|name| **name != "aws-load-balancer-ssl-cert");
        let gap = gaps.filter_map(|name| written(name)).find(|(text, _)| text != "false");
        let line = service.reference.field("status.loadBalancer.ingress[0].hostname");
        let is_internal = network_balancer::is_internal(service);
        Self { ports, is_internal, ranges, gap: gap.map(|(_, line)| line), line }
    }

    /// What becomes of a packet.
    pub fn judge(&self, place: &OutsideBalancer, packet: &Packet) -> Judgement {
        let mut because = vec![Cause::line(&self.line)];
        let end =
            |decision, because| Judgement::certain(Component::LoadBalancer, ComponentPlace::Outside, decision, because);
        let unknown = |line: &FieldRef| PacketDecision::Unknown(ModelGap::Field(line.clone()));
        // 1. Who can't connect, and to what.
        if self.is_internal && is_public(packet.source) {
            because.add_rule(ServiceRule::BalancerIsInternal);
            return end(PacketDecision::Unroutable, because);
        }
        let serves = |one: &&BalancedPort| one.port.port == packet.port && one.port.protocol == packet.protocol;
        let Some(found) = self.ports.iter().find(serves) else {
            because.add_rule(ServiceRule::BalancerPortNotListed);
            return end(PacketDecision::Unroutable, because);
        };
        if let Some((ranges, line)) = &self.ranges {
            let contains = |network: ipnet::IpNet| network.contains(&packet.source);
            if !ranges.iter().filter_map(|range| parse_net(range)).any(contains) {
                because.add_line(line).add_rule(IngressControllerRule::OutsideInboundNetworks);
                let is_known = self.is_internal || is_public(packet.source);
                return end(if is_known { PacketDecision::Drop } else { unknown(line) }, because);
            }
        }
        // 2. What isn't modelled.
        if let Some(line) = found.tls.as_ref().or(self.gap.as_ref()) {
            return end(unknown(line), vec![Cause::line(line)]);
        }
        if found.upstream.peers.is_empty() {
            let gap = ModelGap::OutsideServer("a Network Load Balancer without targets".to_owned());
            return end(PacketDecision::Unknown(gap), because);
        }
        // 3. On to each of the targets.
        because.add_rule(if found.keeps_source { ServiceRule::BalancerTargets } else { ServiceRule::BalancerConnects });
        if found.is_past_service {
            because.add_rule(IngressControllerRule::PodsAreTargets);
        }
        found.spread(packet, if found.keeps_source { packet.source } else { place.inside }, because.into())
    }
}

impl BalancedPort {
    /// One branch for each target.
    fn spread(&self, packet: &Packet, source: IpAddr, because: Arc<[Cause]>) -> Judgement {
        let peers = &self.upstream.peers;
        let share = Share::of(1, peers.len() as u64);
        let mut candidates = Vec::new();
        let mut branches = Vec::new();
        for (number, peer) in peers.iter().enumerate() {
            candidates.push(Candidate {
                what: peer.subject(&self.upstream.service),
                fate: CandidateFate::Eligible(share),
                because: Vec::new(),
            });
            let decision = match &peer.target {
                ProxyTarget::Endpoint(address, port) | ProxyTarget::ClusterIp(address, port) => {
                    PacketDecision::Rewrite(packet.to(*address, *port).from(source))
                }
                ProxyTarget::Name(..) => PacketDecision::Unroutable,
            };
            branches.push(JudgementBranch { share, chosen: Some(number), decision, because: because.clone() });
        }
        candidates.extend(self.upstream.excluded.iter().map(|(peer, objection)| Candidate {
            what: peer.subject(&self.upstream.service),
            fate: CandidateFate::Rejected(*objection),
            because: Vec::new(),
        }));
        Judgement {
            component: Component::LoadBalancer,
            at: ComponentPlace::Outside,
            earlier: [].into(),
            candidates: candidates.into(),
            branches,
        }
    }
}
