//! How a query packet fares on its way to a server. The walk knows; DNS asks it.

use std::net::IpAddr;

use crate::packet::{Packet, Question};
use crate::source::ObjectRef;
use crate::trace::{Hop, ModelGap, NameLookup};

use super::asker::DnsClient;

/// How a query packet fares on its way to a server: the hops, and the end of them. The walk routes it as it routes every
/// packet: kube-proxy, NetworkPolicy, nodes.
#[derive(Clone, Debug)]
pub struct PacketRoute {
    /// What happened on the way. The last hop ends as `end` says.
    pub hops: Vec<Hop>,
    /// Where it ends.
    pub end: RouteEnd,
}

/// Where a query packet ends.
#[derive(Clone, Debug, PartialEq)]
pub enum RouteEnd {
    /// A pod takes it.
    Pod {
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
    Unknown(ModelGap),
}

/// What a lookup asks the walk: how its packets fare, and what chance decides on the way.
pub trait QuestionRoutes {
    /// The route of a query packet that somebody sends: the client, or CoreDNS on to a resolver outside.
    fn route(&self, from: DnsClient<'_>, packet: &Packet) -> PacketRoute;

    /// One of some servers for a question, each as likely as the others.
    fn choose(&self, _: &Question, _: usize) -> usize {
        0
    }
}

impl<F: Fn(DnsClient<'_>, &Packet) -> PacketRoute> QuestionRoutes for F {
    fn route(&self, from: DnsClient<'_>, packet: &Packet) -> PacketRoute {
        self(from, packet)
    }
}

/// Whoever routes the packets of a lookup.
pub type RouteOf<'r> = dyn QuestionRoutes + 'r;

/// A lookup with its walk: the resolver's choice of names, the way of the query that settled it, the server's answer,
/// and what the resolver makes of it. The hops join.
#[derive(Clone, Debug)]
pub struct WalkedLookup {
    /// What was asked and what came of it.
    pub lookup: NameLookup,
    /// The hops; the last one's decision is Resolved, Unresolved or Unknown.
    pub hops: Vec<Hop>,
}
