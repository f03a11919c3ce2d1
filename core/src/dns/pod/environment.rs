//! A container's environment (pkg/kubelet/kubelet_pods.go makeEnvironmentVariables, pkg/kubelet/envvars).

use std::collections::BTreeMap;

use crate::cluster::{Cluster, Pod, Service};

use super::hostname;

mod source;

/// Variables of the first container, by name: those of Services, over them envFrom, over them env in its order; HOSTNAME,
/// which the container runtime sets, unless one of them is called so. What the image sets isn't among them.
pub fn environment(cluster: &Cluster, pod: &Pod) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::new();
    for service in linked_services(cluster, pod) {
        variables.extend(of_service(service));
    }
    let Some(container) = pod.spec.containers.first() else { return variables };
    for from in &container.env_from {
        variables.extend(source::all(cluster, pod, from));
    }
    for variable in &container.env {
        let value = match (&variable.value, &variable.value_from) {
            (_, Some(from)) => source::one(cluster, pod, from),
            (value, None) => Some(expand(value.as_deref().unwrap_or_default(), &variables)),
        };
        variables.extend(value.map(|value| (variable.name.to_string(), value)));
    }
    variables.entry("HOSTNAME".to_owned()).or_insert_with(|| hostname(cluster, pod));
    variables
}

/// The variables that have a value nobody here knows: a container's limits, an identity.
pub fn unknown_variables(cluster: &Cluster, pod: &Pod) -> Vec<String> {
    let known = environment(cluster, pod);
    let container = pod.spec.containers.first();
    let from_elsewhere = container.into_iter().flat_map(|container| &container.env);
    let unknown = from_elsewhere.filter(|variable| {
        let source = variable.value_from.as_ref();
        source.is_some_and(source::is_unknown) && !known.contains_key(&*variable.name)
    });
    unknown.map(|variable| variable.name.to_string()).collect()
}

/// The Services that the kubelet tells a pod of (getServiceEnvVarMap): those with a cluster address in its namespace,
/// unless enableServiceLinks is false, and always default/kubernetes, for which one of the pod's own namespace stands in.
/// Variables are fixed when a container starts: a Service that is known to be younger isn't among them.
fn linked_services<'c>(cluster: &'c Cluster, pod: &Pod) -> Vec<&'c Service> {
    let mut services: BTreeMap<&str, &Service> = BTreeMap::new();
    let master = cluster.services.get("default", "kubernetes");
    services.extend(master.map(|service| (service.name(), service)));
    if pod.spec.enable_service_links.unwrap_or(true) {
        let own = cluster.services.in_namespace(pod.namespace()).map(|(name, service)| (&**name, service));
        services.extend(own.filter(|(_, service)| !is_younger(service, pod)));
    }
    services.into_values().filter(|service| !service.cluster_ips.is_empty()).collect()
}

/// Whether a Service was made after the pod's container started. Times are RFC 3339 in UTC, which sort as text.
fn is_younger(service: &Service, pod: &Pod) -> bool {
    match (&service.object.metadata.creation_timestamp, &pod.started) {
        (Some(made), Some(started)) => made > started,
        _ => false,
    }
}

/// envvars.FromServices. Only the primary address counts.
fn of_service(service: &Service) -> Vec<(String, String)> {
    let (Some(address), Some(first)) = (service.cluster_ips.first(), service.ports.first()) else { return Vec::new() };
    let name = service_variable(service.name());
    let bracketed = if address.is_ipv6() { format!("[{address}]") } else { address.to_string() };
    let url = |protocol: &str, port: u16| format!("{protocol}://{bracketed}:{port}");
    let mut variables = vec![
        (format!("{name}_SERVICE_HOST"), address.to_string()),
        (format!("{name}_SERVICE_PORT"), first.port.to_string()),
        (format!("{name}_PORT"), url(&first.protocol.to_string().to_lowercase(), first.port)),
    ];
    for port in &service.ports {
        let protocol = port.protocol.to_string();
        let prefix = format!("{name}_PORT_{}_{protocol}", port.port);
        if !port.name.is_empty() {
            variables.push((format!("{name}_SERVICE_PORT_{}", variable_name(&port.name)), port.port.to_string()));
        }
        variables.push((prefix.clone(), url(&protocol.to_lowercase(), port.port)));
        variables.push((format!("{prefix}_PROTO"), protocol.to_lowercase()));
        variables.push((format!("{prefix}_PORT"), port.port.to_string()));
        variables.push((format!("{prefix}_ADDR"), address.to_string()));
    }
    variables
}

/// `foo-bar` becomes `FOO_BAR` (envvars makeEnvVariableName).
fn variable_name(name: &str) -> String {
    name.replace(['-', '.'], "_").to_uppercase()
}

/// A variable can't begin with a digit, a Service's name can since Kubernetes 1.34 (RelaxedServiceNameValidation).
fn service_variable(name: &str) -> String {
    let digit = name.starts_with(|first: char| first.is_ascii_digit());
    format!("{}{}", if digit { "_" } else { "" }, variable_name(name))
}

/// `$(NAME)` becomes the variable's value if there is one, `$$` a dollar sign (third_party/forked/golang/expansion).
fn expand(value: &str, variables: &BTreeMap<String, String>) -> String {
    let mut text = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('$') {
        text.push_str(before);
        let reference = after.strip_prefix('(').and_then(|inner| inner.split_once(')'));
        match (after.strip_prefix('$'), reference) {
            (Some(after), _) => {
                text.push('$');
                rest = after;
            }
            (None, Some((name, after))) => {
                text.push_str(variables.get(name).unwrap_or(&format!("$({name})")));
                rest = after;
            }
            (None, None) => {
                text.push('$');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_expanded() {
        let variables = BTreeMap::from([("A".to_owned(), "1".to_owned())]);
        assert_eq!(expand("x$(A)y$(B)$$(A)$", &variables), "x1y$(B)$(A)$");
    }
}
