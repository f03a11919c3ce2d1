//! nc: a connection, or a datagram that wants an answer (OpenBSD's netcat, with Ncat's --sctp).

use super::{Output, UsageError};
use crate::packet::Protocol;
use crate::request::{Ask, Host};
use crate::trace::{Outcome, Resolution};

/// `nc -z -w 2 web 80`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nc {
    host: String,
    port: u16,
    protocol: Protocol,
    verbose: bool,
}

/// Reads the arguments behind `nc`.
pub fn parse(args: &[String]) -> Result<Nc, UsageError> {
    let mut nc = Nc { host: String::new(), port: 0, protocol: Protocol::Tcp, verbose: false };
    let mut positional = Vec::new();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--udp" => nc.protocol = Protocol::Udp,
            "--sctp" => nc.protocol = Protocol::Sctp,
            "--verbose" => nc.verbose = true,
            "--zero" => {}
            "-w" | "--wait" => {
                seconds(args.next())?;
            }
            long if long.starts_with("--") => return Err(unknown(long)),
            short if short.starts_with('-') && short.len() > 1 => nc.short_options(short, &mut args)?,
            _ => positional.push(arg),
        }
    }
    let [host, port] = positional.as_slice() else {
        return Err(UsageError::new(1, "usage: nc [-46nuvz] [--sctp] [-w timeout] destination port"));
    };
    let port = port.parse().ok().filter(|port| *port > 0);
    nc.port = port.ok_or_else(|| UsageError::new(1, "nc: a port is a number from 1 to 65535"))?;
    nc.host = (*host).clone();
    Ok(nc)
}

impl Nc {
    /// `-zvu`: letters in one word; `-w2` takes the rest.
    fn short_options<'a>(&mut self, word: &str, args: &mut impl Iterator<Item = &'a String>) -> Result<(), UsageError> {
        let mut letters = word.chars().skip(1);
        while let Some(letter) = letters.next() {
            match letter {
                'u' => self.protocol = Protocol::Udp,
                'v' => self.verbose = true,
                'z' | 'n' | '4' | '6' | 'N' => {}
                'w' => {
                    let rest: String = letters.by_ref().collect();
                    seconds(if rest.is_empty() { args.next() } else { Some(&rest) })?;
                }
                other => return Err(unknown(&format!("-{other}"))),
            }
        }
        Ok(())
    }

    /// What it asks for.
    pub fn ask(&self) -> Ask {
        Ask::Connect { protocol: self.protocol, host: Host::new(&self.host), port: self.port }
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
            Some(Outcome::Unknown) | None => return Output { stdout: None, ..Output::default() },
        };
        let stderr = if self.verbose { format!("{said}\n") } else { String::new() };
        Output { stdout: Some(String::new()), stderr, exit }
    }
}

fn seconds(value: Option<&String>) -> Result<u32, UsageError> {
    let number = value.and_then(|value| value.parse().ok());
    number.ok_or_else(|| UsageError::new(1, "nc: -w takes a number of seconds"))
}

fn unknown(option: &str) -> UsageError {
    UsageError::new(1, format!("nc: option {option} isn't known here"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Nc, UsageError> {
        parse(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn letters_may_stand_together() {
        let nc = read("-uzv -w2 web 53").unwrap();
        assert_eq!((nc.protocol, nc.verbose, nc.port), (Protocol::Udp, true, 53));
    }

    #[test]
    fn an_unknown_option_is_named() {
        assert!(read("-z -x web 80").unwrap_err().message.contains("-x"));
        assert!(read("--proxy web 80").unwrap_err().message.contains("--proxy"));
    }
}
