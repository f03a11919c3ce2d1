//! Who asks: finding the client among pods, nodes and the world outside.

use std::net::{IpAddr, Ipv6Addr};

use super::PacketOrigin;
use crate::cluster::{Cluster, Phase, Pod};
use crate::request::{ClientLibc, RequestClient};
use crate::source::ObjectRef;

/// A client that exists.
#[derive(Clone, Debug)]
pub struct PacketSender<'c> {
    /// Where it stands.
    pub origin: PacketOrigin<'c>,
    /// The addresses it sends from, at most one per family, the primary first.
    pub addresses: Vec<IpAddr>,
    /// One that it has besides, for addresses of the other family only.
    pub other: Option<IpAddr>,
}

/// The client outside as an IPv6 address sees it: whoever types one has IPv6 (RFC 3849).
const OUTSIDE_IPV6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0x50);

/// Why nobody can ask from there, in kubectl's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientError(pub String);

impl PacketSender<'_> {
    /// The C library of its programs: musl where the pod's image says alpine, BusyBox where it says busybox, else glibc.
    pub fn libc(&self) -> ClientLibc {
        self.origin.asker().libc()
    }

    /// The address it sends from towards another: to loopback from loopback; None where it has none of that family.
    pub fn source_for(&self, destination: IpAddr) -> Option<IpAddr> {
        if destination.is_loopback() {
            return Some(destination);
        }
        let own = self.addresses.iter().copied().find(|address| address.is_ipv4() == destination.is_ipv4());
        own.or_else(|| self.other.filter(|other| other.is_ipv4() == destination.is_ipv4()))
    }
}

/// The client's place and addresses.
pub fn find_client<'c>(cluster: &'c Cluster, client: &RequestClient) -> Result<PacketSender<'c>, ClientError> {
    match client {
        RequestClient::External(address) => {
            let own = address.unwrap_or(cluster.settings.external.address);
            let other = own.is_ipv4().then_some(IpAddr::V6(OUTSIDE_IPV6)).filter(|_| address.is_none());
            Ok(PacketSender { origin: PacketOrigin::Outside, addresses: vec![own], other })
        }
        RequestClient::Pod { namespace, name } => {
            let missing = || not_found("pods", name);
            running_pod(cluster.pods.get(namespace, name).ok_or_else(missing)?)
        }
        RequestClient::Workload { kind, namespace, name } => {
            let workload = ObjectRef::namespaced(kind, namespace, name);
            let group = match &**kind {
                "ReplicationController" => "",
                "Job" => ".batch",
                _ => ".apps",
            };
            let plural = format!("{}s{group}", kind.to_ascii_lowercase());
            let known = cluster.workloads.get(&workload).ok_or_else(|| not_found(&plural, name))?;
            let pods = || known.pods.iter().filter_map(|pod| cluster.pods.get(namespace, pod));
            let ready = pods().find(|pod| pod.phase == Phase::Running && !pod.terminating);
            let none = || ClientError(format!("error: {workload} has no pod to run a command in"));
            running_pod(ready.or_else(|| pods().next()).ok_or_else(none)?)
        }
        RequestClient::Node(name) => {
            let node = cluster.nodes.get(name).ok_or_else(|| not_found("nodes", name))?;
            Ok(PacketSender {
                origin: PacketOrigin::Node(node),
                addresses: one_per_family(&node.addresses),
                other: None,
            })
        }
    }
}

/// A pod in which a command can run (kubectl exec refuses completed pods; registry/core/pod refuses unplaced ones).
fn running_pod(pod: &Pod) -> Result<PacketSender<'_>, ClientError> {
    match pod.phase {
        Phase::Succeeded | Phase::Failed => Err(ClientError(format!(
            "error: cannot exec into a container in a completed pod; current phase is {:?}",
            pod.phase
        ))),
        _ if pod.node.is_none() => Err(ClientError(format!(
            "Error from server (BadRequest): pod {} does not have a host assigned",
            pod.name()
        ))),
        _ if pod.waiting_because.is_some() => Err(ClientError(format!(
            "error: unable to upgrade connection: container not found (\"{}\")",
            pod.spec.containers.first().map_or("", |container| &container.name)
        ))),
        Phase::Pending | Phase::Running | Phase::Unknown => {
            Ok(PacketSender { origin: PacketOrigin::Pod(pod), addresses: pod.addresses.clone(), other: None })
        }
    }
}

fn not_found(resource: &str, name: &str) -> ClientError {
    ClientError(format!("Error from server (NotFound): {resource} \"{name}\" not found"))
}

/// The first address of each family.
fn one_per_family(addresses: &[IpAddr]) -> Vec<IpAddr> {
    let v4 = addresses.iter().find(|address| address.is_ipv4());
    let v6 = addresses.iter().find(|address| address.is_ipv6());
    v4.into_iter().chain(v6).copied().collect()
}
