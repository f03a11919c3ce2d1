//! Command lines: what somebody types, the request it makes, and what the tool prints.
//!
//! Each tool has a file: its options, read as the tool reads them, and its output and exit status for an answer. An
//! option we don't know is refused by name, never ignored.

use crate::request::Host;
use crate::trace::{Lookup, LookupFailure};

pub mod words;
pub mod nc;
pub mod ping;
pub mod client;
pub mod telnet;
pub mod dig;
pub mod nslookup;
pub mod host;
pub mod getent;
pub mod hostname;
pub mod cat;
pub mod env;

/// What a tool prints, and how it exits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Output {
    /// Standard output; None where it isn't determined (a server's own page).
    pub stdout: Option<String>,
    /// Standard error.
    pub stderr: String,
    /// The exit status.
    pub exit: i32,
}

/// A command line that can't be run: what the tool or the shell prints, and its exit status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageError {
    /// One line, without the final line break.
    pub message: String,
    /// The exit status.
    pub exit: i32,
}

impl UsageError {
    /// A refusal with its exit status.
    pub fn new(exit: i32, message: impl Into<String>) -> Self {
        Self { message: message.into(), exit }
    }
}

/// A server as it was typed.
fn host_text(host: &Host) -> String {
    match host {
        Host::Address(address) => address.to_string(),
        Host::Name(name) => name.clone(),
    }
}

/// What BIND's tools say of a try that brought no answer.
fn communication_error(server: std::net::IpAddr, failure: LookupFailure) -> String {
    let why = if failure == LookupFailure::Refused { "connection refused" } else { "timed out" };
    format!(";; communications error to {server}#53: {why}\n")
}

/// The same for every such try of a lookup.
fn communication_errors(lookup: &Lookup, failure: LookupFailure) -> String {
    let tries = lookup.queries.iter().filter(|query| query.answer == Err(failure));
    tries.map(|query| communication_error(query.server, failure)).collect()
}
