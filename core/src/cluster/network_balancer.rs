//! Network Load Balancers that the AWS Load Balancer Controller keeps for Services of type LoadBalancer: which Services they are,
//! and where each is found (pkg/service/service_utils.go; webhooks/core/service_mutator.go, as its chart installs it).

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use super::hash;
use super::ingress_implementation::IngressImplementation;
use super::load_balancer::{AddressAnnouncement, LoadBalancerIngress};
use super::node::Node;
use super::pod::Pod;
use super::service::{Service, ServiceKind};
use super::table::Namespaced;
use crate::model::{Text, well_known};
use crate::order::Gather;

/// The class that its webhook gives to Services without one.
const CLASS: &str = "service.k8s.aws/nlb";

/// What stands before annotations of Services.
pub const PREFIX: &str = "service.beta.kubernetes.io/";

/// Where balancers on the internet are: TEST-NET-2 (RFC 5737).
const PUBLIC: [u8; 3] = [198, 51, 100];

/// Whether a Service is the controller's, where it runs.
pub fn is_kept(service: &Service) -> bool {
    let class = service.object.spec.load_balancer_class.as_deref();
    service.kind == ServiceKind::LoadBalancer && class.is_none_or(|class| class == CLASS)
}

/// Whether nothing leads to a Service's balancer from the internet, which holds unless said otherwise.
pub fn is_internal(service: &Service) -> bool {
    let annotation = |name: &str| {
        let key = format!("{PREFIX}{name}");
        service.object.metadata.annotations.get(key.as_str()).map(|value| value.to_string())
    };
    match annotation("aws-load-balancer-scheme") {
        Some(scheme) => scheme != "internet-facing",
        None => annotation("aws-load-balancer-internal").is_none_or(|internal| internal != "false"),
    }
}

/// Gives each Service of the controller that has no address one, if the controller runs.
pub(in crate::cluster) fn assign_addresses(
    nodes: &BTreeMap<Text, Node>,
    pods: &Namespaced<Pod>,
    services: &mut Namespaced<Service>,
) {
    let mut images = pods.values().flat_map(|pod| &pod.spec.containers).map(|container| &container.image);
    if !images.any(|image| IngressImplementation::of_image(image) == Some(IngressImplementation::AwsAlb)) {
        return;
    }
    // 1. The addresses that somebody has, and the nodes' network.
    let mut taken: BTreeSet<IpAddr> = nodes.values().flat_map(|node| node.addresses.iter().copied()).into_set();
    taken.extend(services.values().flat_map(|service| &service.load_balancer).filter_map(LoadBalancerIngress::address));
    let inside = nodes.values().find_map(|node| node.addresses_of("InternalIP").find(IpAddr::is_ipv4));
    let region = nodes.values().find_map(|node| node.labels.get(well_known::REGION)).cloned();
    let region = region.as_deref().unwrap_or("us-east-1");
    for service in services.values_mut().filter(|service| is_kept(service)) {
        // 2. One each, drawn from the Service's name; a status tells the name alone.
        let is_internal = is_internal(service);
        let [a, b, c] = match inside {
            Some(IpAddr::V4(node)) if is_internal => [node.octets()[0], node.octets()[1], node.octets()[2]],
            _ => PUBLIC,
        };
        let draw = |number| hash::seeded_draw(&[service.namespace(), service.name()], number);
        let start = 64 + (draw(0) % 190) as u8;
        let mut all = (start..=254).chain(64..start).map(|last| IpAddr::V4(Ipv4Addr::new(a, b, c, last)));
        let named = service.load_balancer.iter().position(|gate| gate.ip.is_none() && gate.named_address.is_none());
        if named.is_none() && !service.load_balancer.is_empty() {
            continue;
        }
        let Some(address) = all.find(|address| taken.insert(*address)) else { return };
        let announcement = if is_internal { AddressAnnouncement::Internal } else { AddressAnnouncement::Balancer };
        let short = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).take(8).collect::<String>();
        let (namespace, name) = (short(service.namespace()), short(service.name()));
        let hostname =
            format!("k8s-{namespace}-{name}-{:010x}-{:016x}.elb.{region}.amazonaws.com", draw(1) >> 24, draw(2));
        let entrance = LoadBalancerIngress {
            ip: None,
            named_address: Some(address),
            hostname: Some(hostname.into()),
            vip: false,
            keeps_source: true,
            ..LoadBalancerIngress::at(address, announcement.clone())
        };
        match named.and_then(|place| service.load_balancer.get_mut(place)) {
            Some(gate) => {
                (gate.named_address, gate.vip, gate.keeps_source) = (Some(address), false, true);
                gate.announcement = announcement;
            }
            None => service.load_balancer.push(entrance),
        }
    }
}
