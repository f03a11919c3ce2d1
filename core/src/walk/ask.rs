//! What each kind of question asks, step by step: look the name up, connect, follow proxies and redirects.

use std::net::IpAddr;

use super::addresses::{Sending, connect_to_any};
use super::{DataPlane, Sender, lookup, outside, proxy, redirect};
use crate::limits::{AnswerLimit, MAX_REDIRECTS, MAX_REQUESTS, MAX_URL};
use crate::packet::{Packet, Payload, Protocol};
use crate::request::{Ask, Family, Host, HttpAsk, Libc, LookupAsk, Request};
use crate::trace::{
    Cause, Component, Decision, Gap, Hop, Landing, Lookup, LookupFailure, NetworkRule, Place, Purpose, Resolution,
    Rule, Share, Step, Trail,
};

/// A question under way: what was looked up and connected to so far.
struct Asking<'a> {
    plane: &'a DataPlane,
    sender: &'a Sender<'a>,
    libc: Libc,
    lookups: Vec<Lookup>,
    connects_to: Option<(IpAddr, u16)>,
}

/// Everywhere a request can land.
pub fn resolve(plane: &DataPlane, sender: &Sender<'_>, request: &Request) -> Resolution {
    let mut asking = Asking { plane, sender, libc: request.libc, lookups: Vec::new(), connects_to: None };
    let start = Landing { share: Share::ONE, trail: Trail::default() };
    let landings = match &request.ask {
        Ask::Http(ask) => asking.http(ask, start),
        Ask::Connect { protocol, host, family, port } => {
            let landings = asking.connect((host, *family), *protocol, *port, Payload::Opaque, start);
            proxy::follow(plane, landings)
        }
        Ask::Ping { host, family } => asking.connect((host, *family), Protocol::Icmp, 0, Payload::Opaque, start),
        Ask::Lookup(ask) => asking.lookup(ask),
    };
    let gaps = gaps(&landings);
    let Asking { lookups, connects_to, .. } = asking;
    Resolution { request: request.clone(), lookups, connects_to, landings, gaps }
}

impl Asking<'_> {
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
            let limit = exceeded(&ask, redirects, requests);
            if let Some(limit) = limit {
                landed.push(self.too_large(&ask, limit, start));
                continue;
            }
            requests += 1;
            let landings = self.answers(&ask, start);
            open.extend(landings.into_iter().rev().map(|landing| {
                let next = redirected(&ask, &landing).map(|next| (next, redirects + 1));
                (next, landing)
            }));
        }
        landed
    }

    /// Where one HTTP request lands.
    fn answers(&mut self, ask: &HttpAsk, start: Landing) -> Vec<Landing> {
        let payload = Payload::Http(ask.request.clone());
        let landings = self.connect((&ask.host, ask.family), Protocol::Tcp, ask.port, payload, start);
        proxy::follow(self.plane, landings)
    }

    /// Redirects lead on and on.
    fn too_large(&self, ask: &HttpAsk, limit: AnswerLimit, start: Landing) -> Landing {
        let destination = IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED);
        let source = self.sender.addresses.first().copied().unwrap_or(destination);
        let packet = Packet { protocol: Protocol::Tcp, source, destination, port: ask.port, payload: Payload::Opaque };
        let decision = Decision::Unknown(Gap::TooLarge(limit));
        let hop = Hop::plain(Component::Client, Place::Network, packet, decision, Vec::new());
        Landing { trail: start.trail.hop(hop), ..start }
    }

    fn connect(
        &mut self,
        (host, family): (&Host, Family),
        protocol: Protocol,
        port: u16,
        payload: Payload,
        start: Landing,
    ) -> Vec<Landing> {
        let (addresses, trail) = match host {
            Host::Address(address) => (vec![*address], start.trail),
            Host::Name(name) if name.is_empty() => return vec![self.nobody(protocol, port, start)],
            Host::Name(name) => {
                let (lookup, trail) = lookup::host(self.plane, self.sender, name, (self.libc, family), &start.trail);
                let addresses = lookup.result.clone().unwrap_or_default();
                self.lookups.push(lookup);
                (addresses, trail)
            }
        };
        let start = Landing { trail, ..start };
        let Some(first) = addresses.first() else {
            return vec![outside::forbidden(self.plane, self.sender, (protocol, port), start)];
        };
        self.connects_to.get_or_insert((*first, port));
        let sending = Sending { protocol, port, payload, purpose: Purpose::Connect };
        connect_to_any(self.plane, self.sender, &addresses, &sending, start)
    }

    /// An empty host name, as an unset variable leaves it: no program looks that up.
    fn nobody(&self, protocol: Protocol, port: u16, start: Landing) -> Landing {
        let destination = IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED);
        let source = self.sender.addresses.first().copied().unwrap_or(destination);
        let packet = Packet { protocol, source, destination, port, payload: Payload::Opaque };
        let because = vec![Cause::Rule(Rule::Network(NetworkRule::EmptyHostName))];
        let decision = Decision::Unresolved(LookupFailure::NoName);
        let hop = Hop::plain(Component::Client, Place::Network, packet, decision, because);
        Landing { trail: start.trail.then(Step::Begin(Purpose::Resolve)).hop(hop), ..start }
    }

    fn lookup(&mut self, ask: &LookupAsk) -> Vec<Landing> {
        let (lookup, trail) = lookup::tool(self.plane, self.sender, ask);
        self.lookups.push(lookup);
        vec![Landing { share: Share::ONE, trail }]
    }
}

/// The request that a landing's redirect asks for, if the client follows it.
fn redirected(ask: &HttpAsk, landing: &Landing) -> Option<HttpAsk> {
    let hop = landing.trail.last()?;
    let Decision::Respond(response) = &hop.decision else { return None };
    redirect::next(ask, response)
}

/// The limit that a request would go beyond.
fn exceeded(ask: &HttpAsk, redirects: usize, requests: usize) -> Option<AnswerLimit> {
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
fn gaps(landings: &[Landing]) -> Vec<Gap> {
    let mut gaps: Vec<Gap> = Vec::new();
    for landing in landings {
        if let Some(Decision::Unknown(gap)) = landing.trail.last().map(|hop| &hop.decision)
            && !gaps.contains(gap)
        {
            gaps.push(gap.clone());
        }
    }
    gaps
}
