//! kube-dns, GKE's name server, as the Corefile that comes to the same (kubernetes/dns, pkg/dns/config: stubDomains and
//! upstreamNameservers of ConfigMap kube-dns; kubedns answers for Services with a TTL of 30 seconds).

use std::collections::BTreeMap;

use crate::cluster::{Cluster, Pod};
use crate::source::{FieldRef, ObjectRef};

use super::pod::is_dns_server;

/// ConfigMap kube-dns; a setting that can't be read keeps its default.
#[derive(Clone, Debug, Default)]
pub struct KubeDnsSettings {
    /// Servers by the zone that they are asked for.
    pub stub_domains: BTreeMap<String, Vec<String>>,
    upstream: Vec<String>,
}

impl KubeDnsSettings {
    pub fn read(cluster: &Cluster) -> Self {
        let map = cluster.config_maps.get("kube-system", "kube-dns");
        let text = |key: &str| map.and_then(|map| map.data.get(key)).map_or("", |text| text);
        let mut stub_domains: BTreeMap<String, Vec<String>> =
            serde_json::from_str(text("stubDomains")).unwrap_or_default();
        stub_domains.retain(|_, servers| !servers.is_empty());
        Self { stub_domains, upstream: serde_json::from_str(text("upstreamNameservers")).unwrap_or_default() }
    }

    /// To whom all other questions go, in the words of `forward`.
    pub fn onward(&self) -> String {
        if self.upstream.is_empty() { "/etc/resolv.conf".to_owned() } else { self.upstream.join(" ") }
    }
}

/// The Corefile and where it comes from, if kube-dns is what serves names.
pub(super) fn corefile(cluster: &Cluster) -> Option<(String, FieldRef)> {
    cluster.pods.values().find(|pod| is_dns_server(pod) && runs_kube_dns(pod))?;
    let settings = KubeDnsSettings::read(cluster);
    let (domain, onward) = (&cluster.settings.cluster_domain, settings.onward());
    let mut corefile = format!(
        ".:53 {{\n kubernetes {domain} in-addr.arpa ip6.arpa {{\n pods insecure\n fallthrough in-addr.arpa ip6.arpa\n ttl 30\n }}\n \
         forward . {onward}\n cache 30\n loadbalance\n}}\n"
    );
    for (stub, servers) in &settings.stub_domains {
        corefile.push_str(&format!("{stub}:53 {{\n forward . {}\n cache 30\n}}\n", servers.join(" ")));
    }
    Some((corefile, ObjectRef::namespaced("ConfigMap", "kube-system", "kube-dns").field("data")))
}

fn runs_kube_dns(pod: &Pod) -> bool {
    pod.spec.containers.iter().any(|container| container.image.contains("k8s-dns-kube-dns"))
}
