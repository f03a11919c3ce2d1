//! The files that CoreDNS can read beside its Corefile, ConfigMaps mounted into its pod, and its environment.

use std::collections::BTreeMap;

use crate::cluster::Cluster;
use crate::model::Text;

use super::pod::{environment, is_dns_server};

/// Texts by path, and the environment's variables.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CorednsFiles {
    texts: BTreeMap<String, Text>,
    variables: BTreeMap<String, String>,
    in_node_network: bool,
}

/// ConfigMap kube-system/coredns lies in /etc/coredns everywhere; k3s, AKS and others mount kube-system/coredns-custom
/// into /etc/coredns/custom.
pub(super) fn mounted_files(cluster: &Cluster) -> CorednsFiles {
    let mut files = CorednsFiles::default();
    for (name, folder) in [("coredns", "/etc/coredns"), ("coredns-custom", "/etc/coredns/custom")] {
        if let Some(config_map) = cluster.config_maps.get("kube-system", name) {
            files.texts.extend(config_map.data.iter().map(|(key, text)| (format!("{folder}/{key}"), text.clone())));
        }
    }
    let server = cluster.pods.values().find(|pod| is_dns_server(pod));
    files.variables = server.map(|pod| environment(cluster, pod)).unwrap_or_default();
    files.in_node_network = server.is_some_and(|pod| pod.spec.host_network);
    files.texts.entry(NODE_HOSTS.to_owned()).or_insert_with(|| node_hosts(cluster));
    files
}

/// A file that k3s writes into CoreDNS' ConfigMap once nodes are there (k3s, pkg/node/controller.go).
const NODE_HOSTS: &str = "/etc/coredns/NodeHosts";

fn node_hosts(cluster: &Cluster) -> Text {
    let first = cluster.nodes.values().filter_map(|node| Some((node.addresses.first()?, &node.name)));
    first.map(|(address, name)| format!("{address} {name}\n")).collect::<String>().into()
}

impl CorednsFiles {
    /// Texts by path.
    pub fn new<'t>(texts: impl IntoIterator<Item = (&'t str, &'t str)>) -> Self {
        let texts = texts.into_iter().map(|(path, text)| (path.to_owned(), text.into()));
        Self { texts: texts.collect(), ..Self::default() }
    }

    /// The text at a path.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(|text| &**text)
    }

    /// Whether something may lie at a path: of folders that aren't CoreDNS' own nobody knows.
    pub fn may_have(&self, path: &str) -> bool {
        self.texts.contains_key(path) || !path.starts_with("/etc/coredns/")
    }

    /// Whether CoreDNS' pod is in its node's network, whose interfaces nobody knows.
    pub fn in_node_network(&self) -> bool {
        self.in_node_network
    }

    /// The value of one of CoreDNS' environment variables; without it nothing.
    pub fn variable(&self, name: &str) -> &str {
        self.variables.get(name).map_or("", String::as_str)
    }

    /// The paths that fit with their texts, in the paths' order; one `*` stands for any characters but slashes.
    pub fn matching(&self, pattern: &str) -> Vec<(&str, &str)> {
        let fits = |path: &str| match pattern.split_once('*') {
            None => path == pattern,
            Some((before, after)) => path
                .strip_prefix(before)
                .and_then(|rest| rest.strip_suffix(after))
                .is_some_and(|between| !between.contains('/')),
        };
        self.texts.iter().filter(|(path, _)| fits(path)).map(|(path, text)| (&**path, &**text)).collect()
    }
}
