//! The load balancers that come with a platform, told by the nodes: k3s' ServiceLB, or a cloud's, whose cloud controller sets
//! the label `node.kubernetes.io/instance-type`.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};

use super::load_balancer::{AddressAnnouncement, LoadBalancerIngress};
use super::node::Node;
use super::pod::Pod;
use super::service::{Service, ServiceKind};
use super::table::Namespaced;
use super::{EndpointSlice, hash, network_balancer, service_lb};
use crate::model::{Labels, Text, well_known};
use crate::order::Gather;

/// Where a cloud's balancers have their addresses: TEST-NET-2 (RFC 5737), beyond the preset's nodes.
const CLOUD_NETWORK: [u8; 3] = [198, 51, 100];

/// A cloud controller, told by its nodes, and what annotations of Services say to it.
struct CloudController {
    /// How a label of its nodes, and their spec.providerID begin.
    marks: &'static [&'static str],
    provider: &'static str,
    /// What makes a balancer internal. An empty value stands for any but `false`.
    internal: &'static [(&'static str, &'static str)],
    /// What leaves the Service to another controller.
    elsewhere: &'static [(&'static str, &'static str)],
    /// The annotation whose value makes a balancer that keeps the client's address, and the value. None: all do, and have an
    /// address rather than a name.
    network: Option<(&'static str, &'static str)>,
}

const CLOUD_CONTROLLERS: &[CloudController] = &[
    // cloud-provider-aws, pkg/providers/v1/aws.go: EnsureLoadBalancer, isLBExternal, isNLB.
    CloudController {
        marks: &["eks.amazonaws.com/", "alpha.eksctl.io/", "k8s.io/cloud-provider-aws"],
        provider: "aws:",
        internal: &[("service.beta.kubernetes.io/aws-load-balancer-internal", "")],
        elsewhere: &[
            ("service.beta.kubernetes.io/aws-load-balancer-type", "external"),
            ("service.beta.kubernetes.io/aws-load-balancer-type", "nlb-ip"),
        ],
        network: Some(("service.beta.kubernetes.io/aws-load-balancer-type", "nlb")),
    },
    // cloud-provider-gcp, providers/gce/gce_annotations.go.
    CloudController {
        marks: &["cloud.google.com/gke-"],
        provider: "gce:",
        internal: &[
            ("networking.gke.io/load-balancer-type", "Internal"),
            ("cloud.google.com/load-balancer-type", "Internal"),
        ],
        elsewhere: &[],
        network: None,
    },
    // cloud-provider-azure, pkg/consts/consts.go: ServiceAnnotationLoadBalancerInternal.
    CloudController {
        marks: &["kubernetes.azure.com/"],
        provider: "azure:",
        internal: &[("service.beta.kubernetes.io/azure-load-balancer-internal", "true")],
        elsewhere: &[],
        network: None,
    },
];

/// One that reads no annotations.
const ANY_CLOUD: &CloudController =
    &CloudController { marks: &[], provider: "", internal: &[], elsewhere: &[], network: None };

/// Gives addresses to the Services that have none yet.
pub(in crate::cluster) fn assign_platform_addresses(
    nodes: &BTreeMap<Text, Node>,
    pods: &Namespaced<Pod>,
    slices: &Namespaced<Vec<EndpointSlice>>,
    services: &mut Namespaced<Service>,
) {
    network_balancer::assign_addresses(nodes, pods, services);
    let types: BTreeSet<&str> =
        nodes.values().filter_map(|node| node.labels.get(well_known::INSTANCE_TYPE)).map(|kind| &**kind).collect();
    if nodes.values().any(|node| service_lb::runs_on(&node.labels)) {
        service_lb::assign_addresses(nodes, pods, slices, services);
    } else if !types.is_empty() && !types.contains("rke2") {
        assign_cloud_addresses(nodes, services);
    }
}

/// One address or name each, drawn from the Service's name; loadBalancerIP is honoured.
fn assign_cloud_addresses(nodes: &BTreeMap<Text, Node>, services: &mut Namespaced<Service>) {
    if !nodes.values().any(|node| node.ready && !node.excluded) {
        return;
    }
    let cloud = CloudController::of(nodes);
    // 1. The addresses that somebody has.
    let given = |service: &Service| {
        let asked = service.object.spec.load_balancer_ip.as_ref().and_then(|address| address.parse().ok());
        service.load_balancer.iter().filter_map(|entrance| entrance.ip).chain(asked).collect::<Vec<IpAddr>>()
    };
    let mut taken: BTreeSet<IpAddr> = nodes.values().flat_map(|node| node.addresses.iter().copied()).into_set();
    taken.extend(services.values().flat_map(given));
    let inside = nodes.values().find_map(|node| node.addresses_of("InternalIP").find(IpAddr::is_ipv4));
    for service in services.values_mut().filter(|service| service.kind == ServiceKind::LoadBalancer) {
        let annotations = &service.object.metadata.annotations;
        let is_internal = says(annotations, cloud.internal);
        let network = match inside {
            Some(IpAddr::V4(node)) if is_internal => node.octets(),
            _ => [CLOUD_NETWORK[0], CLOUD_NETWORK[1], CLOUD_NETWORK[2], 0],
        };
        let mut candidates = candidate_addresses(service, network);
        let mut free = || candidates.find(|address| taken.insert(*address));
        // 2. A name that the status tells leads somewhere.
        if let Some(named) = service.load_balancer.iter().position(|it| it.ip.is_none() && it.hostname.is_some()) {
            let address = free();
            if let Some(entrance) = service.load_balancer.get_mut(named) {
                (entrance.named_address, entrance.vip) = (address, false);
            }
        }
        // 3. Nothing for those of another class, or that have something already.
        let is_others = service.object.spec.load_balancer_class.is_some() || says(annotations, cloud.elsewhere);
        if is_others || !service.load_balancer.is_empty() {
            continue;
        }
        // 4. The address, or the name with the address that it leads to.
        let announcement = if is_internal { AddressAnnouncement::Internal } else { AddressAnnouncement::Balancer };
        let asked = given(service).into_iter().next();
        let address = if cloud.network.is_some() { free() } else { asked.or_else(free) };
        let entrance = address.map(|address| LoadBalancerIngress::at(address, announcement));
        let entrance = entrance.map(|entrance| match cloud.network {
            Some(network) => amazon_entrance(entrance, service, nodes, network),
            None => entrance,
        });
        service.load_balancer.extend(entrance);
    }
}

impl CloudController {
    fn of(nodes: &BTreeMap<Text, Node>) -> &'static Self {
        let has = |cloud: &Self, node: &Node| {
            let provider = node.object.spec.provider_id.as_deref();
            provider.is_some_and(|id| id.starts_with(cloud.provider))
                || node.labels.keys().any(|key| cloud.marks.iter().any(|mark| key.starts_with(mark)))
        };
        let found = CLOUD_CONTROLLERS.iter().find(|cloud| nodes.values().any(|node| has(cloud, node)));
        found.unwrap_or(ANY_CLOUD)
    }
}

/// Whether annotations say one of these things.
fn says(annotations: &Labels, wanted: &[(&str, &str)]) -> bool {
    wanted.iter().any(|(key, value)| match annotations.get(*key) {
        Some(found) if value.is_empty() => &**found != "false",
        Some(found) => **found == **value,
        None => false,
    })
}

/// A balancer of Amazon's has a name: a Classic one, or a Network Load Balancer, which sends packets on as they are
/// (aws_loadbalancer.go, GetLoadBalancerName; docs.aws.amazon.com/elasticloadbalancing, DNS name).
fn amazon_entrance(
    entrance: LoadBalancerIngress,
    service: &Service,
    nodes: &BTreeMap<Text, Node>,
    network: (&str, &str),
) -> LoadBalancerIngress {
    let draw = |number| hash::seeded_draw(&[service.namespace(), service.name()], number);
    let name = format!("a{:016x}{:015x}", draw(1), draw(2) >> 4);
    let region = nodes.values().find_map(|node| node.labels.get(well_known::REGION));
    let region = region.map_or("us-east-1", |region| region);
    let is_internal = entrance.announcement == AddressAnnouncement::Internal;
    let keeps_source = says(&service.object.metadata.annotations, &[network]);
    let hostname = match (keeps_source, is_internal) {
        (true, _) => format!("{name}-{:016x}.elb.{region}.amazonaws.com", draw(3)),
        (false, true) => format!("internal-{name}-{}.{region}.elb.amazonaws.com", draw(3) % 10_000_000_000),
        (false, false) => format!("{name}-{}.{region}.elb.amazonaws.com", draw(3) % 10_000_000_000),
    };
    LoadBalancerIngress {
        ip: None,
        named_address: entrance.ip,
        hostname: Some(hostname.into()),
        vip: false,
        keeps_source,
        ..entrance
    }
}

/// The addresses of a /24 in the order in which a Service tries them.
fn candidate_addresses(service: &Service, network: [u8; 4]) -> impl Iterator<Item = IpAddr> + use<> {
    let [a, b, c, _] = network;
    let first = 64;
    let start = first + (hash::seeded_draw(&[service.namespace(), service.name()], 0) % 190) as u8;
    (start..=254).chain(first..start).map(move |last| IpAddr::V4(Ipv4Addr::new(a, b, c, last)))
}
