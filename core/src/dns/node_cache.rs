//! NodeLocal DNS: a CoreDNS on each node that takes its pods' questions and sends them on as its own Corefile says
//! (kubernetes/dns, cmd/node-cache).

use std::net::IpAddr;
use std::sync::Arc;

use crate::cluster::{Cluster, Phase, Pod};
use crate::model::{Container, Text};
use crate::source::ObjectRef;

use super::context::ServerConfig;
use super::files::CorednsFiles;
use super::kube_dns::KubeDnsSettings;
use super::{corefile, server};

/// What runs on one node, and what it answers with.
#[derive(Clone, Debug)]
pub struct NodeCache {
    pub node: Text,
    pub pod: ObjectRef,
    /// What it listens on, of which the node's own pods reach it alone.
    pub addresses: Vec<IpAddr>,
    /// None where its Corefile isn't there or has a mistake.
    pub servers: Option<Arc<Vec<ServerConfig>>>,
}

/// The caches of all nodes, from the pods that run them.
pub fn node_caches(cluster: &Cluster) -> Vec<NodeCache> {
    let mut known: Vec<(ObjectRef, Option<Arc<Vec<ServerConfig>>>)> = Vec::new();
    let mut caches = Vec::new();
    for pod in cluster.pods.values().filter(|pod| pod.phase == Phase::Running && pod.ready) {
        // 1. The container, its addresses, its node.
        let Some(container) = pod.spec.containers.iter().find(|container| is_cache(container)) else { continue };
        let (Some(node), Some(list)) = (&pod.node, argument(container, "localip")) else { continue };
        let addresses: Vec<IpAddr> = list.split(',').filter_map(|own| own.trim().parse().ok()).collect();
        // 2. The Corefile, which all pods of a DaemonSet have in common.
        let owner = pod.workload.clone().unwrap_or_else(|| pod.reference.clone());
        let servers = match known.iter().find(|(of, _)| *of == owner) {
            Some((_, servers)) => servers.clone(),
            None => {
                let servers = corefile_of(cluster, pod, container, list).and_then(|text| compile(&text));
                known.push((owner, servers.clone()));
                servers
            }
        };
        caches.push(NodeCache { node: node.clone(), pod: pod.reference.clone(), addresses, servers });
    }
    caches
}

fn is_cache(container: &Container) -> bool {
    container.image.contains("node-cache")
}

/// The value of an option as Go's flags take it: `-localip LIST`, `--localip=LIST`.
fn argument<'c>(container: &'c Container, name: &str) -> Option<&'c str> {
    let words: Vec<&str> = container.command.iter().chain(&container.args).map(|word| &**word).collect();
    let value = |(place, word): (usize, &&'c str)| {
        let bare = word.strip_prefix("--").or_else(|| word.strip_prefix('-'))?.strip_prefix(name)?;
        match bare.strip_prefix('=') {
            Some(value) => Some(value),
            None if bare.is_empty() => words.get(place + 1).copied(),
            None => None,
        }
    };
    words.iter().enumerate().find_map(value)
}

/// The Corefile with what the cache puts into it (cmd/node-cache/app, updateCorefile).
fn corefile_of(cluster: &Cluster, pod: &Pod, container: &Container, addresses: &str) -> Option<String> {
    let mounted = |name: &str| cluster.config_maps.get(pod.namespace(), name);
    let volumes = || pod.spec.volumes.iter().filter_map(|volume| volume.config_map.as_ref());
    let base = volumes().find_map(|volume| mounted(&volume.name)?.data.get("Corefile"))?;
    // 1. ConfigMap kube-dns counts where it is mounted.
    let has_settings = volumes().any(|volume| &*volume.name == "kube-dns");
    let settings = if has_settings { KubeDnsSettings::read(cluster) } else { KubeDnsSettings::default() };
    // 2. The words that stand for addresses; CoreDNS' Service is known by a variable of the environment.
    let upstream = cluster.services.get(pod.namespace(), argument(container, "upstreamsvc").unwrap_or("kube-dns"))?;
    let listening = addresses.replace(',', " ");
    let mut text = base
        .replace("__PILLAR__UPSTREAM__SERVERS__", &settings.onward())
        .replace("__PILLAR__CLUSTER__DNS__", &upstream.cluster_ips.first()?.to_string())
        .replace("__PILLAR__LOCAL__DNS__", &listening)
        .replace("__PILLAR__DNS__SERVER__", "");
    // 3. A block for each stub domain.
    for (domain, servers) in &settings.stub_domains {
        let servers = servers.join(" ");
        text.push_str(&format!("\n{domain}:53 {{\n cache 30\n bind {listening}\n forward . {servers}\n}}\n"));
    }
    Some(text)
}

fn compile(text: &str) -> Option<Arc<Vec<ServerConfig>>> {
    let files = CorednsFiles::default();
    let servers = corefile::parse(text, &files).and_then(|corefile| server::compile(&corefile, &files));
    servers.ok().map(Arc::new)
}
