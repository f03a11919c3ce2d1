//! Queries on the wire: a question to a server, the way there, the answer. Every question asked is kept.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use crate::cluster::Cluster;
use crate::model::Container;
use crate::packet::{Answer, DnsName, Packet, Payload, Protocol, Question, RecordType};
use crate::request::TransportAsk;
use crate::trace::{
    Candidate, Cause, Component, ComponentPlace, DnsRule, Hop, LookupFailure, ModelGap, PacketDecision, WireQuery,
};

use super::asker::DnsClient;
use super::context::ForwardPath;
use super::coredns::ClusterDns;
use super::outside;
use super::pod::is_dns_server;
use super::reply::{DnsReply, dns_cause};
use super::route::{PacketRoute, RouteEnd, RouteOf};

/// The wire of one client.
pub struct QueryLog<'a> {
    dns: &'a ClusterDns,
    pub(super) cluster: &'a Cluster,
    pub(super) asker: DnsClient<'a>,
    route: &'a RouteOf<'a>,
    /// How questions are sent.
    pub(super) transport: TransportAsk,
    /// Where packets to a server end and why: the same for every question.
    ends: BTreeMap<(IpAddr, Protocol), (RouteEnd, Vec<Cause>)>,
    /// What was asked, in order.
    pub(super) asked: Vec<LoggedQuery>,
}

/// One question on the wire.
#[derive(Clone, Debug)]
pub struct LoggedQuery {
    /// As the trace keeps it.
    pub query: WireQuery,
    /// What settled the answer.
    pub because: Vec<Cause>,
    /// What is missing to know the answer.
    pub gap: Option<ModelGap>,
}

impl<'a> QueryLog<'a> {
    /// Nothing asked yet.
    pub fn new(
        dns: &'a ClusterDns,
        cluster: &'a Cluster,
        asker: DnsClient<'a>,
        route: &'a RouteOf<'a>,
        transport: TransportAsk,
    ) -> Self {
        Self { dns, cluster, asker, route, transport, ends: BTreeMap::new(), asked: Vec::new() }
    }

    /// Asks a server, once more over TCP if the answer doesn't fit into a packet; gives the place of the last question
    /// among those asked.
    pub fn ask(&mut self, server: IpAddr, name: &DnsName, record_type: RecordType) -> usize {
        let over = if self.transport.tcp { Protocol::Tcp } else { Protocol::Udp };
        let place = self.send(server, over, name, record_type);
        if self.transport.retries && self.is_truncated(place) {
            self.send(server, Protocol::Tcp, name, record_type)
        } else {
            place
        }
    }

    /// Sends one question; gives its place among those asked.
    pub fn send(&mut self, server: IpAddr, over: Protocol, name: &DnsName, record_type: RecordType) -> usize {
        let question = Question { name: name.clone(), record_type };
        let (end, lost) = self.end(server, over, &question);
        let (answer, mut because, gap) = match end {
            RouteEnd::Refused => (Err(LookupFailure::Refused), vec![dns_cause(DnsRule::ServerRefuses)], None),
            RouteEnd::Silent => timed_out_query(),
            RouteEnd::Unknown(gap) => (Err(LookupFailure::NotKnown), Vec::new(), Some(gap)),
            RouteEnd::Outside => self.outside(server, self.transport.port, &question),
            RouteEnd::Pod { pod, source, port } => {
                let onward = ForwardPath { route: self.route, over };
                self.at_pod(server, &pod, (source, port), onward, &question)
            }
        };
        if answer == Err(LookupFailure::TimedOut) || answer == Err(LookupFailure::Refused) {
            because.extend(lost);
        }
        let offered = self.transport.edns.then_some(self.transport.buffer);
        let answer = answer.map(|answer| match over {
            Protocol::Udp => {
                let room = answer.edns.buffer_for(offered).unwrap_or_default().max(TransportAsk::PLAIN.buffer);
                answer.cut_to(&question, usize::from(room), offered.is_some())
            }
            _ => answer,
        });
        self.asked.push(LoggedQuery { query: WireQuery { server, over, question, answer }, because, gap });
        self.asked.len() - 1
    }

    /// Whether a question went over TCP.
    pub fn asked_over_tcp(&self, place: usize) -> bool {
        self.get(place).is_some_and(|asked| asked.query.over == Protocol::Tcp)
    }

    /// Whether an answer came without all of its records.
    pub fn is_truncated(&self, place: usize) -> bool {
        self.answer(place).is_some_and(|answer| answer.truncated)
    }

    /// One question asked before.
    pub fn get(&self, place: usize) -> Option<&LoggedQuery> {
        self.asked.get(place)
    }

    /// The answer to a question asked before, if one came.
    pub fn answer(&self, place: usize) -> Option<&Answer> {
        self.get(place)?.query.answer.as_ref().ok()
    }

    /// Where packets to a server end, and what settled that.
    fn end(&mut self, server: IpAddr, over: Protocol, question: &Question) -> (RouteEnd, Vec<Cause>) {
        if let Some(end) = self.ends.get(&(server, over)) {
            return end.clone();
        }
        let PacketRoute { hops, end } = self.route(&self.packet(server, over, question));
        let why = hops.last().map(|hop| hop.because.to_vec()).unwrap_or_default();
        self.ends.insert((server, over), (end.clone(), why.clone()));
        (end, why)
    }

    /// What the World says of servers holds for the port of DNS.
    fn outside(&self, server: IpAddr, port: u16, question: &Question) -> QueryResult {
        if port != TransportAsk::PLAIN.port {
            let gap = ModelGap::OutsideServer(crate::packet::socket_text(server, port));
            return (Err(LookupFailure::NotKnown), Vec::new(), Some(gap));
        }
        outside::ask_upstream(self.cluster, &self.dns.published, server, question).map_or_else(timed_out_query, replied)
    }

    /// What the World says of a server counts; else the pod must be the cluster's CoreDNS.
    fn at_pod(
        &self,
        server: IpAddr,
        pod: &crate::source::ObjectRef,
        (source, port): (IpAddr, u16),
        onward: ForwardPath<'_>,
        question: &Question,
    ) -> QueryResult {
        if outside::names_upstream(self.cluster, server) {
            return self.outside(server, port, question);
        }
        let namespace = pod.namespace.as_deref().unwrap_or_default();
        let found = self.cluster.pods.get(namespace, &pod.name).filter(|pod| is_dns_server(pod));
        match found {
            Some(pod) => match self.dns.refusal(port, &pod.addresses) {
                // The pod's own stack answers.
                Some(rule) => {
                    let corefile = Cause::Field(self.dns.corefile.clone());
                    (Err(LookupFailure::Refused), vec![dns_cause(rule), corefile], None)
                }
                None => {
                    let client = Some(source);
                    replied(self.dns.context(self.cluster, client, &pod.addresses, port, onward).serve(question))
                }
            },
            None => (Err(LookupFailure::NotKnown), Vec::new(), Some(ModelGap::OutsideServer(server.to_string()))),
        }
    }

    /// The query packet to a server.
    pub fn packet(&self, server: IpAddr, over: Protocol, question: &Question) -> Packet {
        let own = self.asker.addresses(self.cluster);
        let source = own.iter().find(|own| own.is_ipv4() == server.is_ipv4()).or(own.first());
        Packet {
            protocol: over,
            source: source.copied().unwrap_or(self.cluster.settings.external.address),
            destination: server,
            port: self.transport.port,
            payload: Payload::Dns(question.clone()),
        }
    }

    /// The walk of the question that settled a lookup: the resolver's choice, the way, the answer, the result.
    pub fn hops(
        &self,
        place: usize,
        candidates: Vec<Candidate>,
        chosen: Option<usize>,
        because: Vec<Cause>,
        result: PacketDecision,
    ) -> Vec<Hop> {
        let Some(asked) = self.get(place) else { return Vec::new() };
        let packet = self.packet(asked.query.server, asked.query.over, &asked.query.question);
        let PacketRoute { hops: way, end } = self.route(&packet);
        let resolver = self.hop(Component::Resolver, self.asker.place(), &packet, PacketDecision::Pass, because);
        let mut hops = vec![Hop { candidates: candidates.into(), chosen, ..resolver }];
        hops.extend(way);
        let arrived = hops.last().map_or(packet, |hop| hop.after().clone());
        let (component, place) = match end {
            RouteEnd::Pod { pod, .. } => (Component::CoreDns, ComponentPlace::Pod(pod)),
            _ => (Component::Upstream, ComponentPlace::Outside),
        };
        if let Ok(answer) = &asked.query.answer {
            // An answer that isn't known is no NOERROR.
            let decision =
                asked.gap.clone().map_or_else(|| PacketDecision::Answer(answer.clone()), PacketDecision::Unknown);
            hops.push(self.hop(component, place, &arrived, decision, asked.because.clone()));
        }
        hops.push(self.hop(Component::Resolver, self.asker.place(), &arrived, result, Vec::new()));
        hops
    }

    /// The way of a packet. Between machines outside there is nothing to decide; a machine's own resolver (127.0.0.53 is
    /// systemd-resolved's) knows what those outside know.
    fn route(&self, packet: &Packet) -> PacketRoute {
        let server = packet.destination;
        let inside = self.cluster.services_at(server).next().is_some()
            || self.cluster.pods_at(server).next().is_some()
            || self.cluster.node_at(server).is_some();
        let is_inside = !matches!(self.asker, DnsClient::Outside);
        if is_inside && is_on_node(self.cluster, server) {
            let end = RouteEnd::Unknown(ModelGap::NodeLocalDns(server.to_string()));
            return PacketRoute { hops: Vec::new(), end };
        }
        match (self.asker, inside) {
            (DnsClient::Outside, false) => PacketRoute { hops: Vec::new(), end: RouteEnd::Outside },
            _ if server.is_loopback() && self.asker.is_in_node_network() => {
                PacketRoute { hops: Vec::new(), end: RouteEnd::Outside }
            }
            _ => self.route.route(self.asker, packet),
        }
    }

    /// A hop without candidates.
    pub fn hop(
        &self,
        component: Component,
        at: ComponentPlace,
        before: &Packet,
        decision: PacketDecision,
        because: Vec<Cause>,
    ) -> Hop {
        Hop {
            earlier: Arc::default(),
            component,
            at,
            before: before.clone(),
            candidates: Arc::default(),
            chosen: None,
            decision,
            because: because.into(),
        }
    }

    /// All that went on the wire, as the trace keeps it.
    pub fn queries(self) -> Vec<WireQuery> {
        self.asked.into_iter().map(|asked| asked.query).collect()
    }
}

/// Whether a DNS cache on the node takes the packets for a server: at a link-local address, which never leaves the node, or at
/// those that the cache is told (kubernetes/dns, cmd/node-cache: -localip).
fn is_on_node(cluster: &Cluster, server: IpAddr) -> bool {
    let is_link_local = matches!(server, IpAddr::V4(address) if address.is_link_local());
    let told = |container: &Container| {
        let words = container.command.iter().chain(&container.args);
        let list = words.clone().zip(words.skip(1)).find(|(word, _)| matches!(&***word, "-localip" | "--localip"));
        list.is_some_and(|(_, list)| list.split(',').any(|own| own.trim().parse() == Ok(server)))
    };
    let mut caches = cluster.pods.values().flat_map(|pod| &pod.spec.containers);
    is_link_local || caches.any(|container| container.image.contains("node-cache") && told(container))
}

/// The answer or why there is none, what settled it, and what is missing to know it.
type QueryResult = (Result<Answer, LookupFailure>, Vec<Cause>, Option<ModelGap>);

fn replied(reply: DnsReply) -> QueryResult {
    if reply.dropped {
        return (Err(LookupFailure::TimedOut), reply.because, reply.gap);
    }
    (Ok(reply.answer), reply.because, reply.gap)
}

fn timed_out_query() -> QueryResult {
    (Err(LookupFailure::TimedOut), vec![dns_cause(DnsRule::ServerSilent)], None)
}
