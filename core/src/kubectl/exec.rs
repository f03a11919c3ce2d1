//! `kubectl exec POD -- COMMAND`: the same command, asked by the pod (pkg/cmd/exec).

use super::flags::{self, KubectlVerb, unsupported_flag};
use super::kubectl_error;
use crate::cluster::Pod;
use crate::model::{Container, well_known};
use crate::request::RequestClient;
use crate::terminal::{UsageError, client};

/// A command to run in a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecCommand {
    /// The pod, or the workload whose first pod is meant.
    pub client: RequestClient,
    /// The command.
    pub words: Vec<String>,
    /// -t
    pub has_terminal: bool,
    container: Option<String>,
    quiet: bool,
}

/// Reads a command line; None for everything but `kubectl exec`.
pub fn parse_exec(words: &[String]) -> Result<Option<ExecCommand>, UsageError> {
    // 1. Whether it is `kubectl exec`.
    let Some((tool, args)) = words.split_first() else { return Ok(None) };
    if tool != "kubectl" || !flags::is_verb(args, KubectlVerb::Exec) {
        return Ok(None);
    }
    // 2. Its one object and its command.
    let read = flags::read(args)?;
    if !read.files().is_empty() {
        return Err(unsupported_flag("--filename"));
    }
    let [object] = &read.words[..] else {
        return Err(if read.words.is_empty() {
            kubectl_error("error: pod, type/name or --filename must be specified")
        } else {
            kubectl_error(
                "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\n\
             See 'kubectl exec -h' for help and examples",
            )
        });
    };
    if read.command.is_empty() {
        return Err(kubectl_error("error: you must specify at least one command for the container"));
    }
    // 3. A name alone is a pod's.
    let client = if object.contains('/') {
        client::parse(object, read.namespace())
    } else {
        client::parse(&format!("pod/{object}"), read.namespace())
    };
    Ok(Some(ExecCommand {
        client: client?,
        has_terminal: read.is("tty"),
        container: read.value("container").map(str::to_owned),
        quiet: read.is("quiet"),
        words: read.command,
    }))
}

impl ExecCommand {
    /// The container that is meant, and what kubectl says of its choice before it runs anything (podcmd,
    /// FindOrDefaultContainerByName; registry/core/pod, ExecLocation).
    pub fn container<'p>(&self, pod: &'p Pod) -> Result<(Option<&'p Container>, String), UsageError> {
        let all = || pod.spec.containers.iter().chain(&pod.spec.init_containers);
        let by_name = |name: &str| all().find(|container| &*container.name == name);
        if let Some(name) = &self.container {
            let wrong = || {
                kubectl_error(format!(
                    "Error from server (BadRequest): container {name} is not valid for pod {}",
                    pod.name()
                ))
            };
            return Ok((Some(by_name(name).ok_or_else(wrong)?), String::new()));
        }
        let annotated = pod.annotations.get(well_known::DEFAULT_CONTAINER).and_then(|name| by_name(name));
        let first = pod.spec.containers.first();
        let note = match first {
            Some(first) if annotated.is_none() && !self.quiet && all().count() > 1 => {
                let names = pod.spec.containers.iter().map(|container| container.name.to_string());
                let starters = pod.spec.init_containers.iter().map(|container| format!("{} (init)", container.name));
                let names: Vec<String> = names.chain(starters).collect();
                format!("Defaulted container {:?} out of: {}\n", first.name, names.join(", "))
            }
            _ => String::new(),
        };
        Ok((annotated.or(first), note))
    }
}

/// Behind the command's own output, kubectl says how it ended.
pub fn exec_errors(note: &str, errors: &str, exit: i32) -> String {
    let end = match exit {
        0 => String::new(),
        exit => format!("command terminated with exit code {exit}\n"),
    };
    format!("{note}{errors}{end}")
}
