//! Queries on the wire: a question to a server, the way there, the answer. Every question asked is kept.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use crate::cluster::Cluster;
use crate::packet::{Answer, DnsName, Packet, Payload, Protocol, Question, RecordType};
use crate::request::TransportAsk;
use crate::trace::{
    Candidate, Cause, CauseList, Component, ComponentPlace, DnsRule, Hop, LookupFailure, ModelGap, PacketDecision,
    WireQuery,
};

use super::asker::DnsClient;
use super::context::ForwardPath;
use super::coredns::{CACHE_PORT, ClusterDns};
use super::outside;
use super::pod::is_dns_server;
use super::reply::DnsReply;
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
            RouteEnd::Refused => (Err(LookupFailure::Refused), self.refused_by(server), None),
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

    /// Why nobody listens: CoreDNS doesn't run, so that its Service has no endpoints.
    fn refused_by(&self, server: IpAddr) -> Vec<Cause> {
        let is_own = self.cluster.settings.cluster_dns.contains(&server);
        match self.dns.ended_by().filter(|_| is_own) {
            Some(rule) => vec![Cause::rule(rule), Cause::Field(self.dns.corefile.clone())],
            None => vec![Cause::rule(DnsRule::ServerRefuses)],
        }
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
        let found = self.cluster.pods.get(namespace, &pod.name);
        // NodeLocal DNS sees the address that was asked as its own.
        let local = [server];
        let cache = found.filter(|_| self.end_on_node(server).is_some());
        if let Some(context) =
            cache.and_then(|cache| self.dns.cache_context(self.cluster, (cache, &local), source, onward))
        {
            let mut reply = context.serve(question);
            reply.because.add_rule(DnsRule::NodeCacheAnswers);
            return replied(reply);
        }
        let found = found.filter(|pod| is_dns_server(pod));
        match found {
            Some(pod) => match self.dns.refusal(port, &pod.addresses) {
                // The pod's own stack answers.
                Some(rule) => {
                    let corefile = Cause::Field(self.dns.corefile.clone());
                    (Err(LookupFailure::Refused), vec![Cause::rule(rule), corefile], None)
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
        if let Some(end) = self.end_on_node(server).filter(|_| is_inside) {
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

    /// Where packets end that a DNS cache on the client's node takes: those for its addresses, of which a link-local one never
    /// leaves the node.
    fn end_on_node(&self, server: IpAddr) -> Option<RouteEnd> {
        let node = match self.asker {
            DnsClient::Pod(pod) => pod.node.as_deref(),
            DnsClient::Node(node) => Some(&*node.name),
            DnsClient::Outside => None,
        };
        let cache = node.and_then(|node| self.dns.cache_on(node, server));
        let is_link_local = matches!(server, IpAddr::V4(address) if address.is_link_local());
        let unknown = RouteEnd::Unknown(ModelGap::NodeLocalDns(server.to_string()));
        match cache {
            Some(cache) if cache.servers.is_some() && self.transport.port == CACHE_PORT => {
                let own = self.asker.addresses(self.cluster);
                let source = own.into_iter().find(|own| own.is_ipv4() == server.is_ipv4()).unwrap_or(server);
                Some(RouteEnd::Pod { pod: cache.pod.clone(), source, port: CACHE_PORT })
            }
            Some(_) => Some(unknown),
            None => is_link_local.then_some(unknown),
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

/// The answer or why there is none, what settled it, and what is missing to know it.
type QueryResult = (Result<Answer, LookupFailure>, Vec<Cause>, Option<ModelGap>);

fn replied(reply: DnsReply) -> QueryResult {
    if reply.dropped {
        return (Err(LookupFailure::TimedOut), reply.because, reply.gap);
    }
    (Ok(reply.answer), reply.because, reply.gap)
}

fn timed_out_query() -> QueryResult {
    (Err(LookupFailure::TimedOut), vec![Cause::rule(DnsRule::ServerSilent)], None)
}
