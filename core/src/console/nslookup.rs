//! nslookup: BIND's, and BusyBox' where the client is Alpine or BusyBox (bin/dig/nslookup.c, networking/nslookup.c).

use super::option::{OptionStyle, OptionTable, ToolOption};
use super::{Output, UsageError};
use crate::dns::name::reverse_name;
use crate::packet::{Answer, DnsName, DnsRecord, Protocol, Rcode, RecordData, RecordType};
use crate::request::{Ask, ClientLibc, LookupAsk, LookupTool, RequestHost};
use crate::trace::{LookupFailure, NameLookup, Resolution, WireQuery};

mod busybox;

/// `nslookup -type=SRV web 10.96.0.10`.
#[derive(Clone, Debug, PartialEq)]
pub struct Nslookup {
    ask: LookupAsk,
    /// Whether the server should ask others; nslookup complains about one that doesn't.
    recurse: bool,
    /// What it says of options that it doesn't know, before it goes on without them.
    warnings: String,
    /// Whether a type was asked for.
    is_typed: bool,
}

/// The options of BIND's nslookup; most have a short form.
pub const OPTIONS: OptionTable<Nslookup> = OptionTable {
    options: &[
        ToolOption::text("-type=", |nslookup: &mut Nslookup, kind| match RecordType::from_text(&kind) {
            Some(kind) => nslookup.ask.types = vec![kind],
            None => nslookup.warnings.push_str(&format!("unknown query type: {kind}\n")),
        })
        .also("-ty -querytype -query -qu -q"),
        ToolOption::checked("-timeout= -retry= -ndots=", |nslookup: &mut Nslookup, option, number| {
            nslookup.set_number(option, &number);
            Ok(())
        })
        .also("-t -ret -nd"),
        ToolOption::text("-domain=", |nslookup: &mut Nslookup, domain| {
            nslookup.ask.domains = Some(vec![domain]);
            nslookup.ask.search = Some(true);
        })
        .also("-do"),
        ToolOption::checked("-port=", |nslookup: &mut Nslookup, option, port| {
            match port.parse::<u16>() {
                Ok(port) if port > 0 => nslookup.ask.transport.port = port,
                _ => nslookup.ignore(&format!("{option}={port}")),
            }
            Ok(())
        })
        .also("-po"),
        ToolOption::checked("-class=", |_: &mut Nslookup, option, class| {
            let is_internet = class.eq_ignore_ascii_case("IN");
            if is_internet { Ok(()) } else { Err(not_modelled(&format!("{option}={class}"))) }
        })
        .also("-cl"),
        ToolOption::switch("-search", |nslookup: &mut Nslookup| nslookup.ask.search = Some(true))
            .also("-sea -defname -def"),
        ToolOption::switch("-nosearch", |nslookup: &mut Nslookup| nslookup.ask.search = Some(false))
            .also("-nosea -nodefname -nodef"),
        ToolOption::switch("-recurse", |nslookup: &mut Nslookup| nslookup.recurse = true).also("-rec"),
        ToolOption::switch("-norecurse", |nslookup: &mut Nslookup| nslookup.recurse = false).also("-norec"),
        ToolOption::switch("-vc", |nslookup| nslookup.ask.transport.tcp = true),
        ToolOption::switch("-novc", |nslookup| nslookup.ask.transport.tcp = false),
        ToolOption::ignored("-nodebug -nod2 -nofail").also("-nodeb"),
        ToolOption::not_modelled("-debug -d2 -fail -all").also("-deb"),
    ],
    style: OptionStyle::Go,
    refuse: |_, option| not_modelled(option),
};

fn not_modelled(option: &str) -> UsageError {
    UsageError::new(1, format!("nslookup: {option} isn't modelled here"))
}

/// Reads the arguments behind `nslookup`, which is BusyBox' where the C library is musl's or the image is BusyBox'.
pub fn parse(args: &[String], libc: ClientLibc) -> Result<Nslookup, UsageError> {
    // 1. Whose nslookup it is.
    let busybox = libc != ClientLibc::Glibc;
    let tool = if busybox { LookupTool::BusyboxNslookup } else { LookupTool::Nslookup };
    let mut nslookup = Nslookup { ask: LookupAsk::new(tool), recurse: true, warnings: String::new(), is_typed: false };
    // BusyBox has no TCP: it prints what came.
    nslookup.ask.transport.retries = !busybox;
    // 2. Options.
    let mut words = Vec::new();
    for arg in args {
        match arg.strip_prefix('-').filter(|option| !option.is_empty()) {
            Some(option) if busybox => busybox::set(&mut nslookup.ask, option)?,
            Some(option) => nslookup.set(option)?,
            None => words.push(arg),
        }
    }
    // 3. Name and server.
    let (name, server) = match words.as_slice() {
        [name] => (*name, None),
        [name, server] => (*name, Some(RequestHost::new(server))),
        [] if busybox => return Err(UsageError::of_tool(1, busybox::USAGE)),
        [] => return Err(UsageError::new(1, "nslookup: give a name; the interactive mode isn't offered here")),
        _ if busybox => return Err(UsageError::of_tool(1, busybox::USAGE)),
        _ => {
            return Err(UsageError::new(
                1,
                "Usage:\n   nslookup [-opt ...] host server # just look up 'host' using 'server'",
            ));
        }
    };
    // 4. The question; an address is asked for backwards.
    let ask = &mut nslookup.ask;
    ask.server = server;
    ask.name = name.clone();
    nslookup.is_typed = !nslookup.ask.types.is_empty();
    let ask = &mut nslookup.ask;
    // An address is looked up backwards, whatever type is asked for (nslookup.c, addlookup).
    if let Ok(address) = name.parse() {
        ask.name = format!("{}.", reverse_name(address).as_str());
        ask.types = vec![RecordType::Ptr];
    }
    Ok(nslookup)
}

impl Nslookup {
    /// `-type=SRV`, `-vc` (nslookup.c setoption). An option it doesn't know, nslookup complains about and goes on.
    fn set(&mut self, option: &str) -> Result<(), UsageError> {
        let (name, value) = option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value)));
        if !OPTIONS.set(&format!("-{name}"), value, self)? {
            self.ignore(option);
        }
        Ok(())
    }

    fn ignore(&mut self, option: &str) {
        self.warnings.push_str(&format!("*** Invalid option: {}\n", option.trim_start_matches('-')));
    }

    fn set_number(&mut self, option: &str, value: &str) {
        let Ok(number) = value.parse::<u32>() else { return self.ignore(&format!("{option}={value}")) };
        match option {
            "-retry" | "-ret" => {
                self.ask.transport.tries = Some(u8::try_from(number).unwrap_or(u8::MAX).saturating_add(1));
            }
            "-ndots" | "-nd" => self.ask.ndots = usize::try_from(number).ok(),
            // How long it waits changes no answer.
            _ => {}
        }
    }

    pub fn ask(&self) -> Ask {
        Ask::Lookup(self.ask.clone())
    }

    /// What it prints.
    pub fn output(&self, resolution: &Resolution) -> Output {
        resolution.lookups.first().map(|lookup| self.print(lookup)).unwrap_or_default()
    }

    pub(super) fn print(&self, lookup: &NameLookup) -> Output {
        match lookup.result {
            Err(LookupFailure::NotKnown) => Output::default(),
            _ if lookup.queries.is_empty() => self.no_server(),
            _ if self.ask.tool == LookupTool::BusyboxNslookup => busybox::print(lookup, self.ask.transport.port),
            _ => self.bind(lookup),
        }
    }

    fn no_server(&self) -> Output {
        let server = self.ask.server.as_ref().map(super::host_text).unwrap_or_default();
        let stderr = format!("nslookup: couldn't get address for '{server}': not found\n");
        Output { stdout: Some(String::new()), stderr, exit: 1 }
    }

    fn bind(&self, lookup: &NameLookup) -> Output {
        let (ask, recurse, text) = (&self.ask, self.recurse, self.warnings.clone());
        let is_typed = self.is_typed;
        let mut printer = Printer { ask, recurse, text, exit: 0, no_a: false, is_typed };
        for (place, query) in lookup.queries.iter().enumerate() {
            printer.query(lookup, place, query);
        }
        printer.text.push('\n');
        Output { stdout: Some(printer.text), exit: printer.exit, ..Output::default() }
    }
}

struct Printer<'a> {
    ask: &'a LookupAsk,
    recurse: bool,
    text: String,
    exit: i32,
    /// Whether a type was asked for.
    is_typed: bool,
    /// The A question had no answer; what the AAAA question brings decides.
    no_a: bool,
}

impl Printer<'_> {
    /// One question in the order of the wire. Only answers that count are printed; the others leave their comments.
    fn query(&mut self, lookup: &NameLookup, place: usize, query: &WireQuery) {
        let next_server = lookup.queries.get(place + 1).is_some_and(|next| next.question == query.question);
        match &query.answer {
            Ok(answer) => {
                self.comment(query, answer, next_server);
                if lookup.used.contains(&place) {
                    self.message(query, answer);
                }
            }
            Err(failure) => {
                self.text.push_str(&super::communication_error(query, self.ask, *failure));
                if lookup.used.contains(&place) {
                    let verdict = if query.over == Protocol::Tcp { "" } else { ";; no servers could be reached\n" };
                    self.text.push_str(verdict);
                    self.exit = 1;
                }
            }
        }
    }

    /// nslookup complains about servers that don't recurse, unless the server was named on the command line.
    fn comment(&mut self, query: &WireQuery, answer: &Answer, next_server: bool) {
        if answer.truncated {
            self.text.push_str(super::TRUNCATED);
            return;
        }
        let complains = self.ask.server.is_none() && self.recurse;
        let what = match answer.rcode {
            Rcode::ServFail => "SERVFAIL reply",
            _ if complains && !answer.recursion_available => "recursion not available",
            _ => return,
        };
        let then = if next_server { ", trying next server" } else { "" };
        self.text.push_str(&format!(";; Got {what} from {}{then}\n", query.server));
    }

    /// printmessage: server, answer or verdict.
    fn message(&mut self, query: &WireQuery, answer: &Answer) {
        let plain = !self.is_typed && (self.ask.types.is_empty() || self.reverse());
        let kind = query.question.record_type;
        if !plain || kind == RecordType::A {
            self.text
                .push_str(&format!("Server:\t\t{0}\nAddress:\t{0}#{1}\n\n", query.server, self.ask.transport.port));
        }
        if answer.rcode != Rcode::NoError {
            let name = query.question.name.as_str();
            self.text.push_str(&format!("** server can't find {name}: {}\n", answer.rcode));
            self.exit = 1;
            return;
        }
        if !answer.authoritative && (!plain || kind == RecordType::A) {
            self.text.push_str("Non-authoritative answer:\n");
        }
        if answer.answers.is_empty() {
            self.no_answer(query, plain);
        }
        self.records(&answer.answers);
        if !answer.authoritative && !matches!(kind, RecordType::A | RecordType::Aaaa) {
            self.text.push_str("\nAuthoritative answers can be found from:\n");
            self.other_records(answer.authority.iter().chain(&answer.additional));
        }
    }

    /// An address given as name is asked as PTR by nslookup's own choice.
    fn reverse(&self) -> bool {
        self.ask.types == [RecordType::Ptr]
            && crate::dns::name::reversed_address(&DnsName::new(&self.ask.name)).is_some()
    }

    fn no_answer(&mut self, query: &WireQuery, plain: bool) {
        let name = if plain { query.question.name.as_str().to_owned() } else { self.ask.name.clone() };
        match query.question.record_type {
            RecordType::A if plain => self.no_a = true,
            RecordType::Aaaa if plain && !self.no_a => {}
            _ => self.text.push_str(&format!("*** Can't find {name}: No answer\n")),
        }
    }

    fn records(&mut self, records: &[DnsRecord]) {
        for record in records {
            let name = record.name.as_str();
            let line = match &record.data {
                RecordData::A(address) => format!("Name:\t{name}\nAddress: {address}\n"),
                RecordData::Aaaa(address) => format!("Name:\t{name}\nAddress: {address}\n"),
                data => other_record(name, data),
            };
            self.text.push_str(&line);
        }
    }

    fn other_records<'r>(&mut self, records: impl Iterator<Item = &'r DnsRecord>) {
        for record in records {
            self.text.push_str(&other_record(record.name.as_str(), &record.data));
        }
    }
}

/// `NAME<tab>service = 0 100 80 web.default.svc.cluster.local.` (nslookup.c rtypetext).
fn other_record(name: &str, data: &RecordData) -> String {
    let label = match data {
        RecordData::A(_) => "internet address = ".to_owned(),
        RecordData::Aaaa(_) => "has AAAA address ".to_owned(),
        RecordData::Cname(_) => "canonical name = ".to_owned(),
        RecordData::Ptr(_) => "name = ".to_owned(),
        RecordData::Srv { .. } => "service = ".to_owned(),
        RecordData::Txt(_) => "text = ".to_owned(),
        RecordData::Ns(_) => "nameserver = ".to_owned(),
        RecordData::Mx { .. } => "mail exchanger = ".to_owned(),
        RecordData::Soa { mname, rname, serial, refresh, retry, expire, minimum } => {
            return format!(
                "{name}\n\torigin = {}\n\tmail addr = {}\n\tserial = {serial}\n\trefresh = {refresh}\n\tretry = {retry}\n\texpire = {expire}\n\tminimum = {minimum}\n",
                mname.as_str(),
                rname.as_str()
            );
        }
        RecordData::Other(RecordType::Other(number), _) => format!("rdata_{number} = "),
        RecordData::Other(kind, _) => format!("{kind} = "),
    };
    format!("{name}\t{label}{data}\n")
}
