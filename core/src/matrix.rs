//! Who can reach whom: every client place against every Service port.

#![warn(missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::Serialize;

use crate::cluster::{LoadBalancerIngress, Phase, Pod, Service, ServiceKind, ServicePort};
use crate::packet::socket_text;
use crate::report::{LandingReport, landing_reports};
use crate::request::{AddressFamily, Ask, Request, RequestClient, RequestHost};
use crate::simulation::Simulation;
use crate::trace::Resolution;

mod reach;
mod policies;

pub use policies::{PolicyRuleReport, policy_rules};
pub use reach::{Exposure, ReachCell, client_names, exposures, reach, workloads};

/// How many cells are computed unless the caller allows more: it grows as clients times ports.
pub const DEFAULT_LIMIT: usize = 10_000;

/// What is computed.
#[derive(Clone, Debug)]
pub struct MatrixSelection {
    /// Only clients whose name contains this.
    pub from: Option<String>,
    /// Only Services whose `namespace/name` contains this.
    pub to: Option<String>,
    /// How many cells at most.
    pub limit: usize,
}

/// Why there are no cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatrixError {
    /// More cells than the limit.
    TooMany {
        /// Client places.
        clients: usize,
        /// Service ports.
        ports: usize,
        /// The limit.
        limit: usize,
    },
    /// No client's name contains this.
    NoClient(String),
    /// No Service with a port has a name that contains this.
    NoPort(String),
}

/// One client and one Service port.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MatrixCell {
    /// `external`, `node/node-1`, `pod/default/web-1`.
    pub from: String,
    /// `default/web`.
    pub service: String,
    /// `80/TCP`.
    pub port: String,
    /// What the client connects to: the cluster IP from inside; a load balancer's address or a node port from outside.
    pub address: Option<String>,
    /// `delivered`, `refused` …, or `mixed`.
    pub outcome: String,
    /// The pods that may answer.
    pub pods: BTreeSet<String>,
    /// Whom they see: `client`, `node`, `proxy`.
    pub source_kinds: BTreeSet<String>,
}

/// All cells, clients first: outside, the nodes, one pod of each workload.
pub fn matrix(simulation: &Simulation, selection: &MatrixSelection) -> Result<Vec<MatrixCell>, MatrixError> {
    let clients: Vec<(String, RequestClient)> = clients(simulation)
        .into_iter()
        .filter(|(name, group, _)| is_client_meant(&[name, group], selection))
        .map(|(name, _, client)| (name, client))
        .collect();
    let ports: Vec<(&Service, &ServicePort)> = ports(simulation, selection.to.as_deref());
    if let Some(from) = selection.from.as_ref().filter(|_| clients.is_empty()) {
        return Err(MatrixError::NoClient(from.clone()));
    }
    if let Some(to) = selection.to.as_ref().filter(|_| ports.is_empty()) {
        return Err(MatrixError::NoPort(to.clone()));
    }
    if clients.len().saturating_mul(ports.len()) > selection.limit {
        return Err(MatrixError::TooMany { clients: clients.len(), ports: ports.len(), limit: selection.limit });
    }
    let cells = clients.iter().flat_map(|(name, client)| {
        ports.iter().map(move |(service, port)| cell(simulation, name, client, service, port))
    });
    Ok(cells.collect())
}

/// Whether one of a client's names is what was chosen: a part of it, or its kind, as `--from` abbreviates it, and its name.
fn is_client_meant(names: &[&str], selection: &MatrixSelection) -> bool {
    let Some(wanted) = &selection.from else { return true };
    let (kind, rest) = wanted.split_once('/').unwrap_or(("", wanted));
    let kind = match kind {
        "deploy" | "deployments" => "deployment",
        "sts" | "statefulsets" => "statefulset",
        "ds" | "daemonsets" => "daemonset",
        "po" | "pods" => "pod",
        "no" | "nodes" => "node",
        other => other,
    };
    let is_meant = |name: &&str| {
        let (own, own_rest) = name.split_once('/').unwrap_or(("", name));
        let bare = own_rest.rsplit('/').next().unwrap_or(own_rest);
        name.contains(wanted.as_str()) || !kind.is_empty() && own == kind && (own_rest == rest || bare == rest)
    };
    names.iter().any(is_meant)
}

/// Outside, every node, the first pod of each workload, and every pod without one; each with the name of what it stands for.
fn clients(simulation: &Simulation) -> Vec<(String, String, RequestClient)> {
    let cluster = &simulation.plane.cluster;
    let mut clients = vec![("external".to_owned(), String::new(), RequestClient::External(None))];
    let nodes = cluster.nodes.keys();
    clients.extend(nodes.map(|name| (format!("node/{name}"), String::new(), RequestClient::Node(name.clone()))));
    let mut first: BTreeMap<String, &Pod> = BTreeMap::new();
    let runs = |pod: &&Pod| pod.node.is_some() && !matches!(pod.phase, Phase::Succeeded | Phase::Failed);
    for pod in cluster.pods.values().filter(runs) {
        let group = pod.workload.as_ref().unwrap_or(&pod.reference);
        if cluster.is_supplied(group) {
            continue;
        }
        first.entry(group.to_string()).or_insert(pod);
    }
    clients.extend(first.into_values().map(|pod| {
        let client = RequestClient::Pod { namespace: pod.namespace().into(), name: pod.name().into() };
        let group = pod.workload.as_ref().unwrap_or(&pod.reference);
        let group = format!("{}/{}", group.kind.to_ascii_lowercase(), group.qualified_name());
        (format!("pod/{}", pod.reference.qualified_name()), group, client)
    }));
    clients
}

fn ports<'s>(simulation: &'s Simulation, to: Option<&str>) -> Vec<(&'s Service, &'s ServicePort)> {
    let cluster = &simulation.plane.cluster;
    let pasted = cluster.services.values().filter(|service| !cluster.is_supplied(&service.reference));
    let named = pasted.filter(|service| to.is_none_or(|to| service.reference.qualified_name().contains(to)));
    named.flat_map(|service| service.ports.iter().map(move |port| (service, port))).collect()
}

fn cell(
    simulation: &Simulation,
    from: &str,
    client: &RequestClient,
    service: &Service,
    port: &ServicePort,
) -> MatrixCell {
    let empty = MatrixCell {
        from: from.to_owned(),
        service: service.reference.qualified_name(),
        port: format!("{}/{}", port.port, port.protocol),
        address: None,
        outcome: "unknown".to_owned(),
        pods: BTreeSet::new(),
        source_kinds: BTreeSet::new(),
    };
    let Some(resolution) = cell_resolution(simulation, client, service, port) else { return empty };
    let landings = landing_reports(&resolution);
    let each = |fact: fn(&LandingReport) -> Option<String>| landings.iter().filter_map(fact).collect();
    MatrixCell {
        address: resolution.connects_to.map(|(address, port)| socket_text(address, port)),
        pods: each(|landing| landing.pod.clone()),
        source_kinds: each(|landing| landing.source_kind.clone()),
        outcome: resolution.outcome().map_or("mixed", |outcome| outcome.name()).to_owned(),
        ..empty
    }
}

/// The answer to a client that connects to a Service's port; None for a client that can't ask.
fn cell_resolution(
    simulation: &Simulation,
    client: &RequestClient,
    service: &Service,
    port: &ServicePort,
) -> Option<Resolution> {
    let (host, number) = target(simulation, client, service, port);
    let ask = Ask::Connect { protocol: port.protocol, host, family: AddressFamily::Any, port: number };
    let sender = simulation.plane.sender(client).ok()?;
    Some(simulation.plane.resolve(&sender, &Request { from: client.clone(), ask, libc: sender.libc() }))
}

/// What a client would connect to: the cluster IP, or the name where there is none; from outside a load balancer's
/// address, an external address or a node port, where there is one.
fn target(
    simulation: &Simulation,
    client: &RequestClient,
    service: &Service,
    port: &ServicePort,
) -> (RequestHost, u16) {
    let outside = matches!(client, RequestClient::External(_)).then(|| entrance(simulation, service, port)).flatten();
    if let Some((address, number)) = outside {
        return (RequestHost::Address(address), number);
    }
    match (&service.kind, service.cluster_ips.first()) {
        (ServiceKind::Headless, _) => {
            (RequestHost::Name(name(simulation, service)), headless_port(simulation, service, port))
        }
        (_, Some(address)) => (RequestHost::Address(*address), port.port),
        (_, None) => (RequestHost::Name(name(simulation, service)), port.port),
    }
}

fn entrance(simulation: &Simulation, service: &Service, port: &ServicePort) -> Option<(IpAddr, u16)> {
    let balanced = service.load_balancer.iter().find_map(LoadBalancerIngress::address);
    let address = balanced.or(service.external_ips.first().copied()).map(|address| (address, port.port));
    let node = simulation.plane.cluster.nodes.values().find_map(|node| node.addresses.first().copied());
    address.or(node.zip(port.node_port))
}

/// A headless Service translates no port: its clients use the pods' own, as its slices have it.
fn headless_port(simulation: &Simulation, service: &Service, port: &ServicePort) -> u16 {
    let slices = simulation.plane.cluster.slices_of(service.namespace(), service.name());
    let ports = slices.iter().flat_map(|slice| &slice.ports);
    let named = |name: &Option<crate::model::Text>| name.as_deref().unwrap_or_default() == &*port.name;
    let own = ports.filter(|one| named(&one.name) && one.protocol == port.protocol).find_map(|one| one.port);
    own.unwrap_or(port.port)
}

fn name(simulation: &Simulation, service: &Service) -> String {
    let domain = &simulation.plane.cluster.settings.cluster_domain;
    format!("{}.{}.svc.{domain}.", service.name(), service.namespace())
}

/// The cells as CSV (RFC 4180), with a header.
pub fn to_csv(cells: &[MatrixCell]) -> String {
    let mut csv = "from,service,port,address,outcome,pods,source\n".to_owned();
    for cell in cells {
        let pods: Vec<&str> = cell.pods.iter().map(String::as_str).collect();
        let kinds: Vec<&str> = cell.source_kinds.iter().map(String::as_str).collect();
        let address = cell.address.as_deref().unwrap_or_default();
        let fields = [&cell.from, &cell.service, &cell.port, address, &cell.outcome, &pods.join(" "), &kinds.join(" ")];
        csv += &fields.join(",");
        csv.push('\n');
    }
    csv
}

/// At most three pods, and how many more.
fn few(pods: &[&str]) -> String {
    match pods {
        [] => "-".to_owned(),
        [a, b, c, more @ ..] if !more.is_empty() => format!("{a},{b},{c} + {} more", more.len()),
        all => all.join(","),
    }
}

/// The cells as a table for people: one line a cell, columns aligned.
pub fn to_text(cells: &[MatrixCell]) -> String {
    // 1. The cells as words, below their header.
    let header = ["FROM", "SERVICE", "PORT", "ADDRESS", "OUTCOME", "PODS", "SOURCE"].map(str::to_owned);
    let rows = cells.iter().map(|cell| {
        let pods: Vec<&str> = cell.pods.iter().map(String::as_str).collect();
        let kinds: Vec<&str> = cell.source_kinds.iter().map(String::as_str).collect();
        [
            cell.from.clone(),
            cell.service.clone(),
            cell.port.clone(),
            cell.address.clone().unwrap_or_else(|| "-".to_owned()),
            cell.outcome.clone(),
            few(&pods),
            if kinds.is_empty() { "-".to_owned() } else { kinds.join(",") },
        ]
    });
    let rows: Vec<[String; 7]> = std::iter::once(header).chain(rows).collect();
    // 2. Each column as wide as its widest.
    let widths: Vec<usize> = (0..7)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|it| it.chars().count()).max().unwrap_or(0))
        .collect();
    // 3. Lines without blanks at their end.
    let lines = rows.iter().map(|row| {
        let padded: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(text, width)| format!("{text}{}", " ".repeat(width.saturating_sub(text.chars().count()))))
            .collect();
        format!("{}\n", padded.join("   ").trim_end())
    });
    lines.collect()
}
