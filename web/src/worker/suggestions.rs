//! Questions that make sense with these manifests: one for each way in, the outermost first.

use std::rc::Rc;

use whichpod_core::cluster::{Cluster, Pod, Service, ServiceKind};
use whichpod_core::model::Ingress;
use whichpod_core::packet::socket_text;

use super::written;
use crate::answer::Suggestion;

/// As many are offered.
const MOST: usize = 5;

/// As many of one kind: variety teaches more.
const MOST_ALIKE: usize = 2;

/// Requests through Ingresses, load balancers and node ports from outside, then by name from a pod.
pub fn suggestions(cluster: &Cluster) -> Rc<[Suggestion]> {
    let ingresses = cluster.ingresses.values().flat_map(|ingress| urls(ingress));
    let ingresses = ingresses.map(|url| outside(format!("curl http://{url}")));
    let services = || written::services(cluster);
    let entrances = services().filter_map(|service| entrance(cluster, service));
    let entrances = entrances.map(|address| outside(format!("curl http://{address}/")));
    let client = client(cluster);
    let inside = services().filter_map(|service| Some(from_pod(service, client?)));
    let lookups = services().filter_map(|service| lookup(service, client?));
    let kinds = ingresses.take(MOST_ALIKE).chain(entrances.take(MOST_ALIKE));
    kinds.chain(inside.take(MOST_ALIKE)).chain(lookups.take(MOST_ALIKE)).take(MOST).collect()
}

fn outside(command: String) -> Suggestion {
    Suggestion { from: "external".into(), command: command.into() }
}

/// `shop.example.com/cart` for each path; hosts with a wildcard get a label.
fn urls(ingress: &Ingress) -> Vec<String> {
    let rules = ingress.spec.rules.iter().filter_map(|rule| Some((rule.host.as_deref()?, rule.http.as_ref()?)));
    let urls = rules.flat_map(|(host, http)| {
        let paths = http.paths.iter().map(|path| path.path.as_deref().unwrap_or("/"));
        // A path with signs of a regular expression is no URL.
        let plain = paths.filter(|path| path.starts_with('/') && !path.contains(['(', '[', '*', '$', '^', '?', '\\']));
        plain.map(move |path| format!("{}{path}", host.replacen('*', "a", 1)))
    });
    urls.collect()
}

/// Where a Service can be reached from outside.
fn entrance(cluster: &Cluster, service: &Service) -> Option<String> {
    let port = service.ports.first()?;
    let given = service.load_balancer.first().and_then(|ingress| ingress.ip).or(service.external_ips.first().copied());
    if let Some(address) = given {
        return Some(web_address(socket_text(address, port.port)));
    }
    let node = cluster.nodes.values().find(|node| !node.addresses.is_empty())?;
    Some(web_address(socket_text(*node.addresses.first()?, port.node_port?)))
}

/// Without the port that a browser takes anyway.
fn web_address(socket: String) -> String {
    socket.strip_suffix(":80").map(str::to_owned).unwrap_or(socket)
}

/// A pod that somebody wrote to ask from: one that serves nothing, else one by itself, rather than one of many.
fn client(cluster: &Cluster) -> Option<&Pod> {
    let pods = || written::pods(cluster);
    let alone = || pods().filter(|pod| pod.workload.is_none());
    alone().find(|pod| !is_selected(cluster, pod)).or_else(|| alone().next()).or_else(|| pods().next())
}

fn is_selected(cluster: &Cluster, pod: &Pod) -> bool {
    let services = written::services(cluster).filter(|service| service.namespace() == pod.namespace());
    let mut selectors = services.filter_map(|service| service.object.spec.selector.as_ref());
    selectors.any(|selector| selector.iter().all(|(key, value)| pod.labels.get(key) == Some(value)))
}

/// By name, with the namespace only where it is another.
fn name(service: &Service, client: &Pod) -> String {
    match service.namespace() == client.namespace() {
        true => service.name().to_owned(),
        false => format!("{}.{}", service.name(), service.namespace()),
    }
}

fn from_pod(service: &Service, client: &Pod) -> Suggestion {
    let name = name(service, client);
    let from = format!("pod/{}", client.reference.qualified_name());
    let command = match service.ports.first() {
        Some(port) if service.kind != ServiceKind::Headless && port.port != 80 => {
            format!("curl http://{name}:{}/", port.port)
        }
        Some(_) if service.kind != ServiceKind::Headless => format!("curl http://{name}/"),
        Some(_) | None => format!("nslookup {name}"),
    };
    Suggestion { from: from.into(), command: command.into() }
}

fn lookup(service: &Service, client: &Pod) -> Option<Suggestion> {
    let from = format!("pod/{}", client.reference.qualified_name());
    let named = !service.ports.is_empty() && service.kind != ServiceKind::Headless;
    named.then(|| Suggestion { from: from.into(), command: format!("nslookup {}", name(service, client)).into() })
}
