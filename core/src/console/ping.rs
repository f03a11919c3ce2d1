//! ping: an echo request (iputils).

use super::option::{OptionFault, OptionStyle, OptionTable, ToolOption};
use super::{Output, UsageError};
use crate::request::{AddressFamily, Ask, ClientLibc, RequestHost};
use crate::trace::{Outcome, Resolution};

/// `ping -c 1 web`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PingCommand {
    host: String,
    family: AddressFamily,
    /// How many requests; None goes on until somebody stops it.
    count: Option<u32>,
    /// How long each is.
    size: u32,
}

pub const OPTIONS: OptionTable<PingCommand> = OptionTable {
    options: &[
        ToolOption::switch("-4", |ping| ping.family = AddressFamily::Ipv4),
        ToolOption::switch("-6", |ping| ping.family = AddressFamily::Ipv6),
        // What is printed, and how fast packets follow one another.
        ToolOption::ignored("-a -A -D -f -n -O -q -U -v"),
        // How many, how often, how large, how long.
        ToolOption::checked("-c", |ping, shown, number| {
            ping.count = Some(number.parse().map_err(|_| no_number(shown))?);
            Ok(())
        }),
        ToolOption::checked("-s", |ping, shown, number| {
            ping.size = number.parse().map_err(|_| no_number(shown))?;
            Ok(())
        }),
        ToolOption::checked("-i -w -W -l", |_, shown, number| match number.parse::<f64>() {
            Ok(_) => Ok(()),
            Err(_) => Err(no_number(shown)),
        }),
        // A pattern, a mark of the packet.
        ToolOption::ignored_value("-p -Q"),
    ],
    style: OptionStyle::Gnu,
    refuse: |fault, shown| match fault {
        OptionFault::NoValue => no_number(shown),
        OptionFault::Unknown | OptionFault::NotModelled => {
            UsageError::new(2, format!("ping: option {shown} isn't known here"))
        }
    },
};

fn no_number(option: &str) -> UsageError {
    UsageError::new(2, format!("ping: {option} takes a number"))
}

/// Reads the arguments behind `ping`; letters may stand together, the last with its value: `-nqc1`.
pub fn parse_ping(args: &[String]) -> Result<PingCommand, UsageError> {
    let mut ping = PingCommand { host: String::new(), family: AddressFamily::Any, count: None, size: 56 };
    let mut words = OPTIONS.read(args, &mut ping)?.into_iter();
    let host = words.next().ok_or_else(|| UsageError::new(2, "ping: usage error: Destination address required"))?;
    if words.next().is_some() {
        return Err(UsageError::new(2, "usage: ping [-46aADfnOqUv] [-c count] [-w deadline] destination"));
    }
    if !RequestHost::new(&host).is_of(ping.family) {
        let why = "Address family for hostname not supported";
        return Err(UsageError::of_tool(2, format!("ping: {host}: {why}")));
    }
    Ok(PingCommand { host, ..ping })
}

impl PingCommand {
    pub fn ask(&self) -> Ask {
        Ask::Ping { host: RequestHost::new(&self.host), family: self.family }
    }

    /// What it prints: iputils' words, or BusyBox'. How long answers take isn't known, so the lines with times are left out.
    pub fn output(&self, resolution: &Resolution) -> Output {
        let host = &self.host;
        let busybox = matches!(resolution.request.libc, ClientLibc::Busybox | ClientLibc::Musl);
        match resolution.outcome() {
            Some(Outcome::Unresolved) if busybox => {
                Output { stdout: Some(String::new()), stderr: format!("ping: bad address '{host}'\n"), exit: 1 }
            }
            Some(Outcome::Unresolved) => Output {
                stdout: Some(String::new()),
                stderr: format!("ping: {host}: {}\n", super::name_error(resolution)),
                exit: 2,
            },
            Some(Outcome::Refused | Outcome::Dropped | Outcome::Unroutable) => self.summary(resolution, busybox, false),
            Some(Outcome::Delivered) => self.summary(resolution, busybox, true),
            Some(Outcome::Responded | Outcome::TlsFailed | Outcome::External | Outcome::Unknown) | None => {
                Output::default()
            }
        }
    }

    fn summary(&self, resolution: &Resolution, busybox: bool, answers: bool) -> Output {
        let (host, size) = (&self.host, self.size);
        let address = resolution.first_address().map(|address| address.to_string()).unwrap_or_default();
        let sent = self.count.unwrap_or(ROUNDS);
        let received = if answers { sent } else { 0 };
        let lost = if answers { 0 } else { 100 };
        let text = if busybox {
            format!(
                "PING {host} ({address}): {size} data bytes\n\n--- {host} ping statistics ---\n{sent} packets transmitted, \
                 {received} packets received, {lost}% packet loss\n"
            )
        } else {
            let whole = size + 28;
            format!(
                "PING {host} ({address}) {size}({whole}) bytes of data.\n\n--- {host} ping statistics ---\n{sent} packets \
                 transmitted, {received} received, {lost}% packet loss, time {}ms\n\n",
                sent.saturating_sub(1).saturating_mul(1000)
            )
        };
        Output { stdout: Some(text), stderr: String::new(), exit: i32::from(!answers) }
    }
}

/// After so many requests somebody stops it.
const ROUNDS: u32 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<PingCommand, UsageError> {
        parse_ping(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn letters_may_stand_together() {
        let ping = read("-4nqc1 -W 2 web").unwrap();
        assert_eq!((&*ping.host, ping.family, ping.count), ("web", AddressFamily::Ipv4, Some(1)));
        assert!(read("-c web").unwrap_err().message.contains("-c"));
        assert!(read("-nX web").unwrap_err().message.contains("-X"));
        assert!(read("-6 10.0.0.1").unwrap_err().message.contains("Address family"));
    }
}
