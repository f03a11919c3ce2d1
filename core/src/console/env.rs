//! env and printenv: the variables that the kubelet gives a container, and those that its pod sets.

use super::{Output, UsageError};
use crate::cluster::Cluster;
use crate::dns::{DnsClient, pod};

/// `env`, `printenv`, `printenv WEB_SERVICE_HOST`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvCommand {
    names: Vec<String>,
}

/// Reads the arguments behind `env`, which here only lists.
pub fn parse_env(args: &[String]) -> Result<EnvCommand, UsageError> {
    match args.first() {
        None => Ok(EnvCommand::default()),
        Some(option) if is_unknown(option, "i0uCSv") => Err(UsageError::of_getopt("env", option, 125)),
        Some(argument) => Err(UsageError::new(125, format!("env: `{argument}` isn't understood here: env only lists"))),
    }
}

/// Reads the arguments behind `printenv`.
pub fn parse_printenv(args: &[String]) -> Result<EnvCommand, UsageError> {
    match args.iter().find(|arg| arg.starts_with('-')) {
        Some(option) if is_unknown(option, "0") => Err(UsageError::of_getopt("printenv", option, 2)),
        Some(option) => Err(UsageError::new(2, format!("printenv: option {option} isn't known here"))),
        None => Ok(EnvCommand { names: args.to_vec() }),
    }
}

/// Whether a word is a short option that isn't among the tool's.
fn is_unknown(word: &str, known: &str) -> bool {
    let letter = word.strip_prefix('-').and_then(|letters| letters.chars().next());
    letter.is_some_and(|letter| letter != '-' && !known.contains(letter))
}

/// A variable of the client's environment, for `$NAME`.
pub fn environment_variable(cluster: &Cluster, asker: DnsClient<'_>, name: &str) -> Option<String> {
    match asker {
        DnsClient::Pod(pod) => pod::environment(cluster, pod).remove(name),
        DnsClient::Outside | DnsClient::Node(_) => None,
    }
}

impl EnvCommand {
    /// `NAME=VALUE`, or the values of the names given; a name that isn't set makes the exit status 1. What an image itself
    /// sets (PATH …) isn't known and left out.
    pub fn output(&self, cluster: &Cluster, asker: DnsClient<'_>) -> Output {
        let (variables, unknown) = match asker {
            DnsClient::Pod(pod) => (pod::environment(cluster, pod), pod::unknown_variables(cluster, pod)),
            DnsClient::Outside | DnsClient::Node(_) => Default::default(),
        };
        let asked = |name: &String| self.names.is_empty() || self.names.contains(name);
        if unknown.iter().any(asked) {
            return Output::default();
        }
        if self.names.is_empty() {
            let lines = variables.iter().map(|(name, value)| format!("{name}={value}\n"));
            return Output { stdout: Some(lines.collect()), ..Output::default() };
        }
        let values: Vec<&String> = self.names.iter().filter_map(|name| variables.get(name)).collect();
        let missing = values.len() < self.names.len();
        let lines = values.into_iter().map(|value| format!("{value}\n"));
        Output { stdout: Some(lines.collect()), exit: i32::from(missing), ..Output::default() }
    }
}
