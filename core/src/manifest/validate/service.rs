//! Services (pkg/apis/core/validation, ValidateService), without what needs the allocators.

use std::collections::BTreeSet;

use super::{ErrorValue, Errors, format, metadata};
use crate::model::{IntOrString, Path, Service, ServicePort, ServiceSpec, values};

const LOAD_BALANCER_ONLY: &str = "may only be used when `type` is 'LoadBalancer'";

/// The longest affinity: a day.
const LONGEST_AFFINITY: i32 = 86_400;

pub(super) fn validate(service: &Service, errors: &mut Errors<'_>) {
    metadata::validate(&service.metadata, format::service_name(errors.version), errors);
    let (spec, at) = (&service.spec, Path::Root.field("spec"));
    if spec.ports.is_empty() && !spec.is_headless() && !spec.is_external_name() {
        errors.required(&at.field("ports"), "");
    }
    by_type(spec, &at, errors);
    ports(spec, &at, errors);
    if let Some(selector) = &spec.selector {
        metadata::labels(selector, &at.field("selector"), errors);
    }
    session_affinity(spec, &at, errors);
    cluster_ips(spec, &at, errors);
    external_ips(spec, &at, errors);
    errors.one_of(&at.field("type"), spec.kind.as_deref(), values::SERVICE_TYPE);
    node_ports(spec, &at, errors);
    duplicate_ports(spec, &at, errors);
    load_balancer(spec, &at, errors);
    traffic_policies(spec, &at, errors);
}

fn is(spec: &ServiceSpec, kind: &str) -> bool {
    spec.kind.as_deref() == Some(kind)
}

fn by_type(spec: &ServiceSpec, at: &Path<'_>, errors: &mut Errors<'_>) {
    match spec.kind.as_deref() {
        Some(kind @ ("LoadBalancer" | "NodePort")) if spec.is_headless() => {
            let words = format!("Invalid value: \"None\": may not be set to 'None' for {kind} services");
            cluster_ip_error(&at.field("clusterIPs").index(0), &words, errors);
        }
        Some("ExternalName") => external_name(spec, at, errors),
        _ => {}
    }
}

fn external_name(spec: &ServiceSpec, at: &Path<'_>, errors: &mut Errors<'_>) {
    if !spec.cluster_ips.is_empty() {
        cluster_ip_error(&at.field("clusterIPs"), "Forbidden: may not be set for ExternalName services", errors);
    }
    let set = [("ipFamilies", !spec.ip_families.is_empty()), ("ipFamilyPolicy", spec.ip_family_policy.is_some())];
    for (field, _) in set.into_iter().filter(|(_, set)| *set) {
        errors.forbidden(&at.field(field), "may not be set for ExternalName services");
    }
    let name = spec.external_name.as_deref().unwrap_or_default();
    let absolute = name.strip_suffix('.').unwrap_or(name);
    if absolute.is_empty() {
        errors.required(&at.field("externalName"), "");
    } else {
        errors.malformed(&at.field("externalName"), absolute, format::dns1123_subdomain(absolute));
    }
}

fn ports(spec: &ServiceSpec, at: &Path<'_>, errors: &mut Errors<'_>) {
    let mut names = BTreeSet::new();
    for (index, one) in spec.ports.iter().enumerate() {
        port(one, spec.ports.len() > 1, &mut names, &at.field("ports").index(index), errors);
    }
}

fn port<'s>(
    port: &'s ServicePort,
    needs_name: bool,
    names: &mut BTreeSet<&'s str>,
    at: &Path<'_>,
    errors: &mut Errors<'_>,
) {
    match port.name.as_deref().filter(|name| !name.is_empty()) {
        None if needs_name => errors.required(&at.field("name"), ""),
        None => {}
        Some(name) => {
            errors.malformed(&at.field("name"), name, format::dns1123_label(name));
            if !names.insert(name) {
                errors.duplicate(&at.field("name"), name);
            }
        }
    }
    errors.malformed_number(&at.field("port"), port.port, format::port_number(port.port));
    errors.one_of(&at.field("protocol"), port.protocol.as_deref(), values::PROTOCOL);
    match &port.target_port {
        Some(IntOrString::Int(number)) => {
            errors.malformed_number(&at.field("targetPort"), *number, format::port_number(*number));
        }
        Some(IntOrString::String(name)) => errors.malformed(&at.field("targetPort"), name, format::port_name(name)),
        None => {}
    }
    if let Some(protocol) = &port.app_protocol {
        errors.malformed(&at.field("appProtocol"), protocol, format::qualified_name(protocol));
    }
}

fn session_affinity(spec: &ServiceSpec, at: &Path<'_>, errors: &mut Errors<'_>) {
    errors.one_of(&at.field("sessionAffinity"), spec.session_affinity.as_deref(), values::SESSION_AFFINITY);
    let config = spec.session_affinity_config.as_ref().and_then(|config| config.client_ip.as_ref());
    let timeout = config.and_then(|config| config.timeout_seconds);
    if let Some(seconds) = timeout.filter(|seconds| !(1..=LONGEST_AFFINITY).contains(seconds)) {
        let config = at.field("sessionAffinityConfig");
        let words = format!("must be greater than 0 and less than {LONGEST_AFFINITY}");
        errors.invalid(&config.field("clientIP").field("timeoutSeconds"), seconds, words);
    }
}

/// clusterIP, clusterIPs and ipFamilies against each other (ValidateServiceClusterIPsRelatedFields).
fn cluster_ips(spec: &ServiceSpec, at: &Path<'_>, errors: &mut Errors<'_>) {
    // 1. The single address against the list.
    if spec.is_external_name() {
        return;
    }
    let field = at.field("clusterIPs");
    let all = || ErrorValue::json(&spec.cluster_ips);
    let first = spec.cluster_ips.first().map(|ip| &**ip);
    match spec.cluster_ip.as_deref().filter(|ip| !ip.is_empty()) {
        Some(ip) if first != Some(ip) => errors.invalid(&field, all(), "first value must match `clusterIP`"),
        None if first.is_some() => errors.invalid(&field, all(), "must be empty when `clusterIP` is not specified"),
        _ => {}
    }
    // 2. The families against the policy.
    families(spec, at, errors);
    // 3. Each address.
    let mut broken = false;
    for (index, ip) in spec.cluster_ips.iter().enumerate() {
        if index == 0 && &**ip == "None" {
            if spec.cluster_ips.len() > 1 {
                broken = true;
                errors.invalid(&field, all(), "'None' must be the first and only value");
            }
            continue;
        }
        let objections = format::strict_ip(ip, errors.version);
        broken |= !objections.is_empty();
        for objection in objections {
            cluster_ip_error(&field.index(index), &format!("Invalid value: {ip:?}: {objection}"), errors);
        }
    }
    // 4. How many, and of which families.
    if spec.cluster_ips.len() > 2 {
        errors.invalid(&field, all(), "may only hold up to 2 values");
    }
    if !broken {
        families_of_addresses(spec, &field, errors);
    }
}

fn families(spec: &ServiceSpec, at: &Path<'_>, errors: &mut Errors<'_>) {
    for (index, family) in spec.ip_families.iter().enumerate() {
        let families = at.field("ipFamilies");
        let at = families.index(index);
        if !matches!(&**family, "IPv4" | "IPv6") {
            errors.not_supported(&at, family, &values::IP_FAMILIES.in_messages());
        }
        if spec.ip_families.iter().take(index).any(|earlier| earlier == family) {
            errors.duplicate(&at, &**family);
        }
    }
    if let Some(policy) = spec.ip_family_policy.as_deref() {
        let supported = ["PreferDualStack", "RequireDualStack", "SingleStack"];
        if !supported.contains(&policy) {
            errors.not_supported(&at.field("ipFamilyPolicy"), policy, &supported);
        }
    }
}

fn families_of_addresses(spec: &ServiceSpec, field: &Path<'_>, errors: &mut Errors<'_>) {
    let is_ipv6 = |ip: &str| format::parse_ip(ip).is_some_and(|ip| ip.is_ipv6());
    let ipv6 = spec.cluster_ips.iter().filter(|ip| is_ipv6(ip)).count();
    if spec.cluster_ips.len() > 1 && (ipv6 == 0 || ipv6 == spec.cluster_ips.len()) {
        let words = "may specify no more than one IP for each IP family";
        errors.invalid(field, ErrorValue::json(&spec.cluster_ips), words);
    }
    if spec.is_headless() {
        return;
    }
    for (index, (ip, family)) in spec.cluster_ips.iter().zip(&spec.ip_families).enumerate() {
        let fits = match &**family {
            "IPv4" => !is_ipv6(ip),
            "IPv6" => is_ipv6(ip),
            _ => true,
        };
        if !fits {
            let words =
                format!("Invalid value: {ip:?}: expected an {family} value as indicated by `ipFamilies[{index}]`");
            cluster_ip_error(&field.index(index), &words, errors);
        }
    }
}

/// The API server always speaks of clusterIPs; whoever wrote clusterIP alone finds the error there.
fn cluster_ip_error(at: &Path<'_>, message: &str, errors: &mut Errors<'_>) {
    let field = at.to_field_path();
    let spec = Path::Root.field("spec");
    let written = errors.tree(&spec.field("clusterIPs")).is_some();
    let place = if written { field.clone() } else { spec.field("clusterIP").to_field_path() };
    errors.push_at(place, &field.to_string(), message);
}

fn external_ips(spec: &ServiceSpec, at: &Path<'_>, errors: &mut Errors<'_>) {
    for (index, ip) in spec.external_ips.iter().enumerate() {
        let ips = at.field("externalIPs");
        let at = ips.index(index);
        let malformed = format::strict_ip(ip, errors.version);
        let objections = if malformed.is_empty() { format::special_ip(ip) } else { malformed };
        errors.malformed(&at, ip, objections);
    }
}

fn node_ports(spec: &ServiceSpec, at: &Path<'_>, errors: &mut Errors<'_>) {
    let mut taken = BTreeSet::new();
    for (index, port) in spec.ports.iter().enumerate() {
        let Some(number) = port.node_port.filter(|number| *number != 0) else { continue };
        let ports = at.field("ports");
        let port_at = ports.index(index);
        let at = port_at.field("nodePort");
        if is(spec, "ClusterIP") {
            errors.forbidden(&at, "may not be used when `type` is 'ClusterIP'");
        } else if !taken.insert((port.protocol.as_deref(), number)) {
            errors.invalid(&at, number, "provided port is already allocated");
        }
    }
}

/// The internal struct as JSON is what the API server prints.
fn duplicate_ports(spec: &ServiceSpec, at: &Path<'_>, errors: &mut Errors<'_>) {
    let mut taken = BTreeSet::new();
    for (index, port) in spec.ports.iter().enumerate() {
        let protocol = port.protocol.as_deref().unwrap_or_default();
        if !taken.insert((protocol, port.port)) {
            let value = format!(
                r#"{{"Name":"","Protocol":"{protocol}","AppProtocol":null,"Port":{},"TargetPort":0,"NodePort":0}}"#,
                port.port
            );
            errors.duplicate(&at.field("ports").index(index), ErrorValue(value));
        }
    }
}

fn load_balancer(spec: &ServiceSpec, at: &Path<'_>, errors: &mut Errors<'_>) {
    let ranges = at.field("LoadBalancerSourceRanges");
    if is(spec, "LoadBalancer") {
        for (index, range) in spec.load_balancer_source_ranges.iter().enumerate() {
            for objection in format::cidr(range.trim(), errors.version) {
                let written = at.field("loadBalancerSourceRanges").to_field_path().index(index);
                let printed = ranges.index(index).to_field_path().to_string();
                errors.push_at(written, &printed, &format!("Invalid value: {range:?}: {objection}"));
            }
        }
        if let Some(class) = &spec.load_balancer_class {
            errors.malformed(&at.field("loadBalancerClass"), class, format::qualified_name(class));
        }
        return;
    }
    let set = [
        ("LoadBalancerSourceRanges", !spec.load_balancer_source_ranges.is_empty()),
        ("allocateLoadBalancerNodePorts", spec.allocate_load_balancer_node_ports.is_some()),
        ("loadBalancerClass", spec.load_balancer_class.is_some()),
    ];
    for (field, _) in set.into_iter().filter(|(_, set)| *set) {
        errors.forbidden(&at.field(field), LOAD_BALANCER_ONLY);
    }
}

fn traffic_policies(spec: &ServiceSpec, at: &Path<'_>, errors: &mut Errors<'_>) {
    let external = spec.external_traffic_policy.as_deref().filter(|policy| !policy.is_empty());
    let reachable =
        is(spec, "LoadBalancer") || is(spec, "NodePort") || (is(spec, "ClusterIP") && !spec.external_ips.is_empty());
    match external {
        Some(policy) if !reachable => {
            errors.invalid(
                &at.field("externalTrafficPolicy"),
                policy,
                "may only be set for externally-accessible services",
            );
        }
        policy => {
            errors.one_of_if_said(&at.field("externalTrafficPolicy"), policy, values::EXTERNAL_TRAFFIC_POLICY);
        }
    }
    let checks_health = is(spec, "LoadBalancer") && external == Some("Local");
    if let Some(number) = spec.health_check_node_port.filter(|number| *number != 0 && !checks_health) {
        let words = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
        errors.invalid(&at.field("healthCheckNodePort"), number, words);
    }
    let (internal, distribution) = (spec.internal_traffic_policy.as_deref(), spec.traffic_distribution.as_deref());
    errors.one_of_if_said(&at.field("internalTrafficPolicy"), internal, values::INTERNAL_TRAFFIC_POLICY);
    errors.one_of_if_said(&at.field("trafficDistribution"), distribution, values::TRAFFIC_DISTRIBUTION);
}
