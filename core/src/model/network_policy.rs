//! NetworkPolicy, and the administrator's policies of network-policy-api: ClusterNetworkPolicy (v1alpha2),
//! AdminNetworkPolicy and BaselineAdminNetworkPolicy (v1alpha1).

use super::{IntOrString, LabelSelector, Metadata, Text};

object! {
    pub struct NetworkPolicy {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// What it allows.
        pub spec: NetworkPolicySpec = "spec",
    }

    pub struct NetworkPolicySpec {
        /// The pods it isolates; empty for all of its namespace.
        pub pod_selector: LabelSelector = "podSelector",
        /// `Ingress`, `Egress`; by default Ingress, and Egress if there is an egress rule.
        pub policy_types: Vec<Text> = "policyTypes",
        /// Who may come in.
        pub ingress: Vec<IngressPolicyRule> = "ingress",
        /// Whom they may reach.
        pub egress: Vec<EgressPolicyRule> = "egress",
    }

    /// A rule about who may come in.
    pub struct IngressPolicyRule {
        /// From whom; empty for all.
        pub from: Vec<PolicyPeer> = "from",
        /// On which ports; empty for all.
        pub ports: Vec<PolicyPort> = "ports",
    }

    /// A rule about whom pods may reach.
    pub struct EgressPolicyRule {
        /// Whom; empty for all.
        pub to: Vec<PolicyPeer> = "to",
        /// On which ports; empty for all.
        pub ports: Vec<PolicyPort> = "ports",
    }

    /// Some peers: pods by their labels and their namespaces', or addresses.
    pub struct PolicyPeer {
        /// Pods; of the policy's namespace unless the next field says more.
        pub pod_selector: Option<LabelSelector> = "podSelector",
        pub namespace_selector: Option<LabelSelector> = "namespaceSelector",
        /// Addresses.
        pub ip_block: Option<IpBlock> = "ipBlock",
    }

    /// Addresses, with exceptions.
    pub struct IpBlock {
        /// The addresses.
        pub cidr: Text = "cidr",
        /// Without these.
        pub except: Vec<Text> = "except",
    }

    /// A port, a range, or all ports of a protocol.
    pub struct PolicyPort {
        /// `TCP` unless said.
        pub protocol: Option<Text> = "protocol",
        /// The port on the pod; all without it.
        pub port: Option<IntOrString> = "port",
        /// The last of a range.
        pub end_port: Option<i32> = "endPort",
    }

    pub struct ClusterNetworkPolicy {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// What it says.
        pub spec: AdminPolicySpec = "spec",
    }

    pub struct AdminNetworkPolicy {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// What it says.
        pub spec: AdminPolicySpec = "spec",
    }

    pub struct BaselineAdminNetworkPolicy {
        /// Its name.
        pub metadata: Metadata = "metadata",
        /// What it says.
        pub spec: AdminPolicySpec = "spec",
    }

    /// spec of the administrator's policies.
    pub struct AdminPolicySpec {
        /// `Admin` or `Baseline`, of a ClusterNetworkPolicy.
        pub tier: Option<Text> = "tier",
        /// Lower first.
        pub priority: i32 = "priority",
        /// The pods it is about.
        pub subject: AdminPeer = "subject",
        /// About who comes in.
        pub ingress: Vec<AdminIngressRule> = "ingress",
        /// About whom they reach.
        pub egress: Vec<AdminEgressRule> = "egress",
    }

    /// A rule about who comes in.
    pub struct AdminIngressRule {
        pub name: Text = "name",
        /// `Accept` (v1alpha1: `Allow`), `Deny`, `Pass`.
        pub action: Text = "action",
        /// From whom.
        pub from: Vec<AdminPeer> = "from",
        /// On which ports (v1alpha1).
        pub ports: Vec<AdminPort> = "ports",
        /// On which ports (v1alpha2).
        pub protocols: Vec<AdminProtocol> = "protocols",
    }

    /// A rule about whom pods reach.
    pub struct AdminEgressRule {
        pub name: Text = "name",
        /// `Accept` (v1alpha1: `Allow`), `Deny`, `Pass`.
        pub action: Text = "action",
        /// Whom.
        pub to: Vec<AdminPeer> = "to",
        /// On which ports (v1alpha1).
        pub ports: Vec<AdminPort> = "ports",
        /// On which ports (v1alpha2).
        pub protocols: Vec<AdminProtocol> = "protocols",
    }

    /// Some pods, nodes or networks; one of the fields.
    pub struct AdminPeer {
        /// All pods of these namespaces.
        pub namespaces: Option<LabelSelector> = "namespaces",
        /// Some pods of some namespaces.
        pub pods: Option<NamespacedPods> = "pods",
        pub nodes: Option<LabelSelector> = "nodes",
        /// CIDRs.
        pub networks: Vec<Text> = "networks",
        /// Names outside.
        pub domain_names: Vec<Text> = "domainNames",
    }

    /// Some pods of some namespaces.
    pub struct NamespacedPods {
        pub namespace_selector: LabelSelector = "namespaceSelector",
        pub pod_selector: LabelSelector = "podSelector",
    }

    /// A port of v1alpha1; one of the fields.
    pub struct AdminPort {
        pub port_number: Option<AdminPortNumber> = "portNumber",
        /// A container port's name.
        pub named_port: Option<Text> = "namedPort",
        pub port_range: Option<AdminPortRange> = "portRange",
    }

    pub struct AdminPortNumber {
        /// `TCP` unless said.
        pub protocol: Option<Text> = "protocol",
        /// The number.
        pub port: i32 = "port",
    }

    pub struct AdminPortRange {
        /// `TCP` unless said.
        pub protocol: Option<Text> = "protocol",
        /// The first.
        pub start: i32 = "start",
        /// The last.
        pub end: i32 = "end",
    }

    /// A protocol of v1alpha2; one of the fields.
    pub struct AdminProtocol {
        pub tcp: Option<AdminProtocolPorts> = "tcp",
        pub udp: Option<AdminProtocolPorts> = "udp",
        pub sctp: Option<AdminProtocolPorts> = "sctp",
        /// A container port's name.
        pub destination_named_port: Option<Text> = "destinationNamedPort",
    }

    /// The ports of a protocol; all without one.
    pub struct AdminProtocolPorts {
        pub destination_port: Option<AdminDestinationPort> = "destinationPort",
    }

    /// A number or a range.
    pub struct AdminDestinationPort {
        pub number: Option<i32> = "number",
        pub range: Option<AdminPortRange> = "range",
    }
}
