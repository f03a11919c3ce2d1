//! What BusyBox' nslookup prints: every answer as it comes, NXDOMAIN of one name making the whole fail.

use crate::console::{Output, UsageError};
use crate::packet::{Answer, DnsRecord, Rcode, RecordData, RecordType, socket_text};
use crate::request::LookupAsk;
use crate::trace::{LookupFailure, NameLookup};

/// What it says instead of anything else.
pub(super) const USAGE: &str = "Usage: nslookup [-type=QUERY_TYPE] [-debug] HOST [DNS_SERVER]";

/// The types it knows (nslookup.c qtypes).
const TYPES: &[&str] = &["SOA", "NS", "A", "AAAA", "CNAME", "MX", "TXT", "PTR", "SRV", "ANY"];

/// `-type=srv`, `-q=aaaa`; several types are all asked.
pub(super) fn set(ask: &mut LookupAsk, option: &str) -> Result<(), UsageError> {
    let not_modelled = || UsageError::new(1, format!("nslookup: -{option} isn't modelled here"));
    let begins = |whole: &str, word: &str| !word.is_empty() && whole.starts_with(word);
    match option.split_once('=') {
        Some((word, kind)) if begins("type", word) || begins("querytype", word) => {
            let known = TYPES.iter().any(|known| known.eq_ignore_ascii_case(kind));
            let kind = RecordType::from_text(kind).filter(|_| known);
            let unknown = || UsageError::of_tool(1, format!("nslookup: invalid query type \"{}\"", word_of(option)));
            ask.types.push(kind.ok_or_else(unknown)?);
            Ok(())
        }
        Some((word, port)) if begins("port", word) => {
            let invalid = || UsageError::of_tool(1, format!("nslookup: invalid number '{port}'"));
            ask.transport.port = port.parse().map_err(|_| invalid())?;
            Ok(())
        }
        // How long it waits changes no answer.
        Some((word, seconds)) if begins("timeout", word) && seconds.parse::<u16>().is_ok() => Ok(()),
        Some((word, _)) if ["retry", "timeout"].iter().any(|whole| begins(whole, word)) => Err(not_modelled()),
        None if begins("debug", option) => Err(not_modelled()),
        _ => Err(UsageError::of_tool(1, USAGE)),
    }
}

fn word_of(option: &str) -> &str {
    option.split_once('=').map_or(option, |(_, kind)| kind)
}

/// The server, then each question's answer and a blank line.
pub(super) fn print(lookup: &NameLookup, port: u16) -> Output {
    let replies: Vec<(&str, &Answer)> = lookup
        .queries
        .iter()
        .filter_map(|query| Some((query.question.name.as_str(), query.answer.as_ref().ok()?)))
        .collect();
    let (Some(query), false) = (lookup.queries.iter().rfind(|query| query.answer.is_ok()), replies.is_empty()) else {
        return unreachable(lookup);
    };
    let mut text = format!("Server:\t\t{0}\nAddress:\t{1}\n\n", query.server, socket_text(query.server, port));
    for (name, answer) in &replies {
        text.push_str(&reply(name, answer));
        text.push('\n');
    }
    let failed = replies.iter().any(|(_, answer)| answer.rcode != Rcode::NoError);
    Output { stdout: Some(text), exit: i32::from(failed), ..Output::default() }
}

fn reply(name: &str, answer: &Answer) -> String {
    if answer.rcode != Rcode::NoError {
        return format!("** server can't find {name}: {}\n", answer.rcode);
    }
    let warning = if answer.authoritative { "" } else { "Non-authoritative answer:\n" };
    let records: String = answer.answers.iter().map(record).collect();
    format!("{warning}{records}")
}

/// Names without final dot (parse_reply).
fn record(record: &DnsRecord) -> String {
    let name = record.name.as_str();
    match &record.data {
        RecordData::A(address) => format!("Name:\t{name}\nAddress: {address}\n"),
        RecordData::Aaaa(address) => format!("Name:\t{name}\nAddress: {address}\n"),
        RecordData::Cname(target) => format!("{name}\tcanonical name = {}\n", target.as_str()),
        RecordData::Ptr(target) => format!("{name}\tname = {}\n", target.as_str()),
        RecordData::Ns(target) => format!("{name}\tnameserver = {}\n", target.as_str()),
        RecordData::Mx { preference, exchange } => {
            format!("{name}\tmail exchanger = {preference} {}\n", exchange.as_str())
        }
        RecordData::Txt(texts) => texts.iter().map(|text| format!("{name}\ttext = \"{text}\"\n")).collect(),
        RecordData::Srv { priority, weight, port, target } => {
            format!("{name}\tservice = {priority} {weight} {port} {}\n", target.as_str())
        }
        RecordData::Soa { mname, rname, serial, refresh, retry, expire, minimum } => format!(
            "{name}\n\torigin = {}\n\tmail addr = {}\n\tserial = {serial}\n\trefresh = {refresh}\n\tretry = {retry}\n\texpire = {expire}\n\tminimum = {minimum}\n",
            mname.as_str(),
            rname.as_str()
        ),
        RecordData::Other(..) => String::new(),
    }
}

fn unreachable(lookup: &NameLookup) -> Output {
    let refused = lookup.queries.iter().find(|query| query.answer == Err(LookupFailure::Refused));
    let stderr =
        refused.map(|query| format!("nslookup: write to '{}': Connection refused\n", query.server)).unwrap_or_default();
    let stdout = ";; connection timed out; no servers could be reached\n\n".to_owned();
    Output { stdout: Some(stdout), stderr, exit: 1 }
}
