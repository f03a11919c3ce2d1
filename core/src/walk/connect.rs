//! A packet on its way: through load balancer, kube-proxy, portmap and routing to every end it can come to.
//!
//! [`walk_connection`] starts where the client is. A `PacketBranch` is one branch: the packet as it is now, its share and its trail.
//! Each component judges in turn; a judgement forks the flow, an end makes a [`Landing`]. Where packets go between
//! machines stands in `route`, who takes them in `listen`.

use std::sync::Arc;

use super::PacketOrigin;
use crate::cluster::{Cluster, Node, Pod};
use crate::ingress::Controllers;
use crate::limits::{AnswerLimit, MAX_LANDINGS};
use crate::model::Text;
use crate::packet::Packet;
use crate::policy::{NetworkPolicies, TrafficDirection};
use crate::service::{KubeProxy, PacketArrival, PortMap, PortMapEnd};
use crate::source::ObjectRef;
use crate::trace::{
    CandidateSubject, Cause, Component, ComponentPlace, Hop, Judgement, JudgementBranch, Landing, ModelGap,
    NetworkRule, PacketDecision, Share, Trail,
};

mod listen;
mod route;

/// What a packet meets.
#[derive(Clone, Copy)]
pub struct PacketNetwork<'c> {
    pub cluster: &'c Cluster,
    /// kube-proxy on every node.
    pub kube_proxy: &'c KubeProxy,
    /// portmap on every node.
    pub port_map: &'c PortMap,
    /// NetworkPolicy, as the plugin enforces it.
    pub policies: &'c NetworkPolicies,
    /// Ingress controllers, for their load balancers outside.
    pub controllers: &'c Controllers,
}

/// How often a packet may be judged by a node before it counts as going in circles; two are the most that happen.
const NODES_VISITED: u8 = 6;

/// Follows a packet to every end, from the hop after the trail given. The shares of the landings sum to `share`.
pub fn walk_connection(
    network: &PacketNetwork<'_>,
    origin: PacketOrigin<'_>,
    packet: Packet,
    share: Share,
    trail: Trail,
) -> Vec<Landing> {
    let mut walk = PacketWalk { network: *network, origin, landings: Vec::new(), said: Vec::new(), declared: None };
    let flow = PacketBranch {
        packet,
        share,
        trail,
        endpoint: None,
        translated: false,
        balanced: false,
        judged: false,
        nodes: 0,
    };
    walk.start(flow);
    match network.cluster.unread.find(&["services", "pods", "nodes", "endpointslices"], &[], None) {
        Some(kind) => walk.landings.into_iter().map(|landing| doubt_absence(landing, kind)).collect(),
        None => walk.landings,
    }
}

/// Where nobody took the packet, something that couldn't be read may take it.
fn doubt_absence(landing: Landing, kind: &Text) -> Landing {
    let Some(last) = landing.trail.last() else { return landing };
    let is_absence = match last.decision {
        PacketDecision::Unroutable | PacketDecision::Leave => true,
        PacketDecision::Refuse | PacketDecision::Drop => last.component == Component::KubeProxy,
        _ => false,
    };
    if !is_absence {
        return landing;
    }
    let decision = PacketDecision::Unknown(ModelGap::Unread(kind.clone()));
    let hop = Hop::plain(last.component, last.at.clone(), last.after().clone(), decision, Vec::new());
    Landing { trail: landing.trail.hop(hop), ..landing }
}

struct PacketWalk<'c> {
    network: PacketNetwork<'c>,
    origin: PacketOrigin<'c>,
    landings: Vec<Landing>,
    /// What branches have in common is said once.
    said: Vec<(NetworkRule, Arc<[Cause]>)>,
    declared: Option<listen::DeclaredPort>,
}

/// One branch on its way.
struct PacketBranch {
    packet: Packet,
    share: Share,
    trail: Trail,
    /// The pod that the last translation meant.
    endpoint: Option<ObjectRef>,
    /// Whether an address was translated to an endpoint.
    translated: bool,
    /// Whether a balancer has chosen a node.
    balanced: bool,
    /// Whether the sender's policies have been asked.
    judged: bool,
    /// How many nodes have judged it.
    nodes: u8,
}

impl<'c> PacketWalk<'c> {
    fn start(&mut self, flow: PacketBranch) {
        let cluster = self.network.cluster;
        match self.origin {
            PacketOrigin::Outside => self.enter(flow),
            PacketOrigin::Node(node) => self.at_node(flow, node, PacketArrival::Output),
            PacketOrigin::Pod(pod) => {
                let own = pod.addresses.contains(&flow.packet.destination);
                match self.origin.node(cluster) {
                    _ if !pod.spec.host_network && (own || flow.packet.destination.is_loopback()) => {
                        let rule = if own { NetworkRule::OwnAddress } else { NetworkRule::OwnLoopback };
                        self.listen(flow, pod, Some(rule));
                    }
                    Some(node) if pod.spec.host_network => self.at_node(flow, node, PacketArrival::Output),
                    Some(node) => self.at_node(flow, node, PacketArrival::Pod),
                    None => {
                        let at = ComponentPlace::Pod(pod.reference.clone());
                        self.end(flow, Component::Pod, at, PacketDecision::Unroutable, NetworkRule::PodHasNoNetwork);
                    }
                }
            }
        }
    }

    /// A packet on a node: kube-proxy's rules come first, those of portmap after them (kube-proxy prepends its jumps).
    fn at_node(&mut self, mut flow: PacketBranch, node: &'c Node, arrival: PacketArrival) {
        let PacketNetwork { cluster, kube_proxy, port_map, .. } = self.network;
        flow.nodes += 1;
        if flow.nodes > NODES_VISITED {
            return self.end(
                flow,
                Component::Network,
                ComponentPlace::Network,
                PacketDecision::Drop,
                NetworkRule::TooManyHops,
            );
        }
        if flow.nodes > 1 && self.landings.len() >= MAX_LANDINGS {
            let gap = PacketDecision::Unknown(ModelGap::TooLarge(AnswerLimit::Landings));
            return self.land(flow, Component::Network, ComponentPlace::Network, gap, Vec::new());
        }
        let judgement = kube_proxy.judge(cluster, node, arrival, &flow.packet);
        let judgement = judgement.map(|judgement| (judgement, PortMapEnd::Pod));
        match judgement.or_else(|| port_map.judge(cluster, node, &flow.packet)) {
            Some((judgement, end)) => {
                for (onward, _) in self.fork(flow, judgement) {
                    match end {
                        PortMapEnd::Pod => self.route(onward, node),
                        PortMapEnd::ServiceLb => self.at_node(onward, node, PacketArrival::Pod),
                    }
                }
            }
            None => self.route(flow, node),
        }
    }

    /// The branches that go on, each with the place of the candidate it took; those that end have landed.
    fn fork(&mut self, flow: PacketBranch, judgement: Judgement) -> Vec<(PacketBranch, Option<usize>)> {
        let Judgement { component, at, earlier, candidates, branches } = judgement;
        let mut onward = Vec::with_capacity(branches.len());
        for JudgementBranch { share, chosen, decision, because } in branches {
            // 1. Only what passes or is rewritten goes on as a packet.
            let packet = match &decision {
                PacketDecision::Pass => Some(flow.packet.clone()),
                PacketDecision::Rewrite(packet) => Some(packet.clone()),
                PacketDecision::Answer(_)
                | PacketDecision::Resolved(_)
                | PacketDecision::Respond(_)
                | PacketDecision::Proxy(_)
                | PacketDecision::Deliver(_)
                | PacketDecision::Leave
                | PacketDecision::Drop
                | PacketDecision::Refuse
                | PacketDecision::Unroutable
                | PacketDecision::Abort
                | PacketDecision::BreakOff
                | PacketDecision::Unresolved(_)
                | PacketDecision::Unknown(_) => None,
            };
            let (at, before) = (at.clone(), flow.packet.clone());
            let (earlier, candidates) = (earlier.clone(), candidates.clone());
            // 2. The pod that this component chose, if it chose an endpoint.
            let endpoint = match chosen.and_then(|place| candidates.get(place)).map(|chosen| &chosen.what) {
                Some(CandidateSubject::Endpoint { pod, .. }) => Some(pod.clone()),
                _ => None,
            };
            // 3. The hop joins the trail; what doesn't go on lands here with its share.
            let share = flow.share.times(share);
            let trail = flow.trail.hop(Hop { component, at, before, earlier, candidates, chosen, decision, because });
            let Some(packet) = packet else {
                self.landings.push(Landing { share, trail });
                continue;
            };
            // 4. What goes on keeps its latest endpoint, and that an address was translated.
            let translated = flow.translated || endpoint.is_some();
            let endpoint = endpoint.unwrap_or_else(|| flow.endpoint.clone());
            onward.push((PacketBranch { packet, share, trail, endpoint, translated, ..flow }, chosen));
        }
        onward
    }

    /// What policies make of it; the flow if they let it pass.
    fn policed(&mut self, flow: PacketBranch, direction: TrafficDirection, pod: &'c Pod) -> Option<PacketBranch> {
        let PacketNetwork { cluster, policies, .. } = self.network;
        match policies.judge(cluster, direction, pod, &flow.packet) {
            Some(judgement) => self.fork(flow, judgement).pop().map(|(flow, _)| flow),
            None => Some(flow),
        }
    }

    /// A hop that changes nothing.
    fn pass(&mut self, flow: PacketBranch, at: ComponentPlace, rule: NetworkRule) -> PacketBranch {
        let hop = Hop::plain(Component::Network, at, flow.packet.clone(), PacketDecision::Pass, self.because(rule));
        PacketBranch { trail: flow.trail.hop(hop), ..flow }
    }

    fn because(&mut self, rule: NetworkRule) -> Arc<[Cause]> {
        if let Some((_, known)) = self.said.iter().find(|(known, _)| *known == rule) {
            return known.clone();
        }
        let because: Arc<[Cause]> = Arc::new([Cause::rule(rule)]);
        self.said.push((rule, because.clone()));
        because
    }

    /// The end of a branch, for a rule of the network.
    fn end(
        &mut self,
        flow: PacketBranch,
        component: Component,
        at: ComponentPlace,
        decision: PacketDecision,
        rule: NetworkRule,
    ) {
        self.land(flow, component, at, decision, vec![Cause::rule(rule)]);
    }

    /// The end of a branch.
    fn land(
        &mut self,
        flow: PacketBranch,
        component: Component,
        at: ComponentPlace,
        decision: PacketDecision,
        because: impl Into<Arc<[Cause]>>,
    ) {
        let hop = Hop::plain(component, at, flow.packet, decision, because);
        self.landings.push(Landing { share: flow.share, trail: flow.trail.hop(hop) });
    }
}
