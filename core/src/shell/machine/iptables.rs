//! iptables -L and -S, iptables-save: the rules of a node as those tools print them (iptables 1.8, nft variant).

use ipnet::IpNet;

use super::{MachineReport, ToolMachine, option_table, read_options, refused};
use crate::cluster::KubeProxyMode;
use crate::console::option::{OptionFault, OptionStyle, OptionTable, ToolOption};
use crate::console::port_name::port_name;
use crate::packet::Protocol;
use crate::service::ruleset::NodeView;
use crate::service::ruleset::chain_name::lower;
use crate::service::ruleset::iptables::{
    self, AddressMatch, IptablesChain, IptablesRule, IptablesTable, PacketCondition, RuleTarget,
};
use crate::shell::stream::CommandOutput;
use crate::terminal::UsageError;

/// What is understood of iptables, and what changes rules.
pub(super) const LIST: OptionTable<ListCommand> = OptionTable {
    style: OptionStyle::Gnu,
    refuse: |fault, shown| {
        let more = if fault == OptionFault::NotModelled { ": rules are looked at, kube-proxy writes them" } else { "" };
        UsageError::new(2, format!("{shown} isn't understood here{more}"))
    },
    options: &[
        ToolOption::switch("-L --list", |command| command.ask(false)),
        ToolOption::switch("-S --list-rules", |command| command.ask(true)),
        ToolOption::text("-t --table", |command, name| command.table = Some(name)),
        ToolOption::switch("-n --numeric", |command| command.numeric = true),
        ToolOption::switch("-v --verbose", |command| command.verbose = true),
        ToolOption::switch("--line-numbers", |command| command.line_numbers = true),
        ToolOption::switch("-w --wait", |command| command.next = NextWord::Seconds),
        ToolOption::ignored("-x --exact"),
        ToolOption::switch("-V --version", |command| command.asks_version = true),
        ToolOption::not_modelled("-A -C -D -E -F -I -N -P -R -X -Z --append --check --delete --delete-chain --flush"),
        ToolOption::not_modelled("--insert --new-chain --policy --rename-chain --replace --zero"),
    ],
};

pub(super) const SAVE: OptionTable<Option<String>> =
    option_table(OptionStyle::Gnu, &[ToolOption::text("-t --table", |wanted, name| *wanted = Some(name))]);

const NOTE: &str = "rules of kube-proxy and the kubelet; those of network plugins and container runtimes aren't known";
const OTHER_MODE: &str =
    "kube-proxy runs in mode nftables here, and writes none of these: `nft list table ip kube-proxy`";
const OWN_NETWORK: &str = "a pod has a network of its own, without kube-proxy's rules: ask its node";

/// What a word behind an option is.
#[derive(Clone, Copy, Default, PartialEq)]
enum NextWord {
    #[default]
    Unknown,
    Chain,
    RuleNumber,
    /// How long to wait for the lock.
    Seconds,
}

#[derive(Default)]
pub(super) struct ListCommand {
    table: Option<String>,
    /// -S rather than -L.
    as_commands: bool,
    asks: bool,
    chain: Option<String>,
    number: Option<usize>,
    numeric: bool,
    verbose: bool,
    line_numbers: bool,
    ipv6: bool,
    asks_version: bool,
    next: NextWord,
}

impl ListCommand {
    fn ask(&mut self, as_commands: bool) {
        (self.asks, self.as_commands, self.next) = (true, as_commands, NextWord::Chain);
    }

    /// A word that is no option: the chain and the number of its rule behind `-L`, seconds behind `-w`.
    fn take_word(&mut self, word: String) -> Result<(), UsageError> {
        match (self.next, word.parse::<usize>()) {
            (NextWord::Seconds, Ok(_)) => self.next = NextWord::Unknown,
            (NextWord::RuleNumber, Ok(number)) => self.number = Some(number),
            _ if self.asks && self.chain.is_none() && word != "!" => {
                (self.chain, self.next) = (Some(word), NextWord::RuleNumber);
            }
            _ => return Err(UsageError::new(2, format!("{word} isn't understood here"))),
        }
        Ok(())
    }
}

/// `iptables -t nat -nvL KUBE-SERVICES`
pub(super) fn list(machine: ToolMachine<'_>, tool: &str, args: &[String]) -> MachineReport {
    // 1. The table and what is asked of it.
    let command = read(tool, args)?;
    let name = command.table.clone().unwrap_or_else(|| "filter".to_owned());
    if !command.asks {
        return Err(UsageError::of_tool(
            2,
            format!(
                "{tool} v1.8.11 (nf_tables): no command specified\nTry `{tool} -h' or '{tool} --help' for more information."
            ),
        ));
    }
    // 2. The table, which may be one that is always empty.
    let (tables, note) = tables(machine, tool)?;
    let Some(table) = tables.iter().find(|table| table.name == name) else {
        if ["raw", "security"].contains(&name.as_str()) {
            return Ok((CommandOutput::default(), Some(note)));
        }
        let why = format!(
            "{tool} v1.8.11 (nf_tables): table '{name}' does not exist\nPerhaps {tool} or your kernel needs to be upgraded."
        );
        return Err(UsageError::of_tool(3, why));
    };
    // 3. Its chains, or the one that is named.
    let mut chains: Vec<&IptablesChain> = table.chains.iter().collect();
    if let Some(chain) = &command.chain {
        chains.retain(|known| known.name == *chain);
        if chains.is_empty() {
            return Err(UsageError::of_tool(1, format!("{tool}: No chain/target/match by that name.")));
        }
    }
    // 4. As commands or as a listing.
    let text = if command.as_commands { commands(&chains, command.ipv6) } else { listing(table, &chains, &command) };
    Ok((CommandOutput::text(text), Some(note)))
}

/// `iptables-save -t nat`
pub(super) fn save(machine: ToolMachine<'_>, tool: &str, args: &[String]) -> MachineReport {
    let (wanted, words) = read_options(&SAVE, tool, args)?;
    if let Some(other) = words.first() {
        return Err(refused(tool, other));
    }
    let (tables, note) = tables(machine, tool)?;
    let tables = tables.iter().filter(|table| wanted.as_deref().is_none_or(|wanted| table.name == wanted));
    let date = crate::terminal::clock::formatted(crate::terminal::session::BEGINNING, "%a %b %e %H:%M:%S %Y");
    let texts = tables.map(|table| {
        let chains = table.chains.iter();
        let heads: String = chains
            .clone()
            .map(|chain| format!(":{} {} [0:0]\n", chain.name, if chain.is_builtin { "ACCEPT" } else { "-" }))
            .collect();
        let rules: String = chains.map(|chain| rules_as_commands(chain, tool.starts_with("ip6"))).collect();
        let name = table.name;
        let first = format!("# Generated by {tool} v1.8.11 (nf_tables) on {date}\n*{name}\n");
        format!("{first}{heads}{rules}COMMIT\n# Completed on {date}\n")
    });
    Ok((CommandOutput::text(texts.collect::<String>()), Some(note)))
}

/// The tables of the machine with what is to be said about them.
fn tables(machine: ToolMachine<'_>, tool: &str) -> Result<(Vec<IptablesTable>, &'static str), UsageError> {
    let ipv6 = tool.starts_with("ip6");
    let Some(node) = machine.node else { return Ok((Vec::new(), OWN_NETWORK)) };
    let proxy = &machine.plane.kube_proxy;
    match proxy.mode() {
        KubeProxyMode::Ipvs => Err(UsageError::new(
            1,
            format!("{tool}: the rules that kube-proxy writes beside ipvs aren't modelled here: `ipvsadm -Ln` is"),
        )),
        mode => {
            let view = NodeView { proxy, cluster: &machine.plane.cluster, node, ipv6 };
            let note = if mode == KubeProxyMode::Nftables { OTHER_MODE } else { NOTE };
            Ok((if mode == KubeProxyMode::Nftables { Vec::new() } else { iptables::tables(view) }, note))
        }
    }
}

fn read(tool: &str, args: &[String]) -> Result<ListCommand, UsageError> {
    let mut command = ListCommand { ipv6: tool.starts_with("ip6"), ..ListCommand::default() };
    LIST.read_with(args, &mut command, ListCommand::take_word).map_err(|error| error.named(tool))?;
    if command.asks_version {
        return Err(UsageError::of_tool(0, format!("{tool} v1.8.11 (nf_tables)")));
    }
    Ok(command)
}

/// -S: policies and chains, then rules.
fn commands(chains: &[&IptablesChain], ipv6: bool) -> String {
    let heads = chains.iter().map(|chain| {
        if chain.is_builtin { format!("-P {} ACCEPT\n", chain.name) } else { format!("-N {}\n", chain.name) }
    });
    heads.chain(chains.iter().map(|chain| rules_as_commands(chain, ipv6))).collect()
}

fn rules_as_commands(chain: &IptablesChain, ipv6: bool) -> String {
    chain.rules.iter().map(|rule| format!("-A {}{}\n", chain.name, rule_as_command(rule, ipv6))).collect()
}

fn rule_as_command(rule: &IptablesRule, ipv6: bool) -> String {
    // 1. Addresses, interface and protocol.
    let mut text = String::new();
    let mut address = |option: &str, given: &Option<AddressMatch>| {
        if let Some(AddressMatch { negated, network }) = given {
            text.push_str(&format!("{} {option} {network}", if *negated { " !" } else { "" }));
        }
    };
    address("-s", &rule.source);
    address("-d", &rule.destination);
    if let Some((negated, interface)) = &rule.interface {
        text.push_str(&format!("{} -i {interface}", if *negated { " !" } else { "" }));
    }
    if let Some(protocol) = rule.protocol {
        text.push_str(&format!(" -p {}", lower(protocol)));
    }
    // 2. Matches.
    for one in &rule.matches {
        text.push_str(&match_as_option(one, rule.protocol, ipv6));
    }
    // 3. The target with its options.
    text.push_str(&match &rule.target {
        None => String::new(),
        Some(RuleTarget::Jump(chain)) => format!(" -j {chain}"),
        Some(RuleTarget::Verdict(verdict)) => format!(" -j {verdict}"),
        Some(RuleTarget::Reject) => format!(" -j REJECT --reject-with {}", unreachable(ipv6)),
        Some(RuleTarget::SetMark) => " -j MARK --set-xmark 0x4000/0x4000".to_owned(),
        Some(RuleTarget::ClearMark) => " -j MARK --set-xmark 0x4000/0x0".to_owned(),
        Some(RuleTarget::Masquerade) => " -j MASQUERADE --random-fully".to_owned(),
        Some(RuleTarget::Dnat(endpoint)) => format!(" -j DNAT --to-destination {endpoint}"),
    });
    text
}

fn match_as_option(one: &PacketCondition, protocol: Option<Protocol>, ipv6: bool) -> String {
    match one {
        PacketCondition::Comment(text) => format!(" -m comment --comment {}", quoted(text)),
        PacketCondition::DestinationPort(port) => {
            let protocol = lower(protocol.unwrap_or_default());
            port.map_or_else(|| format!(" -m {protocol}"), |port| format!(" -m {protocol} --dport {port}"))
        }
        PacketCondition::Random(of) => format!(" -m statistic --mode random --probability {}", probability(*of)),
        PacketCondition::Unmarked => " -m mark ! --mark 0x4000/0x4000".to_owned(),
        PacketCondition::Marked => " -m mark --mark 0x4000/0x4000".to_owned(),
        PacketCondition::State(negated, states) => {
            format!(" -m conntrack{} --ctstate {states}", if *negated { " !" } else { "" })
        }
        PacketCondition::Local(side) => format!(" -m addrtype --{side}-type LOCAL"),
        PacketCondition::Recent(name, seconds) => {
            let check =
                seconds.map_or_else(|| "--set".to_owned(), |seconds| format!("--rcheck --seconds {seconds} --reap"));
            format!(" -m recent {check} --name {name} --mask {} --rsource", mask(ipv6))
        }
    }
}

/// Quotes stand around whatever isn't letters, digits, `_` and `-` (xtables_save_string).
fn quoted(text: &str) -> String {
    if text.chars().all(|letter| letter.is_ascii_alphanumeric() || "_-".contains(letter)) {
        text.to_owned()
    } else {
        format!("\"{text}\"")
    }
}

/// kube-proxy writes ten digits, of which the kernel keeps 31 bits (computeProbability; libxt_statistic).
fn probability(of: usize) -> String {
    let written = (1e10 / of as f64).round() / 1e10;
    let kept = (written * f64::from(0x8000_0000_u32)).round();
    format!("{:.11}", kept / f64::from(0x8000_0000_u32))
}

fn unreachable(ipv6: bool) -> &'static str {
    if ipv6 { "icmp6-port-unreachable" } else { "icmp-port-unreachable" }
}

fn mask(ipv6: bool) -> &'static str {
    if ipv6 { "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" } else { "255.255.255.255" }
}

/// -L: a table of columns for each chain.
fn listing(table: &IptablesTable, chains: &[&IptablesChain], command: &ListCommand) -> String {
    let texts = chains.iter().map(|chain| {
        let rows =
            chain.rules.iter().zip(1..).filter(|(_, number)| command.number.is_none_or(|wanted| wanted == *number));
        let rows: String = rows.map(|(rule, number)| row(rule, number, command)).collect();
        if command.number.is_some() { rows } else { head(table, chain, command) + &rows }
    });
    texts.collect::<Vec<_>>().join(if command.number.is_some() { "" } else { "\n" })
}

fn head(table: &IptablesTable, chain: &IptablesChain, command: &ListCommand) -> String {
    let to_it = RuleTarget::Jump(chain.name.clone());
    let rules = table.chains.iter().flat_map(|chain| &chain.rules);
    let references = rules.filter(|rule| rule.target.as_ref() == Some(&to_it)).count();
    let about = match (chain.is_builtin, command.verbose) {
        (false, _) => format!("{references} references"),
        (true, true) => "policy ACCEPT 0 packets, 0 bytes".to_owned(),
        (true, false) => "policy ACCEPT".to_owned(),
    };
    let numbers = if command.line_numbers { "num  " } else { "" };
    let columns = if command.verbose {
        " pkts bytes target     prot opt in     out     source               destination         "
    } else {
        "target     prot opt source               destination         "
    };
    format!("Chain {} ({about})\n{numbers}{columns}\n", chain.name)
}

fn row(rule: &IptablesRule, number: usize, command: &ListCommand) -> String {
    // 1. The columns: target, protocol, interfaces, addresses.
    let target = match &rule.target {
        None => "",
        Some(RuleTarget::Jump(chain)) => chain,
        Some(RuleTarget::Verdict(verdict)) => verdict,
        Some(RuleTarget::Reject) => "REJECT",
        Some(RuleTarget::SetMark | RuleTarget::ClearMark) => "MARK",
        Some(RuleTarget::Masquerade) => "MASQUERADE",
        Some(RuleTarget::Dnat(_)) => "DNAT",
    };
    let protocol = rule.protocol.map_or_else(|| "all".to_owned(), lower);
    let number = if command.line_numbers { format!("{number:<4} ") } else { String::new() };
    let counters = if command.verbose { "    0     0 " } else { "" };
    let any = if command.numeric { "*" } else { "any" };
    let interface = match (&rule.interface, command.verbose) {
        (_, false) => String::new(),
        (None, true) => format!(" {any:<6} {any:<6} "),
        (Some((negated, name)), true) => {
            format!(" {:<6} {:<6} ", format!("{}{name}", if *negated { "!" } else { "" }), any)
        }
    };
    let (source, destination) = (address(&rule.source, command), address(&rule.destination, command));
    // 2. What else is matched, and what the target takes.
    let ipv6 = command.ipv6;
    let details: String = rule.matches.iter().map(|one| detail(one, rule.protocol, ipv6, command.numeric)).collect();
    let what = match &rule.target {
        Some(RuleTarget::Reject) => format!(" reject-with {}", unreachable(ipv6)),
        Some(RuleTarget::SetMark) => " MARK or 0x4000".to_owned(),
        Some(RuleTarget::ClearMark) => " MARK xor 0x4000".to_owned(),
        Some(RuleTarget::Masquerade) => " random-fully".to_owned(),
        Some(RuleTarget::Dnat(endpoint)) => format!(" to:{endpoint}"),
        _ => String::new(),
    };
    format!("{number}{counters}{target:<9}  {protocol:<4} -- {interface}{source} {destination} {details}{what}\n")
}

/// An address with the sign before it, in 19 columns.
fn address(given: &Option<AddressMatch>, command: &ListCommand) -> String {
    let sign = if given.as_ref().is_some_and(|given| given.negated) { '!' } else { ' ' };
    let text = match given {
        None if command.numeric => (if command.ipv6 { "::/0" } else { "0.0.0.0/0" }).to_owned(),
        None => "anywhere".to_owned(),
        Some(given) if !command.numeric && given.network.to_string() == "127.0.0.0/8" => "loopback/8".to_owned(),
        Some(given) => bare(given.network),
    };
    format!("{sign}{text:<19}")
}

/// A network; a single address without its length.
fn bare(network: IpNet) -> String {
    if network.prefix_len() == network.max_prefix_len() { network.addr().to_string() } else { network.to_string() }
}

fn detail(one: &PacketCondition, protocol: Option<Protocol>, ipv6: bool, numeric: bool) -> String {
    match one {
        PacketCondition::Comment(text) => format!(" /* {text} */"),
        PacketCondition::DestinationPort(port) => {
            let protocol = lower(protocol.unwrap_or_default());
            let named =
                |port: u16| port_name(port).filter(|_| !numeric).map_or_else(|| port.to_string(), str::to_owned);
            port.map_or_else(|| format!(" {protocol}"), |port| format!(" {protocol} dpt:{}", named(port)))
        }
        PacketCondition::Random(of) => format!(" statistic mode random probability {}", probability(*of)),
        PacketCondition::Unmarked => " mark match ! 0x4000/0x4000".to_owned(),
        PacketCondition::Marked => " mark match 0x4000/0x4000".to_owned(),
        PacketCondition::State(negated, states) => format!("{} ctstate {states}", if *negated { " !" } else { "" }),
        PacketCondition::Local(side) => format!(" ADDRTYPE match {side}-type LOCAL"),
        PacketCondition::Recent(name, seconds) => {
            let check = seconds.map_or_else(|| "SET".to_owned(), |seconds| format!("CHECK seconds: {seconds} reap"));
            format!(" recent: {check} name: {name} side: source mask: {}", mask(ipv6))
        }
    }
}
