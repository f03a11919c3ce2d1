//! cat: the files that the kubelet writes into a pod, and a node's resolv.conf.

use super::{Output, UsageError};
use crate::cluster::Cluster;
use crate::dns::{DnsClient, pod};

/// `cat /etc/resolv.conf`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatCommand {
    files: Vec<String>,
}

/// Reads the arguments behind `cat`.
pub fn parse(args: &[String]) -> Result<CatCommand, UsageError> {
    if let Some(option) = args.iter().find(|arg| arg.starts_with('-')) {
        let letter = option.chars().nth(1);
        if letter.is_some_and(|letter| letter != '-' && !"AbeEnstTuv".contains(letter)) {
            return Err(UsageError::of_getopt("cat", option, 1));
        }
        return Err(UsageError::new(1, format!("cat: option {option} isn't known here")));
    }
    match args {
        [] => Err(UsageError::new(1, "cat: give a file: /etc/resolv.conf, /etc/hosts or /etc/hostname")),
        files => Ok(CatCommand { files: files.to_vec() }),
    }
}

impl CatCommand {
    /// What it prints. What other files hold isn't known.
    pub fn output(&self, cluster: &Cluster, asker: DnsClient<'_>) -> Output {
        let mut output = Output { stdout: Some(String::new()), ..Output::default() };
        for file in &self.files {
            match kubelet_file(cluster, asker, file) {
                Some(text) => output.stdout = output.stdout.map(|before| before + &text),
                None => {
                    output.stderr.push_str(&format!("cat: {file}: what is in this file isn't known here\n"));
                    output.exit = 1;
                }
            }
        }
        output
    }
}

/// What a file holds that the kubelet or the node's installer wrote; None for any other.
pub fn kubelet_file(cluster: &Cluster, asker: DnsClient<'_>, file: &str) -> Option<String> {
    match (file, asker) {
        ("/etc/resolv.conf", DnsClient::Node(_)) => Some(cluster.settings.node_resolv_conf.to_string()),
        ("/etc/resolv.conf", _) => Some(asker.resolv_conf(cluster).text()),
        ("/etc/hosts", _) => Some(pod::hosts_file(cluster, asker)),
        ("/etc/hostname", DnsClient::Pod(pod)) => Some(format!("{}\n", pod::hostname(cluster, pod))),
        ("/etc/hostname", DnsClient::Node(node)) => Some(format!("{}\n", node.name)),
        _ => None,
    }
}
