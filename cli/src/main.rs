//! The command line: reads files, asks the simulator, prints. All decisions are the library's.

use std::process::ExitCode;

use clap::Parser;

mod arguments;
mod check;
mod compare;
mod exec;
mod files;
mod matrix;
mod modelled;
mod rollout;
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
        Command::Check(check) => check::run(check),
        Command::Matrix(matrix) => matrix::run(matrix),
        Command::Test(test) => test::run(test),
        Command::Modelled(modelled) => Ok(modelled::run(modelled)),
    };
    match done {
        Ok(code) => code,
        Err(Unusable(message)) => {
            eprintln!("whichpod: {message}");
            ExitCode::from(2)
        }
    }
}

/// Prints to standard output; a reader that closes early is no failure of ours.
fn print(text: &str) {
    use std::io::Write;
    let mut stdout = std::io::stdout().lock();
    if stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).is_err() {
        std::process::exit(0);
    }
}
