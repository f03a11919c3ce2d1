//! The pod and service networks: said, or taken from the addresses that the pasted objects carry, or kubeadm's.
//!
//! A `kubectl get -o yaml` of a cluster with other networks names addresses outside the defaults; they are evidence.
//! Addresses on both sides are none: then the defaults hold, and a Service outside is refused.

use std::net::{IpAddr, Ipv6Addr};

use ipnet::{IpNet, Ipv6Net};

use super::ClusterSettings;
use crate::cluster::net;
use crate::cluster::objects::{ClusterDiagnostics, Objects};
use crate::diagnostic::Problem;
use crate::order::Order;
use crate::source::FieldRef;

/// An address that somebody wrote.
struct NetworkEvidence {
    address: IpAddr,
    by: FieldRef,
}

/// Sets both. An empty list says nothing.
pub(super) fn settle_networks(
    objects: &Objects,
    pods: Vec<IpNet>,
    services: Vec<IpNet>,
    settings: &mut ClusterSettings,
    notes: &mut ClusterDiagnostics<'_>,
) {
    let (pods_said, services_said) = (!pods.is_empty(), !services.is_empty());
    settings.service_subnets_said = services_said;
    if pods_said {
        settings.pod_subnets = pods;
    } else {
        infer_network(
            &mut settings.pod_subnets,
            &pod_evidence(objects),
            PrefixLengths { v4: 16, v6: 56, least_v4: 8 },
            notes,
        );
        widen_pod_network(objects, &mut settings.pod_subnets, notes);
    }
    if services_said {
        settings.service_subnets = services;
    } else {
        let prefixes = PrefixLengths { v4: 16, v6: 112, least_v4: 12 };
        let evidence = service_evidence(objects, settings);
        infer_network(&mut settings.service_subnets, &evidence, prefixes, notes);
        match_families(settings);
    }
}

/// The service network of the second family, in the addresses that the dual-stack documentation uses.
const SECOND_SERVICE_NETWORK: (Ipv6Addr, u8) = (Ipv6Addr::new(0xfd00, 0x10, 0x96, 0, 0, 0, 0, 0), 112);

/// Pods with IPv6 addresses beside IPv4 ones are a dual-stack cluster's, whose Services have both families too.
fn match_families(settings: &mut ClusterSettings) {
    let (address, prefix) = SECOND_SERVICE_NETWORK;
    let lacks = |nets: &[IpNet]| !nets.iter().any(|net| net.addr().is_ipv6());
    if let (false, true, Ok(net)) =
        (lacks(&settings.pod_subnets), lacks(&settings.service_subnets), Ipv6Net::new(address, prefix))
    {
        settings.service_subnets.push(IpNet::V6(net));
    }
}

/// A cluster with more nodes than its pod network has /24s has a larger one.
fn widen_pod_network(objects: &Objects, nets: &mut [IpNet], notes: &mut ClusterDiagnostics<'_>) {
    let wanted = objects.nodes.len().next_power_of_two().ilog2() as u8;
    let wide = 24_u8.saturating_sub(wanted).max(9);
    let Some(net) = nets.iter_mut().find(|net| net.addr().is_ipv4() && net.prefix_len() > wide) else { return };
    let Ok(network) = IpNet::new(net.addr(), wide) else { return };
    *net = network.trunc();
    if let Some(node) = objects.nodes.first() {
        let problem = Problem::PodNetworkWidened { nodes: objects.nodes.len(), network: *net };
        notes.say(node.reference.field("spec.podCIDR"), problem);
    }
}

/// How large an inferred network is: at most so long a prefix, and for IPv4 at least so long a one.
struct PrefixLengths {
    v4: u8,
    v6: u8,
    least_v4: u8,
}

/// Replaces a default that no evidence supports; adds the second family if there is evidence of it.
fn infer_network(
    nets: &mut Vec<IpNet>,
    evidence: &[NetworkEvidence],
    prefixes: PrefixLengths,
    notes: &mut ClusterDiagnostics<'_>,
) {
    for (is_v4, prefix) in [(true, prefixes.v4), (false, prefixes.v6)] {
        let family: Vec<&NetworkEvidence> =
            evidence.iter().filter(|evidence| evidence.address.is_ipv4() == is_v4).collect();
        let addresses: Vec<IpAddr> = family.iter().map(|evidence| evidence.address).collect();
        let supports_default = addresses.iter().any(|address| nets.iter().any(|net| net.contains(address)));
        let cover = net::cover(&addresses, prefix).filter(|net| !is_v4 || net.prefix_len() >= prefixes.least_v4);
        let (false, Some(network), Some(first)) = (supports_default, cover, family.first()) else { continue };
        nets.retain(|net| net.addr().is_ipv4() != is_v4);
        nets.push(network);
        nets.order_by_key(|net| !net.addr().is_ipv4());
        notes.say(first.by.clone(), Problem::NetworkInferred { address: first.address, network });
    }
}

fn pod_evidence(objects: &Objects) -> Vec<NetworkEvidence> {
    let mut evidence = Vec::new();
    for node in &objects.nodes {
        let cidrs = node.body.spec.pod_cidrs.iter().chain(&node.body.spec.pod_cidr);
        let cidrs = cidrs.filter_map(|cidr| cidr.parse::<IpNet>().ok());
        evidence.extend(cidrs.flat_map(|cidr| {
            let by = node.reference.field("spec.podCIDR");
            [
                NetworkEvidence { address: cidr.network(), by: by.clone() },
                NetworkEvidence { address: cidr.broadcast(), by },
            ]
        }));
    }
    for pod in objects.pods.iter().filter(|pod| !pod.body.spec.host_network) {
        let addresses = pod.body.status.pod_ips.iter().map(|ip| &ip.ip).chain(&pod.body.status.pod_ip);
        evidence.extend(
            addresses
                .filter_map(|address| address.parse().ok())
                .map(|address| NetworkEvidence { address, by: pod.reference.field("status.podIP") }),
        );
    }
    evidence
}

fn service_evidence(objects: &Objects, settings: &ClusterSettings) -> Vec<NetworkEvidence> {
    let mut evidence = Vec::new();
    for service in objects.services.iter().filter(|service| !service.body.spec.is_external_name()) {
        let addresses = service.body.spec.cluster_ips.iter().chain(&service.body.spec.cluster_ip);
        evidence.extend(
            addresses
                .filter_map(|address| address.parse().ok())
                .map(|address| NetworkEvidence { address, by: service.reference.field("spec.clusterIP") }),
        );
    }
    // An address of the pod network is a mistake, no sign of another service network.
    evidence.retain(|evidence| !settings.pod_subnets.iter().any(|net| net.contains(&evidence.address)));
    evidence
}
