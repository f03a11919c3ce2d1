//! Every way into the cluster and every Service inside, each with the request that tries it: what one asks first of manifests
//! that one doesn't know yet.

#![warn(missing_docs)]

use std::net::IpAddr;

use serde::Serialize;

use crate::cluster::{Cluster, LoadBalancerIngress, Pod, Service, ServiceKind, ServicePort};
use crate::console::CommandRun;
use crate::explain::{self, BilingualText, Language};
use crate::manifest::DEFAULT_NAMESPACE;
use crate::model::{Ingress, Metadata};
use crate::order::Order;
use crate::packet::{Protocol, socket_text};
use crate::report::{Report, ReportDetail};
use crate::simulation::Simulation;
use crate::source::ObjectRef;
use crate::terminal::client;

mod routes;

pub use routes::{AttachedListener, attached_listeners};

/// How many the page lists at most.
const MOST: usize = 300;

/// How many pods are looked through for one that names a Service.
const MOST_PODS: usize = 2000;

/// What kind of entrance it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum EntranceKind {
    /// A host and path of an Ingress.
    Ingress,
    /// What a route of the Gateway API takes, or one of Traefik's own.
    Route,
    /// The address of a load balancer.
    LoadBalancer,
    /// One of spec.externalIPs.
    ExternalIp,
    /// A port of the nodes.
    NodePort,
    /// A Service's name, from inside.
    Service,
}

/// An entrance, and the request that tries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entrance {
    /// What it is.
    pub kind: EntranceKind,
    /// What was written for it.
    pub object: ObjectRef,
    /// Who asks, as after `--from`.
    pub from: String,
    /// The command.
    pub command: String,
}

/// What came of an entrance, for programs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct EntranceReport {
    /// What it is.
    pub kind: EntranceKind,
    /// `ingress default/shop`.
    pub object: String,
    /// Who asks, as after `--from`.
    pub from: String,
    /// The command.
    pub command: String,
    /// `delivered`, `refused` …, or `mixed`.
    pub outcome: String,
    /// The answer in one sentence.
    pub summary: String,
    /// What decided it; empty where nothing more is to say.
    pub because: String,
    /// Where the request lands, as in `whichpod.dev/trace/v1`: pods with their shares.
    pub pods: Vec<PodShare>,
}

/// A pod, and how much of the requests it gets.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PodShare {
    /// `default/web-1`.
    pub pod: String,
    /// From 0 to 1.
    pub share: f64,
}

/// The first entrances, those from outside before those inside: as many as a page can show.
pub fn entrances(cluster: &Cluster) -> Vec<Entrance> {
    every_entrance(cluster).take(MOST).collect()
}

/// All entrances, those from outside first.
pub fn every_entrance(cluster: &Cluster) -> impl Iterator<Item = Entrance> {
    let services = move || cluster.services.values().filter(|service| !cluster.is_supplied(&service.reference));
    let ingresses = cluster.ingresses.values().flat_map(|ingress| of_ingress(ingress));
    let outside = services().flat_map(move |service| of_service(cluster, service));
    let inside = services().flat_map(move |service| inside(cluster, service));
    ingresses.chain(routes::all(cluster)).chain(outside).chain(inside)
}

/// What comes of each, the failures first.
pub fn report(simulation: &Simulation, language: Language) -> Vec<EntranceReport> {
    let entrances: Vec<Entrance> = every_entrance(&simulation.plane.cluster).collect();
    let mut reports: Vec<EntranceReport> =
        entrances.iter().map(|entrance| asked(simulation, entrance, language)).collect();
    reports.order_by_key(|report| rank(&report.outcome));
    reports
}

/// Asks at an entrance; an error is why nothing can be asked there.
pub fn ask(simulation: &Simulation, entrance: &Entrance) -> Result<CommandRun, String> {
    let client = client::parse(&entrance.from, DEFAULT_NAMESPACE).map_err(|error| error.message)?;
    simulation.run(&client, &entrance.command, None).map_err(|error| error.message)
}

/// Failures come first, then what is not known, then what goes well.
pub fn rank(outcome: &str) -> u8 {
    match outcome {
        "delivered" => 3,
        "external" | "responded" => 2,
        "unknown" => 1,
        _ => 0,
    }
}

fn asked(simulation: &Simulation, entrance: &Entrance, language: Language) -> EntranceReport {
    // 1. What is told where nothing can be asked.
    let empty = EntranceReport {
        kind: entrance.kind,
        object: entrance.object.lowercase(),
        from: entrance.from.clone(),
        command: entrance.command.clone(),
        outcome: "unknown".to_owned(),
        summary: String::new(),
        because: String::new(),
        pods: Vec::new(),
    };
    // 2. Ask.
    let resolution = match ask(simulation, entrance) {
        Ok(CommandRun { resolution: Some(resolution), .. }) => resolution,
        Ok(_) => return empty,
        Err(summary) => return EntranceReport { summary, ..empty },
    };
    // 3. The answer, with its reason and the pods that it reaches.
    let report = Report::new(&resolution, &simulation.manifests, ReportDetail::default());
    let why = resolution.landings.first().map(|landing| explain::why(&landing.trail, language));
    let pods = report.landings.iter().filter_map(|landing| {
        let pod = landing.pod.clone().filter(|_| landing.outcome == "delivered")?;
        Some(PodShare { pod, share: landing.share })
    });
    EntranceReport {
        pods: pods.collect(),
        summary: explain::plain(&explain::summary(&resolution, language)),
        because: explain::plain(&why.unwrap_or_default()),
        outcome: report.outcome,
        ..empty
    }
}

fn outside(kind: EntranceKind, object: &ObjectRef, command: String) -> Entrance {
    Entrance { kind, object: object.clone(), from: "external".to_owned(), command }
}

/// A request for each host and path; without a host, to the controller's address.
fn of_ingress(ingress: &Ingress) -> Vec<Entrance> {
    let object = ObjectRef::namespaced("Ingress", namespace_of(&ingress.metadata), &ingress.metadata.name);
    let secured = |host: &str| ingress.spec.tls.iter().any(|tls| tls.hosts.iter().any(|name| &**name == host));
    let mut urls = Vec::new();
    for rule in &ingress.spec.rules {
        let paths = rule.http.iter().flat_map(|http| &http.paths).map(|path| path.path.as_deref().unwrap_or("/"));
        for path in paths.filter(|path| is_plain(path)) {
            urls.push(match rule.host.as_deref() {
                Some(host) if secured(host) => format!("curl -k https://{}{path}", named(host)),
                Some(host) => format!("curl http://{}{path}", named(host)),
                None => format!("curl http://INGRESS{path}"),
            });
        }
    }
    if ingress.spec.rules.is_empty() && ingress.spec.default_backend.is_some() {
        urls.push("curl http://INGRESS/".to_owned());
    }
    urls.into_iter().map(|command| outside(EntranceKind::Ingress, &object, command)).collect()
}

fn namespace_of(metadata: &Metadata) -> &str {
    if metadata.namespace.is_empty() { DEFAULT_NAMESPACE } else { &metadata.namespace }
}

/// A host with a wildcard gets a label.
fn named(host: &str) -> String {
    host.replacen('*', "a", 1)
}

/// A path with signs of a regular expression is no URL.
fn is_plain(path: &str) -> bool {
    path.starts_with('/') && !path.contains(['(', '[', '*', '$', '^', '?', '\\', ' '])
}

/// Where a Service is reached from outside: by its load balancer, by each external address, by a node's port.
fn of_service(cluster: &Cluster, service: &Service) -> Vec<Entrance> {
    let mut entrances = Vec::new();
    let node = cluster.nodes.values().find_map(|node| node.addresses.first().copied());
    for port in &service.ports {
        let mut add = |kind, address: IpAddr, number: u16| {
            let command = probe(port, &socket_text(address, number), number);
            entrances.push(outside(kind, &service.reference, command));
        };
        for address in service.load_balancer.iter().filter_map(LoadBalancerIngress::address) {
            add(EntranceKind::LoadBalancer, address, port.port);
        }
        for address in &service.external_ips {
            add(EntranceKind::ExternalIp, *address, port.port);
        }
        if let (Some(address), Some(number)) = (node, port.node_port) {
            add(EntranceKind::NodePort, address, number);
        }
    }
    entrances
}

/// A Service's name, asked by a pod that uses it.
fn inside(cluster: &Cluster, service: &Service) -> Vec<Entrance> {
    let Some(pod) = caller(cluster, service) else { return Vec::new() };
    let from = format!("pod/{}", pod.reference.qualified_name());
    let name = if service.namespace() == pod.namespace() {
        service.name().to_owned()
    } else {
        format!("{}.{}", service.name(), service.namespace())
    };
    let mut commands: Vec<String> = Vec::new();
    if service.kind == ServiceKind::Headless || service.ports.is_empty() {
        commands.push(format!("nslookup {name}"));
    } else {
        commands.extend(service.ports.iter().map(|port| probe(port, &format!("{name}:{}", port.port), port.port)));
    }
    let entrance = |command| Entrance {
        kind: EntranceKind::Service,
        object: service.reference.clone(),
        from: from.clone(),
        command,
    };
    commands.into_iter().map(entrance).collect()
}

/// The command that tries a port: as a browser would, or the bare connection where something else than HTTP is spoken.
fn probe(port: &ServicePort, socket: &str, number: u16) -> String {
    if port.protocol != Protocol::Tcp {
        return format!(
            "nc -zuv {}",
            socket.rsplit_once(':').map_or_else(|| socket.to_owned(), |(host, port)| format!("{host} {port}"))
        );
    }
    match speaks(port) {
        Speaks::Http => match socket.strip_suffix(":80") {
            Some(host) => format!("curl http://{host}/"),
            None => format!("curl http://{socket}/"),
        },
        Speaks::Https => match socket.strip_suffix(":443") {
            Some(host) => format!("curl -k https://{host}/"),
            None => format!("curl -k https://{socket}/"),
        },
        Speaks::Other => format!(
            "nc -zv {} {number}",
            socket.rsplit_once(':').map_or(socket, |(host, _)| host.trim_matches(['[', ']']))
        ),
    }
}

enum Speaks {
    Http,
    Https,
    Other,
}

/// Ports that by custom speak something else than HTTP.
const OTHERS: &[u16] =
    &[22, 25, 53, 389, 636, 1433, 1521, 1883, 2379, 3306, 4222, 5432, 5672, 6379, 9042, 9092, 11211, 27017];

fn speaks(port: &ServicePort) -> Speaks {
    let said = port.app_protocol.as_deref().unwrap_or(&port.name);
    match said.to_ascii_lowercase() {
        said if said.starts_with("https") => Speaks::Https,
        said if said.starts_with("http") || said.contains("web") => Speaks::Http,
        said if said.starts_with("grpc") || said.starts_with("tcp") => Speaks::Other,
        _ if OTHERS.contains(&port.port) => Speaks::Other,
        _ if matches!(port.port, 443 | 8443) => Speaks::Https,
        _ => Speaks::Http,
    }
}

/// A pod whose settings name the Service; else one by itself, rather than one of many, and rather not one behind it.
fn caller<'c>(cluster: &'c Cluster, service: &Service) -> Option<&'c Pod> {
    let supplied = |object: &ObjectRef| cluster.is_supplied(object);
    let written = |pod: &&Pod| !supplied(&pod.reference) && !pod.workload.as_ref().is_some_and(supplied);
    let pods = || cluster.pods.values().filter(written).take(MOST_PODS);
    let elsewhere = || pods().filter(|pod| !is_behind(pod, service));
    let alone = || elsewhere().filter(|pod| pod.workload.is_none());
    let mut near = alone().filter(|pod| pod.namespace() == service.namespace());
    let named = elsewhere().find(|pod| uses(pod, service));
    named.or_else(|| near.next()).or_else(|| alone().next()).or_else(|| elsewhere().next()).or_else(|| pods().next())
}

fn is_behind(pod: &Pod, service: &Service) -> bool {
    let selector = service.object.spec.selector.as_ref();
    pod.namespace() == service.namespace()
        && selector.is_some_and(|selector| selector.iter().all(|(key, value)| pod.labels.get(key) == Some(value)))
}

/// Whether a variable or an argument of one of its containers has the Service's name as a word.
fn uses(pod: &Pod, service: &Service) -> bool {
    let full = format!("{}.{}", service.name(), service.namespace());
    let is_name = |word: &str| {
        (word == service.name() && pod.namespace() == service.namespace())
            || word == full
            || word.strip_prefix(&full).is_some_and(|rest| rest.starts_with(".svc"))
    };
    let texts = pod.spec.containers.iter().flat_map(|container| {
        let values = container.env.iter().filter_map(|variable| variable.value.as_deref());
        values.chain(container.args.iter().chain(&container.command).map(|text| &**text))
    });
    let mut words = texts.flat_map(|text| text.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '.')));
    words.any(is_name)
}

/// For people: a line for each, and below it what decided.
pub fn to_text(reports: &[EntranceReport], language: Language) -> String {
    let width = |cell: fn(&EntranceReport) -> &str| reports.iter().map(|report| cell(report).chars().count()).max();
    let outcome = width(|report| &report.outcome).unwrap_or(0);
    let object = width(|report| &report.object).unwrap_or(0);
    let command = width(|report| &report.command).unwrap_or(0);
    let mut text = String::new();
    for report in reports {
        let EntranceReport { from, summary, because, .. } = report;
        text += &format!(
            "{:outcome$}  {:object$}  {:command$}  {} {from}\n{:outcome$}  {summary}",
            report.outcome,
            report.object,
            report.command,
            BilingualText::new("from", "発信元").of(language),
            ""
        );
        if !because.is_empty() {
            text += &format!("{} {because}", BilingualText::new("; because", "; 理由:").of(language));
        }
        text += "\n";
    }
    text
}

/// A table for a pull request or a runbook.
pub fn to_markdown(reports: &[EntranceReport]) -> String {
    let cell = |text: &str| text.replace('|', "\\|");
    let mut text = "| outcome | entrance | request | from | answer | because |\n|---|---|---|---|---|---|\n".to_owned();
    for report in reports {
        let EntranceReport { outcome, object, command, from, summary, because, .. } = report;
        let cells = [
            outcome.clone(),
            object.clone(),
            format!("`{}`", cell(command)),
            from.clone(),
            cell(summary),
            cell(because),
        ];
        text += &format!("| {} |\n", cells.join(" | "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::SettingOverrides;
    use crate::source::Sources;

    const CLUSTER: &str = "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http: {paths: [{path: /cart, pathType: Prefix, backend: {service: {name: cart, port: {number: 80}}}}]}
  - http: {paths: [{path: /open, pathType: Prefix, backend: {service: {name: nobody, port: {number: 80}}}}]}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: v1
kind: Service
metadata: {name: cart}
spec: {type: NodePort, selector: {app: cart}, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: v1
kind: Service
metadata: {name: store}
spec: {selector: {app: store}, ports: [{port: 6379}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart}
spec:
  replicas: 2
  selector: {matchLabels: {app: cart}}
  template:
    metadata: {labels: {app: cart}}
    spec: {containers: [{name: cart, image: example.com/cart, ports: [{containerPort: 80}], env: [{name: STORE, value: 'store:6379'}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: client}
spec: {containers: [{name: c, image: alpine}]}
";

    fn simulation() -> Simulation {
        Simulation::new(Sources::new([("a.yaml", CLUSTER)]), &SettingOverrides::default())
    }

    #[test]
    fn every_way_in_is_tried_and_services_by_those_who_use_them() {
        let found = entrances(&simulation().plane.cluster);
        let commands: Vec<&str> = found.iter().map(|entrance| &*entrance.command).collect();
        assert_eq!(commands.len(), 5, "{commands:?}");
        assert_eq!(commands[0], "curl http://shop.example.com/cart");
        assert_eq!(commands[1], "curl http://INGRESS/open");
        assert!(commands[2].ends_with(":30080/"), "{commands:?}");
        assert_eq!(commands[3], "curl http://cart/");
        assert_eq!(commands[4], "nc -zv store 6379");
        assert_eq!(found[3].from, "pod/default/client");
        assert!(found[4].from.starts_with("pod/default/cart-"), "{}", found[4].from);
    }

    #[test]
    fn failures_come_first_with_their_reason() {
        let reports = report(&simulation(), Language::English);
        let last = reports.last().expect("entrances");
        assert_eq!((&*last.outcome, last.pods.len()), ("delivered", 2));
        let first = &reports[0];
        assert!(rank(&first.outcome) == 0 && !first.because.is_empty(), "{first:?}");
        assert!(to_text(&reports, Language::English).starts_with(&first.outcome));
        assert_eq!(to_markdown(&reports).lines().count(), 2 + reports.len());
    }
}
