//! MetalLB's pools of addresses and how they are announced (metallb.io/v1beta1).

use super::{LabelSelector, Metadata, Text};

object! {
    pub struct IpAddressPool {
        /// Its name and labels, by which advertisements choose it.
        pub metadata: Metadata = "metadata",
        /// What it holds and for whom.
        pub spec: IpAddressPoolSpec = "spec",
    }

    pub struct IpAddressPoolSpec {
        /// `10.0.0.0/24`, `10.0.0.5-10.0.0.9`.
        pub addresses: Vec<Text> = "addresses",
        /// Whether Services that ask for nothing get an address of it; true unless said.
        pub auto_assign: Option<bool> = "autoAssign",
        /// Whether IPv4 addresses that end in .0 or .255 are left out.
        pub avoid_buggy_ips: bool = "avoidBuggyIPs",
        /// For which Services it is kept.
        pub service_allocation: Option<ServiceAllocation> = "serviceAllocation",
    }

    /// For which Services a pool is kept.
    pub struct ServiceAllocation {
        /// The lower the number the earlier the pool; 0 or absent comes last.
        pub priority: i32 = "priority",
        /// Namespaces by name.
        pub namespaces: Vec<Text> = "namespaces",
        pub namespace_selectors: Vec<LabelSelector> = "namespaceSelectors",
        pub service_selectors: Vec<LabelSelector> = "serviceSelectors",
    }

    pub struct L2Advertisement {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// What is announced from where.
        pub spec: AdvertisementSpec = "spec",
    }

    pub struct BgpAdvertisement {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// What is announced from where.
        pub spec: AdvertisementSpec = "spec",
    }

    /// What is announced, and from which nodes. Without pools and pool selectors: every pool.
    pub struct AdvertisementSpec {
        /// Pools by name.
        pub ip_address_pools: Vec<Text> = "ipAddressPools",
        pub ip_address_pool_selectors: Vec<LabelSelector> = "ipAddressPoolSelectors",
        /// The nodes that may announce; all without any.
        pub node_selectors: Vec<LabelSelector> = "nodeSelectors",
        /// The Services it is for; all without any.
        pub service_selectors: Vec<LabelSelector> = "serviceSelectors",
    }
}
