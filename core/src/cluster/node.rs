//! Nodes: addresses, pod networks, labels.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::objects::{ClusterDiagnostics, Objects};
use super::settings::ClusterSettings;
use super::{hash, net};
use crate::diagnostic::Problem;
use crate::model::{self, Labels, Text, well_known};
use crate::order::Gather;
use crate::source::ObjectRef;

#[derive(Clone, Debug)]
pub struct Node {
    pub name: Text,
    pub labels: Arc<Labels>,
    /// Its addresses inside and outside, InternalIPs first.
    pub addresses: Vec<IpAddr>,
    /// Its pods' networks, one per family.
    pub pod_cidrs: Vec<IpNet>,
    /// `topology.kubernetes.io/zone`.
    pub zone: Option<Text>,
    pub ready: bool,
    /// Whether a label keeps load balancers away from it.
    pub excluded: bool,
    /// The label keys of all nodes, where nobody pasted any: what other labels they have isn't known.
    pub told: Option<Arc<BTreeSet<Text>>>,
    /// The object as pasted, or as supplied.
    pub object: Arc<model::Node>,
}

impl Node {
    /// Whether it may have a label that nobody told of: a label that pods ask for is taken to be there.
    pub fn may_have(&self, key: &str) -> bool {
        self.told.as_ref().is_some_and(|told| !told.contains(key))
    }

    /// Its addresses of a kind; where its status has none, its own are internal.
    pub fn addresses_of(&self, kind: &str) -> impl Iterator<Item = IpAddr> {
        let said = self.object.status.addresses.iter().filter(|address| &*address.kind == kind);
        let said: Vec<IpAddr> = said.filter_map(|address| address.address.parse().ok()).collect();
        let is_unsaid = self.object.status.addresses.is_empty() && kind == "InternalIP";
        if is_unsaid { self.addresses.clone() } else { said }.into_iter()
    }
}

/// Makes the nodes: the pasted or supplied ones, and, while none is pasted, those that only a pod names.
pub(super) fn build_nodes(
    objects: &Objects,
    settings: &ClusterSettings,
    notes: &mut ClusterDiagnostics<'_>,
) -> BTreeMap<Text, Node> {
    let evidence = NodeEvidence::of(objects, settings);
    let mut nodes: BTreeMap<Text, Node> = BTreeMap::new();
    for given in &objects.nodes {
        let host = evidence.host_addresses.get(&*given.reference.name).filter(|_| given.supplied);
        nodes.insert(given.name().clone(), read_node(given.name(), given.body.clone(), host.copied()));
    }
    if objects.nodes.iter().all(|node| node.supplied) {
        for pod in &objects.pods {
            let Some(name) = &pod.body.spec.node_name else { continue };
            if !nodes.contains_key(name) {
                let host = evidence.host_addresses.get(&**name).copied();
                nodes.insert(name.clone(), read_node(name, Arc::default(), host));
            }
        }
    }
    if objects.nodes.iter().all(|node| node.supplied) {
        let told: Arc<BTreeSet<Text>> =
            Arc::new(nodes.values().flat_map(|node| node.labels.keys().cloned()).into_set());
        nodes.values_mut().for_each(|node| node.told = Some(told.clone()));
    }
    give_addresses(&mut nodes, &evidence);
    give_pod_networks(&mut nodes, settings, &evidence, notes);
    nodes
}

pub(super) fn node_object_reference(name: &str) -> ObjectRef {
    ObjectRef::cluster_scoped("Node", name)
}

/// What the pods' status says of the nodes.
struct NodeEvidence<'o> {
    /// status.hostIP by node.
    host_addresses: BTreeMap<&'o str, IpAddr>,
    /// The pods' addresses by node.
    pod_addresses: BTreeMap<&'o str, Vec<IpAddr>>,
}

impl<'o> NodeEvidence<'o> {
    fn of(objects: &'o Objects, settings: &ClusterSettings) -> Self {
        let mut evidence = Self { host_addresses: BTreeMap::new(), pod_addresses: BTreeMap::new() };
        for pod in &objects.pods {
            let Some(node) = pod.body.spec.node_name.as_deref() else { continue };
            let status = &pod.body.status;
            if let Some(address) = status.host_ip.as_ref().and_then(|address| address.parse().ok()) {
                evidence.host_addresses.entry(node).or_insert(address);
            }
            let addresses = status.pod_ips.iter().map(|ip| &ip.ip).chain(&status.pod_ip);
            let addresses = addresses.filter_map(|address| address.parse::<IpAddr>().ok());
            let addresses = addresses.filter(|address| settings.pod_subnets.iter().any(|net| net.contains(address)));
            evidence.pod_addresses.entry(node).or_default().extend(addresses);
        }
        evidence
    }
}

fn read_node(name: &Text, object: Arc<model::Node>, host: Option<IpAddr>) -> Node {
    let mut labels = object.metadata.labels.clone();
    let set = Arc::make_mut(&mut labels);
    // 1. What the kubelet sets on its own node, under the old names too (pkg/kubelet/kubelet_node_status.go,
    // initialNode).
    for key in [well_known::HOSTNAME, well_known::OS, well_known::ARCH] {
        let value = match key {
            well_known::HOSTNAME => &**name,
            well_known::OS => "linux",
            _ => "amd64",
        };
        let value = set.entry(key.into()).or_insert_with(|| value.into()).clone();
        if key != well_known::HOSTNAME {
            set.entry(format!("beta.{key}").into()).or_insert(value);
        }
    }
    // 2. Its addresses, internal ones first.
    let status = &object.status;
    let of_kind = |kind| status.addresses.iter().filter(move |address| &*address.kind == kind);
    let addresses =
        of_kind("InternalIP").chain(of_kind("ExternalIP")).filter_map(|address| address.address.parse().ok());
    let addresses = host.map_or_else(|| addresses.collect(), |host| vec![host]);
    // 3. Its pod networks, two at most.
    let cidrs = object.spec.pod_cidrs.iter().chain(&object.spec.pod_cidr).filter_map(|cidr| cidr.parse().ok());
    let mut pod_cidrs: Vec<IpNet> = cidrs.map(|cidr: IpNet| cidr.trunc()).collect();
    pod_cidrs.dedup();
    pod_cidrs.truncate(2);
    // 4. Ready, unless the status says otherwise.
    let ready = status.conditions.iter().find(|condition| &*condition.kind == "Ready");
    Node {
        name: name.clone(),
        zone: labels.get(well_known::ZONE).cloned(),
        excluded: labels.contains_key(well_known::EXCLUDE_FROM_BALANCERS),
        labels,
        addresses,
        pod_cidrs,
        ready: ready.is_none_or(|condition| &*condition.status == "True"),
        told: None,
        object,
    }
}

/// Gives a node without address one of the network where the supplied nodes are.
fn give_addresses(nodes: &mut BTreeMap<Text, Node>, evidence: &NodeEvidence<'_>) {
    let Ok(network) = "192.168.56.0/24".parse::<IpNet>() else { return };
    let mut taken: BTreeSet<IpAddr> = nodes.values().flat_map(|node| node.addresses.iter().copied()).into_set();
    for (name, node) in nodes.iter_mut().filter(|(_, node)| node.addresses.is_empty()) {
        let host = evidence.host_addresses.get(&**name).copied();
        let address = host.or_else(|| {
            let numbers = free_numbers(name, 11, 254);
            numbers.filter_map(|number| net::nth(network, number)).find(|address| !taken.contains(address))
        });
        taken.extend(address);
        node.addresses.extend(address);
    }
}

/// Gives each node without podCIDR a subnet of each pod network (kube-controller-manager's node IPAM): the one in which
/// its pods already have addresses, else the one with the node's number, else the next free one.
fn give_pod_networks(
    nodes: &mut BTreeMap<Text, Node>,
    settings: &ClusterSettings,
    evidence: &NodeEvidence<'_>,
    notes: &mut ClusterDiagnostics<'_>,
) {
    for subnet in &settings.pod_subnets {
        // 1. The subnets that are taken already.
        let subnets = NodeSubnets::of(*subnet);
        let is_v4 = subnet.addr().is_ipv4();
        let given = |node: &Node| node.pod_cidrs.iter().any(|cidr| cidr.addr().is_ipv4() == is_v4);
        let mut taken: BTreeSet<u128> = nodes.values().flat_map(|node| subnets.numbers(&node.pod_cidrs)).into_set();
        // 2. Nodes whose pods have addresses in a free one get that.
        let used = evidence.subnets(&subnets);
        let mut wanting: Vec<Text> = Vec::new();
        for (name, node) in nodes.iter_mut().filter(|(_, node)| !given(node)) {
            match used.get(&**name).filter(|number| taken.insert(**number)) {
                Some(number) => node.pod_cidrs.extend(subnets.nth(*number)),
                None => wanting.push(name.clone()),
            }
        }
        // 3. The others, the one with their number or the next free one.
        let mut without: Vec<Text> = Vec::new();
        for name in wanting {
            let number = free_numbers(&name, 0, subnets.count).find(|number| taken.insert(*number));
            let Some(node) = nodes.get_mut(&name) else { continue };
            match number.and_then(|number| subnets.nth(number)) {
                Some(cidr) => node.pod_cidrs.push(cidr),
                None => without.push(name),
            }
        }
        // 4. Said once for all that got none.
        if let Some(name) = without.first() {
            notes
                .say(node_object_reference(name).field("spec.podCIDR"), Problem::NoPodNetwork { nodes: without.len() });
        }
    }
}

/// The nodes' subnets of a pod network: a /24 or a /64 each (kube-controller-manager, --node-cidr-mask-size).
struct NodeSubnets {
    network: IpNet,
    prefix: u8,
    count: u128,
}

impl NodeSubnets {
    fn of(network: IpNet) -> Self {
        let prefix = if network.addr().is_ipv4() { 24 } else { 64 }.max(network.prefix_len());
        // The controller holds at most 65536 subnets (nodeipam, cidrset).
        let bits = (prefix - network.prefix_len()).min(16);
        Self { network, prefix, count: 1 << bits }
    }

    fn size(&self) -> u128 {
        1u128.checked_shl(u32::from(self.network.max_prefix_len() - self.prefix)).unwrap_or(u128::MAX)
    }

    fn nth(&self, number: u128) -> Option<IpNet> {
        let address = net::nth(self.network, number.checked_mul(self.size())?)?;
        IpNet::new(address, self.prefix).ok()
    }

    fn number(&self, address: IpAddr) -> Option<u128> {
        net::offset(self.network, address).map(|offset| offset / self.size())
    }

    /// The subnets that networks touch.
    fn numbers(&self, cidrs: &[IpNet]) -> Vec<u128> {
        let ends = cidrs.iter().filter_map(|cidr| Some((self.number(cidr.network())?, self.number(cidr.broadcast())?)));
        ends.flat_map(|(first, last)| first..=last.min(first + self.count)).collect()
    }
}

impl NodeEvidence<'_> {
    /// The one subnet in which all of a node's pods have addresses, if no other node's pods have any there.
    fn subnets(&self, subnets: &NodeSubnets) -> BTreeMap<&str, u128> {
        let mut nodes: BTreeMap<u128, BTreeSet<&str>> = BTreeMap::new();
        let mut numbers: BTreeMap<&str, BTreeSet<u128>> = BTreeMap::new();
        for (node, addresses) in &self.pod_addresses {
            for number in addresses.iter().filter_map(|address| subnets.number(*address)) {
                nodes.entry(number).or_default().insert(node);
                numbers.entry(node).or_default().insert(number);
            }
        }
        let alone = |number: &u128| nodes.get(number).is_some_and(|nodes| nodes.len() == 1);
        let single = numbers.into_iter().filter(|(_, numbers)| numbers.len() == 1);
        single.filter_map(|(node, numbers)| Some((node, numbers.into_iter().find(alone)?))).into_map()
    }
}

/// The numbers below `end` in the order in which a node should try them: the number its name ends with, counted from
/// `first`, then all that follow, then from the start.
fn free_numbers(name: &str, first: u128, end: u128) -> impl Iterator<Item = u128> {
    let digits = name.len() - name.trim_end_matches(|letter: char| letter.is_ascii_digit()).len();
    let number = name.get(name.len() - digits..).and_then(|digits| digits.parse::<u128>().ok());
    let start = match number {
        Some(number) => number.saturating_add(first.saturating_sub(1)),
        None => first + u128::from(hash::seeded_draw(&[name], 0)) % end.saturating_sub(first).max(1),
    };
    let start = if start < end { start.max(first) } else { first };
    (start..end).chain(first..start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_tries_its_number_first() {
        assert_eq!(free_numbers("node-3", 0, 256).next(), Some(3));
        assert_eq!(free_numbers("raspi002", 11, 254).next(), Some(12));
        assert_eq!(free_numbers("node-999999999999999999999999999999999999999999", 0, 256).count(), 256);
        assert_eq!(free_numbers("control-plane", 0, 16).count(), 16);
    }
}
