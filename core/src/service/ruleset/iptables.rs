//! The rules of mode iptables (pkg/proxy/iptables/proxier.go, syncProxyRules), and those that the kubelet keeps beside them
//! (pkg/kubelet/kubelet_network_linux.go). What network plugins and container runtimes write isn't known.

use std::net::IpAddr;

use ipnet::IpNet;

use super::chain_name::hashed;
use super::{NodeView, ProgrammedPort};
use crate::packet::Protocol;
use crate::service::masquerade::LocalDetector;
use crate::service::node_ports::primary_address;

/// A table with its chains.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IptablesTable {
    /// `filter`, `nat`, `mangle`.
    pub name: &'static str,
    /// Those of the kernel, then the others by name.
    pub chains: Vec<IptablesChain>,
}

/// A chain with its rules in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IptablesChain {
    pub name: String,
    /// Whether it is the kernel's, with a policy.
    pub is_builtin: bool,
    pub rules: Vec<IptablesRule>,
}

/// A rule in the parts that iptables prints.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IptablesRule {
    pub source: Option<AddressMatch>,
    /// -d
    pub destination: Option<AddressMatch>,
    /// -i
    pub interface: Option<(bool, String)>,
    /// -p
    pub protocol: Option<Protocol>,
    /// -m, in order.
    pub matches: Vec<PacketCondition>,
    /// -j
    pub target: Option<RuleTarget>,
}

/// A network, or every address but those in it.
#[derive(Clone, Debug, PartialEq)]
pub struct AddressMatch {
    /// `!`
    pub negated: bool,
    pub network: IpNet,
}

/// What else must hold of a packet.
#[derive(Clone, Debug, PartialEq)]
pub enum PacketCondition {
    /// A comment, which always holds.
    Comment(String),
    /// The port that it is for; None: any of the protocol.
    DestinationPort(Option<u16>),
    /// One packet in so many.
    Random(usize),
    /// The mark for masquerading isn't there.
    Unmarked,
    /// It is there.
    Marked,
    /// Connection tracking says so.
    State(bool, &'static str),
    /// The address is, or the sender's is, one of the node's.
    Local(&'static str),
    /// The sender came here before: the list's name and its seconds; without seconds it is put on the list.
    Recent(String, Option<i32>),
}

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub enum RuleTarget {
    /// The packet goes on in this chain.
    Jump(String),
    /// ACCEPT, DROP, RETURN.
    Verdict(&'static str),
    Reject,
    /// The mark for masquerading is set.
    SetMark,
    /// It is taken away.
    ClearMark,
    Masquerade,
    /// DNAT to this endpoint.
    Dnat(String),
}

/// The kernel's chains of the tables that kube-proxy and the kubelet use.
const BUILTIN: [(&str, &[&str]); 3] = [
    ("mangle", &["PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"]),
    ("filter", &["INPUT", "FORWARD", "OUTPUT"]),
    ("nat", &["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"]),
];

/// Rules for the chains of a table, while they are written.
#[derive(Default)]
struct RuleWriter {
    tables: Vec<IptablesTable>,
}

pub fn tables(view: NodeView<'_>) -> Vec<IptablesTable> {
    let mut ruleset = RuleWriter::with_frame(view.ipv6);
    for port in view.ports() {
        PortRules { view, port: &port, ruleset: &mut ruleset }.write();
    }
    ruleset.finish(view)
}

impl IptablesRule {
    fn jump(chain: &str) -> Self {
        Self { target: Some(RuleTarget::Jump(chain.to_owned())), ..Self::default() }
    }

    fn to(target: RuleTarget) -> Self {
        Self { target: Some(target), ..Self::default() }
    }

    fn matching(mut self, one: PacketCondition) -> Self {
        self.matches.push(one);
        self
    }

    fn comment(self, text: impl Into<String>) -> Self {
        self.matching(PacketCondition::Comment(text.into()))
    }

    fn port(mut self, protocol: Protocol, port: u16) -> Self {
        self.protocol = Some(protocol);
        self.matching(PacketCondition::DestinationPort(Some(port)))
    }

    fn destination(mut self, network: impl Into<IpNet>) -> Self {
        self.destination = Some(AddressMatch { negated: false, network: network.into() });
        self
    }

    fn source(mut self, negated: bool, network: impl Into<IpNet>) -> Self {
        self.source = Some(AddressMatch { negated, network: network.into() });
        self
    }
}

impl RuleWriter {
    /// The chains that are always there, with the jumps to them. Each jump is put first when it is made, so that those made
    /// last stand first; the kubelet was there before kube-proxy (iptablesJumpChains; EnsureRule with Prepend).
    fn with_frame(ipv6: bool) -> Self {
        let mut ruleset = Self::default();
        // 1. The built-in chains, and the canaries by which a flush is noticed.
        for (name, chains) in BUILTIN {
            let builtin =
                |chain: &&str| IptablesChain { name: (*chain).to_owned(), is_builtin: true, rules: Vec::new() };
            ruleset.tables.push(IptablesTable { name, chains: chains.iter().map(builtin).collect() });
        }
        for chain in ["KUBE-IPTABLES-HINT", "KUBE-KUBELET-CANARY", "KUBE-PROXY-CANARY"] {
            ruleset.chain("mangle", chain);
        }
        for table in ["filter", "nat"] {
            ruleset.chain(table, "KUBE-KUBELET-CANARY");
            ruleset.chain(table, "KUBE-PROXY-CANARY");
        }
        // 2. The jumps of the filter table.
        let new = || IptablesRule::default().matching(PacketCondition::State(false, "NEW"));
        let jump = |rule: IptablesRule, comment: &str, chain: &str| IptablesRule {
            target: Some(RuleTarget::Jump(chain.to_owned())),
            ..rule.comment(comment)
        };
        let balancer = |chain: &str| jump(new(), "kubernetes load balancer firewall", chain);
        let outside = || jump(new(), "kubernetes externally-visible service portals", "KUBE-EXTERNAL-SERVICES");
        let portals = || jump(new(), "kubernetes service portals", "KUBE-SERVICES");
        let checks = jump(IptablesRule::default(), "kubernetes health check service ports", "KUBE-NODEPORTS");
        let forwarding = jump(IptablesRule::default(), "kubernetes forwarding rules", "KUBE-FORWARD");
        let firewall = "KUBE-PROXY-FIREWALL";
        ruleset.add_all(
            "filter",
            "INPUT",
            [balancer(firewall), checks, outside(), IptablesRule::jump("KUBE-FIREWALL")],
        );
        ruleset.add_all("filter", "FORWARD", [balancer(firewall), forwarding, portals(), outside()]);
        ruleset.add_all("filter", "OUTPUT", [balancer(firewall), portals(), IptablesRule::jump("KUBE-FIREWALL")]);
        // 3. Those of the nat table.
        let services = || jump(IptablesRule::default(), "kubernetes service portals", "KUBE-SERVICES");
        ruleset.add("nat", "PREROUTING", services());
        ruleset.add("nat", "OUTPUT", services());
        let postrouting = jump(IptablesRule::default(), "kubernetes postrouting rules", "KUBE-POSTROUTING");
        ruleset.add("nat", "POSTROUTING", postrouting);
        // 4. The chains that they lead to, also where they stay empty.
        for chain in
            ["KUBE-EXTERNAL-SERVICES", "KUBE-NODEPORTS", "KUBE-PROXY-FIREWALL", "KUBE-SERVICES", "KUBE-FIREWALL"]
        {
            ruleset.chain("filter", chain);
        }
        ruleset.chain("nat", "KUBE-NODEPORTS");
        // 5. What marked packets and packets for the loopback network meet.
        ruleset.masquerading();
        if !ipv6 {
            ruleset.add("filter", "KUBE-FIREWALL", local_net_rule());
        }
        ruleset
    }

    fn masquerading(&mut self) {
        let post = "KUBE-POSTROUTING";
        let returned = IptablesRule::to(RuleTarget::Verdict("RETURN")).matching(PacketCondition::Unmarked);
        self.add("nat", post, returned);
        self.add("nat", post, IptablesRule::to(RuleTarget::ClearMark));
        let masquerade = IptablesRule::to(RuleTarget::Masquerade);
        self.add("nat", post, masquerade.comment("kubernetes service traffic requiring SNAT"));
        self.add("nat", "KUBE-MARK-MASQ", IptablesRule::to(RuleTarget::SetMark));
        let forward = "KUBE-FORWARD";
        let dropped = IptablesRule::to(RuleTarget::Verdict("DROP"));
        self.add("filter", forward, dropped.matching(PacketCondition::State(false, "INVALID")));
        let accept = || IptablesRule::to(RuleTarget::Verdict("ACCEPT"));
        let marked = accept().comment("kubernetes forwarding rules").matching(PacketCondition::Marked);
        self.add("filter", forward, marked);
        let known = accept().comment("kubernetes forwarding conntrack rule");
        self.add("filter", forward, known.matching(PacketCondition::State(false, "RELATED,ESTABLISHED")));
    }

    /// The last rule of KUBE-SERVICES leads to the node ports; then the chains are ordered by name.
    fn finish(mut self, view: NodeView<'_>) -> Vec<IptablesTable> {
        const LAST: &str = "kubernetes service nodeports; NOTE: this must be the last rule in this chain";
        let last = || IptablesRule::jump("KUBE-NODEPORTS").comment(LAST);
        let addresses = &view.proxy.node_port_addresses;
        if addresses.are_all() {
            let local = last().matching(PacketCondition::Local("dst"));
            let rule = match (view.ipv6, addresses.include_loopback()) {
                (true, _) => "::1/128".parse().ok().map(|loopback: IpNet| without(local.clone(), loopback)),
                (false, false) => "127.0.0.0/8".parse().ok().map(|loopback: IpNet| without(local.clone(), loopback)),
                (false, true) => Some(local.clone()),
            };
            self.add("nat", "KUBE-SERVICES", rule.unwrap_or(local));
        } else {
            let own = view.node.addresses.iter().filter(|address| address.is_ipv6() == view.ipv6);
            for address in own.filter(|address| addresses.hold(view.node, **address)) {
                self.add("nat", "KUBE-SERVICES", last().destination(*address));
            }
        }
        for table in &mut self.tables {
            let own: Vec<IptablesChain> = table.chains.iter().filter(|chain| chain.is_builtin).cloned().collect();
            let mut others: Vec<IptablesChain> = table.chains.drain(..).filter(|chain| !chain.is_builtin).collect();
            crate::order::Order::order_by_key(&mut others[..], |chain| chain.name.clone());
            table.chains = own.into_iter().chain(others).collect();
        }
        self.tables
    }

    fn chain(&mut self, table: &str, name: &str) -> Option<&mut IptablesChain> {
        let table = self.tables.iter_mut().find(|known| known.name == table)?;
        if !table.chains.iter().any(|chain| chain.name == name) {
            table.chains.push(IptablesChain { name: name.to_owned(), ..IptablesChain::default() });
        }
        table.chains.iter_mut().find(|chain| chain.name == name)
    }

    fn add(&mut self, table: &str, chain: &str, rule: IptablesRule) {
        if let Some(chain) = self.chain(table, chain) {
            chain.rules.push(rule);
        }
    }

    fn add_all<const N: usize>(&mut self, table: &str, chain: &str, rules: [IptablesRule; N]) {
        for rule in rules {
            self.add(table, chain, rule);
        }
    }
}

/// Nobody outside reaches what listens on loopback only, which route_localnet would allow.
fn local_net_rule() -> IptablesRule {
    let rule = IptablesRule::to(RuleTarget::Verdict("DROP")).comment("block incoming localnet connections");
    let rule = rule.matching(PacketCondition::State(true, "RELATED,ESTABLISHED,DNAT"));
    match "127.0.0.0/8".parse::<IpNet>() {
        Ok(loopback) => rule.destination(loopback).source(true, loopback),
        Err(_) => rule,
    }
}

fn without(rule: IptablesRule, network: IpNet) -> IptablesRule {
    IptablesRule { destination: Some(AddressMatch { negated: true, network }), ..rule }
}

struct PortRules<'r, 'c> {
    view: NodeView<'c>,
    port: &'r ProgrammedPort<'c>,
    ruleset: &'r mut RuleWriter,
}

impl PortRules<'_, '_> {
    /// 1. Where packets for the port are caught, or refused. 2. The chains of its traffic. 3. Those of its endpoints.
    fn write(&mut self) {
        self.capture_cluster_address();
        self.capture_external_addresses();
        self.capture_balancers();
        self.capture_node_port();
        if self.port.has_internal() {
            self.mark_internal();
        }
        if self.uses_external_chain() {
            self.external_chain();
        }
        if self.uses_firewall() {
            self.firewall_chain();
        }
        if !self.port.cluster.is_empty() {
            self.balance(&self.chain("KUBE-SVC-"), &self.port.cluster);
        }
        if !self.port.local.is_empty() {
            self.balance(&self.chain("KUBE-SVL-"), &self.port.local);
        }
        for endpoint in &self.port.reachable {
            self.endpoint_chain(endpoint);
        }
    }

    fn chain(&self, prefix: &str) -> String {
        hashed(prefix, &self.port.name, self.port.protocol(), "")
    }

    fn endpoint(&self, endpoint: &str) -> String {
        hashed("KUBE-SEP-", &self.port.name, self.port.protocol(), endpoint)
    }

    fn policy_chain(&self, is_local: bool) -> String {
        self.chain(if is_local { "KUBE-SVL-" } else { "KUBE-SVC-" })
    }

    fn uses_external_chain(&self) -> bool {
        self.port.has_endpoints && self.port.is_external()
    }

    fn uses_firewall(&self) -> bool {
        let port = self.port;
        port.has_endpoints && !port.balancers.is_empty() && !port.source_ranges.is_empty()
    }

    /// A rule for an address and the port of the Service.
    fn for_address(&self, address: IpAddr, comment: &str, target: RuleTarget) -> IptablesRule {
        let rule = IptablesRule::to(target).comment(format!("{} {comment}", self.port.name));
        rule.port(self.port.protocol(), self.port.found.port.port).destination(address)
    }

    /// What becomes of packets that nobody here takes.
    fn refusal(&self) -> (RuleTarget, &'static str) {
        if self.port.has_endpoints {
            (RuleTarget::Verdict("DROP"), "has no local endpoints")
        } else {
            (RuleTarget::Reject, "has no endpoints")
        }
    }

    fn capture_cluster_address(&mut self) {
        let address = self.port.cluster_ip;
        if self.port.has_internal() {
            let chain = RuleTarget::Jump(self.policy_chain(self.port.internal_local()));
            let rule = self.for_address(address, "cluster IP", chain);
            self.ruleset.add("nat", "KUBE-SERVICES", rule);
        } else {
            let (target, comment) = self.refusal();
            let rule = self.for_address(address, comment, target);
            self.ruleset.add("filter", "KUBE-SERVICES", rule);
        }
    }

    fn capture_external_addresses(&mut self) {
        for address in self.port.external.clone() {
            if self.port.has_endpoints {
                let chain = RuleTarget::Jump(self.chain("KUBE-EXT-"));
                let rule = self.for_address(address, "external IP", chain);
                self.ruleset.add("nat", "KUBE-SERVICES", rule);
            }
            self.refuse_external(address);
        }
    }

    fn capture_balancers(&mut self) {
        let through = if self.uses_firewall() { "KUBE-FW-" } else { "KUBE-EXT-" };
        for address in self.port.balancers.clone() {
            if self.port.has_endpoints {
                let rule = self.for_address(address, "loadbalancer IP", RuleTarget::Jump(self.chain(through)));
                self.ruleset.add("nat", "KUBE-SERVICES", rule);
            }
            if self.uses_firewall() {
                let comment = format!("traffic not accepted by {}", self.chain("KUBE-FW-"));
                let rule = self.for_address(address, &comment, RuleTarget::Verdict("DROP"));
                self.ruleset.add("filter", "KUBE-PROXY-FIREWALL", rule);
            }
            self.refuse_external(address);
        }
    }

    fn refuse_external(&mut self, address: IpAddr) {
        if !self.port.has_external() {
            let (target, comment) = self.refusal();
            let rule = self.for_address(address, comment, target);
            self.ruleset.add("filter", "KUBE-EXTERNAL-SERVICES", rule);
        }
    }

    fn capture_node_port(&mut self) {
        let protocol = self.port.protocol();
        if let Some(number) = self.port.found.port.node_port {
            if self.port.has_endpoints {
                let rule = IptablesRule::jump(&self.chain("KUBE-EXT-")).comment(&*self.port.name);
                self.ruleset.add("nat", "KUBE-NODEPORTS", rule.port(protocol, number));
            }
            if !self.port.has_external() {
                let (target, comment) = self.refusal();
                let rule = IptablesRule::to(target).comment(format!("{} {comment}", self.port.name));
                let rule = rule.matching(PacketCondition::Local("dst")).port(protocol, number);
                self.ruleset.add("filter", "KUBE-EXTERNAL-SERVICES", rule);
            }
        }
        if let Some(number) = self.port.found.service.health_check_node_port {
            let accept = IptablesRule::to(RuleTarget::Verdict("ACCEPT"));
            let rule = accept.comment(format!("{} health check node port", self.port.name));
            self.ruleset.add("filter", "KUBE-NODEPORTS", rule.port(Protocol::Tcp, number));
        }
    }

    /// Who isn't a pod is masqueraded on the way to a cluster address, or everybody (masqueradeAll).
    fn mark_internal(&mut self) {
        let chain = self.policy_chain(self.port.internal_local());
        let mark = RuleTarget::Jump("KUBE-MARK-MASQ".to_owned());
        let rule = self.for_address(self.port.cluster_ip, "cluster IP", mark);
        let rule = if self.view.proxy.masquerade_all { Some(rule) } else { self.pods(rule, true) };
        if let Some(rule) = rule {
            self.ruleset.add("nat", &chain, rule);
        }
    }

    /// A rule for packets of pods, or of everybody else; None where nothing tells them (LocalTrafficDetector).
    fn pods(&self, rule: IptablesRule, negated: bool) -> Option<IptablesRule> {
        let of_family =
            |networks: &[IpNet]| networks.iter().find(|network| network.addr().is_ipv6() == self.view.ipv6).copied();
        match &self.view.proxy.detector {
            LocalDetector::Networks(networks) => of_family(networks).map(|network| rule.source(negated, network)),
            LocalDetector::NodeNetwork => {
                of_family(&self.view.node.pod_cidrs).map(|network| rule.source(negated, network))
            }
            LocalDetector::Interface { name, is_prefix } => {
                let name = format!("{name}{}", if *is_prefix { "+" } else { "" });
                Some(IptablesRule { interface: Some((negated, name)), ..rule })
            }
            LocalDetector::None => None,
        }
    }

    fn external_chain(&mut self) {
        let chain = self.chain("KUBE-EXT-");
        let name = &self.port.name;
        let mark = || IptablesRule::jump("KUBE-MARK-MASQ");
        let mut rules = Vec::new();
        // 1. With policy Local, pods and the node itself go to all endpoints; else everything is masqueraded.
        if self.port.external_local() {
            let everywhere = self.chain("KUBE-SVC-");
            let of_pods =
                IptablesRule::jump(&everywhere).comment(format!("pod traffic for {name} external destinations"));
            rules.extend(self.pods(of_pods, false));
            let local = PacketCondition::Local("src");
            rules.push(
                mark()
                    .comment(format!("masquerade LOCAL traffic for {name} external destinations"))
                    .matching(local.clone()),
            );
            let routed = IptablesRule::jump(&everywhere);
            rules.push(routed.comment(format!("route LOCAL traffic for {name} external destinations")).matching(local));
        } else {
            rules.push(mark().comment(format!("masquerade traffic for {name} external destinations")));
        }
        // 2. On to the chain of the policy.
        if self.port.has_external() {
            rules.push(IptablesRule::jump(&self.policy_chain(self.port.external_local())));
        }
        // 3. The rules join the chain in this order.
        for rule in rules {
            self.ruleset.add("nat", &chain, rule);
        }
    }

    /// loadBalancerSourceRanges: who is in one of them goes on; so does the node itself, by the balancer's address.
    fn firewall_chain(&mut self) {
        let chain = self.chain("KUBE-FW-");
        let onward = || {
            let comment = format!("{} loadbalancer IP", self.port.name);
            IptablesRule::jump(&self.chain("KUBE-EXT-")).comment(comment)
        };
        let mut rules: Vec<IptablesRule> =
            self.port.source_ranges.iter().map(|range| onward().source(false, *range)).collect();
        let own = primary_address(self.view.node, self.view.ipv6);
        if own.is_some_and(|own| self.port.source_ranges.iter().any(|range| range.contains(&own))) {
            rules.extend(self.port.balancers.iter().map(|address| onward().source(false, *address)));
        }
        let rest = format!("other traffic to {} will be dropped by KUBE-PROXY-FIREWALL", self.port.name);
        rules.push(IptablesRule::default().comment(rest));
        for rule in rules {
            self.ruleset.add("nat", &chain, rule);
        }
    }

    /// Each endpoint but the last takes one of so many packets as there are endpoints from it on.
    fn balance(&mut self, chain: &str, endpoints: &[String]) {
        let comment = |endpoint: &str| format!("{} -> {endpoint}", self.port.name);
        if let Some(seconds) = self.port.sticky_seconds() {
            for endpoint in endpoints {
                let own = self.endpoint(endpoint);
                let rule = IptablesRule::jump(&own).comment(comment(endpoint));
                self.ruleset.add("nat", chain, rule.matching(PacketCondition::Recent(own.clone(), Some(seconds))));
            }
        }
        for (place, endpoint) in endpoints.iter().enumerate() {
            let mut rule = IptablesRule::jump(&self.endpoint(endpoint)).comment(comment(endpoint));
            if place + 1 < endpoints.len() {
                rule = rule.matching(PacketCondition::Random(endpoints.len() - place));
            }
            self.ruleset.add("nat", chain, rule);
        }
    }

    fn endpoint_chain(&mut self, endpoint: &str) {
        let chain = self.endpoint(endpoint);
        let address = endpoint.rsplit_once(':').map_or(endpoint, |(address, _)| address);
        let mark = IptablesRule::jump("KUBE-MARK-MASQ").comment(&*self.port.name);
        if let Ok(address) = address.trim_matches(['[', ']']).parse::<IpAddr>() {
            self.ruleset.add("nat", &chain, mark.source(false, address));
        }
        let mut rule = IptablesRule::to(RuleTarget::Dnat(endpoint.to_owned())).comment(&*self.port.name);
        rule.protocol = Some(self.port.protocol());
        if self.port.sticky_seconds().is_some() {
            rule = rule.matching(PacketCondition::Recent(chain.clone(), None));
        }
        self.ruleset.add("nat", &chain, rule.matching(PacketCondition::DestinationPort(None)));
    }
}
