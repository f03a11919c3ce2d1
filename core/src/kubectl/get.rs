//! `kubectl get`: the columns of pkg/printers/internalversion/printers.go. Ages are `<unknown>`, since nothing here has a
//! clock.

use std::net::IpAddr;

use serde_json::Value;

use super::print::{OutputFormat, sort};
use super::table::{align_columns, first_three};
use super::{
    KubectlView, NamespaceScope, ObjectQuery, Output, ReadCommand, ResourceType, UsageError, api, kubectl_error,
    objects, others,
};
use crate::cluster::{Cluster, Endpoint, Phase, Pod, Service, ServiceKind};
use crate::model::{Endpoints, Labels, Metadata};
use crate::order::Order;
use crate::packet::socket_text;

pub(super) const UNKNOWN: &str = "<unknown>";
pub(super) const NONE: &str = "<none>";
/// How much of a load balancer's addresses is shown without -o wide (loadBalancerWidth).
const BALANCER_WIDTH: usize = 16;

/// A line of the table.
pub(super) struct TableRow {
    /// The object's namespace; empty for those that have none.
    pub namespace: String,
    /// The object's name, for those that are asked for by name.
    pub name: String,
    /// `app=web,tier=front`, for --show-labels.
    pub labels: String,
    /// The cells, the name among them.
    pub cells: Vec<String>,
}

/// What is asked for, as a table or as objects, and what kubectl says of what isn't there.
pub fn get_output(kubectl: &ReadCommand, view: KubectlView<'_>) -> Result<Output, UsageError> {
    let (mut stderr, mut missing, mut tables, mut objects) = (String::new(), String::new(), Vec::new(), Vec::new());
    let is_table = matches!(kubectl.format, OutputFormat::Table | OutputFormat::Wide);
    let single = matches!(&kubectl.queries[..], [query] if query.names.len() == 1);
    for query in &kubectl.queries {
        let (header, rows) = object_table(query, view);
        let rows = kubectl.fields.chosen(view, query, rows)?;
        let found: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        if !kubectl.ignore_not_found {
            missing.push_str(&query.missing(&found));
        }
        stderr.push_str(deprecation(query));
        let object = |row: &TableRow| api::object(view, query.resource, &row.namespace, &row.name);
        if is_table {
            let rows = match &kubectl.sort_by {
                Some(field) if rows.len() > 1 => {
                    let keyed = rows.into_iter().map(|row| {
                        let object = object(&row);
                        (row, object)
                    });
                    let sorted =
                        sort::sort(keyed.collect(), field).map_err(|why| kubectl_error(format!("error: {why}")))?;
                    sorted.into_iter().map(|(row, _)| row).collect()
                }
                _ => rows,
            };
            tables.extend((!rows.is_empty()).then(|| text(query, header, rows)));
        } else {
            objects.extend(rows.iter().map(|row| ((query.resource, row.name.clone()), object(row))));
        }
    }
    let mut exit = i32::from(!missing.is_empty());
    let asked_by_name = kubectl.queries.iter().any(|query| !query.names.is_empty());
    let stdout = if is_table {
        if tables.is_empty() && !asked_by_name && !kubectl.ignore_not_found {
            stderr.extend(kubectl.queries.last().map(ObjectQuery::nothing));
        }
        tables.join("\n")
    } else if objects.is_empty() && (single || kubectl.ignore_not_found) {
        String::new()
    } else {
        match list(kubectl, objects, single) {
            Ok(text) => text,
            // What went wrong comes behind what isn't there.
            Err(refusal) if !missing.is_empty() => {
                exit = refusal.exit;
                missing.push_str(&refusal.message);
                missing.push('\n');
                String::new()
            }
            Err(refusal) => return Err(refusal),
        }
    };
    Ok(Output { stdout: Some(stdout), stderr: stderr + &missing, exit })
}

/// Objects in the format that -o names.
fn list(kubectl: &ReadCommand, objects: Vec<NamedObject>, single: bool) -> Result<String, UsageError> {
    let objects = match &kubectl.sort_by {
        Some(field) if !single => sort::sort(objects, field).map_err(|why| kubectl_error(format!("error: {why}")))?,
        _ => objects,
    };
    if kubectl.format == OutputFormat::Name {
        return Ok(objects.iter().map(|((resource, name), _)| format!("{}/{name}\n", resource.singular())).collect());
    }
    let headers = kubectl.queries.iter().all(|query| query.headers);
    kubectl.format.print(objects.into_iter().map(|(_, object)| object).collect(), single, headers)
}

/// An object with its type and name.
type NamedObject = ((ResourceType, String), Value);

fn text(query: &ObjectQuery, header: Vec<String>, rows: Vec<TableRow>) -> String {
    let header = query.headers.then_some(header);
    let lines: Vec<Vec<String>> = header.into_iter().chain(rows.into_iter().map(|row| row.cells)).collect();
    align_columns(&lines, 6, 3)
}

/// The header, and a line for each object, in the order of the names that were asked for.
pub fn object_table(query: &ObjectQuery, view: KubectlView<'_>) -> (Vec<String>, Vec<TableRow>) {
    let cluster = view.cluster;
    let (columns, wide, mut rows) = match query.resource {
        ResourceType::Pods => pods(query, cluster),
        ResourceType::Services => services(query, cluster),
        ResourceType::Endpoints => endpoints(query, cluster),
        ResourceType::EndpointSlices => slices(query, cluster),
        ResourceType::Ingresses => objects::ingresses(query, cluster),
        ResourceType::IngressClasses => objects::ingress_classes(query, cluster),
        ResourceType::NetworkPolicies => objects::network_policies(query, cluster),
        ResourceType::ConfigMaps => objects::config_maps(query, cluster),
        ResourceType::Nodes => objects::nodes(query, cluster),
        ResourceType::Namespaces => objects::namespaces(query, cluster),
        ResourceType::Deployments => objects::deployments(query, cluster),
        ResourceType::ReplicaSets | ResourceType::ReplicationControllers => objects::replica_sets(query, cluster),
        ResourceType::StatefulSets => objects::stateful_sets(query, cluster),
        ResourceType::DaemonSets => objects::daemon_sets(query, cluster),
        ResourceType::Other(_) => others::written_table(query, view),
    };
    let namespace: &[&str] =
        if query.namespace == NamespaceScope::All && query.resource.is_namespaced() { &["NAMESPACE"] } else { &[] };
    let more: &[&str] = if query.wide { wide } else { &[] };
    let mut header: Vec<String> = namespace.iter().chain(columns).chain(more).map(ToString::to_string).collect();
    let shown = header.len();
    header.extend(query.labels.then(|| "LABELS".to_owned()));
    for row in &mut rows {
        row.cells.truncate(shown);
        row.cells.extend(query.labels.then(|| row.labels.clone()));
    }
    rows.order_by_key(|row| query.names.iter().position(|name| *name == row.name));
    (header, rows)
}

/// Endpoints still work, with a warning from the API server since 1.33.
fn deprecation(query: &ObjectQuery) -> &'static str {
    match query.resource {
        ResourceType::Endpoints => {
            "Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\n"
        }
        _ => "",
    }
}

/// A row, behind its namespace with -A.
pub(super) fn namespaced_row(
    query: &ObjectQuery,
    namespace: &str,
    name: &str,
    labels: &Labels,
    cells: Vec<String>,
) -> TableRow {
    let mut line: Vec<String> = Vec::new();
    if query.namespace == NamespaceScope::All {
        line.push(namespace.to_owned());
    }
    line.push(named(query, name));
    line.extend(cells);
    TableRow { namespace: namespace.to_owned(), name: name.to_owned(), labels: label_text(labels), cells: line }
}

/// A name, with its kind where several are asked for.
pub(super) fn named(query: &ObjectQuery, name: &str) -> String {
    if query.with_kind { format!("{}/{name}", query.resource.singular()) } else { name.to_owned() }
}

/// `app=web,tier=front` (apimachinery, FormatLabels).
pub(super) fn label_text(labels: &Labels) -> String {
    let pairs: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    if pairs.is_empty() { NONE.to_owned() } else { pairs.join(",") }
}

pub(super) type ObjectTable = (&'static [&'static str], &'static [&'static str], Vec<TableRow>);

fn pods(query: &ObjectQuery, cluster: &Cluster) -> ObjectTable {
    let wanted = cluster.pods.values().filter(|pod| query.wants(pod.namespace(), pod.name(), &pod.labels));
    let rows = wanted.map(|pod| namespaced_row(query, pod.namespace(), pod.name(), &pod.labels, pod_cells(pod)));
    let wide: &[&str] = &["IP", "NODE", "NOMINATED NODE", "READINESS GATES"];
    (&["NAME", "READY", "STATUS", "RESTARTS", "AGE"], wide, rows.collect())
}

fn pod_cells(pod: &Pod) -> Vec<String> {
    let containers = pod.spec.running_containers().count();
    let ready = if pod.ready { containers } else { 0 };
    let status = match (pod.terminating, pod.phase) {
        (true, _) => "Terminating",
        // The reason for which a container waits takes the phase's place (printers/internalversion, printPod).
        (false, Phase::Pending) => pod.waiting_because.unwrap_or("Pending"),
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

fn services(query: &ObjectQuery, cluster: &Cluster) -> ObjectTable {
    let wanted = cluster
        .services
        .values()
        .filter(|service| query.wants(service.namespace(), service.name(), &service.object.metadata.labels));
    let rows = wanted.map(|service| {
        let labels = &service.object.metadata.labels;
        namespaced_row(query, service.namespace(), service.name(), labels, service_cells(service, query.wide))
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
        external_addresses(service, wide),
        if ports.is_empty() { NONE.to_owned() } else { ports.join(",") },
        UNKNOWN.to_owned(),
        selector(service),
    ]
}

/// The column EXTERNAL-IP (getServiceExternalIP).
fn external_addresses(service: &Service, wide: bool) -> String {
    let addresses = |list: &[IpAddr]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
    match &service.kind {
        ServiceKind::ExternalName(name) => name.to_string(),
        ServiceKind::LoadBalancer => {
            let given = load_balancer_addresses(service);
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
pub fn load_balancer_addresses(service: &Service) -> String {
    let given = service.load_balancer.iter().filter_map(|ingress| {
        ingress.ip.map(|ip| ip.to_string()).or(ingress.hostname.as_ref().map(ToString::to_string))
    });
    let mut given: Vec<String> = given.collect();
    given.order();
    given.join(",")
}

/// A Service's selector.
pub fn selector(service: &Service) -> String {
    service.object.spec.selector.as_ref().map_or_else(|| NONE.to_owned(), label_text)
}

fn endpoints(query: &ObjectQuery, cluster: &Cluster) -> ObjectTable {
    let wanted = cluster.endpoints.values().filter(|endpoints| {
        let Metadata { namespace, name, labels, .. } = &endpoints.metadata;
        query.wants(namespace, name, labels)
    });
    let rows = wanted.map(|endpoints| {
        let Metadata { namespace, name, labels, .. } = &endpoints.metadata;
        namespaced_row(query, namespace, name, labels, vec![subset_list(endpoints), UNKNOWN.to_owned()])
    });
    (&["NAME", "ENDPOINTS", "AGE"], &[], rows.collect())
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

fn slices(query: &ObjectQuery, cluster: &Cluster) -> ObjectTable {
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
    (&["NAME", "ADDRESSTYPE", "PORTS", "ENDPOINTS", "AGE"], &[], rows.collect())
}
