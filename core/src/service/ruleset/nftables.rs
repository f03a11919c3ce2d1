//! The table of mode nftables (pkg/proxy/nftables/proxier.go, setupNFTables and syncProxyRules), as `nft list` prints it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;

use super::chain_name::{hash, lower};
use super::{NodeView, ProgrammedPort};
use crate::order::Order;
use crate::service::masquerade::LocalDetector;
use crate::service::node_ports::primary_address;

/// The table, its parts in the order in which they are listed: sets and maps, then chains.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NftTable {
    /// `ip` or `ip6`.
    pub family: &'static str,
    /// Sets and maps.
    pub sets: Vec<NftSet>,
    pub chains: Vec<NftChain>,
}

/// A set, or a map.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NftSet {
    /// `set` or `map`.
    pub kind: &'static str,
    pub name: String,
    /// What is said of it before its elements: its type, its comment.
    pub properties: Vec<String>,
    /// The elements, ordered.
    pub elements: BTreeMap<ElementKey, String>,
}

/// An element's place. One of several parts counts as one number whose last byte weighs most (nftables on machines of that
/// byte order, expr_msort); a lone address counts as an address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ElementKey {
    reversed: Vec<u8>,
    address: Option<IpAddr>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct NftChain {
    pub name: String,
    /// Its hook, or its comment.
    pub head: Option<String>,
    pub rules: Vec<String>,
}

impl ElementKey {
    fn of_address(address: IpAddr) -> Self {
        Self { reversed: Vec::new(), address: Some(address) }
    }

    fn of_parts(address: Option<IpAddr>, port: &ProgrammedPort<'_>, number: u16) -> Self {
        let mut bytes = match address {
            Some(IpAddr::V4(address)) => address.octets().to_vec(),
            Some(IpAddr::V6(address)) => address.octets().to_vec(),
            None => Vec::new(),
        };
        bytes.push(protocol_number(port));
        bytes.extend(number.to_be_bytes());
        bytes.reverse();
        Self { reversed: bytes, address: None }
    }
}

/// The name of the table.
pub const TABLE: &str = "kube-proxy";

/// The longest name behind a chain's prefix (chainNameBaseLengthMax).
const NAME_LENGTH: usize = 240;

const SET_MARK: &str = "meta mark set meta mark | 0x00004000";

/// Chains of the kernel's hooks: name, type, hook, priority.
const HOOKS: [(&str, &str, &str, &str); 8] = [
    ("filter-prerouting-pre-dnat", "filter", "prerouting", "dstnat - 10"),
    ("filter-output-pre-dnat", "filter", "output", "-110"),
    ("filter-input", "filter", "input", "filter"),
    ("filter-forward", "filter", "forward", "filter"),
    ("filter-output", "filter", "output", "filter"),
    ("nat-prerouting", "nat", "prerouting", "dstnat"),
    ("nat-output", "nat", "output", "-100"),
    ("nat-postrouting", "nat", "postrouting", "srcnat"),
];

/// What the hooks' chains jump to.
const JUMPS: [(&str, &str, bool); 11] = [
    ("nodeport-endpoints-check", "filter-input", true),
    ("service-endpoints-check", "filter-input", true),
    ("service-endpoints-check", "filter-forward", true),
    ("service-endpoints-check", "filter-output", true),
    ("firewall-check", "filter-prerouting-pre-dnat", true),
    ("firewall-check", "filter-output-pre-dnat", true),
    ("services", "nat-output", false),
    ("services", "nat-prerouting", false),
    ("masquerading", "nat-postrouting", false),
    ("cluster-ips-check", "filter-forward", true),
    ("cluster-ips-check", "filter-output", true),
];

pub fn table(view: NodeView<'_>) -> NftTable {
    let mut writer = TableWriter { view, table: NftTable { family: family(view), ..NftTable::default() } };
    writer.frame();
    for port in view.ports() {
        writer.port(&port);
    }
    writer.table
}

fn family(view: NodeView<'_>) -> &'static str {
    if view.ipv6 { "ip6" } else { "ip" }
}

struct TableWriter<'c> {
    view: NodeView<'c>,
    table: NftTable,
}

impl TableWriter<'_> {
    /// What is there whatever Services there are.
    fn frame(&mut self) {
        // 1. Sets and maps.
        let ip = family(self.view);
        let address = if self.view.ipv6 { "ipv6_addr" } else { "ipv4_addr" };
        let port = format!("{address} . inet_proto . inet_service");
        let verdict = format!("{port} : verdict");
        let node_port = "inet_proto . inet_service : verdict";
        self.set("set", "hairpin-connections", &format!("{address} . {port}"), "service hairpin connections");
        self.set("set", "cluster-ips", address, "Active ClusterIPs");
        let addresses = &self.view.proxy.node_port_addresses;
        if !addresses.are_all() {
            self.set("set", "nodeport-ips", address, "IPs that accept NodePort traffic");
            let own = self.view.node.addresses.iter().filter(|own| own.is_ipv6() == self.view.ipv6);
            let own: Vec<IpAddr> = own.filter(|own| addresses.hold(self.view.node, **own)).copied().collect();
            for own in own {
                self.element("nodeport-ips", ElementKey::of_address(own), own.to_string());
            }
        }
        let refused = "vmap to drop or reject packets to services with no endpoints";
        self.set("map", "no-endpoint-services", &verdict, refused);
        let refused = "vmap to drop or reject packets to service nodeports with no endpoints";
        self.set("map", "no-endpoint-nodeports", node_port, refused);
        let ranges = "destinations that are subject to LoadBalancerSourceRanges";
        self.set("map", "firewall-ips", &verdict, ranges);
        self.set("map", "service-ips", &verdict, "ClusterIP, ExternalIP and LoadBalancer IP traffic");
        self.set("map", "service-nodeports", node_port, "NodePort traffic");
        // 2. The hooks' chains, which jump.
        for (name, kind, hook, priority) in HOOKS {
            let head = format!("type {kind} hook {hook} priority {priority}; policy accept;");
            self.chain(name, Some(head));
        }
        for (to, from, only_new) in JUMPS {
            self.chain(to, None);
            self.rule(from, format!("{}jump {to}", if only_new { "ct state new " } else { "" }));
        }
        // 3. The chains that they jump to: masquerading, what has no endpoints, node ports, source ranges.
        let marked =
            "meta mark & 0x00004000 != 0x00000000 meta mark set meta mark ^ 0x00004000 masquerade fully-random";
        self.rule("masquerading", marked.to_owned());
        let hairpin = format!("ct status dnat {ip} saddr . {ip} daddr . meta l4proto . th dport @hairpin-connections");
        self.rule("masquerading", format!("{hairpin} masquerade fully-random"));
        let of_address = format!("{ip} daddr . meta l4proto . th dport vmap");
        self.check_cluster_addresses(ip);
        self.chain(
            "reject-chain",
            Some("comment \"helper for @no-endpoint-services / @no-endpoint-nodeports\"".into()),
        );
        self.rule("reject-chain", "reject".to_owned());
        self.rule("service-endpoints-check", format!("{of_address} @no-endpoint-services"));
        let local = if self.view.ipv6 { "ip6 daddr != ::1" } else { "ip daddr != 127.0.0.0/8" };
        let on_node = if addresses.are_all() { local.to_owned() } else { format!("{ip} daddr @nodeport-ips") };
        let of_node_port = "meta l4proto . th dport vmap";
        self.rule("nodeport-endpoints-check", format!("{on_node} {of_node_port} @no-endpoint-nodeports"));
        self.rule("firewall-check", format!("{of_address} @firewall-ips"));
        // 4. What leads to Services.
        self.mark_outsiders(ip);
        self.rule("services", format!("{of_address} @service-ips"));
        let on_node = if addresses.are_all() { format!("fib daddr type local {local}") } else { on_node };
        self.rule("services", format!("{on_node} {of_node_port} @service-nodeports"));
    }

    fn check_cluster_addresses(&mut self, ip: &str) {
        let refused = "reject comment \"Reject traffic to invalid ports of ClusterIPs\"";
        self.rule("cluster-ips-check", format!("{ip} daddr @cluster-ips {refused}"));
        let subnets = self.view.cluster.settings.service_subnets.iter();
        let subnets: Vec<String> =
            subnets.filter(|net| net.addr().is_ipv6() == self.view.ipv6).map(ToString::to_string).collect();
        let dropped = "drop comment \"Drop traffic to unallocated ClusterIPs\"";
        match &subnets[..] {
            [] => {}
            [one] => self.rule("cluster-ips-check", format!("{ip} daddr {one} {dropped}")),
            several => self.rule("cluster-ips-check", format!("{ip} daddr {{ {} }} {dropped}", several.join(", "))),
        }
    }

    fn mark_outsiders(&mut self, ip: &str) {
        if self.view.proxy.masquerade_all {
            let rule = format!("{ip} daddr @cluster-ips {SET_MARK} comment \"masquerade all clusterIP traffic\"");
            self.rule("services", rule);
        } else if let Some(others) = self.pods(true) {
            let comment = "comment \"masquerade clusterIP traffic from outside cluster\"";
            self.rule("services", format!("{ip} daddr @cluster-ips {others} {SET_MARK} {comment}"));
        }
    }

    /// What tells packets of pods, or of everybody else; None where nothing does.
    fn pods(&self, negated: bool) -> Option<String> {
        let not = if negated { "!= " } else { "" };
        let of_family = |networks: &[IpNet]| {
            let network = networks.iter().find(|network| network.addr().is_ipv6() == self.view.ipv6)?;
            Some(format!("{} saddr {not}{network}", family(self.view)))
        };
        match &self.view.proxy.detector {
            LocalDetector::Networks(networks) => of_family(networks),
            LocalDetector::NodeNetwork => of_family(&self.view.node.pod_cidrs),
            LocalDetector::Interface { name, is_prefix } => {
                Some(format!("iifname {not}\"{name}{}\"", if *is_prefix { "*" } else { "" }))
            }
            LocalDetector::None => None,
        }
    }

    /// 1. Elements by which packets find the port's chains, or an end. 2. The chains.
    fn port(&mut self, port: &ProgrammedPort<'_>) {
        for endpoint in &port.on_node {
            self.hairpin(port, endpoint);
        }
        self.elements(port);
        self.chains_of(port);
        if port.has_endpoints && port.is_external() {
            self.external_chain(port);
        }
        if !port.balancers.is_empty() && !port.source_ranges.is_empty() {
            self.firewall_chain(port);
        }
        if !port.cluster.is_empty() {
            self.balance(port, &chain_name("service-", port, ""), &port.cluster);
        }
        if !port.local.is_empty() {
            self.balance(port, &chain_name("local-", port, ""), &port.local);
        }
        if port.sticky_seconds().is_some() {
            for endpoint in &port.reachable {
                self.endpoint_chain(port, endpoint);
            }
        }
    }

    /// The port's chains in the order in which they are made.
    fn chains_of(&mut self, port: &ProgrammedPort<'_>) {
        for endpoint in port.reachable.iter().filter(|_| port.sticky_seconds().is_some()) {
            self.chain(&chain_name("endpoint-", port, endpoint), None);
        }
        let uses = [
            ("service-", !port.cluster.is_empty()),
            ("local-", !port.local.is_empty()),
            ("external-", port.has_endpoints && port.is_external()),
            ("firewall-", !port.balancers.is_empty() && !port.source_ranges.is_empty()),
        ];
        for (prefix, _) in uses.into_iter().filter(|(_, used)| *used) {
            self.chain(&chain_name(prefix, port, ""), None);
        }
    }

    fn hairpin(&mut self, port: &ProgrammedPort<'_>, endpoint: &str) {
        let Some((address, number)) = split(endpoint) else { return };
        let key = ElementKey::of_parts(Some(address), port, number);
        let text = format!("{address} . {address} . {} . {number}", lower(port.protocol()));
        self.element("hairpin-connections", key, text);
    }

    fn elements(&mut self, port: &ProgrammedPort<'_>) {
        let policy = |is_local: bool| chain_name(if is_local { "local-" } else { "service-" }, port, "");
        let refusal = if port.has_endpoints { "drop" } else { "goto reject-chain" };
        let comment = format!("comment \"{}\"", port.name);
        let cluster = port.cluster_ip;
        // 1. The cluster IP, led to its chain or refused.
        self.element("cluster-ips", ElementKey::of_address(cluster), cluster.to_string());
        if port.has_internal() {
            self.address_element("service-ips", port, cluster, &format!(": goto {}", policy(port.internal_local())));
        } else {
            self.address_element("no-endpoint-services", port, cluster, &format!("{comment} : {refusal}"));
        }
        // 2. External IPs and those of load balancers, likewise.
        let external = format!(": goto {}", chain_name("external-", port, ""));
        for address in port.external.iter().chain(&port.balancers) {
            if port.has_endpoints {
                self.address_element("service-ips", port, *address, &external);
            }
            if !port.has_external() {
                self.address_element("no-endpoint-services", port, *address, &format!("{comment} : {refusal}"));
            }
        }
        // 3. Source ranges stand before a load balancer's address.
        for address in port.balancers.iter().filter(|_| !port.source_ranges.is_empty()) {
            let firewall = format!(": goto {}", chain_name("firewall-", port, ""));
            self.address_element("firewall-ips", port, *address, &firewall);
        }
        // 4. The node port.
        if let Some(number) = port.found.port.node_port {
            let key = || ElementKey::of_parts(None, port, number);
            let text = format!("{} . {number}", lower(port.protocol()));
            if port.has_endpoints {
                self.element("service-nodeports", key(), format!("{text} {external}"));
            }
            if !port.has_external() {
                self.element("no-endpoint-nodeports", key(), format!("{text} {comment} : {refusal}"));
            }
        }
    }

    fn address_element(&mut self, set: &str, port: &ProgrammedPort<'_>, address: IpAddr, behind: &str) {
        let number = port.found.port.port;
        let key = ElementKey::of_parts(Some(address), port, number);
        self.element(set, key, format!("{address} . {} . {number} {behind}", lower(port.protocol())));
    }

    fn external_chain(&mut self, port: &ProgrammedPort<'_>) {
        let chain = chain_name("external-", port, "");
        let everywhere = chain_name("service-", port, "");
        if port.external_local() {
            if let Some(pods) = self.pods(false) {
                self.rule(&chain, format!("{pods} goto {everywhere} comment \"short-circuit pod traffic\""));
            }
            self.rule(&chain, format!("fib saddr type local {SET_MARK} comment \"masquerade local traffic\""));
            self.rule(
                &chain,
                format!("fib saddr type local goto {everywhere} comment \"short-circuit local traffic\""),
            );
        } else {
            self.rule(&chain, format!("{SET_MARK} comment \"masquerade\""));
        }
        if port.has_external() {
            let policy = if port.external_local() { "local-" } else { "service-" };
            self.rule(&chain, format!("goto {}", chain_name(policy, port, "")));
        }
    }

    fn firewall_chain(&mut self, port: &ProgrammedPort<'_>) {
        let chain = chain_name("firewall-", port, "");
        let mut sources = port.source_ranges.clone();
        let own = primary_address(self.view.node, self.view.ipv6);
        if own.is_some_and(|own| port.source_ranges.iter().any(|range| range.contains(&own))) {
            sources.extend(port.balancers.iter().map(|address| IpNet::from(*address)));
        }
        sources.order();
        let sources: Vec<String> = sources.iter().map(|net| bare(*net)).collect();
        let sources = if let [one] = &sources[..] { one.clone() } else { format!("{{ {} }}", sources.join(", ")) };
        self.rule(&chain, format!("{} saddr != {sources} drop", family(self.view)));
    }

    /// One packet in so many for each endpoint; with affinity first who is known, then a chain for each.
    fn balance(&mut self, port: &ProgrammedPort<'_>, chain: &str, endpoints: &[String]) {
        let (ip, protocol) = (family(self.view), lower(port.protocol()));
        if port.sticky_seconds().is_some() {
            for endpoint in endpoints {
                let (set, own) = (chain_name("affinity-", port, endpoint), chain_name("endpoint-", port, endpoint));
                self.rule(chain, format!("{ip} saddr @{set} goto {own}"));
            }
            let numbered = endpoints.iter().enumerate();
            let jumps: Vec<String> = numbered
                .map(|(place, endpoint)| format!("{place} : goto {}", chain_name("endpoint-", port, endpoint)))
                .collect();
            self.rule(chain, format!("numgen random mod {} vmap {{ {} }}", endpoints.len(), jumps.join(", ")));
            return;
        }
        if let [one] = endpoints {
            self.rule(chain, format!("meta l4proto {protocol} dnat to {one}"));
            return;
        }
        let targets = endpoints.iter().enumerate().filter_map(|(place, endpoint)| {
            let (address, number) = split(endpoint)?;
            Some(format!("{place} : {address} . {number}"))
        });
        let targets: Vec<String> = targets.collect();
        let drawn = format!("numgen random mod {} map {{ {} }}", endpoints.len(), targets.join(", "));
        self.rule(chain, format!("meta l4proto {protocol} dnat {ip} to {drawn}"));
    }

    fn endpoint_chain(&mut self, port: &ProgrammedPort<'_>, endpoint: &str) {
        let (chain, set) = (chain_name("endpoint-", port, endpoint), chain_name("affinity-", port, endpoint));
        let ip = family(self.view);
        let kind = if self.view.ipv6 { "ipv6_addr" } else { "ipv4_addr" };
        let seconds = port.sticky_seconds().unwrap_or_default();
        let lasting = format!("timeout {}", duration(seconds));
        let properties = [format!("type {kind}"), "size 65535".into(), "flags dynamic,timeout".into(), lasting];
        self.table.sets.push(NftSet {
            kind: "set",
            name: set.clone(),
            properties: properties.to_vec(),
            elements: BTreeMap::new(),
        });
        self.rule(&chain, format!("update @{set} {{ {ip} saddr }}"));
        self.rule(&chain, format!("meta l4proto {} dnat to {endpoint}", lower(port.protocol())));
    }

    fn set(&mut self, kind: &'static str, name: &str, type_name: &str, comment: &str) {
        let properties = vec![format!("type {type_name}"), format!("comment \"{comment}\"")];
        self.table.sets.push(NftSet { kind, name: name.to_owned(), properties, elements: BTreeMap::new() });
    }

    fn element(&mut self, set: &str, key: ElementKey, text: String) {
        if let Some(set) = self.table.sets.iter_mut().find(|known| known.name == set) {
            set.elements.entry(key).or_insert(text);
        }
    }

    fn chain(&mut self, name: &str, head: Option<String>) {
        if !self.table.chains.iter().any(|chain| chain.name == name) {
            self.table.chains.push(NftChain { name: name.to_owned(), head, rules: Vec::new() });
        }
    }

    fn rule(&mut self, chain: &str, rule: String) {
        if let Some(chain) = self.table.chains.iter_mut().find(|known| known.name == chain) {
            chain.rules.push(rule);
        }
    }
}

/// `service-XXXXXXXX-default/web/tcp/http`; behind it an endpoint's address and port (servicePortEndpointChainNameBase).
fn chain_name(prefix: &str, port: &ProgrammedPort<'_>, endpoint: &str) -> String {
    let service = &port.found.service;
    let protocol = lower(port.protocol());
    let mut name = format!("{}/{}/{protocol}/{}", service.namespace(), service.name(), port.found.port.name);
    if let Some((address, number)) = split(endpoint) {
        name.push_str(&format!("__{}/{number}", address.to_string().replace(':', ".")));
    }
    let name = format!("{}-{name}", hash(&name, 8));
    if name.len() <= NAME_LENGTH {
        return format!("{prefix}{name}");
    }
    format!("{prefix}{}...", name.chars().take(NAME_LENGTH - 3).collect::<String>())
}

/// A network; a single address without its length.
fn bare(network: IpNet) -> String {
    if network.prefix_len() == network.max_prefix_len() { network.addr().to_string() } else { network.to_string() }
}

/// An endpoint's address and port.
fn split(endpoint: &str) -> Option<(IpAddr, u16)> {
    let (address, port) = endpoint.rsplit_once(':')?;
    Some((address.trim_matches(['[', ']']).parse().ok()?, port.parse().ok()?))
}

fn protocol_number(port: &ProgrammedPort<'_>) -> u8 {
    match port.protocol() {
        crate::packet::Protocol::Tcp => 6,
        crate::packet::Protocol::Udp => 17,
        crate::packet::Protocol::Sctp => 132,
        crate::packet::Protocol::Icmp => 1,
    }
}

/// `3h`, `1d2h3m4s` as nft writes it.
fn duration(seconds: i32) -> String {
    let parts = [(seconds / 86_400, 'd'), (seconds / 3600 % 24, 'h'), (seconds / 60 % 60, 'm'), (seconds % 60, 's')];
    parts.iter().filter(|(number, _)| *number > 0).map(|(number, unit)| format!("{number}{unit}")).collect()
}
