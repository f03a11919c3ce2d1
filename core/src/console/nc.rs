//! nc: a connection, or a datagram that wants an answer (OpenBSD's netcat, with Ncat's --sctp).

use super::{Output, UsageError};
use crate::packet::Protocol;
use crate::request::{AddressFamily, Ask, RequestHost};
use crate::trace::{Outcome, Resolution};

/// `nc -z -w 2 web 80`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NcCommand {
    host: String,
    port: u16,
    protocol: Protocol,
    family: AddressFamily,
    verbose: bool,
}

/// Reads the arguments behind `nc`.
pub fn parse_nc(args: &[String]) -> Result<NcCommand, UsageError> {
    let mut nc =
        NcCommand { host: String::new(), port: 0, protocol: Protocol::Tcp, family: AddressFamily::Any, verbose: false };
    let mut positional = Vec::new();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--udp" => nc.protocol = Protocol::Udp,
            "--sctp" => nc.protocol = Protocol::Sctp,
            "--verbose" => nc.verbose = true,
            // Ncat's -z, and which side may close first.
            "--zero" | "--send-only" | "--recv-only" => {}
            "-w" | "--wait" => {
                number('w', args.next())?;
            }
            long if long.starts_with("--") => return Err(unknown(long)),
            short if short.starts_with('-') && short.len() > 1 => nc.short_options(short, &mut args)?,
            _ => positional.push(arg),
        }
    }
    let [host, port] = positional.as_slice() else {
        return Err(UsageError::new(1, "usage: nc [-46CdNntuvz] [--sctp] [-w timeout] destination port"));
    };
    let port = port.parse().ok().filter(|port| *port > 0);
    nc.port = port.ok_or_else(|| UsageError::new(1, "nc: a port is a number from 1 to 65535"))?;
    nc.host = (*host).clone();
    if !RequestHost::new(host).is_of(nc.family) {
        let why = "Address family for hostname not supported";
        return Err(UsageError::of_tool(1, format!("nc: getaddrinfo for host \"{host}\" port {}: {why}", nc.port)));
    }
    Ok(nc)
}

impl NcCommand {
    /// `-zvu`: letters in one word; `-w2` takes the rest.
    fn short_options<'a>(&mut self, word: &str, args: &mut impl Iterator<Item = &'a String>) -> Result<(), UsageError> {
        let mut letters = word.chars().skip(1);
        while let Some(letter) = letters.next() {
            match letter {
                'u' => self.protocol = Protocol::Udp,
                'v' => self.verbose = true,
                '4' => self.family = AddressFamily::Ipv4,
                '6' => self.family = AddressFamily::Ipv6,
                // What is sent once the connection stands, and who closes it.
                'z' | 'n' | 'N' | 'C' | 'd' | 't' => {}
                // -i, -q: pauses; -p: the port it sends from.
                'w' | 'i' | 'q' | 'p' => {
                    let rest: String = letters.by_ref().collect();
                    number(letter, if rest.is_empty() { args.next() } else { Some(&rest) })?;
                }
                other => return Err(unknown(&format!("-{other}"))),
            }
        }
        Ok(())
    }

    /// What it asks for.
    pub fn ask(&self) -> Ask {
        Ask::Connect {
            protocol: self.protocol,
            host: RequestHost::new(&self.host),
            family: self.family,
            port: self.port,
        }
    }

    /// What it prints: without -v nothing unless the name fails.
    pub fn output(&self, resolution: &Resolution) -> Output {
        let Self { host, port, .. } = self;
        let word = if self.protocol == Protocol::Udp { "udp" } else { "tcp" };
        let (said, exit) = match resolution.outcome() {
            Some(Outcome::Delivered | Outcome::Responded | Outcome::External) => {
                (format!("Connection to {host} {port} port [{word}/*] succeeded!"), 0)
            }
            Some(Outcome::Unresolved) => {
                let message = format!("nc: getaddrinfo for host \"{host}\" port {port}: Name or service not known\n");
                return Output { stdout: Some(String::new()), stderr: message, exit: 1 };
            }
            Some(Outcome::Refused) => {
                (format!("nc: connect to {host} port {port} ({word}) failed: Connection refused"), 1)
            }
            Some(Outcome::Dropped) => {
                (format!("nc: connect to {host} port {port} ({word}) timed out: Operation now in progress"), 1)
            }
            Some(Outcome::Unroutable) => {
                (format!("nc: connect to {host} port {port} ({word}) failed: No route to host"), 1)
            }
            Some(Outcome::TlsFailed | Outcome::Unknown) | None => return Output { stdout: None, ..Output::default() },
        };
        let stderr = if self.verbose { format!("{said}\n") } else { String::new() };
        Output { stdout: Some(String::new()), stderr, exit }
    }
}

fn number(letter: char, value: Option<&String>) -> Result<i32, UsageError> {
    // Ncat takes `2s` too.
    let number = value.and_then(|value| value.strip_suffix('s').unwrap_or(value).parse().ok());
    number.ok_or_else(|| UsageError::new(1, format!("nc: -{letter} takes a number")))
}

fn unknown(option: &str) -> UsageError {
    UsageError::new(1, format!("nc: option {option} isn't known here"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<NcCommand, UsageError> {
        parse_nc(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn letters_may_stand_together() {
        let nc = read("-uzv -w2 web 53").unwrap();
        assert_eq!((nc.protocol, nc.verbose, nc.port), (Protocol::Udp, true, 53));
        let nc = read("-4zvq1 web 80").unwrap();
        assert_eq!((nc.family, nc.port), (AddressFamily::Ipv4, 80));
        assert!(read("-6 -z 10.0.0.1 80").unwrap_err().message.ends_with("not supported"));
    }

    #[test]
    fn an_unknown_option_is_named() {
        assert!(read("-z -x web 80").unwrap_err().message.contains("-x"));
        assert!(read("--proxy web 80").unwrap_err().message.contains("--proxy"));
    }
}
