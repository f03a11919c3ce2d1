//! What CoreDNS and the kubelets have to say about their configuration.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::cluster::{Cluster, Pod};
use crate::diagnostic::{Diagnostic, Problem};
use crate::packet::DnsName;
use crate::source::{FieldPath, FieldRef};

use super::context::ServerConfig;
use super::corefile::CorefileError;
use super::resolv_conf;

pub(super) fn diagnose(
    servers: &[ServerConfig],
    broken: Option<&CorefileError>,
    corefile: &FieldRef,
    cluster: &Cluster,
) -> Vec<Diagnostic> {
    let broken = broken.map(|error| Problem::Corefile { message: error.to_string(), line: error.line });
    let plugins = servers.iter().flat_map(|server| &server.not_modelled);
    let plugins = plugins.map(|(plugin, line)| Problem::PluginNotModelled { plugin: plugin.clone(), line: *line });
    let mut problems: Vec<Problem> = Vec::new();
    for problem in broken.into_iter().chain(plugins) {
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }
    let of_corefile = |problem| Diagnostic {
        problem,
        object: Some(corefile.object.clone()),
        field: Some(corefile.path.clone()),
        span: None,
        fix: None,
    };
    problems.into_iter().map(of_corefile).chain(kubelet_events(cluster)).collect()
}

/// CoreDNS asks itself in a zone, and ends.
pub(super) fn loop_found(zone: &DnsName, corefile: &FieldRef, cluster: &Cluster) -> Diagnostic {
    let zone = match zone.as_str() {
        "" => ".".to_owned(),
        name => format!("{name}."),
    };
    let by_node = resolv_conf::of_node(cluster).nameservers.iter().any(std::net::IpAddr::is_loopback);
    Diagnostic {
        problem: Problem::CorednsLoop { zone, by_node },
        object: Some(corefile.object.clone()),
        field: Some(corefile.path.clone()),
        span: None,
        fix: None,
    }
}

/// Only what a pod adds by dnsConfig can exceed the limits that the rest keeps. Pods of one template say it once.
fn kubelet_events(cluster: &Cluster) -> Vec<Diagnostic> {
    let mut seen = BTreeSet::new();
    let configured = cluster.pods.values().filter(|pod| pod.spec.dns_config.is_some());
    let once = configured.filter(|pod| seen.insert(Arc::as_ptr(&pod.spec) as usize));
    once.flat_map(|pod| events_of(cluster, pod)).collect()
}

fn events_of(cluster: &Cluster, pod: &Pod) -> Vec<Diagnostic> {
    let object = pod.workload.as_ref().or(pod.owner.as_ref()).unwrap_or(&pod.reference);
    let field = if *object == pod.reference { "spec.dnsConfig" } else { "spec.template.spec.dnsConfig" };
    let finding = |event: resolv_conf::KubeletWarning| Diagnostic {
        problem: Problem::KubeletEvent { reason: event.reason, message: event.message },
        object: Some(object.clone()),
        field: Some(FieldPath::from(field)),
        span: None,
        fix: None,
    };
    resolv_conf::of_pod(cluster, pod).events.into_iter().map(finding).collect()
}
