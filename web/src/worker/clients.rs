//! Who can ask: outside, nodes, pods by workload.

use std::collections::BTreeMap;
use std::rc::Rc;

use whichpod_core::cluster::{Cluster, Pod};
use whichpod_core::source::ObjectRef;

use super::written;
use crate::answer::{Client, ClientGroup, ClientKind};

/// As many of one group are listed: one pod of a workload asks as well as another.
const MOST: usize = 20;

/// As many groups are listed.
const MOST_GROUPS: usize = 200;

/// Everybody who can ask, in the order of the list.
pub fn clients(cluster: &Cluster) -> Rc<[ClientGroup]> {
    let outside = Client { from: "external".into(), title: "".into() };
    let nodes = cluster.nodes.keys().map(|name| client(format!("node/{name}"), name));
    let mut workloads: BTreeMap<&ObjectRef, Vec<&Pod>> = BTreeMap::new();
    let mut alone = Vec::new();
    for pod in written::pods(cluster) {
        match &pod.workload {
            Some(workload) => workloads.entry(workload).or_default().push(pod),
            None => alone.push(pod),
        }
    }
    let pods = |pods: Vec<&Pod>| pods.into_iter().map(pod).collect::<Vec<_>>();
    let mut groups = vec![group(ClientKind::Outside, vec![outside])];
    groups.push(group(ClientKind::Pods, pods(alone)));
    for (workload, members) in workloads.into_iter().take(MOST_GROUPS) {
        groups.push(group(ClientKind::Workload(workload.lowercase().into()), pods(members)));
    }
    groups.push(group(ClientKind::Nodes, nodes.collect()));
    groups.retain(|group| !group.clients.is_empty());
    groups.into()
}

fn group(kind: ClientKind, mut clients: Vec<Client>) -> ClientGroup {
    let more = clients.len().saturating_sub(MOST) as u32;
    clients.truncate(MOST);
    ClientGroup { kind, clients, more }
}

fn pod(pod: &Pod) -> Client {
    let name = pod.reference.qualified_name();
    client(format!("pod/{name}"), &name)
}

fn client(from: String, title: &str) -> Client {
    Client { from: from.into(), title: title.into() }
}
