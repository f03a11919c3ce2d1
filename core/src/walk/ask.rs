//! What each kind of question asks, step by step: look the name up, connect, follow proxies and redirects.

use std::net::IpAddr;

use super::addresses::{Sending, connect_to_any};
use super::{DataPlane, Sender, lookup, outside, proxy, redirect};
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
        let landings =
            self.connect((&ask.host, ask.family), Protocol::Tcp, ask.port, Payload::Http(ask.request.clone()), start);
        let landings = proxy::follow(self.plane, landings);
        landings.into_iter().flat_map(|landing| self.redirected(ask, landing)).collect()
    }

    /// A landing, or where its redirect leads if the client follows it.
    fn redirected(&mut self, ask: &HttpAsk, landing: Landing) -> Vec<Landing> {
        let next = landing.trail.last().and_then(|hop| match &hop.decision {
            Decision::Respond(response) => redirect::next(ask, response),
            _ => None,
        });
        match next {
            Some(next) => self.http(&next, landing),
            None => vec![landing],
        }
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
