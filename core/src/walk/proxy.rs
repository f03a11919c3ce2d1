//! Behind the first landing: a proxy that takes an HTTP request decides, and opens a connection of its own.

use std::cell::Cell;
use std::net::IpAddr;

use super::addresses::{ConnectionAttempt, connect_to_any_address};
use super::lookup::LookupEnd;
use super::{DataPlane, PacketOrigin, PacketSender, lookup};
use crate::ingress::IngressImplementation;
use crate::limits::{AnswerLimit, MAX_CONNECTIONS};
use crate::model::Text;
use crate::packet::{HttpResponse, HttpVersion, Packet, Payload, Protocol};
use crate::request::{AddressFamily, ClientLibc};
use crate::source::ObjectRef;
use crate::trace::{
    Cause, Component, Hop, Judgement, Landing, ModelGap, NetworkRule, Outcome, PacketDecision, ProxiedRequest,
    ProxyTarget,
};
use crate::trace::{ConnectionPurpose, Trail};
use crate::{gateway, ingress};

/// How many proxies a request may pass before we say that it goes round in circles.
const MAX_PROXIES: usize = 8;

/// A proxy that has taken a request.
struct JudgingProxy<'p> {
    sender: PacketSender<'p>,
    /// None where it is a Gateway.
    controller: Option<&'p ingress::Controller>,
    /// The TLS handshake, if the request is inside TLS.
    handshake: Option<Judgement>,
    judgement: Judgement,
    /// What the client feels where a backend refuses the connection, and where it is silent.
    failures: (u16, u16),
    /// The packet as it came in.
    before: Packet,
}

/// Follows every landing that is a proxy's to where the proxy's own connections land.
pub fn follow_proxies(plane: &DataPlane, landings: Vec<Landing>) -> Vec<Landing> {
    follow_proxies_at_depth(plane, landings, 0, &Cell::new(MAX_CONNECTIONS))
}

/// `left` is how many connections proxies behind proxies may still open.
fn follow_proxies_at_depth(
    plane: &DataPlane,
    landings: Vec<Landing>,
    depth: usize,
    left: &Cell<usize>,
) -> Vec<Landing> {
    landings.into_iter().flat_map(|landing| follow_proxy(plane, landing, depth, left)).collect()
}

/// What a landing becomes: itself, or what the proxy in its pod makes of it.
fn follow_proxy(plane: &DataPlane, landing: Landing, depth: usize, left: &Cell<usize>) -> Vec<Landing> {
    let Some(proxy) = proxy_at_landing(plane, &landing) else { return vec![landing] };
    if depth >= MAX_PROXIES {
        return vec![proxy.ends(landing, PacketDecision::Unknown(ModelGap::ProxyLoop), Vec::new())];
    }
    if let Some(kind) = proxy.unread(plane) {
        return vec![proxy.ends(landing, PacketDecision::Unknown(ModelGap::Unread(kind)), Vec::new())];
    }
    let before = proxy.greeted(&landing.trail);
    let branches = proxy.judgement.branches.iter().flat_map(|branch| {
        let share = landing.share.times(branch.share);
        let trail = before.hop(proxy.judgement.hop(branch, &proxy.before));
        match &branch.decision {
            PacketDecision::Proxy(_) if depth > 0 && left.get() == 0 => {
                let gap = PacketDecision::Unknown(ModelGap::TooLarge(AnswerLimit::Connections));
                vec![proxy.ends(Landing { share, trail }, gap, Vec::new())]
            }
            PacketDecision::Proxy(proxied) => {
                left.set(left.get().saturating_sub(usize::from(depth > 0)));
                proxy.forward(plane, proxied, Landing { share, trail }, (depth, left))
            }
            _ => vec![Landing { share, trail }],
        }
    });
    branches.collect()
}

/// The controller or Gateway in the landing's pod and what it makes of the connection, if it looks into it.
fn proxy_at_landing<'p>(plane: &'p DataPlane, landing: &Landing) -> Option<JudgingProxy<'p>> {
    let hop = landing.trail.last()?;
    let PacketDecision::Deliver(delivery) = &hop.decision else { return None };
    let before = hop.before.clone();
    let Some(reference) = delivery.pod.as_ref() else {
        return balancer_at_landing(plane, hop.component, before);
    };
    let controller = plane.controllers.at_pod(reference, before.port);
    let (handshake, judgement) = judge_at_proxy(plane, controller, reference, &before)?;
    let pod = plane.cluster.pods.get(reference.namespace.as_deref()?, &reference.name)?;
    let sender = PacketSender { origin: PacketOrigin::Pod(pod), addresses: pod.addresses.clone(), other: None };
    // nginx and Traefik alike (RFC 9110, 15.6.3 and 15.6.5); Gateways as their controllers do.
    let failures = plane.gateways.at_pod(reference).map_or((502, 504), super::super::gateway::Gateway::failures);
    Some(JudgingProxy { sender, controller, handshake, judgement, failures, before })
}

/// A load balancer outside that a controller keeps, which connects to its targets by itself.
fn balancer_at_landing(plane: &DataPlane, component: Component, before: Packet) -> Option<JudgingProxy<'_>> {
    let (controller, balancer) = plane.controllers.at_address(before.destination)?;
    if component != Component::Ingress(controller.implementation) {
        return None;
    }
    let judgement = controller.judge_outside(&plane.cluster, balancer, &before, before.http()?)?;
    let sender = PacketSender { origin: PacketOrigin::Outside, addresses: vec![balancer.inside], other: None };
    Some(JudgingProxy {
        sender,
        controller: Some(controller),
        handshake: None,
        judgement,
        failures: (502, 504),
        before,
    })
}

/// A Gateway takes any connection, an Ingress controller HTTP, and TCP where it is told to; inside TLS its handshake comes
/// first.
fn judge_at_proxy(
    plane: &DataPlane,
    controller: Option<&ingress::Controller>,
    pod: &ObjectRef,
    packet: &Packet,
) -> Option<(Option<Judgement>, Judgement)> {
    let Packet { port, protocol, source: client, .. } = *packet;
    if let Some(gateway) = plane.gateways.at_pod(pod) {
        let arrival = gateway::GatewayArrival { pod, port, protocol, client, request: packet.http() };
        return Some((None, gateway.judge(&plane.cluster, &arrival)?));
    }
    let controller = controller?;
    let cluster = &plane.cluster;
    let Some(request) = packet.http() else {
        let judgement = match protocol {
            Protocol::Tcp => controller.judge_connection(cluster, pod, port, client),
            Protocol::Udp => controller.judge_datagram(cluster, pod, port),
            _ => None,
        };
        return Some((None, judgement?));
    };
    let arrival = ingress::ControllerArrival { pod, port, client, request };
    Some((controller.handshake(cluster, &arrival), controller.judge(cluster, &arrival)))
}

/// What a Gateway's controller reads, and groups of its own.
const GATEWAY_KINDS: [&str; 10] = [
    "gateways",
    "gatewayclasses",
    "listenersets",
    "httproutes",
    "grpcroutes",
    "tlsroutes",
    "tcproutes",
    "udproutes",
    "referencegrants",
    "backendtlspolicies",
];

/// What an Ingress controller reads.
const INGRESS_KINDS: [&str; 2] = ["ingresses", "ingressclasses"];

impl JudgingProxy<'_> {
    /// A kind that would tell it what to do, and that couldn't be read; its own settings stand in a ConfigMap beside it.
    fn unread(&self, plane: &DataPlane) -> Option<Text> {
        let unread = &plane.cluster.unread;
        let own = match self.controller.map(|controller| controller.implementation) {
            None => unread.find(&GATEWAY_KINDS, &["gateway.envoyproxy.io"], None),
            Some(IngressImplementation::Traefik) => unread.find(&INGRESS_KINDS, &["traefik.io"], None),
            Some(IngressImplementation::AwsAlb) => unread.find(&INGRESS_KINDS, &["elbv2.k8s.aws"], None),
            Some(_) => unread.find(&INGRESS_KINDS, &[], None).or_else(|| {
                let PacketOrigin::Pod(pod) = self.sender.origin else { return None };
                unread.find(&["configmaps"], &[], Some(pod.namespace()))
            }),
        };
        let own = own.or_else(|| unread.secrets(None).filter(|_| self.hangs_on_secret()));
        own.cloned()
    }

    /// Whether it decided by a field that names a Secret, which it couldn't use.
    fn hangs_on_secret(&self) -> bool {
        let names_one = |cause: &Cause| match cause {
            Cause::Field(field) => field.path.to_string().to_ascii_lowercase().contains("secret"),
            Cause::Rule(_) => false,
        };
        self.judgement.branches.iter().flat_map(|branch| branch.because.iter()).any(names_one)
    }

    /// The trail with the TLS handshake.
    fn greeted(&self, trail: &Trail) -> Trail {
        let hop = self.handshake.as_ref().and_then(|shown| Some(shown.hop(shown.branches.first()?, &self.before)));
        hop.map_or_else(|| trail.clone(), |hop| trail.hop(hop))
    }

    /// Opens the proxy's connection and follows it; a backend that can't be reached becomes the proxy's own answer.
    fn forward(
        &self,
        plane: &DataPlane,
        proxied: &ProxiedRequest,
        landing: Landing,
        (depth, left): (usize, &Cell<usize>),
    ) -> Vec<Landing> {
        // 1. What is sent: the proxy's request, or what came.
        let request = proxied.request.clone().map_or_else(|| self.before.payload.clone(), Payload::Http);
        let sending = |port| ConnectionAttempt {
            protocol: self.before.protocol,
            port,
            payload: request.clone(),
            purpose: ConnectionPurpose::Proxy,
        };
        match &proxied.target {
            // 2. To an address.
            ProxyTarget::Endpoint(address, port) | ProxyTarget::ClusterIp(address, port) => {
                self.connect(plane, &[*address], &sending(*port), landing, (depth, left))
            }
            // 3. To a name, by each way that its lookup may end.
            ProxyTarget::Name(name, port) => {
                let ends = lookup::lookup_host_name(
                    plane,
                    &self.sender,
                    name,
                    (ClientLibc::Glibc, AddressFamily::Any),
                    &landing.trail,
                );
                let landings = ends.into_iter().flat_map(|LookupEnd { share, lookup, trail }| {
                    let start = Landing { share: landing.share.times(share), trail };
                    let addresses = lookup.result.unwrap_or_default();
                    self.connect(plane, &addresses, &sending(*port), start, (depth, left))
                });
                landings.collect()
            }
        }
    }

    /// Connects to one of the backend's addresses.
    fn connect(
        &self,
        plane: &DataPlane,
        addresses: &[IpAddr],
        sending: &ConnectionAttempt,
        landing: Landing,
        (depth, left): (usize, &Cell<usize>),
    ) -> Vec<Landing> {
        if addresses.is_empty() {
            return vec![self.answers_for_backend(landing)];
        }
        let landings = connect_to_any_address(plane, &self.sender, addresses, sending, landing);
        let landings = follow_proxies_at_depth(plane, landings, depth + 1, left);
        landings.into_iter().map(|landing| self.answers_for_backend(landing)).collect()
    }

    /// The client feels a proxy's failed connection, or its silence, as an answer of the proxy.
    fn answers_for_backend(&self, landing: Landing) -> Landing {
        let (unreachable, silent) = self.failures;
        let (status, rule) = match landing.outcome() {
            Outcome::Unresolved => (self.unresolved_backend(), NetworkRule::BackendUnresolved),
            Outcome::Refused | Outcome::Unroutable => (unreachable, NetworkRule::BackendUnreachable),
            Outcome::Dropped => (silent, NetworkRule::BackendSilent),
            Outcome::Delivered | Outcome::Responded | Outcome::TlsFailed | Outcome::External | Outcome::Unknown => {
                return landing;
            }
        };
        // A connection that the proxy doesn't look into has no answer of its own to give.
        if self.before.http().is_none() {
            return landing;
        }
        let response = match self.before.http().map(|request| request.version) {
            // As for any backend that a gRPC call can't use (apis/v1, GRPCRouteRule.backendRefs).
            Some(HttpVersion::Grpc) if self.judgement.component == Component::Gateway => {
                HttpResponse { status: 200, grpc_status: Some("Unavailable".to_owned()), ..HttpResponse::default() }
            }
            _ => HttpResponse {
                status,
                body: self.controller.and_then(|controller| controller.page(status)),
                ..HttpResponse::default()
            },
        };
        self.ends(landing, PacketDecision::Respond(response), vec![Cause::rule(rule)])
    }

    /// The status of its answer when its backend's name doesn't resolve.
    fn unresolved_backend(&self) -> u16 {
        self.controller.map_or(self.failures.0, |controller| controller.implementation.facts().unresolved_backend)
    }

    /// The proxy has the last word about a landing.
    fn ends(&self, landing: Landing, decision: PacketDecision, because: Vec<Cause>) -> Landing {
        let last = landing.trail.last().map_or_else(|| self.before.clone(), |hop| hop.after().clone());
        let hop = Hop::plain(self.judgement.component, self.judgement.at.clone(), last, decision, because);
        Landing { trail: landing.trail.hop(hop), ..landing }
    }
}
