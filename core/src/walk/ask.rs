//! What each kind of question asks, step by step: look the name up, connect, follow proxies and redirects.

use std::net::IpAddr;

use super::addresses::{ConnectionAttempt, connect_to_any_address};
use super::lookup::LookupEnd;
use super::{DataPlane, PacketSender, lookup, outside, proxy, redirect};
use crate::limits::{AnswerLimit, MAX_REDIRECTS, MAX_REQUESTS, MAX_URL};
use crate::packet::{Packet, Payload, Protocol};
use crate::request::{AddressFamily, Ask, ClientLibc, HttpAsk, LookupAsk, Request, RequestHost};
use crate::trace::{
    Cause, Component, ComponentPlace, ConnectionPurpose, Hop, Landing, LookupFailure, ModelGap, NameLookup,
    NetworkRule, PacketDecision, Resolution, Share, Trail, TrailStep,
};

/// A question under way: what was looked up and connected to so far.
struct RequestWalk<'a> {
    plane: &'a DataPlane,
    sender: &'a PacketSender<'a>,
    libc: ClientLibc,
    lookups: Vec<NameLookup>,
    connects_to: Option<(IpAddr, u16)>,
}

/// Everywhere a request can land.
pub fn resolve_request(plane: &DataPlane, sender: &PacketSender<'_>, request: &Request) -> Resolution {
    let mut asking = RequestWalk { plane, sender, libc: request.libc, lookups: Vec::new(), connects_to: None };
    let start = Landing { share: Share::ONE, trail: Trail::default() };
    let landings = match &request.ask {
        Ask::Http(ask) => asking.http(ask, start),
        Ask::Connect { protocol, host, family, port } => {
            let landings = asking.connect((host, *family), *protocol, *port, Payload::Opaque, start);
            proxy::follow_proxies(plane, landings)
        }
        Ask::Ping { host, family } => asking.connect((host, *family), Protocol::Icmp, 0, Payload::Opaque, start),
        Ask::Lookup(ask) => asking.lookup(ask),
    };
    let gaps = gaps_of_landings(&landings);
    let RequestWalk { lookups, connects_to, .. } = asking;
    Resolution { request: request.clone(), lookups, connects_to, landings, gaps }
}

impl RequestWalk<'_> {
    /// An HTTP request, and those that its redirects ask for.
    fn http(&mut self, ask: &HttpAsk, start: Landing) -> Vec<Landing> {
        let mut landed = Vec::new();
        let mut requests = 0usize;
        let mut open = vec![(Some((ask.clone(), 0usize)), start)];
        while let Some((asked, start)) = open.pop() {
            let Some((ask, redirects)) = asked else {
                landed.push(start);
                continue;
            };
            let limit = exceeded_limit(&ask, redirects, requests);
            if let Some(limit) = limit {
                landed.push(self.too_large(&ask, limit, start));
                continue;
            }
            requests += 1;
            let landings = self.answers(&ask, start);
            open.extend(landings.into_iter().rev().map(|landing| {
                let next = redirected_ask(&ask, &landing).map(|next| (next, redirects + 1));
                (next, landing)
            }));
        }
        landed
    }

    /// Where one HTTP request lands.
    fn answers(&mut self, ask: &HttpAsk, start: Landing) -> Vec<Landing> {
        let payload = Payload::Http(ask.request.clone());
        let landings = self.connect((&ask.host, ask.family), Protocol::Tcp, ask.port, payload, start);
        proxy::follow_proxies(self.plane, landings)
    }

    /// Redirects lead on and on.
    fn too_large(&self, ask: &HttpAsk, limit: AnswerLimit, start: Landing) -> Landing {
        let destination = IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED);
        let source = self.sender.addresses.first().copied().unwrap_or(destination);
        let packet = Packet { protocol: Protocol::Tcp, source, destination, port: ask.port, payload: Payload::Opaque };
        let decision = PacketDecision::Unknown(ModelGap::TooLarge(limit));
        let hop = Hop::plain(Component::Client, ComponentPlace::Network, packet, decision, Vec::new());
        Landing { trail: start.trail.hop(hop), ..start }
    }

    fn connect(
        &mut self,
        (host, family): (&RequestHost, AddressFamily),
        protocol: Protocol,
        port: u16,
        payload: Payload,
        start: Landing,
    ) -> Vec<Landing> {
        let sending = ConnectionAttempt { protocol, port, payload, purpose: ConnectionPurpose::Connect };
        match host {
            RequestHost::Address(address) => self.connect_to(&[*address], &sending, start),
            RequestHost::Name(name) if name.is_empty() => vec![self.nobody(protocol, port, start)],
            RequestHost::Name(name) => {
                let ends = lookup::lookup_host_name(self.plane, self.sender, name, (self.libc, family), &start.trail);
                let mut landings = Vec::new();
                for LookupEnd { share, lookup, trail } in ends {
                    let addresses = lookup.result.clone().unwrap_or_default();
                    self.lookups.push(lookup);
                    let start = Landing { share: start.share.times(share), trail };
                    landings.extend(self.connect_to(&addresses, &sending, start));
                }
                landings
            }
        }
    }

    fn connect_to(&mut self, addresses: &[IpAddr], sending: &ConnectionAttempt, start: Landing) -> Vec<Landing> {
        let Some(first) = addresses.first() else {
            let asked = (sending.protocol, sending.port);
            return vec![outside::forbidden_by_policy(self.plane, self.sender, asked, start)];
        };
        self.connects_to.get_or_insert((*first, sending.port));
        connect_to_any_address(self.plane, self.sender, addresses, sending, start)
    }

    /// An empty host name, as an unset variable leaves it: no program looks that up.
    fn nobody(&self, protocol: Protocol, port: u16, start: Landing) -> Landing {
        let destination = IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED);
        let source = self.sender.addresses.first().copied().unwrap_or(destination);
        let packet = Packet { protocol, source, destination, port, payload: Payload::Opaque };
        let because = vec![Cause::rule(NetworkRule::EmptyHostName)];
        let decision = PacketDecision::Unresolved(LookupFailure::NoName);
        let hop = Hop::plain(Component::Client, ComponentPlace::Network, packet, decision, because);
        Landing { trail: start.trail.then(TrailStep::Begin(ConnectionPurpose::Resolve)).hop(hop), ..start }
    }

    fn lookup(&mut self, ask: &LookupAsk) -> Vec<Landing> {
        let mut landings = Vec::new();
        for LookupEnd { share, lookup, trail } in lookup::lookup_as_tool(self.plane, self.sender, ask) {
            self.lookups.push(lookup);
            landings.push(Landing { share, trail });
        }
        landings
    }
}

/// The request that a landing's redirect asks for, if the client follows it.
fn redirected_ask(ask: &HttpAsk, landing: &Landing) -> Option<HttpAsk> {
    let hop = landing.trail.last()?;
    let PacketDecision::Respond(response) = &hop.decision else { return None };
    redirect::next_ask(ask, response)
}

/// The limit that a request would go beyond.
fn exceeded_limit(ask: &HttpAsk, redirects: usize, requests: usize) -> Option<AnswerLimit> {
    let url = ask.request.path.len() + ask.request.query.as_ref().map_or(0, String::len);
    [
        (redirects > MAX_REDIRECTS, AnswerLimit::Redirects),
        (requests >= MAX_REQUESTS, AnswerLimit::Requests),
        (redirects > 0 && url > MAX_URL, AnswerLimit::UrlLength),
    ]
    .into_iter()
    .find_map(|(exceeds, limit)| exceeds.then_some(limit))
}

/// What the landings depend on and isn't modelled.
fn gaps_of_landings(landings: &[Landing]) -> Vec<ModelGap> {
    let mut gaps: Vec<ModelGap> = Vec::new();
    for landing in landings {
        if let Some(PacketDecision::Unknown(gap)) = landing.trail.last().map(|hop| &hop.decision)
            && !gaps.contains(gap)
        {
            gaps.push(gap.clone());
        }
    }
    gaps
}
