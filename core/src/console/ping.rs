//! ping: an echo request (iputils).

use super::option::{OptionFault, OptionStyle, OptionTable, ToolOption};
use super::{Output, UsageError};
use crate::request::{AddressFamily, Ask, RequestHost};
use crate::trace::{Outcome, Resolution};

/// `ping -c 1 web`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PingCommand {
    host: String,
    family: AddressFamily,
}

/// ping's options.
pub const OPTIONS: OptionTable<AddressFamily> = OptionTable {
    options: &[
        ToolOption::switch("-4", |family| *family = AddressFamily::Ipv4),
        ToolOption::switch("-6", |family| *family = AddressFamily::Ipv6),
        // What is printed, and how fast packets follow one another.
        ToolOption::ignored("-a -A -D -f -n -O -q -U -v"),
        // How many, how often, how large, how long.
        ToolOption::checked("-c -i -s -w -W -l", |_, shown, number| match number.parse::<f64>() {
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
    let mut family = AddressFamily::Any;
    let mut words = OPTIONS.read(args, &mut family)?.into_iter();
    let host = words.next().ok_or_else(|| UsageError::new(2, "ping: usage error: Destination address required"))?;
    if words.next().is_some() {
        return Err(UsageError::new(2, "usage: ping [-46aADfnOqUv] [-c count] [-w deadline] destination"));
    }
    if !RequestHost::new(&host).is_of(family) {
        let why = "Address family for hostname not supported";
        return Err(UsageError::of_tool(2, format!("ping: {host}: {why}")));
    }
    Ok(PingCommand { host, family })
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
                stderr: format!("ping: {host}: {}\n", super::name_error(resolution)),
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
