//! nft list: kube-proxy's table on a node (nftables 1.0).

use super::{MachineReport, ToolMachine, option_table, read_options, refused};
use crate::cluster::KubeProxyMode;
use crate::console::option::{OptionStyle, OptionTable, ToolOption};
use crate::service::ruleset::NodeView;
use crate::service::ruleset::nftables::{self, NftChain, NftSet, NftTable, TABLE};
use crate::shell::stream::CommandOutput;
use crate::terminal::UsageError;

const NOTE: &str = "the table of kube-proxy; what network plugins and others write isn't known";
const OTHER_MODE: &str =
    "kube-proxy doesn't run in mode nftables here: `iptables-save` or `ipvsadm -Ln` show its rules";
const OWN_NETWORK: &str = "a pod has a network of its own, without kube-proxy's rules: ask its node";

#[derive(Default)]
pub(super) struct NftOptions {
    /// Without the elements of sets.
    is_terse: bool,
}

pub(super) const NFT: OptionTable<NftOptions> = option_table(
    OptionStyle::Gnu,
    &[
        ToolOption::switch("-t --terse", |options| options.is_terse = true),
        ToolOption::ignored("-n -s --numeric --stateless"),
    ],
);

/// `nft list table ip kube-proxy`
pub(super) fn list(machine: ToolMachine<'_>, tool: &str, args: &[String]) -> MachineReport {
    // 1. What is to be listed.
    let (NftOptions { is_terse }, words) = read_options(&NFT, tool, args)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let ["list", what, rest @ ..] = &words[..] else {
        return Err(UsageError::new(
            2,
            format!("nft: `nft {}` isn't understood here: `nft list …` is", words.join(" ")),
        ));
    };
    // 2. The machine's tables, of one family or both.
    let (tables, note) = tables(machine);
    let parts = |of_table: &dyn Fn(&NftTable) -> String| {
        let (family, rest) = match rest {
            [family @ ("ip" | "ip6"), rest @ ..] => (Some(*family), rest),
            rest => (None, rest),
        };
        let named = tables.iter().filter(|table| family.is_none_or(|family| table.family == family));
        if rest.first().is_some_and(|name| *name != TABLE) { String::new() } else { named.map(of_table).collect() }
    };
    // 3. All of them, or a part.
    let text = match (*what, rest) {
        ("ruleset", _) => parts(&|table| whole(table, is_terse)),
        ("tables", _) => tables.iter().map(|table| format!("table {} {TABLE}\n", table.family)).collect(),
        ("table", [TABLE] | ["ip" | "ip6", TABLE]) => match parts(&|table| whole(table, is_terse)) {
            none if none.is_empty() => return Err(missing()),
            text => text,
        },
        ("chains", _) => parts(&|table| {
            let chains = table.chains.iter().map(|chain| format!("\tchain {} {{\n{}\t}}\n", chain.name, head(chain)));
            within(table, &chains.collect::<String>())
        }),
        ("sets" | "maps", _) => parts(&|table| {
            let sets = table.sets.iter().filter(|set| what.starts_with(set.kind));
            within(table, &sets.map(|set| shown_set(set, is_terse)).collect::<String>())
        }),
        ("chain", [family, TABLE, name]) => {
            let table = tables.iter().find(|table| table.family == *family);
            let found = table.and_then(|table| Some((table, table.chains.iter().find(|chain| chain.name == *name)?)));
            let (table, chain) = found.ok_or_else(missing)?;
            within(table, &shown_chain(chain))
        }
        ("set" | "map", [family, TABLE, name]) => {
            let table = tables.iter().find(|table| table.family == *family);
            let found = table.and_then(|table| Some((table, table.sets.iter().find(|set| set.name == *name)?)));
            let (table, set) = found.ok_or_else(missing)?;
            within(table, &shown_set(set, is_terse))
        }
        ("chain" | "set" | "map" | "table", _) => return Err(missing()),
        (other, _) => return Err(refused(tool, &format!("`list {other}`"))),
    };
    Ok((CommandOutput::text(text), Some(note)))
}

fn missing() -> UsageError {
    UsageError::of_tool(1, "Error: No such file or directory")
}

/// kube-proxy keeps a table for each family, also for one in which the cluster has no addresses.
fn tables(machine: ToolMachine<'_>) -> (Vec<NftTable>, &'static str) {
    let Some(node) = machine.node else { return (Vec::new(), OWN_NETWORK) };
    let proxy = &machine.plane.kube_proxy;
    if proxy.mode() != KubeProxyMode::Nftables {
        return (Vec::new(), OTHER_MODE);
    }
    let view = |ipv6| NodeView { proxy, cluster: &machine.plane.cluster, node, ipv6 };
    ([false, true].into_iter().map(|ipv6| nftables::table(view(ipv6))).collect(), NOTE)
}

fn whole(table: &NftTable, is_terse: bool) -> String {
    let sets = table.sets.iter().map(|set| shown_set(set, is_terse));
    let parts: Vec<String> = sets.chain(table.chains.iter().map(shown_chain)).collect();
    within(table, &format!("\tcomment \"rules for kube-proxy\"\n{}", parts.join("\n")))
}

fn within(table: &NftTable, inside: &str) -> String {
    format!("table {} {TABLE} {{\n{inside}}}\n", table.family)
}

fn shown_chain(chain: &NftChain) -> String {
    let rules: String = chain.rules.iter().map(|rule| format!("\t\t{rule}\n")).collect();
    format!("\tchain {} {{\n{}{rules}\t}}\n", chain.name, head(chain))
}

fn head(chain: &NftChain) -> String {
    chain.head.as_ref().map(|head| format!("\t\t{head}\n")).unwrap_or_default()
}

fn shown_set(set: &NftSet, is_terse: bool) -> String {
    let properties: String = set.properties.iter().map(|property| format!("\t\t{property}\n")).collect();
    let elements: Vec<&str> = set.elements.values().map(String::as_str).collect();
    let elements = match (elements.is_empty(), is_terse) {
        (true, _) | (_, true) => String::new(),
        (false, false) => format!("\t\telements = {{ {} }}\n", joined(set, &elements)),
    };
    format!("\t{} {} {{\n{properties}{elements}\t}}\n", set.kind, set.name)
}

/// Two IPv4 addresses stand in a line, else one element (nftables, calculate_delim).
fn joined(set: &NftSet, elements: &[&str]) -> String {
    let is_plain = set.kind == "set" && elements.iter().all(|element| !element.contains([' ', ':']));
    let per_line = if is_plain { 2 } else { 1 };
    let lines: Vec<String> = elements.chunks(per_line).map(|chunk| chunk.join(", ")).collect();
    lines.join(",\n\t\t\t     ")
}
