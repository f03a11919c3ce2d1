//! `kubectl describe service` (pkg/describe, describeService).

use super::super::get::{ready_addresses, selector};
use super::super::table::first_three;
use super::super::value::annotation_lines;
use super::DescribedObject;
use crate::cluster::{Cluster, LoadBalancerIngress, Service, ServiceKind, ServicePort, TrafficPolicy};
use crate::model::IntOrString;

/// One Service.
pub fn describe(described: &DescribedObject<'_>) -> Option<String> {
    let cluster = described.view.cluster;
    let namespace = described.reference.namespace.as_deref().unwrap_or_default();
    let service = cluster.services.get(namespace, &described.reference.name)?;
    let lines = lines_of(service, cluster).0.into_iter().map(|cells| cells.join("\t") + "\n");
    Some(lines.collect())
}

fn lines_of(service: &Service, cluster: &Cluster) -> Lines {
    let spec = &service.object.spec;
    let mut lines = Lines::default();
    lines.pair("Name", service.name());
    lines.pair("Namespace", service.namespace());
    let labels = service.object.metadata.labels.iter().map(|(key, value)| format!("{key}={value}"));
    lines.below("Labels", labels.collect());
    lines.below("Annotations", annotation_lines(&service.object.metadata.annotations));
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
    lines
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
        if let Some(protocol) = port.app_protocol.as_ref().filter(|protocol| !protocol.is_empty()) {
            self.pair("AppProtocol", protocol);
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
