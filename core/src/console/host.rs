//! host: a name's addresses and mail servers, or an address' name (bin/dig/host.c).

use super::option::{OptionFault, OptionStyle, OptionTable, ToolOption};
use super::{Output, UsageError};
use crate::dns::name::reverse_name;
use crate::packet::{Protocol, Rcode, RecordData, RecordType};
use crate::request::{Ask, LookupAsk, LookupTool, RequestHost as Server};
use crate::trace::{LookupFailure, NameLookup, Resolution, WireQuery};

/// `host -t SRV web`.
#[derive(Clone, Debug, PartialEq)]
pub struct Host {
    ask: LookupAsk,
}

/// The first line of what it says.
const USAGE: &str = "Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]\n            [-R number] [-m flag] [-p port] hostname [server]";

/// host's options: letters, of which several may stand in one word.
pub const OPTIONS: OptionTable<LookupAsk> = OptionTable {
    options: &[
        ToolOption::ignored("-4 -r -U -w"),
        ToolOption::switch("-T", |ask| ask.transport.tcp = true),
        ToolOption::checked("-c -N -p -R -t -W", with_value),
        ToolOption::not_modelled("-6 -a -A -C -d -i -l -m -s -v -V"),
    ],
    style: OptionStyle::Gnu,
    refuse: |fault, shown| {
        let letter = shown.chars().nth(1).unwrap_or('-');
        match fault {
            OptionFault::NotModelled => UsageError::new(1, format!("host: option {shown} isn't modelled here")),
            OptionFault::NoValue => UsageError::of_tool(1, format!("host: option requires an argument -- {letter}")),
            OptionFault::Unknown => UsageError::of_tool(1, format!("host: illegal option -- {letter}\n{USAGE}")),
        }
    },
};

/// Reads the arguments behind `host`.
pub fn parse(args: &[String]) -> Result<Host, UsageError> {
    let mut ask = LookupAsk::new(LookupTool::Host);
    let positional = OPTIONS.read(args, &mut ask)?;
    let (name, server) = match positional.as_slice() {
        [name] => (name, None),
        [name, server] => (name, Some(Server::new(server))),
        _ => return Err(UsageError::of_tool(1, USAGE)),
    };
    ask.server = server;
    ask.name = name.clone();
    if let Ok(address) = name.parse() {
        ask.name = format!("{}.", reverse_name(address).as_str());
        ask.types = vec![RecordType::Ptr];
    }
    Ok(Host { ask })
}

fn with_value(ask: &mut LookupAsk, option: &str, value: String) -> Result<(), UsageError> {
    // atoi: what isn't a number is 0.
    let number: usize = value.parse().unwrap_or(0);
    let value = value.as_str();
    match option {
        "-t" => {
            let kind = RecordType::from_text(value);
            // A zone's transfer is asked for in another way.
            if matches!(kind, Some(RecordType::Other(251 | 252))) {
                return Err(UsageError::new(1, format!("host: option -t {value} isn't modelled here")));
            }
            ask.types = vec![kind.ok_or_else(|| UsageError::of_tool(2, format!("host: invalid type: {value}")))?];
        }
        "-R" => ask.transport.tries = Some(u8::try_from(number).unwrap_or(u8::MAX).saturating_add(1)),
        "-N" => ask.ndots = Some(number),
        "-W" => {}
        "-p" if port(value).is_some() => ask.transport.port = port(value).unwrap_or_default(),
        "-c" if value.eq_ignore_ascii_case("IN") => {}
        _ => return Err(UsageError::new(1, format!("host: option {option} {value} isn't modelled here"))),
    }
    Ok(())
}

fn port(text: &str) -> Option<u16> {
    text.parse().ok().filter(|port| *port > 0)
}

impl Host {
    pub fn ask(&self) -> Ask {
        Ask::Lookup(self.ask.clone())
    }

    /// What it prints.
    pub fn output(&self, resolution: &Resolution) -> Output {
        resolution.lookups.first().map(|lookup| self.print(lookup)).unwrap_or_default()
    }

    pub(super) fn print(&self, lookup: &NameLookup) -> Output {
        // 1. What isn't known prints nothing; a server without address is an error.
        if lookup.result == Err(LookupFailure::NotKnown) {
            return Output::default();
        }
        let used: Vec<&WireQuery> = lookup.used.iter().filter_map(|place| lookup.queries.get(*place)).collect();
        let Some(first) = used.first() else {
            let server = self.ask.server.as_ref().map(super::host_text).unwrap_or_default();
            let stderr = format!("host: couldn't get address for '{server}': not found\n");
            return Output { stdout: Some(String::new()), stderr, exit: 1 };
        };
        // 2. Which server was asked.
        let mut text = match &self.ask.server {
            Some(server) if first.answer.is_ok() => {
                let name = super::host_text(server);
                format!(
                    "Using domain server:\nName: {name}\nAddress: {}#{}\nAliases: \n\n",
                    first.server, self.ask.transport.port
                )
            }
            _ => String::new(),
        };
        // 3. Each type's answer, of which one failing fails the whole.
        let mut exit = 0;
        for (place, query) in used.into_iter().enumerate() {
            match &query.answer {
                Err(failure) => {
                    text.push_str(&super::communication_errors(lookup, &self.ask, *failure));
                    if query.over != Protocol::Tcp {
                        text.push_str(";; no servers could be reached\n");
                    }
                    exit = 1;
                }
                Ok(answer) if answer.rcode != Rcode::NoError => {
                    text.push_str(&self.not_found(query, answer.rcode, place == 0));
                    exit = 1;
                }
                Ok(answer) => {
                    text.extend(answer.answers.iter().map(|record| line(record.name.as_str(), &record.data)));
                    if answer.answers.is_empty() && !self.ask.types.is_empty() {
                        let name = query.question.name.as_str();
                        text.push_str(&format!("{name} has no {} record\n", query.question.record_type));
                    }
                }
            }
        }
        Output { stdout: Some(text), exit, ..Output::default() }
    }

    /// NXDOMAIN names what was typed, other codes the full name.
    /// Of a name that doesn't exist it says what was typed, or where the aliases led before it asked for more.
    fn not_found(&self, query: &WireQuery, rcode: Rcode, is_first: bool) -> String {
        let is_typed = is_first && rcode == Rcode::NxDomain;
        let name = if is_typed { self.ask.name.as_str() } else { query.question.name.as_str() };
        format!("Host {name} not found: {}({rcode})\n", rcode.number())
    }
}

/// `NAME has address ADDRESS` (host.c rtypes).
fn line(name: &str, data: &RecordData) -> String {
    let says = match data {
        RecordData::A(_) => "has address".to_owned(),
        RecordData::Aaaa(_) => "has IPv6 address".to_owned(),
        RecordData::Cname(_) => "is an alias for".to_owned(),
        RecordData::Ptr(_) => "domain name pointer".to_owned(),
        RecordData::Mx { .. } => "mail is handled by".to_owned(),
        RecordData::Ns(_) => "name server".to_owned(),
        RecordData::Txt(_) => "descriptive text".to_owned(),
        other => format!("has {} record", other.record_type()),
    };
    format!("{name} {says} {data}\n")
}
