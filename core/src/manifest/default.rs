//! The API's defaults: what the API server fills in before it validates (pkg/apis/*/v1/defaults.go).

use std::sync::Arc;

use crate::model::{
    Body, EndpointPort, EndpointSlice, Endpoints, IngressClass, IntOrString, Namespace, NetworkPolicy, Service,
    ServicePort, Text, well_known,
};

mod workload;

pub(super) use workload::template_defaults;

/// How long a ClientIP affinity lasts, in seconds.
const CLIENT_IP_TIMEOUT: i32 = 10_800;

/// Fills in what nobody wrote.
pub(super) fn apply(body: &mut Body) {
    match body {
        Body::Service(service) => service_defaults(Arc::make_mut(service)),
        Body::Endpoints(endpoints) => endpoints_defaults(Arc::make_mut(endpoints)),
        Body::EndpointSlice(slice) => slice_defaults(Arc::make_mut(slice)),
        Body::IngressClass(class) => class_defaults(Arc::make_mut(class)),
        Body::NetworkPolicy(policy) => policy_defaults(Arc::make_mut(policy)),
        Body::Namespace(namespace) => namespace_defaults(Arc::make_mut(namespace)),
        Body::Secret(secret) => {
            or(&mut Arc::make_mut(secret).kind, "Opaque");
        }
        _ => workload::apply(body),
    }
}

/// Sets a text that is absent or empty.
fn or(field: &mut Option<Text>, value: &str) {
    if field.as_deref().is_none_or(str::is_empty) {
        *field = Some(value.into());
    }
}

fn service_defaults(service: &mut Service) {
    // 1. Type and affinity.
    let spec = &mut service.spec;
    or(&mut spec.kind, "ClusterIP");
    or(&mut spec.session_affinity, "None");
    match spec.session_affinity.as_deref() {
        Some("None") => spec.session_affinity_config = None,
        Some("ClientIP") => {
            let config = spec.session_affinity_config.get_or_insert_default();
            config.client_ip.get_or_insert_default().timeout_seconds.get_or_insert(CLIENT_IP_TIMEOUT);
        }
        _ => {}
    }
    // 2. Ports.
    spec.ports.iter_mut().for_each(port_defaults);
    // 3. Policies, where the type has them.
    let balanced = spec.kind.as_deref() == Some("LoadBalancer");
    let on_nodes = balanced || spec.kind.as_deref() == Some("NodePort");
    let cluster_ip = spec.kind.as_deref() == Some("ClusterIP");
    if on_nodes || cluster_ip {
        or(&mut spec.internal_traffic_policy, "Cluster");
    }
    if on_nodes || (cluster_ip && !spec.external_ips.is_empty()) {
        or(&mut spec.external_traffic_policy, "Cluster");
    }
    // 4. A load balancer's.
    if balanced {
        spec.allocate_load_balancer_node_ports.get_or_insert(true);
        for entrance in &mut service.status.load_balancer.ingress {
            if entrance.ip.is_some() {
                or(&mut entrance.ip_mode, "VIP");
            }
        }
    }
    // 5. clusterIPs, where only clusterIP is given.
    normalize_addresses(service);
}

/// Of clusterIP and clusterIPs one is enough (pkg/api/service, NormalizeClusterIPs).
fn normalize_addresses(service: &mut Service) {
    let spec = &mut service.spec;
    if let Some(address) = spec.cluster_ip.clone().filter(|address| !address.is_empty() && spec.cluster_ips.is_empty())
    {
        spec.cluster_ips.push(address);
    }
}

fn port_defaults(port: &mut ServicePort) {
    or(&mut port.protocol, "TCP");
    let unset = match &port.target_port {
        None | Some(IntOrString::Int(0)) => true,
        Some(IntOrString::String(name)) => name.is_empty(),
        Some(IntOrString::Int(_)) => false,
    };
    if unset {
        port.target_port = Some(IntOrString::Int(port.port));
    }
}

fn endpoints_defaults(endpoints: &mut Endpoints) {
    let ports = endpoints.subsets.iter_mut().flat_map(|subset| &mut subset.ports);
    ports.for_each(endpoint_port_defaults);
}

fn slice_defaults(slice: &mut EndpointSlice) {
    slice.ports.iter_mut().for_each(|port| {
        port.name.get_or_insert_default();
        endpoint_port_defaults(port);
    });
}

fn endpoint_port_defaults(port: &mut EndpointPort) {
    or(&mut port.protocol, "TCP");
}

fn class_defaults(class: &mut IngressClass) {
    if let Some(parameters) = &mut class.spec.parameters {
        or(&mut parameters.scope, "Cluster");
    }
}

/// SetDefaults_NetworkPolicy: an egress rule makes a policy one of egress too.
fn policy_defaults(policy: &mut NetworkPolicy) {
    let spec = &mut policy.spec;
    let ports = spec.ingress.iter_mut().flat_map(|rule| &mut rule.ports);
    let ports = ports.chain(spec.egress.iter_mut().flat_map(|rule| &mut rule.ports));
    ports.for_each(|port| or(&mut port.protocol, "TCP"));
    if spec.policy_types.is_empty() {
        spec.policy_types.push("Ingress".into());
        if !spec.egress.is_empty() {
            spec.policy_types.push("Egress".into());
        }
    }
}

/// Every namespace carries its name as a label, whatever was written (SetDefaults_Namespace).
fn namespace_defaults(namespace: &mut Namespace) {
    let name = namespace.metadata.name.clone();
    Arc::make_mut(&mut namespace.metadata.labels).insert(well_known::NAMESPACE_NAME.into(), name);
}
