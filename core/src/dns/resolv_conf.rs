//! /etc/resolv.conf: what the kubelet writes into a pod (pkg/kubelet/network/dns/dns.go), and how files are read.

use std::net::{IpAddr, Ipv4Addr};

use crate::cluster::{Cluster, Pod};
use crate::model::PodDnsConfig;

use super::asker::DnsClient;

/// A resolver's configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResolvConf {
    /// The name servers, in the order they are asked.
    pub nameservers: Vec<IpAddr>,
    /// The search list.
    pub search: Vec<String>,
    /// The options: `ndots:5`.
    pub options: Vec<String>,
    /// What the kubelet had to cut, with its event.
    pub events: Vec<KubeletWarning>,
}

/// A Warning event that the kubelet records when it cuts something; the pod still starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KubeletWarning {
    /// `DNSConfigForming`, `MissingClusterDNS`
    pub reason: &'static str,
    /// Its text.
    pub message: String,
}

/// The kubelet's limits (pkg/apis/core/validation: MaxDNSNameservers, MaxDNSSearchPaths, MaxDNSSearchListChars).
const NAMESERVERS: usize = 3;
const SEARCH_DOMAINS: usize = 32;
const SEARCH_CHARACTERS: usize = 2048;
/// Longer search domains are dropped (dns.go formDNSSearchFitsLimits).
const SEARCH_DOMAIN_CHARACTERS: usize = 253;

impl DnsClient<'_> {
    /// The resolver's configuration there.
    pub fn resolv_conf(self, cluster: &Cluster) -> ResolvConf {
        match self {
            Self::Outside => resolv_conf_outside(cluster),
            Self::Node(_) => of_node(cluster),
            Self::Pod(pod) => of_pod(cluster, pod),
        }
    }
}

/// A node's own file, as its C library reads it: `domain` is a search list of one (resolv.conf(5)).
pub fn of_node(cluster: &Cluster) -> ResolvConf {
    parse(&cluster.settings.node_resolv_conf, true)
}

/// A machine outside: the same resolver, without search list.
pub fn resolv_conf_outside(cluster: &Cluster) -> ResolvConf {
    ResolvConf { nameservers: of_node(cluster).nameservers, ..ResolvConf::default() }
}

/// What a kubelet takes of its node's file. Without one (`resolvConf: ""`) pods with the node's policy get their own machine as
/// name server (GetPodDNS).
fn of_kubelet(cluster: &Cluster, policy: DnsPolicy) -> ResolvConf {
    match (cluster.settings.kubelet_reads_nodes_file, policy) {
        (true, _) => parse(&cluster.settings.node_resolv_conf, false),
        (false, DnsPolicy::Cluster | DnsPolicy::None) => ResolvConf::default(),
        (false, DnsPolicy::Node) => ResolvConf {
            nameservers: vec![Ipv4Addr::LOCALHOST.into()],
            search: vec![".".to_owned()],
            ..ResolvConf::default()
        },
    }
}

/// A pod's file (Configurer.GetPodDNS).
pub fn of_pod(cluster: &Cluster, pod: &Pod) -> ResolvConf {
    let mut made = match policy(cluster, pod) {
        DnsPolicy::Cluster => cluster_first(cluster, pod),
        DnsPolicy::Node => of_kubelet(cluster, DnsPolicy::Node),
        DnsPolicy::None => ResolvConf::default(),
    };
    if missing_cluster_dns(cluster, pod) {
        made.events.push(KubeletWarning { reason: "MissingClusterDNS", message: missing_message(pod) });
    }
    if let Some(config) = &pod.spec.dns_config {
        append(&mut made, config);
    }
    cut(made)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum DnsPolicy {
    Cluster,
    Node,
    None,
}

/// hostNetwork makes ClusterFirst mean Default; words that nobody knows mean ClusterFirst (getPodDNSType).
fn policy(cluster: &Cluster, pod: &Pod) -> DnsPolicy {
    match pod.spec.dns_policy.as_deref() {
        Some("None") => DnsPolicy::None,
        Some("Default") => DnsPolicy::Node,
        Some("ClusterFirstWithHostNet") => with_servers(cluster),
        _ if pod.spec.host_network => DnsPolicy::Node,
        _ => with_servers(cluster),
    }
}

/// Without --cluster-dns the kubelet falls back to Default.
fn with_servers(cluster: &Cluster) -> DnsPolicy {
    if cluster.settings.cluster_dns.is_empty() { DnsPolicy::Node } else { DnsPolicy::Cluster }
}

fn missing_cluster_dns(cluster: &Cluster, pod: &Pod) -> bool {
    let wants = !matches!(pod.spec.dns_policy.as_deref(), Some("None" | "Default"));
    let by_network = pod.spec.dns_policy.as_deref() == Some("ClusterFirstWithHostNet") || !pod.spec.host_network;
    wants && by_network && cluster.settings.cluster_dns.is_empty()
}

fn missing_message(pod: &Pod) -> String {
    let policy = pod.spec.dns_policy.as_deref().unwrap_or("ClusterFirst");
    format!(
        "kubelet does not have ClusterDNS IP configured and cannot create Pod using \"{policy}\" policy. \
         Falling back to \"Default\" policy."
    )
}

/// The cluster's name servers; its search domains before the node's; ndots:5 instead of the node's options.
fn cluster_first(cluster: &Cluster, pod: &Pod) -> ResolvConf {
    let domain = cluster.settings.cluster_domain.trim_end_matches('.');
    let mut search = Vec::new();
    if !domain.is_empty() {
        search = vec![format!("{}.svc.{domain}", pod.namespace()), format!("svc.{domain}"), domain.to_owned()];
    }
    search.extend(of_kubelet(cluster, DnsPolicy::Cluster).search);
    ResolvConf {
        nameservers: cluster.settings.cluster_dns.clone(),
        search: without_repeats(search),
        options: vec!["ndots:5".to_owned()],
        events: Vec::new(),
    }
}

/// dnsConfig adds name servers and search domains and overrides options by name (appendDNSConfig, mergeDNSOptions).
fn append(made: &mut ResolvConf, config: &PodDnsConfig) {
    made.nameservers.extend(config.nameservers.iter().filter_map(|server| server.parse::<IpAddr>().ok()));
    made.nameservers = without_repeats(std::mem::take(&mut made.nameservers));
    made.search.extend(config.searches.iter().map(std::string::ToString::to_string));
    made.search = without_repeats(std::mem::take(&mut made.search));
    for option in &config.options {
        let name = &*option.name;
        let text = option.value.as_deref().map_or_else(|| name.to_owned(), |value| format!("{name}:{value}"));
        match made.options.iter_mut().find(|had| had.split(':').next() == Some(name)) {
            Some(had) => *had = text,
            None => made.options.push(text),
        }
    }
}

fn without_repeats<T: PartialEq>(values: Vec<T>) -> Vec<T> {
    values.into_iter().fold(Vec::new(), |mut kept, value| {
        if !kept.contains(&value) {
            kept.push(value);
        }
        kept
    })
}

/// Cuts what exceeds the limits, with an event for each (formDNSNameserversFitsLimits, formDNSSearchFitsLimits).
fn cut(mut made: ResolvConf) -> ResolvConf {
    if made.nameservers.len() > NAMESERVERS {
        made.nameservers.truncate(NAMESERVERS);
        let kept: Vec<String> = made.nameservers.iter().map(ToString::to_string).collect();
        let message = format!(
            "Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: {}",
            kept.join(" ")
        );
        made.events.push(KubeletWarning { reason: "DNSConfigForming", message });
    }
    let before = made.search.len();
    made.search.truncate(SEARCH_DOMAINS);
    made.search.retain(|domain| domain.len() <= SEARCH_DOMAIN_CHARACTERS);
    while made.search.join(" ").len() > SEARCH_CHARACTERS {
        made.search.pop();
    }
    if made.search.len() < before {
        let message = format!(
            "Search Line limits were exceeded, some search paths have been omitted, the applied search line is: {}",
            made.search.join(" ")
        );
        made.events.push(KubeletWarning { reason: "DNSConfigForming", message });
    }
    made
}

/// Reads a file as the kubelet does (parseResolvConf): name servers add up, of search and options lines the last counts,
/// search domains lose a final dot. Only a C library reads `domain`; with `search` the last counts.
pub fn parse(text: &str, reads_domain: bool) -> ResolvConf {
    let mut conf = ResolvConf::default();
    for line in text.lines().filter(|line| !line.trim_start().starts_with(['#', ';'])) {
        let mut words = line.split_whitespace();
        match words.next() {
            Some("nameserver") => conf.nameservers.extend(words.next().and_then(|word| word.parse::<IpAddr>().ok())),
            Some("search") => conf.search = words.map(without_final_dot).filter(|domain| !domain.is_empty()).collect(),
            Some("domain") if reads_domain => {
                let domain = words.next().map(without_final_dot);
                conf.search = domain.filter(|domain| !domain.is_empty()).into_iter().collect();
            }
            Some("options") => conf.options = words.map(str::to_owned).collect(),
            _ => {}
        }
    }
    conf
}

fn without_final_dot(domain: &str) -> String {
    domain.strip_suffix('.').unwrap_or(domain).to_owned()
}

impl ResolvConf {
    /// From how many dots on a name is first asked as it is: 1 unless said, at most 15 (glibc RES_MAXNDOTS; musl too).
    pub fn ndots(&self) -> usize {
        let said = self.options.iter().filter_map(|option| option.strip_prefix("ndots:"));
        said.filter_map(|number| number.parse::<usize>().ok()).next_back().unwrap_or(1).min(15)
    }

    /// The file as containerd writes it: search, nameserver, options.
    pub fn text(&self) -> String {
        let mut text = self.search_line().map(|line| line + "\n").unwrap_or_default();
        for server in &self.nameservers {
            text.push_str(&format!("nameserver {server}\n"));
        }
        if !self.options.is_empty() {
            text.push_str(&format!("options {}\n", self.options.join(" ")));
        }
        text
    }

    /// The search line, if there is one.
    pub fn search_line(&self) -> Option<String> {
        (!self.search.is_empty()).then(|| format!("search {}", self.search.join(" ")))
    }
}
