//! `kubectl get` of Services and of what stands behind them (printers.go, printService, printEndpoints, printEndpointSlice).

use std::net::IpAddr;

use super::super::ObjectQuery;
use super::super::table::first_three;
use super::super::table_row::{NONE, ObjectTable, UNKNOWN, namespaced_row};
use super::super::value::label_line;
use crate::cluster::{Cluster, Endpoint, Service, ServiceKind};
use crate::model::{Endpoints, Metadata};
use crate::order::Order;
use crate::packet::socket_text;

pub fn services(query: &ObjectQuery, cluster: &Cluster) -> ObjectTable {
    let wanted = cluster
        .services
        .values()
        .filter(|service| query.wants(service.namespace(), service.name(), &service.object.metadata.labels));
    let rows = wanted.map(|service| {
        let labels = &service.object.metadata.labels;
        namespaced_row(query, service.namespace(), service.name(), labels, service_cells(service))
    });
    ObjectTable::of(&["NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"], &["SELECTOR"], rows.collect())
}

fn service_cells(service: &Service) -> Vec<String> {
    let kind = match &service.kind {
        ServiceKind::ClusterIp | ServiceKind::Headless => "ClusterIP",
        ServiceKind::NodePort => "NodePort",
        ServiceKind::LoadBalancer => "LoadBalancer",
        ServiceKind::ExternalName(_) => "ExternalName",
    };
    let cluster_ip = match &service.kind {
        ServiceKind::Headless => "None".to_owned(),
        _ => service.cluster_ips.first().map_or(NONE.to_owned(), ToString::to_string),
    };
    let ports: Vec<String> = service
        .ports
        .iter()
        .map(|port| match port.node_port {
            Some(node_port) => format!("{}:{node_port}/{}", port.port, port.protocol),
            None => format!("{}/{}", port.port, port.protocol),
        })
        .collect();
    vec![
        kind.to_owned(),
        cluster_ip,
        external_addresses(service),
        if ports.is_empty() { NONE.to_owned() } else { ports.join(",") },
        UNKNOWN.to_owned(),
        selector(service),
    ]
}

/// The column EXTERNAL-IP (getServiceExternalIP): an API server makes its tables for -o wide, so that nothing is cut.
fn external_addresses(service: &Service) -> String {
    let addresses = |list: &[IpAddr]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
    match &service.kind {
        ServiceKind::ExternalName(name) => name.to_string(),
        ServiceKind::LoadBalancer => {
            let given = load_balancer_addresses(service);
            let own = addresses(&service.external_ips);
            match (given.is_empty(), own.is_empty()) {
                (true, true) => "<pending>".to_owned(),
                (false, true) => given,
                (true, false) => own.join(","),
                (false, false) => format!("{given},{}", own.join(",")),
            }
        }
        ServiceKind::ClusterIp | ServiceKind::NodePort | ServiceKind::Headless if service.external_ips.is_empty() => {
            NONE.to_owned()
        }
        ServiceKind::ClusterIp | ServiceKind::NodePort | ServiceKind::Headless => {
            addresses(&service.external_ips).join(",")
        }
    }
}

/// A load balancer's addresses and names, sorted.
pub fn load_balancer_addresses(service: &Service) -> String {
    let given = service.load_balancer.iter().filter_map(|ingress| {
        ingress.ip.map(|ip| ip.to_string()).or(ingress.hostname.as_ref().map(ToString::to_string))
    });
    let mut given: Vec<String> = given.collect();
    given.order();
    given.join(",")
}

pub fn selector(service: &Service) -> String {
    service.object.spec.selector.as_ref().map_or_else(|| NONE.to_owned(), label_line)
}

pub fn endpoints(query: &ObjectQuery, cluster: &Cluster) -> ObjectTable {
    let wanted = cluster.endpoints.values().filter(|endpoints| {
        let Metadata { namespace, name, labels, .. } = &endpoints.metadata;
        query.wants(namespace, name, labels)
    });
    let rows = wanted.map(|endpoints| {
        let Metadata { namespace, name, labels, .. } = &endpoints.metadata;
        namespaced_row(query, namespace, name, labels, vec![subset_list(endpoints), UNKNOWN.to_owned()])
    });
    ObjectTable::of(&["NAME", "ENDPOINTS", "AGE"], &[], rows.collect())
}

/// Port by port, and the addresses of each (formatEndpoints).
fn subset_list(endpoints: &Endpoints) -> String {
    let mut list = Vec::new();
    for subset in &endpoints.subsets {
        let addresses = || subset.addresses.iter().map(|address| &address.ip);
        if subset.ports.is_empty() {
            list.extend(addresses().map(ToString::to_string));
        }
        for port in subset.ports.iter().map(|port| port.port.unwrap_or_default()) {
            list.extend(
                addresses().map(|ip| if ip.contains(':') { format!("[{ip}]:{port}") } else { format!("{ip}:{port}") }),
            );
        }
    }
    if list.is_empty() && !endpoints.subsets.is_empty() { String::new() } else { first_three(&list) }
}

/// A Service's ready endpoints as `ADDRESS:PORT`, in the order of their text as Endpoints have it (RepackSubsets), of one
/// named port or of all.
pub fn ready_addresses(cluster: &Cluster, service: &Service, port: Option<&str>) -> Vec<String> {
    let mut list = Vec::new();
    for slice in cluster.slices_of(service.namespace(), service.name()) {
        let ready: Vec<IpAddr> = slice
            .endpoints
            .iter()
            .filter(|one| is_ready(one))
            .filter_map(|one| one.addresses.first())
            .copied()
            .collect();
        let ports =
            slice.ports.iter().filter(|one| port.is_none_or(|port| one.name.as_deref().unwrap_or_default() == port));
        let numbers: Vec<u16> = ports.filter_map(|port| port.port).collect();
        if slice.ports.is_empty() {
            list.extend(ready.iter().map(ToString::to_string));
        }
        list.extend(numbers.iter().flat_map(|number| ready.iter().map(|address| socket_text(*address, *number))));
    }
    list.order();
    list.dedup();
    list
}

fn is_ready(endpoint: &Endpoint) -> bool {
    endpoint.ready.unwrap_or(true)
}

pub fn slices(query: &ObjectQuery, cluster: &Cluster) -> ObjectTable {
    let all = cluster.slices.values().flatten();
    let wanted = all.filter(|slice| {
        let namespace = slice.reference.namespace.as_deref().unwrap_or_default();
        query.wants(namespace, &slice.reference.name, &slice.labels)
    });
    let rows = wanted.map(|slice| {
        let ports: Vec<String> =
            slice.ports.iter().map(|port| port.port.map_or("*".to_owned(), |number| number.to_string())).collect();
        let endpoints = slice.endpoints.iter().flat_map(|endpoint| &endpoint.addresses);
        let endpoints: Vec<String> = endpoints.map(ToString::to_string).collect();
        let cells = vec![
            if slice.ipv6 { "IPv6" } else { "IPv4" }.to_owned(),
            if ports.is_empty() { "<unset>".to_owned() } else { first_three(&ports) },
            if endpoints.is_empty() { "<unset>".to_owned() } else { first_three(&endpoints) },
            UNKNOWN.to_owned(),
        ];
        namespaced_row(
            query,
            slice.reference.namespace.as_deref().unwrap_or_default(),
            &slice.reference.name,
            &slice.labels,
            cells,
        )
    });
    ObjectTable::of(&["NAME", "ADDRESSTYPE", "PORTS", "ENDPOINTS", "AGE"], &[], rows.collect())
}
