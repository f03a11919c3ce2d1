//! Gives pods their addresses: the node's own for hostNetwork, else one of the node's pod network, from a place drawn
//! from the pod's name, so that another pod moves it only where both draw the same.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;

use super::node::Node;
use super::objects::ClusterDiagnostics;
use super::pod::{Phase, Pod};
use super::pod_draft::{PodDraft, PodTarget};
use super::{hash, net};
use crate::diagnostic::Problem;
use crate::model::Text;
use crate::order::{Gather, Order};

/// The first address of a node's network that pods get: the one before is the gateway's (host-local IPAM, bridge).
const FIRST: u128 = 2;

/// How many addresses of a large network are tried.
const TRIED: u128 = 1 << 16;

/// Gives every pod that stands somewhere its addresses.
pub(super) fn assign_pod_addresses(
    mut drafts: Vec<PodDraft>,
    nodes: &BTreeMap<Text, Node>,
    notes: &mut ClusterDiagnostics<'_>,
) -> Vec<PodDraft> {
    // 1. The addresses that nodes and pods have already.
    let mut taken: BTreeSet<IpAddr> = nodes.values().flat_map(|node| node.addresses.iter().copied()).into_set();
    for PodDraft { pod, target, .. } in &mut drafts {
        if *target == PodTarget::Done {
            pod.addresses.clear();
        }
        taken.extend(pod.addresses.iter().copied());
    }
    let mut full: BTreeMap<Text, usize> = BTreeMap::new();
    // 2. Pods made for others that went come last: whoever was there before keeps the address.
    let mut order: Vec<&mut PodDraft> =
        drafts.iter_mut().filter(|draft| draft.pod.addresses.is_empty() && draft.target != PodTarget::Done).collect();
    order.order_by_key(|draft| draft.replaces);
    for draft in order {
        let pod = &mut draft.pod;
        // 3. Volumes come before the sandbox and its network, a container's variables behind it (kubelet, SyncPod).
        if pod.waiting_because == Some(super::requisite::NOT_MOUNTED) {
            continue;
        }
        // 4. A status without address tells that there is no sandbox yet.
        if draft.told && pod.phase == Phase::Pending {
            continue;
        }
        // 5. The node's address for hostNetwork, else one from each of its pod networks.
        let Some(node) = pod.node.as_ref().and_then(|name| nodes.get(name)) else { continue };
        pod.addresses = if pod.spec.host_network {
            host_addresses(node)
        } else {
            node.pod_cidrs.iter().filter_map(|cidr| allocate_pod_address(*cidr, pod, &mut taken)).collect()
        };
        if pod.addresses.is_empty() {
            // The sandbox can't be made, so the pod never starts.
            (pod.phase, pod.ready) = (Phase::Pending, false);
            *full.entry(node.name.clone()).or_default() += 1;
        }
    }
    // 6. Said per node for all pods that got none.
    for (node, pods) in full {
        notes.say(super::node::node_object_reference(&node).field("spec.podCIDR"), Problem::OutOfPodAddresses { pods });
    }
    drafts
}

/// A hostNetwork pod has its node's first address of each family (kubelet, podIPs of hostIPs).
fn host_addresses(node: &Node) -> Vec<IpAddr> {
    let first = |is_v4: bool| node.addresses.iter().find(move |address| address.is_ipv4() == is_v4).copied();
    [first(true), first(false)].into_iter().flatten().collect()
}

fn allocate_pod_address(cidr: IpNet, pod: &Pod, taken: &mut BTreeSet<IpAddr>) -> Option<IpAddr> {
    // The last address of an IPv4 network is its broadcast address.
    let end = net::size(cidr) - u128::from(cidr.addr().is_ipv4());
    let length = end.checked_sub(FIRST).filter(|length| *length > 0)?.min(TRIED);
    let start = u128::from(hash::seeded_draw(&[pod.namespace(), pod.name()], 0)) % length;
    let offsets = (start..length).chain(0..start);
    offsets.filter_map(|offset| net::nth(cidr, FIRST + offset)).find(|address| taken.insert(*address))
}
