//! What the kubelet puts into a pod besides /etc/resolv.conf: host name, /etc/hosts, environment variables
//! (pkg/kubelet/kubelet_pods.go, pkg/kubelet/envvars).

use std::net::IpAddr;

use crate::cluster::{Cluster, Pod};
use crate::trace::HostsEntry;

use super::asker::DnsClient;

mod environment;

pub use environment::{environment, unknown_variables};

/// The longest host name that Linux takes (kubelet util: hostnameMaxLen; the FQDN may have one character more).
const HOSTNAME_CHARACTERS: usize = 63;

/// What `hostname` prints: hostnameOverride, else spec.hostname or the pod's name cut to 63 characters, with
/// setHostnameAsFQDN and a subdomain the full name (GeneratePodHostNameAndDomain, TruncatePodHostnameIfNeeded). A pod in
/// its node's network has its node's name (generatePodSandboxConfig).
pub fn hostname(cluster: &Cluster, pod: &Pod) -> String {
    if let Some(node) = nodes_name(pod) {
        return node;
    }
    let short = short_hostname(pod);
    match domain(cluster, pod) {
        Some(domain) if pod.spec.set_hostname_as_fqdn => format!("{short}.{domain}"),
        _ => short,
    }
}

/// What `hostname -f` prints: the canonical name that /etc/hosts has for it.
pub fn full_hostname(cluster: &Cluster, pod: &Pod) -> String {
    if let Some(node) = nodes_name(pod) {
        return node;
    }
    match domain(cluster, pod) {
        Some(domain) => format!("{}.{domain}", short_hostname(pod)),
        None => short_hostname(pod),
    }
}

fn nodes_name(pod: &Pod) -> Option<String> {
    pod.node.as_ref().filter(|_| pod.spec.host_network).map(ToString::to_string)
}

fn short_hostname(pod: &Pod) -> String {
    if let Some(name) = &pod.spec.hostname_override {
        return name.to_string();
    }
    let set = pod.hostname.as_deref().or(pod.spec.hostname.as_deref()).filter(|name| !name.is_empty());
    let name = set.unwrap_or(pod.name());
    let cut: String = name.chars().take(HOSTNAME_CHARACTERS).collect();
    cut.trim_end_matches(['-', '.']).to_owned()
}

/// `SUBDOMAIN.NAMESPACE.svc.DOMAIN`, if the pod has a subdomain. hostnameOverride leaves it out.
fn domain(cluster: &Cluster, pod: &Pod) -> Option<String> {
    let subdomain = pod.subdomain.as_deref().or(pod.spec.subdomain.as_deref()).filter(|name| !name.is_empty())?;
    let overridden = pod.spec.hostname_override.is_some();
    (!overridden).then(|| format!("{subdomain}.{}.svc.{}", pod.namespace(), cluster.settings.cluster_domain))
}

/// The text of /etc/hosts (managedHostsFileContent; hostNetwork: nodeHostsFileContent).
pub fn hosts_file(cluster: &Cluster, asker: DnsClient<'_>) -> String {
    let DnsClient::Pod(pod) = asker else { return machine_hosts() };
    let mut text = if pod.spec.host_network {
        format!("# Kubernetes-managed hosts file (host network).\n{}", machine_hosts())
    } else {
        managed_hosts(cluster, pod)
    };
    if !pod.spec.host_aliases.is_empty() {
        text.push_str("\n# Entries added by HostAliases.\n");
    }
    for alias in &pod.spec.host_aliases {
        let names: Vec<&str> = alias.hostnames.iter().map(|name| &**name).collect();
        text.push_str(&format!("{}\t{}\n", alias.ip, names.join("\t")));
    }
    text
}

fn managed_hosts(cluster: &Cluster, pod: &Pod) -> String {
    let mut text = String::from("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n");
    text.push_str("::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\n");
    text.push_str("fe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n");
    let short = short_hostname(pod);
    for address in &pod.addresses {
        match domain(cluster, pod) {
            Some(domain) => text.push_str(&format!("{address}\t{short}.{domain}\t{short}\n")),
            None => text.push_str(&format!("{address}\t{short}\n")),
        }
    }
    text
}

/// What a machine has at least.
fn machine_hosts() -> String {
    "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n".to_owned()
}

/// The lines of an /etc/hosts that name something, in order.
pub fn hosts_entries(text: &str) -> Vec<HostsEntry> {
    text.lines().filter_map(entry).collect()
}

fn entry(line: &str) -> Option<HostsEntry> {
    let mut words = line.split('#').next()?.split_whitespace();
    let address: IpAddr = words.next()?.parse().ok()?;
    let names: Vec<String> = words.map(str::to_owned).collect();
    (!names.is_empty()).then_some(HostsEntry { address, names })
}

/// Whether a pod is the cluster's DNS server: in kube-system, with the label by which kube-dns selects, or running
/// CoreDNS' image. Only these read the ConfigMap kube-system/coredns.
pub fn is_dns_server(pod: &Pod) -> bool {
    let labelled = pod.labels.get("k8s-app").is_some_and(|label| &**label == "kube-dns");
    pod.namespace() == "kube-system" && (labelled || runs_coredns(pod))
}

/// Whether a pod runs CoreDNS' image.
pub fn runs_coredns(pod: &Pod) -> bool {
    let is_coredns = |image: &str| image.rsplit('/').next().is_some_and(|name| name.contains("coredns"));
    pod.spec.containers.iter().any(|container| is_coredns(&container.image))
}
