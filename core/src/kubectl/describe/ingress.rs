//! `kubectl describe ingress` (pkg/describe, describeIngressV1).

use super::super::get::ready_addresses;
use super::super::table::first_three;
use super::super::value::{annotations, labels};
use super::DescribedObject;
use crate::cluster::Cluster;
use crate::model::IngressBackend;

/// One Ingress.
pub fn describe(described: &DescribedObject<'_>) -> Option<String> {
    let view = described.view;
    let namespace = described.reference.namespace.as_deref().unwrap_or_default();
    let ingress = view.cluster.ingresses.get(namespace, &described.reference.name)?;
    let (metadata, spec) = (&ingress.metadata, &ingress.spec);
    let given = ingress.status.load_balancer.ingress.iter();
    let given: Vec<&str> =
        given.filter_map(|one| one.ip.as_deref().filter(|ip| !ip.is_empty()).or(one.hostname.as_deref())).collect();
    let backend = |backend: &IngressBackend| of(view.cluster, &metadata.namespace, backend);
    let default = spec.default_backend.as_ref().map_or_else(|| "<default>".to_owned(), backend);
    let mut text = format!("Name:\t{}\n", metadata.name);
    text.push_str(&labels("Labels", &metadata.labels));
    text.push_str(&format!("Namespace:\t{}\nAddress:\t{}\n", metadata.namespace, given.join(",")));
    text.push_str(&format!("Ingress Class:\t{}\n", spec.ingress_class_name.as_deref().unwrap_or("<none>")));
    text.push_str(&format!("Default backend:\t{default}\n"));
    if !spec.tls.is_empty() {
        text.push_str("TLS:\n");
        for tls in &spec.tls {
            let hosts: Vec<&str> = tls.hosts.iter().map(|host| &**host).collect();
            text.push_str(&match tls.secret_name.as_deref().filter(|secret| !secret.is_empty()) {
                Some(secret) => format!("  {secret} terminates {}\n", hosts.join(",")),
                None => format!("  SNI routes {}\n", hosts.join(",")),
            });
        }
    }
    text.push_str("Rules:\n  Host\tPath\tBackends\n  ----\t----\t--------\n");
    let with_paths = || spec.rules.iter().filter_map(|rule| Some((rule.host.as_deref(), rule.http.as_ref()?)));
    for (host, http) in with_paths() {
        text.push_str(&format!("  {}\t\n", host.filter(|host| !host.is_empty()).unwrap_or("*")));
        for path in &http.paths {
            text.push_str(&format!(
                "    \t{} \t{}\n",
                path.path.as_deref().unwrap_or_default(),
                backend(&path.backend)
            ));
        }
    }
    if with_paths().next().is_none() {
        text.push_str(&format!("  *\t*\t{default}\n"));
    }
    text.push_str(&annotations("Annotations", &metadata.annotations));
    Some(text)
}

/// A backend with the endpoints behind it (describeBackendV1).
fn of(cluster: &Cluster, namespace: &str, backend: &IngressBackend) -> String {
    let Some(named) = &backend.service else {
        return backend.resource.as_ref().map_or_else(String::new, |resource| {
            let group = resource.api_group.as_deref().unwrap_or("<none>");
            format!("APIGroup: {group}, Kind: {}, Name: {}", resource.kind, resource.name)
        });
    };
    let port = match (named.port.number, &named.port.name) {
        (Some(number), _) if number != 0 => number.to_string(),
        (_, name) => name.as_deref().unwrap_or_default().to_owned(),
    };
    let text = format!("{}:{port}", named.name);
    let Some(service) = cluster.services.get(namespace, &named.name) else {
        return format!("{text} (<error: services {:?} not found>)", named.name);
    };
    let port = service.ports.iter().rev().find(|one| match named.port.number {
        Some(number) if number != 0 => i32::from(one.port) == number,
        _ => named.port.name.as_ref() == Some(&one.name),
    });
    let endpoints = ready_addresses(cluster, service, Some(port.map_or("", |port| &port.name)));
    let sliced = !cluster.slices_of(namespace, service.name()).is_empty();
    format!("{text} ({})", if sliced && endpoints.is_empty() { String::new() } else { first_three(&endpoints) })
}
