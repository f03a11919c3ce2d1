//! Command lines: what somebody types, the request it makes, and what the tool prints.
//!
//! Each tool has a file: its options, read as the tool reads them, and its output and exit status for an answer. An
//! option we don't know is refused by name, never ignored.

use crate::change::Change;
use crate::diagnostic::Severity;
use crate::dns::DnsClient;
use crate::explain::{self, Language};
use crate::manifest::Manifests;
use crate::packet::Protocol;
use crate::request::{Ask, ClientLibc, HttpAsk, LookupAsk, Request, RequestClient, RequestHost};
use crate::source::ObjectRef;
use crate::tally::{self, RequestSeries};
use crate::terminal::Session;
use crate::trace::{LookupFailure, NameLookup, PacketDecision, ProcessDelivery, Resolution, WireQuery};
use crate::walk::{ClientError, DataPlane};

pub use crate::terminal::{Output, UsageError, client};
use certificate::CertificateCheck;

pub mod option;
pub mod addresses;
pub mod port_name;
pub mod nc;
pub mod ping;
pub mod telnet;
pub mod url;
mod certificate;
pub(crate) mod served;
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

/// What came of a command.
#[derive(Clone, Debug)]
pub struct CommandRun {
    /// The answer; None for a command that asks the network nothing.
    pub resolution: Option<Resolution>,
    /// What the tool prints.
    pub output: Output,
    /// What it changes in the manifests; whoever holds them makes the changes.
    pub changes: Vec<Change>,
    /// Files that it writes where it runs.
    pub files: Vec<WrittenFile>,
    /// What we have to say beside the tools.
    pub notes: Vec<String>,
    /// The answer if the client trusted the certificate that it doesn't trust.
    pub trusting: Option<Resolution>,
    /// What an editor would be opened with: `kubectl edit`.
    pub opened: Option<ObjectRef>,
}

/// A file that a tool writes: its path, and its text where that is known.
pub type WrittenFile = (String, Option<String>);

/// A server as it was typed.
fn host_text(host: &RequestHost) -> String {
    match host {
        RequestHost::Address(address) => address.to_string(),
        RequestHost::Name(name) => name.clone(),
    }
}

/// What glibc says of a name that leads nowhere (gai_strerror): of one that is not there, or of a lookup in vain.
fn name_error(resolution: &Resolution) -> &'static str {
    use LookupFailure::{NoData, Refused, TimedOut, TryAgain};
    let last = resolution.landings.first().and_then(|landing| landing.trail.last());
    match last.map(|hop| &hop.decision) {
        Some(PacketDecision::Unresolved(TryAgain | TimedOut | Refused)) => "Temporary failure in name resolution",
        Some(PacketDecision::Unresolved(NoData)) => "No address associated with hostname",
        _ => "Name or service not known",
    }
}

/// What BIND's tools say of an answer that they ask for again.
const TRUNCATED: &str = ";; Truncated, retrying in TCP mode.\n";

/// What BIND's tools say of a try that brought no answer: over UDP of the packet, over TCP of the connection and the name
/// as typed, with the verdict each time (dighost.c recv_done, tcp_connected).
fn communication_error(query: &WireQuery, ask: &LookupAsk, failure: LookupFailure) -> String {
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
fn communication_errors(lookup: &NameLookup, ask: &LookupAsk, failure: LookupFailure) -> String {
    let tries = lookup.queries.iter().filter(|query| query.answer == Err(failure));
    tries.map(|query| communication_error(query, ask, failure)).collect()
}

/// A command that is understood: one that asks the network, or one that only looks.
enum ConsoleTool {
    Asking(Ask, CertificateCheck, Box<AnswerPrinter>),
    Looking(Box<ClusterPrinter>),
}

/// Prints an answer as the tool does.
type AnswerPrinter = dyn Fn(&ConsoleView<'_>, &Resolution) -> (Output, Vec<WrittenFile>);

/// Prints what a tool sees of the cluster from where it runs.
type ClusterPrinter = dyn Fn(&DataPlane, DnsClient<'_>) -> Output;

/// What a command sees.
#[derive(Clone, Copy, Debug)]
pub struct ConsoleView<'v> {
    /// What was pasted.
    pub manifests: &'v Manifests,
    /// What follows from it.
    pub plane: &'v DataPlane,
    /// What the terminal remembers.
    pub session: &'v Session,
    /// Who runs it.
    pub client: &'v RequestClient,
    /// Whose rules names are looked up by; None: those of the client's image.
    pub libc: Option<ClientLibc>,
    /// Whether what is printed goes to a terminal, rather than into a pipe, a file or a stream of kubectl.
    pub is_terminal: bool,
}

/// Runs a tool. An error is what the tool says before anything is sent.
pub fn run_tool(view: &ConsoleView<'_>, words: &[String]) -> Result<CommandRun, UsageError> {
    // 1. Who asks, and the words with their addresses filled in.
    let sender = view.plane.sender(view.client).map_err(|ClientError(message)| UsageError::new(1, message))?;
    let words = words.iter().map(|word| addresses::replace(view.plane, word)).collect::<Result<Vec<_>, _>>();
    let words = words.map_err(|error| with_refused_ingress(view.manifests, error))?;
    let libc = view.libc.unwrap_or_else(|| sender.libc());
    // 2. The tool, which looks at something or asks.
    match parse_tool(&words, libc)? {
        ConsoleTool::Looking(output) => {
            let output = output(view.plane, sender.origin.asker());
            Ok(CommandRun {
                resolution: None,
                output,
                changes: Vec::new(),
                files: Vec::new(),
                notes: Vec::new(),
                trusting: None,
                opened: None,
            })
        }
        // A backslash in a name takes the meaning from the character behind it (RFC 1035 5.1).
        ConsoleTool::Asking(Ask::Lookup(ask), ..) if ask.name.contains('\\') => {
            Err(UsageError::new(2, format!("`{}`: backslashes in names aren't modelled here", ask.name)))
        }
        ConsoleTool::Asking(ask, check, output) => {
            // 3. A connection to a forwarded port begins in the pod that it leads to.
            let (from, ask) = follow_port_forward(view, ask);
            let sender = view.plane.sender(&from).map_err(|ClientError(message)| UsageError::new(1, message))?;
            let resolution = view.plane.resolve(&sender, &Request { from, ask, libc });
            // 4. What it prints of where the answer came from.
            let (output, files) = output(view, &draw_landing(view, &resolution));
            let mut notes = answered_by(&resolution, &output);
            if output.stdout.is_some() && words.iter().any(|word| word.contains("%{time_")) {
                notes.push("times are those of a clock that only `sleep` moves".to_owned());
            }
            let (resolution, trusting) =
                match certificate::broken_off(&resolution, check, view.plane.cluster.unread.secrets(None)) {
                    Some(broken_off) => (broken_off, Some(resolution)),
                    None => (resolution, None),
                };
            let (changes, opened) = (Vec::new(), None);
            Ok(CommandRun { output, resolution: Some(resolution), changes, files, notes, trusting, opened })
        }
    }
}

/// What only a shell understands.
const SHELL: &[char] = &['|', '&', ';', '<', '>', '(', ')', '$', '`', '\\', '\n', '#', '*', '?', '[', '{', '~', '!'];

/// Runs one tool, typed without anything for a shell. None for every other line, kubectl's among them: those are the shell's.
/// A program that calls this alone carries neither.
pub fn ask(
    manifests: &Manifests,
    plane: &DataPlane,
    client: &RequestClient,
    line: &str,
) -> Option<Result<CommandRun, UsageError>> {
    let line = match addresses::replace(plane, line) {
        Ok(line) => line,
        Err(error) => return Some(Err(with_refused_ingress(manifests, error))),
    };
    let words = plain_words(&line)?;
    let name = words.first()?;
    if name == "kubectl" || !TOOLS.iter().any(|tool| tool.name == name) {
        return None;
    }
    let session = Session::default();
    let view = ConsoleView { manifests, plane, session: &session, client, libc: None, is_terminal: true };
    // curl's files and further requests are the shell's.
    Some(run_tool(&view, &words)).filter(|ran| name != "curl" || !ran.as_ref().is_err_and(|error| !error.by_tool))
}

/// Where nobody serves an Ingress, perhaps none got past the API server: then its words are what matters.
fn with_refused_ingress(manifests: &Manifests, error: UsageError) -> UsageError {
    let refused = manifests.diagnostics.iter().find(|found| {
        let is_ingress = found.object.as_ref().is_some_and(|object| &*object.kind == "Ingress");
        is_ingress && found.problem.severity() == Severity::Error
    });
    let Some(refused) = refused.filter(|_| error.message.starts_with("INGRESS: there is no")) else { return error };
    let about = refused.object.as_ref().map(crate::source::ObjectRef::lowercase).unwrap_or_default();
    let words = explain::diagnostic::message(refused, Language::English);
    UsageError { message: format!("{}: {about} is refused: {words}", error.message), ..error }
}

/// Words between spaces, with what stands in quotes as it is; None where a shell would do more.
fn plain_words(line: &str) -> Option<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    let mut quote = None;
    let mut between = true;
    for letter in line.trim().chars() {
        match quote {
            Some(open) if letter == open => quote = None,
            Some('"') if matches!(letter, '$' | '`' | '\\') => return None,
            None if SHELL.contains(&letter) => return None,
            None if letter == ' ' => between = true,
            _ => {
                if std::mem::take(&mut between) {
                    words.push(String::new());
                }
                if quote.is_none() && matches!(letter, '"' | '\'') {
                    quote = Some(letter);
                } else if let Some(word) = words.last_mut() {
                    word.push(letter);
                }
            }
        }
    }
    quote.is_none().then_some(words)
}

/// A connection to a forwarded port begins in the pod that it leads to.
fn follow_port_forward(view: &ConsoleView<'_>, ask: Ask) -> (RequestClient, Ask) {
    let forward = match &ask {
        Ask::Http(ask) => view.session.forwarded(view.client, &ask.host, ask.port),
        Ask::Connect { host, port, .. } => view.session.forwarded(view.client, host, *port),
        Ask::Ping { .. } | Ask::Lookup(_) => None,
    };
    let Some(forward) = forward else { return (view.client.clone(), ask) };
    let (namespace, name) = forward.pod.split_once('/').unwrap_or(("default", &forward.pod));
    let from = RequestClient::Pod { namespace: namespace.into(), name: name.into() };
    let host = RequestHost::Address(forward.address);
    let ask = match ask {
        Ask::Http(http) => Ask::Http(HttpAsk { host, port: forward.port, ..http }),
        Ask::Connect { protocol, family, .. } => Ask::Connect { protocol, host, family, port: forward.port },
        other => other,
    };
    (from, ask)
}

/// The answer as one request meets it: of several ways to end, the one that is drawn for this request of the client.
pub(crate) fn draw_landing(view: &ConsoleView<'_>, resolution: &Resolution) -> Resolution {
    let before = view.session.requests.get(view.client).copied().unwrap_or_default() % DRAWS;
    let series = RequestSeries { requests: before + 1, one_connection: false };
    let landing = if resolution.landings.len() > 1 { tally::arrivals(resolution, series).pop() } else { None };
    let landing = landing.and_then(|landing| resolution.landings.get(landing)).cloned();
    match landing {
        Some(landing) => Resolution { landings: vec![landing], ..resolution.clone() },
        None => resolution.clone(),
    }
}

/// After so many requests the draws begin anew.
const DRAWS: u32 = 256;

/// Whose answer it is, where what it says isn't known.
fn answered_by(resolution: &Resolution, output: &Output) -> Vec<String> {
    if output.stdout.is_some() {
        return Vec::new();
    }
    let mut pods: Vec<String> = Vec::new();
    for landing in &resolution.landings {
        if let Some(PacketDecision::Deliver(ProcessDelivery { pod: Some(pod), .. })) =
            landing.trail.last().map(|hop| &hop.decision)
        {
            pods.push(pod.qualified_name());
        }
    }
    match &pods[..] {
        [] => Vec::new(),
        [pod] => vec![format!("the answer is the own one of pod {pod}")],
        [pod, ..] => vec![format!("the answer is the own one of a pod: {pod}, or one of {} others", pods.len() - 1)],
    }
}

/// Makes an asking tool of what its file reads.
macro_rules! asking {
    ($read:expr) => {{
        let tool = $read?;
        let ask = tool.ask();
        let print = Box::new(move |_: &ConsoleView<'_>, resolution: &Resolution| (tool.output(resolution), Vec::new()));
        Ok(ConsoleTool::Asking(ask, CertificateCheck::Nothing, print))
    }};
}

/// The same of a tool that shows what a server answers, and may keep it.
macro_rules! fetching {
    ($read:expr) => {{
        let tool = $read?;
        let (ask, check) = (tool.ask(), tool.check());
        let print = Box::new(move |view: &ConsoleView<'_>, resolution: &Resolution| {
            (tool.output(view, resolution), tool.files(view, resolution))
        });
        Ok(ConsoleTool::Asking(ask, check, print))
    }};
}

/// Makes a looking tool of what its file reads.
macro_rules! looking {
    ($read:expr) => {{
        let tool = $read?;
        Ok(ConsoleTool::Looking(Box::new(move |plane, asker| tool.output(&plane.cluster, asker))))
    }};
}

/// A tool, and all that is asked about it.
pub struct ToolEntry {
    /// As one types it.
    pub name: &'static str,
    /// Other names of the same.
    also: &'static [&'static str],
    /// Its options as one types them: for completion, and for the list of what is modelled.
    pub options: fn() -> Vec<&'static str>,
    /// Reads the words behind its name.
    parse: fn(&[String], ClientLibc) -> Result<ConsoleTool, UsageError>,
}

/// The tools that are understood. kubectl has tables of its own, and the shell runs it.
pub const TOOLS: &[ToolEntry] = &[
    ToolEntry { name: "cat", also: &[], options: Vec::new, parse: |args, _| looking!(cat::parse(args)) },
    ToolEntry {
        name: "curl",
        also: &[],
        options: || curl::options::OPTIONS.listed(),
        parse: |args, _| fetching!(curl::parse_curl(args)),
    },
    ToolEntry {
        name: "dig",
        also: &[],
        options: dig::options::listed_options,
        parse: |args, _| asking!(dig::parse(args)),
    },
    ToolEntry { name: "env", also: &[], options: Vec::new, parse: |args, _| looking!(env::parse_env(args)) },
    ToolEntry {
        name: "getent",
        also: &[],
        options: || getent::OPTIONS.listed(),
        parse: |args, libc| asking!(getent::parse(args, libc)),
    },
    ToolEntry {
        name: "grpcurl",
        also: &[],
        options: || grpcurl::OPTIONS.listed(),
        parse: |args, _| asking!(grpcurl::parse_grpcurl(args)),
    },
    ToolEntry {
        name: "host",
        also: &[],
        options: || host::OPTIONS.listed(),
        parse: |args, _| asking!(host::parse(args)),
    },
    ToolEntry {
        name: "hostname",
        also: &[],
        options: || hostname::OPTIONS.listed(),
        parse: |args, _| looking!(hostname::parse_hostname(args)),
    },
    ToolEntry { name: "kubectl", also: &[], options: Vec::new, parse: |_, _| Err(not_understood("kubectl")) },
    ToolEntry {
        name: "nc",
        also: &["ncat", "netcat"],
        options: || nc::OPTIONS.listed(),
        parse: |args, _| asking!(nc::parse_nc(args)),
    },
    ToolEntry {
        name: "nslookup",
        also: &[],
        options: || nslookup::OPTIONS.listed(),
        parse: |args, libc| asking!(nslookup::parse(args, libc)),
    },
    ToolEntry {
        name: "ping",
        also: &[],
        options: || ping::OPTIONS.listed(),
        parse: |args, _| asking!(ping::parse_ping(args)),
    },
    ToolEntry { name: "printenv", also: &[], options: Vec::new, parse: |args, _| looking!(env::parse_printenv(args)) },
    ToolEntry {
        name: "telnet",
        also: &[],
        options: || telnet::OPTIONS.listed(),
        parse: |args, _| asking!(telnet::parse_telnet(args)),
    },
    ToolEntry {
        name: "wget",
        also: &[],
        options: || wget::options::OPTIONS.listed(),
        parse: |args, libc| fetching!(wget::parse_wget(args, libc)),
    },
];

pub fn find_tool(name: &str) -> Option<&'static ToolEntry> {
    TOOLS.iter().find(|tool| tool.name == name || tool.also.contains(&name))
}

/// What the shell says of a word that is no tool.
fn not_understood(name: &str) -> UsageError {
    let tools: Vec<&str> = TOOLS.iter().map(|tool| tool.name).collect();
    UsageError::new(127, format!("`{name}` is not available here. Available: {}", tools.join(", ")))
}

/// Reads a command's words.
fn parse_tool(words: &[String], libc: ClientLibc) -> Result<ConsoleTool, UsageError> {
    let (name, args) = words.split_first().ok_or_else(|| UsageError::new(2, "type a command"))?;
    let tool = find_tool(name).ok_or_else(|| not_understood(name))?;
    (tool.parse)(args, libc)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_option_that_a_tool_does_not_have_is_refused() {
        for tool in TOOLS {
            let args = ["--no-such-option", "a"].map(str::to_owned);
            // BIND's nslookup complains and goes on without it.
            let is_taken = (tool.parse)(&args, ClientLibc::Glibc).is_ok();
            assert_eq!(is_taken, tool.name == "nslookup", "{}", tool.name);
        }
    }

    #[test]
    fn an_option_stands_once_in_its_table() {
        for tool in TOOLS {
            let options = (tool.options)();
            let mut once = options.clone();
            once.dedup();
            assert_eq!(once, options, "{}", tool.name);
        }
    }
}
