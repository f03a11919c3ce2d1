//! What isn't HTTP's: load balancers, external addresses, node ports; and who asks whom inside.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::first_of;
use crate::cluster::{Cluster, Pod, Service, ServiceKind, ServicePort};
use crate::difference::probe::{ProbeAsk, ProbeRequest};
use crate::model::{AdminPeer, HostAlias, IntOrString, IpBlock, LabelSelector, PodDnsConfig, PolicyPort, Text};
use crate::packet::Protocol;
use crate::source::ObjectRef;

/// As many addresses that policies name are asked, and ask.
const ADDRESSES: usize = 32;
/// The port that is tried at an address, unless the rule says which.
const USUAL_PORT: u16 = 443;

fn own_services(cluster: &Cluster) -> impl Iterator<Item = &Service> {
    cluster.services.values().filter(|service| !cluster.is_supplied(&service.reference))
}

fn tool(protocol: Protocol) -> &'static str {
    if protocol == Protocol::Udp { "nc -zuv" } else { "nc -zv" }
}

/// Load balancers, external addresses and node ports, asked from outside and from where rules about callers say.
pub fn entrances(cluster: &Cluster) -> Vec<ProbeRequest> {
    let by_policy = networks(cluster).incoming;
    let mut requests = Vec::new();
    for service in own_services(cluster) {
        let ranges = service.object.spec.load_balancer_source_ranges.iter().filter_map(|range| first_of(range));
        let callers: BTreeSet<IpAddr> = ranges.chain(by_policy.iter().copied()).take(ADDRESSES).collect();
        let callers = callers.into_iter().map(|address| format!("external:{address}"));
        for from in std::iter::once("external".to_owned()).chain(callers) {
            let asked = of_service(cluster, service).into_iter();
            requests.extend(asked.map(|(command, ask)| ProbeRequest { from: from.clone(), command, ask }));
        }
    }
    requests
}

fn of_service(cluster: &Cluster, service: &Service) -> Vec<(String, ProbeAsk)> {
    let whole = service.reference.qualified_name();
    let mut asked = Vec::new();
    for port in service.ports.iter().filter(|port| matches!(port.protocol, Protocol::Tcp | Protocol::Udp)) {
        let tool = tool(port.protocol);
        if service.kind == ServiceKind::LoadBalancer {
            asked.push((format!("{tool} LB({whole}) {}", port.port), ProbeAsk::Command));
        }
        for address in &service.external_ips {
            let ask = ProbeAsk::Address { address: *address, port: port.port, protocol: port.protocol };
            asked.push((format!("{tool} {address} {}", port.port), ask));
        }
        let node = cluster.nodes.iter().find(|(_, node)| !node.addresses.is_empty()).map(|(name, _)| name);
        if let (Some(number), Some(node)) = (port.node_port, node) {
            let ask = ProbeAsk::NodePort {
                namespace: service.namespace().to_owned(),
                name: service.name().to_owned(),
                port: port.port,
                protocol: port.protocol,
                number: given_node_port(service, port),
            };
            asked.push((format!("{tool} NODE({node}) {number}"), ask));
        }
    }
    asked
}

/// The node port that the manifests themselves name; another cluster chooses others.
fn given_node_port(service: &Service, port: &ServicePort) -> Option<u16> {
    let own = service
        .object
        .spec
        .ports
        .iter()
        .find(|own| own.node_port.is_some_and(|own| Some(own) == port.node_port.map(i32::from)));
    own.and(port.node_port)
}

/// What is asked inside: by everybody, or by one of those that nothing tells apart.
pub struct InsideQuestions {
    callers: Vec<String>,
    targets: BTreeSet<(String, ProbeAsk)>,
    /// How many more would ask, if everybody did.
    pub alike: usize,
}

impl InsideQuestions {
    /// Of all clusters together; of callers that are alike only the first where everybody would ask more than `limit`.
    pub fn of(clusters: &[&Cluster], limit: usize) -> Self {
        // A pod's address is each set's own: it is asked for once.
        let mut asked: BTreeMap<ProbeAsk, String> = BTreeMap::new();
        for (command, ask) in clusters.iter().flat_map(|cluster| targets(cluster)) {
            asked.entry(ask).or_insert(command);
        }
        let targets: BTreeSet<(String, ProbeAsk)> = asked.into_iter().map(|(ask, command)| (command, ask)).collect();
        let mut traits: BTreeMap<String, Vec<CallerTraits>> = BTreeMap::new();
        for cluster in clusters {
            let labels = selected_labels(cluster);
            callers(cluster).into_iter().for_each(|(name, pod)| {
                traits.entry(name).or_default().push(CallerTraits::of(pod, &labels));
            });
        }
        let all = traits.len();
        let mut callers: Vec<String> = traits.keys().cloned().collect();
        if all.saturating_mul(targets.len()) > limit {
            let mut seen: Vec<&Vec<CallerTraits>> = Vec::new();
            callers.clear();
            for (name, traits) in &traits {
                if !seen.contains(&traits) {
                    seen.push(traits);
                    callers.push(name.clone());
                }
            }
        }
        Self { alike: all - callers.len(), callers, targets }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.callers.len().saturating_mul(self.targets.len())
    }

    /// As requests.
    pub fn requests(&self) -> impl Iterator<Item = ProbeRequest> {
        self.callers.iter().flat_map(|from| {
            let request = |(command, ask): &(String, ProbeAsk)| ProbeRequest {
                from: from.clone(),
                command: command.clone(),
                ask: ask.clone(),
            };
            self.targets.iter().map(request)
        })
    }
}

/// Every port of every Service, and the addresses outside that policies are about.
fn targets(cluster: &Cluster) -> Vec<(String, ProbeAsk)> {
    let mut targets = Vec::new();
    for service in own_services(cluster) {
        for port in &service.ports {
            let name = format!("{}.{}", service.name(), service.namespace());
            let command = format!("{} {name} {}", tool(port.protocol), port.port);
            targets.push((command, ProbeAsk::Service { name, port: port.port, protocol: port.protocol }));
        }
    }
    let outside = networks(cluster).outgoing.into_iter().take(ADDRESSES);
    targets.extend(outside.map(|(address, port)| {
        let ask = ProbeAsk::Address { address, port, protocol: Protocol::Tcp };
        (format!("nc -zv {address} {port}"), ask)
    }));
    targets.extend(pod_targets(cluster));
    targets
}

/// The ports that policies name of pods, of which no Service is in front: pods are asked there by their own addresses.
fn pod_targets(cluster: &Cluster) -> Vec<(String, ProbeAsk)> {
    // 1. The ports behind Services, which are asked for by those.
    let mut behind: BTreeSet<(&ObjectRef, u16)> = BTreeSet::new();
    for service in cluster.services.values() {
        for slice in cluster.slices_of(service.namespace(), service.name()) {
            let pods = slice.endpoints.iter().filter_map(|endpoint| endpoint.pod.as_ref());
            behind.extend(pods.flat_map(|pod| slice.ports.iter().filter_map(move |port| Some((pod, port.port?)))));
        }
    }
    // 2. Each pod that a policy selects, at the ports of its rules; of a workload one pod.
    let mut asked: BTreeMap<ProbeAsk, String> = BTreeMap::new();
    for policy in cluster.network_policies.values() {
        let ports: Vec<&PolicyPort> = policy.spec.ingress.iter().flat_map(|rule| &rule.ports).collect();
        let selected = |pod: &&Pod| {
            *pod.namespace() == *policy.metadata.namespace && policy.spec.pod_selector.matches(&pod.labels)
        };
        for pod in cluster.pods.values().filter(selected).filter(|pod| !pod.spec.host_network) {
            let Some(address) = pod.addresses.first() else { continue };
            for (port, protocol) in ports.iter().filter_map(|port| named_port(pod, port)) {
                if behind.contains(&(&pod.reference, port)) {
                    continue;
                }
                let workload = pod.workload.as_ref().unwrap_or(&pod.reference).clone();
                let command = format!("{} {address} {port}", tool(protocol));
                asked.entry(ProbeAsk::Pod { workload, port, protocol }).or_insert(command);
            }
        }
    }
    asked.into_iter().map(|(ask, command)| (command, ask)).collect()
}

/// The port of a pod that a policy's port means: a number, the first of a range, or the name of a container's port.
fn named_port(pod: &Pod, port: &PolicyPort) -> Option<(u16, Protocol)> {
    let protocol = match port.protocol.as_deref() {
        None | Some("TCP") => Protocol::Tcp,
        Some("UDP") => Protocol::Udp,
        Some(_) => return None,
    };
    let number = match port.port.as_ref()? {
        IntOrString::Int(number) => *number,
        IntOrString::String(name) => {
            let ports = pod.spec.containers.iter().flat_map(|container| &container.ports);
            ports.into_iter().find(|own| own.name.as_deref() == Some(&**name))?.container_port
        }
    };
    Some((u16::try_from(number).ok()?, protocol))
}

/// Who asks inside: workloads by one of their pods, pods by themselves.
fn callers(cluster: &Cluster) -> BTreeMap<String, &Pod> {
    // A client is named by kinds that `--from` takes.
    let is_caller = |workload: &ObjectRef| {
        !cluster.is_supplied(workload) && cluster.workloads.contains_key(workload) && &*workload.kind != "CronJob"
    };
    let mut callers = BTreeMap::new();
    for pod in cluster.pods.values() {
        let name = match &pod.workload {
            Some(workload) if is_caller(workload) => {
                format!("{}/{}", workload.kind.to_ascii_lowercase(), workload.qualified_name())
            }
            None if !cluster.is_supplied(&pod.reference) => format!("pod/{}", pod.reference.qualified_name()),
            _ => continue,
        };
        callers.entry(name).or_insert(pod);
    }
    callers
}

/// What can make two callers fare differently.
#[derive(PartialEq)]
struct CallerTraits {
    namespace: String,
    labels: Vec<(Text, Text)>,
    host_network: bool,
    names: (Option<Text>, Option<PodDnsConfig>, Vec<HostAlias>),
}

impl CallerTraits {
    fn of(pod: &Pod, selected: &BTreeSet<Text>) -> Self {
        let labels = pod.labels.iter().filter(|(key, _)| selected.contains(*key));
        let spec = &pod.spec;
        Self {
            namespace: pod.namespace().to_owned(),
            labels: labels.map(|(key, value)| (key.clone(), value.clone())).collect(),
            host_network: spec.host_network,
            names: (spec.dns_policy.clone(), spec.dns_config.clone(), spec.host_aliases.clone()),
        }
    }
}

/// The labels of pods that some policy asks for.
fn selected_labels(cluster: &Cluster) -> BTreeSet<Text> {
    let mut keys = BTreeSet::new();
    let mut add = |selector: &LabelSelector| keys.extend(selector_keys(selector));
    for policy in cluster.network_policies.values() {
        add(&policy.spec.pod_selector);
        let peers = policy.spec.ingress.iter().flat_map(|rule| &rule.from);
        let peers = peers.chain(policy.spec.egress.iter().flat_map(|rule| &rule.to));
        peers.filter_map(|peer| peer.pod_selector.as_ref()).for_each(&mut add);
    }
    for peer in admin_peers(cluster) {
        peer.pods.iter().for_each(|pods| add(&pods.pod_selector));
    }
    keys
}

fn selector_keys(selector: &LabelSelector) -> impl Iterator<Item = Text> {
    let required = selector.match_expressions.iter().map(|requirement| requirement.key.clone());
    selector.match_labels.keys().cloned().chain(required)
}

/// Subjects and peers of the administrator's policies.
fn admin_peers(cluster: &Cluster) -> impl Iterator<Item = &AdminPeer> {
    let specs = cluster.cluster_network_policies.values().map(|policy| &policy.spec);
    let specs = specs.chain(cluster.admin_network_policies.values().map(|policy| &policy.spec));
    let specs = specs.chain(cluster.baseline_admin_network_policies.values().map(|policy| &policy.spec));
    specs.flat_map(|spec| {
        let peers = spec.ingress.iter().flat_map(|rule| &rule.from);
        std::iter::once(&spec.subject).chain(peers).chain(spec.egress.iter().flat_map(|rule| &rule.to))
    })
}

/// Addresses by which policies tell callers and destinations apart.
#[derive(Default)]
struct PolicyNetworks {
    incoming: BTreeSet<IpAddr>,
    outgoing: BTreeSet<(IpAddr, u16)>,
}

/// Of each network that a policy names or leaves out the first address, and one outside of all.
fn networks(cluster: &Cluster) -> PolicyNetworks {
    let mut found = PolicyNetworks::default();
    let first = |block: &IpBlock| -> Vec<IpAddr> {
        std::iter::once(&block.cidr).chain(&block.except).filter_map(|network| first_of(network)).collect()
    };
    for policy in cluster.network_policies.values() {
        let incoming = policy.spec.ingress.iter().flat_map(|rule| &rule.from).filter_map(|peer| peer.ip_block.as_ref());
        found.incoming.extend(incoming.flat_map(first));
        for rule in &policy.spec.egress {
            let ports = rule.ports.iter().filter_map(|port| match port.port.as_ref()? {
                IntOrString::Int(number) => u16::try_from(*number).ok(),
                IntOrString::String(_) => None,
            });
            let ports: Vec<u16> = ports.collect();
            let addresses = rule.to.iter().filter_map(|peer| peer.ip_block.as_ref()).flat_map(first);
            for address in addresses {
                let ports = ports.iter().copied().chain(ports.is_empty().then_some(USUAL_PORT));
                found.outgoing.extend(ports.map(|port| (address, port)));
            }
        }
    }
    let named = admin_peers(cluster).flat_map(|peer| &peer.networks).filter_map(|network| first_of(network));
    found.outgoing.extend(named.map(|address| (address, USUAL_PORT)));
    let has_policies = cluster.network_policies.values().next().is_some() || admin_peers(cluster).next().is_some();
    found.outgoing.extend(has_policies.then(|| ([198, 51, 100, 1].into(), USUAL_PORT)));
    found
}
