//! The vocabulary of an answer: where a request can land, with which share, and every decision on the way.
//!
//! A [`Resolution`] holds its [`Landing`]s. Each ends a [`Trail`]: the hops of its walk, shared with the other landings
//! as far as they went the same way. A hop is one [`Component`] judging one packet; [`Judgement`] is what a component
//! says before the walk forks into its branches.

#![warn(missing_docs)]

use std::net::IpAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::cluster::ingress_implementation::IngressImplementation;
use crate::model::Text;
use crate::packet::{Answer, DnsName, HttpRequest, HttpResponse, Packet, Protocol};
use crate::request::Request;
use crate::source::{FieldRef, ObjectRef};

pub mod share;
pub mod gap;
pub mod outcome;
pub mod reason;

pub use gap::{GapKind, ModelGap};
pub use outcome::Outcome;
pub use reason::{CandidateObjection, ComponentRule, PolicyObjection, PolicyRule, ServiceObjection, ServiceRule};
pub use reason::{
    DnsObjection, DnsRule, GatewayObjection, GatewayRule, IngressControllerRule, IngressObjection, NetworkRule,
};
pub use share::Share;

/// The answer to a request.
#[derive(Clone, Debug)]
pub struct Resolution {
    /// The question.
    pub request: Request,
    /// The name lookups that were made, in order.
    pub lookups: Vec<NameLookup>,
    /// What the client connects to first, once the name is looked up.
    pub connects_to: Option<(IpAddr, u16)>,
    /// Every way the request can end; the shares sum to one.
    pub landings: Vec<Landing>,
    /// What the answer depends on and isn't modelled.
    pub gaps: Vec<ModelGap>,
}

/// One way a request can end: the last hop of its trail.
#[derive(Clone, Debug)]
pub struct Landing {
    /// How much of the traffic ends here.
    pub share: Share,
    /// How it came here.
    pub trail: Trail,
}

/// The hops of a walk, last first; shared prefixes are shared in memory.
#[derive(Clone, Debug, Default)]
pub struct Trail(Option<Arc<TrailLink>>);

#[derive(Debug)]
struct TrailLink {
    step: TrailStep,
    before: Trail,
}

/// An entry of a trail.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "nearly every step is a hop, and each lives behind a pointer already")]
pub enum TrailStep {
    /// A connection begins, with this packet.
    Begin(ConnectionPurpose),
    /// A component decides.
    Hop(Hop),
}

/// Why a component opened a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ConnectionPurpose {
    /// Looking a name up.
    Resolve,
    /// The client's connection.
    Connect,
    /// A proxy's connection to its backend.
    Proxy,
}

/// One connection: the packets of neighbouring hops join.
#[derive(Clone, Debug)]
pub struct ConnectionHops<'t> {
    /// Why it was opened: the client's request, a lookup, a proxy's own.
    pub purpose: ConnectionPurpose,
    hops: Vec<&'t Hop>,
}

/// One component's decision about one packet.
#[derive(Clone, Debug)]
pub struct Hop {
    /// Who decides.
    pub component: Component,
    /// Where that runs.
    pub at: ComponentPlace,
    /// The packet as it comes in.
    pub before: Packet,
    /// The choices before the last: a proxy's rule, before its endpoint.
    pub earlier: Arc<[HopChoice]>,
    /// What was considered last; [`Hop::chosen`] is one of them.
    pub candidates: Arc<[Candidate]>,
    /// The candidate taken on this branch.
    pub chosen: Option<usize>,
    /// What becomes of the packet.
    pub decision: PacketDecision,
    /// What settled it, weightiest first.
    pub because: Arc<[Cause]>,
}

/// What one component makes of one packet: everything it considered, and what can become of the packet.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Who decides.
    pub component: Component,
    /// Where that runs.
    pub at: ComponentPlace,
    /// The choices made before the packet's ways part, alike on each.
    pub earlier: Arc<[HopChoice]>,
    /// What was considered last.
    pub candidates: Arc<[Candidate]>,
    /// What can happen; the shares sum to one.
    pub branches: Vec<JudgementBranch>,
}

/// What was considered, and which of it was taken.
#[derive(Clone, Debug, PartialEq)]
pub struct HopChoice {
    /// Everything considered.
    pub candidates: Arc<[Candidate]>,
    /// The one taken, by its place in the list; None where nothing was, or chance is still to decide.
    pub chosen: Option<usize>,
}

/// One thing that can become of a packet.
#[derive(Clone, Debug)]
pub struct JudgementBranch {
    /// How likely.
    pub share: Share,
    /// The candidate it takes, by its place in the list.
    pub chosen: Option<usize>,
    /// What becomes of the packet.
    pub decision: PacketDecision,
    /// What settled it.
    pub because: Arc<[Cause]>,
}

/// Who decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Component {
    /// The program that asks: curl, nc.
    Client,
    /// The C library's resolver, or a DNS tool's own.
    Resolver,
    /// The cluster's DNS server.
    CoreDns,
    /// A resolver outside the cluster.
    Upstream,
    /// Routing between machines: who owns an address.
    Network,
    /// The load balancer in front of the nodes: a cloud's, MetalLB, ServiceLB.
    LoadBalancer,
    /// kube-proxy's rules on a node.
    KubeProxy,
    /// The CNI's portmap rules on a node: hostPort.
    PortMap,
    /// NetworkPolicy, as the network plugin enforces it.
    NetworkPolicy,
    /// An Ingress controller.
    Ingress(IngressImplementation),
    /// The proxy of a Gateway, whichever implementation it is.
    Gateway,
    /// The pod's own network: who listens on the port.
    Pod,
    /// The node's own network stack.
    NodeStack,
}

impl Component {
    /// The name in the JSON contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ingress(implementation) => implementation.facts().component,
            Self::Client => "client",
            Self::Resolver => "resolver",
            Self::CoreDns => "core-dns",
            Self::Upstream => "upstream",
            Self::Network => "network",
            Self::LoadBalancer => "load-balancer",
            Self::KubeProxy => "kube-proxy",
            Self::PortMap => "port-map",
            Self::NetworkPolicy => "network-policy",
            Self::Gateway => "gateway",
            Self::Pod => "pod",
            Self::NodeStack => "node-stack",
        }
    }
}

/// Where a component runs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ComponentPlace {
    /// Outside the cluster.
    Outside,
    /// In the network of a node of this name.
    Node(Text),
    /// In the network of this pod.
    Pod(ObjectRef),
    /// Between the machines.
    Network,
}

/// What becomes of a packet.
#[derive(Clone, Debug, PartialEq)]
pub enum PacketDecision {
    /// It goes on as it is.
    Pass,
    /// It goes on with other addresses.
    Rewrite(Packet),
    /// A DNS server answers.
    Answer(Answer),
    /// The lookup comes to this: addresses to connect to, in the order they are tried; none if the name has no address.
    Resolved(Vec<IpAddr>),
    /// A proxy answers by itself.
    Respond(HttpResponse),
    /// A proxy opens a connection of its own.
    Proxy(Box<ProxiedRequest>),
    /// A process takes it.
    Deliver(ProcessDelivery),
    /// It leaves the cluster.
    Leave,
    /// Silence; the client times out.
    Drop,
    /// Refused at once: an ICMP port unreachable or a TCP reset.
    Refuse,
    /// Nobody takes the packet there.
    Unroutable,
    /// The client breaks the TLS handshake off: it doesn't trust the certificate.
    Abort,
    /// The server breaks the TLS handshake off, or closes the connection instead.
    BreakOff,
    /// The name has no address, or nobody says.
    Unresolved(LookupFailure),
    /// It depends on something that isn't modelled.
    Unknown(ModelGap),
}

/// What a proxy sends on.
#[derive(Clone, Debug, PartialEq)]
pub struct ProxiedRequest {
    /// The rule that matched: `Ingress default/shop rules[0].http.paths[1]`; None for a proxy without rules.
    pub rule: Option<FieldRef>,
    /// The Service chosen, if there is one.
    pub service: Option<ObjectRef>,
    /// Whom it connects to.
    pub target: ProxyTarget,
    /// The request as the backend sees it.
    pub request: Option<Arc<HttpRequest>>,
    /// `http`, `https`, `grpc` … towards the backend.
    pub backend_protocol: Option<String>,
    /// Headers added to the answer.
    pub response_headers: Vec<(String, String)>,
    /// A cookie set on the answer.
    pub set_cookie: Option<String>,
    /// Where copies go, with the share of requests copied.
    pub mirrors: Vec<(ObjectRef, Share)>,
}

/// Whom a proxy connects to.
#[derive(Clone, Debug, PartialEq)]
pub enum ProxyTarget {
    /// An endpoint, past the Service's address.
    Endpoint(IpAddr, u16),
    /// The Service's own address.
    ClusterIp(IpAddr, u16),
    /// A name to look up (ExternalName).
    Name(String, u16),
}

/// Who took a packet in the end.
#[derive(Clone, Debug, PartialEq)]
pub struct ProcessDelivery {
    /// The pod; None for a process on a node or a component of the cluster that is no pod.
    pub pod: Option<ObjectRef>,
    /// The node on which the process runs; None for one on no node of the cluster.
    pub node: Option<Text>,
    /// Whether the pod declares no port at all, so that it is taken to listen where it is asked.
    pub assumed: bool,
}

/// Something that was considered.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The rule, endpoint, node or name that was considered.
    pub what: CandidateSubject,
    /// What became of it.
    pub fate: CandidateFate,
    /// What settled that: the field or rule.
    pub because: Vec<Cause>,
}

/// What became of a candidate. Which eligible one was taken is the branch's affair.
#[derive(Clone, Debug, PartialEq)]
pub enum CandidateFate {
    /// It can be taken, with this share.
    Eligible(Share),
    /// It can't, and why.
    Rejected(CandidateObjection),
}

/// The kinds of things that components choose from.
#[derive(Clone, Debug, PartialEq)]
pub enum CandidateSubject {
    /// A whole object, not one of its fields.
    Object(ObjectRef),
    /// A part of an object: a rule, a path, a route.
    Field(FieldRef),
    /// An endpoint; the pod behind it if there is one.
    Endpoint {
        /// Where packets for the endpoint go.
        address: IpAddr,
        /// Its port; None where the port can't be told.
        port: Option<u16>,
        /// TCP, UDP or SCTP.
        protocol: Protocol,
        /// Whose address it is; None for an address that no pod has.
        pod: Option<ObjectRef>,
        /// The node on which the pod runs; None where it isn't placed.
        node: Option<Text>,
    },
    /// A name tried.
    Name(DnsName),
    /// A node that could receive the packet.
    Node(Text),
    /// Nodes that fare alike: the first of them, and how many more there are.
    Nodes(Text, usize),
    /// An address tried.
    Address(IpAddr),
    /// So many more than are shown one by one.
    More(usize),
    /// A certificate that a proxy may show.
    Certificate {
        /// The Secret it is from; None for the proxy's own.
        secret: Option<ObjectRef>,
        /// The host names in the certificate.
        names: Vec<Text>,
    },
}

/// What settled a decision.
#[derive(Clone, Debug, PartialEq)]
pub enum Cause {
    /// A line somebody wrote (or that is supplied).
    Field(FieldRef),
    /// A rule of a component, which holds because nobody wrote otherwise.
    Rule(ComponentRule),
}

impl Cause {
    /// A rule that holds by itself.
    pub fn rule(rule: impl Into<ComponentRule>) -> Self {
        Self::Rule(rule.into())
    }

    /// A line that says so.
    pub fn line(line: &FieldRef) -> Self {
        Self::Field(line.clone())
    }
}

/// What settled a decision, told line by line: `because.add_lines(&annotation).add_rule(IngressControllerRule::AppRoot)`.
pub trait CauseList {
    /// A rule that holds by itself.
    fn add_rule(&mut self, rule: impl Into<ComponentRule>) -> &mut Self;
    /// A line that says so.
    fn add_line(&mut self, line: &FieldRef) -> &mut Self;
    /// Lines that say so; none where nobody wrote one.
    fn add_lines<'l>(&mut self, lines: impl IntoIterator<Item = &'l FieldRef>) -> &mut Self;
}

impl CauseList for Vec<Cause> {
    fn add_rule(&mut self, rule: impl Into<ComponentRule>) -> &mut Self {
        self.push(Cause::rule(rule));
        self
    }

    fn add_line(&mut self, line: &FieldRef) -> &mut Self {
        self.push(Cause::line(line));
        self
    }

    fn add_lines<'l>(&mut self, lines: impl IntoIterator<Item = &'l FieldRef>) -> &mut Self {
        self.extend(lines.into_iter().map(Cause::line));
        self
    }
}

/// A name lookup: the names tried, and what came of it.
#[derive(Clone, Debug)]
pub struct NameLookup {
    /// The name as typed.
    pub name: String,
    /// The server asked; the one whose answer counts where several were.
    pub server: Option<IpAddr>,
    /// What went on the wire, in order.
    pub queries: Vec<WireQuery>,
    /// Those queries whose answers were used, by their place; the last one's where none was of use.
    pub used: Vec<usize>,
    /// What /etc/hosts said, where that was asked and knew the name.
    pub hosts: Vec<HostsEntry>,
    /// What the asker makes of it: addresses in the order they are tried. Those of one family that came in one answer
    /// have the same chance, since the server shuffles them.
    pub result: Result<Vec<IpAddr>, LookupFailure>,
}

impl NameLookup {
    /// Whether the answers that count are the same as another's.
    pub fn is_answered_as(&self, other: &Self) -> bool {
        fn used(lookup: &NameLookup) -> impl Iterator<Item = &Result<Answer, LookupFailure>> {
            let queries = lookup.used.iter().filter_map(|place| lookup.queries.get(*place));
            queries.map(|query| &query.answer)
        }
        used(self).eq(used(other))
    }
}

/// A line of /etc/hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostsEntry {
    /// The address that they stand for.
    pub address: IpAddr,
    /// Its names, the canonical one first.
    pub names: Vec<String>,
}

/// One question on the wire and its answer.
#[derive(Clone, Debug)]
pub struct WireQuery {
    /// The server asked.
    pub server: IpAddr,
    /// UDP, or TCP after an answer that didn't fit.
    pub over: Protocol,
    /// The name and the type.
    pub question: crate::packet::Question,
    /// The server's answer, or why there was none.
    pub answer: Result<Answer, LookupFailure>,
}

/// Why a lookup failed, as the asker sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum LookupFailure {
    /// The name doesn't exist (EAI_NONAME).
    NoName,
    /// The name exists without an address (EAI_NODATA).
    NoData,
    /// SERVFAIL or REFUSED at the end (EAI_AGAIN).
    TryAgain,
    /// No server answered in time.
    TimedOut,
    /// The servers refused the connection.
    Refused,
    /// The answer depends on something outside, or not modelled; the walk's last hop names it.
    NotKnown,
}

impl Trail {
    /// This trail and one step more.
    pub fn then(&self, step: TrailStep) -> Self {
        Self(Some(Arc::new(TrailLink { step, before: self.clone() })))
    }

    /// This trail and one hop more.
    pub fn hop(&self, hop: Hop) -> Self {
        self.then(TrailStep::Hop(hop))
    }

    /// This trail as far as the last hop that is such an end; None without any.
    pub fn up_to(&self, is_end: impl Fn(&Hop) -> bool) -> Option<Self> {
        let mut trail = self;
        while let Some(link) = &trail.0 {
            match &link.step {
                TrailStep::Hop(hop) if is_end(hop) => return Some(trail.clone()),
                _ => trail = &link.before,
            }
        }
        None
    }

    /// The last hop; None for an empty trail.
    pub fn last(&self) -> Option<&Hop> {
        self.hops_backwards().next()
    }

    /// The hops of all connections, last first.
    pub fn hops_backwards(&self) -> impl Iterator<Item = &Hop> {
        self.backwards().filter_map(|step| match step {
            TrailStep::Hop(hop) => Some(hop),
            TrailStep::Begin(_) => None,
        })
    }

    /// The steps, last first.
    pub fn backwards(&self) -> impl Iterator<Item = &TrailStep> {
        let first = self.0.as_deref();
        std::iter::successors(first, |link| link.before.0.as_deref()).map(|link| &link.step)
    }

    /// The walk, connection by connection.
    pub fn legs(&self) -> Vec<ConnectionHops<'_>> {
        let mut steps: Vec<&TrailStep> = self.backwards().collect();
        steps.reverse();
        let mut legs: Vec<ConnectionHops<'_>> = Vec::new();
        for step in steps {
            match (step, legs.last_mut()) {
                (TrailStep::Begin(purpose), _) => legs.push(ConnectionHops { purpose: *purpose, hops: Vec::new() }),
                (TrailStep::Hop(hop), Some(leg)) => leg.hops.push(hop),
                (TrailStep::Hop(hop), None) => {
                    legs.push(ConnectionHops { purpose: ConnectionPurpose::Connect, hops: vec![hop] });
                }
            }
        }
        legs
    }
}

impl Drop for TrailLink {
    /// Frees long trails without recursion.
    fn drop(&mut self) {
        let mut next = self.before.0.take();
        while let Some(link) = next {
            match Arc::try_unwrap(link) {
                Ok(mut link) => next = link.before.0.take(),
                Err(_) => break,
            }
        }
    }
}

impl<'t> ConnectionHops<'t> {
    /// The hops, in order.
    pub fn hops(&self) -> impl DoubleEndedIterator<Item = &'t Hop> + '_ {
        self.hops.iter().copied()
    }

    /// Whether each hop takes the packet up where the last one left it: the law that a walk keeps.
    pub fn joins(&self) -> bool {
        self.hops.windows(2).all(|pair| match pair {
            [first, second] => *first.after() == second.before,
            _ => true,
        })
    }
}

impl Hop {
    /// A hop with nothing to choose from.
    pub fn plain(
        component: Component,
        at: ComponentPlace,
        before: Packet,
        decision: PacketDecision,
        because: impl Into<Arc<[Cause]>>,
    ) -> Self {
        Self {
            component,
            at,
            before,
            earlier: Arc::default(),
            candidates: Arc::default(),
            chosen: None,
            decision,
            because: because.into(),
        }
    }

    /// All choices made here, in their order.
    pub fn choices(&self) -> impl Iterator<Item = HopChoice> {
        let last = HopChoice { candidates: self.candidates.clone(), chosen: self.chosen };
        self.earlier.iter().cloned().chain([last])
    }

    /// Whether a proxy opens a connection of its own here.
    pub fn is_proxied(&self) -> bool {
        matches!(self.decision, PacketDecision::Proxy(_))
    }

    /// The packet as it goes on.
    pub fn after(&self) -> &Packet {
        match &self.decision {
            PacketDecision::Rewrite(packet) => packet,
            _ => &self.before,
        }
    }
}

impl Judgement {
    /// A judgement with one way out and nothing to choose from.
    pub fn certain(component: Component, at: ComponentPlace, decision: PacketDecision, because: Vec<Cause>) -> Self {
        let branch = JudgementBranch { share: Share::ONE, chosen: None, decision, because: because.into() };
        Self { component, at, earlier: Arc::default(), candidates: Arc::default(), branches: vec![branch] }
    }

    /// The decision as a hop on the trail of one branch.
    pub fn hop(&self, branch: &JudgementBranch, before: &Packet) -> Hop {
        Hop {
            component: self.component,
            at: self.at.clone(),
            before: before.clone(),
            earlier: self.earlier.clone(),
            candidates: self.candidates.clone(),
            chosen: branch.chosen,
            decision: branch.decision.clone(),
            because: branch.because.clone(),
        }
    }
}
