//! Who asks for a name: where its programs run, with which addresses and which C library.

use std::net::IpAddr;

use crate::cluster::{Cluster, Node, Pod};
use crate::request::ClientLibc;
use crate::trace::ComponentPlace;

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub enum DnsClient<'c> {
    /// A machine outside the cluster.
    Outside,
    /// A process in a pod.
    Pod(&'c Pod),
    /// A process on a node.
    Node(&'c Node),
}

impl<'c> DnsClient<'c> {
    pub fn addresses(self, cluster: &Cluster) -> Vec<IpAddr> {
        match self {
            Self::Outside => vec![cluster.settings.external.address],
            Self::Node(node) => node.addresses.clone(),
            Self::Pod(pod) => pod.addresses.clone(),
        }
    }

    /// Whether its loopback is its machine's.
    pub fn is_in_node_network(self) -> bool {
        match self {
            Self::Outside | Self::Node(_) => true,
            Self::Pod(pod) => pod.spec.host_network,
        }
    }

    /// Where its processes run.
    pub fn place(self) -> ComponentPlace {
        match self {
            Self::Outside => ComponentPlace::Outside,
            Self::Node(node) => ComponentPlace::Node(node.name.clone()),
            Self::Pod(pod) => ComponentPlace::Pod(pod.reference.clone()),
        }
    }

    /// The C library of its programs, by its first container's image: Alpine's is musl, curl's own image is made from
    /// Alpine, BusyBox' own image is glibc or uClibc with BusyBox' tools, unless its tag says musl.
    pub fn libc(self) -> ClientLibc {
        let image = match self {
            Self::Outside | Self::Node(_) => None,
            Self::Pod(pod) => pod.spec.containers.first().map(|container| &*container.image),
        };
        image.map_or(ClientLibc::Glibc, ClientLibc::of_image)
    }

    /// Alpine's release, if its image names one: the second number of `alpine:3.17`.
    pub(super) fn alpine(self) -> Option<u32> {
        let Self::Pod(pod) = self else { return None };
        let (_, behind) = pod.spec.containers.first()?.image.split_once("alpine")?;
        let release = behind.trim_start_matches([':', '-']).strip_prefix("3.")?;
        release.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
    }
}
