//! `kubectl exec POD -- COMMAND`: the same command, asked by the pod (pkg/cmd/exec).

use super::flags::{needs_value, unsupported_flag};
use super::kubectl_error;
use crate::cluster::Pod;
use crate::model::Container;
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

/// Names the container that is meant without -c.
const DEFAULT_CONTAINER: &str = "kubectl.kubernetes.io/default-container";

/// Reads a command line; None for everything but `kubectl exec`.
pub fn parse_exec(words: &[String]) -> Result<Option<ExecCommand>, UsageError> {
    let Some((tool, words)) = words.split_first() else { return Ok(None) };
    // What stands behind `--` is the pod's command, and has options of its own.
    let end = words.iter().position(|word| word == "--").unwrap_or(words.len());
    let (own, command) = words.split_at(end);
    let mut reading = ExecOptions::default();
    if tool != "kubectl" || !reading.is_exec(own)? {
        return Ok(None);
    }
    let [object] = &reading.objects[..] else {
        return Err(match reading.objects.is_empty() {
            true => kubectl_error("error: pod, type/name or --filename must be specified"),
            false => kubectl_error(
                "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead.\n\
                 See 'kubectl exec -h' for help and examples",
            ),
        });
    };
    let command = command.get(1..).unwrap_or_default().to_vec();
    if command.is_empty() {
        return Err(kubectl_error("error: you must specify at least one command for the container"));
    }
    let client = match object.contains('/') {
        true => client::parse(object, &reading.namespace),
        false => client::parse(&format!("pod/{object}"), &reading.namespace),
    };
    let ExecOptions { container, quiet, has_terminal, .. } = reading;
    Ok(Some(ExecCommand { client: client?, words: command, has_terminal, container, quiet }))
}

/// The words in front of `--`.
#[derive(Default)]
struct ExecOptions {
    objects: Vec<String>,
    namespace: String,
    container: Option<String>,
    quiet: bool,
    has_terminal: bool,
}

impl ExecOptions {
    /// Whether they are those of `kubectl exec`; then they are read.
    fn is_exec(&mut self, words: &[String]) -> Result<bool, UsageError> {
        self.namespace = "default".to_owned();
        let mut verb = None;
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let (option, inline) = match word.split_once('=') {
                Some((option, value)) if option.starts_with("--") => (option, Some(value.to_owned())),
                _ => (word.as_str(), None),
            };
            let mut value =
                || inline.clone().or_else(|| words.next().cloned()).ok_or_else(|| needs_value(option, option));
            match option {
                "-n" | "--namespace" => self.namespace = value()?,
                "-c" | "--container" => self.container = Some(value()?),
                "-q" | "--quiet" => self.quiet = true,
                "-i" | "--stdin" => {}
                "-t" | "-it" | "-ti" | "--tty" => self.has_terminal = true,
                option if option.starts_with('-') && verb == Some("exec") => return Err(unsupported_flag(option)),
                option if option.starts_with('-') => return Ok(false),
                _ if verb.is_none() => verb = Some(word.as_str()),
                _ => self.objects.push(word.clone()),
            }
        }
        Ok(verb == Some("exec"))
    }
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
        let annotated = pod.annotations.get(DEFAULT_CONTAINER).and_then(|name| by_name(name));
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
