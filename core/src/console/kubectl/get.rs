//! `kubectl get`: the columns of pkg/printers/internalversion/printers.go. Ages are `<unknown>`, since nothing here has a
//! clock.

use std::net::IpAddr;

use super::table::{aligned, three};
use super::{Kubectl, Namespace, Output, Resource, objects};
use crate::cluster::{Cluster, Endpoint, Phase, Pod, Service, ServiceKind};
use crate::model::Labels;
use crate::packet::socket_text;

pub(super) const UNKNOWN: &str = "<unknown>";
pub(super) const NONE: &str = "<none>";
/// How much of a load balancer's addresses is shown without -o wide (loadBalancerWidth).
const BALANCER_WIDTH: usize = 16;

/// A line of the table.
pub(super) struct Row {
    /// The object's name, for those that are asked for by name.
    pub name: String,
    /// `app=web,tier=front`, for --show-labels.
    pub labels: String,
    /// The cells, the name among them.
    pub cells: Vec<String>,
}

/// The table, or what kubectl says when there is nothing.
pub fn output(kubectl: &Kubectl, cluster: &Cluster) -> Output {
    let (lines, found) = table(kubectl, cluster);
    let missing = kubectl.missing(&found.iter().map(String::as_str).collect::<Vec<_>>());
    let mut stderr = deprecation(kubectl);
    stderr.push_str(&missing);
    let exit = i32::from(missing.starts_with("Error"));
    if kubectl.names_only {
        let kind = kubectl.kind();
        let names: String = found.iter().map(|name| format!("{kind}/{name}\n")).collect();
        return Output { stdout: Some(names), stderr, exit };
    }
    let shown = if kubectl.headers { &lines[..] } else { lines.get(1..).unwrap_or_default() };
    let stdout = if found.is_empty() { String::new() } else { aligned(shown, 6, 3) };
    Output { stdout: Some(stdout), stderr, exit }
}

/// The lines as cells, the header first, and the names of what was found.
pub fn table(kubectl: &Kubectl, cluster: &Cluster) -> (Vec<Vec<String>>, Vec<String>) {
    let (columns, wide, rows) = match kubectl.resource {
        Resource::Pods => pods(kubectl, cluster),
        Resource::Services => services(kubectl, cluster),
        Resource::Endpoints => endpoints(kubectl, cluster),
        Resource::EndpointSlices => slices(kubectl, cluster),
        Resource::Ingresses => objects::ingresses(kubectl, cluster),
        Resource::IngressClasses => objects::ingress_classes(kubectl, cluster),
        Resource::NetworkPolicies => objects::network_policies(kubectl, cluster),
        Resource::ConfigMaps => objects::config_maps(kubectl, cluster),
        Resource::Nodes => objects::nodes(kubectl, cluster),
        Resource::Namespaces => objects::namespaces(kubectl, cluster),
        Resource::Deployments => objects::deployments(kubectl, cluster),
        Resource::ReplicaSets => objects::replica_sets(kubectl, cluster),
        Resource::StatefulSets => objects::stateful_sets(kubectl, cluster),
        Resource::DaemonSets => objects::daemon_sets(kubectl, cluster),
    };
    let namespace: &[&str] =
        if kubectl.namespace == Namespace::All && kubectl.resource.is_namespaced() { &["NAMESPACE"] } else { &[] };
    let more: &[&str] = if kubectl.wide { wide } else { &[] };
    let mut header: Vec<String> = namespace.iter().chain(columns).chain(more).map(ToString::to_string).collect();
    let shown = header.len();
    header.extend(kubectl.labels.then(|| "LABELS".to_owned()));
    let (mut lines, mut found) = (vec![header], Vec::new());
    for Row { name, labels, cells } in rows {
        let labels = kubectl.labels.then_some(labels);
        lines.push(cells.into_iter().take(shown).chain(labels).collect());
        found.push(name);
    }
    (lines, found)
}

/// Endpoints still work, with a warning from the API server since 1.33.
fn deprecation(kubectl: &Kubectl) -> String {
    match kubectl.resource {
        Resource::Endpoints => {
            "Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\n".to_owned()
        }
        _ => String::new(),
    }
}

/// A row, behind its namespace with -A.
pub(super) fn row(kubectl: &Kubectl, namespace: &str, name: &str, labels: &Labels, cells: Vec<String>) -> Row {
    let mut line: Vec<String> = Vec::new();
    if kubectl.namespace == Namespace::All {
        line.push(namespace.to_owned());
    }
    line.push(match kubectl.others.is_empty() {
        true => name.to_owned(),
        false => format!("{}/{name}", kubectl.kind()),
    });
    line.extend(cells);
    Row { name: name.to_owned(), labels: label_text(labels), cells: line }
}

/// `app=web,tier=front` (apimachinery, FormatLabels).
pub(super) fn label_text(labels: &Labels) -> String {
    let pairs: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    if pairs.is_empty() { NONE.to_owned() } else { pairs.join(",") }
}

pub(super) type Table = (&'static [&'static str], &'static [&'static str], Vec<Row>);

fn pods(kubectl: &Kubectl, cluster: &Cluster) -> Table {
    let wanted = cluster.pods.values().filter(|pod| kubectl.wants(pod.namespace(), pod.name(), &pod.labels));
    let rows = wanted.map(|pod| row(kubectl, pod.namespace(), pod.name(), &pod.labels, pod_cells(pod)));
    let wide: &[&str] = &["IP", "NODE", "NOMINATED NODE", "READINESS GATES"];
    (&["NAME", "READY", "STATUS", "RESTARTS", "AGE"], wide, rows.collect())
}

fn pod_cells(pod: &Pod) -> Vec<String> {
    let containers = pod.spec.running_containers().count();
    let ready = if pod.ready { containers } else { 0 };
    let status = match (pod.terminating, pod.phase) {
        (true, _) => "Terminating",
        (false, Phase::Pending) => "Pending",
        (false, Phase::Running) => "Running",
        (false, Phase::Succeeded) => "Completed",
        (false, Phase::Failed) => "Error",
        (false, Phase::Unknown) => "Unknown",
    };
    let gates = pod.spec.readiness_gates.len();
    vec![
        format!("{ready}/{containers}"),
        status.to_owned(),
        "0".to_owned(),
        UNKNOWN.to_owned(),
        pod.addresses.first().map_or(NONE.to_owned(), ToString::to_string),
        pod.node.as_ref().map_or(NONE.to_owned(), ToString::to_string),
        NONE.to_owned(),
        if gates == 0 { NONE.to_owned() } else { format!("{}/{gates}", if pod.ready { gates } else { 0 }) },
    ]
}

fn services(kubectl: &Kubectl, cluster: &Cluster) -> Table {
    let wanted = cluster
        .services
        .values()
        .filter(|service| kubectl.wants(service.namespace(), service.name(), &service.object.metadata.labels));
    let rows = wanted.map(|service| {
        let labels = &service.object.metadata.labels;
        row(kubectl, service.namespace(), service.name(), labels, service_cells(service, kubectl.wide))
    });
    (&["NAME", "TYPE", "CLUSTER-IP", "EXTERNAL-IP", "PORT(S)", "AGE"], &["SELECTOR"], rows.collect())
}

fn service_cells(service: &Service, wide: bool) -> Vec<String> {
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
        external(service, wide),
        if ports.is_empty() { NONE.to_owned() } else { ports.join(",") },
        UNKNOWN.to_owned(),
        selector(service),
    ]
}

/// The column EXTERNAL-IP (getServiceExternalIP).
fn external(service: &Service, wide: bool) -> String {
    let addresses = |list: &[IpAddr]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
    match &service.kind {
        ServiceKind::ExternalName(name) => name.to_string(),
        ServiceKind::LoadBalancer => {
            let given = balancer(service);
            let given = match given.chars().count() > BALANCER_WIDTH && !wide {
                true => format!("{}...", given.chars().take(BALANCER_WIDTH - 3).collect::<String>()),
                false => given,
            };
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
pub fn balancer(service: &Service) -> String {
    let given = service.load_balancer.iter().filter_map(|ingress| {
        ingress.ip.map(|ip| ip.to_string()).or(ingress.hostname.as_ref().map(ToString::to_string))
    });
    let mut given: Vec<String> = given.collect();
    given.sort();
    given.join(",")
}

/// A Service's selector.
pub fn selector(service: &Service) -> String {
    service.object.spec.selector.as_ref().map_or_else(|| NONE.to_owned(), label_text)
}

fn endpoints(kubectl: &Kubectl, cluster: &Cluster) -> Table {
    let services = cluster.services.values().filter(|service| {
        let has_slices = !cluster.slices_of(service.namespace(), service.name()).is_empty();
        has_slices && kubectl.wants(service.namespace(), service.name(), &service.object.metadata.labels)
    });
    let rows = services.map(|service| {
        let list = three(&addresses(cluster, service, None));
        row(
            kubectl,
            service.namespace(),
            service.name(),
            &service.object.metadata.labels,
            vec![list, UNKNOWN.to_owned()],
        )
    });
    (&["NAME", "ENDPOINTS", "AGE"], &[], rows.collect())
}

/// A Service's ready endpoints as `ADDRESS:PORT`, in the order of their text as Endpoints have it (RepackSubsets), of one
/// named port or of all.
pub fn addresses(cluster: &Cluster, service: &Service, port: Option<&str>) -> Vec<String> {
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
    list.sort();
    list.dedup();
    list
}

fn is_ready(endpoint: &Endpoint) -> bool {
    endpoint.ready.unwrap_or(true)
}

fn slices(kubectl: &Kubectl, cluster: &Cluster) -> Table {
    let all = cluster.slices.values().flatten();
    let wanted = all.filter(|slice| {
        let namespace = slice.reference.namespace.as_deref().unwrap_or_default();
        kubectl.wants(namespace, &slice.reference.name, &slice.labels)
    });
    let rows = wanted.map(|slice| {
        let ports: Vec<String> =
            slice.ports.iter().map(|port| port.port.map_or("*".to_owned(), |number| number.to_string())).collect();
        let endpoints = slice.endpoints.iter().flat_map(|endpoint| &endpoint.addresses);
        let endpoints: Vec<String> = endpoints.map(ToString::to_string).collect();
        let cells = vec![
            if slice.ipv6 { "IPv6" } else { "IPv4" }.to_owned(),
            if ports.is_empty() { "<unset>".to_owned() } else { three(&ports) },
            if endpoints.is_empty() { "<unset>".to_owned() } else { three(&endpoints) },
            UNKNOWN.to_owned(),
        ];
        row(
            kubectl,
            slice.reference.namespace.as_deref().unwrap_or_default(),
            &slice.reference.name,
            &slice.labels,
            cells,
        )
    });
    (&["NAME", "ADDRESSTYPE", "PORTS", "ENDPOINTS", "AGE"], &[], rows.collect())
}
