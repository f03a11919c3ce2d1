//! ping: an echo request (iputils).

use super::{Output, UsageError};
use crate::request::{AddressFamily, Ask, RequestHost};
use crate::trace::{Outcome, Resolution};

/// `ping -c 1 web`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PingCommand {
    host: String,
    family: AddressFamily,
}

/// The letters that take a number: how many, how often, how large, how long.
const NUMBERS: &str = "ciswWl";

/// Letters that take another value: a pattern, a mark of the packet.
const VALUES: &str = "pQ";

/// Letters that change what is printed or how fast packets follow one another.
const PLAIN: &str = "aADfnOqUv";

/// Reads the arguments behind `ping`; letters may stand together, the last with its value: `-nqc1` (getopt).
pub fn parse_ping(args: &[String]) -> Result<PingCommand, UsageError> {
    let mut host = None;
    let mut family = AddressFamily::Any;
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        match arg.strip_prefix('-').filter(|letters| !letters.is_empty()) {
            Some(letters) => options(letters, &mut family, &mut args)?,
            None if host.is_some() => {
                return Err(UsageError::new(2, "usage: ping [-46aADfnOqUv] [-c count] [-w deadline] destination"));
            }
            None => host = Some(arg.clone()),
        }
    }
    let host = host.ok_or_else(|| UsageError::new(2, "ping: usage error: Destination address required"))?;
    if !RequestHost::new(&host).is_of(family) {
        let why = "Address family for hostname not supported";
        return Err(UsageError::of_tool(2, format!("ping: {host}: {why}")));
    }
    Ok(PingCommand { host, family })
}

fn options<'a>(
    letters: &str,
    family: &mut AddressFamily,
    args: &mut impl Iterator<Item = &'a String>,
) -> Result<(), UsageError> {
    let mut letters = letters.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '4' => *family = AddressFamily::Ipv4,
            '6' => *family = AddressFamily::Ipv6,
            letter if PLAIN.contains(letter) => {}
            letter if NUMBERS.contains(letter) || VALUES.contains(letter) => {
                let rest = letters.as_str().to_owned();
                let value = if rest.is_empty() { args.next().cloned() } else { Some(rest) };
                let fits = |value: &String| VALUES.contains(letter) || value.parse::<f64>().is_ok();
                value.filter(fits).ok_or_else(|| UsageError::new(2, format!("ping: -{letter} takes a number")))?;
                return Ok(());
            }
            other => return Err(UsageError::new(2, format!("ping: option -{other} isn't known here"))),
        }
    }
    Ok(())
}

impl PingCommand {
    /// What it asks for.
    pub fn ask(&self) -> Ask {
        Ask::Ping { host: RequestHost::new(&self.host), family: self.family }
    }

    /// Its exit status; the round trip times it prints aren't determined.
    pub fn output(&self, resolution: &Resolution) -> Output {
        let host = &self.host;
        match resolution.outcome() {
            Some(Outcome::Unresolved) => Output {
                stdout: Some(String::new()),
                stderr: format!("ping: {host}: Name or service not known\n"),
                exit: 2,
            },
            Some(Outcome::Refused | Outcome::Dropped | Outcome::Unroutable) => Output { exit: 1, ..Output::default() },
            Some(
                Outcome::Delivered | Outcome::Responded | Outcome::TlsFailed | Outcome::External | Outcome::Unknown,
            )
            | None => Output::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<PingCommand, UsageError> {
        parse_ping(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn letters_may_stand_together() {
        assert_eq!(read("-4nqc1 -W 2 web").unwrap(), PingCommand { host: "web".into(), family: AddressFamily::Ipv4 });
        assert!(read("-c web").unwrap_err().message.contains("-c"));
        assert!(read("-nX web").unwrap_err().message.contains("-X"));
        assert!(read("-6 10.0.0.1").unwrap_err().message.contains("Address family"));
    }
}
