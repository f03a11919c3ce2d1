//! The address of CoreDNS, which the kubelets write into pods.

use super::service::Service;
use super::settings::ClusterSettings;
use super::table::Namespaced;

impl ClusterSettings {
    /// The kubelets write CoreDNS' address into pods, unless they are told another.
    pub(super) fn with_name_server(mut self, services: &Namespaced<Service>) -> Self {
        if !self.cluster_dns_said {
            let labelled = |service: &&Service| {
                service.object.metadata.labels.get("k8s-app").is_some_and(|name| &**name == "kube-dns")
            };
            let found = services.get("kube-system", "kube-dns");
            let found =
                found.or_else(|| services.in_namespace("kube-system").map(|(_, service)| service).find(labelled));
            self.cluster_dns = found.map(|service| service.cluster_ips.clone()).unwrap_or_default();
        }
        self
    }
}
