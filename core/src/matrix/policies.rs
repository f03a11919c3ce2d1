//! The rules of all policies in the order in which they are asked, with what each means for the workloads there are, and
//! which of them another decides before.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::cluster::{Cluster, Phase, Pod};
use crate::model::{
    AdminPeer, AdminPolicySpec, AdminPort, AdminProtocol, AdminProtocolPorts, IntOrString, LabelSelector,
    NetworkPolicy, PolicyPeer, PolicyPort,
};
use crate::order::Order;
use crate::simulation::Simulation;

/// A rule of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PolicyRuleReport {
    /// `Admin`, `NetworkPolicy` or `Baseline`, in the order in which they are asked.
    pub tier: String,
    /// Of the administrator's policies: lower first.
    pub priority: Option<i32>,
    /// `NetworkPolicy default/db`.
    pub policy: String,
    /// `ingress[0]`; `ingress` for a policy that isolates and allows nobody.
    pub rule: String,
    /// `Accept`, `Deny`, `Pass`; of a NetworkPolicy `Accept`, or `Deny` where it has no rule.
    pub action: String,
    /// The workloads that it is about.
    pub subjects: BTreeSet<String>,
    /// The other side: workloads, addresses, nodes; `everybody`.
    pub peers: BTreeSet<String>,
    /// `TCP 5432`; empty for all.
    pub ports: BTreeSet<String>,
    /// What other rules mean for it.
    pub relations: Vec<String>,
}

/// A rule, until its relations are known.
struct RankedRule {
    report: PolicyRuleReport,
    is_ingress: bool,
    /// Subject and peer, of workloads that there are.
    pairs: BTreeSet<(String, String)>,
}

/// A workload, and one of its pods.
type NamedPods<'c> = [(String, &'c Pod)];

/// Every rule.
pub fn policy_rules(simulation: &Simulation) -> Vec<PolicyRuleReport> {
    let cluster = &simulation.plane.cluster;
    let pods = workload_pods(cluster);
    // 1. Tier by tier, lower priorities first.
    let mut admin = admin_specs(cluster);
    admin.order_by_key(|(kind, name, spec)| (is_baseline(kind, spec), spec.priority, (*name).to_owned()));
    let before = admin.iter().filter(|(kind, _, spec)| !is_baseline(kind, spec));
    let mut rules: Vec<RankedRule> = before.flat_map(|policy| of_admin(cluster, &pods, policy, "Admin")).collect();
    for (namespace, name, policy) in cluster.network_policies.iter() {
        rules.extend(of_network_policy(cluster, &pods, (namespace, name), policy));
    }
    let behind = admin.iter().filter(|(kind, _, spec)| is_baseline(kind, spec));
    rules.extend(behind.flat_map(|policy| of_admin(cluster, &pods, policy, "Baseline")));
    // 2. What those before mean for each.
    let relations: Vec<Vec<String>> =
        rules.iter().enumerate().map(|(place, rule)| relations(&rules, place, rule)).collect();
    rules.into_iter().zip(relations).map(|(rule, relations)| PolicyRuleReport { relations, ..rule.report }).collect()
}

/// One pod of each workload, and every pod without one.
fn workload_pods(cluster: &Cluster) -> Vec<(String, &Pod)> {
    let mut pods: Vec<(String, &Pod)> = Vec::new();
    let mut seen = BTreeSet::new();
    let ended = |phase: Phase| matches!(phase, Phase::Succeeded | Phase::Failed);
    for pod in cluster.pods.values().filter(|pod| !pod.spec.host_network && !ended(pod.phase)) {
        let group = pod.workload.as_ref().unwrap_or(&pod.reference);
        let name = format!("{}/{}", group.kind.to_ascii_lowercase(), group.qualified_name());
        if seen.insert(name.clone()) {
            pods.push((name, pod));
        }
    }
    pods
}

type AdminPolicyOf<'c> = (&'static str, &'c str, &'c AdminPolicySpec);

fn admin_specs(cluster: &Cluster) -> Vec<AdminPolicyOf<'_>> {
    let tiered = cluster.cluster_network_policies.iter();
    let tiered = tiered.map(|(name, policy)| ("ClusterNetworkPolicy", &**name, &policy.spec));
    let older = cluster.admin_network_policies.iter();
    let older = older.map(|(name, policy)| ("AdminNetworkPolicy", &**name, &policy.spec));
    let baseline = cluster.baseline_admin_network_policies.iter();
    let baseline = baseline.map(|(name, policy)| ("BaselineAdminNetworkPolicy", &**name, &policy.spec));
    tiered.chain(older).chain(baseline).collect()
}

fn is_baseline(kind: &str, spec: &AdminPolicySpec) -> bool {
    kind == "BaselineAdminNetworkPolicy" || spec.tier.as_deref() == Some("Baseline")
}

fn of_admin(
    cluster: &Cluster,
    pods: &NamedPods<'_>,
    (kind, name, spec): &AdminPolicyOf<'_>,
    tier: &str,
) -> Vec<RankedRule> {
    let subjects: BTreeSet<String> = selected(pods, |pod| selects(cluster, &spec.subject, pod));
    let rule = |rule: String, action: &str, peers: &[AdminPeer], ports: BTreeSet<String>| {
        let workloads = selected(pods, |pod| peers.iter().any(|peer| selects(cluster, peer, pod)));
        let others = peers.iter().flat_map(beyond_pods);
        let report = PolicyRuleReport {
            tier: tier.to_owned(),
            priority: (*kind != "BaselineAdminNetworkPolicy").then_some(spec.priority),
            policy: format!("{kind} {name}"),
            action: if action == "Allow" { "Accept".to_owned() } else { action.to_owned() },
            subjects: subjects.clone(),
            peers: others.chain(workloads.iter().cloned()).collect(),
            ports,
            relations: Vec::new(),
            rule,
        };
        ranked(report, &workloads)
    };
    let ingress = spec.ingress.iter().enumerate().map(|(place, one)| {
        rule(format!("ingress[{place}]"), &one.action, &one.from, admin_ports(&one.ports, &one.protocols))
    });
    let egress = spec.egress.iter().enumerate().map(|(place, one)| {
        rule(format!("egress[{place}]"), &one.action, &one.to, admin_ports(&one.ports, &one.protocols))
    });
    ingress.chain(egress).collect()
}

fn of_network_policy(
    cluster: &Cluster,
    pods: &NamedPods<'_>,
    (namespace, name): (&str, &str),
    policy: &NetworkPolicy,
) -> Vec<RankedRule> {
    // 1. The workloads that it isolates.
    let spec = &policy.spec;
    let subjects = selected(pods, |pod| pod.namespace() == namespace && spec.pod_selector.matches(&pod.labels));
    // 2. How a rule is told: its peers by name, and what relates to it.
    let rule = |rule: String, action: &str, peers: Option<&[PolicyPeer]>, ports: &[PolicyPort]| {
        let is_peer = |pod: &Pod| match peers {
            None => true,
            Some(peers) => peers.iter().any(|peer| is_policy_peer(cluster, peer, namespace, pod)),
        };
        let workloads = selected(pods, is_peer);
        let named = match peers {
            None => vec!["everybody".to_owned()],
            Some(peers) => peers.iter().filter_map(block).chain(workloads.iter().cloned()).collect(),
        };
        let report = PolicyRuleReport {
            tier: "NetworkPolicy".to_owned(),
            priority: None,
            policy: format!("NetworkPolicy {namespace}/{name}"),
            action: action.to_owned(),
            subjects: subjects.clone(),
            peers: named.into_iter().collect(),
            ports: ports.iter().map(policy_port).collect(),
            relations: Vec::new(),
            rule,
        };
        ranked(report, &workloads)
    };
    let all = |peers: &[PolicyPeer]| peers.is_empty();
    let named = |kind: &str| spec.policy_types.iter().any(|one| &**one == kind);
    // 3. Ingress: each rule, or that there is none.
    let mut rules = Vec::new();
    for (place, one) in spec.ingress.iter().enumerate() {
        let peers = (!all(&one.from)).then_some(&*one.from);
        rules.push(rule(format!("ingress[{place}]"), "Accept", peers, &one.ports));
    }
    if spec.ingress.is_empty() && (spec.policy_types.is_empty() || named("Ingress")) {
        rules.push(rule("ingress".to_owned(), "Deny", None, &[]));
    }
    // 4. Egress likewise.
    for (place, one) in spec.egress.iter().enumerate() {
        let peers = (!all(&one.to)).then_some(&*one.to);
        rules.push(rule(format!("egress[{place}]"), "Accept", peers, &one.ports));
    }
    if spec.egress.is_empty() && named("Egress") {
        rules.push(rule("egress".to_owned(), "Deny", None, &[]));
    }
    rules
}

fn selected(pods: &NamedPods<'_>, is_meant: impl Fn(&Pod) -> bool) -> BTreeSet<String> {
    pods.iter().filter(|(_, pod)| is_meant(pod)).map(|(name, _)| name.clone()).collect()
}

fn ranked(report: PolicyRuleReport, peers: &BTreeSet<String>) -> RankedRule {
    let pairs = report.subjects.iter().flat_map(|subject| peers.iter().map(|peer| (subject.clone(), peer.clone())));
    let pairs = pairs.filter(|(subject, peer)| subject != peer).collect();
    RankedRule { is_ingress: report.rule.starts_with("ingress"), pairs, report }
}

/// Whether a subject or a peer of the administrator's policies means a pod.
fn selects(cluster: &Cluster, peer: &AdminPeer, pod: &Pod) -> bool {
    let Some(labels) = cluster.namespaces.get(pod.namespace()) else { return false };
    let in_namespace = |selector: &LabelSelector| selector.matches(labels);
    peer.namespaces.as_ref().is_some_and(in_namespace)
        || peer
            .pods
            .as_ref()
            .is_some_and(|pods| in_namespace(&pods.namespace_selector) && pods.pod_selector.matches(&pod.labels))
}

fn is_policy_peer(cluster: &Cluster, peer: &PolicyPeer, namespace: &str, pod: &Pod) -> bool {
    let in_namespace = match &peer.namespace_selector {
        Some(selector) => cluster.namespaces.get(pod.namespace()).is_some_and(|labels| selector.matches(labels)),
        None => pod.namespace() == namespace,
    };
    let is_pod = peer.pod_selector.as_ref().is_none_or(|selector| selector.matches(&pod.labels));
    peer.ip_block.is_none() && in_namespace && is_pod
}

/// Networks, nodes and names of a peer.
fn beyond_pods(peer: &AdminPeer) -> Vec<String> {
    let nodes = peer.nodes.iter().map(|_| "nodes".to_owned());
    peer.networks.iter().chain(&peer.domain_names).map(ToString::to_string).chain(nodes).collect()
}

fn block(peer: &PolicyPeer) -> Option<String> {
    let block = peer.ip_block.as_ref()?;
    let except: Vec<&str> = block.except.iter().map(|network| &**network).collect();
    Some(match except.as_slice() {
        [] => block.cidr.to_string(),
        some => format!("{} but {}", block.cidr, some.join(", ")),
    })
}

fn policy_port(port: &PolicyPort) -> String {
    let protocol = port.protocol.as_deref().unwrap_or("TCP");
    match (&port.port, port.end_port) {
        (None, _) => protocol.to_owned(),
        (Some(IntOrString::Int(first)), Some(last)) => format!("{protocol} {first}-{last}"),
        (Some(port), _) => format!("{protocol} {port}"),
    }
}

fn admin_ports(ports: &[AdminPort], protocols: &[AdminProtocol]) -> BTreeSet<String> {
    let protocol = |text: &Option<crate::model::Text>| text.as_deref().unwrap_or("TCP").to_owned();
    let mut all = BTreeSet::new();
    for port in ports {
        all.extend(port.port_number.as_ref().map(|one| format!("{} {}", protocol(&one.protocol), one.port)));
        all.extend(
            port.port_range.as_ref().map(|one| format!("{} {}-{}", protocol(&one.protocol), one.start, one.end)),
        );
        all.extend(port.named_port.as_ref().map(ToString::to_string));
    }
    for one in protocols {
        for (name, ports) in [("TCP", &one.tcp), ("UDP", &one.udp), ("SCTP", &one.sctp)] {
            all.extend(ports.as_ref().map(|ports| protocol_ports(name, ports)));
        }
        all.extend(one.destination_named_port.as_ref().map(ToString::to_string));
    }
    all
}

fn protocol_ports(name: &str, ports: &AdminProtocolPorts) -> String {
    let destination = ports.destination_port.as_ref();
    match (destination.and_then(|port| port.number), destination.and_then(|port| port.range.as_ref())) {
        (Some(number), _) => format!("{name} {number}"),
        (None, Some(range)) => format!("{name} {}-{}", range.start, range.end),
        (None, None) => name.to_owned(),
    }
}

/// What is to say about a rule: whether it is ever asked, what it leaves to others, who allows besides.
fn relations(rules: &[RankedRule], place: usize, rule: &RankedRule) -> Vec<String> {
    let mut said = Vec::new();
    let report = &rule.report;
    // 1. It means nobody.
    if report.subjects.is_empty() {
        said.push("selects no workload".to_owned());
        return said;
    }
    if report.peers.is_empty() {
        said.push("no workload is its peer".to_owned());
    }
    // 2. Rules that are asked before decide some or all of what it is about.
    let before = rules.iter().take(place).filter(|one| one.report.tier != "NetworkPolicy" && one.decides(rule));
    let mut left = rule.pairs.clone();
    let mut deciders: Vec<String> = Vec::new();
    for one in before {
        let count = left.len();
        left.retain(|pair| !one.pairs.contains(pair));
        if left.len() < count {
            deciders.push(format!("{} {} ({})", one.report.policy, one.report.rule, one.report.action));
        }
    }
    if !deciders.is_empty() {
        let how = if left.is_empty() { "never asked" } else { "asked only in part" };
        said.push(format!("{how}, after {}", deciders.join(", ")));
    }
    // 3. What it leaves to others, and who allows besides.
    match (&*report.tier, &*report.action) {
        ("Baseline", _) => said.extend(isolated(rules, rule)),
        ("Admin", "Pass") => said.push("leaves it to NetworkPolicies, then to the baseline".to_owned()),
        ("NetworkPolicy", action) => said.extend(allowed_besides(rules, rule, action == "Deny")),
        _ => {}
    }
    said
}

impl RankedRule {
    /// Whether whatever reaches another rule for one of its own pairs has been decided by this one: same direction, and ports
    /// that cover the other's.
    fn decides(&self, other: &Self) -> bool {
        self.is_ingress == other.is_ingress
            && (self.report.ports.is_empty() || self.report.ports == other.report.ports)
            && (self.report.tier == other.report.tier || self.report.action != "Pass")
            && (self.report.tier != "Baseline" || other.report.tier == "Baseline")
    }
}

/// The baseline is asked only about workloads that no NetworkPolicy isolates.
fn isolated(rules: &[RankedRule], rule: &RankedRule) -> Option<String> {
    let isolating = |subject: &String| {
        rules.iter().any(|one| {
            one.report.tier == "NetworkPolicy"
                && one.is_ingress == rule.is_ingress
                && one.report.subjects.contains(subject)
        })
    };
    let isolated: Vec<&str> =
        rule.report.subjects.iter().filter(|subject| isolating(subject)).map(String::as_str).collect();
    (!isolated.is_empty()).then(|| format!("not asked about {}: a NetworkPolicy isolates them", isolated.join(", ")))
}

/// NetworkPolicies add up: what one doesn't allow another may.
fn allowed_besides(rules: &[RankedRule], rule: &RankedRule, denies: bool) -> Option<String> {
    let mut others: Vec<&str> = Vec::new();
    for one in rules.iter().filter(|one| one.report.tier == "NetworkPolicy" && one.report.action == "Accept") {
        let shares = one.report.subjects.intersection(&rule.report.subjects).next().is_some();
        if one.is_ingress == rule.is_ingress && shares && one.report.policy != rule.report.policy {
            others.push(&one.report.policy);
        }
    }
    others.dedup();
    let verb = if denies { "what is allowed comes from" } else { "adds to" };
    (!others.is_empty()).then(|| format!("{verb} {}", others.join(", ")))
}
