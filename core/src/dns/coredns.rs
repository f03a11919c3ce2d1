//! CoreDNS as the Corefile sets it up.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::cluster::{Cluster, Phase, Pod};
use crate::diagnostic::Diagnostic;
use crate::order::Gather;
use crate::packet::{DnsName, Packet, Protocol, Question, RecordType};
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{Cause, DnsRule};

use super::asker::DnsClient;
use super::context::{CacheInFront, ForwardPath, QueryContext, ServerConfig};
use super::corefile::{self, CorefileError};
use super::node_cache::{self, NodeCache};
use super::outside::PublishedRecord;
use super::pod::is_dns_server;
use super::reply::DnsReply;
use super::route::{PacketRoute, RouteEnd};
use super::{diagnose, files, kube_dns, server};

/// CoreDNS: its server blocks, or why there are none.
#[derive(Clone, Debug)]
pub struct ClusterDns {
    servers: Vec<ServerConfig>,
    /// Why it doesn't start.
    pub broken: Option<CorefileError>,
    /// The zone for which its loop plugin ends it.
    ends_by_loop: Option<DnsName>,
    diagnostics: Vec<Diagnostic>,
    pub corefile: FieldRef,
    /// NodeLocal DNS, node by node.
    caches: Vec<NodeCache>,
    /// Names that somebody outside leads to the cluster: the hosts of Ingresses.
    pub published: Vec<PublishedRecord>,
}

/// The type that the loop plugin asks for.
const HINFO: RecordType = RecordType::Other(13);

/// Where NodeLocal DNS listens.
pub(super) const CACHE_PORT: u16 = 53;

/// kubeadm's Corefile for cluster.local (cmd/kubeadm/app/phases/addons/dns/manifests.go), for a cluster without the
/// ConfigMap.
const KUBEADM: &str = include_str!("kubeadm.Corefile");

impl ClusterDns {
    /// Reads the Corefile of ConfigMap kube-system/coredns. With a mistake in it CoreDNS doesn't start, and nobody
    /// listens on its port.
    pub fn read(cluster: &Cluster) -> Self {
        let config_map = cluster.config_maps.get("kube-system", "coredns");
        let pasted = config_map.and_then(|config_map| config_map.data.get("Corefile"));
        let files = files::mounted_files(cluster);
        let default = KUBEADM.replace("cluster.local", &cluster.settings.cluster_domain);
        let corefile = ObjectRef::namespaced("ConfigMap", "kube-system", "coredns").field("data[Corefile]");
        let text = pasted.map_or(default.as_str(), |text| text).to_owned();
        let (text, corefile) = kube_dns::corefile(cluster).unwrap_or((text, corefile));
        let (servers, broken) =
            match corefile::parse(&text, &files).and_then(|corefile| server::compile(&corefile, &files)) {
                Ok(servers) => (servers, None),
                Err(error) => (Vec::new(), Some(error)),
            };
        let (diagnostics, published) = (Vec::new(), Vec::new());
        let caches = node_cache::node_caches(cluster);
        let mut dns = Self { servers, broken, ends_by_loop: None, diagnostics, corefile, caches, published };
        dns.ends_by_loop = dns.find_loop(cluster);
        dns.diagnostics = diagnose::diagnose(&dns.servers, dns.broken.as_ref(), &dns.corefile, cluster);
        dns.diagnostics
            .extend(dns.ends_by_loop.as_ref().map(|zone| diagnose::loop_found(zone, &dns.corefile, cluster)));
        dns
    }

    /// The first zone that has the loop plugin and whose questions come back (plugin/loop: it asks HINFO of a name below
    /// its zone, and ends CoreDNS when that comes in a third time).
    fn find_loop(&self, cluster: &Cluster) -> Option<DnsName> {
        let pod = cluster.pods.values().find(|pod| is_dns_server(pod))?;
        let open = |_: DnsClient<'_>, _: &Packet| PacketRoute { hops: Vec::new(), end: RouteEnd::Outside };
        let onward = ForwardPath { route: &open, over: Protocol::Udp };
        let watching = self.servers.iter().filter(|server| server.detects_loops);
        let mut zones = watching.flat_map(|server| server.zones.iter().map(|zone| (zone, server.port)));
        let comes_back = |(zone, port): &(&DnsName, u16)| {
            let question = Question { name: DnsName::new(format!("1.2.{}", zone.as_str())), record_type: HINFO };
            let reply = self.context(cluster, None, &pod.addresses, *port, onward).serve(&question);
            reply.because.contains(&Cause::rule(DnsRule::ForwardsToItself))
        };
        zones.find(comes_back).map(|(zone, _)| zone.clone())
    }

    /// Why CoreDNS doesn't run.
    pub(super) fn ended_by(&self) -> Option<DnsRule> {
        let by_loop = self.ends_by_loop.as_ref().map(|_| DnsRule::LoopEndsCoreDns);
        self.broken.as_ref().map(|_| DnsRule::CorefileBroken).or(by_loop)
    }

    /// The pods that start CoreDNS again and again.
    pub fn crashing_pods(&self, cluster: &Cluster) -> BTreeSet<ObjectRef> {
        let runs = |pod: &&Pod| pod.phase == Phase::Running && is_dns_server(pod);
        let servers = cluster.pods.values().filter(runs).map(|pod| pod.reference.clone());
        if self.ended_by().is_some() { servers.into_set() } else { BTreeSet::new() }
    }

    /// The cache on a node that takes the packets for a server.
    pub(super) fn cache_on(&self, node: &str, server: IpAddr) -> Option<&NodeCache> {
        self.caches.iter().find(|cache| &*cache.node == node && cache.addresses.contains(&server))
    }

    /// A query that arrives at NodeLocal DNS; None where nobody knows what its Corefile says.
    pub(super) fn cache_context<'a>(
        &'a self,
        cluster: &'a Cluster,
        (pod, local): (&'a Pod, &'a [IpAddr]),
        client: IpAddr,
        onward: ForwardPath<'a>,
    ) -> Option<QueryContext<'a>> {
        let cache = self.caches.iter().find(|cache| cache.pod == pod.reference)?;
        let in_front = CacheInFront { pod, behind: &self.servers };
        let plain = self.context(cluster, Some(client), local, CACHE_PORT, onward);
        Some(QueryContext { servers: cache.servers.as_deref()?, cache: Some(in_front), ..plain })
    }

    /// Why nobody answers at a port of a CoreDNS pod: CoreDNS doesn't run, or no server block is for the port.
    pub(super) fn refusal(&self, port: u16, local: &[IpAddr]) -> Option<DnsRule> {
        let hears = || self.servers.iter().any(|server| server.hears(port, local));
        self.ended_by().or_else(|| (!hears()).then_some(DnsRule::ServerRefuses))
    }

    /// The same where these names lead to the cluster from outside.
    pub fn publishing(self, published: Vec<PublishedRecord>) -> Self {
        Self { published, ..self }
    }

    /// What CoreDNS and the kubelets have to say: mistakes in the Corefile, plugins that aren't modelled, what was cut
    /// from pods' /etc/resolv.conf.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        self.diagnostics.clone()
    }

    /// Answers a question that reaches CoreDNS on port 53. `client` is the source address it sees, `local` the addresses
    /// of the CoreDNS pod that answers. What it sends on reaches everybody outside.
    pub fn answer(&self, cluster: &Cluster, client: Option<IpAddr>, local: &[IpAddr], question: &Question) -> DnsReply {
        let open = |_: DnsClient<'_>, _: &Packet| PacketRoute { hops: Vec::new(), end: RouteEnd::Outside };
        self.context(cluster, client, local, 53, ForwardPath { route: &open, over: Protocol::Udp }).serve(question)
    }

    /// A query that arrives at CoreDNS.
    pub(super) fn context<'a>(
        &'a self,
        cluster: &'a Cluster,
        client: Option<IpAddr>,
        local: &'a [IpAddr],
        port: u16,
        onward: ForwardPath<'a>,
    ) -> QueryContext<'a> {
        let Self { servers, published, .. } = self;
        QueryContext { servers, published, cluster, client, local, port, onward, cache: None, depth: 0 }
    }
}
