//! dig: DNS questions, with BIND's output (bin/dig/dig.c, 9.18).

use super::{Output, UsageError};
use crate::dns::name::reverse_name;
use crate::packet::RecordType;
use crate::request::{Ask, Host, LookupAsk, LookupTool};
use crate::trace::{Lookup, LookupFailure, Resolution};

mod message;
mod table;

/// `dig +short web.default.svc.cluster.local`.
#[derive(Clone, Debug, PartialEq)]
pub struct Dig {
    ask: LookupAsk,
    shown: Shown,
    tcp: bool,
    edns: bool,
    /// The arguments as typed, which the banner repeats.
    typed: String,
}

/// Which parts are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    short: bool,
    banner: bool,
    comments: bool,
    question: bool,
    answer: bool,
    authority: bool,
    additional: bool,
    statistics: bool,
    ttl: bool,
    class: bool,
}

impl Shown {
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
            class: true,
        }
    }
}

/// Reads the arguments behind `dig`. A word that is a type is one, any other is the name, as dig takes them.
pub fn parse(args: &[String]) -> Result<Dig, UsageError> {
    let mut dig = Dig {
        ask: LookupAsk { tool: LookupTool::Dig, name: String::new(), types: Vec::new(), server: None, search: None },
        shown: Shown::all(true),
        tcp: false,
        edns: true,
        typed: args.join(" "),
    };
    let mut name = None;
    let mut words = args.iter();
    while let Some(word) = words.next() {
        if let Some(server) = word.strip_prefix('@') {
            dig.ask.server = Some(Host::new(server));
        } else if let Some(option) = word.strip_prefix('+') {
            dig.plus_option(option)?;
        } else if word.starts_with('-') && word.len() > 1 {
            dig.dash_option(word, &mut words, &mut name)?;
        } else if let Some(kind) = RecordType::from_text(word) {
            dig.ask.types = vec![kind];
        } else if !word.eq_ignore_ascii_case("IN") {
            set_name(&mut name, word.clone())?;
        }
    }
    // Without a name dig asks the root's name servers.
    if name.is_none() && dig.ask.types.is_empty() {
        dig.ask.types = vec![RecordType::Ns];
    }
    dig.ask.name = name.unwrap_or_else(|| ".".to_owned());
    Ok(dig)
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
    /// `-x 10.96.0.20`, `-t AAAA`, `-q name`, `-4`.
    fn dash_option<'a>(
        &mut self,
        word: &str,
        words: &mut impl Iterator<Item = &'a String>,
        name: &mut Option<String>,
    ) -> Result<(), UsageError> {
        let (letter, glued) = word.trim_start_matches('-').split_at_checked(1).unwrap_or_default();
        let mut value = || match glued {
            "" => words.next().map(String::as_str).ok_or_else(|| invalid(word)),
            glued => Ok(glued),
        };
        match letter {
            "4" | "6" | "u" | "r" | "m" => {}
            "x" => {
                let address = value()?;
                let parsed =
                    address.parse().map_err(|_| UsageError::new(1, format!("Invalid IP address {address}")))?;
                set_name(name, format!("{}.", reverse_name(parsed).as_str()))?;
                self.ask.types = vec![RecordType::Ptr];
            }
            "t" => {
                let kind = value()?;
                let parsed = RecordType::from_text(kind);
                self.ask.types = vec![
                    parsed.ok_or_else(|| UsageError::new(1, format!(";; Warning, ignoring invalid type {kind}")))?,
                ];
            }
            "q" => set_name(name, value()?.to_owned())?,
            "c" if value()?.eq_ignore_ascii_case("IN") => {}
            "p" if value()? == "53" => {}
            _ => return Err(invalid(word)),
        }
        Ok(())
    }

    /// `+short`, `+noall`, `+time=2`.
    fn plus_option(&mut self, option: &str) -> Result<(), UsageError> {
        let (option_name, value) = option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value)));
        let (bare, on) = option_name.strip_prefix("no").map_or((option_name, true), |bare| (bare, false));
        let shown = &mut self.shown;
        match (bare, value) {
            ("short", None) => shown.short = on,
            ("all", None) => *shown = Shown { short: shown.short, ..Shown::all(on) },
            ("cmd", None) => shown.banner = on,
            ("comments" | "comment", None) => shown.comments = on,
            ("question", None) => shown.question = on,
            ("answer", None) => shown.answer = on,
            ("authority", None) => shown.authority = on,
            ("additional", None) => shown.additional = on,
            ("stats", None) => shown.statistics = on,
            ("ttlid", None) => shown.ttl = on,
            ("class", None) => shown.class = on,
            ("search" | "defname", None) => self.ask.search = Some(on),
            ("tcp" | "vc", None) => self.tcp = on,
            ("edns", _) => self.edns = on,
            ("recurse" | "rec" | "adflag" | "cookie" | "ignore" | "fail" | "badcookie", _) => {}
            ("time" | "timeout" | "tries" | "retry" | "bufsize", Some(number)) if number.parse::<u32>().is_ok() => {}
            _ => return Err(invalid(&format!("+{option}"))),
        }
        Ok(())
    }

    /// What it asks for.
    pub fn ask(&self) -> Ask {
        Ask::Lookup(self.ask.clone())
    }

    /// What it prints. Ids, times and the date are no part of an answer and always the same.
    pub fn output(&self, resolution: &Resolution) -> Output {
        resolution.lookups.first().map(|lookup| self.print(lookup)).unwrap_or_default()
    }

    pub(super) fn print(&self, lookup: &Lookup) -> Output {
        if lookup.result == Err(LookupFailure::NotKnown) {
            return Output::default();
        }
        let Some(query) = lookup.used.first().and_then(|place| lookup.queries.get(*place)) else {
            let server = self.ask.server.as_ref().map(super::host_text).unwrap_or_default();
            let stderr = format!("dig: couldn't get address for '{server}': not found\n");
            return Output { stdout: Some(String::new()), stderr, exit: 10 };
        };
        match &query.answer {
            // A refused zone transfer (AXFR, IXFR) leaves one line.
            Ok(answer) if self.transfers() && answer.answers.is_empty() => {
                Output { stdout: Some(self.banner() + "; Transfer failed.\n"), ..Output::default() }
            }
            Ok(answer) => {
                let printed = if self.shown.short { message::short(answer) } else { self.full(query, answer) };
                Output { stdout: Some(printed), ..Output::default() }
            }
            Err(failure) => Output { stdout: Some(self.unreachable(lookup, *failure)), exit: 9, ..Output::default() },
        }
    }

    fn transfers(&self) -> bool {
        matches!(self.ask.types.as_slice(), [RecordType::Other(251 | 252)])
    }

    /// Complaints about the way, one per try; then the banner and the verdict.
    fn unreachable(&self, lookup: &Lookup, failure: LookupFailure) -> String {
        let mut text = super::communication_errors(lookup, failure);
        text.push_str(&self.banner());
        text.push_str(";; no servers could be reached\n");
        text
    }

    fn banner(&self) -> String {
        if !self.shown.banner || self.shown.short {
            return String::new();
        }
        let found = if self.ask.server.is_some() { "; (1 server found)\n" } else { "" };
        format!("\n; <<>> DiG 9.18 <<>> {}\n{found};; global options: +cmd\n", self.typed)
    }

    fn full(&self, query: &crate::trace::Query, answer: &crate::packet::Answer) -> String {
        let edns = if self.edns { 1 } else { 0 };
        self.banner() + &message::full(query, answer, self.shown, edns, if self.tcp { "TCP" } else { "UDP" })
    }
}

fn invalid(option: &str) -> UsageError {
    UsageError::new(1, format!("Invalid option: {option}"))
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
        assert_eq!(dig.ask.server, Some(Host::new("10.96.0.10")));
        assert_eq!(parse(&words("-x 10.96.0.20")).unwrap().ask.name, "20.0.96.10.in-addr.arpa.");
    }

    #[test]
    fn unknown_options_are_refused() {
        for line in ["+trace web", "-k key web", "+foo web", "-p 54 web"] {
            assert!(parse(&words(line)).is_err(), "{line}");
        }
    }
}
