//! `--from` and `--why-not`: who asks, and which pod somebody expected, as people name them.

use std::collections::BTreeSet;

use whichpod_core::cluster::{Cluster, Pod};
use whichpod_core::console::{CommandRun, client};
use whichpod_core::explain::{Language, OtherDestination};
use whichpod_core::manifest::DEFAULT_NAMESPACE;
use whichpod_core::request::RequestClient;
use whichpod_core::schema::nearest;
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
    let from = without_group(&asker.from);
    // 1. As it is written.
    let read = client::parse(&from, &asker.namespace);
    let why = match read {
        Ok(client) => match simulation.plane.sender(&client) {
            Ok(_) => return Ok(client),
            Err(error) => error.0,
        },
        Err(error) => error.message,
    };
    // 2. By a name that only one has, in this namespace or, where none was named, in any.
    let found = by_name(cluster, &from, &asker.namespace)?;
    found.ok_or_else(|| not_there(cluster, &asker.from, &why))
}

/// `deployment.apps/web` and `shop/deploy/web`, as kubectl prints them and people write them, in the order of `--from`.
fn without_group(from: &str) -> String {
    let parts: Vec<&str> = from.split('/').collect();
    match parts.as_slice() {
        [namespace, kind, name] if kind_of(kind).is_some() && kind_of(namespace).is_none() => {
            format!("{}/{namespace}/{name}", bare_kind(kind))
        }
        [kind, rest @ ..] if !rest.is_empty() && kind.contains('.') && kind_of(kind).is_some() => {
            format!("{}/{}", bare_kind(kind), rest.join("/"))
        }
        _ => from.to_owned(),
    }
}

fn bare_kind(word: &str) -> &str {
    word.split('.').next().unwrap_or(word)
}

/// The kind that a word in front of a name means, its group aside.
fn kind_of(word: &str) -> Option<&'static str> {
    client::kind_of_word(&bare_kind(word).to_ascii_lowercase())
}

/// What somebody called: a kind if they named one, a namespace if they did, and a name.
struct CalledName<'a> {
    kind: Option<&'static str>,
    namespace: Option<&'a str>,
    name: &'a str,
}

impl<'a> CalledName<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty()).collect();
        Some(match parts.as_slice() {
            [name] => Self { kind: None, namespace: None, name },
            [first, name] => match kind_of(first) {
                Some(kind) => Self { kind: Some(kind), namespace: None, name },
                None => Self { kind: None, namespace: Some(first), name },
            },
            [kind, namespace, name] => Self { kind: Some(kind_of(kind)?), namespace: Some(namespace), name },
            _ => return None,
        })
    }

    /// Whether this object is called so, in this namespace (any for None).
    fn is(&self, object: &ObjectRef, namespace: Option<&str>) -> bool {
        *object.name == *self.name
            && self.kind.is_none_or(|kind| *object.kind == *kind)
            && (namespace.is_none() || object.namespace.as_deref() == namespace)
    }
}

/// What only one thing is called: `web-1`, `shop/web`, `svc/web`. In the namespace of `-n`; where that has none and nobody
/// chose it, in any.
fn by_name(cluster: &Cluster, from: &str, namespace: &str) -> Result<Option<RequestClient>, Unusable> {
    let Some(called) = CalledName::of(from) else { return Ok(None) };
    let own = called.namespace.unwrap_or(namespace);
    let anywhere = called.namespace.is_none() && namespace == DEFAULT_NAMESPACE;
    let mut found = clients_called(cluster, &called, Some(own));
    if found.is_empty() && anywhere {
        found = clients_called(cluster, &called, None);
    }
    match found.len() {
        0 | 1 => Ok(found.pop().map(|(_, client)| client)),
        _ => {
            let names: Vec<String> = found.into_iter().map(|(name, _)| name).collect();
            Err(Unusable(format!("--from {from} could be any of {}", names.join(", "))))
        }
    }
}

/// Everybody of that name, as `--from` takes it.
fn clients_called(cluster: &Cluster, called: &CalledName<'_>, namespace: Option<&str>) -> Vec<(String, RequestClient)> {
    // 1. Pods, workloads, nodes.
    let mut found: Vec<(String, RequestClient)> = Vec::new();
    let pods = cluster.pods.values().filter(|pod| called.is(&pod.reference, namespace));
    found.extend(pods.map(|pod| (client_name(&pod.reference), of_pod(pod))));
    for workload in cluster.workloads.keys().filter(|one| called.is(one, namespace)) {
        let own = workload.namespace.clone().unwrap_or_else(|| DEFAULT_NAMESPACE.into());
        let client =
            RequestClient::Workload { kind: workload.kind.clone(), namespace: own, name: workload.name.clone() };
        found.push((client_name(workload), client));
    }
    if called.namespace.is_none() && called.kind.is_none_or(|kind| kind == "Node") {
        let nodes = cluster.nodes.keys().filter(|node| ***node == *called.name);
        found.extend(nodes.map(|node| (format!("node/{node}"), RequestClient::Node(node.clone()))));
    }
    // 2. If nobody has that name, a pod behind the Service of that name.
    if found.is_empty() && called.kind.is_none_or(|kind| kind == "Service") {
        let services = cluster.services.values().filter(|service| {
            service.name() == called.name && namespace.is_none_or(|namespace| service.namespace() == namespace)
        });
        found.extend(services.filter_map(|service| {
            let pod = behind(cluster, service.namespace(), service.name())?;
            Some((format!("svc/{}", service.reference.qualified_name()), of_pod(pod)))
        }));
    }
    found
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

/// Nobody asks from there: what there is instead, first what is called alike.
fn not_there(cluster: &Cluster, from: &str, why: &str) -> Unusable {
    // 1. Words of an API server, which isn't there, and of the grammar, which isn't what is wrong.
    let known_kind = CalledName::of(from).is_some_and(|called| called.kind.is_some());
    let no_server = why.starts_with("Error from server (NotFound): ");
    let why = if no_server || known_kind { "nobody of that name is in these manifests" } else { why };
    // 2. What was probably meant.
    let mut names = names(cluster);
    let bare = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    let last = bare(from);
    let alike = nearest(&last, names.iter().map(|name| name.rsplit('/').next().unwrap_or_default()))
        .map(str::to_owned)
        .or_else(|| nearest(&last, std::iter::once("external")).map(str::to_owned));
    let meant = alike.map(|alike| {
        let found: Vec<String> = names.iter().filter(|name| bare(name) == alike).cloned().collect();
        if found.is_empty() { alike } else { found.join(" or ") }
    });
    let meant = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
    // 3. Everybody there is.
    let more = names.len().saturating_sub(LISTED);
    names.truncate(LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Unusable(format!("--from {from}: {why}{meant}; there are external, {}{more}", names.join(", ")))
}

/// A pod or a workload as `--from` takes it.
fn client_name(object: &ObjectRef) -> String {
    let kind = match &*object.kind {
        "Deployment" => "deploy".to_owned(),
        "StatefulSet" => "sts".to_owned(),
        "DaemonSet" => "ds".to_owned(),
        kind => kind.to_ascii_lowercase(),
    };
    match object.namespace.as_deref() {
        Some(DEFAULT_NAMESPACE) | None => format!("{kind}/{}", object.name),
        Some(namespace) => format!("{kind}/{namespace}/{}", object.name),
    }
}

/// Everybody who can ask, as `--from` takes it: workloads, pods without one, nodes.
pub fn names(cluster: &Cluster) -> Vec<String> {
    let askers: BTreeSet<&ObjectRef> = cluster.pods.values().filter_map(|pod| pod.workload.as_ref()).collect();
    let workloads = askers.into_iter().filter(|one| !cluster.is_supplied(one)).map(client_name);
    let pods = cluster.pods.values().filter(|pod| pod.workload.is_none() && !cluster.is_supplied(&pod.reference));
    let pods = pods.map(|pod| client_name(&pod.reference));
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
    let Some(found) = pod_called(cluster, pod, &question.asker.namespace) else {
        let pods = cluster.pods.values().filter(|pod| !pod.workload.as_ref().is_some_and(|of| cluster.is_supplied(of)));
        let names: Vec<String> = pods.map(|pod| pod.reference.qualified_name()).collect();
        let more = names.len().saturating_sub(LISTED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let names: Vec<String> = names.into_iter().take(LISTED).collect();
        return Err(Unusable(format!("--why-not {pod}: no such pod; there are {}{more}", names.join(", "))));
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

/// The pod that is meant: by its name, by that of its workload (the first of its pods), or of a Service; in the namespace
/// of `-n`, else in any.
fn pod_called<'c>(cluster: &'c Cluster, text: &str, namespace: &str) -> Option<&'c Pod> {
    let text = without_group(text);
    let called = CalledName::of(&text)?;
    let in_namespace = |namespace: Option<&str>| {
        let is_meant = |pod: &&Pod| {
            called.is(&pod.reference, namespace)
                || pod.workload.as_ref().is_some_and(|workload| called.is(workload, namespace))
        };
        let own = cluster.pods.values().find(|pod| called.is(&pod.reference, namespace));
        own.or_else(|| cluster.pods.values().find(is_meant)).or_else(|| {
            let services = cluster.services.values().filter(|service| {
                called.kind.is_none_or(|kind| kind == "Service")
                    && service.name() == called.name
                    && namespace.is_none_or(|namespace| service.namespace() == namespace)
            });
            services.filter_map(|service| behind(cluster, service.namespace(), service.name())).next()
        })
    };
    let own = called.namespace.unwrap_or(namespace);
    in_namespace(Some(own)).or_else(|| in_namespace(None).filter(|_| called.namespace.is_none()))
}
