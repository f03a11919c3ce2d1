//! Landings in the JSON contract: merged by outcome and pod, with what the pod sees.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::headers;
use crate::order::Gather;
use crate::packet::{HttpRequest, Packet};
use crate::source::{FieldRef, ObjectRef, Segment};
use crate::tally::{RequestSeries, tally};
use crate::trace::{
    Cause, Component, ComponentPlace, ConnectionHops, ConnectionPurpose, Hop, Landing, Outcome, PacketDecision,
    ProxiedRequest, ProxyTarget,
};
use crate::trace::{ComponentRule, Resolution, Share, Trail};

/// One way a request ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LandingReport {
    /// From 0 to 1.
    pub share: f64,
    /// The share as numerator and denominator, where both fit; exact.
    pub fraction: Option<(u64, u64)>,
    /// How many of the requests tallied (`--repeat`) end here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// `delivered`, `refused` ….
    pub outcome: String,
    /// `default/web-1`.
    pub pod: Option<String>,
    /// The workload whose pod it is: `deployment/default/web`.
    #[serde(default)]
    pub workload: Option<String>,
    /// The pod's node.
    pub node: Option<String>,
    /// `10.244.1.10:8080`.
    pub address: Option<String>,
    /// Who the pod thinks it is talking to.
    #[serde(rename = "sourceIP")]
    pub source_ip: Option<IpAddr>,
    /// All of them, where different ways lead to the same pod.
    #[serde(rename = "sourceIPs")]
    pub source_ips: Vec<IpAddr>,
    /// `client`, `node`, `proxy`.
    pub source_kind: Option<String>,
    /// `default/web`.
    pub service: Option<String>,
    /// The rules that matched: `Ingress default/shop rules[0].http.paths[1]`.
    pub rules: Vec<String>,
    /// The status a proxy answers with.
    pub status: Option<u16>,
    /// Where its redirect leads.
    pub location: Option<String>,
    /// The path as the pod sees it, with the query.
    pub path: Option<String>,
    /// The host as the pod sees it.
    pub host: Option<String>,
    /// Further headers as the pod sees them.
    pub headers: BTreeMap<String, String>,
    /// Headers that proxies add to the answer.
    pub response_headers: BTreeMap<String, String>,
    /// A cookie that a proxy sets.
    pub set_cookie: Option<String>,
    /// gRPC's status of a proxy's own answer.
    pub grpc_status: Option<String>,
    /// What a proxy goes through to the backend: `clusterIP ADDRESS:PORT`, `HOST:PORT`.
    pub via: Option<String>,
    /// `http`, `https`, `grpc` ….
    pub backend_protocol: Option<String>,
    /// Copies: Service to share.
    pub mirrored_to: BTreeMap<String, f64>,
    /// `ingress` or `egress`: the direction in which a policy dropped it.
    pub denied_at: Option<String>,
}

/// The landings, merged, each with the trail of its first way; with the tally of some requests if one is asked for.
pub fn landings(resolution: &Resolution, repeat: Option<RequestSeries>) -> Vec<(LandingReport, &Trail)> {
    // 1. How many requests of a series land where.
    let tallied = repeat.map(|series| tally(resolution, series));
    // 2. Landings that look the same are one, with their shares added.
    let mut merged: Vec<(LandingReport, Share, &Trail)> = Vec::new();
    let mut places: BTreeMap<LandingKey<'_>, usize> = BTreeMap::new();
    for (place, landing) in resolution.landings.iter().enumerate() {
        let count = tallied.as_ref().and_then(|counts| counts.get(place)).copied();
        let legs = landing.trail.legs();
        let key = key(landing, &legs);
        match places.get(&key).and_then(|place| merged.get_mut(*place)) {
            Some((first, share, _)) => {
                *share = share.plus(landing.share);
                first.count = first.count.map(|first| first + count.unwrap_or(0));
                let source = landing.trail.last().map(|hop| hop.before.source);
                first.source_ips.extend(source.filter(|source| !first.source_ips.contains(source)));
            }
            None => {
                places.insert(key, merged.len());
                merged.push((LandingReport { count, ..one(landing, &legs) }, landing.share, &landing.trail));
            }
        }
    }
    // 3. The shares as numbers.
    let finished = merged.into_iter().map(|(report, share, trail)| {
        let (part, whole) = share.parts();
        let fraction = u64::try_from(part).ok().zip(u64::try_from(whole).ok());
        (LandingReport { share: share.to_f64(), fraction, ..report }, trail)
    });
    finished.collect()
}

/// What makes landings one: outcome, pod, address, status, rules.
type LandingKey<'r> = (Outcome, Option<&'r ObjectRef>, Option<(IpAddr, u16)>, Option<u16>, Vec<&'r FieldRef>);

fn key<'r>(landing: &'r Landing, legs: &[ConnectionHops<'r>]) -> LandingKey<'r> {
    let (last, outcome) = (landing.trail.last(), landing.outcome());
    let address = last.filter(|hop| has_destination(hop, outcome));
    let address = address.map(|hop| (hop.before.destination, hop.before.port));
    let status = last.and_then(response).map(|response| response.status);
    (outcome, last.and_then(pod), address, status, rules(legs))
}

fn one(landing: &Landing, legs: &[ConnectionHops<'_>]) -> LandingReport {
    // 1. The last hop, with what was sent on and what was answered.
    let last = landing.trail.last();
    let packet = last.map(|hop| &hop.before);
    let proxied = landing.trail.hops_backwards().find_map(proxied);
    let response = last.and_then(response);
    let delivered = matches!(landing.outcome(), Outcome::Delivered);
    let sent = proxied.and_then(|proxied| proxied.request.as_deref());
    let http = packet.and_then(Packet::http).or(sent).filter(|_| delivered);
    // 2. The answer's headers, with those that proxies added.
    let added = legs
        .iter()
        .flat_map(ConnectionHops::hops)
        .filter_map(self::proxied)
        .flat_map(|proxied| &proxied.response_headers);
    let mut response_headers: Vec<(String, String)> = added.cloned().collect();
    // What Ingress controllers write twice, servers behind them show with a space.
    let by_ingress = landing.trail.hops_backwards().any(|hop| matches!(hop.component, Component::Ingress(_)));
    let separator = if by_ingress { ", " } else { "," };
    response_headers.extend(response.iter().flat_map(|response| response.headers.0.clone()));
    // 3. What is told of it.
    LandingReport {
        share: 0.0,
        fraction: None,
        count: None,
        outcome: landing.outcome().name().to_owned(),
        pod: last.and_then(pod).map(ObjectRef::qualified_name),
        workload: None,
        node: last.and_then(node),
        address: last.filter(|hop| has_destination(hop, landing.outcome())).map(|hop| hop.before.destination_text()),
        source_ip: packet.map(|packet| packet.source),
        source_ips: packet.map(|packet| packet.source).into_iter().collect(),
        source_kind: source_kind(legs, landing.outcome()),
        service: service(legs),
        rules: rules(legs).into_iter().map(rule_text).collect(),
        status: response.map(|response| response.status),
        location: response.and_then(|response| response.location.clone()),
        path: http.map(HttpRequest::target),
        host: http.map(|request| request.host.clone()),
        headers: http.map(|request| headers(&request.headers.0, separator)).unwrap_or_default(),
        response_headers: headers(&response_headers, separator),
        set_cookie: proxied.and_then(|proxied| proxied.set_cookie.clone()),
        grpc_status: response.and_then(|response| response.grpc_status.clone()),
        via: proxied.and_then(via),
        backend_protocol: proxied.and_then(|proxied| proxied.backend_protocol.clone()),
        mirrored_to: proxied.map(mirrors).unwrap_or_default(),
        denied_at: last.and_then(denied_at),
    }
}

/// Whether the last packet leads where the request goes. Where a name's address isn't known it is still the query, or a
/// packet to no address in particular, which a policy forbade.
fn has_destination(hop: &Hop, outcome: Outcome) -> bool {
    let query = hop.component == Component::Resolver && matches!(hop.decision, PacketDecision::Unknown(_));
    let is_anywhere = hop.component == Component::NetworkPolicy && hop.before.destination.is_unspecified();
    !query && !is_anywhere && !matches!(outcome, Outcome::Unresolved | Outcome::Responded)
}

fn proxied(hop: &Hop) -> Option<&ProxiedRequest> {
    match &hop.decision {
        PacketDecision::Proxy(proxied) => Some(proxied),
        _ => None,
    }
}

fn response(hop: &Hop) -> Option<&crate::packet::HttpResponse> {
    match &hop.decision {
        PacketDecision::Respond(response) => Some(response),
        _ => None,
    }
}

/// The pod that took or refused the packet, or answered the question.
fn pod(hop: &Hop) -> Option<&ObjectRef> {
    match (&hop.decision, &hop.at) {
        (PacketDecision::Deliver(delivery), _) => delivery.pod.as_ref(),
        (PacketDecision::Answer(_), ComponentPlace::Pod(pod)) => Some(pod),
        _ => None,
    }
}

fn node(hop: &Hop) -> Option<String> {
    match &hop.decision {
        PacketDecision::Deliver(delivery) => delivery.node.as_ref().map(ToString::to_string),
        _ => None,
    }
}

/// Whom the pod sees in the last leg: a node, if its rules masqueraded the packet (be it under the address it had); else
/// the proxy or the client.
fn source_kind(legs: &[ConnectionHops<'_>], outcome: Outcome) -> Option<String> {
    let leg = legs.last().filter(|_| outcome == Outcome::Delivered)?;
    let (first, last) = (leg.hops().next()?, leg.hops().next_back()?);
    let masqueraded = first.before.source != last.before.source || leg.hops().any(masquerades);
    let kind = match (masqueraded, leg.purpose) {
        (true, _) => "node",
        (false, ConnectionPurpose::Proxy) => "proxy",
        (false, ConnectionPurpose::Connect | ConnectionPurpose::Resolve) => "client",
    };
    Some(kind.to_owned())
}

fn masquerades(hop: &Hop) -> bool {
    hop.because.iter().any(|cause| matches!(cause, Cause::Rule(ComponentRule::Service(rule)) if rule.masquerades()))
}

/// The Service a proxy chose, or the last one that kube-proxy translated.
fn service(legs: &[ConnectionHops<'_>]) -> Option<String> {
    let hops = legs.iter().filter(|leg| leg.purpose != ConnectionPurpose::Resolve).flat_map(ConnectionHops::hops);
    let mut named = hops.filter_map(|hop| match &hop.decision {
        PacketDecision::Proxy(proxied) => proxied.service.clone(),
        _ => fields(hop).find(|field| &*field.object.kind == "Service").map(|field| field.object.clone()),
    });
    named.next_back().map(|service| service.qualified_name())
}

fn fields(hop: &Hop) -> impl Iterator<Item = &FieldRef> {
    hop.because.iter().filter_map(|cause| match cause {
        Cause::Field(field) => Some(field),
        Cause::Rule(_) => None,
    })
}

/// The rules of proxies and policies that let the request through, or stopped it; those that let its name lookup through
/// are not about the request.
fn rules<'t>(legs: &[ConnectionHops<'t>]) -> Vec<&'t FieldRef> {
    let mut rules: Vec<&FieldRef> = Vec::new();
    let last = legs.len().saturating_sub(1);
    let about_it =
        legs.iter().enumerate().filter(|(place, leg)| *place == last || leg.purpose != ConnectionPurpose::Resolve);
    for hop in about_it.flat_map(|(_, leg)| leg.hops()) {
        let named: Vec<&FieldRef> = match (&hop.decision, hop.component) {
            (PacketDecision::Proxy(proxied), _) => proxied.rule.iter().collect(),
            (PacketDecision::Respond(_), _) => fields(hop).filter(|field| is_route(field)).take(1).collect(),
            (_, Component::NetworkPolicy) => fields(hop).collect(),
            _ => Vec::new(),
        };
        rules.extend(named);
    }
    let mut seen = std::collections::BTreeSet::new();
    rules.retain(|rule| seen.insert(*rule));
    rules
}

/// Whether a field is a rule of a route rather than something else that mattered.
fn is_route(field: &FieldRef) -> bool {
    field.path.segments().iter().any(|segment| match segment {
        Segment::Field(name) => matches!(&**name, "rules" | "routes" | "defaultBackend"),
        Segment::Index(_) | Segment::Key(_) => false,
    })
}

/// `Ingress default/shop rules[0].http.paths[1]`: the path below spec.
pub fn rule_text(field: &FieldRef) -> String {
    let path = field.path.to_string();
    let path = path.strip_prefix("spec.").unwrap_or(&path);
    if path.is_empty() { field.object.to_string() } else { format!("{} {path}", field.object) }
}

fn via(proxied: &ProxiedRequest) -> Option<String> {
    match &proxied.target {
        ProxyTarget::Endpoint(..) => None,
        ProxyTarget::ClusterIp(address, port) => {
            Some(format!("clusterIP {}", crate::packet::socket_text(*address, *port)))
        }
        ProxyTarget::Name(name, port) => Some(format!("{name}:{port}")),
    }
}

fn mirrors(proxied: &ProxiedRequest) -> BTreeMap<String, f64> {
    proxied.mirrors.iter().map(|(service, share)| (service.qualified_name(), share.to_f64())).into_map()
}

/// The direction in which NetworkPolicy dropped the packet.
fn denied_at(hop: &Hop) -> Option<String> {
    let dropped = hop.component == Component::NetworkPolicy && hop.decision == PacketDecision::Drop;
    let directions = hop.because.iter().filter(|_| dropped).filter_map(|cause| match cause {
        Cause::Rule(ComponentRule::Policy(rule)) => rule.direction(),
        Cause::Rule(_) | Cause::Field(_) => None,
    });
    directions.map(str::to_owned).next()
}
