//! What the catalogue says about one question, straight down, without tables or reasons. Numbers in brackets are those of
//! the catalogue's facts.

use std::collections::BTreeMap;

use super::world::{BALANCER_IP, Caller, EXTERNAL_IP, Mode, OUTSIDE, State, Target, World};

/// How a connection ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// At an endpoint, which sees this source.
    Delivered(usize, String),
    /// At once.
    Refused,
    /// In silence.
    Dropped,
    /// Nowhere.
    Unroutable,
    /// Outside the cluster.
    Gone,
}

/// Ends with their shares.
pub type Ends = BTreeMap<End, f64>;

/// A packet on a node.
#[derive(Clone)]
struct Arriving {
    node: usize,
    source: String,
    target: Target,
    /// Whether a process of the node sends it.
    own: bool,
    /// Whether a balancer or router has brought it.
    brought: bool,
    /// Whether it comes from beyond the node.
    foreign: bool,
}

/// All the ways a question can end.
pub fn ends(world: &World, caller: Caller, target: Target) -> Ends {
    let (home, source, own) = match caller {
        Caller::Pod(node) => (Some(node), World::client_address(node), false),
        Caller::Endpoint(place) => (Some(world.endpoints[place].node), world.endpoint_address(place), false),
        Caller::Node(node) if target == Target::Loopback => (Some(node), "127.0.0.1".to_owned(), true),
        Caller::Node(node) => (Some(node), World::node_address(node), true),
        Caller::Outside => (None, OUTSIDE.to_owned(), false),
    };
    match (home, target) {
        // A node port is looked at where the address is (63).
        (Some(home), Target::NodePort(node)) if node != home => {
            at(world, Arriving { node, source, target, own: false, brought: false, foreign: true })
        }
        (Some(node), _) => at(world, Arriving { node, source, target, own, brought: false, foreign: false }),
        (None, Target::NodePort(node)) => {
            at(world, Arriving { node, source, target, own: false, brought: false, foreign: true })
        }
        (None, Target::LoadBalancer | Target::ExternalIp) => brought(world, &source, target),
        // Cluster addresses mean nothing outside (10).
        (None, _) => only(End::Unroutable),
    }
}

fn only(end: End) -> Ends {
    BTreeMap::from([(end, 1.0)])
}

/// From in front of the nodes to each of them: a balancer skips, under policy Local, nodes without ready endpoint (87),
/// unless none has one; an external IP is routed to any.
fn brought(world: &World, source: &str, target: Target) -> Ends {
    let mut nodes: Vec<usize> = (0..world.nodes.len()).collect();
    if target == Target::LoadBalancer && world.external_local {
        let healthy = |node: &usize| {
            world
                .endpoints
                .iter()
                .any(|endpoint| endpoint.names_node && endpoint.node == *node && ready(endpoint.state))
        };
        if nodes.iter().any(healthy) {
            nodes.retain(healthy);
        }
    }
    let mut all = Ends::new();
    for node in &nodes {
        let source = source.to_owned();
        let ends = at(world, Arriving { node: *node, source, target, own: false, brought: true, foreign: true });
        for (end, share) in ends {
            *all.entry(end).or_default() += share / nodes.len() as f64;
        }
    }
    all
}

/// Absent conditions are ready (21).
fn ready(state: State) -> bool {
    matches!(state, State::Unsaid | State::Ready)
}

/// What a node does with a packet.
fn at(world: &World, packet: Arriving) -> Ends {
    match (packet.target, world.mode) {
        (Target::ClusterIpOtherPort, Mode::Iptables) => return only(End::Unroutable), // 6
        (Target::ClusterIpOtherPort, Mode::Nftables | Mode::Ipvs) => return only(End::Refused), // 7, 97
        (Target::FreeClusterIp, Mode::Nftables) => return only(End::Dropped),         // 8
        (Target::FreeClusterIp, Mode::Iptables | Mode::Ipvs) => return only(End::Unroutable),
        (Target::Loopback, Mode::Nftables | Mode::Ipvs) => return only(End::Refused), // 71, 74
        _ => {}
    }
    let external = packet.target != Target::ClusterIp;
    let usable = world.endpoints.iter().any(|endpoint| ready(endpoint.state) || endpoint.state == State::Serving);
    // 5, 83: the firewall of a balancer's address; iptables has none without endpoints.
    let fenced = packet.target == Target::LoadBalancer && (usable || world.mode != Mode::Iptables);
    if fenced && !world.source_ranges.is_empty() && !allowed(world, &packet.source) {
        return only(End::Dropped);
    }
    if !usable {
        // 11: what a process of the node sends elsewhere leaves it, and is the outside's business (measured, 1.37).
        let elsewhere = matches!(packet.target, Target::LoadBalancer | Target::ExternalIp);
        if world.mode == Mode::Iptables && packet.own && elsewhere && !packet.brought {
            return only(End::Gone);
        }
        return only(End::Refused); // 1, 99
    }
    let from_pod = packet.source.starts_with("10.244."); // 57
    let from_here = packet.source == World::node_address(packet.node) || packet.source == "127.0.0.1";
    let (local, masked) = match (external, world.external_local) {
        (false, _) => (world.internal_local, world.masquerade_all || !from_pod), // 42, 55-58
        (true, false) => (false, true),                                          // 64
        (true, true) if world.mode == Mode::Ipvs => (true, false),               // 98
        (true, true) if from_pod => (false, false),                              // 66
        (true, true) if from_here => (false, true),                              // 67
        (true, true) => (true, false),                                           // 65, 68
    };
    let mut chosen = if local { own_set(world, packet.node) } else { cluster_set(world, packet.node) };
    if chosen.is_empty() {
        if world.mode != Mode::Ipvs {
            return only(End::Dropped); // 3
        }
        chosen = cluster_set(world, packet.node); // 98
    }
    let mut ends = Ends::new();
    for place in &chosen {
        let endpoint = &world.endpoints[*place];
        let address = world.endpoint_address(*place);
        // 100; nftables as well (measured, 1.37)
        let known = world.mode == Mode::Iptables || endpoint.names_node && endpoint.node == packet.node;
        let masked = masked || known && address == packet.source; // 60
        if external && packet.foreign && !masked && endpoint.node != packet.node {
            *ends.entry(End::Dropped).or_default() += 1.0 / chosen.len() as f64; // 98; for pods measured, 1.37
            continue;
        }
        let shares_network = endpoint.host_network && endpoint.node == packet.node && !packet.own; // 91
        let source = if masked && !shares_network { World::node_address(packet.node) } else { packet.source.clone() };
        *ends.entry(End::Delivered(*place, source)).or_default() += 1.0 / chosen.len() as f64; // 44
    }
    ends
}

fn allowed(world: &World, source: &str) -> bool {
    let inside = |range: &&str| match *range {
        "203.0.113.0/26" => source.starts_with("203.0.113."),
        "10.244.0.0/16" => source.starts_with("10.244."),
        "192.168.56.0/24" => source.starts_with("192.168.56."),
        "198.51.100.0/24" => source == EXTERNAL_IP,
        _ => false,
    };
    debug_assert!(source != BALANCER_IP);
    world.source_ranges.iter().any(inside)
}

/// 37: ready ones of the node, else those still serving there.
fn own_set(world: &World, node: usize) -> Vec<usize> {
    let here: Vec<usize> = (0..world.endpoints.len())
        .filter(|place| world.endpoints[*place].names_node && world.endpoints[*place].node == node)
        .collect();
    ready_or_serving(world, &here)
}

fn ready_or_serving(world: &World, places: &[usize]) -> Vec<usize> {
    let of = |wanted: fn(State) -> bool| -> Vec<usize> {
        places.iter().copied().filter(|place| wanted(world.endpoints[*place].state)).collect()
    };
    let first = of(ready);
    if first.is_empty() { of(|state| state == State::Serving) } else { first }
}

/// 36 and 46-49: ready ones, narrowed by hints, else those still serving anywhere.
fn cluster_set(world: &World, node: usize) -> Vec<usize> {
    let all: Vec<usize> = (0..world.endpoints.len()).collect();
    let places = ready_or_serving(world, &all);
    if !places.iter().any(|place| ready(world.endpoints[*place].state)) {
        return places;
    }
    let hinted = |place: &usize| world.endpoints[*place].node_hints.contains(&node);
    if places.iter().all(|place| !world.endpoints[*place].node_hints.is_empty()) && places.iter().any(hinted) {
        return places.into_iter().filter(hinted).collect();
    }
    let Some(zone) = world.nodes[node] else { return places };
    let hinted = |place: &usize| world.endpoints[*place].zone_hints.contains(&zone);
    if places.iter().all(|place| !world.endpoints[*place].zone_hints.is_empty()) && places.iter().any(hinted) {
        return places.into_iter().filter(hinted).collect();
    }
    places
}
