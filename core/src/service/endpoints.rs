//! Which endpoints of a Service port a node uses: those that slices list, narrowed by readiness, topology and policy as
//! kube-proxy's CategorizeEndpoints does it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::{ServicePortRef, claimed_by_others};
use crate::cluster::{self, Cluster, EndpointSlice, Node, TrafficPolicy};
use crate::shortlist::{CandidateRejection, Shortlist};
use crate::source::FieldRef;
use crate::trace::{CandidateObjection, CandidateSubject, Cause, ServiceObjection, ServiceRule};

/// An endpoint of one Service port, as kube-proxy on one node reads it.
#[derive(Clone, Copy, Debug)]
pub struct PortEndpoint<'c> {
    /// Its first address.
    pub address: IpAddr,
    /// The slice's number for the port.
    pub port: u16,
    /// Whether it is on the node that asks.
    pub local: bool,
    /// As the slice has it.
    pub entry: &'c cluster::Endpoint,
    place: SliceEntry<'c>,
}

#[derive(Clone, Copy, Debug)]
struct SliceEntry<'c> {
    slice: &'c EndpointSlice,
    index: usize,
}

/// Which set is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointScope {
    /// All, narrowed by topology.
    Cluster,
    /// The node's own.
    Local,
}

/// A set of endpoints with those that fell out, and the rules that shaped it.
pub struct EndpointSet<'c> {
    /// Those in and out.
    pub shortlist: Shortlist<PortEndpoint<'c>>,
    /// Why it looks so.
    pub rules: Vec<ServiceRule>,
}

/// How endpoints are narrowed by place (topologyModeFromHints).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TopologyNarrowing {
    Anywhere,
    SameZone,
    SameNode,
}

/// Remote endpoints are listed as candidates under a Local policy up to this many; beyond, the rule alone says it.
const REMOTE_LISTED: usize = 256;

/// The endpoints of a Service port of one address family: by address and port, each once. Of copies in several slices
/// the first counts, unless a later one is local (EPC addEndpoints).
pub(crate) fn of_port<'c>(
    cluster: &'c Cluster,
    found: ServicePortRef<'c>,
    node: &Node,
    ipv6: bool,
) -> Vec<PortEndpoint<'c>> {
    collect(entries(cluster, found, ipv6), node)
}

/// The same for a scope: of very many, a Local one lists the node's own only.
pub(crate) fn in_scope<'c>(
    cluster: &'c Cluster,
    found: ServicePortRef<'c>,
    node: &Node,
    ipv6: bool,
    scope: EndpointScope,
) -> Vec<PortEndpoint<'c>> {
    let slices = cluster.slices_of(found.service.namespace(), found.service.name()).iter();
    let many = slices.map(|slice| slice.endpoints.len()).sum::<usize>() > REMOTE_LISTED;
    match scope {
        EndpointScope::Local if many => {
            let own =
                entries(cluster, found, ipv6).filter(|(_, place)| place.entry().is_some_and(|it| is_on(it, node)));
            collect(own, node)
        }
        EndpointScope::Local | EndpointScope::Cluster => of_port(cluster, found, node, ipv6),
    }
}

/// Whether any endpoint can be used at all, wherever it is: ready, or serving while it terminates.
pub(crate) fn any_usable(cluster: &Cluster, found: ServicePortRef<'_>, ipv6: bool) -> bool {
    let mut entries = entries(cluster, found, ipv6).filter_map(|(_, place)| place.entry());
    entries.any(|entry| !entry.addresses.is_empty() && (is_ready(entry) || is_last_resort(entry)))
}

/// Whether a Service port has this endpoint on the node, and uses it.
pub(crate) fn is_usable_here(
    cluster: &Cluster,
    found: ServicePortRef<'_>,
    node: &Node,
    (address, port): (IpAddr, u16),
) -> bool {
    let endpoints = of_port(cluster, found, node, address.is_ipv6());
    let mut here =
        endpoints.iter().filter(|endpoint| endpoint.local && (endpoint.address, endpoint.port) == (address, port));
    here.any(|endpoint| is_ready(endpoint.entry) || is_last_resort(endpoint.entry))
}

/// The entries of a Service port in its slices, with the port's number there.
fn entries<'c>(
    cluster: &'c Cluster,
    found: ServicePortRef<'c>,
    ipv6: bool,
) -> impl Iterator<Item = (u16, SliceEntry<'c>)> {
    let slices = cluster.slices_of(found.service.namespace(), found.service.name()).iter();
    let slices = slices.filter(move |slice| slice.ipv6 == ipv6 && !claimed_by_others(&slice.labels));
    slices.flat_map(move |slice| {
        let places = move |number| (0..slice.endpoints.len()).map(move |index| (number, SliceEntry { slice, index }));
        numbers(slice, found).flat_map(places)
    })
}

fn collect<'c>(entries: impl Iterator<Item = (u16, SliceEntry<'c>)>, node: &Node) -> Vec<PortEndpoint<'c>> {
    let mut endpoints: BTreeMap<(IpAddr, u16), PortEndpoint<'c>> = BTreeMap::new();
    for (port, place) in entries {
        let Some(entry) = place.entry() else { continue };
        let Some(address) = entry.addresses.first().copied() else { continue };
        let endpoint = PortEndpoint { address, port, local: is_on(entry, node), entry, place };
        let known = endpoints.entry((address, port)).or_insert(endpoint);
        if endpoint.local && !known.local {
            *known = endpoint;
        }
    }
    endpoints.into_values().collect()
}

/// Local means: the slice names this node (EPC isLocal).
fn is_on(entry: &cluster::Endpoint, node: &Node) -> bool {
    entry.node.as_ref() == Some(&node.name)
}

/// Absent is ready (EPC newEndpointSliceInfo).
fn is_ready(entry: &cluster::Endpoint) -> bool {
    entry.ready.unwrap_or(true)
}

/// Whether it still serves while it terminates.
fn is_last_resort(entry: &cluster::Endpoint) -> bool {
    entry.serving.unwrap_or(true) && entry.terminating.unwrap_or(false)
}

impl<'c> SliceEntry<'c> {
    fn entry(self) -> Option<&'c cluster::Endpoint> {
        self.slice.endpoints.get(self.index)
    }
}

/// The numbers that a slice gives to a Service port: joined by name and protocol; absent and 0 don't count.
fn numbers<'c>(slice: &'c EndpointSlice, found: ServicePortRef<'c>) -> impl Iterator<Item = u16> {
    let ports = slice.ports.iter();
    let ports = ports.filter(move |port| port.name.as_deref().unwrap_or_default() == &*found.port.name);
    let ports = ports.filter(move |port| port.protocol == found.port.protocol);
    ports.filter_map(|port| port.port).filter(|number| *number != 0)
}

/// The set of a scope on a node (TOPO CategorizeEndpoints): ready endpoints, or, where there are none, those that still
/// serve while they terminate. Topology narrows the ready ones of the cluster set only.
pub fn categorize_endpoints<'c>(
    endpoints: Vec<PortEndpoint<'c>>,
    scope: EndpointScope,
    node: &Node,
) -> EndpointSet<'c> {
    let topology = topology_from_hints(&endpoints, node);
    let mut rules = Vec::new();
    let mut shortlist = Shortlist::new(endpoints);
    if scope == EndpointScope::Local {
        shortlist.retain(|endpoint| {
            (!endpoint.local).then(|| endpoint.objection(ServiceObjection::NotOnThisNode, "nodeName"))
        });
        rules.push(ServiceRule::OnlyLocalEndpoints);
    }
    let some_ready = shortlist.remaining().any(PortEndpoint::is_ready);
    if some_ready {
        shortlist.retain(PortEndpoint::unready);
    } else {
        shortlist.retain(PortEndpoint::useless);
        if !shortlist.is_empty() {
            rules.push(ServiceRule::TerminatingFallback);
        }
    }
    if scope == EndpointScope::Cluster && some_ready {
        shortlist.retain(|endpoint| endpoint.elsewhere(topology, node));
        rules.extend(topology.rule());
    }
    EndpointSet { shortlist, rules }
}

/// By which place endpoints are narrowed on a node: node hints, if every ready endpoint has one and one names this
/// node; else zone hints likewise; else nothing (TOPO topologyModeFromHints).
fn topology_from_hints(endpoints: &[PortEndpoint<'_>], node: &Node) -> TopologyNarrowing {
    let ready = || endpoints.iter().filter(|endpoint| endpoint.is_ready()).map(|endpoint| endpoint.entry);
    let by_node = ready().all(|entry| !entry.node_hints.is_empty());
    if by_node && ready().any(|entry| entry.node_hints.contains(&node.name)) {
        return TopologyNarrowing::SameNode;
    }
    let Some(zone) = &node.zone else { return TopologyNarrowing::Anywhere };
    let by_zone = ready().all(|entry| !entry.zone_hints.is_empty());
    if by_zone && ready().any(|entry| entry.zone_hints.contains(zone)) {
        TopologyNarrowing::SameZone
    } else {
        TopologyNarrowing::Anywhere
    }
}

impl TopologyNarrowing {
    fn rule(self) -> Option<ServiceRule> {
        match self {
            Self::Anywhere => None,
            Self::SameZone => Some(ServiceRule::SameZone),
            Self::SameNode => Some(ServiceRule::SameNode),
        }
    }
}

impl PortEndpoint<'_> {
    /// Whether it takes new traffic.
    pub fn is_ready(&self) -> bool {
        is_ready(self.entry)
    }

    /// Whether it still serves while it terminates.
    pub fn is_last_resort(&self) -> bool {
        is_last_resort(self.entry)
    }

    /// How the walk shows it.
    pub fn subject(&self, protocol: crate::packet::Protocol) -> CandidateSubject {
        CandidateSubject::Endpoint {
            address: self.address,
            port: Some(self.port),
            protocol,
            pod: self.entry.pod.clone(),
            node: self.entry.node.clone(),
        }
    }

    /// An objection, with the field of the slice's entry that settles it, or the pod's readiness.
    fn objection(&self, objection: ServiceObjection, field: &str) -> CandidateRejection {
        (CandidateObjection::Service(objection), vec![Cause::Field(self.field(field))])
    }

    fn field(&self, field: &str) -> FieldRef {
        let pod = self.entry.pod.as_ref();
        match (field, pod) {
            ("conditions.ready", Some(pod)) => pod.field("status.conditions"),
            ("conditions.terminating", Some(pod)) => pod.field("metadata.deletionTimestamp"),
            ("nodeName", Some(pod)) => pod.field("spec.nodeName"),
            _ => self.place.slice.reference.field(&*format!("endpoints[{}].{field}", self.place.index)),
        }
    }

    /// The objection while others are ready.
    fn unready(&self) -> Option<CandidateRejection> {
        match (self.is_ready(), self.is_last_resort()) {
            (true, _) => None,
            (false, true) => Some(self.objection(ServiceObjection::Terminating, "conditions.terminating")),
            (false, false) => Some(self.objection(ServiceObjection::NotReady, "conditions.ready")),
        }
    }

    /// The objection while nobody is ready.
    fn useless(&self) -> Option<CandidateRejection> {
        match (self.is_last_resort(), self.entry.terminating.unwrap_or(false)) {
            (true, _) => None,
            (false, true) => Some(self.objection(ServiceObjection::NotServing, "conditions.ready")),
            (false, false) => Some(self.objection(ServiceObjection::NotReady, "conditions.ready")),
        }
    }

    /// The objection by place.
    fn elsewhere(&self, topology: TopologyNarrowing, node: &Node) -> Option<CandidateRejection> {
        match topology {
            TopologyNarrowing::Anywhere => None,
            TopologyNarrowing::SameNode => (!self.entry.node_hints.contains(&node.name))
                .then(|| self.objection(ServiceObjection::HintedForOtherNodes, "hints.forNodes")),
            TopologyNarrowing::SameZone => node
                .zone
                .as_ref()
                .is_none_or(|zone| !self.entry.zone_hints.contains(zone))
                .then(|| self.objection(ServiceObjection::HintedForOtherZones, "hints.forZones")),
        }
    }
}

/// Which fields and rules of the Service a set goes back to.
pub(crate) fn endpoint_causes(found: ServicePortRef<'_>, rules: &[ServiceRule]) -> Vec<Cause> {
    let spec = &found.service.object.spec;
    let mut causes = Vec::new();
    if spec.selector.is_some() {
        causes.push(Cause::Field(found.service.reference.field("spec.selector")));
    }
    for rule in rules {
        if matches!(rule, ServiceRule::SameZone | ServiceRule::SameNode) && spec.traffic_distribution.is_some() {
            causes.push(Cause::Field(found.service.reference.field("spec.trafficDistribution")));
        }
        causes.push(Cause::rule(*rule));
    }
    if spec.session_affinity.as_deref() == Some("ClientIP") {
        causes.push(Cause::Field(found.service.reference.field("spec.sessionAffinity")));
        causes.push(Cause::rule(ServiceRule::SessionAffinityClientIp));
    }
    causes
}

/// The field that says a policy is Local.
pub(crate) fn policy_field(found: ServicePortRef<'_>, internal: bool) -> FieldRef {
    found.service.reference.field(if internal { "spec.internalTrafficPolicy" } else { "spec.externalTrafficPolicy" })
}

pub fn scope_of_policy(policy: TrafficPolicy) -> EndpointScope {
    match policy {
        TrafficPolicy::Cluster => EndpointScope::Cluster,
        TrafficPolicy::Local => EndpointScope::Local,
    }
}
