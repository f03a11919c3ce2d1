//! `kubectl describe` (kubectl/pkg/describe), here describeService. Nothing here has a clock, so that times are left out, and
//! of events there is only what follows from the manifests.

use super::get::{self, TableRow, ready_addresses, selector};
use super::table::{align_columns, first_three};
use super::{KubectlView, ObjectQuery, Output, ReadCommand, ResourceType, UsageError, api, unsupported_error};
use crate::cluster::{Cluster, LoadBalancerIngress, Service, ServiceKind, ServicePort, TrafficPolicy};
use crate::model::IntOrString;
use crate::source::ObjectRef;

mod config_map;
mod container;
mod deployment;
mod endpoints;
mod ingress;
mod namespace;
mod pod;
mod replica_set;
mod value;
mod volume;

pub use pod::template;

/// The types that can be described.
pub const KNOWN: [&str; 8] =
    ["service", "ingress", "endpoints", "pod", "deployment", "replicaset", "configmap", "namespace"];

/// Whether these can be described.
pub fn known(queries: &[ObjectQuery]) -> Result<(), UsageError> {
    let is_known = |query: &&ObjectQuery| KNOWN.contains(&&*query.resource.kind().to_lowercase());
    match queries.iter().find(|query| !is_known(query)) {
        Some(query) => {
            let kind = query.resource.singular();
            Err(unsupported_error(format!(
                "kubectl describe {kind} isn't understood here: describe {} are",
                KNOWN.join(", ")
            )))
        }
        None => Ok(()),
    }
}

fn one(query: &ObjectQuery, row: &TableRow, view: KubectlView<'_>) -> Option<String> {
    let (cluster, namespace, name) = (view.cluster, &row.namespace, &row.name);
    let object = || api::object(view, query.resource, namespace, name);
    match query.resource {
        ResourceType::Services => cluster.services.get(namespace, name).map(|service| describe(service, cluster)),
        ResourceType::Ingresses => {
            cluster.ingresses.get(namespace, name).map(|ingress| ingress::describe(view, ingress))
        }
        ResourceType::Pods => cluster.pods.get(namespace, name).map(|pod| pod::describe(pod, &object())),
        ResourceType::ReplicaSets => {
            let reference = ObjectRef::namespaced("ReplicaSet", namespace, name);
            let workload = cluster.workloads.get(&reference);
            workload.map(|workload| replica_set::describe(cluster, &reference, workload, &object()))
        }
        ResourceType::ConfigMaps => Some(config_map::describe(&object())),
        ResourceType::Namespaces => Some(namespace::describe(&object())),
        ResourceType::Deployments => {
            let reference = ObjectRef::namespaced("Deployment", namespace, name);
            let workload = cluster.workloads.get(&reference);
            workload.map(|workload| deployment::describe(cluster, &reference, workload, &object()))
        }
        _ => Some(endpoints::describe(&object())),
    }
}

/// The events that nothing here has.
fn none() -> &'static str {
    "Events:\t<none>\n"
}

/// What begins with a name that isn't there (DescribeMatchingResources).
fn matching(query: &ObjectQuery, view: KubectlView<'_>) -> Option<String> {
    let [prefix] = query.names.as_slice() else { return None };
    let (_, rows) = get::object_table(&ObjectQuery { names: Vec::new(), ..query.clone() }, view);
    let is_there = rows.iter().any(|row| row.name == *prefix);
    let rows = rows.iter().filter(|row| !is_there && row.name.starts_with(prefix));
    let described: String = rows.filter_map(|row| Some(one(query, row, view)? + "\n")).collect();
    (!described.is_empty()).then_some(described)
}

/// The objects asked for, one below the other.
pub fn output(ReadCommand { queries, by_prefix, .. }: &ReadCommand, view: KubectlView<'_>) -> Output {
    if let Some(described) = queries.first().filter(|_| *by_prefix).and_then(|query| matching(query, view)) {
        return Output { stdout: Some(described), stderr: String::new(), exit: 0 };
    }
    let (mut described, mut missing) = (Vec::new(), String::new());
    for query in queries {
        let (_, rows) = get::object_table(query, view);
        let found: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
        missing.push_str(&query.missing(&found));
        described.extend(rows.iter().filter_map(|row| one(query, row, view)));
    }
    let asked_by_name = queries.iter().any(|query| !query.names.is_empty());
    let exit = i32::from(!missing.is_empty());
    if described.is_empty() && !asked_by_name {
        missing.extend(queries.last().map(ObjectQuery::nothing));
    }
    Output { stdout: Some(described.join("\n\n")), stderr: missing, exit }
}

fn describe(service: &Service, cluster: &Cluster) -> String {
    let spec = &service.object.spec;
    let mut lines = Lines::default();
    lines.pair("Name", service.name());
    lines.pair("Namespace", service.namespace());
    let labels = service.object.metadata.labels.iter().map(|(key, value)| format!("{key}={value}"));
    lines.below("Labels", labels.collect());
    lines.below("Annotations", value::annotation_lines(&service.object.metadata.annotations));
    lines.pair("Selector", &selector(service));
    lines.pair("Type", kind(service));
    lines.families(service);
    if !service.external_ips.is_empty() {
        lines.pair("External IPs", &joined(&service.external_ips));
    }
    if let Some(address) = &spec.load_balancer_ip {
        lines.pair("Desired LoadBalancer IP", address);
    }
    if let ServiceKind::ExternalName(name) = &service.kind {
        lines.pair("External Name", name);
    }
    if !service.load_balancer.is_empty() {
        let entrances: Vec<String> = service.load_balancer.iter().map(entrance).collect();
        lines.pair("LoadBalancer Ingress", &entrances.join(", "));
    }
    service.ports.iter().for_each(|port| lines.port(service, port, cluster));
    lines.pair("Session Affinity", spec.session_affinity.as_deref().unwrap_or("None"));
    lines.policies(service);
    if let Some(port) = service.health_check_node_port {
        lines.pair("HealthCheck NodePort", &port.to_string());
    }
    if !spec.load_balancer_source_ranges.is_empty() {
        lines.pair("LoadBalancer Source Ranges", &spec.load_balancer_source_ranges.join(","));
    }
    if let Some(distribution) = spec.traffic_distribution.as_ref().filter(|distribution| !distribution.is_empty()) {
        lines.pair("Traffic Distribution", distribution);
    }
    lines.pair("Events", "<none>");
    align_columns(&lines.0, 0, 2)
}

fn kind(service: &Service) -> &'static str {
    match service.kind {
        ServiceKind::ClusterIp | ServiceKind::Headless => "ClusterIP",
        ServiceKind::NodePort => "NodePort",
        ServiceKind::LoadBalancer => "LoadBalancer",
        ServiceKind::ExternalName(_) => "ExternalName",
    }
}

/// One of a load balancer's addresses with its mode, which the API server fills in, or its name (buildIngressString).
fn entrance(ingress: &LoadBalancerIngress) -> String {
    let mode = if ingress.vip { "VIP" } else { "Proxy" };
    match ingress.ip {
        Some(ip) => format!("{ip} ({mode})"),
        None => ingress.hostname.as_ref().map_or_else(String::new, ToString::to_string),
    }
}

fn joined<T: ToString>(list: &[T]) -> String {
    list.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

#[derive(Default)]
struct Lines(Vec<Vec<String>>);

impl Lines {
    fn pair(&mut self, name: &str, value: &str) {
        self.0.push(vec![format!("{name}:"), value.to_owned()]);
    }

    /// Lines one below the other.
    fn below(&mut self, name: &str, lines: Vec<String>) {
        if lines.is_empty() {
            return self.pair(name, "<none>");
        }
        for (number, line) in lines.into_iter().enumerate() {
            let first = if number == 0 { format!("{name}:") } else { String::new() };
            self.0.push(vec![first, line]);
        }
    }

    fn families(&mut self, service: &Service) {
        let families: Vec<&str> = service.ip_families.iter().map(|family| family.name()).collect();
        if !matches!(service.kind, ServiceKind::ExternalName(_)) {
            // Two families that nobody asked for are those of a headless Service without selector (initIPFamilyFields).
            let default = if service.ip_families.len() > 1 { "RequireDualStack" } else { "SingleStack" };
            self.pair("IP Family Policy", service.object.spec.ip_family_policy.as_deref().unwrap_or(default));
        }
        self.pair("IP Families", &if families.is_empty() { "<none>".to_owned() } else { families.join(",") });
        let none = if service.kind == ServiceKind::Headless { "None" } else { "" };
        self.pair("IP", &service.cluster_ips.first().map_or(none.to_owned(), ToString::to_string));
        let all = match (&service.kind, service.cluster_ips.is_empty()) {
            (ServiceKind::Headless, _) => "None".to_owned(),
            (_, true) => "<none>".to_owned(),
            (_, false) => joined(&service.cluster_ips),
        };
        self.pair("IPs", &all);
    }

    fn port(&mut self, service: &Service, port: &ServicePort, cluster: &Cluster) {
        let name = if port.name.is_empty() { "<unset>" } else { &port.name };
        self.0.push(vec!["Port:".to_owned(), format!("{name}  {}/{}", port.port, port.protocol)]);
        let target = match &port.target_port {
            IntOrString::Int(number) => number.to_string(),
            IntOrString::String(name) => name.to_string(),
        };
        self.pair("TargetPort", &format!("{target}/{}", port.protocol));
        if let Some(number) = port.node_port {
            self.0.push(vec!["NodePort:".to_owned(), format!("{name}  {number}/{}", port.protocol)]);
        }
        // Slices without a ready endpoint leave the line empty, no slice at all is `<none>` (formatEndpointSlices).
        let endpoints = ready_addresses(cluster, service, Some(&port.name));
        let sliced = !cluster.slices_of(service.namespace(), service.name()).is_empty();
        self.pair("Endpoints", &if sliced && endpoints.is_empty() { String::new() } else { first_three(&endpoints) });
    }

    /// The external policy only where something external leads here.
    fn policies(&mut self, service: &Service) {
        let word = |policy: TrafficPolicy| match policy {
            TrafficPolicy::Cluster => "Cluster",
            TrafficPolicy::Local => "Local",
        };
        let external = matches!(service.kind, ServiceKind::NodePort | ServiceKind::LoadBalancer);
        if external || !service.external_ips.is_empty() {
            self.pair("External Traffic Policy", word(service.external_traffic_policy));
        }
        if !matches!(service.kind, ServiceKind::ExternalName(_)) {
            self.pair("Internal Traffic Policy", word(service.internal_traffic_policy));
        }
    }
}
