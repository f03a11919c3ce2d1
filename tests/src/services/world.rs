//! A small random cluster with one Service, and a question to it. Everything is a plain number, so that the naive
//! reading needs nothing of the core; [`World::manifests`] writes the same as YAML.

use std::fmt::Write;

use proptest::prelude::*;
use proptest::sample::select;

/// kube-proxy's modes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// iptables
    Iptables,
    /// nftables
    Nftables,
    /// ipvs
    Ipvs,
}

/// The whole of it.
#[derive(Clone, Debug)]
pub struct World {
    /// kube-proxy's mode on every node.
    pub mode: Mode,
    /// kube-proxy's masqueradeAll.
    pub masquerade_all: bool,
    /// The zone of each node.
    pub nodes: Vec<Option<u8>>,
    /// The endpoints of the Service's only port, as their slice has them.
    pub endpoints: Vec<Endpoint>,
    /// Where the slice comes from.
    pub slice: Slice,
    /// sessionAffinity: ClientIP. It says nothing about the first connection.
    pub affinity: bool,
    /// internalTrafficPolicy: Local.
    pub internal_local: bool,
    /// externalTrafficPolicy: Local.
    pub external_local: bool,
    /// loadBalancerSourceRanges.
    pub source_ranges: Vec<&'static str>,
}

/// Who writes the slice.
#[derive(Clone, Debug)]
pub enum Slice {
    /// Somebody by hand.
    Pasted,
    /// The controller, from the pods that the Service selects.
    Derived {
        /// What the pods are, in the order of the endpoints.
        pods: Vec<State>,
        /// spec.trafficDistribution
        distribution: Option<&'static str>,
        /// publishNotReadyAddresses
        publish: bool,
    },
}

/// One entry of the slice.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Where its pod runs.
    pub node: usize,
    /// Whether the slice says so.
    pub names_node: bool,
    /// What its conditions say.
    pub state: State,
    /// The zones it is hinted for.
    pub zone_hints: Vec<u8>,
    /// The nodes it is hinted for.
    pub node_hints: Vec<usize>,
    /// Whether it shares its node's network.
    pub host_network: bool,
}

/// The conditions of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// All conditions absent.
    Unsaid,
    /// ready
    Ready,
    /// Neither ready nor serving.
    NotReady,
    /// serving and terminating
    Serving,
    /// terminating only
    Gone,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A pod of its own on a node.
    Pod(usize),
    /// The pod behind an endpoint.
    Endpoint(usize),
    /// A process on a node.
    Node(usize),
    /// The machine outside.
    Outside,
}

/// By which address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The cluster IP and port.
    ClusterIp,
    /// The cluster IP on another port.
    ClusterIpOtherPort,
    /// An address of the service network that nobody has.
    FreeClusterIp,
    /// The node port on a node's address.
    NodePort(usize),
    /// The node port on the caller's loopback.
    Loopback,
    /// The external IP.
    ExternalIp,
    /// The load balancer's address.
    LoadBalancer,
}

/// The Service's cluster IP.
pub const CLUSTER_IP: &str = "10.96.7.7";
/// An address without Service.
pub const FREE_CLUSTER_IP: &str = "10.96.7.8";
/// Its external IP, of no machine here.
pub const EXTERNAL_IP: &str = "198.51.100.32";
/// Its load balancer's address.
pub const BALANCER_IP: &str = "203.0.113.10";
/// The machine outside.
pub const OUTSIDE: &str = "203.0.113.50";
/// Its port.
pub const PORT: u16 = 80;
/// Its node port.
pub const NODE_PORT: u16 = 30080;
/// The pods' port.
pub const POD_PORT: u16 = 8080;

impl World {
    /// A node's address.
    pub fn node_address(node: usize) -> String {
        format!("192.168.56.{}", 11 + node)
    }

    /// An endpoint's address. Pods that share their node's network share its address.
    pub fn endpoint_address(&self, place: usize) -> String {
        match self.endpoints.get(place) {
            Some(endpoint) if endpoint.host_network => Self::node_address(endpoint.node),
            Some(endpoint) => format!("10.244.{}.{}", endpoint.node, 10 + place),
            None => String::new(),
        }
    }

    /// The address of a node's client pod.
    pub fn client_address(node: usize) -> String {
        format!("10.244.{node}.200")
    }

    /// The same as YAML.
    pub fn manifests(&self) -> String {
        let mut text = self.configuration();
        for (node, zone) in self.nodes.iter().enumerate() {
            let zone = zone.map(|zone| format!("topology.kubernetes.io/zone: zone-{zone}")).unwrap_or_default();
            let address = Self::node_address(node);
            let _ = write!(
                text,
                "---\napiVersion: v1\nkind: Node\nmetadata: {{name: n{node}, labels: {{{zone}}}}}\nspec: {{podCIDR: 10.244.{node}.0/24}}\n\
                 status: {{addresses: [{{type: InternalIP, address: {address}}}], conditions: [{{type: Ready, status: 'True'}}]}}\n"
            );
            let client =
                Pod { name: format!("client-{node}"), node, address: Self::client_address(node), host_network: false };
            client.write(&mut text, "client", State::Ready);
        }
        for (place, endpoint) in self.endpoints.iter().enumerate() {
            let &Endpoint { node, host_network, .. } = endpoint;
            let state = match &self.slice {
                Slice::Pasted => State::Ready,
                Slice::Derived { pods, .. } => pods[place],
            };
            let web = Pod { name: format!("web-{place}"), node, address: self.endpoint_address(place), host_network };
            web.write(&mut text, "web", state);
        }
        self.service(&mut text);
        self.slice(&mut text);
        text
    }

    fn configuration(&self) -> String {
        let mode = match self.mode {
            Mode::Iptables => "iptables",
            Mode::Nftables => "nftables",
            Mode::Ipvs => "ipvs",
        };
        let all = self.masquerade_all;
        format!(
            "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: {mode}\n\
             iptables: {{masqueradeAll: {all}}}\nnftables: {{masqueradeAll: {all}}}\n"
        )
    }

    fn service(&self, text: &mut String) {
        let policy = |local| if local { "Local" } else { "Cluster" };
        let (internal, external) = (policy(self.internal_local), policy(self.external_local));
        let ranges = self.source_ranges.join(", ");
        let mut more = String::new();
        if self.affinity {
            more.push_str("  sessionAffinity: ClientIP\n");
        }
        if let Slice::Derived { distribution, publish, .. } = &self.slice {
            let _ = write!(more, "  selector: {{app: web}}\n  publishNotReadyAddresses: {publish}\n");
            if let Some(distribution) = distribution {
                let _ = writeln!(more, "  trafficDistribution: {distribution}");
            }
        }
        let _ = write!(
            text,
            "---\napiVersion: v1\nkind: Service\nmetadata: {{name: web}}\nspec:\n  type: LoadBalancer\n  clusterIP: {CLUSTER_IP}\n  \
             externalIPs: [{EXTERNAL_IP}]\n  internalTrafficPolicy: {internal}\n  externalTrafficPolicy: {external}\n  \
             loadBalancerSourceRanges: [{ranges}]\n{more}  ports: [{{port: {PORT}, targetPort: {POD_PORT}, nodePort: {NODE_PORT}}}]\n\
             status: {{loadBalancer: {{ingress: [{{ip: {BALANCER_IP}}}]}}}}\n"
        );
    }

    fn slice(&self, text: &mut String) {
        if self.endpoints.is_empty() || matches!(self.slice, Slice::Derived { .. }) {
            return;
        }
        let _ = write!(
            text,
            "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\n\
             metadata: {{name: web-1, labels: {{kubernetes.io/service-name: web}}}}\naddressType: IPv4\n\
             ports: [{{name: '', port: {POD_PORT}, protocol: TCP}}]\nendpoints:\n"
        );
        for (place, endpoint) in self.endpoints.iter().enumerate() {
            let conditions = match endpoint.state {
                State::Unsaid => "",
                State::Ready => "ready: true, serving: true, terminating: false",
                State::NotReady => "ready: false, serving: false, terminating: false",
                State::Serving => "ready: false, serving: true, terminating: true",
                State::Gone => "ready: false, serving: false, terminating: true",
            };
            let address = self.endpoint_address(place);
            let _ = write!(text, "- addresses: [{address}]\n  conditions: {{{conditions}}}\n");
            let _ = writeln!(text, "  targetRef: {{kind: Pod, namespace: default, name: web-{place}}}");
            if endpoint.names_node {
                let _ = writeln!(text, "  nodeName: n{}", endpoint.node);
            }
            let zones: Vec<String> = endpoint.zone_hints.iter().map(|zone| format!("{{name: zone-{zone}}}")).collect();
            let nodes: Vec<String> = endpoint.node_hints.iter().map(|node| format!("{{name: n{node}}}")).collect();
            let hints = [("forZones", zones), ("forNodes", nodes)];
            let hints: Vec<String> = hints
                .iter()
                .filter(|(_, names)| !names.is_empty())
                .map(|(field, names)| format!("{field}: [{}]", names.join(", ")))
                .collect();
            if !hints.is_empty() {
                let _ = writeln!(text, "  hints: {{{}}}", hints.join(", "));
            }
        }
    }
}

struct Pod {
    name: String,
    node: usize,
    address: String,
    host_network: bool,
}

impl Pod {
    fn write(&self, text: &mut String, app: &str, state: State) {
        let Self { name, node, address, host_network } = self;
        let ready = if matches!(state, State::NotReady | State::Gone) { "False" } else { "True" };
        let deleted = match state {
            State::Serving | State::Gone => {
                ", deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 30"
            }
            State::Unsaid | State::Ready | State::NotReady => "",
        };
        let _ = write!(
            text,
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, labels: {{app: {app}}}{deleted}}}\n\
             spec: {{nodeName: n{node}, hostNetwork: {host_network}, \
             containers: [{{name: app, image: example/web, ports: [{{containerPort: {POD_PORT}}}]}}]}}\n\
             status: {{phase: Running, podIP: {address}, podIPs: [{{ip: {address}}}], conditions: [{{type: Ready, status: '{ready}'}}]}}\n"
        );
    }
}

impl World {
    /// What the controller writes about the pods instead of what was drawn: their node, conditions (20) and hints (53).
    fn derived(mut self, distribution: Option<&'static str>, publish: bool) -> Self {
        let pods = self.endpoints.iter().map(|endpoint| endpoint.state).collect();
        for endpoint in &mut self.endpoints {
            endpoint.names_node = true;
            endpoint.state = match endpoint.state {
                _ if publish => State::Ready,
                State::Unsaid => State::Ready,
                other => other,
            };
            let hinted = distribution.is_some() && endpoint.state == State::Ready;
            endpoint.zone_hints = self.nodes[endpoint.node].filter(|_| hinted).into_iter().collect();
            let same_node = hinted && distribution == Some("PreferSameNode");
            endpoint.node_hints = same_node.then_some(endpoint.node).into_iter().collect();
        }
        self.slice = Slice::Derived { pods, distribution, publish };
        self
    }
}

/// Clusters of one to four nodes with up to six endpoints.
pub fn worlds() -> impl Strategy<Value = World> {
    (1usize..5).prop_flat_map(|count| {
        let mode = select(vec![Mode::Iptables, Mode::Nftables, Mode::Ipvs]);
        let nodes = prop::collection::vec(prop::option::weighted(0.8, 0u8..3), count);
        let hinted = select(vec![0u8, 0, 1, 2, 3]);
        let endpoints = hinted.prop_flat_map(move |hinted| prop::collection::vec(endpoint(count, hinted), 0..7));
        let ranges = select(vec![
            Vec::new(),
            Vec::new(),
            vec!["203.0.113.0/26"],
            vec!["10.244.0.0/16"],
            vec!["192.168.56.0/24", "198.51.100.0/24"],
        ]);
        let flags = (any::<bool>(), any::<bool>(), prop::bool::weighted(0.2), any::<bool>());
        let distributions = vec![None, Some("PreferClose"), Some("PreferSameZone"), Some("PreferSameNode")];
        let derived = prop::option::of((select(distributions), prop::bool::weighted(0.2)));
        let parts = (mode, nodes, endpoints, ranges, flags, derived);
        parts.prop_map(|(mode, nodes, mut endpoints, source_ranges, flags, derived)| {
            // Two pods can't have one port of a node.
            let mut hosts = std::collections::BTreeSet::new();
            for endpoint in &mut endpoints {
                endpoint.host_network = endpoint.host_network && hosts.insert(endpoint.node);
            }
            let (internal_local, external_local, masquerade_all, affinity) = flags;
            let slice = Slice::Pasted;
            let world = World {
                mode,
                masquerade_all,
                nodes,
                endpoints,
                slice,
                affinity,
                internal_local,
                external_local,
                source_ranges,
            };
            match derived {
                Some((distribution, publish)) => world.derived(distribution, publish),
                None => world,
            }
        })
    })
}

/// An endpoint; `hinted` says how often endpoints have hints: never, by zone, by node, by both.
fn endpoint(nodes: usize, hinted: u8) -> impl Strategy<Value = Endpoint> {
    let state = select(vec![
        State::Unsaid,
        State::Ready,
        State::Ready,
        State::NotReady,
        State::Serving,
        State::Serving,
        State::Gone,
    ]);
    let zones = prop::collection::btree_set(0u8..3, 0..3);
    let hints = prop::collection::btree_set(0..nodes, 0..2);
    let flags = (prop::bool::weighted(0.9), prop::bool::weighted(0.15));
    (0..nodes, state, zones, hints, flags).prop_map(move |(node, state, zones, hints, (names_node, host_network))| {
        Endpoint {
            node,
            names_node,
            state,
            zone_hints: if hinted & 1 == 1 { zones.into_iter().collect() } else { Vec::new() },
            node_hints: if hinted & 2 == 2 { hints.into_iter().collect() } else { Vec::new() },
            host_network,
        }
    })
}

/// Every question that makes sense in a world.
pub fn questions(world: &World) -> Vec<(Caller, Target)> {
    let mut callers = vec![Caller::Outside];
    callers.extend((0..world.nodes.len()).flat_map(|node| [Caller::Pod(node), Caller::Node(node)]));
    let own_network = (0..world.endpoints.len()).filter(|place| !world.endpoints[*place].host_network);
    callers.extend(own_network.map(Caller::Endpoint));
    let mut targets = vec![
        Target::ClusterIp,
        Target::ClusterIpOtherPort,
        Target::FreeClusterIp,
        Target::ExternalIp,
        Target::LoadBalancer,
        Target::Loopback,
    ];
    targets.extend((0..world.nodes.len()).map(Target::NodePort));
    let pairs = callers.iter().flat_map(|caller| targets.iter().map(move |target| (*caller, *target)));
    pairs.filter(|(caller, target)| *target != Target::Loopback || matches!(caller, Caller::Node(_))).collect()
}
