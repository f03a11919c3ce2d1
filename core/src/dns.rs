//! Names: what a client's resolver asks, and what CoreDNS, or a resolver outside, answers.
//!
//! [`Dns`] is CoreDNS as the Corefile sets it up. [`lookup_host`] is what a program such as curl does with a name,
//! [`lookup_tool`] what dig, nslookup, host and getent do. How a query gets to its server is the walk's affair: it is
//! asked through [`Route`].

use std::net::IpAddr;

use crate::cluster::{Cluster, Node, Pod};
use crate::diagnostic::Diagnostic;
use crate::packet::{DnsName, Packet, Protocol, Question};
use crate::request::Libc;
use crate::source::{FieldRef, ObjectRef};
use crate::trace::{Gap, Hop, Lookup, Place};

pub mod corefile;
mod files;
mod diagnose;
pub mod name;
pub mod resolv_conf;
pub mod pod;
pub mod outside;
pub mod plugins;
pub mod rewrite;
pub mod autopath;
pub mod template;
pub mod hosts;
pub mod external;
pub mod kubernetes;
pub mod forward;
pub mod server;
pub mod wire;
pub mod resolver;

pub use corefile::CorefileError;
pub use resolv_conf::ResolvConf;
pub use resolver::bind::end_of_aliases;
pub use resolver::{lookup_host, lookup_tool};
pub use server::Reply;

use server::{Context, Onward, Server};

/// CoreDNS: its server blocks, or why there are none.
#[derive(Clone, Debug)]
pub struct Dns {
    servers: Vec<Server>,
    /// Why it doesn't start.
    pub broken: Option<CorefileError>,
    diagnostics: Vec<Diagnostic>,
    /// The Corefile's field.
    pub corefile: FieldRef,
    /// Names that somebody outside leads to the cluster: the hosts of Ingresses.
    pub published: Vec<Published>,
}

/// A name that leads to the cluster, for those who ask outside, as external-dns writes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// The name, its first label perhaps a wildcard.
    pub name: DnsName,
    /// Where it leads.
    pub address: IpAddr,
    /// Who wants it: the host of an Ingress' rule.
    pub because: FieldRef,
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub enum Asker<'c> {
    /// A machine outside the cluster.
    Outside,
    /// A process in a pod.
    Pod(&'c Pod),
    /// A process on a node.
    Node(&'c Node),
}

/// How a query packet fares on its way to a server: the hops, and the end of them. The walk routes it as it routes every
/// packet: kube-proxy, NetworkPolicy, nodes.
#[derive(Clone, Debug)]
pub struct Route {
    /// What happened on the way. The last hop ends as [`Route::end`] says.
    pub hops: Vec<Hop>,
    /// Where it ends.
    pub end: RouteEnd,
}

/// Where a query packet ends.
#[derive(Clone, Debug, PartialEq)]
pub enum RouteEnd {
    /// A pod takes it.
    Pod {
        /// Which.
        pod: ObjectRef,
        /// The source address that the pod sees.
        source: IpAddr,
        /// The port it arrives at.
        port: u16,
    },
    /// It leaves the cluster for a server outside.
    Outside,
    /// Refused at once.
    Refused,
    /// Silence: dropped on the way, or nobody takes it there.
    Silent,
    /// It depends on something that isn't modelled.
    Unknown(Gap),
}

/// Asks the walk for the route of a query packet that somebody sends: the client, or CoreDNS on to a resolver outside.
pub type RouteOf<'r> = dyn Fn(Asker<'_>, &Packet) -> Route + 'r;

/// A lookup with its walk: the resolver's choice of names, the way of the query that settled it, the server's answer,
/// and what the resolver makes of it. The hops join.
#[derive(Clone, Debug)]
pub struct Walked {
    /// What was asked and what came of it.
    pub lookup: Lookup,
    /// The hops; the last one's decision is Resolved, Unresolved or Unknown.
    pub hops: Vec<Hop>,
}

/// kubeadm's Corefile for cluster.local (cmd/kubeadm/app/phases/addons/dns/manifests.go), for a cluster without the
/// ConfigMap.
const KUBEADM: &str = include_str!("dns/kubeadm.Corefile");

impl Dns {
    /// Reads the Corefile of ConfigMap kube-system/coredns. With a mistake in it CoreDNS doesn't start, and nobody
    /// listens on its port.
    pub fn read(cluster: &Cluster) -> Self {
        let config_map = cluster.config_maps.get("kube-system", "coredns");
        let pasted = config_map.and_then(|config_map| config_map.data.get("Corefile"));
        let files = files::mounted(cluster);
        let default = KUBEADM.replace("cluster.local", &cluster.settings.cluster_domain);
        let text = pasted.map_or(default.as_str(), |text| text);
        let (servers, broken) =
            match corefile::parse(text, &files).and_then(|corefile| plugins::compile(&corefile, &files)) {
                Ok(servers) => (servers, None),
                Err(error) => (Vec::new(), Some(error)),
            };
        let corefile = ObjectRef::namespaced("ConfigMap", "kube-system", "coredns").field("data[Corefile]");
        let mut dns = Self { servers, broken, diagnostics: Vec::new(), corefile, published: Vec::new() };
        dns.diagnostics = diagnose::diagnose(&dns, cluster);
        dns
    }

    /// Whether a server block is for a port.
    fn listens_on(&self, port: u16) -> bool {
        self.servers.iter().any(|server| server.port == port)
    }

    /// The same where these names lead to the cluster from outside.
    pub fn publishing(self, published: Vec<Published>) -> Self {
        Self { published, ..self }
    }

    /// What CoreDNS and the kubelets have to say: mistakes in the Corefile, plugins that aren't modelled, what was cut
    /// from pods' /etc/resolv.conf.
    pub fn diagnostics(&self) -> Vec<Diagnostic> {
        self.diagnostics.clone()
    }

    /// Answers a question that reaches CoreDNS on port 53. `client` is the source address it sees, `local` the addresses
    /// of the CoreDNS pod that answers. What it sends on reaches everybody outside.
    pub fn answer(&self, cluster: &Cluster, client: Option<IpAddr>, local: &[IpAddr], question: &Question) -> Reply {
        let open = |_: Asker<'_>, _: &Packet| Route { hops: Vec::new(), end: RouteEnd::Outside };
        Context::new(self, cluster, client, local, 53, Onward { route: &open, over: Protocol::Udp }).serve(question)
    }

    /// Whether a pod is the cluster's DNS server: in kube-system, with the label by which kube-dns selects, or running
    /// CoreDNS' image. Only these read the ConfigMap kube-system/coredns.
    pub fn is_server(pod: &Pod) -> bool {
        let coredns = |image: &str| image.rsplit('/').next().is_some_and(|name| name.contains("coredns"));
        let labelled = pod.labels.get("k8s-app").is_some_and(|label| &**label == "kube-dns");
        let runs = pod.spec.containers.iter().any(|container| coredns(&container.image));
        pod.namespace() == "kube-system" && (labelled || runs)
    }
}

impl<'c> Asker<'c> {
    /// The resolver's configuration there.
    pub fn resolv_conf(self, cluster: &Cluster) -> ResolvConf {
        match self {
            Self::Outside => resolv_conf::outside(cluster),
            Self::Node(_) => resolv_conf::of_node(cluster),
            Self::Pod(pod) => resolv_conf::of_pod(cluster, pod),
        }
    }

    /// Its addresses.
    pub fn addresses(self, cluster: &Cluster) -> Vec<IpAddr> {
        match self {
            Self::Outside => vec![cluster.settings.external.address],
            Self::Node(node) => node.addresses.clone(),
            Self::Pod(pod) => pod.addresses.clone(),
        }
    }

    /// Where its processes run.
    pub fn place(self) -> Place {
        match self {
            Self::Outside => Place::Outside,
            Self::Node(node) => Place::Node(node.name.clone()),
            Self::Pod(pod) => Place::Pod(pod.reference.clone()),
        }
    }

    /// The C library of its programs, by its first container's image: Alpine's is musl, curl's own image is made from
    /// Alpine, BusyBox' own image is glibc or uClibc with BusyBox' tools, unless its tag says musl.
    pub fn libc(self) -> Libc {
        let image = match self {
            Self::Outside | Self::Node(_) => None,
            Self::Pod(pod) => pod.spec.containers.first().map(|container| &*container.image),
        };
        image.map_or(Libc::Glibc, Libc::of_image)
    }

    /// Alpine's release, if its image names one: the second number of `alpine:3.17`.
    fn alpine(self) -> Option<u32> {
        let Self::Pod(pod) = self else { return None };
        let (_, behind) = pod.spec.containers.first()?.image.split_once("alpine")?;
        let release = behind.trim_start_matches([':', '-']).strip_prefix("3.")?;
        release.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
    }
}

#[cfg(test)]
mod tests;
