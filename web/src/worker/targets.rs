//! What a command can name: hosts and paths of Ingresses, Services, the addresses they are reached at, pods with names.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::rc::Rc;

use whichpod_core::cluster::{Cluster, Service};
use whichpod_core::model::Ingress;
use whichpod_core::order::Order;

use super::written;
use crate::answer::Target;

/// As many are offered: the list goes to the page with each answer.
const MOST: usize = 400;

/// Everything that a command can name, hosts first.
pub fn targets(cluster: &Cluster) -> Rc<[Target]> {
    let mut hosts: BTreeMap<Rc<str>, Target> = BTreeMap::new();
    for ingress in cluster.ingresses.values() {
        add_hosts(ingress, &mut hosts);
    }
    let services = || written::services(cluster);
    let names = services().map(name);
    let pods = written::pods(cluster).filter_map(|pod| {
        let (host, domain) = (pod.hostname.as_deref()?, pod.subdomain.as_deref()?);
        Some(Target {
            name: format!("{host}.{domain}").into(),
            namespace: Some(pod.namespace().into()),
            what: pod.reference.lowercase().into(),
            ports: Vec::new(),
            paths: Vec::new(),
        })
    });
    let node = cluster.nodes.values().find_map(|node| node.addresses.first().copied());
    let addresses = services().flat_map(|service| addresses(service, node));
    hosts.into_values().chain(names).chain(pods).chain(addresses).take(MOST).collect()
}

/// A wildcard stands for a name in it.
fn add_hosts(ingress: &Ingress, hosts: &mut BTreeMap<Rc<str>, Target>) {
    for rule in &ingress.spec.rules {
        let Some(host) = rule.host.as_deref() else { continue };
        let name: Rc<str> = host.replacen('*', "a", 1).into();
        let target = hosts.entry(name.clone()).or_insert_with(|| Target {
            name,
            namespace: None,
            what: format!("ingress {}", ingress.metadata.name).into(),
            ports: Vec::new(),
            paths: Vec::new(),
        });
        let paths = rule.http.iter().flat_map(|http| &http.paths).map(|path| path.path.as_deref().unwrap_or("/"));
        target.paths.extend(paths.filter(|path| path.starts_with('/')).map(Rc::from));
        target.paths.order();
        target.paths.dedup();
    }
}

fn name(service: &Service) -> Target {
    Target {
        name: service.name().into(),
        namespace: Some(service.namespace().into()),
        what: service.reference.lowercase().into(),
        ports: service.ports.iter().map(|port| port.port).collect(),
        paths: Vec::new(),
    }
}

/// The addresses of a Service; of a node port, that of one node.
fn addresses(service: &Service, node: Option<IpAddr>) -> Vec<Target> {
    let ports: Vec<u16> = service.ports.iter().map(|port| port.port).collect();
    let node_ports: Vec<u16> = service.ports.iter().filter_map(|port| port.node_port).collect();
    let balancers = service.load_balancer.iter().filter_map(|ingress| ingress.ip);
    let own = service.cluster_ips.iter().chain(&service.external_ips).copied().chain(balancers);
    let own = own.map(|address| (address, ports.clone()));
    let node = node.filter(|_| !node_ports.is_empty()).map(|address| (address, node_ports));
    let targets = own.chain(node).map(|(address, ports)| Target {
        name: match address {
            IpAddr::V4(address) => address.to_string().into(),
            IpAddr::V6(address) => format!("[{address}]").into(),
        },
        namespace: None,
        what: service.reference.lowercase().into(),
        ports,
        paths: Vec::new(),
    });
    targets.collect()
}
