//! CoreDNS as the Corefile sets it up.

use std::net::IpAddr;

use crate::cluster::Cluster;
use crate::diagnostic::Diagnostic;
use crate::packet::{Packet, Protocol, Question};
use crate::source::{FieldRef, ObjectRef};

use super::asker::DnsClient;
use super::context::{ForwardPath, QueryContext, ServerConfig};
use super::corefile::{self, CorefileError};
use super::outside::PublishedRecord;
use super::reply::DnsReply;
use super::route::{PacketRoute, RouteEnd};
use super::{diagnose, files, server};

/// CoreDNS: its server blocks, or why there are none.
#[derive(Clone, Debug)]
pub struct ClusterDns {
    servers: Vec<ServerConfig>,
    /// Why it doesn't start.
    pub broken: Option<CorefileError>,
    diagnostics: Vec<Diagnostic>,
    /// The Corefile's field.
    pub corefile: FieldRef,
    /// Names that somebody outside leads to the cluster: the hosts of Ingresses.
    pub published: Vec<PublishedRecord>,
}

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
        let text = pasted.map_or(default.as_str(), |text| text);
        let (servers, broken) =
            match corefile::parse(text, &files).and_then(|corefile| server::compile(&corefile, &files)) {
                Ok(servers) => (servers, None),
                Err(error) => (Vec::new(), Some(error)),
            };
        let corefile = ObjectRef::namespaced("ConfigMap", "kube-system", "coredns").field("data[Corefile]");
        let mut dns = Self { servers, broken, diagnostics: Vec::new(), corefile, published: Vec::new() };
        dns.diagnostics = diagnose::diagnose(&dns.servers, dns.broken.as_ref(), &dns.corefile, cluster);
        dns
    }

    /// Whether a server block is for a port.
    pub(super) fn listens_on(&self, port: u16) -> bool {
        self.servers.iter().any(|server| server.port == port)
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
        QueryContext { servers, published, cluster, client, local, port, onward, depth: 0 }
    }
}
