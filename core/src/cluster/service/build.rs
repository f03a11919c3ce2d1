//! Makes the Services: what they ask for is taken first, in the order in which they came to be; then everything else is
//! drawn, in the order of names. A Service that asks for what can't be had is refused, and absent.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::super::allocator::{AllocationFailure, NodePortPool, ServiceAddressPool};
use super::super::objects::{ClusterDiagnostics, ClusterObject, Objects};
use super::super::settings::ClusterSettings;
use super::super::table::Namespaced;
use super::super::{hash, load_balancer, net};
use super::family::{FieldRefusal, IpFamily, families};
use super::{Service, ServiceKind, ServicePort, TrafficPolicy};
use crate::diagnostic::Problem;
use crate::model::{self, IntOrString, Text};
use crate::order::Order;
use crate::packet::Protocol;
use crate::source::FieldPath;

/// The CoreDNS Service of most installers.
const KUBE_DNS: (&str, &str) = ("kube-system", "kube-dns");

/// Makes all Services that the API server takes.
pub(in super::super) fn build_services(
    objects: &Objects,
    settings: &ClusterSettings,
    notes: &mut ClusterDiagnostics<'_>,
) -> Namespaced<Service> {
    let mut order: Vec<&ClusterObject<model::Service>> = objects.services.iter().collect();
    order.order_by(|one, other| one.age().cmp(&other.age()));
    let mut allocation = ServiceAllocators::new(settings);
    let mut services = Namespaced::default();
    for given in order {
        match allocation.request(given) {
            Ok(service) => {
                services.insert(given.namespace().into(), given.name().clone(), service);
            }
            Err((path, detail)) => {
                let message = format!("{path}: {detail}");
                notes.say(given.reference.field(FieldPath::from(&*path)), Problem::Invalid { message });
            }
        }
    }
    allocation.convention(&mut services, settings);
    let failed = allocation.complete(&mut services);
    for (service, message) in failed {
        let (namespace, name) = (service.namespace.as_deref().unwrap_or_default(), &service.name);
        services.remove(namespace, name);
        notes.say(service.field(""), Problem::Invalid { message });
    }
    services
}

/// The API server's allocators.
struct ServiceAllocators {
    addresses: Vec<ServiceAddressPool>,
    ports: NodePortPool,
    families: Vec<IpFamily>,
}

impl ServiceAllocators {
    fn new(settings: &ClusterSettings) -> Self {
        let families = settings.service_subnets.iter().map(|net| IpFamily::of(net.addr())).collect();
        let addresses = settings.service_subnets.iter().map(|net| ServiceAddressPool::new(*net)).collect();
        Self { addresses, ports: NodePortPool::new(settings.node_port_range), families }
    }

    fn of_family(&mut self, family: IpFamily) -> Option<&mut ServiceAddressPool> {
        self.addresses.iter_mut().find(|addresses| IpFamily::of(addresses.network.addr()) == family)
    }

    /// Takes what a Service asks for; what it doesn't ask for stays open.
    fn request(&mut self, given: &ClusterObject<model::Service>) -> Result<Service, FieldRefusal> {
        let spec = &given.body.spec;
        let mut service = unallocated_service(given, families(spec, &self.families)?);
        if service.has_cluster_ip() {
            service.cluster_ips = self.request_addresses(spec)?;
        }
        let result = self.request_ports(&mut service);
        if result.is_err() {
            self.release(&service);
        }
        result.map(|()| service)
    }

    fn request_addresses(&mut self, spec: &model::ServiceSpec) -> Result<Vec<IpAddr>, FieldRefusal> {
        let wanted: Vec<IpAddr> = spec.cluster_ips.iter().filter_map(|address| address.parse().ok()).collect();
        let mut taken: Vec<IpAddr> = Vec::new();
        for address in &wanted {
            let Some(addresses) = self.of_family(IpFamily::of(*address)) else { continue };
            let network = addresses.network;
            if let Err(why) = addresses.take(*address) {
                for address in taken {
                    if let Some(addresses) = self.of_family(IpFamily::of(address)) {
                        addresses.release(address);
                    }
                }
                let shown: Vec<String> = wanted.iter().map(|address| format!("\"{address}\"")).collect();
                let shown = shown.join(",");
                let why = no_address(why, *address, network);
                let detail = format!("Invalid value: [{shown}]: failed to allocate IP {address}: {why}");
                return Err(("spec.clusterIPs".to_owned(), detail));
            }
            taken.push(*address);
        }
        Ok(taken)
    }

    /// Takes the node ports asked for. Ports of one number share theirs (alloc.go, initNodePorts).
    fn request_ports(&mut self, service: &mut Service) -> Result<(), FieldRefusal> {
        // 1. The node ports of its ports, each number once.
        let object = service.object.clone();
        let mut own: BTreeSet<u16> = BTreeSet::new();
        let ports = if service.has_node_ports() { object.spec.ports.as_slice() } else { &[] };
        for (number, port) in ports.iter().enumerate() {
            let Some(wanted) = port.node_port.filter(|port| *port != 0) else { continue };
            let known = u16::try_from(wanted).ok().filter(|wanted| own.contains(wanted));
            let taken = known.map_or_else(|| self.ports.take(wanted), Ok);
            let taken = taken.map_err(|why| {
                let why = self.no_port(why);
                (format!("spec.ports[{number}].nodePort"), format!("Invalid value: {wanted}: {why}"))
            })?;
            own.insert(taken);
            if let Some(port) = service.ports.get_mut(number) {
                port.node_port = Some(taken);
            }
        }
        // 2. The port of its health check.
        if let Some(wanted) = object.spec.health_check_node_port.filter(|port| *port != 0 && service.has_health_check())
        {
            let taken = self.ports.take(wanted).map_err(|why| {
                let why = self.no_port(why);
                let detail = format!("failed to allocate requested HealthCheck NodePort {wanted}: {why}");
                ("spec.healthCheckNodePort".to_owned(), detail)
            })?;
            service.health_check_node_port = Some(taken);
        }
        Ok(())
    }

    fn no_port(&self, why: AllocationFailure) -> String {
        match why {
            AllocationFailure::Allocated => "provided port is already allocated".to_owned(),
            AllocationFailure::OutOfRange => {
                format!("provided port is not in the valid range. The range of valid ports is {}", self.ports.range())
            }
        }
    }

    fn release(&mut self, service: &Service) {
        for address in &service.cluster_ips {
            if let Some(addresses) = self.of_family(IpFamily::of(*address)) {
                addresses.release(*address);
            }
        }
        for port in service.ports.iter().filter_map(|port| port.node_port) {
            self.ports.release(port);
        }
    }

    /// The API server's Service takes the first address of its network, CoreDNS' the one that the kubelets name or the
    /// tenth (kubeadm, GetDNSIP), if nobody has asked for them.
    fn convention(&mut self, services: &mut Namespaced<Service>, settings: &ClusterSettings) {
        for ((namespace, name), offset) in [(("default", "kubernetes"), 1), (KUBE_DNS, 10)] {
            let Some(service) = services.get_mut(namespace, name) else { continue };
            for (position, family) in service.ip_families.clone().into_iter().enumerate() {
                if position != service.cluster_ips.len() || !service.has_cluster_ip() {
                    continue;
                }
                let said = settings.cluster_dns.iter().filter(|_| (namespace, name) == KUBE_DNS);
                let said = said.copied().find(|address| IpFamily::of(*address) == family);
                let Some(addresses) = self.of_family(family) else { continue };
                let wanted = said.or_else(|| net::nth(addresses.network, offset));
                service.cluster_ips.extend(wanted.filter(|address| addresses.take(*address).is_ok()));
            }
        }
    }

    /// Draws what is still open. Returns the Services for which nothing is left.
    fn complete(&mut self, services: &mut Namespaced<Service>) -> Vec<(crate::source::ObjectRef, String)> {
        let mut failed = Vec::new();
        for service in services.values_mut() {
            if let Err(message) = self.draw(service) {
                failed.push((service.reference.clone(), format!("Internal error occurred: {message}")));
            }
        }
        failed
    }

    fn draw(&mut self, service: &mut Service) -> Result<(), &'static str> {
        let reference = service.reference.clone();
        let seed = [reference.namespace.as_deref().unwrap_or_default(), &reference.name];
        if service.has_cluster_ip() {
            for family in service.ip_families.iter().skip(service.cluster_ips.len()) {
                let address = self.of_family(*family).and_then(|addresses| addresses.draw(hash::seeded_draw(&seed, 0)));
                service.cluster_ips.push(address.ok_or("failed to allocate a serviceIP: range is full")?);
            }
        }
        if service.has_node_ports() && service.draws_node_ports() {
            for number in 0..service.ports.len() {
                self.draw_port(service, number, &seed)?;
            }
        }
        if service.has_health_check() && service.health_check_node_port.is_none() {
            let port = self
                .ports
                .draw(hash::seeded_draw(&seed, u64::MAX))
                .ok_or("failed to allocate a HealthCheck NodePort: range is full")?;
            service.health_check_node_port = Some(port);
        }
        Ok(())
    }

    fn draw_port(&mut self, service: &mut Service, number: usize, seed: &[&str]) -> Result<(), &'static str> {
        let Some(port) = service.ports.get(number).filter(|port| port.node_port.is_none()) else { return Ok(()) };
        let port = port.port;
        let sibling = service.ports.iter().find(|other| other.port == port && other.node_port.is_some());
        let drawn = match sibling.and_then(|other| other.node_port) {
            Some(shared) => shared,
            None => {
                let drawn = self.ports.draw(hash::seeded_draw(seed, u64::from(port)));
                drawn.ok_or("failed to allocate a nodePort: range is full")?
            }
        };
        if let Some(port) = service.ports.get_mut(number) {
            port.node_port = Some(drawn);
        }
        Ok(())
    }
}

/// ServiceCIDRs refuse what none of them holds; within one, only its first and last address are no Service's.
fn no_address(why: AllocationFailure, address: IpAddr, network: ipnet::IpNet) -> String {
    match why {
        AllocationFailure::Allocated => "provided IP is already allocated".to_owned(),
        AllocationFailure::OutOfRange if network.contains(&address) => {
            format!("the provided IP ({address}) is not in the valid range. The range of valid IPs is {network}")
        }
        AllocationFailure::OutOfRange => "the provided network does not match the current range".to_owned(),
    }
}

/// A Service without anything allocated.
fn unallocated_service(given: &ClusterObject<model::Service>, ip_families: Vec<IpFamily>) -> Service {
    let spec = &given.body.spec;
    let is_local = |policy: &Option<Text>| policy.as_deref() == Some("Local");
    let policy = |is_local| if is_local { TrafficPolicy::Local } else { TrafficPolicy::Cluster };
    Service {
        reference: given.reference.clone(),
        object: given.body.clone(),
        kind: kind_of_service(spec),
        ip_families,
        cluster_ips: Vec::new(),
        ports: spec.ports.iter().map(port).collect(),
        external_ips: spec.external_ips.iter().filter_map(|address| address.parse().ok()).collect(),
        load_balancer: load_balancer::written_ingress(&given.body),
        health_check_node_port: None,
        internal_traffic_policy: policy(is_local(&spec.internal_traffic_policy)),
        external_traffic_policy: policy(is_local(&spec.external_traffic_policy)),
    }
}

fn kind_of_service(spec: &model::ServiceSpec) -> ServiceKind {
    match spec.kind.as_deref() {
        Some("ExternalName") => ServiceKind::ExternalName(spec.external_name.clone().unwrap_or_else(|| "".into())),
        _ if spec.is_headless() => ServiceKind::Headless,
        Some("NodePort") => ServiceKind::NodePort,
        Some("LoadBalancer") => ServiceKind::LoadBalancer,
        _ => ServiceKind::ClusterIp,
    }
}

/// targetPort is the port itself unless said.
fn port(port: &model::ServicePort) -> ServicePort {
    let target = port.target_port.clone().filter(|target| match target {
        IntOrString::Int(number) => *number != 0,
        IntOrString::String(name) => !name.is_empty(),
    });
    ServicePort {
        name: port.name.clone().unwrap_or_else(|| "".into()),
        protocol: Protocol::of_field(port.protocol.as_deref()).unwrap_or_default(),
        port: u16::try_from(port.port).unwrap_or_default(),
        target_port: target.unwrap_or(IntOrString::Int(port.port)),
        node_port: None,
        app_protocol: port.app_protocol.clone(),
    }
}
