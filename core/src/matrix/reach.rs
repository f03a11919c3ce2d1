//! Who can reach whom by workload: every workload once, nodes that fare alike as one, and for each cell what decided it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{MatrixError, MatrixSelection, cell_resolution, is_client_meant, ports};
use crate::cluster::Phase;
use crate::entrances::{self, EntranceKind};
use crate::explain::{self, Language};
use crate::order::Order;
use crate::report::landing_reports;
use crate::request::RequestClient;
use crate::simulation::Simulation;
use crate::trace::Resolution;

/// A client and a target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ReachCell {
    /// `external`, `nodes`, `node/node-1`, `deployment/default/web`, `pod/default/client`.
    pub from: String,
    /// `default/web:80`, `http://shop.example.com/cart`.
    pub to: String,
    /// `delivered`, `refused` …, or `mixed`.
    pub outcome: String,
    /// The status with which a proxy answers by itself.
    pub status: Option<u16>,
    /// The workloads on which it lands.
    pub workloads: BTreeSet<String>,
    /// The policies that deny it, or let it through.
    pub policies: BTreeSet<String>,
    /// What decided it, where it isn't delivered.
    pub because: String,
}

/// What a workload is open to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Exposure {
    /// The workload.
    pub workload: String,
    /// Whether the client outside gets to it, and by what.
    pub outside: BTreeSet<String>,
    /// Who inside gets to it.
    pub inside: BTreeSet<String>,
    /// Whether everybody inside does who was asked.
    pub everybody: bool,
}

/// All cells, client by client.
pub fn reach(
    simulation: &Simulation,
    selection: &MatrixSelection,
    language: Language,
) -> Result<Vec<ReachCell>, MatrixError> {
    // 1. Clients, ports and URLs, as far as they are meant.
    let fits =
        |name: &str, wanted: &Option<String>| wanted.as_ref().is_none_or(|wanted| name.contains(wanted.as_str()));
    let clients: Vec<(String, RequestClient)> =
        clients(simulation).into_iter().filter(|(name, _)| is_client_meant(&[name], selection)).collect();
    let ports = ports(simulation, None);
    let target = |service: &str, port: u16| format!("{service}:{port}");
    let ports: Vec<_> = ports
        .into_iter()
        .filter(|(service, port)| fits(&target(&service.reference.qualified_name(), port.port), &selection.to))
        .collect();
    let urls: Vec<_> = urls(simulation).into_iter().filter(|(url, _)| fits(url, &selection.to)).collect();
    // 2. Nobody or nothing meant is an error, as are too many cells.
    match (&selection.from, &selection.to) {
        (Some(from), _) if clients.is_empty() => return Err(MatrixError::NoClient(from.clone())),
        (_, Some(to)) if ports.is_empty() && urls.is_empty() => return Err(MatrixError::NoPort(to.clone())),
        _ => {}
    }
    if clients.len().saturating_mul(ports.len()) > selection.limit {
        return Err(MatrixError::TooMany { clients: clients.len(), ports: ports.len(), limit: selection.limit });
    }
    // 3. Each client asks for each port; who is outside also for each URL.
    let mut cells = Vec::new();
    for (name, client) in &clients {
        for (service, port) in &ports {
            let to = target(&service.reference.qualified_name(), port.port);
            let resolution = cell_resolution(simulation, client, service, port);
            cells.push(cell(simulation, (name, to), resolution, language));
        }
        for (url, command) in urls.iter().filter(|_| matches!(client, RequestClient::External(_))) {
            let ran = simulation.run(client, command, None).ok().and_then(|run| run.resolution);
            cells.push(cell(simulation, (name, url.clone()), ran, language));
        }
    }
    Ok(with_nodes_joined(cells))
}

/// Who can ask, as the cells name them.
pub fn client_names(simulation: &Simulation) -> Vec<String> {
    clients(simulation).into_iter().map(|(name, _)| name).collect()
}

/// Outside, every node, every workload by its first pod that runs, every pod without one.
fn clients(simulation: &Simulation) -> Vec<(String, RequestClient)> {
    let cluster = &simulation.plane.cluster;
    let mut clients = vec![("external".to_owned(), RequestClient::External(None))];
    clients.extend(cluster.nodes.keys().map(|name| (format!("node/{name}"), RequestClient::Node(name.clone()))));
    let mut first: BTreeMap<String, RequestClient> = BTreeMap::new();
    let ended = |phase: Phase| matches!(phase, Phase::Succeeded | Phase::Failed);
    for pod in cluster.pods.values().filter(|pod| pod.node.is_some() && !ended(pod.phase)) {
        let group = pod.workload.as_ref().unwrap_or(&pod.reference);
        if !cluster.is_supplied(group) {
            let name = format!("{}/{}", group.kind.to_ascii_lowercase(), group.qualified_name());
            let client = RequestClient::Pod { namespace: pod.namespace().into(), name: pod.name().into() };
            first.entry(name).or_insert(client);
        }
    }
    clients.extend(first);
    clients
}

/// Hosts and paths of Ingresses and routes: the URL, and the command that asks for it.
fn urls(simulation: &Simulation) -> Vec<(String, String)> {
    let web = entrances::every_entrance(&simulation.plane.cluster)
        .filter(|entrance| matches!(entrance.kind, EntranceKind::Ingress | EntranceKind::Route));
    let mut seen = BTreeSet::new();
    let urls = web.filter_map(|entrance| {
        let url = entrance.command.split(' ').find(|word| word.contains("://"))?.to_owned();
        seen.insert(url.clone()).then_some((url, entrance.command))
    });
    urls.collect()
}

fn cell(
    simulation: &Simulation,
    (from, to): (&str, String),
    resolution: Option<Resolution>,
    language: Language,
) -> ReachCell {
    // 1. What couldn't be asked is unknown.
    let empty = ReachCell {
        from: from.to_owned(),
        to,
        outcome: "unknown".to_owned(),
        status: None,
        workloads: BTreeSet::new(),
        policies: BTreeSet::new(),
        because: String::new(),
    };
    let Some(resolution) = resolution else { return empty };
    // 2. The workloads that are reached.
    let landings = landing_reports(&resolution);
    let cluster = &simulation.plane.cluster;
    let workload = |pod: &String| {
        let found = pod.split_once('/').and_then(|(namespace, name)| cluster.pods.get(namespace, name));
        match found.and_then(|pod| pod.workload.as_ref()) {
            Some(workload) => format!("{}/{}", workload.kind.to_ascii_lowercase(), workload.qualified_name()),
            None => format!("pod/{pod}"),
        }
    };
    let delivered = landings.iter().filter(|landing| landing.outcome == "delivered");
    let workloads = delivered.filter_map(|landing| landing.pod.as_ref()).map(workload).collect();
    // 3. The policies that had a say.
    let rules = landings.iter().flat_map(|landing| &landing.rules);
    let policies = rules.filter_map(|rule| rule.split(' ').take(2).collect::<Vec<_>>().try_into().ok());
    let policies = policies.filter(|[kind, _]: &[&str; 2]| kind.ends_with("Policy")).map(|[_, name]| name.to_owned());
    // 4. Why it isn't reached, if somewhere it isn't.
    let failed = resolution.landings.iter().find(|landing| landing.outcome().name() != "delivered");
    let why = failed.map(|landing| explain::why(&landing.trail, language)).unwrap_or_default();
    ReachCell {
        outcome: resolution.outcome().map_or("mixed", |outcome| outcome.name()).to_owned(),
        status: landings.iter().find_map(|landing| landing.status),
        workloads,
        policies: policies.collect(),
        because: explain::plain(&why),
        ..empty
    }
}

/// Nodes that fare alike are one row, `nodes`.
fn with_nodes_joined(cells: Vec<ReachCell>) -> Vec<ReachCell> {
    let mut by_node: BTreeMap<String, Vec<ReachCell>> = BTreeMap::new();
    for cell in cells.iter().filter(|cell| cell.from.starts_with("node/")) {
        by_node.entry(cell.from.clone()).or_default().push(cell.clone());
    }
    let anonymous = |cells: &[ReachCell]| -> Vec<ReachCell> {
        cells.iter().map(|cell| ReachCell { from: "nodes".to_owned(), ..cell.clone() }).collect()
    };
    let rows: Vec<Vec<ReachCell>> = by_node.values().map(|cells| anonymous(cells)).collect();
    let alike = rows.windows(2).all(|pair| pair.first() == pair.last());
    let Some(first) = rows.first().filter(|_| alike && rows.len() > 1) else { return cells };
    let (mut joined, mut told) = (Vec::new(), false);
    for cell in cells {
        match (cell.from.starts_with("node/"), told) {
            (false, _) => joined.push(cell),
            (true, false) => {
                joined.extend(first.clone());
                told = true;
            }
            (true, true) => {}
        }
    }
    joined
}

/// What each workload that is reached at all, or could be, is open to.
pub fn exposures(cells: &[ReachCell], workloads: &BTreeSet<String>) -> Vec<Exposure> {
    let askers: BTreeSet<&str> =
        cells.iter().map(|cell| cell.from.as_str()).filter(|from| *from != "external").collect();
    let mut all: Vec<Exposure> = workloads
        .iter()
        .map(|workload| {
            let reaching = || cells.iter().filter(|cell| cell.workloads.contains(workload));
            let inside: BTreeSet<String> =
                reaching().filter(|cell| cell.from != "external").map(|cell| cell.from.clone()).collect();
            let outside = reaching().filter(|cell| cell.from == "external").map(|cell| cell.to.clone()).collect();
            let others = askers.iter().filter(|asker| **asker != workload.as_str()).count();
            let everybody = inside.iter().filter(|from| *from != workload).count() == others && others > 0;
            Exposure { workload: workload.clone(), outside, inside, everybody }
        })
        .collect();
    all.order_by_key(|exposure| (exposure.outside.is_empty(), !exposure.everybody, exposure.workload.clone()));
    all
}

/// The workloads that can ask and be asked.
pub fn workloads(simulation: &Simulation) -> BTreeSet<String> {
    let names = clients(simulation).into_iter().map(|(name, _)| name);
    names.filter(|name| name != "external" && !name.starts_with("node/")).collect()
}
