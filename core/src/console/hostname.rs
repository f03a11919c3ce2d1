//! hostname: the name the kubelet gives a pod, or a node's.

use super::option::{OptionFault, OptionStyle, OptionTable, ToolOption};
use super::{Output, UsageError};
use crate::cluster::Cluster;
use crate::dns::{DnsClient, pod};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostnameCommand {
    /// The name.
    Short,
    /// The name with its domain, as /etc/hosts has it.
    Full,
    /// The domain alone.
    Domain,
    /// The addresses of its name (`-i`).
    Address,
    /// All addresses (`-I`), each with a blank behind it.
    Addresses,
}

/// What it says how it is used.
const USAGE: &str = "Usage: hostname [-b] {hostname|-F file}         set host name (from file)
       hostname [-a|-A|-d|-f|-i|-I|-s|-y]       display formatted name
       hostname                                 display host name";

pub const OPTIONS: OptionTable<HostnameCommand> = OptionTable {
    options: &[
        ToolOption::switch("-s --short", |shown| *shown = HostnameCommand::Short),
        ToolOption::switch("-f --fqdn --long", |shown| *shown = HostnameCommand::Full),
        ToolOption::switch("-d --domain", |shown| *shown = HostnameCommand::Domain),
        ToolOption::switch("-i --ip-address", |shown| *shown = HostnameCommand::Address),
        ToolOption::switch("-I --all-ip-addresses", |shown| *shown = HostnameCommand::Addresses),
        ToolOption::not_modelled("-a --alias -A --all-fqdns -b --boot -F --file -y --yp --nis"),
    ],
    style: OptionStyle::Gnu,
    refuse: |fault, option| match (fault, option, option.strip_prefix("--")) {
        (_, "-y" | "--yp" | "--nis", _) => UsageError::of_tool(1, "hostname: Local domain name not set"),
        (OptionFault::NotModelled, ..) => UsageError::new(4, format!("hostname: option {option} isn't modelled here")),
        (_, _, Some(_)) => UsageError::of_tool(255, format!("hostname: unrecognized option '{option}'\n{USAGE}")),
        (_, _, None) => {
            let letter = option.trim_start_matches('-');
            UsageError::of_tool(255, format!("hostname: invalid option -- '{letter}'\n{USAGE}"))
        }
    },
};

/// Reads the arguments behind `hostname`.
pub fn parse_hostname(args: &[String]) -> Result<HostnameCommand, UsageError> {
    if args.len() > 1 {
        return Err(UsageError::of_tool(255, USAGE));
    }
    let mut shown = HostnameCommand::Short;
    if OPTIONS.read(args, &mut shown)?.is_empty() {
        Ok(shown)
    } else {
        Err(UsageError::of_tool(1, "hostname: you must be root to change the host name"))
    }
}

impl HostnameCommand {
    /// What it prints.
    pub fn output(self, cluster: &Cluster, asker: DnsClient<'_>) -> Output {
        let line = match (self, asker) {
            (Self::Address | Self::Addresses, _) => {
                asker.addresses(cluster).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
            }
            (_, DnsClient::Outside) => return Output::default(),
            (Self::Domain, DnsClient::Node(_)) => return Output { stdout: Some(String::new()), ..Output::default() },
            (_, DnsClient::Node(node)) => node.name.to_string(),
            (Self::Short, DnsClient::Pod(pod)) => pod::hostname(cluster, pod),
            (Self::Full, DnsClient::Pod(pod)) => pod::full_hostname(cluster, pod),
            (Self::Domain, DnsClient::Pod(pod)) => {
                let full = pod::full_hostname(cluster, pod);
                full.split_once('.').map(|(_, domain)| domain.to_owned()).unwrap_or_default()
            }
        };
        let text = match self {
            // Without a domain there isn't even a line.
            Self::Domain if line.is_empty() => line,
            Self::Addresses => format!("{line} \n"),
            _ => format!("{line}\n"),
        };
        Output { stdout: Some(text), ..Output::default() }
    }
}
