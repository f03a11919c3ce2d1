//! ping: an echo request (iputils).

use super::{Output, UsageError};
use crate::request::{Ask, Host};
use crate::trace::{Outcome, Resolution};

/// `ping -c 1 web`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ping {
    host: String,
}

/// The options that take a number.
const VALUED: [&str; 5] = ["-c", "-w", "-W", "-i", "-s"];

/// Reads the arguments behind `ping`.
pub fn parse(args: &[String]) -> Result<Ping, UsageError> {
    let mut host = None;
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        // `-c1` is `-c 1` (getopt).
        let glued = arg.split_at_checked(2).filter(|(option, value)| VALUED.contains(option) && !value.is_empty());
        match glued.map_or(arg.as_str(), |(option, _)| option) {
            "-4" | "-6" | "-n" | "-q" => {}
            option if VALUED.contains(&option) => {
                let value = glued.map(|(_, value)| value).or_else(|| args.next().map(String::as_str));
                let number = value.and_then(|value| value.parse::<f64>().ok());
                number.ok_or_else(|| UsageError::new(2, format!("ping: {option} takes a number")))?;
            }
            option if option.starts_with('-') => {
                return Err(UsageError::new(2, format!("ping: option {option} isn't known here")));
            }
            _ if host.is_some() => return Err(UsageError::new(2, "usage: ping [-46nq] [-c count] destination")),
            _ => host = Some(arg.clone()),
        }
    }
    let host = host.ok_or_else(|| UsageError::new(2, "ping: usage error: Destination address required"))?;
    Ok(Ping { host })
}

impl Ping {
    /// What it asks for.
    pub fn ask(&self) -> Ask {
        Ask::Ping(Host::new(&self.host))
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
            Some(Outcome::Delivered | Outcome::Responded | Outcome::External | Outcome::Unknown) | None => {
                Output::default()
            }
        }
    }
}
