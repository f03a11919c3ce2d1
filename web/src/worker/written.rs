//! What somebody wrote, without what every cluster has.

use whichpod_core::cluster::{Cluster, Pod, Service};

/// The pods that were pasted, or whose workload was.
pub fn pods(cluster: &Cluster) -> impl Iterator<Item = &Pod> {
    let supplied = |object| cluster.is_supplied(object);
    cluster.pods.values().filter(move |pod| !supplied(&pod.reference) && !pod.workload.as_ref().is_some_and(supplied))
}

/// The Services that were pasted.
pub fn services(cluster: &Cluster) -> impl Iterator<Item = &Service> {
    cluster.services.values().filter(|service| !cluster.is_supplied(&service.reference))
}
