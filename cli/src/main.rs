//! The command line: reads files, asks the simulator, prints. All decisions are the library's.

use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use clap::Parser;

mod arguments;
mod check;
mod compare;
mod entrances;
mod exec;
mod files;
mod matrix;
mod modelled;
mod rollout;
mod shell;
mod test;
mod text;
mod trace;

use arguments::{Arguments, Command};

/// Exit status 2 with one line on standard error: unusable arguments or input.
#[derive(Debug)]
struct Unusable(String);

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.command {
        Command::Trace(trace) => trace::run(trace),
        Command::Exec(exec) => exec::run(exec),
        Command::Shell(shell) => shell::run(shell),
        Command::Check(check) => check::run(check),
        Command::Matrix(matrix) => matrix::run(matrix),
        Command::Entrances(entrances) => entrances::run(entrances),
        Command::Test(test) => test::run(test),
        Command::Modelled(modelled) => modelled::run(modelled),
    };
    match done {
        Ok(code) => code,
        Err(Unusable(message)) => {
            complain(&format!("whichpod: {message}"));
            ExitCode::from(2)
        }
    }
}

/// Prints to standard output. A reader that closes early is no failure of ours and changes no verdict; anything else that
/// keeps the answer from being written does.
fn print(text: &str) -> Result<(), Unusable> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Unusable(format!("standard output can't be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// Prints a line to standard error; where that can't be written, there is nobody left to tell.
fn complain(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
