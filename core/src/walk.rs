//! From a request to everywhere it can land: the only module that knows the order in which components are asked.
//!
//! [`DataPlane`] is what the components have read out of the API: kube-proxy's tables, CoreDNS' Corefile, the
//! controllers' configuration. Built once per cluster, asked once per request.

use crate::cluster::{Cluster, Node, Pod};
use crate::model::Text;

pub mod connect;

pub use connect::{Network, connect};

/// Where a connection starts.
#[derive(Clone, Copy, Debug)]
pub enum Origin<'c> {
    /// A machine outside the cluster.
    Outside,
    /// A process in a pod with a network of its own, or of its node's (hostNetwork).
    Pod(&'c Pod),
    /// A process on a node.
    Node(&'c Node),
}

impl<'c> Origin<'c> {
    /// The node whose rules the first packet meets; None outside, and for a pod that has no node.
    pub fn node(self, cluster: &'c Cluster) -> Option<&'c Node> {
        match self {
            Self::Outside => None,
            Self::Pod(pod) => cluster.nodes.get::<Text>(pod.node.as_ref()?),
            Self::Node(node) => Some(node),
        }
    }
}
