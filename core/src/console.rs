//! Command lines: what somebody types, the request it makes, and what the tool prints.
//!
//! Each tool has a file: its options, read as the tool reads them, and its output and exit status for an answer. An
//! option we don't know is refused by name, never ignored.

use crate::change::Change;
use crate::dns::Asker;
use crate::kubectl;
use crate::manifest::Manifests;
use crate::packet::Protocol;
use crate::request::{Ask, Client, Host, Libc, LookupAsk, Request};
use crate::trace::{Lookup, LookupFailure, Query, Resolution};
use crate::walk::{ClientError, DataPlane, Origin, Sender};

pub use crate::terminal::{Output, UsageError, client};

pub mod words;
pub mod addresses;
pub mod nc;
pub mod ping;
pub mod telnet;
pub mod url;
mod arguments;
pub mod curl;
pub mod wget;
pub mod grpcurl;
pub mod dig;
pub mod nslookup;
pub mod host;
pub mod getent;
pub mod hostname;
pub mod cat;
pub mod env;
pub mod options;
pub mod completion;

/// What came of a command.
#[derive(Clone, Debug)]
pub struct Run {
    /// The answer; None for a command that asks the network nothing.
    pub resolution: Option<Resolution>,
    /// What the tool prints.
    pub output: Output,
    /// What it changes in the manifests; whoever holds them makes the changes.
    pub changes: Vec<Change>,
}

/// A server as it was typed.
fn host_text(host: &Host) -> String {
    match host {
        Host::Address(address) => address.to_string(),
        Host::Name(name) => name.clone(),
    }
}

/// What BIND's tools say of an answer that they ask for again.
const TRUNCATED: &str = ";; Truncated, retrying in TCP mode.\n";

/// What BIND's tools say of a try that brought no answer: over UDP of the packet, over TCP of the connection and the name
/// as typed, with the verdict each time (dighost.c recv_done, tcp_connected).
fn communication_error(query: &Query, ask: &LookupAsk, failure: LookupFailure) -> String {
    let why = if failure == LookupFailure::Refused { "connection refused" } else { "timed out" };
    let (address, port) = (query.server, ask.transport.port);
    if query.over != Protocol::Tcp {
        return format!(";; communications error to {address}#{port}: {why}\n");
    }
    let server = ask.server.as_ref().map_or_else(|| address.to_string(), host_text);
    let name = &ask.name;
    format!(";; Connection to {address}#{port}({server}) for {name} failed: {why}.\n;; no servers could be reached\n")
}

/// The same for every such try of a lookup.
fn communication_errors(lookup: &Lookup, ask: &LookupAsk, failure: LookupFailure) -> String {
    let tries = lookup.queries.iter().filter(|query| query.answer == Err(failure));
    tries.map(|query| communication_error(query, ask, failure)).collect()
}

/// A command that is understood: one that asks the network, one that only looks, or one that asks the API server.
enum Tool {
    Asking(Ask, Box<Print>),
    Looking(Box<Look>),
    Kubectl(Box<kubectl::Kubectl>),
}

/// Prints an answer as the tool does.
type Print = dyn Fn(&Resolution) -> Output;

/// Prints what a tool sees of the cluster from where it runs.
type Look = dyn Fn(&DataPlane, Asker<'_>) -> Output;

/// The commands that are understood, for completion and messages.
pub const TOOLS: &[&str] = &[
    "cat", "curl", "dig", "env", "getent", "grpcurl", "host", "hostname", "kubectl", "nc", "nslookup", "ping",
    "printenv", "telnet", "wget",
];

/// Runs a command line as a client. An error is what the shell, the tool or kubectl says before anything is sent.
pub fn run(
    manifests: &Manifests,
    plane: &DataPlane,
    client: &Client,
    line: &str,
    libc: Option<Libc>,
) -> Result<Run, UsageError> {
    let sender = sender(plane, client)?;
    let line = addresses::replace(plane, line)?;
    let line = words::split(&line, &|name| env::variable(&plane.cluster, sender.origin.asker(), name))?;
    let run = match kubectl::exec::parse(&line.words)? {
        Some(exec) => run_in_pod(manifests, plane, &exec, libc)?,
        None => run_words(manifests, plane, client, &sender, &line.words, libc)?,
    };
    Ok(Run { output: line.pipe(run.output), ..run })
}

fn sender<'p>(plane: &'p DataPlane, client: &Client) -> Result<Sender<'p>, UsageError> {
    plane.sender(client).map_err(|ClientError(message)| UsageError::new(1, message))
}

/// `kubectl exec`: the pod is the client.
fn run_in_pod(
    manifests: &Manifests,
    plane: &DataPlane,
    exec: &kubectl::exec::Exec,
    libc: Option<Libc>,
) -> Result<Run, UsageError> {
    let sender = sender(plane, &exec.client).map_err(|UsageError { message, .. }| UsageError::of_tool(1, message))?;
    let (container, note) = match sender.origin {
        Origin::Pod(pod) => exec.container(pod)?,
        Origin::Node(_) | Origin::Outside => (None, String::new()),
    };
    let libc = libc.or_else(|| container.map(|container| Libc::of_image(&container.image)));
    let run = run_words(manifests, plane, &exec.client, &sender, &exec.words, libc)?;
    Ok(Run { output: kubectl::exec::ended(&note, run.output), ..run })
}

fn run_words(
    manifests: &Manifests,
    plane: &DataPlane,
    client: &Client,
    sender: &Sender<'_>,
    words: &[String],
    libc: Option<Libc>,
) -> Result<Run, UsageError> {
    let libc = libc.unwrap_or_else(|| sender.libc());
    match tool(words, libc)? {
        Tool::Looking(output) => {
            Ok(Run { resolution: None, output: output(plane, sender.origin.asker()), changes: Vec::new() })
        }
        Tool::Kubectl(kubectl) => {
            let (output, changes) = kubectl.run(kubectl::View { manifests, cluster: &plane.cluster })?;
            Ok(Run { resolution: None, output, changes })
        }
        // A backslash in a name takes the meaning from the character behind it (RFC 1035 5.1).
        Tool::Asking(Ask::Lookup(ask), _) if ask.name.contains('\\') => {
            Err(UsageError::new(2, format!("`{}`: backslashes in names aren't modelled here", ask.name)))
        }
        Tool::Asking(ask, output) => {
            let resolution = plane.resolve(sender, &Request { from: client.clone(), ask, libc });
            Ok(Run { output: output(&resolution), resolution: Some(resolution), changes: Vec::new() })
        }
    }
}

/// Makes an asking tool of what its file reads.
macro_rules! asking {
    ($read:expr) => {{
        let tool = $read?;
        Ok(Tool::Asking(tool.ask(), Box::new(move |resolution| tool.output(resolution))))
    }};
}

/// Makes a looking tool of what its file reads.
macro_rules! looking {
    ($read:expr) => {{
        let tool = $read?;
        Ok(Tool::Looking(Box::new(move |plane, asker| tool.output(&plane.cluster, asker))))
    }};
}

/// Reads a command's words.
fn tool(words: &[String], libc: Libc) -> Result<Tool, UsageError> {
    let (name, args) = words.split_first().ok_or_else(|| UsageError::new(2, "type a command"))?;
    match name.as_str() {
        "cat" => looking!(cat::parse(args)),
        "curl" => asking!(curl::parse(args)),
        "dig" => asking!(dig::parse(args)),
        "env" => looking!(env::parse_env(args)),
        "getent" => asking!(getent::parse(args, libc)),
        "grpcurl" => asking!(grpcurl::parse(args)),
        "host" => asking!(host::parse(args)),
        "hostname" => looking!(hostname::parse(args)),
        "kubectl" => Ok(Tool::Kubectl(Box::new(kubectl::parse(args)?))),
        "nc" | "ncat" | "netcat" => asking!(nc::parse(args)),
        "nslookup" => asking!(nslookup::parse(args, libc)),
        "ping" => asking!(ping::parse(args)),
        "printenv" => looking!(env::parse_printenv(args)),
        "telnet" => asking!(telnet::parse(args)),
        "wget" => asking!(wget::parse(args)),
        _ => Err(UsageError::new(127, format!("`{name}` isn't understood here; these are: {}", TOOLS.join(", ")))),
    }
}
