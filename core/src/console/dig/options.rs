//! dig's options (bin/dig/dig.c plus_option, dash_option), which dig lets people abbreviate: `+noall +ans`.

use super::super::UsageError;
use super::super::option::{OptionFault, OptionStyle, OptionTable, ToolOption};
use super::{Dig, DigDisplay, DigOptions};
use crate::order::Order;
use crate::packet::RecordType;

/// Options behind a plus sign as one types them, and what is made of each. Abbreviations mean the first that fits.
const PLUS: &[(&str, Plus)] = &[
    ("+all", Plus::Modelled),
    ("+answer", Plus::Modelled),
    ("+authority", Plus::Modelled),
    ("+additional", Plus::Modelled),
    ("+adflag", Plus::NoEffect),
    ("+badcookie", Plus::NoEffect),
    ("+besteffort", Plus::NoEffect),
    ("+bufsize=", Plus::Modelled),
    ("+cd", Plus::Modelled),
    ("+cdflag", Plus::Modelled),
    ("+class", Plus::Modelled),
    ("+cmd", Plus::Modelled),
    ("+comments", Plus::Modelled),
    ("+cookie", Plus::NoEffect),
    ("+crypto", Plus::NoEffect),
    ("+defname", Plus::Modelled),
    ("+dnssec", Plus::Modelled),
    ("+do", Plus::Modelled),
    ("+domain=", Plus::Modelled),
    ("+edns", Plus::Modelled),
    ("+ednsnegotiation", Plus::Modelled),
    ("+ednsopt=", Plus::NoEffect),
    ("+expandaaaa", Plus::NotModelled),
    ("+fail", Plus::NoEffect),
    ("+identify", Plus::NotModelled),
    ("+idnin", Plus::NoEffect),
    ("+idnout", Plus::NoEffect),
    ("+ignore", Plus::Modelled),
    ("+keepalive", Plus::NotModelled),
    ("+keepopen", Plus::NoEffect),
    ("+multiline", Plus::NotModelled),
    ("+ndots=", Plus::Modelled),
    ("+nsid", Plus::NoEffect),
    ("+nssearch", Plus::NotModelled),
    ("+onesoa", Plus::NoEffect),
    ("+opcode=", Plus::NotModelled),
    ("+qr", Plus::NotModelled),
    ("+question", Plus::Modelled),
    ("+rdflag", Plus::Modelled),
    ("+recurse", Plus::Modelled),
    ("+retry=", Plus::Modelled),
    ("+rrcomments", Plus::NoEffect),
    ("+search", Plus::Modelled),
    ("+short", Plus::Modelled),
    ("+showsearch", Plus::NotModelled),
    ("+split", Plus::NoEffect),
    ("+stats", Plus::Modelled),
    ("+subnet=", Plus::NoEffect),
    ("+tcp", Plus::Modelled),
    ("+timeout=", Plus::Modelled),
    // Its old name.
    ("+time=", Plus::Modelled),
    ("+tls", Plus::NotModelled),
    ("+trace", Plus::NotModelled),
    ("+tries=", Plus::Modelled),
    ("+ttlid", Plus::Modelled),
    ("+ttlunits", Plus::Modelled),
    ("+unexpected", Plus::NoEffect),
    ("+unknownformat", Plus::NotModelled),
    ("+vc", Plus::Modelled),
    ("+yaml", Plus::NotModelled),
];

/// What is made of an option.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Plus {
    /// It does what it does.
    Modelled,
    /// It changes nothing in what CoreDNS answers and dig prints.
    NoEffect,
    /// dig knows it, but what it would do isn't modelled.
    NotModelled,
}

/// Switches that people mostly turn off.
const TURNED_OFF: &[&str] = &["+noall", "+nosearch"];

/// dig's options behind a dash. Name servers are asked over the family of their address alone.
pub const OPTIONS: OptionTable<DigOptions> = OptionTable {
    options: &[
        ToolOption::ignored("-4 -u -r -m"),
        ToolOption::checked("-x", |dig, _, address| {
            super::set_name(&mut dig.name, reversed(&address))?;
            dig.command.ask.types = vec![RecordType::Ptr];
            Ok(())
        }),
        ToolOption::text("-t", |dig, kind| dig.command.set_type(&kind)),
        ToolOption::checked("-q", |dig, _, name| super::set_name(&mut dig.name, name)),
        ToolOption::checked("-c", |_, _, class| match class.to_ascii_uppercase().as_str() {
            "IN" => Ok(()),
            class => Err(not_modelled(&format!("class {class}"))),
        }),
        ToolOption::checked("-p", |dig, _, port| match port.parse::<u16>() {
            Ok(port) if port > 0 => {
                dig.command.ask.transport.port = port;
                Ok(())
            }
            Ok(_) | Err(_) => Err(UsageError::of_tool(1, "dig: Couldn't parse port number")),
        }),
        ToolOption::not_modelled("-6 -b -f -k -y"),
    ],
    style: OptionStyle::Gnu,
    refuse: |fault, shown| match fault {
        OptionFault::NotModelled => not_modelled(shown),
        OptionFault::Unknown | OptionFault::NoValue => invalid(shown),
    },
};

/// All options that are taken, as one types them.
pub fn listed_options() -> Vec<&'static str> {
    let plus = PLUS.iter().filter(|(_, plus)| *plus != Plus::NotModelled).map(|(option, _)| *option);
    let mut all: Vec<_> = OPTIONS.listed().into_iter().chain(plus).chain(TURNED_OFF.iter().copied()).collect();
    all.order_by_key(|option| (option.starts_with('+'), *option));
    all
}

/// What dig says how it is used.
const USAGE: &str = "Usage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}
            {global-d-opt} host [@local-server] {local-d-opt}
            [ host [@local-server] {local-d-opt} [...]]

Use \"dig -h\" (or \"dig -h | more\") for complete list of options";

/// What dig refuses, in its words.
fn invalid(option: &str) -> UsageError {
    UsageError::of_tool(1, format!("Invalid option: {option}\n{USAGE}"))
}

fn not_modelled(option: &str) -> UsageError {
    UsageError::new(1, format!("dig: {option} isn't modelled here"))
}

impl Dig {
    /// `+short`, `+noall`, `+time=2`.
    pub(super) fn plus_option(&mut self, option: &str) -> Result<(), UsageError> {
        // 1. The word, its value, and whether it is switched off.
        let lower = option.to_ascii_lowercase();
        let (word, value) = lower.split_once('=').map_or((lower.as_str(), None), |(word, value)| (word, Some(value)));
        let (bare, on) = word.strip_prefix("no").map_or((word, true), |bare| (bare, false));
        let bare = if bare == "time" { "timeout" } else { bare };
        // 2. The option, which may be shortened.
        let mut known = PLUS.iter().map(|(option, plus)| (option.trim_matches(|c| c == '+' || c == '='), plus));
        let exact = known.clone().find(|(name, _)| *name == bare);
        let mut begun = || known.find(|(name, _)| bare.len() > 1 && name.starts_with(bare));
        // 3. What it changes.
        match exact.or_else(&mut begun) {
            None => Err(invalid(&format!("+{option}"))),
            Some((name, Plus::NotModelled)) if on => Err(not_modelled(&format!("+{name}"))),
            Some((_, Plus::NotModelled | Plus::NoEffect)) => Ok(()),
            Some((name, Plus::Modelled)) => match (name, value) {
                ("bufsize" | "ndots" | "retry" | "timeout" | "tries", value) => self.number(name, value, on),
                ("domain", Some(domain)) => {
                    self.ask.domains = Some(vec![domain.to_owned()]);
                    self.ask.search = Some(true);
                    Ok(())
                }
                ("edns", Some(version)) if on => {
                    let wrong = || UsageError::of_tool(10, "dig: Couldn't parse edns");
                    self.edns_version = version.parse().map_err(|_| wrong())?;
                    self.ask.transport.edns = true;
                    Ok(())
                }
                ("domain", None) => Err(invalid(&format!("+{option}"))),
                (name, _) => {
                    self.switch(name, on);
                    Ok(())
                }
            },
        }
    }

    fn number(&mut self, name: &str, value: Option<&str>, on: bool) -> Result<(), UsageError> {
        let value = value.unwrap_or(if on { "" } else { "0" });
        let wrong = || UsageError::of_tool(10, format!("dig: Couldn't parse {name}"));
        let number: u32 = value.parse().map_err(|_| wrong())?;
        let few = u8::try_from(number).unwrap_or(u8::MAX);
        let transport = &mut self.ask.transport;
        match name {
            "bufsize" => {
                transport.edns = true;
                transport.buffer = u16::try_from(number).unwrap_or(u16::MAX);
            }
            "tries" => transport.tries = Some(few.max(1)),
            "retry" => transport.tries = Some(few.saturating_add(1)),
            "ndots" => self.ask.ndots = usize::try_from(number).ok(),
            // How long it waits changes no answer.
            _ => {}
        }
        Ok(())
    }

    fn switch(&mut self, name: &str, on: bool) {
        let shown = &mut self.shown;
        match name {
            "short" => shown.short = on,
            "all" => *shown = DigDisplay { short: shown.short, ..DigDisplay::all(on) },
            "cmd" => shown.banner = on,
            "comments" => shown.comments = on,
            "question" => shown.question = on,
            "answer" => shown.answer = on,
            "authority" => shown.authority = on,
            "additional" => shown.additional = on,
            "stats" => shown.statistics = on,
            "ttlid" => shown.ttl = on,
            "ttlunits" => (shown.ttl, shown.units) = (true, on),
            "class" => shown.class = on,
            "search" | "defname" => self.ask.search = Some(on),
            "tcp" | "vc" => {
                self.ask.transport.tcp = on;
                self.says_transport = true;
            }
            "edns" => self.ask.transport.edns = on,
            "ednsnegotiation" => self.negotiates = on,
            "dnssec" | "do" => {
                self.dnssec = on;
                self.ask.transport.edns |= on;
            }
            "cd" | "cdflag" => self.checking_disabled = on,
            "ignore" => self.ask.transport.retries = !on,
            _ => self.recurse = on,
        }
    }

    /// A type that doesn't exist is left out with a warning.
    fn set_type(&mut self, kind: &str) {
        match RecordType::from_text(kind) {
            Some(kind) => self.ask.types = vec![kind],
            None => self.warnings.push_str(&format!(";; Warning, ignoring invalid type {kind}\n")),
        }
    }
}

/// The reverse name of an address; of anything else its parts turned round, as for a part of an address (get_reverse).
fn reversed(text: &str) -> String {
    match text.parse() {
        Ok(address) => crate::dns::name::reverse_name(address).to_string(),
        Err(_) => {
            let parts: Vec<&str> = text.trim_end_matches('.').rsplit('.').collect();
            format!("{}.in-addr.arpa.", parts.join("."))
        }
    }
}
