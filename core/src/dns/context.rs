//! A question on its way through CoreDNS: server blocks by zone, and the chain of plugins that it goes through.
//!
//! The order of the chain is plugin.cfg's, never the Corefile's. Each plugin answers or hands the question on.

use std::fmt::Debug;
use std::net::IpAddr;
use std::sync::Arc;

use crate::cluster::{Cluster, Pod};
use crate::model::Text;
use crate::order::Order;
use crate::packet::{DnsName, Protocol, Question, Rcode, RecordType};
use crate::source::ObjectRef;
use crate::trace::{DnsRule, ModelGap};

use super::outside::PublishedRecord;
use super::reply::DnsReply;
use super::route::RouteOf;
use super::view::{QueryFacts, ViewFilter};

/// A plugin that has a say in answers.
pub trait DnsPlugin: Debug + Send + Sync {
    /// Answers, or hands the question to the rest of the chain.
    fn serve(&self, context: &QueryContext<'_>, rest: PluginChain<'_>, question: &Question) -> DnsReply;
}

/// The plugins that are still to be asked.
pub type PluginChain<'a> = &'a [Arc<dyn DnsPlugin>];

/// A server block: the zones it serves and its plugins.
#[derive(Clone, Debug, Default)]
pub struct ServerConfig {
    pub zones: Vec<DnsName>,
    /// The port it listens on.
    pub port: u16,
    /// The questions it is for; None for all.
    pub view: Option<ViewFilter>,
    /// Its plugins, in plugin.cfg's order; those without effect on answers are left out.
    pub chain: Vec<Arc<dyn DnsPlugin>>,
    /// Whether any plugin takes questions at all, those without effect included.
    pub handles: bool,
    /// Plugins that aren't modelled, with their lines.
    pub not_modelled: Vec<(String, usize)>,
    /// Whether the loop plugin watches over it.
    pub detects_loops: bool,
    /// The addresses it is bound to; None for all.
    pub bound: Option<Vec<BoundAddress>>,
}

/// An address that a server block is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoundAddress {
    Address(IpAddr),
    /// The pod's own, by the name of its interface.
    Pod,
}

impl ServerConfig {
    /// Whether a question to a port of a pod with these addresses reaches it.
    pub fn hears(&self, port: u16, local: &[IpAddr]) -> bool {
        let is_own = |bound: &BoundAddress| match bound {
            BoundAddress::Pod => true,
            BoundAddress::Address(address) => address.is_unspecified() || local.is_empty() || local.contains(address),
        };
        self.port == port && self.bound.as_ref().is_none_or(|bound| bound.iter().any(is_own))
    }
}

/// How CoreDNS sends a question on.
#[derive(Clone, Copy)]
pub struct ForwardPath<'a> {
    /// The way of its packets.
    pub route: &'a RouteOf<'a>,
    /// UDP or TCP, as it was asked itself.
    pub over: Protocol,
}

/// NodeLocal DNS: its pod, and the server blocks of the CoreDNS behind it.
#[derive(Clone, Copy, Debug)]
pub struct CacheInFront<'a> {
    pub pod: &'a Pod,
    pub behind: &'a [ServerConfig],
}

/// Who asks, and whom.
#[derive(Clone, Copy)]
pub struct QueryContext<'a> {
    /// CoreDNS' server blocks.
    pub servers: &'a [ServerConfig],
    /// Names that lead to the cluster from outside.
    pub published: &'a [PublishedRecord],
    /// The cluster, which it watches.
    pub cluster: &'a Cluster,
    /// The address the query comes from, as CoreDNS sees it.
    pub client: Option<IpAddr>,
    /// The addresses of the CoreDNS pod that answers.
    pub local: &'a [IpAddr],
    /// The port it was asked on.
    pub port: u16,
    /// How it sends on what it doesn't know.
    pub onward: ForwardPath<'a>,
    /// NodeLocal DNS, if it answers in CoreDNS' place.
    pub cache: Option<CacheInFront<'a>>,
    /// How many questions have led to this one; 0 for a client's.
    pub depth: u8,
}

/// How often one question may lead to another: aliases, rewritten names. CoreDNS' own chains end after eight aliases.
const DEPTH: u8 = 16;

impl QueryContext<'_> {
    /// Answers a question as the whole server does (dnsserver Server.ServeDNS).
    pub fn serve(&self, question: &Question) -> DnsReply {
        if let Some(kind) = self.unread_corefile() {
            return DnsReply::unknown(ModelGap::Unread(kind.clone()));
        }
        // 1. The zones that hold the name, the longest first.
        let serving = self.servers.iter().filter(|server| server.hears(self.port, self.local));
        let zone_of = |server: &ServerConfig| {
            let holding = server.zones.iter().filter(|zone| question.name.within(zone).is_some());
            holding.map(|zone| zone.as_str().len()).collect::<Vec<_>>()
        };
        let by_zone: Vec<(usize, &ServerConfig)> =
            serving.flat_map(|server| zone_of(server).into_iter().map(move |length| (length, server))).collect();
        let mut lengths: Vec<usize> = by_zone.iter().map(|(length, _)| *length).collect();
        lengths.order_by(|one, other| other.cmp(one));
        lengths.dedup();
        for length in lengths {
            // 2. Of the blocks for a zone, the first whose view lets the question in.
            let blocks = || by_zone.iter().filter(|(of, _)| *of == length).map(|(_, server)| *server);
            for server in blocks() {
                let passes = match &server.view {
                    None => Ok(true),
                    Some(view) => view.passes(&self.facts(question)),
                };
                match passes {
                    Ok(false) => {}
                    Ok(true) if server.view.is_some() => return self.begin(server, question),
                    // Without views, blocks of one zone are bound to different addresses: the last stands for all.
                    Ok(true) => {
                        let last = blocks().rfind(|server| server.view.is_none());
                        return self.begin(last.unwrap_or(server), question);
                    }
                    Err(what) => return DnsReply::unknown(ModelGap::CoreDnsPlugin(format!("view: {what}"))),
                }
            }
        }
        DnsReply::code(Rcode::Refused, DnsRule::NoServerBlock)
    }

    /// The kind of the Corefile's object, where it couldn't be read: the one that is taken to be there is kubeadm's.
    fn unread_corefile(&self) -> Option<&Text> {
        let kind = self.cluster.unread.find(&["configmaps"], &[], Some("kube-system"))?;
        let corefile = ObjectRef::namespaced("ConfigMap", "kube-system", "coredns");
        let is_pasted = self.cluster.config_maps.get("kube-system", "coredns").is_some();
        (!is_pasted || self.cluster.is_supplied(&corefile)).then_some(kind)
    }

    fn begin(&self, server: &ServerConfig, question: &Question) -> DnsReply {
        if server.handles {
            self.next(&server.chain, question)
        } else {
            DnsReply::code(Rcode::Refused, DnsRule::ChainEnds)
        }
    }

    /// Looks another name up through the same server, as plugins do for the targets of aliases (pkg/upstream).
    pub fn lookup(&self, name: DnsName, record_type: RecordType) -> DnsReply {
        let deeper = Self { depth: self.depth + 1, ..*self };
        if deeper.depth < DEPTH {
            deeper.serve(&Question { name, record_type })
        } else {
            DnsReply::code(Rcode::ServFail, DnsRule::ChainEnds)
        }
    }

    /// Hands a question to the rest of a chain (plugin.NextOrFailure).
    pub fn next(&self, chain: PluginChain<'_>, question: &Question) -> DnsReply {
        match chain.split_first() {
            Some((plugin, rest)) => plugin.serve(self, rest, question),
            None => DnsReply::code(Rcode::ServFail, DnsRule::ChainEnds),
        }
    }

    /// What a view's expressions can ask about a question.
    fn facts<'q>(&self, question: &'q Question) -> QueryFacts<'q> {
        QueryFacts {
            question,
            client: self.client,
            server: self
                .local
                .iter()
                .copied()
                .find(|own| self.client.is_some_and(|client| client.is_ipv4() == own.is_ipv4())),
            port: self.port,
            over: self.onward.over,
        }
    }
}
