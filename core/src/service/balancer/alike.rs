//! Nodes that fare alike in front of a balancer: put together once by what any balancer asks of a node, and set apart for
//! one packet where that matters to it, so that a packet costs as much among 5,000 nodes as among five.

use std::collections::{BTreeMap, BTreeSet};

use crate::cluster::{Cluster, Endpoint, Node, Service, TrafficPolicy};
use crate::model::Text;
use crate::order::{Gather, Order};
use crate::shortlist::GatheredCandidates;

/// Up to so many ways (nodes times endpoints) each node is followed by itself.
const WAYS_FOLLOWED: usize = 256;

/// In a cluster of up to so many nodes each that is put out is listed by itself.
const NODES_LISTED: usize = 24;

/// The names of the nodes, by what any balancer asks of a node.
#[derive(Clone, Debug)]
pub struct NodeKinds(BTreeMap<NodeKind, Vec<Text>>);

/// What any balancer asks of a node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct NodeKind {
    ready: bool,
    excluded: bool,
    zone: Option<Text>,
}

/// What makes nodes differ for one packet.
pub(super) struct NodeDifferences<'c> {
    /// Whether each node is followed by itself.
    each: bool,
    /// Whether each node that is put out is listed by itself.
    each_out: bool,
    /// Whether zones matter.
    zones: bool,
    /// The nodes that differ from all others.
    special: BTreeSet<&'c Text>,
}

/// What nodes have in common that are shown as one.
type NodeGroupKey = (Option<Text>, Option<Text>);

impl NodeKinds {
    /// Puts the nodes of a cluster together.
    pub fn read(cluster: &Cluster) -> Self {
        let mut kinds: BTreeMap<NodeKind, Vec<Text>> = BTreeMap::new();
        for node in cluster.nodes.values() {
            kinds.entry(NodeKind::of(node)).or_default().push(node.name.clone());
        }
        Self(kinds)
    }

    /// All nodes by name: those set apart each by itself, the others of a kind together.
    fn around<'c>(&self, cluster: &'c Cluster, apart: &BTreeSet<&Text>) -> Vec<GatheredCandidates<&'c Node>> {
        let mut left: BTreeMap<&NodeKind, usize> = self.0.iter().map(|(kind, names)| (kind, names.len())).into_map();
        let mut nodes = Vec::with_capacity(apart.len() + left.len());
        for node in apart.iter().filter_map(|name| cluster.nodes.get(*name)) {
            if let Some(count) = left.get_mut(&NodeKind::of(node)) {
                *count -= 1;
            }
            nodes.push(GatheredCandidates { first: node, count: 1 });
        }
        for (kind, names) in &self.0 {
            let first = names.iter().find(|name| !apart.contains(name)).and_then(|name| cluster.nodes.get(name));
            let count = left.get(kind).copied().unwrap_or_default();
            nodes.extend(first.map(|first| GatheredCandidates { first, count }));
        }
        nodes.order_by(|one, other| one.first.name.cmp(&other.first.name));
        nodes
    }
}

impl NodeKind {
    fn of(node: &Node) -> Self {
        Self { ready: node.ready, excluded: node.excluded, zone: node.zone.clone() }
    }
}

impl<'c> NodeDifferences<'c> {
    /// Nodes differ by their zone if endpoints have zone hints, and by themselves if they are hinted for, if an endpoint
    /// shares their network, or, with externalTrafficPolicy Local, if they hold an endpoint. A packet for no port of the
    /// Service comes to an end on the node itself.
    pub fn of(cluster: &'c Cluster, service: &'c Service, has_port: bool) -> Self {
        let entries = || endpoints(cluster, service);
        let local = service.external_traffic_policy == TrafficPolicy::Local;
        let shares_network =
            |entry: &Endpoint| entry.addresses.first().is_some_and(|address| cluster.node_at(*address).is_some());
        let mut special = nodes_with_endpoints(cluster, service, |entry| local || shares_network(entry));
        special.extend(entries().flat_map(|entry| &entry.node_hints));
        let nodes = cluster.nodes.len();
        Self {
            each: nodes.saturating_mul(entries().count().max(1)) <= WAYS_FOLLOWED || !has_port,
            each_out: nodes <= NODES_LISTED,
            zones: entries().any(|entry| !entry.zone_hints.is_empty()),
            special,
        }
    }

    /// All nodes, as far apart as the packet needs them; those named are by themselves.
    pub fn nodes(
        &self,
        kinds: &NodeKinds,
        cluster: &'c Cluster,
        named: &BTreeSet<&Text>,
    ) -> Vec<GatheredCandidates<&'c Node>> {
        if self.each || self.each_out {
            return cluster.nodes.values().map(|first| GatheredCandidates { first, count: 1 }).collect();
        }
        kinds.around(cluster, &self.special.union(named).copied().into_set())
    }

    /// What a node has in common with those that are shown with it, among those still in or those put out.
    pub fn group(&self, node: &Node, is_in: bool) -> NodeGroupKey {
        let own = if is_in { self.each || self.special.contains(&node.name) } else { self.each_out };
        (own.then(|| node.name.clone()), node.zone.clone().filter(|_| is_in && self.zones))
    }
}

/// The nodes of those endpoints of a Service for which `counts` holds.
pub fn nodes_with_endpoints<'c>(
    cluster: &'c Cluster,
    service: &Service,
    counts: impl Fn(&Endpoint) -> bool,
) -> BTreeSet<&'c Text> {
    endpoints(cluster, service).filter(|entry| counts(entry)).filter_map(|entry| entry.node.as_ref()).into_set()
}

fn endpoints<'c>(cluster: &'c Cluster, service: &Service) -> impl Iterator<Item = &'c Endpoint> + use<'c> {
    cluster.slices_of(service.namespace(), service.name()).iter().flat_map(|slice| &slice.endpoints)
}

#[cfg(test)]
mod tests {
    use crate::cluster::{Cluster, SettingOverrides};
    use crate::manifest::Manifests;
    use crate::packet::{Packet, Payload, Protocol};
    use crate::service::KubeProxy;
    use crate::source::Sources;
    use crate::trace::{Candidate, CandidateFate, CandidateSubject, Judgement};

    /// A balanced Service with a pod on node-07, among nodes of which node-03 is kept out by its label and node-05 is not
    /// ready.
    fn balanced(nodes: usize, policy: &str) -> Judgement {
        let mut text = format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: web}}\nspec: {{type: LoadBalancer, selector: {{app: web}}, \
             externalTrafficPolicy: {policy}, ports: [{{port: 80}}]}}\nstatus: {{loadBalancer: {{ingress: [{{ip: \
             192.0.2.99}}]}}}}\n---\napiVersion: v1\nkind: Pod\nmetadata: {{name: web, labels: {{app: web}}}}\nspec: \
             {{nodeName: node-07, containers: [{{name: web, image: web}}]}}\n"
        );
        for number in 0..nodes {
            let labels = if number == 3 { "node.kubernetes.io/exclude-from-external-load-balancers: ''" } else { "" };
            let ready = if number == 5 { "'False'" } else { "'True'" };
            text.push_str(&format!(
                "---\napiVersion: v1\nkind: Node\nmetadata: {{name: node-{number:02}, labels: {{{labels}}}}}\nstatus: \
                 {{conditions: [{{type: Ready, status: {ready}}}]}}\n"
            ));
        }
        let cluster = Cluster::build(&Manifests::read(Sources::new([("a.yaml", text)])), &SettingOverrides::default());
        let service = cluster.services.get("default", "web").unwrap();
        let packet = Packet {
            protocol: Protocol::Tcp,
            source: cluster.settings.external.address,
            destination: service.load_balancer[0].ip.unwrap(),
            port: 80,
            payload: Payload::Opaque,
        };
        KubeProxy::read(&cluster).balance(&cluster, &packet).unwrap()
    }

    /// `node-00 +26 out`, `node-07 1/1`
    fn shown(judgement: &Judgement) -> Vec<String> {
        let show = |candidate: &Candidate| {
            let fate = match &candidate.fate {
                CandidateFate::Eligible(share) => format!("{}/{}", share.parts().0, share.parts().1),
                CandidateFate::Rejected(objection) => objection.name().to_owned(),
            };
            match &candidate.what {
                CandidateSubject::Node(name) => format!("{name} {fate}"),
                CandidateSubject::Nodes(name, more) => format!("{name} +{more} {fate}"),
                other => panic!("{other:?} is no node"),
            }
        };
        judgement.candidates.iter().map(show).collect()
    }

    #[test]
    fn of_few_nodes_each_says_why_it_is_out() {
        let list = shown(&balanced(9, "Local"));
        assert_eq!(list.len(), 9);
        assert_eq!(list[3], "node-03 excluded-from-balancers");
        assert_eq!(list[5], "node-05 node-not-ready");
        assert_eq!(list[7], "node-07 1/1");
        assert_eq!(list[8], "node-08 health-check-fails");
    }

    #[test]
    fn of_many_nodes_those_out_for_one_reason_are_counted() {
        let out = ["node-03 excluded-from-balancers", "node-05 node-not-ready"];
        for nodes in [30, 300] {
            let alike = format!("node-00 +{} health-check-fails", nodes - 4);
            assert_eq!(shown(&balanced(nodes, "Local")), [alike.as_str(), out[0], out[1], "node-07 1/1"]);
        }
        assert_eq!(shown(&balanced(300, "Cluster")), ["node-00 +297 1/1", out[0], out[1]]);
    }
}
