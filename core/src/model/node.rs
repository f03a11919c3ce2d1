//! Nodes and Namespaces.

use super::{Metadata, PodCondition, Quantities, Text};

object! {
    /// A Node.
    pub struct Node {
        /// Its name and labels (zone, host name).
        pub metadata: Metadata = "metadata",
        /// What it keeps away, and its pods' network.
        pub spec: NodeSpec = "spec",
        /// Its addresses.
        pub status: NodeStatus = "status",
    }

    /// spec of a Node.
    pub struct NodeSpec {
        /// Its pods' network.
        pub pod_cidr: Option<Text> = "podCIDR",
        /// One per family.
        pub pod_cidrs: Vec<Text> = "podCIDRs",
        /// What it keeps away.
        pub taints: Vec<Taint> = "taints",
        /// Whether it takes no new pods.
        pub unschedulable: bool = "unschedulable",
    }

    /// Keeps pods away that don't tolerate it.
    pub struct Taint {
        /// `node-role.kubernetes.io/control-plane`.
        pub key: Text = "key",
        /// Its value.
        pub value: Text = "value",
        /// `NoSchedule`, `PreferNoSchedule`, `NoExecute`.
        pub effect: Text = "effect",
    }

    /// status of a Node.
    pub struct NodeStatus {
        /// Its addresses.
        pub addresses: Vec<NodeAddress> = "addresses",
        /// `Ready` and others.
        pub conditions: Vec<PodCondition> = "conditions",
        /// What it has.
        pub capacity: Quantities = "capacity",
        /// What pods may use of that.
        pub allocatable: Quantities = "allocatable",
    }

    /// An address of a node.
    pub struct NodeAddress {
        /// `InternalIP`, `ExternalIP`, `Hostname`.
        pub kind: Text = "type",
        /// The address.
        pub address: Text = "address",
    }

    /// A Namespace.
    pub struct Namespace {
        /// Its name and labels.
        pub metadata: Metadata = "metadata",
    }
}
