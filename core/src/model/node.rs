//! Nodes and Namespaces.

use super::{Metadata, PodCondition, Quantities, Text};

object! {
    pub struct Node {
        /// Its name and labels (zone, host name).
        pub metadata: Metadata = "metadata",
        /// What it keeps away, and its pods' network.
        pub spec: NodeSpec = "spec",
        /// Its addresses.
        pub status: NodeStatus = "status",
    }

    pub struct NodeSpec {
        /// Its pods' network.
        pub pod_cidr: Option<Text> = "podCIDR",
        /// One per family.
        pub pod_cidrs: Vec<Text> = "podCIDRs",
        /// What it keeps away.
        pub taints: Vec<Taint> = "taints",
        /// Who made the machine: `aws:///eu-central-1a/i-0123`.
        pub provider_id: Option<Text> = "providerID",
        /// Whether it takes no new pods.
        pub unschedulable: bool = "unschedulable",
    }

    /// Keeps pods away that don't tolerate it.
    pub struct Taint {
        /// `node-role.kubernetes.io/control-plane`.
        pub key: Text = "key",
        pub value: Text = "value",
        /// `NoSchedule`, `PreferNoSchedule`, `NoExecute`.
        pub effect: Text = "effect",
    }

    pub struct NodeStatus {
        pub addresses: Vec<NodeAddress> = "addresses",
        /// `Ready` and others.
        pub conditions: Vec<PodCondition> = "conditions",
        /// What it has.
        pub capacity: Quantities = "capacity",
        /// What pods may use of that.
        pub allocatable: Quantities = "allocatable",
    }

    pub struct NodeAddress {
        /// `InternalIP`, `ExternalIP`, `Hostname`.
        pub kind: Text = "type",
        pub address: Text = "address",
    }

    pub struct Namespace {
        /// Its name and labels.
        pub metadata: Metadata = "metadata",
    }
}
