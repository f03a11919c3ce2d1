//! A name's addresses, tried as programs try them: family by family, the next one when a connection fails at once.

use std::net::IpAddr;

use super::connect::walk_connection;
use super::{DataPlane, PacketSender};
use crate::packet::{Packet, Payload, Protocol};
use crate::trace::Trail;
use crate::trace::{
    Cause, Component, ComponentPlace, ConnectionPurpose, Hop, Landing, NetworkRule, Outcome, PacketDecision, Share,
    TrailStep,
};

/// What is sent, once the address is known.
#[derive(Clone, Debug)]
pub struct ConnectionAttempt {
    /// TCP, UDP, SCTP, ICMP.
    pub protocol: Protocol,
    pub port: u16,
    /// What it carries.
    pub payload: Payload,
    pub purpose: ConnectionPurpose,
}

/// Connects to one of some addresses and follows the packet to every end. Addresses of one family that came together
/// have the same chance, since DNS servers shuffle them; one that fails at once makes way for the others (curl, and any
/// program that walks getaddrinfo's list). Silence is waited for, so it ends the walk.
pub fn connect_to_any_address(
    plane: &DataPlane,
    sender: &PacketSender<'_>,
    addresses: &[IpAddr],
    sending: &ConnectionAttempt,
    start: Landing,
) -> Vec<Landing> {
    let mut families: Vec<Vec<IpAddr>> = Vec::new();
    for address in addresses {
        match families
            .last_mut()
            .filter(|family| family.first().is_some_and(|other| other.is_ipv4() == address.is_ipv4()))
        {
            Some(family) => family.push(*address),
            None => families.push(vec![*address]),
        }
    }
    let mut failed = Vec::new();
    for family in &families {
        let tried: Vec<Vec<Landing>> =
            family.iter().map(|address| connect_to_address(plane, sender, *address, sending, &start)).collect();
        let (bad, good): (Vec<_>, Vec<_>) = tried.into_iter().partition(|landings| landings.iter().all(fails_at_once));
        if !good.is_empty() {
            return split_evenly(good);
        }
        if failed.is_empty() {
            failed = split_evenly(bad);
        }
    }
    failed
}

/// One address's landings, as if all of the traffic went there.
fn connect_to_address(
    plane: &DataPlane,
    sender: &PacketSender<'_>,
    address: IpAddr,
    sending: &ConnectionAttempt,
    start: &Landing,
) -> Vec<Landing> {
    let trail = start.trail.then(TrailStep::Begin(sending.purpose));
    let packet = |source| Packet {
        protocol: sending.protocol,
        source,
        destination: address,
        port: sending.port,
        payload: sending.payload.clone(),
    };
    match sender.source_for(address) {
        Some(source) => walk_connection(&plane.network(), sender.origin, packet(source), start.share, trail),
        None => vec![Landing { share: start.share, trail: trail_without_source(packet(unspecified(address)), &trail) }],
    }
}

/// A client without an address of that family has no route (ENETUNREACH).
fn trail_without_source(packet: Packet, trail: &Trail) -> Trail {
    let because = vec![Cause::rule(NetworkRule::NoAddressOfFamily)];
    trail.hop(Hop::plain(Component::Client, ComponentPlace::Network, packet, PacketDecision::Unroutable, because))
}

fn unspecified(like: IpAddr) -> IpAddr {
    match like {
        IpAddr::V4(_) => std::net::Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => std::net::Ipv6Addr::UNSPECIFIED.into(),
    }
}

fn fails_at_once(landing: &Landing) -> bool {
    matches!(landing.outcome(), Outcome::Refused | Outcome::Unroutable)
}

/// Gives each address the same share.
fn split_evenly(addresses: Vec<Vec<Landing>>) -> Vec<Landing> {
    let each = Share::of(1, addresses.len() as u64);
    let landings = addresses.into_iter().flatten();
    landings.map(|landing| Landing { share: landing.share.times(each), ..landing }).collect()
}
