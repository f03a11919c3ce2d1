//! telnet: a connection (inetutils).

use super::option::{OptionStyle, OptionTable, ToolOption};
use super::{Output, UsageError};
use crate::packet::Protocol;
use crate::request::{AddressFamily, Ask, RequestHost};
use crate::trace::{Outcome, Resolution};

/// `telnet web 80`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TelnetCommand {
    host: String,
    port: u16,
    family: AddressFamily,
}

/// telnet's options.
pub const OPTIONS: OptionTable<AddressFamily> = OptionTable {
    options: &[
        ToolOption::switch("-4 --ipv4", |family| *family = AddressFamily::Ipv4),
        ToolOption::switch("-6 --ipv6", |family| *family = AddressFamily::Ipv6),
        // Escape characters and logins change nothing about the connection.
        ToolOption::ignored("-E --no-escape -K --no-login"),
    ],
    style: OptionStyle::Gnu,
    refuse: |_, shown| UsageError::new(1, format!("telnet: option {shown} isn't known here")),
};

/// Reads the arguments behind `telnet`.
pub fn parse_telnet(args: &[String]) -> Result<TelnetCommand, UsageError> {
    let mut family = AddressFamily::Any;
    let words = OPTIONS.read(args, &mut family)?;
    let (host, port) = match words.as_slice() {
        [host] => (host, Some(23)),
        [host, port] => (host, port.parse().ok()),
        _ => return Err(UsageError::new(1, "usage: telnet host [port]")),
    };
    let port = port.ok_or_else(|| UsageError::new(1, "telnet: a port is a number from 0 to 65535"))?;
    if !RequestHost::new(host).is_of(family) {
        let why = "Address family for hostname not supported";
        return Err(UsageError::of_tool(1, format!("telnet: could not resolve {host}/{port}: {why}")));
    }
    Ok(TelnetCommand { host: host.clone(), port, family })
}

impl TelnetCommand {
    pub fn ask(&self) -> Ask {
        Ask::Connect {
            protocol: Protocol::Tcp,
            host: RequestHost::new(&self.host),
            family: self.family,
            port: self.port,
        }
    }

    /// What it prints.
    pub fn output(&self, resolution: &Resolution) -> Output {
        let Self { host, port, .. } = self;
        let failed = |stdout: String, why: &str| Output {
            stdout: Some(stdout),
            stderr: format!("telnet: Unable to connect to remote host: {why}\n"),
            exit: 1,
        };
        let Some(address) = resolution.first_address() else {
            let stderr = format!("telnet: could not resolve {host}/{port}: Name or service not known\n");
            return Output { stdout: Some(String::new()), stderr, exit: 1 };
        };
        let trying = format!("Trying {address}...\n");
        match resolution.outcome() {
            Some(Outcome::Delivered | Outcome::Responded | Outcome::External) => Output {
                stdout: Some(format!("{trying}Connected to {host}.\nEscape character is '^]'.\n")),
                ..Output::default()
            },
            Some(Outcome::Refused) => failed(trying, "Connection refused"),
            Some(Outcome::Dropped) => failed(trying, "Connection timed out"),
            Some(Outcome::Unroutable) => failed(trying, "No route to host"),
            Some(Outcome::Unresolved | Outcome::TlsFailed | Outcome::Unknown) | None => Output::default(),
        }
    }
}
