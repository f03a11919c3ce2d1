//! `--from` and `--why-not`: who asks, and which pod somebody expected, as people name them.

use std::collections::BTreeSet;

use whichpod_core::cluster::{Cluster, Pod};
use whichpod_core::console::{CommandRun, client};
use whichpod_core::explain::{Language, OtherDestination};
use whichpod_core::request::RequestClient;
use whichpod_core::simulation::Simulation;
use whichpod_core::source::ObjectRef;

use super::plain;
use crate::Unusable;
use crate::arguments::{Asker, Question};
use crate::context::Context;

/// As many names are listed where one isn't found.
const LISTED: usize = 8;

/// The client that `--from` means.
pub fn client_of(simulation: &Simulation, asker: &Asker) -> Result<RequestClient, Unusable> {
    let cluster = &simulation.plane.cluster;
    let read = client::parse(&asker.from, &asker.namespace);
    match read {
        Ok(client) => match simulation.plane.sender(&client) {
            Ok(_) => Ok(client),
            Err(error) => Err(not_there(cluster, &asker.from, &error.0)),
        },
        Err(error) => by_name(cluster, asker)?.ok_or_else(|| not_there(cluster, &asker.from, &error.message)),
    }
}

/// `web-1`, `shop/web`, `svc/web`: what only one thing is called.
fn by_name(cluster: &Cluster, asker: &Asker) -> Result<Option<RequestClient>, Unusable> {
    // 1. A Service's pod.
    let from = asker.from.as_str();
    let service = ["svc/", "service/", "services/"].iter().find_map(|prefix| from.strip_prefix(prefix));
    let (namespace, name) =
        service.unwrap_or(from).split_once('/').unwrap_or((&asker.namespace, service.unwrap_or(from)));
    if service.is_some() {
        return Ok(behind(cluster, namespace, name).map(of_pod));
    }
    // 2. Whatever has that name: pods, workloads, nodes.
    let mut found: Vec<(String, RequestClient)> = Vec::new();
    found.extend(cluster.pods.get(namespace, name).map(|pod| (format!("pod/{name}"), of_pod(pod))));
    for workload in
        cluster.workloads.keys().filter(|one| *one.name == *name && one.namespace.as_deref() == Some(namespace))
    {
        let client =
            RequestClient::Workload { kind: workload.kind.clone(), namespace: namespace.into(), name: name.into() };
        found.push((format!("{}/{name}", workload.kind.to_ascii_lowercase()), client));
    }
    if !from.contains('/') {
        found.extend(
            cluster
                .nodes
                .keys()
                .filter(|node| ***node == *name)
                .map(|node| (format!("node/{name}"), RequestClient::Node(node.clone()))),
        );
    }
    // 3. If nothing has, a Service.
    if found.is_empty() {
        found.extend(behind(cluster, namespace, name).map(|pod| (format!("svc/{name}"), of_pod(pod))));
    }
    // 4. It must be one thing only.
    match found.len() {
        0 | 1 => Ok(found.pop().map(|(_, client)| client)),
        _ => {
            let names: Vec<String> = found.into_iter().map(|(name, _)| name).collect();
            Err(Unusable(format!("--from {from} could be any of {}", names.join(", "))))
        }
    }
}

fn of_pod(pod: &Pod) -> RequestClient {
    RequestClient::Pod { namespace: pod.namespace().into(), name: pod.name().into() }
}

/// A pod behind a Service.
fn behind<'c>(cluster: &'c Cluster, namespace: &str, name: &str) -> Option<&'c Pod> {
    let selector = cluster.services.get(namespace, name)?.object.spec.selector.as_ref()?;
    let selected = |pod: &&Pod| {
        pod.namespace() == namespace && selector.iter().all(|(key, value)| pod.labels.get(key) == Some(value))
    };
    cluster.pods.values().find(selected)
}

/// A client as routing tests name it.
pub fn written(client: &RequestClient) -> String {
    match client {
        RequestClient::External(None) => "external".to_owned(),
        RequestClient::External(Some(address)) => format!("external:{address}"),
        RequestClient::Pod { namespace, name } => format!("pod/{namespace}/{name}"),
        RequestClient::Workload { kind, namespace, name } => {
            format!("{}/{namespace}/{name}", kind.to_ascii_lowercase())
        }
        RequestClient::Node(name) => format!("node/{name}"),
    }
}

/// Nobody asks from there: what there is instead.
fn not_there(cluster: &Cluster, from: &str, why: &str) -> Unusable {
    let why =
        why.strip_prefix("Error from server (NotFound): ").map_or(why, |_| "nobody of that name is in these manifests");
    let mut names = names(cluster);
    let more = names.len().saturating_sub(LISTED);
    names.truncate(LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Unusable(format!("--from {from}: {why}; there are external, {}{more}", names.join(", ")))
}

/// Everybody who can ask, as `--from` takes it: workloads, pods without one, nodes.
pub fn names(cluster: &Cluster) -> Vec<String> {
    let own = |namespace: &str| if namespace == "default" { String::new() } else { format!("{namespace}/") };
    let askers: BTreeSet<&ObjectRef> = cluster.pods.values().filter_map(|pod| pod.workload.as_ref()).collect();
    let workloads = askers.into_iter().filter(|one| !cluster.is_supplied(one)).map(|one| {
        let kind = match &*one.kind {
            "Deployment" => "deploy".to_owned(),
            "StatefulSet" => "sts".to_owned(),
            "DaemonSet" => "ds".to_owned(),
            kind => kind.to_ascii_lowercase(),
        };
        format!("{kind}/{}{}", own(one.namespace.as_deref().unwrap_or("default")), one.name)
    });
    let pods = cluster.pods.values().filter(|pod| pod.workload.is_none() && !cluster.is_supplied(&pod.reference));
    let pods = pods.map(|pod| format!("pod/{}{}", own(pod.namespace()), pod.name()));
    let nodes = cluster.nodes.keys().map(|name| format!("node/{name}"));
    workloads.chain(pods).chain(nodes).collect()
}

/// Why a request doesn't land on a pod, in a sentence.
pub fn why_not(
    simulation: &Simulation,
    run: &CommandRun,
    pod: &str,
    question: &Question,
    context: &Context,
) -> Result<String, Unusable> {
    let cluster = &simulation.plane.cluster;
    let bare = pod.strip_prefix("pod/").unwrap_or(pod);
    let (namespace, name) = bare.split_once('/').unwrap_or((&question.asker.namespace, bare));
    let found = cluster.pods.get(namespace, name).or_else(|| of_workload(cluster, namespace, name));
    let Some(found) = found else {
        let pods = cluster.pods.values().filter(|pod| !pod.workload.as_ref().is_some_and(|of| cluster.is_supplied(of)));
        let names: Vec<String> = pods.map(|pod| pod.reference.qualified_name()).take(LISTED).collect();
        return Err(Unusable(format!("--why-not {pod}: no such pod; there are {}", names.join(", "))));
    };
    let Some(resolution) = &run.resolution else {
        return Err(Unusable("--why-not: this command asks the network nothing".to_owned()));
    };
    let reason = OtherDestination::new(resolution, cluster).reason(found, context.language);
    let name = found.reference.qualified_name();
    Ok(match (reason, context.language) {
        (Some(reason), Language::English) => format!("not pod {name}: {}", plain(&reason)),
        (Some(reason), Language::Japanese) => format!("pod {name} に届かない理由: {}", plain(&reason)),
        (None, Language::English) => format!("pod {name} is one of those on which it lands"),
        (None, Language::Japanese) => format!("pod {name} には届く"),
    })
}

/// `deploy/web`, or the name of a workload: its first pod.
fn of_workload<'c>(cluster: &'c Cluster, namespace: &str, name: &str) -> Option<&'c Pod> {
    let is_meant =
        |pod: &&Pod| pod.namespace() == namespace && pod.workload.as_ref().is_some_and(|one| *one.name == *name);
    cluster.pods.values().find(is_meant)
}
