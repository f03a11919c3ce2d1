//! hostname: the name the kubelet gives a pod, or a node's.

use super::{Output, UsageError};
use crate::cluster::Cluster;
use crate::dns::{Asker, pod};

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hostname {
    /// The name.
    Short,
    /// The name with its domain, as /etc/hosts has it.
    Full,
    /// The domain alone.
    Domain,
    /// The addresses.
    Addresses,
}

/// Reads the arguments behind `hostname`.
pub fn parse(args: &[String]) -> Result<Hostname, UsageError> {
    match args {
        [] => Ok(Hostname::Short),
        [option] => match option.as_str() {
            "-s" | "--short" => Ok(Hostname::Short),
            "-f" | "--fqdn" | "--long" => Ok(Hostname::Full),
            "-d" | "--domain" => Ok(Hostname::Domain),
            "-i" | "--ip-address" | "-I" | "--all-ip-addresses" => Ok(Hostname::Addresses),
            option if option.starts_with('-') => {
                Err(UsageError::new(4, format!("hostname: option {option} isn't known here")))
            }
            _ => Err(UsageError::new(1, "hostname: you must be root to change the host name")),
        },
        _ => Err(UsageError::new(4, "Usage: hostname [-s|-f|-d|-i|-I]")),
    }
}

impl Hostname {
    /// What it prints.
    pub fn output(self, cluster: &Cluster, asker: Asker<'_>) -> Output {
        let line = match (self, asker) {
            (Self::Addresses, _) => {
                asker.addresses(cluster).iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
            }
            (_, Asker::Outside) => return Output::default(),
            (Self::Domain, Asker::Node(_)) => return Output { stdout: Some(String::new()), ..Output::default() },
            (_, Asker::Node(node)) => node.name.to_string(),
            (Self::Short, Asker::Pod(pod)) => pod::hostname(cluster, pod),
            (Self::Full, Asker::Pod(pod)) => pod::full_hostname(cluster, pod),
            (Self::Domain, Asker::Pod(pod)) => {
                let full = pod::full_hostname(cluster, pod);
                full.split_once('.').map(|(_, domain)| domain.to_owned()).unwrap_or_default()
            }
        };
        Output { stdout: Some(format!("{line}\n")), ..Output::default() }
    }
}
