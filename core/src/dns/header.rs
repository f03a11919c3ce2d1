//! CoreDNS' header plugin: flags of answers set and cleared (plugin/header).

use crate::packet::Question;

use super::context::{DnsPlugin, PluginChain, QueryContext};
use super::corefile::{CorefileError, Directive, PluginOption};
use super::reply::DnsReply;

/// The flags that `header` changes.
#[derive(Clone, Debug, Default)]
pub struct HeaderFlags {
    /// Of questions only rd shows, which answers repeat.
    query: Vec<(HeaderFlag, bool)>,
    response: Vec<(HeaderFlag, bool)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum HeaderFlag {
    Authoritative,
    RecursionAvailable,
    RecursionDesired,
}

/// Takes the `header` directives; the first with a rule counts (setup.go parse).
pub fn read(directives: &[&Directive]) -> Result<HeaderFlags, CorefileError> {
    for directive in directives {
        let mut flags = HeaderFlags::default();
        for property in &directive.block {
            let rules = match property.name.to_ascii_lowercase().as_str() {
                "query" => &mut flags.query,
                "response" => &mut flags.response,
                other => return Err(wrong(format!("invalid selector={other} should be query or response"))),
            };
            rules.extend(changes(property)?);
        }
        if !flags.query.is_empty() || !flags.response.is_empty() {
            return Ok(flags);
        }
    }
    Err(directives.last().map_or_else(|| CorefileError::arguments(1, "header"), |last| last.end_error()))
}

fn changes(property: &PluginOption) -> Result<Vec<(HeaderFlag, bool)>, CorefileError> {
    let Some((action, flags)) = property.args.split_first() else {
        return Err(wrong("no flag action provided".to_owned()));
    };
    if flags.is_empty() {
        return Err(wrong("invalid length for flags, at least one should be provided".to_owned()));
    }
    let state = match action.to_ascii_lowercase().as_str() {
        "set" => true,
        "clear" => false,
        other => return Err(wrong(format!("unknown flag action={other}, should be set or clear"))),
    };
    let flag = |word: &String| match word.to_ascii_lowercase().as_str() {
        "aa" => Ok((HeaderFlag::Authoritative, state)),
        "ra" => Ok((HeaderFlag::RecursionAvailable, state)),
        "rd" => Ok((HeaderFlag::RecursionDesired, state)),
        other => Err(wrong(format!("unknown/unsupported flag={other}"))),
    };
    flags.iter().map(flag).collect()
}

fn wrong(message: String) -> CorefileError {
    CorefileError::plain(format!("setting up rule: {message}"))
}

impl DnsPlugin for HeaderFlags {
    fn serve(&self, context: &QueryContext<'_>, rest: PluginChain<'_>, question: &Question) -> DnsReply {
        let mut reply = context.next(rest, question);
        // A bare failure the server writes itself, past the plugins.
        let written = !reply.unwritten;
        let asked = self.query.iter().filter(|(flag, _)| *flag == HeaderFlag::RecursionDesired);
        let answered = self.response.iter().filter(|_| written);
        for (flag, state) in asked.chain(answered) {
            match flag {
                HeaderFlag::Authoritative => reply.answer.authoritative = *state,
                HeaderFlag::RecursionAvailable => reply.answer.recursion_available = *state,
                HeaderFlag::RecursionDesired => reply.answer.recursion_desired = Some(*state),
            }
        }
        reply
    }
}
