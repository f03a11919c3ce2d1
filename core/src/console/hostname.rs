//! hostname: the name the kubelet gives a pod, or a node's.

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

/// Reads the arguments behind `hostname`.
pub fn parse_hostname(args: &[String]) -> Result<HostnameCommand, UsageError> {
    match args {
        [] => Ok(HostnameCommand::Short),
        [option] => match option.as_str() {
            "-s" | "--short" => Ok(HostnameCommand::Short),
            "-f" | "--fqdn" | "--long" => Ok(HostnameCommand::Full),
            "-d" | "--domain" => Ok(HostnameCommand::Domain),
            "-i" | "--ip-address" => Ok(HostnameCommand::Address),
            "-I" | "--all-ip-addresses" => Ok(HostnameCommand::Addresses),
            "-y" | "--yp" | "--nis" => Err(UsageError::of_tool(1, "hostname: Local domain name not set")),
            "-a" | "--alias" | "-A" | "--all-fqdns" | "-b" | "--boot" | "-F" | "--file" => {
                Err(UsageError::new(4, format!("hostname: option {option} isn't modelled here")))
            }
            long if long.starts_with("--") => {
                Err(UsageError::of_tool(255, format!("hostname: unrecognized option '{long}'\n{USAGE}")))
            }
            short if short.starts_with('-') => {
                let letter = short.chars().nth(1).unwrap_or('-');
                Err(UsageError::of_tool(255, format!("hostname: invalid option -- '{letter}'\n{USAGE}")))
            }
            _ => Err(UsageError::of_tool(1, "hostname: you must be root to change the host name")),
        },
        _ => Err(UsageError::of_tool(255, USAGE)),
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
