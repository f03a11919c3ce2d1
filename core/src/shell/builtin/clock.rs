//! date, by a clock that only `sleep` moves.

use super::super::stream::CommandOutput;
use crate::terminal::clock::formatted;

/// `date`, `date +FORMAT`, `date -u`, `date -Iseconds`.
pub fn date(seconds: u64, args: &[String]) -> CommandOutput {
    let mut format = "%a %b %e %H:%M:%S UTC %Y";
    for arg in args {
        match arg.as_str() {
            "-u" | "--utc" => {}
            "-Iseconds" | "--iso-8601=seconds" => format = "%Y-%m-%dT%H:%M:%S+00:00",
            "-I" | "--iso-8601" => format = "%F",
            "-R" => format = "%a, %d %b %Y %H:%M:%S +0000",
            other => match other.strip_prefix('+') {
                Some(own) => format = own,
                None => return CommandOutput::failure(1, format!("date: option {other} isn't known here")),
            },
        }
    }
    CommandOutput::text(formatted(seconds, format) + "\n")
}
