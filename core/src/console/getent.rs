//! getent: what the C library knows of a host (glibc's nss/getent.c; of Alpine's own getent, from NetBSD, `hosts`).

use super::option::{OptionFault, OptionStyle, OptionTable, ToolOption};
use super::{Output, UsageError};
use crate::dns::end_of_aliases;
use crate::dns::name::reversed_address;
use crate::packet::{DnsName, RecordData};
use crate::request::{Ask, ClientLibc, LookupAsk, LookupTool};
use crate::trace::{LookupFailure, NameLookup, Resolution, WireQuery};

/// `getent hosts web`.
#[derive(Clone, Debug, PartialEq)]
pub struct Getent {
    ask: LookupAsk,
    /// Whether it is glibc's, whose format is known.
    of_glibc: bool,
}

/// Databases that have nothing to do with hosts.
const OTHER_DATABASES: &[&str] = &[
    "aliases",
    "ethers",
    "group",
    "gshadow",
    "initgroups",
    "netgroup",
    "networks",
    "passwd",
    "protocols",
    "rpc",
    "services",
    "shadow",
];

/// What it says behind a refusal.
const TRY: &str = "Try `getent --help' or `getent --usage' for more information.";

/// getent's options.
pub const OPTIONS: OptionTable<()> = OptionTable {
    options: &[
        // Names in other scripts are encoded unless -i says not to; others don't change.
        ToolOption::ignored("-i --no-idn"),
        ToolOption::not_modelled("-s --service -A --no-addrconfig"),
    ],
    style: OptionStyle::Gnu,
    refuse: |fault, shown| match (fault, shown.strip_prefix("--")) {
        (OptionFault::NotModelled, _) => UsageError::new(1, format!("getent: option {shown} isn't modelled here")),
        (_, Some(_)) => usage_refusal(64, &format!("unrecognized option '{shown}'")),
        (_, None) => usage_refusal(64, &format!("invalid option -- '{}'", shown.trim_start_matches('-'))),
    },
};

fn usage_refusal(exit: i32, what: &str) -> UsageError {
    UsageError::of_tool(exit, format!("getent: {what}\n{TRY}"))
}

/// Reads the arguments behind `getent`.
pub fn parse(args: &[String], libc: ClientLibc) -> Result<Getent, UsageError> {
    let words = OPTIONS.read(args, &mut ())?;
    let [database, keys @ ..] = words.as_slice() else { return Err(usage_refusal(1, "wrong number of arguments")) };
    let tool = match database.as_str() {
        "hosts" => LookupTool::GetentHosts,
        "ahosts" => LookupTool::GetentAhosts,
        "ahostsv4" => LookupTool::GetentAhostsV4,
        "ahostsv6" => LookupTool::GetentAhostsV6,
        other if OTHER_DATABASES.contains(&other) => {
            return Err(UsageError::new(1, format!("getent: the database {other} isn't modelled here")));
        }
        unknown => return Err(UsageError::of_tool(1, format!("Unknown database: {unknown}\n{TRY}"))),
    };
    let [name] = keys else {
        return Err(UsageError::new(
            1,
            format!("getent: give one name behind {database}; lists and several names aren't offered here"),
        ));
    };
    let of_glibc = libc == ClientLibc::Glibc;
    if !of_glibc && tool != LookupTool::GetentHosts {
        return Err(UsageError::new(1, format!("getent: {database} without glibc isn't modelled here; ask hosts")));
    }
    Ok(Getent { of_glibc, ask: LookupAsk { name: name.clone(), ..LookupAsk::new(tool) } })
}

impl Getent {
    pub fn ask(&self) -> Ask {
        Ask::Lookup(self.ask.clone())
    }

    /// What it prints.
    pub fn output(&self, resolution: &Resolution) -> Output {
        resolution.lookups.first().map(|lookup| self.print(lookup)).unwrap_or_default()
    }

    pub(super) fn print(&self, lookup: &NameLookup) -> Output {
        if lookup.result == Err(LookupFailure::NotKnown) {
            return Output::default();
        }
        let text = match self.ask.tool {
            LookupTool::GetentHosts if self.of_glibc => hosts(lookup),
            LookupTool::GetentHosts => hosts_of_musl(lookup),
            _ => ahosts(lookup),
        };
        // Where nothing is found, every getent prints nothing and exits with 2.
        let exit = if text.is_empty() { 2 } else { 0 };
        Output { exit, stdout: Some(text), ..Output::default() }
    }
}

/// `ADDRESS NAME ALIASES`, the address in 15 columns.
fn hosts(lookup: &NameLookup) -> String {
    if !lookup.hosts.is_empty() {
        return lookup
            .hosts
            .iter()
            .map(|entry| format!("{:<15} {}\n", entry.address.to_string(), entry.names.join(" ")))
            .collect();
    }
    let used = lookup.used.first().and_then(|place| lookup.queries.get(*place));
    let Some(query) = used else { return String::new() };
    if let Some(address) = reversed_address(&query.question.name) {
        let names = pointers(query);
        return if names.is_empty() { names } else { format!("{:<15} {names}\n", address.to_string()) };
    }
    let addresses = lookup.result.as_deref().unwrap_or_default();
    let names = canonical_and_aliases(query).join(" ");
    addresses.iter().map(|address| format!("{:<15} {names}\n", address.to_string())).collect()
}

/// `ADDRESS  NAME  NAME TYPED`: the first IPv4 address, in 16 columns, the canonical name, and the aliases, among which musl
/// has the canonical name again and what was typed (gethostbyname_r.c; NetBSD getent, hostsprint).
fn hosts_of_musl(lookup: &NameLookup) -> String {
    if let Some(entry) = lookup.hosts.iter().find(|entry| entry.address.is_ipv4()) {
        let name = entry.names.first().cloned().unwrap_or_default();
        return musl_line(entry.address, &name, &lookup.name);
    }
    let used = lookup.used.first().and_then(|place| lookup.queries.get(*place));
    let Some(query) = used else { return String::new() };
    if let Some(address) = reversed_address(&query.question.name) {
        let names = pointers(query);
        return if names.is_empty() { names } else { musl_line(address, &names, &names) };
    }
    let addresses = lookup.result.as_deref().unwrap_or_default();
    let first = addresses.iter().find(|address| address.is_ipv4());
    first.map(|address| musl_line(*address, canonical(query).as_str(), &lookup.name)).unwrap_or_default()
}

fn musl_line(address: std::net::IpAddr, canonical: &str, typed: &str) -> String {
    let typed = if typed == canonical { String::new() } else { format!(" {typed}") };
    format!("{:<16}  {canonical}  {canonical}{typed}\n", address.to_string())
}

fn pointers(query: &WireQuery) -> String {
    let records = query.answer.as_ref().map(|answer| answer.answers.as_slice()).unwrap_or_default();
    let names = records.iter().filter_map(|record| match &record.data {
        RecordData::Ptr(name) => Some(name.as_str()),
        _ => None,
    });
    names.collect::<Vec<_>>().join(" ")
}

/// The name at the end of the aliases first, then those that led there.
fn canonical_and_aliases(query: &WireQuery) -> Vec<String> {
    let records = query.answer.as_ref().map(|answer| answer.answers.as_slice()).unwrap_or_default();
    let aliases = records.iter().filter(|record| matches!(record.data, RecordData::Cname(_)));
    let mut names = vec![canonical(query).as_str().to_owned()];
    names.extend(aliases.map(|record| record.name.as_str().to_owned()));
    names
}

fn canonical(query: &WireQuery) -> DnsName {
    match &query.answer {
        Ok(answer) => end_of_aliases(&query.question.name, answer),
        Err(_) => query.question.name.clone(),
    }
}

/// Three lines per address, one per socket type; the first line has the canonical name.
fn ahosts(lookup: &NameLookup) -> String {
    let addresses = lookup.result.as_deref().unwrap_or_default();
    let used = lookup.used.first().and_then(|place| lookup.queries.get(*place));
    let of_hosts = lookup.hosts.first().and_then(|entry| entry.names.first().cloned());
    let canonical =
        of_hosts.or(used.map(|query| canonical(query).as_str().to_owned())).unwrap_or_else(|| lookup.name.clone());
    let lines = addresses.iter().enumerate().flat_map(|(place, address)| {
        let name = if place == 0 { canonical.as_str() } else { "" };
        [("STREAM", name), ("DGRAM", ""), ("RAW", "")]
            .map(|(kind, name)| format!("{:<15} {kind:<6} {name}\n", address.to_string()))
    });
    lines.collect()
}
