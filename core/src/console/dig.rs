//! dig: DNS questions, with BIND's output (bin/dig/dig.c, 9.18).

use super::{Output, UsageError};
use crate::packet::{Answer, EdnsReply, Protocol, Rcode, RecordType};
use crate::request::{Ask, LookupAsk, LookupTool, RequestHost, TransportAsk};
use crate::trace::{LookupFailure, NameLookup, Resolution};

pub mod options;
mod table;
mod message;

/// `dig +short web.default.svc.cluster.local`.
#[derive(Clone, Debug, PartialEq)]
pub struct Dig {
    ask: LookupAsk,
    shown: DigDisplay,
    /// The flag rd: that the server should ask others.
    recurse: bool,
    /// The version of EDNS, of which servers know 0.
    edns_version: u8,
    /// Whether a lower version is taken if the server doesn't know this one.
    negotiates: bool,
    /// The flag do: that signatures are wanted, which CoreDNS repeats.
    dnssec: bool,
    /// The flag cd: that signatures aren't to be checked, which CoreDNS repeats.
    checking_disabled: bool,
    /// Whether TCP or UDP is asked for.
    says_transport: bool,
    /// What goes to standard error before anything else.
    warnings: String,
    /// The arguments as typed, which the banner repeats.
    typed: String,
}

/// Which parts are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DigDisplay {
    short: bool,
    banner: bool,
    comments: bool,
    question: bool,
    answer: bool,
    authority: bool,
    additional: bool,
    statistics: bool,
    ttl: bool,
    /// TTLs as `1h30m`.
    units: bool,
    class: bool,
}

impl DigDisplay {
    const fn all(value: bool) -> Self {
        Self {
            short: false,
            banner: value,
            comments: value,
            question: value,
            answer: value,
            authority: value,
            additional: value,
            statistics: value,
            ttl: true,
            units: false,
            class: true,
        }
    }
}

/// The command while it is read; the name may stand anywhere.
pub struct DigOptions {
    command: Dig,
    name: Option<String>,
}

/// dig offers EDNS with this buffer (DEFAULT_EDNS_VERSION, DEFAULT_EDNS_BUFSIZE).
const TRANSPORT: TransportAsk = TransportAsk { edns: true, buffer: 1232, ..TransportAsk::PLAIN };

/// Reads the arguments behind `dig`. A word that is a type is one, any other is the name, as dig takes them.
pub fn parse(args: &[String]) -> Result<Dig, UsageError> {
    let command = Dig {
        ask: LookupAsk { transport: TRANSPORT, ..LookupAsk::new(LookupTool::Dig) },
        shown: DigDisplay::all(true),
        recurse: true,
        edns_version: 0,
        negotiates: true,
        dnssec: false,
        checking_disabled: false,
        says_transport: false,
        warnings: String::new(),
        typed: args.join(" "),
    };
    let mut options = DigOptions { command, name: None };
    options::OPTIONS.read_with(args, &mut options, DigOptions::take_word)?;
    let DigOptions { command: mut dig, name } = options;
    // Without a name dig asks the root's name servers.
    if name.is_none() && dig.ask.types.is_empty() {
        dig.ask.types = vec![RecordType::Ns];
    }
    // Questions for all types go over TCP (dig.c plus_option, tcp_mode_set).
    if !dig.says_transport {
        dig.ask.transport.tcp = dig.ask.types == [RecordType::Other(255)];
    }
    dig.ask.name = name.unwrap_or_else(|| ".".to_owned());
    Ok(dig)
}

impl DigOptions {
    /// A server, an option behind a plus sign, a type, the class, or else the name.
    fn take_word(&mut self, word: String) -> Result<(), UsageError> {
        if let Some(server) = word.strip_prefix('@') {
            self.command.ask.server = Some(RequestHost::new(server));
        } else if let Some(option) = word.strip_prefix('+') {
            return self.command.plus_option(option);
        } else if let Some(kind) = transfer_of(&word).or_else(|| RecordType::from_text(&word)) {
            self.command.ask.types = vec![kind];
        } else if !word.eq_ignore_ascii_case("IN") {
            return set_name(&mut self.name, word);
        }
        Ok(())
    }
}

/// `IXFR=serial`: what has changed since.
fn transfer_of(word: &str) -> Option<RecordType> {
    let (kind, serial) = word.split_once('=')?;
    let is_transfer = kind.eq_ignore_ascii_case("ixfr") && serial.parse::<u32>().is_ok();
    is_transfer.then_some(RecordType::Other(251))
}

fn set_name(name: &mut Option<String>, word: String) -> Result<(), UsageError> {
    match name.replace(word) {
        None => Ok(()),
        Some(first) => {
            Err(UsageError::new(1, format!("dig: one name at a time is understood here, not `{first}` and another")))
        }
    }
}

impl Dig {
    pub fn ask(&self) -> Ask {
        Ask::Lookup(self.ask.clone())
    }

    /// What it prints. Ids, times and the date are no part of an answer and always the same.
    pub fn output(&self, resolution: &Resolution) -> Output {
        let printed = resolution.lookups.first().map(|lookup| self.print(lookup)).unwrap_or_default();
        Output { stderr: format!("{}{}", self.warnings, printed.stderr), ..printed }
    }

    pub(super) fn print(&self, lookup: &NameLookup) -> Output {
        // 1. What isn't known prints nothing; a server without address is an error.
        if lookup.result == Err(LookupFailure::NotKnown) {
            return Output::default();
        }
        let used = lookup.used.first().and_then(|place| Some((*place, lookup.queries.get(*place)?)));
        let Some((place, query)) = used else {
            let server = self.ask.server.as_ref().map(super::host_text).unwrap_or_default();
            let stderr = format!("dig: couldn't get address for '{server}': not found\n");
            return Output { stdout: Some(String::new()), stderr, exit: 10 };
        };
        // 2. The message that settled it, behind those cut short.
        let before = self.truncated(lookup, place);
        match &query.answer {
            // A refused zone transfer (AXFR, IXFR) leaves one line.
            Ok(answer) if self.transfers() && answer.answers.is_empty() => {
                Output { stdout: Some(self.banner() + "; Transfer failed.\n"), ..Output::default() }
            }
            // CoreDNS knows version 0 alone (pkg/edns Version).
            Ok(_) if self.edns_version > 0 && !self.negotiates => {
                let edns = EdnsReply { buffer: Some(0), ..EdnsReply::default() };
                let answer = Answer { rcode: Rcode::BAD_VERSION, edns, ..Answer::default() };
                Output { stdout: Some(self.full(query, &answer)), ..Output::default() }
            }
            Ok(answer) => {
                let printed = if self.shown.short { message::short(answer) } else { self.full(query, answer) };
                Output { stdout: Some(before + &printed), ..Output::default() }
            }
            Err(failure) => {
                let text = before + &self.unreachable(lookup, query.over, *failure);
                Output { stdout: Some(text), exit: 9, ..Output::default() }
            }
        }
    }

    fn transfers(&self) -> bool {
        matches!(self.ask.types.as_slice(), [RecordType::Other(251 | 252)])
    }

    /// The comment on an answer that didn't fit, if the question has gone again over TCP.
    fn truncated(&self, lookup: &NameLookup, place: usize) -> String {
        let again = lookup.queries.get(place).is_some_and(|query| query.over == Protocol::Tcp);
        let comments = self.shown.comments && !self.shown.short;
        let mut said = String::new();
        if self.edns_version > 0 && self.negotiates && comments {
            said.push_str(";; BADVERS, retrying with EDNS version 0.\n");
        }
        if again && !self.ask.transport.tcp && comments {
            said.push_str(super::TRUNCATED);
        }
        said
    }

    /// Complaints about the way, one per try; then, for UDP, the banner and the verdict.
    fn unreachable(&self, lookup: &NameLookup, over: Protocol, failure: LookupFailure) -> String {
        let errors = super::communication_errors(lookup, &self.ask, failure);
        match over {
            Protocol::Tcp => errors,
            _ => errors + &self.banner() + ";; no servers could be reached\n",
        }
    }

    fn banner(&self) -> String {
        if !self.shown.banner || self.shown.short {
            return String::new();
        }
        let found = if self.ask.server.is_some() { "; (1 server found)\n" } else { "" };
        format!("\n; <<>> DiG 9.18 <<>> {}\n{found};; global options: +cmd\n", self.typed)
    }

    fn full(&self, query: &crate::trace::WireQuery, answer: &crate::packet::Answer) -> String {
        let TransportAsk { edns, buffer, port, .. } = self.ask.transport;
        let server = self.ask.server.as_ref().map(super::host_text);
        let asked = message::Asked {
            edns: edns.then_some(buffer),
            recurse: self.recurse,
            dnssec: self.dnssec,
            checking_disabled: self.checking_disabled,
            server: server.as_deref(),
            port,
        };
        self.banner() + &message::full(query, answer, self.shown, asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn types_names_and_servers_in_any_order() {
        let dig = parse(&words("SRV @10.96.0.10 web +short")).unwrap();
        assert_eq!((dig.ask.types.as_slice(), dig.ask.name.as_str()), (&[RecordType::Srv][..], "web"));
        assert_eq!(dig.ask.server, Some(RequestHost::new("10.96.0.10")));
        assert_eq!(parse(&words("-x 10.96.0.20")).unwrap().ask.name, "20.0.96.10.in-addr.arpa.");
    }

    #[test]
    fn questions_for_all_types_go_over_tcp() {
        let asks_tcp = |line: &str| parse(&words(line)).unwrap().ask.transport.tcp;
        assert!(asks_tcp("web ANY") && asks_tcp("web A +tcp"));
        assert!(!asks_tcp("web ANY +notcp") && !asks_tcp("web A"));
    }

    #[test]
    fn unknown_options_are_refused() {
        for line in ["+trace web", "-k key web", "+foo web", "-p x web", "-c CH web", "-z web", "+time=x web"] {
            assert!(parse(&words(line)).is_err(), "{line}");
        }
        let refused = parse(&words("+foo=1 web")).unwrap_err();
        assert!(refused.by_tool && refused.message.starts_with("Invalid option: +foo=1\nUsage:"));
    }

    #[test]
    fn options_are_abbreviated() {
        let dig = parse(&words("+noall +ans +nottl +retry=0 +bufsize=4096 -x 10.96 web -t FOO"));
        assert!(dig.is_err(), "two names");
        let dig = parse(&words("+noall +ans +nottl +retry=0 +bufsize=4096 -x 10.96 -t FOO")).unwrap();
        assert_eq!(dig.shown, DigDisplay { answer: true, ttl: false, ..DigDisplay::all(false) });
        assert_eq!((dig.ask.transport.tries, dig.ask.transport.buffer), (Some(1), 4096));
        assert_eq!(
            (dig.ask.name.as_str(), dig.warnings.as_str()),
            ("96.10.in-addr.arpa.", ";; Warning, ignoring invalid type FOO\n")
        );
    }
}
